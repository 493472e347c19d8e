package extract

import (
	"regexp"
	"strings"
	"unicode"
)

// cluster is a run of paragraphs with little between them.
type cluster struct {
	from, to int // units, to is behind the last
	score    float64
}

// story decides which units are the story's.
func (d *dump) story() {
	best, ok := d.body()
	if !ok {
		d.page.Kind, d.page.Why = d.noText()
		return
	}
	d.from, d.to = best.from, best.to
	d.inside()
	d.signed()
	named := d.page.Authors // inside and behind the text; those above it come first
	d.page.Authors = nil
	d.above()
	for _, a := range named {
		d.value(label(a.Role), a.Name)
	}
	d.about()
	d.below()
	if kind, why := d.toldAs(); kind != "" {
		d.page.Kind, d.page.Why = kind, why
		for _, u := range d.units {
			u.field, u.why = "", ""
		}
		*d.page = Page{Kind: kind, Why: why, URL: d.page.URL, Language: d.page.Language, Site: d.page.Site}
		return
	}
	d.dateline()
}

// toldAs tells a short text that says itself that it is no story.
func (d *dump) toldAs() (Kind, string) {
	words := 0
	var texts []string
	for _, u := range d.units {
		if u.field == FieldBody || u.field == FieldDateline {
			words += u.words
		}
		if len(texts) < 400 {
			texts = append(texts, u.text)
		}
	}
	if words >= few {
		return "", ""
	}
	var heads []string
	if d.page.Headline != "" {
		heads = append(heads, d.page.Headline)
	}
	return selfTold(d.opt.Labels, heads, texts, words)
}

// noText says what a text without paragraphs is.
func (d *dump) noText() (Kind, string) {
	var texts, titles []string
	for _, u := range d.units {
		if len(texts) < 400 {
			texts = append(texts, u.text)
		}
		if u.title && u.words >= 5 {
			titles = append(titles, u.text)
		}
	}
	if kind, why := selfTold(d.opt.Labels, nil, texts, 0); kind != "" {
		return kind, why
	}
	if len(titles) >= 6 {
		return Index, "it is a list of headlines"
	}
	return Empty, "it has no running text that could be a story"
}

// gap is how many lines without running text may stand between two paragraphs of
// a story.
const gap = 14

// body finds the paragraphs of the story: the run with the most words, those
// after the label of comments, of a list or of the foot counting little.
func (d *dump) body() (cluster, bool) {
	var all []cluster
	cur := cluster{from: -1}
	words, after, quiet := 0, 1.0, 0
	end := func() {
		if cur.from >= 0 {
			cur.score = d.score(cur) * after
			all = append(all, cur)
		}
		cur, words, quiet = cluster{from: -1}, 0, 0
	}
	for i := 0; i < len(d.units); i++ {
		u := d.units[i]
		switch {
		case u.part != "" && words >= 25:
			if u.part == lComments && cur.from >= 0 {
				cur.to = d.beforeComment(cur, i)
			}
			if u.part == lRelated || u.part == lLatest {
				if j := d.resumes(i+1, u.part); j > 0 {
					i, quiet = j-1, 0
					continue
				}
			}
			end()
			after = map[label]float64{lComments: 0.15, lLegal: 0.1, lLatest: 0.4, lRelated: 0.5}[u.part]
		case u.part == lComments && cur.from < 0 && len(all) > 0:
			after = 0.15
		case u.prose:
			if cur.from < 0 {
				cur.from = i
			}
			cur.to, quiet = i+1, 0
			words += u.words
		default:
			if quiet++; quiet > gap && cur.from >= 0 {
				end()
			}
		}
	}
	end()
	var best cluster
	for _, c := range all {
		if c.score > best.score {
			best = c
		}
	}
	return best, best.score >= 12
}

