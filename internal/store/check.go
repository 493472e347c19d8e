package store

import (
	"context"
	"strings"

	"warta/internal/fault"
)

// Counts are the sizes that an operator asks for.
type Counts struct {
	Stories, Live, Withdrawn, Drafts, Versions, Pictures, Events, Comments int64
}

// CountStories counts what the database holds. It reads whole indexes and is
// for a person who waits, not for a page.
func (db *DB) CountStories(ctx context.Context) (c Counts, err error) {
	defer fault.Wrap(&err, "count the stories")
	err = db.reads().row(ctx, `
		SELECT
			(SELECT count(*) FROM stories),
			(SELECT count(*) FROM listings WHERE list = 1 AND ref = 0),
			(SELECT count(*) FROM withdrawals),
			(SELECT count(*) FROM drafts WHERE clean = 0),
			(SELECT count(*) FROM versions),
			(SELECT count(*) FROM pictures),
			(SELECT count(*) FROM events),
			(SELECT count(*) FROM comments)`).
		Scan(&c.Stories, &c.Live, &c.Withdrawn, &c.Drafts, &c.Versions, &c.Pictures, &c.Events, &c.Comments)
	return c, err
}

// Check asks whether the database answers and is intact: on SQLite every page
// is read, which takes a while; PostgreSQL looks after its own. It also holds
// the search index against the stories, and balances against the ledger.
func (db *DB) Check(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "check the database")
	if !db.dialect.postgres {
		found, err := collect(scanText)(db.reads().rows(ctx, `PRAGMA integrity_check(20)`))
		if err != nil {
			return err
		}
		if len(found) != 1 || found[0] != "ok" {
			return fault.New(fault.Internal, "the database file is damaged; restore a backup. SQLite says: %s",
				strings.Join(found, "; "))
		}
	}
	// Both sides by the key, which is unique in both.
	key := "rowid"
	if db.dialect.postgres {
		key = "key"
	}
	var missing, extra int64
	if err := db.reads().row(ctx, `
		SELECT
			(SELECT count(*) FROM stories WHERE status = 'live' AND search_key = 0),
			(SELECT count(*) FROM search) - (SELECT count(*) FROM stories WHERE search_key <> 0)`).
		Scan(&missing, &extra); err != nil {
		return err
	}
	if missing != 0 || extra != 0 {
		return fault.New(fault.Internal, "the search index (%s) does not fit the stories: %d live ones have no entry, %d entries too many",
			key, missing, extra)
	}
	return db.checkTotals(ctx)
}

// Analyze lets the database look at how its rows are spread, so that it plans
// well; call it after a large import.
func (db *DB) Analyze(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "analyze the database")
	if db.dialect.postgres {
		_, err = db.write.ExecContext(ctx, `ANALYZE`) // and it does so by itself from then on
		return err
	}
	// SQLite believes for ever what it saw once: a table that was small then is
	// read from end to end when it has grown. Without figures it goes by keys.
	for _, text := range []string{`PRAGMA optimize`, `ANALYZE sqlite_schema`, forgetSmall, `ANALYZE sqlite_schema`} {
		if _, err := db.write.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// forgetSmall removes the figures of tables that will surely grow.
const forgetSmall = `
	DELETE FROM sqlite_stat1
	WHERE tbl IN (SELECT tbl FROM sqlite_stat1 GROUP BY tbl HAVING max(CAST(stat AS INTEGER)) < 20000)`
