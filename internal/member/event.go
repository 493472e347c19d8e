package member

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/pay"
)

// JobCancel is the kind of the job that ends a subscription at its gateway. Its
// arguments are {"id": …}, of the purchase.
const JobCancel = "pay.cancel"

// lateAfter is from when on a payment of which we hear is late.
const lateAfter = 24 * time.Hour

// Event takes a message of a gateway: it is stored and applied in one transaction.
// A message that was taken before changes nothing. One for which nobody vouches is
// counted, and is Forbidden.
func (s *Sales) Event(ctx context.Context, gateway string, head http.Header, body []byte) (_ Outcome, err error) {
	defer fault.Wrap(&err, "take an event of %s", gateway)
	g, err := s.gateway(gateway)
	if err != nil {
		return "", err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return "", err
	}
	ev, err := g.Event(head, body, now)
	if fault.Is(err, fault.Forbidden) {
		if e := s.store.NoteRefusal(ctx, gateway); e != nil {
			return "", e
		}
	}
	if err != nil {
		return "", err
	}
	if len(ev.Facts) == 0 {
		return Ignored, nil
	}
	return s.take(ctx, Told{Gateway: gateway, ID: ev.ID, Kind: ev.Kind, Facts: ev.Facts})
}

// pickOf names whose facts they are.
func pickOf(gateway string, facts []pay.Fact) (p TradePick) {
	p.Gateway = gateway
	for _, f := range facts {
		if p.Code == "" {
			p.Code = f.Order
		}
		if p.Subscription == "" {
			p.Subscription = f.Subscription
		}
		if p.Payment == "" {
			p.Payment = f.Payment
		}
	}
	return p
}

