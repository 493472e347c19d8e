package discuss

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"warta/internal/fault"
)

// maxMarks is how many marks may stand on one letter. Three are enough for every
// language that people write here; a tower of them covers the lines above.
const maxMarks = 3

// zwj joins emoji to one sign, as a family or a flag.
const zwj = '\u200d'

// blanks are signs that are seen as nothing without being white space.
const blanks = "\u115f\u1160\u2800\u3164\uffa0\u034f"

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n")

// CleanText returns what somebody wrote as it is stored: in Unicode's form NFC,
// without what cannot be seen or turns the direction of writing, with no more
// than three marks on a letter, single blanks, and at most one empty line in
// succession.
func CleanText(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(lineEnds.Replace(s), ""))
	var b strings.Builder
	b.Grow(len(s))
	marks, last := 0, rune(0)
	for _, r := range s {
		switch {
		case r == '\n', ' ' <= r && r <= '~': // most of what people write
		case unicode.IsSpace(r):
			r = ' '
		case r == zwj:
			if !joins(last) {
				continue
			}
		case r == '\ufe0f' || r == '\ufe0e': // how an emoji is drawn
			if marks++; marks > 1 {
				continue
			}
			b.WriteRune(r)
			continue
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs), strings.ContainsRune(blanks, r):
			continue
		case unicode.IsMark(r):
			if marks++; marks > maxMarks || last == 0 || last == ' ' || last == '\n' {
				continue
			}
			b.WriteRune(r)
			continue
		}
		marks, last = 0, r
		b.WriteRune(r)
	}
	// Between a letter and its mark may have stood what is gone.
	return tidyLines(norm.NFC.String(b.String()))
}

// joins reports whether a joiner may stand behind r: letters need none.
func joins(r rune) bool { return r > 0x2000 && !unicode.IsLetter(r) && !unicode.IsSpace(r) }

// tidyLines leaves single blanks inside lines and single empty lines between.
func tidyLines(s string) string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// minText is how many characters a comment has at least.
const minText = 2

// checkText returns the cleaned text, or an Invalid error that says what to do.
func checkText(s string, r *Rules) (string, error) {
	if len(s) > 16*r.MaxLength { // whatever the signs are: too long
		return "", fault.Input("text", "a comment has at most %d characters", r.MaxLength).Say("comment_long", "most", r.MaxLength)
	}
	s = CleanText(s)
	switch n := utf8.RuneCountInString(s); {
	case n < minText:
		return "", fault.Input("text", "write something first").Say("comment_short")
	case n > r.MaxLength:
		return "", fault.Input("text", "a comment has at most %d characters, and this one %d", r.MaxLength, n).
			Say("comment_longer", "most", r.MaxLength, "has", n)
	}
	return s, nil
}

// Fold returns the letters and digits of a text in lower case, without marks and
// all that stands between them: what two texts have in common that read alike.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(s))
}

// TextKey is the number by which the same words are found again. Emoji alone
// have a key as well.
func TextKey(s string) int64 {
	h := fnv.New64a()
	f := Fold(s)
	if f == "" {
		f = s
	}
	h.Write([]byte(f))
	return int64(h.Sum64())
}
