package store

import (
	"context"
	"slices"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// madeRow is a row of import_made.
type madeRow struct {
	kind string
	id   int64
	name string
	was  string
}

// madeAfter returns things of one kind that a run made, after one, in the order of
// the primary key.
func madeAfter(ctx context.Context, s *session, run int64, after madeRow, limit int) ([]madeRow, error) {
	return collect(func(r scanner) (m madeRow, err error) { return m, r.Scan(&m.kind, &m.id, &m.name, &m.was) })(s.rows(ctx, `
		SELECT kind, id, name, was
		FROM import_made
		WHERE run_id = $1 AND kind = $2 AND (id, name) > ($3, $4)
		ORDER BY id, name
		LIMIT $5`, run, after.kind, after.id, after.name, limit))
}

func rowIDs(rows []madeRow) []int64 {
	ids := make([]int64, len(rows))
	for i, m := range rows {
		ids[i] = m.id
	}
	return ids
}

// UndoImport implements news.ImportStore.
func (db *DB) UndoImport(ctx context.Context, actor account.Actor, id int64, limit int) (step news.ImportUndo, err error) {
	defer fault.Wrap(&err, "take a part of import %d back", id)
	run, err := db.ImportRun(ctx, id)
	if err != nil {
		return step, err
	}
	step.Seq, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		step = news.ImportUndo{Gone: map[string]int{}, Kept: map[string]int{}}
		kind, rows, err := nextMade(ctx, s, id, limit)
		if err != nil || len(rows) == 0 {
			return out, err
		}
		if step.Edits, err = editsOf(ctx, s, &run, kind, rows); err != nil {
			return out, err
		}
		if len(step.Edits) == 0 {
			u := undo{db: db, s: s, actor: actor, run: &run, step: &step}
			if out, err = u.take(ctx, kind, rows); err != nil {
				return out, err
			}
			if err := dropMade(ctx, s, id, rows); err != nil {
				return out, err
			}
		}
		return out, nil
	})
	return step, err
}

// ImportLeft implements news.ImportStore.
func (db *DB) ImportLeft(ctx context.Context, id int64) (n int, err error) {
	defer fault.Wrap(&err, "count what import %d made", id)
	return n, db.reads().row(ctx, `SELECT count(*) FROM import_made WHERE run_id = $1`, id).Scan(&n)
}

// nextMade returns what is to be taken back next: the last ones of a kind.
func nextMade(ctx context.Context, s *session, run int64, limit int) (kind string, rows []madeRow, err error) {
	for _, kind := range change.MadeKinds {
		if rows, err = madeAfter(ctx, s, run, madeRow{kind: kind, id: -1}, limit); err == nil && kind == change.MadeComment && len(rows) > 0 {
			rows, err = lastComments(ctx, s, run, limit)
		}
		if err != nil || len(rows) > 0 {
			return kind, rows, err
		}
	}
	return "", nil, nil
}

// lastComments returns the newest comments of a run: an answer goes before what it
// answers.
func lastComments(ctx context.Context, s *session, run int64, limit int) ([]madeRow, error) {
	return collect(func(r scanner) (m madeRow, err error) { return m, r.Scan(&m.kind, &m.id, &m.name, &m.was) })(s.rows(ctx, `
		SELECT kind, id, name, was
		FROM import_made
		WHERE run_id = $1 AND kind = 'comment'
		ORDER BY id DESC, name DESC
		LIMIT $2`, run, limit))
}

// dropMade forgets that a run made these.
func dropMade(ctx context.Context, s *session, run int64, rows []madeRow) error {
	for _, m := range rows {
		if _, err := s.exec(ctx, `DELETE FROM import_made WHERE run_id = $1 AND kind = $2 AND id = $3 AND name = $4`, run, m.kind, m.id, m.name); err != nil {
			return err
		}
	}
	return nil
}

// undo takes things of a run back inside one transaction.
type undo struct {
	db    *DB
	s     *session
	actor account.Actor
	run   *news.ImportRun
	step  *news.ImportUndo
}

