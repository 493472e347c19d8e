package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/pay"
)

// shop is a newsroom that sells one plan by transfer, with one reader.
type shop struct {
	*newsroom
	sales  *member.Sales
	plan   member.Plan
	reader int64
}

var cashier = account.Actor{ID: 8, Name: "Kasir", Role: account.Commercial}

func newShop(t testing.TB, open Open) *shop {
	t.Helper()
	n := newNewsroom(t, open)
	n.db.UseJobs(&queue{})
	s := &shop{newsroom: n}
	s.sales = member.NewSales(n.db, func(context.Context) (member.Terms, error) {
		return member.Terms{Site: "Kabar", Lang: "id", Zone: time.UTC, BaseURL: "http://kabar.example", TaxRate: 1100, GraceDays: 7, Bank: "Bank Contoh 123"}, nil
	})
	s.plan = member.Plan{Name: "Bulanan", Period: member.Month, Price: pay.Money{Amount: 49_000, Currency: "IDR"}, Benefits: member.NoAds}
	n.ok(s.sales.SavePlan(t.Context(), cashier, &s.plan))
	s.reader = s.joins("rani@kabar.example", "Rani Setya Paramida")
	return s
}

// joins makes a reader.
func (s *shop) joins(email, name string) int64 {
	s.t.Helper()
	s.ok(s.db.ChangeMember(s.t.Context(), member.Pick{Email: email}, func(e *member.Edit) (change.Outcome, error) {
		e.Record = &member.Record{Handle: email, Member: member.Member{Email: email, Name: name, Created: e.Now}}
		return change.Outcome{}, nil
	}))
	f, err := s.db.Member(s.t.Context(), member.Pick{Email: email})
	s.ok(err)
	return f.Record.ID
}

// buys begins a purchase by transfer and returns its code.
func (s *shop) buys(reader int64) string {
	s.t.Helper()
	p, err := s.sales.Buy(s.t.Context(), member.Member{ID: reader}, s.plan.ID, pay.ManualName)
	s.ok(err)
	return p.Code
}

func (s *shop) trade(reader int64) member.Trade {
	s.t.Helper()
	t, err := s.db.Trade(s.t.Context(), member.TradePick{MemberID: reader})
	s.ok(err)
	return t
}

// tells lets the rules change what a reader bought, with an event.
func (s *shop) tells(pick member.TradePick, told *member.Told, fn func(*member.Trade)) member.Trade {
	s.t.Helper()
	t, err := s.db.ChangeTrade(s.t.Context(), pick, told, time.UTC, func(t *member.Trade) (change.Outcome, error) {
		fn(t)
		return change.Outcome{}, nil
	})
	s.ok(err)
	return t
}

// paid is an entry of a payment.
func paid(p *member.Purchase, key string, at time.Time) member.Posting {
	return member.Posting{Key: key, Kind: "paid", At: at, Booked: at, PurchaseID: p.ID, Payment: key, Money: p.Price,
		Moves: []member.Move{{Debit: "at:manual", Credit: "revenue", Amount: 44_144}, {Debit: "at:manual", Credit: "tax", Amount: 4_856}}}
}

