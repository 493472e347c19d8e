package sales

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/web/newsroom"
)

type itemPage struct {
	newsroom.Shell
	Order     ads.Order
	Item      ads.Item
	Kinds     []Option
	Models    []Option
	Money     []Option // currencies
	Amount    string
	Sections  []Option
	Pages     []Option
	State     string
	Acts      []Option
	Creatives []creativeRow
	Plan      *planned // nil: it is booked, or there is nothing to plan
	Chart     *ads.Chart
	Words     string // what the chart says
	First     string // its first and last day
	Last      string
	Delivery  ads.Delivery
	Due       string // to be paid so far
	Problems  newsroom.Problems
}

// planned says what a line item would need, before somebody books it.
type planned struct {
	Needs string // so many a day
	Shown string // what its places had of late
	Short bool   // they had less
	Chart *ads.Chart
	First string
	Last  string
}

// planOf returns the plan of a line item that is not on, nil if it has no goal.
func (x *Room) planOf(r *newsroom.Request, b *ads.Booking, i *ads.Item) (*planned, error) {
	if i.Goal == 0 || i.State == ads.On || i.State == ads.Removed || !i.Ends.After(r.Now) {
		return nil, nil
	}
	seen, err := x.Store.PlaceCounts(r.Context(), r.Now.AddDate(0, 0, -ads.PlanDays), r.Now)
	if err != nil {
		return nil, err
	}
	var counted int64
	var places []string
	for _, c := range b.Of(i.ID) {
		word := r.Words.T("sales.place." + string(c.Placement))
		if c.State == ads.On && !slices.Contains(places, word) {
			places = append(places, word)
			counted += seen[c.Placement]
		}
	}
	plan, days := ads.PlanOf(*i, counted), ads.Planned(*i, r.Zone)
	p := &planned{Needs: r.Words.T("sales.plan_needs", lang.Args{"goal": i.Goal, "days": plan.Days, "each": plan.PerDay}), Short: plan.Shown > 0 && plan.PerDay > plan.Shown,
		Chart: ads.Draw(&days), First: lang.ShortDate(r.Lang, i.Starts, r.Zone), Last: lang.ShortDate(r.Lang, i.Ends, r.Zone)}
	switch {
	case len(places) == 0:
		p.Shown = r.Words.T("sales.plan_places")
	case plan.Shown == 0:
		p.Shown = r.Words.T("sales.plan_unknown")
	default:
		p.Shown = r.Words.T("sales.plan_shown", lang.Args{"places": strings.Join(places, ", "), "days": ads.PlanDays, "each": plan.Shown})
	}
	return p, nil
}

type creativeRow struct {
	ads.Creative
	StateWord, KindWord, PlaceWord string
}

// newItem is what a form for a new line item begins with: a fortnight from tomorrow
// on, at an even pace.
func newItem(r *newsroom.Request, order int64) ads.Item {
	start := time.Date(r.Now.In(r.Zone).Year(), r.Now.In(r.Zone).Month(), r.Now.In(r.Zone).Day()+1, 0, 0, 0, 0, r.Zone)
	return ads.Item{OrderID: order, Starts: start, Ends: start.AddDate(0, 0, 14), Priority: 5,
		Terms: ads.Terms{Kind: ads.Direct, Even: true, Weight: 1, Price: ads.Price{Model: ads.CPM, Currency: "IDR"}}}
}

// findItem returns the line item of the path and its order; a new one in the order
// that the query or the form names.
func (x *Room) findItem(r *newsroom.Request, order string) (b *ads.Booking, i ads.Item, err error) {
	id, err := r.IDOrNew("id")
	if err != nil {
		return nil, i, err
	}
	var orderID int64
	if id == 0 {
		orderID, _ = strconv.ParseInt(order, 10, 64) // rubbish is no order
	} else if orderID, err = x.Store.OrderOf(r.Context(), id); err != nil {
		return nil, i, err
	}
	if orderID == 0 {
		return nil, i, fault.New(fault.NotFound, "a line item belongs to an order")
	}
	if b, err = x.Store.Booking(r.Context(), orderID); err != nil {
		return nil, i, err
	}
	if id == 0 {
		return b, newItem(r, orderID), nil
	}
	found, err := b.Item(id)
	if err != nil {
		return nil, i, err
	}
	return b, *found, nil
}

func (x *Room) item(w http.ResponseWriter, r *newsroom.Request) error {
	b, i, err := x.findItem(r, r.URL.Query().Get("order"))
	if err != nil {
		return err
	}
	return x.itemForm(w, r, http.StatusOK, b, i, "", nil)
}

