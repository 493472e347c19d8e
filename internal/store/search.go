package store

import (
	"cmp"
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/stem"
)

// Bounds of a search.
const (
	maxHits    = 100
	rankWindow = 1000 // how many of the newest matches are ranked
	maxExcerpt = 8000 // bytes
)

// What a clause of the query is worth where it was found first. All clauses
// hold for every match, so one that is in neither is in the body or in a name.
const (
	inHeadline   = 6
	inStandfirst = 2
	elsewhere    = 1
)

// hit is a match: its card and its place in the order.
type hit struct {
	key   int64
	card  news.Card
	score int
}

func scanHit(r scanner) (h hit, err error) {
	h.card, err = scanCard(r, &h.key)
	return h, err
}

// searchText is the query of a search. Matches are read in the order of their
// keys and stop at the limit; then each is one probe of the unique index
// stories_search. The key of a cursor is that of its story, and is computed where
// it has gone. One bound above, since FTS5 seeks by one only.
func (d dialect) searchText(w way) string {
	least := "min"
	if d.postgres {
		least = "least"
	}
	return `
	SELECT search_key, ` + cardColumns + `
	FROM (` + d.hits(w, terms{table: "search", query: "$1", low: "$2",
		high:  least + `($3, coalesce((SELECT search_key FROM stories WHERE id = $4 AND search_key <> 0), $5))`,
		limit: "$6", window: seekWindowLong}) + `) AS hits
	CROSS JOIN stories
	WHERE search_key = hit
	  AND search_key <> 0
	  AND status = 'live'
	ORDER BY hit DESC`
}

// Search returns live stories that match the query and the filter: the same
// ones on both engines. Newest first goes by the order of the keys and is paged
// by After and Next. Ranked looks at the newest 1,000 matches and orders them by
// where the words stand: each clause of the query counts 6 in the headline, else
// 2 in the standfirst, else 1; a tie is settled by the newer story; Offset pages
// it. A query that asks for nothing, or only excludes, finds nothing.
func (db *DB) Search(ctx context.Context, f news.SearchFilter) (res news.SearchResult, err error) {
	defer fault.Wrap(&err, "search") // without the words: they are the reader's
	if err := checkLimit(f.Limit, maxHits); err != nil {
		return res, err
	}
	if f.Offset < 0 {
		return res, fault.Input("offset", "an offset is not below 0")
	}
	q := stem.ParseQuery(f.Query)
	if q.Empty() || (f.Ranked && f.Offset >= rankWindow) {
		return res, nil
	}
	n := f.Limit + 1
	if f.Ranked {
		n, f.After = rankWindow, news.Cursor{}
	}
	hits, err := db.hits(ctx, &f, q, n)
	if err != nil {
		return res, err
	}
	if f.Ranked {
		rank(hits, q)
		hits = hits[min(f.Offset, len(hits)):]
	}
	if res.More = len(hits) > f.Limit; res.More {
		hits = hits[:f.Limit]
	}
	for i := range hits {
		res.Cards = append(res.Cards, hits[i].card)
	}
	if n := len(hits); n > 0 && !f.Ranked {
		res.Next = news.Cursor{At: hits[n-1].card.FirstPublished, ID: hits[n-1].card.ID}
	}
	res.Excerpts, err = db.excerpts(ctx, res.Cards)
	return res, err
}

