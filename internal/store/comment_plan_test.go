package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/discuss"
	"warta/internal/store"
)

// talkRead is what readers ask about comments.
type talkRead struct {
	says string
	by   string // the index that its first statement goes by
	run  func(context.Context) error
}

// talkReads are the reads of readers, with first pages and with pages in the
// middle of n comments.
func talkReads(db *store.DB, n int64) []talkRead {
	threads := func(sort discuss.Sort, after discuss.Cursor) func(context.Context) error {
		return func(ctx context.Context) error {
			p, err := db.Threads(ctx, discuss.Filter{StoryID: store.TalkStory, Sort: sort, After: after, Limit: discuss.PageThreads, Replies: discuss.PageReplies})
			return full(len(p.Entries), discuss.PageThreads, err)
		}
	}
	thread := func(after int64) func(context.Context) error {
		return func(ctx context.Context) error {
			e, err := db.Thread(ctx, store.TalkThread, after, discuss.PageThread)
			return full(len(e.Replies), discuss.PageThread, err)
		}
	}
	own := func(before int64) func(context.Context) error {
		return func(ctx context.Context) error {
			list, err := db.CommentsOf(ctx, store.TalkReader, before, 20)
			return full(len(list), 20, err)
		}
	}
	notices := func(before int64) func(context.Context) error {
		return func(ctx context.Context) error {
			list, err := db.ReaderNotices(ctx, store.TalkReader, before, 20)
			return full(len(list), 20, err)
		}
	}
	deep := discuss.Cursor{ID: n / 2}
	return []talkRead{
		{"the newest threads", "comments_threads", threads(discuss.Newest, discuss.Cursor{})},
		{"the newest threads, deep", "comments_threads", threads(discuss.Newest, deep)},
		{"the oldest threads", "comments_threads", threads(discuss.Oldest, discuss.Cursor{})},
		{"the oldest threads, deep", "comments_threads", threads(discuss.Oldest, deep)},
		{"picks", "comments_featured", threads(discuss.Picks, discuss.Cursor{})},
		{"picks, deep", "comments_featured", threads(discuss.Picks, discuss.Cursor{ID: n / 2, At: time.UnixMilli(n / 2 * 1000)})},
		{"a thread", "", thread(0)},
		{"a thread, deep", "", thread(n / 2)},
		{"a comment", "", func(ctx context.Context) error { return second(db.Comment(ctx, 3)) }},
		{"what is counted", "", func(ctx context.Context) error { return second(db.Discussion(ctx, store.TalkStory)) }},
		{"the newest comments", "comments_story", func(ctx context.Context) error {
			list, err := db.NewestComments(ctx, store.TalkStory, 50)
			return full(len(list), 50, err)
		}},
		{"pages to be told", "discussions_dirty", func(ctx context.Context) error {
			list, err := db.DueAnnouncements(ctx, time.Now(), 100)
			return full(len(list), 100, err)
		}},
		{"the rules", "", func(ctx context.Context) error { return second(db.RulesOf(ctx, store.TalkStory, []int64{1, 2})) }},
		{"one's own comments", "comments_member", own(0)},
		{"one's own comments, deep", "comments_member", own(n / 2)},
		{"what waits of one's own", "comments_member", func(ctx context.Context) error {
			return second(db.OwnWaiting(ctx, store.TalkReader, store.TalkStory, 5))
		}},
		{"one's reactions", "reactions_member", func(ctx context.Context) error {
			list, err := db.ReactionsOf(ctx, store.TalkReader, store.TalkStory, 200)
			return full(len(list), 200, err)
		}},
		{"whom one muted", "", func(ctx context.Context) error { return second(db.Mutes(ctx, store.TalkReader)) }},
		{"what is known of one", "", func(ctx context.Context) error { return second(db.Commenter(ctx, store.TalkReader)) }},
		{"notices", "comment_notices_member", notices(0)},
		{"notices, deep", "comment_notices_member", notices(n / 2)},
		{"unseen notices", "comment_notices_unseen", func(ctx context.Context) error {
			n, err := db.UnseenNotices(ctx, store.TalkReader)
			return full(n, 100, err)
		}},
		{"verdicts", "", func(ctx context.Context) error { return second(db.VerdictsOf(ctx, 3)) }},
	}
}

// full returns an error unless a page is full: a plan for less shows nothing.
func full(n, want int, err error) error {
	if err == nil && n != want {
		err = fmt.Errorf("%d rows, want %d", n, want)
	}
	return err
}

// Reads of comments go by indexes, whatever the page: no table is read whole, and
// nothing beyond a page is sorted.
func TestCommentsAreReadByIndexes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this writes 30,000 comments")
	}
	const n = 10_000
	db := openSQLite(t, store.Options{})
	if err := store.FillTalk(t.Context(), db, n); err != nil {
		t.Fatal(err)
	}
	spy := store.SpyOn(db)
	for _, r := range talkReads(db, n) {
		t.Run(r.says, func(t *testing.T) {
			for i, ran := range statements(t, spy, r) {
				plan, err := spy.Plan(t.Context(), ran)
				if err != nil {
					t.Fatal(err)
				}
				for _, step := range strings.Split(plan, "\n") {
					step = strings.TrimSpace(step)
					if strings.HasPrefix(step, "SCAN") && !mayScan(step) && step != "SCAN unseen" || strings.Contains(step, "TEMP B-TREE") ||
						r.by == "comments_threads" && strings.Contains(step, "story_id>? AND story_id<?") { // a page costs what lies before it
						t.Errorf("%s\n%s\nin the plan\n%s", step, ran.Text, plan)
					}
				}
				if i == 0 && r.by != "" && !strings.Contains(plan, "INDEX "+r.by+" (") {
					t.Errorf("does not go by %s:\n%s\nin the plan\n%s", r.by, ran.Text, plan)
				}
			}
		})
	}
}

// mostRows is more than any step of a read goes through: a page with all the
// reactions to what stands on it.
const mostRows = 300

// On PostgreSQL the steps themselves say what they went through.
func TestCommentsAreReadByIndexesOnPostgreSQL(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this writes 30,000 comments")
	}
	const n = 10_000
	db := openPostgres(t, store.Options{})
	if err := store.FillTalk(t.Context(), db, n); err != nil {
		t.Fatal(err)
	}
	spy := store.SpyOn(db)
	for _, r := range talkReads(db, n) {
		t.Run(r.says, func(t *testing.T) {
			for _, ran := range statements(t, spy, r) {
				steps, plan, err := spy.Steps(t.Context(), ran)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range steps {
					if rows := s.Loops * (s.Rows + s.Filtered + s.Rechecked); rows > mostRows {
						t.Errorf("%s goes through %.0f rows\n%s\nin the plan\n%s", s.Type, rows, ran.Text, plan)
					}
				}
			}
		})
	}
}

// statements returns what a read runs.
func statements(t *testing.T, spy *store.Spy, r talkRead) []store.Ran {
	t.Helper()
	spy.Take()
	if err := r.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	ran := slices.DeleteFunc(spy.Take(), func(r store.Ran) bool { return !strings.Contains(r.Text, "SELECT") })
	if len(ran) == 0 {
		t.Fatal("no statement was seen")
	}
	return ran
}
