//go:build !race

package fast

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/page"
)

// memory is a connection whose client asks when it is told to, and waits for the
// end of each answer.
type memory struct {
	ask    chan []byte
	done   chan struct{}
	closed chan struct{}
	wrote  []byte // the last answer
}

func (m *memory) Read(p []byte) (int, error) {
	select {
	case b := <-m.ask:
		return copy(p, b), nil
	case <-m.closed:
		return 0, io.EOF
	}
}

func (m *memory) Write(p []byte) (int, error) {
	m.wrote = append(m.wrote[:0], p...)
	m.done <- struct{}{}
	return len(p), nil
}

func (m *memory) Close() error                     { return nil }
func (m *memory) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (m *memory) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (m *memory) SetDeadline(time.Time) error      { return nil }
func (m *memory) SetReadDeadline(time.Time) error  { return nil }
func (m *memory) SetWriteDeadline(time.Time) error { return nil }

// one is a listener with one connection.
type one struct {
	conn chan net.Conn
	end  chan struct{}
}

func (l *one) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.end:
		return nil, net.ErrClosed
	}
}
func (l *one) Close() error   { close(l.end); return nil }
func (l *one) Addr() net.Addr { return &net.TCPAddr{} }

// TestWhatIsReadyIsAnsweredWithoutAllocations asks through the whole loop.
func TestWhatIsReadyIsAnsweredWithoutAllocations(t *testing.T) {
	g := newSite(t)
	s := New(&http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute}, Options{})
	s.Open(g.site())
	m := &memory{ask: make(chan []byte), done: make(chan struct{}), closed: make(chan struct{})}
	ln := &one{conn: make(chan net.Conn, 1), end: make(chan struct{})}
	ln.conn <- m
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ln) }()
	etag := func() string {
		m.ask <- []byte(get("/a", "Accept-Encoding: gzip"))
		<-m.done
		_, after, _ := bytes.Cut(m.wrote, []byte("Etag: "))
		tag, _, _ := bytes.Cut(after, []byte("\r\n"))
		return string(tag)
	}()
	cases := []struct{ name, in, status string }{
		{"a page", get("/a"), "200 OK"},
		{"a page in gzip", get("/a", "Accept-Encoding: gzip, deflate, br, zstd"), "200 OK"},
		{"a page for a class", get("/a", "Accept-Encoding: gzip", "Cookie: theme=dark; class=1"), "200 OK"},
		{"a story by a browser", get("/story/7", "Accept-Encoding: gzip;q=1.0, identity;q=0.5", "User-Agent: "+phone), "200 OK"},
		{"a story by a program", get("/story/7", "User-Agent: Googlebot/2.1"), "200 OK"},
		{"a page that the reader has", get("/a", "Accept-Encoding: gzip", "If-None-Match: W/"+etag), "304 Not Modified"},
		{"an asset", get("/assets/a.css", "Accept-Encoding: gzip"), "200 OK"},
		{"the head of a page", "HEAD" + get("/a")[3:], "200 OK"},
	}
	for _, c := range cases {
		in := []byte(c.in)
		ask := func() {
			m.ask <- in
			<-m.done
		}
		ask() // what is made once
		if n := testing.AllocsPerRun(200, ask); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
		if !bytes.HasPrefix(m.wrote, []byte("HTTP/1.1 "+c.status)) {
			t.Errorf("%s: %.60q", c.name, m.wrote)
		}
	}
	if st := s.Stats(); st.Lent+st.Given != 0 {
		t.Errorf("not all was answered by us: %+v", st)
	}
	close(m.closed)
	s.Close()
	<-ended
}

// TestAPictureIsSentWithoutAllocations asks over a real socket for a file that is
// gathered and for one that is sent in pieces.
func TestAPictureIsSentWithoutAllocations(t *testing.T) {
	g := newSite(t)
	e := page.New(book{}, page.Options{FileBytes: 8 << 20})
	t.Cleanup(e.Close)
	e.Start(1)
	for path, n := range map[string]int{"/media/small": 4 << 10, "/media/large": 40 << 10} {
		e.Files().Keep(path, page.NewFile([]page.Field{{Name: "Content-Type", Value: "image/webp"}}, `"tag"`, []byte(strings.Repeat("x", n))), nil, e.Files().Moment())
	}
	site := g.site()
	site.Engine, site.FileHeader = e, http.Header{"Content-Security-Policy": {"sandbox"}}
	s := New(&http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute}, Options{})
	s.Open(site.Prepare())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ln) }()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 64<<10)
	for _, x := range []struct {
		in, status string
		body       int
	}{
		{get("/media/small"), "200 OK", 4 << 10},
		{get("/media/large", "Accept-Encoding: gzip"), "200 OK", 40 << 10},
		{get("/media/large", `If-None-Match: "x", W/"tag"`), "304 Not Modified", 0},
		{"HEAD" + get("/media/large")[3:], "200 OK", 0},
	} {
		in, got := []byte(x.in), []byte(nil)
		ask := func() {
			_, _ = c.Write(in)
			for got = buf[:0]; ; {
				n, err := c.Read(buf[len(got):])
				got = buf[:len(got)+n]
				if end := bytes.Index(got, []byte("\r\n\r\n")); err != nil || end >= 0 && len(got) == end+4+x.body {
					return
				}
			}
		}
		ask() // what is made once
		if n := testing.AllocsPerRun(200, ask); n != 0 {
			t.Errorf("%q: %v allocations", x.in, n)
		}
		if !bytes.HasPrefix(got, []byte("HTTP/1.1 "+x.status)) || !bytes.Contains(got, []byte("\r\nContent-Security-Policy: sandbox\r\n")) || bytes.Contains(got, []byte("X-Fast")) {
			t.Errorf("%q: %.200q", x.in, got)
		}
	}
	if st := s.Stats(); st.Lent+st.Given != 0 || e.Files().Stats().Hits < 800 {
		t.Errorf("not all was answered by us: %+v", st)
	}
	c.Close()
	s.Close()
	<-ended
}

