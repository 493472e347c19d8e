package reader

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/render"
)

// What a reader keeps: saved stories, and what he follows.

const (
	// maxAsked bounds how many things a page asks about; none shows more.
	maxAsked = 40
	// maxHere bounds how many stories a browser keeps without an account.
	maxHere = 100
	// shelfSize is how many stories a page of a list shows.
	shelfSize = 24
)

// itemsOf reads items with commas between them, at most so many. What is none is
// passed over.
func itemsOf(text string, most int) (out []member.Item) {
	for part := range strings.SplitSeq(text, ",") {
		if len(out) == most {
			break
		}
		if i, err := member.ParseItem(part); err == nil && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// position reads where a page of a list begins; the zero Cursor is the start.
func position(r *request) news.Cursor {
	ms, number, _ := strings.Cut(r.URL.Query().Get("after"), "-")
	at, err1 := strconv.ParseInt(ms, 10, 64)
	id, err2 := strconv.ParseInt(number, 10, 64)
	if err1 != nil || err2 != nil || at <= 0 || id <= 0 {
		return news.Cursor{}
	}
	return news.Cursor{At: time.UnixMilli(at).UTC(), ID: id}
}

// older returns the address of the page behind the last story of one.
func older(path string, list []news.Shown, more bool) string {
	if !more || len(list) == 0 {
		return ""
	}
	c := list[len(list)-1].Cursor()
	return with(path, "after", strconv.FormatInt(c.At.UnixMilli(), 10)+"-"+strconv.FormatInt(c.ID, 10))
}

// savedPage lists what a reader saved. Of somebody who is not signed in the
// browser keeps it, and names it in the address ("of"): what he reads are the
// headlines of now, and nothing that was taken away.
func (x *Reader) savedPage(w http.ResponseWriter, r *request) error {
	p := &render.SavedPage{Here: !r.in(), First: true}
	p.Next = "/account/saved"
	list, more, err := x.saved(r, p)
	if err != nil {
		return err
	}
	p.Older = older("/account/saved", list, more)
	if p.Items, err = x.Pages.Shelf(r.Context(), list); err != nil {
		return err
	}
	return x.show(w, r, p)
}

func (x *Reader) saved(r *request, p *render.SavedPage) ([]news.Shown, bool, error) {
	if r.in() {
		after := position(r)
		p.First = after.ID == 0
		return x.Store.Saved(r.Context(), r.session.Member.ID, after, shelfSize)
	}
	var ids []int64
	for _, i := range itemsOf(r.URL.Query().Get("of"), maxHere) {
		if !i.Follows() {
			ids = append(ids, i.ID)
		}
	}
	cards, err := x.Store.Cards(r.Context(), ids)
	var list []news.Shown
	for _, c := range cards {
		list = append(list, news.Shown{Card: c})
	}
	return list, false, err
}

// followingPage lists the stories of what the reader follows.
func (x *Reader) followingPage(w http.ResponseWriter, r *request) error {
	after := position(r)
	list, more, err := x.Store.Followed(r.Context(), r.session.Member.ID, after, shelfSize)
	if err != nil {
		return err
	}
	p := &render.FollowingPage{Older: older("/account/following", list, more), First: after.ID == 0}
	if p.Items, err = x.Pages.Shelf(r.Context(), list); err != nil {
		return err
	}
	if len(list) == 0 && p.First {
		follows, err := x.follows(r)
		if err != nil {
			return err
		}
		p.None = len(follows) == 0
	}
	return x.show(w, r, p)
}

// follows returns what the reader follows, by kind and number.
func (x *Reader) follows(r *request) ([]member.Shelved, error) {
	last := member.Item{Kind: member.Save, ID: 1<<63 - 1}
	return x.Store.Shelf(r.Context(), r.session.Member.ID, last, member.MaxFollowed)
}

// followsPage lists what is followed, to give it up.
func (x *Reader) followsPage(w http.ResponseWriter, r *request) error {
	list, err := x.follows(r)
	if err != nil {
		return err
	}
	p := &render.FollowsPage{Most: member.MaxFollowed}
	if p.Items, err = x.Pages.Names(r.Context(), list); err != nil {
		return err
	}
	return x.show(w, r, p)
}

// newShelf returns the page about one thing; NotFound if readers cannot see it.
func (x *Reader) newShelf(r *request, i member.Item) (*render.ShelfPage, error) {
	named, err := x.Pages.Names(r.Context(), []member.Shelved{{Item: i}})
	if err != nil {
		return nil, err
	}
	if len(named) == 0 {
		return nil, fault.New(fault.NotFound, "there is no %s", i).Say("no_item")
	}
	there, err := x.Members.OnShelf(r.Context(), r.session.Member.ID, []member.Item{i})
	if err != nil {
		return nil, err
	}
	p := &render.ShelfPage{Item: named[0], Save: !i.Follows(), On: len(there) > 0}
	p.Heading, p.Next = named[0].Name.Text, cmp.Or(x.next(r), named[0].Name.URL)
	if path, _, _ := strings.Cut(p.Next, "?"); path == shelf {
		p.Next = named[0].Name.URL
	}
	return p, nil
}

// shelfPage is where the links "save" and "follow" lead without script: it says
// whether the thing is kept, and has a form to change that. Nothing is kept by
// a link alone, since anybody could make others follow it.
func (x *Reader) shelfPage(w http.ResponseWriter, r *request) error {
	i, err := member.ParseItem(r.URL.Query().Get("item"))
	if err != nil {
		return fault.New(fault.NotFound, "there is no such thing: %w", err).Say("no_item")
	}
	p, err := x.newShelf(r, i)
	if err != nil {
		return err
	}
	return x.show(w, r, p)
}

// shelve keeps things, or gives them up: one that a form names, or several that
// a script does.
func (x *Reader) shelve(w http.ResponseWriter, r *request) error {
	if asJSON(r) {
		return x.shelveAll(w, r)
	}
	v, err := form(w, r)
	if err != nil {
		return err
	}
	i, err := member.ParseItem(v.Get("item"))
	if err != nil {
		return err
	}
	word := "put"
	if v.Get("drop") != "" {
		word, err = "dropped", x.Members.Unshelve(r.Context(), r.session.Member.ID, []member.Item{i})
	} else {
		err = x.Members.Put(r.Context(), r.session.Member.ID, i)
	}
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return err
		}
		p, e := x.newShelf(r, i)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, p)
	}
	if list := v.Get("list"); slices.Contains([]string{"/account/saved", "/account/follows"}, list) {
		return seeOther(w, r, list+"?said="+word)
	}
	return seeOther(w, r, with(shelf, "item", i.String(), "next", x.next(r)))
}

