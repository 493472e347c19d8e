package stem

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// Term prefixes; see the package comment.
const (
	prefixID      = 'i'
	prefixEN      = 'e'
	prefixDigits  = 'x'
	prefixForeign = 'u'
	prefixTag     = 't'
)

// Fillers take a position and are never asked for.
const (
	boundary = "b" // between two fields, so that no phrase reaches across
	overflow = "o" // an occurrence beyond maxRepeat
	nothing  = "z" // never indexed: a filter that is none of ours matches nothing
)

// isEnglish reports whether a text in language is stemmed as English; all other
// languages, the empty one included, are treated as Indonesian.
func isEnglish(language string) bool {
	return language == "en" || strings.HasPrefix(language, "en-") || strings.HasPrefix(language, "en_")
}

// analyzer gives the terms of one text in order.
type analyzer struct {
	scan    scanner
	english bool
	term    []byte // the current term, valid until the next call
	start   int    // where its words stand in the text
	end     int
	ahead   bool // the scanner's word is not yet used
}

func newAnalyzer(language, text string) *analyzer {
	return &analyzer{scan: scanner{src: text}, english: isEnglish(language)}
}

// next moves to the next term. A word that repeats the one before its hyphen is
// part of that term.
func (a *analyzer) next() bool {
	if !a.ahead && !a.scan.next() {
		return false
	}
	a.ahead = false
	a.term = a.appendTerm(a.term[:0])
	a.start, a.end = a.scan.start, a.scan.end
	if a.scan.class != latin {
		return true
	}
	for a.scan.next() {
		// Only letters repeat: "2-2" is a score.
		if !a.scan.joined || a.scan.class != latin || !a.repeats() {
			a.ahead = true
			return true
		}
		a.end = a.scan.end
	}
	return true
}

// repeats reports whether the scanner's word has the current term. It works on
// a copy, as the stemmers work in place.
func (a *analyzer) repeats() bool {
	word := append([]byte(nil), a.scan.buf...)
	same := bytes.Equal(a.appendTerm(nil), a.term)
	a.scan.buf = append(a.scan.buf[:0], word...)
	return same
}

// appendTerm appends the term of the scanner's word to b and uses up the word.
func (a *analyzer) appendTerm(b []byte) []byte {
	w := a.scan.buf
	switch a.scan.class {
	case digit:
		return append(append(b, prefixDigits), w...)
	case latin:
		if a.english {
			return append(append(b, prefixEN), dropApostrophes(English(w))...)
		}
		return append(append(b, prefixID), Indonesian(dropApostrophes(w))...)
	}
	return append(append(b, prefixForeign), w...)
}

func dropApostrophes(w []byte) []byte {
	if bytes.IndexByte(w, '\'') < 0 {
		return w
	}
	out := w[:0]
	for _, c := range w {
		if c != '\'' {
			out = append(out, c)
		}
	}
	return out
}

// Text returns the terms of s, a text in language ("id", "en"), in order. It has
// no limit; use a Document for what is stored.
func Text(language, s string) []string {
	var out []string
	for a := newAnalyzer(language, s); a.next(); {
		out = append(out, string(a.term))
	}
	return out
}

// Terms returns the terms of s, separated by blanks, for Document.AddTerms; as many
// as a document can hold.
func Terms(language, s string) string {
	var b []byte
	for a, n := newAnalyzer(language, s), 0; n < maxTerms && len(b) < maxBytes && a.next(); n++ {
		if n > 0 {
			b = append(b, ' ')
		}
		b = append(b, a.term...)
	}
	return string(b)
}

// Bounds of a document. They follow PostgreSQL's tsvector, which keeps no
// position beyond 16,383, no more than 256 positions of a word, and 1 MB in all:
// within them phrases match the same on both engines.
const (
	maxTerms  = 15_000
	maxBytes  = 600_000
	maxRepeat = 256
)

// Document collects what is indexed of one thing: its fields and tags, as one
// string of terms separated by blanks, for an FTS5 column with the tokenizer
// unicode61 or ascii, and for to_tsvector('simple', …).
type Document struct {
	language string
	b        strings.Builder
	terms    int
	seen     map[string]*int
	tags     []string
}

// NewDocument returns an empty document whose texts are in language.
func NewDocument(language string) *Document {
	return &Document{language: language, seen: make(map[string]*int)}
}

// Add appends a field: a headline, a body, a name. Phrases do not match across
// fields. What is beyond 15,000 terms is not indexed.
func (d *Document) Add(text string) {
	first := d.terms > 0
	for a := newAnalyzer(d.language, text); d.room() && a.next(); {
		if first {
			d.write([]byte(boundary))
			first = false
		}
		d.write(d.counted(a.term))
	}
}

// AddTerms is Add for a text whose Terms are known.
func (d *Document) AddTerms(terms string) {
	first := d.terms > 0
	var b []byte
	for terms != "" && d.room() {
		var term string
		term, terms, _ = strings.Cut(terms, " ")
		if first {
			d.write([]byte(boundary))
			first = false
		}
		b = append(b[:0], term...)
		d.write(d.counted(b))
	}
}

func (d *Document) room() bool { return d.terms < maxTerms && d.b.Len() < maxBytes }

// counted returns the term, or the filler when it stands there often enough. The
// counter is behind a pointer because a map of numbers would copy the key each
// time that one is raised.
func (d *Document) counted(term []byte) []byte {
	n := d.seen[string(term)]
	if n == nil {
		n = new(int)
		d.seen[string(term)] = n
	}
	if *n == maxRepeat {
		return []byte(overflow)
	}
	*n++
	return term
}

func (d *Document) write(term []byte) {
	if d.b.Len() > 0 {
		d.b.WriteByte(' ')
	}
	d.b.Write(term)
	d.terms++
}

// Tag adds terms made by Tag, each once.
func (d *Document) Tag(tags ...string) {
	for _, t := range tags {
		if !slices.Contains(d.tags, t) {
			d.tags = append(d.tags, t)
		}
	}
}

// String returns the document's terms; tags stand behind all text.
func (d *Document) String() string {
	if len(d.tags) == 0 {
		return d.b.String()
	}
	tags := strings.Join(d.tags, " ")
	if d.b.Len() == 0 {
		return tags
	}
	return d.b.String() + " " + boundary + " " + tags
}

// Tag returns the term for a fact that is not text: Tag("section", 12) is
// "tsection12". Index it with a Document and give it to FTS5 or TSQuery as a
// filter. Letters of kind other than a to z are left out.
func Tag(kind string, id int64) string {
	b := []byte{prefixTag}
	for _, c := range []byte(kind) {
		if c >= 'a' && c <= 'z' {
			b = append(b, c)
		}
	}
	if id < 0 {
		return string(append(strconv.AppendUint(b, uint64(-id), 10), 'n'))
	}
	return string(strconv.AppendInt(b, id, 10))
}

// AnyOf returns one filter that is met by any of the tags, for FTS5 and TSQuery.
// Without tags nothing meets it.
func AnyOf(tags ...string) string {
	if len(tags) == 0 {
		return nothing
	}
	return strings.Join(tags, " ")
}
