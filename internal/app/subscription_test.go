package app_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/member"
	"warta/internal/page"
	"warta/internal/pay"
	"warta/internal/testkit"
	"warta/internal/web"
)

// TestAPaymentAfterTheCancellation: who cancels and is collected from all the same,
// because two messages crossed, has what he paid for, and the desk sees it.
func TestAPaymentAfterTheCancellation(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani")
		path, code := k.buy(t, b, "stripe")
		k.till.Card(k.session(t, 1))
		k.till.Deliver()
		b.Open(path)
		first := k.own(t, 1).Purchases[0].Until
		k.Clock.Set(first.Add(-time.Hour))
		if res := b.Post("/account/membership/cancel", "code", code); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("cancelling: %d %s", res.StatusCode, res.Body)
		}
		k.till.Take()
		k.Clock.Set(first.Add(-time.Minute))
		k.till.Renew(code)
		k.till.Deliver()
		k.Clock.Set(first.Add(time.Hour))
		if got, want := k.own(t, 1).Purchases[0].Until, member.Month.After(testkit.Start.Truncate(time.Second), 2, time.UTC); !got.Equal(want) {
			t.Errorf("it ends on %s, want %s", got, want)
		}
		if got := k.own(t, 1).Purchases[0].StandingAt(k.Clock.Now()); got != member.Ending {
			t.Errorf("it stands at %q: it is to end then", got)
		}
		becomes(t, k.Site, b, true, func(c page.Class) bool { return c&page.AdFree != 0 })
		desk := k.Staffer(account.Commercial)
		if res := desk.Open("/newsroom/members/events?outcome=after_cancel"); !strings.Contains(res.Body, "Rp 49.000") {
			t.Errorf("the desk does not show the payment after the cancellation: %s", res.Body)
		}
		// One that was given up and is paid a week later by QRIS.
		_, late := k.buy(t, k.Reader("budi@kabar.example", "Budi"), "midtrans")
		k.pass(7 * 24 * time.Hour)
		if got := k.own(t, 2).Purchases[0].StandingAt(k.Clock.Now()); got != member.GivenUp {
			t.Errorf("nobody paid for a week: %q", got)
		}
		k.till.QRIS(late)
		k.till.Deliver()
		if got := k.own(t, 2); got.Rights.NoAds.IsZero() || got.Purchases[0].StandingAt(k.Clock.Now()) != member.Ending {
			t.Errorf("paid after it was given up: %+v", got.Purchases[0])
		}
		k.balanced(t)
	})
}

// TestTwoTabsPayAtOnce: two tabs get one purchase, whatever presses they get and
// however many at once; and where two were paid all the same, nothing is lost and only
// one of them goes on.
func TestTwoTabsPayAtOnce(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani")
		tabs := make([]string, 6)
		var all sync.WaitGroup
		for i := range tabs {
			tab := k.Browser()
			tab.Cookies[web.ReaderCookie] = b.Cookies[web.ReaderCookie]
			all.Go(func() { tabs[i] = tab.Post("/member/buy", "plan", "1", "way", "stripe").Header.Get("Location") })
		}
		all.Wait()
		for _, at := range tabs {
			if at != tabs[0] || !strings.HasPrefix(at, member.PurchasePath) {
				t.Errorf("tabs are led to %q", tabs)
				break
			}
		}
		if n := len(k.own(t, 1).Purchases); n != 1 {
			t.Fatalf("%d purchases", n)
		}
		one, first := k.session(t, 1), strings.TrimPrefix(tabs[0], member.PurchasePath)
		// Half an hour later a tab from before is paid, and a new one.
		k.pass(31 * time.Minute)
		_, second := k.buy(t, b, "stripe")
		if second == first {
			t.Fatal("half an hour later it is the same purchase")
		}
		k.till.Card(one)
		k.till.Card(k.session(t, 1))
		messages := k.till.Take()
		for _, m := range messages {
			all.Go(func() {
				if status, text := k.till.Send(k.till.Sign(m)); status != 200 {
					t.Errorf("%d %s", status, text)
				}
			})
		}
		all.Wait()
		// What came before its purchase was linked is tried again.
		if err := k.Sales.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		own := k.own(t, 1)
		paid := 0
		for _, e := range own.Entries {
			if e.Kind == "paid" {
				paid++
			}
		}
		if paid != 2 || len(own.Purchases) != 2 {
			t.Fatalf("%d payments of %d purchases", paid, len(own.Purchases))
		}
		at := k.Clock.Now().Truncate(time.Second)
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) { // the queue has its own clock
			going := 0
			for _, p := range k.own(t, 1).Purchases {
				if p.Going(k.Clock.Now()) {
					going++
				}
			}
			if going == 1 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d of two subscriptions go on", going)
			}
		}
		if got, want := k.own(t, 1).Rights.NoAds, member.Month.After(at, 2, time.UTC); got.Before(want.Add(-time.Minute)) {
			t.Errorf("of two months there is until %s, want %s", got, want)
		}
		k.balanced(t)
	})
}

