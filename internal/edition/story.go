package edition

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"warta/internal/ads"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// story renders the page of a story, sends other spellings of its address to
// the canonical one, and leaves a notice for a withdrawn one.
func (b *build) story(id int64, path string) (page.Rendering, error) {
	s, err := b.e.store.Story(b.ctx, id)
	if err != nil {
		return page.Rendering{}, err
	}
	b.tag(news.TagStory(id))
	if s.Status == news.Unpublished {
		return page.Rendering{}, fault.New(fault.NotFound, "there is no page at this address")
	}
	if s.Status == news.Withdrawn {
		// At any spelling: the canonical one holds words of the headline.
		return b.withdrawn(&s)
	}
	if canonical := b.path(&s); path != canonical {
		return redirect(canonical), nil
	}
	live, err := b.e.store.LiveStory(b.ctx, id)
	if err != nil {
		return page.Rendering{}, err
	}
	v, err := b.storyView(&live)
	if err != nil {
		return page.Rendering{}, err
	}
	return b.html(b.e.render.Story(v))
}

func (b *build) storyView(live *news.LiveStory) (*render.StoryPage, error) {
	s, c := &live.Story, &live.Version.Content
	parts, err := b.storyParts(live)
	if err != nil {
		return nil, err
	}
	path := b.path(s)
	title := b.labelled(c, cmp.Or(c.SEOTitle, c.Headline))
	description := c.Standfirst
	if description == "" {
		description = c.Open().Excerpt(160)
	}
	top := b.open(c.SectionID)
	v := &render.StoryPage{
		Shell: b.shell(about{title: title, description: description, path: path, nav: top, kind: "article",
			picture: c.Lead.PictureID, feed: "section/" + top, feedTitle: b.settings.Name() + " " + b.sectionName(b.tree.Top(c.SectionID)), feedRSSOnly: true}),
		Key: strconv.FormatInt(s.ID, 10), Near: parts.near(), Section: b.latestScope(top), Age: b.age(s.FirstPublished),
		Headline: c.Headline, Standfirst: c.Standfirst, Kind: cardKind(c.Kind),
		Byline: parts.byline, Sources: parts.sources, Published: b.time(s.FirstPublished),
		Share:   render.Share{URL: b.url(path), Title: b.shareTitle(c), Key: strconv.FormatInt(s.ID, 10), Runs: runs(live)},
		CallOut: *b.callOut(), Sheet: string(sheet(c)),
		Body: parts.body, Closed: !c.Closed().Empty(), Topics: parts.topics, Related: parts.related,
		Unverified: c.Has(news.LabelUnverified) && parts.verifiedBy == nil,
		VerifiedBy: parts.verifiedBy, Verifies: parts.verifies, AIAssisted: c.Has(news.LabelAIAssisted),
	}
	if v.Social.Image == "" {
		v.Social.Image, v.Social.ImageWidth, v.Social.ImageHeight = b.url(cardPath(s.ID)), 1200, 630
		v.Social.ImageAlt = b.shareTitle(c)
	}
	v.Social.Title, v.Social.Published, v.Social.Section = b.shareTitle(c), v.Published.ISO, b.sectionName(c.SectionID)
	if !s.Updated.IsZero() && s.Updated.After(s.FirstPublished) {
		t := b.time(s.Updated)
		v.Updated, v.Social.Modified = &t, t.ISO
	}
	v.Dateline = b.dateline(c)
	if v.Discussed, err = b.discussed(s); err != nil {
		return nil, err
	}
	if v.Slots, err = b.slots(ads.StoryPage, c.SectionID, live.Sensitive); err != nil {
		return nil, err
	}
	b.storyLead(v, c)
	b.storyLabels(v, c)
	if c.Kind == news.KindAdvertorial {
		var names []string
		for _, l := range parts.sources {
			names = append(names, l.Text)
		}
		v.Sponsor = strings.Join(names, ", ")
	}
	b.storyCorrections(v, s, parts)
	var crumbs render.LDBreadcrumbs
	v.Breadcrumb, crumbs = b.crumbs(c.SectionID)
	crumbs = append(crumbs, render.LDCrumb{Name: b.labelled(c, c.ListHeadline()), URL: b.url(path)})
	v.Data = [][]byte{render.LDScript(b.article(live, parts)), render.LDScript(crumbs)}
	return v, nil
}

