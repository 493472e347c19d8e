package edition

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// build is the making of one page or module: the site as it is now, and what
// has been printed so far.
type build struct {
	ctx      context.Context
	e        *Edition
	now      time.Time
	settings news.Settings
	tree     *news.Tree
	zone     *time.Location
	code     lang.Code
	words    *lang.Catalog

	tags     []string
	seen     map[string]bool
	contains []string
	until    time.Time

	// room gives pictures the addresses that only the newsroom knows; nil: the
	// public ones.
	room func(id int64, crop media.Crop, width int, f media.Format) string

	trial       *news.Front // an arrangement that is not live; nil: none
	leadPicture int64       // of the front being built, for its share card
	pictures    map[int64]media.Picture
	tokens      map[int64]map[media.Crop]string
}

func (e *Edition) begin(ctx context.Context) (*build, error) {
	settings, err := e.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := e.store.Sections(ctx)
	if err != nil {
		return nil, err
	}
	b := &build{ctx: ctx, e: e, now: e.opt.Now(), settings: settings, tree: tree, zone: settings.Zone(),
		code: settings.Language(), seen: map[string]bool{},
		pictures: map[int64]media.Picture{}, tokens: map[int64]map[media.Crop]string{}}
	b.words = e.render.Words(b.code)
	b.tag(news.TagSettings, news.TagSections)
	return b, nil
}

// finish adds what was collected on the way.
func (b *build) finish(out page.Rendering) page.Rendering {
	out.Tags, out.Contains = b.tags, b.contains
	if out.Until.IsZero() {
		out.Until = b.until
	}
	if out.Status == 0 {
		out.Status = 200
	}
	return out
}

// tag notes that what is printed depends on these.
func (b *build) tag(tags ...string) {
	for _, t := range tags {
		if !b.seen[t] {
			b.seen[t] = true
			b.tags = append(b.tags, t)
		}
	}
}

// expires notes an instant at which what is printed stops being true.
func (b *build) expires(t time.Time) {
	if !t.IsZero() && t.After(b.now) && (b.until.IsZero() || t.Before(b.until)) {
		b.until = t
	}
}

// midnight returns the start of the next day of the site.
func (b *build) midnight() time.Time {
	return lang.Day(b.now, b.zone).End(b.zone)
}

// html turns a rendered template into a rendering.
func (b *build) html(out render.Output, err error) (page.Rendering, error) {
	return page.Rendering{Body: out.Body, Holes: out.Holes, ContentType: "text/html; charset=utf-8"}, err
}

// piece turns a rendered module into a rendering.
func (b *build) piece(body []byte, err error) (page.Rendering, error) {
	return page.Rendering{Body: body, ContentType: "text/html; charset=utf-8"}, err
}

// url returns the absolute form of a path.
func (b *build) url(path string) string { return b.e.opt.BaseURL + path }

// path returns a story's canonical path.
func (b *build) path(s *news.Story) string {
	return news.Path(b.tree.Slug(s.SectionID), s.FirstPublished, b.zone, s.ID, s.Slug)
}

func (b *build) time(t time.Time) render.Time {
	return render.Time{Text: lang.DateTime(b.code, t, b.zone), ISO: t.In(b.zone).Format(time.RFC3339), Clock: lang.Clock(t, b.zone)}
}

// cardTime is a time as a card has room for it, in one line.
func (b *build) cardTime(t time.Time) render.Time {
	short := b.time(t)
	short.Text = lang.ShortDate(b.code, t, b.zone) + ", " + lang.Clock(t, b.zone) + " " + lang.ZoneName(t, b.zone)
	return short
}

