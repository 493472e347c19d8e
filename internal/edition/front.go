package edition

import (
	"time"

	"warta/internal/ads"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// home renders the front page.
func (b *build) home() (page.Rendering, error) {
	containers, err := b.front(0)
	if err != nil {
		return page.Rendering{}, err
	}
	name := b.settings.Name()
	title := b.words.T("front.title", lang.Args{"name": name})
	if t := b.settings.Get("tagline"); t != "" {
		title = name + " - " + t
	}
	description := b.settings.Get("description")
	if description == "" {
		description = b.words.T("front.description", lang.Args{"name": name})
	}
	v := &render.FrontPage{Containers: containers,
		Shell: b.shell(about{title: title, bare: true, description: description, path: "/", picture: b.leadPicture, front: true})}
	if v.Slots, err = b.slots(ads.HomePage, 0, false); err != nil {
		return page.Rendering{}, err
	}
	org := b.organization()
	v.Data = [][]byte{
		render.LDScript(render.LDWebsite{Name: name, URL: b.url("/"), Language: string(b.code), Publisher: org,
			SearchURL: b.url("/search?q={search_term_string}")}),
		render.LDScript(org),
	}
	return b.html(b.e.render.Front(v))
}

// selection is one choice of stories for all containers of a front: no story
// stands in two of them.
type selection struct {
	used map[int64]bool
	ids  [][]int64 // by container
	card map[int64]news.Card
}

// front fills a section's front, or the home page with section 0.
func (b *build) front(sectionID int64) ([]render.Container, error) {
	b.tag(news.TagFront(sectionID))
	f, err := b.arrangement(sectionID)
	if err != nil {
		return nil, err
	}
	sel, err := b.fill(f)
	if err != nil {
		return nil, err
	}
	var out []render.Container
	for i := range f.Containers {
		c, err := b.container(&f.Containers[i], sel, sel.ids[i])
		if err != nil {
			return nil, err
		}
		if len(c.Cards) > 0 || len(c.Topics) > 0 || c.Kind == render.ContainerMostRead {
			out = append(out, c)
		}
	}
	b.contains = nil
	return out, nil
}

// arrangement returns a front as it is stored, or the one that is being tried.
func (b *build) arrangement(sectionID int64) (news.Front, error) {
	if b.trial != nil && b.trial.SectionID == sectionID {
		return *b.trial, nil
	}
	return b.e.store.Front(b.ctx, sectionID)
}

// fill selects the stories: first all pins, wherever they are, then the rules
// in the order of the containers.
func (b *build) fill(f news.Front) (*selection, error) {
	sel := &selection{used: map[int64]bool{}, ids: make([][]int64, len(f.Containers)), card: map[int64]news.Card{}}
	var pinned []int64
	for _, c := range f.Containers {
		for _, s := range c.Slots {
			if s.Until.IsZero() || s.Until.After(b.now) {
				b.expires(s.Until)
				pinned = append(pinned, s.StoryID)
			}
		}
	}
	cards, err := b.e.store.Cards(b.ctx, unique(pinned))
	if err != nil {
		return nil, err
	}
	for _, id := range pinned {
		b.tag(news.TagStory(id)) // also one that is not live: it may come back
	}
	for _, c := range cards {
		sel.card[c.ID] = c
	}
	for i := range f.Containers {
		sel.pin(b, i, &f.Containers[i])
	}
	for i := range f.Containers {
		if err := sel.fillByRule(b, i, &f.Containers[i]); err != nil {
			return nil, err
		}
	}
	return sel, nil
}

// pin puts live pinned stories at their positions; 0 marks a free place.
func (s *selection) pin(b *build, i int, c *news.Container) {
	s.ids[i] = make([]int64, c.Size)
	for _, slot := range c.Slots {
		_, live := s.card[slot.StoryID]
		expired := !slot.Until.IsZero() && !slot.Until.After(b.now)
		if live && !expired && !s.used[slot.StoryID] && slot.Position < c.Size {
			s.ids[i][slot.Position] = slot.StoryID
			s.used[slot.StoryID] = true
		}
	}
}

// fillByRule puts the newest stories of the rule that stand nowhere yet into
// the free places. It asks for as many as are wanted and used: more cannot be
// needed.
func (s *selection) fillByRule(b *build, i int, c *news.Container) error {
	free := 0
	for _, id := range s.ids[i] {
		if id == 0 {
			free++
		}
	}
	if free == 0 || c.Kind == news.ContainerMostRead || c.Kind == news.ContainerTopics {
		return nil
	}
	kinds := c.Rule.Kinds
	if len(kinds) == 0 {
		kinds = []news.Kind{""}
	}
	var found []news.Card
	for _, k := range kinds {
		filter := news.ListFilter{SectionID: c.Rule.SectionID, TopicID: c.Rule.TopicID, Kind: k, Limit: min(free+len(s.used), 200)}
		if filter.TopicID != 0 || k != "" {
			filter.SectionID = 0
		}
		b.tag(ruleTag(filter))
		list, _, _, err := b.e.store.List(b.ctx, filter)
		if err != nil {
			return err
		}
		found = mergeNewest(found, list)
	}
	for pos, j := 0, 0; pos < len(s.ids[i]); pos++ {
		if s.ids[i][pos] != 0 {
			continue
		}
		for j < len(found) && s.used[found[j].ID] {
			j++
		}
		if j == len(found) {
			break
		}
		s.ids[i][pos], s.used[found[j].ID], s.card[found[j].ID] = found[j].ID, true, found[j]
	}
	return nil
}

// ruleTag is the tag of the list that a rule reads.
func ruleTag(f news.ListFilter) string {
	switch {
	case f.TopicID != 0:
		return news.TagTopic(f.TopicID)
	case f.SectionID != 0:
		return news.TagSection(f.SectionID)
	}
	return news.TagLatest
}

// mergeNewest joins two newest-first lists into one.
func mergeNewest(a, b []news.Card) []news.Card {
	out := make([]news.Card, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && !a[0].FirstPublished.Before(b[0].FirstPublished) {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return out
}

// container turns one container with its selected stories into a view.
func (b *build) container(c *news.Container, sel *selection, ids []int64) (render.Container, error) {
	out := render.Container{Title: c.Title}
	var list []news.Card
	for _, id := range ids {
		if id != 0 {
			list = append(list, sel.card[id])
		}
	}
	crop := media.Wide
	switch c.Kind {
	case news.ContainerLead:
		out.Kind = render.ContainerLead
	case news.ContainerTimeline:
		out.Kind, out.URL = render.ContainerLatest, "/latest"
		out.Title = b.titled(c.Title, "list.latest")
	case news.ContainerMedia:
		out.Kind, out.Title = render.ContainerBand, b.titled(c.Title, "list.photo_video")
	case news.ContainerMostRead:
		return render.Container{Kind: render.ContainerMostRead, Title: b.titled(c.Title, "list.most_read")}, nil
	case news.ContainerTopics:
		return b.topicsContainer(c)
	default:
		out.Kind = render.ContainerSection
		if s := b.tree.ByID(c.Rule.SectionID); s != nil {
			out.URL = "/" + s.Slug
			if out.Title == "" {
				out.Title = s.Name
			}
			if s.Slug == "opini" {
				out.Kind = render.ContainerOpinion
			}
		}
	}
	cards, err := b.cards(list, crop)
	if err != nil {
		return out, err
	}
	out.Cards = cards
	if c.Kind == news.ContainerLead && len(list) > 0 {
		out.Cards[0].Picture = b.picture(list[0].PictureID, crop, widestPage)
		err = b.leadRelated(&list[0], &out.Cards[0], sel)
	}
	return out, err
}

func (b *build) titled(title, key string) string {
	if title != "" {
		return title
	}
	return b.words.T(key)
}

// leadRelated gives the lead up to three headlines that its editor related.
func (b *build) leadRelated(lead *news.Card, out *render.Card, sel *selection) error {
	if b.leadPicture == 0 {
		b.leadPicture = lead.PictureID
	}
	live, err := b.e.store.LiveStory(b.ctx, lead.ID)
	if err != nil {
		return err
	}
	cards, err := b.e.store.Cards(b.ctx, unique(live.Version.Content.Related))
	if err != nil {
		return err
	}
	for i := range cards {
		if len(out.Related) == 3 {
			break
		}
		if sel.used[cards[i].ID] {
			continue
		}
		sel.used[cards[i].ID] = true
		b.tag(news.TagStory(cards[i].ID))
		out.Related = append(out.Related, render.Link{Text: b.said(&cards[i], cards[i].Headline), URL: cards[i].Path(b.tree, b.zone)})
	}
	return nil
}

func (b *build) topicsContainer(c *news.Container) (render.Container, error) {
	out := render.Container{Kind: render.ContainerTopics, Title: b.titled(c.Title, "list.topics")}
	b.tag(news.TagLatest)
	hour := b.now.Truncate(time.Hour) // what is counted leaves the week by the hour
	b.expires(hour.Add(time.Hour))
	topics, err := b.e.store.TopTopics(b.ctx, hour.AddDate(0, 0, -7), c.Size)
	for _, t := range topics {
		b.tag(news.TagTopicName(t.ID))
		out.Topics = append(out.Topics, render.Link{Text: t.Name, URL: "/topic/" + t.Slug})
	}
	return out, err
}
