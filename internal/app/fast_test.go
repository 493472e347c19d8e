package app_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/web/fast"
)

// pipes is a listener whose connections are in memory: a write there is a read
// here, so that what is sent in pieces arrives in these pieces.
type pipes struct {
	conns chan net.Conn
	end   chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), end: make(chan struct{})} }

func (p *pipes) dial() net.Conn {
	near, far := net.Pipe()
	p.conns <- pipe{far}
	return near
}

// pipe copies from a reader as a TCP connection does: net/http sends bodies in
// another way to what cannot.
type pipe struct{ net.Conn }

func (p pipe) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{p.Conn}, r) }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.end:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.end) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// twoWays is one site that is asked with and without the fast way.
type twoWays struct {
	*testkit.Site
	host    string
	on, off *pipes
	fast    *fast.Server
}

func newTwoWays(t *testing.T) *twoWays {
	t.Helper()
	w := &twoWays{Site: testkit.New(t, testkit.Options{}), on: newPipes(), off: newPipes()}
	u, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	w.host = u.Host
	server := func() *http.Server {
		return &http.Server{Handler: w.Handler(), ReadHeaderTimeout: time.Minute, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
			IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	}
	plain := server()
	w.fast = fast.New(server(), fast.Options{Log: slog.New(slog.NewTextHandler(testWriter{t}, nil))})
	w.fast.Open(w.FastSite())
	ended := make(chan error, 2)
	go func() { ended <- plain.Serve(w.off) }()
	go func() { ended <- w.fast.Serve(w.on) }()
	t.Cleanup(func() {
		plain.Close()
		w.fast.Close()
		<-ended
		<-ended
	})
	return w
}

// testWriter puts the log of the fast way into the test's: it has none unless
// something is wrong with it.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Errorf("the fast way says: %s", p)
	return len(p), nil
}

// answers sends the pieces over one connection and returns what comes back in a
// form that can be compared, until the server closes.
func answers(t *testing.T, p *pipes, methods []string, pieces ...string) []string {
	t.Helper()
	c := p.dial()
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for _, piece := range pieces {
			if _, err := io.WriteString(c, piece); err != nil {
				return // the server has had enough
			}
		}
	}()
	var list []string
	r := bufio.NewReader(c)
	for i := 0; ; i++ {
		if _, err := r.Peek(1); err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Fatalf("no end after %q", pieces)
			}
			break
		}
		res, err := http.ReadResponse(r, &http.Request{Method: methods[min(i, len(methods)-1)]})
		if err != nil {
			list = append(list, fmt.Sprintf("no answer: %v", err))
			break
		}
		body, err := io.ReadAll(res.Body)
		res.Header.Del("Date")
		res.Header.Del("Warta-Request")
		var head bytes.Buffer
		for _, name := range slices.Sorted(maps.Keys(res.Header)) {
			fmt.Fprintf(&head, "%s: %q\n", name, res.Header[name])
		}
		list = append(list, fmt.Sprintf("%s %s close=%v length=%d coding=%v err=%v\n%s\n%q", res.Proto, res.Status, res.Close, res.ContentLength,
			res.TransferEncoding, err, head.Bytes(), body))
	}
	c.Close()
	<-sent
	return list
}

// compare asks both ways.
func (w *twoWays) compare(t *testing.T, methods []string, pieces ...string) {
	t.Helper()
	want := answers(t, w.off, methods, strings.Join(pieces, ""))
	got := answers(t, w.on, methods, pieces...)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("asked for %.2000q\nanswer %d of the fast way: %.3000q\nof net/http: %.3000q", pieces, i, got[min(i, len(got)):], want[min(i, len(want)):])
			return
		}
	}
}

// asks makes requests of all kinds out of parts.
type asks struct {
	*rand.Rand
	host    string
	paths   []string
	etags   map[string][]string // by path
	cookies []string
}

