package demo

import (
	"bytes"
	"context"
	"image/color"
	"math/rand/v2"
	"slices"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/member"
	"warta/internal/pay"
)

// Trade is what the demo goes through to sell: nothing in it is for real, and
// everything that readers see of it says so.
type Trade struct {
	Plans  *member.Sales
	Ads    *ads.Sales
	Counts ads.CountStore
	Font   []byte // TrueType, for words in the pictures of ads
}

// bank is where nobody should transfer to.
const bank = "Bank Contoh 000-000-0000\na.n. PT Kabar Nusantara Contoh\nNewsroom contoh: jangan mentransfer uang sungguhan."

// plans are what the demo sells. There are no members' stories, so they promise
// pages without ads and no more.
var plans = []member.Plan{
	{Name: "Bulanan", Note: "Contoh paket sebulan.", Period: member.Month, Price: pay.Money{Amount: 25_000, Currency: "IDR"}, Benefits: member.NoAds},
	{Name: "Tahunan", Note: "Contoh paket setahun, seharga sepuluh bulan.", Period: member.Year, Price: pay.Money{Amount: 250_000, Currency: "IDR"}, Benefits: member.NoAds},
	{Name: "Sehari", Note: "Contoh paket sehari.", Period: member.Day, Price: pay.Money{Amount: 3_000, Currency: "IDR"}, Benefits: member.NoAds},
}

// How long the flights of the demo run, and how much of it is over.
const (
	flightPast   = 12 * 24 * time.Hour
	flightWhole  = 30 * 24 * time.Hour
	houseWhole   = 365 * 24 * time.Hour
	coffeeGoal   = 60_000
	umbrellaGoal = 20_000
)

