package e2e_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"warta/internal/news"
	"warta/internal/testkit"
	room "warta/internal/web/newsroom"
)

// patient is how long a journey waits for what a busy machine does late.
const patient = time.Minute

// signed opens a tab in which somebody is signed in.
func signed(t testing.TB, p *testkit.Staffer, width int64) *tab {
	t.Helper()
	b := newTab(t, p.Site)
	b.as(p)
	b.size(width)
	return b
}

// as gives the tab the session of somebody.
func (b *tab) as(p *testkit.Staffer) {
	b.t.Helper()
	yes := true
	call(b, network.SetCookie, network.SetCookieParams{Name: room.Cookie, Value: p.Token, URL: p.URL, Path: "/",
		Secure: &yes, HTTPOnly: &yes, SameSite: network.CookieSameSiteLax})
}

// eventually waits for what comes true outside of the browser.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patient); !is(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s", what)
		}
		time.Sleep(20 * time.Millisecond) // the server has its own clock
	}
}

// into puts the cursor into a control, and what is typed replaces what it holds.
func (b *tab) into(selector, text string) {
	b.t.Helper()
	b.until(selector+" to take text", `(e=>!!e&&!e.disabled&&!e.readOnly)(document.querySelector(`+quote(selector)+`))`)
	eval[bool](b, `(e=>{e.scrollIntoView({block:"center"});e.focus();e.select?.();return true})(document.querySelector(`+quote(selector)+`))`)
	b.typed(text)
}

// typed types where the cursor stands; a line end is the Enter key.
func (b *tab) typed(text string) {
	b.t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			// One event as the keyboard makes it: a character of its own would be a second line.
			for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
				call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13})
			}
		}
		call(b, input.InsertText, input.InsertTextParams{Text: line})
	}
}

// paper is where the body of a story is written.
const paper = ".ProseMirror[contenteditable=true]"

// writes types behind the text of a paragraph of the body, counted from 0, or
// behind all of it for -1.
func (b *tab) writes(paragraph int, text string) {
	b.t.Helper()
	b.stands(paragraph)
	b.typed(text)
}

// stands puts the cursor where writes types.
func (b *tab) stands(paragraph int) {
	b.t.Helper()
	b.until("the paper", `!!document.querySelector(`+quote(paper)+`)`)
	// The editor puts its own selection back shortly after it got the focus: ours
	// has to stand for a while.
	stands := eval[bool](b, `(async()=>{const e=document.querySelector(`+quote(paper)+`),n=`+strconv.Itoa(paragraph)+`,s=getSelection();
	e.scrollIntoView({block:"nearest"});e.focus();
	for(let i=0;i<40;i++){const p=[...e.querySelectorAll(":scope>p")].at(n)??e,r=document.createRange();r.selectNodeContents(p);r.collapse(false);
	 s.removeAllRanges();s.addRange(r);
	 await new Promise(r=>setTimeout(r,60));
	 const left=document.createRange();
	 if(i>0&&document.activeElement===e&&p.contains(s.anchorNode)){left.setStart(s.anchorNode,s.anchorOffset);left.setEnd(p,p.childNodes.length);if(!left.toString())return true}
	 e.focus()}return false})()`)
	if !stands {
		b.t.Fatal("the cursor does not stay in the paper")
	}
}

// saved waits until the editor says so, and the database has the words.
func (b *tab) saved(s *testkit.Site, story int64, words ...string) {
	b.t.Helper()
	var all string
	defer func() {
		if b.t.Failed() {
			b.t.Logf("the draft: %q; the editor: %q; %q", all, b.words("[data-state]"), b.words(".ProseMirror"))
		}
	}()
	eventually(b.t, "the draft to say "+strings.Join(words, " and "), func() bool {
		st, err := s.DB.DraftState(b.t.Context(), story)
		b.ok(err)
		all = st.Content.Headline + "\n" + st.Content.Standfirst + "\n" + st.Content.Body.Plain()
		for _, w := range words {
			if !strings.Contains(all, w) {
				return false
			}
		}
		return true
	})
	b.until("the word that all is saved", `/^(Tersimpan|Semua tersimpan|Saved|Everything is saved)/.test(document.querySelector("[data-state]").textContent)`)
}

// create begins a story by the button of the page that somebody comes to.
func (b *tab) create() (story int64) {
	b.t.Helper()
	b.open("/newsroom/mine", 200)
	b.fill("form.newstory")
	id, err := strconv.ParseInt(strings.TrimPrefix(strings.Split(b.at(), "?")[0], "/newsroom/stories/"), 10, 64)
	b.ok(err)
	b.until("the draft to be open", `!!document.querySelector(`+quote(paper)+`)`)
	return id
}

// chooses takes an option of a select by its value, as a hand does.
func (b *tab) chooses(selector, value string) {
	b.t.Helper()
	eval[bool](b, `(e=>{e.value=`+quote(value)+`;e.dispatchEvent(new Event("input",{bubbles:true}));e.dispatchEvent(new Event("change",{bubbles:true}));return e.value===`+quote(value)+`})(document.querySelector(`+quote(selector)+`))`)
}

// does opens a step's page from a story, fills its form in and sends it.
func (b *tab) does(story int64, step string, pairs ...string) {
	b.t.Helper()
	at := "/newsroom/stories/" + strconv.FormatInt(story, 10)
	b.open(at, 200)
	b.until("the draft to be open", `!!document.querySelector(".ProseMirror")`)
	if !eval[bool](b, `!!document.querySelector('a[data-act="`+step+`"]')`) {
		b.t.Fatalf("the story does not offer %q", step)
	}
	b.send(`{setTimeout(()=>document.querySelector('a[data-act="` + step + `"]').click(),0);true}`)
	if got := b.at(); !strings.HasPrefix(got, at+"/"+step) {
		b.t.Fatalf("the step %q leads to %s", step, got)
	}
	b.narrow(eval[int64](b, "innerWidth"))
	b.fill("main form", pairs...)
	if said := eval[string](b, `document.querySelector("main .error")?.textContent??""`); said != "" {
		b.t.Fatalf("the step %q: %s", step, said)
	}
}

// uploads gives files to a file input.
func (b *tab) uploads(selector string, raw []byte) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "sungai.jpg")
	b.ok(os.WriteFile(path, raw, 0o600))
	b.do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}, chromedp.NodeReady))
}

// proved waits for the receipt of a story's newest change.
func (b *tab) proved(story int64, kind news.ProofKind, s *testkit.Site) {
	b.t.Helper()
	eventually(b.t, "the receipt", func() bool {
		list, _, err := s.DB.Proofs(b.t.Context(), story, time.Time{}, 10)
		b.ok(err)
		return len(list) > 0 && list[0].Kind == kind && list[0].State == news.ProofConfirmed
	})
	b.open("/newsroom/stories/"+strconv.FormatInt(story, 10)+"/receipt", 200)
	if got := eval[string](b, `document.querySelector("[data-proof]")?.dataset.proof??""`); got != "confirmed" {
		b.t.Errorf("the receipt says %q", got)
	}
}
