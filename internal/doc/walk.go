package doc

// Empty reports whether the document has no blocks.
func (d Doc) Empty() bool { return len(d.Blocks) == 0 }

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
