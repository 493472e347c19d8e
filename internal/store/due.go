package store

import (
	"context"
	"time"

	"warta/internal/fault"
)

// Due implements news.DeskStore. Index stories_due.
func (db *DB) Due(ctx context.Context, now time.Time, limit int) (ids []int64, err error) {
	defer fault.Wrap(&err, "read what is due")
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT id
		FROM stories
		WHERE due_at <> 0 AND due_at <= $1
		ORDER BY due_at, id
		LIMIT $2`, millis(now), limit))
}
