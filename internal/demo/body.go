package demo

import (
	"warta/internal/doc"
	"warta/internal/news"
)

// body arranges the paragraphs of a story: the lead, what it means, the voices,
// and here and there a subhead, a box, a table or a sentence set large.
func (s *story) body(w *writer, lead text) doc.Doc {
	b := &bodyWriter{w: w, s: s, f: s.frame}
	b.para(lead)
	switch s.frame.kind {
	case kindGallery:
		b.gallery()
		b.rest(s.frame.paragraphs)
	case kindOpinion, kindReply:
		b.essay()
	default:
		b.report()
	}
	return doc.Doc{Blocks: b.blocks}
}

type bodyWriter struct {
	w      *writer
	s      *story
	f      *frame
	blocks []doc.Block
	n      int
}

const blockIDs = "abcdefghijklmnopqrstuvwxyz0123456789"

// id returns a block id that no other block of the story has.
func (b *bodyWriter) id() string {
	r := mix(b.w.seed, uint64(b.n)+99)
	var id [8]byte
	for i := range 6 {
		id[i] = blockIDs[r%36]
		r /= 36
	}
	id[6], id[7] = blockIDs[b.n/36%36], blockIDs[b.n%36]
	b.n++
	return string(id[:])
}

func (b *bodyWriter) add(block doc.Block) { b.blocks = append(b.blocks, block.WithID(b.id())) }

func (b *bodyWriter) para(t text) { b.add(doc.Paragraph{Text: doc.Text(b.w.sentence(t))}) }

func (b *bodyWriter) rest(list []text) {
	for _, t := range list {
		b.para(t)
	}
}

// sample returns n of the texts in their order.
func (b *bodyWriter) sample(list []text, n int) []text {
	var out []text
	for i, t := range list {
		if b.w.rng.IntN(len(list)-i) < n-len(out) {
			out = append(out, t)
		}
	}
	return out
}

// quote writes what somebody said; by is the index of the attribution.
func (b *bodyWriter) quote(said text, by int, more ...text) {
	w := b.w
	w.buf = append(w.buf[:0], "“"...)
	w.write(said)
	w.buf = append(w.buf, ",” "...)
	w.write(b.f.attribs[by])
	w.buf = append(w.buf, '.')
	for _, m := range more {
		w.buf = append(w.buf, " “"...)
		w.write(m)
		w.buf = append(w.buf, ".”"...)
	}
	capitals(w.buf)
	b.add(doc.Paragraph{Text: doc.Text(string(w.buf))})
}

