package app_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/testkit"
	"warta/internal/testkit/front"
)

// cached is a site with a cache in front, as the operating guide sets it up.
type cached struct {
	*testkit.Site
	address string // "127.0.0.1:6081"
	client  *http.Client
}

// ask asks through the cache, as it is in a browser that names the site.
func (f *cached) ask(method, path string, header ...string) testkit.Response {
	f.T.Helper()
	req, err := http.NewRequestWithContext(f.T.Context(), method, "http://"+f.address+path, nil)
	if err != nil {
		f.T.Fatal(err)
	}
	req.Host = strings.TrimPrefix(f.URL, "http://")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := f.client.Do(req)
	if err != nil {
		f.T.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		f.T.Fatalf("%s %s: %v", method, path, err)
	}
	return testkit.Response{Response: res, Body: string(body)}
}

// hit reports whether the cache answered by itself.
func hit(res testkit.Response) bool {
	return strings.Contains(res.Header.Get("X-Varnish"), " ") || res.Header.Get("X-Cache-Status") == "HIT"
}

// asker asks a cache as a browser does that unpacks by itself.
func asker() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32}}
}

func behindVarnish(t *testing.T) *cached {
	t.Helper()
	at := front.Address(t)
	s := testkit.New(t, testkit.Options{Configure: func(c *app.Config) { c.PurgeURLs = []string{"http://" + at + "/"} }})
	front.Varnish(t, at, s.URL[strings.LastIndex(s.URL, ":")+1:])
	return &cached{Site: s, address: at, client: asker()}
}

func behindNginx(t *testing.T) *cached {
	t.Helper()
	at := front.Address(t)
	s := testkit.New(t, testkit.Options{Configure: func(c *app.Config) { c.CacheAge = time.Second }})
	front.Nginx(t, at, s.URL[strings.LastIndex(s.URL, ":")+1:])
	return &cached{Site: s, address: at, client: asker()}
}

// cacheKind is a program that can stand in front.
type cacheKind struct {
	name   string
	behind func(*testing.T) *cached
	// late is how long a change may take to be seen.
	late time.Duration
	// rounds of withdrawals: each takes a time that the cache sets.
	rounds int
}

// behindEach runs a test once for each kind of cache in front of a site.
func behindEach(t *testing.T, test func(t *testing.T, kind cacheKind, f *cached)) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this is about the configuration of another program")
	}
	for _, kind := range []cacheKind{{"Varnish", behindVarnish, 2 * time.Second, 12}, {"nginx", behindNginx, 4 * time.Second, 3}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			test(t, kind, kind.behind(t))
		})
	}
}

// TestMembersAndAnonymousReadersMixBehindACache holds the shipped configurations
// to handing nobody a page of another class, and to keeping the anonymous one.
func TestMembersAndAnonymousReadersMixBehindACache(t *testing.T) {
	behindEach(t, func(t *testing.T, kind cacheKind, f *cached) {
		path := f.Path(f.Publish(news.Content{Headline: "Pasar Terapung Ramai Lagi", Access: news.Members,
			Body: f.Body("Perahu pertama datang sebelum subuh.", "Kata "+canary+" hanya untuk anggota.")}))
		member := f.ClassCookie(uint8(page.Registered | page.MembersText))
		var anonymous, members, hits atomic.Int64
		var all sync.WaitGroup
		for w := range 4 {
			all.Go(func() {
				rng := rand.New(rand.NewPCG(7, uint64(w)))
				for range 100 {
					at, header := path, []string{"Cookie", "theme=dark; unknown=1"}
					if rng.IntN(3) == 0 {
						at = "/"
					}
					mine := rng.IntN(2) == 0
					if mine {
						header[1] += "; " + member
					}
					if rng.IntN(2) == 0 {
						header = append(header, "Accept-Encoding", "gzip")
					}
					res := f.ask("GET", at, header...)
					control := res.Header.Get("Cache-Control")
					switch {
					case res.StatusCode != 200:
						t.Errorf("%s: status %d", at, res.StatusCode)
					case mine && (!strings.HasPrefix(control, "private") || hit(res)):
						t.Errorf("a member got a page of the cache: %q", control)
					case !mine && !strings.HasPrefix(control, "public"):
						t.Errorf("an anonymous reader got %q", control)
					case at == path && strings.Contains(plainOf(t, res), canary) != mine:
						t.Errorf("a member: %v, and the members' text: %v", mine, !mine)
					case mine:
						members.Add(1)
					default:
						anonymous.Add(1)
						if hit(res) {
							hits.Add(1)
						}
					}
				}
			})
		}
		all.Wait()
		t.Logf("%d members, %d anonymous readers, %d of them answered by the cache", members.Load(), anonymous.Load(), hits.Load())
		if hits.Load() < anonymous.Load()/2 || members.Load() == 0 {
			t.Errorf("the cache answered %d of %d anonymous readers", hits.Load(), anonymous.Load())
		}
		for _, forged := range []string{"__Host-warta-class=AAAA", "__Host-warta-class=", "x=1;__Host-warta-class=AQ"} {
			if res := f.ask("GET", path, "Cookie", forged); res.StatusCode != 200 || !strings.Contains(res.Body, "Pasar Terapung") || strings.Contains(res.Body, canary) {
				t.Errorf("with the cookie %q: status %d", forged, res.StatusCode)
			}
		}
	})
}

