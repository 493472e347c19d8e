package store

import (
	"context"
	"slices"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
)

// PublicCounts returns how many stories have an address that answers readers
// (live and withdrawn ones), and how many pictures they can see. It reads the
// whole tables: for the progress of an export.
func (db *DB) PublicCounts(ctx context.Context) (stories, pictures int, err error) {
	defer fault.Wrap(&err, "count what is public")
	err = db.reads().row(ctx, `
		SELECT
			(SELECT COUNT(*) FROM stories WHERE status <> 'unpublished'),
			(SELECT COUNT(*)
			 FROM (
				SELECT picture_id FROM picture_uses
				UNION
				SELECT picture_id FROM page_pictures
				UNION
				SELECT picture_id
				FROM persons
				WHERE picture_id <> 0
				  AND EXISTS (SELECT 1 FROM listings WHERE list = 4 AND ref = id)) AS shown)`).Scan(&stories, &pictures)
	return stories, pictures, err
}

// PublicCommentsAfter returns comments above an id that readers can read now, below
// live stories whose discussion is shown, in the order of their ids; at most limit,
// none at the end. Goes by the primary key.
func (db *DB) PublicCommentsAfter(ctx context.Context, after int64, limit int) (list []discuss.Entry, err error) {
	defer fault.Wrap(&err, "read comments after %d", after)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	err = db.view(ctx, func(s *session) error {
		tree, err := readTree(ctx, s)
		for err == nil && len(list) == 0 {
			var next []discuss.Entry
			next, err = collect(scanEntry)(s.rows(ctx, `
				SELECT `+commentColumns+`
				FROM comments
				WHERE id > $1 AND state = 'published'
				ORDER BY id
				LIMIT $2`, after, limit))
			if err != nil || len(next) == 0 {
				return err
			}
			after = next[len(next)-1].ID
			list, err = shownComments(ctx, s, tree, next)
		}
		if err != nil {
			return err
		}
		return dressEntries(ctx, s, list)
	})
	return list, err
}

// shownComments leaves out what stands below a story that readers do not see, or
// whose discussion is off.
func shownComments(ctx context.Context, s *session, tree *news.Tree, list []discuss.Entry) ([]discuss.Entry, error) {
	var ids, sections []int64
	for _, e := range list {
		ids = append(ids, e.StoryID)
	}
	about, err := aboutStories(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	for _, a := range about {
		sections = append(sections, lineage(tree, a.story.SectionID)...)
	}
	rules, err := readRules(ctx, s, sections, ids)
	return slices.DeleteFunc(list, func(e discuss.Entry) bool {
		st := about[e.StoryID].story
		return st.Status != news.Live || rules.of(st.ID, lineage(tree, st.SectionID)).Mode == discuss.ModeOff
	}), err
}
