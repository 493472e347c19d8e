package store

import (
	"context"

	"warta/internal/fault"
)

// Tables are tables that an engine of its own keeps in this database.
type Tables interface {
	// Current reports whether they are there and as the program needs them.
	Current(ctx context.Context) (bool, error)
	// Migrate makes them so. Nobody else does it meanwhile.
	Migrate(ctx context.Context) error
}

// Prepare brings tables that are not the store's own up to date, under the lock
// of the schema. The usual start takes no lock.
func (db *DB) Prepare(ctx context.Context, t Tables) (err error) {
	defer fault.Wrap(&err, "prepare the tables of another engine")
	if current, err := t.Current(ctx); err != nil || current {
		return db.dialect.explain(err)
	}
	unlock, err := db.lockSchema(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	// While we waited somebody else may have done it; then this changes nothing.
	return db.dialect.explain(t.Migrate(ctx))
}

// lockSchema keeps other processes from changing any table until unlock.
func (db *DB) lockSchema(ctx context.Context) (unlock func(), err error) {
	if !db.dialect.postgres {
		return db.lockFile(ctx)
	}
	conn, err := db.write.DB.Conn(ctx)
	if err != nil {
		return nil, db.dialect.explain(err)
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, schemaLock); err != nil {
		conn.Close()
		return nil, db.dialect.explain(err)
	}
	return func() {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, schemaLock)
		if err != nil {
			db.log.Warn("lock of the schema not given back; its connection is closed", "err", err)
		}
		conn.Close()
	}, nil
}
