package store

import (
	"fmt"
	"testing"

	"warta/internal/change"
	"warta/internal/news"
)

// A database from before there were folds gets them when it is opened.
func TestOlderRedirectsAreFolded(t *testing.T) {
	t.Parallel()
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			o := place(t)
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			db, err := Open(ctx, o)
			ok(err)
			var list []news.Redirect
			for i := range 2*foldBatch + 1 {
				list = append(list, news.Redirect{Host: "WWW.lama.example", Path: fmt.Sprintf("/2019/Judul-%d/", i), StoryID: int64(i + 1)})
			}
			for ; len(list) > 0; list = list[min(len(list), news.MaxBatch):] {
				ok(db.SaveRedirects(ctx, list[:min(len(list), news.MaxBatch)], change.Outcome{}))
			}
			ok(db.write.run(ctx, nil, func(s *session) error {
				_, err := s.exec(db.dialect.inner(ctx), `UPDATE redirects SET fold_host = '', fold_path = ''`)
				return err
			}))
			ok(db.Close())
			db, err = Open(ctx, o)
			ok(err)
			defer db.Close()
			for _, i := range []int{0, foldBatch, 2 * foldBatch} {
				found, err := db.OldAddresses(ctx, []string{"lama.example"}, []string{fmt.Sprintf("/2019/judul-%d", i)})
				ok(err)
				if len(found) != 1 || found[0].StoryID != int64(i+1) {
					t.Errorf("redirect %d after the start: %v", i, found)
				}
			}
			var left int
			ok(db.reads().row(ctx, `SELECT count(*) FROM redirects WHERE fold_path = ''`).Scan(&left))
			if left != 0 {
				t.Errorf("%d redirects are without a fold", left)
			}
		})
	}
}
