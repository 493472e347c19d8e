package desk

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// partHeader asks for the part of a page that changes while it is looked at.
const partHeader = "Warta-Part"

// home leads to where somebody's work is.
func (x *Room) home(w http.ResponseWriter, r *newsroom.Request) error {
	for _, to := range []struct {
		need account.Capability
		path string
	}{{account.ReadAny, "/board"}, {account.WriteOwn, "/mine"}, {account.Enter, "/me"}} {
		if r.Actor.CanSomewhere(to.need) {
			return newsroom.SeeOther(w, r, newsroom.Prefix+to.path)
		}
	}
	return fault.New(fault.Forbidden, "nothing of the newsroom is open to this role").Say("may_not")
}

// option is a line of a select.
type option struct {
	ID     int64
	Name   string
	Chosen bool
}

// tab chooses a column on a phone and in the table.
type tab struct {
	Word, Path, Count string
	Current           bool
}

// column is one column of the board.
type column struct {
	Name    news.Column
	Count   string
	Cards   []card
	Current bool
	More    string // the address that shows more of it
	Longer  bool   // that address is this board
}

// pair is a hidden field.
type pair struct{ Name, Value string }

// key is a line of the list of keys.
type key struct {
	Name string
	Keys []string
}

// boardPage is the desk board.
type boardPage struct {
	newsroom.Shell
	Filter      filter
	FilterError string
	Chips       []chip
	Unfiltered  string
	Kept        []pair // what the form of the filter does not ask for
	Sections    []option
	Users       []option
	Table       bool
	OtherView   string
	Self        string
	Seq         int64  // of the work as it is shown
	Words       string // JSON, for the script
	Bulk        []string
	Keys        []key
	Tabs        []tab
	Columns     []column
	Nothing     bool
	Rows        []card
	MoreRows    string
}

// keys of the board. Their meaning is in the catalogues.
var keys = []key{
	{"move", []string{"j", "k", "↓", "↑"}}, {"column", []string{"h", "l", "←", "→"}}, {"open", []string{"Enter"}},
	{"select", []string{"x"}}, {"submit", []string{"u"}}, {"approve", []string{"a"}}, {"send_back", []string{"b"}}, {"schedule", []string{"s"}},
	{"publish", []string{"p"}}, {"assign", []string{"t"}}, {"search", []string{"/"}}, {"new", []string{"n"}},
	{"clear", []string{"Esc"}}, {"help", []string{"?"}},
}

func (x *Room) board(w http.ResponseWriter, r *newsroom.Request) error {
	ctx := r.Context()
	tree, err := x.p.Names.Sections(ctx)
	if err != nil {
		return err
	}
	seq, err := x.p.Work.WorkSeq(ctx) // before the cards: what changes meanwhile is asked for again
	if err != nil {
		return err
	}
	f := readFilter(r.URL.Query())
	page := &boardPage{Shell: newsroom.Shell{Title: r.Words.T("room.nav.board"), Active: "board", Scripts: []string{"board.js"}, Wide: true}}
	if err := x.find(ctx, &f, tree, r.Zone); newsroom.Mendable(err) {
		_, page.FilterError = r.Sentence(err)
	} else if err != nil {
		return err
	}
	page.Filter, page.Table, page.Said, page.Seq = f, f.Table, x.said(r), seq
	page.Chips, page.Unfiltered, page.Self = f.chips(r), f.unfiltered(), newsroom.Prefix+"/board"+f.query()
	counts, err := x.p.Work.WorkCounts(ctx, f.work(r.Actor))
	if err != nil {
		return err
	}
	page.Tabs = f.tabs(r, counts)
	if f.Table {
		err = x.table(r, page, tree)
	} else {
		err = x.columns(r, page, tree, counts)
	}
	if err != nil {
		return err
	}
	if r.Header.Get(partHeader) != "" {
		return x.d.Fragment(w, r, "desk-board-part", page)
	}
	if err := x.furnish(r, page, tree); err != nil {
		return err
	}
	return x.d.Page(w, r, "desk-board", page)
}

// furnish adds what stands around the cards.
func (x *Room) furnish(r *newsroom.Request, page *boardPage, tree *news.Tree) error {
	f := page.Filter
	page.OtherView = f.path(func(f *filter) { f.Table = !f.Table })
	if f.Table {
		page.Kept = append(page.Kept, pair{"view", "table"})
	}
	if f.Column != "" {
		page.Kept = append(page.Kept, pair{"col", string(f.Column)})
	}
	page.Sections = sectionOptions(tree, f.SectionID)
	var err error
	if page.Users, err = x.userOptions(r, f.UserID, f.userName, account.WriteOwn); err != nil {
		return err
	}
	page.Keys, page.Bulk = keys, bulkOf(r.Actor)
	words, err := json.Marshal(r.Words.Texts("desk.script."))
	page.Words = string(words)
	return err
}

