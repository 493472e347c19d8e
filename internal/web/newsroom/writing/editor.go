package writing

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// editorPage is the page on which one story is written.
type editorPage struct {
	newsroom.Shell
	ID      int64
	Seq     int64
	C       news.Content
	Acts    []actLink
	Names   names
	Me      credited // the reader's byline; zero if he has none
	Propose bool     // he may approve, and is not credited as editor yet

	LongHeadline int // how long a headline may be before the check says so

	// Where the story is, in words.
	Stage    news.Column
	State    []string
	Owner    string
	Assignee string
	Desk     string
	Comments bool // the reader may say how its discussion is held
	SavedBy  string
	LivePath string
	LiveNo   int
	NamedNo  int
	Changed  bool
	// Withdrawn says that readers get a notice in the story's place.
	Withdrawn bool
	Signoffs  []news.Signoff
	Needed    int

	Conflicts []conflictRow
	People    []person
	Remarks   []remark
	Returned  *remark    // why it was sent back, as long as that is the last word on the draft
	Guests    []guestRow // links that still work
	Checks    []finding
	Kinds     []choice
	Languages []choice
	Access    []choice
	Teaser    int // blocks that are open without a cut
	Labels    []choice
	Sections  []choice
	Credits   []credited
	Plain     []string // the body's paragraphs, for a browser without script
	Words     string   // JSON of what the editor's script says
	// Zone and SiteLanguage are the site's.
	Zone, SiteLanguage string

	may []news.Act
}

// May reports whether the reader can do this to the story now.
func (p *editorPage) May(act string) bool { return slices.Contains(p.may, news.Act(act)) }

// Path returns the address of the story in the newsroom with what follows.
func (p *editorPage) Path(rest string) string { return storyPath(p.ID) + rest }

// Days are how long a guest's link may live.
func (p *editorPage) Days() []int { return []int{1, 3, 7, 14} }

// actLink leads to the page of an action.
type actLink struct {
	Name, Label, Path string
	Main, Danger      bool
}

// credited is a person in the byline.
type credited struct {
	ID             int64
	Name           string
	Role, RoleWord string
}

// choice is an option of a field.
type choice struct {
	Value, Word string
	Chosen      bool
	Depth       int
}

// Pad returns the blanks that set a section off from the one above it.
func (c choice) Pad() string { return strings.Repeat("  ", c.Depth) }

// conflictRow is a conflict as a browser without script shows it.
type conflictRow struct {
	conflict
	Where, KeptText, OtherText, When string
}

// remark is what somebody said of the story.
type remark struct {
	Who, What, Text, When, ISO string
	Report                     string // the reader's report that it is about, for who handles those
}

// editor answers with the page on which a story is written.
func (x *Writing) editor(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	p := &editorPage{ID: id, LongHeadline: news.LongHeadline}
	var st news.DraftState
	err = x.p.Desk.Look(r.Context(), r.Actor, id, func(world *news.World, rec *news.Record) error {
		st = rec.State(world)
		p.may = rec.Acts(world, r.Actor)
		return nil
	})
	if err != nil {
		return err
	}
	title := st.Content.Headline
	if strings.TrimSpace(title) == "" {
		title = r.Words.T("writing.untitled")
	}
	p.Shell = newsroom.Shell{Title: title, Active: "mine", Wide: true, Scripts: []string{"editor.js", "writing.js"}, Said: said(r)}
	p.Seq, p.C, p.LiveNo, p.NamedNo, p.Changed = st.Seq, st.Content, st.Story.LiveNo, st.Story.NamedNo, st.Changed
	p.Signoffs, p.Needed = st.Signoffs, st.Needed
	if p.Names, err = x.names(r, &p.C); err != nil {
		return err
	}
	if err := x.fillPeople(r, p, &st); err != nil {
		return err
	}
	if err := x.fillTimeline(r, p); err != nil {
		return err
	}
	if p.Guests, err = x.guestRows(r, id); err != nil {
		return err
	}
	found, err := x.findings(r, id)
	if err != nil {
		return err
	}
	p.Checks = found
	fillState(r, p, &st)
	fillChoices(r, p)
	p.fillConflicts(r, st.Conflicts)
	for _, b := range p.C.Body.Blocks {
		if text := plainBlock(b); text != "" {
			p.Plain = append(p.Plain, text)
		}
	}
	words, err := json.Marshal(r.Words.Texts("editor."))
	if err != nil {
		return err
	}
	p.Words, p.Zone, p.SiteLanguage = string(words), r.Site.Get("zone"), string(r.Site.Language())
	return x.d.Page(w, r, "writing-editor", p)
}

