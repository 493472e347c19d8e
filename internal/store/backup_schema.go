package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// The kinds of columns that a backup knows; see Column.
const (
	KindInteger = "integer"
	KindNumber  = "number"
	KindText    = "text"
	KindBytes   = "bytes"
)

// Column is one column of a table, as a backup sees it: its values are int64,
// float64, string or []byte by its kind, or nil.
type Column struct {
	Name string
	Kind string

	flag     bool // a boolean of PostgreSQL, which a backup keeps as 0 or 1
	identity bool // PostgreSQL numbers it
}

// Table is one table of the schema, as a backup sees it.
type Table struct {
	Name    string
	Columns []Column
	Rows    int64

	key []string // columns of the primary key, in its order
}

// columnList returns the columns' names for a statement.
func (t *Table) columnList() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quote(c.Name)
	}
	return strings.Join(names, ", ")
}

// quote makes a name of the schema fit for a statement on both engines.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// kindsOf are the kinds of the declared types that the schema uses. A type that
// is not here has no portable form: use milliseconds for times, TEXT for JSON.
var kindsOf = map[string]string{
	"INTEGER": KindInteger, "BIGINT": KindInteger, "SMALLINT": KindInteger, "BOOLEAN": KindInteger,
	"DOUBLE PRECISION": KindNumber, "REAL": KindNumber,
	"TEXT": KindText, "CHARACTER VARYING": KindText,
	"BLOB": KindBytes, "BYTEA": KindBytes,
}

// readSchema returns the tables that are really there, by their names.
// Generated columns are left out: the database fills them.
func readSchema(ctx context.Context, s *session) (map[string]*Table, error) {
	if s.postgres {
		return schemaPostgres(ctx, s)
	}
	return schemaSQLite(ctx, s)
}

type schemaRow struct {
	table, column, declared string
	key                     int64 // place in the primary key, from 1
	identity                bool
}

func schemaSQLite(ctx context.Context, s *session) (map[string]*Table, error) {
	// Shadow tables belong to their virtual ones.
	return schemaOf(s.tx.QueryContext(ctx, `
		SELECT t.name, c.name, c.type, c.pk, false
		FROM pragma_table_list AS t
		JOIN pragma_table_xinfo(t.name) AS c
		WHERE t.schema = 'main'
		  AND t.type IN ('table', 'virtual')
		  AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~'
		  AND (c.hidden = 0 OR t.type = 'virtual')
		ORDER BY t.name, c.cid`))
}

func schemaPostgres(ctx context.Context, s *session) (map[string]*Table, error) {
	return schemaOf(s.tx.QueryContext(ctx, `
		SELECT c.table_name::text, c.column_name::text, c.data_type::text,
			coalesce((
				SELECT array_position(i.indkey::int2[], a.attnum) + 1
				FROM pg_index AS i
				JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attname = c.column_name
				WHERE i.indrelid = to_regclass(quote_ident(c.table_name)) AND i.indisprimary), 0),
			c.is_identity = 'YES'
		FROM information_schema.columns AS c
		JOIN information_schema.tables AS t USING (table_schema, table_name)
		WHERE t.table_schema = current_schema()
		  AND t.table_type = 'BASE TABLE'
		  AND c.is_generated = 'NEVER'
		ORDER BY c.table_name, c.ordinal_position`))
}

// schemaOf reads the columns of all tables. It decides nothing about kinds of
// tables that no backup touches.
func schemaOf(rows *sql.Rows, err error) (map[string]*Table, error) {
	list, err := collect(func(r scanner) (c schemaRow, err error) {
		err = r.Scan(&c.table, &c.column, &c.declared, &c.key, &c.identity)
		return c, err
	})(rows, err)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	tables := map[string]*Table{}
	keys := map[string][]schemaRow{}
	for _, c := range list {
		t := tables[c.table]
		if t == nil {
			t = &Table{Name: c.table}
			tables[c.table] = t
		}
		declared := strings.ToUpper(c.declared)
		t.Columns = append(t.Columns, Column{Name: c.column, Kind: kindsOf[declared], flag: declared == "BOOLEAN", identity: c.identity})
		if c.key > 0 {
			keys[c.table] = append(keys[c.table], c)
		}
	}
	for name, list := range keys {
		slices.SortFunc(list, func(a, b schemaRow) int { return int(a.key - b.key) })
		for _, c := range list {
			tables[name].key = append(tables[name].key, c.column)
		}
	}
	return tables, nil
}

// carriedTables returns the tables whose rows a backup keeps, by name. An error
// names a column that has no portable form.
func carriedTables(ctx context.Context, s *session) ([]Table, error) {
	schema, err := readSchema(ctx, s)
	if err != nil {
		return nil, err
	}
	if !s.postgres {
		schema["reads"] = readsTable()
	}
	var list []Table
	for name, t := range schema {
		if c, ok := cares[name]; !ok || !c.carried() {
			continue
		}
		for _, col := range t.Columns {
			if col.Kind == "" {
				return nil, fmt.Errorf("the column %s.%s has a type that a backup cannot keep", name, col.Name)
			}
		}
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// readsTable describes the counters, which SQLite keeps in a file of their own.
func readsTable() *Table {
	return &Table{Name: "reads", key: []string{"hour", "story_id"}, Columns: []Column{
		{Name: "hour", Kind: KindInteger}, {Name: "story_id", Kind: KindInteger}, {Name: "n", Kind: KindInteger}}}
}
