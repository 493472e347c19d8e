package page

import (
	"fmt"
	"testing"
	"time"
)

func TestWhatIsAskedForOftenIsKeptWhole(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/a", "text", nil, "a")
	e := k.start(Options{})
	ask := func(second int64) (*Response, []byte) {
		t.Helper()
		r, ok := e.Warm("/a", 0)
		if !ok {
			t.Fatal("the page is not warm")
		}
		whole := r.Wire(second)
		if whole == nil {
			e.Keep(r, second, []byte(fmt.Sprint("answer of ", second)))
		}
		return r, whole
	}
	expect(t, e, "/a", 0, k.want("/a", 0))
	for range wireAfter + 1 {
		if _, whole := ask(7); whole != nil {
			t.Fatal("an answer is kept that few asked for")
		}
	}
	r, whole := ask(7)
	if string(whole) != "answer of 7" {
		t.Errorf("the answer is %q", whole)
	}
	if r.Wire(8) != nil {
		t.Error("an answer is sent in the next second")
	}
	if r.flagged(staleBusy, false).Wire(7) != nil {
		t.Error("a marked page is sent without its mark")
	}
	e.Keep(r, 7, make([]byte, wireBytes+1))
	if string(r.Wire(7)) != "answer of 7" {
		t.Error("a huge answer is kept")
	}

	e.Announce(1, []string{"b"}, true)
	if r.Wire(7) != nil {
		t.Error("a takedown leaves whole answers in memory")
	}
	e.Announce(2, []string{"a"}, true)
	for range 3 * wireAfter {
		e.Keep(r, 7, []byte("taken"))
	}
	if r.Wire(7) != nil || e.wires.ring[0] == r {
		t.Error("an answer is kept that was taken down")
	}
}

func TestWholeAnswersAreFew(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	e := k.start(Options{})
	var all []*Response
	for i := range 2 * maxWires {
		key := fmt.Sprint("/", i)
		k.page(key, "text", nil)
		expect(t, e, key, 0, k.want(key, 0))
		r, _ := e.Warm(key, 0)
		for range wireAfter + 2 {
			e.Keep(r, 7, []byte("answer"))
		}
		all = append(all, r)
	}
	kept := 0
	for _, r := range all {
		if r.Wire(7) != nil {
			kept++
		}
	}
	if kept != maxWires || all[0].Wire(7) != nil || all[len(all)-1].Wire(7) == nil {
		t.Errorf("%d answers are kept, want the latest %d", kept, maxWires)
	}
}

// However often a page is asked for in a second that has no room for its answer,
// the second does not move.
func TestHeatDoesNotRunOver(t *testing.T) {
	t.Parallel()
	var h heat
	second := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC).Unix()
	for range 1 << 17 {
		h.often(second)
	}
	if got := h.asked.Load() >> 16; got != uint64(second) {
		t.Errorf("the second is %d, it was %d", got, second)
	}
}
