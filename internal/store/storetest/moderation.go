package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
)

var mod = account.Actor{ID: 77, Name: "Mira", Role: account.Moderator}

// queue returns the words of a page of a queue.
func (f *floor) queue(q discuss.QueueFilter) (texts []string, items []discuss.Item, more bool) {
	f.t.Helper()
	if q.Limit == 0 {
		q.Limit = 50
	}
	items, more, err := f.db.Queue(f.t.Context(), q)
	f.ok(err)
	for _, i := range items {
		texts = append(texts, i.Body)
	}
	return texts, items, more
}

// seen is a ruling about comments as somebody sees them now.
func (f *floor) seen(a discuss.Action, ids ...int64) discuss.Ruling {
	r := discuss.Ruling{Action: a, Seen: map[int64]int64{}}
	if a == discuss.ActReject {
		r.Reason = "mod_insult"
	}
	for _, id := range ids {
		e, err := f.db.Comment(f.t.Context(), id)
		f.ok(err)
		r.Seen[id] = 0
		if !e.Decided.IsZero() {
			r.Seen[id] = e.Decided.UnixMilli()
		}
	}
	return r
}

func (f *floor) state(id int64) discuss.Comment {
	f.t.Helper()
	e, err := f.db.Comment(f.t.Context(), id)
	f.ok(err)
	return e.Comment
}

func (f *floor) complain(id int64, from string) {
	f.t.Helper()
	f.ok(f.forum.Complain(f.t.Context(), id, 0, "insult", "", from))
}

