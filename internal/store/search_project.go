package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"warta/internal/fault"
	"warta/internal/stem"
)

// The search projection. A live story has one entry; any other has none. It is
// written in the transaction of the change that made it so (writeSearch).
//
// Key. The entry's key orders the results, newest first, without a join or a
// sort: first publication in milliseconds << 21 | id & 0x1fffff. It stands in
// stories.search_key (0: no entry; unique), so that results become cards by
// `WHERE search_key IN (…)` and a cursor's key is read from its story's row. If
// another story holds the key already (two million stories apart and the same
// millisecond), the next free one is taken. searchKey(at, id) gives the key of
// an instant for the date bounds and for a cursor whose story has gone.
//
// SQLite: the FTS5 table `search`, contentless, with the one column terms and
// the key as its rowid.
//
//	SELECT rowid FROM search WHERE search MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3
//
// PostgreSQL: the table search (key BIGINT PRIMARY KEY, terms TSVECTOR) with a
// GIN index on terms.
//
//	SELECT key FROM search WHERE terms @@ $1::tsquery AND key < $2 ORDER BY key DESC LIMIT $3
//
// Contents, the same on both engines: the string of a stem.Document in the
// version's language, whose fields are headline, short headline, standfirst,
// the names of the credited people, the names of the topics, and the plain text
// of the body as far as everybody may read it; and the tags stem.Tag("section", id), one for each topic
// ("topic") and one for each credited person ("person"). The section is the
// story's own only: a section moves without touching the index, and who asks
// for one asks for AnyOf the tags of it and of all below it.
//
// A renamed person or topic, and a topic that took another one over, is found by
// its name in older stories once a job has written their entries anew, see
// rename.go; the filter by tag is right at once. What bears a merged topic is
// found by both names.

// searchKey returns the key of a story that was first published at the
// millisecond ms, before a clash is settled.
func searchKey(ms, id int64) int64 { return ms<<21 | id&(1<<21-1) }

// searchEntry is the entry of one live story.
type searchEntry struct {
	key   int64
	terms string
}

