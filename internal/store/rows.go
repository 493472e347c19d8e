package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"warta/internal/news"
)

// millis is how times are stored: UTC milliseconds, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMillis is the reverse of millis.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// stamp scans stored milliseconds into a time.
type stamp struct{ t *time.Time }

// Scan implements sql.Scanner.
func (s stamp) Scan(v any) error {
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", v)
	}
	*s.t = fromMillis(ms)
	return nil
}

// flag is how a bool is stored: 0 or 1.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// document scans stored JSON into what v points at; an empty text leaves it.
type document struct{ v any }

// Scan implements sql.Scanner.
func (d document) Scan(v any) error {
	switch x := v.(type) {
	case string:
		if x == "" {
			return nil
		}
		return json.Unmarshal([]byte(x), d.v)
	case []byte:
		if len(x) == 0 {
			return nil
		}
		return json.Unmarshal(x, d.v)
	}
	return fmt.Errorf("a document is stored as %T", v)
}

// marshal returns v as the JSON text that is stored.
func marshal(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// collect reads all rows and closes them. Use it around session.rows:
//
//	collect(scanStory)(s.rows(ctx, text, args...))
func collect[T any](scan func(scanner) (T, error)) func(*sql.Rows, error) ([]T, error) {
	return func(rows *sql.Rows, err error) ([]T, error) {
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var list []T
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, rows.Err()
	}
}

// scanID reads a row of one number.
func scanID(r scanner) (id int64, err error) {
	err = r.Scan(&id)
	return id, err
}

// scanText reads a row of one text.
func scanText(r scanner) (text string, err error) {
	err = r.Scan(&text)
	return text, err
}

// insertRows inserts any number of rows in few statements. head is all before
// VALUES, tail all after it. The sizes of the statements are those of a full
// batch and powers of two, so that only a handful of texts come about.
func (s *session) insertRows(ctx context.Context, head, tail string, rows [][]any) error {
	for len(rows) > 0 {
		n := news.MaxBatch
		for p := 128; n > len(rows); p /= 2 {
			n = p
		}
		text := head + " VALUES " + s.marks(n, len(rows[0])) + tail
		args := make([]any, 0, n*len(rows[0]))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := s.exec(ctx, text, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// marks returns the placeholders of many rows. To SQLite "$1" is a name, which
// it looks for from the front of a list; with thousands of them that would be a
// quarter of the time of an import.
func (d dialect) marks(rows, columns int) string {
	if d.postgres {
		return placeholders(rows, columns)
	}
	row := "(" + strings.Repeat(", ?", columns)[2:] + ")"
	return strings.Repeat(", "+row, rows)[2:]
}

// placeholders returns "($1, $2), ($3, $4)" for 2 rows of 2 columns.
func placeholders(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("($")
		case i%columns == 0:
			b.WriteString("), ($")
		default:
			b.WriteString(", $")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	b.WriteByte(')')
	return b.String()
}

const storyColumns = `id, status, slug, uri, uri_version, uri_hash, live_no, last_no, section_id,
	first_published, updated, created, embargo_until, stage, named_no, due_at, due_by, checked_at,
	owner_id, assignee_id, assigned_to`

// scanStory reads storyColumns, and before them what lead points at.
func scanStory(r scanner, lead ...any) (s news.Story, err error) {
	err = r.Scan(append(lead, &s.ID, &s.Status, &s.Slug, &s.URI, &s.URIVersion, &s.URIHash, &s.LiveNo, &s.LastNo, &s.SectionID,
		stamp{&s.FirstPublished}, stamp{&s.Updated}, stamp{&s.Created}, stamp{&s.EmbargoUntil},
		&s.Stage, &s.NamedNo, stamp{&s.DueAt}, &s.DueBy, stamp{&s.CheckedAt},
		&s.OwnerID, &s.AssigneeID, &s.AssignedTo)...)
	return s, err
}

const versionColumns = `story_id, no, origin, content, by_actor, at, why`

// scanVersion reads versionColumns.
func scanVersion(r scanner) (v news.Version, err error) {
	err = r.Scan(&v.StoryID, &v.No, &v.Origin, document{&v.Content}, &v.By, stamp{&v.At}, &v.Why)
	return v, err
}

const draftColumns = `story_id, seq, content, by_actor, at, trail`

// scanDraft reads draftColumns.
func scanDraft(r scanner) (d news.Draft, err error) {
	err = r.Scan(&d.StoryID, &d.Seq, document{&d.Content}, &d.By, stamp{&d.At}, document{&d.Trail})
	return d, err
}

const withdrawalColumns = `story_id, reason, note, at, by_actor, headline`

// scanWithdrawal reads withdrawalColumns.
func scanWithdrawal(r scanner) (w news.Withdrawal, err error) {
	err = r.Scan(&w.StoryID, &w.Reason, &w.Note, stamp{&w.At}, &w.By, &w.Headline)
	return w, err
}

const correctionColumns = `id, story_id, kind, text, at, notice_id`

// scanCorrection reads correctionColumns.
func scanCorrection(r scanner) (c news.Correction, err error) {
	err = r.Scan(&c.ID, &c.StoryID, &c.Kind, &c.Text, stamp{&c.At}, &c.NoticeID)
	return c, err
}

const redirectColumns = `host, path, story_id, target`

// scanRedirect reads redirectColumns.
func scanRedirect(r scanner) (d news.Redirect, err error) {
	err = r.Scan(&d.Host, &d.Path, &d.StoryID, &d.Target)
	return d, err
}

const sectionColumns = `id, parent_id, slug, name, description, position, hidden`

// scanSection reads sectionColumns and moved_to.
func scanSection(r scanner) (s news.Section, err error) {
	err = r.Scan(&s.ID, &s.ParentID, &s.Slug, &s.Name, &s.Description, &s.Position, &s.Hidden, &s.MovedTo)
	return s, err
}

const topicColumns = `id, slug, name, intro, curated, chronology`

// scanTopic reads topicColumns.
func scanTopic(r scanner) (t news.Topic, err error) {
	err = r.Scan(&t.ID, &t.Slug, &t.Name, &t.Intro, &t.Curated, &t.Chronology)
	return t, err
}

const personColumns = `id, slug, name, title, bio, picture_id`

// scanPerson reads personColumns.
func scanPerson(r scanner) (p news.Person, err error) {
	err = r.Scan(&p.ID, &p.Slug, &p.Name, &p.Title, &p.Bio, &p.PictureID)
	return p, err
}

const sourceColumns = `id, name, url, terms`

// scanSource reads sourceColumns.
func scanSource(r scanner) (s news.Source, err error) {
	err = r.Scan(&s.ID, &s.Name, &s.URL, &s.Terms)
	return s, err
}
