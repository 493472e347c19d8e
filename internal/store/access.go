package store

import "context"

// closeMembers takes the words behind the cut out of the search for readers. Entries
// that were written before there was a cut hold the whole text of members' stories.
// A batch is a transaction: it goes on where it was stopped.
func (db *DB) closeMembers(ctx context.Context) error {
	for done := false; !done; {
		err := db.write.run(ctx, nil, func(s *session) error {
			ctx := db.dialect.inner(ctx)
			after, err := readMark(ctx, s, markMembers)
			if err != nil || after == filledAll {
				done = true
				return err
			}
			ids, err := membersAfter(ctx, s, after)
			if err != nil {
				return err
			}
			last := int64(filledAll)
			if len(ids) > 0 {
				last = ids[len(ids)-1]
				if err := reindex(ctx, s, ids); err != nil {
					return err
				}
			}
			return writeMark(ctx, s, markMembers, last)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// membersAfter returns a batch of live members' stories. It reads every card once in
// the life of a database; there is no index for that.
func membersAfter(ctx context.Context, s *session, after int64) ([]int64, error) {
	return collect(func(r scanner) (id int64, err error) {
		err = r.Scan(&id)
		return id, err
	})(s.rows(ctx, `
		SELECT id
		FROM stories
		WHERE id > $1
		  AND status = 'live'
		  AND card LIKE '%"a":"members"%'
		ORDER BY id
		LIMIT 200`, after))
}
