// Package pay gives payment gateways one face: a checkout is begun, what the
// gateway says of it comes back as facts, and money is given back. It speaks the
// gateways' own HTTP interfaces and knows no member, no plan and no page.
package pay

import (
	"context"
	"net/http"
	"time"

	"warta/internal/fault"
)

// Kind says what happened.
type Kind string

// The kinds of facts.
const (
	Paid       Kind = "paid"        // money came in; a trial is a sum of 0
	Failed     Kind = "failed"      // a renewal could not be collected
	Refunded   Kind = "refunded"    // money went back
	Disputed   Kind = "disputed"    // the bank took money back, or may
	DisputeWon Kind = "dispute_won" // and gave it back again
	Canceled   Kind = "canceled"    // nothing is collected any more
	Resumed    Kind = "resumed"     // a cancellation was taken back
	Linked     Kind = "linked"      // a purchase has a customer and a subscription there
	Expired    Kind = "expired"     // the checkout was given up, or its time is over
)

// Fact is one thing that happened at a gateway. The same thing has the same Kind
// and Ref, however often and in whatever event it is told.
type Fact struct {
	Kind         Kind      `json:"kind"`
	Ref          string    `json:"ref"`                    // what it happened to, unique within the kind
	Order        string    `json:"order,omitempty"`        // our code of the purchase; "": found by the other names
	Payment      string    `json:"payment,omitempty"`      // the payment that it is about
	Subscription string    `json:"subscription,omitempty"` // at the gateway
	Customer     string    `json:"customer,omitempty"`     // at the gateway
	Money        Money     `json:"money"`
	At           time.Time `json:"at"`               // when it happened there
	From         time.Time `json:"from,omitzero"`    // what a renewal pays for, as the gateway says
	Until        time.Time `json:"until,omitzero"`   // zero: it does not say
	Method       string    `json:"method,omitempty"` // "qris", "card"
}

// Event is a message of a gateway whose signature is right.
type Event struct {
	ID    string // unique at the gateway
	Kind  string // as the gateway calls it
	Facts []Fact // none: nothing that matters here
}

// Order is what a checkout is begun with.
type Order struct {
	Code      string // ours, unique for ever; the key that makes a repetition harmless
	Title     string // what the payer reads
	Money     Money
	Renews    bool   // the gateway collects it again and again
	Every     string // "month", "year", with Renews
	TrialDays int    // before the first collection, with Renews
	Email     string
	Back      string // address of the site to come back to
}

// Begun is a checkout that waits for its payer.
type Begun struct {
	Ref string // the checkout at the gateway
	URL string // where the payer goes
}

// Known is what there is of a purchase, to ask the gateway about.
type Known struct {
	Code, Ref, Subscription string
}

// Refund asks for money back.
type Refund struct {
	Key     string // makes a repetition harmless
	Order   string // code of the purchase
	Payment string
	Money   Money
	Reason  string
}

// Gateway is one way to pay. Every call ends by itself within half a minute. What
// may work later is fault.Unavailable.
type Gateway interface {
	// Name is short and for ever: it stands in addresses and in the ledger.
	Name() string
	// Renews reports whether it collects again by itself.
	Renews() bool
	// Takes reports whether it can collect a sum.
	Takes(m Money) bool
	// Begin begins a checkout. The same order begins the same one again.
	Begin(ctx context.Context, o Order) (Begun, error)
	// Event reads a message. One whose signature does not hold, or is too old, is
	// fault.Forbidden; one that cannot be read is fault.Invalid.
	Event(head http.Header, body []byte, now time.Time) (Event, error)
	// Look asks what has become of a purchase.
	Look(ctx context.Context, k Known) ([]Fact, error)
	// Refund gives money back and says that it did.
	Refund(ctx context.Context, r Refund) (Fact, error)
	// Cancel lets a subscription end with what was paid.
	Cancel(ctx context.Context, k Known) (Fact, error)
	// Portal returns the address at which a customer sees to his own means of
	// payment; fault.NotFound if there is none.
	Portal(ctx context.Context, customer, back string) (string, error)
}

// errForged is the answer to a message that nobody vouches for.
func errForged(format string, args ...any) error {
	return fault.New(fault.Forbidden, format, args...)
}

// errUnread is the answer to a message that says nothing.
func errUnread(err error) error {
	return fault.New(fault.Invalid, "the message cannot be read: %w", err)
}

// Manual is the transfer to the outlet's bank account: staff see it arrive.
type Manual struct{}

// ManualName is what it is called.
const ManualName = "manual"

var _ Gateway = Manual{}

// Name implements Gateway.
func (Manual) Name() string { return ManualName }

// Renews implements Gateway.
func (Manual) Renews() bool { return false }

// Takes implements Gateway.
func (Manual) Takes(Money) bool { return true }

// Begin implements Gateway: the page of the purchase says where to transfer.
func (Manual) Begin(_ context.Context, o Order) (Begun, error) { return Begun{Ref: o.Code}, nil }

// Event implements Gateway: a bank sends none.
func (Manual) Event(http.Header, []byte, time.Time) (Event, error) {
	return Event{}, errForged("a bank transfer sends no messages")
}

// Look implements Gateway: nobody can be asked.
func (Manual) Look(context.Context, Known) ([]Fact, error) { return nil, nil }

// Refund implements Gateway: staff transfer it back and say so here.
func (Manual) Refund(_ context.Context, r Refund) (Fact, error) {
	return Fact{Kind: Refunded, Ref: r.Key, Order: r.Order, Payment: r.Payment, Money: r.Money}, nil
}

// Cancel implements Gateway: it never renews.
func (Manual) Cancel(context.Context, Known) (Fact, error) { return Fact{}, nil }

// Portal implements Gateway.
func (Manual) Portal(context.Context, string, string) (string, error) {
	return "", fault.New(fault.NotFound, "there is no portal for bank transfers")
}
