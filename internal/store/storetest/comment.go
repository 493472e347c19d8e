package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
)

// floor is a readership with one story under which people talk.
type floor struct {
	*readership
	forum *discuss.Forum
	story int64
}

// newFloor opens the discussions of the site with rules.
func newFloor(t testing.TB, open Open, p discuss.Patch) *floor {
	t.Helper()
	r := newReadership(t, open)
	f := &floor{readership: r, forum: discuss.New(r.db, r.db)}
	f.story = r.publish(r.content("nasional", "Harga Beras Turun"))
	if p.Mode == nil {
		p.Mode = ptr(discuss.ModeAfter)
	}
	f.ok(f.forum.SaveRules(t.Context(), editor, discuss.ScopeSite, 0, nil, p))
	return f
}

// reader makes an account and returns its id.
func (f *floor) reader(email string) int64 {
	f.t.Helper()
	return f.session(f.join(email, phone(email))).Member.ID
}

func (f *floor) draft(member, replyTo int64, text string) discuss.Draft {
	return discuss.Draft{StoryID: f.story, ReplyTo: replyTo, MemberID: member, Text: text, Network: "192.0.2.9"}
}

// say posts a comment some time after the last one, so that nobody is too quick.
func (f *floor) say(member, replyTo int64, text string) discuss.Comment {
	f.t.Helper()
	f.clock.advance(2 * time.Minute)
	c, err := f.forum.Post(f.t.Context(), f.draft(member, replyTo, text))
	f.ok(err)
	return c
}

// threads returns a page of threads as "text[reply reply]".
func (f *floor) threads(sort discuss.Sort, after discuss.Cursor, limit int) ([]string, discuss.Cursor) {
	f.t.Helper()
	p, err := f.db.Threads(f.t.Context(), discuss.Filter{StoryID: f.story, Sort: sort, After: after, Limit: limit, Replies: 3})
	f.ok(err)
	var list []string
	for _, e := range p.Entries {
		var replies []string
		for _, r := range e.Replies {
			replies = append(replies, r.Body)
		}
		text := e.Body
		if !e.Visible() {
			text = "(" + string(e.State) + ")"
		}
		if len(replies) > 0 {
			text += fmt.Sprint(replies)
		}
		list = append(list, text)
	}
	return list, p.Next
}

func (f *floor) count() discuss.Discussion {
	f.t.Helper()
	d, err := f.db.Discussion(f.t.Context(), f.story)
	f.ok(err)
	return d
}

// tags returns the tags of the events after a number, and whether one of them was
// a takedown.
func (f *floor) told(after int64) (tags []string, takedown bool) {
	f.t.Helper()
	list, err := f.db.Events(f.t.Context(), after, 1000)
	f.ok(err)
	for _, e := range list {
		tags, takedown = append(tags, e.Tags...), takedown || e.Takedown
	}
	return tags, takedown
}

