package store

import (
	"context"
	"fmt"
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
	q := pictureQuery{f: &f, s: db.reads()}
	text, args, ok := q.text()
	if !ok {
		return nil, 0, false, nil
	}
	list, err := collect(func(r scanner) (p foundPicture, err error) {
		p.picture, err = scanPicture(r, &p.key)
		return p, err
	})(q.s.rows(ctx, text, args...))
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

// pictureQuery writes the query of a search. Its texts are a bounded set: each
// filter is there or not.
type pictureQuery struct {
	f    *media.Search
	s    *session
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

// text returns the query and its arguments; ok is false if nothing can match.
func (q *pictureQuery) text() (text string, args []any, ok bool) {
	low, high := q.bounds()
	var where []string
	if q.f.Unused {
		where = append(where, "idle = 1")
	}
	if q.f.AddedBy != 0 {
		where = append(where, "added_by <> 0 AND added_by = "+q.arg(q.f.AddedBy))
	}
	if strings.TrimSpace(q.f.Text) != "" {
		return q.search(where, low, high)
	}
	if q.f.Uncredited {
		where = append(where, "credit = ''")
	}
	if q.f.AI {
		where = append(where, "ai = 1")
	}
	where = append(where, "search_key >= "+q.arg(low), "search_key < "+q.arg(high))
	text = `
		SELECT search_key, ` + pictureColumns + `
		FROM pictures
		WHERE ` + strings.Join(where, "\n\t\t  AND ") + `
		ORDER BY search_key DESC
		LIMIT ` + q.arg(q.f.Limit+1)
	return text, q.s.replanned(q.args...), true
}

// search is text for a search with words.
func (q *pictureQuery) search(where []string, low, high int64) (string, []any, bool) {
	query := stem.ParseQuery(q.f.Text)
	if query.Empty() {
		return "", nil, false
	}
	var tags []string
	if q.f.Uncredited {
		tags = append(tags, tagUncredited)
	}
	if q.f.AI {
		tags = append(tags, tagAI)
	}
	key, match := "picture_search.rowid", "picture_search MATCH "+q.arg(query.FTS5(tags...))
	if q.s.postgres {
		q.args[len(q.args)-1] = query.TSQuery(tags...)
		key, match = "picture_search.key", fmt.Sprintf("terms @@ CAST($%d AS text)::tsquery", len(q.args))
	}
	matches := `
		FROM picture_search
		WHERE ` + match + `
		  AND ` + key + ` >= ` + q.arg(low) + `
		  AND ` + key + ` < ` + q.arg(high)
	ordered := `
		ORDER BY ` + key + ` DESC
		LIMIT ` + q.arg(q.f.Limit+1)
	if len(where) == 0 {
		// The entries alone decide: only those of the page become pictures.
		return `
		SELECT search_key, ` + pictureColumns + `
		FROM (SELECT ` + key + ` AS hit` + matches + ordered + `) AS hits
		CROSS JOIN pictures
		WHERE search_key = hit
		ORDER BY search_key DESC`, q.s.replanned(q.args...), true
	}
	return `
		SELECT search_key, ` + pictureColumns +
		strings.Replace(matches, "FROM picture_search", "FROM picture_search\n\t\tCROSS JOIN pictures", 1) + `
		  AND search_key = ` + key + `
		  AND ` + strings.Join(where, "\n\t\t  AND ") + ordered, q.s.replanned(q.args...), true
}
