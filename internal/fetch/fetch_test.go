package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/fetch"
)

func TestOnlyTheOpenInternetIsPublic(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "103.28.12.1": true, "2606:4700:4700::1111": true, "64:ff9b::8.8.8.8": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.8.9.1": false, "0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "100.100.100.200": false,
		"168.63.129.16": false, "192.0.0.192": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.7": false,
		"203.0.113.9": false, "224.0.0.1": false, "239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::127.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false,
		"::ffff:10.0.0.1": false, "::ffff:100.64.0.1": false, "64:ff9b::127.0.0.1": false, "64:ff9b::169.254.169.254": false, "64:ff9b:1::1": false,
		"fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "fec0::1": false, "ff02::1": false,
		"2001::1": false, "2001:db8::1": false, "2002:7f00:1::1": false, "100::1": false,
	} {
		t.Run(addr, func(t *testing.T) {
			t.Parallel()
			if got := fetch.Public(netip.MustParseAddr(addr)); got != want {
				t.Errorf("public: %v, want %v", got, want)
			}
		})
	}
}

// hostile answers in every way that a stranger's server might.
func hostile(t *testing.T) (base string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/good", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "isi "+r.Header.Get("User-Agent")+r.Header.Get("Referer")+r.Header.Get("Cookie"))
	})
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "1", Path: "/"})
		http.Redirect(w, r, r.URL.Query().Get("u"), http.StatusFound)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		block := make([]byte, 32<<10)
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "a")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/announced", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "999999999") })
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "only this")
	})
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb(t))
	})
	mux.HandleFunc("/headers", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 200<<10)) })
	for path, code := range map[string]int{"/404": 404, "/410": 410, "/403": 403, "/204": 204, "/503": 503, "/429": 429} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(code)
		})
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, 64<<20)); err != nil {
		t.Error(err)
	}
	if err := z.Close(); err != nil {
		t.Error(err)
	}
	return b.Bytes()
}

func client(t *testing.T, base string, timeout time.Duration) *fetch.Client {
	t.Helper()
	c := fetch.New(fetch.Options{UserAgent: "Uji", Timeout: timeout, Allow: []string{strings.TrimPrefix(base, "http://")}})
	t.Cleanup(c.Close)
	return c
}

