//go:build !race

package fast

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
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
