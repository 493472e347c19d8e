package app_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/change"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/pay"
	"warta/internal/testkit"
	"warta/internal/testkit/till"
)

// shop is a site that sells by gateways that keep books of their own.
type shop struct {
	*testkit.Site
	till *till.Till
}

// onShops runs a test on a shop over each engine.
func onShops(t *testing.T, test func(t *testing.T, k *shop)) {
	t.Helper()
	for _, engine := range []struct {
		name     string
		postgres bool
	}{{"SQLite", false}, {"PostgreSQL", true}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			if engine.postgres && testing.Short() {
				t.Skip("the same rules; the ordinary run has them")
			}
			test(t, newShopOn(t, engine.postgres))
		})
	}
}

func newShopOn(t *testing.T, postgres bool) *shop {
	t.Helper()
	k := &shop{}
	k.till = till.New(t, func() time.Time { return k.Clock.Now() })
	k.Site = testkit.New(t, testkit.Options{Postgres: postgres, Unproved: true, Settings: map[string]string{"membership_name": "Kabar Plus"}, Configure: func(c *app.Config) {
		c.StripeKey, c.StripeSecret, c.StripeURL = till.StripeKey, till.StripeSecret, k.till.URL
		c.MidtransKey, c.MidtransURL, c.MidtransSnap = till.MidtransKey, k.till.URL, k.till.URL
	}})
	k.till.Tell(k.URL)
	offered(t, k.Site, monthly())
	k.Publish(news.Content{})
	return k
}

// buy begins a purchase and returns its page.
func (k *shop) buy(t *testing.T, b *testkit.Browser, way string) (path, code string) {
	t.Helper()
	res := b.Post("/member/buy", "plan", "1", "way", way)
	path = res.Header.Get("Location")
	if !strings.HasPrefix(path, member.PurchasePath) {
		t.Fatalf("buying by %s: %d %q %s", way, res.StatusCode, path, res.Body)
	}
	return path, strings.TrimPrefix(path, member.PurchasePath)
}

// own is what a reader bought.
func (k *shop) own(t *testing.T, id int64) member.Trade {
	t.Helper()
	tr, err := k.Sales.Own(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// session returns the checkout of a purchase.
func (k *shop) session(t *testing.T, id int64) string {
	t.Helper()
	list := k.own(t, id).Purchases
	return list[len(list)-1].Ref
}

// balanced fails the test unless the ledger is in balance.
func (k *shop) balanced(t *testing.T) {
	t.Helper()
	list, err := k.DB.Balances(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]int64{}
	for _, b := range list {
		sums[b.Money.Currency] += b.Money.Amount
	}
	for c, n := range sums {
		if n != 0 {
			t.Errorf("the ledger is out of balance by %d %s", n, c)
		}
	}
}

func (k *shop) pass(d time.Duration) { k.Clock.Set(k.Clock.Now().Add(d)) }

// TestTheNextPageAfterPayingHasNoAds pays by card and by QRIS, and comes back before
// any message has: the answer that says so gives the class.
func TestTheNextPageAfterPayingHasNoAds(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		for i, way := range []string{"stripe", "midtrans"} {
			b := k.Reader(way+"@kabar.example", "Rani")
			id := int64(i + 1)
			path, code := k.buy(t, b, way)
			if res := b.Open(path); !strings.Contains(res.Body, k.till.URL+"/pay/") {
				t.Errorf("%s: the page of the purchase leads nowhere: %s", way, res.Body)
			}
			waiting := b.Open(path + "?back=1")
			if waiting.Header.Get("Refresh") != "5" || !strings.Contains(waiting.Body, "Menunggu kabar") {
				t.Errorf("%s: nobody waits: %q", way, waiting.Header.Get("Refresh"))
			}
			k.pass(10 * time.Second)
			if way == "stripe" {
				k.till.Card(k.session(t, id))
			} else {
				k.till.QRIS(code)
			}
			res := b.Open(path + "?back=1")
			if res.StatusCode != 200 || res.Header.Get("Refresh") != "" {
				t.Fatalf("%s: coming back: %d, waiting %q", way, res.StatusCode, res.Header.Get("Refresh"))
			}
			if got, want := class(t, k.Site, b), page.Registered|page.AdFree|page.MembersText; got != want {
				t.Errorf("%s: class of the answer that confirms: %b, want %b", way, got, want)
			}
			// The messages come later, three times, the last first: nothing changes.
			before := len(k.own(t, id).Entries)
			messages := k.till.Take()
			for range 3 {
				for _, m := range slices.Backward(messages) {
					if status, text := k.till.Send(k.till.Sign(m)); status != 200 {
						t.Errorf("%s: %d %s", way, status, text)
					}
				}
			}
			if after := len(k.own(t, id).Entries); after != before || before != 1 {
				t.Errorf("%s: %d entries, and %d after all messages; want 1", way, before, after)
			}
		}
		k.balanced(t)
	})
}

