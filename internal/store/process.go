package store

import (
	"context"
	"time"

	"warta/internal/fault"
)

// What Confirm waits for, and how long.
const (
	// ProcessAlive is how old the last heartbeat of a process may be that others
	// wait for. One that is silent for longer serves nothing any more.
	ProcessAlive  = 30 * time.Second
	confirmWithin = 10 * time.Second
	confirmEvery  = 20 * time.Millisecond
)

// RegisterProcess enters a serving process under an id of its own choice. name
// is what people read ("web-1, pid 4711"). Rows that have long been silent go.
func (db *DB) RegisterProcess(ctx context.Context, id, name string, applied int64) (err error) {
	defer fault.Wrap(&err, "register process %s", id)
	return db.write.run(ctx, nil, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, `DELETE FROM processes WHERE heartbeat < $1`, millis(now.Add(-time.Hour))); err != nil {
			return err
		}
		_, err = s.exec(ctx, `
			INSERT INTO processes (id, name, started, heartbeat, applied)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, started = excluded.started,
				heartbeat = excluded.heartbeat, applied = excluded.applied`,
			id, name, millis(now), millis(now), applied)
		return err
	})
}

// Heartbeat says that the process is alive and has applied all events up to
// applied. A process whose row has gone meanwhile gets a NotFound fault: it has
// to drop what it kept and register again.
func (db *DB) Heartbeat(ctx context.Context, id string, applied int64) (err error) {
	defer fault.Wrap(&err, "heartbeat of process %s", id)
	return db.write.run(ctx, nil, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		res, err := s.exec(ctx, `
			UPDATE processes
			SET heartbeat = $2, applied = CASE WHEN applied < $3 THEN $3 ELSE applied END
			WHERE id = $1`, id, millis(now), applied)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.NotFound, "process %s is not registered", id)
		}
		return nil
	})
}

// DropProcess takes a process out that serves nothing any more.
func (db *DB) DropProcess(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "drop process %s", id)
	return db.write.run(ctx, nil, func(s *session) error {
		_, err := s.exec(ctx, `DELETE FROM processes WHERE id = $1`, id)
		return err
	})
}

// Confirm implements news.Confirmer: it waits until every live process has
// applied event seq, at most 10 seconds.
func (db *DB) Confirm(ctx context.Context, seq int64) (pending []string, err error) {
	defer fault.Wrap(&err, "confirm event %d", seq)
	deadline := time.NewTimer(confirmWithin)
	defer deadline.Stop()
	tick := time.NewTicker(confirmEvery)
	defer tick.Stop()
	for {
		// Also who has gone is told the truth: the question is short.
		if pending, err = db.Pending(context.WithoutCancel(ctx), seq); err != nil || len(pending) == 0 {
			return pending, err
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return pending, nil
		case <-ctx.Done():
			return pending, nil
		}
	}
}

// Pending returns the names of the live processes that have not applied event
// seq yet, at most 100.
func (db *DB) Pending(ctx context.Context, seq int64) (names []string, err error) {
	defer fault.Wrap(&err, "read who has applied event %d", seq)
	now, err := db.clock(ctx, db.reads())
	if err != nil {
		return nil, err
	}
	return collect(scanText)(db.reads().rows(ctx, `
		SELECT name
		FROM processes
		WHERE heartbeat >= $1 AND applied < $2
		ORDER BY name, id
		LIMIT 100`, millis(now.Add(-ProcessAlive)), seq))
}
