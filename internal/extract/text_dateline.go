package extract

import (
	"regexp"
	"strings"
)

var (
	bareDateline    = regexp.MustCompile(`^\p{Lu}[\p{L}.']*(?: \p{Lu}[\p{L}.']*){0,3}\s*(?:-{1,2}|[–—])$`)
	capitalDateline = regexp.MustCompile(`^(\p{Lu}{3,}[\p{Lu}.']*(?: \p{Lu}[\p{Lu}.']+){0,3})\s*(?:-{1,2}|[–—])\s*["“‘']?\p{Lu}`)
)

// lineDateline is a place and an outlet on a line of their own: "Demak, Indonesia
// CNN —".
var lineDateline = regexp.MustCompile(`^(\p{Lu}[\p{L}.']*(?: \p{Lu}[\p{L}.']*){0,2}(?:, \p{Lu}[\p{L}.']*(?: \p{Lu}[\p{L}.']*){0,2})?)(?:[ ,]+\(?([\p{Lu}\d]{2,8}|\p{Lu}[\p{L}\d]*\.\p{L}{2,4})\)?|, ?(\p{Lu}[\p{L}\d]*(?: \p{Lu}[\p{L}\d]*){0,2}))\s*(?:-{1,2}|[–—])$`)

// bracketDateline is a place with the outlet in brackets: "Tahuna (ANTARA) - ".
var bracketDateline = regexp.MustCompile(`^(\p{Lu}[\p{L}.']*(?:[ ,]+\p{Lu}[\p{L}.']*){0,4}(?:,? \p{Lu}\p{L}{2,8}\.? \d{1,2})?) \(([\p{Lu}\d][\p{L}\d. ]{1,24})\)\s*(?:-{1,2}|[–—])\s*`)

// placeFirst is a place of one or two words before the first sentence: "Jakarta –
// Warga".
var placeFirst = regexp.MustCompile(`^(\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?)\s+(?:-{1,2}|[–—])\s+["“‘'”]?[\p{Lu}\d]`)

// placeDay is the day behind the place.
var placeDay = regexp.MustCompile(`,? \p{Lu}\p{L}{2,8}\.? \d{1,2}$`)

// outletDateline is a place and an outlet in either order.
var outletDateline = regexp.MustCompile(`^(\p{Lu}[\p{L}\d.' ]{1,40}?),\s*(\p{Lu}[\p{L}\d.' ]{1,40}?)\s*(?:-{1,2}|[–—])\s*["“‘']?[\p{Lu}\d]`)

// standsAlone tells a dateline on a line of its own.
func standsAlone(s string) bool { return bareDateline.MatchString(s) || lineDateline.MatchString(s) }

// datelineOf finds a dateline with the page's own outlet in it.
func datelineOf(text, site string) (place, outlet string, size int) {
	m := outletDateline.FindStringSubmatch(clip(text, 200))
	if m == nil || site == "" {
		return "", "", 0
	}
	switch {
	case sameOutlet(m[2], site):
		return m[1], m[2], len(m[0])
	case sameOutlet(m[1], site):
		return m[2], m[1], len(m[0])
	}
	return "", "", 0
}

// dateline notes the place at the beginning of the body.
func (d *dump) dateline() {
	for i := d.from; i < d.to; i++ {
		u := d.units[i]
		if u.field != FieldBody {
			continue
		}
		text := u.text
		if i > 0 && d.units[i-1].field == "" && standsAlone(d.units[i-1].text) { // "Jakarta -" on a line of its own
			mark(d.units[i-1], FieldDateline, "a place before the text")
			d.page.Dateline = strings.TrimRight(d.units[i-1].text, " -–—")
			if m := lineDateline.FindStringSubmatch(d.units[i-1].text); m != nil {
				d.page.Dateline = m[1]
			}
			break
		}
		place, outlet, size := d.opt.Dateline(text)
		if size == 0 {
			place, outlet, size = datelineOf(text, d.page.Site)
		}
		if m := bracketDateline.FindStringSubmatch(clip(text, 160)); size == 0 && m != nil {
			place, outlet, size = placeDay.ReplaceAllString(m[1], ""), m[2], len(m[0])
			u.cut = size
		}
		if m := outletDateline.FindStringSubmatch(clip(text, 160)); size == 0 && m != nil && d.own(outletOf(m[1], m[2])) {
			if outlet = outletOf(m[1], m[2]); outlet == m[1] {
				place = m[2]
			} else {
				place = m[1]
			}
			u.cut = strings.IndexAny(text, "-–—")
			size = u.cut
		}
		if m := capitalDateline.FindStringSubmatch(text); size == 0 && m != nil {
			place, size = m[1], len(m[1])
			u.cut = strings.IndexAny(text, "-–—")
		}
		if m := placeFirst.FindStringSubmatch(clip(text, 120)); size == 0 && m != nil && !d.isOutlet(m[1]) && !d.own(m[1]) {
			place, size = m[1], len(m[1])
			u.cut = strings.IndexAny(text, "-–—")
		}
		if size == 0 && u.words <= 4 && i+1 < d.to {
			// "Jakarta -" on a line of its own, the sentence on the next.
			if place, outlet, size = d.opt.Dateline(text + " " + d.units[i+1].text); size < len(text) {
				size = 0
			}
		}
		if size > 0 {
			d.page.Dateline = place
			if d.page.Site == "" {
				d.page.Site = outlet
			}
			d.addSource(outlet, "")
			u.why = "begins with a dateline"
			if size >= len(strings.TrimSpace(text)) {
				u.field = FieldDateline
			}
		}
		break
	}
	var all strings.Builder
	for _, u := range d.units {
		if u.field == FieldBody {
			all.WriteString(u.text + "\n")
		}
	}
	for _, name := range creditedIn(all.String()) {
		d.addSource(name, "")
	}
}
