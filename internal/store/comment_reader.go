package store

import (
	"context"
	"math"
	"time"

	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
)

// What is read and written for one reader who takes part in discussions.

// Announced implements discuss.Store.
func (db *DB) Announced(ctx context.Context, now time.Time, storyIDs []int64, out change.Outcome) (seq int64, err error) {
	defer fault.Wrap(&err, "announce comments on %d stories", len(storyIDs))
	return db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `UPDATE discussions SET dirty = 0, announced = $2 WHERE story_id `+s.inIDs(1), s.ids(storyIDs), millis(now))
		return out, err
	})
}

// maxMutes is how many readers one reader may mute.
const maxMutes = 500

// SaveMute implements discuss.Store.
func (db *DB) SaveMute(ctx context.Context, memberID, mutedID int64, on bool) (err error) {
	defer fault.Wrap(&err, "mute a reader")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		if !on {
			_, err := s.exec(ctx, `DELETE FROM mutes WHERE member_id = $1 AND muted_id = $2`, memberID, mutedID)
			return out, err
		}
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		var there, have int
		if err := s.row(ctx, `SELECT (SELECT count(*) FROM members WHERE id = $2), (SELECT count(*) FROM mutes WHERE member_id = $1)`,
			memberID, mutedID).Scan(&there, &have); err != nil {
			return out, err
		}
		if there == 0 {
			return out, fault.New(fault.NotFound, "there is no such reader any more").Say("comment_none")
		}
		if have >= maxMutes {
			return out, fault.New(fault.TooLarge, "at most %d readers can be muted", maxMutes).Say("comment_mutes", "most", maxMutes)
		}
		_, err = s.exec(ctx, `
			INSERT INTO mutes (member_id, muted_id, at)
			VALUES ($1, $2, $3)
			ON CONFLICT (member_id, muted_id) DO NOTHING`, memberID, mutedID, millis(now))
		return out, err
	})
	return err
}

// Mutes returns whom a reader muted, in the order of their ids. Goes by the
// primary key.
func (db *DB) Mutes(ctx context.Context, memberID int64) (_ []discuss.Muted, err error) {
	defer fault.Wrap(&err, "read whom reader %d muted", memberID)
	return collect(func(r scanner) (m discuss.Muted, err error) { return m, r.Scan(&m.MemberID, &m.Name) })(db.reads().rows(ctx, `
		SELECT muted_id, name
		FROM mutes
		JOIN members ON id = muted_id
		WHERE member_id = $1
		ORDER BY muted_id
		LIMIT $2`, memberID, maxMutes))
}

// ReactionsOf returns what a reader said to comments of a story, by comment, at
// most limit, the newest comments first. Goes by the index reactions_member.
func (db *DB) ReactionsOf(ctx context.Context, memberID, storyID int64, limit int) (_ map[int64]string, err error) {
	defer fault.Wrap(&err, "read the reactions of reader %d", memberID)
	list, err := collect(func(r scanner) (v discuss.Reaction, err error) { return v, r.Scan(&v.CommentID, &v.Kind) })(db.reads().rows(ctx, `
		SELECT r.comment_id, r.kind
		FROM reactions r
		JOIN comments c ON c.id = r.comment_id AND c.story_id = $2
		WHERE r.member_id = $1
		ORDER BY r.comment_id DESC
		LIMIT $3`, memberID, storyID, limit))
	said := make(map[int64]string, len(list))
	for _, v := range list {
		said[v.CommentID] = v.Kind
	}
	return said, err
}

// CommentsOf returns a reader's own comments with an id below before (0: from the
// newest on), at most limit. Goes by the index comments_member.
func (db *DB) CommentsOf(ctx context.Context, memberID, before int64, limit int) (_ []discuss.Comment, err error) {
	defer fault.Wrap(&err, "read the comments of reader %d", memberID)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	list, err := collect(scanComment)(db.reads().rows(ctx, `
		SELECT `+commentColumns+`
		FROM comments
		WHERE member_id = $1 AND member_id <> 0 AND id < $2
		ORDER BY id DESC
		LIMIT $3`, memberID, before, limit))
	out := make([]discuss.Comment, len(list))
	for i, c := range list {
		out[i] = *c
	}
	return out, err
}

