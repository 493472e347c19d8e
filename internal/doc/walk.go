package doc

// Empty reports whether the document has no blocks.
func (d Doc) Empty() bool { return len(d.Blocks) == 0 }

// Block returns the block with the id.
func (d Doc) Block(id string) (b Block, ok bool) {
	for _, b := range d.Blocks {
		if b.BlockID() == id {
			return b, true
		}
	}
	return nil, false
}

// Walk calls f for every block in reading order, also for those inside fact
// boxes, until f returns false.
func (d Doc) Walk(f func(Block) bool) {
	for _, b := range d.Blocks {
		if !f(b) {
			return
		}
		if box, ok := b.(FactBox); ok {
			for _, inner := range box.Blocks {
				if !f(inner) {
					return
				}
			}
		}
	}
}

// Map returns a copy in which every block of the top level is replaced by what
// f returns for it, or dropped if that is nil. Ids are kept.
func (d Doc) Map(f func(Block) Block) Doc {
	var out Doc
	for _, b := range d.Blocks {
		if n := f(b); n != nil {
			out.Blocks = append(out.Blocks, n.WithID(b.BlockID()))
		}
	}
	return out
}

// MapText returns a copy in which every inline text, wherever it stands, is
// replaced by what f returns for it. f must not change its argument.
func (d Doc) MapText(f func(Inline) Inline) Doc {
	return d.Map(func(b Block) Block { return mapText(b, f) })
}

func mapText(b Block, f func(Inline) Inline) Block {
	switch b := b.(type) {
	case Paragraph:
		b.Text = f(b.Text).Clean()
		return b
	case Heading:
		b.Text = f(b.Text).Clean()
		return b
	case List:
		return mapList(b, f)
	case Quote:
		ps := make([]Inline, len(b.Paragraphs))
		for i, p := range b.Paragraphs {
			ps[i] = f(p).Clean()
		}
		b.Paragraphs = ps
		return b
	case Table:
		rows := make([]Row, len(b.Rows))
		for i, r := range b.Rows {
			rows[i].Cells = append([]Cell(nil), r.Cells...)
			for j := range r.Cells {
				rows[i].Cells[j].Text = f(r.Cells[j].Text).Clean()
			}
		}
		b.Rows = rows
		return b
	case FactBox:
		inner := make([]Block, len(b.Blocks))
		for i := range b.Blocks {
			inner[i] = mapText(b.Blocks[i], f)
		}
		b.Blocks = inner
		return b
	}
	return b
}

func mapList(l List, f func(Inline) Inline) List {
	items := make([]ListItem, len(l.Items))
	for i, it := range l.Items {
		items[i].Text = f(it.Text).Clean()
		for _, sub := range it.Lists {
			items[i].Lists = append(items[i].Lists, mapList(sub, f))
		}
	}
	l.Items = items
	return l
}

// EachText calls f for every inline text in reading order.
func (d Doc) EachText(f func(Inline)) {
	for _, b := range d.Blocks {
		mapText(b, func(in Inline) Inline {
			f(in)
			return in
		})
	}
}

// Links returns the addresses of all links in the text, each once, in the order
// of their first use. Read-also blocks and embeds are not among them.
func (d Doc) Links() []string {
	var out []string
	seen := map[string]bool{}
	d.EachText(func(in Inline) {
		for _, r := range in {
			if r.Href != "" && !seen[r.Href] {
				seen[r.Href] = true
				out = append(out, r.Href)
			}
		}
	})
	return out
}

// Pictures returns the numbers of all pictures that the document shows, each
// once, in the order of their first use.
func (d Doc) Pictures() []int64 {
	var out []int64
	seen := map[int64]bool{}
	add := func(p Picture) {
		if p.Picture != 0 && !seen[p.Picture] {
			seen[p.Picture] = true
			out = append(out, p.Picture)
		}
	}
	for _, b := range d.Blocks {
		switch b := b.(type) {
		case Picture:
			add(b)
		case Gallery:
			for _, p := range b.Items {
				add(p)
			}
		}
	}
	return out
}

// ReadAlsos returns the document's read-also blocks.
func (d Doc) ReadAlsos() []ReadAlso {
	var out []ReadAlso
	for _, b := range d.Blocks {
		if r, ok := b.(ReadAlso); ok {
			out = append(out, r)
		}
	}
	return out
}

// MapReadAlsos returns a copy in which every read-also block is replaced by
// what f returns for it: an import finds its targets like this.
func (d Doc) MapReadAlsos(f func(ReadAlso) ReadAlso) Doc {
	return d.Map(func(b Block) Block {
		if r, ok := b.(ReadAlso); ok {
			return f(r)
		}
		return b
	})
}
