package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// mark is a short word on a card. Tone is a class: loud, warn, good or none.
type mark struct{ Word, Tone string }

// menuItem is something that can be done to a story, and where.
type menuItem struct{ Name, Path string }

// card is a story as the lists of this package print it.
type card struct {
	ID       int64
	Column   news.Column
	Path     string
	Headline string
	Section  string
	Who      string
	Marks    []mark
	Acts     string // what the reader may do to it, joined by blanks
	Menu     []menuItem

	Touched, TouchedISO, TouchedFull string
	Due, DueISO, DueFull             string
	Out, OutISO, OutFull             string
}

// printer turns cards of the store into cards of a page.
type printer struct {
	r     *newsroom.Request
	tree  *news.Tree
	users map[int64]account.User
	timed bool // the page itself says when a story goes out
}

// printer looks up the names that the cards need, in one query.
func (x *Room) printer(ctx context.Context, r *newsroom.Request, tree *news.Tree, lists ...[]news.WorkCard) (*printer, error) {
	p := &printer{r: r, tree: tree}
	var ids []int64
	for _, list := range lists {
		for i := range list {
			ids = append(ids, list[i].OwnerID, list[i].AssigneeID)
		}
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == 0 })
	if len(ids) == 0 {
		return p, nil
	}
	var err error
	p.users, err = x.p.Names.UsersByID(ctx, ids)
	return p, err
}

func (p *printer) cards(list []news.WorkCard) []card {
	out := make([]card, len(list))
	for i := range list {
		out[i] = p.card(&list[i])
	}
	return out
}

func (p *printer) card(c *news.WorkCard) card {
	out := card{ID: c.StoryID, Column: c.Column, Path: storyPath(c.StoryID), Headline: p.headline(c), Who: p.who(c), Marks: p.marks(c)}
	if s := p.tree.ByID(c.SectionID); s != nil {
		out.Section = s.Name
	}
	for _, name := range p.acts(c) {
		out.Menu = append(out.Menu, menuItem{name, storyPath(c.StoryID) + "/" + strings.ReplaceAll(name, "_", "-")})
	}
	out.Acts = strings.Join(p.acts(c), " ")
	out.Touched, out.TouchedISO, out.TouchedFull = p.times(c.Touched)
	out.Due, out.DueISO, out.DueFull = p.times(c.Due)
	out.Out, out.OutISO, out.OutFull = p.times(c.FirstPublished)
	return out
}

func storyPath(id int64) string { return newsroom.Prefix + "/stories/" + plain(id) }

// plain prints the number of a thing, without the marks of a quantity.
func plain(id int64) string { return strconv.FormatInt(id, 10) }

func (p *printer) headline(c *news.WorkCard) string {
	if h := strings.TrimSpace(c.Headline); h != "" {
		return h
	}
	return p.r.Words.T("desk.untitled", lang.Args{"id": plain(c.StoryID)})
}

// who says in whose hands a story is: "Rani", "Rani → Budi", "Rani → Ekonomi".
func (p *printer) who(c *news.WorkCard) string {
	name := p.users[c.OwnerID].Name
	if name == "" {
		name = c.TouchedBy
	}
	to := ""
	if s := p.tree.ByID(c.AssignedTo); s != nil {
		to = s.Name
	}
	if u, ok := p.users[c.AssigneeID]; ok && c.AssigneeID != c.OwnerID {
		to = u.Name
	}
	if to == "" {
		return name
	}
	return strings.TrimSpace(name + " → " + to)
}

// marks are what somebody has to know about the story at a glance.
func (p *printer) marks(c *news.WorkCard) (out []mark) {
	t := func(tone, key string, args ...any) {
		a := lang.Args{}
		for i := 0; i+1 < len(args); i += 2 {
			a[args[i].(string)] = args[i+1]
		}
		out = append(out, mark{p.r.Words.T("desk.mark."+key, a), tone})
	}
	if !c.Due.IsZero() && c.Column == news.ColumnScheduled {
		if c.Out().Before(p.r.Now) {
			t("loud", "late", "time", p.when(c.Out()))
		} else if !p.timed {
			t("good", "due", "time", p.when(c.Out()))
		}
	}
	if c.Embargo.After(p.r.Now) {
		t("warn", "embargo", "time", p.when(c.Embargo))
	}
	if c.Status == news.Live && c.Column != news.ColumnLive {
		t("good", "live")
	}
	if c.Status == news.Withdrawn && c.Column != news.ColumnWithdrawn {
		t("warn", "withdrawn")
	}
	if c.Changed {
		t("loud", "changed")
	}
	if c.Conflicts > 0 {
		t("loud", "conflicts", "n", c.Conflicts)
	}
	if c.Needed > 0 && (c.Column == news.ColumnSubmitted || c.Column == news.ColumnApproved || c.Column == news.ColumnScheduled) {
		tone := "warn"
		if c.Signoffs >= c.Needed {
			tone = "good"
		}
		t(tone, "signoffs", "have", c.Signoffs, "need", c.Needed)
	}
	switch c.Kind {
	case news.KindGallery, news.KindVideo, news.KindLive, news.KindAdvertorial:
		t("", "kind_"+string(c.Kind))
	}
	if c.Access != news.Free {
		t("", "members")
	}
	for _, l := range c.Labels {
		tone := ""
		if l == news.LabelBreaking || l == news.LabelLegal {
			tone = "loud"
		}
		out = append(out, mark{p.r.Words.T("desk.label." + string(l)), tone})
	}
	return out
}

// acts are what the reader may do to a story as it stands. It only offers; the
// desk decides.
func (p *printer) acts(c *news.WorkCard) (out []string) {
	w := news.World{Tree: p.tree}
	s := news.Story{SectionID: c.SectionID, OwnerID: c.OwnerID, AssigneeID: c.AssigneeID, AssignedTo: c.AssignedTo}
	offer := func(name string, need account.Capability, where bool) {
		if where && w.May(p.r.Actor, need, &s) == nil {
			out = append(out, name)
		}
	}
	waits := c.Column == news.ColumnSubmitted || c.Column == news.ColumnApproved
	writes := w.MayWrite(p.r.Actor, &s) == nil
	offer("submit", account.Submit, c.Column == news.ColumnDraft && writes)
	offer("approve", account.Approve, c.Column == news.ColumnDraft || waits)
	offer("send_back", account.Approve, waits || c.Column == news.ColumnScheduled)
	offer("schedule", account.Publish, c.Column == news.ColumnDraft || waits || c.Column == news.ColumnScheduled)
	offer("publish", account.Publish, c.Column == news.ColumnDraft || waits || c.Column == news.ColumnScheduled)
	offer("correct", account.Correct, c.Status == news.Live)
	offer("banner", account.Breaking, c.Status == news.Live && slices.Contains(c.Labels, news.LabelBreaking))
	offer("embargo", account.Publish, c.Status != news.Withdrawn)
	offer("withdraw", account.Withdraw, c.Status == news.Live)
	if writes {
		out = append(out, "assign")
	}
	return out
}

// when prints a time as lists do: today's without its date.
func (p *printer) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if lang.Day(t, p.r.Zone) == lang.Day(p.r.Now, p.r.Zone) {
		return lang.Clock(t, p.r.Zone)
	}
	return lang.ShortDate(p.r.Lang, t, p.r.Zone) + " " + lang.Clock(t, p.r.Zone)
}

func (p *printer) times(t time.Time) (short, iso, full string) {
	if t.IsZero() {
		return "", "", ""
	}
	return p.when(t), t.UTC().Format(time.RFC3339), lang.DateTime(p.r.Lang, t, p.r.Zone)
}
