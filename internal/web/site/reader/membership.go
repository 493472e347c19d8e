package reader

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/render"
	"warta/internal/web"
)

// Where the pages about memberships are.
const (
	offers     = "/member"
	membership = "/account/membership"
)

// membershipRoutes are the pages on which readers buy a membership and see to it.
func (x *Reader) membershipRoutes(add func(web.Visibility, string, handler)) {
	add(web.Public, "GET /member", x.offerPage)
	add(web.Public, "POST /member/buy", x.buy)
	add(web.Reader, "GET /member/order/{code}", x.orderPage)
	add(web.Reader, "POST /member/order/{code}/pay", x.payAgain)
	add(web.Reader, "GET /account/membership", x.membershipPage)
	add(web.Reader, "GET /account/membership/invoice/{id}", x.invoicePage)
	add(web.Reader, "POST /account/membership/cancel", x.cancel)
	add(web.Reader, "POST /account/membership/portal", x.portal)
}

// benefitWords says what benefits are.
func benefitWords(r *request, b member.Benefits) (out []string) {
	words := r.words()
	if b.Has(member.NoAds) {
		out = append(out, words.T("membership.benefit.no_ads"))
	}
	if b.Has(member.MembersText) {
		out = append(out, words.T("membership.benefit.text"))
	}
	return out
}

// heading is what the outlet calls its membership.
func heading(r *request) string { return r.set.Get("membership_name") }

// percent returns a rate in hundredths of a per cent as people read it.
func percent(r *request, rate int64) string {
	if rate == 0 {
		return ""
	}
	point := ","
	if r.ask.Lang == lang.EN {
		point = "."
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d%s%02d", rate/100, point, rate%100), "0"), point)
}

// memberUntil returns until when a reader is a member by what he paid, zero if he is
// none, and whether that is renewed. The day that a renewal is given is not promised.
func memberUntil(r *request, t member.Trade) (end time.Time, renewed bool) {
	end = t.Rights.Until(r.now)
	for _, p := range t.Purchases {
		if p.StandingAt(r.now) == member.Active && p.Access.Equal(end) {
			return p.Until, true
		}
	}
	return end, false
}

func (x *Reader) newOffer(r *request, chosen int64) (*render.OfferPage, error) {
	list, err := x.Sales.Offers(r.Context())
	if err != nil {
		return nil, err
	}
	p := &render.OfferPage{In: r.in(), Tax: percent(r, r.set.TaxRate())}
	p.Heading = heading(r)
	if r.in() {
		t, err := x.Sales.Own(r.Context(), r.session.Member.ID)
		if err != nil {
			return nil, err
		}
		end, renewed := memberUntil(r, t)
		if p.Renewed = renewed; !end.IsZero() {
			p.Until = r.date(end)
		}
	}
	for _, o := range list {
		plan := render.OfferPlan{ID: o.ID, Name: o.Name, Note: o.Note, Price: o.Price.Text(r.ask.Lang), Period: string(o.Period), Benefits: benefitWords(r, o.Benefits),
			Trial: o.TrialDays, Chosen: o.ID == chosen}
		for _, w := range o.Ways {
			p.Away = p.Away || !w.Manual()
			plan.Ways = append(plan.Ways, render.OfferWay{Gateway: w.Gateway, Renews: w.Renews})
		}
		p.Plans = append(p.Plans, plan)
	}
	return p, nil
}

// offerPage says what is sold. It has no session's traces but until when its reader
// is a member.
func (x *Reader) offerPage(w http.ResponseWriter, r *request) error {
	chosen, _ := strconv.ParseInt(r.URL.Query().Get("plan"), 10, 64)
	p, err := x.newOffer(r, chosen)
	if err != nil {
		return err
	}
	w.Header().Del("X-Robots-Tag") // it may be found
	return x.show(w, r, p)
}

// buy begins a purchase. Whoever is not signed in does so first, and comes back to
// the plan that he chose.
func (x *Reader) buy(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(v.Get("plan"), 10, 64)
	if !r.in() {
		return seeOther(w, r, with(signIn, "next", with(offers, "plan", strconv.FormatInt(id, 10))))
	}
	bought, err := x.Sales.Buy(r.Context(), r.session.Member, id, v.Get("way"))
	if err != nil && bought.Code != "" {
		return x.order(w, r, bought, err) // it is kept, and can be tried again
	}
	if err != nil {
		p, e := x.newOffer(r, id)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, p)
	}
	return seeOther(w, r, member.PurchasePath+bought.Code)
}

