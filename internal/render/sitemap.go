package render

import (
	"encoding/xml"
	"strconv"
	"time"

	"warta/internal/fault"
)

// The limits of sitemaps.org and of Google's news and picture extensions.
const (
	SitemapMaxURLs   = 50_000   // entries of a sitemap, and parts of an index
	SitemapMaxBytes  = 50 << 20 // of an uncompressed document
	SitemapMaxNews   = 1_000    // entries of a news sitemap
	SitemapMaxImages = 1_000    // pictures of one entry
	sitemapMaxLoc    = 2_047    // characters of an address
	sitemapNS        = "http://www.sitemaps.org/schemas/sitemap/0.9"
	sitemapImageNS   = "http://www.google.com/schemas/sitemap-image/1.1"
	sitemapNewsNS    = "http://www.google.com/schemas/sitemap-news/0.9"
)

// SitemapPart is one sitemap in an index; LastMod is zero when unknown.
type SitemapPart struct {
	Loc     string
	LastMod time.Time
}

// SitemapEntry is one page of a sitemap with the pictures that stand on it.
type SitemapEntry struct {
	Loc     string
	LastMod time.Time
	Images  []string
}

// NewsEntry is one story of a news sitemap. Publication is the outlet's name as
// readers know it, Language its two-letter code.
type NewsEntry struct {
	Loc         string
	Publication string
	Language    string
	Title       string
	Published   time.Time
	LastMod     time.Time
}

type sitemapIndex struct {
	XMLName xml.Name     `xml:"sitemapindex"`
	NS      string       `xml:"xmlns,attr"`
	Parts   []sitemapURL `xml:"sitemap"`
}

type sitemapSet struct {
	XMLName xml.Name     `xml:"urlset"`
	NS      string       `xml:"xmlns,attr"`
	ImageNS string       `xml:"xmlns:image,attr,omitempty"`
	NewsNS  string       `xml:"xmlns:news,attr,omitempty"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     xmlText        `xml:"loc"`
	LastMod string         `xml:"lastmod,omitempty"`
	Images  []sitemapImage `xml:"image:image"`
	News    *sitemapNews   `xml:"news:news"`
}

type sitemapImage struct {
	Loc xmlText `xml:"image:loc"`
}

type sitemapNews struct {
	Name      xmlText `xml:"news:publication>news:name"`
	Language  xmlText `xml:"news:publication>news:language"`
	Published string  `xml:"news:publication_date"`
	Title     xmlText `xml:"news:title"`
}

// SitemapIndex returns the index of the site's sitemaps (sitemaps.org 0.9). It
// answers TooLarge above the format's limits and Invalid for a bad address.
func SitemapIndex(parts []SitemapPart) ([]byte, error) {
	if err := sitemapLimit(len(parts), SitemapMaxURLs); err != nil {
		return nil, err
	}
	doc := sitemapIndex{NS: sitemapNS}
	for n, p := range parts {
		if err := sitemapLoc(n, p.Loc); err != nil {
			return nil, err
		}
		doc.Parts = append(doc.Parts, sitemapURL{Loc: xmlText(p.Loc), LastMod: sitemapTime(p.LastMod)})
	}
	return sitemapDocument(doc)
}

// Sitemap returns a sitemap of pages (sitemaps.org 0.9 with Google's picture
// extension). It answers TooLarge above the limits, Invalid for a bad address.
func Sitemap(entries []SitemapEntry) ([]byte, error) {
	if err := sitemapLimit(len(entries), SitemapMaxURLs); err != nil {
		return nil, err
	}
	doc := sitemapSet{NS: sitemapNS, ImageNS: sitemapImageNS}
	for n, e := range entries {
		if err := sitemapLoc(n, e.Loc); err != nil {
			return nil, err
		}
		u := sitemapURL{Loc: xmlText(e.Loc), LastMod: sitemapTime(e.LastMod)}
		for k, img := range e.Images {
			if k == SitemapMaxImages {
				break
			}
			if err := sitemapLoc(n, img); err != nil {
				return nil, err
			}
			u.Images = append(u.Images, sitemapImage{Loc: xmlText(img)})
		}
		doc.URLs = append(doc.URLs, u)
	}
	return sitemapDocument(doc)
}

// NewsSitemap returns a news sitemap as Google documents it; which stories are
// new enough is the caller's to say. It answers TooLarge above 1,000 entries
// and Invalid for one that lacks what the format requires.
func NewsSitemap(entries []NewsEntry) ([]byte, error) {
	if err := sitemapLimit(len(entries), SitemapMaxNews); err != nil {
		return nil, err
	}
	doc := sitemapSet{NS: sitemapNS, NewsNS: sitemapNewsNS}
	for n, e := range entries {
		if err := sitemapLoc(n, e.Loc); err != nil {
			return nil, err
		}
		if e.Title == "" || e.Publication == "" || e.Language == "" || e.Published.IsZero() {
			return nil, fault.Input("entries["+strconv.Itoa(n)+"]",
				"a news entry needs a title, a publication, its language and a time: %s", e.Loc)
		}
		doc.URLs = append(doc.URLs, sitemapURL{Loc: xmlText(e.Loc), LastMod: sitemapTime(e.LastMod), News: &sitemapNews{
			Name: xmlText(e.Publication), Language: xmlText(e.Language),
			Published: sitemapTime(e.Published), Title: xmlText(e.Title),
		}})
	}
	return sitemapDocument(doc)
}

func sitemapLimit(have, most int) error {
	if have > most {
		return fault.New(fault.TooLarge, "a sitemap of this kind holds at most %d entries, not %d", most, have)
	}
	return nil
}

func sitemapLoc(n int, loc string) error {
	if !absoluteURL(loc) || len(loc) > sitemapMaxLoc {
		return fault.Input("entries["+strconv.Itoa(n)+"].loc", "an absolute address of at most %d characters is needed, not %q", sitemapMaxLoc, loc)
	}
	return nil
}

// sitemapTime prints a W3C datetime, and nothing for a time that is not known.
func sitemapTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func sitemapDocument(v any) ([]byte, error) {
	doc, err := xmlDocument(v)
	if err == nil && len(doc) > SitemapMaxBytes {
		return nil, fault.New(fault.TooLarge, "a sitemap holds at most %d bytes, not %d", SitemapMaxBytes, len(doc))
	}
	return doc, err
}
