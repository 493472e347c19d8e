package member

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// What every member does with his own account.

// Profile is what a member decides about himself.
type Profile struct {
	Name      string
	NewDevice bool // a letter when somebody signs in on another device
}

// SaveProfile writes a member's own profile.
func (m *Members) SaveProfile(ctx context.Context, id int64, p Profile) (err error) {
	if p.Name, err = CleanName(p.Name); err != nil {
		return err
	}
	taken := m.free(ctx, p.Name)
	return m.edit(ctx, id, func(e *Edit) (change.Outcome, error) {
		if e.Record.Name != p.Name && taken != nil {
			return change.Outcome{}, taken
		}
		e.Record.Name, e.Record.NewDevice = p.Name, p.NewDevice
		return audit("reader", "profile"), nil
	})
}

// errPassword is the answer to a wrong password of somebody who is signed in.
func errPassword(field string) error {
	return fault.Input(field, "this is not the password so far").Say("wrong_password")
}

// check holds what somebody who is signed in types against his password.
func (m *Members) check(ctx context.Context, a Ask, id int64, field, password string) (hash string, err error) {
	r, now, err := m.record(ctx, id)
	if err != nil {
		return "", err
	}
	limits := secretLimits(r.Member, a.From.Network)
	if err := m.guard.Attempt(ctx, now, limits); err != nil {
		return "", err
	}
	ok, err := m.passwords.Matches(ctx, r.Password, password)
	if err != nil || ok {
		return r.Password, m.guard.Undo(ctx, limits, err)
	}
	return "", errPassword(field)
}

// SetPassword gives a member a new password and ends his other sessions. old is
// needed if there is one.
func (m *Members) SetPassword(ctx context.Context, a Ask, s Session, old, password string) error {
	r, _, err := m.record(ctx, s.Member.ID)
	if err != nil {
		return err
	}
	was := r.Password
	if was != "" {
		if was, err = m.check(ctx, a, r.ID, "old", old); err != nil {
			return err
		}
	}
	if err := account.CheckPassword(password, r.Name, r.Email); err != nil {
		return err
	}
	hash, err := m.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return m.edit(ctx, r.ID, func(e *Edit) (change.Outcome, error) {
		if e.Record.Password != was {
			return change.Outcome{}, fault.New(fault.Conflict, "the password was changed elsewhere at the same moment").Say("password_moved")
		}
		e.Record.Password, e.EndAll, e.Keep, e.Confirm = hash, true, s.ID, s.ID
		e.Revoke = []TicketKind{TicketSignIn, TicketReset, TicketConfirm}
		out := audit("reader", "set_password")
		out.Mails = append(out.Mails, a.letter("password", e.Record.Email, e.Record.Name, resetPath, lang.Args{"time": a.when(e.Now)}))
		return out, nil
	})
}

// Confirm proves again who is signed in, with the password.
func (m *Members) Confirm(ctx context.Context, a Ask, s Session, password string) error {
	hash, err := m.check(ctx, a, s.Member.ID, "password", password)
	if err != nil {
		return err
	}
	return m.edit(ctx, s.Member.ID, func(e *Edit) (change.Outcome, error) {
		if e.Record.Password != hash {
			return change.Outcome{}, errPassword("password")
		}
		e.Confirm = s.ID
		return audit("reader", "confirm", "by", "password"), nil
	})
}

// AskConfirm sends a letter by which a member proves again who is signed in.
func (m *Members) AskConfirm(ctx context.Context, a Ask, s Session) error {
	return m.own(ctx, a, s, TicketConfirm, "", func(r *Record, token string) []change.Mail {
		return []change.Mail{a.proof(TicketConfirm, r.Email, r.Name, token, nil)}
	})
}

