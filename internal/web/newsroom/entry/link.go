package entry

import (
	"context"
	"net/http"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// personForm is a page that a link led to: somebody says who he is.
type personForm struct {
	newsroom.Shell
	form
	Whom  account.User
	Zones []string
}

// zones are offered first; any other can be typed.
var zones = []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak", "UTC"}

func newStart(r *newsroom.Request) *personForm {
	p := &personForm{form: fields("site", "zone", "name", "email", "password"), Zones: zones}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.start"), Bare: true}
	p.set("zone", r.Site.Get("zone"))
	p.set("language", r.Site.Get("language"))
	return p
}

func (x *Entry) startPage(w http.ResponseWriter, r *newsroom.Request) error {
	if _, err := x.Staff.Invited(r.Context(), account.TicketStart, r.PathValue("token")); err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-start", newStart(r))
}

// start makes the owner and names the site.
func (x *Entry) start(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	settings := map[string]string{"name": v.Get("site"), "language": v.Get("language"), "zone": v.Get("zone")}
	e, err := x.begin(r, settings, account.Person{Email: v.Get("email"), Name: v.Get("name"), Password: v.Get("password")})
	if err != nil {
		p := newStart(r)
		return x.mend(w, r, err, &p.form, "entry-start", p)
	}
	r.Actor = account.Actor{ID: e.UserID, Role: account.Owner}
	if err := x.Site.SaveSettings(r.Context(), r.Actor, settings); err != nil {
		return err
	}
	rec, err := x.Staff.Record(r.Context(), e.UserID)
	if err != nil {
		return err
	}
	if err := x.tie(r, rec.User, rec.Name); err != nil {
		return err
	}
	return x.admit(w, r, e, newsroom.Prefix+"/me")
}

// begin makes the owner, after everything about the site has been found right.
func (x *Entry) begin(r *newsroom.Request, settings map[string]string, p account.Person) (e account.Entry, err error) {
	if err := checkSettings(settings); err != nil {
		return e, err
	}
	if p.Password == "" {
		if err := account.CheckPassword(""); err != nil {
			return e, err
		}
	}
	return x.Staff.Start(r.Context(), r.PathValue("token"), p, client(r))
}

// checkSettings finds a wrong setting before anything is made.
func checkSettings(values map[string]string) error {
	bad := func(key string) bool { return news.CheckSetting(key, values[key]) != nil }
	switch {
	case bad("name"):
		return fault.Input("site", "the site needs a name of at most 80 letters").Say("site_name")
	case bad("language"):
		return fault.Input("language", "the language is not known").Say("site_language")
	case bad("zone"):
		return fault.Input("zone", "the time zone is not known").Say("site_zone")
	}
	return nil
}

func newInvite(r *newsroom.Request, u account.User) *personForm {
	p := &personForm{form: fields("name", "password"), Whom: u}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.invite", lang.Args{"site": r.Site.Name()}), Bare: true}
	p.set("name", u.Name)
	return p
}

func (x *Entry) invitePage(w http.ResponseWriter, r *newsroom.Request) error {
	u, err := x.Staff.Invited(r.Context(), account.TicketInvite, r.PathValue("token"))
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-invite", newInvite(r, u))
}

// accept lets an invited user in. Who wants a passkey instead of a password is
// led to make one.
func (x *Entry) accept(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	u, err := x.Staff.Invited(r.Context(), account.TicketInvite, r.PathValue("token"))
	if err != nil {
		return err
	}
	p, next := account.Person{Name: v.Get("name"), Password: v.Get("password")}, newsroom.Prefix+"/me"
	var e account.Entry
	if v.Get("way") == "passkey" {
		p.Password, next = "", newsroom.Prefix+"/me/passkeys"
	} else {
		err = account.CheckPassword(p.Password, p.Name, u.Email)
	}
	if err == nil {
		e, err = x.Staff.Accept(r.Context(), r.PathValue("token"), p, client(r))
	}
	if err != nil {
		page := newInvite(r, u)
		return x.mend(w, r, err, &page.form, "entry-invite", page)
	}
	return x.admit(w, r, e, next)
}

// askForm asks for the address to which a link for a new password goes.
type askForm struct {
	newsroom.Shell
	form
	Sent bool
}

func newAsk(r *newsroom.Request, sent bool) *askForm {
	p := &askForm{form: fields("email"), Sent: sent}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.ask"), Bare: true}
	return p
}

func (x *Entry) askPage(w http.ResponseWriter, r *newsroom.Request) error {
	return x.Door.Page(w, r, "entry-ask", newAsk(r, r.URL.Query().Get("sent") != ""))
}

// ask sends a link for a new password, and says the same to everybody after the
// same time.
func (x *Entry) ask(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	late := time.NewTimer(x.ResetTakes)
	defer late.Stop()
	u, token, err := x.Staff.AskReset(r.Context(), v.Get("email"), client(r))
	if err != nil {
		p := newAsk(r, false)
		return x.mend(w, r, err, &p.form, "entry-ask", p)
	}
	if token != "" {
		if err := x.mailLink(r.Context(), r, u, token); err != nil {
			return err
		}
	}
	select {
	case <-late.C:
	case <-r.Context().Done():
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/reset?sent=1")
}

// linkPath returns the path of the link that a token belongs to: to come in for
// the first time, or to a new password.
func linkPath(u account.User, token string) string {
	if u.Joined.IsZero() {
		return newsroom.Prefix + "/invite/" + token
	}
	return newsroom.Prefix + "/reset/" + token
}

// mailLink writes the letter with a user's link, in his language.
func (x *Entry) mailLink(ctx context.Context, r *newsroom.Request, u account.User, token string) error {
	code := u.Language
	if code == "" {
		code = r.Site.Language()
	}
	words, kind := lang.For(code), "reset"
	if u.Joined.IsZero() {
		kind = "invite"
	}
	args := lang.Args{"site": r.Site.Name(), "name": u.Name, "by": r.Session.User.Name, "role": words.T("room.role." + string(u.Role))}
	text := words.T("entry.mail."+kind, args)
	if kind == "invite" && r.Session.User.Name == "" {
		text = words.T("entry.mail.invite_again", args)
	}
	return x.Outbox.AddMails(ctx, change.Mail{To: u.Email, Name: u.Name, Language: string(code),
		Subject: words.T("entry.mail."+kind+"_subject", args), Text: text,
		Link: linkPath(u, token), LinkText: words.T("entry.mail." + kind + "_link")})
}

func newReset(r *newsroom.Request, u account.User) *personForm {
	p := &personForm{form: fields("password"), Whom: u}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.reset"), Bare: true}
	return p
}

func (x *Entry) resetPage(w http.ResponseWriter, r *newsroom.Request) error {
	u, err := x.Staff.Invited(r.Context(), account.TicketReset, r.PathValue("token"))
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-reset", newReset(r, u))
}

func (x *Entry) reset(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	u, err := x.Staff.Invited(r.Context(), account.TicketReset, token)
	if err != nil {
		return err
	}
	if err := x.Staff.Reset(r.Context(), token, v.Get("password")); err != nil {
		p := newReset(r, u)
		return x.mend(w, r, err, &p.form, "entry-reset", p)
	}
	http.SetCookie(w, newsroom.IntoCookie("", 0))
	return newsroom.SeeOther(w, r, newsroom.SignIn+"?said=reset")
}
