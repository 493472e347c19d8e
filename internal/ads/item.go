package ads

import (
	"slices"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/media"
)

// Bounds on what is booked.
const (
	maxName      = 200
	maxNote      = 4000
	maxItems     = 200 // in one order
	maxCreatives = 40  // in one line item
	maxGoal      = 10_000_000_000
	maxAmount    = 1_000_000_000_000_000
	maxPriority  = 9
	maxWeight    = 100
	maxFlight    = 3 * 366 * 24 * time.Hour
)

// name checks a name and takes the space off around it.
func name(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || len([]rune(text)) > maxName {
		return text, fault.Input(field, "a name of 1 to %d characters is needed", maxName).Say("ads_name", "most", maxName)
	}
	return text, nil
}

// Check returns an Invalid error that names the field unless an advertiser can be
// kept.
func (a *Advertiser) Check() (err error) {
	if a.Name, err = name("name", a.Name); err != nil {
		return err
	}
	return short(map[string]string{"contact": a.Contact, "note": a.Note}, maxNote)
}

// Check returns an Invalid error that names the field unless an order can be kept.
func (o *Order) Check() (err error) {
	if o.Name, err = name("name", o.Name); err != nil {
		return err
	}
	if o.AdvertiserID <= 0 {
		return fault.Input("advertiser", "an order needs an advertiser").Say("ads_no_advertiser")
	}
	return short(map[string]string{"note": o.Note}, maxNote)
}

func short(texts map[string]string, most int) error {
	for field, text := range texts {
		if len(text) > most {
			return fault.Input(field, "%s has more than %d bytes", field, most).Say("ads_long", "most", most)
		}
	}
	return nil
}

// Check returns an Invalid error that names the field unless a line item makes
// sense by itself. Whether it can run is Booking.Ready.
func (i *Item) Check() (err error) {
	t := &i.Terms
	if i.Name, err = name("name", i.Name); err != nil {
		return err
	}
	if t.Kind == "" {
		t.Kind = Direct
	}
	if !slices.Contains(Kinds, t.Kind) {
		return fault.Input("kind", "%q is no kind of line item", t.Kind).Say("word_unknown", "word", string(t.Kind))
	}
	if i.Starts.IsZero() || i.Ends.IsZero() || !i.Ends.After(i.Starts) || i.Ends.Sub(i.Starts) > maxFlight {
		return fault.Input("ends", "a flight has a beginning and a later end, at most three years apart").Say("ads_flight")
	}
	for _, b := range []struct {
		field       string
		value       int64
		least, most int64
	}{
		{"goal", i.Goal, 0, maxGoal}, {"priority", int64(i.Priority), 1, maxPriority}, {"weight", int64(t.Weight), 1, maxWeight},
		{"amount", t.Price.Amount, 0, maxAmount}, {"slot", int64(t.Slot), 0, mostInline}, {"cap", int64(t.Cap.N), 0, 100}, {"cap_hours", int64(t.Cap.Hours), 0, 720},
	} {
		if b.value < b.least || b.value > b.most {
			return fault.Input(b.field, "%s has to be %d to %d, not %d", b.field, b.least, b.most, b.value).Say("ads_bound", "least", b.least, "most", b.most)
		}
	}
	if t.Even && i.Goal == 0 {
		return fault.Input("goal", "an even pace needs a goal").Say("ads_even_goal")
	}
	if (t.Cap.N > 0) != (t.Cap.Hours > 0) {
		return fault.Input("cap_hours", "a cap is a number and a time").Say("ads_cap")
	}
	for _, p := range t.Pages {
		if !slices.Contains(PageTypes, p) {
			return fault.Input("pages", "there is no kind of page %q", p).Say("word_unknown", "word", string(p))
		}
	}
	if len(t.Sections) > 200 {
		return fault.Input("sections", "at most 200 sections").Say("ads_bound", "least", 0, "most", 200)
	}
	return t.Price.check(t.Kind)
}

