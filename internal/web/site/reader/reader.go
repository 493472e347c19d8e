// Package reader gives the pages of readers who have an account: signing in and
// up, the account itself, and the one small question by which a page learns who
// is there. What is allowed is decided by member; this package knows HTTP,
// cookies and the ceremonies of passkeys.
package reader

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/provider"
	"warta/internal/render"
	"warta/internal/web"
)

// Store reads what the pages print, and keeps what somebody agreed to; *store.DB
// is one.
type Store interface {
	Settings(ctx context.Context) (news.Settings, error)
	StaticPage(ctx context.Context, slug string) (news.StaticPage, error)
	KeepTerms(ctx context.Context, version, title, body string) error
	Shelves
}

// Shelves reads the lists of what readers keep.
type Shelves interface {
	Cards(ctx context.Context, ids []int64) ([]news.Card, error)
	Saved(ctx context.Context, id int64, after news.Cursor, limit int) ([]news.Shown, bool, error)
	Followed(ctx context.Context, id int64, after news.Cursor, limit int) ([]news.Shown, bool, error)
	Shelf(ctx context.Context, id int64, after member.Item, limit int) ([]member.Shelved, error)
}

// Pages prints the pages; *edition.Edition is one.
type Pages interface {
	Account(ctx context.Context, v render.AccountPage, problem error) ([]byte, error)
	Shelf(ctx context.Context, list []news.Shown) ([]render.ShelfItem, error)
	Names(ctx context.Context, items []member.Shelved) ([]render.ShelfItem, error)
}

// Parts are what the pages need. All are required.
type Parts struct {
	Members   *member.Members
	Store     Store
	Pages     Pages
	Sales     *member.Sales
	Forum     *discuss.Forum
	Comments  Comments
	Talk      Talk
	Providers *provider.Set
	Classes   *web.Classes
	Proxies   *web.Proxies
	Turns     *web.Turns // in which pages are printed
	BaseURL   string
	Forget    string // address of the script that forgets what ads left in a browser
	Now       func() time.Time
	Log       *slog.Logger
}

// Reader answers requests about readers' accounts.
type Reader struct {
	Parts
	passkeys *web.Passkeys
	posts    *web.Turns // in which comments are written
	tolds    *web.Turns // in which messages of gateways are taken
	returns  *web.Turns // in which words are given back that are not taken
}

// New returns the pages for the site at p.BaseURL. It fails if that is no
// address.
func New(p Parts) (*Reader, error) {
	keys, err := web.NewPasskeys(p.BaseURL)
	if err != nil {
		return nil, err
	}
	return &Reader{Parts: p, passkeys: keys, posts: web.NewTurns(postsAtOnce, postsWaiting), returns: web.NewTurns(backAtOnce, backWaiting), tolds: web.NewTurns(toldsAtOnce, toldsWaiting)}, nil
}

// Where the pages are.
const (
	home    = "/account"
	signIn  = "/account/sign-in"
	confirm = "/account/confirm"
	shelf   = "/account/shelf"
)

// request is one whose sender is known.
type request struct {
	*http.Request
	session member.Session // zero: nobody is signed in
	set     news.Settings
	ask     member.Ask
	now     time.Time
	turns   *web.Turns    // in which the answer is printed; nil: it has its turn
	refused error         // why nothing of what it wants to write is taken
	aside   discuss.Aside // nil: no turn is held
}

// in reports whether somebody is signed in.
func (r *request) in() bool { return r.session.ID != 0 }

type handler func(w http.ResponseWriter, r *request) error

