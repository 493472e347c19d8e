package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Bounds of what is parsed. Beyond them tags are ignored and text is kept, so
// that the parser, which copies open formatting elements into every paragraph
// and looks through the stack of open ones, stays linear in what it gets.
const (
	maxOpen     = 100     // containers inside each other
	maxFormats  = 8       // formatting elements that are open at the same time
	maxElements = 300_000 // tags of a page
	maxAttrs    = 60      // of a tag
	maxAttr     = 4096    // bytes of an attribute
	maxJSONLD   = 1 << 20 // bytes of one block of JSON-LD
	maxBlocksLD = 40
)

// source is a page as it was parsed.
type source struct {
	root *html.Node
	ld   []string // blocks of JSON-LD
	// cut: tags were ignored, because there were too many of them or too deep.
	cut bool
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	isVoid    = set("area base br col embed hr img input link meta param source track wbr keygen frame bgsound basefont")
	isFormat  = set("a b big code em font i nobr s small strike strong tt u")
	isUnclose = set("p li dt dd td th tr tbody thead tfoot caption colgroup option optgroup rp rt html head body h1 h2 h3 h4 h5 h6")
	isSkipped = set("template noembed noframes plaintext xmp listing applet")
	isBlock   = set(`address article aside blockquote body center dd details dialog dir div dl dt fieldset
		figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p
		pre section summary table tbody td tfoot th thead tr ul video audio caption button select option textarea iframe`)
	attrName = regexp.MustCompile(`^[a-zA-Z_:@][a-zA-Z0-9_:.@\-]*$`)
)

// parse reads a page. The stream of tags is put in order first, see the bounds.
func parse(src string) (*source, error) {
	s := &source{}
	n := normaliser{src: s, open: map[string]int{}}
	n.run(src)
	root, err := html.Parse(strings.NewReader(n.out.String()))
	if err != nil {
		return nil, err
	}
	s.root, s.cut = root, n.cut
	return s, nil
}

// normaliser writes a page anew, tag by tag: without scripts, comments, styles
// and data: links, with bounds on depth and on what is open.
type normaliser struct {
	src     *source
	out     strings.Builder
	open    map[string]int // by name
	stack   []string       // containers
	formats int
	count   int
	skip    string // the element whose content is left out
	skipped int    // how deep it is nested in itself
	cut     bool
	spaced  int // length of out behind the last space for a tag
}

func (n *normaliser) run(src string) {
	z := html.NewTokenizer(strings.NewReader(src))
	raw := "" // the element whose text comes next as it is
	ld := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.DoctypeToken:
			if t := z.Raw(); len(t) < 300 {
				n.out.Write(t)
			}
		case html.TextToken:
			text := z.Token().Data
			switch {
			case ld:
				if len(text) <= maxJSONLD && len(n.src.ld) < maxBlocksLD {
					n.src.ld = append(n.src.ld, text)
				}
			case n.skip != "" || raw == "script" || raw == "style" || raw == "iframe":
			case raw == "noscript":
				n.out.WriteString(stripDataLinks(text))
			default:
				n.out.WriteString(html.EscapeString(text))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			raw, ld = "", false
			if t.Type == html.StartTagToken {
				switch t.Data {
				case "script", "style", "iframe", "noscript", "textarea", "title":
					raw = t.Data
				}
			} else {
				z.NextIsNotRawText()
			}
			if t.Data == "script" {
				ld = raw != "" && strings.Contains(strings.ToLower(attr(t.Attr, "type")), "ld+json")
			}
			n.start(t, raw)
		case html.EndTagToken:
			t := z.Token()
			raw, ld = "", false
			n.end(t.Data)
		}
	}
}

func (n *normaliser) start(t html.Token, raw string) {
	name := t.Data
	if n.skip != "" {
		if name == n.skip && t.Type == html.StartTagToken {
			n.skipped++
		}
		return
	}
	n.count++
	switch {
	case name == "script" || name == "style":
		return
	case isSkipped[name]:
		if t.Type == html.StartTagToken {
			n.skip, n.skipped = name, 1
		}
		return
	case n.count > maxElements:
		n.cut = true
		n.space()
		return
	}
	if !isVoid[name] {
		switch {
		case isFormat[name]:
			if n.formats >= maxFormats {
				n.cut = true
				n.space()
				return
			}
			n.formats++
		case !isUnclose[name]:
			if len(n.stack) >= maxOpen {
				n.cut = true
				n.space()
				return
			}
			if t.Type == html.StartTagToken {
				n.stack = append(n.stack, name)
			}
		}
		n.open[name]++
	}
	n.out.WriteByte('<')
	n.out.WriteString(name)
	for i, a := range t.Attr {
		if i == maxAttrs {
			break
		}
		if !attrName.MatchString(a.Key) || strings.HasPrefix(a.Key, "on") {
			continue
		}
		v := a.Val
		if len(v) > maxAttr {
			if a.Key == "style" || a.Key == "class" {
				v = clip(v, maxAttr)
			} else {
				continue // a cut address leads elsewhere
			}
		}
		if isData(v) {
			continue
		}
		n.out.WriteByte(' ')
		n.out.WriteString(a.Key)
		n.out.WriteString(`="`)
		n.out.WriteString(html.EscapeString(v))
		n.out.WriteByte('"')
	}
	if t.Type == html.SelfClosingTagToken {
		n.out.WriteByte('/')
		if !isVoid[name] { // in HTML the mark says nothing, the element stays open
			if isFormat[name] || isUnclose[name] {
				n.open[name]--
				if isFormat[name] {
					n.formats--
				}
			} else {
				n.open[name]--
			}
			n.out.WriteString("></" + name)
		}
	}
	n.out.WriteByte('>')
}

