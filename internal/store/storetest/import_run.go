package storetest

import (
	"fmt"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// run begins a run of an import and returns it with the actor that imports for it.
func (n *newsroom) run(identity string, ids int64) (news.ImportRun, account.Actor) {
	n.t.Helper()
	r, err := n.db.BeginImport(n.t.Context(), news.ImportRun{Kind: "wxr", Name: identity + ".xml", Identity: identity, Total: 100}, ids)
	n.ok(err)
	by := wire
	by.Run = r.ID
	return r, by
}

// importFor imports items for a run.
func (n *newsroom) importFor(by account.Actor, items ...news.Incoming) []news.Imported {
	n.t.Helper()
	res, err := n.desk.Import(n.t.Context(), by, items)
	n.ok(err)
	return res
}

// finish ends a run.
func (n *newsroom) finish(r news.ImportRun) news.ImportRun {
	n.t.Helper()
	r.State = news.RunDone
	n.ok(n.db.SaveImport(n.t.Context(), &r, nil))
	return r
}

// undo takes a run back.
func (n *newsroom) undo(id int64) news.ImportUndo {
	n.t.Helper()
	sum, _, err := news.NewImports(n.db, nil).Undo(n.t.Context(), account.System("import_undo"), id, nil)
	n.ok(err)
	return sum
}

var runCases = []testcase{
	{"a run goes on where it stopped, and the next one of the same input is another", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		first, _ := n.run("a", 0)
		first.Done, first.State = 40, news.RunStopped
		first.Counts = news.ImportCounts{Items: 4, Results: map[news.ImportResult]int{news.ItemCreated: 4}}
		line := news.ImportLine{File: "a.xml", Line: 7, URI: "urn:x", Result: news.ItemFailed, Field: "title", Why: "kosong"}
		n.ok(n.db.SaveImport(t.Context(), &first, []news.ImportLine{line, line}))
		again, _ := n.run("a", 0)
		same(t, "run", again.ID, first.ID)
		same(t, "done", again.Done, int64(40))
		same(t, "state", again.State, news.RunGoing)
		same(t, "counts", again.Counts.Results[news.ItemCreated], 4)
		n.ok(n.db.SaveImport(t.Context(), &again, []news.ImportLine{line}))
		lines, err := n.db.ImportLines(t.Context(), first.ID, news.ImportLine{}, 10)
		n.ok(err)
		same(t, "lines", lines, []news.ImportLine{line})
		n.finish(again)
		other, _ := n.run("a", 0)
		same(t, "another run", other.ID > first.ID, true)
		nameless, _ := n.run("", 0)
		nameless2, _ := n.run("", 0)
		same(t, "an input that cannot be read twice", nameless.ID != nameless2.ID, true)
		list, err := n.db.ImportRuns(t.Context(), 0, 2)
		n.ok(err)
		same(t, "list", []int64{list[0].ID, list[1].ID}, []int64{nameless2.ID, nameless.ID})
		if _, err := n.db.ImportRun(t.Context(), 999); !fault.Is(err, fault.NotFound) {
			t.Errorf("a run that is not there: %v", err)
		}
	}},
	{"ids that are kept for a run go to nobody else", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		r, by := n.run("a", 50)
		id := n.publish(n.content("nasional", "Di tengah impor"))
		if id >= r.FirstID && id < r.FirstID+50 {
			t.Fatalf("story %d is among the ids %d to %d of the run", id, r.FirstID, r.FirstID+49)
		}
		in := n.incoming("urn:a", "1", "Titip nomor")
		in.ID, in.Slug = r.FirstID+7, "titip"
		same(t, "id", n.importFor(by, in)[0].ID, r.FirstID+7)
		again, _ := n.run("a", 50)
		same(t, "kept", again.FirstID, r.FirstID)
		second, _ := n.run("b", 5)
		same(t, "further on", second.FirstID >= r.FirstID+50, true)
	}},
	{"a rehearsal tells what would be, and leaves no trace", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.take(n.incoming("urn:known", "1", "Lama"))
		before := n.last()
		bad := n.incoming("urn:bad", "1", "")
		res, err := n.desk.Rehearse(t.Context(), wire, []news.Incoming{n.incoming("urn:new", "1", "Baru"), bad,
			n.incoming("urn:known", "2", "Lama sekali"), n.incoming("urn:known", "1", "Lama")}, nil)
		n.ok(err)
		same(t, "results", results(res), []news.ImportResult{news.ItemCreated, news.ItemFailed, news.ItemUpdated, news.ItemIgnored})
		same(t, "events", n.last(), before)
		counts, err := n.db.CountStories(t.Context())
		n.ok(err)
		same(t, "stories", counts.Stories, int64(1))
	}},
	{"an import is taken back as a whole", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.take(n.incoming("urn:old", "1", "Sudah ada"))
		old := n.list(news.ListFilter{})[0]
		stolen := news.Redirect{Host: "lama.example", Path: "/sudah", StoryID: old}
		n.ok(n.site.SaveRedirects(t.Context(), editor, stolen))
		empty := n.dump()

		r, by := n.run("a", 10)
		pic, _, err := n.db.AddPicture(t.Context(), "import", media.Picture{Hash: "aa", MIME: "image/png", CreatedAt: noon, Run: r.ID}, media.NewAddresses())
		n.ok(err)
		kept, _, err := n.db.AddPicture(t.Context(), "import", media.Picture{Hash: "bb", MIME: "image/png", Credit: "AFP", CreatedAt: noon, Run: r.ID}, media.NewAddresses())
		n.ok(err)
		topics, err := n.db.EnsureNames(t.Context(), r.ID, change.MadeTopic, []string{"Gempa", "Banjir"})
		n.ok(err)
		people, err := n.db.EnsureNames(t.Context(), r.ID, change.MadePerson, []string{"Rani"})
		n.ok(err)
		sec, err := n.site.SaveSection(t.Context(), by, news.Section{Slug: "kanal-lama", Name: "Kanal Lama"})
		n.ok(err)
		n.ok(n.site.SavePage(t.Context(), by, news.StaticPage{Slug: "sejarah", Title: "Sejarah", Body: body("Dulu.", pic.ID)}))
		n.ok(n.site.SaveRedirects(t.Context(), by, news.Redirect{Path: "/category/x", Target: "/kanal-lama"}))
		one := n.incoming("urn:1", "1", "Satu")
		one.ID, one.Content.SectionID, one.Content.Body = r.FirstID, sec.ID, body("Dengan foto.", pic.ID)
		one.Content.Topics, one.Content.Credits = []int64{topics["Gempa"], topics["Banjir"]}, []news.Credit{{PersonID: people["Rani"], Role: news.Writer}}
		one.Redirects = []news.Redirect{{Host: "lama.example", Path: "/satu"}, {Host: "lama.example", Path: "/sudah"}}
		two := n.incoming("urn:2", "1", "Dua")
		two.Hold = true
		three := n.incoming("urn:3", "1", "Tiga")
		three.ReleaseAt = noon.Add(time.Hour)
		higher := n.incoming("urn:old", "2", "Sudah ada dan baru")
		higher.Redirects = []news.Redirect{{Host: "lama.example", Path: "/sudah-2"}}
		got := n.importFor(by, one, two, three, higher)
		same(t, "results", results(got), []news.ImportResult{news.ItemCreated, news.ItemCreated, news.ItemCreated, news.ItemUpdated})
		n.visible(got[0].ID, "satu")
		same(t, "scheduled", n.story(got[2].ID).DueAt, noon.Add(time.Hour))
		r = n.finish(r)
		same(t, "made", r.Counts.Made, map[string]int{change.MadeStory: 3, change.MadeVersion: 1, change.MadeTopic: 2, change.MadePerson: 1,
			change.MadeSection: 1, change.MadePage: 1, change.MadePicture: 2, change.MadeRedirect: 3})
		// Something else uses a picture and a topic of the run by now.
		c := n.content("nasional", "Milik orang")
		c.Body, c.Topics = body("Foto yang sama.", kept.ID), []int64{topics["Banjir"]}
		other := n.publish(c)

		sum := n.undo(r.ID)
		same(t, "edits", sum.Edits, []news.ImportEdit(nil))
		same(t, "kept", sum.Kept, map[string]int{change.MadePicture: 1, change.MadeTopic: 1})
		same(t, "gone", sum.Gone[change.MadeStory], 3)
		_, err = n.desk.Withdraw(t.Context(), editor, other, news.ReasonCouncil, "")
		n.ok(err)
		for _, id := range []int64{got[0].ID, got[1].ID, got[2].ID} {
			if _, err := n.db.Story(t.Context(), id); !fault.Is(err, fault.NotFound) {
				t.Errorf("story %d is still there: %v", id, err)
			}
		}
		same(t, "as before", n.dump(), empty)
		same(t, "found", n.found("foto"), []int64(nil))
		back, err := n.db.Redirect(t.Context(), "lama.example", "/sudah")
		n.ok(err)
		same(t, "the old address", back, stolen)
		n.ok(n.db.Check(t.Context()))
		run, err := n.db.ImportRun(t.Context(), r.ID)
		n.ok(err)
		same(t, "state", run.State, news.RunUndone)
		if _, _, err := news.NewImports(n.db, nil).Undo(t.Context(), account.System("x"), r.ID, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("taken back twice: %v", err)
		}
		// What comes again is new, and no id is given a second time.
		_, by = n.run("a", 10)
		res := n.importFor(by, n.incoming("urn:1", "1", "Satu"))
		same(t, "again", results(res), []news.ImportResult{news.ItemCreated})
		if res[0].ID <= got[2].ID {
			t.Errorf("id %d was given again", res[0].ID)
		}
	}},
	{"an import in which somebody worked is not taken back", func(t *testing.T, open Open) {
		for _, c := range []struct {
			name string
			edit func(n *newsroom, id int64, r news.ImportRun)
		}{
			{"a draft", func(n *newsroom, id int64, _ news.ImportRun) {
				_, err := n.desk.Correct(t.Context(), editor, news.Correction{StoryID: id, Kind: news.Ralat, Text: "Angka dibetulkan."})
				n.ok(err)
			}},
			{"a withdrawal", func(n *newsroom, id int64, _ news.ImportRun) {
				_, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonCouncil, "")
				n.ok(err)
			}},
			{"a topic", func(n *newsroom, _ int64, _ news.ImportRun) {
				list, err := n.db.EnsureTopics(t.Context(), []string{"Gempa"})
				n.ok(err)
				_, err = n.site.SaveTopic(t.Context(), editor, news.Topic{ID: list["Gempa"], Slug: "gempa", Name: "Gempa", Intro: "Kata orang."})
				n.ok(err)
			}},
			{"a later import", func(n *newsroom, _ int64, _ news.ImportRun) {
				r, by := n.run("later", 0)
				n.importFor(by, n.incoming("urn:1", "2", "Satu lagi"))
				n.finish(r)
			}},
		} {
			t.Run(c.name, func(t *testing.T) {
				n := newNewsroom(t, open)
				r, by := n.run("a", 0)
				_, err := n.db.EnsureNames(t.Context(), r.ID, change.MadeTopic, []string{"Gempa"})
				n.ok(err)
				id := n.importFor(by, n.incoming("urn:1", "1", "Satu"))[0].ID
				r = n.finish(r)
				n.clock.advance(time.Minute)
				c.edit(n, id, r)
				sum := n.undo(r.ID)
				if len(sum.Edits) != 1 || sum.Edits[0].Why == "" {
					t.Errorf("got %+v", sum)
				}
				_, err = n.db.Story(t.Context(), id)
				n.ok(err)
				run, err := n.db.ImportRun(t.Context(), r.ID)
				n.ok(err)
				same(t, "state", run.State, news.RunDone)
			})
		}
	}},
	{"taking back goes on after an interruption", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		r, by := n.run("a", 0)
		for b := range 2 {
			var items []news.Incoming
			for i := range 20 {
				items = append(items, n.incoming(fmt.Sprintf("urn:%d:%d", b, i), "1", fmt.Sprintf("Kabar %d %d", b, i)))
			}
			n.importFor(by, items...)
		}
		r = n.finish(r)
		step, err := n.db.UndoImport(t.Context(), account.System("import_undo"), r.ID, 15)
		n.ok(err)
		left, err := n.db.ImportLeft(t.Context(), r.ID)
		n.ok(err)
		same(t, "one step", []int{step.Gone[change.MadeStory], left}, []int{15, 25})
		sum := n.undo(r.ID)
		same(t, "the rest", []int{sum.Gone[change.MadeStory], sum.Left}, []int{25, 0})
		same(t, "list", n.list(news.ListFilter{}), []int64(nil))
		n.ok(n.db.Check(t.Context()))
	}},
	{"a run that may be at work is not taken back", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		r, by := n.run("a", 0)
		n.importFor(by, n.incoming("urn:1", "1", "Satu"))
		if _, _, err := news.NewImports(n.db, nil).Undo(t.Context(), account.System("x"), r.ID, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("got %v, want a conflict", err)
		}
		n.clock.advance(time.Minute) // it was killed
		same(t, "gone", n.undo(r.ID).Gone[change.MadeStory], 1)
		if _, _, err := news.NewImports(n.db, nil).Undo(t.Context(), account.Actor{ID: 9, Role: account.Editor}, r.ID, nil); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an editor took an import back: %v", err)
		}
	}},
}

// dump returns how much there is of what readers and the newsroom see.
func (n *newsroom) dump() string {
	n.t.Helper()
	ctx := n.t.Context()
	sections, err := n.db.Sections(ctx)
	n.ok(err)
	pages, err := n.db.StaticPages(ctx)
	n.ok(err)
	var lines string
	for _, s := range sections.All() {
		lines += s.Slug + "\n"
	}
	for _, p := range pages {
		lines += p.Slug + "\n"
	}
	for _, id := range n.list(news.ListFilter{}) {
		live, err := n.db.LiveStory(ctx, id)
		n.ok(err)
		lines += fmt.Sprintf("%d %s %s %s\n", id, live.Version.Content.Headline, live.Story.URIVersion, live.Story.Updated)
	}
	redirects, err := n.db.RedirectsAfter(ctx, "", "", 100)
	n.ok(err)
	return lines + fmt.Sprint(redirects)
}