// TestATrialAndThePortal begins a subscription that costs nothing at first, once, and
// goes to the gateway's own pages about it.
func TestATrialAndThePortal(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		p, err := k.DB.Plan(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		p.TrialDays = 7
		offered(t, k.Site, p)
		b := k.Reader("rani@kabar.example", "Rani")
		if res := b.Open("/member"); !strings.Contains(res.Body, "7 hari pertama gratis.") {
			t.Error("the offer does not say that there is a trial")
		}
		path, code := k.buy(t, b, "stripe")
		k.till.Card(k.session(t, 1))
		k.till.Deliver()
		if got := k.own(t, 1); len(got.Entries) != 1 || got.Entries[0].Money.Amount != 0 {
			t.Fatalf("a trial enters %+v", got.Entries)
		}
		b.Open(path)
		becomes(t, k.Site, b, true, func(c page.Class) bool { return c&page.AdFree != 0 })
		if mail := k.LettersTo("rani@kabar.example")[0]; !strings.Contains(mail.Subject, "Masa coba") {
			t.Errorf("the letter says %q", mail.Subject)
		}
		if got, want := k.own(t, 1).Purchases[0].Until, k.Clock.Now().AddDate(0, 0, 7).Truncate(time.Second); !got.Equal(want) {
			t.Errorf("the trial ends on %s, want %s", got, want)
		}
		k.pass(7*24*time.Hour + time.Hour)
		k.till.Renew(code)
		k.till.Deliver()
		if got := k.own(t, 1); len(got.Entries) != 2 || got.Entries[1].Money.Amount != 49_000 || got.Purchases[0].StandingAt(k.Clock.Now()) != member.Active {
			t.Errorf("after the trial: %+v", got.Entries)
		}
		res := b.Post("/account/membership/portal", "code", code)
		if res.StatusCode != http.StatusOK || !strings.Contains(res.Body, `href="`+k.till.URL+"/portal/cus_") {
			t.Errorf("the portal: %d %s", res.StatusCode, res.Body)
		}
		if res := k.Reader("budi@kabar.example", "Budi").Post("/account/membership/portal", "code", code); res.StatusCode != http.StatusNotFound {
			t.Errorf("the portal of somebody else: %d", res.StatusCode)
		}
		k.till.Down.Store(true)
		if res := b.Post("/account/membership/portal", "code", code); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(res.Body, "Tidak ada yang diubah") {
			t.Errorf("the portal of a gateway that is away: %d", res.StatusCode)
		}
		if res := b.Post("/account/membership/cancel", "code", code); res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("cancelling at a gateway that is away: %d", res.StatusCode)
		}
		k.till.Down.Store(false)
		if got := k.own(t, 1).Purchases[0]; !got.Going(k.Clock.Now()) {
			t.Error("a cancellation that failed was entered")
		}
		// There is one trial in a life.
		b.Post("/account/membership/cancel", "code", code)
		k.Clock.Set(k.own(t, 1).Purchases[0].Until.Add(time.Hour))
		k.buy(t, b, "stripe")
		if got := k.own(t, 1).Purchases[1].TrialDays; got != 0 {
			t.Errorf("a second trial of %d days", got)
		}
		k.balanced(t)
	})
}

