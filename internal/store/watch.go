package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"warta/internal/fault"
)

// How often followers look without being told.
const (
	pollEvery   = 100 * time.Millisecond // SQLite: PRAGMA data_version, which reads no page
	safetyEvery = time.Second            // PostgreSQL: in case a notification was lost
	dialTimeout = 10 * time.Second       // PostgreSQL: for a first answer of the server
)

// channel is the name under which PostgreSQL tells of events.
const channel = "warta_events"

// Watch returns a channel that receives when there may be new events: at once
// for a change of this process, and for those of others within a second
// (PostgreSQL) or 100 ms (SQLite). It may receive for nothing. It ends with ctx
// and is closed then; whoever asked reads until that.
func (db *DB) Watch(ctx context.Context) (_ <-chan struct{}, err error) {
	defer fault.Wrap(&err, "watch for events")
	ch := make(chan struct{}, 1)
	wait := db.listen
	if !db.dialect.postgres {
		conn, err := db.read.DB.Conn(ctx) // the number is counted per connection
		if err != nil {
			return nil, err
		}
		wait = func(ctx context.Context, tell func()) {
			defer conn.Close()
			var seen int64
			failing := false
			tick := time.NewTicker(pollEvery)
			defer tick.Stop()
			for {
				var version int64
				err := conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&version)
				if err != nil && !failing && ctx.Err() == nil {
					db.log.Warn("cannot look for changes, trying again", "err", err)
				}
				failing = err != nil
				if !failing && version != seen {
					seen = version
					tell()
				}
				select {
				case <-tick.C:
				case <-ctx.Done():
					return
				}
			}
		}
	}
	db.mu.Lock()
	db.pokes[ch] = true
	db.mu.Unlock()
	go func() {
		wait(ctx, func() {
			select {
			case ch <- struct{}{}:
			default: // one is waiting already
			}
		})
		db.mu.Lock()
		delete(db.pokes, ch)
		db.mu.Unlock()
		close(ch)
	}()
	return ch, nil
}

// listen waits for PostgreSQL's notifications until ctx ends, and connects anew
// when the connection is lost.
func (db *DB) listen(ctx context.Context, tell func()) {
	silent := false // one line says it, however long the server is away
	for ctx.Err() == nil {
		heard, err := db.listenOnce(ctx, tell)
		silent = silent && !heard
		if err != nil && !silent && ctx.Err() == nil {
			db.log.Warn("the connection that listens for changes was lost; connecting again", "err", err)
			silent = true
		}
		tell() // what came in between
		select {
		case <-time.After(safetyEvery):
		case <-ctx.Done():
		}
	}
}

// listenOnce listens on one connection until it is lost. heard says that there
// was one.
func (db *DB) listenOnce(ctx context.Context, tell func()) (heard bool, err error) {
	dial, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := pgx.Connect(dial, db.url)
	if err != nil {
		return false, err
	}
	defer func() {
		// A server that is away does not say goodbye either.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		conn.Close(end)
	}()
	if _, err := conn.Exec(dial, "LISTEN "+channel); err != nil {
		return false, err
	}
	for {
		tell()
		wait, cancel := context.WithTimeout(ctx, safetyEvery)
		_, err := conn.WaitForNotification(wait)
		late := wait.Err() != nil && ctx.Err() == nil
		cancel()
		if err != nil && !late {
			return true, err
		}
	}
}
