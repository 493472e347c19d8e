package fast

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// lines joins lines of a head with the ends that they have on the wire.
func lines(list ...string) string { return strings.Join(list, "\r\n") + "\r\n\r\n" }

func TestParse(t *testing.T) {
	t.Parallel()
	const get, host = "GET /a/b HTTP/1.1", "Host: a.example"
	many := make([]string, 0, 70)
	for range 70 {
		many = append(many, "X: 1")
	}
	cases := []struct {
		name, in string
		want     sort
	}{
		{"a head with a host is plain", lines(get, host), plain},
		{"HEAD is as plain as GET", lines("HEAD / HTTP/1.1", host), plain},
		{"a query is no obstacle", lines("GET /a?b=%20&c;d HTTP/1.1", host), plain},
		{"names are read without regard to case", lines(get, "hOsT: a.example", "CONNECTION: Keep-Alive"), plain},
		{"a browser's head is plain", lines(get, host, "Connection: keep-alive", "User-Agent: Mozilla/5.0 (X11; Linux)", "Accept: text/html,*/*;q=0.8",
			"Accept-Encoding: gzip, deflate, br", "Cookie: a=b; c=d", `If-None-Match: W/"x"`, "Sec-Fetch-Site: none", "Cache-Control: max-age=0"), plain},
		{"a value may be empty", lines(get, host, "X-Empty:"), plain},
		{"a value may hold more than ASCII", lines(get, host, "X: \xc3\xa9"), plain},
		{"what follows the head is not looked at", lines(get, host) + "\x00\n", plain},

		{"nothing is a part of a head", "", partial},
		{"half a request line", "GE", partial},
		{"a request line", "GET / HTTP/1.1\r\n", partial},
		{"a head without its end", "GET / HTTP/1.1\r\nHost: a\r\nX: 1", partial},
		{"a carriage return at the end", "GET / HTTP/1.1\r\nHost: a\r\n\r", partial},

		{"escapes have more than one spelling", lines("GET /%61 HTTP/1.1", host), odd},
		{"so have dots", lines("GET /a/../b HTTP/1.1", host), odd},
		{"and slashes", lines("GET //a HTTP/1.1", host), odd},
		{"and a slash at the end", lines("GET /a/ HTTP/1.1", host), odd},
		{"an endless path", lines("GET /"+strings.Repeat("a", maxPath)+" HTTP/1.1", host), odd},
		{"a part of a body", lines(get, host, "Range: bytes=0-1"), odd},
		{"a condition of another kind", lines(get, host, `If-Match: "x"`), odd},
		{"two lines of cookies", lines(get, host, "Cookie: a=b", "Cookie: c=d"), odd},
		{"two empty lines of cookies", lines(get, host, "Cookie:", "Cookie:"), odd},

		{"another method", lines("POST /a HTTP/1.1", host), foreign},
		{"a method in small letters", lines("get /a HTTP/1.1", host), foreign},
		{"an old version", lines("GET /a HTTP/1.0", host), foreign},
		{"a version that is none", lines("GET /a HTTP/1.10", host), foreign},
		{"no version", "GET /a\r\n\r\n", foreign},
		{"two spaces", lines("GET  /a HTTP/1.1", host), foreign},
		{"a space in the target", lines("GET /a /b HTTP/1.1", host), foreign},
		{"a space behind the version", lines("GET /a HTTP/1.1 ", host), foreign},
		{"the absolute form", lines("GET http://a.example/ HTTP/1.1", host), foreign},
		{"the asterisk", lines("GET * HTTP/1.1", host), foreign},
		{"more than ASCII in the target", lines("GET /\xc3\xa9 HTTP/1.1", host), foreign},
		{"an empty line first", "\r\n" + lines(get, host), foreign},
		{"a bare line feed", "GET /a HTTP/1.1\nHost: a.example\r\n\r\n", foreign},
		{"a bare line feed among the lines", "GET /a HTTP/1.1\r\nHost: a.example\nX: 1\r\n\r\n", foreign},
		{"a bare line feed at the end", "GET /a HTTP/1.1\r\nHost: a.example\r\n\n", foreign},
		{"a carriage return in a value", lines(get, host, "X: a\rb"), foreign},
		{"a NUL in a value", lines(get, host, "X: 12345678\x00"), foreign},
		{"a DEL in a long value", lines(get, host, "X: 123456789012345\x7f0123456789"), foreign},
		{"a tab in a value", lines(get, host, "X: a\tb"), foreign},
		{"a folded line", lines(get, host, "X: a", " b"), foreign},
		{"a folded line with a colon", lines(get, host, "X: a", "\tY: b"), foreign},
		{"a space before the colon", lines(get, "Host : a.example"), foreign},
		{"a line without a colon", lines(get, host, "X"), foreign},
		{"a line without a name", lines(get, host, ": x"), foreign},
		{"no host", lines(get, "X: 1"), foreign},
		{"two hosts", lines(get, host, host), foreign},
		{"two hosts, the first one empty", lines(get, "Host:", host), foreign},
		{"a length", lines(get, host, "Content-Length: 0"), foreign},
		{"a coding", lines(get, host, "transfer-encoding: chunked"), foreign},
		{"an expectation", lines(get, host, "Expect: 100-continue"), foreign},
		{"an upgrade", lines(get, host, "Upgrade: h2c"), foreign},
		{"settings of another protocol", lines(get, host, "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"), foreign},
		{"another connection", lines(get, host, "Connection: upgrade"), foreign},
		{"a list of connections", lines(get, host, "Connection: close, te"), foreign},
		{"two connections", lines(get, host, "Connection: close", "Connection: keep-alive"), foreign},
		{"too many lines", lines(append([]string{get, host}, many...)...), foreign},
		{"a bad line is judged before the rest comes", "GET /a HTTP/1.1\r\nX Y: 1\r\nHo", foreign},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var h head
			if got := h.parse([]byte(c.in)); got != c.want {
				t.Errorf("parse(%q) = %d, want %d", c.in, got, c.want)
			}
		})
	}
}

