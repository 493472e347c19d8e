package discuss

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"warta/internal/fault"
)

// BuiltinID and BuiltinEN name the lists that come with Warta.
const (
	BuiltinID = "id"
	BuiltinEN = "en"
)

// WordList is a list of words and what becomes of a comment that has one.
type WordList struct {
	Section  int64    // 0: of the whole site
	Name     string   // BuiltinID, BuiltinEN, or as the newsroom calls it
	Decision Decision // Hold, Refuse, or Skipped for a list that does not count
	Words    []string // of a built-in list: further ones
	Allow    []string // innocent words and phrases that contain a listed one
}

// DefaultLists are what holds where nobody decided otherwise.
func DefaultLists() []WordList {
	return []WordList{{Name: BuiltinID, Decision: Hold}, {Name: BuiltinEN, Decision: Hold}}
}

// MaxListWords and MaxListWord bound a list of the newsroom's own, in entries and
// in characters.
const (
	MaxListWords = 5000
	MaxListWord  = 80
)

// clitics are what Indonesian hangs on a word without making it another one.
var clitics = []string{"nya", "lah", "kah", "ku", "mu", "an", "pun"}

// endings are what English hangs on one; short words are left alone ("Asus").
var endings = []string{"s", "es", "ing", "ed", "er", "ers"}

// wordIndex is a set of lists ready for a text.
type wordIndex struct {
	// whole and open are entries by their letters with each run as one: what equals
	// a word, and what may have more around it ("kata*", "*kata*").
	whole, open map[string][]entry
	phrases     map[string][]entry // by their first word
	allow       map[string][][]string
	longest     int // runes of the longest key of open
	shortest    int
}

type entry struct {
	word   []rune   // folded
	rest   []string // of a phrase: the words after the first
	inside bool     // may also stand after other letters
	call   Decision
}

// indexWords prepares lists. Entries are words, phrases, "kata*" for what begins
// like that, and "*kata*" for what has it anywhere.
func indexWords(lists []WordList) *wordIndex {
	x := &wordIndex{whole: map[string][]entry{}, open: map[string][]entry{}, phrases: map[string][]entry{}, allow: map[string][][]string{}, shortest: 1 << 20}
	for _, l := range lists {
		if l.Decision == Skipped {
			continue
		}
		words, allow := l.Words, l.Allow
		if b, ok := builtin[l.Name]; ok {
			words = append(strings.Fields(b.words), words...)
			words = append(words, strings.FieldsFunc(b.phrases, newline)...)
			allow = append(strings.FieldsFunc(b.allow, newline), allow...)
		}
		for _, w := range words {
			x.add(w, l.Decision)
		}
		for _, w := range allow {
			if parts := foldWords(w); len(parts) > 0 {
				x.allow[parts[0]] = append(x.allow[parts[0]], parts)
			}
		}
	}
	return x
}

func newline(r rune) bool { return r == '\n' }

func (x *wordIndex) add(w string, call Decision) {
	w = strings.TrimSpace(w)
	begins := strings.HasSuffix(w, "*")
	inside := begins && strings.HasPrefix(w, "*")
	parts := foldWords(strings.Trim(w, "*"))
	switch {
	case len(parts) == 0:
	case len(parts) > 1:
		x.phrases[parts[0]] = append(x.phrases[parts[0]], entry{rest: parts[1:], call: call})
	default:
		e := entry{word: []rune(parts[0]), inside: inside, call: call}
		key := string(single(e.word))
		x.whole[key] = append(x.whole[key], e)
		if begins {
			n := len([]rune(key))
			x.longest, x.shortest = max(x.longest, n), min(x.shortest, n)
			x.open[key] = append(x.open[key], e)
		}
	}
}

// foldWords returns the words of an entry as text is compared with it.
func foldWords(s string) (out []string) {
	for _, t := range tokens(s) {
		out = append(out, string(t.alike))
	}
	return out
}

// single returns the letters with each run as one.
func single(letters []rune) []rune { return slices.Compact(slices.Clone(letters)) }

