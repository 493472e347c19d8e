package stats_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"warta/internal/stats"
)

const phone = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"

type ledger struct {
	mu     sync.Mutex
	counts map[int64]int64
	broken bool
}

func (l *ledger) AddReads(_ context.Context, reads []stats.Reads) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return errors.New("away")
	}
	for _, r := range reads {
		l.counts[r.Story] += r.Count
	}
	return nil
}

func (l *ledger) TopReads(context.Context, int64, time.Time, int) ([]int64, error) { return nil, nil }

func TestReadsAreRolledUpOnce(t *testing.T) {
	t.Parallel()
	l := &ledger{counts: map[int64]int64{}}
	c := stats.New(l, stats.Options{Now: func() time.Time { return time.Unix(1_700_000_000, 0) }})
	for range 3 {
		c.Read(7, phone)
	}
	c.Read(8, phone)
	c.Read(8, "Googlebot/2.1")
	c.Read(8, "")
	for range 2 {
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if l.counts[7] != 3 || l.counts[8] != 1 {
		t.Errorf("counts = %v, want 7:3 8:1", l.counts)
	}
}

func TestReadsSurviveAStoreThatIsAway(t *testing.T) {
	t.Parallel()
	l := &ledger{counts: map[int64]int64{}, broken: true}
	c := stats.New(l, stats.Options{Now: func() time.Time { return time.Unix(1_700_000_000, 0) }})
	c.Read(7, phone)
	if err := c.Flush(t.Context()); err == nil {
		t.Fatal("the failure was hidden")
	}
	c.Read(7, phone)
	l.broken = false
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l.counts[7] != 2 {
		t.Errorf("counts = %v, want 7:2", l.counts)
	}
}

func TestRunRollsUpWhenItEnds(t *testing.T) {
	t.Parallel()
	l := &ledger{counts: map[int64]int64{}}
	c := stats.New(l, stats.Options{Now: func() time.Time { return time.Unix(1_700_000_000, 0) }, Every: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	c.Read(7, phone)
	cancel()
	c.Run(ctx)
	if l.counts[7] != 1 {
		t.Errorf("counts = %v, want 7:1", l.counts)
	}
}

func TestBotsAreKnownByName(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		phone: false,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1": false,
		"Mozilla/5.0 (compatible; Googlebot/2.1)": true,
		"curl/8.0":              true,
		"WhatsApp/2.23 preview": true,
		"":                      true,
	}
	for ua, want := range tests {
		if got := stats.IsBot(ua); got != want {
			t.Errorf("%q is a bot = %v, want %v", ua, got, want)
		}
	}
}
