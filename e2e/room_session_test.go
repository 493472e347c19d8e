package e2e_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"warta/internal/account"
	"warta/internal/testkit"
)

// TestRoomSessionEndsWhileSomebodyTypes lets an owner end the sessions of
// somebody who types, and change what he may do. The page says so, the text is
// kept in the browser, and after signing in it gets into the draft, whether the
// page was left open or not.
func TestRoomSessionEndsWhileSomebodyTypes(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			who := s.Staffer(account.Reporter)
			owner, b := signed(t, s.Staffer(account.Owner), 1280), signed(t, who, 360)
			id := b.create()
			b.writes(-1, "Ratusan warga menanam bakau.")
			b.saved(s, id, "Ratusan warga menanam bakau.")
			card := "/newsroom/users/" + strconv.FormatInt(who.User.ID, 10)

			owner.open(card, 200)
			owner.fill(`form[action$="/sessions"]`)
			b.writes(-1, " Yang ini sesudah keluar.")
			b.shows("the word that one is signed out", ".ed-bar-calm", "Anda sudah keluar", "masuklah di tab baru")
			b.writes(-1, " Yang ini juga.")
			b.holds("Yang ini sesudah keluar.", "Yang ini juga.")
			b.shows("where the text is", "[data-state]", "Disimpan di perangkat ini")
			b.accessible("light", true)
			b.narrow(360)
			b.shoot("room-signed-out", "id", 360, "light")
			entry := b.opens(".ed-bar-calm a")
			entry.signsIn(who)
			b.saved(s, id, "Ratusan warga menanam bakau. Yang ini sesudah keluar. Yang ini juga.")
			b.until("the bar to go", `document.querySelector(".ed-bar-calm").hidden`)

			owner.open(card, 200)
			owner.fill(`form[action$="/role"]`, "role", "editor")
			b.writes(-1, " Dan ini ketika peran berganti.")
			b.shows("the word that one is signed out", ".ed-bar-calm", "Anda sudah keluar")
			b.holds("Dan ini ketika peran berganti.")
			b.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
			if !strings.HasPrefix(b.at(), "/newsroom/sign-in?next=") {
				t.Fatalf("without a session the story leads to %s", b.at())
			}
			b.signsIn(who)
			b.shows("the word that the text was brought in", ".ed-said", "sudah dimasukkan ke naskah ini")
			b.saved(s, id, "Ratusan warga menanam bakau. Yang ini sesudah keluar. Yang ini juga. Dan ini ketika peran berganti.")
			b.forgive("401")
			for _, b := range []*tab{owner, entry, b} {
				b.quiet()
			}
		})
	}
}

// holds waits until the browser itself keeps these words, as it does with what
// the server has not.
func (b *tab) holds(words ...string) {
	b.t.Helper()
	var kept string
	eventually(b.t, "the browser to keep "+strings.Join(words, " and "), func() bool {
		kept = eval[string](b, `new Promise((done,fail)=>{const q=indexedDB.open("warta-newsroom");q.onerror=()=>fail(q.error);
			q.onsuccess=()=>{const db=q.result,all=db.transaction("drafts").objectStore("drafts").getAll();
			all.onsuccess=()=>{db.close();done(JSON.stringify(all.result))};all.onerror=()=>fail(all.error)}})`)
		for _, w := range words {
			if !strings.Contains(kept, w) {
				return false
			}
		}
		return true
	})
}

// opens follows a link that opens another tab, and returns that.
func (b *tab) opens(link string) *tab {
	b.t.Helper()
	opened := chromedp.WaitNewTarget(b.ctx, func(i *target.Info) bool { return i.Type == "page" })
	b.do(chromedp.Click(chromedp.CSS(link)))
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(<-opened))
	b.t.Cleanup(cancel)
	other := tabIn(ctx, b.t, b.kit)
	other.until("the page", `document.readyState==="complete"&&location.href!=="about:blank"`)
	return other
}

// signsIn fills in the form of the page that asks who one is.
func (b *tab) signsIn(p *testkit.Staffer) {
	b.t.Helper()
	b.fill("main form", "email", p.User.Email, "password", testkit.Password)
}
