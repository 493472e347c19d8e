package newsroom

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/ui"
)

// Pages are the templates of the newsroom, once for each language.
type Pages struct {
	sets map[lang.Code]*template.Template
}

// NewPages parses the built-in templates. It fails only if they are broken.
func NewPages(files *ui.Bundle) (*Pages, error) {
	p := &Pages{sets: map[lang.Code]*template.Template{}}
	for _, code := range lang.Codes() {
		set := template.New("").Funcs(funcs(files, code))
		for _, t := range files.RoomTemplates() {
			if _, err := set.New(t.Name).Parse(t.Text); err != nil {
				return nil, fault.New(fault.Internal, "parse %s: %w", t.Name, err)
			}
		}
		p.sets[code] = set
	}
	return p, nil
}

// funcs are what templates can call.
func funcs(files *ui.Bundle, code lang.Code) template.FuncMap {
	words := lang.For(code)
	return template.FuncMap{
		"t": func(key string, pairs ...any) (string, error) {
			if !words.Has(key) {
				return "", fmt.Errorf("the catalogues have no %q", key)
			}
			args := lang.Args{}
			for i := 0; i+1 < len(pairs); i += 2 {
				args[fmt.Sprint(pairs[i])] = pairs[i+1]
			}
			return words.T(key, args), nil
		},
		"code":  func() string { return string(code) },
		"asset": files.URL,
		"num":   func(n any) string { return number(code, n) },
		"size":  func(n int64) string { return lang.Size(n) },
		"icon":  icon,
		"dict":  dict,
		"join":  strings.Join,
	}
}

func number(code lang.Code, n any) string {
	switch v := n.(type) {
	case int:
		return lang.Number(code, int64(v))
	case int64:
		return lang.Number(code, v)
	}
	return fmt.Sprint(n)
}

// dict makes the argument of a partial template that needs several.
func dict(pairs ...any) (map[string]any, error) {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		k, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[k] = pairs[i+1]
	}
	return m, nil
}

// Shell is what stands around every page. A page's struct embeds it and sets
// Title; the door fills in the rest.
type Shell struct {
	Title   string
	Active  string   // the item of the navigation in which the page stands
	Scripts []string // assets beside room.js: "editor.js"
	// Bare leaves out the navigation: sign-in, previews.
	Bare bool
	// Wide lets the page use the whole width.
	Wide bool
	// Said is a sentence about what was just done.
	Said string

	Site    string
	User    account.User
	Nav     []NavGroup
	Unread  int
	Here    string // path and query of the page
	BaseURL string

	words *lang.Catalog
	code  lang.Code
	zone  *time.Location
	now   time.Time
	actor account.Actor
}

// Page is a page's struct: a pointer to something that embeds Shell.
type Page interface{ shell() *Shell }

func (s *Shell) shell() *Shell { return s }

// Can reports whether the reader holds a capability somewhere.
func (s *Shell) Can(c string) bool { return s.actor.CanSomewhere(account.Capability(c)) }

// When returns a time as lists print it: today's without the date.
func (s *Shell) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	y, m, d := t.In(s.zone).Date()
	ty, tm, td := s.now.In(s.zone).Date()
	if y == ty && m == tm && d == td {
		return lang.Clock(t, s.zone)
	}
	return lang.ShortDate(s.code, t, s.zone) + " " + lang.Clock(t, s.zone)
}

// Full returns a time with its date and zone.
func (s *Shell) Full(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return lang.DateTime(s.code, t, s.zone)
}

// Day returns the date in full.
func (s *Shell) Day(t time.Time) string { return lang.FullDate(s.code, t, s.zone) }

// Clock returns the time of day.
func (s *Shell) Clock(t time.Time) string { return lang.Clock(t, s.zone) }

// ISO returns a time for a datetime attribute.
func (s *Shell) ISO(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Local returns a time as an input of type datetime-local holds it, in the
// site's zone; empty for none.
func (s *Shell) Local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.zone).Format("2006-01-02T15:04")
}

// ZoneName returns the zone's short name.
func (s *Shell) ZoneName() string { return lang.ZoneName(s.now, s.zone) }

// Now returns the time at which the page was made.
func (s *Shell) Now() time.Time { return s.now }

// ParseLocal reads what an input of type datetime-local sent, in the site's
// zone; the zero time for an empty one.
func (r *Request) ParseLocal(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(form, text, r.Zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.Input(field, "%q is not a date and time", text).Say("bad_time")
}

// Page answers with a page: name is what its template defines.
func (d *Door) Page(w http.ResponseWriter, r *Request, name string, p Page) error {
	return d.page(w, r, http.StatusOK, name, p)
}

// PageStatus is Page with another status, for a form that has to be mended.
func (d *Door) PageStatus(w http.ResponseWriter, r *Request, status int, name string, p Page) error {
	return d.page(w, r, status, name, p)
}

func (d *Door) page(w http.ResponseWriter, r *Request, status int, name string, p Page) error {
	if err := d.dress(r, p.shell()); err != nil {
		return err
	}
	b, err := d.Print(r, name, p)
	if err != nil {
		return err
	}
	send(w, r.Request, status, b)
	return nil
}

// Print returns what a template prints; for parts of pages p needs no shell.
func (d *Door) Print(r *Request, name string, p any) ([]byte, error) {
	var b bytes.Buffer
	if err := d.p.Pages.sets[r.Lang].ExecuteTemplate(&b, name, p); err != nil {
		return nil, fault.New(fault.Internal, "print %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Fragment answers with a part of a page, for a script that puts it in. page
// may be a Page, whose shell is filled in then.
func (d *Door) Fragment(w http.ResponseWriter, r *Request, name string, page any) error {
	if p, ok := page.(Page); ok {
		if err := d.dress(r, p.shell()); err != nil {
			return err
		}
	}
	b, err := d.Print(r, name, page)
	if err != nil {
		return err
	}
	send(w, r.Request, http.StatusOK, b)
	return nil
}

// dress fills in the shell.
func (d *Door) dress(r *Request, s *Shell) error {
	s.Site, s.User, s.Here, s.BaseURL = r.Site.Name(), r.Session.User, r.URL.RequestURI(), d.p.BaseURL
	s.words, s.code, s.zone, s.now, s.actor = r.Words, r.Lang, r.Zone, r.Now, r.Actor
	if r.Actor.ID == 0 {
		s.Bare = true
		return nil
	}
	if s.Bare {
		return nil
	}
	s.Nav = navOf(r.Actor, s.Active)
	n, err := d.p.Store.UnreadNotices(r.Context(), r.Actor.ID)
	s.Unread = n
	return err
}

// compressFrom is the size in bytes from which a page is worth compressing.
const compressFrom = 2 << 10

func send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Encoding")
	if len(body) < compressFrom || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.WriteHeader(status)
		w.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := gzip.NewWriter(w)
	z.Write(body)
	z.Close()
}