func TestPrintableLooksAtEveryByte(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		want := c >= ' ' && c != 0x7f
		for at := range 17 {
			b := bytes.Repeat([]byte{'x'}, 17)
			b[at] = byte(c)
			if got := printable(b); got != want {
				t.Errorf("byte %#x at %d: printable = %v", c, at, got)
			}
		}
	}
}

// FuzzParse holds everything that is not given to net/http against what
// net/http makes of it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		lines("GET / HTTP/1.1", "Host: a"),
		lines("HEAD /a/b?c=d HTTP/1.1", "Host: a", "Connection: close", "Cookie: a=b; c=d", "Accept-Encoding: gzip;q=0.5", `If-None-Match: "x"`, "User-Agent: x"),
		lines("GET /%2e/ HTTP/1.1", "Host: a", "Range: bytes=0-"),
		lines("GET / HTTP/1.1", "Host: a", "Content-Length: 5") + "hello",
		"GET / HTTP/1.1\nHost: a\n\n", "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
		lines("GET / HTTP/1.1", "Host: a", "X: b") + lines("GET /next HTTP/1.1", "Host: b"),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var h head
		kind := h.parse(in)
		if kind != plain && kind != odd {
			return
		}
		src := bytes.NewReader(in)
		r := bufio.NewReader(src)
		req, err := http.ReadRequest(r)
		if err != nil {
			if kind == odd || strings.Contains(err.Error(), "invalid URL escape") {
				return // net/http gets it, and says so
			}
			t.Fatalf("plain for us, refused by net/http: %v", err)
		}
		if left := r.Buffered() + src.Len(); left != len(in)-h.size {
			t.Errorf("the head ends at %d for us, at %d for net/http", h.size, len(in)-left)
		}
		if req.ContentLength != 0 || len(req.TransferEncoding) > 0 || req.Body != http.NoBody {
			t.Errorf("net/http sees a body: length %d, encoding %v", req.ContentLength, req.TransferEncoding)
		}
		one := func(name string, value []byte) {
			list := req.Header[name]
			if kind == odd {
				return // what stands in a head that is lent is not asked
			}
			if len(list) > 1 || (len(list) == 1) != (value != nil) || len(list) == 1 && list[0] != string(value) {
				t.Errorf("%s is %q for us, %q for net/http", name, value, list)
			}
		}
		one("Cookie", h.cookie)
		one("Accept-Encoding", h.accept)
		one("If-None-Match", h.match)
		one("User-Agent", h.agent)
		if req.Host != string(h.host) || req.RequestURI != string(h.target) || (req.Method == http.MethodHead) != h.head || req.Close != h.close {
			t.Errorf("host %q, target %q, HEAD %v, close %v; net/http: %q, %q, %s, %v", h.host, h.target, h.head, h.close, req.Host, req.RequestURI, req.Method, req.Close)
		}
		if kind == plain && (req.URL.Path != string(h.path) || req.URL.RawQuery != string(h.query) || req.URL.RawPath != "") {
			t.Errorf("path %q, query %q; net/http: %q, %q", h.path, h.query, req.URL.Path, req.URL.RawQuery)
		}
	})
}
