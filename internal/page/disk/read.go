package disk

import (
	"sync"
	"unsafe"

	"warta/internal/page"
)

// Has implements page.Store.
func (s *Store) Has(key string) bool { return s.works() && s.index.at(hash(key)) != 0 }

// Read implements page.Store. It reads the disk once.
func (s *Store) Read(key string, stale bool) (page.Record, bool) {
	if !s.works() {
		return page.Record{}, false
	}
	b := []byte(nil)
	h, p, ok := s.read(key, &b)
	if !ok {
		return page.Record{}, false
	}
	r, _, err := parseRecord(b)
	if err != nil || r.Key != key {
		s.damaged(h, p)
		return page.Record{}, false
	}
	if v := s.tags.judge(r.Number, r.Tags); v != fresh {
		if s.late(h, p, v); v != changed || !stale {
			return page.Record{}, false
		}
	}
	s.hit(h, p)
	return r, true
}

// Lend implements page.Store.
func (s *Store) Lend(key string, buf *[]byte) (body []byte, until int64, ok bool) {
	if !s.works() {
		return nil, 0, false
	}
	h, p, ok := s.read(key, buf)
	if !ok {
		return nil, 0, false
	}
	t, _ := tagRooms.Get().(*tagRoom)
	if t == nil {
		t = &tagRoom{}
	}
	defer tagRooms.Put(t)
	r, err := cutRecord(*buf)
	if err == nil {
		t.hashes, t.text, err = appendHashes(t.hashes[:0], t.text, unsafe.String(unsafe.SliceData(r.tags), len(r.tags)))
	}
	if err != nil || string(r.key) != key {
		s.damaged(h, p)
		return nil, 0, false
	}
	if v := s.tags.judgeHashes(r.number, t.hashes); v != fresh {
		s.late(h, p, v)
		return nil, 0, false
	}
	s.hit(h, p)
	return r.body, r.until, true
}

// tagRoom is where tags are put together and hashed.
type tagRoom struct {
	hashes []uint64
	text   []byte
}

var tagRooms sync.Pool

// read reads what the index says is the record of a key into buf.
func (s *Store) read(key string, buf *[]byte) (h uint64, p place, ok bool) {
	h = hash(key)
	for range 2 { // the record may move meanwhile
		p = s.index.at(h)
		if p == 0 {
			break
		}
		g := s.enter(p.segment())
		if g == nil {
			continue
		}
		err := g.read(p, buf)
		g.leave()
		s.count.reads.Add(1)
		if err != nil {
			s.failed(err)
			break
		}
		return h, p, true
	}
	return h, p, false
}

// damaged notes that a record is not what was written.
func (s *Store) damaged(h uint64, p place) {
	s.count.damaged.Add(1)
	s.index.remove(h, p)
}

// late notes that a record does not hold any more.
func (s *Store) late(h uint64, p place, v verdict) {
	s.count.stale.Add(1)
	if v != changed {
		s.index.remove(h, p)
	}
}

// hit notes that a record was read that holds.
func (s *Store) hit(h uint64, p place) {
	if !p.used() {
		s.index.touch(h)
	}
	s.count.hits.Add(1)
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
