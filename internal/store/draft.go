package store

import (
	"context"

	"warta/internal/fault"
	"warta/internal/news"
)

// maxOpenConflicts bounds what is read of a batch's open conflicts.
const maxOpenConflicts = 5000

// loadDrafts reads the drafts' rows, also those that nobody writes in.
func loadDrafts(ctx context.Context, s *session, ids []int64, byID map[int64]*held) error {
	type row struct {
		draft news.Draft
		clean bool
	}
	list, err := collect(func(r scanner) (d row, err error) {
		d.draft, err = scanDraft(tail{r, []any{&d.clean}})
		return d, err
	})(s.rows(ctx, `
		SELECT `+draftColumns+`, clean
		FROM drafts
		WHERE story_id `+s.inIDs(1), s.ids(ids)))
	if err != nil {
		return err
	}
	for i := range list {
		h := byID[list[i].draft.StoryID]
		h.row, h.clean = &list[i].draft, list[i].clean
		if h.clean {
			h.Clean = h.row
		} else {
			h.Draft = h.row
		}
	}
	return nil
}

const conflictColumns = `id, story_id, seq, block, field, clash, kept, other, by_name, kept_by, at`

// scanConflict reads conflictColumns.
func scanConflict(r scanner) (c news.DraftConflict, err error) {
	var kept, other string
	err = r.Scan(&c.ID, &c.StoryID, &c.Seq, &c.Block, &c.Field, &c.Clash, &kept, &other, &c.By, &c.KeptBy, stamp{&c.At})
	c.Kept, c.Other = []byte(kept), []byte(other)
	return c, err
}

// saveConflicts adds the new conflicts, which get their ids, and closes those
// that were settled.
func saveConflicts(ctx context.Context, s *session, all []*held) error {
	var settled []int64
	for _, h := range all {
		settled = append(settled, h.Settled...)
		for i := range h.Open {
			c := &h.Open[i]
			if c.ID != 0 {
				continue
			}
			if err := s.row(ctx, `
				INSERT INTO draft_conflicts (story_id, seq, block, field, clash, kept, other, by_name, kept_by, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
				RETURNING id`, h.Story.ID, c.Seq, c.Block, c.Field, string(c.Clash), string(c.Kept), string(c.Other),
				c.By, c.KeptBy, millis(c.At)).Scan(&c.ID); err != nil {
				return err
			}
		}
	}
	if len(settled) == 0 {
		return nil
	}
	_, err := s.exec(ctx, `UPDATE draft_conflicts SET settled = 1 WHERE id `+s.inIDs(1), s.ids(settled))
	return err
}

// loadDesk reads the open conflicts and the approvals of the versions that wait.
func loadDesk(ctx context.Context, s *session, ids []int64, byID map[int64]*held) error {
	conflicts, err := collect(scanConflict)(s.rows(ctx, `
		SELECT `+conflictColumns+`
		FROM draft_conflicts
		WHERE settled = 0
		  AND story_id `+s.inIDs(1)+`
		ORDER BY story_id, id
		LIMIT $2`, s.ids(ids), maxOpenConflicts))
	if err != nil {
		return err
	}
	for _, c := range conflicts {
		byID[c.StoryID].Open = append(byID[c.StoryID].Open, c)
	}
	signed, err := collect(scanSignoff)(s.rows(ctx, `
		SELECT g.story_id, g.no, g.user_id, g.name, g.at, g.note
		FROM stories s
		JOIN signoffs g ON g.story_id = s.id AND g.no IN (s.named_no, s.last_no, s.live_no)
		WHERE s.id `+s.inIDs(1)+`
		ORDER BY g.story_id, g.no, g.at, g.user_id`, s.ids(ids)))
	if err != nil {
		return err
	}
	for _, g := range signed {
		h := byID[g.StoryID]
		h.Signoffs = append(h.Signoffs, g)
		h.signed++
	}
	return nil
}

// DraftState returns a story as its editor's page opens it, whoever asks.
func (db *DB) DraftState(ctx context.Context, storyID int64) (st news.DraftState, err error) {
	err = db.View(ctx, []int64{storyID}, func(w *news.World, recs []*news.Record) error {
		st = recs[0].State(w)
		return nil
	})
	return st, err
}

// DraftSince returns what changed in a draft after number base.
func (db *DB) DraftSince(ctx context.Context, storyID, base int64) (d news.DraftDelta, err error) {
	err = db.View(ctx, []int64{storyID}, func(_ *news.World, recs []*news.Record) error {
		d = recs[0].Since(base)
		return nil
	})
	return d, err
}

// DraftSeq returns the number of the last change of a draft, as DraftState has
// it. It reads one row, by its key.
func (db *DB) DraftSeq(ctx context.Context, storyID int64) (seq int64, err error) {
	defer fault.Wrap(&err, "read the number of the draft of story %d", storyID)
	err = db.reads().row(ctx, `
		SELECT coalesce((SELECT seq FROM drafts WHERE story_id = $1),
			CASE WHEN live_no <> 0 THEN live_no WHEN named_no <> 0 THEN named_no ELSE last_no END)
		FROM stories
		WHERE id = $1`, storyID).Scan(&seq)
	return seq, notFound(err, "there is no story %d", storyID)
}
