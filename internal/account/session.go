package account

import "time"

// How long somebody stays signed in: without a sign of life, and at most. A
// proof of identity counts for confirmedFor before dangerous things.
const (
	sessionIdle  = 14 * 24 * time.Hour
	sessionMost  = 90 * 24 * time.Hour
	touchEvery   = 5 * time.Minute
	confirmedFor = 10 * time.Minute
)

// Session is one device on which somebody is signed in.
type Session struct {
	ID   int64
	User User
	// Limited says that the user has neither a passkey nor codes from an app
	// yet: until he sets one up, User.Role is Newcomer and only pages about his
	// own account are open to him.
	Limited   bool
	Created   time.Time
	Seen      time.Time // to five minutes
	Confirmed time.Time // the last proof of identity on this device
	Expires   time.Time
	Network   string // the address from which it was last used
	Device    string // what the browser says of itself, shortened
}

// Fresh reports whether the bearer has proved who he is shortly before now, so
// that something dangerous may be done.
func (s Session) Fresh(now time.Time) bool {
	age := now.Sub(s.Confirmed)
	return age >= 0 && age < confirmedFor
}

// Newcomer is the role of a session whose user still has to set up a second
// proof of identity. Nobody is given it.
const Newcomer Role = "newcomer"

// restrict takes away what a newcomer may not do yet.
func (s *Session) restrict() {
	if s.Limited {
		s.User.Role, s.User.Grants = Newcomer, nil
	}
}

// live reports whether the session counts at now.
func (s *Session) live(now time.Time) bool {
	return !s.User.Disabled && now.Before(s.Expires) && now.Before(s.Created.Add(sessionMost))
}

// Client is who asks, as far as the door can tell.
type Client struct {
	Network string // the address without a port
	Device  string
}
