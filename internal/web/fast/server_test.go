package fast

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWhatIsReadyIsAnsweredBeforeNetHTTP(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.dial()
	cases := []struct{ name, in, from, body string }{
		{"a page", get("/a"), "fast", "page a"},
		{"a page with a query", get("/a?x=1"), "fast", "page a 1"},
		{"an asset", get("/assets/a.css"), "fast", "a{}\n"},
		{"an asset that is none", get("/assets/b.css"), "behind", "behind /assets/b.css"},
		{"a page that is not there", get("/b"), "behind", "behind /b"},
		{"a page that leads on", get("/moved"), "behind", "behind /moved"},
		{"a page in another spelling", get("/a/"), "behind", "behind /a/"},
		{"a part of a page", get("/a", "Range: bytes=0-1"), "behind", "behind /a"},
		{"a page for a class", get("/a", "Cookie: class=1"), "fast", "page a"},
		{"a page for a class that nobody had", get("/a", "Cookie: class=?"), "behind", "behind /a"},
		{"a page under another host", lines("GET /a HTTP/1.1", "Host: other.example"), "behind", "behind /a"},
		{"a page after all of these", get("/a"), "fast", "page a"},
	}
	for _, x := range cases {
		c.say(x.in)
		if _, body, from := c.answer("GET"); from != x.from || body != x.body {
			t.Errorf("%s: %s said %q, want %s to say %q", x.name, from, body, x.from, x.body)
		}
	}
	if s := g.fast.Stats(); s.Given != 0 || s.Lent != 7 || s.Hits != 5 || s.Conns != 1 {
		t.Errorf("stats: %+v", s)
	}
}

func TestAnswersSayWhatNetHTTPWouldSay(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.dial()
	c.say(get("/a", "Accept-Encoding: gzip"))
	res, zipped, _ := c.answer("GET")
	etag := res.Header.Get("Etag")
	if res.Header.Get("Content-Encoding") != "gzip" || len(zipped) != int(res.ContentLength) || res.Header.Get("Date") == "" || etag == "" {
		t.Errorf("header %v with %d bytes", res.Header, len(zipped))
	}
	c.say(strings.Replace(get("/a", "Accept-Encoding: gzip"), "GET", "HEAD", 1))
	if res, body, from := c.answer("HEAD"); from != "fast" || body != "" || res.ContentLength != int64(len(zipped)) || res.Header.Get("Etag") != etag {
		t.Errorf("HEAD: %s, %v, %q", from, res.Header, body)
	}
	c.say(get("/a", "Accept-Encoding: gzip", "If-None-Match: "+etag))
	if res, body, from := c.answer("GET"); from != "fast" || res.StatusCode != http.StatusNotModified || body != "" || res.Header.Get("Content-Type") != "" {
		t.Errorf("If-None-Match: %s, %d, %v", from, res.StatusCode, res.Header)
	}
	c.say(get("/a", "Accept-Encoding: gzip", `If-None-Match: "other"`))
	if res, _, _ := c.answer("GET"); res.StatusCode != http.StatusOK {
		t.Errorf("another tag: %d", res.StatusCode)
	}
	c.say(get("/a", "Connection: close"))
	if res, body, from := c.answer("GET"); from != "fast" || body != "page a" || !res.Close {
		t.Errorf("the last one: %s, %q, %v", from, body, res.Header)
	}
	c.closed()
	if s := g.fast.Stats(); s.Hits != 5 || s.Fresh != 1 {
		t.Errorf("stats: %+v", s)
	}
}

func TestReadsOfStoriesAreCounted(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.dial()
	for _, head := range []string{
		get("/story/7", "User-Agent: "+phone), get("/story/7", "User-Agent: "+phone), get("/a", "User-Agent: "+phone),
		get("/story/7", "User-Agent: Googlebot"), get("/story/7"),
	} {
		c.say(head)
		c.answer("GET")
	}
	c.say(strings.Replace(get("/story/7", "User-Agent: "+phone), "GET", "HEAD", 1))
	c.answer("HEAD")
	c.say(get("/a")) // the one before it is counted when this is answered
	c.answer("GET")
	if err := g.reads.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.counts.mu.Lock()
	defer g.counts.mu.Unlock()
	if g.counts.counts[7] != 2 {
		t.Errorf("%d reads were counted, want 2", g.counts.counts[7])
	}
}

