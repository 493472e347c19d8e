package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
)

// The queues of the desk. Each is a range of one index, so that its first page
// and its thousandth cost the same, however many comments there are. A queue of
// some sections is put together from the range of each.

// maxRanges is how many sections a queue is put together from; of more than
// that, the ranges of all are looked through.
const maxRanges = 60

// spot is an item's position in a queue.
type spot struct{ comment, at, id int64 }

func scanPlace(r scanner) (p spot, err error) {
	err = r.Scan(&p.comment, &p.at, &p.id)
	return p, err
}

// queueArgs numbers the arguments of a statement.
type queueArgs []any

func (a *queueArgs) add(v any) string {
	*a = append(*a, v)
	return fmt.Sprintf("$%d", len(*a))
}

// queuePlaces returns the positions of a page of a queue.
func queuePlaces(ctx context.Context, s *session, f discuss.QueueFilter) ([]spot, error) {
	var args queueArgs
	where, order := []string{}, "id DESC"
	from, columns := "comments", "id AS comment, CAST(0 AS BIGINT) AS at, id AS place"
	down := true
	switch f.Kind {
	case discuss.QueueReported:
		from, columns, order, down = "complaints q", "comment_id AS comment, due AS at, id AS place", "due, id", false
		// Of each comment the complaint with the first deadline stands for all: one
		// probe of complaints_first.
		where = append(where, `outcome = ''`, fmt.Sprintf(`(due, id) > (%s, %s)`, args.add(f.After.At), args.add(f.After.ID)), `
			id = (SELECT p.id FROM complaints p WHERE p.comment_id = q.comment_id AND p.outcome = '' ORDER BY p.due, p.id LIMIT 1)`)
	case discuss.QueuePending:
		where, order, down = append(where, `state = 'pending'`), "id", false
	case discuss.QueueNew:
		where, order, down = append(where, `state = 'pending' AND reason = 'newcomer'`), "id", false
	case discuss.QueueAuthor:
		where = append(where, `member_id <> 0 AND member_id = `+args.add(f.MemberID))
	case discuss.QueueText:
		where = append(where, `body_key = `+args.add(f.Key))
	}
	switch after := f.After.ID; {
	case f.Kind == discuss.QueueReported:
	case down && after == 0:
		where = append(where, `id < `+args.add(int64(math.MaxInt64)))
	case down:
		where = append(where, `id < `+args.add(after))
	default:
		where = append(where, `id > `+args.add(after))
	}
	if f.Waiting {
		where = append(where, `(state IN ('pending', 'hidden') OR complaints > 0)`)
	}
	if f.StoryID != 0 {
		where = append(where, `story_id = `+args.add(f.StoryID))
	}
	limit := args.add(f.Limit + 1)
	one := func(extra ...string) string {
		all := append(slices.Clone(where), extra...)
		return `SELECT ` + columns + ` FROM ` + from + ` WHERE ` + strings.Join(all, " AND ") + ` ORDER BY ` + order + ` LIMIT ` + limit
	}
	text := one()
	switch n := len(f.Sections); {
	case n == 0:
	case n > maxRanges, f.StoryID != 0, f.Kind == discuss.QueueAuthor, f.Kind == discuss.QueueText:
		text = one(`section_id ` + s.inIDs(len(args)+1))
		args.add(s.ids(f.Sections))
	default:
		var parts []string
		for _, id := range f.Sections {
			parts = append(parts, `SELECT * FROM (`+one(`section_id = `+args.add(id))+`) AS part`)
		}
		outer := "place DESC"
		if !down {
			outer = "at, place"
		}
		text = strings.Join(parts, "\nUNION ALL\n") + "\nORDER BY " + outer + ` LIMIT ` + limit
	}
	return collect(scanPlace)(s.rows(ctx, text, args...))
}

// Queue returns a page of a queue with what a moderator needs to decide, and
// whether there are more.
func (db *DB) Queue(ctx context.Context, f discuss.QueueFilter) (items []discuss.Item, more bool, err error) {
	defer fault.Wrap(&err, "read the queue %s", f.Kind)
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return nil, false, err
	}
	err = db.view(ctx, func(s *session) error {
		places, err := queuePlaces(ctx, s, f)
		if err != nil || len(places) == 0 {
			return err
		}
		if more = len(places) > f.Limit; more {
			places = places[:f.Limit]
		}
		items, err = readItems(ctx, s, places)
		return err
	})
	return items, more, err
}

