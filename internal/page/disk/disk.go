package disk

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
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