// shuffled returns the texts in another order.
func (b *bodyWriter) shuffled(list []text) []text {
	out := append([]text(nil), list...)
	b.w.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// report is the body of a news story.
func (b *bodyWriter) report() {
	rng := b.w.rng
	quotes, witnesses := b.shuffled(b.f.quotes), b.shuffled(b.f.witnesses)
	if len(b.f.attribs) == 0 {
		quotes = nil
	}
	if len(b.f.attribs) < 4 {
		witnesses = nil
	}
	paras := b.sample(b.f.paragraphs, 2+rng.IntN(max(len(b.f.paragraphs)-1, 1)))
	if len(b.f.paragraphs) < 5 || b.f.kind == kindClaim || b.f.kind == kindVerifies || b.f.kind == kindUnverified {
		paras = b.f.paragraphs // too few to leave one out, or each is a step of the proof
	}
	paras = append(paras[:len(paras):len(paras)], b.sample(b.f.common, rng.IntN(3))...)
	b.para(paras[0])
	if len(quotes) > 0 {
		if rng.IntN(2) == 0 && len(quotes) > 1 {
			b.quote(quotes[0], 0, quotes[1])
			quotes = quotes[2:]
		} else {
			b.quote(quotes[0], 0)
			quotes = quotes[1:]
		}
	}
	b.readAlso(60)
	heads := b.shuffled(b.f.subheads)
	voice := 2 // of the next witness: in full first
	for i, p := range paras[1:] {
		if i == 1 || i == 4 {
			if len(heads) > 0 && len(paras) > 4 {
				b.add(doc.Heading{Level: 2, Text: doc.Text(b.w.sentence(heads[0]))})
				heads = heads[1:]
			}
		}
		b.para(p)
		switch {
		case i%2 == 0 && len(witnesses) > 0 && rng.IntN(3) > 0:
			b.quote(witnesses[0], voice)
			witnesses, voice = witnesses[1:], 3
		case i%2 == 1 && len(quotes) > 0 && rng.IntN(4) > 0:
			b.quote(quotes[0], 1)
			quotes = quotes[1:]
		}
		if i == 2 {
			b.extra(i < len(paras)-2)
		}
		if i == 4 {
			b.readAlso(35)
		}
	}
	if len(paras) <= 3 {
		b.extra(false)
	}
	b.closing()
}

// extra sets a box, a list, a table or, inside the text, a sentence apart, now
// and then.
func (b *bodyWriter) extra(inside bool) {
	rng := b.w.rng
	switch n := rng.IntN(10); {
	case n < 4 && len(b.f.tables) > 0:
		b.table(one(rng, b.f.tables))
	case n < 6 && len(b.f.boxes) > 0:
		parts := one(rng, b.f.boxes)
		b.add(doc.FactBox{Title: b.w.sentence(parts[0]), Blocks: []doc.Block{doc.List{Items: b.items(parts[1:])}}})
	case n < 8 && len(b.f.lists) > 0:
		parts := one(rng, b.f.lists)
		b.add(doc.Heading{Level: 3, Text: doc.Text(b.w.sentence(parts[0]))})
		b.add(doc.List{Ordered: rng.IntN(2) == 0, Items: b.items(parts[1:])})
	case n < 9 && inside && len(b.f.pulls) > 0:
		b.pull()
	}
}

func (b *bodyWriter) pull() {
	q := doc.Quote{Pull: true, Paragraphs: []doc.Inline{doc.Text(b.w.sentence(b.f.pulls[0]))}}
	if len(b.f.attribs) > 0 {
		b.w.buf = b.w.buf[:0]
		b.w.value(orangSlot(b.f))
		q.Attribution = string(b.w.buf)
	}
	b.add(q)
}

// orangSlot finds the first voice's name in the attribution.
func orangSlot(f *frame) *slot {
	for _, n := range f.attribs[0] {
		if n.slot != nil && n.slot.name == "orang" {
			return n.slot
		}
	}
	return nil
}

func (b *bodyWriter) items(list []text) []doc.ListItem {
	items := make([]doc.ListItem, len(list))
	for i, t := range list {
		items[i].Text = doc.Text(b.w.sentence(t))
	}
	return items
}

func (b *bodyWriter) table(t table) {
	out := doc.Table{Caption: b.w.sentence(t.caption)}
	for i, row := range t.rows {
		var r doc.Row
		for j, cell := range row {
			r.Cells = append(r.Cells, doc.Cell{Header: i == 0 || j == 0, Text: doc.Text(b.w.sentence(cell))})
		}
		out.Rows = append(out.Rows, r)
	}
	b.add(out)
}

// readAlso leaves a place for a link to an earlier story, with a chance in a
// hundred; who gives the stories their ids fills it or takes it out.
func (b *bodyWriter) readAlso(chance int) {
	if b.w.rng.IntN(100) < chance {
		b.add(doc.ReadAlso{})
	}
}

func (b *bodyWriter) gallery() {
	g := doc.Gallery{}
	for range b.s.scenes {
		g.Items = append(g.Items, doc.Picture{})
	}
	b.add(g)
}

// essay is the body of an opinion or of a reply: paragraphs, few subheads.
func (b *bodyWriter) essay() {
	paras := b.f.paragraphs
	if b.f.kind == kindOpinion {
		paras = b.sample(paras, len(paras)-b.w.rng.IntN(2))
		paras = append(paras, b.sample(b.f.common, 1+b.w.rng.IntN(2))...)
	}
	for i, p := range paras {
		if i == 2 && len(b.f.subheads) > 0 && b.w.rng.IntN(2) == 0 {
			b.add(doc.Heading{Level: 2, Text: doc.Text(b.w.sentence(one(b.w.rng, b.f.subheads)))})
		}
		b.para(p)
		if i == 3 && len(b.f.pulls) > 0 {
			b.pull()
		}
	}
	if b.f.kind == kindOpinion {
		b.add(doc.Divider{})
		b.add(doc.Paragraph{Text: doc.Inline{{Text: "Tulisan opini mewakili pandangan penulis dan tidak selalu sejalan dengan sikap redaksi.", Marks: doc.Em}}})
	}
}

// closing tells readers of a fact check how to answer it.
func (b *bodyWriter) closing() {
	if b.f.kind != kindClaim && b.f.kind != kindVerifies {
		return
	}
	b.add(doc.Paragraph{Text: doc.Inline{
		{Text: "Punya informasi yang perlu diperiksa? Hubungi redaksi lewat halaman "},
		{Text: "Kontak", Href: "/page/kontak"},
		{Text: ", atau baca "},
		{Text: "Pedoman Media Siber", Href: "/page/pedoman-media-siber"},
		{Text: " kami."},
	}})
}

// fill puts ids into the places that the story left open.
func (s *story) fill(pictureOf func(scene int) int64, next func() (id int64, headline string, ok bool)) {
	blocks := s.content.Body.Blocks[:0]
	for _, b := range s.content.Body.Blocks {
		switch b := b.(type) {
		case doc.ReadAlso:
			id, headline, ok := next()
			if !ok {
				continue
			}
			b.Story, b.Headline = id, headline
			blocks = append(blocks, b)
			continue
		case doc.Gallery:
			for i := range b.Items {
				b.Items[i].Picture = pictureOf(s.scenes[i])
			}
		}
		blocks = append(blocks, b)
	}
	s.content.Body.Blocks = blocks
}

// roleOf is the first role of a byline by kind.
func roleOf(k kind) news.Role {
	switch k {
	case kindOpinion:
		return news.Contributor
	case kindGallery:
		return news.Photographer
	case kindVideo:
		return news.Videographer
	case kindClaim, kindUnverified, kindVerifies, kindReply:
		return news.Team
	}
	return news.Writer
}