func pick[T any](a *asks, list ...T) T { return list[a.IntN(len(list))] }

// often is true in n of 100 cases.
func (a *asks) often(n int) bool { return a.IntN(100) < n }

// target returns the target of a request for a path, or for something like it.
func (a *asks) target(path string) string {
	if a.often(75) {
		return path
	}
	return pick(a, path+"/", "/"+path, path+"?utm_source=x&fbclid=1", path+"?", path+"?after=1641598260000-55", path+"?q=%41;b", path+"#top",
		strings.Replace(path, "a", "%61", 1), strings.ToUpper(path), path+"/.", path+"/../x", "/."+path, path+"%2F", path+"%00", path+"%zz",
		"http://"+a.host+path, "http://other.example"+path, "*", a.host, "", "/!404", "/"+strings.Repeat("x", 2100), path+"\x7f", path+" x", path+"\t", path+"é",
		"/assets/none.js", "/healthz", "/readyz", "/favicon.ico", "/report/1", "/media/x/y.webp", strings.Replace(path, ".webp", ".jpg", 1), strings.Replace(path, "/640.", "/0640.", 1), strings.Replace(path, "/media/", "/media/card/", 1), "/media/card/1.png", "/newsroom", "/none", "/latest?before=0&after=x%")
}

func (a *asks) hosts() []string {
	if a.often(90) {
		return []string{"Host: " + a.host}
	}
	return pick(a, []string{}, []string{"Host:"}, []string{"Host: other.example"}, []string{"Host: 127.0.0.1:1"}, []string{"host: " + strings.ToUpper(a.host)},
		[]string{"Host: " + a.host, "Host: " + a.host}, []string{"Host: " + a.host, "Host: other.example"}, []string{"Host : " + a.host}, []string{"Host: a b"},
		[]string{"Host:\t" + a.host}, []string{"Host:   " + a.host + "  "}, []string{"Host: " + a.host + ","}, []string{"Host: \x01"})
}

// harmless are lines that browsers, crawlers and caches send.
func (a *asks) harmless(path string) string {
	etag := `"none"`
	if list := a.etags[path]; len(list) > 0 {
		etag = pick(a, list...)
	}
	cookie := a.cookies[a.IntN(len(a.cookies))]
	return pick(a, "Accept-Encoding: gzip", "Accept-Encoding: gzip, deflate, br", "Accept-Encoding: identity", "Accept-Encoding: gzip;q=0", "Accept-Encoding: *;q=0.5",
		"Accept-Encoding:", "accept-encoding: x-gzip", "Accept-Encoding: br;q=1.0, gzip;q=0.8, *;q=0.1", "If-None-Match: "+etag, "If-None-Match: W/"+etag, "If-None-Match: *",
		`If-None-Match: "a,b", `+etag, "If-None-Match: x", "Cookie: "+cookie, "Cookie: a=b; "+cookie, "Cookie: a=b;"+cookie, "Cookie: "+cookie+"; "+cookie, "Cookie: "+cookie+"x",
		"Cookie: __Host-warta-class=", `Cookie: __Host-warta-class="x"`, "Cookie: x__Host-warta-class=1; y=2", "User-Agent: Mozilla/5.0", "User-Agent: bot", "Connection: keep-alive",
		"Connection: Keep-Alive", "Sec-Fetch-Site: cross-site", "Origin: https://other.example", "Accept: */*", "Cache-Control: no-cache", "Pragma: no-cache", "X-Forwarded-Host: evil.example",
		"X-Forwarded-For: 1.2.3.4", "X-Original-URL: /none", "X-HTTP-Method-Override: POST", "Range: bytes=0-9", "If-Range: "+etag, "If-Match: "+etag, `If-Match: "none"`,
		"If-Modified-Since: Mon, 23 Nov 2026 05:00:00 GMT", "If-Unmodified-Since: Mon, 23 Nov 2020 05:00:00 GMT", "Authorization: Basic eDp5", "Te: trailers", "X: \xc3\xa9", "X:",
		"Forwarded: host=evil.example", "Accept-Language: en")
}

