package page

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// answer is what a reader in the background got.
type answer struct {
	body string
	err  error
}

// ask sends a reader who waits in the background.
func ask(ctx context.Context, t *testing.T, e *Engine, key string) <-chan answer {
	done := make(chan answer, 1)
	go func() {
		r, err := e.Get(ctx, key, 0)
		if err != nil {
			done <- answer{err: err}
			return
		}
		done <- answer{body: text(t, r)}
	}()
	synctest.Wait() // until the reader waits
	return done
}

// valve holds renderings back, so that a test can let them go one by one.
type valve struct {
	k    *kitchen
	held map[string][]chan struct{} // guarded by k.mu
}

func newValve(k *kitchen) *valve {
	v := &valve{k: k, held: make(map[string][]chan struct{})}
	k.hold(func(what string) {
		gate := make(chan struct{})
		k.mu.Lock()
		v.held[what] = append(v.held[what], gate)
		k.mu.Unlock()
		<-gate
	})
	return v
}

// release lets the oldest rendering of what go on; newest, the youngest.
func (v *valve) release(what string) { v.open(what, false) }
func (v *valve) newest(what string)  { v.open(what, true) }

func (v *valve) open(what string, newest bool) {
	v.k.t.Helper()
	v.k.mu.Lock()
	held := v.held[what]
	if len(held) == 0 {
		v.k.mu.Unlock()
		v.k.t.Fatalf("%s is not being rendered", what)
	}
	i := 0
	if newest {
		i = len(held) - 1
	}
	gate := held[i]
	v.held[what] = slices.Delete(held, i, i+1)
	v.k.mu.Unlock()
	close(gate)
	synctest.Wait()
}

// bubble runs a test in which time and goroutines are under control.
func bubble(t *testing.T, name string, opt Options, test func(t *testing.T, k *kitchen, e *Engine)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			k := newKitchen(t)
			k.page("/", "x", []Hole{{Module: "latest"}}, "front")
			k.set("latest", "one")
			e := k.start(opt)
			test(t, k, e)
		})
	})
}

