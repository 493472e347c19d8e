package e2e_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/jpeg"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/mmcdole/gofeed"

	"warta/internal/testkit"
)

// TestMachinesReadTheSite holds everything that is written for programs to
// parsers that are not ours.
func TestMachinesReadTheSite(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	for name, check := range map[string]func(*testing.T, *newsroom){
		"feeds parse and lead to stories":               checkFeeds,
		"sitemaps parse and lead to pages":              checkSitemaps,
		"structured data has every required property":   checkData,
		"heads say what others show of a page":          checkHeads,
		"robots.txt and security.txt say where and who": checkTexts,
		"no link of any page is dead":                   checkLinks,
		"everything answers conditional requests":       checkConditional,
	} {
		t.Run(name, func(t *testing.T) { check(t, n) })
	}
}

// feeds are the addresses of every feed.
func (n *newsroom) feeds() []string {
	out := []string{"/feeds/topic/teleskop/rss.xml", "/feeds/author/sekar-prameswari/rss.xml"}
	folders := []string{"/feeds/"}
	for _, s := range n.Tree.All() {
		folders = append(folders, "/feeds/section/"+s.Slug+"/")
	}
	for _, f := range folders {
		out = append(out, f+"rss.xml", f+"atom.xml", f+"feed.json")
	}
	return out
}

// wellFormed reads XML to its end, strictly.
func wellFormed(body string) error {
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func checkFeeds(t *testing.T, n *newsroom) {
	types := map[string]string{"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
	for _, path := range n.feeds() {
		res := n.Get(path)
		file := path[strings.LastIndex(path, "/")+1:]
		if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), types[file]) {
			t.Errorf("%s: status %d, %s", path, res.StatusCode, res.Header.Get("Content-Type"))
			continue
		}
		if strings.HasSuffix(file, ".xml") {
			if err := wellFormed(res.Body); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		f, err := gofeed.NewParser().ParseString(res.Body)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if f.Title == "" || f.Link == "" || len(f.Items) == 0 {
			t.Errorf("%s: title %q, link %q, %d items", path, f.Title, f.Link, len(f.Items))
		}
		for i, item := range f.Items {
			if item.Title == "" || item.GUID == "" || item.PublishedParsed == nil || !strings.HasPrefix(item.Link, n.URL+"/") {
				t.Errorf("%s: item %d lacks a part: %q %q %v %s", path, i, item.Title, item.GUID, item.PublishedParsed, item.Link)
			} else if i < 2 && n.Get(strings.TrimPrefix(item.Link, n.URL)).StatusCode != 200 {
				t.Errorf("%s: item %d leads nowhere: %s", path, i, item.Link)
			}
			if i > 0 && item.PublishedParsed.After(*f.Items[i-1].PublishedParsed) {
				t.Errorf("%s: item %d is newer than the one above it", path, i)
			}
		}
	}
	for _, file := range []string{"rss.xml", "atom.xml", "feed.json"} {
		if body := n.Get("/feeds/section/internasional/" + file).Body; !strings.Contains(body, "Garis tengah cermin adalah 6,5 meter") {
			t.Errorf("%s: the correction is not in the feed", file)
		}
	}
}

func checkSitemaps(t *testing.T, n *newsroom) {
	type entry struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod"`
		News    *struct {
			Title string `xml:"title"`
			Date  string `xml:"publication_date"`
			Pub   struct {
				Name     string `xml:"name"`
				Language string `xml:"language"`
			} `xml:"publication"`
		} `xml:"http://www.google.com/schemas/sitemap-news/0.9 news"`
	}
	type set struct {
		XMLName xml.Name
		URLs    []entry `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 url"`
		Parts   []entry `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemap"`
	}
	get := func(path string) (s set) {
		res := n.Get(path)
		if err := xml.Unmarshal([]byte(res.Body), &s); err != nil || res.StatusCode != 200 {
			t.Errorf("%s: status %d, %v", path, res.StatusCode, err)
		}
		return s
	}
	index := get("/sitemap.xml")
	if index.XMLName.Local != "sitemapindex" || len(index.Parts) < 3 {
		t.Errorf("the index is a %s of %d parts", index.XMLName.Local, len(index.Parts))
	}
	all := map[string]bool{}
	for _, part := range index.Parts {
		for _, u := range get(strings.TrimPrefix(part.Loc, n.URL)).URLs {
			all[strings.TrimPrefix(u.Loc, n.URL)] = true
		}
	}
	for _, path := range []string{"/", "/internasional", "/page/redaksi", n.path(n.full), n.path(n.old), n.path(n.bare)} {
		if !all[path] {
			t.Errorf("%s is in no sitemap", path)
		}
	}
	if all[n.path(n.withdrawn)] {
		t.Error("the withdrawn story is in a sitemap")
	}
	i := 0
	for path := range all {
		if i++; i > 25 {
			break
		}
		if res := n.Get(path); res.StatusCode != 200 {
			t.Errorf("sitemap: %s answers %d", path, res.StatusCode)
		}
	}
	recent := get("/sitemap-news.xml").URLs
	for _, u := range recent {
		if u.News == nil || u.News.Title == "" || u.News.Pub.Name != "Kabar Nusantara" || u.News.Pub.Language != "id" {
			t.Errorf("news sitemap: %s lacks a part: %+v", u.Loc, u.News)
			continue
		}
		if at, err := time.Parse(time.RFC3339, u.News.Date); err != nil || n.Clock.Now().Sub(at) > 48*time.Hour {
			t.Errorf("news sitemap: %s is of %s: %v", u.Loc, u.News.Date, err)
		}
	}
	if len(recent) < 20 {
		t.Errorf("the news sitemap has %d stories", len(recent))
	}
}

