package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// writes notes whatever a page stores in the browser.
const writes = `
window.__writes=[];
{const s=Storage.prototype.setItem;Storage.prototype.setItem=function(k,v){window.__writes.push((this===localStorage?"local ":"session ")+k);return s.call(this,k,v)};
const d=Object.getOwnPropertyDescriptor(Document.prototype,"cookie");Object.defineProperty(document,"cookie",{get(){return d.get.call(document)},set(v){window.__writes.push("cookie "+v);d.set.call(document,v)}});
const o=indexedDB.open.bind(indexedDB);indexedDB.open=(...a)=>{window.__writes.push("indexeddb "+a[0]);return o(...a)};}`

// fair is a site on which places are sold.
type fair struct {
	*testkit.Site
	order ads.Order
	n     uint8
	runs  time.Duration // of a flight, from now on
}

func newFair(t *testing.T, postgres bool) *fair {
	t.Helper()
	return newFairOn(t, testkit.Options{Postgres: postgres, Settings: settings("id")})
}

func newFairOn(t *testing.T, o testkit.Options) *fair {
	t.Helper()
	f := &fair{Site: testkit.New(t, o), runs: 200 * time.Hour}
	set := ads.DefaultSettings()
	set.On, set.MaxBytes, set.Rotate = ads.Placements, 100_000, 600
	f.ok(f.AdSales.SaveSettings(t.Context(), testkit.Actor, set))
	a, err := f.AdSales.SaveAdvertiser(t.Context(), testkit.Actor, ads.Advertiser{Name: "Toko Beras Makmur"})
	f.ok(err)
	f.order, err = f.AdSales.SaveOrder(t.Context(), testkit.Actor, ads.Order{AdvertiserID: a.ID, Name: "Panen 2026"})
	f.ok(err)
	return f
}

func (f *fair) ok(err error) {
	f.T.Helper()
	if err != nil {
		f.T.Fatal(err)
	}
}

// banner draws a picture of a size.
func (f *fair) banner(w, h int) []byte {
	f.T.Helper()
	f.n++
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{30 + 20*f.n, 90, 140 - 10*f.n, 255}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(w/8, h/4, w/2, 3*h/4), image.NewUniform(color.White), image.Point{}, draw.Src)
	var b bytes.Buffer
	f.ok(png.Encode(&b, img))
	return b.Bytes()
}

// sells books one line item with one creative.
func (f *fair) sells(kind ads.Kind, is ads.Content, p ads.Placement, limit ads.Cap) ads.Item {
	f.T.Helper()
	now := f.Clock.Now()
	i, err := f.AdSales.SaveItem(f.T.Context(), testkit.Actor, ads.Item{OrderID: f.order.ID, Name: "Item " + string(p), Starts: now.Add(-time.Hour), Ends: now.Add(f.runs), Priority: 5,
		Terms: ads.Terms{Kind: kind, Weight: 1, Cap: limit, Price: ads.Price{Model: ads.CPM, Amount: 25_000, Currency: "IDR"}}})
	f.ok(err)
	is.Link = "https://toko.example/"
	c := ads.Creative{ItemID: i.ID, Placement: p, Is: is}
	if is.Kind == ads.Pictures {
		for id, size := range map[*int64]ads.Size{&c.Narrow: p.Box().Narrow, &c.Wide: p.Box().Wide} {
			if size.W == 0 {
				continue
			}
			pic, _, err := f.Library.Add(f.T.Context(), "test", bytes.NewReader(f.banner(size.W, size.H)), media.Details{Name: "iklan.png", Credit: "Pengiklan"})
			f.ok(err)
			*id = pic.ID
		}
	}
	_, err = f.AdSales.SaveCreative(f.T.Context(), testkit.Actor, c)
	f.ok(err)
	rc, err := f.AdSales.SetItem(f.T.Context(), testkit.Actor, i.ID, ads.On)
	f.ok(err)
	f.Settle(rc.Seq)
	return i
}

func (f *fair) tells(headline string) string {
	var text []string
	for i := range 24 {
		text = append(text, fmt.Sprintf("Paragraf ke-%d menceritakan bagaimana warga di lereng timur menunggu kabar dari kota sejak pagi hingga sore hari, lalu pulang membawa beras dan minyak untuk keluarga mereka masing-masing.", i+1))
	}
	return f.Path(f.Publish(news.Content{Headline: headline, Standfirst: "Hujan reda menjelang sore.", Body: f.Body(text...)}))
}

// human is a tab of somebody who is no program, and whose browser says what is
// stored in it.
func (f *fair) human(t *testing.T, width int64) *tab {
	t.Helper()
	return newTab(t, f.Site).human(width)
}

