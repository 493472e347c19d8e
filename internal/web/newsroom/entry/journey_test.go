package entry_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/web/newsroom"
)

func TestTheFirstOwnerNamesTheSite(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	link, err := p.staff.StartToken(t.Context())
	p.ok(err)
	b := p.browser()
	path := "/newsroom/start/" + link
	b.get(path).is(200).has("input[name=site]")
	me := []string{"site", "Kabar Nusantara", "language", "id", "zone", "Asia/Makassar", "name", "Rani", "email", "rani@kabar.example"}
	b.post(path, append(me, "password", "pendek")...).is(400).has("#e-password")
	b.post(path, append([]string{"site", ""}, me[2:]...)...).is(400).has("#e-site")
	b.post(path, append(me, "password", "")...).is(400).has("#e-password")
	b.post(path, append(me, "password", goodPassword)...).to("/newsroom/me")
	b.get("/newsroom/me").is(200).says("Nama di berita: Rani").has(".warn")
	site, err := p.db.Settings(t.Context())
	p.ok(err)
	if site.Name() != "Kabar Nusantara" || site.Get("zone") != "Asia/Makassar" {
		t.Errorf("the site is %s in %s", site.Name(), site.Get("zone"))
	}
	// Nothing but the own account is open before there is a second proof.
	b.get("/newsroom/users").to("/newsroom/me?needed=1")
	b.enrol()
	b.get("/newsroom/users").is(200).says("rani@kabar.example")
	p.browser().post(path, append(me, "password", goodPassword)...).is(410)
}

func TestAnInvitationLeadsIn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	owner, _ := p.as("ani", account.Owner)
	owner.get("/newsroom/users/new").is(200)
	owner.post("/newsroom/users", "name", "", "email", "budi@kabar.example", "role", "editor").is(400).has("#e-name")
	desk := "3"
	page := owner.post("/newsroom/users", "name", "Budi Santoso", "email", "budi@kabar.example", "role", "reporter",
		"desk", desk, "desk_role", "editor", "byline", "1").is(200)
	link := p.link("budi@kabar.example")
	if page.has("[data-link]") != base+link {
		t.Errorf("the page shows %q, the letter %q", page.has("[data-link]"), link)
	}
	b := p.browser()
	b.get(link).is(200).says("budi@kabar.example")
	b.post(link, "name", "Budi S.", "password", "password123").is(400).has("#e-password")
	b.post(link, "name", "Budi S.", "password", goodPassword).to("/newsroom/me")
	p.browser().post(link, "name", "Budi S.", "password", goodPassword).is(410)
	b.get("/newsroom/me").is(200).says("Budi Santoso") // the byline keeps the name of the invitation
	users, _, err := p.db.Users(t.Context(), account.UserFilter{Text: "budi"})
	p.ok(err)
	if len(users) != 1 || users[0].PersonID == 0 || len(users[0].Grants) != 1 || users[0].Grants[0].Role != account.Editor {
		t.Errorf("got %+v", users)
	}
	owner.get("/newsroom/desks").is(200).says("Budi S.")
	again := owner.post("/newsroom/users", "name", "Budi", "email", "BUDI@kabar.example", "role", "reporter").is(400)
	again.has("#e-email")
	// Without a password a passkey is to follow.
	owner.post("/newsroom/users", "name", "Citra", "email", "citra@kabar.example", "role", "reporter").is(200)
	c := p.browser()
	c.post(p.link("citra@kabar.example"), "name", "Citra", "password", "", "way", "passkey").to("/newsroom/me/passkeys")
	c.get("/newsroom/me/passkeys").is(200).has("form[data-new]")
}

func TestSignInNeedsBothProofs(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	u := p.user("ani", account.Owner)
	b := p.browser()
	b.post("/newsroom/sign-in", "email", "ANI@kabar.example", "password", goodPassword, "next", "/newsroom/users?q=x").to("/newsroom/users?q=x")
	b.get("/newsroom/users").to("/newsroom/me?needed=1")
	secret, codes := b.enrol()
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	p.clock.advance(time.Minute)
	c := p.browser()
	c.get("/newsroom/sign-in/code").to(newsroom.SignIn + "?next=" + url.QueryEscape("/newsroom/sign-in/code"))
	c.post("/newsroom/sign-in", "email", u.Email, "password", goodPassword, "next", "/newsroom/users").to("/newsroom/sign-in/code?next=%2Fnewsroom%2Fusers")
	c.get("/newsroom/users").to(newsroom.SignIn + "?next=" + url.QueryEscape("/newsroom/users"))
	c.get("/newsroom/sign-in/code?next=%2Fnewsroom%2Fusers").is(200)
	c.post("/newsroom/sign-in/code", "code", "123").is(400).has("#e-code")
	c.post("/newsroom/sign-in/code", "code", p.code(secret), "next", "/newsroom/users").to("/newsroom/users")
	c.get("/newsroom/users").is(200)
	// The phone is gone.
	d := p.browser()
	d.post("/newsroom/sign-in", "email", u.Email, "password", goodPassword)
	d.post("/newsroom/sign-in/code", "code", strings.ToUpper(codes[2])).to("/newsroom")
	d.post("/newsroom/sign-out").to(newsroom.SignIn + "?said=out")
	if len(d.cookies) != 0 {
		t.Errorf("cookies are left: %v", d.cookies)
	}
}

