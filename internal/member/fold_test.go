package member

import (
	"math/rand/v2"
	"testing"
	"time"

	"warta/internal/pay"
)

func day(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestPeriodsEndWherePeopleExpectIt(t *testing.T) {
	t.Parallel()
	jakarta := time.FixedZone("WIB", 7*60*60)
	for _, c := range []struct {
		from   string
		period Period
		n      int
		zone   *time.Location
		want   string
	}{
		{"2027-01-31 10:00", Month, 1, time.UTC, "2027-02-28 10:00"},
		{"2027-01-31 10:00", Month, 2, time.UTC, "2027-03-31 10:00"},
		{"2027-01-31 10:00", Month, 3, time.UTC, "2027-04-30 10:00"},
		{"2028-01-31 10:00", Month, 1, time.UTC, "2028-02-29 10:00"},
		{"2027-12-31 23:59", Month, 2, time.UTC, "2028-02-29 23:59"},
		{"2028-02-29 08:00", Year, 1, time.UTC, "2029-02-28 08:00"},
		{"2028-02-29 08:00", Year, 4, time.UTC, "2032-02-29 08:00"},
		{"2027-03-15 08:00", Day, 1, time.UTC, "2027-03-16 08:00"},
		// The site's calendar decides what the last day of a month is.
		{"2027-01-30 18:00", Month, 1, jakarta, "2027-02-27 18:00"},
	} {
		if got := c.period.After(day(c.from), c.n, c.zone); !got.Equal(day(c.want)) {
			t.Errorf("%d × %s from %s: %s, want %s", c.n, c.period, c.from, got, c.want)
		}
	}
}

func TestTaxAndSharesAreWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, rate, want int64 }{{49_000, 1100, 4_856}, {1, 1100, 0}, {111, 1100, 11}, {499, 750, 35}, {100, 0, 0}, {maxSum, 1100, 914_027_859_508}} {
		if got := TaxOf(c.amount, c.rate); got != c.want {
			t.Errorf("tax of %d at %d: %d, want %d", c.amount, c.rate, got, c.want)
		}
	}
	// In whatever parts a payment goes back, what is left in the books is nothing.
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		amount := 1 + rng.Int64N(1_000_000)
		paid := Posting{Kind: kindOf(pay.Paid), Money: pay.Money{Amount: amount}, Moves: paidMoves("x", amount, TaxOf(amount, 1100))}
		left := map[string]int64{}
		book := func(moves []Move) {
			for _, m := range moves {
				left[m.Debit] += m.Amount
				left[m.Credit] -= m.Amount
			}
		}
		book(paid.Moves)
		for gone := int64(0); gone < amount; {
			part := 1 + rng.Int64N(amount-gone)
			book(backMoves("x", paid, gone, part))
			gone += part
		}
		for account, n := range left {
			if n != 0 {
				t.Fatalf("of %d there are %d left in %s", amount, n, account)
			}
		}
	}
}

const maxSum = 9_223_372_036_854

// story is what happened to one member.
type story struct {
	purchases []*Purchase
	entries   []Posting
}

func (s *story) buy(p Purchase) int64 {
	p.ID = int64(len(s.purchases) + 1)
	if p.Benefits == 0 {
		p.Benefits = NoAds
	}
	if p.Period == "" {
		p.Period = Month
	}
	s.purchases = append(s.purchases, &p)
	return p.ID
}

func (s *story) on(purchase int64, kind pay.Kind, ref, at string, change ...func(*Posting)) {
	e := Posting{ID: int64(len(s.entries) + 1), Key: string(kind) + ":" + ref, Kind: kindOf(kind), At: day(at), PurchaseID: purchase, Payment: ref, Money: pay.Money{Amount: 100, Currency: "IDR"}}
	for _, c := range change {
		c(&e)
	}
	s.entries = append(s.entries, e)
}

// about names the payment that an entry is about.
func about(payment string) func(*Posting) { return func(e *Posting) { e.Payment = payment } }

func sum(n int64) func(*Posting) { return func(e *Posting) { e.Money.Amount = n } }

func span(from, until string) func(*Posting) {
	return func(e *Posting) { e.From, e.Until = day(from), day(until) }
}

func grace(days int) func(*Posting) { return func(e *Posting) { e.Days = days } }

