package entry

import (
	"net/http"
	"strconv"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/web/newsroom"
)

// mePage is one's own account.
type mePage struct {
	newsroom.Shell
	form
	Record  *account.Record
	Person  string // the byline
	Devices []account.Session
	This    int64 // the session of this page
	Needed  bool  // a second proof is missing
}

func (x *Entry) newMe(r *newsroom.Request) (*mePage, error) {
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return nil, err
	}
	p := &mePage{form: fields("name"), Record: rec, This: r.Session.ID, Needed: !rec.Proven()}
	if p.Devices, err = x.Staff.Sessions(r.Context(), rec.ID); err != nil {
		return nil, err
	}
	if p.Person, err = x.byline(r, rec.PersonID); err != nil {
		return nil, err
	}
	p.set("name", rec.Name)
	p.set("language", string(rec.Language))
	if rec.MailNotices {
		p.set("mails", "1")
	}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.me"), Active: "me"}
	p.Said = said(r, "profile", "password", "session_ended", "sessions_ended", "totp_removed")
	return p, nil
}

// byline returns the name of a person, empty for none.
func (x *Entry) byline(r *newsroom.Request, id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	list, err := x.Store.Persons(r.Context(), []int64{id})
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].Name, nil
}

func (x *Entry) mePage(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.newMe(r)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-me", p)
}

func (x *Entry) profile(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	err = x.Staff.SaveProfile(r.Context(), r.Actor.ID, account.Profile{Name: v.Get("name"),
		Language: lang.Code(v.Get("language")), MailNotices: v.Get("mails") != ""})
	if err != nil {
		p, e := x.newMe(r)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, &p.form, "entry-me", p)
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/me?said=profile")
}

func (x *Entry) endSession(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(v.Get("session"), 10, 64)
	if err != nil {
		id = 0 // of nobody
	}
	if err := x.Staff.EndSession(r.Context(), r.Actor.ID, id); err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/me?said=session_ended")
}

func (x *Entry) endOthers(w http.ResponseWriter, r *newsroom.Request) error {
	if err := x.Staff.EndOthers(r.Context(), r.Actor.ID, r.Session.ID); err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/me?said=sessions_ended")
}

// passwordForm changes one's own password.
type passwordForm struct {
	newsroom.Shell
	form
	Has bool // there is one already
}

func (x *Entry) newPassword(r *newsroom.Request) (*passwordForm, error) {
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return nil, err
	}
	p := &passwordForm{form: fields("old", "password"), Has: rec.Password != ""}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.password_change"), Active: "me"}
	return p, nil
}

func (x *Entry) passwordPage(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.newPassword(r)
	if err != nil {
		return err
	}
	return x.Door.Page(w, r, "entry-password", p)
}

func (x *Entry) password(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	if err := x.Staff.SetPassword(r.Context(), r.Session, v.Get("old"), v.Get("password"), client(r)); err != nil {
		p, e := x.newPassword(r)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, &p.form, "entry-password", p)
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/me?said=password")
}
