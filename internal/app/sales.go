package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/job"
	"warta/internal/member"
	"warta/internal/pay"
)

// saleTerms reads what the outlet has decided about selling memberships.
func (c *Core) saleTerms(ctx context.Context) (t member.Terms, err error) {
	set, err := c.DB.Settings(ctx)
	if err != nil {
		return t, err
	}
	t = member.Terms{Site: set.Name(), Lang: set.Language(), Zone: set.Zone(), BaseURL: c.Config.BaseURL, TaxRate: set.TaxRate(), GraceDays: set.GraceDays(),
		Bank: strings.TrimSpace(set.Get("bank_transfer"))}
	for _, text := range strings.Split(set.Get("second_sums"), ", ") {
		currency, sum, _ := strings.Cut(text, " ")
		// What cannot be read bounds nothing: without a sum a second person is asked
		// always.
		if m, err := pay.Parse(sum, currency); err == nil {
			t.Seconds = append(t.Seconds, m)
		}
	}
	return t, nil
}

// gateways returns those that are configured, in the order in which they are
// offered: what works everywhere in Indonesia first.
func (c *Config) gateways() (list []pay.Gateway) {
	if c.MidtransKey != "" {
		list = append(list, pay.NewMidtrans(cmp.Or(c.MidtransSnap, pay.MidtransSnapURL), cmp.Or(c.MidtransURL, pay.MidtransURL), c.MidtransKey))
	}
	if c.StripeKey != "" {
		list = append(list, pay.NewStripe(cmp.Or(c.StripeURL, pay.StripeURL), c.StripeKey, c.StripeSecret))
	}
	return list
}

// checkPay refuses gateways whose messages nobody could tell from forged ones, and
// addresses to which a key would go unprotected.
func (c *Config) checkPay() error {
	if (c.StripeKey == "") != (c.StripeSecret == "") {
		return fault.Input("stripe-secret", "--stripe-key and --stripe-secret belong together: the first asks Stripe, the second tells its messages from forged ones")
	}
	for _, a := range []struct{ name, value string }{{"stripe-url", c.StripeURL}, {"midtrans-url", c.MidtransURL}, {"midtrans-snap-url", c.MidtransSnap}} {
		if a.value == "" {
			continue
		}
		u, err := url.Parse(a.value)
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(net.JoinHostPort(u.Hostname(), "0"))) {
			return fault.Input(a.name, "%q is not an address such as https://api.example; plain http goes to this machine alone", a.value)
		}
	}
	return nil
}

// cancelPurchase is the job that ends a subscription at its gateway.
func (a *App) cancelPurchase(ctx context.Context, raw json.RawMessage) error {
	var args struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal(raw, &args); err != nil {
		return job.Never(fault.New(fault.Internal, "read the arguments of a cancellation: %w", err))
	}
	return a.Sales.CancelByID(ctx, args.ID)
}

// How often purchases are looked after, and whether a comparison with the gateways
// is due or has to go on.
const (
	salesEvery   = time.Minute
	compareEvery = 10 * time.Minute
)

// tendSales does what nobody waits for: events that waited, requests that broke off,
// purchases of which no gateway has told, letters about the end.
func (a *App) tendSales(ctx context.Context) error {
	var all []error
	for _, do := range []func(context.Context) error{a.Sales.Resume, a.Sales.CarryOn, a.Sales.Poll, a.Sales.Remind} {
		all = append(all, do(ctx))
	}
	return errors.Join(all...)
}
