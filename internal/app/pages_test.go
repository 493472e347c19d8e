package app_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/pg"
)

// home is where a site is started again and again.
type home struct {
	data, database, theme string
}

const address = "http://localhost:8080"

// live starts the site in a home, for as long as do takes.
func (p *home) live(t *testing.T, name string, do func(*testing.T, *testkit.Site)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		do(t, testkit.New(t, testkit.Options{Data: p.data, Database: p.database, Theme: p.theme, BaseURL: address, Unproved: true}))
	})
}

func (p *home) pages() string { return filepath.Join(p.data, "pages") }

// eachEngine runs a test in a home of its own with either database.
func eachEngine(t *testing.T, do func(*testing.T, *home)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		do(t, &home{data: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		do(t, &home{data: t.TempDir(), database: pg.Database(t)})
	})
}

// archive publishes n stories that can be told apart, and returns their paths.
func archive(s *testkit.Site, n int) (paths []string) {
	s.T.Helper()
	for i := range n {
		s.Create(news.Content{Headline: fmt.Sprintf("Berita Nomor %d", i), Body: s.Body(marker(i))})
	}
	var ids []int64
	for id := int64(1); id <= int64(n); id++ {
		ids = append(ids, id)
	}
	rc, err := s.Desk.Publish(s.T.Context(), testkit.Actor, ids...)
	if err != nil {
		s.T.Fatal(err)
	}
	s.Settle(rc.Seq)
	for _, id := range ids {
		paths = append(paths, s.Path(s.Story(id)))
	}
	return paths
}

func marker(i int) string { return fmt.Sprintf("Kalimat yang hanya ada di berita %dx.", i) }

// open gets a page from the site's handler.
func open(s *testkit.Site, path string) (int, string) {
	s.T.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(s.T.Context(), http.MethodGet, address+path, nil))
	return w.Code, w.Body.String()
}

// walk asks for all pages as a crawler does, looks whether each is itself, and
// returns how many were rendered for it.
func walk(s *testkit.Site, paths []string, gone ...int) uint64 {
	s.T.Helper()
	for _, sec := range s.Tree.All() { // what a start renders in the background
		open(s, "/"+sec.Slug)
	}
	before := s.Engine.Stats()
	for i, path := range paths {
		status, body := open(s, path)
		if len(gone) > 0 && gone[0] == i {
			if status != http.StatusGone || strings.Contains(body, marker(i)) {
				s.T.Errorf("the story that was withdrawn answers %d", status)
			}
			continue
		}
		if status != http.StatusOK || !strings.Contains(body, marker(i)) {
			s.T.Errorf("%s answers %d, its own text is there: %t", path, status, strings.Contains(body, marker(i)))
		}
	}
	return s.Engine.Stats().PageRenders - before.PageRenders
}

// written waits until the store has what was rendered.
func written(s *testkit.Site, records int) {
	s.T.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for s.Engine.Stats().Store.Records < records {
		if time.Now().After(deadline) {
			s.T.Fatalf("the page store has %+v", s.Engine.Stats().Store)
		}
		time.Sleep(time.Millisecond)
	}
}

