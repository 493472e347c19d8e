package store

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is where the two engines differ, search and notification aside
// (search_project.go, search.go, event.go). The zero value is SQLite.
type dialect struct{ postgres bool }

// inIDs returns the right side of a comparison with the list of ids that is
// parameter n: `WHERE id `+d.inIDs(1). Its argument is d.ids(list).
func (d dialect) inIDs(n int) string {
	if d.postgres {
		return "= ANY($" + strconv.Itoa(n) + "::bigint[])"
	}
	return "IN (SELECT value FROM json_each($" + strconv.Itoa(n) + "))"
}

// inTexts is inIDs for texts. Its argument is d.texts(list).
func (d dialect) inTexts(n int) string {
	if d.postgres {
		return "= ANY($" + strconv.Itoa(n) + "::text[])"
	}
	return "IN (SELECT value FROM json_each($" + strconv.Itoa(n) + "))"
}

// numbers returns a table with one column n, the numbers of the list that is
// parameter n: `FROM `+d.numbers(1). Its argument is d.ids(list).
func (d dialect) numbers(n int) string {
	if d.postgres {
		return "unnest($" + strconv.Itoa(n) + "::bigint[]) AS numbers (n)"
	}
	return "(SELECT value AS n FROM json_each($" + strconv.Itoa(n) + ")) AS numbers"
}

// ids returns the argument for inIDs and numbers.
func (d dialect) ids(list []int64) any {
	if d.postgres {
		return list
	}
	b := make([]byte, 0, 2+len(list)*8)
	b = append(b, '[')
	for i, id := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, ']'))
}

// texts returns the argument for inTexts.
func (d dialect) texts(list []string) any {
	if d.postgres {
		return list
	}
	return toJSON(list)
}

// forUpdate returns the clause that locks the rows which a change has read.
// SQLite has one writer, who already holds the whole database.
func (d dialect) forUpdate() string {
	if d.postgres {
		return " FOR UPDATE"
	}
	return ""
}

// isUnique reports whether err says that a row with this key exists already.
func (d dialect) isUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) &&
		(lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// isTransient reports whether the same transaction may succeed when it is run
// again: after a serialization failure or a deadlock, or where the writer said
// so (again).
func (d dialect) isTransient(err error) bool {
	var repeat again
	if errors.As(err, &repeat) {
		return true
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// toJSON returns a list of texts as JSON; it always has a form.
func toJSON(list []string) string {
	b, _ := json.Marshal(list)
	return string(b)
}
