package pay

import (
	"context"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
)

// Midtrans is the gateway midtrans.com, by its public HTTP interface: Snap for
// QRIS, e-wallets, virtual accounts and cards, notifications that it signs, the
// status of a transaction and refunds. It collects in rupiah, once.
type Midtrans struct {
	c    *client
	snap string
	api  string
	key  string
}

var _ Gateway = (*Midtrans)(nil)

// Names of the gateway.
const (
	MidtransName    = "midtrans"
	MidtransSnapURL = "https://app.midtrans.com"
	MidtransURL     = "https://api.midtrans.com"
)

// midtransZone is in which its times are, which say no zone.
var midtransZone = time.FixedZone("WIB", 7*60*60)

// NewMidtrans returns the gateway with Snap at one address and the rest at another,
// and the server key.
func NewMidtrans(snap, api, key string) *Midtrans {
	return &Midtrans{c: newClient("Midtrans", key), snap: strings.TrimSuffix(snap, "/"), api: strings.TrimSuffix(api, "/"), key: key}
}

// Name implements Gateway.
func (*Midtrans) Name() string { return MidtransName }

// Renews implements Gateway.
func (*Midtrans) Renews() bool { return false }

// Takes implements Gateway.
func (*Midtrans) Takes(m Money) bool { return m.Currency == "IDR" }

// Begin implements Gateway.
func (m *Midtrans) Begin(ctx context.Context, o Order) (Begun, error) {
	title := []rune(o.Title)
	body := map[string]any{
		"transaction_details": map[string]any{"order_id": o.Code, "gross_amount": o.Money.Amount},
		"item_details":        []map[string]any{{"id": "membership", "name": string(title[:min(len(title), 50)]), "price": o.Money.Amount, "quantity": 1}},
		"customer_details":    map[string]any{"email": o.Email},
		"callbacks":           map[string]any{"finish": o.Back},
	}
	var out struct {
		Token string `json:"token"`
		URL   string `json:"redirect_url"`
	}
	if err := m.c.call(ctx, http.MethodPost, m.snap+"/snap/v1/transactions", body, &out); err != nil {
		return Begun{}, err
	}
	return Begun{Ref: out.Token, URL: out.URL}, nil
}

// midtransStatus is a notification, and the answer to a question for the status.
type midtransStatus struct {
	StatusCode   string `json:"status_code"`
	Status       string `json:"transaction_status"`
	Fraud        string `json:"fraud_status"`
	Order        string `json:"order_id"`
	Transaction  string `json:"transaction_id"`
	Gross        string `json:"gross_amount"`
	Currency     string `json:"currency"`
	Type         string `json:"payment_type"`
	Time         string `json:"transaction_time"`
	Settled      string `json:"settlement_time"`
	Signature    string `json:"signature_key"`
	RefundAmount string `json:"refund_amount"`
	RefundKey    string `json:"refund_key"`
	Refunds      []struct {
		ID     json.Number `json:"refund_chargeback_id"`
		Amount string      `json:"refund_amount"`
		Key    string      `json:"refund_key"`
		At     string      `json:"created_at"`
	} `json:"refunds"`
}

func midtransTime(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, midtransZone)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// money reads a sum such as "49000.00". What is no whole rupiah is kept as another
// currency than any price has, so that a person looks at it.
func (s midtransStatus) money(text string) Money {
	currency := strings.ToUpper(s.Currency)
	if currency == "" {
		currency = "IDR"
	}
	whole, rest, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < 0 || n > maxAmount || strings.Trim(rest, "0") != "" {
		return Money{0, currency + "/100"}
	}
	return Money{n, currency}
}

// Event implements Gateway. The signature is SHA-512 of order, status code, sum and
// the server key. It says no time, so an old one cannot be told from a new one:
// the ledger takes each thing once.
func (m *Midtrans) Event(_ http.Header, body []byte, _ time.Time) (Event, error) {
	var s midtransStatus
	if err := json.Unmarshal(body, &s); err != nil {
		return Event{}, errUnread(err)
	}
	if m.key == "" || subtle.ConstantTimeCompare([]byte(strings.ToLower(s.Signature)), []byte(MidtransSignature(s.Order, s.StatusCode, s.Gross, m.key))) != 1 {
		return Event{}, errForged("the signature of the message does not hold")
	}
	if s.Order == "" || s.Transaction == "" || len(s.Order) > 100 || len(s.Transaction) > 100 || len(s.Status) > 40 {
		return Event{}, fault.New(fault.Invalid, "the message lacks an order or a transaction")
	}
	ev := Event{ID: s.Transaction + ":" + s.Status, Kind: s.Status, Facts: s.facts()}
	if strings.Contains(s.Status, "refund") {
		ev.ID += ":" + s.RefundAmount + ":" + s.RefundKey + ":" + strconv.Itoa(len(s.Refunds))
	}
	if s.Fraud == "challenge" {
		ev.ID += ":challenge"
	}
	return ev, nil
}

