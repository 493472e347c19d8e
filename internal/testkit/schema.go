package testkit

import (
	"context"
	"errors"

	"warta/internal/job"
	"warta/internal/store"
	"warta/internal/testkit/lite"
	"warta/internal/testkit/pg"
)

// schema prepares a database with the tables of the store and of the queue, and
// nothing in them: what a site begins with is of its own moment.
func schema(o store.Options, postgres bool) (err error) {
	ctx := context.Background()
	db, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	q, err := job.New(db.Handle(), job.Options{Postgres: postgres, Read: db.ReadHandle()})
	if err != nil {
		return err
	}
	return db.Prepare(ctx, q)
}

// File is the schema on SQLite, and Server on PostgreSQL, as a site needs it.
var (
	File   = lite.Template{Name: "site", Prepare: func(dir string) error { return schema(store.Options{Dir: dir}, false) }}
	Server = pg.Template{Name: "site", Prepare: func(url string) error { return schema(store.Options{URL: url}, true) }}
)
