package page

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func rendered(l *ledger, tags ...string) *standing {
	s := &standing{}
	s.init(Rendering{Tags: tags}, l.epoch.Load())
	return s
}

func TestLedgerVerdicts(t *testing.T) {
	t.Parallel()
	l := newLedger(1000)
	s := rendered(l, "story:1", "section:2")
	expect := func(why string, s *standing, want verdict) {
		t.Helper()
		if got := l.judge(s); got != want {
			t.Errorf("%s: verdict %d, want %d", why, got, want)
		}
	}
	expect("nothing announced", s, fresh)
	l.announce(hashTags([]string{"story:2"}), true)
	expect("another tag taken down", s, fresh)
	l.announce(hashTags([]string{"section:2"}), false)
	expect("changed", s, changed)
	expect("and it stays so", s, changed)
	later := rendered(l, "section:2")
	expect("begun after the change", later, fresh)
	l.announce(hashTags([]string{"story:1"}), true)
	expect("taken down", s, taken)
	l.announce(hashTags([]string{"story:1"}), false)
	expect("a change after the takedown", s, taken)
	expect("begun after the change of another tag", later, fresh)
}

// A ledger that forgets must never find fresh, or good enough, what one that
// remembers everything does not.
func TestLedgerForgetsOnTheSafeSide(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	const limit = 16
	small, all := newLedger(limit), newLedger(1<<20)
	type pair struct{ small, all *standing }
	var pairs []pair
	kept, forgotten := 0, 0
	for step := range 20_000 {
		tags := make([]string, random.IntN(4))
		for i := range tags {
			tags[i] = fmt.Sprint(random.IntN(200))
		}
		switch random.IntN(3) {
		case 0:
			takedown := random.IntN(4) == 0
			small.announce(hashTags(tags), takedown)
			all.announce(hashTags(tags), takedown)
		case 1:
			if len(pairs) == 40 {
				pairs = pairs[1:]
			}
			pairs = append(pairs, pair{rendered(small, tags...), rendered(all, tags...)})
		case 2:
			if len(pairs) == 0 {
				continue
			}
			p := pairs[random.IntN(len(pairs))]
			got, want := small.judge(p.small), all.judge(p.all)
			if got < want {
				t.Fatalf("step %d: verdict %d, the whole truth is %d", step, got, want)
			}
			if got == want {
				kept++
			} else {
				forgotten++
			}
		}
		if size := small.size(); size > limit+2*3 {
			t.Fatalf("remembers %d tags, limit %d", size, limit)
		}
	}
	if kept == 0 || forgotten == 0 {
		t.Errorf("the test saw %d verdicts kept and %d forgotten: it must see both", kept, forgotten)
	}
}

func TestLedgerKeepsWhatIsLookedAt(t *testing.T) {
	t.Parallel()
	l := newLedger(16)
	asked, idle := rendered(l, "story:1"), rendered(l, "story:1")
	for i := range 1000 {
		l.announce([]uint64{uint64(i)}, false)
		if l.judge(asked) != fresh {
			t.Fatalf("stale after %d announcements of other tags", i)
		}
	}
	if l.judge(idle) != taken {
		t.Error("what nobody looked at outlived the ledger's memory")
	}
}
