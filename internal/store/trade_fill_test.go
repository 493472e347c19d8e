package store

import (
	"context"
	"fmt"
)

// TradeReader is a reader whom FillTrade lets buy some things.
const TradeReader = 7

// SpoilTotals makes the balance of an account wrong by one.
func SpoilTotals(ctx context.Context, db *DB, account string) error {
	_, err := db.write.ExecContext(ctx, `UPDATE ledger_totals SET amount = amount + 1 WHERE account = '`+account+`'`)
	return err
}

// FillTrade puts what n readers bought, and what gateways told of it, into the tables
// directly: a purchase each, a tenth of them open, with a payment, its moves and an
// event.
func FillTrade(ctx context.Context, db *DB, n int) error {
	return db.write.run(ctx, nil, func(s *session) error {
		series := `(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1) SELECT i FROM c) AS c`
		if s.postgres {
			series = `(SELECT CAST(i AS BIGINT) AS i FROM generate_series(1, $1) AS i) AS c`
		}
		const purchases = `INSERT INTO purchases (id, code, member_id, plan_id, plan, period, price, currency, benefits, tax_rate, gateway, created, subscription, looked, since, until, access) `
		for _, q := range []struct {
			text string
			arg  int
		}{
			{`INSERT INTO members (id, email, name, handle, created, terms, terms_at) SELECT i, 'p' || i || '@kabar.example', 'Pembaca ' || i, 'h' || i, 1, '1', 1 FROM ` + series, n},
			{`INSERT INTO member_names (word, member_id) SELECT 'pembaca', i FROM ` + series, n},
			{`INSERT INTO member_names (word, member_id) SELECT 'n' || i, i FROM ` + series, n},
			{`INSERT INTO plans (name, period, price, currency, benefits, state, position) SELECT 'Paket ' || i, 'month', 49000, 'IDR', 1, 'offered', i FROM ` + series, 20},
			{purchases + `SELECT i, 'C' || i, i, i % 20 + 1, 'Paket', 'month', 49000, 'IDR', 1, 1100, CASE WHEN i % 2 = 0 THEN 'stripe' ELSE 'midtrans' END, i, 'sub' || i, i,
			   CASE WHEN i % 10 < 2 THEN 0 ELSE i END, i * 10, CASE WHEN i % 10 < 2 THEN 0 ELSE i * 10 END FROM ` + series, n},
			{purchases + `SELECT i + 1000000, 'D' || i, 7, 1, 'Paket', 'month', 49000, 'IDR', 1, 1100, 'manual', i, '', i, 0, 0, 0 FROM ` + series, 20},
			{`INSERT INTO ledger (id, key, kind, at, booked, member_id, purchase_id, payment, amount, currency) SELECT i, 'k' || i, 'paid', i * 10, i * 10, i, i, 'pi' || i, 49000, 'IDR' FROM ` + series, n},
			{`INSERT INTO ledger_moves (entry_id, n, debit, credit, amount, currency) SELECT i, 0, 'at:stripe', 'revenue', 44144, 'IDR' FROM ` + series, n},
			{`INSERT INTO ledger_moves (entry_id, n, debit, credit, amount, currency) SELECT i, 1, 'at:stripe', 'tax', 4856, 'IDR' FROM ` + series, n},
			{`INSERT INTO ledger_totals (account, currency, amount) SELECT account, 'IDR', $1 * amount FROM (
			   SELECT 'at:stripe' AS account, 49000 AS amount UNION ALL SELECT 'revenue', -44144 UNION ALL SELECT 'tax', -4856) AS sums`, n},
			{`INSERT INTO pay_events (gateway, id, kind, facts, received, outcome, member_id) SELECT 'stripe', 'evt' || i, 'invoice.paid', '[]', i,
			   CASE WHEN i % 20 = 0 THEN 'waiting' WHEN i % 20 = 1 THEN 'late' ELSE 'applied' END, i FROM ` + series, n},
			{`INSERT INTO pay_requests (kind, member_id, amount, currency, reason, by_actor, at, state) SELECT 'comp', i % 100 + 1, 1, 'IDR', 'x', 'user:1', i,
			   CASE WHEN i % 200 = 0 THEN 'waiting' ELSE 'done' END FROM ` + series, n},
			{`INSERT INTO pay_differences (gateway, purchase_id, member_id, key, kind, detail, at, settled) SELECT 'stripe', i, i, 'd' || i, 'missing_here', 'x', i,
			   CASE WHEN i % 200 = 0 THEN 0 ELSE 1 END FROM ` + series, n},
			{`INSERT INTO pay_checks (gateway, begun, ended) SELECT CASE WHEN i % 50 = 0 THEN 'stripe' ELSE 'midtrans' END, i, i FROM ` + series, n},
		} {
			if _, err := s.exec(ctx, q.text, q.arg); err != nil {
				return fmt.Errorf("%.60s: %w", q.text, err)
			}
		}
		if s.postgres { // what is entered from now on has numbers behind these
			if _, err := s.exec(ctx, `SELECT setval(pg_get_serial_sequence('ledger', 'id'), $1)`, n); err != nil {
				return err
			}
		}
		_, err := s.exec(ctx, `ANALYZE`)
		return err
	})
}
