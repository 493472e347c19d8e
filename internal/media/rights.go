package media

import (
	"warta/internal/account"
	"warta/internal/fault"
)

// MayDescribe returns a Forbidden error unless the actor may change what is
// written about the picture: his own with the right to add pictures, anybody's
// with the right to write in stories of others.
func (p Picture) MayDescribe(a account.Actor) error {
	if p.own(a) {
		return a.RequireSomewhere(account.Pictures)
	}
	if err := a.RequireSomewhere(account.WriteAny); err != nil {
		return fault.New(fault.Forbidden, "somebody else brought picture %d: %w", p.ID, err).Say("library_not_yours")
	}
	return nil
}

// MayDelete returns a Forbidden error unless the actor may delete the picture,
// should nothing show it: his own, or anybody's with the right to the site's
// structure.
func (p Picture) MayDelete(a account.Actor) error {
	if p.own(a) && a.CanSomewhere(account.Pictures) {
		return nil
	}
	if err := a.Require(account.Structure); err != nil {
		return fault.New(fault.Forbidden, "somebody else brought picture %d: %w", p.ID, err).Say("library_not_yours")
	}
	return nil
}

func (p Picture) own(a account.Actor) bool { return a.ID != 0 && p.AddedBy == a.ID }
