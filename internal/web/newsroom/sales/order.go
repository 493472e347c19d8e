package sales

import (
	"net/http"
	"strconv"
	"time"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

type ordersPage struct {
	newsroom.Shell
	Advertiser ads.Advertiser // whose alone; zero: all
	Rows       []orderRow
	Next       string
}

type orderRow struct {
	ads.OrderRow
	StateWord string
	Seen      int64
	Goal      int64
	Percent   int64
	Behind    bool
	Starts    time.Time
	Ends      time.Time
}

func (x *Room) orders(w http.ResponseWriter, r *newsroom.Request) error {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("after"), 10, 64) // rubbish is the top
	who, _ := strconv.ParseInt(q.Get("advertiser"), 10, 64)
	p := &ordersPage{Shell: shell(r, "ads", r.Words.T("room.nav.ads"))}
	if who > 0 {
		list, err := x.Store.AdvertisersByID(r.Context(), []int64{who})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "there is no advertiser %d", who)
		}
		p.Advertiser = list[0]
	}
	list, err := x.Store.AdOrders(r.Context(), ads.OrderFilter{Advertiser: p.Advertiser.ID, Before: before, Limit: pageSize + 1})
	if err != nil {
		return err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		q.Del("said")
		q.Set("after", strconv.FormatInt(list[pageSize-1].Order.ID, 10))
		p.Next = r.URL.Path + "?" + q.Encode()
	}
	for _, o := range list {
		p.Rows = append(p.Rows, rowOf(r, o))
	}
	return x.Door.Page(w, r, "sales-orders", p)
}

// rowOf sums an order up.
func rowOf(r *newsroom.Request, o ads.OrderRow) orderRow {
	row := orderRow{OrderRow: o, StateWord: r.Words.T("sales.state." + string(o.Order.State))}
	var due, paced int64
	for n := range o.Items {
		i := &o.Items[n]
		if i.State == ads.Removed {
			continue
		}
		row.Seen += i.Seen
		if i.Goal > 0 {
			row.Goal, due, paced = row.Goal+i.Goal, due+i.Due(r.Now), paced+i.Seen
		}
		if row.Starts.IsZero() || i.Starts.Before(row.Starts) {
			row.Starts = i.Starts
		}
		if i.Ends.After(row.Ends) {
			row.Ends = i.Ends
		}
	}
	if row.Goal > 0 {
		row.Seen = paced // what has no goal does not count for one
		row.Percent = min(100*paced/row.Goal, 999)
		row.Behind = o.Order.State == ads.On && paced < due*9/10
	}
	return row
}

type orderPage struct {
	newsroom.Shell
	Order       ads.Order
	Advertisers []Option
	Items       []itemRow
	State       string
	Acts        []Option
	Link        string // to the report, just made
	LinkUntil   time.Time
	Days        int
	Problems    newsroom.Problems
}

type itemRow struct {
	ads.Item
	StateWord string
	KindWord  string
	PriceWord string
	Percent   int64
	Behind    bool
	Over      bool
}

func (x *Room) order(w http.ResponseWriter, r *newsroom.Request) error {
	b, err := x.booking(r)
	if err != nil {
		return err
	}
	if b.Order.ID == 0 {
		b.Order.AdvertiserID, _ = strconv.ParseInt(r.URL.Query().Get("advertiser"), 10, 64) // rubbish is nobody
	}
	return x.orderForm(w, r, http.StatusOK, b, nil, nil)
}

// booking reads the order of the path; an empty one for "new".
func (x *Room) booking(r *newsroom.Request) (*ads.Booking, error) {
	id, err := r.IDOrNew("id")
	if err != nil || id == 0 {
		return &ads.Booking{}, err
	}
	return x.Store.Booking(r.Context(), id)
}

// maxAdvertisers is how many the choice of a form names.
const maxAdvertisers = 500

func (x *Room) orderForm(w http.ResponseWriter, r *newsroom.Request, status int, b *ads.Booking, link *ads.ReportLink, bad newsroom.Problems) error {
	p := &orderPage{Shell: shell(r, "ads", r.Words.T("sales.order_new")), Order: b.Order, Problems: bad, Days: 30}
	list, _, err := x.Store.Advertisers(r.Context(), news.NameFilter{Limit: maxAdvertisers})
	if err != nil {
		return err
	}
	for _, a := range list {
		p.Advertisers = append(p.Advertisers, Option{strconv.FormatInt(a.ID, 10), a.Name, a.ID == b.Order.AdvertiserID})
	}
	if b.Order.ID != 0 {
		p.Title, p.State, p.Acts = b.Order.Name, r.Words.T("sales.state."+string(b.Order.State)), acts(r, b.Order.State)
	}
	for _, i := range b.Items {
		p.Items = append(p.Items, itemRowOf(r, i))
	}
	if link != nil {
		p.Link, p.LinkUntil = "/ads/report/"+x.Marks.SignLink(*link), link.Until
	}
	return x.Door.PageStatus(w, r, status, "sales-order", p)
}

func itemRowOf(r *newsroom.Request, i *ads.Item) itemRow {
	row := itemRow{Item: *i, StateWord: r.Words.T("sales.state." + string(i.State)), KindWord: r.Words.T("sales.kind." + string(i.Terms.Kind)), Over: !i.Ends.After(r.Now)}
	if pr := i.Terms.Price; pr.Model != "" {
		row.PriceWord = r.Words.T("sales.model."+string(pr.Model)) + " " + money(r.Lang, pr.Amount, pr.Currency)
	}
	if i.Goal > 0 {
		row.Percent = min(100*i.Seen/i.Goal, 999)
		row.Behind = i.State == ads.On && i.Seen < i.Due(r.Now)*9/10
	}
	return row
}

