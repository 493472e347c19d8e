package news

import (
	"context"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// RunDue releases what is due, in batches, and returns how many went out. With
// holdEmbargoed set (the clock is in doubt) stories with an embargo stay. A
// story whose section has gone is not lost: it waits as approved, and its
// people are told.
func (d *Desk) RunDue(ctx context.Context, holdEmbargoed bool) (released int, err error) {
	defer fault.Wrap(&err, "release what is due")
	clock := account.System("clock")
	for {
		now, err := d.store.Now(ctx)
		if err != nil {
			return released, err
		}
		ids, err := d.store.Due(ctx, now, !holdEmbargoed, MaxBatch)
		if err != nil || len(ids) == 0 {
			return released, err
		}
		n, done := 0, 0
		_, err = d.change(ctx, clock, Pick{IDs: ids}, func(w *World, recs []*Record) (change.Outcome, error) {
			n, done = 0, 0
			outs := make([]change.Outcome, len(recs))
			for i, r := range recs {
				held := (holdEmbargoed || w.ClockDoubt) && !r.Story.EmbargoUntil.IsZero()
				if held || !r.due(w.Now) {
					continue // somebody was quicker, or it has to wait
				}
				done++
				if w.Tree.ByID(r.Named.Content.SectionID) == nil {
					outs[i] = r.hold(w, clock)
					continue
				}
				outs[i] = r.releaseDue(w, clock)
				n++
			}
			return change.Join(outs...), nil
		})
		released += n
		if err != nil || done == 0 || len(ids) < MaxBatch {
			return released, err
		}
	}
}

func (r *Record) due(now time.Time) bool {
	s := &r.Story
	return !s.DueAt.IsZero() && !s.DueAt.After(now) && !s.EmbargoUntil.After(now) && r.Named != nil
}

func (r *Record) releaseDue(w *World, clock account.Actor) change.Outcome {
	s := &r.Story
	at := s.DueAt
	if s.EmbargoUntil.After(at) {
		at = s.EmbargoUntil
	}
	if w.Now.Sub(at) > time.Minute {
		at = w.Now // we were down; a story is dated when it went out
	}
	if r.Draft != nil && SameContent(&r.Draft.Content, &r.Named.Content) {
		r.DropDraft = true // nobody wrote on: it is what goes out
	}
	by := s.DueBy
	out := r.release(w, clock, r.Named, at)
	r.tell(w, clock, NoticePublished, "", by)
	return out
}

// hold keeps a story back that cannot go out, and says so.
func (r *Record) hold(w *World, clock account.Actor) (out change.Outcome) {
	by := r.Story.DueBy
	r.unschedule()
	r.Story.Stage = StageApproved
	r.tell(w, clock, NoticeHeld, string(ProblemSection), by)
	out.Audit = []change.Audit{r.audit(clock, "hold", Deed{Reason: string(ProblemSection)})}
	return out
}

// watchAhead is how long before a release it is looked through once more.
const watchAhead = 10 * time.Minute

// WatchDue looks through what goes out within ten minutes, once, and tells who
// scheduled it, its owner and its assignee what is wrong. It returns how many
// stories have a problem.
func (d *Desk) WatchDue(ctx context.Context) (troubled int, err error) {
	defer fault.Wrap(&err, "look through what is due")
	clock := account.System("clock")
	for {
		now, err := d.store.Now(ctx)
		if err != nil {
			return troubled, err
		}
		ids, err := d.store.Unchecked(ctx, now.Add(watchAhead), MaxBatch)
		if err != nil || len(ids) == 0 {
			return troubled, err
		}
		n := 0
		_, err = d.change(ctx, clock, Pick{IDs: ids}, func(w *World, recs []*Record) (out change.Outcome, err error) {
			n = 0
			for _, r := range recs {
				s := &r.Story
				if s.DueAt.IsZero() || s.DueAt.After(w.Now.Add(watchAhead)) || s.EmbargoUntil.After(w.Now.Add(watchAhead)) || !s.CheckedAt.IsZero() || r.Named == nil {
					continue
				}
				s.CheckedAt = w.Now
				problems, err := r.problems(w, &r.Named.Content)
				if err != nil {
					return out, err
				}
				var codes []string
				for _, p := range problems {
					if p.Blocking {
						codes = append(codes, string(p.Code))
					}
				}
				if len(codes) > 0 {
					n++
					r.tell(w, clock, NoticeWatch, strings.Join(codes, " "), s.DueBy)
				}
			}
			return out, nil
		})
		troubled += n
		if err != nil || len(ids) < MaxBatch {
			return troubled, err
		}
	}
}
