package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// bulkWork is what can be done to many stories at once, and who may somewhere.
var bulkWork = []struct {
	name string
	need account.Capability
	asks bool // it needs a word first
}{
	{"approve", account.Approve, false},
	{"publish", account.Publish, false},
	{"assign", account.WriteOwn, true},
	{"send_back", account.Approve, true},
}

func bulkOf(a account.Actor) (names []string) {
	for _, b := range bulkWork {
		if a.CanSomewhere(b.need) {
			names = append(names, b.name)
		}
	}
	return names
}

// bulkPage asks for what bulk work needs.
type bulkPage struct {
	newsroom.Shell
	form
	Do              string
	IDs             []int64
	Users, Sections []option
	Back            string
}

// failure is a story with which bulk work did not succeed.
type failure struct {
	ID       int64  `json:"id"`
	Headline string `json:"headline"`
	Message  string `json:"message"`
}

// bulkDone says what became of bulk work.
type bulkDone struct {
	newsroom.Shell
	Do       string
	Sentence string
	Failed   []failure
	Back     string
}

// bulk does one thing to many stories. Those with which it does not succeed are
// named, each with its reason; the others are done.
func (x *Room) bulk(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	do, ids := f.Get("do"), chosen(f["id"])
	i := slices.IndexFunc(bulkWork, func(b struct {
		name string
		need account.Capability
		asks bool
	}) bool {
		return b.name == do
	})
	switch {
	case i < 0:
		return fault.Input("do", "%q is nothing that can be done to many stories", do).Say("unreadable")
	case len(ids) == 0:
		return fault.Input("id", "no story is chosen").Say("desk_none")
	case len(ids) > news.MaxBatch:
		return fault.New(fault.TooLarge, "at most %d stories at once", news.MaxBatch).Say("desk_stories_many", "most", news.MaxBatch)
	}
	if err := r.Actor.RequireSomewhere(bulkWork[i].need); err != nil {
		return err
	}
	back := newsroom.Prefix + "/board"
	if f.Get("next") != "" {
		back = newsroom.Next(r.Request)
	}
	if bulkWork[i].asks && !r.WantsJSON() && (f.Get("asked") == "" || do == "send_back" && f.Get("note") == "") {
		return x.askBulk(w, r, do, ids, f, back)
	}
	good, failed, rc := x.each(r, do, ids, f)
	said := r.Words.T("desk.bulk.done."+do, lang.Args{"n": good})
	if r.WantsJSON() {
		return newsroom.JSON(w, map[string]any{"done": good, "failed": failed, "said": said, "pending": rc.Pending})
	}
	if len(failed) == 0 && len(rc.Pending) == 0 {
		return newsroom.SeeOther(w, r, saying(back, "bulk_"+do, good))
	}
	page := &bulkDone{Shell: newsroom.Shell{Title: r.Words.T("desk.do." + do), Active: "board"}, Do: do, Failed: failed, Back: back, Sentence: said}
	if len(failed) > 0 {
		page.Sentence += " " + r.Words.T("desk.bulk.failed", lang.Args{"n": len(failed)})
	}
	if len(rc.Pending) > 0 {
		page.Sentence += " " + r.Words.T("desk.pending")
	}
	return x.d.Page(w, r, "desk-bulk-done", page)
}

// chosen reads the numbers of stories, each once, in their order.
func chosen(texts []string) (ids []int64) {
	for _, s := range texts {
		if id := number(s); id > 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (x *Room) askBulk(w http.ResponseWriter, r *newsroom.Request, do string, ids []int64, f url.Values, back string) (err error) {
	p := &bulkPage{Shell: newsroom.Shell{Title: r.Words.T("desk.do." + do), Active: "board"}, form: form{values: f}, Do: do, IDs: ids, Back: back}
	if do == "assign" {
		if p.Users, p.Sections, err = x.handing(r, f); err != nil {
			return err
		}
	}
	if f.Get("asked") == "" {
		return x.d.Page(w, r, "desk-bulk", p)
	}
	e := fault.Input("note", "a note is needed").Say("note_needed")
	p.fail(r, []string{"note"}, e)
	return x.d.PageStatus(w, r, web.Status(e.Kind), "desk-bulk", p)
}

// each runs the work. Publishing tries all in one change first, so that readers
// get them together; only if that fails one by one, to find out which ones.
func (x *Room) each(r *newsroom.Request, do string, ids []int64, f url.Values) (good int, failed []failure, rc news.Receipt) {
	ctx, desk := r.Context(), x.p.Desk
	if do == "publish" {
		all, err := desk.Release(ctx, r.Actor, news.ReleaseRequest{IDs: ids})
		if err == nil {
			return len(ids), nil, all
		}
	}
	for _, id := range ids {
		var err error
		switch do {
		case "approve":
			err = desk.Approve(ctx, r.Actor, id, "")
		case "publish":
			var one news.Receipt
			one, err = desk.Release(ctx, r.Actor, news.ReleaseRequest{IDs: []int64{id}})
			rc.Pending = append(rc.Pending, one.Pending...)
		case "assign":
			_, err = assign(x, r, id, f)
		case "send_back":
			err = desk.SendBack(ctx, r.Actor, id, f.Get("note"))
		}
		if err == nil {
			good++
			continue
		}
		_, text := r.Sentence(err)
		failed = append(failed, failure{id, x.nameOf(ctx, r, id), text})
	}
	return good, failed, rc
}

// nameOf returns a story's headline for whoever may read it.
func (x *Room) nameOf(ctx context.Context, r *newsroom.Request, id int64) string {
	st, err := x.p.Desk.Draft(ctx, r.Actor, id)
	if err != nil {
		return r.Words.T("desk.untitled", lang.Args{"id": plain(id)})
	}
	return headlineOf(r, &st)
}
