package page

import "strings"

// Ready returns a page if nobody has to be waited for: Warm has it, its parts are
// in memory and only have to be put together, or its skeleton lies in the Store,
// one read away. It renders nothing. What it does not return Get may have. The key
// is not kept, so its bytes may be used again when Ready has returned; the response
// is the caller's until its Release.
func (e *Engine) Ready(key string, class Class) (*Response, bool) {
	if e.mode.Load() != serving {
		return nil, false
	}
	class &= classes - 1
	now := e.now().UnixNano()
	if s, ok := e.pages.cache.GetIfPresent(key); ok {
		if r, ok := e.warm(s, class, now); ok {
			return r, true
		}
		if e.pages.judge(s.status(), now) != fresh {
			return nil, false
		}
		return e.ready(key, s, class, Memory, now)
	}
	if e.store == nil || e.pages.below.name(key) == "" {
		return nil, false
	}
	defer e.readers.Add(-1)
	if e.readers.Add(1) > porters {
		return nil, false // Get waits for its turn
	}
	if !e.sightings.often(key) {
		r, there := e.lend(key, class, now)
		if r != nil {
			e.count.joins.Add(1)
			e.count.waited[Disk][class].Add(1)
		}
		if r != nil || !there {
			return r, r != nil
		}
	}
	key = strings.Clone(key)
	s := e.fetch(key, now)
	if s == nil {
		return nil, false
	}
	return e.ready(key, s, class, Disk, now)
}

// ready puts together what a class of readers gets of a skeleton that holds.
func (e *Engine) ready(key string, s *skeleton, class Class, tier Tier, now int64) (*Response, bool) {
	v := e.assemble(s, class, now)
	if v == nil {
		return nil, false
	}
	e.remember(key, s, class, v)
	e.count.joins.Add(1)
	e.count.waited[tier][class].Add(1)
	return v.response, true
}

// fetch brings the skeleton of a key from the Store into memory; nil: it is not
// there or does not hold.
func (e *Engine) fetch(key string, now int64) *skeleton {
	f := &flight[*skeleton]{applied: e.Applied()} // first: the number is raised after the epoch
	f.epoch = e.ledger.epoch.Load()
	s, ok := e.pages.below.read(key, f.epoch, now, false)
	if !ok {
		return nil
	}
	if f.value = s; !e.pages.keep(key, f) {
		return nil
	}
	return s
}

// assemble puts a page together from what is in memory. It returns nil if
// anything is not there, no longer true, or has to be compressed again.
func (e *Engine) assemble(s *skeleton, class Class, now int64) *view {
	parts := append(make([]*standing, 0, len(s.holes)+1), s.status())
	pieces := make([]*piece, len(s.holes))
	for i, h := range s.holes {
		if !h.Open(class) {
			continue
		}
		p := e.lyingPiece(h, now, &parts)
		if p == nil || p.near(h) {
			return nil
		}
		pieces[i] = p
	}
	if !s.fits(pieces) {
		return nil
	}
	blocks, err := e.lay(s, pieces)
	if err != nil {
		return nil
	}
	v := newView(newResponse(&s.head, e.policy(s.head.caching, class, parts), blocks, s.sums(nil, pieces), &e.press), parts)
	if v.judge(e.ledger) != fresh {
		return nil
	}
	return v
}

// piece returns a piece that is in memory and holds, nil if there is none.
func (e *Engine) piece(key Hole, now int64) *piece {
	p, ok := e.pieces.cache.GetIfPresent(key)
	if !ok || e.pieces.judge(p.status(), now) != fresh {
		return nil
	}
	return p
}

// lyingPiece is fill for what is in memory.
func (e *Engine) lyingPiece(h Hole, now int64, parts *[]*standing) *piece {
	plain := h.piece()
	plain.Without = ""
	p := e.piece(plain, now)
	if p == nil {
		return nil
	}
	*parts = append(*parts, p.status())
	if h.Without == "" || !p.contains.has(h.Without) {
		return p
	}
	if p = e.piece(h.piece(), now); p == nil {
		return nil
	}
	*parts = append(*parts, p.status())
	return p
}
