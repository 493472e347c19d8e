package doc

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain returns the text that a reader sees, blocks separated by an empty line.
// Read-also blocks, ad breaks, cuts and dividers have none, and pictures only the
// caption that the block itself carries.
func (d Doc) Plain() string {
	var out strings.Builder
	for _, b := range d.Blocks {
		s := PlainBlock(b)
		if s == "" {
			continue
		}
		if out.Len() > 0 {
			out.WriteString("\n\n")
		}
		out.WriteString(s)
	}
	return out.String()
}

// PlainBlock returns the text of one block as Plain does.
func PlainBlock(b Block) string {
	switch b := b.(type) {
	case Paragraph:
		return strings.TrimSpace(b.Text.Plain())
	case Heading:
		return strings.TrimSpace(b.Text.Plain())
	case List:
		return strings.Join(listLines(nil, b, ""), "\n")
	case Quote:
		var lines []string
		for _, p := range b.Paragraphs {
			lines = addLine(lines, "", p.Plain())
		}
		return strings.Join(addLine(lines, "— ", b.Attribution), "\n")
	case Picture:
		return strings.TrimSpace(b.Caption)
	case Gallery:
		lines := addLine(nil, "", b.Caption)
		for _, p := range b.Items {
			lines = addLine(lines, "", p.Caption)
		}
		return strings.Join(lines, "\n")
	case Table:
		return plainTable(b)
	case FactBox:
		lines := addLine(nil, "", b.Title)
		for _, inner := range b.Blocks {
			lines = addLine(lines, "", PlainBlock(inner))
		}
		return strings.Join(lines, "\n")
	case Embed:
		return strings.TrimSpace(b.Title)
	}
	return ""
}

func addLine(lines []string, prefix, s string) []string {
	if s = strings.TrimSpace(s); s == "" {
		return lines
	}
	return append(lines, prefix+s)
}

func listLines(lines []string, l List, indent string) []string {
	for i, it := range l.Items {
		label := "- "
		if l.Ordered {
			label = strconv.Itoa(max(l.Start, 1)+i) + ". "
		}
		lines = append(lines, indent+label+strings.TrimSpace(it.Text.Plain()))
		for _, sub := range it.Lists {
			lines = listLines(lines, sub, indent+"  ")
		}
	}
	return lines
}

func plainTable(t Table) string {
	lines := addLine(nil, "", t.Caption)
	for _, r := range t.Rows {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = strings.ReplaceAll(strings.TrimSpace(c.Text.Plain()), "\n", " ")
		}
		lines = append(lines, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// Words returns the number of words of Plain; a word has a letter or a digit.
func (d Doc) Words() int {
	n := 0
	for _, b := range d.Blocks {
		for w := range strings.FieldsSeq(PlainBlock(b)) {
			if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				n++
			}
		}
	}
	return n
}

// firstText returns the text of the first paragraph that has any.
func (d Doc) firstText() string {
	for _, b := range d.Blocks {
		if p, ok := b.(Paragraph); ok {
			if s := strings.TrimSpace(p.Text.Plain()); s != "" {
				return s
			}
		}
	}
	return ""
}

// Excerpt returns the first paragraph that has text on one line, cut at a word after at most most
// characters, the "…" that then follows included.
func (d Doc) Excerpt(most int) string {
	s := strings.Join(strings.Fields(d.firstText()), " ")
	if most <= 0 || utf8.RuneCountInString(s) <= most {
		return s
	}
	cut := string([]rune(s)[:most]) // one more than fits, to see a word's end
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	} else {
		cut = string([]rune(s)[:most-1])
	}
	return strings.TrimRight(cut, " ,;:-–—(") + "…"
}

// Trim returns the document without empty paragraphs, headings and, at its two
// ends, dividers, cuts and ad breaks.
func (d Doc) Trim() Doc {
	var out Doc
	for _, b := range d.Blocks {
		switch b := b.(type) {
		case Paragraph:
			if strings.TrimSpace(b.Text.Plain()) == "" {
				continue
			}
		case Heading:
			if strings.TrimSpace(b.Text.Plain()) == "" {
				continue
			}
		}
		out.Blocks = append(out.Blocks, b)
	}
	for len(out.Blocks) > 0 && isBreak(out.Blocks[0]) {
		out.Blocks = out.Blocks[1:]
	}
	for len(out.Blocks) > 0 && isBreak(out.Blocks[len(out.Blocks)-1]) {
		out.Blocks = out.Blocks[:len(out.Blocks)-1]
	}
	if len(out.Blocks) == 0 {
		return Doc{}
	}
	return out
}

func isBreak(b Block) bool {
	switch b.(type) {
	case Divider, AdBreak, MembersCut:
		return true
	}
	return false
}
