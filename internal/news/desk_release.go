package news

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// ReleaseRequest names stories that go out now.
type ReleaseRequest struct {
	IDs []int64
	// Significant declares the change one that readers should learn of: it moves
	// the update time of a story that was out before.
	Significant bool
	Note        string // why, for the newsroom
}

// Publish makes the drafts of the stories live at once: the short form of
// Release.
func (d *Desk) Publish(ctx context.Context, actor account.Actor, ids ...int64) (rc Receipt, err error) {
	return d.Release(ctx, actor, ReleaseRequest{IDs: ids})
}

// Release makes the drafts of the stories live at once, all or none; each draft
// becomes a version first. A story under embargo is refused, and so is one that
// lacks an approval or a picture's credit. One that was approved and changed
// since needs somebody who may approve. A withdrawn story comes back by somebody
// who may withdraw, at its old address and date.
func (d *Desk) Release(ctx context.Context, actor account.Actor, req ReleaseRequest) (rc Receipt, err error) {
	defer fault.Wrap(&err, "publish")
	if err := actor.RequireSomewhere(account.Publish); err != nil {
		return rc, err
	}
	if len(req.IDs) > MaxBatch {
		return rc, fault.New(fault.TooLarge, "at most %d stories can be published at once", MaxBatch).Say("too_many_stories", "most", MaxBatch)
	}
	if err := checkNote(req.Note, false); err != nil {
		return rc, err
	}
	return d.change(ctx, actor, Pick{IDs: req.IDs}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		outs := make([]change.Outcome, len(recs))
		for i, r := range recs {
			if outs[i], err = r.releaseNow(w, actor, &req); err != nil {
				return out, err
			}
		}
		return change.Join(outs...), nil
	})
}

func (r *Record) releaseNow(w *World, actor account.Actor, req *ReleaseRequest) (out change.Outcome, err error) {
	s := &r.Story
	if r.Draft == nil && r.Named == nil {
		return out, noDraft(s.ID)
	}
	c := r.Working()
	if err := w.May(actor, account.Publish, s, c.SectionID); err != nil {
		return out, err
	}
	if err := r.mayReturn(w, actor); err != nil {
		return out, err
	}
	if s.EmbargoUntil.After(w.Now) {
		return out, fault.New(fault.Conflict, "story %d is under embargo until %s; schedule it instead",
			s.ID, s.EmbargoUntil.UTC().Format(time.RFC3339)).Say("embargoed", "until", s.EmbargoUntil)
	}
	if w.ClockDoubt && !s.EmbargoUntil.IsZero() {
		return out, fault.New(fault.Conflict, "the clock of the server is in doubt; story %d has an embargo and is held until somebody confirms the clock", s.ID).
			Say("clock_doubt")
	}
	v, err := r.gate(w, actor, "published")
	if err != nil {
		return out, err
	}
	again := !s.FirstPublished.IsZero()
	r.DropDraft = r.Draft != nil
	out = r.release(w, actor, v, w.Now)
	out.Audit = []change.Audit{r.audit(actor, "publish", Deed{Version: v.No, Note: req.Note})}
	if req.Significant && again {
		s.Updated = w.Now
	}
	r.tell(w, actor, NoticePublished, req.Note)
	return out, nil
}

// gate freezes what is about to go out and returns its version, or the first
// thing that keeps it back. Every release by a person passes it.
func (r *Record) gate(w *World, actor account.Actor, why string) (*Version, error) {
	c := r.Working()
	if err := c.Check(w); err != nil {
		return nil, err
	}
	if r.Story.Stage == StageApproved && r.Changed() && w.May(actor, account.Approve, &r.Story, c.SectionID) != nil {
		return nil, fault.New(fault.Forbidden, "story %d was changed after it was approved; an editor has to approve it again", r.Story.ID).
			Say("changed_since_approval")
	}
	problems, err := r.problems(w, c)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		if p.Blocking && p.Code != ProblemEmbargo && p.Code != ProblemSignoffs {
			return nil, p.fault()
		}
	}
	v := r.freeze(w, actor, c, why)
	return v, r.needSignoffs(w, actor, v)
}

