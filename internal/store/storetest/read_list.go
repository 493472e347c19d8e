package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// walk returns the corpus numbers of a whole list, page by page.
func (p *printed) walk(f news.ListFilter) (found []int) {
	p.t.Helper()
	for range 200 {
		cards, next, more, err := p.db.List(p.t.Context(), f)
		p.ok(err)
		if len(cards) > f.Limit {
			p.t.Fatalf("%d cards on a page of %d", len(cards), f.Limit)
		}
		found = append(found, p.numbersOf(cards)...)
		if !more {
			return found
		}
		f.After = next
	}
	p.t.Fatal("the pages do not end")
	return nil
}

// expected returns the numbers of the pieces that match, newest first.
func expected(match func(n int, c *piece) bool) (list []int) {
	for i := len(corpus) - 1; i >= 0; i-- {
		if match(i+1, &corpus[i]) {
			list = append(list, i+1)
		}
	}
	return list
}

// readLists reads every list of the corpus in pages of several sizes, both ways.
func readLists(t *testing.T, open Open) {
	p := printCorpus(t, open)
	day := func(n int) time.Time { return firstDay.AddDate(0, 0, n-1) }
	for _, c := range []struct {
		says   string
		filter news.ListFilter
		match  func(n int, c *piece) bool
	}{
		{"the site", news.ListFilter{}, func(int, *piece) bool { return true }},
		{"a section", news.ListFilter{SectionID: p.section("tekno")}, func(_ int, c *piece) bool { return c.section == "tekno" }},
		{"a section with one below it", news.ListFilter{SectionID: p.section("global")},
			func(_ int, c *piece) bool { return c.section == "global" || c.section == "internasional" }},
		{"a section below another", news.ListFilter{SectionID: p.section("internasional")},
			func(_ int, c *piece) bool { return c.section == "internasional" }},
		{"a topic", news.ListFilter{TopicID: p.topics["Kopi"]}, func(_ int, c *piece) bool { return slices.Contains(c.topics, "Kopi") }},
		{"a person", news.ListFilter{PersonID: p.people["Bagas Prakoso"]},
			func(_ int, c *piece) bool { return slices.Contains(c.people, "Bagas Prakoso") }},
		{"a kind", news.ListFilter{Kind: news.KindGallery}, func(_ int, c *piece) bool { return c.section == "foto" }},
		{"a range that includes its beginning and not its end", news.ListFilter{From: day(10), To: day(20)},
			func(n int, _ *piece) bool { return n >= 10 && n < 20 }},
		{"a range of a section", news.ListFilter{SectionID: p.section("ekonomi"), From: day(30)},
			func(n int, c *piece) bool { return n >= 30 && c.section == "ekonomi" }},
		{"an empty range", news.ListFilter{From: day(20), To: day(20)}, func(int, *piece) bool { return false }},
		{"a section that is not there", news.ListFilter{SectionID: 1 << 40}, func(int, *piece) bool { return false }},
	} {
		t.Run(c.says, func(t *testing.T) {
			want := expected(c.match)
			turned := slices.Clone(want)
			slices.Reverse(turned)
			for _, limit := range []int{1, 2, 3, 60, 500} {
				f := c.filter
				f.Limit = limit
				same(t, fmt.Sprintf("newest first by %d", limit), p.walk(f), want)
				f.Oldest = true
				same(t, fmt.Sprintf("oldest first by %d", limit), p.walk(f), turned)
			}
		})
	}
	for _, f := range []news.ListFilter{{}, {Limit: 501}, {Limit: -1}, {Limit: 1, SectionID: 1, TopicID: 1},
		{Limit: 1, Kind: news.KindVideo, PersonID: 1}, {Limit: 1, Kind: news.KindNews}} {
		_, _, _, err := p.db.List(t.Context(), f)
		p.is(err, fault.Invalid)
	}
}

