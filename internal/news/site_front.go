package news

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
)

// FrontDraft is an arrangement that is not live yet.
type FrontDraft struct {
	Front
	Seq int64 // number of the last change; 0: there is no draft
	By  string
	At  time.Time
}

// FrontVersion is an arrangement that went live.
type FrontVersion struct {
	Front
	No  int
	By  string
	At  time.Time
	Why string
}

// CheckFront returns an Invalid error that names the container unless the
// arrangement can go live.
func CheckFront(f Front) error {
	if len(f.Containers) == 0 || len(f.Containers) > 60 {
		return fault.Input("containers", "a front holds 1 to 60 containers").Say("front_containers")
	}
	pinned := map[int64]bool{}
	for _, c := range f.Containers {
		switch c.Kind {
		case ContainerLead, ContainerTimeline, ContainerSection, ContainerMostRead, ContainerMedia, ContainerTopics:
		default:
			return fault.Input("containers", "%q is no kind of container", c.Kind).Say("front_kind")
		}
		if c.Size < 1 || c.Size > 30 {
			return fault.Input("containers", "a container shows 1 to 30 stories, not %d", c.Size).Say("front_size")
		}
		if len(c.Title) > 120 {
			return fault.Input("containers", "a title has at most 120 characters").Say("front_title")
		}
		taken := map[int]bool{}
		for _, s := range c.Slots {
			if s.Position < 0 || s.Position >= c.Size || taken[s.Position] {
				return fault.Input("containers", "a pin stands at a place of its own").Say("front_place")
			}
			if pinned[s.StoryID] {
				return fault.Input("containers", "story %d is pinned twice", s.StoryID).Say("front_twice")
			}
			taken[s.Position], pinned[s.StoryID] = true, true
		}
	}
	return nil
}

// SaveFrontDraft keeps an arrangement that somebody works on. base is the
// number of the draft that it was made from: if another person saved in
// between, it is a Conflict and nothing is overwritten.
func (s *Site) SaveFrontDraft(ctx context.Context, actor account.Actor, f Front, base int64) (_ FrontDraft, err error) {
	defer fault.Wrap(&err, "save the draft of the front of section %d", f.SectionID)
	if err := actor.Require(account.Fronts); err != nil {
		return FrontDraft{}, err
	}
	if err := CheckFront(f); err != nil {
		return FrontDraft{}, err
	}
	return s.store.SaveFrontDraft(ctx, FrontDraft{Front: f, Seq: base, By: actor.String()})
}

// DropFrontDraft gives a draft up.
func (s *Site) DropFrontDraft(ctx context.Context, actor account.Actor, sectionID int64) (err error) {
	defer fault.Wrap(&err, "drop the draft of the front of section %d", sectionID)
	if err := actor.Require(account.Fronts); err != nil {
		return err
	}
	return s.store.DropFrontDraft(ctx, sectionID)
}

// PublishFront makes an arrangement live and keeps it as a version; the draft
// goes. Undo is PublishFront with what an earlier version holds.
func (s *Site) PublishFront(ctx context.Context, actor account.Actor, f Front, why string) (_ FrontVersion, err error) {
	defer fault.Wrap(&err, "publish the front of section %d", f.SectionID)
	if err := actor.Require(account.Fronts); err != nil {
		return FrontVersion{}, err
	}
	if err := CheckFront(f); err != nil {
		return FrontVersion{}, err
	}
	return s.store.PublishFront(ctx, FrontVersion{Front: f, By: actor.String(), Why: why},
		outcome(actor, "publish", TagFront(f.SectionID), TagFront(f.SectionID)))
}
