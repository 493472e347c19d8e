package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// A library that was small when the database looked at its rows, and has grown
// since, must not be read from end to end.
func TestWhatWasSmallIsStillFoundByItsKey(t *testing.T) {
	t.Parallel()
	o := Options{Dir: filepath.Join(t.TempDir(), "tempat")}
	db := opened(t, o)
	for i := range 40 {
		if _, err := db.write.ExecContext(t.Context(), `
			INSERT INTO pictures (hash, mime, width, height, bytes, created_at, search_key)
			VALUES ($1, 'image/png', 1, 1, 1, 1, $2)`, fmt.Sprint(i), i); err != nil {
			t.Fatal(err)
		}
	}
	// What the command of the engine itself would keep.
	if _, err := db.write.ExecContext(t.Context(), `ANALYZE`); err != nil {
		t.Fatal(err)
	}
	if err := db.Analyze(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := opened(t, o)
	plan, err := collect(func(r scanner) (step string, err error) {
		var id, parent, unused int
		err = r.Scan(&id, &parent, &unused, &step)
		return step, err
	})(again.read.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT * FROM pictures WHERE id `+again.dialect.inIDs(1), again.dialect.ids([]int64{3, 4})))
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(plan, "; "); !strings.Contains(all, "SEARCH pictures USING INTEGER PRIMARY KEY") {
		t.Errorf("pictures are found by: %s", all)
	}
}
