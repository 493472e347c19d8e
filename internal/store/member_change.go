package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/member"
)

// ChangeMember implements member.Store. On PostgreSQL the rows of the ticket and
// of the member are locked, in this order, so that readers do not wait for each
// other.
func (db *DB) ChangeMember(ctx context.Context, pick member.Pick, fn func(*member.Edit) (change.Outcome, error)) (err error) {
	defer fault.Wrap(&err, "change a reader's account")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		var e member.Edit
		if e.Found, err = findMember(ctx, s, pick, now, s.forUpdate()); err != nil {
			return out, err
		}
		var before *member.Record
		if e.Record != nil {
			c := *e.Record
			c.Passkeys, c.Identities = slices.Clone(c.Passkeys), slices.Clone(c.Identities)
			before = &c
		}
		if out, err = fn(&e); err != nil {
			return out, err
		}
		revoked, err := writeMember(ctx, s, before, &e)
		if err != nil {
			return out, err
		}
		if revoked {
			out.Tags = append(slices.Clone(out.Tags), member.TagRevoked)
		}
		if e.ClosedBy != "" && e.Record != nil {
			if err := noteClosing(ctx, s, &e, millis(now)); err != nil {
				return out, err
			}
		}
		if before != nil && (e.Erase || before.Name != e.Record.Name) {
			// Under stories his name stands no more, or another one does.
			out.Tags = append(slices.Clone(out.Tags), discuss.TagCommenter(before.ID))
			out.Takedown = out.Takedown || e.Erase
		}
		out.Audit, out.Mails = slices.Clone(out.Audit), slices.Clone(out.Mails)
		for i, a := range out.Audit {
			if a.Object == "" && e.Record != nil {
				out.Audit[i].Object = e.Record.String()
			}
		}
		for i, m := range out.Mails {
			if m.Key == "" {
				out.Mails[i].Key = letterRef(e.Record) + "-" + rand.Text()
			}
		}
		return out, nil
	})
	return err
}

// noteClosing writes into the log of moderation that an account was closed or opened.
func noteClosing(ctx context.Context, s *session, e *member.Edit, at int64) error {
	what := discuss.ActEnable
	if e.Record.Disabled {
		what = discuss.ActDisable
	}
	undo := discuss.Undo{Member: e.Record.ID}
	_, err := s.exec(ctx, `
		INSERT INTO moderations (batch, actor, kind, at, undo)
		VALUES (0, $1, $2, $3, $4)`, e.ClosedBy, string(what), at, undo.Marshal())
	return err
}

// letterRef begins the reference of every letter about a member, so that they
// are found whatever address they went to; nil is somebody who is none.
func letterRef(r *member.Record) string {
	if r == nil {
		return "reader-ask"
	}
	return fmt.Sprintf("reader-%d", r.ID)
}

// anyLetter is the pattern of references to readers' letters: those of the
// newsroom's, which somebody with the same address may get, do not fit it. A
// pattern and no range, since databases order signs in different ways; the table
// is short, and addresses leave it seldom.
const anyLetter = "reader-%"

// writeMember writes what an edit left. before is the record as it was read, nil
// if there was none.
func writeMember(ctx context.Context, s *session, before *member.Record, e *member.Edit) (revoked bool, err error) {
	var id int64
	if e.Record != nil {
		if err := writeMemberRecord(ctx, s, before, e); err != nil {
			return false, err
		}
		id = e.Record.ID
		if revoked, err = writeMemberSessions(ctx, s, e, id); err != nil {
			return false, err
		}
	}
	if err := writeMemberTickets(ctx, s, e, id); err != nil {
		return false, err
	}
	if err := returnGuesses(ctx, s, e.Return); err != nil {
		return false, err
	}
	if e.Forget != "" {
		if _, err := s.exec(ctx, `DELETE FROM guesses WHERE key = $1`, guessKey(e.Forget)); err != nil {
			return false, err
		}
	}
	if e.Erase && e.Record != nil {
		return revoked, eraseMember(ctx, s, e.Record)
	}
	return revoked, nil
}

