package edition_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/ads"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/testkit"
)

// desk sells on a site of its own.
type salesDesk struct {
	*testkit.Site
	order ads.Order
	n     int
}

// newSalesDesk opens all places for ads.
func newSalesDesk(t *testing.T) *salesDesk {
	t.Helper()
	d := &salesDesk{Site: testkit.New(t, testkit.Options{Unproved: true})}
	set := ads.DefaultSettings()
	set.On, set.MaxBytes = ads.Placements, 100_000
	d.ok(d.AdSales.SaveSettings(t.Context(), testkit.Actor, set))
	a, err := d.AdSales.SaveAdvertiser(t.Context(), testkit.Actor, ads.Advertiser{Name: "Toko Beras Makmur"})
	d.ok(err)
	d.order, err = d.AdSales.SaveOrder(t.Context(), testkit.Actor, ads.Order{AdvertiserID: a.ID, Name: "Panen 2026"})
	d.ok(err)
	return d
}

func (d *salesDesk) ok(err error) {
	d.T.Helper()
	if err != nil {
		d.T.Fatal(err)
	}
}

// image brings a picture of one colour into the library.
func (d *salesDesk) image(w, h int) int64 {
	d.T.Helper()
	d.n++
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(40*d.n + i%4)
	}
	img.Set(0, 0, color.Black)
	var b bytes.Buffer
	d.ok(png.Encode(&b, img))
	p, _, err := d.Library.Add(d.T.Context(), "test", &b, media.Details{Name: fmt.Sprintf("iklan-%d.png", d.n), Credit: "Pengiklan"})
	d.ok(err)
	return p.ID
}

// item books a line item with a picture in a place, and waits until pages know.
func (d *salesDesk) item(p ads.Placement, change func(*ads.Item)) (ads.Item, ads.Creative) {
	d.T.Helper()
	now := d.Clock.Now()
	i := ads.Item{OrderID: d.order.ID, Name: "Item " + string(p), Starts: now.Add(-time.Hour), Ends: now.Add(48 * time.Hour), Priority: 5,
		Terms: ads.Terms{Weight: 1, Price: ads.Price{Model: ads.CPM, Amount: 25_000, Currency: "IDR"}}}
	if change != nil {
		change(&i)
	}
	i, err := d.AdSales.SaveItem(d.T.Context(), testkit.Actor, i)
	d.ok(err)
	c := ads.Creative{ItemID: i.ID, Placement: p, Is: ads.Content{Kind: ads.Pictures, Alt: "Karung beras di pasar", Link: "https://toko.example/promo"}}
	if b := p.Box(); b.Narrow.W != 0 {
		c.Narrow = d.image(b.Narrow.W*2, b.Narrow.H*2)
	}
	c.Wide = d.image(p.Box().Wide.W, p.Box().Wide.H)
	c, err = d.AdSales.SaveCreative(d.T.Context(), testkit.Actor, c)
	d.ok(err)
	d.set(i.ID, ads.On)
	return i, c
}

func (d *salesDesk) set(item int64, to ads.State) {
	d.T.Helper()
	rc, err := d.AdSales.SetItem(d.T.Context(), testkit.Actor, item, to)
	d.ok(err)
	d.Settle(rc.Seq)
}

// page returns the page of a class.
func (d *salesDesk) page(path string, class page.Class) string {
	d.T.Helper()
	r, err := d.Engine.Get(d.T.Context(), path, class)
	d.ok(err)
	var b bytes.Buffer
	_, err = r.WriteBody(&b, page.Identity)
	d.ok(err)
	return b.String()
}

// long is a text with room for ads.
func (d *salesDesk) long() news.Content {
	var text []string
	for i := range 30 {
		text = append(text, fmt.Sprintf("Paragraf ke-%d menceritakan bagaimana warga di lereng timur menunggu kabar dari kota sejak pagi hingga sore hari, "+
			"lalu pulang membawa beras dan minyak untuk keluarga mereka masing-masing.", i+1))
	}
	return news.Content{Headline: "Warga Menunggu Kabar", Body: d.Body(text...)}
}

func TestAnAdStandsOnPagesAndLeavesNoTraceForMembers(t *testing.T) {
	t.Parallel()
	d := newSalesDesk(t)
	bare := d.page(d.Path(d.Publish(d.long())), 0)
	if strings.Contains(bare, `class="ad `) {
		t.Fatal("there is an ad before one is booked")
	}
	story := d.Publish(d.long())
	path := d.Path(story)
	var items []ads.Item
	for _, p := range ads.Placements {
		if p == ads.List {
			continue
		}
		i, _ := d.item(p, nil)
		items = append(items, i)
	}
	for _, class := range []page.Class{0, page.Registered, page.MembersText} {
		body := d.page(path, class)
		for _, p := range []string{"top", "inline", "side", "sticky"} {
			if n := strings.Count(body, `class="ad `+p+`"`); n != map[string]int{"top": 1, "inline": 2, "side": 1, "sticky": 1}[p] {
				t.Errorf("class %d: %d places %s", class, n, p)
			}
		}
		if n, m := strings.Count(body, `<div class="ad `), strings.Count(body, ">Iklan<"); n != m {
			t.Errorf("class %d: %d ads, %d labels", class, n, m)
		}
	}
	for _, class := range []page.Class{page.AdFree, page.AdFree | page.Registered, page.AdFree | page.Registered | page.MembersText} {
		body := strings.ToLower(d.page(path, class))
		for _, trace := range []string{"data-ad", `class="ad `, "/ads/", ">iklan<", "tutup iklan", "ads-", "ads.", ".ad", "data-offer", "toko beras", `rel="sponsored`} {
			if at := strings.Index(body, trace); at >= 0 {
				t.Errorf("class %d: %q stands in the page: …%s…", class, trace, body[max(0, at-60):min(len(body), at+60)])
			}
		}
	}
	// The pictures are public as long as the ad is on, and no longer.
	pic := part(t, d.page(path, 0), `<img src="`, `"`)
	if res := d.Get(pic); res.StatusCode != http.StatusOK {
		t.Errorf("the picture answers %d", res.StatusCode)
	}
	for _, i := range items {
		d.set(i.ID, ads.Paused)
	}
	if body := d.page(path, 0); strings.Contains(body, "data-mark") {
		t.Error("a paused ad stands in the page")
	}
	if res := d.Get(pic); res.StatusCode != http.StatusNotFound {
		t.Errorf("the picture of a paused ad answers %d", res.StatusCode)
	}
	for _, i := range items {
		d.set(i.ID, ads.On)
	}
	d.Clock.Set(d.Clock.Now().Add(49 * time.Hour)) // flights end by the clock
	if body := d.page(path, 0); strings.Contains(body, "data-mark") {
		t.Error("an ad stands in the page after its flight")
	}
}
