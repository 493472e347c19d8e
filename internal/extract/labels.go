package extract

import (
	_ "embed"
	"strings"
	"unicode"

	"warta/internal/fault"
)

//go:embed labels.txt
var builtinLabels string

// BuiltinLabels returns the text of the built-in labels, to begin an own file with.
func BuiltinLabels() string { return builtinLabels }

// label is the kind of a line that a word tells.
type label string

// The kinds of labels. Those of roles are the words of news.CreditRole.
const (
	lWriter    label = "writer"
	lSource    label = "source"
	lTopics    label = "topics"
	lSection   label = "section"
	lPublished label = "published"
	lModified  label = "modified"
	lCaption   label = "caption"
	lReadAlso  label = "read_also"
	lShare     label = "share"
	lNav       label = "nav"
	lAction    label = "action"
	lPlayer    label = "player"
	lAd        label = "ad"
	lCookie    label = "cookie"
	lOffer     label = "offer"
	lCallout   label = "callout"
	lRelated   label = "related"
	lLatest    label = "latest"
	lComments  label = "comments"
	lLegal     label = "legal"
	lMissing   label = "missing"
	lConsent   label = "consent"
	lLogin     label = "login"
	lCheck     label = "check"
)

var (
	labelKinds = set(`writer reporter editor photographer videographer translator contributor team source topics
		section published modified caption read_also share nav action player ad cookie offer callout related
		latest comments legal missing consent login check`)
	isRole  = set("writer reporter editor photographer videographer translator contributor team")
	isValue = set(`writer reporter editor photographer videographer translator contributor team source topics
		section published modified caption read_also`)
	isFurniture = set("share nav action player ad cookie offer callout")
	isPart      = set("related latest comments legal")
)

// pattern is a label of which parts are given, in their order.
type pattern struct {
	kind  label
	parts []string // folded
	open  bool     // something may stand before the first part
	more  bool     // something may follow the last one
}

// Labels are the words by which lines are recognised.
type Labels struct {
	whole map[string][]label
	begin map[string][]pattern // by the first word
	parts []pattern            // that may begin anywhere
	value []valueLabel         // longest first
}

type valueLabel struct {
	kind  label
	words []string
}

// maxLabels bounds an own file.
const maxLabels = 5000

// ParseLabels reads a list of labels, see the head of the built-in one, which is
// taken for an empty text. An unknown kind is fault.Invalid.
func ParseLabels(text string) (*Labels, error) {
	if strings.TrimSpace(text) == "" {
		text = builtinLabels
	}
	l := &Labels{whole: map[string][]label{}, begin: map[string][]pattern{}}
	count := 0
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		kind, rest, ok := strings.Cut(line, ":")
		kind = strings.TrimSpace(kind)
		if !ok || !labelKinds[kind] {
			return nil, fault.New(fault.Invalid, "labels, line %d: %q is no kind of labels; write for example \"editor: Editor | Redaktur\"", i+1, clip(kind, 40))
		}
		for _, p := range strings.Split(rest, "|") {
			if count++; count > maxLabels {
				return nil, fault.New(fault.TooLarge, "labels, line %d: at most %d are allowed", i+1, maxLabels)
			}
			if err := l.add(label(kind), strings.TrimSpace(p)); err != nil {
				return nil, fault.New(fault.Invalid, "labels, line %d: %w", i+1, err)
			}
		}
	}
	return l, nil
}

func (l *Labels) add(kind label, text string) error {
	text = strings.ReplaceAll(text, "...", "…")
	if !strings.Contains(text, "…") {
		f := fold(text)
		if f == "" {
			return fault.New(fault.Invalid, "%q has no word", text)
		}
		l.whole[f] = append(l.whole[f], kind)
		if isValue[string(kind)] {
			l.value = append(l.value, valueLabel{kind: kind, words: strings.Fields(f)})
		}
		return nil
	}
	p := pattern{kind: kind, open: strings.HasPrefix(text, "…"), more: strings.HasSuffix(text, "…")}
	for _, part := range strings.Split(text, "…") {
		if strings.Contains(part, "©") {
			part = strings.ReplaceAll(part, "©", "copyright")
		}
		if f := fold(part); f != "" {
			p.parts = append(p.parts, f)
		}
	}
	if len(p.parts) == 0 {
		return fault.New(fault.Invalid, "%q has no word", text)
	}
	if p.open {
		l.parts = append(l.parts, p)
		return nil
	}
	word, _, _ := strings.Cut(p.parts[0], " ")
	l.begin[word] = append(l.begin[word], p)
	return nil
}

// longest is the most words of a line that a label may tell: more is prose.
const longest = 70

// kinds returns all that a line's words tell of it as a whole, the more
// particular ones first; text is the line.
func (l *Labels) kinds(text string) []label {
	text = strings.ReplaceAll(text, "©", " copyright ")
	words := Words(clip(text, 2000))
	if len(words) == 0 || len(words) > longest {
		return nil
	}
	f := strings.Join(words, " ")
	if k := l.whole[f]; k != nil {
		return k
	}
	var out []label
	var bare []string
	for _, w := range words {
		if !isNumber(w) {
			bare = append(bare, w)
		}
	}
	if len(bare) > 0 && len(bare) < len(words) { // "12 komentar", "Bagikan (5)"
		for _, k := range l.whole[strings.Join(bare, " ")] {
			if isFurniture[string(k)] || isPart[string(k)] {
				out = append(out, k)
			}
		}
	}
	for _, p := range l.begin[words[0]] {
		if p.match(f) {
			out = append(out, p.kind)
		}
	}
	for _, p := range l.parts {
		if p.match(f) {
			out = append(out, p.kind)
		}
	}
	return out
}

func isNumber(w string) bool {
	for _, r := range w {
		if !unicode.IsDigit(r) {
			return w == "rb" || w == "jt"
		}
	}
	return true
}

// match holds a pattern against a folded line, words whole.
func (p *pattern) match(f string) bool {
	at := 0
	for i, part := range p.parts {
		j := indexWords(f[at:], part)
		if j < 0 || i == 0 && !p.open && j != 0 {
			return false
		}
		at += j + len(part)
	}
	if p.more {
		return true
	}
	if at == len(f) {
		return true
	}
	last := p.parts[len(p.parts)-1]
	return strings.HasSuffix(f, " "+last)
}

// indexWords returns where part stands in f as whole words.
func indexWords(f, part string) int {
	for from := 0; ; {
		i := strings.Index(f[from:], part)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(part)
		if (i == 0 || f[i-1] == ' ') && (end == len(f) || f[end] == ' ') {
			return i
		}
		from = i + 1
	}
}

// is reports whether one of the kinds is among those of the line.
func (l *Labels) is(text string, kinds ...label) bool {
	for _, have := range l.kinds(text) {
		for _, k := range kinds {
			if have == k {
				return true
			}
		}
	}
	return false
}

// furniture returns the kind of furniture that the line is by its words.
func (l *Labels) furniture(text string) (label, bool) {
	for _, k := range l.kinds(text) {
		if isFurniture[string(k)] {
			return k, true
		}
	}
	if callsOut(text) {
		return lCallout, true
	}
	return "", false
}

// part returns the kind of part that the line opens.
func (l *Labels) part(text string) (label, bool) {
	for _, k := range l.kinds(text) {
		if isPart[string(k)] {
			return k, true
		}
	}
	return "", false
}