// writeMemberRecord inserts a new member, or writes what changed of one.
func writeMemberRecord(ctx context.Context, s *session, before *member.Record, e *member.Edit) error {
	r := e.Record
	switch {
	case before == nil:
		before = &member.Record{}
		err := s.row(ctx, `
			INSERT INTO members (email, name, created, seen, terms, terms_at, new_device, disabled, erase_at, handle, password)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			RETURNING id`, append(memberValues(r), r.Handle, r.Password)...).Scan(&r.ID)
		if s.isUnique(err) {
			return again{err} // somebody else came first: the rules look once more
		}
		if err != nil {
			return err
		}
	case before.Member != r.Member || before.Password != r.Password:
		_, err := s.exec(ctx, `
			UPDATE members
			SET email = $1, name = $2, created = $3, seen = $4, terms = $5, terms_at = $6, new_device = $7, disabled = $8, erase_at = $9,
			    handle = $10, password = $11
			WHERE id = $12`, append(memberValues(r), r.Handle, r.Password, r.ID)...)
		if s.isUnique(err) {
			taken := fault.New(fault.Conflict, "the address is that of another account: %w", err).Say("reader_taken")
			taken.Field = "email"
			return taken
		}
		if err != nil {
			return err
		}
		if before.Email != r.Email {
			// What others caused to go to the address of before is nobody's any more. The
			// member's own letters are found when he is erased.
			if _, err := s.exec(ctx, `
				DELETE FROM mails
				WHERE recipient = $1 AND ref LIKE $2 AND ref NOT LIKE $3`, before.Email, anyLetter, letterRef(r)+"-%"); err != nil {
				return err
			}
		}
	}
	if before.Name != r.Name {
		if err := writeNames(ctx, s, r.ID, r.Name); err != nil {
			return err
		}
	}
	if !slices.Equal(before.Passkeys, r.Passkeys) {
		if err := writePasskeys(ctx, s, "member_passkeys", "member_id", r.ID, r.Passkeys); err != nil {
			return err
		}
	}
	if slices.Equal(before.Identities, r.Identities) {
		return nil
	}
	return writeIdentities(ctx, s, r)
}

func memberValues(r *member.Record) []any {
	return []any{r.Email, r.Name, millis(r.Created), millis(r.Seen), r.Terms, millis(r.TermsAt), flag(r.NewDevice), flag(r.Disabled), millis(r.EraseAt)}
}

func writeIdentities(ctx context.Context, s *session, r *member.Record) error {
	if _, err := s.exec(ctx, `DELETE FROM member_identities WHERE member_id = $1`, r.ID); err != nil {
		return err
	}
	rows := make([][]any, len(r.Identities))
	for i, o := range r.Identities {
		rows[i] = []any{o.Provider, o.Subject, r.ID, o.Email, millis(o.Created), millis(o.Used)}
	}
	err := s.insertRows(ctx, `INSERT INTO member_identities (provider, subject, member_id, email, created, used)`, "", rows)
	if s.isUnique(err) {
		return fault.New(fault.Conflict, "another reader has this account elsewhere: %w", err).Say("reader_tied")
	}
	return err
}

// writeMemberTickets does what an edit says about tickets.
func writeMemberTickets(ctx context.Context, s *session, e *member.Edit, id int64) error {
	if e.Redeem && e.Ticket != nil {
		if _, err := s.exec(ctx, `DELETE FROM member_tickets WHERE hash = $1`, e.Ticket.Hash); err != nil {
			return err
		}
	}
	if e.Missed != "" {
		if _, err := s.exec(ctx, `UPDATE member_tickets SET tries = tries + 1 WHERE browser = $1 AND browser <> ''`, e.Missed); err != nil {
			return err
		}
	}
	for _, kind := range e.Revoke {
		if _, err := s.exec(ctx, `DELETE FROM member_tickets WHERE member_id = $1 AND kind = $2 AND member_id <> 0`, id, string(kind)); err != nil {
			return err
		}
	}
	if e.Issue == nil {
		return nil
	}
	t := e.Issue
	_, err := s.exec(ctx, `
		INSERT INTO member_tickets (hash, kind, member_id, email, browser, code, data, expires)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		t.Hash, string(t.Kind), t.MemberID, t.Email, t.Browser, t.Code, t.Data, millis(t.Expires))
	return err
}

// eraseMember removes a member from every table that holds something of him. The
// audit log keeps what was done with the number that he had, and no more.
func eraseMember(ctx context.Context, s *session, r *member.Record) error {
	for _, row := range []struct {
		text string
		args []any
	}{
		// What he wrote stays where others answered it, as nobody's; what he said to
		// comments is taken back.
		{`UPDATE reaction_counts SET n = n - 1 WHERE (comment_id, kind) IN (SELECT comment_id, kind FROM reactions WHERE member_id = $1)`, []any{r.ID}},
		{`UPDATE comments SET member_id = 0, network = '' WHERE member_id = $1 AND member_id <> 0`, []any{r.ID}},
		{`UPDATE complaints SET member_id = 0, source = 'erased-' || id, body = '' WHERE member_id = $1 AND member_id <> 0`, []any{r.ID}},
		{`DELETE FROM members WHERE id = $1`, []any{r.ID}}, // passkeys, identities and sessions with it
		{`DELETE FROM member_tickets WHERE member_id = $1`, []any{r.ID}},
		{`DELETE FROM member_tickets WHERE email = $1`, []any{r.Email}},
		{`DELETE FROM mails WHERE recipient = $1 AND ref LIKE $2`, []any{r.Email, anyLetter}},
		{`DELETE FROM mails WHERE ref LIKE $1`, []any{letterRef(r) + "-%"}},
	} {
		if _, err := s.exec(ctx, row.text, row.args...); err != nil {
			return fmt.Errorf("erase %s: %w", r, err)
		}
	}
	for _, key := range memberGuesses(r.Email) {
		if _, err := s.exec(ctx, `DELETE FROM guesses WHERE key = $1`, key); err != nil {
			return err
		}
	}
	return nil
}
