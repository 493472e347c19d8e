package disk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/page"
)

// paper is a page.Source: pages that print a version of their own tag and share
// one module. It counts what is rendered and fails on demand.
type paper struct {
	mu       sync.Mutex
	versions map[string]int
	acked    map[string]int // announced
	taken    map[string]int // announced as taken down
	broken   bool
	bare     bool          // pages have no header lines of their own
	hold     chan struct{} // pages wait for it; nil: they do not
	pages    atomic.Int64
	ready    atomic.Int64 // pages that were read without waiting
	text     string
}

var errBroken = errors.New("broken")

func newPaper() *paper {
	return &paper{versions: map[string]int{}, acked: map[string]int{}, taken: map[string]int{}, text: strings.Repeat("lorem ipsum ", 100)}
}

func (p *paper) Page(_ context.Context, key string) (page.Rendering, error) {
	p.pages.Add(1)
	p.mu.Lock()
	if hold := p.hold; hold != nil {
		p.mu.Unlock()
		<-hold
		p.mu.Lock()
	}
	defer p.mu.Unlock()
	if p.broken {
		return page.Rendering{}, errBroken
	}
	h := page.NewHoles()
	body := fmt.Sprintf("%s|%d|", key, p.versions[key]) + h.Put(page.Hole{Module: "all"}) + h.Put(page.Hole{Module: "own", Params: key, Need: page.MembersText}) + p.text
	r := page.Rendering{Body: []byte(body), Holes: h, Tags: []string{key, "settings"}}
	if !p.bare {
		r.Header = []page.Field{{Name: "Link", Value: "</a>; rel=preload"}, {Name: "Link", Value: "</b>"}}
	}
	return r, nil
}

func (p *paper) Module(_ context.Context, h page.Hole) (page.Rendering, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h.Module == "all" {
		return page.Rendering{Body: fmt.Appendf(nil, "<i>%d</i>", p.versions["all"]), Tags: []string{"all"}}, nil
	}
	if p.broken {
		return page.Rendering{}, errBroken
	}
	return page.Rendering{Body: fmt.Appendf(nil, "<b>%d</b>", p.versions[h.Params]), Tags: []string{h.Params}}, nil
}

// change moves a tag on and announces it.
func (p *paper) change(e *page.Engine, seq *int64, tag string, takedown bool) {
	p.mu.Lock()
	p.versions[tag]++
	version := p.versions[tag]
	*seq++
	n := *seq
	p.mu.Unlock()
	e.Announce(n, []string{tag}, takedown)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.acked[tag] = max(p.acked[tag], version)
	if takedown {
		p.taken[tag] = max(p.taken[tag], version)
	}
}

func (p *paper) engine(t testing.TB, s *Store, opt page.Options) *page.Engine {
	opt.Store, opt.Own = s, func(module string) bool { return module == "own" }
	e := page.New(p, opt)
	t.Cleanup(e.Close)
	e.Start(1)
	return e
}

func body(t testing.TB, e *page.Engine, key string, class page.Class) (string, *page.Response) {
	t.Helper()
	r, err := e.Get(t.Context(), key, class)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	b, err := r.Append(nil, page.Identity)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), r
}

func TestAPageFromDiskIsTheSamePage(t *testing.T) { // not parallel: it counts allocations
	dir, p := t.TempDir(), newPaper()
	s := begun(t, dir, Options{})
	e := p.engine(t, s, page.Options{})
	want, first := body(t, e, "/a", page.MembersText)
	wait(t, "page and piece are written", func() bool { return s.Stats().Records == 2 })
	e.Close()
	shut(t, s)

	s = again(t, dir, Options{})
	e = p.engine(t, s, page.Options{})
	got, r := body(t, e, "/a", page.MembersText)
	if got != want || r.ETag(page.Gzip) != first.ETag(page.Gzip) || r.Status != first.Status {
		t.Errorf("the page is %q with %s, it was %q with %s", got, r.ETag(page.Gzip), want, first.ETag(page.Gzip))
	}
	before, after := map[string][]string{}, map[string][]string{}
	first.Header(before, page.Gzip)
	r.Header(after, page.Gzip)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("its header is\n%v, it was\n%v", after, before)
	}
	st := e.Stats()
	if n := p.pages.Load(); n != 1 || st.StoreHits != 2 || st.PageRenders != 0 || st.PieceRenders != 1 || st.Store.Reads != 2 {
		t.Errorf("%d renderings, %+v", n, st)
	}
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := e.Get(t.Context(), "/a", page.MembersText); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 && !raceEnabled {
		t.Errorf("a warm request allocates %v times", allocs)
	}
}

