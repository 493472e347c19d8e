package library

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/web/newsroom"
)

// noTime keeps http.ServeContent from sending a date.
var noTime time.Time

func noPicture() error { return fault.New(fault.NotFound, "there is no picture at this address") }

// perPage and perFind are how many pictures a page and the picker show at once.
const (
	perPage = 48
	perFind = 24
)

// The filters that are on or off, as they stand in addresses.
var switches = []struct {
	name string
	on   func(*media.Search, *newsroom.Request)
}{
	{"uncredited", func(s *media.Search, _ *newsroom.Request) { s.Uncredited = true }},
	{"ai", func(s *media.Search, _ *newsroom.Request) { s.AI = true }},
	{"unused", func(s *media.Search, _ *newsroom.Request) { s.Unused = true }},
	{"mine", func(s *media.Search, r *newsroom.Request) { s.AddedBy = r.Actor.ID }},
}

// search reads a search out of an address. What makes no sense is left out.
func search(r *newsroom.Request, q url.Values) media.Search {
	f := media.Search{Text: strings.TrimSpace(q.Get("q"))}
	for _, s := range switches {
		if q.Get(s.name) != "" {
			s.on(&f, r)
		}
	}
	if t, err := time.ParseInLocation(time.DateOnly, q.Get("from"), r.Zone); err == nil {
		f.From = t
	}
	if t, err := time.ParseInLocation(time.DateOnly, q.Get("to"), r.Zone); err == nil {
		f.To = t.AddDate(0, 0, 1) // with the whole day
	}
	if n, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		f.After = media.Cursor(n)
	}
	return f
}

// word is a filter as a word: what is on, and the address without it; or what
// is not, and the address with it.
type word struct{ Text, Path string }

// pair is a hidden field.
type pair struct{ Name, Value string }

// card is a picture in the list.
type card struct {
	ID            int64
	Path          string
	Src, Wide     string // at one dot a pixel and at two
	Width, Height int
	Tone          int
	Title         string // caption, else the file's name
	Credit        string
	AI            bool
}

func cardOf(p *media.Picture) card {
	c := card{ID: p.ID, Path: pathOf(p.ID), Tone: p.Tone, Title: p.Caption, Credit: p.Credit, AI: p.AI,
		Src:  media.PreviewPath(p.ID, media.Classic, 320, media.WebP),
		Wide: media.PreviewPath(p.ID, media.Classic, 480, media.WebP)}
	c.Width, c.Height = p.RenditionSize(media.Classic, 320)
	if c.Title == "" {
		c.Title = p.Name
	}
	return c
}

func pathOf(id int64) string { return picturesPath + "/" + strconv.FormatInt(id, 10) }

// failed is a file of a form that was not taken.
type failed struct{ Name, Text string }

// listPage is the page of the library.
type listPage struct {
	newsroom.Shell
	Query    string
	From, To string
	Keep     []pair // hidden fields that keep the filters
	On, Off  []word
	Cards    []card
	Next     string
	Filtered bool
	Bulk     bool   // a page after the first
	Words    string // JSON for the script
	Failed   []failed
}

// list shows the library.
func (x *Library) list(w http.ResponseWriter, r *newsroom.Request) error {
	return x.listWith(w, r, http.StatusOK, nil)
}

