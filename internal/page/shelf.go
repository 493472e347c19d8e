package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// tries is how often a reader starts again because what it waited for ran out
// or was taken down in the meantime.
const tries = 4

// shelf keeps the last good rendering for each key, makes what is missing, and
// makes it once however many wait. There is one for pages and one for pieces.
type shelf[K comparable, V made] struct {
	ledger *ledger
	crew   *crew
	ctx    context.Context // ends with the engine
	now    func() time.Time
	// elapsed measures, see Options.
	elapsed func() time.Duration
	log     *slog.Logger
	kind    string // "page", for the log
	limits  limits
	// lane is where the renderings of a key stand in the queue.
	lane func(K) lane

	// render makes the rendering of a key; epoch is when it began.
	render func(ctx context.Context, key K, epoch uint64) (V, error)
	// definite tells errors that say something about the world.
	definite func(error) bool
	// away reports whether the database is known to be: that is why renderings
	// fail then, and whoever noticed has said so.
	away func() bool
	// kept is told of everything that comes onto the shelf, and up to which event
	// it holds at least.
	kept    func(K, V, int64)
	applied func() int64 // the highest event number announced
	// rendered is told of every rendering; nil: nobody is.
	rendered func(key K, waited, took time.Duration, failed bool)

	// below is the Store, where what is not in memory is looked for first.
	below tier[K, V]

	cache    *otter.Cache[K, V]
	renewing atomic.Int32 // flights that nobody waits for, see renew
	retired  atomic.Int64 // bytes let go of since the last sweep
	failures atomic.Uint64

	mu      sync.Mutex
	flights map[K]*flight[V] // the latest one of each key
}

// limits are the times that a shelf keeps.
type limits struct {
	render time.Duration // for one rendering
	retry  time.Duration // between attempts that fail, while an older rendering serves
	busy   time.Duration // length of the queue from which an older rendering serves
}

// order is what ask returns: a value that holds, or a flight to wait for.
type order[V made] struct {
	value  V
	late   lateness
	flight *flight[V]
}

// lateness says whether something is older than it should be, and why.
type lateness uint8

const (
	current lateness = iota
	busy             // too many renderings wait
	failed           // the rendering that was to replace it failed
)

// way is how somebody came by a value, or by all parts of a page.
type way struct {
	tier Tier
	late lateness
}

// with is the way of somebody who needs two things.
func (w way) with(o way) way { return way{tier: max(w.tier, o.tier), late: max(w.late, o.late)} }

// open makes the cache. Entries weigh their bytes, and what is read once (by a
// crawler) does not push out what is read often.
func (s *shelf[K, V]) open(maxBytes int64, weigh func(K, V) int) {
	s.flights = make(map[K]*flight[V])
	s.cache = otter.Must(&otter.Options[K, V]{
		MaximumWeight: uint64(maxBytes),
		Weigher:       func(k K, v V) uint32 { return uint32(weigh(k, v)) },
		OnAtomicDeletion: func(e otter.DeletionEvent[K, V]) {
			e.Value.status().dropped.Store(true)
			s.retired.Add(int64(weigh(e.Key, e.Value)))
		},
	})
}

// ask looks a key up, and gets a rendering under way unless what is kept still
// holds. closed is for what must not be served stale.
func (s *shelf[K, V]) ask(key K, now int64, closed bool) order[V] {
	if v, ok := s.cache.GetIfPresent(key); ok {
		switch s.judge(v.status(), now) {
		case fresh:
			return order[V]{value: v}
		case changed:
			switch {
			case closed:
			case s.tired(v.status(), now):
				return order[V]{value: v, late: failed}
			case s.crew.waits() > s.limits.busy:
				s.renew(key)
				return order[V]{value: v, late: busy}
			}
		}
	}
	return order[V]{flight: s.board(key)}
}

// judge adds the clock to the ledger's verdict.
func (s *shelf[K, V]) judge(st *standing, now int64) verdict {
	v := s.ledger.judge(st)
	if v == fresh && now >= st.until {
		return changed
	}
	return v
}

// tired reports whether an attempt to replace st failed so recently that the
// next one can wait. A new announcement shows that something moves again.
func (s *shelf[K, V]) tired(st *standing, now int64) bool {
	return now < st.failedAt.Load()+int64(s.limits.retry) && st.failed.Load() == s.ledger.epoch.Load()
}