var commentCases = []testcase{
	{"there is no discussion until somebody opens it", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		f := &floor{readership: r, forum: discuss.New(r.db, r.db), story: r.publish(r.content("nasional", "Sepi"))}
		_, err := f.forum.Post(t.Context(), f.draft(f.reader("rina@kabar.example"), 0, "Halo semua"))
		f.fails(err, fault.NotFound, "comment_off")
		if err := f.forum.SaveRules(t.Context(), account.Actor{ID: 3, Role: account.Moderator}, discuss.ScopeSite, 0, nil, discuss.Patch{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a moderator opened the whole site: %v", err)
		}
	}},
	{"comments that readers can read are listed by their ids", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina := f.reader("rina@kabar.example")
		first := f.say(rina, 0, "Satu")
		gone := f.say(rina, 0, "Dua")
		_, err := f.forum.Delete(t.Context(), gone.ID, rina)
		f.ok(err)
		other := f.story
		f.story = f.publish(f.content("bola", "Skor akhir"))
		f.say(rina, 0, "Di tempat yang ditutup")
		f.ok(f.forum.SaveRules(t.Context(), editor, discuss.ScopeStory, f.story, nil, discuss.Patch{Mode: ptr(discuss.ModeOff)}))
		f.story = f.publish(f.content("bola", "Dicabut"))
		f.say(rina, 0, "Di bawah berita yang dicabut")
		_, err = f.desk.Withdraw(t.Context(), editor, f.story, news.ReasonSARA, "")
		f.ok(err)
		f.story = other
		last := f.say(rina, first.ID, "Tiga")
		var ids []int64
		for after := int64(0); ; {
			list, err := f.db.PublicCommentsAfter(t.Context(), after, 1)
			f.ok(err)
			if len(list) == 0 {
				break
			}
			same(t, "the author's name stands there", list[0].Name != "", true)
			after = list[0].ID
			ids = append(ids, after)
		}
		same(t, "ids", ids, []int64{first.ID, last.ID})
		if _, err := f.db.PublicCommentsAfter(t.Context(), 0, 0); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a limit: %v", err)
		}
	}},
	{"moderators' desks hear of changes and of what is taken away", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina := f.reader("rina@kabar.example")
		c := f.say(rina, 0, "Satu kata")
		seen := map[int64]bool{}
		look := func(what string) {
			n, err := f.db.DiscussionSeq(t.Context())
			f.ok(err)
			if seen[n] {
				t.Errorf("%s moves nothing", what)
			}
			seen[n] = true
		}
		look("the comment")
		for _, text := range []string{"Dua kata", "Tiga kata"} {
			f.clock.advance(time.Second)
			_, err := f.forum.Edit(t.Context(), c.ID, rina, text, nil)
			f.ok(err)
			look("an edit")
		}
		f.clock.advance(time.Second)
		_, err := f.forum.Delete(t.Context(), c.ID, rina)
		f.ok(err)
		look("what its author takes away")
	}},
	{"complaints and changes are counted for all processes", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		c := f.say(rina, 0, "Satu kata")
		other := discuss.New(f.db, f.db) // as another node has it
		var wrong []string
		for i := range 12 {
			forum := []*discuss.Forum{f.forum, other}[i%2]
			err := forum.Complain(t.Context(), c.ID, budi, discuss.ComplaintReasons[0], "", fmt.Sprintf("192.0.%d.1", i))
			if fault.Is(err, fault.Limited) {
				wrong = append(wrong, fmt.Sprint(i))
			} else {
				f.ok(err)
			}
		}
		same(t, "complaints that are too many", wrong, []string{"10", "11"})
	}},
	{"where members alone write, nobody else does", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Mode: ptr(discuss.ModeMembers), NewUntil: ptr(1)})
		d := f.draft(f.reader("rina@kabar.example"), 0, "Saya ingin ikut bicara.")
		_, err := f.forum.Post(t.Context(), d)
		f.fails(err, fault.Forbidden, "comment_plan")
		d.Paying = true
		c, err := f.forum.Post(t.Context(), d)
		f.ok(err)
		same(t, "a new commenter's", []any{c.State, c.Reason}, []any{discuss.Pending, discuss.ReasonNewcomer})
	}},
	{"comments and replies stand in threads of two levels", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		first := f.say(rina, 0, "Satu")
		second := f.say(budi, 0, "Dua")
		reply := f.say(budi, first.ID, "Jawaban")
		deeper := f.say(rina, reply.ID, "Jawaban atas jawaban")
		same(t, "places", []any{reply.Level, reply.ThreadID, deeper.Level, deeper.ThreadID, deeper.ReplyTo},
			[]any{1, first.ID, 1, first.ID, reply.ID})
		list, _ := f.threads(discuss.Newest, discuss.Cursor{}, 10)
		same(t, "newest", list, []string{"Dua", "Satu[Jawaban Jawaban atas jawaban]"})
		list, _ = f.threads(discuss.Oldest, discuss.Cursor{}, 10)
		same(t, "oldest", list, []string{"Satu[Jawaban Jawaban atas jawaban]", "Dua"})
		d := f.count()
		same(t, "counts", []any{d.Shown, d.Pending, d.LastID}, []any{4, 0, deeper.ID})
		e, err := f.db.Thread(t.Context(), deeper.ID, 0, 10)
		f.ok(err)
		same(t, "thread", []any{e.ID, e.Name, len(e.Replies), e.Replies[1].Answering}, []any{first.ID, "Pembaca Baru", 2, "Pembaca Baru"})
		_, err = f.db.Thread(t.Context(), second.ID+100, 0, 10)
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a comment that there is not: %v", err)
		}
	}},
	{"pages go by what was read last, in both directions", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina := f.reader("rina@kabar.example")
		var all []string
		for i := range 7 {
			all = append(all, f.say(rina, 0, fmt.Sprint("Komentar ", i)).Body)
		}
		for _, sort := range []discuss.Sort{discuss.Oldest, discuss.Newest} {
			var got []string
			for after, n := (discuss.Cursor{}), 0; n == 0 || after.ID != 0; n++ {
				var page []string
				page, after = f.threads(sort, after, 3)
				got = append(got, page...)
			}
			want := slices.Clone(all)
			if sort == discuss.Newest {
				slices.Reverse(want)
			}
			same(t, string(sort), got, want)
		}
	}},
	{"what is new is told at most once a second, what is taken away at once", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{PerMinute: ptr(100)})
		rina := f.reader("rina@kabar.example")
		f.clock.advance(time.Minute)
		mark := f.last()
		var ids []int64
		for i := range 10 {
			c, err := f.forum.Post(t.Context(), f.draft(rina, 0, fmt.Sprint("Ramai ", i)))
			f.ok(err)
			ids = append(ids, c.ID)
		}
		tags, _ := f.told(mark)
		same(t, "events of ten comments in one instant", tags, []string{discuss.TagComments(f.story)})
		n, err := f.forum.Announce(t.Context())
		f.ok(err)
		same(t, "too early", n, 0)
		f.clock.advance(time.Second)
		n, err = f.forum.Announce(t.Context())
		f.ok(err)
		same(t, "told later", n, 1)
		n, err = f.forum.Announce(t.Context())
		f.ok(err)
		same(t, "and once", n, 0)
		mark = f.last()
		_, err = f.forum.Delete(t.Context(), ids[3], rina)
		f.ok(err)
		tags, takedown := f.told(mark)
		same(t, "deleted", []any{tags, takedown, f.count().Shown}, []any{[]string{discuss.TagComments(f.story)}, true, 9})
	}},
	{"an author changes and deletes what is his, and nobody else does", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		c := f.say(rina, 0, "Salah ketik")
		f.say(budi, c.ID, "Apa maksudnya?")
		c2 := f.say(rina, 0, "Baru saja")
		_, err := f.forum.Edit(t.Context(), c2.ID, budi, "Diganti orang", nil)
		f.fails(err, fault.NotFound, "comment_not_yours")
		edited, err := f.forum.Edit(t.Context(), c2.ID, rina, "Sudah betul", nil)
		f.ok(err)
		same(t, "edited", []any{edited.Body, edited.State, edited.Edited.Equal(f.clock.Now())}, []any{"Sudah betul", discuss.Published, true})
		f.clock.advance(11 * time.Minute)
		_, err = f.forum.Edit(t.Context(), c2.ID, rina, "Terlambat", nil)
		f.fails(err, fault.Forbidden, "comment_edit_late")
		_, err = f.forum.Delete(t.Context(), c.ID, budi)
		f.fails(err, fault.NotFound, "comment_not_yours")
		_, err = f.forum.Delete(t.Context(), c.ID, rina)
		f.ok(err)
		_, err = f.forum.Delete(t.Context(), c.ID, rina) // twice is once
		f.ok(err)
		list, _ := f.threads(discuss.Newest, discuss.Cursor{}, 10)
		same(t, "the place stays while there are answers", list, []string{"Sudah betul", "(deleted)[Apa maksudnya?]"})
		e, err := f.db.Comment(t.Context(), c.ID)
		f.ok(err)
		same(t, "its words", e.Body, "")
		_, err = f.forum.Post(t.Context(), f.draft(budi, c.ID, "Masih menjawab"))
		f.fails(err, fault.Gone, "comment_parent")
	}},
	{"the same form twice is one comment, too many in a minute are none", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{PerMinute: ptr(3)})
		rina := f.reader("rina@kabar.example")
		a, err := f.forum.Post(t.Context(), f.draft(rina, 0, "Setuju sekali"))
		f.ok(err)
		b, err := f.forum.Post(t.Context(), f.draft(rina, 0, "  Setuju   sekali "))
		f.ok(err)
		same(t, "ids", a.ID, b.ID)
		for i := range 2 {
			_, err := f.forum.Post(t.Context(), f.draft(rina, 0, fmt.Sprint("Lagi ", i)))
			f.ok(err)
		}
		_, err = f.forum.Post(t.Context(), f.draft(rina, 0, "Dan lagi"))
		f.fails(err, fault.Limited, "comment_pace")
		if e := fault.Find(err); e.RetryAfter != time.Minute {
			t.Errorf("again after %v", e.RetryAfter)
		}
		same(t, "shown", f.count().Shown, 3)
	}},
	{"parallel posts are all counted", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{PerMinute: ptr(100), Off: ptr([]discuss.Phase{discuss.PhaseRepeat})})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		root := f.say(rina, 0, "Mulai")
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				who, reply := rina, int64(0)
				if i%2 == 0 {
					who, reply = budi, root.ID
				}
				if _, err := f.forum.Post(context.WithoutCancel(t.Context()), f.draft(who, reply, fmt.Sprint("Bersamaan ", i))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		e, err := f.db.Thread(t.Context(), root.ID, 0, 100)
		f.ok(err)
		a, err := f.db.Commenter(t.Context(), budi)
		f.ok(err)
		same(t, "counts", []any{f.count().Shown, e.Answers, len(e.Replies), a.Published}, []any{25, 12, 12, 12})
	}},
	{"modes say what is looked at first", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{Mode: ptr(discuss.ModeNew), NewUntil: ptr(1)})
		rina := f.reader("rina@kabar.example")
		c := f.say(rina, 0, "Pertama kali")
		same(t, "newcomer", []any{c.State, c.Reason}, []any{discuss.Pending, discuss.ReasonNewcomer})
		d := f.count()
		same(t, "counts", []any{d.Shown, d.Pending}, []any{0, 1})
		_, err := f.db.Thread(t.Context(), c.ID, 0, 10)
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("what waits can be read: %v", err)
		}
		mine, err := f.db.OwnWaiting(t.Context(), rina, f.story, 10)
		f.ok(err)
		same(t, "his own", len(mine), 1)
		f.ok(f.forum.SaveRules(t.Context(), editor, discuss.ScopeSection, f.section("nasional"), []int64{f.section("nasional")},
			discuss.Patch{Mode: ptr(discuss.ModeAfter)}))
		same(t, "the section says otherwise", f.say(rina, 0, "Langsung").State, discuss.Published)
		f.ok(f.forum.SaveRules(t.Context(), editor, discuss.ScopeStory, f.story, []int64{f.section("nasional")}, discuss.Patch{Mode: ptr(discuss.ModeOff)}))
		_, err = f.forum.Post(t.Context(), f.draft(rina, 0, "Tutup"))
		f.fails(err, fault.NotFound, "comment_off")
	}},
	{"a discussion closes by age and by night", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{CloseDays: ptr(2), NightFrom: ptr(22), NightTo: ptr(6)})
		rina := f.reader("rina@kabar.example") // it is noon in Jakarta
		f.say(rina, 0, "Siang")
		f.clock.advance(10 * time.Hour)
		_, err := f.forum.Post(t.Context(), f.draft(rina, 0, "Malam"))
		f.fails(err, fault.Forbidden, "comment_night")
		f.clock.advance(9 * time.Hour)
		f.say(rina, 0, "Pagi")
		f.clock.advance(48 * time.Hour)
		_, err = f.forum.Post(t.Context(), f.draft(rina, 0, "Usang"))
		f.fails(err, fault.Forbidden, "comment_closed")
	}},
	{"a reaction is one of a reader, and is counted", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		c := f.say(rina, 0, "Bagus")
		said := func() string {
			p, err := f.db.Threads(t.Context(), discuss.Filter{StoryID: f.story, Limit: 5})
			f.ok(err)
			return fmt.Sprint(p.Entries[0].Reactions)
		}
		f.ok(f.forum.React(t.Context(), c.ID, budi, "agree", "192.0.2.9"))
		f.ok(f.forum.React(t.Context(), c.ID, budi, "agree", "192.0.2.9"))
		same(t, "once", said(), "map[agree:1]")
		f.ok(f.forum.React(t.Context(), c.ID, budi, "moved", "192.0.2.9"))
		same(t, "another", said(), "map[moved:1]")
		f.fails(f.forum.React(t.Context(), c.ID, budi, "angry", "192.0.2.9"), fault.Invalid, "comment_reaction")
		f.fails(f.forum.React(t.Context(), c.ID, rina, "agree", "192.0.2.9"), fault.Forbidden, "comment_own_reaction")
		own, err := f.db.ReactionsOf(t.Context(), budi, f.story, 10)
		f.ok(err)
		same(t, "own", own, map[int64]string{c.ID: "moved"})
		f.ok(f.forum.React(t.Context(), c.ID, budi, "", "192.0.2.9"))
		same(t, "none", said(), "map[]")
	}},
	{"guests and readers complain, each once, and many hide a comment", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{HideAt: ptr(3)})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		c := f.say(rina, 0, "Kasar")
		f.fails(f.forum.Complain(t.Context(), c.ID, 0, "nothing", "", "192.0.2.1"), fault.Invalid, "complaint_reason")
		f.fails(f.forum.Complain(t.Context(), c.ID, 0, "other", " ", "192.0.2.1"), fault.Invalid, "complaint_words")
		for range 2 {
			f.ok(f.forum.Complain(t.Context(), c.ID, 0, "insult", "", "192.0.2.1"))
			f.ok(f.forum.Complain(t.Context(), c.ID, budi, "hate", "Lihat kata ketiga", "192.0.2.9"))
		}
		e, err := f.db.Comment(t.Context(), c.ID)
		f.ok(err)
		same(t, "two", []any{e.Complaints, e.State}, []any{2, discuss.Published})
		mark := f.last()
		f.ok(f.forum.Complain(t.Context(), c.ID, 0, "insult", "", "192.0.2.2"))
		_, takedown := f.told(mark)
		e, err = f.db.Comment(t.Context(), c.ID)
		f.ok(err)
		same(t, "hidden", []any{e.State, e.Reason, takedown, f.count().Shown}, []any{discuss.Hidden, discuss.ReasonComplaints, true, 0})
		for i := range 30 {
			if err = f.forum.Complain(t.Context(), c.ID, 0, "spam", "", "198.51.100.7"); fault.Is(err, fault.Limited) {
				break
			}
			if i == 29 {
				t.Error("a guest complains without an end")
			}
		}
	}},
	{"a reader mutes another one", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		f.fails(f.forum.Mute(t.Context(), rina, rina, true), fault.Invalid, "comment_mute_self")
		f.ok(f.forum.Mute(t.Context(), rina, budi, true))
		f.ok(f.forum.Mute(t.Context(), rina, budi, true))
		list, err := f.db.Mutes(t.Context(), rina)
		f.ok(err)
		same(t, "muted", len(list) == 1 && list[0].MemberID == budi, true)
		f.ok(f.forum.Mute(t.Context(), rina, budi, false))
		list, err = f.db.Mutes(t.Context(), rina)
		f.ok(err)
		same(t, "no more", len(list), 0)
	}},
	{"notices of answers are for those who want them", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		rina, budi := f.reader("rina@kabar.example"), f.reader("budi@kabar.example")
		c := f.say(rina, 0, "Bertanya")
		f.say(budi, c.ID, "Menjawab")
		list, err := f.db.ReaderNotices(t.Context(), rina, 0, 10)
		f.ok(err)
		same(t, "off by default", len(list), 0)
		f.ok(f.forum.SavePrefs(t.Context(), rina, discuss.Prefs{Notices: true}))
		again := f.say(budi, c.ID, "Menjawab lagi")
		f.say(rina, c.ID, "Kepada diri sendiri")
		list, err = f.db.ReaderNotices(t.Context(), rina, 0, 10)
		f.ok(err)
		same(t, "notices", len(list), 1)
		same(t, "notice", []any{list[0].Kind, list[0].CommentID, list[0].Name, list[0].Headline}, []any{discuss.NoticeReply, again.ID, "Pembaca Baru", "Harga Beras Turun"})
		n, err := f.db.UnseenNotices(t.Context(), rina)
		f.ok(err)
		f.ok(f.forum.SeeNotices(t.Context(), rina, list[0].ID))
		m, err := f.db.UnseenNotices(t.Context(), rina)
		f.ok(err)
		same(t, "unseen, and then", []any{n, m}, []any{1, 0})
	}},
	{"who is erased leaves a thread that can be read, and no name", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{})
		a := phone("Firefox")
		s := f.session(f.join("hilang@kabar.example", a))
		budi := f.reader("budi@kabar.example")
		c := f.say(s.Member.ID, 0, "Kata saya")
		answer := f.say(budi, c.ID, "Jawab Budi")
		f.ok(f.forum.React(t.Context(), answer.ID, s.Member.ID, "agree", "192.0.2.9"))
		f.ok(f.forum.Complain(t.Context(), answer.ID, s.Member.ID, "spam", "", "192.0.2.9"))
		f.ok(f.members.GiveUp(t.Context(), a, s, eraseLimit))
		_, err := f.forum.Post(t.Context(), f.draft(s.Member.ID, 0, "Masih di sini"))
		f.fails(err, fault.Forbidden, "comment_account")
		f.clock.advance(49 * time.Hour)
		mark := f.last()
		_, err = f.members.Sweep(t.Context())
		f.ok(err)
		tags, takedown := f.told(mark)
		same(t, "told", []any{slices.Contains(tags, discuss.TagCommenter(s.Member.ID)), takedown}, []any{true, true})
		p, err := f.db.Threads(t.Context(), discuss.Filter{StoryID: f.story, Limit: 5, Replies: 3})
		f.ok(err)
		e := p.Entries[0]
		same(t, "what is left", []any{e.Body, e.Name, e.MemberID, e.Replies[0].Body, len(e.Replies[0].Reactions)},
			[]any{"Kata saya", "", 0, "Jawab Budi", 0})
	}},
	{"what is typed is stored without what cannot be seen", func(t *testing.T, open Open) {
		f := newFloor(t, open, discuss.Patch{MaxLength: ptr(50)})
		rina := f.reader("rina@kabar.example")
		_, err := f.forum.Post(t.Context(), f.draft(rina, 0, "\u200b\u2800 \u202e"))
		f.fails(err, fault.Invalid, "comment_short")
		_, err = f.forum.Post(t.Context(), f.draft(rina, 0, strings.Repeat("panjang ", 10)))
		f.fails(err, fault.Invalid, "comment_longer")
		same(t, "text", f.say(rina, 0, "Ha\u202elo\x00 d\u0301\u0301\u0301\u0301\u0301unia\r\n\r\n\r\n👨\u200d👩\u200d👧").Body,
			"Halo d\u0301\u0301\u0301unia\n\n👨\u200d👩\u200d👧")
	}},
}
