package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/pressly/goose/v3"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// A restoration that is under way has a row in a table of its own, outside of
// the schema's versions: while it is there, Open refuses the database. stage
// says how far it came: "rows" until all of them are in, then "rebuild". run
// tells two restorations apart that somebody started at once.
const (
	restorationTable = `CREATE TABLE IF NOT EXISTS restoration (id TEXT NOT NULL, stage TEXT NOT NULL, run TEXT NOT NULL)`
	stageRows        = "rows"
	stageRebuild     = "rebuild"
)

// finished returns a Conflict while a restoration is under way or was broken off.
func (db *DB) finished(ctx context.Context) error {
	stage, _, err := db.restoration(ctx)
	if err == nil && stage != "" {
		err = fault.New(fault.Conflict, "a backup was being restored into this database and that did not come to its end: "+
			"run \"warta restore\" with it again, or begin with another database and data folder")
	}
	return err
}

// restoration returns how far a restoration came, and of which backup; "" if
// there is none.
func (db *DB) restoration(ctx context.Context) (stage, id string, err error) {
	there := `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'restoration'`
	if db.dialect.postgres {
		there = `SELECT count(*) FROM pg_class WHERE oid = to_regclass('restoration')`
	}
	var n int
	if err := db.write.QueryRowContext(ctx, there).Scan(&n); err != nil || n == 0 {
		return "", "", err
	}
	err = db.write.QueryRowContext(ctx, `SELECT stage, id FROM restoration`).Scan(&stage, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", nil
	}
	return stage, id, err
}

// Refill is a database that gets its rows from a backup. Nobody else can open
// it from OpenRefill until Finish.
type Refill struct {
	db  *DB
	run string

	// Loaded says that an earlier run with the same backup was broken off after
	// all rows were in: Finish is all that is left.
	Loaded bool
}

// OpenRefill opens a database in which nobody has worked yet, marks it as being
// restored and brings its schema to the version of the backup, whose name is
// id. One in which a restoration was broken off begins anew. A Conflict says why
// it cannot be.
func OpenRefill(ctx context.Context, o Options, id string, schema int64) (_ *Refill, err error) {
	defer fault.Wrap(&err, "open the database for a backup")
	db, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	r := &Refill{db: db, run: rand.Text()}
	if err := db.dialect.explain(r.open(ctx, id, schema)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return r, nil
}

// Close closes the database, finished or not.
func (r *Refill) Close() error { return r.db.Close() }

func (r *Refill) open(ctx context.Context, id string, schema int64) error {
	stage, begun, err := r.db.restoration(ctx)
	if err != nil {
		return err
	}
	if stage == "" {
		if err := r.db.vacant(ctx); err != nil {
			return err
		}
	}
	if r.Loaded = stage == stageRebuild && begun == id; !r.Loaded {
		if err := r.db.reaches(ctx, schema); err != nil {
			return err
		}
		stage = stageRows
	}
	if err := r.db.write.run(ctx, nil, func(s *session) error {
		for _, step := range []struct {
			text string
			args []any
		}{
			{text: restorationTable},
			{text: `DELETE FROM restoration`},
			{`INSERT INTO restoration (id, stage, run) VALUES ($1, $2, $3)`, []any{id, stage, r.run}},
		} {
			if _, err := s.tx.ExecContext(ctx, step.text, step.args...); err != nil {
				return err
			}
		}
		return nil
	}); err != nil || r.Loaded {
		return err
	}
	return r.db.migrate(ctx, schema)
}

// NewestSchema returns the number of the newest migration that this program
// knows.
func NewestSchema() int64 {
	files, _ := fs.ReadDir(migrations, "migrations/sqlite") // embedded: it is there
	newest := int64(0)
	for _, f := range files {
		if n, err := goose.NumericComponent(f.Name()); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// reaches returns a Conflict unless the database can be brought to a version
// of the schema.
func (db *DB) reaches(ctx context.Context, schema int64) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	current, known, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case current > known:
		return newerSchema(current, known)
	case schema > known:
		return fault.New(fault.Conflict, "the backup has schema %d, and this program knows %d at most: it was made by a newer release; restore it with that one", schema, known)
	case current > schema:
		return fault.New(fault.Conflict, "the database has schema %d already and the backup has %d: restore it into a database without tables "+
			"(SQLite: another data folder)", current, schema)
	}
	return nil
}

// vacant returns a Conflict unless nobody has worked in the database: there are
// no tables yet, or none but the seeded ones has a row.
func (db *DB) vacant(ctx context.Context) error {
	return db.view(ctx, func(s *session) error {
		schema, err := readSchema(ctx, s)
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(cares)) {
			if c := cares[name]; schema[name] == nil || c.seeded || c.foreign || name == "reads" {
				continue
			}
			var n int
			if err := s.tx.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+quote(name)+` LIMIT 1) AS one`).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return fault.New(fault.Conflict, "this place is not empty (%s): a backup is restored into an empty one only. "+
					"Name another --data folder or another --database", name)
			}
		}
		if schema["processes"] == nil {
			return nil
		}
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		var name string
		err = s.row(ctx, `SELECT name FROM processes WHERE heartbeat >= $1 ORDER BY name LIMIT 1`, millis(now.Add(-ProcessAlive))).Scan(&name)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return fault.New(fault.Conflict, "a server runs on this database (%s), or did so within the last %s: stop it first", name, ProcessAlive)
	})
}

