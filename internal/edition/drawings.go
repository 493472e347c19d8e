package edition

import (
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// The addresses of what is drawn; they are pages like others, so that they come
// and go with the story.
const (
	logoPath  = "/media/site/logo.png"
	iconPath  = "/media/site/icon.png"
	sitePath  = "/media/site/card.jpg" // share card of pages that have no picture
	cardsPath = "/media/card/"
)

// cardPath returns the address of the share card of a story without a picture.
func cardPath(id int64) string { return cardsPath + strconv.FormatInt(id, 10) + ".jpg" }

// drawing renders the outlet's logo and icon, and share cards.
func (b *build) drawing(path string) (page.Rendering, error) {
	font, err := render.CardFont()
	if err != nil {
		return page.Rendering{}, err
	}
	d := media.Drawing{Font: font, Site: b.settings.Name()}
	switch path {
	case logoPath:
		body, err := d.Logo()
		return page.Rendering{Body: body, ContentType: "image/png"}, err
	case iconPath:
		body, err := d.Icon()
		return page.Rendering{Body: body, ContentType: "image/png"}, err
	case sitePath:
		if d.Headline = b.settings.Get("tagline"); d.Headline == "" {
			d.Headline = b.words.T("front.title", lang.Args{"name": d.Site})
		}
		body, err := d.ShareCard()
		return page.Rendering{Body: body, ContentType: "image/jpeg"}, err
	}
	name, ok := strings.CutPrefix(path, cardsPath)
	id, err := strconv.ParseInt(strings.TrimSuffix(name, ".jpg"), 10, 64)
	if !ok || err != nil || path != cardPath(id) {
		return page.Rendering{}, fault.New(fault.NotFound, "there is no picture at this address")
	}
	b.tag(news.TagStory(id))
	live, err := b.e.store.LiveStory(b.ctx, id)
	if err != nil {
		return page.Rendering{}, err
	}
	body, err := b.shareCard(font, &live.Version.Content, b.sectionName(live.Story.SectionID)).ShareCard()
	return page.Rendering{Body: body, ContentType: "image/jpeg"}, err
}
