package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
)

const memberColumns = `id, email, name, created, seen, terms, terms_at, new_device, disabled, erase_at, ad_free_until, text_until`

// memberFields returns what a scan of memberColumns points at.
func memberFields(m *member.Member) []any {
	return []any{&m.ID, &m.Email, &m.Name, stamp{&m.Created}, stamp{&m.Seen}, &m.Terms, stamp{&m.TermsAt}, &m.NewDevice, &m.Disabled, stamp{&m.EraseAt},
		stamp{&m.Rights.NoAds}, stamp{&m.Rights.Text}}
}

// Member implements member.Store.
func (db *DB) Member(ctx context.Context, pick member.Pick) (f member.Found, err error) {
	defer fault.Wrap(&err, "read a reader's account")
	err = db.view(ctx, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		f, err = findMember(ctx, s, pick, now, "")
		return err
	})
	return f, err
}

// findMember reads what a pick names. lock is the clause that keeps others from
// changing it meanwhile.
func findMember(ctx context.Context, s *session, pick member.Pick, now time.Time, lock string) (f member.Found, err error) {
	f.Now = now
	if pick.Ticket != "" || pick.Browser != "" {
		if f.Ticket, err = findMemberTicket(ctx, s, pick, now, lock); err != nil {
			return f, err
		}
		if f.Ticket != nil {
			pick.ID = f.Ticket.MemberID
			if pick.ID == 0 {
				pick.Email = f.Ticket.Email
			}
		}
	}
	var owner row
	switch {
	case pick.Passkey != "":
		owner = s.row(ctx, `SELECT member_id FROM member_passkeys WHERE id = $1`, pick.Passkey)
	case pick.Provider != "":
		owner = s.row(ctx, `SELECT member_id FROM member_identities WHERE provider = $1 AND subject = $2`, pick.Provider, pick.Subject)
	}
	if pick.Passkey != "" || pick.Provider != "" {
		if err := owner.Scan(&pick.ID); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return f, err
		}
	}
	f.Record, err = readMember(ctx, s, pick, now, lock)
	return f, err
}

// findMemberTicket returns a ticket that still counts, nil if there is none.
func findMemberTicket(ctx context.Context, s *session, pick member.Pick, now time.Time, lock string) (*member.Ticket, error) {
	const columns = `SELECT hash, kind, member_id, email, browser, code, data, expires FROM member_tickets `
	var found row
	if pick.Ticket != "" {
		found = s.row(ctx, columns+`WHERE hash = $1 AND expires > $2 AND tries < $3`+lock, pick.Ticket, millis(now), member.MaxTries)
	} else {
		found = s.row(ctx, columns+`
			WHERE browser = $1 AND browser <> '' AND code = $2 AND expires > $3 AND tries < $4`+lock, pick.Browser, pick.Code, millis(now), member.MaxTries)
	}
	var t member.Ticket
	err := found.Scan(&t.Hash, &t.Kind, &t.MemberID, &t.Email, &t.Browser, &t.Code, &t.Data, stamp{&t.Expires})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &t, err
}

