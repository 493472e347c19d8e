package store

import (
	"context"
	"math"
	"slices"
	"strings"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
)

const requestColumns = `id, kind, member_id, purchase_id, entry_id, plan_id, count, amount, currency, reason, by_actor, at, state, decided_by, decided_at, error`

// scanRequest reads requestColumns.
func scanRequest(r scanner) (q member.Request, err error) {
	err = r.Scan(&q.ID, &q.Kind, &q.MemberID, &q.PurchaseID, &q.PostingID, &q.PlanID, &q.Count, &q.Money.Amount, &q.Money.Currency, &q.Reason,
		&q.By, stamp{&q.At}, &q.State, &q.DecidedBy, stamp{&q.DecidedAt}, &q.Error)
	return q, err
}

// SaveRequest implements member.TradeStore.
func (db *DB) SaveRequest(ctx context.Context, q *member.Request, was string, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "save a request of the member desk")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		if q.ID == 0 {
			q.At = now
			return out, s.row(ctx, `
				INSERT INTO pay_requests (kind, member_id, purchase_id, entry_id, plan_id, count, amount, currency, reason, by_actor, at, state)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
				RETURNING id`, q.Kind, q.MemberID, q.PurchaseID, q.PostingID, q.PlanID, q.Count, q.Money.Amount, q.Money.Currency, q.Reason,
				q.By, millis(now), q.State).Scan(&q.ID)
		}
		res, err := s.exec(ctx, `
			UPDATE pay_requests
			SET state = $1, decided_by = $2, decided_at = $3, error = $4
			WHERE id = $5 AND state = $6`, q.State, q.DecidedBy, millis(q.DecidedAt), q.Error, q.ID, was)
		if err != nil {
			return out, err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return out, fault.New(fault.Conflict, "this was decided already").Say("request_decided")
		}
		return out, nil
	})
	return err
}

// Request implements member.TradeStore.
func (db *DB) Request(ctx context.Context, id int64) (q member.Request, err error) {
	defer fault.Wrap(&err, "read request %d", id)
	q, err = scanRequest(db.reads().row(ctx, `SELECT `+requestColumns+` FROM pay_requests WHERE id = $1`, id))
	return q, notFound(err, "there is no such request")
}

// Requests implements member.TradeStore. Goes by the index on the state or that on
// the member.
func (db *DB) Requests(ctx context.Context, state string, memberID, before int64, limit int) (_ []member.Request, err error) {
	defer fault.Wrap(&err, "read requests of the member desk")
	if err := checkLimit(limit, 200); err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	switch {
	case memberID != 0:
		return collect(scanRequest)(db.reads().rows(ctx, `
			SELECT `+requestColumns+`
			FROM pay_requests
			WHERE member_id = $1 AND id < $2
			ORDER BY id DESC
			LIMIT $3`, memberID, before, limit))
	case state != "":
		return collect(scanRequest)(db.reads().rows(ctx, `
			SELECT `+requestColumns+`
			FROM pay_requests
			WHERE state = $1 AND id < $2
			ORDER BY id DESC
			LIMIT $3`, state, before, limit))
	}
	return collect(scanRequest)(db.reads().rows(ctx, `
		SELECT `+requestColumns+`
		FROM pay_requests
		WHERE id < $1
		ORDER BY id DESC
		LIMIT $2`, before, limit))
}

// SettleTold implements member.TradeStore.
func (db *DB) SettleTold(ctx context.Context, t member.Told, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "settle an event of %s", t.Gateway)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		return out, writeTold(ctx, s, &t)
	})
	return err
}

// SeekMembers returns readers for the member desk: by the beginning of an address
// and of words of a name, or with a smaller number than before, the newest first. Goes
// by the primary key, the unique address, and the words of names.
func (db *DB) SeekMembers(ctx context.Context, f member.Seek) (list []member.Member, err error) {
	defer fault.Wrap(&err, "look for readers")
	if err := checkLimit(f.Limit, 200); err != nil {
		return nil, err
	}
	if f.Before == 0 {
		f.Before = math.MaxInt64
	}
	switch {
	case f.ID != 0:
		return collect(scanMember)(db.reads().rows(ctx, `SELECT `+memberColumns+` FROM members WHERE id = $1 LIMIT 1`, f.ID))
	case f.Code != "":
		return collect(scanMember)(db.reads().rows(ctx, `
			SELECT `+memberColumns+`
			FROM members
			WHERE id = (SELECT member_id FROM purchases WHERE code = $1)
			LIMIT 1`, f.Code))
	case f.Text != "":
		err = db.view(ctx, func(s *session) (err error) {
			list, err = seekText(ctx, s, f.Text, f.Limit)
			return err
		})
		return list, err
	}
	return collect(scanMember)(db.reads().rows(ctx, `
		SELECT `+memberColumns+`
		FROM members
		WHERE id < $1
		ORDER BY id DESC
		LIMIT $2`, f.Before, f.Limit))
}

// seekText returns readers whose address begins with a text, in the order of their
// addresses, and behind them those whose name has its words.
func seekText(ctx context.Context, s *session, text string, limit int) ([]member.Member, error) {
	email := s.byBytes("email")
	list, err := collect(scanMember)(s.rows(ctx, `
		SELECT `+memberColumns+`
		FROM members
		WHERE `+email+` >= $1 AND `+email+` < $2
		ORDER BY `+email+`
		LIMIT $3`, text, text+last, limit))
	words := nameWords(text)
	if err != nil || len(words) == 0 || strings.Contains(text, "@") {
		return list, err
	}
	named, err := membersNamed(ctx, s, words, limit)
	for _, m := range named {
		if len(list) < limit && !slices.ContainsFunc(list, func(o member.Member) bool { return o.ID == m.ID }) {
			list = append(list, m)
		}
	}
	return list, err
}
