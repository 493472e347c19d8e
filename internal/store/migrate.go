package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"warta/internal/fault"
)

//go:embed migrations
var migrations embed.FS

// schemaLock is the number of the PostgreSQL lock under which the schema is
// changed. The numbers of all our locks stand here: nobody may use one twice.
const (
	schemaLock int64 = 0x7761727461_00 + iota
	eventLock        // the order of events, see event.go
	treeLock         // shared while stories change, exclusive while sections move
	staffLock        // whoever changes users, their sessions and tickets
)

// migrate brings the schema up to date, or up to the given number if it is not
// 0. Only one process at a time does it.
func (db *DB) migrate(ctx context.Context, upTo int64) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if current > target {
		return newerSchema(current, target)
	}
	if upTo != 0 {
		target = upTo
	}
	if current >= target {
		return nil // the usual start takes no lock
	}
	if !db.dialect.postgres {
		unlock, err := db.lockFile(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	if _, err := p.UpTo(ctx, target); err != nil {
		return fmt.Errorf("change the schema: %w", err)
	}
	// While we waited for the lock a newer program may have been here.
	if current, target, err = p.GetVersions(ctx); err == nil && current > target {
		err = newerSchema(current, target)
	}
	return err
}

// provider returns what knows the steps of the schema for this engine.
func (db *DB) provider() (*goose.Provider, error) {
	folder, kind, opts := "migrations/sqlite", goose.DialectSQLite3, []goose.ProviderOption{}
	if db.dialect.postgres {
		folder, kind = "migrations/postgres", goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(schemaLock), lock.WithLockTimeout(1, 60))
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	opts = append(opts, goose.WithDisableGlobalRegistry(true), goose.WithTableName("schema_versions"))
	p, err := goose.NewProvider(kind, db.write.DB, files, opts...)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

func newerSchema(current, target int64) error {
	return fault.New(fault.Conflict, "the database has schema %d, and this program knows %d at most: "+
		"it was used with a newer release; start that one", current, target)
}

// lockFile keeps other processes from changing the schema of this file. It is
// a transaction in a small database beside it, since goose needs ours.
func (db *DB) lockFile(ctx context.Context) (unlock func(), err error) {
	guard, err := openFile(db.url+".migrate", "_txlock=exclusive")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var tx *sql.Tx
	for {
		if tx, err = guard.BeginTx(context.WithoutCancel(ctx), nil); err == nil {
			return func() { tx.Rollback(); guard.Close() }, nil
		}
		if ctx.Err() != nil {
			guard.Close()
			return nil, fault.New(fault.Unavailable, "another process is changing the schema: %w", err)
		}
	}
}

// SchemaVersion returns the number of the newest migration that has run.
func (db *DB) SchemaVersion(ctx context.Context) (v int64, err error) {
	defer fault.Wrap(&err, "read the schema's version")
	err = db.reads().row(ctx, `SELECT max(version_id) FROM schema_versions WHERE is_applied`).Scan(&v)
	return v, err
}
