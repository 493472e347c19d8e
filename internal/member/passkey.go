package member

import (
	"context"

	"warta/internal/change"
	"warta/internal/fault"
)

// errPasskey is the answer to a passkey that nobody has here.
func errPasskey() error {
	return fault.New(fault.Unauthenticated, "this passkey is not known here; sign in in another way").Say("unknown_passkey")
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
