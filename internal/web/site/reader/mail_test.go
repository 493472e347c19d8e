package reader_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestAMailServerThatIsDown: who registers is told the same as ever, his letter waits
// and counts, and who is in already writes comments.
func TestAMailServerThatIsDown(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	ln.Close() // nobody answers there
	s := testkit.New(t, testkit.Options{Unproved: true, Configure: func(c *app.Config) {
		c.SMTPHost, c.SMTPPort, c.SMTPFrom, c.SMTPTLS = "127.0.0.1", port, "redaksi@kabar.example", "none"
	}})
	b := s.Browser()
	led(t, register(t, b, "rani@kabar.example", ""), "/account/check")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) { // another program sends it
		l, err := s.DB.Letter(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if l.Attempts > 0 {
			if l.State != change.MailWaiting || l.Error == "" || l.Text == "" {
				t.Errorf("the letter is %+v", l)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody tried to send the letter")
		}
	}
	_, code := s.LetterTo("rani@kabar.example")
	led(t, b.Post("/account/check", "code", code), "/account")
	mode := discuss.ModeAfter
	if err := s.Forum.SaveRules(t.Context(), account.System("test"), discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &mode}); err != nil {
		t.Fatal(err)
	}
	story := s.Publish(news.Content{Headline: "Harga Beras Turun"}).ID
	if res := b.Post(fmt.Sprintf("/comment/story/%d", story), "text", "Semoga turun terus"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a comment: %d %.300s", res.StatusCode, res.Body)
	}
	if res := s.Browser().Post("/account/link", "email", "rani@kabar.example"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/account/check") {
		t.Errorf("a sign-in link: %d", res.StatusCode)
	}
}
