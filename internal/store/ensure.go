package store

import (
	"context"
	"fmt"
	"strings"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// EnsurePersons returns the ids of the persons with these names, the names as
// given, and makes those that are not there yet. Names that differ in case and
// blanks only are the same. An import asks once a batch, with the names that it
// has not asked for before.
func (db *DB) EnsurePersons(ctx context.Context, names []string) (map[string]int64, error) {
	return db.EnsureNames(ctx, 0, change.MadePerson, names)
}

// EnsureTopics is EnsurePersons for topics.
func (db *DB) EnsureTopics(ctx context.Context, names []string) (map[string]int64, error) {
	return db.EnsureNames(ctx, 0, change.MadeTopic, names)
}

// EnsureSources is EnsurePersons for sources.
func (db *DB) EnsureSources(ctx context.Context, names []string) (map[string]int64, error) {
	return db.EnsureNames(ctx, 0, change.MadeSource, names)
}

// madeTables are the tables of the kinds of names.
var madeTables = map[string]string{change.MadePerson: "persons", change.MadeTopic: "topics", change.MadeSource: "sources"}

// EnsureNames is EnsurePersons for any kind of name (change.MadePerson and its
// like), as a part of a run of an import; 0: of none.
func (db *DB) EnsureNames(ctx context.Context, run int64, kind string, names []string) (map[string]int64, error) {
	return db.ensure(ctx, kind, names, func(order []string, folded map[string]string) (map[string]int64, error) {
		return db.makeMissing(ctx, run, kind, order, folded)
	})
}

// NamesThere returns the ids of those of the names that are there.
func (db *DB) NamesThere(ctx context.Context, kind string, names []string) (map[string]int64, error) {
	return db.ensure(ctx, kind, names, nil)
}

// ensure finds ids by name. What is not there is for missing to make; nil: nobody.
func (db *DB) ensure(ctx context.Context, kind string, names []string,
	missing func(order []string, folded map[string]string) (map[string]int64, error)) (ids map[string]int64, err error) {
	table := madeTables[kind]
	defer fault.Wrap(&err, "find %d %s by name", len(names), table)
	folded := make(map[string]string, len(names)) // to the first spelling
	var order []string
	for _, name := range names {
		f := foldName(name)
		if _, ok := folded[f]; !ok && f != "" {
			folded[f] = strings.Join(strings.Fields(name), " ")
			order = append(order, f)
		}
	}
	found, err := idsByName(ctx, db.reads(), table, order)
	if err == nil && len(found) < len(order) && missing != nil {
		found, err = missing(order, folded)
	}
	if err != nil {
		return nil, err
	}
	ids = make(map[string]int64, len(names))
	for _, name := range names {
		if id := found[foldName(name)]; id != 0 {
			ids[name] = id
		}
	}
	return ids, nil
}

// idsByName returns ids by folded name; by the unique index on folded. The name
// of a topic that was merged, and any alias, mean the topic that is in use.
func idsByName(ctx context.Context, s *session, table string, folded []string) (map[string]int64, error) {
	found := make(map[string]int64, len(folded))
	if len(folded) == 0 {
		return found, nil
	}
	text := `SELECT folded, id FROM ` + table + ` WHERE folded ` + s.inTexts(1)
	if table == "topics" {
		text = `
			SELECT folded, CASE WHEN merged_into <> 0 THEN merged_into ELSE id END
			FROM topics
			WHERE folded ` + s.inTexts(1) + `
			UNION ALL
			SELECT folded, topic_id
			FROM topic_aliases
			WHERE folded ` + s.inTexts(1)
	}
	rows, err := s.rows(ctx, text, s.texts(folded))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var id int64
		if err := rows.Scan(&name, &id); err != nil {
			return nil, err
		}
		found[name] = id
	}
	return found, rows.Err()
}

// makeMissing inserts the names that are still not there. A new person or topic
// has an address, so pages that say "there is nothing here" are to be asked
// again.
func (db *DB) makeMissing(ctx context.Context, run int64, kind string, order []string, folded map[string]string) (found map[string]int64, err error) {
	table := madeTables[kind]
	_, err = db.change(ctx, func(ctx context.Context, s *session) (out change.Outcome, err error) {
		if found, err = idsByName(ctx, s, table, order); err != nil {
			return out, err
		}
		var missing []string
		for _, f := range order {
			if found[f] == 0 {
				missing = append(missing, f)
			}
		}
		columns, rows := "name, folded", make([][]any, 0, len(missing))
		for _, f := range missing {
			rows = append(rows, []any{folded[f], f})
		}
		if table != "sources" && len(missing) > 0 {
			columns = "name, folded, slug"
			slugs, err := freeSlugs(ctx, s, table, missing, folded)
			if err != nil {
				return out, err
			}
			for i := range rows {
				rows[i] = append(rows[i], slugs[i])
			}
			out.Touch(news.TagRedirects)
		}
		// Another import may make the same name or take the same slug meanwhile.
		if err := s.insertRows(ctx, `INSERT INTO `+table+` (`+columns+`)`, "", rows); err != nil {
			if s.isUnique(err) {
				err = again{err}
			}
			return out, err
		}
		found, err = idsByName(ctx, s, table, order)
		out.Run = run
		for _, f := range missing {
			out.Made = append(out.Made, change.Made{Kind: kind, ID: found[f]})
		}
		return out, err
	})
	return found, err
}

// freeSlugs returns a slug for each name: of the name itself, or with -2, -3 and
// so on where that is taken.
func freeSlugs(ctx context.Context, s *session, table string, names []string, spelling map[string]string) ([]string, error) {
	base := make([]string, len(names))
	for i, f := range names {
		base[i] = lang.Slug(spelling[f])
	}
	taken := map[string]bool{}
	look := func(slugs []string) error {
		list, err := collect(scanText)(s.rows(ctx, `SELECT slug FROM `+table+` WHERE slug `+s.inTexts(1), s.texts(slugs)))
		for _, slug := range list {
			taken[slug] = true
		}
		return err
	}
	if err := look(base); err != nil {
		return nil, err
	}
	free := make([]string, len(names))
	for i, b := range base {
		slug := b
		for n := 2; taken[slug]; n++ {
			// Numbered ones are asked for a hundred at once: a site may have many
			// people of one name.
			if n%100 == 2 {
				var next []string
				for k := n; k < n+100; k++ {
					next = append(next, numbered(b, k))
				}
				if err := look(next); err != nil {
					return nil, err
				}
			}
			slug = numbered(b, n)
		}
		taken[slug] = true
		free[i] = slug
	}
	return free, nil
}

// numbered returns the slug with a number, within the 80 bytes of a slug.
func numbered(slug string, n int) string {
	tail := fmt.Sprintf("-%d", n)
	return strings.TrimRight(slug[:min(len(slug), 80-len(tail))], "-") + tail
}