// readChangedLists lists a story that changes, and stories of one instant.
func readChangedLists(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	a, b := n.topic("Satu"), n.topic("Dua")
	in := n.item("x", "bola", "Pindah", firstDay)
	in.Content.Topics = []int64{a}
	id := n.bring(in)[0]
	in.Version, in.Hash = "2", "2"
	in.Content.Topics, in.Content.SectionID, in.Content.Kind = []int64{b}, n.section("internasional"), news.KindVideo
	n.bring(in)
	for _, c := range []struct {
		says   string
		filter news.ListFilter
		want   []int64
	}{
		{"the old section", news.ListFilter{SectionID: n.section("bola")}, []int64{}},
		{"the old topic", news.ListFilter{TopicID: a}, []int64{}},
		{"the new section", news.ListFilter{SectionID: n.section("internasional")}, []int64{id}},
		{"the section above", news.ListFilter{SectionID: n.section("global")}, []int64{id}},
		{"the new topic", news.ListFilter{TopicID: b}, []int64{id}},
		{"the kind", news.ListFilter{Kind: news.KindVideo}, []int64{id}},
		{"the site", news.ListFilter{}, []int64{id}},
	} {
		same(t, c.says, n.list(c.filter), c.want)
	}
	_, err := n.desk.Embargo(t.Context(), editor, id, n.clock.Now().Add(time.Hour))
	n.ok(err)
	same(t, "under embargo", n.list(news.ListFilter{}), []int64{})

	var items []news.Incoming
	for i := range 5 {
		items = append(items, n.item(fmt.Sprint("same", i), "opini", fmt.Sprint("Serentak ", i), firstDay))
	}
	ids := n.bring(items...)
	slices.Reverse(ids)
	var got []int64
	f := news.ListFilter{SectionID: n.section("opini"), Limit: 2}
	for range 3 {
		cards, next, _, err := n.db.List(t.Context(), f)
		n.ok(err)
		got, f.After = append(got, cardIDs(cards)...), next
	}
	same(t, "stories of one instant by pages", got, ids)
}

// readCards reads what lists print.
func readCards(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	c := n.content("foto", "Panjang sekali judulnya")
	c.ShortHeadline, c.Kind, c.Access, c.Language = "Singkat", news.KindGallery, news.Members, "en"
	c.Labels = []news.Label{news.LabelExclusive, news.LabelUnverified}
	c.Lead = news.Lead{PictureID: 31, Video: &news.Video{Provider: "youtube", URL: "https://youtu.be/x"}}
	in := n.incoming("urn:card", "1", c.Headline) // the desk takes no picture that is not there
	in.Content, in.Published = c, noon
	full, plain := n.take(in)[0].ID, n.publish(n.content("bola", "Biasa"))
	draft := n.create(n.content("bola", "Konsep"))
	cards, err := n.db.Cards(t.Context(), []int64{plain, 1 << 40, draft, full, plain})
	n.ok(err)
	same(t, "order", cardIDs(cards), []int64{plain, full, plain})
	got := cards[1]
	want := news.Card{ID: full, Slug: "panjang-sekali-judulnya", SectionID: n.section("foto"), Kind: news.KindGallery,
		Headline: "Singkat", FullHeadline: "Panjang sekali judulnya", Standfirst: c.Standfirst, Labels: c.Labels,
		Access: news.Members, PictureID: 31, Video: true, Language: "en", FirstPublished: noon}
	same(t, "a full card", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	same(t, "a plain card", []any{cards[0].Headline, cards[0].FullHeadline, cards[0].Kind, cards[0].Updated.IsZero()},
		[]any{"Biasa", "Biasa", news.KindNews, true})

	n.clock.advance(time.Hour)
	_, err = n.desk.Correct(t.Context(), editor, news.Correction{StoryID: plain, Kind: news.Ralat, Text: "Salah ketik."})
	n.ok(err)
	cards, err = n.db.Cards(t.Context(), []int64{plain})
	n.ok(err)
	same(t, "the update", []any{cards[0].Updated.Equal(n.clock.Now()), cards[0].FirstPublished.Equal(noon)}, []any{true, true})
	cards, err = n.db.Cards(t.Context(), nil)
	n.ok(err)
	same(t, "none asked", len(cards), 0)
}
