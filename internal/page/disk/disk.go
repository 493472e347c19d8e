package disk

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"warta/internal/page"
)

// ErrInUse says that another process has the folder.
var ErrInUse = errors.New("another process uses this page store")

// Options are what Open can do without, Limit and Fingerprint aside.
type Options struct {
	Limit int64 // bytes on disk; at least 4 MiB
	// Fingerprint stands for everything beside the database that has an influence
	// on pages: the program, the theme, the address. Under another one the store
	// is emptied.
	Fingerprint [sha256.Size]byte
	Log         *slog.Logger     // nil: none
	Now         func() time.Time // nil: time.Now
	Tags        int              // tags that are remembered; zero: 1,048,576

	files   files // nil: the folder itself
	segment int64 // bytes of a segment; zero: by the limit
}

// What Options leaves out.
const (
	minLimit    = 4 << 20
	defaultTags = 1 << 20
	minSegment  = 256 << 10
)

// Store is a page store on disk. It is a page.Store. Make one with Open, and
// tell it by Adopt or Empty what becomes of what lies there; until then it has
// nothing and takes nothing.
type Store struct {
	files       files
	limit       int64
	segmentSize int64
	fingerprint [sha256.Size]byte
	log         *slog.Logger
	now         func() time.Time
	guard       *os.File // the lock

	id    [16]byte // name of the log
	ready atomic.Bool
	off   atomic.Bool // an error of the disk, or closed
	tags  tags
	index index
	count counters

	logMu   sync.Mutex
	tagLog  *tagLog // nil until ready
	pending []entry
	last    point // to which the log is complete, or will be by Settle
	dated   point // the event that is announced next

	segmentsMu sync.RWMutex
	segments   map[uint16]*segment

	writer
}

type counters struct {
	reads, hits, stale, damaged, writes, drops, carried, emptied, failed atomic.Uint64
	bytes                                                                atomic.Int64
}

// Open opens the store in a folder, which is made if there is none. It fails if
// the folder cannot be used, with ErrInUse if somebody else uses it. The store
// writes with a goroutine of its own until Close.
func Open(dir string, opt Options) (_ *Store, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("page store: %w", err)
	}
	guard, err := lock(dir)
	if err != nil {
		return nil, fmt.Errorf("page store: %w", err)
	}
	limit := max(opt.Limit, minLimit)
	s := &Store{
		files: opt.files, limit: limit, fingerprint: opt.Fingerprint, log: opt.Log, now: opt.Now, guard: guard,
		segmentSize: cmp.Or(opt.segment, min(max(limit/64, minSegment), maxSegment)),
		segments:    make(map[uint16]*segment),
	}
	if s.files == nil {
		s.files = folder(dir)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.tags.limit = max(cmp.Or(opt.Tags, defaultTags), 2)
	s.tags.reset(0)
	if err := s.load(); err != nil {
		guard.Close()
		return nil, fmt.Errorf("page store: %w", err)
	}
	s.start()
	return s, nil
}

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

// Dated says when the event happened that is announced next.
func (s *Store) Dated(seq int64, at time.Time) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.dated = point{seq, at.UnixMilli()}
}

func (s *Store) works() bool { return s.ready.Load() && !s.off.Load() }

// Number implements page.Store.
func (s *Store) Number() uint64 { return s.tags.number.Load() }

// Announce implements page.Store.
func (s *Store) Announce(seq int64, names []string, takedown bool) {
	if !s.works() {
		return
	}
	hashes := hashAll(names)
	n := s.tags.announce(seq, hashes, takedown)
	s.note(entry{number: n, point: point{seq: seq}, tags: hashes, takedown: takedown})
}

// Forget implements page.Store.
func (s *Store) Forget(seq int64) {
	if s.works() {
		s.note(entry{number: s.tags.forget(seq), floor: true})
	}
}

func (s *Store) note(e entry) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	if s.dated.seq == e.point.seq {
		e.point.at = s.dated.at
	}
	if e.point.seq >= s.last.seq {
		s.last = e.point
	}
	s.pending = append(s.pending, e)
}

// maxLog is how long the log may become before it is written anew.
const maxLog = 32 << 20

// Settle implements page.Store.
func (s *Store) Settle() {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	if !s.works() {
		s.pending = nil
		return
	}
	sync := false
	for i := range s.pending {
		s.tagLog.append(s.pending[i].payload())
		sync = sync || s.pending[i].takedown || s.pending[i].floor
	}
	clear(s.pending)
	s.pending = s.pending[:0]
	err := s.tagLog.flush(sync)
	if err == nil && s.tagLog.size > maxLog+48*int64(s.tags.size()) {
		err = s.rewriteLog()
	}
	if err != nil {
		s.fail(err)
	}
}

