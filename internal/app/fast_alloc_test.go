//go:build !race

package app_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/web/fast"
)

// told is a connection whose client asks when it is told to, and waits for the
// end of each answer.
type told struct {
	ask    chan []byte
	done   chan struct{}
	closed chan struct{}
	wrote  []byte // the last answer
}

func (c *told) Read(p []byte) (int, error) {
	select {
	case b := <-c.ask:
		return copy(p, b), nil
	case <-c.closed:
		return 0, io.EOF
	}
}

func (c *told) Write(p []byte) (int, error) {
	c.wrote = append(c.wrote[:0], p...)
	c.done <- struct{}{}
	return len(p), nil
}

func (c *told) Close() error                     { return nil }
func (c *told) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *told) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *told) SetDeadline(time.Time) error      { return nil }
func (c *told) SetReadDeadline(time.Time) error  { return nil }
func (c *told) SetWriteDeadline(time.Time) error { return nil }

// TestAWarmHitAllocatesNothing asks a whole site, with everything by which the
// door understands a request, over a connection in memory.
func TestAWarmHitAllocatesNothing(t *testing.T) {
	site := testkit.New(t, testkit.Options{Stopped: true})
	site.Engine.Start(1 << 40)
	u, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	server := fast.New(&http.Server{Handler: site.Handler(), ReadHeaderTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute}, fast.Options{})
	server.Open(site.FastSite())
	ln, c := newPipes(), &told{ask: make(chan []byte), done: make(chan struct{}), closed: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	ln.conns <- c
	pic, token := photograph(site, 1, false)
	picture := media.Path(token, 640, media.WebP)
	story := site.Path(site.Publish(news.Content{Lead: news.Lead{PictureID: pic.ID}}))
	style := ""
	for _, part := range strings.Split(site.Get("/").Body, `"`) {
		if strings.HasPrefix(part, "/assets/") && strings.HasSuffix(part, ".css") {
			style = part
		}
	}
	member := site.ClassCookie(5)
	for _, path := range []string{story, "/nasional", "/feeds/rss.xml"} {
		site.Get(path)
		site.Get(path, "Cookie", member)
	}
	site.Get(style)
	etag := site.Get(picture).Header.Get("Etag")
	browser := []string{"Connection: keep-alive", "User-Agent: Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile", "Accept: text/html,*/*;q=0.8",
		"Accept-Encoding: gzip, deflate, br", "Accept-Language: id-ID,id;q=0.9", "Sec-Fetch-Site: none"}
	cases := []struct {
		name, method, path string
		lines              []string
	}{
		{"a story", "GET", story, browser},
		{"a story from a shared link", "GET", story + "?utm_source=wa", browser},
		{"a story for a member", "GET", story, append(browser, "Cookie: theme=dark; "+member)},
		{"a section without compression", "GET", "/nasional", nil},
		{"a feed that the reader has", "GET", "/feeds/rss.xml", append(browser, "If-None-Match: *")},
		{"a style sheet", "GET", style, browser},
		{"a picture", "GET", picture, browser},
		{"a picture for a member", "GET", picture + "?x=1", append(browser, "Cookie: theme=dark; "+member)},
		{"a picture that the reader has", "GET", picture, append(browser, `If-None-Match: "x", W/`+etag)},
		{"the head of a picture", "HEAD", picture, browser},
		{"the head of a story", "HEAD", story, browser},
	}
	for _, x := range cases {
		in := []byte(strings.Join(append([]string{x.method + " " + x.path + " HTTP/1.1", "Host: " + u.Host}, append(x.lines, "", "")...), "\r\n"))
		ask := func() {
			c.ask <- in
			<-c.done
		}
		ask() // what is made once
		before := server.Stats()
		if n := testing.AllocsPerRun(300, ask); n != 0 {
			t.Errorf("%s: %v allocations", x.name, n)
		}
		if !bytes.HasPrefix(c.wrote, []byte("HTTP/1.1 200 ")) && !bytes.HasPrefix(c.wrote, []byte("HTTP/1.1 304 ")) || server.Stats().Hits == before.Hits {
			t.Errorf("%s is not answered from memory: %.60q", x.name, c.wrote)
		}
	}
	close(c.closed)
	server.Close()
	<-ended
}
