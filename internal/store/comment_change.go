package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
)

// ChangeComments implements discuss.Store. On PostgreSQL the rows of comments, of
// discussions and of commenters are locked, in this order and by their ids, so that
// two changes never wait for each other.
func (db *DB) ChangeComments(ctx context.Context, p discuss.Pick, fn func(*discuss.Work) (change.Outcome, error)) (seq int64, err error) {
	defer fault.Wrap(&err, "change comments")
	return db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		l := talk{db: db, s: s, pick: p}
		if err := l.load(ctx); err != nil {
			return out, err
		}
		if out, err = fn(l.work); err != nil {
			return out, err
		}
		return out, l.save(ctx)
	})
}

// ViewComments implements discuss.Store.
func (db *DB) ViewComments(ctx context.Context, p discuss.Pick, fn func(*discuss.Work) error) (err error) {
	defer fault.Wrap(&err, "look at comments")
	return db.view(ctx, func(s *session) error {
		l := talk{db: db, s: s, pick: p}
		if err := l.load(ctx); err != nil {
			return err
		}
		return fn(l.work)
	})
}

// talk reads what one change of comments deals with, and writes it.
type talk struct {
	db   *DB
	s    *session
	pick discuss.Pick
	work *discuss.Work

	authors    map[int64]discuss.Author    // as they were
	complaints map[int64]discuss.Complaint // as they were
	undone     time.Time                   // the picked moderation, when it was read
}

// lock is the clause that keeps others from changing what is read.
func (l *talk) lock() string {
	if l.s.viewing {
		return ""
	}
	return l.s.forUpdate()
}

func (l *talk) load(ctx context.Context) (err error) {
	w := &discuss.Work{Comments: map[int64]*discuss.Comment{}, Authors: map[int64]*discuss.Author{}, Discussions: map[int64]*discuss.Discussion{}}
	l.work = w
	if w.Now, err = l.db.clock(ctx, l.s); err != nil {
		return err
	}
	if err := l.loadComments(ctx); err != nil {
		return err
	}
	stories, err := l.loadStories(ctx)
	if err != nil {
		return err
	}
	if err := l.loadDiscussions(ctx, slices.Sorted(maps.Keys(stories))); err != nil {
		return err
	}
	if err := l.loadAuthors(ctx); err != nil {
		return err
	}
	for _, r := range w.Records {
		r.Story, r.Author = stories[r.StoryID], w.Authors[r.MemberID]
		if r.Story == nil {
			return fault.New(fault.NotFound, "there is no story %d", r.StoryID)
		}
	}
	if err := l.loadRules(ctx); err != nil {
		return err
	}
	if err := l.loadRecent(ctx); err != nil {
		return err
	}
	if err := l.loadComplaints(ctx); err != nil {
		return err
	}
	if err := l.loadModeration(ctx); err != nil {
		return err
	}
	w.Begin()
	return nil
}

// loadComments reads and locks the picked comments with those that they stand
// below and answer, and adds the new one.
func (l *talk) loadComments(ctx context.Context) error {
	w, s := l.work, l.s
	ids := slices.Clone(l.pick.IDs)
	if l.pick.ReplyTo != 0 {
		ids = append(ids, l.pick.ReplyTo)
	}
	if len(ids) > 0 {
		type kin struct{ thread, reply int64 }
		related, err := collect(func(r scanner) (k kin, err error) { return k, r.Scan(&k.thread, &k.reply) })(s.rows(ctx, `
			SELECT thread_id, reply_to
			FROM comments
			WHERE id `+s.inIDs(1), s.ids(ids)))
		if err != nil {
			return err
		}
		all := slices.Clone(ids)
		for _, k := range related {
			all = append(all, k.thread, k.reply)
		}
		list, err := collect(scanComment)(s.rows(ctx, `
			SELECT `+commentColumns+`
			FROM comments
			WHERE id `+s.inIDs(1)+`
			ORDER BY id`+l.lock(), s.ids(all)))
		if err != nil {
			return err
		}
		for _, c := range list {
			w.Comments[c.ID] = c
		}
	}
	for _, id := range l.pick.IDs {
		c := w.Comments[id]
		if c == nil {
			return fault.New(fault.NotFound, "there is no comment %d", id).Say("comment_none")
		}
		w.Records = append(w.Records, &discuss.Record{Comment: c, Root: w.Comments[c.ThreadID], Parent: w.Comments[c.ReplyTo]})
	}
	if l.pick.StoryID == 0 {
		return nil
	}
	r := &discuss.Record{New: true, Comment: &discuss.Comment{StoryID: l.pick.StoryID, ReplyTo: l.pick.ReplyTo}}
	var err error
	if r.ID, err = nextComment(ctx, s); err != nil {
		return err
	}
	r.ThreadID, r.Root = r.ID, r.Comment
	if l.pick.ReplyTo != 0 {
		r.Parent = w.Comments[l.pick.ReplyTo]
		if r.Parent == nil || r.Parent.StoryID != l.pick.StoryID {
			return fault.New(fault.NotFound, "there is no comment %d to answer", l.pick.ReplyTo).Say("comment_parent")
		}
		r.Level, r.ThreadID, r.Root = 1, r.Parent.ThreadID, w.Comments[r.Parent.ThreadID]
	}
	w.Records = append(w.Records, r)
	return nil
}

