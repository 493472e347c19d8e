package store

import (
	"context"
	"slices"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/news"
)

// itemCodes are the numbers of kinds in member_items: 0 for a saved story, else
// the list of listings that is followed.
var itemCodes = map[member.ItemKind]int64{member.Save: 0, member.FollowSection: listSection, member.FollowTopic: listTopic,
	member.FollowPerson: listPerson, member.FollowStory: listRelated}

// itemKind is the reverse of itemCodes.
func itemKind(code int64) member.ItemKind {
	for kind, c := range itemCodes {
		if c == code {
			return kind
		}
	}
	return ""
}

// maxItems bounds what one statement reads of a shelf.
const maxItems = 500

// scanItem reads kind and ref.
func scanItem(r scanner) (i member.Item, err error) {
	var code int64
	err = r.Scan(&code, &i.ID)
	i.Kind = itemKind(code)
	return i, err
}

// Shelve implements member.ShelfStore.
func (db *DB) Shelve(ctx context.Context, id int64, items []member.Shelved) (put member.Put, err error) {
	defer fault.Wrap(&err, "keep %d things for reader %d", len(items), id)
	if err := checkLimit(len(items), member.MaxItems); err != nil {
		return put, err
	}
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		put = member.Put{}
		// Whoever counts must not be counted beside.
		var there int64
		if err := s.row(ctx, `SELECT id FROM members WHERE id = $1`+s.forUpdate(), id).Scan(&there); err != nil {
			return out, notFound(err, "there is no such reader")
		}
		now, err := shelvable(ctx, s, items)
		if err != nil {
			return out, err
		}
		old, err := onShelf(ctx, s, id, now)
		if err != nil {
			return out, err
		}
		saved, followed, err := shelfSize(ctx, s, id)
		if err != nil {
			return out, err
		}
		var rows [][]any
		seen := map[member.Item]bool{}
		// The latest first: what has no room is what was kept longest ago.
		slices.SortStableFunc(items, func(a, b member.Shelved) int { return b.Since.Compare(a.Since) })
		for _, i := range items {
			asked := i.Item
			if i.ID = now[asked]; i.ID == 0 {
				continue
			}
			if slices.Contains(old, i.Item) || seen[i.Item] {
				put.There = append(put.There, asked)
				continue
			}
			size, most := &saved, member.MaxSaved
			if i.Follows() {
				size, most = &followed, member.MaxFollowed
			} else {
				i.Ways = 0
			}
			if *size >= most {
				put.Full = append(put.Full, asked)
				continue
			}
			*size++
			seen[i.Item] = true
			put.There = append(put.There, asked)
			rows = append(rows, []any{id, itemCodes[i.Kind], i.ID, millis(i.Since), int64(i.Ways)})
		}
		return out, s.insertRows(ctx, `INSERT INTO member_items (member_id, kind, ref, since, ways)`, ` ON CONFLICT DO NOTHING`, rows)
	})
	return put, err
}