// columns fills the board.
func (x *Room) columns(r *newsroom.Request, page *boardPage, tree *news.Tree, counts map[news.Column]int) error {
	f := page.Filter
	lists := make([][]news.WorkCard, len(news.Columns))
	page.Columns = make([]column, len(news.Columns))
	for i, name := range news.Columns {
		q := f.work(r.Actor)
		q.Column, q.By, q.Limit = name, orderOf(name), columnCards
		if f.Long == name {
			q.Limit = f.Count
		}
		cards, next, more, err := x.p.Work.Work(r.Context(), q)
		if err != nil {
			return err
		}
		c := column{Name: name, Count: count(r, counts[name]), Current: name == f.shown(r.Actor), Longer: q.Limit < columnMost}
		if more && c.Longer {
			c.More = f.path(func(f *filter) { f.Long, f.Count = name, min(2*q.Limit, columnMost) })
		} else if more {
			c.More = f.path(func(f *filter) { f.Table, f.Column, f.After = true, name, cursorText(next) })
		}
		lists[i], page.Columns[i] = cards, c
	}
	p, err := x.printer(r.Context(), r, tree, lists...)
	if err != nil {
		return err
	}
	page.Nothing = true
	for i := range lists {
		page.Columns[i].Cards = p.cards(lists[i])
		page.Nothing = page.Nothing && len(lists[i]) == 0
	}
	return nil
}

// table fills one page of a list.
func (x *Room) table(r *newsroom.Request, page *boardPage, tree *news.Tree) error {
	f := page.Filter
	q := f.work(r.Actor)
	q.Column, q.By, q.Limit, q.After = f.Column, orderOf(f.Column), tableRows, readCursor(f.After)
	cards, next, more, err := x.p.Work.Work(r.Context(), q)
	if err != nil {
		return err
	}
	if more {
		page.MoreRows = f.path(func(f *filter) { f.After = cursorText(next) })
	}
	p, err := x.printer(r.Context(), r, tree, cards)
	if err != nil {
		return err
	}
	page.Rows = p.cards(cards)
	return nil
}

// orderOf is how a column is ordered: what comes next, or what came last, first.
func orderOf(c news.Column) news.WorkOrder {
	switch c {
	case news.ColumnScheduled:
		return news.ByDue
	case news.ColumnLive:
		return news.ByPublished
	}
	return news.ByTouched
}

// shown is the column that a phone shows: who approves sees what waits for him.
func (f filter) shown(a account.Actor) news.Column {
	switch {
	case f.Column != "":
		return f.Column
	case a.CanSomewhere(account.Approve):
		return news.ColumnSubmitted
	}
	return news.ColumnDraft
}

func (f filter) tabs(r *newsroom.Request, counts map[news.Column]int) (out []tab) {
	if f.Table {
		all := 0
		for _, n := range counts {
			all += n
		}
		out = append(out, tab{"desk.all", f.path(func(f *filter) { f.Column = "" }), count(r, all), f.Column == ""})
	}
	for _, c := range news.Columns {
		current := f.Column == c
		if !f.Table {
			current = f.shown(r.Actor) == c
		}
		out = append(out, tab{"room.stage." + string(c), f.path(func(f *filter) { f.Column = c }), count(r, counts[c]), current})
	}
	return out
}

// mostCounted is where the store stops counting the stories of a column.
const mostCounted = 1000

func count(r *newsroom.Request, n int) string {
	if n >= mostCounted {
		return lang.Number(r.Lang, mostCounted) + "+"
	}
	return strconv.Itoa(n)
}

// sectionOptions are the sections as a select shows the tree.
func sectionOptions(tree *news.Tree, chosen int64) (out []option) {
	for _, s := range tree.All() {
		depth := len(tree.Ancestry(s.ID)) - 1
		out = append(out, option{s.ID, strings.Repeat("\u2003", depth) + s.Name, s.ID == chosen})
	}
	return out
}

// mostUsers bounds the names that a select offers.
const mostUsers = 500

// userOptions are the people of the newsroom who can do something, the reader
// first. One who is chosen already is among them, also if he left.
func (x *Room) userOptions(r *newsroom.Request, chosen int64, name string, can account.Capability) ([]option, error) {
	users, _, err := x.p.Names.Users(r.Context(), account.UserFilter{Enabled: true, Limit: mostUsers})
	if err != nil {
		return nil, err
	}
	me := r.Session.User
	out := []option{{me.ID, r.Words.T("desk.me", lang.Args{"name": me.Name}), me.ID == chosen}}
	found := chosen == 0 || chosen == me.ID
	for _, u := range users {
		if u.ID != me.ID && u.Actor().CanSomewhere(can) {
			out = append(out, option{u.ID, u.Name, u.ID == chosen})
			found = found || u.ID == chosen
		}
	}
	if !found && name != "" {
		out = append(out, option{chosen, name, true})
	}
	return out, nil
}

// nameOfUser returns the name of somebody who may have left; empty for nobody.
func (x *Room) nameOfUser(r *newsroom.Request, id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	found, err := x.p.Names.UsersByID(r.Context(), []int64{id})
	return found[id].Name, err
}

// said returns the sentence that the address asks for: what was just done.
func (x *Room) said(r *newsroom.Request) string {
	q := r.URL.Query()
	key := "desk.said." + q.Get("said")
	if q.Get("said") == "" || !r.Words.Has(key) {
		return ""
	}
	return r.Words.T(key, lang.Args{"n": number(q.Get("n"))})
}
