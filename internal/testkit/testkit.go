// Package testkit gives tests a started Warta: a throw-away database, a clock
// that stands until it is moved, a newsroom in which stories can be published,
// and a client that speaks as a reader's browser does. Tests only.
package testkit

import (
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/testkit/lite"
	"warta/internal/testkit/pg"
)

// Start is where the clock of a Site begins: Monday, 23 November 2026, 12:00 in
// Jakarta.
var Start = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// Actor is who does things in tests.
var Actor = account.System("test")

// Clock is a clock that stands until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Options choose what is started.
type Options struct {
	Postgres bool              // else SQLite
	Now      time.Time         // zero: Start
	Settings map[string]string // set before anything is rendered
	Theme    string
	Hosts    []string
	Log      *slog.Logger // nil: warnings and errors go to the test's own log
	Stopped  bool         // built, not serving; it answers once its Engine is started
	Data     string       // data folder; empty: one of the test's own
	Database string       // overrides Postgres
	// Unproved leaves out the look at the running site after each release, for
	// tests that count what is rendered.
	Unproved bool
	// Configure changes the configuration before anything is opened; nil: it stays.
	Configure func(*app.Config)
	// BaseURL stands in for the address that the site listens on, so that two
	// sites can say the same of themselves. Ask them through Handler then.
	BaseURL string
	Listen  string // address; empty: a free port
}

// Site is a started Warta.
type Site struct {
	*app.App
	T     testing.TB
	Clock *Clock
	URL   string // base URL
	Tree  *news.Tree

	ids     doc.IDs
	staff   int // how many people were made
	stopped bool
}

