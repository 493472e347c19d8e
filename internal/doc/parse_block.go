package doc

// parseTop reads a block directly below the root, which needs an id.
func parseTop(at *path, v any) (Block, error) {
	n, err := readNode(at, v)
	if err != nil {
		return nil, err
	}
	b, err := parseBlock(n, true)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// parseBlock reads any block. Only one at the top keeps its id.
func parseBlock(n node, top bool) (Block, error) {
	a := n.readAttrs()
	id := a.text("id", MaxAttr)
	if !top {
		id = ""
	} else if !ValidID(id) {
		a.fail("id", "a block needs an id of %d characters a to z and 0 to 9", idLen)
	}
	var b Block
	var err error
	switch n.typ {
	case typeParagraph:
		b, err = parseParagraph(n, a, id)
	case typeHeading:
		b, err = parseHeading(n, a, id)
	case typeBullets, typeOrdered:
		b, err = parseList(n, a, id, 1)
	case typeQuote:
		b, err = parseQuote(n, a, id)
	case typePicture:
		b, err = parsePicture(n, a, id)
	case typeGallery:
		b, err = parseGallery(n, a, id)
	case typeTable:
		b, err = parseTable(n, a, id)
	case typeFactBox:
		b, err = parseFactBox(n, a, id)
	case typeEmbed:
		b, err = parseEmbed(n, a, id)
	case typeReadAlso:
		b, err = parseReadAlso(n, a, id)
	case typeAdBreak:
		b, err = AdBreak{ID: id}, n.leaf(a)
	case typeCut:
		b, err = MembersCut{ID: id}, n.leaf(a)
	case typeDivider:
		b, err = Divider{ID: id}, n.leaf(a)
	default:
		return nil, n.at.key("type").bad("there is no block %q", n.typ)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// leaf checks a node that has attributes and nothing else.
func (n node) leaf(a *attrs) error {
	if err := n.only("attrs"); err != nil {
		return err
	}
	return a.done()
}

// branch checks a node that has attributes and at least one child.
func (n node) branch(a *attrs, most int) error {
	if err := n.only("attrs", "content"); err != nil {
		return err
	}
	if err := a.done(); err != nil {
		return err
	}
	if len(n.content) == 0 {
		return n.at.key("content").bad("%s is empty", n.typ)
	}
	if len(n.content) > most {
		return n.at.key("content").bad("%s has %d parts, at most %d are allowed", n.typ, len(n.content), most)
	}
	return nil
}

// child reads the i-th child, which has to be of one of the types.
func (n node) child(i int, types ...string) (node, error) {
	c, err := readNode(n.at.at("content", i), n.content[i])
	if err != nil {
		return node{}, err
	}
	for _, t := range types {
		if c.typ == t {
			return c, nil
		}
	}
	return node{}, c.at.key("type").bad("%q cannot stand in %s", c.typ, n.typ)
}

func parseParagraph(n node, a *attrs, id string) (Block, error) {
	text, err := parseInline(n, a)
	return Paragraph{ID: id, Text: text}, err
}

func parseHeading(n node, a *attrs, id string) (Block, error) {
	level := a.number("level", 0, 2, 4)
	if level == 0 {
		a.fail("level", "a heading needs a level from 2 to 4")
	}
	text, err := parseInline(n, a)
	return Heading{ID: id, Level: int(level), Text: text}, err
}

func parseList(n node, a *attrs, id string, depth int) (List, error) {
	l := List{ID: id, Ordered: n.typ == typeOrdered}
	if l.Ordered {
		if l.Start = int(a.number("order", 1, 0, 1_000_000)); l.Start == 1 {
			l.Start = 0
		}
	}
	if depth > MaxLists {
		return List{}, n.at.bad("lists may stand %d deep in each other, not more", MaxLists)
	}
	if err := n.branch(a, MaxItems); err != nil {
		return List{}, err
	}
	for i := range n.content {
		item, err := parseItem(n, i, depth)
		if err != nil {
			return List{}, err
		}
		l.Items = append(l.Items, item)
	}
	return l, nil
}

func parseItem(n node, i, depth int) (ListItem, error) {
	c, err := n.child(i, typeItem)
	if err != nil {
		return ListItem{}, err
	}
	if err := c.branch(c.nested(), MaxItems); err != nil {
		return ListItem{}, err
	}
	first, err := c.child(0, typeParagraph)
	if err != nil {
		return ListItem{}, err
	}
	var item ListItem
	if item.Text, err = parseInline(first, first.nested()); err != nil {
		return ListItem{}, err
	}
	for j := 1; j < len(c.content); j++ {
		sub, err := c.child(j, typeBullets, typeOrdered)
		if err != nil {
			return ListItem{}, err
		}
		l, err := parseList(sub, sub.nested(), "", depth+1)
		if err != nil {
			return ListItem{}, err
		}
		item.Lists = append(item.Lists, l)
	}
	return item, nil
}

// nested returns the attributes of a node inside a block, whose id is not kept.
func (n node) nested() *attrs {
	a := n.readAttrs()
	a.text("id", MaxAttr)
	return a
}

func parseQuote(n node, a *attrs, id string) (Block, error) {
	q := Quote{ID: id, Attribution: a.text("attribution", MaxAttr), Pull: a.flag("pull")}
	if err := n.branch(a, MaxItems); err != nil {
		return nil, err
	}
	for i := range n.content {
		c, err := n.child(i, typeParagraph)
		if err != nil {
			return nil, err
		}
		text, err := parseInline(c, c.nested())
		if err != nil {
			return nil, err
		}
		q.Paragraphs = append(q.Paragraphs, text)
	}
	return q, nil
}

func parsePicture(n node, a *attrs, id string) (Picture, error) {
	p := Picture{
		ID:      id,
		Picture: a.number("picture", 0, 1, maxNumber),
		Caption: a.text("caption", MaxAttr),
		Credit:  a.text("credit", MaxAttr),
		Alt:     a.text("alt", MaxAttr),
	}
	if p.Picture == 0 {
		a.fail("picture", "a picture block names a picture by its number")
	}
	return p, n.leaf(a)
}

func parseGallery(n node, a *attrs, id string) (Block, error) {
	g := Gallery{ID: id, Caption: a.text("caption", MaxAttr)}
	if err := n.branch(a, MaxGallery); err != nil {
		return nil, err
	}
	for i := range n.content {
		c, err := n.child(i, typePicture)
		if err != nil {
			return nil, err
		}
		p, err := parsePicture(c, c.nested(), "")
		if err != nil {
			return nil, err
		}
		g.Items = append(g.Items, p)
	}
	return g, nil
}

func parseTable(n node, a *attrs, id string) (Block, error) {
	t := Table{ID: id, Caption: a.text("caption", MaxAttr)}
	if err := n.branch(a, MaxItems); err != nil {
		return nil, err
	}
	for i := range n.content {
		c, err := n.child(i, typeRow)
		if err != nil {
			return nil, err
		}
		row, err := parseRow(c)
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, row)
	}
	width, inside := t.shape()
	if width > MaxColumns {
		return nil, n.at.bad("a table has at most %d columns, spans counted", MaxColumns)
	}
	if !inside {
		return nil, n.at.bad("a cell of the table reaches below its last row")
	}
	return t, nil
}

func parseRow(n node) (Row, error) {
	var row Row
	if err := n.branch(n.nested(), MaxColumns); err != nil {
		return Row{}, err
	}
	for i := range n.content {
		c, err := n.child(i, typeCell, typeHeader)
		if err != nil {
			return Row{}, err
		}
		cell, err := parseCell(c)
		if err != nil {
			return Row{}, err
		}
		row.Cells = append(row.Cells, cell)
	}
	return row, nil
}

func parseCell(n node) (Cell, error) {
	a := n.nested()
	a.value("colwidth")
	cell := Cell{
		Header:  n.typ == typeHeader,
		Colspan: int(a.number("colspan", 1, 1, MaxColumns)),
		Rowspan: int(a.number("rowspan", 1, 1, MaxItems)),
	}
	if cell.Colspan == 1 {
		cell.Colspan = 0
	}
	if cell.Rowspan == 1 {
		cell.Rowspan = 0
	}
	if err := n.branch(a, 1); err != nil {
		return Cell{}, err
	}
	c, err := n.child(0, typeParagraph)
	if err != nil {
		return Cell{}, err
	}
	cell.Text, err = parseInline(c, c.nested())
	return cell, err
}

func parseFactBox(n node, a *attrs, id string) (Block, error) {
	f := FactBox{ID: id, Title: a.text("title", MaxAttr)}
	if err := n.branch(a, MaxItems); err != nil {
		return nil, err
	}
	for i := range n.content {
		c, err := n.child(i, typeParagraph, typeHeading, typeBullets, typeOrdered)
		if err != nil {
			return nil, err
		}
		b, err := parseBlock(c, false)
		if err != nil {
			return nil, err
		}
		f.Blocks = append(f.Blocks, b)
	}
	return f, nil
}

func parseEmbed(n node, a *attrs, id string) (Block, error) {
	e := Embed{
		ID:       id,
		Provider: Provider(a.text("provider", MaxAttr)),
		URL:      a.text("url", MaxURL),
		Title:    a.text("title", MaxAttr),
	}
	if !e.Provider.known() {
		a.fail("provider", "there is no provider %q", e.Provider)
	} else if p, ok := ProviderOf(e.URL); !ok {
		a.fail("url", "an embed needs a plain https address")
	} else if p != e.Provider && e.Provider != Generic {
		a.fail("url", "this is not an address of %s", e.Provider)
	}
	return e, n.leaf(a)
}

func parseReadAlso(n node, a *attrs, id string) (Block, error) {
	r := ReadAlso{
		ID:       id,
		Story:    a.number("story", 0, 0, maxNumber),
		URL:      a.text("url", MaxURL),
		Headline: a.text("headline", MaxAttr),
	}
	if r.URL != "" && !SafeLink(r.URL) {
		a.fail("url", "this address cannot be linked")
	}
	if r.Story == 0 && r.URL == "" && r.Headline == "" {
		a.fail("story", "a read-also block needs a story, an address or a headline")
	}
	return r, n.leaf(a)
}