// dateline is the line before the text, with the dash behind it.
func (b *build) dateline(c *news.Content) string {
	if c.Dateline == "" {
		return ""
	}
	return b.words.T("story.dateline", lang.Args{"place": c.Dateline, "name": b.settings.DatelineName()})
}

// runs reports whether a story is one that goes on: a live report, breaking news,
// or one that was significantly updated.
func runs(live *news.LiveStory) bool {
	c := &live.Version.Content
	return c.Kind == news.KindLive || c.Has(news.LabelBreaking) || live.Story.Updated.After(live.Story.FirstPublished)
}

func cardKind(k news.Kind) render.CardKind {
	switch k {
	case news.KindGallery:
		return render.KindGallery
	case news.KindVideo:
		return render.KindVideo
	case news.KindLive:
		return render.KindLive
	}
	return render.KindStory
}

// latestScope is the section of the list at a story's foot; the setting can
// make it the whole site.
func (b *build) latestScope(top string) string {
	if b.settings.Get("latest_scope") == "site" {
		return ""
	}
	return top
}

// storyParts is what a story's page needs from other rows.
type storyParts struct {
	persons     map[int64]news.Person
	byline      []render.Credit
	sources     []render.Link
	topics      []render.Link
	related     []render.Card
	body        render.Body
	verifiedBy  *render.Link
	verifies    *render.Link
	corrections []news.Correction
	replies     []news.Correction // those of other stories that this one carries
	stories     map[int64]news.Card
}

func (b *build) storyParts(live *news.LiveStory) (*storyParts, error) {
	c, id := &live.Version.Content, live.Story.ID
	p := &storyParts{persons: map[int64]news.Person{}, stories: map[int64]news.Card{}}
	if err := b.storyPeople(p, c); err != nil {
		return nil, err
	}
	byStory, err := b.e.store.Corrections(b.ctx, []int64{id})
	if err != nil {
		return nil, err
	}
	p.corrections = byStory[id]
	if p.replies, err = b.e.store.CorrectionsByNotice(b.ctx, id); err != nil {
		return nil, err
	}
	verifiers, err := b.e.store.Verifiers(b.ctx, id)
	if err != nil {
		return nil, err
	}
	open := c.Open()
	targets, err := b.readAlsoTargets(open)
	if err != nil {
		return nil, err
	}
	ids := append([]int64(nil), c.Related...)
	ids = append(ids, verifiers...)
	for _, t := range targets {
		ids = append(ids, t)
	}
	if c.Verifies != 0 {
		ids = append(ids, c.Verifies)
	}
	for _, x := range p.corrections {
		ids = append(ids, x.NoticeID)
	}
	for _, x := range p.replies {
		ids = append(ids, x.StoryID)
	}
	list, err := b.e.store.Cards(b.ctx, unique(ids))
	if err != nil {
		return nil, err
	}
	for i := range list {
		p.stories[list[i].ID] = list[i]
	}
	for _, x := range ids {
		b.tag(news.TagStory(x)) // also those that are not live: they may come
	}
	b.storyLinks(p, c, verifiers)
	var related []news.Card
	for _, x := range c.Related {
		if card, ok := p.stories[x]; ok && x != id {
			related = append(related, card)
		}
	}
	if err := b.load(c.Lead.PictureID); err != nil {
		return nil, err
	}
	b.tag(news.TagPicture(c.Lead.PictureID))
	if p.related, err = b.cards(related, media.Square); err != nil {
		return nil, err
	}
	b.contains = nil // a page holds no list that leaves stories out
	p.body, err = b.body(open, targets, p.stories)
	return p, err
}

