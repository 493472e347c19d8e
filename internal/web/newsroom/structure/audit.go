package structure

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

type auditPage struct {
	newsroom.Shell
	Filter news.AuditFilter
	Rows   []auditRow
	Next   string
	Export string
}

type auditRow struct {
	news.AuditLine
	Who  string // the user's name, or the part of the program
	Link string // page of the object, empty if it has none
}

func auditFilter(r *newsroom.Request) news.AuditFilter {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("after"), 10, 64) // rubbish is the top
	return news.AuditFilter{Actor: cut(q.Get("actor"), 100), Action: cut(q.Get("action"), 100), Object: cut(q.Get("object"), 200),
		Before: before, Limit: pageSize}
}

func (x *Structure) audit(w http.ResponseWriter, r *newsroom.Request) error {
	f := auditFilter(r)
	rows, err := x.auditRows(r, f)
	if err != nil {
		return err
	}
	p := &auditPage{Shell: shell(r, "audit", "room.nav.audit"), Filter: f, Rows: rows}
	if len(rows) == pageSize {
		p.Next = more(r, strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	q := r.URL.Query()
	q.Del("after")
	p.Export = newsroom.Prefix + "/audit.csv?" + q.Encode()
	return x.Door.Page(w, r, "structure-audit", p)
}

// auditRows reads lines with the names of people.
func (x *Structure) auditRows(r *newsroom.Request, f news.AuditFilter) ([]auditRow, error) {
	list, err := x.Store.Audits(r.Context(), f)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, l := range list {
		if id := userID(l.Actor); id != 0 {
			ids = append(ids, id)
		}
	}
	people, err := x.Store.UsersByID(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]auditRow, len(list))
	for i, l := range list {
		rows[i] = auditRow{AuditLine: l, Who: l.Actor, Link: objectLink(l.Object)}
		if name := people[userID(l.Actor)].Name; name != "" {
			rows[i].Who = name
		}
	}
	return rows, nil
}

// userID returns the number in "user:3", 0 for anything else.
func userID(actor string) int64 {
	n, ok := strings.CutPrefix(actor, "user:")
	if !ok {
		return 0
	}
	id, _ := strconv.ParseInt(n, 10, 64) // rubbish is nobody
	return id
}

// objectLink returns the page of what a line is about.
func objectLink(object string) string {
	kind, id, ok := strings.Cut(object, ":")
	if !ok {
		return ""
	}
	if page, ok := map[string]string{"story": "/stories/", "picture": "/pictures/", "topic": "/topics/", "user": "/users/", "front": "/fronts/"}[kind]; ok {
		if _, err := strconv.ParseInt(id, 10, 64); err == nil {
			return newsroom.Prefix + page + id
		}
	}
	return ""
}

// maxExport is how many lines an export holds.
const maxExport = 100_000

// auditCSV writes the log, the newest line first, at most maxExport.
func (x *Structure) auditCSV(w http.ResponseWriter, r *newsroom.Request) error {
	f := auditFilter(r)
	f.Limit = 500
	rows, err := x.auditRows(r, f)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="audit-`+r.Now.In(r.Zone).Format(time.DateOnly)+`.csv"`)
	out := csv.NewWriter(w)
	out.Write([]string{"time", "who", "actor", "action", "object", "detail"})
	for n := 0; len(rows) > 0 && n < maxExport; {
		for _, l := range rows {
			out.Write([]string{lang.DateTime(lang.EN, l.At, r.Zone), inert(l.Who), inert(l.Actor), inert(l.Action), inert(l.Object), inert(string(l.Detail))})
		}
		out.Flush()
		if out.Error() != nil {
			return nil // whoever asked is gone
		}
		n += len(rows)
		if len(rows) < f.Limit {
			break
		}
		f.Before = rows[len(rows)-1].ID
		if rows, err = x.auditRows(r, f); err != nil {
			// The head is out: a table that is cut short must not look whole.
			panic(http.ErrAbortHandler)
		}
	}
	return nil
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
