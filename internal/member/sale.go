package member

import (
	"context"
	"slices"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/pay"
)

// Terms are what the outlet has decided about selling.
type Terms struct {
	Site      string
	Lang      lang.Code
	Zone      *time.Location
	BaseURL   string
	TaxRate   int64       // hundredths of a per cent that prices include
	GraceDays int         // of a renewal that failed
	Bank      string      // where to transfer; empty: no transfers
	Seconds   []pay.Money // above which a second person confirms; a currency without one: always
}

// ask returns what letters are written by.
func (t Terms) ask() Ask { return Ask{Site: t.Site, Lang: t.Lang, Zone: t.Zone} }

// Sales sells plans: it knows what was bought, and asks the gateways. It is safe
// for concurrent use.
type Sales struct {
	store    TradeStore
	gateways []pay.Gateway
	terms    func(ctx context.Context) (Terms, error)
}

// NewSales returns the sales by gateways, in the order in which they are offered.
// Transfers to the bank are offered as long as terms say where to.
func NewSales(store TradeStore, terms func(ctx context.Context) (Terms, error), gateways ...pay.Gateway) *Sales {
	return &Sales{store: store, terms: terms, gateways: append(slices.Clone(gateways), pay.Manual{})}
}

// Terms returns what the outlet has decided.
func (s *Sales) Terms(ctx context.Context) (Terms, error) { return s.terms(ctx) }

