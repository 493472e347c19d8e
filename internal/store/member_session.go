package store

import (
	"context"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
)

const memberSessionColumns = `s.id, s.mark, s.created, s.seen, s.confirmed, s.expires, s.network, s.device,
	m.id, m.email, m.name, m.created, m.seen, m.terms, m.terms_at, m.new_device, m.disabled, m.erase_at, m.ad_free_until, m.text_until`

// scanMemberSession reads memberSessionColumns.
func scanMemberSession(r scanner) (d member.Session, err error) {
	err = r.Scan(append([]any{&d.ID, &d.Mark, stamp{&d.Created}, stamp{&d.Seen}, stamp{&d.Confirmed}, stamp{&d.Expires},
		&d.Network, &d.Device}, memberFields(&d.Member)...)...)
	return d, err
}

// MemberSession implements member.Store. Goes by the unique hash.
func (db *DB) MemberSession(ctx context.Context, hash string) (d member.Session, err error) {
	defer fault.Wrap(&err, "read a reader's session")
	d, err = scanMemberSession(db.reads().row(ctx, `
		SELECT `+memberSessionColumns+`
		FROM member_sessions s
		JOIN members m ON m.id = s.member_id
		WHERE s.hash = $1`, hash))
	return d, notFound(err, "there is no such session")
}

// MemberSessions implements member.Store. Goes by the index on the member.
func (db *DB) MemberSessions(ctx context.Context, id int64, now time.Time) (_ []member.Session, err error) {
	defer fault.Wrap(&err, "read the sessions of reader %d", id)
	return collect(scanMemberSession)(db.reads().rows(ctx, `
		SELECT `+memberSessionColumns+`
		FROM member_sessions s
		JOIN members m ON m.id = s.member_id
		WHERE s.member_id = $1
		  AND s.expires > $2
		ORDER BY s.seen DESC, s.id DESC
		LIMIT $3`, id, millis(now), maxSessions))
}

// TouchMemberSession implements member.Store.
func (db *DB) TouchMemberSession(ctx context.Context, id int64, now, expires time.Time) (err error) {
	defer fault.Wrap(&err, "touch session %d of a reader", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `
			UPDATE member_sessions
			SET seen = $2, expires = $3
			WHERE id = $1`, id, millis(now), millis(expires))
		return change.Outcome{}, err
	})
	return err
}

// writeMemberSessions does what an edit says about the sessions of a member, and
// reports whether class cookies were called back.
func writeMemberSessions(ctx context.Context, s *session, e *member.Edit, id int64) (revoked bool, err error) {
	end := func(which string, args ...any) error {
		args = append(args, millis(e.Now))
		res, err := s.exec(ctx, `
			INSERT INTO class_revocations (mark, at)
			SELECT mark, CAST($3 AS BIGINT)
			FROM member_sessions
			WHERE member_id = $1 AND `+which+`
			ON CONFLICT (mark) DO NOTHING`, args...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		revoked = revoked || n > 0
		_, err = s.exec(ctx, `DELETE FROM member_sessions WHERE member_id = $1 AND `+which, args[:2]...)
		return err
	}
	if e.EndAll {
		if err := end(`id <> $2`, id, e.Keep); err != nil {
			return revoked, err
		}
	}
	if e.End != 0 {
		if err := end(`id = $2`, id, e.End); err != nil {
			return revoked, err
		}
	}
	if e.Confirm != 0 {
		if _, err := s.exec(ctx, `UPDATE member_sessions SET confirmed = $3 WHERE member_id = $1 AND id = $2`,
			id, e.Confirm, millis(e.Now)); err != nil {
			return revoked, err
		}
	}
	if e.Begin == nil {
		return revoked, nil
	}
	b := e.Begin
	return revoked, s.row(ctx, `
		INSERT INTO member_sessions (hash, member_id, mark, created, seen, confirmed, expires, network, device)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		RETURNING id`, e.Token, id, b.Mark, millis(b.Created), millis(b.Seen), millis(b.Confirmed), millis(b.Expires),
		b.Network, b.Device).Scan(&b.ID)
}
