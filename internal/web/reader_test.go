package web_test

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"warta/internal/web"
)

func TestOnlyPathsOfTheSiteAreGoneBackTo(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/":                              "/",
		"/nasional/2026/11/23/55/judul":  "/nasional/2026/11/23/55/judul",
		"/search?q=hujan%20deras":        "/search?q=hujan%20deras",
		"/nasional#komentar":             "/nasional",
		"/topic/caf%C3%A9":               "/topic/caf%C3%A9",
		"":                               "",
		"nasional":                       "",
		"//evil.example":                 "",
		"///evil.example":                "",
		"/\\evil.example":                "",
		"/%5Cevil.example":               "",
		"/%2Fevil.example":               "",
		"/a\\b":                          "",
		"\\\\evil.example":               "",
		"https://evil.example/":          "",
		"javascript:alert(1)":            "",
		"/\tevil":                        "",
		"/a\r\nSet-Cookie: x=y":          "",
		"/%zz":                           "",
		" /nasional":                     "",
		"/" + string(make([]byte, 2000)): "",
	} {
		if got := web.SafePath(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestWhereSomebodyCameFrom(t *testing.T) {
	t.Parallel()
	for referer, want := range map[string]string{
		"https://kabar.example/bola?x=1":               "/bola?x=1",
		"https://kabar.example":                        "",
		"https://kabar.example.evil.example/x":         "",
		"https://evil.example/https://kabar.example/x": "",
		"": "",
	} {
		r := httptest.NewRequest("GET", "/account", nil)
		r.Header.Set("Referer", referer)
		if got := web.ReturnPath(r, "https://kabar.example"); got != want {
			t.Errorf("%q leads to %q, want %q", referer, got, want)
		}
	}
}

// FuzzSafePath holds that a browser that is sent to the path stays on the site.
func FuzzSafePath(f *testing.F) {
	for _, s := range []string{"/", "//x", "/a?b#c", "/%2f%2fx", "/\\x", "/a:b@c"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://kabar.example/x")
	f.Fuzz(func(t *testing.T, next string) {
		path := web.SafePath(next)
		if path == "" {
			return
		}
		u, err := base.Parse(path)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || u.User != nil {
			t.Errorf("%q leads to %v, %v", path, u, err)
		}
	})
}
