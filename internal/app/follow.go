package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/metrics"
	"warta/internal/page"
	"warta/internal/page/disk"
)

// heartbeat is how often a serving process says that it lives; the store asks
// whether it is gone after 30 s without one.
const heartbeat = 2 * time.Second

// How long one reading of events and one heartbeat may take. A server that is
// silent is as far away as one that is gone; a heartbeat on SQLite may have to
// wait for another process's transaction.
const (
	readWithin = 5 * time.Second
	beatWithin = 12 * time.Second
)

// EventStore is what a follower reads.
type EventStore interface {
	Events(ctx context.Context, after int64, limit int) ([]change.Event, error)
	LastEvent(ctx context.Context) (int64, error)
	Watch(ctx context.Context) (<-chan struct{}, error)
	RegisterProcess(ctx context.Context, id, name string, applied int64) error
	Heartbeat(ctx context.Context, id string, applied int64) error
	DropProcess(ctx context.Context, id string) error
}

// follower hands events to the page engine in the order of their numbers. It is
// the only one in a process that does.
type follower struct {
	store  EventStore
	engine *page.Engine
	pages  *disk.Store // nil: none
	id     string
	name   string
	log    *slog.Logger
	now    func() time.Time

	meter *metrics.Meter // nil: none
	runs  bool           // run has begun: what is announced is news

	seen func(context.Context, change.Event) // told of each event after it was announced; may be nil

	applied int64
	owed    bool        // a heartbeat is due
	silent  bool        // heartbeats fail, and the log says so
	healthy time.Time   // when events were last read
	away    atomic.Bool // events cannot be read; others look at it too
}

// start registers the process and lets the engine begin at the last event.
func (f *follower) start(ctx context.Context, name string) error {
	// Registered before the last number is read: a takedown that commits in
	// between waits for this process already.
	ctx, cancel := context.WithTimeout(ctx, 2*beatWithin)
	defer cancel()
	f.name = name
	if err := f.store.RegisterProcess(ctx, f.id, name, 0); err != nil {
		return err
	}
	last, err := f.store.LastEvent(ctx)
	if err != nil {
		return err
	}
	f.applied, f.healthy = last, f.now()
	if f.pages != nil {
		if err := f.resume(ctx, last); err != nil {
			return err
		}
	}
	f.engine.Start(f.applied)
	return f.store.Heartbeat(ctx, f.id, f.applied)
}

// run follows until ctx ends.
func (f *follower) run(ctx context.Context) {
	f.runs = true
	var news <-chan struct{}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	retry := time.NewTicker(time.Second)
	defer retry.Stop()
	for ctx.Err() == nil {
		if news == nil {
			if ch, err := f.store.Watch(ctx); err == nil {
				news = ch
			}
		}
		if err := f.catchUp(ctx); err == nil {
			f.found()
		} else if ctx.Err() == nil {
			f.lost(err)
		}
		if f.owed && !f.away.Load() {
			f.beat(ctx)
		}
		select {
		case <-ctx.Done():
		case _, open := <-news:
			if !open {
				news = nil
			}
		case <-beat.C:
			f.owed = true
		case <-retry.C:
		}
	}
}

// batch is how many events are read at once.
const batch = 500

// catchUp announces every event that is not applied yet. An error says that
// nobody knows what changed.
func (f *follower) catchUp(ctx context.Context) error {
	for {
		events, err := f.read(ctx)
		if err != nil {
			return err
		}
		f.healthy = f.now()
		takedown := false
		for _, ev := range events {
			if f.pages != nil {
				f.pages.Dated(ev.Seq, ev.At)
			}
			f.announce(ev)
			f.applied = ev.Seq
			takedown = takedown || ev.Takedown
			if f.seen != nil {
				f.seen(ctx, ev)
			}
		}
		if takedown {
			f.beat(ctx) // at once: somebody waits for it
		}
		if len(events) < batch {
			return nil
		}
	}
}

// announce hands one event to the engine. What happened before the start is not
// measured: nobody waited for it here.
func (f *follower) announce(ev change.Event) {
	if f.runs {
		f.meter.Announcing(ev.Seq, ev.At, ev.Tags)
		defer f.meter.Announced(ev.At)
	}
	f.engine.Announce(ev.Seq, ev.Tags, ev.Takedown)
}

// read returns the next events. If some were removed before they were read,
// what is kept is dropped, and it begins anew.
func (f *follower) read(ctx context.Context) ([]change.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	events, err := f.store.Events(ctx, f.applied, batch)
	if !fault.Is(err, fault.Gone) {
		return events, err
	}
	// Away for longer than events are kept: nothing here can be trusted.
	last, err := f.store.LastEvent(ctx)
	if err != nil {
		return nil, err
	}
	f.log.Warn("events were removed before they were read, rendering everything anew", "after", f.applied, "last", last)
	f.engine.Forget(last)
	f.applied = last
	return f.store.Events(ctx, last, batch)
}

// beat records what is applied. If that fails it is owed, and the log says so
// once, unless the whole database is away, of which it has heard.
func (f *follower) beat(ctx context.Context) {
	err := f.record(ctx)
	f.owed = err != nil
	if err == nil {
		f.silent = false
	} else if !f.silent && !f.away.Load() && ctx.Err() == nil {
		f.silent = true
		f.log.Warn("heartbeat failed, trying again", "err", err)
	}
}

// record writes the heartbeat. A process that was taken for gone drops what it
// kept and registers again.
func (f *follower) record(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beatWithin)
	defer cancel()
	err := f.store.Heartbeat(ctx, f.id, f.applied)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	// Takedowns were acknowledged without us: what is kept is not to be trusted.
	if err := f.store.RegisterProcess(ctx, f.id, f.name, 0); err != nil {
		return err
	}
	f.engine.Forget(f.applied)
	return f.store.Heartbeat(ctx, f.id, f.applied)
}

// lost and found keep one order: as long as renderings are refused, the engine
// knows why.
func (f *follower) lost(err error) {
	f.engine.Suspend(f.healthy)
	if !f.away.Swap(true) {
		f.log.Error("database lost, serving warm pages", "since", f.healthy, "err", err)
	}
}

func (f *follower) found() {
	if f.away.Swap(false) {
		f.engine.Resume()
		f.owed = true // others may have taken us for gone
		f.log.Info("database is back", "applied", f.applied)
	}
}