// stretched reports whether text is word with some of its letters drawn out.
// A letter that stands there twice in place of once only counts in longer words:
// "cook" is no drawn-out "cok". more allows anything behind the word.
func stretched(text, word []rune, more bool) bool {
	i := 0
	for j := 0; j < len(word); {
		run := 1
		for j+run < len(word) && word[j+run] == word[j] {
			run++
		}
		got := 0
		for i+got < len(text) && text[i+got] == word[j] {
			got++
		}
		// The last letter may belong to what follows.
		last := more && j+run == len(word)
		if got < run || got > run && got < 3 && len(word) < 5 && !last {
			return false
		}
		i, j = i+got, j+run
	}
	return more || i == len(text)
}

// find returns the strictest call of the entries that a word is, Pass for
// none.
func (x *wordIndex) find(letters []rune) Decision {
	best := Pass
	take := func(list []entry, text []rune, more bool) {
		for _, e := range list {
			if strictness[e.call] > strictness[best] && stretched(text, e.word, more) {
				best = e.call
			}
		}
	}
	key := single(letters)
	take(x.whole[string(key)], letters, false)
	for least, suffixes := range map[int][]string{3: clitics, 4: endings} {
		for _, c := range suffixes {
			stem, cut := strings.CutSuffix(string(letters), c)
			if cut && utf8.RuneCountInString(stem) >= least {
				take(x.whole[string(single([]rune(stem)))], []rune(stem), false)
			}
		}
	}
	if x.longest == 0 || len(letters) > 60 {
		return best
	}
	at := 0 // where the run of key[i] begins in letters
	for i := range key {
		for n := x.shortest; n <= x.longest && i+n <= len(key); n++ {
			list := x.open[string(key[i:i+n])]
			if i > 0 {
				list = slices.DeleteFunc(slices.Clone(list), func(e entry) bool { return !e.inside })
			}
			take(list, letters[at:], true)
		}
		for at < len(letters) && letters[at] == key[i] {
			at++
		}
	}
	return best
}

// maskedAs reports whether a word with signs in it ("b*bi") is an entry.
func (x *wordIndex) maskedAs(t token) Decision {
	best := Pass
	seen := 0
	for _, r := range t.alike {
		if !strings.ContainsRune(mask, r) {
			seen++
		}
	}
	if seen < 2 || len(t.alike) < 4 {
		return best
	}
	for _, list := range x.whole {
		for _, e := range list {
			if len(e.word) != len(t.alike) || strictness[e.call] <= strictness[best] {
				continue
			}
			same := true
			for i, r := range t.alike {
				same = same && (r == e.word[i] || strings.ContainsRune(mask, r))
			}
			if same {
				best = e.call
			}
		}
	}
	return best
}

// hit is a listed word in a text.
type hit struct {
	start, end int
	call       Decision
}

// hits returns the listed words of a text, in its order.
func (x *wordIndex) hits(text string) (out []hit) {
	words := tokens(text)
	innocent := x.innocent(words)
	for i, t := range words {
		if innocent[i] {
			continue
		}
		call := Pass
		if t.letters {
			call = x.find(t.alike)
			if n := len(t.runes); call == Pass && n > 3 && unicode.IsDigit(t.runes[n-1]) {
				call = x.find(t.alike[:n-1]) // "goblok2": said twice
			}
		}
		if t.masked && call == Pass {
			call = x.maskedAs(t)
		}
		if call != Pass {
			out = append(out, hit{t.start, t.end, call})
		}
		for _, e := range x.phrases[string(t.alike)] {
			if n := len(e.rest); i+n < len(words) && slices.EqualFunc(e.rest, words[i+1:i+1+n], func(s string, t token) bool { return s == string(t.alike) }) {
				out = append(out, hit{t.start, words[i+n].end, e.call})
			}
		}
	}
	out = append(out, x.spaced(text, words)...)
	slices.SortStableFunc(out, func(a, b hit) int { return a.start - b.start })
	return out
}

// innocent marks the words that stand in an allowed word or phrase.
func (x *wordIndex) innocent(words []token) []bool {
	out := make([]bool, len(words))
	for i, t := range words {
		for _, parts := range x.allow[string(t.alike)] {
			if i+len(parts) > len(words) {
				continue
			}
			same := true
			for j, p := range parts {
				same = same && string(words[i+j].alike) == p
			}
			for j := range parts {
				out[i+j] = out[i+j] || same
			}
		}
	}
	return out
}

