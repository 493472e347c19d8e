package store

import (
	"context"
	"slices"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/stem"
)

// maxWork is how many cards a list of work has at most; maxCount is how far a
// column is counted.
const (
	maxWork  = 200
	maxCount = 1000
)

// Work returns cards of the desk in the filter's order, where the next page
// begins, and whether there is one.
func (db *DB) Work(ctx context.Context, f news.WorkFilter) (list []news.WorkCard, next news.WorkCursor, more bool, err error) {
	defer fault.Wrap(&err, "read the desk's work") // without the words that were searched for
	if err := checkLimit(f.Limit, maxWork); err != nil {
		return nil, next, false, err
	}
	sc, err := db.scope(ctx, &f)
	if err != nil || sc.nothing {
		return nil, next, false, err
	}
	match := sc.match(db.dialect, f.Column)
	done := false
	if f.By == news.ByPublished && match != "" && !db.dialect.postgres {
		list, done, err = db.workRecent(ctx, &f, match)
	}
	switch {
	case done || err != nil:
	case match != "":
		list, err = db.workMatches(ctx, &f, match)
	default:
		text, args := db.workQuery(&f)
		list, err = collect(scanWork)(db.reads().rows(ctx, text, db.dialect.replanned(args...)...))
	}
	if err != nil {
		return nil, next, false, err
	}
	if more = len(list) > f.Limit; more {
		list = list[:f.Limit]
	}
	if n := len(list); n > 0 {
		c := &list[n-1]
		next = news.WorkCursor{ID: c.StoryID, At: c.Touched}
		switch f.By {
		case news.ByDue:
			next.At = c.Due
		case news.ByPublished:
			next.At = c.FirstPublished
		}
	}
	return list, next, more, nil
}

// workScope is what a filter asks of the terms of cards, the column apart.
type workScope struct {
	query   stem.Query
	tags    []string
	nothing bool // no card can fit
}

// scope reads what a filter names.
func (db *DB) scope(ctx context.Context, f *news.WorkFilter) (sc workScope, err error) {
	sc.query = stem.ParseQuery(f.Text)
	if f.Text != "" && sc.query.Empty() {
		return workScope{nothing: true}, nil
	}
	all := f.Viewer.CanIn(account.ReadAny, nil)
	if f.SectionID != 0 || !all {
		tree, err := readTree(ctx, db.reads())
		if err != nil {
			return sc, err
		}
		if f.SectionID != 0 {
			sc.tags = append(sc.tags, stem.AnyOf(deskTags(tree, f.SectionID)...))
		}
		if !all {
			sc.tags = append(sc.tags, stem.AnyOf(viewerTags(tree, f.Viewer)...))
		}
	}
	if f.UserID != 0 {
		sc.tags = append(sc.tags, stem.Tag("user", f.UserID))
	}
	if f.TopicID != 0 {
		ids, err := topicWithMerged(ctx, db.reads(), f.TopicID)
		if err != nil {
			return sc, err
		}
		topics := make([]string, len(ids))
		for i, id := range ids {
			topics[i] = stem.Tag("topic", id)
		}
		sc.tags = append(sc.tags, stem.AnyOf(topics...))
	}
	return sc, nil
}

// match returns the query for the terms of the cards in a column (""; all), ""
// if the columns' own index will do.
func (sc *workScope) match(d dialect, column news.Column) string {
	if len(sc.tags) == 0 && sc.query.Empty() {
		return ""
	}
	tags := sc.tags
	if column != "" {
		tags = append(slices.Clone(tags), stem.Tag("column", columnRefs[column]))
	}
	return d.query(sc.query, tags...)
}

// deskTags returns the tags of what stands in a section or below it, or was
// handed to one of those desks.
func deskTags(tree *news.Tree, id int64) (tags []string) {
	for _, id := range tree.Below(id) {
		tags = append(tags, stem.Tag("section", id), stem.Tag("desk", id))
	}
	return tags
}

// viewerTags returns the tags of what somebody may read who may not read
// everything: his own, and that of the desks in which he may.
func viewerTags(tree *news.Tree, a account.Actor) []string {
	tags := []string{stem.Tag("user", a.ID)}
	for _, g := range a.Grants {
		if g.Role.Can(account.ReadAny) {
			tags = append(tags, deskTags(tree, g.SectionID)...)
		}
	}
	return tags
}

// workRange is which part of a list is asked for: by the key of the cards, by
// publication or by what is due.
type workRange struct {
	column, order, than string // the order's column, " DESC" or "", and what comes behind a place
	low, high           int64  // of the column; with the key, keys
	after               [2]any // of a list that does not go by the key: the place behind which it begins
}

