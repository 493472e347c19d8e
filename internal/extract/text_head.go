package extract

import (
	"net/url"
	"regexp"
	"strings"
)

// above reads what stands before the first paragraph: headline, standfirst,
// names, date, section, caption.
func (d *dump) above() {
	start := d.leadIn()
	h := d.findHeadline(start)
	from := 0
	if h >= 0 {
		u := d.units[h]
		u.field, u.why = FieldHeadline, "its form and place, and the text speaks of it"
		d.page.Headline = u.text
		from = max(0, h-6)
	} else {
		from = max(0, start-15)
	}
	for i := from; i < start; i++ {
		u := d.units[i]
		if i == h || u.field != "" {
			continue
		}
		if fold(u.text) == fold(d.page.Headline) && h >= 0 {
			u.why = "repeats the headline"
			continue
		}
		d.headLine(i, h, start)
	}
	if h > 0 {
		d.sectionAbove(h)
	}
	d.names(max(0, from), start)
	for i := max(0, start-20); i < start; i++ {
		u := d.units[i]
		if address := strings.TrimSpace(u.text); d.page.URL == "" && u.words < 40 && !strings.Contains(address, " ") {
			if v, err := url.Parse(address); err == nil && (v.Scheme == "http" || v.Scheme == "https") && v.Host != "" {
				d.page.URL, u.why = address, "the page's address"
			}
		}
	}
}

// leadIn decides which of the first paragraphs are not the body's yet: the
// standfirst before date and names, the words below the picture.
func (d *dump) leadIn() int {
	start := d.from
	if o := d.opener(); o > d.from { // what stands before a dateline is not the text yet
		first := true
		for i := d.from; i < o; i++ {
			if u := d.units[i]; u.field == FieldBody && d.belowPicture(i) {
				mark(u, FieldCaption, "words below a picture")
				d.caption(u)
			}
		}
		one := d.bodyCount(d.from, o) == 1
		for i := d.from; i < o; i++ {
			u := d.units[i]
			if u.field != FieldBody {
				continue
			}
			if first && u.words >= 8 && u.words <= 60 && one {
				u.field, u.why = FieldStandfirst, "between headline and text"
				d.page.Standfirst = u.text
			} else {
				u.field, u.why = "", "before the story"
			}
			first = false
		}
		return o
	}
	for i := d.from; i < d.to && i < d.from+12; i++ {
		u := d.units[i]
		if u.field == FieldBody && d.belowPicture(i) {
			mark(u, FieldCaption, "words below a picture")
		}
		if u.field == FieldCaption {
			d.caption(u)
			start = i + 1
			continue
		}
		if u.field != FieldBody {
			continue
		}
		// Is there a date or a byline between this paragraph and the next?
		signs := false
		next := -1
		for j := i + 1; j < d.to && j <= i+gap; j++ {
			t := d.units[j]
			if t.prose {
				next = j
				break
			}
			if t.date || t.ago || isRole[string(t.kind)] || t.kind == lPublished {
				signs = true
			}
		}
		if signs && next > 0 && u.words <= 24 && strings.Count(u.text, ". ") == 0 && strings.ContainsAny(u.text[len(u.text)-1:], "?!\"'”’") {
			u.field, u.prose, u.title = "", false, true // a headline that ends like a sentence
			start = next
			if d.units[next].field == "" {
				d.paragraph(d.units[next])
			}
			i = next - 1
			continue
		}
		if t := d.prev(i); signs && next > 0 && u.words < 8 && t != nil && looksLikeName(t.text) && t.words <= 4 {
			u.field, u.prose, u.why = "", false, "about who wrote the story"
			start, i = next, next-1
			if d.units[next].field == "" {
				d.paragraph(d.units[next])
			}
			continue
		}
		if signs && next > 0 && u.words <= 60 {
			u.field, u.why = FieldStandfirst, "stands before date and names"
			d.page.Standfirst = u.text
			start = next
			if d.units[next].field == "" {
				d.paragraph(d.units[next])
			}
			i = next - 1
			continue
		}
		start = i
		break
	}
	return start
}

// opener returns the unit among the first of the body that begins with a dateline
// or with the outlet's name, -1 if none does.
func (d *dump) opener() int {
	for i := d.from; i < d.to && i < d.from+9; i++ {
		u := d.units[i]
		if u.field != FieldBody || u.words < 5 {
			continue
		}
		if d.opens(u.text) {
			return i
		}
	}
	return -1
}

