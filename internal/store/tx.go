package store

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
)

// pool is a set of connections with the statements that are prepared on them.
type pool struct {
	*sql.DB
	dialect
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt // by text; SQLite only: pgx keeps its own

	ran atomic.Uint64 // statements that were run
}

// Statements returns how many statements were run since the database was
// opened, those of transactions included.
func (db *DB) Statements() uint64 {
	n := db.write.ran.Load()
	if db.read != db.write {
		n += db.read.ran.Load()
	}
	return n
}

func newPool(db *sql.DB, d dialect) *pool {
	return &pool{DB: db, dialect: d, stmts: map[string]*sql.Stmt{}}
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for text, s := range p.stmts {
		s.Close()
		delete(p.stmts, text)
	}
	return p.DB.Close()
}

func (p *pool) prepared(text string) *sql.Stmt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.stmts[text]
}

// prepare keeps a statement for later. It needs a free connection, so nobody
// may call it who holds one: with the one writer it would wait for ever.
func (p *pool) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := p.prepared(text); s != nil {
		return s, nil
	}
	s, err := p.DB.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.stmts[text]; old != nil {
		s.Close()
		return old, nil
	}
	p.stmts[text] = s
	return s, nil
}

// session runs statements: inside a transaction, or, with a nil tx, each by
// itself on some connection of the pool. Texts must come from a bounded set,
// since on SQLite they stay prepared; lists are one parameter (dialect.inIDs)
// or come in fixed sizes (insertRows).
type session struct {
	*pool
	tx *sql.Tx
	// viewing: the transaction only reads, and locks nothing.
	viewing bool
	local   map[string]*sql.Stmt // the statements of this transaction
	fresh   []string             // texts that were not prepared before it
}

// reads returns a session without a transaction for a method that needs one
// query only.
func (db *DB) reads() *session { return &session{pool: db.read} }

func (s *session) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if s.tx == nil {
		return s.prepare(ctx, text)
	}
	if st := s.local[text]; st != nil {
		return st, nil
	}
	var st *sql.Stmt
	if kept := s.prepared(text); kept != nil {
		st = s.tx.StmtContext(ctx, kept)
	} else {
		var err error
		if st, err = s.tx.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
		s.fresh = append(s.fresh, text)
	}
	if s.local == nil {
		s.local = map[string]*sql.Stmt{}
	}
	s.local[text] = st
	return st, nil
}

// exec runs a statement that returns no rows.
func (s *session) exec(ctx context.Context, text string, args ...any) (res sql.Result, err error) {
	s.ran.Add(1)
	switch {
	case !s.postgres:
		var st *sql.Stmt
		if st, err = s.stmt(ctx, text); err == nil {
			res, err = st.ExecContext(ctx, args...)
		}
	case s.tx != nil:
		res, err = s.tx.ExecContext(ctx, text, args...)
	default:
		res, err = s.DB.ExecContext(ctx, text, args...)
	}
	return res, s.explain(err)
}

// rows runs a query. The caller reads it through collect, which closes it, or
// closes it itself.
func (s *session) rows(ctx context.Context, text string, args ...any) (rows *sql.Rows, err error) {
	s.ran.Add(1)
	switch {
	case !s.postgres:
		var st *sql.Stmt
		if st, err = s.stmt(ctx, text); err == nil {
			rows, err = st.QueryContext(ctx, args...)
		}
	case s.tx != nil:
		rows, err = s.tx.QueryContext(ctx, text, args...)
	default:
		rows, err = s.DB.QueryContext(ctx, text, args...)
	}
	return rows, s.explain(err)
}

// row is one row, or the error that there is none.
type row struct {
	*sql.Row
	dialect
	err error
}

// Scan copies the columns; sql.ErrNoRows if there was no row.
func (r row) Scan(dest ...any) error {
	if r.err != nil {
		return r.explain(r.err)
	}
	return r.explain(r.Row.Scan(dest...))
}

// row runs a query for at most one row.
func (s *session) row(ctx context.Context, text string, args ...any) row {
	s.ran.Add(1)
	r := row{dialect: s.dialect}
	switch {
	case !s.postgres:
		var st *sql.Stmt
		if st, r.err = s.stmt(ctx, text); r.err == nil {
			r.Row = st.QueryRowContext(ctx, args...)
		}
	case s.tx != nil:
		r.Row = s.tx.QueryRowContext(ctx, text, args...)
	default:
		r.Row = s.DB.QueryRowContext(ctx, text, args...)
	}
	return r
}

// view runs fn in a transaction that sees one state of the database.
func (db *DB) view(ctx context.Context, fn func(*session) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.dialect.postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	return db.read.run(ctx, opts, fn)
}

// run is one transaction on the pool.
func (p *pool) run(ctx context.Context, opts *sql.TxOptions, fn func(*session) error) (err error) {
	tx, err := p.DB.BeginTx(ctx, opts)
	if err != nil {
		return p.explain(err)
	}
	s := &session{pool: p, tx: tx, viewing: opts != nil && opts.ReadOnly}
	done := false
	defer func() {
		if !done {
			tx.Rollback() // after an error or a panic; its own error says nothing new
		}
		// Only now is the connection free to prepare on.
		for _, text := range s.fresh {
			if _, e := p.prepare(context.WithoutCancel(ctx), text); e != nil {
				break // a table that the failed transaction made: prepared another time
			}
		}
	}()
	if err := fn(s); err != nil {
		if ctx.Err() != nil && errors.Is(err, sql.ErrTxDone) {
			return ctx.Err()
		}
		return err
	}
	done = true
	return p.explain(tx.Commit())
}

// attempts is how often a transaction is begun that others got in the way of.
const attempts = 6

// change runs fn and writes its outcome in one transaction, the event row as
// the last statement, and wakes this process's followers after the commit. It
// returns the event's number, 0 without tags. fn may run again after a
// serialization failure.
func (db *DB) change(ctx context.Context, fn func(context.Context, *session) (change.Outcome, error)) (seq int64, err error) {
	for try := 1; ; try++ {
		err = db.write.run(ctx, nil, func(s *session) error {
			ctx := db.dialect.inner(ctx)
			out, err := fn(ctx, s)
			if err != nil {
				return err
			}
			seq, err = db.writeOutcome(ctx, s, out)
			return err
		})
		if err == nil {
			break
		}
		if try == attempts || !db.dialect.isTransient(err) {
			return 0, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(time.Duration(1+rand.IntN(10*try)) * time.Millisecond):
		}
	}
	if seq != 0 {
		db.poke()
	}
	return seq, nil
}

// inner returns the context for the statements of a write: on SQLite one that
// cannot end, since a statement there is short and watching a context costs a
// goroutine for each; the transaction still ends with ctx.
func (d dialect) inner(ctx context.Context) context.Context {
	if d.postgres {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// again wraps an error after which the transaction is worth another attempt.
type again struct{ error }

func (e again) Unwrap() error { return e.error }

// notFound returns a NotFound fault for sql.ErrNoRows and err itself otherwise.
func notFound(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, format, args...)
	}
	return err
}