// Schedule freezes the draft as a version and names it for release at the
// given time; only approving or scheduling again moves the pointer. What keeps a
// story from being published keeps it from being scheduled.
func (d *Desk) Schedule(ctx context.Context, actor account.Actor, id int64, at time.Time) (err error) {
	defer fault.Wrap(&err, "schedule story %d", id)
	if err := actor.RequireSomewhere(account.Publish); err != nil {
		return err
	}
	_, err = d.change(ctx, actor, Pick{IDs: []int64{id}}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r := recs[0]
		if r.Draft == nil && r.Named == nil {
			return out, noDraft(id)
		}
		c := r.Working()
		if err := w.May(actor, account.Publish, &r.Story, c.SectionID); err != nil {
			return out, err
		}
		if err := r.mayReturn(w, actor); err != nil {
			return out, err
		}
		if !at.After(w.Now) {
			return out, fault.Input("at", "the time %s has passed; publish now instead", at.UTC().Format(time.RFC3339)).
				Say("time_passed", "time", at)
		}
		if at.Before(r.Story.EmbargoUntil) {
			return out, fault.Input("at", "the story is under embargo until %s", r.Story.EmbargoUntil.UTC().Format(time.RFC3339)).
				Say("schedule_embargo", "until", r.Story.EmbargoUntil)
		}
		v, err := r.gate(w, actor, "scheduled")
		if err != nil {
			return out, err
		}
		r.unschedule()
		r.Story.Stage, r.Story.NamedNo, r.Story.DueAt, r.Story.DueBy = StageScheduled, v.No, at, actor.ID
		r.tell(w, actor, NoticeScheduled, "")
		out.Audit = []change.Audit{r.audit(actor, "schedule", Deed{Version: v.No, At: at})}
		return out, nil
	})
	return err
}

// Unschedule calls a release off. A version that people approved stays
// approved; else the story is a draft again.
func (d *Desk) Unschedule(ctx context.Context, actor account.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "unschedule story %d", id)
	if err := actor.RequireSomewhere(account.Publish); err != nil {
		return err
	}
	_, err = d.change(ctx, actor, Pick{IDs: []int64{id}}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r := recs[0]
		if err := w.may(actor, account.Publish, r); err != nil {
			return out, err
		}
		if r.Story.Stage != StageScheduled {
			return out, fault.New(fault.Conflict, "story %d is not scheduled", id).Say("not_scheduled")
		}
		if r.Story.Status == Unpublished && !r.Story.FirstPublished.IsZero() {
			return out, fault.New(fault.Conflict, "story %d comes back when its embargo ends; lift the embargo or withdraw the story", id).
				Say("embargo_returns")
		}
		r.calledOff()
		out.Audit = []change.Audit{r.audit(actor, "unschedule", Deed{})}
		return out, nil
	})
	return err
}

// calledOff takes a scheduled version back to where it was before.
func (r *Record) calledOff() {
	if no := r.Story.NamedNo; r.signed(no) > 0 {
		r.unschedule()
		r.Story.Stage = StageApproved
		return
	}
	if r.Draft == nil && r.Named != nil && r.Story.Status == Unpublished {
		d := r.begin() // what came in without a draft goes on as one
		d.Seq++
		r.Draft = &d
	}
	r.unname()
}

// mayReturn returns a Forbidden error if the story was withdrawn and the actor
// may not undo that.
func (r *Record) mayReturn(w *World, actor account.Actor) error {
	if r.Story.Status != Withdrawn {
		return nil
	}
	return w.May(actor, account.Withdraw, &r.Story)
}

func noDraft(id int64) error {
	return fault.New(fault.Conflict, "story %d has no draft to publish", id).Say("no_draft")
}
