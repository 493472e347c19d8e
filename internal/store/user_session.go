package store

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

const sessionColumns = `s.id, s.created, s.seen, s.confirmed, s.expires, s.network, s.device,
	CASE WHEN u.demo = 1 OR u.totp <> '' OR EXISTS (SELECT 1 FROM user_passkeys WHERE user_id = u.id) THEN 0 ELSE 1 END,
	u.id, u.email, u.name, u.role, u.grants, u.person_id, u.language, u.mail_notices, u.disabled, u.demo, u.created, u.joined, u.seen`

// scanSession reads sessionColumns.
func scanSession(r scanner) (d account.Session, err error) {
	err = r.Scan(append([]any{&d.ID, stamp{&d.Created}, stamp{&d.Seen}, stamp{&d.Confirmed}, stamp{&d.Expires},
		&d.Network, &d.Device, &d.Limited}, userFields(&d.User)...)...)
	return d, err
}

// StaffSession implements account.Store. Goes by the unique hash.
func (db *DB) StaffSession(ctx context.Context, hash string) (d account.Session, err error) {
	defer fault.Wrap(&err, "read a session")
	d, err = scanSession(db.reads().row(ctx, `
		SELECT `+sessionColumns+`
		FROM user_sessions s
		JOIN users u ON u.id = s.user_id
		WHERE s.hash = $1`, hash))
	return d, notFound(err, "there is no such session")
}

// maxSessions bounds the list of one user's devices.
const maxSessions = 200

// StaffSessions implements account.Store. Goes by the index on the user.
func (db *DB) StaffSessions(ctx context.Context, userID int64, now time.Time) (_ []account.Session, err error) {
	defer fault.Wrap(&err, "read the sessions of user %d", userID)
	return collect(scanSession)(db.reads().rows(ctx, `
		SELECT `+sessionColumns+`
		FROM user_sessions s
		JOIN users u ON u.id = s.user_id
		WHERE s.user_id = $1
		  AND s.expires > $2
		ORDER BY s.seen DESC, s.id DESC
		LIMIT $3`, userID, millis(now), maxSessions))
}

// TouchSession implements account.Store.
func (db *DB) TouchSession(ctx context.Context, id int64, now, expires time.Time, network string) (err error) {
	defer fault.Wrap(&err, "touch session %d", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `
			UPDATE user_sessions
			SET seen = $2, expires = $3, network = $4
			WHERE id = $1`, id, millis(now), millis(expires), network)
		return change.Outcome{}, err
	})
	return err
}

// writeSessions does what an edit says about the sessions of a user.
func writeSessions(ctx context.Context, s *session, e *account.Edit, userID int64) error {
	if e.EndAll {
		if _, err := s.exec(ctx, `DELETE FROM user_sessions WHERE user_id = $1 AND id <> $2`, userID, e.Keep); err != nil {
			return err
		}
	}
	if e.End != 0 {
		if _, err := s.exec(ctx, `DELETE FROM user_sessions WHERE user_id = $1 AND id = $2`, userID, e.End); err != nil {
			return err
		}
	}
	if e.Confirm != 0 {
		if _, err := s.exec(ctx, `UPDATE user_sessions SET confirmed = $3 WHERE user_id = $1 AND id = $2`,
			userID, e.Confirm, millis(e.Now)); err != nil {
			return err
		}
	}
	if e.Begin == nil {
		return nil
	}
	// Whoever comes in sweeps up what has expired.
	if _, err := s.exec(ctx, `DELETE FROM user_sessions WHERE expires <= $1`, millis(e.Now)); err != nil {
		return err
	}
	b := e.Begin
	return s.row(ctx, `
		INSERT INTO user_sessions (hash, user_id, created, seen, confirmed, expires, network, device)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		RETURNING id`, e.Token, userID, millis(b.Created), millis(b.Seen), millis(b.Confirmed), millis(b.Expires),
		b.Network, b.Device).Scan(&b.ID)
}
