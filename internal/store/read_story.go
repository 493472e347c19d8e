package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"warta/internal/fault"
	"warta/internal/news"
)

// maxLimit is the most rows that one call of any list returns.
const maxLimit = 500

// checkLimit returns an Invalid error unless a list may have this limit.
func checkLimit(n, most int) error {
	if n < 1 || n > most {
		return fault.Input("limit", "a list has 1 to %d entries, not %d", most, n)
	}
	return nil
}

// byID puts rows into the order of ids and leaves out the ids that have none.
func byID[T any](ids []int64, rows []T, id func(*T) int64) []T {
	place := make(map[int64]*T, len(rows))
	for i := range rows {
		place[id(&rows[i])] = &rows[i]
	}
	list := make([]T, 0, len(rows))
	for _, n := range ids {
		if r := place[n]; r != nil {
			list = append(list, *r)
		}
	}
	return list
}

// liveStory is the query of one live story with its version. It goes by the
// primary keys of stories and versions.
const liveStory = `
	SELECT ` + storyColumns + `, ` + versionColumns + `
	FROM stories
	JOIN versions ON story_id = id AND no = live_no`

// tail is a row that has more columns behind those that a scan function reads.
type tail struct {
	scanner
	more []any
}

// Scan implements scanner.
func (t tail) Scan(dest ...any) error { return t.scanner.Scan(append(dest, t.more...)...) }

// scanLiveStory reads storyColumns and versionColumns.
func scanLiveStory(r scanner) (l news.LiveStory, err error) {
	v := &l.Version
	l.Story, err = scanStory(tail{r, []any{&v.StoryID, &v.No, &v.Origin, document{&v.Content}, &v.By, stamp{&v.At}, &v.Why}})
	l.Sensitive = v.Content.Has(news.LabelSensitive)
	v.Content.Labels = v.Content.ShownLabels()
	return l, err
}

// LiveStory returns a story as readers see it. It is NotFound if the story was
// never live or is not live now, and Gone if it was withdrawn.
func (db *DB) LiveStory(ctx context.Context, id int64) (l news.LiveStory, err error) {
	defer fault.Wrap(&err, "read live story %d", id)
	s := db.reads()
	l, err = scanLiveStory(s.row(ctx, liveStory+`
	WHERE id = $1
	  AND status = 'live'`, id))
	if !errors.Is(err, sql.ErrNoRows) {
		return l, err
	}
	var status news.Status
	err = s.row(ctx, `SELECT status FROM stories WHERE id = $1`, id).Scan(&status)
	if err == nil && status == news.Withdrawn {
		return l, fault.New(fault.Gone, "story %d was withdrawn", id)
	}
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return l, fault.New(fault.NotFound, "there is no story %d", id)
	}
	return l, err
}

// Story returns a story of any status, for decisions about its address. What
// it says is not public by itself. Goes by the primary key.
func (db *DB) Story(ctx context.Context, id int64) (st news.Story, err error) {
	defer fault.Wrap(&err, "read story %d", id)
	st, err = scanStory(db.reads().row(ctx, `SELECT `+storyColumns+` FROM stories WHERE id = $1`, id))
	return st, notFound(err, "there is no story %d", id)
}

// oneStory reads storyColumns alone.
func oneStory(r scanner) (news.Story, error) { return scanStory(r) }

// Stories returns stories of any status in the order asked, without those that
// do not exist. Goes by the primary key.
func (db *DB) Stories(ctx context.Context, ids []int64) (_ []news.Story, err error) {
	defer fault.Wrap(&err, "read %d stories", len(ids))
	if len(ids) == 0 {
		return nil, nil
	}
	s := db.reads()
	list, err := collect(oneStory)(s.rows(ctx, `
		SELECT `+storyColumns+`
		FROM stories
		WHERE id `+s.inIDs(1), s.ids(ids)))
	return byID(ids, list, func(st *news.Story) int64 { return st.ID }), err
}

// Withdrawal returns the notice of a withdrawn story, else NotFound. Goes by
// the primary key.
func (db *DB) Withdrawal(ctx context.Context, id int64) (w news.Withdrawal, err error) {
	defer fault.Wrap(&err, "read the withdrawal of story %d", id)
	w, err = scanWithdrawal(db.reads().row(ctx, `
		SELECT `+withdrawalColumns+`
		FROM withdrawals
		JOIN stories ON id = story_id AND status = 'withdrawn'
		WHERE story_id = $1`, id))
	return w, notFound(err, "story %d is not withdrawn", id)
}

// Draft returns what people are writing on a story; NotFound if nobody is. For
// the newsroom. Goes by the primary key.
func (db *DB) Draft(ctx context.Context, storyID int64) (d news.Draft, err error) {
	defer fault.Wrap(&err, "read the draft of story %d", storyID)
	d, err = scanDraft(db.reads().row(ctx, `SELECT `+draftColumns+` FROM drafts WHERE story_id = $1 AND clean = 0`, storyID))
	return d, notFound(err, "story %d has no draft", storyID)
}

