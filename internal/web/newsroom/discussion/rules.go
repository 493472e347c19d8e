package discussion

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// field is a number of the rules: what the scope says, and what holds if it says
// nothing.
type field struct {
	Name, Word, Hint, Value, Holds, Error string
}

// check is a box of a list.
type check struct {
	Value, Word string
	On          bool
}

// listForm is a word list.
type listForm struct {
	Name, Title, Words, Allow string
	Decision                  discuss.Decision
	Builtin                   bool
}

// rulesPage is how discussions of a scope are held.
type rulesPage struct {
	newsroom.Shell
	Scope     discuss.Scope
	ID        int64
	Name      string // of the section or the story
	Room      string // where the story is written; "": not for the sender
	Sections  []option
	Modes     []option
	Numbers   []field
	Phases    []check
	Own       bool // the scope says which phases are on
	Reactions []check
	OwnReact  bool
	Hook      string
	Secret    bool // there is one
	Fails     []option
	Lists     []listForm
	Open      bool // the sender may change it
	Whole     string
	Section   int64 // of the lists
}

// numbers are the rules that are numbers, in the order of the form.
var numbers = []struct {
	name string
	of   func(*discuss.Rules) int
	at   func(*discuss.Patch) **int
}{
	{"close_days", func(r *discuss.Rules) int { return r.CloseDays }, func(p *discuss.Patch) **int { return &p.CloseDays }},
	{"night_from", func(r *discuss.Rules) int { return r.NightFrom }, func(p *discuss.Patch) **int { return &p.NightFrom }},
	{"night_to", func(r *discuss.Rules) int { return r.NightTo }, func(p *discuss.Patch) **int { return &p.NightTo }},
	{"edit_minutes", func(r *discuss.Rules) int { return r.EditMinutes }, func(p *discuss.Patch) **int { return &p.EditMinutes }},
	{"max_length", func(r *discuss.Rules) int { return r.MaxLength }, func(p *discuss.Patch) **int { return &p.MaxLength }},
	{"max_links", func(r *discuss.Rules) int { return r.MaxLinks }, func(p *discuss.Patch) **int { return &p.MaxLinks }},
	{"per_minute", func(r *discuss.Rules) int { return r.PerMinute }, func(p *discuss.Patch) **int { return &p.PerMinute }},
	{"per_hour", func(r *discuss.Rules) int { return r.PerHour }, func(p *discuss.Patch) **int { return &p.PerHour }},
	{"new_until", func(r *discuss.Rules) int { return r.NewUntil }, func(p *discuss.Patch) **int { return &p.NewUntil }},
	{"complaint_hours", func(r *discuss.Rules) int { return r.ComplaintHours }, func(p *discuss.Patch) **int { return &p.ComplaintHours }},
	{"hide_at", func(r *discuss.Rules) int { return r.HideAt }, func(p *discuss.Patch) **int { return &p.HideAt }},
}

// scopeOf reads which rules an address or a form means, and says whether the
// sender may change them.
func (x *Room) scopeOf(r *newsroom.Request, v url.Values) (p *rulesPage, line []int64, tree *news.Tree, err error) {
	p = &rulesPage{Shell: x.shell(r, r.Words.T("moderation.rules")), Scope: discuss.ScopeSite}
	if tree, err = x.p.Store.Sections(r.Context()); err != nil {
		return p, nil, nil, err
	}
	section := number(v.Get("section"))
	switch story := number(v.Get("story")); {
	case story != 0:
		cards, err := x.p.Store.WorkCards(r.Context(), []int64{story})
		if err != nil {
			return p, nil, nil, err
		}
		card, ok := cards[story]
		if !ok {
			return p, nil, nil, fault.New(fault.NotFound, "there is no story %d", story)
		}
		p.Scope, p.ID, p.Name, section = discuss.ScopeStory, story, card.Headline, card.SectionID
	case tree.ByID(section) != nil:
		p.Scope, p.ID, p.Name, p.Section = discuss.ScopeSection, section, tree.ByID(section).Name, section
	default:
		section = 0
	}
	line = lineOf(tree, section)
	if p.Scope == discuss.ScopeStory {
		p.Room = storyIn(r, tree, p.ID, section)
	}
	p.Open = r.Actor.Role.Can(account.Configure)
	if p.Scope != discuss.ScopeSite {
		p.Open = r.Actor.CanIn(account.Moderate, line)
	}
	return p, line, tree, nil
}