func TestACrawlerReadsEveryPageOnce(t *testing.T) {
	t.Parallel()
	const pages, memory = 400, 64 << 10
	p := newPaper()
	s := begun(t, t.TempDir(), Options{})
	e := p.engine(t, s, page.Options{PageBytes: memory})
	for i := range pages {
		body(t, e, fmt.Sprint("/", i), 0)
	}
	wait(t, "all are written", func() bool { return s.Stats().Records == pages })
	for range 30 { // what people read
		for i := range 4 {
			body(t, e, fmt.Sprint("/", i), 0)
		}
	}
	before := e.Stats()
	again := uint64(0)
	for i := 4; i < pages; i++ {
		body(t, e, fmt.Sprint("/", i), 0)
		if i%10 == 0 {
			reads := e.Stats().Store.Reads
			body(t, e, fmt.Sprint("/", i/10%4), 0)
			again += e.Stats().Store.Reads - reads
		}
	}
	st := e.Stats()
	if st.PageRenders != before.PageRenders {
		t.Errorf("%d pages were rendered again", st.PageRenders-before.PageRenders)
	}
	if reads := st.Store.Reads - before.Store.Reads; reads > pages-4+again {
		t.Errorf("%d reads of the disk for %d pages", reads, pages)
	}
	if again > 10 { // of 40; without a memory that resists it would be all
		t.Errorf("what is read often was pushed out %d times", again)
	}
	if st.PageBytes > memory {
		t.Errorf("pages take %d bytes of memory", st.PageBytes)
	}
}

// What lies on disk is there for those who do not wait, until it is no longer true.
func TestAPageOnDiskIsReady(t *testing.T) {
	t.Parallel()
	p, seq := newPaper(), int64(1)
	dir := t.TempDir()
	s := begun(t, dir, Options{})
	e := p.engine(t, s, page.Options{})
	for _, key := range []string{"/a", "/b", "/c"} {
		body(t, e, key, 0)
	}
	wait(t, "all are written", func() bool { return s.Stats().Records == 3 })
	e.Close()
	shut(t, s)

	s = again(t, dir, Options{})
	e = p.engine(t, s, page.Options{})
	if _, ok := e.Ready("/a", 0); ok {
		t.Error("a page is ready without what stands in it")
	}
	want, _ := body(t, e, "/a", 0) // makes the module
	before := e.Stats()
	r, ok := e.Ready("/b", 0)
	if !ok {
		t.Fatal("a page on disk is not ready")
	}
	if got, err := r.Append(nil, page.Identity); err != nil || strings.ReplaceAll(string(got), "/b", "/a") != want {
		t.Errorf("it is %q, %v", got, err)
	}
	if st := e.Stats(); st.PageRenders != before.PageRenders || st.PieceRenders != before.PieceRenders || st.Store.Reads != before.Store.Reads+1 ||
		st.Answers[page.Disk][0] != before.Answers[page.Disk][0]+1 {
		t.Errorf("it took %+v, before it was %+v", st, before)
	}
	if _, ok := e.Warm("/b", 0); ok {
		t.Error("it is in memory, though it was asked for once")
	}
	r.Release()
	for _, asker := range []string{"second", "third"} {
		if _, ok := e.Warm("/b", 0); ok {
			t.Errorf("it is in memory before the %s asks", asker)
		}
		again, ok := e.Ready("/b", 0)
		if !ok || again.ETag(page.Gzip) == "" {
			t.Fatalf("it is not ready for the %s who asks", asker)
		}
		again.Release()
	}
	if _, ok := e.Warm("/b", 0); !ok {
		t.Error("it is not in memory after three have asked")
	}
	if _, ok := e.Ready("/b", page.MembersText); ok {
		t.Error("members' text is ready that was never made")
	}
	p.change(e, &seq, "all", false)
	if _, ok := e.Ready("/a", 0); ok {
		t.Error("a page is ready with a module that changed")
	}
	body(t, e, "/b", 0) // makes the module
	if _, ok := e.Ready("/a", 0); !ok {
		t.Error("a page is not ready with the new module")
	}
	p.change(e, &seq, "/c", false)
	p.change(e, &seq, "/a", true)
	for _, key := range []string{"/a", "/c", "/none"} {
		if _, ok := e.Ready(key, 0); ok {
			t.Errorf("%s is ready", key)
		}
	}
	e.Suspend(time.Now())
	if _, ok := e.Ready("/b", 0); ok {
		t.Error("a page is ready as if nothing were wrong, without the database")
	}
}

