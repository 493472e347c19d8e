package desk

import (
	"strconv"
	"strings"
	"time"

	"warta/internal/lang"
	"warta/internal/web/newsroom"
)

// spark is a thin line by the hour with its peak: points for a field of 96 by
// 24, empty if nothing was read.
type spark struct {
	Points       string
	PeakX, PeakY string
	PeakAt, Peak string // in words
}

// The field that the line is drawn on, in units of its viewBox; the rest is
// room for the dot at the peak.
const (
	sparkWidth, sparkHeight = 96.0, 24.0
	sparkEdge               = 3.0
)

// draw draws the reads of one story. The scale is its own: what is compared
// between stories are the sums beside the lines.
func draw(s series, r *newsroom.Request) (out spark) {
	top, at := int64(0), 0
	for i, n := range s {
		if n > top {
			top, at = n, i
		}
	}
	if top == 0 {
		return out
	}
	var b strings.Builder
	for i, n := range s {
		x := sparkEdge + float64(i)*(sparkWidth-2*sparkEdge)/float64(readHours-1)
		y := sparkHeight - sparkEdge - float64(n)*(sparkHeight-2*sparkEdge)/float64(top)
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(unit(x) + "," + unit(y))
		if i == at {
			out.PeakX, out.PeakY = unit(x), unit(y)
		}
	}
	out.Points = b.String()
	begun := r.Now.Truncate(time.Hour).Add(time.Duration(at-readHours+1) * time.Hour)
	out.PeakAt, out.Peak = lang.Clock(begun, r.Zone), lang.Short(r.Lang, top)
	return out
}

func unit(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