func (x *Room) rules(w http.ResponseWriter, r *newsroom.Request) error {
	p, _, tree, err := x.scopeOf(r, r.URL.Query())
	if err != nil {
		return err
	}
	own, err := x.p.Store.RulePatch(r.Context(), p.Scope, p.ID)
	if err != nil {
		return err
	}
	return x.rulesForm(w, r, http.StatusOK, p, tree, own, nil)
}

// rulesForm fills the form with what a scope says by itself.
func (x *Room) rulesForm(w http.ResponseWriter, r *newsroom.Request, status int, p *rulesPage, tree *news.Tree, said discuss.Patch, wrong error) error {
	var story, section int64
	switch p.Scope {
	case discuss.ScopeStory:
		cards, err := x.p.Store.WorkCards(r.Context(), []int64{p.ID})
		if err != nil {
			return err
		}
		story, section = p.ID, cards[p.ID].SectionID
	case discuss.ScopeSection:
		section = p.ID
	}
	holds, _, err := x.p.Store.DiscussionRules(r.Context(), story, section)
	if err != nil {
		return err
	}
	at, text := "", ""
	if wrong != nil {
		at, text = r.Sentence(wrong)
	}
	known := false
	mode := discuss.Mode("")
	if said.Mode != nil {
		mode = *said.Mode
	}
	p.Modes = append(p.Modes, option{"", r.Words.T("moderation.inherit", lang.Args{"what": r.Words.T("moderation.mode." + string(holds.Mode))}), mode == ""})
	for _, m := range discuss.Modes {
		p.Modes = append(p.Modes, option{string(m), r.Words.T("moderation.mode." + string(m)), m == mode})
	}
	for _, n := range numbers {
		f := field{Name: n.name, Word: "moderation.rule." + n.name, Hint: "moderation.hint." + n.name, Holds: strconv.Itoa(n.of(&holds))}
		if v := *n.at(&said); v != nil {
			f.Value = strconv.Itoa(*v)
		}
		if at == n.name {
			f.Error, known = text, true
		}
		p.Numbers = append(p.Numbers, f)
	}
	p.Own, p.OwnReact = said.Off != nil, said.Reactions != nil
	for _, ph := range discuss.Phases {
		p.Phases = append(p.Phases, check{string(ph), r.Words.T("moderation.phase." + string(ph)), holds.Has(ph)})
	}
	for _, k := range discuss.Reactions() {
		p.Reactions = append(p.Reactions, check{k, r.Words.T("moderation.reaction." + k), slices.Contains(holds.Reactions, k)})
	}
	if said.Hook != nil {
		p.Hook = *said.Hook
	}
	p.Secret = said.HookSecret != nil
	for _, d := range []discuss.Decision{discuss.Hold, discuss.Pass, discuss.Refuse} {
		p.Fails = append(p.Fails, option{string(d), r.Words.T("moderation.fail." + string(d)), d == holds.HookFail})
	}
	if !known {
		p.Whole = text
	}
	return x.rulesLists(w, r, status, p, tree)
}

// rulesLists adds the word lists, which a story has none of.
func (x *Room) rulesLists(w http.ResponseWriter, r *newsroom.Request, status int, p *rulesPage, tree *news.Tree) error {
	for _, s := range tree.All() {
		if may(r, tree, s.ID) == nil {
			p.Sections = append(p.Sections, option{plain(s.ID), strings.Repeat("\u2003", len(tree.Ancestry(s.ID))-1) + s.Name, p.Scope == discuss.ScopeSection && s.ID == p.ID})
		}
	}
	if p.Scope == discuss.ScopeStory {
		return x.d.PageStatus(w, r, status, "discussion-rules", p)
	}
	lists, err := x.p.Store.WordLists(r.Context(), p.Section)
	if err != nil {
		return err
	}
	for _, l := range lists {
		f := listForm{Name: l.Name, Title: l.Name, Words: strings.Join(l.Words, "\n"), Allow: strings.Join(l.Allow, "\n"), Decision: l.Decision}
		if l.Section == 0 && (l.Name == discuss.BuiltinID || l.Name == discuss.BuiltinEN) {
			f.Builtin, f.Title = true, r.Words.T("moderation.list."+l.Name)
		}
		p.Lists = append(p.Lists, f)
	}
	p.Lists = append(p.Lists, listForm{Title: r.Words.T("moderation.list.new"), Decision: discuss.Hold})
	return x.d.PageStatus(w, r, status, "discussion-rules", p)
}

