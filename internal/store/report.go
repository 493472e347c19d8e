package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

const reportColumns = `id, story_id, section_id, kind, name, email, passage, body, language, at, due, remind_at,
	assignee_id, outcome, reason, correction_id, notice_id, settled_at, settled_by`

func scanReport(r scanner) (p news.Report, err error) {
	err = r.Scan(&p.ID, &p.StoryID, &p.SectionID, &p.Kind, &p.Name, &p.Email, &p.Passage, &p.Text, &p.Language,
		stamp{&p.At}, stamp{&p.Due}, stamp{&p.RemindAt}, &p.AssigneeID, &p.Outcome, &p.Reason, &p.CorrectionID, &p.NoticeID,
		stamp{&p.SettledAt}, &p.SettledBy)
	return p, err
}

func reportValues(p *news.Report) []any {
	return []any{p.ID, p.StoryID, p.SectionID, string(p.Kind), p.Name, p.Email, p.Passage, p.Text, p.Language,
		millis(p.At), millis(p.Due), millis(p.RemindAt), p.AssigneeID, string(p.Outcome), p.Reason, p.CorrectionID, p.NoticeID,
		millis(p.SettledAt), p.SettledBy}
}

// FileReport implements news.ReportStore.
func (db *DB) FileReport(ctx context.Context, storyID int64, fn func(*news.ReportCase) (change.Outcome, error)) (id int64, err error) {
	defer fault.Wrap(&err, "write a report on story %d", storyID)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		c := news.ReportCase{Report: &news.Report{StoryID: storyID}}
		if err := db.loadCase(ctx, s, &c, 0, 0); err != nil {
			return out, err
		}
		if c.Report.ID, err = nextReport(ctx, s); err != nil {
			return out, err
		}
		if out, err = fn(&c); err != nil {
			return out, err
		}
		id = c.Report.ID
		if err := s.insertRows(ctx, `INSERT INTO reports (`+reportColumns+`)`, "", [][]any{reportValues(c.Report)}); err != nil {
			return out, err
		}
		return out, writeNotices(ctx, s, c.World.Tree, c.Notices)
	})
	return id, err
}

// nextReport returns the id of the next report. On SQLite nobody else writes
// now.
func nextReport(ctx context.Context, s *session) (id int64, err error) {
	text := `SELECT coalesce(max(id), 0) + 1 FROM reports`
	if s.postgres {
		text = `SELECT nextval(pg_get_serial_sequence('reports', 'id'))`
	}
	err = s.row(ctx, text).Scan(&id)
	return id, err
}

// ChangeReport implements news.ReportStore.
func (db *DB) ChangeReport(ctx context.Context, id, reply, assignee int64, fn func(*news.ReportCase) (change.Outcome, error)) (err error) {
	defer fault.Wrap(&err, "change report %d", id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		r, err := scanReport(s.row(ctx, `
			SELECT `+reportColumns+`
			FROM reports
			WHERE id = $1`+s.forUpdate(), id))
		if err != nil {
			return out, notFound(err, "there is no report %d", id)
		}
		c := news.ReportCase{Report: &r}
		if err := db.loadCase(ctx, s, &c, reply, assignee); err != nil {
			return out, err
		}
		before := r
		if out, err = fn(&c); err != nil {
			return out, err
		}
		if r != before {
			_, err = s.exec(ctx, `
				UPDATE reports
				SET remind_at = $2, assignee_id = $3, outcome = $4, reason = $5, correction_id = $6, notice_id = $7,
				    settled_at = $8, settled_by = $9
				WHERE id = $1`, id, millis(r.RemindAt), r.AssigneeID, string(r.Outcome), r.Reason, r.CorrectionID, r.NoticeID,
				millis(r.SettledAt), r.SettledBy)
			if err != nil {
				return out, err
			}
		}
		return out, writeNotices(ctx, s, c.World.Tree, c.Notices)
	})
	return err
}

