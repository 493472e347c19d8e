package reader

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/render"
	"warta/internal/web"
)

// maxForm bounds a form, in bytes.
const maxForm = 16 << 10

// form reads the values of a form.
func form(w http.ResponseWriter, r *request) (url.Values, error) { return formUpTo(w, r, maxForm) }

// formUpTo reads the values of a form of at most so many bytes.
func formUpTo(w http.ResponseWriter, r *request, most int64) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return nil, fault.New(fault.TooLarge, "the form has more than %d bytes", big.Limit).Say("over_limit", "limit", lang.Size(big.Limit))
		}
		return nil, fault.New(fault.Invalid, "the form cannot be read: %w", err).Say("unreadable")
	}
	return r.PostForm, nil
}

// show answers with a page.
func (x *Reader) show(w http.ResponseWriter, r *request, v render.AccountPage) error {
	return x.print(w, r, http.StatusOK, v, nil)
}

// said are the words for what was just done, as addresses have them.
var said = []string{"out", "saved", "email", "password", "ended", "key", "key_gone", "tied", "untied", "kept", "many", "put", "dropped",
	"pay_canceled", "talk_posted", "talk_edited", "talk_deleted", "talk_saved", "talk_muted", "talk_unmuted"}

// print answers with a page that says what has to be mended.
func (x *Reader) print(w http.ResponseWriter, r *request, status int, v render.AccountPage, problem error) error {
	if word := r.URL.Query().Get("said"); problem == nil && slices.Contains(said, word) {
		v.Base().Said = word
	}
	done, err := take(r.Context(), r.turns)
	if err != nil {
		return err
	}
	body, err := x.Pages.Account(r.Context(), v, problem)
	done()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body)
	return nil
}

// mend shows the page with the form again if its sender can do something about
// what was wrong; any other error is returned.
func (x *Reader) mend(w http.ResponseWriter, r *request, err error, v render.AccountPage) error {
	f := fault.Find(err)
	switch kind := fault.KindOf(err); {
	case f == nil:
		return err
	case kind == fault.Invalid, kind == fault.Conflict, kind == fault.Limited, kind == fault.TooLarge:
	case (kind == fault.Unauthenticated || kind == fault.Forbidden || kind == fault.Gone) && f.Code != "":
	default:
		return err
	}
	web.RetryAfter(w.Header(), f.RetryAfter)
	return x.print(w, r, web.Status(f.Kind), v, err)
}

// seeOther ends a form's request: the browser asks for the page at path.
func seeOther(w http.ResponseWriter, r *request, path string) error {
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}

// with returns a path with a query; empty values are left out.
func with(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// onward returns a path of the site to go on to, "" for one that leads nowhere
// else than to sign in once more.
func onward(next string) string {
	next = web.SafePath(next)
	path, _, _ := strings.Cut(next, "?")
	if path == "/me" { // no page
		return ""
	}
	if path != home && path != confirm && strings.HasPrefix(path, home+"/") && !slices.Contains([]string{"/account/email", "/account/password",
		"/account/passkeys", "/account/delete", "/account/export", shelf, "/account/saved", "/account/following", "/account/follows", "/account/comments", membership}, path) {
		return ""
	}
	return next
}

// next returns where a request wants to go on to: what its form or its address
// says, else where its sender came from.
func (x *Reader) next(r *request) string {
	if said := r.FormValue("next"); said != "" {
		return onward(said)
	}
	return onward(web.ReturnPath(r.Request, x.BaseURL))
}

// Lives of cookies: what the server says of a session decides, and a browser
// needs to be known only as long as the letters that it asked for count.
const (
	cookieAge  = 365 * 24 * time.Hour
	browserAge = time.Hour
)

// browser makes sure that the browser has a token by which it is known when the
// letter that it asks for has come.
func (x *Reader) browser(w http.ResponseWriter, r *request) {
	if r.ask.Browser == "" {
		r.ask.Browser, _ = account.NewToken()
	}
	http.SetCookie(w, web.NewBrowserCookie(r.ask.Browser, browserAge))
}

// admit sets the cookies of a new session, and ends the one that the browser had
// before.
func (x *Reader) admit(w http.ResponseWriter, r *request, e member.Entry) error {
	if r.in() {
		if err := x.Members.SignOut(r.Context(), r.session); err != nil {
			return err
		}
		x.Classes.Revoke(r.session.Mark)
	}
	for _, c := range web.ReaderCookies(e.Token, cookieAge) {
		http.SetCookie(w, c)
	}
	_, cookie := x.classOf(e.Member.Rights, e.Mark)
	http.SetCookie(w, cookie)
	return nil
}

// dismiss takes the cookies of a session away. What its class cookie carries
// counts no more.
func (x *Reader) dismiss(w http.ResponseWriter, s member.Session) {
	for _, c := range web.ReaderCookies("", 0) {
		http.SetCookie(w, c)
	}
	http.SetCookie(w, web.NoClass())
	if s.Mark != 0 {
		x.Classes.Revoke(s.Mark)
	}
}

// answer writes v as JSON.
func answer(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write(b)
	return nil
}

// maxJSON bounds what a script sends, in bytes.
const maxJSON = 64 << 10

// decode reads the body of a request as JSON into v.
func decode(w http.ResponseWriter, r *request, v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxJSON))
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		return fault.New(fault.Invalid, "the request is not the JSON that is expected: %w", err).Say("unreadable")
	}
	return nil
}

// refuse tells a script what is wrong, in the site's language. What is nobody's
// mistake is returned.
func refuse(w http.ResponseWriter, r *request, err error) error {
	f := fault.Find(err)
	if f == nil || f.Code == "" || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	web.RetryAfter(w.Header(), f.RetryAfter)
	w.WriteHeader(web.Status(f.Kind))
	return json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{
		"code": f.Code, "message": r.words().T("problem."+f.Code, lang.Args(f.Args))}})
}

// script answers a script; an error becomes a sentence.
func script(w http.ResponseWriter, r *request, v any, err error) error {
	if err != nil {
		return refuse(w, r, err)
	}
	return answer(w, v)
}
