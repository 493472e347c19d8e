package extract

import (
	"net/url"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
)

// The ways in which a body is found.
const (
	byRule        = "rule"        // of the portal
	byReadability = "readability" // the library
	byMicrodata   = "microdata"   // itemprop="articleBody"
	byDensity     = "density"     // where the most running text stands
	byLinked      = "json-ld"     // the text of JSON-LD, when nothing on the page is like it
)

// region is a part of the page that may be the story's body. Its tree is a copy.
type region struct {
	method string
	root   *html.Node
	words  []string
}

// nowhere is the address of pages of which none is known; links that lead there
// were relative ones.
const nowhere = "http://page.invalid/"

// maxWork bounds what the library may look at: letters times the depth at which
// they stand, since it reads the text of each container anew.
const maxWork = 120 << 20

// article is what the library says of a page.
type article struct {
	title, byline, excerpt, image, language, site string
	published, modified                           string
}

// readable lets the library look for the story. It answers no region if the page
// is built so that it would take too long.
func readable(s *source, m *meta) (*region, article) {
	if tooMuch(s.root) {
		return nil, article{}
	}
	base, err := url.Parse(m.base)
	if err != nil || base.Host == "" {
		base, _ = url.Parse(nowhere)
	}
	p := readability.NewParser()
	p.KeepClasses = true
	tree := clone(s.root)
	for i := range s.ld { // the library reads metadata from the page's own elements
		addLinked(tree, s.ld[i])
	}
	a, err := p.ParseAndMutate(tree, base)
	if err != nil {
		return nil, article{}
	}
	out := article{title: a.Title(), byline: a.Byline(), excerpt: a.Excerpt(), image: a.ImageURL(), language: a.Language(), site: a.SiteName()}
	if t, err := a.PublishedTime(); err == nil {
		out.published = t.Format("2006-01-02T15:04:05.999999999Z07:00")
	}
	if t, err := a.ModifiedTime(); err == nil {
		out.modified = t.Format("2006-01-02T15:04:05.999999999Z07:00")
	}
	if a.Node == nil {
		return nil, out
	}
	root := &html.Node{Type: html.ElementNode, Data: "div"}
	if a.Node.Parent != nil {
		a.Node.Parent.RemoveChild(a.Node)
	}
	root.AppendChild(a.Node)
	each(root, func(n *html.Node) bool {
		for i := range n.Attr {
			if k := n.Attr[i].Key; (k == "href" || k == "src") && strings.HasPrefix(n.Attr[i].Val, nowhere) {
				n.Attr[i].Val = strings.TrimPrefix(n.Attr[i].Val, strings.TrimSuffix(nowhere, "/"))
			}
		}
		return true
	})
	return newRegion(byReadability, root), out
}

func newRegion(method string, root *html.Node) *region {
	return &region{method: method, root: root, words: Words(textOf(root))}
}

// addLinked puts a block of JSON-LD into the head of a page again.
func addLinked(root *html.Node, text string) {
	head := first(root, "head")
	if head == nil {
		return
	}
	script := &html.Node{Type: html.ElementNode, Data: "script", Attr: []html.Attribute{{Key: "type", Val: "application/ld+json"}}}
	script.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	head.AppendChild(script)
}

// tooMuch measures what reading the text of every container costs.
func tooMuch(root *html.Node) bool {
	work, depth := 0, 0
	for n := root; n != nil; {
		if n.Type == html.TextNode {
			work += (len(n.Data) + 16) * depth
			if work > maxWork {
				return true
			}
		}
		if n.FirstChild != nil {
			n, depth = n.FirstChild, depth+1
			continue
		}
		for n != nil && n != root && n.NextSibling == nil {
			n, depth = n.Parent, depth-1
		}
		if n == nil || n == root {
			break
		}
		n = n.NextSibling
	}
	return false
}

// clone copies a tree.
func clone(n *html.Node) *html.Node {
	out := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace, Attr: append([]html.Attribute(nil), n.Attr...)}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		out.AppendChild(clone(k))
	}
	return out
}

