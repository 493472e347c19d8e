package store

import (
	"context"

	"warta/internal/news"
)

// foldBatch is how many redirects are folded in one transaction.
const foldBatch = 500

// foldRedirects writes the folds of redirects that have none: those that were
// written before there were folds, and those that a backup of such a time brought
// back. A batch is a transaction: it goes on where it was stopped. Goes by the
// index on folds, in which they come first.
func (db *DB) foldRedirects(ctx context.Context) error {
	for done := false; !done; {
		// The usual start finds nothing, and takes no writer for that.
		list, err := unfolded(ctx, db.reads())
		if err != nil || len(list) == 0 {
			return err
		}
		err = db.write.run(ctx, nil, func(s *session) error {
			ctx := db.dialect.inner(ctx)
			list, err := unfolded(ctx, s)
			done = len(list) < foldBatch
			if err != nil {
				return err
			}
			return upsertRedirects(ctx, s, list)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func unfolded(ctx context.Context, s *session) ([]news.Redirect, error) {
	return collect(scanRedirect)(s.rows(ctx, `
		SELECT `+redirectColumns+`
		FROM redirects
		WHERE fold_path = ''
		ORDER BY host, path
		LIMIT $1`, foldBatch))
}
