package member

import (
	"context"
	"time"

	"warta/internal/change"
	"warta/internal/pay"
)

// TradePick names the member whose purchases are read or changed: by his number,
// or by any name of one of his purchases. The first that is known counts.
type TradePick struct {
	MemberID     int64
	PurchaseID   int64
	Code         string // of a purchase
	Gateway      string // together with Subscription or Payment
	Subscription string
	Payment      string
}

// Trade is all that one member bought, and a change of it.
type Trade struct {
	Now       time.Time
	MemberID  int64   // 0: the pick names nobody's purchase
	Member    *Member // nil: he was erased, or there is none
	Purchases []*Purchase
	Entries   []Posting

	// Told is the event that is worked on, as it was stored before; nil: it is new.
	Told *Told

	// What the rules leave: a new purchase, entries with keys that are not there yet,
	// and the event. Purchases may be changed in place.
	New   *Purchase
	Add   []Posting
	Store *Told

	// Rights are computed after the rules, before is what they were.
	Rights Rights
}

// purchase returns the one with a number, nil if it is not the member's.
func (t *Trade) purchase(id int64) *Purchase {
	for _, p := range t.Purchases {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// byCode is purchase by code.
func (t *Trade) byCode(code string) *Purchase {
	for _, p := range t.Purchases {
		if p.Code == code && code != "" {
			return p
		}
	}
	return nil
}

// entry returns the entry with a key, nil if there is none.
func (t *Trade) entry(key string) *Posting {
	for _, list := range [][]Posting{t.Entries, t.Add} {
		for i := range list {
			if list[i].Key == key {
				return &list[i]
			}
		}
	}
	return nil
}

// paid returns the entry of the money of a payment, nil if there is none.
func (t *Trade) paid(payment string) *Posting {
	for _, list := range [][]Posting{t.Entries, t.Add} {
		for i, e := range list {
			if payment != "" && e.Payment == payment && (e.Kind == kindOf(pay.Paid) || e.Kind == Odd) {
				return &list[i]
			}
		}
	}
	return nil
}

// Outcome says what became of an event of a gateway.
type Outcome string

// The outcomes. Those of Unsettled are shown until somebody has looked.
const (
	Fresh       Outcome = "new" // stored, and not applied yet
	Applied     Outcome = "applied"
	Ignored     Outcome = "ignored"      // nothing in it matters here
	Held        Outcome = "waiting"      // for what it belongs to, which has not been told yet
	Unknown     Outcome = "unknown"      // it is about no purchase of ours
	OtherMoney  Outcome = "currency"     // another currency than the price's: kept apart
	WrongAmount Outcome = "amount"       // another sum than the price: kept apart
	AfterCancel Outcome = "after_cancel" // paid after the cancellation: it counts
	Late        Outcome = "late"         // told more than a day after it happened: it counts
	Twice       Outcome = "twice"        // a second subscription to what there is: it extends, and is not renewed
	Settled     Outcome = "settled"      // somebody has looked
)

// Unsettled are the outcomes that somebody has to look at.
var Unsettled = []Outcome{Held, Unknown, OtherMoney, WrongAmount, AfterCancel, Late, Twice}

// Told is an event of a gateway as it is kept: what it says, without any person.
type Told struct {
	Gateway    string
	ID         string
	Kind       string // as the gateway calls it
	Facts      []pay.Fact
	Received   time.Time
	Outcome    Outcome
	Note       string
	PurchaseID int64
	MemberID   int64
	By         string // who settled it
}

// Refusal says how often messages came on a day for which nobody vouches.
type Refusal struct {
	Gateway string
	Count   int64
	Last    time.Time
}

// TradeStore keeps what members buy.
type TradeStore interface {
	Now(ctx context.Context) (time.Time, error)
	// Plans returns plans in the order of the offer, those that were deleted only
	// with all.
	Plans(ctx context.Context, all bool) ([]Plan, error)
	// Plan returns one, NotFound if there is none.
	Plan(ctx context.Context, id int64) (Plan, error)
	// SavePlan writes a plan; one without a number gets one.
	SavePlan(ctx context.Context, p *Plan, out change.Outcome) error
	// Trade reads what a pick names.
	Trade(ctx context.Context, pick TradePick) (Trade, error)
	// ChangeTrade stores the event that is told, nil for none, reads what pick names,
	// lets fn change it, folds the ledger by the calendar of zone and writes
	// everything with the outcome in one transaction; no other one changes the same
	// member beside it. If what the member is entitled to changes, the class cookies
	// of his sessions are called back. An error of fn leaves everything as it was. fn
	// may run again.
	ChangeTrade(ctx context.Context, pick TradePick, told *Told, zone *time.Location, fn func(*Trade) (change.Outcome, error)) (Trade, error)
	// OpenPurchases returns purchases at a gateway that wait for their payment, were
	// begun after since and not looked at after looked, the longest ago first. It
	// goes on behind a purchase by its Looked and ID, of which the zero value is the
	// beginning.
	OpenPurchases(ctx context.Context, gateway string, since, looked time.Time, after Purchase, limit int) ([]Purchase, error)
	// ToldWith returns events with an outcome, the newest first.
	ToldWith(ctx context.Context, outcome Outcome, limit int) ([]Told, error)
	// WaitingTold returns events that wait for what they belong to, behind one, none for
	// a zero event, the oldest first.
	WaitingTold(ctx context.Context, after Told, limit int) ([]Told, error)
	// Told returns one event, NotFound if there is none.
	Told(ctx context.Context, gateway, id string) (Told, error)
	// SettleTold writes that an event was looked at.
	SettleTold(ctx context.Context, t Told, out change.Outcome) error
	// SaveRequest writes a request; one without a number gets one, and its time. With
	// was, it is a Conflict if it is in another state than that.
	SaveRequest(ctx context.Context, r *Request, was string, out change.Outcome) error
	// Request returns one, NotFound if there is none.
	Request(ctx context.Context, id int64) (Request, error)
	// Requests returns requests in a state, "" for any, of a member, 0 for all, with a
	// smaller number than before, 0 for the newest first; the newest first.
	Requests(ctx context.Context, state string, memberID, before int64, limit int) ([]Request, error)
	// PaidPurchases returns purchases of a gateway of which something was paid, with a
	// number above after, whose time was not over before ended; in the order of their
	// numbers.
	PaidPurchases(ctx context.Context, gateway string, after int64, ended time.Time, limit int) ([]Purchase, error)
	// EndingPurchases returns purchases whose access ends after from, or then with a
	// number above after, and until to; in the order of their ends.
	EndingPurchases(ctx context.Context, from time.Time, after int64, to time.Time, limit int) ([]Purchase, error)
	// Checks returns comparisons with a gateway, "" for all, the newest first.
	Checks(ctx context.Context, gateway string, limit int) ([]Check, error)
	// SaveCheck writes a comparison; one without a number gets one.
	SaveCheck(ctx context.Context, c *Check) error
	// NoteDifferences keeps differences, those that are known already as they are.
	NoteDifferences(ctx context.Context, list []Difference) error
	// SettleDifference writes that one was looked at.
	SettleDifference(ctx context.Context, id int64, by string, out change.Outcome) error
	// NoteRefusal counts a message for which nobody vouches.
	NoteRefusal(ctx context.Context, gateway string) error
}
