package member

import (
	"context"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/pay"
)

// Check is one comparison of the ledger with a gateway.
type Check struct {
	ID      int64
	Gateway string
	Begun   time.Time
	Ended   time.Time // zero: it is under way, or broke off
	Looked  int64     // at how many purchases
	After   int64     // the last of them
	Error   string    // why it stands still
}

// Difference is something that a gateway and the ledger did not say alike.
type Difference struct {
	ID         int64
	Gateway    string
	PurchaseID int64
	MemberID   int64
	Key        string // the same one is kept once
	Kind       string
	Detail     string
	At         time.Time
	Settled    time.Time // zero: nobody has looked
	By         string
}

// Kinds of differences.
const (
	MissingHere  = "missing_here"  // the gateway knew it and nobody had told us; it was entered
	MissingThere = "missing_there" // the ledger has a payment that the gateway does not know
	OtherSum     = "other_sum"
)

// When and how a gateway is compared.
const (
	checkHour = 3                    // of the site's day, from which on it is due
	checkPage = 50                   // purchases at a time
	checkPast = 100 * 24 * time.Hour // purchases that ended longer ago are left alone
)

// dueSince returns the last instant at which a comparison became due.
func dueSince(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	due := time.Date(y, m, d, checkHour, 0, 0, 0, zone)
	if due.After(now) {
		due = time.Date(y, m, d-1, checkHour, 0, 0, 0, zone)
	}
	return due
}

// Compare compares the ledger with each gateway, once a night: one that was
// compared since it became due is left alone, and a comparison that broke off goes
// on where it was. A gateway that does not answer is noted and tried again with the
// next call.
func (s *Sales) Compare(ctx context.Context) error {
	t, err := s.terms(ctx)
	if err != nil {
		return err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	for _, g := range s.gateways {
		if g.Name() == pay.ManualName {
			continue
		}
		last, err := s.store.Checks(ctx, g.Name(), 1)
		if err != nil {
			return err
		}
		c := Check{Gateway: g.Name(), Begun: now}
		if len(last) > 0 && !last[0].Begun.Before(dueSince(now, t.Zone)) {
			if c = last[0]; !c.Ended.IsZero() {
				continue
			}
		}
		if err := s.compare(ctx, g, c); err != nil {
			return err
		}
	}
	return nil
}

// compare goes through the purchases of one gateway.
func (s *Sales) compare(ctx context.Context, g pay.Gateway, c Check) error {
	for {
		now, err := s.store.Now(ctx)
		if err != nil {
			return err
		}
		list, err := s.store.PaidPurchases(ctx, g.Name(), c.After, now.Add(-checkPast), checkPage)
		if err != nil {
			return err
		}
		for _, p := range list {
			facts, err := g.Look(ctx, pay.Known{Code: p.Code, Ref: p.Ref, Subscription: p.Subscription})
			if fault.Is(err, fault.Unavailable) {
				c.Error = fault.Message(err)
				return s.store.SaveCheck(ctx, &c)
			}
			if err != nil && !fault.Is(err, fault.NotFound) {
				c.Error = fault.Message(err)
				if e := s.store.SaveCheck(ctx, &c); e != nil {
					return e
				}
				return err
			}
			if err := s.differ(ctx, p, facts); err != nil {
				return err
			}
			c.After, c.Error = p.ID, ""
			c.Looked++
		}
		if len(list) < checkPage {
			c.Ended = now
		}
		if err := s.store.SaveCheck(ctx, &c); err != nil || !c.Ended.IsZero() {
			return err
		}
	}
}

// differ notes what differs about one purchase, and enters what was missing here.
func (s *Sales) differ(ctx context.Context, p Purchase, facts []pay.Fact) error {
	t, err := s.store.Trade(ctx, TradePick{PurchaseID: p.ID})
	if err != nil {
		return err
	}
	var found []Difference
	note := func(kind, key, detail string) {
		found = append(found, Difference{Gateway: p.Gateway, PurchaseID: p.ID, MemberID: p.MemberID, Key: kind + ":" + key, Kind: kind, Detail: detail})
	}
	there := map[string]bool{}
	for _, f := range facts {
		key := p.Gateway + ":" + string(f.Kind) + ":" + f.Ref
		there[key] = true
		if f.Kind == pay.Linked || f.Kind == pay.Expired {
			continue
		}
		e := t.entry(key)
		if e == nil {
			e = t.entry(oddKey(key))
		}
		switch {
		case e == nil:
			note(MissingHere, key, string(f.Kind)+" "+f.Money.String()+" "+f.At.UTC().Format(time.RFC3339))
		case f.Kind == pay.Paid && e.Money != f.Money:
			note(OtherSum, key, e.Money.String()+" ≠ "+f.Money.String())
		}
	}
	for _, e := range t.Entries {
		if e.PurchaseID == p.ID && e.Kind == kindOf(pay.Paid) && !there[e.Key] {
			note(MissingThere, e.Key, e.Money.String()+" "+e.At.UTC().Format(time.RFC3339))
		}
	}
	if len(found) == 0 {
		return nil
	}
	if err := s.store.NoteDifferences(ctx, found); err != nil {
		return err
	}
	return s.found(ctx, p, facts)
}

// SettleDifference says that somebody has looked at one.
func (s *Sales) SettleDifference(ctx context.Context, actor account.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "settle difference %d", id)
	if err := actor.Require(account.Members); err != nil {
		return err
	}
	line := change.Audit{Actor: actor.String(), Action: "settle_difference", Object: "difference", Detail: change.Detail("id", id)}
	return s.store.SettleDifference(ctx, id, actor.String(), change.Outcome{Audit: []change.Audit{line}})
}

