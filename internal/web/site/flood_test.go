package site_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/testkit"
	"warta/internal/web"
	"warta/internal/web/site"
)

// counted stands in for everything behind the door and counts what it is asked.
type counted struct {
	pages, redirects, addresses atomic.Int64
	away                        atomic.Bool
	now                         time.Time
	open                        func(context.Context) (*media.Rendition, error)
}

func (c *counted) Page(_ context.Context, key string) (page.Rendering, error) {
	if status, ok := strings.CutPrefix(key, "!"); ok {
		n, err := strconv.Atoi(status)
		if err != nil {
			return page.Rendering{}, err
		}
		return page.Rendering{Status: n, Body: []byte("none"), Tags: []string{"settings"}, Caching: page.Never}, nil
	}
	c.pages.Add(1)
	return page.Rendering{}, fault.New(fault.NotFound, "none")
}
func (c *counted) Module(context.Context, page.Hole) (page.Rendering, error) {
	return page.Rendering{}, errors.New("no modules")
}
func (c *counted) Redirect(context.Context, string, string) (edition.Lead, error) {
	c.redirects.Add(1)
	if c.away.Load() {
		return edition.Lead{}, fault.New(fault.Unavailable, "away")
	}
	return edition.Lead{}, fault.New(fault.NotFound, "none")
}
func (c *counted) PublicAddress(context.Context, string) (media.Public, error) {
	c.addresses.Add(1)
	return media.Public{Picture: media.Picture{ID: 1}, Crop: media.Wide, Tags: []string{media.Tag(1)}}, nil
}
func (c *counted) Open(ctx context.Context, _ media.Picture, _ media.Crop, _ int, _ media.Format) (*media.Rendition, error) {
	return c.open(ctx)
}
func (c *counted) Read(int64, string) {}

// nobody has an account.
type nobody struct{}

func (nobody) Routes() []web.Route { return nil }
func (nobody) Class(context.Context, string) (page.Class, *http.Cookie, error) {
	return 0, nil, fault.New(fault.Unauthenticated, "none")
}

// newDoor returns the door over c, and the engine behind it.
func newDoor(t *testing.T, c *counted) (http.Handler, *page.Engine) {
	t.Helper()
	c.now = testkit.Start
	engine := page.New(c, page.Options{Now: func() time.Time { return c.now }, Definite: func(err error) bool { return fault.Is(err, fault.NotFound) }})
	t.Cleanup(engine.Close)
	engine.Start(1)
	base, err := url.Parse("http://kabar.example")
	if err != nil {
		t.Fatal(err)
	}
	ready := func() error {
		if c.away.Load() {
			return errors.New("away")
		}
		return nil
	}
	door, err := site.New(site.Parts{Engine: engine, Pictures: c, Redirects: c, Counter: c, Assets: http.NotFoundHandler(),
		Hosts: web.NewHosts(base, []string{"lama.example"}), Classes: web.NewClasses(nil, time.Now), Readers: nobody{}, Turns: site.NewTurns(), BaseURL: base.String(), Ready: ready,
		Alone: func(int, string) ([]byte, error) { return []byte("alone"), nil }, Now: func() time.Time { return c.now },
		Log: slog.New(slog.DiscardHandler)}).Handler()
	if err != nil {
		t.Fatal(err)
	}
	return door, engine
}

