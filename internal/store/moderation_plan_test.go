package store_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/discuss"
	"warta/internal/store"
	"warta/internal/testkit/crowd"
)

// desks are the reads of the moderation desk, with arguments that are at the end
// of what there is: a page deep in a queue costs what its first one does.
func desks(db *store.DB, deep int64) map[string]func(context.Context) error {
	queue := func(f discuss.QueueFilter) func(context.Context) error {
		return func(ctx context.Context) error {
			f.Limit = crowd.Page
			_, _, err := db.Queue(ctx, f)
			return err
		}
	}
	at := discuss.QueueCursor{ID: deep}
	return map[string]func(context.Context) error{
		"reported":             queue(discuss.QueueFilter{Kind: discuss.QueueReported}),
		"reported, deep":       queue(discuss.QueueFilter{Kind: discuss.QueueReported, After: discuss.QueueCursor{At: deep * 1000, ID: deep}}),
		"pending":              queue(discuss.QueueFilter{Kind: discuss.QueuePending}),
		"pending, deep":        queue(discuss.QueueFilter{Kind: discuss.QueuePending, After: at}),
		"new authors":          queue(discuss.QueueFilter{Kind: discuss.QueueNew}),
		"new authors, deep":    queue(discuss.QueueFilter{Kind: discuss.QueueNew, After: at}),
		"all":                  queue(discuss.QueueFilter{Kind: discuss.QueueAll}),
		"all, deep":            queue(discuss.QueueFilter{Kind: discuss.QueueAll, After: at}),
		"by author":            queue(discuss.QueueFilter{Kind: discuss.QueueAuthor, MemberID: 1}),
		"by text":              queue(discuss.QueueFilter{Kind: discuss.QueueText, Key: 7}),
		"by story":             queue(discuss.QueueFilter{Kind: discuss.QueuePending, StoryID: 1}),
		"by story, deep":       queue(discuss.QueueFilter{Kind: discuss.QueueAll, StoryID: 1, After: at}),
		"pending of sections":  queue(discuss.QueueFilter{Kind: discuss.QueuePending, Sections: []int64{1, 2, 3}}),
		"reported of sections": queue(discuss.QueueFilter{Kind: discuss.QueueReported, Sections: []int64{1, 2, 3}}),
		"counts":               func(ctx context.Context) error { _, err := db.QueueCounts(ctx, nil); return err },
		"stories":              func(ctx context.Context) error { _, err := db.BusyStories(ctx, 100); return err },
		"complaints in time":   func(ctx context.Context) error { _, err := db.ComplaintsKept(ctx); return err },
		"reminders":            func(ctx context.Context) error { _, err := db.DueComplaints(ctx, time.Now(), 100); return err },
		"has it moved":         func(ctx context.Context) error { _, err := db.DiscussionSeq(ctx); return err },
		"log":                  func(ctx context.Context) error { _, err := db.Moderations(ctx, 0, 50); return err },
		"facts of a comment": func(ctx context.Context) error {
			_, _, err := db.Facts(ctx, discuss.Draft{StoryID: 1, MemberID: 1, Text: "Semoga harga beras turun terus sampai akhir tahun ini."}, 0)
			return err
		},
	}
}

// mayScan are steps of plans that go through little: subqueries with a limit, and
// tables that stay small.
func mayScan(step string) bool {
	for _, small := range []string{"SCAN CONSTANT", "SCAN sections", "SCAN settings", "SCAN waiting", "SCAN newest", "SCAN hour", "SCAN week", "SCAN part",
		"SCAN numbers", "SCAN json_each", "SCAN users", "SCAN (subquery", "SCAN b", "SCAN 1", "SCAN former", "SCAN word_lists", "SCAN ledger_totals", "SCAN discussion_rules"} {
		if strings.HasPrefix(step, small) {
			return true
		}
	}
	return false
}

// The queues go by indexes, whichever page is asked for.
func TestTheModerationDeskGoesByIndexes(t *testing.T) {
	if testing.Short() {
		t.Skip("plans are those without the race detector, under which filling the tables takes minutes")
	}
	t.Parallel()
	db := openSQLite(t, store.Options{})
	if err := crowd.Fill(t.Context(), db, 3000); err != nil {
		t.Fatal(err)
	}
	spy := store.SpyOn(db)
	for says, read := range desks(db, 1500) {
		t.Run(says, func(t *testing.T) {
			spy.Take()
			if err := read(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, ran := range spy.Take() {
				plan, err := spy.Plan(t.Context(), ran)
				if err != nil {
					t.Fatal(err)
				}
				for _, step := range strings.Split(plan, "\n") {
					step = strings.TrimSpace(step)
					if strings.HasPrefix(step, "SCAN") && !mayScan(step) && !strings.Contains(step, "USING") {
						t.Errorf("%s in the plan\n%s", step, plan)
					}
				}
			}
		})
	}
}

// TestTheModerationDeskAtSize measures the desk's reads with as many comments as
// WARTA_COMMENTS says, on both engines, and wants every page of a queue to cost
// about what the first does.
func TestTheModerationDeskAtSize(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("WARTA_COMMENTS"))
	if err != nil {
		t.Skip("WARTA_COMMENTS says how many comments")
	}
	for name, open := range map[string]func(testing.TB, store.Options) *store.DB{"sqlite": openSQLite, "postgres": openPostgres} {
		t.Run(name, func(t *testing.T) {
			db := open(t, store.Options{})
			began := time.Now()
			if err := crowd.Fill(t.Context(), db, n); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d comments made in %s", n, time.Since(began).Round(time.Second))
			for says, read := range desks(db, int64(n)/2) {
				best := time.Hour
				for range 15 {
					began := time.Now()
					if err := read(t.Context()); err != nil {
						t.Fatal(err)
					}
					best = min(best, time.Since(began))
				}
				t.Logf("%-24s %s", says, best.Round(10*time.Microsecond))
				if limit := 50 * time.Millisecond; best > limit {
					t.Errorf("%s takes %s, more than %s", says, best, limit)
				}
			}
			t.Logf("%-20s %8s %8s %8s", "a page of a queue, µs", "first", "middle", "last")
			for _, q := range crowd.Queues(int64(n)) {
				took, err := q.Best(t.Context(), db, 40)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%-20s %8d %8d %8d", q.Says, took[0].Microseconds(), took[1].Microseconds(), took[2].Microseconds())
				for _, d := range took[1:] {
					// What is beside the comments of a page differs a little.
					if d > took[0]*3/2+time.Millisecond {
						t.Errorf("a page of %s takes %s, the first one %s", q.Says, d, took[0])
					}
				}
			}
		})
	}
}
