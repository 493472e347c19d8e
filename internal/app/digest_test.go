package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/sink"
)

// TestALetterAboutAnswers follows what is new for readers to their mailboxes,
// while the mail server is away at first.
func TestALetterAboutAnswers(t *testing.T) {
	t.Parallel()
	post := sink.New(t, false, "")
	s := testkit.New(t, testkit.Options{Unproved: true, Configure: func(c *app.Config) {
		c.SMTPHost, c.SMTPPort, c.SMTPFrom, c.SMTPTLS = post.Host, post.Port, "redaksi@kabar.example", "none"
	}})
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	mode, many := discuss.ModeAfter, 600
	ok(s.Forum.SaveRules(t.Context(), account.System("test"), discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &mode, PerMinute: &many, Off: &discuss.Phases}))
	form := fmt.Sprint("/comment/story/", s.Publish(news.Content{Headline: "Harga beras turun"}).ID)
	budi := s.Reader("budi@pembaca.example", "Budi Santoso")
	say := func(b *testkit.Browser, pairs ...string) {
		t.Helper()
		if res := b.Post(form, pairs...); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%v: %d", pairs, res.StatusCode)
		}
	}
	who := map[string]*testkit.Browser{}
	for i, name := range []string{"rani", "cabut", "hapus", "tutup", "tanpa", "sepi"} {
		b := s.Reader(name+"@pembaca.example", "Pembaca "+name)
		who[name] = b
		if name != "tanpa" {
			b.Post("/account/comments", "digest", "1")
		}
		say(b, "text", "Pendapat dari "+name)
		if name != "sepi" {
			say(budi, "text", "Jawaban untuk "+name, "reply", fmt.Sprint(2*i+1))
		}
	}
	id := func(name string) int64 {
		t.Helper()
		f, err := s.DB.Member(t.Context(), member.Pick{Email: name + "@pembaca.example"})
		ok(err)
		return f.Record.ID
	}
	_, err := s.Forum.Punish(t.Context(), account.System("test"), discuss.Punishment{MemberID: id("cabut"), Kind: discuss.Ban, Reason: "menghina"})
	ok(err)
	who["hapus"].Post("/account/delete", "twice", "1")
	ok(s.Members.Disable(t.Context(), account.System("test"), id("tutup"), true, "palsu"))
	ask := member.Ask{Browser: "b", Site: "Warta", Lang: lang.ID}
	ok(s.Members.Register(t.Context(), ask, member.Form{Email: "belum@pembaca.example", Name: "Belum Terbukti", Password: testkit.Password, Terms: "test"}))

	digests := func() (list []sink.Letter) {
		for _, l := range post.Letters() {
			if l.Header.Get("List-Unsubscribe-Post") != "" {
				list = append(list, l)
			}
		}
		return list
	}
	outbox := func() (list []change.Letter) {
		t.Helper()
		all, _, err := s.DB.Letters(t.Context(), 0, 200)
		ok(err)
		for _, l := range all {
			if strings.Contains(l.Key, "-digest-") { // what was sent has no words any more
				list = append(list, l)
			}
		}
		return list
	}
	until := func(what string, done func() bool) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %+v", what, outbox())
			}
		}
	}
	post.Answer(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not now"})
	ok(s.App.Post.MailDigests(t.Context(), s.DB))
	until("the server is away", func() bool { l := outbox(); return len(l) == 1 && l[0].Attempts == 1 })
	if l := outbox()[0]; l.State != change.MailWaiting || l.To != "rani@pembaca.example" || len(digests()) != 0 {
		t.Errorf("while the server is away: %+v", l)
	}
	post.Answer(nil)
	s.Clock.Set(s.Clock.Now().Add(5 * time.Minute))
	ok(s.App.Post.MailDigests(t.Context(), s.DB))
	for range 2 { // the job for it comes again; the second time there is nothing to do
		ok(s.App.Post.Deliver(t.Context(), fmt.Appendf(nil, `{"id":%d}`, outbox()[0].ID)))
	}
	until("the server is back", func() bool { l := outbox(); return len(l) == 1 && l[0].State == change.MailSent })
	ok(s.App.Post.MailDigests(t.Context(), s.DB))
	got := digests()
	if len(got) != 1 || len(outbox()) != 1 {
		t.Fatalf("%d letters came, %d were written", len(got), len(outbox()))
	}
	l := got[0]
	page := strings.Trim(l.Header.Get("List-Unsubscribe"), "<>")
	if l.To != "rani@pembaca.example" || l.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(page, s.URL+"/account/letters/") {
		t.Errorf("to %s, headers %v", l.To, l.Header)
	}
	if at, err := l.Header.Date(); err != nil || !at.Equal(s.Clock.Now()) {
		t.Errorf("Date %v, %v", at, err)
	}
	for _, part := range []string{"Budi Santoso", "Harga beras turun", page} {
		if !strings.Contains(l.Text, part) || !strings.Contains(l.HTML, part) {
			t.Errorf("%q is not in both forms:\n%s\n%s", part, l.Text, l.HTML)
		}
	}
	t.Run("one click ends them", func(t *testing.T) {
		res, err := http.Post(page, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
		ok(err)
		res.Body.Close()
		say(budi, "text", "Jawaban sesudah berhenti", "reply", "1")
		s.Clock.Set(s.Clock.Now().Add(25 * time.Hour))
		ok(s.App.Post.MailDigests(t.Context(), s.DB))
		if res.StatusCode != http.StatusOK || len(outbox()) != 1 {
			t.Errorf("%d; %d letters were written", res.StatusCode, len(outbox()))
		}
	})
}
