package edition

import (
	"strings"

	"warta/internal/page"
	"warta/internal/render"
)

// What is added to the length of a module as it is now, since it has to hold
// whatever the module says later, and what the sum is rounded up to.
const (
	roomTop = 640 // a banner of usual length, and longer names of days
	roomAge = 16
	stepTop = 256
	stepAge = 64
)

// width returns how many bytes the piece in a hole takes: see page.Hole. It is
// known of modules that say the same for long and stand before much text. All
// that the answer depends on is among a page's tags.
func (b *build) width(h page.Hole) int {
	params := render.Params(h, 2)
	switch h.Module {
	case render.ModuleTop:
		top := render.Top{Sheet: render.Sheet(params[0]), Masthead: b.masthead(params[1])}
		return wide(roomTop, stepTop)(b.e.render.Top(&top))
	case render.ModuleAge:
		return wide(roomAge, stepAge)(b.e.render.Age(&render.AgeNotice{Lang: string(b.code), Text: b.ageText(99)}))
	}
	return 0
}

// wide returns a function from a rendering to its length with some room,
// rounded up. What cannot be rendered has no length.
func wide(room, step int) func([]byte, error) int {
	return func(body []byte, err error) int {
		if err != nil || len(strings.TrimSpace(string(body))) == 0 {
			return 0
		}
		return (len(body) + room + step - 1) / step * step
	}
}
