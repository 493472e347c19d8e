package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
)

// AddAdCounts implements ads.CountStore. Money depends on these counts: they are
// rows of the database itself, and on disk when this returns.
func (db *DB) AddAdCounts(ctx context.Context, list []ads.Count) (err error) {
	defer fault.Wrap(&err, "add %d counts of ads", len(list))
	// In one order, so that two nodes cannot wait for each other.
	list = slices.SortedFunc(slices.Values(list), func(a, b ads.Count) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), a.Hour.Compare(b.Hour), cmp.Compare(a.Creative, b.Creative), cmp.Compare(a.Placement, b.Placement))
	})
	type sum struct{ item, seen, clicked int64 }
	var sums []sum
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{c.Item, millis(c.Hour), c.Creative, string(c.Placement), c.Seen, c.Clicked, c.Refused}
		if n := len(sums); n == 0 || sums[n-1].item != c.Item {
			sums = append(sums, sum{item: c.Item})
		}
		last := &sums[len(sums)-1]
		last.seen, last.clicked = last.seen+c.Seen, last.clicked+c.Clicked
	}
	return db.write.run(ctx, &sql.TxOptions{}, func(s *session) error {
		ctx := db.dialect.inner(ctx)
		for _, x := range sums { // as many as stand on pages
			if _, err := s.exec(ctx, `UPDATE ad_items SET seen = seen + $2, clicked = clicked + $3 WHERE id = $1`, x.item, x.seen, x.clicked); err != nil {
				return err
			}
		}
		return s.insertRows(ctx, `INSERT INTO ad_counts (item_id, hour, creative_id, placement, seen, clicked, refused)`,
			` ON CONFLICT (item_id, hour, creative_id, placement) DO UPDATE SET seen = ad_counts.seen + excluded.seen,
				clicked = ad_counts.clicked + excluded.clicked, refused = ad_counts.refused + excluded.refused`, rows)
	})
}

// maxAdCounts bounds a report: a hundred days of a line item with some creatives.
const maxAdCounts = 100_000

// AdCounts returns the counts of line items in the hours that began at since or
// later and before until, by item and hour. Ranges of the primary key.
func (db *DB) AdCounts(ctx context.Context, items []int64, since, until time.Time) (_ []ads.Count, err error) {
	defer fault.Wrap(&err, "read the counts of %d line items", len(items))
	if len(items) == 0 {
		return nil, nil
	}
	s := db.reads()
	return collect(func(r scanner) (c ads.Count, err error) {
		err = r.Scan(&c.Item, stamp{&c.Hour}, &c.Creative, &c.Placement, &c.Seen, &c.Clicked, &c.Refused)
		return c, err
	})(s.rows(ctx, `
		SELECT item_id, hour, creative_id, placement, seen, clicked, refused
		FROM ad_counts
		WHERE item_id `+s.inIDs(1)+`
		  AND hour >= $2
		  AND hour < $3
		ORDER BY item_id, hour, creative_id, placement
		LIMIT $4`, s.ids(items), millis(since), millis(until), maxAdCounts))
}

// PlaceCounts returns how many impressions were counted in each placement in the
// hours that began at since or later and before until. Goes by the index on state and
// end, and by ranges of the counts' primary key.
func (db *DB) PlaceCounts(ctx context.Context, since, until time.Time) (_ map[ads.Placement]int64, err error) {
	defer fault.Wrap(&err, "count what was seen in places")
	type line struct {
		place ads.Placement
		seen  int64
	}
	list, err := collect(func(r scanner) (l line, err error) {
		err = r.Scan(&l.place, &l.seen)
		return l, err
	})(db.reads().rows(ctx, `
		SELECT c.placement, CAST(SUM(c.seen) AS BIGINT)
		FROM ad_items i
		JOIN ad_counts c ON c.item_id = i.id AND c.hour >= $1 AND c.hour < $2
		WHERE i.state IN ('on', 'paused', 'removed') AND i.ends > $1
		GROUP BY c.placement
		ORDER BY c.placement
		LIMIT 20`, millis(since), millis(until)))
	out := map[ads.Placement]int64{}
	for _, l := range list {
		out[l.place] = l.seen
	}
	return out, err
}
