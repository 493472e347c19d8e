package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"

	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/provider"
	"warta/internal/testkit"
	"warta/internal/testkit/idp"
	"warta/internal/testkit/sink"
)

// reads looks at a page of the site as readers do who have bad eyes, a dark room
// or a small phone.
func (b *tab) reads(name string) {
	b.t.Helper()
	for _, width := range []int64{360, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			b.size(width)
			b.media(scheme, "")
			b.settle()
			b.accessible(scheme, scheme == "light")
			b.narrow(width)
			b.shoot("reader-"+name, "id", width, scheme)
		}
	}
	b.media("light", "")
	if b.between("reader-" + name); shots(b.t) != "" {
		b.accessible("light", true)
	}
	b.size(360)
}

// ticks ticks the box of a form.
func (b *tab) ticks(selector string) {
	b.t.Helper()
	eval[bool](b, `(document.querySelector(`+quote(selector)+`).checked=true)`)
}

var (
	codeInMail = regexp.MustCompile(`\n(\d{4} \d{4})\n`)
	linkInMail = regexp.MustCompile(`https?://\S+/account/link/\S+`)
)

// arrives waits for the letter to an address and returns its link and its code.
func arrives(t testing.TB, mail *sink.Sink, address string) (link, code string) {
	t.Helper()
	for deadline := time.Now().Add(patient); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) { // another program sends it
		for _, l := range mail.Letters() {
			if l.To == address {
				code := codeInMail.FindStringSubmatch(l.Text)
				link := linkInMail.FindString(l.Text)
				if code == nil || link == "" {
					t.Fatalf("the letter has no code or no link: %q", l.Text)
				}
				return link, code[1]
			}
		}
	}
	t.Fatalf("no letter came to %s", address)
	return "", ""
}

// TestReaderSignsUpByMail is the way from a story into an account and back, with
// and without script.
func TestReaderSignsUpByMail(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name               string
		script, postgresql bool
	}{{"with script", true, false}, {"without script", false, false}, {"with script on PostgreSQL", true, true}} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			mail := sink.New(t, false, "")
			s := testkit.New(t, testkit.Options{Postgres: way.postgresql, Settings: settings("id"), Configure: func(c *app.Config) {
				c.SMTPHost, c.SMTPPort, c.SMTPFrom, c.SMTPTLS = mail.Host, mail.Port, "redaksi@kabar.example", "none"
			}})
			story := s.Path(s.Publish(news.Content{Headline: "Warga Menanam Bakau di Tepi Teluk"}))
			b := newTab(t, s)
			look := b.reads
			if !way.script {
				call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
				b.scriptless = true
			}
			if !way.script || way.postgresql {
				look = func(string) {}
			}
			b.size(360)
			b.open(story, 200)
			b.click("header .me")
			if got := b.at(); !strings.HasPrefix(got, "/account/sign-in?next=") {
				t.Fatalf("the masthead leads to %s", got)
			}
			look("sign-in")
			b.click(`.other a[href^="/account/register"]`)
			look("register")
			b.ticks("#terms")
			b.fill("main form", "name", "Rani Setya", "email", "rani@pembaca.example", "password", testkit.Password)
			look("check")
			link, code := arrives(t, mail, "rani@pembaca.example")
			if path, ok := strings.CutPrefix(link, s.URL); !ok {
				t.Errorf("the letter leads to %s", link)
			} else if way.script {
				b.fill(`form[action="/account/check"]`, "code", code)
			} else {
				b.open(path, 200)
			}
			if got := b.at(); got != story {
				t.Fatalf("after the registration the reader is at %s: %s", got, b.words("main"))
			}
			if way.script {
				b.until("the masthead to know the reader", `document.querySelector("header .me").textContent==="Akun"`)
			}
			b.click("header .me")
			if got := b.words(".who b"); got != "Rani Setya" {
				t.Fatalf("the account is %q", got)
			}
			look("home")
			b.fill(`form[action="/account/sign-out"]`)
			if got := b.words(".done"); !strings.Contains(got, "sudah keluar") {
				t.Errorf("signed out: %q", got)
			}
			b.quiet()
		})
	}
}

// TestReaderHasAPasskey adds a passkey and comes in by it: by the button, and by
// what the browser offers in the form.
func TestReaderHasAPasskey(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			passkeyJourney(t, engine.postgres)
		})
	}
}

func passkeyJourney(t *testing.T, postgres bool) {
	s := testkit.New(t, testkit.Options{Postgres: postgres, Settings: settings("id")})
	b := newTab(t, s)
	look := b.reads
	if postgres {
		look = func(string) {} // the same pages
	}
	b.size(360)
	s.Reader("budi@pembaca.example", "Budi Laksana")
	b.open("/account/sign-in", 200)
	b.fill("main form", "email", "budi@pembaca.example", "password", testkit.Password)
	call(b, webauthn.Enable, webauthn.EnableParams{})
	key := call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	b.click(`a[href="/account/passkeys"]`)
	look("passkeys-none")
	b.send(`{document.querySelector("#key-name").value="Ponsel merah";setTimeout(()=>document.querySelector("[data-new] button").click(),0);true}`)
	if got := b.words(".lines"); !strings.Contains(got, "Ponsel merah") {
		t.Fatalf("the passkeys are %q", got)
	}
	look("passkeys")

	// The browser offers the passkey where it fills in addresses; the virtual one
	// takes the offer by itself.
	b.open("/account", 200)
	b.send(`{setTimeout(()=>document.querySelector('form[action="/account/sign-out"] button').click(),0);true}`)
	b.until("the passkey that the form offers to sign in", `location.pathname==="/account"&&document.readyState==="complete"`)
	if got := b.words(".who b"); got != "Budi Laksana" {
		t.Errorf("the form's offer lets in %q", got)
	}

	// Who is there for long proves it again by the key.
	s.Clock.Set(s.Clock.Now().Add(11 * time.Minute))
	b.open("/account/email", 200)
	look("confirm")
	b.send(`{setTimeout(()=>document.querySelector("[data-passkey] button").click(),0);true}`)
	if got := b.at(); got != "/account/email" {
		t.Errorf("the proof leads to %s", got)
	}
	call(b, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams(key))
	b.quiet()
}

