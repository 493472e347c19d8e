package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"warta/internal/media"
	"warta/internal/store"
)

func TestTheLibraryGoesByIndexes(t *testing.T) {
	t.Parallel()
	p := newPlanned(t)
	spy := store.SpyOn(p.db)
	from := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	find := func(f media.Search) func(context.Context) error {
		return func(ctx context.Context) error {
			f.Limit = 50
			_, _, _, err := p.db.FindPictures(ctx, f)
			return err
		}
	}
	for _, c := range []struct {
		says, index string
		run         func(context.Context) error
	}{
		{"all", "pictures_search", find(media.Search{})},
		{"a page", "pictures_search", find(media.Search{After: 1 << 50})},
		{"between two days", "pictures_search", find(media.Search{From: from, To: from.AddDate(1, 0, 0)})},
		{"without a credit", "pictures_uncredited", find(media.Search{Uncredited: true})},
		{"by a machine", "pictures_ai", find(media.Search{AI: true})},
		{"unused", "pictures_idle", find(media.Search{Unused: true})},
		{"of one's own", "pictures_added", find(media.Search{AddedBy: 3})},
		{"words", "pictures_search", find(media.Search{Text: "banjir"})},
		{"words and filters", "pictures_search", find(media.Search{Text: "banjir", Uncredited: true, From: from})},
		{"uses", "sqlite_autoindex", func(ctx context.Context) error {
			_, _, err := p.db.PictureUses(ctx, p.picture, 50)
			return err
		}},
		{"parts of an upload", "PRIMARY KEY", func(ctx context.Context) error { return second(p.db.Parts(ctx, "a")) }},
		{"stale uploads", "uploads_touched", func(ctx context.Context) error { return second(p.db.StaleUploads(ctx, from, 10)) }},
	} {
		t.Run(c.says, func(t *testing.T) {
			spy.Take()
			if err := c.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			var plans []string
			for _, s := range spy.Take() {
				plan, err := spy.Plan(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				plans = append(plans, plan)
			}
			plan := strings.Join(plans, "\n")
			if c.says != "uses" && !strings.Contains(plan, c.index) {
				t.Errorf("does not go by %s:\n%s", c.index, plan)
			}
			for step := range strings.SplitSeq(plan, "\n") {
				if strings.HasPrefix(step, "SCAN") && !strings.HasPrefix(step, "SCAN picture_search VIRTUAL TABLE") && step != "SCAN hits" ||
					strings.Contains(step, "TEMP B-TREE") && !strings.Contains(plan, "SCAN hits") { // the page itself is sorted once more
					t.Errorf("reads a whole table or sorts: %s\nin the plan\n%s", step, plan)
				}
			}
		})
	}
}

// BenchmarkLibrary measures what the newsroom's picture library asks for, over
// as many pictures as WARTA_READ_BASE says.
func BenchmarkLibrary(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB, store.Options) *store.DB
	}{{"sqlite", openSQLite}, {"postgresql", openPostgres}} {
		b.Run(engine.name, func(b *testing.B) {
			ctx := context.Background()
			db := engine.open(b, store.Options{})
			f := newFeed(b, db)
			for i := range readBase() {
				p := media.Picture{Hash: fmt.Sprintf("%064x", i), Name: fmt.Sprintf("IMG_%d.jpg", i), MIME: "image/jpeg", Width: 4000, Height: 3000,
					Caption: f.text(20), People: []string{f.text(2)}, AI: i%500 == 0, CreatedAt: time.Date(2015, 1, 1, 0, i, 0, 0, time.UTC)}
				if i%40 != 0 {
					p.Credit = "ANTARA/" + f.text(2)
				}
				_, _, err := db.AddPicture(ctx, "bench", p, media.NewAddresses())
				f.ok(nil, err)
			}
			f.ok(nil, db.Analyze(ctx)) // as the database does by itself after a while
			word := func(i int) string { return f.words[(i*7919)%len(f.words)] }
			for _, c := range []struct {
				name string
				of   func(i int) media.Search
			}{
				{"newest", func(int) media.Search { return media.Search{} }},
				{"word", func(i int) media.Search { return media.Search{Text: word(i)} }},
				{"common_word", func(i int) media.Search { return media.Search{Text: f.words[i%3]} }},
				{"two_common_words", func(i int) media.Search { return media.Search{Text: f.words[i%3] + " " + f.words[3+i%3]} }},
				{"every_picture", func(int) media.Search { return media.Search{Text: "jpg"} }},
				{"common_word_uncredited", func(i int) media.Search { return media.Search{Text: "jpg", Uncredited: true} }},
				{"rare_filter", func(int) media.Search { return media.Search{AI: true} }},
				{"unused_common_word", func(int) media.Search { return media.Search{Text: "jpg", Unused: true} }},
				{"nobody's_common_word", func(int) media.Search { return media.Search{Text: "jpg", AddedBy: 77} }},
			} {
				b.Run(c.name, func(b *testing.B) {
					timed(b, func(i int) error {
						s := c.of(i)
						s.Limit = 48
						_, _, _, err := db.FindPictures(ctx, s)
						return err
					})
				})
			}
		})
	}
}
