// Package store gives the database: every row that Warta keeps, in SQLite or
// PostgreSQL behind one API. It hides all SQL and holds no rules: it writes
// what the areas decided, in one transaction with the event that tells others.
package store

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
)

// JobInserter puts jobs into the queue in the transaction of the change that
// asked for them.
type JobInserter interface {
	InsertTx(ctx context.Context, tx *sql.Tx, jobs []change.Job) error
}

// DB is an open database. Its exported methods are one transaction each.
type DB struct {
	dialect dialect
	write   *pool // SQLite: one connection, immediate transactions
	read    *pool // PostgreSQL: the same as write
	url     string
	log     *slog.Logger
	now     func() time.Time // nil: the database's clock
	counts  counters

	mu    sync.Mutex
	jobs  JobInserter
	pokes map[chan struct{}]bool // the followers of this process, see event.go
}

// UseJobs names the queue that takes the jobs of later changes. Without one a
// change that asks for a job fails, and nothing of it is kept.
func (db *DB) UseJobs(j JobInserter) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.jobs = j
}

// Handle returns the pool that writes, for the job queue, which keeps its rows
// in the same database. On SQLite it has one connection: whoever holds a
// transaction must not ask it for another.
func (db *DB) Handle() *sql.DB { return db.write.DB }

// Pools returns the pools of connections by what they are for. On PostgreSQL one
// does both.
func (db *DB) Pools() map[string]*sql.DB {
	if db.read == db.write {
		return map[string]*sql.DB{"all": db.write.DB}
	}
	return map[string]*sql.DB{"read": db.read.DB, "write": db.write.DB}
}

// ReadHandle returns the pool that reads; see Handle.
func (db *DB) ReadHandle() *sql.DB { return db.read.DB }

// URL returns where the database is: a path, or an address as it was given,
// with its password.
func (db *DB) URL() string { return db.url }

// Close ends all connections. Nothing may be in flight.
func (db *DB) Close() error {
	err := db.read.close()
	if db.counts.pool != nil {
		db.counts.pool.close() // counts that may be lost: its error says nothing that matters
	}
	if db.write != db.read {
		if e := db.write.close(); err == nil {
			err = e
		}
	}
	return err
}

// Now returns the database's clock in UTC, to the millisecond.
func (db *DB) Now(ctx context.Context) (_ time.Time, err error) {
	defer fault.Wrap(&err, "read the clock")
	return db.clock(ctx, db.reads())
}

// clock reads the clock on the connection of q: inside a transaction another
// one might not be free.
func (db *DB) clock(ctx context.Context, q *session) (time.Time, error) {
	if db.now != nil {
		return fromMillis(millis(db.now())), nil
	}
	if !db.dialect.postgres {
		return fromMillis(millis(time.Now())), nil
	}
	var ms int64
	err := q.row(ctx, `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint`).Scan(&ms)
	return fromMillis(ms), err
}
