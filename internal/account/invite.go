package account

import (
	"context"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// Newcomers, invitations and new passwords: everything that begins with a link.

// Person is what somebody says of himself when he comes in by a link. Password
// may be empty where a passkey is to follow.
type Person struct {
	Email    string // of the owner of an empty site; else it is known
	Name     string
	Password string
	Language lang.Code // empty: the site's
}

// Invitation describes a user to be.
type Invitation struct {
	Email    string
	Name     string
	Role     Role
	Grants   []Grant
	PersonID int64
	Language lang.Code // empty: the site's
}

// StartToken returns the token of the link that makes the owner of a site which
// has no users, "" if there are some. A link from before counts no more.
func (s *Staff) StartToken(ctx context.Context) (token string, err error) {
	err = s.store.ChangeStaff(ctx, Pick{}, func(e *Edit) (change.Outcome, error) {
		token = ""
		if !e.Empty {
			return change.Outcome{}, nil
		}
		token, e.Issue = issue(TicketStart, 0, "")
		e.Revoke = []TicketKind{TicketStart}
		return change.Outcome{}, nil
	})
	return token, err
}

// Start makes the owner of an empty site and signs him in. Gone if the link
// counts no more.
func (s *Staff) Start(ctx context.Context, token string, p Person, from Client) (Entry, error) {
	email, err := CleanEmail(p.Email)
	if err != nil {
		return Entry{}, err
	}
	pick := Pick{Ticket: HashToken(token)}
	f, err := s.store.Staff(ctx, pick)
	if err != nil {
		return Entry{}, err
	}
	if f.Ticket == nil || f.Ticket.Kind != TicketStart || !f.Empty {
		return Entry{}, errLink()
	}
	name, hash, err := s.introduce(ctx, p, email)
	if err != nil {
		return Entry{}, err
	}
	var entry Entry
	var owner *Record
	err = s.store.ChangeStaff(ctx, pick, func(e *Edit) (change.Outcome, error) {
		if e.Ticket == nil || e.Ticket.Kind != TicketStart || !e.Empty {
			return change.Outcome{}, errLink()
		}
		e.Redeem = true
		e.Record = newRecord(User{Email: email, Name: name, Role: Owner, Language: p.Language, MailNotices: true, Joined: e.Now})
		owner = e.Record
		owner.Password = hash
		entry = begin(e, from)
		return audit("start", "join", 0, "role", Owner), nil
	})
	if err != nil {
		return Entry{}, err
	}
	entry.UserID = owner.ID // the store has given it
	return entry, nil
}

func newRecord(u User) *Record {
	handle, _ := NewToken()
	return &Record{User: u, Handle: handle}
}

// introduce checks what somebody says of himself and returns the name as it is
// stored and the password's hash, "" without a password.
func (s *Staff) introduce(ctx context.Context, p Person, email string) (name, hash string, err error) {
	if name, err = CleanName(p.Name); err != nil {
		return "", "", err
	}
	if p.Language != "" {
		if _, err := lang.Parse(string(p.Language)); err != nil {
			return "", "", err
		}
	}
	if p.Password == "" {
		return name, "", nil
	}
	if err := CheckPassword(p.Password, name, email); err != nil {
		return "", "", err
	}
	hash, err = s.passwords.Hash(ctx, p.Password)
	return name, hash, err
}

// Invite makes a user who comes in by the link of the token. An address that
// somebody has already is a Conflict.
func (s *Staff) Invite(ctx context.Context, actor Actor, inv Invitation) (u User, token string, err error) {
	defer fault.Wrap(&err, "invite")
	if u, err = inv.user(actor); err != nil {
		return User{}, "", err
	}
	var made *Record
	err = s.store.ChangeStaff(ctx, Pick{Email: u.Email}, func(e *Edit) (change.Outcome, error) {
		if e.Record != nil {
			return change.Outcome{}, errTaken()
		}
		made = newRecord(u)
		e.Record = made
		token, e.Issue = issue(TicketInvite, 0, "")
		return audit(actor.String(), "invite", 0, "role", u.Role), nil
	})
	if err != nil {
		return User{}, "", err
	}
	return made.User, token, nil
}

// Make makes a user who has a password already, as the command line does.
func (s *Staff) Make(ctx context.Context, actor Actor, inv Invitation, password string, demo bool) (u User, err error) {
	defer fault.Wrap(&err, "make a user")
	if u, err = inv.user(actor); err != nil {
		return User{}, err
	}
	if err := CheckPassword(password, u.Name, u.Email); err != nil {
		return User{}, err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	var made *Record
	err = s.store.ChangeStaff(ctx, Pick{Email: u.Email}, func(e *Edit) (change.Outcome, error) {
		if e.Record != nil {
			return change.Outcome{}, errTaken()
		}
		made = newRecord(u)
		made.Joined, made.Demo, made.Password = e.Now, demo, hash
		e.Record = made
		return audit(actor.String(), "make", 0, "role", u.Role), nil
	})
	if err != nil {
		return User{}, err
	}
	return made.User, nil
}

// Demo makes the account of the demo that inv describes, or gives the one that
// is there the password of this start. Any other account under the address is
// left alone: a Conflict.
func (s *Staff) Demo(ctx context.Context, inv Invitation, password string) (err error) {
	defer fault.Wrap(&err, "make the demo account %s", inv.Email)
	actor := System("demo")
	u, err := inv.user(actor)
	if err != nil {
		return err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.ChangeStaff(ctx, Pick{Email: u.Email}, func(e *Edit) (change.Outcome, error) {
		if e.Record == nil {
			e.Record = newRecord(u)
			e.Record.Demo = true
		}
		r := e.Record
		if !r.Demo {
			return change.Outcome{}, fault.New(fault.Conflict, "%s is no account of the demo", u.Email)
		}
		if r.Joined.IsZero() {
			r.Joined = e.Now
		}
		r.Password, r.Role, r.Disabled, e.EndAll = hash, u.Role, false, true
		return audit(actor.String(), "demo_account", r.ID, "role", u.Role), nil
	})
}

func errTaken() error {
	return fault.Input("email", "somebody has this address already").Say("mail_taken")
}

// user returns the user whom the invitation describes, if actor may invite one.
func (inv *Invitation) user(actor Actor) (u User, err error) {
	if err := actor.Require(ManageUser); err != nil {
		return u, err
	}
	u = User{Role: inv.Role, PersonID: inv.PersonID, Language: inv.Language, MailNotices: true}
	if u.Email, err = CleanEmail(inv.Email); err != nil {
		return u, err
	}
	if u.Name, err = CleanName(inv.Name); err != nil {
		return u, err
	}
	if u.Grants, err = cleanGrants(inv.Grants); err != nil {
		return u, err
	}
	return u, mayGive(actor, u.Role, u.Grants)
}

// Invited returns the user whom a link of the kind lets in, Gone if the link
// counts no more. With TicketStart the user is empty.
func (s *Staff) Invited(ctx context.Context, kind TicketKind, token string) (User, error) {
	f, err := s.store.Staff(ctx, Pick{Ticket: HashToken(token)})
	if err != nil {
		return User{}, err
	}
	if f.Ticket == nil || f.Ticket.Kind != kind {
		return User{}, errLink()
	}
	if kind == TicketStart {
		if !f.Empty {
			return User{}, errLink()
		}
		return User{}, nil
	}
	if f.Record == nil || f.Record.Disabled {
		return User{}, errLink()
	}
	return f.Record.User, nil
}

// Accept lets an invited user in: he says his name, and has a password unless
// a passkey is to follow. He is signed in.
func (s *Staff) Accept(ctx context.Context, token string, p Person, from Client) (Entry, error) {
	u, err := s.Invited(ctx, TicketInvite, token)
	if err != nil {
		return Entry{}, err
	}
	name, hash, err := s.introduce(ctx, p, u.Email)
	if err != nil {
		return Entry{}, err
	}
	var entry Entry
	err = s.store.ChangeStaff(ctx, Pick{Ticket: HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		if e.Ticket == nil || e.Ticket.Kind != TicketInvite || e.Record == nil || e.Record.Disabled {
			return change.Outcome{}, errLink()
		}
		e.Redeem = true
		e.Record.Name, e.Record.Password, e.Record.Joined = name, hash, e.Now
		if p.Language != "" {
			e.Record.Language = p.Language
		}
		e.EndAll = true
		entry = begin(e, from)
		return audit(tag(e.Record.ID), "join", e.Record.ID), nil
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// AskReset returns the user of a mail address and the token of a link by which
// he gives himself a new password; token is "" if nobody has the address. It
// takes the same steps either way.
func (s *Staff) AskReset(ctx context.Context, email string, from Client) (u User, token string, err error) {
	if email, err = CleanEmail(email); err != nil {
		return User{}, "", err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return User{}, "", err
	}
	if err := s.guard.Attempt(ctx, now, resetLimits(email, from.Network)); err != nil {
		return User{}, "", err
	}
	err = s.store.ChangeStaff(ctx, Pick{Email: email}, func(e *Edit) (change.Outcome, error) {
		u, token = User{}, ""
		if e.Record == nil || e.Record.Disabled || e.Record.Demo {
			return audit("nobody", "ask_reset", 0), nil
		}
		u, token = e.Record.User, reset(e)
		return audit("nobody", "ask_reset", u.ID), nil
	})
	return u, token, err
}

// reset issues the link for a new password, or, for somebody who never came
// in, the invitation once more.
func reset(e *Edit) (token string) {
	kind := TicketReset
	if e.Record.Joined.IsZero() {
		kind = TicketInvite
	}
	token, e.Issue = issue(kind, e.Record.ID, "")
	e.Revoke = []TicketKind{TicketReset, TicketInvite}
	return token
}

// Reset gives the user of a link a new password and ends all his sessions. The
// second proof stays as it is.
func (s *Staff) Reset(ctx context.Context, token, password string) error {
	u, err := s.Invited(ctx, TicketReset, token)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, u.Name, u.Email); err != nil {
		return err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.ChangeStaff(ctx, Pick{Ticket: HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		if e.Ticket == nil || e.Ticket.Kind != TicketReset || e.Record == nil || e.Record.Disabled {
			return change.Outcome{}, errLink()
		}
		e.Redeem, e.EndAll = true, true
		e.Revoke = []TicketKind{TicketCode}
		e.Record.Password, e.Record.Failed = hash, 0
		return audit(tag(e.Record.ID), "reset_password", e.Record.ID), nil
	})
}
