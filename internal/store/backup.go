package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"warta/internal/fault"
	"warta/internal/media"
)

// Snapshot is one state of the whole database, for a backup. It ends with the
// function that it was given to.
type Snapshot struct {
	Schema int64 // number of the newest migration
	Event  int64 // number of the newest event
	// Sequences are the numbers that were given out last, by table, as far as
	// the engine keeps them apart from the rows.
	Sequences map[string]int64

	s      *session
	counts reader // of the counters: SQLite keeps them in another file
	tables []Table
}

// reader is a transaction, or a pool.
type reader interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// Snapshot calls read with one state of the database. Others may write
// meanwhile; on SQLite the log beside the file grows by what they write, and the
// counters, which may be lost, are as they are when they are read.
func (db *DB) Snapshot(ctx context.Context, read func(*Snapshot) error) (err error) {
	defer fault.Wrap(&err, "read a snapshot")
	counts, err := db.counterPool(ctx)
	if err != nil {
		return err
	}
	return db.view(ctx, func(s *session) error {
		sn := &Snapshot{s: s, counts: s.tx}
		if !s.postgres {
			sn.counts = counts.DB
		}
		if err := sn.head(ctx); err != nil {
			return err
		}
		return read(sn)
	})
}

// head reads what the snapshot says of itself; with its first statement the
// state stands.
func (sn *Snapshot) head(ctx context.Context) (err error) {
	if err := sn.s.row(ctx, `SELECT max(version_id) FROM schema_versions WHERE is_applied`).Scan(&sn.Schema); err != nil {
		return err
	}
	if err := sn.s.row(ctx, `
		SELECT coalesce(max(seq), (SELECT max(value) FROM marks WHERE name = $1), 0)
		FROM events`, markTrimmed).Scan(&sn.Event); err != nil {
		return err
	}
	if sn.tables, err = carriedTables(ctx, sn.s); err != nil {
		return err
	}
	sn.Sequences, err = sequences(ctx, sn.s, sn.tables)
	return err
}

// sequences returns the numbers that PostgreSQL gave out last for the identity
// columns. SQLite goes on above the highest row.
func sequences(ctx context.Context, s *session, tables []Table) (map[string]int64, error) {
	if !s.postgres {
		return nil, nil
	}
	last := map[string]int64{}
	for _, t := range tables {
		for _, c := range t.Columns {
			if !c.identity {
				continue
			}
			var n sql.NullInt64
			if err := s.tx.QueryRowContext(ctx, `
				SELECT last_value
				FROM pg_sequences
				WHERE format('%I.%I', schemaname, sequencename) = pg_get_serial_sequence(quote_ident($1), $2)
				   OR format('%s.%s', schemaname, sequencename) = pg_get_serial_sequence(quote_ident($1), $2)`,
				t.Name, c.Name).Scan(&n); err != nil {
				return nil, fmt.Errorf("read the sequence of %s: %w", t.Name, err)
			}
			if n.Valid {
				last[t.Name] = n.Int64
			}
		}
	}
	return last, nil
}

// Tables returns the tables whose rows are kept, with their number of rows.
func (sn *Snapshot) Tables(ctx context.Context) (_ []Table, err error) {
	defer fault.Wrap(&err, "count the rows")
	list := slices.Clone(sn.tables)
	for i := range list {
		t := &list[i]
		if err := sn.of(t.Name).QueryRowContext(ctx, `SELECT count(*) FROM `+quote(t.Name)).Scan(&t.Rows); err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return list, nil
}

// of returns what reads a table.
func (sn *Snapshot) of(table string) reader {
	if table == "reads" {
		return sn.counts
	}
	return sn.s.tx
}

// Rows calls each for every row of a table, in the order of its primary key.
// The slice is used again for the next row.
func (sn *Snapshot) Rows(ctx context.Context, name string, each func(row []any) error) (err error) {
	defer fault.Wrap(&err, "read table %s", name)
	i := slices.IndexFunc(sn.tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return fault.New(fault.NotFound, "there is no table %q", name)
	}
	t := &sn.tables[i]
	text := `SELECT ` + t.columnList() + ` FROM ` + quote(name)
	if len(t.key) > 0 {
		text += ` ORDER BY "` + strings.Join(t.key, `", "`) + `"`
	}
	rows, err := sn.of(name).QueryContext(ctx, text) // not kept prepared: it runs once
	if err != nil {
		return sn.s.explain(err)
	}
	defer rows.Close()
	row, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, c := range t.Columns {
			if row[i], err = portable(row[i], c.Kind); err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return sn.s.explain(rows.Err())
}

// portable returns a value in the one form of its kind. SQLite keeps what it
// was given whatever a column is declared as, so it is looked at.
func portable(v any, kind string) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case bool:
		if kind == KindInteger {
			return flag(x), nil
		}
	case int64:
		switch kind {
		case KindInteger:
			return x, nil
		case KindNumber:
			return float64(x), nil
		}
	case float64:
		if kind == KindNumber {
			return x, nil
		}
	case string:
		switch kind {
		case KindText:
			return x, nil
		case KindBytes:
			return []byte(x), nil
		}
	case []byte:
		switch kind {
		case KindText:
			return string(x), nil
		case KindBytes:
			return x, nil
		}
	}
	return nil, fmt.Errorf("a value of type %T in a column of kind %s", v, kind)
}

// Pictures calls each for every picture, with the columns that say where its
// original is: ID, Hash and MIME.
func (sn *Snapshot) Pictures(ctx context.Context, each func(media.Picture) error) (err error) {
	defer fault.Wrap(&err, "read the pictures")
	rows, err := sn.s.tx.QueryContext(ctx, `SELECT id, hash, mime FROM pictures ORDER BY id`)
	if err != nil {
		return sn.s.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p media.Picture
		if err := rows.Scan(&p.ID, &p.Hash, &p.MIME); err != nil {
			return err
		}
		if err := each(p); err != nil {
			return err
		}
	}
	return sn.s.explain(rows.Err())
}
