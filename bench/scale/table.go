package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// figure is one line of the table, for one archive.
type figure struct {
	row   string // its number in docs/performance.md
	what  string
	value string
	floor string
	goal  string
}

// table holds what was measured in all archives.
type table struct {
	sizes []int
	lines []*entry
}

// entry is one line for archives of all sizes.
type entry struct {
	figure
	values  map[int]string
	numbers map[int]float64 // none: it is not drawn
}

func (t *table) add(size int, f figure) {
	e := t.entry(f.row, f.what)
	if e == nil {
		e = &entry{figure: f, values: map[int]string{}, numbers: map[int]float64{}}
		t.lines = append(t.lines, e)
	}
	e.values[size] = f.value
}

func (t *table) number(size int, row, what string, n float64) {
	t.entry(row, what).numbers[size] = n
}

func (t *table) entry(row, what string) *entry {
	for _, e := range t.lines {
		if e.row == row && e.what == what {
			return e
		}
	}
	return nil
}

// print writes the table with a column for each size.
func (t *table) print(to io.Writer) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	defer w.Flush()
	columns := []string{"#", "what"}
	for _, n := range t.sizes {
		columns = append(columns, thousands(n))
	}
	fmt.Fprintln(w, strings.Join(append(columns, "floor", "goal"), "\t"))
	lines := slices.Clone(t.lines)
	slices.SortStableFunc(lines, func(a, b *entry) int {
		one, _ := strconv.Atoi(a.row)
		two, _ := strconv.Atoi(b.row)
		return one - two
	})
	for _, e := range lines {
		columns = []string{e.row, e.what}
		for _, n := range t.sizes {
			value, ok := e.values[n]
			if !ok {
				value = "–"
			}
			columns = append(columns, value)
		}
		fmt.Fprintln(w, strings.Join(append(columns, e.floor, e.goal), "\t"))
	}
}

// thousands writes a number as in English.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
