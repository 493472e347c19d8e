package entry

import (
	"encoding/json"
	"net/http"

	"warta/internal/account"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// owner is the user of a record as passkeys see him.
func owner(r *account.Record) web.KeyOwner {
	return web.KeyOwner{Handle: r.Handle, Email: r.Email, Name: r.Name, Keys: r.Passkeys}
}

// asked is what the browser is asked to do.
type asked struct {
	Token   string `json:"token"`
	Options any    `json:"options"`
}

// answered is what the browser made of it.
type answered struct {
	Token      string          `json:"token"`
	Credential json.RawMessage `json:"credential"`
	Name       string          `json:"name"`
	Next       string          `json:"next"`
}

// done says where to go on. Codes are shown once.
type done struct {
	Next  string   `json:"next"`
	Codes []string `json:"codes,omitempty"`
}

// maxAnswer bounds the answer of an authenticator, in bytes.
const maxAnswer = 64 << 10

// askKey keeps what the answer is held against and sends the question.
func (x *Entry) askKey(w http.ResponseWriter, r *newsroom.Request, userID int64, q web.KeyQuestion) error {
	token, err := x.Staff.Keep(r.Context(), userID, q.Kept, client(r))
	if err != nil {
		return err
	}
	return newsroom.JSON(w, asked{Token: token, Options: q.Options})
}

// answer reads the answer and takes back what it is held against.
func (x *Entry) answer(w http.ResponseWriter, r *newsroom.Request, userID int64) (a answered, kept string, err error) {
	if err := newsroom.Decode(w, r, &a, maxAnswer); err != nil {
		return a, "", err
	}
	kept, err = x.Staff.Take(r.Context(), userID, a.Token)
	return a, kept, err
}

func (x *Entry) passkeyBegin(w http.ResponseWriter, r *newsroom.Request) error {
	q, err := x.passkeys.AskKey()
	if err != nil {
		return err
	}
	return x.askKey(w, r, 0, q)
}

// check holds an answer against what was asked of whoever find says.
func (x *Entry) check(a answered, kept string, find func(id string) (*account.Record, error)) (web.KeyAnswer, error) {
	return x.passkeys.CheckKey(kept, a.Credential, func(id string) (web.KeyOwner, error) {
		rec, err := find(id)
		if err != nil {
			return web.KeyOwner{}, err
		}
		return owner(rec), nil
	})
}

func (x *Entry) passkeyFinish(w http.ResponseWriter, r *newsroom.Request) error {
	a, kept, err := x.answer(w, r, 0)
	if err != nil {
		return err
	}
	c, err := x.check(a, kept, func(id string) (*account.Record, error) { return x.Staff.PasskeyOwner(r.Context(), id) })
	if err != nil {
		return err
	}
	e, err := x.Staff.SignInPasskey(r.Context(), c.ID, c.Data, client(r))
	if err != nil {
		return err
	}
	http.SetCookie(w, newsroom.IntoCookie(e.Token, cookieAge))
	http.SetCookie(w, codeCookie("", 0))
	return newsroom.JSON(w, done{Next: nextOf(r, a.Next)})
}

// nextOf is newsroom.Next for a path that came in JSON.
func nextOf(r *newsroom.Request, next string) string {
	q := r.Clone(r.Context())
	q.Form = map[string][]string{"next": {next}}
	return newsroom.Next(q)
}

func (x *Entry) confirmBegin(w http.ResponseWriter, r *newsroom.Request) error {
	q, err := x.passkeys.AskKey()
	if err != nil {
		return err
	}
	return x.askKey(w, r, r.Actor.ID, q)
}

func (x *Entry) confirmFinish(w http.ResponseWriter, r *newsroom.Request) error {
	a, kept, err := x.answer(w, r, r.Actor.ID)
	if err != nil {
		return err
	}
	c, err := x.check(a, kept, func(string) (*account.Record, error) { return x.Staff.Record(r.Context(), r.Actor.ID) })
	if err != nil {
		return err
	}
	if err := x.Staff.ConfirmPasskey(r.Context(), r.Session, c.ID, c.Data); err != nil {
		return err
	}
	return newsroom.JSON(w, done{Next: nextOf(r, a.Next)})
}

// passkeysForm lists one's own passkeys.
type passkeysForm struct {
	newsroom.Shell
	Keys []account.Passkey
	Only bool // the last way in: it cannot be removed
}

func (x *Entry) passkeysPage(w http.ResponseWriter, r *newsroom.Request) error {
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	p := &passkeysForm{Keys: rec.Passkeys, Only: rec.Password == "" && len(rec.Passkeys) == 1}
	p.Shell = newsroom.Shell{Title: r.Words.T("entry.passkeys"), Active: "me", Scripts: []string{"passkey.js"}}
	p.Said = said(r, "passkey_added", "passkey_removed")
	return x.Door.Page(w, r, "entry-passkeys", p)
}

func (x *Entry) registerBegin(w http.ResponseWriter, r *newsroom.Request) error {
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	q, err := x.passkeys.AskNewKey(owner(rec), r.Site.Name())
	if err != nil {
		return err
	}
	return x.askKey(w, r, rec.ID, q)
}

func (x *Entry) registerFinish(w http.ResponseWriter, r *newsroom.Request) error {
	a, kept, err := x.answer(w, r, r.Actor.ID)
	if err != nil {
		return err
	}
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	key, err := x.passkeys.CheckNewKey(owner(rec), kept, a.Credential)
	if err != nil {
		return err
	}
	name := a.Name
	if name == "" {
		name = client(r).Device
	}
	codes, err := x.Staff.AddPasskey(r.Context(), r.Session,
		account.Passkey{ID: key.ID, Name: name, Data: key.Data})
	if err != nil {
		return err
	}
	return newsroom.JSON(w, done{Next: newsroom.Prefix + "/me/passkeys?said=passkey_added", Codes: codes})
}

func (x *Entry) passkeyRemove(w http.ResponseWriter, r *newsroom.Request) error {
	v, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	if err := x.Staff.DropPasskey(r.Context(), r.Actor.ID, v.Get("passkey")); err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, newsroom.Prefix+"/me/passkeys?said=passkey_removed")
}
