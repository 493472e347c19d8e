package store

import (
	"context"
	"errors"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// oldGuesses is how many rows whose time is over one attempt removes: more than
// it may add.
const oldGuesses = 10

// CountGuess implements account.Store. An attempt is counted by the statement
// that reads the count, so many at once cannot pass together.
func (db *DB) CountGuess(ctx context.Context, now time.Time, limits []account.Limit) (wait time.Duration, err error) {
	defer fault.Wrap(&err, "count an attempt")
	usedUp := errors.New("used up") // undoes what was counted
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		wait = 0
		for _, l := range limits {
			var count int
			var until time.Time
			err := s.row(ctx, `
				INSERT INTO guesses (key, count, until)
				VALUES ($1, 1, $2)
				ON CONFLICT (key) DO UPDATE
				SET count = CASE WHEN guesses.until <= $3 THEN 1 ELSE guesses.count + 1 END,
					until = CASE WHEN guesses.until <= $3 THEN excluded.until ELSE guesses.until END
				RETURNING count, until`, guessKey(l.Key), millis(now.Add(l.Window)), millis(now)).Scan(&count, stamp{&until})
			if err != nil {
				return out, err
			}
			if count > l.Most {
				wait = max(wait, until.Sub(now))
			}
		}
		if wait > 0 {
			return out, usedUp
		}
		// Goes by the index guesses_until.
		_, err = s.exec(ctx, `
			DELETE FROM guesses
			WHERE key IN (
				SELECT key
				FROM guesses
				WHERE until <= $1
				ORDER BY until, key
				LIMIT $2)`, millis(now), oldGuesses)
		return out, err
	})
	if errors.Is(err, usedUp) {
		err = nil
	}
	return wait, err
}

// ReturnGuess implements account.Store.
func (db *DB) ReturnGuess(ctx context.Context, keys []string) (err error) {
	defer fault.Wrap(&err, "take an attempt back")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		return change.Outcome{}, returnGuesses(ctx, s, keys)
	})
	return err
}

// returnGuesses takes one attempt back from each key, of which there are no more
// than an attempt has limits.
func returnGuesses(ctx context.Context, s *session, keys []string) error {
	for _, key := range keys {
		if _, err := s.exec(ctx, `UPDATE guesses SET count = count - 1 WHERE key = $1 AND count > 0`, guessKey(key)); err != nil {
			return err
		}
	}
	return nil
}

// writeGuesses writes what an edit says of the limits.
func writeGuesses(ctx context.Context, s *session, e *account.Edit) error {
	if err := returnGuesses(ctx, s, e.Return); err != nil || e.Forget == "" {
		return err
	}
	_, err := s.exec(ctx, `DELETE FROM guesses WHERE key = $1`, guessKey(e.Forget))
	return err
}

// guessKey is what stands for a key in the table: nobody reads there what was
// typed as an address, nor from where.
func guessKey(key string) string { return account.HashToken("guess " + key) }
