package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/stats"
	"warta/internal/testkit"
	"warta/internal/testkit/pg"
)

// place is a configuration for a site that is not there yet.
func place(t *testing.T, postgres bool) app.Config {
	t.Helper()
	cfg := app.Config{Data: filepath.Join(t.TempDir(), "data"), Listen: "127.0.0.1:0", BaseURL: baseURL}
	if postgres {
		cfg.Database = pg.Database(t)
	}
	return cfg
}

func restored(t *testing.T, cfg app.Config, backup string) {
	t.Helper()
	if _, err := app.RestoreBackup(t.Context(), cfg, quiet(), backup, nil); err != nil {
		t.Fatal(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// siteAt starts what a configuration names.
func siteAt(t *testing.T, cfg app.Config) *testkit.Site {
	t.Helper()
	return testkit.New(t, testkit.Options{BaseURL: baseURL, Hosts: []string{oldHost}, Data: cfg.Data, Database: cfg.Database})
}

// TestABackupAnswersEveryAddress goes from SQLite to both engines, and from
// PostgreSQL back.
func TestABackupAnswersEveryAddress(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of addresses; the ordinary run has them")
	}
	t.Parallel()
	n := newNewspaper(t)
	n.ok(n.DB.AddReads(t.Context(), []stats.Reads{{Hour: testkit.Start.Truncate(time.Hour), Story: 1, Count: 9}, {Hour: testkit.Start.Truncate(time.Hour), Story: 5, Count: 4}}))
	room := newRoom(n)
	n.settled()
	want := crawl(t, n.Site, n.entrances())
	if len(want) < 300 {
		t.Fatalf("the crawl saw %d addresses only", len(want))
	}
	first := filepath.Join(t.TempDir(), "satu.tar")
	rep, err := n.Backup(t.Context(), first, nil)
	n.ok(err)
	if rep.Files < 4 || rep.Rows < 300 || len(rep.Lost) > 0 {
		t.Errorf("the report says %+v", rep)
	}
	key, err := n.DB.Secret(t.Context(), "class")
	n.ok(err)
	t.Run("on SQLite", func(t *testing.T) {
		t.Parallel()
		cfg := place(t, false)
		restored(t, cfg, first)
		s := siteAt(t, cfg)
		compare(t, s, want)
		room.isIn(t, s)
		if same, err := s.DB.Secret(t.Context(), "class"); err != nil || string(same) != string(key) {
			t.Errorf("it signs with another key: %v", err)
		}
		goesOn(t, s)
	})
	t.Run("on PostgreSQL, and back on SQLite", func(t *testing.T) {
		t.Parallel()
		cfg := place(t, true)
		restored(t, cfg, first)
		s := siteAt(t, cfg)
		compare(t, s, want)
		room.isIn(t, s)
		second := filepath.Join(t.TempDir(), "dua")
		if _, err := s.Backup(t.Context(), second, nil); err != nil {
			t.Fatal(err)
		}
		goesOn(t, s)
		back := place(t, false)
		restored(t, back, second)
		other := siteAt(t, back)
		compare(t, other, want)
		room.isIn(t, other)
		goesOn(t, other)
	})
}

// room is what only the newsroom sees.
type room struct {
	user     account.User
	password string
	session  string // a token
	invite   string
	draft    int64
	state    news.DraftState
	work     []news.WorkCard
	pictures []media.Picture
}

// client is the browser that signs in.
var client = account.Client{Network: "192.0.2.1", Device: "Firefox"}

// newRoom puts people and an unfinished story into a newspaper.
func newRoom(n *newspaper) *room {
	n.t.Helper()
	ctx := n.t.Context()
	r := &room{password: "Panjang-dan-tak-tertebak-4711"}
	var err error
	r.user, err = n.Staff.Make(ctx, testkit.Actor, account.Invitation{Email: "rani@kabar.example", Name: "Rani", Role: account.Editor}, r.password, false)
	n.ok(err)
	e, err := n.Staff.SignIn(ctx, r.user.Email, r.password, client)
	n.ok(err)
	r.session = e.Token
	_, r.invite, err = n.Staff.Invite(ctx, testkit.Actor, account.Invitation{Email: "budi@kabar.example", Name: "Budi", Role: account.Reporter})
	n.ok(err)
	r.draft = n.Create(news.Content{Headline: "Mangrove yang sedang ditulis"})
	for _, head := range []string{`"Mangrove satu"`, `"Mangrove dua"`} { // both build on the first one: a conflict
		_, err = n.Desk.Save(ctx, r.user.Actor(), news.DraftSave{StoryID: r.draft, Base: 1, Fields: map[string]json.RawMessage{"headline": json.RawMessage(head)}})
		n.ok(err)
	}
	r.state, r.work, r.pictures = look(n.t, n.Site, r.draft)
	if len(r.state.Conflicts) != 1 || len(r.work) != 1 || len(r.pictures) == 0 {
		n.t.Fatalf("the newsroom has %d conflicts, finds %d stories and %d pictures", len(r.state.Conflicts), len(r.work), len(r.pictures))
	}
	return r
}

// look is what the newsroom finds of a story, by its words, and of pictures.
func look(t testing.TB, s *testkit.Site, draft int64) (news.DraftState, []news.WorkCard, []media.Picture) {
	t.Helper()
	st, err := s.Desk.Draft(t.Context(), testkit.Actor, draft)
	if err != nil {
		t.Fatal(err)
	}
	work, _, _, err := s.DB.Work(t.Context(), news.WorkFilter{Text: "mangrove", Viewer: testkit.Actor, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	pictures, _, _, err := s.DB.FindPictures(t.Context(), media.Search{Text: "dermaga", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	return st, work, pictures
}

// isIn looks whether the newsroom is as it was, sessions and links apart.
func (r *room) isIn(t *testing.T, s *testkit.Site) {
	t.Helper()
	state, work, pictures := look(t, s, r.draft)
	for what, pair := range map[string][2]any{"draft": {state, r.state}, "work": {work, r.work}, "pictures": {pictures, r.pictures}} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("the %s came back as\n%+v\nwant\n%+v", what, pair[0], pair[1])
		}
	}
	if e, err := s.Staff.SignIn(t.Context(), r.user.Email, r.password, client); err != nil || e.UserID != r.user.ID {
		t.Errorf("signing in: %+v, %v", e, err)
	}
	if _, err := s.Staff.Open(t.Context(), r.session); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a session came along: %v", err)
	}
	if _, err := s.Staff.Invited(t.Context(), account.TicketInvite, r.invite); !fault.Is(err, fault.Gone) {
		t.Errorf("an invitation came along: %v", err)
	}
}

// settled waits until readers are answered with what is true now.
func (n *newspaper) settled() {
	n.t.Helper()
	last, err := n.DB.LastEvent(n.t.Context())
	n.ok(err)
	n.Settle(last)
}

// goesOn works on in a site that was restored.
func goesOn(t *testing.T, s *testkit.Site) {
	t.Helper()
	if err := s.DB.Check(t.Context()); err != nil {
		t.Error(err)
	}
	st := s.Publish(news.Content{Headline: "Berita baru sesudah pemulihan"})
	if st.ID <= 50 {
		t.Errorf("the new story has the id %d", st.ID)
	}
	if got := ask(s, "localhost:8080", s.Path(st)); got.status != 200 || !strings.Contains(got.body, "sesudah pemulihan") {
		t.Errorf("the new story answers %d", got.status)
	}
	if _, err := s.Desk.Correct(t.Context(), testkit.Actor, news.Correction{StoryID: st.ID, Kind: news.Ralat, Text: "Salah ketik."}); err != nil {
		t.Errorf("correct: %v", err)
	}
	if _, err := s.DB.EnsurePersons(t.Context(), []string{"Orang Baru"}); err != nil {
		t.Errorf("new person: %v", err)
	}
}

// TestABackupIsOfOneMoment takes backups while stories are written: every row
// that another one needs is in them.
func TestABackupIsOfOneMoment(t *testing.T) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "on SQLite", true: "on PostgreSQL"}[postgres], func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{BaseURL: baseURL, Postgres: postgres, Stopped: true})
			var writing sync.WaitGroup
			ctx, stop := context.WithCancel(t.Context())
			defer writing.Wait()
			defer stop()
			written := make(chan int, 10_000)
			writing.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					id, err := s.Desk.Create(t.Context(), testkit.Actor, news.Content{Headline: fmt.Sprintf("Berita nomor %d", i), SectionID: s.Section("nasional"), Body: s.Body("Isi.")})
					if err == nil {
						_, err = s.Desk.Publish(t.Context(), testkit.Actor, id)
					}
					if err != nil {
						t.Error(err)
						return
					}
					written <- i
				}
			})
			for range 3 {
				before := <-written
				path := filepath.Join(t.TempDir(), "x.tar")
				if _, err := s.Backup(t.Context(), path, nil); err != nil {
					t.Fatal(err)
				}
				cfg := place(t, false) // SQLite holds rows against their foreign keys
				restored(t, cfg, path)
				core, err := app.Open(t.Context(), cfg, quiet(), s.Clock.Now)
				if err != nil {
					t.Fatal(err)
				}
				defer core.Close()
				n, err := core.DB.CountStories(t.Context())
				if err != nil || n.Live <= int64(before) || n.Stories > n.Live+1 {
					t.Errorf("%+v (%v) after %d stories were published", n, err, before+1)
				}
				if err := core.DB.Check(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestARestorationThatIsBrokenOffLeavesNothingToServe breaks it at many points.
func TestARestorationThatIsBrokenOffLeavesNothingToServe(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("nothing runs at once here")
	}
	n := newNewspaper(t)
	n.settled()
	want := crawl(t, n.Site, []string{"/", "/sitemap.xml"})
	path := filepath.Join(t.TempDir(), "x.tar")
	_, err := n.Backup(t.Context(), path, nil)
	n.ok(err)
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "on SQLite", true: "on PostgreSQL"}[postgres], func(t *testing.T) {
			t.Parallel()
			cfg := place(t, postgres)
			refused := 0
			for _, phase := range []app.BackupPhase{app.BackupVerify, app.BackupFiles, "rows"} {
				for _, at := range []int{1, 3} {
					ctx, cancel := context.WithCancel(t.Context())
					step := 0
					_, err := app.RestoreBackup(ctx, cfg, quiet(), path, func(p app.BackupPhase, _, _ int64) {
						if p == phase {
							if step++; step == at {
								cancel()
							}
						}
					})
					cancel()
					if !errors.Is(err, context.Canceled) {
						t.Fatalf("%s %d: %v", phase, at, err)
					}
					if phase == app.BackupVerify {
						continue // nothing is written yet
					}
					core, err := app.Open(t.Context(), cfg, quiet(), nil)
					if err == nil {
						core.Close()
					}
					if !fault.Is(err, fault.Conflict) || !strings.Contains(app.Explain(err), "warta restore") {
						t.Errorf("%s %d: the place opens: %v", phase, at, err)
					}
					refused++
				}
			}
			if refused != 4 {
				t.Errorf("refused %d times", refused)
			}
			restored(t, cfg, path)
			compare(t, siteAt(t, cfg), want)
			if _, err := app.RestoreBackup(t.Context(), cfg, quiet(), path, nil); !fault.Is(err, fault.Conflict) {
				t.Errorf("a full place takes a backup: %v", err)
			}
		})
	}
}

