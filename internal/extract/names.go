package extract

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	particles = set("bin binti van von der de da di dos del della la le al el ibn and dan y e st")
	nameBreak = regexp.MustCompile(`(?i)\s*(?:[,;|/•·&]|\s+(?:dan|and|serta|with|bersama|et|und|y)\s+)\s*`)
	notNames  = set(`hari ini kemarin yang untuk dari pada dalam dengan adalah akan sudah tidak bisa the of for from about after
		before when where how why what this that these his her their our your news berita breaking live video foto`)
	handles = regexp.MustCompile(`\s*[@(\[].*$`)
)

// looksLikeName reports whether a text can be the name of one person or team:
// one to six words that begin with capitals.
func looksLikeName(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) < 2 || len(s) > 70 || strings.ContainsAny(s, "?!:;\"“”<>{}=_#%0123456789") {
		return false
	}
	words := strings.Fields(s)
	if len(words) > 6 {
		return false
	}
	capital := 0
	for _, w := range words {
		r, _ := splitRune(strings.TrimLeft(w, "'’(.-"))
		low := strings.ToLower(strings.Trim(w, ".,'’()"))
		switch {
		case unicode.IsUpper(r) || unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
			capital++
			if notNames[low] {
				return false
			}
		case particles[low]:
		case capital > 0 && (strings.HasSuffix(low, "com") || strings.ContainsFunc(w, unicode.IsUpper)): // "Tim detikcom"
		default:
			return false
		}
	}
	return capital > 0
}

// looksLikeNames is looksLikeName for a list.
func looksLikeNames(s string) bool {
	if len(s) > 160 {
		return false
	}
	parts := nameBreak.Split(strings.TrimRight(strings.TrimSpace(s), ",;"), -1)
	for _, p := range parts {
		if !looksLikeName(handles.ReplaceAllString(p, "")) {
			return false
		}
	}
	return len(parts) > 0 && len(parts) <= 6
}

// splitNames returns the names of a list, each once.
func splitNames(s string) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range nameBreak.Split(oneLine(s), -1) {
		p = strings.Trim(handles.ReplaceAllString(p, ""), " .,-–—:")
		key := fold(p)
		if key == "" || seen[key] || len(p) > 90 {
			continue
		}
		seen[key] = true
		out = append(out, p)
	}
	return out
}

// looksLikeOutlet reports whether a text can be an agency's or outlet's name.
func looksLikeOutlet(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 80 || endsSentence(strings.TrimSuffix(s, ".")) {
		return false
	}
	for _, p := range nameBreak.Split(s, -1) {
		words := strings.Fields(p)
		if len(words) == 0 || len(words) > 5 {
			return false
		}
		r, _ := splitRune(words[0])
		if !unicode.IsUpper(r) && !unicode.IsDigit(r) && !strings.Contains(words[0], ".") && !agencies[words[0]] {
			return false
		}
	}
	return true
}

var bylineLead = regexp.MustCompile(`(?i)^(?:by|oleh|penulis|ditulis oleh|written by|par|von|por|di|de|reporter|author|story by|text by)\s*:?\s+`)

// nameAt is where somebody writes from, behind the name.
var nameAt = regexp.MustCompile(`\s+(?:in|di|from|dari)\s+\p{Lu}[\p{L}.]*(?:\s+\p{Lu}[\p{L}.]*){0,2}(\s*(?:$|[,;&]|\s(?:and|dan)\s))`)

// unplaced takes the places off a list of names.
func unplaced(s string) string { return nameAt.ReplaceAllString(s, "$1") }

var together = regexp.MustCompile(`(?i)\s*\(\s*(?:avec|with|dengan|bersama|mit|con|com)\s+([^()]+)\)`)

// authorsOf turns a byline as it stands on a page into names: without "By",
// dates, addresses and what stands after them.
func authorsOf(byline string, r reading) []string {
	s := oneLine(byline)
	s = bylineLead.ReplaceAllString(s, "")
	if _, rest, ok := r.find(s); ok {
		s = rest
	}
	for _, mark := range []string{" - ", " | ", " — ", " – "} {
		if head, tail, ok := strings.Cut(s, mark); ok && looksLikeNames(head) && !looksLikeName(tail) {
			s = head
		} else if ok && looksLikeNames(head) && strings.ContainsAny(tail, ".") {
			s = head // "Nama - detikNews.com"
		}
	}
	more := ""
	if m := together.FindStringSubmatch(s); m != nil { // "A (avec B et C)"
		s, more = strings.Replace(s, m[0], " ", 1), m[1]
	}
	s = unplaced(s)
	var out []string
	for _, n := range append(splitNames(s), splitNames(more)...) {
		if strings.Contains(n, "://") || !strings.ContainsFunc(n, unicode.IsLetter) || wordCount(n) > 8 {
			continue
		}
		if low := strings.ToLower(n); low == "last updated" || low == "updated" || low == "published" || low == "admin" {
			continue
		}
		out = append(out, n)
	}
	return out
}

var creditedTo = regexp.MustCompile(`\b(?i:dilansir|dikutip|melansir|mengutip|menukil|dinukil|diwartakan)\s+(?i:oleh\s+|dari\s+|kantor\s+berita\s+|laman\s+|media\s+|situs\s+)*(\p{Lu}[\p{L}\p{N}&.\-]*(?:\s+\p{Lu}[\p{L}\p{N}&.\-]*){0,3})`)

// creditedIn finds who is credited inside a text: "dilansir AFP", "seperti
// dikutip dari Reuters".
func creditedIn(text string) []string {
	var out []string
	for _, m := range creditedTo.FindAllStringSubmatch(clip(text, 20_000), 8) {
		name := strings.TrimRight(m[1], ".,;: ")
		words := strings.Fields(name)
		for len(words) > 0 { // "AFP Sabtu" ends before the weekday
			last := words[len(words)-1]
			if dayNames.MatchString(last) || monthNames[strings.ToLower(last)] > 0 {
				words = words[:len(words)-1]
				continue
			}
			break
		}
		if name = strings.Join(words, " "); name == "" || len(name) > 60 {
			continue
		}
		head, _, _ := strings.Cut(strings.ToLower(name), " ")
		if agencies[head] || strings.Contains(strings.Trim(name, "."), ".") {
			out = append(out, name)
		}
	}
	return unique(out)
}

// agencies are outlets that stories are taken from, by the first word of their
// names; those that are written like an address are known by that.
var agencies = set(`afp ap reuters antara bloomberg xinhua kyodo yonhap bernama anadolu tass sputnik kompas tempo detik detikcom
	republika guardian aljazeera al-jazeera bbc cnn cnbc dpa efe ansa upi voa dw nhk abc nbc cbs scmp npr rfi cgtn pti ani fox sky
	axios politico forbes variety deadline goal espn marca as bola liputan6 tribun tribunnews okezone kumparan tirto`)

func unique(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if key := fold(s); key != "" && !seen[key] {
			seen[key] = true
			out = append(out, s)
		}
	}
	return out
}
