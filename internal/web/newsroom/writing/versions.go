package writing

import (
	"net/http"
	"strconv"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// versionsShown is how many versions, and how many deeds, one page lists.
const versionsShown = 30

// versionRow is a version in the list.
type versionRow struct {
	No        int
	Who, Why  string
	When, ISO string
	Live      bool
	Named     bool
	Signoffs  int
	Before    int // the version it is compared with: the one below it; 0: none
}

// versionsPage lists what a story was, and what happened to it.
type versionsPage struct {
	newsroom.Shell
	ID       int64
	Headline string
	List     []versionRow
	More     string
	Writing  bool
	Last     int
	Deeds    []remark
	MoreDeed string
	// Preset are the rows that are compared unless one chooses others: the older
	// and the newer one; -1 for the draft.
	Preset [2]int
}

// Path returns the address of the story in the newsroom with what follows.
func (p *versionsPage) Path(rest string) string { return storyPath(p.ID) + rest }

// versions lists the versions of a story, the newest first.
func (x *Writing) versions(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	before, err := position(r, "before")
	if err != nil {
		return err
	}
	list, more, err := x.p.Store.Versions(r.Context(), id, int(before), versionsShown)
	if err != nil {
		return err
	}
	p := &versionsPage{Shell: newsroom.Shell{Title: r.Words.T("writing.versions.title"), Active: "mine", Said: said(r)}, ID: id,
		Headline: st.Content.Headline, Writing: st.Writing, Last: st.Story.LastNo}
	if p.List, err = x.versionRows(r, list); err != nil {
		return err
	}
	if p.Preset = [2]int{1, 0}; st.Writing {
		p.Preset = [2]int{0, -1}
	}
	if len(p.List) == 1 {
		p.Preset[0] = 0
	}
	if more {
		p.More = p.Path("/versions?before=" + strconv.Itoa(list[len(list)-1].No))
	}
	return x.withDeeds(w, r, p)
}

// withDeeds adds what happened to the story and answers.
func (x *Writing) withDeeds(w http.ResponseWriter, r *newsroom.Request, p *versionsPage) error {
	after, err := position(r, "deeds")
	if err != nil {
		return err
	}
	deeds, more, err := x.p.Store.Timeline(r.Context(), p.ID, after, versionsShown)
	if err != nil {
		return err
	}
	if p.Deeds, err = x.remarks(r, deeds); err != nil {
		return err
	}
	if more {
		p.MoreDeed = p.Path("/versions?deeds=" + strconv.FormatInt(deeds[len(deeds)-1].ID, 10) + "#deeds")
	}
	return x.d.Page(w, r, "writing-versions", p)
}

// position reads where a list goes on, 0 for its top.
func position(r *newsroom.Request, name string) (int64, error) {
	text := r.FormValue(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "there is no such page of the list")
	}
	return n, nil
}

// versionRows puts versions into words.
func (x *Writing) versionRows(r *newsroom.Request, list []news.VersionInfo) ([]versionRow, error) {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = userOf(list[i].By)
	}
	users, err := x.p.Store.UsersByID(r.Context(), distinct(ids))
	if err != nil {
		return nil, err
	}
	out := make([]versionRow, len(list))
	for i, v := range list {
		who := users[userOf(v.By)].Name
		if who == "" {
			who = v.By
		}
		out[i] = versionRow{No: v.No, Who: who, Why: whyWord(r.Words, v.Why), When: when(r, v.At), ISO: v.At.UTC().Format(isoForm),
			Live: v.Live, Named: v.Named, Signoffs: v.Signoffs, Before: v.No - 1}
	}
	return out, nil
}

// whyWord says in words why there is a version.
func whyWord(words *lang.Catalog, why string) string {
	if key := "writing.why." + why; words.Has(key) {
		return words.T(key)
	}
	return why
}

// versionPage shows one version.
type versionPage struct {
	newsroom.Shell
	ID         int64
	V          versionRow
	MayRestore bool
}

// Path returns the address of the story in the newsroom with what follows.
func (p *versionPage) Path(rest string) string { return storyPath(p.ID) + rest }

// version shows a version as readers would see it.
func (x *Writing) version(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	var acts []news.Act
	if acts, err = x.p.Desk.Acts(r.Context(), r.Actor, id); err != nil {
		return err
	}
	no, err := r.ID("no")
	if err != nil {
		return err
	}
	v, err := x.versionOf(r, id, int(min(no, 1<<31-1)))
	if err != nil {
		return err
	}
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	rows, err := x.versionRows(r, []news.VersionInfo{{No: v.No, Origin: v.Origin, By: v.By, At: v.At, Why: v.Why,
		Live: v.No == st.Story.LiveNo, Named: v.No == st.Story.NamedNo}})
	if err != nil {
		return err
	}
	p := &versionPage{Shell: newsroom.Shell{Title: r.Words.T("writing.version.title", lang.Args{"no": strconv.Itoa(v.No)}), Active: "mine", Wide: true},
		ID: id, V: rows[0]}
	for _, a := range acts {
		p.MayRestore = p.MayRestore || a == news.ActRestore
	}
	return x.d.Page(w, r, "writing-version", p)
}

// restore makes what a version says the draft.
func (x *Writing) restore(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	form, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	no, err := strconv.Atoi(form.Get("no"))
	if err != nil || no < 1 {
		return noVersion()
	}
	if err := x.p.Desk.May(r.Context(), r.Actor, account.WriteAny, id); err != nil {
		return err // before anything is said of the versions that there are
	}
	if err := x.p.Desk.RestoreVersion(r.Context(), r.Actor, id, no); err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, storyPath(id)+"?said=restored")
}
