package sales

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/web/newsroom"
)

type creativePage struct {
	newsroom.Shell
	Item     ads.Item
	Creative ads.Creative
	Kinds    []Option
	Places   []Option
	State    string
	Acts     []Option
	Boxes    []box
	Narrow   *shown
	Wide     *shown
	Label    string
	Problems newsroom.Problems
}

// box says in pixels how large a picture for a place has to be.
type box struct {
	Place        string
	Narrow, Wide string
}

// shown is a picture in the preview.
type shown struct {
	Src  string
	W, H int
}

// findCreative returns the creative of the path with its line item; a new one of
// the line item that the query or the form names.
func (x *Room) findCreative(r *newsroom.Request, item string) (i ads.Item, c ads.Creative, err error) {
	id, err := r.IDOrNew("id")
	if err != nil {
		return i, c, err
	}
	c = ads.Creative{Placement: ads.Inline, Is: ads.Content{Kind: ads.Pictures, Weight: 1}}
	if id == 0 {
		c.ItemID, _ = strconv.ParseInt(item, 10, 64) // rubbish is no line item
	} else if c, err = x.Store.CreativeByID(r.Context(), id); err != nil {
		return i, c, err
	}
	order, err := x.Store.OrderOf(r.Context(), c.ItemID)
	if err != nil {
		return i, c, err
	}
	b, err := x.Store.Booking(r.Context(), order)
	if err != nil {
		return i, c, err
	}
	found, err := b.Item(c.ItemID)
	if err != nil {
		return i, c, err
	}
	return *found, c, nil
}

func (x *Room) creative(w http.ResponseWriter, r *newsroom.Request) error {
	i, c, err := x.findCreative(r, r.URL.Query().Get("item"))
	if err != nil {
		return err
	}
	return x.creativeForm(w, r, http.StatusOK, i, c, nil)
}

func (x *Room) creativeForm(w http.ResponseWriter, r *newsroom.Request, status int, i ads.Item, c ads.Creative, bad newsroom.Problems) error {
	p := &creativePage{Shell: shell(r, "ads", r.Words.T("sales.creative_new")), Item: i, Creative: c, Problems: bad,
		Kinds:  words(r, "creative", ads.CreativeKinds, func(k ads.CreativeKind) bool { return k == c.Is.Kind }),
		Places: words(r, "place", ads.Placements, func(p ads.Placement) bool { return p == c.Placement }),
		Label:  r.Words.T("ads.label")}
	if i.Terms.Kind == ads.House {
		p.Label = r.Words.T("ads.label_house", lang.Args{"name": r.Site.Name()})
	}
	for _, place := range ads.Placements {
		b := place.Box()
		p.Boxes = append(p.Boxes, box{r.Words.T("sales.place." + string(place)), pixels(b.Narrow), pixels(b.Wide)})
	}
	if c.ID != 0 {
		p.Title, p.State, p.Acts = r.Words.T("sales.creative_of", lang.Args{"name": i.Name}), r.Words.T("sales.state."+string(c.State)), acts(r, c.State)
	}
	list, err := x.Store.PicturesByID(r.Context(), []int64{c.Narrow, c.Wide})
	if err != nil {
		return err
	}
	for _, pic := range list {
		if c.ID == 0 {
			break
		}
		path := newsroom.Prefix + "/ads" + at("creatives", c.ID)
		if pic.ID == c.Narrow {
			p.Narrow = &shown{path + "/narrow", c.Placement.Box().Narrow.W, c.Placement.Box().Narrow.H}
		}
		if pic.ID == c.Wide {
			p.Wide = &shown{path + "/wide", c.Placement.Box().Wide.W, c.Placement.Box().Wide.H}
		}
	}
	return x.Door.PageStatus(w, r, status, "sales-creative", p)
}

func pixels(s ads.Size) string {
	if s.W == 0 {
		return "–"
	}
	return strconv.Itoa(s.W) + " × " + strconv.Itoa(s.H)
}

// Bounds on the form of a creative. Of a file that is too large the rest is read and
// forgotten, so that the words of the form are there to be mended.
const (
	maxForm  = 100_000_000
	maxField = 1 << 20
)

// file is one that came with a form; large: only its beginning is here.
type file struct {
	name  string
	text  []byte
	large bool
}

// parts reads a form with files.
func parts(w http.ResponseWriter, r *newsroom.Request) (url.Values, map[string]file, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	m, err := r.MultipartReader()
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "the form cannot be read: %w", err).Say("unreadable")
	}
	f, files := url.Values{}, map[string]file{}
	for {
		part, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return f, files, nil
		}
		most := int64(maxField)
		var text []byte
		if err == nil {
			if part.FileName() != "" {
				most = ads.MaxUpload
			}
			text, err = io.ReadAll(io.LimitReader(part, most+1))
		}
		var big *http.MaxBytesError
		switch {
		case errors.As(err, &big):
			return nil, nil, fault.New(fault.TooLarge, "the form has more than %d bytes", maxForm).Say("ads_file_large", "most", lang.Size(ads.MaxUpload))
		case err != nil:
			return nil, nil, fault.New(fault.Invalid, "the form broke off: %w", err).Say("broke_off")
		case part.FileName() != "":
			files[part.FormName()] = file{part.FileName(), text, int64(len(text)) > most}
		case len(f) < 100 && int64(len(text)) <= most:
			f.Add(part.FormName(), string(text))
		}
	}
}

