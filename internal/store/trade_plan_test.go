package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"warta/internal/member"
	"warta/internal/pay"
	"warta/internal/store"
)

// tradeReads are the reads of what n readers bought, with first pages and with pages
// in the middle.
func tradeReads(db *store.DB, n int64) []talkRead {
	at := func(i int64) time.Time { return time.UnixMilli(i).UTC() }
	trade := func(pick member.TradePick) func(context.Context) error {
		return func(ctx context.Context) error {
			t, err := db.Trade(ctx, pick)
			return full(len(t.Purchases), 1, err)
		}
	}
	seek := func(want int, f member.Seek) func(context.Context) error {
		return func(ctx context.Context) error {
			f.Limit = 20
			list, err := db.SeekMembers(ctx, f)
			return full(len(list), want, err)
		}
	}
	list := func(want int, read func(context.Context) (int, error)) func(context.Context) error {
		return func(ctx context.Context) error {
			got, err := read(ctx)
			return full(got, want, err)
		}
	}
	return []talkRead{
		{"what one bought", "", trade(member.TradePick{MemberID: 9})},
		{"by a purchase", "", trade(member.TradePick{PurchaseID: 9})},
		{"by a code", "sqlite_autoindex_purchases_1", trade(member.TradePick{Code: "C9"})},
		{"by a subscription", "purchases_subscription", trade(member.TradePick{Gateway: "stripe", Subscription: "sub10"})},
		{"by a payment", "ledger_payment", trade(member.TradePick{Gateway: "stripe", Payment: "pi10"})},
		{"a plan", "", func(ctx context.Context) error { return second(db.Plan(ctx, 3)) }},
		{"open purchases", "purchases_open", list(20, func(ctx context.Context) (int, error) {
			l, err := db.OpenPurchases(ctx, "stripe", at(0), at(n), member.Purchase{}, 20)
			return len(l), err
		})},
		{"paid purchases, deep", "", list(20, func(ctx context.Context) (int, error) {
			l, err := db.PaidPurchases(ctx, "stripe", n/2, at(0), 20)
			return len(l), err
		})},
		{"purchases that end, deep", "purchases_access", list(20, func(ctx context.Context) (int, error) {
			l, err := db.EndingPurchases(ctx, at(n*5), n/2, at(n*10), 20)
			return len(l), err
		})},
		{"events that are late", "pay_events_outcome", list(20, func(ctx context.Context) (int, error) {
			l, err := db.ToldWith(ctx, member.Late, 20)
			return len(l), err
		})},
		{"events that wait, deep", "pay_events_outcome", list(20, func(ctx context.Context) (int, error) {
			l, err := db.WaitingTold(ctx, member.Told{Received: at(n / 2), Gateway: "stripe", ID: "evt"}, 20)
			return len(l), err
		})},
		{"an event", "", func(ctx context.Context) error { return second(db.Told(ctx, "stripe", "evt9")) }},
		{"requests", "", list(20, func(ctx context.Context) (int, error) {
			l, err := db.Requests(ctx, "", 0, n/2, 20)
			return len(l), err
		})},
		{"requests that wait", "pay_requests_state", list(20, func(ctx context.Context) (int, error) {
			l, err := db.Requests(ctx, member.RequestWaiting, 0, n/2, 20)
			return len(l), err
		})},
		{"requests of one", "pay_requests_member", list(20, func(ctx context.Context) (int, error) {
			l, err := db.Requests(ctx, "", 9, n/2, 20)
			return len(l), err
		})},
		{"comparisons of a gateway", "pay_checks_gateway", list(20, func(ctx context.Context) (int, error) {
			l, err := db.Checks(ctx, "stripe", 20)
			return len(l), err
		})},
		{"differences", "pay_differences_settled", list(20, func(ctx context.Context) (int, error) {
			l, err := db.Differences(ctx, false, n/2, 20)
			return len(l), err
		})},
		{"the ledger, deep", "", list(20, func(ctx context.Context) (int, error) {
			l, err := db.Ledger(ctx, n/2, 20)
			return len(l), err
		})},
		{"revenue of a while", "ledger_at", func(ctx context.Context) error {
			l, err := db.Revenue(ctx, at(n*5), at(n*5+1000))
			return full(len(l), 1, err)
		}},
		{"the balances", "", list(3, func(ctx context.Context) (int, error) {
			l, err := db.Balances(ctx)
			return len(l), err
		})},
		{"transfers that are waited for", "purchases_open", list(20, func(ctx context.Context) (int, error) {
			l, err := db.OpenPurchases(ctx, pay.ManualName, at(0), at(n), member.Purchase{}, 20)
			return len(l), err
		})},
		{"readers", "", seek(20, member.Seek{Before: n / 2})},
		{"readers by address", "", seek(20, member.Seek{Text: "p9"})},
		{"a reader by code", "", seek(1, member.Seek{Code: "C9"})},
		{"a reader by two words of the name", "", seek(1, member.Seek{Text: "pemb n9999"})},
	}
}

// Reads of what was bought go by indexes, whatever the page: no table is read whole.
func TestTradeIsReadByIndexes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this writes 100,000 rows")
	}
	const n = 10_000
	db := openSQLite(t, store.Options{})
	if err := store.FillTrade(t.Context(), db, n); err != nil {
		t.Fatal(err)
	}
	spy := store.SpyOn(db)
	for _, r := range tradeReads(db, n) {
		t.Run(r.says, func(t *testing.T) {
			for i, ran := range statements(t, spy, r) {
				plan, err := spy.Plan(t.Context(), ran)
				if err != nil {
					t.Fatal(err)
				}
				for _, step := range strings.Split(plan, "\n") {
					step = strings.TrimSpace(step)
					// Sums by kind and currency, the readers of a plan, and those that a name
					// found, are sorted.
					sorts := strings.Contains(step, "TEMP B-TREE") && r.by != "ledger_at" && !strings.Contains(step, "count(DISTINCT)") && !strings.Contains(ran.Text, "member_names")
					if strings.HasPrefix(step, "SCAN") && !mayScan(step) && step != "SCAN n" || sorts {
						t.Errorf("%s\n%s\nin the plan\n%s", step, ran.Text, plan)
					}
				}
				if i == 0 && r.by != "" && !strings.Contains(plan, "INDEX "+r.by+" (") {
					t.Errorf("does not go by %s:\n%s\nin the plan\n%s", r.by, ran.Text, plan)
				}
			}
		})
	}
}

// On PostgreSQL the steps themselves say what they went through.
func TestTradeIsReadByIndexesOnPostgreSQL(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this writes 100,000 rows")
	}
	const n = 10_000
	db := openPostgres(t, store.Options{})
	if err := store.FillTrade(t.Context(), db, n); err != nil {
		t.Fatal(err)
	}
	spy := store.SpyOn(db)
	for _, r := range tradeReads(db, n) {
		t.Run(r.says, func(t *testing.T) {
			for _, ran := range statements(t, spy, r) {
				steps, plan, err := spy.Steps(t.Context(), ran)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range steps {
					if rows := s.Loops * (s.Rows + s.Filtered + s.Rechecked); rows > mostRows {
						t.Errorf("%s goes through %.0f rows\n%s\nin the plan\n%s", s.Type, rows, ran.Text, plan)
					}
				}
			}
		})
	}
}
