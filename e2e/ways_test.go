package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"warta/internal/app"
	"warta/internal/testkit"
	"warta/internal/testkit/cert"
	"warta/internal/testkit/front"
)

// way is how somebody comes to the site.
type way struct {
	name string
	site *testkit.Site
	at   string // address that takes the connections
	tls  bool
	sign string                 // header line that a cache adds; empty: there is none
	hit  func(http.Header) bool // it answered by itself
}

// ways are one newspaper as four kinds of readers reach it.
type ways struct {
	t     *testing.T
	n     *newsroom
	list  []way
	paths []string
	pem   string // file with the certificate
}

// newWays starts a site, a Varnish and an nginx in front of it with the shipped
// configurations, and the same site once more with TLS.
func newWays(t *testing.T) *ways {
	t.Helper()
	at, varnish, nginx := front.Address(t), front.Address(t), front.Address(t)
	_, port, _ := strings.Cut(at, ":")
	front.Varnish(t, varnish, port) // first: it is told of all that is published
	front.Nginx(t, nginx, port)
	n := newNewsroom(t, testkit.Options{Listen: at, Configure: func(c *app.Config) { c.PurgeURLs, c.MetricsAddr = []string{"http://" + varnish + "/"}, "127.0.0.1:0" }}, "id")
	file, key, _ := cert.Pair(t, t.TempDir(), 1, time.Now().Add(24*time.Hour))
	secure := testkit.New(t, testkit.Options{Data: n.Config.Data, Now: n.Clock.Now(), Configure: func(c *app.Config) {
		c.TLSCert, c.TLSKey, c.PageStore = file, key, 0
		c.BaseURL = strings.Replace(c.BaseURL, "http://", "https://", 1)
		c.PurgeURLs = n.Config.PurgeURLs // with it go the header lines for caches
	}})
	secure.URL = secure.Config.BaseURL
	w := &ways{t: t, n: n, pem: file, list: []way{
		{name: "directly", site: n.Site, at: at},
		{name: "through Varnish", site: n.Site, at: varnish, sign: "X-Varnish", hit: func(h http.Header) bool { return strings.Contains(h.Get("X-Varnish"), " ") }},
		{name: "through nginx", site: n.Site, at: nginx, sign: "X-Cache-Status", hit: func(h http.Header) bool { return h.Get("X-Cache-Status") == "HIT" }},
		{name: "by TLS", site: secure, at: strings.Replace(strings.TrimPrefix(secure.URL, "https://"), "localhost", "127.0.0.1", 1), tls: true},
	}}
	story := n.Get(n.path(n.full)).Body
	w.paths = []string{n.path(n.full), "/", "/feeds/rss.xml", "/sitemap.xml", "/tidak-ada", n.path(n.withdrawn)}
	for _, kind := range []string{`/media/[0-9A-Za-z]{10,}/[0-9]+\.webp`, `/assets/[0-9A-Za-z._-]+\.js`, `/assets/[0-9A-Za-z._-]+\.woff2`} {
		found := regexp.MustCompile(kind).FindString(story)
		if found == "" {
			t.Fatalf("the story names nothing like %s", kind)
		}
		w.paths = append(w.paths, found)
	}
	return w
}

// TestTheSameByEveryWay asks for a story, a front, a picture and so on with curl by
// every version of HTTP and in every coding, directly, through both caches and by
// TLS: decoded, all get the same bytes.
func TestTheSameByEveryWay(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		missing(t, "there is no curl on the PATH (Debian: curl)")
	}
	w := newWays(t)
	before := w.fast()
	for _, path := range w.paths {
		want := w.curl(w.list[0], path, "--http1.1", "identity")
		if len(want.body) == 0 || want.version != "1.1" {
			t.Fatalf("%s: %d bytes over HTTP/%s", path, len(want.body), want.version)
		}
		for _, way := range w.list {
			hits := 0
			for _, version := range []string{"--http1.0", "--http1.1", "--http2"} {
				for _, coding := range []string{"", "gzip", "br", "gzip, deflate, br", "gzip;q=0.5, identity;q=1.0"} {
					if version == "--http2" && !way.tls && coding != "gzip" {
						continue // h2 over plain TCP is not offered: curl is answered by HTTP/1.1
					}
					got := w.curl(way, path, version, coding)
					what := fmt.Sprintf("%s %s by curl %s, Accept-Encoding %q", path, way.name, version, coding)
					if !slices.Contains(answered(version, way.tls), got.version) {
						t.Errorf("%s: the answer is of HTTP/%s", what, got.version)
					}
					if got.status != want.status || got.kind != want.kind {
						t.Errorf("%s: %s %s, want %s %s", what, got.status, got.kind, want.status, want.kind)
					}
					if !bytes.Equal(got.body, want.body) {
						t.Errorf("%s: %d bytes that differ from the %d that come plainly", what, len(got.body), len(want.body))
					}
					if got.coding == "br" && !strings.HasPrefix(path, "/assets/") || got.coding != "" && !takes(coding, got.coding) {
						t.Errorf("%s: the coding is %q", what, got.coding)
					}
					if way.hit != nil && way.hit(got.header) {
						hits++
					}
				}
			}
			if way.hit != nil && hits == 0 && want.status == "200" {
				t.Errorf("%s %s: the cache answered nothing by itself", path, way.name)
			}
		}
	}
	if after := w.fast(); after-before < 50 {
		t.Errorf("the fast path gave %d answers: this shows nothing of it", after-before)
	}
}

// answered are the versions, as curl writes them, in which a request may be answered.
// Who asks by HTTP/1.0 may get 1.1 without what is new in it.
func answered(asked string, tls bool) []string {
	switch {
	case asked == "--http1.0":
		return []string{"1", "1.0", "1.1"}
	case asked == "--http2" && tls:
		return []string{"2"}
	}
	return []string{"1.1"}
}

