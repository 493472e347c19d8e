package store

import (
	"context"
	"math"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// Cards returns live stories in the order asked, without those that are not
// live. Goes by the primary key of stories.
func (db *DB) Cards(ctx context.Context, ids []int64) (_ []news.Card, err error) {
	defer fault.Wrap(&err, "read %d cards", len(ids))
	if len(ids) == 0 {
		return nil, nil
	}
	s := db.reads()
	cards, err := collect(oneCard)(s.rows(ctx, `
		SELECT `+cardColumns+`
		FROM stories
		WHERE id `+s.inIDs(1)+`
		  AND status = 'live'`, s.ids(ids)))
	return byID(ids, cards, func(c *news.Card) int64 { return c.ID }), err
}

// oneCard reads cardColumns alone.
func oneCard(r scanner) (news.Card, error) { return scanCard(r) }

// place is a position in a list: a row of listings without its list.
type place struct{ at, id int64 }

func (p place) before(q place) bool { return p.at < q.at || (p.at == q.at && p.id < q.id) }

// bounds returns the open interval of places that a filter asks for.
func bounds(f *news.ListFilter) (low, high place) {
	low, high = place{math.MinInt64, 0}, place{math.MaxInt64, math.MaxInt64}
	if !f.From.IsZero() {
		low = place{millis(f.From), 0} // ids are above 0: the instant itself is inside
	}
	if !f.To.IsZero() {
		high = place{millis(f.To), 0}
	}
	if f.After == (news.Cursor{}) {
		return low, high
	}
	after := place{millis(f.After.At), f.After.ID}
	if f.Oldest && low.before(after) {
		low = after
	}
	if !f.Oldest && after.before(high) {
		high = after
	}
	return low, high
}

// listOf returns the list that a filter selects.
func listOf(f *news.ListFilter) (list int, ref int64, err error) {
	set := 0
	list = listSite
	for _, c := range []struct {
		list int
		ref  int64
	}{{listSection, f.SectionID}, {listTopic, f.TopicID}, {listPerson, f.PersonID}, {listKind, kindRefs[f.Kind]}} {
		if c.ref != 0 {
			list, ref = c.list, c.ref
			set++
		}
	}
	if set > 1 {
		return 0, 0, fault.Input("list", "a list is one of section, topic, person and kind, not several")
	}
	if f.Kind != "" && kindRefs[f.Kind] == 0 {
		return 0, 0, fault.Input("kind", "there is no list of the kind %q", f.Kind)
	}
	return list, ref, nil
}

// The queries of a list: a range of the primary key of listings, read in its
// order, and for each row one probe of the primary key of stories. SQLite keeps
// the order of a CROSS JOIN.
const (
	listRange = `
	SELECT ` + cardColumns + `
	FROM listings
	CROSS JOIN stories
	WHERE list = $1
	  AND ref = $2
	  AND (at, story_id) > ($3, $4)
	  AND (at, story_id) < ($5, $6)
	  AND id = story_id
	  AND status = 'live'`
	listNewest = listRange + `
	ORDER BY at DESC, story_id DESC
	LIMIT $7`
	listOldest = listRange + `
	ORDER BY at, story_id
	LIMIT $7`
)

// List returns a page of a list of live stories, newest first unless the
// filter turns it. next is where the page after it begins, if there are more.
func (db *DB) List(ctx context.Context, f news.ListFilter) (cards []news.Card, next news.Cursor, more bool, err error) {
	defer fault.Wrap(&err, "list stories")
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return nil, next, false, err
	}
	list, ref, err := listOf(&f)
	if err != nil {
		return nil, next, false, err
	}
	text := listNewest
	if f.Oldest {
		text = listOldest
	}
	low, high := bounds(&f)
	cards, err = collect(oneCard)(db.reads().rows(ctx, text, list, ref, low.at, low.id, high.at, high.id, f.Limit+1))
	if err != nil {
		return nil, next, false, err
	}
	if more = len(cards) > f.Limit; more {
		cards = cards[:f.Limit]
	}
	if n := len(cards); n > 0 {
		next = news.Cursor{At: cards[n-1].FirstPublished, ID: cards[n-1].ID}
	}
	return cards, next, more, nil
}

// topicWindow is how many of the newest stories TopTopics looks at.
const topicWindow = 1000

// TopTopics returns the topics that most of the newest stories since the given
// time carry, at most limit, the most used first. Goes by the primary key of
// listings and the index listings_story, over at most topicWindow stories; the
// sum keeps PostgreSQL, while it has no statistics, from reading list 3 whole.
func (db *DB) TopTopics(ctx context.Context, since time.Time, limit int) (_ []news.Topic, err error) {
	defer fault.Wrap(&err, "find the most used topics")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanTopic)(db.reads().rows(ctx, `
		SELECT `+topicColumns+`
		FROM (
			SELECT t.ref, COUNT(*) AS uses
			FROM (
				SELECT story_id
				FROM listings
				WHERE list = 1
				  AND ref = 0
				  AND at >= $1
				ORDER BY at DESC, story_id DESC
				LIMIT $2) AS n
			CROSS JOIN listings AS t
			WHERE t.story_id = n.story_id
			  AND t.list + 0 = 3
			GROUP BY t.ref
			ORDER BY uses DESC, t.ref
			LIMIT $3) AS top
		JOIN topics ON id = ref
		ORDER BY uses DESC, id`, millis(since), topicWindow, limit))
}
