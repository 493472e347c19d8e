package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/store"
	"warta/internal/testkit/pg"
)

// A server that was away over the minute of a release.
func TestAReleaseSurvivesARestart(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]func() store.Options{
		"SQLite":     func() store.Options { return store.Options{Dir: t.TempDir()} },
		"PostgreSQL": func() store.Options { return store.Options{URL: pg.Database(t, migrated)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
			o := place()
			o.Now = func() time.Time { return at }
			session := func(fn func(*store.DB, *news.Desk)) {
				t.Helper()
				db, err := store.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				fn(db, news.NewDesk(db, db))
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			who := account.Actor{ID: 7, Name: "Rani", Role: account.Editor}
			var id int64
			session(func(db *store.DB, desk *news.Desk) {
				_, err := db.Seed(t.Context())
				ok(err)
				tree, err := db.Sections(t.Context())
				ok(err)
				id, err = desk.Create(t.Context(), who, news.Content{Headline: "Tepat waktu", SectionID: tree.BySlug("bola").ID})
				ok(err)
				ok(desk.Schedule(t.Context(), who, id, at.Add(time.Minute)))
				_, err = desk.Save(t.Context(), who, news.DraftSave{StoryID: id, Base: 1, Fields: map[string]json.RawMessage{"headline": []byte(`"Sesudahnya"`)}})
				ok(err)
			})
			at = at.Add(90 * time.Second)
			for range 2 { // and once more: it goes out once
				session(func(db *store.DB, desk *news.Desk) {
					_, err := desk.RunDue(t.Context(), false)
					ok(err)
					live, err := db.LiveStory(t.Context(), id)
					ok(err)
					st, err := db.DraftState(t.Context(), id)
					ok(err)
					if live.Version.Content.Headline != "Tepat waktu" || !live.Story.FirstPublished.Equal(at.Add(-30*time.Second)) || live.Version.No != 1 {
						t.Errorf("live: %q, version %d, at %v", live.Version.Content.Headline, live.Version.No, live.Story.FirstPublished)
					}
					if st.Content.Headline != "Sesudahnya" || st.Seq != 2 || !st.Writing {
						t.Errorf("the draft: %q, number %d, writing %v", st.Content.Headline, st.Seq, st.Writing)
					}
				})
			}
		})
	}
}
