package edition

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/page"
	"warta/internal/render"
)

// AdStore reads what is sold.
type AdStore interface {
	AdSettings(ctx context.Context) (ads.Settings, error)
	Flights(ctx context.Context, p ads.Placement, now time.Time) ([]ads.Flight, error)
	LiveOffers(ctx context.Context, now time.Time) ([]ads.Offer, error)
}

// slots returns the places of a page, nil for none. They depend on what the sales
// desk has decided, and on nothing that is booked: booking an ad touches no page.
// Beside what is marked sensitive there is none.
func (b *build) slots(t ads.PageType, section int64, sensitive bool) (*render.Slots, error) {
	if b.room != nil || b.trial != nil || b.e.opt.Marks == nil {
		return nil, nil // a preview
	}
	b.tag(ads.TagLayout)
	s, err := b.e.store.AdSettings(b.ctx)
	if err != nil {
		return nil, err
	}
	if sensitive {
		s.On = nil
	}
	if !s.Any(t) {
		return nil, nil
	}
	v := &render.Slots{Page: string(t), ByAudience: len(s.Offers) > 0, Head: true, // the style is in it
		End:  s.Has(ads.Sticky, t) || s.Has(ads.List, t) && t != ads.HomePage || slices.Contains(s.Offers, ads.OfferEnd) || slices.Contains(s.Offers, ads.OfferFoot),
		List: s.Has(ads.List, t) && t == ads.HomePage}
	if section != 0 {
		v.Section = strconv.FormatInt(section, 10)
	}
	if s.Has(ads.Inline, t) {
		v.FirstWords, v.GapWords, v.InText = s.FirstWords, s.GapWords, s.InText
	}
	if sensitive {
		v.Section = "-" // pieces of such pages are others than those with ads
	}
	return v, nil
}

// lineOf returns the ids of a section, given as text, and of those above it.
func (b *build) lineOf(section string) (ids []int64) {
	id, _ := strconv.ParseInt(section, 10, 64) // none is no section
	for _, s := range b.tree.Ancestry(id) {
		ids = append(ids, s.ID)
	}
	return ids
}

// place chooses what stands in one place of a page now.
func (b *build) place(s *ads.Settings, p ads.Placement, t ads.PageType, section string, n int) (*render.AdSlot, error) {
	if section == "-" || !s.Has(p, t) {
		return nil, nil
	}
	list, err := b.e.store.Flights(b.ctx, p, b.now)
	if err != nil {
		return nil, err
	}
	c, ok := ads.Choose(list, ads.Query{Placement: p, Page: t, Sections: b.lineOf(section), N: n, Now: b.now,
		Rotate: time.Duration(s.Rotate) * time.Second, Networks: s.Networks})
	b.expires(c.Until)
	if !ok {
		return nil, nil
	}
	b.expires(b.now.Truncate(time.Hour).Add(time.Hour)) // marks end
	v := &render.AdSlot{Placement: string(p)}
	main, err := b.ad(&c.Main)
	if err != nil {
		return nil, err
	}
	terms := &c.Main.Item.Terms
	v.Label = b.label(terms.Kind)
	switch {
	case terms.Kind == ads.Network:
		v.Then = &render.AdThen{Ad: *main, Label: v.Label, Need: "networks"}
	case terms.Cap.N > 0:
		v.Then = &render.AdThen{Ad: *main, Label: v.Label, Need: "frequency", Key: strconv.FormatInt(c.Main.Item.ID, 10), N: terms.Cap.N, Hours: terms.Cap.Hours}
	default:
		v.Now = main
	}
	if v.Then != nil && c.Other != nil {
		v.Label = b.label(c.Other.Item.Terms.Kind) // the script exchanges it with the ad
		v.Now, err = b.ad(c.Other)
	}
	return v, err
}

// label is what is said over an ad: who speaks.
func (b *build) label(k ads.Kind) string {
	if k == ads.House {
		return b.words.T("ads.label_house", lang.Args{"name": b.settings.Name()})
	}
	return b.words.T("ads.label")
}

