package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"warta/internal/testkit"
)

// pageType is one page of every kind that readers can meet.
type pageType struct {
	name   string // of its files as well
	path   string
	status int
}

// pages returns one page of every type, and the same with unusual content.
func (n *newsroom) pages() []pageType {
	second := n.Get("/latest")
	_, rest, _ := strings.Cut(second.Body, `rel="next" href="`)
	next, _, ok := strings.Cut(rest, `"`)
	if !ok {
		n.T.Fatal("the latest list has no second page")
	}
	next = strings.TrimPrefix(strings.ReplaceAll(next, "&amp;", "&"), n.URL)
	return []pageType{
		{name: "front", path: "/", status: 200},
		{name: "section", path: "/regional", status: 200},
		{name: "section-parent", path: "/global", status: 200},
		{name: "section-child", path: "/internasional", status: 200},
		{name: "section-one-word", path: "/foto", status: 200},
		{name: "story", path: n.path(n.full), status: 200},
		{name: "story-old", path: n.path(n.old), status: 200},
		{name: "story-long", path: n.path(n.long), status: 200},
		{name: "story-bare", path: n.path(n.bare), status: 200},
		{name: "story-gallery", path: n.path(n.gallery), status: 200},
		{name: "story-video", path: n.path(n.video), status: 200},
		{name: "story-breaking", path: n.path(n.breaking), status: 200},
		{name: "story-unverified", path: n.path(n.unverified), status: 200},
		{name: "story-verifying", path: n.path(n.verifying), status: 200},
		{name: "story-reply", path: n.path(n.reply), status: 200},
		{name: "story-sponsored", path: n.path(n.sponsored), status: 200},
		{name: "topic", path: "/topic/teleskop", status: 200},
		{name: "author", path: "/author/sekar-prameswari", status: 200},
		{name: "latest", path: "/latest", status: 200},
		{name: "latest-older", path: next, status: 200},
		{name: "index", path: "/index?date=2026-11-23", status: 200},
		{name: "index-section", path: "/index?date=2026-11-22&section=bola", status: 200},
		{name: "index-empty", path: "/index?date=2020-01-01", status: 200},
		{name: "search", path: "/search", status: 200},
		{name: "search-hits", path: "/search?q=teleskop", status: 200},
		{name: "search-filtered", path: "/search?q=teleskop&section=global&sort=relevance", status: 200},
		{name: "search-none", path: "/search?q=xyzzy", status: 200},
		{name: "static", path: "/page/redaksi", status: 200},
		{name: "not-found", path: "/tidak-ada", status: 404},
		{name: "withdrawn", path: n.path(n.withdrawn), status: 410},
	}
}

// look is a window and a scheme.
type look struct {
	width  int64
	scheme string
	all    bool // axe tries all its rules, not contrast alone
}

// looks are the windows and schemes in which every page is judged. What axe
// finds beside contrast does not depend on the scheme.
var looks = []look{{360, "light", true}, {360, "dark", false}, {1280, "dark", false}, {1280, "light", true}}

// looksNow are those of this run: all with WARTA_E2E=full, else a phone in the
// light and a desk in the dark.
func looksNow() []look {
	if os.Getenv("WARTA_E2E") == "full" {
		return looks
	}
	return []look{looks[0], looks[2]}
}

