package entry

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/web/newsroom"
)

// The ceremonies of WebAuthn (level 3, sections 7.1 and 7.2). What is asked is
// kept by account, and counts once.

// keyUser is a user as the library wants to see him.
type keyUser struct{ *account.Record }

// WebAuthnID implements webauthn.User.
func (u keyUser) WebAuthnID() []byte { return []byte(u.Handle) }

// WebAuthnName implements webauthn.User.
func (u keyUser) WebAuthnName() string { return u.Email }

// WebAuthnDisplayName implements webauthn.User.
func (u keyUser) WebAuthnDisplayName() string { return u.Name }

// WebAuthnCredentials implements webauthn.User. A credential that cannot be
// read is left out: it lets nobody in.
func (u keyUser) WebAuthnCredentials() []webauthn.Credential {
	list := make([]webauthn.Credential, 0, len(u.Passkeys))
	for _, k := range u.Passkeys {
		var c webauthn.Credential
		if json.Unmarshal([]byte(k.Data), &c) == nil {
			list = append(list, c)
		}
	}
	return list
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

// ask keeps what the answer is held against and sends the question.
func (x *Entry) askKey(w http.ResponseWriter, r *newsroom.Request, userID int64, options any, session *webauthn.SessionData) error {
	kept, err := json.Marshal(session)
	if err != nil {
		return err
	}
	token, err := x.Staff.Keep(r.Context(), userID, string(kept), client(r))
	if err != nil {
		return err
	}
	return newsroom.JSON(w, asked{Token: token, Options: options})
}

// answer reads the answer and takes back what it is held against.
func (x *Entry) answer(w http.ResponseWriter, r *newsroom.Request, userID int64) (a answered, session webauthn.SessionData, err error) {
	if err := newsroom.Decode(w, r, &a, maxAnswer); err != nil {
		return a, session, err
	}
	kept, err := x.Staff.Take(r.Context(), userID, a.Token)
	if err != nil {
		return a, session, err
	}
	err = json.Unmarshal([]byte(kept), &session)
	return a, session, err
}

// errKey hides the library's words: the log has them.
func errKey(err error) error {
	return fault.New(fault.Invalid, "the passkey was not accepted: %w", err).Say("passkey_refused")
}

func (x *Entry) passkeyBegin(w http.ResponseWriter, r *newsroom.Request) error {
	options, session, err := x.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return err
	}
	return x.askKey(w, r, 0, options.Response, session)
}

// checked is a passkey whose answer holds.
type checked struct {
	id, data string
}

// check holds an answer against what was asked of whoever find says.
func (x *Entry) check(a answered, session webauthn.SessionData, find func(id string) (*account.Record, error)) (c checked, err error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(a.Credential)
	if err != nil {
		return c, errKey(err)
	}
	c.id = base64.RawURLEncoding.EncodeToString(parsed.RawID)
	rec, err := find(c.id)
	if err != nil {
		return c, err
	}
	_, credential, err := x.passkeys.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return keyUser{rec}, nil }, session, parsed)
	if err != nil {
		return c, errKey(err)
	}
	// A counter that did not go on means that somebody has a copy of the key.
	if credential.Authenticator.CloneWarning {
		return c, fault.New(fault.Unauthenticated, "the passkey %s seems to have been copied", c.id).Say("passkey_copied")
	}
	b, err := json.Marshal(credential)
	c.data = string(b)
	return c, err
}

func (x *Entry) passkeyFinish(w http.ResponseWriter, r *newsroom.Request) error {
	a, session, err := x.answer(w, r, 0)
	if err != nil {
		return err
	}
	c, err := x.check(a, session, func(id string) (*account.Record, error) { return x.Staff.PasskeyOwner(r.Context(), id) })
	if err != nil {
		return err
	}
	e, err := x.Staff.SignInPasskey(r.Context(), c.id, c.data, client(r))
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
	options, session, err := x.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return err
	}
	return x.askKey(w, r, r.Actor.ID, options.Response, session)
}

func (x *Entry) confirmFinish(w http.ResponseWriter, r *newsroom.Request) error {
	a, session, err := x.answer(w, r, r.Actor.ID)
	if err != nil {
		return err
	}
	c, err := x.check(a, session, func(string) (*account.Record, error) { return x.Staff.Record(r.Context(), r.Actor.ID) })
	if err != nil {
		return err
	}
	if err := x.Staff.ConfirmPasskey(r.Context(), r.Session, c.id, c.data); err != nil {
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
	u := keyUser{rec}
	options, session, err := x.passkeys.BeginRegistration(u,
		webauthn.WithResidentKeyRequirement(protocol.ResidentKeyRequirementRequired),
		webauthn.WithExclusions(webauthn.Credentials(u.WebAuthnCredentials()).CredentialDescriptors()),
		webauthn.WithRegistrationRelyingPartyName(r.Site.Name()))
	if err != nil {
		return err
	}
	return x.askKey(w, r, rec.ID, options.Response, session)
}

func (x *Entry) registerFinish(w http.ResponseWriter, r *newsroom.Request) error {
	a, session, err := x.answer(w, r, r.Actor.ID)
	if err != nil {
		return err
	}
	rec, err := x.Staff.Record(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(a.Credential)
	if err != nil {
		return errKey(err)
	}
	credential, err := x.passkeys.CreateCredential(keyUser{rec}, session, parsed)
	if err != nil {
		return errKey(err)
	}
	data, err := json.Marshal(credential)
	if err != nil {
		return err
	}
	name := a.Name
	if name == "" {
		name = client(r).Device
	}
	codes, err := x.Staff.AddPasskey(r.Context(), r.Session,
		account.Passkey{ID: base64.RawURLEncoding.EncodeToString(credential.ID), Name: name, Data: string(data)})
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