func TestAPageThatChangedIsNotAnsweredAnyMore(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.dial()
	for seq, x := range []struct {
		tag, from, body string
		takedown        bool
	}{
		{"page:/story/7", "fast", "page a", false},
		{"page:/a", "behind", "behind /a", false},
		{"page:/a", "behind", "behind /a", true},
	} {
		g.engine.Announce(int64(seq+2), []string{x.tag}, x.takedown)
		c.say(get("/a"))
		c.expect(x.from, x.body)
	}
	g.engine.Suspend(time.Now())
	c.say(get("/"))
	c.expect("behind", "behind /")
}

// TestNobodyReadsARequestOutOfAHead sends one request whose head ends like
// another one, and lets that begin at every byte around the sizes of buffers.
func TestNobodyReadsARequestOutOfAHead(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	before := map[string]string{"a newcomer": "", "after an answer of ours": get("/a"), "after an answer of net/http": get("/before", "X-Mark: 0")}
	for name, first := range before {
		for _, size := range []int{2048, 4096, 8192, 16384} {
			for at := size - 3; at <= size+3; at++ {
				for _, more := range []string{"Range: bytes=0-", "X-Other: 1", "Content-Length: 0"} {
					c := g.dial()
					if first != "" {
						c.say(first)
						c.answer("GET")
					}
					head := "GET /outer HTTP/1.1\r\n" + more + "\r\nX-Mark: "
					head += strings.Repeat("p", at-len(head)) + "GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n"
					c.say(head + get("/last", "X-Mark: 1"))
					for _, want := range []string{"behind /outer", "behind /last"} {
						if _, body, from := c.answer("GET"); from != "behind" || body != want {
							t.Fatalf("%s, %s, byte %d: %s said %q, want %q", name, more, at, from, body, want)
						}
					}
					c.Close()
				}
			}
		}
	}
}

// TestTheRestAfterABodyIsNetHTTPs pipelines requests behind one with a body.
func TestTheRestAfterABodyIsNetHTTPs(t *testing.T) {
	t.Parallel()
	post := func(body string) string {
		return lines("POST /post HTTP/1.1", "Host: "+host, fmt.Sprintf("Content-Length: %d", len(body))) + body
	}
	chunked := lines("POST /post HTTP/1.1", "Host: "+host, "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n"
	inner := get("/a") // a body that looks like a request
	g := newRig(t, times{}, Options{})
	given := uint64(0)
	for name, first := range map[string]string{"with a length": post("hello"), "in chunks": chunked} {
		for _, before := range []string{"", get("/a"), get("/b")} {
			c := g.dial()
			c.say(before + first + get("/a") + post(inner) + get("/story/7") + get("/c"))
			switch before {
			case get("/a"):
				c.expect("fast", "page a")
			case get("/b"):
				c.expect("behind", "behind /b")
			}
			c.expect("behind", "hello <nil>")
			c.expect("behind", "behind /a")
			c.expect("behind", inner+" <nil>")
			c.expect("behind", "behind /story/7")
			c.expect("behind", "behind /c")
			if given++; g.fast.Stats().Given != given {
				t.Errorf("%s: stats %+v", name, g.fast.Stats())
			}
		}
	}
}

func TestRequestsInOneWriteAreAnsweredInTheirOrder(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	all := get("/a") + get("/b") + get("/story/7") + get("/") + get("/c") + get("/d") + get("/a", "Connection: close")
	want := [][2]string{{"fast", "page a"}, {"behind", "behind /b"}, {"fast", "a story"}, {"fast", "front"},
		{"behind", "behind /c"}, {"behind", "behind /d"}, {"fast", "page a"}}
	for cut := range all {
		c := g.dial()
		c.say(all[:cut])
		c.say(all[cut:])
		for _, x := range want {
			c.expect(x[0], x[1])
		}
		c.closed()
	}
}

// TestWhatComesDuringAHandlerIsKept sends the next request while net/http is at
// work, which also ends its look-out for a client that leaves.
func TestWhatComesDuringAHandlerIsKept(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.dial()
	c.say(get("/slow"))
	until(t, "the handler is asked", func() bool { return len(g.asked()) == 1 })
	c.say(get("/a") + get("/b")[:20])
	g.slow <- struct{}{}
	c.expect("behind", "slow")
	c.expect("fast", "page a")
	c.say(get("/b")[20:])
	c.expect("behind", "behind /b")
	if got := g.asked(); !slices.Equal(got, []string{"GET /slow", "GET /b"}) {
		t.Errorf("the handler was asked for %q", got)
	}
}

func TestAHandlerLearnsThatItsClientLeft(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.dial()
	c.say(get("/a"))
	c.expect("fast", "page a")
	c.say(get("/slow"))
	until(t, "the handler is asked", func() bool { return len(g.asked()) == 1 })
	c.Close()
	select {
	case <-g.left:
	case <-time.After(within):
		t.Error("the handler was not told")
	}
}

func TestHalfAHeadIsAnsweredAsByNetHTTP(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	for _, before := range []string{"", get("/a"), get("/b")} {
		c := g.dial()
		if before != "" {
			c.say(before)
			c.answer("GET")
		}
		c.say("GET /a HTTP/1.1\r\nHost: ")
		c.Conn.(interface{ CloseWrite() error }).CloseWrite()
		if res, _, _ := c.answer("GET"); res.StatusCode != http.StatusBadRequest {
			t.Errorf("status %d", res.StatusCode)
		}
		c.closed()
	}
}

func TestEndlessHeadsAreRefused(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.dial()
	go func() { // the server stops reading
		_, _ = io.WriteString(c, "GET /a HTTP/1.1\r\nHost: "+host+"\r\nX: "+strings.Repeat("x", 1<<20))
	}()
	if res, _, _ := c.answer("GET"); res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestConnectionsBeyondTheLimitAreToldToComeBack(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{MaxConns: 3})
	var in []*client
	for range 3 {
		c := g.dial()
		c.say(get("/a"))
		c.expect("fast", "page a")
		in = append(in, c)
	}
	for range 5 {
		c := g.dial()
		c.say(get("/a"))
		if res, _, from := c.answer("GET"); from != "nobody" || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s said %d", from, res.StatusCode)
		}
		c.closed()
	}
	in[0].Close()
	until(t, "there is room", func() bool { return g.fast.Stats().Conns == 2 })
	c := g.dial()
	c.say(get("/a"))
	c.expect("fast", "page a")
	if s := g.fast.Stats(); s.Shed != 5 || s.Accepted != 4 {
		t.Errorf("stats: %+v", s)
	}
}

