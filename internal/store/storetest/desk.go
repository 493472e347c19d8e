package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/store"
)

var deskCases = []testcase{
	{"a new story is a draft that no reader sees", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("nasional", "Bendungan baru diresmikan"))
		s := n.story(id)
		same(t, "status", s.Status, news.Unpublished)
		same(t, "stage", s.Stage, news.StageDraft)
		n.hidden(id, "bendungan")
		d, err := n.db.Draft(t.Context(), id)
		n.ok(err)
		same(t, "draft", d.Content.Headline, "Bendungan baru diresmikan")
	}},
	{"a published story is on every surface, and its draft is gone", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		c := n.content("internasional", "Pemilu di Chile")
		c.Kind = news.KindGallery
		c.Topics = []int64{n.topic("Pemilu")}
		writer := n.person("Rani Wulandari")
		c.Credits = []news.Credit{{PersonID: writer, Role: news.Writer}, {PersonID: writer, Role: news.Photographer}}
		before := n.last()
		id := n.publish(c)
		n.visible(id, "pemilu")
		for _, f := range []news.ListFilter{
			{SectionID: n.section("internasional")}, {SectionID: n.section("global")},
			{TopicID: c.Topics[0]}, {PersonID: writer}, {Kind: news.KindGallery},
		} {
			same(t, "list", n.list(f), []int64{id})
		}
		same(t, "other section", n.list(news.ListFilter{SectionID: n.section("bola")}), []int64{})
		same(t, "found by the name of its writer", n.found("wulandari"), []int64{id})
		s := n.story(id)
		same(t, "first published", s.FirstPublished, noon)
		same(t, "slug", s.Slug, "pemilu-di-chile")
		if _, err := n.db.Draft(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("the draft is still there: %v", err)
		}
		tags := n.events(before)
		for _, want := range []string{news.TagStory(id), news.TagLatest, news.TagSection(n.section("global")),
			news.TagSection(n.section("internasional")), news.TagTopic(c.Topics[0]), news.TagPerson(writer),
			"day:2026-11-23", "month:2026-11", news.TagHeadline("pemilu di chile")} {
			if !slices.Contains(tags, want) {
				t.Errorf("the event does not name %s: %v", want, tags)
			}
		}
	}},
	{"several stories go out in one event, a repeated id once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		a, b := n.create(n.content("bola", "Satu")), n.create(n.content("bola", "Dua"))
		before := n.last()
		_, err := n.desk.Publish(t.Context(), editor, b, a, b)
		n.ok(err)
		same(t, "list", n.list(news.ListFilter{}), []int64{b, a})
		list, err := n.db.Events(t.Context(), before, 10)
		n.ok(err)
		same(t, "events", len(list), 1)
		same(t, "versions", n.story(b).LastNo, 1)
	}},
	{"nothing of a batch is kept when one of it fails", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		good, bad := n.create(n.content("bola", "Baik")), n.create(news.Content{Headline: "Tanpa rubrik"})
		before := n.last()
		if _, err := n.desk.Publish(t.Context(), editor, good, bad); !fault.Is(err, fault.Invalid) {
			t.Fatalf("got %v, want an invalid story", err)
		}
		n.hidden(good, "baik")
		same(t, "last event", n.last(), before)
		if _, err := n.desk.Publish(t.Context(), editor, good, 999); !fault.Is(err, fault.NotFound) {
			t.Fatalf("got %v, want not found", err)
		}
		n.hidden(good, "baik")
	}},
	{"a change that cannot enqueue its job keeps nothing", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Antrean"))
		before := n.last()
		_, err := n.db.Change(t.Context(), news.Pick{IDs: []int64{id}}, func(w *news.World, recs []*news.Record) (change.Outcome, error) {
			recs[0].Story.Stage = news.StageSubmitted
			return change.Outcome{Tags: []string{"x"}, Jobs: []change.Job{{Kind: "mail"}}}, nil
		})
		if !fault.Is(err, fault.Unavailable) {
			t.Fatalf("got %v, want unavailable", err)
		}
		same(t, "stage", n.story(id).Stage, news.StageDraft)
		same(t, "last event", n.last(), before)
	}},
	{"a panic in the rules leaves the database free", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Panik"))
		func() {
			defer func() { same(t, "panic", recover(), "rules") }()
			n.db.Change(t.Context(), news.Pick{IDs: []int64{id}}, func(*news.World, []*news.Record) (change.Outcome, error) {
				panic("rules")
			})
		}()
		_, err := n.desk.Publish(t.Context(), editor, id)
		n.ok(err)
	}},
	{"a scheduled story goes out once, when it is due, as it was approved", scheduledStory},
	{"what was due while nobody was there goes out late, dated now", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Terlambat"))
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)))
		n.clock.advance(5 * time.Hour)
		n.due(1)
		same(t, "first published", n.story(id).FirstPublished, noon.Add(5*time.Hour))
	}},
	{"a schedule in the past or under an embargo is refused", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Jadwal"))
		if err := n.desk.Schedule(t.Context(), editor, id, noon); !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v, want invalid", err)
		}
		_, err := n.desk.Embargo(t.Context(), editor, id, noon.Add(2*time.Hour))
		n.ok(err)
		if err := n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)); !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v, want invalid", err)
		}
		if _, err := n.desk.Publish(t.Context(), editor, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("got %v, want a conflict", err)
		}
		n.hidden(id, "jadwal")
	}},
	{"embargoed releases are held while the clock is in doubt", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		plain, held := n.create(n.content("bola", "Biasa")), n.create(n.content("bola", "Embargo"))
		at := noon.Add(time.Hour)
		_, err := n.desk.Embargo(t.Context(), editor, held, at)
		n.ok(err)
		n.ok(n.desk.Schedule(t.Context(), editor, plain, at))
		n.ok(n.desk.Schedule(t.Context(), editor, held, at))
		n.clock.advance(time.Hour)
		released, err := n.desk.RunDue(t.Context(), true)
		n.ok(err)
		same(t, "released", released, 1)
		n.hidden(held, "embargo")
		n.due(1)
		n.visible(held, "embargo")
	}},
	{"an embargo takes a live story away and brings it back", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Transfer kiper"))
		before := n.last()
		n.clock.advance(time.Minute)
		_, err := n.desk.Embargo(t.Context(), editor, id, noon.Add(time.Hour))
		n.ok(err)
		n.hidden(id, "transfer")
		list, err := n.db.Events(t.Context(), before, 10)
		n.ok(err)
		if len(list) != 1 || !list[0].Takedown || !slices.Contains(list[0].Tags, news.TagLatest) {
			t.Fatalf("got events %+v, want one takedown of lists", list)
		}
		n.clock.advance(time.Hour)
		n.due(1)
		n.visible(id, "transfer")
		same(t, "first published", n.story(id).FirstPublished, noon)
		same(t, "live version", n.story(id).LiveNo, 1)
	}},
	{"a withdrawn story leaves a notice and nothing else", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Salah tuduh"))
		if _, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonNewsroom, " "); !fault.Is(err, fault.Invalid) {
			t.Fatalf("got %v, want invalid", err)
		}
		_, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonChild, "")
		n.ok(err)
		n.hidden(id, "tuduh")
		same(t, "status", n.story(id).Status, news.Withdrawn)
		w, err := n.db.Withdrawal(t.Context(), id)
		n.ok(err)
		same(t, "notice", []any{w.Reason, w.By, w.Headline, w.At}, []any{news.ReasonChild, "user:7", "Salah tuduh", noon})
		if _, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonChild, ""); !fault.Is(err, fault.Conflict) {
			t.Fatalf("got %v, want a conflict", err)
		}
	}},
	{"a correction is kept with the story, once however it comes", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id, notice := n.publish(n.content("bola", "Skor keliru")), n.publish(n.content("bola", "Hak jawab klub"))
		n.clock.advance(time.Hour)
		before := n.last()
		_, err := n.desk.Correct(t.Context(), editor, news.Correction{StoryID: id, Kind: news.HakJawab, Text: "Klub menjawab.", NoticeID: notice})
		n.ok(err)
		got, err := n.db.Corrections(t.Context(), []int64{id})
		n.ok(err)
		same(t, "corrections", len(got[id]), 1)
		same(t, "text", got[id][0].Text, "Klub menjawab.")
		same(t, "updated", n.story(id).Updated, noon.Add(time.Hour))
		back, err := n.db.CorrectionsByNotice(t.Context(), notice)
		n.ok(err)
		same(t, "seen from the notice", len(back), 1)
		tags := n.events(before)
		if !slices.Contains(tags, news.TagStory(id)) || !slices.Contains(tags, news.TagStory(notice)) {
			t.Errorf("the event names not both stories: %v", tags)
		}
	}},
	{"a story that moves to another section leaves the lists of the first", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		c := n.content("bola", "Stadion")
		c.Topics = []int64{n.topic("Timnas")}
		id := n.publish(c)
		n.revise(id, func(c *news.Content) { c.SectionID, c.Topics = n.section("ekonomi"), nil })
		same(t, "bola", n.list(news.ListFilter{SectionID: n.section("bola")}), []int64{})
		same(t, "ekonomi", n.list(news.ListFilter{SectionID: n.section("ekonomi")}), []int64{id})
		same(t, "topic", n.list(news.ListFilter{TopicID: c.Topics[0]}), []int64{})
		same(t, "site", n.list(news.ListFilter{}), []int64{id})
	}},
	{"a new headline is found and the old one is not", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Kiper cedera"))
		n.revise(id, func(c *news.Content) { *c = n.content("bola", "Penyerang sembuh") })
		n.visible(id, "penyerang")
		same(t, "old words", n.found("kiper"), []int64{})
		same(t, "slug", n.story(id).Slug, "kiper-cedera")
	}},
	{"who may not is refused before anything is read", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		reporter := account.Actor{ID: 9, Role: account.Reporter}
		id := n.create(n.content("bola", "Izin"))
		_, publish := n.desk.Publish(t.Context(), reporter, id)
		_, withdraw := n.desk.Withdraw(t.Context(), reporter, id, news.ReasonSARA, "")
		_, embargo := n.desk.Embargo(t.Context(), reporter, id, time.Time{})
		for _, err := range []error{publish, withdraw, embargo, n.desk.Schedule(t.Context(), reporter, id, noon.Add(time.Hour))} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("got %v, want forbidden", err)
			}
		}
		n.hidden(id, "izin")
	}},
	{"a change that its caller gave up leaves nothing", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Batal"))
		stop := errors.New("stop")
		_, err := n.db.Change(t.Context(), news.Pick{IDs: []int64{id}, New: 1}, func(w *news.World, recs []*news.Record) (change.Outcome, error) {
			recs[0].Story.Status, recs[1].Story.Status = news.Live, news.Live
			return change.Outcome{Tags: []string{"x"}}, stop
		})
		if !errors.Is(err, stop) {
			t.Fatalf("got %v, want the rules' error", err)
		}
		n.hidden(id, "batal")
		counts, err := n.db.CountStories(t.Context())
		n.ok(err)
		same(t, "stories", counts.Stories, 1)
	}},
	{"the real clock of the database is near ours", func(t *testing.T, open Open) {
		db := open(t, store.Options{})
		now, err := db.Now(t.Context())
		if d := time.Since(now).Abs(); err != nil || d > time.Minute {
			t.Fatalf("the database's clock is %v away: %v", d, err)
		}
	}},
}

