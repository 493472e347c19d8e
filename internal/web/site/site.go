// Package site is the readers' door: pages, feeds and sitemaps out of the page
// engine, pictures, assets, health checks. It renders nothing itself.
package site

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/page"
	"warta/internal/web"
)

// Pictures hands out renditions of public pictures.
type Pictures interface {
	// PublicAddress returns what a token stands for; NotFound unless readers may
	// see it.
	PublicAddress(ctx context.Context, token string) (media.Public, error)
	// Open returns one rendition; it waits for one that is being made.
	Open(ctx context.Context, p media.Picture, crop media.Crop, width int, f media.Format) (*media.Rendition, error)
}

// Redirects finds where old addresses lead, by host and path with its query; an
// empty host is the site's own.
type Redirects interface {
	Redirect(ctx context.Context, host, address string) (edition.Lead, error)
}

// Counter counts reads.
type Counter interface {
	// Read notes that a story's page was sent. It must not block.
	Read(storyID int64, userAgent string)
}

// Readers are the pages of readers who have an account, and who knows whose
// session a request carries.
type Readers interface {
	Routes() []web.Route
	// Class returns what the session with a token entitles to, and the cookie that
	// says so; Unauthenticated if it has ended.
	Class(ctx context.Context, token string) (page.Class, *http.Cookie, error)
}

// Bounds on what readers ask of the database beside the page engine, which has
// bounds of its own: so many at once, and so many who wait for their turn. The
// other connections of the pool are for renderings and for the newsroom, which
// answers however many readers there are.
const (
	turnsAtOnce = 4
	turnsQueue  = 128
)

// NewTurns returns the turns of readers.
func NewTurns() *web.Turns { return web.NewTurns(turnsAtOnce, turnsQueue) }

// Parts are what the door needs. All are required.
type Parts struct {
	Engine    *page.Engine
	Pictures  Pictures
	Redirects Redirects
	Counter   Counter
	Reports   Reports
	Forms     ReportForms
	Assets    http.Handler // answers below /assets/
	Hosts     *web.Hosts
	Proxies   *web.Proxies
	Classes   *web.Classes
	Readers   Readers
	Turns     *web.Turns // see NewTurns
	Talks     Talks
	Ads       Ads
	BaseURL   string
	Policy    string       // the content security policy
	Ready     func() error // nil: ready to answer, with what is true now
	// Alone prints the error page that needs no database; id may be empty.
	Alone func(status int, id string) ([]byte, error)
	// SharedAge is how long shared caches may keep a picture: 0 unless they are
	// told when its stories are taken away.
	SharedAge time.Duration
	Now       func() time.Time
	Log       *slog.Logger
}

// Site answers readers.
type Site struct {
	p         Parts
	missing   *missing
	reporters *limits // by network
	letters   *limits // by mail address
	viewers   *limits // of ads, by network
	clickers  *limits
	loads     singleflight.Group
	streams   *streams
	fixed     map[string]bool // first words of addresses that have a route of their own
}

// New returns the door.
func New(p Parts) *Site {
	s := &Site{p: p, missing: newMissing(maxMissing), fixed: map[string]bool{},
		reporters: newLimits(reportBurst, reportEvery), letters: newLimits(letterBurst, letterEvery),
		viewers: newLimits(seenBurst, seenEvery), clickers: newLimits(clickBurst, clickEvery)}
	s.streams = newStreams(p.Talks, p.Log)
	for _, r := range s.Routes() {
		s.fixed[firstWord(r.Pattern)] = true
	}
	return s
}

// firstWord returns a path up to its second slash, without the first one.
func firstWord(path string) string {
	word, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return word
}

// Rendered reports whether a path is that of a page of the engine and of nothing
// else, as it is spelt.
func (s *Site) Rendered(path string) bool {
	return strings.HasPrefix(path, "/") && !s.fixed[firstWord(path)] && !strings.HasPrefix(path, "/!") && (path == "/" || !strings.HasSuffix(path, "/"))
}

// Shed returns how many requests were sent away since too many waited for the
// database, those of the page engine apart.
func (s *Site) Shed() uint64 { return s.p.Turns.Shed() }

