package store

import (
	"context"
	"fmt"
)

// What FillTalk makes: a story, a thread below it that very many answered, and a
// reader who wrote, muted and was told a great deal.
const (
	TalkStory  = 1
	TalkThread = 1
	TalkReader = 7
)

// FillTalk puts n comments on TalkStory into the tables directly, a quarter of
// them threads, twice as many on other stories, and what goes with them.
func FillTalk(ctx context.Context, db *DB, n int) error {
	return db.write.run(ctx, nil, func(s *session) error {
		series := `(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1) SELECT i FROM c) AS c`
		if s.postgres {
			series = `(SELECT CAST(i AS BIGINT) AS i FROM generate_series(1, $1) AS i) AS c`
		}
		const (
			thread = `CASE WHEN i % 8 = 2 THEN 1 ELSE i - (i - 1) % 4 END`
			level  = `CASE WHEN i % 4 = 1 THEN 0 ELSE 1 END`
			author = `CASE WHEN i % 50 = 0 THEN 7 ELSE i % 9000 + 1 END`
		)
		for _, q := range []struct {
			text string
			arg  int
		}{
			{`INSERT INTO stories (id, slug, section_id, status, created) SELECT i, 'berita', 1, 'draft', 1 FROM ` + series, 1000},
			{`INSERT INTO members (id, email, name, handle, created, terms, terms_at) SELECT i, 'p' || i, 'P', 'h' || i, 1, '1', 1 FROM ` + series, n},
			{`INSERT INTO comments (id, story_id, section_id, thread_id, reply_to, level, member_id, body, body_key, state, at, featured, shown, answers)
			  SELECT i, 1, 1, ` + thread + `, CASE WHEN i % 4 = 1 THEN 0 WHEN i % 8 = 3 THEN i - 1 ELSE ` + thread + ` END, ` + level + `, ` + author + `,
			         'Komentar ' || i, i, CASE WHEN i % 20 = 6 THEN 'pending' ELSE 'published' END, i * 1000,
			         CASE WHEN i % 10 = 1 THEN i * 1000 ELSE 0 END, CASE WHEN i % 20 = 6 THEN 0 ELSE 1 END, CASE WHEN i % 4 = 1 THEN 3 ELSE 0 END FROM ` + series, n},
			{`INSERT INTO comments (id, story_id, section_id, thread_id, member_id, body, body_key, state, at, shown)
			  SELECT i + 1000000, i % 999 + 2, 1, i + 1000000, i % 9000 + 1, 'Lain ' || i, i, 'published', i * 1000, 1 FROM ` + series, 2 * n},
			{`INSERT INTO reaction_counts (comment_id, kind, n) SELECT i, 'agree', 1 FROM ` + series, n},
			{`INSERT INTO reaction_counts (comment_id, kind, n) SELECT i, 'moved', 1 FROM ` + series, n},
			{`INSERT INTO reactions (comment_id, member_id, kind, at) SELECT i, i % 1000 + 1, 'agree', 1 FROM ` + series, n},
			{`INSERT INTO reactions (comment_id, member_id, kind, at) SELECT i, 7, 'moved', 1 FROM ` + series + ` WHERE i % 5 = 0`, n},
			{`INSERT INTO comment_notices (member_id, kind, comment_id, at, seen) SELECT 7, 'reply', i, i, i / 20 % 2 FROM ` + series + ` WHERE i % 20 = 0`, n},
			{`INSERT INTO comment_notices (member_id, kind, comment_id, at, seen) SELECT i % 1000 + 1, 'reply', i, i, 1 FROM ` + series, n},
			{`INSERT INTO mutes (member_id, muted_id, at) SELECT 7, i + 10, 1 FROM ` + series, 250},
			{`INSERT INTO mutes (member_id, muted_id, at) SELECT i, 7, 1 FROM ` + series + ` WHERE i <> 7`, 1000},
			{`INSERT INTO discussions (story_id, shown, dirty) SELECT i, 9, CASE WHEN i % 4 = 0 THEN 1 ELSE 0 END FROM ` + series, 1000},
			{`INSERT INTO discussion_rules (scope, id, rules) SELECT 'story', i, '{"mode":"after"}' FROM ` + series, 1000},
			{`INSERT INTO comment_verdicts (comment_id, no, phase, decision, at) SELECT i, 0, 'limits', 'pass', 1 FROM ` + series, n},
		} {
			if _, err := s.exec(ctx, q.text, q.arg); err != nil {
				return fmt.Errorf("%.60s: %w", q.text, err)
			}
		}
		_, err := s.exec(ctx, `ANALYZE`)
		return err
	})
}