func (u *undo) take(ctx context.Context, kind string, rows []madeRow) (change.Outcome, error) {
	switch kind {
	case change.MadeStory:
		return u.stories(ctx, rows)
	case change.MadeVersion:
		return u.versions(ctx, rows)
	case change.MadeComment:
		return u.comments(ctx, rows)
	case change.MadePin:
		return u.pins(ctx, rows)
	case change.MadePage:
		return u.pages(ctx, rows)
	case change.MadeRedirect:
		return u.redirects(ctx, rows)
	case change.MadePicture:
		return u.pictures(ctx, rows)
	}
	return u.names(ctx, kind, rows)
}

// storyRows are the statements that remove what belongs to stories; $1 is the list
// of their ids. What refers to another row goes before it.
func storyRows(s *session) (texts []string) {
	for _, t := range []string{"comments", "discussions", "draft_conflicts", "drafts", "signoffs", "guest_links", "presence", "notices",
		"receipts", "withdrawals", "corrections", "redirects", "listings", "picture_uses", "picture_draft_uses", "slots", "work", "versions"} {
		texts = append(texts, `DELETE FROM `+t+` WHERE story_id `+s.inIDs(1))
	}
	return append(texts, `DELETE FROM member_items WHERE kind = 0 AND ref `+s.inIDs(1),
		`DELETE FROM discussion_rules WHERE scope = 'story' AND id `+s.inIDs(1),
		`DELETE FROM stories WHERE id `+s.inIDs(1))
}

// stories removes stories that the run made, with all that hangs on them.
func (u *undo) stories(ctx context.Context, rows []madeRow) (out change.Outcome, err error) {
	s := u.s
	w, err := u.db.world(ctx, s)
	if err != nil {
		return out, err
	}
	all, err := loadStories(ctx, s, news.Pick{IDs: rowIDs(rows)})
	if err != nil || len(all) == 0 {
		return out, err
	}
	byID := map[int64]*held{}
	var ids, keys []int64
	for _, h := range all {
		byID[h.Story.ID] = h
		ids = append(ids, h.Story.ID)
		if h.searchKey != 0 {
			keys = append(keys, h.searchKey)
		}
	}
	if err := loadParts(ctx, s, all, byID, false); err != nil {
		return out, err
	}
	banner := w.Banner
	outs := make([]change.Outcome, len(all))
	for i, h := range all {
		outs[i] = h.Forget(w, u.actor)
	}
	out = change.Join(outs...)
	addresses, err := collect(scanRedirect)(s.rows(ctx, `
		SELECT `+redirectColumns+`
		FROM redirects
		WHERE story_id <> 0 AND story_id `+s.inIDs(1), s.ids(ids))) // index redirects_story
	if err != nil {
		return out, err
	}
	for _, r := range addresses {
		out.Tags = append(out.Tags, news.TagAddress(r.Host, r.Path))
	}
	for _, id := range ids {
		out.Tags = append(out.Tags, discuss.TagComments(id))
	}
	if w.Banner != banner {
		if err := saveBanner(ctx, s, w.Banner); err != nil {
			return out, err
		}
	}
	if err := dropTerms(ctx, s, "search", keys); err != nil {
		return out, err
	}
	cards, err := collect(scanID)(s.rows(ctx, `SELECT key FROM work WHERE story_id `+s.inIDs(1), s.ids(ids)))
	if err != nil {
		return out, err
	}
	if err := dropTerms(ctx, s, "work_search", cards); err != nil {
		return out, err
	}
	if !s.postgres {
		kept, err := readMark(ctx, s, markStory)
		if err != nil {
			return out, err
		}
		if err := writeMark(ctx, s, markStory, max(kept, slices.Max(ids))); err != nil {
			return out, err
		}
	}
	for _, text := range storyRows(s) {
		if _, err := s.exec(ctx, text, s.ids(ids)); err != nil {
			return out, err
		}
	}
	// What the run changed in a story that it had made itself needs no putting back.
	if _, err := s.exec(ctx, `DELETE FROM import_made WHERE run_id = $2 AND kind = 'version' AND id `+s.inIDs(1), s.ids(ids), u.run.ID); err != nil {
		return out, err
	}
	u.step.Gone[change.MadeStory] = len(ids)
	return out, countWorkChange(ctx, s)
}

