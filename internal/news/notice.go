package news

import (
	"encoding/json"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
)

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	NoticeSubmitted NoticeKind = "submitted" // waits for an editor
	NoticeSentBack  NoticeKind = "sent_back"
	NoticeApproved  NoticeKind = "approved"
	NoticeSigned    NoticeKind = "signed" // one of several who have to
	NoticeAssigned  NoticeKind = "assigned"
	NoticeRemark    NoticeKind = "remark"
	NoticeScheduled NoticeKind = "scheduled"
	NoticePublished NoticeKind = "published"
	NoticeCorrected NoticeKind = "corrected"
	NoticeWithdrawn NoticeKind = "withdrawn"
	NoticeBreaking  NoticeKind = "breaking" // waits for a second person
	NoticeWatch     NoticeKind = "watch"    // something is wrong shortly before a release
	NoticeHeld      NoticeKind = "held"     // a release could not take place

	NoticeReport        NoticeKind = "report"         // a reader reports something
	NoticeReportGiven   NoticeKind = "report_given"   // a report was assigned
	NoticeReportDue     NoticeKind = "report_due"     // its deadline comes near
	NoticeReportLate    NoticeKind = "report_late"    // and has passed
	NoticeComplaintDue  NoticeKind = "complaint_due"  // a complaint about a comment has to be settled soon
	NoticeComplaintLate NoticeKind = "complaint_late" // and its time has passed

	NoticeUnconfirmed NoticeKind = "unconfirmed" // the running server does not show what it should
)

// NoticeKinds are all kinds of notice.
var NoticeKinds = []NoticeKind{NoticeSubmitted, NoticeSentBack, NoticeApproved, NoticeSigned, NoticeAssigned, NoticeRemark,
	NoticeScheduled, NoticePublished, NoticeCorrected, NoticeWithdrawn, NoticeBreaking, NoticeWatch, NoticeHeld,
	NoticeReport, NoticeReportGiven, NoticeReportDue, NoticeReportLate,
	NoticeComplaintDue, NoticeComplaintLate, NoticeUnconfirmed}

// Notice tells one user of something that happened to a story.
type Notice struct {
	ID      int64
	UserID  int64
	StoryID int64
	Kind    NoticeKind
	Actor   string // the name of who did it
	Text    string // that person's own words, or the codes of problems joined by blanks (watch, held)
	At      time.Time
	Read    time.Time // zero: unread
	// Headline is that of the story when the notice is read.
	Headline string
	// DeskID, with UserID 0, stands for everybody who edits in that desk: the store
	// writes one notice each.
	DeskID int64
}

// tell leaves a notice for the story's owner, its assignee and further users,
// but not for the one who did it.
func (r *Record) tell(w *World, actor account.Actor, kind NoticeKind, text string, users ...int64) {
	told := []int64{0, actor.ID}
	for _, id := range append([]int64{r.Story.OwnerID, r.Story.AssigneeID}, users...) {
		if slices.Contains(told, id) {
			continue
		}
		told = append(told, id)
		r.Notices = append(r.Notices, Notice{UserID: id, StoryID: r.Story.ID, Kind: kind, Actor: nameOf(actor), Text: text, At: w.Now})
	}
}

// tellDesk leaves a notice for those who edit in a desk.
func (r *Record) tellDesk(w *World, actor account.Actor, kind NoticeKind, text string, desk int64) {
	if desk != 0 {
		r.Notices = append(r.Notices, Notice{DeskID: desk, StoryID: r.Story.ID, Kind: kind, Actor: nameOf(actor), Text: text, At: w.Now})
	}
}

// Deed is what the audit log keeps of a desk operation beside actor, action and
// object.
type Deed struct {
	Note    string    `json:"note,omitempty"` // in the actor's own words
	Version int       `json:"version,omitempty"`
	At      time.Time `json:"at,omitzero"` // the instant that was set
	UserID  int64     `json:"user,omitempty"`
	DeskID  int64     `json:"desk,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Report  int64     `json:"report,omitempty"` // of a reader, that it is about
	Into    int64     `json:"into,omitempty"`   // topic or section that took the object over
	// Address is an old address, Target where it leads, Was where it led, Count how
	// many there were.
	Address string `json:"address,omitempty"`
	Target  string `json:"target,omitempty"`
	Was     string `json:"was,omitempty"`
	Count   int    `json:"count,omitempty"`
	// SectionID is what the draft took as its section.
	SectionID int64 `json:"section,omitempty"`
}

// detail is what the audit log keeps of it; nil for nothing.
func (d Deed) detail() json.RawMessage {
	if d == (Deed{}) {
		return nil
	}
	b, err := json.Marshal(d)
	if err != nil {
		return nil // a year beyond 9999; the rest of the line says what happened
	}
	return b
}

// audit returns the line of the audit log for something done to a story.
func (r *Record) audit(actor account.Actor, action string, deed Deed) change.Audit {
	return change.Audit{Actor: actor.String(), Action: action, Object: TagStory(r.Story.ID), Detail: deed.detail()}
}

// TimelineEntry is a line of what happened to a story.
type TimelineEntry struct {
	ID     int64 // ascending with time
	At     time.Time
	Actor  string // as the audit log names it: "user:3"
	Action string // "create", "submit", "remark" …
	Deed   Deed
}