// New starts a site that stops when the test ends.
func New(t testing.TB, o Options) *Site {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = Start
	}
	if o.Data == "" {
		if o.Data = t.TempDir(); o.Database == "" && !o.Postgres {
			must(t, lite.Fill(o.Data, File))
		}
	}
	if o.Postgres {
		o.Database = pg.Database(t, Server)
	}
	ln, err := net.Listen("tcp", cmp.Or(o.Listen, "127.0.0.1:0"))
	must(t, err)
	s := &Site{T: t, Clock: &Clock{now: o.Now}, ids: doc.SeededIDs(t.Name())}
	s.URL = fmt.Sprintf("http://localhost:%d", ln.Addr().(*net.TCPAddr).Port)
	if o.BaseURL != "" {
		s.URL = o.BaseURL
	}
	cfg := app.Config{Data: o.Data, Database: o.Database, Listen: ln.Addr().String(), BaseURL: s.URL, Theme: o.Theme, Hosts: o.Hosts, PageStore: 64 << 20, PictureMemory: 8 << 20,
		RenderWait: time.Minute} // a machine that is busy with other tests is no flood
	if o.Configure != nil {
		o.Configure(&cfg)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(logWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	core, err := app.Open(t.Context(), cfg, o.Log, s.Clock.Now)
	must(t, err)
	core.AdSales.SetLinks(nil) // a test asks nobody outside
	if o.Unproved {
		core.Desk = news.NewDesk(core.DB, core.DB)
	}
	if len(o.Settings) > 0 {
		must(t, core.Site.SaveSettings(t.Context(), Actor, o.Settings))
	}
	s.App, err = app.New(t.Context(), core, s.Clock.Now)
	must(t, err)
	s.Tree, err = core.DB.Sections(t.Context())
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	started, ended := make(chan struct{}), make(chan error, 1)
	if o.Stopped {
		s.stopped = true
		ln.Close()
		stop()
		t.Cleanup(func() { s.Close() })
		return s
	}
	go func() { ended <- s.Serve(ctx, ln, func() { close(started) }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && err != http.ErrServerClosed {
			t.Errorf("serve: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	select {
	case <-started:
	case err := <-ended:
		ended <- err
		t.Fatalf("the site did not start: %v", err)
	}
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// logWriter sends the log of a site to its test.
type logWriter struct{ t testing.TB }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Logf("%s", strings.TrimSpace(string(p)))
	return len(p), nil
}

// Section returns the id of a section of a fresh site.
func (s *Site) Section(slug string) int64 {
	s.T.Helper()
	sec := s.Tree.BySlug(slug)
	if sec == nil {
		s.T.Fatalf("there is no section %q", slug)
	}
	return sec.ID
}

// Body returns a document of plain paragraphs.
func (s *Site) Body(paragraphs ...string) doc.Doc {
	var d doc.Doc
	for _, p := range paragraphs {
		d.Blocks = append(d.Blocks, doc.Paragraph{ID: s.ids(), Text: doc.Text(p)})
	}
	return d
}

// Publish makes a story live at the clock's time and returns it. What the
// content lacks is filled in: a section, a headline, a body.
func (s *Site) Publish(c news.Content) news.Story {
	s.T.Helper()
	id := s.Create(c)
	rc, err := s.Desk.Publish(s.T.Context(), Actor, id)
	must(s.T, err)
	s.Settle(rc.Seq)
	return s.Story(id)
}

// Create makes a story with a draft.
func (s *Site) Create(c news.Content) int64 {
	s.T.Helper()
	if c.SectionID == 0 {
		c.SectionID = s.Section("nasional")
	}
	if c.Headline == "" {
		c.Headline = "Warga Kampung Nelayan Menanam Bakau di Tepi Teluk"
	}
	if c.Body.Empty() {
		c.Body = s.Body("Ratusan warga menanam bakau sejak pagi.", "Bibitnya disemai sendiri oleh kelompok tani.")
	}
	id, err := s.Desk.Create(s.T.Context(), Actor, c)
	must(s.T, err)
	return id
}

// Story reads a story's row.
func (s *Site) Story(id int64) news.Story {
	s.T.Helper()
	st, err := s.DB.Story(s.T.Context(), id)
	must(s.T, err)
	return st
}

// Path returns a story's canonical path.
func (s *Site) Path(st news.Story) string {
	return news.Path(s.Tree.Slug(st.SectionID), st.FirstPublished, time.FixedZone("WIB", 7*3600), st.ID, st.Slug)
}

// Settle waits until the page engine has applied an event.
func (s *Site) Settle(seq int64) {
	s.T.Helper()
	if s.stopped {
		return // nobody follows
	}
	deadline := time.Now().Add(10 * time.Second)
	for s.Engine.Applied() < seq {
		if time.Now().After(deadline) {
			s.T.Fatalf("event %d was not applied; the engine is at %d", seq, s.Engine.Applied())
		}
		time.Sleep(time.Millisecond)
	}
}

// Response is an answer with its body read, decompressed.
type Response struct {
	*http.Response
	Body string
	Wire int // bytes of the body as they were sent
}

// Get asks for a path as a phone's browser does, without following redirects.
func (s *Site) Get(path string, header ...string) Response {
	s.T.Helper()
	return s.Do(http.MethodGet, s.URL+path, header...)
}

// Do sends a request; header holds names and values in turn, Host among them.
func (s *Site) Do(method, url string, header ...string) Response {
	s.T.Helper()
	req, err := http.NewRequestWithContext(s.T.Context(), method, url, nil)
	must(s.T, err)
	req.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile")
	req.Header.Set("Accept-Encoding", "gzip")
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	res := s.send(req)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(s.T, err)
	out := Response{Response: res, Wire: len(raw), Body: string(raw)}
	if res.Header.Get("Content-Encoding") == "gzip" && len(raw) > 0 {
		z, err := gzip.NewReader(strings.NewReader(string(raw)))
		must(s.T, err)
		plain, err := io.ReadAll(z)
		must(s.T, err)
		out.Body = string(plain)
	}
	return out
}

// send asks the site over a connection of its own, a stopped one by its handler.
func (s *Site) send(req *http.Request) *http.Response {
	s.T.Helper()
	if s.stopped {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, req)
		return w.Result()
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	must(s.T, err)
	return res
}
