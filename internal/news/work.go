package news

import (
	"time"
	"unicode"

	"warta/internal/account"
)

// Column is where a story stands on the desk's board.
type Column string

// The columns of the board in their order: by the stage of what people are
// writing, else by what readers get.
const (
	ColumnDraft     Column = "draft"
	ColumnSubmitted Column = "submitted"
	ColumnApproved  Column = "approved"
	ColumnScheduled Column = "scheduled"
	ColumnLive      Column = "live"
	ColumnWithdrawn Column = "withdrawn"
)

// Columns are all columns in their order.
var Columns = []Column{ColumnDraft, ColumnSubmitted, ColumnApproved, ColumnScheduled, ColumnLive, ColumnWithdrawn}

// WorkCard is a story as the newsroom's lists print it.
type WorkCard struct {
	StoryID    int64
	Column     Column
	Stage      Stage
	Status     Status
	Kind       Kind
	SectionID  int64 // of the draft, else of the story
	Headline   string
	Labels     []Label
	OwnerID    int64
	AssigneeID int64
	AssignedTo int64 // a desk
	Due        time.Time
	Embargo    time.Time
	// Touched is when somebody last did something to it. What only ever came in by
	// an import has the time of its publication.
	Touched        time.Time
	TouchedBy      string // a name
	FirstPublished time.Time
	LiveNo         int
	Changed        bool // the draft says something else than the version that waits
	Conflicts      int  // open ones
	PictureID      int64
	Signoffs       int // of the version that waits
	Needed         int
	Words          int // of the body
	Access         Access
}

// Out returns when a scheduled story goes out: when it is due and no embargo
// holds it any more.
func (c *WorkCard) Out() time.Time {
	if c.Embargo.After(c.Due) {
		return c.Embargo
	}
	return c.Due
}

// WorkOrder says how a list of work is ordered.
type WorkOrder string

// The orders.
const (
	ByTouched   WorkOrder = ""          // last touched first
	ByDue       WorkOrder = "due"       // earliest release first; only what has one
	ByPublished WorkOrder = "published" // last published first; only what ever was
)

// WorkCursor is a position in a list of work; the zero value is the top.
type WorkCursor struct {
	At time.Time // of the list's order
	ID int64
}

// WorkFilter selects what the newsroom works on.
type WorkFilter struct {
	Column    Column // "": all
	SectionID int64  // the section and all below it, and what was handed to that desk
	UserID    int64  // whose it is: owner or assignee
	TopicID   int64
	// From and To bound the time that the order goes by; From inclusive.
	From, To time.Time
	Text     string // words of headline, standfirst, byline and topics
	// Viewer is who looks: without the right to read everything he sees his own,
	// and what stands in his desks.
	Viewer account.Actor
	After  WorkCursor
	Limit  int // 1 to 200
	By     WorkOrder
}

// column returns where the story stands on the board.
func (r *Record) column() Column {
	switch r.Story.Stage {
	case StageSubmitted:
		return ColumnSubmitted
	case StageApproved:
		return ColumnApproved
	case StageScheduled:
		return ColumnScheduled
	case StageDraft:
		return ColumnDraft
	}
	switch {
	case r.Draft != nil && !r.DropDraft:
		return ColumnDraft
	case r.Story.Status == Live:
		return ColumnLive
	case r.Story.Status == Withdrawn:
		return ColumnWithdrawn
	}
	return ColumnDraft
}

// Working returns what the newsroom reads on the story's card: the draft, else
// the version that is live, waits, or was the last; nil if there is none.
func (r *Record) Working() *Content {
	if r.Draft != nil && !r.DropDraft {
		return &r.Draft.Content
	}
	if n := len(r.Added); n > 0 && r.Live == nil {
		return &r.Added[n-1].Content
	}
	for _, v := range []*Version{r.Live, r.Named, r.Last} {
		if v != nil {
			return &v.Content
		}
	}
	if r.Clean != nil {
		return &r.Clean.Content
	}
	return nil
}

// Changed reports whether people wrote on since a version was submitted,
// approved or scheduled.
func (r *Record) Changed() bool {
	if r.Draft == nil || r.DropDraft || r.Story.NamedNo == 0 {
		return false
	}
	v := r.named()
	return v != nil && !SameContent(&v.Content, &r.Draft.Content)
}

// named returns the version that waits, also one that was only just made.
func (r *Record) named() *Version {
	no := r.Story.NamedNo
	if no == 0 {
		return nil
	}
	for i := range r.Added {
		if r.Added[i].No == no {
			return &r.Added[i]
		}
	}
	for _, v := range []*Version{r.Named, r.Last, r.Live} {
		if v != nil && v.No == no {
			return v
		}
	}
	return nil
}

// Card returns the story's card for the board. What it touches last is set by
// the store.
func (r *Record) Card(w *World) WorkCard {
	s := &r.Story
	c := WorkCard{StoryID: s.ID, Column: r.column(), Stage: s.Stage, Status: s.Status, SectionID: s.SectionID,
		OwnerID: s.OwnerID, AssigneeID: s.AssigneeID, AssignedTo: s.AssignedTo, Due: s.DueAt, Embargo: s.EmbargoUntil,
		FirstPublished: s.FirstPublished, LiveNo: s.LiveNo, Changed: r.Changed(), Conflicts: len(r.Open)}
	if r.Withdrawal != nil {
		c.Headline = r.Withdrawal.Headline
	}
	if x := r.Working(); x != nil {
		c.Kind, c.Headline, c.Labels, c.PictureID, c.Access = x.Kind, x.Headline, x.Labels, x.Lead.PictureID, x.Access
		if r.Draft != nil && !r.DropDraft {
			c.SectionID = x.SectionID
		}
		c.Words, c.Needed = words(x.Body.Plain()), w.Needed(x)
	}
	if s.NamedNo != 0 {
		c.Signoffs = r.signed(s.NamedNo)
	}
	return c
}

// words counts the words of a text.
func words(text string) (n int) {
	inside := false
	for _, r := range text {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if letter && !inside {
			n++
		}
		inside = letter || inside && !unicode.IsSpace(r) && r != '—' && r != '–'
	}
	return n
}
