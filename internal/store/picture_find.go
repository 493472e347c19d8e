package store

import (
	"context"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/stem"
)

// maxPictures is the most that FindPictures returns at once.
const maxPictures = 200

// foundPicture is a picture with its place in the library.
type foundPicture struct {
	key     int64
	picture media.Picture
}

// FindPictures returns pictures of the library, the newest first, where to go on
// behind them, and whether there are more. A text that asks for nothing, or only
// excludes, finds nothing. Without a text it goes by one of the indexes on
// search_key; with one, by the entries of picture_search in the order of their
// keys.
func (db *DB) FindPictures(ctx context.Context, f media.Search) (_ []media.Picture, next media.Cursor, more bool, err error) {
	defer fault.Wrap(&err, "find pictures") // without the words
	if f.Limit == 0 {
		f.Limit = defaultPictures
	}
	if err := checkLimit(f.Limit, maxPictures); err != nil {
		return nil, 0, false, err
	}
	list, err := db.findPictures(ctx, &f)
	if err != nil {
		return nil, 0, false, err
	}
	if more = len(list) > f.Limit; more {
		list = list[:f.Limit]
	}
	pictures := make([]media.Picture, len(list))
	for i := range list {
		pictures[i], next = list[i].picture, media.Cursor(list[i].key)
	}
	return pictures, next, more, nil
}

// findPictures returns one picture more than a page has, if there is one.
func (db *DB) findPictures(ctx context.Context, f *media.Search) (list []foundPicture, err error) {
	scan := collect(func(r scanner) (p foundPicture, err error) {
		p.picture, err = scanPicture(r, &p.key)
		return p, err
	})
	if strings.TrimSpace(f.Text) == "" {
		q := pictureQuery{f: f, d: db.dialect}
		return scan(db.reads().rows(ctx, q.plain(), db.dialect.replanned(q.args...)...))
	}
	words := stem.ParseQuery(f.Text)
	if words.Empty() {
		return nil, nil
	}
	err = db.seek(ctx, func(s *session) error {
		list, err = seekFirst(db.dialect.ways(), f.Limit+1, func(w way) ([]foundPicture, error) {
			q := pictureQuery{f: f, d: db.dialect}
			return scan(s.rows(ctx, q.search(w, words), q.args...))
		})
		return err
	})
	return list, err
}

// pictureQuery writes the query of a search. Its texts are a bounded set: each
// filter is there or not.
type pictureQuery struct {
	f    *media.Search
	d    dialect
	args []any
}

// arg adds an argument and returns its placeholder.
func (q *pictureQuery) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// bounds returns the half-open range of keys.
func (q *pictureQuery) bounds() (low, high int64) {
	low, high = -1<<63, 1<<63-1
	if !q.f.From.IsZero() {
		low = searchKey(clampInstant(q.f.From), 0)
	}
	if !q.f.To.IsZero() {
		high = searchKey(clampInstant(q.f.To), 0)
	}
	if q.f.After != 0 {
		high = min(high, int64(q.f.After))
	}
	return low, high
}

// filters returns the conditions that are no terms.
func (q *pictureQuery) filters() (where []string) {
	if q.f.Unused {
		where = append(where, "idle = 1")
	}
	if q.f.AddedBy != 0 {
		where = append(where, "added_by <> 0 AND added_by = "+q.arg(q.f.AddedBy))
	}
	return where
}

// plain returns the query of a search without words.
func (q *pictureQuery) plain() string {
	where := q.filters()
	if q.f.Uncredited {
		where = append(where, "credit = ''")
	}
	if q.f.AI {
		where = append(where, "ai = 1")
	}
	low, high := q.bounds()
	where = append(where, "search_key >= "+q.arg(low), "search_key < "+q.arg(high))
	return `
		SELECT search_key, ` + pictureColumns + `
		FROM pictures
		WHERE ` + strings.Join(where, "\n\t\t  AND ") + `
		ORDER BY search_key DESC
		LIMIT ` + q.arg(q.f.Limit+1)
}

// search returns the query of a search with words.
func (q *pictureQuery) search(w way, words stem.Query) string {
	var tags []string
	if q.f.Uncredited {
		tags = append(tags, tagUncredited)
	}
	if q.f.AI {
		tags = append(tags, tagAI)
	}
	low, high := q.bounds()
	t := terms{table: "picture_search", query: q.arg(q.d.query(words, tags...)), low: q.arg(low), high: q.arg(high), window: seekWindow}
	filters, limit := q.filters(), q.arg(q.f.Limit+1)
	switch {
	case len(filters) == 0: // the entries alone decide: only those of the page become pictures
		t.limit = limit
	case w == amongNewest:
		return `
		SELECT search_key, ` + pictureColumns + `
		FROM (
			SELECT search_key, ` + pictureColumns + `
			FROM pictures
			WHERE ` + strings.Join(append(filters, "search_key >= "+t.low, "search_key < "+t.high), "\n\t\t\t  AND ") + `
			ORDER BY search_key DESC
			LIMIT ` + seekWindow + `) AS newest
		WHERE (SELECT terms FROM picture_search WHERE key = search_key) @@ CAST(` + t.query + ` AS text)::tsquery
		ORDER BY search_key DESC
		LIMIT ` + limit
	}
	return `
		SELECT search_key, ` + pictureColumns + `
		FROM (` + q.d.hits(w, t) + `) AS hits
		CROSS JOIN pictures
		WHERE ` + strings.Join(append([]string{"search_key = hit"}, filters...), "\n\t\t  AND ") + `
		ORDER BY hit DESC
		LIMIT ` + limit
}
