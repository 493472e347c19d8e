package desk

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// action is one step that a person takes with one story: a page with a form,
// and what the form does.
type action struct {
	name    string // in the address
	act     news.Act
	need    account.Capability // at the door; the desk asks for the story's own
	fields  []string
	checked bool // the page shows what the check finds
	danger  bool
	stepUp  bool
	run     func(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error)
}

// rights are what the desk asks for the action on one story, for telling "you
// may not" from "not now".
func (a *action) rights() []account.Capability {
	switch a.act {
	case news.ActSubmit: // the right to submit counts for what one may write in
		return []account.Capability{account.Submit, account.WriteAny}
	case news.ActAssign:
		return []account.Capability{account.WriteAny}
	case news.ActRemark:
		return []account.Capability{account.ReadAny}
	}
	return []account.Capability{a.need}
}

// done says how an action ended and where to go on.
type done struct {
	receipt news.Receipt
	to      string // instead of where the form came from
}

var actions = []action{
	{name: "submit", act: news.ActSubmit, need: account.Submit, fields: []string{"note"}, checked: true, run: submit},
	{name: "take-back", act: news.ActTakeBack, need: account.WriteOwn, fields: []string{"note"}, run: takeBack},
	{name: "send-back", act: news.ActSendBack, need: account.Approve, fields: []string{"note"}, run: sendBack},
	{name: "approve", act: news.ActApprove, need: account.Approve, fields: []string{"note", "editor"}, checked: true, run: approve},
	{name: "schedule", act: news.ActSchedule, need: account.Publish, fields: []string{"at", "editor"}, checked: true, run: schedule},
	{name: "unschedule", act: news.ActUnplan, need: account.Publish, run: unschedule},
	{name: "publish", act: news.ActPublish, need: account.Publish, fields: []string{"significant", "note", "editor"}, checked: true, run: publish},
	{name: "correct", act: news.ActCorrect, need: account.Correct, fields: []string{"kind", "text", "notice"}, checked: true, run: correct},
	{name: "withdraw", act: news.ActWithdraw, need: account.Withdraw, fields: []string{"reason", "note"}, danger: true, stepUp: true, run: withdraw},
	{name: "embargo", act: news.ActEmbargo, need: account.Publish, fields: []string{"until"}, run: embargo},
	{name: "banner", act: news.ActBanner, need: account.Breaking, fields: []string{"minutes", "text"}, run: banner},
	{name: "assign", act: news.ActAssign, need: account.WriteOwn, fields: []string{"user", "note"}, run: assign},
	{name: "remark", act: news.ActRemark, need: account.Enter, fields: []string{"note"}, run: remark},
}

// actionRoutes are two addresses for each action: the page with its form, and
// the deed.
func (x *Room) actionRoutes() (routes []newsroom.Route) {
	for _, a := range actions {
		page := get("/stories/{id}/"+a.name, a.need, func(w http.ResponseWriter, r *newsroom.Request) error { return x.ask(w, r, a) })
		deed := post("/stories/{id}/"+a.name, a.need, func(w http.ResponseWriter, r *newsroom.Request) error { return x.act(w, r, a) })
		page.About, deed.About = "story", "story"
		page.StepUp, deed.StepUp = a.stepUp, a.stepUp
		routes = append(routes, page, deed)
	}
	return routes
}

// sent returns the values of a form, or of a flat JSON object from a script.
func sent(w http.ResponseWriter, r *newsroom.Request) (url.Values, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return newsroom.Form(w, r)
	}
	var body map[string]any
	if err := newsroom.Decode(w, r, &body, 1<<20); err != nil {
		return nil, err
	}
	f := url.Values{}
	for name, v := range body {
		switch v := v.(type) {
		case string:
			f.Set(name, v)
		case bool:
			if v {
				f.Set(name, "1")
			}
		case float64:
			f.Set(name, strconv.FormatFloat(v, 'f', -1, 64))
		case nil:
		case []any:
			for _, one := range v {
				if n, ok := one.(float64); ok {
					f.Add(name, strconv.FormatFloat(n, 'f', -1, 64))
				}
			}
		default:
			return nil, fault.Input(name, "this value cannot be read").Say("unreadable")
		}
	}
	r.Form, r.PostForm = f, f // where to go next is read from there
	return f, nil
}

// ask answers with the page of an action.
func (x *Room) ask(w http.ResponseWriter, r *newsroom.Request, a action) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	acts, err := x.p.Desk.Acts(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	if !slices.Contains(acts, a.act) {
		for _, need := range a.rights() {
			if err := x.p.Desk.May(r.Context(), r.Actor, need, id); err != nil {
				return err
			}
		}
		return fault.New(fault.Conflict, "story %d is not in a state for %q", id, a.name).Say("desk_not_now")
	}
	page, err := x.actionPage(r, a, st, defaults(r, a, &st))
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "desk-action", page)
}

// defaults are what a form holds when it is opened.
func defaults(r *newsroom.Request, a action, st *news.DraftState) url.Values {
	f := url.Values{}
	for _, name := range []string{"report", "kind", "text", "notice"} {
		if v := r.URL.Query().Get(name); v != "" && a.name == "correct" {
			f.Set(name, v)
		}
	}
	f.Set("editor", "1")
	switch a.name {
	case "schedule":
		at := st.Story.DueAt
		if at.IsZero() {
			at = nextHour(r.Now, r.Zone)
		}
		f.Set("at", at.In(r.Zone).Format(localForm))
	case "embargo":
		if !st.Story.EmbargoUntil.IsZero() {
			f.Set("until", st.Story.EmbargoUntil.In(r.Zone).Format(localForm))
		}
	case "assign":
		f.Set("user", strconv.FormatInt(st.Story.AssigneeID, 10))
		f.Set("section", strconv.FormatInt(st.Story.AssignedTo, 10))
	}
	return f
}