// OwnWaiting returns what a reader wrote under a story that he alone sees now:
// what waits or is hidden, at most limit, the newest first. Goes by the index
// comments_member.
func (db *DB) OwnWaiting(ctx context.Context, memberID, storyID int64, limit int) (_ []discuss.Comment, err error) {
	defer fault.Wrap(&err, "read what reader %d wrote under story %d", memberID, storyID)
	list, err := collect(scanComment)(db.reads().rows(ctx, `
		SELECT `+commentColumns+`
		FROM comments
		WHERE id IN (
			SELECT id
			FROM comments
			WHERE member_id = $1 AND member_id <> 0
			ORDER BY id DESC
			LIMIT 200)
		  AND story_id = $2 AND state IN ('pending', 'hidden')
		ORDER BY id DESC
		LIMIT $3`, memberID, storyID, limit))
	out := make([]discuss.Comment, len(list))
	for i, c := range list {
		out[i] = *c
	}
	return out, err
}

// Commenter returns what is known of a reader as one who comments; NotFound if
// there is no such reader.
func (db *DB) Commenter(ctx context.Context, memberID int64) (_ discuss.Author, err error) {
	defer fault.Wrap(&err, "read commenter %d", memberID)
	a, err := scanAuthor(db.reads().row(ctx, `
		SELECT `+authorColumns+`
		FROM members m
		LEFT JOIN commenters c ON c.member_id = m.id
		WHERE m.id = $1`, memberID))
	return *a, notFound(err, "there is no reader %d", memberID)
}

// SavePrefs implements discuss.Store.
func (db *DB) SavePrefs(ctx context.Context, memberID int64, p discuss.Prefs, key string) (err error) {
	defer fault.Wrap(&err, "write what reader %d wants to be told", memberID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `
			INSERT INTO commenters (member_id, notices, digest, digest_key, forget_text)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (member_id) DO UPDATE
			SET notices = excluded.notices, digest = excluded.digest, forget_text = excluded.forget_text,
			    digest_key = CASE WHEN commenters.digest_key = '' THEN excluded.digest_key ELSE commenters.digest_key END`,
			memberID, flag(p.Notices), flag(p.Digest), key, flag(p.ForgetText))
		return change.Outcome{}, err
	})
	return err
}

// StopDigest implements discuss.Store. Goes by the index commenters_key.
func (db *DB) StopDigest(ctx context.Context, key string) (there bool, err error) {
	defer fault.Wrap(&err, "end the letters of a reader")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		res, err := s.exec(ctx, `UPDATE commenters SET digest = 0 WHERE digest_key = $1 AND digest_key <> ''`, key)
		if err != nil {
			return change.Outcome{}, err
		}
		n, err := res.RowsAffected()
		there = n > 0
		return change.Outcome{}, err
	})
	return there, err
}

// SeeNotices implements discuss.Store.
func (db *DB) SeeNotices(ctx context.Context, memberID, upTo int64) (err error) {
	defer fault.Wrap(&err, "note that reader %d saw his notices", memberID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `UPDATE comment_notices SET seen = 1 WHERE member_id = $1 AND id <= $2 AND seen = 0`, memberID, upTo)
		return change.Outcome{}, err
	})
	return err
}

const readerNotices = `
	SELECT n.id, n.member_id, n.kind, n.comment_id, n.text, n.at, n.seen, coalesce(c.story_id, 0),
	       coalesce((SELECT name FROM members WHERE id = c.member_id), (SELECT name FROM users WHERE id = c.user_id), '')
	FROM comment_notices n
	LEFT JOIN comments c ON c.id = n.comment_id`

