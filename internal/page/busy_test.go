package page

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// saturate gives the only renderer something that it is not done with, and n
// pages to the queue behind it. Nobody is told what becomes of them.
func saturate(t *testing.T, k *kitchen, e *Engine, n int) *valve {
	t.Helper()
	v := newValve(k)
	for i := range n + 1 {
		key := fmt.Sprintf("/crowd/%d", i)
		k.page(key, "crowd", nil, "crowd")
		ask(t.Context(), t, e, key)
	}
	return v
}

// stale gets a page at once and says in what state it is.
func stale(t *testing.T, e *Engine, key string) (body, why string) {
	t.Helper()
	r, err := e.Get(t.Context(), key, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	r.Header(h, Identity)
	return text(t, r), h.Get("Warta-Stale")
}

func TestBusy(t *testing.T) {
	t.Parallel()
	bubble(t, "an older rendering is served when the queue is longer than 500 ms, and only then", Options{Renderers: 1},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			v := saturate(t, k, e, 1)
			k.page("/", "new", []Hole{{Module: "latest"}}, "front")
			e.Announce(1, []string{"front"}, false)
			k.pass(500 * time.Millisecond)
			waits := ask(t.Context(), t, e, "/") // as long as that is no longer than 500 ms, it waits
			select {
			case got := <-waits:
				t.Fatalf("a queue of 500 ms, and nobody waits: %+v", got)
			default:
			}
			k.pass(time.Millisecond)
			if body, why := stale(t, e, "/"); body != "x<i>one</i>" || why != "busy" {
				t.Errorf("a queue of 501 ms: %q, stale %q", body, why)
			}
			if s := e.Stats(); s.Busy != 1 || s.Stale != 0 || s.QueueTime != 501*time.Millisecond {
				t.Errorf("stats: %+v", s)
			}
			v.release("page /crowd/0")
			v.release("page /crowd/1")
			v.release("page /")
			if got := <-waits; got.body != "new<i>one</i>" {
				t.Errorf("who waited got %+v", got)
			}
			k.hold(nil)
			if body, why := stale(t, e, "/"); body != "new<i>one</i>" || why != "" {
				t.Errorf("afterwards: %q, stale %q", body, why)
			}
		})

	bubble(t, "what is asked for is renewed in the middle of a crowd", Options{Renderers: 1},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			v := saturate(t, k, e, 5)
			k.page("/", "new", []Hole{{Module: "latest"}}, "front")
			e.Announce(1, []string{"front"}, false)
			k.pass(time.Second)
			for range 3 {
				stale(t, e, "/")
			}
			if s := e.Stats(); s.Queue != 6 {
				t.Errorf("%d renderings wait: the renewal is not there once", s.Queue)
			}
			v.release("page /crowd/0")
			v.release("page /")
			k.hold(nil)
			if body, why := stale(t, e, "/"); body != "new<i>one</i>" || why != "" {
				t.Errorf("%q, stale %q", body, why)
			}
			for i := 1; i < 6; i++ {
				if held := v.held[fmt.Sprintf("page /crowd/%d", i)]; len(held) > 0 {
					v.release(fmt.Sprintf("page /crowd/%d", i))
				}
			}
		})

	bubble(t, "a page of which there is nothing is refused at once when the queue is four times as long", Options{Renderers: 1,
		First: func(key string) bool { return key == "!503" }},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			k.page("/new", "new", nil, "new")
			k.page("!503", "sorry", nil, "sorry")
			v := saturate(t, k, e, 1)
			k.pass(2 * time.Second)
			if e.Shed("/new") {
				t.Error("two seconds are enough to be refused")
			}
			k.pass(time.Millisecond)
			if !e.Shed("/new") {
				t.Error("there is room")
			}
			if e.Shed("/") || e.Shed("/crowd/1") || e.Shed("!503") {
				t.Error("refused: a page that is there, or one that is under way, or one that comes first")
			}
			_, err := e.Get(t.Context(), "/new", 0)
			if !errors.Is(err, ErrBusy) || !errors.Is(err, ErrUnavailable) {
				t.Errorf("got %v", err)
			}
			if s := e.Stats(); s.Shed != 2 || s.Failures != 0 {
				t.Errorf("stats: %+v", s)
			}
			first := ask(t.Context(), t, e, "!503")
			v.release("page /crowd/0")
			v.release("page !503")
			if got := <-first; got.body != "sorry" {
				t.Errorf("what comes first: %+v", got)
			}
			v.release("page /crowd/1")
			k.hold(nil)
			expect(t, e, "/new", 0, "new")
		})

	bubble(t, "nothing that was taken down is served, however busy", Options{Renderers: 1},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.page("/story", "secret", nil, "story:1")
			get(t, e, "/story", 0)
			get(t, e, "/", 0)
			v := saturate(t, k, e, 1)
			k.pass(10 * time.Second)
			e.Announce(1, []string{"story:1", "latest"}, false)
			if body, why := stale(t, e, "/story"); body != "secret" || why != "busy" {
				t.Errorf("a change: %q, stale %q", body, why)
			}
			k.page("/story", "withdrawn", nil, "story:1")
			k.set("latest", "none")
			e.Announce(2, []string{"story:1", "latest"}, true)
			// Of the first there is nothing any more, and its renewal is under way; of
			// the second a piece is missing. Both wait, and get what is true.
			story, front := ask(t.Context(), t, e, "/story"), ask(t.Context(), t, e, "/")
			k.hold(nil)
			v.release("page /crowd/0")
			if got := <-story; got.body != "withdrawn" {
				t.Errorf("the story: %+v", got)
			}
			if got := <-front; got.body != "x<i>none</i>" {
				t.Errorf("a page with a list of it: %+v", got)
			}
		})

	bubble(t, "members' text is current or not there", Options{Renderers: 1},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.set("rest", "old text")
			k.page("/story", "x", []Hole{{Module: "rest", Need: MembersText}}, "story:1")
			get(t, e, "/story", MembersText)
			v := saturate(t, k, e, 1)
			k.pass(10 * time.Second)
			k.set("rest", "new text")
			e.Announce(1, []string{"rest"}, false)
			reader := make(chan string, 1)
			go func() { reader <- get(t, e, "/story", MembersText) }()
			synctest.Wait()
			k.hold(nil)
			v.release("page /crowd/0")
			if got := <-reader; got != "x<i>new text</i>" {
				t.Errorf("got %q", got)
			}
		})

	bubble(t, "a takedown in the middle of a hand-over drops what was to be served", Options{Renderers: 1},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			v := saturate(t, k, e, 1)
			k.pass(10 * time.Second)
			e.Announce(1, []string{"front"}, false)
			now := e.now().UnixNano()
			o := e.pages.ask("/", now, false) // holds the old page
			if o.late != busy {
				t.Fatalf("late %d", o.late)
			}
			e.Announce(2, []string{"front"}, true)
			s, _, _ := e.pages.wait(t.Context(), "/", o, now, false)
			if s == nil || e.ledger.judge(s.status()) != taken {
				t.Error("join would not see that it was taken down")
			}
			k.hold(nil)
			v.release("page /crowd/0")
		})
}