func (x *Room) itemForm(w http.ResponseWriter, r *newsroom.Request, status int, b *ads.Booking, i ads.Item, amount string, bad newsroom.Problems) error {
	t := &i.Terms
	p := &itemPage{Shell: shell(r, "ads", r.Words.T("sales.item_new")), Order: b.Order, Item: i, Problems: bad, Amount: amount,
		Kinds:  words(r, "kind", ads.Kinds, func(k ads.Kind) bool { return k == t.Kind }),
		Models: words(r, "model", []ads.Model{ads.CPM, ads.Flat}, func(m ads.Model) bool { return m == t.Price.Model }),
		Pages:  words(r, "page", ads.PageTypes, func(p ads.PageType) bool { return slices.Contains(t.Pages, p) })}
	for _, c := range ads.Currencies {
		p.Money = append(p.Money, Option{c, c, c == t.Price.Currency})
	}
	if amount == "" && t.Price.Amount > 0 {
		p.Amount = money(r.Lang, t.Price.Amount, t.Price.Currency)[len(t.Price.Currency)+1:]
	}
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	for _, s := range tree.All() {
		text := ""
		for range len(tree.Ancestry(s.ID)) - 1 {
			text += "– "
		}
		p.Sections = append(p.Sections, Option{strconv.FormatInt(s.ID, 10), text + s.Name, slices.Contains(t.Sections, s.ID)})
	}
	if i.ID != 0 {
		p.Title, p.State, p.Acts = i.Name, r.Words.T("sales.state."+string(i.State)), acts(r, i.State)
		for _, c := range b.Of(i.ID) {
			p.Creatives = append(p.Creatives, creativeRow{*c, r.Words.T("sales.state." + string(c.State)), r.Words.T("sales.creative." + string(c.Is.Kind)), r.Words.T("sales.place." + string(c.Placement))})
		}
		if p.Plan, err = x.planOf(r, b, &i); err != nil {
			return err
		}
		one := &ads.Booking{Order: b.Order, Items: []*ads.Item{&i}}
		list, err := x.Store.Deliveries(r.Context(), one, r.Zone, r.Now)
		if err != nil {
			return err
		}
		p.Delivery = list[0]
		if days := list[0].Days; len(days) > 0 && (i.State != ads.Draft || i.Seen > 0) {
			last := days[len(days)-1]
			p.Chart, p.First, p.Last = ads.Draw(&list[0]), lang.ShortDate(r.Lang, days[0].At, r.Zone), lang.ShortDate(r.Lang, last.At, r.Zone)
			p.Words = r.Words.T("sales.seen", lang.Args{"seen": last.Sum})
			if i.Goal > 0 {
				p.Words = r.Words.T("sales.chart", lang.Args{"seen": last.Sum, "goal": i.Goal, "due": last.Due})
			}
		}
		if t.Price.Model != "" {
			p.Due = money(r.Lang, list[0].Amount(), t.Price.Currency)
		}
	}
	return x.Door.PageStatus(w, r, status, "sales-item", p)
}

// readItem reads a form into a line item. What cannot be read is an error with its
// field; the rest is read all the same, so that nothing typed is lost.
func readItem(r *newsroom.Request, f url.Values, i *ads.Item) (err error) {
	t := &i.Terms
	i.Name = f.Get("name")
	t.Kind, t.Even = ads.Kind(f.Get("kind")), f.Get("even") != ""
	i.Goal, i.Priority, t.Weight = whole(f, "goal"), int(whole(f, "priority")), int(whole(f, "weight"))
	t.Slot, t.Cap = int(whole(f, "slot")), ads.Cap{N: int(whole(f, "cap")), Hours: int(whole(f, "cap_hours"))}
	t.Price = ads.Price{Model: ads.Model(f.Get("model")), Currency: f.Get("currency")}
	amount, ok := ads.ParseMoney(f.Get("amount"), t.Price.Currency)
	if t.Price.Amount = amount; !ok && f.Get("amount") != "" {
		err = fault.Input("amount", "%q is no amount", f.Get("amount")).Say("ads_amount")
	}
	t.Sections, t.Pages = nil, nil
	for _, v := range f["sections"] {
		if id, e := strconv.ParseInt(v, 10, 64); e == nil {
			t.Sections = append(t.Sections, id)
		}
	}
	for _, v := range f["pages"] {
		t.Pages = append(t.Pages, ads.PageType(v))
	}
	starts, e := r.ParseLocal("starts", f.Get("starts"))
	if e == nil {
		i.Starts = starts
	} else if err == nil {
		err = e
	}
	ends, e := r.ParseLocal("ends", f.Get("ends"))
	if e == nil {
		i.Ends = ends
	} else if err == nil {
		err = e
	}
	return err
}

func (x *Room) saveItem(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	b, i, err := x.findItem(r, f.Get("order"))
	if err != nil {
		return err
	}
	err = readItem(r, f, &i)
	saved := i
	if err == nil {
		saved, err = x.Sales.SaveItem(r.Context(), r.Actor, i)
	}
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.itemForm(w, r, http.StatusUnprocessableEntity, b, i, f.Get("amount"), bad)
	}
	return back(w, r, at("items", saved.ID), "saved")
}

func (x *Room) setItem(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	b, i, err := x.findItem(r, "")
	if err != nil {
		return err
	}
	to := ads.State(f.Get("state"))
	rc, err := x.Sales.SetItem(r.Context(), r.Actor, i.ID, to)
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.itemForm(w, r, http.StatusUnprocessableEntity, b, i, "", together(bad))
	}
	return back(w, r, at("items", i.ID), word(to, rc))
}
