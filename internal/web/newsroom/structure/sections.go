package structure

import (
	"net/http"
	"strconv"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

type sectionsPage struct {
	newsroom.Shell
	Rows []sectionRow
}

type sectionRow struct {
	*news.Section
	Depth  int
	Former int // how many sections it took over
}

func (x *Structure) sections(w http.ResponseWriter, r *newsroom.Request) error {
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	p := &sectionsPage{Shell: shell(r, "sections", "room.nav.sections")}
	for _, s := range tree.All() {
		p.Rows = append(p.Rows, sectionRow{s, len(tree.Ancestry(s.ID)) - 1, len(tree.Former(s.ID))})
	}
	return x.Door.Page(w, r, "structure-sections", p)
}

type sectionPage struct {
	newsroom.Shell
	Section  news.Section
	Parents  []choice
	Problems newsroom.Problems
}

// choice is an option of a form.
type choice struct {
	Value, Text string
	Chosen      bool
}

// sectionChoices are all sections but without and what stands below it.
func sectionChoices(tree *news.Tree, chosen, without int64) (out []choice) {
	for _, s := range tree.All() {
		line := tree.Ancestry(s.ID)
		below := false
		for _, a := range line {
			below = below || without != 0 && a.ID == without
		}
		if below {
			continue
		}
		text := ""
		for range line[1:] {
			text += "– "
		}
		out = append(out, choice{strconv.FormatInt(s.ID, 10), text + s.Name, s.ID == chosen})
	}
	return out
}

func (x *Structure) section(w http.ResponseWriter, r *newsroom.Request) error {
	tree, sec, err := x.findSection(r)
	if err != nil {
		return err
	}
	return x.sectionForm(w, r, http.StatusOK, tree, sec, nil)
}

func (x *Structure) sectionForm(w http.ResponseWriter, r *newsroom.Request, status int, tree *news.Tree, sec news.Section, bad newsroom.Problems) error {
	p := &sectionPage{Shell: shell(r, "sections", "structure.section_new"), Section: sec, Problems: bad,
		Parents: sectionChoices(tree, sec.ParentID, sec.ID)}
	if sec.ID != 0 {
		p.Title = sec.Name
	}
	return x.Door.PageStatus(w, r, status, "structure-section", p)
}

// findSection returns the section of the path, a new one for "new".
func (x *Structure) findSection(r *newsroom.Request) (*news.Tree, news.Section, error) {
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return nil, news.Section{}, err
	}
	if r.PathValue("id") == "new" || r.PathValue("id") == "" {
		return tree, news.Section{Position: len(tree.All())}, nil
	}
	id, err := r.ID("id")
	if err != nil {
		return nil, news.Section{}, err
	}
	s := tree.ByID(id)
	if s == nil || s.ID != id {
		return nil, news.Section{}, fault.New(fault.NotFound, "there is no section %d", id)
	}
	return tree, *s, nil
}

func (x *Structure) saveSection(w http.ResponseWriter, r *newsroom.Request) error {
	tree, sec, err := x.findSection(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	sec.Name, sec.Slug, sec.Description, sec.Hidden = f.Get("name"), f.Get("slug"), f.Get("description"), f.Get("hidden") != ""
	if sec.Slug == "" {
		sec.Slug = lang.Slug(sec.Name)
	}
	sec.ParentID, _ = strconv.ParseInt(f.Get("parent"), 10, 64) // rubbish is the top level
	if n, err := strconv.Atoi(f.Get("position")); err == nil {
		sec.Position = min(max(n, 0), 100_000)
	}
	if _, err = x.Site.SaveSection(r.Context(), r.Actor, sec); err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.sectionForm(w, r, http.StatusUnprocessableEntity, tree, sec, bad)
	}
	return back(w, r, "/sections", "saved")
}

type giveUpPage struct {
	newsroom.Shell
	Section  news.Section
	Heirs    []choice
	Problems newsroom.Problems
}

// giveUp asks which section takes over, and closes the section.
func (x *Structure) giveUp(w http.ResponseWriter, r *newsroom.Request) error {
	tree, sec, err := x.findSection(r)
	if err != nil {
		return err
	}
	p := &giveUpPage{Shell: shell(r, "sections", "structure.give_up"), Section: sec, Heirs: sectionChoices(tree, 0, sec.ID)}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		f, err := newsroom.Form(w, r)
		if err != nil {
			return err
		}
		into, _ := strconv.ParseInt(f.Get("into"), 10, 64) // rubbish is no section
		if err = x.Site.GiveUpSection(r.Context(), r.Actor, sec.ID, into); err == nil {
			return back(w, r, "/sections", "merged")
		}
		if p.Problems, err = r.Mend(err); err != nil {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return x.Door.PageStatus(w, r, status, "structure-give-up", p)
}
