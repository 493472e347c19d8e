package news

import (
	"time"

	"warta/internal/stem"
)

// SearchFilter is a search over live stories.
type SearchFilter struct {
	Query     string // words, "phrases", -excluded; see stem.ParseQuery
	SectionID int64
	TopicID   int64
	PersonID  int64
	From, To  time.Time
	Ranked    bool // by relevance over the newest 1,000 matches; else newest first
	After     Cursor
	Offset    int // with Ranked only
	Limit     int // 1 to 100
}

// SearchResult is one page of a search.
type SearchResult struct {
	Cards []Card
	// Excerpts are plain text to choose a snippet from, by story id.
	Excerpts map[int64]string
	More     bool
	Next     Cursor
}

// Span is a stretch of a snippet; Mark is what was searched for.
type Span struct {
	Text string
	Mark bool
}

// Searchable reports whether a query names anything to look for; words that are
// only excluded do not.
func Searchable(query string) bool { return !stem.ParseQuery(query).Empty() }

// Snippet returns at most size characters of a text around the first place at
// which the query is found, with an ellipsis where it is cut.
func Snippet(language, text, query string, size int) []Span {
	if text == "" {
		return nil
	}
	cut := stem.Excerpt(language, text, stem.ParseQuery(query), size)
	var out []Span
	if cut.CutBefore {
		out = append(out, Span{Text: "… "})
	}
	for _, s := range cut.Segments {
		out = append(out, Span{Text: s.Text, Mark: s.Match})
	}
	if cut.CutAfter {
		out = append(out, Span{Text: " …"})
	}
	return out
}
