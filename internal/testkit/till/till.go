// Package till gives tests payment gateways that keep books of their own: one that
// speaks as Stripe does and one that speaks as Midtrans does, on loopback. Both take
// payments, renew, fail, give back and are disputed when a test says so, and send
// signed messages about it when the test wants them to: at once, late, repeated, in
// another order, or forged. It is written from the gateways' documentation and knows
// nothing of package pay. Tests only.
package till

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Keys with which the gateways are configured.
const (
	StripeKey    = "sk_test_till"
	StripeSecret = "whsec_till"
	MidtransKey  = "SB-Mid-server-till"
)

// Message is one that a gateway sends.
type Message struct {
	Gateway string
	Body    []byte
	Header  map[string]string
}

// Till is both gateways.
type Till struct {
	URL  string
	Down atomic.Bool // both answer 503

	t    testing.TB
	now  func() time.Time
	site string // base URL of the site that is told

	mu       sync.Mutex
	n        int
	sessions map[string]object // of Stripe's checkout
	subs     map[string]object
	invoices []object
	refunds  []object
	disputes []object
	byKey    map[string]object // by Idempotency-Key
	orders   map[string]object // of Midtrans
	queue    []Message
}

type object map[string]any

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

// New starts the gateways. now is their clock; site is told on Deliver.
func New(t testing.TB, now func() time.Time) *Till {
	t.Helper()
	k := &Till{t: t, now: now, sessions: map[string]object{}, subs: map[string]object{}, byKey: map[string]object{}, orders: map[string]object{}}
	mux := http.NewServeMux()
	for pattern, h := range map[string]func(r *http.Request) (int, object){
		"POST /v1/checkout/sessions":       k.newSession,
		"GET /v1/checkout/sessions/{id}":   k.session,
		"GET /v1/subscriptions/{id}":       k.subscription,
		"POST /v1/subscriptions/{id}":      k.changeSubscription,
		"GET /v1/invoices":                 k.list(func() []object { return k.invoices }, "subscription"),
		"GET /v1/refunds":                  k.list(func() []object { return k.refunds }, "payment_intent"),
		"GET /v1/disputes":                 k.list(func() []object { return k.disputes }, "payment_intent"),
		"POST /v1/refunds":                 k.newRefund,
		"POST /v1/billing_portal/sessions": k.portal,
		"POST /snap/v1/transactions":       k.newTransaction,
		"GET /v2/{order}/status":           k.status,
		"POST /v2/{order}/refund":          k.refundTransaction,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { k.answer(w, r, h) })
	}
	mux.HandleFunc("GET /pay/{kind}/{id}", k.page)
	mux.HandleFunc("POST /pay/{kind}/{id}", k.paid)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	k.URL = server.URL
	return k
}

// Tell names the site that messages go to.
func (k *Till) Tell(site string) { k.site = site }