// stuck is a book of which some pages are never finished before release.
type stuck struct {
	book
	release chan struct{}
}

func (s stuck) Page(ctx context.Context, key string) (page.Rendering, error) {
	if strings.HasPrefix(key, "/stuck") {
		<-s.release
	}
	return s.book.Page(ctx, key)
}

// crowded is a server whose engine is so busy that it refuses.
func crowded(t testing.TB) (*Server, *Site) {
	t.Helper()
	source := stuck{book{"/sorry": "please come back"}, make(chan struct{})}
	var elapsed atomic.Int64
	e := page.New(source, page.Options{Renderers: 1, Elapsed: func() time.Duration { return time.Duration(elapsed.Load()) }})
	e.Start(1)
	if _, err := e.Get(t.Context(), "/sorry", 0); err != nil {
		t.Fatal(err)
	}
	var asked sync.WaitGroup
	for _, key := range []string{"/stuck/1", "/stuck/2"} {
		asked.Go(func() { _, _ = e.Get(context.Background(), key, 0) })
	}
	until(t, "one waits", func() bool { return e.Stats().Queue == 1 })
	elapsed.Store(int64(3 * time.Second))
	t.Cleanup(func() {
		close(source.release)
		asked.Wait()
		e.Close()
	})
	g := newSite(t)
	site := g.site()
	site.Engine, site.Sorry, site.RetryAfter = e, "/sorry", "5"
	site.Rendered = func(path string) bool { return path != "/fixed" }
	s := New(&http.Server{Handler: http.HandlerFunc(g.behind), IdleTimeout: time.Minute, WriteTimeout: time.Minute}, Options{})
	s.Open(site.Prepare())
	return s, site
}

// TestARefusalIsCheap asks a busy engine for a page that nobody has.
func TestARefusalIsCheap(t *testing.T) {
	s, site := crowded(t)
	m := &memory{ask: make(chan []byte), done: make(chan struct{}), closed: make(chan struct{})}
	ln := &one{conn: make(chan net.Conn, 1), end: make(chan struct{})}
	ln.conn <- m
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ln) }()
	ask := func(in []byte) {
		m.ask <- in
		<-m.done
	}
	in := []byte(get("/new", "Accept-Encoding: gzip", "Cookie: theme=dark; class=1"))
	ask(in)
	if n := testing.AllocsPerRun(200, func() { ask(in) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	for _, line := range []string{"HTTP/1.1 503 Service Unavailable\r\n", "\r\nRetry-After: 5\r\n", "\r\nX-Fast: 1\r\n", "\r\nContent-Length: "} {
		if !bytes.Contains(m.wrote, []byte(line)) {
			t.Errorf("no %q in %q", line, m.wrote)
		}
	}
	for path, from := range map[string]string{"/sorry": "HTTP/1.1 200 OK", "/fixed": "HTTP/1.1 200 OK\r\nX-Behind"} {
		if ask([]byte(get(path))); !bytes.HasPrefix(m.wrote, []byte(from)) {
			t.Errorf("%s: %.80q", path, m.wrote)
		}
	}
	if n := s.Stats().Refused; n != site.Engine.Stats().Shed || n < 200 {
		t.Errorf("%d refusals, the engine counts %d", n, site.Engine.Stats().Shed)
	}
	close(m.closed)
	s.Close()
	<-ended
}

func BenchmarkRefusal(b *testing.B) {
	s, _ := crowded(b)
	in := []byte(get("/new", "Accept-Encoding: gzip, deflate, br", "User-Agent: "+phone, "Accept-Language: id"))
	c := s.open(&discard{})
	c.makeRoom()
	b.ReportAllocs()
	for b.Loop() {
		var h head
		if h.parse(in) != plain {
			b.Fatal("not plain")
		}
		if done, err := c.answer(&h); !done || err != nil {
			b.Fatal(done, err)
		}
	}
}

func BenchmarkReadyPage(b *testing.B) {
	g := newSite(b)
	s := New(&http.Server{Handler: http.NotFoundHandler(), IdleTimeout: time.Minute, WriteTimeout: time.Minute}, Options{})
	s.Open(g.site())
	in := []byte(get("/story/7", "Accept-Encoding: gzip, deflate, br", "User-Agent: "+phone, "Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language: id"))
	c := s.open(&discard{})
	c.makeRoom()
	b.ReportAllocs()
	for b.Loop() {
		var h head
		if h.parse(in) != plain {
			b.Fatal("not plain")
		}
		if done, err := c.answer(&h); !done || err != nil {
			b.Fatal(done, err)
		}
	}
}

// discard is a connection of which only the writing side is used.
type discard struct{ memory }

func (*discard) Write(p []byte) (int, error)      { return len(p), nil }
func (*discard) SetReadDeadline(time.Time) error  { return nil }
func (*discard) SetWriteDeadline(time.Time) error { return nil }
