package pay

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
)

// Stripe is the gateway stripe.com, by its public HTTP interface: Checkout
// Sessions, subscriptions, the billing portal, refunds and signed webhooks.
type Stripe struct {
	c      *client
	base   string
	secret string // of the webhook
}

var _ Gateway = (*Stripe)(nil)

// Names of the gateway.
const (
	StripeName = "stripe"
	StripeURL  = "https://api.stripe.com"
	// StripeVersion is the version of the interface that is asked for. The webhook's
	// endpoint has to be made with the same.
	StripeVersion = "2024-06-20"
	// stripeOther is the first version in whose messages an invoice names neither its
	// payment nor its purchase.
	stripeOther = "2025-03-31"
)

// stripeTolerance is how old the signature of a message may be.
const stripeTolerance = 5 * time.Minute

// NewStripe returns the gateway at an address with a secret key and the secret that
// signs its messages.
func NewStripe(base, key, secret string) *Stripe {
	return &Stripe{c: newClient("Stripe", key), base: strings.TrimSuffix(base, "/"), secret: secret}
}

// stripeZero are the currencies of which Stripe counts whole units; of all others
// it counts hundredths, or thousandths where a currency has them.
var stripeZero = []string{"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}

// stripeUnits returns how many of Stripe's units one of ours is: it counts the
// rupiah in hundredths.
func stripeUnits(currency string) int64 {
	digits, _ := Decimals(currency)
	if digits == 0 && !slices.Contains(stripeZero, currency) {
		return 100
	}
	return 1
}

// money reads a sum of Stripe's. What does not come out even is kept as another
// currency than any price has, so that a person looks at it.
func stripeMoney(amount int64, currency string) Money {
	currency = strings.ToUpper(currency)
	units := stripeUnits(currency)
	if amount%units != 0 {
		return Money{amount, currency + "/100"}
	}
	return Money{amount / units, currency}
}

// Name implements Gateway.
func (*Stripe) Name() string { return StripeName }

// Renews implements Gateway.
func (*Stripe) Renews() bool { return true }

// Takes implements Gateway. Of currencies with three digits Stripe takes sums that
// end in 0 alone.
func (*Stripe) Takes(m Money) bool {
	digits, ok := Decimals(m.Currency)
	return ok && (digits < 3 || m.Amount%10 == 0)
}

func (s *Stripe) at(path ...string) string {
	for i, p := range path {
		path[i] = url.PathEscape(p)
	}
	return s.base + "/v1/" + strings.Join(path, "/")
}

func (s *Stripe) ask(ctx context.Context, method, address string, form url.Values, key string, out any) error {
	header := []string{"Stripe-Version", StripeVersion}
	if key != "" {
		header = append(header, "Idempotency-Key", key)
	}
	var body any
	if form != nil {
		body = form
	}
	return s.c.call(ctx, method, address, body, out, header...)
}

// Begin implements Gateway.
func (s *Stripe) Begin(ctx context.Context, o Order) (Begun, error) {
	f := url.Values{}
	f.Set("client_reference_id", o.Code)
	f.Set("metadata[order]", o.Code)
	f.Set("success_url", o.Back)
	f.Set("cancel_url", strings.TrimSuffix(o.Back, "?back=1"))
	f.Set("customer_email", o.Email)
	f.Set("line_items[0][quantity]", "1")
	f.Set("line_items[0][price_data][currency]", strings.ToLower(o.Money.Currency))
	f.Set("line_items[0][price_data][unit_amount]", strconv.FormatInt(o.Money.Amount*stripeUnits(o.Money.Currency), 10))
	f.Set("line_items[0][price_data][product_data][name]", o.Title)
	if o.Renews {
		f.Set("mode", "subscription")
		f.Set("line_items[0][price_data][recurring][interval]", o.Every)
		f.Set("subscription_data[metadata][order]", o.Code)
		if o.TrialDays > 0 {
			f.Set("subscription_data[trial_period_days]", strconv.Itoa(o.TrialDays))
		}
	} else {
		f.Set("mode", "payment")
		f.Set("payment_intent_data[metadata][order]", o.Code)
	}
	var session stripeObject
	if err := s.ask(ctx, http.MethodPost, s.at("checkout", "sessions"), f, "begin-"+o.Code, &session); err != nil {
		return Begun{}, err
	}
	return Begun{Ref: session.ID, URL: session.URL}, nil
}

// stripeObject has the fields that matter of all of Stripe's objects.
type stripeObject struct {
	ID                string            `json:"id"`
	Object            string            `json:"object"`
	URL               string            `json:"url"`
	Mode              string            `json:"mode"`
	Status            string            `json:"status"`
	PaymentStatus     string            `json:"payment_status"`
	ClientReference   string            `json:"client_reference_id"`
	Metadata          map[string]string `json:"metadata"`
	Customer          stripeID          `json:"customer"`
	Subscription      stripeID          `json:"subscription"`
	PaymentIntent     stripeID          `json:"payment_intent"`
	Charge            stripeID          `json:"charge"`
	Created           int64             `json:"created"`
	Currency          string            `json:"currency"`
	Amount            int64             `json:"amount"`
	AmountTotal       int64             `json:"amount_total"`
	AmountPaid        int64             `json:"amount_paid"`
	AmountDue         int64             `json:"amount_due"`
	AttemptCount      int               `json:"attempt_count"`
	CancelAtPeriodEnd bool              `json:"cancel_at_period_end"`
	CanceledAt        int64             `json:"canceled_at"`
	EndedAt           int64             `json:"ended_at"`
	StatusTransitions struct {
		PaidAt int64 `json:"paid_at"`
	} `json:"status_transitions"`
	SubscriptionDetails struct {
		Metadata map[string]string `json:"metadata"`
	} `json:"subscription_details"`
	Lines struct {
		Data []struct {
			Period struct {
				Start int64 `json:"start"`
				End   int64 `json:"end"`
			} `json:"period"`
		} `json:"data"`
	} `json:"lines"`
}

// stripeID is a reference to an object, which may be sent whole.
type stripeID string

// UnmarshalJSON implements json.Unmarshaler.
func (id *stripeID) UnmarshalJSON(raw []byte) error {
	var whole struct {
		ID string `json:"id"`
	}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &whole); err != nil {
			return err
		}
		*id = stripeID(whole.ID)
		return nil
	}
	return json.Unmarshal(raw, (*string)(id))
}

