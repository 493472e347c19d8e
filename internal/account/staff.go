package account

import (
	"context"
	"slices"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
)

// Passkey is a credential of WebAuthn. What it holds is for the door to read.
type Passkey struct {
	ID      string // credential id in base64url; unique
	Name    string
	Data    string // JSON, the counter of its signatures included
	Created time.Time
	Used    time.Time // zero: never
}

// Record is a user with everything by which he signs in.
type Record struct {
	User
	Handle   string // what passkeys know him by: random, never shown
	Password string // hash; "" for none
	TOTP     string // secret of the authenticator app; "" for none
	TOTPStep int64  // of the last code that counted
	Failed   int    // attempts since the last sign-in
	Codes    []string
	Passkeys []Passkey
}

// Proven reports whether the user has a second proof of identity. Accounts of
// the demo need none.
func (r *Record) Proven() bool { return r.Demo || r.TOTP != "" || len(r.Passkeys) > 0 }

// passkey returns the passkey with an id, nil if it is not the user's.
func (r *Record) passkey(id string) *Passkey {
	for i := range r.Passkeys {
		if r.Passkeys[i].ID == id {
			return &r.Passkeys[i]
		}
	}
	return nil
}

// Pick names the user that is read or changed, by one of its fields. A ticket
// brings its user along.
type Pick struct {
	UserID  int64
	Email   string // as CleanEmail returns it
	Passkey string // id of a credential
	Ticket  string // hash
}

// Found is what a Pick names. Record and Ticket are nil if there is none; a
// ticket that has expired is none.
type Found struct {
	Now    time.Time
	Record *Record
	Ticket *Ticket
	Empty  bool // there are no users at all
	Owners int  // those who can sign in as owner
}

// Edit is a change of one user. The rules change Record, or put a new one
// there, and say what else is to happen.
type Edit struct {
	Found
	Redeem bool    // the picked ticket is used up
	Issue  *Ticket // a new one; UserID 0 stands for the record's user
	// Revoke takes back other tickets of the record's user, or, without a user,
	// all that are nobody's.
	Revoke []TicketKind
	// EndAll ends all sessions of the record's user but Keep.
	EndAll  bool
	Keep    int64
	End     int64    // ends this session if it is the user's
	Begin   *Session // a new session of the user
	Token   string   // hash of its token
	Confirm int64    // this session has been confirmed now, if it is the user's
	// Return are the keys of limits at which this attempt was none: it succeeded.
	// Forget is one that begins anew: its owner has shown who he is.
	Return []string
	Forget string
}

// Store keeps users, their sessions and tickets.
type Store interface {
	GuessStore
	// Now is the clock that everything here goes by.
	Now(ctx context.Context) (time.Time, error)
	// Staff reads what pick names.
	Staff(ctx context.Context, pick Pick) (Found, error)
	// ChangeStaff reads what pick names, lets fn change it and writes the rest with
	// the outcome, in one transaction that no other one of its kind runs beside.
	// An error of fn leaves everything as it was. fn may run again. A new record has
	// its id when the change has been written. An audit line
	// without an object is about the record's user. An address or a byline that
	// somebody else has is an Invalid error that says so.
	ChangeStaff(ctx context.Context, pick Pick, fn func(*Edit) (change.Outcome, error)) error
	// StaffSession returns the session with a token's hash, NotFound if there is
	// none. Limited says that the user has no second proof.
	StaffSession(ctx context.Context, hash string) (Session, error)
	// StaffSessions returns a user's sessions that have not expired, the one used
	// last first.
	StaffSessions(ctx context.Context, userID int64, now time.Time) ([]Session, error)
	// TouchSession writes when and from where a session was last used.
	TouchSession(ctx context.Context, id int64, now, expires time.Time, network string) error
}

// Staff is who works in the newsroom and how they come in.
type Staff struct {
	store     Store
	passwords *Passwords
	guard     *Guard
}

