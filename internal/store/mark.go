package store

import (
	"context"
	"database/sql"
	"errors"
)

// Marks are single numbers that the store keeps for itself.
const (
	markSeeded  = "seeded"  // 1: the first sections and the first front were made
	markTrimmed = "trimmed" // the newest event that was forgotten
	markPicture = "picture" // the highest id of a picture that was deleted
	markStory   = "story"   // on SQLite the highest id of a story that was kept for an import, or removed with one
	markWork    = "work"    // how often cards of the desk changed
	markFilled  = "filled"  // up to which id older stories got their card
	markMembers = "members" // up to which id members' stories lost the words behind their cut; see closeMembers
	markNames   = "names"   // up to which id readers' names can be looked for; see fillNames
	markLibrary = "library" // 1: search and draft uses of older pictures were made
)

func readMark(ctx context.Context, s *session, name string) (value int64, err error) {
	err = s.row(ctx, `SELECT value FROM marks WHERE name = $1`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return value, err
}

func writeMark(ctx context.Context, s *session, name string, value int64) error {
	_, err := s.exec(ctx, `
		INSERT INTO marks (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