func TestTheLedgerSaysUntilWhen(t *testing.T) {
	t.Parallel()
	now := day("2027-03-10 12:00")
	for name, c := range map[string]struct {
		tell func(*story)
		want string // end of the right to no ads; "": none now
	}{
		"one payment": {func(s *story) { s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00") }, "2027-04-01 10:00"},
		"two tabs that both paid are two months": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(s.buy(Purchase{}), pay.Paid, "b", "2027-03-01 10:00")
		}, "2027-05-01 10:00"},
		"two tabs that both paid by card are two months": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00", span("2027-03-01 10:00", "2027-04-01 10:00"))
			s.on(s.buy(Purchase{}), pay.Paid, "b", "2027-03-01 10:05", span("2027-03-01 10:05", "2027-04-01 10:05"))
		}, "2027-05-01 10:00"},
		"a month that was given is not lost when the next one is collected": {func(s *story) {
			p := s.buy(Purchase{})
			s.on(p, pay.Paid, "a", "2027-02-05 10:00", span("2027-02-05 10:00", "2027-03-05 10:00"))
			s.on(s.buy(Purchase{}), pay.Kind(Comp), "c", "2027-02-10 10:00")
			s.on(p, pay.Paid, "b", "2027-03-05 11:00", span("2027-03-05 10:00", "2027-04-05 10:00"))
			s.on(p, pay.Paid, "d", "2027-03-05 12:00", span("2027-04-05 10:00", "2027-05-05 10:00"))
		}, "2027-06-05 10:00"},
		"a trial beside what is paid gives nothing more": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(s.buy(Purchase{}), pay.Paid, "b", "2027-03-02 10:00", span("2027-03-02 10:00", "2027-04-02 10:00"), sum(0))
		}, "2027-04-02 10:00"},
		"what went back whole leaves no gap before what is bought behind it": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00", span("2027-03-01 10:00", "2027-04-01 10:00"))
			s.on(1, pay.Refunded, "r", "2027-03-02 10:00", about("a"))
			s.on(s.buy(Purchase{}), pay.Paid, "b", "2027-03-03 10:00", span("2027-03-03 10:00", "2027-04-03 10:00"))
			s.on(s.buy(Purchase{}), pay.Paid, "c", "2027-03-04 10:00")
		}, "2027-05-03 10:00"},
		"months that follow each other keep the day of the first": {func(s *story) {
			p := s.buy(Purchase{})
			s.on(p, pay.Paid, "a", "2027-01-31 10:00")
			s.on(p, pay.Paid, "b", "2027-02-20 10:00")
		}, "2027-03-31 10:00"},
		"a gap begins anew": {func(s *story) {
			p := s.buy(Purchase{})
			s.on(p, pay.Paid, "a", "2027-01-31 10:00")
			s.on(p, pay.Paid, "b", "2027-03-05 10:00")
		}, "2027-04-05 10:00"},
		"what went back in part opens as before": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(1, pay.Refunded, "r", "2027-03-02 10:00", about("a"), sum(99))
		}, "2027-04-01 10:00"},
		"what went back whole opens nothing": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(1, pay.Refunded, "r", "2027-03-02 10:00", about("a"), sum(99))
			s.on(1, pay.Refunded, "q", "2027-03-03 10:00", about("a"), sum(1))
		}, "2027-03-03 10:00"},
		"what was bought behind it moves up": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(s.buy(Purchase{}), pay.Paid, "b", "2027-03-02 10:00")
			s.on(1, pay.Refunded, "r", "2027-03-04 10:00", about("a"))
		}, "2027-04-04 10:00"},
		"a charge-back ends it at once": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(1, pay.Disputed, "d", "2027-03-05 10:00", about("a"))
		}, "2027-03-05 10:00"},
		"one that was won never was": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(1, pay.Disputed, "d", "2027-03-05 10:00", about("a"))
			s.on(1, pay.DisputeWon, "d", "2027-03-09 10:00", about("a"))
		}, "2027-04-01 10:00"},
		"a renewal that is on its way has a day": {func(s *story) {
			s.on(s.buy(Purchase{Renews: true}), pay.Paid, "a", "2027-02-10 00:00", span("2027-02-10 00:00", "2027-03-10 00:00"))
		}, "2027-03-11 00:00"},
		"one that failed has the days of grace": {func(s *story) {
			s.on(s.buy(Purchase{Renews: true}), pay.Paid, "a", "2027-02-09 00:00", span("2027-02-09 00:00", "2027-03-09 00:00"))
			s.on(1, pay.Failed, "f", "2027-03-09 01:00", grace(7))
		}, "2027-03-16 00:00"},
		"one that was canceled has none": {func(s *story) {
			s.on(s.buy(Purchase{Renews: true}), pay.Paid, "a", "2027-02-12 00:00", span("2027-02-12 00:00", "2027-03-12 00:00"))
			s.on(1, pay.Canceled, "c", "2027-02-20 01:00")
		}, "2027-03-12 00:00"},
		"a cancellation that was taken back is none": {func(s *story) {
			s.on(s.buy(Purchase{Renews: true}), pay.Paid, "a", "2027-02-12 00:00", span("2027-02-12 00:00", "2027-03-12 00:00"))
			s.on(1, pay.Canceled, "c", "2027-02-20 01:00")
			s.on(1, pay.Resumed, "d", "2027-02-21 01:00")
		}, "2027-03-13 00:00"},
		"what was paid after the cancellation counts": {func(s *story) {
			s.on(s.buy(Purchase{Renews: true}), pay.Paid, "a", "2027-02-05 00:00", span("2027-02-05 00:00", "2027-03-05 00:00"))
			s.on(1, pay.Canceled, "c", "2027-03-04 01:00")
			s.on(1, pay.Paid, "b", "2027-03-05 00:10", span("2027-03-05 00:00", "2027-04-05 00:00"))
		}, "2027-04-05 00:00"},
		"money that fits no price opens nothing": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Kind(Odd), "a", "2027-03-01 10:00")
		}, ""},
		"gifts stand behind what was paid": {func(s *story) {
			s.on(s.buy(Purchase{}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(s.buy(Purchase{Gateway: GatewayComp}), pay.Kind(Comp), "", "2027-03-02 10:00")
		}, "2027-05-01 10:00"},
		"other benefits stand beside it": {func(s *story) {
			s.on(s.buy(Purchase{Benefits: MembersText}), pay.Paid, "a", "2027-03-01 10:00")
			s.on(s.buy(Purchase{}), pay.Paid, "b", "2027-03-02 10:00")
		}, "2027-04-02 10:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s story
			c.tell(&s)
			rng := rand.New(rand.NewPCG(3, 4))
			for range 20 { // whatever the order in which it became known
				rng.Shuffle(len(s.entries), func(i, j int) { s.entries[i], s.entries[j] = s.entries[j], s.entries[i] })
				got := Fold(s.purchases, s.entries, now, time.UTC).NoAds
				if c.want == "" && got.After(now) || c.want != "" && !got.Equal(day(c.want)) {
					t.Fatalf("until %s, want %q", got, c.want)
				}
			}
		})
	}
}