// said is the sentence about what was just done.
func said(r *newsroom.Request) string {
	q := r.URL.Query()
	if q.Get("saved") != "" {
		return r.Words.T("writing.saved")
	}
	if key := "desk.said." + q.Get("said"); q.Get("said") != "" && r.Words.Has(key) {
		return r.Words.T(key)
	}
	if key := "writing.said." + q.Get("said"); q.Get("said") != "" && r.Words.Has(key) {
		return r.Words.T(key)
	}
	return ""
}

// stateWords says where a story is: its stage, what readers get, what it waits
// for.
func stateWords(r *newsroom.Request, st *news.DraftState) []string {
	s := &st.Story
	out := []string{r.Words.T("room.stage." + string(columnOf(st)))}
	at := func(key string, args lang.Args) { out = append(out, r.Words.T(key, args)) }
	if s.Stage == news.StageScheduled && !s.DueAt.IsZero() {
		at("writing.state.due", lang.Args{"time": lang.DateTime(r.Lang, s.DueAt, r.Zone)})
	}
	if s.EmbargoUntil.After(r.Now) {
		at("writing.state.embargo", lang.Args{"time": lang.DateTime(r.Lang, s.EmbargoUntil, r.Zone)})
	}
	switch {
	case s.Status == news.Live:
		at("writing.state.live", lang.Args{"time": lang.DateTime(r.Lang, s.FirstPublished, r.Zone), "no": strconv.Itoa(s.LiveNo)})
	case s.Status == news.Withdrawn && columnOf(st) != news.ColumnWithdrawn:
		at("room.stage.withdrawn", nil)
	case s.Status == news.Unpublished:
		at("writing.state.unseen", nil)
	}
	if st.Needed > 0 && columnOf(st) != news.ColumnLive { // what is out waits for nobody
		at("writing.state.signoffs", lang.Args{"have": len(st.Signoffs), "need": st.Needed})
	}
	return out
}

// columnOf is the stage of what people are writing, else what readers get.
func columnOf(st *news.DraftState) news.Column {
	switch {
	case st.Story.Stage != news.StageNone:
		return news.Column(st.Story.Stage)
	case st.Writing:
		return news.ColumnDraft
	case st.Story.Status == news.Live:
		return news.ColumnLive
	case st.Story.Status == news.Withdrawn:
		return news.ColumnWithdrawn
	}
	return news.ColumnDraft
}

// fillState adds where the story is and what can be done to it.
func fillState(r *newsroom.Request, p *editorPage, st *news.DraftState) {
	p.Stage, p.State = columnOf(st), stateWords(r, st)[1:]
	live := st.Story.Status == news.Live
	p.Withdrawn = st.Story.Status == news.Withdrawn
	main := true // the first of those that bring the draft to readers
	for _, a := range []struct {
		act    news.Act
		label  string
		danger bool
	}{
		{news.ActPublish, "room.act.publish", false},
		{news.ActApprove, "room.act.approve", false},
		{news.ActSubmit, "room.act.submit", false},
		{news.ActSchedule, "room.act.schedule", false},
		{news.ActUnplan, "writing.act.unschedule", false},
		{news.ActSendBack, "room.act.send_back", false},
		{news.ActTakeBack, "writing.act.take_back", false},
		{news.ActAssign, "writing.act.assign", false},
		{news.ActCorrect, "room.act.correct", false},
		{news.ActEmbargo, "writing.act.embargo", false},
		{news.ActWithdraw, "room.act.withdraw", true},
	} {
		if !slices.Contains(p.may, a.act) {
			continue
		}
		if a.act == news.ActPublish && live {
			a.label = "room.act.update"
		}
		name := strings.ReplaceAll(string(a.act), "_", "-")
		p.Acts = append(p.Acts, actLink{Name: name, Label: r.Words.T(a.label), Path: storyPath(p.ID) + "/" + name, Main: main && forward(a.act), Danger: a.danger})
		main = false
	}
}

