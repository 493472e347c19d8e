package entry

import (
	"net/http"
	"net/url"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/web/newsroom"
)

// signInForm is the first page that anybody sees.
type signInForm struct {
	newsroom.Shell
	form
	Next string
}

func newSignIn(r *newsroom.Request) *signInForm {
	p := &signInForm{form: fields("email", "password"), Next: newsroom.Next(r.Request)}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.sign_in"), Bare: true, Scripts: []string{"passkey.js"}}
	p.Said = said(r, "reset", "out")
	return p
}

func (x *Entry) signInPage(w http.ResponseWriter, r *newsroom.Request) error {
	if r.Actor.ID != 0 {
		return newsroom.SeeOther(w, r, newsroom.Next(r.Request))
	}
	return x.Door.Page(w, r, "entry-sign-in", newSignIn(r))
}

func (x *Entry) signIn(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	p := newSignIn(r)
	e, err := x.Staff.SignIn(r.Context(), v.Get("email"), v.Get("password"), client(r))
	if err != nil {
		return x.mend(w, r, err, &p.form, "entry-sign-in", p)
	}
	if e.Code != "" {
		http.SetCookie(w, codeCookie(e.Code, account.TicketCode.Lasts()))
		return newsroom.SeeOther(w, r, newsroom.Prefix+"/sign-in/code?next="+url.QueryEscape(p.Next))
	}
	return x.admit(w, r, e, p.Next)
}

// codeForm asks for the second proof.
type codeForm struct {
	newsroom.Shell
	form
	Next string
}

func newCode(r *newsroom.Request) *codeForm {
	p := &codeForm{form: fields("code"), Next: newsroom.Next(r.Request)}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.code"), Bare: true, Scripts: []string{"passkey.js"}}
	return p
}

// codeToken returns the token of the first step, "" if there was none.
func codeToken(r *newsroom.Request) string {
	c, err := r.Cookie(codeCookieName)
	if err != nil || len(c.Value) > 200 {
		return ""
	}
	return c.Value
}

func (x *Entry) codePage(w http.ResponseWriter, r *newsroom.Request) error {
	if _, err := x.Staff.CodeUser(r.Context(), codeToken(r)); err != nil {
		return err // leads to the sign-in page
	}
	return x.Door.Page(w, r, "entry-code", newCode(r))
}

func (x *Entry) code(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	e, err := x.Staff.SignInCode(r.Context(), codeToken(r), v.Get("code"), client(r))
	if fault.Is(err, fault.Unauthenticated) {
		p := newSignIn(r)
		return x.mend(w, r, err, &p.form, "entry-sign-in", p)
	}
	if err != nil {
		p := newCode(r)
		return x.mend(w, r, err, &p.form, "entry-code", p)
	}
	return x.admit(w, r, e, newsroom.Next(r.Request))
}

func (x *Entry) signOut(w http.ResponseWriter, r *newsroom.Request) error {
	if err := x.Staff.SignOut(r.Context(), r.Session); err != nil {
		return err
	}
	http.SetCookie(w, newsroom.IntoCookie("", 0))
	return newsroom.SeeOther(w, r, newsroom.SignIn+"?said=out")
}

// confirmForm asks again who it is.
type confirmForm struct {
	newsroom.Shell
	form
	Next     string
	Password bool // there is one
	TOTP     bool
	Passkeys bool
}

func (x *Entry) newConfirm(r *newsroom.Request) (*confirmForm, error) {
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return nil, err
	}
	p := &confirmForm{form: fields("secret"), Next: newsroom.Next(r.Request), Password: rec.Password != "",
		TOTP: rec.TOTP != "", Passkeys: len(rec.Passkeys) > 0}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.confirm"), Scripts: []string{"passkey.js"}}
	return p, nil
}

func (x *Entry) confirmPage(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.newConfirm(r)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-confirm", p)
}

func (x *Entry) confirm(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	if err := x.Staff.Confirm(r.Context(), r.Session, v.Get("secret"), client(r)); err != nil {
		p, e := x.newConfirm(r)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, &p.form, "entry-confirm", p)
	}
	return newsroom.SeeOther(w, r, newsroom.Next(r.Request))
}
