package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
)

// What moderators did, and what is written with a change of comments for them.

const moderationColumns = `id, batch, actor, kind, at, undo, undone, undone_by`

func scanModeration(r scanner) (m discuss.Moderation, err error) {
	err = r.Scan(&m.ID, &m.Batch, &m.Actor, &m.Action, stamp{&m.At}, document{&m.Undo}, stamp{&m.UndoneAt}, &m.UndoneBy)
	return m, err
}

// loadModeration reads and locks the moderation that is to be undone.
func (l *talk) loadModeration(ctx context.Context) error {
	if l.pick.Moderation == 0 {
		return nil
	}
	m, err := scanModeration(l.s.row(ctx, `
		SELECT `+moderationColumns+`
		FROM moderations
		WHERE id = $1`+l.lock(), l.pick.Moderation))
	if err != nil {
		return notFound(err, "there is no moderation %d", l.pick.Moderation)
	}
	l.work.Moderation, l.undone = &m, m.UndoneAt
	return nil
}

// saveModerations adds what was done, and notes what was undone.
func (l *talk) saveModerations(ctx context.Context) error {
	for _, m := range l.work.Moderations {
		err := l.s.row(ctx, `
			INSERT INTO moderations (batch, actor, kind, at, undo)
			VALUES ($1, $2, $3, $4, $5)
			RETURNING id`, m.Batch, m.Actor, string(m.Action), millis(m.At), m.Undo.Marshal()).Scan(&m.ID)
		if err != nil {
			return err
		}
	}
	if m := l.work.Moderation; m != nil && !m.UndoneAt.Equal(l.undone) {
		_, err := l.s.exec(ctx, `UPDATE moderations SET undone = $2, undone_by = $3 WHERE id = $1`, m.ID, millis(m.UndoneAt), m.UndoneBy)
		return err
	}
	return nil
}

// saveTold leaves notices for the moderators of desks.
func (l *talk) saveTold(ctx context.Context) error {
	if len(l.work.Told) == 0 {
		return nil
	}
	tree, err := readTree(ctx, l.s)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, n := range l.work.Told {
		users, err := deskPeopleWho(ctx, l.s, tree, n.SectionID, account.Moderate, 0)
		if err != nil {
			return err
		}
		kind := news.NoticeComplaintDue
		if n.Late {
			kind = news.NoticeComplaintLate
		}
		for _, user := range users[:min(len(users), sitePeople)] {
			rows = append(rows, []any{user, n.StoryID, string(kind), "", n.Text, millis(n.At)})
		}
	}
	return l.s.insertRows(ctx, `INSERT INTO notices (user_id, story_id, kind, actor, text, at)`, "", rows)
}

// savePrints keeps by what a text is found when somebody writes it again.
func (l *talk) savePrints(ctx context.Context) error {
	var old []int64
	var rows [][]any
	for _, r := range l.work.Records {
		if r.State == "" || !r.New && !r.Edited.Equal(l.work.Now) {
			continue
		}
		if !r.New {
			old = append(old, r.ID)
		}
		for _, band := range discuss.Print(r.Body) {
			rows = append(rows, []any{band, r.ID})
		}
	}
	if len(old) > 0 {
		if _, err := l.s.exec(ctx, `DELETE FROM comment_prints WHERE comment_id `+l.s.inIDs(1), l.s.ids(old)); err != nil {
			return err
		}
	}
	return l.s.insertRows(ctx, `INSERT INTO comment_prints (band, comment_id)`, ` ON CONFLICT (band, comment_id) DO NOTHING`, rows)
}

// maxBatches is how many moderations of one bulk action are undone at once.
const maxBatches = 500

// ModerationBatch implements discuss.Moderations. Goes by the primary key and the
// index moderations_batch.
func (db *DB) ModerationBatch(ctx context.Context, id int64) (list []discuss.Moderation, err error) {
	defer fault.Wrap(&err, "read moderation %d", id)
	err = db.view(ctx, func(s *session) error {
		list, err = collect(scanModeration)(s.rows(ctx, `
			SELECT `+moderationColumns+`
			FROM moderations
			WHERE id = $1`, id))
		if err != nil {
			return err
		}
		rest, err := collect(scanModeration)(s.rows(ctx, `
			SELECT `+moderationColumns+`
			FROM moderations
			WHERE batch = $1 AND batch <> 0
			ORDER BY id
			LIMIT $2`, id, maxBatches))
		list = append(list, rest...)
		return err
	})
	return list, err
}

// Moderations returns what was done, the newest first, below an id (0: from the
// top); of bulk actions the first part stands for all. Goes by the primary key.
func (db *DB) Moderations(ctx context.Context, before int64, limit int) (_ []discuss.Moderation, err error) {
	defer fault.Wrap(&err, "read what moderators did")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	if before <= 0 {
		before = 1 << 62
	}
	return collect(scanModeration)(db.reads().rows(ctx, `
		SELECT `+moderationColumns+`
		FROM moderations
		WHERE id < $1
		ORDER BY id DESC
		LIMIT $2`, before, limit))
}