// plainOf is the text of an answer, unpacked.
func plainOf(t testing.TB, res testkit.Response) string {
	t.Helper()
	if res.Header.Get("Content-Encoding") != "gzip" {
		return res.Body
	}
	z, err := gzip.NewReader(strings.NewReader(res.Body))
	if err != nil {
		t.Error(err)
		return ""
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// TestACacheAnswersAsTheSiteDoes compares what comes through a cache with what
// the site itself says: whole, by condition, in parts, and without compression.
func TestACacheAnswersAsTheSiteDoes(t *testing.T) {
	behindEach(t, func(t *testing.T, kind cacheKind, f *cached) {
		path := f.Path(f.Publish(news.Content{Headline: "Kapal Kayu Berlayar Jauh"}))
		for _, at := range []string{"/", path, "/feed.xml", "/sitemap.xml", "/robots.txt", "/tidak-ada", "/latest"} {
			for range 2 { // made, then kept
				want, got := f.Get(at), f.ask("GET", at)
				if got.StatusCode != want.StatusCode || got.Body != want.Body || got.Header.Get("Content-Type") != want.Header.Get("Content-Type") {
					t.Errorf("%s: status %d with %d bytes, want %d with %d", at, got.StatusCode, len(got.Body), want.StatusCode, len(want.Body))
				}
			}
		}
		res := f.ask("GET", path)
		if tag := res.Header.Get("ETag"); tag == "" || f.ask("GET", path, "If-None-Match", tag).StatusCode != http.StatusNotModified {
			t.Errorf("a condition on %q is not met", tag)
		}
		if head := f.ask("HEAD", path); head.StatusCode != 200 || head.Body != "" {
			t.Errorf("HEAD: status %d, %d bytes", head.StatusCode, len(head.Body))
		}
		packed := f.ask("GET", path, "Accept-Encoding", "gzip")
		if packed.Header.Get("Content-Encoding") != "gzip" || len(packed.Body) >= len(res.Body) {
			t.Errorf("compressed: %q with %d bytes of %d", packed.Header.Get("Content-Encoding"), len(packed.Body), len(res.Body))
		}
		if room := f.ask("GET", "/newsroom"); hit(room) || strings.HasPrefix(room.Header.Get("Cache-Control"), "public") {
			t.Errorf("the newsroom goes into the cache: %q", room.Header.Get("Cache-Control"))
		}
	})
}

// TestACacheShowsNothingWithdrawn asks through a cache all the time while stories
// are published and withdrawn: once a withdrawal is acknowledged, nobody who asks
// gets a word of it.
func TestACacheShowsNothingWithdrawn(t *testing.T) {
	behindEach(t, func(t *testing.T, kind cacheKind, f *cached) {
		type story struct {
			path, word string
			gone       atomic.Bool // acknowledged
		}
		var current atomic.Pointer[story]
		ctx, stop := context.WithCancel(context.Background())
		var all sync.WaitGroup
		var asked, shown, wrong atomic.Int64
		for range 3 {
			all.Go(func() {
				for ctx.Err() == nil {
					st := current.Load()
					if st == nil {
						continue
					}
					for _, at := range []string{st.path, "/", "/latest", "/feed.xml"} {
						gone := st.gone.Load() // before it is asked
						res := f.ask("GET", at)
						asked.Add(1)
						if has := strings.Contains(res.Body, st.word); has && gone {
							if wrong.Add(1) < 5 {
								t.Errorf("%s shows what was withdrawn (status %d, hit %t)", at, res.StatusCode, hit(res))
							}
						} else if has {
							shown.Add(1)
						}
					}
				}
			})
		}
		defer all.Wait()
		defer stop()
		for i := range kind.rounds {
			word := fmt.Sprintf("Rahasia%dxq", i)
			st := f.Publish(news.Content{Headline: "Berita " + word + " Hari Ini"})
			s := &story{path: f.Path(st), word: word}
			current.Store(s)
			deadline := time.Now().Add(30 * time.Second)
			for start := time.Now(); !strings.Contains(f.ask("GET", "/").Body, word); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("after %s the front page does not have the new story", time.Since(start))
				}
			}
			receipt, err := f.Desk.Withdraw(t.Context(), testkit.Actor, st.ID, news.ReasonChild, "")
			if err != nil {
				t.Fatal(err)
			}
			if len(receipt.Pending) > 0 {
				t.Errorf("not confirmed by %q", receipt.Pending)
			}
			s.gone.Store(true)
			if res := f.ask("GET", s.path); res.StatusCode != http.StatusGone || strings.Contains(res.Body, word) {
				t.Errorf("right after the withdrawal: status %d", res.StatusCode)
			}
			time.Sleep(100 * time.Millisecond) // the readers go on for a while
		}
		stop()
		all.Wait()
		t.Logf("%d answers, %d showed a story before it was withdrawn, %d afterwards", asked.Load(), shown.Load(), wrong.Load())
		if shown.Load() == 0 {
			t.Error("nobody ever saw a story: the test shows nothing")
		}
	})
}

