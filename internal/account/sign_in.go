package account

import (
	"context"
	"slices"

	"warta/internal/change"
	"warta/internal/fault"
)

// Entry is what a successful step of signing in gives: the token of a session,
// or, where a code is still missing, the token under which it is sent.
type Entry struct {
	Token  string // of the session; for the cookie
	Code   string // of the step that is missing; Token is empty then
	UserID int64
}

// errSignIn says the same whatever was wrong: it tells nobody whether there is
// such an account.
func errSignIn() error {
	return fault.New(fault.Unauthenticated, "the address and the password do not belong together").Say("wrong_sign_in")
}

// errCode is the answer to a wrong second proof.
func errCode() error {
	return fault.Input("code", "this code does not count; wait for the next one").Say("wrong_code")
}

// errAgain is the answer when the first step is too long ago.
func errAgain() error {
	return fault.New(fault.Unauthenticated, "signing in took too long; begin again").Say("sign_in_again")
}

// SignIn is the first step with a mail address and a password. A wrong one is
// Unauthenticated, and takes as long as an address that nobody has.
func (s *Staff) SignIn(ctx context.Context, email, password string, from Client) (Entry, error) {
	email, err := CleanEmail(email)
	if err != nil {
		return Entry{}, err
	}
	f, err := s.store.Staff(ctx, Pick{Email: email})
	if err != nil {
		return Entry{}, err
	}
	limits := signInLimits(email, from.Network)
	if err := s.guard.Attempt(ctx, f.Now, limits); err != nil {
		return Entry{}, err
	}
	hash := ""
	if f.Record != nil {
		hash = f.Record.Password
	}
	ok, err := s.passwords.Matches(ctx, hash, password)
	if err != nil {
		return Entry{}, s.guard.Undo(ctx, limits, err)
	}
	var entry Entry
	// Both ways write, so that they take as long.
	err = s.store.ChangeStaff(ctx, Pick{Email: email}, func(e *Edit) (change.Outcome, error) {
		entry = Entry{}
		r := e.Record
		switch {
		case r == nil:
			return audit("nobody", "sign_in_failed", 0), nil
		case !ok || r.Disabled || r.Password != hash:
			r.Failed++
			return audit("nobody", "sign_in_failed", r.ID, "failed", r.Failed), nil
		}
		e.Return, e.Forget = limits.Keys(), limits.Account[0].Key
		if r.Proven() && !r.Demo {
			entry.UserID = r.ID
			entry.Code, e.Issue = issue(TicketCode, r.ID, "")
			return change.Outcome{}, nil
		}
		failed := r.Failed
		entry = begin(e, from)
		return audit(tag(r.ID), "sign_in", r.ID, "by", "password", "failed_before", failed), nil
	})
	if err != nil {
		return Entry{}, err
	}
	if entry == (Entry{}) {
		return Entry{}, errSignIn()
	}
	s.guard.Right(limits)
	return entry, nil
}

// issue returns a new ticket with its token.
func issue(kind TicketKind, userID int64, data string) (token string, t *Ticket) {
	t = &Ticket{Kind: kind, UserID: userID, Data: data}
	token, t.Hash = NewToken()
	return token, t
}

// begin signs the record's user in.
func begin(e *Edit, from Client) Entry {
	token, hash := NewToken()
	e.Record.Seen, e.Record.Failed = e.Now, 0
	e.Token = hash
	e.Begin = &Session{Created: e.Now, Seen: e.Now, Confirmed: e.Now, Expires: e.Now.Add(sessionIdle),
		Network: from.Network, Device: Shorten(from.Device, 200)}
	return Entry{Token: token, UserID: e.Record.ID}
}

// Shorten cuts a text to at most n bytes, between letters.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}