// listWith is list with the files that were not taken.
func (x *Library) listWith(w http.ResponseWriter, r *newsroom.Request, status int, no []failed) error {
	q := url.Values{}
	if status == http.StatusOK {
		q = r.URL.Query()
	}
	f := search(r, q)
	f.Limit = perPage
	list, next, more, err := x.Store.FindPictures(r.Context(), f)
	if err != nil {
		return err
	}
	texts, err := scriptWords(r)
	if err != nil {
		return err
	}
	p := &listPage{Query: f.Text, From: q.Get("from"), To: q.Get("to"), Words: texts, Failed: no, Bulk: f.After != 0}
	p.Title, p.Active, p.Wide, p.Scripts = r.Words.T("library.title"), "pictures", true, []string{"library.js"}
	if n, err := strconv.Atoi(q.Get("added")); err == nil && n > 0 {
		p.Said = r.Words.T("library.added", lang.Args{"n": n})
	}
	if q.Get("said") == "deleted" {
		p.Said = r.Words.T("library.deleted")
	}
	for _, gone := range []string{"added", "said"} {
		q.Del(gone)
	}
	p.filters(r, q)
	for i := range list {
		p.Cards = append(p.Cards, cardOf(&list[i]))
	}
	if more {
		p.Next = picturesPath + with(q, "after", strconv.FormatInt(int64(next), 10))
	}
	return x.Door.PageStatus(w, r, status, "library-list", p)
}

// scriptWords are the sentences that the script fills in, as JSON.
func scriptWords(r *newsroom.Request) (string, error) {
	b, err := json.Marshal(r.Words.Texts("library.js."))
	return string(b), err
}

// filters puts the filters of an address into words.
func (p *listPage) filters(r *newsroom.Request, q url.Values) {
	q.Del("after")
	if p.Query != "" {
		p.On = append(p.On, word{"“" + p.Query + "”", picturesPath + without(q, "q")})
	}
	for _, s := range switches {
		text := r.Words.T("library.filter." + s.name)
		if q.Get(s.name) != "" {
			p.On = append(p.On, word{text, picturesPath + without(q, s.name)})
			p.Keep = append(p.Keep, pair{s.name, q.Get(s.name)})
		} else {
			p.Off = append(p.Off, word{text, picturesPath + with(q, s.name, "1")})
		}
	}
	for _, day := range []string{"from", "to"} {
		if t, err := time.ParseInLocation(time.DateOnly, q.Get(day), r.Zone); err == nil {
			p.On = append(p.On, word{r.Words.T("library.filter."+day, lang.Args{"day": lang.LongDate(r.Lang, t, r.Zone)}), picturesPath + without(q, day)})
		}
	}
	p.Filtered = len(p.On) > 0
}

// with and without return a query with one value more or less.
func with(q url.Values, name, value string) string {
	c := clone(q)
	c.Set(name, value)
	return "?" + c.Encode()
}

func without(q url.Values, name string) string {
	c := clone(q)
	c.Del(name)
	if len(c) == 0 {
		return ""
	}
	return "?" + c.Encode()
}

func clone(q url.Values) url.Values {
	c := url.Values{}
	for k, v := range q {
		if len(v) > 0 && v[0] != "" {
			c.Set(k, v[0])
		}
	}
	return c
}

// nextHeader tells a script where the list goes on.
const nextHeader = "Warta-Next"

// maxIDs is how many pictures a script may ask for by id.
const maxIDs = 100

// find answers the editor's picker: by words and filters as the list, or by ids.
func (x *Library) find(w http.ResponseWriter, r *newsroom.Request) error {
	q := r.URL.Query()
	var list []media.Picture
	var err error
	if given := q.Get("ids"); given != "" {
		var ids []int64
		for s := range strings.SplitSeq(given, ",") {
			id, err := strconv.ParseInt(s, 10, 64)
			if err != nil || len(ids) == maxIDs {
				return fault.Input("ids", "ids are at most %d numbers with commas between them", maxIDs).Say("unreadable")
			}
			ids = append(ids, id)
		}
		list, err = x.Store.PicturesByID(r.Context(), ids)
	} else {
		f := search(r, q)
		f.Limit = perFind
		var next media.Cursor
		var more bool
		if list, next, more, err = x.Store.FindPictures(r.Context(), f); more {
			w.Header().Set(nextHeader, strconv.FormatInt(int64(next), 10))
		}
	}
	if err != nil {
		return err
	}
	out := make([]shown, len(list))
	for i := range list {
		out[i] = showing(list[i])
	}
	return newsroom.JSON(w, out)
}