// MidtransSignature returns the signature of a notification.
func MidtransSignature(order, status, gross, key string) string {
	sum := sha512.Sum512([]byte(order + status + gross + key))
	return hex.EncodeToString(sum[:])
}

// facts returns what a status says. A refund says that it was paid as well.
func (s midtransStatus) facts() (list []Fact) {
	at := midtransTime(s.Settled)
	if at.IsZero() {
		at = midtransTime(s.Time)
	}
	paid := Fact{Kind: Paid, Ref: s.Transaction, Order: s.Order, Payment: s.Transaction, Money: s.money(s.Gross), At: at, Method: s.Type}
	switch s.Status {
	case "capture":
		if s.Fraud != "accept" && s.Fraud != "" {
			return nil
		}
		return []Fact{paid}
	case "settlement":
		return []Fact{paid}
	case "deny", "cancel", "expire", "failure":
		return []Fact{{Kind: Expired, Ref: s.Transaction, Order: s.Order, At: midtransTime(s.Time)}}
	case "chargeback", "partial_chargeback":
		taken := Fact{Kind: Disputed, Ref: s.Transaction, Order: s.Order, Payment: s.Transaction, Money: paid.Money, At: time.Time{}}
		for _, r := range s.Refunds {
			taken.At = midtransTime(r.At)
		}
		return []Fact{paid, taken}
	case "refund", "partial_refund":
		list = []Fact{paid}
		for _, r := range s.Refunds {
			f := Fact{Kind: Refunded, Ref: r.Key, Order: s.Order, Payment: s.Transaction, Money: s.money(r.Amount), At: midtransTime(r.At)}
			if f.Ref == "" {
				f.Ref = r.ID.String()
			}
			list = append(list, f)
		}
		if len(s.Refunds) == 0 && s.RefundKey != "" {
			list = append(list, Fact{Kind: Refunded, Ref: s.RefundKey, Order: s.Order, Payment: s.Transaction, Money: s.money(s.RefundAmount)})
		}
	}
	return list
}

// Look implements Gateway.
func (m *Midtrans) Look(ctx context.Context, k Known) ([]Fact, error) {
	s, err := m.status(ctx, k.Code)
	if err != nil || s.Order != k.Code {
		return nil, err
	}
	return s.facts(), nil
}

func (m *Midtrans) status(ctx context.Context, order string) (s midtransStatus, err error) {
	err = m.c.call(ctx, http.MethodGet, m.api+"/v2/"+url.PathEscape(order)+"/status", nil, &s)
	if err == nil && s.StatusCode == "404" { // it answers so with 200
		err = fault.New(fault.NotFound, "Midtrans knows nothing of %s", order)
	}
	return s, err
}

// Refund implements Gateway.
func (m *Midtrans) Refund(ctx context.Context, r Refund) (Fact, error) {
	body := map[string]any{"refund_key": r.Key + "-" + r.Order, "amount": r.Money.Amount, "reason": r.Reason}
	var s midtransStatus
	if err := m.c.call(ctx, http.MethodPost, m.api+"/v2/"+url.PathEscape(r.Order)+"/refund", body, &s); err != nil {
		return Fact{}, err
	}
	if s.StatusCode != "200" {
		return Fact{}, fault.New(fault.Conflict, "Midtrans refuses the refund (%s)", s.StatusCode).Say("pay_refused", "gateway", "Midtrans")
	}
	return Fact{Kind: Refunded, Ref: r.Key + "-" + r.Order, Order: r.Order, Payment: r.Payment, Money: r.Money}, nil
}

// Cancel implements Gateway: it never collects again.
func (m *Midtrans) Cancel(context.Context, Known) (Fact, error) {
	return Fact{}, fault.New(fault.Conflict, "Midtrans collects nothing by itself")
}

// Portal implements Gateway.
func (m *Midtrans) Portal(context.Context, string, string) (string, error) {
	return "", fault.New(fault.NotFound, "Midtrans has no portal")
}
