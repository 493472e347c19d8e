package store

import (
	"context"
	"encoding/json"
	"fmt"

	"warta/internal/change"
	"warta/internal/fault"
)

// writeOutcome writes the audit log and the jobs of a change and, as the last
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
	if len(out.Jobs) > 0 {
		db.mu.Lock()
		jobs := db.jobs
		db.mu.Unlock()
		if jobs == nil {
			return 0, fault.New(fault.Unavailable, "there is no queue for the job %q", out.Jobs[0].Kind)
		}
		if err := jobs.InsertTx(ctx, s.tx, out.Jobs); err != nil {
			return 0, fmt.Errorf("enqueue %d jobs: %w", len(out.Jobs), err)
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
		if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, eventLock); err != nil {
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
