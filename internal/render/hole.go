package render

import (
	"html/template"
	"strings"

	"warta/internal/page"
)

// Output is one rendered page: its bytes with a marker for each hole, and the
// collector that knows the markers, both as page.Rendering takes them.
type Output struct {
	Body  []byte
	Holes *page.Holes
}

// Params takes the parameters of a hole apart, in the order in which the
// module's constant documents them. Missing ones come back empty.
func Params(h page.Hole, n int) []string {
	out := make([]string, n)
	copy(out, strings.SplitN(h.Params, "|", n))
	return out
}

// Hole leaves a hole for a module in the page that is being rendered; templates
// call it. Outside of a rendering it prints nothing.
func (s Shell) Hole(module string, params ...string) template.HTML {
	return s.leave(page.Hole{Module: module, Params: strings.Join(params, "|")})
}

func (s Shell) leave(h page.Hole) template.HTML {
	if s.holes == nil {
		return ""
	}
	if s.Inline != nil {
		if text := s.Inline(h); text != nil {
			return template.HTML(text)
		}
	}
	if s.Sized != nil {
		h = s.Sized(h)
	}
	return template.HTML(s.holes.Put(h))
}

// Tail leaves the hole for what stands below a story, without the story itself
// in its list.
func (p StoryPage) Tail() template.HTML {
	return p.leave(page.Hole{Module: ModuleTail, Params: p.Section, Without: p.Key, Near: p.Near})
}