// hostile are lines that two programs may understand in two ways.
func (a *asks) hostile() string {
	return pick(a, "Connection: close, x", "Connection: upgrade", "Upgrade: h2c", "Expect: 100-continue", "Expect: x", "Content-Length: 0", "Content-Length: 00", "Content-Length: +0",
		"Content-Length: -1", "Content-Length: 0\r\nContent-Length: 0", "Content-Length: 0\r\nContent-Length: 1", "Content-Length : 0", "Transfer-Encoding: chunked, identity",
		"Transfer-Encoding: identity", "Transfer-Encoding: x", "Transfer-Encoding : chunked", "Trailer: x", "X: a\r\n b", "X: a\r\n\tHost: evil.example", "X: a\nY: b", "X: a\rY: b", "X: \x00",
		"X: \x7f", "X: a\tb", "X y: 1", ": 1", "x", "\x00: 1", "X\x80: 1", " X: 1", "X: "+strings.Repeat("y", 4096), "X: "+strings.Repeat("y", 9000), "Cookie: "+strings.Repeat("a=b; ", 500),
		strings.Repeat("X: y\r\n", 70)+"Z: 1", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", "Cookie: a=b\r\nCookie: c=d", "Accept-Encoding: gzip\r\nAccept-Encoding: identity",
		"Connection: close\r\nConnection: keep-alive", "Keep-Alive: timeout=1")
}

// request returns one request, and its method.
func (a *asks) request() (text, method string) {
	method, version, end := "GET", "HTTP/1.1", "\r\n"
	if a.often(20) {
		method = "HEAD"
	}
	if a.often(3) {
		method = pick(a, "POST", "PUT", "OPTIONS", "DELETE", "get", "GET ", "", "TRACE", "G\x00T", "PRI")
	}
	if a.often(3) {
		version = pick(a, "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/1.01", "")
	}
	if a.often(2) {
		end = "\n"
	}
	path := pick(a, a.paths...)
	list := append([]string{method + " " + a.target(path) + " " + version}, a.hosts()...)
	for range a.IntN(6) {
		list = append(list, a.harmless(path))
	}
	if a.often(15) {
		list = append(list, "If-None-Match: "+strings.Join(a.etags[path], ", "))
	}
	if a.often(10) {
		list = append(list, a.hostile())
	}
	body := ""
	if a.often(4) {
		list, body = append(list, "Content-Length: 5"), "hello"
	}
	if a.often(3) {
		list, body = append(list, "Transfer-Encoding: chunked"), "5\r\nhello\r\n0\r\n\r\n"
	}
	return strings.Join(list, end) + end + end + body, method
}

// last is a request that every conversation ends with: after it nothing is left
// to be waited for.
func (a *asks) last() string {
	return "GET /healthz HTTP/1.1\r\nHost: " + a.host + "\r\nConnection: close\r\n\r\n"
}