// ad is what readers see of a creative.
func (b *build) ad(f *ads.Flight) (*render.Ad, error) {
	c := &f.Creative
	mark := b.e.opt.Marks.Sign(ads.Mark{Item: f.Item.ID, Creative: c.ID, Placement: c.Placement, Until: ads.MarkUntil(b.now)})
	v := &render.Ad{Mark: mark, Alt: c.Is.Alt}
	switch c.Is.Kind {
	case ads.HTML, ads.Tag:
		v.Frame, v.Title = "/ads/frame/"+mark, b.words.T("ads.frame", lang.Args{"name": f.Advertiser})
		return v, nil
	case ads.Native:
		v.Headline, v.Text, v.Sponsor = c.Is.Headline, c.Is.Text, c.Is.Sponsor
	}
	v.URL = "/ads/go/" + mark
	if err := b.load(c.Narrow, c.Wide); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		to   **render.Picture
		id   int64
		room ads.Size
	}{{&v.Narrow, c.Narrow, c.Placement.Box().Narrow}, {&v.Wide, c.Wide, c.Placement.Box().Wide}} {
		if x.id == 0 {
			continue
		}
		b.tag(media.Tag(x.id))
		most := 2 * x.room.W
		if c.Is.Kind == ads.Native {
			most = 320
		}
		*x.to = b.picture(x.id, media.Orig, most)
		if p := *x.to; p != nil {
			p.Src = p.Full // as sharp as there is room for
			if c.Is.Kind == ads.Pictures {
				p.Width, p.Height = x.room.W, x.room.H
			}
		}
	}
	return v, nil
}

// adPiece is the piece of a place of a page: see render.ModuleAds.
func (b *build) adPiece(h page.Hole) (page.Rendering, error) {
	b.tag(ads.TagBook, ads.TagLayout)
	s, err := b.e.store.AdSettings(b.ctx)
	if err != nil {
		return page.Rendering{}, err
	}
	v := &render.AdPiece{Lang: string(b.code)}
	if h.Module == render.ModuleAd {
		params := render.Params(h, 3)
		n, _ := strconv.Atoi(params[2]) // ours
		if v.Inline, err = b.place(&s, ads.Inline, ads.PageType(params[0]), params[1], n); err != nil {
			return page.Rendering{}, err
		}
		return b.piece(b.e.render.Ad(v))
	}
	params := render.Params(h, 4)
	t, section := ads.PageType(params[1]), params[2]
	offers := map[ads.OfferPlace]ads.Offer{}
	if params[3] != "" {
		list, err := b.e.store.LiveOffers(b.ctx, b.now)
		if err != nil {
			return page.Rendering{}, err
		}
		var until time.Time
		offers, until = ads.ChooseOffers(list, t, ads.Audience(params[3]), b.now)
		b.expires(until)
	}
	put := func(to **render.AdSlot, p ads.Placement) {
		if err == nil {
			*to, err = b.place(&s, p, t, section, 0)
		}
	}
	switch params[0] {
	case render.AdsHead:
		v.Head = true
		put(&v.Top, ads.Top)
		put(&v.Side, ads.Side)
		v.OfferTop = b.offer(offers, ads.OfferTop)
	case render.AdsEnd:
		if t != ads.HomePage {
			put(&v.List, ads.List)
		}
		v.OfferEnd, v.OfferFoot = b.offer(offers, ads.OfferEnd), b.offer(offers, ads.OfferFoot)
		if v.OfferFoot == nil { // the foot of the window has room for one
			put(&v.Sticky, ads.Sticky)
		}
	case render.AdsList:
		put(&v.List, ads.List)
	}
	if err != nil {
		return page.Rendering{}, err
	}
	return b.piece(b.e.render.Ads(v))
}

// offer puts an offer into words, nil if there is none.
func (b *build) offer(chosen map[ads.OfferPlace]ads.Offer, place ads.OfferPlace) *render.Offer {
	o, ok := chosen[place]
	if !ok {
		return nil
	}
	name := b.settings.Get("membership_name")
	if name == "" {
		name = b.settings.Name()
	}
	v := &render.Offer{Place: string(place), Key: strconv.FormatInt(o.ID, 10), Most: o.Is.PerSession, URL: o.Is.Link,
		Text: strings.ReplaceAll(o.Is.Text, "{name}", name), Button: strings.ReplaceAll(o.Is.Button, "{name}", name)}
	if v.URL == "" {
		v.URL = b.settings.Get("membership_url")
	}
	return v
}

