package store_test

import (
	"strings"
	"testing"

	"warta/internal/store/storetest"
	"warta/internal/testkit/pg"
)

func TestBothEnginesFindTheSame(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("nothing runs at once here")
	}
	pg.Shared(t) // skips where there is no server to compare with
	lite, postgres := storetest.Answers(t, openSQLite), storetest.Answers(t, openPostgres)
	found := 0
	for i := range lite {
		if lite[i] != postgres[i] {
			t.Errorf("SQLite:     %s\nPostgreSQL: %s", lite[i], postgres[i])
		}
		if !strings.Contains(lite[i], "[]") {
			found++
		}
	}
	if found < len(lite)/5 {
		t.Errorf("only %d of %d queries found anything: they prove little", found, len(lite))
	}
}
