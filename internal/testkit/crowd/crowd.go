// Package crowd fills the tables of comments with as many as a test or a
// measurement wants, and reads the queues of the moderation desk among them. It
// knows the store and no rules: the comments are rows alone.
package crowd

import (
	"context"
	"fmt"
	"time"

	"warta/internal/discuss"
	"warta/internal/store"
)

// Fill puts n comments into an empty database: a tenth waits, half of these of new
// authors, a hundredth is complained about, below 1,000 stories and of 1,000 readers.
func Fill(ctx context.Context, db *store.DB, n int) error {
	tx, err := db.Handle().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	const series = `(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1) SELECT i FROM c) AS c`
	for _, q := range []struct {
		text string
		arg  int
	}{
		{`INSERT INTO stories (id, slug, section_id, status, created) SELECT i, 'berita', 1, 'draft', 1 FROM ` + series, 1000},
		{`INSERT INTO members (id, email, name, handle, created, terms, terms_at) SELECT i, 'p' || i, 'P', 'h' || i, 1, '1', 1 FROM ` + series, 1000},
		{`INSERT INTO comments (id, story_id, section_id, thread_id, member_id, body, body_key, state, reason, at, complaints, shown)
		  SELECT i, i % 1000 + 1, i % 3 + 1, i, i % 1000 + 1, 'Komentar ' || i, i % 100000,
		         CASE WHEN i % 10 = 0 THEN 'pending' ELSE 'published' END, CASE WHEN i % 20 = 0 THEN 'newcomer' ELSE '' END, CAST(i AS BIGINT) * 1000,
		         CASE WHEN i % 100 = 1 THEN 1 ELSE 0 END, 1 FROM ` + series, n},
		{`INSERT INTO complaints (comment_id, story_id, section_id, source, reason, at, due, remind_at)
		  SELECT i * 100 + 1, 1, i % 3 + 1, 'x' || i, 'spam', CAST(i AS BIGINT) * 100000, CAST(i AS BIGINT) * 100000, CAST(i AS BIGINT) * 100000
		  FROM ` + series, n/100 - 1},
		{`INSERT INTO complaints (comment_id, story_id, section_id, source, reason, at, due, outcome, settled_at)
		  SELECT i * 50 + 2, 1, i % 3 + 1, 'y' || i, 'spam', 1, CAST(i AS BIGINT) * 100000, 'kept', CAST(i AS BIGINT) * 100000
		  FROM ` + series, n/50 - 1},
		{`INSERT INTO discussions (story_id, shown, pending) SELECT i, 900, i FROM ` + series, 1000},
		{`INSERT INTO comment_prints (band, comment_id) SELECT i % 50000, i FROM ` + series, n},
	} {
		if _, err := tx.ExecContext(ctx, q.text, q.arg); err != nil {
			return fmt.Errorf("%.60s: %w", q.text, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.Handle().ExecContext(ctx, `ANALYZE`)
	return err
}

// Page is how many comments a page of a queue has, as the desk asks for them.
const Page = 30

// Least is the smallest number of comments among which all pages of Queues are full.
const Least = 100_000

// Queue is a queue with its first page, the one in its middle and its last full one.
type Queue struct {
	Says  string
	Pages [3]discuss.QueueFilter
}

// Queues are the queues of n comments as Fill makes them.
func Queues(n int64) []Queue {
	at := func(f discuss.QueueFilter, middle, last discuss.QueueCursor) [3]discuss.QueueFilter {
		f.Limit = Page
		m, l := f, f
		m.After, l.After = middle, last
		return [3]discuss.QueueFilter{f, m, l}
	}
	id := func(n int64) discuss.QueueCursor { return discuss.QueueCursor{ID: n} }
	due := func(n int64) discuss.QueueCursor { return discuss.QueueCursor{At: n * 100_000, ID: n} }
	const here = Page + 1
	return []Queue{
		{"reported", at(discuss.QueueFilter{Kind: discuss.QueueReported}, due(n/200), due(n/100-1-here))},
		{"pending", at(discuss.QueueFilter{Kind: discuss.QueuePending}, id(n/2), id(n-10*here))},
		{"new authors", at(discuss.QueueFilter{Kind: discuss.QueueNew}, id(n/2), id(n-20*here))},
		{"pending of a story", at(discuss.QueueFilter{Kind: discuss.QueuePending, StoryID: 1}, id(n/2), id(n-1000*here))},
		{"all of a story", at(discuss.QueueFilter{Kind: discuss.QueueAll, StoryID: 1}, id(n/2), id(1000*here))},
		{"all", at(discuss.QueueFilter{Kind: discuss.QueueAll}, id(n/2), id(here))},
		{"pending of sections", at(discuss.QueueFilter{Kind: discuss.QueuePending, Sections: []int64{1, 2, 3}}, id(n/2), id(n-10*here))},
		{"reported of sections", at(discuss.QueueFilter{Kind: discuss.QueueReported, Sections: []int64{1, 2, 3}}, due(n/200), due(n/100-1-here))},
	}
}

// Best reads the pages of a queue so many times, in turns, so that what else the
// database does meanwhile meets all of them, and returns what each takes at best. A
// page that is not full is an error.
func (q Queue) Best(ctx context.Context, db *store.DB, rounds int) (best [3]time.Duration, err error) {
	for round := range rounds {
		for i, f := range q.Pages {
			began := time.Now()
			items, _, err := db.Queue(ctx, f)
			if took := time.Since(began); round == 0 || took < best[i] {
				best[i] = took
			}
			if err != nil {
				return best, err
			}
			if len(items) != f.Limit {
				return best, fmt.Errorf("the page of %s after %+v has %d comments, want %d", q.Says, f.After, len(items), f.Limit)
			}
		}
	}
	return best, nil
}
