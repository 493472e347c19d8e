package structure

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

type frontsPage struct {
	newsroom.Shell
	Rows []frontRow
}

type frontRow struct {
	ID    int64
	Name  string // empty: the home page
	Draft *news.FrontDraft
}

func (x *Structure) fronts(w http.ResponseWriter, r *newsroom.Request) error {
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	p := &frontsPage{Shell: shell(r, "fronts", "room.nav.fronts"), Rows: []frontRow{{}}}
	for _, s := range tree.All() {
		p.Rows = append(p.Rows, frontRow{ID: s.ID, Name: s.Name})
	}
	drafts, err := x.Store.FrontDrafts(r.Context())
	if err != nil {
		return err
	}
	for i := range p.Rows {
		for j := range drafts {
			if drafts[j].SectionID == p.Rows[i].ID {
				p.Rows[i].Draft = &drafts[j]
			}
		}
	}
	return x.Door.Page(w, r, "structure-fronts", p)
}

type frontPage struct {
	newsroom.Shell
	Section    int64
	Name       string // empty: the home page
	Seq        int64  // of the draft that the form was made from
	Draft      *news.FrontDraft
	By         string // who changed the draft
	Containers []containerForm
	Kinds      []news.ContainerKind
	Versions   []versionRow
	Preview    string
	Problems   newsroom.Problems
}

type containerForm struct {
	N int
	news.Container
	Sections []choice
	Gallery  bool // filled from galleries
	Video    bool
	Pins     []pin
	// Finding: the search for a story to pin is open here.
	Finding bool
	Find    string
	Found   []news.Card
}

type pin struct {
	N     int
	Place int // counted from one
	news.Slot
	Headline string // empty: the story is not live
}

type versionRow struct {
	news.FrontVersion
	Who string
}

// kinds are the containers that can be added.
var kinds = []news.ContainerKind{news.ContainerLead, news.ContainerTimeline, news.ContainerSection, news.ContainerMostRead,
	news.ContainerMedia, news.ContainerTopics}

// arranged returns the section, and what is being arranged: the draft, else the
// live front, else the newest stories of the section.
func (x *Structure) arranged(r *newsroom.Request) (name string, f news.Front, draft *news.FrontDraft, err error) {
	id, err := sectionOf(r)
	if err != nil {
		return "", f, nil, err
	}
	if id != 0 {
		tree, err := x.Store.Sections(r.Context())
		if err != nil {
			return "", f, nil, err
		}
		s := tree.ByID(id)
		if s == nil || s.ID != id {
			return "", f, nil, fault.New(fault.NotFound, "there is no section %d", id)
		}
		name = s.Name
	}
	d, err := x.Store.FrontDraft(r.Context(), id)
	if err == nil {
		return name, d.Front, &d, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return "", f, nil, err
	}
	f, err = x.Store.Front(r.Context(), id)
	if fault.Is(err, fault.NotFound) || err == nil && len(f.Containers) == 0 {
		f, err = news.Front{SectionID: id, Containers: []news.Container{{Kind: news.ContainerLead, Size: 3, Rule: news.Rule{SectionID: id}}}}, nil
	}
	return name, f, nil, err
}

func sectionOf(r *newsroom.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("section"), 10, 64)
	if err != nil || id < 0 {
		return 0, fault.New(fault.NotFound, "there is no page at this address")
	}
	return id, nil
}

func (x *Structure) front(w http.ResponseWriter, r *newsroom.Request) error {
	name, f, draft, err := x.arranged(r)
	if err != nil {
		return err
	}
	return x.frontForm(w, r, http.StatusOK, name, f, draft, nil)
}

func (x *Structure) frontForm(w http.ResponseWriter, r *newsroom.Request, status int, name string, f news.Front, draft *news.FrontDraft, bad newsroom.Problems) error {
	p := &frontPage{Shell: shell(r, "fronts", "structure.front_home"), Section: f.SectionID, Name: name, Draft: draft, Kinds: kinds, Problems: bad}
	p.Wide, p.Scripts = true, []string{"front.js"}
	p.Preview = newsroom.Prefix + "/fronts/" + r.PathValue("section") + "/preview"
	if name != "" {
		p.Title = name
	}
	if draft != nil {
		p.Seq = draft.Seq
	}
	if err := x.frontContainers(r, p, f); err != nil {
		return err
	}
	versions, err := x.Store.FrontVersions(r.Context(), f.SectionID, 0, 10)
	if err != nil {
		return err
	}
	var ids []int64
	for _, v := range versions {
		ids = append(ids, userID(v.By))
	}
	if draft != nil {
		ids = append(ids, userID(draft.By))
	}
	people, err := x.Store.UsersByID(r.Context(), ids)
	if err != nil {
		return err
	}
	for _, v := range versions {
		row := versionRow{FrontVersion: v, Who: people[userID(v.By)].Name}
		if row.Who == "" {
			row.Who = v.By
		}
		p.Versions = append(p.Versions, row)
	}
	if draft != nil {
		p.By = people[userID(draft.By)].Name
	}
	return x.Door.PageStatus(w, r, status, "structure-front", p)
}

