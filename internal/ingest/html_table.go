package ingest

import (
	"strconv"
	"strings"

	"warta/internal/doc"
)

// table turns a table into a block. One that only lays things out on the page
// becomes its content, one that does not fit becomes lines of text.
func (w *walker) table(e *element, at style) {
	w.flush()
	rows, caption := tableRows(e)
	if layout(e, rows) {
		w.report.Add(Flattened, "table", e.sample())
		w.walk(e.kids, at)
		w.flush()
		return
	}
	t := doc.Table{Caption: caption}
	var rest []doc.Block
	fits := len(rows) <= doc.MaxItems && len(caption) <= doc.MaxAttr
	for i, r := range rows {
		var row doc.Row
		for _, c := range r {
			cell, others := w.cell(c, at, len(rows)-i)
			rest = append(rest, others...)
			row.Cells = append(row.Cells, cell)
			fits = fits && len(cell.Text.Plain()) <= doc.MaxText
		}
		fits = fits && len(row.Cells) <= doc.MaxColumns
		t.Rows = append(t.Rows, row)
	}
	switch {
	case strings.TrimSpace(doc.PlainBlock(t)) == "":
	case fits && t.Columns() <= doc.MaxColumns:
		w.emit(t)
	default:
		w.report.Add(Flattened, "table", doc.PlainBlock(t))
		for _, b := range tableLines(t) {
			w.emit(b)
		}
	}
	for _, b := range rest {
		w.report.Add(MovedBlock, b.Type(), doc.PlainBlock(b))
		w.emit(b)
	}
}

// tableRows returns the cells of the table's rows, empty rows left out, and the
// text of its caption.
func tableRows(e *element) (rows [][]*element, caption string) {
	for _, k := range e.kids {
		switch k.name {
		case "caption":
			caption = k.plain()
		case "thead", "tbody", "tfoot":
			inner, _ := tableRows(k)
			rows = append(rows, inner...)
		case "tr":
			var row []*element
			for _, c := range k.kids {
				if c.name == "td" || c.name == "th" {
					row = append(row, c)
				}
			}
			if len(row) > 0 {
				rows = append(rows, row)
			}
		}
	}
	return rows, caption
}

// layout reports whether the table is no table of data: it says so, has a
// single column, a table inside, things that no cell can hold, or text outside
// of its cells.
func layout(e *element, rows [][]*element) bool {
	if e.get("role") == "presentation" || len(rows) == 0 || strayText(e) {
		return true
	}
	wide := 0
	for _, r := range rows {
		wide = max(wide, len(r))
	}
	if wide < 2 {
		return true
	}
	for _, k := range e.kids {
		if k.first("table", "figure", "iframe", "blockquote", "video", "h1", "h2", "h3") != nil {
			return true
		}
	}
	return false
}

// strayText reports whether the table has text or elements where only rows and
// cells can stand.
func strayText(e *element) bool {
	for _, k := range e.kids {
		switch k.name {
		case "":
			if strings.TrimSpace(k.text) != "" {
				return true
			}
		case "thead", "tbody", "tfoot", "tr":
			if strayText(k) {
				return true
			}
		case "td", "th", "caption", "col", "colgroup":
		default:
			if !isDropped[k.name] && (k.sample() != "" || k.first("img", "iframe") != nil) {
				return true
			}
		}
	}
	return false
}

func (w *walker) cell(e *element, at style, below int) (doc.Cell, []doc.Block) {
	c := doc.Cell{Header: e.name == "th", Colspan: span(e.get("colspan"), doc.MaxColumns), Rowspan: span(e.get("rowspan"), below)}
	var rest []doc.Block
	for i, b := range w.inside(e.kids, at) {
		text, others := joined([]doc.Block{b})
		if l, ok := b.(doc.List); ok {
			text, others = listText(l), nil
		}
		rest = append(rest, others...)
		if i > 0 && len(c.Text) > 0 && len(text) > 0 {
			c.Text = append(c.Text, doc.Run{Break: true})
		}
		c.Text = append(c.Text, text...)
	}
	c.Text = c.Text.Clean()
	return c, rest
}

// span returns a span inside the limits; 0 stands for 1.
func span(s string, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n <= 1 || most <= 1 {
		return 0
	}
	return min(n, most)
}

// listText returns a list as lines, marks kept.
func listText(l doc.List) doc.Inline {
	var out doc.Inline
	for _, it := range l.Items {
		if len(out) > 0 {
			out = append(out, doc.Run{Break: true})
		}
		out = append(append(out, doc.Run{Text: "• "}), it.Text...)
		for _, sub := range it.Lists {
			out = append(append(out, doc.Run{Break: true}), listText(sub)...)
		}
	}
	return out
}

// tableLines returns a table that does not fit as one paragraph per row.
func tableLines(t doc.Table) []doc.Block {
	out := paragraphs(doc.Text(t.Caption))
	for _, r := range t.Rows {
		var line doc.Inline
		for _, c := range r.Cells {
			if len(c.Text) == 0 {
				continue
			}
			if len(line) > 0 {
				line = append(line, doc.Run{Text: " | "})
			}
			line = append(line, c.Text...)
		}
		out = append(out, paragraphs(line.Clean())...)
	}
	return out
}
