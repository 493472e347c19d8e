package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// planned is a story that is scheduled, with what the check finds.
type planned struct {
	card
	Checks []finding
	Move   string // where it is rescheduled; empty for who may not
}

// hour is an hour of a day with what goes out in it, or a run of hours in which
// nothing does.
type hour struct {
	Label string
	Empty bool
	Cards []planned
}

// planDay is a day of the schedule.
type planDay struct {
	Title string
	Hours []hour
}

// schedulePage is what goes out when.
type schedulePage struct {
	newsroom.Shell
	Self     string
	Seq      int64 // of the work as it is shown
	Sections []option
	Late     []planned
	Days     []planDay
	More     string
}

// How much of the schedule is shown at once; of how many the check is run, which
// are those that go out within a day; and for how many days ahead a day in which
// nothing goes out is shown as well.
const (
	planCards  = 150
	planChecks = 40
	planAhead  = 24 * time.Hour
	planDays   = 7
)

func (x *Room) schedule(w http.ResponseWriter, r *newsroom.Request) error {
	ctx := r.Context()
	tree, err := x.p.Names.Sections(ctx)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	section := number(q.Get("section"))
	if tree.ByID(section) == nil {
		section = 0
	}
	after := q.Get("after")
	self := newsroom.Prefix + "/schedule" + planQuery(section, after)
	page := &schedulePage{Shell: newsroom.Shell{Title: r.Words.T("room.nav.schedule"), Active: "schedule", Scripts: []string{"board.js"}, Said: x.said(r)},
		Self: self, Sections: sectionOptions(tree, section)}
	if page.Seq, err = x.p.Work.WorkSeq(ctx); err != nil {
		return err
	}
	cards, next, more, err := x.p.Work.Work(ctx, news.WorkFilter{Column: news.ColumnScheduled, SectionID: section, By: news.ByDue,
		Viewer: r.Actor, After: readCursor(after), Limit: planCards})
	if err != nil {
		return err
	}
	if more {
		page.More = newsroom.Prefix + "/schedule" + planQuery(section, cursorText(next))
	}
	p, err := x.printer(ctx, r, tree, cards)
	if err != nil {
		return err
	}
	p.timed = true
	for i := range cards {
		cards[i].Due = cards[i].Out()
	}
	slices.SortStableFunc(cards, func(a, b news.WorkCard) int { return a.Due.Compare(b.Due) })
	plans := make([]planned, len(cards))
	for i := range cards {
		plans[i] = planned{card: p.card(&cards[i])}
		if one := &plans[i]; !cards[i].Due.Before(r.Now) {
			// It stands below its day: the time of day is enough, once.
			one.Due = lang.Clock(cards[i].Due, r.Zone)
		} else {
			one.Due = "" // the mark says since when it is late
		}
		if slices.ContainsFunc(plans[i].Menu, func(m menuItem) bool { return m.Name == "schedule" }) {
			plans[i].Move = plans[i].Path + "/schedule?next=" + url.QueryEscape(self)
		}
		if i < planChecks && cards[i].Due.Sub(r.Now) < planAhead {
			found, err := x.p.Desk.Check(ctx, r.Actor, cards[i].StoryID)
			if err != nil {
				return err
			}
			// The embargo stands on the card, and the hour goes by it.
			found = slices.DeleteFunc(found, func(p news.Problem) bool { return p.Code == news.ProblemEmbargo })
			plans[i].Checks = findings(r, found, 0)
		}
	}
	late := 0
	for late < len(cards) && cards[late].Due.Before(r.Now) {
		late++
	}
	page.Late = plans[:late]
	page.Days = plan(r, cards[late:], plans[late:], after == "")
	if r.Header.Get(partHeader) != "" {
		return x.d.Fragment(w, r, "desk-schedule-part", page)
	}
	return x.d.Page(w, r, "desk-schedule", page)
}

func planQuery(section int64, after string) string {
	q := url.Values{}
	if section != 0 {
		q.Set("section", strconv.FormatInt(section, 10))
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// plan lays cards, the earliest first, out over the days and hours of the
// site's zone. first: the list begins with now, so the day of today is shown
// from this hour on, whatever goes out in it.
func plan(r *newsroom.Request, cards []news.WorkCard, plans []planned, first bool) (days []planDay) {
	if len(cards) == 0 {
		return nil
	}
	today := lang.Day(r.Now, r.Zone)
	d, from := lang.Day(cards[0].Due, r.Zone), 0
	if first && d != today {
		d = today
	}
	last := lang.Day(cards[len(cards)-1].Due, r.Zone)
	for shown, i := 0, 0; ; d, shown = d.AddDays(1), shown+1 {
		end := d.End(r.Zone)
		j := i
		for j < len(cards) && cards[j].Due.Before(end) {
			j++
		}
		from = 0
		if d == today {
			from = r.Now.In(r.Zone).Hour()
		}
		if j > i || shown < planDays {
			days = append(days, planDay{lang.FullDate(r.Lang, d.Start(r.Zone), r.Zone), hours(r, cards[i:j], plans[i:j], from)})
		} else if i < len(cards) {
			d = lang.Day(cards[i].Due, r.Zone).AddDays(-1) // nothing for a long while: go on where there is
		}
		if i = j; i >= len(cards) || d == last {
			return days
		}
	}
}

// hours lays the cards of one day out, beginning with hour from. Hours in which
// nothing goes out stand together in one line.
func hours(r *newsroom.Request, cards []news.WorkCard, plans []planned, from int) (out []hour) {
	gap := func(a, b int) {
		if a < b {
			out = append(out, hour{Label: span(a, b), Empty: true})
		}
	}
	at := from
	for i := 0; i < len(cards); {
		h := cards[i].Due.In(r.Zone).Hour()
		j := i
		for j < len(cards) && cards[j].Due.In(r.Zone).Hour() == h {
			j++
		}
		gap(at, h)
		out = append(out, hour{Label: span(h, h+1), Cards: plans[i:j]})
		at, i = h+1, j
	}
	gap(at, 24)
	return out
}

// span names the time between two full hours of one day. Its end is 24:00, since
// 00:00 is the beginning of that day.
func span(from, to int) string { return fmt.Sprintf("%02d:00–%02d:00", from, to) }