// frontContainers fills in the containers with the headlines of what is pinned,
// and what was found where somebody looks for a story.
func (x *Structure) frontContainers(r *newsroom.Request, p *frontPage, f news.Front) error {
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	var ids []int64
	for _, c := range f.Containers {
		for _, s := range c.Slots {
			ids = append(ids, s.StoryID)
		}
	}
	cards, err := x.Store.Cards(r.Context(), ids)
	if err != nil {
		return err
	}
	headline := map[int64]string{}
	for _, c := range cards {
		headline[c.ID] = c.FullHeadline
	}
	q := r.URL.Query()
	at, err := strconv.Atoi(q.Get("at"))
	if err != nil {
		at = -1
	}
	for i, c := range f.Containers {
		form := containerForm{N: i, Container: c, Sections: sectionChoices(tree, c.Rule.SectionID, 0),
			Gallery: slices.Contains(c.Rule.Kinds, news.KindGallery), Video: slices.Contains(c.Rule.Kinds, news.KindVideo)}
		for j, s := range c.Slots {
			form.Pins = append(form.Pins, pin{j, s.Position + 1, s, headline[s.StoryID]})
		}
		if i == at {
			form.Finding, form.Find = true, cut(q.Get("q"), 200)
			if form.Found, err = x.find(r, form.Find, c.Rule.SectionID); err != nil {
				return err
			}
		}
		p.Containers = append(p.Containers, form)
	}
	return nil
}

// find returns live stories that a search finds, the newest without a search.
func (x *Structure) find(r *newsroom.Request, text string, section int64) ([]news.Card, error) {
	const most = 12
	if strings.TrimSpace(text) != "" {
		res, err := x.Store.Search(r.Context(), news.SearchFilter{Query: text, Limit: most})
		return res.Cards, err
	}
	cards, _, _, err := x.Store.List(r.Context(), news.ListFilter{SectionID: section, Limit: most})
	return cards, err
}

// findStories gives a script what find finds.
func (x *Structure) findStories(w http.ResponseWriter, r *newsroom.Request) error {
	cards, err := x.find(r, cut(r.URL.Query().Get("q"), 200), 0)
	if err != nil {
		return err
	}
	type found struct {
		ID       int64  `json:"id"`
		Headline string `json:"headline"`
		At       string `json:"at"`
	}
	out := make([]found, 0, len(cards))
	for _, c := range cards {
		out = append(out, found{c.ID, c.FullHeadline, c.FirstPublished.UTC().Format("2006-01-02T15:04:05Z")})
	}
	return newsroom.JSON(w, out)
}

// saveFront takes the whole form, does what the pressed button says, and keeps
// the result as the draft.
func (x *Structure) saveFront(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := sectionOf(r)
	if err != nil {
		return err
	}
	form, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	f := news.Front{SectionID: id}
	base, _ := strconv.ParseInt(form.Get("seq"), 10, 64) // rubbish is no draft
	at := ""
	if f.Containers, err = readContainers(r, form); err == nil {
		at, err = do(&f, form.Get("do"), form)
	}
	if err == nil {
		_, err = x.Site.SaveFrontDraft(r.Context(), r.Actor, f, base)
	}
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		name, _, draft, err := x.arranged(r)
		if err != nil {
			return err
		}
		return x.frontForm(w, r, http.StatusUnprocessableEntity, name, f, draft, bad)
	}
	return newsroom.SeeOther(w, r, r.URL.Path+at)
}

func (x *Structure) previewFront(w http.ResponseWriter, r *newsroom.Request) error {
	_, f, _, err := x.arranged(r)
	if err != nil {
		return err
	}
	html, policy, err := x.Preview.FrontPreview(r.Context(), f)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(html) // whoever asked may be gone
	return nil
}

func (x *Structure) publishFront(w http.ResponseWriter, r *newsroom.Request) error {
	form, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	name, f, draft, err := x.arranged(r)
	if err != nil {
		return err
	}
	// What goes live is what the person has seen, not what somebody made of it
	// meanwhile.
	if seq, _ := strconv.ParseInt(form.Get("seq"), 10, 64); draft == nil || draft.Seq != seq {
		err = fault.New(fault.Conflict, "somebody else has changed this front meanwhile").Say("front_changed")
	} else {
		_, err = x.Site.PublishFront(r.Context(), r.Actor, f, cut(form.Get("why"), 200))
	}
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.frontForm(w, r, http.StatusConflict, name, f, draft, bad)
	}
	return back(w, r, "/fronts/"+r.PathValue("section"), "live")
}

func (x *Structure) dropFront(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := sectionOf(r)
	if err != nil {
		return err
	}
	if err := x.Site.DropFrontDraft(r.Context(), r.Actor, id); err != nil {
		return err
	}
	return back(w, r, "/fronts/"+r.PathValue("section"), "dropped")
}

// undoFront makes an earlier arrangement live again.
func (x *Structure) undoFront(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := sectionOf(r)
	if err != nil {
		return err
	}
	form, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	no, _ := strconv.Atoi(form.Get("no")) // rubbish is no version
	versions, err := x.Store.FrontVersions(r.Context(), id, no+1, 1)
	if err != nil {
		return err
	}
	if len(versions) == 0 || versions[0].No != no {
		return fault.New(fault.NotFound, "there is no version %d of this front", no)
	}
	if _, err := x.Site.PublishFront(r.Context(), r.Actor, versions[0].Front, "undo:"+strconv.Itoa(no)); err != nil {
		return err
	}
	return back(w, r, "/fronts/"+r.PathValue("section"), "undone")
}
