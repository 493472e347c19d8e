package extract

import (
	"regexp"
	"strings"
	"unicode"
)

// sectionAbove looks for the section in the lines above the headline: a path, or
// a word that stands alone.
func (d *dump) sectionAbove(h int) {
	for i := h - 1; i >= max(0, h-8); i-- {
		u := d.units[i]
		if c := d.crumbs(u); len(c) > 1 {
			if d.page.Section = d.firstSection(c); d.page.Section != "" {
				u.field, u.why = FieldSection, "the path of sections"
			}
			return
		}
	}
	if d.upright(h) || d.repeatedPath(h) {
		return
	}
	u := d.units[h-1]
	if u.field != "" || u.part != "" || u.kind != "" || u.date || u.words > 3 || len(u.kinds) > 0 && !(u.furn == "") || strings.ContainsAny(u.text, ".:|@") {
		return
	}
	if h >= 2 && !u.blankBefore && !d.namedAgain(u.text) {
		// One of a row of words, unless what stands before is a control.
		if t := d.units[h-2]; t.words <= 3 && (u.words > 1 || t.furn != lNav && t.furn != lOffer || isHome(t.text)) {
			return
		}
	}
	r, _ := splitRune(u.text)
	if unicode.IsUpper(r) {
		d.page.Section = u.text
		u.field, u.why = FieldSection, "a word alone above the headline"
	}
}

// upright takes a path of sections that stands in lines of its own above the
// headline: "Home", "News", "Internasional".
func (d *dump) upright(h int) bool {
	for i := h - 1; i >= 0 && i >= h-4; i-- {
		u := d.units[i]
		if u.words > 3 || u.part != "" || u.date || u.kind != "" || u.field != "" {
			return false
		}
		if f := fold(u.text); (f == "home" || f == "beranda") && i < h-1 {
			last := fold(d.units[h-1].text)
			for _, t := range d.units[i : h-1] {
				if fold(t.text) == last { // a menu, and the section below it
					return false
				}
			}
			if i < 4 { // the menu of the page itself, not a path below it
				return false
			}
			for j := i; j < h; j++ {
				d.units[j].field, d.units[j].why = FieldSection, "the path of sections"
			}
			var path []string
			for _, t := range d.units[i:h] {
				path = append(path, t.text)
			}
			d.page.Section = d.firstSection(path)
			return true
		}
	}
	return false
}

// namedAgain reports whether a word stands on a line of its own elsewhere, or in
// "More from …": then it is no mere entry of a menu.
func (d *dump) namedAgain(text string) bool {
	f := fold(text)
	if d.seen[f] > 1 {
		return true
	}
	for _, s := range []string{"more from " + f, "more in " + f, "lainnya dari " + f, "berita " + f + " lainnya", f + " lainnya"} {
		if d.seen[s] > 0 {
			return true
		}
	}
	for _, u := range d.units[:min(len(d.units), 2000)] { // "Nasional | 2 jam lalu", "Ekonomi 08/01/2022"
		if u.words <= 9 && (u.date || strings.ContainsAny(u.text, "|-")) && strings.HasPrefix(u.text, text+" ") && (u.date || relativeEnd(u.text)) {
			return true
		}
	}
	return false
}

// relativeEnd reports whether a line ends with a time ago or of the day.
func relativeEnd(s string) bool { return timeEnd.MatchString(s) }

var timeEnd = regexp.MustCompile(`(?i)(?:\b(?:lalu|ago)|\d{1,2}[:.]\d{2}(?: \p{Lu}{2,4})?)$`)

// breadcrumb returns the parts of a path of sections, as "Home > Nasional".
func breadcrumb(s string) []string {
	if w := strings.Fields(s); len(w) >= 2 && len(w) <= 5 && (fold(w[0]) == "home" || fold(w[0]) == "beranda") && !strings.ContainsAny(s, ">›»/•") {
		return w
	}
	for _, mark := range []string{" > ", " › ", " » ", " / ", ">", "›", "»", " • ", "/", "|"} {
		parts := strings.Split(s, mark)
		if len(parts) < 2 || len(parts) > 6 {
			continue
		}
		for i, p := range parts {
			if parts[i] = strings.TrimSpace(p); parts[i] == "" || wordCount(p) > 4 && i < len(parts)-1 {
				parts = nil
				break
			}
		}
		if parts != nil && (mark != "/" && mark != "|" || isHome(parts[0])) && (mark != " / " && mark != " • " || isHome(parts[0]) || len(parts) > 2 || mark == " / " && short(parts)) {
			return parts
		}
	}
	return nil
}

