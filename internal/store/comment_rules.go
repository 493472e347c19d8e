package store

import (
	"context"

	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
)

// ruleRows are what the scopes of some stories say of rules.
type ruleRows map[discuss.Scope]map[int64]discuss.Patch

// readRules reads what the site, sections and stories say of rules. Goes by the
// primary key, once for each scope.
func readRules(ctx context.Context, s *session, sections, stories []int64) (ruleRows, error) {
	type rule struct {
		scope discuss.Scope
		id    int64
		patch discuss.Patch
	}
	list, err := collect(func(r scanner) (v rule, err error) { return v, r.Scan(&v.scope, &v.id, document{&v.patch}) })(s.rows(ctx, `
		SELECT scope, id, rules FROM discussion_rules WHERE scope = 'site' AND id = 0
		UNION ALL
		SELECT scope, id, rules FROM discussion_rules WHERE scope = 'section' AND id `+s.inIDs(1)+`
		UNION ALL
		SELECT scope, id, rules FROM discussion_rules WHERE scope = 'story' AND id `+s.inIDs(2), s.ids(sections), s.ids(stories)))
	rows := ruleRows{discuss.ScopeSite: {}, discuss.ScopeSection: {}, discuss.ScopeStory: {}}
	for _, v := range list {
		if rows[v.scope] != nil {
			rows[v.scope][v.id] = v.patch
		}
	}
	return rows, err
}

// of returns the rules of a story; sections are its own and those above it, the
// narrowest first.
func (rows ruleRows) of(storyID int64, sections []int64) discuss.Rules {
	r := discuss.DefaultRules().With(rows[discuss.ScopeSite][0])
	for i := len(sections) - 1; i >= 0; i-- {
		r = r.With(rows[discuss.ScopeSection][sections[i]])
	}
	return r.With(rows[discuss.ScopeStory][storyID])
}

// lineage returns the ids of a section and of those above it, the section first.
func lineage(tree *news.Tree, id int64) []int64 {
	var line []int64
	for _, a := range tree.Ancestry(id) {
		line = append(line, a.ID)
	}
	return line
}

// DiscussionRules returns how the discussion of a story in a section is held, and
// the ids of the section and of those above it.
func (db *DB) DiscussionRules(ctx context.Context, storyID, sectionID int64) (r discuss.Rules, sections []int64, err error) {
	defer fault.Wrap(&err, "read how the discussion of story %d is held", storyID)
	err = db.view(ctx, func(s *session) error {
		tree, err := readTree(ctx, s)
		if err != nil {
			return err
		}
		sections = lineage(tree, sectionID)
		rows, err := readRules(ctx, s, sections, []int64{storyID})
		r = rows.of(storyID, sections)
		return err
	})
	return r, sections, err
}

// RulesOf returns how the discussion of a story is held; sections are its own and
// those above it, the section first.
func (db *DB) RulesOf(ctx context.Context, storyID int64, sections []int64) (_ discuss.Rules, err error) {
	defer fault.Wrap(&err, "read how the discussion of story %d is held", storyID)
	rows, err := readRules(ctx, db.reads(), sections, []int64{storyID})
	return rows.of(storyID, sections), err
}

// RulePatch returns what one scope says of rules by itself.
func (db *DB) RulePatch(ctx context.Context, scope discuss.Scope, id int64) (p discuss.Patch, err error) {
	defer fault.Wrap(&err, "read what %s %d says of discussions", scope, id)
	err = db.view(ctx, func(s *session) error {
		var sections, stories []int64
		switch scope {
		case discuss.ScopeSection:
			sections = []int64{id}
		case discuss.ScopeStory:
			stories = []int64{id}
		}
		rows, err := readRules(ctx, s, sections, stories)
		p = rows[scope][id]
		return err
	})
	return p, err
}

// SaveRules implements discuss.Store.
func (db *DB) SaveRules(ctx context.Context, scope discuss.Scope, id int64, p discuss.Patch, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "write how discussions of %s %d are held", scope, id)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		text, err := marshal(p)
		if err != nil {
			return out, err
		}
		if text == "{}" {
			_, err = s.exec(ctx, `DELETE FROM discussion_rules WHERE scope = $1 AND id = $2`, string(scope), id)
			return out, err
		}
		return out, s.insertRows(ctx, `INSERT INTO discussion_rules (scope, id, rules)`, onConflict("scope, id", "scope, id, rules"),
			[][]any{{string(scope), id, text}})
	})
	return err
}