// shots is where screenshots go; empty: none are made.
func shots(t testing.TB) string {
	dir := os.Getenv("WARTA_SCREENSHOTS")
	if dir == "" {
		return ""
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestEveryPageInTheBrowser opens one page of every type and holds it to what
// every page promises, first in Indonesian, then in English.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	newTab(t, n.Site) // skips all where there is no browser
	all := n.pages()
	for _, language := range []string{"id", "en"} {
		if language == "en" {
			n.language(language)
		}
		t.Run(language, func(t *testing.T) {
			for _, p := range all {
				if language == "en" && strings.Contains(p.name, "-") {
					continue // what differs by language is on the plain types
				}
				t.Run(p.name, func(t *testing.T) {
					t.Parallel()
					judge(t, n, p, language)
				})
			}
		})
	}
}

// judge looks at one page on a phone and on a desk, in both schemes.
func judge(t *testing.T, n *newsroom, p pageType, language string) {
	b := newTab(t, n.Site)
	b.size(360)
	b.media("light", "")
	b.comes(p)
	if got := eval[string](b, "document.documentElement.lang"); got != language {
		t.Errorf("the page says that it is in %q", got)
	}
	if strings.HasPrefix(p.name, "story") || p.name == "front" {
		b.painted()
	}
	b.size(320)
	b.narrow(320)
	b.focusShows()
	for _, look := range looksNow() {
		b.size(look.width)
		b.media(look.scheme, "")
		b.settle()
		b.narrow(look.width)
		b.accessible(look.scheme, look.all)
		b.shoot(p.name, language, look.width, look.scheme)
	}
	if shots(t) != "" {
		b.size(768)
		b.settle()
		b.shoot(p.name, language, 768, "light")
		b.size(1280)
	}
	b.comes(p) // on a desk as well
	b.quiet()
}

// nothing is a shift that no metric shows: while a page is still arriving, the
// white space at a chunk's end can stand at the edge of a line for one frame.
const nothing = 0.0005

// comes opens a page, goes to its end, and holds the layout to not having moved. On
// a busy machine a frame may be painted of a page that has arrived up to the middle
// of a word: so little is looked at again, and what moves by itself does so then.
func (b *tab) comes(p pageType) {
	b.t.Helper()
	for range 3 {
		b.open(p.path, p.status)
		b.walk()
		if all := b.shifts(); len(all) == 0 || slices.ContainsFunc(all, func(s shift) bool { return s.Value > 0.005 }) {
			break
		}
	}
	b.still()
}

// shift is a move of the layout, and what moved.
type shift struct {
	Value float64  `json:"value"`
	By    []string `json:"by"`
}

// shifts returns how the layout has moved since the page was opened.
func (b *tab) shifts() []shift {
	b.t.Helper()
	return slices.DeleteFunc(eval[[]shift](b, "window.__shifts"), func(s shift) bool { return s.Value < nothing })
}

// still holds the layout to not having moved since the page was opened.
func (b *tab) still() {
	b.t.Helper()
	for _, s := range b.shifts() {
		b.t.Errorf("the layout shifted by %.4f: %s", s.Value, strings.Join(s.By, "; "))
	}
}

// painted holds the largest thing that was painted to being in the page's main
// part: a picture or a text that the reader came for.
func (b *tab) painted() {
	b.t.Helper()
	type lcp struct {
		Tag  string `json:"tag"`
		Cls  string `json:"cls"`
		Main bool   `json:"main"`
	}
	got := eval[*lcp](b, "window.__lcp")
	switch {
	case got == nil:
		b.t.Error("the browser named no largest paint")
	case !got.Main:
		b.t.Errorf("the largest paint is %s.%s outside the main part", got.Tag, got.Cls)
	}
}

// narrow fails if the page can be scrolled sideways.
func (b *tab) narrow(width int64) {
	b.t.Helper()
	over := eval[[]string](b, `(()=>{const d=document.documentElement,w=d.clientWidth;
	if(d.scrollWidth<=w&&document.body.scrollWidth<=w)return [];
	const out=["document is "+Math.max(d.scrollWidth,document.body.scrollWidth)+" wide"];
	const inside=e=>{for(e=e.parentElement;e;e=e.parentElement)if(/auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX)&&e!==document.body&&e!==d)return true;return false};
	for(const e of document.querySelectorAll("body *")){const r=e.getBoundingClientRect();
	 if(r.right>w+1&&r.width>0&&!inside(e))out.push(e.tagName+"."+e.className+" ends at "+r.right);}
	return out.slice(0,8)})()`)
	if len(over) > 0 {
		b.t.Errorf("horizontal scroll at %d px: %s", width, strings.Join(over, "; "))
	}
}

// focusShows walks through the first links with the Tab key: each has a visible
// outline, and the first one leads to the text.
func (b *tab) focusShows() {
	b.t.Helper()
	eval[bool](b, "(document.activeElement.blur(),scrollTo(0,0),true)")
	for i := range 12 {
		b.press("Tab", 0)
		got := eval[struct {
			What, Style, Color string
			Width, W, H        float64
			Href               string
		}](b, `(()=>{const e=document.activeElement,s=getComputedStyle(e),r=e.getBoundingClientRect();
		return {What:e.tagName+"."+e.className,Style:s.outlineStyle,Color:s.outlineColor,Width:parseFloat(s.outlineWidth),W:r.width,H:r.height,Href:e.getAttribute("href")||""}})()`)
		if i == 0 && (got.Href != "#isi" || got.W < 20) {
			b.t.Errorf("the first stop is %s %q, not a visible link to the text", got.What, got.Href)
		}
		if strings.HasPrefix(got.What, "BODY") {
			return // fewer stops than we ask for
		}
		if got.Style == "none" || got.Width < 2 || got.W < 1 || got.H < 1 {
			b.t.Errorf("stop %d, %s: outline %s %v px around %v x %v", i+1, got.What, got.Style, got.Width, got.W, got.H)
		}
	}
}

// between saves a picture of the width between a phone and a desk, if pictures are
// wanted, and holds the page to it.
func (b *tab) between(name string) {
	b.t.Helper()
	if shots(b.t) == "" {
		return
	}
	b.size(768)
	b.settle()
	b.narrow(768)
	b.shoot(name, "id", 768, "light")
}

// shoot saves a picture of the whole page, if pictures are wanted.
func (b *tab) shoot(name, language string, width int64, scheme string) {
	b.t.Helper()
	dir := shots(b.t)
	if dir == "" {
		return
	}
	yes := true
	r := call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &yes, OptimizeForSpeed: &yes})
	file := name + "-" + strconv.FormatInt(width, 10) + "-" + scheme + ".png"
	if language != "id" {
		file = language + "-" + file
	}
	b.ok(os.WriteFile(filepath.Join(dir, file), r.Data, 0o644))
}
