package site_test

import (
	"strings"
	"testing"

	"warta/internal/news"
	"warta/internal/testkit"
)

func TestStoryIsReadOnEverySurface(t *testing.T) {
	t.Parallel()
	for _, engine := range []struct {
		name     string
		postgres bool
	}{{"on SQLite", false}, {"on PostgreSQL", true}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres})
			st := s.Publish(news.Content{Headline: "Pasar Terapung Kembali Ramai Setelah Musim Kering"})
			path := s.Path(st)
			for _, p := range []string{"/", "/nasional", path, "/latest", "/index?date=2026-11-23", "/feeds/rss.xml", "/feeds/atom.xml",
				"/feeds/feed.json", "/feeds/section/nasional/rss.xml", "/sitemap-news.xml", "/sitemaps/2026-11.xml", "/search?q=pasar+terapung"} {
				res := s.Get(p)
				want := "Pasar Terapung Kembali Ramai"
				if strings.HasPrefix(p, "/sitemaps/") {
					want = path
				}
				if res.StatusCode != 200 || !strings.Contains(res.Body, want) {
					t.Errorf("%s: status %d, the story is missing", p, res.StatusCode)
				}
			}
			for p, want := range map[string]int{"/": 200, "/tidak-ada": 404, "/nasional/": 301, "/sitemap.xml": 200, "/robots.txt": 200,
				"/page/redaksi": 200, "/healthz": 200, "/readyz": 200, "/bola": 200, "/search": 200, "/internasional": 200} {
				if res := s.Get(p); res.StatusCode != want {
					t.Errorf("%s: status %d, want %d", p, res.StatusCode, want)
				}
			}
		})
	}
}
