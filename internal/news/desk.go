package news

import (
	"context"
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
	// View loads the records of stories and calls fn with them, all as they are at
	// one instant; nothing that fn does to them is kept. A missing id is NotFound.
	View(ctx context.Context, ids []int64, fn func(*World, []*Record) error) error
	// Due returns the ids of at most limit stories whose DueAt and embargo are not
	// after now, the earliest first; without embargoed, those that never were
	// under embargo.
	Due(ctx context.Context, now time.Time, embargoed bool, limit int) ([]int64, error)
	// Unchecked returns the ids of at most limit stories whose DueAt is not after
	// until and that were not looked through since they were scheduled.
	Unchecked(ctx context.Context, until time.Time, limit int) ([]int64, error)
	// SaveGuestLink keeps a link, and GuestLink returns the one with this hash of
	// its token, or NotFound. UseGuestLink notes that it was used. EndGuestLinks
	// forgets one link of a story, or all with an empty hash; if there was none,
	// nothing happens, the outcome included.
	SaveGuestLink(ctx context.Context, g GuestLink, out change.Outcome) error
	GuestLink(ctx context.Context, hash string) (GuestLink, error)
	UseGuestLink(ctx context.Context, hash string, at time.Time) error
	EndGuestLinks(ctx context.Context, storyID int64, hash string, out change.Outcome) error
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
	prove   bool
	doubt   func(context.Context) (bool, error)
}

// NewDesk returns a desk over a store. confirm may be nil where nothing serves
// pages, as in tests of the rules.
func NewDesk(store DeskStore, confirm Confirmer) *Desk { return &Desk{store: store, confirm: confirm} }

// Prove lets every change of what readers see be proved by a job, imports
// apart. It is called before anything else, where there is a queue.
func (d *Desk) Prove() { d.prove = true }

// Doubt names who knows whether the clock can be trusted. While it cannot,
// nothing that has an embargo goes out, whoever asks for it. It is called before
// anything else.
func (d *Desk) Doubt(ask func(context.Context) (bool, error)) { d.doubt = ask }

// Receipt tells how an operation ended.
type Receipt struct {
	Seq int64 // the event's number
	// Pending are the serving processes that have not confirmed a takedown yet.
	// What was asked is saved all the same, and they go on trying.
	Pending []string
}

// change runs fn and, after a takedown, waits for everybody who serves pages.
func (d *Desk) change(ctx context.Context, actor account.Actor, pick Pick, fn func(*World, []*Record) (change.Outcome, error)) (Receipt, error) {
	var takedown, doubt bool
	if d.doubt != nil {
		var err error
		if doubt, err = d.doubt(ctx); err != nil {
			return Receipt{}, err
		}
	}
	pick.IDs = distinct(pick.IDs)
	seq, err := d.store.Change(ctx, pick, func(w *World, recs []*Record) (change.Outcome, error) {
		w.ClockDoubt = doubt
		before := make([]int, len(recs))
		for i, r := range recs {
			r.By, before[i] = actor, r.Story.LiveNo
		}
		out, err := fn(w, recs)
		takedown = out.Takedown
		if err == nil && d.prove && len(pick.URIs) == 0 {
			out.Jobs = append(out.Jobs, proofs(w, actor, recs, before)...)
		}
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

// Create makes a new story with a draft, which is the actor's own, and returns
// its id.
func (d *Desk) Create(ctx context.Context, actor account.Actor, c Content) (id int64, err error) {
	defer fault.Wrap(&err, "create story")
	if err := actor.RequireSomewhere(account.WriteOwn); err != nil {
		return 0, err
	}
	if err := c.Body.Validate(); err != nil {
		return 0, err // nobody could read it back
	}
	_, err = d.change(ctx, actor, Pick{New: 1}, func(w *World, recs []*Record) (change.Outcome, error) {
		r := recs[0]
		id = r.Story.ID
		if err := r.found(w, actor, &c); err != nil {
			return change.Outcome{}, err
		}
		return change.Outcome{Audit: []change.Audit{r.audit(actor, "create", Deed{})}}, nil
	})
	return id, err
}

// found makes a new record the actor's own story with a draft.
func (r *Record) found(w *World, actor account.Actor, c *Content) error {
	if err := w.mayIn(actor, account.WriteOwn, c.SectionID); err != nil {
		return err
	}
	if err := w.known(c); err != nil {
		return err
	}
	s := &r.Story
	s.Status, s.Stage, s.SectionID, s.Created, s.OwnerID = Unpublished, StageDraft, c.SectionID, w.Now, actor.ID
	r.Draft = &Draft{StoryID: s.ID, Seq: 1, Content: *c, By: actor.String(), At: w.Now, Trail: Trail{Start: 1}}
	return nil
}

// known returns an Invalid error unless a draft can hold the content, and all
// that it points at exists.
func (w *World) known(c *Content) error {
	for i := range fields {
		if err := fields[i].fits(c); err != nil {
			return err
		}
		if err := w.knownIn(&fields[i], c); err != nil {
			return err
		}
	}
	return w.knownPictures(c.Body)
}

// Look returns a story and what may be done to it, for a door that shows it:
// fn gets the record as it is stored. It is refused to who may not read it.
func (d *Desk) Look(ctx context.Context, actor account.Actor, id int64, fn func(*World, *Record) error) (err error) {
	defer fault.Wrap(&err, "look at story %d", id)
	if err := actor.RequireSomewhere(account.Enter); err != nil {
		return err
	}
	return d.store.View(ctx, []int64{id}, func(w *World, recs []*Record) error {
		if err := w.MayRead(actor, &recs[0].Story); err != nil {
			return err
		}
		return fn(w, recs[0])
	})
}

// May returns a Forbidden error unless the actor may do this to the story; see
// World.May. WriteAny means that he may write in it, his own or any.
func (d *Desk) May(ctx context.Context, actor account.Actor, c account.Capability, id int64) (err error) {
	return d.Look(ctx, actor, id, func(w *World, r *Record) error { return w.may(actor, c, r) })
}

// may is World.May with the sections of the story and of its draft.
func (w *World) may(actor account.Actor, c account.Capability, r *Record) error {
	section := r.Story.SectionID
	if x := r.Working(); x != nil {
		section = x.SectionID
	}
	if c == account.WriteAny {
		return w.MayWrite(actor, &r.Story, section)
	}
	return w.May(actor, c, &r.Story, section)
}
