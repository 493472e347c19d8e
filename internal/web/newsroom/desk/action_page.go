package desk

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// form is what a form holds and what is wrong with it, for a template.
type form struct {
	values url.Values
	errs   map[string]string
	Whole  string // what is wrong with no single field
}

// Val returns what a field holds.
func (f *form) Val(name string) string { return f.values.Get(name) }

// Err returns what is wrong with a field, empty if nothing is.
func (f *form) Err(name string) string { return f.errs[name] }

// fail puts an error next to its field, or above the form if it has none of
// those that the form shows.
func (f *form) fail(r *newsroom.Request, fields []string, err error) {
	field, text := r.Sentence(err)
	if field == "desk" {
		field = "section"
	}
	shown := slices.Contains(fields, field) || field == "section" && slices.Contains(fields, "user") ||
		field == "until" && slices.Contains(fields, "minutes")
	if shown {
		f.errs = map[string]string{field: text}
		return
	}
	f.Whole = text
}

// First reports whether a field is the one that a person fills in first. The
// forms of single steps know; others begin nowhere.
func (f *form) First(string) bool { return false }

// finding is what the check says, in words.
type finding struct {
	Text     string
	Blocking bool
}

// choice is one of a few radio buttons.
type choice struct {
	Value, Word, Hint string
	Chosen            bool
}

// actionPage is the page of an action on one story.
type actionPage struct {
	newsroom.Shell
	form
	Action   string
	Path     string
	ID       int64
	Headline string
	State    string
	Changed  bool
	Checked  bool
	Checks   []finding
	fields   []string

	TextLabel, TextHint string
	TextNeeded          bool
	NoteLabel           string
	NoteNeeded          bool
	Choices             []choice
	Users, Sections     []option
	Editor              string
	Danger              bool
	Untouched           bool // a correction without a change of the text
	Button              string
	Lift, LiftAction    string // a second, smaller form
	Back                string
}

// Asks reports whether there is something to fill in before the form is sent.
func (p *actionPage) Asks() bool {
	return slices.ContainsFunc(p.fields, func(name string) bool { return name != "editor" && name != "note" }) || p.NoteNeeded
}

// First reports whether a field is the one that a person fills in first.
func (p *actionPage) First(name string) bool {
	first := ""
	for _, f := range []string{"at", "until", "reason", "kind", "user"} {
		if p.Has(f) {
			first = f
			break
		}
	}
	if first == "" && p.NoteNeeded {
		first = "note"
	}
	return first == name
}

// Has reports whether the form asks for a field.
func (p *actionPage) Has(name string) bool { return slices.Contains(p.fields, name) }

func (x *Room) actionPage(r *newsroom.Request, a action, st news.DraftState, f url.Values) (*actionPage, error) {
	t, key := r.Words.T, strings.ReplaceAll(a.name, "-", "_")
	s := &st.Story
	p := &actionPage{Shell: newsroom.Shell{Title: t("desk.title." + key), Active: "board", Scripts: []string{"board.js"}},
		form: form{values: f}, Action: key, Path: storyPath(s.ID) + "/" + a.name, ID: s.ID, Headline: headlineOf(r, &st), State: stateOf(r, &st), Changed: st.Changed,
		Checked: a.checked, fields: a.fields, Danger: a.danger, Back: storyPath(s.ID), NoteLabel: t("desk.note"), Button: t("desk.button." + key)}
	if r.FormValue("next") != "" {
		p.Back = newsroom.Next(r.Request)
	}
	if a.checked {
		found, err := x.p.Desk.Check(r.Context(), r.Actor, s.ID)
		if err != nil {
			return nil, err
		}
		p.Checks = findings(r, found, x.counting(r, a, &st))
	}
	if p.Has("editor") {
		p.Editor = editorOf(r, &st)
	}
	live := !s.FirstPublished.IsZero()
	if live && a.name == "publish" {
		p.Title, p.Button = t("desk.title.update"), t("desk.button.update")
	} else if a.name == "publish" {
		p.fields = []string{"note", "editor"} // nothing to update yet
	}
	return p, x.furnishAction(r, p, &st)
}

