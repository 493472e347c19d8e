package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
)

// What the phases need to know, in a bounded number of reads.

// The bounds of what one judgement reads.
const (
	staffNames   = 2000
	ownComments  = 200 // of an author, for how he stands
	warningCount = 7 * 24 * time.Hour
)

// Facts implements discuss.Moderations. editing is the comment whose words are
// about to change, 0 for a new one. Goes by primary keys and the indexes
// comments_member_at, comments_member, sanctions_member and that of the bands.
func (db *DB) Facts(ctx context.Context, d discuss.Draft, editing int64) (c discuss.Candidate, r discuss.Rules, err error) {
	defer fault.Wrap(&err, "read what is known of a comment on story %d", d.StoryID)
	err = db.view(ctx, func(s *session) error {
		now, err := db.clock(ctx, s)
		if err != nil {
			return err
		}
		settings, err := readSettings(ctx, s)
		if err != nil {
			return err
		}
		c = discuss.Candidate{Text: d.Text, Language: string(settings.Language()), StoryID: d.StoryID, ReplyTo: d.ReplyTo, AuthorID: d.MemberID, Now: now}
		var section int64
		if err := s.row(ctx, `SELECT section_id FROM stories WHERE id = $1`, d.StoryID).Scan(&section); err != nil {
			return notFound(err, "there is no story %d", d.StoryID)
		}
		tree, err := readTree(ctx, s)
		if err != nil {
			return err
		}
		line := lineage(tree, section)
		rows, err := readRules(ctx, s, line, []int64{d.StoryID})
		if err != nil {
			return err
		}
		r = rows.of(d.StoryID, line)
		if r.Lists, err = wordLists(ctx, s, line); err != nil {
			return err
		}
		if err := factsOfAuthor(ctx, s, &c, editing); err != nil {
			return err
		}
		if c.Near, err = nearComments(ctx, s, discuss.Print(d.Text), editing); err != nil {
			return err
		}
		c.Staff, err = namesOfStaff(ctx, s, settings)
		return err
	})
	return c, r, err
}

// factsOfAuthor fills in who writes and how he stands.
func factsOfAuthor(ctx context.Context, s *session, c *discuss.Candidate, editing int64) error {
	a, err := scanAuthor(s.row(ctx, `
		SELECT `+authorColumns+`
		FROM members m
		LEFT JOIN commenters c ON c.member_id = m.id
		WHERE m.id = $1`, c.AuthorID))
	if err != nil {
		return notFound(err, "there is no reader %d", c.AuthorID)
	}
	c.Name = a.Name
	c.Standing = discuss.Standing{Since: a.Joined, Published: a.Published}
	st := &c.Standing
	if editing == 0 { // changing one's words is no further comment
		if err := s.row(ctx, `
			SELECT coalesce(sum(CASE WHEN at > $2 THEN 1 ELSE 0 END), 0), count(*)
			FROM (SELECT at FROM comments WHERE member_id = $1 AND member_id <> 0 AND at > $3 ORDER BY at DESC LIMIT $4) AS hour`,
			c.AuthorID, millis(c.Now.Add(-time.Minute)), millis(c.Now.Add(-time.Hour)), maxRecent).Scan(&st.Minute, &st.Hour); err != nil {
			return err
		}
	}
	// What a moderator did not want, not what a machine refused.
	if err := s.row(ctx, `
		SELECT count(*)
		FROM (SELECT state, decided, decided_by FROM comments WHERE member_id = $1 AND member_id <> 0 ORDER BY id DESC LIMIT $3) AS newest
		WHERE state IN ('rejected', 'removed') AND decided_by <> '' AND decided > $2`,
		c.AuthorID, millis(c.Now.AddDate(0, 0, -discuss.RejectedDays)), ownComments).Scan(&st.Rejected); err != nil {
		return err
	}
	// A warning counts for a week, and not if the last word is that it was undone.
	return s.row(ctx, `
		SELECT coalesce(sum(CASE WHEN kind = 'warn' THEN 1 WHEN kind = 'undone' AND reason = 'warn' THEN -1 ELSE 0 END), 0)
		FROM (SELECT kind, reason FROM sanctions WHERE member_id = $1 AND at > $2 ORDER BY id DESC LIMIT $3) AS week`,
		c.AuthorID, millis(c.Now.Add(-warningCount)), maxAuthorFile).Scan(&st.Warned)
}

