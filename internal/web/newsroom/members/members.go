// Package members is the part of the newsroom that looks after readers who pay:
// what is sold, who has what, transfers, refunds and gifts, what gateways told
// that somebody has to look at, and the books. What may be done is decided by
// member.
package members

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/pay"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Store reads what the pages print; *store.DB is one.
type Store interface {
	SeekMembers(ctx context.Context, f member.Seek) ([]member.Member, error)
	Plans(ctx context.Context, all bool) ([]member.Plan, error)
	Plan(ctx context.Context, id int64) (member.Plan, error)
	OpenPurchases(ctx context.Context, gateway string, since, looked time.Time, after member.Purchase, limit int) ([]member.Purchase, error)
	Requests(ctx context.Context, state string, memberID, before int64, limit int) ([]member.Request, error)
	ToldWith(ctx context.Context, outcome member.Outcome, limit int) ([]member.Told, error)
	Refusals(ctx context.Context, limit int) ([]member.Refusal, error)
	UsersByID(ctx context.Context, ids []int64) (map[int64]account.User, error)
}

// Parts are what the pages need. All are required.
type Parts struct {
	Door  *newsroom.Door
	Sales *member.Sales
	Store Store
	Books Books
}

// Room answers the pages.
type Room struct {
	d *newsroom.Door
	p Parts
}

// New returns the pages behind a door.
func New(p Parts) *Room { return &Room{d: p.Door, p: p} }

// Prefix is where the pages begin.
const Prefix = newsroom.Prefix + "/members"

// Routes are the addresses of the package.
func (x *Room) Routes() []newsroom.Route {
	get := func(path, about string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: "GET", Pattern: Prefix + path, Visibility: web.Staff, Capability: account.Members, Handler: h, About: about}
	}
	post := func(path, about string, h newsroom.Handler) newsroom.Route {
		r := get(path, about, h)
		r.Method = "POST"
		return r
	}
	return []newsroom.Route{
		get("", "", x.list),
		get("/readers/{id}", "reader", x.reader),
		post("/readers/{id}/comp", "reader", x.comp),
		post("/readers/{id}/refund", "reader", x.refund),
		get("/plans", "", x.plans),
		post("/plans", "", x.savePlan),
		get("/plans/{id}", "plan", x.plan),
		post("/plans/{id}", "plan", x.savePlan),
		post("/plans/{id}/state", "plan", x.movePlan),
		get("/transfers", "", x.transfers),
		post("/transfers", "", x.transferred),
		get("/requests", "", x.requests),
		post("/requests/{id}", "request", x.decide),
		get("/events", "", x.events),
		post("/events", "", x.settle),
		get("/books", "", x.books),
		get("/ledger.csv", "", x.ledgerCSV),
		post("/differences/{id}", "difference", x.settleDifference),
	}
}

// pageSize is how many lines a page of a list has.
const pageSize = 50

// page is what all pages have.
type page struct {
	newsroom.Shell
	Tab      string
	Problems map[string]string
}

// shell returns what stands around a page, with what was just done.
func (x *Room) shell(r *newsroom.Request, tab, title string) page {
	p := page{Shell: newsroom.Shell{Title: r.Words.T(title), Active: "members"}, Tab: tab}
	if key := "members.said." + r.URL.Query().Get("said"); r.Words.Has(key) {
		p.Said = r.Words.T(key)
	}
	return p
}

// mend puts what is wrong with a form beside its fields; an error that its sender
// can do nothing about is returned.
func (p *page) mend(r *newsroom.Request, err error) error {
	if !newsroom.Mendable(err) && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Unavailable) || fault.Find(err).Code == "" {
		return err
	}
	field, text := r.Sentence(err)
	p.Problems = map[string]string{field: text}
	return nil
}

// status returns that of a page whose form has to be mended.
func status(err error) int {
	if fault.Is(err, fault.Invalid) {
		return http.StatusUnprocessableEntity
	}
	return web.Status(fault.KindOf(err))
}