// decimals are how many digits the minor unit of a currency has (ISO 4217).
var decimals = map[string]int{"IDR": 0, "USD": 2, "EUR": 2, "SGD": 2, "MYR": 2, "AUD": 2, "JPY": 0, "GBP": 2, "CNY": 2}

// Currencies are those that prices can be in.
var Currencies = []string{"IDR", "USD", "SGD", "MYR", "EUR", "AUD", "GBP", "CNY", "JPY"}

// Decimals returns how many digits the minor unit of a currency has.
func Decimals(currency string) int { return decimals[currency] }

func (p *Price) check(k Kind) error {
	if k == House {
		*p = Price{}
		return nil
	}
	if p.Model == "" {
		p.Model = CPM
	}
	if p.Model != CPM && p.Model != Flat {
		return fault.Input("model", "%q is no model of pricing", p.Model).Say("word_unknown", "word", string(p.Model))
	}
	if !slices.Contains(Currencies, p.Currency) {
		return fault.Input("currency", "%q is no currency that is known", p.Currency).Say("ads_currency")
	}
	return nil
}

// Booking is one order with all that belongs to it, as an operation finds and
// leaves it.
type Booking struct {
	Order     Order
	LinkNo    int64 // the report links of earlier numbers count no more
	Items     []*Item
	Creatives []*Creative

	Settings Settings
	Now      time.Time
	// Pictures are those of the creatives, and Weights the bytes of what readers load
	// of them, by id.
	Pictures map[int64]media.Picture
	Weights  map[int64]int64
}