// How open purchases are asked about whose gateway tells nothing.
const (
	pollAfter = 10 * time.Minute
	pollSize  = 20
)

// Poll asks the gateways about purchases that wait for their payment and were not
// looked at for a while.
func (s *Sales) Poll(ctx context.Context) error {
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	for _, name := range s.Gateways() {
		list, err := s.store.OpenPurchases(ctx, name, now.Add(-OpenFor-24*time.Hour), now.Add(-pollAfter), Purchase{}, pollSize)
		if err != nil {
			return err
		}
		for _, p := range list {
			if p.Ref == "" || now.Sub(p.Created) < pollAfter {
				continue
			}
			facts, err := s.ask(ctx, p)
			if err != nil {
				return err
			}
			if err := s.found(ctx, p, facts); err != nil {
				return err
			}
		}
	}
	return nil
}

// When letters about the end of a purchase are written.
const (
	endingBefore = 3 * 24 * time.Hour
	lapsedWithin = 2 * 24 * time.Hour
	remindSize   = 100
)

// Remind writes to members whose time ends in three days and is not renewed, and to
// those whose time is over. Each letter is written once.
func (s *Sales) Remind(ctx context.Context) error {
	t, err := s.terms(ctx)
	if err != nil {
		return err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	from, after := now.Add(-lapsedWithin), int64(0)
	for {
		list, err := s.store.EndingPurchases(ctx, from, after, now.Add(endingBefore), remindSize)
		if err != nil {
			return err
		}
		for _, p := range list {
			from, after = p.Access, p.ID
			if kind := reminder(p, now); kind == "" || p.Noticed == noticed(kind, p) {
				continue
			}
			if err := s.remind(ctx, p, t); err != nil {
				return err
			}
		}
		if len(list) < remindSize {
			return nil
		}
	}
}

// reminder returns which letter a purchase calls for, "" for none.
func reminder(p Purchase, now time.Time) string {
	switch {
	case p.Revoked || p.Gateway == GatewayComp && p.Period == Day:
		return ""
	case !now.Before(p.Access):
		return "lapsed"
	case p.Period != Day && (!p.Renews || p.Canceled) && p.Until.Sub(now) <= endingBefore:
		return "ending"
	}
	return ""
}

func noticed(kind string, p Purchase) string { return kind + "@" + p.Access.UTC().Format(time.RFC3339) }

func (s *Sales) remind(ctx context.Context, p Purchase, t Terms) error {
	_, err := s.store.ChangeTrade(ctx, TradePick{MemberID: p.MemberID}, nil, t.Zone, func(tr *Trade) (change.Outcome, error) {
		own := tr.purchase(p.ID)
		if own == nil || tr.Member == nil {
			return change.Outcome{}, nil
		}
		kind := reminder(*own, tr.Now)
		if kind == "" || own.Noticed == noticed(kind, *own) {
			return change.Outcome{}, nil
		}
		own.Noticed = noticed(kind, *own)
		// Whoever goes on by another purchase need not be told.
		if slices.ContainsFunc(tr.Purchases, func(o *Purchase) bool {
			return o.ID != own.ID && o.Access.After(own.Access) && o.Benefits.Has(own.Benefits)
		}) {
			return change.Outcome{}, nil
		}
		r := reading{t: tr, terms: t, gateway: own.Gateway}
		r.letter(own, kind, lang.Args{"until": r.when(own.Until)}, "/member")
		return r.out, nil
	})
	return err
}

// Takings are what one kind of entry moved in some time.
type Takings struct {
	Kind  PostingKind
	Money pay.Money
	Count int64
}

// Balance is that of one account of the ledger: debits less credits.
type Balance struct {
	Account string
	Money   pay.Money
}
