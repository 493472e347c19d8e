package member

import (
	"context"
	"encoding/json"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Form is what somebody fills in who wants an account.
type Form struct {
	Email    string
	Name     string
	Password string
	Terms    string // the version of the terms that he accepted; "": none
}

// joining is what a ticket for a registration holds.
type joining struct {
	Name     string    `json:"name"`
	Password string    `json:"password,omitempty"` // hash
	Terms    string    `json:"terms"`
	TermsAt  time.Time `json:"terms_at"`
	Next     string    `json:"next,omitempty"`
	Identity *identity `json:"identity,omitempty"`
}

// onward is what other tickets by mail hold.
type onward struct {
	Next     string    `json:"next,omitempty"`
	Session  int64     `json:"session,omitempty"`
	Identity *identity `json:"identity,omitempty"`
}

// identity is an account elsewhere that a ticket waits with.
type identity struct {
	Provider string `json:"provider"`
	Subject  string `json:"subject"`
	Email    string `json:"email,omitempty"`
}

func mustJSON(v any) string {
	b, _ := json.Marshal(v) // structs of texts and numbers always have a form
	return string(b)
}

// errTerms is the answer to a form whose box is not ticked.
func errTerms() error {
	return fault.Input("terms", "the terms have to be accepted").Say("reader_terms")
}

// Register sends a letter by which the account of a form is made. It does the
// same, and takes as long, whether somebody has the address already: then the
// letter says so. An error is about the form alone.
func (m *Members) Register(ctx context.Context, a Ask, f Form) (err error) {
	if f.Email, err = account.CleanEmail(f.Email); err != nil {
		return err
	}
	if f.Name, err = m.cleanName(ctx, f.Name); err != nil {
		return err
	}
	if err := account.CheckPassword(f.Password, f.Name, f.Email); err != nil {
		return err
	}
	if f.Terms == "" {
		return errTerms()
	}
	return m.mail(ctx, a, f.Email, func() (func(*Edit) (TicketKind, any), error) {
		hash, err := m.passwords.Hash(ctx, f.Password)
		return func(e *Edit) (TicketKind, any) {
			return TicketRegister, joining{Name: f.Name, Password: hash, Terms: f.Terms, TermsAt: e.Now, Next: a.Next}
		}, err
	})
}

// AskLink sends a letter by which its reader signs in. As Register it tells
// nothing but to the reader of the letter.
func (m *Members) AskLink(ctx context.Context, a Ask, email string) error {
	return m.askFor(ctx, a, email, TicketSignIn)
}

// AskReset sends a letter by which its reader gives himself a new password. As
// Register it tells nothing but to the reader of the letter.
func (m *Members) AskReset(ctx context.Context, a Ask, email string) error {
	return m.askFor(ctx, a, email, TicketReset)
}

func (m *Members) askFor(ctx context.Context, a Ask, email string, kind TicketKind) error {
	email, err := account.CleanEmail(email)
	if err != nil {
		return err
	}
	return m.mail(ctx, a, email, func() (func(*Edit) (TicketKind, any), error) {
		return func(*Edit) (TicketKind, any) { return kind, onward{Next: a.Next} }, nil
	})
}

// mail counts a letter to an address and writes it with its ticket. prepare does
// what takes long, and returns what the ticket is to be. What that is good for
// depends on whether somebody has the address; one letter and one ticket are
// written either way.
func (m *Members) mail(ctx context.Context, a Ask, email string, prepare func() (func(*Edit) (TicketKind, any), error)) error {
	now, err := m.store.Now(ctx)
	if err != nil {
		return err
	}
	limits := letterLimits(email, a.From.Network)
	if err := m.guard.Attempt(ctx, now, limits); err != nil {
		return err
	}
	about, err := prepare()
	if err != nil {
		return m.guard.Undo(ctx, limits, err)
	}
	return m.store.ChangeMember(ctx, Pick{Email: email}, func(e *Edit) (change.Outcome, error) {
		kind, data := about(e)
		token, t := a.ticket(kind, e.Now)
		t.Email, t.Data = email, mustJSON(data)
		e.Issue = t
		var letter change.Mail
		none := func(reason, link string) {
			t.Kind = TicketNone // the rest stays: it is written as any other one
			name := ""
			if e.Record != nil {
				name = e.Record.Name
			}
			letter = a.letter(reason, email, name, link, nil)
		}
		switch r := e.Record; {
		case r != nil && r.Disabled:
			none("disabled", "")
		case r != nil && !r.EraseAt.IsZero():
			none("erasing", "")
		case r != nil && kind == TicketRegister:
			none("known", signInPath)
		case r != nil:
			t.MemberID = r.ID
			letter = a.proof(kind, email, r.Name, token, nil)
		case kind == TicketRegister:
			letter = a.proof(kind, email, "", token, nil)
		default:
			none("unknown", joinPath)
		}
		return change.Outcome{Mails: []change.Mail{letter}}, nil
	})
}

// errSignIn says the same whatever was wrong: it tells nobody whether there is
// such an account.
func errSignIn() error {
	return fault.New(fault.Unauthenticated, "the address and the password do not belong together").Say("wrong_sign_in")
}

// SignIn signs in with a mail address and a password. A wrong one is
// Unauthenticated, and takes as long as an address that nobody has.
func (m *Members) SignIn(ctx context.Context, a Ask, email, password string) (Entry, error) {
	email, err := account.CleanEmail(email)
	if err != nil {
		return Entry{}, err
	}
	f, err := m.store.Member(ctx, Pick{Email: email})
	if err != nil {
		return Entry{}, err
	}
	limits := signInLimits(email, a.From.Network)
	if err := m.guard.Attempt(ctx, f.Now, limits); err != nil {
		return Entry{}, err
	}
	hash := ""
	if f.Record != nil {
		hash = f.Record.Password
	}
	ok, err := m.passwords.Matches(ctx, hash, password)
	if err != nil {
		return Entry{}, m.guard.Undo(ctx, limits, err)
	}
	if !ok {
		return Entry{}, errSignIn()
	}
	var entry Entry
	err = m.edit(ctx, f.Record.ID, func(e *Edit) (out change.Outcome, err error) {
		if e.Record.Password != hash || e.Record.Email != email {
			return out, errSignIn()
		}
		if err := shut(e.Record.Member); err != nil {
			return out, err
		}
		e.Return, e.Forget = limits.Keys(), limits.Account[0].Key
		entry, out = a.begin(e, "password")
		return out, nil
	})
	if err != nil {
		return Entry{}, err
	}
	m.guard.Right(limits)
	return entry, nil
}