// mine moves the mark on, and fails if another restoration has taken over.
func (r *Refill) mine(ctx context.Context, s *session, stage string) error {
	res, err := s.tx.ExecContext(ctx, `UPDATE restoration SET stage = $1 WHERE run = $2`, stage, r.run)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fault.New(fault.Conflict, "another restoration into this database was started meanwhile; this one has ended"))
	}
	return nil
}

// Insert writes rows of one table, in the order of the table's columns.
type Insert func(ctx context.Context, t Table, rows [][]any) error

// Load puts rows in the place of all that is there, in one transaction. fill
// gets what writes them; the tables may come in any order.
func (r *Refill) Load(ctx context.Context, sequences map[string]int64, fill func(context.Context, Insert) error) (err error) {
	defer fault.Wrap(&err, "load the rows")
	counts, err := r.db.counterPool(ctx)
	if err != nil {
		return err
	}
	return r.db.write.run(ctx, nil, func(s *session) error {
		if err := r.mine(ctx, s, stageRebuild); err != nil {
			return err
		}
		schema, err := readSchema(ctx, s)
		if err != nil {
			return err
		}
		again, err := suspendRules(ctx, s)
		if err != nil {
			return err
		}
		if err := clearAll(ctx, s, schema); err != nil {
			return err
		}
		l := &loader{s: s, schema: schema, counts: counts}
		if err := l.clearCounts(ctx); err != nil {
			return err
		}
		if err := fill(r.db.dialect.inner(ctx), l.insert); err != nil {
			return err
		}
		if err := setSequences(ctx, s, schema, sequences); err != nil {
			return err
		}
		for _, text := range again {
			if _, err := s.tx.ExecContext(ctx, text); err != nil {
				return fmt.Errorf("rows of the backup do not fit together: %w", err)
			}
		}
		return ctx.Err()
	})
}

// suspendRules lets rows come in any order and as they are: no trigger runs and
// no foreign key is looked at. It returns the statements that bring them back.
func suspendRules(ctx context.Context, s *session) (again []string, err error) {
	if s.postgres {
		return suspendPostgres(ctx, s)
	}
	// Foreign keys are looked at when the transaction ends.
	if _, err := s.tx.ExecContext(ctx, `PRAGMA defer_foreign_keys = ON`); err != nil {
		return nil, err
	}
	type trigger struct{ name, text string }
	list, err := collect(func(r scanner) (t trigger, err error) {
		err = r.Scan(&t.name, &t.text)
		return t, err
	})(s.tx.QueryContext(ctx, `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`))
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if _, err := s.tx.ExecContext(ctx, `DROP TRIGGER `+quote(t.name)); err != nil {
			return nil, err
		}
		again = append(again, t.text)
	}
	return again, nil
}

func suspendPostgres(ctx context.Context, s *session) (again []string, err error) {
	type key struct{ table, name, definition string }
	list, err := collect(func(r scanner) (k key, err error) {
		err = r.Scan(&k.table, &k.name, &k.definition)
		return k, err
	})(s.tx.QueryContext(ctx, `
		SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
		FROM pg_constraint AS k
		JOIN pg_class AS c ON c.oid = k.conrelid
		WHERE k.contype = 'f'
		  AND k.connamespace = current_schema()::regnamespace
		UNION ALL
		SELECT c.relname, t.tgname, ''
		FROM pg_trigger AS t
		JOIN pg_class AS c ON c.oid = t.tgrelid
		WHERE NOT t.tgisinternal
		  AND c.relnamespace = current_schema()::regnamespace
		ORDER BY 1, 2`))
	if err != nil {
		return nil, err
	}
	for _, k := range list {
		if c, ok := cares[k.table]; !ok || c.foreign {
			continue
		}
		table := `ALTER TABLE ` + quote(k.table)
		off, on := table+` DROP CONSTRAINT `+quote(k.name), table+` ADD CONSTRAINT `+quote(k.name)+` `+k.definition
		if k.definition == "" {
			off, on = table+` DISABLE TRIGGER `+quote(k.name), table+` ENABLE TRIGGER `+quote(k.name)
		}
		if _, err := s.tx.ExecContext(ctx, off); err != nil {
			return nil, err
		}
		again = append(again, on)
	}
	return again, nil
}

