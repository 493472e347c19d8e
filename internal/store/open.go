package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite" // also the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"warta/internal/fault"
)

// Options say where the database is. Either URL or Dir is needed.
type Options struct {
	// URL is postgres://… or the path of an SQLite file; empty: warta.db in Dir.
	URL string
	Dir string
	Log *slog.Logger // nil: nothing is logged
	// Jobs takes the jobs of changes; it may come later by UseJobs.
	Jobs JobInserter
	// Now stands in for the database's clock in tests.
	Now func() time.Time
}

// fileName is the database's name inside the data folder.
const fileName = "warta.db"

// maxPostgres is how many connections one process keeps to PostgreSQL: a
// server allows 100 by default, and several nodes and an import share them.
const maxPostgres = 16

// Open opens the database, makes it if it is not there, and brings its schema
// up to date. A schema that is newer than this program is refused.
func Open(ctx context.Context, o Options) (_ *DB, err error) {
	defer fault.Wrap(&err, "open the database")
	db, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	err = db.finished(ctx)
	if err == nil {
		err = db.migrate(ctx, 0)
	}
	if err == nil {
		err = db.fillLibrary(ctx)
	}
	if err == nil {
		err = db.fillWork(ctx)
	}
	if err == nil {
		err = db.closeMembers(ctx)
	}
	if err == nil {
		err = db.foldRedirects(ctx)
	}
	if err == nil {
		err = db.fillNames(ctx)
	}
	if err := db.dialect.explain(err); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// postgres reports whether the database is a server.
func (o Options) postgres() bool {
	return strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://")
}

// connect opens the database as it is.
func connect(ctx context.Context, o Options) (_ *DB, err error) {
	db := &DB{log: o.Log, now: o.Now, jobs: o.Jobs, pokes: map[chan struct{}]bool{}}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if o.postgres() {
		err = db.openPostgres(ctx, o.URL)
	} else {
		err = db.openSQLite(ctx, o)
	}
	return db, err
}

func (db *DB) openPostgres(ctx context.Context, address string) error {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		// The parser's own words repeat the address, with its password.
		return fault.Input("database", "the database address is not of the form postgres://user:password@host:5432/name")
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "warta"
	}
	// The queries are written for this; a server set up otherwise would lose
	// what was acknowledged.
	cfg.RuntimeParams["synchronous_commit"] = "on"
	db.dialect.postgres, db.url, db.dialect.lost = true, address, &atomic.Int64{}
	// Where one connection broke, the others may have: those that were last used
	// before are tried out before they are used again.
	pool := stdlib.OpenDB(*cfg, stdlib.OptionShouldPing(func(_ context.Context, p stdlib.ShouldPingParams) bool {
		used := time.Now().Add(-p.IdleDuration).UnixNano()
		return p.IdleDuration > time.Second || used <= db.dialect.lost.Load()
	}))
	pool.SetMaxOpenConns(maxPostgres)
	pool.SetMaxIdleConns(maxPostgres)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db.write = newPool(pool, db.dialect)
	db.read = db.write
	ping, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if err := pool.PingContext(ping); err != nil {
		pool.Close()
		return refusal(cfg.Host, err)
	}
	return nil
}

// refusal tells a server that does not answer, which may do so later, from one
// that does and says no: a wrong password or name does not mend itself.
func refusal(host string, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "28") || pg.Code == "3D000" || pg.Code == "42501") {
		return &fault.Error{Kind: fault.Invalid, Field: "database", Err: err,
			Message: fmt.Sprintf("the PostgreSQL server at %s refuses: %s", host, pg.Message)}
	}
	return fault.New(fault.Unavailable, "the PostgreSQL server at %s does not answer: %w", host, err)
}

// file returns the path of an SQLite file.
func (o Options) file() (string, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(o.URL, "sqlite://"), "file:")
	if path == "" {
		if o.Dir == "" {
			return "", fault.Input("database", "neither a database nor a data folder is named")
		}
		path = filepath.Join(o.Dir, fileName)
	}
	if strings.Contains(path, "://") {
		return "", fault.Input("database", "a database is postgres://… or the path of a file")
	}
	return path, nil
}

// KiB of the database that SQLite's connections keep in memory: the one that
// writes, the same during an import, and each of those that read. The system keeps
// the file as well, so more of it gains little but for an import, whose index of
// words is touched all over.
const (
	writeCache = 16 << 10
	bulkCache  = 64 << 10
	readCache  = 4 << 10
)

// Bulk has the database ready itself for many changes, until end is called.
func (db *DB) Bulk(ctx context.Context) (end func(), err error) {
	defer fault.Wrap(&err, "prepare for many changes")
	if db.dialect.postgres {
		return func() {}, nil // that is its server's to say
	}
	size := func(ctx context.Context, kib int) error {
		_, err := db.write.ExecContext(ctx, `PRAGMA cache_size = -`+strconv.Itoa(kib))
		return err
	}
	return func() { _ = size(context.WithoutCancel(ctx), writeCache) }, size(ctx, bulkCache)
}

func (db *DB) openSQLite(ctx context.Context, o Options) error {
	path, err := o.file()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fault.New(fault.Unavailable, "the data folder cannot be made: %w", err)
	}
	db.url = path
	write, err := openFile(path, "_txlock=immediate", "cache_size(-"+strconv.Itoa(writeCache)+")", "journal_mode(WAL)",
		// A page that several batches change is copied into the file once.
		"wal_autocheckpoint(8000)")
	if err != nil {
		return err
	}
	write.SetMaxOpenConns(1)
	write.SetMaxIdleConns(1)
	db.write = newPool(write, db.dialect)
	// The first connection makes the file and turns it to WAL; readers that came
	// earlier would find nothing.
	if err := makeFile(ctx, write); err != nil {
		write.Close()
		return fault.New(fault.Unavailable, "the database file %s cannot be opened: %w", path, err)
	}
	read, err := openFile(path, "_txlock=deferred", "cache_size(-"+strconv.Itoa(readCache)+")", "query_only(1)")
	if err != nil {
		write.Close()
		return err
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	db.read = newPool(read, db.dialect)
	return nil
}

// makeFile opens the first connection. While one process turns a new file to WAL,
// SQLite sends others away at once instead of having them wait, so they come again.
func makeFile(ctx context.Context, db *sql.DB) error {
	for late := time.Now().Add(busyMillis * time.Millisecond); ; {
		err := db.PingContext(ctx)
		var lite *sqlite.Error
		if !errors.As(err, &lite) || lite.Code()&0xff != sqlite3.SQLITE_BUSY || time.Now().After(late) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// busyMillis is how long a connection waits for another process's transaction.
// A batch of an import takes far less.
const busyMillis = 10_000

func openFile(path, param string, pragmas ...string) (*sql.DB, error) {
	all := append([]string{fmt.Sprintf("busy_timeout(%d)", busyMillis), "foreign_keys(1)",
		"synchronous(FULL)", "temp_store(MEMORY)"}, pragmas...)
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + param
	for _, p := range all {
		dsn += "&_pragma=" + url.QueryEscape(p)
	}
	return sql.Open("sqlite", dsn)
}
