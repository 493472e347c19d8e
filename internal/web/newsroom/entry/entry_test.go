package entry_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/news"
	"warta/internal/store"
	"warta/internal/web"
	"warta/internal/web/newsroom"
	"warta/internal/web/newsroom/entry"
	"warta/ui"
)

const (
	base         = "http://localhost:8080"
	goodPassword = "hujan turun di muara"
)

var cli = account.System("cli")

// clock stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// noJobs takes jobs and does nothing about them.
type noJobs struct{}

func (noJobs) InsertTx(context.Context, *sql.Tx, []change.Job) error { return nil }

// place is the door of a fresh site.
type place struct {
	t     *testing.T
	db    *store.DB
	clock *clock
	staff *account.Staff
	door  *newsroom.Door
}

// quietStore has no notices for anybody.
type quietStore struct{ *store.DB }

func (quietStore) UnreadNotices(context.Context, int64) (int, error) { return 0, nil }

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, clock: &clock{now: time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)}}
	var err error
	p.db, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: p.clock.Now, Jobs: noJobs{}})
	p.ok(err)
	t.Cleanup(func() { p.db.Close() })
	_, err = p.db.Seed(t.Context())
	p.ok(err)
	files, err := ui.Load()
	p.ok(err)
	pages, err := newsroom.NewPages(files)
	p.ok(err)
	p.staff = account.NewStaff(p.db)
	u, err := url.Parse(base)
	p.ok(err)
	p.door = newsroom.New(newsroom.Parts{Sessions: p.staff, Store: quietStore{p.db}, Pages: pages, Hosts: web.NewHosts(u, nil),
		BaseURL: base, Now: p.clock.Now, Log: slog.New(slog.NewTextHandler(logWriter{t}, nil))})
	x, err := entry.New(entry.Parts{Door: p.door, Staff: p.staff, Store: p.db, Outbox: p.db, Site: news.NewSite(p.db), BaseURL: base})
	p.ok(err)
	p.ok(p.door.Add(x.Routes()...))
	return p
}

type logWriter struct{ t *testing.T }

func (w logWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s", b)
	return len(b), nil
}

func (p *place) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// browser keeps cookies.
type browser struct {
	*place
	cookies map[string]string
	address string
}

func (p *place) browser() *browser {
	return &browser{place: p, cookies: map[string]string{}, address: "192.0.2.7:4000"}
}

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (b *browser) do(method, path string, body io.Reader, header ...string) answer {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, base+path, body)
	r.RemoteAddr = b.address
	r.Header.Set("User-Agent", "Mozilla/5.0 (Android 13; Mobile) Firefox/145.0")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.door.ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.SameSite != http.SameSiteLaxMode {
			b.t.Errorf("the cookie %s is not safe: %v", c.Name, c)
		}
		b.cookies[c.Name] = c.Value
	}
	return answer{b.t, res.StatusCode, res.Header, w.Body.String()}
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do("GET", path, nil) }

// post sends a form; pairs are names and values in turn.
func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return b.do("POST", path, strings.NewReader(v.Encode()), "Content-Type", "application/x-www-form-urlencoded")
}

// json sends v as JSON and reads the answer into out.
func (b *browser) json(path string, v, out any) answer {
	b.t.Helper()
	body, err := json.Marshal(v)
	b.ok(err)
	a := b.do("POST", path, strings.NewReader(string(body)), "Content-Type", "application/json", "Accept", "application/json")
	if out != nil && a.status == 200 {
		b.ok(json.Unmarshal([]byte(a.body), out))
	}
	return a
}

// is ends the test unless the answer has the status.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d\n%s", a.status, status, a.body)
	}
	return a
}

// to ends the test unless the answer leads to the path.
func (a answer) to(path string) {
	a.t.Helper()
	if a.status != http.StatusSeeOther || a.header.Get("Location") != path {
		a.t.Fatalf("status %d to %q, want %q\n%s", a.status, a.header.Get("Location"), path, a.body)
	}
}

// has ends the test unless the page has something under the selector, whose
// text it returns.
func (a answer) has(selector string) string {
	a.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	s := d.Find(selector)
	if s.Length() == 0 {
		a.t.Fatalf("there is no %s in\n%s", selector, a.body)
	}
	return strings.TrimSpace(s.First().Text())
}

// says ends the test unless the page has the text.
func (a answer) says(text string) answer {
	a.t.Helper()
	if !strings.Contains(a.body, text) {
		a.t.Fatalf("%q is not in\n%s", text, a.body)
	}
	return a
}

// user makes a user who has goodPassword, and no second proof.
func (p *place) user(name string, role account.Role) account.User {
	p.t.Helper()
	u, err := p.staff.Make(p.t.Context(), cli, account.Invitation{Email: name + "@kabar.example", Name: name, Role: role}, goodPassword, false)
	p.ok(err)
	return u
}

// as returns a browser in which a user of the demo is signed in, who needs no
// second proof.
func (p *place) as(name string, role account.Role) (*browser, account.User) {
	p.t.Helper()
	u, err := p.staff.Make(p.t.Context(), cli, account.Invitation{Email: name + "@demo.example", Name: name, Role: role}, goodPassword, true)
	p.ok(err)
	b := p.browser()
	b.post("/newsroom/sign-in", "email", u.Email, "password", goodPassword).to("/newsroom")
	return b, u
}

// link returns the path of the link in the newest letter.
func (p *place) link(to string) string {
	p.t.Helper()
	list, _, err := p.db.Letters(p.t.Context(), 0, 1)
	p.ok(err)
	if len(list) == 0 || list[0].To != to {
		p.t.Fatalf("the newest letter is not to %s: %+v", to, list)
	}
	return list[0].Link
}

func (p *place) code(secret string) string {
	p.t.Helper()
	c, err := account.TOTPCode(strings.ReplaceAll(secret, " ", ""), p.clock.Now())
	p.ok(err)
	return c
}

var token = regexp.MustCompile(`name="token" value="([^"]+)"`)

// enrol sets an app up and returns its secret and the recovery codes.
func (b *browser) enrol() (secret string, codes []string) {
	b.t.Helper()
	page := b.post("/newsroom/me/totp").is(200)
	page.has("svg.qr path")
	secret = page.has("[data-secret]")
	pending := token.FindStringSubmatch(page.body)[1]
	b.post("/newsroom/me/totp/finish", "token", pending, "code", "000000").is(400).has(".error#e-code")
	page = b.post("/newsroom/me/totp/finish", "token", pending, "code", b.code(secret)).is(200)
	for _, m := range regexp.MustCompile(`<li><code>([^<]+)</code>`).FindAllStringSubmatch(page.body, -1) {
		codes = append(codes, m[1])
	}
	return secret, codes
}
