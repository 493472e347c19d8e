package page

import (
	"crypto/sha256"
	"math"
	"slices"
	"strings"
	"sync/atomic"
)

// forever is the clock of what names no instant.
const forever = math.MaxInt64

// standing is what decides whether a rendering may still be served.
type standing struct {
	tags  []uint64 // hashes of names
	names []string
	until int64  // Unix nanoseconds from which it is stale
	began uint64 // epoch when its rendering began

	// asOf is the latest epoch at which it is known to hold. It starts at began
	// and only moves while no announcement touched it, so it stops for good
	// below the first one that does.
	asOf atomic.Uint64
	// dropped is set when memory let go of it; views that hold it keep it alive.
	dropped atomic.Bool
	// failed and failedAt are the epoch and the instant of the last attempt to
	// make a successor that failed; see shelf.tired.
	failed   atomic.Uint64
	failedAt atomic.Int64
}

// status returns the standing itself; through it both kinds are a made.
func (s *standing) status() *standing { return s }

// made is what a shelf keeps: *skeleton or *piece.
type made interface {
	comparable
	status() *standing
}

func (s *standing) init(r Rendering, epoch uint64) {
	s.names = slices.Compact(slices.Sorted(slices.Values(r.Tags)))
	s.tags = hashTags(s.names)
	s.until = forever
	if !r.Until.IsZero() && r.Until.Year() < 2262 { // nanoseconds end there
		s.until = r.Until.UnixNano()
	}
	s.began = epoch
	s.asOf.Store(epoch)
	s.failedAt.Store(math.MinInt64)
}

// restore is init for what a Store kept: it holds as of the epoch.
func (s *standing) restore(r Record, epoch uint64) {
	s.names = r.Tags
	s.tags = hashTags(s.names)
	s.until = r.Until
	s.began = epoch
	s.asOf.Store(epoch)
	s.failedAt.Store(math.MinInt64)
}

// bytes estimates what the standing costs in memory.
func (s *standing) bytes() int {
	n := 128
	for _, name := range s.names {
		n += 24 + len(name)
	}
	return n
}

// piece is one module's rendering.
type piece struct {
	standing
	block
	contains items
	framed   bool // has the Frame of its hole, or that has none
}

// items are what a piece contains. Every page that is lent looks for a few of its
// own among those of a list that all pages share, and as a rule in vain.
type items struct {
	list  []string
	marks uint64 // the bits of their ends; an item without its bit is not there
}

func newItems(list []string) items {
	s := items{list: list}
	for _, item := range list {
		s.marks |= endBit(item)
	}
	return s
}

// endBit returns the bit of an item's end, in which numbers differ most.
func endBit(item string) uint64 {
	end := byte(0)
	for i := max(0, len(item)-2); i < len(item); i++ {
		end = 10*end + item[i]
	}
	return 1 << (end % 64)
}

func (s items) has(item string) bool {
	return s.marks&endBit(item) != 0 && slices.Contains(s.list, item)
}

// common returns how many of the items the piece contains; see Hole.Near.
func (p *piece) common(items string) (n int) {
	for item := range strings.FieldsSeq(items) {
		if p.contains.has(item) {
			n++
		}
	}
	return n
}

func (p *piece) bytes() int {
	n := p.standing.bytes() + len(p.deflate) + 96
	for _, item := range p.contains.list {
		n += 16 + len(item)
	}
	return n
}

// skeleton is a page's rendering: segments with holes between them.
type skeleton struct {
	standing
	head     head
	segments []block // one more than holes
	holes    []Hole
	sum      [16]byte // of the head and the segments, for ETags

	// views are what readers of each class were last given.
	views [classes]atomic.Pointer[view]
}

// seal sets the sum, and forgets those of the segments, which nobody needs by
// themselves.
func (s *skeleton) seal() {
	sum := sha256.New()
	sum.Write(s.head.sum[:])
	for i := range s.segments {
		sum.Write(s.segments[i].sum[:])
		s.segments[i].sum = [16]byte{}
	}
	s.sum = [16]byte(sum.Sum(nil))
}

// sums appends to dst what names the page with these pieces in its holes, nil for
// a closed one: two pages that differ differ in it.
func (s *skeleton) sums(dst []byte, pieces []*piece) []byte {
	dst = append(dst, s.sum[:]...)
	for _, p := range pieces {
		if p == nil {
			p = &nothing
		}
		dst = append(dst, p.sum[:]...)
	}
	return dst
}

// nothing is what stands in a closed hole.
var nothing = piece{block: empty}

// viewBytes is about what a view costs, its response included.
const viewBytes = 1024

func (s *skeleton) bytes() int {
	n := s.standing.bytes() + s.head.bytes() + 8*classes + viewBytes*max(1, s.seen())
	for i := range s.segments {
		n += len(s.segments[i].deflate) + 64
	}
	for _, h := range s.holes {
		if h.Near != "" {
			n += 2 << 10 // a view may hold a piece of its own
		}
		n += 64 + len(h.Module) + len(h.Params) + len(h.Without) + len(h.Near)
	}
	return n
}

// seen returns for how many classes there is a view.
func (s *skeleton) seen() (n int) {
	for i := range s.views {
		if s.views[i].Load() != nil {
			n++
		}
	}
	return n
}

// view is a skeleton with all its holes resolved for one class.
type view struct {
	response *Response
	parts    []*standing   // everything that decides what stands in it
	until    int64         // the earliest clock of the parts
	asOf     atomic.Uint64 // as in standing
}

func newView(response *Response, parts []*standing) *view {
	v := &view{response: response, parts: parts, until: forever}
	response.view = v
	for _, part := range parts {
		v.until = min(v.until, part.until)
	}
	return v
}

// judge returns the worst verdict on the view's parts.
func (v *view) judge(l *ledger) verdict {
	epoch := l.epoch.Load() // before the parts: they may only be newer
	worst := fresh
	for _, part := range v.parts {
		worst = max(worst, l.judge(part))
	}
	if worst == fresh {
		v.asOf.Store(epoch)
	}
	return worst
}

// dropped reports whether memory let go of one of the view's parts.
func (v *view) dropped() bool {
	for _, part := range v.parts {
		if part.dropped.Load() {
			return true
		}
	}
	return false
}
