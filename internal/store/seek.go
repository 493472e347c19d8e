package store

import (
	"context"

	"warta/internal/stem"
)

// Searches by words on PostgreSQL. SQLite reads the matches of FTS5 in the order
// of their keys and stops when it has enough. PostgreSQL has no such index: it
// either goes along the keys and looks at each entry, which is quick for what is
// common and takes the whole table for what is rare, or it gathers all matches
// of the index on terms and sorts them, which is the other way round. Its
// planner chooses by figures that it has for frequent terms only, and none for
// how terms go together; where it was wrong, a board of 100,000 stories took
// 600 ms. So the ways are written out, and tried one after the other: the newest
// entries first, and the index on terms if these were too few. Neither costs
// more than a few thousand entries, unless what is common stands in old stories
// alone.
//
// "key + 0" is a key by which no index can be gone along, and OFFSET 0 keeps a
// subquery from being taken apart.

// way is how the matches of a search are found.
type way int

const (
	amongNewest way = iota // the newest entries, one by one
	byTerms                // all of them by the index on terms
)

// ways returns how matches are looked for, in this order.
func (d dialect) ways() []way {
	if d.postgres {
		return []way{amongNewest, byTerms}
	}
	return []way{byTerms}
}

// How many of the newest entries are looked through before the index on terms is
// asked: as many as cost about what the index does. Those of the site's search
// are ten times as long.
const (
	seekWindow     = "2000"
	seekWindowLong = "1000"
)

// seek runs the statements of one search in one transaction that reads. On
// PostgreSQL it takes away the choice to read a table of terms from end to end,
// which looks cheap wherever a limit stands behind it.
func (db *DB) seek(ctx context.Context, fn func(*session) error) error {
	if !db.dialect.postgres {
		return fn(db.reads())
	}
	return db.view(ctx, func(s *session) error {
		if _, err := s.exec(ctx, `SET LOCAL enable_seqscan = off`); err != nil {
			return err
		}
		return fn(s)
	})
}

// seekFirst tries the ways until one fills the list, and returns the last try.
func seekFirst[T any](ways []way, full int, find func(way) ([]T, error)) (list []T, err error) {
	for _, w := range ways {
		list, err = find(w)
		if err != nil || len(list) >= full {
			break
		}
	}
	return list, err
}

// terms is a table of search terms, and what is asked of it: placeholders or
// expressions, as they stand in the statement.
type terms struct {
	table  string // "search", "work_search" or "picture_search"
	query  string // in the engine's grammar
	low    string // keys from here on; empty: all
	high   string // keys below; empty: all
	limit  string // empty: all that the way finds
	window string // for amongNewest
}

// hits returns a query for the keys of matches, in a column hit, the newest
// first.
func (d dialect) hits(w way, t terms) string {
	key, match, order := "rowid", t.table+` MATCH `+t.query, "rowid"
	if d.postgres {
		key, match, order = "key", `terms @@ CAST(`+t.query+` AS text)::tsquery`, "key"
		if w == byTerms {
			order = "key + 0"
		}
	}
	limit := ""
	if t.limit != "" {
		limit = `
			LIMIT ` + t.limit
	}
	if w == amongNewest {
		return `
			SELECT key AS hit
			FROM (
				SELECT key, terms
				FROM ` + t.table + `
				WHERE TRUE` + t.bounds(order) + `
				ORDER BY key DESC
				LIMIT ` + t.window + `) AS newest
			WHERE ` + match + `
			ORDER BY key DESC` + limit
	}
	return `
			SELECT ` + key + ` AS hit
			FROM ` + t.table + `
			WHERE ` + match + t.bounds(order) + `
			ORDER BY ` + order + ` DESC` + limit
}

// bounds returns the conditions on the key.
func (t *terms) bounds(key string) (text string) {
	if t.low != "" {
		text += `
			  AND ` + key + ` >= ` + t.low
	}
	if t.high != "" {
		text += `
			  AND ` + key + ` < ` + t.high
	}
	return text
}

// query returns a search for words and tags in the engine's grammar.
func (d dialect) query(q stem.Query, tags ...string) string {
	if d.postgres {
		return q.TSQuery(tags...)
	}
	return q.FTS5(tags...)
}