// body is a part of a story's text with what its blocks point at.
func (b *build) body(text doc.Doc, targets map[string]int64, stories map[int64]news.Card) (render.Body, error) {
	out := render.Body{Base: b.e.opt.BaseURL, Pictures: map[int64]render.Picture{}, Stories: map[int64]render.Link{}}
	out.Doc = text.MapReadAlsos(func(r doc.ReadAlso) doc.ReadAlso {
		r.Story = targets[r.ID]
		return r
	})
	for _, id := range targets {
		if l := b.link(stories, id); l != nil {
			out.Stories[id] = *l
		}
	}
	if err := b.load(text.Pictures()...); err != nil {
		return out, err
	}
	for _, x := range text.Pictures() {
		b.tag(news.TagPicture(x))
		if pic := b.picture(x, media.Orig, widestPage); pic != nil {
			out.Pictures[x] = *pic
		}
	}
	return out, nil
}

// link leads to one of the stories, nil if it is not among them.
func (b *build) link(stories map[int64]news.Card, id int64) *render.Link {
	card, ok := stories[id]
	if !ok {
		return nil
	}
	return &render.Link{Text: b.said(&card, card.FullHeadline), URL: card.Path(b.tree, b.zone)}
}

// nearMost bounds the stories that are named to the list below.
const nearMost = 16

// near returns the keys of the stories that the page names.
func (p *storyParts) near() string {
	var keys []string
	for _, id := range slices.Sorted(maps.Keys(p.stories)) {
		keys = append(keys, strconv.FormatInt(id, 10))
	}
	return strings.Join(keys[:min(len(keys), nearMost)], " ")
}

func (b *build) storyPeople(p *storyParts, c *news.Content) error {
	ids := make([]int64, len(c.Credits))
	for i, cr := range c.Credits {
		ids[i] = cr.PersonID
	}
	persons, err := b.e.store.Persons(b.ctx, unique(ids))
	if err != nil {
		return err
	}
	for _, x := range persons {
		p.persons[x.ID] = x
	}
	for _, cr := range c.Credits {
		x, ok := p.persons[cr.PersonID]
		if !ok {
			continue
		}
		b.tag(news.TagPersonName(x.ID))
		p.byline = append(p.byline, render.Credit{Name: x.Name, URL: "/author/" + x.Slug, Role: b.words.T("role." + string(cr.Role))})
	}
	sources, err := b.e.store.Sources(b.ctx, c.Sources)
	if err != nil {
		return err
	}
	for _, x := range sources {
		b.tag(news.TagSource(x.ID))
		p.sources = append(p.sources, render.Link{Text: x.Name, URL: x.URL})
	}
	topics, err := b.e.store.Topics(b.ctx, c.Topics)
	for _, x := range topics {
		b.tag(news.TagTopicName(x.ID))
		p.topics = append(p.topics, render.Link{Text: x.Name, URL: "/topic/" + x.Slug})
	}
	return err
}

// readAlsoTargets finds the stories of the body's read-also blocks: the one
// that is named, else by an old address, else by exactly the same headline.
// The page waits for those that nobody knows yet.
func (b *build) readAlsoTargets(body doc.Doc) (map[string]int64, error) {
	targets := map[string]int64{}
	var keys []int64
	blocks := body.ReadAlsos()
	for _, r := range blocks {
		switch {
		case r.Story != 0:
			targets[r.ID] = r.Story
		case r.URL != "":
			id, err := b.storyAtAddress(r.URL)
			if err != nil {
				return nil, err
			}
			if id != 0 {
				targets[r.ID] = id
				continue
			}
			fallthrough
		default:
			if r.Headline != "" {
				b.tag(news.TagHeadline(r.Headline))
				keys = append(keys, news.HeadlineKey(r.Headline))
			}
		}
	}
	if len(keys) == 0 {
		return targets, nil
	}
	found, err := b.e.store.StoryByHeadline(b.ctx, keys)
	for _, r := range blocks {
		if id := found[news.HeadlineKey(r.Headline)]; id != 0 && targets[r.ID] == 0 && r.Headline != "" {
			targets[r.ID] = id
		}
	}
	return targets, err
}

