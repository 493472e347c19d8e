package store

import (
	"fmt"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
)

// A database from before there was a board gets its cards when it is opened.
func TestOlderStoriesGetTheirCards(t *testing.T) {
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
			_, err = db.Seed(ctx)
			ok(err)
			tree, err := db.Sections(ctx)
			ok(err)
			desk, bola := news.NewDesk(db, nil), tree.BySlug("bola").ID
			var items []news.Incoming
			for i := range news.MaxBatch {
				items = append(items, news.Incoming{URI: fmt.Sprint("urn:", i), Version: "1", Hash: "a",
					Published: time.Date(2022, 1, 1, 0, i, 0, 0, time.UTC), Content: news.Content{Headline: fmt.Sprint("Arsip ", i), SectionID: bola}})
			}
			_, err = desk.Import(ctx, account.System("import"), items)
			ok(err)
			id, err := desk.Create(ctx, account.Actor{ID: 3, Name: "Rani", Role: account.Reporter}, news.Content{Headline: "Sedang ditulis", SectionID: bola})
			ok(err)
			all := news.WorkFilter{Viewer: account.System("test"), Limit: 200, SectionID: bola, Text: "arsip", By: news.ByTouched}
			before, _, _, err := db.Work(ctx, all)
			ok(err)
			for _, text := range []string{`DELETE FROM work`, `DELETE FROM marks WHERE name = 'filled'`} {
				_, err = db.write.ExecContext(ctx, text)
				ok(err)
			}
			ok(db.write.run(ctx, nil, func(s *session) error { return emptyIndex(ctx, s, "work_search") }))
			ok(db.Close())
			db = opened(t, o)
			after, _, _, err := db.Work(ctx, all)
			ok(err)
			if len(after) != news.MaxBatch || fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("%d cards, before %d; the first is %+v, before %+v", len(after), len(before), after[0], before[0])
			}
			cards, err := db.WorkCards(ctx, []int64{id})
			ok(err)
			if c := cards[id]; c.Headline != "Sedang ditulis" || c.Column != news.ColumnDraft || c.OwnerID != 3 {
				t.Errorf("the draft's card is %+v", c)
			}
			filled, err := readMark(ctx, db.reads(), markFilled)
			ok(err)
			if filled != filledAll {
				t.Errorf("the mark stands at %d", filled)
			}
		})
	}
}