// clearAll removes every row but those that a library keeps for itself: the
// first sections of a fresh place, and what a broken restoration left.
func clearAll(ctx context.Context, s *session, schema map[string]*Table) error {
	for name, c := range cares {
		if schema[name] == nil || c.foreign {
			continue
		}
		if c.rebuilt {
			if err := emptyIndex(ctx, s, name); err != nil {
				return fmt.Errorf("clear %s: %w", name, err)
			}
			continue
		}
		if _, err := s.tx.ExecContext(ctx, `DELETE FROM `+quote(name)); err != nil {
			return fmt.Errorf("clear %s: %w", name, err)
		}
	}
	return nil
}

// loader is one Load.
type loader struct {
	s      *session
	schema map[string]*Table
	counts *pool
}

// clearCounts empties SQLite's own file of counters.
func (l *loader) clearCounts(ctx context.Context) error {
	if l.s.postgres {
		return nil
	}
	_, err := l.counts.ExecContext(ctx, `DELETE FROM reads`)
	return err
}

// insert writes rows of a table, which must be here with the same columns.
func (l *loader) insert(ctx context.Context, t Table, rows [][]any) error {
	here := l.schema[t.Name]
	if t.Name == "reads" && !l.s.postgres {
		here = readsTable()
	}
	if c, ok := cares[t.Name]; here == nil || !ok || !c.carried() {
		return fault.Input("backup", "the backup has a table %q that this program does not know in schema of that number", t.Name)
	}
	for i, c := range t.Columns {
		at := slices.IndexFunc(here.Columns, func(h Column) bool { return h.Name == c.Name && h.Kind == c.Kind })
		if at < 0 {
			return fault.Input("backup", "the backup has a column %s.%s that this program does not know in schema of that number", t.Name, c.Name)
		}
		if here.Columns[at].flag {
			for _, row := range rows {
				if n, ok := row[i].(int64); ok {
					row[i] = n != 0
				}
			}
		}
	}
	head := `INSERT INTO ` + quote(t.Name) + ` (` + t.columnList() + `)`
	if t.Name == "reads" && !l.s.postgres {
		return l.counts.run(ctx, &sql.TxOptions{}, func(c *session) error { return c.insertRows(ctx, head, "", rows) })
	}
	return l.s.insertRows(ctx, head, "", rows)
}

// setSequences lets PostgreSQL go on above the highest row and above what was
// given out where the backup was made.
func setSequences(ctx context.Context, s *session, schema map[string]*Table, last map[string]int64) error {
	if !s.postgres {
		return nil // the highest id decides
	}
	for name, t := range schema {
		if c, ok := cares[name]; !ok || c.foreign {
			continue
		}
		for _, c := range t.Columns {
			if !c.identity {
				continue
			}
			if _, err := s.tx.ExecContext(ctx, `
				SELECT setval(pg_get_serial_sequence(quote_ident($1), $2), n)
				FROM (SELECT greatest($3::bigint, max(`+quote(c.Name)+`)) AS n FROM `+quote(name)+`) AS highest
				WHERE n > 0`, name, c.Name, last[name]); err != nil {
				return fmt.Errorf("move the sequence of %s: %w", name, err)
			}
		}
	}
	return nil
}

// Finish brings the schema up to date, fills what is made from other rows, and
// opens the database for everybody. event is the number of the last event where
// the backup was made: later ones go on above it.
func (r *Refill) Finish(ctx context.Context, event int64, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "finish the restoration")
	if err := r.db.migrate(ctx, 0); err != nil {
		return r.db.dialect.explain(err)
	}
	if err := r.db.foldRedirects(ctx); err != nil {
		return r.db.dialect.explain(err)
	}
	if err := r.db.write.run(ctx, nil, func(s *session) error {
		inner := r.db.dialect.inner(ctx)
		if err := r.mine(ctx, s, stageRebuild); err != nil {
			return err
		}
		if err := rebuild(inner, s); err != nil {
			return err
		}
		if err := r.db.resumeEvents(inner, s, event, out.Tags); err != nil {
			return err
		}
		out.Tags, out.Jobs = nil, nil
		if _, err := r.db.writeOutcome(inner, s, out); err != nil {
			return err
		}
		if _, err := s.tx.ExecContext(ctx, `DROP TABLE restoration`); err != nil {
			return err
		}
		return ctx.Err()
	}); err != nil {
		return err
	}
	return r.db.Analyze(ctx)
}

// resumeEvents writes one event above the last number, so that the next one is
// above it too, and says that all before are no longer kept.
func (db *DB) resumeEvents(ctx context.Context, s *session, last int64, tags []string) error {
	now, err := db.clock(ctx, s)
	if err != nil {
		return err
	}
	if _, err := s.exec(ctx, `DELETE FROM events`); err != nil {
		return err
	}
	text := toJSON(append([]string{news.TagSettings}, tags...))
	if _, err := s.exec(ctx, `INSERT INTO events (seq, at, tags) VALUES ($1, $2, $3)`, last+1, millis(now), text); err != nil {
		return err
	}
	if s.postgres {
		if _, err := s.exec(ctx, `SELECT setval(pg_get_serial_sequence('events', 'seq'), $1)`, last+1); err != nil {
			return err
		}
	}
	return writeMark(ctx, s, markTrimmed, last)
}
