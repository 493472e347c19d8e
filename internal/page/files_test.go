package page

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// photo is a file of n bytes.
func photo(n int) *File {
	return NewFile([]Field{{"Content-Type", "image/webp"}, {"Cache-Control", "public, max-age=600, s-maxage=300"}}, `"tag"`, []byte(strings.Repeat("x", n)))
}

func TestAFileIsSentUntilSomethingIsAnnouncedAboutIt(t *testing.T) {
	t.Parallel()
	e := newKitchen(t).start(Options{FileBytes: 1 << 20})
	f := e.Files()
	keep := func(key string, began Moment, tags ...string) bool { return f.Keep(key, photo(100), tags, began) }
	is := func(says, key string, want bool) {
		t.Helper()
		_, warm := f.Warm(key)
		_, got := f.Get(key)
		if warm != want || got != want {
			t.Errorf("%s: %s is warm: %v, there: %v, want %v", says, key, warm, got, want)
		}
	}
	for _, key := range []string{"/1", "/2", "/3"} {
		if !keep(key, f.Moment(), "picture:"+key, "person:9") {
			t.Fatal("not kept")
		}
		is("after it was kept", key, true)
	}
	is("never kept", "/4", false)
	e.Announce(1, []string{"story:1"}, true)
	is("after something else", "/1", true)
	e.Announce(2, []string{"picture:/1"}, false)
	is("after a change", "/1", false)
	is("after a change of another", "/2", true)
	e.Announce(3, []string{"picture:/2"}, true)
	is("after a takedown", "/2", false)
	if f.Stats().Files != 2 {
		f.cache.CleanUp()
	}
	if _, ok := f.cache.GetEntryQuietly("/2"); ok {
		t.Error("what was taken down is still in memory")
	}
	before := f.Moment()
	e.Announce(4, []string{"picture:/2"}, true)
	if keep("/2", before, "picture:/2") {
		t.Error("what was read before a takedown may be sent after it")
	}
	is("after it was read too early", "/2", false)
	if !keep("/2", f.Moment(), "picture:/2") {
		t.Error("what was read after the takedown is not kept")
	}
	is("read again", "/2", true)
	e.Announce(5, []string{"person:9"}, true)
	is("after its person", "/3", false)
	e.Forget(6)
	is("after everything", "/2", false)
}

func TestOneFileIsASmallPartOfTheMemory(t *testing.T) {
	t.Parallel()
	f := newKitchen(t).start(Options{FileBytes: 64 << 10}).Files()
	if !f.Keep("/large", photo(f.Most()+1), nil, f.Moment()) {
		t.Error("a large file may not be sent")
	}
	if _, ok := f.Get("/large"); ok {
		t.Error("a large file was kept")
	}
	for i := range 400 {
		f.Keep(fmt.Sprint("/", i), photo(f.Most()), nil, f.Moment())
	}
	f.cache.CleanUp()
	if s := f.Stats(); s.Bytes > 64<<10 || s.Files == 0 {
		t.Errorf("%+v", s)
	}
	none := newKitchen(t).start(Options{}).Files()
	if !none.Keep("/", photo(10), nil, none.Moment()) {
		t.Error("without memory a file may not be sent")
	}
	if _, ok := none.Get("/"); ok || none.Most() != 0 {
		t.Error("there is memory for files that nobody gave")
	}
}

