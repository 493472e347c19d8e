package ads

import (
	"strconv"
	"strings"
)

// The drawing of a delivery, in its own units.
const (
	chartWidth  = 640
	chartHeight = 160
	chartFoot   = 18
)

// Chart is the delivery of a line item as it is drawn: a column for each day, the
// sum as a line, and the sum that an even pace asks for.
type Chart struct {
	W, H    int
	Foot    int // where the words below the columns stand
	Columns []Column
	Sum     string // points of a polyline
	Pace    string // the same; empty without a goal
}

// Column is one day.
type Column struct {
	X, Y, W, H int
	Day        Day
}

// Draw returns the chart of what was delivered, nil if there is no day yet.
func Draw(d *Delivery) *Chart {
	n := len(d.Days)
	if n == 0 {
		return nil
	}
	c := &Chart{W: chartWidth, H: chartHeight + chartFoot, Foot: chartHeight + chartFoot - 4}
	var most, top int64 = 1, 1
	for _, x := range d.Days {
		most, top = max(most, x.Seen), max(top, x.Sum, x.Due)
	}
	step := float64(chartWidth) / float64(n)
	height := func(v, of int64) int { return int(float64(chartHeight-6) * float64(v) / float64(of)) }
	begin := "0," + strconv.Itoa(chartHeight)
	sum, pace := []string{begin}, []string{begin}
	for i, x := range d.Days {
		left, right := int(step*float64(i)), int(step*float64(i+1))
		h := height(x.Seen, most)
		c.Columns = append(c.Columns, Column{left, chartHeight - h, max(1, right-left-1), h, x})
		sum = append(sum, strconv.Itoa(right)+","+strconv.Itoa(chartHeight-height(x.Sum, top)))
		pace = append(pace, strconv.Itoa(right)+","+strconv.Itoa(chartHeight-height(x.Due, top)))
	}
	c.Sum = strings.Join(sum, " ")
	if d.Item.Goal > 0 {
		c.Pace = strings.Join(pace, " ")
	}
	return c
}

// Rate returns clicks in percent of impressions with two digits, empty without any.
func Rate(clicked, seen int64) string { return rate(clicked, seen) }
