package news

import (
	"context"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// Withdraw takes a story away that readers have seen, also one that an embargo
// hides by now, and leaves a notice at its address.
func (d *Desk) Withdraw(ctx context.Context, actor account.Actor, id int64, reason Reason, note string) (rc Receipt, err error) {
	defer fault.Wrap(&err, "withdraw story %d", id)
	if err := actor.RequireSomewhere(account.Withdraw); err != nil {
		return rc, err
	}
	if err := checkReason(reason, note); err != nil {
		return rc, err
	}
	return d.change(ctx, actor, Pick{IDs: []int64{id}}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r := recs[0]
		if err := w.May(actor, account.Withdraw, &r.Story); err != nil {
			return out, err
		}
		if r.Story.Status == Withdrawn {
			return out, fault.New(fault.Conflict, "story %d is withdrawn already", id).Say("withdrawn_already")
		}
		if r.Story.FirstPublished.IsZero() {
			return out, fault.New(fault.Conflict, "story %d was never live", id).Say("never_live")
		}
		out = r.withdraw(w, actor, reason, note)
		r.tell(w, actor, NoticeWithdrawn, note)
		return out, nil
	})
}

func (r *Record) withdraw(w *World, actor account.Actor, reason Reason, note string) change.Outcome {
	headline := ""
	for _, v := range []*Version{r.Live, r.Named} {
		if v != nil {
			headline = v.Content.Headline
			break
		}
	}
	out := r.takeDown(w)
	s := &r.Story
	s.Status = Withdrawn
	r.unname()
	if s.Slug == "" {
		s.Slug = lang.Slug("") // it came in as a notice; the headline stays out of its address
	}
	r.Withdrawal = &Withdrawal{StoryID: s.ID, Reason: reason, Note: note, At: w.Now, By: actor.String(), Headline: headline}
	out.Audit = append(out.Audit, r.audit(actor, "withdraw", Deed{Reason: string(reason), Note: note}))
	return out
}

// Embargo hides a story on every surface until the given time; the live version
// comes back then, or the one that is scheduled by now. A zero time lifts it:
// what waited for nothing else goes out with the next run of the due loop.
func (d *Desk) Embargo(ctx context.Context, actor account.Actor, id int64, until time.Time) (rc Receipt, err error) {
	defer fault.Wrap(&err, "embargo story %d", id)
	if err := actor.RequireSomewhere(account.Publish); err != nil {
		return rc, err
	}
	return d.change(ctx, actor, Pick{IDs: []int64{id}}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r := recs[0]
		s := &r.Story
		if err := w.may(actor, account.Publish, r); err != nil {
			return out, err
		}
		if !until.IsZero() && !until.After(w.Now) {
			return out, fault.Input("until", "the time %s has passed", until.UTC().Format(time.RFC3339)).Say("time_passed", "time", until)
		}
		if s.Status == Live && !until.IsZero() {
			no := s.LiveNo
			out = r.takeDown(w)
			s.Status = Unpublished
			if s.Stage != StageScheduled {
				r.unschedule()
				s.Stage, s.NamedNo, s.DueAt = StageScheduled, no, w.Now
			}
		}
		s.EmbargoUntil = until
		out.Audit = append(out.Audit, r.audit(actor, "embargo", Deed{At: until}))
		return out, nil
	})
}

func checkReason(r Reason, note string) error {
	switch r {
	case ReasonSARA, ReasonDecency, ReasonChild, ReasonTrauma, ReasonCouncil:
		return nil
	case ReasonNewsroom:
		if strings.TrimSpace(note) == "" {
			return fault.Input("note", "a reason of the newsroom's own needs its words").Say("reason_words")
		}
		return nil
	}
	return fault.Input("reason", "%q is not a reason for withdrawal", r).Say("reason_unknown")
}
