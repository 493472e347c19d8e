package store

import (
	"context"
	"math"
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
	// silentGrace is longer than the time between two heartbeats of a process.
	// Nobody is taken out within it, whatever speaks against him.
	silentGrace = 3 * time.Second
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
		others, err := laggards(ctx, s, math.MaxInt64)
		if err != nil {
			return err
		}
		for _, p := range others {
			if p.heartbeat < millis(now.Add(-silentGrace)) && ended(p.mark) {
				if err := dropSilent(ctx, s, p); err != nil {
					return err
				}
			}
		}
		_, err = s.exec(ctx, `
			INSERT INTO processes (id, name, mark, started, heartbeat, applied)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, mark = excluded.mark,
				started = excluded.started, heartbeat = excluded.heartbeat, applied = excluded.applied`,
			id, name, ownMark(), millis(now), millis(now), applied)
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
// applied event seq, at most 10 seconds. A process whose last heartbeat is old
// may be gone, or the clock was moved: it gets the time of one heartbeat to
// show that it lives, and is taken out if it does not. So is one that is known
// to have ended: a machine that was copied while it ran has its twin's marks,
// but not its heartbeats.
func (db *DB) Confirm(ctx context.Context, seq int64) (pending []string, err error) {
	defer fault.Wrap(&err, "confirm event %d", seq)
	asked := context.WithoutCancel(ctx) // also who has gone is told the truth
	deadline := time.NewTimer(confirmWithin)
	defer deadline.Stop()
	tick := time.NewTicker(confirmEvery)
	defer tick.Stop()
	start := time.Now()
	seen := map[string]int64{} // heartbeats at the first look
	for {
		late, err := laggards(asked, db.reads(), seq)
		if err != nil {
			return pending, err
		}
		now, err := db.clock(asked, db.reads())
		if err != nil {
			return pending, err
		}
		pending = pending[:0]
		for _, p := range late {
			first, again := seen[p.id]
			if !again {
				seen[p.id], first = p.heartbeat, p.heartbeat
			}
			if !p.gone(now, p.heartbeat == first && time.Since(start) >= silentGrace) {
				pending = append(pending, p.name)
				continue
			}
			err := db.write.run(asked, nil, func(s *session) error { return dropSilent(asked, s, p) })
			if err != nil {
				return pending, err
			}
		}
		if len(pending) == 0 {
			return nil, nil
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

// process is a row of processes, as far as Confirm reads it.
type process struct {
	id, name, mark string
	heartbeat      int64
}

func scanProcess(r scanner) (p process, err error) {
	err = r.Scan(&p.id, &p.name, &p.mark, &p.heartbeat)
	return p, err
}

// gone reports whether a process serves nothing any more. watched says that it
// was given the time of a heartbeat and did not show itself.
func (p process) gone(now time.Time, watched bool) bool {
	switch {
	case p.heartbeat < millis(now.Add(-ProcessAlive)):
		return watched
	case p.heartbeat < millis(now.Add(-silentGrace)) || watched:
		return ended(p.mark)
	default:
		return false
	}
}

// laggards are the processes that have not applied event seq, at most 100. The
// table has a row for each serving process.
func laggards(ctx context.Context, s *session, seq int64) ([]process, error) {
	return collect(scanProcess)(s.rows(ctx, `
		SELECT id, name, mark, heartbeat
		FROM processes
		WHERE applied < $1
		ORDER BY name, id
		LIMIT 100`, seq))
}

// dropSilent takes a process out unless it has shown itself meanwhile. One that
// lives after all finds its row gone at its next heartbeat and registers again.
func dropSilent(ctx context.Context, s *session, p process) error {
	_, err := s.exec(ctx, `DELETE FROM processes WHERE id = $1 AND heartbeat = $2`, p.id, p.heartbeat)
	return err
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
