package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

var (
	badClass  = regexp.MustCompile(`(?i)-ad-|hidden|^hid$| hid$| hid |^hid |banner|combx|comment|com-|contact|footer|gdpr|masthead|media|meta|outbrain|promo|related|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget`)
	goodClass = regexp.MustCompile(`(?i)article|body|content|entry|hentry|h-entry|main|page|pagination|post|text|blog|story`)
	assistive = regexp.MustCompile(`(?i)(?:^|[\s_\-])(?:sr-only|srOnly|visually-?hidden|visuallyhidden|screen-?reader(?:-text)?|off-?screen|a11y-hidden|u-hidden|is-hidden|hidden-accessible)(?:$|[\s_\-])`)
	adClass   = regexp.MustCompile(`(?i)(?:^|[\s_\-])(?:ads?|advert|advertisement|adsbygoogle|adslot|ad-slot|ad-unit|ad-container|google-ads?|iklan|banner-ads?|dfp|gpt-ad|taboola|outbrain|mgid|revive)(?:$|[\s_\-])`)
)

// weight judges an element by the words of its class and id, as readability does.
func weight(n *html.Node) int {
	w := 0
	for _, key := range []string{"class", "id"} {
		v := get(n, key)
		if v == "" {
			continue
		}
		if badClass.MatchString(v) {
			w--
		}
		if goodClass.MatchString(v) {
			w++
		}
	}
	return w
}

// cleaner takes out of a region what is not the story's, and remembers why.
type cleaner struct {
	opt  *Options
	root *html.Node
	// sure: the page is of a kind whose furniture is known by its words, an
	// Indonesian one or one of a portal with a rule. On others only what is
	// certain goes.
	sure bool
	gone func(nodes []*html.Node, why string)
}

// byMarkup takes out what the markup tells: players without a picture, what only
// programs for the blind read, places of ads.
func (c *cleaner) byMarkup() {
	var next *html.Node
	for n := c.root; n != nil; n = next {
		next = following(n, c.root)
		if n.Type != html.ElementNode || n == c.root {
			continue
		}
		why := ""
		switch n.Data {
		case "div", "table", "ul", "form", "fieldset":
			if weight(n) < 0 && first(n, "img", "picture", "iframe", "video", "audio", "object", "embed") == nil && textSize(n, 2000) < 2000 {
				why = "by its class a player, a scroller or an advertisement"
			}
		case "h1", "h2":
			if weight(n) < 0 {
				why = "by its class no heading of the story"
			}
		case "script", "style", "button", "input", "textarea", "select", "nav", "dialog":
			why = "no element of a story"
		}
		if class := get(n, "class"); why == "" && class != "" {
			switch {
			case assistive.MatchString(class) && (c.sure || wordCount(textOf(n)) > 6):
				why = "hidden from the eye"
			case c.sure && adClass.MatchString(class) && textSize(n, 400) < 400:
				why = "an advertisement by its class"
			}
		}
		if why != "" {
			next = after(n, c.root)
			c.gone(textsBelow(n), why)
			n.Parent.RemoveChild(n)
		}
	}
}

// textsBelow returns the nodes of text below n.
func textsBelow(n *html.Node) (out []*html.Node) {
	for x := n; x != nil; x = following(x, n) {
		if x.Type == html.TextNode {
			out = append(out, x)
		}
	}
	return out
}

var networks = set("facebook twitter x whatsapp telegram linkedin line pinterest instagram threads tiktok youtube messenger reddit bluesky flipboard pocket tumblr email print copy")

// byWords takes out the segments that labels tell, and returns the others.
func (c *cleaner) byWords(segs []*segment) []*segment {
	found := make([]label, len(segs))
	for i, s := range segs {
		if k, ok := c.opt.Labels.furniture(s.text); ok && c.certain(s, k) {
			found[i] = k
		}
	}
	var out []*segment
	for i, s := range segs {
		k := found[i]
		if k != "" && networks[fold(s.text)] && s.links == 0 {
			// The name of a network alone is a credit, unless it is one of a row.
			near := i > 0 && found[i-1] == lShare && segs[i-1].block.Parent == s.block.Parent || i+1 < len(segs) && found[i+1] == lShare && segs[i+1].block.Parent == s.block.Parent
			if !near || !c.sure {
				k = ""
			}
		}
		if k == "" {
			out = append(out, s)
			continue
		}
		c.take(s, furnitureWhy[k])
	}
	return out
}

// certain reports whether a label is enough to take a segment out of this page.
func (c *cleaner) certain(s *segment, k label) bool {
	if within(s.block, "figcaption", "pre", "code", "table") || strings.HasPrefix(s.block.Data, "h") && k == lNav {
		return false
	}
	if c.sure {
		return true
	}
	return k == lAd && wordCount(s.text) <= 2 || k == lShare && s.linkShare() > 0.9 && s.block.Data == "li"
}

func (c *cleaner) take(s *segment, why string) {
	c.gone(s.nodes, why)
	s.remove(c.root)
}

var furnitureWhy = map[label]string{
	lShare: "words to share", lNav: "navigation", lAction: "a control", lPlayer: "words of a player", lAd: "an advertisement",
	lCookie: "words about cookies", lOffer: "an offer", lCallout: "a call-out", lRelated: "a list of other stories",
	lLatest: "a list of other stories", lComments: "comments", lLegal: "the foot of the page",
}

// ending cuts off what follows the story inside the region: from the label of a
// list, of comments or of the foot on, if no running text comes after it.
func (c *cleaner) ending(segs []*segment) []*segment {
	if !c.sure {
		return segs
	}
	words := 0 // of the paragraphs so far
	for i, s := range segs {
		k, isPart := c.opt.Labels.part(s.text)
		if isPart && words > 40 && (k != lRelated || !proseAfter(segs[i+1:])) && !within(s.block, "figcaption", "table") {
			for _, x := range segs[i:] {
				c.take(x, furnitureWhy[k])
			}
			return segs[:i]
		}
		if prose(s.text) {
			words += wordCount(s.text)
		}
	}
	return segs
}

// proseAfter reports whether two paragraphs or more follow.
func proseAfter(segs []*segment) bool {
	n := 0
	for _, s := range segs {
		if prose(s.text) && s.linkShare() < 0.5 {
			if n++; n == 2 {
				return true
			}
		}
	}
	return false
}
