package extract

import (
	"regexp"
	"strings"
	"unicode"
)

// labelled takes a label off the beginning of a line: "Penulis: Sari" is writer
// and "Sari", "Editor" alone is editor and "". The label must be followed by a
// colon, a bar or a dash, or be the whole line; "Oleh" and "By" need none if a
// name follows.
func (l *Labels) labelled(text string) (kind label, value string, ok bool) {
	head := clip(text, 120)
	best := 0
	for _, v := range l.value {
		n := prefixWords(head, v.words)
		if n <= best {
			continue
		}
		rest := strings.TrimLeft(text[n:], " \u00a0")
		if isRole[string(v.kind)] {
			rest = mailEnd.ReplaceAllString(rest, "")
		}
		switch {
		case rest == "":
		case v.kind == lCaption && len(v.words) > 1 && strings.HasPrefix(rest, ","): // "Keterangan gambar, …"
			rest = rest[1:]
		case v.kind == lTopics && strings.HasPrefix(rest, "#"):
		case v.kind == lReadAlso && strings.ContainsAny(rest[:1], "'\"") || v.kind == lReadAlso && (strings.HasPrefix(rest, "‘") || strings.HasPrefix(rest, "“")):
		case v.kind == lReadAlso && len(v.words) > 1 && isTitled(rest): // "See also Puppies sniff out smuggled fruit"
		case isRole[string(v.kind)] && placed.MatchString(rest): // "Wartawan di Jayapura"
			rest = ""
		case strings.HasPrefix(rest, ":"), strings.HasPrefix(rest, "："), strings.HasPrefix(rest, "|"), strings.HasPrefix(rest, "/"):
			_, size := splitRune(rest)
			rest = rest[size:]
		case (strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "– ") || strings.HasPrefix(rest, "— ")) && v.kind != lCaption:
			_, size := splitRune(rest)
			rest = rest[size:]
		case isRole[string(v.kind)] && strings.HasPrefix(rest, ",") && looksLikeName(rest[1:]) && wordCount(rest) <= 3:
			rest = "" // "Reporter, Denpasar"
		case v.kind == "reporter" && looksLikeName(rest[strings.LastIndexByte(rest, ',')+1:]) && wordCount(rest) <= 8: // "Laporan Wartawan Outlet, Name"
			rest = rest[strings.LastIndexByte(rest, ',')+1:]
		case isRole[string(v.kind)] && looksLikeNames(unplaced(rest)):
		case v.kind == lSource && looksLikeOutlet(rest):
		case (v.kind == lPublished || v.kind == lModified) && beginsWithDate(rest):
		default:
			continue
		}
		best, kind, value, ok = n, v.kind, strings.TrimSpace(rest), true
	}
	return kind, value, ok
}

// isTitled reports whether a text may be a headline behind a label without a mark.
func isTitled(s string) bool {
	r, _ := splitRune(s)
	n := wordCount(s)
	return unicode.IsUpper(r) && n >= 4 && n <= 16 && !endsSentence(s)
}

// roles parts a text where a role and a colon stand inside of it: "Penulis: Sari
// Editor: Dewi".
func (l *Labels) roles(text string) []string {
	if len(text) > 400 || strings.Count(text, ":") < 2 {
		return nil
	}
	var out []string
	from := 0
	for i := 1; i < len(text); i++ {
		if text[i-1] != ' ' || i-from < 6 {
			continue
		}
		for _, v := range l.value {
			if !isRole[string(v.kind)] {
				continue
			}
			if n := prefixWords(text[i:], v.words); n > 0 && strings.HasPrefix(strings.TrimLeft(text[i+n:], " "), ":") {
				out = append(out, text[from:i])
				from = i
				break
			}
		}
	}
	return append(out, text[from:])
}

// mailEnd is an address of mail behind a name.
var mailEnd = regexp.MustCompile(`[\s|,;·•(]*\S+@\S+\.\p{L}{2,}\)?$`)

// placed is where somebody works: "di Jayapura", "in Pontianak".
var placed = regexp.MustCompile(`^(?:di|in|dari|from)\s+\p{Lu}[\p{L}.]*(?:\s+\p{Lu}[\p{L}.]*){0,2}$`)

func splitRune(s string) (r rune, size int) {
	for i, c := range s {
		if i > 0 {
			return r, i
		}
		r = c
	}
	return r, len(s)
}

// prefixWords returns the length of the beginning of s that consists of these
// words in any case, 0 if it does not begin so.
func prefixWords(s string, words []string) int {
	at := 0
	for i, w := range words {
		for i > 0 && at < len(s) && strings.ContainsRune(" '-&", rune(s[at])) {
			at++
		}
		if len(s)-at < len(w) || !strings.EqualFold(s[at:at+len(w)], w) {
			return 0
		}
		at += len(w)
	}
	if at < len(s) {
		r, _ := splitRune(s[at:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '’' {
			return 0
		}
	}
	return at
}
