package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"warta/internal/discuss"
	"warta/internal/fault"
)

const commentColumns = `id, story_id, section_id, thread_id, reply_to, level, member_id, user_id, body, body_key, state, reason, note,
	at, edited, published, decided, decided_by, featured, shown, answers, complaints, network, guest, uri`

// scanComment reads commentColumns.
func scanComment(r scanner) (*discuss.Comment, error) {
	var c discuss.Comment
	err := r.Scan(&c.ID, &c.StoryID, &c.SectionID, &c.ThreadID, &c.ReplyTo, &c.Level, &c.MemberID, &c.UserID, &c.Body, &c.Key,
		&c.State, &c.Reason, &c.Note, stamp{&c.At}, stamp{&c.Edited}, stamp{&c.Published}, stamp{&c.Decided}, &c.DecidedBy,
		stamp{&c.Featured}, &c.Shown, &c.Answers, &c.Complaints, &c.Network, &c.Guest, &c.URI)
	return &c, err
}

func scanEntry(r scanner) (e discuss.Entry, err error) {
	c, err := scanComment(r)
	e.Comment = *c
	return e, err
}

// commentValues are the values of commentColumns.
func commentValues(c *discuss.Comment) []any {
	return []any{c.ID, c.StoryID, c.SectionID, c.ThreadID, c.ReplyTo, c.Level, c.MemberID, c.UserID, c.Body, c.Key,
		string(c.State), string(c.Reason), c.Note, millis(c.At), millis(c.Edited), millis(c.Published), millis(c.Decided), c.DecidedBy,
		millis(c.Featured), flag(c.Shown), c.Answers, c.Complaints, c.Network, c.Guest, c.URI}
}

// Threads returns a page of a story's threads with the first replies to each, as
// readers see them. Goes by the indexes comments_threads, comments_featured and
// comments_answers, so that every page costs the same.
func (db *DB) Threads(ctx context.Context, f discuss.Filter) (p discuss.Page, err error) {
	defer fault.Wrap(&err, "read the comments on story %d", f.StoryID)
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return p, err
	}
	err = db.view(ctx, func(s *session) error {
		p, err = readThreads(ctx, s, f)
		return err
	})
	return p, err
}

// ofStory is the range of the comments of the story $1 above (">") or below ("<") the
// id $2. With story_id = $1, PostgreSQL may go back through the newest comments of all
// stories for a story whose own are older. With a range of pairs, SQLite seeks by the
// first of the pair alone, and goes through all comments between the range's end and
// the page.
func (d dialect) ofStory(side string) string {
	switch {
	case !d.postgres:
		return `story_id = $1 AND id ` + side + ` $2`
	case side == "<":
		return `(story_id, id) < ($1, $2) AND story_id >= $1`
	}
	return `(story_id, id) > ($1, $2) AND story_id <= $1`
}

func readThreads(ctx context.Context, s *session, f discuss.Filter) (p discuss.Page, err error) {
	const columns = `SELECT ` + commentColumns + ` FROM comments WHERE `
	after := f.After.ID
	var rows *sql.Rows
	switch f.Sort {
	case discuss.Oldest:
		rows, err = s.rows(ctx, columns+s.ofStory(">")+` AND shown = 1 AND level = 0
			ORDER BY story_id, id LIMIT $3`, f.StoryID, after, f.Limit+1)
	case discuss.Picks:
		at := int64(math.MaxInt64)
		if after != 0 {
			at = millis(f.After.At)
		}
		rows, err = s.rows(ctx, columns+`story_id = $1 AND featured <> 0 AND (featured, id) < ($2, $3) ORDER BY featured DESC, id DESC LIMIT $4`,
			f.StoryID, at, after, f.Limit+1)
	default:
		if after == 0 {
			after = math.MaxInt64
		}
		rows, err = s.rows(ctx, columns+s.ofStory("<")+` AND shown = 1 AND level = 0
			ORDER BY story_id DESC, id DESC LIMIT $3`, f.StoryID, after, f.Limit+1)
	}
	if p.Entries, err = collect(scanEntry)(rows, err); err != nil {
		return p, err
	}
	if len(p.Entries) > f.Limit {
		p.Entries = p.Entries[:f.Limit]
		last := &p.Entries[f.Limit-1]
		p.Next = discuss.Cursor{ID: last.ID, At: last.Featured}
	}
	if f.Replies > 0 && f.Sort != discuss.Picks {
		if err := firstReplies(ctx, s, p.Entries, f.Replies); err != nil {
			return p, err
		}
	}
	return p, dressEntries(ctx, s, p.Entries)
}