// nextHour is the time that is proposed for a release: the next full hour of
// the site's clocks that is at least ten minutes away.
func nextHour(now time.Time, zone *time.Location) time.Time {
	t := now.In(zone).Add(10 * time.Minute)
	hour := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), 0, 0, 0, zone)
	if hour.Before(t) {
		hour = hour.Add(time.Hour)
	}
	return hour
}

// localForm is how an input of type datetime-local holds a time.
const localForm = "2006-01-02T15:04"

// act does what a form asks for. What its sender can mend is said on the page
// with the form, next to the field.
func (x *Room) act(w http.ResponseWriter, r *newsroom.Request, a action) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	end, err := a.run(x, r, id, f)
	if err == nil {
		return x.answer(w, r, a, id, f, end)
	}
	if r.WantsJSON() || !newsroom.Mendable(err) {
		return err
	}
	st, e := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if e != nil {
		return err // the first error says more
	}
	page, e := x.actionPage(r, a, st, f)
	if e != nil {
		return e
	}
	page.fail(r, a.fields, err)
	return x.d.PageStatus(w, r, statusOf(err), "desk-action", page)
}

// outcome is what a script is told.
type outcome struct {
	Said    string   `json:"said"`
	Next    string   `json:"next"`
	Pending []string `json:"pending,omitempty"` // servers that have not confirmed a takedown
}

// pendingPage says that a takedown is saved and not yet confirmed everywhere.
type pendingPage struct {
	newsroom.Shell
	Names []string
	Next  string
}

func (x *Room) answer(w http.ResponseWriter, r *newsroom.Request, a action, id int64, f url.Values, end done) error {
	next := end.to
	if next == "" {
		next = storyPath(id)
		if f.Get("next") != "" {
			next = newsroom.Next(r.Request)
		}
	}
	key := strings.ReplaceAll(a.name, "-", "_")
	next = saying(next, key, 0)
	if r.WantsJSON() {
		if len(end.receipt.Pending) > 0 {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(http.StatusAccepted)
		}
		return newsroom.JSON(w, outcome{Said: r.Words.T("desk.said." + key), Next: next, Pending: end.receipt.Pending})
	}
	if len(end.receipt.Pending) > 0 {
		page := &pendingPage{Shell: newsroom.Shell{Title: r.Words.T("desk.pending"), Active: "board"}, Names: end.receipt.Pending, Next: next}
		return x.d.PageStatus(w, r, http.StatusAccepted, "desk-pending", page)
	}
	return newsroom.SeeOther(w, r, next)
}

// saying returns an address of ours whose page says what was just done.
func saying(path, key string, n int) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	q.Set("said", key)
	q.Del("n")
	if n > 0 {
		q.Set("n", strconv.Itoa(n))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// editorOf returns the name under which the reader would stand as editor in
// the byline; empty if somebody stands there already, or he has no byline.
func editorOf(r *newsroom.Request, st *news.DraftState) string {
	taken := slices.ContainsFunc(st.Content.Credits, func(c news.Credit) bool {
		return c.Role == news.Editor || c.PersonID == r.Session.User.PersonID
	})
	if taken || !st.Writing || r.Session.User.PersonID == 0 {
		return ""
	}
	return r.Session.User.Name
}

// creditEditor adds the reader to the byline, where the form says so.
func (x *Room) creditEditor(ctx context.Context, r *newsroom.Request, id int64, f url.Values) error {
	if f.Get("editor") == "" {
		return nil
	}
	st, err := x.p.Desk.Draft(ctx, r.Actor, id)
	if err != nil || editorOf(r, &st) == "" {
		return err
	}
	credits, err := json.Marshal(append(slices.Clone(st.Content.Credits), news.Credit{PersonID: r.Session.User.PersonID, Role: news.Editor}))
	if err != nil {
		return err
	}
	_, err = x.p.Desk.Save(ctx, r.Actor, news.DraftSave{StoryID: id, Base: st.Seq, Fields: map[string]json.RawMessage{"credits": credits}})
	return err
}

// bylineOf is the byline that a new story begins with: that of who writes it.
// Editors often open stories for others, so theirs begins empty.
func bylineOf(r *newsroom.Request) []news.Credit {
	u := &r.Session.User
	switch {
	case u.PersonID == 0 || r.Actor.CanSomewhere(account.Approve):
		return nil
	case u.Role == account.Contributor:
		return []news.Credit{{PersonID: u.PersonID, Role: news.Contributor}}
	}
	return []news.Credit{{PersonID: u.PersonID, Role: news.Writer}}
}

// create makes a story and opens it.
func (x *Room) create(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	c := news.Content{Headline: strings.TrimSpace(f.Get("headline")), SectionID: number(f.Get("section")), Language: lang.Code(r.Site.Language()), Credits: bylineOf(r)}
	id, err := x.p.Desk.Create(r.Context(), r.Actor, c)
	if err != nil {
		return err
	}
	if r.WantsJSON() {
		return newsroom.JSON(w, map[string]any{"id": id, "next": storyPath(id)})
	}
	return newsroom.SeeOther(w, r, storyPath(id))
}
