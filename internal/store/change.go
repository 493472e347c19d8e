package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// held is a record with what the store needs to see what the rules changed.
type held struct {
	*news.Record
	before    news.Story  // as loaded
	row       *news.Draft // the draft's row as loaded; the rules put a new one in its place
	clean     bool        // and whether nobody was writing
	signed    int         // how many approvals there were
	searchKey int64       // of its search entry; 0: none
}

// Change implements news.DeskStore.
func (db *DB) Change(ctx context.Context, pick news.Pick, fn func(*news.World, []*news.Record) (change.Outcome, error)) (seq int64, err error) {
	defer fault.Wrap(&err, "change %d stories", len(pick.IDs)+len(pick.URIs)+pick.New)
	return db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		w, err := db.world(ctx, s)
		if err != nil {
			return out, err
		}
		all, recs, err := load(ctx, s, pick)
		if err != nil {
			return out, err
		}
		banner := w.Banner
		if out, err = fn(w, recs); err != nil {
			return out, err
		}
		if err := save(ctx, s, w, all); err != nil || w.Banner == banner {
			return out, err
		}
		return out, saveBanner(ctx, s, w.Banner)
	})
}

// View implements news.DeskStore.
func (db *DB) View(ctx context.Context, ids []int64, fn func(*news.World, []*news.Record) error) (err error) {
	defer fault.Wrap(&err, "view %d stories", len(ids))
	return db.view(ctx, func(s *session) error {
		w, err := db.readWorld(ctx, s)
		if err != nil {
			return err
		}
		_, recs, err := load(ctx, s, news.Pick{IDs: ids})
		if err != nil {
			return err
		}
		return fn(w, recs)
	})
}

