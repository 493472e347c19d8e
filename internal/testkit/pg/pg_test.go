package pg_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/testkit/pg"
)

func query[T any](t *testing.T, db *sql.DB, statement string, args ...any) (v T) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), statement, args...).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func exec1(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	a, b := pg.Open(t), pg.Open(t)
	exec1(t, a, "CREATE TABLE story (id bigint)")
	const tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'story'"
	if query[int](t, a, tables) != 1 || query[int](t, b, tables) != 0 {
		t.Error("a table of one database stands in the other")
	}
	if got := query[string](t, a, "SHOW fsync"); got != "off" {
		t.Errorf("fsync = %s in a throw-away cluster", got)
	}
	if got := query[string](t, a, "SHOW server_encoding"); got != "UTF8" {
		t.Errorf("encoding = %s", got)
	}
}

func TestDatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	admin := pg.Open(t)
	var name string
	t.Run("while the test runs it is there, with a connection left open", func(t *testing.T) {
		db, err := sql.Open("pgx", pg.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		name = query[string](t, db, "SELECT current_database()")
	})
	if n := query[int](t, admin, "SELECT count(*) FROM pg_database WHERE datname = $1", name); n != 0 {
		t.Errorf("%s is still there", name)
	}
}

func TestTemplateIsPreparedOnce(t *testing.T) {
	t.Parallel()
	var times atomic.Int32
	tpl := pg.Template{Name: "once", Prepare: func(url string) error {
		times.Add(1)
		db, err := sql.Open("pgx", url)
		if err != nil {
			return err
		}
		_, err = db.ExecContext(context.Background(), "CREATE TABLE story AS SELECT 55 AS id")
		return errors.Join(err, db.Close())
	}}
	for range 3 {
		if id := query[int](t, pg.Open(t, tpl), "SELECT id FROM story"); id != 55 {
			t.Errorf("id = %d", id)
		}
	}
	if times.Load() != 1 {
		t.Errorf("prepared %d times", times.Load())
	}
}

func TestDurableClusterKeepsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	pg.Shared(t) // skips where there is no server
	c, err := pg.Start(pg.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.Create(t.Context(), "news", ""); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", c.URL("news"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := query[string](t, db, "SHOW fsync"); got != "on" {
		t.Errorf("fsync = %s", got)
	}
	exec1(t, db, "CREATE TABLE story (id bigint)")
	exec1(t, db, "INSERT INTO story VALUES (55)")
	ends := []struct {
		name string
		call func() error
	}{{"a crash", c.Kill}, {"a stop", c.Stop}}
	for _, end := range ends {
		name := end.name
		if err := end.call(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := db.PingContext(t.Context()); err == nil {
			t.Errorf("after %s the server still answers", name)
		}
		if err := c.Restart(); err != nil {
			t.Fatalf("after %s: %v", name, err)
		}
		// The pool holds connections of the server that is gone.
		again, err := sql.Open("pgx", c.URL("news"))
		if err != nil {
			t.Fatal(err)
		}
		if n := query[int](t, again, "SELECT count(*) FROM story"); n != 1 {
			t.Errorf("after %s there are %d rows, want 1", name, n)
		}
		again.Close()
	}
}

func TestMissingServerIsSaidAndFailsInCI(t *testing.T) {
	t.Parallel()
	_, err := pg.Start(pg.Options{Bin: t.TempDir()})
	if !errors.Is(err, pg.ErrAbsent) {
		t.Fatalf("error = %v, want ErrAbsent", err)
	}
	cases := []struct {
		name string
		err  error
		ci   bool
		want string
	}{
		{"on a laptop the test skips", err, false, "skip"},
		{"in CI it fails", err, true, "fatal"},
		{"a server that does not start fails everywhere", errors.New("disk full"), false, "fatal"},
		{"without an error it goes on", nil, true, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{TB: t}
			pg.Refuse(r, c.err, c.ci)
			if r.got != c.want {
				t.Errorf("got %q, want %q", r.got, c.want)
			}
		})
	}
}

// recorder notes how a test would have ended.
type recorder struct {
	testing.TB
	got string
}

func (r *recorder) Helper()               {}
func (r *recorder) Skipf(string, ...any)  { r.got = "skip" }
func (r *recorder) Fatalf(string, ...any) { r.got = "fatal" }

const childVariable = "WARTA_PG_TEST_CHILD"

// TestChild is the process that the next test kills: it does nothing by itself.
func TestChild(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		return
	}
	c, err := pg.Start(pg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("dir=" + c.Dir())
	select {}
}

func TestClusterDiesWithItsProcess(t *testing.T) {
	t.Parallel()
	pg.Shared(t) // skips where there is no server
	child := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.count=1")
	child.Env = append(os.Environ(), childVariable+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	dir := ""
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		dir, _ = strings.CutPrefix(lines.Text(), "dir=")
		if !strings.HasPrefix(dir, "/") {
			dir = ""
		}
	}
	pid, err := os.ReadFile(dir + "/data/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	server, _, _ := strings.Cut(string(pid), "\n")
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	gone := func(path string) bool {
		_, err := os.Readlink(path)
		if os.IsNotExist(err) {
			return true
		}
		_, err = os.Stat(path)
		return os.IsNotExist(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(20 * time.Second); !gone(dir) || !gone("/proc/"+server+"/cwd"); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("left behind after a kill: folder %s %v, server %s %v", dir, !gone(dir), server, !gone("/proc/"+server+"/cwd"))
		}
	}
}