// human makes the tab one of a phone's browser whose writes to its storage are seen.
func (b *tab) human(width int64) *tab {
	b.t.Helper()
	call(b, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"})
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: writes})
	b.size(width)
	return b
}

// stored holds what the page has stored to what is strictly necessary.
func (b *tab) stored(allowed ...string) {
	b.t.Helper()
	for _, w := range eval[[]string](b, "window.__writes") {
		if !slices.ContainsFunc(allowed, func(a string) bool { return strings.HasPrefix(w, a) }) {
			b.t.Errorf("the page stores %q", w)
		}
	}
}

// asked holds what was asked of the server to what a page is made of.
func (b *tab) asked(allowed ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range b.requests {
		path := strings.TrimPrefix(u, b.site)
		if !slices.ContainsFunc(allowed, func(a string) bool { return strings.HasPrefix(path, a) }) {
			b.t.Errorf("the page asks for %q", u)
		}
	}
}

// TestAReaderMeetsAdsThatBehave is an anonymous reader's way through pages with ads
// and an offer, and what his browser does meanwhile.
func TestAReaderMeetsAdsThatBehave(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			f := newFair(t, engine.postgres)
			picture := ads.Content{Kind: ads.Pictures, Alt: "Karung beras di pasar"}
			top := f.sells(ads.Direct, picture, ads.Top, ads.Cap{})
			f.sells(ads.Direct, picture, ads.Inline, ads.Cap{})
			f.sells(ads.Direct, picture, ads.Sticky, ads.Cap{})
			f.sells(ads.Direct, ads.Content{Kind: ads.HTML, HTML: `<style>a{display:block;height:600px;background:#264;color:#fff;font:700 32px/600px sans-serif;text-align:center}</style><a href="{click}">Panen</a>`}, ads.Side, ads.Cap{})
			f.sells(ads.House, ads.Content{Kind: ads.Native, Headline: "Ikuti buletin kami", Text: "Setiap pagi."}, ads.List, ads.Cap{})
			f.sells(ads.Direct, ads.Content{Kind: ads.Native, Headline: "Beras baru panen", Text: "Langsung dari sawah.", Sponsor: "Toko Beras Makmur"}, ads.List, ads.Cap{N: 1, Hours: 24})
			for _, place := range []ads.OfferPlace{ads.OfferTop, ads.OfferEnd} {
				_, err := f.AdSales.SaveOffer(t.Context(), testkit.Actor, ads.Offer{Name: string(place), State: ads.On, Place: place, Starts: f.Clock.Now().Add(-time.Hour), Ends: f.Clock.Now().Add(99 * time.Hour),
					Is: ads.OfferText{Text: "Baca berita tanpa iklan.", Button: "Gabung {name} Plus", Audience: ads.Anonymous, PerSession: 9}})
				f.ok(err)
			}
			first, second := f.tells("Warga menunggu kabar dari kota"), f.tells("Beras tiba di lereng timur")
			b := f.human(t, 360)
			b.open(first, 200)
			b.walk()
			b.still()
			b.quiet()
			b.stored("session invited", "session offer")
			b.asked(first, "/assets/", "/media/", "/ads/frame/", "/ads/seen")
			if got := eval[int](b, `[...document.querySelectorAll(".offer")].filter(o=>o.checkVisibility()).length`); got != 1 {
				t.Errorf("%d offers on one page", got)
			}
			if got := eval[string](b, `[...document.querySelectorAll(".ad")].map(a=>a.dataset.ad+":"+a.querySelector("p").firstChild.data.trim()).join(" ")`); got != "top:Iklan side:Iklan inline:Iklan inline:Iklan list:Dari Kabar Nusantara sticky:Iklan" {
				t.Errorf("ads and labels: %s", got)
			}
			if got := eval[bool](b, `document.querySelector(".ad.list").innerText.includes("Ikuti buletin")`); !got {
				t.Error("without consent the ad with a cap is shown")
			}
			b.reads("ads-story")
			b.calm("postMessage") // axe talks to frames, and a sandboxed one does not listen
			b.size(1280)
			b.open(first, 200)
			b.walk()
			b.still()
			b.quiet()
			b.size(360)
			b.open(first, 200)
			// What was really seen is counted.
			eventually(t, "an impression of the top", func() bool {
				f.ok(f.AdCount.Flush(t.Context()))
				bk, err := f.DB.Booking(t.Context(), f.order.ID)
				f.ok(err)
				i, err := bk.Item(top.ID)
				f.ok(err)
				return i.Seen > 0
			})
			eval[bool](b, `(document.querySelector(".offer button").click(),true)`)
			b.open(first, 200)
			b.walk()
			b.still()
			if got := eval[int](b, `[...document.querySelectorAll(".offer")].filter(o=>o.checkVisibility()).length`); got != 0 {
				t.Errorf("%d offers after it was closed", got)
			}
			if !eval[bool](b, `document.querySelector(".ad.sticky").hidden`) {
				t.Error("an ad stands at the foot of the window while the reader is asked")
			}
			b.stored("session invited", "session offer")
			// With consent the capped ad comes, once.
			eval[bool](b, `(document.querySelector("[data-choice] button").click(),true)`)
			b.until("the ad with a cap", `document.querySelector(".ad.list").innerText.includes("Beras baru panen")`)
			if got := eval[string](b, `(s=>s.ariaLabel+" "+s.querySelector("p").innerText)(document.querySelector(".ad.list"))`); got != "Iklan Iklan" {
				t.Errorf("the ad that took the place of the outlet's own is labelled %q", got)
			}
			eval[bool](b, `(document.querySelector(".ad.list").scrollIntoView({block:"center"}),true)`)
			b.until("it to be remembered", `Object.keys(localStorage).some(k=>k.startsWith("ad-"))`)
			// The sticky one is closed by keyboard, and stays closed.
			b.closesTheFoot()
			b.open(second, 200)
			if !eval[bool](b, atFoot+".hidden") {
				t.Error("on the next page the ad is there again")
			}
			if eval[bool](b, `document.querySelector(".ad.list").innerText.includes("Beras baru panen")`) {
				t.Error("the ad is shown more often than its cap says")
			}
			if eval[bool](b, `!!document.querySelector("[data-choice]")`) {
				t.Error("the reader is asked again")
			}
			b.open("/consent", 200)
			b.reads("consent")
			b.send(`setTimeout(()=>document.forms[document.forms.length-1].querySelector("button").click(),0),true`)
			if got := eval[string](b, `document.cookie`); !strings.Contains(got, "__Host-warta-consent=none") {
				t.Errorf("after the consent was withdrawn: %q", got)
			}
			b.quiet()
			b.open("/", 200)
			b.walk()
			b.still()
			b.reads("ads-front")
			b.calm("postMessage")
			b.quiet()
		})
	}
}

