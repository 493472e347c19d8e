package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// What everybody does with his own account.

// Profile is what a user decides about himself.
type Profile struct {
	Name        string
	Language    lang.Code // empty: the site's
	MailNotices bool
}

// SaveProfile writes the user's own profile.
func (s *Staff) SaveProfile(ctx context.Context, userID int64, p Profile) (err error) {
	if p.Name, err = CleanName(p.Name); err != nil {
		return err
	}
	if p.Language != "" {
		if _, err := lang.Parse(string(p.Language)); err != nil {
			return err
		}
	}
	return s.edit(ctx, userID, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		r.Name, r.Language, r.MailNotices = p.Name, p.Language, p.MailNotices
		return audit(tag(userID), "profile", userID), nil
	})
}

// SetPassword changes the user's own password and ends his other sessions. old
// is needed if there is one.
func (s *Staff) SetPassword(ctx context.Context, session Session, old, password string, from Client) error {
	id := session.User.ID
	f, err := s.store.Staff(ctx, Pick{UserID: id})
	if err != nil {
		return err
	}
	if f.Record == nil {
		return errNobody()
	}
	was := f.Record.Password
	if was != "" {
		if err := s.checkOld(ctx, f, old, from); err != nil {
			return err
		}
	}
	if err := CheckPassword(password, f.Record.Name, f.Record.Email); err != nil {
		return err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.edit(ctx, id, func(e *Edit) (change.Outcome, error) {
		if e.Record.Password != was {
			return change.Outcome{}, fault.New(fault.Conflict, "the password was changed elsewhere at the same moment").Say("password_moved")
		}
		e.Record.Password, e.EndAll, e.Keep, e.Confirm = hash, true, session.ID, session.ID
		e.Revoke = []TicketKind{TicketCode, TicketReset}
		return audit(tag(id), "set_password", id), nil
	})
}

func (s *Staff) checkOld(ctx context.Context, f Found, old string, from Client) error {
	limits := codeLimits(f.Record.ID, from.Network)
	if err := s.guard.Attempt(ctx, f.Now, limits); err != nil {
		return err
	}
	ok, err := s.passwords.Matches(ctx, f.Record.Password, old)
	if err != nil || ok {
		return s.guard.Undo(ctx, limits, err)
	}
	return fault.Input("old", "this is not the password so far").Say("wrong_password")
}

// BeginTOTP makes a secret for an authenticator app. It counts once FinishTOTP
// has seen a code of it; token names it until then.
func (s *Staff) BeginTOTP(ctx context.Context, userID int64) (secret, token string, err error) {
	secret = NewTOTP()
	err = s.edit(ctx, userID, func(e *Edit) (change.Outcome, error) {
		token, e.Issue = issue(TicketTOTP, userID, secret)
		e.Revoke = []TicketKind{TicketTOTP}
		return change.Outcome{}, nil
	})
	return secret, token, err
}

// PendingTOTP returns the secret that BeginTOTP made under a token, Gone if it
// has expired.
func (s *Staff) PendingTOTP(ctx context.Context, userID int64, token string) (secret string, err error) {
	f, err := s.store.Staff(ctx, Pick{Ticket: HashToken(token)})
	if err != nil {
		return "", err
	}
	if f.Ticket == nil || f.Ticket.Kind != TicketTOTP || f.Ticket.UserID != userID {
		return "", errLink()
	}
	return f.Ticket.Data, nil
}

// FinishTOTP takes the secret of a token into use if code is one of it, and
// returns fresh recovery codes, which are shown once and never again.
func (s *Staff) FinishTOTP(ctx context.Context, session Session, token, code string) (codes []string, err error) {
	id := session.User.ID
	err = s.store.ChangeStaff(ctx, Pick{Ticket: HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		if e.Record == nil || e.Ticket == nil || e.Ticket.Kind != TicketTOTP || e.Record.ID != id {
			return change.Outcome{}, errLink()
		}
		step, ok := checkTOTP(e.Ticket.Data, code, e.Now, 0)
		if !ok {
			return change.Outcome{}, errCode()
		}
		e.Redeem = true
		e.Record.TOTP, e.Record.TOTPStep = e.Ticket.Data, step
		codes, e.Record.Codes = newRecoveryCodes()
		return audit(tag(id), "set_totp", id), nil
	})
	return codes, err
}

// DropTOTP takes the app out of use.
func (s *Staff) DropTOTP(ctx context.Context, userID int64) error {
	return s.edit(ctx, userID, func(e *Edit) (change.Outcome, error) {
		e.Record.TOTP, e.Record.TOTPStep = "", 0
		return audit(tag(userID), "drop_totp", userID), nil
	})
}

// NewCodes replaces the user's recovery codes and returns the new ones.
func (s *Staff) NewCodes(ctx context.Context, userID int64) (codes []string, err error) {
	err = s.edit(ctx, userID, func(e *Edit) (change.Outcome, error) {
		codes, e.Record.Codes = newRecoveryCodes()
		return audit(tag(userID), "new_codes", userID), nil
	})
	return codes, err
}

// maxPasskeys is how many passkeys one user may have.
const maxPasskeys = 20

// AddPasskey keeps a passkey that the door has verified. With the first proof
// of a user come recovery codes; they are shown once.
func (s *Staff) AddPasskey(ctx context.Context, session Session, k Passkey) (codes []string, err error) {
	id := session.User.ID
	if k.Name = strings.Join(strings.Fields(Shorten(k.Name, 60)), " "); k.Name == "" {
		k.Name = "Passkey"
	}
	err = s.edit(ctx, id, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		codes = nil
		switch {
		case r.passkey(k.ID) != nil:
			return change.Outcome{}, fault.New(fault.Conflict, "this passkey is here already").Say("passkey_there")
		case len(r.Passkeys) >= maxPasskeys:
			return change.Outcome{}, fault.New(fault.TooLarge, "at most %d passkeys; remove one first", maxPasskeys).Say("passkeys_many", "most", maxPasskeys)
		}
		k.Created = e.Now
		r.Passkeys = append(slices.Clone(r.Passkeys), k)
		if len(r.Codes) == 0 {
			codes, r.Codes = newRecoveryCodes()
		}
		e.Confirm = session.ID
		return audit(tag(id), "add_passkey", id), nil
	})
	return codes, err
}

