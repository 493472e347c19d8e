package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// maxMonths is how far back Periods goes: two hundred years.
const maxMonths = 200 * 12

// recentUpdates is how many of the last significant updates Periods looks at. A
// crawler has seen the older ones.
const recentUpdates = 2000

// Periods returns the months that have live stories, the newest first, and of the
// two latest the days in their place: what changes often is small. LastMod is the
// latest publication in the period, or a later significant update of one of its
// stories that is among the last updates of the whole site. It costs a probe a
// period and a bounded look at the last updates, however many stories there are.
// Goes by the primary key of listings and the index stories_updated.
func (db *DB) Periods(ctx context.Context) (_ []news.Period, err error) {
	defer fault.Wrap(&err, "read the months and days of the archive")
	var periods []news.Period
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
		all := cutPeriods(first.In(zone), last.In(zone))
		ends := make([]time.Time, len(all))
		for i := range all {
			ends[i] = all[i].End
		}
		latest, err := readLatestBefore(ctx, s, listSite, 0, ends)
		if err != nil {
			return err
		}
		index := map[time.Time]int{}
		for _, p := range slices.Backward(all) {
			if at := latest[millis(p.End)]; !at.IsZero() && !at.Before(p.Start) {
				index[p.Start] = len(periods)
				p.LastMod = at
				periods = append(periods, p)
			}
		}
		return readUpdates(ctx, s, func(published, updated time.Time) {
			t := published.In(zone)
			i, ok := index[dayOf(t)]
			if !ok {
				i, ok = index[monthOf(t, 0)]
			}
			if ok && updated.After(periods[i].LastMod) {
				periods[i].LastMod = updated
			}
		})
	})
	return periods, err
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

// cutPeriods returns the months from first to last, in their zone, and days from
// the month before the last on, the earliest first.
func cutPeriods(first, last time.Time) (list []news.Period) {
	m, daily := monthOf(first, 0), monthOf(last, -1)
	if oldest := monthOf(last, 1-maxMonths); m.Before(oldest) {
		m = oldest
	}
	for ; m.Before(daily); m = monthOf(m, 1) {
		list = append(list, news.Period{Start: m, End: monthOf(m, 1)})
	}
	for d := m; !d.After(last); {
		next := time.Date(d.Year(), d.Month(), d.Day()+1, 0, 0, 0, 0, d.Location())
		list = append(list, news.Period{Start: d, End: next})
		d = next
	}
	return list
}

// monthOf returns the first instant of a month in the zone of t, so many months
// after t's own.
func monthOf(t time.Time, shift int) time.Time {
	return time.Date(t.Year(), t.Month()+time.Month(shift), 1, 0, 0, 0, 0, t.Location())
}

// dayOf returns the first instant of the day of t in its zone.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
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