var moderationCases = []testcase{
	{"what waits is approved or rejected, and the author reads why", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Mode: ptr(discuss.ModeBefore)})
		rina := f.reader("rina@kabar.example")
		one, two := f.say(rina, 0, "Satu komentar"), f.say(rina, 0, "Dua komentar")
		texts, _, _ := f.queue(discuss.QueueFilter{Kind: discuss.QueuePending})
		same(t, "pending", texts, []string{"Satu komentar", "Dua komentar"})
		_, err := f.forum.Rule(t.Context(), account.Actor{ID: 5, Role: account.Reporter}, []int64{one.ID}, f.seen(discuss.ActApprove, one.ID))
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a reporter moderates: %v", err)
		}
		_, err = f.forum.Rule(t.Context(), mod, []int64{one.ID}, f.seen(discuss.ActApprove, one.ID))
		f.ok(err)
		no := f.seen(discuss.ActReject, two.ID)
		no.Reason, no.Note = "mod_other", ""
		_, err = f.forum.Rule(t.Context(), mod, []int64{two.ID}, no)
		f.fails(err, fault.Invalid, "moderation_words")
		no.Note = "Jangan begitu."
		_, err = f.forum.Rule(t.Context(), mod, []int64{two.ID}, no)
		f.ok(err)
		a, b := f.state(one.ID), f.state(two.ID)
		same(t, "states", []any{a.State, b.State, b.Reason, b.Note, b.DecidedBy}, []any{discuss.Published, discuss.Rejected, discuss.Reason("mod_other"), "Jangan begitu.", "user:77"})
		d := f.count()
		same(t, "counts", []int{d.Shown, d.Pending}, []int{1, 0})
		lines, err := f.db.Audits(t.Context(), news.AuditFilter{Actor: mod.String(), Limit: 10})
		f.ok(err)
		same(t, "audit", []string{lines[0].Action, lines[1].Action}, []string{"comment.reject", "comment.approve"})
	}},
	{"of two moderators the second is told, and nothing is done twice", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Mode: ptr(discuss.ModeBefore)})
		c := f.say(f.reader("rina@kabar.example"), 0, "Satu komentar")
		view := f.seen(discuss.ActApprove, c.ID)
		against := f.seen(discuss.ActReject, c.ID)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				r := view
				if i%2 == 1 {
					r = against
				}
				_, errs[i] = f.forum.Rule(context.WithoutCancel(t.Context()), account.Actor{ID: int64(80 + i), Role: account.Moderator}, []int64{c.ID}, r)
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if e := fault.Find(err); e == nil || e.Code != "moderation_taken" || e.Args["who"] == "" {
				t.Errorf("a moderator who was too late is told %v", err)
			}
		}
		list, err := f.db.Moderations(t.Context(), 0, 10)
		f.ok(err)
		same(t, "decisions", []int{won, len(list)}, []int{1, 1})
	}},
	{"undo brings back the comment and opens its complaints again", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		c := f.say(f.reader("rina@kabar.example"), 0, "Satu komentar")
		f.complain(c.ID, "192.0.2.1")
		f.complain(c.ID, "198.51.100.1")
		before, err := f.db.LastEvent(t.Context())
		f.ok(err)
		done, err := f.forum.Rule(t.Context(), mod, []int64{c.ID}, f.seen(discuss.ActReject, c.ID))
		f.ok(err)
		if _, takedown := f.told(before); !takedown {
			t.Error("a removal is no takedown")
		}
		kept, err := f.db.ComplaintsKept(t.Context())
		f.ok(err)
		gone := f.state(c.ID)
		same(t, "removed", []any{gone.State, gone.Complaints, kept.Settled, kept.InTime}, []any{discuss.Removed, 0, 2, 2})
		f.clock.advance(time.Hour)
		undone, err := f.forum.Undo(t.Context(), mod, done.ID)
		f.ok(err)
		back := f.state(c.ID)
		kept, err = f.db.ComplaintsKept(t.Context())
		f.ok(err)
		same(t, "undone", []any{undone.Done, back.State, back.Complaints, back.Decided.IsZero(), kept.Settled, f.count().Shown}, []any{1, discuss.Published, 2, true, 0, 1})
		_, err = f.forum.Undo(t.Context(), mod, done.ID)
		f.fails(err, fault.Conflict, "moderation_undone")
	}},
	{"undo leaves alone what somebody has decided since", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Mode: ptr(discuss.ModeBefore)})
		c := f.say(f.reader("rina@kabar.example"), 0, "Satu komentar")
		first, err := f.forum.Rule(t.Context(), mod, []int64{c.ID}, f.seen(discuss.ActApprove, c.ID))
		f.ok(err)
		f.clock.advance(time.Minute)
		_, err = f.forum.Rule(t.Context(), account.Actor{ID: 78, Role: account.Moderator}, []int64{c.ID}, f.seen(discuss.ActReject, c.ID))
		f.ok(err)
		_, err = f.forum.Undo(t.Context(), mod, first.ID)
		f.fails(err, fault.Conflict, "moderation_undo_late")
		same(t, "state", f.state(c.ID).State, discuss.Removed)
	}},
	{"bulk by author and by text goes in batches and is undone at once", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Mode: ptr(discuss.ModeBefore), Off: ptr([]discuss.Phase{discuss.PhaseRepeat, discuss.PhaseLimits}), PerMinute: ptr(600), PerHour: ptr(10_000)})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		n := 205
		if testing.Short() {
			n = 5
		}
		for i := range n {
			f.say(rina, 0, fmt.Sprintf("Komentar nomor %d", i))
		}
		spam := f.say(rina, 0, "Beli sekarang juga!")
		f.say(budi, 0, "beli SEKARANG juga")
		f.say(budi, 0, "Yang lain")
		done, err := f.forum.Bulk(t.Context(), mod, discuss.QueueFilter{Kind: discuss.QueueText, Key: spam.Key}, discuss.Ruling{Action: discuss.ActReject, Reason: "mod_spam"})
		f.ok(err)
		same(t, "same text", done.Done, 2)
		done, err = f.forum.Bulk(t.Context(), mod, discuss.QueueFilter{Kind: discuss.QueueAuthor, MemberID: rina}, discuss.Ruling{Action: discuss.ActApprove})
		f.ok(err)
		same(t, "by author", []int{done.Done, f.count().Pending, f.count().Shown}, []int{n, 1, n})
		undone, err := f.forum.Undo(t.Context(), mod, done.ID)
		f.ok(err)
		same(t, "undone", []int{undone.Done, f.count().Pending, f.count().Shown}, []int{n, n + 1, 0})
	}},
	{"queues are paged, and a moderator of some sections sees those", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Off: ptr([]discuss.Phase{discuss.PhaseRepeat}), Mode: ptr(discuss.ModeNew)})
		rina := f.reader("rina@kabar.example")
		var all []string
		for i := range 7 {
			all = append(all, f.say(rina, 0, fmt.Sprintf("Komentar nomor %d", i)).Body)
		}
		first := f.story
		f.story = f.publish(f.content("bola", "Menang"))
		other := f.say(rina, 0, "Di kanal lain")
		section := other.SectionID
		for _, kind := range []discuss.QueueKind{discuss.QueuePending, discuss.QueueNew, discuss.QueueAll, discuss.QueueAuthor} {
			var got []string
			q := discuss.QueueFilter{Kind: kind, MemberID: rina, Limit: 3}
			for {
				texts, items, more := f.queue(q)
				got = append(got, texts...)
				if !more {
					break
				}
				q.After = items[len(items)-1].Cursor
			}
			want := append(slices.Clone(all), other.Body)
			if kind == discuss.QueueAll || kind == discuss.QueueAuthor {
				slices.Reverse(want)
			}
			same(t, string(kind), got, want)
			q = discuss.QueueFilter{Kind: kind, MemberID: rina, Sections: []int64{section, section + 1000}}
			got, _, _ = f.queue(q)
			same(t, string(kind)+" of a section", got, []string{other.Body})
		}
		got, _, _ := f.queue(discuss.QueueFilter{Kind: discuss.QueueAll, StoryID: first, Limit: 2})
		same(t, "of a story", got, []string{all[6], all[5]})
		counts, err := f.db.QueueCounts(t.Context(), []int64{section})
		f.ok(err)
		same(t, "counts", counts, discuss.Counts{Pending: 1, New: 1})
		bound := account.Actor{ID: 9, Role: account.Reporter, Grants: []account.Grant{{SectionID: section, Role: account.Moderator}}}
		_, err = f.forum.Rule(t.Context(), bound, []int64{other.ID}, f.seen(discuss.ActApprove, other.ID))
		f.ok(err)
		foreign := f.state(other.ID - 1)
		if _, err = f.forum.Rule(t.Context(), bound, []int64{foreign.ID}, f.seen(discuss.ActApprove, foreign.ID)); !fault.Is(err, fault.Forbidden) {
			t.Errorf("he moderates another section: %v", err)
		}
	}},
	{"reported comments come by the first deadline, each once", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina := f.reader("rina@kabar.example")
		a, b := f.say(rina, 0, "Yang pertama"), f.say(rina, 0, "Yang kedua")
		f.complain(b.ID, "192.0.2.1")
		f.clock.advance(time.Minute)
		f.complain(a.ID, "192.0.2.1")
		f.clock.advance(time.Minute)
		f.complain(b.ID, "198.51.100.1")
		texts, items, _ := f.queue(discuss.QueueFilter{Kind: discuss.QueueReported})
		same(t, "order", texts, []string{"Yang kedua", "Yang pertama"})
		same(t, "complaints", []int{len(items[0].Claims), len(items[1].Claims)}, []int{2, 1})
		texts, _, more := f.queue(discuss.QueueFilter{Kind: discuss.QueueReported, Limit: 1})
		same(t, "first page", []any{texts, more}, []any{[]string{"Yang kedua"}, true})
		texts, _, more = f.queue(discuss.QueueFilter{Kind: discuss.QueueReported, Limit: 1, After: items[0].Cursor})
		same(t, "second page", []any{texts, more}, []any{[]string{"Yang pertama"}, false})
	}},
	{"a complaint has a clock of 48 hours, with reminders at 24 and 40", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		c := f.say(f.reader("rina@kabar.example"), 0, "Satu komentar")
		moderator := f.staffer("mira", account.Moderator)
		f.complain(c.ID, "192.0.2.1")
		notices := func() (kinds []news.NoticeKind) {
			list, _, err := f.db.Notices(t.Context(), moderator, 0, 10)
			f.ok(err)
			for _, n := range list {
				kinds = append(kinds, n.Kind)
			}
			return kinds
		}
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{23 * time.Hour, 0}, {2 * time.Hour, 1}, {14 * time.Hour, 1}, {2 * time.Hour, 2}, {6 * time.Hour, 2}, {2 * time.Hour, 3}, {100 * time.Hour, 3}} {
			f.clock.advance(step.after)
			_, err := f.forum.Remind(t.Context())
			f.ok(err)
			same(t, "notices", len(notices()), step.want)
		}
		same(t, "kinds", notices(), []news.NoticeKind{news.NoticeComplaintLate, news.NoticeComplaintDue, news.NoticeComplaintDue})
		counts, err := f.db.QueueCounts(t.Context(), nil)
		f.ok(err)
		same(t, "late", counts.Late, 1)
		_, err = f.forum.Rule(t.Context(), mod, []int64{c.ID}, f.seen(discuss.ActApprove, c.ID))
		f.ok(err)
		kept, err := f.db.ComplaintsKept(t.Context())
		f.ok(err)
		same(t, "kept", kept, discuss.Kept{Settled: 1})
	}},
	{"an author is warned, suspended and banned, and that is undone", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina := f.reader("rina@kabar.example")
		c := f.say(rina, 0, "Satu komentar")
		punish := func(p discuss.Punishment) discuss.Ruled {
			p.MemberID, p.Reason = rina, "Menyerang orang."
			done, err := f.forum.Punish(t.Context(), mod, p)
			f.ok(err)
			return done
		}
		punish(discuss.Punishment{Kind: discuss.Warn, CommentID: c.ID})
		f.clock.advance(2 * time.Minute)
		held, err := f.forum.Post(t.Context(), f.draft(rina, 0, "Setelah peringatan"))
		f.ok(err)
		same(t, "held", []any{held.State, held.Reason}, []any{discuss.Pending, discuss.Reason("author_warned")})
		done := punish(discuss.Punishment{Kind: discuss.Suspend, Days: 3})
		f.clock.advance(2 * time.Minute)
		_, err = f.forum.Post(t.Context(), f.draft(rina, 0, "Masih bisa?"))
		f.fails(err, fault.Forbidden, "comment_suspended")
		_, err = f.forum.Undo(t.Context(), mod, done.ID)
		f.ok(err)
		f.say(rina, 0, "Sekarang bisa")
		punish(discuss.Punishment{Kind: discuss.Ban})
		_, err = f.forum.Post(t.Context(), f.draft(rina, 0, "Masih bisa?"))
		f.fails(err, fault.Forbidden, "comment_banned")
		punish(discuss.Punishment{Kind: discuss.Lift})
		f.say(rina, 0, "Bisa lagi sekarang")
		_, err = f.forum.Punish(t.Context(), mod, discuss.Punishment{MemberID: rina, Kind: discuss.Lift})
		f.fails(err, fault.Conflict, "moderation_free")
		bound := account.Actor{ID: 9, Role: account.Reporter, Grants: []account.Grant{{SectionID: c.SectionID, Role: account.Moderator}}}
		_, err = f.forum.Punish(t.Context(), bound, discuss.Punishment{MemberID: rina, CommentID: c.ID, Kind: discuss.Warn, Reason: "Sopan."})
		f.ok(err)
		if _, err = f.forum.Punish(t.Context(), bound, discuss.Punishment{MemberID: rina, CommentID: c.ID, Kind: discuss.Ban, Reason: "Pergi."}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a moderator of one section bans from all: %v", err)
		}
		f.ok(f.forum.SaveNote(t.Context(), mod, rina, "Sering marah."))
		file, err := f.db.AuthorFile(t.Context(), rina)
		f.ok(err)
		same(t, "file", []any{len(file.Sanctions), len(file.Notes), file.Notes[0].Text}, []any{6, 1, "Sering marah."})
	}},
	{"the newsroom answers with its badge", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Mode: ptr(discuss.ModeBefore)})
		c := f.say(f.reader("rina@kabar.example"), 0, "Kapan diperbarui?")
		_, err := f.forum.Answer(t.Context(), mod, f.story, c.ID, "Besok.")
		f.fails(err, fault.Conflict, "moderation_answer")
		_, err = f.forum.Rule(t.Context(), mod, []int64{c.ID}, f.seen(discuss.ActApprove, c.ID))
		f.ok(err)
		a, err := f.forum.Answer(t.Context(), mod, f.story, c.ID, "Besok pagi.")
		f.ok(err)
		same(t, "answer", []any{a.Staff(), a.State, a.ThreadID}, []any{true, discuss.Published, c.ID})
	}},
	{"phases judge what is posted, and what they said is kept", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		text := "Mau untung besar tanpa modal? Hubungi kami sekarang juga di nomor yang ada pada profil!"
		first := f.say(rina, 0, text)
		same(t, "first", first.State, discuss.Published)
		second := f.say(budi, 0, "Halo! "+text)
		same(t, "near-repeated", []any{second.State, second.Reason}, []any{discuss.Pending, discuss.Reason("repeat_others")})
		verdicts, err := f.db.VerdictsOf(t.Context(), second.ID)
		f.ok(err)
		same(t, "verdicts", []any{len(verdicts), verdicts[2].Like}, []any{len(discuss.Phases), first.ID})
		rude := f.say(rina, 0, "Dasar 4 n j 1 n g kamu")
		same(t, "rude", []any{rude.State, rude.Reason}, []any{discuss.Pending, discuss.Reason("words")})
		verdicts, err = f.db.VerdictsOf(t.Context(), rude.ID)
		f.ok(err)
		same(t, "words", verdicts[1].Words, []string{"4 n j 1 n g"})
		f.ok(f.forum.SaveList(t.Context(), mod, nil, discuss.WordList{Name: discuss.BuiltinID, Decision: discuss.Skipped}))
		f.ok(f.forum.SaveList(t.Context(), mod, nil, discuss.WordList{Name: "judi", Decision: discuss.Refuse, Words: []string{"slot gacor", " slot gacor "}}))
		same(t, "list is off", f.say(rina, 0, "Dasar anjing kau").State, discuss.Published)
		gone := f.say(budi, 0, "Ayo main slot gacor")
		same(t, "own list", []any{gone.State, gone.Reason}, []any{discuss.Rejected, discuss.Reason("words_refused")})
		lists, err := f.db.WordLists(t.Context(), 0)
		f.ok(err)
		same(t, "lists", []any{len(lists), lists[2].Words}, []any{3, []string{"slot gacor"}})
		edited, err := f.forum.Edit(t.Context(), first.ID, rina, "Ayo main slot gacor ya", nil)
		f.ok(err)
		same(t, "an edit is judged", edited.State, discuss.Rejected)
		n, err := f.db.TrimPrints(t.Context(), f.clock.Now().Add(time.Hour), 10_000)
		f.ok(err)
		if n == 0 {
			t.Error("no print was forgotten")
		}
		f.ok(f.db.NoteHookFailure(t.Context(), "no answer"))
		fails, err := f.db.HookFailures(t.Context(), f.clock.Now().Add(-time.Hour))
		f.ok(err)
		same(t, "failures", len(fails), 1)
	}},
	{"a hook is asked, and what it cannot answer is held", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Hook: ptr("https://hook.example/x"), HookSecret: ptr("0123456789abcdef")})
		h := &hook{call: discuss.Pass}
		f.forum.SetHook(h)
		rina := f.reader("rina@kabar.example")
		same(t, "passes", f.say(rina, 0, "Satu komentar").State, discuss.Published)
		h.err = errors.New("no answer")
		c := f.say(rina, 0, "Dua komentar yang lain")
		same(t, "holds", []any{c.State, c.Reason, h.asked}, []any{discuss.Pending, discuss.Reason("hook_failed"), 2})
	}},
}

type hook struct {
	call  discuss.Decision
	err   error
	asked int
}

func (h *hook) Ask(context.Context, discuss.Candidate, *discuss.Rules) (discuss.Decision, string, error) {
	h.asked++
	return h.call, "", h.err
}

// staffer makes a user of the newsroom and returns his id.
func (f *floor) staffer(name string, role account.Role) int64 {
	f.t.Helper()
	u, err := account.NewStaff(f.db).Make(f.t.Context(), cli, account.Invitation{Email: name + "@kabar.example", Name: name, Role: role}, goodPassword, false)
	f.ok(err)
	return u.ID
}