// world reads what the rules need to know. Sections cannot move until the
// transaction ends: the lists that a story stands in depend on them.
func (db *DB) world(ctx context.Context, s *session) (*news.World, error) {
	if s.postgres {
		if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock_shared($1)`, treeLock); err != nil {
			return nil, err
		}
	}
	return db.readWorld(ctx, s)
}

// readWorld reads what the rules need to know beside the stories.
func (db *DB) readWorld(ctx context.Context, s *session) (*news.World, error) {
	now, err := db.clock(ctx, s)
	if err != nil {
		return nil, err
	}
	settings, err := readSettings(ctx, s)
	if err != nil {
		return nil, err
	}
	tree, err := readTree(ctx, s)
	if err != nil {
		return nil, err
	}
	rules, err := readSignoffRules(ctx, s)
	if err != nil {
		return nil, err
	}
	banner, err := readBanner(ctx, s, now)
	if err != nil {
		return nil, err
	}
	return &news.World{Now: now, Tree: tree, Settings: settings, Zone: settings.Zone(), Rules: rules, Banner: banner,
		Facts: facts{ctx, s}}, nil
}

// load returns the picked records, each once in the order of ids, and in the
// order of the pick.
func load(ctx context.Context, s *session, pick news.Pick) (all []*held, recs []*news.Record, err error) {
	all, err = loadStories(ctx, s, pick)
	if err != nil {
		return nil, nil, err
	}
	byID, byURI := make(map[int64]*held, len(all)), make(map[string]*held, len(all))
	for _, h := range all {
		byID[h.Story.ID] = h
		if h.Story.URI != "" {
			byURI[h.Story.URI] = h
		}
	}
	if err := loadParts(ctx, s, all, byID, len(pick.IDs) > 0); err != nil {
		return nil, nil, err
	}
	for _, id := range pick.IDs {
		h := byID[id]
		if h == nil {
			return nil, nil, fault.New(fault.NotFound, "there is no story %d", id)
		}
		recs = append(recs, h.Record)
	}
	var fresh []*held
	add := func() *held {
		h := &held{Record: &news.Record{New: true}}
		fresh = append(fresh, h)
		return h
	}
	for _, uri := range pick.URIs {
		h := byURI[uri]
		if h == nil {
			h = add()
			if uri != "" { // what has no identity is never the same thing
				byURI[uri] = h
			}
		}
		recs = append(recs, h.Record)
	}
	for range pick.New {
		recs = append(recs, add().Record)
	}
	ids, err := reserveIDs(ctx, s, len(fresh))
	if err != nil {
		return nil, nil, err
	}
	for i, h := range fresh {
		h.Story.ID = ids[i]
		h.before.ID = ids[i]
	}
	return append(all, fresh...), recs, nil
}

// loadStories reads and locks the rows, in the order of their ids so that two
// changes never wait for each other.
func loadStories(ctx context.Context, s *session, pick news.Pick) ([]*held, error) {
	scan := func(r scanner) (*held, error) {
		h := &held{Record: &news.Record{}}
		story, err := scanStory(r, &h.searchKey)
		h.Story, h.before = story, story
		return h, err
	}
	lock := s.forUpdate()
	if s.viewing {
		lock = ""
	}
	var all []*held
	for _, part := range []struct {
		where string
		arg   any
		n     int
	}{
		{`id ` + s.inIDs(1), s.ids(pick.IDs), len(pick.IDs)},
		{`uri <> '' AND uri ` + s.inTexts(1), s.texts(pick.URIs), len(pick.URIs)}, // index stories_uri
	} {
		if part.n == 0 {
			continue
		}
		list, err := collect(scan)(s.rows(ctx, `
			SELECT search_key, `+storyColumns+`
			FROM stories
			WHERE `+part.where+`
			ORDER BY id`+lock, part.arg))
		if err != nil {
			return nil, fmt.Errorf("read the stories: %w", err)
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b *held) int { return cmp.Compare(a.Story.ID, b.Story.ID) })
	// A story may have been picked by id and by URI.
	return slices.CompactFunc(all, func(a, b *held) bool { return a.Story.ID == b.Story.ID }), nil
}

// loadParts reads the versions that the stories point at, their drafts and
// withdrawals; for work of people also the last versions, the open conflicts and
// the approvals, which an import does not look at.
func loadParts(ctx context.Context, s *session, all []*held, byID map[int64]*held, people bool) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]int64, len(all))
	for i, h := range all {
		ids[i] = h.Story.ID
	}
	which := "s.live_no, s.named_no"
	if people {
		which += ", s.last_no"
	}
	versions, err := collect(scanVersion)(s.rows(ctx, `
		SELECT v.story_id, v.no, v.origin, v.content, v.by_actor, v.at, v.why
		FROM stories s
		JOIN versions v ON v.story_id = s.id AND v.no IN (`+which+`)
		WHERE s.id `+s.inIDs(1), s.ids(ids)))
	if err != nil {
		return fmt.Errorf("read the versions: %w", err)
	}
	for i := range versions {
		v, h := &versions[i], byID[versions[i].StoryID]
		if v.No == h.Story.LiveNo {
			h.Live = v
		}
		if v.No == h.Story.NamedNo {
			h.Named = v
		}
		if v.No == h.Story.LastNo {
			h.Last = v
		}
	}
	if err := loadDrafts(ctx, s, ids, byID); err != nil {
		return fmt.Errorf("read the drafts: %w", err)
	}
	if people {
		if err := loadDesk(ctx, s, ids, byID); err != nil {
			return err
		}
	}
	withdrawals, err := collect(scanWithdrawal)(s.rows(ctx, `
		SELECT `+withdrawalColumns+`
		FROM withdrawals
		WHERE story_id `+s.inIDs(1), s.ids(ids)))
	if err != nil {
		return fmt.Errorf("read the withdrawals: %w", err)
	}
	for i := range withdrawals {
		byID[withdrawals[i].StoryID].Withdrawal = &withdrawals[i]
	}
	return nil
}

// reserveIDs returns n ids for new stories, which nothing ever had. On SQLite,
// where nobody else writes now, they follow the highest one, and those that were
// kept for an import or removed with one (markStory).
func reserveIDs(ctx context.Context, s *session, n int) ([]int64, error) {
	if n == 0 {
		return nil, nil
	}
	if s.postgres {
		return collect(scanID)(s.rows(ctx, `
			SELECT nextval(pg_get_serial_sequence('stories', 'id'))
			FROM generate_series(1, $1)`, n))
	}
	last, err := lastStory(ctx, s)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = last + int64(i) + 1
	}
	return ids, nil
}

// lastStory returns the highest id that a story has, had, or is kept for one; on
// SQLite only.
func lastStory(ctx context.Context, s *session) (last int64, err error) {
	if err := s.row(ctx, `SELECT coalesce(max(id), 0) FROM stories`).Scan(&last); err != nil {
		return 0, err
	}
	kept, err := readMark(ctx, s, markStory)
	return max(last, kept), err
}
