package disk

import (
	"sync"
	"sync/atomic"

	"warta/internal/page"
)

// Bounds of what waits to be written.
const (
	queueRecords = 1024
	queueBytes   = 16 << 20
	bufferBytes  = 256 << 10
)

// writer is the part of a Store that its own goroutine works with. All that is
// not said to be others' belongs to it alone while it runs.
type writer struct {
	queue   chan page.Record // from others
	waiting atomic.Int64     // bytes in the queue; from others as well
	quit    chan struct{}
	stopped sync.Once
	done    sync.WaitGroup

	active *segment // where records go; nil: the next one makes it
	serial uint64   // of the latest segment
	newest uint64   // highest number of a record
	buf    []byte   // records behind active.end that are not in the file yet
	placed []slot   // where they will be
	carry  int64    // bytes that may still be carried over into active
}

// start lets the writer begin.
func (s *Store) start() {
	s.queue = make(chan page.Record, queueRecords)
	s.quit = make(chan struct{})
	s.done.Go(s.write)
}

// stop lets the writer finish; false: it was told before.
func (s *Store) stop() (first bool) {
	s.stopped.Do(func() {
		first = true
		close(s.quit)
		s.done.Wait()
	})
	return first
}

// Write implements page.Store. A record for which there is no room in the queue
// is dropped.
func (s *Store) Write(r page.Record) {
	size := int64(recordSize(&r))
	if !s.works() || r.Key == "" || size > min(maxRecord, s.segmentSize/2) {
		return
	}
	if s.waiting.Add(size) <= queueBytes {
		select {
		case s.queue <- r:
			return
		default:
		}
	}
	s.waiting.Add(-size)
	s.count.drops.Add(1)
}

// write writes what comes, and puts it into the file when nothing more waits.
func (s *Store) write() {
	for {
		select {
		case r := <-s.queue:
			s.take(&r)
			continue
		default:
		}
		s.flush()
		select {
		case r := <-s.queue:
			s.take(&r)
		case <-s.quit:
			s.finish()
			return
		}
	}
}

// finish writes what is left and the index of the segment that is open.
func (s *Store) finish() {
	for len(s.queue) > 0 {
		r := <-s.queue
		s.take(&r)
	}
	s.flush()
	s.seal()
}

func (s *Store) take(r *page.Record) {
	size := recordSize(r)
	s.waiting.Add(-int64(size))
	if !s.works() || s.tags.judge(r.Number, r.Tags) != fresh {
		return // announced while it waited
	}
	if s.room(size) {
		h := hash(r.Key)
		start := len(s.buf)
		s.buf = appendRecord(s.buf, r)
		s.put(h, start)
		s.active.newest = max(s.active.newest, r.Number)
		s.count.writes.Add(1)
	}
}

// put notes where the record will lie that begins at start in the buffer.
func (s *Store) put(h uint64, start int) {
	s.placed = append(s.placed, slot{h, uint64(newPlace(s.active.serial, s.active.end+int64(start), len(s.buf)-start))})
	s.buf = append(s.buf, make([]byte, aligned(int64(len(s.buf)))-int64(len(s.buf)))...)
	if len(s.buf) >= bufferBytes {
		s.flush()
	}
}

// room sees to it that the active segment takes size more bytes.
func (s *Store) room(size int) bool {
	if s.active != nil && s.active.end+int64(len(s.buf))+int64(size) <= s.segmentSize {
		return true
	}
	s.flush()
	s.seal()
	return s.works() && s.rotate()
}

// flush writes the buffer. Only then does the index lead to its records.
func (s *Store) flush() {
	if len(s.buf) == 0 {
		return
	}
	if s.works() {
		if _, err := s.active.f.WriteAt(s.buf, s.active.end); err != nil {
			s.failed(err)
		}
	}
	if s.works() {
		s.active.end += int64(len(s.buf))
		s.active.bytes += int64(len(s.buf))
		s.count.bytes.Add(int64(len(s.buf)))
		for _, e := range s.placed {
			s.index.set(e.hash, place(e.value))
		}
	}
	s.buf, s.placed = s.buf[:0], s.placed[:0]
}

// seal writes the index of the active segment.
func (s *Store) seal() {
	if s.active == nil || !s.works() {
		return
	}
	before := s.active.bytes
	if err := s.active.writeIndex(s.files, s.id, &s.index); err != nil {
		s.failed(err)
		return
	}
	s.count.bytes.Add(s.active.bytes - before)
}

// rotate begins a new segment, and makes room for it and the next one.
func (s *Store) rotate() bool {
	g, err := createSegment(s.files, s.id, s.serial+1)
	if err != nil {
		s.failed(err)
		return false
	}
	s.segmentsMu.Lock()
	if s.off.Load() {
		s.segmentsMu.Unlock()
		g.leave()
		return false
	}
	s.segments[uint16(g.serial)] = g
	s.segmentsMu.Unlock()
	s.active, s.serial, s.carry = g, g.serial, s.segmentSize/2
	s.count.bytes.Add(g.bytes)
	for s.works() && s.count.bytes.Load()-g.bytes+2*s.segmentSize > s.limit {
		if !s.dropOldest() {
			break
		}
	}
	return s.works()
}

// dropOldest removes the oldest segment, and writes again what was read since it
// was written, as far as it still holds and is not too much. Readers go on.
func (s *Store) dropOldest() bool {
	s.segmentsMu.RLock()
	var oldest *segment
	for _, g := range s.segments {
		if oldest == nil || g.serial < oldest.serial {
			oldest = g
		}
	}
	s.segmentsMu.RUnlock()
	if oldest == nil || oldest == s.active {
		return false
	}
	var used, all []slot
	s.index.in(uint16(oldest.serial), func(h uint64, p place) {
		all = append(all, slot{h, uint64(p)})
		if p.used() {
			used = append(used, slot{h, uint64(p)})
		}
	})
	for _, e := range used {
		s.carryOver(oldest, e.hash, place(e.value))
	}
	s.flush()
	for _, e := range all {
		s.index.remove(e.hash, place(e.value)) // not where it was carried to
	}
	s.segmentsMu.Lock()
	there := s.segments[uint16(oldest.serial)] == oldest
	delete(s.segments, uint16(oldest.serial))
	s.segmentsMu.Unlock()
	if there {
		s.letGo(oldest)
	}
	return true
}

// carryOver writes a record of an old segment into the active one.
func (s *Store) carryOver(from *segment, h uint64, p place) {
	if int64(p.size()) > s.carry || !s.works() || !from.enter() {
		return
	}
	defer from.leave()
	var b []byte
	err := from.read(p, &b)
	if err != nil {
		s.failed(err)
		return
	}
	r, n, err := parseRecord(b)
	if err != nil || hash(r.Key) != h || r.Until <= s.now().UnixNano() || s.tags.judge(r.Number, r.Tags) != fresh {
		return
	}
	s.carry -= aligned(int64(n))
	start := len(s.buf)
	s.buf = append(s.buf, b[:n]...)
	s.put(h, start)
	s.active.newest = max(s.active.newest, r.Number)
	s.count.carried.Add(1)
}
