package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"warta/internal/change"
	"warta/internal/page"
)

// mute is a database whose server may hold its tongue without hanging up.
type mute struct {
	silent atomic.Bool
	reads  atomic.Int64
	beats  atomic.Int64
}

func (m *mute) answer(ctx context.Context) error {
	if m.silent.Load() {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (m *mute) Events(ctx context.Context, _ int64, _ int) ([]change.Event, error) {
	m.reads.Add(1)
	return nil, m.answer(ctx)
}
func (m *mute) LastEvent(ctx context.Context) (int64, error)                    { return 7, m.answer(ctx) }
func (m *mute) Watch(context.Context) (<-chan struct{}, error)                  { return make(chan struct{}), nil }
func (m *mute) RegisterProcess(ctx context.Context, _, _ string, _ int64) error { return m.answer(ctx) }
func (m *mute) Heartbeat(ctx context.Context, _ string, _ int64) error {
	m.beats.Add(1)
	return m.answer(ctx)
}
func (m *mute) DropProcess(ctx context.Context, _ string) error { return m.answer(ctx) }

// leaf is one page.
type leaf struct{}

func (leaf) Page(context.Context, string) (page.Rendering, error) {
	return page.Rendering{Body: []byte("warm"), Tags: []string{"t"}}, nil
}
func (leaf) Module(context.Context, page.Hole) (page.Rendering, error) {
	return page.Rendering{}, errAway
}

func TestASilentServerIsAwayToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := &mute{}
		f := &follower{store: db, id: "a", log: slog.New(slog.DiscardHandler), now: time.Now}
		e := page.New(source{leaf{}, f.away.Load}, page.Options{Now: time.Now})
		f.engine = e
		if err := f.start(t.Context(), "host"); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { f.run(ctx); close(done) }()
		defer func() { stop(); <-done; e.Close() }()
		if r, err := e.Get(ctx, "/", 0); err != nil || r.Offline {
			t.Fatalf("at first: %v", err)
		}

		db.silent.Store(true)
		time.Sleep(readWithin + 2*time.Second) // time stands still while anybody works: see testing/synctest
		if r, err := e.Get(ctx, "/", 0); err != nil || !r.Offline || !f.away.Load() {
			t.Errorf("%s into the silence nobody noticed: %v", readWithin, err)
		}
		if _, err := e.Get(ctx, "/cold", 0); err == nil {
			t.Error("a cold page was rendered without a database")
		}
		time.Sleep(10 * time.Minute)
		if _, err := e.Get(ctx, "/", 0); err == nil {
			t.Error("a page was served more than ten minutes after the loss")
		}

		db.silent.Store(false)
		beats := db.beats.Load()
		time.Sleep(readWithin + 2*time.Second)
		if r, err := e.Get(ctx, "/", 0); err != nil || r.Offline || f.away.Load() {
			t.Errorf("it did not recover: %v", err)
		}
		if db.beats.Load() == beats {
			t.Error("no heartbeat after the return")
		}
	})
}