func number(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// done leads back to a page that says what was done.
func done(w http.ResponseWriter, r *newsroom.Request, path, said string) error {
	return newsroom.SeeOther(w, r, Prefix+path+"?said="+said)
}

// names returns what actors ("user:3") are called.
func (x *Room) names(r *newsroom.Request, actors ...string) (func(string) string, error) {
	var ids []int64
	for _, a := range actors {
		if id, ok := strings.CutPrefix(a, "user:"); ok {
			ids = append(ids, number(id))
		}
	}
	slices.Sort(ids)
	users, err := x.p.Store.UsersByID(r.Context(), slices.Compact(ids))
	return func(a string) string {
		if id, ok := strings.CutPrefix(a, "user:"); ok && users[number(id)].Name != "" {
			return users[number(id)].Name
		}
		return a
	}, err
}

// benefits says what benefits are.
func benefits(r *newsroom.Request, b member.Benefits) string {
	var out []string
	if b.Has(member.NoAds) {
		out = append(out, r.Words.T("members.benefit.no_ads"))
	}
	if b.Has(member.MembersText) {
		out = append(out, r.Words.T("members.benefit.text"))
	}
	return strings.Join(out, ", ")
}

type readerRow struct {
	ID          int64
	Name, Email string
	Has         string    // benefits that he has now
	Until       time.Time // zero: he has none
	Since       time.Time
}

type listPage struct {
	page
	Query string
	Rows  []readerRow
	Next  string
}

// seek reads what was typed into the search: a number, the code of a purchase, or
// the beginning of an address or of words of a name.
func seek(q string) (f member.Seek) {
	q = strings.TrimSpace(q)
	switch upper := strings.ToUpper(q); {
	case q == "":
	case number(q) > 0:
		f.ID = number(q)
	case len(q) == 10 && upper == q:
		f.Code = q
	default:
		f.Text = strings.ToLower(q)
	}
	return f
}

// maxQuery bounds what is looked for, in bytes.
const maxQuery = 254

func (x *Room) list(w http.ResponseWriter, r *newsroom.Request) error {
	q := r.URL.Query().Get("q")
	if len(q) > maxQuery {
		q = strings.ToValidUTF8(q[:maxQuery], "")
	}
	f := seek(q)
	f.Before, f.Limit = number(r.URL.Query().Get("before")), pageSize+1
	rows, err := x.p.Store.SeekMembers(r.Context(), f)
	if err != nil {
		return err
	}
	p := &listPage{page: x.shell(r, "readers", "members.readers"), Query: q}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		if q == "" {
			p.Next = Prefix + "?before=" + strconv.FormatInt(rows[pageSize-1].ID, 10)
		}
	}
	for _, m := range rows {
		has := m.Rights.At(r.Now)
		row := readerRow{ID: m.ID, Name: m.Name, Email: m.Email, Since: m.Created, Has: benefits(r, has)}
		if has != 0 {
			row.Until = m.Rights.Until(r.Now)
		}
		p.Rows = append(p.Rows, row)
	}
	return x.d.Page(w, r, "members-list", p)
}

type purchaseRow struct {
	member.Purchase
	Standing string
	Sum      string
}

type lineRow struct {
	ID         int64
	At, Booked time.Time
	Kind       string
	Sum        string
	Code       string
	Actor      string
	Reason     string
	Left       string // of a payment: what can be given back, as a form has it; empty: nothing
}

type readerPage struct {
	page
	Reader    readerRow
	Gone      bool // he was erased
	Purchases []purchaseRow
	Lines     []lineRow
	Requests  []requestRow
	Plans     []member.Plan
	Form      url.Values // what was typed
}

