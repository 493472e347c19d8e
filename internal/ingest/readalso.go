package ingest

import (
	"regexp"
	"strings"
	"unicode"

	"warta/internal/doc"
)

// readAlsoLabel is what stands before a pointer to another story.
var readAlsoLabel = regexp.MustCompile(`^(?i:(?:baca|simak|lihat|tonton)[\s\x{a0}]+juga|read[\s\x{a0}]+also|also[\s\x{a0}]+read)([\s\x{a0}]*[:：]|[\s\x{a0}]+[-–—]+[\s\x{a0}]|)[\s\x{a0}]*`)

// maxHeadline is the most bytes that a headline after a label may have; more is
// a sentence of the story.
const maxHeadline = 300

// takeReadAlsos turns what is only a label and a link or headline into
// read-also blocks, and reports each. A label on its own takes the links of the
// block that follows it.
func takeReadAlsos(blocks []doc.Block, report *HTMLReport) []doc.Block {
	var out []doc.Block
	for i := 0; i < len(blocks); i++ {
		found, alone := readAlsosOf(blocks[i])
		if alone && i+1 < len(blocks) {
			if found = onlyLinks(blocks[i+1]); len(found) > 0 {
				i++
			}
		}
		if len(found) == 0 {
			out = append(out, blocks[i])
			continue
		}
		for _, r := range found {
			report.Add(TakenReadAlso, r.URL, r.Headline)
			out = append(out, r)
		}
	}
	return out
}

// readAlsosOf returns the pointers that the block consists of, or that it is a
// label alone.
func readAlsosOf(b doc.Block) (found []doc.ReadAlso, alone bool) {
	switch b := b.(type) {
	case doc.Paragraph:
		return readAlso(b.Text)
	case doc.Heading:
		return readAlso(b.Text)
	case doc.Quote:
		if len(b.Paragraphs) == 1 && b.Attribution == "" {
			return readAlso(b.Paragraphs[0])
		}
	case doc.List:
		for _, it := range b.Items {
			one, alone := readAlso(it.Text)
			switch {
			case alone && len(it.Lists) == 1 && len(b.Items) == 1:
				return onlyLinks(it.Lists[0]), false
			case len(one) == 0 || len(it.Lists) > 0:
				return nil, false
			}
			found = append(found, one...)
		}
	}
	return found, false
}

func readAlso(in doc.Inline) (found []doc.ReadAlso, alone bool) {
	plain := in.Plain()
	m := readAlsoLabel.FindStringSubmatchIndex(plain)
	if m == nil {
		return nil, false
	}
	colon := m[2] < m[3]
	rest := in.Skip(m[1]).TrimSpace()
	if len(rest) == 0 {
		return nil, colon
	}
	if found := links(rest); len(found) > 0 {
		return found, false
	}
	// Without a link the colon is what tells a label from a sentence.
	headline := oneLine(rest.Plain())
	if !colon || len(headline) > maxHeadline || hasBreak(rest) || hasLink(rest) {
		return nil, false
	}
	return []doc.ReadAlso{{Headline: headline}}, false
}

// onlyLinks returns the pointers of a block that follows a label: a paragraph
// that is links alone, or a list of such lines.
func onlyLinks(b doc.Block) []doc.ReadAlso {
	switch b := b.(type) {
	case doc.Paragraph:
		return links(b.Text)
	case doc.List:
		var out []doc.ReadAlso
		for _, it := range b.Items {
			found := links(it.Text)
			if len(found) == 0 || len(it.Lists) > 0 {
				return nil
			}
			out = append(out, found...)
		}
		return out
	}
	return nil
}

// links returns a pointer for each link of the text, none if there is anything
// else in it than punctuation between them.
func links(in doc.Inline) []doc.ReadAlso {
	var out []doc.ReadAlso
	joined := false // the run before belongs to the same link
	for _, r := range in {
		if r.Href == "" {
			if strings.ContainsFunc(r.Text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
				return nil
			}
			joined = joined && !r.Break && strings.TrimSpace(r.Text) == ""
			continue
		}
		if n := len(out); n > 0 && joined && out[n-1].URL == r.Href {
			out[n-1].Headline = oneLine(out[n-1].Headline + " " + r.Text)
		} else {
			out = append(out, doc.ReadAlso{URL: r.Href, Headline: r.Text})
		}
		joined = true
	}
	for i := range out {
		out[i].Headline = oneLine(out[i].Headline)
		if len(out[i].Headline) > doc.MaxAttr {
			return nil
		}
	}
	return out
}

func hasBreak(in doc.Inline) bool {
	for _, r := range in {
		if r.Break {
			return true
		}
	}
	return false
}

func hasLink(in doc.Inline) bool {
	for _, r := range in {
		if r.Href != "" {
			return true
		}
	}
	return false
}
