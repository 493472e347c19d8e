package stem

// Indonesian cuts the affixes of a word in place and returns what is left. The
// word is lower-case ASCII. It follows the Snowball project's Indonesian
// algorithm, which implements "Porter stemmer for Bahasa Indonesia" (F. Z. Tala,
// A Study of Stemming Effects on Information Retrieval in Bahasa Indonesia,
// 2003): particle, possessive, then prefixes and suffix in an order that depends
// on the first prefix, as long as the word has more than two vowels.
func Indonesian(word []byte) []byte {
	w := indonesian{b: word}
	for _, c := range word {
		if isVowelID(c) {
			w.measure++
		}
	}
	if w.measure <= 2 {
		return word
	}
	w.cutOne("kah", "lah", "pun")
	if w.measure <= 2 {
		return w.b
	}
	w.cutOne("nya", "ku", "mu")
	if w.measure <= 2 {
		return w.b
	}
	if w.firstPrefix() {
		if w.measure > 2 && w.suffix() && w.measure > 2 {
			w.secondPrefix()
		}
		return w.b
	}
	w.secondPrefix()
	if w.measure > 2 {
		w.suffix()
	}
	return w.b
}

// prefixKind is what the prefixes that were cut allow as a suffix.
type prefixKind int

const (
	noPrefix    prefixKind = iota
	verbPrefix             // di-, meng-, ter-
	causePrefix            // per-
	nounPrefix             // ke-, peng-
	statePrefix            // ber-
)

// indonesian is one word on its way to the stem.
type indonesian struct {
	b       []byte
	measure int // vowels, fewer by one with each affix cut, as the paper counts
	prefix  prefixKind
	// fixed is 1 when the first letter was put in for a prefix ("menyapu" gives
	// "sapu"): that letter takes no part in further cuts.
	fixed int
}

func isVowelID(c byte) bool {
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'
}

func (w *indonesian) hasSuffix(s string) bool {
	n := len(w.b) - len(s)
	return n >= w.fixed && string(w.b[n:]) == s
}

func (w *indonesian) hasPrefix(s string) bool {
	rest := w.b[w.fixed:]
	return len(rest) >= len(s) && string(rest[:len(s)]) == s
}

// vowelAt reports whether there is a vowel at index i.
func (w *indonesian) vowelAt(i int) bool { return i < len(w.b) && isVowelID(w.b[i]) }

func (w *indonesian) cutEnd(n int) {
	w.b = w.b[:len(w.b)-n]
	w.measure--
}

// cutStart takes n letters away behind the fixed one.
func (w *indonesian) cutStart(n int) {
	if w.fixed == 1 {
		w.b[n] = w.b[0]
	}
	w.b = w.b[n:]
	w.measure--
}

func (w *indonesian) cutOne(suffixes ...string) {
	for _, s := range suffixes {
		if w.hasSuffix(s) {
			w.cutEnd(len(s))
			return
		}
	}
}

// swap puts letter in the place of the first n letters.
func (w *indonesian) swap(n int, letter byte) {
	w.b = w.b[n-1:]
	w.b[0] = letter
	w.fixed = 1
	w.measure--
}

func (w *indonesian) firstPrefix() bool {
	switch {
	case w.hasPrefix("meny") && w.vowelAt(4):
		w.prefix = verbPrefix
		w.swap(4, 's')
	case w.hasPrefix("peny") && w.vowelAt(4):
		w.prefix = nounPrefix
		w.swap(4, 's')
	case w.hasPrefix("meng"):
		w.cutPrefix(4, verbPrefix)
	case w.hasPrefix("peng"):
		w.cutPrefix(4, nounPrefix)
	case w.hasPrefix("mem"):
		w.cutNasal(verbPrefix)
	case w.hasPrefix("pem"):
		w.cutNasal(nounPrefix)
	case w.hasPrefix("men"), w.hasPrefix("ter"):
		w.cutPrefix(3, verbPrefix)
	case w.hasPrefix("pen"):
		w.cutPrefix(3, nounPrefix)
	case w.hasPrefix("me"), w.hasPrefix("di"):
		w.cutPrefix(2, verbPrefix)
	case w.hasPrefix("ke"):
		w.cutPrefix(2, nounPrefix)
	default:
		return false
	}
	return true
}

func (w *indonesian) cutPrefix(n int, kind prefixKind) {
	w.prefix = kind
	w.cutStart(n)
}

// cutNasal cuts mem- or pem-. Before a vowel the m stands for a lost p.
func (w *indonesian) cutNasal(kind prefixKind) {
	if w.vowelAt(3) {
		w.prefix = kind
		w.swap(3, 'p')
		return
	}
	w.cutPrefix(3, kind)
}

func (w *indonesian) secondPrefix() {
	rest := w.b[w.fixed:]
	ajar := len(rest) >= 7 && string(rest[3:7]) == "ajar"
	switch {
	case w.hasPrefix("per"), ajar && w.hasPrefix("pel"):
		w.cutPrefix(3, causePrefix)
	case w.hasPrefix("ber"), ajar && w.hasPrefix("bel"):
		w.cutPrefix(3, statePrefix)
	case w.hasPrefix("pe"):
		w.cutPrefix(2, causePrefix)
	case w.hasPrefix("be") && len(rest) >= 5 && !isVowelID(rest[2]) && string(rest[3:5]) == "er":
		w.cutPrefix(2, statePrefix)
	}
}

func (w *indonesian) suffix() bool {
	switch {
	case w.hasSuffix("kan") && w.prefix != nounPrefix && w.prefix != causePrefix:
		w.cutEnd(3)
	case w.hasSuffix("an") && w.prefix != verbPrefix:
		w.cutEnd(2)
	case w.hasSuffix("i") && w.prefix <= causePrefix && !w.hasSuffix("si"):
		// A final -si belongs to a word of foreign origin: "televisi".
		w.cutEnd(1)
	default:
		return false
	}
	return true
}
