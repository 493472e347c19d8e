package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/store"
	"warta/internal/testkit/pg"
)

// serverEnv makes a run of this test binary a serving process that is killed;
// its value is the database.
const serverEnv = "WARTA_SERVER_DATABASE"

func TestATakedownDoesNotWaitForAKilledProcess(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("nobody can tell that a process has ended")
	}
	for name, url := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return t.TempDir() + "/warta.db" },
		"PostgreSQL": func(t *testing.T) string { return pg.Database(t, migrated) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			var ahead atomic.Int64 // how far the clock was moved
			db, err := store.Open(t.Context(), store.Options{URL: url, Now: func() time.Time {
				return time.Now().Add(time.Duration(ahead.Load()))
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			first, second := serve(t, url, "first"), serve(t, url, "second")
			confirm := func(what string, within time.Duration, want ...string) {
				t.Helper()
				ctx, stop := context.WithTimeout(t.Context(), within)
				defer stop()
				pending, err := db.Confirm(ctx, 1)
				if err != nil || !slices.Equal(pending, want) {
					t.Errorf("%s: still waiting for %v, want %v: %v", what, pending, want, err)
				}
			}

			ahead.Store(int64(store.ProcessAlive / 3))
			confirm("both live and are silent", 100*time.Millisecond, "first", "second")
			kill(first)
			confirm("one was killed", 3*time.Second, "second")
			if pending, err := db.Pending(t.Context(), 1); err != nil || !slices.Equal(pending, []string{"second"}) {
				t.Errorf("the row of the killed one was left: %v, %v", pending, err)
			}
			kill(second)
			if err := db.RegisterProcess(t.Context(), "new", "new", 0); err != nil {
				t.Fatal(err)
			}
			if pending, err := db.Pending(t.Context(), 1); err != nil || !slices.Equal(pending, []string{"new"}) {
				t.Errorf("a start left the row of a killed one: %v, %v", pending, err)
			}
		})
	}
}

// serve starts a process that registers and then neither beats nor ends.
func serve(t *testing.T, url, name string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestServing$")
	cmd.Env = append(os.Environ(), serverEnv+"="+url, "WARTA_SERVER_NAME="+name)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "registered" {
			return cmd
		}
	}
	t.Fatal("the process ended before it had registered")
	return nil
}

func kill(cmd *exec.Cmd) {
	cmd.Process.Kill() // SIGKILL
	cmd.Wait()         // an error: it was killed
}

// TestServing is the process that is killed; by itself it does nothing.
func TestServing(t *testing.T) {
	url, name := os.Getenv(serverEnv), os.Getenv("WARTA_SERVER_NAME")
	if url == "" {
		t.Skip("this runs as the victim of another test")
	}
	db := openURL(t, url)
	if err := db.RegisterProcess(t.Context(), name, name, 0); err != nil {
		t.Fatal(err)
	}
	fmt.Println("registered")
	time.Sleep(time.Minute) // until it is killed
}
