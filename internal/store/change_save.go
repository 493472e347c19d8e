package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// save writes what the rules changed.
func save(ctx context.Context, s *session, w *news.World, all []*held) error {
	// Later steps refer to the stories' rows, and their own order spares the
	// database's pages. The rules may have given a new record another id.
	all = slices.DeleteFunc(slices.Clone(all), func(h *held) bool { return h.New && h.Story.Status == "" })
	slices.SortStableFunc(all, func(a, b *held) int { return cmp.Compare(a.Story.ID, b.Story.ID) })
	entries, err := project(ctx, s, w, all)
	if err != nil {
		return err
	}
	steps := []struct {
		name string
		run  func(context.Context, *session, []*held) error
	}{
		{"stories", saveStories},
		{"versions", saveVersions},
		{"drafts", saveDrafts},
		{"withdrawals", saveWithdrawals},
		{"corrections", saveCorrections},
		{"redirects", saveRedirects},
		{"conflicts", saveConflicts},
		{"approvals", saveSignoffs},
	}
	for _, step := range steps {
		if err := step.run(ctx, s, all); err != nil {
			return fmt.Errorf("write the %s: %w", step.name, err)
		}
	}
	if err := savePictureDrafts(ctx, s, all); err != nil {
		return fmt.Errorf("write the pictures of drafts: %w", err)
	}
	if err := saveProjection(ctx, s, all, entries); err != nil {
		return fmt.Errorf("write lists and search: %w", err)
	}
	if err := saveNotices(ctx, s, w, all); err != nil {
		return fmt.Errorf("write the notices: %w", err)
	}
	if err := saveWork(ctx, s, w, all); err != nil {
		return fmt.Errorf("write the cards of the desk: %w", err)
	}
	return nil
}

// storyValues are the values of storyColumns.
func storyValues(s *news.Story) []any {
	return []any{s.ID, string(s.Status), s.Slug, s.URI, s.URIVersion, s.URIHash, s.LiveNo, s.LastNo, s.SectionID,
		millis(s.FirstPublished), millis(s.Updated), millis(s.Created), millis(s.EmbargoUntil),
		string(s.Stage), s.NamedNo, millis(s.DueAt), s.DueBy, millis(s.CheckedAt),
		s.OwnerID, s.AssigneeID, s.AssignedTo}
}

const projectedColumns = `headline_key, verifies, search_key, card`

// projectedValues are the values of projectedColumns.
func projectedValues(h *held) ([]any, error) {
	if h.Story.Status != news.Live || h.Live == nil {
		return []any{int64(0), int64(0), int64(0), ""}, nil
	}
	c := &h.Live.Content
	card, err := encodeCard(c)
	return []any{news.HeadlineKey(c.Headline), c.Verifies, h.searchKey, card}, err
}

// onConflict returns the clause that overwrites the columns of an existing row.
func onConflict(key, columns string) string {
	var set []string
	for _, c := range strings.Split(columns, ",") {
		if c = strings.TrimSpace(c); !strings.Contains(key, c) {
			set = append(set, c+" = excluded."+c)
		}
	}
	return " ON CONFLICT (" + key + ") DO UPDATE SET " + strings.Join(set, ", ")
}

// saveStories inserts the new rows and overwrites the changed ones. What lists
// know stays as it is in a story that does not ask for it (Relist).
func saveStories(ctx context.Context, s *session, all []*held) error {
	var added, relisted, changed [][]any
	var highest int64
	for _, h := range all {
		values := storyValues(&h.Story)
		if h.New || h.Relist {
			projected, err := projectedValues(h)
			if err != nil {
				return err
			}
			values = append(values, projected...)
		}
		switch {
		case h.New:
			added = append(added, values)
			if h.Story.ID != h.before.ID {
				highest = max(highest, h.Story.ID)
			}
		case h.Relist:
			relisted = append(relisted, values)
		case !slices.Equal(values, storyValues(&h.before)):
			changed = append(changed, values)
		}
	}
	if err := moveSequence(ctx, s, highest); err != nil {
		return err
	}
	full := storyColumns + ", " + projectedColumns
	if err := s.insertRows(ctx, `INSERT INTO stories (`+full+`)`, "", added); err != nil {
		if highest != 0 && s.isUnique(err) {
			return fault.New(fault.Conflict, "a story has the id or the identity of one that is here already: "+
				"stories keep their ids only in an empty place: %w", err)
		}
		if s.isUnique(err) {
			return again{err} // another import was quicker with the same identity
		}
		return err
	}
	if err := s.insertRows(ctx, `INSERT INTO stories (`+full+`)`, onConflict("id", full), relisted); err != nil {
		return err
	}
	return s.insertRows(ctx, `INSERT INTO stories (`+storyColumns+`)`, onConflict("id", storyColumns), changed)
}

// moveSequence makes PostgreSQL continue above an id that the rules chose.
func moveSequence(ctx context.Context, s *session, highest int64) error {
	if highest == 0 || !s.postgres {
		return nil
	}
	_, err := s.exec(ctx, `
		SELECT setval(pg_get_serial_sequence('stories', 'id'), $1)
		WHERE $1 > (SELECT last_value FROM stories_id_seq)`, highest)
	return err
}

