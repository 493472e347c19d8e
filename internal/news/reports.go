package news

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
)

// ReportCase is a report with what the rules need to know and to change. The
// store loads it, the rules change it, the store writes what they changed.
type ReportCase struct {
	World  *World
	Report *Report
	Story  Story
	// Headline is the story's, also of a withdrawn one.
	Headline string
	// Newest are the newest notices of the story since the report, one a kind.
	Newest []Correction
	// Reply is the story that Report.NoticeID names; zero: there is none.
	Reply Story
	// Assignee is the user whom Report.AssigneeID names; zero: nobody.
	Assignee account.User
	// Notices are left for people of the newsroom with the change.
	Notices []Notice
}

// ReportStore is what Reports needs of a store.
type ReportStore interface {
	// FileReport makes a report on a story. fn sees the case with an empty report
	// whose id is reserved, fills it in, and says what follows. NotFound if there
	// is no such story.
	FileReport(ctx context.Context, storyID int64, fn func(*ReportCase) (change.Outcome, error)) (id int64, err error)
	// ChangeReport loads a report, calls fn and writes what it changed; with reply
	// it loads that story, with assignee that user. NotFound if there is no report.
	ChangeReport(ctx context.Context, id, reply, assignee int64, fn func(*ReportCase) (change.Outcome, error)) error
	// DueReminders returns the ids of at most limit open reports whose reminder is
	// due.
	DueReminders(ctx context.Context, now time.Time, limit int) ([]int64, error)
	Now(ctx context.Context) (time.Time, error)
}

// Reports takes what readers report and sees to it that each is settled.
type Reports struct{ store ReportStore }

// NewReports returns the operations on readers' reports.
func NewReports(store ReportStore) *Reports { return &Reports{store: store} }

// reader is who files reports.
var reader = account.Actor{Name: "reader"}

// File takes a reader's report on a story that readers see or saw; NotFound for
// any other. The reader gets a letter, the story's desk a notice.
func (s *Reports) File(ctx context.Context, in Report) (id int64, err error) {
	defer fault.Wrap(&err, "file a report on story %d", in.StoryID)
	if err := in.check(); err != nil {
		return 0, err
	}
	return s.store.FileReport(ctx, in.StoryID, func(c *ReportCase) (out change.Outcome, err error) {
		if c.Story.Status != Live && c.Story.Status != Withdrawn {
			return out, fault.New(fault.NotFound, "there is no page at this address")
		}
		id, w := c.Report.ID, c.World
		*c.Report = Report{ID: id, StoryID: c.Story.ID, SectionID: c.Story.SectionID, Kind: in.Kind, Name: in.Name, Email: in.Email,
			Passage: in.Passage, Text: in.Text, Language: string(w.Settings.Language()), At: w.Now, Due: w.Now.Add(w.Settings.ReportTime())}
		r := c.Report
		r.RemindAt = r.nextReminder(w.Now)
		c.tell(reader, NoticeReport, excerpt(r.Text))
		out.Audit = []change.Audit{{Actor: reader.Name, Action: "report", Object: TagStory(r.StoryID), Detail: reportDetail(r)}}
		out.Mails = []change.Mail{c.mail("received", "")}
		return out, nil
	})
}

// Assign hands a report to somebody, or, with user 0, back to the desk.
func (s *Reports) Assign(ctx context.Context, actor account.Actor, id, user int64) (err error) {
	defer fault.Wrap(&err, "assign report %d", id)
	return s.store.ChangeReport(ctx, id, 0, user, func(c *ReportCase) (out change.Outcome, err error) {
		if err := c.open(actor); err != nil {
			return out, err
		}
		if user != 0 {
			if c.Assignee.ID == 0 || c.Assignee.Disabled || !c.Assignee.Actor().CanIn(account.Reports, c.World.desk(c.Report.SectionID)) {
				return out, fault.Input("assignee", "this person does not handle reports of this desk").Say("report_assignee")
			}
		}
		c.Report.AssigneeID = user
		if user != 0 {
			c.tell(actor, NoticeReportGiven, excerpt(c.Report.Text))
		}
		out.Audit = []change.Audit{{Actor: actor.String(), Action: "assign", Object: TagReport(id), Detail: reportDetail(c.Report)}}
		return out, nil
	})
}

