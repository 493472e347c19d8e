package store

import (
	"context"
	"fmt"
	"strings"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// readTree reads the sections; there are at most maxSections.
func readTree(ctx context.Context, s *session) (*news.Tree, error) {
	sections, err := collect(scanSection)(s.rows(ctx, `
		SELECT `+sectionColumns+`, moved_to
		FROM sections
		ORDER BY id
		LIMIT $1`, maxSections))
	return news.NewTree(sections), err
}

// saveRow inserts a row of a table with an id of its own, or overwrites the one
// with this id, and returns the id. columns begin with id. A second row with
// the same slug or name is a Conflict.
func saveRow(ctx context.Context, s *session, table, columns string, values ...any) (id int64, err error) {
	id = values[0].(int64)
	if id == 0 {
		_, rest, _ := strings.Cut(columns, ",")
		err = s.row(ctx, `
			INSERT INTO `+table+` (`+rest+`)
			VALUES `+placeholders(1, len(values)-1)+`
			RETURNING id`, values[1:]...).Scan(&id)
	} else {
		var set []string
		for i, c := range strings.Split(columns, ",")[1:] {
			set = append(set, fmt.Sprintf("%s = $%d", strings.TrimSpace(c), i+2))
		}
		err = s.row(ctx, `
			UPDATE `+table+`
			SET `+strings.Join(set, ", ")+`
			WHERE id = $1
			RETURNING id`, values...).Scan(&id)
		err = notFound(err, "there is no row %d in %s", id, table)
	}
	if s.isUnique(err) {
		taken := fault.New(fault.Conflict, "the slug or the name is taken already: %w", err).Say("name_taken")
		taken.Field = "name"
		return 0, taken
	}
	return id, err
}

// SaveSection implements news.SiteStore. A section that moves takes the
// stories below it along to the lists of its new ancestors.
func (db *DB) SaveSection(ctx context.Context, sec news.Section, out change.Outcome) (_ news.Section, err error) {
	defer fault.Wrap(&err, "write section %q", sec.Slug)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if s.postgres {
			if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, treeLock); err != nil {
				return out, err
			}
		}
		before, err := readTree(ctx, s)
		if err != nil {
			return out, err
		}
		id, err := saveRow(ctx, s, "sections", sectionColumns, sec.ID, sec.ParentID, sec.Slug, sec.Name,
			sec.Description, sec.Position, flag(sec.Hidden))
		if err != nil {
			return out, err
		}
		// fn may run again with the outcome as it was given.
		out := withTags(out, news.TagSection(id))
		if sec.ID == 0 {
			out.Made = []change.Made{{Kind: change.MadeSection, ID: id}}
		}
		sec.ID = id
		old := before.ByID(id)
		if old == nil || old.ParentID == sec.ParentID {
			return out, nil
		}
		after, err := readTree(ctx, s)
		if err != nil {
			return out, err
		}
		tags, err := moveListings(ctx, s, id, ancestors(before, id), ancestors(after, id))
		return withTags(out, tags...), err
	})
	return sec, err
}

// withTags returns the outcome with more tags, without writing to its list.
func withTags(out change.Outcome, tags ...string) change.Outcome {
	out.Tags = append([]string(nil), out.Tags...)
	out.Touch(tags...)
	return out
}

// ancestors returns the sections above id.
func ancestors(t *news.Tree, id int64) map[int64]bool {
	above := map[int64]bool{}
	for _, s := range t.Ancestry(id) {
		if s.ID != id {
			above[s.ID] = true
		}
	}
	return above
}

// moveListings takes the stories of a section out of the lists of the sections
// that it no longer stands below, and puts them into those of the new ones.
// All that stands in or below the section stands in its own list, so that is
// where the stories are found.
func moveListings(ctx context.Context, s *session, id int64, before, after map[int64]bool) (tags []string, err error) {
	for above := range before {
		if after[above] {
			continue
		}
		tags = append(tags, news.TagSection(above))
		if _, err := s.exec(ctx, `
			DELETE FROM listings
			WHERE list = $1 AND ref = $2 AND story_id IN (
				SELECT story_id
				FROM listings
				WHERE list = $1 AND ref = $3)`, listSection, above, id); err != nil {
			return nil, err
		}
	}
	for above := range after {
		if before[above] {
			continue
		}
		tags = append(tags, news.TagSection(above))
		if err := enlist(ctx, s, listSection, id, above); err != nil {
			return nil, err
		}
	}
	return tags, nil
}

// enlist puts all that stands in the list of from into the list of to as well.
func enlist(ctx context.Context, s *session, list int, from, to int64) error {
	_, err := s.exec(ctx, `
		INSERT INTO listings (list, ref, at, story_id)
		SELECT list, CAST($2 AS BIGINT), at, story_id
		FROM listings
		WHERE list = $1 AND ref = $3
		ON CONFLICT DO NOTHING`, list, to, from)
	return err
}

// unlist empties a list.
func unlist(ctx context.Context, s *session, list int, ref int64) error {
	_, err := s.exec(ctx, `DELETE FROM listings WHERE list = $1 AND ref = $2`, list, ref)
	return err
}

// SaveTopic implements news.SiteStore.
func (db *DB) SaveTopic(ctx context.Context, t news.Topic, out change.Outcome) (_ news.Topic, err error) {
	defer fault.Wrap(&err, "write topic %q", t.Slug)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		out, err := db.renamed(ctx, s, out, news.RefTopic, t.ID, t.Name)
		if err != nil {
			return out, err
		}
		id, err := saveRow(ctx, s, "topics", topicColumns+", folded",
			t.ID, t.Slug, t.Name, t.Intro, flag(t.Curated), flag(t.Chronology), foldName(t.Name))
		if err == nil {
			t.ID = id
		}
		return out, err
	})
	return t, err
}