// load reads pictures and their addresses that are not read yet.
func (b *build) load(ids ...int64) error {
	var missing []int64
	for _, id := range ids {
		if _, ok := b.pictures[id]; !ok && id != 0 {
			b.pictures[id] = media.Picture{}
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	list, err := b.e.store.PicturesByID(b.ctx, missing)
	if err != nil {
		return err
	}
	for _, p := range list {
		b.pictures[p.ID] = p
	}
	if b.room != nil {
		return nil
	}
	tokens, err := b.e.store.AddressesOf(b.ctx, missing)
	for id, t := range tokens {
		b.tokens[id] = t
	}
	return err
}

// shown reports whether a crop of a loaded picture has an address.
func (b *build) shown(id int64, crop media.Crop) bool {
	return b.room != nil || b.tokens[id][crop] != ""
}

// address returns the path of a rendition of a picture that is shown.
func (b *build) address(id int64, crop media.Crop, width int, f media.Format) string {
	if b.room != nil {
		return b.room(id, crop, width, f)
	}
	return media.Path(b.tokens[id][crop], width, f)
}

// The widest renditions that a place can use, at two dots a pixel. Naming more
// of them would make pages longer and renditions that nobody asks for.
const (
	widestPage = 1600 // leads and pictures in the text
	widestCard = 960
	widestItem = 480 // rows with a small picture
	widestRow  = 192
)

// widest is what cards of a crop use.
func widest(crop media.Crop) int {
	switch crop {
	case media.Square:
		return widestRow
	case media.Classic:
		return widestItem
	}
	return widestCard
}

// picture returns one crop of a loaded picture in renditions up to a width, nil
// if there is none.
func (b *build) picture(id int64, crop media.Crop, most int) *render.Picture {
	p := b.pictures[id]
	if p.ID == 0 || !b.shown(id, crop) {
		return nil
	}
	widths := p.Widths(crop)
	for len(widths) > 1 && widths[len(widths)-1] > most {
		widths = widths[:len(widths)-1]
	}
	out := &render.Picture{Tone: p.Tone, Alt: p.Alt, Caption: p.Caption, Credit: p.Credit}
	for _, w := range widths {
		if w == 480 && most == widestCard {
			continue // between its neighbours it saves nobody much
		}
		real, _ := p.RenditionSize(crop, w)
		out.Srcset = append(out.Srcset, render.Source{URL: b.address(id, crop, w, media.WebP), Width: real})
	}
	largest := widths[len(widths)-1]
	out.Width, out.Height = p.RenditionSize(crop, largest)
	src := widths[min(1, len(widths)-1)]
	for _, w := range widths {
		if w <= 640 {
			src = w
		}
	}
	out.Src = b.address(id, crop, src, media.WebP)
	if crop == media.Orig {
		out.Full = b.address(id, crop, largest, media.WebP)
	}
	return out
}

// jpeg returns the absolute address and size of a picture's JPEG for machines.
func (b *build) jpeg(id int64, crop media.Crop) (url string, w, h int) {
	p := b.pictures[id]
	if p.ID == 0 || !b.shown(id, crop) {
		return "", 0, 0
	}
	w, h = p.RenditionSize(crop, media.JPEGWidth)
	return b.url(b.address(id, crop, media.JPEGWidth, media.JPEG)), w, h
}

// cards turns stories into cards of one crop and notes their tags.
func (b *build) cards(list []news.Card, crop media.Crop) ([]render.Card, error) {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].PictureID
	}
	if err := b.load(ids...); err != nil {
		return nil, err
	}
	out := make([]render.Card, len(list))
	for i := range list {
		out[i] = b.card(&list[i], crop)
	}
	return out, nil
}

// flag is a label in words, as it stands before a headline.
func (b *build) flag(k news.Kind, l news.Label) string {
	if l == news.LabelSponsored && k == news.KindAdvertorial {
		return b.words.T("label.advertorial")
	}
	return b.words.T("label." + string(l))
}

// said returns a story's headline as it stands where there is nothing else: what is
// paid for says so in front of it.
func (b *build) said(c *news.Card, headline string) string {
	if !slices.Contains(c.Labels, news.LabelSponsored) {
		return headline
	}
	label := b.flag(c.Kind, news.LabelSponsored)
	if said, _, _ := strings.Cut(headline, ":"); strings.EqualFold(strings.TrimSpace(said), label) {
		return headline // somebody has written it there
	}
	return b.words.T("label.before", lang.Args{"label": label, "headline": headline})
}

// named is said of a story that is at hand itself.
func (b *build) named(c *news.Content) string { return b.labelled(c, c.Headline) }

// labelled is named for another of the story's titles.
func (b *build) labelled(c *news.Content, title string) string {
	return b.said(&news.Card{Kind: c.Kind, Labels: c.ShownLabels()}, title)
}

// shareTitle is what stands where a story is shared.
func (b *build) shareTitle(c *news.Content) string {
	return b.labelled(c, cmp.Or(c.ShareTitle, c.Headline))
}

// shareCard is the drawing that stands for a story without a picture where it is
// shared: above the headline is the section, or that somebody has paid.
func (b *build) shareCard(font []byte, c *news.Content, section string) media.Drawing {
	d := media.Drawing{Font: font, Site: b.settings.Name(), Label: section, Headline: cmp.Or(c.ShareTitle, c.Headline)}
	if slices.Contains(c.ShownLabels(), news.LabelSponsored) {
		d.Label = b.flag(c.Kind, news.LabelSponsored)
	}
	return d
}

func (b *build) card(c *news.Card, crop media.Crop) render.Card {
	b.tag(news.TagStory(c.ID))
	b.contains = append(b.contains, strconv.FormatInt(c.ID, 10))
	out := render.Card{URL: c.Path(b.tree, b.zone), Headline: c.Headline, Time: b.cardTime(c.FirstPublished),
		Picture: b.picture(c.PictureID, crop, widest(crop)), Standfirst: c.Standfirst}
	out.Time.ISO = c.FirstPublished.In(b.zone).Format("2006-01-02T15:04Z07:00") // a list needs no seconds
	if s := b.tree.ByID(c.SectionID); s != nil {
		out.Label = s.Name
	}
	switch {
	case c.Video || c.Kind == news.KindVideo:
		out.Kind = render.KindVideo
	case c.Kind == news.KindGallery:
		out.Kind = render.KindGallery
	case c.Kind == news.KindLive:
		out.Kind = render.KindLive
	}
	for _, l := range c.Labels {
		switch l {
		case news.LabelBreaking:
			out.Breaking = true
		case news.LabelUnverified, news.LabelExclusive, news.LabelOpinion, news.LabelSponsored:
			if out.Flag == "" || l == news.LabelSponsored {
				out.Flag = b.flag(c.Kind, l)
			}
		}
	}
	if out.Flag == "" && c.Access == news.Members {
		out.Flag = b.words.T("label.members")
	}
	if out.Flag == out.Label { // an opinion in the section of that name says so once
		out.Flag = ""
	}
	return out
}
