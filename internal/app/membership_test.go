package app_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/pay"
	"warta/internal/testkit"
	"warta/internal/web"
)

// bank is where members of the tests transfer to.
const bank = "Bank Contoh\n123 456 789\na.n. PT Kabar Contoh"

// offered puts a plan into the offer.
func offered(t *testing.T, s *testkit.Site, p member.Plan) member.Plan {
	t.Helper()
	if err := s.Sales.SavePlan(t.Context(), testkit.Actor, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// monthly is the plan of most tests.
func monthly() member.Plan {
	return member.Plan{Name: "Bulanan", Note: "Berhenti kapan saja.", Period: member.Month, Price: pay.Money{Amount: 49_000, Currency: "IDR"}, Benefits: member.NoAds | member.MembersText}
}

// class is what the class cookie of a browser gives.
func class(t *testing.T, s *testkit.Site, b *testkit.Browser) page.Class {
	t.Helper()
	c, _ := s.Classes().OfLine(web.ClassCookie + "=" + b.Cookies[web.ClassCookie])
	return c
}

// becomes waits until a browser's class is what holds says: what is called back is
// heard of with the event, a moment after the change.
func becomes(t *testing.T, s *testkit.Site, b *testkit.Browser, ask bool, holds func(page.Class) bool) {
	t.Helper()
	late := time.Now().Add(10 * time.Second)
	for {
		if ask {
			b.Open("/")
		}
		got := class(t, s, b)
		if holds(got) {
			return
		}
		if time.Now().After(late) {
			t.Errorf("the class stays %b", got)
			return
		}
		<-time.After(time.Millisecond)
	}
}

// TestAMembershipIsBoughtByTransfer goes from the offer to a page without ads, on
// both engines.
func TestAMembershipIsBoughtByTransfer(t *testing.T) {
	t.Parallel()
	for _, engine := range []struct {
		name     string
		postgres bool
	}{{"SQLite", false}, {"PostgreSQL", true}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Unproved: true,
				Settings: map[string]string{"bank_transfer": bank, "membership_name": "Kabar Plus", "publisher": "PT Kabar Contoh"}})
			plan := offered(t, s, monthly())
			b := s.Browser()
			offer := b.Open("/member")
			for _, want := range []string{"Kabar Plus", "Bulanan", "Rp 49.000", "per bulan", "Bayar dengan transfer bank", "PPN 11%"} {
				if !strings.Contains(offer.Body, want) {
					t.Errorf("the offer lacks %q", want)
				}
			}
			to := b.Post("/member/buy", "plan", "1", "way", "manual").Header.Get("Location")
			if !strings.HasPrefix(to, "/account/sign-in?next=%2Fmember%3Fplan%3D1") {
				t.Errorf("somebody who is not signed in is led to %q", to)
			}
			b = s.Reader("rani@kabar.example", "Rani")
			order := b.Post("/member/buy", "plan", "1", "way", "manual").Header.Get("Location")
			if again := b.Post("/member/buy", "plan", "1", "way", "manual").Header.Get("Location"); again != order {
				t.Errorf("another tab gets another purchase: %q and %q", order, again)
			}
			code := order[strings.LastIndexByte(order, '/')+1:]
			res := b.Open(order)
			for _, want := range []string{code, "123 456 789", "Rp 49.000"} {
				if !strings.Contains(res.Body, want) {
					t.Errorf("the purchase lacks %q: %s", want, res.Body)
				}
			}
			if other := s.Reader("budi@kabar.example", "Budi").Open(order); other.StatusCode != 404 {
				t.Errorf("somebody else's purchase: %d", other.StatusCode)
			}
			if got := class(t, s, b); got&(page.AdFree|page.MembersText) != 0 {
				t.Errorf("class before paying: %b", got)
			}
			staff := s.Staffer(account.Commercial)
			if res := staff.Post("/newsroom/members/transfers", "code", code, "sum", "48000"); res.StatusCode != 422 || !strings.Contains(res.Body, "Rp 48.000") {
				t.Errorf("another sum than the price: %d", res.StatusCode)
			}
			if res := staff.Post("/newsroom/members/transfers", "code", code, "sum", "49000", "note", "mutasi 7"); res.Header.Get("Location") != "/newsroom/members/transfers?said=transferred" {
				t.Fatalf("confirming the transfer: %d %s", res.StatusCode, res.Body)
			}
			// Wherever he goes next: the cookie from before counts no more.
			s.Publish(news.Content{})
			becomes(t, s, b, true, func(c page.Class) bool { return c == page.Registered|page.AdFree|page.MembersText })
			for path, want := range map[string]string{"/account/membership": "Aktif sampai waktunya habis", order: "Lanjut membaca", "/account/membership/invoice/1": "Rp 44.144"} {
				if res := b.Open(path); res.StatusCode != 200 || !strings.Contains(res.Body, want) {
					t.Errorf("%s: %d without %q", path, res.StatusCode, want)
				}
			}
			if mail := s.LettersTo("rani@kabar.example")[0]; !strings.Contains(mail.Subject, "Bukti bayar Bulanan") {
				t.Errorf("the letter says %q", mail.Subject)
			}
			own, err := s.Sales.Own(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if end, want := own.Purchases[0].Until, member.Month.After(testkit.Start, 1, nil); !end.Equal(want) {
				t.Errorf("it ends on %s, want %s", end, want)
			}
			// To the instant: the last second counts, the next one does not, whoever gave
			// the cookie.
			for _, way := range []string{"/", "/me", "/account/membership"} {
				s.Clock.Set(own.Rights.NoAds.Add(-2 * 1e9))
				delete(b.Cookies, web.ClassCookie)
				res := b.Open(way)
				if got := class(t, s, b); got&page.AdFree == 0 {
					t.Errorf("%s: class before the end: %b", way, got)
				}
				if way == "/me" && !strings.Contains(res.Body, `"forget":"/assets/forget-`) {
					t.Errorf("what ads left in the browser stays: %s", res.Body)
				}
				s.Clock.Set(own.Rights.NoAds)
				if got := class(t, s, b); got&page.AdFree != 0 {
					t.Errorf("%s: the cookie outlives what was paid: %b", way, got)
				}
			}
			if body := b.Open("/me").Body; strings.Contains(body, "forget") {
				t.Errorf("whoever sees ads again is to forget them: %s", body)
			}
			b.Open("/")
			if got := class(t, s, b); got != page.Registered {
				t.Errorf("class after the end: %b", got)
			}
			// Nobody notices that a plan is gone but who wants to buy it.
			for _, state := range []member.PlanState{member.PlanArchived, member.PlanDeleted} {
				if err := s.Sales.MovePlan(t.Context(), testkit.Actor, plan.ID, state); err != nil {
					t.Fatal(err)
				}
			}
			if res := b.Post("/member/buy", "plan", "1", "way", "manual"); res.StatusCode != 410 {
				t.Errorf("a plan that is gone is sold: %d", res.StatusCode)
			}
			if res := b.Open("/account/membership"); !strings.Contains(res.Body, "Bulanan") {
				t.Error("a plan that is gone takes what was bought along")
			}
		})
	}
}
