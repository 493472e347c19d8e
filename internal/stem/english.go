package stem

// English cuts the endings of a word in place and returns what is left; the
// slice needs room for one more letter at most where an ending is cut, so it
// never grows. The word is lower-case ASCII and may hold apostrophes. It follows
// the Snowball project's English algorithm (M. Porter's "Porter2").
func English(word []byte) []byte {
	if len(word) <= 2 {
		return word
	}
	if word[0] == '\'' {
		word = word[1:]
	}
	if s, ok := wholeWords(string(word)); ok {
		return append(word[:0], s...)
	}
	w := english{b: word}
	w.markY()
	w.regions()
	w.possessive()
	w.plural()
	if !keptAfterPlural(string(w.b)) {
		w.participle()
		w.finalY()
		w.step2()
		w.step3()
		w.step4()
		w.step5()
	}
	for i, c := range w.b {
		if c == 'Y' {
			w.b[i] = 'y'
		}
	}
	return w.b
}

// wholeWords answers for words that the rules would get wrong. No answer is
// longer than its word.
func wholeWords(s string) (string, bool) {
	switch s {
	case "skis":
		return "ski", true
	case "skies":
		return "sky", true
	case "dying":
		return "die", true
	case "lying":
		return "lie", true
	case "tying":
		return "tie", true
	case "idly":
		return "idl", true
	case "gently":
		return "gentl", true
	case "ugly":
		return "ugli", true
	case "early":
		return "earli", true
	case "only":
		return "onli", true
	case "singly":
		return "singl", true
	case "sky", "news", "howe", "atlas", "cosmos", "bias", "andes":
		return s, true
	}
	return "", false
}

func keptAfterPlural(s string) bool {
	switch s {
	case "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed":
		return true
	}
	return false
}

// english is one word on its way to the stem. A y that is a consonant is Y.
type english struct {
	b      []byte
	r1, r2 int // where the regions in which endings may be cut begin
}

func isVowelEN(c byte) bool {
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'
}

func (w *english) markY() {
	for i, c := range w.b {
		if c == 'y' && (i == 0 || isVowelEN(w.b[i-1])) {
			w.b[i] = 'Y'
		}
	}
}

func (w *english) regions() {
	w.r1 = 0
	for _, p := range [...]string{"gener", "commun", "arsen"} {
		if len(w.b) >= len(p) && string(w.b[:len(p)]) == p {
			w.r1 = len(p)
		}
	}
	if w.r1 == 0 {
		w.r1 = w.regionAfter(0)
	}
	w.r2 = w.regionAfter(w.r1)
}

// regionAfter returns the index behind the first consonant that follows a vowel.
func (w *english) regionAfter(from int) int {
	for i := from + 1; i < len(w.b); i++ {
		if isVowelEN(w.b[i-1]) && !isVowelEN(w.b[i]) {
			return i + 1
		}
	}
	return len(w.b)
}

func (w *english) ends(s string) bool {
	n := len(w.b) - len(s)
	return n >= 0 && string(w.b[n:]) == s
}

// before returns the letter in front of an ending of n letters, or 0.
func (w *english) before(n int) byte {
	if i := len(w.b) - n - 1; i >= 0 {
		return w.b[i]
	}
	return 0
}

func (w *english) replace(n int, with string) {
	w.b = append(w.b[:len(w.b)-n], with...)
}

func (w *english) hasVowel(end int) bool {
	for i := range max(end, 0) {
		if isVowelEN(w.b[i]) {
			return true
		}
	}
	return false
}

func (w *english) possessive() {
	for _, s := range [...]string{"'s'", "'s", "'"} {
		if w.ends(s) {
			w.replace(len(s), "")
			return
		}
	}
}

// plural is step 1a.
func (w *english) plural() {
	n := len(w.b)
	switch {
	case w.ends("sses"):
		w.replace(2, "")
	case w.ends("ied"), w.ends("ies"):
		if n > 4 {
			w.replace(2, "")
		} else {
			w.replace(1, "")
		}
	case w.ends("us"), w.ends("ss"):
	case w.ends("s"):
		if w.hasVowel(n - 2) {
			w.replace(1, "")
		}
	}
}

// participle is step 1b.
func (w *english) participle() {
	for _, s := range [...]string{"eedly", "ingly", "edly", "eed", "ing", "ed"} {
		if !w.ends(s) {
			continue
		}
		at := len(w.b) - len(s)
		if s == "eed" || s == "eedly" {
			if at >= w.r1 {
				w.replace(len(s), "ee")
			}
			return
		}
		if w.hasVowel(at) {
			w.replace(len(s), "")
			w.repair()
		}
		return
	}
}

