package ingest

import (
	"strings"
)

// isAutopBlock are the elements around which the classic editor of WordPress makes
// no paragraph.
var isAutopBlock = set(`table thead tfoot caption col colgroup tbody tr td th div dl dd dt ul ol li pre form map area
	blockquote address math style script p h1 h2 h3 h4 h5 h6 hr fieldset legend section article aside hgroup header footer
	nav figure figcaption details menu summary video audio iframe object embed`)

// heldBreak stands for a line end that is no break, while paragraphs are made.
const heldBreak = '\x01'

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", string(heldBreak), "")

// autop makes paragraphs of a text of the classic editor, which stores none: an
// empty line ends one, a line end is a break. As wpautop of WordPress does it, with
// the same elements left alone.
func autop(src string) string {
	if strings.TrimSpace(src) == "" {
		return ""
	}
	src = lineEnds.Replace(src)
	parted := partBlocks(src)
	var out strings.Builder
	out.Grow(len(parted) + len(parted)/8)
	for chunk := range paragraphsOf(parted) {
		lines := strings.ReplaceAll(chunk, "\n", "<br>\n")
		if name, _ := tagAt(chunk, 0); isAutopBlock[name] {
			out.WriteString(lines)
			out.WriteByte('\n')
			continue
		}
		out.WriteString("<p>")
		out.WriteString(lines)
		out.WriteString("</p>\n")
	}
	return strings.ReplaceAll(out.String(), string(heldBreak), "\n")
}

// partBlocks sets empty lines around block elements, and holds the line ends in
// tags and in what keeps them.
func partBlocks(src string) string {
	var b strings.Builder
	b.Grow(len(src) + len(src)/4)
	for i := 0; i < len(src); {
		k := strings.IndexByte(src[i:], '<')
		if k < 0 {
			b.WriteString(src[i:])
			break
		}
		b.WriteString(src[i : i+k])
		i += k
		name, end := tagAt(src, i)
		if name == "" {
			b.WriteByte('<')
			i++
			continue
		}
		closing := src[i+1] == '/'
		if !closing && (name == "pre" || name == "script" || name == "style" || name == "!--") {
			end = endOfRaw(src, i, name, end)
			if name != "!--" { // which is nothing: what stands around it belongs together
				b.WriteString("\n\n" + hold(src[i:end]) + "\n\n")
			}
			i = end
			continue
		}
		tag := hold(src[i:end])
		switch {
		case !isAutopBlock[name]:
			b.WriteString(tag)
		case closing:
			b.WriteString(tag + "\n\n")
		default:
			b.WriteString("\n\n" + tag)
			if name == "hr" {
				b.WriteString("\n\n")
			}
		}
		i = end
	}
	return b.String()
}

func hold(s string) string { return strings.ReplaceAll(s, "\n", string(heldBreak)) }

// endOfRaw returns the index behind an element whose text is not looked at.
func endOfRaw(src string, at int, name string, end int) int {
	closing := "</" + name
	if name == "!--" {
		closing = "-->"
	}
	k := indexFold(src[end:], closing)
	if name == "!--" {
		k = strings.Index(src[at+4:], closing)
		if k < 0 {
			return len(src)
		}
		return at + 4 + k + 3
	}
	if k < 0 {
		return end
	}
	if close := strings.IndexByte(src[end+k:], '>'); close >= 0 {
		return end + k + close + 1
	}
	return len(src)
}

// indexFold is strings.Index for ASCII in any case.
func indexFold(s, sub string) int {
	for i := 0; ; {
		k := strings.IndexByte(s[i:], sub[0])
		if k < 0 || i+k+len(sub) > len(s) {
			return -1
		}
		if i += k; strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
		i++
	}
}

// tagAt returns the name of the tag at an index in lower case, and the index
// behind it; "" if there is none.
func tagAt(src string, at int) (name string, end int) {
	if at >= len(src) || src[at] != '<' {
		return "", at
	}
	if strings.HasPrefix(src[at:], "<!--") {
		return "!--", at + 4
	}
	i := at + 1
	if i < len(src) && src[i] == '/' {
		i++
	}
	from := i
	for i < len(src) && (src[i]|0x20 >= 'a' && src[i]|0x20 <= 'z' || i > from && src[i] >= '0' && src[i] <= '9' || i > from && (src[i] == '-' || src[i] == ':')) {
		i++
	}
	if i == from {
		return "", at
	}
	name = strings.ToLower(src[from:i])
	var quote byte
	for ; i < len(src); i++ {
		c := src[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return name, i + 1
		}
	}
	// A quote that does not end: up to the first ">".
	if k := strings.IndexByte(src[from:], '>'); k >= 0 {
		return name, from + k + 1
	}
	return "", at
}

// paragraphsOf yields what stands between empty lines, trimmed and not empty.
func paragraphsOf(src string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		rest := src
		for rest != "" {
			end, next := len(rest), len(rest)
			for i := 0; i < len(rest); {
				k := strings.IndexByte(rest[i:], '\n')
				if k < 0 {
					break
				}
				i += k
				j := i + 1
				for j < len(rest) && (rest[j] == ' ' || rest[j] == '\t') {
					j++
				}
				if j < len(rest) && rest[j] == '\n' {
					end, next = i, j+1
					break
				}
				i++
			}
			if chunk := strings.Trim(rest[:end], " \t\n"); chunk != "" && !yield(chunk) {
				return
			}
			rest = rest[next:]
		}
	}
}
