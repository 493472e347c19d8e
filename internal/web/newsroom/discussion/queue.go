package discussion

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// queueRows is how many comments a page of a queue has.
const queueRows = 30

// option is a choice of a select.
type option struct {
	Value, Name string
	Chosen      bool
}

// tab is one of the queues.
type tab struct {
	Word, Path, Count string
	Current           bool
}

// line is something about a comment in words.
type line struct {
	Text string
	Loud bool
	Path string
}

// row is a comment as queues print it.
type row struct {
	discuss.Item
	Text      []string
	Who       string // the author
	Reader    string // his page; "" for the newsroom's own and who was erased
	Marks     []line // what is known of the author
	StateWord string
	Written   string // when
	Left      line   // until the first deadline
	Against   []line // what phases said against it
	Passed    string // the phases that had nothing against it
	Claimed   []line
	Decision  string // who decided last, and why
	Seen      int64
	Page      string // with its thread
	Public    string // as readers see it; "" if they do not
	Open      bool   // it waits, or somebody complained
	Featured  bool
	Next      string // where its forms lead back to
	Reasons   []option
	Parent    string
	ParentBy  string
}

// queuePage is a page of a queue.
type queuePage struct {
	newsroom.Shell
	Kind     discuss.QueueKind
	Tabs     []tab
	Sections []option
	StoryID  int64
	Story    string
	Room     string // where it is written; "": not for the sender
	Rows     []row
	More     string
	Undo     int64
	Self     string
	Seq      int64
	Kept     string
	Failing  string
	Keys     []keyWord
	Rules    string
}

// keyWord is a key and what it does.
type keyWord struct {
	Keys []string
	Name string
}

var keys = []keyWord{{[]string{"j"}, "next"}, {[]string{"k"}, "previous"}, {[]string{"a"}, "approve"}, {[]string{"r"}, "reject"}, {[]string{"f"}, "feature"},
	{[]string{"w"}, "answer"}, {[]string{"o"}, "open"}, {[]string{"p"}, "author"}, {[]string{"u"}, "undo"}, {[]string{"?"}, "help"}}

// query is what the address of a queue says.
type query struct {
	kind           discuss.QueueKind
	section, story int64
	after          string
}

func readQuery(v url.Values) query {
	q := query{kind: discuss.QueueKind(v.Get("queue")), section: number(v.Get("section")), story: number(v.Get("story")), after: v.Get("after")}
	switch q.kind {
	case discuss.QueuePending, discuss.QueueNew, discuss.QueueAll:
	default:
		if q.kind = discuss.QueueReported; q.story != 0 {
			q.kind = discuss.QueuePending
		}
	}
	return q
}

func (q query) path() string {
	v := url.Values{"queue": {string(q.kind)}}
	if q.section != 0 {
		v.Set("section", plain(q.section))
	}
	if q.story != 0 {
		v.Set("story", plain(q.story))
	}
	if q.after != "" {
		v.Set("after", q.after)
	}
	return Prefix + "?" + v.Encode()
}

func readCursor(s string) discuss.QueueCursor {
	at, id, _ := strings.Cut(s, ".")
	return discuss.QueueCursor{At: number(at), ID: number(id)}
}

func (x *Room) queue(w http.ResponseWriter, r *newsroom.Request) error {
	ctx, q := r.Context(), readQuery(r.URL.Query())
	tree, err := x.p.Store.Sections(ctx)
	if err != nil {
		return err
	}
	sections := own(r, tree, q.section)
	items, more, err := x.p.Store.Queue(ctx, discuss.QueueFilter{Kind: q.kind, StoryID: q.story, Sections: sections, After: readCursor(q.after), Limit: queueRows})
	if err != nil {
		return err
	}
	page := &queuePage{Shell: x.shell(r, r.Words.T("room.nav.discussion")), Kind: q.kind, StoryID: q.story, Self: q.path(), Undo: number(r.URL.Query().Get("undo")), Keys: keys}
	if more {
		next := q
		c := items[len(items)-1].Cursor
		next.after = plain(c.At) + "." + plain(c.ID)
		page.More = next.path()
	}
	if page.Rows, err = x.rows(r, items, q.path()); err != nil {
		return err
	}
	if page.Seq, err = x.p.Store.DiscussionSeq(ctx); err != nil {
		return err
	}
	if r.Header.Get("Warta-Part") != "" {
		return x.d.Page(w, r, "discussion-rows", page)
	}
	if err := x.frame(r, page, q, tree, sections); err != nil {
		return err
	}
	return x.d.Page(w, r, "discussion-queue", page)
}