// nextComment returns the id of the next comment, which nothing ever had. On
// SQLite nobody else writes now.
func nextComment(ctx context.Context, s *session) (id int64, err error) {
	text := `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'comments'), 0) + 1`
	switch {
	case s.viewing:
		return 0, nil
	case s.postgres:
		text = `SELECT nextval(pg_get_serial_sequence('comments', 'id'))`
	}
	err = s.row(ctx, text).Scan(&id)
	return id, err
}

// loadStories reads the stories of the records with their sections.
func (l *talk) loadStories(ctx context.Context) (map[int64]*discuss.Story, error) {
	var ids []int64
	for _, r := range l.work.Records {
		ids = append(ids, r.StoryID)
	}
	stories := map[int64]*discuss.Story{}
	settings, err := readSettings(ctx, l.s)
	if err != nil {
		return nil, err
	}
	l.work.Zone = settings.Zone()
	if len(ids) == 0 {
		return stories, nil
	}
	list, err := collect(oneStory)(l.s.rows(ctx, `
		SELECT `+storyColumns+`
		FROM stories
		WHERE id `+l.s.inIDs(1), l.s.ids(ids)))
	if err != nil {
		return nil, err
	}
	tree, err := readTree(ctx, l.s)
	if err != nil {
		return nil, err
	}
	for _, st := range list {
		stories[st.ID] = &discuss.Story{ID: st.ID, SectionID: st.SectionID, Sections: lineage(tree, st.SectionID),
			Live: st.Status == news.Live, Published: st.FirstPublished}
	}
	return stories, nil
}

// loadDiscussions reads and locks what is counted of stories; those of which
// nothing is begin now.
func (l *talk) loadDiscussions(ctx context.Context, stories []int64) error {
	if len(stories) == 0 {
		return nil
	}
	read := func() error {
		list, err := collect(scanDiscussion)(l.s.rows(ctx, `
			SELECT `+discussionColumns+`
			FROM discussions
			WHERE story_id `+l.s.inIDs(1)+`
			ORDER BY story_id`+l.lock(), l.s.ids(stories)))
		for _, d := range list {
			l.work.Discussions[d.StoryID] = d
		}
		return err
	}
	if err := read(); err != nil || len(l.work.Discussions) == len(stories) {
		return err
	}
	if l.s.viewing {
		for _, id := range stories {
			if l.work.Discussions[id] == nil {
				l.work.Discussions[id] = &discuss.Discussion{StoryID: id}
			}
		}
		return nil
	}
	var rows [][]any
	for _, id := range stories {
		if l.work.Discussions[id] == nil {
			rows = append(rows, []any{id})
		}
	}
	if err := l.s.insertRows(ctx, `INSERT INTO discussions (story_id)`, ` ON CONFLICT (story_id) DO NOTHING`, rows); err != nil {
		return err
	}
	return read()
}

const commenterColumns = `published, rejected, warned, suspended_until, banned, sanction, notices, digest, digest_at, digest_key, forget_text`

