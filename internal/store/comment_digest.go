package store

import (
	"context"
	"time"

	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
)

// WordsToForget implements discuss.Store. Goes by the index comments_member.
func (db *DB) WordsToForget(ctx context.Context, memberID int64, limit int) (_ []int64, err error) {
	defer fault.Wrap(&err, "read what reader %d wrote", memberID)
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT id
		FROM comments
		WHERE member_id = $1 AND member_id <> 0 AND state <> 'deleted'
		  AND EXISTS (SELECT 1 FROM commenters c WHERE c.member_id = $1 AND c.forget_text = 1)
		ORDER BY id
		LIMIT $2`, memberID, limit))
}

// DueDigests returns readers who want letters, with what they were not told yet by
// mail, at most limit, and of each at most 50 notices. Who got a letter after an
// instant gets none now, nor does who is banned, or whose account is closed or
// given up. Goes by the index commenters_digest.
func (db *DB) DueDigests(ctx context.Context, before time.Time, limit int) (list []discuss.Digest, err error) {
	defer fault.Wrap(&err, "look for letters about comments")
	err = db.view(ctx, func(s *session) error {
		list, err = collect(func(r scanner) (d discuss.Digest, err error) {
			return d, r.Scan(&d.MemberID, &d.Email, &d.Name, &d.Key)
		})(s.rows(ctx, `
			SELECT c.member_id, m.email, m.name, c.digest_key
			FROM commenters c
			JOIN members m ON m.id = c.member_id AND m.disabled = 0 AND m.erase_at = 0
			WHERE c.digest = 1 AND c.banned = 0 AND c.digest_at <= $1
			  AND EXISTS (SELECT 1 FROM comment_notices n WHERE n.member_id = c.member_id AND n.mailed = 0 AND n.seen = 0)
			ORDER BY c.digest_at, c.member_id
			LIMIT $2`, millis(before), limit))
		if err != nil || len(list) == 0 {
			return err
		}
		place, ids := map[int64]*discuss.Digest{}, make([]int64, len(list))
		for i := range list {
			place[list[i].MemberID], ids[i] = &list[i], list[i].MemberID
		}
		notices, err := collect(scanReaderNotice)(s.rows(ctx, readerNotices+`
			WHERE n.member_id `+s.inIDs(1)+` AND n.mailed = 0 AND n.seen = 0
			ORDER BY n.member_id, n.id
			LIMIT $2`, s.ids(ids), 50*limit))
		if err != nil {
			return err
		}
		var stories []int64
		for _, n := range notices {
			stories = append(stories, n.StoryID)
		}
		about, err := aboutStories(ctx, s, stories)
		for _, n := range notices {
			n.Headline, n.Paid = about[n.StoryID].headline, about[n.StoryID].paid
			if d := place[n.MemberID]; len(d.Notices) < 50 {
				d.Notices = append(d.Notices, n)
			}
		}
		return err
	})
	return list, err
}

// NoteDigests notes that letters were written, with the outcome that sends them.
func (db *DB) NoteDigests(ctx context.Context, list []discuss.Digest, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "note letters about comments")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		var ids, notices []int64
		for _, d := range list {
			ids = append(ids, d.MemberID)
			for _, n := range d.Notices {
				notices = append(notices, n.ID)
			}
		}
		if _, err := s.exec(ctx, `UPDATE commenters SET digest_at = $2 WHERE member_id `+s.inIDs(1), s.ids(ids), millis(now)); err != nil {
			return out, err
		}
		_, err = s.exec(ctx, `UPDATE comment_notices SET mailed = 1 WHERE id `+s.inIDs(1), s.ids(notices))
		return out, err
	})
	return err
}

// TrimComments forgets from which networks comments came before an instant, and
// notices that were seen before it; a few thousand of each at a time.
func (db *DB) TrimComments(ctx context.Context, before time.Time) (err error) {
	defer fault.Wrap(&err, "forget where comments came from")
	const most = 5000
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		_, err := s.exec(ctx, `
			UPDATE comments SET network = ''
			WHERE id IN (SELECT id FROM comments WHERE network <> '' AND at < $1 ORDER BY at LIMIT $2)`, millis(before), most)
		return change.Outcome{}, err
	})
	return err
}