// DueComplaints implements discuss.Moderations. Goes by the index
// complaints_remind.
func (db *DB) DueComplaints(ctx context.Context, now time.Time, limit int) (ids []int64, err error) {
	defer fault.Wrap(&err, "read the complaints whose reminder is due")
	ids, err = collect(scanID)(db.reads().rows(ctx, `
		SELECT comment_id
		FROM complaints
		WHERE remind_at <> 0 AND remind_at <= $1
		ORDER BY remind_at, id
		LIMIT $2`, millis(now), limit))
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// ComplaintsKept says how many of the newest settled complaints were settled in
// time. Goes by the index complaints_settled.
func (db *DB) ComplaintsKept(ctx context.Context) (k discuss.Kept, err error) {
	defer fault.Wrap(&err, "count the complaints that were settled in time")
	err = db.reads().row(ctx, `
		SELECT count(*), coalesce(sum(CASE WHEN settled_at <= due THEN 1 ELSE 0 END), 0)
		FROM (
			SELECT settled_at, due
			FROM complaints
			WHERE outcome <> ''
			ORDER BY settled_at DESC, id DESC
			LIMIT $1) AS newest`, discuss.KeptOf).Scan(&k.Settled, &k.InTime)
	return k, err
}

// DiscussionSeq returns a number that changes with what moderators see: a new
// comment, a complaint, something that one of them did. Goes by primary keys.
func (db *DB) DiscussionSeq(ctx context.Context) (n int64, err error) {
	defer fault.Wrap(&err, "look whether discussions have moved")
	err = db.reads().row(ctx, `
		SELECT coalesce((SELECT max(id) FROM comments), 0) * 3 + coalesce((SELECT max(id) FROM complaints), 0) * 5 +
		       coalesce((SELECT max(id) FROM moderations), 0) * 7 +
		       coalesce((SELECT max(edited) FROM comments WHERE edited <> 0), 0) * 11`).Scan(&n) // index comments_edited
	return n, err
}

// maxAuthorFile is how many sanctions and notes of one reader are shown.
const maxAuthorFile = 50

// AuthorFile returns what is known of a reader; NotFound if there is none. Goes
// by the indexes sanctions_member and commenter_notes_member.
func (db *DB) AuthorFile(ctx context.Context, memberID int64) (f discuss.AuthorFile, err error) {
	defer fault.Wrap(&err, "read what is known of reader %d", memberID)
	err = db.view(ctx, func(s *session) error {
		a, err := scanAuthor(s.row(ctx, `
			SELECT `+authorColumns+`
			FROM members m
			LEFT JOIN commenters c ON c.member_id = m.id
			WHERE m.id = $1`, memberID))
		if err != nil {
			return notFound(err, "there is no reader %d", memberID)
		}
		f.Author = *a
		f.Sanctions, err = collect(func(r scanner) (v discuss.Sanction, err error) {
			return v, r.Scan(&v.ID, &v.MemberID, &v.Kind, &v.Reason, stamp{&v.Until}, stamp{&v.At}, &v.By)
		})(s.rows(ctx, `
			SELECT id, member_id, kind, reason, until, at, by_actor
			FROM sanctions
			WHERE member_id = $1
			ORDER BY id DESC
			LIMIT $2`, memberID, maxAuthorFile))
		if err != nil {
			return err
		}
		f.Notes, err = collect(func(r scanner) (v discuss.Note, err error) {
			return v, r.Scan(&v.ID, &v.MemberID, &v.Text, stamp{&v.At}, &v.By)
		})(s.rows(ctx, `
			SELECT id, member_id, body, at, by_actor
			FROM commenter_notes
			WHERE member_id = $1
			ORDER BY id DESC
			LIMIT $2`, memberID, maxAuthorFile))
		return err
	})
	return f, err
}

// keptFailures is how many failures of the hook are remembered.
const keptFailures = 100

// NoteHookFailure remembers that the hook failed.
func (db *DB) NoteHookFailure(ctx context.Context, why string) (err error) {
	defer fault.Wrap(&err, "note that the hook failed")
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		now, err := db.clock(ctx, s)
		if err != nil {
			return out, err
		}
		if r := []rune(why); len(r) > 300 {
			why = string(r[:300])
		}
		if _, err := s.exec(ctx, `INSERT INTO hook_failures (at, error) VALUES ($1, $2)`, millis(now), why); err != nil {
			return out, err
		}
		_, err = s.exec(ctx, `DELETE FROM hook_failures WHERE id <= (SELECT max(id) FROM hook_failures) - $1`, keptFailures)
		return out, err
	})
	return err
}

// HookFailures returns the newest failures of the hook, the newest first.
func (db *DB) HookFailures(ctx context.Context, since time.Time) (_ []discuss.HookFailure, err error) {
	defer fault.Wrap(&err, "read how the hook failed")
	return collect(func(r scanner) (f discuss.HookFailure, err error) { return f, r.Scan(stamp{&f.At}, &f.Error) })(db.reads().rows(ctx, `
		SELECT at, error
		FROM hook_failures
		WHERE at >= $1
		ORDER BY id DESC
		LIMIT $2`, millis(since), keptFailures))
}

// TrimPrints forgets by what texts are found that nobody looks for any more, at
// most limit comments of them, and returns how many rows there were. Goes by the
// indexes comments_network and comment_prints_comment.
func (db *DB) TrimPrints(ctx context.Context, before time.Time, limit int) (n int64, err error) {
	defer fault.Wrap(&err, "trim the prints of comments")
	err = db.write.run(ctx, nil, func(s *session) error {
		var last int64
		err := s.row(ctx, `
			SELECT id
			FROM comments
			WHERE network <> '' AND at < $1
			ORDER BY at DESC
			LIMIT 1`, millis(before)).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		res, err := s.exec(ctx, `
			DELETE FROM comment_prints
			WHERE comment_id IN (
				SELECT comment_id
				FROM comment_prints
				WHERE comment_id <= $1
				ORDER BY comment_id
				LIMIT $2)`, last, limit)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
