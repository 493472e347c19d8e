package store

import (
	"context"
	"fmt"
)

// FillComments puts n comments into the tables directly: what a test of plans and
// of times needs, and no more. It makes a story, and readers to go with it.
func FillComments(ctx context.Context, db *DB, n int) error {
	return db.write.run(ctx, nil, func(s *session) error {
		series := `(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1) SELECT i FROM c) AS c`
		if s.postgres {
			series = `(SELECT i FROM generate_series(1, $1) AS i) AS c`
		}
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
			if _, err := s.exec(ctx, q.text, q.arg); err != nil {
				return fmt.Errorf("%.60s: %w", q.text, err)
			}
		}
		_, err := s.exec(ctx, `ANALYZE`)
		return err
	})
}
