package storetest

import (
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// readStory follows one story through its life.
func readStory(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	_, err := n.db.LiveStory(ctx, 1)
	n.is(err, fault.NotFound)
	_, err = n.db.Story(ctx, 1)
	n.is(err, fault.NotFound)

	c := n.content("bola", "Laga tunda")
	c.Topics, c.Labels = []int64{n.topic("Liga")}, []news.Label{news.LabelBreaking}
	id := n.create(c)
	_, err = n.db.LiveStory(ctx, id)
	n.is(err, fault.NotFound)
	d, err := n.db.Draft(ctx, id)
	n.ok(err)
	same(t, "the draft's headline", d.Content.Headline, "Laga tunda")
	st, err := n.db.Story(ctx, id)
	n.ok(err)
	same(t, "the status of a draft", st.Status, news.Unpublished)

	_, err = n.desk.Publish(ctx, editor, id)
	n.ok(err)
	_, err = n.db.Draft(ctx, id)
	n.is(err, fault.NotFound)
	_, err = n.db.Withdrawal(ctx, id)
	n.is(err, fault.NotFound)
	live, err := n.db.LiveStory(ctx, id)
	n.ok(err)
	same(t, "the live version", []any{live.Story.ID, live.Story.Slug, live.Version.No, live.Version.StoryID, live.Story.FirstPublished.Equal(noon)},
		[]any{id, "laga-tunda", 1, id, true})
	got := live.Version.Content
	same(t, "the live content", []any{got.Headline, got.Topics, got.Labels, got.Body.Plain()},
		[]any{c.Headline, c.Topics, c.Labels, c.Body.Plain()})

	n.clock.advance(time.Hour)
	n.revise(id, func(c *news.Content) { c.Headline = "Laga batal" })
	live, err = n.db.LiveStory(ctx, id)
	n.ok(err)
	same(t, "the second version", []any{live.Version.No, live.Version.Content.Headline}, []any{2, "Laga batal"})
	versions, more, err := n.db.Versions(ctx, id, 0, 10)
	n.ok(err)
	same(t, "versions", []any{len(versions), versions[0].No, versions[0].Live, versions[1].No, versions[1].Live, more},
		[]any{2, 2, true, 1, false, false})
	versions, more, err = n.db.Versions(ctx, id, 0, 1)
	n.ok(err)
	same(t, "the first page", []any{len(versions), versions[0].No, more}, []any{1, 2, true})
	versions, _, err = n.db.Versions(ctx, id, 2, 1)
	n.ok(err)
	same(t, "versions below the second", []any{len(versions), versions[0].No}, []any{1, 1})
	first, err := n.db.Version(ctx, id, 1)
	n.ok(err)
	same(t, "the first version", first.Content.Headline, "Laga tunda")
	_, err = n.db.Version(ctx, id, 3)
	n.is(err, fault.NotFound)
	_, _, err = n.db.Versions(ctx, id, 0, 0)
	n.is(err, fault.Invalid)

	_, err = n.desk.Withdraw(ctx, editor, id, news.ReasonNewsroom, "Sumber ditarik.")
	n.ok(err)
	_, err = n.db.LiveStory(ctx, id)
	n.is(err, fault.Gone)
	w, err := n.db.Withdrawal(ctx, id)
	n.ok(err)
	same(t, "the notice", []any{w.Reason, w.Note, w.Headline, w.At.Equal(n.clock.Now())},
		[]any{news.ReasonNewsroom, "Sumber ditarik.", "Laga batal", true})
	other := n.create(n.content("bola", "Laga lain"))
	list, err := n.db.Stories(ctx, []int64{other, 1 << 40, id})
	n.ok(err)
	same(t, "stories in the order asked", []any{len(list), list[0].ID, list[1].ID, list[1].Status}, []any{2, other, id, news.Withdrawn})
}

// readHeadlines finds stories by their exact headline.
func readHeadlines(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	find := func(headlines ...string) map[int64]int64 {
		var keys []int64
		for _, h := range headlines {
			keys = append(keys, news.HeadlineKey(h))
		}
		found, err := n.db.StoryByHeadline(t.Context(), keys)
		n.ok(err)
		return found
	}
	// The one with the lower id is the newer one.
	ids := n.bring(n.item("a", "bola", "Foto hari ini", firstDay.AddDate(0, 0, 1)), n.item("b", "bola", "Foto hari ini", firstDay),
		n.item("c", "bola", "Lain lagi", firstDay))
	draft := n.create(n.content("bola", "Masih rahasia"))
	found := find("FOTO  hari ini", "Lain lagi", "Masih rahasia", "Tidak ada", "Lain lagi")
	same(t, "found", []any{len(found), found[news.HeadlineKey("Foto hari ini")], found[news.HeadlineKey("Lain lagi")]}, []any{2, ids[0], ids[2]})
	_, err := n.desk.Withdraw(t.Context(), editor, ids[0], news.ReasonSARA, "")
	n.ok(err)
	same(t, "after a withdrawal", find("Foto hari ini")[news.HeadlineKey("Foto hari ini")], ids[1])
	_, err = n.desk.Publish(t.Context(), editor, draft)
	n.ok(err)
	same(t, "after publication", find("masih rahasia")[news.HeadlineKey("Masih rahasia")], draft)
	same(t, "no keys", len(find()), 0)
}

// readCorrections reads notices in both directions, and who verifies whom.
func readCorrections(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	wrong, reply := n.publish(n.content("nasional", "Keliru")), n.publish(n.content("nasional", "Hak jawab"))
	other := n.publish(n.content("nasional", "Tanpa cela"))
	for i, text := range []string{"Pertama.", "Kedua."} {
		n.clock.advance(time.Minute)
		_, err := n.desk.Correct(ctx, editor, news.Correction{StoryID: wrong, Kind: news.HakJawab, Text: text, NoticeID: reply * int64(i)})
		n.ok(err)
	}
	read := func() map[int64][]news.Correction {
		list, err := n.db.Corrections(ctx, []int64{wrong, other, reply})
		n.ok(err)
		return list
	}
	got := read()
	if len(got) != 1 || len(got[wrong]) != 2 {
		t.Fatalf("got corrections %v, want two of story %d", got, wrong)
	}
	same(t, "in the order of time", []any{got[wrong][0].Text, got[wrong][1].Text, got[wrong][1].Kind, got[wrong][1].NoticeID},
		[]any{"Pertama.", "Kedua.", news.HakJawab, reply})
	back, err := n.db.CorrectionsByNotice(ctx, reply)
	n.ok(err)
	same(t, "from the notice", []any{len(back), back[0].StoryID, back[0].Text}, []any{1, wrong, "Kedua."})
	back, err = n.db.CorrectionsByNotice(ctx, 0)
	n.ok(err)
	same(t, "from no notice", len(back), 0)

	c := n.content("nasional", "Sudah pasti")
	c.Verifies = other
	first := n.publish(c)
	n.clock.advance(time.Minute)
	second := n.publish(c)
	hidden := n.create(c)
	ids, err := n.db.Verifiers(ctx, other)
	n.ok(err)
	same(t, "verifiers, without the draft", ids, []int64{second, first})
	_, err = n.desk.Publish(ctx, editor, hidden)
	n.ok(err)
	_, err = n.desk.Withdraw(ctx, editor, second, news.ReasonSARA, "")
	n.ok(err)
	ids, err = n.db.Verifiers(ctx, other)
	n.ok(err)
	same(t, "verifiers after a withdrawal", ids, []int64{hidden, first})

	_, err = n.desk.Withdraw(ctx, editor, wrong, news.ReasonSARA, "")
	n.ok(err)
	same(t, "corrections of a withdrawn story", len(read()), 0)
	back, err = n.db.CorrectionsByNotice(ctx, reply)
	n.ok(err)
	same(t, "from the notice of a withdrawn story", len(back), 0)
}

// readExport walks through everything public in small steps.
func readExport(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	embargoed := n.item("e", "opini", "Nanti", firstDay)
	embargoed.EmbargoUntil = n.clock.Now().Add(time.Hour)
	var ids []int64
	for _, name := range []string{"a", "b", "c", "d"} {
		ids = append(ids, n.bring(n.item(name, "opini", "Esai "+name, firstDay))...)
	}
	later := n.bring(embargoed)[0]
	n.create(n.content("opini", "Konsep"))
	n.ok(n.db.SaveRedirects(ctx, []news.Redirect{{Host: "lama.example", Path: "/1", StoryID: ids[0]},
		{Host: "lama.example", Path: "/2", StoryID: ids[3]}, {Host: "lama.example", Path: "/3", StoryID: later},
		{Host: "", Path: "/tentang", Target: "/page/tentang-kami"}, {Host: "LAMA.example", Path: "/Z", Target: "/"}}, change.Outcome{}))
	_, err := n.desk.Withdraw(ctx, editor, ids[3], news.ReasonSARA, "")
	n.ok(err)
	_, err = n.desk.Withdraw(ctx, editor, ids[1], news.ReasonSARA, "")
	n.ok(err)

	var live, gone []int64
	for after := int64(0); ; after = live[len(live)-1] {
		list, err := n.db.StoriesAfter(ctx, after, 1)
		n.ok(err)
		if len(list) == 0 {
			break
		}
		live = append(live, list[0].Story.ID)
		same(t, "the version's story", list[0].Version.StoryID, list[0].Story.ID)
	}
	same(t, "live stories", live, []int64{ids[0], ids[2]})
	for after := int64(0); ; after = gone[len(gone)-1] {
		list, err := n.db.WithdrawnAfter(ctx, after, 1)
		n.ok(err)
		if len(list) == 0 {
			break
		}
		gone = append(gone, list[0].StoryID)
	}
	same(t, "withdrawn stories", gone, []int64{ids[1], ids[3]})
	var paths []string
	var at news.Redirect
	for {
		list, err := n.db.RedirectsAfter(ctx, at.Host, at.Path, 1)
		n.ok(err)
		if len(list) == 0 {
			break
		}
		at = list[0]
		paths = append(paths, at.Host+at.Path)
	}
	same(t, "redirects by bytes, without that to the embargoed story", paths,
		[]string{"/tentang", "lama.example/1", "lama.example/2", "lama.example/Z"})
}