// furnishAction adds what single actions need.
func (x *Room) furnishAction(r *newsroom.Request, p *actionPage, st *news.DraftState) (err error) {
	t, s := r.Words.T, &st.Story
	switch p.Action {
	case "send_back":
		p.NoteLabel, p.NoteNeeded = t("desk.send_back.note"), true
	case "remark":
		p.NoteLabel, p.NoteNeeded = t("desk.remark.note"), true
	case "withdraw":
		p.NoteLabel = t("desk.withdraw.note")
		for _, reason := range []news.Reason{news.ReasonSARA, news.ReasonDecency, news.ReasonChild, news.ReasonTrauma, news.ReasonCouncil, news.ReasonNewsroom} {
			p.Choices = append(p.Choices, choice{Value: string(reason), Word: t("withdrawal.reason." + string(reason)), Chosen: p.Val("reason") == string(reason)})
		}
	case "correct":
		p.Untouched = !st.Writing
		p.TextLabel, p.TextHint, p.TextNeeded = t("desk.correct.text"), t("desk.correct.text_hint"), true
		for _, kind := range []news.CorrectionKind{news.Ralat, news.Koreksi, news.HakJawab} {
			p.Choices = append(p.Choices, choice{string(kind), t("correction." + string(kind)), t("desk.correct.hint." + string(kind)), p.Val("kind") == string(kind)})
		}
	case "schedule":
		if s.Stage == news.StageScheduled {
			p.Lift, p.LiftAction = t("desk.button.unschedule"), "unschedule"
		}
	case "embargo":
		if !s.EmbargoUntil.IsZero() {
			p.Lift, p.LiftAction = t("desk.button.lift"), "embargo"
		}
	case "banner":
		p.TextLabel, p.TextHint = t("desk.breaking.text"), t("desk.breaking.text_hint")
		p.Choices = minutesOf(r, p.Val("minutes"))
	case "assign":
		p.NoteLabel = t("desk.assign.note")
		p.Users, p.Sections, err = x.handing(r, p.values)
	}
	return err
}

// handing are the people and desks that something can be handed to.
func (x *Room) handing(r *newsroom.Request, f url.Values) (users, sections []option, err error) {
	tree, err := x.p.Names.Sections(r.Context())
	if err != nil {
		return nil, nil, err
	}
	chosen := number(f.Get("user"))
	name, err := x.nameOfUser(r, chosen)
	if err != nil {
		return nil, nil, err
	}
	users, err = x.userOptions(r, chosen, name, account.WriteOwn)
	return users, sectionOptions(tree, number(f.Get("section"))), err
}

func headlineOf(r *newsroom.Request, st *news.DraftState) string {
	h := st.Content.Headline
	if st.Withdrawal != nil && strings.TrimSpace(h) == "" {
		h = st.Withdrawal.Headline
	}
	if strings.TrimSpace(h) == "" {
		return r.Words.T("desk.untitled", lang.Args{"id": plain(st.Story.ID)})
	}
	return h
}

// stateOf says in words where the story is and what readers get.
func stateOf(r *newsroom.Request, st *news.DraftState) string {
	s := &st.Story
	var parts []string
	if s.Stage != news.StageNone {
		parts = append(parts, r.Words.T("room.stage."+string(s.Stage)))
	} else if st.Writing {
		parts = append(parts, r.Words.T("room.stage.draft"))
	}
	at := func(key string, t time.Time) {
		parts = append(parts, r.Words.T("desk.state."+key, lang.Args{"time": lang.DateTime(r.Lang, t, r.Zone)}))
	}
	if !s.DueAt.IsZero() && s.Stage == news.StageScheduled {
		at("due", s.DueAt)
	}
	switch {
	case s.Status == news.Live:
		at("live", s.FirstPublished)
	case s.Status == news.Withdrawn:
		parts = append(parts, r.Words.T("room.stage.withdrawn"))
	case s.FirstPublished.IsZero():
		parts = append(parts, r.Words.T("desk.state.never"))
	}
	if s.EmbargoUntil.After(r.Now) {
		at("embargo", s.EmbargoUntil)
	}
	if st.Needed > 0 {
		parts = append(parts, r.Words.T("desk.mark.signoffs", lang.Args{"have": len(st.Signoffs), "need": st.Needed}))
	}
	return strings.Join(parts, " · ")
}

// counting returns how many approvals the reader adds by what he is about to
// do: publishing and scheduling by somebody who may approve count as his own.
func (x *Room) counting(r *newsroom.Request, a action, st *news.DraftState) int {
	signed := !st.Changed && slices.ContainsFunc(st.Signoffs, func(s news.Signoff) bool { return s.UserID == r.Actor.ID })
	if signed || a.need == account.Submit || x.p.Desk.May(r.Context(), r.Actor, account.Approve, st.Story.ID) != nil {
		return 0
	}
	return 1
}

// findings puts what the check found into words. own is how many approvals the
// reader adds by what he is about to do.
func findings(r *newsroom.Request, found []news.Problem, own int) (out []finding) {
	for _, p := range found {
		args := lang.Args{}
		for name, v := range p.Args {
			if at, ok := v.(time.Time); ok {
				v = lang.DateTime(r.Lang, at, r.Zone)
			}
			if id, ok := v.(int64); ok {
				v = plain(id) // a number of a thing, not a quantity
			}
			args[name] = v
		}
		if p.Code == news.ProblemSignoffs {
			have, _ := p.Args["have"].(int)
			need, _ := p.Args["need"].(int)
			if have+own >= need {
				continue
			}
		}
		out = append(out, finding{r.Words.T("desk.problem."+string(p.Code), args), p.Blocking})
	}
	return out
}
