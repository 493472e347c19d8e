package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"time"

	"warta/internal/fault"
	"warta/internal/stats"
)

// counters is where reads are kept: on SQLite a file of its own, which is made
// on first use and need not survive a power cut.
type counters struct {
	once sync.Once
	pool *pool
	err  error
}

// readsSchema is the counters' file on SQLite.
const readsSchema = `
	CREATE TABLE IF NOT EXISTS reads (
		hour     BIGINT NOT NULL,
		story_id BIGINT NOT NULL,
		n        BIGINT NOT NULL,
		PRIMARY KEY (hour, story_id)
	) WITHOUT ROWID`

func (db *DB) counterPool(ctx context.Context) (*pool, error) {
	if db.dialect.postgres {
		return db.write, nil
	}
	db.counts.once.Do(func() {
		path := strings.TrimSuffix(db.url, ".db") + "-reads.db"
		file, err := openFile(path, "_txlock=immediate", "journal_mode(WAL)", "synchronous(OFF)")
		if err != nil {
			db.counts.err = err
			return
		}
		file.SetMaxOpenConns(1)
		if _, err := file.ExecContext(context.WithoutCancel(ctx), readsSchema); err != nil {
			file.Close()
			db.counts.err = err
			return
		}
		db.counts.pool = newPool(file, db.dialect)
	})
	return db.counts.pool, db.counts.err
}

// keepReads is how long roll-ups are kept: the newsroom looks at a week.
const keepReads = 8 * 24 * time.Hour

// AddReads adds to what is counted and forgets hours that are long past.
func (db *DB) AddReads(ctx context.Context, reads []stats.Reads) (err error) {
	defer fault.Wrap(&err, "add %d reads", len(reads))
	p, err := db.counterPool(ctx)
	if err != nil {
		return err
	}
	// In one order, so that two nodes cannot wait for each other.
	reads = slices.SortedFunc(slices.Values(reads), func(a, b stats.Reads) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Story, b.Story))
	})
	var newest time.Time
	rows := make([][]any, len(reads))
	for i, r := range reads {
		rows[i] = []any{millis(r.Hour), r.Story, r.Count}
		if r.Hour.After(newest) {
			newest = r.Hour
		}
	}
	return p.run(ctx, &sql.TxOptions{}, func(s *session) error {
		err := s.insertRows(ctx, `INSERT INTO reads (hour, story_id, n)`,
			` ON CONFLICT (hour, story_id) DO UPDATE SET n = reads.n + excluded.n`, rows)
		if err != nil {
			return err
		}
		// A range of the primary key.
		_, err = s.exec(ctx, `DELETE FROM reads WHERE hour < $1`, millis(newest.Add(-keepReads)))
		return err
	})
}

// TopReads returns the stories that were read most since an hour; see stats.Store.
func (db *DB) TopReads(ctx context.Context, since time.Time, limit int) (ids []int64, err error) {
	defer fault.Wrap(&err, "read what is read most")
	p, err := db.counterPool(ctx)
	if err != nil {
		return nil, err
	}
	// A range of the primary key; the sum is over one day of stories.
	return collect(scanID)((&session{pool: p}).rows(ctx, `
		SELECT story_id
		FROM reads
		WHERE hour >= $1
		GROUP BY story_id
		ORDER BY SUM(n) DESC, story_id DESC
		LIMIT $2`, millis(since), limit))
}

// LiveIn returns which of the stories are live and in a section; see stats.Store.
func (db *DB) LiveIn(ctx context.Context, section int64, stories []int64) (ids []int64, err error) {
	defer fault.Wrap(&err, "find %d stories in section %d", len(stories), section)
	if len(stories) == 0 {
		return nil, nil
	}
	list := listSite
	if section != 0 {
		list = listSection
	}
	s := db.reads()
	// By the index listings_story.
	return collect(scanID)(s.rows(ctx, `
		SELECT story_id
		FROM listings
		WHERE story_id `+s.inIDs(1)+`
		  AND list = $2
		  AND ref = $3`, s.ids(stories), list, section))
}

// StoryReads returns how often the stories were read in each hour that began at
// since or later and before until; hours without reads have no row.
func (db *DB) StoryReads(ctx context.Context, stories []int64, since, until time.Time) (list []stats.Reads, err error) {
	defer fault.Wrap(&err, "read how often %d stories were read", len(stories))
	if len(stories) == 0 {
		return nil, nil
	}
	p, err := db.counterPool(ctx)
	if err != nil {
		return nil, err
	}
	var hours []int64
	for h := since.Truncate(time.Hour); h.Before(until); h = h.Add(time.Hour) {
		hours = append(hours, millis(h))
	}
	s := &session{pool: p}
	// Hours by name, not as a range: each pair is then one look-up by the primary
	// key, however much was read besides.
	return collect(scanReads)(s.rows(ctx, `
		SELECT hour, story_id, n
		FROM reads
		WHERE hour `+s.inIDs(1)+`
		  AND story_id `+s.inIDs(2)+`
		ORDER BY story_id, hour`, s.ids(hours), s.ids(stories)))
}

func scanReads(r scanner) (x stats.Reads, err error) {
	var hour int64
	err = r.Scan(&hour, &x.Story, &x.Count)
	x.Hour = fromMillis(hour)
	return x, err
}