// opens reports whether a text begins with a dateline or the outlet's name.
func (d *dump) opens(text string) bool {
	if _, _, size := d.opt.Dateline(text); size > 0 || capitalDateline.MatchString(text) || bracketDateline.MatchString(clip(text, 160)) {
		return true
	}
	if _, _, size := datelineOf(text, d.page.Site); size > 0 {
		return true
	}
	if m := outletDateline.FindStringSubmatch(clip(text, 160)); m != nil && d.own(outletOf(m[1], m[2])) {
		return true
	}
	m := outletFirst.FindStringSubmatch(text)
	return m != nil && d.isOutlet(m[1])
}

// outletFirst is the name of an outlet before the first sentence.
var outletFirst = regexp.MustCompile(`^(\p{Lu}[\p{L}\d]*(?: \p{Lu}[\p{L}\d]*){0,3}) (?:-{1,2}|[–—]) ["“]?\p{Lu}`)

func (d *dump) bodyCount(from, to int) (n int) {
	for _, u := range d.units[from:to] {
		if u.field == FieldBody {
			n++
		}
	}
	return n
}

// findHeadline looks for the headline among what stands before a unit.
func (d *dump) findHeadline(start int) int {
	var body strings.Builder
	for i := start; i < d.to && body.Len() < 6000; i++ {
		if d.units[i].field == FieldBody {
			body.WriteString(d.units[i].text + " ")
		}
	}
	if d.page.Standfirst != "" {
		body.WriteString(d.page.Standfirst)
	}
	said := map[string]bool{}
	for _, w := range Words(body.String()) {
		said[w] = true
	}
	best, most := -1, 0.0
	limit := max(0, start-40)
	for i := start - 1; i >= limit; i-- {
		u := d.units[i]
		if u.field == FieldStandfirst || u.field == FieldCaption || isCaption(u.text) || !d.canHeadline(u) {
			continue
		}
		share := knownShare(u.text, said)
		s := 6 * share
		if u.words >= 5 {
			s++
		}
		if d.signsAfter(i, start) {
			s += 2.5
		}
		s -= float64(start-i) * 0.06
		if i+1 < start && d.units[i+1].title && d.units[i+1].words >= 5 && !d.signsAfter(i, start) {
			s -= 1.5
		}
		if d.seen[fold(clip(u.text, 400))] > 1 && share > 0.3 {
			s++
		}
		if share < 0.15 && !d.signsAfter(i, start) {
			continue
		}
		if i == start-1 && d.signsAbove(i) {
			s -= 4 // what stands between date and text is below a picture
		}
		if s > most {
			best, most = i, s
		}
	}
	if most < 2.5 {
		return -1
	}
	return d.aboveStandfirst(best, said)
}

// aboveStandfirst returns the headline if what was taken for it is the standfirst
// below it: a longer line, or a sentence, directly beneath one that has the form
// of a headline and speaks of the same.
func (d *dump) aboveStandfirst(best int, said map[string]bool) int {
	low := d.units[best]
	if d.seen[fold(clip(low.text, 400))] > 1 {
		return best
	}
	for i := best - 1; i >= 0 && i >= best-4; i-- {
		u := d.units[i]
		switch {
		case u.date || isRole[string(u.kind)] || u.part != "":
			return best
		case !d.canHeadline(u) || u.words < 4:
			continue
		}
		longer := low.words > u.words && (endsSentence(low.text) || low.words >= 12)
		alone := i == 0 || !d.units[i-1].title || d.units[i-1].words < 5
		share := knownShare(u.text, said)
		if alone && d.page.Standfirst == "" && (longer && share >= 0.3 || share >= 0.25 && share >= knownShare(low.text, said)) {
			mark(low, FieldStandfirst, "below the headline")
			d.page.Standfirst = low.text
			return i
		}
		return best
	}
	return best
}

// knownShare returns how many of the longer words of a line the text has.
func knownShare(text string, said map[string]bool) float64 {
	known, long := 0, 0
	for _, w := range Words(text) {
		if len(w) >= 4 || isNumber(w) {
			long++
			if said[w] {
				known++
			}
		}
	}
	if long == 0 {
		return 0
	}
	return float64(known) / float64(long)
}

