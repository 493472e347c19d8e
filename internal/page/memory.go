package page

// dropTaken takes everything that was taken down out of memory: renderings,
// and views that still hold one. It looks at all that is kept, since an index
// by tag would cost more memory than this costs time; a takedown is rare.
func (e *Engine) dropTaken() {
	e.pages.drop(func(s *skeleton) bool { return e.ledger.judge(s.status()) == taken })
	e.pieces.drop(func(p *piece) bool { return e.ledger.judge(p.status()) == taken })
	e.dropViews(func(v *view) bool { return v.judge(e.ledger) == taken })
	e.files.dropTaken()
	e.wires.clear()
}

// dropViews forgets the views that the judgement condemns.
func (e *Engine) dropViews(condemned func(*view) bool) {
	for s := range e.pages.cache.Values() {
		for class := range s.views {
			if v := s.views[class].Load(); v != nil && condemned(v) {
				s.views[class].CompareAndSwap(v, nil)
			}
		}
	}
}

// sweep forgets views that hold pieces which memory let go of long ago. Every
// view of a page that nobody asked for since keeps its old pieces alive, which
// no cache counts; so when enough bytes have been let go of, all views are
// looked through once. That is rare enough to cost nothing per publish.
func (e *Engine) sweep() {
	if !e.sweeping.TryLock() {
		return
	}
	defer e.sweeping.Unlock()
	e.pieces.retired.Store(0)
	e.dropViews((*view).dropped)
	e.count.sweeps.Add(1)
}
