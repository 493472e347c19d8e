package news

import (
	"context"
	"errors"
	"math/big"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Incoming is one item of an interchange format, with all names resolved to
// ids of ours.
type Incoming struct {
	URI     string // the identity that repeated items share
	Version string // as given; compared as a number where both are
	Hash    string // of everything that was read; equal: nothing changed
	Content Content
	// Published is the first publication as given; zero: now. Updated is a
	// significant update, zero: none.
	Published, Updated time.Time
	EmbargoUntil       time.Time
	Hold               bool        // pubstatus withheld: stored as a draft, not released
	Draft              bool        // only as a draft: what is live or on its way out stays as it is
	ReleaseAt          time.Time   // in the future: stored and scheduled for then
	Withdrawn          *Withdrawal // the item was cancelled, or is a notice
	Redirects          []Redirect  // its old addresses
	Corrections        []Correction
	// Slug is the last part of the address of a new story; empty: made of the
	// headline. ID is its id, which must be free: as our own export has it, or one
	// that the store has kept for the import.
	ID   int64
	Slug string

	ready *ready // what Prepare worked out; nil: nothing yet
}

// ImportResult is what became of one item.
type ImportResult string

// The results of an import.
const (
	ItemCreated   ImportResult = "created"
	ItemUpdated   ImportResult = "updated"
	ItemUnchanged ImportResult = "unchanged"
	ItemIgnored   ImportResult = "ignored"  // an older version than ours
	ItemConflict  ImportResult = "conflict" // kept as a version, not live: people edited the story since
	ItemFailed    ImportResult = "failed"
)

// Imported tells the result, the story and its address ("" if it has none yet).
type Imported struct {
	Result ImportResult
	ID     int64
	Path   string
	Err    error // with ItemFailed, and with an ItemConflict of which nothing is kept
	// Pending are the serving processes that had not confirmed a takedown in the
	// item's batch when the import gave up waiting; see Receipt.
	Pending []string
}

// Import brings in at most MaxBatch items in one transaction with one event.
// An item that breaks a rule is reported in its place and leaves the others
// alone; the error is for the batch as a whole.
func (d *Desk) Import(ctx context.Context, actor account.Actor, items []Incoming) (results []Imported, err error) {
	defer fault.Wrap(&err, "import %d items", len(items))
	if err := actor.Require(account.Publish); err != nil {
		return nil, err
	}
	if len(items) > MaxBatch {
		return nil, fault.New(fault.TooLarge, "at most %d items can be imported at once", MaxBatch)
	}
	rc, err := d.change(ctx, actor, pickItems(items), func(w *World, recs []*Record) (out change.Outcome, err error) {
		results, out = takeAll(w, actor, recs, items)
		return out, nil
	})
	for i := range results {
		results[i].Pending = rc.Pending
	}
	return results, err
}

// errRehearsed ends a transaction that nothing is to be kept of.
var errRehearsed = errors.New("it was a rehearsal")

// Rehearse tells what Import would make of the items, and leaves everything as
// it is. tree stands for the sections with those that the import would make; nil:
// those that there are.
func (d *Desk) Rehearse(ctx context.Context, actor account.Actor, items []Incoming, tree *Tree) (results []Imported, err error) {
	defer fault.Wrap(&err, "try %d items", len(items))
	if err := actor.Require(account.Publish); err != nil {
		return nil, err
	}
	if len(items) > MaxBatch {
		return nil, fault.New(fault.TooLarge, "at most %d items can be tried at once", MaxBatch)
	}
	_, err = d.store.Change(ctx, pickItems(items), func(w *World, recs []*Record) (change.Outcome, error) {
		if tree != nil {
			w.Tree = tree
		}
		results, _ = takeAll(w, actor, recs, items)
		return change.Outcome{}, errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return results, err
}

func pickItems(items []Incoming) Pick {
	uris := make([]string, len(items))
	for i := range items {
		uris[i] = items[i].URI
	}
	return Pick{URIs: uris}
}

// takeAll applies items to their records.
func takeAll(w *World, actor account.Actor, recs []*Record, items []Incoming) (results []Imported, out change.Outcome) {
	results = make([]Imported, len(items))
	outs := make([]change.Outcome, 0, len(items))
	for i, r := range recs {
		was := Earlier{Story: r.Story, Withdrawal: r.Withdrawal}
		o, res, err := r.take(w, actor, &items[i])
		if err != nil {
			results[i] = Imported{Result: res, Err: err}
			if res == ItemConflict {
				results[i].ID = r.Story.ID
			}
			continue
		}
		if actor.Run != 0 {
			o.Run = actor.Run
			o.Made = r.made(res, was)
		}
		outs = append(outs, o)
		results[i] = Imported{Result: res}
		if r.Story.Status != "" {
			results[i].ID = r.Story.ID
		}
		if r.Story.Status != Unpublished && !r.Story.FirstPublished.IsZero() {
			results[i].Path = Path(w.Tree.Slug(r.Story.SectionID), r.Story.FirstPublished, w.Zone, r.Story.ID, r.Story.Slug)
		}
	}
	return results, change.Join(outs...)
}

// take applies one item to its record. It changes nothing when it fails.
func (r *Record) take(w *World, actor account.Actor, in *Incoming) (out change.Outcome, res ImportResult, err error) {
	s := &r.Story
	// A batch may hold the same URI twice; both items then share one record.
	fresh := r.New && s.Status == ""
	if !fresh {
		goesOut := in.goesOut(w) && s.Status == Unpublished && (s.Stage == StageDraft || s.Stage == StageSubmitted || s.Stage == StageApproved)
		same := s.URIHash == in.Hash
		if same && !goesOut {
			return out, ItemUnchanged, nil
		}
		// A notice may bear the number of the version that it takes back, and what was
		// imported as a draft has its number when it is to go out.
		notice := in.Withdrawn != nil && s.Status != Withdrawn
		c := compareVersions(in.Version, s.URIVersion)
		switch {
		case c < 0, c == 0 && !notice && !goesOut:
			return out, ItemIgnored, nil
		case c == 0 && goesOut && !r.untouched(actor):
			return out, ItemConflict, fault.New(fault.Conflict, "people have worked on the draft since; it stays theirs, and nothing was published")
		}
	}
	if in.Withdrawn == nil {
		if err := in.check(w); err != nil {
			return out, ItemFailed, err
		}
	}
	for i := range in.Corrections {
		if err := in.Corrections[i].check(); err != nil {
			return out, ItemFailed, err
		}
	}
	res = ItemUpdated
	if fresh {
		res = ItemCreated
		if in.ID != 0 {
			s.ID = in.ID
		}
		s.URI, s.Slug, s.Created, s.Status = in.URI, in.Slug, w.Now, Unpublished
	}
	s.URIVersion, s.URIHash = in.Version, in.Hash
	r.Redirects = append(r.Redirects, in.Redirects...)
	for i := range in.Redirects {
		r.Redirects[len(r.Redirects)-len(in.Redirects)+i].StoryID = s.ID
		out.Touch(TagAddress(in.Redirects[i].Host, in.Redirects[i].Path))
	}

	if in.Withdrawn != nil {
		return r.takeNotice(w, actor, in, fresh, out, res)
	}
	edited := r.edited(actor)
	if r.Draft != nil && !edited {
		r.DropDraft, s.Stage = true, StageNone // our own, of a withheld version
	}
	v := r.AddVersion(w, actor, FromImport, in.Content, "imported")
	v.prepared(in)
	published := in.Published
	if published.IsZero() || published.After(w.Now) {
		published = w.Now
	}
	switch {
	case edited && !fresh, in.Draft && (s.Status == Live || s.Stage != StageNone && s.Stage != StageDraft):
		return out, ItemConflict, nil
	case in.Hold, in.Draft:
		if s.Status == Live { // withheld means all versions, also those that are out
			out.Merge(r.takeDown(w))
			s.Status = Unpublished
		}
		s.SectionID = in.Content.SectionID
		if err := r.rewrite(w, actor, &in.Content); err != nil {
			return out, ItemFailed, err
		}
		r.unschedule()
		s.Stage, s.NamedNo, s.EmbargoUntil = StageDraft, 0, in.EmbargoUntil
	case in.ReleaseAt.After(w.Now) && !in.EmbargoUntil.After(in.ReleaseAt):
		if s.Status == Live {
			out.Merge(r.takeDown(w))
			s.Status = Unpublished
		}
		s.SectionID = in.Content.SectionID
		r.unschedule()
		s.Stage, s.NamedNo, s.DueAt, s.EmbargoUntil = StageScheduled, v.No, in.ReleaseAt, time.Time{}
	case in.EmbargoUntil.After(w.Now) || w.ClockDoubt && !in.EmbargoUntil.IsZero():
		if s.Status == Live {
			out.Merge(r.takeDown(w))
			s.Status = Unpublished
		}
		s.SectionID = in.Content.SectionID
		r.unschedule()
		s.Stage, s.NamedNo, s.DueAt, s.EmbargoUntil = StageScheduled, v.No, w.Now, in.EmbargoUntil
	default:
		if !in.Updated.IsZero() && in.Updated.After(published) && !in.Updated.After(w.Now) {
			s.Updated = in.Updated
		}
		out.Merge(r.release(w, actor, v, published))
	}
	for _, c := range in.Corrections {
		c.StoryID = s.ID
		if c.At.IsZero() {
			c.At = w.Now
		}
		r.Corrections = append(r.Corrections, c)
	}
	return out, res, nil
}

// goesOut reports whether an item is to be live at once.
func (in *Incoming) goesOut(w *World) bool {
	return !in.Draft && !in.Hold && in.Withdrawn == nil && !in.ReleaseAt.After(w.Now) && !in.EmbargoUntil.After(w.Now)
}

// untouched reports whether the story is a draft just as an import left it.
func (r *Record) untouched(actor account.Actor) bool {
	return r.Story.Stage == StageDraft && r.Draft != nil && r.Draft.By == actor.String()
}

// edited reports whether people have worked on the story since it came in: then
// an import does not decide what readers see.
func (r *Record) edited(actor account.Actor) bool {
	switch {
	case r.Draft != nil && r.Draft.By != actor.String():
		return true
	case r.Live != nil:
		return r.Live.Origin == FromDesk
	case r.Named != nil && r.Named.Origin == FromDesk:
		return true
	}
	return r.Withdrawal != nil && r.Withdrawal.By != actor.String()
}

// takeNotice applies an item that says that the story is withdrawn.
func (r *Record) takeNotice(w *World, actor account.Actor, in *Incoming, fresh bool, out change.Outcome, res ImportResult) (change.Outcome, ImportResult, error) {
	s := &r.Story
	if fresh {
		if in.Published.IsZero() {
			s.Status = ""
			return change.Outcome{}, ItemIgnored, nil // cancelled before we ever had it
		}
		s.FirstPublished, s.SectionID = in.Published, in.Content.SectionID
	}
	if s.FirstPublished.IsZero() {
		// No reader ever saw it, and a notice would tell that it is here.
		r.unname()
		return out, res, nil
	}
	if r.Withdrawal != nil && r.Withdrawal.By != actor.String() {
		return out, ItemConflict, nil // people's own notice and reason stand
	}
	out.Merge(r.withdraw(w, actor, in.Withdrawn.Reason, in.Withdrawn.Note))
	if !in.Withdrawn.At.IsZero() {
		r.Withdrawal.At = in.Withdrawn.At
	}
	return out, res, nil
}

// compareVersions orders two version strings: as numbers if both are, else as
// text. An empty one is lowest.
func compareVersions(a, b string) int {
	x, okx := number(a)
	y, oky := number(b)
	if okx && oky {
		return x.Cmp(y)
	}
	return strings.Compare(a, b)
}

// number reads digits with at most one point. Exponents are no version, and a
// large one would take all memory.
func number(s string) (*big.Rat, bool) {
	if s == "" || len(s) > 100 || strings.Trim(s, "0123456789.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}
