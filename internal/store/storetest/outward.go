package storetest

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/store"
)

// queue notes the jobs of changes that are kept or not: it stands beside the
// transaction.
type queue struct {
	mu   sync.Mutex
	jobs []change.Job
}

// InsertTx implements store.JobInserter.
func (q *queue) InsertTx(_ context.Context, _ *sql.Tx, jobs []change.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, jobs...)
	return nil
}

// taken returns the jobs since the last call, as "kind key".
func (q *queue) taken() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := []string{}
	for _, j := range q.jobs {
		out = append(out, j.Kind+" "+j.Key)
	}
	q.jobs = nil
	return out
}

// outroom is a newsroom with a queue and readers who report.
type outroom struct {
	*newsroom
	queue   *queue
	reports *news.Reports
}

func newOutroom(t testing.TB, open Open) *outroom {
	t.Helper()
	r := &outroom{newsroom: newNewsroom(t, open), queue: &queue{}}
	r.db.UseJobs(r.queue)
	r.reports = news.NewReports(r.db)
	return r
}

// reported is a report of a reader in good order.
func reported(story int64) news.Report {
	return news.Report{StoryID: story, Kind: news.ReportError, Name: "Sari Dewi", Email: "Sari@Pembaca.example", Passage: "dua gol",
		Text: "Golnya tiga,\r\nbukan dua."}
}

// file files a report.
func (r *outroom) file(story int64) int64 {
	r.t.Helper()
	id, err := r.reports.File(r.t.Context(), reported(story))
	r.ok(err)
	return id
}

// report reads a report.
func (r *outroom) report(id int64) news.Report {
	r.t.Helper()
	p, err := r.db.Report(r.t.Context(), id)
	r.ok(err)
	return p
}

// listed returns the ids of a list of reports.
func (r *outroom) listed(f news.ReportFilter) (ids []int64, more bool) {
	r.t.Helper()
	list, more, err := r.db.Reports(r.t.Context(), f)
	r.ok(err)
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids, more
}

// letters returns the outbox, the newest first.
func (r *outroom) letters() []change.Letter {
	r.t.Helper()
	list, _, err := r.db.Letters(r.t.Context(), 0, 50)
	r.ok(err)
	return list
}