func TestChanges(t *testing.T) {
	t.Parallel()
	bubble(t, "a rendering that began before a change is not kept and not joined", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			e.Announce(1, []string{"latest"}, false)
			v := newValve(k)
			before := ask(t.Context(), t, e, "/") // its rendering has read "one"
			k.set("latest", "two")
			e.Announce(2, []string{"latest"}, false)
			after := ask(t.Context(), t, e, "/")
			also := ask(t.Context(), t, e, "/")
			v.release("latest")
			if got := <-before; got.body != "x<i>one</i>" {
				t.Errorf("who asked before the change waited for it and got %+v", got)
			}
			v.release("latest")
			for _, reader := range []<-chan answer{after, also} {
				if got := <-reader; got.body != "x<i>two</i>" {
					t.Errorf("who asked after the change got %+v", got)
				}
			}
			k.hold(nil)
			expect(t, e, "/", 0, "x<i>two</i>")
			k.expectRenders(t, map[string]int{"page /": 1, "latest": 3})
		})

	bubble(t, "a late old rendering does not replace a newer one", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			v := newValve(k)
			before := ask(t.Context(), t, e, "/")
			v.release("page /")
			e.Announce(1, []string{"latest"}, false)
			k.set("latest", "two")
			after := ask(t.Context(), t, e, "/") // joins nothing; both renderings are under way
			v.newest("latest")
			v.release("latest")
			if got := <-before; got.body != "x<i>one</i>" {
				t.Errorf("got %+v", got)
			}
			if got := <-after; got.body != "x<i>two</i>" {
				t.Errorf("got %+v", got)
			}
			k.hold(nil)
			k.page("/other", "y", []Hole{{Module: "latest"}}, "other")
			expect(t, e, "/other", 0, "y<i>two</i>")
			k.expectRenders(t, map[string]int{"page /": 1, "page /other": 1, "latest": 2})
		})

	bubble(t, "a change of something else throws nothing away", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			v := newValve(k)
			before := ask(t.Context(), t, e, "/")
			v.release("page /")
			e.Announce(1, []string{"other"}, false)
			v.release("latest")
			<-before
			k.hold(nil)
			get(t, e, "/", 0)
			k.expectRenders(t, map[string]int{"page /": 1, "latest": 1})
		})

	bubble(t, "the last good piece is served while rendering fails", Options{RetryAfter: time.Second},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			k.set("latest", "two")
			k.fail(errors.New("database is locked"))
			e.Announce(1, []string{"latest", "front"}, false)
			for range 3 { // tries once, then has patience
				r, err := e.Get(t.Context(), "/", 0)
				if err != nil {
					t.Fatal(err)
				}
				header := map[string][]string{}
				r.Header(header, Identity)
				if !r.Stale || header["Warta-Stale"] == nil || text(t, r) != "x<i>one</i>" {
					t.Errorf("got %q, %v", text(t, r), header)
				}
			}
			k.expectRenders(t, map[string]int{"page /": 2, "latest": 2})
			if s := e.Stats(); s.Stale != 3 || s.Failures != 2 {
				t.Errorf("counted %+v", s)
			}
			k.fail(nil)
			k.pass(time.Second)
			expect(t, e, "/", 0, "x<i>two</i>")
			if r, _ := e.Get(t.Context(), "/", 0); r.Stale {
				t.Error("still marked")
			}
		})

	bubble(t, "a new event ends the patience after a failure", Options{RetryAfter: time.Hour},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			k.fail(errors.New("database is locked"))
			e.Announce(1, []string{"latest"}, false)
			get(t, e, "/", 0)
			k.fail(nil)
			k.set("latest", "two")
			e.Announce(2, []string{"other"}, false)
			expect(t, e, "/", 0, "x<i>two</i>")
		})

	bubble(t, "members' text is current or not there", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.page("/m", "m", []Hole{{Module: "latest", Need: MembersText}}, "story:1")
			if _, err := e.Get(t.Context(), "/m", MembersText); err != nil {
				t.Fatal(err)
			}
			k.fail(errors.New("database is locked"))
			e.Announce(1, []string{"latest"}, false)
			for range 2 {
				if _, err := e.Get(t.Context(), "/m", MembersText); !errors.Is(err, ErrUnavailable) {
					t.Errorf("got %v", err)
				}
			}
			expect(t, e, "/m", 0, "m<i></i>")
		})

	bubble(t, "a page that is gone is dropped and its error passed on", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			k.fail(errGone)
			e.Announce(1, []string{"front"}, false)
			if _, err := e.Get(t.Context(), "/", 0); !errors.Is(err, errGone) || errors.Is(err, ErrUnavailable) {
				t.Errorf("got %v", err)
			}
			if s := e.Stats(); s.Pages != 0 || s.Failures != 0 {
				t.Errorf("%+v", s)
			}
		})

	bubble(t, "a module that is gone does not make the page gone", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.page("/odd", "x", []Hole{{Module: "none"}}, "odd")
			_, err := e.Get(t.Context(), "/odd", 0)
			if !errors.Is(err, ErrUnavailable) || errors.Is(err, errGone) {
				t.Errorf("got %v", err)
			}
		})
}

