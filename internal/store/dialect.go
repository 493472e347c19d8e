package store

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"warta/internal/fault"
)

// dialect is where the two engines differ, search and notification aside
// (search_project.go, search.go, event.go). The zero value is SQLite.
type dialect struct {
	postgres bool
	lost     *atomic.Int64 // PostgreSQL: when a connection last broke, Unix nanoseconds
}

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

// forShare is forUpdate for rows that are only relied on.
func (d dialect) forShare() string {
	if d.postgres {
		return " FOR SHARE"
	}
	return ""
}

// each returns what stands behind CROSS JOIN where the rows of a table that fit a
// condition are to be looked up for each row on the left: SQLite keeps the order
// of a CROSS JOIN, PostgreSQL would rather read both sides whole and is bound by
// LATERAL and an OFFSET.
func (d dialect) each(table, condition string) string {
	if d.postgres {
		return `LATERAL (SELECT * FROM ` + table + ` WHERE ` + condition + ` OFFSET 0) AS ` + table
	}
	return table + ` ON ` + condition
}

// replanned returns the arguments of a query that PostgreSQL must plan for the
// values at hand each time: a rare word of a search goes by another way than a
// common one, and a kept plan knows neither.
func (d dialect) replanned(args ...any) []any {
	if d.postgres {
		return append([]any{pgx.QueryExecModeCacheDescribe}, args...)
	}
	return args
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

// explain turns what an operator can do something about into an Unavailable
// fault, and returns any other error as it is.
func (d dialect) explain(err error) error {
	if err == nil {
		return nil
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff { // the rest of the number is a detail
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return fault.New(fault.Unavailable, "the database is busy; try again: %w", err)
		case sqlite3.SQLITE_FULL:
			return fault.New(fault.Unavailable, "the disk of the database is full: %w", err)
		case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
			return fault.New(fault.Unavailable, "the database file cannot be read or written: %w", err)
		}
		return err
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	var pg *pgconn.PgError
	gone := errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF)
	if errors.As(err, &pg) {
		// Connection exceptions, lack of resources, a server that is stopping.
		gone = strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "57P")
	}
	if gone {
		if d.lost != nil {
			d.lost.Store(time.Now().UnixNano())
		}
		return fault.New(fault.Unavailable, "PostgreSQL does not answer: %w", err)
	}
	return err
}

// toJSON returns a list of texts as JSON; it always has a form.
func toJSON(list []string) string {
	b, _ := json.Marshal(list)
	return string(b)
}
