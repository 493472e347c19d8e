package deflate

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// lengthCode returns the symbol of a match's length, how many further bits
// there are, and their value (RFC 1951 section 3.2.5).
func lengthCode(length int) (symbol, extra, value int) {
	if length == maxMatch {
		return 285, 0, 0
	}
	n := length - minMatch
	if n < 8 {
		return 257 + n, 0, 0
	}
	extra = bits.Len(uint(n)) - 3
	return 257 + 4*(extra+1) + n>>extra&3, extra, n & (1<<extra - 1)
}

// distCode returns the symbol of a distance; distExtra the further bits.
func distCode(dist int) int {
	n := dist - 1
	if n < 4 {
		return n
	}
	extra := bits.Len(uint(n)) - 2
	return 2*(extra+1) + n>>extra&1
}

func distExtra(symbol int) int { return max(0, symbol/2-1) }

// counts are how often each symbol stands in a run of steps.
type counts struct {
	literal [litCodes]int32
	dist    [distCodes]int32
}

// count adds the symbols of the steps, which begin at text[0], and returns how
// much of the text they cover.
func (s *counts) count(path []match, text []byte) (covered int) {
	for _, m := range path {
		if m.length == 1 {
			s.literal[text[covered]]++
		} else {
			symbol, _, _ := lengthCode(int(m.length))
			s.literal[symbol]++
			s.dist[distCode(int(m.dist))]++
		}
		covered += int(m.length)
	}
	return covered
}

// add adds the counts of o so many times.
func (s *counts) add(o *counts, times int32) {
	for i, n := range o.literal {
		s.literal[i] += n * times
	}
	for i, n := range o.dist {
		s.dist[i] += n * times
	}
}

// entropy returns how many bits the symbols take at least, further bits aside.
func (s *counts) entropy() (bits float64) {
	for _, list := range [...][]int32{s.literal[:], s.dist[:]} {
		var all int32
		for _, n := range list {
			if n > 0 {
				all += n
				bits -= float64(n) * math.Log2(float64(n))
			}
		}
		if all > 0 {
			bits += float64(all) * math.Log2(float64(all))
		}
	}
	return bits
}

// prices are what steps cost, in bits.
type prices struct {
	literal [256]float32
	length  [maxMatch + 1]float32
	dist    [distCodes]float32
}

// guess sets prices for a text of which nothing is known but how often each byte
// stands in it.
func (p *prices) guess(text []byte) {
	var s counts
	for _, b := range text {
		s.literal[b]++
	}
	for b, n := range s.literal[:256] {
		p.literal[b] = 13
		if n > 0 {
			p.literal[b] = float32(min(13, max(2, math.Log2(float64(len(text))/float64(n))))) + 1
		}
	}
	for n := minMatch; n <= maxMatch; n++ {
		symbol, extra, _ := lengthCode(n)
		p.length[n] = float32(extra) + 4 + float32(symbol-257)/4
	}
	for d := range p.dist {
		p.dist[d] = float32(distExtra(d)) + 4.5
	}
}

// learn sets the prices to what the symbols of a way have cost, as their share
// of all. What did not occur would be as dear as what occurred less than once.
func (p *prices) learn(path []match, text []byte) {
	var s counts
	s.count(path, text)
	s.literal[endSymbol]++
	literal, dist := shares(s.literal[:]), shares(s.dist[:])
	copy(p.literal[:], literal)
	for n := minMatch; n <= maxMatch; n++ {
		symbol, extra, _ := lengthCode(n)
		p.length[n] = literal[symbol] + float32(extra)
	}
	for d := range p.dist {
		p.dist[d] = dist[d] + float32(distExtra(d))
	}
}

func shares(list []int32) []float32 {
	var all int32
	for _, n := range list {
		all += n
	}
	out := make([]float32, len(list))
	for i, n := range list {
		share := float64(n)
		if n == 0 {
			share = 0.4
		}
		out[i] = float32(min(15, max(1, math.Log2(float64(max(1, all))/share))))
	}
	return out
}

