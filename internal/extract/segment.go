package extract

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// segment is a piece of text of a page that stands on lines of its own: a
// paragraph, a list's item, the part between two breaks.
type segment struct {
	nodes []*html.Node // of text, in their order
	block *html.Node   // the innermost block around it
	text  string       // on one line
	links int          // letters of it that are inside of links
	size  int          // letters
}

// segments cuts all text below root into segments.
func segments(root *html.Node) []*segment {
	c := &cutter{}
	c.walk(root, root, false)
	c.end()
	return c.out
}

type cutter struct {
	out []*segment
	cur *segment
	raw strings.Builder
}

func (c *cutter) end() {
	if c.cur == nil {
		return
	}
	c.cur.text = oneLine(c.raw.String())
	c.raw.Reset()
	if c.cur.text != "" {
		c.out = append(c.out, c.cur)
	}
	c.cur = nil
}

func (c *cutter) walk(n, block *html.Node, linked bool) {
	switch {
	case n.Type == html.TextNode:
		if c.cur == nil {
			if strings.TrimSpace(n.Data) == "" {
				return
			}
			c.cur = &segment{block: block}
		}
		c.raw.WriteString(n.Data)
		c.cur.nodes = append(c.cur.nodes, n)
		size := letters(n.Data)
		c.cur.size += size
		if linked {
			c.cur.links += size
		}
		return
	case n.Type == html.ElementNode && unread[n.Data]:
		return
	}
	isB := n.Type == html.ElementNode && (isBlock[n.Data] || n.Data == "br" || n.Data == "hr")
	if isB {
		c.end()
		block = n
	}
	linked = linked || n.Data == "a"
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.walk(k, block, linked)
	}
	if isB {
		c.end()
	}
}

// linkShare returns how much of the segment's text is links, from 0 to 1.
func (s *segment) linkShare() float64 {
	if s.size == 0 {
		return 0
	}
	return float64(s.links) / float64(s.size)
}

// prose reports whether a text reads like a paragraph of a story: a sentence or
// more, not a headline or a label.
func prose(text string) bool {
	n := wordCount(text)
	switch {
	case n >= 25:
		return strings.ContainsAny(text, ".!?,。，…”\"")
	case n >= 8:
		return endsSentence(text)
	case n >= 4:
		// A short sentence of somebody, or a short paragraph; a title ends like one
		// but begins most of its words with capitals.
		return endsSentence(text) && !strings.HasSuffix(text, ":") && strings.ContainsFunc(text, unicode.IsLower) && capitals(text)*2 <= n+1
	}
	return false
}

// capitals counts the words that begin with a capital.
func capitals(text string) int {
	n := 0
	for _, w := range strings.Fields(text) {
		if r, _ := splitRune(strings.TrimLeft(w, "\"'“‘(")); unicode.IsUpper(r) {
			n++
		}
	}
	return n
}

// within reports whether one of the elements around n, up to root, has one of
// the names.
func within(n *html.Node, names ...string) bool {
	for i := 0; n != nil && i < 600; n, i = n.Parent, i+1 {
		for _, name := range names {
			if n.Data == name && n.Type == html.ElementNode {
				return true
			}
		}
	}
	return false
}

// remove takes the segment's text out of the tree, and the elements that are
// empty then.
func (s *segment) remove(root *html.Node) {
	for _, n := range s.nodes {
		for n != root && n.Parent != nil {
			up := n.Parent
			up.RemoveChild(n)
			if up.FirstChild != nil && !onlySpace(up) {
				break
			}
			n = up
		}
	}
}

// onlySpace reports whether an element holds nothing but white space and breaks.
func onlySpace(n *html.Node) bool {
	for k, i := n.FirstChild, 0; k != nil; k, i = k.NextSibling, i+1 {
		switch {
		case i == 50:
			return false
		case k.Type == html.TextNode && strings.TrimSpace(k.Data) == "", k.Type == html.ElementNode && k.Data == "br", k.Type == html.CommentNode:
		default:
			return false
		}
	}
	return true
}
