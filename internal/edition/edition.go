// Package edition knows what stands on which page: it reads an address, loads
// the views, names the modules and collects the tags of everything that is
// printed. The site and the previews of the newsroom ask it; it knows no HTTP.
package edition

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// StoryStore reads single stories and what belongs to them; only live ones.
type StoryStore interface {
	Story(ctx context.Context, id int64) (news.Story, error)
	LiveStory(ctx context.Context, id int64) (news.LiveStory, error)
	Withdrawal(ctx context.Context, id int64) (news.Withdrawal, error)
	Corrections(ctx context.Context, storyIDs []int64) (map[int64][]news.Correction, error)
	CorrectionsByNotice(ctx context.Context, noticeID int64) ([]news.Correction, error)
	Verifiers(ctx context.Context, storyID int64) ([]int64, error)
	StoryByHeadline(ctx context.Context, keys []int64) (map[int64]int64, error)
}

// ListStore reads lists of live stories.
type ListStore interface {
	Cards(ctx context.Context, ids []int64) ([]news.Card, error)
	List(ctx context.Context, f news.ListFilter) (cards []news.Card, next news.Cursor, more bool, err error)
	Search(ctx context.Context, f news.SearchFilter) (news.SearchResult, error)
	TopTopics(ctx context.Context, since time.Time, limit int) ([]news.Topic, error)
	Periods(ctx context.Context) ([]news.Period, error)
	// Bylines returns the credited persons of stories, in the order of the byline.
	Bylines(ctx context.Context, storyIDs []int64) (map[int64][]news.Person, error)
}

// StructureStore reads what stories stand in.
type StructureStore interface {
	Settings(ctx context.Context) (news.Settings, error)
	Sections(ctx context.Context) (*news.Tree, error)
	Persons(ctx context.Context, ids []int64) ([]news.Person, error)
	PersonBySlug(ctx context.Context, slug string) (news.Person, error)
	Topics(ctx context.Context, ids []int64) ([]news.Topic, error)
	TopicBySlug(ctx context.Context, slug string) (news.Topic, error)
	Sources(ctx context.Context, ids []int64) ([]news.Source, error)
	Front(ctx context.Context, sectionID int64) (news.Front, error)
	StaticPage(ctx context.Context, slug string) (news.StaticPage, error)
	StaticPages(ctx context.Context) ([]news.StaticPage, error)
	// OldAddresses returns the redirects under one of the folds of hosts and one of
	// the folds of paths, see news.OldAddress.
	OldAddresses(ctx context.Context, hosts, paths []string) ([]news.Redirect, error)
	// Banner returns the banner of breaking news, and whether there is one.
	Banner(ctx context.Context) (news.Banner, bool, error)
}

// PictureStore reads pictures and their public addresses.
type PictureStore interface {
	PicturesByID(ctx context.Context, ids []int64) ([]media.Picture, error)
	AddressesOf(ctx context.Context, pictureIDs []int64) (map[int64]map[media.Crop]string, error)
}

// Store is all that an edition reads; *store.DB is one.
type Store interface {
	StoryStore
	ListStore
	StructureStore
	TalkStore
	PictureStore
	AdStore
	AdReportStore
}

// Reads tells which stories are read most.
type Reads interface {
	// MostRead returns the ids of the most read stories since the given time,
	// the most read first; section 0 is the whole site.
	MostRead(ctx context.Context, section int64, since time.Time, limit int) ([]int64, error)
}

// Options are what an edition can do without.
type Options struct {
	BaseURL string           // "https://kabar.example", without a slash at its end
	Now     func() time.Time // the site's clock
	Reads   Reads            // nil: nothing is counted
	Marks   *ads.Signer      // of ads; nil: pages have none
	Log     *slog.Logger
	// Ours reports whether a host is one of those that lead to this site; nil: only
	// that of BaseURL is.
	Ours func(host string) bool
}

// Edition renders every public address. It is a page.Source.
type Edition struct {
	store  Store
	render *render.Renderer
	opt    Options
	widths widths
}

// New returns an edition over a store.
func New(store Store, r *render.Renderer, opt Options) *Edition {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	opt.BaseURL = strings.TrimSuffix(opt.BaseURL, "/")
	return &Edition{store: store, render: r, opt: opt}
}

// Page renders the page under a key (see Key). An address under which there is
// nothing is NotFound.
func (e *Edition) Page(ctx context.Context, key string) (_ page.Rendering, err error) {
	path, q := splitKey(key)
	defer fault.Wrap(&err, "page %q", path) // what a reader typed stays out of the log
	b, err := e.begin(ctx)
	if err != nil {
		return page.Rendering{}, err
	}
	out, err := b.route(path, q)
	if err != nil {
		return page.Rendering{}, err
	}
	return b.finish(out), nil
}

// Module renders the piece that a hole asks for.
func (e *Edition) Module(ctx context.Context, h page.Hole) (_ page.Rendering, err error) {
	defer fault.Wrap(&err, "module %s(%s)", h.Module, h.Params)
	b, err := e.begin(ctx)
	if err != nil {
		return page.Rendering{}, err
	}
	out, err := b.module(h)
	if err != nil {
		return page.Rendering{}, err
	}
	return b.finish(out), nil
}

// route finds what an address stands for. Fixed first words come first; what
// remains is a section, a story or an address of old times.
func (b *build) route(path string, q query) (page.Rendering, error) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch parts[0] {
	case "":
		if len(q.v) > 0 { // "/?p=7", as WordPress numbers what has no other address
			return b.old("/?" + q.v.Encode())
		}
		return b.home()
	case "topic", "author", "page":
		if len(parts) != 2 {
			return b.old(path)
		}
		switch parts[0] {
		case "topic":
			return b.topic(parts[1], q)
		case "author":
			return b.author(parts[1], q)
		}
		return b.static(parts[1])
	case "media":
		return b.drawing(path)
	case "latest":
		return b.latest(q)
	case "index":
		return b.index(q)
	case "comment":
		return b.talk(parts[1:], q)
	case "search":
		return b.search(q)
	case "feeds":
		return b.feed(parts[1:])
	case "sitemap.xml", "sitemap-news.xml", "sitemaps":
		return b.sitemap(parts)
	case "robots.txt":
		return b.robots()
	case ".well-known":
		if path == "/.well-known/security.txt" {
			return b.security()
		}
	}
	if path == goneMark {
		return b.goneAt(q)
	}
	if strings.HasPrefix(path, "!") {
		return b.problem(path)
	}
	if s := b.tree.BySlug(parts[0]); s != nil && len(parts) == 1 {
		return b.section(s, q)
	}
	if id, ok := StoryID(path); ok {
		return b.story(id, path)
	}
	return b.old(path)
}