// image copies the page store as a process leaves it that is killed now.
func (p *home) image(t *testing.T) (restore func()) {
	t.Helper()
	to := t.TempDir()
	copyDir(t, p.pages(), to)
	return func() {
		if err := os.RemoveAll(p.pages()); err != nil {
			t.Fatal(err)
		}
		copyDir(t, to, p.pages())
	}
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func TestPagesSurviveARestart(t *testing.T) {
	const taken = 17
	stories := 200
	if testing.Short() { // the race detector
		stories = 30
	}
	eachEngine(t, func(t *testing.T, p *home) {
		whole := t
		var paths []string
		var revive func()
		p.live(t, "at first", func(t *testing.T, s *testkit.Site) {
			paths = archive(s, stories)
			if n := walk(s, paths); n != uint64(stories) {
				t.Errorf("%d pages were rendered for %d stories", n, stories)
			}
		})
		p.live(t, "after a stop", func(t *testing.T, s *testkit.Site) {
			if n := walk(s, paths); n != 0 {
				t.Errorf("%d pages were rendered again", n)
			}
			if st := s.Engine.Stats(); st.StoreHits < uint64(stories) || st.Store.Reads > uint64(stories)+40 { // what mastheads begin with is read as well
				t.Errorf("a page costs more than a read: %+v", st)
			}
			rc, err := s.Desk.Withdraw(t.Context(), testkit.Actor, taken+1, news.ReasonSARA, "")
			if err != nil || len(rc.Pending) > 0 {
				t.Fatalf("withdraw: %v, pending %v", err, rc.Pending)
			}
			revive = p.image(whole) // acknowledged; what comes later is lost with the process
		})
		if t.Failed() {
			return
		}
		revive()
		p.live(t, "after a kill", func(t *testing.T, s *testkit.Site) {
			// Few stories carry another one in them; its page alone is rendered.
			if n := walk(s, paths, taken); n > 5 {
				t.Errorf("%d pages were rendered again", n)
			}
			if s.Engine.Stats().Store.Emptied != 0 {
				t.Error("the store was emptied")
			}
		})
	})
}

func TestWhatHappensWhileTheSiteIsDownIsSeen(t *testing.T) {
	const stories = 10
	eachEngine(t, func(t *testing.T, p *home) {
		var paths []string
		p.live(t, "at first", func(t *testing.T, s *testkit.Site) {
			paths = archive(s, stories)
			walk(s, paths)
			written(s, stories)
		})
		down := testkit.New(t, testkit.Options{Data: p.data, Database: p.database, BaseURL: address, Unproved: true, Stopped: true})
		if _, err := down.Desk.Withdraw(t.Context(), testkit.Actor, 4, news.ReasonSARA, ""); err != nil {
			t.Fatal(err)
		}
		if err := down.Close(); err != nil {
			t.Fatal(err)
		}
		p.live(t, "then", func(t *testing.T, s *testkit.Site) {
			if n := walk(s, paths, 3); n > 3 {
				t.Errorf("%d pages were rendered again", n)
			}
		})
	})
}

func TestThePageStoreIsEmptiedWhenItCannotBeTrusted(t *testing.T) {
	const stories = 5
	cases := map[string]func(*testing.T, *home){
		"events were removed before they were read": func(t *testing.T, p *home) {
			s := testkit.New(t, testkit.Options{Data: p.data, Database: p.database, BaseURL: address, Unproved: true, Stopped: true})
			s.Create(news.Content{Headline: "Satu Lagi"})
			if _, err := s.Desk.Publish(t.Context(), testkit.Actor, stories+1); err != nil {
				t.Fatal(err)
			}
			if err := s.DB.TrimEvents(t.Context(), testkit.Start.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		},
		"another theme": func(t *testing.T, p *home) {
			p.theme = t.TempDir()
			if err := os.WriteFile(filepath.Join(p.theme, "tokens.css"), []byte(":root { --brand: #123456 }\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"the log of announcements is cut": func(t *testing.T, p *home) {
			name := filepath.Join(p.pages(), "tags.log")
			b, err := os.ReadFile(name)
			if err == nil {
				err = os.WriteFile(name, b[:len(b)-3], 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		},
		"the folder was deleted": func(t *testing.T, p *home) {
			if err := os.RemoveAll(p.pages()); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			each := eachEngine
			if name != "events were removed before they were read" { // the database has no part in it
				each = func(t *testing.T, do func(*testing.T, *home)) { t.Parallel(); do(t, &home{data: t.TempDir()}) }
			}
			each(t, func(t *testing.T, p *home) {
				var paths []string
				p.live(t, "at first", func(t *testing.T, s *testkit.Site) {
					paths = archive(s, stories)
					walk(s, paths)
					written(s, stories)
				})
				spoil(t, p)
				p.live(t, "then", func(t *testing.T, s *testkit.Site) {
					if n := walk(s, paths); n != uint64(stories) {
						t.Errorf("%d of %d pages were rendered anew", n, stories)
					}
					written(s, stories)
				})
				p.live(t, "and again", func(t *testing.T, s *testkit.Site) {
					if n := walk(s, paths); n != 0 {
						t.Errorf("%d pages were rendered again", n)
					}
				})
			})
		})
	}
}

// A copy of the database that is put back has other events under the same numbers.
func TestARestoredDatabaseEmptiesThePageStore(t *testing.T) {
	t.Parallel()
	p := &home{data: t.TempDir()}
	var paths []string
	publish := func(s *testkit.Site, headline string, minutes int) {
		s.Clock.Set(testkit.Start.Add(time.Duration(minutes) * time.Minute))
		st := s.Publish(news.Content{Headline: "Berita Sama", Standfirst: headline, Body: s.Body(headline)})
		paths = append(paths, s.Path(st))
	}
	p.live(t, "at first", func(t *testing.T, s *testkit.Site) { archive(s, 2) })
	database := func() []string { // the file and what SQLite keeps beside it
		names, err := filepath.Glob(filepath.Join(p.data, "warta.db*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	copied := map[string][]byte{}
	for _, name := range database() {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		copied[name] = b
	}
	p.live(t, "a publication that will be lost", func(t *testing.T, s *testkit.Site) {
		publish(s, "yang hilang", 10)
		if status, body := open(s, paths[0]); status != http.StatusOK || !strings.Contains(body, "yang hilang") {
			t.Errorf("%s answers %d", paths[0], status)
		}
	})
	for _, name := range database() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	for name, b := range copied {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// While the site is down, another publication takes the numbers of the lost one.
	down := testkit.New(t, testkit.Options{Data: p.data, BaseURL: address, Unproved: true, Stopped: true})
	publish(down, "yang ada", 20)
	if err := down.Close(); err != nil {
		t.Fatal(err)
	}
	if paths[0] != paths[1] {
		t.Fatalf("the test needs two stories with one address: %v", paths)
	}
	p.live(t, "then", func(t *testing.T, s *testkit.Site) {
		if _, body := open(s, paths[1]); strings.Contains(body, "yang hilang") || !strings.Contains(body, "yang ada") {
			t.Error("readers get what the database does not hold")
		}
	})
}

func TestASecondProcessGoesWithoutAPageStore(t *testing.T) {
	t.Parallel()
	p := &home{data: t.TempDir()}
	p.live(t, "the first", func(t *testing.T, s *testkit.Site) {
		paths := archive(s, 3)
		walk(s, paths)
		var said bytes.Buffer
		log := slog.New(slog.NewTextHandler(&said, nil))
		other := testkit.New(t, testkit.Options{Data: p.data, BaseURL: address, Unproved: true, Log: log, Stopped: true})
		if !strings.Contains(said.String(), "another process uses the page store") {
			t.Errorf("it said %q", said.String())
		}
		last, err := other.DB.LastEvent(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		other.Engine.Start(last)
		if n := walk(other, paths); n != 3 {
			t.Errorf("%d pages were rendered", n)
		}
	})
}
