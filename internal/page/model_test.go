package page

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// newsroom is the truth that the engine has to follow: a version for each tag,
// and for each the last version that was acknowledged, as a change or as the
// successor of something taken down.
type newsroom struct {
	mu       sync.Mutex
	versions map[string]int
	changed  map[string]int
	taken    map[string]int
	random   *rand.Rand
	failing  bool
}

func (n *newsroom) luck(sides int) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.random.IntN(sides)
}

// read returns what a rendering prints of the tags: it fails now and then, and
// takes its time after reading, so that the world moves on meanwhile.
func (n *newsroom) read(tags ...string) (string, error) {
	n.mu.Lock()
	var b strings.Builder
	for _, tag := range tags {
		fmt.Fprintf(&b, "[%s=%d]", tag, n.versions[tag])
	}
	fails := n.failing && n.random.IntN(5) == 0
	pauses := n.random.IntN(50)
	n.mu.Unlock()
	for range pauses {
		yield()
	}
	if fails {
		return "", errors.New("unlucky")
	}
	return b.String(), nil
}

func yield() {
	done := make(chan struct{})
	go close(done)
	<-done
}

// Page prints the page's own tag and two modules, one of them shared by all.
func (n *newsroom) Page(_ context.Context, key string) (Rendering, error) {
	body, err := n.read(key)
	h := NewHoles()
	body += h.Put(Hole{Module: "m", Params: key}) + h.Put(Hole{Module: "all"}) + h.Put(Hole{Module: "extra", Need: AdFree})
	return Rendering{Body: []byte(body), Holes: h, Tags: []string{key}}, err
}

func (n *newsroom) Module(_ context.Context, h Hole) (Rendering, error) {
	tags := []string{h.Module + h.Params, "common"}
	body, err := n.read(tags...)
	return Rendering{Body: []byte(body), Tags: tags}, err
}

// snapshot returns what was acknowledged by now.
func (n *newsroom) snapshot() (changed, taken map[string]int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	changed, taken = make(map[string]int), make(map[string]int)
	for tag, v := range n.changed {
		changed[tag] = v
	}
	for tag, v := range n.taken {
		taken[tag] = v
	}
	return changed, taken
}

// change moves a tag on and announces it; when Announce has returned, it is
// acknowledged.
func (n *newsroom) change(e *Engine, tag string, seq int64, takedown bool) {
	n.mu.Lock()
	n.versions[tag]++
	version := n.versions[tag]
	n.mu.Unlock()
	e.Announce(seq, []string{tag}, takedown)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.changed[tag] = max(n.changed[tag], version)
	if takedown {
		n.taken[tag] = max(n.taken[tag], version)
	}
}

// printed reads the versions back from a body.
func printed(t *testing.T, body string) map[string]int {
	t.Helper()
	versions := map[string]int{}
	for item := range strings.SplitSeq(body, "[") {
		if item == "" {
			continue
		}
		tag, version, ok := strings.Cut(strings.TrimSuffix(item, "]"), "=")
		v, err := strconv.Atoi(version)
		if !ok || err != nil {
			t.Errorf("odd text %q: a marker?", body)
		}
		if old, seen := versions[tag]; !seen || v < old {
			versions[tag] = v
		}
	}
	return versions
}

// Readers and editors at random. What a reader gets is never older than what
// was acknowledged before the request, except marked as stale, and never older
// than what was taken down.
func TestRandomSchedules(t *testing.T) {
	t.Parallel()
	schedules := []struct {
		name    string
		failing bool
		tags    int // the ledger's limit
	}{
		{"renderings succeed", false, 1000},
		{"renderings fail at times", true, 1000},
		{"the ledger forgets", true, 8},
	}
	for _, schedule := range schedules {
		t.Run(schedule.name, func(t *testing.T) {
			t.Parallel()
			n := &newsroom{
				versions: map[string]int{}, changed: map[string]int{}, taken: map[string]int{},
				random: rand.New(rand.NewPCG(13, 14)), failing: schedule.failing,
			}
			e := New(n, Options{Renderers: 3, Tags: schedule.tags, RetryAfter: 1, PageBytes: 20 << 10,
				Hot: func(module string) bool { return module == "all" }})
			t.Cleanup(e.Close)
			e.Start(0)
			pages := []string{"a", "b", "c", "d", "e", "f"}
			tags := []string{"a", "b", "ma", "mb", "all", "extra", "common", "c"}

			var wg sync.WaitGroup
			var seq atomic.Int64
			for range 6 {
				wg.Go(func() {
					for range 1000 {
						if n.luck(5) == 0 {
							n.change(e, tags[n.luck(len(tags))], seq.Add(1), n.luck(4) == 0)
						} else {
							n.readOne(t, e, pages[n.luck(len(pages))])
						}
					}
				})
			}
			wg.Wait()

			n.mu.Lock()
			n.failing = false
			n.mu.Unlock()
			e.Announce(9999, nil, false)
			for _, key := range pages {
				for tag, version := range printed(t, get(t, e, key, AdFree)) {
					if version != n.versions[tag] {
						t.Errorf("at the end %s prints %s=%d, the truth is %d", key, tag, version, n.versions[tag])
					}
				}
			}
			if s := e.Stats(); s.PieceRenders < 500 || s.PageRenders < 200 || (s.Stale == 0) == schedule.failing {
				t.Errorf("the schedule hardly tried anything: %+v", s)
			}
		})
	}
}

// take gets a page as doors do: the one in front looks first for what is ready.
func (e *Engine) take(ctx context.Context, key string, class Class, front bool) (*Response, error) {
	if front {
		if r, ok := e.Warm(key, class); ok {
			return r, nil
		}
		if r, ok := e.Ready(key, class); ok {
			return r, nil
		}
	}
	return e.Get(ctx, key, class)
}

func (n *newsroom) readOne(t *testing.T, e *Engine, key string) {
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	if n.luck(20) == 0 {
		go func() { yield(); leave() }()
	}
	class := Class(0)
	if n.luck(2) == 0 {
		class = AdFree
	}
	changed, taken := n.snapshot()
	r, err := e.take(ctx, key, class, n.luck(2) == 0)
	if err != nil {
		if !errors.Is(err, ErrUnavailable) && !errors.Is(err, context.Canceled) {
			t.Errorf("odd error: %v", err)
		}
		return
	}
	for tag, version := range printed(t, text(t, r)) {
		if version < taken[tag] {
			t.Errorf("%s prints %s=%d, %d was taken down before", key, tag, version, taken[tag]-1)
		}
		if version < changed[tag] && !r.Stale {
			t.Errorf("%s prints %s=%d, %d was acknowledged before", key, tag, version, changed[tag])
		}
	}
}