// authorColumns are those of a member m and, if there is one, of his row c.
const authorColumns = `m.id, m.name, m.created, m.terms, m.disabled, m.erase_at, coalesce(c.published, 0), coalesce(c.rejected, 0),
	coalesce(c.warned, 0), coalesce(c.suspended_until, 0), coalesce(c.banned, 0), coalesce(c.sanction, ''), coalesce(c.notices, 0),
	coalesce(c.digest, 0), coalesce(c.digest_at, 0), coalesce(c.digest_key, ''), coalesce(c.forget_text, 0)`

// scanAuthor reads authorColumns.
func scanAuthor(r scanner) (*discuss.Author, error) {
	var a discuss.Author
	var erase time.Time
	err := r.Scan(&a.MemberID, &a.Name, stamp{&a.Joined}, &a.Terms, &a.Disabled, stamp{&erase}, &a.Published, &a.Rejected,
		&a.Warned, stamp{&a.SuspendedUntil}, &a.Banned, &a.Sanction, &a.Notices,
		&a.Digest, stamp{&a.DigestAt}, &a.DigestKey, &a.ForgetText)
	a.Disabled = a.Disabled || !erase.IsZero()
	return &a, err
}

// loadAuthors reads those who wrote the comments, and locks what is known of
// them.
func (l *talk) loadAuthors(ctx context.Context) error {
	ids := slices.Clone(l.pick.Authors)
	for _, c := range l.work.Comments {
		ids = append(ids, c.MemberID)
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if lock := l.lock(); lock != "" {
		if _, err := collect(scanID)(l.s.rows(ctx, `
			SELECT member_id
			FROM commenters
			WHERE member_id `+l.s.inIDs(1)+`
			ORDER BY member_id`+lock, l.s.ids(ids))); err != nil {
			return err
		}
	}
	list, err := collect(scanAuthor)(l.s.rows(ctx, `
		SELECT `+authorColumns+`
		FROM members m
		LEFT JOIN commenters c ON c.member_id = m.id
		WHERE m.id `+l.s.inIDs(1), l.s.ids(ids)))
	l.authors = make(map[int64]discuss.Author, len(list))
	for _, a := range list {
		l.work.Authors[a.MemberID], l.authors[a.MemberID] = a, *a
	}
	return err
}

func (l *talk) loadRules(ctx context.Context) error {
	var sections, stories []int64
	for _, r := range l.work.Records {
		sections, stories = append(sections, r.Story.Sections...), append(stories, r.StoryID)
	}
	if len(stories) == 0 {
		return nil
	}
	rows, err := readRules(ctx, l.s, sections, stories)
	for _, r := range l.work.Records {
		rules := rows.of(r.StoryID, r.Story.Sections)
		r.Rules = &rules
	}
	return err
}

// maxRecent is the most that a rule allows in an hour, see discuss.Patch.Check.
const maxRecent = 10_000

// loadRecent reads what the author of a new comment wrote within the hour. Goes by
// the indexes comments_member_at and comments_words.
func (l *talk) loadRecent(ctx context.Context) (err error) {
	w := l.work
	w.Same = func(author, storyID, key int64) (*discuss.Comment, error) {
		c, err := scanComment(l.s.row(ctx, `
			SELECT `+commentColumns+`
			FROM comments
			WHERE story_id = $1 AND body_key = $2 AND member_id = $3
			ORDER BY id DESC
			LIMIT 1`, storyID, key, author))
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		return c, err
	}
	if l.pick.StoryID == 0 || len(l.pick.Authors) == 0 {
		return nil
	}
	w.Recent, err = collect(func(r scanner) (t time.Time, err error) { return t, r.Scan(stamp{&t}) })(l.s.rows(ctx, `
		SELECT at
		FROM comments
		WHERE member_id = $1 AND member_id <> 0 AND at > $2
		ORDER BY at DESC
		LIMIT $3`, l.pick.Authors[0], millis(w.Now.Add(-time.Hour)), min(maxRecent, w.Records[len(w.Records)-1].Rules.PerHour)))
	return err
}

const complaintColumns = `comment_id, story_id, section_id, member_id, source, reason, body, at, due, remind_at, outcome, settled_at, settled_by`

func scanComplaint(r scanner) (*discuss.Complaint, error) {
	var c discuss.Complaint
	err := r.Scan(&c.ID, &c.CommentID, &c.StoryID, &c.SectionID, &c.MemberID, &c.Source, &c.Reason, &c.Text,
		stamp{&c.At}, stamp{&c.Due}, stamp{&c.RemindAt}, &c.Outcome, stamp{&c.SettledAt}, &c.SettledBy)
	return &c, err
}

func complaintValues(c *discuss.Complaint) []any {
	return []any{c.CommentID, c.StoryID, c.SectionID, c.MemberID, c.Source, string(c.Reason), c.Text,
		millis(c.At), millis(c.Due), millis(c.RemindAt), string(c.Outcome), millis(c.SettledAt), c.SettledBy}
}

// maxComplaints is how many complaints about one comment a change deals with.
const maxComplaints = 2000

func (l *talk) loadComplaints(ctx context.Context) error {
	l.complaints = map[int64]discuss.Complaint{}
	if !l.pick.Complaints || len(l.pick.IDs) == 0 {
		return nil
	}
	list, err := collect(scanComplaint)(l.s.rows(ctx, `
		SELECT id, `+complaintColumns+`
		FROM complaints
		WHERE comment_id `+l.s.inIDs(1)+`
		ORDER BY comment_id, source
		LIMIT $2`, l.s.ids(l.pick.IDs), maxComplaints))
	for _, c := range list {
		l.complaints[c.ID] = *c
		for _, r := range l.work.Records {
			if r.ID == c.CommentID {
				r.Complaints = append(r.Complaints, c)
			}
		}
	}
	return err
}

// save writes what the rules changed.
func (l *talk) save(ctx context.Context) error {
	for _, step := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"comments", l.saveComments}, {"verdicts", l.saveVerdicts}, {"discussions", l.saveDiscussions}, {"authors", l.saveAuthors},
		{"complaints", l.saveComplaints}, {"reactions", l.saveReactions}, {"notices", l.saveNotices},
		{"moderations", l.saveModerations}, {"newsroom's notices", l.saveTold}, {"prints", l.savePrints},
	} {
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("write the %s: %w", step.name, err)
		}
	}
	return nil
}