func saveVersions(ctx context.Context, s *session, all []*held) error {
	var rows [][]any
	for _, h := range all {
		for i := range h.Added {
			v := &h.Added[i]
			content, err := v.JSON()
			if err != nil {
				return err
			}
			rows = append(rows, []any{h.Story.ID, v.No, string(v.Origin), string(content), v.By, millis(v.At), v.Why})
		}
	}
	return s.insertRows(ctx, `INSERT INTO versions (`+versionColumns+`)`, "", rows)
}

// saveDrafts writes the drafts that changed, and keeps the row of those that
// nobody writes any more: its numbers go on.
func saveDrafts(ctx context.Context, s *session, all []*held) error {
	var rows [][]any
	for _, h := range all {
		d, clean := h.Draft, h.DropDraft
		if d == nil {
			d, clean = h.Clean, true
		}
		if d == nil || d == h.row && clean == h.clean {
			continue
		}
		content, err := marshal(d.Content)
		if err != nil {
			return err
		}
		trail, err := marshal(d.Trail)
		if err != nil {
			return err
		}
		rows = append(rows, []any{h.Story.ID, d.Seq, content, d.By, millis(d.At), trail, flag(clean)})
	}
	columns := draftColumns + ", clean"
	return s.insertRows(ctx, `INSERT INTO drafts (`+columns+`)`, onConflict("story_id", columns), rows)
}

func saveWithdrawals(ctx context.Context, s *session, all []*held) error {
	var gone []int64
	var rows [][]any
	for _, h := range all {
		w := h.Withdrawal
		switch {
		case w == nil && h.before.Status == news.Withdrawn:
			gone = append(gone, h.Story.ID)
		case w != nil:
			rows = append(rows, []any{h.Story.ID, string(w.Reason), w.Note, millis(w.At), w.By, w.Headline})
		}
	}
	if len(gone) > 0 {
		if _, err := s.exec(ctx, `DELETE FROM withdrawals WHERE story_id `+s.inIDs(1), s.ids(gone)); err != nil {
			return err
		}
	}
	return s.insertRows(ctx, `INSERT INTO withdrawals (`+withdrawalColumns+`)`, onConflict("story_id", withdrawalColumns), rows)
}

// saveCorrections adds notices. One that says the same at the same instant is
// there already: an imported item repeats its own with each version.
func saveCorrections(ctx context.Context, s *session, all []*held) error {
	type said struct {
		story, at  int64
		kind, text string
	}
	known := map[said]bool{}
	var ids []int64
	for _, h := range all {
		if len(h.Corrections) > 0 && !h.New {
			ids = append(ids, h.Story.ID)
		}
	}
	if len(ids) > 0 {
		old, err := collect(scanCorrection)(s.rows(ctx, `
			SELECT `+correctionColumns+`
			FROM corrections
			WHERE story_id `+s.inIDs(1), s.ids(ids)))
		if err != nil {
			return err
		}
		for _, c := range old {
			known[said{c.StoryID, millis(c.At), string(c.Kind), c.Text}] = true
		}
	}
	var rows, named [][]any
	for _, h := range all {
		for _, c := range h.Corrections {
			k := said{h.Story.ID, millis(c.At), string(c.Kind), c.Text}
			if known[k] {
				continue
			}
			known[k] = true
			row := []any{k.story, k.kind, k.text, k.at, c.NoticeID}
			if c.ID != 0 {
				named = append(named, append([]any{c.ID}, row...))
			} else {
				rows = append(rows, row)
			}
		}
	}
	if len(named) > 0 { // a notice of our own export keeps its id, which is its anchor
		if err := s.insertRows(ctx, `INSERT INTO corrections (id, story_id, kind, text, at, notice_id)`, "", named); err != nil {
			return err
		}
		if err := moveSequences(ctx, s, "corrections"); err != nil {
			return err
		}
	}
	return s.insertRows(ctx, `INSERT INTO corrections (story_id, kind, text, at, notice_id)`, "", rows)
}

func saveRedirects(ctx context.Context, s *session, all []*held) error {
	var list []news.Redirect
	fresh := map[int64]bool{}
	run := int64(0)
	for _, h := range all {
		for _, r := range h.Redirects {
			if r.Target == "" {
				r.StoryID = h.Story.ID
			}
			list = append(list, r)
			run = h.By.Run
		}
		fresh[h.Story.ID] = h.New
	}
	if run != 0 {
		made, err := madeRedirects(ctx, s, list)
		if err != nil {
			return err
		}
		// What is new goes with its story, if that is new as well.
		made = slices.DeleteFunc(made, func(m madeRedirect) bool { return m.Was == nil && fresh[m.Now.StoryID] })
		if err := writeMade(ctx, s, &change.Outcome{Run: run, Made: keptRedirects(made)}); err != nil {
			return err
		}
	}
	return upsertRedirects(ctx, s, list)
}

// upsertRedirects writes redirects; the last one for an address counts.
func upsertRedirects(ctx context.Context, s *session, list []news.Redirect) error {
	type address struct{ host, path string }
	at := map[address]int{}
	var rows [][]any
	for _, r := range list {
		row := []any{strings.ToLower(r.Host), r.Path, r.StoryID, r.Target, news.FoldHost(r.Host), news.FoldPath(r.Path)}
		a := address{strings.ToLower(r.Host), r.Path}
		if i, ok := at[a]; ok {
			rows[i] = row
			continue
		}
		at[a] = len(rows)
		rows = append(rows, row)
	}
	columns := redirectColumns + ", fold_host, fold_path"
	return s.insertRows(ctx, `INSERT INTO redirects (`+columns+`)`, onConflict("host, path", columns), rows)
}