func rangeOf(f *news.WorkFilter) workRange {
	r := workRange{low: -1 << 63, high: 1<<63 - 1}
	if f.By == news.ByTouched {
		if !f.From.IsZero() {
			r.low = searchKey(clampInstant(f.From), 0)
		}
		if !f.To.IsZero() {
			r.high = searchKey(clampInstant(f.To), 0)
		}
		if f.After != (news.WorkCursor{}) {
			r.high = min(r.high, searchKey(clampInstant(f.After.At), f.After.ID))
		}
		return r
	}
	if !f.From.IsZero() {
		r.low = millis(f.From)
	}
	if !f.To.IsZero() {
		r.high = millis(f.To)
	}
	r.column, r.than, r.after = "due", ">", [2]any{int64(-1 << 63), int64(0)}
	if f.By == news.ByPublished {
		r.column, r.order, r.than, r.after = "published", " DESC", "<", [2]any{int64(1<<63 - 1), int64(0)}
	}
	if f.After != (news.WorkCursor{}) {
		r.after = [2]any{millis(f.After.At), f.After.ID}
	}
	return r
}

// workQuery returns the statement of a list without words and desks. It goes by
// the index of its order: the primary key, work_col, work_published or work_due.
func (db *DB) workQuery(f *news.WorkFilter) (text string, args []any) {
	r, where := rangeOf(f), ""
	args = []any{f.Limit + 1, r.low, r.high}
	if r.column == "" {
		if f.Column != "" {
			where, args = ` AND col = $4`, append(args, columnRefs[f.Column])
		}
		return `
		SELECT story_id, card
		FROM work
		WHERE key >= $2 AND key < $3` + where + `
		ORDER BY key DESC
		LIMIT $1`, args
	}
	args = append(args, r.after[0], r.after[1])
	if f.Column != "" {
		where, args = ` AND col + 0 = $6`, append(args, columnRefs[f.Column]) // the index is that of the order
	}
	return `
		SELECT story_id, card
		FROM work
		WHERE ` + r.column + ` <> 0 AND ` + r.column + ` >= $2 AND ` + r.column + ` < $3
		  AND (` + r.column + `, story_id) ` + r.than + ` ($4, $5)` + where + `
		ORDER BY ` + r.column + r.order + `, story_id` + r.order + `
		LIMIT $1`, args
}

// workMatches reads a list by terms.
func (db *DB) workMatches(ctx context.Context, f *news.WorkFilter, match string) (list []news.WorkCard, err error) {
	ways := db.dialect.ways()
	if f.Column != "" && f.Column != news.ColumnLive {
		ways = []way{byTerms} // all columns but one are short
	}
	err = db.seek(ctx, func(s *session) error {
		list, err = seekFirst(ways, f.Limit+1, func(w way) ([]news.WorkCard, error) {
			text, args := db.dialect.workMatch(w, f, match)
			return collect(scanWork)(s.rows(ctx, text, args...))
		})
		return err
	})
	return list, err
}

// workMatch returns the statement of a list by terms. By touch, matches are read
// in the order of their keys and stop at the limit; then each is one probe of
// work.
func (d dialect) workMatch(w way, f *news.WorkFilter, match string) (text string, args []any) {
	r := rangeOf(f)
	args = []any{f.Limit + 1, match, r.low, r.high}
	if r.column == "" {
		return `
		SELECT story_id, card
		FROM (` + d.hits(w, terms{table: "work_search", query: "$2", low: "$3", high: "$4", limit: "$1", window: seekWindow}) + `) AS hits
		CROSS JOIN work
		WHERE key = hit
		ORDER BY hit DESC`, args
	}
	args = append(args, r.after[0], r.after[1])
	ranged := r.column + ` <> 0 AND ` + r.column + ` >= $3 AND ` + r.column + ` < $4
			  AND (` + r.column + `, story_id) ` + r.than + ` ($5, $6)`
	ordered := `
			ORDER BY ` + r.column + r.order + `, story_id` + r.order + `
			LIMIT `
	if w == amongNewest {
		return `
		SELECT story_id, card
		FROM (
			SELECT story_id, card, key AS hit, ` + r.column + `
			FROM work
			WHERE ` + ranged + ordered + seekWindow + `) AS newest
		WHERE (SELECT terms FROM work_search WHERE key = hit) @@ CAST($2 AS text)::tsquery` + ordered + `$1`, args
	}
	// Of the terms' keys: nothing is published after it was touched.
	oldest := int64(-1 << 63)
	if f.By == news.ByPublished && !f.From.IsZero() {
		oldest = searchKey(clampInstant(f.From), 0)
	}
	args = append(args, oldest)
	if d.postgres {
		return `
		SELECT story_id, card
		FROM (
			SELECT key AS hit
			FROM work_search
			WHERE terms @@ CAST($2 AS text)::tsquery AND key + 0 >= $7
			OFFSET 0) AS hits
		CROSS JOIN LATERAL (
			SELECT story_id, card, ` + r.column + `
			FROM work
			WHERE key = hit
			OFFSET 0) AS work
		WHERE ` + ranged + ordered + `$1`, args
	}
	return `
		SELECT story_id, card
		FROM work
		WHERE ` + ranged + `
			  AND key IN (SELECT rowid FROM work_search WHERE work_search MATCH $2 AND rowid >= $7)` + ordered + `$1`, args
}