func (l *talk) saveComments(ctx context.Context) error {
	var added, changed [][]any
	for _, r := range l.work.Records {
		if r.New && r.State != "" {
			added = append(added, commentValues(r.Comment))
		}
	}
	for _, c := range l.work.Changed() {
		changed = append(changed, commentValues(c))
	}
	if err := l.s.insertRows(ctx, `INSERT INTO comments (`+commentColumns+`)`, "", added); err != nil {
		return err
	}
	return l.s.insertRows(ctx, `INSERT INTO comments (`+commentColumns+`)`, onConflict("id", "id, "+mutableComment), changed)
}

// mutableComment are the columns of a comment that change.
const mutableComment = `section_id, member_id, body, body_key, state, reason, note, edited, published, decided, decided_by, featured, shown,
	answers, complaints, network`

func (l *talk) saveVerdicts(ctx context.Context) error {
	var ids []int64
	var rows [][]any
	for _, r := range l.work.Records {
		if r.Verdicts == nil || r.State == "" {
			continue
		}
		ids = append(ids, r.ID)
		for i, v := range r.Verdicts {
			rows = append(rows, []any{r.ID, i, string(v.Phase), string(v.Decision), string(v.Reason), toJSON(v.Words), v.Number, v.Like, v.Wait, millis(v.At)})
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if _, err := l.s.exec(ctx, `DELETE FROM comment_verdicts WHERE comment_id `+l.s.inIDs(1), l.s.ids(ids)); err != nil {
		return err
	}
	return l.s.insertRows(ctx, `INSERT INTO comment_verdicts (comment_id, no, phase, decision, reason, words, number, like_id, wait, at)`, "", rows)
}

func (l *talk) saveDiscussions(ctx context.Context) error {
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(l.work.Discussions)) {
		d := l.work.Discussions[id]
		rows = append(rows, []any{d.StoryID, d.Shown, d.Pending, d.Featured, d.LastID, millis(d.Announced), flag(d.Dirty)})
	}
	return l.s.insertRows(ctx, `INSERT INTO discussions (`+discussionColumns+`)`, onConflict("story_id", discussionColumns), rows)
}

func (l *talk) saveAuthors(ctx context.Context) error {
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(l.work.Authors)) {
		a := l.work.Authors[id]
		if *a == l.authors[id] {
			continue
		}
		rows = append(rows, []any{id, a.Published, a.Rejected, a.Warned, millis(a.SuspendedUntil), flag(a.Banned), a.Sanction,
			flag(a.Notices), flag(a.Digest), millis(a.DigestAt), a.DigestKey, flag(a.ForgetText)})
	}
	columns := `member_id, ` + commenterColumns
	if err := l.s.insertRows(ctx, `INSERT INTO commenters (`+columns+`)`, onConflict("member_id", columns), rows); err != nil {
		return err
	}
	var sanctions, notes [][]any
	for _, v := range l.work.Sanctions {
		sanctions = append(sanctions, []any{v.MemberID, string(v.Kind), v.Reason, millis(v.Until), millis(l.work.Now), v.By})
	}
	if err := l.s.insertRows(ctx, `INSERT INTO sanctions (member_id, kind, reason, until, at, by_actor)`, "", sanctions); err != nil {
		return err
	}
	for _, v := range l.work.Notes {
		notes = append(notes, []any{v.MemberID, v.Text, millis(l.work.Now), v.By})
	}
	return l.s.insertRows(ctx, `INSERT INTO commenter_notes (member_id, body, at, by_actor)`, "", notes)
}

