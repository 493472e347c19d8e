package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// checkLinks asks for everything that any page names.
func checkLinks(t *testing.T, n *newsroom) {
	from := map[string]string{}
	for _, p := range n.pages() {
		d := n.parse(p.path, p.status)
		add := func(link string) {
			if path := strings.TrimPrefix(link, n.URL); strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
				if path, _, _ = strings.Cut(path, "#"); from[path] == "" {
					from[path] = p.name
				}
			}
		}
		for _, x := range []struct{ tag, attr string }{{"a", "href"}, {"link", "href"}, {"img", "src"}, {"script", "src"}, {"form", "action"}} {
			d.Find(x.tag + "[" + x.attr + "]").Each(func(_ int, s *goquery.Selection) { add(s.AttrOr(x.attr, "")) })
		}
		d.Find("a").Each(func(_ int, s *goquery.Selection) {
			if href, ok := s.Attr("href"); !ok || href == "" || href == "#" {
				t.Errorf("%s: a link leads nowhere: %s", p.name, s.Text())
			} else if id, ok := strings.CutPrefix(href, "#"); ok && d.Find(`[id="`+id+`"]`).Length() != 1 {
				t.Errorf("%s: there is no #%s", p.name, id)
			}
		})
	}
	if len(from) < 100 {
		t.Errorf("only %d addresses were found", len(from))
	}
	for path, page := range from {
		res := n.Do(http.MethodHead, n.URL+path)
		if res.StatusCode == http.StatusSeeOther && (path == "/account" || strings.HasPrefix(path, "/account/shelf?")) { // nobody is signed in
			path = res.Header.Get("Location")
			res = n.Do(http.MethodHead, n.URL+strings.TrimPrefix(path, n.URL))
		}
		if res.StatusCode != 200 && !(res.StatusCode == 404 && path == "/tidak-ada") {
			t.Errorf("%s names %s, which answers %d", page, path, res.StatusCode)
		}
	}
}

// checkConditional asks for things of every kind again and again.
func checkConditional(t *testing.T, n *newsroom) {
	paths := []string{"/", "/regional", n.path(n.full), "/topic/teleskop", "/author/sekar-prameswari", "/latest", "/index?date=2026-11-23", "/search?q=teleskop",
		"/page/redaksi", "/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/feeds/topic/teleskop/rss.xml", "/sitemap.xml", "/sitemap-news.xml",
		"/sitemaps/2022-01.xml", "/sitemaps/pages.xml", "/robots.txt", "/.well-known/security.txt"}
	d := n.read200(n.path(n.full))
	for _, x := range []struct{ what, attr string }{{"figure.lead img", "src"}, {`link[rel="icon"]`, "href"}, {`link[rel="preload"]`, "href"}, {"script[src]", "src"}, {`meta[property="og:image"]`, "content"}} {
		paths = append(paths, strings.TrimPrefix(d.Find(x.what).AttrOr(x.attr, "/there-is-no-"+x.what), n.URL))
	}
	for _, path := range paths {
		for _, encoding := range []string{"gzip", "identity"} {
			first := n.Get(path, "Accept-Encoding", encoding)
			tag := first.Header.Get("ETag")
			if first.StatusCode != 200 || tag == "" {
				t.Errorf("%s, %s: status %d, ETag %q", path, encoding, first.StatusCode, tag)
				continue
			}
			if got := first.Header.Get("Content-Encoding"); encoding == "identity" && got != "" {
				t.Errorf("%s: asked for identity, got %s", path, got)
			}
			for _, match := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
				again := n.Get(path, "Accept-Encoding", encoding, "If-None-Match", match)
				if again.StatusCode != 304 || again.Wire != 0 || again.Header.Get("ETag") != tag {
					t.Errorf("%s, %s: If-None-Match %s answers %d with %d bytes and ETag %s", path, encoding, match, again.StatusCode, again.Wire, again.Header.Get("ETag"))
				}
			}
			if other := n.Get(path, "Accept-Encoding", encoding, "If-None-Match", `"other"`); other.StatusCode != 200 || other.Body != first.Body {
				t.Errorf("%s, %s: another tag answers %d", path, encoding, other.StatusCode)
			}
			head := n.Do(http.MethodHead, n.URL+path, "Accept-Encoding", encoding)
			if head.StatusCode != 200 || head.Wire != 0 || head.Header.Get("ETag") != tag || head.ContentLength >= 0 && head.ContentLength != first.ContentLength {
				t.Errorf("%s, %s: HEAD answers %d, ETag %s, length %d, not %s and %d", path, encoding, head.StatusCode, head.Header.Get("ETag"), head.ContentLength, tag, first.ContentLength)
			}
		}
		zipped, bare := n.Get(path), n.Get(path, "Accept-Encoding", "identity")
		if zipped.Body != bare.Body {
			t.Errorf("%s: gzip and identity are not the same", path)
		}
		if zipped.Header.Get("Content-Encoding") == "gzip" && (zipped.Header.Get("ETag") == bare.Header.Get("ETag") || !strings.Contains(zipped.Header.Get("Vary"), "Accept-Encoding")) {
			t.Errorf("%s: caches cannot tell gzip from identity: ETag %s, Vary %q", path, zipped.Header.Get("ETag"), zipped.Header.Get("Vary"))
		}
		if res := n.Do(http.MethodPost, n.URL+path); res.StatusCode != 405 {
			t.Errorf("%s: POST answers %d", path, res.StatusCode)
		}
	}
}
