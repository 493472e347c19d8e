package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/store"
	"warta/internal/testkit/pg"
)

// crashEnv makes a run of this test binary the importer that is killed; its
// value is the database.
const crashEnv = "WARTA_CRASH_DATABASE"

const crashBatches = 30

func TestAKilledImportLosesNothingThatItReported(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return t.TempDir() + "/warta.db" },
		"PostgreSQL": func(t *testing.T) string { return pg.Database(t, migrated) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			for _, after := range []int{1, 3, 7} {
				acknowledged := killedWorker(t, "TestCrashingImport", crashEnv, url, "in ", after)
				checkImported(t, url, acknowledged)
			}
			db := openURL(t, url)
			for batch := range crashBatches {
				importBatch(t, db, batch)
			}
			counts, err := db.CountStories(t.Context())
			if want := int64(crashBatches * 20); err != nil || counts.Stories != want || counts.Versions != want {
				t.Fatalf("got %+v after the repeated import, want %d stories and versions: %v", counts, want, err)
			}
		})
	}
}

// killedWorker runs one test of this binary as a process over a database, and
// kills it when it has reported a number of lines that begin so. What is in the
// pipe then counts as reported too; the number is returned.
func killedWorker(t *testing.T, test, env, url, line string, after int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), env+"="+url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reported := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), line) {
			continue
		}
		if reported++; reported == after {
			cmd.Process.Kill() // SIGKILL
		}
	}
	cmd.Wait() // an error: it was killed
	if reported < after {
		t.Fatalf("%s ended by itself after %d of %d", test, reported, after)
	}
	return reported
}

// checkImported checks that a database is whole and holds the batches.
func checkImported(t *testing.T, url string, batches int) {
	t.Helper()
	db := openURL(t, url)
	if err := db.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for batch := range batches {
		for _, r := range importBatch(t, db, batch) {
			if r.Result != news.ItemUnchanged {
				t.Fatalf("batch %d was reported as in, and an item of it was %s", batch, r.Result)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func openURL(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestCrashingImport is the process that is killed; by itself it does nothing.
func TestCrashingImport(t *testing.T) {
	url := os.Getenv(crashEnv)
	if url == "" {
		t.Skip("this runs as the victim of another test")
	}
	db := openURL(t, url)
	if _, err := db.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	for batch := range crashBatches {
		importBatch(t, db, batch)
		fmt.Printf("in %d\n", batch)
	}
}

func importBatch(t *testing.T, db *store.DB, batch int) []news.Imported {
	t.Helper()
	var items []news.Incoming
	for i := range 20 {
		uri := fmt.Sprintf("urn:crash:%d:%d", batch, i)
		items = append(items, news.Incoming{URI: uri, Version: "1", Hash: uri,
			Published: time.Date(2020, 1, 1+batch, i, 0, 0, 0, time.UTC),
			Content: news.Content{Headline: "Kabar " + uri, SectionID: 1,
				Body: doc.Doc{Blocks: []doc.Block{doc.Paragraph{Text: doc.Text("Isi.")}}}.WithIDs(doc.SeededIDs(uri))}})
	}
	res, err := news.NewDesk(db, nil).Import(context.Background(), account.System("import"), items)
	if err != nil {
		t.Fatal(err)
	}
	return res
}