// readMember returns the member of a pick with his ways of signing in, nil if
// there is none. It asks the same either way: how long it takes tells nothing.
func readMember(ctx context.Context, s *session, pick member.Pick, now time.Time, lock string) (*member.Record, error) {
	const columns = `SELECT ` + memberColumns + `, handle, password FROM members `
	var found row
	switch {
	case pick.ID != 0:
		found = s.row(ctx, columns+`WHERE id = $1`+lock, pick.ID)
	case pick.Email != "":
		found = s.row(ctx, columns+`WHERE email = $1`+lock, pick.Email)
	default:
		return nil, nil
	}
	var r member.Record
	err := found.Scan(append(memberFields(&r.Member), &r.Handle, &r.Password)...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	there := err == nil
	r.Benefits = r.Rights.At(now)
	// There are never more than a handful of the first two.
	r.Passkeys, err = collect(scanPasskey)(s.rows(ctx, `
		SELECT id, name, data, created, used
		FROM member_passkeys
		WHERE member_id = $1
		ORDER BY created, id`, r.ID))
	if err != nil {
		return nil, err
	}
	r.Identities, err = collect(func(r scanner) (i member.Identity, err error) {
		err = r.Scan(&i.Provider, &i.Subject, &i.Email, stamp{&i.Created}, stamp{&i.Used})
		return i, err
	})(s.rows(ctx, `
		SELECT provider, subject, email, created, used
		FROM member_identities
		WHERE member_id = $1
		ORDER BY provider`, r.ID))
	if err != nil {
		return nil, err
	}
	r.Devices, err = collect(scanText)(s.rows(ctx, `
		SELECT device
		FROM member_sessions
		WHERE member_id = $1 AND expires > $2
		ORDER BY seen DESC, id DESC
		LIMIT $3`, r.ID, millis(now), maxSessions))
	if err != nil || !there {
		return nil, err
	}
	return &r, nil
}

// DueErasures implements member.Store. Goes by the index members_erase.
func (db *DB) DueErasures(ctx context.Context, now time.Time, limit int) (_ []int64, err error) {
	defer fault.Wrap(&err, "look for accounts to erase")
	if err := checkLimit(limit, maxSessions); err != nil {
		return nil, err
	}
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT id
		FROM members
		WHERE erase_at <> 0 AND erase_at <= $1
		ORDER BY erase_at, id
		LIMIT $2`, millis(now), limit))
}

// MemberTrail implements member.Store. Goes by the index on the object.
func (db *DB) MemberTrail(ctx context.Context, id, after int64, limit int) (_ []member.Step, err error) {
	defer fault.Wrap(&err, "read the audit log about reader %d", id)
	if err := checkLimit(limit, 500); err != nil {
		return nil, err
	}
	return collect(func(r scanner) (p member.Step, err error) {
		err = r.Scan(&p.ID, stamp{&p.At}, &p.Action, &p.Detail)
		return p, err
	})(db.reads().rows(ctx, `
		SELECT id, at, action, detail
		FROM audits
		WHERE object = $1 AND id > $2
		ORDER BY id
		LIMIT $3`, member.Member{ID: id}.String(), after, limit))
}

// KeepTerms keeps the words of a version of the terms, once.
func (db *DB) KeepTerms(ctx context.Context, version, title, body string) (err error) {
	defer fault.Wrap(&err, "keep the terms %s", version)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return change.Outcome{}, err
		}
		_, err = s.exec(ctx, `
			INSERT INTO terms (version, at, title, body)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (version) DO NOTHING`, version, millis(now), title, body)
		return change.Outcome{}, err
	})
	return err
}

// Revocations returns the marks of class cookies that were called back since an
// instant, and the time at which that was true. They are few: one for each
// session that ended within the life of a class cookie.
func (db *DB) Revocations(ctx context.Context, since time.Time) (marks []int64, now time.Time, err error) {
	defer fault.Wrap(&err, "read which class cookies count no more")
	err = db.view(ctx, func(s *session) error {
		if now, err = db.clock(ctx, s); err != nil {
			return err
		}
		for at, mark := millis(since), int64(0); ; {
			type revocation struct{ mark, at int64 }
			page, err := collect(func(r scanner) (v revocation, err error) {
				err = r.Scan(&v.mark, &v.at)
				return v, err
			})(s.rows(ctx, `
				SELECT mark, at
				FROM class_revocations
				WHERE (at, mark) > ($1, $2)
				ORDER BY at, mark
				LIMIT $3`, at, mark, MaxEvents))
			if err != nil {
				return err
			}
			for _, v := range page {
				marks = append(marks, v.mark)
				at, mark = v.at, v.mark
			}
			if len(page) < MaxEvents {
				return nil
			}
		}
	})
	return marks, now, err
}

// TrimMembers forgets what counts no more: sessions, tickets and guesses whose
// time is over, and revocations from before an instant. At most a few thousand
// rows of each go at a time.
func (db *DB) TrimMembers(ctx context.Context, revoked time.Time) (err error) {
	defer fault.Wrap(&err, "forget what counts no more")
	const most = 5000
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return change.Outcome{}, err
		}
		for _, old := range []struct {
			text string
			at   time.Time
		}{
			{`DELETE FROM member_sessions WHERE id IN (SELECT id FROM member_sessions WHERE expires <= $1 ORDER BY expires LIMIT $2)`, now},
			{`DELETE FROM member_tickets WHERE hash IN (SELECT hash FROM member_tickets WHERE expires <= $1 ORDER BY expires LIMIT $2)`, now},
			{`DELETE FROM guesses WHERE key IN (SELECT key FROM guesses WHERE until <= $1 ORDER BY until, key LIMIT $2)`, now},
			{`DELETE FROM class_revocations WHERE mark IN (SELECT mark FROM class_revocations WHERE at <= $1 ORDER BY at, mark LIMIT $2)`, revoked},
		} {
			if _, err := s.exec(ctx, old.text, millis(old.at), most); err != nil {
				return change.Outcome{}, err
			}
		}
		return change.Outcome{}, nil
	})
	return err
}

// memberGuesses are the keys of limits that name a reader's address; those that
// name a network besides end within the hour.
func memberGuesses(email string) []string {
	return []string{guessKey("reader " + email), guessKey("letters to " + email)}
}
