package render_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/render"
)

func TestSitemaps(t *testing.T) {
	t.Parallel()
	at := time.Date(2022, 1, 8, 6, 31, 0, 0, wib)
	cases := []struct {
		name, file, root, child string
		write                   func() ([]byte, error)
	}{
		{"the index lists its parts", "sitemap-index.xml", "sitemapindex", "sitemap", func() ([]byte, error) {
			return render.SitemapIndex([]render.SitemapPart{
				{Loc: "https://kabar.example/sitemaps/2022-01.xml", LastMod: at}, {Loc: "https://kabar.example/sitemap-news.xml"}})
		}},
		{"a month lists its stories with pictures", "sitemap.xml", "urlset", "url", func() ([]byte, error) {
			return render.Sitemap([]render.SitemapEntry{
				{Loc: "https://kabar.example/global/2022/01/08/55/badai?a=1&b=2", LastMod: at,
					Images: []string{"https://kabar.example/media/k3/1200.jpg"}},
				{Loc: "https://kabar.example/nasional/2022/01/07/54/x"}})
		}},
		{"the news sitemap says publication, language, time and title", "sitemap-news.xml", "urlset", "url", func() ([]byte, error) {
			return render.NewsSitemap([]render.NewsEntry{{Loc: "https://kabar.example/global/2022/01/08/55/badai",
				Publication: "Kabar Nusantara", Language: "id", Title: hostile, Published: at}})
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := c.write()
			if err != nil {
				t.Fatal(err)
			}
			sameAsGolden(t, c.file, doc)
			root := parseXML(t, doc)
			if root.XMLName.Local != c.root || root.XMLName.Space != "http://www.sitemaps.org/schemas/sitemap/0.9" {
				t.Errorf("root = %v", root.XMLName)
			}
			for _, e := range root.all(c.child) {
				exactlyOnce(t, e, "loc")
				for _, m := range e.all("lastmod") {
					if _, err := time.Parse(time.RFC3339, m.Text); err != nil {
						t.Error(err)
					}
				}
				for _, n := range e.all("news") {
					exactlyOnce(t, n, "publication", "publication_date", "title")
					exactlyOnce(t, n.all("publication")[0], "name", "language")
					equal(t, "title", n.all("title")[0].Text, cleaned)
					equal(t, "namespace", n.XMLName.Space, "http://www.google.com/schemas/sitemap-news/0.9")
				}
			}
		})
	}
}

func TestEmptySitemapsAreWellFormed(t *testing.T) {
	t.Parallel()
	news, err := render.NewsSitemap(nil)
	if err != nil {
		t.Fatal(err)
	}
	if root := parseXML(t, news); root.XMLName.Local != "urlset" || len(root.Children) != 0 {
		t.Errorf("an empty news sitemap is %s", news)
	}
}

func TestSitemapRefusesWhatIsOverTheLimitsOrWrong(t *testing.T) {
	t.Parallel()
	long := "https://kabar.example/" + strings.Repeat("a", 2048)
	at := time.Date(2022, 1, 8, 6, 31, 0, 0, wib)
	heavy := make([]render.SitemapEntry, 30_000)
	for i := range heavy {
		heavy[i] = render.SitemapEntry{Loc: long[:2000]}
	}
	cases := []struct {
		name string
		kind fault.Kind
		call func() ([]byte, error)
	}{
		{"50,001 addresses", fault.TooLarge, func() ([]byte, error) {
			return render.Sitemap(make([]render.SitemapEntry, render.SitemapMaxURLs+1))
		}},
		{"more than 50 MB", fault.TooLarge, func() ([]byte, error) { return render.Sitemap(heavy) }},
		{"1,001 news", fault.TooLarge, func() ([]byte, error) {
			return render.NewsSitemap(make([]render.NewsEntry, render.SitemapMaxNews+1))
		}},
		{"50,001 parts", fault.TooLarge, func() ([]byte, error) {
			return render.SitemapIndex(make([]render.SitemapPart, render.SitemapMaxURLs+1))
		}},
		{"an address of 2,048 characters and more", fault.Invalid, func() ([]byte, error) {
			return render.Sitemap([]render.SitemapEntry{{Loc: long}})
		}},
		{"a relative address", fault.Invalid, func() ([]byte, error) {
			return render.SitemapIndex([]render.SitemapPart{{Loc: "/sitemap.xml"}})
		}},
		{"news without a title", fault.Invalid, func() ([]byte, error) {
			return render.NewsSitemap([]render.NewsEntry{{Loc: "https://kabar.example/x", Publication: "K", Language: "id", Published: at}})
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, err := c.call(); !fault.Is(err, c.kind) {
				t.Errorf("error = %v, want %v", err, c.kind)
			}
		})
	}
}