// TestACrawlerPushesNoHotFileOut reads ten times as many files as fit, once each,
// while a few are read again and again.
func TestACrawlerPushesNoHotFileOut(t *testing.T) {
	t.Parallel()
	f := newKitchen(t).start(Options{FileBytes: 4 << 20}).Files()
	get := func(key string) bool {
		_, ok := f.Get(key)
		if !ok {
			f.Keep(key, photo(30<<10), nil, f.Moment())
		}
		return ok
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	hot := func() string { return fmt.Sprint("/hot/", rnd.IntN(40)) }
	for range 2000 {
		get(hot())
	}
	hits := 0
	for i := range 2000 {
		get(fmt.Sprint("/archive/", i))
		if get(hot()) {
			hits++
		}
	}
	if hits < 1800 {
		t.Errorf("%d of 2000 hot reads came from memory while a crawler went by", hits)
	}
}

func TestFilesWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	e := k.start(Options{FileBytes: 1 << 20})
	f := e.Files()
	f.Keep("/1", photo(100), []string{"picture:1"}, f.Moment())
	f.Keep("/2", photo(100), []string{"picture:2"}, f.Moment())
	e.Announce(1, []string{"picture:2"}, false)
	e.Suspend(e.now())
	if _, ok := f.Warm("/1"); ok {
		t.Error("the fast way answers as if nothing were")
	}
	got, ok := f.Get("/1")
	if !ok {
		t.Fatal("a warm file is away with the database")
	}
	w := httptest.NewRecorder()
	got.Serve(w, httptest.NewRequest("GET", "/1", nil))
	if h := w.Header(); w.Code != 200 || h.Get("Warta-Offline") != "1" || h.Get("Cache-Control") != "public, max-age=0, s-maxage=0" || w.Body.Len() != 100 {
		t.Errorf("status %d, %v", w.Code, h)
	}
	if _, ok := f.Get("/2"); ok {
		t.Error("a file that changed is served")
	}
	k.pass(10*time.Minute + time.Second)
	if _, ok := f.Get("/1"); ok {
		t.Error("it is served for longer than pages are")
	}
	e.Resume()
	if got, ok := f.Get("/1"); !ok || strings.Contains(string(got.Header()), "Offline") {
		t.Error("it did not come back")
	}
}

// TestNothingTakenDownIsKept keeps files while takedowns go on: what was read
// before one is in memory after none.
func TestNothingTakenDownIsKept(t *testing.T) {
	t.Parallel()
	e := newKitchen(t).start(Options{FileBytes: 1 << 20})
	f := e.Files()
	// public is the truth that the files are read from.
	var public atomic.Bool
	public.Store(true)
	var gone atomic.Int64 // takedowns that were acknowledged, odd: gone
	var all sync.WaitGroup
	stop := make(chan struct{})
	var shown, wrong atomic.Int64
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				runtime.Gosched()
				before := gone.Load()
				_, ok := f.Get("/1")
				if !ok {
					began := f.Moment()
					ok = public.Load() && f.Keep("/1", photo(1000), []string{"picture:1"}, began)
				}
				if ok {
					shown.Add(1)
					if before%2 == 1 && gone.Load() == before {
						wrong.Add(1)
					}
				}
			}
		})
	}
	const last = 2001
	for seq := int64(1); seq <= last; seq += 2 {
		public.Store(false)
		e.Announce(seq, []string{"picture:1"}, true)
		gone.Add(1)
		for range 4 {
			runtime.Gosched()
		}
		if seq == last {
			break
		}
		gone.Add(1)
		public.Store(true)
		e.Announce(seq+1, []string{"picture:1"}, false)
		for seen := shown.Load(); shown.Load() == seen; {
			runtime.Gosched()
		}
	}
	close(stop)
	all.Wait()
	if _, ok := f.cache.GetEntryQuietly("/1"); ok {
		t.Error("it is still in memory after its last takedown")
	}
	if wrong.Load() > 0 || shown.Load() < 1000 {
		t.Errorf("shown %d times, %d after it was gone", shown.Load(), wrong.Load())
	}
}

// FuzzFileConditions holds our reading of If-None-Match against net/http's.
func FuzzFileConditions(f *testing.F) {
	for _, s := range []string{`"tag"`, `W/"tag"`, `*`, `* x`, `"a", "tag"`, `"a" "tag"`, `,, "tag"`, `x, "tag"`, `"ta\x00g", "tag"`, `"a,b",W/"tag"`, `W/ "tag"`, `w/"tag"`, ``, `"tag`, `tag`, "\t\"tag\"", `"é","tag"`, `W/"W/", "tag"`} {
		f.Add(s)
	}
	file := photo(10)
	f.Fuzz(func(t *testing.T, match string) {
		if strings.ContainsFunc(match, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			return // not a line that gets this far
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["If-None-Match"] = []string{match}
		w := httptest.NewRecorder()
		file.Serve(w, r)
		if _, fresh := file.NotModified(match); fresh != (w.Code == http.StatusNotModified) {
			t.Errorf("If-None-Match: %q: 304 is %v, net/http says %d", match, fresh, w.Code)
		}
	})
}
