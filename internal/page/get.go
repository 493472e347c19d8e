package page

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Get returns the page of a key for a class of readers. Nothing is rendered,
// compressed or allocated for what is warm: a page that was given to the class
// before and of which nothing was announced and no clock has passed since.
//
// An error is the context's, or one that Options.Definite knows, or wraps
// ErrUnavailable. ErrBusy comes without waiting.
func (e *Engine) Get(ctx context.Context, key string, class Class) (*Response, error) {
	class &= classes - 1
	now := e.now().UnixNano()
	if e.mode.Load() != serving {
		return e.getSuspended(ctx, key, class, now)
	}
	r, err := e.get(ctx, key, class, now)
	if err != nil && errors.Is(err, ErrBusy) {
		e.count.shed.Add(1)
	}
	return r, err
}

// Shed reports whether Get would answer ErrBusy at once: there is nothing that
// could be served, nobody renders it, and too many renderings wait. It counts
// that as an answer.
func (e *Engine) Shed(key string) bool {
	if e.mode.Load() != serving || !e.crew.full(single) || e.pages.lane(key) != single {
		return false
	}
	if _, ok := e.pages.cache.GetEntryQuietly(key); ok || e.pages.below.called(key) != "" {
		return false
	}
	e.pages.mu.Lock()
	_, flies := e.pages.flights[key]
	e.pages.mu.Unlock()
	if !flies {
		e.count.shed.Add(1)
	}
	return !flies
}

func (e *Engine) get(ctx context.Context, key string, class Class, now int64) (*Response, error) {
	if s, ok := e.pages.cache.GetIfPresent(key); ok {
		v := s.views[class].Load()
		if v != nil && v.asOf.Load() == e.ledger.epoch.Load() && now < v.until {
			e.count.hits[class].Add(1)
			return v.response, nil
		}
	}
	for range tries {
		r, err := e.join(ctx, key, class, now)
		if r != nil || err != nil {
			return r, err
		}
	}
	return nil, fmt.Errorf("page %s is taken down faster than it can be rendered: %w", key, ErrUnavailable)
}

// getSuspended answers while the database is away. Whether a reader's right to
// members' text was revoked is not known then, so nobody has it.
func (e *Engine) getSuspended(ctx context.Context, key string, class Class, now int64) (*Response, error) {
	if e.mode.Load() == waiting {
		return nil, fmt.Errorf("not started: %w", ErrUnavailable)
	}
	if now-e.since.Load() > e.offlineLimit {
		return nil, fmt.Errorf("no events for too long: %w", ErrUnavailable)
	}
	r, err := e.get(ctx, key, class&^MembersText, now)
	if err != nil {
		return nil, err
	}
	e.count.offline.Add(1)
	return r.flagged("", true), nil
}

// join resolves the holes of a page for a class and remembers the result as
// the class's view. It returns nil without an error if a part was taken down
// while others were still being waited for.
func (e *Engine) join(ctx context.Context, key string, class Class, now int64) (*Response, error) {
	s, way, err := e.pages.wait(ctx, key, e.pages.ask(key, now, false), now, false)
	if err != nil {
		return nil, err
	}
	if v := s.views[class].Load(); v != nil && way.late == current && now < v.until && v.judge(e.ledger) == fresh {
		e.count.waited[way.tier][class].Add(1)
		return v.response, nil
	}
	blocks, pieces, parts, partsWay, err := e.resolve(ctx, s, class, now)
	if err != nil {
		return nil, err
	}
	way = way.with(partsWay)
	e.count.joins.Add(1)
	v := newView(newResponse(&s.head, e.policy(s.head.caching, class, parts), blocks, s.sums(nil, pieces), &e.press), parts)
	// Once more for all parts: waiting for the last may have taken seconds.
	switch v.judge(e.ledger) {
	case taken:
		return nil, nil
	case fresh:
		if way.late == current {
			e.remember(key, s, class, v)
		}
	}
	e.count.waited[way.tier][class].Add(1)
	switch way.late {
	case failed:
		e.count.stale.Add(1)
		return v.response.flagged(staleFailed, false), nil
	case busy:
		e.count.busy.Add(1)
		return v.response.flagged(staleBusy, false), nil
	}
	return v.response, nil
}