func scheduledStory(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	id := n.create(n.content("bola", "Jadwal laga"))
	due := noon.Add(time.Hour)
	n.ok(n.desk.Schedule(t.Context(), editor, id, due))
	// Somebody writes on: what was approved is what goes out.
	n.write(id, func(c *news.Content) { c.Headline = "Jadwal laga, belum disetujui" })
	n.clock.advance(time.Hour - time.Millisecond)
	n.due(0)
	n.hidden(id, "jadwal")
	n.clock.advance(time.Millisecond)
	n.due(1)
	n.due(0)
	n.visible(id, "jadwal")
	live, err := n.db.LiveStory(t.Context(), id)
	n.ok(err)
	same(t, "headline", live.Version.Content.Headline, "Jadwal laga")
	same(t, "first published", live.Story.FirstPublished, due)
	d, err := n.db.Draft(t.Context(), id)
	n.ok(err)
	same(t, "draft", d.Content.Headline, "Jadwal laga, belum disetujui")
}

// due runs the due loop once and checks how many went out.
func (n *newsroom) due(want int) {
	n.t.Helper()
	released, err := n.desk.RunDue(n.t.Context(), false)
	n.ok(err)
	same(n.t, "released", released, want)
}

// revise writes a draft over the live version and publishes it.
func (n *newsroom) revise(id int64, edit func(*news.Content)) {
	n.t.Helper()
	n.write(id, edit)
	_, err := n.desk.Publish(n.t.Context(), editor, id)
	n.ok(err)
}

