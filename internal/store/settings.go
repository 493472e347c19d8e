package store

import (
	"context"
	"maps"
	"slices"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// readSettings reads all settings of the site.
func readSettings(ctx context.Context, s *session) (news.Settings, error) {
	rows, err := s.rows(ctx, `SELECT key, value FROM settings`)
	if err != nil {
		return news.Settings{}, err
	}
	defer rows.Close()
	stored := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return news.Settings{}, err
		}
		stored[key] = value
	}
	return news.NewSettings(stored), rows.Err()
}

// SaveSettings implements news.SiteStore.
func (db *DB) SaveSettings(ctx context.Context, values map[string]string, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "write %d settings", len(values))
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		var rows [][]any
		for _, key := range slices.Sorted(maps.Keys(values)) {
			rows = append(rows, []any{key, values[key]})
		}
		return out, s.insertRows(ctx, `INSERT INTO settings (key, value)`, onConflict("key", "key, value"), rows)
	})
	return err
}
