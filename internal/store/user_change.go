package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Staff implements account.Store.
func (db *DB) Staff(ctx context.Context, pick account.Pick) (f account.Found, err error) {
	defer fault.Wrap(&err, "read a user")
	err = db.view(ctx, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		f, err = findStaff(ctx, s, pick, now)
		return err
	})
	return f, err
}

// ChangeStaff implements account.Store.
func (db *DB) ChangeStaff(ctx context.Context, pick account.Pick, fn func(*account.Edit) (change.Outcome, error)) (err error) {
	defer fault.Wrap(&err, "change a user")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		if s.postgres {
			if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, staffLock); err != nil {
				return out, err
			}
		}
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		var e account.Edit
		if e.Found, err = findStaff(ctx, s, pick, now); err != nil {
			return out, err
		}
		var before *account.Record
		if e.Record != nil {
			before = copyRecord(e.Record)
		}
		if out, err = fn(&e); err != nil {
			return out, err
		}
		if err := writeStaff(ctx, s, before, &e); err != nil {
			return out, err
		}
		out.Audit = slices.Clone(out.Audit)
		for i, a := range out.Audit {
			if a.Object == "" && e.Record != nil {
				out.Audit[i].Object = e.Record.Actor().String()
			}
		}
		return out, nil
	})
	return err
}

// copyRecord returns a record that changes of the other do not reach.
func copyRecord(r *account.Record) *account.Record {
	c := *r
	c.Grants, c.Codes, c.Passkeys = slices.Clone(r.Grants), slices.Clone(r.Codes), slices.Clone(r.Passkeys)
	return &c
}

// findStaff reads what a pick names.
func findStaff(ctx context.Context, s *session, pick account.Pick, now time.Time) (f account.Found, err error) {
	f.Now = now
	if pick.Ticket != "" {
		if f.Ticket, err = findTicket(ctx, s, pick.Ticket, now); err != nil {
			return f, err
		}
		if f.Ticket != nil {
			pick.UserID = f.Ticket.UserID
		}
	}
	if pick.Passkey != "" {
		err := s.row(ctx, `SELECT user_id FROM user_passkeys WHERE id = $1`, pick.Passkey).Scan(&pick.UserID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return f, err
		}
	}
	if f.Record, err = readRecord(ctx, s, pick); err != nil {
		return f, err
	}
	err = s.row(ctx, `
		SELECT NOT EXISTS (SELECT 1 FROM users), (
			SELECT count(*)
			FROM users
			WHERE role = 'owner' AND disabled = 0 AND joined <> 0)`).Scan(&f.Empty, &f.Owners)
	return f, err
}

