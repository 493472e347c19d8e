// Package deflate compresses texts of a page's size as well as the format
// allows in a few milliseconds: what it makes is made once and sent often. It
// knows RFC 1951 and nothing else.
//
// Usual compressors decide at each byte, by rules of thumb, whether to take the
// longest match. This one looks for the cheapest way from the first byte to the
// last, by a guess at what symbols cost, and once more by what they did cost. Then
// it parts the text where two tables of codes are worth
// their description.
package deflate

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Limits of the format.
const (
	Window    = 32 << 10 // bytes that a match may lie back at most
	minMatch  = 3
	maxMatch  = 258
	endSymbol = 256
	litCodes  = 286
	distCodes = 30
)

// Effort is how much is tried.
type Effort struct {
	chain int // earlier places that are looked at for a match
	nice  int // so long a match ends the search
	whole int // so long a match is taken whole or not at all
}

// The efforts. Thorough gains two or three bytes in a thousand over Quick and
// takes half as long again; beyond it there is next to nothing to gain.
var (
	Quick    = Effort{16, 48, 16}
	Thorough = Effort{48, 96, 24}
)

// nearest is how far back a match of three bytes may lie; beyond, it is no gain.
const nearest = 4096

// Compressor holds the memory that compressing takes, about 50 bytes for each
// byte of the longest text. The zero Compressor is ready; it serves one call at
// a time.
type Compressor struct {
	effort Effort
	text   []byte // what is known to stand before, then the text
	start  int    // where the text begins

	near  []int32 // by hash of three bytes: the latest place, plus one
	head  []int32 // the same of four bytes
	prev  []int32 // by place: the one before with the same four bytes' hash, plus one
	found []match // of all places, the shorter and nearer first
	first []int32 // by place in the text: where its matches begin in found

	price prices
	cost  []float32 // by place: of the cheapest way there
	step  []match   // by place: the last step of that way
	path  []match   // a literal has length 1

	out writer
}

// match is a run that stood before: length bytes, dist bytes back. With a length
// of 1 it is a byte by itself.
type match struct{ length, dist uint16 }

// Append appends to dst deflate blocks that hold text and returns the result.
// None of them is final, and they end on the border of a byte, so others can
// follow. They may refer to before, of which the last Window bytes count: these
// have to stand in front of the text whenever it is decompressed.
func (c *Compressor) Append(dst, before, text []byte, effort Effort) []byte {
	c.effort = effort
	if len(text) == 0 {
		return dst
	}
	c.search(before[max(0, len(before)-Window):], text)
	c.price.guess(text)
	c.walk()
	c.price.learn(c.path, text)
	c.walk()
	c.out.reset(dst)
	c.write(text)
	return c.out.align()
}

const hashBits = 15

// hash3 and hash4 return the hash of the first three and four of four bytes.
func hash3(v uint32) uint32 { return v << 8 * 0x9e3779b1 >> (32 - hashBits) }
func hash4(v uint32) uint32 { return v * 0x9e3779b1 >> (32 - hashBits) }

// search finds for each place of the text, and for each length, the nearest
// match: of three bytes the nearest of all, of more as far as the search goes.
func (c *Compressor) search(before, text []byte) {
	c.text = append(append(c.text[:0], before...), text...)
	c.start = len(before)
	if c.head == nil {
		c.near, c.head = make([]int32, 1<<hashBits), make([]int32, 1<<hashBits)
	}
	clear(c.near)
	clear(c.head)
	c.prev = slices.Grow(c.prev[:0], len(c.text))[:len(c.text)]
	c.found = c.found[:0]
	c.first = slices.Grow(c.first[:0], len(text)+1)[:0]
	long := 0 // end of a match that is long enough
	for i := range c.text {
		if i >= c.start {
			c.first = append(c.first, int32(len(c.found)))
		}
		if len(c.text)-i < 4 {
			continue // the last three bytes are seldom worth it
		}
		v := binary.LittleEndian.Uint32(c.text[i:])
		h3, h4 := hash3(v), hash4(v)
		if i >= c.start {
			if i >= long {
				if n := c.matches(i, c.near[h3], c.head[h4]); n >= c.effort.nice {
					long = i + n - 1
				}
			} else {
				c.continued()
			}
		}
		c.near[h3] = int32(i + 1)
		c.prev[i], c.head[h4] = c.head[h4], int32(i+1)
	}
	c.first = append(c.first, int32(len(c.found)))
}

// matches notes the matches at a place, beginning at the latest earlier ones,
// and returns the longest one's length.
func (c *Compressor) matches(i int, near, at int32) (longest int) {
	rest := c.text[i:min(i+maxMatch, len(c.text))]
	longest = minMatch - 1
	if j := int(near - 1); near > 0 && i-j <= nearest {
		longest = c.match(i, j, rest, longest)
	}
	for tries := c.effort.chain; at > 0 && tries > 0; tries-- {
		j := int(at - 1)
		if i-j > Window || longest >= c.effort.nice || longest == len(rest) {
			break
		}
		if c.text[j+longest] == rest[longest] {
			longest = c.match(i, j, rest, longest)
		}
		at = c.prev[j]
	}
	return longest
}

// match notes the match at a place with an earlier one if it is longer than the
// longest so far, and returns which is longest then.
func (c *Compressor) match(i, j int, rest []byte, longest int) int {
	n, there := 0, c.text[j:]
	for n+8 <= len(rest) {
		if x := binary.LittleEndian.Uint64(there[n:]) ^ binary.LittleEndian.Uint64(rest[n:]); x != 0 {
			n += bits.TrailingZeros64(x) / 8
			goto differs
		}
		n += 8
	}
	for n < len(rest) && there[n] == rest[n] {
		n++
	}
differs:
	if n <= longest {
		return longest
	}
	c.found = append(c.found, match{uint16(n), uint16(i - j)})
	return n
}

// continued notes at a place within a long match the rest of it.
func (c *Compressor) continued() {
	if len(c.found) == 0 {
		return
	}
	if m := c.found[len(c.found)-1]; m.length > minMatch {
		c.found = append(c.found, match{m.length - 1, m.dist})
	}
}

// walk finds the cheapest way through the text by what symbols cost now.
func (c *Compressor) walk() {
	n := len(c.text) - c.start
	c.cost = slices.Grow(c.cost[:0], n+1)[:n+1]
	c.step = slices.Grow(c.step[:0], n+1)[:n+1]
	const far = 1e30
	for i := range c.cost {
		c.cost[i] = far
	}
	c.cost[0] = 0
	text, p := c.text[c.start:], &c.price
	for i := range n {
		here := c.cost[i]
		if with := here + p.literal[text[i]]; with < c.cost[i+1] {
			c.cost[i+1], c.step[i+1] = with, match{1, 0}
		}
		length := minMatch
		for _, m := range c.found[c.first[i]:c.first[i+1]] {
			base := here + p.dist[distCode(int(m.dist))]
			if int(m.length) >= c.effort.whole {
				length = int(m.length) // a shorter part of it is no gain
			}
			for ; length <= int(m.length); length++ {
				if with := base + p.length[length]; with < c.cost[i+length] {
					c.cost[i+length], c.step[i+length] = with, match{uint16(length), m.dist}
				}
			}
		}
	}
	c.path = c.path[:0]
	for i := n; i > 0; i -= int(c.step[i].length) {
		c.path = append(c.path, c.step[i])
	}
	slices.Reverse(c.path)
}
