package ads_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/ads"
)

func TestAMarkCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	s := ads.NewSigner([]byte("a key of thirty-two bytes, or so"))
	m := ads.Mark{Item: 7, Creative: 1 << 40, Placement: ads.Side, Until: noon}
	text := s.Sign(m)
	if got, ok := s.Open(text); !ok || got != m {
		t.Fatalf("%+v came back as %+v, %v", m, got, ok)
	}
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		t.Errorf("%q does not fit into an address", text)
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range text {
		for _, c := range letters {
			if forged := text[:i] + string(c) + text[i+1:]; forged != text {
				if _, ok := s.Open(forged); ok {
					t.Fatalf("%q passes for %q", forged, text)
				}
			}
		}
	}
	for _, forged := range []string{"", text[1:], text + "A", text + "=", " " + text, strings.ToUpper(text), ads.NewSigner([]byte("another key")).Sign(m)} {
		if _, ok := s.Open(forged); ok {
			t.Errorf("%q passes", forged)
		}
	}
}

type adLedger struct {
	mu     sync.Mutex
	sum    map[int64][3]int64
	broken bool
}

func (l *adLedger) AddAdCounts(_ context.Context, list []ads.Count) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return errors.New("away")
	}
	for _, c := range list {
		s := l.sum[c.Creative]
		l.sum[c.Creative] = [3]int64{s[0] + c.Seen, s[1] + c.Clicked, s[2] + c.Refused}
	}
	return nil
}

func TestCountsAreRolledUpOnceAndSurviveAStoreThatIsAway(t *testing.T) {
	t.Parallel()
	l := &adLedger{sum: map[int64][3]int64{}, broken: true}
	c := ads.NewCounter(l, ads.CounterOptions{Now: func() time.Time { return noon }})
	m := ads.Mark{Item: 1, Creative: 2, Placement: ads.Top, Until: noon.Add(time.Hour)}
	late := ads.Mark{Item: 1, Creative: 3, Placement: ads.Top, Until: noon.Add(-time.Second)}
	var wait sync.WaitGroup
	for range 100 {
		wait.Go(func() { c.Add(m, ads.Seen); c.Add(m, ads.Clicked); c.Add(late, ads.Seen) })
	}
	wait.Wait()
	if err := c.Flush(t.Context()); err == nil {
		t.Fatal("the failure was hidden")
	}
	c.Add(m, ads.Refused)
	l.broken = false
	for range 2 {
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := l.sum[2]; got != [3]int64{100, 100, 1} {
		t.Errorf("counted %v", got)
	}
	if got := l.sum[3]; got != [3]int64{} {
		t.Errorf("a mark that is over counted %v", got)
	}
}
