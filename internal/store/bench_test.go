package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/store"
)

// BenchmarkImport measures the real write path, search included, in batches of
// 200: ns/op is one story. With WARTA_IMPORT_BASE=n so many stories are there
// already, and the rate of each tenth of them is printed, so that growth shows.
func BenchmarkImport(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkImport(b, openSQLite) })
	b.Run("postgresql", func(b *testing.B) { benchmarkImport(b, openPostgres) })
}

func benchmarkImport(b *testing.B, open func(testing.TB, store.Options) *store.DB) {
	ctx := context.Background()
	f := newFeed(b, open(b, store.Options{}))
	base, _ := strconv.Atoi(os.Getenv("WARTA_IMPORT_BASE"))
	for tenth := range 10 {
		start := time.Now()
		f.bring(ctx, base/10)
		if base > 0 {
			b.Logf("%3d0 %%: %.0f stories/s", tenth+1, float64(base/10)/time.Since(start).Seconds())
		}
	}
	for b.Loop() {
		f.bring(ctx, 1)
	}
	f.flush(ctx)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "stories/s")
}

// feed makes stories that differ as an agency's do: about 300 words, four
// topics, two bylines.
type feed struct {
	b       *testing.B
	desk    *news.Desk
	rng     *rand.Rand
	words   []string
	topics  []int64
	people  []int64
	section []int64
	next    int
	batch   []news.Incoming
}

func newFeed(b *testing.B, db *store.DB) *feed {
	ctx := context.Background()
	f := &feed{b: b, desk: news.NewDesk(db, nil), rng: rand.New(rand.NewPCG(1, 2))}
	f.ok(db.Seed(ctx))
	tree, err := db.Sections(ctx)
	f.ok(nil, err)
	for _, s := range tree.All() {
		f.section = append(f.section, s.ID)
	}
	syllables := strings.Fields("ka ba ru men ja di pe la tu san ra me ngan ber ki ta ma nu si an da po li gu no")
	for range 20_000 {
		var w string
		for range 2 + f.rng.IntN(3) {
			w += syllables[f.rng.IntN(len(syllables))]
		}
		f.words = append(f.words, w)
	}
	var topics, people []string
	for i := range 2000 {
		topics, people = append(topics, fmt.Sprintf("Topik %d", i)), append(people, fmt.Sprintf("Orang %d", i))
	}
	t, err := db.EnsureTopics(ctx, topics)
	f.ok(nil, err)
	p, err := db.EnsurePersons(ctx, people)
	f.ok(nil, err)
	for i := range topics {
		f.topics, f.people = append(f.topics, t[topics[i]]), append(f.people, p[people[i]])
	}
	return f
}

func (f *feed) ok(_ any, err error) {
	f.b.Helper()
	if err != nil {
		f.b.Fatal(err)
	}
}

// pick prefers the front of a list, as language and newsrooms do.
func pick[T any](f *feed, list []T) T {
	r := f.rng.Float64()
	return list[int(r*r*r*float64(len(list)))]
}

func (f *feed) text(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = pick(f, f.words)
	}
	return strings.Join(words, " ")
}

// bring adds n stories and imports what fills a batch.
func (f *feed) bring(ctx context.Context, n int) {
	for range n {
		f.next++
		var body doc.Doc
		for range 6 {
			body.Blocks = append(body.Blocks, doc.Paragraph{Text: doc.Text(f.text(50))})
		}
		uri := fmt.Sprintf("urn:bench:%d", f.next)
		f.batch = append(f.batch, news.Incoming{URI: uri, Version: "1", Hash: uri,
			Published: time.Date(2015, 1, 1, 0, f.next, 0, 0, time.UTC),
			Content: news.Content{Headline: f.text(8), Standfirst: f.text(20), SectionID: pick(f, f.section),
				Body:    body.WithIDs(doc.SeededIDs(uri)),
				Topics:  []int64{pick(f, f.topics), pick(f, f.topics), pick(f, f.topics), pick(f, f.topics)},
				Credits: []news.Credit{{PersonID: pick(f, f.people), Role: news.Writer}, {PersonID: pick(f, f.people), Role: news.Editor}},
			}})
		if len(f.batch) == news.MaxBatch {
			f.flush(ctx)
		}
	}
}

func (f *feed) flush(ctx context.Context) {
	res, err := f.desk.Import(ctx, account.System("import"), f.batch)
	f.ok(nil, err)
	for _, r := range res {
		if r.Result != news.ItemCreated {
			f.b.Fatalf("an item was %s: %v", r.Result, r.Err)
		}
	}
	f.batch = f.batch[:0]
}
