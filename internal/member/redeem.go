package member

import (
	"context"
	"encoding/json"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// Proof is what somebody shows who has read a letter: the token of its link, or
// the code, typed where it was asked for.
type Proof struct{ Token, Code string }

// Sight is what a link shows before anything is done with it.
type Sight struct {
	Kind TicketKind
	// Here says that this browser asked for it, so that the link may be redeemed.
	// Elsewhere Code is shown, to be typed there.
	Here  bool
	Email string // to which the letter went; with Here
	Code  string
}

// Look returns what a link of a letter is good for in a browser, Gone if it
// counts no more. Nothing is used up: programs follow links, too.
func (m *Members) Look(ctx context.Context, a Ask, token string) (Sight, error) {
	f, err := m.store.Member(ctx, Pick{Ticket: account.HashToken(token)})
	if err != nil {
		return Sight{}, err
	}
	if f.Ticket == nil || !f.Ticket.byMail() {
		return Sight{}, errLink()
	}
	s := Sight{Kind: f.Ticket.Kind, Here: f.Ticket.here(a)}
	if !s.Here {
		s.Code = CodeOf(token)
		return s, nil
	}
	s.Email = f.Ticket.Email
	return s, nil
}

// byMail reports whether a ticket is one whose link is sent.
func (t *Ticket) byMail() bool {
	switch t.Kind {
	case TicketRegister, TicketSignIn, TicketReset, TicketEmail, TicketConfirm, TicketLink:
		return true
	}
	return false
}

// here reports whether the browser that asks is the one that the ticket is for.
func (t *Ticket) here(a Ask) bool {
	return t.Browser == "" || a.Browser != "" && t.Browser == account.HashToken(a.Browser)
}

// Redeemed is what came of a proof.
type Redeemed struct {
	Kind  TicketKind
	Entry Entry  // Token is "" if nobody was signed in by it
	Next  string // path to go on to; "": none was asked for
}

// errElsewhere is the answer to a link in another browser than the one that
// asked for it.
func errElsewhere() error {
	return fault.New(fault.Forbidden, "this link counts only where it was asked for; type its code there").Say("reader_elsewhere")
}

// errCode is the answer to a wrong code.
func errCode() error {
	return fault.Input("code", "this code does not count; it is the newest letter's, and counts for minutes").Say("reader_code")
}

// Redeem uses a proof up and does what it is good for. session is the one in
// which it is shown, zero for none; password is the new one that a reset sets.
// Of many attempts at the same moment one succeeds; to the others it is Gone, or
// Invalid if they come with a code.
func (m *Members) Redeem(ctx context.Context, a Ask, p Proof, session Session, password string) (out Redeemed, err error) {
	pick, err := m.picked(ctx, a, p)
	if err != nil {
		return out, err
	}
	hash := ""
	if password != "" {
		if hash, err = m.newPassword(ctx, pick, password); err != nil {
			return out, err
		}
	}
	var wrong error
	err = m.store.ChangeMember(ctx, pick, func(e *Edit) (change.Outcome, error) {
		out, wrong = Redeemed{}, nil
		t := e.Ticket
		switch {
		case t == nil && p.Token == "":
			e.Missed, wrong = pick.Browser, errCode()
			return change.Outcome{}, nil
		case t == nil || !t.byMail():
			return change.Outcome{}, errLink()
		case !t.here(a):
			return change.Outcome{}, errElsewhere()
		}
		e.Redeem, out.Kind = true, t.Kind
		return m.redeem(a, e, session, hash, &out)
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return Redeemed{}, err
	}
	return out, nil
}

// picked counts an attempt and says what it is at.
func (m *Members) picked(ctx context.Context, a Ask, p Proof) (Pick, error) {
	if p.Token != "" {
		return Pick{Ticket: account.HashToken(p.Token)}, nil
	}
	code := cleanCode(p.Code)
	if len(code) != len(CodeOf("")) || a.Browser == "" {
		return Pick{}, errCode()
	}
	now, err := m.store.Now(ctx)
	if err != nil {
		return Pick{}, err
	}
	if err := m.guard.Attempt(ctx, now, codeLimits(a.From.Network)); err != nil {
		return Pick{}, err
	}
	return Pick{Browser: account.HashToken(a.Browser), Code: hashCode(a.Browser, code)}, nil
}

// newPassword checks and hashes a password for whoever a ticket names. A ticket
// that does not count gets the same work: the rules refuse it later.
func (m *Members) newPassword(ctx context.Context, pick Pick, password string) (string, error) {
	f, err := m.store.Member(ctx, pick)
	if err != nil {
		return "", err
	}
	var about []string
	if f.Record != nil {
		about = []string{f.Record.Name, f.Record.Email}
	}
	if err := account.CheckPassword(password, about...); err != nil {
		return "", err
	}
	return m.passwords.Hash(ctx, password)
}

// redeem does what the ticket is good for.
func (m *Members) redeem(a Ask, e *Edit, session Session, hash string, out *Redeemed) (change.Outcome, error) {
	t := e.Ticket
	if t.Kind == TicketRegister {
		return a.join(e, out)
	}
	var data onward
	if err := json.Unmarshal([]byte(t.Data), &data); err != nil {
		return change.Outcome{}, err
	}
	out.Next = data.Next
	if e.Record == nil || t.MemberID != e.Record.ID {
		return change.Outcome{}, errLink()
	}
	if err := shut(e.Record.Member); err != nil {
		return change.Outcome{}, err
	}
	switch t.Kind {
	case TicketEmail, TicketConfirm:
		if session.Member.ID != t.MemberID {
			return change.Outcome{}, errElsewhere()
		}
		if t.Kind == TicketConfirm {
			e.Confirm = session.ID
			return audit("reader", "confirm", "by", "mail"), nil
		}
		return a.move(e), nil
	}
	// The others go by the address, which may have moved meanwhile.
	if e.Record.Email != t.Email {
		return change.Outcome{}, errLink()
	}
	return a.enter(e, hash, data, out)
}

// enter signs the record's member in by a letter, with a new password or an
// account elsewhere if the ticket is for that.
func (a Ask) enter(e *Edit, hash string, data onward, out *Redeemed) (more change.Outcome, err error) {
	by := "mail"
	switch e.Ticket.Kind {
	case TicketReset:
		if hash == "" {
			return more, account.CheckPassword("")
		}
		e.Record.Password, e.EndAll, by = hash, true, "reset"
		e.Revoke = []TicketKind{TicketSignIn, TicketReset, TicketConfirm, TicketEmail}
		more = audit("reader", "reset_password")
		more.Mails = append(more.Mails, a.letter("password", e.Record.Email, e.Record.Name, resetPath, lang.Args{"time": a.when(e.Now)}))
	case TicketLink:
		if more, err = a.tie(e, *data.Identity); err != nil {
			return more, err
		}
		by = data.Identity.Provider
	}
	if e.Ticket.Kind == TicketReset {
		e.Record.Devices = []string{account.Shorten(a.From.Device, 200)} // the letter about the password says enough
	}
	var begun change.Outcome
	out.Entry, begun = a.begin(e, by)
	more.Merge(begun)
	return more, nil
}

// join makes the account that a ticket holds and signs its owner in.
func (a Ask) join(e *Edit, out *Redeemed) (change.Outcome, error) {
	var j joining
	if err := json.Unmarshal([]byte(e.Ticket.Data), &j); err != nil {
		return change.Outcome{}, err
	}
	out.Next = j.Next
	if e.Record != nil {
		return change.Outcome{}, fault.New(fault.Conflict, "there is an account with this address already; sign in").Say("reader_there")
	}
	handle, _ := account.NewToken()
	e.Record = &Record{Member: Member{Email: e.Ticket.Email, Name: j.Name, Created: e.Now, Terms: j.Terms, TermsAt: j.TermsAt, NewDevice: true},
		Handle: handle, Password: j.Password}
	by := "mail"
	if i := j.Identity; i != nil {
		e.Record.Identities = []Identity{{Provider: i.Provider, Subject: i.Subject, Email: i.Email, Created: e.Now, Used: e.Now}}
		by = i.Provider
	}
	var begun change.Outcome
	out.Entry, begun = a.begin(e, by)
	more := audit("reader", "register", "terms", j.Terms)
	more.Merge(begun)
	return more, nil
}

// move gives the account the address of the ticket, and tells the old one.
func (a Ask) move(e *Edit) change.Outcome {
	old := e.Record.Email
	e.Record.Email = e.Ticket.Email
	// What was sent to the old address opens nothing any more.
	e.Revoke = []TicketKind{TicketSignIn, TicketReset, TicketConfirm, TicketEmail, TicketLink}
	out := audit("reader", "set_email")
	out.Mails = append(out.Mails, a.letter("moved", old, e.Record.Name, "", lang.Args{"time": a.when(e.Now), "new": masked(e.Record.Email)}))
	return out
}