// canHeadline tells lines that may be a headline by their form.
func (d *dump) canHeadline(u *unit) bool {
	if u.part != "" || u.date || u.ago || u.words < 3 || u.words > 32 || len(u.text) > 300 || u.bullet && u.words < 5 {
		return false
	}
	if u.furn != "" && u.furn != lCallout && u.furn != lOffer || u.kind != "" && (u.kind != lCaption || !strings.Contains(clip(u.text, 12), ":")) {
		return false
	}
	if crumbs := breadcrumb(u.text); len(crumbs) > 1 || u.words <= 5 && d.own(u.text) {
		return false
	}
	if strings.HasSuffix(u.text, ".") && u.words > 12 || looksLikeName(u.text) && u.words <= 4 && !strings.ContainsAny(u.text, ",") {
		return false
	}
	return !strings.Contains(u.text, "://")
}

// signsAfter reports whether a date, names or the standfirst follow a unit
// closely.
func (d *dump) signsAfter(i, start int) bool {
	for j, n := i+1, 0; j < start && j < i+16 && n < 4; j++ {
		t := d.units[j]
		if t.furn != "" || t.field == FieldCaption || isCaption(t.text) || d.belowPicture(j) {
			continue
		}
		n++
		if t.date || t.ago || isRole[string(t.kind)] || t.kind == lPublished || t.field == FieldStandfirst || strings.Contains(t.text, " - ") && looksLikeName(head(t.text, " - ")) {
			return true
		}
		if t.title && t.words >= 5 && !looksLikeNames(t.text) {
			return false
		}
	}
	return i == start-1
}

// signsAbove reports whether a date and names stand closely above a unit.
func (d *dump) signsAbove(i int) bool {
	date, name := false, false
	for j := i - 1; j >= 0 && j >= i-12; j-- {
		t := d.units[j]
		date = date || t.date && t.kind != lModified
		name = name || isRole[string(t.kind)] || looksLikeName(t.text) && t.words >= 2 && t.words <= 4
	}
	return date && name
}

func head(s, mark string) string {
	h, _, _ := strings.Cut(s, mark)
	return h
}

// headLine reads one line between headline and body.
func (d *dump) headLine(i, h, start int) {
	u := d.units[i]
	switch {
	case u.date && (i > h || i >= h-3 && !d.dateBelow(h, start)):
		if d.dates(u) {
			u.field, u.why = FieldDate, "a date"
		}
	case u.ago:
		if st, ok := relativeTo(u.text, d.opt.Fetched); ok && !st.IsZero() && d.page.Published.IsZero() {
			d.page.Published = st
			u.field, u.why = FieldDate, "counted from when the page was taken"
		} else {
			u.why = "a time that depends on when the page was read"
		}
	case isCredit(u.text) && i > h && h >= 0 && u.field == "":
		u.field, u.why = FieldCaption, "who made the picture"
		d.caption(u)
		if t := d.units[i+1]; i+1 < start && t.title && t.words <= 25 && t.field == "" {
			t.field, t.why = FieldCaption, "words below a picture"
			d.page.Lead = &Picture{Caption: t.text, Credit: u.text}
		}
	case i > h && h >= 0 && u.kind == lSource && u.value == "" && i+1 < start && slashed.MatchString(d.units[i+1].text):
		d.sourceOfPicture(i, h)
	case (u.kind == lCaption && u.value != "" || isCaption(u.text)) && i > h && u.furn == "":
		u.field, u.why = FieldCaption, "words below a picture"
		d.caption(u)
	case i > h && h >= 0 && d.belowPicture(i):
		mark(u, FieldCaption, "words below a picture")
		d.caption(u)
	case i > h && h >= 0 && d.page.Standfirst == "" && !standsAlone(u.text) && u.furn == "" && u.part == "" && u.kind == "" && u.words >= 9 && i < start && !strings.Contains(u.text, " | "):
		u.field, u.why = FieldStandfirst, "between headline and text"
		d.page.Standfirst = u.text
	case u.kind == lSource && d.value(lSource, u.value), u.kind == lSection && u.value != "" && d.value(lSection, u.value), u.kind == lTopics && u.value != "" && d.value(lTopics, u.value):
		u.field, u.why = fieldOf(u.kind), "a label and its value"
	case u.kind == lSource && u.value == "" && i+1 < start && looksLikeOutlet(d.units[i+1].text) && d.value(lSource, d.units[i+1].text):
		u.field, u.why = FieldSource, "a label"
		d.units[i+1].field, d.units[i+1].why = FieldSource, "follows its label"
	}
}
