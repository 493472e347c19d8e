package e2e_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"

	"warta/internal/account"
	"warta/internal/testkit"
)

// fill types into the fields of the page's form and sends it by its first
// button; pairs are the fields' names and what they get.
func (b *tab) fill(form string, pairs ...string) {
	b.t.Helper()
	var script strings.Builder
	script.WriteString("const f=document.querySelector(" + quote(form) + ");")
	for i := 0; i+1 < len(pairs); i += 2 {
		script.WriteString("f.elements[" + quote(pairs[i]) + "].value=" + quote(pairs[i+1]) + ";")
	}
	click := "setTimeout(()=>f.querySelector('button').click(),0)"
	if b.scriptless {
		click = "f.querySelector('button').click()" // no timer of the page runs
	}
	b.send("{" + script.String() + click + ";true}")
}

// send runs what makes the browser load another page, and waits for that.
func (b *tab) send(script string) {
	b.t.Helper()
	eval[bool](b, "window.__here=true")
	eval[bool](b, script)
	b.until("another page", `!window.__here&&document.readyState==="complete"`)
	b.settle()
}

// looks looks at a page of the newsroom as people do who have bad eyes, a dark
// room or a small phone.
func (b *tab) looks(name string) {
	b.t.Helper()
	for _, width := range []int64{360, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			b.size(width)
			b.media(scheme, "")
			b.settle()
			b.accessible(scheme, scheme == "light")
			b.narrow(width)
			b.shoot("room-"+name, "id", width, scheme)
		}
	}
	b.media("light", "")
	b.between("room-" + name)
}

// TestTheFirstOwnerComesIn is the first run of a site: its link, the app with
// codes, signing in with it, a passkey of the browser's virtual authenticator.
func TestTheFirstOwnerComesIn(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres})
			link, err := s.Staff.StartToken(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			const password = "hujan turun di muara"
			b := newTab(t, s)
			b.open("/newsroom/start/"+link, 200)
			b.looks("start")
			b.fill("main form", "site", "Kabar Nusantara", "zone", "Asia/Jakarta", "name", "Rani Setyawati", "email", "rani@kabar.example", "password", password)
			if b.at() != "/newsroom/me" {
				t.Fatalf("the owner is led to %s", b.at())
			}
			b.looks("me")
			secret := b.enrol(s, b.looks)
			b.quiet()
			b.open("/newsroom/users", 200)
			b.looks("users")
			b.fill(".own form")

			// The password, and a code of the app.
			s.Clock.Set(s.Clock.Now().Add(time.Minute))
			b.open("/newsroom/sign-in", 200)
			b.looks("sign-in")
			b.fill("main form", "email", "rani@kabar.example", "password", password)
			b.looks("code")
			b.fill("main form", "code", codeOf(t, s, secret))
			b.quiet()

			b.passkey()
			b.fill(".own form")
			b.open("/newsroom/sign-in?next=/newsroom/me", 200)
			b.send(`{setTimeout(()=>document.querySelector("[data-passkey] button").click(),0);true}`)
			if b.at() != "/newsroom/me" {
				t.Errorf("the passkey leads to %s", b.at())
			}
			b.quiet()
		})
	}
}

// TestPagesOfAccountsInTheBrowser opens what the journey of the owner leaves out.
func TestPagesOfAccountsInTheBrowser(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	owner := s.Staffer(account.Owner)
	reporter := s.Staffer(account.Reporter, account.Grant{SectionID: s.Section("bola"), Role: account.Editor}).User
	_, invitation, err := s.Staff.Invite(t.Context(), testkit.Actor, account.Invitation{Email: "budi@kabar.example", Name: "Budi", Role: account.Editor})
	if err != nil {
		t.Fatal(err)
	}
	b := newTab(t, s)
	b.open("/newsroom/invite/"+invitation, 200)
	b.looks("invite")
	b.open("/newsroom/reset", 200)
	b.looks("ask")
	b.fill("main form", "email", "budi@kabar.example")
	b.looks("asked")
	b.open("/newsroom/sign-in", 200)
	b.fill("main form", "email", owner.User.Email, "password", testkit.Password)
	for name, path := range map[string]string{"user-new": "/users/new", "user": "/users/" + strconv.FormatInt(reporter.ID, 10),
		"desks": "/desks", "outbox": "/outbox", "password": "/me/password", "confirm": "/confirm?next=/newsroom/users"} {
		b.open("/newsroom"+path, 200)
		b.looks(name)
	}
	b.open("/newsroom/outbox", 200)
	b.click("tbody a")
	b.looks("letter")
	b.quiet()
}

// codeOf returns what the app shows now.
func codeOf(t *testing.T, s *testkit.Site, secret string) string {
	t.Helper()
	c, err := account.TOTPCode(secret, s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// enrol sets the app up and returns its secret; look is called on each page.
func (b *tab) enrol(s *testkit.Site, look func(name string)) (secret string) {
	b.t.Helper()
	b.click(`main a[href="/newsroom/me/totp"]`)
	b.fill("main form")
	look("totp")
	secret = strings.ReplaceAll(eval[string](b, `document.querySelector("[data-secret]").textContent`), " ", "")
	c, err := account.TOTPCode(secret, s.Clock.Now())
	b.ok(err)
	b.fill("main form", "code", c)
	if n := eval[int](b, `document.querySelectorAll("[data-codes] li").length`); n != 10 {
		b.t.Errorf("%d recovery codes are shown", n)
	}
	look("codes")
	return secret
}

// passkey keeps a passkey in a virtual authenticator.
func (b *tab) passkey() {
	b.t.Helper()
	call(b, webauthn.Enable, webauthn.EnableParams{})
	call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	b.open("/newsroom/me/passkeys", 200)
	b.send(`{document.querySelector("#key-name").value="Ponsel kantor";setTimeout(()=>document.querySelector("[data-new] button").click(),0);true}`)
	if !strings.Contains(eval[string](b, `document.querySelector("main table").textContent`), "Ponsel kantor") {
		b.t.Error("the passkey is not in the list")
	}
	b.looks("passkeys")
}