var outwardCases = []testcase{
	{"a report comes in with its deadline, is named by its story, and its sender is told", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		chief, other := r.colleague("Tono", account.Editor), r.colleague("Wati", account.Reporter)
		story := r.publish(r.content("bola", "Dua gol di babak kedua"))
		r.queue.taken()
		id := r.file(story)
		p := r.report(id)
		same(t, "report", []any{p.StoryID, p.SectionID, p.Kind, p.Name, p.Email, p.Passage, p.Text, p.Outcome, p.Headline},
			[]any{story, r.section("bola"), news.ReportError, "Sari Dewi", "sari@pembaca.example", "dua gol", "Golnya tiga,\nbukan dua.", "", "Dua gol di babak kedua"})
		same(t, "times", []any{p.At, p.Due, p.RemindAt}, []any{noon, noon.Add(48 * time.Hour), noon.Add(24 * time.Hour)})
		same(t, "the desk has nobody of its own, so editors are told", r.told(chief), []string{"report Golnya tiga, bukan dua."})
		same(t, "others are not", r.told(other), []string{})
		l := r.letters()
		same(t, "letters", []any{len(l), l[0].To, l[0].State, l[0].Key}, []any{1, "sari@pembaca.example", change.MailWaiting, "report.1.received"})
		same(t, "jobs", r.queue.taken(), []string{store.JobMail + " 1"})
		if strings.Contains(l[0].Text+l[0].Subject, "bukan dua") || strings.Contains(l[0].Text, "Sari Dewi") {
			t.Errorf("the letter repeats what anybody may have typed: %s", l[0].Text)
		}
	}},
	{"only what readers see or saw can be reported, and only in order", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		live, gone := r.publish(r.content("bola", "Tayang")), r.publish(r.content("bola", "RAHASIA dicabut"))
		draft, held := r.create(r.content("bola", "Konsep")), r.publish(r.content("bola", "Ditahan"))
		_, err := r.desk.Withdraw(t.Context(), editor, gone, news.ReasonSARA, "")
		r.ok(err)
		r.embargo(held, noon.Add(time.Hour))
		for _, id := range []int64{draft, held, 999} {
			if _, err := r.reports.File(t.Context(), reported(id)); !fault.Is(err, fault.NotFound) {
				t.Errorf("story %d: %v", id, err)
			}
		}
		id := r.file(gone)
		if l := r.letters()[0]; strings.Contains(l.Text+l.Subject, "RAHASIA") || l.Link != "" {
			t.Errorf("the letter tells of a withdrawn story: %+v", l)
		}
		same(t, "the newsroom sees what it was", r.report(id).Headline, "RAHASIA dicabut")
		for _, c := range []struct {
			field string
			spoil func(*news.Report)
		}{
			{"kind", func(p *news.Report) { p.Kind = "pujian" }},
			{"name", func(p *news.Report) { p.Name = " " }},
			{"email", func(p *news.Report) { p.Email = "sari@" }},
			{"passage", func(p *news.Report) { p.Passage = strings.Repeat("é", 1001) }},
			{"text", func(p *news.Report) { p.Text = " pendek \x00" }},
			{"text", func(p *news.Report) { p.Text = strings.Repeat("é", 5001) }},
		} {
			in := reported(live)
			c.spoil(&in)
			_, err := r.reports.File(t.Context(), in)
			if f := fault.Find(err); !fault.Is(err, fault.Invalid) || f.Field != c.field || f.Code == "" {
				t.Errorf("%s: %v", c.field, err)
			}
		}
	}},
	{"the newsroom is reminded at half of the time, before its end and after it, and not of what is settled", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		r.ok(r.site.SaveSettings(t.Context(), editor, map[string]string{"report_hours": "10"}))
		chief, helper := r.colleague("Tono", account.Editor), r.colleague("Yuni", account.Editor)
		id, done := r.file(r.publish(r.content("bola", "Pertama"))), r.file(r.publish(r.content("bola", "Kedua")))
		r.ok(r.reports.Settle(t.Context(), chief, done, news.Settlement{Outcome: news.ReportRefused, Reason: "Sudah benar."}))
		r.ok(r.reports.Assign(t.Context(), chief, id, helper.ID))
		r.ok(r.db.ReadNotices(t.Context(), helper.ID, nil))
		before := len(r.told(helper))
		for _, step := range []struct {
			after time.Duration
			n     int
		}{{5*time.Hour - time.Minute, 0}, {time.Minute, 1}, {0, 0}, {2 * time.Hour, 0}, {time.Hour, 1}, {2*time.Hour - time.Second, 0}, {time.Second, 1}, {100 * time.Hour, 0}} {
			r.clock.advance(step.after)
			n, err := r.reports.Remind(t.Context())
			r.ok(err)
			same(t, "reminders after "+r.clock.Now().Sub(noon).String(), n, step.n)
		}
		same(t, "the assignee alone", r.told(helper)[:len(r.told(helper))-before],
			[]string{"report_late Golnya tiga, bukan dua.", "report_due Golnya tiga, bukan dua.", "report_due Golnya tiga, bukan dua."})
		same(t, "late", []bool{ptr(r.report(id)).Late(r.clock.Now()), ptr(r.report(done)).Late(r.clock.Now())}, []bool{true, false})
	}},
	{"a report is handled by its desk alone", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		ctx := t.Context()
		own := r.colleague("Bola", account.Reporter, account.Grant{SectionID: r.section("bola"), Role: account.Editor})
		far := r.colleague("Jauh", account.Reporter, account.Grant{SectionID: r.section("ekonomi"), Role: account.Editor})
		chief, plain := r.colleague("Tono", account.Editor), r.colleague("Wati", account.Reporter)
		id := r.file(r.publish(r.content("bola", "Punya desk")))
		same(t, "the desk is told", []any{r.told(own), r.told(far), r.told(chief)}, []any{[]string{"report Golnya tiga, bukan dua."}, []string{}, []string{}})
		for _, a := range []account.Actor{far, plain} {
			for _, err := range []error{r.reports.Assign(ctx, a, id, own.ID), r.reports.Settle(ctx, a, id, news.Settlement{Outcome: news.ReportRefused, Reason: "x"})} {
				if !fault.Is(err, fault.Forbidden) {
					t.Errorf("%s: %v", a.Name, err)
				}
			}
			ids, _ := r.listed(news.ReportFilter{Viewer: a})
			same(t, a.Name+" sees", ids, []int64(nil))
		}
		for _, a := range []account.Actor{own, chief} {
			ids, _ := r.listed(news.ReportFilter{Viewer: a})
			same(t, a.Name+" sees", ids, []int64{id})
		}
		for _, user := range []int64{far.ID, plain.ID, 999} {
			r.coded(r.reports.Assign(ctx, chief, id, user), fault.Invalid, "report_assignee")
		}
		r.ok(r.reports.Assign(ctx, chief, id, own.ID))
		same(t, "assignee", r.report(id).AssigneeID, own.ID)
		same(t, "he is told", r.told(own)[0], "report_given Golnya tiga, bukan dua.")
		r.ok(r.reports.Assign(ctx, own, id, 0))
		same(t, "nobody again", r.report(id).AssigneeID, int64(0))
	}},
	{"an outcome needs what it says, links both ways, and its reader is told", settledReports},
	{"reports are listed by deadline, page by page, and settled ones the newest first", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		ctx := t.Context()
		chief := r.colleague("Tono", account.Editor)
		story, other := r.publish(r.content("bola", "Satu")), r.publish(r.content("ekonomi", "Dua"))
		var all []int64
		for i := range 5 {
			all = append(all, r.file([]int64{story, other}[i%2]))
			r.clock.advance(time.Minute)
		}
		f := news.ReportFilter{Viewer: chief, Limit: 2}
		var got []int64
		for {
			list, more, err := r.db.Reports(ctx, f)
			r.ok(err)
			for _, p := range list {
				got = append(got, p.ID)
			}
			if !more {
				break
			}
			f.After = list[len(list)-1].Cursor()
		}
		same(t, "open", got, all)
		ids, _ := r.listed(news.ReportFilter{Viewer: chief, StoryID: other})
		same(t, "of a story", ids, []int64{all[1], all[3]})
		ids, _ = r.listed(news.ReportFilter{Viewer: chief, SectionID: r.section("bola")})
		same(t, "of a section", ids, []int64{all[0], all[2], all[4]})
		r.ok(r.reports.Assign(ctx, chief, all[2], chief.ID))
		ids, _ = r.listed(news.ReportFilter{Viewer: chief, AssigneeID: chief.ID})
		same(t, "of a person", ids, []int64{all[2]})
		ids, _ = r.listed(news.ReportFilter{Viewer: chief, Nobody: true})
		same(t, "of nobody", ids, []int64{all[0], all[1], all[3], all[4]})
		for _, id := range []int64{all[3], all[0]} {
			r.clock.advance(time.Minute)
			r.ok(r.reports.Settle(ctx, chief, id, news.Settlement{Outcome: news.ReportRefused, Reason: "x"}))
		}
		ids, more := r.listed(news.ReportFilter{Viewer: chief, Settled: true, Limit: 1})
		same(t, "settled", []any{ids, more}, []any{[]int64{all[0]}, true})
		ids, more = r.listed(news.ReportFilter{Viewer: chief, Settled: true, Limit: 1, After: ptr(r.report(all[0])).Cursor()})
		same(t, "the rest", []any{ids, more}, []any{[]int64{all[3]}, false})
	}},
	{"what changes for readers asks for its proof, what does not asks for none", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		r.desk.Prove()
		ctx := t.Context()
		proofs := func(what string, want ...string) {
			t.Helper()
			got := r.queue.taken()
			got = slices.DeleteFunc(got, func(s string) bool { return !strings.HasPrefix(s, news.JobProbe+" ") })
			if len(got) != len(want) {
				t.Fatalf("%s: %v, want %v", what, got, want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], news.JobProbe+" "+want[i]) {
					t.Errorf("%s: %v, want %v", what, got, want)
				}
			}
		}
		id := r.create(r.content("bola", "Bukti"))
		proofs("a draft")
		_, err := r.desk.Publish(ctx, editor, id)
		r.ok(err)
		proofs("a release", "release.1.")
		r.revise(id, func(c *news.Content) { c.Headline = "Bukti baru" })
		proofs("an update", "release.1.")
		r.correct(id, nil)
		proofs("a correction", "release.1.")
		r.embargo(id, noon.Add(time.Hour))
		proofs("an embargo", "takedown.1.")
		r.clock.advance(time.Hour)
		r.due(1)
		proofs("the due loop", "release.1.")
		_, err = r.desk.Withdraw(ctx, editor, id, news.ReasonSARA, "")
		r.ok(err)
		proofs("a withdrawal", "takedown.1.")
		r.take(r.incoming("urn:bukti", "1", "Dari kantor berita"))
		proofs("an import")
	}},
	{"a receipt is written over with each look, and those of withdrawals are kept", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		ctx := t.Context()
		chief := r.colleague("Tono", account.Editor)
		story := r.publish(r.content("bola", "Struk"))
		p := news.Proof{StoryID: story, Kind: news.ProofRelease, Version: 1, At: noon, State: news.ProofOpen, Looks: 1, LookedAt: noon.Add(time.Second),
			Surfaces: []news.Surface{{Name: "story", Path: "/x", Want: news.WantHold, At: noon, Status: 200, ETag: `"a"`, Found: true, Right: true}}}
		if _, err := r.db.Proof(ctx, story, p.Kind, noon); !fault.Is(err, fault.NotFound) {
			t.Fatalf("got %v", err)
		}
		r.ok(r.db.SaveProof(ctx, p, nil))
		p.State, p.Looks = news.ProofUnconfirmed, 2
		r.ok(r.db.SaveProof(ctx, p, []news.Notice{{UserID: chief.ID, StoryID: story, Kind: news.NoticeUnconfirmed, Text: "release", At: noon}}))
		gone := p
		gone.Kind, gone.At = news.ProofTakedown, noon.Add(time.Minute)
		r.ok(r.db.SaveProof(ctx, gone, nil))
		got, err := r.db.Proof(ctx, story, news.ProofRelease, noon)
		r.ok(err)
		p.ID = got.ID
		same(t, "receipt", got, p)
		same(t, "notice", r.told(chief), []string{"unconfirmed release"})
		list, more, err := r.db.Proofs(ctx, story, time.Time{}, 1)
		r.ok(err)
		same(t, "the newest first", []any{len(list), list[0].Kind, more}, []any{1, news.ProofTakedown, true})
		list, more, err = r.db.Proofs(ctx, story, list[0].At, 1)
		r.ok(err)
		same(t, "the rest", []any{len(list), list[0].Kind, more}, []any{1, news.ProofRelease, false})
		r.ok(r.db.TrimProofs(ctx, noon.Add(time.Hour)))
		list, _, err = r.db.Proofs(ctx, story, time.Time{}, 10)
		r.ok(err)
		same(t, "kept", []any{len(list), list[0].Kind}, []any{1, news.ProofTakedown})
	}},
	{"a letter is written with its change or not at all", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		m := change.Mail{Key: "satu", To: "a@b.example", Subject: "Halo", Text: "Isi"}
		_, err := r.db.Change(t.Context(), news.Pick{}, func(*news.World, []*news.Record) (change.Outcome, error) {
			return change.Outcome{Mails: []change.Mail{m}}, nil
		})
		r.ok(err)
		_, err = r.db.Change(t.Context(), news.Pick{IDs: []int64{999}}, func(*news.World, []*news.Record) (change.Outcome, error) {
			return change.Outcome{Mails: []change.Mail{{Key: "dua", To: "a@b.example", Subject: "Halo"}}}, nil
		})
		if !fault.Is(err, fault.NotFound) {
			t.Fatalf("got %v", err)
		}
		r.ok(r.db.AddMails(t.Context(), m, m))
		same(t, "letters", len(r.letters()), 1)
		r.ok(r.db.AddMails(t.Context(), change.Mail{To: "a@b.example", Subject: "1"}, change.Mail{To: "a@b.example", Subject: "2"}))
		list, more, err := r.db.Letters(t.Context(), 0, 2)
		r.ok(err)
		same(t, "the newest", []any{list[0].Subject, list[1].Subject, more}, []any{"2", "1", true})
		list, more, err = r.db.Letters(t.Context(), list[1].ID, 2)
		r.ok(err)
		same(t, "the rest", []any{len(list), list[0].Subject, more}, []any{1, "Halo", false})
	}},
	{"a letter waits, fails, is sent once more and loses its text when it is sent", func(t *testing.T, open Open) {
		r := newOutroom(t, open)
		ctx := t.Context()
		r.ok(r.db.AddMails(ctx, change.Mail{Key: "a", To: "a@b.example", Subject: "A", Text: "Isi", Link: "/x"}, change.Mail{Key: "b", To: "b@b.example", Subject: "B"}))
		l := r.letters()
		a, b := l[1].ID, l[0].ID
		letter := func(id int64) change.Letter {
			t.Helper()
			got, err := r.db.Letter(ctx, id)
			r.ok(err)
			return got
		}
		r.ok(r.db.NoteAttempt(ctx, a, change.Attempt{State: change.MailWaiting, Error: "sibuk", At: noon, Next: noon.Add(time.Minute)}))
		got := letter(a)
		same(t, "waiting", []any{got.State, got.Attempts, got.Error, got.Next, got.Text}, []any{change.MailWaiting, 1, "sibuk", noon.Add(time.Minute), "Isi"})
		r.queue.taken()
		late := func(at time.Time, want int) {
			t.Helper()
			n, err := r.db.QueueMails(ctx, at)
			r.ok(err)
			same(t, "late letters", []int{n, len(r.queue.taken())}, []int{want, want})
		}
		late(noon, 0)
		late(noon.Add(time.Second), 1)
		late(noon.Add(time.Hour), 2)
		r.ok(r.db.NoteAttempt(ctx, a, change.Attempt{State: change.MailFailed, Error: "tidak ada", At: noon}))
		r.clock.advance(time.Hour)
		r.ok(r.db.RetryMail(ctx, a, change.Outcome{}))
		same(t, "jobs", r.queue.taken(), []string{store.JobMail + " 1"})
		got = letter(a)
		same(t, "once more", []any{got.State, got.Attempts, got.At}, []any{change.MailWaiting, 0, noon.Add(time.Hour)})
		r.ok(r.db.NoteAttempt(ctx, a, change.Attempt{State: change.MailSent, At: noon.Add(time.Hour)}))
		r.ok(r.db.NoteAttempt(ctx, a, change.Attempt{State: change.MailFailed, At: noon.Add(time.Hour)}))
		got = letter(a)
		same(t, "sent", []any{got.State, got.Attempts, got.Error, got.Sent, got.Text, got.Link, got.Subject}, []any{change.MailSent, 1, "", noon.Add(time.Hour), "", "", "A"})
		for _, id := range []int64{a, 999} {
			if err := r.db.RetryMail(ctx, id, change.Outcome{}); !fault.Is(err, fault.NotFound) {
				t.Errorf("letter %d: %v", id, err)
			}
		}
		r.ok(r.db.TrimMails(ctx, noon.Add(time.Minute)))
		if _, err := r.db.Letter(ctx, b); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v", err)
		}
	}},
}

