package deflate

import (
	"math"
	"slices"
)

// writer puts bits together, the lowest first.
type writer struct {
	out   []byte
	bits  uint64
	count uint
}

func (w *writer) reset(dst []byte) { w.out, w.bits, w.count = dst, 0, 0 }

func (w *writer) put(value uint64, n uint) {
	w.bits |= value << w.count
	for w.count += n; w.count >= 8; w.count -= 8 {
		w.out = append(w.out, byte(w.bits))
		w.bits >>= 8
	}
}

// align ends on the border of a byte and returns all that was written: by blocks
// with nothing in them. One with fixed codes takes ten bits and one that is
// stored goes to the border by itself, but takes four bytes more.
func (w *writer) align() []byte {
	switch w.count {
	case 0:
	case 2, 4, 6:
		for w.count != 0 {
			w.put(0b0000000_01_0, 10)
		}
	default:
		w.put(0b00_0, 3)
		if w.count > 0 {
			w.put(0, 8-w.count)
		}
		w.out = append(w.out, 0, 0, 0xff, 0xff)
	}
	return w.out
}

// table is a block's codes and their description.
type table struct {
	fixed         bool    // codes that the format knows: no description
	literal, dist []uint8 // lengths of codes
	runs          []run   // that describe them
	codes         []uint8 // lengths of the codes of runs
	listed        int     // how many of those are listed
	size          int     // bits of the description
	data          int     // bits of what is described
}

// run is one symbol of a description: a length, or a repetition (16 to 18) with
// its further bits.
type run struct{ symbol, value uint8 }

var runExtra = [19]uint{16: 2, 17: 3, 18: 7}

// listOrder is the order in which lengths of the codes of runs are listed.
var listOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// newTable returns the best table for the symbols: with codes as short as they
// can be, or with some that are a little longer and shorter to describe.
func newTable(s *counts) *table {
	best := tableOf(s.literal[:], s.dist[:], s)
	if smooth := tableOf(smoothed(s.literal[:]), smoothed(s.dist[:]), s); smooth.bits() < best.bits() {
		best = smooth
	}
	if fixed := fixedTable(s); fixed.bits() < best.bits() {
		return fixed
	}
	return best
}

// fixedTable returns the codes of RFC 1951 section 3.2.6.
func fixedTable(s *counts) *table {
	t := &table{fixed: true, literal: make([]uint8, 288), dist: make([]uint8, 32), size: 3}
	for i := range t.literal {
		switch {
		case i < 144 || i >= 280:
			t.literal[i] = 8
		case i < 256:
			t.literal[i] = 9
		default:
			t.literal[i] = 7
		}
	}
	for i := range t.dist {
		t.dist[i] = 5
	}
	t.data = s.bits(t.literal, t.dist)
	return t
}

// bits returns what the symbols take with codes of these lengths.
func (s *counts) bits(literal, dist []uint8) (n int) {
	for i, k := range s.literal {
		n += int(k) * int(literal[i])
		if i > endSymbol {
			n += int(k) * lengthExtra[i-257]
		}
	}
	for i, k := range s.dist {
		n += int(k) * (int(dist[i]) + distExtra(i))
	}
	return n
}

func (t *table) bits() int { return t.size + t.data }

// tableOf returns the table with codes made for the counts of literals and
// distances, and its size for the real ones.
func tableOf(literal, dist []int32, real *counts) *table {
	t := &table{literal: lengths(literal, 15), dist: lengths(dist, 15)}
	t.data = real.bits(t.literal, t.dist)
	t.literal = trim(t.literal, 257)
	t.dist = trim(t.dist, 1)
	t.describe()
	return t
}

var lengthExtra = func() (out [29]int) {
	for n := minMatch; n <= maxMatch; n++ {
		symbol, extra, _ := lengthCode(n)
		out[symbol-257] = extra
	}
	return out
}()

func trim(lens []uint8, least int) []uint8 {
	n := len(lens)
	for n > least && lens[n-1] == 0 {
		n--
	}
	return lens[:n]
}

// describe makes the description of the codes' lengths.
func (t *table) describe() {
	all := slices.Concat(t.literal, t.dist)
	for i := 0; i < len(all); {
		n := 1
		for i+n < len(all) && all[i+n] == all[i] {
			n++
		}
		i += n
		v := all[i-1]
		if v == 0 {
			for n >= 11 {
				k := min(n, 138)
				t.runs, n = append(t.runs, run{18, uint8(k - 11)}), n-k
			}
			for n >= 3 {
				k := min(n, 10)
				t.runs, n = append(t.runs, run{17, uint8(k - 3)}), n-k
			}
		} else if n >= 4 {
			t.runs, n = append(t.runs, run{v, 0}), n-1
			for n >= 3 {
				k := min(n, 6)
				if n == 7 || n == 8 { // two fair shares and no rest
					k = n - 3 - (n-7)/2
				}
				k = min(k, 6)
				t.runs, n = append(t.runs, run{16, uint8(k - 3)}), n-k
			}
		}
		for ; n > 0; n-- {
			t.runs = append(t.runs, run{v, 0})
		}
	}
	var s [19]int32
	for _, r := range t.runs {
		s[r.symbol]++
		t.size += int(runExtra[r.symbol])
	}
	t.codes = lengths(s[:], 7)
	for i, n := range s {
		t.size += int(n) * int(t.codes[i])
	}
	t.listed = len(listOrder)
	for t.listed > 4 && t.codes[listOrder[t.listed-1]] == 0 {
		t.listed--
	}
	t.size += 3 + 5 + 5 + 4 + 3*t.listed
}

