package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"warta/internal/news"
)

// filledAll is the value of the mark when every older story has its card.
const filledAll = 1<<63 - 1

// fillWork makes the cards of the stories that were there before there were any,
// a batch a transaction: it goes on where it was stopped.
func (db *DB) fillWork(ctx context.Context) error {
	for done := false; !done; {
		err := db.write.run(ctx, nil, func(s *session) error {
			ctx := db.dialect.inner(ctx)
			after, err := readMark(ctx, s, markFilled)
			if err != nil || after == filledAll {
				done = true
				return err
			}
			last, err := fillWorkAfter(ctx, s, after)
			if err != nil {
				return err
			}
			if last == 0 {
				last = filledAll
			}
			return writeMark(ctx, s, markFilled, last)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fillWorkAfter makes the cards of a batch of stories that have none, and
// returns the last id, 0 if there are no more stories.
func fillWorkAfter(ctx context.Context, s *session, after int64) (last int64, err error) {
	all, err := storiesAfter(ctx, s, after)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	keys, err := workKeys(ctx, s, all)
	if err != nil {
		return 0, err
	}
	last = all[len(all)-1].Story.ID
	var without []*held
	for _, h := range all {
		if _, ok := keys[h.Story.ID]; !ok {
			without = append(without, h)
		}
	}
	if len(without) == 0 {
		return last, nil
	}
	w, err := bareWorld(ctx, s)
	if err != nil {
		return 0, err
	}
	entries, err := workEntries(ctx, s, w, without, wasTouched)
	if err != nil {
		return 0, err
	}
	return last, writeWork(ctx, s, nil, entries)
}

// rebuildWorkSearch writes the search terms of every card, under the key that
// its row has.
func rebuildWorkSearch(ctx context.Context, s *session) error {
	w, err := bareWorld(ctx, s)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		all, err := storiesAfter(ctx, s, after)
		if err != nil || len(all) == 0 {
			return err
		}
		after = all[len(all)-1].Story.ID
		entries, err := presentTerms(ctx, s, w, all)
		if err != nil {
			return err
		}
		if err := writeWorkTerms(ctx, s, entries); err != nil {
			return err
		}
	}
}

// presentTerms makes the terms of stories that have a card, under the key of
// their card, in the order of the keys.
func presentTerms(ctx context.Context, s *session, w *news.World, all []*held) ([]workEntry, error) {
	keys, err := workKeys(ctx, s, all)
	if err != nil {
		return nil, err
	}
	entries, err := workEntries(ctx, s, w, all, wasTouched)
	if err != nil {
		return nil, err
	}
	kept := entries[:0]
	for _, e := range entries {
		if key, ok := keys[e.story]; ok {
			e.key = key
			kept = append(kept, e)
		}
	}
	slices.SortFunc(kept, func(a, b workEntry) int { return cmp.Compare(a.key, b.key) })
	return kept, nil
}

// rewriteWorkTerms puts terms that are made anew in the place of those that the
// stories have.
func rewriteWorkTerms(ctx context.Context, s *session, w *news.World, all []*held) error {
	entries, err := presentTerms(ctx, s, w, all)
	if err != nil || len(entries) == 0 {
		return err
	}
	keys := make([]int64, len(entries))
	for i, e := range entries {
		keys[i] = e.key
	}
	if err := dropTerms(ctx, s, "work_search", keys); err != nil {
		return err
	}
	return writeWorkTerms(ctx, s, entries)
}

// bareWorld is what cards need to know beside the stories.
func bareWorld(ctx context.Context, s *session) (*news.World, error) {
	tree, err := readTree(ctx, s)
	if err != nil {
		return nil, err
	}
	rules, err := readSignoffRules(ctx, s)
	return &news.World{Tree: tree, Rules: rules}, err
}

// storiesAfter loads the stories with the next ids.
func storiesAfter(ctx context.Context, s *session, after int64) ([]*held, error) {
	ids, err := collect(scanID)(s.rows(ctx, `SELECT id FROM stories WHERE id > $1 ORDER BY id LIMIT $2`, after, news.MaxBatch))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	all, _, err := load(ctx, s, news.Pick{IDs: ids})
	return all, err
}

// workKeys returns the keys of the cards that stories have.
func workKeys(ctx context.Context, s *session, all []*held) (map[int64]int64, error) {
	ids := make([]int64, len(all))
	for i, h := range all {
		ids[i] = h.Story.ID
	}
	rows, err := collect(scanPair)(s.rows(ctx, `SELECT story_id, key FROM work WHERE story_id `+s.inIDs(1), s.ids(ids)))
	keys := make(map[int64]int64, len(rows))
	for _, r := range rows {
		keys[r.a] = r.b.Int64
	}
	return keys, err
}

// wasTouched is what an older story tells of when and by whom it was touched.
func wasTouched(h *held) (at time.Time, by string) {
	if h.Draft != nil {
		return h.Draft.At, h.Draft.By
	}
	for _, t := range []time.Time{h.Story.FirstPublished, h.Story.Updated} {
		if t.After(at) {
			at = t
		}
	}
	if at.IsZero() {
		at = h.Story.Created
	}
	if h.Live != nil {
		by = h.Live.By
	}
	return at, by
}

// refreshWork writes the cards of all that is in work anew, because what they
// count by has changed. Nobody touched the stories, so their place stays.
func refreshWork(ctx context.Context, s *session) error {
	w, err := bareWorld(ctx, s)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		old, err := collect(scanWork)(s.rows(ctx, `
			SELECT story_id, card
			FROM work
			WHERE story_id > $1 AND col < $2
			ORDER BY story_id
			LIMIT $3`, after, columnRefs[news.ColumnLive], news.MaxBatch))
		if err != nil {
			return err
		}
		if len(old) == 0 {
			return countWorkChange(ctx, s)
		}
		ids, cards := make([]int64, len(old)), make(map[int64]news.WorkCard, len(old))
		for i, c := range old {
			ids[i], cards[c.StoryID] = c.StoryID, c
		}
		all, _, err := load(ctx, s, news.Pick{IDs: ids})
		if err != nil {
			return err
		}
		entries, err := workEntries(ctx, s, w, all, func(h *held) (time.Time, string) {
			c := cards[h.Story.ID]
			return c.Touched, c.TouchedBy
		})
		if err != nil {
			return err
		}
		if err := writeWork(ctx, s, ids, entries); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}
