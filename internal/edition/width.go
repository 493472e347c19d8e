package edition

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"warta/internal/page"
	"warta/internal/render"
)

// What is added to the length of a module as it is now, since it has to hold
// whatever the module says later, and what the sum is rounded up to.
const (
	roomTop = 640 // a banner of usual length
	stepTop = 256
)

// longestDay is no shorter than any day in the masthead.
const longestDay = "Wednesday, 30 September 2026"

// maxWidths bounds what is remembered: a few style sheets for each section, and
// what is left of names that sections no longer have.
const maxWidths = 1000

// widths remembers how wide mastheads are, since printing one takes a fifth of
// the time of a story's page.
type widths struct {
	mu    sync.Mutex
	known map[string]place // by all that is in the view
}

// place is what is known of a module's piece: see page.Hole.
type place struct {
	width int
	frame page.Frame
}

// of returns the place under a key, and measures it the first time.
func (w *widths) of(key string, measure func() place) place {
	w.mu.Lock()
	p, ok := w.known[key]
	w.mu.Unlock()
	if ok {
		return p
	}
	p = measure()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known == nil || len(w.known) >= maxWidths {
		w.known = make(map[string]place)
	}
	w.known[key] = p
	return p
}

// sized tells of a hole how many bytes its piece takes and with what it begins and
// ends: see page.Hole. That is known of the masthead, which says the same for long and
// stands before much text. All that the answer depends on is among a page's tags.
func (b *build) sized(h page.Hole) page.Hole {
	if h.Module != render.ModuleTop {
		return h
	}
	params := render.Params(h, 2)
	top := render.Top{Sheet: render.Sheet(params[0]), Masthead: b.masthead(params[1])}
	top.Masthead.Today = render.Time{Text: longestDay, ISO: time.DateOnly} // the same every day
	p := b.e.widths.of(fmt.Sprintf("%#v", top), func() place { return b.measure(top) })
	h.Width, h.Frame = p.width, p.frame
	return h
}

// measure renders a masthead in two ways that differ in all that depends on now.
// What cannot be rendered has no width.
func (b *build) measure(top render.Top) (p place) {
	plain, err := b.e.render.Top(&top)
	if err != nil || len(bytes.TrimSpace(plain)) == 0 {
		return p
	}
	other := top
	other.Masthead.Today = render.Time{}
	other.Masthead.Breaking = &render.Link{Text: longestDay, URL: "/"}
	full, err := b.e.render.Top(&other)
	if err != nil {
		return p
	}
	most, start, end := min(len(plain), len(full)), 0, 0
	for start < most && plain[start] == full[start] {
		start++
	}
	for end < most-start && plain[len(plain)-1-end] == full[len(full)-1-end] {
		end++
	}
	// What is filled up is so in front of the end, where a line breaks: not within
	// a tag or a word.
	if at := bytes.IndexByte(plain[len(plain)-end:], '\n'); at >= 0 {
		end -= at
	} else {
		end = 0
	}
	p.width = (len(plain) + roomTop + stepTop - 1) / stepTop * stepTop
	p.frame = page.NewFrame(string(plain[:start]), string(plain[len(plain)-end:]))
	return p
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
