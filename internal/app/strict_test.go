package app_test

import (
	"net/http"
	"strings"
	"testing"

	"warta/internal/app"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestAnHTTPSSiteSaysSoInEveryAnswer asks for answers of all kinds, with and
// without the fast way.
func TestAnHTTPSSiteSaysSoInEveryAnswer(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ base, hsts, want string }{
		"a year by default":              {"https://kabar.example", "max-age=31536000", "max-age=31536000"},
		"what the operator says":         {"https://kabar.example", "max-age=60; includeSubDomains", "max-age=60; includeSubDomains"},
		"nothing if he says so":          {"https://kabar.example", "off", ""},
		"nothing for HTTP":               {"http://kabar.example", "max-age=31536000", ""},
		"nothing for this machine":       {"https://localhost:8443", "max-age=31536000", ""},
		"nothing for a name of loopback": {"https://kabar.localhost", "max-age=31536000", ""},
	} {
		for _, way := range []string{"on", "off"} {
			t.Run(name+", fast path "+way, func(t *testing.T) {
				t.Parallel()
				s := testkit.New(t, testkit.Options{Configure: func(c *app.Config) {
					c.BaseURL, c.HSTS, c.FastPath, c.Hosts = x.base, x.hsts, way, []string{"lama.example"}
				}})
				_, host, _ := strings.Cut(x.base, "://")
				pic, token := photograph(s, 1, false)
				path := s.Path(s.Publish(news.Content{Lead: news.Lead{PictureID: pic.ID}}))
				at := media.Path(token, 320, media.WebP)
				asset := ""
				for _, part := range strings.Split(s.Get(path, "Host", host).Body, `"`) {
					if strings.HasPrefix(part, "/assets/") {
						asset = part
					}
				}
				for range 2 { // the first time some of it is not ready
					for _, path := range []string{path, "/", "/latest", "/feeds/rss.xml", "/none", at, asset, "/robots.txt", "/newsroom", "/newsroom/none", "/healthz", "/favicon.ico"} {
						res := s.Get(path, "Host", host)
						if got := res.Header.Values("Strict-Transport-Security"); strings.Join(got, "|") != x.want || res.StatusCode == http.StatusMisdirectedRequest {
							t.Errorf("%s: status %d, %q", path, res.StatusCode, got)
						}
						if tag := res.Header.Get("Etag"); tag != "" && res.StatusCode == http.StatusOK {
							again := s.Get(path, "Host", host, "If-None-Match", tag)
							if got := again.Header.Get("Strict-Transport-Security"); again.StatusCode != http.StatusNotModified || got != x.want {
								t.Errorf("%s again: status %d, %q", path, again.StatusCode, got)
							}
						}
					}
				}
				res := s.Get("/x", "Host", "lama.example")
				if got := res.Header.Get("Strict-Transport-Security"); res.StatusCode != http.StatusMovedPermanently || got != x.want {
					t.Errorf("on an old host: status %d, %q", res.StatusCode, got)
				}
			})
		}
	}
}