// hits returns the newest n matches.
func (db *DB) hits(ctx context.Context, f *news.SearchFilter, q stem.Query, n int) (list []hit, err error) {
	var tags []string
	if f.SectionID != 0 {
		tree, err := readTree(ctx, db.reads())
		if err != nil {
			return nil, err
		}
		tags = append(tags, stem.AnyOf(sectionTags(tree, f.SectionID)...))
	}
	if f.TopicID != 0 {
		ids, err := topicWithMerged(ctx, db.reads(), f.TopicID)
		if err != nil {
			return nil, err
		}
		topics := make([]string, len(ids))
		for i, id := range ids {
			topics[i] = stem.Tag("topic", id)
		}
		tags = append(tags, stem.AnyOf(topics...))
	}
	if f.PersonID != 0 {
		tags = append(tags, stem.Tag("person", f.PersonID))
	}
	ways := db.dialect.ways()
	if f.Ranked {
		ways = []way{byTerms} // more than the newest will hold
	}
	low, high := keyBounds(f)
	args := []any{db.dialect.query(q, tags...), low, high, f.After.ID, afterKey(f.After), n}
	err = db.seek(ctx, func(s *session) error {
		list, err = seekFirst(ways, n, func(w way) ([]hit, error) {
			return collect(scanHit)(s.rows(ctx, db.dialect.searchText(w), args...))
		})
		return err
	})
	return list, err
}

// sectionTags returns the tags of a section, of all below it and of those that
// they took over, none if there is no such section.
func sectionTags(tree *news.Tree, id int64) (tags []string) {
	for _, id := range tree.Below(id) {
		tags = append(tags, stem.Tag("section", id))
	}
	return tags
}

// maxInstant is the last millisecond whose search key fits 64 bits: in 2109.
const maxInstant = 1<<42 - 1

// keyBounds returns the half-open range of search keys of the filter's dates.
func keyBounds(f *news.SearchFilter) (low, high int64) {
	low, high = -1<<63, 1<<63-1
	if !f.From.IsZero() {
		low = searchKey(clampInstant(f.From), 0)
	}
	if !f.To.IsZero() {
		high = searchKey(clampInstant(f.To), 0)
	}
	return low, high
}

// afterKey returns the key below which the page after a cursor begins.
func afterKey(c news.Cursor) int64 {
	if c == (news.Cursor{}) {
		return 1<<63 - 1
	}
	return searchKey(clampInstant(c.At), c.ID)
}

func clampInstant(t time.Time) int64 { return min(max(millis(t), -maxInstant), maxInstant) }

// rank sorts matches by their score, the newer first of equals.
func rank(hits []hit, q stem.Query) {
	for i := range hits {
		hits[i].score = score(&hits[i].card, q)
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.key, a.key))
	})
}

func score(c *news.Card, q stem.Query) (sum int) {
	language := string(c.Language)
	headline := stem.Text(language, c.FullHeadline)
	var standfirst []string
	for _, clause := range q.Clauses {
		if clause.Not {
			continue
		}
		if holds(headline, clause) {
			sum += inHeadline
			continue
		}
		if standfirst == nil {
			standfirst = stem.Text(language, c.Standfirst)
		}
		if holds(standfirst, clause) {
			sum += inStandfirst
		} else {
			sum += elsewhere
		}
	}
	return sum
}

// holds reports whether one of the clause's runs stands in the terms.
func holds(terms []string, c stem.Clause) bool {
	for i := range terms {
		for _, run := range c.Runs {
			if len(run) <= len(terms)-i && slices.Equal(run, terms[i:i+len(run)]) {
				return true
			}
		}
	}
	return false
}

// excerpts returns what snippets are chosen from: the beginning of the text, as
// far as everybody may read it. Goes by the primary keys of
// stories and versions.
func (db *DB) excerpts(ctx context.Context, cards []news.Card) (map[int64]string, error) {
	texts := make(map[int64]string, len(cards))
	if len(cards) == 0 {
		return texts, nil
	}
	ids := make([]int64, len(cards))
	for i := range cards {
		ids[i] = cards[i].ID
	}
	s := db.reads()
	list, err := collect(scanLiveStory)(s.rows(ctx, liveStory+`
		WHERE id `+s.inIDs(1)+`
		  AND status = 'live'`, s.ids(ids)))
	for i := range list {
		c := &list[i].Version.Content
		texts[list[i].Story.ID] = cut(c.Standfirst+"\n\n"+c.Open().Plain(), maxExcerpt)
	}
	return texts, err
}

// cut returns at most n bytes of text and splits no character.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
