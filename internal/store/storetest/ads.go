package storetest

import (
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/media"
)

// market is a newsroom with a sales desk and one order.
type market struct {
	*newsroom
	sales *ads.Sales
	order ads.Order
}

var seller = account.Actor{ID: 9, Name: "Penjual", Role: account.Commercial}

func newMarket(t testing.TB, open Open) *market {
	t.Helper()
	n := newNewsroom(t, open)
	m := &market{newsroom: n, sales: ads.NewSales(n.db, ads.Options{})}
	set := ads.DefaultSettings()
	set.On, set.MaxBytes = ads.Placements, 100_000
	n.ok(m.sales.SaveSettings(t.Context(), seller, set))
	a, err := m.sales.SaveAdvertiser(t.Context(), seller, ads.Advertiser{Name: "Toko Beras Makmur"})
	n.ok(err)
	m.order, err = m.sales.SaveOrder(t.Context(), seller, ads.Order{AdvertiserID: a.ID, Name: "Panen 2026"})
	n.ok(err)
	return m
}

// book makes a line item with a card in lists and turns it on.
func (m *market) book(name string, change func(*ads.Item)) (ads.Item, ads.Creative) {
	m.t.Helper()
	i := ads.Item{OrderID: m.order.ID, Name: name, Starts: noon.Add(-time.Hour), Ends: noon.Add(24 * time.Hour), Priority: 5,
		Terms: ads.Terms{Weight: 1, Price: ads.Price{Model: ads.CPM, Amount: 25_000, Currency: "IDR"}}}
	if change != nil {
		change(&i)
	}
	i, err := m.sales.SaveItem(m.t.Context(), seller, i)
	m.ok(err)
	c, err := m.sales.SaveCreative(m.t.Context(), seller, ads.Creative{ItemID: i.ID, Placement: ads.List,
		Is: ads.Content{Kind: ads.Native, Headline: "Beras Baru", Sponsor: "Toko Beras", Link: "https://toko.example/"}})
	m.ok(err)
	_, err = m.sales.SetItem(m.t.Context(), seller, i.ID, ads.On)
	m.ok(err)
	return i, c
}

func (m *market) flights(p ads.Placement, now time.Time) (names []string) {
	m.t.Helper()
	list, err := m.db.Flights(m.t.Context(), p, now)
	m.ok(err)
	for _, f := range list {
		names = append(names, f.Item.Name)
	}
	return names
}

