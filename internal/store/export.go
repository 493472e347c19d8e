package store

import (
	"context"

	"warta/internal/fault"
)

// PublicCounts returns how many stories have an address that answers readers
// (live and withdrawn ones), and how many pictures they can see. It reads the
// whole tables: for the progress of an export.
func (db *DB) PublicCounts(ctx context.Context) (stories, pictures int, err error) {
	defer fault.Wrap(&err, "count what is public")
	err = db.reads().row(ctx, `
		SELECT
			(SELECT COUNT(*) FROM stories WHERE status <> 'unpublished'),
			(SELECT COUNT(*)
			 FROM (
				SELECT picture_id FROM picture_uses
				UNION
				SELECT picture_id FROM page_pictures
				UNION
				SELECT picture_id
				FROM persons
				WHERE picture_id <> 0
				  AND EXISTS (SELECT 1 FROM listings WHERE list = 4 AND ref = id)) AS shown)`).Scan(&stories, &pictures)
	return stories, pictures, err
}