func TestTheQueuesLengthIsATime(t *testing.T) {
	t.Parallel()
	now := time.Duration(0)
	c := newCrew(2, func() time.Duration { return now }, 0)
	c.idle = 0 // nobody is free
	add := func(l lane, n int) {
		for range n {
			c.mu.Lock()
			c.queue[l] = append(c.queue[l], task{func() {}, now})
			c.mu.Unlock()
		}
	}
	if got := c.waits(); got != 0 {
		t.Errorf("an empty queue has %s", got)
	}
	add(single, 9)
	add(shared, 1)
	if got := c.waits(); got != 0 {
		t.Errorf("nothing was rendered yet, and it is known that 10 take %s", got)
	}
	for range 100 {
		c.took(20 * time.Millisecond)
	}
	if got := c.waits(); got != 100*time.Millisecond {
		t.Errorf("10 of 20 ms each for two take %s", got)
	}
	now = time.Second
	if got := c.waits(); got != time.Second {
		t.Errorf("the oldest has waited for a second, and the queue has %s", got)
	}
	order := ""
	for i := range 4 {
		c.queue[single][i].job = func() { order += "s" }
	}
	add(shared, 1)
	for i := range c.queue[shared] {
		c.queue[shared][i].job = func() { order += "p" }
	}
	for range 5 {
		c.next()()
	}
	if order != "pspss" {
		t.Errorf("the lanes were served as %s", order)
	}
	add(single, 2*maxQueue)
	if c.do(single, func() {}) || c.do(shared, func() {}) != true {
		t.Error("a lane has no bound, or one for both")
	}
}
