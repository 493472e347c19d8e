package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// Reports reads what readers report. *store.DB is one.
type Reports interface {
	Reports(ctx context.Context, f news.ReportFilter) (list []news.Report, more bool, err error)
	Report(ctx context.Context, id int64) (news.Report, error)
}

func reportPath(id int64) string { return newsroom.Prefix + "/reports/" + plain(id) }

// reportRow is a line of the queue.
type reportRow struct {
	ID                       int64
	Path, Story, Kind        string
	Reader, Assignee, Result string
	Excerpt                  string
	Late                     bool
	Due, DueISO, DueFull     string
	Left                     string // until the deadline, in words
}

// reportsPage is the queue of readers' reports.
type reportsPage struct {
	newsroom.Shell
	Settled  bool
	Tabs     []tab
	Sections []option
	Users    []option
	Nobody   bool
	Rows     []reportRow
	More     string
}

// reportRows is how many reports are shown at once.
const reportRows = 50

// excerptRunes is how much of a report the queue shows.
const excerptRunes = 160

// reportQuery is what the address of the queue says.
type reportQuery struct {
	settled, nobody      bool
	section, user, story int64
	after                string
}

func readReportQuery(v url.Values) reportQuery {
	return reportQuery{v.Get("settled") != "", v.Get("user") == "none", number(v.Get("section")), number(v.Get("user")), number(v.Get("story")), v.Get("after")}
}

func (q reportQuery) path() string {
	v := url.Values{}
	set := func(name string, n int64) {
		if n != 0 {
			v.Set(name, strconv.FormatInt(n, 10))
		}
	}
	if q.settled {
		v.Set("settled", "1")
	}
	set("section", q.section)
	set("story", q.story)
	set("user", q.user)
	if q.nobody {
		v.Set("user", "none")
	}
	if q.after != "" {
		v.Set("after", q.after)
	}
	if len(v) == 0 {
		return newsroom.Prefix + "/reports"
	}
	return newsroom.Prefix + "/reports?" + v.Encode()
}

func (x *Room) reportList(w http.ResponseWriter, r *newsroom.Request) error {
	ctx := r.Context()
	tree, err := x.p.Names.Sections(ctx)
	if err != nil {
		return err
	}
	q := readReportQuery(r.URL.Query())
	after := readCursor(q.after)
	list, more, err := x.p.Reports.Reports(ctx, news.ReportFilter{Settled: q.settled, SectionID: q.section, StoryID: q.story, AssigneeID: q.user,
		Nobody: q.nobody, After: news.ReportCursor(after), Limit: reportRows, Viewer: r.Actor})
	if err != nil {
		return err
	}
	page := &reportsPage{Shell: newsroom.Shell{Title: r.Words.T("room.nav.reports"), Active: "reports", Said: x.said(r)},
		Settled: q.settled, Nobody: q.nobody, Sections: sectionOptions(tree, q.section)}
	if more {
		c := list[len(list)-1].Cursor()
		next := q
		next.after = cursorText(news.WorkCursor(c))
		page.More = next.path()
	}
	q.after = ""
	for _, settled := range []bool{false, true} {
		one, word := q, "desk.reports.open"
		one.settled = settled
		if settled {
			word = "desk.reports.settled"
		}
		page.Tabs = append(page.Tabs, tab{Word: word, Path: one.path(), Current: q.settled == settled})
	}
	name, err := x.nameOfUser(r, q.user)
	if err != nil {
		return err
	}
	if page.Users, err = x.userOptions(r, q.user, name, account.Reports); err != nil {
		return err
	}
	page.Rows, err = x.reportRows(r, list)
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "desk-reports", page)
}

func (x *Room) reportRows(r *newsroom.Request, list []news.Report) ([]reportRow, error) {
	var ids []int64
	for i := range list {
		if list[i].AssigneeID != 0 {
			ids = append(ids, list[i].AssigneeID)
		}
	}
	users := map[int64]account.User{}
	if len(ids) > 0 {
		var err error
		if users, err = x.p.Names.UsersByID(r.Context(), ids); err != nil {
			return nil, err
		}
	}
	p := &printer{r: r}
	rows := make([]reportRow, len(list))
	for i := range list {
		one := &list[i]
		row := reportRow{ID: one.ID, Path: reportPath(one.ID), Story: one.Headline, Kind: r.Words.T("desk.report.kind." + string(one.Kind)),
			Reader: one.Name, Assignee: users[one.AssigneeID].Name, Late: one.Late(r.Now), Excerpt: cut(one.Text, excerptRunes)}
		row.Due, row.DueISO, row.DueFull = p.times(one.Due)
		if one.Outcome != news.ReportOpen {
			row.Result = r.Words.T("desk.report.outcome." + string(one.Outcome))
			row.Due, row.DueISO, row.DueFull = p.times(one.SettledAt)
		} else {
			row.Left = left(r, one.Due)
		}
		rows[i] = row
	}
	return rows, nil
}

// left says how far away a deadline is.
func left(r *newsroom.Request, due time.Time) string {
	d, key := due.Sub(r.Now), "desk.report.left."
	if d < 0 {
		d, key = -d, "desk.report.late."
	}
	hours := int(d / time.Hour)
	if hours < 48 {
		return r.Words.T(key+"hours", lang.Args{"n": hours})
	}
	return r.Words.T(key+"days", lang.Args{"n": hours / 24})
}

