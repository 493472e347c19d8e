package stem

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSource is how much of a text is looked through for matches.
const maxSource = 100_000

// Segment is a part of a text that a page shows.
type Segment struct {
	Text  string
	Match bool // the query found this
}

// Snippet is a part of a text around its first match.
type Snippet struct {
	Segments []Segment
	// CutBefore and CutAfter say that the text goes on there.
	CutBefore, CutAfter bool
}

// Mark returns the whole text, a text in language, with what q matches marked.
// Excluded words mark nothing; of a phrase, only whole occurrences are marked.
func Mark(language, text string, q Query) []Segment {
	text = strings.ToValidUTF8(text, "�")
	return segments(text, 0, len(text), matches(language, text, q))
}

// Excerpt returns at most size characters of text, cut between words, around the
// first match, or from the beginning where nothing matches. Blanks and line ends
// become one blank each.
func Excerpt(language, text string, q Query, size int) Snippet {
	text = cutRunes(strings.ToValidUTF8(text, "�"), maxSource)
	text = strings.Join(strings.Fields(text), " ")
	found := matches(language, text, q)
	start, end := window(text, found, max(size, 1))
	return Snippet{
		Segments:  segments(text, start, end, found),
		CutBefore: start > 0,
		CutAfter:  end < len(text),
	}
}

// span is a range of bytes.
type span struct{ start, end int }

// matches returns where the query's wanted runs occur, in order and without
// overlap.
func matches(language, text string, q Query) []span {
	var terms []string
	var at []span
	text = cutRunes(text, maxSource)
	for a := newAnalyzer(language, text); a.next(); {
		terms = append(terms, string(a.term))
		at = append(at, span{a.start, a.end})
	}
	var found []span
	for i := range terms {
		if n := longestRun(terms[i:], q); n > 0 {
			found = append(found, span{at[i].start, at[i+n-1].end})
		}
	}
	return join(found)
}

// longestRun returns the length of the longest wanted run with which terms
// begin.
func longestRun(terms []string, q Query) int {
	longest := 0
	for _, c := range q.Clauses {
		if c.Not {
			continue
		}
		for _, r := range c.Runs {
			if len(r) > longest && len(r) <= len(terms) && slices.Equal(r, terms[:len(r)]) {
				longest = len(r)
			}
		}
	}
	return longest
}

// join merges spans that overlap; they are sorted by start.
func join(spans []span) []span {
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s.start < out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

// window returns the range of bytes to show. A quarter of it stands before the
// first match, so that the match has its context.
func window(text string, found []span, size int) (start, end int) {
	if utf8.RuneCountInString(text) <= size {
		return 0, len(text)
	}
	if len(found) > 0 {
		start = back(text, found[0].start, size/4)
		start = back(text, start, size-utf8.RuneCountInString(text[start:]))
		if start > 0 && text[start-1] != ' ' {
			// To the next word, unless the match itself begins before it.
			if i := strings.IndexByte(text[start:found[0].start], ' '); i >= 0 {
				start += i + 1
			}
		}
	}
	end = forward(text, start, size)
	if end < len(text) && text[end] != ' ' {
		if i := strings.LastIndexByte(text[start:end], ' '); i > 0 {
			end = start + i
		}
	}
	return start, end
}

// back returns the offset n runes before at, and at itself when n is not
// positive.
func back(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

func forward(text string, at, n int) int {
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// segments cuts text[start:end] at the matches.
func segments(text string, start, end int, found []span) []Segment {
	var out []Segment
	add := func(from, to int, match bool) {
		if from < to {
			out = append(out, Segment{Text: text[from:to], Match: match})
		}
	}
	at := start
	for _, m := range found {
		from, to := max(m.start, at), min(m.end, end)
		if from >= to {
			continue
		}
		add(at, from, false)
		add(from, to, true)
		at = to
	}
	add(at, end, false)
	return out
}
