package structure

import (
	"net/http"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

type redirectsPage struct {
	newsroom.Shell
	Begin    string // what is looked for, as it was typed
	Host     string
	Exact    bool // one address was looked for in all its spellings
	Rows     []redirectRow
	Next     string
	Given    string // what was typed
	Problems newsroom.Problems
}

type redirectRow struct {
	news.Redirect
	Edit string // page on which it is changed
}

func redirectRows(list []news.Redirect) []redirectRow {
	rows := make([]redirectRow, len(list))
	for i, d := range list {
		rows[i] = redirectRow{d, newsroom.Prefix + "/redirects/edit?" + addressQuery(d.Host, d.Path)}
	}
	return rows
}

func (x *Structure) redirects(w http.ResponseWriter, r *newsroom.Request) error {
	return x.redirectList(w, r, http.StatusOK, "", nil)
}

// redirectList looks for a story's number, for one full address in all its
// spellings, or for addresses that begin with a text.
func (x *Structure) redirectList(w http.ResponseWriter, r *newsroom.Request, status int, given string, bad newsroom.Problems) error {
	q := r.URL.Query()
	p := &redirectsPage{Shell: shell(r, "redirects", "room.nav.redirects"), Begin: strings.TrimSpace(cut(q.Get("q"), 2500)), Host: strings.ToLower(strings.TrimSpace(cut(q.Get("host"), 260))),
		Given: given, Problems: bad}
	rows, err := x.findRedirects(r, p, cut(q.Get("after"), 3000))
	if err != nil {
		return err
	}
	if len(rows) > pageSize {
		last := rows[pageSize-1]
		rows, p.Next = rows[:pageSize], more(r, last.Host+" "+last.Path)
	}
	p.Rows = redirectRows(rows)
	return x.Door.PageStatus(w, r, status, "structure-redirects", p)
}

func (x *Structure) findRedirects(r *newsroom.Request, p *redirectsPage, after string) ([]news.Redirect, error) {
	f := news.RedirectFilter{Host: p.Host, Begin: p.Begin, Limit: pageSize + 1}
	f.After.Host, f.After.Path, _ = strings.Cut(after, " ")
	id, err := strconv.ParseInt(p.Begin, 10, 64)
	switch {
	case err == nil && id > 0:
		f.StoryID = id
	case strings.Contains(p.Begin, "://"):
		p.Exact = true
		d, err := news.ParseRedirect(x.Own, p.Begin, "/")
		asked, ok := news.AskOldAddress(x.Own, d.Host, d.Path)
		if err != nil || !ok {
			return nil, nil // nothing can be at such an address
		}
		return x.Store.OldAddresses(r.Context(), asked.Hosts, asked.Paths)
	case p.Begin != "" && !strings.HasPrefix(p.Begin, "/"):
		f.Begin = "/" + p.Begin
	}
	if !news.Sound(f.Begin) || !news.Sound(f.After.Path) || !news.Sound(f.Host) {
		return nil, nil
	}
	return x.Store.RedirectList(r.Context(), f)
}

// saveRedirects takes lines of "old new": the old one a path of ours or a full
// address, the new one a path of ours, a full address, a story's number, or "gone"
// and the reason.
func (x *Structure) saveRedirects(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	list, err := x.parseRedirects(f.Get("lines"))
	if err == nil {
		err = x.Site.SaveRedirects(r.Context(), r.Actor, list...)
	}
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.redirectList(w, r, http.StatusUnprocessableEntity, f.Get("lines"), bad)
	}
	return back(w, r, "/redirects", "saved")
}

func (x *Structure) parseRedirects(text string) (list []news.Redirect, err error) {
	all := lines(text)
	if len(all) > news.MaxBatch {
		return nil, fault.Input("lines", "at most %d lines at once", news.MaxBatch).Say("redirect_lines", "limit", news.MaxBatch)
	}
	for i, l := range all {
		parts := strings.Fields(l)
		if len(parts) > 2 && strings.EqualFold(strings.TrimSuffix(parts[1], ":"), "gone") {
			parts = []string{parts[0], "gone: " + strings.Join(parts[2:], " ")}
		}
		if len(parts) != 2 {
			return nil, fault.Input("lines", "line %d is not an old and a new address", i+1).Say("redirect_line", "n", i+1)
		}
		d, err := news.ParseRedirect(x.Own, parts[0], parts[1])
		if err != nil {
			return nil, fault.Input("lines", "line %d: addresses of this site begin with a slash", i+1).Say("redirect_line", "n", i+1)
		}
		list = append(list, d)
	}
	if len(list) == 0 {
		return nil, fault.Input("lines", "there is no line").Say("redirect_line", "n", 1)
	}
	return list, nil
}

type redirectPage struct {
	newsroom.Shell
	Host, Path string // of the one that is changed
	Old, Leads string // as they are now, or were typed
	Problems   newsroom.Problems
}

// redirect shows one old address to change it.
func (x *Structure) redirect(w http.ResponseWriter, r *newsroom.Request) error {
	q := r.URL.Query()
	d, err := x.Store.Redirect(r.Context(), strings.ToLower(cut(q.Get("host"), 260)), cut(q.Get("path"), 2500))
	if err != nil {
		return err
	}
	old := d.Path
	if d.Host != "" {
		old = "https://" + d.Address()
	}
	return x.Door.Page(w, r, "structure-redirect", &redirectPage{Shell: shell(r, "redirects", "structure.redirect_change"),
		Host: d.Host, Path: d.Path, Old: old, Leads: d.Leads()})
}

func (x *Structure) saveRedirect(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	p := &redirectPage{Shell: shell(r, "redirects", "structure.redirect_change"), Host: f.Get("host"), Path: f.Get("path"),
		Old: strings.TrimSpace(f.Get("old")), Leads: strings.TrimSpace(f.Get("leads"))}
	d, err := news.ParseRedirect(x.Own, p.Old, p.Leads)
	if err == nil {
		err = x.Site.ChangeRedirect(r.Context(), r.Actor, p.Host, p.Path, d)
	}
	if err != nil {
		if p.Problems, err = r.Mend(err); err != nil {
			return err
		}
		return x.Door.PageStatus(w, r, http.StatusUnprocessableEntity, "structure-redirect", p)
	}
	return back(w, r, "/redirects", "saved")
}

func (x *Structure) dropRedirect(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	if err := x.Site.DropRedirect(r.Context(), r.Actor, f.Get("host"), f.Get("path")); err != nil {
		return err
	}
	return back(w, r, "/redirects", "gone")
}
