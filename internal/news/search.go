package news

import "warta/internal/stem"

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
