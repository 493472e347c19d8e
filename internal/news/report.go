package news

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/fault"
)

// ReportKind is what a reader asks for.
type ReportKind string

// The kinds of report.
const (
	ReportError ReportKind = "error" // something in the story is wrong
	ReportReply ReportKind = "reply" // the right of reply of somebody whom it concerns
)

// ReportOutcome is how a report was settled.
type ReportOutcome string

// The outcomes. ReportOpen: it is not settled yet.
const (
	ReportOpen      ReportOutcome = ""
	ReportCorrected ReportOutcome = "correction"
	ReportReplied   ReportOutcome = "reply"
	ReportRefused   ReportOutcome = "refusal"
)

// ReportOutcomes are the outcomes in the order in which they are offered.
var ReportOutcomes = []ReportOutcome{ReportCorrected, ReportReplied, ReportRefused}

// Report is what a reader says about a story, and what became of it.
type Report struct {
	ID        int64
	StoryID   int64
	SectionID int64 // of the story when the report came in: the desk that answers
	Kind      ReportKind
	Name      string
	Email     string
	Passage   string // that it is about, as the reader copied it; may be empty
	Text      string
	Language  string // in which the reader was spoken to: "id", "en"
	At        time.Time
	Due       time.Time // by when it has to be settled
	// RemindAt is when the newsroom is reminded next; zero: not any more.
	RemindAt   time.Time
	AssigneeID int64 // 0: nobody yet
	Outcome    ReportOutcome
	Reason     string // of a refusal, or a word with the other outcomes; the reader gets it
	// CorrectionID is the notice on the story that settles it, NoticeID the story
	// that carries the reply; 0: none.
	CorrectionID int64
	NoticeID     int64
	SettledAt    time.Time
	SettledBy    string // account.Actor.String()

	// Headline and Path are those of the story when the report is read.
	Headline string
	Path     string
}

// TagReport names a report in the audit log. No page prints one.
func TagReport(id int64) string { return "report:" + strconv.FormatInt(id, 10) }

// Late reports whether the report should have been settled before now.
func (r *Report) Late(now time.Time) bool { return r.Outcome == ReportOpen && now.After(r.Due) }

// The bounds of a report, in characters.
const (
	MaxReportText    = 5000
	MaxReportPassage = 1000
	minReportText    = 10
)

// check returns an Invalid error that names the field to mend.
func (r *Report) check() error {
	r.Passage, r.Text = tidyText(r.Passage), tidyText(r.Text)
	var err error
	if !slices.Contains([]ReportKind{ReportError, ReportReply}, r.Kind) {
		return fault.Input("kind", "%q is no kind of report", r.Kind).Say("report_kind")
	}
	if r.Name, err = account.CleanName(r.Name); err != nil {
		return err
	}
	if r.Email, err = account.CleanEmail(r.Email); err != nil {
		return err
	}
	if utf8.RuneCountInString(r.Passage) > MaxReportPassage {
		return fault.Input("passage", "the passage has more than %d characters", MaxReportPassage).Say("report_passage", "most", MaxReportPassage)
	}
	if n := utf8.RuneCountInString(r.Text); n < minReportText || n > MaxReportText {
		return fault.Input("text", "a text of %d to %d characters is needed", minReportText, MaxReportText).
			Say("report_text", "least", minReportText, "most", MaxReportText)
	}
	return nil
}

// tidyText drops what cannot be shown and the space around.
func tidyText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s))
}

// shortNotice is how long before the deadline the newsroom is reminded for the
// second time; then once more when it has passed.
const shortNotice = 2 * time.Hour

// nextReminder returns the first instant after now at which the newsroom is
// reminded: at half of the time, two hours before its end, and at its end.
func (r *Report) nextReminder(now time.Time) time.Time {
	half := r.At.Add(r.Due.Sub(r.At) / 2)
	for _, t := range []time.Time{half, r.Due.Add(-shortNotice), r.Due} {
		if t.After(now) && !t.Before(half) {
			return t
		}
	}
	return time.Time{}
}

// ReportFilter chooses reports; open ones come by deadline, settled ones the
// newest first.
type ReportFilter struct {
	Settled    bool
	SectionID  int64 // and below it
	StoryID    int64
	AssigneeID int64
	Nobody     bool // without an assignee
	After      ReportCursor
	Limit      int // 0: 50
	// Viewer leaves out the reports of desks in which he does not handle any.
	Viewer account.Actor
}

// ReportCursor is the last report of a page of them.
type ReportCursor struct {
	At time.Time // the deadline of an open one, the settlement of another
	ID int64
}

// Cursor returns the cursor of the page that ends with the report.
func (r *Report) Cursor() ReportCursor {
	if r.Outcome == ReportOpen {
		return ReportCursor{r.Due, r.ID}
	}
	return ReportCursor{r.SettledAt, r.ID}
}
