package ingest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"warta/internal/doc"
	"warta/internal/fault"
)

// datelinePattern is one form in which a story's first paragraph can begin with
// its place. The zero value matches nothing.
type datelinePattern struct {
	exp   *regexp.Regexp
	place int // index of the group, -1 if the pattern has none
	out   int
	// outletFirst patterns look most like a sentence: what follows must begin one.
	outletFirst bool
}

// Datelines is a list of patterns with the outlets that they know.
type Datelines struct {
	patterns []datelinePattern
	lines    []string
	outlets  []string
}

// Dateline is what stood before the first sentence.
type Dateline struct {
	Place  string // as it was written; empty if only an outlet stood there
	Outlet string
	Text   string // all that was taken out
}

// defaultDatelines returns the built-in patterns and outlets in the form that
// ParseDatelines reads.
func defaultDatelines() string {
	var b strings.Builder
	for _, o := range datelineOutlets {
		b.WriteString("outlet " + o + "\n")
	}
	for _, p := range datelinePatterns {
		b.WriteString(p + "\n")
	}
	return b.String()
}

// ParseDatelines reads a list of patterns, one a line. A line "outlet NAME"
// names an outlet; empty lines and those that begin with "#" say nothing. In a
// pattern stand, besides literal text:
//
//	{place}   a place, with a region after a comma: "Jakarta", "GROSSETO, Italy"
//	{PLACE}   the same in capitals alone
//	{outlet}  a known outlet, in any case, or anything like "kompas.com"
//	{date}    "Jan 7", "7 Januari 2022", "8/1/2022", "Sabtu (8/1/2022)"
//	-         any dash or two, with or without spaces around
//
// Spaces may be missing in the text. Every pattern ends with a dash or a colon.
// With an empty list text the built-in list is taken.
func ParseDatelines(text string) (*Datelines, error) {
	if strings.TrimSpace(text) == "" {
		text = defaultDatelines()
	}
	d := &Datelines{}
	var at []int
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if name, ok := strings.CutPrefix(line, "outlet "); ok {
			d.outlets = append(d.outlets, strings.TrimSpace(name))
			continue
		}
		d.lines, at = append(d.lines, line), append(at, i+1)
	}
	for i, line := range d.lines {
		p, err := compileDateline(line, d.outlets)
		if err != nil {
			return nil, fault.New(fault.Invalid, "datelines, line %d: %w", at[i], err)
		}
		d.patterns = append(d.patterns, p)
	}
	return d, nil
}

// With returns the list with further outlets, such as the site's own name.
func (d *Datelines) With(outlets ...string) (*Datelines, error) {
	out := &Datelines{lines: d.lines, outlets: slices.Clone(d.outlets)}
	for _, o := range outlets {
		if o = strings.TrimSpace(o); o != "" { // an empty name would match everywhere
			out.outlets = append(out.outlets, o)
		}
	}
	for _, line := range d.lines {
		p, err := compileDateline(line, out.outlets)
		if err != nil {
			return nil, err
		}
		out.patterns = append(out.patterns, p)
	}
	return out, nil
}

const (
	spaces    = `[\s\x{a0}\x{2000}-\x{200a}\x{202f}]*`
	dashes    = spaces + `(?:-{1,3}|[–—―‒−]{1,2})` + spaces
	placeWord = `\p{Lu}[\p{L}\p{M}]*(?:['’.\-][\p{L}\p{M}]+|[.'’])*`
	placeLink = `(?:di|de|del|da|do|dos|la|le|al|el|bin|of|the|upon|am|an|der)`
	upperWord = `\p{Lu}[\p{Lu}\p{M}]*(?:['’.\-][\p{Lu}\p{M}]+|[.'’])*`
	hostForm  = `[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.(?:com|co|id|net|news|tv|org|info)`
	dayForm   = `(?:\p{L}{3,9}\.?` + gap + `\d{1,2}(?:,` + spaces + `\d{4})?|\d{1,2}` + gap + `\p{L}{3,9}\.?(?:` + gap + `\d{4})?|\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?)`
	gap       = `[\s\x{a0}\x{202f}]+`
)

var (
	placeForm = words(placeWord, `(?:`+placeLink+gap+`)?`+placeWord, 5) + `(?:,` + spaces + words(placeWord, placeWord, 3) + `)?`
	upperForm = words(upperWord, upperWord, 5) + `(?:,` + spaces + words(placeWord, placeWord, 3) + `)?`
	dateForm  = `(?:\p{L}{4,7}(?:,)?` + spaces + `\(?` + dayForm + `\)?|` + dayForm + `)`
	token     = regexp.MustCompile(`\{[^}]*\}|-|\s+|[^{\-\s]+`)
)

func words(first, more string, most int) string {
	return first + `(?:` + gap + more + `){0,` + string(rune('0'+most-1)) + `}`
}

