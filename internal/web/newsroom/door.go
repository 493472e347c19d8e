// Package newsroom is the door for staff: who may come in, the shell around
// every page, forms, JSON, event streams and the answer to errors. The pages
// themselves are in the packages below it, one for each kind of work; they give
// their routes to New. It knows no story.
package newsroom

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web"
)

// Prefix is where the newsroom begins.
const Prefix = "/newsroom"

// Below reports whether a path is the newsroom's.
func Below(path string) bool {
	rest, ok := strings.CutPrefix(path, Prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// Cookie holds the token of a staff session.
const Cookie = "__Host-warta-staff"

// SignIn is where somebody is sent who is not signed in.
const SignIn = Prefix + "/sign-in"

// Confirm is where somebody proves again who he is.
const Confirm = Prefix + "/confirm"

// confirmedFor is how long a proof of identity counts for what needs a step up.
const confirmedFor = 10 * time.Minute

// Sessions finds out who a request comes from. *account.Staff is one.
type Sessions interface {
	// Open returns the session of a cookie's token; Unauthenticated if there is
	// none, or it has ended.
	Open(ctx context.Context, token string) (account.Session, error)
}

// Store reads what every page of the newsroom prints.
type Store interface {
	Settings(ctx context.Context) (news.Settings, error)
	UnreadNotices(ctx context.Context, userID int64) (int, error)
}

// Request is a request whose sender is known.
type Request struct {
	*http.Request
	Session account.Session // zero on public routes without a cookie
	Actor   account.Actor
	Words   *lang.Catalog
	Lang    lang.Code
	Zone    *time.Location
	Site    news.Settings
	Now     time.Time
	Sender  string // address of whom it comes from
}

// Handler answers a request, or returns an error that the door answers.
type Handler func(w http.ResponseWriter, r *Request) error

// Route is one line of a table of routes. Every field of web.Route is needed.
type Route struct {
	Method     string
	Pattern    string
	Visibility web.Visibility
	Capability account.Capability
	Handler    Handler
	// About names what the {id} of the pattern is ("story", "picture" …). What the
	// actor may do to that one thing is for the handler to find out.
	About string
	// StepUp asks for a fresh proof of identity.
	StepUp bool
	// Early lets a session in that still lacks its second factor.
	Early bool
	// Stream marks an event stream.
	Stream bool
}

// Parts are what the door needs.
type Parts struct {
	Sessions Sessions
	Store    Store
	Pages    *Pages
	Hosts    *web.Hosts
	Proxies  *web.Proxies
	BaseURL  string
	Now      func() time.Time
	Log      *slog.Logger
}

// Door answers below Prefix.
type Door struct {
	p        Parts
	routes   []Route
	mux      *http.ServeMux
	guard    *http.CrossOriginProtection
	closed   atomic.Bool // streams are to end
	answered atomic.Uint64
}

// Answered returns how many requests were answered so far, refusals included.
func (d *Door) Answered() uint64 { return d.answered.Load() }

// Close ends the event streams that are open, within about a second. The
// browsers come back to whoever listens then.
func (d *Door) Close() { d.closed.Store(true) }

// New returns a door without routes; Add gives it some.
func New(p Parts) *Door {
	return &Door{p: p, mux: http.NewServeMux(), guard: http.NewCrossOriginProtection()}
}

// Add takes routes in. A route without a classification is an error.
func (d *Door) Add(routes ...Route) error {
	for _, r := range routes {
		check := web.Route{Method: r.Method, Pattern: r.Pattern, Visibility: r.Visibility, Capability: r.Capability,
			Handler: func(http.ResponseWriter, *http.Request) error { return nil }}
		if err := check.Check(); err != nil {
			return err
		}
		d.mux.Handle(r.Method+" "+r.Pattern, d.answer(r))
		d.routes = append(d.routes, r)
	}
	return nil
}

// Routes returns all routes, in the order in which they were added.
func (d *Door) Routes() []Route { return slices.Clone(d.routes) }

// policy is what pages of the newsroom may load.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// ServeHTTP answers a request below Prefix.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.p.Hosts.Judge(r.Host) != web.HostOwn {
		d.elsewhere(w, r)
		return
	}
	h := w.Header()
	web.SecurityHeaders(h, policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	defer d.answered.Add(1)
	_, pattern := d.mux.Handler(r)
	if pattern == "" {
		d.unknown(w, r)
		return
	}
	d.guard.Handler(d.mux).ServeHTTP(w, r)
}

// elsewhere sends whoever came by another of our names to the right one.
func (d *Door) elsewhere(w http.ResponseWriter, r *http.Request) {
	if d.p.Hosts.Judge(r.Host) == web.HostAlias && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		http.Redirect(w, r, d.p.BaseURL+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		return
	}
	http.Error(w, "this newsroom is not at this address", http.StatusMisdirectedRequest)
}

// unknown answers an address that no route has. Whoever is not signed in is
// told nothing about which ones there are.
func (d *Door) unknown(w http.ResponseWriter, r *http.Request) {
	d.answer(Route{Capability: account.Enter, Visibility: web.Staff, Early: true,
		Handler: func(w http.ResponseWriter, r *Request) error {
			return fault.New(fault.NotFound, "there is no page at this address")
		}})(w, r)
}

// answer wraps a route: who is it, may he, and what became of it.
func (d *Door) answer(route Route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		req, err := d.admit(w, r, route)
		if err == nil {
			err = route.Handler(w, req)
		}
		if err != nil {
			d.fail(w, req, err)
		}
	}
}