// atFoot is the ad at the foot of the window.
const atFoot = `document.querySelector(".ad.sticky")`

// closesTheFoot goes to the button of the ad at the foot of the window by keyboard,
// and closes it.
func (b *tab) closesTheFoot() {
	b.t.Helper()
	for n := 0; !eval[bool](b, `document.activeElement.matches(".ad.sticky button")`); n++ {
		if n > 200 {
			b.t.Fatal("no key leads to the button that closes the ad")
		}
		b.press("Tab", 0)
	}
	if got := eval[[]float64](b, `(r=>[r.width,r.height])(document.activeElement.getBoundingClientRect())`); got[0] < 24 || got[1] < 24 {
		b.t.Errorf("the button is %v pixels", got)
	}
	if got := eval[string](b, `document.activeElement.innerText`); got != "Tutup iklan" {
		b.t.Errorf("the button says %q", got)
	}
	b.press("Enter", 0)
	b.until("the ad to be closed", atFoot+".hidden")
	b.until("it to be remembered", `sessionStorage["ad-closed"]==="1"`)
}

// calm forgets trouble that a step was meant to cause.
func (b *tab) calm(words string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = slices.DeleteFunc(b.trouble, func(s string) bool { return strings.Contains(s, words) })
}

// gives puts a file into a field.
func (b *tab) gives(selector, path string) {
	b.t.Helper()
	b.do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}, chromedp.NodeReady))
}