// Routes are all addresses of the door. What a path means beyond its first word
// is decided by the edition.
func (s *Site) Routes() []web.Route {
	return append(s.p.Readers.Routes(), []web.Route{
		{Method: "GET", Pattern: "/healthz", Visibility: web.Machine, Capability: web.NoCapability, Handler: s.healthz, AnyHost: true},
		{Method: "GET", Pattern: "/readyz", Visibility: web.Machine, Capability: web.NoCapability, Handler: s.readyz, AnyHost: true},
		{Method: "GET", Pattern: "/assets/{path...}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.asset},
		{Method: "GET", Pattern: "/favicon.ico", Visibility: web.Public, Capability: web.NoCapability, Handler: s.favicon},
		{Method: "GET", Pattern: "/media/card/{file}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.page},
		{Method: "GET", Pattern: "/media/site/{file}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.page},
		{Method: "GET", Pattern: "/media/{token}/{file}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.picture},
		{Method: "GET", Pattern: "/report/{id}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.reportForm},
		{Method: "POST", Pattern: "/report/{id}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.fileReport},
		{Method: "POST", Pattern: "/ads/seen", Visibility: web.Public, Capability: web.NoCapability, Handler: s.seen},
		{Method: "GET", Pattern: "/ads/go/{mark}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.click},
		{Method: "GET", Pattern: "/ads/frame/{mark}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.frame},
		{Method: "GET", Pattern: "/ads/report/{token}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.adReport},
		{Method: "GET", Pattern: "/ads/report/{token}/csv", Visibility: web.Public, Capability: web.NoCapability, Handler: s.adReportCSV},
		{Method: "GET", Pattern: "/ads.txt", Visibility: web.Public, Capability: web.NoCapability, Handler: s.adsTxt},
		{Method: "GET", Pattern: "/consent", Visibility: web.Public, Capability: web.NoCapability, Handler: s.consent},
		{Method: "POST", Pattern: "/consent", Visibility: web.Public, Capability: web.NoCapability, Handler: s.choose},
		{Method: "GET", Pattern: "/comment/{id}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.page},
		{Method: "GET", Pattern: "/comment/story/{id}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.page},
		{Method: "GET", Pattern: "/comment/events/{id}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.events},
		{Method: "GET", Pattern: "/{path...}", Visibility: web.Public, Capability: web.NoCapability, Handler: s.page},
	}...)
}

// Handler returns the door as one handler: host check, security headers, the
// routes, and the answer to errors.
func (s *Site) Handler() (http.Handler, error) {
	return handler(s.Routes(), s.answer, s.p.Policy)
}

func handler(routes []web.Route, answer func(web.Route) http.Handler, policy string) (http.Handler, error) {
	mux, err := web.Mux(routes, answer)
	if err != nil {
		return nil, err
	}
	guard := http.NewCrossOriginProtection()
	return guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.SecurityHeaders(w.Header(), policy)
		mux.ServeHTTP(w, r)
	})), nil
}

// answer wraps a route: the host decides before anything else, and an error
// that comes back is answered once, here.
func (s *Site) answer(route web.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !route.AnyHost {
			switch s.p.Hosts.Judge(r.Host) {
			case web.HostAlias:
				if err := s.alias(w, r); err != nil {
					s.fail(w, r, err)
				}
				return
			case web.HostUnknown:
				misdirected(w)
				return
			}
		}
		if err := route.Handler(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// noPage says that there is nothing at an address.
func noPage() error { return fault.New(fault.NotFound, "there is no page at this address") }

// page answers every address that the page engine keeps.
func (s *Site) page(w http.ResponseWriter, r *http.Request) error {
	path := r.URL.Path
	if len(path) > 2000 || strings.HasPrefix(path, "/!") {
		return noPage()
	}
	slash := len(path) > 1 && strings.HasSuffix(path, "/")
	if slash {
		path = "/" + strings.Trim(path, "/")
	}
	key := edition.Key(path, r.URL.RawQuery)
	class, cookie := s.class(r)
	resp, err := lookUp(s, key, func() (*page.Response, error) { return s.p.Engine.Get(r.Context(), key, class) })
	if done, err := s.byQuery(w, r, path, resp, err); done || err != nil {
		return err
	}
	if err != nil {
		return err
	}
	if slash && resp.Status == http.StatusOK {
		target := &url.URL{Path: path, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, target.RequestURI(), http.StatusMovedPermanently)
		return nil
	}
	if cookie != nil && resp.Status == http.StatusOK {
		http.SetCookie(w, cookie) // such a page is private: no cache keeps it
	}
	resp.Serve(w, r)
	if resp.Status == http.StatusOK && r.Method == http.MethodGet {
		if id, ok := edition.StoryID(path); ok {
			s.p.Counter.Read(id, r.UserAgent())
		}
	}
	return nil
}

// class returns the class of a request, and a new cookie if it is time for one.
// Whoever has a session that cannot be looked up now is anybody.
func (s *Site) class(r *http.Request) (page.Class, *http.Cookie) {
	class, renew := s.p.Classes.Read(r)
	token := ""
	if renew {
		token = web.Token(r, web.ReaderCookie)
	}
	if token == "" || s.p.Ready() != nil {
		return class, nil
	}
	done, err := s.p.Turns.Take(r.Context())
	if err != nil {
		return class, nil
	}
	defer done()
	fresh, cookie, err := s.p.Readers.Class(r.Context(), token)
	if err != nil || fresh == 0 {
		return class, nil
	}
	return fresh, cookie
}

// lookUp finds what stands at an address, without asking if it is known that
// nothing does. Without the database nothing is known: the events that would
// say otherwise do not come.
func lookUp[T any](s *Site, key string, find func() (T, error)) (T, error) {
	var none T
	// Read before the search: what is published while it goes on has a later
	// number, and makes its answer worthless.
	applied := s.p.Engine.Applied()
	if s.missing.holds(key, applied, s.p.Now()) && s.p.Ready() == nil {
		return none, noPage()
	}
	out, err := find()
	if fault.Is(err, fault.NotFound) {
		s.missing.note(key, applied, s.p.Now())
	}
	return out, err
}

func (s *Site) asset(w http.ResponseWriter, r *http.Request) error {
	s.p.Assets.ServeHTTP(w, r)
	return nil
}

func (s *Site) favicon(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/media/site/icon.png", http.StatusFound)
	return nil
}

func (s *Site) healthz(w http.ResponseWriter, _ *http.Request) error { return healthz(w) }

func (s *Site) readyz(w http.ResponseWriter, _ *http.Request) error { return readyz(w, s.p.Ready()) }

// fail answers an error with the page for its status. A reader sees an id to
// quote, the log has the rest. While the site is not ready a 503 is no news: the
// log has the cause. Who is sent away since there is no room is counted, not
// logged.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody is there to read it
	}
	status := web.Status(fault.KindOf(err))
	if errors.Is(err, page.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		status = http.StatusServiceUnavailable
	}
	h := w.Header()
	h.Del("ETag")
	id := ""
	full := errors.Is(err, page.ErrBusy) || errors.Is(err, web.ErrCrowded)
	if status >= 500 && !full && (status != http.StatusServiceUnavailable || s.p.Ready() == nil) {
		id = requestID()
		h.Set("Warta-Request", id)
		s.p.Log.Error("request failed", "id", id, "method", r.Method, "path", logged(r), "status", status, "err", err)
	}
	var f *fault.Error
	if errors.As(err, &f) && f.RetryAfter > 0 {
		web.RetryAfter(h, f.RetryAfter)
	} else if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", RetryAfter)
	}
	if resp, ok := s.problem(r.Context(), status, full); ok {
		resp.Serve(w, r)
		return
	}
	alone(w, s.p.Alone, status, id)
}

// logged returns the path of a request as the log may have it: tokens that let a
// reader in stand in some.
func logged(r *http.Request) string {
	if (strings.HasPrefix(r.URL.Path, "/account/") || strings.HasPrefix(r.URL.Path, "/ads/")) && strings.Contains(r.Pattern, "{") {
		return strings.TrimPrefix(r.Pattern, r.Method+" ")
	}
	return r.URL.Path
}

// problem returns the engine's page for a status. When there is no room it is the
// one that is there, or none: nobody waits to be sent away.
func (s *Site) problem(ctx context.Context, status int, full bool) (*page.Response, bool) {
	if full {
		return s.p.Engine.Peek(edition.ProblemKey(status))
	}
	resp, err := s.p.Engine.Get(ctx, edition.ProblemKey(status), 0)
	return resp, err == nil
}