// TestTheLastMemberOfAPlanThatIsDeleted keeps what he has, renewed, and nobody else
// gets it; when he has gone nothing is left of it but the books.
func TestTheLastMemberOfAPlanThatIsDeleted(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani")
		_, code := k.buy(t, b, "stripe")
		k.till.Card(k.session(t, 1))
		k.till.Deliver()
		staff := k.Staffer(account.Commercial)
		for _, state := range []string{"archived", "deleted"} {
			if res := staff.Post("/newsroom/members/plans/1/state", "state", state); res.StatusCode != http.StatusSeeOther {
				t.Fatalf("the plan becomes %s: %d", state, res.StatusCode)
			}
		}
		if res := k.Browser().Open("/member"); res.StatusCode != http.StatusOK || strings.Contains(res.Body, "Bulanan") {
			t.Errorf("a plan that was deleted is offered: %d", res.StatusCode)
		}
		k.Clock.Set(k.own(t, 1).Purchases[0].Until.Add(time.Hour))
		k.till.Renew(code)
		k.till.Deliver()
		if got := k.own(t, 1).Purchases[0].StandingAt(k.Clock.Now()); got != member.Active {
			t.Errorf("renewed after the plan was deleted: %q", got)
		}
		for _, path := range []string{"/account/membership", "/account/membership/invoice/1", "/account/membership/invoice/2"} {
			if res := b.Open(path); res.StatusCode != http.StatusOK || !strings.Contains(res.Body, "Bulanan") {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
		}
		b.Post("/account/membership/cancel", "code", code)
		k.till.Deliver()
		k.Clock.Set(k.own(t, 1).Purchases[0].Until)
		if got := k.own(t, 1).Purchases[0].StandingAt(k.Clock.Now()); got != member.Lapsed {
			t.Errorf("when it is over: %q", got)
		}
		staff = k.SignIn(staff.User) // months later
		for path, want := range map[string]string{"/newsroom/members/readers/1": "Berakhir", "/newsroom/members/plans/1": "Bulanan", "/newsroom/members/books": "<svg"} {
			if res := staff.Open(path); res.StatusCode != http.StatusOK || !strings.Contains(res.Body, want) {
				t.Errorf("%s: %d without %q", path, res.StatusCode, want)
			}
		}
		k.balanced(t)
	})
}

// TestThePriceChangesDuringCheckout: what was agreed holds, and who pays the new sum for
// the old purchase opens nothing by it.
func TestThePriceChangesDuringCheckout(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani")
		_, old := k.buy(t, b, "midtrans")
		p, err := k.DB.Plan(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		p.Price = pay.Money{Amount: 99_000, Currency: "IDR"}
		offered(t, k.Site, p)
		// The same button again is another purchase now.
		path, fresh := k.buy(t, b, "midtrans")
		if fresh == old {
			t.Fatal("the purchase from before is sold at another price")
		}
		if res := b.Open(path); !strings.Contains(res.Body, "Rp 99.000") {
			t.Error("the new purchase does not have the new price")
		}
		k.till.QRIS(old)
		k.till.Deliver()
		own := k.own(t, 1)
		if len(own.Entries) != 1 || own.Entries[0].Money.Amount != 49_000 || own.Rights.NoAds.IsZero() {
			t.Errorf("paid at the price that was agreed: %+v", own.Entries)
		}
		if res := b.Open("/account/membership/invoice/1"); !strings.Contains(res.Body, "Rp 49.000") {
			t.Error("the invoice has another price")
		}
		k.balanced(t)
	})
}

