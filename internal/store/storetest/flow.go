package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// colleague makes a user with a role, and further ones for desks.
func (n *newsroom) colleague(name string, role account.Role, grants ...account.Grant) account.Actor {
	n.t.Helper()
	u, _, err := account.NewStaff(n.db).Invite(n.t.Context(), account.System("cli"),
		account.Invitation{Email: strings.ToLower(name) + "@kabar.example", Name: name, Role: role, Grants: grants})
	n.ok(err)
	return u.Actor()
}

// files makes a story of the actor's own.
func (n *newsroom) files(who account.Actor, section, headline string) int64 {
	n.t.Helper()
	id, err := n.desk.Create(n.t.Context(), who, n.content(section, headline))
	n.ok(err)
	return id
}

// told are the notices of a user, the newest first, as "kind text".
func (n *newsroom) told(who account.Actor) []string {
	n.t.Helper()
	list, _, err := n.db.Notices(n.t.Context(), who.ID, 0, 50)
	n.ok(err)
	out := []string{}
	for _, x := range list {
		out = append(out, strings.TrimSpace(string(x.Kind)+" "+x.Text))
	}
	return out
}

// stage checks where a story stands: stage, named version, last version.
func (n *newsroom) stage(id int64, stage news.Stage, named, last int) {
	n.t.Helper()
	s := n.story(id)
	same(n.t, "stage, named and last version", []any{s.Stage, s.NamedNo, s.LastNo}, []any{stage, named, last})
}

// coded checks the code of a refusal.
func (n *newsroom) coded(err error, kind fault.Kind, code string) {
	n.t.Helper()
	if f := fault.Find(err); !fault.Is(err, kind) || f.Code != code {
		n.t.Errorf("got %v (%+v), want %v with the code %q", err, f, kind, code)
	}
}

