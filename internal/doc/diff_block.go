package doc

import (
	"sort"
	"strings"
)

// BlockDiff is what became of one block between two documents. Old is nil for a
// block that is new, New for one that is gone.
type BlockDiff struct {
	Old, New Block
	// Parts compare the texts; with equal texts they are one Same part, or none.
	Parts []Part
	// Text says that the words differ, Form that something else does: marks,
	// links, a level, a picture, a block of another type.
	Text, Form bool
	// Moved says that the block stands in another place among those that stayed.
	Moved bool
}

// Changed reports whether the two documents differ in this block.
func (d BlockDiff) Changed() bool {
	return d.Old == nil || d.New == nil || d.Text || d.Form || d.Moved
}

// Diff compares two documents block by block: blocks of the same id are the
// same block, then blocks of equal text. The order is that of b; what is gone
// stands behind what preceded it in a.
func Diff(a, b Doc) []BlockDiff {
	old := pairs(a, b)
	moved := movedOnes(old)
	taken := make(map[int]bool, len(old))
	for _, i := range old {
		if i >= 0 {
			taken[i] = true
		}
	}
	after := map[int][]int{} // what is gone, by the index in a of what it follows
	last := -1
	for i := range a.Blocks {
		if taken[i] {
			last = i
			continue
		}
		after[last] = append(after[last], i)
	}
	var out []BlockDiff
	removed := func(i int) {
		for _, gone := range after[i] {
			out = append(out, diffBlock(a.Blocks[gone], nil))
		}
	}
	removed(-1)
	for j, block := range b.Blocks {
		if old[j] < 0 {
			out = append(out, diffBlock(nil, block))
			continue
		}
		d := diffBlock(a.Blocks[old[j]], block)
		d.Moved = moved[j]
		out = append(out, d)
		removed(old[j])
	}
	return out
}

// pairs returns for each block of b the index of the same block in a, or -1.
func pairs(a, b Doc) []int {
	byID := make(map[string]int, len(a.Blocks))
	for i, x := range a.Blocks {
		byID[x.BlockID()] = i
	}
	out := make([]int, len(b.Blocks))
	used := make([]bool, len(a.Blocks))
	for j, x := range b.Blocks {
		out[j] = -1
		if i, ok := byID[x.BlockID()]; ok {
			out[j], used[i] = i, true
		}
	}
	byText := map[string][]int{}
	for i, x := range a.Blocks {
		if text := BlockText(x); !used[i] && text != "" {
			byText[x.Type()+text] = append(byText[x.Type()+text], i)
		}
	}
	for j, x := range b.Blocks {
		if out[j] >= 0 {
			continue
		}
		key := x.Type() + BlockText(x)
		if list := byText[key]; len(list) > 0 {
			out[j], byText[key] = list[0], list[1:]
		}
	}
	return out
}

// movedOnes reports for each block of b whether it left its place: all that
// does not belong to the longest run of blocks that kept their order.
func movedOnes(old []int) []bool {
	var ends []int // index into old of the smallest end of a run of each length
	before := make([]int, len(old))
	for j, i := range old {
		before[j] = -1
		if i < 0 {
			continue
		}
		n := sort.Search(len(ends), func(n int) bool { return old[ends[n]] >= i })
		if n > 0 {
			before[j] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, j)
		} else {
			ends[n] = j
		}
	}
	moved := make([]bool, len(old))
	for j, i := range old {
		moved[j] = i >= 0
	}
	if len(ends) > 0 {
		for j := ends[len(ends)-1]; j >= 0; j = before[j] {
			moved[j] = false
		}
	}
	return moved
}

func diffBlock(a, b Block) BlockDiff {
	d := BlockDiff{Old: a, New: b}
	var x, y string
	if a != nil {
		x = BlockText(a)
	}
	if b != nil {
		y = BlockText(b)
	}
	d.Parts = DiffText(x, y)
	if a == nil || b == nil {
		return d
	}
	d.Text = x != y
	if !d.Text {
		same, err := equal(a, b.WithID(a.BlockID()))
		d.Form = err != nil || !same
	} else {
		d.Form = a.Type() != b.Type()
	}
	return d
}

// BlockText returns the words of a block as people compare versions by them:
// those of PlainBlock and, where a block has none, what it shows or points at.
func BlockText(b Block) string {
	switch b := b.(type) {
	case Picture:
		return lines(b.Caption, b.Credit, b.Alt)
	case Gallery:
		all := []string{b.Caption}
		for _, p := range b.Items {
			all = append(all, p.Caption, p.Credit, p.Alt)
		}
		return lines(all...)
	case Embed:
		return lines(b.Title, b.URL)
	case ReadAlso:
		return lines(b.Headline, b.URL)
	}
	return PlainBlock(b)
}

func lines(texts ...string) string {
	var out []string
	for _, s := range texts {
		out = addLine(out, "", s)
	}
	return strings.Join(out, "\n")
}
