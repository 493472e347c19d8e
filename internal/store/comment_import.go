package store

import (
	"context"
	"slices"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
)

// ImportComments implements discuss.Store.
func (db *DB) ImportComments(ctx context.Context, actor account.Actor, list []discuss.Incoming) (added int, err error) {
	defer fault.Wrap(&err, "take in %d comments", len(list))
	if len(list) == 0 {
		return 0, nil
	}
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		added = 0
		known, err := commentsByURI(ctx, s, list)
		if err != nil {
			return out, err
		}
		list := slices.DeleteFunc(slices.Clone(list), func(c discuss.Incoming) bool { return known[c.URI] != nil })
		if len(list) == 0 {
			return out, nil
		}
		sections, err := sectionsOf(ctx, s, list)
		if err != nil {
			return out, err
		}
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		ids, err := reserveComments(ctx, s, len(list))
		if err != nil {
			return out, err
		}
		comments := discuss.Place(list, known, sections, now, func() int64 {
			id := ids[0]
			ids = ids[1:]
			return id
		})
		added = len(comments)
		return db.addComments(ctx, s, actor, comments)
	})
	return added, err
}

// commentsByURI returns what is here of the comments and of those that they
// answer. Goes by the index comments_uri.
func commentsByURI(ctx context.Context, s *session, list []discuss.Incoming) (map[string]*discuss.Comment, error) {
	uris := make([]string, 0, 2*len(list))
	for _, c := range list {
		uris = append(uris, c.URI)
		if c.ReplyTo != "" {
			uris = append(uris, c.ReplyTo)
		}
	}
	slices.Sort(uris)
	found, err := collect(scanComment)(s.rows(ctx, `
		SELECT `+commentColumns+`
		FROM comments
		WHERE uri <> '' AND uri `+s.inTexts(1), s.texts(slices.Compact(uris))))
	known := make(map[string]*discuss.Comment, len(found))
	for _, c := range found {
		known[c.URI] = c
	}
	return known, err
}

// sectionsOf returns the sections of the comments' stories, as far as there are
// such stories.
func sectionsOf(ctx context.Context, s *session, list []discuss.Incoming) (map[int64]int64, error) {
	var ids []int64
	for _, c := range list {
		ids = append(ids, c.StoryID)
	}
	slices.Sort(ids)
	type pair struct{ story, section int64 }
	found, err := collect(func(r scanner) (p pair, err error) { return p, r.Scan(&p.story, &p.section) })(s.rows(ctx, `
		SELECT id, section_id
		FROM stories
		WHERE id `+s.inIDs(1), s.ids(slices.Compact(ids))))
	sections := make(map[int64]int64, len(found))
	for _, p := range found {
		sections[p.story] = p.section
	}
	return sections, err
}

// reserveComments returns n ids in their order, which nothing ever had.
func reserveComments(ctx context.Context, s *session, n int) ([]int64, error) {
	if s.postgres {
		ids, err := collect(scanID)(s.rows(ctx, `
			SELECT nextval(pg_get_serial_sequence('comments', 'id'))
			FROM generate_series(1, $1)`, n))
		slices.Sort(ids)
		return ids, err
	}
	first, err := nextComment(ctx, s)
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = first + int64(i)
	}
	return ids, err
}

// addComments writes new comments and what is counted of them.
func (db *DB) addComments(ctx context.Context, s *session, actor account.Actor, comments []*discuss.Comment) (out change.Outcome, err error) {
	rows := make([][]any, len(comments))
	var stories, threads []int64
	own := make(map[int64]bool, len(comments)) // threads that begin here
	for i, c := range comments {
		rows[i] = commentValues(c)
		stories = append(stories, c.StoryID)
		if c.Level == 0 {
			own[c.ID] = true
		} else if !own[c.ThreadID] {
			threads = append(threads, c.ThreadID)
		}
	}
	slices.Sort(stories)
	stories = slices.Compact(stories)
	if err := s.insertRows(ctx, `INSERT INTO comments (`+commentColumns+`)`, "", rows); err != nil {
		if s.isUnique(err) {
			return out, again{err} // another import brings the same
		}
		return out, err
	}
	if out.Made, err = madeComments(ctx, s, actor, stories, comments); err != nil {
		return out, err
	}
	out.Run = actor.Run
	fresh, err := s.newDiscussions(ctx, stories, comments)
	if err != nil {
		return out, err
	}
	counted := slices.DeleteFunc(slices.Clone(stories), func(id int64) bool { return fresh[id] })
	if len(counted) > 0 || len(threads) > 0 {
		if err := recountComments(ctx, s, counted, threads); err != nil {
			return out, err
		}
	}
	for _, id := range stories {
		out.Tags = append(out.Tags, discuss.TagComments(id))
	}
	return out, nil
}

// newDiscussions writes what is counted of stories that nobody commented on yet,
// and returns which ones these are.
func (s *session) newDiscussions(ctx context.Context, stories []int64, comments []*discuss.Comment) (map[int64]bool, error) {
	there, err := collect(scanID)(s.rows(ctx, `SELECT story_id FROM discussions WHERE story_id `+s.inIDs(1), s.ids(stories)))
	if err != nil {
		return nil, err
	}
	fresh := map[int64]bool{}
	counts := map[int64]*discuss.Discussion{}
	for _, id := range stories {
		if !slices.Contains(there, id) {
			fresh[id], counts[id] = true, &discuss.Discussion{StoryID: id}
		}
	}
	for _, c := range comments {
		d := counts[c.StoryID]
		switch {
		case d == nil:
		case c.State == discuss.Pending:
			d.Pending++
		case c.Visible():
			d.Shown++
			d.LastID = max(d.LastID, c.ID)
		}
	}
	var rows [][]any
	for _, id := range stories {
		if d := counts[id]; d != nil {
			rows = append(rows, []any{id, d.Shown, d.Pending, d.LastID})
		}
	}
	return fresh, s.insertRows(ctx, `INSERT INTO discussions (story_id, shown, pending, last_id)`, "", rows)
}

// madeComments returns what a run keeps of comments: of those under stories that it
// made itself, nothing, for they go with these.
func madeComments(ctx context.Context, s *session, actor account.Actor, stories []int64, comments []*discuss.Comment) (made []change.Made, err error) {
	if actor.Run == 0 {
		return nil, nil
	}
	own, err := collect(scanID)(s.rows(ctx, `
		SELECT id
		FROM import_made
		WHERE run_id = $2 AND kind = 'story' AND id `+s.inIDs(1), s.ids(stories), actor.Run))
	if err != nil {
		return nil, err
	}
	ours := make(map[int64]bool, len(own))
	for _, id := range own {
		ours[id] = true
	}
	for _, c := range comments {
		if !ours[c.StoryID] {
			made = append(made, change.Made{Kind: change.MadeComment, ID: c.ID})
		}
	}
	return made, nil
}
