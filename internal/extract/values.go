package extract

import (
	"regexp"
	"strings"
)

func fieldOf(kind label) string {
	switch {
	case isRole[string(kind)]:
		return FieldAuthor
	case kind == lPublished || kind == lModified:
		return FieldDate
	case kind == lSource:
		return FieldSource
	case kind == lTopics:
		return FieldTopics
	case kind == lSection:
		return FieldSection
	case kind == lCaption:
		return FieldCaption
	case kind == lReadAlso:
		return FieldReadAlso
	}
	return FieldBody
}

// value takes the value of a label.
func (r *reader) value(kind label, text string) bool {
	p := r.page
	switch {
	case isRole[string(kind)]:
		names := authorsOf(text, r.when)
		if len(names) == 0 || !looksLikeNames(strings.Join(names, ", ")) {
			return false
		}
		for _, n := range names {
			if len(names) > 1 && (r.own(n) || r.isRoleWord(n)) { // "Sari Dewi, Layar Modal", "Sari Dewi, Jurnalis"
				continue
			}
			for i, a := range p.Authors {
				if fold(a.Name) == fold(n) && a.Role == "writer" && kind != lWriter { // the page says it more exactly than its metadata
					p.Authors[i].Role = string(kind)
				}
			}
			known := false
			for _, a := range p.Authors {
				known = known || fold(a.Name) == fold(n) && a.Role == string(kind)
			}
			if !known {
				p.Authors = append(p.Authors, Author{Name: n, Role: string(kind)})
			}
		}
	case kind == lPublished || kind == lModified:
		st, ok := r.when.stamp(text)
		if !ok {
			if st, ok = relativeTo(text, r.opt.Fetched); !ok {
				return false
			}
		}
		if kind == lModified {
			if p.Modified.IsZero() {
				p.Modified = st
			}
		} else if p.Published.IsZero() || p.Published.Day && !st.Day {
			p.Published = st
		}
	case kind == lSource:
		text = deskEnd.ReplaceAllString(text, "")
		if !looksLikeOutlet(text) && !strings.Contains(text, ".") || wordCount(text) > 8 {
			return false
		}
		for _, n := range nameBreak.Split(text, -1) {
			r.addSource(n, "")
		}
	case kind == lTopics:
		if wordCount(text) > 30 {
			return false
		}
		for _, t := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == '#' || c == '|' || c == ';' || c == '•' || c == '·' }) {
			if t = oneLine(t); t != "" && wordCount(t) <= 6 && len(p.Topics) < 20 {
				p.Topics = append(p.Topics, t)
			}
		}
		p.Topics = unique(p.Topics)
	case kind == lSection:
		if wordCount(text) > 5 {
			return false
		}
		if p.Section == "" {
			p.Section = text
		}
	default:
		return false
	}
	return true
}

// deskEnd are the initials of a desk behind a source: "AFP/rn(ih)".
var deskEnd = regexp.MustCompile(`/[a-z]{2,3}(?:\([a-z]{2,3}\))?$`)

// isRoleWord reports whether a text is the name of a role and no more.
func (r *reader) isRoleWord(text string) bool {
	for _, k := range r.opt.Labels.whole[fold(text)] {
		if isRole[string(k)] {
			return true
		}
	}
	return false
}

// isDate reads a segment that is hardly more than a date.
func (r *reader) isDate(text string) bool {
	if wordCount(text) > 16 {
		return false
	}
	st, rest, ok := r.when.find(text)
	if !ok {
		return false
	}
	if n := wordCount(rest); n > 3 && !sameOutlet(rest, r.page.Site) {
		return false
	}
	if r.page.Published.IsZero() || r.page.Published.Day && !st.Day {
		r.page.Published = st
	}
	return true
}

// addSource credits somebody, unless it is the outlet that the page belongs to.
func (r *reader) addSource(name, link string) {
	name = strings.Trim(oneLine(name), " .,:;")
	if name == "" || sameOutlet(name, r.page.Site) || len(r.page.Sources) >= 10 {
		return
	}
	for _, s := range r.page.Sources {
		if fold(s.Name) == fold(name) {
			return
		}
	}
	r.page.Sources = append(r.page.Sources, Source{Name: name, URL: link})
}

func isInitials(s string) bool {
	return initials.MatchString(s) || bigInitials.MatchString(s) && !agencies[fold(s)]
}

var initials = regexp.MustCompile(`^\[\s*[a-z]{2,5}(?:\s*/\s*[a-z]{2,5}){0,3}\s*\]$|^\(?\s*[a-zA-Z]{2,5}(?:\s*[/\-]\s*[a-zA-Z]{2,5}){1,3}\s*\)?\.?$|^\(\s*[a-z]{2,4}\s*\)$`)

// bigInitials are initials in capitals; the name of an agency looks like them.
var bigInitials = regexp.MustCompile(`^\(\s*[A-Z]{2,4}\s*\)$`)
