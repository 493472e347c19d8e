package member

import (
	"context"
	"slices"
	"strconv"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/pay"
)

// Manual reports whether a purchase is paid by a transfer that staff confirm.
func (p Purchase) Manual() bool { return p.Gateway == pay.ManualName }

// Own returns all that a member bought.
func (s *Sales) Own(ctx context.Context, memberID int64) (t Trade, err error) {
	defer fault.Wrap(&err, "read what reader %d bought", memberID)
	return s.store.Trade(ctx, TradePick{MemberID: memberID})
}

// own returns a purchase of a member with its gateway.
func (s *Sales) own(ctx context.Context, memberID int64, code string) (Purchase, pay.Gateway, time.Time, error) {
	p, t, err := s.Purchase(ctx, memberID, code)
	if err != nil {
		return p, nil, t.Now, err
	}
	g, err := s.gateway(p.Gateway)
	return p, g, t.Now, err
}

// errAway says that a gateway does not answer somebody who manages a purchase.
func errAway(err error) error {
	if !fault.Is(err, fault.Unavailable) {
		return err
	}
	return fault.New(fault.Unavailable, "the payment service does not answer; nothing was changed: try again in a minute: %w", err).Say("pay_away_manage")
}

// Cancel lets a member's subscription end with the time that is paid for. The
// gateway is told first: as long as it does not know it goes on collecting.
func (s *Sales) Cancel(ctx context.Context, memberID int64, code string) (err error) {
	defer fault.Wrap(&err, "cancel purchase %s", code)
	p, g, now, err := s.own(ctx, memberID, code)
	if err != nil {
		return err
	}
	if !p.Going(now) {
		return fault.New(fault.Conflict, "this is not renewed any more").Say("pay_not_going")
	}
	return s.cancel(ctx, p, g, "reader")
}

// CancelByID is Cancel for the job with this name: of a purchase that does not go
// on, it leaves everything as it is.
func (s *Sales) CancelByID(ctx context.Context, id int64) (err error) {
	defer fault.Wrap(&err, "cancel purchase %d", id)
	t, err := s.store.Trade(ctx, TradePick{PurchaseID: id})
	if err != nil {
		return err
	}
	p := t.purchase(id)
	if p == nil || !p.Going(t.Now) {
		return nil
	}
	g, err := s.gateway(p.Gateway)
	if err != nil {
		return err
	}
	return s.cancel(ctx, *p, g, "system")
}