// loadCase reads what the rules need beside the report itself.
func (db *DB) loadCase(ctx context.Context, s *session, c *news.ReportCase, reply, assignee int64) (err error) {
	if c.World, err = db.world(ctx, s); err != nil {
		return err
	}
	story := func(id int64) (st news.Story, err error) {
		st, err = scanStory(s.row(ctx, `SELECT `+storyColumns+` FROM stories WHERE id = $1`, id))
		return st, notFound(err, "there is no story %d", id)
	}
	if c.Story, err = story(c.Report.StoryID); err != nil {
		return err
	}
	about, err := aboutStories(ctx, s, []int64{c.Story.ID})
	if err != nil {
		return err
	}
	c.Headline = about[c.Story.ID].headline
	c.Newest, err = collect(scanCorrection)(s.rows(ctx, `
		SELECT `+correctionColumns+`
		FROM corrections
		WHERE story_id = $1
		  AND at >= $2
		ORDER BY at DESC, id DESC
		LIMIT 50`, c.Story.ID, millis(c.Report.At)))
	if err != nil {
		return err
	}
	if reply != 0 {
		if c.Reply, err = story(reply); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if assignee != 0 {
		c.Assignee, err = scanUser(s.row(ctx, `SELECT `+userColumns+` FROM users WHERE id = $1`, assignee))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return nil
}

// aboutStory is how the newsroom names a story that may not be live.
type aboutStory struct {
	story    news.Story
	headline string
	paid     bool // somebody else has paid for it
}

// aboutStories returns stories of any status with their headlines. Goes by the
// primary keys.
func aboutStories(ctx context.Context, s *session, ids []int64) (map[int64]aboutStory, error) {
	list, err := collect(func(r scanner) (a aboutStory, err error) {
		var card, withdrawn sql.NullString
		a.story, err = scanStory(tail{r, []any{&card, &withdrawn}})
		if err != nil {
			return a, err
		}
		a.headline = withdrawn.String
		if a.story.Status == news.Live {
			var k cardRow
			err = document{&k}.Scan(card.String)
			a.paid = slices.Contains(k.Labels, news.LabelSponsored)
			if a.headline = k.FullHeadline; a.headline == "" {
				a.headline = k.Headline
			}
		}
		return a, err
	})(s.rows(ctx, `
		SELECT `+storyColumns+`, card, (SELECT headline FROM withdrawals WHERE story_id = stories.id)
		FROM stories
		WHERE id `+s.inIDs(1), s.ids(ids)))
	about := make(map[int64]aboutStory, len(list))
	for _, a := range list {
		about[a.story.ID] = a
	}
	return about, err
}

// DueReminders implements news.ReportStore. Index reports_remind.
func (db *DB) DueReminders(ctx context.Context, now time.Time, limit int) (ids []int64, err error) {
	defer fault.Wrap(&err, "read the reminders that are due")
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT id
		FROM reports
		WHERE remind_at <> 0 AND remind_at <= $1
		ORDER BY remind_at, id
		LIMIT $2`, millis(now), limit))
}

// Report returns one report with its story's headline and, if it is live, path.
func (db *DB) Report(ctx context.Context, id int64) (r news.Report, err error) {
	defer fault.Wrap(&err, "read report %d", id)
	err = db.view(ctx, func(s *session) error {
		r, err = scanReport(s.row(ctx, `SELECT `+reportColumns+` FROM reports WHERE id = $1`, id))
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "there is no report %d", id)
		}
		if err != nil {
			return err
		}
		list := []news.Report{r}
		err = nameReports(ctx, s, list)
		r = list[0]
		return err
	})
	return r, err
}

// Reports returns reports by a filter, and whether there are more. Indexes
// reports_open, reports_settled, reports_story, reports_assignee.
func (db *DB) Reports(ctx context.Context, f news.ReportFilter) (list []news.Report, more bool, err error) {
	defer fault.Wrap(&err, "read the reports")
	if f.Limit == 0 {
		f.Limit = 50
	}
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return nil, false, err
	}
	err = db.view(ctx, func(s *session) error {
		tree, err := readTree(ctx, s)
		if err != nil {
			return err
		}
		where, args := reportsWhere(s.dialect, f, tree)
		order := `due, id`
		if f.Settled {
			order = `settled_at DESC, id DESC`
		}
		args = append(args, f.Limit+1)
		list, err = collect(scanReport)(s.rows(ctx, `
			SELECT `+reportColumns+`
			FROM reports
			WHERE `+where+`
			ORDER BY `+order+`
			LIMIT $`+fmt.Sprint(len(args)), args...))
		if err != nil {
			return err
		}
		if len(list) > f.Limit {
			list, more = list[:f.Limit], true
		}
		return nameReports(ctx, s, list)
	})
	return list, more, err
}

// reportsWhere returns the condition of a filter; its texts are few.
func reportsWhere(d dialect, f news.ReportFilter, tree *news.Tree) (where string, args []any) {
	arg := func(v any) int {
		args = append(args, v)
		return len(args)
	}
	where = `outcome = ''`
	if f.Settled {
		where = `outcome <> ''`
	}
	switch at := millis(f.After.At); {
	case f.After.ID == 0:
	case f.Settled:
		where += fmt.Sprintf(` AND (settled_at, id) < ($%d, $%d)`, arg(at), arg(f.After.ID))
	default:
		where += fmt.Sprintf(` AND (due, id) > ($%d, $%d)`, arg(at), arg(f.After.ID))
	}
	if f.StoryID != 0 {
		where += fmt.Sprintf(` AND story_id = $%d`, arg(f.StoryID))
	}
	switch {
	case f.Nobody:
		where += ` AND assignee_id = 0`
	case f.AssigneeID != 0:
		where += fmt.Sprintf(` AND assignee_id = $%d`, arg(f.AssigneeID))
	}
	if ids, all := reportDesks(f, tree); !all {
		where += ` AND section_id ` + d.inIDs(arg(d.ids(ids)))
	}
	return where, args
}

// reportDesks returns the sections whose reports a filter lets through; all
// says that it leaves none out.
func reportDesks(f news.ReportFilter, tree *news.Tree) (ids []int64, all bool) {
	free := f.Viewer.Role.Can(account.Reports)
	if free && f.SectionID == 0 {
		return nil, true
	}
	for _, sec := range tree.All() {
		var line []int64
		for _, a := range tree.Ancestry(sec.ID) {
			line = append(line, a.ID)
		}
		if (f.SectionID == 0 || slices.Contains(line, f.SectionID)) && f.Viewer.CanIn(account.Reports, line) {
			ids = append(ids, sec.ID)
		}
	}
	return ids, false
}

// nameReports fills in the headlines and paths of the stories.
func nameReports(ctx context.Context, s *session, list []news.Report) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].StoryID
	}
	about, err := aboutStories(ctx, s, ids)
	if err != nil {
		return err
	}
	tree, err := readTree(ctx, s)
	if err != nil {
		return err
	}
	settings, err := readSettings(ctx, s)
	if err != nil {
		return err
	}
	for i := range list {
		a := about[list[i].StoryID]
		list[i].Headline = a.headline
		if st := a.story; st.Status == news.Live {
			list[i].Path = news.Path(tree.Slug(st.SectionID), st.FirstPublished, settings.Zone(), st.ID, st.Slug)
		}
	}
	return nil
}