// keptJSON is what a script brings: things with their age in milliseconds, and
// such as are to be given up.
type keptJSON struct {
	Put []struct {
		Item string `json:"item"`
		Age  int64  `json:"age"`
	} `json:"put"`
	Drop []string `json:"drop"`
}

// putJSON answers it: what had no room stays with the browser, and the sentence
// says so.
type putJSON struct {
	Full    []string `json:"full"`
	Message string   `json:"message,omitempty"`
}

func (x *Reader) shelveAll(w http.ResponseWriter, r *request) error {
	var in keptJSON
	if err := decode(w, r, &in); err != nil {
		return refuse(w, r, err)
	}
	id := r.session.Member.ID
	var list []member.Kept
	for _, k := range in.Put {
		if i, err := member.ParseItem(k.Item); err == nil {
			age := time.Duration(min(max(k.Age, 0), 1<<40)) * time.Millisecond
			list = append(list, member.Kept{Item: i, Age: age})
		}
	}
	put, err := x.Members.Shelve(r.Context(), id, list)
	if err != nil {
		return refuse(w, r, err)
	}
	if err := x.Members.Unshelve(r.Context(), id, itemsOf(strings.Join(in.Drop, ","), member.MaxItems)); err != nil {
		return refuse(w, r, err)
	}
	out := putJSON{Full: []string{}}
	for _, i := range put.Full {
		out.Full = append(out.Full, i.String())
	}
	if len(put.Full) > 0 {
		if f := fault.Find(member.Full(put.Full[0])); f != nil {
			out.Message = r.words().T("problem."+f.Code, lang.Args(f.Args))
		}
	}
	return answer(w, out)
}
