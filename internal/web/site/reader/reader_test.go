package reader_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/pg"
	"warta/internal/web"
)

// led ends the test unless an answer leads to a path.
func led(t *testing.T, res testkit.Response, path string) {
	t.Helper()
	if res.StatusCode != 303 || res.Header.Get("Location") != path {
		t.Fatalf("status %d, location %q, want 303 to %q\n%.600s", res.StatusCode, res.Header.Get("Location"), path, res.Body)
	}
}

var termsBox = regexp.MustCompile(`name="terms" value="([0-9a-f]{16})"`)

// register fills in the form and returns the answer.
func register(t *testing.T, b *testkit.Browser, email, next string) testkit.Response {
	t.Helper()
	res := b.Open("/account/register")
	m := termsBox.FindStringSubmatch(res.Body)
	if m == nil {
		t.Fatalf("no terms in the form (%d): %.2000s", res.StatusCode, res.Body)
	}
	return b.Post("/account/register", "name", "Rani Setya", "email", email, "password", testkit.Password, "terms", m[1], "next", next)
}

func newSite(t *testing.T) *testkit.Site {
	t.Helper()
	return testkit.New(t, testkit.Options{Unproved: true})
}

func TestAReaderComesInAndGoesBackToTheStory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	story := s.Path(s.Publish(news.Content{}))
	b := s.Browser()
	led(t, b.Open("/account", "Referer", s.URL+story), "/account/sign-in?next="+url.QueryEscape(story))
	if res := b.Open("/account/sign-in?next=" + url.QueryEscape(story)); !strings.Contains(res.Body, `name="next" value="`+story+`"`) {
		t.Error("the form forgets where somebody came from")
	}
	led(t, register(t, b, "rani@kabar.example", story), "/account/check")
	if !strings.Contains(b.Open("/account/check").Body, `autocomplete="one-time-code"`) {
		t.Error("no field for the code")
	}
	link, code := s.LetterTo("rani@kabar.example")
	elsewhere := s.Browser()
	res := elsewhere.Open(link)
	if res.StatusCode != 200 || !strings.Contains(res.Body, code[:4]+" "+code[4:]) || len(elsewhere.Cookies) != 0 {
		t.Errorf("elsewhere the link shows %d, cookies %v", res.StatusCode, elsewhere.Cookies)
	}
	led(t, b.Open(link), story)
	for _, name := range []string{web.ReaderCookie, web.HintCookie, web.ClassCookie} {
		if b.Cookies[name] == "" {
			t.Errorf("no cookie %s", name)
		}
	}
	if res := b.Open(link); res.StatusCode != 410 {
		t.Errorf("the link counts twice: %d", res.StatusCode)
	}
	if res := b.Open("/me"); res.Body != `{"name":"Rani Setya"}` || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("/me says %s", res.Body)
	}
	if res := b.Open(story); res.StatusCode != 200 || res.Header.Get("Cache-Control") != "private, no-cache" || res.Header.Get("Set-Cookie") != "" {
		t.Errorf("a reader's story: %d %v", res.StatusCode, res.Header)
	}
	led(t, b.Open("/account/sign-in"), "/account")
	led(t, b.Post("/account/sign-out"), "/account/sign-in?said=out")
	if b.Cookies[web.ReaderCookie]+b.Cookies[web.HintCookie]+b.Cookies[web.ClassCookie] != "" {
		t.Errorf("cookies after signing out: %v", b.Cookies)
	}
	led(t, b.Post("/account/sign-in", "email", "Rani@kabar.example", "password", testkit.Password, "next", story), story)
}

