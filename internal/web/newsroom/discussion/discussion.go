// Package discussion is the part of the newsroom in which comments are
// moderated: queues, what is known of an author, what was done and how it is
// undone, and the rules by which discussions are held. It prints and asks; what
// may be done is decided by discuss.
package discussion

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Store reads what the pages print. *store.DB is one, with the types of its own
// put into those of this package by app.
type Store interface {
	Queue(ctx context.Context, f discuss.QueueFilter) (items []discuss.Item, more bool, err error)
	QueueItem(ctx context.Context, id int64) (discuss.Item, error)
	QueueCounts(ctx context.Context, sections []int64) (discuss.Counts, error)
	ComplaintsKept(ctx context.Context) (discuss.Kept, error)
	DiscussionSeq(ctx context.Context) (int64, error)
	Thread(ctx context.Context, id, after int64, limit int) (discuss.Entry, error)
	BusyStories(ctx context.Context, limit int) ([]discuss.Busy, error)
	AuthorFile(ctx context.Context, memberID int64) (discuss.AuthorFile, error)
	Moderations(ctx context.Context, before int64, limit int) ([]discuss.Moderation, error)
	HookFailures(ctx context.Context, since time.Time) ([]discuss.HookFailure, error)
	RulePatch(ctx context.Context, scope discuss.Scope, id int64) (discuss.Patch, error)
	DiscussionRules(ctx context.Context, storyID, sectionID int64) (discuss.Rules, []int64, error)
	WordLists(ctx context.Context, section int64) ([]discuss.WordList, error)
	Sections(ctx context.Context) (*news.Tree, error)
	UsersByID(ctx context.Context, ids []int64) (map[int64]account.User, error)
	WorkCards(ctx context.Context, ids []int64) (map[int64]news.WorkCard, error)
}

// Readers lets somebody of the newsroom close a reader's account.
type Readers interface {
	Disable(ctx context.Context, actor account.Actor, id int64, on bool, reason string) error
	Record(ctx context.Context, id int64) (*member.Record, error)
}

// Parts are what the pages need. All are required.
type Parts struct {
	Door    *newsroom.Door
	Forum   *discuss.Forum
	Store   Store
	Readers Readers
}

// Room answers the pages.
type Room struct {
	d *newsroom.Door
	p Parts
}

// New returns the pages behind a door.
func New(p Parts) *Room { return &Room{d: p.Door, p: p} }

// Prefix is where the pages begin.
const Prefix = newsroom.Prefix + "/discussion"

// Routes are the addresses of the package.
func (x *Room) Routes() []newsroom.Route {
	get := func(path, about string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: "GET", Pattern: Prefix + path, Visibility: web.Staff, Capability: account.Moderate, Handler: h, About: about}
	}
	post := func(path, about string, h newsroom.Handler) newsroom.Route {
		r := get(path, about, h)
		r.Method = "POST"
		return r
	}
	return []newsroom.Route{
		get("", "", x.queue),
		get("/stories", "", x.stories),
		get("/log", "", x.log),
		get("/rules", "", x.rules),
		post("/rules", "", x.saveRules),
		post("/lists", "", x.saveList),
		get("/comments/{id}", "comment", x.comment),
		post("/comments/{id}/rule", "comment", x.rule),
		post("/comments/{id}/answer", "comment", x.answer),
		post("/comments/{id}/same", "comment", x.same),
		get("/readers/{id}", "reader", x.reader),
		post("/readers/{id}/punish", "reader", x.punish),
		post("/readers/{id}/note", "reader", x.note),
		post("/readers/{id}/bulk", "reader", x.bulk),
		post("/readers/{id}/account", "reader", x.account),
		post("/log/{id}/undo", "moderation", x.undo),
	}
}

// own returns the sections whose comments the sender moderates, those of one
// branch if he asks for it: none for all, a section that there is not for no one.
func own(r *newsroom.Request, tree *news.Tree, branch int64) []int64 {
	all := r.Actor.Role.Can(account.Moderate)
	if all && branch == 0 {
		return nil
	}
	ids := []int64{-1}
	for _, s := range tree.All() {
		line := lineOf(tree, s.ID)
		if (branch == 0 || slices.Contains(line, branch)) && r.Actor.CanIn(account.Moderate, line) {
			ids = append(append(ids, s.ID), tree.Former(s.ID)...)
		}
	}
	return ids
}

