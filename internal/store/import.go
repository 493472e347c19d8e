package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

const runColumns = `kind, name, identity, state, started, touched, ended, done, total, first_id, ids, counts`

// scanRun reads id and runColumns.
func scanRun(r scanner) (run news.ImportRun, err error) {
	err = r.Scan(&run.ID, &run.Kind, &run.Name, &run.Identity, &run.State, stamp{&run.Started}, stamp{&run.Touched}, stamp{&run.Ended},
		&run.Done, &run.Total, &run.FirstID, &run.IDs, document{&run.Counts})
	return run, err
}

func runValues(run *news.ImportRun) ([]any, error) {
	counts, err := marshal(run.Counts)
	return []any{run.Kind, run.Name, run.Identity, string(run.State), millis(run.Started), millis(run.Touched), millis(run.Ended),
		run.Done, run.Total, run.FirstID, run.IDs, counts}, err
}

// BeginImport starts a run, or goes on with the last one of the same input that
// was not finished, with what was kept of it. ids is how many ids of stories are
// to be kept for it: they follow one another, and nothing else gets them.
func (db *DB) BeginImport(ctx context.Context, run news.ImportRun, ids int64) (_ news.ImportRun, err error) {
	defer fault.Wrap(&err, "begin an import of %s", run.Name)
	for try := 1; ; try++ {
		got := run
		_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
			got, err = db.beginRun(ctx, s, run, ids)
			return out, err
		})
		// Somebody took an id out of the middle; those that were drawn are lost.
		if !errors.Is(err, errScattered) || try == attempts {
			return got, err
		}
	}
}

func (db *DB) beginRun(ctx context.Context, s *session, run news.ImportRun, ids int64) (_ news.ImportRun, err error) {
	now, err := db.clock(ctx, s)
	if err != nil {
		return run, err
	}
	if run.Identity != "" {
		// index import_runs_open
		last, err := scanRun(s.row(ctx, `
			SELECT id, `+runColumns+`
			FROM import_runs
			WHERE identity = $1 AND identity <> '' AND state IN ('running', 'stopped')
			ORDER BY identity, id DESC
			LIMIT 1`, run.Identity))
		if err == nil && last.IDs >= ids {
			_, err = s.exec(ctx, `UPDATE import_runs SET state = $2, touched = $3, ended = 0 WHERE id = $1`, last.ID, string(news.RunGoing), millis(now))
			last.State, last.Touched, last.Ended = news.RunGoing, now, time.Time{}
			return last, err
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return run, err
		}
	}
	run.State, run.Started, run.Touched, run.IDs = news.RunGoing, now, now, ids
	if run.FirstID, err = keepStoryIDs(ctx, s, ids); err != nil {
		return run, err
	}
	values, err := runValues(&run)
	if err != nil {
		return run, err
	}
	err = s.row(ctx, `
		INSERT INTO import_runs (`+runColumns+`)
		VALUES `+placeholders(1, len(values))+`
		RETURNING id`, values...).Scan(&run.ID)
	return run, err
}

var errScattered = errors.New("the ids do not follow one another")

// keepStoryIDs returns the first of n ids that no story has or will get by
// itself, 0 for none.
func keepStoryIDs(ctx context.Context, s *session, n int64) (first int64, err error) {
	if n == 0 {
		return 0, nil
	}
	if s.postgres {
		var last int64
		err := s.row(ctx, `
			SELECT min(id), max(id)
			FROM (SELECT nextval(pg_get_serial_sequence('stories', 'id')) AS id FROM generate_series(1, $1)) AS kept`, n).Scan(&first, &last)
		if err == nil && last-first+1 != n {
			err = errScattered
		}
		return first, err
	}
	last, err := lastStory(ctx, s)
	if err != nil {
		return 0, err
	}
	return last + 1, writeMark(ctx, s, markStory, last+n)
}

// maxImportLines is how many lines of one run are kept. The counts say how many
// there were.
const maxImportLines = 10_000

