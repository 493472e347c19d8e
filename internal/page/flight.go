package page

import (
	"fmt"
	"time"
)

// flight is one rendering, under way or in the queue, and those who wait for it.
type flight[V made] struct {
	begun   bool          // guarded by the shelf's mu, as are the next three and waiters
	epoch   uint64        // when it began
	number  uint64        // of the Store, when it began
	applied int64         // the highest event number announced, when it began
	since   time.Duration // when it was put into the queue, see Options.Elapsed
	renewal bool          // nobody waits for it
	waiters int

	done  chan struct{} // closed when what follows is set
	tier  Tier
	late  lateness
	value V
	err   error
}

// maxRenewals bounds the flights that stand in the queue for nobody.
const maxRenewals = 64

// errAbandoned ends a rendering that nobody waited for any more.
var errAbandoned = fmt.Errorf("%w: nobody waits for it", ErrUnavailable)

// board joins the flight for a key, or starts one. A flight that began before
// the latest announcement takes nobody on any more: it may not have seen it.
// One that still stands in the queue takes everybody on.
func (s *shelf[K, V]) board(key K) *flight[V] {
	s.mu.Lock()
	f := s.flights[key]
	if f != nil && (!f.begun || f.epoch == s.ledger.epoch.Load()) {
		f.waiters++
		s.mu.Unlock()
		return f
	}
	f = &flight[V]{waiters: 1, done: make(chan struct{})}
	s.flights[key] = f
	s.mu.Unlock()
	switch {
	case s.below.called(key) == "":
		s.enter(key, f, s.lane(key))
	case !s.below.crew.do(shared, func() { s.fetch(key, f) }):
		s.refuse(key, f)
	}
	return f
}

// renew gets a rendering under way for those who come later, unless many such
// stand in the queue. What is asked for most is renewed soonest, however long
// the queue of the others.
func (s *shelf[K, V]) renew(key K) {
	s.mu.Lock()
	if _, flies := s.flights[key]; flies || s.renewing.Load() >= maxRenewals {
		s.mu.Unlock()
		return
	}
	f := &flight[V]{waiters: 1, renewal: true, done: make(chan struct{})}
	s.flights[key] = f
	s.renewing.Add(1)
	s.mu.Unlock()
	s.enter(key, f, shared)
}

// enter puts a flight into the queue for renderings.
func (s *shelf[K, V]) enter(key K, f *flight[V], l lane) {
	f.since = s.elapsed()
	if !s.crew.do(l, func() { s.fly(key, f) }) {
		s.refuse(key, f)
	}
}

// refuse ends a flight for which there is no room in the queue.
func (s *shelf[K, V]) refuse(key K, f *flight[V]) {
	s.mu.Lock()
	f.err = ErrBusy
	s.land(key, f)
	s.mu.Unlock()
	close(f.done)
}

// begin takes a flight out of the queue. It ends one that nobody waits for any
// more and returns false.
func (s *shelf[K, V]) begin(key K, f *flight[V]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.waiters == 0 {
		f.err = errAbandoned
		s.land(key, f)
		close(f.done)
		return false
	}
	f.applied = s.applied() // first: the number is raised after the epoch
	f.begun, f.epoch, f.number = true, s.ledger.epoch.Load(), s.below.number()
	return true
}

// fetch looks for what a flight is to bring in the Store, and puts the flight
// back into the queue for a rendering if it is not there. It runs in the Store's
// crew, so that a page that only has to be read waits for no rendering.
func (s *shelf[K, V]) fetch(key K, f *flight[V]) {
	if !s.begin(key, f) {
		return
	}
	v, ok := s.below.read(key, f.epoch, s.now().UnixNano(), false)
	if !ok && s.crew.waits() > s.limits.busy {
		if v, ok = s.below.read(key, f.epoch, s.now().UnixNano(), true); ok {
			f.late = busy
		}
	}
	if !ok {
		s.mu.Lock()
		f.begun = false
		s.mu.Unlock()
		s.enter(key, f, s.lane(key))
		return
	}
	f.value, f.tier = v, Disk
	if f.late == current {
		s.keep(key, f)
	}
	s.mu.Lock()
	s.land(key, f)
	s.mu.Unlock()
	close(f.done)
	if f.late != current {
		s.renew(key)
	}
}

// fly does the rendering of a flight and puts it on the shelf if it still
// holds. It runs in the crew.
func (s *shelf[K, V]) fly(key K, f *flight[V]) {
	if !s.begin(key, f) {
		return
	}
	defer close(f.done)
	f.tier = Rendered
	if v, ok := s.cache.GetEntryQuietly(key); ok && s.judge(v.Value.status(), s.now().UnixNano()) == fresh {
		f.value = v.Value // made while this one stood in the queue
	} else if f.value, f.err = s.make(key, f); f.err == nil {
		if s.keep(key, f) {
			s.below.write(key, f.value, f.number)
		}
	} else {
		s.miss(key, f)
	}
	s.mu.Lock()
	s.land(key, f)
	s.mu.Unlock()
}

// land takes the flight off the board, unless a later one replaced it.
func (s *shelf[K, V]) land(key K, f *flight[V]) {
	if s.flights[key] == f {
		delete(s.flights, key)
	}
	if f.renewal {
		s.renewing.Add(-1)
	}
}