// maxSpaced bounds how many parts are put together.
const maxSpaced = 24

// spaced returns listed words that are written with something between their
// letters: "b 4 b 1", "b.a.b.i", "b-a-bi". Only parts of one or two letters count,
// and at least half of them have to be single ones, so that ordinary short words
// ("di", "ke", "as") do not make one, and none may go on before or behind it.
func (x *wordIndex) spaced(text string, words []token) (out []hit) {
	one := func(i int) bool { return i >= 0 && i < len(words) && len(words[i].alike) == 1 }
	beside := func(i, j int) bool { return words[j].start-words[i].end <= 3 }
	for i := 0; i < len(words); i++ {
		if len(words[i].alike) > 2 || one(i) && one(i-1) && beside(i-1, i) {
			continue
		}
		var letters []rune
		singles, masked, any := 0, false, false
		for j := i; j < len(words) && len(words[j].alike) <= 2 && (j == i || beside(j-1, j)) && j-i < maxSpaced; j++ {
			letters = append(letters, words[j].alike...)
			masked, any = masked || words[j].masked, any || words[j].letters
			if one(j) {
				singles++
			}
			n := j - i + 1
			if n < 3 || singles*2 < n || !any || len(letters) < 4 && singles < n || one(j+1) && beside(j, j+1) {
				continue
			}
			call := x.exact(letters)
			if call == Pass && masked {
				call = x.maskedAs(token{alike: letters})
			}
			if call != Pass {
				out = append(out, hit{words[i].start, words[j].end, call})
				i = j
				break
			}
		}
	}
	return out
}

// exact is find for a whole word alone.
func (x *wordIndex) exact(letters []rune) Decision {
	best := Pass
	for _, e := range x.whole[string(single(letters))] {
		if strictness[e.call] > strictness[best] && stretched(letters, e.word, false) {
			best = e.call
		}
	}
	return best
}

// judgeWords looks for listed words.
func judgeWords(c Candidate, r *Rules) Verdict {
	v := Verdict{Decision: Pass}
	var found []string
	for _, h := range indexWords(r.Lists).hits(c.Text) {
		if word := c.Text[h.start:h.end]; !slices.Contains(found, word) {
			found = append(found, word)
		}
		if strictness[h.call] > strictness[v.Decision] {
			v.Decision = h.call
		}
	}
	if v.Decision != Pass {
		v.Reason, v.Words = "words", atMost(found)
		if v.Decision == Refuse {
			v.Reason = "words_refused"
		}
	}
	return v
}

// check tidies a list, or returns an Invalid error that names the field to mend.
func (l *WordList) check() error {
	l.Name = strings.Join(strings.Fields(CleanText(l.Name)), " ")
	if n := utf8.RuneCountInString(l.Name); n == 0 || n > MaxListWord {
		return fault.Input("name", "a list has a name of 1 to %d characters", MaxListWord).Say("list_name", "most", MaxListWord)
	}
	switch l.Decision {
	case "", Hold, Refuse, Skipped:
	default:
		return fault.Input("decision", "choose what becomes of a comment with one of the words").Say("list_decision")
	}
	var err error
	if l.Words, err = tidyList("words", l.Words); err == nil {
		l.Allow, err = tidyList("allow", l.Allow)
	}
	return err
}

// tidyList returns the entries of a list, each once and without those that say
// nothing.
func tidyList(field string, in []string) (out []string, err error) {
	for _, w := range in {
		w = strings.Join(strings.Fields(CleanText(w)), " ")
		switch n := utf8.RuneCountInString(w); {
		case n == 0 || slices.Contains(out, w):
			continue
		case n > MaxListWord || len(out) == MaxListWords:
			return nil, fault.Input(field, "at most %d entries of at most %d characters", MaxListWords, MaxListWord).
				Say("list_words", "most", MaxListWords, "length", MaxListWord)
		case utf8.RuneCountInString(strings.Trim(w, "*")) < 2:
			return nil, fault.Input(field, "%q would be found in every comment", w).Say("list_short", "word", w)
		}
		out = append(out, w)
	}
	return out, nil
}
