package structure

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

type topicsPage struct {
	newsroom.Shell
	Renamings []news.Renaming
	Query     string
	Rows      []news.Topic
	Next      string
}

// renamingsShown is of how many changed names the progress is shown.
const renamingsShown = 20

// watching lets a page draw its progress anew while there is any.
func watching(s newsroom.Shell, left []news.Renaming) newsroom.Shell {
	if len(left) > 0 {
		s.Scripts = []string{"writing.js"}
	}
	return s
}

func (x *Structure) topics(w http.ResponseWriter, r *newsroom.Request) error {
	f := names(r)
	rows, next, err := x.Store.TopicsByName(r.Context(), f)
	if err != nil {
		return err
	}
	left, err := x.Store.Renamings(r.Context(), news.RefTopic, renamingsShown)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "structure-topics", &topicsPage{Shell: watching(shell(r, "topics", "room.nav.topics"), left), Query: f.Text,
		Rows: rows, Next: more(r, next), Renamings: left})
}

type topicPage struct {
	newsroom.Shell
	Topic     news.Topic
	Aliases   string // one a line
	Find      string // what was looked for to merge with
	Found     []news.Topic
	Problems  newsroom.Problems
	Renamings []news.Renaming
}

func (x *Structure) findTopic(r *newsroom.Request) (t news.Topic, err error) {
	id, err := r.IDOrNew("id")
	if err != nil || id == 0 {
		return t, err
	}
	return only(x.Store.Topics(r.Context(), []int64{id}))
}

func (x *Structure) topic(w http.ResponseWriter, r *newsroom.Request) error {
	t, err := x.findTopic(r)
	if err != nil {
		return err
	}
	aliases, err := x.Store.Aliases(r.Context(), t.ID)
	if err != nil {
		return err
	}
	return x.topicForm(w, r, http.StatusOK, t, strings.Join(aliases, "\n"), nil)
}

func (x *Structure) topicForm(w http.ResponseWriter, r *newsroom.Request, status int, t news.Topic, aliases string, bad newsroom.Problems) error {
	p := &topicPage{Shell: shell(r, "topics", "structure.topic"), Topic: t, Aliases: aliases, Problems: bad, Find: cut(r.URL.Query().Get("find"), 100)}
	if t.ID != 0 {
		p.Title = t.Name
	}
	left, err := x.Store.Renamings(r.Context(), news.RefTopic, renamingsShown)
	if err != nil {
		return err
	}
	p.Renamings = slices.DeleteFunc(left, func(n news.Renaming) bool { return n.RefID != t.ID })
	p.Shell = watching(p.Shell, p.Renamings)
	if p.Find != "" {
		found, _, err := x.Store.TopicsByName(r.Context(), news.NameFilter{Text: p.Find, Limit: 20})
		if err != nil {
			return err
		}
		for _, f := range found {
			if f.ID != t.ID {
				p.Found = append(p.Found, f)
			}
		}
	}
	return x.Door.PageStatus(w, r, status, "structure-topic", p)
}

func (x *Structure) saveTopic(w http.ResponseWriter, r *newsroom.Request) error {
	t, err := x.findTopic(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	t.Name, t.Slug, t.Intro = strings.TrimSpace(f.Get("name")), f.Get("slug"), f.Get("intro")
	t.Curated, t.Chronology = f.Get("curated") != "", f.Get("chronology") != ""
	if t.Slug == "" {
		t.Slug = lang.Slug(t.Name)
	}
	saved, err := x.Site.SaveTopic(r.Context(), r.Actor, t)
	if err == nil {
		err = x.Site.SaveAliases(r.Context(), r.Actor, saved.ID, lines(f.Get("aliases")))
		t = saved
	}
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.topicForm(w, r, http.StatusUnprocessableEntity, t, f.Get("aliases"), bad)
	}
	return back(w, r, "/topics", "saved")
}

