package extract

import "strings"

// outlets are the names by which a page names its own outlet.
type outlets struct {
	names []string
	foot  string // the folded lines about rights, and the call-outs
}

// own reports whether a name is the outlet's own: it begins the text, or stands
// in the lines about rights.
func (r *reader) own(name string) bool {
	if sameOutlet(name, r.page.Site) {
		return true
	}
	for _, n := range r.ours.names {
		if sameOutlet(name, n) {
			return true
		}
	}
	f := strings.TrimPrefix(fold(name), "the ")
	return len(f) > 2 && indexWords(r.ours.foot, f) >= 0
}

// ownNames gathers the names of the outlet: beside the place at the beginning of
// the text, behind the sign of rights, and in calls to follow it.
func (d *dump) ownNames() {
	var foot strings.Builder
	looked := 0
	for _, u := range d.units {
		switch {
		case u.part == lLegal && u.words <= 30, u.furn == lCallout && u.words <= 30 && u.words > 2 && orders[Words(clip(u.text, 40))[0]]:
			if foot.Len() < 4000 {
				foot.WriteString(fold(u.text) + " ; ")
			}
		case u.prose && looked < 8:
			looked++
			if _, outlet, _ := d.opt.Dateline(u.text); outlet != "" {
				d.ours.names = append(d.ours.names, outlet)
			} else if m := outletDateline.FindStringSubmatch(clip(u.text, 200)); m != nil {
				if name := outletOf(m[1], m[2]); strings.Contains(name, ".") || m[1]+m[2] == strings.ToUpper(m[1]+m[2]) || d.besideName(name) {
					d.ours.names = append(d.ours.names, name)
				}
			}
		}
		if m := lineDateline.FindStringSubmatch(u.text); m != nil && u.words <= 8 {
			d.ours.names = append(d.ours.names, m[2]+m[3])
		}
	}
	d.ours.foot = foot.String()
}

// besideName reports whether a name ends a short line of the page behind a comma or
// a dash, as the outlet's does behind those who write: what else stands behind a
// place is the province or the country.
func (d *dump) besideName(name string) bool {
	for _, u := range d.units[:min(len(d.units), 120)] {
		rest, ok := strings.CutSuffix(u.text, name)
		if rest = strings.TrimRight(rest, " "); ok && u.words <= 10 && rest != "" && strings.ContainsAny(rest[len(rest)-1:], ",-|") && looksLikeName(rest[:len(rest)-1]) {
			return true
		}
	}
	return false
}

// outletOf returns the one of two names before the text that is the outlet's: the
// one written like an address, or the second.
func outletOf(a, b string) string {
	if strings.Contains(a, ".") && !strings.Contains(b, ".") {
		return a
	}
	return b
}

// hasOwn reports whether a short line has the outlet's name in it.
func (d *dump) hasOwn(text string) bool {
	f := fold(text)
	for _, n := range d.ours.names {
		w := Words(n)
		for len(w) > 1 && domainEnds[w[len(w)-1]] {
			w = w[:len(w)-1]
		}
		if stem := strings.Join(w, " "); len(stem) > 4 && wordCount(text) <= 4 && indexWords(f, stem) >= 0 {
			return true
		}
	}
	return false
}

var domainEnds = set("com co id net news tv org")

// outletEnds are words that names of outlets and firms end with, and those of
// people do not.
var outletEnds = set("network media group news tv press channel online com daily times tribune")

// isPerson reports whether a name alone may be a person's: it is not the
// outlet's, and no row of words of the page.
func (d *dump) isPerson(text string) bool {
	words := Words(text)
	ours := true
	for _, n := range authorsOf(text, d.when) {
		ours = ours && d.own(n)
	}
	if len(words) == 0 || outletEnds[words[len(words)-1]] || ours || d.opt.Portals.named(text) != "" {
		return false
	}
	for _, n := range d.ours.names {
		if n = fold(n); n != "" && indexWords(fold(text), n) >= 0 && !strings.Contains(text, ",") {
			return false
		}
	}
	for _, w := range words {
		for _, k := range d.opt.Labels.whole[w] {
			if isFurniture[string(k)] || isPart[string(k)] {
				return false
			}
		}
	}
	return d.seen[fold(text)] <= 3
}
