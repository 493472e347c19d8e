// Package member gives the words for readers who have an account: who they are,
// how they sign in, what their sessions are and what becomes of an account that
// somebody gives up; and for what they pay: plans, what was bought, the ledger, and
// what follows from it. It knows nothing of SQL, HTTP or the pages.
package member

import (
	"fmt"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Member is a reader with an account. There is none whose owner has not shown
// that mail to the address arrives.
type Member struct {
	ID        int64
	Email     string // in lower case; unique
	Name      string // as other readers see it
	Created   time.Time
	Seen      time.Time // when he last signed in
	Terms     string    // the version of the terms that he accepted
	TermsAt   time.Time // when
	NewDevice bool      // wants a letter when somebody signs in on another device
	Disabled  bool      // by the newsroom
	EraseAt   time.Time // when the account is erased; zero: it stays
	Rights    Rights    // until when he has what he paid for
	Benefits  Benefits  // what he is entitled to beyond having an account, at the moment of reading
}

// String returns the member as the audit log names him: "member:3".
func (m Member) String() string { return fmt.Sprintf("member:%d", m.ID) }

// entitle says what the member is entitled to at now.
func (m *Member) entitle(now time.Time) { m.Benefits = m.Rights.At(now) }

// open reports whether the member may sign in.
func (m Member) open() bool { return !m.Disabled && m.EraseAt.IsZero() }

// Identity is an account elsewhere by which a member signs in. Provider and
// Subject name it together.
type Identity struct {
	Provider string // as the configuration calls it
	Subject  string // what the provider calls the person, for ever
	Email    string // as the provider said last; shown, and nothing goes by it
	Created  time.Time
	Used     time.Time // zero: never since
}

// Record is a member with everything by which he signs in.
type Record struct {
	Member
	Handle     string // what passkeys know him by: random, never shown
	Password   string // hash; "" for none
	Passkeys   []account.Passkey
	Identities []Identity
	Devices    []string // on which he is signed in
}

// passkey returns the passkey with an id, nil if it is not the member's.
func (r *Record) passkey(id string) *account.Passkey {
	for i := range r.Passkeys {
		if r.Passkeys[i].ID == id {
			return &r.Passkeys[i]
		}
	}
	return nil
}

// TagRevoked is touched when class cookies stop counting before their time.
const TagRevoked = "revoked"

// audit returns the outcome that says that somebody did something with a
// member's account. Without an object it is about the member of the change.
func audit(actor, action string, pairs ...any) change.Outcome {
	line := change.Audit{Actor: actor, Action: action, Detail: change.Detail(pairs...)}
	return change.Outcome{Audit: []change.Audit{line}}
}

// errSignedOut is the answer where somebody should be signed in.
func errSignedOut() error {
	return fault.New(fault.Unauthenticated, "nobody is signed in").Say("reader_signed_out")
}

// errLink is the answer to a link or a code that counts no more.
func errLink() error {
	return fault.New(fault.Gone, "this link was used already or has expired; ask for a new one").Say("link_spent")
}

// errDisabled is the answer to somebody who has shown who he is, and whom the
// newsroom keeps out.
func errDisabled() error {
	return fault.New(fault.Forbidden, "this account was closed by the newsroom; write to it if that is a mistake").Say("account_disabled")
}

// errErasing is the answer to somebody whose account is about to be erased.
func errErasing() error {
	return fault.New(fault.Forbidden, "this account is about to be erased; a letter has the link that stops that").Say("account_erasing")
}

// shut says why somebody who has shown who he is may not come in; nil: he may.
func shut(m Member) error {
	switch {
	case m.Disabled:
		return errDisabled()
	case !m.EraseAt.IsZero():
		return errErasing()
	}
	return nil
}