// leaf is a symbol and how often it stands.
type leaf struct {
	weight int32
	symbol int
}

// lengths returns for each symbol the length of its code: as short as can be
// in all, none longer than limit, zero for what does not occur. At least two
// symbols get a code, since some decoders want that.
func lengths(list []int32, limit int) []uint8 {
	out := make([]uint8, len(list))
	leaves := make([]leaf, 0, litCodes)
	for i, n := range list {
		if n > 0 {
			leaves = append(leaves, leaf{n, i})
		}
	}
	if len(leaves) < 2 {
		for _, l := range leaves {
			out[l.symbol] = 1
		}
		for i := 0; len(leaves) < 2; i++ {
			if out[i] == 0 {
				out[i] = 1
				leaves = append(leaves, leaf{0, i})
			}
		}
		return out
	}
	slices.SortFunc(leaves, func(a, b leaf) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.symbol, b.symbol))
	})
	if !huffman(leaves, out, limit) {
		clear(out)
		coins(leaves, out, limit)
	}
	return out
}

// huffman sets the lengths by merging the two lightest trees again and again,
// and reports whether none is longer than limit.
func huffman(leaves []leaf, out []uint8, limit int) bool {
	n := len(leaves)
	var weight [litCodes]int32     // of the merged trees, in their order
	var parent [2 * litCodes]int16 // of leaves, then of merged trees
	i, j := 0, 0                   // the next leaf and merged tree
	for k := range n - 1 {
		for range 2 {
			if i < n && (j == k || leaves[i].weight <= weight[j]) {
				weight[k] += leaves[i].weight
				parent[i] = int16(n + k)
				i++
			} else {
				weight[k] += weight[j]
				parent[n+j] = int16(n + k)
				j++
			}
		}
	}
	var depth [2 * litCodes]uint8
	for k := 2*n - 3; k >= 0; k-- {
		if depth[k] = depth[parent[k]] + 1; int(depth[k]) > limit {
			return false
		}
		if k < n {
			out[leaves[k].symbol] = depth[k]
		}
	}
	return true
}

// coins sets the best lengths within the limit by the algorithm of the coin
// collector (Larmore and Hirschberg, 1990): limit times over, pairs of the
// lightest packages are merged with the symbols.
func coins(leaves []leaf, out []uint8, limit int) {
	// rows[k] says of the k-th round's packages in order of weight which of them
	// are leaves; the others are pairs of the round before.
	rows := make([][]bool, limit)
	var weights []int32 // of the round before
	for k := range rows {
		pairs := len(weights) / 2
		row, next := make([]bool, 0, len(leaves)+pairs), make([]int32, 0, len(leaves)+pairs)
		for i, j := 0, 0; i < len(leaves) || j < pairs; {
			if j == pairs || i < len(leaves) && leaves[i].weight <= weights[2*j]+weights[2*j+1] {
				row, next = append(row, true), append(next, leaves[i].weight)
				i++
			} else {
				row, next = append(row, false), append(next, weights[2*j]+weights[2*j+1])
				j++
			}
		}
		rows[k], weights = row, next
	}
	for k, take := limit-1, 2*len(leaves)-2; k >= 0 && take > 0; k-- {
		pairs, i := 0, 0
		for _, isLeaf := range rows[k][:take] {
			if isLeaf {
				out[leaves[i].symbol]++
				i++
			} else {
				pairs++
			}
		}
		take = 2 * pairs
	}
}

// canonical returns the codes that belong to lengths, ready to be written from
// the lowest bit on.
func canonical(lens []uint8) []uint16 {
	var next [17]uint16
	var count [17]uint16
	for _, n := range lens {
		count[n]++
	}
	count[0] = 0
	for n := 1; n < len(next); n++ {
		next[n] = (next[n-1] + count[n-1]) << 1
	}
	out := make([]uint16, len(lens))
	for i, n := range lens {
		if n > 0 {
			out[i] = bits.Reverse16(next[n]) >> (16 - n)
			next[n]++
		}
	}
	return out
}
