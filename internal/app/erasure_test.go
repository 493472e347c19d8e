package app_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/web"
)

// tracks are what a reader leaves in the tests of erasure: none of it is
// anything else's by chance.
var tracks = []string{"zqxhapus", "zqxbaru", "Zqxnama", "zqxperangkat", "203.0.113.77", "zqxkunci"}

// holds returns the tables in which there is a track, by name.
func holds(t *testing.T, s *testkit.Site, postgres bool) (found []string) {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if postgres {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	db := s.DB.ReadHandle()
	for _, table := range texts(t, db, list) {
		for _, row := range texts(t, db, `SELECT * FROM "`+table+`"`) {
			for _, track := range tracks {
				if strings.Contains(row, track) {
					found = append(found, table)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// texts returns each row of a query as one text.
func texts(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			line = append(line, fmt.Sprint(v))
		}
		out = append(out, strings.Join(line, "\x00"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// book is a log that can be read while it is written.
type book struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (k *book) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.b.Write(p)
}

func (k *book) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.b.String()
}

// TestAnErasedReaderIsNowhere lets a reader use all that there is, and looks for
// him in every table, in every file that the site keeps, in its log, in its
// search and in an export.
func TestAnErasedReaderIsNowhere(t *testing.T) {
	t.Parallel()
	for _, engine := range []struct {
		name     string
		postgres bool
	}{{"SQLite", false}, {"PostgreSQL", true}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			var log book
			data := t.TempDir()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Data: data, Unproved: true,
				Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			published := s.Publish(news.Content{})
			story := s.Path(published)
			s.Reader("zqxhapus@pembaca.example", "Zqxnama Pembaca")
			b := s.Browser()
			b.Agent = "zqxperangkat/1.0"
			from := []string{"X-Forwarded-For", "203.0.113.77"}
			sign := func(email string) {
				t.Helper()
				form := map[string][]string{"email": {email}, "password": {testkit.Password}}
				if res := b.Send("POST", "/account/sign-in", url.Values(form), from...); res.StatusCode != 303 {
					t.Fatalf("signing in as %s: %d", email, res.StatusCode)
				}
			}
			b.Send("POST", "/account/sign-in", url.Values{"email": {"zqxhapus@pembaca.example"}, "password": {"salah sama sekali"}}, from...)
			sign("zqxhapus@pembaca.example")
			b.Post("/account/email", "email", "zqxbaru@pembaca.example")
			link, _ := s.LetterTo("zqxbaru@pembaca.example")
			b.Open(link)
			b.Open(story)
			b.Post("/account/shelf", "item", fmt.Sprint("save-", published.ID))
			b.Post("/account/shelf", "item", fmt.Sprint("section-", s.Section("nasional")))
			b.Post("/account/link", "email", "zqxbaru@pembaca.example")
			b.Post("/account/reset", "email", "zqxbaru@pembaca.example")
			err := s.DB.ChangeMember(t.Context(), member.Pick{Email: "zqxbaru@pembaca.example"}, func(e *member.Edit) (change.Outcome, error) {
				e.Record.Passkeys = []account.Passkey{{ID: "zqxkunci", Data: "{}"}}
				e.Record.Identities = []member.Identity{{Provider: "contoh", Subject: "zqxkunci", Email: "zqxbaru@pembaca.example"}}
				return change.Outcome{}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			kept := func() int { return len(texts(t, s.DB.ReadHandle(), `SELECT * FROM member_items`)) }
			if kept() != 2 {
				t.Errorf("the reader keeps %d things", kept())
			}
			before := holds(t, s, engine.postgres)
			for _, table := range []string{"members", "member_sessions", "member_passkeys", "member_identities", "member_tickets", "mails"} {
				if !slices.Contains(before, table) {
					t.Errorf("nothing of the reader is in %s: the test looks in the wrong place (%v)", table, before)
				}
			}
			if res := b.Post("/account/delete", "twice", "1"); res.Header.Get("Location") != "/account/deleted" {
				t.Fatalf("giving up: %d %q", res.StatusCode, res.Header.Get("Location"))
			}
			if b.Cookies[web.ReaderCookie] != "" {
				t.Error("the session goes on")
			}
			s.Clock.Set(s.Clock.Now().Add(72 * time.Hour))
			if _, err := s.Members.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := s.DB.TrimMembers(t.Context(), s.Clock.Now().Add(-2*web.ClassAge)); err != nil {
				t.Fatal(err)
			}
			if after := holds(t, s, engine.postgres); len(after) > 0 {
				t.Errorf("the reader is still in %v", after)
			}
			if kept() != 0 {
				t.Error("what the reader kept is still there") // numbers alone, so no track of him
			}
			for _, track := range tracks {
				if strings.Contains(log.String(), track) {
					t.Errorf("the log says %s", track)
				}
				if res := s.Get("/search?q=" + track); strings.Contains(res.Body, "data-list") {
					t.Errorf("the search finds %s", track)
				}
			}
			out := filepath.Join(t.TempDir(), "export")
			if _, err := s.Core.Export(t.Context(), out, nil); err != nil {
				t.Fatal(err)
			}
			for _, dir := range []string{filepath.Join(data, "pages"), filepath.Join(data, "files"), out} {
				lookThrough(t, dir)
			}
		})
	}
}

// lookThrough reports a track in any file below a folder.
func lookThrough(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, track := range tracks {
			if bytes.Contains(text, []byte(track)) {
				t.Errorf("%s holds %s", path, track)
			}
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}