// take applies an event that is vouched for.
func (s *Sales) take(ctx context.Context, told Told) (outcome Outcome, err error) {
	t, err := s.terms(ctx)
	if err != nil {
		return "", err
	}
	// Gateways repeat themselves: what was worked on before costs no transaction.
	known, err := s.store.Told(ctx, told.Gateway, told.ID)
	if err == nil && known.Outcome != Fresh && known.Outcome != Held {
		return known.Outcome, nil
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	opened := false
	_, err = s.store.ChangeTrade(ctx, pickOf(told.Gateway, told.Facts), &told, t.Zone, func(tr *Trade) (change.Outcome, error) {
		opened = false
		if tr.Told == nil {
			return change.Outcome{}, fault.New(fault.Internal, "event %s was not stored", told.ID)
		}
		if tr.Told.Outcome != Fresh && tr.Told.Outcome != Held {
			outcome = tr.Told.Outcome
			return change.Outcome{}, nil
		}
		kept := *tr.Told
		r := reading{t: tr, terms: t, gateway: told.Gateway, outcome: Ignored}
		for _, f := range kept.Facts {
			r.read(f)
		}
		if r.outcome == Held && tr.Now.Sub(kept.Received) >= holdFor {
			r.outcome = Unknown
		}
		kept.Outcome, kept.Note, kept.PurchaseID, kept.MemberID = r.outcome, r.note, r.about, tr.MemberID
		tr.Store, outcome, opened = &kept, r.outcome, r.opened
		return r.out, nil
	})
	if err == nil && opened {
		err = s.resume(ctx, told.Facts) // what waited for this
	}
	return outcome, err
}

// How long an event waits for what it belongs to, and how many are read at a time.
const (
	holdFor  = 7 * 24 * time.Hour
	holdSize = 100
)

// Resume applies all events that wait for what they belong to, the oldest first.
func (s *Sales) Resume(ctx context.Context) error {
	for last := (Told{}); ; {
		list, err := s.store.WaitingTold(ctx, last, holdSize)
		if err != nil {
			return err
		}
		for _, told := range list {
			if _, err := s.take(ctx, told); err != nil {
				return err
			}
			last = told
		}
		if len(list) < holdSize {
			return nil
		}
	}
}

// resume is Resume for those of the newest that belong to some facts: what gateways
// tell of one thing comes close together. Others wait for Resume.
func (s *Sales) resume(ctx context.Context, facts []pay.Fact) error {
	list, err := s.store.ToldWith(ctx, Held, holdSize)
	if err != nil {
		return err
	}
	for _, told := range slices.Backward(list) {
		if !related(told.Facts, facts) {
			continue
		}
		if _, err := s.take(ctx, told); err != nil {
			return err
		}
	}
	return nil
}

// related reports whether some facts name a payment or a subscription of others.
func related(a, b []pay.Fact) bool {
	for _, f := range a {
		for _, g := range b {
			if f.Payment != "" && f.Payment == g.Payment || f.Subscription != "" && f.Subscription == g.Subscription {
				return true
			}
		}
	}
	return false
}

// reading enters facts into one member's ledger.
type reading struct {
	t       *Trade
	terms   Terms
	gateway string
	asked   bool // we asked: nothing is late

	out     change.Outcome
	outcome Outcome
	note    string
	about   int64 // the purchase
	opened  bool  // something is known to which others may belong
	missing []PostingKind
}

// severity orders outcomes: the one that most needs a person stands.
var severity = []Outcome{Ignored, Applied, Late, AfterCancel, Twice, WrongAmount, OtherMoney, Held, Unknown}

func (r *reading) say(o Outcome, note string) {
	if slices.Index(severity, o) > slices.Index(severity, r.outcome) {
		r.outcome, r.note = o, note
	}
}

// purchase finds what a fact is about.
func (r *reading) purchase(f pay.Fact) *Purchase {
	if p := r.t.byCode(f.Order); p != nil {
		return p
	}
	for _, p := range r.t.Purchases {
		if f.Subscription != "" && p.Gateway == r.gateway && p.Subscription == f.Subscription {
			return p
		}
	}
	if e := r.t.paid(f.Payment); e != nil {
		return r.t.purchase(e.PurchaseID)
	}
	return nil
}

// read enters one fact, unless it is there.
func (r *reading) read(f pay.Fact) {
	p := r.purchase(f)
	switch {
	case p != nil && p.Gateway == r.gateway:
	case f.Order != "":
		r.say(Unknown, f.Order)
		return
	default:
		r.say(Held, f.Payment+f.Subscription)
		return
	}
	r.about = p.ID
	if f.Customer != "" && p.Customer == "" {
		p.Customer = f.Customer
	}
	if f.Subscription != "" && p.Subscription == "" {
		p.Subscription, r.opened = f.Subscription, true
	}
	e := Posting{Key: r.gateway + ":" + string(f.Kind) + ":" + f.Ref, Kind: kindOf(f.Kind), At: f.At, Booked: r.t.Now, PurchaseID: p.ID,
		Payment: f.Payment, Money: f.Money, From: f.From, Until: f.Until}
	if e.At.IsZero() {
		e.At = r.t.Now
	}
	if r.t.entry(e.Key) != nil || r.t.entry(oddKey(e.Key)) != nil {
		r.say(Applied, "")
		return
	}
	switch f.Kind {
	case pay.Linked:
		r.say(Applied, "")
	case pay.Expired:
		p.Expired = p.Since.IsZero() && r.t.paidFor(p.ID) == 0
		r.say(Applied, "")
	case pay.Paid:
		r.paid(p, f, e)
	case pay.Failed:
		e.Days = r.terms.GraceDays
		r.enter(e)
		r.letter(p, "failed", lang.Args{"until": r.when(p.Until.AddDate(0, 0, e.Days))}, "/account/membership")
	case pay.Refunded:
		r.refunded(p, f, e)
	case pay.Disputed, pay.DisputeWon:
		r.disputed(f, e)
	case pay.Canceled, pay.Resumed:
		r.enter(e)
		if f.Kind == pay.Canceled {
			for _, o := range slices.Concat(r.t.Entries, r.t.Add) {
				if o.PurchaseID == p.ID && o.Kind == kindOf(pay.Paid) && o.At.After(e.At) {
					r.say(AfterCancel, o.Payment)
				}
			}
		}
	default:
		r.say(Ignored, "")
	}
}

// enter adds an entry to the ledger.
func (r *reading) enter(e Posting) {
	r.t.Add = append(r.t.Add, e)
	r.missing = append(r.missing, e.Kind)
	r.say(Applied, "")
}

// oddKey is that of an entry for money that is kept apart.
func oddKey(key string) string { return key + ":apart" }

// paidFor returns how many payments there are of a purchase.
func (t *Trade) paidFor(id int64) (n int) {
	for _, e := range slices.Concat(t.Entries, t.Add) {
		if e.PurchaseID == id && e.Kind == kindOf(pay.Paid) {
			n++
		}
	}
	return n
}

// paid enters money that came in.
func (r *reading) paid(p *Purchase, f pay.Fact, e Posting) {
	if e.Payment == "" {
		e.Payment = f.Ref
	}
	free := f.Money.Amount == 0 && p.TrialDays > 0 && p.Renews
	switch {
	case f.Money.Currency != p.Price.Currency:
		r.apart(e, OtherMoney, f.Money.String()+" ≠ "+p.Price.String())
		return
	case f.Money.Amount != p.Price.Amount && !free:
		r.apart(e, WrongAmount, f.Money.String()+" ≠ "+p.Price.String())
		return
	}
	first := r.t.paidFor(p.ID) == 0
	e.Moves = paidMoves(p.Gateway, f.Money.Amount, TaxOf(f.Money.Amount, p.TaxRate))
	r.enter(e)
	r.opened, p.Expired = true, false
	if canceledBefore(r.t, p.ID, e.At) {
		r.say(AfterCancel, "")
	}
	if !r.asked && r.t.Now.Sub(e.At) > lateAfter {
		r.say(Late, strconv.Itoa(int(r.t.Now.Sub(e.At)/time.Hour))+" h")
	}
	if first && p.Renews {
		for _, o := range r.t.Purchases {
			if o.ID != p.ID && o.Going(r.t.Now) && o.Benefits.Has(p.Benefits) {
				args, _ := json.Marshal(map[string]int64{"id": p.ID})
				r.out.Jobs = append(r.out.Jobs, change.Job{Kind: JobCancel, Args: args, Key: strconv.FormatInt(p.ID, 10)})
				r.say(Twice, o.Code)
				break
			}
		}
	}
	kind := "receipt"
	if free {
		kind = "trial"
	}
	r.letter(p, kind, lang.Args{"sum": f.Money.Text(r.terms.Lang), "time": r.when(e.At)}, "/account/membership")
}

// canceledBefore reports whether a purchase had been canceled at an instant.
func canceledBefore(t *Trade, id int64, at time.Time) (canceled bool) {
	for _, e := range byTime(slices.Concat(t.Entries, t.Add)) {
		if e.PurchaseID != id || !e.At.Before(at) {
			continue
		}
		switch e.Kind {
		case kindOf(pay.Canceled):
			canceled = true
		case kindOf(pay.Resumed):
			canceled = false
		}
	}
	return canceled
}

// apart enters money that fits no price: it is the outlet's to give back, or to
// make something of.
func (r *reading) apart(e Posting, o Outcome, note string) {
	e.Key, e.Kind, e.Reason = oddKey(e.Key), Odd, note
	e.From, e.Until = time.Time{}, time.Time{}
	if _, known := pay.Decimals(e.Money.Currency); known {
		e.Moves = oddMoves(r.gateway, e.Money.Amount)
		r.enter(e)
		r.opened = true
	}
	r.say(o, note)
}

// refunded enters money that went back.
func (r *reading) refunded(p *Purchase, f pay.Fact, e Posting) {
	paid := r.t.paid(f.Payment)
	if paid == nil {
		r.say(Held, f.Payment)
		return
	}
	before := r.t.gone(f.Payment)
	e.Money = pay.Money{Amount: min(f.Money.Amount, paid.Money.Amount-before), Currency: paid.Money.Currency}
	if f.Money.Currency != paid.Money.Currency || e.Money.Amount != f.Money.Amount {
		r.say(WrongAmount, f.Money.String())
	}
	if e.Money.Amount <= 0 {
		return
	}
	e.Moves = backMoves(r.gateway, *paid, before, e.Money.Amount)
	r.enter(e)
	r.letter(p, "refund", lang.Args{"sum": e.Money.Text(r.terms.Lang), "time": r.when(e.At)}, "/account/membership")
}

// gone returns how much of a payment went back.
func (t *Trade) gone(payment string) (sum int64) {
	for _, e := range slices.Concat(t.Entries, t.Add) {
		if e.Payment == payment && e.Kind == kindOf(pay.Refunded) {
			sum += e.Money.Amount
		}
	}
	return sum
}

// disputed enters a charge-back, or that it was taken back.
func (r *reading) disputed(f pay.Fact, e Posting) {
	paid := r.t.paid(f.Payment)
	if paid == nil {
		r.say(Held, f.Payment)
		return
	}
	e.Money = pay.Money{Amount: min(f.Money.Amount, paid.Money.Amount), Currency: paid.Money.Currency}
	m := Move{accountDisputes, accountAt + r.gateway, e.Money.Amount}
	if f.Kind == pay.DisputeWon {
		m.Debit, m.Credit = m.Credit, m.Debit
	}
	e.Moves = keep(m)
	r.enter(e)
}

// when returns a time in the words of letters.
func (r *reading) when(t time.Time) string { return r.terms.ask().when(t) }

// letter writes to the member, if there is one.
func (r *reading) letter(p *Purchase, kind string, args lang.Args, link string) {
	if r.t.Member == nil {
		return
	}
	all := lang.Args{"plan": p.Plan}
	for k, v := range args {
		all[k] = v
	}
	r.out.Mails = append(r.out.Mails, r.terms.ask().letter("pay_"+kind, r.t.Member.Email, r.t.Member.Name, link, all))
}