// lines returns what stands in the lines of a field.
func lines(text string) (out []string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

type mergePage struct {
	newsroom.Shell
	From, Into news.Topic
	Size       int  // live stories that would move, at most mergeShown
	More       bool // there are more
	Problem    string
}

// mergeShown bounds how many stories are counted before a merger.
const mergeShown = 1000

// mergeTopic says what would happen, and merges for those who have read it.
func (x *Structure) mergeTopic(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	f := r.URL.Query()
	if r.Method == http.MethodPost {
		if f, err = newsroom.Form(w, r); err != nil {
			return err
		}
	}
	into, _ := strconv.ParseInt(f.Get("into"), 10, 64) // rubbish is no topic
	p := &mergePage{Shell: shell(r, "topics", "structure.merge")}
	if p.From, err = x.standingTopic(r, id); err != nil {
		return err
	}
	if p.Into, err = x.standingTopic(r, into); err != nil {
		return err
	}
	status := http.StatusOK
	if r.Method == http.MethodPost && f.Get("sure") != "" {
		if err = x.Site.MergeTopics(r.Context(), r.Actor, id, into); err == nil {
			return back(w, r, "/topics/"+strconv.FormatInt(into, 10), "merged")
		}
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		status = http.StatusUnprocessableEntity
		for _, text := range bad {
			p.Problem = text
		}
	}
	if p.Size, err = x.Store.TopicSize(r.Context(), id, mergeShown+1); err != nil {
		return err
	}
	if p.More = p.Size > mergeShown; p.More {
		p.Size = mergeShown
	}
	return x.Door.PageStatus(w, r, status, "structure-merge", p)
}

// standingTopic returns a topic that was not merged into another.
func (x *Structure) standingTopic(r *newsroom.Request, id int64) (news.Topic, error) {
	t, err := only(x.Store.Topics(r.Context(), []int64{id}))
	if err == nil && t.ID != id {
		err = fault.New(fault.NotFound, "topic %d was merged into another one", id)
	}
	return t, err
}

type peoplePage struct {
	newsroom.Shell
	Renamings []news.Renaming
	Query     string
	Rows      []news.Person
	Next      string
}

func (x *Structure) people(w http.ResponseWriter, r *newsroom.Request) error {
	f := names(r)
	rows, next, err := x.Store.PersonsByName(r.Context(), f)
	if err != nil {
		return err
	}
	left, err := x.Store.Renamings(r.Context(), news.RefPerson, renamingsShown)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "structure-people", &peoplePage{Shell: watching(shell(r, "people", "room.nav.people"), left), Query: f.Text,
		Rows: rows, Next: more(r, next), Renamings: left})
}

type personPage struct {
	newsroom.Shell
	Person   news.Person
	Problems newsroom.Problems
}

func (x *Structure) findPerson(r *newsroom.Request) (p news.Person, err error) {
	id, err := r.IDOrNew("id")
	if err != nil || id == 0 {
		return p, err
	}
	return only(x.Store.Persons(r.Context(), []int64{id}))
}

func (x *Structure) person(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.findPerson(r)
	if err != nil {
		return err
	}
	return x.personForm(w, r, http.StatusOK, p, nil)
}

func (x *Structure) personForm(w http.ResponseWriter, r *newsroom.Request, status int, p news.Person, bad newsroom.Problems) error {
	page := &personPage{Shell: shell(r, "people", "structure.person"), Person: p, Problems: bad}
	if p.ID != 0 {
		page.Title = p.Name
	}
	return x.Door.PageStatus(w, r, status, "structure-person", page)
}

func (x *Structure) savePerson(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.findPerson(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	p.Name, p.Slug, p.Title, p.Bio = strings.TrimSpace(f.Get("name")), f.Get("slug"), f.Get("title"), f.Get("bio")
	if p.Slug == "" {
		p.Slug = lang.Slug(p.Name)
	}
	p.PictureID, _ = strconv.ParseInt(f.Get("picture"), 10, 64) // rubbish is no picture
	if _, err := x.Site.SavePerson(r.Context(), r.Actor, p); err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.personForm(w, r, http.StatusUnprocessableEntity, p, bad)
	}
	return back(w, r, "/people", "saved")
}

type sourcesPage struct {
	newsroom.Shell
	Query string
	Rows  []news.Source
	Next  string
}

func (x *Structure) sources(w http.ResponseWriter, r *newsroom.Request) error {
	f := names(r)
	rows, next, err := x.Store.SourcesByName(r.Context(), f)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "structure-sources", &sourcesPage{Shell: shell(r, "sources", "room.nav.sources"), Query: f.Text,
		Rows: rows, Next: more(r, next)})
}

type sourcePage struct {
	newsroom.Shell
	Source   news.Source
	Problems newsroom.Problems
}

func (x *Structure) findSource(r *newsroom.Request) (s news.Source, err error) {
	id, err := r.IDOrNew("id")
	if err != nil || id == 0 {
		return s, err
	}
	return only(x.Store.Sources(r.Context(), []int64{id}))
}

func (x *Structure) source(w http.ResponseWriter, r *newsroom.Request) error {
	s, err := x.findSource(r)
	if err != nil {
		return err
	}
	return x.sourceForm(w, r, http.StatusOK, s, nil)
}

func (x *Structure) sourceForm(w http.ResponseWriter, r *newsroom.Request, status int, s news.Source, bad newsroom.Problems) error {
	p := &sourcePage{Shell: shell(r, "sources", "structure.source"), Source: s, Problems: bad}
	if s.ID != 0 {
		p.Title = s.Name
	}
	return x.Door.PageStatus(w, r, status, "structure-source", p)
}

func (x *Structure) saveSource(w http.ResponseWriter, r *newsroom.Request) error {
	s, err := x.findSource(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	s.Name, s.URL, s.Terms = strings.TrimSpace(f.Get("name")), f.Get("url"), f.Get("terms")
	if _, err := x.Site.SaveSource(r.Context(), r.Actor, s); err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.sourceForm(w, r, http.StatusUnprocessableEntity, s, bad)
	}
	return back(w, r, "/sources", "saved")
}
