package news

import (
	"warta/internal/account"
	"warta/internal/fault"
)

// Owns reports whether the story is the actor's own: he made it, or it was
// given to him.
func (s *Story) Owns(a account.Actor) bool {
	return a.ID != 0 && (s.OwnerID == a.ID || s.AssigneeID == a.ID)
}

// May returns a Forbidden error unless the actor may do this to the story: the
// one place that decides it. WriteOwn counts for own stories; ReadAny is not
// needed for them; everything else goes by the desk of the story's section and
// of any further section given, such as the one that a draft moves to. To read
// and to write, the desk that the story was handed to counts as well.
func (w *World) May(a account.Actor, c account.Capability, s *Story, sections ...int64) error {
	switch c {
	case account.WriteOwn:
		if !s.Owns(a) {
			return refused(a, c)
		}
		if err := a.RequireSomewhere(c); err != nil {
			return err
		}
	case account.ReadAny, account.WriteAny:
		if c == account.ReadAny && s.Owns(a) {
			return nil
		}
		if s.AssignedTo != 0 && a.CanIn(c, w.desk(s.AssignedTo)) {
			break
		}
		fallthrough
	default:
		if err := w.mayIn(a, c, s.SectionID); err != nil {
			return err
		}
	}
	for _, id := range sections {
		if id == s.SectionID {
			continue
		}
		if err := w.mayIn(a, c, id); err != nil {
			return err
		}
	}
	return nil
}

// MayWrite returns a Forbidden error unless the actor may change the story's
// draft: his own, or any of the desk. sections as in May.
func (w *World) MayWrite(a account.Actor, s *Story, sections ...int64) error {
	if s.Owns(a) && w.May(a, account.WriteOwn, s, sections...) == nil {
		return nil
	}
	return w.May(a, account.WriteAny, s, sections...)
}

// MayRead returns a Forbidden error unless the actor may see the story whatever
// its stage.
func (w *World) MayRead(a account.Actor, s *Story) error { return w.May(a, account.ReadAny, s) }

// mayIn is the right in one section. Before a section is chosen, writing one's
// own needs the right in any desk, everything else for the whole site.
func (w *World) mayIn(a account.Actor, c account.Capability, section int64) error {
	if section == 0 && c == account.WriteOwn {
		return a.RequireSomewhere(c)
	}
	if a.CanIn(c, w.desk(section)) {
		return nil
	}
	return refused(a, c)
}

// desk returns the ids of a section and of those above it, and of the sections
// that any of them took over: a right in those is one in it.
func (w *World) desk(section int64) []int64 {
	line := w.Tree.Ancestry(section)
	ids := make([]int64, 0, len(line))
	for _, s := range line {
		ids = append(append(ids, s.ID), w.Tree.Former(s.ID)...)
	}
	return ids
}

func refused(a account.Actor, c account.Capability) error {
	return fault.New(fault.Forbidden, "the role %q may not do this to this story (%s); ask an editor of its desk", a.Role, c).
		Say("may_not_story")
}