func scanReaderNotice(r scanner) (n discuss.Notice, err error) {
	err = r.Scan(&n.ID, &n.MemberID, &n.Kind, &n.CommentID, &n.Text, stamp{&n.At}, &n.Seen, &n.StoryID, &n.Name)
	return n, err
}

// ReaderNotices returns what a reader was told, below before (0: from the newest
// on), at most limit. Goes by the index comment_notices_member, as a range, see
// readThreads.
func (db *DB) ReaderNotices(ctx context.Context, memberID, before int64, limit int) (list []discuss.Notice, err error) {
	defer fault.Wrap(&err, "read the notices of reader %d", memberID)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	err = db.view(ctx, func(s *session) error {
		list, err = collect(scanReaderNotice)(s.rows(ctx, readerNotices+`
			WHERE (n.member_id, n.id) < ($1, $2) AND n.member_id >= $1
			ORDER BY n.member_id DESC, n.id DESC
			LIMIT $3`, memberID, before, limit))
		if err != nil || len(list) == 0 {
			return err
		}
		ids := make([]int64, len(list))
		for i := range list {
			ids[i] = list[i].StoryID
		}
		about, err := aboutStories(ctx, s, ids)
		for i := range list {
			list[i].Headline, list[i].Paid = about[list[i].StoryID].headline, about[list[i].StoryID].paid
		}
		return err
	})
	return list, err
}

// UnseenNotices returns how many notices a reader has not seen, at most 100. Goes
// by the index comment_notices_unseen.
func (db *DB) UnseenNotices(ctx context.Context, memberID int64) (n int, err error) {
	defer fault.Wrap(&err, "count the notices of reader %d", memberID)
	err = db.reads().row(ctx, `
		SELECT count(*)
		FROM (SELECT 1 FROM comment_notices WHERE member_id = $1 AND seen = 0 LIMIT 100) AS unseen`, memberID).Scan(&n)
	return n, err
}

// VerdictsOf returns what the phases said about a comment, in their order.
func (db *DB) VerdictsOf(ctx context.Context, commentID int64) (_ []discuss.Verdict, err error) {
	defer fault.Wrap(&err, "read the verdicts on comment %d", commentID)
	return collect(func(r scanner) (v discuss.Verdict, err error) {
		return v, r.Scan(&v.Phase, &v.Decision, &v.Reason, document{&v.Words}, &v.Number, &v.Like, &v.Wait, stamp{&v.At})
	})(db.reads().rows(ctx, `
		SELECT phase, decision, reason, words, number, like_id, wait, at
		FROM comment_verdicts
		WHERE comment_id = $1
		ORDER BY no
		LIMIT 20`, commentID))
}

// ReactionsBy implements discuss.Own. Goes by the index reactions_member.
func (db *DB) ReactionsBy(ctx context.Context, memberID, after int64, limit int) (_ []discuss.Reaction, err error) {
	defer fault.Wrap(&err, "read the reactions of reader %d", memberID)
	return collect(func(r scanner) (v discuss.Reaction, err error) {
		v.MemberID = memberID
		return v, r.Scan(&v.CommentID, &v.Kind)
	})(db.reads().rows(ctx, `
		SELECT comment_id, kind
		FROM reactions
		WHERE member_id = $1 AND comment_id > $2
		ORDER BY comment_id
		LIMIT $3`, memberID, after, limit))
}

// ComplaintsBy implements discuss.Own. Goes by the index complaints_member.
func (db *DB) ComplaintsBy(ctx context.Context, memberID, after int64, limit int) (_ []discuss.Complaint, err error) {
	defer fault.Wrap(&err, "read the complaints of reader %d", memberID)
	return collect(func(r scanner) (discuss.Complaint, error) {
		c, err := scanComplaint(r)
		return *c, err
	})(db.reads().rows(ctx, `
		SELECT id, `+complaintColumns+`
		FROM complaints
		WHERE member_id = $1 AND member_id <> 0 AND id > $2
		ORDER BY id
		LIMIT $3`, memberID, after, limit))
}
