package ingest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"warta/internal/lang"
	"warta/internal/news"
)

// resultOrder is the order in which counts are told.
var resultOrder = []news.ImportResult{news.ItemCreated, news.ItemUpdated, news.ItemUnchanged, news.ItemIgnored,
	news.ItemConflict, ItemSkipped, news.ItemFailed}

// Lines tells the counts in words for a terminal.
func (s *Summary) Lines(took time.Duration) (lines []string) {
	if s.Resumed > 0 {
		lines = append(lines, fmt.Sprintf("Went on behind the %s kB that an earlier run had taken in.", count(s.Resumed>>10)))
	}
	var results []string
	for _, r := range resultOrder {
		if n := s.Results[r]; n > 0 {
			results = append(results, count(int64(n))+" "+string(r))
		}
	}
	lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s items in %s (%s a second): %s", count(int64(s.Items)), took.Round(time.Millisecond),
		count(int64(float64(s.Items)/max(took.Seconds(), 0.001))), strings.Join(results, ", ")), ": "))
	if s.Pictures > 0 || s.Missing > 0 {
		lines = append(lines, fmt.Sprintf("Pictures: %s new, %s missing.", count(int64(s.Pictures)), count(int64(s.Missing))))
	}
	if s.Changes.Total() > 0 {
		var kinds []string
		for _, k := range slices.Sorted(maps.Keys(s.Changes.Counts)) {
			kinds = append(kinds, strings.ReplaceAll(string(k), "_", " ")+" "+count(int64(s.Changes.Counts[k])))
		}
		lines = append(lines, "Removed, moved and left out: "+strings.Join(kinds, ", ")+".")
	}
	if s.Interrupted {
		lines = append(lines, "Interrupted. What was reported is in; the same command goes on from here.")
	}
	return lines
}

func count(n int64) string { return lang.Number(lang.EN, n) }

// String tells where an item stands and what is to be said of it, without its
// changes; empty if all is well.
func (l *Line) String() string {
	if l.Error == "" {
		return ""
	}
	what := l.Error
	if l.Field != "" {
		what = l.Field + ": " + what
	}
	return fmt.Sprintf("%s:%d: %s: %s", l.File, l.Line, l.Result, what)
}
