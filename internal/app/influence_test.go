package app_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/testkit"
	"warta/internal/testkit/front"
	"warta/internal/testkit/pg"
	"warta/internal/web"
	"warta/internal/web/site"
)

// foreignWord stands in everything that a request may hold beside path, declared
// parameters, class and encoding. No page has it by chance.
const foreignWord = "zqxasing"

// asked is a site that is asked over sockets, by requests as they are written
// here: net/http's client would mend some of them.
type asked struct {
	*testkit.Site
	at string
}

// came is an answer in a form that can be compared.
type came struct {
	status int
	header http.Header
	body   []byte
}

func (c came) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", c.status)
	for _, name := range slices.Sorted(maps.Keys(c.header)) {
		fmt.Fprintf(&b, "%s: %q\n", name, c.header[name])
	}
	return b.String() + string(c.body)
}

// raw sends a request as it is written, and reads one answer. The connection is
// closed afterwards.
func (a *asked) raw(method, text string) (came, error) {
	c, err := net.Dial("tcp", a.at)
	if err != nil {
		return came{}, err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	go func() { _, _ = io.WriteString(c, text) }() // the answer may come before the end
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		return came{}, fmt.Errorf("%.200q: %w", text, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	for _, name := range []string{"Date", "Connection", "Warta-Request"} {
		res.Header.Del(name)
	}
	return came{res.StatusCode, res.Header, body}, err
}

// plain asks as simply as can be. A reader's program calls itself a bot: reads are
// counted, and may not decide what is read most while the test runs.
func (a *asked) plain(t *testing.T, target, coding, cookie string) came {
	t.Helper()
	lines := "GET " + target + " HTTP/1.1\r\nHost: " + foreignHost + "\r\nUser-Agent: bot\r\nAccept-Encoding: " + coding + "\r\n"
	if cookie != "" {
		lines += "Cookie: " + cookie + "\r\n"
	}
	c, err := a.raw("GET", lines+"\r\n")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// foreignHost is the site's own host.
const foreignHost = "localhost:8080" // as baseURL

// manner is a way to ask for a page with something foreign in it.
type manner struct {
	name  string
	write func(target string) []request
	// named says that the word is in the path, and so in the name of what is kept.
	named bool
}

// request is one that was written by hand.
type request struct{ method, text string }

// get is a request for a target with further lines.
func get(target string, lines ...string) request {
	return request{"GET", "GET " + target + " HTTP/1.1\r\n" + strings.Join(append([]string{"Host: " + foreignHost, "User-Agent: bot " + foreignWord}, lines...), "\r\n") + "\r\n\r\n"}
}

// with returns the same request with another method.
func (r request) with(method string) request {
	return request{method, method + strings.TrimPrefix(r.text, r.method)}
}

// foreignLines are header lines that clients, proxies and attackers send. The
// engine may read Accept-Encoding, If-None-Match and the class cookie alone.
func foreignLines() (lines []string) {
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-Host", "X-HTTP-Host-Override", "X-Forwarded-Scheme",
		"X-Forwarded-Prefix", "X-Forwarded-Path", "X-Forwarded-Port", "X-Forwarded-For", "X-Forwarded-User", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP",
		"X-Original-URL", "X-Rewrite-URL", "X-Request-URI", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "X-Wap-Profile", "X-Requested-With",
		"Accept", "Accept-Language", "Accept-Charset", "Accept-Datetime", "Authorization", "Proxy-Authorization", "Cache-Control", "Pragma", "Referer", "Origin", "From", "Via", "Warning",
		"Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Fetch-User", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-CH-Prefers-Color-Scheme", "Sec-GPC", "Sec-Purpose", "Purpose",
		"Save-Data", "DNT", "Viewport-Width", "Width", "DPR", "Device-Memory", "Downlink", "ECT", "RTT", "Priority", "Upgrade-Insecure-Requests",
		"If-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "Content-Type", "Content-Language", "Surrogate-Key", "Surrogate-Capability", "Vary", "Location",
		"Set-Cookie", "Warta-Stale", "Warta-Tab", "Warta-Request", "Traceparent", "Baggage", "X-Request-ID", "X-Correlation-ID", "X-Csrf-Token", "X-Theme", "X-Country", "X-Timer", "TE", "Max-Forwards"} {
		lines = append(lines, name+": "+foreignWord+".example")
	}
	lines = append(lines, "X-Forwarded-Proto: https", "Forwarded: for="+foreignWord+";host="+foreignWord+".example;proto=https",
		"If-None-Match: \""+foreignWord+"\"", "Sec-Fetch-Site: none", "Cookie: lang=en; theme="+foreignWord+"; session="+foreignWord+"; __Host-warta-class="+foreignWord)
	return lines
}

// manners are all ways. Of header lines there is one with few enough for the fast
// way, and one with a hundred more.
func manners(member, staff string) []manner {
	some, all := foreignLines(), foreignLines()
	for i := range 100 {
		all = append(all, fmt.Sprintf("X-%s-%d: %s%d", foreignWord, i, foreignWord, i))
	}
	undeclared := func(target string) string {
		sep := "?"
		if strings.Contains(target, "?") {
			sep = "&"
		}
		return target + sep + "utm_source=" + foreignWord + "&" + foreignWord + "=1&" + foreignWord + "=2&lang=en&q%5B%5D=" + foreignWord + "&callback=" + foreignWord +
			"&%7a=%00" + foreignWord + "&;x=" + foreignWord + ";y&=&&_method=" + foreignWord
	}
	one := func(name string, write func(target string) request) manner {
		return manner{name: name, write: func(target string) []request { return []request{write(target)} }}
	}
	form := "q=" + foreignWord + "&after=" + foreignWord + strings.Repeat(foreignWord, 2000)
	behind := one("what comes behind the path", func(target string) request { return get(target + "#" + foreignWord) })
	behind.named = true
	return []manner{
		one("header lines of all kinds", func(target string) request { return get(target, all...) }),
		one("undeclared parameters", func(target string) request { return get(undeclared(target)) }),
		one("a member", func(target string) request { return get(target, "Cookie: "+member, "Accept-Encoding: gzip") }),
		{name: "what is refused", write: refused},
		// So few that the fast path reads them.
		one("a dozen header lines", func(target string) request { return get(target, some[:12]...) }),
		one("HEAD", func(target string) request { return get(target, some[:20]...).with("HEAD") }),
		one("a body", func(target string) request {
			return get(target, "Content-Type: application/x-www-form-urlencoded", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(form), form))
		}),
		one("a body in chunks", func(target string) request {
			return get(target, "Content-Type: application/json", "Trailer: X-Forwarded-Host",
				fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nX-Forwarded-Host: %s", len(foreignWord), foreignWord, foreignWord))
		}),
		one("HTTP/1.0", func(target string) request {
			return request{"GET", strings.Replace(get(target, some[:20]...).text, " HTTP/1.1", " HTTP/1.0", 1)}
		}),
		one("a target with a host", func(target string) request {
			return request{"GET", "GET http://" + foreignHost + target + " HTTP/1.1\r\nHost: " + foreignWord + ".example\r\nUser-Agent: bot\r\n\r\n"}
		}),
		one("another case of the host", func(target string) request { return onHost(target, strings.ToUpper(foreignHost)) }),
		one("somebody of the newsroom", func(target string) request { return get(target, "Cookie: "+staff+"; x="+foreignWord) }),
		behind,
	}
}

func onHost(target, host string) request {
	return request{"GET", "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: bot\r\n\r\n"}
}

// refused are requests that lead to no page.
func refused(target string) (list []request) {
	for _, method := range []string{"POST", "OPTIONS", "PUT", "TRACE", "PURGE"} {
		list = append(list, get(target, "X-HTTP-Method-Override: GET", "Origin: https://"+foreignWord+".example", "Access-Control-Request-Method: "+foreignWord, "Content-Length: 0").with(method))
	}
	for _, host := range []string{foreignWord + ".example", "127.0.0.1:1", foreignHost + "@" + foreignWord + ".example", "localhost:80", foreignHost + "." + foreignWord + ".example", oldHost} {
		list = append(list, onHost(target, host))
	}
	return list
}

// questions are what is asked for: targets of every route and of every kind of page.
type questions struct {
	targets []string
	data    string // folder of the site as it was left
	url     string // of its database, empty: SQLite
	staff   string // cookie of somebody of the newsroom
}

// prepare makes a site with something of every kind and ends it.
func prepare(t *testing.T, postgres bool) *questions {
	t.Helper()
	q := &questions{data: t.TempDir()}
	if postgres {
		q.url = pg.Database(t)
	}
	t.Run("the site", func(t *testing.T) {
		// Unproved: what looks at stories after their release would render pages here
		// and in the sites that are made of this one.
		n := newNewspaperWith(t, testkit.Options{Data: q.data, Database: q.url, Unproved: true})
		q.staff = "__Host-warta-session=" + n.Staffer(account.ManagingEditor).Token
		q.targets = everyKind(t, n)
	})
	return q
}

// talk opens discussions, lets a reader say something below the first story
// that readers see, and returns what is asked of that.
func talk(t *testing.T, n *newspaper) []string {
	t.Helper()
	mode := discuss.ModeAfter
	n.ok(n.Forum.SaveRules(t.Context(), account.System("test"), discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &mode, CloseDays: new(int)}))
	for id := int64(1); id < 200; id++ {
		st, err := n.DB.Story(t.Context(), id)
		if err != nil || st.Status != news.Live {
			continue
		}
		reader := &member.Record{Handle: "rani", Member: member.Member{Email: "rani@pembaca.example", Name: "Rani Setya", Terms: "v1"}}
		n.ok(n.DB.ChangeMember(t.Context(), member.Pick{Email: reader.Email}, func(e *member.Edit) (change.Outcome, error) {
			e.Record, reader.Created = reader, e.Now
			return change.Outcome{}, nil
		}))
		_, err = n.Forum.Post(t.Context(), discuss.Draft{StoryID: id, MemberID: reader.ID, Text: "Silakan berdiskusi di sini.", Network: "192.0.2.9"})
		n.ok(err)
		threads := fmt.Sprintf("/comment/story/%d", id)
		return []string{"/comment/1", "/comment/99", threads, threads + "?sort=oldest", threads + "?after=9&sort=picks", "/comment/story/9999", "/comment/events/9999"}
	}
	t.Fatal("nothing is live")
	return nil
}

// everyKind returns a target of every kind of page, and holds them against the
// routes: none may be without one.
func everyKind(t *testing.T, n *newspaper) []string {
	t.Helper()
	list := []string{"/", "/regional", "/internasional", "/latest", "/index", "/index?date=2026-11-19&section=regional", "/search", "/search?page=2&q=berita&section=nasional&sort=relevance",
		"/search?from=2026-11-01&q=bakau&to=2026-11-30", "/topic/bakau", "/author/sari", "/page/redaksi", "/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/feeds/section/regional/rss.xml",
		"/feeds/topic/bakau/rss.xml", "/feeds/author/sari/rss.xml", "/sitemap.xml", "/sitemap-news.xml", "/sitemaps/2026-11.xml", "/sitemaps/pages.xml", "/robots.txt",
		"/.well-known/security.txt", "/media/site/icon.png", "/favicon.ico", "/tentang", "/lama/dari-kantor", "/lama/embargo", "/lama/dicabut", "/LAMA/dari-kantor/amp", "/?p=12", "/?p=99", "/index.php?p=12", "/baca.php?id=7", "/tidak-ada", "/tidak/ada/juga", "/media/none/320.webp", "/media/card/0.jpg",
		"/healthz", "/readyz", "/assets/none.js", "/ads/go/none", "/ads/frame/none", "/ads/report/none", "/ads/report/none/csv", "/ads.txt", "/consent"}
	list = append(list, talk(t, n)...)
	next := regexp.MustCompile(`rel="?next"? href="?([^" >]+)`)
	links := regexp.MustCompile(`(?:/media/[0-9A-Za-z]{10,}/[0-9]+\.(?:webp|jpg)|/assets/[0-9A-Za-z._-]+|/media/card/[^" >]+)`)
	seen := map[string]bool{}
	stories := 0
	for id := int64(1); id < 200 && stories < 12; id++ {
		st, err := n.DB.Story(t.Context(), id)
		if err != nil || st.FirstPublished.IsZero() {
			continue
		}
		if stories++; stories > 3 && st.Status == news.Live && id < 46 { // the plain ones are many
			continue
		}
		path := news.Path(n.Tree.Slug(st.SectionID), st.FirstPublished, time.FixedZone("WITA", 8*3600), st.ID, st.Slug)
		list = append(list, path, path+"-salah", fmt.Sprintf("/report/%d", id))
	}
	for id := int64(46); id < 60; id++ { // those with every block, the withdrawn one, and what came by wire
		if st, err := n.DB.Story(t.Context(), id); err == nil && !st.FirstPublished.IsZero() {
			list = append(list, news.Path(n.Tree.Slug(st.SectionID), st.FirstPublished, time.FixedZone("WITA", 8*3600), st.ID, st.Slug), fmt.Sprintf("/report/%d", id))
		}
	}
	for _, path := range slices.Clone(list) {
		out := httptest.NewRecorder()
		n.Handler().ServeHTTP(out, httptest.NewRequest("GET", baseURL+path, nil))
		body := out.Body.String()
		for i, found := range append(next.FindAllStringSubmatch(body, 1), wholes(links, body)...) {
			target := strings.TrimPrefix(strings.ReplaceAll(found[len(found)-1], "&amp;", "&"), baseURL)
			if u, err := url.Parse(target); err == nil && i < 4 && !seen[target] && len(seen) < 40 {
				seen[target] = true
				list = append(list, u.RequestURI())
			}
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	mux, err := web.Mux(site.New(site.Parts{Readers: accountless{}}).Routes(), func(web.Route) http.Handler { return http.NotFoundHandler() })
	if err != nil {
		t.Fatal(err)
	}
	reached := map[string]bool{}
	for _, target := range list {
		req, err := http.NewRequest("GET", baseURL+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, pattern := mux.Handler(req)
		reached[pattern] = true
	}
	for _, r := range site.New(site.Parts{Readers: accountless{}}).Routes() {
		if r.Method == "GET" && !reached["GET "+r.Pattern] {
			t.Errorf("nothing is asked of the route %s", r.Pattern)
		}
	}
	return list
}

// accountless is a door without readers' accounts: their pages are one person's, and
// nobody keeps them.
type accountless struct{}

func (accountless) Routes() []web.Route { return nil }
func (accountless) Class(context.Context, string) (page.Class, *http.Cookie, error) {
	return 0, nil, fault.New(fault.Unauthenticated, "none")
}

// wholes are the matches of an expression as a list of lists.
func wholes(re *regexp.Regexp, text string) (list [][]string) {
	for _, m := range re.FindAllString(text, 40) {
		list = append(list, []string{m})
	}
	return list
}

// open starts the site again: as it was left, with nothing rendered.
func (q *questions) open(t *testing.T, data, way string) *asked {
	t.Helper()
	if err := os.CopyFS(data, os.DirFS(q.data)); err != nil {
		t.Fatal(err)
	}
	return q.reopen(t, data, way)
}

func (q *questions) reopen(t *testing.T, data, way string) *asked {
	t.Helper()
	at := front.Address(t)
	return &asked{at: at, Site: testkit.New(t, testkit.Options{BaseURL: baseURL, Hosts: []string{oldHost}, Data: data, Database: q.url, Listen: at, Unproved: true,
		Configure: func(c *app.Config) { c.FastPath = way }})}
}

// codings and classes in which what is kept is looked at.
var kept = []struct {
	coding string
	class  uint8
}{{"gzip", 0}, {"identity", 0}, {"gzip", 7}}

// TestNothingElseOfARequestReachesAPage asks a fresh site for every kind of page, and
// the first request, by which the page is rendered, holds a foreign word in all that
// may not matter. Afterwards everybody has to get the same bytes and header lines as
// from a site that was asked plainly alone; the word may be nowhere, and what the
// page store keeps has to be the same after a start as well.
func TestNothingElseOfARequestReachesAPage(t *testing.T) {
	t.Parallel()
	for _, engine := range []struct {
		name     string
		postgres bool
	}{{"SQLite", false}, {"PostgreSQL", true}} {
		t.Run(engine.name, func(t *testing.T) {
			if engine.postgres && testing.Short() {
				t.Skip("the ordinary run has it")
			}
			q := prepare(t, engine.postgres)
			want := map[string]came{}
			t.Run("asked plainly", func(t *testing.T) {
				a := q.open(t, t.TempDir(), "on")
				q.note(t, a, want)
			})
			if t.Failed() {
				return
			}
			all, ways := manners("", q.staff), []string{"on", "off"}
			switch {
			case testing.Short():
				all, ways = all[:2], ways[:1] // what reads a request is the same
			case engine.postgres:
				all, ways = all[:4], ways[:1]
			}
			for _, way := range ways {
				if way == "off" {
					all = all[:5] // what is not ready goes to net/http by the fast path as well
				}
				for i, m := range all {
					t.Run(m.name+", fast path "+way, func(t *testing.T) { q.try(t, i, way, want) })
				}
			}
		})
	}
}

// note asks plainly for everything and remembers what came.
func (q *questions) note(t *testing.T, a *asked, want map[string]came) {
	t.Helper()
	count := map[int]int{}
	for _, target := range q.targets {
		for _, k := range kept {
			c := a.plain(t, target, k.coding, cookieOf(a, k.class))
			want[fmt.Sprint(target, k)] = c
			count[c.status]++
		}
	}
	for _, status := range []int{200, 301, 404, 410} {
		if count[status] == 0 {
			t.Errorf("no plain answer has the status %d: %v", status, count)
		}
	}
	t.Logf("%d addresses, answers by status: %v", len(q.targets), count)
}

func cookieOf(a *asked, class uint8) string {
	if class == 0 {
		return ""
	}
	return a.ClassCookie(class)
}

// try asks one way first, three times, and plainly afterwards; then the same of a site that
// was started again over what it kept.
func (q *questions) try(t *testing.T, no int, way string, want map[string]came) {
	data := t.TempDir()
	var m manner
	t.Run("first", func(t *testing.T) {
		a := q.open(t, data, way)
		m = manners(a.ClassCookie(7), q.staff)[no]
		for round := range 3 { // the third time it is warm
			for _, target := range q.targets {
				if round == 0 {
					// What a start makes ready, and what pages before this one have in common
					// with it, is rendered by this request as well.
					a.Engine.Forget(a.Engine.Applied())
				}
				for _, r := range m.write(target) {
					c, err := a.raw(r.method, r.text)
					if err != nil {
						t.Fatal(err)
					}
					if foreign(c) && !strings.Contains(c.header.Get("Location"), foreignWord) {
						t.Errorf("%s %s shows the word itself: %.600q", r.method, target, c.String())
					}
				}
			}
		}
		before := a.Engine.Stats()
		q.compare(t, a, want)
		if after := a.Engine.Stats(); m.name == "a dozen header lines" && after.PageRenders-before.PageRenders > uint64(len(q.targets))/2 {
			t.Errorf("%d pages were rendered for plain requests: those before rendered none", after.PageRenders-before.PageRenders)
		}
	})
	if !m.named {
		noWordIn(t, data)
	}
	t.Run("after a start", func(t *testing.T) {
		a := q.reopen(t, data, way)
		before := a.Engine.Stats()
		q.compare(t, a, want)
		if after := a.Engine.Stats(); after.Store.Hits == before.Store.Hits {
			t.Error("nothing came from the page store: this shows nothing of it")
		}
	})
}

func foreign(c came) bool { return strings.Contains(strings.ToLower(c.String()), foreignWord) }

// compare asks plainly for everything.
func (q *questions) compare(t *testing.T, a *asked, want map[string]came) {
	t.Helper()
	for _, target := range q.targets {
		for _, k := range kept {
			got, good := a.plain(t, target, k.coding, cookieOf(a, k.class)), want[fmt.Sprint(target, k)]
			if got.String() != good.String() {
				t.Errorf("%s (%v) is another one than without the foreign request:\n%.1200q\nwant:\n%.1200q", target, k, got.String(), good.String())
				return
			}
		}
	}
}

// noWordIn looks for the word in all files of a site.
func noWordIn(t *testing.T, data string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.HasPrefix(path, filepath.Join(data, "pages")) {
			files++
		}
		if bytes.Contains(text, []byte(foreignWord)) {
			t.Errorf("the word is in %s", strings.TrimPrefix(path, data))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Error("there is no page store")
	}
}