// SavePerson implements news.SiteStore.
func (db *DB) SavePerson(ctx context.Context, p news.Person, out change.Outcome) (_ news.Person, err error) {
	defer fault.Wrap(&err, "write person %q", p.Slug)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		out, err := db.renamed(ctx, s, out, news.RefPerson, p.ID, p.Name)
		if err != nil {
			return out, err
		}
		id, err := saveRow(ctx, s, "persons", personColumns+", folded",
			p.ID, p.Slug, p.Name, p.Title, p.Bio, p.PictureID, foldName(p.Name))
		if err == nil {
			p.ID = id
		}
		return out, err
	})
	return p, err
}

// SaveSource implements news.SiteStore.
func (db *DB) SaveSource(ctx context.Context, src news.Source, out change.Outcome) (_ news.Source, err error) {
	defer fault.Wrap(&err, "write source %q", src.Name)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		id, err := saveRow(ctx, s, "sources", sourceColumns+", folded",
			src.ID, src.Name, src.URL, src.Terms, foldName(src.Name))
		if err == nil {
			src.ID = id
		}
		return out, err
	})
	return src, err
}

// foldName returns what decides whether two names are the same: lower case,
// single blanks.
func foldName(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

// SavePage implements news.SiteStore.
func (db *DB) SavePage(ctx context.Context, p news.StaticPage, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "write page %q", p.Slug)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		body, err := marshal(p.Body)
		if err != nil {
			return out, err
		}
		out := out
		if out.Run != 0 {
			if out.Made, err = madePage(ctx, s, p.Slug); err != nil {
				return out, err
			}
		}
		if p.Updated.IsZero() {
			if p.Updated, err = db.clock(ctx, s); err != nil {
				return out, err
			}
		}
		if err := s.insertRows(ctx, `INSERT INTO pages (`+pageColumns+`)`, onConflict("slug", pageColumns),
			[][]any{{p.Slug, p.Title, body, p.Position, millis(p.Updated)}}); err != nil {
			return out, err
		}
		return out, savePagePictures(ctx, s, &p)
	})
	return err
}

// savePagePictures opens the addresses of the pictures that a page shows.
func savePagePictures(ctx context.Context, s *session, p *news.StaticPage) error {
	if _, err := s.exec(ctx, `DELETE FROM page_pictures WHERE slug = $1`, p.Slug); err != nil {
		return err
	}
	var rows [][]any
	for _, id := range p.Body.Pictures() {
		rows = append(rows, []any{p.Slug, id})
	}
	return s.insertRows(ctx, `INSERT INTO page_pictures (slug, picture_id)`, "", rows)
}

// SaveFront implements news.SiteStore: it replaces the front of f.SectionID.
// Containers that have an id keep it.
func (db *DB) SaveFront(ctx context.Context, f news.Front, out change.Outcome) (_ news.Front, err error) {
	defer fault.Wrap(&err, "write the front of section %d", f.SectionID)
	f.Containers = append([]news.Container(nil), f.Containers...)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		out := out
		if out.Run != 0 {
			out.Made = madePins(&f)
		}
		return out, saveFront(ctx, s, &f)
	})
	return f, err
}

func saveFront(ctx context.Context, s *session, f *news.Front) error {
	err := s.row(ctx, `
		INSERT INTO fronts (section_id)
		VALUES ($1)
		ON CONFLICT (section_id) DO UPDATE SET section_id = excluded.section_id
		RETURNING id`, f.SectionID).Scan(&f.ID)
	if err != nil {
		return err
	}
	own, err := collect(scanID)(s.rows(ctx, `SELECT id FROM containers WHERE front_id = $1`, f.ID))
	if err != nil {
		return err
	}
	mine := map[int64]bool{}
	for _, id := range own {
		mine[id] = true
	}
	// Slots go with their containers.
	if _, err := s.exec(ctx, `DELETE FROM containers WHERE front_id = $1`, f.ID); err != nil {
		return err
	}
	var slots [][]any
	// Those that keep their id come first: on SQLite a new one takes the lowest
	// id that is free then.
	for _, kept := range []bool{true, false} {
		for i := range f.Containers {
			c := &f.Containers[i]
			if c.Position = i; mine[c.ID] != kept {
				continue
			}
			if err := insertContainer(ctx, s, f.ID, c, kept); err != nil {
				return err
			}
			for _, slot := range c.Slots {
				slots = append(slots, []any{c.ID, slot.Position, slot.StoryID, millis(slot.Until)})
			}
		}
	}
	return s.insertRows(ctx, `INSERT INTO slots (container_id, position, story_id, until)`, "", slots)
}

// insertContainer writes one container; without kept it gets an id.
func insertContainer(ctx context.Context, s *session, frontID int64, c *news.Container, kept bool) error {
	rule, err := marshal(c.Rule)
	if err != nil {
		return err
	}
	columns, values := "front_id, kind, title, position, size, rule",
		[]any{frontID, string(c.Kind), c.Title, c.Position, c.Size, rule}
	if kept {
		columns, values = columns+", id", append(values, c.ID)
	}
	return s.row(ctx, `
		INSERT INTO containers (`+columns+`)
		VALUES `+placeholders(1, len(values))+`
		RETURNING id`, values...).Scan(&c.ID)
}