// repair gives a verb its e back, or takes away a doubled consonant.
func (w *english) repair() {
	n := len(w.b)
	switch {
	case w.ends("at"), w.ends("bl"), w.ends("iz"):
		w.b = append(w.b, 'e')
	case n >= 2 && w.b[n-1] == w.b[n-2] && doubles(w.b[n-1]):
		w.b = w.b[:n-1]
	case w.r1 >= n && w.shortSyllable(n):
		w.b = append(w.b, 'e')
	}
}

func doubles(c byte) bool {
	switch c {
	case 'b', 'd', 'f', 'g', 'm', 'n', 'p', 'r', 't':
		return true
	}
	return false
}

// shortSyllable reports whether the first n letters end in a short syllable.
func (w *english) shortSyllable(n int) bool {
	if n < 2 || isVowelEN(w.b[n-1]) || !isVowelEN(w.b[n-2]) {
		return false
	}
	if n == 2 {
		return true
	}
	c := w.b[n-1]
	return !isVowelEN(w.b[n-3]) && c != 'w' && c != 'x' && c != 'Y'
}

// finalY is step 1c.
func (w *english) finalY() {
	n := len(w.b)
	if n > 2 && (w.b[n-1] == 'y' || w.b[n-1] == 'Y') && !isVowelEN(w.b[n-2]) {
		w.b[n-1] = 'i'
	}
}

// ending is a rule: a suffix and what takes its place.
type ending struct{ suffix, with string }

// find returns the first rule that fits; the lists have longer endings before
// those that they end in.
func (w *english) find(rules []ending) (ending, bool) {
	for _, r := range rules {
		if w.ends(r.suffix) {
			return r, true
		}
	}
	return ending{}, false
}

var endings2 = []ending{
	{"ational", "ate"}, {"fulness", "ful"}, {"iveness", "ive"}, {"ization", "ize"}, {"ousness", "ous"},
	{"biliti", "ble"}, {"lessli", "less"}, {"tional", "tion"},
	{"alism", "al"}, {"aliti", "al"}, {"ation", "ate"}, {"entli", "ent"}, {"fulli", "ful"}, {"iviti", "ive"}, {"ousli", "ous"},
	{"abli", "able"}, {"alli", "al"}, {"anci", "ance"}, {"ator", "ate"}, {"enci", "ence"}, {"izer", "ize"},
	{"bli", "ble"}, {"ogi", "og"}, {"li", ""},
}

func (w *english) step2() {
	r, ok := w.find(endings2)
	if !ok || len(w.b)-len(r.suffix) < w.r1 {
		return
	}
	switch r.suffix {
	case "ogi":
		if w.before(3) != 'l' {
			return
		}
	case "li":
		if !validLi(w.before(2)) {
			return
		}
	}
	w.replace(len(r.suffix), r.with)
}

func validLi(c byte) bool {
	switch c {
	case 'c', 'd', 'e', 'g', 'h', 'k', 'm', 'n', 'r', 't':
		return true
	}
	return false
}

var endings3 = []ending{
	{"ational", "ate"}, {"tional", "tion"}, {"alize", "al"}, {"ative", ""}, {"icate", "ic"}, {"iciti", "ic"},
	{"ical", "ic"}, {"ness", ""}, {"ful", ""},
}

func (w *english) step3() {
	r, ok := w.find(endings3)
	if !ok {
		return
	}
	at := len(w.b) - len(r.suffix)
	if at < w.r1 || r.suffix == "ative" && at < w.r2 {
		return
	}
	w.replace(len(r.suffix), r.with)
}

var endings4 = []ending{
	{"ement", ""}, {"able", ""}, {"ance", ""}, {"ence", ""}, {"ible", ""}, {"ment", ""},
	{"ant", ""}, {"ate", ""}, {"ent", ""}, {"ion", ""}, {"ism", ""}, {"iti", ""}, {"ive", ""}, {"ize", ""}, {"ous", ""},
	{"al", ""}, {"er", ""}, {"ic", ""},
}

func (w *english) step4() {
	r, ok := w.find(endings4)
	if !ok || len(w.b)-len(r.suffix) < w.r2 {
		return
	}
	if c := w.before(3); r.suffix == "ion" && c != 's' && c != 't' {
		return
	}
	w.replace(len(r.suffix), "")
}

func (w *english) step5() {
	at := len(w.b) - 1
	switch {
	case w.ends("e"):
		if at >= w.r2 || at >= w.r1 && !w.shortSyllable(at) {
			w.b = w.b[:at]
		}
	case w.ends("l"):
		if at >= w.r2 && w.before(1) == 'l' {
			w.b = w.b[:at]
		}
	}
}
