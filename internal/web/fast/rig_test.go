package fast

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/page"
	"warta/internal/stats"
)

const (
	host  = "kabar.example"
	phone = "Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile"
	// within is how long anything may take that is expected to happen.
	within = 20 * time.Second
)

// book is a source of pages: the body of each by its key.
type book map[string]string

func (b book) Page(_ context.Context, key string) (page.Rendering, error) {
	body, ok := b[key]
	if !ok {
		return page.Rendering{}, fmt.Errorf("there is no %s", key)
	}
	r := page.Rendering{Body: []byte(body), Tags: []string{"page:" + key}}
	if strings.HasPrefix(key, "/moved") {
		r.Status, r.Location = http.StatusMovedPermanently, "/a"
	}
	return r, nil
}

func (b book) Module(context.Context, page.Hole) (page.Rendering, error) {
	return page.Rendering{}, fmt.Errorf("there are no modules")
}

// reads counts what is rolled up.
type reads struct {
	mu     sync.Mutex
	counts map[int64]int64
}

func (r *reads) AddReads(_ context.Context, list []stats.Reads) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range list {
		r.counts[one.Story] += one.Count
	}
	return nil
}

func (r *reads) TopReads(context.Context, time.Time, int) ([]int64, error) { return nil, nil }

func (r *reads) LiveIn(context.Context, int64, []int64) ([]int64, error) { return nil, nil }

// rig is a server over a few pages, with a handler behind it that marks what it
// answers.
type rig struct {
	t      testing.TB
	engine *page.Engine
	counts *reads
	reads  *stats.Counter
	http   *http.Server
	fast   *Server
	addr   string
	ended  chan error

	mu   sync.Mutex
	seen []string // what the handler was asked for
	slow chan struct{}
	left chan struct{} // closed when a client left during /slow

	held, most atomic.Int64 // handlers of /hold under way, now and at most
}

// times are those of the http.Server that a test wants.
type times struct{ head, whole, write, idle time.Duration }

func newRig(t testing.TB, x times, opt Options) *rig {
	t.Helper()
	g := newSite(t)
	g.http = &http.Server{Handler: http.HandlerFunc(g.behind), ReadHeaderTimeout: cmp.Or(x.head, within), ReadTimeout: cmp.Or(x.whole, within),
		WriteTimeout: cmp.Or(x.write, within), IdleTimeout: cmp.Or(x.idle, within), MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	g.fast = New(g.http, opt)
	g.fast.Open(g.site())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g.addr, g.ended = ln.Addr().String(), make(chan error, 1)
	go func() { g.ended <- g.fast.Serve(ln) }()
	t.Cleanup(func() {
		g.fast.Close()
		if err := <-g.ended; err != http.ErrServerClosed {
			t.Errorf("Serve: %v", err)
		}
	})
	return g
}

// newSite makes what stands behind a server.
func newSite(t testing.TB) *rig {
	g := &rig{t: t, counts: &reads{counts: map[int64]int64{}}, slow: make(chan struct{}), left: make(chan struct{})}
	pages := book{"/": "front", "/a": "page a", "/a?x=1": "page a 1", "/story/7": "a story", "/moved": "moved",
		"/big": large()}
	g.engine = page.New(pages, page.Options{})
	g.engine.Start(1)
	t.Cleanup(g.engine.Close)
	g.reads = stats.New(g.counts, stats.Options{Now: time.Now})
	for key := range pages {
		if key != "/big" { // it takes a while
			g.warm(key)
		}
	}
	return g
}

// warm makes a page ready for two classes of readers.
func (g *rig) warm(key string) {
	g.t.Helper()
	for class := range page.Class(2) {
		if _, err := g.engine.Get(g.t.Context(), key, class); err != nil {
			g.t.Fatal(err)
		}
	}
}

// large is a page that is not written at once, and more than sockets hold.
var large = sync.OnceValue(func() string { return noise(6 << 20) })

// noise does not compress.
func noise(n int) string {
	b := make([]byte, n)
	x := uint64(88172645463325252)
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x >> 32)
	}
	return string(b)
}

func key(path, query string) string {
	if query != "" {
		return path + "?" + query
	}
	return path
}