func TestServeAfterTheEnd(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	if err := g.fast.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := New(&http.Server{Handler: http.NotFoundHandler()}, Options{})
	other.Close()
	if err := other.Serve(broken{}); !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("Serve after Close: %v", err)
	}
	if err := New(&http.Server{Handler: http.NotFoundHandler()}, Options{}).Serve(broken{}); !errors.Is(err, errBroken) {
		t.Errorf("Serve on a broken socket: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := other.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown of a server that nobody asked: %v", err)
	}
}

func TestRoomIsKeptForSome(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{MaxConns: 2, Reserve: 2})
	site := g.site()
	site.Reserved = func(path string) bool { return path == "/newsroom" }
	g.fast.Open(site)
	for range 2 {
		c := g.dial()
		c.say(get("/a"))
		c.expect("fast", "page a")
	}
	refused := func(what, say string) {
		t.Helper()
		c := g.dial()
		c.say(say)
		if res, _, from := c.answer("GET"); from != "nobody" || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %s said %d", what, from, res.StatusCode)
		}
		c.closed()
	}
	refused("a reader", get("/a"))
	refused("a reader of a page with a similar name", get("/newsroomy"))
	refused("a line that does not end", "GET /newsroom"+strings.Repeat("x", maxLine))
	editor := g.dial()
	editor.say(get("/newsroom?x=1")[:9])
	until(t, "the editor is inside", func() bool { return g.fast.Stats().Conns == 3 })
	editor.say(get("/newsroom?x=1")[9:])
	editor.expect("behind", "behind /newsroom?x=1")
	editor.say(get("/a")) // once inside, he is like others
	editor.expect("fast", "page a")
	other := g.dial()
	other.say("POST /newsroom HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n")
	other.expect("behind", "behind /newsroom")
	refused("an editor beyond the reserve", get("/newsroom"))
	if s := g.fast.Stats(); s.Conns != 4 || s.Shed != 4 {
		t.Errorf("stats: %+v", s)
	}
}