func (l *talk) saveComplaints(ctx context.Context) error {
	var added, changed [][]any
	for _, r := range l.work.Records {
		for _, c := range r.Complaints {
			switch was := l.complaints[c.ID]; {
			case c.ID == 0:
				added = append(added, complaintValues(c))
			case *c != was:
				changed = append(changed, append([]any{c.ID}, complaintValues(c)...))
			}
		}
	}
	if err := l.s.insertRows(ctx, `INSERT INTO complaints (`+complaintColumns+`)`, "", added); err != nil {
		return err
	}
	return l.s.insertRows(ctx, `INSERT INTO complaints (id, `+complaintColumns+`)`,
		onConflict("id", "id, remind_at, outcome, settled_at, settled_by"), changed)
}

// saveReactions replaces what readers said to comments, and counts it.
func (l *talk) saveReactions(ctx context.Context) error {
	for _, r := range l.work.Reactions {
		was := ""
		err := l.s.row(ctx, `SELECT kind FROM reactions WHERE comment_id = $1 AND member_id = $2`, r.CommentID, r.MemberID).Scan(&was)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if was == r.Kind {
			continue
		}
		if was != "" {
			if _, err := l.s.exec(ctx, `DELETE FROM reactions WHERE comment_id = $1 AND member_id = $2`, r.CommentID, r.MemberID); err != nil {
				return err
			}
			if _, err := l.s.exec(ctx, `UPDATE reaction_counts SET n = n - 1 WHERE comment_id = $1 AND kind = $2`, r.CommentID, was); err != nil {
				return err
			}
		}
		if r.Kind == "" {
			continue
		}
		if _, err := l.s.exec(ctx, `INSERT INTO reactions (comment_id, member_id, kind, at) VALUES ($1, $2, $3, $4)`,
			r.CommentID, r.MemberID, r.Kind, millis(l.work.Now)); err != nil {
			return err
		}
		if _, err := l.s.exec(ctx, `
			INSERT INTO reaction_counts (comment_id, kind, n)
			VALUES ($1, $2, 1)
			ON CONFLICT (comment_id, kind) DO UPDATE SET n = reaction_counts.n + 1`, r.CommentID, r.Kind); err != nil {
			return err
		}
	}
	return nil
}

func (l *talk) saveNotices(ctx context.Context) error {
	var rows [][]any
	for _, n := range l.work.Notices {
		rows = append(rows, []any{n.MemberID, string(n.Kind), n.CommentID, n.Text, millis(n.At)})
	}
	return l.s.insertRows(ctx, `INSERT INTO comment_notices (member_id, kind, comment_id, text, at)`, "", rows)
}