// Pages that are asked for once are put together without an allocation.
func TestALoanAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	p := newPaper()
	p.bare = true
	s := begun(t, t.TempDir(), Options{})
	e := p.engine(t, s, page.Options{PageBytes: 1})
	keys := make([]string, 300)
	for i := range keys {
		keys[i] = fmt.Sprint("/", i)
		body(t, e, keys[i], 0)
	}
	wait(t, "all are written", func() bool { return s.Stats().Records == len(keys) })
	before, next := e.Stats(), 0
	allocs := testing.AllocsPerRun(len(keys)-1, func() {
		r, ok := e.Ready(keys[next], 0)
		if !ok {
			t.Errorf("%s is not ready", keys[next])
			return
		}
		r.Release()
		next++
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
	if st := e.Stats(); int(st.Store.Reads-before.Store.Reads) != len(keys) {
		t.Errorf("%d reads of the disk", st.Store.Reads-before.Store.Reads)
	}
}

// A page that is put together where its record lies is the same page, whoever had
// the place before.
func TestAPageThatIsLentIsTheSame(t *testing.T) {
	t.Parallel()
	p := newPaper()
	dir := t.TempDir()
	s := begun(t, dir, Options{})
	e := p.engine(t, s, page.Options{})
	const pages = 200
	key := func(i int) string { return fmt.Sprint("/", strings.Repeat("x", i%7), i) }
	for i := range pages {
		body(t, e, key(i), 0)
	}
	wait(t, "all are written", func() bool { return s.Stats().Records == pages })
	e.Close()
	shut(t, s)
	s = again(t, dir, Options{})
	e = p.engine(t, s, page.Options{})
	classes := []page.Class{0, page.Registered, page.Registered | page.AdFree}
	for _, class := range classes {
		body(t, e, "/first", class) // makes the modules
	}
	var readers sync.WaitGroup
	for reader := range 4 {
		readers.Go(func() {
			for i := reader; i < pages; i += 4 {
				class := classes[i%3]
				lent, ok := e.Ready(key(i), class)
				if !ok {
					t.Errorf("%s is not ready", key(i))
					return
				}
				got := string(lent.AppendHeader(nil, page.Gzip))
				packed, _ := lent.Append(nil, page.Gzip)
				plain, err := lent.Append(nil, page.Identity)
				if _, inMemory := e.Warm(key(i), class); inMemory || err != nil {
					t.Errorf("%s is in memory; or %v", key(i), err)
				}
				lent.Release()
				kept, err := e.Get(t.Context(), key(i), class)
				if err != nil {
					t.Error(err)
					return
				}
				wantPacked, _ := kept.Append(nil, page.Gzip)
				wantPlain, _ := kept.Append(nil, page.Identity)
				if want := string(kept.AppendHeader(nil, page.Gzip)); got != want || !bytes.Equal(packed, wantPacked) || !bytes.Equal(plain, wantPlain) {
					t.Errorf("%s for %d: %q, by the usual way %q", key(i), class, got, want)
				}
			}
		})
	}
	readers.Wait()
	if st := e.Stats(); st.PageRenders != 1 || st.StoreHits != 2*pages {
		t.Errorf("%d renderings, %d pages from disk: something else was compared", st.PageRenders, st.StoreHits)
	}
}

// The last good page is on disk when it is in memory no more; what was taken
// down is nowhere.
func TestStalePagesComeFromDisk(t *testing.T) {
	t.Parallel()
	p := newPaper()
	s := begun(t, t.TempDir(), Options{})
	e := p.engine(t, s, page.Options{PageBytes: 1}) // nothing stays in memory
	seq := int64(1)
	for _, key := range []string{"/a", "/b", "/c"} {
		body(t, e, key, page.MembersText)
	}
	wait(t, "all are written", func() bool { return s.Stats().Records == 6 })
	p.mu.Lock()
	p.broken = true
	p.mu.Unlock()
	p.change(e, &seq, "/a", false)
	p.change(e, &seq, "/b", true)
	if got, r := body(t, e, "/a", 0); !r.Stale || !strings.HasPrefix(got, "/a|0|") {
		t.Errorf("stale %t: %.20q", r.Stale, got)
	}
	if _, err := e.Get(t.Context(), "/a", page.MembersText); !errors.Is(err, page.ErrUnavailable) {
		t.Errorf("stale members' text: %v", err)
	}
	if _, err := e.Get(t.Context(), "/b", 0); !errors.Is(err, page.ErrUnavailable) {
		t.Errorf("what was taken down: %v", err)
	}
	if _, r := body(t, e, "/c", 0); r.Stale {
		t.Error("what did not change is stale")
	}
}

// Without the database, what is on disk is as good as what is in memory.
func TestAnEngineThatIsSuspendedReadsTheDisk(t *testing.T) {
	t.Parallel()
	p := newPaper()
	s := begun(t, t.TempDir(), Options{})
	e := p.engine(t, s, page.Options{PageBytes: 1})
	body(t, e, "/a", 0)
	wait(t, "it is written", func() bool { return s.Has("/a") })
	p.mu.Lock()
	p.broken = true
	p.mu.Unlock()
	e.Suspend(began.AddDate(100, 0, 0))
	if got, r := body(t, e, "/a", 0); !r.Offline || r.Stale || !strings.HasPrefix(got, "/a|0|") {
		t.Errorf("offline %t, stale %t: %.20q", r.Offline, r.Stale, got)
	}
}

// Readers and editors at random over a memory that holds next to nothing, with
// stops in between. What a reader gets is never older than what was acknowledged
// before he asked, and nothing that was taken down comes back.
func TestRandomSchedulesOverADisk(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, 6} { // tags that are remembered
		t.Run(fmt.Sprint("tags ", limit), func(t *testing.T) {
			t.Parallel()
			dir, p, seq := t.TempDir(), newPaper(), int64(1)
			opt := Options{Tags: limit, Limit: 1, segment: 32 << 10}
			hits, renders := uint64(0), uint64(0)
			for round := range 4 {
				var s *Store
				if round == 0 {
					s = begun(t, dir, opt)
				} else {
					s = again(t, dir, opt)
				}
				e := p.engine(t, s, page.Options{PageBytes: 4 << 10, Renderers: 3})
				var wg sync.WaitGroup
				var editor sync.Mutex // events come in their order
				for worker := range 5 {
					wg.Go(func() {
						random := rand.New(rand.NewPCG(uint64(round), uint64(worker)))
						for range 400 {
							key := fmt.Sprint("/", random.IntN(12))
							if random.IntN(12) == 0 {
								editor.Lock()
								p.change(e, &seq, key, random.IntN(4) == 0)
								editor.Unlock()
								continue
							}
							p.read(t, e, key)
						}
					})
				}
				wg.Wait()
				st := e.Stats()
				hits, renders = hits+st.StoreHits, renders+st.PageRenders
				e.Close()
				shut(t, s)
			}
			if ready := p.ready.Load(); hits < 300 || renders < 100 || ready < 300 {
				t.Errorf("%d pages came from disk, %d were rendered, %d were ready: nothing was tried", hits, renders, ready)
			}
		})
	}
}

