package member

import (
	"context"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// errPasskey is the answer to a passkey that nobody has here.
func errPasskey() error {
	return fault.New(fault.Unauthenticated, "this passkey is not known here; sign in in another way").Say("unknown_passkey")
}

// Keep puts data aside for one answer of a passkey: what it is asked is known
// to the server alone and counts once. id is 0 for somebody who is not signed
// in.
func (m *Members) Keep(ctx context.Context, a Ask, id int64, data string) (token string, err error) {
	now, err := m.store.Now(ctx)
	if err != nil {
		return "", err
	}
	if err := m.guard.Attempt(ctx, now, keyLimits(a.From.Network)); err != nil {
		return "", err
	}
	err = m.store.ChangeMember(ctx, Pick{ID: id}, func(e *Edit) (change.Outcome, error) {
		token, e.Issue = a.ticket(TicketPasskey, e.Now)
		e.Issue.MemberID, e.Issue.Data, e.Issue.Code = id, data, ""
		return change.Outcome{}, nil
	})
	return token, err
}

// Take returns what Keep put aside, once, to the same member in the same
// browser.
func (m *Members) Take(ctx context.Context, a Ask, id int64, token string) (data string, err error) {
	err = m.store.ChangeMember(ctx, Pick{Ticket: account.HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		if t := e.Ticket; t == nil || t.Kind != TicketPasskey || t.MemberID != id || !t.here(a) {
			return change.Outcome{}, fault.New(fault.Unauthenticated, "signing in took too long; begin again").Say("sign_in_again")
		}
		e.Redeem, data = true, e.Ticket.Data
		return change.Outcome{}, nil
	})
	return data, err
}

// PasskeyOwner returns the member of a passkey, Unauthenticated if nobody has
// it.
func (m *Members) PasskeyOwner(ctx context.Context, passkeyID string) (*Record, error) {
	f, err := m.store.Member(ctx, Pick{Passkey: passkeyID})
	if err != nil {
		return nil, err
	}
	if f.Record == nil {
		return nil, errPasskey()
	}
	return f.Record, nil
}

// SignInPasskey signs in the owner of a passkey whose answer the door has
// verified. data is what the door keeps of it from now on.
func (m *Members) SignInPasskey(ctx context.Context, a Ask, passkeyID, data string) (entry Entry, err error) {
	err = m.store.ChangeMember(ctx, Pick{Passkey: passkeyID}, func(e *Edit) (out change.Outcome, err error) {
		if e.Record == nil {
			return out, errPasskey()
		}
		if err := shut(e.Record.Member); err != nil {
			return out, err
		}
		k := e.Record.passkey(passkeyID)
		k.Used, k.Data = e.Now, data
		entry, out = a.begin(e, "passkey")
		return out, nil
	})
	return entry, err
}

// ConfirmPasskey proves again who is signed in by a passkey of his own whose
// answer the door has verified.
func (m *Members) ConfirmPasskey(ctx context.Context, s Session, passkeyID, data string) error {
	return m.edit(ctx, s.Member.ID, func(e *Edit) (change.Outcome, error) {
		k := e.Record.passkey(passkeyID)
		if k == nil {
			return change.Outcome{}, errPasskey()
		}
		k.Used, k.Data, e.Confirm = e.Now, data, s.ID
		return audit("reader", "confirm", "by", "passkey"), nil
	})
}