// may returns a NotFound error for a comment of a section that the sender does
// not moderate.
func may(r *newsroom.Request, tree *news.Tree, section int64) error {
	return r.Actor.RequireIn(account.Moderate, lineOf(tree, section))
}

// lineOf returns the ids of a section and of those above it.
func lineOf(tree *news.Tree, section int64) (ids []int64) {
	for _, a := range tree.Ancestry(section) {
		ids = append(ids, a.ID)
	}
	return ids
}

// storyIn returns where a story is written, "" for who may not look into those of
// its section there.
func storyIn(r *newsroom.Request, tree *news.Tree, story, section int64) string {
	if !r.Actor.CanIn(account.ReadAny, lineOf(tree, section)) {
		return ""
	}
	return newsroom.Prefix + "/stories/" + plain(story)
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func plain(n int64) string { return strconv.FormatInt(n, 10) }

// back is where a form leads: the page that it stood on.
func back(f url.Values, fallback string) string {
	next := f.Get("next")
	if next == Prefix || strings.HasPrefix(next, Prefix+"?") || strings.HasPrefix(next, Prefix+"/") && !strings.ContainsAny(next, "\\\r\n\t") {
		return next
	}
	return fallback
}

// saying returns a path with what was just done, and by what it is undone.
func saying(path, key string, n int, undo int64) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	q.Set("said", key)
	q.Set("n", strconv.Itoa(n))
	q.Del("undo")
	if undo != 0 {
		q.Set("undo", plain(undo))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// shell returns what stands around a page, with what was just done.
func (x *Room) shell(r *newsroom.Request, title string) newsroom.Shell {
	s := newsroom.Shell{Title: title, Active: "discussion", Scripts: []string{"discussion.js"}}
	q := r.URL.Query()
	if key := "moderation.said." + q.Get("said"); q.Get("said") != "" && r.Words.Has(key) {
		s.Said = r.Words.T(key, lang.Args{"n": number(q.Get("n"))})
	}
	return s
}

// names returns what people of the audit log ("user:3") are called.
func (x *Room) names(r *newsroom.Request, actors []string) (func(string) string, error) {
	var ids []int64
	for _, a := range actors {
		if id, ok := strings.CutPrefix(a, "user:"); ok {
			ids = append(ids, number(id))
		}
	}
	users := map[int64]account.User{}
	if len(ids) > 0 {
		var err error
		if users, err = x.p.Store.UsersByID(r.Context(), ids); err != nil {
			return nil, err
		}
	}
	return func(a string) string {
		if id, ok := strings.CutPrefix(a, "user:"); ok {
			if u := users[number(id)]; u.Name != "" {
				return u.Name
			}
		}
		return a
	}, nil
}

// explain puts a name in the place of the number of whoever was quicker.
func (x *Room) explain(r *newsroom.Request, err error) error {
	f := fault.Find(err)
	if f == nil || f.Code != "moderation_taken" {
		return err
	}
	who, _ := f.Args["who"].(string)
	name, e := x.names(r, []string{who})
	if e != nil {
		return e
	}
	state, _ := f.Args["state"].(string)
	return fault.New(fault.Conflict, "%s", f.Error()).
		Say("moderation_taken", "who", name(who), "state", r.Words.T("moderation.state."+state), "at", f.Args["at"])
}

// said answers a form: the page that it stood on, with what was done, or the form
// once more with what was wrong.
func (x *Room) said(w http.ResponseWriter, r *newsroom.Request, f url.Values, fallback, key string, done discuss.Ruled, err error) error {
	if err != nil {
		err = x.explain(r, err)
		// Who was too late for a decision without words has nothing to mend.
		if newsroom.Mendable(err) && typed(f) && (!fault.Is(err, fault.Conflict) || f.Get("note")+f.Get("text") != "") {
			return x.again(w, r, f, fallback, err)
		}
		return err
	}
	return newsroom.SeeOther(w, r, saying(back(f, fallback), key, done.Done, done.ID))
}
