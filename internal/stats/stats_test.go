package stats_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"warta/internal/stats"
)

const phone = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"

type ledger struct {
	mu     sync.Mutex
	counts map[int64]int64
	hours  map[stats.Reads]int64 // with no count; nil: not kept
	broken bool
	asked  int // for the most read
}

func (l *ledger) AddReads(_ context.Context, reads []stats.Reads) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return errors.New("away")
	}
	seen := map[stats.Reads]bool{}
	for _, r := range reads {
		key := stats.Reads{Hour: r.Hour, Story: r.Story}
		if seen[key] {
			return errors.New("a story and hour came twice")
		}
		seen[key] = true
		l.counts[r.Story] += r.Count
		if l.hours != nil {
			l.hours[key] += r.Count
		}
	}
	return nil
}

func (l *ledger) TopReads(context.Context, time.Time, int) ([]int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	return slices.SortedFunc(maps.Keys(l.counts), func(a, b int64) int { return cmp.Compare(l.counts[b], l.counts[a]) }), nil
}

// LiveIn takes odd stories to be of section 1, and the others of section 2.
func (l *ledger) LiveIn(_ context.Context, section int64, stories []int64) ([]int64, error) {
	return slices.DeleteFunc(slices.Sorted(slices.Values(stories)), func(id int64) bool { return section != 0 && id%2 != section%2 }), nil
}

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

// A store that is away over the turn of an hour gets each hour's reads under their
// hour, once, however often it was tried.
func TestReadsKeepTheirHour(t *testing.T) {
	t.Parallel()
	l := &ledger{counts: map[int64]int64{}, hours: map[stats.Reads]int64{}, broken: true}
	now := time.Unix(1_700_000_000, 0).UTC().Truncate(time.Hour)
	c := stats.New(l, stats.Options{Now: func() time.Time { return now }})
	first := now
	for range 3 {
		c.Read(7, phone)
		c.Read(8, phone)
		if err := c.Flush(t.Context()); err == nil {
			t.Fatal("the failure was hidden")
		}
	}
	now = now.Add(time.Hour)
	c.Read(7, phone)
	_ = c.Flush(t.Context()) // away
	c.Read(7, phone)
	l.broken = false
	for range 2 {
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := map[stats.Reads]int64{{Hour: first, Story: 7}: 3, {Hour: first, Story: 8}: 3, {Hour: now, Story: 7}: 2}
	if !maps.Equal(l.hours, want) {
		t.Errorf("hours = %v, want %v", l.hours, want)
	}
}

// A flood of addresses fills no memory, and while the store is away what is known
// already goes on counting.
func TestReadsThatWaitAreBounded(t *testing.T) {
	t.Parallel()
	l := &ledger{counts: map[int64]int64{}, broken: true}
	c := stats.New(l, stats.Options{Now: func() time.Time { return time.Unix(1_700_000_000, 0) }})
	const many = 250_000
	for round := range 2 {
		for story := range int64(many) {
			c.Read(story, phone)
		}
		if round == 0 {
			_ = c.Flush(t.Context()) // away
		}
	}
	l.broken = false
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(l.counts); n != 200_000 {
		t.Errorf("%d stories were counted, want 200000", n)
	}
}

// The lists of all sections come from one look at what was read, until more of it is
// known or a roll-up's time has passed: then another node may know more.
func TestTheMostReadAreLookedForOnce(t *testing.T) {
	t.Parallel()
	l := &ledger{counts: map[int64]int64{4: 9, 5: 7, 6: 5, 7: 3}}
	now := time.Unix(1_700_000_000, 0)
	c := stats.New(l, stats.Options{Now: func() time.Time { return now }})
	want := func(asked int, section int64, ids ...int64) {
		t.Helper()
		got, err := c.MostRead(t.Context(), section, time.Unix(1_699_000_000, 0), 2)
		if err != nil || !slices.Equal(got, ids) || l.asked != asked {
			t.Errorf("section %d: %v, %v, after %d looks; want %v after %d", section, got, err, l.asked, ids, asked)
		}
	}
	want(1, 0, 4, 5)
	want(1, 1, 5, 7)
	want(1, 2, 4, 6)
	for range 10 {
		c.Read(7, phone)
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(2, 1, 7, 5)
	l.counts[5] = 99 // by another node
	want(2, 1, 7, 5)
	now = now.Add(time.Minute)
	want(3, 1, 5, 7)
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
