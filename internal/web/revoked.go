package web

import (
	"sync"
	"sync/atomic"
	"time"
)

// revoked is the set of marks whose class cookies count no more, for as long as
// one of them could live. Looking one up allocates nothing.
type revoked struct {
	unsure atomic.Bool // nobody knows: none counts

	mu    sync.RWMutex
	until map[int64]time.Time
	swept time.Time
}

// has reports whether a mark is revoked, or may be.
func (r *revoked) has(mark int64) bool {
	if r.unsure.Load() {
		return true
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, there := r.until[mark]
	return there
}

// add takes marks in, and now and then leaves out those whose time is over.
func (r *revoked) add(marks []int64, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until == nil {
		r.until = map[int64]time.Time{}
	}
	if now.Sub(r.swept) >= time.Hour {
		r.swept = now
		for m, until := range r.until {
			if !now.Before(until) {
				delete(r.until, m)
			}
		}
	}
	for _, m := range marks {
		r.until[m] = now.Add(ClassAge)
	}
}
