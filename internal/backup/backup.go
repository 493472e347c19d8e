// Package backup gives the one format in which a whole site is kept and moved:
// rows by table, files by key, and a manifest with a checksum of each, in a
// folder or a tar file. It is the same whatever database the rows come from and
// go to. It knows no table, no SQL and nothing of what a row means.
package backup

import (
	"context"
	"encoding/hex"
	"time"

	"warta/internal/fault"
)

// Kind is what a column holds.
type Kind string

// The kinds of columns. A row's value is int64, float64, string or []byte by the
// kind of its column, or nil.
const (
	Integer Kind = "integer"
	Number  Kind = "number"
	Text    Kind = "text"
	Bytes   Kind = "bytes"
)

// Column is one column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Table is one table with its columns in the order of its rows' values.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
	Parts   []string `json:"parts"` // the members that hold its rows, in their order
}

// Head says what a backup is of.
type Head struct {
	Created time.Time `json:"created"`
	Schema  int64     `json:"schema"` // number of the newest migration
	Event   int64     `json:"event"`  // number of the last event: later ones go on above it
	// Sequences are the numbers that were given out last, by table, where the
	// database keeps them apart from the rows.
	Sequences map[string]int64 `json:"sequences,omitempty"`
}

// Manifest is the last member of a backup: without it there is none.
type Manifest struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Head
	Tables []Table  `json:"tables"`
	Files  []Member `json:"files"`
}

// Member is one file of the backup.
type Member struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // lower-case hex
}

// What the manifest says of itself, and where the members are.
const (
	format       = "warta-backup"
	version      = 1
	manifestName = "manifest.json"
	sumName      = "manifest.json.sha256"
	tableFolder  = "tables/"
	fileFolder   = "files/"
)

// Snapshot is one state of a database: it stands still while it is read.
type Snapshot interface {
	// Tables returns the tables to keep, with the number of their rows.
	Tables(ctx context.Context) ([]Table, error)
	// Rows calls each for every row of a table with its values in the order of
	// the table's columns. The slice is used again for the next row.
	Rows(ctx context.Context, t Table, each func(row []any) error) error
	// Needs calls each for every file that a row speaks of, with its key and, if
	// it is known, the SHA-256 of its content in hex.
	Needs(ctx context.Context, each func(key, sum string) error) error
}

// Source is a database that can be read while others write.
type Source interface {
	// Snapshot calls read with one state of the database, which ends with it.
	Snapshot(ctx context.Context, read func(Head, Snapshot) error) error
}

// Progress is told how much of a phase is done.
type Progress func(phase Phase, done, total int64)

// Phase is a part of the work that is counted by itself.
type Phase string

// The phases: reading and loading rows, copying files, comparing checksums.
const (
	PhaseRows   Phase = "rows"
	PhaseFiles  Phase = "files"
	PhaseVerify Phase = "verify" // in bytes
)

func (p Progress) tell(phase Phase, done, total int64) {
	if p != nil {
		p(phase, done, max(done, total))
	}
}

// damaged returns the error about a member that is not what was written.
func damaged(path, format string, args ...any) error {
	e := fault.New(fault.Invalid, format, args...)
	e.Message = path + " " + e.Message + ": the backup is damaged; use another one"
	e.Field = "backup"
	return e
}

func hexSum(sum []byte) string { return hex.EncodeToString(sum) }