// view returns a purchase as its owner sees it.
func (x *Reader) view(r *request, p member.Purchase) render.PurchaseView {
	v := render.PurchaseView{Code: p.Code, Plan: p.Plan, Price: p.Price.Text(r.ask.Lang), Period: string(p.Period), Gateway: p.Gateway,
		State: string(p.StandingAt(r.now)), Renews: p.Renews, Trial: p.TrialDays, Cancel: p.Going(r.now), Portal: p.Customer != "" && p.Renews && !p.Revoked && !p.Canceled}
	if !p.Until.IsZero() {
		v.Until = r.time(p.Until).Text
	}
	return v
}

// order answers with the page of a purchase.
func (x *Reader) order(w http.ResponseWriter, r *request, bought member.Purchase, problem error) error {
	p := &render.OrderPage{Purchase: x.view(r, bought), URL: bought.URL, Until: r.time(bought.Created.Add(member.OpenFor)).Text}
	p.Next = "/"
	waits := bought.StandingAt(r.now) == member.Waiting
	if bought.Manual() {
		p.Bank = lines(r.set.Get("bank_transfer"))
	}
	if waits && r.URL.Query().Get("back") != "" && !bought.Manual() {
		p.Back = true
		w.Header().Set("Refresh", "5")
	}
	if !waits {
		if err := x.classify(w, r); err != nil {
			return err
		}
	}
	if problem != nil {
		if fault.Is(problem, fault.Unavailable) {
			return x.print(w, r, http.StatusServiceUnavailable, p, problem)
		}
		return x.mend(w, r, problem, p)
	}
	return x.show(w, r, p)
}

// classify gives the reader the class cookie of what he is entitled to now.
func (x *Reader) classify(w http.ResponseWriter, r *request) error {
	_, cookie, err := x.Class(r.Context(), web.Token(r.Request, web.ReaderCookie))
	if err != nil {
		return err
	}
	http.SetCookie(w, cookie)
	return nil
}