// accountWords are controls at the end of a page's own menu.
var accountWords = phrases("masuk", "login", "log in", "sign in", "subscribe", "langganan", "berlangganan", "premium", "daftar masuk", "daftar", "search", "cari", "e paper", "epaper")

// sectionWord reports whether a unit may be the name of a section by its form.
func (d *dump) sectionWord(i int) bool {
	u := d.units[i]
	r, _ := splitRune(u.text)
	return u.words >= 1 && u.words <= 2 && u.part == "" && u.furn == "" && u.kind == "" && u.field == "" && !u.date && !u.bullet && unicode.IsUpper(r) && !d.own(u.text) && !strings.ContainsAny(u.text, ".:|@#")
}

// crumbs returns the path of sections that a unit is.
func (d *dump) crumbs(u *unit) []string {
	if len(u.cells) > 1 && len(u.cells) <= 6 && isHome(u.cells[0]) && u.words <= 14 {
		return u.cells
	}
	c := breadcrumb(u.text)
	if len(c) > 0 && fold(c[len(c)-1]) == fold(d.page.Headline) {
		return c
	}
	if u.words > 14 {
		return nil
	}
	return c
}

// firstSection returns the broadest section of a path: what follows the home page
// and the outlet's name. "News" alone is one if nothing else is.
func (d *dump) firstSection(path []string) string {
	home := ""
	for i, s := range path {
		switch {
		case fold(s) == fold(d.page.Headline), strings.HasSuffix(s, "..."), strings.HasSuffix(s, "…"), wordCount(s) > 4:
		case isHome(s) && i < len(path)-1, isHome(s) && i == 0:
			if f := fold(s); f != "home" && f != "beranda" {
				home = s
			}
		case i == 0 && (strings.Contains(s, ".") || d.own(s)):
		default:
			return s
		}
	}
	return home
}

// repeatedPath takes up to three short lines directly above the headline which the
// page has again elsewhere, in its menu or below the text: a path of sections, one
// a line. More of them are the menu itself.
func (d *dump) repeatedPath(h int) bool {
	from := h
	for i := h - 1; i >= 0 && i > h-5; i-- {
		u := d.units[i]
		if u.words > 3 || u.words == 0 || u.part != "" || u.date || u.kind != "" || u.field != "" || u.furn != "" || u.bullet || d.own(u.text) || strings.ContainsAny(u.text, ".:|@#") {
			break
		}
		r, _ := splitRune(u.text)
		within := i+1 < h && indexWords(fold(d.units[i+1].text), fold(u.text)) >= 0
		again := i > 0 && i == h-1 && indexWords(fold(u.text), fold(d.units[i-1].text)) >= 0 && d.namedAgain(d.units[i-1].text)
		if i+1 < h && fold(u.text) == fold(d.units[i+1].text) {
			break
		}
		if !unicode.IsUpper(r) || !within && !again && !d.namedAgain(u.text) {
			break
		}
		from = i
	}
	if h >= 3 && from > h-2 && (d.units[h-3].furn == lOffer || accountWords[fold(d.units[h-3].text)]) && d.sectionWord(h-2) && d.sectionWord(h-1) {
		from = h - 2 // below a control, and a menu has more
	}
	if n := h - from; n < 2 || n > 3 {
		return false
	}
	var path []string
	for _, u := range d.units[from:h] {
		mark(u, FieldSection, "the path of sections, which the page names again")
		path = append(path, u.text)
	}
	d.page.Section = d.firstSection(path)
	return true
}

// short reports whether all parts are of one or two words that begin with capitals.
func short(parts []string) bool {
	for _, p := range parts {
		if wordCount(p) > 2 || !looksLikeName(p) {
			return false
		}
	}
	return true
}

func isHome(s string) bool {
	f := fold(s)
	return f == "home" || f == "beranda" || f == "news" || f == "berita"
}
