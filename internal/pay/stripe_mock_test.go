package pay_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/pay"
	"warta/internal/testkit/till"
)

// stripeMock starts Stripe's own stripe-mock, which checks every request against
// Stripe's description of its interface, and returns its address. It is built from
// a module of its own; where that cannot be had the test is skipped, but never with
// CI=true.
func stripeMock(t *testing.T) string {
	t.Helper()
	build := exec.CommandContext(t.Context(), "go", "tool", "-C", "../../tools/stripemock", "-n", "stripe-mock")
	var complaint bytes.Buffer
	build.Stderr = &complaint
	path, err := build.Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("stripe-mock cannot be built; with CI=true nothing is skipped: %v: %s", err, &complaint)
		}
		t.Skipf("stripe-mock cannot be built here: %v: %s", err, &complaint)
	}
	cmd := exec.CommandContext(t.Context(), strings.TrimSpace(string(path)), "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		io.Copy(io.Discard, out)
		cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), "HTTP at address: "); ok {
			return "http://" + at
		}
	}
	t.Fatal("stripe-mock does not say where it listens")
	return ""
}

// asked is a request and what came of it.
type asked struct {
	line   string // method and path, ids left out
	what   string // what was sent
	status int
	answer map[string]any
}

// ear passes requests on and keeps them.
type ear struct {
	*httptest.Server
	mu  sync.Mutex
	all []asked
}

func listen(t *testing.T, to string) *ear {
	t.Helper()
	e := &ear{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		on, err := http.NewRequestWithContext(r.Context(), r.Method, to+r.RequestURI, bytes.NewReader(sent))
		if err != nil {
			t.Error(err)
			return
		}
		on.Header = r.Header
		res, err := http.DefaultTransport.RoundTrip(on)
		if err != nil {
			t.Error(err)
			return
		}
		defer res.Body.Close()
		raw, _ := io.ReadAll(res.Body)
		a := asked{line: route(r), what: r.URL.RawQuery + string(sent), status: res.StatusCode}
		if err := json.Unmarshal(raw, &a.answer); err != nil {
			t.Errorf("%s: %v", a.line, err)
		}
		e.mu.Lock()
		e.all = append(e.all, a)
		e.mu.Unlock()
		w.WriteHeader(res.StatusCode)
		w.Write(raw)
	}))
	t.Cleanup(e.Close)
	return e
}

// route returns what a request is for: its path without the ids in it.
func route(r *http.Request) string {
	parts := strings.Split(r.URL.Path, "/")
	for i, p := range parts {
		if kind, _, ok := strings.Cut(p, "_"); ok && slices.Contains([]string{"cs", "sub"}, kind) {
			parts[i] = "{id}"
		}
	}
	return r.Method + " " + strings.Join(parts, "/")
}

