package crash_test

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// What everybody pays, and how long a renewal that failed is waited for.
const (
	price     = 49_000
	graceDays = 7
)

// life is what happened to one member: what gateways tell of it, and the oracle's
// word on how it ends. The oracle walks along the time and spends days; it shares no
// line with the ledger's fold, which looks at all payments at once.
type life struct {
	member   int64
	gateway  string
	codes    []string
	about    string
	messages []message
	until    time.Time // of the right to no ads
	took     int64     // what the gateway holds in the end
	n        int       // for ids
	no       int
}

func newLife(rng *rand.Rand, no int, now time.Time) *life {
	l := &life{no: no}
	if rng.IntN(3) > 0 {
		l.subscribe(rng, now)
	} else {
		l.buy(rng, now)
	}
	return l
}

func (l *life) id(kind string) string {
	l.n++
	return fmt.Sprintf("%s_%d_%d", kind, l.no, l.n)
}

// calendar returns the same day of a later month, its last if it is too short.
func calendar(from time.Time, months int) time.Time {
	y, m := from.Year(), int(from.Month())-1+months
	y, m = y+m/12, m%12+1
	for d := from.Day(); ; d-- {
		// A day that a month does not have is one of the next.
		if t := time.Date(y, time.Month(m), d, from.Hour(), from.Minute(), from.Second(), 0, time.UTC); int(t.Month()) == m {
			return t
		}
	}
}

func (l *life) stripe(kind string, at time.Time, object string, previous string) {
	body := fmt.Sprintf(`{"id":%q,"object":"event","type":%q,"created":%d,"data":{"object":%s%s}}`, l.id("evt"), kind, at.Unix(), object, previous)
	l.messages = append(l.messages, message{"stripe", body})
}

