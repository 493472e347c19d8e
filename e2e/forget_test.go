package e2e_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/ads"
	"warta/internal/member"
	"warta/internal/testkit"
)

// adsLeft is what ads and the choice about them have left in a browser.
const adsLeft = `[...Object.keys(localStorage),...Object.keys(sessionStorage),...document.cookie.split(";").map(c=>c.trim().split("=")[0])].filter(k=>/^ad-|^offer|consent/.test(k)).sort()`

// TestWhoPaysIsForgottenByAdsInEveryBrowser shows a browser in which ads have left
// all that they leave, and in which somebody signs in who paid elsewhere: with the
// first page that he gets as a member it is gone, whatever page that is.
func TestWhoPaysIsForgottenByAdsInEveryBrowser(t *testing.T) {
	t.Parallel()
	k := newKiosk(t, false)
	capped := k.sells(ads.Direct, ads.Content{Kind: ads.Native, Headline: "Beras lama habis", Text: "Datang lebih awal.", Sponsor: "Toko Beras Makmur"}, ads.List, ads.Cap{N: 1, Hours: 24})
	const rani = "rani@pembaca.example"
	k.Reader(rani, "Rani Setya")
	f, err := k.DB.Member(t.Context(), member.Pick{Email: rani})
	k.ok(err)
	_, err = k.Sales.AskComp(t.Context(), testkit.Actor, f.Record.ID, 1, 1, "Pemenang kuis pembaca")
	k.ok(err)

	b := k.human(t, 360)
	// Which of the ads in the list comes is the clock's choice.
	for n := 0; ; n++ {
		b.open(k.first, 200)
		if eval[bool](b, `!!document.querySelector("template[data-key]")`) {
			break
		}
		if n > 50 {
			t.Fatalf("the ad with a cap (%d) never comes", capped.ID)
		}
		k.Clock.Set(k.Clock.Now().Add(10 * time.Minute))
	}
	b.walk()
	eval[bool](b, `(document.querySelector("[data-choice] button").click(),true)`)
	b.until("the ad with a cap", `document.querySelector(".ad.list").innerText.includes("Beras lama")`)
	eval[bool](b, `(document.querySelector(".ad.list").scrollIntoView({block:"center"}),true)`)
	b.until("it to be remembered", `Object.keys(localStorage).some(k=>k.startsWith("ad-"))`)
	b.closesTheFoot()
	eval[bool](b, `(document.querySelector(".offer button").click(),true)`)
	traces := b.traces()
	if got := eval[[]string](b, adsLeft); len(got) != 4 || got[0] != "__Host-warta-consent" || got[2] != "ad-closed" || !strings.HasPrefix(got[3], "offer") {
		t.Fatalf("the ads have left %q", got)
	}

	b.open("/account/sign-in?next="+k.second, 200)
	if got := eval[[]string](b, adsLeft); len(got) != 4 {
		t.Errorf("before he signed in there is left %q", got)
	}
	b.fill("main form", "email", rani, "password", testkit.Password)
	if got := b.at(); got != k.second {
		t.Fatalf("signed in, the reader is at %s", got)
	}
	b.until("all of it to be forgotten", adsLeft+`.length===0`)
	if got := eval[string](b, `localStorage.size=1,[...Object.keys(localStorage)].join()`); got != "size" {
		t.Errorf("the browser keeps %q", got)
	}
	k.unsold(b, traces)
	b.quiet()
}
