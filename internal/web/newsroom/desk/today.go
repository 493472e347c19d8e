package desk

import (
	"net/http"
	"time"

	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// outRow is a story that went out, with its reads.
type outRow struct {
	card
	Reads int64 // of the last 24 hours
	Spark spark
}

// todayPage is what went out on one day.
type todayPage struct {
	newsroom.Shell
	Self          string
	Seq           int64 // of the work as it is shown
	Date          string
	Count         string
	Before, After string // the days around; After is empty for today
	Rows          []outRow
	More          string
}

// todayRows is how many stories of a day are shown at once.
const todayRows = 60

func (x *Room) today(w http.ResponseWriter, r *newsroom.Request) error {
	ctx := r.Context()
	tree, err := x.p.Names.Sections(ctx)
	if err != nil {
		return err
	}
	now := lang.Day(r.Now, r.Zone)
	q := r.URL.Query()
	d, err := lang.ParseDate(q.Get("day"))
	if err != nil || d.Start(r.Zone).After(r.Now) {
		d = now
	}
	path := func(d lang.Date, after string) string {
		s := newsroom.Prefix + "/today?day=" + d.String()
		if after != "" {
			s += "&after=" + after
		}
		return s
	}
	page := &todayPage{Shell: newsroom.Shell{Title: r.Words.T("room.nav.today"), Active: "today", Scripts: []string{"board.js"}, Said: x.said(r)},
		Self: r.URL.RequestURI(), Date: lang.FullDate(r.Lang, d.Start(r.Zone), r.Zone), Before: path(d.AddDays(-1), "")}
	if d != now {
		page.After = path(d.AddDays(1), "")
	}
	if page.Seq, err = x.p.Work.WorkSeq(ctx); err != nil {
		return err
	}
	cards, next, more, err := x.p.Work.Work(ctx, news.WorkFilter{By: news.ByPublished, From: d.Start(r.Zone), To: d.End(r.Zone),
		Viewer: r.Actor, After: readCursor(q.Get("after")), Limit: todayRows})
	if err != nil {
		return err
	}
	page.Count = count(r, len(cards))
	if more {
		page.More, page.Count = path(d, cursorText(next)), page.Count+"+"
	}
	p, err := x.printer(ctx, r, tree, cards)
	if err != nil {
		return err
	}
	reads, err := x.reads(r, cards)
	if err != nil {
		return err
	}
	for i := range cards {
		row := outRow{card: p.card(&cards[i]), Spark: draw(reads[cards[i].StoryID], r)}
		row.Out = lang.Clock(cards[i].FirstPublished, r.Zone)
		for _, n := range reads[cards[i].StoryID] {
			row.Reads += n
		}
		page.Rows = append(page.Rows, row)
	}
	if r.Header.Get(partHeader) != "" {
		return x.d.Fragment(w, r, "desk-today-part", page)
	}
	return x.d.Page(w, r, "desk-today", page)
}

// readHours is for how many hours reads are shown, this one included.
const readHours = 24

// series are the reads of one story, hour by hour, the last one being now's.
type series [readHours]int64

// reads returns the series of the stories that were read at all.
func (x *Room) reads(r *newsroom.Request, cards []news.WorkCard) (map[int64]series, error) {
	ids := make([]int64, len(cards))
	for i := range cards {
		ids[i] = cards[i].StoryID
	}
	since := r.Now.Truncate(time.Hour).Add(-(readHours - 1) * time.Hour)
	list, err := x.p.Reads.StoryReads(r.Context(), ids, since, r.Now.Add(time.Nanosecond))
	if err != nil {
		return nil, err
	}
	out := map[int64]series{}
	for _, one := range list {
		s := out[one.Story]
		if i := int(one.Hour.Sub(since) / time.Hour); i >= 0 && i < readHours {
			s[i] += one.Count
		}
		out[one.Story] = s
	}
	return out, nil
}
