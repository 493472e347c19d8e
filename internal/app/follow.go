package app

import (
	"context"
	"log/slog"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/page"
)

// heartbeat is how often a serving process says that it lives; the store asks
// whether it is gone after 30 s without one.
const heartbeat = 2 * time.Second

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
	id     string
	name   string
	log    *slog.Logger
	now    func() time.Time

	applied int64
	healthy time.Time // when events were last read
	away    bool
}

// start registers the process and lets the engine begin at the last event.
func (f *follower) start(ctx context.Context, name string) error {
	// Registered before the last number is read: a takedown that commits in
	// between waits for this process already.
	f.name = name
	if err := f.store.RegisterProcess(ctx, f.id, name, 0); err != nil {
		return err
	}
	last, err := f.store.LastEvent(ctx)
	if err != nil {
		return err
	}
	f.applied, f.healthy = last, f.now()
	f.engine.Start(last)
	return f.store.Heartbeat(ctx, f.id, last)
}

// run follows until ctx ends.
func (f *follower) run(ctx context.Context) {
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
		if err := f.catchUp(ctx); err != nil && ctx.Err() == nil {
			f.lost(err)
		} else {
			f.found()
		}
		select {
		case <-ctx.Done():
		case _, open := <-news:
			if !open {
				news = nil
			}
		case <-beat.C:
			if err := f.beat(ctx); err != nil && ctx.Err() == nil {
				f.log.Warn("heartbeat failed", "err", err)
			}
		case <-retry.C:
		}
	}
}

// batch is how many events are read at once.
const batch = 500

// catchUp announces every event that is not applied yet. A takedown is recorded
// at once: somebody waits for it.
func (f *follower) catchUp(ctx context.Context) error {
	for {
		events, err := f.store.Events(ctx, f.applied, batch)
		if fault.Is(err, fault.Gone) {
			// Away for longer than events are kept: nothing here can be trusted.
			last, err := f.store.LastEvent(ctx)
			if err != nil {
				return err
			}
			f.log.Warn("events were removed before they were read, rendering everything anew", "after", f.applied, "last", last)
			f.engine.Forget(last)
			f.applied = last
			continue
		}
		if err != nil {
			return err
		}
		f.healthy = f.now()
		takedown := false
		for _, ev := range events {
			f.engine.Announce(ev.Seq, ev.Tags, ev.Takedown)
			f.applied = ev.Seq
			takedown = takedown || ev.Takedown
		}
		if takedown {
			if err := f.beat(ctx); err != nil {
				return err
			}
		}
		if len(events) < batch {
			return nil
		}
	}
}

// beat records what is applied. A process that was taken for gone drops what it
// kept and registers again.
func (f *follower) beat(ctx context.Context) error {
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

func (f *follower) lost(err error) {
	if !f.away {
		f.away = true
		f.log.Error("database lost, serving warm pages", "since", f.healthy, "err", err)
	}
	f.engine.Suspend(f.healthy)
}

func (f *follower) found() {
	if f.away {
		f.away = false
		f.engine.Resume()
		f.log.Info("database is back", "applied", f.applied)
	}
}
