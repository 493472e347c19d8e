package store

import (
	"context"
	"math"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
)

// PaidPurchases implements member.TradeStore. Goes by the index purchases_live.
func (db *DB) PaidPurchases(ctx context.Context, gateway string, after int64, ended time.Time, limit int) (_ []member.Purchase, err error) {
	defer fault.Wrap(&err, "read purchases at %s", gateway)
	if err := checkLimit(limit, 500); err != nil {
		return nil, err
	}
	return collect(scanPurchase)(db.reads().rows(ctx, `
		SELECT `+purchaseColumns+`
		FROM purchases
		WHERE gateway = $1 AND since <> 0 AND id > $2 AND access > $3
		ORDER BY id
		LIMIT $4`, gateway, after, millis(ended), limit))
}

// EndingPurchases implements member.TradeStore. Goes by the index purchases_access.
func (db *DB) EndingPurchases(ctx context.Context, from time.Time, after int64, to time.Time, limit int) (_ []member.Purchase, err error) {
	defer fault.Wrap(&err, "read purchases that end")
	if err := checkLimit(limit, 500); err != nil {
		return nil, err
	}
	return collect(scanPurchase)(db.reads().rows(ctx, `
		SELECT `+purchaseColumns+`
		FROM purchases
		WHERE access <> 0 AND (access, id) > ($1, $2) AND access <= $3
		ORDER BY access, id
		LIMIT $4`, millis(from), after, millis(to), limit))
}

// Checks implements member.TradeStore. Goes by the primary key or the index on the
// gateway.
func (db *DB) Checks(ctx context.Context, gateway string, limit int) (_ []member.Check, err error) {
	defer fault.Wrap(&err, "read comparisons with gateways")
	if err := checkLimit(limit, 200); err != nil {
		return nil, err
	}
	scan := func(r scanner) (c member.Check, err error) {
		err = r.Scan(&c.ID, &c.Gateway, stamp{&c.Begun}, stamp{&c.Ended}, &c.Looked, &c.After, &c.Error)
		return c, err
	}
	const columns = `SELECT id, gateway, begun, ended, looked, after, error FROM pay_checks `
	if gateway != "" {
		return collect(scan)(db.reads().rows(ctx, columns+`WHERE gateway = $1 ORDER BY id DESC LIMIT $2`, gateway, limit))
	}
	return collect(scan)(db.reads().rows(ctx, columns+`ORDER BY id DESC LIMIT $1`, limit))
}

// SaveCheck implements member.TradeStore.
func (db *DB) SaveCheck(ctx context.Context, c *member.Check) (err error) {
	defer fault.Wrap(&err, "save a comparison with %s", c.Gateway)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		if c.ID == 0 {
			return out, s.row(ctx, `
				INSERT INTO pay_checks (gateway, begun, ended, looked, after, error)
				VALUES ($1, $2, $3, $4, $5, $6)
				RETURNING id`, c.Gateway, millis(c.Begun), millis(c.Ended), c.Looked, c.After, c.Error).Scan(&c.ID)
		}
		_, err = s.exec(ctx, `
			UPDATE pay_checks
			SET ended = $1, looked = $2, after = $3, error = $4
			WHERE id = $5`, millis(c.Ended), c.Looked, c.After, c.Error, c.ID)
		return out, err
	})
	return err
}

// NoteDifferences implements member.TradeStore.
func (db *DB) NoteDifferences(ctx context.Context, list []member.Difference) (err error) {
	defer fault.Wrap(&err, "keep %d differences", len(list))
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		for _, d := range list {
			if _, err := s.exec(ctx, `
				INSERT INTO pay_differences (gateway, purchase_id, member_id, key, kind, detail, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (key) DO NOTHING`, d.Gateway, d.PurchaseID, d.MemberID, d.Key, d.Kind, d.Detail, millis(now)); err != nil {
				return out, err
			}
		}
		return out, nil
	})
	return err
}

// Differences returns those that nobody has settled, or all, with a smaller number
// than before, 0 for the newest first. Goes by the index on settled, or the primary
// key.
func (db *DB) Differences(ctx context.Context, all bool, before int64, limit int) (_ []member.Difference, err error) {
	defer fault.Wrap(&err, "read differences with gateways")
	if err := checkLimit(limit, 200); err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	scan := func(r scanner) (d member.Difference, err error) {
		err = r.Scan(&d.ID, &d.Gateway, &d.PurchaseID, &d.MemberID, &d.Key, &d.Kind, &d.Detail, stamp{&d.At}, stamp{&d.Settled}, &d.By)
		return d, err
	}
	const columns = `SELECT id, gateway, purchase_id, member_id, key, kind, detail, at, settled, by_actor FROM pay_differences `
	if all {
		return collect(scan)(db.reads().rows(ctx, columns+`WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit))
	}
	return collect(scan)(db.reads().rows(ctx, columns+`WHERE settled = 0 AND id < $1 ORDER BY id DESC LIMIT $2`, before, limit))
}

// SettleDifference implements member.TradeStore.
func (db *DB) SettleDifference(ctx context.Context, id int64, by string, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "settle difference %d", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		res, err := s.exec(ctx, `UPDATE pay_differences SET settled = $1, by_actor = $2 WHERE id = $3 AND settled = 0`, millis(now), by, id)
		if err != nil {
			return out, err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return out, fault.New(fault.Conflict, "this was settled already").Say("request_decided")
		}
		return out, nil
	})
	return err
}

// Ledger returns entries with a number above after, with their moves, in the order
// of their numbers.
func (db *DB) Ledger(ctx context.Context, after int64, limit int) (list []member.Posting, err error) {
	defer fault.Wrap(&err, "read the ledger")
	if err := checkLimit(limit, 500); err != nil {
		return nil, err
	}
	err = db.view(ctx, func(s *session) error {
		list, err = collect(scanPosting)(s.rows(ctx, `
			SELECT `+postingColumns+`
			FROM ledger
			WHERE id > $1
			ORDER BY id
			LIMIT $2`, after, limit))
		if err != nil || len(list) == 0 {
			return err
		}
		return readMoves(ctx, s, list)
	})
	return list, err
}

// Revenue returns what came in and went back between two instants by kind and
// currency. Goes by the index ledger_at.
func (db *DB) Revenue(ctx context.Context, from, to time.Time) (_ []member.Takings, err error) {
	defer fault.Wrap(&err, "add up the revenue")
	return collect(func(r scanner) (t member.Takings, err error) {
		err = r.Scan(&t.Kind, &t.Money.Currency, &t.Money.Amount, &t.Count)
		return t, err
	})(db.reads().rows(ctx, `
		SELECT kind, currency, CAST(SUM(amount) AS BIGINT), COUNT(*)
		FROM ledger
		WHERE at >= $1 AND at < $2 AND kind IN ('paid', 'refunded', 'disputed', 'dispute_won') AND amount > 0
		GROUP BY kind, currency
		ORDER BY currency, kind
		LIMIT 200`, millis(from), millis(to)))
}
