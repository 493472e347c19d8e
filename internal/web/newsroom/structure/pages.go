package structure

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

type pagesPage struct {
	newsroom.Shell
	Rows []news.StaticPage
}

func (x *Structure) pages(w http.ResponseWriter, r *newsroom.Request) error {
	rows, err := x.Store.StaticPages(r.Context())
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "structure-pages", &pagesPage{Shell: shell(r, "pages", "room.nav.pages"), Rows: rows})
}

type pagePage struct {
	newsroom.Shell
	Page     news.StaticPage
	New      bool
	Body     string // the document's JSON
	Texts    string // JSON of the editor's words
	Problems newsroom.Problems
}

// newPage is the slug that stands for a page that does not exist yet.
const newPage = "new"

func (x *Structure) findPage(r *newsroom.Request) (p news.StaticPage, err error) {
	if r.PathValue("slug") == newPage {
		return news.StaticPage{Position: 99}, nil
	}
	return x.Store.StaticPage(r.Context(), r.PathValue("slug"))
}

func (x *Structure) page(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.findPage(r)
	if err != nil {
		return err
	}
	return x.pageForm(w, r, http.StatusOK, p, nil)
}

func (x *Structure) pageForm(w http.ResponseWriter, r *newsroom.Request, status int, p news.StaticPage, bad newsroom.Problems) error {
	body, err := json.Marshal(p.Body)
	if err != nil {
		return err
	}
	texts, err := json.Marshal(r.Words.Texts("editor."))
	if err != nil {
		return err
	}
	page := &pagePage{Shell: shell(r, "pages", "structure.page"), Page: p, New: r.PathValue("slug") == newPage,
		Body: string(body), Texts: string(texts), Problems: bad}
	page.Scripts = []string{"page.js"}
	if p.Title != "" {
		page.Title = p.Title
	}
	return x.Door.PageStatus(w, r, status, "structure-page", page)
}

func (x *Structure) savePage(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.findPage(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	p.Title = strings.TrimSpace(f.Get("title"))
	if r.PathValue("slug") == newPage {
		if p.Slug = f.Get("slug"); p.Slug == "" {
			p.Slug = lang.Slug(p.Title)
		}
	}
	if n, err := strconv.Atoi(f.Get("position")); err == nil {
		p.Position = min(max(n, 0), 100_000)
	}
	err = x.storePage(r, &p, f.Get("body"))
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.pageForm(w, r, http.StatusUnprocessableEntity, p, bad)
	}
	return back(w, r, "/pages", "saved")
}

// storePage checks what a form sent and stores it.
func (x *Structure) storePage(r *newsroom.Request, p *news.StaticPage, body string) error {
	d, err := doc.Parse([]byte(body))
	if err != nil {
		return err
	}
	p.Body = d
	if p.Title == "" || len(p.Title) > 200 {
		return fault.Input("title", "a page needs a title of at most 200 characters").Say("page_title")
	}
	now := *p
	now.Updated = r.Now
	return x.Site.SavePage(r.Context(), r.Actor, now)
}

func (x *Structure) dropPage(w http.ResponseWriter, r *newsroom.Request) error {
	if err := x.Site.DropPage(r.Context(), r.Actor, r.PathValue("slug")); err != nil {
		return err
	}
	return back(w, r, "/pages", "gone")
}