// findTicket returns a ticket that still counts, nil if there is none.
func findTicket(ctx context.Context, s *session, hash string, now time.Time) (*account.Ticket, error) {
	t := account.Ticket{Hash: hash}
	err := s.row(ctx, `
		SELECT kind, user_id, data, created, expires
		FROM user_tickets
		WHERE hash = $1 AND expires > $2`, hash, millis(now)).
		Scan(&t.Kind, &t.UserID, &t.Data, stamp{&t.Created}, stamp{&t.Expires})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// readRecord returns the user of a pick with his ways of signing in, nil if
// there is none.
func readRecord(ctx context.Context, s *session, pick account.Pick) (*account.Record, error) {
	const columns = `SELECT ` + userColumns + `, handle, password, totp, totp_step, failed FROM users `
	var found row
	switch {
	case pick.UserID != 0:
		found = s.row(ctx, columns+`WHERE id = $1`, pick.UserID)
	case pick.Email != "":
		found = s.row(ctx, columns+`WHERE email = $1`, pick.Email)
	default:
		return nil, nil
	}
	var r account.Record
	err := found.Scan(append(userFields(&r.User), &r.Handle, &r.Password, &r.TOTP, &r.TOTPStep, &r.Failed)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// There are never more than a handful of either.
	r.Codes, err = collect(scanText)(s.rows(ctx, `SELECT hash FROM user_codes WHERE user_id = $1 ORDER BY hash`, r.ID))
	if err != nil {
		return nil, err
	}
	r.Passkeys, err = collect(scanPasskey)(s.rows(ctx, `
		SELECT id, name, data, created, used
		FROM user_passkeys
		WHERE user_id = $1
		ORDER BY created, id`, r.ID))
	return &r, err
}

func scanPasskey(r scanner) (k account.Passkey, err error) {
	err = r.Scan(&k.ID, &k.Name, &k.Data, stamp{&k.Created}, stamp{&k.Used})
	return k, err
}

// writeStaff writes what an edit left. before is the record as it was read.
func writeStaff(ctx context.Context, s *session, before *account.Record, e *account.Edit) error {
	var userID int64
	if e.Record != nil {
		if err := writeRecord(ctx, s, before, e); err != nil {
			return err
		}
		userID = e.Record.ID
		if err := writeSessions(ctx, s, e, userID); err != nil {
			return err
		}
	}
	if err := writeTickets(ctx, s, e, userID); err != nil {
		return err
	}
	return writeGuesses(ctx, s, e)
}

// writeRecord inserts a new user, or writes what changed of one.
func writeRecord(ctx context.Context, s *session, before *account.Record, e *account.Edit) error {
	r := e.Record
	if r.ID == 0 {
		r.Created = e.Now
		before = &account.Record{}
	}
	if r.Email != before.Email || r.PersonID != before.PersonID {
		if err := checkTaken(ctx, s, r); err != nil {
			return err
		}
	}
	grants, err := marshal(r.Grants)
	if err != nil {
		return err
	}
	id, err := saveRow(ctx, s, "users", userColumns+`, handle, password, totp, totp_step, failed, folded`,
		r.ID, r.Email, r.Name, string(r.Role), grants, r.PersonID, string(r.Language), flag(r.MailNotices), flag(r.Disabled),
		flag(r.Demo), millis(r.Created), millis(r.Joined), millis(r.Seen),
		r.Handle, r.Password, r.TOTP, r.TOTPStep, r.Failed, account.FoldName(r.Name))
	if fault.Is(err, fault.Conflict) {
		taken := fault.New(fault.Conflict, "the mail address is taken already: %w", err).Say("email_taken")
		taken.Field = "email"
		return taken
	}
	if err != nil {
		return err
	}
	r.ID = id
	if !slices.Equal(before.Grants, r.Grants) {
		if err := writeDesks(ctx, s, r); err != nil {
			return err
		}
	}
	if !slices.Equal(before.Codes, r.Codes) {
		if err := writeCodes(ctx, s, r); err != nil {
			return err
		}
	}
	if !slices.Equal(before.Passkeys, r.Passkeys) {
		return writePasskeys(ctx, s, "user_passkeys", "user_id", r.ID, r.Passkeys)
	}
	return nil
}

// checkTaken returns an Invalid error if somebody else has the user's address or
// byline. Nobody else changes users meanwhile.
func checkTaken(ctx context.Context, s *session, r *account.Record) error {
	var email, person bool
	err := s.row(ctx, `
		SELECT EXISTS (SELECT 1 FROM users WHERE email = $1 AND id <> $2),
			EXISTS (SELECT 1 FROM users WHERE person_id = $3 AND person_id <> 0 AND id <> $2)`,
		r.Email, r.ID, r.PersonID).Scan(&email, &person)
	switch {
	case err != nil:
		return err
	case email:
		return fault.Input("email", "somebody has this address already").Say("mail_taken")
	case person:
		return fault.Input("person", "another account has this byline").Say("person_taken")
	}
	return nil
}

func writeDesks(ctx context.Context, s *session, r *account.Record) error {
	if _, err := s.exec(ctx, `DELETE FROM user_desks WHERE user_id = $1`, r.ID); err != nil {
		return err
	}
	var rows [][]any
	seen := map[int64]bool{}
	for _, g := range r.Grants {
		if !seen[g.SectionID] {
			seen[g.SectionID] = true
			rows = append(rows, []any{g.SectionID, r.ID})
		}
	}
	return s.insertRows(ctx, `INSERT INTO user_desks (section_id, user_id)`, "", rows)
}

func writeCodes(ctx context.Context, s *session, r *account.Record) error {
	if _, err := s.exec(ctx, `DELETE FROM user_codes WHERE user_id = $1`, r.ID); err != nil {
		return err
	}
	rows := make([][]any, len(r.Codes))
	for i, hash := range r.Codes {
		rows[i] = []any{r.ID, hash}
	}
	return s.insertRows(ctx, `INSERT INTO user_codes (user_id, hash)`, "", rows)
}

// writePasskeys makes keys all the passkeys of somebody: users and members have a
// table of the same shape, each with a column for whose they are.
func writePasskeys(ctx context.Context, s *session, table, whose string, id int64, keys []account.Passkey) error {
	if _, err := s.exec(ctx, `DELETE FROM `+table+` WHERE `+whose+` = $1`, id); err != nil {
		return err
	}
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{k.ID, id, k.Name, k.Data, millis(k.Created), millis(k.Used)}
	}
	err := s.insertRows(ctx, `INSERT INTO `+table+` (id, `+whose+`, name, data, created, used)`, "", rows)
	if s.isUnique(err) {
		return fault.New(fault.Conflict, "this passkey is here already: %w", err).Say("passkey_there")
	}
	return err
}

// writeTickets does what an edit says about tickets.
func writeTickets(ctx context.Context, s *session, e *account.Edit, userID int64) error {
	if e.Redeem && e.Ticket != nil {
		if _, err := s.exec(ctx, `DELETE FROM user_tickets WHERE hash = $1`, e.Ticket.Hash); err != nil {
			return err
		}
	}
	for _, kind := range e.Revoke {
		if _, err := s.exec(ctx, `DELETE FROM user_tickets WHERE user_id = $1 AND kind = $2`, userID, string(kind)); err != nil {
			return err
		}
	}
	if e.Issue == nil {
		return nil
	}
	if _, err := s.exec(ctx, `DELETE FROM user_tickets WHERE expires <= $1`, millis(e.Now)); err != nil {
		return err
	}
	t := e.Issue
	if t.UserID == 0 {
		t.UserID = userID
	}
	_, err := s.exec(ctx, `
		INSERT INTO user_tickets (hash, kind, user_id, data, created, expires)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		t.Hash, string(t.Kind), t.UserID, t.Data, millis(e.Now), millis(e.Now.Add(t.Kind.Lasts())))
	return err
}
