package e2e_test

import (
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/app"
	"warta/internal/member"
	"warta/internal/pay"
	"warta/internal/testkit"
	"warta/internal/testkit/till"
)

// kiosk is a site with ads and an offer that sells memberships by gateways which
// keep books of their own.
type kiosk struct {
	*fair
	till          *till.Till
	first, second string // stories
}

const offerText = "Baca berita tanpa iklan."

func newKiosk(t *testing.T, postgres bool) *kiosk {
	t.Helper()
	k := &kiosk{}
	k.till = till.New(t, func() time.Time { return k.Clock.Now() })
	set := settings("id")
	maps.Copy(set, map[string]string{"membership_name": "Kabar Plus", "bank_transfer": "Bank Contoh\n123 456 789\na.n. PT Kabar Contoh"})
	k.fair = newFairOn(t, testkit.Options{Postgres: postgres, Settings: set, Configure: func(c *app.Config) {
		c.StripeKey, c.StripeSecret, c.StripeURL = till.StripeKey, till.StripeSecret, k.till.URL
		c.MidtransKey, c.MidtransURL, c.MidtransSnap = till.MidtransKey, k.till.URL, k.till.URL
	}})
	k.till.Tell(k.URL)
	k.runs = 100 * 24 * time.Hour
	for i, p := range []member.Plan{
		{Name: "Bulanan", Note: "Berhenti kapan saja.", Period: member.Month, Price: pay.Money{Amount: 49_000, Currency: "IDR"}, Benefits: member.NoAds | member.MembersText},
		{Name: "Tahunan", Note: "Hemat dua bulan.", Period: member.Year, Price: pay.Money{Amount: 490_000, Currency: "IDR"}, Benefits: member.NoAds | member.MembersText},
		{Name: "Sehari", Period: member.Day, Price: pay.Money{Amount: 5_000, Currency: "IDR"}, Benefits: member.NoAds},
	} {
		p.Position = i
		k.ok(k.Sales.SavePlan(t.Context(), testkit.Actor, &p))
	}
	picture := ads.Content{Kind: ads.Pictures, Alt: "Karung beras di pasar"}
	for _, p := range []ads.Placement{ads.Top, ads.Inline, ads.Sticky} {
		k.sells(ads.Direct, picture, p, ads.Cap{})
	}
	k.sells(ads.Direct, ads.Content{Kind: ads.Native, Headline: "Beras baru panen", Text: "Langsung dari sawah.", Sponsor: "Toko Beras Makmur"}, ads.List, ads.Cap{})
	_, err := k.AdSales.SaveOffer(t.Context(), testkit.Actor, ads.Offer{Name: "Tanpa iklan", State: ads.On, Place: ads.OfferTop, Starts: k.Clock.Now().Add(-time.Hour), Ends: k.Clock.Now().Add(k.runs),
		Is: ads.OfferText{Text: offerText, Button: "Gabung {name}", PerSession: 9}})
	k.ok(err)
	k.first, k.second = k.tells("Warga menunggu kabar dari kota"), k.tells("Beras tiba di lereng timur")
	return k
}

// glances is reads or looks without what makes them long: with WARTA_E2E=full all
// windows and schemes, else a phone in the light and a desk in the dark.
func (b *tab) glances(name string) {
	b.t.Helper()
	for _, l := range looksNow() {
		b.size(l.width)
		b.media(l.scheme, "")
		b.settle()
		b.accessible(l.scheme, l.all)
		b.narrow(l.width)
		b.shoot(name, "id", l.width, l.scheme)
	}
	b.media("light", "")
	b.between(name)
	b.size(360)
}

// presses presses a button and waits for the page that comes.
func (b *tab) presses(selector string) {
	b.t.Helper()
	b.send(`setTimeout(()=>document.querySelector(` + quote(selector) + `).click(),0),true`)
}

// adsOn returns what a page as it is has of ads and offers.
func (b *tab) adsOn() int {
	b.t.Helper()
	return eval[int](b, `document.querySelectorAll("[data-ad],[data-offer]").length`)
}

// adsAt waits until the tab shows a page with ads: that of an address.
func (b *tab) adsAt(path string) {
	b.t.Helper()
	b.until("ads at "+path, `location.pathname===`+quote(path)+`&&document.querySelectorAll("[data-ad]").length>0`)
}

// own is what a reader has bought.
func (k *kiosk) own(email string) member.Trade {
	k.T.Helper()
	f, err := k.DB.Member(k.T.Context(), member.Pick{Email: email})
	k.ok(err)
	t, err := k.Sales.Own(k.T.Context(), f.Record.ID)
	k.ok(err)
	return t
}