// Item returns a line item of the order, or NotFound.
func (b *Booking) Item(id int64) (*Item, error) {
	for _, i := range b.Items {
		if i.ID == id {
			return i, nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no line item %d in this order", id)
}

// Creative returns a creative of the order, or NotFound.
func (b *Booking) Creative(id int64) (*Creative, error) {
	for _, c := range b.Creatives {
		if c.ID == id {
			return c, nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no creative %d in this order", id)
}

// Of returns the creatives of a line item.
func (b *Booking) Of(item int64) (list []*Creative) {
	for _, c := range b.Creatives {
		if c.ItemID == item {
			list = append(list, c)
		}
	}
	return list
}

// Ready returns an Invalid error that says why unless a line item can be on: it has
// something to show, all of it keeps to the budget, and there are places for it.
func (b *Booking) Ready(i *Item) error {
	if !i.Ends.After(b.Now) {
		return fault.Input("ends", "the flight of line item %d is over", i.ID).Say("ads_over")
	}
	if i.Terms.Kind == Network && !b.Settings.Networks {
		return fault.Input("kind", "networks are off").Say("ads_networks_off")
	}
	n := 0
	for _, c := range b.Of(i.ID) {
		if c.State != On {
			continue
		}
		n++
		if err := b.Fits(i, c); err != nil {
			return err
		}
	}
	if n == 0 {
		return fault.Input("creatives", "line item %d has no creative that is on", i.ID).Say("ads_no_creative")
	}
	return nil
}

// Fits returns an Invalid error that says why unless a creative keeps to the budget
// of its place, and there are such places for its line item.
func (b *Booking) Fits(i *Item, c *Creative) error {
	s := &b.Settings
	if !slices.Contains(s.On, c.Placement) {
		return fault.Input("placement", "pages have no place %q", c.Placement).Say("ads_place_off", "place", string(c.Placement))
	}
	if c.Placement == Inline && i.Terms.Slot > s.InText {
		return fault.Input("slot", "a text has at most %d ads, so there is no place %d", s.InText, i.Terms.Slot).
			Say("ads_slot", "most", s.InText, "slot", i.Terms.Slot)
	}
	pages := i.Terms.Pages
	if len(pages) == 0 {
		pages = PageTypes
	}
	if !slices.ContainsFunc(pages, func(t PageType) bool { return s.Has(c.Placement, t) }) {
		return fault.Input("pages", "none of the line item's pages has a place %q", c.Placement).Say("ads_page_off", "place", string(c.Placement))
	}
	if (i.Terms.Kind == Network) != (c.Is.Kind == Tag) {
		return fault.Input("kind", "a network's line item has tags, and no other has").Say("ads_tag_kind")
	}
	if i.Terms.Kind == Direct && c.Is.Kind == Native && c.Is.Sponsor == "" {
		return fault.Input("sponsor", "a card that is paid for says by whom").Say("ads_sponsor")
	}
	if c.LinkFault != "" {
		return fault.Input("link", "the link of creative %d does not work: %s", c.ID, c.LinkFault).Say("ads_link_dead", "why", c.LinkFault, "link", c.Is.Link)
	}
	switch c.Is.Kind {
	case HTML, Tag:
		if n := len(c.Is.HTML); n > s.MaxBytes {
			return heavy("html", int64(n), s.MaxBytes)
		}
	default:
		return b.pictured(c)
	}
	return nil
}

func heavy(field string, n int64, most int) error {
	return fault.Input(field, "the creative has %d bytes, a place takes %d", n, most).Say("ads_heavy", "size", (n+999)/1000, "most", most/1000)
}

// pictured checks the pictures of a creative against the room of its place.
func (b *Booking) pictured(c *Creative) error {
	for _, x := range []struct {
		field string
		id    int64
		room  Size
	}{{"narrow", c.Narrow, c.Placement.Box().Narrow}, {"wide", c.Wide, c.Placement.Box().Wide}} {
		if c.Is.Kind == Native && x.field == "wide" || c.Is.Kind == Pictures && x.room == (Size{}) {
			continue
		}
		if x.field == "wide" && x.id == 0 && x.room == c.Placement.Box().Narrow {
			continue // the one for phones has the same size
		}
		if x.id == 0 {
			if c.Is.Kind == Native {
				continue // a card can do without
			}
			return fault.Input(x.field, "creative %d lacks its picture of %d by %d", c.ID, x.room.W, x.room.H).
				Say("ads_picture_missing", "w", x.room.W, "h", x.room.H)
		}
		p, ok := b.Pictures[x.id]
		if !ok {
			return fault.Input(x.field, "picture %d is not in the library", x.id).Say("ads_picture_gone", "id", x.id)
		}
		if c.Is.Kind == Pictures && !sameShape(p, x.room) {
			return fault.Input(x.field, "picture %d has %d by %d pixels, the place %d by %d", x.id, p.Width, p.Height, x.room.W, x.room.H).
				Say("ads_picture_size", "w", x.room.W, "h", x.room.H, "has_w", p.Width, "has_h", p.Height)
		}
		if n := b.Weights[x.id]; n > int64(b.Settings.MaxBytes) {
			return heavy(x.field, n, b.Settings.MaxBytes)
		}
	}
	return nil
}

// sameShape reports whether a picture fills a room without being cut, within a
// pixel or two, and is not smaller than it.
func sameShape(p media.Picture, room Size) bool {
	if p.Width < room.W-2 || p.Height < room.H-2 {
		return false
	}
	off := p.Width*room.H - p.Height*room.W
	return max(off, -off)*50 <= p.Height*room.W
}

// public reports whether readers may see a creative's pictures.
func (b *Booking) public(c *Creative) bool {
	i, err := b.Item(c.ItemID)
	return err == nil && b.Order.State == On && i.State == On && c.State == On
}

// Shown returns, for each picture of a creative, whether readers may see it.
func (b *Booking) Shown(c *Creative) map[int64]bool {
	out := map[int64]bool{}
	for _, id := range []int64{c.Narrow, c.Wide} {
		if id != 0 {
			out[id] = b.public(c)
		}
	}
	return out
}