func (x *Room) readerOf(r *newsroom.Request) (*readerPage, int64, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, 0, err
	}
	t, err := x.p.Sales.Own(r.Context(), id)
	if err != nil {
		return nil, id, err
	}
	if t.Member == nil && len(t.Purchases) == 0 {
		return nil, id, fault.New(fault.NotFound, "there is no reader %d", id)
	}
	p := &readerPage{page: x.shell(r, "readers", "members.reader"), Reader: readerRow{ID: id}, Gone: t.Member == nil, Form: url.Values{}}
	if m := t.Member; m != nil {
		p.Title = m.Name
		p.Reader = readerRow{ID: id, Name: m.Name, Email: m.Email, Since: m.Created, Has: benefits(r, m.Benefits), Until: m.Rights.Until(r.Now)}
	}
	codes := map[int64]string{}
	for _, b := range slices.Backward(t.Purchases) {
		codes[b.ID] = b.Code
		if len(p.Purchases) < pageSize {
			p.Purchases = append(p.Purchases, purchaseRow{*b, string(b.StandingAt(r.Now)), b.Price.Text(r.Lang)})
		}
	}
	actors := []string{}
	for _, e := range t.Entries {
		actors = append(actors, e.Actor)
	}
	requests, err := x.p.Store.Requests(r.Context(), "", id, 0, pageSize)
	if err != nil {
		return nil, id, err
	}
	for _, q := range requests {
		actors = append(actors, q.By, q.DecidedBy)
	}
	name, err := x.names(r, actors...)
	if err != nil {
		return nil, id, err
	}
	for _, e := range slices.Backward(t.Entries) {
		if len(p.Lines) == 4*pageSize {
			break
		}
		l := lineRow{ID: e.ID, At: e.At, Booked: e.Booked, Kind: string(e.Kind), Code: codes[e.PurchaseID], Actor: name(e.Actor), Reason: e.Reason}
		if e.Money.Currency != "" {
			l.Sum = e.Money.Text(r.Lang)
		}
		if left := t.Left(e); left.Amount > 0 {
			l.Left = left.Plain()
		}
		p.Lines = append(p.Lines, l)
	}
	p.Requests = requestRows(r, requests, name)
	plans, err := x.p.Store.Plans(r.Context(), false)
	p.Plans = plans
	return p, id, err
}

func (x *Room) reader(w http.ResponseWriter, r *newsroom.Request) error {
	p, _, err := x.readerOf(r)
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "members-reader", p)
}

// asked answers a form that asks for a refund or a gift.
func (x *Room) asked(w http.ResponseWriter, r *newsroom.Request, f url.Values, q member.Request, id int64, err error) error {
	if err != nil {
		p, _, e := x.readerOf(r)
		if e != nil {
			return e
		}
		if p.Form = f; p.mend(r, err) != nil {
			return err
		}
		return x.d.PageStatus(w, r, status(err), "members-reader", p)
	}
	said := "done_" + q.Kind
	if q.State == member.RequestWaiting {
		said = "second"
	}
	return done(w, r, "/readers/"+strconv.FormatInt(id, 10), said)
}

func (x *Room) comp(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	q, err := x.p.Sales.AskComp(r.Context(), r.Actor, id, number(f.Get("plan")), int(number(f.Get("count"))), f.Get("reason"))
	return x.asked(w, r, f, q, id, err)
}

func (x *Room) refund(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	q, err := x.p.Sales.AskRefund(r.Context(), r.Actor, id, number(f.Get("payment")), f.Get("sum"), f.Get("reason"))
	return x.asked(w, r, f, q, id, err)
}

type transfersPage struct {
	page
	Rows []purchaseRow
	Next string
	Bank string
	Form url.Values
}

func (x *Room) transfersOf(r *newsroom.Request) (*transfersPage, error) {
	t, err := x.p.Sales.Terms(r.Context())
	if err != nil {
		return nil, err
	}
	// Nobody looks for what a bank is told, so they stand in the order of their ids.
	after := member.Purchase{ID: number(r.URL.Query().Get("after"))}
	rows, err := x.p.Store.OpenPurchases(r.Context(), pay.ManualName, time.Time{}, r.Now, after, pageSize+1)
	if err != nil {
		return nil, err
	}
	p := &transfersPage{page: x.shell(r, "transfers", "members.transfers"), Bank: t.Bank, Form: url.Values{}}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		p.Next = Prefix + "/transfers?after=" + strconv.FormatInt(rows[pageSize-1].ID, 10)
	}
	for _, b := range rows {
		p.Rows = append(p.Rows, purchaseRow{b, string(b.StandingAt(r.Now)), b.Price.Text(r.Lang)})
	}
	return p, nil
}

func (x *Room) transfers(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.transfersOf(r)
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "members-transfers", p)
}

func (x *Room) transferred(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	err = x.p.Sales.Transferred(r.Context(), r.Actor, strings.ToUpper(strings.TrimSpace(f.Get("code"))), f.Get("sum"), f.Get("note"))
	if err == nil {
		return done(w, r, "/transfers", "transferred")
	}
	p, e := x.transfersOf(r)
	if e != nil {
		return e
	}
	if fault.Is(err, fault.NotFound) && fault.Find(err).Code != "" {
		_, text := r.Sentence(err)
		p.Problems = map[string]string{"code": text}
	} else if p.mend(r, err) != nil {
		return err
	}
	p.Form = f
	return x.d.PageStatus(w, r, http.StatusUnprocessableEntity, "members-transfers", p)
}

