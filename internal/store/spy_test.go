package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"strings"
	"sync"
)

// Spy sees the statements that a store reads with.
type Spy struct {
	db *sql.DB

	mu  sync.Mutex
	ran []Ran
}

// Ran is a statement that ran.
type Ran struct {
	Text string
	Args []any
}

// SpyOn puts a spy between db's reads and the database.
func SpyOn(db *DB) *Spy {
	s := &Spy{}
	old := db.read
	at := "file:" + db.url + "?_pragma=query_only(1)"
	if db.dialect.postgres {
		at = db.url
	}
	s.db = sql.OpenDB(spyConnector{driver: old.Driver(), at: at, spy: s})
	s.db.SetMaxOpenConns(1)
	db.read = newPool(s.db, db.dialect)
	old.close()
	return s
}

// Take returns what ran since the last call.
func (s *Spy) Take() []Ran {
	s.mu.Lock()
	defer s.mu.Unlock()
	ran := s.ran
	s.ran = nil
	return ran
}

// Plan returns SQLite's plan for a statement, a step a line. See Steps for
// PostgreSQL.
func (s *Spy) Plan(ctx context.Context, r Ran) (string, error) {
	rows, err := s.db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+r.Text, r.Args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return "", err
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, "\n"), rows.Err()
}

// Step is a step of PostgreSQL's plan with what it went through in each of its
// loops.
type Step struct {
	Type      string  `json:"Node Type"`
	Rows      float64 `json:"Actual Rows"`
	Filtered  float64 `json:"Rows Removed by Filter"`
	Rechecked float64 `json:"Rows Removed by Index Recheck"`
	Loops     float64 `json:"Actual Loops"`
	Plans     []Step
}

// Steps runs a statement on PostgreSQL and returns the steps of its plan, and the
// plan as PostgreSQL writes it.
func (s *Spy) Steps(ctx context.Context, r Ran) (steps []Step, plan string, err error) {
	if err := s.db.QueryRowContext(ctx, "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, FORMAT JSON) "+r.Text, r.Args...).Scan(&plan); err != nil {
		return nil, "", err
	}
	var tops []struct{ Plan Step }
	if err := json.Unmarshal([]byte(plan), &tops); err != nil {
		return nil, plan, err
	}
	var walk func(Step)
	walk = func(step Step) {
		steps = append(steps, step)
		for _, below := range step.Plans {
			walk(below)
		}
	}
	for _, top := range tops {
		walk(top.Plan)
	}
	return steps, plan, nil
}

func (s *Spy) note(text string, args []driver.NamedValue) {
	if strings.HasPrefix(text, "EXPLAIN") {
		return
	}
	r := Ran{Text: text}
	for _, a := range args {
		r.Args = append(r.Args, a.Value)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ran = append(s.ran, r)
}

type spyConnector struct {
	driver driver.Driver
	at     string
	spy    *Spy
}

func (c spyConnector) Driver() driver.Driver { return c.driver }

func (c spyConnector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.at)
	if err != nil {
		return nil, err
	}
	return spyConn{conn, c.spy}, nil
}

// spyConn passes what database/sql needs; without QueryContext it prepares all.
type spyConn struct {
	driver.Conn
	spy *Spy
}

func (c spyConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	b, ok := c.Conn.(driver.ConnBeginTx)
	if !ok {
		return nil, errors.New("the driver begins no transactions")
	}
	return b.BeginTx(ctx, o)
}

// CheckNamedValue lets the driver take what it takes of itself: PostgreSQL's takes
// lists.
func (c spyConn) CheckNamedValue(v *driver.NamedValue) error {
	if own, ok := c.Conn.(driver.NamedValueChecker); ok {
		return own.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c spyConn) Prepare(text string) (driver.Stmt, error) {
	st, err := c.Conn.Prepare(text)
	return spyStmt{st, text, c.spy}, err
}

type spyStmt struct {
	driver.Stmt
	text string
	spy  *Spy
}

func (s spyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.spy.note(s.text, args)
	q, ok := s.Stmt.(driver.StmtQueryContext)
	if !ok {
		return nil, errors.New("the driver's statements take no context")
	}
	return q.QueryContext(ctx, args)
}