var flowCases = []testcase{
	{"a story goes from its reporter to the reader and back once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		reporter, chief := n.colleague("Sari", account.Reporter), n.colleague("Tono", account.Editor)
		id := n.files(reporter, "bola", "Laga malam")
		n.ok(n.desk.Submit(ctx, reporter, id, "Mohon dicek"))
		n.stage(id, news.StageSubmitted, 1, 1)
		n.ok(n.desk.Submit(ctx, reporter, id, ""))
		n.stage(id, news.StageSubmitted, 1, 1)
		n.coded(n.desk.SendBack(ctx, chief, id, " "), fault.Invalid, "note_needed")
		n.ok(n.desk.SendBack(ctx, chief, id, "Skornya?"))
		n.stage(id, news.StageDraft, 0, 1)
		same(t, "the reporter is told", n.told(reporter), []string{"sent_back Skornya?"})
		n.opened(reporter, id).saves("headline", `"Laga malam 2-1"`)
		n.ok(n.desk.Remark(ctx, reporter, id, "Sudah"))
		n.ok(n.desk.Submit(ctx, reporter, id, ""))
		n.stage(id, news.StageSubmitted, 2, 2)
		n.ok(n.desk.Approve(ctx, chief, id, "Bagus"))
		n.stage(id, news.StageApproved, 2, 2)
		n.ok(n.desk.Schedule(ctx, chief, id, noon.Add(time.Hour)))
		n.stage(id, news.StageScheduled, 2, 2)
		n.clock.advance(time.Hour)
		n.due(1)
		n.live(id, "Laga malam 2-1")
		n.stage(id, news.StageNone, 0, 2)
		same(t, "what the reporter was told", n.told(reporter),
			[]string{"published", "scheduled", "approved Bagus", "sent_back Skornya?"})
		same(t, "the desk has nobody, so who approves everywhere is told, and the scheduler when it is out", n.told(chief),
			[]string{"published", "submitted", "submitted", "submitted Mohon dicek"})
		line, more, err := n.db.Timeline(ctx, id, 0, 4)
		n.ok(err)
		var deeds []string
		for _, e := range line {
			deeds = append(deeds, fmt.Sprintf("%s %s %d %s", e.Actor, e.Action, e.Deed.Version, e.Deed.Note))
		}
		me, his := reporter.String(), chief.String()
		same(t, "timeline", deeds, []string{"clock publish 2 ", his + " schedule 2 ", his + " approve 2 Bagus", me + " submit 2 "})
		same(t, "there is more", more, true)
		line, more, err = n.db.Timeline(ctx, id, line[3].ID, 50)
		n.ok(err)
		same(t, "the rest", []any{len(line), more, line[0].Action, line[0].Deed.Note, line[len(line)-1].Action}, []any{5, false, "remark", "Sudah", "create"})
	}},
	{"what was approved goes out, and what changed since only by who may approve it", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		reporter, chief := n.colleague("Sari", account.Reporter), n.colleague("Tono", account.Editor)
		id := n.files(reporter, "bola", "Disetujui")
		n.ok(n.desk.Approve(ctx, chief, id, ""))
		n.opened(reporter, id).saves("headline", `"Diubah lagi"`)
		st, err := n.db.DraftState(ctx, id)
		n.ok(err)
		same(t, "changed since approval", st.Changed, true)
		n.ok(n.desk.Submit(ctx, reporter, id, ""))
		n.stage(id, news.StageApproved, 1, 2)
		n.ok(n.desk.Schedule(ctx, chief, id, noon.Add(time.Hour)))
		n.stage(id, news.StageScheduled, 2, 2)
		n.opened(reporter, id).saves("headline", `"Terlambat"`)
		n.stage(id, news.StageScheduled, 2, 2)
		n.ok(n.desk.Approve(ctx, chief, id, ""))
		n.stage(id, news.StageScheduled, 3, 3)
		n.ok(n.desk.Unschedule(ctx, chief, id))
		n.stage(id, news.StageApproved, 3, 3)
		same(t, "due", n.story(id).DueAt, time.Time{})
		n.coded(n.desk.Unschedule(ctx, chief, id), fault.Conflict, "not_scheduled")
		n.clock.advance(2 * time.Hour)
		n.due(0)
		n.ok(n.desk.SendBack(ctx, chief, id, "Belum"))
		n.stage(id, news.StageDraft, 0, 3)
	}},
	{"a draft without a section that is given to a desk takes its section, as a save would", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		writer := n.colleague("Wati", account.Contributor)
		section := func(id int64) string { return string(n.opened(editor, id).fields["section"]) }
		bola, global := n.section("bola"), n.section("global")

		c := n.content("bola", "Tanpa kanal")
		c.SectionID = 0
		id, err := n.desk.Create(ctx, writer, c)
		n.ok(err)
		stale := n.opened(writer, id)
		seq := stale.seq
		n.ok(n.desk.Assign(ctx, writer, id, news.Assignment{SectionID: bola}))
		same(t, "section", section(id), fmt.Sprint(bola))
		same(t, "of the story", n.story(id).SectionID, bola)
		st, err := n.db.DraftState(ctx, id)
		n.ok(err)
		same(t, "number", st.Seq, seq+1)
		v, err := n.db.Version(ctx, id, 1)
		n.ok(err)
		same(t, "in the version that was handed over", v.Content.SectionID, bola)
		list, _, err := n.db.Timeline(ctx, id, 0, 1)
		n.ok(err)
		same(t, "deed", []any{list[0].Action, list[0].Deed.DeskID, list[0].Deed.SectionID}, []any{"assign", bola, bola})

		// A page that was open before, with text of its own, and with another section.
		stale.saves("standfirst", `"Dari sebelum itu"`)
		same(t, "section in the page that was open", string(stale.fields["section"]), fmt.Sprint(bola))
		same(t, "conflicts", n.clashes(id), []string(nil))
		late := n.opened(writer, id)
		late.seq = seq
		late.saves("section", fmt.Sprint(global))
		same(t, "section that both chose", section(id), fmt.Sprint(bola))
		same(t, "conflicts", n.clashes(id), []string{fmt.Sprintf("both_edited section %d kept %d by Wati", global, bola)})

		n.ok(n.desk.Assign(ctx, writer, id, news.Assignment{SectionID: global}))
		same(t, "a section that was there", section(id), fmt.Sprint(bola))

		// Somebody who may not write in the desk still hands his story over.
		mine := n.colleague("Beni", account.Moderator, account.Grant{Role: account.Contributor, SectionID: global})
		other, err := n.desk.Create(ctx, mine, c)
		n.ok(err)
		n.ok(n.desk.Assign(ctx, mine, other, news.Assignment{SectionID: bola}))
		same(t, "in a desk that he may not write in", section(other), "0")
		same(t, "desk", n.story(other).AssignedTo, bola)
	}},
	{"a rule asks for two people, wherever the story goes out", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		n.ok(n.site.SaveSignoffRules(ctx, editor, []news.SignoffRule{{Label: news.LabelLegal, People: 2}, {SectionID: n.section("global"), People: 1}}))
		one, two := n.colleague("Satu", account.Editor), n.colleague("Dua", account.Editor)
		c := n.content("bola", "Perkara")
		c.Labels = []news.Label{news.LabelLegal, news.LabelExclusive}
		id := n.create(c)
		_, err := n.desk.Publish(ctx, one, id)
		n.coded(err, fault.Conflict, "signoffs_missing")
		n.coded(n.desk.Schedule(ctx, one, id, noon.Add(time.Hour)), fault.Conflict, "signoffs_missing")
		n.ok(n.desk.Approve(ctx, one, id, ""))
		n.stage(id, news.StageSubmitted, 1, 1)
		n.ok(n.desk.Approve(ctx, one, id, "sekali lagi"))
		n.stage(id, news.StageSubmitted, 1, 1)
		_, err = n.desk.Publish(ctx, one, id)
		n.coded(err, fault.Conflict, "signoffs_missing")
		n.hidden(id, "perkara")
		st, err := n.db.DraftState(ctx, id)
		n.ok(err)
		same(t, "approvals", []any{len(st.Signoffs), st.Needed, st.Signoffs[0].Name}, []any{1, 2, "Satu"})
		n.opened(one, id).saves("standfirst", `"Lain"`)
		n.ok(n.desk.Approve(ctx, two, id, ""))
		n.stage(id, news.StageSubmitted, 2, 2)
		_, err = n.desk.Publish(ctx, one, id)
		n.ok(err)
		n.live(id, "Perkara")
		live, err := n.db.LiveStory(ctx, id)
		n.ok(err)
		same(t, "what readers learn of the labels", live.Version.Content.Labels, []news.Label{news.LabelExclusive})
		cards, err := n.db.Cards(ctx, []int64{id})
		n.ok(err)
		same(t, "what cards say", cards[0].Labels, []news.Label{news.LabelExclusive})
		same(t, "the draft keeps the label", string(n.opened(one, id).fields["labels"]), `["legal","exclusive"]`)
		plain := n.create(n.content("bola", "Biasa"))
		_, err = n.desk.Publish(ctx, one, plain)
		n.ok(err)
	}},
	{"two people who approve at the same time count as two", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		n.ok(n.site.SaveSignoffRules(ctx, editor, []news.SignoffRule{{People: 4}}))
		id := n.create(n.content("bola", "Bersama-sama"))
		var group sync.WaitGroup
		for i := range 4 {
			group.Go(func() {
				if err := n.desk.Approve(ctx, account.Actor{ID: int64(50 + i), Name: fmt.Sprint(i), Role: account.Editor}, id, ""); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		n.stage(id, news.StageApproved, 1, 1)
		st, err := n.db.DraftState(ctx, id)
		n.ok(err)
		same(t, "approvals", len(st.Signoffs), 4)
	}},
	{"a desk's editor decides over his desk, and over nothing else", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		of := func(slug string) account.Grant {
			return account.Grant{SectionID: n.section(slug), Role: account.Editor}
		}
		global := n.colleague("Gita", account.Reporter, of("global"))
		writer := n.colleague("Wati", account.Reporter)
		below, beside := n.files(writer, "internasional", "Di bawahnya"), n.files(writer, "bola", "Di sebelahnya")
		n.ok(n.desk.Approve(ctx, global, below, ""))
		_, err := n.desk.Publish(ctx, global, below)
		n.ok(err)
		_, err = n.desk.Correct(ctx, global, news.Correction{StoryID: below, Kind: news.Ralat, Text: "Salah nama."})
		n.ok(err)
		for what, err := range map[string]error{
			"approve":   n.desk.Approve(ctx, global, beside, ""),
			"send back": n.desk.SendBack(ctx, global, beside, "x"),
			"schedule":  n.desk.Schedule(ctx, global, beside, noon.Add(time.Hour)),
			"save":      second(n.desk.Save(ctx, global, news.DraftSave{StoryID: beside})),
			"publish":   second(n.desk.Publish(ctx, global, beside)),
			"both":      second(n.desk.Publish(ctx, global, n.files(writer, "internasional", "Lain"), beside)),
			"embargo":   second(n.desk.Embargo(ctx, global, beside, noon.Add(time.Hour))),
			"withdraw":  second(n.desk.Withdraw(ctx, global, below, news.ReasonSARA, "")),
			"assign":    n.desk.Assign(ctx, global, beside, news.Assignment{}),
			"restore":   n.desk.RestoreVersion(ctx, global, beside, 99), // not told that there is no such version
			"invite":    second(n.desk.Invite(ctx, global, beside, time.Hour)),
		} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: got %v, want forbidden", what, err)
			}
		}
		// A draft that moves needs the right in both.
		_, err = n.desk.Save(ctx, global, n.opened(global, below).save("section", fmt.Sprint(n.section("bola"))))
		n.is(err, fault.Forbidden)
		n.opened(writer, below)
		_, err = n.desk.Save(ctx, writer, n.opened(writer, beside).save("section", fmt.Sprint(n.section("global"))))
		n.ok(err)
		n.ok(n.desk.Approve(ctx, global, beside, ""))
		n.ok(n.desk.Assign(ctx, writer, n.files(writer, "bola", "Diserahkan"), news.Assignment{SectionID: n.section("global"), Note: "Tolong"}))
		same(t, "the desk is told", n.told(global), []string{"assigned Tolong"})
	}},
	{"a contributor sees and writes his own, and hands it to a desk", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		guest, other, boss := n.colleague("Kiki", account.Contributor), n.colleague("Rudi", account.Reporter), n.colleague("Nur", account.ManagingEditor)
		chief := n.colleague("Gita", account.Reporter, account.Grant{SectionID: n.section("bola"), Role: account.Editor})
		mine, his := n.files(guest, "bola", "Punyaku"), n.files(other, "bola", "Punyanya")
		n.opened(guest, mine).saves("headline", `"Punyaku sendiri"`)
		for what, err := range map[string]error{
			"read":      second(n.desk.Draft(ctx, guest, his)),
			"save":      second(n.desk.Save(ctx, guest, news.DraftSave{StoryID: his})),
			"submit":    n.desk.Submit(ctx, guest, mine, ""),
			"remark":    n.desk.Remark(ctx, guest, his, "x"),
			"to person": n.desk.Assign(ctx, guest, mine, news.Assignment{UserID: other.ID}),
			"publish":   second(n.desk.Publish(ctx, guest, mine)),
			"reporter":  second(n.desk.Save(ctx, other, news.DraftSave{StoryID: mine})),
		} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: got %v, want forbidden", what, err)
			}
		}
		n.ok(n.desk.Assign(ctx, guest, mine, news.Assignment{SectionID: n.section("bola")}))
		same(t, "the desk's editor is told", n.told(chief), []string{"assigned"})
		same(t, "and nobody else, where a desk has one", n.told(boss), []string(nil))
		n.stage(mine, news.StageDraft, 0, 1)
		n.coded(n.desk.Assign(ctx, chief, mine, news.Assignment{UserID: 999}), fault.Invalid, "unknown.user")
		n.coded(n.desk.Assign(ctx, chief, mine, news.Assignment{SectionID: 999}), fault.Invalid, "unknown.section")
		n.ok(n.desk.Assign(ctx, chief, mine, news.Assignment{UserID: other.ID, Note: "Rapikan"}))
		same(t, "who got it is told", n.told(other), []string{"assigned Rapikan"})
		same(t, "and whose it is", n.told(guest), []string{"assigned Rapikan"})
		n.opened(other, mine).saves("standfirst", `"Rapi"`)
		n.ok(n.desk.Submit(ctx, other, mine, ""))
		n.ok(n.desk.Assign(ctx, chief, mine, news.Assignment{SectionID: n.section("bola"), Note: "Untuk siapa?"}))
		same(t, "what the desk's only editor does there is told to those above", n.told(boss), []string{"assigned Untuk siapa?"})
		n.ok(n.desk.TakeBack(ctx, guest, mine, ""))
		n.coded(n.desk.TakeBack(ctx, guest, mine, ""), fault.Conflict, "not_submitted")
		n.stage(mine, news.StageDraft, 0, 2)
	}},
	{"a significant update moves the update time, a small one does not", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Berkembang"))
		n.clock.advance(time.Hour)
		n.opened(rani, id).saves("standfirst", `"Kecil"`)
		_, err := n.desk.Release(t.Context(), rani, news.ReleaseRequest{IDs: []int64{id}})
		n.ok(err)
		same(t, "after a small one", n.story(id).Updated, time.Time{})
		n.opened(rani, id).saves("standfirst", `"Besar"`)
		_, err = n.desk.Release(t.Context(), rani, news.ReleaseRequest{IDs: []int64{id}, Significant: true})
		n.ok(err)
		same(t, "after a significant one", n.story(id).Updated, noon.Add(time.Hour))
		_, err = n.desk.Publish(t.Context(), rani, id)
		n.coded(err, fault.Conflict, "no_draft")
	}},
	{"an old version comes back as a new one, and what was written is kept", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		id := n.written()
		_, err := n.desk.Publish(ctx, rani, id)
		n.ok(err)
		one := n.opened(rani, id).types("a", "belum jadi versi").saves("headline", `"Sedang ditulis"`)
		n.ok(n.desk.RestoreVersion(ctx, budi, id, 1))
		n.stage(id, news.StageDraft, 0, 3)
		same(t, "the open tab learns of it", one.looks().text(), "a=1 b=2 c=3")
		same(t, "headline", string(one.fields["headline"]), `"Bersama"`)
		list, _, err := n.db.Versions(ctx, id, 0, 10)
		n.ok(err)
		var why []string
		for _, v := range list {
			why = append(why, fmt.Sprint(v.No, " ", v.Why, " ", v.By))
		}
		same(t, "versions", why, []string{"3 restored user:22", "2 kept user:22", "1 published user:21"})
		kept, err := n.db.Version(ctx, id, 2)
		n.ok(err)
		same(t, "what was written", kept.Content.Headline, "Sedang ditulis")
		n.is(n.desk.RestoreVersion(ctx, budi, id, 9), fault.NotFound)
		n.live(id, "Bersama")
	}},
	{"a picture without a credit keeps a story back, and an import not", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		p, _, err := n.db.AddPicture(ctx, "test", media.Picture{Hash: "aa", MIME: "image/png", Rights: "Hanya di Indonesia", CreatedAt: noon}, media.NewAddresses())
		n.ok(err)
		c := n.content("bola", "Berfoto")
		c.Lead.PictureID = p.ID
		id := n.create(c)
		_, err = n.desk.Publish(ctx, rani, id)
		n.coded(err, fault.Invalid, "not_ready.picture_credit")
		n.coded(n.desk.Schedule(ctx, rani, id, noon.Add(time.Hour)), fault.Invalid, "not_ready.picture_credit")
		found, err := n.desk.Check(ctx, rani, id)
		n.ok(err)
		var codes []string
		for _, x := range found {
			codes = append(codes, string(x.Code))
		}
		same(t, "problems", codes, []string{"picture_credit", "byline_missing", "picture_caption", "picture_alt", "picture_rights"})
		n.opened(rani, id).saves("lead", fmt.Sprintf(`{"picture":%d,"credit":"AFP"}`, p.ID))
		_, err = n.desk.Publish(ctx, rani, id)
		n.ok(err)
		in := n.incoming("urn:foto", "1", "Dari kantor berita")
		in.Content.Lead.PictureID = p.ID
		same(t, "the import", results(n.take(in)), []news.ImportResult{news.ItemCreated})
	}},
	{"a check finds links that lead nowhere", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		alive, gone := n.publish(n.content("bola", "Ada")), n.publish(n.content("bola", "Dicabut"))
		_, err := n.desk.Withdraw(ctx, editor, gone, news.ReasonSARA, "")
		n.ok(err)
		c := n.content("bola", "Bertaut")
		link := func(id int64) doc.Inline {
			return doc.Inline{{Text: "di sini", Href: fmt.Sprintf("/bola/2026/11/23/%d/apa-saja", id)}}
		}
		c.Body = doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: bid("a"), Text: link(alive)}, doc.Paragraph{ID: bid("b"), Text: link(gone)},
			doc.ReadAlso{ID: bid("c"), Story: gone}, doc.ReadAlso{ID: bid("d"), Headline: "Belum ada"}}}
		c.Related = []int64{alive}
		found, err := n.desk.Check(ctx, rani, n.create(c))
		n.ok(err)
		var got []string
		for _, x := range found {
			if x.Code == news.ProblemDeadLink || x.Code == news.ProblemReadAlso {
				got = append(got, fmt.Sprint(x.Code, " ", strings.TrimRight(x.Field, "0"), " ", x.Args["story"]))
			}
		}
		same(t, "problems", got, []string{"read_also_open d <nil>", fmt.Sprint("dead_link body ", gone)})
	}},
}

// second is the error of a call that returns something beside it.
func second[T any](_ T, err error) error { return err }
