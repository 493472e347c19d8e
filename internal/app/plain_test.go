package app_test

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/testkit/cert"
)

// plainFront answers plain HTTP beside TLS, and returns the address.
func plainFront(t *testing.T, change func(*app.Config)) (*app.Front, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file, key, _ := cert.Pair(t, t.TempDir(), 1, time.Now().Add(24*time.Hour))
	cfg := app.Config{Data: t.TempDir(), Listen: ln.Addr().String(), BaseURL: "https://kabar.example", Hosts: []string{"lama.example", "www.Kabar.example:444"},
		TLSCert: file, TLSKey: key, RedirectAddr: "127.0.0.1:0", HSTS: "max-age=31536000"}
	change(&cfg)
	front, err := app.NewFront(cfg, slog.New(slog.DiscardHandler), ln)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := front.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return front, front.Plain()
}

// say sends text over a connection of its own and reads the answer.
func say(t *testing.T, addr, text string) *http.Response {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(text, " ")
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res
}

func TestPlainHTTPLeadsToTLSAndNowhereElse(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"on", "off"} {
		_, addr := plainFront(t, func(c *app.Config) { c.FastPath = way })
		for _, x := range []struct {
			target, host string
			status       int
			location     string
		}{
			{"/", "kabar.example", 301, "https://kabar.example/"},
			{"/nasional/2026/11/23/55/judul?page=2&x=%20y", "kabar.example:80", 301, "https://kabar.example/nasional/2026/11/23/55/judul?page=2&x=%20y"},
			{"/a", "KABAR.example", 301, "https://kabar.example/a"},
			{"/a%2fb%20c?q=%41", "kabar.example", 301, "https://kabar.example/a%2fb%20c?q=%41"},
			{"/old?p=1", "lama.example", 301, "https://lama.example/old?p=1"},
			{"/old", "www.kabar.example", 301, "https://www.kabar.example/old"},
			{"/", "evil.example", 421, ""},
			{"/", "evil.kabar.example", 421, ""},
			{"/", "kabar.example.evil.example", 421, ""},
			{"/", "kabar.example@evil.example", 400, ""},
			{"/", "", 421, ""},
			{"/", "127.0.0.1", 421, ""},
			{"//evil.example/x", "kabar.example", 301, "https://kabar.example//evil.example/x"},
			{"/\\evil.example", "kabar.example", 301, "https://kabar.example/%5Cevil.example"},
			{"/.evil.example", "kabar.example", 301, "https://kabar.example/.evil.example"},
			{"/%0d%0aX:%20y", "kabar.example", 301, "https://kabar.example/%0d%0aX:%20y"},
			{"http://kabar.example/x", "kabar.example", 301, "https://kabar.example/x"},
			{"http://evil.example/x", "kabar.example", 421, ""},
			{"@evil.example/", "kabar.example", 400, ""},
			{"kabar.example:443", "kabar.example", 400, ""},
			{"/.well-known/acme-challenge/x", "kabar.example", 301, "https://kabar.example/.well-known/acme-challenge/x"},
		} {
			res := say(t, addr, "GET "+x.target+" HTTP/1.1\r\nHost: "+x.host+"\r\n\r\n")
			if got := res.Header.Get("Location"); res.StatusCode != x.status || got != x.location {
				t.Errorf("%s of %q: status %d, %q; want %d, %q", x.target, x.host, res.StatusCode, got, x.status, x.location)
			}
			if res.Header.Get("Strict-Transport-Security") != "" || res.Header.Get("Set-Cookie") != "" || res.Header.Get("X") != "" || !res.Close {
				t.Errorf("%s of %q: %v", x.target, x.host, res.Header)
			}
		}
		for text, status := range map[string]int{
			"HEAD / HTTP/1.1\r\nHost: kabar.example\r\n\r\n":                                                            301,
			"POST /report/1 HTTP/1.1\r\nHost: kabar.example\r\nContent-Length: 3\r\n\r\na=b":                            308,
			"POST /report/1 HTTP/1.1\r\nHost: kabar.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n": 308,
			"OPTIONS * HTTP/1.1\r\nHost: kabar.example\r\n\r\n":                                                         200,
			"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n":                                       421,
			"CONNECT kabar.example:443 HTTP/1.1\r\nHost: kabar.example:443\r\n\r\n":                                     308,
			"GET / HTTP/1.0\r\n\r\n": 421,
			"GET / HTTP/1.1\r\nHost: kabar.example\r\nHost: evil.example\r\n\r\n":                     400,
			"GET / HTTP/1.1\r\nHost: kabar.example\r\nX: " + strings.Repeat("y", 64<<10) + "\r\n\r\n": 431,
		} {
			if res := say(t, addr, text); res.StatusCode != status || status >= 400 && res.Header.Get("Location") != "" {
				t.Errorf("fast path %s, %.80q: status %d, %v; want %d", way, text, res.StatusCode, res.Header, status)
			}
		}
	}
}

func TestTheWayToTLSKeepsThePort(t *testing.T) {
	t.Parallel()
	_, addr := plainFront(t, func(c *app.Config) { c.BaseURL = "https://kabar.example:8443" })
	for host, want := range map[string]string{"kabar.example": "https://kabar.example:8443/x", "lama.example:8080": "https://lama.example:8443/x"} {
		if got := say(t, addr, "GET /x HTTP/1.1\r\nHost: "+host+"\r\n\r\n").Header.Get("Location"); got != want {
			t.Errorf("%s: %q", host, got)
		}
	}
}

// TestAnAuthorityIsAnsweredByPlainHTTP asks as one would for a token that is none.
func TestAnAuthorityIsAnsweredByPlainHTTP(t *testing.T) {
	t.Parallel()
	_, addr := plainFront(t, func(c *app.Config) {
		c.TLSCert, c.TLSKey, c.ACME = "", "", true
		c.ACMEDirectory = "http://127.0.0.1:1/" // nobody is there
		var err error
		if c.Data, err = os.MkdirTemp("", "acme"); err != nil {
			t.Fatal(err)
		}
		// autocert goes on writing for a moment after the end.
		t.Cleanup(func() { _ = os.RemoveAll(c.Data) })
	})
	if res := say(t, addr, "GET /.well-known/acme-challenge/x HTTP/1.1\r\nHost: kabar.example\r\n\r\n"); res.StatusCode != http.StatusNotFound || res.Header.Get("Location") != "" {
		t.Errorf("status %d, %v", res.StatusCode, res.Header)
	}
	if res := say(t, addr, "GET /x HTTP/1.1\r\nHost: kabar.example\r\n\r\n"); res.Header.Get("Location") != "https://kabar.example/x" {
		t.Errorf("status %d, %v", res.StatusCode, res.Header)
	}
}

func TestAnAddressForRedirectsThatIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	file, key, _ := cert.Pair(t, t.TempDir(), 1, time.Now().Add(24*time.Hour))
	_, err = app.NewFront(app.Config{Data: t.TempDir(), Listen: ln.Addr().String(), BaseURL: "https://kabar.example", TLSCert: file, TLSKey: key,
		RedirectAddr: taken.Addr().String()}, slog.New(slog.DiscardHandler), ln)
	if err == nil || !strings.Contains(err.Error(), "--redirect-addr") {
		t.Errorf("got %v", err)
	}
}
