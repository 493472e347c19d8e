package web

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"warta/internal/fault"
)

func TestTurnsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(2, 3)
		got := make(chan func(), 5)
		for range 5 {
			go func() {
				done, err := turns.Take(t.Context())
				if err != nil {
					t.Error(err)
				}
				got <- done
			}()
		}
		synctest.Wait()
		if len(got) != 2 {
			t.Fatalf("%d have a turn", len(got))
		}
		before := time.Now()
		_, err := turns.Take(t.Context())
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Unavailable || f.RetryAfter == 0 || !errors.Is(err, ErrCrowded) || time.Since(before) != 0 {
			t.Errorf("one too many: %v after %s", err, time.Since(before))
		}
		if n := turns.Shed(); n != 1 {
			t.Errorf("%d were counted", n)
		}
		for range 5 {
			(<-got)()
			synctest.Wait()
		}
		ctx, cancel := context.WithCancel(t.Context())
		a, _ := turns.Take(ctx)
		b, _ := turns.Take(ctx)
		cancel()
		if _, err := turns.Take(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("who left: %v", err)
		}
		a()
		b()
		if turns.waiting.Load() != 0 || len(turns.free) != 0 {
			t.Error("somebody is still counted")
		}
	})
}