// versions makes stories that were there before what they were.
func (u *undo) versions(ctx context.Context, rows []madeRow) (out change.Outcome, err error) {
	s := u.s
	w, err := u.db.world(ctx, s)
	if err != nil {
		return out, err
	}
	was := map[int64]*news.Earlier{}
	for _, m := range rows {
		e := &news.Earlier{}
		if err := (document{e}).Scan(m.was); err != nil {
			return out, err
		}
		was[m.id] = e
	}
	all, recs, err := load(ctx, s, news.Pick{IDs: rowIDs(rows)})
	if err != nil {
		return out, err
	}
	banner := w.Banner
	for _, r := range recs {
		r.By = u.actor
		e := was[r.Story.ID]
		no := e.Story.LastNo
		if e.Story.NamedNo != 0 {
			no = e.Story.NamedNo
		}
		if e.Story.LiveNo != 0 {
			no = e.Story.LiveNo
		}
		v := &news.Version{No: no}
		if no != 0 {
			got, err := w.Facts.Version(r.Story.ID, no)
			if err != nil {
				return out, err
			}
			v = &got
		}
		o, err := r.PutBack(w, u.actor, e, v)
		if err != nil {
			return out, err
		}
		out.Merge(o)
	}
	u.step.Gone[change.MadeVersion] = len(rows)
	if err := save(ctx, s, w, all); err != nil || w.Banner == banner {
		return out, err
	}
	return out, saveBanner(ctx, s, w.Banner)
}

// comments removes comments that the run put under stories that were there
// before. What another import answered stays.
func (u *undo) comments(ctx context.Context, rows []madeRow) (out change.Outcome, err error) {
	s := u.s
	ids := s.ids(rowIDs(rows))
	stories, err := collect(scanID)(s.rows(ctx, `SELECT DISTINCT story_id FROM comments WHERE id `+s.inIDs(1), ids))
	if err != nil {
		return out, err
	}
	threads, err := collect(scanID)(s.rows(ctx, `SELECT DISTINCT thread_id FROM comments WHERE id `+s.inIDs(1), ids))
	if err != nil {
		return out, err
	}
	gone, err := collect(scanID)(s.rows(ctx, `
		DELETE FROM comments
		WHERE id `+s.inIDs(1)+`
		  AND NOT EXISTS (SELECT 1 FROM comments AS a WHERE a.thread_id = comments.id AND a.id <> comments.id AND NOT a.id `+s.inIDs(1)+`)
		RETURNING id`, ids))
	if err != nil {
		return out, err
	}
	if err := recountComments(ctx, s, stories, threads); err != nil {
		return out, err
	}
	for _, id := range stories {
		out.Touch(discuss.TagComments(id))
	}
	out.Takedown = len(gone) > 0
	u.step.Gone[change.MadeComment] = len(gone)
	u.step.Kept[change.MadeComment] = len(rows) - len(gone)
	return out, nil
}

// recountComments counts threads and discussions anew, from the comments that
// there are.
func recountComments(ctx context.Context, s *session, stories, threads []int64) error {
	for _, u := range []struct {
		text string
		ids  []int64
	}{
		{`
			UPDATE comments
			SET answers = (SELECT count(*) FROM comments AS a WHERE a.thread_id = comments.id AND a.level = 1 AND a.shown = 1)
			WHERE level = 0 AND id ` + s.inIDs(1), threads},
		{`
			UPDATE comments
			SET shown = CASE WHEN state = 'published' OR answers > 0 THEN 1 ELSE 0 END
			WHERE level = 0 AND id ` + s.inIDs(1), threads},
		{`
			UPDATE discussions
			SET shown = (SELECT count(*) FROM comments AS c WHERE c.story_id = discussions.story_id AND state = 'published'),
				pending = (SELECT count(*) FROM comments AS c WHERE c.story_id = discussions.story_id AND state = 'pending'),
				last_id = (SELECT coalesce(max(id), 0) FROM comments AS c WHERE c.story_id = discussions.story_id AND state = 'published')
			WHERE story_id ` + s.inIDs(1), stories},
	} {
		if _, err := s.exec(ctx, u.text, s.ids(u.ids)); err != nil {
			return err
		}
	}
	return nil
}

