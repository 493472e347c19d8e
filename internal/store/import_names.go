package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"warta/internal/change"
	"warta/internal/news"
	"warta/internal/stem"
)

// inUse returns, by the kind of a name, what asks whether something else uses rows
// of it: $1 is the list of their ids.
func inUse(s *session, kind string) (texts []string) {
	in := s.inIDs(1)
	listed := func(list int) string {
		return fmt.Sprintf(`SELECT DISTINCT ref FROM listings WHERE list = %d AND ref %s`, list, in)
	}
	follows := func(list int) string {
		return fmt.Sprintf(`SELECT DISTINCT ref FROM member_items WHERE kind = %d AND ref %s`, list, in)
	}
	switch kind {
	case change.MadeTopic:
		return []string{listed(listTopic), follows(listTopic), `SELECT DISTINCT topic_id FROM topic_aliases WHERE topic_id ` + in,
			`SELECT DISTINCT merged_into FROM topics WHERE merged_into <> 0 AND merged_into ` + in}
	case change.MadePerson:
		return []string{listed(listPerson), follows(listPerson), `SELECT person_id FROM users WHERE person_id <> 0 AND person_id ` + in}
	case change.MadeSection:
		// There are few of them, and stories that are not live are in no list.
		return []string{listed(listSection), follows(listSection), `SELECT DISTINCT section_id FROM stories WHERE section_id ` + in,
			`SELECT section_id FROM fronts WHERE section_id ` + in, `SELECT DISTINCT parent_id FROM sections WHERE parent_id ` + in + ` AND NOT id ` + in,
			`SELECT DISTINCT section_id FROM user_desks WHERE section_id ` + in, `SELECT DISTINCT section_id FROM signoff_rules WHERE section_id ` + in,
			`SELECT id FROM discussion_rules WHERE scope = 'section' AND id ` + in}
	}
	return nil
}

// names removes persons, topics and sections that nothing else uses. Sources stay:
// no list says who cites them, and no page prints one that nobody does.
func (u *undo) names(ctx context.Context, kind string, rows []madeRow) (out change.Outcome, err error) {
	s := u.s
	if kind == change.MadeSource {
		u.step.Kept[kind] = len(rows)
		return out, nil
	}
	table := madeTables[kind]
	if kind == change.MadeSection {
		table = "sections"
		if s.postgres {
			if _, err := s.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, treeLock); err != nil {
				return out, err
			}
		}
		out.Touch(news.TagSections)
	}
	used := map[int64]bool{}
	for _, text := range inUse(s, kind) {
		hit, err := collect(scanID)(s.rows(ctx, text, s.ids(rowIDs(rows))))
		if err != nil {
			return out, err
		}
		for _, id := range hit {
			used[id] = true
		}
	}
	worked, err := usedInDrafts(ctx, s, kind, rowIDs(rows), used)
	if err != nil {
		return out, err
	}
	var gone []int64
	for _, m := range rows {
		if used[m.id] || worked[m.id] {
			u.step.Kept[kind]++
			continue
		}
		gone = append(gone, m.id)
		switch kind {
		case change.MadeTopic:
			out.Tags = append(out.Tags, news.TagTopic(m.id), news.TagTopicName(m.id))
		case change.MadePerson:
			out.Tags = append(out.Tags, news.TagPerson(m.id), news.TagPersonName(m.id))
		case change.MadeSection:
			out.Tags = append(out.Tags, news.TagSection(m.id))
		}
	}
	out.Touch(news.TagRedirects)
	u.step.Gone[kind] = len(gone)
	_, err = s.exec(ctx, `DELETE FROM `+table+` WHERE id `+s.inIDs(1), s.ids(gone))
	return out, err
}

// usedInDrafts returns which of the topics and persons the newsroom's cards still
// bear, beside those that are known to be used. Persons are found by name.
func usedInDrafts(ctx context.Context, s *session, kind string, ids []int64, known map[int64]bool) (map[int64]bool, error) {
	used := map[int64]bool{}
	if kind != change.MadeTopic && kind != change.MadePerson {
		return used, nil
	}
	names, err := namesOf(ctx, s, madeTables[kind], slices.Clone(ids))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if known[id] {
			continue
		}
		match := s.query(stem.Query{}, stem.Tag("topic", id))
		if kind == change.MadePerson {
			q := stem.ParseQuery(`"` + strings.Map(unquoted, names[id]) + `"`)
			if q.Empty() {
				continue
			}
			match = s.query(q)
		}
		hit, err := collect(scanID)(s.rows(ctx, s.hits(byTerms, terms{table: "work_search", query: "$1", limit: "1"}), match))
		if err != nil {
			return nil, err
		}
		used[id] = len(hit) > 0
	}
	return used, nil
}