func TestOnlyOwnPathsAreFollowed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	_, u := p.as("ani", account.Owner)
	for _, next := range []string{"https://jahat.example/", "//jahat.example", "/newsroom.jahat.example", "/\\jahat.example", "/newsroomx", "javascript:x", "/"} {
		p.browser().post("/newsroom/sign-in", "email", u.Email, "password", goodPassword, "next", next).to("/newsroom")
	}
}

// Neither text nor status nor a header tells whether there is an account.
func TestNothingTellsWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.user("ani", account.Owner)
	left := p.user("budi", account.Reporter)
	p.ok(p.staff.Disable(t.Context(), cli, left.ID))
	_, _, err := p.staff.Invite(t.Context(), cli, account.Invitation{Email: "citra@kabar.example", Name: "Citra", Role: account.Reporter})
	p.ok(err)
	seen := map[string][]string{}
	for _, name := range []string{"ani", "budi", "citra", "siapa"} {
		email := name + "@kabar.example"
		for what, a := range map[string]answer{
			"sign-in": p.browser().post("/newsroom/sign-in", "email", email, "password", "salah sekali ini"),
			"reset":   p.browser().post("/newsroom/reset", "email", email),
		} {
			a.header.Del("Date")
			shown := strings.ReplaceAll(a.body, email, "X")
			seen[what] = append(seen[what], strings.Join([]string{shown, a.header.Get("Location"), strings.Join(a.header["Set-Cookie"], ";")}, "\n")+string(rune('0'+a.status/100)))
		}
	}
	for what, list := range seen {
		for _, got := range list[1:] {
			if got != list[0] {
				t.Errorf("%s: the answers differ:\n%s\n%s", what, list[0], got)
			}
		}
	}
	p.browser().get("/newsroom/reset?sent=1").is(200).has("[role=status]:not([hidden])")
}

func TestTooManyAttemptsAreToldWhenToComeBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.browser()
	for range 10 {
		b.post("/newsroom/sign-in", "email", "siapa@kabar.example", "password", "salah sekali ini").is(401)
	}
	a := b.post("/newsroom/sign-in", "email", "siapa@kabar.example", "password", "salah sekali ini").is(429)
	if a.header.Get("Retry-After") != "900" {
		t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
	}
	a.says("15 menit")
	// A proxy on this machine names the network; others may not.
	b.address = "127.0.0.1:5"
	for i, want := range []int{401, 429} {
		got := b.do("POST", "/newsroom/sign-in", strings.NewReader("email=siapa@kabar.example&password=x"),
			"Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", []string{"203.0.113.5", "203.0.113.5, 192.0.2.7"}[i])
		got.is(want)
	}
}

func TestAPasswordIsReset(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	u := p.user("ani", account.Owner)
	b := p.browser()
	b.post("/newsroom/sign-in", "email", u.Email, "password", goodPassword).to("/newsroom")
	p.browser().post("/newsroom/reset", "email", u.Email).to("/newsroom/reset?sent=1")
	link := p.link(u.Email)
	c := p.browser()
	c.get(link).is(200).says(u.Email)
	c.post(link, "password", "rahasia12345").is(400).has("#e-password")
	c.post(link, "password", "angin datang dari laut").to(newsroom.SignIn + "?said=reset")
	c.get(newsroom.SignIn + "?said=reset").is(200).has(".said:not([hidden])")
	c.get(link).is(410)
	b.get("/newsroom/me").to(newsroom.SignIn + "?next=" + url.QueryEscape("/newsroom/me"))
	c.post("/newsroom/sign-in", "email", u.Email, "password", goodPassword).is(401)
	c.post("/newsroom/sign-in", "email", u.Email, "password", "angin datang dari laut").to("/newsroom")
}