// forward reports whether an act brings what is written nearer to readers.
func forward(a news.Act) bool {
	return a == news.ActPublish || a == news.ActApprove || a == news.ActSubmit
}

// fillPeople adds who has to do with the story: whose it is, who is here, and
// the reader's own byline.
func (x *Writing) fillPeople(r *newsroom.Request, p *editorPage, st *news.DraftState) (err error) {
	users, err := x.p.Store.UsersByID(r.Context(), distinct([]int64{st.Story.OwnerID, st.Story.AssigneeID, userOf(st.By)}))
	if err != nil {
		return err
	}
	p.Owner, p.Assignee = users[st.Story.OwnerID].Name, users[st.Story.AssigneeID].Name
	p.SavedBy = users[userOf(st.By)].Name
	tree, err := x.p.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	var line []int64
	for _, s := range tree.Ancestry(st.Story.SectionID) {
		line = append(line, s.ID)
	}
	p.Comments = r.Actor.CanIn(account.Moderate, line)
	if s := tree.ByID(st.Story.AssignedTo); s != nil {
		p.Desk = s.Name
	}
	if st.Story.Status == news.Live {
		p.LivePath = news.Path(tree.Slug(st.Story.SectionID), st.Story.FirstPublished, r.Zone, st.Story.ID, st.Story.Slug)
	}
	for _, c := range p.C.Credits {
		name := p.Names.People[c.PersonID]
		if name == "" {
			name = r.Words.T("writing.unknown")
		}
		p.Credits = append(p.Credits, credited{c.PersonID, name, string(c.Role), r.Words.T("role." + string(c.Role))})
	}
	if p.People, err = x.people(r.Context(), p.ID); err != nil {
		return err
	}
	me := r.Session.User.PersonID
	if me == 0 {
		return nil
	}
	persons, err := x.p.Store.Persons(r.Context(), []int64{me})
	if err != nil || len(persons) == 0 {
		return err
	}
	p.Me = credited{ID: me, Name: persons[0].Name, Role: string(news.Editor), RoleWord: r.Words.T("role." + string(news.Editor))}
	p.Propose = p.May(string(news.ActApprove)) && !slices.Contains(p.C.Credits, news.Credit{PersonID: me, Role: news.Editor})
	return nil
}

// userOf returns the id in an actor's name of the audit log ("user:3"), 0 for
// anybody else.
func userOf(actor string) int64 {
	digits, ok := strings.CutPrefix(actor, "user:")
	id, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return 0
	}
	return id
}

// fillTimeline adds the last things that happened to the story.
func (x *Writing) fillTimeline(r *newsroom.Request, p *editorPage) error {
	list, _, err := x.p.Store.Timeline(r.Context(), p.ID, 0, 8)
	if err != nil {
		return err
	}
	if p.Remarks, err = x.remarks(r, list); err != nil {
		return err
	}
	if i := slices.IndexFunc(list, decides); i >= 0 && list[i].Action == "send_back" && p.Remarks[i].Text != "" {
		p.Returned = &p.Remarks[i]
	}
	return nil
}

// decides reports whether a deed took the draft a step further or back.
func decides(e news.TimelineEntry) bool {
	switch e.Action {
	case "submit", "take_back", "send_back", "approve", "schedule", "publish", "correct", "withdraw":
		return true
	}
	return false
}

