package ingest

import (
	"context"
	"slices"

	"warta/internal/news"
)

// pin puts the sticky posts on the home page: into the container that leads, as far
// as nobody has pinned anything there. Which are still sticky when an editor looks
// at the front is for him to say.
func (s *wxrSupplier) pin(ctx context.Context, r *run) error {
	if len(s.ix.sticky) == 0 {
		return nil
	}
	var ids []int64
	for _, at := range s.ix.sticky {
		if s.address(at) != "" {
			ids = append(ids, s.storyID(at))
		}
	}
	stories, err := r.im.parts.Shelf.Stories(ctx, ids)
	if err != nil {
		return err
	}
	stories = slices.DeleteFunc(stories, func(st news.Story) bool { return st.Status != news.Live })
	slices.SortFunc(stories, func(a, b news.Story) int { return b.FirstPublished.Compare(a.FirstPublished) })
	r.sum.Others["sticky posts"] = len(s.ix.sticky)
	if r.im.options.Rehearse || len(stories) == 0 {
		return nil
	}
	front, err := r.im.parts.Shelf.Front(ctx, 0)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(front.Containers, func(c news.Container) bool { return c.Kind == news.ContainerLead })
	if i < 0 {
		return nil
	}
	c := &front.Containers[i]
	if len(c.Slots) > 0 && slices.ContainsFunc(c.Slots, func(p news.Slot) bool { return slices.Contains(ids, p.StoryID) }) {
		return nil // an earlier attempt did it
	}
	if len(c.Slots) > 0 {
		r.say("sticky posts", "the home page has pinned stories already, so the sticky posts of the old site are not pinned")
		return nil
	}
	for n, st := range stories {
		if n == min(c.Size, 3) {
			break
		}
		c.Slots = append(c.Slots, news.Slot{Position: n, StoryID: st.ID})
	}
	r.sum.Others["pinned to the home page"] = len(c.Slots)
	_, err = r.im.parts.Site.SaveFront(ctx, r.actor(), front)
	return err
}

// say notes something that is about the run and no item of it.
func (r *run) say(what, text string) {
	r.lines = append(r.lines, news.ImportLine{URI: what, Result: ItemSkipped, Why: text})
	r.emit(Line{URI: what, Result: ItemSkipped, Error: text})
}
