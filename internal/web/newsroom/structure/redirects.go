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
	Begin    string
	Host     string
	Rows     []news.Redirect
	Next     string
	Given    string // what was typed
	Problems problems
}

func (x *Structure) redirects(w http.ResponseWriter, r *newsroom.Request) error {
	return x.redirectList(w, r, http.StatusOK, "", nil)
}

func (x *Structure) redirectList(w http.ResponseWriter, r *newsroom.Request, status int, given string, bad problems) error {
	q := r.URL.Query()
	p := &redirectsPage{Shell: shell(r, "redirects", "room.nav.redirects"), Begin: cut(q.Get("q"), 500), Host: strings.ToLower(cut(q.Get("host"), 200)),
		Given: given, Problems: bad}
	host, path, _ := strings.Cut(cut(q.Get("after"), 3000), " ")
	rows, err := x.Store.RedirectList(r.Context(), p.Host, p.Begin, news.Redirect{Host: host, Path: path}, pageSize+1)
	if err != nil {
		return err
	}
	if len(rows) > pageSize {
		last := rows[pageSize-1]
		rows, p.Next = rows[:pageSize], more(r, last.Host+" "+last.Path)
	}
	p.Rows = rows
	return x.Door.PageStatus(w, r, status, "structure-redirects", p)
}

// saveRedirects takes lines of "old new": the old one a path of ours or a full
// address, the new one a path of ours or a story's number.
func (x *Structure) saveRedirects(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	list, err := parseRedirects(f.Get("lines"))
	if err == nil {
		err = x.Site.SaveRedirects(r.Context(), r.Actor, list...)
	}
	if err != nil {
		bad, err := mend(r, err)
		if err != nil {
			return err
		}
		return x.redirectList(w, r, http.StatusUnprocessableEntity, f.Get("lines"), bad)
	}
	return back(w, r, "/redirects", "saved")
}

func parseRedirects(text string) (list []news.Redirect, err error) {
	all := lines(text)
	if len(all) > news.MaxBatch {
		return nil, fault.Input("lines", "at most %d lines at once", news.MaxBatch).Say("redirect_lines", "limit", news.MaxBatch)
	}
	for i, l := range all {
		parts := strings.Fields(l)
		if len(parts) != 2 {
			return nil, fault.Input("lines", "line %d is not an old and a new address", i+1).Say("redirect_line", "n", i+1)
		}
		var d news.Redirect
		d.Path = parts[0]
		if _, rest, ok := strings.Cut(parts[0], "://"); ok {
			host, path, _ := strings.Cut(rest, "/")
			d.Host, d.Path = strings.ToLower(host), "/"+path
		}
		if id, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
			d.StoryID = id
		} else {
			d.Target = parts[1]
		}
		if !strings.HasPrefix(d.Path, "/") || d.StoryID == 0 && !strings.HasPrefix(d.Target, "/") {
			return nil, fault.Input("lines", "line %d: addresses of this site begin with a slash", i+1).Say("redirect_line", "n", i+1)
		}
		list = append(list, d)
	}
	if len(list) == 0 {
		return nil, fault.Input("lines", "there is no line").Say("redirect_line", "n", 1)
	}
	return list, nil
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
