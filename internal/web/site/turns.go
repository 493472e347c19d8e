package site

import (
	"context"
	"sync/atomic"
	"time"

	"warta/internal/fault"
)

// Bounds on what readers ask of the database beside the page engine, which has
// bounds of its own: so many at once, and so many who wait for their turn. The
// other connections of the pool are for renderings and for the newsroom, which
// answers however many readers there are.
const (
	turnsAtOnce = 4
	turnsQueue  = 128
)

// crowded is in how long somebody may try again for whom there was no room.
const crowded = 2 * time.Second

// turns lets a bounded number do something at once.
type turns struct {
	free    chan struct{}
	waiting atomic.Int32
	queue   int32
	shed    atomic.Uint64
}

func newTurns(atOnce int, queue int32) *turns {
	return &turns{free: make(chan struct{}, atOnce), queue: queue}
}

// take waits for a turn; the caller gives it back by calling done. Unavailable,
// at once, if too many wait already.
func (t *turns) take(ctx context.Context) (done func(), err error) {
	done = func() { <-t.free }
	select {
	case t.free <- struct{}{}:
		return done, nil
	default:
	}
	if t.waiting.Add(1) > t.queue {
		t.waiting.Add(-1)
		t.shed.Add(1)
		busy := fault.New(fault.Unavailable, "too many readers ask for this at once; try again in a moment: %w", errCrowded)
		busy.RetryAfter = crowded
		return nil, busy
	}
	defer t.waiting.Add(-1)
	select {
	case t.free <- struct{}{}:
		return done, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