type requestRow struct {
	member.Request
	Sum, ByName, DecidedName string
	Own                      bool // the sender asked for it
}

type requestsPage struct {
	page
	Rows []requestRow
	Next string
}

func requestRows(r *newsroom.Request, list []member.Request, name func(string) string) (out []requestRow) {
	for _, q := range list {
		out = append(out, requestRow{q, q.Money.Text(r.Lang), name(q.By), name(q.DecidedBy), q.By == r.Actor.String()})
	}
	return out
}

func (x *Room) requestsOf(r *newsroom.Request) (*requestsPage, error) {
	p := &requestsPage{page: x.shell(r, "requests", "members.requests")}
	list, err := x.p.Store.Requests(r.Context(), "", 0, number(r.URL.Query().Get("before")), pageSize+1)
	if err != nil {
		return nil, err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		p.Next = Prefix + "/requests?before=" + strconv.FormatInt(list[pageSize-1].ID, 10)
	}
	var actors []string
	for _, q := range list {
		actors = append(actors, q.By, q.DecidedBy)
	}
	name, err := x.names(r, actors...)
	p.Rows = requestRows(r, list, name)
	return p, err
}

func (x *Room) requests(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.requestsOf(r)
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "members-requests", p)
}

func (x *Room) decide(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	yes := f.Get("do") == "confirm"
	if _, err = x.p.Sales.Decide(r.Context(), r.Actor, id, yes); err != nil {
		p, e := x.requestsOf(r)
		if e != nil {
			return e
		}
		if p.mend(r, err) != nil {
			return err
		}
		return x.d.PageStatus(w, r, status(err), "members-requests", p)
	}
	said := "refused"
	if yes {
		said = "confirmed"
	}
	return done(w, r, "/requests", said)
}

type toldRow struct {
	member.Told
	Summary []string
	ByName  string
}

type eventsPage struct {
	page
	Outcomes []outcomeTab
	Current  string
	Rows     []toldRow
	Refusals []member.Refusal
	Form     url.Values
}

type outcomeTab struct {
	Name    string
	Current bool
}

func (x *Room) eventsOf(r *newsroom.Request) (*eventsPage, error) {
	p := &eventsPage{page: x.shell(r, "events", "members.events"), Form: url.Values{}}
	want := append(slices.Clone(member.Unsettled), member.Settled)
	show := member.Unsettled
	if o := member.Outcome(r.URL.Query().Get("outcome")); slices.Contains(want, o) {
		show, p.Current = []member.Outcome{o}, string(o)
	}
	for _, o := range want {
		p.Outcomes = append(p.Outcomes, outcomeTab{string(o), string(o) == p.Current})
	}
	var actors []string
	for _, o := range show {
		list, err := x.p.Store.ToldWith(r.Context(), o, pageSize)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			row := toldRow{Told: t}
			for _, f := range t.Facts {
				s := r.Words.T("members.fact." + string(f.Kind))
				if f.Money.Currency != "" {
					s += " " + f.Money.Text(r.Lang)
				}
				row.Summary = append(row.Summary, s+" · "+lang.DateTime(r.Lang, f.At, r.Zone))
			}
			actors = append(actors, t.By)
			p.Rows = append(p.Rows, row)
		}
	}
	slices.SortStableFunc(p.Rows, func(a, b toldRow) int { return b.Received.Compare(a.Received) })
	name, err := x.names(r, actors...)
	if err != nil {
		return nil, err
	}
	for i := range p.Rows {
		p.Rows[i].ByName = name(p.Rows[i].By)
	}
	p.Refusals, err = x.p.Store.Refusals(r.Context(), 14)
	return p, err
}

func (x *Room) events(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.eventsOf(r)
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "members-events", p)
}

func (x *Room) settle(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	if err := x.p.Sales.Settle(r.Context(), r.Actor, f.Get("gateway"), f.Get("id"), f.Get("note")); err != nil {
		p, e := x.eventsOf(r)
		if e != nil {
			return e
		}
		if p.Form = f; p.mend(r, err) != nil {
			return err
		}
		return x.d.PageStatus(w, r, status(err), "members-events", p)
	}
	return done(w, r, "/events", "settled")
}
