package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clip cuts s to at most most bytes, at the end of a character.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// oneLine collapses white space and drops what cannot be seen.
func oneLine(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unseen(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unseen tells characters that a text never needs: controls, zero-width spaces,
// byte order marks, soft hyphens, and marks that turn the direction.
func unseen(r rune) bool {
	switch r {
	case '\u200b', '\ufeff', '\u00ad', '\u2060', '\u200e', '\u200f', '\ufffc':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || unicode.IsControl(r) && !unicode.IsSpace(r)
}

// Words returns the words of a text in lower case: runs of letters and digits.
// Characters of scripts that do not part words are words of their own.
func Words(s string) []string {
	var out []string
	from := -1
	var b strings.Builder
	end := func() {
		if from >= 0 {
			out = append(out, b.String())
			b.Reset()
			from = -1
		}
	}
	for i, r := range s {
		switch {
		case unseen(r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			end()
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && from >= 0:
			if from < 0 {
				from = i
			}
			b.WriteRune(unicode.ToLower(r))
		default:
			end()
		}
	}
	end()
	return out
}

// wordCount is len(Words(s)) without the words.
func wordCount(s string) int {
	n, in := 0, false
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			n, in = n+1, false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !in {
				n++
			}
			in = true
		case !unseen(r) && !unicode.IsMark(r) && r != '\'' && r != '’' && r != '-':
			in = false
		}
	}
	return n
}

// letters counts characters that are seen.
func letters(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsSpace(r) && !unseen(r) {
			n++
		}
	}
	return n
}

// fold returns a text as labels and headlines are compared: words in lower case
// with single spaces.
func fold(s string) string { return strings.Join(Words(s), " ") }

// signOff are initials or a mark of the desk behind the last sentence.
var signOff = regexp.MustCompile(`\s*[(\[][\p{L}\d/\-. ]{1,14}[)\]]\s*$`)

// endsSentence reports whether a text ends as a sentence does.
func endsSentence(s string) bool {
	s = signOff.ReplaceAllString(s, "")
	s = strings.TrimRight(s, " \"'”’»)]")
	if s == "" {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…。！？:", r)
}

// overlap returns how much of two bags of words is common: precision of b in a
// and recall, as an F1 between 0 and 1.
func overlap(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	count := make(map[string]int, len(a))
	for _, w := range a {
		count[w]++
	}
	common := 0
	for _, w := range b {
		if count[w] > 0 {
			count[w]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}
