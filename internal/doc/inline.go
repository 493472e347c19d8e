package doc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark is a set of the ways in which a run of text is set apart. A link is not
// a bit of it: a run with an Href is a link.
type Mark uint8

// The marks, in the order in which they are written, the outermost first.
const (
	Strong Mark = 1 << iota
	Em
	Underline
	Strike
	Sub
	Sup
	Code
)

// markNames are the node names of the marks, in the order of their bits.
var markNames = [...]string{"strong", "em", "underline", "strike", "sub", "sup", "code"}

// Has reports whether all marks of x are in m.
func (m Mark) Has(x Mark) bool { return m&x == x }

// Names returns the schema's names of the marks in m, in canonical order.
func (m Mark) Names() []string {
	var out []string
	for i, n := range markNames {
		if m&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

// Run is a piece of text with one set of marks, or, with Break, a forced line
// break, which has no text and no marks.
type Run struct {
	Text  string
	Marks Mark
	Href  string // the address, if the run is (part of) a link
	Break bool
}

// Inline is the text of a paragraph, heading, list item or cell.
type Inline []Run

// Text returns plain text as inline content, nil when s is empty.
func Text(s string) Inline {
	if s == "" {
		return nil
	}
	return Inline{{Text: s}}
}

// Plain returns the text without marks; a break is a line feed.
func (in Inline) Plain() string {
	if len(in) == 1 && !in[0].Break {
		return in[0].Text
	}
	var b strings.Builder
	for _, r := range in {
		if r.Break {
			b.WriteByte('\n')
		} else {
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

// Clean returns the canonical form: no empty runs, neighbours with the same
// marks and address joined, nothing on breaks. It is nil if nothing is left.
func (in Inline) Clean() Inline {
	if in.clean() {
		return in
	}
	var out Inline
	for i := 0; i < len(in); i++ {
		if in[i].Break {
			out = append(out, Run{Break: true})
			continue
		}
		if in[i].Text == "" {
			continue
		}
		run, end := in[i], i+1
		for end < len(in) && !in[end].Break && (in[end].Text == "" || run.like(in[end])) {
			end++
		}
		// Joined at once: piece by piece would be quadratic.
		run.Text = in[i:end].Plain()
		out = append(out, run)
		i = end - 1
	}
	return out
}

// like reports whether two runs of text have the same marks and address.
func (r Run) like(x Run) bool { return r.Marks == x.Marks && r.Href == x.Href }

func (in Inline) clean() bool {
	if len(in) == 0 {
		return in == nil
	}
	for i, r := range in {
		if r.Break {
			if r != (Run{Break: true}) {
				return false
			}
			continue
		}
		if r.Text == "" {
			return false
		}
		if i > 0 && !in[i-1].Break && in[i-1].like(r) {
			return false
		}
	}
	return true
}

// TrimSpace returns the text without white space and breaks at its two ends.
func (in Inline) TrimSpace() Inline {
	out := append(Inline(nil), in...)
	for len(out) > 0 {
		r := &out[0]
		if !r.Break && strings.TrimSpace(r.Text) != "" {
			r.Text = strings.TrimLeftFunc(r.Text, unicode.IsSpace)
			break
		}
		out = out[1:]
	}
	for len(out) > 0 {
		r := &out[len(out)-1]
		if !r.Break && strings.TrimSpace(r.Text) != "" {
			r.Text = strings.TrimRightFunc(r.Text, unicode.IsSpace)
			break
		}
		out = out[:len(out)-1]
	}
	return out.Clean()
}

// Skip returns the text after its first n bytes of Plain, marks kept. An n
// inside a character moves on to that character's end.
func (in Inline) Skip(n int) Inline {
	for i, r := range in {
		size := len(r.Text)
		if r.Break {
			size = 1
		}
		if n >= size {
			n -= size
			continue
		}
		for n > 0 && !utf8.RuneStart(r.Text[n]) {
			n++
			if n == len(r.Text) {
				return append(Inline(nil), in[i+1:]...).Clean()
			}
		}
		out := append(Inline(nil), in[i:]...)
		out[0].Text = r.Text[n:]
		return out.Clean()
	}
	return nil
}