func TestTakedowns(t *testing.T) {
	t.Parallel()
	bubble(t, "what is taken down is out of memory when Announce returns", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.page("/other", "y", []Hole{{Module: "latest"}}, "story:2")
			get(t, e, "/", 0)
			get(t, e, "/other", 0)
			e.Announce(1, []string{"latest"}, true)
			if s := e.Stats(); s.Pieces != 0 || s.Pages != 2 {
				t.Errorf("%+v", s)
			}
			for s := range e.pages.cache.Values() {
				if s.views[0].Load() != nil {
					t.Error("a view still holds the piece")
				}
			}
			e.Announce(2, []string{"story:2"}, true)
			if s := e.Stats(); s.Pages != 1 {
				t.Errorf("%+v", s)
			}
			k.set("latest", "two")
			expect(t, e, "/", 0, "x<i>two</i>")
		})

	bubble(t, "if it cannot be rendered, nothing older takes its place", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			k.fail(errors.New("database is locked"))
			for _, tag := range []string{"latest", "front"} {
				e.Announce(1, []string{tag}, true)
				if r, err := e.Get(t.Context(), "/", 0); !errors.Is(err, ErrUnavailable) {
					t.Errorf("%s: got %v, %v", tag, r, err)
				}
			}
			e.Announce(2, []string{"latest"}, false) // a change after it makes nothing better
			if _, err := e.Get(t.Context(), "/", 0); !errors.Is(err, ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})

	bubble(t, "a change before a takedown leaves no last good piece", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			k.fail(errors.New("database is locked"))
			e.Announce(1, []string{"latest"}, false)
			expect(t, e, "/", 0, "x<i>one</i>")
			e.Announce(2, []string{"latest"}, true)
			if _, err := e.Get(t.Context(), "/", 0); !errors.Is(err, ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})

	bubble(t, "what the ledger has forgotten about may have been taken down", Options{Tags: 4},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			for _, tag := range strings.Split("latest a b c d e f g h", " ") {
				e.Announce(1, []string{tag}, false)
			}
			k.fail(errors.New("database is locked"))
			if _, err := e.Get(t.Context(), "/", 0); !errors.Is(err, ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})

	bubble(t, "those who wait get a fresh rendering", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			e.Announce(1, []string{"latest"}, false)
			v := newValve(k)
			before := ask(t.Context(), t, e, "/") // its rendering has read "one"
			k.set("latest", "two")
			e.Announce(2, []string{"latest"}, true)
			v.release("latest")
			v.release("latest")
			if got := <-before; got.body != "x<i>two</i>" {
				t.Errorf("got %+v", got)
			}
		})

	bubble(t, "those who wait get an error if there is no fresh rendering", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			get(t, e, "/", 0)
			e.Announce(1, []string{"latest"}, false)
			v := newValve(k)
			before := ask(t.Context(), t, e, "/")
			k.fail(errors.New("database is locked"))
			e.Announce(2, []string{"latest"}, true)
			v.release("latest")
			v.release("latest")
			if got := <-before; !errors.Is(got.err, ErrUnavailable) {
				t.Errorf("got %+v", got)
			}
		})

	bubble(t, "a part that was ready is looked at again when the last part comes", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.page("/two", "x", []Hole{{Module: "latest"}, {Module: "slow"}}, "two")
			k.set("slow", "slow")
			get(t, e, "/", 0) // latest is ready
			v := newValve(k)
			before := ask(t.Context(), t, e, "/two")
			v.release("page /two")
			k.set("latest", "two")
			e.Announce(1, []string{"latest"}, true) // while slow is waited for
			v.release("slow")
			v.release("latest")
			if got := <-before; got.body != "x<i>two</i><i>slow</i>" {
				t.Errorf("got %+v", got)
			}
		})

	bubble(t, "a page that is taken down all the time is an error, not a loop", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.hold(func(string) { e.Announce(1, []string{"latest"}, true) })
			if _, err := e.Get(t.Context(), "/", 0); !errors.Is(err, ErrUnavailable) {
				t.Errorf("got %v", err)
			}
			if s := e.Stats(); s.Pieces != 0 {
				t.Errorf("%+v", s)
			}
		})
}

