package web

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"warta/internal/fault"
)

// crowded is in how long somebody may try again for whom there was no room.
const crowded = 2 * time.Second

// ErrCrowded is the cause of a 503 that has none but that too many asked.
var ErrCrowded = errors.New("too many ask")

// Turns lets a bounded number do something at once.
type Turns struct {
	free    chan struct{}
	waiting atomic.Int32
	queue   int32
	shed    atomic.Uint64
}

// NewTurns returns turns for so many at once, and so many who wait for theirs.
func NewTurns(atOnce int, queue int32) *Turns {
	return &Turns{free: make(chan struct{}, atOnce), queue: queue}
}

// Take waits for a turn; the caller gives it back by calling done. Unavailable,
// at once, if too many wait already.
func (t *Turns) Take(ctx context.Context) (done func(), err error) {
	done = func() { <-t.free }
	select {
	case t.free <- struct{}{}:
		return done, nil
	default:
	}
	if t.waiting.Add(1) > t.queue {
		t.waiting.Add(-1)
		t.shed.Add(1)
		busy := fault.New(fault.Unavailable, "too many readers ask for this at once; try again in a moment: %w", ErrCrowded)
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

// Aside returns what lets go of a turn while its holder waits for something
// elsewhere, and takes one again. done is what gives the turn back; it is replaced by
// what gives back the one that is held in the end, which may be none.
func (t *Turns) Aside(done *func()) func(ctx context.Context, wait func()) error {
	return func(ctx context.Context, wait func()) (err error) {
		give := *done
		*done = func() {}
		give()
		wait()
		again, err := t.Take(ctx)
		if err == nil {
			*done = again
		}
		return err
	}
}

// Shed returns how many were sent away so far.
func (t *Turns) Shed() uint64 { return t.shed.Load() }