func TestGet(t *testing.T) {
	t.Parallel()
	base := hostile(t)
	other := hostile(t)
	to := func(u string) string { return base + "/to?u=" + url.QueryEscape(u) }
	chain := func(n int) string {
		u := base + "/good"
		for range n {
			u = to(u)
		}
		return u
	}
	const fine fault.Kind = -1
	for _, c := range []struct {
		name, url string
		want      fault.Kind
	}{
		{"a good answer comes back", base + "/good", fine},
		{"five redirects are followed", chain(5), fine},
		{"six redirects are not", chain(6), fault.Invalid},
		{"a loop ends", base + "/loop", fault.Invalid},
		{"a redirect to the metadata service is refused", to("http://169.254.169.254/latest/meta-data/"), fault.Invalid},
		{"a redirect to a private address is refused", to("http://10.0.0.1/"), fault.Invalid},
		{"a redirect to loopback is refused", to("http://127.0.0.1/"), fault.Invalid},
		{"a redirect to another local port is refused", to(other + "/good"), fault.Invalid},
		{"a redirect to a file is refused", to("file:///etc/passwd"), fault.Invalid},
		{"a redirect to a mapped address is refused", to("http://[::ffff:169.254.169.254]/"), fault.Invalid},
		{"loopback is refused", "http://127.0.0.1/", fault.Invalid},
		{"a name for loopback is refused", "http://localhost/", fault.Invalid},
		{"an address as one number is refused", "http://2130706433/", fault.Invalid},
		{"IPv6 loopback is refused", "http://[::1]/", fault.Invalid},
		{"another scheme is refused", "ftp://example.com/", fault.Invalid},
		{"a script is refused", "javascript:alert(1)", fault.Invalid},
		{"a path alone is refused", "/etc/passwd", fault.Invalid},
		{"an empty address is refused", "", fault.Invalid},
		{"no host is refused", "http:///x", fault.Invalid},
		{"a password in the address is refused", "http://a:b@example.com/", fault.Invalid},
		{"another port is refused", "http://example.com:6379/", fault.Invalid},
		{"an endless body ends at the limit", base + "/endless", fault.TooLarge},
		{"an announced length over the limit is not begun", base + "/announced", fault.TooLarge},
		{"a gzip bomb ends at the limit", base + "/bomb", fault.TooLarge},
		{"endless headers are refused", base + "/headers", fault.Unavailable},
		{"a body that breaks off is an error", base + "/short", fault.Unavailable},
		{"404 is not found", base + "/404", fault.NotFound},
		{"410 is gone", base + "/410", fault.Gone},
		{"403 is no content", base + "/403", fault.Invalid},
		{"204 is no content", base + "/204", fault.Invalid},
		{"503 is unavailable", base + "/503", fault.Unavailable},
		{"429 is unavailable", base + "/429", fault.Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			res, err := client(t, base, 20*time.Second).Get(t.Context(), c.url, 1<<20)
			if c.want != fine {
				if err == nil || fault.KindOf(err) != c.want {
					t.Fatalf("got %v, want %v", err, c.want)
				}
				if strings.Contains(fault.Message(err), "169.254") || strings.Contains(fault.Message(err), "dial") {
					t.Errorf("the message tells internals: %q", fault.Message(err))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if string(res.Body) != "isi Uji" || res.FinalURL != base+"/good" || res.ContentType != "text/plain; charset=utf-8" {
				t.Errorf("got %q from %s as %s", res.Body, res.FinalURL, res.ContentType)
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	base := hostile(t)
	for _, path := range []string{"/slow", "/silent"} {
		t.Run("of "+path, func(t *testing.T) {
			t.Parallel()
			_, err := client(t, base, 50*time.Millisecond).Get(t.Context(), base+path, 1<<20)
			if !fault.Is(err, fault.Unavailable) {
				t.Errorf("got %v, want unavailable", err)
			}
		})
	}
}

func TestCancellationIsNotAFault(t *testing.T) {
	t.Parallel()
	base := hostile(t)
	ctx, cancel := context.WithCancel(t.Context())
	s, err := client(t, base, time.Minute).Open(ctx, base+"/slow", 100)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	cancel()
	if _, err := io.ReadAll(s.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
}

func TestExactlyTheLimitIsTaken(t *testing.T) {
	t.Parallel()
	base := hostile(t)
	c := client(t, base, time.Minute)
	if res, err := c.Get(t.Context(), base+"/good", 7); err != nil || len(res.Body) != 7 {
		t.Errorf("seven bytes: %v", err)
	}
	if _, err := c.Get(t.Context(), base+"/good", 6); !fault.Is(err, fault.TooLarge) {
		t.Errorf("six bytes: %v, want too large", err)
	}
	if _, err := c.Get(t.Context(), base+"/good", 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("no limit: %v, want invalid", err)
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	t.Parallel()
	base := hostile(t)
	_, err := client(t, base, time.Minute).Get(t.Context(), base+"/503", 10)
	var f *fault.Error
	if !errors.As(err, &f) || f.RetryAfter != 7*time.Second {
		t.Errorf("got %+v", f)
	}
}

func TestNoSecretOfAnAddressReachesTheLog(t *testing.T) {
	t.Parallel()
	_, err := client(t, "http://127.0.0.1:1", time.Minute).Get(t.Context(), "http://user:secret@example.com/a?token=secret", 10)
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

// A proxy that the environment names would make the check of addresses moot.
func TestTheEnvironmentsProxyIsNotUsed(t *testing.T) {
	asked := false
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	_, _ = client(t, proxy.URL, time.Second).Get(t.Context(), "http://198.51.100.1/", 10) // refused or not, by whom is the question
	if asked {
		t.Error("the proxy was asked")
	}
}

func TestAClosedPortIsUnavailable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client(t, base, time.Minute).Get(t.Context(), base, 10); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}