// AskEmail sends a letter to a new address. Once its reader has shown that he
// has it, the account moves there. It tells nobody whether somebody has the
// address: then the letter says so. The old address is told at once.
func (m *Members) AskEmail(ctx context.Context, a Ask, s Session, email string) error {
	email, err := account.CleanEmail(email)
	if err != nil {
		return err
	}
	if email == s.Member.Email {
		return fault.Input("email", "this is the address of the account already").Say("reader_same_email")
	}
	other, err := m.store.Member(ctx, Pick{Email: email})
	if err != nil {
		return err
	}
	return m.own(ctx, a, s, TicketEmail, email, func(r *Record, token string) []change.Mail {
		first := a.proof(TicketEmail, email, r.Name, token, nil)
		if other.Record != nil {
			first = a.letter("known", email, other.Record.Name, signInPath, nil)
		}
		return []change.Mail{first, a.letter("moving", r.Email, r.Name, ownPath, lang.Args{"time": a.when(other.Now), "new": masked(email)})}
	})
}

// own writes a ticket of a member's own and the letters that go with it. email
// is where the first of them goes, "": the account's address.
func (m *Members) own(ctx context.Context, a Ask, s Session, kind TicketKind, email string, letters func(r *Record, token string) []change.Mail) error {
	now, err := m.store.Now(ctx)
	if err != nil {
		return err
	}
	to := email
	if to == "" {
		to = s.Member.Email
	}
	if err := m.guard.Attempt(ctx, now, letterLimits(to, a.From.Network)); err != nil {
		return err
	}
	return m.edit(ctx, s.Member.ID, func(e *Edit) (change.Outcome, error) {
		token, t := a.ticket(kind, e.Now)
		t.MemberID, t.Email, t.Data = e.Record.ID, to, mustJSON(onward{Next: a.Next, Session: s.ID})
		e.Issue = t
		out := audit("reader", "ask_"+string(kind))
		out.Mails = letters(e.Record, token)
		return out, nil
	})
}

// masked hides most of an address from whoever reads a letter at another one.
func masked(email string) string {
	name, host, _ := strings.Cut(email, "@")
	_, size := utf8.DecodeRuneInString(name)
	return name[:size] + "•••@" + host
}

// maxPasskeys is how many passkeys one member may have.
const maxPasskeys = 20

// AddPasskey keeps a passkey that the door has verified.
func (m *Members) AddPasskey(ctx context.Context, a Ask, s Session, k account.Passkey) error {
	if k.Name = strings.Join(strings.Fields(account.Shorten(k.Name, 60)), " "); k.Name == "" {
		k.Name = a.From.Device
	}
	return m.edit(ctx, s.Member.ID, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		switch {
		case r.passkey(k.ID) != nil:
			return change.Outcome{}, fault.New(fault.Conflict, "this passkey is here already").Say("passkey_there")
		case len(r.Passkeys) >= maxPasskeys:
			return change.Outcome{}, fault.New(fault.TooLarge, "at most %d passkeys; remove one first", maxPasskeys).Say("passkeys_many", "most", maxPasskeys)
		}
		k.Created = e.Now
		r.Passkeys = append(slices.Clone(r.Passkeys), k)
		e.Confirm = s.ID
		out := audit("reader", "add_passkey")
		out.Mails = append(out.Mails, a.letter("added", r.Email, r.Name, ownPath, lang.Args{"way": k.Name, "time": a.when(e.Now)}))
		return out, nil
	})
}

// DropPasskey removes one of a member's own passkeys. There is always a way in
// left: the address.
func (m *Members) DropPasskey(ctx context.Context, id int64, passkeyID string) error {
	return m.edit(ctx, id, func(e *Edit) (change.Outcome, error) {
		r := e.Record
		if r.passkey(passkeyID) == nil {
			return change.Outcome{}, fault.New(fault.NotFound, "there is no such passkey").Say("no_passkey")
		}
		r.Passkeys = slices.DeleteFunc(slices.Clone(r.Passkeys), func(k account.Passkey) bool { return k.ID == passkeyID })
		return audit("reader", "drop_passkey"), nil
	})
}
