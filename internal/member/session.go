package member

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// How long a reader stays signed in: without a sign of life, and at most. A
// proof of identity counts for ConfirmedFor before what cannot be undone.
const (
	sessionIdle  = 90 * 24 * time.Hour
	sessionMost  = 365 * 24 * time.Hour
	touchEvery   = time.Hour
	ConfirmedFor = 10 * time.Minute
)

// Session is one device on which a member is signed in.
type Session struct {
	ID     int64
	Member Member
	// Mark is what the class cookies of this session carry, random and never zero:
	// whoever sees one learns nothing, and all of them can be called back.
	Mark      int64
	Created   time.Time
	Seen      time.Time // to an hour
	Confirmed time.Time // the last proof of identity on this device
	Expires   time.Time
	Network   string // the address from which he signed in
	Device    string // what the browser says of itself, shortened
}

// Fresh reports whether the bearer has proved who he is shortly before now.
func (s Session) Fresh(now time.Time) bool {
	age := now.Sub(s.Confirmed)
	return age >= 0 && age < ConfirmedFor
}

// live reports whether the session counts at now.
func (s Session) live(now time.Time) bool {
	return s.Member.open() && now.Before(s.Expires) && now.Before(s.Created.Add(sessionMost))
}

// newMark returns a mark for class cookies.
func newMark() int64 {
	for {
		var b [8]byte
		rand.Read(b[:]) // never fails: see crypto/rand
		if n := int64(binary.BigEndian.Uint64(b[:]) >> 1); n != 0 {
			return n
		}
	}
}

// Entry is what signing in gives.
type Entry struct {
	Token  string // of the session; for the cookie
	Mark   int64  // for the class cookie
	Member Member
}

// begin signs the record's member in, and writes him a letter if he wants one
// for a device that he is not signed in on.
func (a Ask) begin(e *Edit, by string) (Entry, change.Outcome) {
	token, hash := account.NewToken()
	r, device := e.Record, account.Shorten(a.From.Device, 200)
	r.Seen = e.Now
	e.Token = hash
	e.Begin = &Session{Mark: newMark(), Created: e.Now, Seen: e.Now, Confirmed: e.Now, Expires: e.Now.Add(sessionIdle),
		Network: a.From.Network, Device: device}
	out := audit("reader", "sign_in", "by", by)
	if r.ID != 0 && r.NewDevice && !slices.Contains(r.Devices, device) {
		out.Mails = append(out.Mails, a.deviceLetter(r.Member, device, e.Now))
	}
	r.Member.entitle(e.Now)
	return Entry{Token: token, Mark: e.Begin.Mark, Member: r.Member}, out
}

// Open returns the session of a token; Unauthenticated if there is none or it
// has ended.
func (m *Members) Open(ctx context.Context, token string) (Session, error) {
	s, err := m.store.MemberSession(ctx, account.HashToken(token))
	if fault.Is(err, fault.NotFound) {
		return Session{}, errSignedOut()
	}
	if err != nil {
		return Session{}, err
	}
	now, err := m.store.Now(ctx)
	if err != nil {
		return Session{}, err
	}
	if !s.live(now) {
		return Session{}, errSignedOut()
	}
	s.Member.entitle(now)
	if now.Sub(s.Seen) >= touchEvery {
		s.Seen, s.Expires = now, now.Add(sessionIdle)
		if err := m.store.TouchMemberSession(ctx, s.ID, now, s.Expires); err != nil {
			return Session{}, err
		}
	}
	return s, nil
}

// Sessions returns the devices on which a member is signed in, the one used
// last first.
func (m *Members) Sessions(ctx context.Context, id int64) ([]Session, error) {
	now, err := m.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	list, err := m.store.MemberSessions(ctx, id, now)
	return slices.DeleteFunc(list, func(s Session) bool { return !s.live(now) }), err
}

// SignOut ends a session. One that has ended already is no error.
func (m *Members) SignOut(ctx context.Context, s Session) error {
	return m.EndSession(ctx, s.Member.ID, s.ID)
}

// EndSession signs one of the member's own devices out.
func (m *Members) EndSession(ctx context.Context, id, sessionID int64) error {
	return m.edit(ctx, id, func(e *Edit) (change.Outcome, error) {
		e.End = sessionID
		return audit("reader", "end_session"), nil
	})
}

// EndOthers signs the member's other devices out.
func (m *Members) EndOthers(ctx context.Context, s Session) error {
	return m.edit(ctx, s.Member.ID, func(e *Edit) (change.Outcome, error) {
		e.EndAll, e.Keep = true, s.ID
		return audit("reader", "end_sessions"), nil
	})
}