func (x *Room) saveCreative(w http.ResponseWriter, r *newsroom.Request) error {
	f, files, err := parts(w, r)
	if err != nil {
		return err
	}
	i, c, err := x.findCreative(r, f.Get("item"))
	if err != nil {
		return err
	}
	c.Placement = ads.Placement(f.Get("placement"))
	c.Is = ads.Content{Kind: ads.CreativeKind(f.Get("kind")), Name: f.Get("name"), Link: strings.TrimSpace(f.Get("link")), Alt: strings.TrimSpace(f.Get("alt")),
		Headline: strings.TrimSpace(f.Get("headline")), Text: strings.TrimSpace(f.Get("text")), Sponsor: strings.TrimSpace(f.Get("sponsor")),
		HTML: f.Get("html"), Weight: int(whole(f, "weight"))}
	for _, field := range []struct {
		name string
		id   *int64
	}{{"narrow", &c.Narrow}, {"wide", &c.Wide}} {
		if id := whole(f, field.name+"_id"); id > 0 || f.Has(field.name+"_id") {
			*field.id = max(id, 0)
		}
		if err == nil {
			err = x.take(r, files[field.name], field.name, &c, field.id)
		}
	}
	saved := c
	if err == nil {
		saved, err = x.Sales.SaveCreative(r.Context(), r.Actor, c)
	}
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.creativeForm(w, r, http.StatusUnprocessableEntity, i, c, bad)
	}
	return back(w, r, at("creatives", saved.ID), "saved")
}

// take brings a file of the form into the library.
func (x *Room) take(r *newsroom.Request, in file, field string, c *ads.Creative, id *int64) error {
	switch {
	case len(in.text) == 0:
		return nil
	case in.large:
		return fault.Input(field, "%s has more than %d bytes", in.name, ads.MaxUpload).Say("ads_file_large", "most", lang.Size(ads.MaxUpload))
	case ads.Animated(in.text):
		return fault.Input(field, "%s is animated", in.name).Say("ads_animated")
	}
	p, _, err := x.Library.Add(r.Context(), r.Actor.String(), bytes.NewReader(in.text), media.Details{Name: in.name, Alt: c.Is.Alt,
		Credit: r.Words.T("sales.credit"), AddedBy: r.Actor.ID})
	if err != nil {
		if e := fault.Find(err); e != nil && e.Field == "" {
			e.Field = field
		}
		return err
	}
	*id = p.ID
	return nil
}

func (x *Room) setCreative(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	i, c, err := x.findCreative(r, "")
	if err != nil {
		return err
	}
	to := ads.State(f.Get("state"))
	rc, err := x.Sales.SetCreative(r.Context(), r.Actor, i.ID, c.ID, to)
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.creativeForm(w, r, http.StatusUnprocessableEntity, i, c, together(bad))
	}
	return back(w, r, at("creatives", c.ID), word(to, rc))
}

// picture answers with a picture of a creative, whether readers may see it or not:
// whoever sells may see what is sold, and nothing else of the library.
func (x *Room) picture(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	c, err := x.Store.CreativeByID(r.Context(), id)
	if err != nil {
		return err
	}
	of := map[string]int64{"narrow": c.Narrow, "wide": c.Wide}[r.PathValue("side")]
	list, err := x.Store.PicturesByID(r.Context(), []int64{of})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.New(fault.NotFound, "there is no such picture")
	}
	widths := list[0].Widths(media.Orig)
	out, err := x.Library.Open(r.Context(), list[0], media.Orig, widths[len(widths)-1], media.WebP)
	if err != nil {
		return err
	}
	defer out.Close()
	h := w.Header()
	h.Set("Content-Type", media.WebP.MIME())
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+out.ETag+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r.Request, "", time.Time{}, out)
	return nil
}

// frame is what an advertiser's page looks like, for its preview: nothing in it runs
// or is loaded, not even a network's script.
func (x *Room) frame(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	c, err := x.Store.CreativeByID(r.Context(), id)
	if err != nil {
		return err
	}
	if c.Is.Kind != ads.HTML {
		return fault.New(fault.NotFound, "there is nothing to show")
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, "<!doctype html><meta charset=utf-8><style>html,body{margin:0;overflow:hidden}</style>"+c.Is.HTML)
	return nil
}