// resolve finds what stands in a skeleton's holes for a class: the blocks of
// the body in order, the pieces among them, nil where a hole is closed, and
// everything that decided about them.
func (e *Engine) resolve(ctx context.Context, s *skeleton, class Class, now int64) (blocks []*block, pieces []*piece, parts []*standing, way way, err error) {
	// First ask for all, so that what is missing is rendered side by side.
	orders := make([]order[*piece], len(s.holes))
	for i, h := range s.holes {
		if h.Open(class) {
			h.Without = ""
			orders[i] = e.pieces.ask(h.piece(), now, h.closed())
		}
	}
	parts = append(make([]*standing, 0, len(s.holes)+1), s.status())
	pieces = make([]*piece, len(s.holes))
	for i, h := range s.holes {
		if h.Open(class) {
			p, one, err := e.fill(ctx, h, orders[i], now, &parts)
			if err != nil {
				return nil, nil, nil, way, err
			}
			way = way.with(one)
			pieces[i] = p
		}
	}
	blocks, err = e.lay(s, pieces)
	return blocks, pieces, parts, way, err
}

// lay puts pieces between a skeleton's segments; nil: nothing stands in the hole.
// What does not fit is compressed again.
func (e *Engine) lay(s *skeleton, pieces []*piece) (blocks []*block, err error) {
	segments, holes := s.segments, s.holes
	if !s.fits(pieces) {
		if segments, holes, err = e.refit(s, pieces); err != nil {
			return nil, err
		}
	}
	blocks = append(make([]*block, 0, 2*len(s.holes)+1), &segments[0])
	for i, p := range pieces {
		if p != nil {
			b := &p.block
			if p.near(s.holes[i]) {
				if b, err = e.press.beside(segments[:i+1], holes, b); err != nil {
					return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
				}
				e.count.beside.Add(1)
			}
			blocks = append(blocks, b)
		}
		blocks = append(blocks, &segments[i+1])
	}
	return blocks, nil
}

// fits reports whether each piece is as wide as its hole says, and has its Frame.
func (s *skeleton) fits(pieces []*piece) bool {
	for i, p := range pieces {
		if p != nil && s.holes[i].wide() && (p.size != s.holes[i].Width || !p.framed) {
			return false
		}
	}
	return true
}

// near reports whether the piece is worth a compression for the page that leaves
// the hole; see Hole.Near.
func (p *piece) near(h Hole) bool { return p.common(h.Near) >= nearLeast }

// refit returns a page's segments for pieces that are not as wide as their
// holes or have another Frame, and the holes as these are: for an unusually long
// one, and for this view alone.
func (e *Engine) refit(s *skeleton, pieces []*piece) ([]block, []Hole, error) {
	real := slices.Clone(s.holes)
	for i, p := range pieces {
		if real[i].wide() {
			real[i].Width, real[i].Frame = p.size, Frame{}
		}
	}
	e.count.refits.Add(1)
	segments, err := e.press.refit(s.segments, s.holes, real)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return segments, real, nil
}

// fill waits for what stands in one hole, and changes over to the piece without
// an item if the plain one contains it. Both decide what the reader sees.
func (e *Engine) fill(ctx context.Context, h Hole, o order[*piece], now int64, parts *[]*standing) (*piece, way, error) {
	plain := h.piece()
	plain.Without = ""
	p, first, err := e.pieces.wait(ctx, plain, o, now, h.closed())
	if err != nil {
		return nil, first, err
	}
	*parts = append(*parts, p.status())
	if h.Without == "" || !p.contains.has(h.Without) {
		return p, first, nil
	}
	p, second, err := e.pieces.wait(ctx, h.piece(), e.pieces.ask(h.piece(), now, h.closed()), now, h.closed())
	if err != nil {
		return nil, second, err
	}
	*parts = append(*parts, p.status())
	return p, first.with(second), nil
}

// closed reports whether the hole fails closed: members' text is current or not
// there at all.
func (h Hole) closed() bool { return h.Need&MembersText != 0 }

// remember makes v the view of its class.
func (e *Engine) remember(key string, s *skeleton, class Class, v *view) {
	if s.views[class].Swap(v) == nil && s.seen() > 1 {
		e.pages.weighAgain(strings.Clone(key), s) // who asks may use its bytes again
	}
	// A takedown that came after the last judgement may have looked through
	// the views before this one was among them.
	if v.judge(e.ledger) == taken {
		s.views[class].CompareAndSwap(v, nil)
	}
	if e.pieces.retired.Load() > e.retireLimit {
		e.sweep()
	}
}
