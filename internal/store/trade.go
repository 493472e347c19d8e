package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
)

const purchaseColumns = `id, code, member_id, plan_id, plan, period, price, currency, benefits, tax_rate, trial_days, renews, gateway,
	created, ref, url, customer, subscription, looked, expired, noticed, canceled, revoked, failing, since, until, access`

// scanPurchase reads purchaseColumns.
func scanPurchase(r scanner) (p member.Purchase, err error) {
	err = r.Scan(&p.ID, &p.Code, &p.MemberID, &p.PlanID, &p.Plan, &p.Period, &p.Price.Amount, &p.Price.Currency, &p.Benefits, &p.TaxRate,
		&p.TrialDays, &p.Renews, &p.Gateway, stamp{&p.Created}, &p.Ref, &p.URL, &p.Customer, &p.Subscription, stamp{&p.Looked}, &p.Expired,
		&p.Noticed, &p.Canceled, &p.Revoked, &p.Failing, stamp{&p.Since}, stamp{&p.Until}, stamp{&p.Access})
	return p, err
}

const postingColumns = `id, key, kind, at, booked, member_id, purchase_id, payment, amount, currency, from_at, until_at, days, actor, reason`

// scanPosting reads postingColumns.
func scanPosting(r scanner) (e member.Posting, err error) {
	err = r.Scan(&e.ID, &e.Key, &e.Kind, stamp{&e.At}, stamp{&e.Booked}, &e.MemberID, &e.PurchaseID, &e.Payment, &e.Money.Amount,
		&e.Money.Currency, stamp{&e.From}, stamp{&e.Until}, &e.Days, &e.Actor, &e.Reason)
	return e, err
}

// Bounds of what one member can have bought, and of what happened to it.
const (
	maxPurchases = 2000
	maxEntries   = 20_000
)

// Trade implements member.TradeStore.
func (db *DB) Trade(ctx context.Context, pick member.TradePick) (t member.Trade, err error) {
	defer fault.Wrap(&err, "read what a reader bought")
	err = db.view(ctx, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		t, err = findTrade(ctx, s, pick, now, "")
		return err
	})
	return t, err
}

// findTrade reads all that the member whom a pick names has bought.
func findTrade(ctx context.Context, s *session, pick member.TradePick, now time.Time, lock string) (t member.Trade, err error) {
	t.Now = now
	for _, by := range []struct {
		on   bool
		text string
		args []any
	}{
		{pick.MemberID != 0, `SELECT CAST($1 AS BIGINT)`, []any{pick.MemberID}},
		{pick.PurchaseID != 0, `SELECT member_id FROM purchases WHERE id = $1`, []any{pick.PurchaseID}},
		{pick.Code != "", `SELECT member_id FROM purchases WHERE code = $1`, []any{pick.Code}},
		{pick.Subscription != "", `SELECT member_id FROM purchases WHERE gateway = $1 AND subscription = $2 AND subscription <> '' ORDER BY id LIMIT 1`,
			[]any{pick.Gateway, pick.Subscription}},
		{pick.Payment != "", `SELECT member_id FROM ledger WHERE payment = $1 AND payment <> '' ORDER BY id LIMIT 1`, []any{pick.Payment}},
	} {
		if !by.on || t.MemberID != 0 {
			continue
		}
		if err := s.row(ctx, by.text, by.args...).Scan(&t.MemberID); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return t, err
		}
	}
	if t.MemberID == 0 {
		return t, nil
	}
	var m member.Member
	err = s.row(ctx, `SELECT `+memberColumns+` FROM members WHERE id = $1`+lock, t.MemberID).Scan(memberFields(&m)...)
	switch {
	case err == nil:
		m.Benefits = m.Rights.At(now)
		t.Member, t.Rights = &m, m.Rights
	case !errors.Is(err, sql.ErrNoRows):
		return t, err
	}
	list, err := collect(scanPurchase)(s.rows(ctx, `
		SELECT `+purchaseColumns+`
		FROM purchases
		WHERE member_id = $1
		ORDER BY id
		LIMIT $2`+lock, t.MemberID, maxPurchases))
	if err != nil {
		return t, err
	}
	for i := range list {
		t.Purchases = append(t.Purchases, &list[i])
	}
	t.Entries, err = readEntries(ctx, s, t.MemberID)
	return t, err
}

// readEntries reads a member's entries with their moves.
func readEntries(ctx context.Context, s *session, memberID int64) ([]member.Posting, error) {
	entries, err := collect(scanPosting)(s.rows(ctx, `
		SELECT `+postingColumns+`
		FROM ledger
		WHERE member_id = $1
		ORDER BY id
		LIMIT $2`, memberID, maxEntries))
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	return entries, readMoves(ctx, s, entries)
}