// write edits the draft; where there is none, it begins one from the live
// version, and of a withdrawn story from nothing.
func (n *newsroom) write(id int64, edit func(*news.Content)) {
	n.t.Helper()
	_, err := n.db.Change(n.t.Context(), news.Pick{IDs: []int64{id}}, func(w *news.World, recs []*news.Record) (change.Outcome, error) {
		d := news.Draft{StoryID: id, By: editor.String()}
		switch r := recs[0]; {
		case r.Draft != nil:
			d = *r.Draft
		case r.Live != nil:
			d.Content = r.Live.Content
		}
		d.Seq, d.At = d.Seq+1, w.Now
		edit(&d.Content)
		recs[0].Draft = &d
		return change.Outcome{}, nil
	})
	n.ok(err)
}

// hidden checks that no reader sees the story.
func (n *newsroom) hidden(id int64, word string) {
	n.t.Helper()
	if _, err := n.db.LiveStory(n.t.Context(), id); err == nil {
		n.t.Errorf("story %d is live", id)
	}
	same(n.t, "site list with the story", slices.Contains(n.list(news.ListFilter{}), id), false)
	same(n.t, "search with the story", slices.Contains(n.found(word), id), false)
	cards, err := n.db.Cards(n.t.Context(), []int64{id})
	n.ok(err)
	same(n.t, "cards", len(cards), 0)
}

// visible checks that readers see the story.
func (n *newsroom) visible(id int64, word string) {
	n.t.Helper()
	_, err := n.db.LiveStory(n.t.Context(), id)
	n.ok(err)
	same(n.t, "site list has the story", slices.Contains(n.list(news.ListFilter{}), id), true)
	same(n.t, "search has the story", slices.Contains(n.found(word), id), true)
}

// body returns a body that shows pictures.
func body(text string, pictures ...int64) doc.Doc {
	d := doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: "aaaaaaaa", Text: doc.Text(text)}}}
	for _, id := range pictures {
		d.Blocks = append(d.Blocks, doc.Picture{ID: "bbbbbbbb", Picture: id})
	}
	return d
}
