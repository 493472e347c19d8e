package extract

import "strings"

// dates takes the dates of a line: "Kompas.com - 08/01/2022, 06:31 WIB", "Tayang:
// … | Diperbarui: …".
func (d *dump) dates(u *unit) bool {
	took := false
	pieces := strings.Split(unbracketed(u.text), "|")
	if n := 0; len(pieces) > 1 {
		for _, piece := range pieces {
			if _, _, ok := d.when.find(piece); ok {
				n++
			}
		}
		if _, roles, ok := d.opt.Labels.labelled(strings.TrimSpace(pieces[len(pieces)-1])); n == 1 && !(ok && roles != "") {
			pieces = []string{strings.ReplaceAll(u.text, "|", ",")} // "17 Agustus 2018 | 10:15 WIB"
		}
	}
	for _, piece := range pieces {
		piece = strings.TrimSpace(piece)
		kind, value, ok := d.opt.Labels.labelled(piece)
		if ok && isRole[string(kind)] && d.value(kind, value) {
			took = true
			continue
		}
		if !ok || kind != lPublished && kind != lModified {
			value = piece
			kind = lPublished
		}
		st, rest, found := d.when.find(value)
		if !found {
			continue
		}
		rest = strings.TrimSpace(strings.Trim(rest, "-–—,|/ "))
		if kind == lModified {
			if d.page.Modified.IsZero() {
				d.page.Modified = st
			}
		} else if d.page.Published.IsZero() || d.page.Published.Day && !st.Day {
			d.page.Published = st
		}
		took = true
		switch names := authorsOf(rest, d.when); {
		case rest == "" || sameOutlet(rest, d.page.Site):
		case rest == strings.ToLower(rest) && !strings.Contains(rest, "."): // "at", "pukul"
		case strings.Contains(rest, ".") || wordCount(rest) <= 2 && !looksLikeName(rest) || d.isOutlet(rest):
			if d.page.Site == "" {
				d.page.Site = rest
			}
		case len(d.page.Authors) == 0 && len(names) > 0 && looksLikeNames(strings.Join(names, ", ")) && wordCount(rest) >= 2:
			d.value(lWriter, names[0])
		}
	}
	return took
}

// dateBelow reports whether there is a date between headline and text.
func (d *dump) dateBelow(h, start int) bool {
	for i := h + 1; h >= 0 && i < start; i++ {
		if d.units[i].date {
			return true
		}
	}
	return false
}

// isOutlet reports whether a name that stands beside the date is the outlet's: a
// rule has it, or the page names it again, before its text or in its furniture.
func (d *dump) isOutlet(name string) bool {
	if d.opt.Portals.named(name) != "" {
		return true
	}
	f := fold(name)
	for i, u := range d.units {
		text := fold(clip(u.text, 400))
		inBody := i >= d.from && i < d.to && u.field != ""
		switch {
		case u.date, u.field == FieldCaption || isCaption(u.text): // the name of who made the picture
		case inBody && i <= d.from+3 && strings.Contains(fold(clip(u.text, 90)), f) && strings.ContainsAny(clip(u.text, 110), "-–—"):
			return true
		case !inBody && u.words > wordCount(name) && indexWords(text, f) >= 0:
			return true
		}
	}
	return false
}

// named returns the name of the outlet that a text names, as rules have it.
func (p *Portals) named(text string) string {
	for _, r := range p.rules {
		if sameOutlet(text, r.name) {
			return r.name
		}
		for _, h := range r.hosts {
			if sameOutlet(text, h) {
				return r.name
			}
		}
	}
	return ""
}