// Consent returns the page on which a reader chooses what may be done beside what
// is strictly necessary.
func (e *Edition) Consent(ctx context.Context, agreed []string, said bool) (_ []byte, err error) {
	defer fault.Wrap(&err, "page of choices")
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	set, err := e.store.AdSettings(ctx)
	if err != nil {
		return nil, err
	}
	title := b.words.T("ads.choice.title")
	v := &render.ConsentPage{Shell: b.shell(about{title: title, description: title, robots: "noindex"}), Said: said, Networks: set.Networks}
	for _, p := range []string{"frequency", "networks"} {
		if p == "networks" && !set.Networks && !slices.Contains(agreed, p) {
			continue // there is nothing to agree to
		}
		v.Purposes = append(v.Purposes, render.Option{Value: p, Text: p, Chosen: slices.Contains(agreed, p)})
	}
	out, err := e.render.Consent(v)
	if err != nil {
		return nil, err
	}
	return b.whole(out.Body, out.Holes, nil, 0)
}

// AdReportStore reads what an order has delivered.
type AdReportStore interface {
	Booking(ctx context.Context, orderID int64) (*ads.Booking, error)
	AdvertisersByID(ctx context.Context, ids []int64) ([]ads.Advertiser, error)
	Deliveries(ctx context.Context, b *ads.Booking, zone *time.Location, now time.Time) ([]ads.Delivery, error)
}

// report reads what a link to a report opens; NotFound if it counts no more.
func (b *build) report(l ads.ReportLink) (o *ads.Booking, list []ads.Delivery, err error) {
	if o, err = b.e.store.Booking(b.ctx, l.Order); err != nil {
		return nil, nil, err
	}
	if o.LinkNo != l.No {
		return nil, nil, fault.New(fault.NotFound, "the link counts no more")
	}
	o.Items = slices.DeleteFunc(o.Items, func(i *ads.Item) bool { return i.State == ads.Draft && i.Seen == 0 })
	list, err = b.e.store.Deliveries(b.ctx, o, b.zone, b.now)
	return o, list, err
}

// AdReport returns the report that a link opens, as a page.
func (e *Edition) AdReport(ctx context.Context, l ads.ReportLink, path string) (_ []byte, err error) {
	defer fault.Wrap(&err, "report of order %d", l.Order)
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	o, list, err := b.report(l)
	if err != nil {
		return nil, err
	}
	title := b.words.T("ads.report.title")
	v := &render.AdReportPage{Shell: b.shell(about{title: title, description: title, robots: "noindex"}), Order: o.Order.Name, CSV: path + "/csv",
		Made: lang.DateTime(b.code, b.now, b.zone), Until: lang.DateTime(b.code, l.Until, b.zone)}
	v.Feeds = nil
	who, err := e.store.AdvertisersByID(ctx, []int64{o.Order.AdvertiserID})
	if err != nil {
		return nil, err
	}
	for _, a := range who {
		v.Advertiser = a.Name
	}
	for i := range list {
		v.Items = append(v.Items, b.reportItem(&list[i]))
	}
	out, err := e.render.AdReport(v)
	if err != nil {
		return nil, err
	}
	return b.whole(out.Body, out.Holes, nil, 0)
}

func (b *build) reportItem(d *ads.Delivery) render.AdReportItem {
	num := func(n int64) string { return lang.Number(b.code, n) }
	rate := func(part, whole int64) string {
		text := ads.Rate(part, whole)
		if text == "" {
			return "–"
		}
		if b.code == lang.ID {
			text = strings.ReplaceAll(text, ".", ",")
		}
		return text + "%"
	}
	v := render.AdReportItem{Name: d.Item.Name, From: lang.DateTime(b.code, d.Item.Starts, b.zone), To: lang.DateTime(b.code, d.Item.Ends, b.zone),
		Seen: num(d.Item.Seen), Clicked: num(d.Item.Clicked), Rate: rate(d.Item.Clicked, d.Item.Seen), Chart: ads.Draw(d),
		Words: b.words.T("ads.report.chart", lang.Args{"seen": d.Item.Seen})}
	if d.Item.Goal > 0 {
		v.Goal = num(d.Item.Goal)
	}
	for _, x := range d.Days {
		v.Days = append(v.Days, render.AdReportDay{Day: lang.ShortDate(b.code, x.At, b.zone), Seen: num(x.Seen), Clicked: num(x.Clicked), Rate: rate(x.Clicked, x.Seen), Sum: num(x.Sum)})
	}
	return v
}

// AdReportCSV writes the report that a link opens as a table.
func (e *Edition) AdReportCSV(ctx context.Context, l ads.ReportLink, w io.Writer) (err error) {
	defer fault.Wrap(&err, "report of order %d", l.Order)
	b, err := e.begin(ctx)
	if err != nil {
		return err
	}
	_, list, err := b.report(l)
	if err != nil {
		return err
	}
	return ads.WriteCSV(w, list)
}
