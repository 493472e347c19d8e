package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/page"
	"warta/internal/web"
)

func TestRouteNeedsVisibilityAndCapability(t *testing.T) {
	t.Parallel()
	h := func(http.ResponseWriter, *http.Request) error { return nil }
	tests := []struct {
		name  string
		route web.Route
		ok    bool
	}{
		{"a complete route passes", web.Route{Method: "GET", Pattern: "/", Visibility: web.Public, Capability: web.NoCapability, Handler: h}, true},
		{"no visibility is refused", web.Route{Method: "GET", Pattern: "/", Capability: web.NoCapability, Handler: h}, false},
		{"no capability is refused", web.Route{Method: "GET", Pattern: "/", Visibility: web.Public, Handler: h}, false},
		{"staff without a capability is refused", web.Route{Method: "GET", Pattern: "/", Visibility: web.Staff, Capability: web.NoCapability, Handler: h}, false},
		{"no handler is refused", web.Route{Method: "GET", Pattern: "/", Visibility: web.Public, Capability: web.NoCapability}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := tt.route.Check(); (err == nil) != tt.ok {
				t.Errorf("err = %v, want ok = %v", err, tt.ok)
			}
		})
	}
}

func TestHostsServeOneNameOnly(t *testing.T) {
	t.Parallel()
	local, _ := url.Parse("http://localhost:8080")
	public, _ := url.Parse("https://kabar.example")
	tests := []struct {
		base *url.URL
		host string
		want web.HostVerdict
	}{
		{local, "localhost:8080", web.HostOwn},
		{local, "LOCALHOST:8080", web.HostOwn},
		{local, "127.0.0.1:8080", web.HostAlias},
		{local, "[::1]:8080", web.HostAlias},
		{local, "evil.example", web.HostUnknown},
		{local, "", web.HostUnknown},
		{public, "kabar.example", web.HostOwn},
		{public, "www.kabar.example", web.HostAlias},
		{public, "127.0.0.1:8080", web.HostUnknown},
		{public, "kabar.example.evil.example", web.HostUnknown},
	}
	for _, tt := range tests {
		h := web.NewHosts(tt.base, []string{"www.kabar.example"})
		if got := h.Judge(tt.host); got != tt.want {
			t.Errorf("%s under %s = %v, want %v", tt.host, tt.base, got, tt.want)
		}
	}
}

func TestClassCookie(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	ours := web.NewClasses([]byte("0123456789abcdef0123456789abcdef"), clock)
	theirs := web.NewClasses([]byte("another key of the same length!!"), clock)
	later := web.NewClasses([]byte("0123456789abcdef0123456789abcdef"), func() time.Time { return now.Add(25 * time.Hour) })
	value := ours.Cookie(page.AdFree|page.Registered, 7).Value
	flipped := "A" + value[1:]
	tests := []struct {
		name  string
		by    *web.Classes
		value string
		want  page.Class
	}{
		{"a genuine cookie gives its class", ours, value, page.AdFree | page.Registered},
		{"a foreign key gives none", theirs, value, 0},
		{"an expired cookie gives none", later, value, 0},
		{"a changed class gives none", ours, flipped, 0},
		{"nonsense gives none", ours, "x=y", 0},
		{"an empty value gives none", ours, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.AddCookie(&http.Cookie{Name: web.ClassCookie, Value: tt.value})
			if got := tt.by.Of(r); got != tt.want {
				t.Errorf("class = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestEveryCategoryHasAStatus(t *testing.T) {
	t.Parallel()
	seen := map[int]fault.Kind{}
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		s := web.Status(k)
		if old, ok := seen[s]; ok {
			t.Errorf("%v and %v are both %d", old, k, s)
		}
		seen[s] = k
	}
}
