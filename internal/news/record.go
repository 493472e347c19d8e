package news

import (
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/lang"
)

// World is what the rules need to know besides the stories themselves.
type World struct {
	Now      time.Time // the database's clock
	Tree     *Tree
	Settings Settings
	Zone     *time.Location
	// ClockDoubt: nobody has confirmed yet that Now is right.
	ClockDoubt bool
	// Rules say whose approval a story needs.
	Rules []SignoffRule
	// Banner stands on every page; nil: none does. The rules may put another in
	// its place, or take it away.
	Banner *Banner
	// Facts answers about things beside the stories; nil: whatever is named exists.
	Facts Facts
}

// Record is a story with all that one change may touch. The store loads it,
// the rules change it, the store writes what they changed; nothing else writes
// a story.
type Record struct {
	Story Story
	// New: the store does not have it yet. Its id is already reserved; if the
	// rules leave its Status empty, nothing is written.
	New bool
	// Live and Named are the versions that Story.LiveNo and Story.NamedNo point
	// at when the record was loaded; nil if zero. Last is the one of Story.LastNo;
	// a story that was picked by its URI has none.
	Live  *Version
	Named *Version
	Last  *Version
	// Draft is what people are writing; nil: nobody is. Clean is what they wrote
	// last, as long as nobody writes: its numbers go on in the next draft.
	Draft *Draft
	Clean *Draft
	// Open are the conflicts that nobody has settled; those without an id are to be
	// added. Settled are the ids of those that are settled now.
	Open    []DraftConflict
	Settled []int64
	// Signoffs are the approvals of Named and Last, and those to be added.
	Signoffs []Signoff
	// Notices are to be left for people.
	Notices []Notice
	// By is who changes the story.
	By account.Actor
	// Withdrawal is the notice, with Status Withdrawn.
	Withdrawal *Withdrawal

	// Added are new versions, numbered from Story.LastNo+1 as it was loaded.
	Added []Version
	// Corrections and Redirects are to be added to the story.
	Corrections []Correction
	Redirects   []Redirect
	// DropDraft: the draft became a version that is live, and nobody writes now.
	DropDraft bool
	// Relist says that what lists, search and picture addresses know of the story
	// has changed: the store writes them anew from Live, or removes them when the
	// story is not live.
	Relist bool
}

// freeze returns the version that says what the content says, a new one if
// neither the last nor the named one does.
func (r *Record) freeze(w *World, actor account.Actor, c *Content, why string) *Version {
	if n := len(r.Added); n > 0 && SameContent(&r.Added[n-1].Content, c) {
		return &r.Added[n-1]
	}
	for _, v := range []*Version{r.Named, r.Last, r.Live} {
		if v != nil && SameContent(&v.Content, c) {
			return v
		}
	}
	return r.AddVersion(w, actor, FromDesk, *c, why)
}

// AddVersion freezes a content as the story's next version.
func (r *Record) AddVersion(w *World, actor account.Actor, origin Origin, c Content, why string) *Version {
	r.Story.LastNo++
	r.cutAt(w, &c)
	r.Added = append(r.Added, Version{StoryID: r.Story.ID, No: r.Story.LastNo, Origin: origin,
		Content: c, By: actor.String(), At: w.Now, Why: why})
	return &r.Added[len(r.Added)-1]
}

// release makes a version live. Every way of publishing ends here: now, by
// schedule, by correction, by import. at is the instant of first publication
// for a story that was never live.
func (r *Record) release(w *World, actor account.Actor, v *Version, at time.Time) change.Outcome {
	before, old := r.listTags(w), r.Live
	first := r.Story.FirstPublished.IsZero()
	s := &r.Story
	if first {
		s.FirstPublished = at
	}
	if s.Slug == "" {
		s.Slug = lang.Slug(v.Content.Headline)
	}
	s.Status, s.LiveNo, s.SectionID = Live, v.No, v.Content.SectionID
	s.EmbargoUntil = time.Time{}
	r.unname()
	r.Withdrawal, r.Live, r.Relist = nil, v, true
	r.adopt(&v.Content, actor, w.Now)
	after := r.listTags(w)

	var out change.Outcome
	out.Touch(TagStory(s.ID), TagMonth(s.FirstPublished, w.Zone), TagSearch)
	out.Touch(TagHeadline(v.Content.Headline))
	out.Touch(difference(before, after)...)
	if old != nil {
		// What nobody shows any more and what is shown anew: picture addresses open
		// and close with the stories. Tighter access, or a cut further up, takes text away.
		for _, id := range difference(old.Content.PictureIDs(), v.Content.PictureIDs()) {
			out.Touch(TagPicture(id))
		}
		out.Takedown = tighter(&old.Content, &v.Content)
	}
	if w.Banner != nil && w.Banner.StoryID == s.ID {
		out.Touch(TagBanner) // it prints the story's address
	}
	out.Audit = []change.Audit{r.audit(actor, "publish", Deed{Version: v.No})}
	return out
}

// unname forgets the version that was to go out. What people are writing stays
// a draft.
func (r *Record) unname() {
	r.Story.Stage, r.Story.NamedNo = StageNone, 0
	r.unschedule()
	if r.Draft != nil && !r.DropDraft {
		r.Story.Stage = StageDraft
	}
}

// unschedule forgets when the named version was to go out.
func (r *Record) unschedule() {
	r.Story.DueAt, r.Story.DueBy, r.Story.CheckedAt = time.Time{}, 0, time.Time{}
}

// difference returns what stands in exactly one of the two lists.
func difference[T comparable](a, b []T) (only []T) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			only = append(only, x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			only = append(only, x)
		}
	}
	return only
}

// takeDown removes a live story from every public surface.
func (r *Record) takeDown(w *World) change.Outcome {
	out := change.Outcome{Takedown: r.Story.Status == Live}
	out.Touch(TagStory(r.Story.ID), TagSearch)
	if !r.Story.FirstPublished.IsZero() {
		out.Touch(TagMonth(r.Story.FirstPublished, w.Zone))
	}
	out.Touch(r.listTags(w)...)
	if r.Live != nil {
		for _, id := range r.Live.Content.PictureIDs() {
			out.Touch(TagPicture(id))
		}
	}
	if w.Banner != nil && w.Banner.StoryID == r.Story.ID {
		w.Banner = nil
		out.Touch(TagBanner)
	}
	r.Story.LiveNo, r.Live, r.Relist = 0, nil, true
	return out
}

// listTags returns the tags of the lists in which the story stands now.
func (r *Record) listTags(w *World) []string {
	if r.Story.Status != Live || r.Live == nil {
		return nil
	}
	c := &r.Live.Content
	tags := []string{TagLatest, TagDay(r.Story.FirstPublished, w.Zone)}
	for _, s := range w.Tree.Ancestry(c.SectionID) {
		tags = append(tags, TagSection(s.ID))
	}
	for _, id := range c.Topics {
		tags = append(tags, TagTopic(id))
	}
	for _, cr := range c.Credits {
		tags = append(tags, TagPerson(cr.PersonID))
	}
	if c.Verifies != 0 {
		tags = append(tags, TagStory(c.Verifies))
	}
	return tags
}