// Routes returns the table of routes.
func (x *Reader) Routes() []web.Route {
	var list []web.Route
	put := func(v web.Visibility, pattern string, h web.Handler) {
		method, path, _ := strings.Cut(pattern, " ")
		list = append(list, web.Route{Method: method, Pattern: path, Visibility: v, Capability: web.NoCapability, Handler: h})
	}
	add := func(v web.Visibility, pattern string, h handler) { put(v, pattern, x.wrap(v, h)) }
	for pattern, h := range map[string]handler{
		"GET /me":                           x.me,
		"GET /account/sign-in":              x.signInPage,
		"POST /account/sign-in":             x.signIn,
		"POST /account/link":                x.askLink,
		"GET /account/register":             x.registerPage,
		"POST /account/register":            x.register,
		"GET /account/check":                x.checkPage,
		"POST /account/check":               x.check,
		"GET /account/link/{token}":         x.follow,
		"POST /account/link/{token}":        x.reset,
		"GET /account/reset":                x.askPage,
		"POST /account/reset":               x.askReset,
		"GET /account/keep/{token}":         x.keepPage,
		"POST /account/keep/{token}":        x.keep,
		"GET /account/deleted":              x.deleted,
		"POST /account/passkey/begin":       x.passkeyBegin,
		"POST /account/passkey/finish":      x.passkeyFinish,
		"GET /account/with/{provider}":      x.away,
		"GET /account/with/{provider}/back": x.back,
		"GET /account/join/{token}":         x.joinPage,
		"POST /account/join/{token}":        x.join,
		"GET /account/saved":                x.savedPage,
	} {
		add(web.Public, pattern, h)
	}
	x.commentRoutes(add)
	x.membershipRoutes(add)
	put(web.Machine, "POST /pay/{gateway}", x.told)
	put(web.Public, "POST /comment/story/{id}", x.write(web.Public, x.post))
	put(web.Public, "POST /comment/report/{id}", x.write(web.Public, x.report))
	put(web.Reader, "POST /comment/react/{id}", x.write(web.Reader, x.react))
	put(web.Reader, "POST /comment/own/{id}", x.write(web.Public, x.edit)) // who is not signed in gets his words back
	for pattern, h := range map[string]handler{
		"GET /account":                         x.homePage,
		"POST /account/sign-out":               x.signOut,
		"GET /account/shelf":                   x.shelfPage,
		"POST /account/shelf":                  x.shelve,
		"GET /account/following":               x.followingPage,
		"GET /account/follows":                 x.followsPage,
		"POST /account/profile":                x.profile,
		"POST /account/sessions/end":           x.endSession,
		"POST /account/sessions/end-others":    x.endOthers,
		"GET /account/password":                x.passwordPage,
		"POST /account/password":               x.password,
		"GET /account/confirm":                 x.confirmPage,
		"POST /account/confirm":                x.confirm,
		"POST /account/confirm/mail":           x.confirmByMail,
		"POST /account/confirm/passkey/begin":  x.confirmBegin,
		"POST /account/confirm/passkey/finish": x.confirmFinish,
		"GET /account/email":                   x.fresh(x.emailPage),
		"POST /account/email":                  x.fresh(x.email),
		"GET /account/passkeys":                x.fresh(x.keysPage),
		"POST /account/passkeys/begin":         x.fresh(x.registerBegin),
		"POST /account/passkeys/finish":        x.fresh(x.registerFinish),
		"POST /account/passkeys/remove":        x.fresh(x.keyRemove),
		"GET /account/export":                  x.fresh(x.export),
		"POST /account/with/{provider}/untie":  x.fresh(x.untie),
		"GET /account/delete":                  x.fresh(x.deletePage),
		"POST /account/delete":                 x.fresh(x.delete),
	} {
		add(web.Reader, pattern, h)
	}
	return list
}

// wrap finds out who asks. Whoever has to be signed in and is not is led to do
// so, and back afterwards.
func (x *Reader) wrap(v web.Visibility, h handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		private(w.Header())
		req, err := x.who(r, x.Turns)
		if err != nil {
			return err
		}
		return x.serve(w, req, v, h)
	}
}

// private sets the headers of every answer to one reader.
func private(head http.Header) {
	head.Set("Cache-Control", "no-store")
	head.Set("X-Robots-Tag", "noindex")
	// A token that stands in an address goes nowhere else.
	head.Set("Referrer-Policy", "same-origin")
}

func (x *Reader) serve(w http.ResponseWriter, r *request, v web.Visibility, h handler) error {
	if v == web.Reader && !r.in() {
		return x.toSignIn(w, r)
	}
	return h(w, r)
}

