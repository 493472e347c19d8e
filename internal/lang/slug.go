package lang

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSlug is the longest slug in bytes.
const maxSlug = 80

// fallbackSlug stands for a headline without a letter that ASCII can spell.
const fallbackSlug = "berita"

// Slug returns the readable last part of an address: ASCII letters and digits in
// lower case with single hyphens, at most 80 bytes, cut between words where it
// can be, and never empty ("berita").
func Slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(s) {
		text, separates := fold(unicode.ToLower(r))
		if separates {
			gap = b.Len() > 0
			continue
		}
		if text == "" {
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteString(text)
		if b.Len() > 4*maxSlug {
			break
		}
	}
	return shorten(b.String())
}

func shorten(slug string) string {
	if len(slug) > maxSlug {
		cut := strings.LastIndexByte(slug[:maxSlug+1], '-')
		if cut < 1 {
			cut = maxSlug
		}
		slug = slug[:cut]
	}
	if slug == "" {
		return fallbackSlug
	}
	return slug
}

// fold returns the ASCII spelling of one decomposed lower-case rune. Marks and
// apostrophes vanish without a gap ("Jum'at" is one word); every other rune
// that has no spelling separates words.
func fold(r rune) (text string, separates bool) {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return string(r), false
	}
	switch r {
	case '\'', '’', '‘', 'ʼ', 'ʻ', '`', 'ʿ', 'ʾ':
		return "", false
	case 'ı':
		return "i", false
	case 'ø':
		return "o", false
	case 'đ', 'ð':
		return "d", false
	case 'ł':
		return "l", false
	case 'ħ':
		return "h", false
	case 'ŧ':
		return "t", false
	case 'ß':
		return "ss", false
	case 'æ':
		return "ae", false
	case 'œ':
		return "oe", false
	case 'þ':
		return "th", false
	case 'ŋ':
		return "ng", false
	}
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) { // soft hyphens and joiners are inside a word
		return "", false
	}
	return "", true
}