// subscribe is the life of a subscription by card.
func (l *life) subscribe(rng *rand.Rand, now time.Time) {
	code := fmt.Sprintf("S%09d", l.no)
	l.gateway, l.codes = "stripe", []string{code}
	sub, cus := l.id("sub"), l.id("cus")
	of := fmt.Sprintf(`"subscription":%q,"customer":%q,"currency":"idr","subscription_details":{"metadata":{"order":%q}}`, sub, cus, code)
	months := 1 + rng.IntN(24)
	begin := now.AddDate(0, 0, -rng.IntN(28)).AddDate(0, -months+1, 0).Add(-time.Duration(rng.IntN(80_000)) * time.Second)
	l.stripe("checkout.session.completed", begin, fmt.Sprintf(`{"id":%q,"object":"checkout.session","mode":"subscription","status":"complete","payment_status":"paid","metadata":{"order":%q},"customer":%q,"subscription":%q}`, l.id("cs"), code, cus, sub), "")
	end, payment, last := begin, "", begin
	for i := range months {
		from := calendar(begin, i)
		if from.After(now) {
			break
		}
		last = from.Add(time.Hour)
		end, payment = calendar(begin, i+1), l.id("pi")
		l.took += price
		l.stripe("invoice.paid", last, fmt.Sprintf(`{"id":%q,"object":"invoice",%s,"amount_paid":%d,"payment_intent":%q,"status_transitions":{"paid_at":%d},"lines":{"data":[{"period":{"start":%d,"end":%d}}]}}`,
			l.id("in"), of, price*100, payment, last.Unix(), from.Unix(), end.Unix()), "")
	}
	what := fmt.Sprintf(`"id":%q,"object":"subscription","customer":%q,"metadata":{"order":%q}`, sub, cus, code)
	l.until = end.Add(24 * time.Hour) // a renewal is given a day
	refund := func(amount int64) {
		l.took -= amount
		l.stripe("refund.created", last.Add(2*time.Hour), fmt.Sprintf(`{"id":%q,"object":"refund","status":"succeeded","payment_intent":%q,"amount":%d,"currency":"idr","created":%d}`, l.id("re"), payment, amount*100, last.Add(2*time.Hour).Unix()), "")
	}
	cancel := func(at time.Time) {
		l.until = end
		l.stripe("customer.subscription.updated", at, fmt.Sprintf(`{%s,"status":"active","cancel_at_period_end":true,"canceled_at":%d}`, what, at.Unix()), `,"previous_attributes":{"cancel_at_period_end":false}`)
	}
	dispute, disputed := "", last.Add(3*time.Hour)
	charge := func() {
		dispute = l.id("dp")
		l.took -= price
		l.until = min2(end, disputed)
		l.stripe("charge.dispute.created", disputed, fmt.Sprintf(`{"id":%q,"object":"dispute","status":"needs_response","payment_intent":%q,"amount":%d,"currency":"idr","created":%d}`, dispute, payment, price*100, disputed.Unix()), "")
	}
	switch rng.IntN(8) {
	case 0:
		l.about = "goes on"
		if begin.Day() <= 28 && rng.IntN(2) == 0 { // then a month more is as long wherever it stands
			l.about = "pays in two tabs, and goes on"
			l.again(begin.Add(time.Hour + 5*time.Minute))
			l.until = calendar(end, 1).Add(24 * time.Hour)
		}
	case 1:
		l.about = "cancels"
		cancel(last.Add(time.Hour))
	case 2:
		l.about = "cancels, and thinks better of it"
		cancel(last.Add(time.Hour))
		l.until = end.Add(24 * time.Hour)
		l.stripe("customer.subscription.updated", last.Add(2*time.Hour), fmt.Sprintf(`{%s,"status":"active","cancel_at_period_end":false,"canceled_at":null}`, what), `,"previous_attributes":{"cancel_at_period_end":true}`)
	case 3:
		l.about = "fails"
		at := end.Add(time.Hour)
		l.until = end.AddDate(0, 0, graceDays)
		for attempt := range 3 {
			l.stripe("invoice.payment_failed", at.Add(time.Duration(attempt)*time.Minute), fmt.Sprintf(`{"id":%q,"object":"invoice",%s,"amount_due":%d,"amount_paid":0,"attempt_count":%d}`, l.id("in"), of, price*100, attempt+1), "")
		}
	case 4:
		l.about = "gets a part back"
		refund(1 + rng.Int64N(price-1))
	case 5:
		l.about = "gets all back in two parts, and is ended"
		part := 1 + rng.Int64N(price-1)
		refund(part)
		refund(price - part)
		ended := last.Add(4 * time.Hour)
		l.until = min2(end, last.Add(2*time.Hour))
		l.stripe("customer.subscription.deleted", ended, fmt.Sprintf(`{%s,"status":"canceled","cancel_at_period_end":false,"ended_at":%d}`, what, ended.Unix()), "")
	case 6:
		l.about = "is charged back"
		charge()
	case 7:
		l.about = "is charged back, and it is won"
		charge()
		l.took += price
		l.until = end.Add(24 * time.Hour)
		l.stripe("charge.dispute.closed", disputed.Add(time.Hour), fmt.Sprintf(`{"id":%q,"object":"dispute","status":"won","payment_intent":%q,"amount":%d,"currency":"idr","created":%d}`, dispute, payment, price*100, disputed.Unix()), "")
	}
}

// again is what a gateway tells of a second subscription, from another tab, of which
// one month was paid.
func (l *life) again(at time.Time) {
	code := fmt.Sprintf("T%09d", l.no)
	l.codes = append(l.codes, code)
	sub, cus := l.id("sub"), l.id("cus")
	l.took += price
	l.stripe("checkout.session.completed", at, fmt.Sprintf(`{"id":%q,"object":"checkout.session","mode":"subscription","status":"complete","payment_status":"paid","metadata":{"order":%q},"customer":%q,"subscription":%q}`, l.id("cs"), code, cus, sub), "")
	l.stripe("invoice.paid", at, fmt.Sprintf(`{"id":%q,"object":"invoice","subscription":%q,"customer":%q,"currency":"idr","subscription_details":{"metadata":{"order":%q}},"amount_paid":%d,"payment_intent":%q,"status_transitions":{"paid_at":%d},"lines":{"data":[{"period":{"start":%d,"end":%d}}]}}`,
		l.id("in"), sub, cus, code, price*100, l.id("pi"), at.Unix(), at.Unix(), calendar(at, 1).Unix()), "")
}