// Settlement is how a report ends.
type Settlement struct {
	Outcome ReportOutcome
	// Reason is needed for a refusal; with the other outcomes it is a word to the
	// reader, who gets it in any case.
	Reason string
	// CorrectionID names the notice that settles it; 0: the newest one on the story
	// since the report, of any kind for a correction, a right of reply for a reply.
	CorrectionID int64
	// NoticeID names the live story that carries a reply; 0: none does.
	NoticeID int64
}

// Settle ends a report. A correction needs its notice on the story, a reply the
// notice or the story that carries it, a refusal a reason; the reader is told.
func (s *Reports) Settle(ctx context.Context, actor account.Actor, id int64, in Settlement) (err error) {
	defer fault.Wrap(&err, "settle report %d", id)
	in.Reason = tidyText(in.Reason)
	if utf8.RuneCountInString(in.Reason) > 2000 {
		return fault.Input("reason", "at most 2,000 characters").Say("report_reason_long", "most", 2000)
	}
	return s.store.ChangeReport(ctx, id, in.NoticeID, 0, func(c *ReportCase) (out change.Outcome, err error) {
		if err := c.open(actor); err != nil {
			return out, err
		}
		r := c.Report
		correction, err := c.settledBy(in)
		if err != nil {
			return out, err
		}
		r.Outcome, r.Reason, r.CorrectionID, r.NoticeID = in.Outcome, in.Reason, correction, in.NoticeID
		r.SettledAt, r.SettledBy, r.RemindAt = c.World.Now, actor.String(), time.Time{}
		detail := reportDetail(r)
		out.Audit = []change.Audit{
			{Actor: actor.String(), Action: "settle", Object: TagReport(id), Detail: detail},
			{Actor: actor.String(), Action: "report.settle", Object: TagStory(r.StoryID), Detail: detail},
		}
		out.Mails = []change.Mail{c.mail("settled", in.Reason)}
		return out, nil
	})
}

// settledBy returns the notice that the settlement goes by, or what is missing.
func (c *ReportCase) settledBy(in Settlement) (correction int64, err error) {
	find := func(kinds ...CorrectionKind) int64 {
		var newest Correction
		for _, n := range c.Newest {
			ok := len(kinds) == 0
			for _, k := range kinds {
				ok = ok || n.Kind == k
			}
			if ok && (in.CorrectionID == 0 && !n.At.Before(newest.At) || n.ID == in.CorrectionID) {
				newest = n
			}
		}
		return newest.ID
	}
	switch in.Outcome {
	case ReportCorrected:
		if correction = find(); correction == 0 {
			return 0, fault.New(fault.Conflict, "the story has no notice since the report; correct it first").Say("report_no_correction")
		}
	case ReportReplied:
		correction = find(HakJawab)
		if in.NoticeID != 0 && c.Reply.Status != Live {
			return 0, fault.Input("notice", "story %d is not live", in.NoticeID).Say("report_reply_not_live")
		}
		if correction == 0 && in.NoticeID == 0 {
			return 0, fault.New(fault.Conflict, "no reply has gone out since the report").Say("report_no_reply")
		}
	case ReportRefused:
		if in.Reason == "" {
			return 0, fault.Input("reason", "a refusal needs its reason").Say("report_reason")
		}
	default:
		return 0, fault.Input("outcome", "%q is no outcome", in.Outcome).Say("report_outcome")
	}
	return correction, nil
}

// maxReminders bounds one round of reminders.
const maxReminders = 100

