package ingest

import (
	"math/bits"
	"net/url"
	"strings"
	"unicode"

	"warta/internal/doc"
)

// style is what holds for text at a place of the tree.
type style struct {
	marks doc.Mark
	href  string
	pre   bool // line ends count
}

var markOf = map[string]doc.Mark{
	"b": doc.Strong, "strong": doc.Strong,
	"i": doc.Em, "em": doc.Em, "cite": doc.Em, "var": doc.Em, "dfn": doc.Em,
	"u": doc.Underline,
	"s": doc.Strike, "strike": doc.Strike, "del": doc.Strike,
	"sub": doc.Sub, "sup": doc.Sup,
	"code": doc.Code, "kbd": doc.Code, "samp": doc.Code, "tt": doc.Code,
}

// buffer collects the text of one paragraph with white space collapsed.
type buffer struct {
	runs   doc.Inline
	space  bool // white space is due before the next character
	at     style
	breaks int // consecutive breaks at the end
}

// text adds the text of a node.
func (b *buffer) text(s string, at style) {
	if at.pre {
		for i, line := range strings.Split(strings.Trim(s, "\r\n"), "\n") {
			if i > 0 {
				b.runs, b.space = append(b.runs, doc.Run{Break: true}), false
			}
			b.runs = append(b.runs, doc.Run{Text: printable(strings.TrimRight(line, " \t\r")), Marks: at.marks, Href: at.href})
		}
		return
	}
	words, lead, trail := collapse(s)
	if lead {
		b.due(at)
	}
	if words == "" {
		return
	}
	if b.space && len(b.runs) > 0 && !b.runs[len(b.runs)-1].Break {
		b.push(" ", b.at)
	}
	b.push(words, at)
	b.space, b.breaks = false, 0
	if trail {
		b.due(at)
	}
}

// due remembers a space and where it stood; of two that meet the one with fewer
// marks, so that none gets into a link or a word that is set apart.
func (b *buffer) due(at style) {
	if !b.space || at.weight() < b.at.weight() {
		b.space, b.at = true, at
	}
}

func (s style) weight() int {
	n := bits.OnesCount8(uint8(s.marks))
	if s.href != "" {
		n++
	}
	return n
}

// push adds a run; Clean joins those that belong together, all at once.
func (b *buffer) push(s string, at style) {
	b.runs = append(b.runs, doc.Run{Text: s, Marks: at.marks, Href: at.href})
}

// lineBreak adds a break and returns how many stand here without text between.
func (b *buffer) lineBreak() int {
	b.runs, b.space = append(b.runs, doc.Run{Break: true}), false
	b.breaks++
	return b.breaks
}

// take returns the collected text and starts anew.
func (b *buffer) take() doc.Inline {
	out := b.runs.Clean().TrimSpace()
	*b = buffer{}
	return out
}

// collapse returns s with every run of white space as one space and without
// what cannot be printed, and whether it began or ended with white space.
func collapse(s string) (words string, lead, trail bool) {
	var out strings.Builder
	out.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			lead = lead || out.Len() == 0
			continue
		case invisible(r):
			continue
		}
		if space && out.Len() > 0 {
			out.WriteByte(' ')
		}
		space = false
		out.WriteRune(r)
	}
	return out.String(), lead, space
}

// invisible tells what text never needs: controls, zero-width spaces, byte
// order marks, soft hyphens. Joiners stay: emoji and scripts need them.
func invisible(r rune) bool {
	return unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' || r == '\u00ad' || r == '\u2060'
}

// printable drops control characters and keeps spaces as they are.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if invisible(r) {
			return -1
		}
		return r
	}, s)
}

// link returns the address that a link with this href gets, empty if none may
// be linked.
func (w *walker) link(href string) string {
	href = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1 // as browsers do
		}
		return r
	}, strings.TrimSpace(href))
	u, err := url.Parse(href)
	if href == "" || err != nil {
		return ""
	}
	if w.base != nil && u.Opaque == "" {
		if strings.HasPrefix(href, "#") {
			return ""
		}
		u = w.base.ResolveReference(u)
	}
	if u.Scheme == "" {
		return "" // a path of another site would lead somewhere on ours
	}
	out := u.String()
	if w.opt.Link != nil {
		out = w.opt.Link(out)
	}
	if !doc.SafeLink(out) {
		return ""
	}
	return out
}

// anchor returns the style inside an <a>.
func (w *walker) anchor(e *element, at style) style {
	href := e.get("href")
	if href == "" {
		return at
	}
	to := w.link(href)
	if to == "" {
		w.report.Add(RemovedLink, href, e.sample())
		return at
	}
	at.href = to
	return at
}