// nearComments returns the newest comments that share a band with a text.
func nearComments(ctx context.Context, s *session, bands []int64, editing int64) ([]discuss.Near, error) {
	if len(bands) == 0 {
		return nil, nil
	}
	var parts []string
	var args []any
	for i, b := range bands {
		args = append(args, b)
		parts = append(parts, fmt.Sprintf(`SELECT comment_id FROM (SELECT comment_id FROM comment_prints WHERE band = $%d ORDER BY comment_id DESC LIMIT %d) AS b%d`,
			i+1, discuss.NearPerBand, i))
	}
	ids, err := collect(scanID)(s.rows(ctx, strings.Join(parts, " UNION "), args...))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return collect(func(r scanner) (n discuss.Near, err error) {
		var state discuss.State
		err = r.Scan(&n.ID, &n.AuthorID, &n.StoryID, &n.Text, &state, stamp{&n.At})
		n.Lost = state == discuss.Rejected || state == discuss.Removed
		return n, err
	})(s.rows(ctx, `
		SELECT id, member_id, story_id, body, state, at
		FROM comments
		WHERE id `+s.inIDs(1)+` AND id <> $2 AND state <> 'deleted'
		ORDER BY id DESC`, s.ids(ids), editing))
}

// namesOfStaff returns whom nobody else may look like.
func namesOfStaff(ctx context.Context, s *session, settings news.Settings) ([]string, error) {
	names, err := collect(scanText)(s.rows(ctx, `
		SELECT name
		FROM users
		WHERE disabled = 0
		ORDER BY id
		LIMIT $1`, staffNames))
	return append(names, settings.Name(), settings.DatelineName()), err
}

// StaffNames returns the names of whoever works in the newsroom, and its own.
func (db *DB) StaffNames(ctx context.Context) (names []string, err error) {
	defer fault.Wrap(&err, "read the names of the staff")
	err = db.view(ctx, func(s *session) error {
		settings, err := readSettings(ctx, s)
		if err != nil {
			return err
		}
		names, err = namesOfStaff(ctx, s, settings)
		return err
	})
	return names, err
}

// wordLists returns the lists of the site and of sections. A built-in list of
// which nothing is said counts as it comes.
func wordLists(ctx context.Context, s *session, sections []int64) ([]discuss.WordList, error) {
	stored, err := collect(func(r scanner) (l discuss.WordList, err error) {
		err = r.Scan(&l.Section, &l.Name, &l.Decision, document{&l.Words}, document{&l.Allow})
		return l, err
	})(s.rows(ctx, `
		SELECT section_id, name, decision, words, allow
		FROM word_lists
		WHERE section_id = 0 OR section_id `+s.inIDs(1)+`
		ORDER BY section_id, name
		LIMIT 200`, s.ids(sections)))
	lists := discuss.DefaultLists()
	for _, l := range stored {
		merged := false
		for i := range lists {
			if l.Section == 0 && lists[i].Name == l.Name {
				lists[i], merged = l, true
			}
		}
		if !merged {
			lists = append(lists, l)
		}
	}
	return lists, err
}

// WordLists returns the lists of the site, or, with a section, of that alone.
func (db *DB) WordLists(ctx context.Context, section int64) (lists []discuss.WordList, err error) {
	defer fault.Wrap(&err, "read the word lists")
	err = db.view(ctx, func(s *session) error {
		all, err := wordLists(ctx, s, []int64{section})
		for _, l := range all {
			if l.Section == section {
				lists = append(lists, l)
			}
		}
		return err
	})
	return lists, err
}

// SaveList implements discuss.Moderations.
func (db *DB) SaveList(ctx context.Context, l discuss.WordList, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "write the word list %q", l.Name)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if l.Decision == "" {
			_, err := s.exec(ctx, `DELETE FROM word_lists WHERE section_id = $1 AND name = $2`, l.Section, l.Name)
			return out, err
		}
		return out, s.insertRows(ctx, `INSERT INTO word_lists (section_id, name, decision, words, allow)`,
			onConflict("section_id, name", "section_id, name, decision, words, allow"),
			[][]any{{l.Section, l.Name, string(l.Decision), toJSON(l.Words), toJSON(l.Allow)}})
	})
	return err
}