// TestASubscriptionLives goes through renewal, failure, grace, lapse, cancellation,
// refund and charge-back.
func TestASubscriptionLives(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani")
		path, code := k.buy(t, b, "stripe")
		k.till.Card(k.session(t, 1))
		k.till.Deliver()
		b.Open(path)
		standing := func(want member.Standing) {
			t.Helper()
			if got := k.own(t, 1).Purchases[0].StandingAt(k.Clock.Now()); got != want {
				t.Errorf("it stands at %q, want %q", got, want)
			}
		}
		sees := func(want bool) {
			t.Helper()
			becomes(t, k.Site, b, true, func(c page.Class) bool { return (c&page.AdFree != 0) == want })
		}
		standing(member.Active)
		// What is paid is promised, not the day that a renewal is given.
		for _, path := range []string{"/member", "/account/membership"} {
			if res := b.Open(path); !strings.Contains(res.Body, "Diperpanjang sendiri pada 23") {
				t.Errorf("%s does not say when it is renewed", path)
			}
		}
		if res := b.Post("/member/buy", "plan", "1", "way", "stripe"); res.StatusCode != http.StatusConflict {
			t.Errorf("a second subscription to the same: %d", res.StatusCode)
		}
		// A month later it is renewed, an hour late as gateways do.
		k.Clock.Set(k.own(t, 1).Purchases[0].Until.Add(time.Hour))
		sees(true)
		k.till.Renew(code)
		k.till.Deliver()
		standing(member.Active)
		// Then the card is refused: grace, a letter, and the end.
		k.Clock.Set(k.own(t, 1).Purchases[0].Until.Add(time.Hour))
		k.till.Fail(code, 1)
		k.till.Deliver()
		standing(member.Grace)
		k.pass(6 * 24 * time.Hour)
		sees(true)
		if !slices.ContainsFunc(k.LettersTo("rani@kabar.example"), func(l change.Letter) bool { return strings.Contains(l.Subject, "gagal") }) {
			t.Error("nobody wrote that the renewal failed")
		}
		k.pass(24 * time.Hour)
		standing(member.Lapsed)
		sees(false)
		for range 2 {
			if err := k.Sales.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		lapsed := 0
		for _, l := range k.LettersTo("rani@kabar.example") {
			if strings.Contains(l.Subject, "sudah berakhir") {
				lapsed++
			}
		}
		if lapsed != 1 {
			t.Errorf("%d letters say that it is over, want 1", lapsed)
		}
		// It is paid after all.
		k.till.Renew(code)
		k.till.Deliver()
		standing(member.Active)
		sees(true)
		// Cancelled: it holds to the end of what is paid.
		if res := b.Post("/account/membership/cancel", "code", code); res.Header.Get("Location") != "/account/membership?said=pay_canceled" {
			t.Errorf("cancelling: %d %s", res.StatusCode, res.Body)
		}
		k.till.Deliver()
		standing(member.Ending)
		sees(true)
		// The bank takes it back: over at once, whatever the cookie says.
		k.till.Dispute(code, 4_900_000)
		k.till.Deliver()
		becomes(t, k.Site, b, false, func(c page.Class) bool { return c&page.AdFree == 0 }) // the very same cookie
		standing(member.TakenOut)
		sees(false)
		entries := k.own(t, 1).Entries
		payment := entries[len(entries)-3] // behind it: canceled, disputed
		if res := k.Staffer(account.Commercial).Post("/newsroom/members/readers/1/refund", "payment", strconv.FormatInt(payment.ID, 10), "sum", "49000", "reason", "salah"); payment.Kind != "paid" || res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("a %s that the bank took back is given back once more: %d", payment.Kind, res.StatusCode)
		}
		k.pass(time.Hour)
		k.till.Won()
		k.till.Deliver()
		standing(member.Ending)
		sees(true)
		k.balanced(t)
	})
}

