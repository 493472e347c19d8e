package disk

import (
	"crypto/rand"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// load reads what lies in the folder, or throws it away.
func (s *Store) load() error {
	st, why := s.loadLog()
	if why != nil {
		if err := s.wipe(); err != nil {
			return err
		}
		if !errors.Is(why, os.ErrNotExist) {
			s.count.emptied.Add(1)
			s.log.Info("page store emptied", "why", why.Error())
		}
		return nil
	}
	s.id, s.last = st.id, st.last
	return s.loadSegments()
}

func (s *Store) loadLog() (st logState, err error) {
	b, err := s.files.read(logName)
	if err != nil {
		return st, err
	}
	st, err = readLog(b, &s.tags)
	if err == nil && st.fingerprint != s.fingerprint {
		err = errors.New("another program, theme or address")
	}
	return st, err
}

// loadSegments opens the segments of the log's name and removes all others.
func (s *Store) loadSegments() error {
	names, err := s.files.list()
	if err != nil {
		return err
	}
	var serials []uint64
	for _, name := range names {
		if base, ok := strings.CutSuffix(name, ".pages"); ok {
			if n, err := strconv.ParseUint(base, 10, 64); err == nil && n > 0 {
				serials = append(serials, n)
			}
		}
	}
	slices.Sort(serials) // so that a later record of a key takes an earlier one's place
	for _, serial := range serials {
		g, err := openSegment(s.files, s.id, serial, s.index.set)
		if err != nil {
			return err
		}
		if g == nil || s.segments[uint16(serial)] != nil {
			if err := s.removeSegment(serial); err != nil {
				return err
			}
			continue
		}
		s.segments[uint16(serial)] = g
		s.serial, s.newest = serial, max(s.newest, g.newest)
		s.count.bytes.Add(g.bytes)
	}
	if g := s.segments[uint16(s.serial)]; g != nil && g.end < s.segmentSize {
		if err := g.f.Truncate(g.end); err != nil { // what was being written at the end
			return err
		}
		s.active = g
	}
	for s.count.bytes.Load() > s.limit && s.dropOldest() { // the limit was lowered
	}
	return nil
}

func (s *Store) removeSegment(serial uint64) error {
	g := segment{serial: serial}
	return errors.Join(s.files.remove(g.name()), s.files.remove(g.indexName()))
}

// wipe removes everything, the log first: without it the rest belongs to nobody.
func (s *Store) wipe() error {
	err := errors.Join(s.files.remove(logName), s.files.sync())
	names, listErr := s.files.list()
	err = errors.Join(err, listErr)
	for _, name := range names {
		if name != "lock" && (strings.HasSuffix(name, ".pages") || strings.HasSuffix(name, ".index") || strings.HasPrefix(name, logName)) {
			err = errors.Join(err, s.files.remove(name))
		}
	}
	s.tags.reset(0)
	s.last = point{}
	return err
}

// Last returns the event to which the store is complete with its time, and the
// newest one that a record has seen. seq is 0 if there is nothing to adopt.
func (s *Store) Last() (seq int64, at time.Time, newest int64) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	return s.last.seq, s.last.time(), int64(s.newest >> seqBits)
}

// Adopt keeps what lies in the folder. Every event later than Last's is
// announced before anything is read.
func (s *Store) Adopt() {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.begin()
}

// Empty throws everything away and begins at an event. After Adopt or Empty it
// does nothing.
func (s *Store) Empty(seq int64, at time.Time) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	if s.off.Load() || s.ready.Load() {
		return
	}
	if s.last.seq != 0 {
		s.count.emptied.Add(1)
		s.log.Info("page store emptied", "why", "the database is another one, or does not tell any more what changed")
	}
	s.dropAll()
	s.active, s.newest = nil, 0 // the writer has nothing to do yet
	if err := s.wipe(); err != nil {
		s.fail(err)
		return
	}
	rand.Read(s.id[:])
	s.last = point{seq, at.UnixMilli()}
	s.tags.reset(s.tags.next(seq))
	s.begin()
}

// begin writes the log anew and lets the store work.
func (s *Store) begin() {
	if s.off.Load() || s.ready.Load() {
		return
	}
	var err error
	if s.tagLog, err = beginLog(s.files, s.id, s.fingerprint, &s.tags, s.last); err != nil {
		s.fail(err)
		return
	}
	s.ready.Store(true)
}