// SaveImport notes how far a run is, with what it had to say since. It may lag
// behind the stories: items that come again change nothing.
func (db *DB) SaveImport(ctx context.Context, run *news.ImportRun, lines []news.ImportLine) (err error) {
	defer fault.Wrap(&err, "note how far import %d is", run.ID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		if run.Touched, err = db.clock(ctx, s); err != nil {
			return out, err
		}
		if run.Ended = (time.Time{}); run.State != news.RunGoing {
			run.Ended = run.Touched
			if run.Counts.Made, err = countMade(ctx, s, run.ID); err != nil {
				return out, err
			}
		}
		counts, err := marshal(run.Counts)
		if err != nil {
			return out, err
		}
		if _, err := s.exec(ctx, `
			UPDATE import_runs
			SET state = $2, touched = $3, ended = $4, done = $5, total = $6, counts = $7
			WHERE id = $1`, run.ID, string(run.State), millis(run.Touched), millis(run.Ended), run.Done, run.Total, counts); err != nil {
			return out, err
		}
		return out, addLines(ctx, s, run.ID, lines)
	})
	return err
}

func addLines(ctx context.Context, s *session, run int64, lines []news.ImportLine) error {
	if len(lines) == 0 {
		return nil
	}
	var kept int
	if err := s.row(ctx, `SELECT count(*) FROM import_lines WHERE run_id = $1`, run).Scan(&kept); err != nil {
		return err
	}
	var rows [][]any
	type key struct {
		file, uri string
		line      int
	}
	seen := map[key]bool{}
	for _, l := range lines[:max(0, min(len(lines), maxImportLines-kept))] {
		if k := (key{l.File, l.URI, l.Line}); !seen[k] {
			seen[k] = true
			rows = append(rows, []any{run, l.File, l.Line, l.URI, string(l.Result), l.Field, l.Why})
		}
	}
	const columns = `run_id, file, line, uri, result, field, why`
	return s.insertRows(ctx, `INSERT INTO import_lines (`+columns+`)`, onConflict("run_id, file, line, uri", columns), rows)
}

// countMade returns how much a run made, by kind. Goes by the primary key.
func countMade(ctx context.Context, s *session, run int64) (map[string]int, error) {
	type made struct {
		kind string
		n    int
	}
	list, err := collect(func(r scanner) (m made, err error) { return m, r.Scan(&m.kind, &m.n) })(s.rows(ctx, `
		SELECT kind, count(*)
		FROM import_made
		WHERE run_id = $1
		GROUP BY kind
		ORDER BY kind
		LIMIT $2`, run, len(change.MadeKinds)))
	counts := map[string]int{}
	for _, m := range list {
		counts[m.kind] = m.n
	}
	return counts, err
}

// ImportRun implements news.ImportStore.
func (db *DB) ImportRun(ctx context.Context, id int64) (run news.ImportRun, err error) {
	defer fault.Wrap(&err, "read import %d", id)
	run, err = scanRun(db.reads().row(ctx, `SELECT id, `+runColumns+` FROM import_runs WHERE id = $1`, id))
	return run, notFound(err, "there is no import %d", id)
}

// ImportRuns returns runs below an id (0: all), the newest first. Goes by the
// primary key.
func (db *DB) ImportRuns(ctx context.Context, before int64, limit int) (_ []news.ImportRun, err error) {
	defer fault.Wrap(&err, "list imports")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	if before <= 0 {
		before = 1 << 62
	}
	return collect(scanRun)(db.reads().rows(ctx, `
		SELECT id, `+runColumns+`
		FROM import_runs
		WHERE id < $1
		ORDER BY id DESC
		LIMIT $2`, before, limit))
}

// ImportLines returns what is to be said of the items of a run, after one, by
// file and line. Goes by the primary key.
func (db *DB) ImportLines(ctx context.Context, run int64, after news.ImportLine, limit int) (_ []news.ImportLine, err error) {
	defer fault.Wrap(&err, "read the report of import %d", run)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(func(r scanner) (l news.ImportLine, err error) {
		return l, r.Scan(&l.File, &l.Line, &l.URI, &l.Result, &l.Field, &l.Why)
	})(db.reads().rows(ctx, `
		SELECT file, line, uri, result, field, why
		FROM import_lines
		WHERE run_id = $1 AND (file, line, uri) > ($2, $3, $4)
		ORDER BY file, line, uri
		LIMIT $5`, run, after.File, after.Line, after.URI, limit))
}

