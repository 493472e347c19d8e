package reader

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/render"
	"warta/internal/web"
)

// time returns a time in the site's words.
func (r *request) time(t time.Time) render.Time {
	return render.Time{Text: lang.DateTime(r.ask.Lang, t, r.ask.Zone), ISO: t.In(r.ask.Zone).Format(time.RFC3339), Clock: lang.Clock(t, r.ask.Zone)}
}

// date returns a day in the site's words.
func (r *request) date(t time.Time) string { return lang.LongDate(r.ask.Lang, t, r.ask.Zone) }

// newHome returns the account's page as it is.
func (x *Reader) newHome(r *request) (*render.HomePage, error) {
	rec, err := x.Members.Record(r.Context(), r.session.Member.ID)
	if err != nil {
		return nil, err
	}
	sessions, err := x.Members.Sessions(r.Context(), rec.ID)
	if err != nil {
		return nil, err
	}
	p := &render.HomePage{Name: rec.Name, Email: rec.Email, NewDevice: rec.NewDevice, Password: rec.Password != "", Keys: len(rec.Passkeys),
		Ways: x.ways(rec.Identities), Since: r.date(rec.Created)}
	if end := rec.Rights.Until(r.now); !end.IsZero() {
		p.Member = r.date(end)
	}
	if p.News, err = x.Comments.UnseenNotices(r.Context(), rec.ID); err != nil {
		return nil, err
	}
	for _, s := range sessions {
		p.Devices = append(p.Devices, render.Device{ID: s.ID, Name: s.Device, Network: s.Network, Seen: r.time(s.Seen), Here: s.ID == r.session.ID})
	}
	return p, nil
}

func (x *Reader) homePage(w http.ResponseWriter, r *request) error {
	p, err := x.newHome(r)
	if err != nil {
		return err
	}
	return x.show(w, r, p)
}

func (x *Reader) profile(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	err = x.Members.SaveProfile(r.Context(), r.session.Member.ID, member.Profile{Name: v.Get("name"), NewDevice: v.Get("new_device") != ""})
	if err != nil {
		p, e := x.newHome(r)
		if e != nil {
			return e
		}
		p.Name, p.NewDevice = v.Get("name"), v.Get("new_device") != ""
		return x.mend(w, r, err, p)
	}
	return seeOther(w, r, home+"?said=saved")
}

func (x *Reader) signOut(w http.ResponseWriter, r *request) error {
	if err := x.Members.SignOut(r.Context(), r.session); err != nil {
		return err
	}
	x.dismiss(w, r.session)
	return seeOther(w, r, signIn+"?said=out")
}

func (x *Reader) endSession(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(v.Get("session"), 10, 64)
	if err != nil || id < 1 {
		return fault.Input("session", "there is no such device")
	}
	if err := x.Members.EndSession(r.Context(), r.session.Member.ID, id); err != nil {
		return err
	}
	return seeOther(w, r, home+"?said=ended")
}

func (x *Reader) endOthers(w http.ResponseWriter, r *request) error {
	if err := x.Members.EndOthers(r.Context(), r.session); err != nil {
		return err
	}
	return seeOther(w, r, home+"?said=ended")
}

func (x *Reader) newPassword(r *request) (*render.PasswordPage, error) {
	rec, err := x.Members.Record(r.Context(), r.session.Member.ID)
	if err != nil {
		return nil, err
	}
	p := &render.PasswordPage{Has: rec.Password != ""}
	p.Who = rec.Email
	return p, nil
}

// passwordPage asks for the password so far, or, of somebody who has none, for
// another fresh proof.
func (x *Reader) passwordPage(w http.ResponseWriter, r *request) error {
	return x.withPassword(w, r, func(p *render.PasswordPage) error { return x.show(w, r, p) })
}

func (x *Reader) withPassword(w http.ResponseWriter, r *request, then func(*render.PasswordPage) error) error {
	p, err := x.newPassword(r)
	if err != nil {
		return err
	}
	if !p.Has && !r.session.Fresh(r.now) {
		return seeOther(w, r, with(confirm, "next", "/account/password"))
	}
	return then(p)
}

