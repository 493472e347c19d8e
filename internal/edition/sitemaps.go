package edition

import (
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// newsWindow is how long a story stands in the news sitemap.
const newsWindow = 48 * time.Hour

const xmlType = "application/xml; charset=utf-8"

// sitemap renders the index, the news sitemap, and the parts: one for fronts and
// static pages, one a month, and of the latest months one a day. A publication
// touches the index and its day, however many stories the archive has a month.
func (b *build) sitemap(parts []string) (page.Rendering, error) {
	switch {
	case len(parts) == 1 && parts[0] == "sitemap.xml":
		return b.sitemapIndex()
	case len(parts) == 1 && parts[0] == "sitemap-news.xml":
		return b.newsSitemap()
	case len(parts) == 2 && parts[1] == "pages.xml":
		return b.sitemapPages()
	case len(parts) == 2 && strings.HasSuffix(parts[1], ".xml"):
		return b.sitemapPeriod(strings.TrimSuffix(parts[1], ".xml"))
	}
	return page.Rendering{}, fault.New(fault.NotFound, "there is no sitemap at this address")
}

func (b *build) sitemapIndex() (page.Rendering, error) {
	b.tag(news.TagLatest)
	periods, err := b.e.store.Periods(b.ctx)
	if err != nil {
		return page.Rendering{}, err
	}
	parts := []render.SitemapPart{{Loc: b.url("/sitemaps/pages.xml")}}
	for _, p := range periods {
		layout := sitemapMonth
		if p.Day() {
			layout = sitemapDay
		}
		parts = append(parts, render.SitemapPart{Loc: b.url("/sitemaps/" + p.Start.In(b.zone).Format(layout) + ".xml"), LastMod: p.LastMod.In(b.zone)})
	}
	body, err := render.SitemapIndex(parts)
	return page.Rendering{Body: body, ContentType: xmlType}, err
}

func (b *build) sitemapPages() (page.Rendering, error) {
	b.tag(news.TagPages)
	entries := []render.SitemapEntry{{Loc: b.url("/")}}
	for _, s := range b.tree.All() {
		entries = append(entries, render.SitemapEntry{Loc: b.url("/" + s.Slug)})
	}
	pages, err := b.e.store.StaticPages(b.ctx)
	if err != nil {
		return page.Rendering{}, err
	}
	for _, p := range pages {
		entries = append(entries, render.SitemapEntry{Loc: b.url("/page/" + p.Slug), LastMod: p.Updated.In(b.zone)})
	}
	body, err := render.Sitemap(entries)
	return page.Rendering{Body: body, ContentType: xmlType}, err
}

// Names of the parts that hold stories.
const (
	sitemapMonth = "2006-01"
	sitemapDay   = "2006-01-02"
)

// sitemapPeriod lists the stories of a month or a day, the newest 50,000 of them,
// which is the most that a sitemap may hold. Every month and every day has one,
// whether or not the index names it now: crawlers come back to what it named.
func (b *build) sitemapPeriod(name string) (page.Rendering, error) {
	filter := news.ListFilter{Limit: 500}
	if day, err := time.ParseInLocation(sitemapDay, name, b.zone); err == nil {
		b.tag(news.TagDay(day.Add(12*time.Hour), b.zone))
		filter.From, filter.To = day, day.AddDate(0, 0, 1)
	} else if month, err := time.ParseInLocation(sitemapMonth, name, b.zone); err == nil {
		b.tag(news.TagMonth(month.Add(36*time.Hour), b.zone))
		filter.From, filter.To = month, month.AddDate(0, 1, 0)
	} else {
		return page.Rendering{}, fault.New(fault.NotFound, "there is no sitemap at this address")
	}
	var entries []render.SitemapEntry
	for len(entries) < render.SitemapMaxURLs {
		cards, next, more, err := b.e.store.List(b.ctx, filter)
		if err != nil {
			return page.Rendering{}, err
		}
		for i := range cards {
			c := &cards[i]
			at := c.FirstPublished
			if c.Updated.After(at) {
				at = c.Updated
			}
			entries = append(entries, render.SitemapEntry{Loc: b.url(c.Path(b.tree, b.zone)), LastMod: at.In(b.zone)})
		}
		if !more {
			break
		}
		filter.After = next
	}
	if len(entries) == 0 {
		return page.Rendering{}, fault.New(fault.NotFound, "there is no story in %s", name)
	}
	body, err := render.Sitemap(entries[:min(len(entries), render.SitemapMaxURLs)])
	return page.Rendering{Body: body, ContentType: xmlType}, err
}

// newsSitemap holds exactly the last 48 hours, at most 1,000 stories; it stops
// being true when the oldest one leaves the window.
func (b *build) newsSitemap() (page.Rendering, error) {
	b.tag(news.TagLatest)
	// A story leaves at the very instant at which the sitemap is made anew for it.
	filter := news.ListFilter{From: b.now.Add(-newsWindow + time.Millisecond), Limit: 500}
	var entries []render.NewsEntry
	for len(entries) < render.SitemapMaxNews {
		cards, next, more, err := b.e.store.List(b.ctx, filter)
		if err != nil {
			return page.Rendering{}, err
		}
		for i := range cards {
			c := &cards[i]
			b.tag(news.TagStory(c.ID))
			language := string(c.Language)
			if language == "" {
				language = string(b.code)
			}
			entries = append(entries, render.NewsEntry{Loc: b.url(c.Path(b.tree, b.zone)), Publication: b.settings.Name(),
				Language: language, Title: b.said(c, c.FullHeadline), Published: c.FirstPublished.In(b.zone)})
			b.expires(c.FirstPublished.Add(newsWindow))
		}
		if !more {
			break
		}
		filter.After = next
	}
	body, err := render.NewsSitemap(entries[:min(len(entries), render.SitemapMaxNews)])
	return page.Rendering{Body: body, ContentType: xmlType}, err
}

// robots allows everything that is a page and keeps crawlers out of endless
// searches.
func (b *build) robots() (page.Rendering, error) {
	body, err := render.RobotsTxt(render.Robots{
		Groups:   []render.RobotsGroup{{Disallow: []string{"/search", "/newsroom", "/api", "/report", "/account"}}},
		Sitemaps: []string{b.url("/sitemap.xml"), b.url("/sitemap-news.xml")}})
	return page.Rendering{Body: body, ContentType: "text/plain; charset=utf-8"}, err
}

// security names whom to tell of a weakness. Its date of expiry moves with the
// month.
func (b *build) security() (page.Rendering, error) {
	contact := b.settings.Get("security_contact")
	if contact == "" && b.settings.Get("email") != "" {
		contact = "mailto:" + b.settings.Get("email")
	}
	if contact == "" {
		return page.Rendering{}, fault.New(fault.NotFound, "no contact is set; see: warta settings set security_contact=mailto:…")
	}
	now := b.now.In(b.zone)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, b.zone)
	b.expires(month.AddDate(0, 1, 0))
	body, err := render.SecurityTxt(render.Security{Contacts: []string{contact}, Expires: month.AddDate(0, 6, 0),
		Languages: []string{string(b.code)}, Canonical: []string{b.url("/.well-known/security.txt")}})
	return page.Rendering{Body: body, ContentType: "text/plain; charset=utf-8"}, err
}
