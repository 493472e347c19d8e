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

// RedirectList returns redirects whose path begins with a text, in the order
// of host and path, after the given one. Goes by the primary key.
func (db *DB) RedirectList(ctx context.Context, host, begin string, after news.Redirect, limit int) (_ []news.Redirect, err error) {
	defer fault.Wrap(&err, "list redirects")
	if err := checkLimit(limit, maxLimit); err != nil {
		return nil, err
	}
	return collect(scanRedirect)(db.reads().rows(ctx, `
		SELECT `+redirectColumns+`
		FROM redirects
		WHERE (host, path) > ($1, $2)
		  AND ($3 = '' OR host = $3)
		  AND path LIKE $4 ESCAPE '!'
		ORDER BY host, path
		LIMIT $5`, after.Host, after.Path, host, likeText(begin)+"%", limit))
}