func TestADamagedBackupTouchesNothing(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Stopped: true})
	dir := filepath.Join(t.TempDir(), "x")
	if _, err := s.Backup(t.Context(), dir, nil); err != nil {
		t.Fatal(err)
	}
	eachFile(t, dir, func(path string, data []byte) {
		if strings.HasPrefix(path, "tables/sections") {
			data[len(data)/2] ^= 1
			writeFile(t, filepath.Join(dir, filepath.FromSlash(path)), data)
		}
	})
	cfg := place(t, false)
	_, err := app.RestoreBackup(t.Context(), cfg, quiet(), dir, nil)
	if !fault.Is(err, fault.Invalid) || !strings.Contains(app.Explain(err), "tables/sections") {
		t.Errorf("err = %v", err)
	}
	if _, err := app.CheckBackup(t.Context(), dir, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("the check says %v", err)
	}
	if missing(filepath.Join(cfg.Data, "warta.db")) != nil {
		t.Error("a database was made")
	}
}

func TestABackupSaysWhichOriginalsAreLost(t *testing.T) {
	t.Parallel()
	n := newNewspaper(t)
	list, err := n.DB.PublicPicturesAfter(t.Context(), 0, 2)
	n.ok(err)
	n.ok(n.Blobs.Delete(t.Context(), list[0].OriginalKey()))
	n.ok(n.Blobs.Put(t.Context(), list[1].OriginalKey(), strings.NewReader("lain"), 4))
	rep, err := n.Backup(t.Context(), filepath.Join(t.TempDir(), "x.tar"), nil)
	n.ok(err)
	lost := strings.Join(rep.Lost, " ")
	if len(rep.Lost) != 2 || !strings.Contains(lost, list[0].Hash) || !strings.Contains(lost, list[1].Hash) {
		t.Errorf("lost: %v", rep.Lost)
	}
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// missing returns an error unless there is no file.
func missing(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there: %w", path, err)
	}
	return nil
}