// NewStaff returns the staff that store keeps. One process needs one: the
// bounds on hashing and on guessing from one network are its own.
func NewStaff(store Store) *Staff {
	return &Staff{store: store, passwords: NewPasswords(), guard: NewGuard(store)}
}

// tag names a user in the audit log; "" for one who has no id yet.
func tag(id int64) string { return Actor{ID: id}.String() }

// audit returns the outcome that says who did what to a user. pairs are names
// and values of the detail.
func audit(actor, action string, userID int64, pairs ...any) change.Outcome {
	line := change.Audit{Actor: actor, Action: action, Object: tag(userID), Detail: change.Detail(pairs...)}
	return change.Outcome{Audit: []change.Audit{line}}
}

// errNobody is the answer where a user should be and is not.
func errNobody() error { return fault.New(fault.NotFound, "there is no such user").Say("no_user") }

// errLink is the answer to a link that counts no more.
func errLink() error {
	return fault.New(fault.Gone, "this link was used already or has expired; ask for a new one").Say("link_spent")
}

// Record returns a user with his ways of signing in, NotFound if there is none.
func (s *Staff) Record(ctx context.Context, userID int64) (*Record, error) {
	f, err := s.store.Staff(ctx, Pick{UserID: userID})
	if err != nil {
		return nil, err
	}
	if f.Record == nil {
		return nil, errNobody()
	}
	return f.Record, nil
}

// ByEmail returns the user with a mail address, NotFound if there is none.
func (s *Staff) ByEmail(ctx context.Context, email string) (*Record, error) {
	email, err := CleanEmail(email)
	if err != nil {
		return nil, err
	}
	f, err := s.store.Staff(ctx, Pick{Email: email})
	if err != nil {
		return nil, err
	}
	if f.Record == nil {
		return nil, errNobody()
	}
	return f.Record, nil
}

// Open returns the session of a token; Unauthenticated if there is none or it
// has ended.
func (s *Staff) Open(ctx context.Context, token string) (Session, error) {
	gone := fault.New(fault.Unauthenticated, "you are signed out; sign in again").Say("signed_out")
	session, err := s.store.StaffSession(ctx, HashToken(token))
	if fault.Is(err, fault.NotFound) {
		return Session{}, gone
	}
	if err != nil {
		return Session{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return Session{}, err
	}
	if !session.live(now) {
		return Session{}, gone
	}
	if now.Sub(session.Seen) >= touchEvery {
		session.Seen, session.Expires = now, now.Add(sessionIdle)
		if err := s.store.TouchSession(ctx, session.ID, now, session.Expires, session.Network); err != nil {
			return Session{}, err
		}
	}
	session.restrict()
	return session, nil
}

// Sessions returns the devices on which a user is signed in, the one used last
// first.
func (s *Staff) Sessions(ctx context.Context, userID int64) ([]Session, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.store.StaffSessions(ctx, userID, now)
	return slices.DeleteFunc(list, func(d Session) bool { return !d.live(now) }), err
}

// EndSession signs one of the user's own devices out.
func (s *Staff) EndSession(ctx context.Context, userID, sessionID int64) error {
	return s.edit(ctx, userID, func(e *Edit) (change.Outcome, error) {
		e.End = sessionID
		return audit(tag(userID), "end_session", userID), nil
	})
}

// EndOthers signs the user's other devices out.
func (s *Staff) EndOthers(ctx context.Context, userID, keep int64) error {
	return s.edit(ctx, userID, func(e *Edit) (change.Outcome, error) {
		e.EndAll, e.Keep = true, keep
		return audit(tag(userID), "end_sessions", userID), nil
	})
}

// edit changes one user, NotFound if there is none.
func (s *Staff) edit(ctx context.Context, userID int64, fn func(*Edit) (change.Outcome, error)) error {
	return s.store.ChangeStaff(ctx, Pick{UserID: userID}, func(e *Edit) (change.Outcome, error) {
		if e.Record == nil {
			return change.Outcome{}, errNobody()
		}
		return fn(e)
	})
}