// who finds out who asks, and in which words of which site he is answered. It
// waits for a turn, as all do who ask the database beside the page engine; with
// nil, it has one.
func (x *Reader) who(r *http.Request, turns *web.Turns) (*request, error) {
	done, err := take(r.Context(), turns)
	if err != nil {
		return nil, err
	}
	defer done()
	req := &request{Request: r, now: x.Now(), turns: turns}
	if req.set, err = x.Store.Settings(r.Context()); err != nil {
		return nil, err
	}
	req.ask = member.Ask{From: account.Client{Network: x.Proxies.Sender(r), Device: web.Device(r.UserAgent())},
		Browser: web.Token(r, web.BrowserCookie), Site: req.set.Name(), Lang: req.set.Language(), Zone: req.set.Zone()}
	token := web.Token(r, web.ReaderCookie)
	if token == "" {
		return req, nil
	}
	req.session, err = x.Members.Open(r.Context(), token)
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		return nil, err
	}
	return req, nil
}

// take waits for a turn; of no turns there is always one.
func take(ctx context.Context, turns *web.Turns) (done func(), err error) {
	if turns == nil {
		return func() {}, nil
	}
	return turns.Take(ctx)
}

// fresh asks for a new proof of who it is before what would help a thief.
func (x *Reader) fresh(h handler) handler {
	return func(w http.ResponseWriter, r *request) error {
		if r.session.Fresh(r.now) {
			return h(w, r)
		}
		if asJSON(r) {
			return refuse(w, r, fault.New(fault.Forbidden, "the identity has to be confirmed again").Say("confirm"))
		}
		next := r.URL.Path
		if r.Method != http.MethodGet && r.Method != http.MethodHead && strings.Count(next, "/") > 2 {
			next = next[:strings.LastIndexByte(next, '/')] // of the page with the form
			if strings.HasPrefix(next, "/account/with/") {
				next = home
			}
		}
		return seeOther(w, r, with(confirm, "next", next))
	}
}

// toSignIn leads somebody to sign in, and afterwards back to where he came from:
// to the page with the link to the account, or to the one that he asked for.
func (x *Reader) toSignIn(w http.ResponseWriter, r *request) error {
	if asJSON(r) {
		return refuse(w, r, fault.New(fault.Unauthenticated, "nobody is signed in").Say("reader_signed_out"))
	}
	next := r.URL.Path
	switch {
	case next == shelf:
		if _, err := form(w, r); err != nil {
			return err
		}
		// The form's value: the page asks once more before anything is kept.
		next = with(shelf, "item", r.FormValue("item"), "next", x.next(r))
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		next = home
	}
	if next == home {
		next = onward(web.ReturnPath(r.Request, x.BaseURL))
	}
	if next == "" {
		next = home
	}
	return seeOther(w, r, with(signIn, "next", next))
}

// asJSON reports whether a script asks.
func asJSON(r *request) bool { return strings.Contains(r.Header.Get("Accept"), "application/json") }

// Class implements site.Readers.
func (x *Reader) Class(ctx context.Context, token string) (page.Class, *http.Cookie, error) {
	s, err := x.Members.Open(ctx, token)
	if err != nil {
		return 0, nil, err
	}
	class, cookie := x.classOf(s.Member.Rights, s.Mark)
	return class, cookie, nil
}

// classOf returns the class that rights give at this moment, and a cookie with it
// that ends with them. Both are told of one instant: of two, the end may lie between.
func (x *Reader) classOf(r member.Rights, mark int64) (page.Class, *http.Cookie) {
	now := x.Now()
	class := entitled(r.At(now))
	return class, x.Classes.CookieUntil(class, mark, r.Until(now))
}

// entitled returns the class of a member with benefits.
func entitled(b member.Benefits) page.Class {
	class := page.Registered
	if b.Has(member.MembersText) {
		class |= page.MembersText
	}
	if b.Has(member.NoAds) {
		class |= page.AdFree
	}
	return class
}

// words returns the catalogue of the site's language.
func (r *request) words() *lang.Catalog { return lang.For(r.ask.Lang) }
