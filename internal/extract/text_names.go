package extract

import (
	"regexp"
	"strings"
	"unicode"
)

// names reads the bylines between two units: labels with names behind them, on
// the same line or the next, or roles below the names.
func (d *dump) names(from, to int) {
	type line struct {
		u    *unit
		role label // a role alone
		name bool  // a name alone
	}
	var run []line
	flush := func() {
		defer func() { run = nil }()
		roles := 0
		for _, l := range run {
			if l.role != "" {
				roles++
			}
		}
		if roles == 0 {
			return
		}
		below := run[0].role == "" && len(run) > 1 && (run[1].role != "" || run[len(run)-1].role != "") // names, and their role beneath
		for i, l := range run {
			if l.role == "" {
				continue
			}
			if below {
				role := l.role
				if role == "team" {
					role = lWriter // the names are those of people
				}
				first := i
				for first > 0 && run[first-1].name && (first == i || l.role == "team") {
					first--
				}
				for _, n := range run[first:i] {
					if d.value(role, n.u.text) {
						mark(n.u, FieldAuthor, "a name above its role")
						mark(l.u, FieldAuthor, "a role")
					}
				}
				continue
			}
			took := false
			for j := i + 1; j < len(run) && run[j].role == ""; j++ {
				if run[j].name && d.value(l.role, run[j].u.text) {
					mark(run[j].u, FieldAuthor, "follows its role")
					took = true
				}
			}
			if took {
				mark(l.u, FieldAuthor, "a role")
			}
		}
	}
	for i := from; i < to; i++ {
		u := d.units[i]
		if u.field != "" && u.field != FieldAuthor {
			if u.field != FieldDate {
				flush()
			}
			continue
		}
		if u.words > 16 && !isRole[string(u.kind)] {
			flush()
			continue
		}
		if d.labelledNames(u) {
			if i+1 < to && d.units[i+1].field == "" && jobTitle.MatchString(d.units[i+1].text) {
				mark(d.units[i+1], FieldAuthor, "what the author is")
			}
			continue
		}
		if staff.MatchString(u.text) {
			mark(u, FieldAuthor, "names nobody, but the outlet's people")
			continue
		}
		switch {
		case isRole[string(u.kind)] && u.value == "":
			run = append(run, line{u: u, role: u.kind})
		case looksLikeNames(u.text) && u.furn == "" && (u.part == "" || len(run) > 0 && run[len(run)-1].role != "" && fold(u.text) == "redaksi") && u.words >= 1:
			run = append(run, line{u: u, name: true})
		case strings.Contains(u.text, " - ") && looksLikeNames(head(u.text, " - ")) && wordCount(head(u.text, " - ")) >= 2 && d.near(i, from, to):
			d.author(u, head(u.text, " - "), "a name and the outlet")
		default:
			if u.furn != lAction && u.furn != lNav || len(run) > 0 && run[len(run)-1].role == "" && run[0].role != "" || len(run) > 1 && run[len(run)-1].role != "" {
				flush()
			}
		}
	}
	flush()
	if len(d.page.Authors) > 0 {
		for i := from; i < to; i++ {
			if u := d.units[i]; u.field == "" && u.words <= 6 && d.near(i, from, to) && d.isAuthor(u.text) {
				mark(u, FieldAuthor, "an author's name again")
			}
		}
		return
	}
	h := from // a name below the headline comes before one above it
	for i := from; i < to; i++ {
		if d.units[i].field == FieldHeadline {
			h = i
		}
	}
	if !d.loneName(h, from, to) {
		d.loneName(from, from, h)
	}
}

// loneName takes a name alone, beside the date or below the headline.
func (d *dump) loneName(at, from, to int) bool {
	for i := at; i < to; i++ {
		u := d.units[i]
		if u.field == "" && u.furn == "" && u.part == "" && u.kind == "" && isByline(u) && d.near(i, from, to+1) && d.isPerson(u.text) {
			d.author(u, u.text, "a name beside the date")
			return true
		}
	}
	return false

}

// staff is a byline without a name.
var staff = regexp.MustCompile(`(?i)^by (?:our |a )?(?:staff(?: (?:writers?|reporters?))?|own correspondent|correspondents?|news ?desk|agencies|wire services|own reporters?)$`)

// isByline tells a line of one name, with where it was written, or of several.
func isByline(u *unit) bool {
	text := unplaced(u.text)
	switch {
	case u.words < 2 || u.words > 10:
		return false
	case strings.ContainsAny(text, "|&"):
		return looksLikeNames(text)
	}
	return wordCount(text) >= 2 && wordCount(text) <= 5 && looksLikeName(text)
}

func mark(u *unit, field, why string) { u.field, u.why = field, why }

func (d *dump) author(u *unit, name, why string) {
	if d.value(lWriter, name) {
		mark(u, FieldAuthor, why)
	}
}

// near reports whether a date or the headline stands directly beside a unit.
func (d *dump) near(i, from, to int) bool {
	for _, step := range []int{-1, 1} {
		j := i + step
		for n := 0; n < 2 && j >= from && j < to && d.units[j].furn != "" && d.units[j].field == ""; n++ {
			j += step
		}
		if j >= 0 && j < len(d.units) && (d.units[j].field == FieldDate || d.units[j].field == FieldHeadline || d.units[j].field == FieldStandfirst || d.units[j].ago) {
			return true
		}
	}
	return false
}

// labelledNames reads a line that has roles and names: "Penulis: A", "Reporter: A
// | Editor: B", "Rep: A/ Red: B", "Penulis: A Editor: B".
func (d *dump) labelledNames(u *unit) bool {
	took := false
	for _, p := range d.rolesOf(u) {
		k, v, ok := d.opt.Labels.labelled(strings.TrimSpace(p))
		if ok && v != "" && isRole[string(k)] && d.value(k, capitalised(strings.TrimRight(v, " |/;,-–"))) {
			took = true
		}
	}
	if took {
		mark(u, FieldAuthor, "a role and names")
	}
	return took
}

// unbracketed takes brackets off a line that stands in them.
func unbracketed(s string) string {
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		return s[1 : len(s)-1]
	}
	return s
}

// smallName is a name that a page writes in small letters.
var smallName = regexp.MustCompile(`^\p{Ll}{3,}(?: \p{Ll}{2,}){1,3}$`)

func capitalised(name string) string {
	if !smallName.MatchString(name) {
		return name
	}
	words := strings.Fields(name)
	for i, w := range words {
		r, size := splitRune(w)
		words[i] = string(unicode.ToUpper(r)) + w[size:]
	}
	return strings.Join(words, " ")
}

// rolesOf parts a line at its roles.
func (d *dump) rolesOf(u *unit) []string {
	text := unbracketed(u.text)
	splits := [][]string{u.cells}
	for _, mark := range []string{"|", ";", "/", " - ", " · ", " • ", ". "} {
		splits = append(splits, strings.Split(text, mark))
	}
	splits = append(splits, d.opt.Labels.roles(text))
	for _, parts := range splits {
		all := len(parts) > 1
		for i := 0; i < len(parts) && all; i++ {
			k, v, ok := d.opt.Labels.labelled(strings.TrimSpace(parts[i]))
			all = ok && v != "" && isRole[string(k)]
		}
		if all {
			return parts
		}
	}
	return []string{text}
}
