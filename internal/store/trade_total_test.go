package store_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/member"
	"warta/internal/pay"
	"warta/internal/store"
)

// TestBalancesAreWhatTheMovesAddUpTo writes entries from many sides at once, in two
// currencies, there and back, adds the whole ledger up by itself, and sees that a
// balance that is off by one is found.
func TestBalancesAreWhatTheMovesAddUpTo(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, store.Options) *store.DB{"SQLite": openSQLite, "PostgreSQL": openPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, store.Options{})
			const readers = 8
			if err := store.FillTrade(t.Context(), db, readers); err != nil {
				t.Fatal(err)
			}
			errs := make(chan error)
			for i := range int64(readers) {
				go func() { errs <- trades(t, db, i+1) }()
			}
			for range readers {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			want := map[string]int64{}
			list, err := db.Ledger(t.Context(), 0, 500)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				for _, m := range e.Moves {
					want[e.Money.Currency+" "+m.Debit] += m.Amount
					want[e.Money.Currency+" "+m.Credit] -= m.Amount
				}
			}
			balances, err := db.Balances(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, b := range balances {
				got[b.Money.Currency+" "+b.Account] = b.Money.Amount
			}
			if len(list) != readers*7 || len(got) != 6 || !maps.Equal(got, want) {
				t.Errorf("after %d entries the balances are %v, want %v", len(list), got, want)
			}
			if err := db.Check(t.Context()); err != nil {
				t.Error(err)
			}
			if err := store.SpoilTotals(t.Context(), db, "tax"); err != nil {
				t.Fatal(err)
			}
			if err := db.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "tax, off by") {
				t.Errorf("a balance that is off by one: %v", err)
			}
		})
	}
}

// trades enters three payments of a reader and takes one of each currency back.
func trades(t *testing.T, db *store.DB, reader int64) error {
	for i, m := range []struct {
		currency      string
		debit, credit string
	}{{"IDR", "at:stripe", "revenue"}, {"USD", "at:midtrans", "revenue"}, {"USD", "at:midtrans", "tax"}, {"USD", "revenue", "at:midtrans"}, {"IDR", "revenue", "at:stripe"}, {"IDR", "at:stripe", "tax"}} {
		_, err := db.ChangeTrade(t.Context(), member.TradePick{MemberID: reader}, nil, time.UTC, func(tr *member.Trade) (change.Outcome, error) {
			sum := 1_000*reader + int64(i)
			tr.Add = append(tr.Add, member.Posting{Key: tr.Purchases[0].Code + m.currency + m.debit + m.credit, Kind: member.PostingKind(pay.Paid), At: tr.Now, Booked: tr.Now, PurchaseID: tr.Purchases[0].ID,
				Money: pay.Money{Amount: sum, Currency: m.currency}, Moves: []member.Move{{Debit: m.debit, Credit: m.credit, Amount: sum}}})
			return change.Outcome{}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
