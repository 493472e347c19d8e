package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"warta/internal/page"
	"warta/internal/web"
)

// ledger stands in for the table of marks; it is away or it answers.
type ledger struct {
	away  bool
	marks []int64
	since []time.Time
}

func (l *ledger) Revocations(_ context.Context, since time.Time) ([]int64, time.Time, error) {
	l.since = append(l.since, since)
	if l.away {
		return nil, time.Time{}, errors.New("away")
	}
	return l.marks, time.Now(), nil
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
		store.away = true
		r.catchUp(ctx)
		if class(one) != 0 || class(two) != 0 {
			t.Error("a class counts that may have been called back")
		}
		time.Sleep(5 * time.Second)
		store.away, store.marks = false, []int64{1}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if class(one) != 0 || class(two) != page.Registered {
			t.Errorf("afterwards the classes are %d and %d", class(one), class(two))
		}
		if n := strings.Count(log.String(), "count no more"); n != 1 {
			t.Errorf("the log says it %d times: %s", n, log.String())
		}
		asked := len(store.since)
		if first, last := store.since[0], store.since[asked-1]; !first.IsZero() || last.IsZero() || asked < 6 {
			t.Errorf("asked %d times, from %v to %v", asked, first, last)
		}
		time.Sleep(2 * revokedMargin)
		synctest.Wait()
		if len(store.since) < asked+1 {
			t.Error("nobody looks whether an event was missed")
		}
		stop()
		<-ended
	})
}
