package ingest

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Bounds of the tree. Beyond them tags are ignored and text is kept.
const (
	maxDepth    = 200
	maxElements = 200_000
)

// element is a node of the source: a tag with children, or, without a name, text.
type element struct {
	name string
	attr []html.Attribute
	kids []*element
	text string
}

func (e *element) get(key string) string {
	for _, a := range e.attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func (e *element) has(key string) bool {
	for _, a := range e.attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// classHas reports whether one of the words is a part of the class attribute.
func (e *element) classHas(words ...string) bool {
	class := strings.ToLower(e.get("class"))
	for _, w := range words {
		if strings.Contains(class, w) {
			return true
		}
	}
	return false
}

// find calls f for e and all below it until f returns false for one, whose
// children are then left out.
func (e *element) find(f func(*element) bool) {
	if !f(e) {
		return
	}
	for _, k := range e.kids {
		k.find(f)
	}
}

// first returns the first element below e (or e) that has one of the names.
func (e *element) first(names ...string) *element {
	if slices.Contains(names, e.name) {
		return e
	}
	for _, k := range e.kids {
		if hit := k.first(names...); hit != nil {
			return hit
		}
	}
	return nil
}

// plain returns all text below e on one line.
func (e *element) plain() string {
	var b strings.Builder
	e.writePlain(&b, MaxHTML)
	return oneLine(b.String())
}

// sample returns the beginning of plain, cheaply however much there is.
func (e *element) sample() string {
	var b strings.Builder
	e.writePlain(&b, 4*maxSample)
	return oneLine(b.String())
}

func (e *element) writePlain(b *strings.Builder, most int) {
	if b.Len() >= most {
		return
	}
	if e.name == "" {
		b.WriteString(clip(e.text, most))
	}
	for _, k := range e.kids {
		k.writePlain(b, most)
		if b.Len() >= most {
			return
		}
	}
	if isBlock[e.name] || e.name == "br" {
		b.WriteByte(' ')
	}
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	isVoid  = set("area base br col embed hr img input link meta param source track wbr amp-img")
	isBlock = set(`address article aside blockquote body center dd details dialog dir div dl dt fieldset
		figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p
		pre section summary table tbody td tfoot th thead tr ul video audio caption`)
	isHeading = set("h1 h2 h3 h4 h5 h6")
	isCell    = set("td th caption")
)

// builder makes the tree out of tokens. html.Parse is not used: it copies open
// formatting elements into every following paragraph, so a small hostile input
// becomes a huge tree; this one is linear, and its depth is bounded.
type builder struct {
	stack []*element
	over  int // start tags beyond maxDepth whose end tags are still to come
	count int
}

func parseTree(src string) *element {
	root := &element{name: "html"}
	b := &builder{stack: []*element{root}}
	z := html.NewTokenizer(strings.NewReader(strings.ToValidUTF8(src, "\uFFFD")))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return root
		case html.TextToken:
			b.text(z.Token().Data)
		case html.StartTagToken:
			b.start(z.Token(), false)
		case html.SelfClosingTagToken:
			z.NextIsNotRawText() // else <iframe/> would swallow the rest
			b.start(z.Token(), true)
		case html.EndTagToken:
			name, _ := z.TagName()
			b.end(string(name))
		}
	}
}

func (b *builder) top() *element { return b.stack[len(b.stack)-1] }

func (b *builder) text(s string) {
	top := b.top()
	if n := len(top.kids); n > 0 && top.kids[n-1].name == "" && len(s) < 64 && len(top.kids[n-1].text) < 64 {
		top.kids[n-1].text += s
		return
	}
	top.kids = append(top.kids, &element{text: s})
}

func (b *builder) start(t html.Token, closed bool) {
	b.count++
	if b.count > maxElements {
		b.text(" ")
		return
	}
	if t.Data == "head" {
		return // its end tag may be missing; what stands in it goes by itself
	}
	b.imply(t.Data)
	e := &element{name: t.Data, attr: t.Attr}
	if e.name == "image" {
		e.name = "img"
	}
	if isVoid[e.name] {
		b.top().kids = append(b.top().kids, e)
		return
	}
	if len(b.stack) >= maxDepth {
		b.over++
		b.text(" ")
		return
	}
	b.top().kids = append(b.top().kids, e)
	if closed && (rawNames[e.name] || strings.ContainsAny(e.name, ":-")) {
		return // <iframe/>, <o:p/>: nobody will close them
	}
	b.stack = append(b.stack, e)
}

// imply closes what a start tag ends without saying so.
func (b *builder) imply(name string) {
	switch name {
	case "li":
		b.close(listBounds, "li")
	case "dt", "dd":
		b.close(listBounds, "dt", "dd")
	case "tr":
		b.close(tableBounds, "tr")
	case "td", "th":
		b.close(rowBounds, "td", "th")
	case "thead", "tbody", "tfoot":
		b.close(tableBounds, "thead", "tbody", "tfoot")
	case "a":
		b.close(isBlock, "a")
	}
	if isHeading[name] {
		b.close(isCell, headings...)
	}
	if isBlock[name] {
		b.close(paragraphBounds, "p")
	}
}

var (
	rawNames        = set("iframe noembed noframes noscript script style textarea title xmp a span")
	headings        = []string{"h1", "h2", "h3", "h4", "h5", "h6"}
	listBounds      = set("ul ol menu dir dl table td th caption")
	tableBounds     = set("table")
	rowBounds       = set("tr table")
	paragraphBounds = set("table td th caption li blockquote div section article figure")
	tableNames      = set("table thead tbody tfoot tr td th caption")
)

// close pops up to the innermost open element that has one of the names, unless
// one of the bounds is inside of it.
func (b *builder) close(bounds map[string]bool, names ...string) {
	for i := len(b.stack) - 1; i > 0; i-- {
		if slices.Contains(names, b.stack[i].name) {
			b.stack = b.stack[:i]
			return
		}
		if bounds[b.stack[i].name] {
			return
		}
	}
}

func (b *builder) end(name string) {
	switch {
	case name == "br":
		b.top().kids = append(b.top().kids, &element{name: "br"})
	case isVoid[name]:
	case b.over > 0 && b.top().name != name:
		b.over--
	case tableNames[name]:
		b.close(tableBoundsFor(name), name)
	case isHeading[name]:
		b.close(isCell, headings...)
	default:
		b.close(isCell, name)
	}
}

// tableBoundsFor keeps an end tag of a row or cell inside its own table; the
// end tag of a table itself has none, close looks for the innermost.
func tableBoundsFor(name string) map[string]bool {
	if name == "table" {
		return nil
	}
	return tableBounds
}
