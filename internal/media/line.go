package media

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns the photo line: "Keterangan. (AFP/NAMA FOTOGRAFER)". White space
// is collapsed, a full stop is added to a caption that ends without a sentence
// mark, brackets around the credit are not doubled, and a credit that already
// stands in brackets at the caption's end is not printed twice. Either part
// may be empty.
func Line(caption, credit string) string {
	caption, credit = collapse(caption), unbracket(collapse(credit))
	if credit != "" {
		caption = cutCredit(caption, credit)
	}
	if caption != "" && !endsSentence(caption) {
		caption += "."
	}
	switch {
	case credit == "":
		return caption
	case caption == "":
		return "(" + credit + ")"
	}
	return caption + " (" + credit + ")"
}

// CreditOf joins a provider and a photographer to a credit in the house's
// form, "AFP/NAMA FOTOGRAFER". A credit that already names the photographer
// stays as it is.
func CreditOf(provider, photographer string) string {
	provider, photographer = unbracket(collapse(provider)), unbracket(collapse(photographer))
	switch {
	case photographer == "":
		return provider
	case provider == "":
		return photographer
	case strings.Contains(strings.ToLower(provider), strings.ToLower(photographer)):
		return provider
	case strings.Contains(strings.ToLower(photographer), strings.ToLower(provider)+"/"):
		return photographer
	}
	return provider + "/" + strings.ToUpper(photographer)
}

func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// unbracket takes one pair of brackets off that encloses all of s.
func unbracket(s string) string {
	if len(s) < 2 || s[0] != '(' || strings.IndexByte(s, ')') != len(s)-1 {
		return s
	}
	return strings.TrimSpace(s[1 : len(s)-1])
}

func cutCredit(caption, credit string) string {
	body := strings.TrimSuffix(caption, ".")
	tail := "(" + credit + ")"
	if len(body) < len(tail) || !strings.EqualFold(body[len(body)-len(tail):], tail) {
		return caption
	}
	return strings.TrimSpace(body[:len(body)-len(tail)])
}

// endsSentence looks through closing quotes and brackets: `"Maju!"` is ended,
// "(2019)" is not.
func endsSentence(s string) bool {
	for s != "" {
		r, n := utf8.DecodeLastRuneInString(s)
		if strings.ContainsRune(".!?…", r) {
			return true
		}
		if !strings.ContainsRune(`"'”’»)]`, r) && !unicode.IsSpace(r) {
			return false
		}
		s = s[:len(s)-n]
	}
	return false
}