// workWindow is how many of the matches that were touched last are looked
// through for what was published last.
const workWindow = 2000

// workRecent reads a list by publication on SQLite, where all matches of a broad
// filter cost 70 ms among 100,000 stories. Nothing is published after it was
// touched: of the matches touched last, those that were published after the last
// one of them was touched are the ones published last. done is false where these
// are too few.
func (db *DB) workRecent(ctx context.Context, f *news.WorkFilter, match string) (list []news.WorkCard, done bool, err error) {
	s := db.reads()
	edge, err := collect(scanID)(s.rows(ctx, `
		SELECT rowid
		FROM work_search
		WHERE work_search MATCH $1
		ORDER BY rowid DESC
		LIMIT 1 OFFSET $2`, match, workWindow-1))
	if err != nil || len(edge) == 0 {
		return nil, false, err // so few that the plain way is as good
	}
	low, high := edge[0]>>21+1, int64(1<<63-1)
	if !f.From.IsZero() {
		low = max(low, millis(f.From))
	}
	if !f.To.IsZero() {
		high = millis(f.To)
	}
	after := []any{int64(1<<63 - 1), int64(0)}
	if f.After != (news.WorkCursor{}) {
		after = []any{millis(f.After.At), f.After.ID}
	}
	list, err = collect(scanWork)(s.rows(ctx, `
		SELECT story_id, card
		FROM (
			SELECT rowid AS hit
			FROM work_search
			WHERE work_search MATCH $1
			  AND rowid >= $2
			ORDER BY rowid DESC) AS hits
		CROSS JOIN work
		WHERE key = hit
		  AND published >= $3 AND published < $4
		  AND (published, story_id) < ($5, $6)
		ORDER BY published DESC, story_id DESC
		LIMIT $7`, match, edge[0], low, high, after[0], after[1], f.Limit+1))
	return list, len(list) > f.Limit, err
}

// WorkCounts returns how many cards of the filter stand in each column, counted
// up to 1,000. Column, order and place of the filter do not matter; From and To
// bound when a story was touched.
func (db *DB) WorkCounts(ctx context.Context, f news.WorkFilter) (counts map[news.Column]int, err error) {
	defer fault.Wrap(&err, "count the desk's work")
	f.After, f.By, f.Limit = news.WorkCursor{}, news.ByTouched, maxCount-1
	counts = make(map[news.Column]int, len(news.Columns))
	sc, err := db.scope(ctx, &f)
	if err != nil || sc.nothing {
		return counts, err
	}
	r := rangeOf(&f)
	err = db.seek(ctx, func(s *session) error {
		for _, column := range news.Columns {
			text, arg := `SELECT 1 FROM work WHERE col = $4 AND key >= $2 AND key < $3 LIMIT $1`, any(columnRefs[column])
			if match := sc.match(db.dialect, column); match != "" {
				text, arg = `SELECT 1 FROM work_search WHERE work_search MATCH $4 AND rowid >= $2 AND rowid < $3 LIMIT $1`, match
				if s.postgres {
					text = `SELECT 1 FROM work_search WHERE terms @@ CAST($4 AS text)::tsquery AND key + 0 >= $2 AND key + 0 < $3 LIMIT $1`
				}
			}
			var n int
			if err := s.row(ctx, `SELECT count(*) FROM (`+text+`) AS cards`, maxCount, r.low, r.high, arg).Scan(&n); err != nil {
				return err
			}
			counts[column] = n
		}
		return nil
	})
	return counts, err
}

// WorkCards returns the cards of stories by id, without unknown ones. Goes by
// the primary key.
func (db *DB) WorkCards(ctx context.Context, ids []int64) (_ map[int64]news.WorkCard, err error) {
	defer fault.Wrap(&err, "read %d cards of the desk", len(ids))
	cards := make(map[int64]news.WorkCard, len(ids))
	if len(ids) == 0 {
		return cards, nil
	}
	s := db.reads()
	list, err := collect(scanWork)(s.rows(ctx, `SELECT story_id, card FROM work WHERE story_id `+s.inIDs(1), s.ids(ids)))
	for _, c := range list {
		cards[c.StoryID] = c
	}
	return cards, err
}

// WorkSeq returns a number that rises whenever a card changes.
func (db *DB) WorkSeq(ctx context.Context) (seq int64, err error) {
	defer fault.Wrap(&err, "read the number of the desk's work")
	return readMark(ctx, db.reads(), markWork)
}