func settledReports(t *testing.T, open Open) {
	r := newOutroom(t, open)
	ctx := t.Context()
	chief := r.colleague("Tono", account.Editor)
	story := r.publish(r.content("bola", "Dibetulkan"))
	r.correct(story, nil) // before the report: it does not count
	r.clock.advance(time.Minute)
	settle := func(id int64, in news.Settlement) error { return r.reports.Settle(ctx, chief, id, in) }
	corrected, replied, refused := r.file(story), r.file(story), r.file(story)
	r.coded(settle(corrected, news.Settlement{Outcome: news.ReportCorrected}), fault.Conflict, "report_no_correction")
	r.coded(settle(replied, news.Settlement{Outcome: news.ReportReplied}), fault.Conflict, "report_no_reply")
	r.coded(settle(refused, news.Settlement{Outcome: news.ReportRefused, Reason: " "}), fault.Invalid, "report_reason")
	r.coded(settle(refused, news.Settlement{Outcome: "lupa"}), fault.Invalid, "report_outcome")
	r.coded(settle(refused, news.Settlement{Outcome: news.ReportRefused, Reason: strings.Repeat("a", 2001)}), fault.Invalid, "report_reason_long")
	draft := r.create(r.content("bola", "Tanggapan"))
	r.coded(settle(replied, news.Settlement{Outcome: news.ReportReplied, NoticeID: draft}), fault.Invalid, "report_reply_not_live")

	r.clock.advance(time.Minute)
	r.correct(story, nil)
	r.ok(settle(corrected, news.Settlement{Outcome: news.ReportCorrected, Reason: "Terima kasih."}))
	r.coded(settle(replied, news.Settlement{Outcome: news.ReportReplied}), fault.Conflict, "report_no_reply")
	_, err := r.desk.Publish(ctx, editor, draft)
	r.ok(err)
	r.ok(settle(replied, news.Settlement{Outcome: news.ReportReplied, NoticeID: draft}))
	r.ok(settle(refused, news.Settlement{Outcome: news.ReportRefused, Reason: "Angkanya sesuai dokumen."}))
	r.coded(settle(refused, news.Settlement{Outcome: news.ReportRefused, Reason: "Lagi"}), fault.Conflict, "report_settled")
	r.coded(r.reports.Assign(ctx, chief, refused, chief.ID), fault.Conflict, "report_settled")

	notices, err := r.db.Corrections(ctx, []int64{story})
	r.ok(err)
	list := notices[story]
	newest := slices.MaxFunc(list, func(a, b news.Correction) int { return a.At.Compare(b.At) })
	p := r.report(corrected)
	same(t, "corrected", []any{p.Outcome, p.CorrectionID, p.Reason, p.SettledBy, p.SettledAt, p.RemindAt},
		[]any{news.ReportCorrected, newest.ID, "Terima kasih.", chief.String(), r.clock.Now(), time.Time{}})
	p = r.report(replied)
	same(t, "replied", []any{p.Outcome, p.CorrectionID, p.NoticeID}, []any{news.ReportReplied, int64(0), draft})
	l := r.letters()
	same(t, "the last letter", []any{l[0].Key, l[0].To, l[0].Name}, []any{"report.3.settled", "sari@pembaca.example", "Sari Dewi"})
	if !strings.Contains(l[0].Text, "Angkanya sesuai dokumen.") || !strings.Contains(l[2].Text, "Terima kasih.") {
		t.Errorf("the reader is not told why: %q, %q", l[0].Text, l[2].Text)
	}
	line, _, err := r.db.Timeline(ctx, story, 0, 3)
	r.ok(err)
	for _, e := range line {
		same(t, "on the story's timeline", e.Action, "report.settle")
	}
}

func ptr[T any](v T) *T { return &v }
