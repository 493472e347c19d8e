package newsroom

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/web"
)

// JSON writes v as the answer.
func JSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err = w.Write(b)
	if err != nil {
		return nil // whoever asked is gone
	}
	return nil
}

// Decode reads the body of a request as JSON into v. limit is in bytes; more is
// TooLarge, unknown fields and rubbish are Invalid.
func Decode(w http.ResponseWriter, r *Request, v any, limit int64) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return bodyFault(err)
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fault.New(fault.Invalid, "the request is not the JSON that is expected: %w", err).Say("unreadable")
	}
	return nil
}

// bodyFault classifies what went wrong with reading a body.
func bodyFault(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return fault.New(fault.TooLarge, "the request has more than %d bytes", big.Limit).
			Say("over_limit", "limit", lang.Size(big.Limit))
	}
	return fault.New(fault.Invalid, "the request broke off: %w", err).Say("broke_off")
}

// maxForm bounds an ordinary form, in bytes.
const maxForm = 1 << 20

// Form reads the values of a form, uploads apart.
func Form(w http.ResponseWriter, r *Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, bodyFault(err)
	}
	return r.PostForm, nil
}

// ID returns the number in the path's {name}, NotFound for anything else.
func (r *Request) ID(name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id < 1 {
		return 0, fault.New(fault.NotFound, "there is no page at this address")
	}
	return id, nil
}

// IDOrNew is ID for the pages of things that may not be there yet: "new" is 0.
func (r *Request) IDOrNew(name string) (int64, error) {
	if r.PathValue(name) == "new" {
		return 0, nil
	}
	return r.ID(name)
}

// Problems are what is wrong with a form, by field; "" is the whole of it.
type Problems map[string]string

// Mend returns what the page of a form shows, or the error itself if nobody can
// mend it there.
func (r *Request) Mend(err error) (Problems, error) {
	if !Mendable(err) {
		return nil, err
	}
	field, text := r.Sentence(err)
	return Problems{field: text}, nil
}

// WantsJSON reports whether the sender is a script.
func (r *Request) WantsJSON() bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json") ||
		strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// Sentence returns what an error says in the reader's language, and the field
// that it is about, empty for the whole.
func (r *Request) Sentence(err error) (field, text string) {
	f := fault.Find(err)
	if f == nil {
		return "", r.Words.T("problem.internal")
	}
	if f.Code != "" && r.Words.Has("problem."+f.Code) {
		return f.Field, r.Words.T("problem."+f.Code, r.args(f.Args))
	}
	return f.Field, r.Words.T("problem." + strings.ReplaceAll(f.Kind.String(), " ", "_"))
}

// args are the values of a sentence; times are those of the site's clocks.
func (r *Request) args(in map[string]any) lang.Args {
	out := make(lang.Args, len(in))
	for name, v := range in {
		if at, ok := v.(time.Time); ok {
			v = lang.DateTime(r.Lang, at, r.Zone)
		}
		out[name] = v
	}
	return out
}

// Mendable reports whether an error is one that the sender of a form can mend,
// so that the page with the form is the right answer, not the error page.
func Mendable(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.Limited, fault.TooLarge:
		return fault.Find(err) != nil
	}
	return false
}

// problem is what a script is told of an error.
type problem struct {
	Kind    string `json:"kind"`
	Code    string `json:"code,omitempty"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
	ID      string `json:"id,omitempty"` // to quote to the operator
}

// problemPage is the page of an error.
type problemPage struct {
	Shell
	Status  int
	Message string
	ID      string
	Confirm string // where to prove who it is; empty: not needed
	Story   string // the story that it is about, if one can go on there
	SignIn  string
}

// fail answers an error. It is logged here, once, if it is ours.
func (d *Door) fail(w http.ResponseWriter, r *Request, err error) {
	if r.Context().Err() != nil {
		// Nobody is there to read it. Should somebody be, it was not done.
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	plain := (r.Method == http.MethodGet || r.Method == http.MethodHead) && !r.WantsJSON()
	here := url.QueryEscape(r.URL.RequestURI())
	var page problemPage
	switch {
	case errors.As(err, &limited{}):
		if plain {
			http.Redirect(w, r.Request, Prefix+"/me?needed=1", http.StatusSeeOther)
			return
		}
		err = fault.New(fault.Forbidden, "a second factor is missing").Say("second_factor")
	case errors.As(err, &unconfirmed{}):
		page.Confirm = Confirm + "?next=" + here
		if plain {
			http.Redirect(w, r.Request, page.Confirm, http.StatusSeeOther)
			return
		}
		page.Confirm = Confirm + "?next=" + url.QueryEscape(Prefix)
		err = fault.New(fault.Forbidden, "the identity has to be confirmed again").Say("confirm")
	case fault.Is(err, fault.Unauthenticated):
		page.SignIn = SignIn
		if plain {
			http.Redirect(w, r.Request, SignIn+"?next="+here, http.StatusSeeOther)
			return
		}
	}
	page.Status = web.Status(fault.KindOf(err))
	if errors.Is(err, context.DeadlineExceeded) {
		page.Status = http.StatusServiceUnavailable
	}
	if page.Status >= 500 {
		page.ID = rand.Text()[:10]
		w.Header().Set("Warta-Request", page.ID)
		d.p.Log.Error("newsroom request failed", "id", page.ID, "method", r.Method, "path", r.URL.Path, "status", page.Status, "err", err)
	}
	if f := fault.Find(err); f != nil {
		web.RetryAfter(w.Header(), f.RetryAfter)
	}
	field, text := r.Sentence(err)
	if r.WantsJSON() {
		p := problem{Kind: fault.KindOf(err).String(), Field: field, Message: text, ID: page.ID}
		if f := fault.Find(err); f != nil {
			p.Code = f.Code
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(page.Status)
		json.NewEncoder(w).Encode(map[string]problem{"error": p})
		return
	}
	if id := r.PathValue("id"); page.Status == http.StatusConflict && strings.HasPrefix(r.URL.Path, Prefix+"/stories/"+id) {
		page.Story = Prefix + "/stories/" + id
	}
	page.Title, page.Message = r.Words.T("room.problem"), text
	if e := d.page(w, r, page.Status, "problem", &page); e != nil {
		d.p.Log.Error("newsroom error page failed", "err", e)
		http.Error(w, text, page.Status)
	}
}

// SeeOther ends a form's request: the browser asks for the page at path.
func SeeOther(w http.ResponseWriter, r *Request, path string) error {
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}