// DropPasskey removes one of the user's own passkeys.
func (s *Staff) DropPasskey(ctx context.Context, userID int64, passkeyID string) error {
	return s.edit(ctx, userID, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		if r.passkey(passkeyID) == nil {
			return change.Outcome{}, fault.New(fault.NotFound, "there is no such passkey").Say("no_passkey")
		}
		if r.Password == "" && len(r.Passkeys) == 1 {
			return change.Outcome{}, fault.New(fault.Conflict, "this is the only way in; set a password first").Say("last_way_in")
		}
		r.Passkeys = slices.DeleteFunc(slices.Clone(r.Passkeys), func(k Passkey) bool { return k.ID == passkeyID })
		return audit(tag(userID), "drop_passkey", userID), nil
	})
}

// Keep puts data aside for one answer of a passkey: what it is asked is known
// to the server alone and counts once. userID is 0 for somebody who is not
// signed in.
func (s *Staff) Keep(ctx context.Context, userID int64, data string, from Client) (token string, err error) {
	if userID == 0 {
		now, err := s.store.Now(ctx)
		if err != nil {
			return "", err
		}
		if err := s.guard.Attempt(ctx, now, Limits{Network: []Limit{{"passkeys from " + Network(from.Network), 100, 15 * time.Minute}}}); err != nil {
			return "", err
		}
	}
	err = s.store.ChangeStaff(ctx, Pick{UserID: userID}, func(e *Edit) (change.Outcome, error) {
		token, e.Issue = issue(TicketPasskey, userID, data)
		return change.Outcome{}, nil
	})
	return token, err
}

// Take returns what Keep put aside, once, to the same user.
func (s *Staff) Take(ctx context.Context, userID int64, token string) (data string, err error) {
	err = s.store.ChangeStaff(ctx, Pick{Ticket: HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		if e.Ticket == nil || e.Ticket.Kind != TicketPasskey || e.Ticket.UserID != userID {
			return change.Outcome{}, errAgain()
		}
		e.Redeem, data = true, e.Ticket.Data
		return change.Outcome{}, nil
	})
	return data, err
}