func cut(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n])) + "…"
	}
	return s
}

// reportPage is one report with what can be done about it.
type reportPage struct {
	newsroom.Shell
	form
	Report   news.Report
	Row      reportRow
	Received string
	Settled  string
	StoryIn  string // the story in the newsroom
	Text     []string
	Users    []option
	Outcomes []choice
	Correct  string // where the story is corrected because of the report
	Reply    string // where a reply is added to it
	Open     bool
}

func (x *Room) report(w http.ResponseWriter, r *newsroom.Request) error {
	one, err := x.reportOf(r)
	if err != nil {
		return err
	}
	page, err := x.reportPage(r, one, url.Values{"outcome": {r.URL.Query().Get("outcome")}})
	if err != nil {
		return err
	}
	page.Said = x.said(r)
	return x.d.Page(w, r, "desk-report", page)
}

// reportOf reads the report that the address names, for whoever handles those
// of its desk.
func (x *Room) reportOf(r *newsroom.Request) (one news.Report, err error) {
	id, err := r.ID("id")
	if err != nil {
		return one, err
	}
	if one, err = x.p.Reports.Report(r.Context(), id); err != nil {
		return one, err
	}
	tree, err := x.p.Names.Sections(r.Context())
	if err != nil {
		return one, err
	}
	w := news.World{Tree: tree}
	return one, w.May(r.Actor, account.Reports, &news.Story{SectionID: one.SectionID})
}

func (x *Room) reportPage(r *newsroom.Request, one news.Report, f url.Values) (*reportPage, error) {
	rows, err := x.reportRows(r, []news.Report{one})
	if err != nil {
		return nil, err
	}
	story := storyPath(one.StoryID)
	page := &reportPage{Shell: newsroom.Shell{Title: r.Words.T("desk.report.title", lang.Args{"id": plain(one.ID)}), Active: "reports"},
		form: form{values: f}, Report: one, Row: rows[0], Received: lang.DateTime(r.Lang, one.At, r.Zone), StoryIn: story,
		Text: paragraphs(one.Text), Open: one.Outcome == news.ReportOpen,
		Correct: story + "/correct?kind=koreksi&report=" + plain(one.ID) + "&next=" + url.QueryEscape(reportPath(one.ID)),
		Reply:   story + "/correct?kind=hak_jawab&report=" + plain(one.ID) + "&next=" + url.QueryEscape(reportPath(one.ID))}
	if !page.Open {
		page.Settled = lang.DateTime(r.Lang, one.SettledAt, r.Zone)
		return page, nil
	}
	for _, o := range news.ReportOutcomes {
		page.Outcomes = append(page.Outcomes, choice{string(o), r.Words.T("desk.report.outcome." + string(o)),
			r.Words.T("desk.report.hint." + string(o)), f.Get("outcome") == string(o)})
	}
	page.Users, err = x.userOptions(r, one.AssigneeID, rows[0].Assignee, account.Reports)
	return page, err
}

func paragraphs(s string) (out []string) {
	for _, p := range strings.Split(s, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// assignReport hands a report to somebody.
func (x *Room) assignReport(w http.ResponseWriter, r *newsroom.Request) error {
	return x.handle(w, r, "report_assign", func(id int64, f url.Values) error {
		return x.p.Queue.Assign(r.Context(), r.Actor, id, number(f.Get("user")))
	})
}

// settleReport ends a report.
func (x *Room) settleReport(w http.ResponseWriter, r *newsroom.Request) error {
	return x.handle(w, r, "report_settle", func(id int64, f url.Values) error {
		in := news.Settlement{Outcome: news.ReportOutcome(f.Get("outcome")), Reason: strings.TrimSpace(f.Get("reason"))}
		if notice := strings.TrimSpace(f.Get("notice")); notice != "" {
			if in.NoticeID = storyIn(notice); in.NoticeID == 0 {
				return fault.Input("notice", "%q names no story", notice).Say("desk_notice")
			}
		}
		return x.p.Queue.Settle(r.Context(), r.Actor, id, in)
	})
}

// handle does something about a report and shows it again, with what was wrong
// next to the field.
func (x *Room) handle(w http.ResponseWriter, r *newsroom.Request, said string, do func(id int64, f url.Values) error) error {
	one, err := x.reportOf(r)
	if err != nil {
		return err
	}
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	err = do(one.ID, f)
	if err == nil {
		if r.WantsJSON() {
			return newsroom.JSON(w, outcome{Said: r.Words.T("desk.said." + said), Next: reportPath(one.ID)})
		}
		return newsroom.SeeOther(w, r, saying(reportPath(one.ID), said, 0))
	}
	if r.WantsJSON() || !newsroom.Mendable(err) {
		return err
	}
	page, e := x.reportPage(r, one, f)
	if e != nil {
		return e
	}
	page.fail(r, []string{"assignee", "outcome", "reason", "notice"}, err)
	return x.d.PageStatus(w, r, statusOf(err), "desk-report", page)
}
