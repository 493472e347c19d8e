package member

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// JobErase is the kind of the job that erases one member whose time has come.
// Its arguments are {"id": …}.
const JobErase = "member.erase"

// eraseJob asks for the erasure of a member at its time.
func eraseJob(id int64, at time.Time) change.Job {
	n := strconv.FormatInt(id, 10)
	// Whoever stopped an erasure and asks for another one has two jobs.
	return change.Job{Kind: JobErase, Args: json.RawMessage(`{"id":` + n + `}`), Key: n + "@" + strconv.FormatInt(at.Unix(), 10), At: at}
}

// Within returns when an account is erased that is given up now, if that has to
// be done within a time: after two thirds of it. Until then its owner can stop
// it, and what is left is for a server that was down.
func Within(now time.Time, limit time.Duration) time.Time { return now.Add(limit * 2 / 3) }

// GiveUp ends all sessions of a member at once, and erases the account when its
// time has come; limit is within what time that has to be done. A letter has
// the link that stops it.
func (m *Members) GiveUp(ctx context.Context, a Ask, s Session, limit time.Duration) error {
	return m.edit(ctx, s.Member.ID, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		if !r.EraseAt.IsZero() {
			return change.Outcome{}, errErasing()
		}
		r.EraseAt = Within(e.Now, limit)
		e.EndAll = true
		e.Revoke = []TicketKind{TicketSignIn, TicketReset, TicketConfirm, TicketEmail, TicketLink}
		// Whoever stops it need not sit where it was asked for.
		token, t := Ask{}.ticket(TicketKeep, e.Now)
		t.MemberID, t.Email, t.Expires = r.ID, r.Email, r.EraseAt
		e.Issue = t
		out := audit("reader", "give_up")
		out.Jobs = append(out.Jobs, eraseJob(r.ID, r.EraseAt))
		out.Mails = append(out.Mails, a.letter("giving_up", r.Email, r.Name, keepPath+token,
			lang.Args{"until": a.when(r.EraseAt), "last": a.when(e.Now.Add(limit))}))
		return out, nil
	})
}

// Kept returns until when a link stops an erasure, Gone if it counts no more.
func (m *Members) Kept(ctx context.Context, token string) (until time.Time, err error) {
	f, err := m.store.Member(ctx, Pick{Ticket: account.HashToken(token)})
	if err != nil {
		return time.Time{}, err
	}
	if f.Ticket == nil || f.Ticket.Kind != TicketKeep || f.Record == nil {
		return time.Time{}, errLink()
	}
	return f.Ticket.Expires, nil
}

// KeepOn stops the erasure that a link belongs to. Nobody is signed in by it.
func (m *Members) KeepOn(ctx context.Context, token string) error {
	return m.store.ChangeMember(ctx, Pick{Ticket: account.HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		if e.Ticket == nil || e.Ticket.Kind != TicketKeep || e.Record == nil {
			return change.Outcome{}, errLink()
		}
		e.Redeem, e.Record.EraseAt = true, time.Time{}
		return audit("reader", "keep_on"), nil
	})
}

// EraseDue erases a member whose time has come. Of one who is to stay, or is
// gone, it leaves everything as it is.
func (m *Members) EraseDue(ctx context.Context, id int64) (err error) {
	defer fault.Wrap(&err, "erase member %d", id)
	f, err := m.store.Member(ctx, Pick{ID: id})
	if err != nil || f.Record == nil || f.Record.EraseAt.IsZero() || f.Record.EraseAt.After(f.Now) {
		return err
	}
	if m.before != nil {
		if err := m.before(ctx, id); err != nil {
			return err
		}
	}
	return m.store.ChangeMember(ctx, Pick{ID: id}, func(e *Edit) (change.Outcome, error) {
		if e.Record == nil || e.Record.EraseAt.IsZero() || e.Record.EraseAt.After(e.Now) {
			return change.Outcome{}, nil
		}
		e.EndAll, e.Erase = true, true
		return audit("reader", "erased"), nil
	})
}

// sweepSize is how many erasures one sweep does.
const sweepSize = 200

// Sweep erases members whose job was lost, as in a restored backup. It returns
// how many there were.
func (m *Members) Sweep(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "erase members")
	now, err := m.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	ids, err := m.store.DueErasures(ctx, now, sweepSize)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := m.EraseDue(ctx, id); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
