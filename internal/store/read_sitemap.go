package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// maxMonths is how far back Months goes: two hundred years.
const maxMonths = 200 * 12

// recentUpdates is how many of the last significant updates Months looks at. A
// crawler has seen the older ones.
const recentUpdates = 2000

// Months returns the months that have live stories, the newest first. LastMod is
// the latest publication in the month, or a later significant update of one of
// its stories that is among the last updates of the whole site. It costs
// a probe a month and a bounded look at the last updates, however many stories
// there are. Goes by the primary key of listings and the index stories_updated.
func (db *DB) Months(ctx context.Context) (_ []news.Month, err error) {
	defer fault.Wrap(&err, "read the months of the archive")
	var months []news.Month
	err = db.view(ctx, func(s *session) error {
		settings, err := readSettings(ctx, s)
		if err != nil {
			return err
		}
		zone := settings.Zone()
		first, last, err := readSpan(ctx, s, listSite, 0)
		if err != nil || first.IsZero() {
			return err
		}
		starts := monthStarts(first.In(zone), last.In(zone))
		ends := append(slices.Clone(starts[1:]), starts[len(starts)-1].AddDate(0, 1, 0))
		latest, err := readLatestBefore(ctx, s, listSite, 0, ends)
		if err != nil {
			return err
		}
		index := map[time.Time]int{}
		for i := len(starts) - 1; i >= 0; i-- {
			if at := latest[millis(ends[i])]; !at.IsZero() && !at.Before(starts[i]) {
				index[starts[i]] = len(months)
				months = append(months, news.Month{Start: starts[i], LastMod: at})
			}
		}
		return readUpdates(ctx, s, func(published, updated time.Time) {
			p := published.In(zone)
			i, ok := index[time.Date(p.Year(), p.Month(), 1, 0, 0, 0, 0, zone)]
			if ok && updated.After(months[i].LastMod) {
				months[i].LastMod = updated
			}
		})
	})
	return months, err
}

// Span returns the first publications of the earliest and the latest live
// story of a section (0: of the whole site), zero times if there is none. Goes
// by the primary key of listings.
func (db *DB) Span(ctx context.Context, sectionID int64) (first, last time.Time, err error) {
	defer fault.Wrap(&err, "read the span of section %d", sectionID)
	list := listSite
	if sectionID != 0 {
		list = listSection
	}
	return readSpan(ctx, db.reads(), list, sectionID)
}

// readSpan returns the first and the last time of a list.
func readSpan(ctx context.Context, s *session, list int, ref int64) (first, last time.Time, err error) {
	var a, b sql.NullInt64
	// Each is an aggregate of its own: only then is it one probe on SQLite.
	err = s.row(ctx, `
		SELECT
			(SELECT MIN(at) FROM listings WHERE list = $1 AND ref = $2),
			(SELECT MAX(at) FROM listings WHERE list = $1 AND ref = $2)`, list, ref).Scan(&a, &b)
	return fromMillis(a.Int64), fromMillis(b.Int64), err
}

// readLatestBefore returns, by each of the instants in milliseconds, the time
// of the last entry of a list before it. One probe an instant.
func readLatestBefore(ctx context.Context, s *session, list int, ref int64, instants []time.Time) (map[int64]time.Time, error) {
	ends := make([]int64, len(instants))
	for i, t := range instants {
		ends[i] = millis(t)
	}
	rows, err := collect(scanPair)(s.rows(ctx, `
		SELECT n, (SELECT MAX(at) FROM listings WHERE list = $2 AND ref = $3 AND at < n)
		FROM `+s.numbers(1), s.ids(ends), list, ref))
	latest := make(map[int64]time.Time, len(rows))
	for _, p := range rows {
		latest[p.a] = fromMillis(p.b.Int64)
	}
	return latest, err
}

// monthStarts returns the first instants of the months from first to last, in
// their zone, the earliest first.
func monthStarts(first, last time.Time) (starts []time.Time) {
	start := func(t time.Time, shift int) time.Time {
		return time.Date(t.Year(), t.Month()+time.Month(shift), 1, 0, 0, 0, 0, t.Location())
	}
	m := start(first, 0)
	if oldest := start(last, 1-maxMonths); m.Before(oldest) {
		m = oldest
	}
	for ; !m.After(last); m = start(m, 1) {
		starts = append(starts, m)
	}
	return starts
}

// readUpdates calls visit with the last significant updates of live stories.
// The index stories_updated holds all that it reads.
func readUpdates(ctx context.Context, s *session, visit func(published, updated time.Time)) error {
	type update struct{ published, updated time.Time }
	list, err := collect(func(r scanner) (u update, err error) {
		err = r.Scan(stamp{&u.published}, stamp{&u.updated})
		return u, err
	})(s.rows(ctx, `
		SELECT first_published, updated
		FROM stories
		WHERE updated <> 0
		  AND status = 'live'
		ORDER BY updated DESC, first_published DESC, id DESC
		LIMIT $1`, recentUpdates))
	for _, u := range list {
		visit(u.published, u.updated)
	}
	return err
}
