package e2e_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"warta/internal/testkit"
)

// click follows the first link that a selector finds and waits for its page.
func (b *tab) click(selector string) {
	b.t.Helper()
	from := b.at()
	b.do(chromedp.Click(chromedp.CSS(selector)))
	b.arrived(from)
}

// arrived waits until the tab shows another address, loaded.
func (b *tab) arrived(from string) {
	b.t.Helper()
	b.until("the address to change from "+from, `location.pathname+location.search!==`+quote(from)+`&&document.readyState==="complete"`)
	b.settle()
}

func quote(s string) string { return "`" + s + "`" }

// until waits for a condition in the page; a page on its way answers nothing.
func (b *tab) until(what, condition string) {
	b.t.Helper()
	deadline := time.Now().Add(patient)
	for {
		ctx, cancel := b.within()
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		cancel()
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("waited for %s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond) // the browser has its own clock
	}
}

// words returns what an element says to a reader.
func (b *tab) words(selector string) string {
	b.t.Helper()
	return eval[string](b, "(document.querySelector("+quote(selector)+")?.innerText??\"nothing there\").trim()")
}

// TestReaderGoesThroughTheSite walks as a reader does, on a phone in
// Indonesian and on a desk in English.
func TestReaderGoesThroughTheSite(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	newTab(t, n.Site) // skips all where there is no browser
	for _, walk := range []struct {
		name, language, scheme string
		width                  int64
		search, found, missing string
	}{
		{"on a phone in Indonesian", "id", "light", 360, "teleskop", "Hasil pencarian", "Halaman tidak ditemukan"},
		{"on a desk in English, in the dark", "en", "dark", 1280, "teleskop", "Search results", "Page not found"},
	} {
		if walk.language != "id" {
			n.language(walk.language)
		}
		t.Run(walk.name, func(t *testing.T) {
			b := newTab(t, n.Site)
			b.size(walk.width)
			b.media(walk.scheme, "")
			b.open("/", 200)
			b.click(`header nav a[href="/global"]`)
			b.click(`main .subs a[href="/internasional"]`)
			b.click(`main a[href="` + n.path(n.full) + `"]`)
			if got := b.words("h1"); got != fullHeadline {
				t.Errorf("the story is headed %q", got)
			}
			dark := eval[bool](b, `matchMedia("(prefers-color-scheme:dark)").matches&&getComputedStyle(document.documentElement).backgroundColor==="rgb(18, 20, 22)"`)
			if dark != (walk.scheme == "dark") {
				t.Errorf("in %s the paper is %s", walk.scheme, eval[string](b, "getComputedStyle(document.documentElement).backgroundColor"))
			}
			shareByKeyboard(t, b, n, walk.language)
			b.quiet()
			b.click("header a.find")
			b.do(chromedp.SendKeys(chromedp.CSS(`main input[name="q"]`), walk.search))
			from := b.at()
			b.press("Enter", 0)
			b.arrived(from)
			if !strings.HasPrefix(b.at(), "/search?q=teleskop") || b.words("main h2") != walk.found {
				t.Errorf("the search is at %s and headed %q", b.at(), b.words("main h2"))
			}
			b.click(`footer a[href="/index"]`)
			b.click(`main nav.pager a`)
			if !strings.HasPrefix(b.at(), "/index?date=2026-11-22") {
				t.Errorf("the day before is at %s", b.at())
			}
			b.click(`footer a[href="/page/redaksi"]`)
			b.open("/topic/teleskop", 200)
			b.click("main h3 a")
			b.click(".by a")
			if b.at() != "/author/sekar-prameswari" || b.words("h1") != authorName {
				t.Errorf("the byline leads to %s, headed %q", b.at(), b.words("h1"))
			}
			loadMore(t, b)
			b.open("/tidak-ada", 404)
			if b.words("h1") != walk.missing {
				t.Errorf("a missing page is headed %q", b.words("h1"))
			}
			b.open(n.path(n.withdrawn), 410)
			b.quiet()
		})
	}
}

// shareByKeyboard opens the share dialog, goes round in it, copies the link and
// leaves it, without a pointer.
func shareByKeyboard(t *testing.T, b *tab, n *newsroom, language string) {
	t.Helper()
	w := wordings[slices.IndexFunc(wordings, func(w wording) bool { return w.language == language })]
	if eval[bool](b, "!!navigator.share") {
		eval[bool](b, "(Object.defineProperty(navigator,'share',{value:undefined}),true)")
	}
	open := "!!document.querySelector('dialog[open]')"
	focused := func() string {
		return eval[string](b, `((e)=>e===document.body?"BODY":(e.closest("dialog")?"in: ":"out: ")+(e.innerText||e.tagName).trim())(document.activeElement)`)
	}
	eval[bool](b, `(document.querySelector("[data-share] summary").focus(),true)`)
	b.press("Enter", 0)
	b.until("the dialog", open)
	if got := eval[string](b, `document.querySelector("dialog[open]").getAttribute("aria-label")`); got != w.share[0] {
		t.Errorf("the dialog is called %q, want %q", got, w.share[0])
	}
	seen := map[string]bool{}
	for range 20 {
		b.press("Tab", 0)
		switch got := focused(); {
		case strings.HasPrefix(got, "in: "):
			seen[strings.TrimPrefix(got, "in: ")] = true
		case strings.HasPrefix(got, "out: "):
			t.Errorf("the focus leaves the dialog for %q", got)
		}
	}
	for _, want := range []string{"WhatsApp", "X", "Facebook", "Telegram", "LINE", w.share[1], w.share[3]} {
		if !seen[want] {
			t.Errorf("the Tab key does not reach %q, only %v", want, seen)
		}
	}
	b.press("Escape", 0)
	b.until("the dialog to close", "!"+open)
	if got := eval[bool](b, `document.activeElement===document.querySelector("[data-share] summary")`); !got {
		t.Errorf("after Escape the focus is on %q", focused())
	}
	b.press("Enter", 0)
	b.until("the dialog again", open)
	eval[bool](b, `(window.__copied="",navigator.clipboard.writeText=(f=>t=>{window.__copied=t;return f(t)})(navigator.clipboard.writeText.bind(navigator.clipboard)),true)`)
	eval[bool](b, `(document.querySelector("dialog [data-copy]").focus(),true)`)
	b.press("Enter", 0)
	b.until("the word that the link was copied", `document.querySelector("dialog [data-copy] span").textContent===`+quote(w.share[2]))
	if got := eval[string](b, "window.__copied"); got != n.URL+n.path(n.full) {
		t.Errorf("copied was %q", got)
	}
	eval[bool](b, `(document.querySelector("dialog [data-close]").focus(),true)`)
	b.press("Enter", 0)
	b.until("the dialog to close by its button", "!"+open)
	if got := eval[bool](b, `document.activeElement===document.querySelector("[data-share] summary")`); !got {
		t.Errorf("after %s the focus is on %q", w.share[3], focused())
	}
}

// loadMore makes a list longer and puts the focus on what came.
func loadMore(t *testing.T, b *tab) {
	t.Helper()
	before := eval[int](b, `document.querySelectorAll("[data-list] h3 a").length`)
	eval[bool](b, `(document.querySelector("[data-pager] a[rel=next]").focus(),true)`)
	b.press("Enter", 0)
	b.until("more of the list", `document.querySelectorAll("[data-list] h3 a").length>`+strconv.Itoa(before))
	links := eval[[]string](b, `[...document.querySelectorAll("[data-list] h3 a")].map(a=>a.href)`)
	slices.Sort(links)
	if n := len(slices.Compact(links)); n != eval[int](b, `document.querySelectorAll("[data-list] h3 a").length`) {
		t.Error("the longer list holds a story twice")
	}
	b.until("the focus on the first that came", `document.activeElement===document.querySelectorAll("[data-list] h3 a")[`+strconv.Itoa(before)+`]`)
}

// TestSiteWorksWithoutScript reads a story, shares it and goes on in a list with
// no script running.
func TestSiteWorksWithoutScript(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	b := newTab(t, n.Site)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.scriptless = true
	b.size(360)
	for _, p := range n.pages() {
		b.open(p.path, p.status)
		if text := b.words("main"); len(text) < 60 {
			t.Errorf("%s says only %q", p.name, text)
		}
	}
	b.open(n.path(n.full), 200)
	if got := b.words(".body p"); !strings.HasPrefix(got, "WASHINGTON DC, KABAR NUSANTARA – Cermin utama") {
		t.Errorf("the text begins %q", got)
	}
	eval[bool](b, `(document.querySelector("[data-share] summary").click(),true)`)
	if got := eval[bool](b, `document.querySelector("[data-share]").open`); !got {
		t.Error("the list of places to share does not open")
	}
	links := eval[[]string](b, `[...document.querySelectorAll("[data-share] a")].filter(a=>a.checkVisibility()).map(a=>a.href)`)
	for _, want := range []string{"wa.me", "x.com", "facebook.com", "t.me", "line.me", "mailto:"} {
		if !slices.ContainsFunc(links, func(l string) bool { return strings.Contains(l, want) }) {
			t.Errorf("no plain link leads to %s: %q", want, links)
		}
	}
	if dead := eval[int](b, `[...document.querySelectorAll("button")].filter(e=>e.checkVisibility()&&!e.form).length`); dead != 0 {
		t.Errorf("%d buttons are shown that do nothing without script", dead)
	}
	b.open("/latest", 200)
	b.click("[data-pager] a[rel=next]")
	if !strings.HasPrefix(b.at(), "/latest?after=") {
		t.Errorf("more of the list is at %s", b.at())
	}
	b.quiet()
}

// TestStoryGoesOntoPaper prints: black serif, the address at the end, links as
// footnotes, and none of the furniture.
func TestStoryGoesOntoPaper(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	b := newTab(t, n.Site)
	b.size(768)
	b.media("dark", "")
	b.open(n.path(n.full), 200)
	b.walk()
	b.media("dark", "print")
	b.settle()
	shown := func(selector string) bool {
		return eval[bool](b, `(e=>!!e&&e.checkVisibility()&&e.getBoundingClientRect().height>0)(document.querySelector(`+quote(selector)+`))`)
	}
	for _, s := range []string{"h1", ".by", ".body p", "figure.lead img", ".note", "ol.onpaper", "p.onpaper"} {
		if !shown(s) {
			t.Errorf("%s is not printed", s)
		}
	}
	for _, s := range []string{".share", "section.latest", "section.most", "section.related", "footer.foot nav", "header nav", ".callout", "a.skip", "header .find"} {
		if shown(s) {
			t.Errorf("%s is printed", s)
		}
	}
	if got := b.words("p.onpaper"); got != "Alamat artikel: "+n.URL+n.path(n.full)+"\n08/01/2022, 06:31 WIB" {
		t.Errorf("the address on paper is %q", got)
	}
	if got := b.words("ol.onpaper"); !strings.Contains(got, "https://antariksa.example/") {
		t.Errorf("the footnotes are %q", got)
	}
	for selector, want := range map[string]string{".body p": "rgb(0, 0, 0)", "h1": "rgb(0, 0, 0)"} {
		if got := eval[string](b, "getComputedStyle(document.querySelector("+quote(selector)+")).color"); got != want {
			t.Errorf("%s is printed in %s", selector, got)
		}
	}
	if got := eval[string](b, "getComputedStyle(document.documentElement).backgroundColor"); got != "rgb(255, 255, 255)" && got != "rgba(0, 0, 0, 0)" {
		t.Errorf("the paper is printed %s", got)
	}
	b.shoot("story-print", "id", 768, "dark")
	b.quiet()
}
