package structure

import (
	"cmp"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

type auditPage struct {
	newsroom.Shell
	Filter news.AuditFilter
	Who    string // the name that was asked for
	Deeds  []option
	Kinds  []option
	Rows   []auditRow
	Next   string
	Export string
}

type auditRow struct {
	news.AuditLine
	Who   string // the user's name, or the part of the program
	Deed  string // what was done, in words
	What  string // what it was done to, in words
	Link  string // page of the object, empty if it has none
	Facts []auditFact
}

// auditFilter reads what is asked for. Somebody is named by his name as it is
// written, or as the log writes him ("user:3").
func (x *Structure) auditFilter(r *newsroom.Request) (f news.AuditFilter, who string, err error) {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("after"), 10, 64) // rubbish is the top
	f = news.AuditFilter{Actor: cut(q.Get("actor"), 100), Action: cut(q.Get("action"), 100), Object: cut(q.Get("object"), 200),
		Before: before, Limit: pageSize}
	if who = f.Actor; who == "" || r.Words.Has("structure.actor."+who) {
		return f, who, nil
	}
	if id := userID(f.Actor); id != 0 {
		people, err := x.Store.UsersByID(r.Context(), []int64{id})
		if name := people[id].Name; name != "" {
			who = name
		}
		return f, who, err
	}
	list, _, err := x.Store.Users(r.Context(), account.UserFilter{Text: who, Limit: 1})
	if err == nil && len(list) > 0 {
		f.Actor, who = account.Actor{ID: list[0].ID}.String(), list[0].Name
	}
	return f, who, err
}

// filterOptions are what a filter offers: the words below a prefix of the catalogue
// in their order; value makes what is asked for of what follows the prefix.
func filterOptions(r *newsroom.Request, prefix, chosen string, value func(string) string) (out []option) {
	known := chosen == ""
	for key, word := range r.Words.Texts(prefix) {
		o := option{Value: value(strings.TrimPrefix(key, prefix)), Word: word}
		o.Chosen = o.Value == chosen
		known = known || o.Chosen
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b option) int { return cmp.Or(cmp.Compare(a.Word, b.Word), cmp.Compare(a.Value, b.Value)) })
	if !known {
		out = append([]option{{Value: chosen, Word: objectWords(r, chosen), Chosen: true}}, out...)
	}
	return out
}

// option is one of what a filter offers.
type option struct {
	Value, Word string
	Chosen      bool
}

// allOf is how the log is asked for all objects of a kind. Of some there is only one.
func allOf(kind string) string {
	if slices.Contains([]string{"site", "settings", "redirects", "signoff_rules"}, kind) {
		return kind
	}
	return kind + ":*"
}

// objectWords says what a line is about: "Berita 55".
func objectWords(r *newsroom.Request, object string) string {
	kind, id, _ := strings.Cut(object, ":")
	if key := "structure.kind_of." + kind; r.Words.Has(key) {
		return strings.TrimSpace(r.Words.T(key) + " " + id)
	}
	return object
}

func (x *Structure) audit(w http.ResponseWriter, r *newsroom.Request) error {
	f, who, err := x.auditFilter(r)
	if err != nil {
		return err
	}
	rows, err := x.auditRows(r, f)
	if err != nil {
		return err
	}
	p := &auditPage{Shell: shell(r, "audit", "room.nav.audit"), Filter: f, Who: who, Rows: rows,
		Deeds: filterOptions(r, "structure.deed.", f.Action, func(deed string) string { return deed }),
		Kinds: filterOptions(r, "structure.kind_of.", f.Object, allOf)}
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
	names, err := x.auditNames(r, list)
	if err != nil {
		return nil, err
	}
	rows := make([]auditRow, len(list))
	for i, l := range list {
		rows[i] = auditRow{AuditLine: l, Who: l.Actor, Deed: l.Action, What: objectWords(r, l.Object), Link: objectLink(l.Object), Facts: names.factsOf(r, l)}
		if key := "structure.deed." + l.Action; r.Words.Has(key) {
			rows[i].Deed = r.Words.T(key)
		}
		if key := "structure.actor." + l.Actor; r.Words.Has(key) {
			rows[i].Who = r.Words.T(key)
		}
		if name := names.people[userID(l.Actor)].Name; name != "" {
			rows[i].Who = name
		}
		if name := names.people[userID(l.Object)].Name; name != "" {
			rows[i].What = name
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
	f, _, err := x.auditFilter(r)
	if err != nil {
		return err
	}
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
