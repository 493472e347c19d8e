package extract

import "golang.org/x/net/html"

// around reads what stands on a page of HTML before and behind the region: names,
// date, source, topics, the words below the main picture. It sees the page's
// segments as the lines of a text, and decides as for one.
func (r *reader) around() {
	d := &dump{reader: *r, html: true}
	at := map[*unit]*segment{}
	first, last := -1, -1
	for _, s := range r.segs {
		if r.gone(s) {
			continue
		}
		u := &unit{first: len(d.units), last: len(d.units), text: s.text}
		if f := r.fateOf(s); f.field != "" {
			u.field, u.why = f.field, f.why
			if first < 0 {
				first = len(d.units)
			}
			last = len(d.units)
		}
		at[u] = s
		d.units = append(d.units, u)
	}
	if first < 0 {
		return
	}
	d.look()
	d.from, d.to = first, last+1
	h := -1
	title := fold(r.page.Headline)
	for i := first - 1; i >= 0 && i >= first-60 && title != ""; i-- {
		if fold(d.units[i].text) == title {
			h = i
			mark(d.units[i], FieldHeadline, "the headline")
			break
		}
	}
	if h >= 0 {
		for i := h + 1; i < first; i++ {
			if d.units[i].field == "" {
				d.headLine(i, h, first)
			}
		}
		if d.page.Section == "" && h > 0 {
			d.sectionAbove(h)
		}
		d.names(h+1, first)
		r.mainPicture(at[d.units[h]].nodes[0], at[d.units[first]].nodes[0])
	}
	d.below()
	for u, s := range at {
		if u.field != "" && r.fateOf(s).field == "" {
			for _, n := range s.nodes {
				r.fate[n] = fate{field: u.field, why: u.why}
			}
		}
	}
}

// gone reports whether a segment was taken out of the page before it was read.
func (r *reader) gone(s *segment) bool {
	f, ok := r.fate[s.nodes[0]]
	return ok && f.field == "" && within(s.block, "script", "style") || ok && f.why == "hidden from readers"
}

// fateOf returns what became of most of a segment.
func (r *reader) fateOf(s *segment) (best fate) {
	sizes := map[fate]int{}
	most := 0
	for _, n := range s.nodes {
		f := r.fate[n]
		sizes[f] += 1 + letters(n.Data)
		if sizes[f] > most {
			most, best = sizes[f], f
		}
	}
	return best
}

// mainPicture takes the picture between headline and text, if the page's metadata
// name none.
func (r *reader) mainPicture(from, to *html.Node) {
	if r.page.Lead != nil && r.page.Lead.URL != "" {
		return
	}
	for n := from; n != nil && n != to; n = following(n, r.src.root) {
		if n.Type != html.ElementNode || n.Data != "img" || small(n) {
			continue
		}
		src := absolute(r.meta.base, imageSource(n))
		if src == "" || get(n, "width") == "" && !within(n, "figure", "picture") {
			continue
		}
		if r.page.Lead == nil {
			r.page.Lead = &Picture{}
		}
		r.page.Lead.URL, r.page.Lead.Alt = src, oneLine(get(n, "alt"))
		return
	}
}
