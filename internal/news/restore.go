package news

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Structure is what the stories of a site stand in, with ids that are kept.
type Structure struct {
	Settings map[string]string
	Sections []Section
	Pages    []StaticPage
	Fronts   []Front
}

// Check returns an Invalid error that names the first thing that could not have
// been saved here.
func (s *Structure) Check() error {
	for k, v := range s.Settings {
		if err := CheckSetting(k, v); err != nil {
			return err
		}
	}
	for _, sec := range s.Sections {
		if err := CheckSectionSlug("section", sec.Slug); err != nil {
			return err
		}
		if sec.ID <= 0 || strings.TrimSpace(sec.Name) == "" {
			return fault.Input("section", "the section %q needs an id and a name", sec.Slug)
		}
	}
	for _, p := range s.Pages {
		if err := CheckSlug("page", p.Slug); err != nil {
			return err
		}
	}
	for _, f := range s.Fronts {
		if f.ID <= 0 || len(f.Containers) > 60 {
			return fault.Input("front", "the front of section %d needs an id and at most 60 containers", f.SectionID)
		}
		for _, c := range f.Containers {
			if c.ID <= 0 || c.Size < 1 || c.Size > 30 {
				return fault.Input("front", "a container of section %d needs an id and shows 1 to 30 stories", f.SectionID)
			}
		}
	}
	return nil
}

// Check returns an Invalid error unless the source could have been saved here.
func (s *Source) Check() error {
	if err := webURL(s.URL); err != nil {
		return fault.Input("url", "%s", err.Error())
	}
	return nil
}

// Restored is a public story as our own export has it. Story gives id, slug,
// section, identity and times; everything else of it is decided here.
type Restored struct {
	Story Story
	// Content, No, Origin and At are the live version's. A withdrawn story has a
	// Withdrawal in their place.
	Content     Content
	No          int
	Origin      Origin
	At          time.Time
	Withdrawal  *Withdrawal
	Corrections []Correction
}

// Restore puts at most MaxBatch stories back under their own ids, all or none.
// A story whose id is taken is a Conflict.
func (d *Desk) Restore(ctx context.Context, actor account.Actor, items []Restored) (err error) {
	defer fault.Wrap(&err, "restore %d stories", len(items))
	if err := actor.Require(account.Publish); err != nil {
		return err
	}
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	if len(items) > MaxBatch {
		return fault.New(fault.TooLarge, "at most %d stories can be restored at once", MaxBatch)
	}
	_, err = d.change(ctx, actor, Pick{New: len(items)}, func(w *World, recs []*Record) (change.Outcome, error) {
		outs := make([]change.Outcome, len(items))
		for i, r := range recs {
			if err := items[i].check(w); err != nil {
				return change.Outcome{}, err
			}
			outs[i] = r.restore(w, actor, &items[i])
		}
		return change.Join(outs...), nil
	})
	return err
}

func (in *Restored) check(w *World) (err error) {
	s := &in.Story
	defer fault.Wrap(&err, "story %d", s.ID)
	switch {
	case s.ID <= 0 || s.Slug == "" || s.FirstPublished.IsZero():
		return fault.Input("id", "a story that comes back has an id, a slug and the time of its publication, story %d has not", s.ID)
	case s.FirstPublished.After(w.Now):
		return fault.Input("first_published", "story %d was published at %s, which is still to come here: is the clock right?",
			s.ID, s.FirstPublished.UTC().Format(time.RFC3339))
	}
	if in.Withdrawal != nil {
		return checkReason(in.Withdrawal.Reason, in.Withdrawal.Note)
	}
	if in.No < 1 || in.Origin != FromDesk && in.Origin != FromImport {
		return fault.Input("version", "story %d needs the number and the origin of its version", s.ID)
	}
	for i := range in.Corrections {
		if err := in.Corrections[i].check(); err != nil {
			return err
		}
	}
	if utf8.RuneCountInString(s.Slug) > 200 || strings.ContainsAny(s.Slug, "/?#") {
		return fault.Input("slug", "the slug %q cannot stand in an address", s.Slug)
	}
	return in.Content.Check(w)
}

// restore fills a new record. What is live goes out through the one routine.
func (r *Record) restore(w *World, actor account.Actor, in *Restored) (out change.Outcome) {
	from := &in.Story
	r.Story = Story{ID: from.ID, Slug: from.Slug, URI: from.URI, URIVersion: from.URIVersion, URIHash: from.URIHash,
		Created: w.Now, Updated: from.Updated, Status: Unpublished, LastNo: max(in.No-1, 0)}
	if in.Withdrawal != nil {
		r.Story.Status, r.Story.FirstPublished, r.Story.SectionID = Withdrawn, from.FirstPublished, from.SectionID
		notice := *in.Withdrawal
		notice.StoryID = from.ID
		r.Withdrawal = &notice
		out.Touch(TagStory(from.ID), TagRedirects)
	} else {
		v := r.AddVersion(w, actor, in.Origin, in.Content, "restored")
		if !in.At.IsZero() {
			v.At = in.At
		}
		out = r.release(w, actor, v, from.FirstPublished)
	}
	for _, c := range in.Corrections {
		c.StoryID = from.ID
		r.Corrections = append(r.Corrections, c)
		if c.NoticeID != 0 {
			out.Touch(TagStory(c.NoticeID))
		}
	}
	out.Audit = []change.Audit{{Actor: actor.String(), Action: "restore", Object: TagStory(from.ID)}}
	return out
}
