package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"warta/internal/news"
	"warta/internal/web/newsroom"
	"warta/internal/web/newsroom/desk"
	"warta/internal/web/newsroom/discussion"
	"warta/internal/web/newsroom/entry"
	"warta/internal/web/newsroom/intake"
	"warta/internal/web/newsroom/library"
	"warta/internal/web/newsroom/members"
	"warta/internal/web/newsroom/sales"
	"warta/internal/web/newsroom/structure"
	"warta/internal/web/newsroom/writing"
)

// resetTakes is how long an answer to "forgot my password" takes, whether there
// is such an account or not.
const resetTakes = 400 * time.Millisecond

// newRoom builds the newsroom's door with the pages of all kinds of work.
func (a *App) newRoom() (*newsroom.Door, error) {
	pages, err := newsroom.NewPages(a.shell.files)
	if err != nil {
		return nil, err
	}
	d := newsroom.New(newsroom.Parts{Sessions: a.Staff, Store: a.DB, Pages: pages, Hosts: a.shell.hosts, Proxies: a.shell.proxies,
		BaseURL: a.Config.BaseURL, Now: a.now, Log: a.Log})
	door, err := entry.New(entry.Parts{Door: d, Staff: a.Staff, Store: a.DB, Outbox: a.DB, Site: a.Site, BaseURL: a.Config.BaseURL,
		Posted: a.Post.On, ResetTakes: resetTakes})
	if err != nil {
		return nil, err
	}
	given, _, err := a.Config.pageInput(PageOptions{})
	if err != nil {
		return nil, err
	}
	given.Fetch = a.taker
	for _, x := range []interface{ Routes() []newsroom.Route }{
		door,
		desk.New(d, desk.Parts{Desk: a.Desk, Work: a.DB, Names: a.DB, Notices: a.DB, Reads: a.DB, Reports: a.DB, Queue: news.NewReports(a.DB)}),
		discussion.New(discussion.Parts{Door: d, Forum: a.Forum, Store: a.DB, Readers: a.Members}),
		members.New(members.Parts{Door: d, Sales: a.Sales, Store: a.DB, Books: a.DB}),
		writing.New(d, writing.Parts{Desk: a.Desk, Names: news.NewNames(a.DB), Store: a.DB, Edition: a.Edition, Pictures: a.Library,
			Policy: a.shell.policy, BaseURL: a.Config.BaseURL, Now: a.now}),
		sales.New(sales.Parts{Door: d, Store: a.DB, Sales: a.AdSales, Library: a.Library, Marks: a.marks}),
		intake.New(intake.Parts{Door: d, Desk: a.Desk, Names: news.NewNames(a.DB), Store: a.DB, Library: a.Library, Pages: given, Host: pageHost(a.Config.BaseURL)}),
		library.New(library.Parts{Door: d, Store: a.DB, Library: a.Library, Uploads: a.Uploads}),
		structure.New(structure.Parts{Door: d, Store: a.DB, Site: a.Site, Preview: frontPreview{a}, Theme: theme{a.shell}, Own: a.shell.hosts.Own()}),
	} {
		if err := d.Add(x.Routes()...); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// beside lets the newsroom answer below its prefix and the site everywhere else.
func beside(site, room http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if newsroom.Below(r.URL.Path) {
			room.ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
}

// framed returns the policy of readers' pages for a page that the newsroom
// shows in a frame.
func (a *App) framed() string {
	return strings.Replace(a.shell.policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)
}

// frontPreview shows fronts that are not live.
type frontPreview struct{ a *App }

func (p frontPreview) FrontPreview(ctx context.Context, f news.Front) (html []byte, policy string, err error) {
	html, err = p.a.Edition.PreviewFront(ctx, f)
	return html, p.a.framed(), err
}

// theme tells of the newsroom's own theme.
type theme struct{ s *shell }

func (t theme) Dir() string       { return t.s.cfg.Theme }
func (t theme) Problems() []error { return t.s.renderer.Problems() }