func TestOtherAccountsAreManaged(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	owner, me := p.as("ani", account.Owner)
	b, u := p.as("budi", account.Reporter)
	at := "/newsroom/users/" + id(u.ID)
	owner.get(at).is(200).has("form[action$='/role']")
	owner.get("/newsroom/users/" + id(me.ID)).is(200).says("Ini akun Anda sendiri")
	owner.get("/newsroom/users/999").is(404)
	b.get("/newsroom/users").is(403)
	b.get(at).is(403)

	b.get("/newsroom/me").is(200)
	owner.post(at+"/role", "role", "editor", "grant", "3:editor", "grant", "0:x", "desk", "4", "desk_role", "moderator").to(at + "?said=role_changed")
	// What a script asks is told in JSON that nobody is signed in any more.
	got := b.do("GET", "/newsroom/me", nil, "Accept", "application/json").is(401)
	got.says(`"code":"signed_out"`)
	b.post("/newsroom/sign-in", "email", u.Email, "password", goodPassword).to("/newsroom")

	owner.post("/newsroom/users/"+id(me.ID)+"/role", "role", "editor").is(403).says("Minta pengelola lain")
	owner.post(at+"/role", "role", "raja").is(400).has("#e-role")
	owner.post(at, "name", "Budi B.", "email", "ani@demo.example", "person", "").is(400).has("#e-email")
	owner.post(at, "name", "Budi B.", "email", "budi@kabar.example", "person", "Budi Byline").to(at + "?said=corrected")
	owner.get(at).says("Budi Byline")
	owner.post(at + "/reset").to(at + "?said=reset_kept")
	p.link("budi@kabar.example")
	owner.post(at + "/proofs").to(at + "?said=proofs_dropped")
	b.get("/newsroom/me").to(newsroom.SignIn + "?next=" + url.QueryEscape("/newsroom/me"))
	owner.post(at + "/sessions").to(at + "?said=sessions_ended")
	owner.post(at + "/disable").to(at + "?said=disabled")
	owner.get(at + "?said=disabled").is(200).has("form[action$='/enable']")
	owner.post(at + "/enable").to(at + "?said=enabled")
	owner.get("/newsroom/users?q=budi&role=editor").is(200).says("Budi B.")
	owner.get("/newsroom/users?q=tidak-ada").is(200).has(".empty")
	owner.get("/newsroom/outbox").is(200).has("tbody a")
	owner.post("/newsroom/outbox/1/again").to("/newsroom/outbox/1")
	owner.post("/newsroom/outbox/999/again").is(404)
	// Dangerous things ask again after ten minutes.
	p.clock.advance(11 * time.Minute)
	owner.get(at).to("/newsroom/confirm?next=" + url.QueryEscape(at))
	owner.get("/newsroom/confirm?next=" + url.QueryEscape(at)).is(200).has("input[name=secret]")
	owner.post("/newsroom/confirm", "secret", "bukan ini katanya", "next", at).is(400).has("#e-secret")
	owner.post("/newsroom/confirm", "secret", goodPassword, "next", at).to(at)
	owner.get(at).is(200)
}

func TestOnesOwnAccount(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b, u := p.as("ani", account.Owner)
	other := p.browser()
	other.post("/newsroom/sign-in", "email", u.Email, "password", goodPassword).to("/newsroom")
	b.post("/newsroom/me", "name", "").is(400).has("#e-name")
	b.post("/newsroom/me", "name", "Ani R.", "language", "en").to("/newsroom/me?said=profile")
	b.get("/newsroom/me?said=profile").is(200).says("My account").says("Firefox, Android")
	b.get("/newsroom/me/password").is(200)
	b.post("/newsroom/me/password", "old", "salah sekali ini", "password", "angin datang dari laut").is(400).has("#e-old")
	b.post("/newsroom/me/password", "old", goodPassword, "password", "angin datang dari laut").to("/newsroom/me?said=password")
	other.get("/newsroom/me").is(303)
	b.get("/newsroom/me").is(200)
	b.get("/newsroom/me/codes").is(200)
	b.post("/newsroom/me/codes").is(200).has("[data-codes] li:nth-child(10)")
	b.get("/newsroom/me/totp").is(200)
	b.enrol()
	b.post("/newsroom/me/totp/remove").to("/newsroom/me?said=totp_removed")
	b.post("/newsroom/me/sessions/end", "session", "x").to("/newsroom/me?said=session_ended")
	b.post("/newsroom/me/sessions/end-others").to("/newsroom/me?said=sessions_ended")
}
