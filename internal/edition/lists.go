package edition

import (
	"slices"
	"strings"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// pageSize is how many cards a list shows.
const pageSize = 24

// slice is one page of a list.
type slice struct {
	cards []news.Card
	pager render.Pager
	first bool // the newest page
}

// page reads one page of a list: what is older than "after", newer than
// "before", or the newest.
func (b *build) page(f news.ListFilter, path string, q query) (s slice, err error) {
	f.Limit = pageSize
	after, before := cursor(q.get("after")), cursor(q.get("before"))
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	link := func(name string, c news.Card) string {
		return path + sep + name + "=" + cursorText(news.Cursor{At: c.FirstPublished, ID: c.ID})
	}
	var more bool
	if before.ID != 0 && after.ID == 0 {
		f.After, f.Oldest = before, true
		if s.cards, _, more, err = b.e.store.List(b.ctx, f); err != nil {
			return s, err
		}
		if more { // a whole page, and newer ones above it
			slices.Reverse(s.cards)
			s.pager = render.Pager{Newer: link("before", s.cards[0]), Older: link("after", s.cards[len(s.cards)-1])}
			return s, nil
		}
		f.Oldest, f.After = false, news.Cursor{} // the newest page is never a short one
	} else {
		f.After = after
	}
	if s.cards, _, more, err = b.e.store.List(b.ctx, f); err != nil {
		return s, err
	}
	s.first = f.After.ID == 0
	if more {
		s.pager.Older = link("after", s.cards[len(s.cards)-1])
	}
	if !s.first && len(s.cards) > 0 {
		s.pager.Newer = link("before", s.cards[0])
	} else if !s.first {
		s.pager.Newer = path
	}
	return s, nil
}

// canonical is the address of one page of a list.
func canonical(path string, q query) string {
	for _, n := range []string{"after", "before"} {
		if c := cursor(q.get(n)); c.ID != 0 {
			return path + "?" + n + "=" + cursorText(c)
		}
	}
	return path
}

// section renders the front of a section; its older pages are the list alone.
func (b *build) section(s *news.Section, q query) (page.Rendering, error) {
	b.tag(news.TagSection(s.ID))
	path := "/" + s.Slug
	var containers []render.Container
	var err error
	list, err := b.page(news.ListFilter{SectionID: s.ID}, path, q)
	if err != nil {
		return page.Rendering{}, err
	}
	if list.first {
		if containers, list.cards, err = b.sectionFront(s, list.cards); err != nil {
			return page.Rendering{}, err
		}
	}
	cards, err := b.cards(list.cards, media.Classic)
	if err != nil {
		return page.Rendering{}, err
	}
	b.contains = nil
	unlabel(s.Name, cards)
	for _, c := range containers {
		unlabel(s.Name, c.Cards)
	}
	args := lang.Args{"section": s.Name, "name": b.settings.Name()}
	description := s.Description
	if description == "" {
		description = b.words.T("section.description", args)
	}
	top := b.open(s.ID)
	v := &render.SectionPage{Slug: top, Keep: member.Item{Kind: member.FollowSection, ID: s.ID}.String(), Name: s.Name, Description: s.Description, Containers: containers, Cards: cards, Pager: list.pager,
		Shell: b.shell(about{title: b.words.T("section.title", args), description: description, path: canonical(path, q),
			nav: top, picture: b.leadPicture, front: list.first, feed: "section/" + s.Slug, feedTitle: b.settings.Name() + " " + s.Name})}
	if s.ParentID != 0 {
		v.Breadcrumb, _ = b.crumbs(s.ParentID)
	}
	for _, sub := range b.subsections(s) {
		v.Sub = append(v.Sub, render.NavItem{Text: sub.Name, URL: "/" + sub.Slug, Open: sub.ID == s.ID})
	}
	b.paged(&v.Shell, list.pager)
	_, crumbs := b.crumbs(s.ID)
	all := cards
	for _, c := range containers {
		all = append(slices.Clone(c.Cards), all...)
	}
	v.Data = [][]byte{render.LDScript(crumbs), b.list(s.Name, path, all)}
	if v.Slots, err = b.slots(ads.SectionPage, s.ID, false); err != nil {
		return page.Rendering{}, err
	}
	return b.html(b.e.render.Section(v))
}

// unlabel takes the section's name off the cards of its own page.
func unlabel(section string, cards []render.Card) {
	for i := range cards {
		if cards[i].Label == section {
			cards[i].Label = ""
		}
	}
}

// subsections are the sections below one, or beside it if it has none.
func (b *build) subsections(s *news.Section) []*news.Section {
	if kids := b.tree.Children(s.ID); len(kids) > 0 || s.ParentID == 0 {
		return kids
	}
	return b.tree.Children(s.ParentID)
}

// sectionFront takes the arrangement of a section's front, or makes one of the
// newest three, and returns what is left of the list.
func (b *build) sectionFront(s *news.Section, list []news.Card) ([]render.Container, []news.Card, error) {
	b.tag(news.TagFront(s.ID))
	f, err := b.arrangement(s.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	if len(f.Containers) == 0 {
		f.Containers = []news.Container{{Kind: news.ContainerLead, Size: 3, Rule: news.Rule{SectionID: s.ID}}}
	}
	sel, err := b.fill(f)
	if err != nil {
		return nil, nil, err
	}
	var out []render.Container
	for i := range f.Containers {
		c, err := b.container(&f.Containers[i], sel, sel.ids[i])
		if err != nil {
			return nil, nil, err
		}
		if len(c.Cards) > 0 {
			out = append(out, c)
		}
	}
	rest := slices.DeleteFunc(slices.Clone(list), func(c news.Card) bool { return sel.used[c.ID] })
	return out, rest, nil
}

// paged names the neighbours of one page of a list in its head.
func (b *build) paged(s *render.Shell, p render.Pager) {
	if p.Newer != "" {
		s.Prev = b.url(p.Newer)
	}
	if p.Older != "" {
		s.Next = b.url(p.Older)
	}
}

// topic renders a topic's page.
func (b *build) topic(slug string, q query) (page.Rendering, error) {
	t, err := b.e.store.TopicBySlug(b.ctx, slug)
	if fault.Is(err, fault.NotFound) {
		return b.old("/topic/" + slug) // one that was merged leads on
	}
	if err != nil {
		return page.Rendering{}, err
	}
	b.tag(news.TagTopic(t.ID), news.TagTopicName(t.ID))
	path := "/topic/" + t.Slug
	list, err := b.topicList(&t, path, q)
	if err != nil {
		return page.Rendering{}, err
	}
	cards, err := b.cards(list.cards, media.Classic)
	if err != nil {
		return page.Rendering{}, err
	}
	b.contains = nil
	args := lang.Args{"topic": t.Name, "name": b.settings.Name()}
	description := t.Intro
	if description == "" {
		description = b.words.T("topic.description", args)
	}
	v := &render.TopicPage{Keep: member.Item{Kind: member.FollowTopic, ID: t.ID}.String(), Name: t.Name, Description: t.Intro, Chronology: t.Chronology, Feed: "/feeds/topic/" + t.Slug + "/rss.xml", Cards: cards, Pager: list.pager,
		Shell: b.shell(about{title: b.words.T("topic.title", args), description: description, path: canonical(path, q),
			feed: "topic/" + t.Slug, feedTitle: b.settings.Name() + " " + t.Name, feedRSSOnly: true})}
	b.paged(&v.Shell, list.pager)
	v.Data = [][]byte{b.list(t.Name, path, cards)}
	if v.Slots, err = b.slots(ads.ListPage, 0, false); err != nil {
		return page.Rendering{}, err
	}
	return b.html(b.e.render.Topic(v))
}

// topicList reads one page of a topic. A chronology begins with the oldest
// story and goes on by "after" alone.
func (b *build) topicList(t *news.Topic, path string, q query) (s slice, err error) {
	f := news.ListFilter{TopicID: t.ID}
	if !t.Chronology {
		return b.page(f, path, q)
	}
	f.Oldest, f.Limit, f.After = true, pageSize, cursor(q.get("after"))
	s.first = f.After.ID == 0
	var next news.Cursor
	var more bool
	if s.cards, next, more, err = b.e.store.List(b.ctx, f); err != nil {
		return s, err
	}
	if more {
		s.pager.Older = path + "?after=" + cursorText(next)
	}
	if !s.first {
		s.pager.Newer = path
	}
	return s, nil
}

// author renders the page of a byline.
func (b *build) author(slug string, q query) (page.Rendering, error) {
	p, err := b.e.store.PersonBySlug(b.ctx, slug)
	if err != nil {
		return page.Rendering{}, err
	}
	b.tag(news.TagPerson(p.ID), news.TagPersonName(p.ID))
	path := "/author/" + p.Slug
	list, err := b.page(news.ListFilter{PersonID: p.ID}, path, q)
	if err != nil {
		return page.Rendering{}, err
	}
	if p.PictureID != 0 {
		b.tag(news.TagPicture(p.PictureID))
	}
	if err := b.load(p.PictureID); err != nil {
		return page.Rendering{}, err
	}
	cards, err := b.cards(list.cards, media.Classic)
	if err != nil {
		return page.Rendering{}, err
	}
	b.contains = nil
	args := lang.Args{"author": p.Name, "name": b.settings.Name()}
	v := &render.AuthorPage{Keep: member.Item{Kind: member.FollowPerson, ID: p.ID}.String(), Name: p.Name, Role: p.Title, Bio: p.Bio, Picture: b.picture(p.PictureID, media.Square, widestRow),
		Feed: "/feeds/author/" + p.Slug + "/rss.xml", Cards: cards, Pager: list.pager,
		Shell: b.shell(about{title: b.words.T("author.title", args), description: b.words.T("author.description", args),
			path: canonical(path, q), kind: "profile", picture: p.PictureID,
			feed: "author/" + p.Slug, feedTitle: b.settings.Name() + " " + p.Name, feedRSSOnly: true})}
	b.paged(&v.Shell, list.pager)
	profile := render.LDProfile{Name: p.Name, URL: b.url(path), JobTitle: p.Title, Description: p.Bio, Language: string(b.code), Employer: b.organization()}
	if u, w, h := b.jpeg(p.PictureID, media.Square); u != "" {
		profile.Image = render.LDImage{URL: u, Width: w, Height: h}
	}
	v.Data = [][]byte{render.LDScript(profile)}
	if v.Slots, err = b.slots(ads.ListPage, 0, false); err != nil {
		return page.Rendering{}, err
	}
	return b.html(b.e.render.Author(v))
}

// latest renders everything, newest first, by day.
func (b *build) latest(q query) (page.Rendering, error) {
	b.tag(news.TagLatest)
	list, err := b.page(news.ListFilter{}, "/latest", q)
	if err != nil {
		return page.Rendering{}, err
	}
	cards, err := b.cards(list.cards, media.Classic)
	if err != nil {
		return page.Rendering{}, err
	}
	b.contains = nil
	v := &render.LatestPage{Heading: b.words.T("latest.title"), Pager: list.pager,
		Shell: b.shell(about{title: b.words.T("latest.title"), path: canonical("/latest", q),
			description: b.words.T("latest.description", lang.Args{"name": b.settings.Name()})})}
	for i := range cards {
		at := list.cards[i].FirstPublished
		iso := at.In(b.zone).Format(time.DateOnly)
		if n := len(v.Days); n == 0 || v.Days[n-1].ISO != iso {
			v.Days = append(v.Days, render.Day{Label: lang.FullDate(b.code, at, b.zone), ISO: iso, URL: "/index?date=" + iso})
		}
		day := &v.Days[len(v.Days)-1]
		day.Cards = append(day.Cards, cards[i])
	}
	b.paged(&v.Shell, list.pager)
	if v.Slots, err = b.slots(ads.ListPage, 0, false); err != nil {
		return page.Rendering{}, err
	}
	return b.html(b.e.render.Latest(v))
}

// index renders what was published on one day, in one section or all.
func (b *build) index(q query) (page.Rendering, error) {
	today := b.now.In(b.zone)
	day, err := time.ParseInLocation(time.DateOnly, q.get("date"), b.zone)
	if err != nil || day.Year() < 1900 || day.After(today) {
		// Without a date it is today's index, which changes at midnight.
		day = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, b.zone)
		b.expires(b.midnight())
	}
	b.expires(b.midnight()) // the newest day that can be chosen
	next := day.AddDate(0, 0, 1)
	iso := day.Format(time.DateOnly)
	b.tag(news.TagDay(day.Add(12*time.Hour), b.zone))
	section := b.tree.BySlug(q.get("section"))
	filter := news.ListFilter{From: day, To: next, Limit: 100, After: cursor(q.get("after"))}
	path, name := "/index?date="+iso, ""
	if section != nil {
		filter.SectionID, name = section.ID, section.Name
		path += "&section=" + section.Slug
	}
	list, last, more, err := b.e.store.List(b.ctx, filter)
	if err != nil {
		return page.Rendering{}, err
	}
	cards, err := b.cards(list, media.Classic)
	if err != nil {
		return page.Rendering{}, err
	}
	b.contains = nil
	date := lang.LongDate(b.code, day, b.zone)
	title := b.words.T("index.title_day", lang.Args{"date": date})
	if name != "" {
		title = b.words.T("index.title_section", lang.Args{"section": name, "date": date})
	}
	v := &render.IndexPage{Date: iso, Heading: lang.FullDate(b.code, day, b.zone), Max: today.Format(time.DateOnly), Cards: cards,
		Shell: b.shell(about{title: title, path: path, description: b.words.T("index.description", lang.Args{"name": b.settings.Name()})})}
	v.Sections = b.sectionOptions("index.all_sections", section)
	if more {
		v.Pager.Older = path + "&after=" + cursorText(last)
	}
	if filter.After.ID != 0 {
		v.Pager.Newer = path
	}
	if err := b.indexNeighbours(v, day, section); err != nil {
		return page.Rendering{}, err
	}
	return b.html(b.e.render.Index(v))
}

// indexNeighbours names the first day with a story and the days on both sides.
func (b *build) indexNeighbours(v *render.IndexPage, day time.Time, section *news.Section) error {
	v.Min = v.Date
	first, _, _, err := b.e.store.List(b.ctx, news.ListFilter{Oldest: true, Limit: 1})
	if err != nil {
		return err
	}
	if len(first) > 0 {
		v.Min = first[0].FirstPublished.In(b.zone).Format(time.DateOnly)
	}
	link := func(d time.Time) render.Link {
		url := "/index?date=" + d.Format(time.DateOnly)
		if section != nil {
			url += "&section=" + section.Slug
		}
		return render.Link{Text: lang.LongDate(b.code, d, b.zone), URL: url}
	}
	if v.Date > v.Min {
		v.Before = link(day.AddDate(0, 0, -1))
	}
	if v.Date < v.Max {
		v.After = link(day.AddDate(0, 0, 1))
	}
	return nil
}

// sectionOptions are all sections as choices of a form, "all" first.
func (b *build) sectionOptions(all string, chosen *news.Section) []render.Option {
	out := []render.Option{{Text: b.words.T(all), Chosen: chosen == nil}}
	for _, s := range b.tree.All() {
		text := s.Name
		if s.ParentID != 0 {
			text = "– " + text
		}
		out = append(out, render.Option{Value: s.Slug, Text: text, Chosen: chosen != nil && chosen.ID == s.ID})
	}
	return out
}