// sell opens what pays for the newsroom: plans, an offer of them, an advertiser whose
// order runs, another one whose order is a draft, and the outlet's own ads.
func (m *maker) sell(ctx context.Context) (err error) {
	if m.d.Trade == nil {
		return nil
	}
	defer fault.Wrap(&err, "sell plans and ads")
	t := m.d.Trade
	if err := m.d.Site.SaveSettings(ctx, actor, map[string]string{"bank_transfer": bank}); err != nil {
		return err
	}
	for i, p := range plans {
		p.Position = i
		if err := t.Plans.SavePlan(ctx, actor, &p); err != nil {
			return err
		}
	}
	set := ads.DefaultSettings()
	set.On, set.InText, set.FirstWords = []ads.Placement{ads.Inline, ads.List, ads.Side}, 1, 90
	if err := t.Ads.SaveSettings(ctx, actor, set); err != nil {
		return err
	}
	for _, run := range []func(context.Context) error{m.offer, m.coffee, m.umbrella, m.house} {
		if err := run(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) offer(ctx context.Context) error {
	_, err := m.d.Trade.Ads.SaveOffer(ctx, actor, ads.Offer{Name: "Tanpa iklan (contoh)", State: ads.On, Place: ads.OfferTop, Starts: m.p.now.Add(-24 * time.Hour),
		Ends: m.p.now.Add(houseWhole), Is: ads.OfferText{Text: "Contoh tawaran: baca berita tanpa iklan.", Button: "Gabung {name}", PerSession: 5}})
	return err
}

// order makes an advertiser with an order and returns its number.
func (m *maker) order(ctx context.Context, who, contact, name string) (int64, error) {
	a, err := m.d.Trade.Ads.SaveAdvertiser(ctx, actor, ads.Advertiser{Name: who, Contact: contact, Note: "Rekaan, dari newsroom contoh."})
	if err != nil {
		return 0, err
	}
	o, err := m.d.Trade.Ads.SaveOrder(ctx, actor, ads.Order{AdvertiserID: a.ID, Name: name})
	return o.ID, err
}

// item makes a line item with one creative, and books it if it is to run.
func (m *maker) item(ctx context.Context, i ads.Item, c ads.Creative, runs bool) (ads.Item, ads.Creative, error) {
	t := m.d.Trade
	i, err := t.Ads.SaveItem(ctx, actor, i)
	if err != nil {
		return i, c, err
	}
	c.ItemID = i.ID
	if c, err = t.Ads.SaveCreative(ctx, actor, c); err != nil || !runs {
		return i, c, err
	}
	_, err = t.Ads.SetItem(ctx, actor, i.ID, ads.On)
	return i, c, err
}

// poster draws a picture for a place, twice as large as it is shown, and brings it in.
func (m *maker) poster(ctx context.Context, name string, room ads.Size, b banner) (int64, error) {
	b.w, b.h = 2*room.W, 2*room.H
	file, err := b.draw(newTexture(newRand(m.p.seed, 0xad)), m.p.seed, m.d.Trade.Font)
	if err != nil {
		return 0, err
	}
	p, _, err := m.d.Library.Add(ctx, actor.String(), bytes.NewReader(file), media.Details{Name: name + ".jpg", Caption: "Iklan contoh.", Credit: "KABAR NUSANTARA/ILUSTRASI",
		Copyright: "Kabar Nusantara", Source: "Kabar Nusantara", Alt: b.scene.alt})
	return p.ID, err
}

// sceneOf returns the scene with a name.
func sceneOf(name string) scene {
	list := scenes()
	return list[slices.IndexFunc(list, func(s scene) bool { return s.name == name })]
}

// coffee is an order that has run for a while: its pace can be looked at.
func (m *maker) coffee(ctx context.Context) error {
	order, err := m.order(ctx, "Kopi Contoh", "Ibu Sari (rekaan), sari@kopi.example", "Panen raya (contoh)")
	if err != nil {
		return err
	}
	b := banner{scene: sceneOf("pegunungan-fajar"), panel: color.RGBA{0x2f, 0x1f, 0x17, 255}, ink: color.RGBA{0xf6, 0xec, 0xdd, 255}, head: "Kopi Contoh", line: "Panen raya dari lereng rekaan"}
	starts, r := m.p.now.Add(-flightPast).Truncate(time.Hour), rand.New(rand.NewPCG(m.p.seed, 0xad5))
	for _, x := range []struct {
		name  string
		place ads.Placement
		goal  int64
		price ads.Price
		daily float64
	}{
		{"Di dalam berita", ads.Inline, coffeeGoal, ads.Price{Model: ads.CPM, Amount: 20_000, Currency: "IDR"}, 1900},
		{"Samping berita", ads.Side, 0, ads.Price{Model: ads.Flat, Amount: 1_500_000, Currency: "IDR"}, 620},
	} {
		box := x.place.Box()
		id, err := m.poster(ctx, "kopi-contoh-"+string(x.place), box.Wide, b)
		if err != nil {
			return err
		}
		c := ads.Creative{Placement: x.place, Wide: id, Is: ads.Content{Kind: ads.Pictures, Name: "Panen raya", Alt: "Kopi Contoh: panen raya dari lereng rekaan", Link: "https://example.org/kopi-contoh"}}
		if box.Narrow != (ads.Size{}) {
			c.Narrow = id
		}
		i, c, err := m.item(ctx, ads.Item{OrderID: order, Name: x.name, Starts: starts, Ends: starts.Add(flightWhole), Goal: x.goal, Priority: 5,
			Terms: ads.Terms{Kind: ads.Direct, Even: x.goal > 0, Weight: 1, Price: x.price}}, c, true)
		if err != nil {
			return err
		}
		if err := m.d.Trade.Counts.AddAdCounts(ctx, m.counted(r, i, c, x.daily)); err != nil {
			return err
		}
	}
	return nil
}

// umbrella is an order that nobody has booked yet: its line item is a plan.
func (m *maker) umbrella(ctx context.Context) error {
	order, err := m.order(ctx, "Payung Contoh", "Pak Darma (rekaan), darma@payung.example", "Musim hujan (contoh)")
	if err != nil {
		return err
	}
	y, mon, d := m.p.now.Date()
	starts := time.Date(y, mon, d+1, 0, 0, 0, 0, m.p.now.Location())
	_, _, err = m.item(ctx, ads.Item{OrderID: order, Name: "Kartu di daftar", Starts: starts, Ends: starts.AddDate(0, 0, 14), Goal: umbrellaGoal, Priority: 5,
		Terms: ads.Terms{Kind: ads.Direct, Even: true, Weight: 1, Price: ads.Price{Model: ads.CPM, Amount: 15_000, Currency: "IDR"}}},
		ads.Creative{Placement: ads.List, Is: ads.Content{Kind: ads.Native, Name: "Musim hujan", Headline: "Payung lipat yang muat di saku", Text: "Barang rekaan.", Sponsor: "Payung Contoh", Link: "https://example.org/payung-contoh"}}, false)
	return err
}

// house is what stands where nothing is sold.
func (m *maker) house(ctx context.Context) error {
	order, err := m.order(ctx, settings["name"], "", "Iklan sendiri (contoh)")
	if err != nil {
		return err
	}
	starts := m.p.now.Add(-flightPast).Truncate(time.Hour)
	i, c, err := m.item(ctx, ads.Item{OrderID: order, Name: "Saluran WhatsApp", Starts: starts, Ends: starts.Add(houseWhole), Priority: 9, Terms: ads.Terms{Kind: ads.House, Weight: 1}},
		ads.Creative{Placement: ads.List, Is: ads.Content{Kind: ads.Native, Name: "Saluran", Headline: "Kabar pagi lewat saluran contoh", Text: "Lima berita sebelum sarapan, gratis.", Link: settings["channel_url"]}}, true)
	if err != nil {
		return err
	}
	return m.d.Trade.Counts.AddAdCounts(ctx, m.counted(rand.New(rand.NewPCG(m.p.seed, 0xad6)), i, c, 2600))
}

// counted makes up what was seen of a creative since its flight began: about so many
// a day, more in the evening than at night, and a click on some.
func (m *maker) counted(r *rand.Rand, i ads.Item, c ads.Creative, daily float64) (list []ads.Count) {
	share := [24]float64{1, 0, 0, 0, 1, 3, 5, 6, 5, 4, 4, 5, 6, 5, 4, 4, 4, 5, 6, 8, 8, 7, 5, 4} // of 100
	for at := i.Starts; at.Before(m.p.now.Add(-time.Hour)); at = at.Add(time.Hour) {
		seen := int64(daily * share[at.In(m.p.now.Location()).Hour()] / 100 * (0.8 + 0.4*r.Float64()))
		if seen == 0 {
			continue
		}
		clicked := int64(0)
		for range seen {
			if r.IntN(240) == 0 {
				clicked++
			}
		}
		list = append(list, ads.Count{Hour: at, Item: i.ID, Creative: c.ID, Placement: c.Placement, Seen: seen, Clicked: clicked, Refused: int64(r.IntN(3))})
	}
	return list
}