// TestMembershipsAtTheEndOfAMonth buys on 31 January and on a leap day, in the site's
// zone, and looks at the instant at which pages have ads again.
func TestMembershipsAtTheEndOfAMonth(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		now    string // in Jakarta
		period member.Period
		ends   []string // each of the periods that are bought one behind the other
	}{
		"31 January":           {"2027-01-31 23:30", member.Month, []string{"2027-02-28 23:30", "2027-03-31 23:30", "2027-04-30 23:30"}},
		"before a leap day":    {"2028-01-31 00:10", member.Month, []string{"2028-02-29 00:10", "2028-03-31 00:10"}},
		"a year from leap day": {"2028-02-29 12:00", member.Year, []string{"2029-02-28 12:00", "2030-02-28 12:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wib := time.FixedZone("WIB", 7*3600)
			at := func(text string) time.Time {
				when, err := time.ParseInLocation("2006-01-02 15:04", text, wib)
				if err != nil {
					t.Fatal(err)
				}
				return when
			}
			s := testkit.New(t, testkit.Options{Unproved: true, Now: at(c.now), Settings: map[string]string{"bank_transfer": bank, "zone": "Asia/Jakarta"}})
			p := monthly()
			p.Period = c.period
			offered(t, s, p)
			b, staff := s.Reader("rani@kabar.example", "Rani"), s.Staffer(account.Commercial)
			for i, end := range c.ends {
				order := b.Post("/member/buy", "plan", "1", "way", "manual").Header.Get("Location")
				code := order[strings.LastIndexByte(order, '/')+1:]
				if res := staff.Post("/newsroom/members/transfers", "code", code, "sum", "49000"); res.StatusCode != http.StatusSeeOther {
					t.Fatalf("transfer %d: %d", i, res.StatusCode)
				}
				own, err := s.Sales.Own(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				if !own.Rights.NoAds.Equal(at(end)) {
					t.Errorf("after %d payments it ends on %s, want %s", i+1, own.Rights.NoAds.In(wib), end)
				}
			}
			if c.period == member.Year {
				return // nobody is signed in for so long
			}
			last := at(c.ends[len(c.ends)-1])
			s.Clock.Set(last.Add(-time.Second))
			b.Open("/")
			if b.Open("/account/membership"); class(t, s, b)&page.AdFree == 0 {
				t.Error("in the last second there are ads")
			}
			s.Clock.Set(last)
			if b.Open("/"); class(t, s, b)&page.AdFree != 0 {
				t.Error("after the last second there are none")
			}
		})
	}
}

// TestAReaderWhoPaidIsErased: his subscription is ended at the gateway, his name goes,
// and the books stay as the law wants them; the page on which he asks for it says so.
func TestAReaderWhoPaidIsErased(t *testing.T) {
	t.Parallel()
	onShops(t, func(t *testing.T, k *shop) {
		b := k.Reader("rani@kabar.example", "Rani Setyaningsih")
		path, code := k.buy(t, b, "stripe")
		k.till.Card(k.session(t, 1))
		k.till.Deliver()
		b.Open(path)
		if res := b.Open("/account/delete"); !strings.Contains(res.Body, "Pembukuan tentang apa yang pernah Anda bayar") {
			t.Errorf("the page does not say that the books stay: %d", res.StatusCode)
		}
		before := k.own(t, 1)
		b.Post("/account/delete")
		if res := b.Post("/account/delete", "twice", "1"); res.StatusCode >= 400 {
			t.Fatalf("giving the account up: %d %s", res.StatusCode, res.Body)
		}
		f, err := k.DB.Member(t.Context(), member.Pick{ID: 1})
		if err != nil {
			t.Fatal(err)
		}
		k.till.Down.Store(true)
		k.Clock.Set(f.Record.EraseAt.Add(time.Second))
		if err := k.Members.EraseDue(t.Context(), 1); err == nil {
			t.Error("a reader is erased while his gateway goes on collecting")
		}
		k.till.Down.Store(false)
		if err := k.Members.EraseDue(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		k.till.Deliver()
		after := k.own(t, 1)
		if after.Member != nil || after.Purchases[0].Going(k.Clock.Now()) {
			t.Errorf("after the erasure: %+v, %+v", after.Member, after.Purchases[0])
		}
		if len(after.Entries) < len(before.Entries) || after.Entries[0].Money != before.Entries[0].Money {
			t.Errorf("the books lost something: %+v", after.Entries)
		}
		staff := k.Staffer(account.Commercial)
		for _, at := range []string{"/newsroom/members/readers/1", "/newsroom/members/ledger.csv", "/newsroom/members", "/newsroom/members?q=setyaningsih", "/newsroom/members?q=" + code, "/newsroom/members/events"} {
			res := staff.Open(at)
			text := strings.ReplaceAll(res.Body, at[strings.LastIndexByte(at, '=')+1:], "") // what was looked for stands in the field
			if res.StatusCode != http.StatusOK || strings.Contains(text, "Setyaningsih") || strings.Contains(text, "rani@") {
				t.Errorf("%s: %d, or the person is there", at, res.StatusCode)
			}
		}
		// The bank takes it back later: it is entered, and opens nothing for nobody.
		k.till.Dispute(code, 4_900_000)
		k.till.Deliver()
		if got := k.own(t, 1); len(got.Entries) != len(after.Entries)+1 {
			t.Errorf("what the bank did to a payment of his is not in the books: %d entries", len(got.Entries))
		}
		k.balanced(t)
	})
}
