package doc

// Links returns the addresses of all links in the document's text, each once,
// in the order of their first use.
func (d Doc) Links() []string {
	l := links{seen: map[string]bool{"": true}}
	for _, b := range d.Blocks {
		l.block(b)
	}
	return l.found
}

type links struct {
	seen  map[string]bool
	found []string
}

func (l *links) inline(in Inline) {
	for _, r := range in {
		if !l.seen[r.Href] {
			l.seen[r.Href] = true
			l.found = append(l.found, r.Href)
		}
	}
}

func (l *links) block(b Block) {
	switch b := b.(type) {
	case Paragraph:
		l.inline(b.Text)
	case Heading:
		l.inline(b.Text)
	case List:
		l.list(b)
	case Quote:
		for _, p := range b.Paragraphs {
			l.inline(p)
		}
	case Table:
		for _, r := range b.Rows {
			for _, c := range r.Cells {
				l.inline(c.Text)
			}
		}
	case FactBox:
		for _, inner := range b.Blocks {
			l.block(inner)
		}
	}
}

func (l *links) list(b List) {
	for _, it := range b.Items {
		l.inline(it.Text)
		for _, sub := range it.Lists {
			l.list(sub)
		}
	}
}