// maxReplies is how many replies to a thread firstReplies reads.
const maxReplies = 3

// firstReplies reads the first replies to threads, at most maxReplies to each,
// one probe of comments_answers for every one.
func firstReplies(ctx context.Context, s *session, threads []discuss.Entry, most int) error {
	var ids []int64
	place := map[int64]*discuss.Entry{}
	for i := range threads {
		if e := &threads[i]; e.Answers > 0 {
			ids = append(ids, e.ID)
			place[e.ID] = e
			e.More = e.Answers > min(most, maxReplies)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	const nth = `(SELECT id FROM comments WHERE thread_id = n AND shown = 1 AND level = 1 ORDER BY id LIMIT 1 OFFSET `
	found, err := collect(func(r scanner) (a [maxReplies]sql.NullInt64, err error) {
		return a, r.Scan(&a[0], &a[1], &a[2])
	})(s.rows(ctx, `SELECT `+nth+`0), `+nth+`1), `+nth+`2) FROM `+s.numbers(1), s.ids(ids)))
	if err != nil {
		return err
	}
	var answers []int64
	for _, a := range found {
		for _, id := range a[:min(most, maxReplies)] {
			if id.Valid {
				answers = append(answers, id.Int64)
			}
		}
	}
	list, err := collect(scanEntry)(s.rows(ctx, `
		SELECT `+commentColumns+`
		FROM comments
		WHERE id `+s.inIDs(1)+`
		ORDER BY id`, s.ids(answers)))
	for _, e := range list {
		if t := place[e.ThreadID]; t != nil {
			t.Replies = append(t.Replies, e)
		}
	}
	return err
}

// Thread returns the thread that a comment stands in: what begins it, with its
// replies after one, the earliest first, and whether there are more. NotFound:
// there is no such comment that readers may know of. Index comments_answers.
func (db *DB) Thread(ctx context.Context, id, after int64, limit int) (e discuss.Entry, err error) {
	defer fault.Wrap(&err, "read the thread of comment %d", id)
	if err := checkLimit(limit, maxLimit); err != nil {
		return e, err
	}
	err = db.view(ctx, func(s *session) error {
		const shown = `SELECT ` + commentColumns + ` FROM comments WHERE id = $1 AND shown = 1`
		if e, err = scanEntry(s.row(ctx, shown, id)); err != nil {
			return notFound(err, "there is no comment %d", id)
		}
		if e.ThreadID != e.ID {
			if e, err = scanEntry(s.row(ctx, shown, e.ThreadID)); err != nil {
				return notFound(err, "there is no comment %d", id)
			}
		}
		e.Replies, err = collect(scanEntry)(s.rows(ctx, `
			SELECT `+commentColumns+`
			FROM comments
			WHERE thread_id = $1 AND shown = 1 AND level = 1 AND id > $2
			ORDER BY id
			LIMIT $3`, e.ID, after, limit+1))
		if err != nil {
			return err
		}
		if len(e.Replies) > limit {
			e.Replies, e.More = e.Replies[:limit], true
		}
		list := []discuss.Entry{e}
		err = dressEntries(ctx, s, list)
		e = list[0]
		return err
	})
	return e, err
}

// Comment returns one comment with the name of its author, whatever its state.
// What it says is not public by itself. Goes by the primary key.
func (db *DB) Comment(ctx context.Context, id int64) (e discuss.Entry, err error) {
	defer fault.Wrap(&err, "read comment %d", id)
	err = db.view(ctx, func(s *session) error {
		if e, err = scanEntry(s.row(ctx, `SELECT `+commentColumns+` FROM comments WHERE id = $1`, id)); err != nil {
			return notFound(err, "there is no comment %d", id)
		}
		list := []discuss.Entry{e}
		err = dressEntries(ctx, s, list)
		e = list[0]
		return err
	})
	return e, err
}

// dressEntries fills in what entries print beside their own rows: names,
// reactions and whom they answer. Each is one query by primary keys.
func dressEntries(ctx context.Context, s *session, list []discuss.Entry) error {
	var all []*discuss.Entry
	for i := range list {
		all = append(all, &list[i])
		for j := range list[i].Replies {
			all = append(all, &list[i].Replies[j])
		}
	}
	if len(all) == 0 {
		return nil
	}
	var ids, answered []int64
	for _, e := range all {
		ids = append(ids, e.ID)
		if e.ReplyTo != 0 && e.ReplyTo != e.ThreadID {
			answered = append(answered, e.ReplyTo)
		}
	}
	who := map[int64]author{}
	if len(answered) > 0 {
		rows, err := collect(func(r scanner) (a author, err error) { return a, r.Scan(&a.comment, &a.member, &a.user, &a.guest) })(s.rows(ctx, `
			SELECT id, member_id, user_id, guest
			FROM comments
			WHERE id `+s.inIDs(1), s.ids(answered)))
		if err != nil {
			return err
		}
		for _, a := range rows {
			who[a.comment] = a
		}
	}
	var members, users []int64
	for _, e := range all {
		members, users = append(members, e.MemberID, who[e.ReplyTo].member), append(users, e.UserID, who[e.ReplyTo].user)
	}
	readers, err := namesByID(ctx, s, `SELECT id, name FROM members WHERE id `, members)
	if err != nil {
		return err
	}
	staff, err := namesByID(ctx, s, `SELECT id, name FROM users WHERE id `, users)
	if err != nil {
		return err
	}
	name := func(member, user int64, guest string) string {
		switch {
		case user != 0:
			return staff[user]
		case member == 0:
			return guest
		}
		return readers[member]
	}
	place := make(map[int64]*discuss.Entry, len(all))
	for _, e := range all {
		e.Name = name(e.MemberID, e.UserID, e.Guest)
		if a, ok := who[e.ReplyTo]; ok {
			e.Answering = name(a.member, a.user, a.guest)
		}
		place[e.ID] = e
	}
	return countReactions(ctx, s, ids, place)
}

// author is who wrote a comment.
type author struct {
	comment, member, user int64
	guest                 string
}

func namesByID(ctx context.Context, s *session, query string, ids []int64) (map[int64]string, error) {
	type named struct {
		id   int64
		name string
	}
	list, err := collect(func(r scanner) (n named, err error) { return n, r.Scan(&n.id, &n.name) })(s.rows(ctx, query+s.inIDs(1), s.ids(ids)))
	names := make(map[int64]string, len(list))
	for _, n := range list {
		names[n.id] = n.name
	}
	return names, err
}

func countReactions(ctx context.Context, s *session, ids []int64, place map[int64]*discuss.Entry) error {
	type tally struct {
		id   int64
		kind string
		n    int
	}
	list, err := collect(func(r scanner) (t tally, err error) { return t, r.Scan(&t.id, &t.kind, &t.n) })(s.rows(ctx, `
		SELECT comment_id, kind, n
		FROM reaction_counts
		WHERE comment_id `+s.inIDs(1), s.ids(ids)))
	for _, t := range list {
		if e := place[t.id]; t.n > 0 {
			if e.Reactions == nil {
				e.Reactions = map[string]int{}
			}
			e.Reactions[t.kind] = t.n
		}
	}
	return err
}

const discussionColumns = `story_id, shown, pending, featured, last_id, announced, dirty`

func scanDiscussion(r scanner) (*discuss.Discussion, error) {
	var d discuss.Discussion
	err := r.Scan(&d.StoryID, &d.Shown, &d.Pending, &d.Featured, &d.LastID, stamp{&d.Announced}, &d.Dirty)
	return &d, err
}

// Discussion returns what is counted of a story's comments; nothing, if there
// are none. Goes by the primary key.
func (db *DB) Discussion(ctx context.Context, storyID int64) (_ discuss.Discussion, err error) {
	defer fault.Wrap(&err, "read the discussion of story %d", storyID)
	d, err := scanDiscussion(db.reads().row(ctx, `
		SELECT `+discussionColumns+`
		FROM discussions
		WHERE story_id = $1`, storyID))
	if errors.Is(err, sql.ErrNoRows) {
		return discuss.Discussion{StoryID: storyID}, nil
	}
	return *d, err
}

// DueAnnouncements implements discuss.Store. Goes by the index discussions_dirty.
func (db *DB) DueAnnouncements(ctx context.Context, now time.Time, limit int) (_ []int64, err error) {
	defer fault.Wrap(&err, "look for comments to announce")
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT story_id
		FROM discussions
		WHERE dirty = 1 AND announced <= $1
		ORDER BY announced, story_id
		LIMIT $2`, millis(now), limit))
}

// NewestComments returns the ids of the newest comments on a story that readers
// can read, at most limit. Goes by the index comments_story, as a range: both engines
// would otherwise go back through the newest comments of all stories.
func (db *DB) NewestComments(ctx context.Context, storyID int64, limit int) (_ []int64, err error) {
	defer fault.Wrap(&err, "read the newest comments on story %d", storyID)
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT id
		FROM comments
		WHERE (story_id, id) < ($1, $2) AND story_id >= $1 AND state = 'published'
		ORDER BY story_id DESC, id DESC
		LIMIT $3`, storyID, int64(math.MaxInt64), limit))
}
