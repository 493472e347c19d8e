package app_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/news"
	"warta/internal/testkit"
)

// inbox is a mail server that hands over what it takes, as "to: letter".
type inbox struct {
	to  string
	got chan string
}

func (b *inbox) Mail(string, *smtp.MailOptions) error { return nil }

func (b *inbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	b.to = to
	return nil
}

func (b *inbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	b.got <- b.to + ": " + string(text)
	return err
}

func (b *inbox) Reset()        {}
func (b *inbox) Logout() error { return nil }

func TestALetterGoesFromAReportToItsSender(t *testing.T) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		name := "sqlite"
		if postgres {
			name = "postgres"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 10)
			srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &inbox{got: got}, nil }))
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { defer close(ended); srv.Serve(ln) }()
			t.Cleanup(func() { srv.Close(); <-ended })
			s := testkit.New(t, testkit.Options{Postgres: postgres, Configure: func(c *app.Config) {
				c.SMTPHost, c.SMTPPort, c.SMTPFrom, c.SMTPTLS = "127.0.0.1", ln.Addr().(*net.TCPAddr).Port, "redaksi@kabar.example", "none"
			}})
			st := s.Publish(news.Content{})
			if _, err := s.Reports.File(t.Context(), news.Report{StoryID: st.ID, Kind: news.ReportReply, Name: "Sari", Email: "sari@pembaca.example",
				Text: "Saya tidak pernah berkata begitu."}); err != nil {
				t.Fatal(err)
			}
			select {
			case l := <-got:
				if !strings.HasPrefix(l, "sari@pembaca.example: ") || !strings.Contains(l, "Message-ID: <report.1.received@localhost>") {
					t.Errorf("the letter is %s", l)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("no letter came")
			}
			for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				l, err := s.DB.Letter(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				if l.State == change.MailSent && l.Text == "" {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("the outbox says %+v", l)
				}
			}
		})
	}
}
