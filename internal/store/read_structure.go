package store

import (
	"context"
	"database/sql"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
)

// maxSections and maxPages bound lists that are read whole.
const (
	maxSections = 2000
	maxPages    = 500
	maxSlots    = 60 * 30 // containers of a front times their size
)

// Settings returns the site's settings, with the defaults for what is not
// stored.
func (db *DB) Settings(ctx context.Context) (_ news.Settings, err error) {
	defer fault.Wrap(&err, "read the settings")
	return readSettings(ctx, db.reads())
}

// Sections returns the tree of sections.
func (db *DB) Sections(ctx context.Context) (_ *news.Tree, err error) {
	defer fault.Wrap(&err, "read the sections")
	return readTree(ctx, db.reads())
}

// readMany reads rows by id in the order asked, without those that are not
// there. text ends before the condition; goes by the table's primary key.
func readMany[T any](ctx context.Context, db *DB, text string, ids []int64, scan func(scanner) (T, error), id func(*T) int64) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	s := db.reads()
	list, err := collect(scan)(s.rows(ctx, text+` WHERE id `+s.inIDs(1), s.ids(ids)))
	return byID(ids, list, id), err
}

// Persons returns persons in the order asked, without unknown ones.
func (db *DB) Persons(ctx context.Context, ids []int64) (_ []news.Person, err error) {
	defer fault.Wrap(&err, "read %d persons", len(ids))
	return readMany(ctx, db, `SELECT `+personColumns+` FROM persons`, ids, scanPerson,
		func(p *news.Person) int64 { return p.ID })
}

// Topics returns topics in the order asked, without unknown ones. In the place
// of one that was merged stands the one that took over; none comes twice.
func (db *DB) Topics(ctx context.Context, ids []int64) (_ []news.Topic, err error) {
	defer fault.Wrap(&err, "read %d topics", len(ids))
	if len(ids) == 0 {
		return nil, nil
	}
	s := db.reads()
	type named struct {
		asked int64
		news.Topic
	}
	list, err := collect(func(r scanner) (t named, err error) {
		t.Topic, err = scanTopic(leading{r, &t.asked})
		return t, err
	})(s.rows(ctx, `
		SELECT asked.id, `+prefixed("t", topicColumns)+`
		FROM topics AS asked
		JOIN topics AS t ON t.id = CASE WHEN asked.merged_into <> 0 THEN asked.merged_into ELSE asked.id END
		WHERE asked.id `+s.inIDs(1), s.ids(ids)))
	if err != nil {
		return nil, err
	}
	var out []news.Topic
	seen := map[int64]bool{}
	for _, t := range byID(ids, list, func(t *named) int64 { return t.asked }) {
		if !seen[t.ID] {
			seen[t.ID] = true
			out = append(out, t.Topic)
		}
	}
	return out, nil
}

// leading is a scanner whose rows begin with a column more.
type leading struct {
	scanner
	first any
}

// Scan reads the leading column and then the rest.
func (l leading) Scan(dest ...any) error { return l.scanner.Scan(append([]any{l.first}, dest...)...) }

// prefixed puts the name of a table before each column of a list.
func prefixed(table, columns string) string {
	return table + "." + strings.ReplaceAll(columns, ", ", ", "+table+".")
}

// topicWithMerged returns the topic's id and those of the topics that were
// merged into it. Goes by the index topics_merged.
func topicWithMerged(ctx context.Context, s *session, id int64) ([]int64, error) {
	ids, err := collect(scanID)(s.rows(ctx, `
		SELECT id
		FROM topics
		WHERE merged_into = $1 AND merged_into <> 0
		ORDER BY id
		LIMIT $2`, id, maxLimit))
	return append([]int64{id}, ids...), err
}

// Sources returns sources in the order asked, without unknown ones.
func (db *DB) Sources(ctx context.Context, ids []int64) (_ []news.Source, err error) {
	defer fault.Wrap(&err, "read %d sources", len(ids))
	return readMany(ctx, db, `SELECT `+sourceColumns+` FROM sources`, ids, scanSource,
		func(s *news.Source) int64 { return s.ID })
}

// Who has no live story is not public: a name may come in with an embargoed
// story. Each probe is one of the primary key of listings.
const (
	publicPersons = `
	SELECT ` + personColumns + `
	FROM persons
	WHERE EXISTS (SELECT 1 FROM listings WHERE list = 4 AND ref = id)`
	publicTopics = `
	SELECT ` + topicColumns + `
	FROM topics
	WHERE merged_into = 0
	  AND (curated = 1 OR EXISTS (SELECT 1 FROM listings WHERE list = 3 AND ref = id))`
)

// PersonBySlug returns a person who has a live story, else NotFound. Goes by
// the unique slug.
func (db *DB) PersonBySlug(ctx context.Context, slug string) (p news.Person, err error) {
	defer fault.Wrap(&err, "read person %q", slug)
	p, err = scanPerson(db.reads().row(ctx, publicPersons+` AND slug = $1`, slug))
	return p, notFound(err, "there is no author %q", slug)
}

// TopicBySlug returns a topic that is curated or has a live story, else
// NotFound. Goes by the unique slug.
func (db *DB) TopicBySlug(ctx context.Context, slug string) (t news.Topic, err error) {
	defer fault.Wrap(&err, "read topic %q", slug)
	t, err = scanTopic(db.reads().row(ctx, publicTopics+` AND slug = $1`, slug))
	return t, notFound(err, "there is no topic %q", slug)
}