// newAsks makes the parts of which requests are made: pages that are ready, and
// names of what they hold.
func newAsks(t *testing.T, w *twoWays) *asks {
	t.Helper()
	a := &asks{Rand: rand.New(rand.NewPCG(20, 26)), host: w.host, paths: []string{"/", "/nasional", "/latest", "/feeds/rss.xml", "/sitemap.xml", "/robots.txt", "/page/redaksi", "/search?q=bakau"},
		etags: map[string][]string{}}
	for i := range 3 {
		pic, token := photograph(w.Site, uint64(i), i == 2)
		st := w.Publish(news.Content{Headline: fmt.Sprintf("Berita nomor %d", i), Lead: news.Lead{PictureID: pic.ID}})
		a.paths = append(a.paths, media.Path(token, 640, media.WebP), media.Path(token, 1280, media.WebP), w.Path(st))
	}
	if large := w.Get(a.paths[len(a.paths)-2]); large.Wire <= w.Engine.Files().Most() {
		t.Errorf("the large picture has %d bytes, which memory takes", large.Wire)
	}
	front := w.Get("/")
	for _, part := range strings.Split(front.Body, `"`) {
		if strings.HasPrefix(part, "/assets/") {
			a.paths = append(a.paths, part)
		}
	}
	for _, path := range a.paths {
		for _, coding := range []string{"gzip", "identity"} {
			res := w.Get(path, "Accept-Encoding", coding)
			if res.StatusCode == http.StatusOK && res.Header.Get("Etag") != "" {
				a.etags[path] = append(a.etags[path], res.Header.Get("Etag"))
			}
		}
	}
	for bits := range uint8(9) { // 8 is not a class
		a.cookies = append(a.cookies, w.ClassCookie(bits))
	}
	return a
}

// TestBothWaysGiveTheSameAnswers sends requests of all kinds, alone and behind
// each other, with and without the fast way.
func TestBothWaysGiveTheSameAnswers(t *testing.T) {
	t.Parallel()
	w := newTwoWays(t)
	a := newAsks(t, w)
	want, n := 3000, 0
	if testing.Short() {
		want = 300
	}
	more := func() bool { return n < want }
	if text := os.Getenv("WARTA_WIRE"); text != "" { // for so long, and others each time
		long, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		a.Rand = rand.New(rand.NewPCG(seed, 26))
		end := time.Now().Add(long)
		more = func() bool { return time.Now().Before(end) }
	}
	for ; more(); n++ {
		var methods []string
		var all strings.Builder
		for range pick(a, 1, 1, 1, 2, 5) {
			text, method := a.request()
			all.WriteString(text)
			methods = append(methods, method)
		}
		all.WriteString(a.last())
		w.compare(t, append(methods, "GET"), all.String())
		if t.Failed() {
			return
		}
	}
	s, files := w.fast.Stats(), w.Engine.Files().Stats()
	t.Logf("%d conversations: %+v, %+v", n, s, files)
	for what, count := range map[string]uint64{"hits": s.Hits, "pictures from memory": files.Hits, "answers of 304": s.Fresh, "lent heads": s.Lent, "given connections": s.Given} {
		if count < uint64(n)/50 {
			t.Errorf("%d %s of %d conversations: the test does not try what it says", count, what, n)
		}
	}
}

// TestBothWaysReadWhatComesInPieces cuts requests at every byte.
func TestBothWaysReadWhatComesInPieces(t *testing.T) {
	t.Parallel()
	w := newTwoWays(t)
	a := newAsks(t, w)
	host := "Host: " + a.host + "\r\n"
	story := a.paths[len(a.paths)-1]
	for _, text := range []string{
		"GET / HTTP/1.1\r\n" + host + "Accept-Encoding: gzip\r\n\r\n",
		"HEAD " + story + "?x=1 HTTP/1.1\r\n" + host + "Cookie: " + a.cookies[1] + "\r\n\r\n",
		"GET /none HTTP/1.1\r\n" + host + "\r\n" + "GET / HTTP/1.1\r\n" + host + "\r\n",
		"POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello" + "GET / HTTP/1.1\r\n" + host + "\r\n",
		"GET / HTTP/1.1\r\n" + host + "X : 1\r\n\r\n",
		"GET / HTTP/1.1\n" + host + "\r\n",
		"GET / HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n",
	} {
		methods := []string{strings.Fields(text)[0], "GET", "GET"}
		all := text + a.last()
		step := 1
		if testing.Short() {
			step = 7
		}
		for cut := 1; cut < len(text)+5; cut += step {
			w.compare(t, methods, all[:cut], all[cut:])
			if t.Failed() {
				return
			}
		}
		w.compare(t, methods, strings.Split(all, "")...)
	}
}