func (b *build) storyLinks(p *storyParts, c *news.Content, verifiers []int64) {
	for _, id := range verifiers {
		if l := b.link(p.stories, id); l != nil {
			p.verifiedBy = l
		}
	}
	p.verifies = b.link(p.stories, c.Verifies)
}

func (b *build) storyLead(v *render.StoryPage, c *news.Content) {
	pic := b.picture(c.Lead.PictureID, media.Wide, widestPage)
	if pic != nil {
		if c.Lead.Caption != "" {
			pic.Caption = c.Lead.Caption
		}
		if c.Lead.Credit != "" {
			pic.Credit = c.Lead.Credit
		}
		if c.Lead.Alt != "" {
			pic.Alt = c.Lead.Alt
		}
	}
	if c.Lead.Video != nil {
		e := render.EmbedOf(doc.Embed{Provider: doc.Provider(c.Lead.Video.Provider), URL: c.Lead.Video.URL, Title: c.Lead.Video.Title})
		e.Poster = pic
		v.LeadEmbed = &e
		return
	}
	v.Lead = pic
}

func (b *build) storyLabels(v *render.StoryPage, c *news.Content) {
	shown := news.Content{Labels: c.ShownLabels()} // a preview reads a draft, which has them as they were set
	for _, l := range news.Labels {
		if !shown.Has(l) {
			continue
		}
		kind := render.LabelPlain
		switch l {
		case news.LabelBreaking:
			kind = render.LabelBreaking
		case news.LabelSponsored:
			kind = render.LabelSponsored
		}
		text := b.flag(c.Kind, l)
		if text == b.sectionName(c.SectionID) {
			continue // the line above says so already
		}
		v.Labels = append(v.Labels, render.Label{Text: text, Kind: kind})
	}
}

// storyCorrections puts corrections of fact and replies above the text and
// slips at its foot; a story that carries somebody's notice links back.
func (b *build) storyCorrections(v *render.StoryPage, s *news.Story, p *storyParts) {
	add := func(x news.Correction, other int64, text string) render.Correction {
		c := render.Correction{Anchor: "k" + strconv.FormatInt(x.ID, 10), Kind: b.words.T("correction." + string(x.Kind)),
			Text: text, Time: b.time(x.At)}
		if card, ok := p.stories[other]; ok {
			c.Link = &render.Link{Text: b.said(&card, card.FullHeadline), URL: card.Path(b.tree, b.zone)}
		}
		return c
	}
	for _, x := range p.corrections {
		if x.Kind == news.Ralat {
			v.Corrections = append(v.Corrections, add(x, x.NoticeID, x.Text))
		} else {
			v.CorrectionsTop = append(v.CorrectionsTop, add(x, x.NoticeID, x.Text))
		}
	}
	for _, x := range p.replies {
		v.Corrections = append(v.Corrections, add(x, x.StoryID, b.words.T("correction.of")))
	}
}

func unique(ids []int64) []int64 {
	seen := map[int64]bool{0: true}
	out := make([]int64, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// sheet returns the smallest style sheet that has rules for all that a story
// holds.
func sheet(c *news.Content) render.Sheet {
	if c.Lead.Video != nil {
		return render.SheetStory
	}
	for _, block := range c.Body.Blocks {
		switch block.(type) {
		case doc.Paragraph, doc.Heading, doc.List, doc.Picture, doc.ReadAlso, doc.AdBreak, doc.MembersCut:
		default:
			return render.SheetStory
		}
	}
	return render.SheetPlain
}