// TestASaleFromOrderToReport is the way of a seller through the desk, with files
// that cannot be taken on the way.
func TestASaleFromOrderToReport(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			f := newFair(t, engine.postgres)
			path := f.tells("Warga menunggu kabar dari kota")
			dir := t.TempDir()
			file := func(name string, content []byte) string {
				at := filepath.Join(dir, name)
				f.ok(os.WriteFile(at, content, 0o644))
				return at
			}
			narrow, wide := file("ponsel.png", f.banner(640, 200)), file("layar.png", f.banner(728, 90))
			heavy := file("besar.png", append(f.banner(640, 200), make([]byte, 20_000_000)...))
			frames := &gif.GIF{}
			for range 3 {
				frames.Image, frames.Delay = append(frames.Image, image.NewPaletted(image.Rect(0, 0, 640, 200), palette.Plan9)), append(frames.Delay, 10)
			}
			var moving bytes.Buffer
			f.ok(gif.EncodeAll(&moving, frames))
			animated := file("gerak.gif", moving.Bytes())

			b := signed(t, f.Staffer(account.Commercial), 1280)
			b.open("/newsroom/ads/advertisers/new", 200)
			b.fill("main form.narrow", "name", "Kopi Gunung", "contact", "Ibu Sari, 0812-0000")
			b.open("/newsroom/ads/orders/new", 200)
			eval[bool](b, `(e=>{e.value=[...e.options].find(o=>o.text==="Kopi Gunung").value;return true})(document.querySelector("#advertiser"))`)
			b.fill("main form.narrow", "name", "Kopi pagi")
			b.sees("Kopi pagi")
			b.send(`setTimeout(()=>document.querySelector("a[href*='/items/new']").click(),0),true`)
			local := func(at time.Time) string { return at.In(time.FixedZone("WIB", 7*3600)).Format("2006-01-02T15:04") }
			b.fill("main form.narrow", "name", "Atas", "goal", "1000", "amount", "25.000", "starts", local(f.Clock.Now().Add(-48*time.Hour)), "ends", local(f.Clock.Now().Add(240*time.Hour)))
			b.sees("Atas")
			item := b.at()
			// Without a creative it cannot be booked, and the page says so.
			b.send(`setTimeout(()=>document.querySelector("button[value=on]").click(),0),true`)
			b.sees("Belum ada materi yang aktif")
			b.open(strings.Split(item, "?")[0], 200)
			b.looks("ads-item")
			b.size(1280)
			b.send(`setTimeout(()=>document.querySelector("a[href*='/creatives/new']").click(),0),true`)
			creative := func(first string) {
				t.Helper()
				b.gives("#narrow", first)
				b.gives("#wide", wide)
				eval[bool](b, `(document.querySelector("#placement").value="top",true)`)
				b.fill("main form.narrow", "link", "https://kopi.example/pagi", "alt", "Secangkir kopi")
			}
			creative(heavy)
			b.sees("Berkas terlalu besar. Paling besar 5 MB.")
			if got := eval[string](b, `document.querySelector("#link").value`); got != "https://kopi.example/pagi" {
				t.Errorf("the link that was typed is now %q", got)
			}
			creative(animated)
			b.sees("Gambar ini bergerak")
			creative(wide)
			b.sees("tempatnya 320 × 100")
			creative(narrow)
			b.sees("Tersimpan.")
			b.calm("422") // what could not be taken
			b.looks("ads-creative")
			b.size(1280)
			b.open(strings.Split(item, "?")[0], 200)
			b.sees("1.000 tayangan dalam 12 hari: 84 sehari bila merata. Di tempatnya belum ada tayangan yang terhitung")
			b.looks("ads-item-plan")
			b.size(1280)
			b.send(`setTimeout(()=>document.querySelector("button[value=on]").click(),0),true`)
			b.sees("Sudah aktif.")
			if eval[bool](b, `document.body.innerText.includes("bila merata")`) {
				t.Error("what is booked is still planned")
			}
			b.looks("ads-item-on")
			b.quiet()

			r := f.human(t, 360)
			r.open(path, 200)
			r.until("the ad", `!!document.querySelector(".ad.top img")`)
			eventually(t, "an impression", func() bool {
				f.ok(f.AdCount.Flush(t.Context()))
				list, err := f.DB.AdOrders(t.Context(), ads.OrderFilter{Limit: 1})
				f.ok(err)
				return list[0].Items[0].Seen > 0
			})
			r.still()
			r.quiet()

			b.size(1280)
			b.open("/newsroom/ads", 200)
			b.looks("ads-orders")
			b.size(1280)
			b.send(`setTimeout(()=>[...document.querySelectorAll("main a")].find(a=>a.innerText==="Kopi pagi").click(),0),true`)
			b.looks("ads-order")
			b.send(`setTimeout(()=>document.querySelector("form[action$='/link'] button").click(),0),true`)
			b.sees("Salin tautan ini")
			link := eval[string](b, `document.querySelector("input[readonly]").value`)
			r.open(strings.TrimPrefix(link, f.URL), 200)
			r.reads("ads-report")
			if got := r.words("h1"); got != "Kopi pagi" {
				t.Errorf("the report is called %q", got)
			}
			// The link counts for 30 days, and no longer.
			f.Clock.Set(f.Clock.Now().Add(31 * 24 * time.Hour))
			r.open(strings.TrimPrefix(link, f.URL), 404)
			f.Clock.Set(f.Clock.Now().Add(-31 * 24 * time.Hour))
			r.open(strings.TrimPrefix(link, f.URL), 200)
			b.presses("form[action$='/link'] button[name=end]")
			b.sees("Semua tautan laporan yang lama tidak berlaku lagi.")
			r.open(strings.TrimPrefix(link, f.URL), 404)
			r.quiet()
			for name, path := range map[string]string{"offers": "/newsroom/ads/offers", "offer": "/newsroom/ads/offers/new", "places": "/newsroom/ads/places", "advertisers": "/newsroom/ads/advertisers"} {
				b.open(path, 200)
				b.looks("ads-" + name)
			}
			b.quiet()
		})
	}
}
