package edition

import (
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/render"
)

// about is what a page says of itself; shell turns it into a head.
type about struct {
	title       string // without the outlet's name
	bare        bool   // the title stands alone
	description string
	path        string // canonical path with the query that belongs to it
	nav         string // slug of the open top-level section
	robots      string
	kind        string // Open Graph type; empty: website
	picture     int64  // for the share card, loaded already
	feed        string // folder of its own feeds below /feeds/, and their title
	feedTitle   string
	feedRSSOnly bool
	front       bool // a front: see build.inline
}

func (b *build) shell(a about) render.Shell {
	name := b.settings.Name()
	title := a.title + " - " + name
	if a.bare {
		title = a.title
	}
	s := render.Shell{Lang: string(b.code), Site: name, Nav: a.nav, Title: title, Description: a.description, Robots: a.robots, Sized: b.sized}
	if a.path != "" {
		s.Canonical = b.url(a.path)
	}
	if a.front {
		s.Inline = b.inline
	}
	kind := a.kind
	if kind == "" {
		kind = "website"
	}
	s.Social = render.Social{Type: kind, Title: a.title, Description: a.description, Locale: b.code.OGLocale()}
	if url, w, h := b.jpeg(a.picture, media.Wide); url != "" {
		s.Social.Image, s.Social.ImageWidth, s.Social.ImageHeight = url, w, h
		s.Social.ImageAlt = b.pictures[a.picture].Alt
	} else if a.path != "" && a.kind != "article" { // a story has a card of its own
		s.Social.Image, s.Social.ImageWidth, s.Social.ImageHeight = b.url(sitePath), 1200, 630
	}
	if a.feed != "" {
		s.Feeds = append(s.Feeds, b.feedLinks(a.feedTitle, a.feed, a.feedRSSOnly)...)
	}
	s.Feeds = append(s.Feeds, b.feedLinks(name, "", false)...)
	return s
}

// feedLinks announces the formats of one feed.
func (b *build) feedLinks(title, folder string, rssOnly bool) []render.FeedLink {
	base := b.url("/feeds/")
	if folder != "" {
		base += folder + "/"
	}
	links := []render.FeedLink{{Type: "application/rss+xml", Title: title, URL: base + "rss.xml"}}
	if rssOnly {
		return links
	}
	return append(links,
		render.FeedLink{Type: "application/atom+xml", Title: title + " (Atom)", URL: base + "atom.xml"},
		render.FeedLink{Type: "application/feed+json", Title: title + " (JSON)", URL: base + "feed.json"})
}

// organization is the outlet as structured data has it.
func (b *build) organization() render.LDOrganization {
	s := b.settings
	org := render.LDOrganization{Name: s.Name(), LegalName: s.Get("publisher"), URL: b.url("/"),
		Description: s.Get("description"), Address: s.Get("address"), Email: s.Get("email"), Phone: s.Get("phone"),
		Logo:     render.LDImage{URL: b.url(logoPath), Width: 600, Height: 60},
		Masthead: b.url("/page/redaksi"), PublishingRules: b.url("/page/pedoman-media-siber"),
		EthicsPolicy: b.url("/page/kode-etik"), CorrectionsPolicy: b.url("/page/hak-jawab"),
		FeedbackPolicy: b.url("/page/kontak"), OwnershipDisclosure: b.url("/page/tentang-kami")}
	for _, key := range []string{"social_x", "social_facebook", "social_instagram", "social_youtube", "channel_url"} {
		if v := s.Get(key); v != "" {
			org.SameAs = append(org.SameAs, v)
		}
	}
	return org
}

// crumbs returns the way from the home page to a section, the section last.
func (b *build) crumbs(sectionID int64) (links []render.Link, data render.LDBreadcrumbs) {
	add := func(text, path string) {
		links = append(links, render.Link{Text: text, URL: path})
		data = append(data, render.LDCrumb{Name: text, URL: b.url(path)})
	}
	add(b.words.T("nav.home"), "/")
	line := b.tree.Ancestry(sectionID)
	for i := len(line) - 1; i >= 0; i-- {
		add(line[i].Name, "/"+line[i].Slug)
	}
	return links, data
}

// open returns the slug of the top-level section above a section.
func (b *build) open(sectionID int64) string {
	if s := b.tree.ByID(b.tree.Top(sectionID)); s != nil {
		return s.Slug
	}
	return ""
}

// list is an ItemList of cards for structured data: the addresses, since each
// story says the rest itself.
func (b *build) list(name, path string, cards []render.Card) []byte {
	c := render.LDCollection{Name: name, URL: b.url(path), Language: string(b.code)}
	for i := range cards {
		c.Items = append(c.Items, render.LDCrumb{URL: b.url(cards[i].URL)})
	}
	return render.LDScript(c)
}

// sectionLink returns a section as a link.
func sectionLink(s *news.Section) render.Link { return render.Link{Text: s.Name, URL: "/" + s.Slug} }

// sectionName returns a section's name, "" for one that is unknown.
func (b *build) sectionName(id int64) string {
	if s := b.tree.ByID(id); s != nil {
		return s.Name
	}
	return ""
}