// AllPersons returns persons who have a live story and an id above after, the
// lowest first. Goes by the primary key.
func (db *DB) AllPersons(ctx context.Context, after int64, limit int) (_ []news.Person, err error) {
	defer fault.Wrap(&err, "read the persons after %d", after)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanPerson)(db.reads().rows(ctx, publicPersons+`
	  AND id > $1
	ORDER BY id
	LIMIT $2`, after, limit))
}

// AllTopics returns topics that are curated or have a live story, with an id
// above after, the lowest first. Goes by the primary key.
func (db *DB) AllTopics(ctx context.Context, after int64, limit int) (_ []news.Topic, err error) {
	defer fault.Wrap(&err, "read the topics after %d", after)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanTopic)(db.reads().rows(ctx, publicTopics+`
	  AND id > $1
	ORDER BY id
	LIMIT $2`, after, limit))
}

// AllSources returns sources with an id above after, the lowest first. Goes by
// the primary key.
func (db *DB) AllSources(ctx context.Context, after int64, limit int) (_ []news.Source, err error) {
	defer fault.Wrap(&err, "read the sources after %d", after)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanSource)(db.reads().rows(ctx, `
		SELECT `+sourceColumns+`
		FROM sources
		WHERE id > $1
		ORDER BY id
		LIMIT $2`, after, limit))
}

const pageColumns = `slug, title, body, position, updated`

// scanPage reads pageColumns.
func scanPage(r scanner) (p news.StaticPage, err error) {
	err = r.Scan(&p.Slug, &p.Title, document{&p.Body}, &p.Position, stamp{&p.Updated})
	return p, err
}

// StaticPage returns a static page. Goes by the primary key.
func (db *DB) StaticPage(ctx context.Context, slug string) (p news.StaticPage, err error) {
	defer fault.Wrap(&err, "read page %q", slug)
	p, err = scanPage(db.reads().row(ctx, `SELECT `+pageColumns+` FROM pages WHERE slug = $1`, slug))
	return p, notFound(err, "there is no page %q", slug)
}

// StaticPages returns all static pages in their order. The table is small and
// read whole.
func (db *DB) StaticPages(ctx context.Context) (_ []news.StaticPage, err error) {
	defer fault.Wrap(&err, "read the static pages")
	return collect(scanPage)(db.reads().rows(ctx, `
		SELECT `+pageColumns+`
		FROM pages
		ORDER BY position, slug
		LIMIT $1`, maxPages))
}

// Front returns the arrangement of a front; section 0 is the home page. It is
// NotFound if nobody arranged it. A slot may name a story that is not live, or
// one whose time is up: Cards and the clock decide what is shown. One query,
// so that no half of two arrangements is seen; goes by the unique section, the
// index containers_front and the primary key of slots.
func (db *DB) Front(ctx context.Context, sectionID int64) (f news.Front, err error) {
	defer fault.Wrap(&err, "read the front of section %d", sectionID)
	return readFront(ctx, db.reads(), sectionID)
}

func readFront(ctx context.Context, q *session, sectionID int64) (f news.Front, err error) {
	rows, err := collect(scanFrontRow)(q.rows(ctx, `
		SELECT f.id, c.id, c.kind, c.title, c.position, c.size, c.rule, s.position, s.story_id, s.until
		FROM fronts AS f
		LEFT JOIN containers AS c ON c.front_id = f.id
		LEFT JOIN slots AS s ON s.container_id = c.id
		WHERE f.section_id = $1
		ORDER BY c.position, c.id, s.position
		LIMIT $2`, sectionID, maxSlots))
	if err != nil {
		return f, err
	}
	if len(rows) == 0 {
		return f, fault.New(fault.NotFound, "there is no front of section %d", sectionID)
	}
	return buildFront(sectionID, rows), nil
}

// AllFronts returns every front's section, the home page's 0 first, for the
// export. The table is small and read whole.
func (db *DB) AllFronts(ctx context.Context) (_ []int64, err error) {
	defer fault.Wrap(&err, "read the fronts")
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT section_id
		FROM fronts
		ORDER BY section_id
		LIMIT $1`, maxSections))
}

// frontRow is a slot with the container and the front that it is in.
type frontRow struct {
	front                     int64
	container, position, size sql.NullInt64
	kind, title               sql.NullString
	rule                      news.Rule
	slot, story, until        sql.NullInt64
}

func scanFrontRow(r scanner) (f frontRow, err error) {
	err = r.Scan(&f.front, &f.container, &f.kind, &f.title, &f.position, &f.size, optional{document{&f.rule}},
		&f.slot, &f.story, &f.until)
	return f, err
}

// optional is a document that may be NULL.
type optional struct{ document }

// Scan implements sql.Scanner.
func (o optional) Scan(v any) error {
	if v == nil {
		return nil
	}
	return o.document.Scan(v)
}

func buildFront(sectionID int64, rows []frontRow) news.Front {
	f := news.Front{ID: rows[0].front, SectionID: sectionID}
	for i := range rows {
		r := &rows[i]
		if !r.container.Valid {
			continue // a front without containers
		}
		if n := len(f.Containers); n == 0 || f.Containers[n-1].ID != r.container.Int64 {
			f.Containers = append(f.Containers, news.Container{ID: r.container.Int64,
				Kind: news.ContainerKind(r.kind.String), Title: r.title.String,
				Position: int(r.position.Int64), Size: int(r.size.Int64), Rule: r.rule})
		}
		if r.slot.Valid {
			c := &f.Containers[len(f.Containers)-1]
			c.Slots = append(c.Slots, news.Slot{Position: int(r.slot.Int64), StoryID: r.story.Int64, Until: fromMillis(r.until.Int64)})
		}
	}
	return f
}
