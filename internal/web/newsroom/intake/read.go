package intake

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"warta/internal/extract"
	"warta/internal/fault"
	"warta/internal/ingest"
	"warta/internal/lang"
	"warta/internal/web/newsroom"
)

// Bounds on what is sent, and on how long a page is waited for.
const (
	maxText = 3 << 20  // bytes of a pasted page
	maxForm = 10 << 20 // bytes of a form: percent signs make a text longer
	within  = 25 * time.Second
)

// problems are what is wrong with a form, by field; "" is the whole of it.
type problems map[string]string

// formPage asks for a page.
type formPage struct {
	newsroom.Shell
	Address  string
	Text     string
	From     string
	Problems problems
	// Refused says why a page is no story; Lines is then how it was read.
	Refused string
}

func shell(r *newsroom.Request) newsroom.Shell {
	return newsroom.Shell{Active: "mine", Title: r.Words.T("intake.title")}
}

func (x *Room) form(w http.ResponseWriter, r *newsroom.Request) error {
	return x.Door.Page(w, r, "intake-form", &formPage{Shell: shell(r)})
}

// sent reads a form of this part.
func sent(w http.ResponseWriter, r *newsroom.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if ok := asMaxBytes(err, &big); ok {
			return nil, fault.New(fault.TooLarge, "the form has more than %d bytes", maxForm).Say("over_limit", "limit", lang.Size(maxText))
		}
		return nil, fault.New(fault.Invalid, "the form cannot be read: %w", err).Say("unreadable")
	}
	return r.PostForm, nil
}

// read recognises what was given and shows it.
func (x *Room) read(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	p := &formPage{Shell: shell(r), Address: strings.TrimSpace(f.Get("address")), Text: f.Get("text"), From: strings.TrimSpace(f.Get("from"))}
	page, err := x.recognise(r.Context(), p)
	switch {
	case err == nil && page.Kind == extract.Story:
		return x.show(w, r, page)
	case err == nil:
		p.Refused = r.Words.T("intake.kind." + string(page.Kind))
		return x.Door.PageStatus(w, r, http.StatusUnprocessableEntity, "intake-form", p)
	}
	field, text := "", ""
	switch kind := fault.KindOf(err); {
	case newsroom.Mendable(err), kind == fault.Unavailable, kind == fault.NotFound, kind == fault.Gone:
		field, text = sentence(r, err, p)
	default:
		return err
	}
	p.Problems = problems{field: text}
	return x.Door.PageStatus(w, r, http.StatusUnprocessableEntity, "intake-form", p)
}

// sentence says what is wrong with what was given, beside the field.
func sentence(r *newsroom.Request, err error, p *formPage) (field, text string) {
	field = "text"
	if p.Address != "" {
		field = "address"
	}
	if e := fault.Find(err); e != nil && e.Code != "" {
		_, text = r.Sentence(err)
		return field, text
	}
	key := "intake.fetch_failed"
	switch kind := fault.KindOf(err); {
	case field == "text" && kind == fault.TooLarge:
		return field, r.Words.T("problem.over_limit", lang.Args{"limit": lang.Size(maxText)})
	case field == "text":
		_, text = r.Sentence(err)
		return field, text
	case kind == fault.NotFound || kind == fault.Gone:
		key = "intake.not_there"
	case kind == fault.Invalid:
		key = "intake.bad_address"
	case kind == fault.TooLarge:
		key = "intake.page_large"
	}
	return field, r.Words.T(key)
}

// recognise reads the page at an address, or the text.
func (x *Room) recognise(ctx context.Context, p *formPage) (*extract.Page, error) {
	switch {
	case p.Address == "" && strings.TrimSpace(p.Text) == "":
		return nil, fault.Input("text", "nothing was given").Say("from_nothing")
	case len(p.Text) > maxText:
		return nil, fault.Input("text", "the text has %d bytes", len(p.Text)).Say("over_limit", "limit", lang.Size(maxText))
	case p.Address != "" && !ingest.IsPageAddress(p.Address):
		p.Address = "https://" + p.Address
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := x.busy.Acquire(ctx, 1); err != nil {
		return nil, fault.New(fault.Unavailable, "too many pages are being read").Say("from_busy")
	}
	defer x.busy.Release(1)
	if strings.TrimSpace(p.Text) != "" {
		from := p.From
		if from == "" {
			from = p.Address
		}
		return x.Pages.Text(p.Text, from)
	}
	page, err := x.Pages.Page(ctx, p.Address)
	if err != nil && ctx.Err() != nil && fault.Find(err) == nil {
		err = fault.New(fault.Unavailable, "the page took longer than %s", within)
	}
	return page, err
}
