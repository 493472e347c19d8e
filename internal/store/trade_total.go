package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"warta/internal/fault"
	"warta/internal/member"
)

// Balances returns the balance of each account of the ledger: what was debited less
// what was credited. Together they are zero in each currency. It reads a row for each
// account, however long the ledger is.
func (db *DB) Balances(ctx context.Context) (_ []member.Balance, err error) {
	defer fault.Wrap(&err, "balance the ledger")
	return collect(scanBalance)(db.reads().rows(ctx, `
		SELECT account, currency, amount
		FROM ledger_totals
		ORDER BY currency, account
		LIMIT 500`))
}

func scanBalance(r scanner) (b member.Balance, err error) {
	err = r.Scan(&b.Account, &b.Money.Currency, &b.Money.Amount)
	return b, err
}

// addTotals adds entries to the balances of their accounts. It is the last that a
// change of the trade locks, and locks in one order, so that no two wait for each
// other.
func addTotals(ctx context.Context, s *session, entries []member.Posting) error {
	type account struct{ name, currency string }
	sums := map[account]int64{}
	for _, e := range entries {
		for _, m := range e.Moves {
			sums[account{m.Debit, e.Money.Currency}] += m.Amount
			sums[account{m.Credit, e.Money.Currency}] -= m.Amount
		}
	}
	order := slices.SortedFunc(maps.Keys(sums), func(a, b account) int {
		return cmp.Or(cmp.Compare(a.currency, b.currency), cmp.Compare(a.name, b.name))
	})
	for _, a := range order {
		if _, err := s.exec(ctx, `
			INSERT INTO ledger_totals (account, currency, amount)
			VALUES ($1, $2, $3)
			ON CONFLICT (currency, account) DO UPDATE SET amount = ledger_totals.amount + excluded.amount`, a.name, a.currency, sums[a]); err != nil {
			return err
		}
	}
	return nil
}

// checkTotals adds the whole ledger up once more and holds the balances against it.
func (db *DB) checkTotals(ctx context.Context) error {
	wrong, err := collect(scanBalance)(db.reads().rows(ctx, `
		SELECT account, currency, CAST(SUM(amount) AS BIGINT) AS amount
		FROM (
			SELECT debit AS account, currency, amount FROM ledger_moves
			UNION ALL
			SELECT credit AS account, currency, -amount FROM ledger_moves
			UNION ALL
			SELECT account, currency, -amount FROM ledger_totals
		) AS sides
		GROUP BY account, currency
		HAVING SUM(amount) <> 0
		ORDER BY currency, account
		LIMIT 20`))
	if err != nil || len(wrong) == 0 {
		return err
	}
	return fault.New(fault.Internal, "%d balances are not what the ledger's moves add up to, the first is that of %s, off by %s; restore a backup",
		len(wrong), wrong[0].Account, wrong[0].Money)
}
