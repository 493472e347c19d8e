package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// search is row 10: the newest matches, through the search page.
func (b *bench) search(ctx context.Context, s *server, a *archive) error {
	b.step("search")
	c := client()
	for _, kind := range []struct {
		name, more string
		words      []string
	}{
		{"one to three words", "", []string{"banjir", "harga beras", "sekolah", "jalan tol", "pasar", "rumah sakit", "pertandingan", "warga desa", "ekspor", "kepala daerah baru"}},
		{"a phrase", "", []string{`"kereta api"`, `"rumah sakit"`, `"jalan tol"`, `"harga beras"`}},
		{"in one section", "&section=" + strings.TrimPrefix(a.fronts[1], "/"), []string{"banjir", "harga beras", "sekolah", "pasar"}},
	} {
		var took []time.Duration
		for n := range 30 {
			for _, q := range kind.words {
				start := time.Now()
				if _, err := s.get(ctx, c, "/search?q="+queryOf(q, n)+kind.more); err != nil {
					return err
				}
				took = append(took, time.Since(start))
			}
		}
		p50, p99 := median(took), quantile(took, 0.99)
		b.grows("10", "search page, "+kind.name+", p50", millis(p50), float64(p50), "–", "10 ms")
		b.add("10", "search page, "+kind.name+", p99", millis(p99), "200 ms", "50 ms")
	}
	return b.searchable(ctx, s, a)
}

// queryOf returns a query for the words that nobody asked before: a word that no
// story holds is excluded.
func queryOf(words string, n int) string {
	return strings.NewReplacer(" ", "+", `"`, "%22").Replace(words) + fmt.Sprintf("+-uji%d%d", n, time.Now().UnixNano())
}

// searchable measures from the acknowledgement of a publication until the search
// finds the story.
func (b *bench) searchable(ctx context.Context, s *server, a *archive) error {
	c := client()
	var slowest time.Duration
	for n := range publications {
		word := fmt.Sprintf("ujicari%dx%d", n, time.Now().UnixNano())
		id, err := s.write(ctx, a, a.sections[0], "Kabar "+word)
		if err != nil {
			return err
		}
		if err := s.publish(ctx, a, id); err != nil {
			return err
		}
		took, err := s.until(ctx, c, "/search?q="+word, fmt.Sprintf("/%d/", id))
		if err != nil {
			return err
		}
		slowest = max(slowest, took)
	}
	b.add("10", fmt.Sprintf("searchable after a publication, slowest of %d", publications), millis(slowest), "5 s", "1 s")
	return nil
}