// shelvable returns which things items stand for now, by item; those that are
// not there, or not for readers, are missing.
func shelvable(ctx context.Context, s *session, items []member.Shelved) (map[member.Item]int64, error) {
	ids := map[member.ItemKind][]int64{}
	for _, i := range items {
		ids[i.Kind] = append(ids[i.Kind], i.ID)
	}
	out := map[member.Item]int64{}
	for kind, text := range map[member.ItemKind]string{
		member.Save:          `SELECT id, 0 FROM stories WHERE status = 'live' AND id `,
		member.FollowStory:   `SELECT id, 0 FROM stories WHERE status = 'live' AND id `,
		member.FollowTopic:   `SELECT id, merged_into FROM topics WHERE id `,
		member.FollowPerson:  `SELECT id, 0 FROM persons WHERE id `,
		member.FollowSection: `SELECT id, moved_to FROM sections WHERE id `,
	} {
		if len(ids[kind]) == 0 {
			continue
		}
		type pair struct{ id, into int64 }
		text += s.inIDs(1)
		if kind == member.FollowTopic || kind == member.FollowSection {
			text += s.forShare() // or a merger under way would leave a follow behind
		}
		list, err := collect(func(r scanner) (p pair, err error) {
			err = r.Scan(&p.id, &p.into)
			return p, err
		})(s.rows(ctx, text, s.ids(ids[kind])))
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			to := p.id
			if p.into != 0 {
				to = p.into
			}
			out[member.Item{Kind: kind, ID: p.id}] = to
		}
	}
	if len(ids[member.FollowSection]) > 0 {
		tree, err := readTree(ctx, s)
		if err != nil {
			return nil, err
		}
		for i, to := range out {
			if sec := tree.ByID(to); i.Kind == member.FollowSection && sec != nil {
				out[i] = sec.ID // it may have moved more than once
			}
		}
	}
	return out, nil
}

// shelfSize counts what a reader keeps. Saved stories that nobody can read now
// are not counted: they are not shown, and say nothing by their number either.
func shelfSize(ctx context.Context, s *session, id int64) (saved, followed int, err error) {
	err = s.row(ctx, `
		SELECT
			(SELECT count(*) FROM (
				SELECT 1
				FROM member_items i
				CROSS JOIN stories s
				WHERE i.member_id = $1 AND i.kind = 0 AND s.id = i.ref AND s.status = 'live'
				LIMIT $2) AS a),
			(SELECT count(*) FROM (
				SELECT 1
				FROM member_items
				WHERE member_id = $1 AND kind > 0
				LIMIT $3) AS b)`, id, member.MaxSaved, member.MaxFollowed).Scan(&saved, &followed)
	return saved, followed, err
}

// Unshelve implements member.ShelfStore. Goes by the primary key.
func (db *DB) Unshelve(ctx context.Context, id int64, items []member.Item) (err error) {
	defer fault.Wrap(&err, "take %d things off the shelf of reader %d", len(items), id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		for kind, refs := range byKind(items) {
			if _, err := s.exec(ctx, `DELETE FROM member_items WHERE member_id = $1 AND kind = $2 AND ref `+s.inIDs(3), id, itemCodes[kind], s.ids(refs)); err != nil {
				return change.Outcome{}, err
			}
		}
		return change.Outcome{}, nil
	})
	return err
}

func byKind(items []member.Item) map[member.ItemKind][]int64 {
	out := map[member.ItemKind][]int64{}
	for _, i := range items {
		out[i.Kind] = append(out[i.Kind], i.ID)
	}
	return out
}

// OnShelf implements member.ShelfStore. Goes by the primary key.
func (db *DB) OnShelf(ctx context.Context, id int64, items []member.Item) (_ []member.Item, err error) {
	defer fault.Wrap(&err, "look whether reader %d keeps %d things", id, len(items))
	if err := checkLimit(len(items), member.MaxItems); err != nil {
		return nil, err
	}
	return onShelf(ctx, db.reads(), id, same(items))
}

// same says that each item stands for itself.
func same(items []member.Item) map[member.Item]int64 {
	out := make(map[member.Item]int64, len(items))
	for _, i := range items {
		out[i] = i.ID
	}
	return out
}

// onShelf returns which of the things that items stand for a reader keeps. Each
// kind is one statement of at most member.MaxItems rows.
func onShelf(ctx context.Context, s *session, id int64, items map[member.Item]int64) (out []member.Item, err error) {
	refs := map[member.ItemKind][]int64{}
	for i, to := range items {
		refs[i.Kind] = append(refs[i.Kind], to)
	}
	for kind, list := range refs {
		there, err := collect(scanItem)(s.rows(ctx, `
			SELECT kind, ref
			FROM member_items
			WHERE member_id = $1 AND kind = $2 AND ref `+s.inIDs(3), id, itemCodes[kind], s.ids(list)))
		if err != nil {
			return nil, err
		}
		out = append(out, there...)
	}
	return out, nil
}

