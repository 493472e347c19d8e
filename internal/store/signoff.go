package store

import (
	"context"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// scanSignoff reads story_id, no, user_id, name, at, note.
func scanSignoff(r scanner) (g news.Signoff, err error) {
	err = r.Scan(&g.StoryID, &g.No, &g.UserID, &g.Name, stamp{&g.At}, &g.Note)
	return g, err
}

// saveSignoffs adds the approvals that are new.
func saveSignoffs(ctx context.Context, s *session, all []*held) error {
	var rows [][]any
	for _, h := range all {
		for _, g := range h.Signoffs[h.signed:] {
			rows = append(rows, []any{h.Story.ID, g.No, g.UserID, g.Name, millis(g.At), g.Note})
		}
	}
	return s.insertRows(ctx, `INSERT INTO signoffs (story_id, no, user_id, name, at, note)`, ` ON CONFLICT DO NOTHING`, rows)
}

// maxRules bounds the rules for approvals, which are read whole.
const maxRules = 100

func readSignoffRules(ctx context.Context, s *session) ([]news.SignoffRule, error) {
	return collect(func(r scanner) (x news.SignoffRule, err error) {
		err = r.Scan(&x.ID, &x.SectionID, &x.Label, &x.People)
		return x, err
	})(s.rows(ctx, `
		SELECT id, section_id, label, people
		FROM signoff_rules
		ORDER BY id
		LIMIT $1`, maxRules))
}

// SignoffRules returns the rules for approvals.
func (db *DB) SignoffRules(ctx context.Context) (_ []news.SignoffRule, err error) {
	defer fault.Wrap(&err, "read the rules for approvals")
	return readSignoffRules(ctx, db.reads())
}

// SaveSignoffRules implements news.SiteStore.
func (db *DB) SaveSignoffRules(ctx context.Context, rules []news.SignoffRule, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "write %d rules for approvals", len(rules))
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		if _, err := s.exec(ctx, `DELETE FROM signoff_rules`); err != nil {
			return out, err
		}
		var rows [][]any
		for _, r := range rules {
			rows = append(rows, []any{r.SectionID, string(r.Label), r.People})
		}
		if err := s.insertRows(ctx, `INSERT INTO signoff_rules (section_id, label, people)`, "", rows); err != nil {
			return out, err
		}
		return out, refreshWork(ctx, s)
	})
	return err
}
