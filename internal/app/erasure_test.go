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
	"warta/internal/discuss"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/web"
)

// tracks are what a reader leaves in the tests of erasure: none of it is
// anything else's by chance.
var tracks = []string{"zqxhapus", "zqxbaru", "Zqxnama", "zqxperangkat", "203.0.113.77", "zqxkunci"}

// holds returns the tables in which there is a track, by name.
func holds(t *testing.T, s *testkit.Site, postgres bool) []string {
	return traces(t, s, postgres, tracks)
}

// traces returns the tables in which there is one of some words, by name.
func traces(t *testing.T, s *testkit.Site, postgres bool, words []string) (found []string) {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if postgres {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	db := s.DB.ReadHandle()
	for _, table := range texts(t, db, list) {
		for _, row := range texts(t, db, `SELECT * FROM "`+table+`"`) {
			for _, track := range words {
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
				lookThrough(t, dir, tracks)
			}
		})
	}
}

// TestAnErasedCommenterIsNowhere lets a reader take part in a discussion, with his
// words to go along with the account, or to stay. His name goes from everywhere;
// the thread stays readable.
func TestAnErasedCommenterIsNowhere(t *testing.T) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		for _, forget := range []bool{false, true} {
			t.Run(fmt.Sprintf("postgres %v, words too %v", postgres, forget), func(t *testing.T) {
				t.Parallel()
				var log book
				data := t.TempDir()
				s := testkit.New(t, testkit.Options{Postgres: postgres, Data: data, Unproved: true,
					Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
				mode := discuss.ModeAfter
				if err := s.Forum.SaveRules(t.Context(), account.System("test"), discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &mode}); err != nil {
					t.Fatal(err)
				}
				story := s.Publish(news.Content{})
				b, budi := s.Reader("zqxhapus@pembaca.example", "Zqxnama Pembaca"), s.Reader("budi@pembaca.example", "Budi Santoso")
				form := fmt.Sprint("/comment/story/", story.ID)
				say := func(b *testkit.Browser, pairs ...string) {
					t.Helper()
					if res := b.Post(form, pairs...); res.StatusCode != 303 {
						t.Fatalf("%v: %d", pairs, res.StatusCode)
					}
				}
				budi.Post("/account/comments", "tell", "1", "digest", "1")
				say(b, "text", "Pembuka zqxkata dari saya")
				say(budi, "text", "Jawaban yang tinggal", "reply", "1")
				say(b, "text", "Balasan zqxkata sekali lagi", "reply", "2")
				if forget {
					b.Post("/account/comments", "forget", "1")
				}
				settle := func() {
					t.Helper()
					s.Clock.Set(s.Clock.Now().Add(2 * time.Second))
					if _, err := s.Forum.Announce(t.Context()); err != nil {
						t.Fatal(err)
					}
					last, err := s.DB.LastEvent(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					s.Settle(last)
				}
				settle()
				paths := []string{s.Path(story), form, form + "?sort=oldest", "/comment/1", "/feeds/rss.xml", "/search?q=zqxkata", "/search?q=zqxnama", "/sitemap.xml"}
				if page := s.Get(s.Path(story)).Body; !strings.Contains(page, "zqxkata") || !strings.Contains(page, "Zqxnama") {
					t.Fatal("the page does not show what was said")
				}
				for _, p := range paths {
					s.Get(p)
				}
				if res := b.Post("/account/delete", "twice", "1"); res.Header.Get("Location") != "/account/deleted" {
					t.Fatalf("giving up: %d", res.StatusCode)
				}
				s.Clock.Set(s.Clock.Now().Add(72 * time.Hour))
				if _, err := s.Members.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := s.DB.TrimMembers(t.Context(), s.Clock.Now().Add(-2*web.ClassAge)); err != nil {
					t.Fatal(err)
				}
				settle()
				gone := []string{"zqxhapus", "Zqxnama"}
				if found := traces(t, s, postgres, gone); len(found) > 0 {
					t.Errorf("the reader is still in %v", found)
				}
				words := traces(t, s, postgres, []string{"zqxkata"})
				if forget {
					gone = append(gone, "zqxkata")
				}
				if want := map[bool]int{false: 1, true: 0}[forget]; len(words) != want || len(words) == 1 && words[0] != "comments" {
					t.Errorf("his words are in %v", words)
				}
				for _, p := range append(paths, "/account/comments") {
					page := budi.Open(p).Body
					for _, w := range gone {
						if strings.Contains(page, w) && !strings.HasPrefix(p, "/search") {
							t.Errorf("%s shows %s", p, w)
						}
					}
				}
				for _, p := range []string{s.Path(story), "/comment/1"} {
					res := s.Get(p)
					if res.StatusCode != 200 || !strings.Contains(res.Body, "Jawaban yang tinggal") || !strings.Contains(res.Body, "Budi Santoso") {
						t.Errorf("%s: the thread cannot be read any more (%d)", p, res.StatusCode)
					}
					if strings.Contains(res.Body, "Pembuka zqxkata") == forget {
						t.Errorf("%s shows the words: %v", p, !forget)
					}
				}
				out := filepath.Join(t.TempDir(), "export")
				if _, err := s.Core.Export(t.Context(), out, nil); err != nil {
					t.Fatal(err)
				}
				for _, dir := range []string{filepath.Join(data, "pages"), filepath.Join(data, "files"), out} {
					lookThrough(t, dir, gone)
				}
				for _, w := range append(gone, "zqxkata") {
					if strings.Contains(log.String(), w) {
						t.Errorf("the log says %s", w)
					}
				}
			})
		}
	}
}

// lookThrough reports a word in any file below a folder.
func lookThrough(t *testing.T, dir string, words []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, track := range words {
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
