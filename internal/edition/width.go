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
	known map[string]int // by all that is in the view
}

// of returns the width under a key, and measures it the first time.
func (w *widths) of(key string, measure func() int) int {
	w.mu.Lock()
	n, ok := w.known[key]
	w.mu.Unlock()
	if ok {
		return n
	}
	n = measure()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known == nil || len(w.known) >= maxWidths {
		w.known = make(map[string]int)
	}
	w.known[key] = n
	return n
}

// width returns how many bytes the piece in a hole takes: see page.Hole. It is
// known of modules that say the same for long and stand before much text. All
// that the answer depends on is among a page's tags.
func (b *build) width(h page.Hole) int {
	if h.Module != render.ModuleTop {
		return 0
	}
	params := render.Params(h, 2)
	top := render.Top{Sheet: render.Sheet(params[0]), Masthead: b.masthead(params[1])}
	top.Masthead.Today = render.Time{Text: longestDay, ISO: time.DateOnly} // the same every day
	return b.e.widths.of(fmt.Sprintf("%#v", top), func() int {
		text, err := b.e.render.Top(&top)
		if err != nil || len(bytes.TrimSpace(text)) == 0 {
			return 0 // what cannot be rendered has no width
		}
		return (len(text) + roomTop + stepTop - 1) / stepTop * stepTop
	})
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