// adCases are about what is sold and how it is counted.
var adCases = []testcase{
	{"what is on may stand on pages, and what is paused, over or removed may not", func(t *testing.T, open Open) {
		m := newMarket(t, open)
		a, _ := m.book("a", nil)
		b, cb := m.book("b", func(i *ads.Item) { i.Ends = noon.Add(48 * time.Hour) })
		same(t, "now", m.flights(ads.List, noon), []string{"a", "b"})
		same(t, "elsewhere", len(m.flights(ads.Top, noon)), 0)
		same(t, "when one is over", m.flights(ads.List, noon.Add(25*time.Hour)), []string{"b"})
		rc, err := m.sales.SetItem(t.Context(), seller, a.ID, ads.Paused)
		m.ok(err)
		same(t, "when one is paused", m.flights(ads.List, noon), []string{"b"})
		events, err := m.db.Events(t.Context(), rc.Seq-1, 1)
		m.ok(err)
		same(t, "tags", events[0].Tags, []string{ads.TagBook})
		same(t, "a pause takes down", events[0].Takedown, false)
		_, err = m.sales.SetOrder(t.Context(), seller, m.order.ID, ads.Paused)
		m.ok(err)
		same(t, "when the order is paused", len(m.flights(ads.List, noon)), 0)
		_, err = m.sales.SetOrder(t.Context(), seller, m.order.ID, ads.On)
		m.ok(err)
		rc, err = m.sales.SetCreative(t.Context(), seller, b.ID, cb.ID, ads.Removed)
		m.ok(err)
		same(t, "when a creative is removed", len(m.flights(ads.List, noon)), 0)
		events, err = m.db.Events(t.Context(), rc.Seq-1, 1)
		m.ok(err)
		same(t, "a removal takes down", events[0].Takedown, true)
		_, err = m.sales.SetCreative(t.Context(), seller, b.ID, cb.ID, ads.On)
		same(t, "coming back", fault.KindOf(err), fault.Conflict)
		_, err = m.db.FlightOf(t.Context(), cb.ID)
		same(t, "one by itself", fault.KindOf(err), fault.NotFound)
	}},
	{"counts add up, by hour and in sum, and survive a later change of the line item", func(t *testing.T, open Open) {
		m := newMarket(t, open)
		i, c := m.book("a", nil)
		hour := noon.Truncate(time.Hour)
		one := ads.Count{Hour: hour, Item: i.ID, Creative: c.ID, Placement: ads.List, Seen: 5, Clicked: 1, Refused: 2}
		m.ok(m.db.AddAdCounts(t.Context(), []ads.Count{one}))
		next := one
		next.Hour = hour.Add(time.Hour)
		m.ok(m.db.AddAdCounts(t.Context(), []ads.Count{next, one}))
		i.Name = "renamed"
		_, err := m.sales.SaveItem(t.Context(), seller, i)
		m.ok(err)
		b, err := m.db.Booking(t.Context(), m.order.ID)
		m.ok(err)
		same(t, "sums", []int64{b.Items[0].Seen, b.Items[0].Clicked}, []int64{15, 3})
		list, err := m.db.AdCounts(t.Context(), []int64{i.ID}, hour, hour.Add(time.Hour))
		m.ok(err)
		double := one
		double.Seen, double.Clicked, double.Refused = 10, 2, 4
		same(t, "an hour", list, []ads.Count{double})
	}},
	{"what was seen in places is added up over line items, those that are over as well", func(t *testing.T, open Open) {
		m := newMarket(t, open)
		a, ca := m.book("a", nil)
		b, cb := m.book("b", nil)
		hour := noon.Truncate(time.Hour)
		m.ok(m.db.AddAdCounts(t.Context(), []ads.Count{{Hour: hour, Item: a.ID, Creative: ca.ID, Placement: ads.List, Seen: 5},
			{Hour: hour, Item: b.ID, Creative: cb.ID, Placement: ads.List, Seen: 7}, {Hour: hour, Item: b.ID, Creative: cb.ID, Placement: ads.Top, Seen: 2},
			{Hour: hour.Add(-time.Hour), Item: a.ID, Creative: ca.ID, Placement: ads.List, Seen: 100}}))
		_, err := m.sales.SetItem(t.Context(), seller, b.ID, ads.Removed)
		m.ok(err)
		got, err := m.db.PlaceCounts(t.Context(), hour, hour.Add(time.Hour))
		m.ok(err)
		same(t, "places", got, map[ads.Placement]int64{ads.List: 12, ads.Top: 2})
	}},
	{"a picture is public as long as an ad that is on shows it", func(t *testing.T, open Open) {
		m := newMarket(t, open)
		picture := m.addPicture(media.Picture{Hash: "banner", Width: 640, Height: 200}).ID
		i, c := m.book("a", nil)
		c.Narrow = picture
		c, err := m.sales.SaveCreative(t.Context(), seller, c)
		m.ok(err)
		tokens, err := m.db.AddressesOf(t.Context(), []int64{picture})
		m.ok(err)
		token := tokens[picture][media.Orig]
		_, err = m.db.PublicAddress(t.Context(), token)
		m.ok(err)
		err = m.db.DeletePicture(t.Context(), picture, media.Changed("test", media.Picture{ID: picture}))
		same(t, "deleting it", fault.KindOf(err), fault.Conflict)
		uses, _, err := m.db.PictureUses(t.Context(), picture, 5)
		m.ok(err)
		same(t, "uses", uses, []media.Use{{Kind: media.UseAd, ID: i.ID, Title: "a"}})
		rc, err := m.sales.SetItem(t.Context(), seller, i.ID, ads.Paused)
		m.ok(err)
		_, err = m.db.PublicAddress(t.Context(), token)
		same(t, "when it is paused", fault.KindOf(err), fault.NotFound)
		events, err := m.db.Events(t.Context(), rc.Seq-1, 1)
		m.ok(err)
		same(t, "tags", events[0].Tags, []string{ads.TagBook, media.Tag(picture)})
	}},
	{"offers are on by place, and touch the pages that get room for them", func(t *testing.T, open Open) {
		m := newMarket(t, open)
		o, err := m.sales.SaveOffer(t.Context(), seller, ads.Offer{Name: "Gabung", State: ads.On, Place: ads.OfferEnd, Starts: noon, Ends: noon.Add(time.Hour),
			Is: ads.OfferText{Text: "Baca tanpa iklan.", Button: "Gabung {name}", Audience: ads.Anonymous}})
		m.ok(err)
		got, err := m.db.LiveOffers(t.Context(), noon)
		m.ok(err)
		same(t, "now", got, []ads.Offer{o})
		got, err = m.db.LiveOffers(t.Context(), noon.Add(time.Hour))
		m.ok(err)
		same(t, "afterwards", len(got), 0)
		set, err := m.db.AdSettings(t.Context())
		m.ok(err)
		same(t, "places", set.Offers, []ads.OfferPlace{ads.OfferEnd})
		one, err := m.db.AdOffer(t.Context(), o.ID)
		m.ok(err)
		same(t, "by itself", one, o)
	}},
	{"two advertisers of one name are a conflict", func(t *testing.T, open Open) {
		m := newMarket(t, open)
		_, err := m.sales.SaveAdvertiser(t.Context(), seller, ads.Advertiser{Name: " toko  BERAS makmur "})
		same(t, "the second", fault.KindOf(err), fault.Conflict)
		_, err = m.sales.SaveAdvertiser(t.Context(), account.Actor{ID: 3, Role: account.Editor}, ads.Advertiser{Name: "Lain"})
		same(t, "by an editor", fault.KindOf(err), fault.Forbidden)
	}},
}