// wait collects an order. A context that ends ends only this wait: the
// rendering goes on for the others.
func (s *shelf[K, V]) wait(ctx context.Context, key K, o order[V], now int64, closed bool) (v V, by way, err error) {
	if o.flight == nil {
		return o.value, way{late: o.late}, nil
	}
	for f, try := o.flight, 1; ; f, try = s.board(key), try+1 {
		select {
		case <-f.done:
		case <-ctx.Done():
			s.mu.Lock()
			f.waiters--
			s.mu.Unlock()
			return v, by, ctx.Err()
		}
		if f.err != nil && !errors.Is(f.err, errAbandoned) {
			return s.fallback(key, now, closed, f.err)
		}
		// Changed or taken down meanwhile is not asked here: who waits asked
		// before, and join judges all parts when the last one has come.
		if f.err == nil && (f.late != current || now < f.value.status().until || try == tries) {
			return f.value, way{tier: f.tier, late: f.late}, nil
		}
		if try == tries {
			return v, by, f.err
		}
	}
}

// fallback returns the last good rendering in place of one that failed or was
// refused, unless it may not be stale, was taken down, or was dropped because it
// is gone.
func (s *shelf[K, V]) fallback(key K, now int64, closed bool, cause error) (v V, by way, err error) {
	by.tier, by.late = Rendered, failed // it was tried
	if errors.Is(cause, ErrBusy) {
		by = way{late: busy}
	}
	if closed {
		return v, by, cause
	}
	entry, ok := s.cache.GetEntryQuietly(key)
	if !ok && by.late == failed && !s.definite(cause) {
		if v, ok = s.below.read(key, s.ledger.epoch.Load(), now, true); ok {
			return v, by, nil
		}
	}
	if !ok {
		return v, by, cause
	}
	switch s.judge(entry.Value.status(), now) {
	case fresh: // somebody else had more luck
		by.late = current
		return entry.Value, by, nil
	case changed:
		return entry.Value, by, nil
	}
	return v, by, cause
}

// make renders within the time limit; a panic of the source is an error.
func (s *shelf[K, V]) make(key K, f *flight[V]) (v V, err error) {
	began := s.elapsed()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s %s: %w: panic: %v", s.kind, plainKey(key), ErrUnavailable, p)
			s.log.Error("page source panicked", "kind", s.kind, "key", plainKey(key), "panic", p, "stack", string(debug.Stack()))
		}
		took := s.elapsed() - began
		s.crew.took(took)
		if s.rendered != nil {
			s.rendered(key, began-f.since, took, err != nil && !s.definite(err))
		}
	}()
	if s.ctx.Err() != nil {
		return v, fmt.Errorf("%s %s: %w: the engine is closed", s.kind, plainKey(key), ErrUnavailable)
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.limits.render)
	defer cancel()
	return s.render(ctx, key, f.epoch)
}

// keep puts a rendering on the shelf if nothing that it prints was announced
// while it was made, and reports whether that is so.
func (s *shelf[K, V]) keep(key K, f *flight[V]) bool {
	v := f.value
	if s.ledger.judge(v.status()) != fresh {
		return false
	}
	s.cache.Set(key, v)
	// A takedown may have come between the judgement and the shelf, and may
	// have looked through the shelf already.
	if s.ledger.judge(v.status()) == taken {
		s.cache.Invalidate(key)
	}
	s.kept(key, v, f.applied)
	return true
}

// miss notes that a flight failed.
func (s *shelf[K, V]) miss(key K, f *flight[V]) {
	entry, ok := s.cache.GetEntryQuietly(key)
	if s.definite(f.err) {
		// What it says is newer than what is kept, unless that was made since.
		if ok && entry.Value.status().began <= f.epoch {
			s.cache.Invalidate(key)
		}
		return
	}
	s.failures.Add(1)
	if s.ctx.Err() == nil && !s.away() {
		s.log.Error("page rendering failed", "kind", s.kind, "key", plainKey(key), "error", f.err, "older_kept", ok)
	}
	if ok {
		st := entry.Value.status()
		st.failed.Store(f.epoch)
		st.failedAt.Store(s.now().UnixNano())
	}
}

// weighAgain tells the memory that what is kept under a key has become heavier.
func (s *shelf[K, V]) weighAgain(key K, v V) {
	s.cache.ComputeIfPresent(key, func(old V) (V, otter.ComputeOp) {
		if old != v {
			return old, otter.CancelOp
		}
		return old, otter.WriteOp
	})
	v.status().dropped.Store(false) // it has only taken its own place
}

// drop takes everything off the shelf that the judgement condemns.
func (s *shelf[K, V]) drop(condemned func(V) bool) {
	for key, v := range s.cache.All() {
		if condemned(v) {
			s.cache.ComputeIfPresent(key, func(old V) (V, otter.ComputeOp) {
				if old == v {
					return old, otter.InvalidateOp
				}
				return old, otter.CancelOp // replaced by a newer one just now
			})
		}
	}
}

// plainKey is a key for the log and for errors: without its query, which may
// hold what a reader typed.
func plainKey(key any) string {
	name, _, _ := strings.Cut(fmt.Sprint(key), "?")
	return name
}
