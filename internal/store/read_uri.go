package store

import (
	"context"

	"warta/internal/fault"
)

// StoriesByURI returns the ids of stories by the ids that they have in other
// systems, without those that are not known. Goes by the index on URIs.
func (db *DB) StoriesByURI(ctx context.Context, uris []string) (_ map[string]int64, err error) {
	defer fault.Wrap(&err, "look for %d stories by the ids of other systems", len(uris))
	if err := checkLimit(len(uris), maxLimit); err != nil {
		return nil, err
	}
	type named struct {
		id  int64
		uri string
	}
	s := db.reads()
	list, err := collect(func(r scanner) (n named, err error) {
		err = r.Scan(&n.id, &n.uri)
		return n, err
	})(s.rows(ctx, `
		SELECT id, uri
		FROM stories
		WHERE uri <> ''
		  AND uri `+s.inTexts(1)+`
		ORDER BY uri
		LIMIT $2`, s.texts(uris), len(uris)))
	found := make(map[string]int64, len(list))
	for _, n := range list {
		found[n.uri] = n.id
	}
	return found, err
}
