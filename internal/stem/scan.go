package stem

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord is the longest folded word in bytes; what is beyond does not count, in
// a text and in a query alike.
const maxWord = 60

// class says what a rune is for the search.
type class int

const (
	separator class = iota
	latin
	digit
	foreign // a letter of a script that writes blanks between words
	alone   // a letter of a script that does not: a word of its own
	ignored // marks and joiners: inside a word, and not there
	apostrophe
	hyphen
)

// scanner cuts a text into words. After next has returned true, the fields
// describe the word until the next call.
type scanner struct {
	src   string
	pos   int
	class class
	start int // byte offsets of the word in src
	end   int
	// joined says that only a hyphen stands between this word and the last.
	joined bool
	buf    []byte // the folded word; Latin ones may hold apostrophes
	piece  []byte // the folded form of the rune that was looked at last
	full   bool   // the word is longer than maxWord
	// run counts the runes since the word began or its last thousands separator.
	run     int
	grouped bool
}

func (s *scanner) next() bool {
	last := s.end
	first := s.start == s.end // no word came before
	s.buf, s.class, s.joined = s.buf[:0], separator, false
	s.full, s.run, s.grouped = false, 0, false
	for s.pos < len(s.src) {
		r, size := utf8.DecodeRuneInString(s.src[s.pos:])
		c := s.classify(r)
		if s.class == separator {
			s.begin(c, size, !first && s.pos == last)
		} else if !s.extend(c, size) {
			return true
		}
		s.pos += size
	}
	return s.class != separator
}

// begin looks for the first rune of a word. behind says that the rune stands
// right behind the word before.
func (s *scanner) begin(c class, size int, behind bool) {
	switch c {
	case latin, digit, foreign, alone:
		s.class = c
		s.start, s.end = s.pos, s.pos+size
		s.take()
	case hyphen:
		s.joined = behind
	case ignored:
	default:
		s.joined = false
	}
}

// extend adds a rune to the word, or returns false where the word ends.
func (s *scanner) extend(c class, size int) bool {
	switch {
	case c == ignored:
	case c == s.class && c != alone:
		s.take()
	case c == apostrophe && s.class == latin && s.letterAt(s.pos+size):
		s.piece = append(s.piece[:0], '\'')
		s.take()
	case s.class == digit && s.groups():
	default:
		return false
	}
	s.end = s.pos + size
	return true
}

func (s *scanner) take() {
	s.run++
	s.full = s.full || len(s.buf)+len(s.piece) > maxWord
	if !s.full {
		s.buf = append(s.buf, s.piece...)
	}
}

func (s *scanner) letterAt(i int) bool {
	r, _ := utf8.DecodeRuneInString(s.src[i:])
	return unicode.IsLetter(r)
}

// groups reports whether a thousands separator stands at the current position:
// up to three digits before, exactly three behind.
func (s *scanner) groups() bool {
	if c := s.src[s.pos]; c != '.' && c != ',' {
		return false
	}
	if s.run > 3 || s.grouped && s.run != 3 {
		return false
	}
	rest := s.src[s.pos+1:]
	if len(rest) < 3 || !isDigit(rest[0]) || !isDigit(rest[1]) || !isDigit(rest[2]) {
		return false
	}
	if len(rest) > 3 && isDigit(rest[3]) {
		return false
	}
	s.run, s.grouped = 0, true
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// classify returns what r is and leaves its folded form in s.piece.
func (s *scanner) classify(r rune) class {
	switch {
	case r >= 'a' && r <= 'z':
		s.piece = append(s.piece[:0], byte(r))
		return latin
	case r >= 'A' && r <= 'Z':
		s.piece = append(s.piece[:0], byte(r)+'a'-'A')
		return latin
	case r >= '0' && r <= '9':
		s.piece = append(s.piece[:0], byte(r))
		return digit
	case r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == 'ʻ':
		return apostrophe
	case r == '-' || r == '‐' || r == '‑':
		return hyphen
	case r < utf8.RuneSelf || r == utf8.RuneError:
		return separator
	}
	return s.fold(r)
}

// fold handles everything beyond ASCII. A rune that opens into several ("ﬁ",
// "㎏") gives those that are of the first one's class.
func (s *scanner) fold(r rune) class {
	s.piece = s.piece[:0]
	c := separator
	// Marks count only where they spell vowels, inside a word of such a script.
	if unicode.Is(unicode.Cf, r) || s.class != foreign && unicode.IsMark(r) {
		return ignored
	}
	if unicode.Is(unicode.Hangul, r) {
		s.piece = appendRune(s.piece, r) // decomposed, a syllable would be three runes
		return foreign
	}
	for _, p := range norm.NFKD.String(string(unicode.ToLower(r))) {
		pc := s.foldOne(unicode.ToLower(p), c)
		if c == separator || c == ignored {
			c = pc
		}
	}
	return c
}

// foldOne appends the form of one decomposed rune if it fits the class so far.
func (s *scanner) foldOne(r rune, so class) class {
	fits := func(c class) bool { return so == separator || so == ignored || so == c }
	switch {
	case r >= 'a' && r <= 'z':
		if fits(latin) {
			s.piece = append(s.piece, byte(r))
		}
		return latin
	case r >= '0' && r <= '9':
		if fits(digit) {
			s.piece = append(s.piece, byte(r))
		}
		return digit
	case accent(r):
		return ignored
	case spelled(r) != "":
		if fits(latin) {
			s.piece = append(s.piece, spelled(r)...)
		}
		return latin
	case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
		c := foreign
		if unblanked(r) {
			c = alone
		}
		if fits(c) {
			s.piece = appendRune(s.piece, r)
		}
		return c
	}
	return separator
}

// accent reports whether r is a mark that people leave out when they search:
// Latin, Greek and Cyrillic diacritics and the vowel signs of Arabic and Hebrew.
func accent(r rune) bool {
	return r >= 0x300 && r <= 0x36F || r >= 0x591 && r <= 0x5C7 || r >= 0x64B && r <= 0x65F || r == 0x670 ||
		r >= 0x1AB0 && r <= 0x1AFF || r >= 0x1DC0 && r <= 0x1DFF
}

// spelled returns the ASCII form of Latin letters that do not decompose.
func spelled(r rune) string {
	switch r {
	case 'ı':
		return "i"
	case 'ø':
		return "o"
	case 'đ', 'ð':
		return "d"
	case 'ł':
		return "l"
	case 'ħ':
		return "h"
	case 'ŧ':
		return "t"
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'þ':
		return "th"
	case 'ŋ':
		return "ng"
	}
	return ""
}

func unblanked(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar)
}

// appendRune writes r as four digits to the base 36, enough for every rune.
func appendRune(b []byte, r rune) []byte {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	for div := rune(36 * 36 * 36); div > 0; div /= 36 {
		b = append(b, digits[r/div%36])
	}
	return b
}