// data returns the structured data of a page by its type.
func (n *newsroom) data(t *testing.T, path string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	n.read200(path).Find(`script[type="application/ld+json"]`).Each(func(_ int, s *goquery.Selection) {
		var v map[string]any
		if err := json.Unmarshal([]byte(s.Text()), &v); err != nil {
			t.Errorf("%s: %v in %s", path, err, s.Text())
			return
		}
		if v["@context"] != "https://schema.org" {
			t.Errorf("%s: the context is %v", path, v["@context"])
		}
		kind, _ := v["@type"].(string)
		out[kind] = v
	})
	return out
}

// at walks into structured data: "author.0.name".
func at(v any, path string) any {
	for _, key := range strings.Split(path, ".") {
		if list, ok := v.([]any); ok {
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(list) {
				return nil
			}
			v = list[i]
			continue
		}
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func checkData(t *testing.T, n *newsroom) {
	story := n.URL + n.path(n.full)
	for _, c := range []struct {
		path, kind string
		want       map[string]any // nil: anything but nothing
	}{
		{n.path(n.full), "NewsArticle", map[string]any{"headline": fullHeadline, "url": story, "mainEntityOfPage.@id": story,
			"datePublished": "2022-01-08T06:31:00+07:00", "dateModified": "2022-01-08T09:12:00+07:00", "dateline": "WASHINGTON DC",
			"inLanguage": "id", "author.0.@type": "Person", "author.0.name": authorName, "author.0.url": n.URL + "/author/sekar-prameswari",
			"publisher.@type": "NewsMediaOrganization", "publisher.name": "Kabar Nusantara", "publisher.logo.url": nil,
			"image.0.url": nil, "image.1.url": nil, "image.2.url": nil, "sourceOrganization.0.name": "AFP", "sourceOrganization.1.name": "Reuters",
			"correction.0.text": nil, "correction.1.text": nil, "correction.2.datePublished": nil, "isAccessibleForFree": true, "articleSection": "Internasional"}},
		{n.path(n.full), "BreadcrumbList", map[string]any{"itemListElement.0.name": "Beranda", "itemListElement.0.item": n.URL + "/",
			"itemListElement.1.name": "Global", "itemListElement.2.position": 3.0, "itemListElement.3.name": fullHeadline}},
		{n.path(n.sponsored), "AdvertiserContentArticle", map[string]any{"headline": nil}},
		{n.path(n.video), "NewsArticle", map[string]any{"video.@type": "VideoObject", "video.name": "Kereta pertama", "video.thumbnailUrl.0": nil,
			"video.uploadDate": nil, "video.embedUrl": nil}},
		{"/", "WebSite", map[string]any{"name": "Kabar Nusantara", "url": n.URL + "/", "potentialAction.@type": "SearchAction"}},
		{"/", "NewsMediaOrganization", map[string]any{"name": "Kabar Nusantara", "url": n.URL + "/", "logo.url": nil, "correctionsPolicy": nil,
			"ethicsPolicy": nil, "masthead": n.URL + "/page/redaksi", "sameAs.0": nil}},
		{"/internasional", "BreadcrumbList", map[string]any{"itemListElement.0.name": nil, "itemListElement.2.name": "Internasional"}},
		{"/internasional", "CollectionPage", map[string]any{"name": "Internasional", "mainEntity.itemListElement.0.url": nil}},
		{"/author/sekar-prameswari", "ProfilePage", map[string]any{"mainEntity.@type": "Person", "mainEntity.name": authorName, "mainEntity.url": nil}},
	} {
		v, ok := n.data(t, c.path)[c.kind]
		if !ok {
			t.Errorf("%s has no %s", c.path, c.kind)
			continue
		}
		for path, want := range c.want {
			if got := at(v, path); got == nil || want != nil && got != want {
				t.Errorf("%s: %s %s is %v, want %v", c.path, c.kind, path, got, want)
			}
		}
		n.reachable(t, c.path, v)
	}
	article := n.data(t, n.path(n.full))["NewsArticle"]
	ratios := []float64{16.0 / 9, 4.0 / 3, 1}
	for i, want := range ratios {
		w, _ := at(article, "image."+strconv.Itoa(i)+".width").(float64)
		h, _ := at(article, "image."+strconv.Itoa(i)+".height").(float64)
		if w < 1200 || h == 0 || w/h < want-0.01 || w/h > want+0.01 {
			t.Errorf("image %d is %v x %v, want 1200 wide and %.2f : 1", i, w, h, want)
		}
		u, _ := at(article, "image."+strconv.Itoa(i)+".url").(string)
		n.isJPEG(t, u, int(w), int(h))
	}
	for i := range 8 {
		if name, _ := at(article, "author."+strconv.Itoa(i)+".name").(string); strings.ContainsAny(name, ",(") {
			t.Errorf("author %d is %q, not a name alone", i, name)
		}
	}
}

// reachable asks for every address of ours in structured data.
func (n *newsroom) reachable(t *testing.T, page string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			n.reachable(t, page, x)
		}
	case []any:
		for _, x := range v {
			n.reachable(t, page, x)
		}
	case string:
		if path, ours := strings.CutPrefix(v, n.URL+"/"); ours && !strings.Contains(path, "{") {
			if res := n.Get("/" + path); res.StatusCode != 200 {
				t.Errorf("%s: structured data names %s, which answers %d", page, v, res.StatusCode)
			}
		}
	}
}

