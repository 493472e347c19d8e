package store

import (
	"context"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// presentFor is how long somebody counts as present after he last said so.
const presentFor = 30 * time.Second

// maxPresent bounds who is shown as present in one story.
const maxPresent = 100

// Here says that a user has a story open in a tab. It lasts for 30 seconds.
func (db *DB) Here(ctx context.Context, storyID, userID int64, tab string) (err error) {
	defer fault.Wrap(&err, "note who is in story %d", storyID)
	if tab == "" || len(tab) > 40 {
		return fault.Input("tab", "a tab has a name of 1 to 40 characters")
	}
	return db.write.run(ctx, nil, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, `DELETE FROM presence WHERE seen < $1`, millis(now.Add(-presentFor))); err != nil {
			return err
		}
		_, err = s.exec(ctx, `
			INSERT INTO presence (story_id, user_id, tab, since, seen)
			VALUES ($1, $2, $3, $4, $4)
			ON CONFLICT (story_id, user_id, tab) DO UPDATE SET seen = excluded.seen`, storyID, userID, tab, millis(now))
		return err
	})
}

// Gone says that a tab was closed.
func (db *DB) Gone(ctx context.Context, storyID, userID int64, tab string) (err error) {
	defer fault.Wrap(&err, "note who left story %d", storyID)
	return db.write.run(ctx, nil, func(s *session) error {
		_, err := s.exec(ctx, `DELETE FROM presence WHERE story_id = $1 AND user_id = $2 AND tab = $3`, storyID, userID, tab)
		return err
	})
}

// Present returns who has a story open, whoever came first at the front. Goes by
// the primary key.
func (db *DB) Present(ctx context.Context, storyID int64) (_ []news.Presence, err error) {
	defer fault.Wrap(&err, "read who is in story %d", storyID)
	now, err := db.clock(ctx, db.reads())
	if err != nil {
		return nil, err
	}
	return collect(func(r scanner) (p news.Presence, err error) {
		err = r.Scan(&p.UserID, &p.Tab, stamp{&p.Since}, &p.Name)
		return p, err
	})(db.reads().rows(ctx, `
		SELECT p.user_id, p.tab, p.since, coalesce(u.name, '')
		FROM presence p
		LEFT JOIN users u ON u.id = p.user_id
		WHERE p.story_id = $1 AND p.seen >= $2
		ORDER BY p.since, p.user_id, p.tab
		LIMIT $3`, storyID, millis(now.Add(-presentFor)), maxPresent))
}
