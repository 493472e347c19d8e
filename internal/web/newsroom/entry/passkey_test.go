package entry_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/descope/virtualwebauthn"

	"warta/internal/account"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

type askedOf struct {
	Token   string          `json:"token"`
	Options json.RawMessage `json:"options"`
}

type doneWith struct {
	Next  string   `json:"next"`
	Codes []string `json:"codes"`
}

// key is an authenticator with one passkey.
type key struct {
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	cred virtualwebauthn.Credential
}

func newKey() *key {
	return &key{rp: virtualwebauthn.RelyingParty{Name: "localhost", ID: "localhost", Origin: base},
		auth: virtualwebauthn.NewAuthenticator(), cred: virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
}

// register keeps the passkey with the account that b is signed in to.
func (k *key) register(b *browser) doneWith {
	b.t.Helper()
	var a askedOf
	b.json("/newsroom/me/passkeys/begin", struct{}{}, &a).is(200)
	o, err := virtualwebauthn.ParseAttestationOptions(string(a.Options))
	b.ok(err)
	k.auth.Options.UserHandle = []byte(o.UserID)
	res := virtualwebauthn.CreateAttestationResponse(k.rp, k.auth, k.cred, *o)
	var d doneWith
	b.json("/newsroom/me/passkeys/finish", map[string]any{"token": a.Token, "name": "Ponsel", "credential": json.RawMessage(res)}, &d).is(200)
	k.auth.AddCredential(k.cred)
	return d
}

// assert asks at path and returns what the authenticator answers.
func (k *key) assert(b *browser, path string) map[string]any {
	b.t.Helper()
	var a askedOf
	b.json(path+"/begin", struct{}{}, &a).is(200)
	o, err := virtualwebauthn.ParseAssertionOptions(string(a.Options))
	b.ok(err)
	k.cred.Counter++
	res := virtualwebauthn.CreateAssertionResponse(k.rp, k.auth, k.cred, *o)
	return map[string]any{"token": a.Token, "credential": json.RawMessage(res), "next": "/newsroom/users"}
}

func TestAPasskeyIsKeptAndSignsIn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	u := p.user("ani", account.Owner)
	b := p.browser()
	b.post("/newsroom/sign-in", "email", u.Email, "password", goodPassword).to("/newsroom")
	k := newKey()
	d := k.register(b)
	if len(d.Codes) != 10 {
		t.Fatalf("%d recovery codes", len(d.Codes))
	}
	b.get("/newsroom/me/passkeys").is(200).says("Ponsel")

	c := p.browser()
	answer := k.assert(c, "/newsroom/sign-in/passkey")
	var done doneWith
	c.json("/newsroom/sign-in/passkey/finish", answer, &done).is(200)
	if done.Next != "/newsroom/users" {
		t.Errorf("goes on to %q", done.Next)
	}
	c.get("/newsroom/users").is(200)
	t.Run("an answer counts once", func(t *testing.T) {
		p.browser().json("/newsroom/sign-in/passkey/finish", answer, nil).is(401)
	})
	t.Run("another site's answer is refused", func(t *testing.T) {
		bad := *k
		bad.rp.Origin = "https://jahat.example"
		p.browser().json("/newsroom/sign-in/passkey/finish", bad.assert(p.browser(), "/newsroom/sign-in/passkey"), nil).is(400)
	})
	t.Run("an unknown passkey is refused", func(t *testing.T) {
		other := newKey()
		other.auth.Options.UserHandle = k.auth.Options.UserHandle
		other.auth.AddCredential(other.cred)
		p.browser().json("/newsroom/sign-in/passkey/finish", other.assert(p.browser(), "/newsroom/sign-in/passkey"), nil).is(401)
	})
	t.Run("a counter that went back means a copy", func(t *testing.T) {
		a := p.browser()
		k.cred.Counter = 0
		copied := k.assert(a, "/newsroom/sign-in/passkey") // counts 1 a second time
		a.json("/newsroom/sign-in/passkey/finish", copied, nil).is(401).says("passkey_copied")
	})
	t.Run("it confirms", func(t *testing.T) {
		k.cred.Counter = 7
		c.json("/newsroom/confirm/passkey/finish", k.assert(c, "/newsroom/confirm/passkey"), nil).is(200)
	})
	t.Run("an answer for signing in does not confirm", func(t *testing.T) {
		c.json("/newsroom/confirm/passkey/finish", k.assert(c, "/newsroom/sign-in/passkey"), nil).is(401)
	})
	t.Run("of a disabled user it lets nobody in", func(t *testing.T) {
		p.user("budi", account.Owner)
		p.ok(p.staff.Disable(t.Context(), cli, u.ID))
		a := p.browser()
		a.json("/newsroom/sign-in/passkey/finish", k.assert(a, "/newsroom/sign-in/passkey"), nil).is(401)
	})
}
