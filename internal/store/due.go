package store

import (
	"context"
	"time"

	"warta/internal/fault"
)

// Due implements news.DeskStore. Index stories_due.
func (db *DB) Due(ctx context.Context, now time.Time, embargoed bool, limit int) (ids []int64, err error) {
	defer fault.Wrap(&err, "read what is due")
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT id
		FROM stories
		WHERE due_at <> 0 AND due_at <= $1 AND embargo_until <= $1
		  AND (embargo_until = 0 OR $2 = 1)
		ORDER BY due_at, id
		LIMIT $3`, millis(now), flag(embargoed), limit))
}

// Unchecked implements news.DeskStore. Index stories_unchecked.
func (db *DB) Unchecked(ctx context.Context, until time.Time, limit int) (ids []int64, err error) {
	defer fault.Wrap(&err, "read what is due soon")
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT id
		FROM stories
		WHERE due_at <> 0 AND checked_at = 0 AND due_at <= $1 AND embargo_until <= $1
		ORDER BY due_at, id
		LIMIT $2`, millis(until), limit))
}