// QueueItem returns one comment as queues show it; NotFound if there is none.
func (db *DB) QueueItem(ctx context.Context, id int64) (item discuss.Item, err error) {
	defer fault.Wrap(&err, "read comment %d", id)
	err = db.view(ctx, func(s *session) error {
		list, err := readItems(ctx, s, []spot{{comment: id, id: id}})
		if err == nil && len(list) == 0 {
			err = fault.New(fault.NotFound, "there is no comment %d", id).Say("comment_none")
		}
		if err == nil {
			item = list[0]
		}
		return err
	})
	return item, err
}

// readItems reads comments with all that queues show beside them, in the order
// of the places, one query a kind of thing.
func readItems(ctx context.Context, s *session, places []spot) ([]discuss.Item, error) {
	var ids []int64
	for _, p := range places {
		ids = append(ids, p.comment)
	}
	entries, err := collect(scanEntry)(s.rows(ctx, `SELECT `+commentColumns+` FROM comments WHERE id `+s.inIDs(1), s.ids(ids)))
	if err != nil {
		return nil, err
	}
	var above, stories, members []int64
	for _, e := range entries {
		stories, members = append(stories, e.StoryID), append(members, e.MemberID)
		if e.ReplyTo != 0 {
			above = append(above, e.ReplyTo)
		}
	}
	var parents []discuss.Entry
	if len(above) > 0 {
		if parents, err = collect(scanEntry)(s.rows(ctx, `SELECT `+commentColumns+` FROM comments WHERE id `+s.inIDs(1), s.ids(above))); err != nil {
			return nil, err
		}
	}
	all := append(entries, parents...)
	if err := dressEntries(ctx, s, all); err != nil {
		return nil, err
	}
	entry := map[int64]*discuss.Entry{}
	for i := range all {
		entry[all[i].ID] = &all[i]
	}
	about, err := aboutStories(ctx, s, stories)
	if err != nil {
		return nil, err
	}
	tree, err := readTree(ctx, s)
	if err != nil {
		return nil, err
	}
	settings, err := readSettings(ctx, s)
	if err != nil {
		return nil, err
	}
	authors, err := authorsByID(ctx, s, members)
	if err != nil {
		return nil, err
	}
	verdicts, err := verdictsOf(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	claims, err := claimsOf(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	items := make([]discuss.Item, 0, len(places))
	for _, p := range places {
		e := entry[p.comment]
		if e == nil {
			continue
		}
		item := discuss.Item{Entry: *e, Author: authors[e.MemberID], Parent: entry[e.ReplyTo], Verdicts: verdicts[e.ID], Claims: claims[e.ID],
			Cursor: discuss.QueueCursor{At: p.at, ID: p.id}}
		if a := about[e.StoryID]; a.story.ID != 0 {
			item.Headline = a.headline
			if a.story.Status == news.Live {
				item.StoryAt = news.Path(tree.Slug(a.story.SectionID), a.story.FirstPublished, settings.Zone(), a.story.ID, a.story.Slug)
			}
		}
		if len(item.Claims) > 0 {
			item.Due = item.Claims[0].Due
		}
		items = append(items, item)
	}
	return items, nil
}

func authorsByID(ctx context.Context, s *session, ids []int64) (map[int64]*discuss.Author, error) {
	list, err := collect(scanAuthor)(s.rows(ctx, `
		SELECT `+authorColumns+`
		FROM members m
		LEFT JOIN commenters c ON c.member_id = m.id
		WHERE m.id `+s.inIDs(1), s.ids(ids)))
	authors := make(map[int64]*discuss.Author, len(list))
	for _, a := range list {
		authors[a.MemberID] = a
	}
	return authors, err
}

// verdictsOf returns what the phases said about comments, in their order. Goes by
// the primary key.
func verdictsOf(ctx context.Context, s *session, ids []int64) (map[int64][]discuss.Verdict, error) {
	out := map[int64][]discuss.Verdict{}
	_, err := collect(func(r scanner) (none struct{}, err error) {
		var id int64
		var v discuss.Verdict
		err = r.Scan(&id, &v.Phase, &v.Decision, &v.Reason, document{&v.Words}, &v.Number, &v.Like, &v.Wait, stamp{&v.At})
		out[id] = append(out[id], v)
		return none, err
	})(s.rows(ctx, `
		SELECT comment_id, phase, decision, reason, words, number, like_id, wait, at
		FROM comment_verdicts
		WHERE comment_id `+s.inIDs(1)+`
		ORDER BY comment_id, no`, s.ids(ids)))
	return out, err
}

// claimsOf returns the first open complaints about comments, one probe of
// complaints_first for each that is shown.
func claimsOf(ctx context.Context, s *session, ids []int64) (map[int64][]discuss.Complaint, error) {
	const nth = `(SELECT id FROM complaints WHERE comment_id = n AND outcome = '' ORDER BY due, id LIMIT 1 OFFSET `
	var columns []string
	for i := range discuss.MaxClaims {
		columns = append(columns, fmt.Sprintf("coalesce(%s%d), 0)", nth, i))
	}
	found, err := collect(func(r scanner) (a [discuss.MaxClaims]int64, err error) {
		return a, r.Scan(&a[0], &a[1], &a[2], &a[3], &a[4])
	})(s.rows(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+s.numbers(1), s.ids(ids)))
	if err != nil {
		return nil, err
	}
	var which []int64
	for _, a := range found {
		which = append(which, a[:]...)
	}
	list, err := collect(scanComplaint)(s.rows(ctx, `
		SELECT id, `+complaintColumns+`
		FROM complaints
		WHERE id `+s.inIDs(1)+`
		ORDER BY due, id`, s.ids(which)))
	out := map[int64][]discuss.Complaint{}
	for _, c := range list {
		out[c.CommentID] = append(out[c.CommentID], *c)
	}
	return out, err
}

// QueueIDs implements discuss.Moderations: the ids above one, in their order, and
// when somebody decided about each last. Goes by the indexes comments_member and
// comments_same.
func (db *DB) QueueIDs(ctx context.Context, f discuss.QueueFilter, above int64, limit int) (ids []int64, decided map[int64]int64, err error) {
	defer fault.Wrap(&err, "read the queue %s", f.Kind)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, nil, err
	}
	var args queueArgs
	where := []string{`id > ` + args.add(above), `state IN ('pending', 'hidden', 'published')`}
	if f.Waiting {
		where[1] = `(state IN ('pending', 'hidden') OR complaints > 0)`
	}
	if f.Kind == discuss.QueueAuthor {
		where = append(where, `member_id <> 0 AND member_id = `+args.add(f.MemberID))
	} else {
		where = append(where, `body_key = `+args.add(f.Key))
	}
	if len(f.Sections) > 0 {
		where = append(where, `section_id `+db.dialect.inIDs(len(args)+1))
		args.add(db.dialect.ids(f.Sections))
	}
	decided = map[int64]int64{}
	ids, err = collect(func(r scanner) (id int64, err error) {
		var at int64
		err = r.Scan(&id, &at)
		decided[id] = at
		return id, err
	})(db.reads().rows(ctx, `SELECT id, decided FROM comments WHERE `+strings.Join(where, " AND ")+` ORDER BY id LIMIT `+args.add(limit), args...))
	return ids, decided, err
}

// QueueCounts returns how many comments wait, each number at most CountMost + 1;
// of some sections, if there are any. Goes by the partial indexes of the queues.
func (db *DB) QueueCounts(ctx context.Context, sections []int64) (c discuss.Counts, err error) {
	defer fault.Wrap(&err, "count what waits for moderators")
	err = db.view(ctx, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		for _, q := range []struct {
			n               *int
			from, condition string
		}{
			{&c.Reported, "comments", "complaints > 0"},
			{&c.Pending, "comments", "state = 'pending'"},
			{&c.New, "comments", "state = 'pending' AND reason = 'newcomer'"},
			{&c.Late, "complaints", "outcome = '' AND due < $"},
		} {
			args := []any{discuss.CountMost + 1}
			text := `SELECT count(*) FROM (SELECT 1 FROM ` + q.from + ` WHERE ` + q.condition
			if len(sections) > 0 {
				text += ` AND section_id ` + s.inIDs(2)
				args = append(args, s.ids(sections))
			}
			if q.from == "complaints" {
				args = append(args, millis(now))
				text = strings.Replace(text, "due < $", fmt.Sprintf("due < $%d", len(args)), 1)
			}
			if err := s.row(ctx, text+` LIMIT $1) AS waiting`, args...).Scan(q.n); err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}

// BusyStories returns the stories under which most comments wait, at most limit.
// Goes by the index discussions_pending.
func (db *DB) BusyStories(ctx context.Context, limit int) (list []discuss.Busy, err error) {
	defer fault.Wrap(&err, "read under which stories comments wait")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	err = db.view(ctx, func(s *session) error {
		list, err = collect(func(r scanner) (b discuss.Busy, err error) { return b, r.Scan(&b.StoryID, &b.Shown, &b.Pending) })(s.rows(ctx, `
			SELECT story_id, shown, pending
			FROM discussions
			WHERE pending > 0
			ORDER BY pending DESC, story_id DESC
			LIMIT $1`, limit))
		if err != nil || len(list) == 0 {
			return err
		}
		ids := make([]int64, len(list))
		for i := range list {
			ids[i] = list[i].StoryID
		}
		about, err := aboutStories(ctx, s, ids)
		for i := range list {
			list[i].Headline, list[i].Section = about[list[i].StoryID].headline, about[list[i].StoryID].story.SectionID
		}
		return err
	})
	return list, err
}
