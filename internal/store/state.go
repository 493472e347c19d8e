package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"

	"warta/internal/change"
	"warta/internal/fault"
)

// State returns what was kept under a key, "" if nothing was.
func (db *DB) State(ctx context.Context, key string) (value string, err error) {
	defer fault.Wrap(&err, "read state %q", key)
	err = db.reads().row(ctx, `SELECT value FROM state WHERE key = $1`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

// SetState keeps a value under a key; an empty one forgets it.
func (db *DB) SetState(ctx context.Context, key, value string) (err error) {
	defer fault.Wrap(&err, "keep state %q", key)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if value == "" {
			_, err := s.exec(ctx, `DELETE FROM state WHERE key = $1`, key)
			return change.Outcome{}, err
		}
		_, err := s.exec(ctx, `
			INSERT INTO state (key, value) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
		return change.Outcome{}, err
	})
	return err
}

// Secret returns the key that this site signs with for one purpose, 32 random
// bytes that are made on first use. Every process of the site gets the same.
func (db *DB) Secret(ctx context.Context, purpose string) (secret []byte, err error) {
	defer fault.Wrap(&err, "read the key for %s", purpose)
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails: see crypto/rand
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `
			INSERT INTO state (key, value) VALUES ($1, $2)
			ON CONFLICT (key) DO NOTHING`, "secret."+purpose, hex.EncodeToString(fresh))
		return change.Outcome{}, err
	})
	if err != nil {
		return nil, err
	}
	kept, err := db.State(ctx, "secret."+purpose)
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(kept)
}
