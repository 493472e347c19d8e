package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"warta/internal/fault"
	"warta/internal/job"
	"warta/internal/web"
)

// revocations are read from the store.
type revocations interface {
	// Revocations returns the marks of class cookies that were called back since an
	// instant, and the time at which that was true.
	Revocations(ctx context.Context, since time.Time) (marks []int64, now time.Time, err error)
}

// revoked keeps what is known of class cookies that count no more in step with
// the database. As long as it is not, none counts.
type revoked struct {
	store   revocations
	classes *web.Classes
	log     *slog.Logger
	owed    atomic.Bool // somebody called back what is not read yet

	mu    sync.Mutex
	since time.Time // by the database's clock; zero: nothing was read
}

// How far back a reading looks before the one before: a transaction that was
// under way then has its own time. And how soon one that failed is repeated.
const (
	revokedMargin = time.Minute
	revokedEvery  = time.Second
	revokedWithin = 5 * time.Second
)

// catchUp reads what was called back since it was last called.
func (r *revoked) catchUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, revokedWithin)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	since := r.since
	if !since.IsZero() {
		since = since.Add(-revokedMargin)
	}
	marks, now, err := r.store.Revocations(ctx, since)
	if err != nil {
		r.classes.Doubt(true)
		if !r.owed.Swap(true) {
			r.log.Error("class cookies count no more until it is known which ones were called back", "err", err)
		}
		return
	}
	r.since = now
	r.classes.Revoke(marks...)
	r.classes.Doubt(false)
	r.owed.Store(false)
}

// run repeats what failed, and looks now and then in case that an event was
// missed, until ctx ends.
func (r *revoked) run(ctx context.Context) {
	tick := time.NewTicker(revokedEvery)
	defer tick.Stop()
	for last := time.Now(); ; {
		if r.owed.Load() || time.Since(last) >= revokedMargin {
			last = time.Now()
			r.catchUp(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// erase is the job that erases one reader whose time has come.
func (a *App) erase(ctx context.Context, raw json.RawMessage) error {
	var args struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal(raw, &args); err != nil {
		return job.Never(fault.New(fault.Internal, "read the arguments of an erasure: %w", err))
	}
	return a.Members.EraseDue(ctx, args.ID)
}

// sweepErased erases readers whose job was lost.
func (a *App) sweepErased(ctx context.Context) error {
	n, err := a.Members.Sweep(ctx)
	if n > 0 {
		a.Log.Info("accounts erased whose job was late", "count", n)
	}
	return err
}
