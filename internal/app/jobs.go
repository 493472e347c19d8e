package app

import (
	"context"
	"sync"
	"time"

	"warta/internal/job"
	"warta/internal/member"
	"warta/internal/store"
)

// openQueue lays the queue beside the store, so that every process can ask for
// work; only one that serves does it.
func openQueue(ctx context.Context, db *store.DB, c *Config, o job.Options) (*job.Queue, error) {
	o.Postgres, o.Read = c.postgres(), db.ReadHandle()
	q, err := job.New(db.Handle(), o)
	if err != nil {
		return nil, err
	}
	if err := db.Prepare(ctx, q); err != nil {
		return nil, err
	}
	db.UseJobs(q)
	return q, nil
}

// openOutward builds what works on later effects of changes.
func (a *App) openOutward() error {
	if err := a.openPost(); err != nil {
		return err
	}
	a.Jobs.Register(store.JobReindex, a.reindex)
	a.Jobs.Register(member.JobErase, a.erase)
	a.Jobs.Register(member.JobCancel, a.cancelPurchase)
	return a.openProbe()
}

// startOutward starts what happens later than the change that asked for it.
func (a *App) startOutward(ctx context.Context, running *sync.WaitGroup) {
	running.Go(func() { a.runJobs(ctx) })
	running.Go(func() { a.every(ctx, sweepEvery, "letters", a.Post.Sweep) })
	running.Go(func() { a.every(ctx, noticesEvery, "notices by mail", a.mailNotices) })
	running.Go(func() { a.every(ctx, remindEvery, "reminders", a.remind) })
	running.Go(func() { a.every(ctx, tidyEvery, "receipts", a.Probe.Trim) })
	running.Go(func() { a.every(ctx, sweepEvery, "renamed persons and topics", a.DB.RequeueRenames) })
	running.Go(func() { a.every(ctx, sweepEvery, "accounts to erase", a.sweepErased) })
	running.Go(func() { a.every(ctx, salesEvery, "purchases", a.tendSales) })
	running.Go(func() { a.every(ctx, compareEvery, "comparison with payment gateways", a.Sales.Compare) })
	running.Go(func() { a.every(ctx, remindEvery, "complaints", a.remindModerators) })
	running.Go(func() { a.every(ctx, tidyEvery, "prints of comments", a.trimPrints) })
	running.Go(func() { a.every(ctx, announceEvery, "new comments", a.announceComments) })
	running.Go(func() { a.every(ctx, digestEvery, "letters about comments", a.mailDigests) })
	running.Go(func() { a.every(ctx, tidyEvery, "where comments came from", a.trimComments) })
	if a.Caches.Any() {
		running.Go(func() { a.purgeCaches(ctx) })
	}
}

// runJobs works on what is in the queue until ctx ends. A database that is away
// ends the work; it begins anew once it is back.
func (a *App) runJobs(ctx context.Context) {
	for told := false; ; {
		err := a.Jobs.Run(ctx)
		if ctx.Err() != nil {
			if err != nil {
				a.Log.Warn("jobs were cut off; they are done after the next start", "err", err)
			}
			return
		}
		if !told && !a.follower.away.Load() {
			told = true
			a.Log.Error("the queue ended, trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(openEvery):
		}
	}
}

// every calls fn at once and then again and again until ctx ends. One line of
// the log says that it fails, however long it does.
func (a *App) every(ctx context.Context, d time.Duration, what string, fn func(context.Context) error) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for failing := false; ; {
		err := fn(ctx)
		if err != nil && !failing && !a.follower.away.Load() && ctx.Err() == nil {
			a.Log.Error("regular work failed, trying again", "work", what, "err", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
