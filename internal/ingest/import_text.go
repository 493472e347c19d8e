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
	if s.Rehearsed {
		lines = append(lines, "Nothing was written. This is what would become of the items:")
	}
	if s.Resumed > 0 {
		lines = append(lines, fmt.Sprintf("Went on behind the %s kB and %s items that an earlier run had taken in.", count(s.Resumed>>10), count(int64(s.Before.Items))))
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
	if s.Comments > 0 {
		lines = append(lines, fmt.Sprintf("Comments: %s new.", count(int64(s.Comments))))
	}
	lines = append(lines, tallied("Also: ", s.Others)...)
	lines = append(lines, tallied(fmt.Sprintf("Import %d made: ", s.Run), s.Made)...)
	if s.Interrupted {
		lines = append(lines, "Interrupted. What was reported is in; the same command goes on from here.")
	}
	return lines
}

// tallied returns a line with words and their numbers, none without any.
func tallied(head string, counts map[string]int) []string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if counts[k] > 0 {
			parts = append(parts, k+" "+count(int64(counts[k])))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{head + strings.Join(parts, ", ") + "."}
}

func count(n int64) string { return lang.Number(lang.EN, n) }

// why is what is to be said of an item that was not taken in whole; empty if all
// is well.
func (l *Line) why() string {
	text := l.Error
	if len(l.Lacks) > 0 {
		if text != "" {
			text += "; "
		}
		text += "without " + strings.Join(l.Lacks, "; without ")
	}
	return text
}

// String tells where an item stands and what is to be said of it, without its
// changes; empty if all is well.
func (l *Line) String() string {
	what := l.why()
	if what == "" {
		return ""
	}
	if l.Field != "" {
		what = l.Field + ": " + what
	}
	if l.File == "" {
		return fmt.Sprintf("%s: %s: %s", l.URI, l.Result, what)
	}
	return fmt.Sprintf("%s:%d: %s: %s", l.File, l.Line, l.Result, what)
}
