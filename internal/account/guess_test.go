package account

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/fault"
)

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

func TestGuessesAreCountedBeforeTheyAreLookedAt(t *testing.T) {
	t.Parallel()
	g := NewGuesses()
	l := Limit{"a", 10, time.Minute}
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if g.take(noon, l) == nil {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if passed.Load() != 10 {
		t.Errorf("%d passed, want 10", passed.Load())
	}
	err := g.take(noon.Add(20*time.Second), l)
	if f := fault.Find(err); !fault.Is(err, fault.Limited) || f.RetryAfter != 40*time.Second || f.Args["minutes"] != 1 {
		t.Errorf("got %v", err)
	}
	if err := g.take(noon.Add(time.Minute), l); err != nil {
		t.Errorf("after the window: %v", err)
	}
}

func TestASuccessIsNoGuess(t *testing.T) {
	t.Parallel()
	g := NewGuesses()
	for range 150 {
		l := signInLimits("rani@kabar.example", "192.0.2.7").Network
		if err := g.take(noon, l...); err != nil {
			t.Fatal(err)
		}
		g.giveBack(l...)
	}
}

func TestOneNetworkIsBoundedWhateverTheAccount(t *testing.T) {
	t.Parallel()
	g := NewGuesses()
	n := 0
	for i := range 200 {
		// One household has many IPv6 addresses.
		if g.take(noon, signInLimits(fmt.Sprint("u", i), fmt.Sprintf("2001:db8:1:2::%x", i)).Network...) == nil {
			n++
		}
	}
	if n != 100 {
		t.Errorf("%d attempts passed, want 100", n)
	}
}

func TestCountingTakesBoundedMemory(t *testing.T) {
	t.Parallel()
	g := NewGuesses()
	for i := range maxKeys + 500 {
		if err := g.take(noon.Add(time.Duration(i)), Limit{fmt.Sprint(i), 1, time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	if len(g.keys) > maxKeys {
		t.Errorf("%d keys", len(g.keys))
	}
	if err := g.take(noon.Add(2*time.Hour), Limit{"x", 1, time.Hour}); err != nil || len(g.keys) != 1 {
		t.Errorf("what has passed is still there: %d, %v", len(g.keys), err)
	}
}