// Shelf implements member.ShelfStore. Goes by the primary key.
func (db *DB) Shelf(ctx context.Context, id int64, after member.Item, limit int) (_ []member.Shelved, err error) {
	defer fault.Wrap(&err, "read the shelf of reader %d", id)
	if err := checkLimit(limit, maxItems); err != nil {
		return nil, err
	}
	list, err := collect(func(r scanner) (i member.Shelved, err error) {
		var code int64
		err = r.Scan(&code, &i.ID, stamp{&i.Since}, &i.Ways)
		i.Kind = itemKind(code)
		return i, err
	})(db.reads().rows(ctx, `
		SELECT kind, ref, since, ways
		FROM member_items
		WHERE member_id = $1 AND (kind, ref) > ($2, $3)
		ORDER BY kind, ref
		LIMIT $4`, id, itemCodes[after.Kind], after.ID, limit))
	if err != nil {
		return nil, err
	}
	var stories []int64
	for _, i := range list {
		if i.Kind == member.Save {
			stories = append(stories, i.ID)
		}
	}
	cards, err := db.Cards(ctx, stories)
	titles := make(map[int64]string, len(cards))
	for _, c := range cards {
		titles[c.ID] = c.FullHeadline
	}
	for n, i := range list {
		if i.Kind == member.Save {
			list[n].Title = titles[i.ID]
		}
	}
	return list, err
}

// Saved returns a page of the live stories that a reader saved, those that he
// saved last first, each with when that was. Goes by the index
// member_items_since and the primary key of stories.
func (db *DB) Saved(ctx context.Context, id int64, after news.Cursor, limit int) (list []news.Shown, more bool, err error) {
	defer fault.Wrap(&err, "list what reader %d saved", id)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, false, err
	}
	high := before(after)
	list, err = collect(func(r scanner) (h news.Shown, err error) {
		h.Card, err = scanCard(r, stamp{&h.At})
		return h, err
	})(db.reads().rows(ctx, `
		SELECT since, `+cardColumns+`
		FROM member_items
		CROSS JOIN stories
		WHERE member_id = $1
		  AND kind = 0
		  AND (since, ref) < ($2, $3)
		  AND id = ref
		  AND status = 'live'
		ORDER BY since DESC, ref DESC
		LIMIT $4`, id, high.at, high.id, limit+1))
	if more = len(list) > limit; more {
		list = list[:limit]
	}
	return list, more, err
}

// before returns the place below which a newest-first page begins.
func before(after news.Cursor) place {
	f := news.ListFilter{After: after}
	_, high := bounds(&f)
	return high
}