// remarks puts entries of a timeline into words.
func (x *Writing) remarks(r *newsroom.Request, list []news.TimelineEntry) ([]remark, error) {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = userOf(list[i].Actor)
	}
	users, err := x.p.Store.UsersByID(r.Context(), distinct(ids))
	if err != nil {
		return nil, err
	}
	out := make([]remark, len(list))
	for i, e := range list {
		who := users[userOf(e.Actor)].Name
		if key := "writing.deed_by." + e.Actor; who == "" && r.Words.Has(key) {
			who = r.Words.T(key)
		} else if who == "" {
			who = e.Actor
		}
		what := e.Action
		if key := "writing.deed." + e.Action; r.Words.Has(key) {
			what = r.Words.T(key, lang.Args{"no": strconv.Itoa(e.Deed.Version), "time": when(r, e.Deed.At)})
		}
		out[i] = remark{Who: who, What: what, Text: e.Deed.Note, When: when(r, e.At), ISO: e.At.UTC().Format(isoForm)}
		if e.Deed.Report != 0 && r.Actor.CanSomewhere(account.Reports) {
			out[i].Report = newsroom.Prefix + "/reports/" + strconv.FormatInt(e.Deed.Report, 10)
		}
	}
	return out, nil
}

// fillChoices adds what the fields with a fixed list offer.
func fillChoices(r *newsroom.Request, p *editorPage) {
	c := &p.C
	for _, k := range news.Kinds {
		o := choice{Value: string(k), Word: r.Words.T("writing.kind." + string(k)), Chosen: c.Kind == k}
		if k == news.KindNews && c.Kind == "" { // what is not said
			o.Value, o.Chosen = "", true
		}
		p.Kinds = append(p.Kinds, o)
	}
	for _, code := range lang.Codes() {
		o := choice{Value: string(code), Word: r.Words.T("writing.language." + string(code)), Chosen: c.Language == code}
		if code == r.Site.Language() && c.Language == "" {
			o.Value, o.Chosen = "", true
		}
		p.Languages = append(p.Languages, o)
	}
	if p.Teaser = c.Teaser; p.Teaser == 0 {
		p.Teaser = r.Site.Teaser()
	}
	p.Access = []choice{{Value: "", Word: r.Words.T("writing.access.free"), Chosen: c.Access == news.Free},
		{Value: string(news.Members), Word: r.Words.T("writing.access.members"), Chosen: c.Access == news.Members}}
	for _, l := range news.RoomLabels {
		p.Labels = append(p.Labels, choice{Value: string(l), Word: labelWord(r.Words, l), Chosen: c.Has(l)})
	}
	for _, s := range p.Names.Sections {
		p.Sections = append(p.Sections, choice{Value: strconv.FormatInt(s.ID, 10), Word: s.Name, Chosen: s.ID == c.SectionID, Depth: s.Depth})
	}
}

// labelWord is a label in words, those of the board and of the rules of
// approval; the preview has what readers see.
func labelWord(words *lang.Catalog, l news.Label) string {
	if l == news.LabelLegal || l == news.LabelSensitive {
		return words.T("writing.label." + string(l))
	}
	return words.T("desk.label." + string(l))
}

// fillConflicts adds what two people changed at once.
func (p *editorPage) fillConflicts(r *newsroom.Request, list []news.DraftConflict) {
	for _, c := range conflicts(list) {
		where := r.Words.T("writing.conflict.block")
		if c.Field != "" {
			where = r.Words.T("writing.field." + c.Field)
		}
		p.Conflicts = append(p.Conflicts, conflictRow{conflict: c, Where: where, KeptText: textOf(c.Field, c.Kept), OtherText: textOf(c.Field, c.Other),
			When: when(r, c.At)})
	}
}

// MayMake reports whether the reader may make topics, persons and sources.
func (p *editorPage) MayMake() bool { return p.Can(string(account.WriteAny)) }