// takes reports whether a coding may be sent for an Accept-Encoding.
func takes(accept, coding string) bool { return strings.Contains(accept, coding) }

// fast returns how many answers the fast path has given.
func (w *ways) fast() (n int) {
	w.t.Helper()
	out, err := exec.Command("curl", "-sS", "http://"+w.n.MetricsAddr()+"/metrics").Output()
	w.n.ok(err)
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "warta_fast_answers_total "); ok {
			_, err := fmt.Sscan(rest, &n)
			w.n.ok(err)
		}
	}
	return n
}

// got is what curl made of an answer.
type got struct {
	version, status, kind, coding string
	header                        http.Header
	body                          []byte // decoded, and without the site's own address
}

// curl asks once. The address bar names the site, wherever the connection leads.
func (w *ways) curl(way way, path, version, coding string) (g got) {
	w.t.Helper()
	base, err := url.Parse(way.site.URL)
	w.n.ok(err)
	head := filepath.Join(w.t.TempDir(), "head")
	args := []string{"-sS", "--max-time", "60", version, "--connect-to", base.Host + ":" + way.at, "-D", head, "-w", "%{stderr}%{http_version} %{http_code} %{content_type}"}
	if coding != "" {
		args = append(args, "--compressed", "-H", "Accept-Encoding: "+coding)
	}
	if way.tls {
		args = append(args, "--cacert", w.pem)
	}
	cmd := exec.Command("curl", append(args, way.site.URL+path)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if g.body, err = cmd.Output(); err != nil {
		w.t.Fatalf("curl %s %s %s: %v: %s", way.name, version, path, err, &said)
	}
	words := strings.SplitN(said.String(), " ", 3)
	g.version, g.status, g.kind = words[0], words[1], words[2]
	text, err := os.ReadFile(head)
	w.n.ok(err)
	g.header = http.Header{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			g.header.Add(name, value)
		}
	}
	g.coding = g.header.Get("Content-Encoding")
	for _, own := range []string{way.site.URL, url.QueryEscape(way.site.URL)} {
		g.body = bytes.ReplaceAll(g.body, []byte(own), []byte("(site)"))
	}
	return g
}

// TestItLooksTheSameByEveryWay opens a story and a front in a browser by every way
// and compares the pictures pixel by pixel.
func TestItLooksTheSameByEveryWay(t *testing.T) {
	t.Parallel()
	w := newWays(t)
	type view struct {
		name string
		path string
		size int64
	}
	looks := []view{{"story", w.n.path(w.n.full), 360}, {"front", "/", 1280}}
	if os.Getenv("WARTA_E2E") == "full" {
		looks = append(looks, view{"story", w.n.path(w.n.full), 1280}, view{"front", "/", 360})
	}
	seen := map[view]image.Image{}
	for _, way := range w.list {
		b := w.browser(way)
		for _, l := range looks {
			b.size(l.size)
			b.media("light", "")
			for range 2 { // the second time by what the browser and the cache have kept
				b.open(l.path, 200)
			}
			b.walk()
			b.settle()
			b.came(way)
			shot := b.picture()
			if dir := shots(t); dir != "" {
				w.n.ok(os.WriteFile(filepath.Join(dir, fmt.Sprintf("way-%s-%d-%s.png", l.name, l.size, strings.ReplaceAll(way.name, " ", "-"))), shot, 0o644))
			}
			pixels, err := png.Decode(bytes.NewReader(shot))
			w.n.ok(err)
			if seen[l] == nil {
				seen[l] = pixels
				continue
			}
			if n, at := differing(seen[l], pixels); n > 0 {
				t.Errorf("the %s at %d px looks different %s: %d pixels, the first at %v", l.name, l.size, way.name, n, at)
			}
		}
		b.quiet()
	}
}

// browser is a browser for one way: it takes the site's name for that address.
func (w *ways) browser(way way) *tab {
	w.t.Helper()
	base, err := url.Parse(way.site.URL)
	w.n.ok(err)
	ctx := browserOver(w.t, filepath.Join(w.t.TempDir(), "profile"), chromedp.Flag("host-resolver-rules", "MAP "+base.Host+" "+way.at))
	b := tabIn(ctx, w.t, way.site)
	if way.tls {
		call(b, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
	}
	return b
}

// came fails the test if the page did not come by the way.
func (b *tab) came(way way) {
	b.t.Helper()
	// Over TCP the browser knows HTTP/1.1 alone, and does not always say so.
	if got := eval[string](b, `performance.getEntriesByType("navigation")[0].nextHopProtocol`); (got == "h2") != way.tls {
		b.t.Errorf("the page came by %q %s", got, way.name)
	}
	for _, sign := range []string{"X-Varnish", "X-Cache-Status"} {
		if there := eval[bool](b, `fetch(location.href).then(r=>r.headers.has("`+sign+`"))`); there != (way.sign == sign) {
			b.t.Errorf("a page that came %s has the line %s: %v", way.name, sign, there)
		}
	}
}

// picture is the whole page as PNG.
func (b *tab) picture() []byte {
	b.t.Helper()
	yes := true
	return call(b, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{CaptureBeyondViewport: &yes, OptimizeForSpeed: &yes}).Data
}

// differing counts the pixels in which two pictures differ, and returns the first.
func differing(a, b image.Image) (n int, first image.Point) {
	if a.Bounds() != b.Bounds() {
		return max(a.Bounds().Dx()*a.Bounds().Dy(), b.Bounds().Dx()*b.Bounds().Dy()), b.Bounds().Max
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				if n++; n == 1 {
					first = image.Pt(x, y)
				}
			}
		}
	}
	return n, first
}
