package main

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"slices"
)

// Sizes of the drawing, in its own units.
const (
	drawnWidth  = 760
	drawnHeight = 420
	plotLeft    = 56
	plotRight   = 380 // labels stand to the right of it
	plotTop     = 48
	plotBottom  = 370
)

// drawnStyle works in light and in dark surroundings.
const drawnStyle = `text{font:12px system-ui,sans-serif;fill:#222}.t{font-weight:600;font-size:14px}.a{fill:#666}
.g{stroke:#ddd}.z{stroke:#999}.s{fill:none;stroke-width:2}.l{stroke:#bbb;stroke-width:1}
.c0{stroke:#0b5cad}.c1{stroke:#b3261e}.c2{stroke:#1b7f4b}.c3{stroke:#8a5a00}.c4{stroke:#6a3fb5}.c5{stroke:#00798c}.c6{stroke:#444}.c7{stroke:#b0196d}
@media(prefers-color-scheme:dark){text{fill:#eee}.a{fill:#aaa}.g{stroke:#333}.z{stroke:#888}.l{stroke:#555}
.c0{stroke:#7ab8ff}.c1{stroke:#ff8a80}.c2{stroke:#6fd39b}.c3{stroke:#e3b341}.c4{stroke:#b79cff}.c5{stroke:#5fd0de}.c6{stroke:#ccc}.c7{stroke:#ff8ac6}}`

// label is a line's name beside its end.
type label struct {
	y, at float64 // where it stands, and where its line ends
	text  string
}

// draw returns an SVG of how costs grow: each as a multiple of what it is in the
// smallest archive, both axes logarithmic.
func (t *table) draw() []byte {
	sizes := slices.Sorted(slices.Values(t.sizes))
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="How costs grow with the archive"><style>%s</style>`, drawnWidth, drawnHeight, drawnStyle)
	fmt.Fprintf(&b, `<text class="t" x="%d" y="22">What grows with the archive: multiples of the cost at %s stories</text>`, plotLeft-40, thousands(sizes[0]))
	low, high := t.span(sizes)
	y := func(v float64) float64 {
		return plotBottom - (math.Log2(v)-math.Log2(low))/(math.Log2(high)-math.Log2(low))*(plotBottom-plotTop)
	}
	first, last := math.Log10(float64(sizes[0])), math.Log10(float64(sizes[len(sizes)-1]))
	x := func(n int) float64 {
		return plotLeft + (math.Log10(float64(n))-first)/max(last-first, 1e-9)*(plotRight-plotLeft)
	}
	for v := low; v <= high*1.0001; v *= 2 {
		class := "g"
		if v == 1 {
			class = "z"
		}
		fmt.Fprintf(&b, `<line class="%s" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text class="a" text-anchor="end" x="%d" y="%.1f">%g×</text>`, class, plotLeft, plotRight, y(v), y(v), plotLeft-8, y(v)+4, v)
	}
	for _, n := range sizes {
		fmt.Fprintf(&b, `<text class="a" text-anchor="middle" x="%.1f" y="%d">%s</text>`, x(n), plotBottom+20, thousands(n))
	}
	fmt.Fprintf(&b, `<text class="a" text-anchor="middle" x="%d" y="%d">stories</text>`, (plotLeft+plotRight)/2, plotBottom+38)
	var labels []label
	for _, e := range t.drawn(sizes) {
		base, end := e.numbers[sizes[0]], 0.0
		fmt.Fprintf(&b, `<polyline class="s c%d" points="`, len(labels)%8)
		for _, n := range sizes {
			if v, ok := e.numbers[n]; ok {
				end = y(v / base)
				fmt.Fprintf(&b, "%.1f,%.1f ", x(n), end)
			}
		}
		b.WriteString(`"/>`)
		labels = append(labels, label{y: end, at: end, text: fmt.Sprintf("%.2f×  %s", e.numbers[sizes[len(sizes)-1]]/base, e.what)})
	}
	for _, l := range apart(labels) {
		fmt.Fprintf(&b, `<line class="l" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f">%s</text>`, plotRight+2, plotRight+14, l.at, l.y, plotRight+18, l.y+4, html.EscapeString(l.text))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// drawn returns the lines with a number for the smallest and the largest archive.
func (t *table) drawn(sizes []int) (list []*entry) {
	for _, e := range t.lines {
		if e.numbers[sizes[0]] > 0 && e.numbers[sizes[len(sizes)-1]] > 0 {
			list = append(list, e)
		}
	}
	return list
}

// span returns the powers of two between which all multiples lie.
func (t *table) span(sizes []int) (low, high float64) {
	low, high = 0.5, 4
	for _, e := range t.drawn(sizes) {
		for _, v := range e.numbers {
			for v/e.numbers[sizes[0]] < low {
				low /= 2
			}
			for v/e.numbers[sizes[0]] > high {
				high *= 2
			}
		}
	}
	return low, high
}

// apart moves labels until none covers another.
func apart(labels []label) []label {
	const height = 16
	slices.SortStableFunc(labels, func(a, b label) int { return int(math.Copysign(1, a.y-b.y)) })
	for i := range labels {
		if i > 0 {
			labels[i].y = max(labels[i].y, labels[i-1].y+height)
		}
	}
	for i := len(labels) - 1; i >= 0; i-- { // back up from the lower edge
		edge := float64(plotBottom)
		if i < len(labels)-1 {
			edge = labels[i+1].y - height
		}
		labels[i].y = min(labels[i].y, edge)
	}
	return labels
}
