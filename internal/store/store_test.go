package store_test

import (
	"context"
	"testing"

	"warta/internal/store"
	"warta/internal/store/storetest"
	"warta/internal/testkit/lite"
	"warta/internal/testkit/pg"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openSQLite)
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	pg.Shared(t) // skips here, once, where there is no server
	storetest.Run(t, openPostgres)
}

// migrated is a database that has the schema already, and migratedFile a folder
// with one.
var (
	migrated     = pg.Template{Name: "warta", Prepare: func(url string) error { return migrate(store.Options{URL: url}) }}
	migratedFile = lite.Template{Name: "warta", Prepare: func(dir string) error { return migrate(store.Options{Dir: dir}) }}
)

func migrate(o store.Options) error {
	db, err := store.Open(context.Background(), o)
	if err != nil {
		return err
	}
	return db.Close()
}

func openSQLite(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	o.Dir = lite.Folder(t, migratedFile)
	return open(t, o)
}

func openPostgres(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	o.URL = pg.Database(t, migrated)
	return open(t, o)
}

func open(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return db
}