// readMoves adds their moves to entries.
func readMoves(ctx context.Context, s *session, entries []member.Posting) error {
	at, ids := map[int64]int{}, make([]int64, len(entries))
	for i, e := range entries {
		at[e.ID], ids[i] = i, e.ID
	}
	type line struct {
		entry int64
		move  member.Move
	}
	moves, err := collect(func(r scanner) (l line, err error) {
		err = r.Scan(&l.entry, &l.move.Debit, &l.move.Credit, &l.move.Amount)
		return l, err
	})(s.rows(ctx, `
		SELECT entry_id, debit, credit, amount
		FROM ledger_moves
		WHERE entry_id `+s.inIDs(1)+`
		ORDER BY entry_id, n`, s.ids(ids)))
	for _, m := range moves {
		e := &entries[at[m.entry]]
		e.Moves = append(e.Moves, m.move)
	}
	return err
}

// ChangeTrade implements member.TradeStore. On PostgreSQL the rows of the member
// and of his purchases are locked, in this order.
func (db *DB) ChangeTrade(ctx context.Context, pick member.TradePick, told *member.Told, zone *time.Location, fn func(*member.Trade) (change.Outcome, error)) (t member.Trade, err error) {
	defer fault.Wrap(&err, "change what a reader bought")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		if told != nil {
			if err := storeTold(ctx, s, told, now); err != nil {
				return out, err
			}
		}
		if t, err = findTrade(ctx, s, pick, now, s.forUpdate()); err != nil {
			return out, err
		}
		if told != nil {
			if t.Told, err = readTold(ctx, s, told.Gateway, told.ID, s.forUpdate()); err != nil {
				return out, err
			}
		}
		before := map[int64]member.Purchase{}
		for _, p := range t.Purchases {
			before[p.ID] = *p
		}
		if out, err = fn(&t); err != nil {
			return out, err
		}
		revoked, err := writeTrade(ctx, s, &t, before, zone)
		if err != nil {
			return out, err
		}
		if revoked {
			out.Tags = append(slices.Clone(out.Tags), member.TagRevoked)
		}
		out.Audit, out.Mails = slices.Clone(out.Audit), slices.Clone(out.Mails)
		for i, a := range out.Audit {
			if a.Object == "" && t.MemberID != 0 {
				out.Audit[i].Object = member.Member{ID: t.MemberID}.String()
			}
		}
		for i, m := range out.Mails {
			if m.Key == "" && t.Member != nil {
				out.Mails[i].Key = letterRef(&member.Record{Member: *t.Member}) + "-" + rand.Text()
			}
		}
		return out, nil
	})
	return t, err
}

// writeTrade writes what the rules left, folds the ledger and reports whether
// class cookies were called back. found are the purchases as they were read.
func writeTrade(ctx context.Context, s *session, t *member.Trade, found map[int64]member.Purchase, zone *time.Location) (revoked bool, err error) {
	if p := t.New; p != nil {
		if err := insertPurchase(ctx, s, p); err != nil {
			return false, err
		}
		t.Purchases, t.New = append(t.Purchases, p), nil
		for i := range t.Add {
			if t.Add[i].PurchaseID == 0 {
				t.Add[i].PurchaseID = p.ID
			}
		}
	}
	for i := range t.Add {
		e := &t.Add[i]
		e.MemberID = t.MemberID
		if err := insertEntry(ctx, s, e); err != nil {
			return false, err
		}
	}
	added := t.Add
	t.Entries, t.Add = append(t.Entries, t.Add...), nil
	before := t.Rights
	t.Rights = member.Fold(t.Purchases, t.Entries, t.Now, zone)
	for _, p := range t.Purchases {
		if *p == found[p.ID] {
			continue
		}
		if err := updatePurchase(ctx, s, p); err != nil {
			return false, err
		}
	}
	if t.Store != nil {
		if err := writeTold(ctx, s, t.Store); err != nil {
			return false, err
		}
	}
	if t.Member != nil && before != t.Rights {
		if revoked, err = writeRights(ctx, s, t, before); err != nil {
			return false, err
		}
	}
	return revoked, addTotals(ctx, s, added)
}

// writeRights writes what a member is entitled to, and reports whether class cookies
// were called back.
func writeRights(ctx context.Context, s *session, t *member.Trade, before member.Rights) (revoked bool, err error) {
	t.Member.Rights, t.Member.Benefits = t.Rights, t.Rights.At(t.Now)
	if _, err := s.exec(ctx, `UPDATE members SET ad_free_until = $1, text_until = $2 WHERE id = $3`,
		millis(t.Rights.NoAds), millis(t.Rights.Text), t.MemberID); err != nil {
		return false, err
	}
	if !before.Recall(t.Rights, t.Now) {
		return false, nil
	}
	return remark(ctx, s, t.MemberID, t.Now)
}

func insertPurchase(ctx context.Context, s *session, p *member.Purchase) error {
	return s.row(ctx, `
		INSERT INTO purchases (code, member_id, plan_id, plan, period, price, currency, benefits, tax_rate, trial_days, renews, gateway, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		RETURNING id`, p.Code, p.MemberID, p.PlanID, p.Plan, string(p.Period), p.Price.Amount, p.Price.Currency, int64(p.Benefits), p.TaxRate,
		p.TrialDays, flag(p.Renews), p.Gateway, millis(p.Created)).Scan(&p.ID)
}

