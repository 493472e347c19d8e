package desk

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// filter is what the address of the board says: which stories, and how they are
// shown. The address is the whole state, so that it can be kept and sent.
type filter struct {
	SectionID int64
	UserID    int64
	Topic     string // its slug
	From, To  string // days, "2026-11-23"
	Text      string

	Table  bool        // one list instead of columns
	Column news.Column // the column in view; of a table "": all
	// Long is the column of the board that shows more than its first cards, and
	// Count how many.
	Long  news.Column
	Count int
	After string // the cursor of a table's page

	// The names of what was chosen, once they are looked up.
	TopicName   string
	topicID     int64
	sectionName string
	userName    string
	from, to    time.Time
}

// How many cards a column of the board shows at first and at most; beyond that
// its table goes on. A table's page has tableRows.
const (
	columnCards = 30
	columnMost  = 200
	tableRows   = 60
)

// readFilter reads an address. What it cannot make sense of it leaves out: an
// old bookmark must not end in an error.
func readFilter(q url.Values) filter {
	f := filter{Topic: lang.Slug(q.Get("topic")), Text: strings.TrimSpace(q.Get("q")), Table: q.Get("view") == "table", After: q.Get("after")}
	if q.Get("topic") == "" {
		f.Topic = "" // Slug gives a word for nothing
	}
	f.SectionID, f.UserID = number(q.Get("section")), number(q.Get("user"))
	if r := []rune(f.Text); len(r) > 200 {
		f.Text = string(r[:200])
	}
	for _, c := range news.Columns {
		if q.Get("col") == string(c) {
			f.Column = c
		}
		if name, n, ok := strings.Cut(q.Get("long"), "."); ok && name == string(c) {
			f.Long, f.Count = c, min(max(int(number(n)), columnCards), columnMost)
		}
	}
	f.From, f.To = day(q.Get("from")), day(q.Get("to"))
	return f
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func day(s string) string {
	if _, err := lang.ParseDate(s); err != nil {
		return ""
	}
	return s
}

// query returns the filter as the address says it.
func (f filter) query() string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" && value != "0" {
			q.Set(name, value)
		}
	}
	set("section", strconv.FormatInt(f.SectionID, 10))
	set("user", strconv.FormatInt(f.UserID, 10))
	set("topic", f.Topic)
	set("from", f.From)
	set("to", f.To)
	set("q", f.Text)
	if f.Table {
		set("view", "table")
	}
	set("col", string(f.Column))
	if f.Long != "" && !f.Table {
		set("long", string(f.Long)+"."+strconv.Itoa(f.Count))
	}
	if f.Table {
		set("after", f.After)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// path returns the board's address with a change of the filter.
func (f filter) path(with ...func(*filter)) string {
	f.After = ""
	for _, change := range with {
		change(&f)
	}
	return newsroom.Prefix + "/board" + f.query()
}

// work returns what the store is asked for, without column, order and page.
func (f filter) work(viewer account.Actor) news.WorkFilter {
	return news.WorkFilter{SectionID: f.SectionID, UserID: f.UserID, TopicID: f.topicID, From: f.from, To: f.to, Text: f.Text, Viewer: viewer}
}

// find looks up what the filter names. A topic that does not exist is an error
// about its field; a section or a user that is gone falls away.
func (x *Room) find(ctx context.Context, f *filter, tree *news.Tree, zone *time.Location) error {
	if s := tree.ByID(f.SectionID); s != nil {
		f.SectionID, f.sectionName = s.ID, s.Name
	} else {
		f.SectionID = 0
	}
	if d, err := lang.ParseDate(f.From); err == nil {
		f.from = d.Start(zone)
	}
	if d, err := lang.ParseDate(f.To); err == nil {
		f.to = d.End(zone)
	}
	if f.UserID != 0 {
		users, err := x.p.Names.UsersByID(ctx, []int64{f.UserID})
		if err != nil {
			return err
		}
		u, ok := users[f.UserID]
		if !ok {
			f.UserID = 0
		}
		f.userName = u.Name
	}
	if f.Topic == "" {
		return nil
	}
	t, err := x.findTopic(ctx, f.Topic)
	if fault.Is(err, fault.NotFound) {
		f.topicID, f.TopicName = -1, f.Topic // nothing is in it
		return fault.Input("topic", "there is no topic %q", f.Topic).Say("desk_topic", "topic", f.Topic)
	}
	if err != nil {
		return err
	}
	f.topicID, f.TopicName, f.Topic = t.ID, t.Name, t.Slug
	return nil
}

// findTopic returns the topic of a slug, as a chosen filter has it, or the one
// whose name comes nearest to what was typed. Topics that no reader sees yet
// count as well.
func (x *Room) findTopic(ctx context.Context, text string) (news.Topic, error) {
	for _, name := range []string{text, strings.ReplaceAll(text, "-", " ")} {
		found, _, err := x.p.Names.TopicsByName(ctx, news.NameFilter{Text: name, Limit: 20})
		if err != nil {
			return news.Topic{}, err
		}
		for _, t := range found {
			if t.Slug == text || strings.EqualFold(t.Name, text) {
				return t, nil
			}
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return news.Topic{}, fault.New(fault.NotFound, "there is no topic %q", text)
}

// chip is one condition in words, and the address without it.
type chip struct{ Word, Without string }

func (f filter) chips(r *newsroom.Request) (out []chip) {
	add := func(key, value string, without func(*filter)) {
		if value != "" {
			out = append(out, chip{r.Words.T("desk.chip."+key, lang.Args{"value": value}), f.path(without)})
		}
	}
	date := func(s string) string {
		d, err := lang.ParseDate(s)
		if err != nil {
			return ""
		}
		return lang.LongDate(r.Lang, d.Start(r.Zone), r.Zone)
	}
	add("section", f.sectionName, func(f *filter) { f.SectionID = 0 })
	add("user", f.userName, func(f *filter) { f.UserID = 0 })
	add("topic", f.TopicName, func(f *filter) { f.Topic = "" })
	add("from", date(f.From), func(f *filter) { f.From = "" })
	add("to", date(f.To), func(f *filter) { f.To = "" })
	add("text", f.Text, func(f *filter) { f.Text = "" })
	return out
}

// unfiltered is the same view of everything.
func (f filter) unfiltered() string {
	return filter{Table: f.Table, Column: f.Column}.path()
}

// cursorText and readCursor are a position in a list as an address holds it.
func cursorText(c news.WorkCursor) string {
	return strconv.FormatInt(c.At.UnixMilli(), 10) + "." + strconv.FormatInt(c.ID, 10)
}

func readCursor(s string) news.WorkCursor {
	at, id, ok := strings.Cut(s, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || number(id) == 0 {
		return news.WorkCursor{}
	}
	return news.WorkCursor{At: time.UnixMilli(ms).UTC(), ID: number(id)}
}