// isJPEG holds a picture for machines to its form, size and weight.
func (n *newsroom) isJPEG(t *testing.T, url string, w, h int) {
	t.Helper()
	res := n.Get(strings.TrimPrefix(url, n.URL))
	c, err := jpeg.DecodeConfig(strings.NewReader(res.Body))
	if res.StatusCode != 200 || err != nil || c.Width != w || c.Height != h || len(res.Body) > 300_000 {
		t.Errorf("%s: status %d, %d bytes, %d x %d, want %d x %d: %v", url, res.StatusCode, len(res.Body), c.Width, c.Height, w, h, err)
	}
}

func checkHeads(t *testing.T, n *newsroom) {
	for _, p := range n.pages() {
		d := n.parse(p.path, p.status)
		meta := func(name string) string {
			s := d.Find(`meta[property="` + name + `"], meta[name="` + name + `"]`)
			return s.AttrOr("content", "")
		}
		if d.Find("title").Text() == "" || d.Find("h1").Length() != 1 {
			t.Errorf("%s: title %q, %d h1", p.name, d.Find("title").Text(), d.Find("h1").Length())
		}
		if p.status != 200 || strings.HasPrefix(p.name, "search") {
			if !strings.Contains(meta("robots"), "noindex") {
				t.Errorf("%s: robots may list it: %q", p.name, meta("robots"))
			}
			continue
		}
		canonical := d.Find(`link[rel="canonical"]`).AttrOr("href", "")
		if canonical != n.URL+p.path {
			t.Errorf("%s: canonical is %q, want %q", p.name, canonical, n.URL+p.path)
		}
		for name, want := range map[string]string{"og:url": canonical, "og:site_name": "Kabar Nusantara", "og:locale": "id_ID", "robots": "max-image-preview:large"} {
			if got := meta(name); got != want {
				t.Errorf("%s: %s is %q, want %q", p.name, name, got, want)
			}
		}
		for _, name := range []string{"og:title", "og:type", "og:image", "og:image:width", "description", "twitter:card"} {
			if meta(name) == "" {
				t.Errorf("%s: no %s", p.name, name)
			}
		}
		w, _ := strconv.Atoi(meta("og:image:width"))
		h, _ := strconv.Atoi(meta("og:image:height"))
		n.isJPEG(t, meta("og:image"), w, h)
		d.Find(`link[rel="alternate"]`).Each(func(_ int, l *goquery.Selection) {
			res := n.Get(strings.TrimPrefix(l.AttrOr("href", ""), n.URL))
			if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), l.AttrOr("type", "?")) {
				t.Errorf("%s: the feed %s answers %d, %s", p.name, l.AttrOr("href", ""), res.StatusCode, res.Header.Get("Content-Type"))
			}
		})
		if d.Find(`link[rel="alternate"]`).Length() < 3 {
			t.Errorf("%s announces %d feeds", p.name, d.Find(`link[rel="alternate"]`).Length())
		}
	}
	if got := n.parse(n.path(n.full), 200).Find(`meta[property="og:type"]`).AttrOr("content", ""); got != "article" {
		t.Errorf("a story's og:type is %q", got)
	}
}

func checkTexts(t *testing.T, n *newsroom) {
	robots := n.Get("/robots.txt")
	for _, want := range []string{"User-agent: *", "Disallow: /search", "Sitemap: " + n.URL + "/sitemap.xml", "Sitemap: " + n.URL + "/sitemap-news.xml"} {
		if !slices.Contains(strings.Split(strings.ReplaceAll(robots.Body, "\r", ""), "\n"), want) {
			t.Errorf("robots.txt does not say %q:\n%s", want, robots.Body)
		}
	}
	res := n.Get("/.well-known/security.txt")
	field := map[string]string{}
	for _, line := range strings.Split(res.Body, "\n") {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			field[k] = v
		}
	}
	expires, err := time.Parse(time.RFC3339, field["Expires"])
	if err != nil || !expires.After(n.Clock.Now()) || expires.After(n.Clock.Now().AddDate(1, 0, 0)) || field["Contact"] != "mailto:redaksi@kabar.example" {
		t.Errorf("security.txt: contact %q, expires %q: %v", field["Contact"], field["Expires"], err)
	}
}