func (p *paper) read(t *testing.T, e *page.Engine, key string) {
	p.mu.Lock()
	acked := p.acked[key]
	p.mu.Unlock()
	got, r := "", (*page.Response)(nil)
	if found, ok := e.Ready(key, 0); ok { // as the door in front asks
		b, err := found.Append(nil, page.Identity)
		if err != nil {
			t.Error(err)
		}
		got, r = string(b), found
		p.ready.Add(1)
	} else {
		got, r = body(t, e, key, 0)
	}
	name, rest, _ := strings.Cut(got, "|")
	version := -1
	if _, err := fmt.Sscanf(rest, "%d|", &version); err != nil || name != key {
		t.Errorf("%s is %.40q", key, got)
	}
	if version < acked || r.Stale {
		t.Errorf("%s has version %d, stale %t; %d was acknowledged", key, version, r.Stale, acked)
	}
}

// While renderings wait, the older page comes from disk if memory has none, and
// nothing that was taken down does.
func TestABusyEngineServesWhatIsOnDisk(t *testing.T) {
	t.Parallel()
	p := newPaper()
	s := begun(t, t.TempDir(), Options{})
	var mu sync.Mutex
	now := time.Duration(0)
	pass := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); now += d }
	e := p.engine(t, s, page.Options{PageBytes: 1, Renderers: 1, Elapsed: func() time.Duration { mu.Lock(); defer mu.Unlock(); return now }})
	seq := int64(1)
	for _, key := range []string{"/a", "/b", "/c"} {
		body(t, e, key, 0)
	}
	wait(t, "all are written", func() bool { return s.Stats().Records == 3 })
	hold := make(chan struct{})
	p.mu.Lock()
	p.hold = hold
	p.mu.Unlock()
	var crowd sync.WaitGroup
	for _, key := range []string{"/crowd/1", "/crowd/2"} {
		crowd.Go(func() { e.Get(context.Background(), key, 0) })
	}
	wait(t, "the queue is there", func() bool { return e.Stats().Queue == 1 })
	p.change(e, &seq, "/a", false)
	p.change(e, &seq, "/b", true)
	pass(3 * time.Second)
	if got, r := body(t, e, "/a", 0); !r.Stale || !strings.HasPrefix(got, "/a|0|") {
		t.Errorf("stale %t: %.20q", r.Stale, got)
	}
	if _, err := e.Get(t.Context(), "/b", 0); !errors.Is(err, page.ErrBusy) {
		t.Errorf("what was taken down: %v", err)
	}
	if got, r := body(t, e, "/c", 0); r.Stale || !strings.HasPrefix(got, "/c|0|") {
		t.Errorf("what did not change: stale %t: %.20q", r.Stale, got)
	}
	if st := e.Stats(); st.Busy != 1 || st.Shed != 1 || st.Answers[page.Disk][0] != 2 {
		t.Errorf("stats: %+v", st)
	}
	p.mu.Lock()
	p.hold = nil
	p.mu.Unlock()
	close(hold)
	crowd.Wait()
	wait(t, "the queue is empty", func() bool { return e.Stats().Queue == 0 })
	for key, want := range map[string]string{"/a": "/a|1|", "/b": "/b|1|"} {
		if got, r := body(t, e, key, 0); r.Stale || !strings.HasPrefix(got, want) {
			t.Errorf("afterwards %s: stale %t: %.20q", key, r.Stale, got)
		}
	}
}

