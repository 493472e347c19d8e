package deliver_test

import (
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/deliver"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/render"
	"warta/internal/store"
	"warta/internal/testkit/sink"
)

// office is a database with an outbox, a clock, and a queue that only notes
// what it was asked for.
type office struct {
	t    *testing.T
	db   *store.DB
	post *deliver.Post

	mu   sync.Mutex
	now  time.Time
	jobs []change.Job
}

// InsertTx implements store.JobInserter.
func (o *office) InsertTx(_ context.Context, _ *sql.Tx, jobs []change.Job) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.jobs = append(o.jobs, jobs...)
	return nil
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) advance(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func newOffice(t *testing.T, s deliver.Server, trust *tls.Config) *office {
	t.Helper()
	o := &office{t: t, now: time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: o.clock, Jobs: o})
	o.ok(err)
	t.Cleanup(func() { db.Close() })
	o.db = db
	r, err := render.New(render.Options{})
	o.ok(err)
	o.post, err = deliver.New(db, r, "https://kabar.example:8443", deliver.Options{Server: s, Now: o.clock, TLS: trust})
	o.ok(err)
	return o
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// write puts a letter into the outbox and returns its id.
func (o *office) write(m change.Mail) int64 {
	o.t.Helper()
	o.ok(o.db.AddMails(o.t.Context(), m))
	list, _, err := o.db.Letters(o.t.Context(), 0, 1)
	o.ok(err)
	return list[0].ID
}

// letter reads a letter.
func (o *office) letter(id int64) change.Letter {
	o.t.Helper()
	l, err := o.db.Letter(o.t.Context(), id)
	o.ok(err)
	return l
}

// deliver runs the job of a letter.
func (o *office) deliver(id int64) error {
	return o.post.Deliver(o.t.Context(), json.RawMessage(fmt.Sprintf(`{"id":%d}`, id)))
}

// at returns how letters get to a sink.
func at(s *sink.Sink, user string) deliver.Server {
	return deliver.Server{Host: s.Host, Port: s.Port, From: "redaksi@kabar.example", TLS: deliver.NoTLS, User: user, Password: "rahasia"}
}

var invitation = change.Mail{Key: "invite:3", To: "rani@kabar.example", Name: "Rani", Language: "id", Subject: "Undangan ke redaksi",
	Text: "Anda diundang.\n\nTautan berlaku tiga hari.", Link: "/newsroom/invite/abc?x=1&y=2", LinkText: "Terima undangan"}

func TestALetterArrivesAsTextAndHTMLThatSayTheSame(t *testing.T) {
	t.Parallel()
	s := sink.New(t, false, "")
	o := newOffice(t, at(s, ""), nil)
	id := o.write(invitation)
	if len(o.jobs) != 1 || o.jobs[0].Kind != store.JobMail || string(o.jobs[0].Args) != fmt.Sprintf(`{"id":%d}`, id) {
		t.Fatalf("jobs %+v", o.jobs)
	}
	o.ok(o.deliver(id))
	got := s.Letters()
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	l := got[0]
	link := "https://kabar.example:8443/newsroom/invite/abc?x=1&y=2"
	for _, part := range []string{"Halo Rani,", "Anda diundang.", "Tautan berlaku tiga hari.", "Terima undangan"} {
		if !strings.Contains(l.Text, part) || !strings.Contains(l.HTML, part) {
			t.Errorf("%q is not in both forms:\n%s\n%s", part, l.Text, l.HTML)
		}
	}
	if !strings.Contains(l.Text, link) || !strings.Contains(l.HTML, `href="`+strings.ReplaceAll(link, "&", "&amp;")+`"`) {
		t.Errorf("the link is not there:\n%s\n%s", l.Text, l.HTML)
	}
	want := map[string]string{"To": `"Rani" <rani@kabar.example>`, "From": `"Warta" <redaksi@kabar.example>`, "Subject": "Undangan ke redaksi",
		"Message-Id": "<invite.3@kabar.example>", "Auto-Submitted": "auto-generated", "List-Id": "", "Date": "Mon, 23 Nov 2026 05:00:00 +0000"}
	for name, value := range want {
		if h := l.Header.Get(name); h != value {
			t.Errorf("%s: %q, want %q", name, h, value)
		}
	}
	kept := o.letter(id)
	if kept.State != change.MailSent || !kept.Sent.Equal(o.clock()) || kept.Text != "" || kept.Link != "" {
		t.Errorf("the outbox keeps %+v", kept)
	}
	o.ok(o.deliver(id))
	if n := len(s.Letters()); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}

func TestALetterLeadsNowhereButToTheSite(t *testing.T) {
	t.Parallel()
	s := sink.New(t, false, "")
	o := newOffice(t, at(s, ""), nil)
	m := invitation
	m.Link, m.Name = "//evil.example/x", "Rani\r\nBcc: all@evil.example"
	o.ok(o.deliver(o.write(m)))
	got := s.Letters()
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	for _, l := range got {
		if !strings.Contains(l.Text, "https://kabar.example:8443/evil.example/x") || strings.Contains(l.HTML, `href="//`) || l.Header.Get("Bcc") != "" {
			t.Errorf("it leads astray: %v\n%s", l.Header, l.Text)
		}
	}
}

func TestManyOfAKindSayHowToGetNone(t *testing.T) {
	t.Parallel()
	s := sink.New(t, false, "")
	o := newOffice(t, at(s, ""), nil)
	m := invitation
	m.Bulk = true
	o.ok(o.deliver(o.write(m)))
	l := s.Letters()[0]
	if got := l.Header.Get("List-Unsubscribe"); got != "<https://kabar.example:8443/newsroom/me>" {
		t.Errorf("List-Unsubscribe: %q", got)
	}
	if got := l.Header.Get("List-Id"); got != `"Warta" <newsroom.kabar.example>` {
		t.Errorf("List-Id: %q", got)
	}
	if !strings.Contains(l.Text, "https://kabar.example:8443/newsroom/me") {
		t.Error(l.Text)
	}
}

func TestTheConnectionIsProtectedAsItIsSaid(t *testing.T) {
	t.Parallel()
	s := sink.New(t, true, "warta")
	server := at(s, "warta")
	server.TLS = deliver.StartTLS
	o := newOffice(t, server, &tls.Config{RootCAs: s.CA})
	o.ok(o.deliver(o.write(invitation)))
	if len(s.Letters()) != 1 || s.SignIns() != 1 {
		t.Errorf("%d letters, %d sign-ins", len(s.Letters()), s.SignIns())
	}
	t.Run("a server that nobody vouches for gets nothing", func(t *testing.T) {
		o := newOffice(t, server, nil)
		id := o.write(invitation)
		if err := o.deliver(id); err == nil {
			t.Error("no complaint")
		}
		if l := o.letter(id); l.State != change.MailWaiting || l.Error == "" || len(s.Letters()) != 1 {
			t.Errorf("%+v", l)
		}
	})
	t.Run("a server without TLS gets nothing either", func(t *testing.T) {
		open := sink.New(t, false, "")
		server := at(open, "")
		server.TLS = ""
		o := newOffice(t, server, nil)
		id := o.write(invitation)
		if err := o.deliver(id); err == nil || len(open.Letters()) != 0 {
			t.Errorf("%v, %d letters", err, len(open.Letters()))
		}
	})
}

func TestWhatTheServerDoesNotTake(t *testing.T) {
	t.Parallel()
	t.Run("for now is tried again later, longer and longer, and then given up", func(t *testing.T) {
		t.Parallel()
		s := sink.New(t, false, "")
		o := newOffice(t, at(s, ""), nil)
		s.Answer(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"})
		id := o.write(invitation)
		began := o.clock()
		for n := 1; ; n++ {
			err := o.deliver(id)
			l := o.letter(id)
			if l.State == change.MailFailed {
				if err != nil || n < 10 || o.clock().Sub(began) < 70*time.Hour || l.Text == "" {
					t.Errorf("given up after %d attempts and %s: %v, %+v", n, o.clock().Sub(began), err, l)
				}
				break
			}
			if err == nil || l.State != change.MailWaiting || l.Attempts != n || !strings.Contains(l.Error, "greylisted") {
				t.Fatalf("attempt %d: %v, %+v", n, err, l)
			}
			o.advance(l.Next.Sub(o.clock()))
		}
		t.Run("and goes out when somebody says so", func(t *testing.T) {
			s.Answer(nil)
			o.ok(o.db.RetryMail(o.t.Context(), id, change.Outcome{}))
			o.ok(o.deliver(id))
			if o.letter(id).State != change.MailSent || len(s.Letters()) != 1 {
				t.Errorf("%+v", o.letter(id))
			}
			if err := o.db.RetryMail(o.t.Context(), id, change.Outcome{}); !fault.Is(err, fault.NotFound) {
				t.Errorf("sent twice: %v", err)
			}
		})
	})
	t.Run("for good is not tried again", func(t *testing.T) {
		t.Parallel()
		s := sink.New(t, false, "")
		o := newOffice(t, at(s, ""), nil)
		s.Answer(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"})
		id := o.write(invitation)
		o.ok(o.deliver(id))
		if l := o.letter(id); l.State != change.MailFailed || !strings.Contains(l.Error, "no such user") {
			t.Errorf("%+v", l)
		}
	})
	t.Run("because there is no such address is not tried at all", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t, at(sink.New(t, false, ""), ""), nil)
		m := invitation
		m.To = "rani at kabar"
		id := o.write(m)
		o.ok(o.deliver(id))
		if l := o.letter(id); l.State != change.MailFailed || l.Error == "" {
			t.Errorf("%+v", l)
		}
	})
	t.Run("because it is down waits and goes out when it is back", func(t *testing.T) {
		t.Parallel()
		s := sink.New(t, false, "")
		server := at(s, "")
		port := server.Port
		server.Port = 1
		o := newOffice(t, server, nil)
		id := o.write(invitation)
		if err := o.deliver(id); err == nil {
			t.Error("no complaint")
		}
		if l := o.letter(id); l.State != change.MailWaiting || l.Error == "" || l.Next.Sub(o.clock()) != time.Minute {
			t.Errorf("%+v", l)
		}
		if err := o.deliver(id); err == nil {
			t.Error("it was tried before its time")
		}
		if o.letter(id).Attempts != 1 {
			t.Errorf("%+v", o.letter(id))
		}
		o.advance(time.Minute)
		server.Port = port
		r, err := render.New(render.Options{})
		o.ok(err)
		o.post, err = deliver.New(o.db, r, "https://kabar.example:8443", deliver.Options{Server: server, Now: o.clock})
		o.ok(err)
		o.ok(o.deliver(id))
		if len(s.Letters()) != 1 {
			t.Error("it did not arrive")
		}
	})
}

func TestWithoutAServerLettersStayInTheOutbox(t *testing.T) {
	t.Parallel()
	o := newOffice(t, deliver.Server{}, nil)
	id := o.write(invitation)
	o.ok(o.deliver(id))
	if l := o.letter(id); l.State != change.MailWaiting || l.Text != invitation.Text || l.Link != invitation.Link || o.post.On() {
		t.Errorf("%+v", l)
	}
	o.ok(o.db.AddMails(t.Context(), invitation))
	if list, more, err := o.db.Letters(t.Context(), 0, 10); err != nil || len(list) != 1 || more {
		t.Errorf("%d letters, %v, %v: the same key was written twice", len(list), more, err)
	}
	t.Run("for thirty days", func(t *testing.T) {
		o.advance(30*24*time.Hour + time.Second)
		o.ok(o.post.Sweep(t.Context()))
		if _, err := o.db.Letter(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("it is still there: %v", err)
		}
	})
}

func TestSweepAsksAgainForWhatWasLost(t *testing.T) {
	t.Parallel()
	s := sink.New(t, false, "")
	o := newOffice(t, at(s, ""), nil)
	id := o.write(invitation)
	o.jobs = nil
	o.ok(o.post.Sweep(t.Context()))
	if len(o.jobs) != 0 {
		t.Errorf("it asked at once: %+v", o.jobs)
	}
	o.advance(3 * time.Minute)
	o.ok(o.post.Sweep(t.Context()))
	if len(o.jobs) != 1 || o.jobs[0].Key != fmt.Sprint(id) {
		t.Errorf("jobs %+v", o.jobs)
	}
	o.advance(73 * time.Hour)
	o.ok(o.deliver(id))
	if l := o.letter(id); l.State != change.MailFailed || len(s.Letters()) != 0 {
		t.Errorf("a letter of last week was sent: %+v", l)
	}
}

func TestNoticesComeInOneLetterToThoseWhoWantThem(t *testing.T) {
	t.Parallel()
	s := sink.New(t, false, "")
	o := newOffice(t, at(s, ""), nil)
	ctx := t.Context()
	_, err := o.db.Seed(ctx)
	o.ok(err)
	staff := account.NewStaff(o.db)
	user := func(name string) account.User {
		t.Helper()
		u, err := staff.Make(ctx, account.System("cli"), account.Invitation{Email: name + "@kabar.example", Name: name, Role: account.Reporter, Language: lang.ID},
			"kuda laut makan siang", false)
		o.ok(err)
		return u
	}
	rani, budi := user("rani"), user("budi")
	o.ok(staff.SaveProfile(ctx, budi.ID, account.Profile{Name: budi.Name, Language: lang.ID, MailNotices: false}))
	invited, _, err := staff.Invite(ctx, account.System("cli"), account.Invitation{Email: "wati@kabar.example", Name: "wati", Role: account.Reporter})
	o.ok(err)
	tell := func(kind news.NoticeKind, text string, users ...account.User) {
		t.Helper()
		var list []news.Notice
		for _, u := range users {
			list = append(list, news.Notice{UserID: u.ID, StoryID: 1, Kind: kind, Actor: "Tono", Text: text, At: o.clock()})
		}
		o.ok(o.db.SaveProof(ctx, news.Proof{StoryID: 1, Kind: news.ProofRelease, At: o.clock(), State: news.ProofOpen}, list))
	}
	tell(news.NoticeRemark, "Sudah bagus", rani, budi, invited)
	tell(news.NoticeWatch, "caption credit", rani)
	o.ok(o.post.MailNotices(ctx, o.db))
	list, _, err := o.db.Letters(ctx, 0, 10)
	o.ok(err)
	if len(list) != 1 || list[0].To != "rani@kabar.example" || !list[0].Bulk || list[0].Link != "/newsroom/notices" {
		t.Fatalf("letters %+v", list)
	}
	if text := list[0].Text; !strings.Contains(text, "Tono menulis catatan\nSudah bagus") || !strings.Contains(text, "Periksa sebelum tayang") || strings.Contains(text, "caption") {
		t.Errorf("it says %q", text)
	}
	t.Run("each notice once", func(t *testing.T) {
		o.ok(o.post.MailNotices(ctx, o.db))
		if list, _, err := o.db.Letters(ctx, 0, 10); err != nil || len(list) != 1 {
			t.Errorf("%d letters, %v", len(list), err)
		}
	})
	t.Run("one alone says what it is, and leads there", func(t *testing.T) {
		o.advance(time.Minute)
		tell(news.NoticeReportDue, "Angkanya keliru", rani)
		o.ok(o.post.MailNotices(ctx, o.db))
		list, _, err := o.db.Letters(ctx, 0, 1)
		o.ok(err)
		if list[0].Subject != "Tenggat laporan pembaca sudah dekat" || list[0].Link != "/newsroom/reports?story=1" {
			t.Errorf("%+v", list[0])
		}
	})
	t.Run("none for what was read meanwhile", func(t *testing.T) {
		o.advance(time.Minute)
		tell(news.NoticeRemark, "Terbaca", rani)
		o.ok(o.db.ReadNotices(ctx, rani.ID, nil))
		o.ok(o.post.MailNotices(ctx, o.db))
		if list, _, err := o.db.Letters(ctx, 0, 10); err != nil || len(list) != 2 {
			t.Errorf("%d letters, %v", len(list), err)
		}
	})
}

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	good := deliver.Server{Host: "mail.example", From: "a@kabar.example"}
	for _, c := range []struct {
		name  string
		s     deliver.Server
		field string
	}{
		{"no server is fine", deliver.Server{}, ""},
		{"a server with an address is fine", good, ""},
		{"no address", deliver.Server{Host: "mail.example"}, "smtp-from"},
		{"an address with a name", deliver.Server{Host: "mail.example", From: "Rani <a@kabar.example>"}, "smtp-from"},
		{"another way of protection", deliver.Server{Host: "mail.example", From: "a@b.example", TLS: "ssl"}, "smtp-tls"},
		{"a port that is none", deliver.Server{Host: "mail.example", From: "a@b.example", Port: 70000}, "smtp-port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var f *fault.Error
			errors.As(c.s.Check(), &f)
			if (f == nil) != (c.field == "") || f != nil && f.Field != c.field {
				t.Errorf("got %v", f)
			}
		})
	}
}
