package edition

import (
	"cmp"
	"net/url"
	"strings"

	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/render"
)

// short is the short headline, if there is one.
func (b *build) short(c *news.Content) string {
	if c.ShortHeadline == "" {
		return ""
	}
	return b.labelled(c, c.ShortHeadline)
}

// article is a story as structured data has it.
func (b *build) article(live *news.LiveStory, p *storyParts) render.LDArticle {
	s, c := &live.Story, &live.Version.Content
	a := render.LDArticle{URL: b.url(b.path(s)), Headline: b.named(c), ShortHeadline: b.short(c),
		Description: c.Standfirst, Dateline: c.Dateline, Language: string(c.Language),
		Published: s.FirstPublished.In(b.zone), Publisher: b.organization(),
		Sponsored: c.Has(news.LabelSponsored) || c.Kind == news.KindAdvertorial, MembersOnly: !c.Closed().Empty(), Paywalled: render.PaidPart}
	if a.Language == "" {
		a.Language = string(b.code)
	}
	if sec := b.tree.ByID(c.SectionID); sec != nil {
		a.Section = sec.Name
	}
	if s.Updated.After(s.FirstPublished) {
		a.Modified = s.Updated.In(b.zone)
	}
	for _, t := range p.topics {
		a.Keywords = append(a.Keywords, t.Text)
	}
	for _, cr := range c.Credits {
		// An editor or photographer is credited on the page; an author wrote it.
		switch cr.Role {
		case news.Writer, news.Reporter, news.Contributor, news.Team:
			if x, ok := p.persons[cr.PersonID]; ok {
				a.Authors = append(a.Authors, render.LDAuthor{Name: x.Name, URL: b.url("/author/" + x.Slug), Team: cr.Role == news.Team})
			}
		}
	}
	for _, src := range p.sources {
		a.Sources = append(a.Sources, render.LDSource{Name: src.Text, URL: src.URL})
	}
	for _, crop := range []media.Crop{media.Wide, media.Classic, media.Square} {
		if u, w, h := b.jpeg(c.Lead.PictureID, crop); u != "" {
			pic := b.pictures[c.Lead.PictureID]
			a.Images = append(a.Images, render.LDImage{URL: u, Width: w, Height: h, Caption: pic.Caption, Credit: pic.Credit})
		}
	}
	for _, x := range p.corrections {
		a.Corrections = append(a.Corrections, render.LDCorrection{Label: b.words.T("correction." + string(x.Kind)),
			Text: x.Text, URL: a.URL, At: x.At.In(b.zone)})
	}
	if v := c.Lead.Video; v != nil {
		video := &render.LDVideo{Name: b.labelled(c, cmp.Or(v.Title, c.Headline)), Description: c.Standfirst, Uploaded: a.Published, EmbedURL: v.URL}
		if u, _, _ := b.jpeg(c.Lead.PictureID, media.Wide); u != "" {
			video.Thumbnails = []string{u}
		}
		a.Video = video
	}
	return a
}

// splitAddress cuts an address into its host in lower case and its path with
// the query.
func splitAddress(raw string) (host, path string) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", raw
	}
	path = u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return strings.ToLower(u.Host), path
}

// ours reports whether a host is this site's own.
func (b *build) ours(host string) bool {
	own, err := url.Parse(b.e.opt.BaseURL)
	return host == "" || err == nil && host == strings.ToLower(own.Host)
}
