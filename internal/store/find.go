package store

import (
	"context"
	"strings"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// nameTables are the tables of what is known by its name, with the column that
// tells two of nearly the same name apart.
var nameTables = map[news.Ref]struct{ table, note, only string }{
	news.RefTopic:  {"topics", "''", " AND merged_into = 0"},
	news.RefPerson: {"persons", "title", ""},
	news.RefSource: {"sources", "url", ""},
}

// byBytes returns a column that is compared byte by byte, as SQLite does.
func (d dialect) byBytes(column string) string {
	if d.postgres {
		return column + ` COLLATE "C"`
	}
	return column
}

// last is behind every character that a name can go on with.
const last = "\U0010FFFF"

// FindNames implements news.NameStore. What begins with the text is a range of
// an index on folded (topics_folded and its like on PostgreSQL, the unique one
// on SQLite); what has it inside is looked for, and only if that is too little,
// along the same index.
func (db *DB) FindNames(ctx context.Context, ref news.Ref, text string, limit int) (_ []news.Named, err error) {
	defer fault.Wrap(&err, "find names of kind %s", ref)
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	t, ok := nameTables[ref]
	if !ok {
		return nil, fault.Input("ref", "%q has no names", ref)
	}
	s, folded := db.reads(), foldName(text)
	column := s.byBytes("folded")
	list, err := collect(scanNamed)(s.rows(ctx, `
		SELECT id, name, `+t.note+`
		FROM `+t.table+`
		WHERE `+column+` >= $1
		  AND `+column+` < $2`+t.only+`
		ORDER BY `+column+`
		LIMIT $3`, folded, folded+last, limit))
	if err != nil || len(list) == limit {
		return list, err
	}
	more, err := collect(scanNamed)(s.rows(ctx, `
		SELECT id, name, `+t.note+`
		FROM `+t.table+`
		WHERE ' ' || folded LIKE $1 ESCAPE '!'`+t.only+`
		ORDER BY `+column+`
		LIMIT $2`, wordPattern(folded), 2*limit))
	if err != nil {
		return nil, err
	}
	if ref == news.RefTopic {
		aliases, err := collect(scanNamed)(s.rows(ctx, `
			SELECT topics.id, topics.name, topic_aliases.name
			FROM topic_aliases
			JOIN topics ON topics.id = topic_id AND merged_into = 0
			WHERE `+s.byBytes("topic_aliases.folded")+` >= $1
			  AND `+s.byBytes("topic_aliases.folded")+` < $2
			ORDER BY `+s.byBytes("topic_aliases.folded")+`
			LIMIT $3`, folded, folded+last, limit))
		if err != nil {
			return nil, err
		}
		more = append(aliases, more...)
	}
	seen := map[int64]bool{}
	for _, n := range list {
		seen[n.ID] = true
	}
	for _, n := range more {
		if !seen[n.ID] && len(list) < limit {
			seen[n.ID] = true
			list = append(list, n)
		}
	}
	return list, nil
}

// wordPattern finds a name that has each word of a text, in this order, at the
// start of a word.
func wordPattern(folded string) string {
	words := strings.Fields(folded)
	for i, w := range words {
		words[i] = "% " + likeText(w)
	}
	return strings.Join(words, "") + "%"
}

func scanNamed(r scanner) (n news.Named, err error) {
	err = r.Scan(&n.ID, &n.Name, &n.Note)
	return n, err
}

// MakeName implements news.NameStore.
func (db *DB) MakeName(ctx context.Context, ref news.Ref, name string, out change.Outcome) (n news.Named, err error) {
	defer fault.Wrap(&err, "make a name of kind %s", ref)
	t, ok := nameTables[ref]
	if !ok {
		return n, fault.Input("ref", "%q has no names", ref)
	}
	folded := foldName(name)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		made, err := makeName(ctx, s, t.table, folded, name)
		if err != nil {
			return change.Outcome{}, err
		}
		found, err := idsByName(ctx, s, t.table, []string{folded})
		if err != nil {
			return change.Outcome{}, err
		}
		n, err = scanNamed(s.row(ctx, `SELECT id, name, `+t.note+` FROM `+t.table+` WHERE id = $1`, found[folded]))
		if err != nil || !made {
			return change.Outcome{}, err
		}
		return out, nil
	})
	return n, err
}

// makeName inserts a name that is not there yet.
func makeName(ctx context.Context, s *session, table, folded, name string) (made bool, err error) {
	found, err := idsByName(ctx, s, table, []string{folded})
	if err != nil || found[folded] != 0 {
		return false, err
	}
	columns, row := "name, folded", []any{name, folded}
	if table != "sources" {
		slugs, err := freeSlugs(ctx, s, table, []string{folded}, map[string]string{folded: name})
		if err != nil {
			return false, err
		}
		columns, row = "name, folded, slug", append(row, slugs[0])
	}
	err = s.insertRows(ctx, `INSERT INTO `+table+` (`+columns+`)`, "", [][]any{row})
	if s.isUnique(err) {
		err = again{err} // somebody makes the same one
	}
	return err == nil, err
}
