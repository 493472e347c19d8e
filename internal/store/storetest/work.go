package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/news"
)

// work are the headlines of a list of the desk, as editor sees it unless the
// filter names a viewer, read by pages of two.
func (n *newsroom) work(f news.WorkFilter) []string {
	n.t.Helper()
	if f.Viewer.ID == 0 {
		f.Viewer = editor
	}
	f.Limit = 2
	out := []string{}
	for {
		list, next, more, err := n.db.Work(n.t.Context(), f)
		n.ok(err)
		for _, c := range list {
			out = append(out, c.Headline)
		}
		if !more {
			return out
		}
		f.After = next
	}
}

// card is a story's card.
func (n *newsroom) card(id int64) news.WorkCard {
	n.t.Helper()
	cards, err := n.db.WorkCards(n.t.Context(), []int64{id})
	n.ok(err)
	return cards[id]
}

// step moves the clock, so that what comes later is touched later.
func (n *newsroom) step() { n.clock.advance(time.Minute) }

var workCases = []testcase{
	{"a story stands in the column of its stage, else of what readers get", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		id := n.files(rani, "bola", "Berjalan")
		column := func(want news.Column, changed bool) {
			t.Helper()
			c := n.card(id)
			same(t, "column and change", []any{c.Column, c.Changed}, []any{want, changed})
			for _, other := range news.Columns {
				same(t, string(other), len(n.work(news.WorkFilter{Column: other})) == 1, other == want)
				same(t, string(other)+" by section", len(n.work(news.WorkFilter{Column: other, SectionID: n.section("bola")})) == 1, other == want)
			}
			counts, err := n.db.WorkCounts(ctx, news.WorkFilter{Viewer: editor})
			n.ok(err)
			narrow, err := n.db.WorkCounts(ctx, news.WorkFilter{Viewer: editor, UserID: rani.ID, Text: "berjalan"})
			n.ok(err)
			same(t, "counts", []any{counts[want], narrow[want], len(counts)}, []any{1, 1, len(news.Columns)})
		}
		column(news.ColumnDraft, false)
		n.ok(n.desk.Submit(ctx, rani, id, ""))
		column(news.ColumnSubmitted, false)
		n.opened(rani, id).saves("standfirst", `"Lain"`)
		column(news.ColumnSubmitted, true)
		n.ok(n.desk.Approve(ctx, rani, id, ""))
		column(news.ColumnApproved, false)
		same(t, "approvals", n.card(id).Signoffs, 1)
		n.ok(n.desk.Schedule(ctx, rani, id, noon.Add(time.Hour)))
		column(news.ColumnScheduled, false)
		same(t, "due", n.card(id).Due, noon.Add(time.Hour))
		_, err := n.desk.Publish(ctx, rani, id)
		n.ok(err)
		column(news.ColumnLive, false)
		n.opened(rani, id).saves("standfirst", `"Diperbarui"`)
		column(news.ColumnDraft, false)
		same(t, "it is live all the same", []any{n.card(id).Status, n.card(id).LiveNo}, []any{news.Live, 2})
		_, err = n.desk.Publish(ctx, rani, id)
		n.ok(err)
		_, err = n.desk.Withdraw(ctx, editor, id, news.ReasonSARA, "")
		n.ok(err)
		column(news.ColumnWithdrawn, false)
		same(t, "by whom", n.card(id).TouchedBy, editor.Name)
	}},
	{"lists go by who touched a story last, by release and by publication", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		var ids []int64
		for i := range 5 {
			n.step()
			ids = append(ids, n.files(rani, "bola", fmt.Sprint("B", i)))
		}
		same(t, "last touched first", n.work(news.WorkFilter{}), []string{"B4", "B3", "B2", "B1", "B0"})
		n.step()
		n.opened(budi, ids[1]).saves("standfirst", `"x"`)
		same(t, "after a save", n.work(news.WorkFilter{}), []string{"B1", "B4", "B3", "B2", "B0"})
		same(t, "by section", n.work(news.WorkFilter{SectionID: n.section("bola")}), []string{"B1", "B4", "B3", "B2", "B0"})
		same(t, "from an instant", n.work(news.WorkFilter{From: noon.Add(4 * time.Minute), To: noon.Add(6 * time.Minute)}), []string{"B4", "B3"})
		same(t, "from an instant by words", n.work(news.WorkFilter{Text: "ringkasan", From: noon.Add(4 * time.Minute), To: noon.Add(6 * time.Minute)}), []string{"B4", "B3"})
		for i, at := range []int{3, 1, 2} {
			n.ok(n.desk.Schedule(ctx, rani, ids[i], noon.Add(time.Duration(at)*time.Hour)))
		}
		same(t, "the next release first", n.work(news.WorkFilter{By: news.ByDue}), []string{"B1", "B2", "B0"})
		same(t, "releases of a desk in an hour", n.work(news.WorkFilter{By: news.ByDue, SectionID: n.section("bola"),
			From: noon.Add(2 * time.Hour), To: noon.Add(3 * time.Hour)}), []string{"B2"})
		n.clock.advance(150 * time.Minute)
		n.due(2)
		same(t, "the last publication first", n.work(news.WorkFilter{By: news.ByPublished}), []string{"B2", "B1"})
		same(t, "of a person", n.work(news.WorkFilter{By: news.ByPublished, UserID: rani.ID, Column: news.ColumnLive}), []string{"B2", "B1"})
		same(t, "of nobody", n.work(news.WorkFilter{By: news.ByPublished, UserID: 999}), []string{})
	}},
	{"filters narrow together, and words are found by their stems", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		c := n.content("internasional", "Pengungsi mencari perlindungan")
		c.Topics = []int64{n.topic("Perang Sudan")}
		c.Credits = []news.Credit{{PersonID: n.person("Wulandari"), Role: news.Reporter}}
		id, err := n.desk.Create(ctx, budi, c)
		n.ok(err)
		n.step()
		other := n.files(rani, "bola", "Kiper berlatih")
		n.ok(n.desk.Assign(ctx, rani, other, news.Assignment{SectionID: n.section("global")}))
		topic := c.Topics[0]
		for _, x := range []struct {
			says string
			f    news.WorkFilter
			want []string
		}{
			{"a stem", news.WorkFilter{Text: "lindung"}, []string{c.Headline}},
			{"a word of the standfirst", news.WorkFilter{Text: "ringkas"}, []string{"Kiper berlatih", c.Headline}},
			{"a byline", news.WorkFilter{Text: "wulandari"}, []string{c.Headline}},
			{"a topic's name", news.WorkFilter{Text: `"perang sudan"`}, []string{c.Headline}},
			{"words that are excluded", news.WorkFilter{Text: "ringkasan -kiper"}, []string{c.Headline}},
			{"nothing but excluded words", news.WorkFilter{Text: "-kiper"}, []string{}},
			{"the text is not searched", news.WorkFilter{Text: "isi"}, []string{}},
			{"a topic", news.WorkFilter{TopicID: topic}, []string{c.Headline}},
			{"a section with what is below, and what was handed to it", news.WorkFilter{SectionID: n.section("global")}, []string{"Kiper berlatih", c.Headline}},
			{"an owner", news.WorkFilter{UserID: budi.ID}, []string{c.Headline}},
			{"all at once", news.WorkFilter{UserID: budi.ID, TopicID: topic, SectionID: n.section("global"), Text: "pengungsi", Column: news.ColumnDraft}, []string{c.Headline}},
			{"one that does not fit", news.WorkFilter{UserID: rani.ID, TopicID: topic}, []string{}},
			{"a section that is not there", news.WorkFilter{SectionID: 999}, []string{}},
		} {
			same(t, x.says, n.work(x.f), x.want)
		}
		heir := n.topic("Sudan")
		n.db.UseJobs(&queue{})
		n.ok(n.site.MergeTopics(ctx, editor, topic, heir))
		same(t, "by the topic that took over", n.work(news.WorkFilter{TopicID: heir}), []string{c.Headline})
		n.opened(budi, id).saves("headline", `"Berganti judul"`, "standfirst", `""`)
		same(t, "by the old words", n.work(news.WorkFilter{Text: "lindung"}), []string{})
		same(t, "by the new ones", n.work(news.WorkFilter{Text: "judul"}), []string{"Berganti judul"})
		_, _, _, err = n.db.Work(ctx, news.WorkFilter{Viewer: editor, Limit: 201})
		n.is(err, fault.Invalid)
	}},
	{"who may not read everything sees his own and what stands in his desks", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		guest := account.Actor{ID: 31, Name: "Kiki", Role: account.Contributor}
		desk := account.Actor{ID: 32, Name: "Gita", Role: account.Contributor, Grants: []account.Grant{{SectionID: n.section("global"), Role: account.Reporter}}}
		n.files(guest, "bola", "Punyaku")
		n.step()
		n.files(rani, "internasional", "Luar negeri")
		n.step()
		given := n.files(rani, "bola", "Diberikan")
		n.step()
		n.ok(n.db.ReadNotices(t.Context(), 1, nil))
		same(t, "a contributor", n.work(news.WorkFilter{Viewer: guest}), []string{"Punyaku"})
		same(t, "of others", n.work(news.WorkFilter{Viewer: guest, UserID: rani.ID}), []string{})
		same(t, "in a desk", n.work(news.WorkFilter{Viewer: desk}), []string{"Luar negeri"})
		same(t, "a reporter", len(n.work(news.WorkFilter{Viewer: account.Actor{ID: 33, Role: account.Reporter}})), 3)
		same(t, "a moderator", n.work(news.WorkFilter{Viewer: account.Actor{ID: 34, Role: account.Moderator}}), []string{})
		list, _, _, err := n.db.Work(t.Context(), news.WorkFilter{Limit: 5})
		n.ok(err)
		same(t, "nobody", len(list), 0)
		n.ok(n.desk.Assign(t.Context(), rani, given, news.Assignment{SectionID: n.section("internasional")}))
		same(t, "handed to a desk below his", n.work(news.WorkFilter{Viewer: desk}), []string{"Diberikan", "Luar negeri"})
		counts, err := n.db.WorkCounts(t.Context(), news.WorkFilter{Viewer: guest})
		n.ok(err)
		same(t, "counts", counts[news.ColumnDraft], 1)
	}},
	{"an archive that is imported stands at its own time, and the number of the desk rises", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		seq := func() int64 {
			s, err := n.db.WorkSeq(t.Context())
			n.ok(err)
			return s
		}
		before := seq()
		n.files(rani, "bola", "Hari ini")
		var items []news.Incoming
		for i := range 3 {
			in := n.incoming(fmt.Sprint("urn:", i), "1", fmt.Sprint("Arsip ", i))
			in.Published = noon.AddDate(-1, 0, i)
			items = append(items, in)
		}
		ids := n.take(items...)
		same(t, "the day's work comes first", n.work(news.WorkFilter{}), []string{"Hari ini", "Arsip 2", "Arsip 1", "Arsip 0"})
		same(t, "live ones", n.work(news.WorkFilter{Column: news.ColumnLive}), []string{"Arsip 2", "Arsip 1", "Arsip 0"})
		if now := seq(); now <= before {
			t.Errorf("the number of the desk went from %d to %d", before, now)
		}
		before = seq()
		n.take(items...)
		same(t, "an import that changes nothing", seq(), before)
		_, err := n.desk.Draft(t.Context(), rani, ids[0].ID)
		n.ok(err)
		same(t, "a look", seq(), before)
		n.step()
		b := n.opened(rani, ids[0].ID).saves("headline", `"Arsip diubah"`)
		if seq() == before {
			t.Error("a save is not told")
		}
		same(t, "touched by people", n.work(news.WorkFilter{})[0], "Arsip diubah")
		before = seq()
		b.saves("headline", `"Arsip diubah"`)
		same(t, "the same save again", seq(), before)
	}},
	{"a card counts open conflicts and needed approvals", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.ok(n.site.SaveSignoffRules(t.Context(), editor, []news.SignoffRule{{SectionID: n.section("bola"), People: 3}}))
		id := n.written()
		one, two := n.opened(rani, id), n.opened(budi, id)
		one.types("a", "x").saves()
		two.types("a", "y").saves()
		c := n.card(id)
		same(t, "card", []any{c.Conflicts, c.Needed, c.Words, c.SectionID, c.OwnerID, c.Kind}, []any{1, 3, 3, n.section("bola"), editor.ID, news.KindNews})
		n.ok(n.desk.SettleConflict(t.Context(), rani, id, two.open[0].ID))
		same(t, "settled", n.card(id).Conflicts, 0)
		before := n.card(id)
		n.step()
		n.ok(n.site.SaveSignoffRules(t.Context(), editor, nil))
		before.Needed = 0
		same(t, "without the rule", n.card(id), before)
		same(t, "found by its words all the same", n.work(news.WorkFilter{Text: "bersama"}), []string{"Bersama"})
		same(t, "unknown stories have none", n.card(999), news.WorkCard{})
		got := n.work(news.WorkFilter{SectionID: n.section("bola")})
		same(t, "once", slices.Compact(slices.Clone(got)), got)
	}},
	{"what was published last is found among thousands, whoever touched what since", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		const many = 2600
		var ids []int64
		for from := 0; from < many; from += news.MaxBatch {
			var items []news.Incoming
			for i := from; i < from+news.MaxBatch; i++ {
				in := n.incoming(fmt.Sprint("urn:", i), "1", fmt.Sprint("Arsip ", i))
				in.Published = noon.Add(-time.Duration(i*7919%many+1) * time.Hour)
				if i%5 == 0 {
					in.Updated = noon.Add(-time.Duration(i%50) * time.Minute)
				}
				items = append(items, in)
			}
			for _, r := range n.take(items...) {
				ids = append(ids, r.ID)
			}
		}
		for i := range 30 {
			n.opened(rani, ids[i*80]).saves("standfirst", `"Disunting"`)
		}
		f := news.WorkFilter{By: news.ByPublished, SectionID: n.section("nasional"), Viewer: editor, Limit: 200}
		var got []int64
		last := news.WorkCard{FirstPublished: noon}
		for {
			list, next, more, err := n.db.Work(t.Context(), f)
			n.ok(err)
			for _, c := range list {
				if c.FirstPublished.After(last.FirstPublished) {
					t.Fatalf("story %d of %v stands behind one of %v", c.StoryID, c.FirstPublished, last.FirstPublished)
				}
				last = c
				got = append(got, c.StoryID)
			}
			if !more {
				break
			}
			f.After = next
		}
		slices.Sort(got)
		same(t, "each once", slices.Equal(slices.Compact(got), ids), true)
		f.After, f.From, f.To, f.Limit = news.WorkCursor{}, noon.Add(-30*time.Hour), noon.Add(-10*time.Hour), 200
		list, _, more, err := n.db.Work(t.Context(), f)
		n.ok(err)
		same(t, "in a span", []any{len(list), more}, []any{20, false})
	}},
}
