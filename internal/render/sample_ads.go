package render

import "warta/internal/ads"

// slots are the places of a page of samples.
func (v sampleViews) slots(page string) *Slots {
	if !v.full {
		return nil
	}
	return &Slots{Page: page, Section: "3", Head: true, End: true, List: page == "home", ByAudience: true, FirstWords: 20, GapWords: 20, InText: 2}
}

// ads is what can stand in a piece of ads and offers.
func (v sampleViews) ads(head bool) *AdPiece {
	p := &AdPiece{Lang: v.lang, Head: head}
	if !v.full {
		return p
	}
	banner := &Ad{Mark: "contoh", URL: "/ads/go/contoh", Narrow: v.picture(1, 320, 100), Wide: v.picture(1, 728, 90), Alt: "Karung beras di pasar induk"}
	card := &Ad{Mark: "contoh", URL: "/ads/go/contoh", Narrow: v.picture(2, 320, 180), Headline: "Panen Raya, Harga Petani", Text: "Langsung dari sawah.", Sponsor: "Toko Beras Makmur"}
	frame := &Ad{Mark: "contoh", Frame: "/ads/frame/contoh", Title: "Iklan dari Toko Beras Makmur"}
	slot := func(place string, a *Ad) *AdSlot { return &AdSlot{Placement: place, Label: "Iklan", Now: a} }
	if head {
		p.Top, p.Side = slot("top", banner), slot("side", frame)
		p.OfferTop = &Offer{Place: "top", Key: "3", Text: "Baca berita tanpa iklan.", Button: "Gabung Kabar Plus", URL: "/member", Most: 3}
		p.Top.Then = &AdThen{Ad: *frame, Label: "Iklan", Need: "networks"}
		return p
	}
	p.Inline, p.List, p.Sticky = slot("inline", card), slot("list", card), slot("sticky", banner)
	p.Inline.Then = &AdThen{Ad: *card, Label: "Iklan", Need: "frequency", Key: "7", N: 3, Hours: 24}
	p.OfferEnd = &Offer{Place: "end", Key: "4", Text: "Baca berita tanpa iklan.", Button: "Gabung Kabar Plus", URL: "/member"}
	p.OfferFoot = &Offer{Place: "foot", Key: "5", Text: "Baca berita tanpa iklan.", Button: "Gabung Kabar Plus", URL: "/member"}
	return p
}

func (v sampleViews) consent() ConsentPage {
	p := ConsentPage{Shell: v.shell("")}
	if v.full {
		p.Said, p.Networks = true, true
		p.Purposes = []Option{{Value: "frequency", Text: "frequency", Chosen: true}, {Value: "networks", Text: "networks"}}
	}
	return p
}

func (v sampleViews) adReport() AdReportPage {
	p := AdReportPage{Shell: v.shell(""), Order: "Panen 2026", Advertiser: "Toko Beras Makmur", Made: "23/11/2026, 18:00 WIB", Until: "23/12/2026, 18:00 WIB", CSV: "/ads/report/contoh/csv"}
	if v.full {
		d := &ads.Delivery{Item: ads.Item{Name: "Beranda", Goal: 1000, Seen: 300}, Days: []ads.Day{{Seen: 100, Sum: 100, Due: 120, Clicked: 2}, {Seen: 200, Sum: 300, Due: 240}}}
		p.Items = []AdReportItem{{Name: d.Item.Name, From: "21/11/2026", To: "30/11/2026", Seen: "300", Goal: "1.000", Clicked: "2", Rate: "0,67%", Chart: ads.Draw(d), Words: "300 tayangan",
			Days: []AdReportDay{{"21/11/2026", "100", "2", "2,00%", "100"}, {"22/11/2026", "200", "0", "0,00%", "300"}}}}
	}
	return p
}
