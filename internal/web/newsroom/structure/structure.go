// Package structure is the part of the newsroom in which the site itself is
// kept: sections, topics, bylines, sources, old addresses, static pages,
// settings, the theme, the audit log and the fronts.
package structure

import (
	"context"
	"net/http"
	"net/url"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Store reads what these pages show.
type Store interface {
	Sections(ctx context.Context) (*news.Tree, error)
	Topics(ctx context.Context, ids []int64) ([]news.Topic, error)
	TopicsByName(ctx context.Context, f news.NameFilter) ([]news.Topic, string, error)
	TopicSize(ctx context.Context, id int64, most int) (int, error)
	Renamings(ctx context.Context, ref news.Ref, limit int) ([]news.Renaming, error)
	Aliases(ctx context.Context, topicID int64) ([]string, error)
	Persons(ctx context.Context, ids []int64) ([]news.Person, error)
	PersonsByName(ctx context.Context, f news.NameFilter) ([]news.Person, string, error)
	Sources(ctx context.Context, ids []int64) ([]news.Source, error)
	SourcesByName(ctx context.Context, f news.NameFilter) ([]news.Source, string, error)
	RedirectList(ctx context.Context, f news.RedirectFilter) ([]news.Redirect, error)
	OldAddresses(ctx context.Context, hosts, paths []string) ([]news.Redirect, error)
	Redirect(ctx context.Context, host, path string) (news.Redirect, error)
	StaticPage(ctx context.Context, slug string) (news.StaticPage, error)
	StaticPages(ctx context.Context) ([]news.StaticPage, error)
	Audits(ctx context.Context, f news.AuditFilter) ([]news.AuditLine, error)
	Users(ctx context.Context, f account.UserFilter) (list []account.User, more bool, err error)
	UsersByID(ctx context.Context, ids []int64) (map[int64]account.User, error)
	SignoffRules(ctx context.Context) ([]news.SignoffRule, error)
	FrontStore
}

// FrontStore reads fronts.
type FrontStore interface {
	Front(ctx context.Context, sectionID int64) (news.Front, error)
	FrontDraft(ctx context.Context, sectionID int64) (news.FrontDraft, error)
	FrontDrafts(ctx context.Context) ([]news.FrontDraft, error)
	FrontVersions(ctx context.Context, sectionID int64, before, limit int) ([]news.FrontVersion, error)
	Cards(ctx context.Context, ids []int64) ([]news.Card, error)
	List(ctx context.Context, f news.ListFilter) (cards []news.Card, next news.Cursor, more bool, err error)
	Search(ctx context.Context, f news.SearchFilter) (news.SearchResult, error)
}

// Preview renders a front that is not live as readers would see it.
type Preview interface {
	FrontPreview(ctx context.Context, f news.Front) (html []byte, policy string, err error)
}

// Theme tells what the newsroom's own theme holds and what was left out of it.
type Theme interface {
	// Dir is the theme's folder, empty without one.
	Dir() string
	Problems() []error
}

// Parts are what the pages need.
type Parts struct {
	Door    *newsroom.Door
	Store   Store
	Site    *news.Site
	Preview Preview
	Theme   Theme
	Own     string // the site's own host
}

// Structure answers these pages.
type Structure struct{ Parts }

// New returns the pages.
func New(p Parts) *Structure { return &Structure{p} }

// pageSize is how many rows a list shows.
const pageSize = 50

// Routes are the addresses of these pages.
func (x *Structure) Routes() []newsroom.Route {
	route := func(method, path string, c account.Capability, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: newsroom.Prefix + path, Visibility: web.Staff, Capability: c, Handler: h}
	}
	strict := func(r newsroom.Route) newsroom.Route { r.StepUp = true; return r }
	return []newsroom.Route{
		route("GET", "/sections", account.Structure, x.sections),
		route("GET", "/sections/new", account.Structure, x.section),
		route("GET", "/sections/{id}", account.Structure, x.section),
		route("POST", "/sections/{id}", account.Structure, x.saveSection),
		route("GET", "/sections/{id}/give-up", account.Structure, x.giveUp),
		route("POST", "/sections/{id}/give-up", account.Structure, x.giveUp),
		route("GET", "/topics", account.Structure, x.topics),
		route("GET", "/topics/{id}", account.Structure, x.topic),
		route("POST", "/topics/{id}", account.Structure, x.saveTopic),
		route("GET", "/topics/{id}/merge", account.Structure, x.mergeTopic),
		route("POST", "/topics/{id}/merge", account.Structure, x.mergeTopic),
		route("GET", "/people", account.Structure, x.people),
		route("GET", "/people/{id}", account.Structure, x.person),
		route("POST", "/people/{id}", account.Structure, x.savePerson),
		route("GET", "/sources", account.Structure, x.sources),
		route("GET", "/sources/{id}", account.Structure, x.source),
		route("POST", "/sources/{id}", account.Structure, x.saveSource),
		route("GET", "/redirects", account.Structure, x.redirects),
		route("POST", "/redirects", account.Structure, x.saveRedirects),
		route("POST", "/redirects/drop", account.Structure, x.dropRedirect),
		route("GET", "/redirects/edit", account.Structure, x.redirect),
		route("POST", "/redirects/edit", account.Structure, x.saveRedirect),
		route("GET", "/redirects/import", account.Structure, x.redirectImport),
		route("POST", "/redirects/import", account.Structure, x.importRedirects),
		route("GET", "/pages", account.Structure, x.pages),
		route("GET", "/pages/{slug}", account.Structure, x.page),
		route("POST", "/pages/{slug}", account.Structure, x.savePage),
		route("POST", "/pages/{slug}/drop", account.Structure, x.dropPage),
		strict(route("GET", "/settings", account.Configure, x.settings)),
		strict(route("POST", "/settings", account.Configure, x.saveSettings)),
		strict(route("POST", "/settings/signoffs", account.Configure, x.saveSignoffs)),
		route("GET", "/theme", account.Configure, x.theme),
		route("GET", "/audit", account.Audit, x.audit),
		route("GET", "/audit.csv", account.Audit, x.auditCSV),
		route("GET", "/fronts", account.Fronts, x.fronts),
		route("GET", "/fronts/{section}", account.Fronts, x.front),
		route("POST", "/fronts/{section}", account.Fronts, x.saveFront),
		route("GET", "/fronts/{section}/preview", account.Fronts, x.previewFront),
		route("POST", "/fronts/{section}/publish", account.Fronts, x.publishFront),
		route("POST", "/fronts/{section}/drop", account.Fronts, x.dropFront),
		route("POST", "/fronts/{section}/undo", account.Fronts, x.undoFront),
		route("GET", "/fronts/find", account.Fronts, x.findStories),
	}
}