func (s *Sales) cancel(ctx context.Context, p Purchase, g pay.Gateway, actor string) error {
	fact, err := g.Cancel(ctx, pay.Known{Code: p.Code, Ref: p.Ref, Subscription: p.Subscription})
	if err != nil {
		return errAway(err)
	}
	t, err := s.terms(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.ChangeTrade(ctx, TradePick{MemberID: p.MemberID}, nil, t.Zone, func(tr *Trade) (change.Outcome, error) {
		r := reading{t: tr, terms: t, gateway: p.Gateway, asked: true}
		fact.Order = p.Code
		r.read(fact)
		r.out.Merge(audit(actor, "cancel_purchase", "code", p.Code))
		return r.out, nil
	})
	return err
}

// Portal returns the gateway's own page about a member's means of payment.
func (s *Sales) Portal(ctx context.Context, memberID int64, code string) (_ string, err error) {
	defer fault.Wrap(&err, "open the portal for purchase %s", code)
	p, g, _, err := s.own(ctx, memberID, code)
	if err != nil {
		return "", err
	}
	t, err := s.terms(ctx)
	if err != nil {
		return "", err
	}
	to, err := g.Portal(ctx, p.Customer, t.BaseURL+"/account/membership")
	return to, errAway(err)
}

// Invoice is what an invoice of one payment says.
type Invoice struct {
	Purchase    Purchase
	Paid        Posting
	Back        pay.Money // that was given back
	Taken       bool      // the bank took it back
	From, Until time.Time // what it paid for, where that is one payment's
}

// Invoice returns the invoice of a payment of a member's, NotFound for anything
// else.
func (s *Sales) Invoice(ctx context.Context, memberID, posting int64) (i Invoice, err error) {
	defer fault.Wrap(&err, "read the invoice of payment %d", posting)
	t, err := s.store.Trade(ctx, TradePick{MemberID: memberID})
	if err != nil {
		return i, err
	}
	for _, e := range t.Entries {
		p := t.purchase(e.PurchaseID)
		if e.ID != posting || e.Kind != kindOf(pay.Paid) || p == nil {
			continue
		}
		i = Invoice{Purchase: *p, Paid: e, Back: pay.Money{Amount: t.gone(e.Payment), Currency: e.Money.Currency}, Taken: t.taken(e.Payment), From: e.From, Until: e.Until}
		if e.Until.IsZero() && t.paidFor(p.ID) == 1 && p.Until.After(p.Since) {
			i.From, i.Until = p.Since, p.Until
		}
		return i, nil
	}
	return i, fault.New(fault.NotFound, "there is no such invoice")
}

// Number returns the invoice's number, which is given once: the year of the
// payment and the number of its line in the ledger.
func (i Invoice) Number(zone *time.Location) string {
	return strconv.Itoa(i.Paid.At.In(zone).Year()) + "-" + strconv.FormatInt(i.Paid.ID, 10)
}

// Tax returns the tax that is in the sum.
func (i Invoice) Tax() pay.Money {
	m := pay.Money{Currency: i.Paid.Money.Currency}
	for _, move := range i.Paid.Moves {
		if move.Credit == accountTax {
			m.Amount += move.Amount
		}
	}
	return m
}

// Net returns the sum without tax.
func (i Invoice) Net() pay.Money {
	return pay.Money{Amount: i.Paid.Money.Amount - i.Tax().Amount, Currency: i.Paid.Money.Currency}
}

// Left returns how much of a payment can still be given back; zero of what is no
// payment, and of what the bank has taken back already.
func (t *Trade) Left(e Posting) pay.Money {
	if e.Kind != kindOf(pay.Paid) && e.Kind != Odd || t.taken(e.Payment) {
		return pay.Money{}
	}
	return pay.Money{Amount: e.Money.Amount - t.gone(e.Payment), Currency: e.Money.Currency}
}

// taken reports whether the bank took a payment back, and nobody has won it again.
func (t *Trade) taken(payment string) (is bool) {
	for _, e := range slices.Concat(t.Entries, t.Add) {
		if e.Payment != payment {
			continue
		}
		switch e.Kind {
		case kindOf(pay.Disputed):
			is = true
		case kindOf(pay.DisputeWon):
			return false
		}
	}
	return is
}

// Leave ends all subscriptions of a member who is about to be erased: nobody goes on
// collecting from somebody who is not there any more. It fails as long as a gateway
// does not answer.
func (s *Sales) Leave(ctx context.Context, memberID int64) (err error) {
	defer fault.Wrap(&err, "end the subscriptions of reader %d", memberID)
	t, err := s.store.Trade(ctx, TradePick{MemberID: memberID})
	if err != nil {
		return err
	}
	for _, p := range t.Purchases {
		if p.Going(t.Now) {
			if err := s.CancelByID(ctx, p.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// Files of the archive about what a member bought, as JSON has them.
type (
	purchaseFile struct {
		Code    string     `json:"code"`
		Plan    string     `json:"plan"`
		Price   string     `json:"price"`
		Period  Period     `json:"period"`
		Gateway string     `json:"gateway"`
		Ordered time.Time  `json:"ordered"`
		Since   *time.Time `json:"since"` // null: nothing was paid
		Until   *time.Time `json:"until"`
	}
	paymentFile struct {
		At       time.Time   `json:"at"`
		Kind     PostingKind `json:"kind"`
		Purchase string      `json:"purchase"`
		Sum      string      `json:"sum,omitempty"`
	}
)

// Export returns the files of a member's archive about what he bought.
func (s *Sales) Export(memberID int64) []Exported {
	orNull := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	return []Exported{
		{"purchases.jsonl", func(ctx context.Context, put func(any) error) error {
			t, err := s.Own(ctx, memberID)
			if err != nil {
				return err
			}
			for _, p := range t.Purchases {
				if err := put(purchaseFile{p.Code, p.Plan, p.Price.String(), p.Period, p.Gateway, p.Created, orNull(p.Since), orNull(p.Until)}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"payments.jsonl", func(ctx context.Context, put func(any) error) error {
			t, err := s.Own(ctx, memberID)
			if err != nil {
				return err
			}
			for _, e := range t.Entries {
				f := paymentFile{At: e.At, Kind: e.Kind}
				if p := t.purchase(e.PurchaseID); p != nil {
					f.Purchase = p.Code
				}
				if e.Money.Currency != "" {
					f.Sum = e.Money.String()
				}
				if err := put(f); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}