// gateway returns the one with a name.
func (s *Sales) gateway(name string) (pay.Gateway, error) {
	for _, g := range s.gateways {
		if g.Name() == name {
			return g, nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no gateway %q", name)
}

// Gateways returns the names of those that tell of themselves.
func (s *Sales) Gateways() (names []string) {
	for _, g := range s.gateways {
		if g.Name() != pay.ManualName {
			names = append(names, g.Name())
		}
	}
	return names
}

// Way is one way to pay for a plan.
type Way struct {
	Gateway string
	Renews  bool
}

// Manual reports whether it is a transfer that staff confirm.
func (w Way) Manual() bool { return w.Gateway == pay.ManualName }

// Offer is a plan with the ways to pay for it.
type Offer struct {
	Plan
	Ways []Way
}

// Offers returns what is sold. Plans that nobody can pay for are left out.
func (s *Sales) Offers(ctx context.Context) (out []Offer, err error) {
	defer fault.Wrap(&err, "read the offers")
	t, err := s.terms(ctx)
	if err != nil {
		return nil, err
	}
	plans, err := s.store.Plans(ctx, false)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		o := Offer{Plan: p, Ways: s.ways(p, t)}
		if p.State == PlanOffered && len(o.Ways) > 0 {
			out = append(out, o)
		}
	}
	return out, nil
}

// ways returns the ways to pay for a plan.
func (s *Sales) ways(p Plan, t Terms) (out []Way) {
	for _, g := range s.gateways {
		if g.Takes(p.Price) && (g.Name() != pay.ManualName || t.Bank != "") {
			out = append(out, Way{g.Name(), g.Renews() && p.Period != Day})
		}
	}
	return out
}

// reuse is how long a checkout that was begun is gone on with in another tab.
const reuse = 30 * time.Minute

// maxOpen is how many purchases of one member may wait for their payment.
const maxOpen = 20

// Buy begins the purchase of a plan. Whoever asks twice for the same within half
// an hour, as from two tabs, gets the same purchase. If the gateway does not answer
// the purchase is kept, and Checkout tries again; then the error is Unavailable.
func (s *Sales) Buy(ctx context.Context, m Member, planID int64, gateway string) (p Purchase, err error) {
	defer fault.Wrap(&err, "buy plan %d by %s", planID, gateway)
	t, err := s.terms(ctx)
	if err != nil {
		return p, err
	}
	g, err := s.gateway(gateway)
	if err != nil {
		return p, err
	}
	plan, err := s.store.Plan(ctx, planID)
	if err != nil {
		return p, err
	}
	if i := slices.IndexFunc(s.ways(plan, t), func(w Way) bool { return w.Gateway == gateway }); plan.State != PlanOffered || i < 0 {
		return p, fault.New(fault.Gone, "this offer is not sold any more; choose another one").Say("plan_gone")
	}
	renews := g.Renews() && plan.Period != Day
	var code string
	_, err = s.store.ChangeTrade(ctx, TradePick{MemberID: m.ID}, nil, t.Zone, func(tr *Trade) (change.Outcome, error) {
		if tr.Member == nil {
			return change.Outcome{}, errSignedOut()
		}
		open, tried := 0, false
		for _, old := range tr.Purchases {
			if renews && old.Going(tr.Now) && old.Benefits.Has(plan.Benefits) {
				return change.Outcome{}, fault.New(fault.Conflict, "this is paid for already, and goes on by itself").Say("plan_going")
			}
			if old.StandingAt(tr.Now) != Waiting {
				tried = tried || old.TrialDays > 0 && !old.Since.IsZero()
				continue
			}
			open++
			if old.PlanID == plan.ID && old.Gateway == gateway && old.Price == plan.Price && tr.Now.Sub(old.Created) < reuse {
				code = old.Code
				return change.Outcome{}, nil
			}
		}
		if open >= maxOpen {
			return change.Outcome{}, fault.New(fault.Limited, "%d purchases wait for their payment; pay one of them, or try again in three days", open).Say("plan_open", "most", open)
		}
		code = newCode()
		tr.New = &Purchase{Code: code, MemberID: m.ID, PlanID: plan.ID, Plan: plan.Name, Period: plan.Period, Price: plan.Price, Benefits: plan.Benefits,
			TaxRate: t.TaxRate, Renews: renews, Gateway: gateway, Created: tr.Now}
		if renews {
			tr.New.TrialDays = trial(tr, plan, tried)
		}
		return audit("reader", "begin_purchase", "code", code, "plan", plan.ID, "gateway", gateway), nil
	})
	if err != nil {
		return p, err
	}
	return s.Checkout(ctx, m, code)
}

// trial returns the days before the first payment: those of the plan, once, and
// what is left of what was paid for already.
func trial(tr *Trade, plan Plan, tried bool) int {
	days := plan.TrialDays
	if tried {
		days = 0
	}
	if end := tr.Rights.Until(tr.Now); !end.IsZero() && tr.Rights.At(tr.Now).Has(plan.Benefits) {
		days += int((end.Sub(tr.Now) + 24*time.Hour - 1) / (24 * time.Hour))
	}
	return min(days, 700)
}

// Purchase returns a member's own purchase, NotFound for anybody else's.
func (s *Sales) Purchase(ctx context.Context, memberID int64, code string) (p Purchase, t Trade, err error) {
	defer fault.Wrap(&err, "read purchase %s", code)
	if t, err = s.store.Trade(ctx, TradePick{MemberID: memberID}); err != nil {
		return p, t, err
	}
	own := t.byCode(code)
	if own == nil {
		return p, t, fault.New(fault.NotFound, "there is no such purchase")
	}
	return *own, t, nil
}

// Checkout asks the gateway where a purchase is paid, unless that is known.
func (s *Sales) Checkout(ctx context.Context, m Member, code string) (p Purchase, err error) {
	defer fault.Wrap(&err, "check out %s", code)
	p, tr, err := s.Purchase(ctx, m.ID, code)
	if err != nil || p.Ref != "" || p.StandingAt(tr.Now) != Waiting {
		return p, err
	}
	t, err := s.terms(ctx)
	if err != nil {
		return p, err
	}
	g, err := s.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	begun, err := g.Begin(ctx, pay.Order{Code: p.Code, Title: p.Plan + " – " + t.Site, Money: p.Price, Renews: p.Renews, Every: string(p.Period),
		TrialDays: p.TrialDays, Email: m.Email, Back: t.BaseURL + PurchasePath + p.Code + "?back=1"})
	if err != nil {
		if fault.Is(err, fault.Unavailable) {
			err = fault.New(fault.Unavailable, "the payment service does not answer; nothing was paid, and the purchase is kept: try again in a minute: %w", err).Say("pay_away")
		}
		return p, err
	}
	_, err = s.store.ChangeTrade(ctx, TradePick{MemberID: m.ID}, nil, t.Zone, func(tr *Trade) (change.Outcome, error) {
		if own := tr.byCode(code); own != nil && own.Ref == "" {
			own.Ref, own.URL = begun.Ref, begun.URL
		}
		p = *tr.byCode(code)
		return change.Outcome{}, nil
	})
	return p, err
}

// PurchasePath is where the page of a purchase is, its code behind it.
const PurchasePath = "/member/order/"

// lookEvery is how soon a gateway is asked again about one purchase.
const lookEvery = 4 * time.Second

// Look asks the gateway what has become of a purchase of which it has not told
// yet. A gateway that does not answer is no error: it will tell.
func (s *Sales) Look(ctx context.Context, memberID int64, code string) (p Purchase, err error) {
	defer fault.Wrap(&err, "look at purchase %s", code)
	p, tr, err := s.Purchase(ctx, memberID, code)
	if err != nil || p.Ref == "" || p.Gateway == pay.ManualName || p.StandingAt(tr.Now) != Waiting || tr.Now.Sub(p.Looked) < lookEvery {
		return p, err
	}
	facts, err := s.ask(ctx, p)
	if err != nil {
		return p, err
	}
	if err := s.found(ctx, p, facts); err != nil {
		return p, err
	}
	p, _, err = s.Purchase(ctx, memberID, code)
	return p, err
}

// ask asks the gateway about a purchase; without an answer there are no facts.
func (s *Sales) ask(ctx context.Context, p Purchase) ([]pay.Fact, error) {
	g, err := s.gateway(p.Gateway)
	if err != nil {
		return nil, err
	}
	facts, err := g.Look(ctx, pay.Known{Code: p.Code, Ref: p.Ref, Subscription: p.Subscription})
	if fault.Is(err, fault.Unavailable) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return facts, err
}

// found enters what a gateway answered about a purchase.
func (s *Sales) found(ctx context.Context, p Purchase, facts []pay.Fact) error {
	t, err := s.terms(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.ChangeTrade(ctx, TradePick{MemberID: p.MemberID}, nil, t.Zone, func(tr *Trade) (change.Outcome, error) {
		own := tr.byCode(p.Code)
		if own == nil {
			return change.Outcome{}, nil
		}
		own.Looked = tr.Now
		r := reading{t: tr, terms: t, gateway: p.Gateway, asked: true}
		for _, f := range facts {
			r.read(f)
		}
		return r.out, nil
	})
	return err
}
