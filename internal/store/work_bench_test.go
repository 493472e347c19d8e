package store_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/store"
)

// BenchmarkWork measures the lists of the desk among WARTA_WORK_BASE stories
// (10,000 when it is not set), of which one in a hundred is being written: the
// slowest of a hundred calls counts.
func BenchmarkWork(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkWork(b, openSQLite) })
	b.Run("postgresql", func(b *testing.B) { benchmarkWork(b, openPostgres) })
}

func benchmarkWork(b *testing.B, open func(testing.TB, store.Options) *store.DB) {
	ctx := context.Background()
	db := open(b, store.Options{})
	f := newFeed(b, db)
	base, err := strconv.Atoi(os.Getenv("WARTA_WORK_BASE"))
	if err != nil {
		base = 10_000
	}
	start := time.Now()
	f.bring(ctx, base)
	b.Logf("%d stories at %.0f/s", base, float64(base)/time.Since(start).Seconds())
	who := account.Actor{ID: 7, Name: "Rani", Role: account.Editor}
	for i := range base / 100 {
		id, err := f.desk.Create(ctx, who, news.Content{Headline: f.text(8), Standfirst: f.text(20), SectionID: pick(f, f.section),
			Topics: []int64{pick(f, f.topics)}, Credits: []news.Credit{{PersonID: pick(f, f.people), Role: news.Writer}}})
		f.ok(nil, err)
		if i%3 == 0 {
			f.ok(nil, f.desk.Schedule(ctx, who, id, time.Now().Add(time.Duration(i+1)*time.Minute)))
		}
	}
	f.ok(nil, db.Analyze(ctx))
	section, topic, word := f.section[0], f.topics[1000], f.words[0]
	now := time.Now()
	for _, c := range []struct {
		name   string
		filter news.WorkFilter
	}{
		{"all", news.WorkFilter{}},
		{"drafts", news.WorkFilter{Column: news.ColumnDraft}},
		{"live", news.WorkFilter{Column: news.ColumnLive}},
		{"live in a section", news.WorkFilter{Column: news.ColumnLive, SectionID: section}},
		{"drafts in a section", news.WorkFilter{Column: news.ColumnDraft, SectionID: section}},
		{"topic", news.WorkFilter{TopicID: topic}},
		{"mine", news.WorkFilter{UserID: 7}},
		{"nobody's", news.WorkFilter{UserID: 8}},
		{"a common word", news.WorkFilter{Text: word}},
		{"a common word in drafts", news.WorkFilter{Text: word, Column: news.ColumnDraft}},
		{"two words in a section", news.WorkFilter{Text: word + " " + f.words[50], SectionID: section}},
		{"due", news.WorkFilter{By: news.ByDue}},
		{"due in a section", news.WorkFilter{By: news.ByDue, SectionID: section}},
		{"published today", news.WorkFilter{By: news.ByPublished, From: now.Add(-24 * time.Hour)}},
		{"published in a section", news.WorkFilter{By: news.ByPublished, SectionID: section, Column: news.ColumnLive}},
		{"published with a common word", news.WorkFilter{By: news.ByPublished, Text: word}},
		{"published with a rare word", news.WorkFilter{By: news.ByPublished, Text: f.words[15_000]}},
	} {
		c.filter.Limit, c.filter.Viewer = 50, who
		b.Run(c.name, func(b *testing.B) {
			measured(b, func() { f.ok(nil, listWork(ctx, db, c.filter)) })
		})
		b.Run(c.name+", counted", func(b *testing.B) {
			measured(b, func() {
				_, err := db.WorkCounts(ctx, c.filter)
				f.ok(nil, err)
			})
		})
	}
	id, err := f.desk.Create(ctx, who, news.Content{Headline: "Tersimpan", SectionID: section})
	f.ok(nil, err)
	seq := int64(1)
	b.Run("a save", func(b *testing.B) {
		measured(b, func() {
			delta, err := f.desk.Save(ctx, who, news.DraftSave{StoryID: id, Base: seq,
				Fields: map[string]json.RawMessage{"headline": json.RawMessage(strconv.Quote(f.text(6)))}})
			f.ok(nil, err)
			seq = delta.Seq
		})
	})
}

func listWork(ctx context.Context, db *store.DB, f news.WorkFilter) error {
	_, _, _, err := db.Work(ctx, f)
	return err
}

// measured reports the slowest of a hundred calls, the first five aside.
func measured(b *testing.B, call func()) {
	for b.Loop() {
		var took []time.Duration
		for i := range 105 {
			start := time.Now()
			call()
			if i >= 5 {
				took = append(took, time.Since(start))
			}
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[98])/1e6, "p99-ms")
		b.ReportMetric(float64(took[49])/1e6, "p50-ms")
	}
}