// Remind reminds the newsroom of reports whose deadline comes near, and returns
// how many there were.
func (s *Reports) Remind(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "remind of reports")
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	ids, err := s.store.DueReminders(ctx, now, maxReminders)
	for _, id := range ids {
		err = s.store.ChangeReport(ctx, id, 0, 0, func(c *ReportCase) (out change.Outcome, err error) {
			r := c.Report
			if r.Outcome != ReportOpen || r.RemindAt.IsZero() || r.RemindAt.After(c.World.Now) {
				return out, nil // somebody was quicker
			}
			kind := NoticeReportDue
			if !c.World.Now.Before(r.Due) {
				kind = NoticeReportLate
			}
			c.tell(reader, kind, excerpt(r.Text))
			r.RemindAt = r.nextReminder(c.World.Now)
			return out, nil
		})
		if err != nil {
			return n, err
		}
		n++
	}
	return n, err
}

// open returns an error unless the actor may handle the report and it is not
// settled.
func (c *ReportCase) open(actor account.Actor) error {
	if err := actor.RequireIn(account.Reports, c.World.desk(c.Report.SectionID)); err != nil {
		return err
	}
	if c.Report.Outcome != ReportOpen {
		return fault.New(fault.Conflict, "report %d is settled already", c.Report.ID).Say("report_settled")
	}
	return nil
}

// tell leaves a notice for the assignee, or for the desk while there is none.
func (c *ReportCase) tell(by account.Actor, kind NoticeKind, text string) {
	n := Notice{UserID: c.Report.AssigneeID, StoryID: c.Report.StoryID, Kind: kind, Actor: nameOf(by), Text: text, At: c.World.Now}
	if by.Name == reader.Name {
		n.Actor = c.Report.Name
	}
	if n.UserID == 0 {
		n.DeskID = c.Report.SectionID
	}
	if n.UserID == 0 && n.DeskID == 0 || n.UserID != 0 && n.UserID == by.ID {
		return
	}
	c.Notices = append(c.Notices, n)
}

// excerpt is the beginning of a text for a notice.
func excerpt(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return strings.TrimSpace(string(r[:160])) + "…"
	}
	return s
}

// reportDetail is what the audit log keeps of a report: nothing of the reader.
func reportDetail(r *Report) json.RawMessage {
	b, err := json.Marshal(struct {
		Report     int64         `json:"report"`
		Kind       ReportKind    `json:"kind,omitempty"`
		Outcome    ReportOutcome `json:"outcome,omitempty"`
		Reason     string        `json:"reason,omitempty"`
		Correction int64         `json:"correction,omitempty"`
		Notice     int64         `json:"notice,omitempty"`
		UserID     int64         `json:"user,omitempty"`
	}{r.ID, r.Kind, r.Outcome, r.Reason, r.CorrectionID, r.NoticeID, r.AssigneeID})
	if err != nil {
		return nil // numbers and texts always have a form
	}
	return b
}

// mail is a letter to the reader: step is "received" or "settled".
func (c *ReportCase) mail(step, reason string) change.Mail {
	r, w := c.Report, c.World
	code, err := lang.Parse(r.Language)
	if err != nil {
		code = w.Settings.Language()
	}
	words := lang.For(code)
	// A withdrawn story's headline is nobody's outside of the newsroom.
	about := words.T("outward.report_withdrawn")
	if c.Story.Status == Live {
		about = c.Headline
	}
	args := lang.Args{"name": w.Settings.Name(), "headline": about, "number": strconv.FormatInt(r.ID, 10),
		"due": lang.DateTime(code, r.Due, w.Zone)}
	m := change.Mail{Key: fmt.Sprintf("report.%d.%s", r.ID, step), To: r.Email, Language: string(code)}
	if c.Story.Status == Live {
		m.Link = Path(w.Tree.Slug(c.Story.SectionID), c.Story.FirstPublished, w.Zone, c.Story.ID, c.Story.Slug)
		m.LinkText = words.T("outward.report_open")
	}
	if step == "received" {
		m.Subject = words.T("outward.report_received_subject", args)
		// Nothing that was typed into the form: whose address it is, nobody knows.
		m.Text = words.T("outward.report_received", args) + "\n\n" + words.T("outward.report_kept")
		return m
	}
	m.Name = r.Name
	m.Subject = words.T("outward.report_settled_subject", args)
	m.Text = words.T("outward.report_outcome."+string(r.Outcome), args)
	if reason != "" {
		m.Text += "\n\n" + reason
	}
	return m
}
