// Package entry gives the pages by which people come into the newsroom and look
// after their accounts: sign-in, links, the own account, users and desks. What
// is allowed is decided by account; this package knows HTTP, mails and
// passkeys.
package entry

import (
	"context"
	"net/http"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Store reads what the pages print; *store.DB is one.
type Store interface {
	Users(ctx context.Context, f account.UserFilter) ([]account.User, bool, error)
	Sections(ctx context.Context) (*news.Tree, error)
	Persons(ctx context.Context, ids []int64) ([]news.Person, error)
	EnsurePersons(ctx context.Context, names []string) (map[string]int64, error)
}

// Outbox keeps the letters that go out; *store.DB is one.
type Outbox interface {
	AddMails(ctx context.Context, mails ...change.Mail) error
	Letter(ctx context.Context, id int64) (change.Letter, error)
	Letters(ctx context.Context, before int64, limit int) ([]change.Letter, bool, error)
	RetryMail(ctx context.Context, id int64, out change.Outcome) error
}

// Site takes the first settings of a site; *news.Site is one.
type Site interface {
	SaveSettings(ctx context.Context, actor account.Actor, values map[string]string) error
}

// Parts are what the pages need.
type Parts struct {
	Door    *newsroom.Door
	Staff   *account.Staff
	Store   Store
	Outbox  Outbox
	Site    Site
	BaseURL string
	// Posted reports whether letters leave this machine; nil: they do not.
	Posted func() bool
	// ResetTakes is how long the answer to somebody who asks for a new password
	// takes at least, so that it tells nothing. Zero: not held back.
	ResetTakes time.Duration
}

// Entry answers requests of people who come in.
type Entry struct {
	Parts
	passkeys *web.Passkeys
}

// New returns the pages for the site at p.BaseURL. It fails if that is no
// address.
func New(p Parts) (*Entry, error) {
	keys, err := web.NewPasskeys(p.BaseURL)
	if err != nil {
		return nil, err
	}
	return &Entry{Parts: p, passkeys: keys}, nil
}

// Routes returns the table of routes.
func (x *Entry) Routes() []newsroom.Route {
	list := x.open()
	list = append(list, x.own()...)
	return append(list, x.managing()...)
}

// open are the routes for somebody who is not signed in yet.
func (x *Entry) open() []newsroom.Route {
	public := func(method, path string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: newsroom.Prefix + path, Visibility: web.Public, Capability: web.NoCapability, Handler: h}
	}
	return []newsroom.Route{
		public("GET", "/sign-in", x.signInPage),
		public("POST", "/sign-in", x.signIn),
		public("GET", "/sign-in/code", x.codePage),
		public("POST", "/sign-in/code", x.code),
		public("POST", "/sign-in/passkey/begin", x.passkeyBegin),
		public("POST", "/sign-in/passkey/finish", x.passkeyFinish),
		public("GET", "/start/{token}", x.startPage),
		public("POST", "/start/{token}", x.start),
		public("GET", "/invite/{token}", x.invitePage),
		public("POST", "/invite/{token}", x.accept),
		public("GET", "/reset", x.askPage),
		public("POST", "/reset", x.ask),
		public("GET", "/reset/{token}", x.resetPage),
		public("POST", "/reset/{token}", x.reset),
	}
}

// own are the routes to one's own account. Somebody who still lacks a second
// proof may use them.
func (x *Entry) own() []newsroom.Route {
	mine := func(method, path string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: newsroom.Prefix + path, Visibility: web.Staff, Capability: account.Enter, Early: true, Handler: h}
	}
	list := []newsroom.Route{
		mine("POST", "/sign-out", x.signOut),
		mine("GET", "/confirm", x.confirmPage),
		mine("POST", "/confirm", x.confirm),
		mine("POST", "/confirm/passkey/begin", x.confirmBegin),
		mine("POST", "/confirm/passkey/finish", x.confirmFinish),
		mine("GET", "/me", x.mePage),
		mine("POST", "/me", x.profile),
		mine("POST", "/me/sessions/end", x.endSession),
		mine("POST", "/me/sessions/end-others", x.endOthers),
	}
	for _, r := range []newsroom.Route{
		mine("GET", "/me/password", x.passwordPage),
		mine("POST", "/me/password", x.password),
		mine("GET", "/me/totp", x.totpPage),
		mine("POST", "/me/totp", x.totpBegin),
		mine("POST", "/me/totp/finish", x.totpFinish),
		mine("POST", "/me/totp/remove", x.totpRemove),
		mine("GET", "/me/codes", x.codesPage),
		mine("POST", "/me/codes", x.codes),
		mine("GET", "/me/passkeys", x.passkeysPage),
		mine("POST", "/me/passkeys/begin", x.registerBegin),
		mine("POST", "/me/passkeys/finish", x.registerFinish),
		mine("POST", "/me/passkeys/remove", x.passkeyRemove),
	} {
		r.StepUp = true
		list = append(list, r)
	}
	return list
}

// managing are the routes to other people's accounts, and to the letters that
// hold links into them.
func (x *Entry) managing() []newsroom.Route {
	manage := func(method, path string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: newsroom.Prefix + path, Visibility: web.Staff, Capability: account.ManageUser, Handler: h}
	}
	list := []newsroom.Route{
		manage("GET", "/users", x.usersPage),
		manage("GET", "/desks", x.desksPage),
	}
	for _, r := range []newsroom.Route{
		manage("GET", "/users/new", x.newPage),
		manage("POST", "/users", x.invite),
		manage("GET", "/users/{id}", x.userPage),
		manage("POST", "/users/{id}", x.correct),
		manage("POST", "/users/{id}/role", x.role),
		manage("POST", "/users/{id}/disable", x.disable),
		manage("POST", "/users/{id}/enable", x.enable),
		manage("POST", "/users/{id}/reset", x.sendReset),
		manage("POST", "/users/{id}/sessions", x.endAll),
		manage("POST", "/users/{id}/proofs", x.dropProofs),
		manage("GET", "/outbox", x.outboxPage),
		manage("GET", "/outbox/{id}", x.letterPage),
		manage("POST", "/outbox/{id}/again", x.again),
	} {
		r.StepUp = true
		if strings.Contains(r.Pattern, "{id}") {
			r.About = "user"
		}
		if strings.Contains(r.Pattern, "/outbox/") {
			r.About = "letter"
		}
		list = append(list, r)
	}
	return list
}

// client says who asks.
func client(r *newsroom.Request) account.Client {
	return account.Client{Network: r.Sender, Device: web.Device(r.UserAgent())}
}

// admit sets the cookie of a new session and says where to go on.
func (x *Entry) admit(w http.ResponseWriter, r *newsroom.Request, e account.Entry, next string) error {
	http.SetCookie(w, newsroom.IntoCookie(e.Token, cookieAge))
	http.SetCookie(w, codeCookie("", 0))
	return newsroom.SeeOther(w, r, next)
}

// cookieAge is longer than any session lives without a sign of life: what the
// server says decides.
const cookieAge = 90 * 24 * time.Hour

// codeCookie holds the token of a sign-in whose code is missing.
func codeCookie(token string, age time.Duration) *http.Cookie {
	c := newsroom.IntoCookie(token, age)
	c.Name, c.Path = codeCookieName, "/"
	return c
}

const codeCookieName = "__Host-warta-code"
