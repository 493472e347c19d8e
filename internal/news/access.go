package news

import (
	"strconv"

	"warta/internal/doc"
)

// fallbackTeaser is how many blocks everybody reads of a members' story of which
// neither its body nor its version says it: those that were written before either
// could.
const fallbackTeaser = 3

// Open returns as much of the body as everybody may read, Closed the rest, which
// only readers with members' text may. These two are the one place that decides it:
// whoever prints, indexes, describes or sends a body to somebody who is not of the
// newsroom asks them, and never the body itself. What stands above the text (the
// headline, the standfirst, the lead) is everybody's.
func (c *Content) Open() doc.Doc {
	return doc.Doc{Blocks: c.Body.Blocks[:c.cut():c.cut()]}
}

// Closed returns the text behind the cut; see Open. It is empty for a story that
// everybody reads to the end.
func (c *Content) Closed() doc.Doc {
	return doc.Doc{Blocks: c.Body.Blocks[c.cut():]}.Map(func(b doc.Block) doc.Block {
		if _, ok := b.(doc.MembersCut); ok {
			return nil
		}
		return b
	})
}

// cut returns the index of the first block that not everybody may read. A cut in
// the body decides, the first one if there are several; without one it stands
// behind as many blocks as the version says, but never so far down that nothing is
// left behind it, nor below a heading. An access that is not known is not free.
func (c *Content) cut() int {
	blocks := c.Body.Blocks
	if c.Access == Free {
		return len(blocks)
	}
	text := 0
	for i, b := range blocks {
		if _, ok := b.(doc.MembersCut); ok {
			return i
		}
		text += count(b)
	}
	teaser := c.Teaser
	if teaser <= 0 {
		teaser = fallbackTeaser
	}
	at := 0
	for left := min(teaser, text-1); left > 0; at++ {
		left -= count(blocks[at])
	}
	for at > 0 && heads(blocks[at-1]) {
		at--
	}
	return at
}

// count returns 1 for a block that readers read, 0 for one that stands between such.
func count(b doc.Block) int {
	switch b.(type) {
	case doc.AdBreak, doc.MembersCut, doc.ReadAlso, doc.Divider:
		return 0
	}
	return 1
}

func heads(b doc.Block) bool {
	_, ok := b.(doc.Heading)
	return ok
}

// Teaser returns how many blocks of a members' story everybody reads if its body
// says nothing else.
func (s Settings) Teaser() int {
	n, err := strconv.Atoi(s.Get("teaser_blocks"))
	if err != nil || n < 1 {
		return fallbackTeaser
	}
	return n
}

// cutAt notes in a content that becomes a version how much of it is open, so that
// neither the setting nor a later version moves the cut of what is out.
func (r *Record) cutAt(w *World, c *Content) {
	if c.Access == Free {
		c.Teaser = 0
		return
	}
	if c.Teaser == 0 && r.Live != nil && r.Live.Content.Access != Free {
		c.Teaser = r.Live.Content.Teaser
	}
	if c.Teaser == 0 {
		c.Teaser = w.Settings.Teaser()
	}
}

// tighter reports whether is takes text from everybody that was gives them: it
// became members' text, or the cut stands above a block that was open.
func tighter(was, is *Content) bool {
	if was.Access == Free && is.Access != Free {
		return true
	}
	closed := map[string]bool{}
	for _, b := range is.Closed().Blocks {
		closed[b.BlockID()] = true
	}
	for _, b := range was.Open().Blocks {
		if closed[b.BlockID()] {
			return true
		}
	}
	return false
}
