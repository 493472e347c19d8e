package ingest

import (
	"strings"
	"unicode/utf8"

	"warta/internal/doc"
	"warta/internal/fault"
)

// PlainText turns a body without markup into paragraphs. Empty lines separate
// them; line ends do too, unless the text was wrapped to a width, and so does a
// line that begins with a tab or with spaces.
func PlainText(src string, ids doc.IDs) (doc.Doc, HTMLReport, error) {
	var report HTMLReport
	if len(src) > MaxHTML {
		return doc.Doc{}, report, fault.New(fault.TooLarge, "the body has %d bytes, at most %d are allowed", len(src), MaxHTML)
	}
	src = strings.ToValidUTF8(src, "\uFFFD")
	src = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(src)
	lines := strings.Split(src, "\n")
	wrap := wrapped(lines)
	var blocks []doc.Block
	var para []string
	end := func() {
		text, _, _ := collapse(strings.Join(para, " "))
		blocks = append(blocks, paragraphs(doc.Text(text))...)
		para = nil
	}
	for _, line := range lines {
		blank := strings.TrimSpace(line) == ""
		if blank || !wrap || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "  ") {
			end()
		}
		if !blank {
			para = append(para, line)
		}
	}
	end()
	d, err := finish(blocks, ids, len(src), &report)
	return d, report, err
}

// wrapped reports whether line ends inside paragraphs come from a fixed width:
// most lines that another one follows are nearly as long as the longest, and
// most of them end inside a sentence.
func wrapped(lines []string) bool {
	const widest = 100
	longest, inner, full, open := 0, 0, 0, 0
	for _, l := range lines {
		longest = max(longest, utf8.RuneCountInString(strings.TrimSpace(l)))
	}
	if longest > widest {
		return false
	}
	for i := 0; i+1 < len(lines); i++ {
		l := strings.TrimSpace(lines[i])
		if l == "" || strings.TrimSpace(lines[i+1]) == "" {
			continue
		}
		inner++
		if utf8.RuneCountInString(l)*3 >= longest*2 {
			full++
		}
		if !strings.ContainsAny(l[len(l)-1:], ".!?:;\"'") && !strings.HasSuffix(l, "”") {
			open++
		}
	}
	return inner > 0 && full*3 >= inner*2 && open*2 > inner
}
