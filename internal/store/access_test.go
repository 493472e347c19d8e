package store

import (
	"testing"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/stem"
)

// A database from before there was a cut loses the words behind it when it is
// opened, once.
func TestOlderMembersStoriesAreClosed(t *testing.T) {
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
			desk, who := news.NewDesk(db, nil), account.System("test")
			var body doc.Doc
			for i, text := range []string{"Pembuka satu", "Pembuka dua", "Pembuka tiga", "Kata rubi"} {
				body.Blocks = append(body.Blocks, doc.Paragraph{ID: "aaaaaaa" + string(rune('a'+i)), Text: doc.Text(text)})
			}
			id, err := desk.Create(ctx, who, news.Content{Headline: "Khusus", SectionID: tree.BySlug("bola").ID, Access: news.Members, Body: body})
			ok(err)
			_, err = desk.Publish(ctx, who, id)
			ok(err)
			found := func(words string) int {
				res, err := db.Search(ctx, news.SearchFilter{Query: words, Limit: 5})
				ok(err)
				return len(res.Cards)
			}
			whole := stem.NewDocument("")
			whole.Add("Khusus " + body.Plain())
			ok(db.write.run(ctx, nil, func(s *session) error {
				var key int64
				if err := s.row(ctx, `SELECT search_key FROM stories WHERE id = $1`, id).Scan(&key); err != nil {
					return err
				}
				if _, err := s.exec(ctx, `DELETE FROM marks WHERE name = $1`, markMembers); err != nil {
					return err
				}
				return writeSearch(ctx, s, []int64{key}, []searchEntry{{key, whole.String()}})
			}))
			if found("rubi") != 1 {
				t.Fatal("the older entry does not hold the whole text")
			}
			ok(db.Close())
			db = opened(t, o)
			if found("rubi") != 0 || found("pembuka") != 1 || found("khusus") != 1 {
				t.Errorf("%d by a word behind the cut, %d by an open one, %d by the headline", found("rubi"), found("pembuka"), found("khusus"))
			}
			mark, err := readMark(ctx, db.reads(), markMembers)
			ok(err)
			if mark != filledAll {
				t.Errorf("the mark stands at %d", mark)
			}
		})
	}
}