// TestWhatGatewaysTellWrongly sends what must not open anything, and looks for it at
// the desk.
func TestWhatGatewaysTellWrongly(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani")
		_, code := k.buy(t, b, "midtrans")
		k.till.QRIS(code)
		settled := k.till.Take()[1]
		lie := func(m till.Message, old, fresh string) till.Message {
			m.Body = []byte(strings.ReplaceAll(string(m.Body), old, fresh))
			return m
		}
		for name, m := range map[string]till.Message{
			"another sum":      lie(settled, "49000.00", "1.00"),
			"another purchase": lie(settled, code, "AAAAAAAAAA"),
			"no signature":     lie(settled, "signature_key", "signature"),
		} {
			if status, _ := k.till.Send(m); status != http.StatusForbidden {
				t.Errorf("%s: %d", name, status)
			}
		}
		forged := till.Message{Gateway: "stripe", Body: []byte(`{"id":"evt_1","type":"invoice.paid","data":{"object":{}}}`)}
		old := till.StripeSignature(forged.Body, k.Clock.Now().Add(-6*time.Minute), till.StripeSecret)
		for name, line := range map[string]string{"none": "", "of another secret": till.StripeSignature(forged.Body, k.Clock.Now(), "whsec_other"), "too old": old, "without a time": "v1=00"} {
			forged.Header = map[string]string{"Stripe-Signature": line}
			if status, _ := k.till.Send(forged); status != http.StatusForbidden {
				t.Errorf("a signature that is %s: %d", name, status)
			}
		}
		if got := k.own(t, 1); len(got.Entries) != 0 {
			t.Fatalf("forged messages entered %d things", len(got.Entries))
		}
		// Genuine, and strange: of a stranger, in another currency, another sum.
		send := func(id, kind, object string) {
			t.Helper()
			m := till.Message{Gateway: "stripe", Body: []byte(`{"id":"` + id + `","type":"` + kind + `","created":1795500000,"data":{"object":` + object + `}}`)}
			if status, text := k.till.Send(k.till.Sign(m)); status != 200 {
				t.Errorf("%s: %d %s", id, status, text)
			}
		}
		c := k.Reader("budi@kabar.example", "Budi")
		_, card := k.buy(t, c, "stripe")
		session := func(order, pi, currency, amount string) string {
			return `{"id":"cs_` + pi + `","object":"checkout.session","status":"complete","mode":"payment","payment_status":"paid","metadata":{"order":"` + order + `"},"payment_intent":"` + pi + `","currency":"` + currency + `","amount_total":` + amount + `}`
		}
		send("evt_stranger", "checkout.session.completed", session("ZZZZZZZZZZ", "pi_1", "idr", "4900000"))
		send("evt_dollar", "checkout.session.completed", session(card, "pi_2", "usd", "4900000"))
		send("evt_little", "checkout.session.completed", session(card, "pi_3", "idr", "100"))
		send("evt_early", "refund.created", `{"id":"re_1","status":"succeeded","payment_intent":"pi_4","amount":4900000,"currency":"idr","created":1795500100}`)
		if got := k.own(t, 2); !got.Rights.NoAds.IsZero() || len(got.Entries) != 2 {
			t.Errorf("money that fits no price opens something: %+v", got.Rights)
		}
		staff := k.Staffer(account.Commercial)
		desk := staff.Open("/newsroom/members/events").Body
		for _, want := range []string{"Tidak dikenal", "Mata uang lain", "Jumlah lain", "Menunggu kabar lain", "3 kali", "4 kali"} {
			if !strings.Contains(desk, want) {
				t.Errorf("the desk does not show %q", want)
			}
		}
		// What the early refund belongs to comes 72 hours late; the refund follows by itself.
		k.pass(72 * time.Hour)
		send("evt_late", "checkout.session.completed", session(card, "pi_4", "idr", "4900000"))
		kinds := ""
		for _, e := range k.own(t, 2).Entries {
			kinds += string(e.Kind) + " "
		}
		if kinds != "odd odd paid refunded " {
			t.Errorf("the ledger has %q", kinds)
		}
		if desk := staff.Open("/newsroom/members/events?outcome=late").Body; !strings.Contains(desk, "evt_late") {
			t.Error("the desk does not show what came late")
		}
		if res := staff.Post("/newsroom/members/events", "gateway", "stripe", "id", "evt_stranger", "note", "toko lain"); res.Header.Get("Location") != "/newsroom/members/events?said=settled" {
			t.Errorf("settling: %d", res.StatusCode)
		}
		if settled, err := k.DB.ToldWith(t.Context(), member.Settled, 10); err != nil || len(settled) != 1 || settled[0].Note != "toko lain" {
			t.Errorf("settled are %+v, %v", settled, err)
		}
		k.balanced(t)
	})
}

