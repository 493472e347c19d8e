package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// ImportEdits implements news.ImportStore. It reads all that the run made, a batch
// at a time.
func (db *DB) ImportEdits(ctx context.Context, id int64, limit int) (edits []news.ImportEdit, err error) {
	defer fault.Wrap(&err, "look for what of import %d was edited", id)
	run, err := db.ImportRun(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, kind := range change.MadeKinds {
		for after := (madeRow{kind: kind, id: -1}); ; {
			n := 0
			err := db.view(ctx, func(s *session) error {
				rows, err := madeAfter(ctx, s, id, after, news.MaxBatch)
				if err != nil || len(rows) == 0 {
					return err
				}
				n, after = len(rows), rows[len(rows)-1]
				found, err := editsOf(ctx, s, &run, kind, rows)
				edits = append(edits, found...)
				return err
			})
			if err != nil || len(edits) >= limit {
				return edits[:min(len(edits), limit)], err
			}
			if n < news.MaxBatch {
				break
			}
		}
	}
	return edits, nil
}

// editsOf returns what people did since to things of one kind.
func editsOf(ctx context.Context, s *session, run *news.ImportRun, kind string, rows []madeRow) (edits []news.ImportEdit, err error) {
	switch kind {
	case change.MadeStory, change.MadeVersion:
		return storyEdits(ctx, s, run, kind, rowIDs(rows))
	case change.MadeComment:
		return commentEdits(ctx, s, rowIDs(rows))
	case change.MadeRedirect:
		return redirectEdits(ctx, s, rows)
	case change.MadePin:
		return nil, nil
	}
	names, err := madeNames(ctx, s, kind, rows)
	if err != nil {
		return nil, err
	}
	objects := map[string]madeRow{}
	for _, m := range rows {
		objects[fmt.Sprintf("%s:%d", kind, m.id)] = m
		if n, ok := names[m.id]; ok && n.slug != "" {
			objects[kind+":"+n.slug] = m
		}
		if kind == change.MadePage {
			objects[news.TagPage(m.name)] = m
		}
		if kind == change.MadeSource && names[m.id].name != "" {
			objects["source:"+names[m.id].name] = m
		}
	}
	touched, err := touchedByPeople(ctx, s, run, objects)
	for _, t := range touched {
		m := objects[t.object]
		edits = append(edits, news.ImportEdit{Kind: kind, ID: m.id, Name: m.name, What: names[m.id].name, Why: t.why()})
	}
	return edits, err
}

// deed is a line of the audit log.
type deed struct{ object, actor, action string }

func (d deed) why() string { return fmt.Sprintf("%s by %s", d.action, d.actor) }

// touchedByPeople returns what people did to objects since a run began. Goes by
// the index audits_object.
func touchedByPeople[T any](ctx context.Context, s *session, run *news.ImportRun, objects map[string]T) ([]deed, error) {
	var names []string
	for o := range objects {
		names = append(names, o)
	}
	slices.Sort(names)
	list, err := collect(func(r scanner) (d deed, err error) { return d, r.Scan(&d.object, &d.actor, &d.action) })(s.rows(ctx, `
		SELECT object, min(actor), min(action)
		FROM audits
		WHERE object `+s.inTexts(1)+` AND at >= $2 AND actor LIKE 'user:%'
		GROUP BY object
		ORDER BY object
		LIMIT $3`, s.texts(names), millis(run.Started), maxLimit))
	return list, err
}

// storyEdits returns what people, readers among them, and later imports did to
// stories.
func storyEdits(ctx context.Context, s *session, run *news.ImportRun, kind string, ids []int64) (edits []news.ImportEdit, err error) {
	objects := map[string]int64{}
	for _, id := range ids {
		objects[news.TagStory(id)] = id
	}
	why := map[int64]string{}
	deeds, err := touchedByPeople(ctx, s, run, objects)
	if err != nil {
		return nil, err
	}
	for _, d := range deeds {
		why[objects[d.object]] = d.why()
	}
	for _, q := range []struct{ why, text string }{
		{"readers or the newsroom commented on it, or on its comments", `
			SELECT DISTINCT story_id
			FROM comments AS c
			WHERE story_id ` + s.inIDs(1) + ` AND (uri = '' OR decided_by LIKE 'user:%' OR complaints > 0 OR featured <> 0
				OR EXISTS (SELECT 1 FROM reaction_counts WHERE comment_id = c.id AND n > 0))`},
		{"a reader reported an error in it", `SELECT DISTINCT story_id FROM reports WHERE story_id ` + s.inIDs(1)},
		{"it is pinned to a front", `
			SELECT DISTINCT story_id
			FROM slots
			WHERE story_id ` + s.inIDs(1) + ` AND NOT EXISTS (SELECT 1 FROM import_made WHERE kind = 'pin' AND run_id = $2 AND id = story_id)`},
		{"a later import changed it", `
			SELECT DISTINCT id
			FROM import_made
			WHERE kind = 'version' AND id ` + s.inIDs(1) + ` AND run_id <> $2`},
	} {
		args := []any{s.ids(ids)}
		if strings.Contains(q.text, "$2") {
			args = append(args, run.ID)
		}
		hit, err := collect(scanID)(s.rows(ctx, q.text, args...))
		if err != nil {
			return nil, err
		}
		for _, id := range hit {
			if why[id] == "" && (kind == change.MadeStory || !strings.HasPrefix(q.why, "it is pinned") && !strings.HasPrefix(q.why, "readers or") && !strings.HasPrefix(q.why, "a reader")) {
				why[id] = q.why
			}
		}
	}
	if len(why) == 0 {
		return nil, nil
	}
	for _, id := range ids {
		if why[id] == "" {
			continue
		}
		var h headline
		err := s.row(ctx, `
			SELECT content
			FROM versions
			WHERE story_id = $1
			ORDER BY story_id, no DESC
			LIMIT 1`, id).Scan(document{&h})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if edits = append(edits, news.ImportEdit{Kind: kind, ID: id, What: h.Headline, Why: why[id]}); len(edits) == 20 {
			break // no more of them are named
		}
	}
	return edits, nil
}

func commentEdits(ctx context.Context, s *session, ids []int64) (edits []news.ImportEdit, err error) {
	hit, err := collect(scanID)(s.rows(ctx, `
		SELECT id
		FROM comments AS c
		WHERE id `+s.inIDs(1)+` AND (decided_by LIKE 'user:%' OR complaints > 0 OR featured <> 0
			OR EXISTS (SELECT 1 FROM reaction_counts WHERE comment_id = c.id AND n > 0)
			OR EXISTS (SELECT 1 FROM comments AS a WHERE a.thread_id = c.thread_id AND a.story_id = c.story_id AND a.reply_to = c.id AND a.uri = ''))
		ORDER BY id`, s.ids(ids)))
	for _, id := range hit {
		edits = append(edits, news.ImportEdit{Kind: change.MadeComment, ID: id, Why: "somebody answered, rated or moderated it"})
	}
	return edits, err
}

func redirectEdits(ctx context.Context, s *session, rows []madeRow) (edits []news.ImportEdit, err error) {
	for _, m := range rows {
		var made madeRedirect
		if err := (document{&made}).Scan(m.was); err != nil {
			return nil, err
		}
		now, err := scanRedirect(s.row(ctx, `SELECT `+redirectColumns+` FROM redirects WHERE host = $1 AND path = $2`, made.Now.Host, made.Now.Path))
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return nil, err
		case now != made.Now:
			edits = append(edits, news.ImportEdit{Kind: m.kind, Name: m.name, Why: "the old address leads elsewhere by now"})
		}
	}
	return edits, nil
}

// madeName is the name and the slug of a row.
type madeName struct{ name, slug string }

// madeNames returns the names of what has one.
func madeNames(ctx context.Context, s *session, kind string, rows []madeRow) (map[int64]madeName, error) {
	columns := map[string]string{change.MadePerson: "name, slug FROM persons", change.MadeTopic: "name, slug FROM topics",
		change.MadeSource: "name, '' FROM sources", change.MadeSection: "name, slug FROM sections", change.MadePicture: "name, '' FROM pictures"}[kind]
	names := map[int64]madeName{}
	if columns == "" {
		return names, nil
	}
	type named struct {
		id int64
		madeName
	}
	list, err := collect(func(r scanner) (n named, err error) { return n, r.Scan(&n.id, &n.name, &n.slug) })(s.rows(ctx,
		`SELECT id, `+columns+` WHERE id `+s.inIDs(1), s.ids(rowIDs(rows))))
	for _, n := range list {
		names[n.id] = n.madeName
	}
	return names, err
}