func TestACodeIsAsGoodAsALink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.Browser()
	register(t, b, "budi@kabar.example", "")
	_, code := s.LetterTo("budi@kabar.example")
	if res := b.Post("/account/check", "code", "0000 0000"); res.StatusCode != 400 || !strings.Contains(res.Body, `aria-invalid="true"`) {
		t.Errorf("a wrong code: %d", res.StatusCode)
	}
	led(t, b.Post("/account/check", "code", code[:4]+" "+code[4:]), "/account")
	other := s.Browser()
	led(t, other.Post("/account/link", "email", "budi@kabar.example", "next", "/nasional"), "/account/check")
	_, code = s.LetterTo("budi@kabar.example")
	if res := s.Browser().Post("/account/check", "code", code); res.StatusCode != 400 {
		t.Errorf("a code counts in another browser: %d", res.StatusCode)
	}
	led(t, other.Post("/account/check", "code", code), "/nasional")
}

func TestANewPasswordByMail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.Reader("cici@kabar.example", "Cici")
	b := s.Browser()
	led(t, b.Post("/account/reset", "email", "cici@kabar.example"), "/account/check?for=reset")
	link, code := s.LetterTo("cici@kabar.example")
	if res := b.Open(link); !strings.Contains(res.Body, `action="`+link+`"`) {
		t.Errorf("the link shows no form: %d", res.StatusCode)
	}
	if res := b.Post(link, "password", "pendek"); res.StatusCode != 400 || !strings.Contains(res.Body, "paling sedikit 10 huruf") {
		t.Errorf("a short password: %d", res.StatusCode)
	}
	led(t, b.Post(link, "password", "perahu kertas di parit"), "/account?said=password")
	if res := b.Post("/account/check", "code", code, "password", "perahu kertas di parit"); res.StatusCode != 400 {
		t.Errorf("the code of a used link: %d", res.StatusCode)
	}
	led(t, first.Open("/account"), "/account/sign-in?next=%2Faccount")
	led(t, s.Browser().Post("/account/sign-in", "email", "cici@kabar.example", "password", "perahu kertas di parit"), "/account")
}

// Sessions that end take the classes of readers along in every process, at once
// in this one.
func TestEndedSessionsLoseTheirClass(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	story := s.Path(s.Publish(news.Content{}))
	one := s.Reader("dewi@kabar.example", "Dewi")
	private := func(b *testkit.Browser) bool { return b.Open(story).Header.Get("Cache-Control") == "private, no-cache" }
	if !private(one) || one.Cookies[web.ClassCookie] == "" {
		t.Fatal("a page gives no class to somebody who is signed in")
	}
	two := s.Browser()
	led(t, two.Post("/account/sign-in", "email", "dewi@kabar.example", "password", testkit.Password), "/account")
	led(t, one.Post("/account/sessions/end-others"), "/account?said=ended")
	last, err := s.DB.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(last)
	deadline := time.Now().Add(5 * time.Second)
	for private(two) && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if private(two) {
		t.Error("the class of a device that was ended still counts")
	}
	if !private(one) {
		t.Error("the class of the device that stays is gone")
	}
	if res := two.Open("/me"); res.Body != `{"name":null}` || two.Cookies[web.HintCookie] != "" {
		t.Errorf("/me says %s, cookies %v", res.Body, two.Cookies)
	}
}

// Another process on the same database learns of it within about a second.
func TestEndedSessionsLoseTheirClassInOtherProcesses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]testkit.Options{"SQLite": {Data: t.TempDir()}, "PostgreSQL": {Database: pg.Database(t)}} {
		t.Run(name, func(t *testing.T) {
			o.Unproved = true
			near := testkit.New(t, o)
			if o.Database == "" {
				o.Database = filepath.Join(o.Data, "warta.db")
			}
			o.Data = t.TempDir()
			far := testkit.New(t, o)
			story := near.Path(near.Publish(news.Content{}))
			here := near.Reader("oki@kabar.example", "Oki")
			there := far.Browser()
			there.Cookies = here.Cookies
			private := func() bool { return there.Open(story).Header.Get("Cache-Control") == "private, no-cache" }
			deadline := time.Now().Add(10 * time.Second)
			for !private() && time.Now().Before(deadline) {
				time.Sleep(5 * time.Millisecond) // the other process looks for events
			}
			if !private() || here.Cookies[web.ClassCookie] == "" {
				t.Fatal("the other process gives no class")
			}
			there.Cookies = maps.Clone(here.Cookies)
			here.Post("/account/sign-out")
			begin := time.Now()
			for private() && time.Since(begin) < 10*time.Second {
				time.Sleep(5 * time.Millisecond)
			}
			t.Logf("after %s", time.Since(begin).Round(time.Millisecond))
			if private() {
				t.Error("the class still counts in the other process")
			}
		})
	}
}