func (x *Reader) password(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	return x.withPassword(w, r, func(p *render.PasswordPage) error {
		if err := x.Members.SetPassword(r.Context(), r.ask, r.session, v.Get("old"), v.Get("password")); err != nil {
			return x.mend(w, r, err, p)
		}
		return seeOther(w, r, home+"?said=password")
	})
}

func newEmail(r *request) *render.EmailPage {
	return &render.EmailPage{Old: r.session.Member.Email, Email: r.PostFormValue("email")}
}

func (x *Reader) emailPage(w http.ResponseWriter, r *request) error { return x.show(w, r, newEmail(r)) }

func (x *Reader) email(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	x.browser(w, r)
	if err := x.Members.AskEmail(r.Context(), r.ask, r.session, v.Get("email")); err != nil {
		return x.mend(w, r, err, newEmail(r))
	}
	return toCheck(w, r, "")
}

func (x *Reader) newConfirm(r *request) (*render.ConfirmPage, error) {
	rec, err := x.Members.Record(r.Context(), r.session.Member.ID)
	if err != nil {
		return nil, err
	}
	p := &render.ConfirmPage{Password: rec.Password != "", Keys: len(rec.Passkeys) > 0}
	p.Next, p.Who, p.Script = onward(r.FormValue("next")), rec.Email, true
	return p, nil
}

func (x *Reader) confirmPage(w http.ResponseWriter, r *request) error {
	p, err := x.newConfirm(r)
	if err != nil {
		return err
	}
	return x.show(w, r, p)
}

func (x *Reader) confirm(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	if err := x.Members.Confirm(r.Context(), r.ask, r.session, v.Get("password")); err != nil {
		p, e := x.newConfirm(r)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, p)
	}
	return seeOther(w, r, cmp.Or(onward(v.Get("next")), home))
}

func (x *Reader) confirmByMail(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	x.browser(w, r)
	r.ask.Next = onward(v.Get("next"))
	if err := x.Members.AskConfirm(r.Context(), r.ask, r.session); err != nil {
		p, e := x.newConfirm(r)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, p)
	}
	return toCheck(w, r, "")
}

// limit is within what time an account is erased.
func limit(r *request) time.Duration { return r.set.EraseTime() }

func newDelete(r *request, twice bool) *render.DeletePage {
	return &render.DeletePage{Hours: int(limit(r) / time.Hour), Until: r.time(member.Within(r.now, limit(r))).Text, Twice: twice}
}

func (x *Reader) deletePage(w http.ResponseWriter, r *request) error {
	return x.show(w, r, newDelete(r, false))
}

func (x *Reader) delete(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	if v.Get("twice") == "" {
		return x.show(w, r, newDelete(r, true))
	}
	if err := x.Members.GiveUp(r.Context(), r.ask, r.session, limit(r)); err != nil {
		return x.mend(w, r, err, newDelete(r, true))
	}
	x.dismiss(w, r.session)
	return seeOther(w, r, "/account/deleted")
}

// deleted says what happens now. It is the same for everybody.
func (x *Reader) deleted(w http.ResponseWriter, r *request) error {
	words := r.words()
	p := &render.NotePage{Text: words.T("account.note.deleted_text"), Link: "/", LinkText: words.T("account.note.home")}
	p.Heading = words.T("account.note.deleted")
	return x.show(w, r, p)
}

func (x *Reader) keepPage(w http.ResponseWriter, r *request) error {
	token := r.PathValue("token")
	until, err := x.Members.Kept(r.Context(), token)
	if fault.Is(err, fault.Gone) {
		return x.spent(w, r)
	}
	if err != nil {
		return err
	}
	return x.show(w, r, &render.KeepPage{Token: token, Until: r.time(until).Text})
}

func (x *Reader) keep(w http.ResponseWriter, r *request) error {
	err := x.Members.KeepOn(r.Context(), r.PathValue("token"))
	if fault.Is(err, fault.Gone) {
		return x.spent(w, r)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, signIn+"?said=kept")
}

// archiveName is what the archive is called on the reader's device.
func archiveName(r *request) string {
	host := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return '-'
	}, strings.ToLower(web.HostName(r.Request)))
	return host + "-" + r.now.UTC().Format("20060102") + ".zip"
}
