package account

import (
	"time"

	"warta/internal/lang"
)

// User is somebody of the newsroom.
type User struct {
	ID       int64
	Email    string // as given; compared in lower case
	Name     string
	Role     Role
	Grants   []Grant
	PersonID int64     // the byline; 0: none
	Language lang.Code // of the newsroom's interface; empty: the site's
	// MailNotices: notices also come by mail.
	MailNotices bool
	Disabled    bool
	Demo        bool // made by the demo: signs in with a password alone
	Created     time.Time
}

// Actor returns the user as whoever carries out an operation.
func (u User) Actor() Actor { return Actor{ID: u.ID, Name: u.Name, Role: u.Role, Grants: u.Grants} }

// Session is a signed-in browser.
type Session struct {
	ID      int64
	User    User
	Created time.Time
	Seen    time.Time
	// Confirmed is the last proof of who it is (password, code or passkey), for
	// what needs a step up.
	Confirmed time.Time
	Device    string // what the browser says of itself, shortened
	Network   string // where it signed in from, shortened
	// Limited: nothing but the own account may be used until a second factor or a
	// passkey is set up.
	Limited bool
}
