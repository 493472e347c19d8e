package news

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
)

// ImportEdit is something that a run of an import made and that somebody worked
// on since.
type ImportEdit struct {
	Kind string // of change.Made
	ID   int64
	Name string // of what has no id
	What string // the headline or the name
	Why  string // what somebody did
}

// ImportUndo is one step of taking a run back, or all of them.
type ImportUndo struct {
	Seq   int64          // the event's number, 0: nothing that pages print
	Gone  map[string]int // by kind, that are gone by this step
	Kept  map[string]int // by kind, that something else uses by now
	Edits []ImportEdit   // why it went no further
	Left  int            // things of the run that are still there; not told by a step
}

// ImportStore keeps the runs of imports.
type ImportStore interface {
	Now(ctx context.Context) (time.Time, error)
	// ImportRun returns one run, or NotFound.
	ImportRun(ctx context.Context, id int64) (ImportRun, error)
	// ImportEdits returns what of a run people worked on since, at most limit.
	ImportEdits(ctx context.Context, id int64, limit int) ([]ImportEdit, error)
	// SetImportState notes how far a run is.
	SetImportState(ctx context.Context, id int64, state RunState) error
	// ImportLeft returns how many things of a run are still there. Grows with them.
	ImportLeft(ctx context.Context, id int64) (int, error)
	// UndoImport takes back at most limit things of a run in one transaction, none
	// if somebody worked on one of them.
	UndoImport(ctx context.Context, actor account.Actor, id int64, limit int) (ImportUndo, error)
}

// Imports takes runs of imports back.
type Imports struct {
	store   ImportStore
	confirm Confirmer
}

// NewImports returns the operations on runs; confirm may be nil where nothing
// serves pages.
func NewImports(store ImportStore, confirm Confirmer) *Imports {
	return &Imports{store: store, confirm: confirm}
}

// maxEdits is how many things are named when a run cannot be taken back.
const maxEdits = 20

// runAlive is for how long a run that said nothing may still be at work.
const runAlive = 15 * time.Second

// Undo takes back all that a run made: stories with their versions, old
// addresses and comments, pictures, names, sections and pages; what it changed
// becomes what it was. It does nothing and returns what was edited if people
// worked on any of it since. What something else uses by now stays, counted in
// Kept. progress is told how much is done; when ctx ends it stops between two
// batches, and the same call goes on from there. Pending are serving processes
// that have not confirmed that the pages are gone.
func (m *Imports) Undo(ctx context.Context, actor account.Actor, id int64, progress func(done, total int)) (sum ImportUndo, pending []string, err error) {
	defer fault.Wrap(&err, "undo import %d", id)
	if err := actor.Require(account.Configure); err != nil {
		return sum, nil, err
	}
	if err := m.mayUndo(ctx, id); err != nil {
		return sum, nil, err
	}
	if sum.Edits, err = m.store.ImportEdits(ctx, id, maxEdits); err != nil || len(sum.Edits) > 0 {
		return sum, nil, err
	}
	if err := m.store.SetImportState(ctx, id, RunUndoing); err != nil {
		return sum, nil, err
	}
	if sum.Left, err = m.store.ImportLeft(ctx, id); err != nil {
		return sum, nil, err
	}
	sum.Gone, sum.Kept = map[string]int{}, map[string]int{}
	late := map[string]bool{}
	for done, total := 0, sum.Left; ; {
		if err := ctx.Err(); err != nil {
			return sum, pending, err
		}
		step, err := m.store.UndoImport(ctx, actor, id, MaxBatch)
		if err != nil {
			return sum, pending, err
		}
		moved := 0
		for kind, n := range step.Gone {
			sum.Gone[kind] += n
			moved += n
		}
		for kind, n := range step.Kept {
			sum.Kept[kind] += n
			moved += n
		}
		done += moved
		sum.Left, sum.Seq, sum.Edits = max(total-done, 0), max(sum.Seq, step.Seq), step.Edits
		if progress != nil {
			progress(done, done+sum.Left)
		}
		if step.Seq != 0 && m.confirm != nil {
			names, err := m.confirm.Confirm(ctx, step.Seq)
			if err != nil {
				return sum, pending, err
			}
			for _, n := range names {
				if !late[n] {
					late[n] = true
					pending = append(pending, n)
				}
			}
		}
		if len(step.Edits) > 0 || moved == 0 {
			if sum.Left, err = m.store.ImportLeft(ctx, id); err == nil && sum.Left == 0 {
				err = m.store.SetImportState(ctx, id, RunUndone)
			}
			return sum, pending, err
		}
		pause(ctx)
	}
}

// pause lets others write between two batches.
func pause(ctx context.Context) {
	t := time.NewTimer(5 * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// mayUndo returns a Conflict unless the run is one that can be taken back.
func (m *Imports) mayUndo(ctx context.Context, id int64) error {
	run, err := m.store.ImportRun(ctx, id)
	if err != nil {
		return err
	}
	now, err := m.store.Now(ctx)
	switch {
	case err != nil:
		return err
	case run.State == RunUndone:
		return fault.New(fault.Conflict, "import %d was taken back already, at %s", id, run.Ended.Format("2006-01-02 15:04 UTC"))
	case run.State == RunGoing && now.Sub(run.Touched) < runAlive:
		return fault.New(fault.Conflict, "import %d is running, or was killed only now: stop it, wait a quarter of a minute, and try again", id)
	}
	return nil
}
