package stem

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query.
const (
	maxQueryBytes = 200
	maxQueryTerms = 12
)

// Query is what a reader looks for: every clause must hold. It is made by
// ParseQuery and holds our own terms only, never what somebody typed.
type Query struct {
	Clauses []Clause
	// Shortened says that the text was over the limit of 200 bytes or 12 words,
	// and that only its beginning counts.
	Shortened bool
}

// Clause is one word or phrase, with its alternatives.
type Clause struct {
	// Runs are the alternatives: terms that follow one another. Any one of them
	// satisfies the clause. A word has one run for each language in which its
	// stem differs, and each word joined by OR adds its own.
	Runs [][]string
	// Not says that none of the runs may occur.
	Not bool
}

// ParseQuery reads a search text. It never fails; what means nothing is left
// out. Words must all occur, in any order; "words in quotes" in that order;
// -word or -"a phrase" must not; OR (or ATAU) in capitals joins two neighbours.
func ParseQuery(s string) Query {
	var q Query
	if len(s) > maxQueryBytes {
		s, q.Shortened = cutRunes(s, maxQueryBytes), true
	}
	p := queryParser{rest: s, room: maxQueryTerms}
	or := false
	for p.token() {
		if p.isOr() && len(q.Clauses) > 0 {
			or = true
			continue
		}
		c, whole := p.clause()
		if !whole {
			q.Shortened = true
		}
		if len(c.Runs) == 0 {
			continue
		}
		q.add(c, or)
		or = false
	}
	return q
}

// cutRunes returns at most n bytes of s and splits no rune.
func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// add appends a clause that is not there yet, or makes it an alternative of the
// last one.
func (q *Query) add(c Clause, or bool) {
	if last := len(q.Clauses) - 1; or && !c.Not && !q.Clauses[last].Not {
		for _, r := range c.Runs {
			q.Clauses[last].Runs = addRun(q.Clauses[last].Runs, r)
		}
		return
	}
	for _, old := range q.Clauses {
		if old.Not == c.Not && slices.EqualFunc(old.Runs, c.Runs, slices.Equal) {
			return
		}
	}
	q.Clauses = append(q.Clauses, c)
}

func addRun(runs [][]string, r []string) [][]string {
	for _, old := range runs {
		if slices.Equal(old, r) {
			return runs
		}
	}
	return append(runs, r)
}

// queryParser cuts a search text at blanks and quotes.
type queryParser struct {
	rest   string
	room   int // terms that may still come
	text   string
	not    bool
	quoted bool
}

// token moves to the next word or quoted phrase.
func (p *queryParser) token() bool {
	p.not, p.quoted = false, false
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	for strings.HasPrefix(p.rest, "-") {
		p.rest, p.not = p.rest[1:], true
	}
	if p.rest == "" {
		return false
	}
	r, size := utf8.DecodeRuneInString(p.rest)
	if isQuote(r) {
		p.quoted = true
		p.rest = p.rest[size:]
		p.text, p.rest = cutAt(p.rest, isQuote)
		_, size = utf8.DecodeRuneInString(p.rest)
		p.rest = p.rest[size:]
		return true
	}
	if unicode.IsSpace(r) {
		p.not = false // a hyphen between blanks is a dash
	}
	p.text, p.rest = cutAt(p.rest, func(r rune) bool { return unicode.IsSpace(r) || isQuote(r) })
	return true
}

func cutAt(s string, f func(rune) bool) (before, from string) {
	if i := strings.IndexFunc(s, f); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func isQuote(r rune) bool {
	switch r {
	case '"', '“', '”', '„', '«', '»', '＂':
		return true
	}
	return false
}

func (p *queryParser) isOr() bool {
	return !p.quoted && !p.not && (p.text == "OR" || p.text == "ATAU")
}

// clause returns the terms of the token in both languages, and whether they all
// found room.
func (p *queryParser) clause() (c Clause, whole bool) {
	c.Not, whole = p.not, true
	used := 0
	for _, language := range [...]string{"id", "en"} {
		run := Text(language, p.text)
		if len(run) > p.room {
			run, whole = run[:p.room], false
		}
		used = max(used, len(run))
		if len(run) > 0 {
			c.Runs = addRun(c.Runs, run)
		}
	}
	p.room -= used
	return c, whole
}

// Empty reports whether the query asks for nothing: it has no clause, or only
// such that exclude.
func (q Query) Empty() bool {
	return !slices.ContainsFunc(q.Clauses, func(c Clause) bool { return !c.Not })
}

// FTS5 returns the query for SQLite's MATCH, with all filters (from Tag or
// AnyOf) required as well. It is empty when nothing is asked for, filters
// included: then there is nothing to run.
func (q Query) FTS5(filters ...string) string {
	return q.render(filters, syntax{word: quoteFTS5, and: " AND ", or: " OR ", not: " NOT "})
}

// TSQuery returns the query for PostgreSQL, to be cast with ::tsquery; see FTS5
// for filters and the empty result. Both match the same documents.
func (q Query) TSQuery(filters ...string) string {
	return q.render(filters, syntax{word: joinTSQuery, and: " & ", or: " | ", not: " & !"})
}

type syntax struct {
	word         func(run []string) string
	and, or, not string
}

func quoteFTS5(run []string) string { return `"` + strings.Join(run, " ") + `"` }

func joinTSQuery(run []string) string {
	if len(run) == 1 {
		return run[0]
	}
	return "(" + strings.Join(run, " <-> ") + ")"
}

func (q Query) render(filters []string, sx syntax) string {
	var must, never []string
	for _, f := range filters {
		must = append(must, sx.group(filterRuns(f)))
	}
	for _, c := range q.Clauses {
		if c.Not {
			never = append(never, sx.group(c.Runs))
		} else {
			must = append(must, sx.group(c.Runs))
		}
	}
	if len(must) == 0 {
		return ""
	}
	out := strings.Join(must, sx.and)
	if len(never) == 0 {
		return out
	}
	return "(" + out + ")" + sx.not + "(" + strings.Join(never, sx.or) + ")"
}

func (sx syntax) group(runs [][]string) string {
	words := make([]string, len(runs))
	for i, r := range runs {
		words[i] = sx.word(r)
	}
	if len(words) == 1 {
		return words[0]
	}
	return "(" + strings.Join(words, sx.or) + ")"
}

// filterRuns returns the tags of a filter. Anything that Tag cannot have made
// becomes a term that nothing has: a filter must never widen the result.
func filterRuns(filter string) [][]string {
	var runs [][]string
	for _, t := range strings.Fields(filter) {
		if !isTag(t) {
			t = nothing
		}
		runs = append(runs, []string{t})
	}
	if runs == nil {
		runs = [][]string{{nothing}}
	}
	return runs
}

func isTag(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && !isDigit(c) {
			return false
		}
	}
	return s != "" && s[0] == prefixTag
}
