package store

import (
	"context"
	"database/sql"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
)

// Plans implements member.TradeStore. There are never more than MaxPlans.
func (db *DB) Plans(ctx context.Context, all bool) (_ []member.Plan, err error) {
	defer fault.Wrap(&err, "read the plans")
	var list []member.Plan
	err = db.view(ctx, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		list, err = collect(scanPlan)(s.rows(ctx, `
			SELECT `+planColumns+`
			FROM plans p
			WHERE p.state <> 'deleted' OR $1 = 1
			ORDER BY p.position, p.id
			LIMIT $3`, flag(all), millis(now), member.MaxPlans))
		return err
	})
	return list, err
}

// planColumns are those of plans p, with how many have it at $2.
const planColumns = `p.id, p.name, p.note, p.period, p.price, p.currency, p.benefits, p.trial_days, p.state, p.position,
	(SELECT COUNT(DISTINCT u.member_id) FROM purchases u WHERE u.plan_id = p.id AND u.access > $2)`

// scanPlan reads planColumns.
func scanPlan(r scanner) (p member.Plan, err error) {
	err = r.Scan(&p.ID, &p.Name, &p.Note, &p.Period, &p.Price.Amount, &p.Price.Currency, &p.Benefits, &p.TrialDays, &p.State, &p.Position, &p.Members)
	return p, err
}

// Plan implements member.TradeStore.
func (db *DB) Plan(ctx context.Context, id int64) (p member.Plan, err error) {
	defer fault.Wrap(&err, "read plan %d", id)
	err = db.view(ctx, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		p, err = scanPlan(s.row(ctx, `
			SELECT `+planColumns+`
			FROM plans p
			WHERE p.id = $1`, id, millis(now)))
		return notFound(err, "there is no such plan")
	})
	return p, err
}

// SavePlan implements member.TradeStore.
func (db *DB) SavePlan(ctx context.Context, p *member.Plan, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "save plan %d", p.ID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		args := []any{p.Name, p.Note, string(p.Period), p.Price.Amount, p.Price.Currency, int64(p.Benefits), p.TrialDays, string(p.State), p.Position}
		if p.ID != 0 {
			_, err := s.exec(ctx, `
				UPDATE plans
				SET name = $1, note = $2, period = $3, price = $4, currency = $5, benefits = $6, trial_days = $7, state = $8, position = $9
				WHERE id = $10`, append(args, p.ID)...)
			return out, err
		}
		var n int
		if err := s.row(ctx, `SELECT COUNT(*) FROM plans`).Scan(&n); err != nil {
			return out, err
		}
		if n >= member.MaxPlans {
			return out, fault.New(fault.TooLarge, "there are %d plans, which is the most; change one that is archived", n).Say("plans_many", "most", n)
		}
		return out, s.row(ctx, `
			INSERT INTO plans (name, note, period, price, currency, benefits, trial_days, state, position)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			RETURNING id`, args...).Scan(&p.ID)
	})
	return err
}

// OpenPurchases implements member.TradeStore. Goes by the index purchases_open.
func (db *DB) OpenPurchases(ctx context.Context, gateway string, since, looked time.Time, after member.Purchase, limit int) (_ []member.Purchase, err error) {
	defer fault.Wrap(&err, "read purchases that wait for their payment")
	if err := checkLimit(limit, 500); err != nil {
		return nil, err
	}
	return collect(scanPurchase)(db.reads().rows(ctx, `
		SELECT `+purchaseColumns+`
		FROM purchases
		WHERE gateway = $1 AND since = 0 AND expired = 0 AND looked <= $2 AND created > $3 AND (looked, id) > ($4, $5)
		ORDER BY looked, id
		LIMIT $6`, gateway, millis(looked), millis(since), millis(after.Looked), after.ID, limit))
}

// ToldWith implements member.TradeStore. Goes by the index on the outcome.
func (db *DB) ToldWith(ctx context.Context, outcome member.Outcome, limit int) (_ []member.Told, err error) {
	defer fault.Wrap(&err, "read events of gateways")
	if err := checkLimit(limit, 500); err != nil {
		return nil, err
	}
	return collect(scanTold)(db.reads().rows(ctx, `
		SELECT `+toldColumns+`
		FROM pay_events
		WHERE outcome = $1
		ORDER BY received DESC, gateway DESC, id DESC
		LIMIT $2`, string(outcome), limit))
}

// WaitingTold implements member.TradeStore. Goes by the index on the outcome.
func (db *DB) WaitingTold(ctx context.Context, after member.Told, limit int) (_ []member.Told, err error) {
	defer fault.Wrap(&err, "read events of gateways that wait")
	if err := checkLimit(limit, 500); err != nil {
		return nil, err
	}
	return collect(scanTold)(db.reads().rows(ctx, `
		SELECT `+toldColumns+`
		FROM pay_events
		WHERE outcome = $1 AND (received, gateway, id) > ($2, $3, $4)
		ORDER BY received, gateway, id
		LIMIT $5`, string(member.Held), millis(after.Received), after.Gateway, after.ID, limit))
}

// Told implements member.TradeStore.
func (db *DB) Told(ctx context.Context, gateway, id string) (_ member.Told, err error) {
	defer fault.Wrap(&err, "read an event of %s", gateway)
	t, err := readTold(ctx, db.reads(), gateway, id, "")
	if err == nil && t == nil {
		err = sql.ErrNoRows
	}
	if err != nil {
		return member.Told{}, notFound(err, "there is no such event")
	}
	return *t, nil
}

// NoteRefusal implements member.TradeStore.
func (db *DB) NoteRefusal(ctx context.Context, gateway string) (err error) {
	defer fault.Wrap(&err, "count a message that nobody vouches for")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return change.Outcome{}, err
		}
		_, err = s.exec(ctx, `
			INSERT INTO pay_refusals (gateway, day, n, last)
			VALUES ($1, $2, 1, $3)
			ON CONFLICT (gateway, day) DO UPDATE SET n = pay_refusals.n + 1, last = excluded.last`,
			gateway, millis(now.UTC().Truncate(24*time.Hour)), millis(now))
		return change.Outcome{}, err
	})
	return err
}

// Refusals implements member.TradeStore.
func (db *DB) Refusals(ctx context.Context, limit int) (_ []member.Refusal, err error) {
	defer fault.Wrap(&err, "read how often nobody vouched for a message")
	if err := checkLimit(limit, 100); err != nil {
		return nil, err
	}
	return collect(func(r scanner) (f member.Refusal, err error) {
		err = r.Scan(&f.Gateway, &f.Count, stamp{&f.Last})
		return f, err
	})(db.reads().rows(ctx, `
		SELECT gateway, n, last
		FROM pay_refusals
		ORDER BY day DESC, gateway
		LIMIT $1`, limit))
}