// space keeps words apart where tags are left out.
func (n *normaliser) space() {
	if n.spaced != n.out.Len() {
		n.out.WriteByte(' ')
		n.spaced = n.out.Len()
	}
}

func (n *normaliser) end(name string) {
	if n.skip != "" {
		if name == n.skip {
			if n.skipped--; n.skipped == 0 {
				n.skip = ""
			}
		}
		return
	}
	if name == "br" {
		n.out.WriteString("<br>")
		return
	}
	if n.open[name] == 0 { // closes nothing
		if name == "p" {
			n.out.WriteString("<p></p>")
		}
		return
	}
	n.open[name]--
	switch {
	case isFormat[name]:
		n.formats--
	case !isUnclose[name]:
		for i := len(n.stack) - 1; i >= 0 && i >= len(n.stack)-maxOpen; i-- {
			if n.stack[i] == name {
				for _, inner := range n.stack[i+1:] {
					n.open[inner]--
				}
				n.stack = n.stack[:i]
				break
			}
		}
	}
	n.out.WriteString("</" + name + ">")
}

// isData reports whether an address holds its data itself.
func isData(v string) bool {
	v = strings.TrimSpace(v)
	return len(v) > 5 && strings.EqualFold(v[:5], "data:")
}

var dataLink = regexp.MustCompile(`(?i)\s[a-z\-]+\s*=\s*("\s*data:[^"]*"|'\s*data:[^']*')`)

// stripDataLinks is for text that is markup: what stands in noscript.
func stripDataLinks(s string) string {
	if !strings.Contains(s, "data:") {
		return s
	}
	return dataLink.ReplaceAllString(s, "")
}

func attr(list []html.Attribute, key string) string {
	for _, a := range list {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func get(n *html.Node, key string) string { return strings.TrimSpace(attr(n.Attr, key)) }

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

var (
	hiddenStyle = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden`)
	offScreen   = regexp.MustCompile(`(?i)(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}(?:\.\d+)?(?:px|em|rem|%)|(?:left|top|text-indent)\s*:\s*-(?:[5-9]\d|\d{3,})(?:vw|vh|em|rem)|font-size\s*:\s*0(?:px|em|rem|%)?\s*(?:;|!|$)|clip\s*:\s*rect\(\s*(?:0|1px)|clip-path\s*:\s*inset\(\s*(?:50|100)%`)
	clearStyle  = regexp.MustCompile(`(?i)opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)`)
)

// isHidden tells what readers do not see by the page's own markup. The page and
// its body as a whole are never hidden: that is how pages wait for a script.
func isHidden(n *html.Node) bool {
	if n.Data == "html" || n.Data == "body" {
		return false
	}
	style := get(n, "style")
	switch {
	case has(n, "hidden"):
		return true
	case strings.EqualFold(get(n, "aria-hidden"), "true") && !strings.Contains(get(n, "class"), "fallback-image"):
		return true
	case style == "":
		return false
	case hiddenStyle.MatchString(style), offScreen.MatchString(style):
		return true
	}
	return clearStyle.MatchString(style) && textSize(n, 400) < 400 && first(n, "img") == nil
}

// dropHidden takes out what is hidden, and calls gone for each part of it.
func dropHidden(root *html.Node, gone func(*html.Node)) {
	var next *html.Node
	for n := root; n != nil; n = next {
		if n.Type == html.ElementNode && isHidden(n) {
			next = after(n, root)
			n.Parent.RemoveChild(n)
			gone(n)
			continue
		}
		next = following(n, root)
	}
}

// following returns the next node in the order of the page, after the next one
// that is not below n. Both end with the root.
func following(n, root *html.Node) *html.Node {
	if n.FirstChild != nil {
		return n.FirstChild
	}
	return after(n, root)
}

func after(n, root *html.Node) *html.Node {
	for n != nil && n != root {
		if n.NextSibling != nil {
			return n.NextSibling
		}
		n = n.Parent
	}
	return nil
}

// each calls f for every element below root in the order of the page; where f
// returns false what is below it is left out.
func each(root *html.Node, f func(*html.Node) bool) {
	for n := root; n != nil; {
		if n.Type == html.ElementNode && !f(n) {
			n = after(n, root)
			continue
		}
		n = following(n, root)
	}
}

// first returns the first element below root, or root, with one of the names.
func first(root *html.Node, names ...string) (hit *html.Node) {
	for n := root; n != nil; n = following(n, root) {
		if n.Type == html.ElementNode {
			for _, name := range names {
				if n.Data == name {
					return n
				}
			}
		}
	}
	return nil
}

// textSize counts bytes of text below n, up to most.
func textSize(n *html.Node, most int) int {
	size := 0
	for x := n; x != nil && size < most; x = following(x, n) {
		if x.Type == html.TextNode {
			size += len(strings.TrimSpace(x.Data))
		}
	}
	return size
}

// textOf returns the text below n on one line, words of different blocks apart.
func textOf(n *html.Node) string {
	var b strings.Builder
	writeText(n, &b)
	return oneLine(b.String())
}

func writeText(n *html.Node, b *strings.Builder) {
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
		return
	}
	if n.Type == html.ElementNode && unread[n.Data] {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeText(c, b)
	}
	if n.Type == html.ElementNode && (isBlock[n.Data] || n.Data == "br") {
		b.WriteByte(' ')
	}
}

// unread are elements whose text nobody reads.
var unread = set("script style noscript svg template head title meta select textarea iframe object canvas math")
