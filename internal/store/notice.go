package store

import (
	"context"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// What bounds how many people are told of one thing: those of a desk, and those
// of the whole site in their stead.
const (
	deskPeople = 500
	sitePeople = 50
)

// saveNotices adds the notices that the rules leave. One for a desk becomes one
// for each of its people who approve there, whoever did it apart; where that is
// nobody, one for each who approves everywhere.
func saveNotices(ctx context.Context, s *session, w *news.World, all []*held) error {
	var rows [][]any
	for _, h := range all {
		told := map[int64]bool{h.By.ID: true}
		add := func(n news.Notice, user int64) {
			if !told[user] {
				told[user] = true
				rows = append(rows, []any{user, h.Story.ID, string(n.Kind), n.Actor, n.Text, millis(n.At)})
			}
		}
		for _, n := range h.Notices {
			if n.DeskID == 0 {
				add(n, n.UserID)
			}
		}
		for _, n := range h.Notices {
			if n.DeskID == 0 {
				continue
			}
			people, err := deskPeopleWho(ctx, s, w.Tree, n.DeskID, account.Approve, h.By.ID)
			if err != nil {
				return err
			}
			for _, user := range people {
				add(n, user)
			}
		}
	}
	return s.insertRows(ctx, `INSERT INTO notices (user_id, story_id, kind, actor, text, at)`, "", rows)
}

// deskPeopleWho returns the users, apart from one, who hold a capability in a
// desk by a grant for it or for one above it. If there are none, it returns those
// who hold it everywhere by their role: no desk's affairs are nobody's.
func deskPeopleWho(ctx context.Context, s *session, tree *news.Tree, desk int64, can account.Capability, apart int64) ([]int64, error) {
	var line []int64
	for _, sec := range tree.Ancestry(desk) {
		line = append(append(line, sec.ID), tree.Former(sec.ID)...)
	}
	users, err := collect(scanUser)(s.rows(ctx, `
		SELECT `+userColumns+`
		FROM users
		WHERE disabled = 0
		  AND id IN (SELECT user_id FROM user_desks WHERE section_id `+s.inIDs(1)+`)
		ORDER BY id
		LIMIT $2`, s.ids(line), deskPeople))
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, u := range users {
		if u.ID != apart && u.Actor().CanIn(can, line) {
			ids = append(ids, u.ID)
		}
	}
	if len(ids) > 0 {
		return ids, nil
	}
	var roles []string
	for _, r := range account.Roles {
		if r.Can(can) {
			roles = append(roles, string(r))
		}
	}
	return collect(scanID)(s.rows(ctx, `
		SELECT id
		FROM users
		WHERE disabled = 0 AND role `+s.inTexts(1)+` AND id <> $2
		ORDER BY id
		LIMIT $3`, s.texts(roles), apart, sitePeople))
}

// Notices returns a user's notices, the newest first, from below id before (0:
// from the top), and whether there are more. Goes by the index notices_user.
func (db *DB) Notices(ctx context.Context, userID, before int64, limit int) (_ []news.Notice, more bool, err error) {
	defer fault.Wrap(&err, "read the notices of user %d", userID)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, false, err
	}
	if before <= 0 {
		before = 1<<63 - 1
	}
	list, err := db.notices(ctx, `
		WHERE user_id = $1
		  AND id < $2
		ORDER BY id DESC
		LIMIT $3`, userID, before, limit+1)
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

// notices reads notices and the headlines of their stories, which stand on the
// cards of the desk.
func (db *DB) notices(ctx context.Context, where string, args ...any) ([]news.Notice, error) {
	list, err := collect(func(r scanner) (n news.Notice, err error) {
		err = r.Scan(&n.ID, &n.UserID, &n.StoryID, &n.Kind, &n.Actor, &n.Text, stamp{&n.At}, stamp{&n.Read})
		return n, err
	})(db.reads().rows(ctx, `
		SELECT id, user_id, story_id, kind, actor, text, at, read_at
		FROM notices`+where, args...))
	if err != nil || len(list) == 0 {
		return list, err
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].StoryID
	}
	cards, err := db.WorkCards(ctx, ids)
	for i := range list {
		list[i].Headline = cards[list[i].StoryID].Headline
	}
	return list, err
}

// UnreadNotices returns how many notices a user has not read, 100 at most. Goes
// by the index notices_unread.
func (db *DB) UnreadNotices(ctx context.Context, userID int64) (n int, err error) {
	defer fault.Wrap(&err, "count the notices of user %d", userID)
	err = db.reads().row(ctx, `
		SELECT count(*)
		FROM (SELECT 1 FROM notices WHERE user_id = $1 AND read_at = 0 LIMIT 100) AS unread`, userID).Scan(&n)
	return n, err
}

// ReadNotices marks a user's notices as read; without ids all of them.
func (db *DB) ReadNotices(ctx context.Context, userID int64, ids []int64) (err error) {
	defer fault.Wrap(&err, "mark the notices of user %d", userID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		if len(ids) == 0 {
			_, err = s.exec(ctx, `UPDATE notices SET read_at = $2 WHERE user_id = $1 AND read_at = 0`, userID, millis(now))
			return out, err
		}
		_, err = s.exec(ctx, `
			UPDATE notices SET read_at = $2
			WHERE user_id = $1 AND read_at = 0 AND id `+s.inIDs(3), userID, millis(now), s.ids(ids))
		return out, err
	})
	return err
}

// UnmailedNotices returns notices for which nobody has looked yet whether a mail
// is wanted, the oldest first. Goes by the index notices_unmailed.
func (db *DB) UnmailedNotices(ctx context.Context, limit int) (_ []news.Notice, err error) {
	defer fault.Wrap(&err, "read the notices to mail")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return db.notices(ctx, `
		WHERE mailed = 0
		ORDER BY id
		LIMIT $1`, limit)
}

// MarkMailed notes that mails for notices were sent, or are not wanted, together
// with the outcome that sends them.
func (db *DB) MarkMailed(ctx context.Context, ids []int64, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "mark %d notices as mailed", len(ids))
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		_, err = s.exec(ctx, `UPDATE notices SET mailed = $1 WHERE id `+s.inIDs(2), millis(now), s.ids(ids))
		return out, err
	})
	return err
}