// TestAChangeReachesACache publishes a story and waits for it behind the cache.
func TestAChangeReachesACache(t *testing.T) {
	behindEach(t, func(t *testing.T, kind cacheKind, f *cached) {
		for i := range 3 {
			headline := fmt.Sprintf("Kabar Baru Nomor %d", i)
			f.ask("GET", "/")
			if !hit(f.ask("GET", "/")) {
				t.Error("the front page is not kept")
			}
			f.Publish(news.Content{Headline: headline})
			start := time.Now()
			for !strings.Contains(f.ask("GET", "/").Body, headline) {
				if time.Since(start) > kind.late+10*time.Second { // a busy machine
					t.Fatal("the new story does not come")
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Logf("seen after %s", time.Since(start).Round(time.Millisecond))
		}
	})
}

// TestACacheThatIsAwayIsToldLater: a takedown says which cache has not confirmed,
// and what it was to be told comes as soon as it answers.
func TestACacheThatIsAwayIsToldLater(t *testing.T) {
	t.Parallel()
	var away atomic.Bool
	var mu sync.Mutex
	told := map[string]int{}
	cache := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if r.Method != "BAN" || r.URL.Path != "/purge" {
			t.Errorf("the cache is asked %s %s", r.Method, r.URL)
		}
		for _, tag := range strings.Fields(r.Header.Get("Xkey-Purge")) {
			told[tag]++
		}
	}))
	defer cache.Close()
	s := testkit.New(t, testkit.Options{Configure: func(c *app.Config) {
		c.PurgeURLs, c.PurgeMethod, c.PurgeHeader = []string{cache.URL + "/purge"}, "BAN", "xkey-purge"
	}})
	knows := func(tag string) bool {
		mu.Lock()
		defer mu.Unlock()
		return told[tag] > 0
	}
	soon := func(what string, is func() bool) {
		t.Helper()
		for deadline := time.Now().Add(60 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("waited for %s", what)
			}
		}
	}
	first, second := s.Publish(news.Content{}), s.Publish(news.Content{})
	soon("the publication", func() bool { return knows(news.TagStory(second.ID)) })
	if got := s.Get("/").Header.Get("Cache-Control"); got != "public, max-age=0, s-maxage=300" {
		t.Errorf("Cache-Control: %q", got)
	}
	away.Store(true)
	receipt, err := s.Desk.Withdraw(t.Context(), testkit.Actor, first.ID, news.ReasonChild, "")
	if err != nil {
		t.Fatal(err)
	}
	if want := "cache at " + strings.TrimPrefix(cache.URL, "http://"); len(receipt.Pending) != 1 || receipt.Pending[0] != want {
		t.Errorf("pending: %q, want %q", receipt.Pending, want)
	}
	mu.Lock()
	clear(told)
	mu.Unlock()
	away.Store(false)
	soon("the withdrawal", func() bool { return knows(news.TagStory(first.ID)) })
}

// TestAShortAgeIsWaitedFor: caches that are not told hold what was withdrawn
// until its age has passed, so the acknowledgement waits for that.
func TestAShortAgeIsWaitedFor(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this waits")
	}
	s := testkit.New(t, testkit.Options{Configure: func(c *app.Config) { c.CacheAge = time.Second }})
	st := s.Publish(news.Content{})
	if got := s.Get(s.Path(st)).Header.Get("Cache-Control"); got != "public, max-age=0, s-maxage=1" {
		t.Errorf("Cache-Control: %q", got)
	}
	start := time.Now()
	if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, st.ID, news.ReasonChild, ""); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 3*time.Second {
		t.Errorf("a withdrawal was acknowledged after %s", took)
	}
}

var ages = regexp.MustCompile(`cache-age|purge-`)

func TestConfigurationOfCaches(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]app.Config{
		"too long without purging": {CacheAge: time.Minute},
		"not whole seconds":        {CacheAge: 1500 * time.Millisecond},
		"too long":                 {CacheAge: 2 * time.Hour, PurgeURLs: []string{"http://127.0.0.1:6081/"}},
		"no address":               {PurgeURLs: []string{"127.0.0.1:6081"}},
		"with a password":          {PurgeURLs: []string{"http://a:b@127.0.0.1/"}},
		"bad method":               {PurgeURLs: []string{"http://127.0.0.1/"}, PurgeMethod: "PU RGE"},
		"bad header":               {PurgeURLs: []string{"http://127.0.0.1/"}, PurgeHeader: "a: b"},
	} {
		c.Data, c.Listen, c.BaseURL = "x", "127.0.0.1:8080", "http://localhost:8080"
		if err := c.Check(); err == nil || !ages.MatchString(err.Error()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	fine := app.Config{Data: "x", Listen: "127.0.0.1:8080", BaseURL: "http://localhost:8080", PurgeURLs: []string{"http://127.0.0.1:6081/", "https://cache.example/purge?site=1"}}
	if err := fine.Check(); err != nil {
		t.Error(err)
	}
}
