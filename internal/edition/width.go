package edition

import (
	"bytes"

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
		text, err := b.e.render.Top(&top)
		return wide(text, err, roomTop, stepTop)
	case render.ModuleAge:
		text, err := b.e.render.Age(&render.AgeNotice{Lang: string(b.code), Text: b.ageText(99)})
		return wide(text, err, roomAge, stepAge)
	}
	return 0
}

// wide returns the length of a rendering with some room, rounded up to a step.
// What prints nothing, or cannot be rendered, has no width.
func wide(body []byte, err error, room, step int) int {
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return 0
	}
	return (len(body) + room + step - 1) / step * step
}

// inline prints the most read stories into a front. Most of them stand on it
// anyway, so their names cost little there and much in a piece; and fronts are
// few and made anew for every story. Everywhere else, and if the list cannot be
// had now, it stays a piece.
func (b *build) inline(h page.Hole) []byte {
	if h.Module != render.ModuleMostRead {
		return nil
	}
	v, err := b.mostRead(render.Params(h, 1)[0], 0)
	if err != nil {
		return nil
	}
	text, err := b.e.render.MostRead(&v)
	if err != nil {
		return nil
	}
	return text
}