func (s *Store) rewriteLog() error {
	l, err := beginLog(s.files, s.id, s.fingerprint, &s.tags, s.last)
	if err != nil {
		return err
	}
	s.tagLog.f.Close()
	s.tagLog = l
	return nil
}

// Has implements page.Store.
func (s *Store) Has(key string) bool { return s.works() && s.index.at(hash(key)) != 0 }

// Read implements page.Store. It reads the disk once.
func (s *Store) Read(key string, stale bool) (page.Record, bool) {
	if !s.works() {
		return page.Record{}, false
	}
	h := hash(key)
	for range 2 { // the record may move meanwhile
		p := s.index.at(h)
		if p == 0 {
			break
		}
		g := s.enter(p.segment())
		if g == nil {
			continue
		}
		b, err := g.read(p)
		g.leave()
		s.count.reads.Add(1)
		if err != nil {
			s.failed(err)
			break
		}
		return s.check(b, h, p, key, stale)
	}
	return page.Record{}, false
}

// check looks whether what was read is the record of a key, and may be used.
func (s *Store) check(b []byte, h uint64, p place, key string, stale bool) (page.Record, bool) {
	r, _, err := parseRecord(b)
	if err != nil || r.Key != key {
		s.count.damaged.Add(1)
		s.index.remove(h, p)
		return page.Record{}, false
	}
	switch s.tags.judge(r.Number, r.Tags) {
	case fresh:
	case changed:
		s.count.stale.Add(1)
		if !stale {
			return page.Record{}, false
		}
	default:
		s.count.stale.Add(1)
		s.index.remove(h, p)
		return page.Record{}, false
	}
	s.index.touch(h)
	s.count.hits.Add(1)
	return r, true
}

// enter returns a segment that stays open until its leave, nil if it has gone.
func (s *Store) enter(number uint16) *segment {
	s.segmentsMu.RLock()
	defer s.segmentsMu.RUnlock()
	if g := s.segments[number]; g != nil && g.enter() {
		return g
	}
	return nil
}

// fail switches the store off for good and throws everything away: after an
// error nobody knows what the disk holds, and a disk that is full is wanted for
// better things. The caller has logMu.
func (s *Store) fail(cause error) {
	if s.off.Swap(true) {
		return
	}
	s.count.failed.Add(1)
	if s.tagLog != nil {
		s.tagLog.f.Close()
		s.tagLog = nil
	}
	s.dropAll()
	s.log.Error("page store switched off", "err", cause, "emptied", s.wipe() == nil)
}

func (s *Store) failed(cause error) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.fail(cause)
}

// dropAll lets go of all segments; their files go with the last reader.
func (s *Store) dropAll() {
	s.segmentsMu.Lock()
	all := s.segments
	s.segments = make(map[uint16]*segment)
	s.segmentsMu.Unlock()
	s.index.clear()
	for _, g := range all {
		s.letGo(g)
	}
}

// letGo gives up the store's own reference to a segment that is not in the table
// any more.
func (s *Store) letGo(g *segment) {
	g.drop = func() {
		if err := s.removeSegment(g.serial); err != nil {
			s.log.Warn("page store: segment not removed", "name", g.name(), "err", err)
		}
	}
	s.count.bytes.Add(-g.bytes)
	g.leave()
}

// Stats implements page.Store.
func (s *Store) Stats() page.StoreStats {
	records, index := s.index.size()
	return page.StoreStats{
		Reads: s.count.reads.Load(), Hits: s.count.hits.Load(), Stale: s.count.stale.Load(), Damaged: s.count.damaged.Load(),
		Writes: s.count.writes.Load(), Drops: s.count.drops.Load(), Carried: s.count.carried.Load(),
		Emptied: s.count.emptied.Load(), Failed: s.count.failed.Load(),
		Records: records, Bytes: s.count.bytes.Load(), Index: index, Tags: s.tags.size(),
	}
}

// Close writes what waits to be written, says in the log that all is well, and
// lets go of the folder. Nothing is read or written afterwards. A second call
// does nothing.
func (s *Store) Close() error {
	if !s.stop() {
		return nil
	}
	s.logMu.Lock()
	defer s.logMu.Unlock()
	var err error
	if s.works() {
		s.tagLog.append([]byte{kindClean})
		err = s.tagLog.flush(true)
		err = errors.Join(err, s.tagLog.f.Close())
	}
	s.off.Store(true)
	s.segmentsMu.Lock()
	defer s.segmentsMu.Unlock()
	for _, g := range s.segments {
		g.leave()
	}
	clear(s.segments)
	if err = errors.Join(err, s.guard.Close()); err != nil {
		return fmt.Errorf("page store: %w", err)
	}
	return nil
}

var (
	_ page.Store = (*Store)(nil)
	_ io.Closer  = (*Store)(nil)
)