// admit finds out who asks and whether he may pass this route. The request that
// it returns can be used to answer the error, too.
func (d *Door) admit(w http.ResponseWriter, r *http.Request, route Route) (*Request, error) {
	req := &Request{Request: r, Lang: lang.ID, Zone: time.UTC, Now: d.p.Now(), Sender: d.p.Proxies.Sender(r)}
	req.Words = lang.For(req.Lang)
	site, err := d.p.Store.Settings(r.Context())
	if err != nil {
		return req, err
	}
	req.Site, req.Zone, req.Lang = site, site.Zone(), site.Language()
	session, err := d.session(r)
	if err == nil {
		req.Session, req.Actor = session, session.User.Actor()
		if session.User.Language != "" {
			req.Lang = session.User.Language
		}
	}
	req.Words = lang.For(req.Lang)
	if route.Visibility == web.Public {
		if err != nil && !fault.Is(err, fault.Unauthenticated) {
			return req, err
		}
		return req, nil
	}
	if err != nil {
		return req, err
	}
	if session.Limited && !route.Early {
		return req, limited{}
	}
	if err := req.Actor.RequireSomewhere(route.Capability); err != nil {
		return req, err
	}
	if route.StepUp && req.Now.Sub(session.Confirmed) > confirmedFor {
		return req, unconfirmed{}
	}
	return req, nil
}

func (d *Door) session(r *http.Request) (account.Session, error) {
	c, err := r.Cookie(Cookie)
	if err != nil || c.Value == "" || len(c.Value) > 200 {
		return account.Session{}, fault.New(fault.Unauthenticated, "nobody is signed in").Say("signed_out")
	}
	return d.p.Sessions.Open(r.Context(), c.Value)
}

// limited and unconfirmed are errors that lead to another page.
type (
	limited     struct{}
	unconfirmed struct{}
)

func (limited) Error() string     { return "a second factor is missing" }
func (unconfirmed) Error() string { return "the identity has to be confirmed again" }

// Next returns the path of ours that a request wants to go on to, the
// newsroom's start for anything else: an open redirect would help to phish.
func Next(r *http.Request) string {
	next := r.FormValue("next")
	rest, ok := strings.CutPrefix(next, Prefix)
	if !ok || len(next) > 500 || strings.ContainsAny(next, "\\\r\n\t") || rest != "" && rest[0] != '/' && rest[0] != '?' {
		return Prefix
	}
	return next
}

// IntoCookie returns the cookie of a session's token; age 0 ends it.
func IntoCookie(token string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: Cookie, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(age / time.Second)}
	if age <= 0 {
		c.Value, c.MaxAge = "", -1
	}
	return c
}