// followed returns the query for one page of all lists that a reader follows, merged. Each list is
// a range of the primary key of listings, newest first. depth finds how deep the
// page can reach at all: the densest list fills it alone from its own n-th entry
// on, so nothing below that is read of any list. That makes a page cost a few
// hundred rows, and never more than n for each list, however large they are. A
// followed story stands in it by itself, at the time of its last significant
// update, and is left out of the other lists.
func (d dialect) followed() string {
	return `
	WITH follows AS (
		SELECT kind, ref
		FROM member_items
		WHERE member_id = $1
		  AND kind > 0
		ORDER BY kind, ref
		LIMIT $2),
	depth AS (
		SELECT COALESCE(MAX(nth), CAST(0 AS BIGINT)) AS low
		FROM (
			SELECT (
				SELECT at
				FROM listings
				WHERE list = kind
				  AND listings.ref = follows.ref
				  AND (at, story_id) < ($3, $4)
				  AND story_id NOT IN (SELECT ref FROM follows AS own WHERE kind = 6)
				ORDER BY at DESC, story_id DESC
				LIMIT 1 OFFSET $5) AS nth
			FROM follows) AS deep),
	found AS (
		SELECT at, story_id, kind, follows.ref
		FROM depth
		CROSS JOIN follows
		CROSS JOIN ` + d.each("listings", `list = kind
		  AND listings.ref = follows.ref
		  AND at >= low
		  AND (at, story_id) < ($3, $4)
		  AND story_id NOT IN (SELECT ref FROM follows AS own WHERE kind = 6)`) + `
		UNION ALL
		SELECT CASE WHEN updated > first_published THEN updated ELSE first_published END, id, kind, ref
		FROM follows
		CROSS JOIN ` + d.each("stories", `kind = 6
		  AND id = ref
		  AND status = 'live'`) + `),
	counted AS (
		SELECT at, story_id, kind, ref, DENSE_RANK() OVER (ORDER BY at DESC, story_id DESC) AS n
		FROM found
		WHERE (at, story_id) < ($3, $4))
	SELECT at, kind, ref, ` + cardColumns + `
	FROM counted
	CROSS JOIN ` + d.each("stories", `id = story_id
	  AND status = 'live'`) + `
	WHERE n <= $5 + 1
	ORDER BY at DESC, story_id DESC, kind, ref`
}

// Followed returns a page of the live stories of everything that a reader
// follows, newest first, each with what it stands there for. A story that is
// followed itself stands at the time of its last significant update.
func (db *DB) Followed(ctx context.Context, id int64, after news.Cursor, limit int) (list []news.Shown, more bool, err error) {
	defer fault.Wrap(&err, "list what reader %d follows", id)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, false, err
	}
	high := before(after)
	var rows []news.Shown
	err = db.seek(ctx, func(s *session) (err error) {
		rows, err = collect(func(r scanner) (h news.Shown, err error) {
			var code int64
			h.For = make([]news.Cause, 1)
			h.Card, err = scanCard(r, stamp{&h.At}, &code, &h.For[0].ID)
			h.For[0].Ref = news.Ref(itemKind(code))
			return h, err
		})(s.rows(ctx, s.followed(), id, member.MaxFollowed, high.at, high.id, limit))
		return err
	})
	if err != nil {
		return nil, false, err
	}
	for _, h := range rows {
		if n := len(list); n > 0 && list[n-1].Card.ID == h.Card.ID {
			list[n-1].For = append(list[n-1].For, h.For...)
			continue
		}
		list = append(list, h)
	}
	if more = len(list) > limit; more {
		list = list[:limit]
	}
	return list, more, nil
}

// Followers returns who follows a thing by a way, in the order of their numbers,
// after the one with a number. Goes by the index member_items_ref.
func (db *DB) Followers(ctx context.Context, i member.Item, way member.Ways, after int64, limit int) (_ []int64, err error) {
	defer fault.Wrap(&err, "list who follows %s", i)
	if err := checkLimit(limit, maxItems); err != nil {
		return nil, err
	}
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT member_id
		FROM member_items
		WHERE kind = $1
		  AND ref = $2
		  AND member_id > $3
		  AND ways & $4 <> 0
		ORDER BY member_id
		LIMIT $5`, itemCodes[i.Kind], i.ID, after, int64(way), limit))
}

// moveFollows lets whoever follows one thing follow the one that took over; who
// follows both goes on with the follow that he had. Goes by the index
// member_items_ref.
func moveFollows(ctx context.Context, s *session, kind member.ItemKind, from, into int64) error {
	_, err := s.exec(ctx, `
		INSERT INTO member_items (member_id, kind, ref, since, ways)
		SELECT member_id, kind, CAST($3 AS BIGINT), since, ways
		FROM member_items
		WHERE kind = $1 AND ref = $2
		ON CONFLICT DO NOTHING`, itemCodes[kind], from, into)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `DELETE FROM member_items WHERE kind = $1 AND ref = $2`, itemCodes[kind], from)
	return err
}
