package storetest

import (
	"slices"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/news"
)

// desker publishes and corrects, and may not withdraw.
var desker = account.Actor{ID: 8, Name: "Bima", Role: account.Editor}

// ruleCases are the rules of the desk as an editor would say them.
var ruleCases = []testcase{
	{"saving a draft changes nothing that readers see", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Kiper utama"))
		before, last := n.story(id), n.last()
		n.clock.advance(time.Hour)
		n.write(id, func(c *news.Content) { c.Headline, c.Access = "Kiper cadangan", news.Members })
		same(t, "story", n.story(id), before)
		same(t, "event", n.last(), last)
		n.live(id, "Kiper utama")
		same(t, "found by what is not out", n.found("cadangan"), []int64{})
	}},
	{"a small update keeps the dates and the address", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Salah ketik"))
		n.clock.advance(48 * time.Hour)
		n.revise(id, func(c *news.Content) { c.Headline = "Sudah benar" })
		s := n.story(id)
		same(t, "first published", s.FirstPublished, noon)
		same(t, "updated", s.Updated, time.Time{})
		same(t, "slug", s.Slug, "salah-ketik")
		same(t, "versions", []int{s.LiveNo, s.LastNo}, []int{2, 2})
	}},
	{"a correction brings the draft along and moves the update time alone", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Skor 2-1"))
		n.clock.advance(time.Hour)
		n.write(id, func(c *news.Content) { c.Headline = "Skor 1-2" })
		n.correct(id, nil)
		n.live(id, "Skor 1-2")
		s := n.story(id)
		same(t, "first published", s.FirstPublished, noon)
		same(t, "updated", s.Updated, noon.Add(time.Hour))
		same(t, "stage", s.Stage, news.StageNone)
	}},
	{"a correction is refused where it cannot stand", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id, gone, draft := n.publish(n.content("bola", "Hidup")), n.publish(n.content("bola", "Dicabut")), n.create(n.content("bola", "Konsep"))
		_, err := n.desk.Withdraw(t.Context(), editor, gone, news.ReasonSARA, "")
		n.ok(err)
		last := n.last()
		for _, c := range []struct {
			name string
			c    news.Correction
			want fault.Kind
		}{
			{"a withdrawn story", news.Correction{StoryID: gone, Kind: news.Ralat, Text: "x"}, fault.Conflict},
			{"a story that was never live", news.Correction{StoryID: draft, Kind: news.Ralat, Text: "x"}, fault.Conflict},
			{"no story", news.Correction{StoryID: 999, Kind: news.Ralat, Text: "x"}, fault.NotFound},
			{"another kind", news.Correction{StoryID: id, Kind: "maaf", Text: "x"}, fault.Invalid},
			{"without words", news.Correction{StoryID: id, Kind: news.Ralat, Text: " "}, fault.Invalid},
			{"in the future", news.Correction{StoryID: id, Kind: news.Ralat, Text: "x", At: noon.Add(time.Hour)}, fault.Invalid},
			{"its own notice", news.Correction{StoryID: id, Kind: news.HakJawab, Text: "x", NoticeID: id}, fault.Invalid},
			{"a notice that is not there", news.Correction{StoryID: id, Kind: news.HakJawab, Text: "x", NoticeID: 999}, fault.NotFound},
		} {
			if _, err := n.desk.Correct(t.Context(), editor, c.c); !fault.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, err, c.want)
			}
		}
		n.write(id, func(c *news.Content) { c.Headline = "" })
		n.correct(id, func(err error) {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("a draft without a headline went out: %v", err)
			}
		})
		n.live(id, "Hidup")
		same(t, "event", n.last(), last)
	}},
	{"scheduling again moves the pointer, and what was scheduled first never goes out", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Susunan lama"))
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)))
		n.write(id, func(c *news.Content) { c.Headline = "Susunan baru" })
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(2*time.Hour)))
		n.clock.advance(time.Hour)
		n.due(0)
		n.hidden(id, "susunan")
		n.clock.advance(time.Hour)
		n.due(1)
		n.due(0)
		n.live(id, "Susunan baru")
		same(t, "versions", n.story(id).LastNo, 2)
	}},
	{"the draft that was released as it was scheduled is gone", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Apa adanya"))
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)))
		n.clock.advance(time.Hour)
		n.due(1)
		if _, err := n.db.Draft(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("the draft is still there: %v", err)
		}
		same(t, "stage", n.story(id).Stage, news.StageNone)
	}},
	{"publishing now calls a schedule off", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Sekarang juga"))
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)))
		_, err := n.desk.Publish(t.Context(), editor, id)
		n.ok(err)
		n.clock.advance(2 * time.Hour)
		n.due(0)
		same(t, "first published", n.story(id).FirstPublished, noon)
	}},
	{"withdrawal calls a schedule off and keeps the draft", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Rumor"))
		n.write(id, func(c *news.Content) { c.Headline = "Rumor baru" })
		n.ok(n.desk.Schedule(t.Context(), editor, id, noon.Add(time.Hour)))
		_, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonCouncil, "")
		n.ok(err)
		n.clock.advance(2 * time.Hour)
		n.due(0)
		n.hidden(id, "rumor")
		same(t, "stage", n.story(id).Stage, news.StageDraft)
	}},
	{"a withdrawn story comes back by who may withdraw, at its old date and address", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Terbit lagi"))
		_, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonChild, "")
		n.ok(err)
		n.clock.advance(time.Hour)
		n.write(id, func(c *news.Content) { *c = n.content("bola", "Terbit lagi tanpa nama") })
		_, publish := n.desk.Publish(t.Context(), desker, id)
		for _, err := range []error{publish, n.desk.Schedule(t.Context(), desker, id, noon.Add(3*time.Hour))} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("an editor brought it back: %v", err)
			}
		}
		n.hidden(id, "terbit")
		_, err = n.desk.Publish(t.Context(), editor, id)
		n.ok(err)
		n.live(id, "Terbit lagi tanpa nama")
		s := n.story(id)
		same(t, "address and date", []any{s.Slug, s.FirstPublished, s.Updated}, []any{"terbit-lagi", noon, time.Time{}})
		if _, err := n.db.Withdrawal(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("the notice is still there: %v", err)
		}
	}},
	{"a story that nobody saw leaves no notice", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.create(n.content("bola", "Belum terbit"))
		if _, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonSARA, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("got %v, want a conflict", err)
		}
		same(t, "status", n.story(id).Status, news.Unpublished)
	}},
	{"a story that an embargo hides can be withdrawn for good", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Ditarik sumber"))
		n.embargo(id, noon.Add(time.Hour))
		_, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonTrauma, "")
		n.ok(err)
		notice, err := n.db.Withdrawal(t.Context(), id)
		n.ok(err)
		same(t, "headline of the notice", notice.Headline, "Ditarik sumber")
		n.clock.advance(2 * time.Hour)
		n.due(0)
		n.hidden(id, "ditarik")
	}},
	{"tighter access is a takedown, wider access is not", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Laporan khusus"))
		takedown := func(a news.Access) bool {
			t.Helper()
			before := n.last()
			n.revise(id, func(c *news.Content) { c.Access = a })
			list, err := n.db.Events(t.Context(), before, 10)
			n.ok(err)
			same(t, "events", len(list), 1)
			return list[0].Takedown
		}
		same(t, "for members", takedown(news.Members), true)
		same(t, "still for members", takedown(news.Members), false)
		same(t, "free again", takedown(news.Free), false)
		var events []bool
		for _, at := range []int{2, 1, 2} { // the cut goes up, and down again
			before := n.last()
			n.revise(id, func(c *news.Content) {
				c.Access, c.Body = news.Members, text("satu", "dua", "tiga")
				for i := range c.Body.Blocks {
					c.Body.Blocks[i] = c.Body.Blocks[i].WithID(bid(string(rune('a' + i))))
				}
				c.Body.Blocks = slices.Insert(c.Body.Blocks, at, doc.Block(doc.MembersCut{ID: bid("cut")}))
			})
			list, err := n.db.Events(t.Context(), before, 10)
			n.ok(err)
			events = append(events, list[0].Takedown)
		}
		same(t, "a cut further up takes away", events[1:], []bool{true, false})
	}},
	{"the setting moves no cut of what is out", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		teaser := func(id int64) int {
			live, err := n.db.LiveStory(t.Context(), id)
			n.ok(err)
			return live.Version.Content.Teaser
		}
		c := n.content("bola", "Laporan khusus")
		c.Access = news.Members
		old := n.publish(c)
		n.ok(n.site.SaveSettings(t.Context(), editor, map[string]string{"teaser_blocks": "1"}))
		n.revise(old, func(c *news.Content) { c.Headline = "Laporan khusus kedua" })
		c.Headline = "Laporan baru"
		same(t, "blocks that everybody reads", []int{teaser(old), teaser(n.publish(c))}, []int{3, 1})
		same(t, "changed since it went out", n.story(old).Stage, news.StageNone)
	}},
	{"the notice of the newsroom stands against one of the wire", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.take(n.incoming("urn:n", "1", "Dua kali dicabut"))[0].ID
		_, err := n.desk.Withdraw(t.Context(), editor, id, news.ReasonTrauma, "")
		n.ok(err)
		in := n.incoming("urn:n", "2", "Dua kali dicabut")
		in.Withdrawn = &news.Withdrawal{Reason: news.ReasonCouncil}
		same(t, "result", results(n.take(in)), []news.ImportResult{news.ItemConflict})
		notice, err := n.db.Withdrawal(t.Context(), id)
		n.ok(err)
		same(t, "notice", []any{notice.Reason, notice.By}, []any{news.ReasonTrauma, editor.String()})
	}},
	{"an import needs the right to publish", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		reporter := account.Actor{ID: 9, Role: account.Reporter}
		if _, err := n.desk.Import(t.Context(), reporter, []news.Incoming{n.incoming("urn:p", "1", "Selundupan")}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("got %v, want forbidden", err)
		}
		same(t, "found", n.found("selundupan"), []int64{})
	}},
}

// live checks the headline that readers see.
func (n *newsroom) live(id int64, headline string) {
	n.t.Helper()
	live, err := n.db.LiveStory(n.t.Context(), id)
	n.ok(err)
	same(n.t, "live headline", live.Version.Content.Headline, headline)
}

// correct adds a notice; check, if there is one, gets the error.
func (n *newsroom) correct(id int64, check func(error)) {
	n.t.Helper()
	_, err := n.desk.Correct(n.t.Context(), desker, news.Correction{StoryID: id, Kind: news.Ralat, Text: "Angka di paragraf kedua keliru."})
	if check != nil {
		check(err)
		return
	}
	n.ok(err)
}

// embargo sets or lifts an embargo.
func (n *newsroom) embargo(id int64, until time.Time) {
	n.t.Helper()
	_, err := n.desk.Embargo(n.t.Context(), desker, id, until)
	n.ok(err)
}