func compileDateline(line string, outlets []string) (datelinePattern, error) {
	p := datelinePattern{place: -1, out: -1}
	if !strings.HasSuffix(line, "-") && !strings.HasSuffix(line, ":") {
		return p, fault.New(fault.Invalid, "the pattern %q does not end with a dash or a colon", line)
	}
	if len(line) > 200 {
		return p, fault.New(fault.Invalid, "the pattern %q is too long", line[:40]+"…")
	}
	var exp strings.Builder
	exp.WriteString("^" + spaces)
	group := 0
	for _, t := range token.FindAllString(line, -1) {
		switch {
		case t == "{place}", t == "{PLACE}":
			form := placeForm
			if t == "{PLACE}" {
				form = upperForm
			}
			group++
			p.place = group
			exp.WriteString("(" + form + ")")
		case t == "{outlet}":
			group++
			p.out = group
			p.outletFirst = group == 1
			exp.WriteString("(" + outletForm(outlets) + ")")
		case t == "{date}":
			exp.WriteString(dateForm)
		case strings.HasPrefix(t, "{"):
			return p, fault.New(fault.Invalid, "the pattern %q has %s, which nobody knows", line, t)
		case t == "-":
			exp.WriteString(dashes)
		case strings.TrimSpace(t) == "":
			exp.WriteString(spaces)
		default:
			exp.WriteString(regexp.QuoteMeta(t))
		}
	}
	if p.place < 0 && p.out < 0 {
		return p, fault.New(fault.Invalid, "the pattern %q needs a {place} or an {outlet}", line)
	}
	exp.WriteString(spaces)
	var err error
	p.exp, err = regexp.Compile(exp.String())
	return p, err
}

func outletForm(outlets []string) string {
	names := slices.Clone(outlets)
	slices.SortStableFunc(names, func(a, b string) int { return len(b) - len(a) })
	for i, n := range names {
		names[i] = strings.ReplaceAll(regexp.QuoteMeta(n), " ", gap)
	}
	return `(?i:` + strings.Join(append(names, hostForm), "|") + `)`
}

// window is how far into a paragraph a dateline can reach, in bytes.
const window = 200

// match returns the dateline at the beginning of the text and its length.
func (d *Datelines) match(text string) (Dateline, int) {
	head := clip(text, window)
	if !strings.ContainsAny(head, "-‐‑‒–—―−:：") {
		return Dateline{}, 0 // every pattern ends with one of them
	}
	for _, p := range d.patterns {
		m := p.exp.FindStringSubmatchIndex(head)
		if m == nil {
			continue
		}
		l := Dateline{Place: group(head, m, p.place), Outlet: group(head, m, p.out), Text: strings.TrimSpace(head[:m[1]])}
		if d.known(l.Place) {
			continue // "AP, AFP - ": a list of agencies, not a place
		}
		if p.outletFirst && !beginsSentence(text[m[1]:]) {
			continue
		}
		return l, m[1]
	}
	return Dateline{}, 0
}

func (d *Datelines) known(name string) bool {
	return slices.ContainsFunc(d.outlets, func(o string) bool { return strings.EqualFold(o, name) })
}

func group(s string, m []int, i int) string {
	if i < 0 || m[2*i] < 0 {
		return ""
	}
	return oneLine(s[m[2*i]:m[2*i+1]])
}

// beginsSentence reports whether the text can be the beginning of a story.
func beginsSentence(s string) bool {
	for _, r := range s {
		if unicode.IsSpace(r) || strings.ContainsRune("\"'“‘«([", r) {
			continue
		}
		return !unicode.IsLower(r)
	}
	return true
}

// Take moves a leading dateline out of the document's first text, marks and
// links around it included, and returns it. A paragraph that held nothing else
// goes; a dateline that stands there twice goes twice. The document that d
// points to is replaced, its old blocks are not changed.
func (d *Datelines) Take(body *doc.Doc) (Dateline, bool) {
	var taken Dateline
	ok := false
	for range 2 {
		i := firstText(*body)
		if i < 0 {
			break
		}
		p := body.Blocks[i].(doc.Paragraph)
		l, n := d.match(p.Text.Plain())
		if n == 0 || ok && l.Place != taken.Place {
			break
		}
		p.Text = p.Text.Skip(n).TrimSpace()
		blocks := slices.Clone(body.Blocks)
		blocks[i] = p
		if len(p.Text) == 0 {
			blocks = slices.Delete(blocks, i, i+1)
		}
		body.Blocks = blocks
		if !ok {
			taken, ok = l, true
		}
	}
	return taken, ok
}

// firstText returns the index of the paragraph that begins the story, -1 if
// another text comes first.
func firstText(d doc.Doc) int {
	for i, b := range d.Blocks {
		switch b := b.(type) {
		case doc.Paragraph:
			if strings.TrimSpace(b.Text.Plain()) != "" {
				return i
			}
		case doc.List, doc.Quote, doc.Table, doc.FactBox:
			return -1
		}
	}
	return -1
}

// Split finds a dateline at the beginning of a text: its place and outlet as they
// were written, and its length in bytes, 0 if there is none.
func (d *Datelines) Split(text string) (place, outlet string, size int) {
	l, n := d.match(text)
	return l.Place, l.Outlet, n
}