// assignSearchKeys gives each story its key. A story that has one under the
// same instant keeps it.
func assignSearchKeys(ctx context.Context, s *session, live []*held) error {
	const low = 1<<21 - 1
	wanted := make([]int64, 0, len(live))
	for _, h := range live {
		if h.searchKey>>21 != millis(h.Story.FirstPublished) || h.searchKey == 0 {
			h.searchKey = searchKey(millis(h.Story.FirstPublished), h.Story.ID)
			wanted = append(wanted, h.searchKey)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	type holder struct{ id, key int64 }
	taken, err := collect(func(r scanner) (t holder, err error) {
		err = r.Scan(&t.id, &t.key)
		return t, err
	})(s.rows(ctx, `
		SELECT id, search_key
		FROM stories
		WHERE search_key <> 0 AND search_key `+s.inIDs(1), s.ids(wanted))) // index stories_search
	if err != nil {
		return err
	}
	by := make(map[int64]int64, len(live)) // key to story
	for _, t := range taken {
		by[t.key] = t.id
	}
	for _, h := range live {
		for n := 0; by[h.searchKey] != 0 && by[h.searchKey] != h.Story.ID; n++ {
			if n == low {
				return fault.New(fault.Conflict, "more than two million stories have one instant of publication")
			}
			h.searchKey = h.searchKey&^low | (h.searchKey+1)&low
			if err := s.row(ctx, `SELECT id FROM stories WHERE search_key = $1 AND search_key <> 0`, h.searchKey).
				Scan(new(int64)); err == nil {
				by[h.searchKey] = -1
			} else if !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		by[h.searchKey] = h.Story.ID
	}
	return nil
}

// searchEntries makes the entries of the stories from their live versions.
func searchEntries(ctx context.Context, s *session, live []*held) ([]searchEntry, error) {
	if len(live) == 0 {
		return nil, nil
	}
	var persons, topics []int64
	for _, h := range live {
		for _, c := range h.Live.Content.Credits {
			persons = append(persons, c.PersonID)
		}
		topics = append(topics, h.Live.Content.Topics...)
	}
	personNames, err := namesOf(ctx, s, "persons", persons)
	if err != nil {
		return nil, err
	}
	topicNames, err := topicNames(ctx, s, topics)
	if err != nil {
		return nil, err
	}
	list := make([]searchEntry, len(live))
	// Stemming needs nothing of the database. An import has done most of it before:
	// what is left takes less time than to wait for others.
	workers := min(runtime.GOMAXPROCS(0), len(live))
	if !slices.ContainsFunc(live, func(h *held) bool { return !h.Live.Prepared() }) {
		workers = 1
	}
	inParts(workers, func(w int) {
		for i := w; i < len(live); i += workers {
			list[i] = live[i].searchEntry(personNames, topicNames)
		}
	})
	// Ascending keys are appended to the index, others are sought in it.
	slices.SortFunc(list, func(a, b searchEntry) int { return cmp.Compare(a.key, b.key) })
	return list, nil
}

// inParts calls work for each part of something, at the same time if there are more
// than one.
func inParts(parts int, work func(part int)) {
	if parts == 1 {
		work(0)
		return
	}
	var group sync.WaitGroup
	for n := range parts {
		group.Go(func() { work(n) })
	}
	group.Wait()
}

func (h *held) searchEntry(personNames, topicNames map[int64]string) searchEntry {
	c := &h.Live.Content
	doc := stem.NewDocument(string(c.Language))
	doc.Add(c.Headline)
	doc.Add(c.ShortHeadline)
	doc.Add(c.Standfirst)
	for _, cr := range c.Credits {
		doc.Add(personNames[cr.PersonID])
		doc.Tag(stem.Tag("person", cr.PersonID))
	}
	for _, id := range c.Topics {
		doc.Add(topicNames[id])
		doc.Tag(stem.Tag("topic", id))
	}
	doc.Tag(stem.Tag("section", c.SectionID))
	doc.AddTerms(h.Live.OpenTerms())
	return searchEntry{h.searchKey, doc.String()}
}

// namesOf returns the names of the rows of persons or topics.
func namesOf(ctx context.Context, s *session, table string, ids []int64) (map[int64]string, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	names := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	rows, err := s.rows(ctx, `SELECT id, name FROM `+table+` WHERE id `+s.inIDs(1), s.ids(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, rows.Err()
}

// topicNames returns the names of topics. One that was merged has its heir's
// before its own.
func topicNames(ctx context.Context, s *session, ids []int64) (map[int64]string, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	names := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	type topic struct {
		id         int64
		name, heir string
	}
	list, err := collect(func(r scanner) (t topic, err error) {
		err = r.Scan(&t.id, &t.name, &t.heir)
		return t, err
	})(s.rows(ctx, `
		SELECT own.id, own.name, coalesce(heir.name, '')
		FROM topics AS own
		LEFT JOIN topics AS heir ON heir.id = own.merged_into AND own.merged_into <> 0
		WHERE own.id `+s.inIDs(1), s.ids(ids)))
	for _, t := range list {
		if names[t.id] = t.name; t.heir != "" {
			names[t.id] = t.heir + "\n" + t.name
		}
	}
	return names, err
}

// writeSearch removes the entries with the old keys and writes the new ones.
func writeSearch(ctx context.Context, s *session, old []int64, entries []searchEntry) error {
	if err := dropTerms(ctx, s, "search", old); err != nil {
		return err
	}
	return insertTerms(ctx, s, "search", entries)
}

// dropTerms removes entries of a table of search terms.
func dropTerms(ctx context.Context, s *session, table string, keys []int64) error {
	if len(keys) == 0 {
		return nil
	}
	column := "rowid"
	if s.postgres {
		column = "key"
	}
	_, err := s.exec(ctx, `DELETE FROM `+table+` WHERE `+column+` `+s.inIDs(1), s.ids(keys))
	return err
}

// insertTerms writes new entries of a table of search terms: "search",
// "work_search" or "picture_search".
func insertTerms(ctx context.Context, s *session, table string, entries []searchEntry) error {
	if len(entries) == 0 {
		return nil
	}
	if s.postgres {
		keys, texts := make([]int64, len(entries)), make([]string, len(entries))
		for i, e := range entries {
			keys[i], texts[i] = e.key, vector(e.terms)
		}
		_, err := s.exec(ctx, `
			INSERT INTO `+table+` (key, terms)
			SELECT key, terms::tsvector
			FROM unnest($1::bigint[], $2::text[]) AS entry (key, terms)`, keys, texts)
		return err
	}
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{e.key, e.terms}
	}
	return s.insertRows(ctx, `INSERT INTO `+table+` (rowid, terms)`, "", rows)
}

// vector returns a document's terms as PostgreSQL prints a tsvector, "a:1 b:2".
// It is what to_tsvector('simple', terms) gives, without the server's parser:
// terms are [a-z0-9] and need no quotes.
func vector(terms string) string {
	b := make([]byte, 0, 2*len(terms))
	at := 0
	for term := range strings.SplitSeq(terms, " ") {
		at++
		b = append(b, term...)
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(at), 10)
		b = append(b, ' ')
	}
	return string(b)
}
