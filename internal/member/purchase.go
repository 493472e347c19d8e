package member

import (
	"crypto/rand"
	"time"

	"warta/internal/pay"
)

// Purchase is a plan as one member bought it: what the plan becomes later
// changes nothing here.
type Purchase struct {
	ID           int64
	Code         string // by which gateways and bank statements name it
	MemberID     int64
	PlanID       int64
	Plan         string // its name then
	Period       Period
	Price        pay.Money
	Benefits     Benefits
	TaxRate      int64 // hundredths of a per cent that are in the price
	TrialDays    int
	Renews       bool // the gateway collects it again and again
	Gateway      string
	Created      time.Time
	Ref          string // the checkout at the gateway
	URL          string // where it is paid, while it is open
	Customer     string // at the gateway
	Subscription string // at the gateway
	Looked       time.Time
	Expired      bool   // the checkout was given up
	Noticed      string // the last letter about its end, and which end

	// What follows from the ledger; Fold computes it.
	Canceled bool
	Revoked  bool      // the bank took the money back
	Failing  bool      // the last renewal could not be collected
	Since    time.Time // the beginning of what was paid; zero: nothing was
	Until    time.Time // its end
	Access   time.Time // the end of what it opens: with the days of grace
}

// Standing says in a word how a purchase stands.
type Standing string

// The states of a purchase.
const (
	Waiting  Standing = "waiting"  // for its payment
	GivenUp  Standing = "given_up" // nobody paid
	Active   Standing = "active"
	Ending   Standing = "ending"  // active, and not collected again
	Grace    Standing = "grace"   // the renewal failed, or has not come yet
	Lapsed   Standing = "lapsed"  // its time is over
	TakenOut Standing = "revoked" // by a charge-back
)

// OpenFor is how long a checkout waits for its payer.
const OpenFor = 72 * time.Hour

// StandingAt returns the state at now.
func (p Purchase) StandingAt(now time.Time) Standing {
	switch {
	case p.Revoked:
		return TakenOut
	case p.Since.IsZero() && (p.Expired || now.Sub(p.Created) >= OpenFor && p.Gateway != pay.ManualName):
		return GivenUp
	case p.Since.IsZero():
		return Waiting
	case now.Before(p.Until) && p.Renews && !p.Canceled:
		return Active
	case now.Before(p.Until):
		return Ending
	case now.Before(p.Access):
		return Grace
	}
	return Lapsed
}

// Going reports whether the gateway goes on collecting it.
func (p Purchase) Going(now time.Time) bool {
	s := p.StandingAt(now)
	return p.Renews && !p.Canceled && (s == Active || s == Grace)
}

// codeSigns are easily told apart when somebody copies them from a screen.
const codeSigns = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// newCode returns a code for a purchase.
func newCode() string {
	b := make([]byte, 10)
	for i := 0; i < len(b); {
		var r [16]byte
		rand.Read(r[:]) // never fails: see crypto/rand
		for _, c := range r {
			// What would favour the first signs is left out.
			if int(c) < len(codeSigns)*(256/len(codeSigns)) && i < len(b) {
				b[i] = codeSigns[int(c)%len(codeSigns)]
				i++
			}
		}
	}
	return string(b)
}

// Rights are until when a member has what he paid for; zero times: he has not.
type Rights struct {
	NoAds time.Time
	Text  time.Time
}

// At returns the benefits at an instant.
func (r Rights) At(now time.Time) (b Benefits) {
	if now.Before(r.NoAds) {
		b |= NoAds
	}
	if now.Before(r.Text) {
		b |= MembersText
	}
	return b
}

// Until returns the earliest end of what is there at now; zero: there is nothing.
func (r Rights) Until(now time.Time) (first time.Time) {
	for _, t := range []time.Time{r.NoAds, r.Text} {
		if now.Before(t) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// Recall reports whether class cookies that were given by r must count no more
// once after holds: something is there now that was not, or ends earlier.
func (r Rights) Recall(after Rights, now time.Time) bool {
	return r.At(now) != after.At(now) || after.NoAds.Before(r.NoAds) || after.Text.Before(r.Text)
}
