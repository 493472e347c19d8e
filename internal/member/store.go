package member

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/change"
)

// Pick names the member that is read or changed, by one of its fields. A ticket
// brings along its member, or, if it has none, the one who has its address.
type Pick struct {
	ID       int64
	Email    string // as account.CleanEmail returns it
	Passkey  string // id of a credential
	Provider string // together with Subject
	Subject  string
	Ticket   string // hash of its token
	// Browser and Code name a ticket by what somebody types where he asked for it.
	Browser string // hash
	Code    string // hash
}

// Found is what a Pick names. Record and Ticket are nil if there is none; a
// ticket that has expired, or at which too many codes were tried, is none.
type Found struct {
	Now    time.Time
	Record *Record
	Ticket *Ticket
}

// Edit is a change of one member. The rules change Record, or put a new one
// there, and say what else is to happen.
type Edit struct {
	Found
	Redeem bool    // the picked ticket is used up
	Issue  *Ticket // a new one; MemberID 0 stays nobody's
	// Revoke takes back other tickets of the member.
	Revoke []TicketKind
	// Missed counts a wrong code at all tickets of the browser with this hash.
	Missed string
	// EndAll ends all sessions of the member but Keep. With a session its class
	// cookies stop counting.
	EndAll  bool
	Keep    int64
	End     int64    // ends this session if it is the member's
	Begin   *Session // a new session of the member
	Token   string   // hash of its token
	Confirm int64    // this session has been confirmed now, if it is the member's
	// Return are the keys of limits at which this attempt was none: it succeeded.
	// Forget is one that begins anew: its owner has shown who he is.
	Return []string
	Forget string
	// ClosedBy is who of the newsroom closed the account or opened it again; the log of
	// moderation says so.
	ClosedBy string
	// Erase removes the member with everything that is only his.
	Erase bool
}

// Store keeps members, their sessions and tickets.
type Store interface {
	account.GuessStore
	ShelfStore
	// Now is the clock that everything here goes by.
	Now(ctx context.Context) (time.Time, error)
	// Member reads what pick names. It takes the same steps whether there is
	// somebody or not.
	Member(ctx context.Context, pick Pick) (Found, error)
	// ChangeMember reads what pick names, lets fn change it and writes the rest with
	// the outcome, in one transaction; no other one changes the same member or
	// ticket beside it. An error of fn leaves everything as it was. fn may run
	// again. A new record has its id when the change has been written. An audit line
	// without an object is about the member. An address, passkey or identity that
	// somebody else has is a Conflict that says so.
	ChangeMember(ctx context.Context, pick Pick, fn func(*Edit) (change.Outcome, error)) error
	// MemberSession returns the session with a token's hash, NotFound if there is
	// none.
	MemberSession(ctx context.Context, hash string) (Session, error)
	// MemberSessions returns a member's sessions that have not expired, the one used
	// last first.
	MemberSessions(ctx context.Context, id int64, now time.Time) ([]Session, error)
	// TouchMemberSession writes when a session was last used.
	TouchMemberSession(ctx context.Context, id int64, now, expires time.Time) error
	// DueErasures returns the ids of members who are to be erased by now, in the
	// order of their times, at most limit.
	DueErasures(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// MemberTrail returns what the audit log says about a member after the entry
	// with a number, in its order, at most limit.
	MemberTrail(ctx context.Context, id, after int64, limit int) ([]Step, error)
}

// Members is who has an account and how they come in. It is safe for concurrent
// use.
type Members struct {
	store     Store
	passwords *account.Passwords
	guard     *account.Guard
	looks     func(ctx context.Context, name string) (bool, error) // see Reserve
	before    func(ctx context.Context, id int64) error            // nil: nothing
}

// BeforeErasing names what is done before a member is erased, each time that it is
// tried. It is called before anything else.
func (m *Members) BeforeErasing(fn func(ctx context.Context, id int64) error) { m.before = fn }

// New returns the members that store keeps. One process needs one: the bounds
// on hashing and on guessing from one network are its own, and not those of the
// newsroom, which comes in however many readers do.
func New(store Store) *Members {
	return &Members{store: store, passwords: account.NewPasswords(), guard: account.NewGuard(store)}
}

// record returns a member with his ways of signing in, Unauthenticated if there
// is none: he was erased.
func (m *Members) record(ctx context.Context, id int64) (*Record, time.Time, error) {
	f, err := m.store.Member(ctx, Pick{ID: id})
	if err != nil {
		return nil, time.Time{}, err
	}
	if f.Record == nil {
		return nil, time.Time{}, errSignedOut()
	}
	return f.Record, f.Now, nil
}

// Record returns a member with his ways of signing in, Unauthenticated if there
// is none.
func (m *Members) Record(ctx context.Context, id int64) (*Record, error) {
	r, _, err := m.record(ctx, id)
	return r, err
}

// edit changes one member, Unauthenticated if there is none.
func (m *Members) edit(ctx context.Context, id int64, fn func(*Edit) (change.Outcome, error)) error {
	return m.store.ChangeMember(ctx, Pick{ID: id}, func(e *Edit) (change.Outcome, error) {
		if e.Record == nil {
			return change.Outcome{}, errSignedOut()
		}
		return fn(e)
	})
}
