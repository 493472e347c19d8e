package storetest

import (
	"fmt"
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/news"
)

// readStructure reads pages, fronts and names as they were saved.
func readStructure(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	for i, slug := range []string{"redaksi", "kode-etik", "privasi"} {
		n.ok(n.db.SavePage(ctx, news.StaticPage{Slug: slug, Title: "Judul " + slug, Body: text("Isi " + slug),
			Position: 2 - i, Updated: noon}, change.Outcome{}))
	}
	page, err := n.db.StaticPage(ctx, "kode-etik")
	n.ok(err)
	same(t, "a page", []any{page.Title, page.Body.Plain(), page.Position, page.Updated.Equal(noon)}, []any{"Judul kode-etik", "Isi kode-etik", 1, true})
	_, err = n.db.StaticPage(ctx, "tidak-ada")
	n.is(err, fault.NotFound)
	pages, err := n.db.StaticPages(ctx)
	n.ok(err)
	same(t, "pages in order", []any{len(pages), pages[0].Slug, pages[2].Slug}, []any{3, "privasi", "redaksi"})

	front := news.Front{SectionID: n.section("bola"), Containers: []news.Container{
		{Kind: news.ContainerLead, Position: 0, Size: 5, Slots: []news.Slot{{Position: 0, StoryID: 11}, {Position: 3, StoryID: 12, Until: noon}}},
		{Kind: news.ContainerSection, Position: 1, Size: 4, Title: "Liga", Rule: news.Rule{TopicID: 9, Kinds: []news.Kind{news.KindVideo}}}}}
	_, err = n.db.Front(ctx, front.SectionID)
	n.is(err, fault.NotFound)
	saved, err := n.db.SaveFront(ctx, front, change.Outcome{})
	n.ok(err)
	got, err := n.db.Front(ctx, front.SectionID)
	n.ok(err)
	same(t, "a front", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", saved))
	same(t, "its slots", []any{got.Containers[0].Slots[1].StoryID, got.Containers[0].Slots[1].Until.Equal(noon), got.Containers[1].Rule.TopicID},
		[]any{12, true, 9})
	_, err = n.db.SaveFront(ctx, news.Front{SectionID: front.SectionID}, change.Outcome{})
	n.ok(err)
	got, err = n.db.Front(ctx, front.SectionID)
	n.ok(err)
	same(t, "an emptied front", []any{len(got.Containers), got.SectionID}, []any{0, front.SectionID})
	fronts, err := n.db.AllFronts(ctx)
	n.ok(err)
	same(t, "fronts", fronts, []int64{0, front.SectionID})

	n.ok(n.db.SaveSettings(ctx, map[string]string{"name": "Harian Uji"}, change.Outcome{}))
	settings, err := n.db.Settings(ctx)
	n.ok(err)
	same(t, "settings", []any{settings.Name(), settings.Get("language")}, []any{"Harian Uji", "id"})
}

// readNames reads persons, topics and sources, and hides those that nothing
// live names.
func readNames(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	person, err := n.db.SavePerson(ctx, news.Person{Slug: "rani-w", Name: "Rani W", Title: "Wartawan", Bio: "Menulis.", PictureID: 4}, change.Outcome{})
	n.ok(err)
	topic, err := n.db.SaveTopic(ctx, news.Topic{Slug: "rahasia", Name: "Rahasia", Intro: "Pengantar."}, change.Outcome{})
	n.ok(err)
	curated, err := n.db.SaveTopic(ctx, news.Topic{Slug: "pilihan", Name: "Pilihan", Curated: true}, change.Outcome{})
	n.ok(err)
	source, err := n.db.SaveSource(ctx, news.Source{Name: "AFP", URL: "https://afp.example", Terms: "Langganan"}, change.Outcome{})
	n.ok(err)

	persons, err := n.db.Persons(ctx, []int64{1 << 40, person.ID})
	n.ok(err)
	same(t, "persons", fmt.Sprintf("%+v", persons), fmt.Sprintf("%+v", []news.Person{person}))
	topics, err := n.db.Topics(ctx, []int64{curated.ID, topic.ID})
	n.ok(err)
	same(t, "topics", fmt.Sprintf("%+v", topics), fmt.Sprintf("%+v", []news.Topic{curated, topic}))
	sources, err := n.db.Sources(ctx, []int64{source.ID})
	n.ok(err)
	same(t, "sources", fmt.Sprintf("%+v", sources), fmt.Sprintf("%+v", []news.Source{source}))

	public := func(want bool) {
		t.Helper()
		_, err := n.db.PersonBySlug(ctx, "rani-w")
		same(t, "the person is not public", fault.Is(err, fault.NotFound), !want)
		_, err = n.db.TopicBySlug(ctx, "rahasia")
		same(t, "the topic is not public", fault.Is(err, fault.NotFound), !want)
		list, err := n.db.AllPersons(ctx, 0, 10)
		n.ok(err)
		same(t, "the export has the person", len(list) == 1, want)
		all, err := n.db.AllTopics(ctx, 0, 10)
		n.ok(err)
		same(t, "the export has the topic", len(all) == 2, want)
	}
	public(false)
	c := n.content("nasional", "Dengan nama")
	c.Credits = []news.Credit{{PersonID: person.ID, Role: news.Editor}, {PersonID: 1 << 40, Role: news.Team}, {PersonID: person.ID, Role: news.Writer}}
	c.Topics = []int64{topic.ID}
	in := n.incoming("urn:name", "1", c.Headline) // the desk takes no person who is not there
	in.Content, in.EmbargoUntil = c, noon.Add(time.Hour)
	id := n.take(in)[0].ID
	public(false)
	n.clock.advance(time.Hour)
	n.due(1)
	public(true)
	got, err := n.db.TopicBySlug(ctx, "pilihan")
	n.ok(err)
	same(t, "a curated topic without stories", got.ID, curated.ID)
	lines, err := n.db.Bylines(ctx, []int64{id, 1 << 40})
	n.ok(err)
	same(t, "bylines", fmt.Sprintf("%+v", lines), fmt.Sprintf("%+v", map[int64][]news.Person{id: {person}}))
	after, err := n.db.AllPersons(ctx, person.ID, 10)
	n.ok(err)
	same(t, "persons after the last", len(after), 0)
	more, err := n.db.AllSources(ctx, 0, 10)
	n.ok(err)
	same(t, "sources", len(more), 1)
	_, err = n.desk.Embargo(ctx, editor, id, n.clock.Now().Add(time.Hour))
	n.ok(err)
	public(false)
	lines, err = n.db.Bylines(ctx, []int64{id})
	n.ok(err)
	same(t, "bylines under embargo", len(lines), 0)
}

// readTopTopics counts the topics of the newest stories.
func readTopTopics(t *testing.T, open Open) {
	p := printCorpus(t, open)
	names := func(from, limit int) (list []string) {
		topics, err := p.db.TopTopics(t.Context(), firstDay.AddDate(0, 0, from-1), limit)
		p.ok(err)
		for _, tp := range topics {
			list = append(list, tp.Name)
		}
		return list
	}
	same(t, "of all", names(1, 3), []string{"Banjir", "Kopi", "Kecerdasan Buatan"})
	same(t, "of the last", names(57, 3), []string{"Banjir", "Transportasi"})
	same(t, "of none", names(61, 3), []string{})
}

// readRedirects looks up old addresses.
func readRedirects(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	all := []news.Redirect{{Host: "a.example", Path: "/1", Target: "/satu"}, {Host: "b.example", Path: "/2?id=7", Target: "/dua"},
		{Host: "a.example", Path: "/2?id=7", Target: "/tiga"}, {Path: "/1", StoryID: 77}}
	n.ok(n.db.SaveRedirects(ctx, all, change.Outcome{}))
	r, err := n.db.Redirect(ctx, "a.example", "/2?id=7")
	n.ok(err)
	same(t, "one", r, all[2])
	for _, miss := range []news.Redirect{{Host: "a.example", Path: "/2"}, {Host: "b.example", Path: "/1"}, {Path: "/2?id=7"}, {Host: "a.example", Path: "/1/"}} {
		_, err = n.db.Redirect(ctx, miss.Host, miss.Path)
		n.is(err, fault.NotFound)
	}
	list, err := n.db.Redirects(ctx, []news.Redirect{{Host: "b.example", Path: "/2?id=7"}, {Host: "a.example", Path: "/1"},
		{Host: "b.example", Path: "/1"}, {Host: "a.example", Path: "/1"}})
	n.ok(err)
	same(t, "several, without what was not asked for", list, []news.Redirect{all[0], all[1]})
	list, err = n.db.Redirects(ctx, nil)
	n.ok(err)
	same(t, "none asked", len(list), 0)
	n.ok(n.db.SaveRedirects(ctx, []news.Redirect{{Host: "a.example", Path: "/1", StoryID: 5}}, change.Outcome{}))
	r, err = n.db.Redirect(ctx, "a.example", "/1")
	n.ok(err)
	same(t, "replaced", r, news.Redirect{Host: "a.example", Path: "/1", StoryID: 5})
}

// text is a body of paragraphs.
func text(paragraphs ...string) doc.Doc {
	var d doc.Doc
	for _, p := range paragraphs {
		d.Blocks = append(d.Blocks, doc.Paragraph{Text: doc.Text(p)})
	}
	return d.WithIDs(doc.SeededIDs("storetest"))
}