// tradeCases are about what readers buy.
var tradeCases = []testcase{
	{"a purchase is found by every name that it has, and what was bought is kept as it was sold", func(t *testing.T, open Open) {
		s := newShop(t, open)
		code := s.buys(s.reader)
		at := s.clock.Now()
		s.tells(member.TradePick{Code: code}, nil, func(t *member.Trade) {
			p := t.Purchases[0]
			p.Subscription, p.Customer = "sub_1", "cus_1"
			t.Add = append(t.Add, paid(p, "pi_1", at))
		})
		plan := s.plan
		plan.Name, plan.Price.Amount = "Lain", 99_000
		s.ok(s.sales.SavePlan(t.Context(), cashier, &plan))
		want := s.trade(s.reader)
		for says, pick := range map[string]member.TradePick{
			"by number": {PurchaseID: want.Purchases[0].ID}, "by code": {Code: code},
			"by subscription": {Gateway: pay.ManualName, Subscription: "sub_1"}, "by payment": {Gateway: pay.ManualName, Payment: "pi_1"},
			"by the first that is known": {Code: "NOSUCHCODE", Payment: "pi_1"},
		} {
			got, err := s.db.Trade(t.Context(), pick)
			s.ok(err)
			same(t, says, got.MemberID, s.reader)
		}
		same(t, "an unknown one", s.trade(99).Member == nil, true)
		none, err := s.db.Trade(t.Context(), member.TradePick{Code: "NOSUCHCODE"})
		s.ok(err)
		same(t, "nobody's", none.MemberID, int64(0))
		p := want.Purchases[0]
		same(t, "as it was sold", []any{p.Plan, p.Price.Amount, p.TaxRate}, []any{"Bulanan", int64(49_000), int64(1100)})
		same(t, "until", p.Until, member.Month.After(at, 1, time.UTC))
		same(t, "moves", want.Entries[0].Moves, []member.Move{{Debit: "at:manual", Credit: "revenue", Amount: 44_144}, {Debit: "at:manual", Credit: "tax", Amount: 4_856}})
		f, err := s.db.Member(t.Context(), member.Pick{ID: s.reader})
		s.ok(err)
		same(t, "the member's right", f.Record.Rights.NoAds, p.Until)
	}},
	{"an entry is made once, what is out of balance never, and an error leaves everything as it was", func(t *testing.T, open Open) {
		s := newShop(t, open)
		code := s.buys(s.reader)
		at := s.clock.Now()
		s.tells(member.TradePick{Code: code}, nil, func(t *member.Trade) { t.Add = append(t.Add, paid(t.Purchases[0], "pi_1", at)) })
		before := s.trade(s.reader)
		told := &member.Told{Gateway: "stripe", ID: "evt_1", Kind: "invoice.paid", Facts: []pay.Fact{{Kind: pay.Paid, Ref: "x"}}}
		wrong := fault.New(fault.Conflict, "no")
		_, err := s.db.ChangeTrade(t.Context(), member.TradePick{Code: code}, told, time.UTC, func(t *member.Trade) (change.Outcome, error) {
			t.Purchases[0].URL = "elsewhere"
			t.Add = append(t.Add, paid(t.Purchases[0], "pi_2", at))
			return change.Outcome{}, wrong
		})
		same(t, "the error", errors.Is(err, wrong), true)
		_, err = s.db.ChangeTrade(t.Context(), member.TradePick{Code: code}, nil, time.UTC, func(t *member.Trade) (change.Outcome, error) {
			e := paid(t.Purchases[0], "pi_3", at)
			e.Moves[0].Credit = e.Moves[0].Debit
			t.Add = append(t.Add, e)
			return change.Outcome{}, nil
		})
		same(t, "out of balance", fault.KindOf(err), fault.Internal)
		after := s.trade(s.reader)
		same(t, "entries", len(after.Entries), 1)
		same(t, "the purchase", *after.Purchases[0], *before.Purchases[0])
		_, err = s.db.Told(t.Context(), "stripe", "evt_1")
		same(t, "the event", fault.KindOf(err), fault.NotFound)
		sums, err := s.db.Balances(t.Context())
		s.ok(err)
		got := map[string]int64{}
		for _, b := range sums {
			got[b.Account] = b.Money.Amount
		}
		same(t, "balances", got, map[string]int64{"at:manual": 49_000, "revenue": -44_144, "tax": -4_856})
	}},
	{"an event is stored once, with what became of it, and listed by that", func(t *testing.T, open Open) {
		s := newShop(t, open)
		code := s.buys(s.reader)
		for i := range 4 {
			told := &member.Told{Gateway: "stripe", ID: fmt.Sprint("evt_", i), Kind: "invoice.paid", Facts: []pay.Fact{{Kind: pay.Paid, Order: code, Ref: fmt.Sprint(i), At: s.clock.Now()}}}
			s.tells(member.TradePick{Code: code}, told, func(t *member.Trade) {
				kept := *t.Told
				kept.Outcome, kept.MemberID = member.Held, t.MemberID
				t.Store = &kept
			})
			s.clock.advance(time.Second)
		}
		// The same one again is not stored anew: the rules see what became of it.
		s.tells(member.TradePick{Code: code}, &member.Told{Gateway: "stripe", ID: "evt_0", Kind: "other"}, func(tr *member.Trade) {
			same(t, "the event from before", []any{tr.Told.Kind, tr.Told.Outcome, len(tr.Told.Facts)}, []any{"invoice.paid", member.Held, 1})
		})
		list, err := s.db.ToldWith(t.Context(), member.Held, 2)
		s.ok(err)
		same(t, "the newest", []string{list[0].ID, list[1].ID}, []string{"evt_3", "evt_2"})
		waiting, err := s.db.WaitingTold(t.Context(), member.Told{}, 3)
		s.ok(err)
		same(t, "those that wait, the oldest first", []string{waiting[0].ID, waiting[1].ID, waiting[2].ID}, []string{"evt_0", "evt_1", "evt_2"})
		waiting, err = s.db.WaitingTold(t.Context(), waiting[2], 3)
		s.ok(err)
		same(t, "and behind them", []any{len(waiting), waiting[0].ID}, []any{1, "evt_3"})
		one, err := s.db.Told(t.Context(), "stripe", "evt_2")
		s.ok(err)
		one.Outcome, one.Note, one.By = member.Settled, "sudah", "user:8"
		s.ok(s.db.SettleTold(t.Context(), one, change.Outcome{}))
		got, err := s.db.Told(t.Context(), "stripe", "evt_2")
		s.ok(err)
		same(t, "settled", []any{got.Outcome, got.Note, got.By, got.MemberID}, []any{member.Settled, "sudah", "user:8", s.reader})
		list, err = s.db.ToldWith(t.Context(), member.Held, 10)
		s.ok(err)
		same(t, "those that wait now", len(list), 3)
	}},
	{"class cookies are called back when a right begins, ends or becomes shorter, and not when it becomes longer", func(t *testing.T, open Open) {
		s := newShop(t, open)
		s.ok(s.db.ChangeMember(t.Context(), member.Pick{ID: s.reader}, func(e *member.Edit) (change.Outcome, error) {
			e.Begin, e.Token = &member.Session{Mark: 77, Created: e.Now, Seen: e.Now, Confirmed: e.Now, Expires: e.Now.Add(1000 * time.Hour)}, "h"
			return change.Outcome{}, nil
		}))
		mark := func() int64 {
			t.Helper()
			x, err := s.db.MemberSession(t.Context(), "h")
			s.ok(err)
			return x.Mark
		}
		code, at := s.buys(s.reader), s.clock.Now()
		same(t, "before", mark(), int64(77))
		pays := func(key string) {
			s.tells(member.TradePick{Code: code}, nil, func(t *member.Trade) { t.Add = append(t.Add, paid(t.Purchases[0], key, at)) })
		}
		pays("pi_1")
		begun := mark()
		same(t, "a right that begins changes the mark", begun != 77, true)
		pays("pi_2")
		same(t, "a longer one does not", mark(), begun)
		s.tells(member.TradePick{Code: code}, nil, func(t *member.Trade) {
			t.Add = append(t.Add, member.Posting{Key: "r", Kind: "refunded", At: at.Add(time.Hour), Booked: at, PurchaseID: t.Purchases[0].ID, Payment: "pi_2", Money: t.Purchases[0].Price})
		})
		same(t, "a shorter one does", mark() != begun, true)
		marks, _, err := s.db.Revocations(t.Context(), at.Add(-time.Hour))
		s.ok(err)
		same(t, "called back", len(marks), 2)
	}},
	{"purchases are listed by what is due: open ones, those that are compared, those that end", func(t *testing.T, open Open) {
		s := newShop(t, open)
		at := s.clock.Now()
		other := s.joins("budi@kabar.example", "Budi Santoso")
		open1, open2 := s.buys(other), ""
		code := s.buys(s.reader)
		s.tells(member.TradePick{Code: code}, nil, func(t *member.Trade) { t.Add = append(t.Add, paid(t.Purchases[0], "pi_1", at)) })
		s.clock.advance(time.Hour)
		open2 = s.buys(other)
		codes := func(list []member.Purchase, err error) (out []string) {
			t.Helper()
			s.ok(err)
			for _, p := range list {
				out = append(out, p.Code)
			}
			return out
		}
		now := s.clock.Now()
		same(t, "open", codes(s.db.OpenPurchases(t.Context(), pay.ManualName, time.Time{}, now, member.Purchase{}, 10)), []string{open1, open2})
		first, err := s.db.OpenPurchases(t.Context(), pay.ManualName, time.Time{}, now, member.Purchase{}, 1)
		s.ok(err)
		same(t, "open, the next page", codes(s.db.OpenPurchases(t.Context(), pay.ManualName, time.Time{}, now, first[0], 10)), []string{open2})
		same(t, "open, begun later", codes(s.db.OpenPurchases(t.Context(), pay.ManualName, at, now, member.Purchase{}, 10)), []string{open2})
		same(t, "of another gateway", len(codes(s.db.OpenPurchases(t.Context(), "stripe", time.Time{}, now, member.Purchase{}, 10))), 0)
		same(t, "paid", codes(s.db.PaidPurchases(t.Context(), pay.ManualName, 0, now, 10)), []string{code})
		end := member.Month.After(at, 1, time.UTC)
		same(t, "paid, over already", len(codes(s.db.PaidPurchases(t.Context(), pay.ManualName, 0, end, 10))), 0)
		same(t, "ending", codes(s.db.EndingPurchases(t.Context(), now, 0, end, 10)), []string{code})
		same(t, "ending, behind it", len(codes(s.db.EndingPurchases(t.Context(), end, s.trade(s.reader).Purchases[0].ID, end, 10))), 0)
		plans, err := s.db.Plans(t.Context(), false)
		s.ok(err)
		same(t, "who have the plan", plans[0].Members, 1)
		s.clock.advance(end.Sub(s.clock.Now()))
		plans, err = s.db.Plans(t.Context(), false)
		s.ok(err)
		same(t, "who have it when it is over", plans[0].Members, 0)
	}},
	{"plans that were deleted are listed no more, can still be read, and stay with who has them", func(t *testing.T, open Open) {
		s := newShop(t, open)
		code := s.buys(s.reader)
		s.tells(member.TradePick{Code: code}, nil, func(t *member.Trade) { t.Add = append(t.Add, paid(t.Purchases[0], "pi_1", t.Now)) })
		s.ok(s.sales.MovePlan(t.Context(), cashier, s.plan.ID, member.PlanDeleted))
		list, err := s.db.Plans(t.Context(), false)
		s.ok(err)
		same(t, "listed", len(list), 0)
		list, err = s.db.Plans(t.Context(), true)
		s.ok(err)
		same(t, "with those that were deleted", len(list), 1)
		p, err := s.db.Plan(t.Context(), s.plan.ID)
		s.ok(err)
		same(t, "by itself", []any{p.State, p.Members}, []any{member.PlanDeleted, 1})
		same(t, "who has it", s.trade(s.reader).Purchases[0].StandingAt(s.clock.Now()), member.Ending)
	}},
	{"readers are found by address, by words of the name, by number and by code", func(t *testing.T, open Open) {
		s := newShop(t, open)
		budi := s.joins("setya@kabar.example", "Budi Santoso")
		cici := s.joins("cici@kabar.example", "Cíci Õlah-Setiawan")
		code := s.buys(budi)
		find := func(f member.Seek) (ids []int64) {
			t.Helper()
			f.Limit = 10
			list, err := s.db.SeekMembers(t.Context(), f)
			s.ok(err)
			for _, m := range list {
				ids = append(ids, m.ID)
			}
			return ids
		}
		same(t, "all", find(member.Seek{}), []int64{cici, budi, s.reader})
		same(t, "behind one", find(member.Seek{Before: budi}), []int64{s.reader})
		same(t, "by number", find(member.Seek{ID: budi}), []int64{budi})
		same(t, "by code", find(member.Seek{Code: code}), []int64{budi})
		same(t, "by address", find(member.Seek{Text: "rani@"}), []int64{s.reader})
		same(t, "by the second word of a name", find(member.Seek{Text: "santo"}), []int64{budi})
		same(t, "an address before a name", find(member.Seek{Text: "setya"}), []int64{budi, s.reader})
		same(t, "by two words", find(member.Seek{Text: "param rani"}), []int64{s.reader})
		same(t, "by words of two readers", len(find(member.Seek{Text: "rani santoso"})), 0)
		same(t, "beyond ASCII", find(member.Seek{Text: "cíci õlah"}), []int64{cici})
		same(t, "a sign of patterns", len(find(member.Seek{Text: "%"})), 0)
		s.ok(s.db.ChangeMember(t.Context(), member.Pick{ID: budi}, func(e *member.Edit) (change.Outcome, error) {
			e.Record.Name = "Badrun"
			return change.Outcome{}, nil
		}))
		same(t, "by the name from before", len(find(member.Seek{Text: "santoso"})), 0)
		same(t, "by the new one", find(member.Seek{Text: "badrun"}), []int64{budi})
		s.ok(s.db.ChangeMember(t.Context(), member.Pick{ID: budi}, func(e *member.Edit) (change.Outcome, error) {
			e.Erase = true
			return change.Outcome{}, nil
		}))
		same(t, "when he was erased", len(find(member.Seek{Text: "badrun"})), 0)
	}},
	{"who was erased leaves the ledger as it was, without a name", func(t *testing.T, open Open) {
		s := newShop(t, open)
		code := s.buys(s.reader)
		s.tells(member.TradePick{Code: code}, nil, func(t *member.Trade) { t.Add = append(t.Add, paid(t.Purchases[0], "pi_1", t.Now)) })
		before := s.trade(s.reader)
		s.ok(s.db.ChangeMember(t.Context(), member.Pick{ID: s.reader}, func(e *member.Edit) (change.Outcome, error) {
			e.Erase = true
			return change.Outcome{}, nil
		}))
		after := s.trade(s.reader)
		same(t, "a person", after.Member == nil, true)
		same(t, "entries", after.Entries, before.Entries)
		// What the gateway tells of him later is entered all the same.
		s.tells(member.TradePick{Payment: "pi_1"}, nil, func(t *member.Trade) {
			t.Add = append(t.Add, member.Posting{Key: "r", Kind: "refunded", At: t.Now, Booked: t.Now, PurchaseID: t.Purchases[0].ID, Payment: "pi_1", Money: t.Purchases[0].Price,
				Moves: []member.Move{{Debit: "revenue", Credit: "at:manual", Amount: 49_000}}})
		})
		same(t, "entries later", len(s.trade(s.reader).Entries), 2)
	}},
	{"requests are decided once, and listed by state and by reader", func(t *testing.T, open Open) {
		s := newShop(t, open)
		for i := range 3 {
			q := member.Request{Kind: "comp", MemberID: s.reader + int64(i%2), PlanID: s.plan.ID, Count: 1, Reason: "kuis", By: "user:8", State: member.RequestWaiting, Money: s.plan.Price}
			s.ok(s.db.SaveRequest(t.Context(), &q, "", change.Outcome{}))
			same(t, "the number", q.ID, int64(i+1))
		}
		q, err := s.db.Request(t.Context(), 2)
		s.ok(err)
		q.State, q.DecidedBy, q.DecidedAt = member.RequestRefused, "user:9", s.clock.Now()
		s.ok(s.db.SaveRequest(t.Context(), &q, member.RequestWaiting, change.Outcome{}))
		same(t, "twice", fault.KindOf(s.db.SaveRequest(t.Context(), &q, member.RequestWaiting, change.Outcome{})), fault.Conflict)
		ids := func(state string, reader, before int64) (out []int64) {
			t.Helper()
			list, err := s.db.Requests(t.Context(), state, reader, before, 10)
			s.ok(err)
			for _, q := range list {
				out = append(out, q.ID)
			}
			return out
		}
		same(t, "all", ids("", 0, 0), []int64{3, 2, 1})
		same(t, "behind one", ids("", 0, 3), []int64{2, 1})
		same(t, "waiting", ids(member.RequestWaiting, 0, 0), []int64{3, 1})
		same(t, "of a reader", ids("", s.reader, 0), []int64{3, 1})
		_, err = s.db.Request(t.Context(), 99)
		same(t, "none", fault.KindOf(err), fault.NotFound)
	}},
	{"differences are noted once and settled once, comparisons go on where they were", func(t *testing.T, open Open) {
		s := newShop(t, open)
		d := member.Difference{Gateway: "stripe", PurchaseID: 1, MemberID: s.reader, Key: "missing:1", Kind: member.MissingHere, Detail: "x"}
		for range 2 {
			s.ok(s.db.NoteDifferences(t.Context(), []member.Difference{d}))
		}
		list, err := s.db.Differences(t.Context(), false, 0, 10)
		s.ok(err)
		same(t, "noted", len(list), 1)
		s.ok(s.db.SettleDifference(t.Context(), list[0].ID, "user:8", change.Outcome{}))
		same(t, "twice", fault.KindOf(s.db.SettleDifference(t.Context(), list[0].ID, "user:8", change.Outcome{})), fault.Conflict)
		list, err = s.db.Differences(t.Context(), false, 0, 10)
		s.ok(err)
		same(t, "left", len(list), 0)
		list, err = s.db.Differences(t.Context(), true, 0, 10)
		s.ok(err)
		same(t, "all", []any{len(list), list[0].By}, []any{1, "user:8"})
		c := member.Check{Gateway: "stripe", Begun: s.clock.Now(), After: 7, Looked: 3, Error: "down"}
		s.ok(s.db.SaveCheck(t.Context(), &c))
		c.Ended, c.Error, c.Looked = s.clock.Now(), "", 5
		s.ok(s.db.SaveCheck(t.Context(), &c))
		other := member.Check{Gateway: "midtrans", Begun: s.clock.Now()}
		s.ok(s.db.SaveCheck(t.Context(), &other))
		checks, err := s.db.Checks(t.Context(), "stripe", 10)
		s.ok(err)
		same(t, "comparisons of one", checks, []member.Check{c})
		checks, err = s.db.Checks(t.Context(), "", 10)
		s.ok(err)
		same(t, "of all, the newest first", []int64{checks[0].ID, checks[1].ID}, []int64{other.ID, c.ID})
	}},
	{"revenue is by kind and currency within two instants, and the ledger is read in pages", func(t *testing.T, open Open) {
		s := newShop(t, open)
		at := s.clock.Now()
		code := s.buys(s.reader)
		s.tells(member.TradePick{Code: code}, nil, func(t *member.Trade) {
			for i, when := range []time.Time{at.Add(-time.Hour), at, at.Add(time.Hour)} {
				t.Add = append(t.Add, paid(t.Purchases[0], fmt.Sprint("pi_", i), when))
			}
		})
		got, err := s.db.Revenue(t.Context(), at.Add(-time.Hour), at.Add(time.Hour))
		s.ok(err)
		same(t, "revenue", got, []member.Takings{{Kind: "paid", Money: pay.Money{Amount: 98_000, Currency: "IDR"}, Count: 2}})
		page, err := s.db.Ledger(t.Context(), 0, 2)
		s.ok(err)
		same(t, "a page", len(page), 2)
		page, err = s.db.Ledger(t.Context(), page[1].ID, 2)
		s.ok(err)
		same(t, "the next one, with its moves", []int{len(page), len(page[0].Moves)}, []int{1, 2})
	}},
	{"who comes by messages that nobody vouches for is counted by day", func(t *testing.T, open Open) {
		s := newShop(t, open)
		for range 3 {
			s.ok(s.db.NoteRefusal(t.Context(), "stripe"))
		}
		s.clock.advance(24 * time.Hour)
		s.ok(s.db.NoteRefusal(t.Context(), "stripe"))
		list, err := s.db.Refusals(t.Context(), 10)
		s.ok(err)
		same(t, "by day, the last first", []int64{list[0].Count, list[1].Count}, []int64{1, 3})
	}},
}