// frame fills in what stands around the comments of a queue.
func (x *Room) frame(r *newsroom.Request, page *queuePage, q query, tree *news.Tree, sections []int64) error {
	ctx := r.Context()
	counts, err := x.p.Store.QueueCounts(ctx, sections)
	if err != nil {
		return err
	}
	for _, t := range []struct {
		kind discuss.QueueKind
		n    int
	}{{discuss.QueueReported, counts.Reported}, {discuss.QueuePending, counts.Pending}, {discuss.QueueNew, counts.New}, {discuss.QueueAll, -1}} {
		if q.story != 0 && (t.kind == discuss.QueueReported || t.kind == discuss.QueueNew) {
			continue
		}
		one := query{kind: t.kind, section: q.section, story: q.story}
		page.Tabs = append(page.Tabs, tab{"moderation.queue." + string(t.kind), one.path(), most(r, t.n, q.story), q.kind == t.kind})
	}
	for _, s := range tree.All() {
		if may(r, tree, s.ID) == nil {
			page.Sections = append(page.Sections, option{plain(s.ID), strings.Repeat("\u2003", len(tree.Ancestry(s.ID))-1) + s.Name, s.ID == q.section})
		}
	}
	if q.story != 0 {
		cards, err := x.p.Store.WorkCards(ctx, []int64{q.story})
		if err != nil {
			return err
		}
		page.Story = cards[q.story].Headline
		page.Room = storyIn(r, tree, q.story, cards[q.story].SectionID)
		page.Rules = Prefix + "/rules?story=" + plain(q.story)
	}
	kept, err := x.p.Store.ComplaintsKept(ctx)
	if err != nil {
		return err
	}
	if kept.Settled > 0 {
		page.Kept = r.Words.T("moderation.kept", lang.Args{"percent": kept.InTime * 100 / kept.Settled, "n": kept.Settled, "late": counts.Late})
	}
	failures, err := x.p.Store.HookFailures(ctx, r.Now.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	if len(failures) > 0 {
		page.Failing = r.Words.T("moderation.hook_failing", lang.Args{"n": len(failures), "why": failures[0].Error})
	}
	return nil
}

// most returns how many wait: more than CountMost are not counted.
func most(r *newsroom.Request, n int, story int64) string {
	switch {
	case n < 0 || story != 0:
		return ""
	case n > discuss.CountMost:
		return strconv.Itoa(discuss.CountMost) + "+"
	}
	return lang.Number(r.Lang, int64(n))
}

// rows puts comments into words; next is the page that they stand on.
func (x *Room) rows(r *newsroom.Request, items []discuss.Item, next string) ([]row, error) {
	var actors []string
	for _, i := range items {
		actors = append(actors, i.DecidedBy)
	}
	name, err := x.names(r, actors)
	if err != nil {
		return nil, err
	}
	reasons := make([]option, len(discuss.ModeratorReasons))
	for i, c := range discuss.ModeratorReasons {
		reasons[i] = option{Value: string(c), Name: r.Words.T("moderation.reason." + string(c))}
	}
	rows := make([]row, len(items))
	for i := range items {
		rows[i] = x.row(r, &items[i], name)
		rows[i].Reasons, rows[i].Next = reasons, next
	}
	return rows, nil
}

func (x *Room) row(r *newsroom.Request, i *discuss.Item, name func(string) string) row {
	o := row{Item: *i, Text: strings.Split(i.Body, "\n"), Who: i.Name, StateWord: r.Words.T("moderation.state." + string(i.State)), Written: lang.DateTime(r.Lang, i.At, r.Zone),
		Page: Prefix + "/comments/" + plain(i.ID), Open: i.State == discuss.Pending || i.State == discuss.Hidden || i.Comment.Complaints > 0, Featured: !i.Featured.IsZero()}
	if !i.Decided.IsZero() {
		o.Seen = stamp(i)
		o.Decision = r.Words.T("moderation.decided", lang.Args{"who": name(i.DecidedBy), "what": o.StateWord, "time": lang.DateTime(r.Lang, i.Decided, r.Zone)})
		if i.Note != "" {
			o.Decision += " “" + i.Note + "”"
		}
	}
	if i.Visible() {
		o.Public = discuss.Path(i.ID)
	}
	switch a := i.Author; {
	case i.Staff():
		o.Marks = append(o.Marks, line{Text: r.Words.T("moderation.mark.staff")})
	case a == nil && i.Guest != "":
		o.Who = i.Guest
		o.Marks = append(o.Marks, line{Text: r.Words.T("moderation.mark.guest")})
	case a == nil:
		o.Who = r.Words.T("moderation.erased")
	default:
		o.Reader = Prefix + "/readers/" + plain(a.MemberID)
		o.Marks = marks(r, a)
	}
	if i.Parent != nil {
		o.Parent, o.ParentBy = cut(i.Parent.Body, 200), cmp.Or(i.Parent.Name, r.Words.T("moderation.erased"))
	}
	var passed []string
	for _, v := range i.Verdicts {
		phase := r.Words.T("moderation.phase." + string(v.Phase))
		if v.Decision == discuss.Pass {
			passed = append(passed, phase)
		}
		if v.Decision != discuss.Hold && v.Decision != discuss.Refuse {
			continue
		}
		l := line{Text: phase + ": " + x.why(r, v), Loud: v.Decision == discuss.Refuse}
		if v.Like != 0 {
			l.Path = Prefix + "/comments/" + plain(v.Like)
		}
		o.Against = append(o.Against, l)
	}
	if len(passed) > 0 {
		o.Passed = r.Words.T("moderation.passed", lang.Args{"phases": strings.Join(passed, ", ")})
	}
	for _, c := range i.Claims {
		text := r.Words.T("moderation.complaint." + string(c.Reason))
		if c.Text != "" {
			text += ": “" + cut(c.Text, 300) + "”"
		}
		o.Claimed = append(o.Claimed, line{Text: text})
	}
	if n := i.Comment.Complaints - len(i.Claims); n > 0 {
		o.Claimed = append(o.Claimed, line{Text: r.Words.T("moderation.claims_more", lang.Args{"n": n})})
	}
	if !i.Due.IsZero() {
		o.Left = left(r, i.Due)
	}
	return o
}

// stamp is by what a form knows whether somebody has decided since; 0: nobody has.
func stamp(i *discuss.Item) int64 {
	if i.Decided.IsZero() {
		return 0
	}
	return i.Decided.UnixMilli()
}

// why is what a verdict says to a moderator, with what made it.
func (x *Room) why(r *newsroom.Request, v discuss.Verdict) string {
	key := "moderation.why." + string(v.Reason)
	if !r.Words.Has(key) {
		key = "moderation.why.other"
	}
	return r.Words.T(key, lang.Args{"n": v.Number, "words": strings.Join(v.Words, ", ")})
}

// marks are what a moderator should know of an author at once.
func marks(r *newsroom.Request, a *discuss.Author) (out []line) {
	add := func(key string, loud bool, pairs lang.Args) {
		out = append(out, line{Text: r.Words.T("moderation.mark."+key, pairs), Loud: loud})
	}
	add("record", false, lang.Args{"published": a.Published, "rejected": a.Rejected})
	if a.Published == 0 {
		add("new", false, nil)
	}
	if a.Warned > 0 {
		add("warned", true, lang.Args{"n": a.Warned})
	}
	switch {
	case a.Banned:
		add("banned", true, nil)
	case r.Now.Before(a.SuspendedUntil):
		add("suspended", true, lang.Args{"time": lang.DateTime(r.Lang, a.SuspendedUntil, r.Zone)})
	}
	if a.Disabled {
		add("disabled", true, nil)
	}
	return out
}

// left says how far away a deadline is.
func left(r *newsroom.Request, due time.Time) line {
	d, key := due.Sub(r.Now), "moderation.left"
	if d < 0 {
		d, key = -d, "moderation.late"
	}
	return line{Text: r.Words.T(key, lang.Args{"n": int(d / time.Hour)}), Loud: key == "moderation.late" || d < 8*time.Hour}
}

func cut(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n])) + "…"
	}
	return s
}

