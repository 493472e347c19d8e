package news

import (
	"context"
	"reflect"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Pick names the records of one change: stories by id, by external identity,
// and new ones. A URI that the store does not know gives a New record.
type Pick struct {
	IDs  []int64
	URIs []string
	New  int
}

// MaxBatch is the number of stories that one change may hold.
const MaxBatch = 200

// DeskStore is what the desk needs of a store.
type DeskStore interface {
	// Now returns the database's clock.
	Now(ctx context.Context) (time.Time, error)
	// Change loads the picked records in the order IDs, URIs, New, calls fn, and
	// writes the records and the outcome, the event row last, all in one
	// transaction. It returns the event's number, 0 if the outcome has no tags.
	// A missing id is NotFound. fn may be called again after a serialization
	// failure and must not keep what it was given.
	Change(ctx context.Context, pick Pick, fn func(*World, []*Record) (change.Outcome, error)) (seq int64, err error)
	// Due returns the ids of at most limit stories whose DueAt and embargo are not
	// after now, the earliest first; without embargoed, those that never were
	// under embargo.
	Due(ctx context.Context, now time.Time, embargoed bool, limit int) ([]int64, error)
}

// Confirmer waits until every serving process has applied an event.
type Confirmer interface {
	// Confirm returns the names of the processes that have not applied event seq
	// when it gave up waiting; none: all have.
	Confirm(ctx context.Context, seq int64) (pending []string, err error)
}

// Desk is the only way to make a story live, to change a live one, or to take
// it away.
type Desk struct {
	store   DeskStore
	confirm Confirmer
}

// NewDesk returns a desk over a store. confirm may be nil where nothing serves
// pages, as in tests of the rules.
func NewDesk(store DeskStore, confirm Confirmer) *Desk { return &Desk{store: store, confirm: confirm} }

// Receipt tells how an operation ended.
type Receipt struct {
	Seq int64 // the event's number
	// Pending are the serving processes that have not confirmed a takedown yet.
	// What was asked is saved all the same, and they go on trying.
	Pending []string
}

// change runs fn and, after a takedown, waits for everybody who serves pages.
func (d *Desk) change(ctx context.Context, pick Pick, fn func(*World, []*Record) (change.Outcome, error)) (Receipt, error) {
	var takedown bool
	pick.IDs = distinct(pick.IDs)
	seq, err := d.store.Change(ctx, pick, func(w *World, recs []*Record) (change.Outcome, error) {
		out, err := fn(w, recs)
		takedown = out.Takedown
		return out, err
	})
	if err != nil || !takedown || d.confirm == nil {
		return Receipt{Seq: seq}, err
	}
	pending, err := d.confirm.Confirm(ctx, seq)
	return Receipt{Seq: seq, Pending: pending}, err
}

// distinct returns the ids without repetition, in their order.
func distinct(ids []int64) []int64 {
	seen := make(map[int64]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}

// Create makes a new story with a draft and returns its id.
func (d *Desk) Create(ctx context.Context, actor account.Actor, c Content) (id int64, err error) {
	defer fault.Wrap(&err, "create story")
	if err := actor.Require(account.WriteOwn); err != nil {
		return 0, err
	}
	if err := c.Body.Validate(); err != nil {
		return 0, err // nobody could read it back
	}
	_, err = d.change(ctx, Pick{New: 1}, func(w *World, recs []*Record) (change.Outcome, error) {
		r := recs[0]
		id = r.Story.ID
		r.Story.Status, r.Story.Stage, r.Story.SectionID, r.Story.Created = Unpublished, StageDraft, c.SectionID, w.Now
		r.Draft = &Draft{StoryID: id, Seq: 1, Content: c, By: actor.String(), At: w.Now}
		return change.Outcome{Audit: []change.Audit{{Actor: actor.String(), Action: "create", Object: TagStory(id)}}}, nil
	})
	return id, err
}

// Publish makes the drafts of the stories live at once; each draft becomes a
// version first. A story under embargo is refused. A withdrawn story comes back
// by somebody who may withdraw, at its old address and date.
func (d *Desk) Publish(ctx context.Context, actor account.Actor, ids ...int64) (rc Receipt, err error) {
	defer fault.Wrap(&err, "publish")
	if err := actor.Require(account.Publish); err != nil {
		return rc, err
	}
	if len(ids) > MaxBatch {
		return rc, fault.New(fault.TooLarge, "at most %d stories can be published at once", MaxBatch)
	}
	return d.change(ctx, Pick{IDs: ids}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		for _, r := range recs {
			if r.Draft == nil {
				return out, fault.New(fault.Conflict, "story %d has no draft to publish", r.Story.ID)
			}
			if err := r.mayReturn(actor); err != nil {
				return out, err
			}
			if r.Story.EmbargoUntil.After(w.Now) {
				return out, fault.New(fault.Conflict, "story %d is under embargo until %s; schedule it instead",
					r.Story.ID, r.Story.EmbargoUntil.UTC().Format(time.RFC3339))
			}
			if err := r.Draft.Content.Check(w); err != nil {
				return out, err
			}
			v := r.AddVersion(w, actor, FromDesk, r.Draft.Content, "published")
			r.DropDraft = true
			out.Merge(r.release(w, actor, v, w.Now))
		}
		return out, nil
	})
}

// Schedule freezes the draft as a version and names it for release at the
// given time; only approving or scheduling again moves the pointer.
func (d *Desk) Schedule(ctx context.Context, actor account.Actor, id int64, at time.Time) (err error) {
	defer fault.Wrap(&err, "schedule story %d", id)
	if err := actor.Require(account.Publish); err != nil {
		return err
	}
	_, err = d.change(ctx, Pick{IDs: []int64{id}}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r := recs[0]
		if err := r.mayReturn(actor); err != nil {
			return out, err
		}
		if !at.After(w.Now) {
			return out, fault.Input("at", "the time %s has passed; publish now instead", at.UTC().Format(time.RFC3339))
		}
		if at.Before(r.Story.EmbargoUntil) {
			return out, fault.Input("at", "the story is under embargo until %s", r.Story.EmbargoUntil.UTC().Format(time.RFC3339))
		}
		if r.Draft == nil {
			return out, fault.New(fault.Conflict, "story %d has no draft to schedule", id)
		}
		if err := r.Draft.Content.Check(w); err != nil {
			return out, err
		}
		v := r.AddVersion(w, actor, FromDesk, r.Draft.Content, "scheduled")
		r.Story.Stage, r.Story.NamedNo, r.Story.DueAt = StageScheduled, v.No, at
		out.Audit = []change.Audit{{Actor: actor.String(), Action: "schedule", Object: TagStory(id)}}
		return out, nil
	})
	return err
}

