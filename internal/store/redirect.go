package store

import (
	"context"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

// SaveRedirects implements news.RedirectStore.
func (db *DB) SaveRedirects(ctx context.Context, rs []news.Redirect, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "write %d redirects", len(rs))
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		out := out
		if out.Run != 0 {
			made, err := madeRedirects(ctx, s, rs)
			if err != nil {
				return out, err
			}
			out.Made = keptRedirects(made)
		}
		return out, upsertRedirects(ctx, s, rs)
	})
	return err
}

// MoveRedirect implements news.RedirectStore.
func (db *DB) MoveRedirect(ctx context.Context, host, path string, r news.Redirect, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "move the redirect of %s%s", host, path)
	_, err = db.change(ctx, func(ctx context.Context, s *session) (change.Outcome, error) {
		res, err := s.exec(ctx, `DELETE FROM redirects WHERE host = $1 AND path = $2`, host, path)
		if err != nil {
			return out, err
		}
		if n, err := res.RowsAffected(); err == nil && n == 0 {
			return out, fault.New(fault.NotFound, "it is not there any more")
		}
		var taken bool
		if err := s.row(ctx, `SELECT EXISTS (SELECT 1 FROM redirects WHERE host = $1 AND path = $2)`, r.Host, r.Path).Scan(&taken); err != nil {
			return out, err
		}
		if taken {
			return out, fault.Input("path", "%s is an old address already; change that one", r.Address()).Say("redirect_taken", "address", r.Address())
		}
		return out, upsertRedirects(ctx, s, []news.Redirect{r})
	})
	return err
}

// DropRedirect implements news.RedirectStore.
func (db *DB) DropRedirect(ctx context.Context, host, path string, out change.Outcome) (err error) {
	defer fault.Wrap(&err, "remove the redirect of %s%s", host, path)
	return db.drop(ctx, out, `DELETE FROM redirects WHERE host = $1 AND path = $2`, host, path)
}

// StoriesExist implements news.RedirectStore. Goes by the primary key.
func (db *DB) StoriesExist(ctx context.Context, ids []int64) (_ map[int64]bool, err error) {
	defer fault.Wrap(&err, "look for %d stories", len(ids))
	s := db.reads()
	list, err := collect(scanID)(s.rows(ctx, `
		SELECT id
		FROM stories
		WHERE id `+s.inIDs(1)+`
		ORDER BY id
		LIMIT $2`, s.ids(ids), len(ids)))
	found := make(map[int64]bool, len(list))
	for _, id := range list {
		found[id] = true
	}
	return found, err
}
