package reader

import (
	"cmp"
	"encoding/json"
	"net/http"

	"warta/internal/account"
	"warta/internal/member"
	"warta/internal/render"
	"warta/internal/web"
)

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

// onTo says where to go on.
type onTo struct {
	Next string `json:"next"`
}

func owner(r *member.Record) web.KeyOwner {
	return web.KeyOwner{Handle: r.Handle, Email: r.Email, Name: r.Name, Keys: r.Passkeys}
}

// put keeps what the answer is held against and sends the question.
func (x *Reader) put(w http.ResponseWriter, r *request, id int64, q web.KeyQuestion, err error) error {
	if err != nil {
		return err
	}
	x.browser(w, r)
	token, err := x.Members.Keep(r.Context(), r.ask, member.TicketPasskey, id, q.Kept)
	return script(w, r, asked{Token: token, Options: q.Options}, err)
}

// take reads the answer and takes back what it is held against.
func (x *Reader) take(w http.ResponseWriter, r *request, id int64) (a answered, kept string, err error) {
	if err := decode(w, r, &a); err != nil {
		return a, "", err
	}
	kept, err = x.Members.Take(r.Context(), r.ask, member.TicketPasskey, id, a.Token)
	return a, kept, err
}

func (x *Reader) passkeyBegin(w http.ResponseWriter, r *request) error {
	q, err := x.passkeys.AskKey()
	return x.put(w, r, 0, q, err)
}

func (x *Reader) passkeyFinish(w http.ResponseWriter, r *request) error {
	next, err := x.signInKey(w, r)
	return script(w, r, onTo{Next: next}, err)
}

func (x *Reader) signInKey(w http.ResponseWriter, r *request) (next string, err error) {
	a, kept, err := x.take(w, r, 0)
	if err != nil {
		return "", err
	}
	key, err := x.passkeys.CheckKey(kept, a.Credential, func(id string) (web.KeyOwner, error) {
		rec, err := x.Members.PasskeyOwner(r.Context(), id)
		if err != nil {
			return web.KeyOwner{}, err
		}
		return owner(rec), nil
	})
	if err != nil {
		return "", err
	}
	e, err := x.Members.SignInPasskey(r.Context(), r.ask, key.ID, key.Data)
	if err != nil {
		return "", err
	}
	return cmp.Or(onward(a.Next), home), x.admit(w, r, e)
}

func (x *Reader) confirmBegin(w http.ResponseWriter, r *request) error {
	q, err := x.passkeys.AskKey()
	return x.put(w, r, r.session.Member.ID, q, err)
}

func (x *Reader) confirmFinish(w http.ResponseWriter, r *request) error {
	next, err := x.confirmKey(w, r)
	return script(w, r, onTo{Next: next}, err)
}

func (x *Reader) confirmKey(w http.ResponseWriter, r *request) (next string, err error) {
	id := r.session.Member.ID
	a, kept, err := x.take(w, r, id)
	if err != nil {
		return "", err
	}
	rec, err := x.Members.Record(r.Context(), id)
	if err != nil {
		return "", err
	}
	key, err := x.passkeys.CheckKey(kept, a.Credential, func(string) (web.KeyOwner, error) { return owner(rec), nil })
	if err != nil {
		return "", err
	}
	return cmp.Or(onward(a.Next), home), x.Members.ConfirmPasskey(r.Context(), r.session, key.ID, key.Data)
}

func (x *Reader) keysPage(w http.ResponseWriter, r *request) error {
	rec, err := x.Members.Record(r.Context(), r.session.Member.ID)
	if err != nil {
		return err
	}
	p := &render.KeysPage{}
	p.Script = true
	for _, k := range rec.Passkeys {
		key := render.Key{ID: k.ID, Name: k.Name, Created: r.date(k.Created)}
		if !k.Used.IsZero() {
			key.Used = r.date(k.Used)
		}
		p.Keys = append(p.Keys, key)
	}
	return x.show(w, r, p)
}

func (x *Reader) registerBegin(w http.ResponseWriter, r *request) error {
	rec, err := x.Members.Record(r.Context(), r.session.Member.ID)
	if err != nil {
		return refuse(w, r, err)
	}
	q, err := x.passkeys.AskNewKey(owner(rec), r.set.Name())
	return x.put(w, r, rec.ID, q, err)
}

func (x *Reader) registerFinish(w http.ResponseWriter, r *request) error {
	return script(w, r, onTo{Next: "/account/passkeys?said=key"}, x.keepKey(w, r))
}

func (x *Reader) keepKey(w http.ResponseWriter, r *request) error {
	id := r.session.Member.ID
	a, kept, err := x.take(w, r, id)
	if err != nil {
		return err
	}
	rec, err := x.Members.Record(r.Context(), id)
	if err != nil {
		return err
	}
	key, err := x.passkeys.CheckNewKey(owner(rec), kept, a.Credential)
	if err != nil {
		return err
	}
	return x.Members.AddPasskey(r.Context(), r.ask, r.session, account.Passkey{ID: key.ID, Name: a.Name, Data: key.Data})
}

func (x *Reader) keyRemove(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	if err := x.Members.DropPasskey(r.Context(), r.session.Member.ID, v.Get("passkey")); err != nil {
		return err
	}
	return seeOther(w, r, "/account/passkeys?said=key_gone")
}