// beforeComment returns the end of the text if a comment, its name above it, was
// taken for its last paragraph: the control to answer it stands at i.
func (d *dump) beforeComment(c cluster, i int) int {
	last := c.to - 1
	if i-last > 3 || last-1 <= c.from || !answer[fold(d.units[i].text)] {
		return c.to
	}
	if name := d.units[last-1]; name.prose || name.words > 5 || name.furn != "" || name.kind != "" || endsSentence(name.text) {
		return c.to
	}
	for j := last - 1; j > c.from; j-- {
		if d.units[j].prose {
			return j + 1
		}
	}
	return c.to
}

var answer = set("balas reply jawab")

// score weighs a run of paragraphs.
func (d *dump) score(c cluster) float64 {
	words, paragraphs := 0, 0
	for _, u := range d.units[c.from:c.to] {
		if u.prose {
			words += min(u.words, 150)
			paragraphs++
		}
	}
	s := float64(words)
	if paragraphs == 1 {
		s *= 0.8
	}
	signs := 0
	for i := max(0, c.from-15); i < c.from; i++ {
		if u := d.units[i]; u.date || isRole[string(u.kind)] {
			signs++
		}
	}
	if signs > 0 {
		s *= 1.6
	}
	if _, _, size := d.opt.Dateline(d.units[c.from].text); size > 0 {
		s *= 2
	}
	return s
}

// inside says of each unit between the first and the last paragraph what it is.
func (d *dump) inside() {
	skip := false // inside of a list of other stories
	for i := d.from; i < d.to; i++ {
		u := d.units[i]
		switch {
		case u.part != "":
			skip = true
			continue
		case u.prose:
			if skip && d.prosePairAt(i) {
				skip = false
			}
			if d.teaser(i) {
				continue
			}
			if !skip || d.prev(i) == nil {
				skip = false
				d.paragraph(u)
			}
			continue
		case skip && numbered(u.text) && u.words <= 14 && i+1 < d.to && d.units[i+1].prose && d.numberedBefore(i):
			skip = false
			u.field, u.why = FieldBody, whyItem
			continue
		case u.kind == lReadAlso:
			d.pointers(i)
			continue
		case skip || u.furn != "" || u.field != "":
			continue
		case u.kind == lCaption || isCaption(u.text):
			u.field, u.why = FieldCaption, "words below a picture"
		case u.kind == lSource && d.own(u.value): // of a player, or of a box
		case u.kind == lSource && d.value(lSource, u.value):
			u.field, u.why = FieldSource, "a label and its value"
		case isRole[string(u.kind)] && u.value != "" && d.labelledNames(u):
		case rate.MatchString(u.text):
			u.field, u.why = FieldBody, "what the currencies in the text are worth"
		case i > 0 && pictureSigns[fold(d.units[i-1].text)] && u.title:
			u.field, u.why = FieldCaption, "words below a picture"
		case strings.HasSuffix(u.text, ":") && u.kind == "" && u.words <= 25 && i+1 < d.to && (d.units[i+1].bullet || numbered(d.units[i+1].text) || d.units[i+1].prose):
			u.field, u.why = FieldBody, "opens a list or a quote"
		case u.date, u.ago, u.kind != "" && !u.bullet:
			// A date, a byline of something else.
		case u.bullet || numbered(u.text) || d.afterColon(i):
			u.field, u.why = FieldBody, whyItem
		case d.isHeading(i):
			u.field, u.why = FieldBody, whyHeading
		case quoted(u.text):
			u.field, u.why = FieldBody, "what somebody said"
		}
	}
}

// signedOff are initials of more than one at the end of the last paragraph.
var signedOff = regexp.MustCompile(`[.!?"”’] ?\([a-z]{2,5}(?:/[a-z\d]{1,5}){1,3}\)\.?$`)

// signed ends the story behind a paragraph that closes with initials, if little
// follows it: what stands there is the page's description of the story.
func (d *dump) signed() {
	for i := d.from + 1; i < d.to; i++ {
		if u := d.units[i]; u.field != FieldBody || !signedOff.MatchString(u.text) {
			continue
		}
		words := 0
		for _, t := range d.units[i+1 : d.to] {
			if t.field == FieldBody {
				words += t.words
				if noteFirst.MatchString(t.text) {
					return
				}
			}
		}
		if words > 60 {
			continue
		}
		for _, t := range d.units[i+1 : d.to] {
			if t.field == FieldBody {
				mark(t, "", "behind the initials that close the story")
			}
		}
		d.to = i + 1
		return
	}
}