// RunDue releases what is due, in batches, and returns how many went out. With
// holdEmbargoed set (the clock is in doubt) stories with an embargo stay.
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
		n := 0
		_, err = d.change(ctx, Pick{IDs: ids}, func(w *World, recs []*Record) (out change.Outcome, err error) {
			n = 0
			for _, r := range recs {
				s := &r.Story
				held := holdEmbargoed && !s.EmbargoUntil.IsZero()
				if s.DueAt.IsZero() || s.DueAt.After(w.Now) || s.EmbargoUntil.After(w.Now) || r.Named == nil || held {
					continue // somebody was quicker, or it has to wait
				}
				at := s.DueAt
				if s.EmbargoUntil.After(at) {
					at = s.EmbargoUntil
				}
				if w.Now.Sub(at) > time.Minute {
					at = w.Now // we were down; a story is dated when it went out
				}
				if r.Draft != nil && reflect.DeepEqual(r.Draft.Content, r.Named.Content) {
					r.DropDraft = true // nobody wrote on: it is what goes out
				}
				out.Merge(r.release(w, clock, r.Named, at))
				n++
			}
			return out, nil
		})
		released += n
		if err != nil || n == 0 || len(ids) < MaxBatch {
			return released, err
		}
	}
}

// mayReturn returns a Forbidden error if the story was withdrawn and the actor
// may not undo that.
func (r *Record) mayReturn(actor account.Actor) error {
	if r.Story.Status != Withdrawn {
		return nil
	}
	return actor.Require(account.Withdraw)
}