// smoothed returns counts in which neighbours that differ little are the same,
// so that their codes are as long and a repetition describes them.
func smoothed(list []int32) []int32 {
	out := slices.Clone(list)
	for i := 0; i < len(out); {
		if out[i] == 0 {
			i++
			continue
		}
		// As long as all stay near their mean.
		n, sum := 1, out[i]
		for i+n < len(out) && list[i+n] > 0 {
			next := list[i+n]
			mean := (sum + int32(n)/2) / int32(n)
			if d := next - mean; d > max(1, mean/3) || -d > max(1, mean/3) {
				break
			}
			n, sum = n+1, sum+next
		}
		if n >= 4 {
			mean := max(1, (sum+int32(n)/2)/int32(n))
			for k := range n {
				out[i+k] = mean
			}
		}
		i += n
	}
	return out
}

// part is a run of steps with a table of its own.
type part struct {
	from, to int // in the path
	at       int // in the text
	table    *table
}

// splitLeast is how many steps a part has at least, splitTries at how many
// places a part is tried to be split.
const (
	splitLeast = 150
	splitTries = 8
)

// parts cuts the path where two tables are worth it.
func (c *Compressor) parts(p part, text []byte, out []part) []part {
	cut := c.cut(p, text)
	if cut == 0 {
		return append(out, p)
	}
	a, at := c.part(p.from, cut, p.at, text)
	b, _ := c.part(cut, p.to, at, text)
	if a.table.bits()+b.table.bits() >= p.table.bits() {
		return append(out, p)
	}
	return c.parts(b, text, c.parts(a, text, out))
}

// cut returns where in the path a part is split best, as far as the shares of
// its symbols tell; 0: it is too short.
func (c *Compressor) cut(p part, text []byte) (cut int) {
	steps := p.to - p.from
	if steps < 2*splitLeast {
		return 0
	}
	var left, right counts
	right.count(c.path[p.from:p.to], text[p.at:])
	stride := max((steps-2*splitLeast)/splitTries, 1)
	best := math.Inf(1)
	for from, to, at := p.from, p.from+splitLeast, p.at; to <= p.to-splitLeast; from, to = to, to+stride {
		var moved counts
		n := moved.count(c.path[from:to], text[at:])
		at += n
		left.add(&moved, 1)
		right.add(&moved, -1)
		if bits := left.entropy() + right.entropy(); bits < best {
			best, cut = bits, to
		}
	}
	return cut
}

// part returns the steps from one to another with their table, and where in the
// text they end.
func (c *Compressor) part(from, to, at int, text []byte) (p part, end int) {
	var s counts
	end = at + s.count(c.path[from:to], text[at:])
	s.literal[endSymbol]++
	return part{from, to, at, newTable(&s)}, end
}

// write writes the path.
func (c *Compressor) write(text []byte) {
	whole, _ := c.part(0, len(c.path), 0, text)
	parts := c.parts(whole, text, nil)
	for i, p := range parts {
		if i == len(parts)-1 {
			c.even(p.table)
		}
		c.block(p, text)
	}
}

// even makes the last block's description three bits longer if that lets it
// end on an even bit, from where it is cheap to reach the border of a byte.
func (c *Compressor) even(t *table) {
	if (int(c.out.count)+t.bits())%2 == 1 && !t.fixed && t.listed < len(listOrder) {
		t.listed++
		t.size += 3
	}
}

// block writes one block with codes of its own.
func (c *Compressor) block(p part, text []byte) {
	w, t := &c.out, p.table
	if t.fixed {
		w.put(0b01_0, 3)
	} else {
		w.describe(t)
	}
	literal, dist := canonical(t.literal), canonical(t.dist)
	at := p.at
	for _, m := range c.path[p.from:p.to] {
		if m.length == 1 {
			b := text[at]
			w.put(uint64(literal[b]), uint(t.literal[b]))
		} else {
			symbol, extra, value := lengthCode(int(m.length))
			w.put(uint64(literal[symbol]), uint(t.literal[symbol]))
			w.put(uint64(value), uint(extra))
			d := distCode(int(m.dist))
			w.put(uint64(dist[d]), uint(t.dist[d]))
			w.put(uint64((int(m.dist)-1)&(1<<distExtra(d)-1)), uint(distExtra(d)))
		}
		at += int(m.length)
	}
	w.put(uint64(literal[endSymbol]), uint(t.literal[endSymbol]))
}

// describe writes the head of a block with codes of its own.
func (w *writer) describe(t *table) {
	w.put(0b10_0, 3)
	w.put(uint64(len(t.literal)-257), 5)
	w.put(uint64(len(t.dist)-1), 5)
	w.put(uint64(t.listed-4), 4)
	for _, symbol := range listOrder[:t.listed] {
		w.put(uint64(t.codes[symbol]), 3)
	}
	codes := canonical(t.codes)
	for _, r := range t.runs {
		w.put(uint64(codes[r.symbol]), uint(t.codes[r.symbol]))
		w.put(uint64(r.value), runExtra[r.symbol])
	}
}