// TestAGatewayThatIsAway shows a page that keeps the purchase, and a comparison that
// stands still and goes on.
func TestAGatewayThatIsAway(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani")
		k.till.Down.Store(true)
		res := b.Post("/member/buy", "plan", "1", "way", "midtrans")
		if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(res.Body, "Coba lagi") || !strings.Contains(res.Body, "Tidak ada yang ditagih") {
			t.Fatalf("a gateway that is away: %d %s", res.StatusCode, res.Body)
		}
		code := k.own(t, 1).Purchases[0].Code
		k.till.Down.Store(false)
		// The price changes meanwhile: what was agreed holds.
		p, err := k.DB.Plan(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		p.Price = pay.Money{Amount: 99_000, Currency: "IDR"}
		offered(t, k.Site, p)
		if res := b.Post(member.PurchasePath + code + "/pay"); res.Header.Get("Location") != member.PurchasePath+code {
			t.Fatalf("trying again: %d %s", res.StatusCode, res.Body)
		}
		k.till.QRIS(code)
		k.till.Take() // nothing is told, ever
		k.pass(11 * time.Minute)
		if err := k.Sales.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := k.own(t, 1); got.Purchases[0].Price.Amount != 49_000 || got.Rights.NoAds.IsZero() {
			t.Errorf("after asking: %+v", got.Purchases[0])
		}
		// A refund on the gateway's own pages, of which nobody tells, is found at night.
		c := k.Reader("budi@kabar.example", "Budi")
		_, card := k.buy(t, c, "stripe")
		k.till.Card(k.session(t, 2))
		k.till.Deliver()
		k.till.Back(card, 100_000)
		k.till.Take()
		k.till.Down.Store(true)
		k.pass(24 * time.Hour)
		compare := func() []member.Check {
			t.Helper()
			if err := k.Sales.Compare(t.Context()); err != nil {
				t.Fatal(err)
			}
			list, err := k.DB.Checks(t.Context(), "stripe", 10)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := compare(); list[0].Error == "" || !list[0].Ended.IsZero() {
			t.Errorf("a comparison without an answer: %+v", list[0])
		}
		k.till.Down.Store(false)
		if list := compare(); list[0].Error != "" || list[0].Ended.IsZero() || list[0].Looked != 1 {
			t.Errorf("once it answers: %+v", list[0])
		}
		n := len(compare())
		if again := compare(); len(again) != n {
			t.Error("a night has two comparisons")
		}
		found, err := k.DB.Differences(t.Context(), false, 0, 10)
		if err != nil || len(found) != 1 || found[0].Kind != member.MissingHere {
			t.Errorf("differences are %+v, %v", found, err)
		}
		if tr := k.own(t, 2); tr.Entries[len(tr.Entries)-1].Money != (pay.Money{Amount: 1_000, Currency: "IDR"}) {
			t.Errorf("what was missing is not entered: %+v", tr.Entries)
		}
		k.balanced(t)
	})
}