// pins takes stories off the fronts that the run pinned them to.
func (u *undo) pins(ctx context.Context, rows []madeRow) (out change.Outcome, err error) {
	ids := u.s.ids(rowIDs(rows))
	sections, err := collect(scanID)(u.s.rows(ctx, `
		SELECT DISTINCT f.section_id
		FROM slots AS p
		JOIN containers AS c ON c.id = p.container_id
		JOIN fronts AS f ON f.id = c.front_id
		WHERE p.story_id `+u.s.inIDs(1), ids)) // index slots_story
	if err != nil {
		return out, err
	}
	for _, id := range sections {
		out.Touch(news.TagFront(id))
	}
	u.step.Gone[change.MadePin] = len(rows)
	_, err = u.s.exec(ctx, `DELETE FROM slots WHERE story_id `+u.s.inIDs(1), ids)
	return out, err
}

// pages removes static pages that the run made, and brings back those that it
// overwrote.
func (u *undo) pages(ctx context.Context, rows []madeRow) (out change.Outcome, err error) {
	out.Takedown = true
	out.Touch(news.TagPages, news.TagRedirects)
	for _, m := range rows {
		out.Touch(news.TagPage(m.name))
		out.Audit = append(out.Audit, change.Audit{Actor: u.actor.String(), Action: "import_undo", Object: news.TagPage(m.name)})
		if _, err := u.s.exec(ctx, `DELETE FROM page_pictures WHERE slug = $1`, m.name); err != nil {
			return out, err
		}
		if m.was == "" {
			if _, err := u.s.exec(ctx, `DELETE FROM pages WHERE slug = $1`, m.name); err != nil {
				return out, err
			}
			continue
		}
		var p news.StaticPage
		if err := (document{&p}).Scan(m.was); err != nil {
			return out, err
		}
		body, err := marshal(p.Body)
		if err != nil {
			return out, err
		}
		if err := u.s.insertRows(ctx, `INSERT INTO pages (`+pageColumns+`)`, onConflict("slug", pageColumns),
			[][]any{{p.Slug, p.Title, body, p.Position, millis(p.Updated)}}); err != nil {
			return out, err
		}
		if err := savePagePictures(ctx, u.s, &p); err != nil {
			return out, err
		}
	}
	u.step.Gone[change.MadePage] = len(rows)
	return out, nil
}

// redirects brings old addresses back to what they were.
func (u *undo) redirects(ctx context.Context, rows []madeRow) (out change.Outcome, err error) {
	out.Touch(news.TagRedirects)
	var back []news.Redirect
	for _, m := range rows {
		var made madeRedirect
		if err := (document{&made}).Scan(m.was); err != nil {
			return out, err
		}
		out.Tags = append(out.Tags, news.TagAddress(made.Now.Host, made.Now.Path))
		if made.Was != nil {
			back = append(back, *made.Was)
			continue
		}
		if _, err := u.s.exec(ctx, `DELETE FROM redirects WHERE host = $1 AND path = $2`, made.Now.Host, made.Now.Path); err != nil {
			return out, err
		}
	}
	u.step.Gone[change.MadeRedirect] = len(rows)
	return out, upsertRedirects(ctx, u.s, back)
}

// pictures removes those that nothing shows any more; their files go with the
// trash.
func (u *undo) pictures(ctx context.Context, rows []madeRow) (out change.Outcome, err error) {
	for _, m := range rows {
		p, gone, err := deletePicture(ctx, u.db, u.s, m.id)
		if fault.Is(err, fault.NotFound) {
			u.step.Gone[change.MadePicture]++
			continue
		}
		if err != nil {
			return out, err
		}
		if !gone {
			u.step.Kept[change.MadePicture]++
			continue
		}
		u.step.Gone[change.MadePicture]++
		out.Merge(media.Deleted(u.actor.String(), p))
	}
	return out, nil
}
