// Package account gives the words for the people who work in the newsroom:
// actors, roles and the capabilities that a role holds. It knows nothing of
// stories, SQL or HTTP.
package account

import (
	"fmt"
	"slices"

	"warta/internal/fault"
)

// Role is a newsroom role. A user has exactly one.
type Role string

// The roles, from the narrowest to the widest.
const (
	Contributor    Role = "contributor"
	Reporter       Role = "reporter"
	Editor         Role = "editor"
	ManagingEditor Role = "managing_editor"
	Moderator      Role = "moderator"
	Commercial     Role = "commercial"
	Owner          Role = "owner"
)

// Capability is one thing that an actor may do.
type Capability string

// The capabilities of the newsroom.
const (
	WriteOwn   Capability = "story.write_own"
	WriteAny   Capability = "story.write_any"
	Submit     Capability = "story.submit"
	Approve    Capability = "story.approve"
	Publish    Capability = "story.publish"
	Correct    Capability = "story.correct"
	Breaking   Capability = "story.breaking"
	Withdraw   Capability = "story.withdraw"
	Fronts     Capability = "front.edit"
	Structure  Capability = "site.structure" // sections, topics, persons, redirects
	Moderate   Capability = "comment.moderate"
	Sell       Capability = "ads.manage"
	Configure  Capability = "site.settings"
	ManageUser Capability = "user.manage"
)

// holds lists what each role may do; the owner may do everything.
var holds = map[Role][]Capability{
	Contributor: {WriteOwn},
	Reporter:    {WriteOwn, Submit},
	Editor:      {WriteOwn, WriteAny, Submit, Approve, Publish, Correct, Breaking},
	ManagingEditor: {WriteOwn, WriteAny, Submit, Approve, Publish, Correct, Breaking,
		Withdraw, Fronts, Structure},
	Moderator:  {Moderate},
	Commercial: {Sell},
}

// Can reports whether the role holds the capability.
func (r Role) Can(c Capability) bool {
	return r == Owner || slices.Contains(holds[r], c)
}

// Actor is whoever carries out an operation: a user, or a part of the program
// that acts for the owner (an import, the due loop).
type Actor struct {
	ID   int64  // the user's id; 0 for a part of the program
	Name string // "import", "clock", or the user's name
	Role Role
}

// System returns the actor for a part of the program that acts with the
// owner's rights, such as "import", "demo" or "clock".
func System(name string) Actor { return Actor{Name: name, Role: Owner} }

// String returns the actor as the audit log names it: "user:3" or "import".
func (a Actor) String() string {
	if a.ID != 0 {
		return fmt.Sprintf("user:%d", a.ID)
	}
	return a.Name
}

// Require returns a Forbidden error unless the actor holds the capability.
func (a Actor) Require(c Capability) error {
	if a.Role.Can(c) {
		return nil
	}
	return fault.New(fault.Forbidden, "the role %q may not do this (%s); ask the owner of the site", a.Role, c)
}
