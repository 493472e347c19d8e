package extract

import (
	_ "embed"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"warta/internal/fault"
)

//go:embed portals.txt
var builtinPortals string

// BuiltinPortals returns the text of the built-in rules, to begin an own file with.
func BuiltinPortals() string { return builtinPortals }

// Portals are the rules for pages of single outlets.
type Portals struct {
	rules []*portal
}

// portal is one outlet's rule.
type portal struct {
	hosts  []string
	name   string
	all    string
	titles []string
	sel    map[string][]cascadia.Matcher
}

var portalWords = set("body headline standfirst author editor reporter date section topics caption source drop next")

const maxPortals = 500

// ParsePortals reads rules, see the head of the built-in ones, which are taken
// for an empty text. What cannot be read is fault.Invalid and names its line.
func ParsePortals(text string) (*Portals, error) {
	if strings.TrimSpace(text) == "" {
		text = builtinPortals
	}
	p := &Portals{}
	var at *portal
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, value, _ := strings.Cut(line, " ")
		value = strings.TrimSpace(value)
		bad := func(format string, args ...any) error {
			return fault.New(fault.Invalid, "portals, line %d: "+format, append([]any{i + 1}, args...)...)
		}
		switch {
		case value == "":
			return nil, bad("nothing follows %q", clip(word, 40))
		case word == "host":
			if len(p.rules) == maxPortals {
				return nil, bad("at most %d outlets are allowed", maxPortals)
			}
			at = &portal{hosts: strings.Fields(strings.ToLower(value)), sel: map[string][]cascadia.Matcher{}}
			p.rules = append(p.rules, at)
		case at == nil:
			return nil, bad("an entry begins with \"host\" and the outlet's address")
		case word == "name":
			at.name = value
		case word == "all":
			at.all = value
		case word == "title":
			for _, t := range strings.Split(value, "|") {
				at.titles = append(at.titles, strings.TrimSpace(t))
			}
		case portalWords[word]:
			for _, sel := range strings.Split(value, "|") {
				m, err := cascadia.Parse(strings.TrimSpace(sel))
				if err != nil {
					return nil, bad("%q is no CSS selector that can be used: %w", clip(strings.TrimSpace(sel), 60), err)
				}
				at.sel[word] = append(at.sel[word], m)
			}
		default:
			return nil, bad("%q is not known; a line begins with one of host, name, body, headline, standfirst, author, editor, reporter, date, section, topics, caption, source, drop, next, all, title", clip(word, 40))
		}
	}
	return p, nil
}

// of returns the rule for a host, nil if there is none.
func (p *Portals) of(host string) *portal {
	for _, r := range p.rules {
		for _, h := range r.hosts {
			if host == h || strings.HasSuffix(host, "."+h) {
				return r
			}
		}
	}
	return nil
}

// first returns the first element that the rule's selectors find, in their order.
func (p *portal) first(root *html.Node, word string) *html.Node {
	if p == nil {
		return nil
	}
	for _, m := range p.sel[word] {
		if n := cascadia.Query(root, m); n != nil && (textSize(n, 1) > 0 || word == "next") {
			return n
		}
	}
	return nil
}

// every returns all elements that the first selector with a hit finds.
func (p *portal) every(root *html.Node, word string) []*html.Node {
	if p == nil {
		return nil
	}
	for _, m := range p.sel[word] {
		if list := cascadia.QueryAll(root, m); len(list) > 0 {
			return list[:min(len(list), 50)]
		}
	}
	return nil
}

// text returns the text of the first element.
func (p *portal) text(root *html.Node, word string) string {
	if n := p.first(root, word); n != nil {
		return textOf(n)
	}
	return ""
}

// drop takes out what is never the story's and returns it.
func (p *portal) drop(root *html.Node) []*html.Node {
	if p == nil {
		return nil
	}
	var out []*html.Node
	for _, m := range p.sel["drop"] {
		for _, n := range cascadia.QueryAll(root, m) {
			if n.Parent != nil {
				n.Parent.RemoveChild(n)
				out = append(out, n)
			}
		}
	}
	return out
}

// bare returns a title without the outlet's endings.
func (p *portal) bare(title string) string {
	if p == nil {
		return title
	}
	for again := true; again; {
		again = false
		for _, t := range p.titles {
			if rest, ok := cutEnd(title, t); ok && rest != "" {
				title, again = rest, true
			}
		}
	}
	return title
}

func cutEnd(s, end string) (string, bool) {
	if len(s) > len(end) && strings.EqualFold(s[len(s)-len(end):], end) {
		return strings.TrimRight(s[:len(s)-len(end)], " -|–—·"), true
	}
	return s, false
}
