package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// readBanner returns the banner unless its time is over.
func readBanner(ctx context.Context, s *session, now time.Time) (*news.Banner, error) {
	var b news.Banner
	err := s.row(ctx, `
		SELECT story_id, text, until
		FROM banner
		WHERE id = 1 AND until > $1`, millis(now)).Scan(&b.StoryID, &b.Text, stamp{&b.Until})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &b, err
}

// saveBanner puts a banner in the place of the one that is there; nil takes it
// away.
func saveBanner(ctx context.Context, s *session, b *news.Banner) error {
	if b == nil {
		_, err := s.exec(ctx, `DELETE FROM banner`)
		return err
	}
	_, err := s.exec(ctx, `
		INSERT INTO banner (id, story_id, text, until)
		VALUES (1, $1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET story_id = excluded.story_id, text = excluded.text, until = excluded.until`,
		b.StoryID, b.Text, millis(b.Until))
	return err
}

// Banner returns the banner of breaking news that stands on every page now, and
// whether there is one.
func (db *DB) Banner(ctx context.Context) (b news.Banner, ok bool, err error) {
	defer fault.Wrap(&err, "read the banner")
	now, err := db.clock(ctx, db.reads())
	if err != nil {
		return b, false, err
	}
	found, err := readBanner(ctx, db.reads(), now)
	if err != nil || found == nil {
		return b, false, err
	}
	return *found, true, nil
}
