package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Cookies of readers who have an account, the class apart.
const (
	// ReaderCookie holds the token of a reader's session.
	ReaderCookie = "__Host-warta-reader"
	// HintCookie tells scripts that somebody is signed in, and not who.
	HintCookie = "__Host-warta-me"
	// BrowserCookie holds the token of a browser that asked for a letter: links and
	// codes count there alone.
	BrowserCookie = "__Host-warta-browser"
)

// readerCookie returns a cookie of the site; age 0 ends it.
func readerCookie(name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, SameSite: http.SameSiteLaxMode, MaxAge: int(age / time.Second)}
	if age <= 0 {
		c.Value, c.MaxAge = "", -1
	}
	return c
}

// ReaderCookies returns the cookies of a reader who is signed in with a session
// for a time: the session's token and the hint. age 0 ends them.
func ReaderCookies(token string, age time.Duration) []*http.Cookie {
	session := readerCookie(ReaderCookie, token, age)
	session.HttpOnly = true
	return []*http.Cookie{session, readerCookie(HintCookie, "1", age)}
}

// NewBrowserCookie returns the cookie of a browser that asks for a letter.
func NewBrowserCookie(token string, age time.Duration) *http.Cookie {
	c := readerCookie(BrowserCookie, token, age)
	c.HttpOnly = true
	return c
}

// NoClass returns the cookie that takes a class away.
func NoClass() *http.Cookie { return readerCookie(ClassCookie, "", 0) }

// maxToken bounds a token in a cookie, in bytes.
const maxToken = 200

// Token returns the value of a request's cookie, "" if there is none that could
// be a token.
func Token(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil || len(c.Value) > maxToken {
		return ""
	}
	return c.Value
}

// maxReturn bounds a path to go back to, in bytes.
const maxReturn = 1000

// SafePath returns a path of the site with its query if next is one, "" for
// anything that could lead elsewhere: an open redirect would help to phish.
func SafePath(next string) string {
	if len(next) > maxReturn || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		return ""
	}
	for _, r := range next {
		if r <= ' ' || r == '\\' || r == 0x7f {
			return ""
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsRune(u.Path, '\\') {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	return u.RequestURI()
}

// ReturnPath returns where somebody came from who follows a link to sign in: the
// path of the Referer line if it is one of the site at base.
func ReturnPath(r *http.Request, base string) string {
	rest, ok := strings.CutPrefix(r.Referer(), base)
	if !ok {
		return ""
	}
	return SafePath(rest)
}