// pays goes from the page on which it stands through the gateway, and back to the
// page of the purchase; it returns its code. The gateway tells nothing meanwhile.
func (k *kiosk) pays(b *tab) (code string) {
	b.t.Helper()
	code, there := strings.CutPrefix(b.at(), member.PurchasePath)
	if !there {
		b.t.Fatalf("a purchase begins at %s: %s", b.at(), b.words("main"))
	}
	k.Clock.Set(k.Clock.Now().Add(10 * time.Second))
	b.click(".acts a.main")
	if got := eval[string](b, "location.origin"); got != k.till.URL {
		b.t.Fatalf("it is paid at %s", got)
	}
	b.presses("button")
	if got := b.at(); got != member.PurchasePath+code+"?back=1" {
		b.t.Fatalf("after paying the reader is at %s: %s", got, b.words("main"))
	}
	b.calm(k.till.URL)
	return code
}

// traces are words by which a page, a request or something that is stored shows that
// there are ads: those of the markup, and addresses of pictures of the ads that the
// page shows now.
func (b *tab) traces() []string {
	b.t.Helper()
	return append(eval[[]string](b, `[...document.querySelectorAll(".ad img,.ad source")].flatMap(e=>(e.srcset||e.src).split(/[ ,]+/)).filter(u=>u.includes("/media/")).map(u=>new URL(u,location).pathname)`),
		"data-ad", "data-offer", "data-mark", "/ads/", "/assets/ads-", `class="ad`, offerText, "Gabung Kabar Plus", "Karung beras", "Beras baru panen", "Toko Beras")
}

// unsold fails the test if anything that a tab shows, asks for or stores on some
// pages has a trace of an ad or an offer.
func (k *kiosk) unsold(b *tab, traces []string) {
	b.t.Helper()
	b.mu.Lock()
	b.requests = map[network.RequestID]string{}
	b.mu.Unlock()
	found := func(where, text string) {
		for _, trace := range traces {
			if i := strings.Index(text, trace); i >= 0 {
				b.t.Errorf("%s has %q: …%s…", where, trace, text[max(0, i-60):min(len(text), i+80)])
			}
		}
	}
	for _, path := range []string{"/", k.first, k.second, "/nasional", "/latest", "/search?q=warga"} {
		b.open(path, 200)
		b.until("the page "+path, `location.pathname+location.search===`+quote(path)+`&&document.readyState==="complete"`)
		b.walk()
		b.still()
		found("the page "+path, eval[string](b, `document.documentElement.outerHTML`))
		found("the answer for "+path, eval[string](b, `fetch(location.href).then(r=>r.text())`))
		b.stored("session invited")
	}
	found("the storage", eval[string](b, `JSON.stringify([Object.entries(localStorage),Object.entries(sessionStorage),document.cookie])`))
	for _, key := range eval[[]string](b, `[...Object.keys(localStorage),...Object.keys(sessionStorage)]`) {
		if strings.HasPrefix(key, "ad-") || strings.HasPrefix(key, "offer") {
			b.t.Errorf("the browser keeps %q", key)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) < 6 {
		b.t.Errorf("%d requests were seen", len(b.requests))
	}
	for _, u := range b.requests {
		found("the request", u)
	}
}

// TestAReaderPaysForPagesWithoutAds is the way of an anonymous reader to pages
// without ads by card, and what becomes of it: he ends it, it ends, he buys again, and
// the bank takes that back. A second reader comes by QRIS.
func TestAReaderPaysForPagesWithoutAds(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			k := newKiosk(t, engine.postgres)
			const rani, budi = "rani@pembaca.example", "budi@pembaca.example"
			k.Reader(rani, "Rani Setya")
			k.Reader(budi, "Budi Santoso")
			b := k.human(t, 360)
			look := b.glances
			if engine.postgres {
				look = func(string) {} // the same pages
			}

			// What everybody meets.
			b.open(k.first, 200)
			b.walk()
			if got := eval[int](b, `[...document.querySelectorAll(".offer")].filter(o=>o.checkVisibility()).length`); got != 1 {
				t.Errorf("%d offers on one page", got)
			}
			if got := eval[string](b, `[...document.querySelectorAll(".ad")].map(a=>a.dataset.ad+":"+a.querySelector("p").firstChild.data.trim()).join(" ")`); got != "top:Iklan inline:Iklan inline:Iklan list:Iklan sticky:Iklan" {
				t.Errorf("ads and labels: %s", got)
			}
			traces := b.traces()
			if len(traces) < 14 {
				t.Fatalf("the pictures of ads are %q", traces)
			}
			b.closesTheFoot()
			b.open(k.second, 200)
			if !eval[bool](b, atFoot+".hidden") {
				t.Error("on the next page the ad is there again")
			}

			// Buying.
			b.click(".offer a")
			if got := b.at(); got != "/member" {
				t.Fatalf("the offer leads to %s", got)
			}
			look("pay-member")
			b.presses(`#plan-1 button[value="stripe"]`)
			look("pay-sign-in")
			b.fill("main form", "email", rani, "password", testkit.Password)
			if got := b.at(); got != "/member?plan=1" {
				t.Fatalf("signed in, the reader is at %s", got)
			}
			look("pay-member-chosen")
			b.presses(`#plan-1 button[value="stripe"]`)
			look("pay-order")
			code := k.pays(b)
			if got := b.words("main"); !strings.Contains(got, "Aktif; diperpanjang sendiri") {
				t.Fatalf("after paying: %s", got)
			}
			look("pay-order-paid")
			b.click(".acts a.main")
			if b.adsOn() > 0 {
				t.Error("the very next page has ads")
			}
			k.unsold(b, traces)
			k.till.Deliver()
			b.quiet()

			// The second one, by QRIS.
			q := k.human(t, 360)
			q.open(k.first, 200)
			q.adsAt(k.first)
			q.click(".offer a")
			q.presses(`#plan-3 button[value="midtrans"]`)
			q.fill("main form", "email", budi, "password", testkit.Password)
			q.presses(`#plan-1 button[value="midtrans"]`)
			k.pays(q)
			q.click(".acts a.main")
			if q.adsOn() > 0 {
				t.Error("after QRIS the very next page has ads")
			}
			k.unsold(q, traces)
			k.till.Deliver()
			q.quiet()

			// He ends it, and has what he paid for.
			b.click("header .me")
			b.click(`a[href="/account/membership"]`)
			look("pay-membership")
			b.click(`a[href^="/account/membership/invoice/"]`)
			look("pay-invoice")
			b.click(`.acts a[href="/account/membership"]`)
			b.presses(`form[action="/account/membership/cancel"] button`)
			if got := b.words(".done"); !strings.Contains(got, "tetap berlaku sampai") {
				t.Errorf("cancelled: %q", got)
			}
			look("pay-membership-canceled")
			k.till.Deliver()
			end := k.own(rani).Purchases[0].Until
			k.Clock.Set(end.Add(-time.Minute))
			k.unsold(b, traces)
			k.Clock.Set(end)
			b.open(k.first, 200)
			b.adsAt(k.first)
			b.open("/account/membership", 200)
			if got := b.words("main"); !strings.Contains(got, "Sudah berakhir") {
				t.Errorf("it is over: %s", got)
			}
			look("pay-membership-lapsed")

			// He buys again, and the bank takes it back.
			b.click(`.acts a[href="/member"]`)
			b.presses(`#plan-1 button[value="stripe"]`)
			if again := k.pays(b); again == code {
				t.Error("it is the same purchase")
			} else {
				code = again
			}
			b.click(".acts a.main")
			k.unsold(b, traces)
			k.till.Take()
			k.till.Dispute(code, 4_900_000)
			k.till.Deliver()
			eventually(t, "ads, after the bank took the money back", func() bool {
				b.open(k.second, 200)
				return b.adsOn() > 0
			})
			b.open("/account/membership", 200)
			if got := b.words("main"); !strings.Contains(got, "Ditarik kembali oleh bank") {
				t.Errorf("after the charge-back: %s", got)
			}
			look("pay-membership-revoked")
			b.quiet()
			if !engine.postgres {
				k.desk(t, rani)
			}
		})
	}
}

