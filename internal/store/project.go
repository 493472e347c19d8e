package store

import (
	"cmp"
	"context"
	"slices"

	"warta/internal/news"
)

// The lists of the table listings.
const (
	listSite    = 1
	listSection = 2
	listTopic   = 3
	listPerson  = 4
	listKind    = 5
	listRelated = 6 // the stories that name a story as related
)

// kindRefs are the numbers under which the kinds stand in list 5. News stories
// have none: their list is the site's.
var kindRefs = map[news.Kind]int64{news.KindGallery: 1, news.KindVideo: 2, news.KindLive: 3}

// projection is what lists, search and picture addresses will know of the
// stories that asked for it.
type projection struct {
	stale    []int64 // stories whose old rows go
	keys     []int64 // search entries that go
	listings [][]any
	pictures [][]any
	entries  []searchEntry
}

// project works out the projection of the stories that ask for it (Relist), and
// sets their search keys.
func project(ctx context.Context, s *session, w *news.World, all []*held) (*projection, error) {
	var live []*held
	p := &projection{}
	merged, err := mergedTopics(ctx, s, all)
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		if !h.Relist {
			continue
		}
		if !h.New {
			p.stale = append(p.stale, h.Story.ID)
		}
		if h.searchKey != 0 {
			p.keys = append(p.keys, h.searchKey)
		}
		if h.Story.Status != news.Live || h.Live == nil {
			h.searchKey = 0
			continue
		}
		live = append(live, h)
		p.listings = append(p.listings, listingRows(w.Tree, merged, h)...)
		for _, id := range h.Live.Content.PictureIDs() {
			p.pictures = append(p.pictures, []any{id, h.Story.ID})
		}
	}
	sortRows(p.listings)
	sortRows(p.pictures)
	if err := assignSearchKeys(ctx, s, live); err != nil {
		return nil, err
	}
	p.entries, err = searchEntries(ctx, s, live)
	return p, err
}

// mergedTopics returns which of the stories' topics were taken over, and by
// which ones.
func mergedTopics(ctx context.Context, s *session, all []*held) (map[int64]int64, error) {
	var ids []int64
	for _, h := range all {
		if h.Relist && h.Live != nil {
			ids = append(ids, h.Live.Content.Topics...)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	type pair struct{ from, into int64 }
	list, err := collect(func(r scanner) (p pair, err error) {
		err = r.Scan(&p.from, &p.into)
		return p, err
	})(s.rows(ctx, `
		SELECT id, merged_into
		FROM topics
		WHERE merged_into <> 0 AND id `+s.inIDs(1), s.ids(slices.Compact(ids))))
	merged := make(map[int64]int64, len(list))
	for _, p := range list {
		merged[p.from] = p.into
	}
	return merged, err
}

// listingRows returns a row of listings for each list in which the story stands.
func listingRows(tree *news.Tree, merged map[int64]int64, h *held) [][]any {
	c, at, id := &h.Live.Content, millis(h.Story.FirstPublished), h.Story.ID
	rows := [][]any{{int64(listSite), int64(0), at, id}}
	add := func(list, ref int64) {
		for _, r := range rows {
			if r[0] == list && r[1] == ref {
				return // credited in two roles
			}
		}
		rows = append(rows, []any{list, ref, at, id})
	}
	for _, sec := range tree.Ancestry(c.SectionID) {
		add(listSection, sec.ID)
	}
	for _, topic := range c.Topics {
		if into := merged[topic]; into != 0 {
			topic = into
		}
		add(listTopic, topic)
	}
	for _, credit := range c.Credits {
		add(listPerson, credit.PersonID)
	}
	if ref := kindRefs[c.Kind]; ref != 0 {
		add(listKind, ref)
	}
	for _, other := range c.Related {
		if other != id {
			add(listRelated, other)
		}
	}
	return rows
}

// sortRows orders rows of numbers as the table's key does, so that each page of
// its tree is visited once.
func sortRows(rows [][]any) {
	slices.SortFunc(rows, func(a, b []any) int {
		for i := range a {
			if c := cmp.Compare(a[i].(int64), b[i].(int64)); c != 0 {
				return c
			}
		}
		return 0
	})
}

// saveProjection puts the projection in the place of the old one.
func saveProjection(ctx context.Context, s *session, all []*held, p *projection) error {
	if len(p.stale) > 0 {
		ids := s.ids(p.stale)
		if _, err := s.exec(ctx, `DELETE FROM listings WHERE story_id `+s.inIDs(1), ids); err != nil { // index listings_story
			return err
		}
		if _, err := s.exec(ctx, `DELETE FROM picture_uses WHERE story_id `+s.inIDs(1), ids); err != nil { // index picture_uses_story
			return err
		}
	}
	if err := s.insertRows(ctx, `INSERT INTO listings (list, ref, at, story_id)`, "", p.listings); err != nil {
		return err
	}
	if err := s.insertRows(ctx, `INSERT INTO picture_uses (picture_id, story_id)`, "", p.pictures); err != nil {
		return err
	}
	return writeSearch(ctx, s, p.keys, p.entries)
}
