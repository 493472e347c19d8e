package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
)

// writeOutcome writes the audit log, the letters and the jobs of a change and, as the last
// statement of its transaction, the event. Returns its number, 0 without tags.
func (db *DB) writeOutcome(ctx context.Context, s *session, out change.Outcome) (seq int64, err error) {
	now, err := db.clock(ctx, s)
	if err != nil {
		return 0, err
	}
	if len(out.Audit) > 0 {
		rows := make([][]any, len(out.Audit))
		for i, a := range out.Audit {
			rows[i] = []any{millis(now), a.Actor, a.Action, a.Object, string(a.Detail)}
		}
		if err := s.insertRows(ctx, `INSERT INTO audits (at, actor, action, object, detail)`, "", rows); err != nil {
			return 0, fmt.Errorf("write the audit log: %w", err)
		}
	}
	if err := writeMade(ctx, s, &out); err != nil {
		return 0, fmt.Errorf("note what the import made: %w", err)
	}
	sends, err := writeMails(ctx, s, now, out.Mails)
	if err != nil {
		return 0, err
	}
	if todo := slices.Concat(out.Jobs, sends); len(todo) > 0 {
		db.mu.Lock()
		jobs := db.jobs
		db.mu.Unlock()
		if jobs == nil {
			return 0, fault.New(fault.Unavailable, "there is no queue for the job %q", todo[0].Kind)
		}
		if err := jobs.InsertTx(ctx, s.tx, todo); err != nil {
			return 0, fmt.Errorf("enqueue %d jobs: %w", len(todo), err)
		}
	}
	if len(out.Tags) == 0 {
		return 0, nil
	}
	tags, err := json.Marshal(out.Tags)
	if err != nil {
		return 0, err
	}
	if s.postgres {
		// The number is taken under a lock that is held until the commit is visible:
		// who has seen event n will never find a smaller one later.
		if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1), pg_notify($2, '')`, eventLock, channel); err != nil {
			return 0, err
		}
	}
	err = s.row(ctx, `
		INSERT INTO events (at, tags, takedown)
		VALUES ($1, $2, $3)
		RETURNING seq`, millis(now), string(tags), flag(out.Takedown)).Scan(&seq)
	return seq, err
}

// poke wakes the followers of this process.
func (db *DB) poke() {
	db.mu.Lock()
	defer db.mu.Unlock()
	for ch := range db.pokes {
		select {
		case ch <- struct{}{}:
		default: // it has one waiting already
		}
	}
}

// MaxEvents is the most that Events returns at once.
const MaxEvents = 1000

// Events returns the events after number after, in their order, at most limit.
// A Gone fault says that some of them were trimmed: whoever kept something
// since then must start anew from LastEvent.
func (db *DB) Events(ctx context.Context, after int64, limit int) (list []change.Event, err error) {
	defer fault.Wrap(&err, "read the events after %d", after)
	limit = max(1, min(limit, MaxEvents))
	err = db.view(ctx, func(s *session) error {
		trimmed, err := readMark(ctx, s, markTrimmed)
		if err != nil {
			return err
		}
		if after < trimmed {
			return fault.New(fault.Gone, "the events up to %d are no longer kept", trimmed)
		}
		list, err = collect(func(r scanner) (e change.Event, err error) {
			err = r.Scan(&e.Seq, stamp{&e.At}, document{&e.Tags}, &e.Takedown)
			return e, err
		})(s.rows(ctx, `
			SELECT seq, at, tags, takedown
			FROM events
			WHERE seq > $1
			ORDER BY seq
			LIMIT $2`, after, limit))
		return err
	})
	return list, err
}

// LastEvent returns the number of the newest event, 0 if there never was one.
func (db *DB) LastEvent(ctx context.Context) (seq int64, err error) {
	defer fault.Wrap(&err, "read the last event")
	err = db.reads().row(ctx, `
		SELECT coalesce(max(seq), (SELECT max(value) FROM marks WHERE name = $1), 0)
		FROM events`, markTrimmed).Scan(&seq)
	return seq, err
}

// TrimEvents forgets the events before an instant, except the newest one. A
// long import leaves thousands of rows that nobody follows any more.
func (db *DB) TrimEvents(ctx context.Context, before time.Time) (err error) {
	defer fault.Wrap(&err, "trim the events")
	return db.write.run(ctx, nil, func(s *session) error {
		var upTo int64
		if err := s.row(ctx, `
			SELECT coalesce(max(seq), 0)
			FROM events
			WHERE at < $1 AND seq < (SELECT max(seq) FROM events)`, millis(before)).Scan(&upTo); err != nil || upTo == 0 {
			return err
		}
		if _, err := s.exec(ctx, `DELETE FROM events WHERE seq <= $1`, upTo); err != nil {
			return err
		}
		return writeMark(ctx, s, markTrimmed, upTo)
	})
}
