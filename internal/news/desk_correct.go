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

// Correct adds a notice to a live story; with a draft present, the draft goes
// live in the same step. The notice's time is the story's update time from then
// on.
func (d *Desk) Correct(ctx context.Context, actor account.Actor, c Correction) (rc Receipt, err error) {
	defer fault.Wrap(&err, "correct story %d", c.StoryID)
	if err := actor.RequireSomewhere(account.Correct); err != nil {
		return rc, err
	}
	if err := c.check(); err != nil {
		return rc, err
	}
	pick := Pick{IDs: []int64{c.StoryID}}
	if c.NoticeID == c.StoryID {
		return rc, fault.Input("notice", "a story is not the notice of its own correction").Say("notice_itself")
	}
	if c.NoticeID != 0 {
		pick.IDs = append(pick.IDs, c.NoticeID) // it has to be there
	}
	return d.change(ctx, actor, pick, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r, c := recs[0], c
		if err := w.may(actor, account.Correct, r); err != nil {
			return out, err
		}
		if r.Story.Status != Live {
			return out, fault.New(fault.Conflict, "story %d is not live", c.StoryID).Say("not_live")
		}
		if c.At.IsZero() {
			c.At = w.Now
		}
		if c.At.After(w.Now) {
			return out, fault.Input("at", "the time %s is still to come", c.At.UTC().Format(time.RFC3339)).Say("time_to_come", "time", c.At)
		}
		if r.Draft != nil {
			v, err := r.gate(w, actor, "corrected")
			if err != nil {
				return out, err
			}
			r.DropDraft = true
			out.Merge(r.release(w, actor, v, w.Now))
		}
		r.Corrections = append(r.Corrections, c)
		if c.At.After(r.Story.Updated) {
			r.Story.Updated = c.At
			r.Relist = true
		}
		out.Touch(TagStory(c.StoryID), TagMonth(r.Story.FirstPublished, w.Zone))
		if c.NoticeID != 0 {
			out.Touch(TagStory(c.NoticeID))
		}
		out.Audit = append(out.Audit, r.audit(actor, "correct", Deed{Version: r.Story.LiveNo, Reason: string(c.Kind)}))
		r.tell(w, actor, NoticeCorrected, "")
		return out, nil
	})
}

func (c *Correction) check() error {
	switch c.Kind {
	case Ralat, Koreksi, HakJawab:
	default:
		return fault.Input("kind", "a correction is one of ralat, koreksi, hak_jawab, not %q", c.Kind).Say("correction_kind")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Text)); n == 0 || n > 2000 {
		return fault.Input("text", "a notice of 1 to 2,000 characters is needed").Say("correction_text")
	}
	return nil
}
