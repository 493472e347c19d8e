package news

import (
	"encoding/json"
	"time"

	"warta/internal/account"
	"warta/internal/change"
)

// RunState says how far a run of an import is.
type RunState string

// The states of a run. One that was killed stays RunGoing; it goes on when the
// same input is imported again, as does one that was RunStopped.
const (
	RunGoing   RunState = "running"
	RunStopped RunState = "stopped"
	RunDone    RunState = "done"
	RunUndoing RunState = "undoing" // a part of it was taken back
	RunUndone  RunState = "undone"
)

// ImportRun is one import of one input, with all attempts that it took.
type ImportRun struct {
	ID       int64
	Kind     string // "ninjs", "wxr", "page"
	Name     string // what was read, as people know it
	Identity string // what tells the input from others; empty: it cannot be read twice
	State    RunState
	Started  time.Time
	Touched  time.Time // when it last said how far it is
	Ended    time.Time // zero: it has not
	Done     int64     // bytes of the input that are in
	Total    int64     // 0: unknown
	// FirstID is the first of IDs ids that are kept for the run's stories.
	FirstID, IDs int64
	Counts       ImportCounts
}

// ImportCounts is what became of all that a run read.
type ImportCounts struct {
	Items    int                  `json:"items,omitempty"`
	Results  map[ImportResult]int `json:"results,omitempty"`
	Pictures int                  `json:"pictures,omitempty"` // that are new in the library
	Missing  int                  `json:"missing,omitempty"`  // that could not be taken in
	Comments int                  `json:"comments,omitempty"` // that are new
	// Dropped counts what was removed from bodies and moved in them, by kind; Others
	// what else is worth a number, by a word for it.
	Dropped map[string]int `json:"dropped,omitempty"`
	Others  map[string]int `json:"others,omitempty"`
	// Made counts by kind what the run made; written when it ends.
	Made map[string]int `json:"made,omitempty"`
}

// ImportLine is an item of a run that was not taken in whole.
type ImportLine struct {
	File   string
	Line   int
	URI    string
	Result ImportResult
	Field  string
	Why    string
}

// Earlier is a story as it was before a run of an import changed it.
type Earlier struct {
	Story      Story
	Withdrawal *Withdrawal
}

// made returns what a run keeps of a story that it took an item for.
func (r *Record) made(res ImportResult, was Earlier) []change.Made {
	switch res {
	case ItemCreated:
		return []change.Made{{Kind: change.MadeStory, ID: r.Story.ID}}
	case ItemUpdated:
		before, _ := json.Marshal(was) // it has nothing that JSON could not hold
		return []change.Made{{Kind: change.MadeVersion, ID: r.Story.ID, Was: before}}
	}
	return nil
}

// PutBack makes a story again what it was before an import; v is the version
// that counted then: the live one, else the one that was named, else the last.
func (r *Record) PutBack(w *World, actor account.Actor, was *Earlier, v *Version) (out change.Outcome, err error) {
	s := &r.Story
	old := was.Story
	switch {
	case old.Status == Live:
		if s.Status != Live || s.LiveNo != old.LiveNo {
			out = r.release(w, actor, v, old.FirstPublished)
		}
	default:
		if s.Status == Live {
			out = r.takeDown(w)
		}
		r.unname()
		s.Status, s.FirstPublished = old.Status, old.FirstPublished
		if r.Withdrawal = nil; old.Status == Withdrawn {
			r.Withdrawal = was.Withdrawal
		}
		if old.Stage == StageDraft {
			if err := r.rewrite(w, actor, &v.Content); err != nil {
				return out, err
			}
		} else if r.Draft != nil {
			r.DropDraft = true
		}
	}
	s.SectionID, s.Updated = old.SectionID, old.Updated
	s.URIVersion, s.URIHash = old.URIVersion, old.URIHash
	s.Stage, s.NamedNo, s.DueAt, s.DueBy, s.EmbargoUntil = old.Stage, old.NamedNo, old.DueAt, old.DueBy, old.EmbargoUntil
	out.Touch(TagStory(s.ID), TagRedirects)
	out.Audit = append(out.Audit, r.audit(actor, "import_undo", Deed{Version: v.No}))
	return out, nil
}

// Forget takes a story from every surface before its rows are removed.
func (r *Record) Forget(w *World, actor account.Actor) change.Outcome {
	out := r.takeDown(w)
	out.Takedown = out.Takedown || r.Story.Status == Withdrawn
	out.Touch(TagRedirects)
	r.Story.Status = Unpublished
	out.Audit = []change.Audit{r.audit(actor, "import_undo", Deed{})}
	return out
}
