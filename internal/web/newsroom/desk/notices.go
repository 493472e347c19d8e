package desk

import (
	"net/http"
	"strings"

	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// noticeRow is a notice in words.
type noticeRow struct {
	ID       int64
	Sentence string
	Headline string
	Text     string
	Path     string
	New      bool

	At, ISO, Full string
}

// noticesPage are the notices of one user.
type noticesPage struct {
	newsroom.Shell
	Notices []noticeRow
	Unseen  bool
	Newest  int64
	More    string
}

// noticeRows is how many notices are shown at once.
const noticeRows = 50

func (x *Room) notices(w http.ResponseWriter, r *newsroom.Request) error {
	list, more, err := x.p.Notices.Notices(r.Context(), r.Actor.ID, number(r.URL.Query().Get("before")), noticeRows)
	if err != nil {
		return err
	}
	page := &noticesPage{Shell: newsroom.Shell{Title: r.Words.T("room.nav.notices"), Active: "notices", Scripts: []string{"board.js"}, Said: x.said(r)}}
	p := &printer{r: r}
	for i := range list {
		n := &list[i]
		row := noticeRow{ID: n.ID, Headline: n.Headline, Text: n.Text, Path: storyPath(n.StoryID), New: n.Read.IsZero(),
			Sentence: r.Words.T("desk.notice."+string(n.Kind), lang.Args{"name": n.Actor})}
		switch n.Kind {
		case news.NoticeWatch, news.NoticeHeld:
			row.Text = problemWords(r, n.Text)
		case news.NoticeUnconfirmed:
			row.Text, row.Path = "", row.Path+"/receipt" // the text is a code; the receipt says it in words
		case news.NoticeReport, news.NoticeReportGiven, news.NoticeReportDue, news.NoticeReportLate:
			row.Path = reportQuery{story: n.StoryID}.path()
		case news.NoticeComplaintDue, news.NoticeComplaintLate:
			row.Path = newsroom.Prefix + "/discussion"
		}
		if row.Headline == "" {
			row.Headline = r.Words.T("desk.untitled", lang.Args{"id": plain(n.StoryID)})
		}
		row.At, row.ISO, row.Full = p.times(n.At)
		page.Unseen = page.Unseen || row.New
		page.Newest = max(page.Newest, n.ID)
		page.Notices = append(page.Notices, row)
	}
	if more {
		page.More = newsroom.Prefix + "/notices?before=" + plain(list[len(list)-1].ID)
	}
	return x.d.Page(w, r, "desk-notices", page)
}

// problemWords turns the codes that a notice of the watch carries into words.
func problemWords(r *newsroom.Request, codes string) string {
	var out []string
	for _, c := range strings.Fields(codes) {
		if key := "desk.short." + c; r.Words.Has(key) {
			out = append(out, r.Words.T(key))
		} else {
			out = append(out, c)
		}
	}
	return strings.Join(out, ", ")
}

// readNotices marks notices as read: one, or all up to the newest that the
// reader has seen.
func (x *Room) readNotices(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	ids := chosen(f["id"])
	if newest := number(f.Get("all")); newest > 0 {
		if ids, err = x.unread(r, newest); err != nil {
			return err
		}
	}
	if len(ids) > 0 {
		if err := x.p.Notices.ReadNotices(r.Context(), r.Actor.ID, ids); err != nil {
			return err
		}
	}
	if r.WantsJSON() {
		return newsroom.JSON(w, map[string]int{"read": len(ids)})
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/notices")
}

// mostUnread bounds how many notices are marked as read at once.
const mostUnread = 2000

func (x *Room) unread(r *newsroom.Request, newest int64) (ids []int64, err error) {
	const page = 200
	for before := newest + 1; len(ids) < mostUnread; {
		list, more, err := x.p.Notices.Notices(r.Context(), r.Actor.ID, before, page)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if list[i].Read.IsZero() {
				ids = append(ids, list[i].ID)
			}
		}
		if !more || len(list) == 0 {
			break
		}
		before = list[len(list)-1].ID
	}
	return ids, nil
}