func min2(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// paidMonth is one that was bought at a time, and what is left of it.
type paidMonth struct {
	at, gone time.Time // gone: when it went back; zero: it did not
}

// buy is the life of somebody who pays by QRIS now and then.
func (l *life) buy(rng *rand.Rand, now time.Time) {
	l.gateway, l.about = "midtrans", "buys months"
	// Of months that begin on the first days of one all are as long in whatever order
	// they are spent.
	at := time.Date(now.Year(), now.Month(), 1+rng.IntN(20), rng.IntN(24), rng.IntN(60), 0, 0, time.UTC).AddDate(0, -rng.IntN(12)-1, 0)
	var months []paidMonth
	for i := 0; i < 8 && at.Before(now.AddDate(0, 0, -1)); i++ {
		code := fmt.Sprintf("M%06d%03d", l.no, i)
		l.codes = append(l.codes, code)
		trx := l.id("trx")
		l.midtrans(code, trx, "pending", "201", at, "")
		m := paidMonth{at: at}
		switch rng.IntN(6) {
		case 0:
			l.about += ", gives up"
			l.midtrans(code, trx, "expire", "407", at.Add(time.Hour), "")
			at = at.AddDate(0, 0, rng.IntN(40))
			continue
		case 1:
			l.midtrans(code, trx, "settlement", "200", at, "")
			m.gone = at.Add(time.Duration(1+rng.IntN(20)) * time.Hour)
			l.about += ", gets it back"
			l.midtrans(code, trx, "refund", "200", at, fmt.Sprintf(`,"refund_amount":"%d.00","refund_key":"r-%s","refunds":[{"refund_chargeback_id":%d,"refund_amount":"%d.00","refund_key":"r-%s","created_at":%q}]`,
				price, code, l.n, price, code, wib(m.gone)))
		default:
			l.midtrans(code, trx, "settlement", "200", at, "")
			l.took += price
		}
		months = append(months, m)
		at = at.AddDate(0, 0, 2+rng.IntN(45))
	}
	l.until = spend(months)
}

// spend walks along the time: whoever has a month spends it, and what he buys
// meanwhile waits behind it.
func spend(months []paidMonth) (until time.Time) {
	anchor, n := time.Time{}, 0
	for _, m := range months {
		if anchor.IsZero() || m.at.After(until) {
			anchor, n = m.at, 0
			if until.After(m.at) {
				anchor = until
			}
		}
		from := calendar(anchor, n)
		n++
		until = calendar(anchor, n)
		if !m.gone.IsZero() && m.gone.Before(until) {
			until = m.gone
			if until.Before(from) {
				until = from
			}
			anchor = time.Time{}
			// What is bought next begins then, or when this ended.
			if until.After(m.at) {
				anchor, n = until, 0
			}
		}
	}
	return until
}

func wib(t time.Time) string {
	return t.In(time.FixedZone("WIB", 7*3600)).Format("2006-01-02 15:04:05")
}

func (l *life) midtrans(order, trx, status, code string, at time.Time, more string) {
	gross := fmt.Sprintf("%d.00", price)
	sum := sha512.Sum512([]byte(order + code + gross + "SB-Mid-server-till"))
	settled := ""
	if !strings.Contains("pending expire", status) {
		settled = fmt.Sprintf(`,"settlement_time":%q`, wib(at))
	}
	l.messages = append(l.messages, message{"midtrans", fmt.Sprintf(`{"order_id":%q,"transaction_id":%q,"transaction_status":%q,"status_code":%q,"gross_amount":%q,"currency":"IDR","payment_type":"qris","transaction_time":%q%s,"signature_key":%q%s}`,
		order, trx, status, code, gross, wib(at), settled, hex.EncodeToString(sum[:]), more)})
}