func TestClassesAreRenewedByOrdinaryPages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	story := s.Path(s.Publish(news.Content{}))
	b := s.Reader("eka@kabar.example", "Eka")
	b.Open(story)
	old := b.Cookies[web.ClassCookie]
	s.Clock.Set(s.Clock.Now().Add(11 * time.Hour))
	b.Open(story)
	if b.Cookies[web.ClassCookie] != old {
		t.Error("a young cookie was renewed")
	}
	s.Clock.Set(s.Clock.Now().Add(2 * time.Hour))
	b.Open(story)
	if b.Cookies[web.ClassCookie] == old {
		t.Error("an old cookie was not renewed")
	}
	delete(b.Cookies, web.ClassCookie)
	b.Open("/me")
	if b.Cookies[web.ClassCookie] == "" {
		t.Error("/me renews no cookie")
	}
}

func TestProfileAndDevices(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.Reader("fajar@kabar.example", "Fajar")
	led(t, b.Post("/account/profile", "name", "Fajar Baru"), "/account?said=saved")
	if res := b.Open("/account?said=saved"); !strings.Contains(res.Body, "Fajar Baru") || !strings.Contains(res.Body, "Tersimpan.") {
		t.Error("the profile is not saved")
	}
	for _, name := range []string{"<script>alert(1)</script>", "x", strings.Repeat("a", 41), "Z̸̡̢̧̛a̵l̷g̴o̵", "rani\u202einar", "a\u200bb", "👍👍👍", "http://x.example"} {
		res := b.Post("/account/profile", "name", name)
		if res.StatusCode != 400 || strings.Contains(res.Body, "<script>alert") {
			t.Errorf("the name %q: %d", name, res.StatusCode)
		}
	}
	if res := b.Open("/account?said=<script>"); strings.Contains(res.Body, "[account") || strings.Contains(res.Body, "<script>\"") {
		t.Error("what was done is printed as it stands in the address")
	}
}

func TestChangesThatAThiefWouldMakeNeedAFreshProof(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.Reader("gita@kabar.example", "Gita")
	s.Clock.Set(s.Clock.Now().Add(11 * time.Minute))
	for _, path := range []string{"/account/email", "/account/passkeys", "/account/export", "/account/delete"} {
		led(t, b.Open(path), "/account/confirm?next="+url.QueryEscape(path))
	}
	led(t, b.Post("/account/delete", "twice", "1"), "/account/confirm?next=%2Faccount%2Fdelete")
	led(t, b.Post("/account/passkeys/remove", "passkey", "x"), "/account/confirm?next=%2Faccount%2Fpasskeys")
	if res := b.Send("POST", "/account/passkeys/begin", map[string]string{}); res.StatusCode != 403 || !strings.Contains(res.Body, `"code":"confirm"`) {
		t.Errorf("a script gets %d %s", res.StatusCode, res.Body)
	}
	if res := b.Post("/account/confirm", "password", "bukan kata sandinya"); res.StatusCode != 400 {
		t.Errorf("a wrong password: %d", res.StatusCode)
	}
	led(t, b.Post("/account/confirm", "password", testkit.Password, "next", "/account/email"), "/account/email")
	if res := b.Open("/account/email"); res.StatusCode != 200 {
		t.Errorf("after the proof: %d", res.StatusCode)
	}
	s.Clock.Set(s.Clock.Now().Add(11 * time.Minute))
	led(t, b.Post("/account/confirm/mail", "next", "/account/delete"), "/account/check")
	_, code := s.LetterTo("gita@kabar.example")
	led(t, b.Post("/account/check", "code", code), "/account/delete")
	if res := b.Open("/account/delete"); res.StatusCode != 200 {
		t.Errorf("after the proof by mail: %d", res.StatusCode)
	}
}

func TestAnotherAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.Reader("hadi@kabar.example", "Hadi")
	led(t, b.Post("/account/email", "email", "hadi@baru.example"), "/account/check")
	link, _ := s.LetterTo("hadi@baru.example")
	led(t, b.Open(link), "/account?said=email")
	if res := b.Open("/account"); !strings.Contains(res.Body, "hadi@baru.example") {
		t.Error("the address is the old one")
	}
	if n := len(s.LettersTo("hadi@kabar.example")); n < 2 {
		t.Errorf("the old address got %d letters", n)
	}
}

func TestTheArchive(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.Reader("indah@kabar.example", "Indah")
	res := b.Open("/account/export")
	z, err := zip.NewReader(bytes.NewReader([]byte(res.Body)), int64(len(res.Body)))
	if err != nil {
		t.Fatalf("%d: %v", res.StatusCode, err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if got := fmt.Sprint(names); got != "[profile.jsonl devices.jsonl passkeys.jsonl accounts-elsewhere.jsonl saved.jsonl followed.jsonl history.jsonl purchases.jsonl payments.jsonl comments.jsonl reactions.jsonl muted.jsonl complaints.jsonl]" {
		t.Errorf("files %s", got)
	}
	if h := res.Header.Get("Content-Disposition"); !strings.HasPrefix(h, `attachment; filename="localhost-`) {
		t.Errorf("it is called %q", h)
	}
}

func TestGivingUpAnAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.Reader("joko@kabar.example", "Joko")
	if res := b.Open("/account/delete"); !strings.Contains(res.Body, "72 jam") || !strings.Contains(res.Body, "hak jawab") {
		t.Error("the page does not say within what time, and what is kept")
	}
	if res := b.Post("/account/delete"); res.StatusCode != 200 || !strings.Contains(res.Body, `name="twice"`) {
		t.Errorf("it is not asked twice: %d", res.StatusCode)
	}
	if res := b.Open("/account"); res.StatusCode != 200 {
		t.Errorf("after the first question: %d", res.StatusCode)
	}
	led(t, b.Post("/account/delete", "twice", "1"), "/account/deleted")
	if res := b.Open("/account/deleted"); res.StatusCode != 200 || len(b.Cookies) != 0 {
		t.Errorf("afterwards: %d, cookies %v", res.StatusCode, b.Cookies)
	}
	if res := b.Post("/account/sign-in", "email", "joko@kabar.example", "password", testkit.Password); res.StatusCode != 403 {
		t.Errorf("signing in: %d", res.StatusCode)
	}
	link, _ := s.LetterTo("joko@kabar.example")
	if res := s.Browser().Open(link); res.StatusCode != 200 {
		t.Errorf("the letter's page: %d", res.StatusCode)
	}
	led(t, s.Browser().Post(link), "/account/sign-in?said=kept")
	led(t, b.Post("/account/sign-in", "email", "joko@kabar.example", "password", testkit.Password), "/account")
	b.Post("/account/delete", "twice", "1")
	s.Clock.Set(s.Clock.Now().Add(49 * time.Hour))
	if _, err := s.Members.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if res := b.Post("/account/sign-in", "email", "joko@kabar.example", "password", testkit.Password); res.StatusCode != 401 {
		t.Errorf("whoever is erased signs in: %d", res.StatusCode)
	}
}
