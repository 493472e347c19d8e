package store

import (
	"context"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
)

// nameList reads rows of persons, topics or sources whose name holds a text, in
// the order of their folded names, after the given one. Goes through the unique
// index on folded in its order.
func nameList[T any](ctx context.Context, db *DB, table, columns, where string, f news.NameFilter, scan func(scanner) (T, error)) (list []T, next string, err error) {
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return nil, "", err
	}
	type named struct {
		v      T
		folded string
	}
	rows, err := collect(func(r scanner) (n named, err error) {
		n.v, err = scan(leading{r, &n.folded})
		return n, err
	})(db.reads().rows(ctx, `
		SELECT folded, `+columns+`
		FROM `+table+`
		WHERE folded > $1
		  AND folded LIKE $2 ESCAPE '!'`+where+`
		ORDER BY folded
		LIMIT $3`, f.After, "%"+likeText(foldName(f.Text))+"%", f.Limit+1))
	if err != nil {
		return nil, "", err
	}
	for i, r := range rows {
		if i == f.Limit {
			return list, rows[i-1].folded, nil
		}
		list = append(list, r.v)
	}
	return list, "", nil
}

// likeText returns a text in which nothing is a pattern, for ESCAPE '!'.
func likeText(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}

// TopicsByName returns topics in the order of their names, without those that
// were merged; next is where the list goes on, empty at its end.
func (db *DB) TopicsByName(ctx context.Context, f news.NameFilter) (list []news.Topic, next string, err error) {
	defer fault.Wrap(&err, "list topics")
	return nameList(ctx, db, "topics", topicColumns, " AND merged_into = 0", f, scanTopic)
}

// PersonsByName is TopicsByName for persons.
func (db *DB) PersonsByName(ctx context.Context, f news.NameFilter) (list []news.Person, next string, err error) {
	defer fault.Wrap(&err, "list persons")
	return nameList(ctx, db, "persons", personColumns, "", f, scanPerson)
}

// SourcesByName is TopicsByName for sources.
func (db *DB) SourcesByName(ctx context.Context, f news.NameFilter) (list []news.Source, next string, err error) {
	defer fault.Wrap(&err, "list sources")
	return nameList(ctx, db, "sources", sourceColumns, "", f, scanSource)
}

// afterAll sorts behind every text that goes on from the one before it.
const afterAll = "\U0010FFFF"

// RedirectList returns redirects after a given one: those to a story, else those of
// a host whose path begins with a text, in the order of host and path; else those
// whose path begins so in any spelling, in the order of their folds; else all. Goes
// by the primary key, or by the index on stories or on folds.
func (db *DB) RedirectList(ctx context.Context, f news.RedirectFilter) (_ []news.Redirect, err error) {
	defer fault.Wrap(&err, "list redirects")
	if err := checkLimit(f.Limit, maxLimit); err != nil {
		return nil, err
	}
	const head = `
		SELECT ` + redirectColumns + `
		FROM redirects`
	s := db.reads()
	switch {
	case f.StoryID != 0:
		return collect(scanRedirect)(s.rows(ctx, head+`
		WHERE story_id = $1
		  AND story_id <> 0
		  AND (host, path) > ($2, $3)
		ORDER BY host, path
		LIMIT $4`, f.StoryID, f.After.Host, f.After.Path, f.Limit))
	case f.Host != "":
		return collect(scanRedirect)(s.rows(ctx, head+`
		WHERE host = $1
		  AND path > $2
		  AND path >= $3
		  AND path < $4
		ORDER BY host, path
		LIMIT $5`, f.Host, f.After.Path, f.Begin, f.Begin+afterAll, f.Limit))
	case f.Begin != "":
		begin, after := news.FoldPath(f.Begin), ""
		if begin != "/" && strings.HasSuffix(f.Begin, "/") {
			begin += "/"
		}
		if f.After.Path != "" {
			after = news.FoldPath(f.After.Path)
		}
		return collect(scanRedirect)(s.rows(ctx, head+`
		WHERE fold_path >= $1
		  AND fold_path < $2
		  AND (fold_path, host, path) > ($3, $4, $5)
		ORDER BY fold_path, host, path
		LIMIT $6`, begin, begin+afterAll, after, f.After.Host, f.After.Path, f.Limit))
	}
	return collect(scanRedirect)(s.rows(ctx, head+`
		WHERE (host, path) > ($1, $2)
		ORDER BY host, path
		LIMIT $3`, f.After.Host, f.After.Path, f.Limit))
}
