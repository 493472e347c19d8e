package crash_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/app"
	"warta/internal/testkit/pg"
)

// TestCountsOfAdsSurviveAKill lets readers see an ad for as long as one roll-up takes
// and a little more, and kills the server. What is counted afterwards is never more
// than what was seen, and lacks at most what was seen within the last roll-up.
func TestCountsOfAdsSurviveAKill(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this builds the program and kills it")
	}
	binary := build(t)
	t.Run("on SQLite", func(t *testing.T) {
		t.Parallel()
		watchAds(t, newWarta(t, binary, ""))
	})
	t.Run("on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		watchAds(t, newWarta(t, binary, pg.Database(t)))
	})
}

// lateBy is how much later than promised a busy machine may write.
const lateBy = 2 * time.Second

func watchAds(t *testing.T, w *warta) {
	w.more = []string{"--trusted-proxies", "127.0.0.0/8,::1"} // readers come from many networks
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	open := func() *app.Core {
		cfg := app.Config{Data: w.data, Database: w.database, Listen: fmt.Sprintf("127.0.0.1:%d", w.port), BaseURL: w.url(), Log: "text"}
		core, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), nil)
		ok(err)
		return core
	}
	core, who := open(), account.System("crash")
	core.AdSales.SetLinks(nil)
	set := ads.DefaultSettings()
	set.On = []ads.Placement{ads.List}
	ok(core.AdSales.SaveSettings(t.Context(), who, set))
	a, err := core.AdSales.SaveAdvertiser(t.Context(), who, ads.Advertiser{Name: "Toko Beras"})
	ok(err)
	o, err := core.AdSales.SaveOrder(t.Context(), who, ads.Order{AdvertiserID: a.ID, Name: "Panen"})
	ok(err)
	i, err := core.AdSales.SaveItem(t.Context(), who, ads.Item{OrderID: o.ID, Name: "Kartu", Starts: time.Now().Add(-time.Hour), Ends: time.Now().Add(time.Hour), Priority: 5,
		Terms: ads.Terms{Weight: 1, Price: ads.Price{Currency: "IDR"}}})
	ok(err)
	c, err := core.AdSales.SaveCreative(t.Context(), who, ads.Creative{ItemID: i.ID, Placement: ads.List, Is: ads.Content{Kind: ads.Native, Headline: "Beras", Sponsor: "Toko", Link: "https://toko.example/"}})
	ok(err)
	key, err := core.DB.Secret(t.Context(), "ads")
	ok(err)
	ok(core.Close())
	mark := ads.NewSigner(key).Sign(ads.Mark{Item: i.ID, Creative: c.ID, Placement: ads.List, Until: time.Now().Add(time.Hour)})

	w.start()
	var seen []time.Time // when each was acknowledged
	for began := time.Now(); time.Since(began) < ads.RollUp+lateBy; time.Sleep(10 * time.Millisecond) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url()+"/ads/seen", strings.NewReader(mark))
		ok(err)
		req.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile Safari/537.36")
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", len(seen)/250%250, len(seen)%250))
		res, err := http.DefaultClient.Do(req)
		ok(err)
		res.Body.Close()
		seen = append(seen, time.Now())
	}
	killed := time.Now()
	w.kill()
	core = open()
	defer func() { ok(core.Close()) }()
	b, err := core.DB.Booking(t.Context(), o.ID)
	ok(err)
	least := int64(0)
	for _, at := range seen {
		if killed.Sub(at) > ads.RollUp+lateBy/2 {
			least++
		}
	}
	got := b.Items[0].Seen
	t.Logf("%d seen, %d of them longer ago than a roll-up, %d counted", len(seen), least, got)
	if got < least || got == 0 || got > int64(len(seen)) {
		t.Errorf("%d are counted of %d, of which %d were seen longer ago than a roll-up", got, len(seen), least)
	}
	counts, err := core.DB.AdCounts(t.Context(), []int64{i.ID}, time.Now().Add(-48*time.Hour), time.Now().Add(time.Hour))
	ok(err)
	var sum int64
	for _, x := range counts {
		sum += x.Seen
	}
	if sum != got {
		t.Errorf("the hours hold %d, the line item %d", sum, got)
	}
}
