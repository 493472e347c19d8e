// Package account gives the words for the people who work in the newsroom:
// users, roles and the capabilities that a role holds, sessions and the ways of
// signing in. It knows nothing of stories, SQL or HTTP.
package account

import (
	"fmt"
	"slices"

	"warta/internal/fault"
)

// Role is a newsroom role. A user has exactly one for the whole site, and may
// have further ones for single desks.
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

// Roles are all roles in the order in which they are offered.
var Roles = []Role{Contributor, Reporter, Editor, ManagingEditor, Moderator, Commercial, Owner}

// Capability is one thing that an actor may do.
type Capability string

// The capabilities of the newsroom.
const (
	Enter      Capability = "room.enter" // be in the newsroom: own account, notices
	WriteOwn   Capability = "story.write_own"
	ReadAny    Capability = "story.read_any"
	WriteAny   Capability = "story.write_any"
	Submit     Capability = "story.submit"
	Approve    Capability = "story.approve"
	Publish    Capability = "story.publish"
	Correct    Capability = "story.correct"
	Breaking   Capability = "story.breaking"
	Withdraw   Capability = "story.withdraw"
	Reports    Capability = "report.handle" // readers' reports and rights of reply
	Pictures   Capability = "picture.add"   // the library: look, add, describe
	Fronts     Capability = "front.edit"
	Structure  Capability = "site.structure" // sections, topics, persons, redirects
	Moderate   Capability = "comment.moderate"
	Sell       Capability = "ads.manage"
	Members    Capability = "member.manage" // plans, payments and refunds of readers
	Configure  Capability = "site.settings"
	Audit      Capability = "audit.read"
	ManageUser Capability = "user.manage"
)

var (
	contributor = []Capability{Enter, WriteOwn, Pictures}
	reporter    = append(slices.Clone(contributor), ReadAny, Submit)
	editor      = append(slices.Clone(reporter), WriteAny, Approve, Publish, Correct, Breaking, Reports)
	managing    = append(slices.Clone(editor), Withdraw, Fronts, Structure, Audit)
)

// holds lists what each role may do; the owner may do everything.
var holds = map[Role][]Capability{
	Contributor:    contributor,
	Reporter:       reporter,
	Editor:         editor,
	ManagingEditor: managing,
	Moderator:      {Enter, Moderate},
	Commercial:     {Enter, Sell, Members},
	Newcomer:       {Enter},
}

// Can reports whether the role holds the capability.
func (r Role) Can(c Capability) bool {
	return r == Owner || slices.Contains(holds[r], c)
}

// Valid reports whether there is such a role.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Within reports whether everything that r may do is something that other may
// do as well: who holds other can give r away.
func (r Role) Within(other Role) bool {
	if other == Owner {
		return r.Valid()
	}
	if r == Owner || !r.Valid() {
		return false
	}
	for _, c := range holds[r] {
		if !other.Can(c) {
			return false
		}
	}
	return true
}

// Grant is a further role that counts in one desk only: a section and what
// stands below it.
type Grant struct {
	SectionID int64 `json:"section"`
	Role      Role  `json:"role"`
}

// Actor is whoever carries out an operation: a user, or a part of the program
// that acts for the owner (an import, the due loop).
type Actor struct {
	ID     int64  // the user's id; 0 for a part of the program
	Name   string // "import", "clock", or the user's name
	Role   Role
	Grants []Grant
	// Run is the run of an import for which a part of the program acts, 0: none.
	// What it makes can be taken back together.
	Run int64
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

// CanIn reports whether the actor holds the capability in a desk. sections are
// the ids of the section and of those above it.
func (a Actor) CanIn(c Capability, sections []int64) bool {
	if a.Role.Can(c) {
		return true
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Role.Can(c) && slices.Contains(sections, g.SectionID)
	})
}

// CanSomewhere reports whether the actor holds the capability for the whole
// site or in any desk. It lets somebody in at a door; what he may do to one
// story is decided by CanIn.
func (a Actor) CanSomewhere(c Capability) bool {
	return a.Role.Can(c) || slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role.Can(c) })
}

// Require returns a Forbidden error unless the actor holds the capability for
// the whole site.
func (a Actor) Require(c Capability) error {
	if a.Role.Can(c) {
		return nil
	}
	return a.refuse(c)
}

// RequireIn is Require for one desk; sections as in CanIn.
func (a Actor) RequireIn(c Capability, sections []int64) error {
	if a.CanIn(c, sections) {
		return nil
	}
	return a.refuse(c)
}

// RequireSomewhere is Require at a door; see CanSomewhere.
func (a Actor) RequireSomewhere(c Capability) error {
	if a.CanSomewhere(c) {
		return nil
	}
	return a.refuse(c)
}

func (a Actor) refuse(c Capability) error {
	return fault.New(fault.Forbidden, "the role %q may not do this (%s); ask the owner of the site", a.Role, c).Say("may_not")
}