func TestStampedes(t *testing.T) {
	t.Parallel()
	bubble(t, "however many wait, it is rendered once", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			v := newValve(k)
			var readers []<-chan answer
			for range 50 {
				readers = append(readers, ask(t.Context(), t, e, "/"))
			}
			v.release("page /")
			v.release("latest")
			for _, reader := range readers {
				if got := <-reader; got.body != "x<i>one</i>" {
					t.Errorf("got %+v", got)
				}
			}
			k.expectRenders(t, map[string]int{"page /": 1, "latest": 1})
		})

	bubble(t, "one who leaves does not end it for the others", Options{},
		func(t *testing.T, k *kitchen, e *Engine) {
			v := newValve(k)
			ctx, leave := context.WithCancel(t.Context())
			first := ask(ctx, t, e, "/")
			second := ask(t.Context(), t, e, "/")
			leave()
			if got := <-first; !errors.Is(got.err, context.Canceled) {
				t.Errorf("who left got %+v", got)
			}
			v.release("page /")
			v.release("latest")
			if got := <-second; got.body != "x<i>one</i>" {
				t.Errorf("who stayed got %+v", got)
			}
			k.expectRenders(t, map[string]int{"page /": 1, "latest": 1})
		})

	bubble(t, "so many at once, the others in their order", Options{Renderers: 2},
		func(t *testing.T, k *kitchen, e *Engine) {
			var order []string
			pages := strings.Fields("/a /b /c /d /e")
			for _, key := range pages {
				k.page(key, key, nil, key)
			}
			v := newValve(k)
			var readers []<-chan answer
			for _, key := range pages {
				readers = append(readers, ask(t.Context(), t, e, key))
			}
			if s := e.Stats(); s.PageRenders != 2 || s.Queue != 3 {
				t.Errorf("%d began, %d wait", s.PageRenders, s.Queue)
			}
			for i, key := range pages {
				v.release("page " + key) // fails unless it began
				order = append(order, (<-readers[i]).body)
			}
			if strings.Join(order, " ") != strings.Join(pages, " ") {
				t.Errorf("order %v", order)
			}
		})

	bubble(t, "what nobody waits for any more is not rendered", Options{Renderers: 1},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.page("/slow", "slow", nil, "slow")
			v := newValve(k)
			slow := ask(t.Context(), t, e, "/slow")
			ctx, leave := context.WithCancel(t.Context())
			queued := ask(ctx, t, e, "/")
			leave()
			<-queued
			v.release("page /slow")
			<-slow
			k.expectRenders(t, map[string]int{"page /slow": 1})
		})

	bubble(t, "one that waits in the queue sees the changes until it begins", Options{Renderers: 1},
		func(t *testing.T, k *kitchen, e *Engine) {
			k.page("/slow", "slow", nil, "slow")
			v := newValve(k)
			slow := ask(t.Context(), t, e, "/slow")
			first := ask(t.Context(), t, e, "/")
			k.page("/", "z", nil, "front")
			e.Announce(1, []string{"front"}, false)
			second := ask(t.Context(), t, e, "/")
			if s := e.Stats(); s.Queue != 1 {
				t.Errorf("%d wait", s.Queue)
			}
			v.release("page /slow")
			<-slow
			v.release("page /")
			for _, reader := range []<-chan answer{first, second} {
				if got := <-reader; got.body != "z" {
					t.Errorf("got %+v", got)
				}
			}
			k.expectRenders(t, map[string]int{"page /slow": 1, "page /": 1})
		})

	bubble(t, "a rendering that takes too long is an error", Options{RenderTimeout: time.Second},
		func(t *testing.T, k *kitchen, e *Engine) {
			slow := New(sourceFunc(func(ctx context.Context, _ string) (Rendering, error) {
				<-ctx.Done()
				return Rendering{}, ctx.Err()
			}), Options{RenderTimeout: time.Second})
			defer slow.Close()
			slow.Start(0)
			if _, err := slow.Get(t.Context(), "/", 0); !errors.Is(err, ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})
}

func TestForgetServesNothingThatWasRenderedBefore(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/", "x", []Hole{{Module: "latest"}}, "front")
	k.set("latest", "old")
	e := k.start(Options{})
	expect(t, e, "/", 0, "x<i>old</i>")
	k.set("latest", "new")
	e.Forget(99)
	expect(t, e, "/", 0, "x<i>new</i>")
	k.expectRenders(t, map[string]int{"page /": 2, "latest": 2})
	if got := e.Applied(); got != 99 {
		t.Errorf("applied = %d, want 99", got)
	}
}
