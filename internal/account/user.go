package account

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/fault"
	"warta/internal/lang"
)

// User is somebody who works in the newsroom.
type User struct {
	ID          int64
	Email       string // in lower case; unique
	Name        string
	Role        Role
	Grants      []Grant
	PersonID    int64     // the byline; 0: none
	Language    lang.Code // empty: the site's
	MailNotices bool      // notices come by mail as well
	Disabled    bool
	Demo        bool // of the demo newsroom: a known password and no second proof
	Created     time.Time
	Joined      time.Time // when the invitation was accepted; zero: not yet
	Seen        time.Time // when he last signed in
}

// Actor returns the user as whoever carries out an operation.
func (u User) Actor() Actor {
	return Actor{ID: u.ID, Name: u.Name, Role: u.Role, Grants: u.Grants}
}

// UserFilter chooses users; the zero value chooses all.
type UserFilter struct {
	Text      string // part of the name or the mail address
	Role      Role
	SectionID int64 // holds a further role in exactly this desk
	AnyDesk   bool  // holds a further role in some desk
	Enabled   bool  // without those who are disabled
	After     UserCursor
	Limit     int // 0: 50
}

// UserCursor is the last user of a page of users, which are in order of name.
type UserCursor struct {
	Name string // folded, see FoldName
	ID   int64
}

// Cursor returns the cursor of the page that ends with the user.
func (u User) Cursor() UserCursor { return UserCursor{FoldName(u.Name), u.ID} }

// FoldName returns what names are ordered by and searched in: lower case,
// single blanks.
func FoldName(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

// maxGrants is how many desks one user may have a further role in.
const maxGrants = 50

// DeskRoles are the roles that can be held for a single desk. Those of the site
// as a whole, owner and commercial, cannot.
var DeskRoles = []Role{Contributor, Reporter, Editor, ManagingEditor, Moderator}

// CleanEmail returns a mail address as it is stored, or an Invalid error.
func CleanEmail(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' }) {
		return "", fault.Input("email", "this is not a mail address, such as rani@kabar.example").Say("email")
	}
	return s, nil
}

// CleanName returns a name with single blanks, or an Invalid error.
func CleanName(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || utf8.RuneCountInString(s) > 100 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == utf8.RuneError }) {
		return "", fault.Input("name", "a name of at most 100 letters is needed").Say("person_name")
	}
	return s, nil
}

// cleanGrants returns the grants, each desk and role once, or an Invalid error.
func cleanGrants(grants []Grant) ([]Grant, error) {
	var out []Grant
	for _, g := range grants {
		if g.SectionID <= 0 || !slices.Contains(DeskRoles, g.Role) {
			return nil, fault.Input("grants", "the role %q cannot be held for one desk", g.Role).Say("desk_role")
		}
		if !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	if len(out) > maxGrants {
		return nil, fault.Input("grants", "at most %d desks for one person; give a wider role instead", maxGrants).Say("desk_many", "most", maxGrants)
	}
	slices.SortFunc(out, func(a, b Grant) int {
		if a.SectionID != b.SectionID {
			return int(a.SectionID - b.SectionID)
		}
		return strings.Compare(string(a.Role), string(b.Role))
	})
	return out, nil
}