// StoryByHeadline finds live stories by news.HeadlineKey of their headline: for
// each key that has any, the id of the one published last. Goes by the index
// stories_headline, one probe a key.
func (db *DB) StoryByHeadline(ctx context.Context, keys []int64) (_ map[int64]int64, err error) {
	defer fault.Wrap(&err, "find %d headlines", len(keys))
	found := make(map[int64]int64, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	s := db.reads()
	rows, err := collect(scanPair)(s.rows(ctx, `
		SELECT n, (
			SELECT id
			FROM stories
			WHERE headline_key = n
			  AND headline_key <> 0
			  AND status = 'live'
			ORDER BY first_published DESC, id DESC
			LIMIT 1)
		FROM `+s.numbers(1), s.ids(keys)))
	for _, p := range rows {
		if p.b.Valid {
			found[p.a] = p.b.Int64
		}
	}
	return found, err
}

// pair is a row of two numbers, of which the second may be missing.
type pair struct {
	a int64
	b sql.NullInt64
}

func scanPair(r scanner) (p pair, err error) {
	err = r.Scan(&p.a, &p.b)
	return p, err
}

// Verifiers returns the live stories that verify a story, the newest first, at
// most 20. Goes by the index stories_verifies.
func (db *DB) Verifiers(ctx context.Context, storyID int64) (_ []int64, err error) {
	defer fault.Wrap(&err, "read what verifies story %d", storyID)
	return collect(scanID)(db.reads().rows(ctx, `
		SELECT id
		FROM stories
		WHERE verifies = $1
		  AND verifies <> 0
		  AND status = 'live'
		ORDER BY first_published DESC, id DESC
		LIMIT 20`, storyID))
}

// maxNotices bounds what one call reads of corrections.
const maxNotices = 2000

// Corrections returns the corrections of live stories by story, the earliest
// first. Goes by the index corrections_story.
func (db *DB) Corrections(ctx context.Context, storyIDs []int64) (_ map[int64][]news.Correction, err error) {
	defer fault.Wrap(&err, "read the corrections of %d stories", len(storyIDs))
	byStory := map[int64][]news.Correction{}
	if len(storyIDs) == 0 {
		return byStory, nil
	}
	s := db.reads()
	list, err := collect(scanCorrection)(s.rows(ctx, `
		SELECT `+correctionColumns+`
		FROM corrections
		WHERE story_id `+s.inIDs(1)+`
		  AND EXISTS (SELECT 1 FROM stories s WHERE s.id = story_id AND s.status = 'live')
		ORDER BY at, id
		LIMIT $2`, s.ids(storyIDs), maxNotices))
	for _, c := range list {
		byStory[c.StoryID] = append(byStory[c.StoryID], c)
	}
	return byStory, err
}

// CorrectionsByNotice returns the corrections of live stories whose notice is
// the given story, the earliest first. Goes by the index corrections_notice.
func (db *DB) CorrectionsByNotice(ctx context.Context, noticeID int64) (_ []news.Correction, err error) {
	defer fault.Wrap(&err, "read what story %d corrects", noticeID)
	return collect(scanCorrection)(db.reads().rows(ctx, `
		SELECT `+correctionColumns+`
		FROM corrections
		WHERE notice_id = $1
		  AND notice_id <> 0
		  AND EXISTS (SELECT 1 FROM stories s WHERE s.id = story_id AND s.status = 'live')
		ORDER BY at, id
		LIMIT $2`, noticeID, maxNotices))
}

// Bylines returns the credited persons of live stories by story, in the order of
// the byline, each once. Two queries, by the primary keys of stories, versions
// and persons.
func (db *DB) Bylines(ctx context.Context, storyIDs []int64) (_ map[int64][]news.Person, err error) {
	defer fault.Wrap(&err, "read the bylines of %d stories", len(storyIDs))
	lines := make(map[int64][]news.Person, len(storyIDs))
	if len(storyIDs) == 0 {
		return lines, nil
	}
	type byline struct {
		story   int64
		content struct {
			Credits []news.Credit `json:"credits"`
		}
	}
	s := db.reads()
	list, err := collect(func(r scanner) (b byline, err error) {
		err = r.Scan(&b.story, document{&b.content})
		return b, err
	})(s.rows(ctx, `
		SELECT id, content
		FROM stories
		JOIN versions ON story_id = id AND no = live_no
		WHERE id `+s.inIDs(1)+`
		  AND status = 'live'`, s.ids(storyIDs)))
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, b := range list {
		for _, c := range b.content.Credits {
			ids = append(ids, c.PersonID)
		}
	}
	slices.Sort(ids)
	persons, err := db.Persons(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	place := make(map[int64]news.Person, len(persons))
	for _, p := range persons {
		place[p.ID] = p
	}
	for _, b := range list {
		for _, c := range b.content.Credits {
			p, ok := place[c.PersonID]
			if ok && !slices.ContainsFunc(lines[b.story], func(q news.Person) bool { return q.ID == p.ID }) {
				lines[b.story] = append(lines[b.story], p)
			}
		}
	}
	return lines, nil
}

// StoriesAfter returns live stories with an id above after, the lowest first,
// for the export. Goes by the primary key.
func (db *DB) StoriesAfter(ctx context.Context, after int64, limit int) (_ []news.LiveStory, err error) {
	defer fault.Wrap(&err, "read the stories after %d", after)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanLiveStory)(db.reads().rows(ctx, liveStory+`
		WHERE id > $1
		  AND status = 'live'
		ORDER BY id
		LIMIT $2`, after, limit))
}

// WithdrawnAfter returns the notices of withdrawn stories with an id above
// after, the lowest first, for the export. Goes by the primary key.
func (db *DB) WithdrawnAfter(ctx context.Context, after int64, limit int) (_ []news.Withdrawal, err error) {
	defer fault.Wrap(&err, "read the withdrawals after %d", after)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanWithdrawal)(db.reads().rows(ctx, `
		SELECT `+withdrawalColumns+`
		FROM withdrawals
		JOIN stories ON id = story_id AND status = 'withdrawn'
		WHERE story_id > $1
		ORDER BY story_id
		LIMIT $2`, after, limit))
}