// TestReaderPagesInTheBrowser opens what the journeys leave out.
func TestReaderPagesInTheBrowser(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	b := newTab(t, s)
	b.size(360)
	b.open("/account/reset", 200)
	b.reads("ask")
	s.Reader("cici@pembaca.example", "Cici Paramida")
	b.fill("main form", "email", "cici@pembaca.example")
	b.reads("check-reset")
	link, _ := s.LetterTo("cici@pembaca.example")
	b.open(link, 200)
	b.reads("reset")
	other := newTab(t, s)
	other.size(360)
	other.open(link, 200)
	other.reads("elsewhere")
	other.open("/account/link/nothing", 410)
	other.reads("spent")
	b.fill("main form", "password", "perahu kertas di parit")
	for name, path := range map[string]string{"email": "/account/email", "password": "/account/password", "delete": "/account/delete"} {
		b.open(path, 200)
		b.reads(name)
	}
	b.open("/account/delete", 200)
	b.fill("main form")
	b.reads("delete-twice")
	b.fill("main form")
	b.reads("deleted")
	link, _ = s.LetterTo("cici@pembaca.example")
	b.open(link, 200)
	b.reads("keep")
	b.fill("main form")
	if got := b.words(".done"); !strings.Contains(got, "dibatalkan") {
		t.Errorf("the erasure goes on: %q", got)
	}
	b.quiet()
	other.quiet()
}

// TestTheInvitationIsSeldomAndMovesNothing reads stories of one session.
func TestTheInvitationIsSeldomAndMovesNothing(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	text := strings.Split(strings.Repeat("Warga menanam bakau sejak pagi bersama kelompok tani dari tiga kampung di tepi teluk itu.|", 40), "|")
	story := s.Path(s.Publish(news.Content{Headline: "Warga Menanam Bakau", Body: s.Body(text[:40]...)}))
	b := newTab(t, s)
	b.size(360)
	const shown = `(e=>!!e&&e.checkVisibility())(document.querySelector("[data-invite]"))`
	for i := range 5 {
		b.open(story, 200)
		if i < 3 {
			b.until("the invitation", shown)
			b.settle()
		} else if eval[bool](b, shown) {
			t.Errorf("visit %d: the invitation is shown", i+1)
		}
		b.still()
		if i == 0 {
			b.accessible("light", true)
			b.narrow(360)
			eval[bool](b, `(document.querySelector("[data-invite]").scrollIntoView(),true)`)
			b.shoot("reader-invitation", "id", 360, "light")
		}
	}
	closed := newTab(t, s)
	closed.size(360)
	closed.open(story, 200)
	closed.until("the invitation", shown)
	eval[bool](closed, `(document.querySelector("[data-invite] button").click(),true)`)
	closed.open(story, 200)
	if eval[bool](closed, shown) {
		t.Error("an invitation that was closed comes back")
	}
	b.quiet()
}

// TestReaderComesInByAProvider is the way over a provider: into a new account,
// and back into it, on both databases, with and without script.
func TestReaderComesInByAProvider(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			op := idp.New(t)
			op.Says(idp.Who{Subject: "117", Email: "maya@pembaca.example", Verified: true, Name: "Maya Lestari"})
			file := filepath.Join(t.TempDir(), "oidc.json")
			raw, err := json.Marshal([]provider.Config{{Key: "contoh", Label: "Contoh", Issuer: op.URL, ClientID: op.Client, ClientSecret: op.Secret,
				Trusted: true, Allow: []string{op.Addr}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id"), Configure: func(c *app.Config) { c.OIDC = file }})
			b := newTab(t, s)
			b.size(360)
			if engine.postgres {
				call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
				b.scriptless = true
			}
			b.open("/account/sign-in?next=/latest", 200)
			if !engine.postgres {
				b.reads("sign-in-provider")
			}
			b.click(`a.way[href^="/account/with/contoh"]`)
			if got := b.at(); !strings.HasPrefix(got, "/account/join/") {
				t.Fatalf("the provider leads to %s: %s", got, b.words("main"))
			}
			if !engine.postgres {
				b.reads("join")
			}
			b.ticks("#terms")
			b.fill("main form")
			if got := b.at(); got != "/latest" {
				t.Fatalf("the new reader is led to %s: %s", got, b.words("main"))
			}
			b.open("/account", 200)
			if got := b.words("main"); !strings.Contains(got, "Maya Lestari") || !strings.Contains(got, "Contoh: maya@pembaca.example") {
				t.Errorf("the account says %q", got)
			}
			if !engine.postgres {
				b.reads("home-provider")
			}
			b.fill(`form[action="/account/sign-out"]`)
			b.click(`a.way[href^="/account/with/contoh"]`)
			if got := b.words(".who b"); got != "Maya Lestari" {
				t.Errorf("the provider leads back to %q", got)
			}
			b.forgive("request to another host: " + op.URL)
			b.quiet()
		})
	}
}
