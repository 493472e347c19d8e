package store

import (
	"context"
	"database/sql"
	"errors"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// restoring is the key under which state keeps which restoration is unfinished.
const restoring = "restore"

// BeginRestore puts a structure with its own ids in the place of the present
// one, if the site is empty: no story, picture, person, topic, source and
// redirect. token names the restoration until EndRestore; the same one may
// begin again after it was interrupted. A Conflict says why it cannot begin.
func (db *DB) BeginRestore(ctx context.Context, token string, st news.Structure, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "begin to restore")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if s.postgres {
			if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, treeLock); err != nil {
				return out, err
			}
		}
		if err := mayRestore(ctx, s, token); err != nil {
			return out, err
		}
		tags, err := replaceStructure(ctx, s, &st)
		return withTags(out, tags...), err
	})
	return err
}

// mayRestore notes that the restoration has begun, or says why it cannot.
func mayRestore(ctx context.Context, s *session, token string) error {
	var present string
	err := s.row(ctx, `SELECT value FROM state WHERE key = $1`, restoring).Scan(&present)
	switch {
	case err == nil && present == token:
		return nil // it goes on
	case err == nil:
		return fault.New(fault.Conflict, "another export was begun to be restored here and is not finished: finish it, or start with a new database")
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	var filled bool
	if err := s.row(ctx, `
		SELECT EXISTS (SELECT 1 FROM stories) OR EXISTS (SELECT 1 FROM pictures) OR EXISTS (SELECT 1 FROM persons)
			OR EXISTS (SELECT 1 FROM topics) OR EXISTS (SELECT 1 FROM sources) OR EXISTS (SELECT 1 FROM redirects)`).
		Scan(&filled); err != nil {
		return err
	}
	if filled {
		return fault.New(fault.Conflict, "this site is not empty: stories and pictures keep their ids only in a new one. Name another --data folder or another --database")
	}
	_, err = s.exec(ctx, `INSERT INTO state (key, value) VALUES ($1, $2)`, restoring, token)
	return err
}

// replaceStructure writes a structure anew and returns the tags of the old one
// and the new one.
func replaceStructure(ctx context.Context, s *session, st *news.Structure) (tags []string, err error) {
	tags = []string{news.TagSettings, news.TagSections, news.TagRedirects, news.TagPages, news.TagLatest, news.TagFront(0)}
	sections, err := collect(scanID)(s.rows(ctx, `SELECT id FROM sections ORDER BY id LIMIT $1`, maxSections))
	if err != nil {
		return nil, err
	}
	for _, sec := range st.Sections {
		sections = append(sections, sec.ID)
	}
	for _, id := range sections {
		tags = append(tags, news.TagSection(id), news.TagFront(id))
	}
	slugs, err := collect(scanText)(s.rows(ctx, `SELECT slug FROM pages ORDER BY slug LIMIT $1`, maxPages))
	if err != nil {
		return nil, err
	}
	for _, p := range st.Pages {
		slugs = append(slugs, p.Slug)
	}
	for _, slug := range slugs {
		tags = append(tags, news.TagPage(slug))
	}
	// Containers, slots and the pictures of pages go with their owners, but not
	// by a cascade on both engines.
	for _, text := range []string{`DELETE FROM slots`, `DELETE FROM containers`, `DELETE FROM fronts`,
		`DELETE FROM page_pictures`, `DELETE FROM pages`, `DELETE FROM sections`, `DELETE FROM settings`} {
		if _, err := s.exec(ctx, text); err != nil {
			return nil, err
		}
	}
	return tags, insertStructure(ctx, s, st)
}

func insertStructure(ctx context.Context, s *session, st *news.Structure) error {
	var sections, settings, fronts, containers, slots, pages, pictures [][]any
	for _, x := range st.Sections {
		sections = append(sections, []any{x.ID, x.ParentID, x.Slug, x.Name, x.Description, x.Position, flag(x.Hidden)})
	}
	for key, value := range st.Settings {
		settings = append(settings, []any{key, value})
	}
	for _, f := range st.Fronts {
		fronts = append(fronts, []any{f.ID, f.SectionID})
		for _, c := range f.Containers {
			rule, err := marshal(c.Rule)
			if err != nil {
				return err
			}
			containers = append(containers, []any{c.ID, f.ID, string(c.Kind), c.Title, c.Position, c.Size, rule})
			for _, slot := range c.Slots {
				slots = append(slots, []any{c.ID, slot.Position, slot.StoryID, millis(slot.Until)})
			}
		}
	}
	for _, p := range st.Pages {
		body, err := marshal(p.Body)
		if err != nil {
			return err
		}
		pages = append(pages, []any{p.Slug, p.Title, body, p.Position, millis(p.Updated)})
		for _, id := range p.Body.Pictures() {
			pictures = append(pictures, []any{p.Slug, id})
		}
	}
	for _, t := range []struct {
		into string
		rows [][]any
	}{
		{`sections (` + sectionColumns + `)`, sections},
		{`settings (key, value)`, settings},
		{`fronts (id, section_id)`, fronts},
		{`containers (id, front_id, kind, title, position, size, rule)`, containers},
		{`slots (container_id, position, story_id, until)`, slots},
		{`pages (` + pageColumns + `)`, pages},
		{`page_pictures (slug, picture_id)`, pictures},
	} {
		if err := s.insertRows(ctx, `INSERT INTO `+t.into, "", t.rows); err != nil {
			if s.isUnique(err) {
				return fault.New(fault.Invalid, "two rows have one id or one address in %s: %w", t.into, err)
			}
			return err
		}
	}
	return moveSequences(ctx, s, "sections", "fronts", "containers")
}

// moveSequences makes PostgreSQL continue above the highest id of each table.
func moveSequences(ctx context.Context, s *session, tables ...string) error {
	if !s.postgres {
		return nil // the highest id decides
	}
	for _, t := range tables {
		if _, err := s.exec(ctx, `
			SELECT setval(pg_get_serial_sequence('`+t+`', 'id'), m)
			FROM (SELECT max(id) AS m FROM `+t+`) AS highest
			WHERE m >= (SELECT last_value FROM `+t+`_id_seq)`); err != nil {
			return err
		}
	}
	return nil
}

// RestorePersons writes persons under their own ids, at most news.MaxBatch.
func (db *DB) RestorePersons(ctx context.Context, list []news.Person) error {
	rows := make([][]any, len(list))
	for i, p := range list {
		rows[i] = []any{p.ID, p.Slug, p.Name, p.Title, p.Bio, p.PictureID, foldName(p.Name)}
	}
	return db.restoreRows(ctx, "persons", personColumns+", folded", rows)
}

// RestoreTopics writes topics under their own ids, at most news.MaxBatch.
func (db *DB) RestoreTopics(ctx context.Context, list []news.Topic) error {
	rows := make([][]any, len(list))
	for i, t := range list {
		rows[i] = []any{t.ID, t.Slug, t.Name, t.Intro, flag(t.Curated), flag(t.Chronology), foldName(t.Name)}
	}
	return db.restoreRows(ctx, "topics", topicColumns+", folded", rows)
}

// RestoreSources writes sources under their own ids, at most news.MaxBatch.
func (db *DB) RestoreSources(ctx context.Context, list []news.Source) error {
	rows := make([][]any, len(list))
	for i, x := range list {
		rows[i] = []any{x.ID, x.Name, x.URL, x.Terms, foldName(x.Name)}
	}
	return db.restoreRows(ctx, "sources", sourceColumns+", folded", rows)
}

func (db *DB) restoreRows(ctx context.Context, table, columns string, rows [][]any) (err error) {
	defer fault.Wrap(&err, "restore %d %s", len(rows), table)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		if err := s.insertRows(ctx, `INSERT INTO `+table+` (`+columns+`)`, onConflict("id", columns), rows); err != nil {
			if s.isUnique(err) {
				return out, fault.New(fault.Conflict, "the slug or the name of one of the %s is taken already: %w", table, err)
			}
			return out, err
		}
		out.Touch(news.TagRedirects)
		return out, moveSequences(ctx, s, table)
	})
	return err
}

// EndRestore says that everything is in: the next one needs an empty site again.
func (db *DB) EndRestore(ctx context.Context, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "end the restoration")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `DELETE FROM state WHERE key = $1`, restoring)
		return out, err
	})
	return err
}
