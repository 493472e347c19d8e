package store_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/store"
)

// readBase is how many stories the read benchmarks run over: 1,000, or what
// WARTA_READ_BASE says.
func readBase() int {
	if n, err := strconv.Atoi(os.Getenv("WARTA_READ_BASE")); err == nil && n > 0 {
		return n
	}
	return 1000
}

// benchmarkReads runs the benchmarks over one archive on each engine.
func benchmarkReads(b *testing.B, run func(b *testing.B, f *feed, db *store.DB)) {
	for _, engine := range []struct {
		name string
		open func(testing.TB, store.Options) *store.DB
	}{{"sqlite", openSQLite}, {"postgresql", openPostgres}} {
		b.Run(engine.name, func(b *testing.B) {
			db := engine.open(b, store.Options{})
			f := newFeed(b, db)
			f.bring(context.Background(), readBase())
			f.flush(context.Background())
			run(b, f, db)
		})
	}
}

// timed runs fn and reports the median and the worst but one of a hundred
// beside the mean.
func timed(b *testing.B, fn func(i int) error) {
	var took []time.Duration
	i := 0
	for b.Loop() {
		start := time.Now()
		if err := fn(i); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[(len(took)*99)/100].Microseconds()), "p99-µs")
}

// BenchmarkList measures lists that pages are made of.
func BenchmarkList(b *testing.B) {
	benchmarkReads(b, func(b *testing.B, f *feed, db *store.DB) {
		ctx := context.Background()
		list := func(filter func(i int) news.ListFilter) func(b *testing.B) {
			return func(b *testing.B) {
				timed(b, func(i int) error {
					_, _, _, err := db.List(ctx, filter(i))
					return err
				})
			}
		}
		at := func(i int) int64 { return f.topics[i%len(f.topics)] }
		b.Run("newest", list(func(int) news.ListFilter { return news.ListFilter{Limit: 15} }))
		b.Run("section", list(func(i int) news.ListFilter {
			return news.ListFilter{SectionID: f.section[i%len(f.section)], Limit: 15}
		}))
		b.Run("topic", list(func(i int) news.ListFilter { return news.ListFilter{TopicID: at(i), Limit: 15} }))
		b.Run("periods", func(b *testing.B) { timed(b, func(int) error { return second(db.Periods(ctx)) }) })
		b.Run("top_topics", func(b *testing.B) {
			timed(b, func(int) error { return second(db.TopTopics(ctx, time.Time{}, 10)) })
		})
	})
}

// BenchmarkSearch measures searches of one to three words, a phrase and
// filters.
func BenchmarkSearch(b *testing.B) {
	benchmarkReads(b, func(b *testing.B, f *feed, db *store.DB) {
		ctx := context.Background()
		search := func(filter func(i int) news.SearchFilter) func(b *testing.B) {
			return func(b *testing.B) {
				timed(b, func(i int) error {
					s := filter(i)
					s.Limit = 20
					return second(db.Search(ctx, s))
				})
			}
		}
		word := func(i int) string { return f.words[(i*7919)%len(f.words)] }
		b.Run("word", search(func(i int) news.SearchFilter { return news.SearchFilter{Query: word(i)} }))
		b.Run("two_words", search(func(i int) news.SearchFilter { return news.SearchFilter{Query: word(i) + " " + word(i+1)} }))
		b.Run("three_words", search(func(i int) news.SearchFilter {
			return news.SearchFilter{Query: word(i) + " " + word(i+1) + " " + word(i+2)}
		}))
		b.Run("phrase", search(func(i int) news.SearchFilter {
			return news.SearchFilter{Query: fmt.Sprintf("%q", word(i)+" "+word(i+1))}
		}))
		b.Run("section", search(func(i int) news.SearchFilter {
			return news.SearchFilter{Query: word(i), SectionID: f.section[i%len(f.section)]}
		}))
		b.Run("common_name", search(func(int) news.SearchFilter { return news.SearchFilter{Query: "orang topik"} }))
		b.Run("ranked", search(func(i int) news.SearchFilter { return news.SearchFilter{Query: word(i), Ranked: true} }))
		b.Run("ranked_common", search(func(int) news.SearchFilter { return news.SearchFilter{Query: "orang topik", Ranked: true} }))
	})
}
