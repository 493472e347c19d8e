package entry

import (
	"net/http"
	"net/url"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// form is what a page with a form shows again when something was wrong with it.
type form struct {
	values url.Values
	field  string
	text   string
	known  map[string]bool // the fields that show their own error
}

// Val returns what was typed into a field.
func (f *form) Val(name string) string { return f.values.Get(name) }

// Err returns the sentence about a field, empty for none.
func (f *form) Err(name string) string {
	if f.field == name {
		return f.text
	}
	return ""
}

// Whole returns the sentence that is about no field of the page.
func (f *form) Whole() string {
	if f.field == "" || !f.known[f.field] {
		return f.text
	}
	return ""
}

// fields says which fields show their own error.
func fields(names ...string) form {
	f := form{values: url.Values{}, known: map[string]bool{}}
	for _, n := range names {
		f.known[n] = true
	}
	return f
}

// set fills a field in before anybody typed.
func (f *form) set(name, value string) { f.values.Set(name, value) }

// mend shows the page with the form again if the sender can mend what was
// wrong; any other error is returned.
func (x *Entry) mend(w http.ResponseWriter, r *newsroom.Request, err error, f *form, name string, page newsroom.Page) error {
	kind := fault.KindOf(err)
	if !newsroom.Mendable(err) && (kind != fault.Unauthenticated && kind != fault.Forbidden || fault.Find(err).Code == "") {
		return err
	}
	f.values = r.PostForm
	f.field, f.text = r.Sentence(err)
	web.RetryAfter(w.Header(), fault.Find(err).RetryAfter)
	return x.Door.PageStatus(w, r, web.Status(kind), name, page)
}

// said returns the sentence for the word in ?said=, which is one of words.
func said(r *newsroom.Request, words ...string) string {
	for _, w := range words {
		if r.URL.Query().Get("said") == w {
			return r.Words.T("entry.said." + w)
		}
	}
	return ""
}

// sectionChoice is one line of a list of sections.
type sectionChoice struct {
	ID    int64
	Name  string
	Depth int
}

// Label returns the name, set in by what stands above it.
func (s sectionChoice) Label() string {
	const dashes = "– – – – – – "
	return dashes[:min(s.Depth, 6)*len("– ")] + s.Name
}

// choices returns all sections in the order of the tree.
func choices(t *news.Tree) (list []sectionChoice) {
	for _, s := range t.All() {
		list = append(list, sectionChoice{s.ID, s.Name, len(t.Ancestry(s.ID)) - 1})
	}
	return list
}
