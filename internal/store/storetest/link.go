package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
)

// situation makes a reader with the address who signs in as the case says, and
// returns whether there is one.
func (r *readership) situation(email string, c member.LinkCase, i int) (there bool) {
	r.t.Helper()
	a := phone("Firefox")
	subject := fmt.Sprint("orang ", i)
	person := member.Person{Provider: "contoh", Label: "Contoh", Trusted: true, Subject: subject, Email: email, Verified: true}
	form := member.Form{Email: email, Name: "Pembaca", Password: readerPassword, Terms: "v1"}
	switch {
	case c.Holder == member.Nobody && !c.Known:
		return false
	case c.Holder == member.Pending && !c.Known:
		r.ok(r.members.Register(r.t.Context(), a, form))
		return false
	}
	r.join(email, a)
	rec := r.byEmail(email)
	r.ok(r.db.ChangeMember(r.t.Context(), member.Pick{ID: rec.ID}, func(e *member.Edit) (change.Outcome, error) {
		switch c.Holder {
		case member.ByPasskey:
			e.Record.Password, e.Record.Passkeys = "", []account.Passkey{{ID: subject, Data: "{}"}}
		case member.ByOther:
			e.Record.Password, e.Record.Identities = "", []member.Identity{{Provider: "lain", Subject: subject}}
		case member.BySame:
			e.Record.Password, e.Record.Identities = "", []member.Identity{{Provider: "contoh", Subject: "orang lain " + subject}}
		case member.ByMail:
			e.Record.Password = ""
		}
		if c.Known {
			e.Record.Identities = []member.Identity{{Provider: person.Provider, Subject: subject}}
		}
		switch c.State {
		case member.Barred:
			e.Record.Disabled = true
		case member.Erasing:
			e.Record.EraseAt = noon.Add(eraseLimit)
		}
		return change.Outcome{}, nil
	}))
	return true
}

// byEmail returns the reader with an address, nil if there is none.
func (r *readership) byEmail(email string) *member.Record {
	r.t.Helper()
	f, err := r.db.Member(r.t.Context(), member.Pick{Email: email})
	r.ok(err)
	return f.Record
}

