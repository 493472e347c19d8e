package store

import (
	"context"
	"time"

	"warta/internal/fault"
)

// TrimDesk forgets what nobody on the desk needs any more: conflicts that were
// settled and notices that were read before an instant, and guests' links that
// ended before it.
func (db *DB) TrimDesk(ctx context.Context, before time.Time) (err error) {
	defer fault.Wrap(&err, "trim the desk")
	return db.write.run(ctx, nil, func(s *session) error {
		for _, text := range []string{
			`DELETE FROM draft_conflicts WHERE settled = 1 AND at < $1`,
			`DELETE FROM notices WHERE read_at <> 0 AND read_at < $1 AND mailed <> 0`,
			`DELETE FROM guest_links WHERE expires < $1`,
		} {
			if _, err := s.exec(ctx, text, millis(before)); err != nil {
				return err
			}
		}
		return nil
	})
}
