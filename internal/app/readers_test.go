package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"warta/internal/page"
	"warta/internal/web"
)

// ledger stands in for the table of marks; it is away or it answers.
type ledger struct {
	mu    sync.Mutex
	away  bool
	marks []int64
	since []time.Time
}

func (l *ledger) Revocations(_ context.Context, since time.Time) ([]int64, time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since = append(l.since, since)
	if l.away {
		return nil, time.Time{}, errors.New("away")
	}
	return l.marks, time.Now(), nil
}

// set says how it is from now on.
func (l *ledger) set(away bool, marks ...int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away, l.marks = away, marks
}

// asked returns since when it was asked for marks.
func (l *ledger) asked() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.since)
}

// As long as nobody knows which classes were called back none counts; and it is
// asked again until it is known.
func TestClassesCountOnlyWhileItIsKnownWhichOnesWereCalledBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		classes := web.NewClasses([]byte("a key of the test"), time.Now)
		line := func(mark int64) string { return web.ClassCookie + "=" + classes.Cookie(page.Registered, mark).Value }
		class := func(line string) page.Class { c, _ := classes.OfLine(line); return c }
		store := &ledger{}
		var log strings.Builder
		r := &revoked{store: store, classes: classes, log: slog.New(slog.NewTextHandler(&log, nil))}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		r.catchUp(ctx)
		go func() { defer close(ended); r.run(ctx) }()
		one, two := line(1), line(2)
		if class(one) != page.Registered {
			t.Fatal("a class does not count")
		}
		store.set(true)
		r.catchUp(ctx)
		if class(one) != 0 || class(two) != 0 {
			t.Error("a class counts that may have been called back")
		}
		time.Sleep(5 * time.Second)
		store.set(false, 1)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if class(one) != 0 || class(two) != page.Registered {
			t.Errorf("afterwards the classes are %d and %d", class(one), class(two))
		}
		if n := strings.Count(log.String(), "count no more"); n != 1 {
			t.Errorf("the log says it %d times: %s", n, log.String())
		}
		since := store.asked()
		asked := len(since)
		if first, last := since[0], since[asked-1]; !first.IsZero() || last.IsZero() || asked < 6 {
			t.Errorf("asked %d times, from %v to %v", asked, first, last)
		}
		time.Sleep(2 * revokedMargin)
		synctest.Wait()
		if len(store.asked()) < asked+1 {
			t.Error("nobody looks whether an event was missed")
		}
		stop()
		<-ended
	})
}