// saveRules writes what the form says; what is left empty is left to the wider
// scope.
func (x *Room) saveRules(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	p, line, tree, err := x.scopeOf(r, f)
	if err != nil {
		return err
	}
	was, err := x.p.Store.RulePatch(r.Context(), p.Scope, p.ID)
	if err != nil {
		return err
	}
	said, err := readRules(f, was)
	if err == nil {
		err = x.p.Forum.SaveRules(r.Context(), r.Actor, p.Scope, p.ID, line, said)
	}
	if err != nil {
		if !newsroom.Mendable(err) {
			return err
		}
		return x.rulesForm(w, r, statusOf(err), p, tree, said, err)
	}
	return newsroom.SeeOther(w, r, saying(rulesPath(p), "rules", 0, 0))
}

func rulesPath(p *rulesPage) string {
	switch p.Scope {
	case discuss.ScopeSection:
		return Prefix + "/rules?section=" + plain(p.ID)
	case discuss.ScopeStory:
		return Prefix + "/rules?story=" + plain(p.ID)
	}
	return Prefix + "/rules"
}

func readRules(f url.Values, was discuss.Patch) (p discuss.Patch, err error) {
	if m := discuss.Mode(f.Get("mode")); m != "" {
		p.Mode = &m
	}
	for _, n := range numbers {
		text := strings.TrimSpace(f.Get(n.name))
		if text == "" {
			continue
		}
		v, e := strconv.Atoi(text)
		if e != nil {
			err = fault.Input(n.name, "%q is no number", text).Say("moderation_number")
			continue
		}
		*n.at(&p) = &v
	}
	if f.Get("own_phases") != "" {
		off := []discuss.Phase{}
		for _, ph := range discuss.Phases {
			if !slices.Contains(f["phase"], string(ph)) {
				off = append(off, ph)
			}
		}
		p.Off = &off
	}
	if f.Get("own_reactions") != "" {
		kinds := append([]string{}, f["reaction"]...)
		p.Reactions = &kinds
	}
	if hook := strings.TrimSpace(f.Get("hook")); hook != "" {
		p.Hook, p.HookSecret = &hook, was.HookSecret
		if secret := strings.TrimSpace(f.Get("hook_secret")); secret != "" {
			p.HookSecret = &secret
		}
		fail := discuss.Decision(f.Get("hook_fail"))
		p.HookFail = &fail
	}
	return p, err
}

// saveList writes a word list.
func (x *Room) saveList(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	p, line, tree, err := x.scopeOf(r, f)
	if err != nil {
		return err
	}
	l := discuss.WordList{Section: p.Section, Name: f.Get("name"), Decision: discuss.Decision(f.Get("decision")),
		Words: strings.Split(f.Get("words"), "\n"), Allow: strings.Split(f.Get("allow"), "\n")}
	if err = x.p.Forum.SaveList(r.Context(), r.Actor, line, l); err == nil {
		return newsroom.SeeOther(w, r, saying(rulesPath(p), "list", 0, 0))
	}
	if !newsroom.Mendable(err) {
		return err
	}
	said, e := x.p.Store.RulePatch(r.Context(), p.Scope, p.ID)
	if e != nil {
		return e
	}
	return x.rulesForm(w, r, statusOf(err), p, tree, said, err)
}

// statusOf is the status of a page with a form that has to be mended.
func statusOf(err error) int { return web.Status(fault.KindOf(err)) }
