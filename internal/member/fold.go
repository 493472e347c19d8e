package member

import (
	"slices"
	"time"

	"warta/internal/pay"
)

// slack is how long a renewal that is on its way may take: gateways collect about
// an hour after the period has begun.
const slack = 24 * time.Hour

// window is a time for which something was paid or given.
type window struct {
	from, until time.Time
	benefits    Benefits
}

// chain is how far what was paid for some benefits reaches. Further payments
// continue it, by the calendar of where it began.
type chain struct {
	end, anchor time.Time
	period      Period
	n           int
}

// next returns the window of one more period that was paid at an instant.
func (c *chain) next(at time.Time, p Period, zone *time.Location) window {
	if at.After(c.end) || c.period != p || c.anchor.IsZero() {
		c.anchor, c.period, c.n = at, p, 0
		if c.end.After(at) {
			c.anchor = c.end
		}
	}
	from := p.After(c.anchor, c.n, zone)
	c.n++
	c.end = p.After(c.anchor, c.n, zone)
	return window{from: from, until: c.end}
}

// cut ends a chain before its time; what comes later begins anew there.
func (c *chain) cut(at time.Time) { c.end, c.anchor, c.n = at, time.Time{}, 0 }

// bought is what is known of one purchase while its entries are read.
type bought struct {
	*Purchase
	disputed        time.Time // the first dispute that is open
	failed, cleared time.Time // the last failure and the last payment
	grace           int       // days, with the last failure
	billed          time.Time // until when the gateway counts that it was paid
}

// beside reports whether a gateway counts a payment for a time that something else was
// paid for already: a second subscription from another tab, or a month that was given
// meanwhile. Then it pays for what comes behind: nobody loses time.
func (b *bought) beside(e Posting, c *chain) bool {
	return e.Money.Amount > 0 && e.From.Before(c.end) && !e.From.Before(b.billed)
}

// Fold computes from a member's entries how his purchases stand and until when he
// has what. It depends on neither the order in which entries became known nor on
// what was computed before. zone is the calendar of months and years.
func Fold(purchases []*Purchase, entries []Posting, now time.Time, zone *time.Location) Rights {
	entries = byTime(entries)
	all := map[int64]*bought{}
	for _, p := range purchases {
		p.Canceled, p.Revoked, p.Failing, p.Since, p.Until, p.Access = false, false, false, time.Time{}, time.Time{}, time.Time{}
		all[p.ID] = &bought{Purchase: p}
	}
	back := readStates(entries, all)
	var windows []window
	chains := map[Benefits]*chain{}
	for _, e := range entries {
		b := all[e.PurchaseID]
		if b == nil || e.Kind != kindOf(pay.Paid) && e.Kind != Comp {
			continue
		}
		c := chains[b.Benefits]
		if c == nil {
			c = &chain{}
			chains[b.Benefits] = c
		}
		w, reached := window{from: e.From, until: e.Until}, c.end
		last := true // it ends the chain
		switch {
		case e.Until.IsZero() || b.beside(e, c):
			w = c.next(e.At, b.Period, zone)
		case e.Until.After(c.end):
			c.cut(e.Until)
		default:
			last = false
		}
		if e.Until.After(b.billed) {
			b.billed = e.Until
		}
		// Money that went back whole, and money that the bank took, open nothing from
		// then on.
		for _, end := range []time.Time{back[e.Payment], b.disputed} {
			if !end.IsZero() && end.Before(w.until) {
				w.until = end
				if w.until.Before(w.from) {
					w.until = w.from
				}
				if last && w.until.After(reached) {
					c.cut(w.until)
				} else if last {
					c.cut(reached)
				}
			}
		}
		if b.Since.IsZero() || w.from.Before(b.Since) {
			b.Since = w.from
		}
		if w.until.After(b.Until) {
			b.Until = w.until
		}
		w.benefits = b.Benefits
		windows = append(windows, w)
	}
	for _, p := range purchases {
		b := all[p.ID]
		p.Access, p.Failing = p.Until, b.failed.After(b.cleared)
		if p.Renews && !p.Canceled && !p.Revoked && !p.Since.IsZero() {
			more := slack
			if p.Failing {
				more = max(more, time.Duration(b.grace)*24*time.Hour)
			}
			p.Access = p.Until.Add(more)
			windows = append(windows, window{p.Until, p.Access, p.Benefits})
		}
	}
	return Rights{NoAds: covered(windows, NoAds, now), Text: covered(windows, MembersText, now)}
}

// readStates reads what ends things: cancellations, disputes, failures. It
// returns when each payment had gone back whole.
func readStates(entries []Posting, all map[int64]*bought) (back map[string]time.Time) {
	back = map[string]time.Time{}
	paid, gone, open := map[string]int64{}, map[string]int64{}, map[string]time.Time{}
	for _, e := range entries {
		if e.Kind == kindOf(pay.Paid) || e.Kind == Odd {
			paid[e.Payment] = e.Money.Amount
		}
	}
	for _, e := range entries {
		b := all[e.PurchaseID]
		if b == nil {
			continue
		}
		switch e.Kind {
		case kindOf(pay.Paid):
			b.cleared = e.At
		case kindOf(pay.Failed):
			b.failed, b.grace = e.At, e.Days
		case kindOf(pay.Canceled):
			b.Canceled = true
		case kindOf(pay.Resumed):
			b.Canceled = false
		case kindOf(pay.Refunded):
			gone[e.Payment] += e.Money.Amount
			if _, done := back[e.Payment]; !done && gone[e.Payment] >= paid[e.Payment] && e.Payment != "" {
				back[e.Payment] = e.At
			}
		case kindOf(pay.Disputed):
			open[e.Payment] = e.At
		}
	}
	// A dispute that was won is none, whenever it was.
	for _, e := range entries {
		if e.Kind == kindOf(pay.DisputeWon) {
			delete(open, e.Payment)
		}
	}
	for _, e := range entries {
		if at, there := open[e.Payment]; there && e.Kind == kindOf(pay.Disputed) {
			if b := all[e.PurchaseID]; b != nil && (b.disputed.IsZero() || at.Before(b.disputed)) {
				b.disputed, b.Revoked = at, true
			}
		}
	}
	return back
}

// covered returns until when a benefit lasts without a gap from now on: the end of
// the last window that is reached.
func covered(windows []window, want Benefits, now time.Time) (end time.Time) {
	slices.SortFunc(windows, func(a, b window) int { return a.from.Compare(b.from) })
	for _, w := range windows {
		if w.benefits.Has(want) && w.until.After(end) && w.until.After(w.from) && (!w.from.After(now) || !w.from.After(end)) {
			end = w.until
		}
	}
	return end
}