// copyOf makes a region out of an element of the page.
func copyOf(method string, n *html.Node) *region {
	root := &html.Node{Type: html.ElementNode, Data: "div"}
	root.AppendChild(clone(n))
	var next *html.Node
	for x := root; x != nil; x = next {
		if x.Type == html.ElementNode && neverBody[x.Data] {
			next = after(x, root)
			x.Parent.RemoveChild(x)
			continue
		}
		next = following(x, root)
	}
	return newRegion(method, root)
}

var neverBody = set("nav form button input select textarea footer script style dialog menu")

// microdata returns the element that the page marks as the story's body.
func microdata(root *html.Node) *region {
	var hits []*html.Node
	each(root, func(n *html.Node) bool {
		for _, key := range []string{"itemprop", "property"} {
			if strings.EqualFold(get(n, key), "articleBody") && n.Data != "meta" {
				hits = append(hits, n)
				return false
			}
		}
		return len(hits) < 50
	})
	if len(hits) != 1 { // several: of other stories, or cut into pieces
		return nil
	}
	return copyOf(byMicrodata, hits[0])
}

// dense returns the element that holds the most running text: each paragraph
// counts for the container that it stands in, and less for those around that.
func dense(root *html.Node) *region {
	score := map[*html.Node]float64{}
	body := first(root, "body")
	if body == nil {
		return nil
	}
	var best *html.Node
	for _, s := range segments(body) {
		if s.linkShare() > 0.5 || !prose(s.text) || within(s.block, "nav", "footer", "form", "aside", "button") {
			continue
		}
		value := float64(min(wordCount(s.text), 200))
		n := s.block
		if n.Data == "p" || n.Data == "br" || n.Data == "li" || n.Data == "blockquote" {
			n = n.Parent
		}
		for level, part := 0, 1.0; level < 4 && n != nil && n.Type == html.ElementNode && n.Data != "html"; level, part, n = level+1, part*0.6, n.Parent {
			score[n] += value * part
			if best == nil || score[n] > score[best] {
				best = n
			}
		}
	}
	if best == nil {
		return nil
	}
	return copyOf(byDensity, best)
}

// choose takes one of the regions. A portal's rule comes first; else the library
// is right, unless another way agrees far better with the text that the page
// gives in JSON-LD, or the library has hardly anything of the running text.
func choose(rule, lib, micro, density *region, ld string) (*region, string) {
	if rule != nil && len(rule.words) >= 30 {
		return rule, "the rule for this outlet"
	}
	best, why := lib, "the readability library"
	if best == nil || len(best.words) < 20 {
		for _, r := range []*region{micro, density} {
			if r != nil && (best == nil || len(r.words) > 2*len(best.words)) {
				best, why = r, "where the running text stands; the library found no story"
			}
		}
	}
	if best == nil {
		return nil, ""
	}
	if said := Words(plainText(ld)); len(said) >= 100 {
		const margin = 0.15
		have := overlap(said, best.words)
		for _, r := range []*region{micro, density} {
			if r == nil {
				continue
			}
			if o := overlap(said, r.words); o > have+margin {
				best, why, have = r, "it agrees best with the text in JSON-LD", o
			}
		}
		if have < 0.25 && len(said) > 2*len(best.words) {
			return nil, "" // the caller takes the text of JSON-LD
		}
		return best, why
	}
	if density != nil && best.method == byReadability && len(density.words) > 3*len(best.words) && len(best.words) < 120 {
		return density, "where the running text stands; the library has hardly any of it"
	}
	return best, why
}

// fromLinked makes a region of the text in JSON-LD: paragraphs by its line ends.
func fromLinked(text string) *region {
	root := &html.Node{Type: html.ElementNode, Data: "div"}
	if strings.Contains(text, "</p>") || strings.Contains(text, "<br") {
		if s, err := parse("<body>" + text); err == nil {
			if b := first(s.root, "body"); b != nil {
				dropHidden(b, func(*html.Node) {})
				return copyOf(byLinked, b)
			}
		}
	}
	for _, line := range strings.Split(html.UnescapeString(text), "\n") {
		if line = oneLine(line); line != "" {
			p := &html.Node{Type: html.ElementNode, Data: "p"}
			p.AppendChild(&html.Node{Type: html.TextNode, Data: line})
			root.AppendChild(p)
		}
	}
	return newRegion(byLinked, root)
}