func (k *Till) answer(w http.ResponseWriter, r *http.Request, h func(*http.Request) (int, object)) {
	user, _, _ := r.BasicAuth()
	want := StripeKey
	if !strings.HasPrefix(r.URL.Path, "/v1/") {
		want = MidtransKey
	}
	code, out := http.StatusUnauthorized, object{"error": "key"}
	switch {
	case k.Down.Load():
		code, out = http.StatusServiceUnavailable, object{"error": "down"}
	case user == want:
		k.mu.Lock()
		key := r.Header.Get("Idempotency-Key")
		if known := k.byKey[key]; key != "" && known != nil {
			code, out = http.StatusOK, known
		} else if code, out = h(r); key != "" && code == http.StatusOK {
			k.byKey[key] = out
		}
		out = public(out)
		k.mu.Unlock()
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(out)
}

// id returns a new id. The caller holds the lock.
func (k *Till) id(kind string) string {
	k.n++
	return fmt.Sprintf("%s_till%06d", kind, k.n)
}

func refused(what string) (int, object) { return http.StatusBadRequest, object{"error": what} }

func missing() (int, object) { return http.StatusNotFound, object{"error": "none"} }

// newSession begins a checkout, if the request is one that Stripe takes.
func (k *Till) newSession(r *http.Request) (int, object) {
	if err := r.ParseForm(); err != nil {
		return refused("form")
	}
	f := r.PostForm
	amount, err := strconv.ParseInt(f.Get("line_items[0][price_data][unit_amount]"), 10, 64)
	mode := f.Get("mode")
	switch {
	case err != nil || amount <= 0 || len(f.Get("line_items[0][price_data][currency]")) != 3 || f.Get("line_items[0][price_data][product_data][name]") == "":
		return refused("line_items")
	case mode != "payment" && mode != "subscription" || f.Get("success_url") == "":
		return refused("mode")
	case (mode == "subscription") != (f.Get("line_items[0][price_data][recurring][interval]") != ""):
		return refused("recurring")
	}
	trial, _ := strconv.Atoi(f.Get("subscription_data[trial_period_days]"))
	id := k.id("cs")
	s := object{"id": id, "object": "checkout.session", "url": k.URL + "/pay/card/" + id, "mode": mode, "status": "open", "payment_status": "unpaid",
		"client_reference_id": f.Get("client_reference_id"), "metadata": object{"order": f.Get("metadata[order]")}, "created": k.now().Unix(),
		"amount_total": amount, "currency": f.Get("line_items[0][price_data][currency]"),
		"-interval": f.Get("line_items[0][price_data][recurring][interval]"), "-trial": trial, "-back": f.Get("success_url"), "-cancel": f.Get("cancel_url")}
	k.sessions[id] = s
	return http.StatusOK, s
}

func (k *Till) session(r *http.Request) (int, object) {
	if s := k.sessions[r.PathValue("id")]; s != nil {
		return http.StatusOK, s
	}
	return missing()
}

func (k *Till) subscription(r *http.Request) (int, object) {
	if s := k.subs[r.PathValue("id")]; s != nil {
		return http.StatusOK, s
	}
	return missing()
}

func (k *Till) changeSubscription(r *http.Request) (int, object) {
	s := k.subs[r.PathValue("id")]
	if s == nil || s["ended_at"] != nil {
		return missing()
	}
	on := r.FormValue("cancel_at_period_end") == "true"
	was := s["cancel_at_period_end"] == true
	s["cancel_at_period_end"], s["canceled_at"] = on, nil
	if on {
		s["canceled_at"] = k.now().Unix()
	}
	if was != on {
		k.tell("customer.subscription.updated", s, object{"cancel_at_period_end": was})
	}
	return http.StatusOK, s
}

func (k *Till) list(all func() []object, by string) func(*http.Request) (int, object) {
	return func(r *http.Request) (int, object) {
		data := []object{}
		for _, o := range all() {
			if o.text(by) == r.FormValue(by) && (r.FormValue("status") == "" || o.text("status") == r.FormValue("status")) {
				data = append(data, o)
			}
		}
		return http.StatusOK, object{"object": "list", "data": data, "has_more": false}
	}
}

func (k *Till) newRefund(r *http.Request) (int, object) {
	amount, err := strconv.ParseInt(r.FormValue("amount"), 10, 64)
	if err != nil || amount <= 0 {
		return refused("amount")
	}
	return http.StatusOK, k.refundOf(r.FormValue("payment_intent"), amount)
}

func (k *Till) refundOf(payment string, amount int64) object {
	o := object{"id": k.id("re"), "object": "refund", "status": "succeeded", "payment_intent": payment, "amount": amount, "currency": k.currency(payment), "created": k.now().Unix()}
	k.refunds = append(k.refunds, o)
	k.tell("refund.created", o, nil)
	return o
}

// currency returns that of a payment.
func (k *Till) currency(payment string) string {
	for _, i := range k.invoices {
		if i.text("payment_intent") == payment {
			return i.text("currency")
		}
	}
	for _, s := range k.sessions {
		if s.text("payment_intent") == payment {
			return s.text("currency")
		}
	}
	return "idr"
}

func (k *Till) portal(r *http.Request) (int, object) {
	if r.FormValue("customer") == "" {
		return refused("customer")
	}
	return http.StatusOK, object{"id": k.id("bps"), "url": k.URL + "/portal/" + r.FormValue("customer")}
}

// tell queues a message of Stripe's. The caller holds the lock.
func (k *Till) tell(kind string, o, previous object) {
	data := object{"object": public(o)}
	if previous != nil {
		data["previous_attributes"] = previous
	}
	body, err := json.Marshal(object{"id": k.id("evt"), "object": "event", "api_version": "2024-06-20", "type": kind, "created": k.now().Unix(), "data": data})
	if err != nil {
		k.t.Fatal(err)
	}
	k.queue = append(k.queue, Message{Gateway: "stripe", Body: body})
}

// public leaves out what is the till's own.
func public(o object) object {
	out := object{}
	for name, v := range o {
		if !strings.HasPrefix(name, "-") {
			out[name] = v
		}
	}
	return out
}

// Card pays a checkout of Stripe's.
func (k *Till) Card(session string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.sessions[session]
	if s == nil || s.text("status") != "open" {
		return
	}
	s["status"], s["payment_status"], s["customer"] = "complete", "paid", k.id("cus")
	if s.text("mode") == "payment" {
		s["payment_intent"] = k.id("pi")
		k.tell("checkout.session.completed", s, nil)
		return
	}
	sub := object{"id": k.id("sub"), "object": "subscription", "status": "active", "customer": s["customer"], "metadata": s["metadata"], "cancel_at_period_end": false,
		"-amount": s["amount_total"], "-currency": s["currency"], "-interval": s["-interval"], "-n": 0, "-anchor": k.now()}
	k.subs[sub.text("id")] = sub
	s["subscription"] = sub["id"]
	if days := s["-trial"].(int); days > 0 {
		sub["status"], sub["-anchor"] = "trialing", k.now().AddDate(0, 0, days)
		k.invoice(sub, 0, k.now(), sub["-anchor"].(time.Time))
	} else {
		k.renew(sub)
	}
	k.tell("checkout.session.completed", s, nil)
}

// after returns n intervals from an anchor: the last day of a month that is too
// short.
func after(anchor time.Time, interval string, n int) time.Time {
	months := n
	if interval == "year" {
		months = 12 * n
	}
	first := time.Date(anchor.Year(), anchor.Month()+time.Month(months), 1, anchor.Hour(), anchor.Minute(), anchor.Second(), 0, time.UTC)
	day := min(anchor.Day(), first.AddDate(0, 1, -1).Day())
	return first.AddDate(0, 0, day-1)
}

func (k *Till) renew(sub object) {
	n, anchor := sub["-n"].(int), sub["-anchor"].(time.Time).UTC()
	sub["-n"] = n + 1
	k.invoice(sub, sub["-amount"].(int64), after(anchor, sub.text("-interval"), n), after(anchor, sub.text("-interval"), n+1))
}

func (k *Till) invoice(sub object, amount int64, from, until time.Time) {
	i := object{"id": k.id("in"), "object": "invoice", "status": "paid", "subscription": sub["id"], "customer": sub["customer"], "currency": sub["-currency"],
		"amount_paid": amount, "amount_due": amount, "attempt_count": 1, "created": k.now().Unix(), "subscription_details": object{"metadata": sub["metadata"]},
		"status_transitions": object{"paid_at": k.now().Unix()},
		"lines":              object{"data": []object{{"period": object{"start": from.Unix(), "end": until.Unix()}}}}}
	if amount > 0 {
		i["payment_intent"] = k.id("pi")
	}
	k.invoices = append(k.invoices, i)
	k.tell("invoice.paid", i, nil)
}

// sub returns the subscription of a purchase.
func (k *Till) sub(order string) object {
	for _, s := range k.subs {
		if m, _ := s["metadata"].(object); m.text("order") == order {
			return s
		}
	}
	k.t.Fatalf("the till has no subscription for %s", order)
	return nil
}

// Renew collects the next period of the subscription of a purchase.
func (k *Till) Renew(order string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.renew(k.sub(order))
}

// Fail tries to collect it, in vain.
func (k *Till) Fail(order string, attempt int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.sub(order)
	s["status"] = "past_due"
	k.tell("invoice.payment_failed", object{"id": k.id("in"), "object": "invoice", "status": "open", "subscription": s["id"], "customer": s["customer"], "currency": s["-currency"],
		"amount_due": s["-amount"], "amount_paid": 0, "attempt_count": attempt, "created": k.now().Unix(), "subscription_details": object{"metadata": s["metadata"]}}, nil)
}

// End ends the subscription of a purchase at once.
func (k *Till) End(order string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.sub(order)
	s["status"], s["ended_at"] = "canceled", k.now().Unix()
	k.tell("customer.subscription.deleted", s, nil)
}

// Payment returns the last payment of a purchase at Stripe.
func (k *Till) Payment(order string) (payment string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.payment(order)
}

func (k *Till) payment(order string) (payment string) {
	for _, s := range k.sessions {
		if m, _ := s["metadata"].(object); m.text("order") == order && s.text("payment_intent") != "" {
			payment = s.text("payment_intent")
		}
	}
	for _, i := range k.invoices {
		if d, _ := i["subscription_details"].(object); d != nil {
			if m, _ := d["metadata"].(object); m.text("order") == order && i.text("payment_intent") != "" {
				payment = i.text("payment_intent")
			}
		}
	}
	return payment
}

// Back gives a sum in Stripe's units of the last payment of a purchase back, as
// somebody does on Stripe's own pages.
func (k *Till) Back(order string, amount int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refundOf(k.payment(order), amount)
}

// Dispute lets the bank take the last payment of a purchase back; Won lets it give
// it back again.
func (k *Till) Dispute(order string, amount int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	payment := k.payment(order)
	o := object{"id": k.id("dp"), "object": "dispute", "status": "needs_response", "payment_intent": payment, "amount": amount, "currency": k.currency(payment), "created": k.now().Unix()}
	k.disputes = append(k.disputes, o)
	k.tell("charge.dispute.created", o, nil)
}

// Won ends the last dispute in the outlet's favour.
func (k *Till) Won() {
	k.mu.Lock()
	defer k.mu.Unlock()
	o := k.disputes[len(k.disputes)-1]
	o["status"] = "won"
	k.tell("charge.dispute.closed", o, nil)
}

// newTransaction begins a payment with Midtrans.
func (k *Till) newTransaction(r *http.Request) (int, object) {
	var in struct {
		Details struct {
			Order string `json:"order_id"`
			Gross int64  `json:"gross_amount"`
		} `json:"transaction_details"`
		Items []struct {
			Price, Quantity int64
		} `json:"item_details"`
		Callbacks struct{ Finish string } `json:"callbacks"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Details.Order == "" || in.Details.Gross <= 0 ||
		len(in.Items) != 1 || in.Items[0].Price*in.Items[0].Quantity != in.Details.Gross {
		return refused("transaction_details")
	}
	if k.orders[in.Details.Order] != nil {
		return refused("order_id has already been taken")
	}
	token := k.id("snap")
	k.orders[in.Details.Order] = object{"-token": token, "-back": in.Callbacks.Finish, "-gross": in.Details.Gross, "order_id": in.Details.Order}
	return http.StatusOK, object{"token": token, "redirect_url": k.URL + "/pay/qris/" + in.Details.Order}
}

const stamp = "2006-01-02 15:04:05"

func (k *Till) local() string { return k.now().In(time.FixedZone("WIB", 7*3600)).Format(stamp) }

// statusOf returns what Midtrans says of an order.
func (k *Till) statusOf(o object) object {
	out := public(o)
	gross := fmt.Sprintf("%d.00", o["-gross"].(int64))
	out["gross_amount"], out["currency"] = gross, "IDR"
	sum := sha512.Sum512([]byte(o.text("order_id") + out.text("status_code") + gross + MidtransKey))
	out["signature_key"] = hex.EncodeToString(sum[:])
	return out
}

func (k *Till) status(r *http.Request) (int, object) {
	o := k.orders[r.PathValue("order")]
	if o == nil || o["transaction_id"] == nil {
		return http.StatusOK, object{"status_code": "404", "status_message": "Transaction doesn't exist."}
	}
	return http.StatusOK, k.statusOf(o)
}

func (k *Till) notify(o object) {
	body, err := json.Marshal(k.statusOf(o))
	if err != nil {
		k.t.Fatal(err)
	}
	k.queue = append(k.queue, Message{Gateway: "midtrans", Body: body})
}

// QRIS pays an order of Midtrans's: first it is pending, then settled.
func (k *Till) QRIS(order string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	o := k.orders[order]
	if o == nil {
		k.t.Errorf("the till has no order %s", order)
		return
	}
	o["transaction_id"], o["payment_type"], o["transaction_time"] = k.id("trx"), "qris", k.local()
	o["transaction_status"], o["status_code"] = "pending", "201"
	k.notify(o)
	o["transaction_status"], o["status_code"], o["settlement_time"] = "settlement", "200", k.local()
	k.notify(o)
}

func (k *Till) refundTransaction(r *http.Request) (int, object) {
	o := k.orders[r.PathValue("order")]
	var in struct {
		Key    string `json:"refund_key"`
		Amount int64  `json:"amount"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || o == nil || in.Amount <= 0 || in.Key == "" {
		return refused("refund")
	}
	list, _ := o["refunds"].([]object)
	for _, f := range list {
		if f.text("refund_key") == in.Key {
			return http.StatusOK, k.statusOf(o)
		}
	}
	o["refunds"] = append(list, object{"refund_chargeback_id": k.n, "refund_amount": fmt.Sprintf("%d.00", in.Amount), "refund_key": in.Key, "created_at": k.local()})
	o["transaction_status"], o["status_code"] = "partial_refund", "200"
	if in.Amount == o["-gross"].(int64) {
		o["transaction_status"] = "refund"
	}
	o["refund_amount"], o["refund_key"] = fmt.Sprintf("%d.00", in.Amount), in.Key
	k.notify(o)
	return http.StatusOK, k.statusOf(o)
}

// Take returns the messages that wait, and forgets them.
func (k *Till) Take() []Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := k.queue
	k.queue = nil
	return out
}

// Sign returns a message with what vouches for it now.
func (k *Till) Sign(m Message) Message {
	if m.Gateway == "stripe" {
		m.Header = map[string]string{"Stripe-Signature": StripeSignature(m.Body, k.now(), StripeSecret)}
	}
	return m
}

// StripeSignature returns the header of a message.
func StripeSignature(body []byte, at time.Time, secret string) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "." + string(body)))
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Send sends a message as it is, and returns the status of the answer and what it
// says.
func (k *Till) Send(m Message) (int, string) {
	k.t.Helper()
	req, err := http.NewRequest(http.MethodPost, k.site+"/pay/"+m.Gateway, bytes.NewReader(m.Body))
	if err != nil {
		k.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, v := range m.Header {
		req.Header.Set(name, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	var b bytes.Buffer
	b.ReadFrom(res.Body)
	return res.StatusCode, b.String()
}

// Deliver sends what waits, in order, and fails the test if the site does not take
// it.
func (k *Till) Deliver() {
	k.t.Helper()
	for _, m := range k.Take() {
		if code, text := k.Send(k.Sign(m)); code != http.StatusOK {
			k.t.Errorf("%s: %d %s for %s", m.Gateway, code, text, m.Body)
		}
	}
}

// page is where somebody pays in a browser.
func (k *Till) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><title>Till</title><h1>%s</h1><form method="post"><button>Pay</button></form>`, html.EscapeString(r.PathValue("id")))
}

// paid takes the payment, tells the site and leads back there.
func (k *Till) paid(w http.ResponseWriter, r *http.Request) {
	id, back := r.PathValue("id"), ""
	k.mu.Lock()
	if s := k.sessions[id]; s != nil {
		back = s.text("-back")
	} else if o := k.orders[id]; o != nil {
		back = o.text("-back")
	}
	k.mu.Unlock()
	if _, err := url.Parse(back); err != nil || back == "" {
		http.NotFound(w, r)
		return
	}
	if r.PathValue("kind") == "card" {
		k.Card(id)
	} else {
		k.QRIS(id)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}
