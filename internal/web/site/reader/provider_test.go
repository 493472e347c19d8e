package reader_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warta/internal/app"
	"warta/internal/provider"
	"warta/internal/testkit"
	"warta/internal/testkit/idp"
	"warta/internal/web"
)

// withProvider starts a site at which readers may come in by a provider.
func withProvider(t *testing.T, trusted bool) (*testkit.Site, *idp.Provider) {
	t.Helper()
	p := idp.New(t)
	raw, err := json.Marshal([]provider.Config{{Key: "contoh", Label: "Contoh", Issuer: p.URL, ClientID: p.Client, ClientSecret: p.Secret,
		Trusted: trusted, Allow: []string{p.Addr}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "oidc.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return testkit.New(t, testkit.Options{Unproved: true, Configure: func(c *app.Config) { c.OIDC = file }}), p
}

// leave follows the button to the provider and returns the path with which that
// sends the browser back.
func leave(t *testing.T, b *testkit.Browser, path string) (back string) {
	t.Helper()
	res := b.Open(path)
	to := res.Header.Get("Location")
	if res.StatusCode != 303 || strings.HasPrefix(to, "/") {
		t.Fatalf("the button leads to %d %q: %.500s", res.StatusCode, to, res.Body)
	}
	out, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(mustRequest(t, to))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	back, ok := strings.CutPrefix(out.Header.Get("Location"), b.URL)
	if !ok {
		t.Fatalf("the provider sends the browser to %q (%d)", out.Header.Get("Location"), out.StatusCode)
	}
	return back
}

func mustRequest(t *testing.T, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAReaderComesInByAProvider(t *testing.T) {
	t.Parallel()
	s, p := withProvider(t, true)
	p.Says(idp.Who{Subject: "117", Email: "Maya@pembaca.example", Verified: true, Name: "Maya Lestari"})
	b := s.Browser()
	if res := b.Open("/account/sign-in?next=/bola"); !strings.Contains(res.Body, `href="/account/with/contoh?next=%2fbola"`) {
		t.Errorf("no button: %s", res.Body)
	}
	join := b.Open(leave(t, b, "/account/with/contoh?next=/bola")).Header.Get("Location")
	if !strings.HasPrefix(join, "/account/join/") {
		t.Fatalf("a new reader is led to %q", join)
	}
	res := b.Open(join)
	m := termsBox.FindStringSubmatch(res.Body)
	if m == nil || !strings.Contains(res.Body, `value="Maya Lestari"`) || !strings.Contains(res.Body, "maya@pembaca.example") {
		t.Fatalf("the form: %.3000s", res.Body)
	}
	if res := b.Post(join, "name", "Maya"); res.StatusCode != 400 {
		t.Errorf("without the terms: %d", res.StatusCode)
	}
	led(t, b.Post(join, "name", "Maya", "terms", m[1]), "/bola")
	if res := b.Open("/account"); !strings.Contains(res.Body, "Contoh: maya@pembaca.example") {
		t.Error("the account does not show what it is tied to")
	}
	other := s.Browser()
	led(t, other.Open(leave(t, other, "/account/with/contoh?next=/latest")), "/latest")
	led(t, other.Post("/account/with/contoh/untie"), "/account?said=untied")
}

func TestAnAccountIsTiedToAProvider(t *testing.T) {
	t.Parallel()
	s, p := withProvider(t, false)
	p.Says(idp.Who{Subject: "118", Email: "lain@contoh.example", Verified: true})
	b := s.Reader("nina@pembaca.example", "Nina")
	led(t, s.Browser().Open("/account/with/contoh?tie=1"), "/account/sign-in?next=%2Faccount%2Fwith%2Fcontoh")
	led(t, b.Open(leave(t, b, "/account/with/contoh?tie=1")), "/account?said=tied")
	other := s.Browser()
	led(t, other.Open(leave(t, other, "/account/with/contoh")), "/account")
	if res := other.Open("/account"); !strings.Contains(res.Body, "nina@pembaca.example") {
		t.Error("somebody else came in")
	}
}

func TestAProviderThatIsNotTrustedIsProvenByALetter(t *testing.T) {
	t.Parallel()
	s, p := withProvider(t, false)
	p.Says(idp.Who{Subject: "119", Email: "omar@pembaca.example", Verified: true})
	victim := s.Reader("omar@pembaca.example", "Omar")
	b := s.Browser()
	join := b.Open(leave(t, b, "/account/with/contoh")).Header.Get("Location")
	m := termsBox.FindStringSubmatch(b.Open(join).Body)
	led(t, b.Post(join, "name", "Bukan Omar", "terms", m[1]), "/account/check")
	if b.Cookies[web.ReaderCookie] != "" {
		t.Fatal("somebody is signed in before he has proved anything")
	}
	link, code := s.LetterTo("omar@pembaca.example")
	if res := victim.Open(link); !strings.Contains(res.Body, code[:4]+" "+code[4:]) {
		t.Errorf("the victim's browser shows %d", res.StatusCode)
	}
	if res := victim.Open("/account"); !strings.Contains(res.Body, "Contoh: belum dihubungkan") {
		t.Error("the victim's account is tied")
	}
	led(t, b.Open(link), "/account") // whoever reads the mail and asked here
	if res := b.Open("/account"); !strings.Contains(res.Body, "Omar") {
		t.Error("somebody else came in")
	}
}

func TestWhatAProviderAnswersIsHeldAgainstTheQuestion(t *testing.T) {
	t.Parallel()
	s, p := withProvider(t, true)
	p.Says(idp.Who{Subject: "120", Email: "putu@pembaca.example", Verified: true})
	for name, lie := range map[string]func(map[string]any){
		"another nonce":    func(c map[string]any) { c["nonce"] = "x" },
		"no nonce":         func(c map[string]any) { delete(c, "nonce") },
		"another audience": func(c map[string]any) { c["aud"] = "somebody" },
		"another issuer":   func(c map[string]any) { c["iss"] = "https://evil.example" },
		"an old one":       func(c map[string]any) { c["exp"] = 1 },
		"nobody":           func(c map[string]any) { c["sub"] = "" },
	} {
		b := s.Browser()
		p.Lies(lie)
		if res := b.Open(leave(t, b, "/account/with/contoh")); res.StatusCode != 401 || b.Cookies[web.ReaderCookie] != "" {
			t.Errorf("a token with %s: %d", name, res.StatusCode)
		}
	}
	p.Lies(nil)
	b := s.Browser()
	back := leave(t, b, "/account/with/contoh")
	if res := s.Browser().Open(back); res.StatusCode != 401 {
		t.Errorf("another browser brings the answer: %d", res.StatusCode)
	}
	forged := strings.Replace(back, "state=", "state=x", 1)
	if res := b.Open(forged); res.StatusCode != 401 {
		t.Errorf("another state: %d", res.StatusCode)
	}
	if res := b.Open(back); res.StatusCode != 303 {
		t.Errorf("the answer: %d", res.StatusCode)
	}
	if res := b.Open(back); res.StatusCode != 401 {
		t.Errorf("the same answer again: %d", res.StatusCode)
	}
	if res := b.Open("/account/with/contoh/back?error=access_denied"); res.StatusCode != 401 {
		t.Errorf("somebody who changed his mind: %d", res.StatusCode)
	}
	if res := b.Open("/account/with/lain"); res.StatusCode != 404 {
		t.Errorf("a provider that is none: %d", res.StatusCode)
	}
}

func TestAProviderThatIsDown(t *testing.T) {
	t.Parallel()
	s, p := withProvider(t, true)
	p.Down(true)
	b := s.Browser()
	if res := b.Open("/account/with/contoh"); res.StatusCode != 503 || !strings.Contains(res.Body, "Contoh sedang tidak dapat dihubungi") {
		t.Errorf("a provider that is down: %d %.300s", res.StatusCode, res.Body)
	}
	if res := b.Open("/account/sign-in"); res.StatusCode != 200 {
		t.Errorf("the other ways: %d", res.StatusCode)
	}
	p.Down(false)
	p.Says(idp.Who{Subject: "121"})
	join := b.Open(leave(t, b, "/account/with/contoh")).Header.Get("Location")
	m := termsBox.FindStringSubmatch(b.Open(join).Body)
	led(t, b.Post(join, "name", "Qori", "email", "qori@pembaca.example", "terms", m[1]), "/account/check")
	_, code := s.LetterTo("qori@pembaca.example")
	led(t, b.Post("/account/check", "code", code), "/account")
}