// updatePurchase writes what can change of a purchase.
func updatePurchase(ctx context.Context, s *session, p *member.Purchase) error {
	_, err := s.exec(ctx, `
		UPDATE purchases
		SET ref = $1, url = $2, customer = $3, subscription = $4, looked = $5, expired = $6, noticed = $7,
		    canceled = $8, revoked = $9, failing = $10, since = $11, until = $12, access = $13
		WHERE id = $14`, p.Ref, p.URL, p.Customer, p.Subscription, millis(p.Looked), flag(p.Expired), p.Noticed,
		flag(p.Canceled), flag(p.Revoked), flag(p.Failing), millis(p.Since), millis(p.Until), millis(p.Access), p.ID)
	return err
}

// insertEntry writes an entry and its moves. One whose key is there already is a
// mistake of the rules, which have read them all.
func insertEntry(ctx context.Context, s *session, e *member.Posting) error {
	if err := e.Balanced(); err != nil {
		return err
	}
	err := s.row(ctx, `
		INSERT INTO ledger (key, kind, at, booked, member_id, purchase_id, payment, amount, currency, from_at, until_at, days, actor, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		RETURNING id`, e.Key, string(e.Kind), millis(e.At), millis(e.Booked), e.MemberID, e.PurchaseID, e.Payment, e.Money.Amount, e.Money.Currency,
		millis(e.From), millis(e.Until), e.Days, e.Actor, e.Reason).Scan(&e.ID)
	if s.isUnique(err) {
		return again{err} // somebody entered it beside: the rules look once more
	}
	if err != nil {
		return err
	}
	for n, m := range e.Moves {
		if _, err := s.exec(ctx, `
			INSERT INTO ledger_moves (entry_id, n, debit, credit, amount, currency)
			VALUES ($1, $2, $3, $4, $5, $6)`, e.ID, n, m.Debit, m.Credit, m.Amount, e.Money.Currency); err != nil {
			return err
		}
	}
	return nil
}

// remark gives the sessions of a member new marks and calls the class cookies with
// the old ones back: the next answer gives what he is entitled to now.
func remark(ctx context.Context, s *session, id int64, now time.Time) (revoked bool, err error) {
	type mark struct{ session, mark int64 }
	list, err := collect(func(r scanner) (m mark, err error) {
		err = r.Scan(&m.session, &m.mark)
		return m, err
	})(s.rows(ctx, `
		SELECT id, mark
		FROM member_sessions
		WHERE member_id = $1 AND expires > $2
		ORDER BY seen DESC, id DESC
		LIMIT $3`, id, millis(now), maxSessions))
	if err != nil {
		return false, err
	}
	for _, m := range list {
		if _, err := s.exec(ctx, `INSERT INTO class_revocations (mark, at) VALUES ($1, $2) ON CONFLICT (mark) DO NOTHING`, m.mark, millis(now)); err != nil {
			return false, err
		}
		var b [8]byte
		rand.Read(b[:]) // never fails: see crypto/rand
		fresh := int64(binary.BigEndian.Uint64(b[:])>>1) | 1
		if _, err := s.exec(ctx, `UPDATE member_sessions SET mark = $1 WHERE id = $2`, fresh, m.session); err != nil {
			return false, err
		}
	}
	return len(list) > 0, nil
}

const toldColumns = `gateway, id, kind, facts, received, outcome, note, purchase_id, member_id, by_actor`

// scanTold reads toldColumns.
func scanTold(r scanner) (t member.Told, err error) {
	err = r.Scan(&t.Gateway, &t.ID, &t.Kind, document{&t.Facts}, stamp{&t.Received}, &t.Outcome, &t.Note, &t.PurchaseID, &t.MemberID, &t.By)
	return t, err
}

// storeTold keeps an event before anything is made of it. One that is there stays.
func storeTold(ctx context.Context, s *session, t *member.Told, now time.Time) error {
	facts, err := marshal(t.Facts)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `
		INSERT INTO pay_events (gateway, id, kind, facts, received, outcome)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (gateway, id) DO NOTHING`, t.Gateway, t.ID, t.Kind, facts, millis(now), string(member.Fresh))
	return err
}

func readTold(ctx context.Context, s *session, gateway, id, lock string) (*member.Told, error) {
	t, err := scanTold(s.row(ctx, `
		SELECT `+toldColumns+`
		FROM pay_events
		WHERE gateway = $1 AND id = $2`+lock, gateway, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &t, err
}

func writeTold(ctx context.Context, s *session, t *member.Told) error {
	_, err := s.exec(ctx, `
		UPDATE pay_events
		SET outcome = $1, note = $2, purchase_id = $3, member_id = $4, by_actor = $5
		WHERE gateway = $6 AND id = $7`, string(t.Outcome), t.Note, t.PurchaseID, t.MemberID, t.By, t.Gateway, t.ID)
	return err
}
