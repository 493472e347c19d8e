package edition

import (
	"bytes"
	"context"
	"strings"

	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// Draft is a content that nobody has published, to be shown as readers would
// see it if it went out now.
type Draft struct {
	Story   news.Story
	Content news.Content
	// Picture gives the address of a rendition. The public addresses of pictures
	// are closed before publication.
	Picture func(id int64, crop media.Crop, width int, f media.Format) string
	// Banner is a line above everything that says what one is looking at; empty:
	// none.
	Banner string
	// As is the class of reader for whom the page is filled.
	As page.Class
}

// preview begins a page that shows a draft.
func (e *Edition) preview(ctx context.Context, d Draft) (*build, *news.LiveStory, error) {
	b, err := e.begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	b.room = d.Picture
	live := &news.LiveStory{Story: d.Story, Version: news.Version{StoryID: d.Story.ID, Content: d.Content}}
	live.Story.SectionID = d.Content.SectionID
	if c := &live.Version.Content; c.Teaser == 0 { // it would be noted with the version
		c.Teaser = b.settings.Teaser()
	}
	if live.Story.FirstPublished.IsZero() {
		live.Story.FirstPublished = b.now
	}
	if live.Story.Slug == "" {
		live.Story.Slug = "draft"
	}
	return b, live, nil
}

// Preview returns the page of a story with the content of a draft, its modules
// filled as for a reader of d.As.
func (e *Edition) Preview(ctx context.Context, d Draft) (_ []byte, err error) {
	defer fault.Wrap(&err, "preview of story %d", d.Story.ID)
	b, live, err := e.preview(ctx, d)
	if err != nil {
		return nil, err
	}
	v, err := b.storyView(live)
	if err != nil {
		return nil, err
	}
	v.Robots, v.Canonical, v.Data, v.Feeds, v.Draft = "noindex", "", nil, nil, d.Banner
	out, err := e.render.Story(v)
	if err != nil {
		return nil, err
	}
	return b.whole(out.Body, out.Holes, live, d.As)
}

// whole puts the modules into the holes of a page that is not kept.
func (b *build) whole(text []byte, in *page.Holes, live *news.LiveStory, as page.Class) ([]byte, error) {
	segments, holes, err := in.Split(text)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	for i, s := range segments {
		body.Write(s)
		if i == len(holes) {
			break
		}
		if !holes[i].Open(as) {
			continue
		}
		if holes[i].Module == render.ModuleRest && live != nil { // of this text, not of what is live
			rest, err := b.restOf(live)
			if err != nil {
				return nil, err
			}
			body.Write(rest)
			continue
		}
		piece, err := b.e.Module(b.ctx, page.Hole{Module: holes[i].Module, Params: holes[i].Params, Without: holes[i].Without})
		if err != nil {
			return nil, err
		}
		body.Write(piece.Body)
	}
	return body.Bytes(), nil
}

// PreviewCards returns a page with the cards of a draft as lists and fronts
// print them, the largest first.
func (e *Edition) PreviewCards(ctx context.Context, d Draft) (_ []byte, err error) {
	defer fault.Wrap(&err, "preview of the cards of story %d", d.Story.ID)
	b, live, err := e.preview(ctx, d)
	if err != nil {
		return nil, err
	}
	c := &d.Content
	card := news.Card{ID: live.Story.ID, Slug: live.Story.Slug, SectionID: c.SectionID, Kind: c.Kind, Headline: c.ListHeadline(),
		FullHeadline: c.Headline, Standfirst: c.Standfirst, Labels: c.ShownLabels(), Access: c.Access,
		PictureID: c.Lead.PictureID, Video: c.Lead.Video != nil, Language: c.Language,
		FirstPublished: live.Story.FirstPublished, Updated: live.Story.Updated}
	v := &render.CardsPreview{Shell: b.shell(about{title: card.Headline, robots: "noindex"})}
	v.Feeds = nil
	for _, x := range []struct {
		to   *render.Card
		crop media.Crop
	}{{&v.Card, media.Wide}, {&v.Item, media.Classic}, {&v.Row, media.Square}} {
		cards, err := b.cards([]news.Card{card}, x.crop)
		if err != nil {
			return nil, err
		}
		*x.to = cards[0]
	}
	return e.render.CardsPreview(v)
}

// Share is what messengers, social networks and search engines print of a story.
type Share struct {
	Site, Host    string
	Title         string // of the share card
	SearchTitle   string // of a search result: the page's title
	Description   string
	Address       string // as a search result prints it: "kabar.example › nasional"
	Image         string // empty: the drawn card stands there
	Width, Height int
}

// PreviewShare returns what others would print of a draft.
func (e *Edition) PreviewShare(ctx context.Context, d Draft) (_ Share, err error) {
	defer fault.Wrap(&err, "preview of the share card of story %d", d.Story.ID)
	b, live, err := e.preview(ctx, d)
	if err != nil {
		return Share{}, err
	}
	view, err := b.storyView(live)
	if err != nil {
		return Share{}, err
	}
	host, _ := splitAddress(e.opt.BaseURL)
	s := Share{Site: b.settings.Name(), Host: host, Title: view.Social.Title, SearchTitle: view.Title,
		Description: view.Social.Description, Address: host + " › " + b.tree.Slug(d.Content.SectionID),
		Width: view.Social.ImageWidth, Height: view.Social.ImageHeight}
	if pic := b.pictures[d.Content.Lead.PictureID]; pic.ID != 0 {
		s.Image = b.address(pic.ID, media.Wide, media.JPEGWidth, media.JPEG)
	}
	return s, nil
}

// DrawShareCard returns the JPEG that stands in for the picture of a draft that
// has none.
func (e *Edition) DrawShareCard(ctx context.Context, d Draft) (_ []byte, err error) {
	defer fault.Wrap(&err, "draw the share card of story %d", d.Story.ID)
	b, _, err := e.preview(ctx, d)
	if err != nil {
		return nil, err
	}
	font, err := render.CardFont()
	if err != nil {
		return nil, err
	}
	return b.shareCard(font, &d.Content, b.sectionName(d.Content.SectionID)).ShareCard()
}

// DeadLinks returns the addresses of this site in a draft's text under which
// there is no page. Stories apart: whether they are live is known to the desk.
func (e *Edition) DeadLinks(ctx context.Context, d Draft) (_ []string, err error) {
	defer fault.Wrap(&err, "check the links of story %d", d.Story.ID)
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	var dead []string
	for _, href := range d.Content.Body.Links() {
		lost, err := b.dead(href)
		if err != nil {
			return nil, err
		}
		if lost {
			dead = append(dead, href)
		}
	}
	return dead, nil
}

// dead reports whether an address is one of this site under which there is
// nothing. Addresses of others are not asked.
func (b *build) dead(href string) (bool, error) {
	host, path := splitAddress(href)
	if !b.ours(host) || !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "http") {
		return false, nil
	}
	path, raw, _ := strings.Cut(path, "?")
	if path != "/" {
		path = strings.TrimSuffix(path, "/")
	}
	switch first, _, _ := strings.Cut(strings.Trim(path, "/"), "/"); first {
	case "assets", "media", "newsroom", "api":
		return false, nil // no page of the edition
	}
	if _, ok := StoryID(path); ok {
		return false, nil
	}
	path, q := splitKey(Key(path, raw))
	_, err := b.route(path, q)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return true, nil
	}
	return false, err
}
