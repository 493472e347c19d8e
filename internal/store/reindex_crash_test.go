package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/store"
	"warta/internal/testkit/pg"
)

// reindexEnv makes a run of this test binary the worker that is killed; its
// value is the database.
const reindexEnv = "WARTA_CRASH_REINDEX"

// noQueue takes jobs and forgets them: the test does them.
type noQueue struct{}

// InsertTx implements store.JobInserter.
func (noQueue) InsertTx(context.Context, *sql.Tx, []change.Job) error { return nil }

func TestAKilledReindexGoesOn(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return t.TempDir() + "/warta.db" },
		"PostgreSQL": func(t *testing.T) string { return pg.Database(t, migrated) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			const stories = 1600
			db := openURL(t, url)
			db.UseJobs(noQueue{})
			renameTopic(t, db, stories)
			// Each story is found by one of the names, never by none or by both.
			found := func(words string) (n int) {
				t.Helper()
				f := news.SearchFilter{Query: words, Limit: 100}
				for {
					res, err := db.Search(t.Context(), f)
					if err != nil {
						t.Fatal(err)
					}
					n += len(res.Cards)
					if !res.More {
						return n
					}
					f.After = res.Next
				}
			}
			for _, after := range []int{1, 2} {
				before := found("lindu")
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				killedWorker(t, "TestCrashingReindex", reindexEnv, url, "slice", after)
				db = openURL(t, url)
				fresh, old := found("lindu"), found("gempa")
				if fresh < before+100*after || fresh+old != stories {
					t.Fatalf("after %d slices that were reported, and %d stories before, %d are found by the new name and %d by the old", after, before, fresh, old)
				}
				left, err := db.Renamings(t.Context(), news.RefTopic, 1)
				if err != nil || len(left) != 1 || left[0].Done != fresh || left[0].Total != stories {
					t.Fatalf("it says that this is left: %+v, %v", left, err)
				}
			}
			db.UseJobs(noQueue{})
			for more := true; more; {
				var err error
				if more, err = db.ReindexSlice(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
			}
			if fresh, old := found("lindu"), found("gempa"); fresh != stories || old != 0 {
				t.Errorf("in the end %d are found by the new name and %d by the old", fresh, old)
			}
			if err := db.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// renameTopic makes stories with a topic and gives it another name.
func renameTopic(t *testing.T, db *store.DB, stories int) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := db.Seed(t.Context())
	ok(err)
	topics, err := db.EnsureTopics(t.Context(), []string{"Gempa"})
	ok(err)
	for at := 0; at < stories; at += 200 {
		var items []news.Incoming
		for i := at; i < at+200; i++ {
			uri := fmt.Sprint("urn:", i)
			items = append(items, news.Incoming{URI: uri, Version: "1", Hash: uri, Published: time.Date(2020, 1, 1, i, 0, 0, 0, time.UTC),
				Content: news.Content{Headline: "Kabar " + uri, SectionID: 1, Topics: []int64{topics["Gempa"]},
					Body: doc.Doc{Blocks: []doc.Block{doc.Paragraph{Text: doc.Text("Isi.")}}}.WithIDs(doc.SeededIDs(uri))}})
		}
		_, err := news.NewDesk(db, nil).Import(t.Context(), account.System("import"), items)
		ok(err)
	}
	list, err := db.Topics(t.Context(), []int64{topics["Gempa"]})
	ok(err)
	list[0].Name = "Lindu"
	_, err = news.NewSite(db).SaveTopic(t.Context(), account.System("import"), list[0])
	ok(err)
}

// TestCrashingReindex is the process that is killed; by itself it does nothing.
func TestCrashingReindex(t *testing.T) {
	url := os.Getenv(reindexEnv)
	if url == "" {
		t.Skip("this runs as the victim of another test")
	}
	db := openURL(t, url)
	for more := true; more; {
		var err error
		if more, err = db.ReindexSlice(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		fmt.Println("slice")
		time.Sleep(20 * time.Millisecond) // as the job waits between two
	}
}