func ask(door http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func TestAFloodOfOneUnknownAddressCostsOneSearch(t *testing.T) {
	t.Parallel()
	c := &counted{}
	door, engine := newDoor(t, c)
	flood := func(target string, status int) {
		t.Helper()
		for range 200 {
			if w := ask(door, target); w.Code != status {
				t.Fatalf("status %d", w.Code)
			}
		}
	}
	expect := func(why string, count *atomic.Int64, want int64) {
		t.Helper()
		if n := count.Swap(0); n != want {
			t.Errorf("%s: %d searches, want %d", why, n, want)
		}
	}
	const unknown = "http://kabar.example/wp-login.php?x=1"
	flood(unknown, 404)
	expect("a flood", &c.pages, 1)
	expect("for what its query may mean", &c.redirects, 1)
	flood("http://lama.example/wp-login.php", 301)
	expect("a flood on an old host", &c.redirects, 1)
	engine.Announce(2, []string{"story:9"}, false)
	flood(unknown, 404)
	expect("after any event", &c.pages, 1)
	c.now = c.now.Add(10 * time.Second)
	flood(unknown, 404)
	expect("after ten seconds", &c.pages, 1)
	c.away.Store(true)
	flood("http://kabar.example/wp-login.php", 404)
	expect("while events cannot be read", &c.pages, 200)
	if w := ask(door, unknown); w.Code != 503 {
		t.Errorf("what may be an old address, without the database: status %d", w.Code)
	}
	if w := ask(door, "http://lama.example/2019/x"); w.Code != 503 || w.Header().Get("Location") != "" {
		t.Errorf("an old host without the database: status %d, %v", w.Code, w.Header())
	}
}

func TestPublishingMakesAnUnknownAddressAppearAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	id := s.Create(news.Content{Headline: "Panen Raya Dimulai"})
	addresses := []string{"/nasional/2026/11/23/" + "1" + "/panen-raya-dimulai", "/topic/panen"}
	if id != 1 {
		t.Fatalf("the first story has number %d", id)
	}
	for _, a := range addresses {
		for range 3 {
			if res := s.Get(a); res.StatusCode != 404 {
				t.Fatalf("%s before: status %d", a, res.StatusCode)
			}
		}
	}
	rc, err := s.Desk.Publish(t.Context(), testkit.Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(rc.Seq)
	if res := s.Get(addresses[0]); res.StatusCode != 200 {
		t.Errorf("after publishing: status %d", res.StatusCode)
	}
	if _, err := s.App.Site.SaveTopic(t.Context(), testkit.Actor, news.Topic{Slug: "panen", Name: "Panen", Curated: true}); err != nil {
		t.Fatal(err)
	}
	last, err := s.DB.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(last)
	if res := s.Get(addresses[1]); res.StatusCode != 200 {
		t.Errorf("after the topic was made: status %d", res.StatusCode)
	}
	rc, err = s.Desk.Embargo(t.Context(), testkit.Actor, id, testkit.Start.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(rc.Seq)
	for range 3 {
		if res := s.Get(addresses[0]); res.StatusCode != 404 {
			t.Fatalf("under embargo: status %d", res.StatusCode)
		}
	}
	s.Clock.Set(testkit.Start.Add(61 * time.Second))
	if _, err := s.Desk.RunDue(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if last, err = s.DB.LastEvent(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Settle(last)
	if res := s.Get(addresses[0]); res.StatusCode != 200 {
		t.Errorf("after the embargo: status %d", res.StatusCode)
	}
}

func TestHostilePictureAddressesCostNoQuery(t *testing.T) {
	t.Parallel()
	c := &counted{open: func(context.Context) (*media.Rendition, error) { return nil, fault.New(fault.NotFound, "none") }}
	door, _ := newDoor(t, c)
	token := media.NewToken()
	for name, path := range map[string]string{
		"a huge token":            strings.Repeat("a", 9000) + "/640.webp",
		"a short token":           token[1:] + "/640.webp",
		"a token with a dash":     token[1:] + "-/640.webp",
		"a token beyond ASCII":    token[2:] + "%C3%A9/640.webp",
		"an encoded slash":        "..%2F..%2Fetc%2Fpasswd/640.webp",
		"a width that is none":    token + "/641.webp",
		"a huge width":            token + "/99999999999999999999.webp",
		"a leading zero":          token + "/0640.webp",
		"another format":          token + "/640.svg",
		"a file with a null byte": token + "/640.webp%00.jpg",
		"a path in the file":      token + "/..%2F640.webp",
		"no file":                 token + "/",
	} {
		if w := ask(door, "http://kabar.example/media/"+path); w.Code != 404 && w.Code != 301 {
			t.Errorf("%s: status %d", name, w.Code)
		}
	}
	if n := c.addresses.Load(); n != 0 {
		t.Errorf("%d queries", n)
	}
	if ask(door, "http://kabar.example/media/"+token+"/640.webp"); c.addresses.Load() != 1 {
		t.Error("a proper address was not looked up")
	}
}

func TestAPictureThatCannotBeMadeNow(t *testing.T) {
	t.Parallel()
	c := &counted{}
	door, _ := newDoor(t, c)
	target := "http://kabar.example/media/" + media.NewToken() + "/640.webp"
	t.Run("is 503 with the time to wait", func(t *testing.T) {
		full := fault.New(fault.Unavailable, "too many")
		full.RetryAfter = 2 * time.Second
		c.open = func(context.Context) (*media.Rendition, error) { return nil, full }
		if w := ask(door, target); w.Code != 503 || w.Header().Get("Retry-After") != "2" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("status %d, %v", w.Code, w.Header())
		}
	})
	t.Run("lets a reader leave who does not wait", func(t *testing.T) {
		began := make(chan struct{})
		c.open = func(ctx context.Context) (*media.Rendition, error) {
			close(began)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			w := httptest.NewRecorder()
			door.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, target, nil))
			if body, _ := io.ReadAll(w.Body); len(body) > 0 {
				t.Errorf("somebody wrote to a reader who has left: %s", body)
			}
		})
		<-began
		leave()
		wg.Wait()
	})
}
