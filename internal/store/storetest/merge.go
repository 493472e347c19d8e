package storetest

import (
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/news"
)

// mergeCases are about what takes something else over, about fronts that are
// arranged, and about the log of it all.
var mergeCases = []testcase{
	{"a section that is given up leads to the one that took over", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		old := n.section("internasional")
		heir := n.section("tekno")
		id := n.publish(n.content("internasional", "Pemilu di negeri tetangga"))
		due := n.create(n.content("internasional", "Sidang umum dibuka"))
		n.ok(n.desk.Schedule(ctx, editor, due, n.clock.Now().Add(time.Hour)))
		n.ok(n.site.GiveUpSection(ctx, editor, old, heir))

		tree, err := n.db.Sections(ctx)
		n.ok(err)
		if got := tree.ByID(old); got == nil || got.ID != heir {
			t.Fatalf("the old section leads to %v", got)
		}
		if tree.BySlug("internasional") != nil {
			t.Error("the old section still has a page")
		}
		same(t, "list of the heir", n.list(news.ListFilter{SectionID: heir}), []int64{id})
		same(t, "list above the old one", n.list(news.ListFilter{SectionID: n.section("global")}), []int64{})
		res, err := n.db.Search(ctx, news.SearchFilter{Query: "pemilu", SectionID: heir, Limit: 10})
		n.ok(err)
		same(t, "search in the heir", cardIDs(res.Cards), []int64{id})
		to, err := n.db.Redirect(ctx, "", "/internasional")
		n.ok(err)
		same(t, "old front", to.Target, "/tekno")

		n.clock.advance(2 * time.Hour)
		released, err := n.desk.RunDue(ctx, false)
		n.ok(err)
		same(t, "released", released, 1)
		same(t, "list of the heir", n.list(news.ListFilter{SectionID: heir}), []int64{due, id})
	}},
	{"a section is not taken over by itself or by one below it", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		for _, into := range []int64{n.section("global"), n.section("internasional"), 0, 9999} {
			if err := n.site.GiveUpSection(t.Context(), editor, n.section("global"), into); !fault.Is(err, fault.Invalid) {
				t.Errorf("into %d: %v", into, err)
			}
		}
		reporter := account.Actor{ID: 3, Role: account.Reporter}
		if err := n.site.GiveUpSection(t.Context(), reporter, n.section("global"), n.section("bola")); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a reporter may close a section: %v", err)
		}
	}},
	{"a merged topic gives its stories, names and address away", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		from, into := n.topic("Pilpres"), n.topic("Pemilihan Presiden")
		c := n.content("nasional", "Debat terakhir malam ini")
		c.Topics = []int64{from}
		id := n.publish(c)
		n.ok(n.site.SaveAliases(ctx, editor, from, []string{"Pilpres 2029"}))
		before, err := n.db.TopicSize(ctx, from, 10)
		n.ok(err)
		same(t, "size", before, 1)
		bound, err := n.db.TopicSize(ctx, from, 0)
		n.ok(err)
		same(t, "bounded size", bound, 0)
		n.db.UseJobs(&queue{})
		n.ok(n.site.MergeTopics(ctx, editor, from, into))

		same(t, "list", n.list(news.ListFilter{TopicID: into}), []int64{id})
		topics, err := n.db.Topics(ctx, []int64{from, into})
		n.ok(err)
		if len(topics) != 1 || topics[0].ID != into {
			t.Fatalf("both ids give %v", topics)
		}
		res, err := n.db.Search(ctx, news.SearchFilter{Query: "debat", TopicID: into, Limit: 10})
		n.ok(err)
		same(t, "search", cardIDs(res.Cards), []int64{id})
		for _, name := range []string{"pilpres", "Pilpres 2029", "Pemilihan presiden"} {
			if got := n.topic(name); got != into {
				t.Errorf("the name %q means topic %d, want %d", name, got, into)
			}
		}
		to, err := n.db.Redirect(ctx, "", "/topic/pilpres")
		n.ok(err)
		same(t, "old address", to.Target, "/topic/pemilihan-presiden")
		// A story that named the old topic before and goes out now.
		later := n.publish(c)
		same(t, "list", n.list(news.ListFilter{TopicID: into}), []int64{later, id})
		if err := n.site.MergeTopics(ctx, editor, from, into); !fault.Is(err, fault.NotFound) {
			t.Errorf("merged twice: %v", err)
		}
	}},
	{"an alias that belongs to another topic is refused", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		a, b := n.topic("Banjir"), n.topic("Rob")
		if err := n.site.SaveAliases(t.Context(), editor, a, []string{"Genangan", "rob"}); !fault.Is(err, fault.Invalid) {
			t.Fatalf("err = %v", err)
		}
		n.ok(n.site.SaveAliases(t.Context(), editor, b, []string{"Genangan"}))
		names, err := n.db.Aliases(t.Context(), b)
		n.ok(err)
		same(t, "aliases", names, []string{"Genangan"})
	}},
	{"a front is arranged, published and undone, and nobody overwrites another", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		before, err := n.db.Front(ctx, 0)
		n.ok(err)
		id := n.publish(n.content("nasional", "Jembatan dibuka"))
		f := before
		f.Containers = append([]news.Container(nil), before.Containers[:3]...)
		f.Containers[0].Slots = []news.Slot{{StoryID: id}}
		d, err := n.site.SaveFrontDraft(ctx, editor, f, 0)
		n.ok(err)
		if _, err := n.site.SaveFrontDraft(ctx, editor, f, 0); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a second draft from the same start: %v", err)
		}
		d, err = n.site.SaveFrontDraft(ctx, editor, f, d.Seq)
		n.ok(err)
		live, err := n.db.Front(ctx, 0)
		n.ok(err)
		same(t, "containers before publishing", len(live.Containers), len(before.Containers))
		_, err = n.site.PublishFront(ctx, editor, d.Front, "")
		n.ok(err)
		live, err = n.db.Front(ctx, 0)
		n.ok(err)
		same(t, "containers after publishing", len(live.Containers), 3)
		if _, err := n.db.FrontDraft(ctx, 0); !fault.Is(err, fault.NotFound) {
			t.Errorf("the draft is still there: %v", err)
		}
		versions, err := n.db.FrontVersions(ctx, 0, 0, 10)
		n.ok(err)
		same(t, "versions", len(versions), 2)
		_, err = n.site.PublishFront(ctx, editor, versions[1].Front, "undo:1")
		n.ok(err)
		live, err = n.db.Front(ctx, 0)
		n.ok(err)
		same(t, "containers after undoing", len(live.Containers), len(before.Containers))
	}},
	{"names are listed in their order, in parts, and found by any part", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		for _, name := range []string{"Dewi 100%", "Agus Salim", "Citra Lestari", "Budi Salim"} {
			n.person(name)
		}
		var all []string
		for after := ""; ; {
			list, next, err := n.db.PersonsByName(t.Context(), news.NameFilter{After: after, Limit: 3})
			n.ok(err)
			for _, p := range list {
				all = append(all, p.Name)
			}
			if after = next; next == "" {
				break
			}
		}
		same(t, "all", all, []string{"Agus Salim", "Budi Salim", "Citra Lestari", "Dewi 100%"})
		for text, want := range map[string]int{"SALIM": 2, "0%": 1, "_": 0, "%": 1} {
			list, _, err := n.db.PersonsByName(t.Context(), news.NameFilter{Text: text, Limit: 10})
			n.ok(err)
			same(t, "found by "+text, len(list), want)
		}
	}},
	{"the log is read by person, deed and object", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("nasional", "Pasar tua dipugar"))
		for _, f := range []news.AuditFilter{{Actor: "user:7", Action: "publish"}, {Object: news.TagStory(id), Action: "publish"}, {Object: "story:*", Action: "publish"}} {
			f.Limit = 10
			lines, err := n.db.Audits(t.Context(), f)
			n.ok(err)
			if len(lines) != 1 || lines[0].Object != news.TagStory(id) || lines[0].Actor != "user:7" || lines[0].At.IsZero() {
				t.Errorf("%+v gives %+v", f, lines)
			}
		}
		lines, err := n.db.Audits(t.Context(), news.AuditFilter{Limit: 1})
		n.ok(err)
		older, err := n.db.Audits(t.Context(), news.AuditFilter{Before: lines[0].ID, Limit: 50})
		n.ok(err)
		if len(older) == 0 || older[0].ID >= lines[0].ID {
			t.Error("the next part of the log does not go on below the first")
		}
	}},
	{"an old address and a page can be taken away", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		n.ok(n.site.SaveRedirects(ctx, editor, news.Redirect{Host: "www.lama.example", Path: "/a/b", Target: "/bola"}, news.Redirect{Path: "/a_b", Target: "/tekno"}))
		list, err := n.db.RedirectList(ctx, news.RedirectFilter{Begin: "/a_", Limit: 10})
		n.ok(err)
		same(t, "found", len(list), 1)
		n.ok(n.site.DropRedirect(ctx, editor, "www.lama.example", "/a/b"))
		if err := n.site.DropRedirect(ctx, editor, "www.lama.example", "/a/b"); !fault.Is(err, fault.NotFound) {
			t.Errorf("dropped twice: %v", err)
		}
		n.ok(n.site.SavePage(ctx, editor, news.StaticPage{Slug: "karier", Title: "Karier"}))
		n.ok(n.site.DropPage(ctx, editor, "karier"))
		if _, err := n.db.StaticPage(ctx, "karier"); !fault.Is(err, fault.NotFound) {
			t.Errorf("the page is still there: %v", err)
		}
	}},
}
