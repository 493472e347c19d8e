package doc

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Op says what became of a stretch of text between two versions.
type Op int8

// The operations.
const (
	Same Op = iota
	Added
	Removed
)

// Part is a stretch of text that one or both of two texts have.
type Part struct {
	Op   Op
	Text string
}

// maxSteps bounds the work on one pair of texts. Two texts that differ in more
// words than this have little in common, and are shown as one replaced by the
// other.
const maxSteps = 800

// DiffText compares two texts word by word. The parts that are not Added make
// up a again, those that are not Removed make up b.
func DiffText(a, b string) []Part {
	x, y := words(a), words(b)
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	var out parts
	for _, w := range x[:head] {
		out.add(Same, w)
	}
	for _, p := range differ(x[head:len(x)-tail], y[head:len(y)-tail]) {
		out.add(p.Op, p.Text)
	}
	for _, w := range x[len(x)-tail:] {
		out.add(Same, w)
	}
	return out.smooth()
}

// words cuts a text into words, runs of white space and single signs.
func words(s string) []string {
	var out []string
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case unicode.IsSpace(r):
			n = span(s, unicode.IsSpace)
		case inWord(r):
			n = span(s, inWord)
		}
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '-' || r == '\'' || r == '’'
}

// span returns how many bytes at the start of s consist of what is accepts.
func span(s string, is func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !is(r) }); i >= 0 {
		return i
	}
	return len(s)
}

// differ is the greedy algorithm of Myers ("An O(ND) Difference Algorithm",
// 1986, figure 2): the furthest that one gets on each diagonal with d changes.
func differ(a, b []string) []Part {
	most := min(len(a)+len(b), maxSteps)
	reach := make([]int, 2*most+3)
	at := func(k int) *int { return &reach[k+most+1] }
	var trace [][]int // reach before each step, diagonals -d-1 to d+1
	for d := 0; d <= most; d++ {
		trace = append(trace, slices.Clone(reach[most-d:most+d+3]))
		for k := -d; k <= d; k += 2 {
			x := *at(k - 1) + 1
			if k == -d || k != d && *at(k - 1) < *at(k + 1) {
				x = *at(k + 1)
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			*at(k) = x
			if x >= len(a) && x-k >= len(b) {
				return walkBack(a, b, trace)
			}
		}
	}
	var out []Part
	for _, w := range a {
		out = append(out, Part{Removed, w})
	}
	for _, w := range b {
		out = append(out, Part{Added, w})
	}
	return out
}

// walkBack reads the way to the end out of the traces, last step first.
func walkBack(a, b []string, trace [][]int) []Part {
	var out []Part
	x, y := len(a), len(b)
	for d := len(trace) - 1; d >= 0; d-- {
		at := func(k int) int { return trace[d][k+d+1] }
		k := x - y
		before := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			before = k + 1
		}
		bx := at(before)
		by := bx - before
		if d == 0 {
			bx, by = 0, 0
		}
		for x > bx && y > by && x > 0 && y > 0 && a[x-1] == b[y-1] {
			x, y = x-1, y-1
			out = append(out, Part{Same, a[x]})
		}
		if d == 0 {
			break
		}
		if x == bx {
			y--
			out = append(out, Part{Added, b[y]})
		} else {
			x--
			out = append(out, Part{Removed, a[x]})
		}
	}
	slices.Reverse(out)
	return out
}

// parts collects neighbours of one kind into one.
type parts []Part

func (p *parts) add(op Op, text string) {
	if text == "" {
		return
	}
	if n := len(*p); n > 0 && (*p)[n-1].Op == op {
		(*p)[n-1].Text += text
		return
	}
	*p = append(*p, Part{op, text})
}

// smooth puts what was removed before what was added in its place, and lets a
// change run on over a blank: whole phrases are easier to read than words that
// take turns.
func (p parts) smooth() []Part {
	var out, gone, come parts
	flush := func() {
		for _, x := range gone {
			out.add(Removed, x.Text)
		}
		for _, x := range come {
			out.add(Added, x.Text)
		}
		gone, come = nil, nil
	}
	for i, x := range p {
		switch {
		case x.Op == Removed:
			gone.add(Removed, x.Text)
		case x.Op == Added:
			come.add(Added, x.Text)
		case len(gone) > 0 && len(come) > 0 && strings.TrimSpace(x.Text) == "" && i+1 < len(p):
			gone.add(Removed, x.Text)
			come.add(Added, x.Text)
		default:
			flush()
			out.add(Same, x.Text)
		}
	}
	flush()
	return out
}
