package e2e_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/pg"
)

// TestRoomMovesToTheOtherEngine is the drill of the operating guide with the
// program as operators have it: a story is written and published, a backup is
// taken beside the running server and brought into an empty place on the other
// engine. Readers get the same bytes there, and the editor comes in with the
// same password and app and goes on where he was.
func TestRoomMovesToTheOtherEngine(t *testing.T) {
	t.Parallel()
	newTab(t, &testkit.Site{Clock: &testkit.Clock{}}) // skips all where there is no browser
	binary := filepath.Join(t.TempDir(), "warta")
	if out, err := exec.Command("go", "build", "-tags", "nodynamic", "-o", binary, "warta/cmd/warta").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	for name, postgres := range map[string]bool{"from SQLite to PostgreSQL": false, "from PostgreSQL to SQLite": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: postgres, Settings: settings("id"), Now: time.Now(), Stopped: true})
			a := newApart(t, s.Config)
			a.run(binary, testkit.Password, "user", "add", "--email", mover, "--name", "Rani Setyawati", "--role", "editor", "--password-stdin")
			a.start(a.command(binary, "serve"))
			b := newTab(t, s)
			b.size(360)
			b.open("/newsroom/sign-in", 200)
			b.fill("main form", "email", mover, "password", testkit.Password)
			s.Clock.Set(time.Now())
			secret := b.enrol(s, func(string) {})
			id := b.files(s)
			b.does(id, "publish")
			b.proved(id, news.ProofRelease, s)
			b.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
			b.writes(1, " Kalimat yang belum terbit.")
			b.saved(s, id, "Kalimat yang belum terbit.")
			b.quiet()
			path := s.Path(s.Story(id))
			before := a.served(path)

			file := filepath.Join(t.TempDir(), "cadangan.tar")
			a.run(binary, "", "backup", file)
			a.stop()
			cfg := s.Config
			cfg.Data, cfg.Database = t.TempDir(), ""
			if !postgres {
				cfg.Database = pg.Database(t)
			}
			there := newApart(t, cfg)
			there.run(binary, "", "restore", file)
			there.start(there.command(binary, "serve"))
			for at, want := range before {
				if got := there.get(at); got != want {
					t.Errorf("%s: %d bytes in the new place, %d in the old one, or others", at, len(got), len(want))
				}
			}
			r := testkit.New(t, testkit.Options{Data: cfg.Data, Database: cfg.Database, BaseURL: s.URL, Now: s.Clock.Now(), Stopped: true})
			goesOn(t, r, id, path, secret)
		})
	}
}

// mover is the address of the editor who moves along.
const mover = "rani@kabar.example"

// goesOn reads the story in the new place and writes on in its draft.
func goesOn(t *testing.T, r *testkit.Site, id int64, path, secret string) {
	t.Helper()
	reader := newTab(t, r)
	reader.size(360)
	reader.open(path, 200)
	if said := reader.words("main"); !strings.Contains(said, headlineOfTheStory) || strings.Contains(said, "belum terbit") {
		t.Errorf("readers get %q", said)
	}
	reader.until("the picture", `(i=>!!i&&i.complete&&i.naturalWidth>0)(document.querySelector("figure.lead img"))`)

	b := newTab(t, r)
	b.size(1280)
	b.open("/newsroom/sign-in", 200)
	b.fill("main form", "email", mover, "password", testkit.Password)
	// Each code counts once, and that of the next half minute counts already.
	enrolled := r.Clock.Now()
	if r.Clock.Set(time.Now()); r.Clock.Now().Unix()/30 == enrolled.Unix()/30 {
		r.Clock.Set(enrolled.Add(30 * time.Second))
	}
	b.fill("main form", "code", codeOf(t, r, secret))
	b.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
	b.writes(1, " Ditulis setelah pindah.")
	b.saved(r, id, "Kalimat yang belum terbit. Ditulis setelah pindah.")
	reader.open(path, 200)
	if said := reader.words("main"); strings.Contains(said, "setelah pindah") {
		t.Errorf("readers get what was only saved: %q", said)
	}
	b.quiet()
	reader.quiet()
}

var mediaPath = regexp.MustCompile(`/media/[\w/-]+\.(?:webp|jpg)`)

// served returns the page of a story and the pictures that it names, by their
// addresses.
func (a *apart) served(path string) map[string]string {
	a.t.Helper()
	all := map[string]string{path: a.get(path)}
	pictures := mediaPath.FindAllString(all[path], -1)
	if len(pictures) == 0 {
		a.t.Fatalf("%s shows no picture", path)
	}
	for _, p := range pictures {
		all[p] = a.get(p)
	}
	return all
}

// command is a command of the program over this place.
func (a *apart) command(binary string, args ...string) *exec.Cmd {
	args = append(args, "--data", a.cfg.Data, "--base-url", a.cfg.BaseURL, "--listen", a.cfg.Listen)
	if a.cfg.Database != "" {
		args = append(args, "--database", a.cfg.Database)
	}
	return exec.Command(binary, args...)
}

// run runs a command to its end.
func (a *apart) run(binary, in string, args ...string) {
	a.t.Helper()
	cmd := a.command(binary, args...)
	cmd.Stdin = strings.NewReader(in + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		a.t.Fatalf("warta %s: %v\n%s", args, err, out)
	}
}