// said are the sentences that a page may show about what was just done, by the
// word in its address.
var said = map[string]string{
	"saved": "structure.saved", "gone": "structure.gone", "merged": "structure.merged",
	"live": "structure.live", "undone": "structure.undone", "dropped": "structure.dropped",
}

// shell begins a page.
func shell(r *newsroom.Request, active, title string) newsroom.Shell {
	s := newsroom.Shell{Active: active, Title: r.Words.T(title)}
	if key, ok := said[r.URL.Query().Get("said")]; ok {
		s.Said = r.Words.T(key)
	}
	return s
}

// more returns the address of the next part of a list.
func more(r *newsroom.Request, after string) string {
	if after == "" {
		return ""
	}
	q := r.URL.Query()
	q.Del("said")
	q.Set("after", after)
	return r.URL.Path + "?" + q.Encode()
}

// names reads the search and the position of a list of names.
func names(r *newsroom.Request) news.NameFilter {
	q := r.URL.Query()
	return news.NameFilter{Text: cut(q.Get("q"), 100), After: cut(q.Get("after"), 400), Limit: pageSize}
}

// cut bounds what somebody typed into an address.
func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// only returns the one element of a list that was asked by id.
func only[T any](list []T, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(list) == 0 {
		return none, fault.New(fault.NotFound, "it is not there")
	}
	return list[0], nil
}

// back ends a form that succeeded.
func back(w http.ResponseWriter, r *newsroom.Request, path, word string) error {
	return newsroom.SeeOther(w, r, newsroom.Prefix+path+"?said="+url.QueryEscape(word))
}