// stripeTime reads seconds; 0 is the zero time.
func stripeTime(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// Event implements Gateway: the scheme v1 of the header Stripe-Signature.
func (s *Stripe) Event(head http.Header, body []byte, now time.Time) (Event, error) {
	if err := s.vouched(head.Get("Stripe-Signature"), body, now); err != nil {
		return Event{}, err
	}
	var m struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Version string `json:"api_version"`
		Created int64  `json:"created"`
		Data    struct {
			Object   stripeObject   `json:"object"`
			Previous map[string]any `json:"previous_attributes"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return Event{}, errUnread(err)
	}
	if m.ID == "" || len(m.ID) > 200 || m.Type == "" || len(m.Type) > 200 {
		return Event{}, fault.New(fault.Invalid, "the message lacks an id or a type")
	}
	if m.Version >= stripeOther {
		return Event{}, fault.New(fault.Invalid, "the message has Stripe's version %.40q; make the webhook's endpoint with the version %s", m.Version, StripeVersion)
	}
	ev := Event{ID: m.ID, Kind: m.Type}
	o, at := m.Data.Object, stripeTime(m.Created)
	switch m.Type {
	case "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.expired":
		ev.Facts = sessionFacts(o, at)
	case "invoice.paid":
		ev.Facts = []Fact{invoiceFact(o, at)}
	case "invoice.payment_failed":
		f := invoiceFact(o, at)
		f.Kind, f.Ref, f.Payment, f.At, f.Money = Failed, o.ID+"@"+strconv.Itoa(o.AttemptCount), "", at, stripeMoney(o.AmountDue, o.Currency)
		f.From, f.Until = time.Time{}, time.Time{}
		ev.Facts = []Fact{f}
	case "customer.subscription.updated", "customer.subscription.deleted":
		ev.Facts = subscriptionFacts(o)
		if _, was := m.Data.Previous["cancel_at_period_end"]; was && !o.CancelAtPeriodEnd && m.Type == "customer.subscription.updated" && o.EndedAt == 0 {
			ev.Facts = []Fact{subscriptionFact(Resumed, o, m.ID, at)}
		}
	case "refund.created", "refund.updated", "charge.refund.updated":
		if f, ok := refundFact(o); ok {
			ev.Facts = []Fact{f}
		}
	case "charge.dispute.created", "charge.dispute.closed":
		ev.Facts = disputeFacts(m.Type, o, at)
	}
	return ev, nil
}

// vouched checks a signature in constant time: any of those with the scheme v1.
func (s *Stripe) vouched(line string, body []byte, now time.Time) error {
	var stamp string
	var sums []string
	for part := range strings.SplitSeq(line, ",") {
		switch key, value, _ := strings.Cut(strings.TrimSpace(part), "="); key {
		case "t":
			stamp = value
		case "v1":
			sums = append(sums, value)
		}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || s.secret == "" || len(sums) == 0 || len(sums) > 8 {
		return errForged("the message is not signed")
	}
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	if !slices.ContainsFunc(sums, func(sum string) bool {
		got, err := hex.DecodeString(sum)
		return err == nil && hmac.Equal(got, want)
	}) {
		return errForged("the signature of the message does not hold")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > stripeTolerance || age < -stripeTolerance {
		return errForged("the signature of the message is %s old", age.Round(time.Second))
	}
	return nil
}

func sessionFacts(o stripeObject, at time.Time) []Fact {
	order := o.Metadata["order"]
	if order == "" {
		order = o.ClientReference
	}
	f := Fact{Kind: Linked, Ref: o.ID, Order: order, Subscription: string(o.Subscription), Customer: string(o.Customer), At: at}
	switch {
	case o.Status == "expired":
		f.Kind = Expired
	case o.Status != "complete":
		return nil
	case o.Mode == "payment" && o.PaymentStatus == "paid":
		// The refund and the dispute of it name the payment.
		f.Kind, f.Ref, f.Payment, f.Money = Paid, string(o.PaymentIntent), string(o.PaymentIntent), stripeMoney(o.AmountTotal, o.Currency)
	}
	return []Fact{f}
}

func invoiceFact(o stripeObject, at time.Time) Fact {
	f := Fact{Kind: Paid, Ref: o.ID, Order: o.SubscriptionDetails.Metadata["order"], Payment: string(o.PaymentIntent), Subscription: string(o.Subscription),
		Customer: string(o.Customer), Money: stripeMoney(o.AmountPaid, o.Currency), At: at}
	if paid := stripeTime(o.StatusTransitions.PaidAt); !paid.IsZero() {
		f.At = paid
	}
	if f.Payment == "" { // nothing was due
		f.Payment = o.ID
	}
	for _, l := range o.Lines.Data {
		if end := stripeTime(l.Period.End); end.After(f.Until) {
			f.From, f.Until = stripeTime(l.Period.Start), end
		}
	}
	return f
}

func subscriptionFact(kind Kind, o stripeObject, ref string, at time.Time) Fact {
	return Fact{Kind: kind, Ref: ref, Order: o.Metadata["order"], Subscription: o.ID, Customer: string(o.Customer), At: at}
}

// subscriptionFacts says that a subscription ends, if it does.
func subscriptionFacts(o stripeObject) []Fact {
	switch {
	case o.EndedAt != 0:
		return []Fact{subscriptionFact(Canceled, o, o.ID+"@end", stripeTime(o.EndedAt))}
	case o.CancelAtPeriodEnd:
		return []Fact{subscriptionFact(Canceled, o, o.ID+"@"+strconv.FormatInt(o.CanceledAt, 10), stripeTime(o.CanceledAt))}
	}
	return nil
}

func refundFact(o stripeObject) (Fact, bool) {
	return Fact{Kind: Refunded, Ref: o.ID, Payment: string(o.PaymentIntent), Money: stripeMoney(o.Amount, o.Currency), At: stripeTime(o.Created)},
		o.Status == "succeeded" || o.Status == "pending"
}

func disputeFacts(kind string, o stripeObject, at time.Time) []Fact {
	f := Fact{Kind: Disputed, Ref: o.ID, Payment: string(o.PaymentIntent), Money: stripeMoney(o.Amount, o.Currency), At: stripeTime(o.Created)}
	if kind != "charge.dispute.closed" {
		return []Fact{f}
	}
	// Whoever hears of the end first hears of the beginning by it.
	if o.Status != "won" {
		return []Fact{f}
	}
	won := f
	won.Kind, won.At = DisputeWon, at
	return []Fact{f, won}
}

// Look implements Gateway: the checkout, the subscription and its invoices.
func (s *Stripe) Look(ctx context.Context, k Known) (facts []Fact, err error) {
	var session stripeObject
	if k.Ref != "" {
		if err := s.ask(ctx, http.MethodGet, s.at("checkout", "sessions", k.Ref), nil, "", &session); err != nil {
			return nil, err
		}
		facts = sessionFacts(session, stripeTime(session.Created))
		if k.Subscription == "" {
			k.Subscription = string(session.Subscription)
		}
	}
	if k.Subscription == "" {
		if session.PaymentIntent == "" {
			return facts, nil
		}
		return s.refunds(ctx, string(session.PaymentIntent), facts)
	}
	var invoices struct {
		Data []stripeObject `json:"data"`
	}
	if err := s.ask(ctx, http.MethodGet, s.at("invoices")+"?"+url.Values{"subscription": {k.Subscription}, "status": {"paid"}, "limit": {"100"}}.Encode(), nil, "", &invoices); err != nil {
		return nil, err
	}
	for _, o := range invoices.Data {
		f := invoiceFact(o, stripeTime(o.Created))
		f.Order = k.Code
		facts = append(facts, f)
		if o.AmountPaid > 0 {
			if facts, err = s.refunds(ctx, f.Payment, facts); err != nil {
				return nil, err
			}
		}
	}
	var sub stripeObject
	if err := s.ask(ctx, http.MethodGet, s.at("subscriptions", k.Subscription), nil, "", &sub); err != nil {
		return nil, err
	}
	for _, f := range subscriptionFacts(sub) {
		f.Order = k.Code
		facts = append(facts, f)
	}
	return facts, nil
}

// refunds adds what was given back of a payment, and what the bank took.
func (s *Stripe) refunds(ctx context.Context, payment string, facts []Fact) ([]Fact, error) {
	q := "?" + url.Values{"payment_intent": {payment}, "limit": {"100"}}.Encode()
	var list struct {
		Data []stripeObject `json:"data"`
	}
	if err := s.ask(ctx, http.MethodGet, s.at("refunds")+q, nil, "", &list); err != nil {
		return nil, err
	}
	for _, o := range list.Data {
		if f, ok := refundFact(o); ok {
			facts = append(facts, f)
		}
	}
	list.Data = nil
	if err := s.ask(ctx, http.MethodGet, s.at("disputes")+q, nil, "", &list); err != nil {
		return nil, err
	}
	for _, o := range list.Data {
		kind := "charge.dispute.created"
		if o.Status == "won" {
			kind = "charge.dispute.closed"
		}
		facts = append(facts, disputeFacts(kind, o, stripeTime(o.Created))...)
	}
	return facts, nil
}

// Refund implements Gateway.
func (s *Stripe) Refund(ctx context.Context, r Refund) (Fact, error) {
	f := url.Values{"payment_intent": {r.Payment}, "amount": {strconv.FormatInt(r.Money.Amount*stripeUnits(r.Money.Currency), 10)}, "metadata[request]": {r.Key}}
	var o stripeObject
	if err := s.ask(ctx, http.MethodPost, s.at("refunds"), f, r.Key+"-"+r.Order, &o); err != nil {
		return Fact{}, err
	}
	fact, ok := refundFact(o)
	if !ok {
		return Fact{}, fault.New(fault.Conflict, "Stripe says that the refund is %q", o.Status).Say("pay_refused", "gateway", "Stripe")
	}
	return fact, nil
}

// Cancel implements Gateway.
func (s *Stripe) Cancel(ctx context.Context, k Known) (Fact, error) {
	var o stripeObject
	err := s.ask(ctx, http.MethodPost, s.at("subscriptions", k.Subscription), url.Values{"cancel_at_period_end": {"true"}}, "", &o)
	if err != nil {
		return Fact{}, err
	}
	facts := subscriptionFacts(o)
	if len(facts) == 0 {
		return Fact{}, fault.New(fault.Unavailable, "Stripe does not say that the subscription ends")
	}
	return facts[0], nil
}

// Portal implements Gateway.
func (s *Stripe) Portal(ctx context.Context, customer, back string) (string, error) {
	if customer == "" {
		return "", fault.New(fault.NotFound, "Stripe knows no such customer")
	}
	var o stripeObject
	err := s.ask(ctx, http.MethodPost, s.at("billing_portal", "sessions"), url.Values{"customer": {customer}, "return_url": {back}}, "", &o)
	return o.URL, err
}
