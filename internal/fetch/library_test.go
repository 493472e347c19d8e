package fetch_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"warta/internal/fault"
	"warta/internal/fetch"
)

// A library's own requests pass the same guard as ours.
func TestALibraryReachesNoMoreThanWeDo(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		case "/long":
			io.WriteString(w, strings.Repeat("x", 2000))
		default:
			io.WriteString(w, r.UserAgent())
		}
	}))
	t.Cleanup(s.Close)
	guarded := fetch.New(fetch.Options{})
	t.Cleanup(guarded.Close)
	if res, err := guarded.HTTP(1000).Get(s.URL); !fault.Is(err, fault.Invalid) {
		t.Errorf("a loopback address is reached: %v, %v", res, err)
	}
	c := fetch.New(fetch.Options{Allow: []string{s.Listener.Addr().String()}})
	t.Cleanup(c.Close)
	get := func(path string) (status int, body string, err error) {
		res, err := c.HTTP(1000).Get(s.URL + path)
		if err != nil {
			return 0, "", err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		return res.StatusCode, string(b), err
	}
	if status, body, err := get("/"); status != 200 || body != "Warta" || err != nil {
		t.Errorf("an allowed one: %d %q %v", status, body, err)
	}
	if status, _, err := get("/away"); status != http.StatusFound || err != nil {
		t.Errorf("a redirect is followed: %d %v", status, err)
	}
	if _, _, err := get("/long"); !fault.Is(err, fault.TooLarge) {
		t.Errorf("more than was asked for: %v", err)
	}
}