// desk looks at the pages of those who look after members.
func (k *kiosk) desk(t *testing.T, email string) {
	t.Helper()
	k.Clock.Set(k.Clock.Now().Add(time.Hour))
	reader := k.own(email).MemberID
	b := signed(t, k.Staffer(account.Commercial), 1280)
	k.Reader("cici@pembaca.example", "Cici Paramida")
	third := k.own("cici@pembaca.example")
	_, err := k.Sales.Buy(t.Context(), *third.Member, 2, pay.ManualName)
	k.ok(err)
	at := "/newsroom/members/readers/" + strconv.FormatInt(reader, 10)
	b.open(at, 200)
	b.glances("room-members-reader")
	b.size(1280)
	// More than one may give alone: a second person is asked.
	b.fill(`form[action$="/comp"]`, "plan", "2", "count", "2", "reason", "Pemenang kuis pembaca")
	b.sees("orang kedua")
	b.open("/newsroom/members", 200)
	if n := eval[int](b, `document.querySelectorAll("tbody tr").length`); n != 3 {
		t.Errorf("the desk lists %d readers", n)
	}
	b.fill(`form[role="search"]`, "q", "paramida")
	if got := b.words("tbody"); !strings.Contains(got, "cici@pembaca.example") || strings.Contains(got, "rani@") {
		t.Errorf("by name the desk finds %q", got)
	}
	for name, path := range map[string]string{"list": "", "plans": "/plans", "plan": "/plans/1", "transfers": "/transfers", "requests": "/requests", "events": "/events", "books": "/books"} {
		b.open("/newsroom/members"+path, 200)
		b.glances("room-members-" + name)
	}
	b.quiet()
}