func class(cookies string) (page.Class, bool) {
	switch {
	case strings.Contains(cookies, "class=1"):
		return 1, true
	case strings.Contains(cookies, "class=?"):
		return 0, false
	}
	return 0, true
}

func story(path string) (int64, bool) {
	number, ok := strings.CutPrefix(path, "/story/")
	if !ok {
		return 0, false
	}
	id, err := strconv.Atoi(number)
	return int64(id), err == nil
}

var sheet = Asset{Header: []byte("Content-Type: text/css\r\nContent-Length: 4\r\n"), Body: []byte("a{}\n")}

func (g *rig) site() *Site {
	s := &Site{Engine: g.engine, Reads: g.reads, Host: host, Header: http.Header{"X-Fast": {"1"}}, Key: key, Class: class, Story: story,
		Asset: func(path, _ string) (Asset, bool) { return sheet, path == "/assets/a.css" }}
	return s.Prepare()
}

// behind is what net/http serves.
func (g *rig) behind(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.seen = append(g.seen, r.Method+" "+r.RequestURI)
	g.mu.Unlock()
	w.Header().Set("X-Behind", r.Header.Get("X-Mark"))
	switch r.URL.Path {
	case "/slow":
		select {
		case <-g.slow:
			io.WriteString(w, "slow")
		case <-r.Context().Done():
			close(g.left)
		}
	case "/hold":
		if n := g.held.Add(1); n > g.most.Load() {
			g.most.Store(n)
		}
		<-g.slow
		g.held.Add(-1)
	case "/post":
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %v", body, err)
	case "/flood":
		for range 64 {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				return
			}
		}
	default:
		fmt.Fprintf(w, "behind %s", r.RequestURI)
	}
}

func (g *rig) asked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.seen...)
}

// client is one connection to the server.
type client struct {
	net.Conn
	t testing.TB
	r *bufio.Reader
}

func (g *rig) dial() *client {
	g.t.Helper()
	nc, err := net.Dial("tcp", g.addr)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(2 * within))
	return &client{nc, g.t, bufio.NewReader(nc)}
}

// dialSmall returns a client whose system takes little that it does not read.
func (g *rig) dialSmall() *client {
	g.t.Helper()
	c := g.dial()
	if err := c.Conn.(*net.TCPConn).SetReadBuffer(256 << 10); err != nil {
		g.t.Fatal(err)
	}
	return c
}

// open reports whether the server has a connection to the client.
func (g *rig) open(c *client) bool {
	g.fast.mu.Lock()
	defer g.fast.mu.Unlock()
	for one := range g.fast.conns {
		if one.RemoteAddr().String() == c.LocalAddr().String() {
			return true
		}
	}
	return false
}

func (c *client) say(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// answer reads one answer with its body; from is "fast" or "behind".
func (c *client) answer(method string) (res *http.Response, body, from string) {
	c.t.Helper()
	res, err := http.ReadResponse(c.r, &http.Request{Method: method})
	if err != nil {
		c.t.Fatalf("no answer: %v", err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("half an answer, %d bytes: %v", len(b), err)
	}
	from = "nobody"
	if res.Header.Get("X-Fast") != "" {
		from = "fast"
	} else if _, ok := res.Header["X-Behind"]; ok {
		from = "behind"
	}
	return res, string(b), from
}

// expect reads one answer and holds it against who gave it and what it says.
func (c *client) expect(from, body string) {
	c.t.Helper()
	if _, b, f := c.answer("GET"); f != from || b != body {
		c.t.Fatalf("%s said %q, want %s to say %q", f, b, from, body)
	}
}

// closed waits until the server has closed the connection, and reports an answer
// that came instead.
func (c *client) closed() {
	c.t.Helper()
	if b, err := c.r.ReadByte(); err == nil {
		c.t.Fatalf("%q came instead of the end", b)
	} else if ne, ok := err.(net.Error); ok && ne.Timeout() {
		c.t.Fatal("the connection was not closed")
	}
}

func get(path string, more ...string) string {
	return lines(append([]string{"GET " + path + " HTTP/1.1", "Host: " + host}, more...)...)
}

// until waits for a condition.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("%s: it did not come to that", what)
		}
		time.Sleep(time.Millisecond)
	}
}