func (e *ear) routes() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	set := map[string]bool{}
	for _, a := range e.all {
		set[a.line] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// asksEverything lets a client ask all that Warta ever asks of Stripe. pays is
// called with a checkout that its payer would go to now, and the purchase's code.
func asksEverything(t *testing.T, s *pay.Stripe, pays func(ref, code string)) {
	t.Helper()
	facts := func(k pay.Known) []pay.Fact {
		t.Helper()
		list, err := s.Look(t.Context(), k)
		if err != nil {
			t.Fatalf("look at %+v: %v", k, err)
		}
		return list
	}
	order := pay.Order{Title: "Kabar Plus – Bulanan", Money: pay.Money{Amount: 49_000, Currency: "IDR"}, Email: "rani@kabar.example", Back: "https://kabar.example/member/order/A?back=1"}
	for i, o := range []struct {
		every    string
		trial    int
		currency string
	}{{"", 0, "IDR"}, {"", 0, "USD"}, {"", 0, "JPY"}, {"month", 0, "IDR"}, {"year", 0, "EUR"}, {"month", 7, "IDR"}} {
		order.Code, order.Money.Currency = fmt.Sprintf("ORDER%05d", i), o.currency
		order.Renews, order.Every, order.TrialDays = o.every != "", o.every, o.trial
		b, err := s.Begin(t.Context(), order)
		if err != nil || b.Ref == "" {
			t.Fatalf("begin %+v: %+v, %v", order, b, err)
		}
		pays(b.Ref, order.Code)
		known := pay.Known{Code: order.Code, Ref: b.Ref}
		payment := "pi_1"
		for _, f := range facts(known) {
			known.Subscription = cmp.Or(known.Subscription, f.Subscription)
			payment = cmp.Or(f.Payment, payment)
		}
		if _, err := s.Refund(t.Context(), pay.Refund{Key: "r-1", Order: order.Code, Payment: payment, Money: pay.Money{Amount: 1_000, Currency: o.currency}, Reason: "salah"}); err != nil {
			t.Fatalf("refund: %v", err)
		}
		if !order.Renews {
			continue
		}
		known.Subscription = cmp.Or(known.Subscription, "sub_1")
		facts(known)
		if _, err := s.Cancel(t.Context(), known); err != nil {
			t.Fatalf("cancel: %v", err)
		}
	}
	if at, err := s.Portal(t.Context(), "cus_1", "https://kabar.example/account/membership"); err != nil || at == "" {
		t.Fatalf("the portal is at %q, %v", at, err)
	}
}

// TestStripeTakesWhatIsAsked sends every request that Warta sends to Stripe past
// Stripe's own description of its interface, and holds the fake that the other tests
// pay at against the same: it answers the same questions in the same form.
func TestStripeTakesWhatIsAsked(t *testing.T) {
	t.Parallel()
	mock := listen(t, stripeMock(t))
	asksEverything(t, pay.NewStripe(mock.URL, "sk_test_warta", "whsec"), func(string, string) {})
	if n := len(mock.all); n < 20 {
		t.Errorf("only %d requests were checked", n)
	}
	for _, a := range mock.all {
		if a.status != http.StatusOK {
			t.Errorf("%s with %s: %d %v", a.line, a.what, a.status, a.answer)
		}
	}

	fake := till.New(t, time.Now)
	ours := listen(t, fake.URL)
	asksEverything(t, pay.NewStripe(ours.URL, till.StripeKey, till.StripeSecret), func(ref, code string) {
		fake.Card(ref)
		fake.Dispute(code, 100)
	})
	if got, want := ours.routes(), mock.routes(); !slices.Equal(got, want) {
		t.Errorf("of the till is asked %q, of Stripe %q", got, want)
	}
	for _, a := range ours.all {
		for _, m := range mock.all {
			if m.line == a.line {
				unlike(t, a.line, a.answer, m.answer)
				break
			}
		}
	}

	t.Run("what Stripe does not know is refused", func(t *testing.T) {
		for _, f := range []url.Values{{"payment_intents": {"pi_1"}}, {"payment_intent": {"pi_1"}, "amount": {"much"}}, {"payment_intent": {"pi_1"}, "metadata": {"text"}}} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, mock.URL+"/v1/refunds", strings.NewReader(f.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.SetBasicAuth("sk_test_warta", "")
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusBadRequest {
				t.Errorf("a refund with %s: %d", f.Encode(), res.StatusCode)
			}
		}
	})
}

// unlike fails the test where an answer of ours has what the other has not, or has
// it in another form.
func unlike(t *testing.T, where string, ours, theirs any) {
	t.Helper()
	switch a := ours.(type) {
	case nil:
	case map[string]any:
		b, ok := theirs.(map[string]any)
		if !ok && theirs != nil {
			t.Errorf("%s: ours is %v, theirs %v", where, ours, theirs)
		}
		if len(b) == 0 || strings.HasSuffix(where, ".metadata") {
			return
		}
		for name, v := range a {
			if w, known := b[name]; known {
				unlike(t, where+"."+name, v, w)
			} else {
				t.Errorf("%s: Stripe sends no %q", where, name)
			}
		}
	case []any:
		b, ok := theirs.([]any)
		if !ok && theirs != nil {
			t.Errorf("%s: ours is %v, theirs %v", where, ours, theirs)
		}
		if len(a) > 0 && len(b) > 0 {
			unlike(t, where+"[0]", a[0], b[0])
		}
	default:
		if theirs != nil && fmt.Sprintf("%T", ours) != fmt.Sprintf("%T", theirs) {
			t.Errorf("%s: ours is %v, theirs %v", where, ours, theirs)
		}
	}
}

// TestAMessageOfAnotherVersionIsRefused shows what Stripe sends to an endpoint that
// was made with a version whose invoices name neither payment nor purchase.
func TestAMessageOfAnotherVersionIsRefused(t *testing.T) {
	t.Parallel()
	s := pay.NewStripe("http://127.0.0.1:1", till.StripeKey, till.StripeSecret)
	now := time.Now()
	for version, refused := range map[string]bool{"": false, pay.StripeVersion: false, "2024-09-30.acacia": false, "2025-02-24.acacia": false, "2025-03-31.basil": true, "2026-08-26.dahlia": true} {
		body := []byte(`{"id":"evt_1","type":"invoice.paid","api_version":"` + version + `","created":1795500000,"data":{"object":{"id":"in_1","currency":"idr","amount_paid":4900000,"payment_intent":"pi_1"}}}`)
		ev, err := s.Event(http.Header{"Stripe-Signature": {till.StripeSignature(body, now, till.StripeSecret)}}, body, now)
		switch {
		case refused && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), pay.StripeVersion)):
			t.Errorf("version %q: %+v, %v", version, ev, err)
		case !refused && (err != nil || len(ev.Facts) != 1):
			t.Errorf("version %q: %+v, %v", version, ev, err)
		}
	}
}