// TestTheDeskGivesAndTakesBack asks for refunds and gifts, alone and by two.
func TestTheDeskGivesAndTakesBack(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani")
		_, code := k.buy(t, b, "midtrans")
		k.till.QRIS(code)
		k.till.Deliver()
		one, two := k.Staffer(account.Commercial), k.Staffer(account.Commercial)
		at := "/newsroom/members/readers/1"
		if res := one.Post(at+"/refund", "payment", "1", "sum", "50000", "reason", "salah"); res.StatusCode != 422 || !strings.Contains(res.Body, `value="50000"`) {
			t.Errorf("more than was paid: %d", res.StatusCode)
		}
		if res := one.Post(at+"/refund", "payment", "1", "sum", "9000", "reason", "=halaman rusak"); res.Header.Get("Location") != at+"?said=done_refund" {
			t.Fatalf("a refund: %d %s", res.StatusCode, res.Body)
		}
		k.till.Deliver() // the gateway tells what we know
		if got := k.own(t, 1); len(got.Entries) != 2 || got.Left(got.Entries[0]).Amount != 40_000 {
			t.Errorf("after a refund in part: %+v", got.Entries)
		}
		// 12 months are worth more than the sum up to which one is enough.
		if res := one.Post(at+"/comp", "plan", "1", "count", "12", "reason", "pemenang kuis"); res.Header.Get("Location") != at+"?said=second" {
			t.Fatalf("a large gift: %d %s", res.StatusCode, res.Body)
		}
		if res := one.Post("/newsroom/members/requests/2", "do", "confirm"); res.StatusCode != http.StatusForbidden {
			t.Errorf("whoever asked confirms: %d", res.StatusCode)
		}
		before := k.own(t, 1).Rights.NoAds
		if res := two.Post("/newsroom/members/requests/2", "do", "confirm"); res.Header.Get("Location") != "/newsroom/members/requests?said=confirmed" {
			t.Fatalf("a second person: %d %s", res.StatusCode, res.Body)
		}
		if got, want := k.own(t, 1).Rights.NoAds, member.Month.After(testkit.Start, 13, time.UTC); !got.Equal(want) || !before.Before(got) {
			t.Errorf("with the gift until %s, want %s", got, want)
		}
		csv := one.Open("/newsroom/members/ledger.csv").Body
		if !strings.Contains(csv, "'=halaman rusak") || strings.Contains(csv, ",=halaman") {
			t.Errorf("a formula is alive: %s", csv)
		}
		for path, want := range map[string]string{"/newsroom/members": "rani@kabar.example", "/newsroom/members?q=rani@": "rani@kabar.example", "/newsroom/members?q=" + code: "rani@kabar.example",
			at: "pemenang kuis", "/newsroom/members/books": "<svg", "/newsroom/members/plans": "Rp 49.000", "/newsroom/members/plans/1": "Bulanan", "/newsroom/members/transfers": "Pengaturan"} {
			if res := one.Open(path); res.StatusCode != 200 || !strings.Contains(res.Body, want) {
				t.Errorf("%s: %d without %q", path, res.StatusCode, want)
			}
		}
		k.balanced(t)
	})
}
