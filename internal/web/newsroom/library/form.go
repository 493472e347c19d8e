package library

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// texts are the fields of words, in their order, and how many lines they get.
var texts = []struct {
	name  string
	lines int
	of    func(*media.Picture) string
	into  func(*media.Patch, *string)
}{
	{"caption", 3, func(p *media.Picture) string { return p.Caption }, func(q *media.Patch, v *string) { q.Caption = v }},
	{"credit", 1, func(p *media.Picture) string { return p.Credit }, func(q *media.Patch, v *string) { q.Credit = v }},
	{"alt", 2, func(p *media.Picture) string { return p.Alt }, func(q *media.Patch, v *string) { q.Alt = v }},
	{"people", 2, func(p *media.Picture) string { return strings.Join(p.People, "\n") }, func(q *media.Patch, v *string) {
		people := strings.Split(*v, "\n")
		q.People = &people
	}},
	{"source", 1, func(p *media.Picture) string { return p.Source }, func(q *media.Patch, v *string) { q.Source = v }},
	{"copyright", 1, func(p *media.Picture) string { return p.Copyright }, func(q *media.Patch, v *string) { q.Copyright = v }},
	{"rights", 2, func(p *media.Picture) string { return p.Rights }, func(q *media.Patch, v *string) { q.Rights = v }},
}

// formOf is the form of what is kept.
func formOf(p *media.Picture) url.Values {
	v := url.Values{"base": {p.Wording()}, "focal_x": {hundredths(p.FocalX)}, "focal_y": {hundredths(p.FocalY)}}
	for _, f := range texts {
		v.Set(f.name, f.of(p))
	}
	if p.AI {
		v.Set("ai", "1")
	}
	return v
}

func hundredths(v float64) string { return strconv.FormatFloat(v*100, 'f', 1, 64) }

// fill puts the values of a form into the page.
func (page *picturePage) fill(r *newsroom.Request, p *media.Picture, v url.Values) {
	page.Base, page.AI = p.Wording(), v.Get("ai") != ""
	page.FocalX, page.FocalY = v.Get("focal_x"), v.Get("focal_y")
	for _, f := range texts {
		fl := field{Name: f.name, Label: r.Words.T("library.field." + f.name), Hint: r.Words.T("library.hint." + f.name),
			Value: lines(v.Get(f.name)), Lines: f.lines, Disabled: !page.MayDescribe}
		if kept := f.of(p); kept != fl.Value && v.Get("base") != page.Base {
			fl.Now = kept
		}
		page.Fields = append(page.Fields, fl)
	}
}

// lines returns a text as it is kept: browsers send line ends of two bytes.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// fail shows what is wrong with a form, next to its field.
func (page *picturePage) fail(r *newsroom.Request, err error) {
	name, text := r.Sentence(err)
	if name == "focal_x" || name == "focal_y" {
		page.FocalError = text
		return
	}
	for i := range page.Fields {
		if page.Fields[i].Name == name {
			page.Fields[i].Error = text
			return
		}
	}
	page.Problem = text
}

// describe keeps what the form says.
func (x *Library) describe(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.load(r)
	if err != nil {
		return err
	}
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	patch, err := patchOf(v)
	if err == nil {
		_, err = x.Library.Describe(r.Context(), r.Actor, p.ID, patch)
	}
	if err == nil {
		return newsroom.SeeOther(w, r, pathOf(p.ID)+"?said=saved")
	}
	if !newsroom.Mendable(err) {
		return err
	}
	if p, err2 := x.Store.Picture(r.Context(), p.ID); err2 == nil { // as it is by now
		page, err2 := x.pageOf(r, &p)
		if err2 != nil {
			return err2
		}
		page.fill(r, &p, v)
		page.fail(r, err)
		return x.Door.PageStatus(w, r, web.Status(fault.KindOf(err)), "library-picture", page)
	}
	return err
}

// patchOf reads the form.
func patchOf(v url.Values) (media.Patch, error) {
	patch := media.Patch{Base: v.Get("base")}
	for _, f := range texts {
		if _, there := v[f.name]; there {
			text := lines(v.Get(f.name))
			f.into(&patch, &text)
		}
	}
	ai := v.Get("ai") != ""
	patch.AI = &ai
	for _, f := range []struct {
		name string
		to   **float64
	}{{"focal_x", &patch.FocalX}, {"focal_y", &patch.FocalY}} {
		text := strings.Replace(strings.TrimSpace(v.Get(f.name)), ",", ".", 1)
		if text == "" {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return patch, fault.Input(f.name, "%q is no number", text).Say("library_focal")
		}
		n /= 100
		*f.to = &n
	}
	return patch, nil
}

// deletePage asks whether a picture should really go.
type deletePage struct {
	newsroom.Shell
	ID   int64
	Name string
	Src  string
	Uses []use
}

// askDelete is the question on a page of its own, for browsers without script.
func (x *Library) askDelete(w http.ResponseWriter, r *newsroom.Request) error {
	return x.askWith(w, r, http.StatusOK)
}

func (x *Library) askWith(w http.ResponseWriter, r *newsroom.Request, status int) error {
	p, err := x.load(r)
	if err != nil {
		return err
	}
	if err := p.MayDelete(r.Actor); err != nil {
		return err
	}
	list, _, err := x.Library.Uses(r.Context(), p.ID, maxUses)
	if err != nil {
		return err
	}
	page := &deletePage{ID: p.ID, Name: p.Name, Src: media.PreviewPath(p.ID, media.Classic, 320, media.WebP)}
	page.Title, page.Active = r.Words.T("library.delete"), "pictures"
	if page.Uses, err = x.uses(r, list); err != nil {
		return err
	}
	return x.Door.PageStatus(w, r, status, "library-delete", page)
}

// delete removes a picture that nothing shows.
func (x *Library) delete(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	err = x.Library.Delete(r.Context(), r.Actor, id)
	if fault.Is(err, fault.Conflict) && !r.WantsJSON() {
		return x.askWith(w, r, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, picturesPath+"?said=deleted")
}
