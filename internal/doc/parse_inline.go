package doc

// parseInline reads the text of a node whose other attributes have been asked
// for already.
func parseInline(n node, a *attrs) (Inline, error) {
	if err := n.only("attrs", "content"); err != nil {
		return nil, err
	}
	if err := a.done(); err != nil {
		return nil, err
	}
	var in Inline
	size := 0
	for i := range n.content {
		c, err := n.child(i, typeText, typeBreak)
		if err != nil {
			return nil, err
		}
		r, err := parseRun(c)
		if err != nil {
			return nil, err
		}
		if size += len(r.Text); size > MaxText {
			return nil, n.at.bad("%s has more than %d bytes of text", n.typ, MaxText)
		}
		in = append(in, r)
	}
	return in.Clean(), nil
}

func parseRun(n node) (Run, error) {
	run := Run{Text: n.text}
	for i := range n.marks {
		if err := run.mark(n.at.at("marks", i), n.marks[i]); err != nil {
			return Run{}, err
		}
	}
	if n.typ == typeBreak {
		// An editor puts the marks of the place on a break; they say nothing.
		return Run{Break: true}, n.only("marks")
	}
	if err := n.only("text", "marks"); err != nil {
		return Run{}, err
	}
	if n.text == "" {
		return Run{}, n.at.key("text").bad("a text node cannot be empty")
	}
	if !cleanText(n.text) {
		return Run{}, n.at.key("text").bad("the text holds a control character")
	}
	return run, nil
}

// mark adds one mark to the run.
func (r *Run) mark(at *path, v any) error {
	m, err := readNode(at, v)
	if err != nil {
		return err
	}
	if m.typ == "link" {
		return r.link(m)
	}
	if err := m.only(); err != nil {
		return err
	}
	for i, name := range markNames {
		if name != m.typ {
			continue
		}
		if r.Marks.Has(1 << i) {
			return at.bad("the mark %q stands twice", name)
		}
		r.Marks |= 1 << i
		return nil
	}
	return at.key("type").bad("there is no mark %q", m.typ)
}

func (r *Run) link(m node) error {
	if err := m.only("attrs"); err != nil {
		return err
	}
	a := m.readAttrs()
	href := a.text("href", MaxURL)
	if !SafeLink(href) {
		a.fail("href", "this address cannot be linked")
	}
	if r.Href != "" {
		a.fail("href", "a link cannot stand inside a link")
	}
	r.Href = href
	return a.done()
}
