package page

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"
)

var errGone = errors.New("gone") // what Options.Definite knows in these tests

// kitchen is a Source in the hands of a test: it counts what is asked of it,
// fails on demand, and can hold a rendering back.
type kitchen struct {
	t testing.TB

	mu      sync.Mutex
	pages   map[string]func() (Rendering, error)
	modules map[Hole]func() (Rendering, error)
	renders map[string]int
	failure error
	clock   time.Time
	// gate, if set, is called outside the lock after the content of a rendering
	// was read and before it is returned.
	gate func(what string)
}

func newKitchen(t testing.TB) *kitchen {
	return &kitchen{
		t:       t,
		pages:   map[string]func() (Rendering, error){},
		modules: map[Hole]func() (Rendering, error){},
		renders: map[string]int{},
		clock:   time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

// page adds a page that prints text, and its holes one after the other.
func (k *kitchen) page(key, text string, holes []Hole, tags ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pages[key] = func() (Rendering, error) {
		h := NewHoles()
		var body strings.Builder
		body.WriteString(text)
		for _, hole := range holes {
			body.WriteString("<i>" + h.Put(hole) + "</i>")
		}
		return Rendering{Body: []byte(body.String()), Holes: h, Tags: tags}, nil
	}
}

// set makes a module print text; its tag is its name.
func (k *kitchen) set(module, text string, tags ...string) {
	k.module(Hole{Module: module}, Rendering{Body: []byte(text), Tags: append([]string{module}, tags...)})
}

func (k *kitchen) module(hole Hole, r Rendering) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.modules[hole] = func() (Rendering, error) { return r, nil }
}

func (k *kitchen) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failure = err
}

func (k *kitchen) hold(gate func(what string)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gate = gate
}

func (k *kitchen) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.clock
}

func (k *kitchen) pass(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.clock = k.clock.Add(d)
}

// Page and Module make the kitchen a Source.
func (k *kitchen) Page(_ context.Context, key string) (Rendering, error) {
	return k.cook("page "+key, func() (func() (Rendering, error), bool) { r, ok := k.pages[key]; return r, ok })
}

func (k *kitchen) Module(_ context.Context, hole Hole) (Rendering, error) {
	if hole.Need != 0 || hole.Hide != 0 {
		k.t.Errorf("module %v was asked for with class bits", hole)
	}
	name := strings.TrimRight(fmt.Sprintf("%s %s %s", hole.Module, hole.Params, hole.Without), " ")
	return k.cook(name, func() (func() (Rendering, error), bool) { r, ok := k.modules[hole]; return r, ok })
}

func (k *kitchen) cook(what string, find func() (func() (Rendering, error), bool)) (Rendering, error) {
	k.mu.Lock()
	k.renders[what]++
	gate, err := k.gate, k.failure
	recipe, ok := find()
	var r Rendering
	if err == nil && !ok {
		err = errGone
	}
	if err == nil {
		r, err = recipe()
	}
	k.mu.Unlock()
	if gate != nil {
		gate(what)
	}
	return r, err
}

// counts returns how often everything was rendered since the last call.
func (k *kitchen) counts() map[string]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	counts := k.renders
	k.renders = map[string]int{}
	return counts
}

func (k *kitchen) expectRenders(t testing.TB, want map[string]int) {
	t.Helper()
	if got := k.counts(); !maps.Equal(got, want) {
		t.Errorf("rendered %v, want %v", got, want)
	}
}

// start returns a started engine over the kitchen.
func (k *kitchen) start(opt Options) *Engine {
	opt.Now = k.now
	opt.Elapsed = func() time.Duration { return k.now().Sub(time.Unix(0, 0)) }
	opt.Definite = func(err error) bool { return errors.Is(err, errGone) }
	e := New(k, opt)
	k.t.Cleanup(e.Close)
	e.Start(0)
	return e
}

// want prints a page as a reader of the class must see it now, by the plainest
// of all ways.
func (k *kitchen) want(key string, class Class) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, err := k.pages[key]()
	if err != nil {
		k.t.Fatal(err)
	}
	body := r.Body
	for i := range r.Holes.Len() {
		hole, piece := r.Holes.list[i], []byte(nil)
		if hole.Open(class) {
			m, err := k.modules[Hole{Module: hole.Module, Params: hole.Params}]()
			if err != nil {
				k.t.Fatal(err)
			}
			for _, item := range m.Contains {
				if item == hole.Without {
					m, _ = k.modules[hole.piece()]()
				}
			}
			piece = m.Body
		}
		body = bytes.Replace(body, []byte(r.Holes.marker(i)), piece, 1)
	}
	return string(body)
}

func text(t testing.TB, r *Response) string {
	t.Helper()
	body, err := r.Append(nil, Identity)
	if err != nil {
		t.Fatal(err)
	}
	gz, err := r.Append(nil, Gzip)
	if err != nil {
		t.Fatal(err)
	}
	if string(gunzip(t, gz)) != string(body) {
		t.Error("the compressed body is another page")
	}
	return string(body)
}

func get(t testing.TB, e *Engine, key string, class Class) string {
	t.Helper()
	r, err := e.Get(t.Context(), key, class)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return text(t, r)
}

func expect(t testing.TB, e *Engine, key string, class Class, want string) {
	t.Helper()
	if got := get(t, e, key, class); got != want {
		t.Errorf("%s for class %d is %q, want %q", key, class, got, want)
	}
}
