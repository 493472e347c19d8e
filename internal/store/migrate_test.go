package store_test

import (
	"path/filepath"
	"testing"

	"warta/internal/fault"
	"warta/internal/store"
	"warta/internal/testkit/pg"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	engines := map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "a folder?", "warta.db") },
		"PostgreSQL": func(t *testing.T) string { return pg.Database(t) },
	}
	for name, url := range engines {
		t.Run(name+" is brought up to date by several processes at once", func(t *testing.T) {
			t.Parallel()
			url := url(t)
			errs := make(chan error)
			for range 4 {
				go func() {
					db, err := store.Open(t.Context(), store.Options{URL: url})
					if err == nil {
						err = db.Close()
					}
					errs <- err
				}()
			}
			for range 4 {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
		t.Run(name+" of a newer release is refused", func(t *testing.T) {
			t.Parallel()
			url := url(t)
			db := openURL(t, url)
			if v, err := db.SchemaVersion(t.Context()); err != nil || v < 2 {
				t.Fatalf("got schema %d: %v", v, err)
			}
			if _, err := db.Handle().Exec(`INSERT INTO schema_versions (version_id, is_applied) VALUES (99999, true)`); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Open(t.Context(), store.Options{URL: url}); !fault.Is(err, fault.Conflict) {
				t.Fatalf("got %v, want a conflict", err)
			}
		})
	}
	t.Run("what is no database is refused in words without the password", func(t *testing.T) {
		t.Parallel()
		for _, o := range []store.Options{{}, {URL: "mysql://x"}, {URL: "postgres://u:secret@[::bad"}} {
			_, err := store.Open(t.Context(), o)
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: got %v, want invalid", o.URL, err)
			}
		}
	})
}