// SignInCode is the second step: a code of the authenticator app, or one of the
// recovery codes.
func (s *Staff) SignInCode(ctx context.Context, token, code string, from Client) (Entry, error) {
	pick := Pick{Ticket: HashToken(token)}
	f, err := s.store.Staff(ctx, pick)
	if err != nil {
		return Entry{}, err
	}
	if f.Record == nil || f.Ticket == nil || f.Ticket.Kind != TicketCode {
		return Entry{}, errAgain()
	}
	limits := codeLimits(f.Record.ID, from.Network)
	if err := s.guard.Attempt(ctx, f.Now, limits); err != nil {
		return Entry{}, err
	}
	var entry Entry
	var wrong error
	err = s.store.ChangeStaff(ctx, pick, func(e *Edit) (change.Outcome, error) {
		entry, wrong = Entry{}, nil
		if e.Record == nil || e.Ticket == nil || e.Record.Disabled {
			wrong = errAgain()
			return change.Outcome{}, nil
		}
		by, ok := useCode(e, code)
		if !ok {
			wrong = errCode()
			e.Record.Failed++
			return audit("nobody", "sign_in_failed", e.Record.ID, "failed", e.Record.Failed, "at", "code"), nil
		}
		e.Redeem, e.Return = true, limits.Keys()
		failed := e.Record.Failed
		entry = begin(e, from)
		return audit(tag(e.Record.ID), "sign_in", e.Record.ID, "by", by, "failed_before", failed, "codes_left", len(e.Record.Codes)), nil
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return Entry{}, err
	}
	s.guard.Right(limits)
	return entry, nil
}

// useCode spends a code of the app or a recovery code.
func useCode(e *Edit, code string) (by string, ok bool) {
	r := e.Record
	if r.TOTP != "" {
		if step, ok := checkTOTP(r.TOTP, code, e.Now, r.TOTPStep); ok {
			r.TOTPStep = step
			return "totp", true
		}
	}
	if h := hashRecovery(code); h != "" {
		if i := slices.Index(r.Codes, h); i >= 0 {
			r.Codes = slices.Delete(slices.Clone(r.Codes), i, i+1)
			return "recovery_code", true
		}
	}
	return "", false
}

// CodeUser returns the user whose second step a token belongs to,
// Unauthenticated if there is none.
func (s *Staff) CodeUser(ctx context.Context, token string) (User, error) {
	f, err := s.store.Staff(ctx, Pick{Ticket: HashToken(token)})
	if err != nil {
		return User{}, err
	}
	if f.Record == nil || f.Ticket == nil || f.Ticket.Kind != TicketCode {
		return User{}, errAgain()
	}
	return f.Record.User, nil
}

// SignInPasskey signs in the owner of a passkey whose answer the door has
// verified. data is what the door keeps of it from now on.
func (s *Staff) SignInPasskey(ctx context.Context, passkeyID, data string, from Client) (Entry, error) {
	var entry Entry
	err := s.store.ChangeStaff(ctx, Pick{Passkey: passkeyID}, func(e *Edit) (change.Outcome, error) {
		entry = Entry{}
		if e.Record == nil || e.Record.Disabled {
			return change.Outcome{}, errPasskey()
		}
		k := e.Record.passkey(passkeyID)
		k.Used, k.Data = e.Now, data
		entry = begin(e, from)
		return audit(tag(e.Record.ID), "sign_in", e.Record.ID, "by", "passkey"), nil
	})
	return entry, err
}

// errPasskey is the answer to a passkey that nobody has here.
func errPasskey() error {
	return fault.New(fault.Unauthenticated, "this passkey is not known here; sign in with a password").Say("unknown_passkey")
}

// PasskeyOwner returns the user of a passkey, Unauthenticated if nobody has it.
func (s *Staff) PasskeyOwner(ctx context.Context, passkeyID string) (*Record, error) {
	f, err := s.store.Staff(ctx, Pick{Passkey: passkeyID})
	if err != nil {
		return nil, err
	}
	if f.Record == nil || f.Record.Disabled {
		return nil, errPasskey()
	}
	return f.Record, nil
}

// SignOut ends a session. One that has ended already is no error.
func (s *Staff) SignOut(ctx context.Context, session Session) error {
	return s.edit(ctx, session.User.ID, func(e *Edit) (change.Outcome, error) {
		e.End = session.ID
		return audit(tag(session.User.ID), "sign_out", session.User.ID), nil
	})
}

// Confirm proves again who it is, with the password or a code of the app.
func (s *Staff) Confirm(ctx context.Context, session Session, secret string, from Client) error {
	id := session.User.ID
	f, err := s.store.Staff(ctx, Pick{UserID: id})
	if err != nil {
		return err
	}
	if f.Record == nil {
		return errNobody()
	}
	limits := codeLimits(id, from.Network)
	if err := s.guard.Attempt(ctx, f.Now, limits); err != nil {
		return err
	}
	hash := f.Record.Password
	ok, err := s.passwords.Matches(ctx, hash, secret)
	if err != nil {
		return s.guard.Undo(ctx, limits, err)
	}
	wrong := true
	err = s.edit(ctx, id, func(e *Edit) (change.Outcome, error) {
		wrong = true
		passed := ok && e.Record.Password == hash
		if !passed {
			_, passed = useCode(e, secret)
		}
		if !passed {
			e.Record.Failed++
			return audit(tag(id), "confirm_failed", id), nil
		}
		wrong, e.Confirm, e.Return = false, session.ID, limits.Keys()
		return audit(tag(id), "confirm", id), nil
	})
	if err != nil {
		return err
	}
	if wrong {
		return fault.Input("secret", "neither the password nor a code that counts").Say("wrong_secret")
	}
	s.guard.Right(limits)
	return nil
}

// ConfirmPasskey proves again who it is by a passkey of the user's own whose
// answer the door has verified.
func (s *Staff) ConfirmPasskey(ctx context.Context, session Session, passkeyID, data string) error {
	id := session.User.ID
	return s.edit(ctx, id, func(e *Edit) (change.Outcome, error) {
		k := e.Record.passkey(passkeyID)
		if k == nil {
			return change.Outcome{}, errPasskey()
		}
		k.Used, k.Data, e.Confirm = e.Now, data, session.ID
		return audit(tag(id), "confirm", id, "by", "passkey"), nil
	})
}
