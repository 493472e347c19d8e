package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"warta/internal/fault"
)

// ImportProgress returns how far an input was taken in; 0 for one that is new.
// source is what tells one input from another, such as its name and size.
func (db *DB) ImportProgress(ctx context.Context, source string) (done int64, err error) {
	defer fault.Wrap(&err, "read how far %s is in", source)
	err = db.reads().row(ctx, `SELECT done FROM import_progress WHERE source = $1`, source).Scan(&done)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return done, err
}

// SaveImportProgress notes how far an input was taken in. It may lag behind
// the stories: items that come again change nothing.
func (db *DB) SaveImportProgress(ctx context.Context, source string, done int64, at time.Time) (err error) {
	defer fault.Wrap(&err, "note how far %s is in", source)
	return db.write.run(ctx, nil, func(s *session) error {
		_, err := s.exec(ctx, `
			INSERT INTO import_progress (source, done, at)
			VALUES ($1, $2, $3)
			ON CONFLICT (source) DO UPDATE SET done = excluded.done, at = excluded.at`, source, done, millis(at))
		return err
	})
}

// DropImportProgress forgets an input: the next import of it starts at its
// beginning.
func (db *DB) DropImportProgress(ctx context.Context, source string) (err error) {
	defer fault.Wrap(&err, "forget how far %s is in", source)
	return db.write.run(ctx, nil, func(s *session) error {
		_, err := s.exec(ctx, `DELETE FROM import_progress WHERE source = $1`, source)
		return err
	})
}