// storiesPage lists the stories under which comments wait.
type storiesPage struct {
	newsroom.Shell
	Rows []storyRow
}

type storyRow struct {
	Path, Headline string
	Pending, Shown int
}

// maxStories is how many stories are listed.
const maxStories = 100

func (x *Room) stories(w http.ResponseWriter, r *newsroom.Request) error {
	tree, err := x.p.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	list, err := x.p.Store.BusyStories(r.Context(), maxStories)
	if err != nil {
		return err
	}
	page := &storiesPage{Shell: x.shell(r, r.Words.T("moderation.stories"))}
	for _, b := range list {
		if may(r, tree, b.Section) == nil {
			page.Rows = append(page.Rows, storyRow{query{kind: discuss.QueuePending, story: b.StoryID}.path(), b.Headline, b.Pending, b.Shown})
		}
	}
	return x.d.Page(w, r, "discussion-stories", page)
}

// commentPage is one comment with its thread.
type commentPage struct {
	newsroom.Shell
	Row    row
	Thread []discuss.Entry
	Undo   int64
	Self   string
}

// threadRows is how many replies of a thread are shown beside a comment.
const threadRows = 50

func (x *Room) comment(w http.ResponseWriter, r *newsroom.Request) error {
	item, err := x.item(r)
	if err != nil {
		return err
	}
	self := Prefix + "/comments/" + plain(item.ID)
	rows, err := x.rows(r, []discuss.Item{item}, self)
	if err != nil {
		return err
	}
	page := &commentPage{Shell: x.shell(r, r.Words.T("moderation.comment", lang.Args{"id": plain(item.ID)})), Row: rows[0], Self: self, Undo: number(r.URL.Query().Get("undo"))}
	t, err := x.p.Store.Thread(r.Context(), item.ThreadID, 0, threadRows)
	switch {
	case err == nil:
		page.Thread = append([]discuss.Entry{t}, t.Replies...)
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return x.d.Page(w, r, "discussion-comment", page)
}

// item reads the comment that the address names, for whoever moderates it.
func (x *Room) item(r *newsroom.Request) (item discuss.Item, err error) {
	id, err := r.ID("id")
	if err != nil {
		return item, err
	}
	if item, err = x.p.Store.QueueItem(r.Context(), id); err != nil {
		return item, err
	}
	tree, err := x.p.Store.Sections(r.Context())
	if err != nil {
		return item, err
	}
	return item, may(r, tree, item.SectionID)
}
