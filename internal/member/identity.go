package member

import (
	"context"
	"encoding/json"
	"slices"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// Person is whom a provider vouches for.
type Person struct {
	Provider string // as the configuration calls it
	Label    string // as readers call it: "Google"
	Trusted  bool   // what it says of addresses counts, see LinkCase
	Subject  string
	Email    string // "": it names none
	Verified bool
	Name     string // "": it names none
}

// Arrival is what became of somebody who came from a provider.
type Arrival struct {
	Verdict Verdict
	Entry   Entry  // with In and Tie
	Token   string // with Join, Prove and AskAddress: of the form that comes next
}

// waiting is what a ticket for that form holds.
type waiting struct {
	Person  Person  `json:"person"`
	Verdict Verdict `json:"verdict"`
	Next    string  `json:"next,omitempty"`
}

// claim returns what a provider says of the address, without what is no address.
func (p *Person) claim() Claim {
	email, err := account.CleanEmail(p.Email)
	if p.Email = email; err != nil {
		p.Email = ""
	}
	switch {
	case p.Email == "":
		return NoAddress
	case p.Verified:
		return Verified
	}
	return Unverified
}

// caseOf says in which case a person is. known is who has the identity, holder
// who has the address; nil for nobody.
func caseOf(p Person, claim Claim, known, holder *Record) LinkCase {
	c := LinkCase{Known: known != nil, Claim: claim, Trusted: p.Trusted, Holder: Nobody, State: Open}
	r := holder
	if known != nil {
		r = known
	}
	if r == nil {
		return c
	}
	switch {
	case slices.ContainsFunc(r.Identities, func(i Identity) bool { return i.Provider == p.Provider }):
		c.Holder = BySame
	case r.Password != "":
		c.Holder = ByPassword
	case len(r.Passkeys) > 0:
		c.Holder = ByPasskey
	case len(r.Identities) > 0:
		c.Holder = ByOther
	default:
		c.Holder = ByMail
	}
	switch {
	case r.Disabled:
		c.State = Barred
	case !r.EraseAt.IsZero():
		c.State = Erasing
	}
	return c
}

// Arrive takes in somebody whom a provider vouches for. Forbidden says that his
// account is closed, Conflict that only its owner can tie it.
func (m *Members) Arrive(ctx context.Context, a Ask, p Person) (out Arrival, err error) {
	claim := p.claim()
	f, err := m.store.Member(ctx, Pick{Provider: p.Provider, Subject: p.Subject})
	if err != nil {
		return out, err
	}
	pick := Pick{Email: p.Email}
	if f.Record != nil {
		pick = Pick{ID: f.Record.ID}
	}
	err = m.store.ChangeMember(ctx, pick, func(e *Edit) (more change.Outcome, err error) {
		out = Arrival{}
		var known, holder *Record
		switch r := e.Record; {
		case r == nil:
		case r.identity(p.Provider, p.Subject) != nil:
			known = r
		case f.Record != nil:
			return more, errSignedOut() // it was untied at this moment
		default:
			holder = r
		}
		out.Verdict = Judge(caseOf(p, claim, known, holder))
		switch out.Verdict {
		case In:
			known.identity(p.Provider, p.Subject).Used = e.Now
			out.Entry, more = a.begin(e, p.Provider)
		case Tie:
			if more, err = a.tie(e, identity{p.Provider, p.Subject, p.Email}); err != nil {
				return more, err
			}
			more.Mails = append(more.Mails, a.letter("added", holder.Email, holder.Name, ownPath, lang.Args{"way": p.Label, "time": a.when(e.Now)}))
			var begun change.Outcome
			out.Entry, begun = a.begin(e, p.Provider)
			more.Merge(begun)
		case Join, Prove, AskAddress:
			out.Token, e.Issue = a.ticket(TicketJoin, e.Now)
			e.Issue.Email, e.Issue.Data = p.Email, mustJSON(waiting{Person: p, Verdict: out.Verdict, Next: a.Next})
		case SignInFirst:
			return more, fault.New(fault.Conflict, "another account of %s is tied here; sign in and untie it first", p.Label).Say("reader_tie_first", "provider", p.Label)
		default:
			return more, shut(e.Record.Member)
		}
		return more, nil
	})
	return out, err
}

// identity returns the record's identity of a name, nil if it has none.
func (r *Record) identity(provider, subject string) *Identity {
	for i := range r.Identities {
		if id := &r.Identities[i]; id.Provider == provider && id.Subject == subject {
			return id
		}
	}
	return nil
}

// tie ties an account elsewhere to the record.
func (a Ask) tie(e *Edit, i identity) (change.Outcome, error) {
	r := e.Record
	if slices.ContainsFunc(r.Identities, func(o Identity) bool { return o.Provider == i.Provider }) {
		return change.Outcome{}, fault.New(fault.Conflict, "an account of this provider is tied already; untie it first").Say("reader_tied")
	}
	r.Identities = append(slices.Clone(r.Identities), Identity{Provider: i.Provider, Subject: i.Subject, Email: i.Email, Created: e.Now, Used: e.Now})
	return audit("reader", "tie", "provider", i.Provider), nil
}

// Joining returns what the form asks of somebody whom a provider vouched for,
// Gone if that was too long ago.
func (m *Members) Joining(ctx context.Context, a Ask, token string) (Person, Verdict, error) {
	f, err := m.store.Member(ctx, Pick{Ticket: account.HashToken(token)})
	if err != nil {
		return Person{}, "", err
	}
	w, err := joinOf(a, f.Ticket)
	return w.Person, w.Verdict, err
}

func joinOf(a Ask, t *Ticket) (w waiting, err error) {
	if t == nil || t.Kind != TicketJoin || !t.here(a) {
		return w, errLink()
	}
	err = json.Unmarshal([]byte(t.Data), &w)
	return w, err
}

// Join takes the form of somebody whom a provider vouched for. Entry.Token is ""
// if a letter was sent first.
func (m *Members) Join(ctx context.Context, a Ask, token string, f Form) (out Redeemed, err error) {
	if f.Name, err = m.cleanName(ctx, f.Name); err != nil {
		return out, err
	}
	if f.Terms == "" {
		return out, errTerms()
	}
	p, verdict, err := m.Joining(ctx, a, token)
	if err != nil {
		return out, err
	}
	if verdict == AskAddress {
		if p.Email, err = account.CleanEmail(f.Email); err != nil {
			return out, err
		}
	}
	if verdict != Join {
		return out, m.prove(ctx, a, token, p, f)
	}
	err = m.store.ChangeMember(ctx, Pick{Ticket: account.HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		out = Redeemed{Kind: TicketJoin}
		w, err := joinOf(a, e.Ticket)
		if err != nil {
			return change.Outcome{}, err
		}
		e.Redeem = true
		e.Ticket.Data = mustJSON(joining{Name: f.Name, Terms: f.Terms, TermsAt: e.Now, Next: w.Next,
			Identity: &identity{p.Provider, p.Subject, p.Email}})
		return a.join(e, &out)
	})
	return out, err
}

// prove writes to the address that somebody's provider does not vouch for.
func (m *Members) prove(ctx context.Context, a Ask, token string, p Person, f Form) error {
	// The form counts once, whatever the letter says.
	err := m.store.ChangeMember(ctx, Pick{Ticket: account.HashToken(token)}, func(e *Edit) (change.Outcome, error) {
		w, err := joinOf(a, e.Ticket)
		if err != nil {
			return change.Outcome{}, err
		}
		a.Next, e.Redeem = w.Next, true
		return change.Outcome{}, nil
	})
	if err != nil {
		return err
	}
	i := &identity{p.Provider, p.Subject, p.Email}
	return m.mail(ctx, a, p.Email, func() (func(*Edit) (TicketKind, any), error) {
		return func(e *Edit) (TicketKind, any) {
			if e.Record == nil {
				return TicketRegister, joining{Name: f.Name, Terms: f.Terms, TermsAt: e.Now, Next: a.Next, Identity: i}
			}
			return TicketLink, onward{Next: a.Next, Identity: i}
		}, nil
	})
}

// TieOwn ties an account elsewhere to that of somebody who is signed in.
func (m *Members) TieOwn(ctx context.Context, a Ask, s Session, p Person) error {
	p.claim()
	return m.edit(ctx, s.Member.ID, func(e *Edit) (change.Outcome, error) {
		if id := e.Record.identity(p.Provider, p.Subject); id != nil {
			return change.Outcome{}, nil
		}
		out, err := a.tie(e, identity{p.Provider, p.Subject, p.Email})
		if err != nil {
			return out, err
		}
		out.Mails = append(out.Mails, a.letter("added", e.Record.Email, e.Record.Name, ownPath, lang.Args{"way": p.Label, "time": a.when(e.Now)}))
		return out, nil
	})
}

// Untie takes the account of a provider away from a member. There is always a
// way in left: the address.
func (m *Members) Untie(ctx context.Context, id int64, provider string) error {
	return m.edit(ctx, id, func(e *Edit) (change.Outcome, error) {
		e.Record.Identities = slices.DeleteFunc(slices.Clone(e.Record.Identities), func(i Identity) bool { return i.Provider == provider })
		return audit("reader", "untie", "provider", provider), nil
	})
}
