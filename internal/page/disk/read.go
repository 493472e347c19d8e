package disk

import "warta/internal/page"

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
