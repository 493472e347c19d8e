package page

import (
	"crypto/sha256"
	"encoding/base64"
	"hash/maphash"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"
)

// loan is a page that is put together for one answer where its record lies, and
// forgotten: a crawler that walks through an archive asks for every page once,
// and to keep each in memory costs as much as to send it. Everything in it is
// used again for the next one, so that nothing is allocated.
type loan struct {
	Response
	skeleton skeleton
	record   []byte // what the Store read; texts and blocks of the skeleton lie in it
	pieces   []*piece
	known    [knownHoles]*knownHole
	here     []*knownHole // those of the skeleton's holes
	frames   *frames
	parse    func(string) (Hole, bool) // hole
	sums     []byte
	text     []byte // of ETags and lengths
	values   [2 * encodings]string
}

// knownHoles is how many holes a loan remembers: a few for each section.
const knownHoles = 1 << 6

// knownHole is what many pages' holes have in common, and what stood there last.
type knownHole struct {
	text  []byte // as it is packed; parts of it are the texts of the next two
	hole  Hole
	key   Hole   // of the piece
	piece *piece // nil: nobody asked
}

// hole is parseCommon for what was parsed a moment ago, as a rule. What it returns
// holds until the loan is filled again.
func (l *loan) hole(text string) (Hole, bool) {
	slot := &l.known[knownSlot(text)]
	k := *slot
	if k == nil || string(k.text) != text {
		if k == nil || slices.Contains(l.here, k) {
			k = &knownHole{}
		}
		k.text = append(k.text[:0], text...)
		h, ok := parseCommon(lying(k.text), l.frames)
		if *slot = nil; !ok {
			return Hole{}, false
		}
		k.hole, k.key, k.piece = h, h.piece(), nil
		*slot = k
	}
	l.here = append(l.here, k)
	return k.hole, true
}

// knownSlot spreads texts that differ in a section's name or in the sum at their
// end.
func knownSlot(text string) (slot byte) {
	for i := max(0, len(text)-8); i < len(text); i++ {
		slot = 5*slot + text[i]
	}
	return slot % knownHoles
}

// piece is Engine.lyingPiece for a hole of the loan.
func (l *loan) piece(e *Engine, i int, now int64) *piece {
	h, k := l.skeleton.holes[i], l.here[i]
	if k.piece == nil || k.piece.dropped.Load() || e.pieces.judge(k.piece.status(), now) != fresh {
		if k.piece = e.piece(k.key, now); k.piece == nil {
			return nil
		}
	}
	if h.Without == "" || !k.piece.contains.has(h.Without) {
		return k.piece
	}
	return e.piece(h.piece(), now)
}

// loans are those that nobody has.
type loans struct{ free sync.Pool }

func (l *loans) get(known *frames) *loan {
	n, _ := l.free.Get().(*loan)
	if n == nil {
		n = &loan{frames: known}
		n.parse = n.hole
	}
	return n
}

// Release says that a response of Ready was sent and is not needed any more. It
// must not be used afterwards.
func (r *Response) Release() {
	if r.loan != nil {
		r.loans.free.Put(r.loan)
	}
}

// lend puts the page of a key together from its record and from pieces that are
// in memory, for one answer. nil: there is more to it than that, or it is not there.
func (e *Engine) lend(key string, class Class, now int64) (r *Response, there bool) {
	// What caches in front are told needs the names of all tags.
	if e.sharedAge > 0 && class == 0 {
		return nil, e.store.Has(key)
	}
	epoch := e.ledger.epoch.Load() // first: what the store vouches for holds as of it
	l := e.loans.get(&e.frames)
	body, until, ok := e.store.Lend(key, &l.record)
	if ok && now < until && l.fill(e, body, class, now) && e.ledger.epoch.Load() == epoch {
		e.pages.below.hits.Add(1)
		return &l.Response, true
	}
	e.loans.free.Put(l)
	return nil, ok
}

// fill makes the loan the page of a record's body.
func (l *loan) fill(e *Engine, body []byte, class Class, now int64) bool {
	description, blocks, ok := cutPacked(body)
	s := &l.skeleton
	l.here = l.here[:0]
	if !ok || !(&unpacker{s: lying(description)}).skeleton(s, blocks, l.parse) || s.head.status != http.StatusOK || s.head.caching != Revalidate {
		return false
	}
	l.pieces = l.pieces[:0]
	for i, h := range s.holes {
		var p *piece
		if h.Open(class) {
			if p = l.piece(e, i, now); p == nil || p.near(h) {
				return false
			}
		}
		l.pieces = append(l.pieces, p)
	}
	if !s.fits(l.pieces) {
		return false
	}
	l.blocks = append(l.blocks[:0], &s.segments[0])
	for i, p := range l.pieces {
		if p != nil {
			l.blocks = append(l.blocks, &p.block)
		}
		l.blocks = append(l.blocks, &s.segments[i+1])
	}
	l.answer(e, class)
	return true
}

// answer is newResponse where everything lies already. A response to one answer
// is no class's view and has no heat.
func (l *loan) answer(e *Engine, class Class) {
	h := &l.skeleton.head
	r := Response{Status: h.status, press: &e.press, loan: l, loans: &e.loans, lines: l.lines[:0], blocks: l.blocks[:0]}
	r.lines = append(append(r.lines, h.lines...), e.unnamed[min(class, 1)]...)
	for _, b := range l.blocks {
		if b.size == 0 {
			continue
		}
		r.blocks = append(r.blocks, b) // never ahead of what is read
		r.crc = crcJoin(r.crc, b.crc, b.shift)
		r.size += int64(b.size)
		r.deflated += int64(len(b.deflate))
	}
	l.sums = l.skeleton.sums(l.sums[:0], l.pieces)
	sum := sha256.Sum256(l.sums)
	t := append(l.text[:0], '"')
	t = append(base64.RawURLEncoding.AppendEncode(t, sum[:tagBytes]), '"')
	plain := len(t)
	t = append(append(t, t[:plain-1]...), `-gz"`...)
	packed := len(t)
	t = strconv.AppendInt(t, r.Len(Identity), 10)
	length := len(t)
	t = strconv.AppendInt(t, r.Len(Gzip), 10)
	l.text = t
	l.values = [...]string{lying(t[:plain]), lying(t[plain:packed]), lying(t[packed:length]), lying(t[length:])}
	for enc := range encodings {
		r.etags[enc], r.lengths[enc] = l.values[enc:enc+1], l.values[encodings+enc:encodings+enc+1]
	}
	l.Response = r
}

// lying lends bytes as a text that must not be kept.
func lying(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// sightings remember roughly how often a page was lent lately, of about as many as
// have a place in memory. A page is worth a place when it is asked for a third time
// before so many others push it out. The second time may be chance, and in an
// archive through which a crawler walks it is: what would be made for it and thrown
// away costs more than all that a place would save.
type sightings struct {
	seed  maphash.Seed
	slots [1 << 13]atomic.Uint64 // the upper bits of a key's hash; how often it was lent
}

// lentMost is how often a page is lent before it is kept.
const lentMost = 2

// often reports whether a key was lent so often since others pushed it out, and
// notes that it is lent if not.
func (s *sightings) often(key string) bool {
	const count = 1<<2 - 1
	h := maphash.String(s.seed, key)
	slot := &s.slots[h%uint64(len(s.slots))]
	switch old := slot.Load(); {
	case old == 0 || (old^h)&^count != 0:
		slot.Store(h&^count | 1)
	case old&count >= lentMost:
		return true
	default:
		slot.Store(old + 1)
	}
	return false
}