// noteFirst begins a note of the newsroom below a story.
var noteFirst = regexp.MustCompile(`(?i)^(?:ralat|koreksi|catatan|klarifikasi|hak jawab|correction|editor['’]s note|clarification|an earlier version|this (?:article|story) (?:was|has been))\b`)

func (d *dump) paragraph(u *unit) {
	key := fold(clip(u.text, 400))
	if d.seen[key] < 0 && u.words >= 5 {
		u.why = "repeats a paragraph"
		return
	}
	if isCaption(u.text) {
		u.field, u.why = FieldCaption, "words below a picture"
		return
	}
	if d.contributed(u) {
		return
	}
	d.seen[key] = -1
	u.field, u.why = FieldBody, "running text"
}

func (d *dump) prev(i int) *unit {
	if i == 0 {
		return nil
	}
	return d.units[i-1]
}

// isHeading reports whether a unit is a heading inside the story: short, without
// a mark at its end, a paragraph directly behind it, and nowhere else in the text.
func (d *dump) isHeading(i int) bool {
	u := d.units[i]
	if u.words > 10 || u.words == 0 || endsSentence(u.text) && !strings.HasSuffix(u.text, "?") || d.repeated(i) {
		return false
	}
	if i > 0 && d.units[i-1].furn == lCallout && d.units[i-1].why == "" && formWords.MatchString(d.units[i-1].text) {
		return false // of the form to subscribe
	}
	if i+1 < len(d.units) && (d.units[i+1].furn == lCallout || d.units[i+1].furn == lOffer) || d.hasOwn(u.text) {
		return false // the title of a box
	}
	r, _ := splitRune(strings.TrimLeft(u.text, "\"'“‘"))
	if !unicode.IsUpper(r) && !unicode.IsDigit(r) {
		return false
	}
	if u.words == 1 && len(u.text) < 5 || strings.ContainsAny(u.text, "|@#") {
		return false
	}
	next := i + 1
	for next < d.to && (d.units[next].furn != "" || d.units[next].kind == lReadAlso) {
		next++
	}
	if next >= d.to || !d.units[next].prose {
		return false
	}
	// Two short lines behind each other are a list of something.
	if i > d.from {
		t := d.units[i-1]
		if !t.prose && t.field != FieldBody && t.field != FieldReadAlso && t.field != FieldCaption && t.furn == "" {
			return false
		}
	}
	return true
}

// formWords are those of a form to subscribe to a letter by mail.
var formWords = regexp.MustCompile(`(?i)newsletter|sign up|sign me|e-?mail|inbox|subscribe|surel`)

// repeated reports whether a unit's words stand in the text twice; a list of the
// headings before the text does not count.
func (d *dump) repeated(i int) bool {
	f := fold(clip(d.units[i].text, 400))
	if d.seen[f] <= 1 {
		return false
	}
	for j := i + 1; j < len(d.units) && j < i+400; j++ {
		if fold(clip(d.units[j].text, 400)) == f {
			return true
		}
	}
	for j := d.from; j < i && j > i-400; j++ {
		if fold(clip(d.units[j].text, 400)) == f {
			return d.units[j].field != ""
		}
	}
	return d.seen[f] > 2
}

// rate is a line that an agency puts below its text: "($1 = 15,640 rupiah)".
var rate = regexp.MustCompile(`^\(\s*(?:[$€£¥]|US\$|Rp\.? ?)?\d[\d.,]* ?[\p{L} ]{0,30}=\s*[^()]{2,60}\)$`)

func quoted(s string) bool {
	r, _ := splitRune(s)
	return strings.ContainsRune("\"“‘'", r) && wordCount(s) >= 3
}