// lines returns the lines of a text that say something.
func lines(text string) (out []string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// orderPage follows a purchase. If the gateway has not told of it yet, it is asked.
func (x *Reader) orderPage(w http.ResponseWriter, r *request) error {
	bought, err := x.Sales.Look(r.Context(), r.session.Member.ID, r.PathValue("code"))
	if err != nil {
		return err
	}
	return x.order(w, r, bought, nil)
}

// payAgain asks the gateway for its page once more.
func (x *Reader) payAgain(w http.ResponseWriter, r *request) error {
	bought, err := x.Sales.Checkout(r.Context(), r.session.Member, r.PathValue("code"))
	if err != nil {
		if bought.Code == "" {
			return err
		}
		return x.order(w, r, bought, err)
	}
	return seeOther(w, r, member.PurchasePath+bought.Code)
}

func (x *Reader) newMembership(r *request) (*render.MembershipPage, error) {
	t, err := x.Sales.Own(r.Context(), r.session.Member.ID)
	if err != nil {
		return nil, err
	}
	p := &render.MembershipPage{Benefits: benefitWords(r, t.Rights.At(r.now))}
	end, renewed := memberUntil(r, t)
	if p.Renewed = renewed; !end.IsZero() {
		p.Until = r.time(end).Text
	}
	plans := map[int64]string{}
	for _, b := range slices.Backward(t.Purchases) {
		plans[b.ID] = b.Plan
		if b.StandingAt(r.now) != member.GivenUp && len(p.Purchases) < 50 {
			p.Purchases = append(p.Purchases, x.view(r, *b))
		}
	}
	for _, e := range slices.Backward(t.Entries) {
		if len(p.Receipts) == 100 {
			break
		}
		line := render.ReceiptLine{ID: e.ID, When: r.time(e.At), Plan: plans[e.PurchaseID], Kind: string(e.Kind)}
		if e.Money.Currency != "" {
			line.Sum = e.Money.Text(r.ask.Lang)
		}
		p.Receipts = append(p.Receipts, line)
	}
	return p, nil
}

func (x *Reader) membershipPage(w http.ResponseWriter, r *request) error {
	p, err := x.newMembership(r)
	if err != nil {
		return err
	}
	if err := x.classify(w, r); err != nil {
		return err
	}
	return x.show(w, r, p)
}

// managed answers a form of the membership page.
func (x *Reader) managed(w http.ResponseWriter, r *request, err error, path string) error {
	if err != nil {
		p, e := x.newMembership(r)
		if e != nil {
			return e
		}
		if fault.Is(err, fault.Unavailable) && fault.Find(err).Code != "" {
			return x.print(w, r, http.StatusServiceUnavailable, p, err)
		}
		return x.mend(w, r, err, p)
	}
	return seeOther(w, r, path)
}

func (x *Reader) cancel(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	err = x.Sales.Cancel(r.Context(), r.session.Member.ID, v.Get("code"))
	return x.managed(w, r, err, membership+"?said=pay_canceled")
}

// portal leads to the gateway's own page about means of payment. Forms may lead
// nowhere else than to the site itself, so a page with the link is the answer.
func (x *Reader) portal(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	to, err := x.Sales.Portal(r.Context(), r.session.Member.ID, v.Get("code"))
	if err != nil {
		return x.managed(w, r, err, membership)
	}
	words := r.words()
	p := &render.NotePage{Text: words.T("membership.portal_text"), Link: to, LinkText: words.T("membership.portal_go")}
	p.Heading = words.T("membership.portal")
	return x.show(w, r, p)
}

// invoicePage is the invoice of one payment.
func (x *Reader) invoicePage(w http.ResponseWriter, r *request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "there is no such invoice")
	}
	i, err := x.Sales.Invoice(r.Context(), r.session.Member.ID, id)
	if err != nil {
		return err
	}
	p := &render.InvoicePage{Number: i.Number(r.ask.Zone), Date: r.date(i.Paid.At), Publisher: append([]string{r.set.Get("publisher")}, lines(r.set.Get("address"))...),
		Buyer: []string{r.session.Member.Name, r.session.Member.Email}, Plan: i.Purchase.Plan, Net: i.Net().Text(r.ask.Lang), Tax: i.Tax().Text(r.ask.Lang),
		Rate: percent(r, i.Purchase.TaxRate), Sum: i.Paid.Money.Text(r.ask.Lang), Way: i.Purchase.Gateway, Code: i.Purchase.Code}
	if p.Publisher[0] == "" {
		p.Publisher[0] = r.set.Name()
	}
	p.Taken = i.Taken
	if i.Back.Amount > 0 {
		p.Refunded = i.Back.Text(r.ask.Lang)
	}
	if !i.From.IsZero() {
		p.Span = r.date(i.From) + " – " + r.date(i.Until)
	}
	return x.show(w, r, p)
}

// maxTold bounds a message of a gateway, in bytes, and toldWithin how long it may
// take to come in.
const (
	maxTold      = 256 << 10
	toldWithin   = 20 * time.Second
	toldsAtOnce  = 4
	toldsWaiting = 200
)

// told takes a message of a gateway. Whatever is wrong with what it says is no
// mistake of its sender: it is answered with success once it is stored.
func (x *Reader) told(w http.ResponseWriter, r *http.Request) error {
	private(w.Header())
	done, err := x.tolds.Take(r.Context())
	if err != nil {
		return err
	}
	defer done()
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(toldWithin)); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxTold))
	if err != nil {
		return fault.New(fault.TooLarge, "the message has more than %d bytes, or broke off: %w", maxTold, err)
	}
	outcome, err := x.Sales.Event(r.Context(), r.PathValue("gateway"), r.Header, body)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Invalid) {
		x.Log.Warn("message of a gateway refused", "gateway", r.PathValue("gateway"), "err", err)
		http.Error(w, "refused", web.Status(fault.KindOf(err)))
		return nil
	}
	if err != nil {
		return err
	}
	return answer(w, map[string]string{"outcome": string(outcome)})
}