var linkCases = []testcase{
	{"every case of the table has its verdict", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		i := 0
		for _, known := range []bool{false, true} {
			for _, claim := range []member.Claim{member.NoAddress, member.Unverified, member.Verified} {
				for _, trusted := range []bool{false, true} {
					for _, holder := range []member.Holder{member.Nobody, member.Pending, member.ByMail, member.ByPassword, member.ByPasskey, member.ByOther, member.BySame} {
						for _, state := range []member.State{member.Open, member.Barred, member.Erasing} {
							nobody := holder == member.Nobody || holder == member.Pending
							if nobody && (known || state != member.Open) {
								continue // there is no account that could be in a state
							}
							i++
							r.arrives(member.LinkCase{Known: known, Claim: claim, Trusted: trusted, Holder: holder, State: state}, i)
						}
					}
				}
			}
		}
		same(t, "situations", i, 3*2*(2+5*3)+3*2*5*3)
	}},
	{"an address that a provider does not vouch for is proven by a letter", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		p := member.Person{Provider: "contoh", Label: "Contoh", Subject: "7", Email: "yuni@kabar.example", Verified: true}
		got, err := r.members.Arrive(t.Context(), a, p)
		r.ok(err)
		same(t, "verdict", got.Verdict, member.Prove)
		_, err = r.members.Join(t.Context(), phone("Chrome"), got.Token, member.Form{Name: "Yuni", Terms: "v1"})
		r.fails(err, fault.Gone, "link_spent")
		out, err := r.members.Join(t.Context(), a, got.Token, member.Form{Name: "Yuni", Terms: "v1"})
		r.ok(err)
		same(t, "signed in", out.Entry.Token, "")
		same(t, "account before the letter", r.byEmail("yuni@kabar.example") == nil, true)
		out, err = r.members.Redeem(t.Context(), a, member.Proof{Token: r.token("yuni@kabar.example")}, member.Session{}, "")
		r.ok(err)
		r.session(out.Entry.Token)
		got, err = r.members.Arrive(t.Context(), phone("Chrome"), p)
		r.ok(err)
		same(t, "the next time", got.Verdict, member.In)
	}},
	{"whoever has an account elsewhere takes none over by claiming its address", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		victim := r.session(r.join("zaki@kabar.example", phone("Firefox")))
		thief := phone("Chrome")
		p := member.Person{Provider: "contoh", Label: "Contoh", Subject: "8", Email: "zaki@kabar.example"}
		got, err := r.members.Arrive(t.Context(), thief, p)
		r.ok(err)
		same(t, "verdict", got.Verdict, member.Prove)
		_, err = r.members.Join(t.Context(), thief, got.Token, member.Form{Name: "Pencuri", Terms: "v1"})
		r.ok(err)
		token := r.token("zaki@kabar.example")
		// The victim opens the letter's link: nothing happens but that a code is shown.
		sight, err := r.members.Look(t.Context(), phone("Firefox"), token)
		r.ok(err)
		same(t, "here", sight.Here, false)
		_, err = r.members.Redeem(t.Context(), phone("Firefox"), member.Proof{Token: token}, victim, "")
		r.fails(err, fault.Forbidden, "reader_elsewhere")
		same(t, "identities", len(r.session2(victim).Identities), 0)
	}},
	{"an account elsewhere belongs to one reader, and one of a provider to each", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		a := phone("Firefox")
		s := r.session(r.join("anton@kabar.example", a))
		p := member.Person{Provider: "contoh", Label: "Contoh", Subject: "9", Email: "anton@contoh.example"}
		r.ok(r.members.TieOwn(t.Context(), a, s, p))
		r.ok(r.members.TieOwn(t.Context(), a, s, p))
		other := r.session(r.join("bela@kabar.example", phone("Chrome")))
		r.fails(r.members.TieOwn(t.Context(), phone("Chrome"), other, p), fault.Conflict, "reader_tied")
		p.Subject = "10"
		r.fails(r.members.TieOwn(t.Context(), a, s, p), fault.Conflict, "reader_tied")
		r.ok(r.members.Untie(t.Context(), s.Member.ID, "contoh"))
		r.ok(r.members.TieOwn(t.Context(), a, s, p))
		n := r.at64([]fault.Kind{fault.Gone}, func(ctx context.Context, _ int) error {
			_, err := r.members.Arrive(ctx, phone("Safari"), p)
			return err
		})
		same(t, "sign-ins by a provider", n, int64(64))
	}},
}

// arrives makes the situation of a case and holds what becomes of it against the
// table.
func (r *readership) arrives(c member.LinkCase, i int) {
	r.t.Helper()
	email := fmt.Sprintf("kasus%d@kabar.example", i)
	r.situation(email, c, i)
	a := phone("Chrome")
	a.From.Network = fmt.Sprintf("198.51.%d.%d", i/200, i%200+1)
	p := member.Person{Provider: "contoh", Label: "Contoh", Trusted: c.Trusted, Subject: fmt.Sprint("orang ", i), Verified: c.Claim == member.Verified}
	if c.Claim != member.NoAddress {
		p.Email = strings.ToUpper(email[:1]) + email[1:]
	}
	got, err := r.members.Arrive(r.t.Context(), a, p)
	want := member.Judge(c)
	bad := func(what string) { r.t.Errorf("%+v: %s; got %+v, %v, want %s", c, what, got, err, want) }
	switch want {
	case member.Refuse:
		if !fault.Is(err, fault.Forbidden) || got.Entry.Token != "" {
			bad("a closed account is opened")
		}
	case member.SignInFirst:
		if !fault.Is(err, fault.Conflict) || got.Entry.Token != "" {
			bad("an address that changed hands is tied")
		}
	case member.In, member.Tie:
		if err != nil || got.Verdict != want || got.Entry.Token == "" {
			bad("the reader does not come in")
			return
		}
		if s := r.session(got.Entry.Token); s.Member.Email != email {
			bad("somebody else comes in: " + s.Member.Email)
		}
	default:
		if err != nil || got.Verdict != want || got.Token == "" || got.Entry.Token != "" {
			bad("somebody comes in before he has proved anything")
		}
	}
}
