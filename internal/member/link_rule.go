package member

import "slices"

// Who may be tied to whom: what becomes of somebody whom a provider vouches for.
// An account is whoever reads the mail of its address. A provider's word counts
// as much as a letter only if the operator says so of it, and the provider says
// that it has seen to the address itself.

// Claim is what a provider says of an address.
type Claim string

// The claims.
const (
	NoAddress  Claim = "none"
	Unverified Claim = "unverified" // what somebody typed there
	Verified   Claim = "verified"   // the provider has seen to it
)

// Holder says who has the address here, and how he signs in beside by mail.
type Holder string

// The holders.
const (
	Nobody       Holder = "nobody"
	Pending      Holder = "pending" // somebody asked for an account and has not shown that he reads the mail
	ByMail       Holder = "mail"    // an account without anything else
	ByPassword   Holder = "password"
	ByPasskey    Holder = "passkey"
	ByOther      Holder = "other_provider"
	BySame       Holder = "same_provider" // with another identity of this very provider: the address changed hands there
	holdsAccount        = "account"       // any but Nobody and Pending
)

// State says whether an account can be used.
type State string

// The states.
const (
	Open    State = "open"
	Barred  State = "disabled"
	Erasing State = "erasing"
)

// LinkCase is one situation in which somebody comes from a provider.
type LinkCase struct {
	Known   bool // somebody here has this identity; State is his
	Claim   Claim
	Trusted bool // the operator says so of the provider
	Holder  Holder
	State   State // of the account that has the identity, else of the one that has the address
}

// Verdict is what becomes of it.
type Verdict string

// The verdicts.
const (
	// In signs in the member who has the identity.
	In Verdict = "in"
	// Join asks for the terms and makes an account with the address.
	Join Verdict = "join"
	// Prove asks for the terms as Join does, and then writes a letter to the
	// address: whoever reads it gets an account, or his own one tied. It looks the
	// same whoever has the address.
	Prove Verdict = "prove"
	// AskAddress is Prove for somebody who has to say an address first.
	AskAddress Verdict = "ask"
	// Tie ties the identity to the account with the address, signs in, and tells
	// the address.
	Tie Verdict = "tie"
	// SignInFirst lets nobody in: whoever is signed in can tie it to his account.
	SignInFirst Verdict = "sign_in_first"
	// Refuse says why: the account is closed, or about to be erased.
	Refuse Verdict = "refuse"
)

// linkRule is a line of the table; an empty field stands for anything.
type linkRule struct {
	known   string // "yes", "no"
	claim   Claim
	trusted string
	holder  Holder
	state   State
	verdict Verdict
}

// linkRules is the table. The first line that fits decides, and there is one
// for every case.
var linkRules = []linkRule{
	{known: "yes", state: Open, verdict: In},
	{known: "yes", verdict: Refuse},
	{known: "no", claim: NoAddress, verdict: AskAddress},
	{known: "no", claim: Unverified, verdict: Prove},
	{known: "no", claim: Verified, trusted: "no", verdict: Prove},
	{known: "no", claim: Verified, trusted: "yes", holder: Nobody, verdict: Join},
	{known: "no", claim: Verified, trusted: "yes", holder: Pending, verdict: Join},
	{known: "no", claim: Verified, trusted: "yes", holder: BySame, verdict: SignInFirst},
	{known: "no", claim: Verified, trusted: "yes", holder: holdsAccount, state: Open, verdict: Tie},
	{known: "no", claim: Verified, trusted: "yes", holder: holdsAccount, verdict: Refuse},
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// fits reports whether a line is about a case.
func (r linkRule) fits(c LinkCase) bool {
	holder := r.holder == "" || r.holder == c.Holder ||
		r.holder == holdsAccount && !slices.Contains([]Holder{Nobody, Pending}, c.Holder)
	return r.known == yes(c.Known) && (r.claim == "" || r.claim == c.Claim) && (r.trusted == "" || r.trusted == yes(c.Trusted)) &&
		holder && (r.state == "" || r.state == c.State)
}

// Judge returns the verdict of the table; Refuse for a case that it lacks.
func Judge(c LinkCase) Verdict {
	for _, r := range linkRules {
		if r.fits(c) {
			return r.verdict
		}
	}
	return Refuse
}
