package wxr

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// node is an element of a piece: with attributes, its text, and elements in it.
type node struct {
	name string
	tag  []byte // what stands between < and >
	text string
	kids []node
}

// maxNodes bounds the elements of one piece: an item has 20 by itself, 15 for each
// comment and 3 for each field of its metadata.
const maxNodes = 1_000_000

// parser reads one piece.
type parser struct {
	src   []byte
	pos   int
	count int
}

// parse returns the element that a piece consists of. It stands any input: what
// does not fit is text, or passed over.
func parse(src []byte) node {
	p := &parser{src: src}
	if i := bytes.IndexByte(src, '<'); i >= 0 {
		p.pos = i
	}
	return p.element()
}

// element reads the element at pos with all in it.
func (p *parser) element() (n node) {
	p.count++
	end := tagEnd(p.src, p.pos)
	n.tag = p.src[p.pos+1 : end]
	n.name = tagName(n.tag)
	p.pos = min(end+1, len(p.src))
	if len(n.tag) > 0 && n.tag[len(n.tag)-1] == '/' {
		return n
	}
	var text strings.Builder
	for p.pos < len(p.src) {
		i := bytes.IndexByte(p.src[p.pos:], '<')
		if i < 0 {
			writeText(&text, p.src[p.pos:])
			p.pos = len(p.src)
			break
		}
		writeText(&text, p.src[p.pos:p.pos+i])
		p.pos += i
		rest := p.src[p.pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			p.cdata(n.name, &text)
		case bytes.HasPrefix(rest, []byte("<!--")):
			p.pos = behind(p.src, p.pos, "-->")
		case len(rest) > 1 && rest[1] == '/':
			end := tagEnd(p.src, p.pos)
			name := tagName(p.src[min(p.pos+2, len(p.src)):end])
			if name == n.name || n.name == "" {
				p.pos = min(end+1, len(p.src))
				n.text = text.String()
				return n
			}
			if isField(name) {
				// The end of what stands around it: this one has none.
				n.text = text.String()
				return n
			}
			text.Write(p.src[p.pos:min(end+1, len(p.src))]) // markup that nobody escaped
			p.pos = min(end+1, len(p.src))
		case len(rest) > 1 && isLetter(rest[1]) && p.count < maxNodes && isField(tagName(rest[1:tagEnd(rest, 0)])):
			n.kids = append(n.kids, p.element())
		default: // a bare "<" of a text, or markup that nobody escaped
			text.WriteByte('<')
			p.pos++
		}
	}
	n.text = text.String()
	return n
}

// cdata reads a CDATA section of an element, to the end that Reader found.
func (p *parser) cdata(field string, text *strings.Builder) {
	from := p.pos + len("<![CDATA[")
	for i := from; ; {
		k := bytes.Index(p.src[i:], []byte("]]>"))
		if k < 0 {
			text.Write(p.src[from:])
			p.pos = len(p.src)
			return
		}
		end := i + k
		rest := bytes.TrimLeft(p.src[end+3:], " \t\r\n")
		if bytes.HasPrefix(rest, []byte("<![CDATA[")) || bytes.HasPrefix(rest, []byte("</"+field)) {
			text.Grow(end - from)
			text.Write(p.src[from:end])
			p.pos = end + 3
			return
		}
		i = end + 1
	}
}

// tagEnd returns the index of the ">" that ends a tag, outside of quotes.
func tagEnd(src []byte, from int) int {
	var quote byte
	for i := from + 1; i < len(src); i++ {
		c := src[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
		if i-from > 1<<16 {
			break
		}
	}
	if i := bytes.IndexByte(src[from:], '>'); i >= 0 {
		return from + i
	}
	return len(src)
}

func tagName(tag []byte) string {
	for i, c := range tag {
		if c <= ' ' || c == '/' || c == '>' {
			return string(tag[:i])
		}
	}
	return string(tag)
}

func behind(src []byte, from int, end string) int {
	if i := bytes.Index(src[from:], []byte(end)); i >= 0 {
		return from + i + len(end)
	}
	return len(src)
}

// writeText adds text of XML: with the characters that entities stand for. Those
// of HTML are known as well; any other stays as it is written.
func writeText(text *strings.Builder, src []byte) {
	if bytes.IndexByte(src, '&') < 0 {
		text.Write(src)
		return
	}
	text.WriteString(html.UnescapeString(string(src)))
}

// isField reports whether a name is one of the elements that a piece consists of;
// anything else is markup in a text.
func isField(name string) bool { return fields[name] || strings.HasPrefix(name, "wp:") }

var fields = map[string]bool{"item": true, "title": true, "link": true, "pubDate": true, "dc:creator": true, "guid": true, "description": true,
	"content:encoded": true, "excerpt:encoded": true, "category": true, "language": true}

// kid returns the text of the first element in it with a name.
func (n *node) kid(name string) string {
	for i := range n.kids {
		if n.kids[i].name == name {
			return n.kids[i].text
		}
	}
	return ""
}

// Decode returns text in UTF-8, and what had to be done for it: "" for nothing. A
// declared encoding counts only where the bytes are no UTF-8: many a file says one
// and has the other.
func Decode(src []byte, declared string) (out []byte, how string) {
	const mended = "bytes that are no UTF-8 were read as Windows-1252"
	valid := utf8.Valid(src)
	if declared == "" || declared == "utf-8" || declared == "utf8" {
		if valid {
			return src, ""
		}
		return mend(src), mended
	}
	enc, name := charset.Lookup(declared)
	switch {
	case valid && enc == nil:
		return src, fmt.Sprintf("the declared encoding %.40q is not known; the bytes are UTF-8", declared)
	case valid:
		return src, ""
	case enc == nil:
		return mend(src), fmt.Sprintf("the declared encoding %.40q is not known; %s", declared, mended)
	case strings.HasPrefix(name, "utf-16"):
		return mend(src), mended
	}
	out, err := enc.NewDecoder().Bytes(src)
	if err != nil {
		return mend(src), mended
	}
	return out, "read as " + name
}

// mend reads the bytes that are no UTF-8 as Windows-1252, and leaves the others:
// most of such texts are both.
func mend(src []byte) []byte {
	enc, _ := charset.Lookup("windows-1252")
	out := make([]byte, 0, len(src)+len(src)/8)
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		if r != utf8.RuneError || n > 1 {
			out, src = append(out, src[:n]...), src[n:]
			continue
		}
		if b, err := enc.NewDecoder().Bytes(src[:1]); err == nil {
			out = append(out, b...)
		}
		src = src[1:]
	}
	return out
}
