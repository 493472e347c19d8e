package discuss

import (
	"slices"
	"time"
	"unicode/utf8"

	"warta/internal/fault"
)

// ComplaintReason is what somebody has against a comment.
type ComplaintReason string

// ComplaintReasons are the reasons in the order in which they are offered.
var ComplaintReasons = []ComplaintReason{"hate", "insult", "lie", "private", "sexual", "spam", "crime", "other"}

// ComplaintOutcome is how a complaint was settled.
type ComplaintOutcome string

// The outcomes. ComplaintOpen: it is not settled yet.
const (
	ComplaintOpen   ComplaintOutcome = ""
	ComplaintUpheld ComplaintOutcome = "upheld" // the comment went
	ComplaintKept   ComplaintOutcome = "kept"   // it stays
	ComplaintMoot   ComplaintOutcome = "moot"   // its author took it away
)

// Complaint is what somebody has against a comment, and what became of it.
type Complaint struct {
	ID        int64
	CommentID int64
	StoryID   int64
	SectionID int64
	MemberID  int64  // 0: a guest
	Source    string // who, hashed; a comment has one complaint of each
	Reason    ComplaintReason
	Text      string
	At        time.Time
	Due       time.Time
	RemindAt  time.Time // zero: nobody is reminded any more
	Outcome   ComplaintOutcome
	SettledAt time.Time
	SettledBy string
}

// The instants, of the whole time that a complaint has, at which moderators are
// reminded: 24 and 40 of 48 hours.
const (
	firstReminder  = 24.0 / 48
	secondReminder = 40.0 / 48
)

// NextReminder returns the first instant after now at which moderators are
// reminded of the complaint; zero: there is none.
func (c *Complaint) NextReminder(now time.Time) time.Time {
	whole := float64(c.Due.Sub(c.At))
	for _, part := range []float64{firstReminder, secondReminder, 1} {
		if t := c.At.Add(time.Duration(whole * part)); t.After(now) {
			return t
		}
	}
	return time.Time{}
}

// MaxComplaint is the longest text of a complaint, in characters.
const MaxComplaint = 500

func (c *Complaint) check() error {
	if !slices.Contains(ComplaintReasons, c.Reason) {
		return fault.Input("reason", "choose what is wrong with the comment").Say("complaint_reason")
	}
	c.Text = CleanText(c.Text)
	if utf8.RuneCountInString(c.Text) > MaxComplaint {
		return fault.Input("text", "at most %d characters are needed here", MaxComplaint).Say("complaint_text", "most", MaxComplaint)
	}
	if c.Reason == "other" && c.Text == "" {
		return fault.Input("text", "say what is wrong with the comment").Say("complaint_words")
	}
	return nil
}
