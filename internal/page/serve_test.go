package page

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

func TestNegotiate(t *testing.T) {
	t.Parallel()
	r := joined(t, &press{}, []byte("text"))
	tests := []struct {
		accept string
		want   Encoding
	}{
		{"", Identity},
		{"gzip", Gzip},
		{"GZip", Gzip},
		{"x-gzip", Gzip},
		{"gzip, deflate, br, zstd", Gzip},
		{"br;q=1.0, gzip;q=0.1", Gzip},
		{"gzip;q=0", Identity},
		{"gzip; q=0.000", Identity},
		{"gzip ; Q=0.5", Gzip},
		{"*", Gzip},
		{"*;q=0", Identity},
		{"gzip;q=0, *", Identity},
		{"gzip, *;q=0", Gzip},
		{"identity, gzip;q=0.5", Identity},
		{"identity;q=0.5, gzip;q=0.5", Gzip},
		{"deflate, br", Identity},
		{"identity;q=0, gzip;q=0", Identity},
		{"gzip;q=x", Identity},
		{"gzip;q=2", Identity},
		{"gzip;q=NaN", Identity},
		{"gzipped", Identity},
		{",,gzip,", Gzip},
	}
	for _, tt := range tests {
		t.Run(tt.accept, func(t *testing.T) {
			t.Parallel()
			if got := r.Negotiate([]string{tt.accept}); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
	t.Run("an empty body is never compressed", func(t *testing.T) {
		t.Parallel()
		if got := joined(t, &press{}).Negotiate([]string{"gzip"}); got != Identity {
			t.Errorf("got %d", got)
		}
	})
	t.Run("two header lines count as one list", func(t *testing.T) {
		t.Parallel()
		if got := r.Negotiate([]string{"br", "gzip"}); got != Gzip {
			t.Errorf("got %d", got)
		}
	})
}

func TestMatches(t *testing.T) {
	t.Parallel()
	r := joined(t, &press{}, []byte("text"))
	tag, gz := r.ETag(Identity), r.ETag(Gzip)
	tests := []struct {
		name, header string
		want         bool // for Gzip
	}{
		{"nothing", "", false},
		{"the tag", gz, true},
		{"the weakened tag", "W/" + gz, true},
		{"anything", "*", true},
		{"another encoding's tag", tag, false},
		{"one of a list", `"a", W/"b,c" ,` + gz, true},
		{"a tag within quotes of another", `"a,` + strings.Trim(gz, `"`) + `"`, false},
		{"without quotes", strings.Trim(gz, `"`), false},
		{"an unclosed quote", `"abc`, false},
		{"only commas", ", ,", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := r.Matches([]string{tt.header}, Gzip); got != tt.want {
				t.Errorf("got %t for %s", got, tt.header)
			}
		})
	}
}

func FuzzConditions(f *testing.F) {
	f.Add(`"a", W/"b"`, "gzip;q=0.5, *")
	r := joined(f, &press{}, []byte("text"))
	f.Fuzz(func(t *testing.T, match, accept string) {
		enc := r.Negotiate([]string{accept})
		if r.Matches([]string{match}, enc) && !strings.Contains(match, "*") && !strings.Contains(match, r.ETag(enc)) {
			t.Errorf("%q matches %s", match, r.ETag(enc))
		}
	})
}

func TestServe(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.page("/", "<p>", []Hole{{Module: "latest"}}, "front")
	k.set("latest", strings.Repeat("<li>a story</li>", 40))
	k.pages["!404"] = func() (Rendering, error) {
		return Rendering{Body: []byte("none"), Status: 404, Caching: Never, ContentType: "text/plain"}, nil
	}
	k.pages["/old"] = func() (Rendering, error) {
		return Rendering{Status: 301, Location: "/new", Caching: Brief, Tags: []string{"story:1"}}, nil
	}
	k.pages["/feed"] = func() (Rendering, error) {
		return Rendering{Body: []byte("<rss/>"), ContentType: "application/rss+xml",
			Header: []Field{{"Link", "</a>; rel=x"}, {"link", "</b>; rel=y"}}, Tags: []string{"feed"}}, nil
	}
	e := k.start(Options{SharedAge: 300e9})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		key := req.URL.Path
		if key == "/none" {
			key = "!404"
		}
		class, _ := strconv.Atoi(req.URL.Query().Get("class"))
		r, err := e.Get(req.Context(), key, Class(class))
		if err != nil {
			t.Error(err)
			return
		}
		r.Serve(w, req)
	}))
	t.Cleanup(server.Close)
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(client.CloseIdleConnections)
	ask := func(t *testing.T, method, path string, header ...string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var body strings.Builder
		if _, err := io.Copy(&body, res.Body); err != nil {
			t.Fatal(err)
		}
		return res, body.String()
	}
	want := k.want("/", 0)

	t.Run("plain and compressed bodies are the same page", func(t *testing.T) {
		res, body := ask(t, "GET", "/")
		if body != want || res.Header.Get("Content-Encoding") != "" {
			t.Errorf("plain: %q", body)
		}
		res, body = ask(t, "GET", "/", "Accept-Encoding", "gzip")
		if res.Header.Get("Content-Encoding") != "gzip" || string(gunzip(t, []byte(body))) != want {
			t.Error("compressed: another body")
		}
		if res.ContentLength != int64(len(body)) {
			t.Errorf("length %d of %d bytes", res.ContentLength, len(body))
		}
	})
	t.Run("header lines say what may be kept", func(t *testing.T) {
		for path, lines := range map[string]map[string]string{
			"/": {"Cache-Control": "public, max-age=0, s-maxage=300", "Vary": "Accept-Encoding",
				"Content-Type": "text/html; charset=utf-8", "Surrogate-Key": "front latest"},
			"/?class=1": {"Cache-Control": "private, no-cache", "Surrogate-Key": ""},
			"/old":      {"Cache-Control": "public, max-age=300, s-maxage=300", "Location": "/new"},
			"/none":     {"Cache-Control": "no-store", "Content-Type": "text/plain"},
			"/feed":     {"Content-Type": "application/rss+xml", "Link": "</a>; rel=x"},
		} {
			res, _ := ask(t, "GET", path)
			for name, value := range lines {
				if got := res.Header.Get(name); got != value {
					t.Errorf("%s: %s is %q, want %q", path, name, got, value)
				}
			}
		}
		res, _ := ask(t, "GET", "/feed")
		if got := res.Header.Values("Link"); len(got) != 2 {
			t.Errorf("Link is %q", got)
		}
	})
	t.Run("statuses come from the rendering, and only 200 is conditional", func(t *testing.T) {
		for path, status := range map[string]int{"/": 304, "/none": 404, "/old": 301} {
			if res, _ := ask(t, "GET", path, "If-None-Match", "*"); res.StatusCode != status {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
		}
	})
	t.Run("a client that has it gets 304 and no bytes", func(t *testing.T) {
		res, _ := ask(t, "GET", "/", "Accept-Encoding", "gzip")
		tag := res.Header.Get("Etag")
		for _, method := range []string{"GET", "HEAD"} {
			res, body := ask(t, method, "/", "Accept-Encoding", "gzip", "If-None-Match", "W/"+tag)
			if res.StatusCode != 304 || body != "" || res.Header.Get("Etag") != tag || res.Header.Get("Cache-Control") == "" {
				t.Errorf("%s: %d %q %v", method, res.StatusCode, body, res.Header)
			}
		}
		if res, _ := ask(t, "GET", "/", "If-None-Match", tag); res.StatusCode != 200 {
			t.Error("the compressed body's tag matched the plain body")
		}
	})
	t.Run("HEAD has the length and no body", func(t *testing.T) {
		res, body := ask(t, "HEAD", "/")
		if body != "" || res.ContentLength != int64(len(want)) {
			t.Errorf("%d, %q", res.ContentLength, body)
		}
	})
	t.Run("curl decodes it", func(t *testing.T) {
		curl := program(t, "curl")
		got, err := exec.Command(curl, "-sS", "--fail", "--compressed", "--noproxy", "*", server.URL+"/").Output()
		if err != nil || string(got) != want {
			t.Errorf("%v, %q", err, got)
		}
	})
}

func TestServeAllocatesNothingOfItsOwn(t *testing.T) {
	r := joined(t, &press{}, []byte("text"))
	h := http.Header{}
	accept, match := []string{"gzip, deflate, br"}, []string{`"a", W/"b"`}
	allocs := testing.AllocsPerRun(100, func() {
		enc := r.Negotiate(accept)
		r.Header(h, enc)
		r.Matches(match, enc)
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