// framed is a Source whose pages know what their module begins and ends with.
type framed struct{ *paper }

func (f framed) Page(context.Context, string) (page.Rendering, error) {
	f.pages.Add(1)
	h := page.NewHoles()
	hole := page.Hole{Module: "all", Width: 400, Frame: page.NewFrame("<header>", "</header>")}
	return page.Rendering{Body: []byte("text " + h.Put(hole) + f.text), Holes: h, Tags: []string{"settings"}}, nil
}

func (f framed) Module(context.Context, page.Hole) (page.Rendering, error) {
	return page.Rendering{Body: []byte("<header>" + f.text[:80] + "</header>"), Tags: []string{"all"}}, nil
}

// A page whose text refers to its masthead is found again by the next process,
// which has never met that masthead.
func TestAFrameIsFoundAgain(t *testing.T) {
	t.Parallel()
	dir, p := t.TempDir(), framed{newPaper()}
	open := func(s *Store) *page.Engine {
		e := page.New(p, page.Options{Store: s})
		t.Cleanup(e.Close)
		e.Start(1)
		return e
	}
	s := begun(t, dir, Options{})
	e := open(s)
	want, _ := body(t, e, "/a", 0)
	wait(t, "page and frame are written", func() bool { return s.Stats().Records == 2 })
	e.Close()
	shut(t, s)

	s = again(t, dir, Options{})
	e = open(s)
	if got, _ := body(t, e, "/a", 0); got != want {
		t.Errorf("the page is %q, it was %q", got, want)
	}
	if n := p.pages.Load(); n != 1 {
		t.Errorf("it was rendered %d times", n)
	}
}