// acts are the states to which something can go.
func acts(r *newsroom.Request, from ads.State) (out []Option) {
	to := map[ads.State][]ads.State{ads.Draft: {ads.On, ads.Removed}, ads.On: {ads.Paused, ads.Removed}, ads.Paused: {ads.On, ads.Removed}}
	for _, s := range to[from] {
		out = append(out, Option{string(s), r.Words.T("sales.act." + string(s)), s == ads.Removed})
	}
	return out
}

func (x *Room) saveOrder(w http.ResponseWriter, r *newsroom.Request) error {
	b, err := x.booking(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	o := &b.Order
	o.Name, o.Note = f.Get("name"), f.Get("note")
	o.AdvertiserID, _ = strconv.ParseInt(f.Get("advertiser"), 10, 64) // rubbish is nobody
	saved, err := x.Sales.SaveOrder(r.Context(), r.Actor, *o)
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.orderForm(w, r, http.StatusUnprocessableEntity, b, nil, bad)
	}
	return back(w, r, at("orders", saved.ID), "saved")
}

// word is what a page says about a change of state.
func word(to ads.State, rc ads.Receipt) string {
	if len(rc.Pending) > 0 {
		return "pending"
	}
	return string(to)
}

func (x *Room) setOrder(w http.ResponseWriter, r *newsroom.Request) error {
	b, err := x.booking(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	to := ads.State(f.Get("state"))
	rc, err := x.Sales.SetOrder(r.Context(), r.Actor, b.Order.ID, to)
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.orderForm(w, r, http.StatusUnprocessableEntity, b, nil, together(bad))
	}
	return back(w, r, at("orders", b.Order.ID), word(to, rc))
}

// together puts what is wrong with any field above a form that has not got it.
func together(bad newsroom.Problems) newsroom.Problems {
	out := newsroom.Problems{}
	for _, text := range bad {
		out[""] = text
	}
	return out
}

// link makes a link to the report. It is shown once, on the page that answers.
func (x *Room) link(w http.ResponseWriter, r *newsroom.Request) error {
	b, err := x.booking(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	end := f.Get("end") != ""
	days := int(whole(f, "days"))
	if end {
		days = 1
	}
	l, err := x.Sales.Link(r.Context(), r.Actor, b.Order.ID, days, end)
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.orderForm(w, r, http.StatusUnprocessableEntity, b, nil, bad)
	}
	if end {
		return back(w, r, at("orders", b.Order.ID), "ended")
	}
	return x.orderForm(w, r, http.StatusOK, b, &l, nil)
}

type advertisersPage struct {
	newsroom.Shell
	Query string
	Rows  []ads.Advertiser
	Next  string
}

func (x *Room) advertisers(w http.ResponseWriter, r *newsroom.Request) error {
	q := r.URL.Query()
	f := news.NameFilter{Text: cut(q.Get("q"), 100), After: cut(q.Get("after"), 400), Limit: pageSize}
	rows, next, err := x.Store.Advertisers(r.Context(), f)
	if err != nil {
		return err
	}
	p := &advertisersPage{Shell: shell(r, "ads", r.Words.T("sales.advertisers")), Query: f.Text, Rows: rows}
	if next != "" {
		q.Del("said")
		q.Set("after", next)
		p.Next = r.URL.Path + "?" + q.Encode()
	}
	return x.Door.Page(w, r, "sales-advertisers", p)
}

// cut bounds what somebody typed into an address.
func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

type advertiserPage struct {
	newsroom.Shell
	Advertiser ads.Advertiser
	Problems   newsroom.Problems
}

func (x *Room) findAdvertiser(r *newsroom.Request) (a ads.Advertiser, err error) {
	id, err := r.IDOrNew("id")
	if err != nil || id == 0 {
		return a, err
	}
	list, err := x.Store.AdvertisersByID(r.Context(), []int64{id})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "there is no advertiser %d", id)
	}
	if err != nil {
		return a, err
	}
	return list[0], nil
}

func (x *Room) advertiser(w http.ResponseWriter, r *newsroom.Request) error {
	a, err := x.findAdvertiser(r)
	if err != nil {
		return err
	}
	return x.advertiserForm(w, r, http.StatusOK, a, nil)
}

func (x *Room) advertiserForm(w http.ResponseWriter, r *newsroom.Request, status int, a ads.Advertiser, bad newsroom.Problems) error {
	p := &advertiserPage{Shell: shell(r, "ads", r.Words.T("sales.advertiser_new")), Advertiser: a, Problems: bad}
	if a.ID != 0 {
		p.Title = a.Name
	}
	return x.Door.PageStatus(w, r, status, "sales-advertiser", p)
}

func (x *Room) saveAdvertiser(w http.ResponseWriter, r *newsroom.Request) error {
	a, err := x.findAdvertiser(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	a.Name, a.Contact, a.Note = f.Get("name"), f.Get("contact"), f.Get("note")
	saved, err := x.Sales.SaveAdvertiser(r.Context(), r.Actor, a)
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.advertiserForm(w, r, http.StatusUnprocessableEntity, a, bad)
	}
	return back(w, r, at("advertisers", saved.ID), "saved")
}