// SetImportState implements news.ImportStore.
func (db *DB) SetImportState(ctx context.Context, id int64, state news.RunState) (err error) {
	defer fault.Wrap(&err, "note the state of import %d", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		_, err = s.exec(ctx, `UPDATE import_runs SET state = $2, touched = $3, ended = $3 WHERE id = $1`, id, string(state), millis(now))
		return out, err
	})
	return err
}

// writeMade keeps what a run made. What it made or changed twice stays as it was
// the first time.
func writeMade(ctx context.Context, s *session, out *change.Outcome) error {
	if out.Run == 0 {
		return nil
	}
	rows := make([][]any, len(out.Made))
	for i, m := range out.Made {
		rows[i] = []any{out.Run, m.Kind, m.ID, m.Name, string(m.Was)}
	}
	return s.insertRows(ctx, `INSERT INTO import_made (run_id, kind, id, name, was)`, ` ON CONFLICT DO NOTHING`, rows)
}

// madeRedirect is an old address that a run made or moved.
type madeRedirect struct {
	Was *news.Redirect `json:"was,omitempty"`
	Now news.Redirect  `json:"now"`
}

// madeRedirects returns those of the addresses that are new or lead elsewhere
// from now on. One probe of the primary key for each pair of host and path.
func madeRedirects(ctx context.Context, s *session, list []news.Redirect) (made []madeRedirect, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	there, err := redirectsAt(ctx, s, list)
	if err != nil {
		return nil, err
	}
	known := make(map[string]news.Redirect, len(there))
	for _, r := range there {
		known[r.Host+r.Path] = r
	}
	for _, r := range list {
		r.Host = lower(r.Host)
		was, ok := known[r.Host+r.Path]
		switch {
		case !ok:
			made = append(made, madeRedirect{Now: r})
		case was != r:
			made = append(made, madeRedirect{Was: &was, Now: r})
		}
	}
	return made, nil
}

// keptRedirects returns the addresses as a run keeps them.
func keptRedirects(list []madeRedirect) (made []change.Made) {
	for _, m := range list {
		was, _ := json.Marshal(m) // texts and numbers
		made = append(made, change.Made{Kind: change.MadeRedirect, Name: m.Now.Host + m.Now.Path, Was: was})
	}
	return made
}

// madePage returns what a run keeps of a static page that it is about to write.
func madePage(ctx context.Context, s *session, slug string) ([]change.Made, error) {
	var was news.StaticPage
	err := s.row(ctx, `SELECT `+pageColumns+` FROM pages WHERE slug = $1`, slug).
		Scan(&was.Slug, &was.Title, document{&was.Body}, &was.Position, stamp{&was.Updated})
	m := change.Made{Kind: change.MadePage, Name: slug}
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return nil, err
	default:
		if m.Was, err = json.Marshal(was); err != nil {
			return nil, fmt.Errorf("keep the page as it was: %w", err)
		}
	}
	return []change.Made{m}, nil
}

// PageImported reports whether an import made a static page.
func (db *DB) PageImported(ctx context.Context, slug string) (made bool, err error) {
	defer fault.Wrap(&err, "ask who made the page %q", slug)
	err = db.reads().row(ctx, `SELECT EXISTS (SELECT 1 FROM import_made WHERE kind = 'page' AND name = $1)`, slug).Scan(&made) // index import_made_page
	return made, err
}

// madePins returns what a run keeps of the stories that it pins to a front.
func madePins(f *news.Front) (made []change.Made) {
	for _, c := range f.Containers {
		for _, slot := range c.Slots {
			made = append(made, change.Made{Kind: change.MadePin, ID: slot.StoryID})
		}
	}
	return made
}
