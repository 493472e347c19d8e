package extract

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

// Text finds the story in a plain text that was copied from a page, with the
// furniture around it. It stands any input: too much of it is fault.TooLarge,
// everything else becomes some Page, be it one without a story.
func Text(src string, opt Options) (*Page, error) {
	if len(src) > MaxPage {
		return nil, tooLarge(len(src))
	}
	if err := opt.normal(); err != nil {
		return nil, err
	}
	d := &dump{reader: reader{opt: &opt, page: &Page{Kind: Story, URL: opt.URL, Method: "text"}}}
	d.cut(strings.ToValidUTF8(src, "\uFFFD"))
	d.page.Language = guessLanguage(d.sample())
	if d.page.Language == "" {
		d.page.Language = leaning(d.sample())
	}
	d.when = opt.reading(d.page.Language)
	d.portal = opt.Portals.of(hostOf(opt.URL))
	if d.portal != nil && d.portal.name != "" {
		d.page.Site = d.portal.name
	}
	d.look()
	d.ownNames()
	d.digests()
	d.story()
	if d.page.Site == "" {
		d.page.Site = hostOf(opt.URL)
	}
	d.finish()
	return d.page, nil
}

// dump is a text as it is read.
type dump struct {
	reader
	lines []string
	units []*unit
	// seen counts how often a unit's words stand in the text.
	seen map[string]int
	// from and to bound the body: the first and behind the last unit of it.
	from, to int
	html     bool // the units are segments of a page of HTML
}

// unit is a line, or the lines of one paragraph of a text that is wrapped to a
// width.
type unit struct {
	first, last int // lines, from 0
	text        string
	words       int
	blankBefore bool
	bullet      bool
	cells       []string // its parts, where tabs or several spaces part them

	kinds []label
	part  label // it opens a part that is not the story's
	furn  label // it is furniture
	kind  label // it is a label with, or without, a value
	value string
	date  bool // it is hardly more than a date
	ago   bool // "2 jam lalu"
	prose bool
	title bool // it has the form of a headline

	field string
	why   string
	cut   int // bytes at the beginning that are a dateline nobody else will take out
}

const maxLines = 50_000

// cut makes units of the lines.
func (d *dump) cut(src string) {
	src = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\f", "\n").Replace(src)
	d.lines = strings.Split(src, "\n")
	if len(d.lines) > maxLines {
		rest := strings.Join(d.lines[maxLines-1:], " ")
		d.lines = append(d.lines[:maxLines-1:maxLines-1], rest)
	}
	wrapped := isWrapped(d.lines)
	blank := false
	var cur *unit
	for i, raw := range d.lines {
		text := oneLine(raw)
		if text == "" || !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			blank, cur = true, nil
			continue
		}
		if wrapped && cur != nil && d.joins(d.lines[cur.last], raw) {
			cur.last = i
			cur.text += " " + text
			blank = false
			continue
		}
		cur = &unit{first: i, last: i, text: text, blankBefore: blank, cells: cellsOf(raw)}
		d.units = append(d.units, cur)
		blank = false
	}
}

// spaced is what parts the cells of a row that was copied from a page.
var spaced = regexp.MustCompile(`\t+|[ \x{a0}]{2,}`)

// cellsOf returns the parts of a short line that tabs or several spaces part, nil
// if there is one.
func cellsOf(raw string) []string {
	if len(raw) > 400 {
		return nil
	}
	var out []string
	for _, c := range spaced.Split(strings.TrimSpace(raw), 12) {
		if c = oneLine(c); c != "" {
			out = append(out, c)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// isWrapped reports whether a text was broken to a width, as mail is: hardly a
// line is long, and many of them end amid a sentence just below the same width.
func isWrapped(lines []string) bool {
	n, full, long, widest := 0, 0, 0, 0
	for _, l := range lines {
		if s := strings.TrimRight(l, " \t"); s != "" {
			widest = max(widest, min(len([]rune(s)), 200))
		}
	}
	if widest > 120 || widest < 50 {
		return false
	}
	for i, l := range lines {
		s := strings.TrimRight(l, " \t")
		if strings.TrimSpace(s) == "" {
			continue
		}
		n++
		size := len([]rune(s))
		if size > widest*3/4 {
			long++
			if !endsSentence(s) && i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" {
				full++
			}
		}
	}
	return n >= 6 && full*3 >= long*2 && full >= 4
}

// joins reports whether a line goes on in the next one.
func (d *dump) joins(before, line string) bool {
	if len([]rune(strings.TrimSpace(before))) < 40 || strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t") {
		return false
	}
	if _, _, ok := d.opt.Labels.labelled(oneLine(line)); ok {
		return false
	}
	return len(d.opt.Labels.kinds(oneLine(line))) == 0
}

func (d *dump) sample() string {
	var b strings.Builder
	for _, u := range d.units {
		if wordCount(u.text) > 10 {
			b.WriteString(clip(u.text, 2000) + " ")
			if b.Len() > 8000 {
				break
			}
		}
	}
	if b.Len() == 0 {
		for _, u := range d.units[:min(len(d.units), 200)] {
			b.WriteString(clip(u.text, 200) + " ")
		}
	}
	return b.String()
}

// finish writes lines and body.
func (d *dump) finish() {
	p := d.page
	at := make([]*unit, len(d.lines))
	for _, u := range d.units {
		for i := u.first; i <= u.last; i++ {
			at[i] = u
		}
	}
	for i, raw := range d.lines {
		l := Line{No: i + 1, Text: oneLine(raw), Verdict: Blank}
		switch u := at[i]; {
		case u == nil && l.Text == "":
		case u == nil:
			l.Verdict, l.Why = Furniture, "no word"
		case u.field != "":
			l.Verdict, l.Field, l.Why = Kept, u.field, u.why
		default:
			l.Verdict, l.Why = Furniture, u.why
			if l.Why == "" {
				l.Why = d.whyNot(u)
			}
		}
		p.Lines = append(p.Lines, l)
	}
	if p.Kind != Story {
		return
	}
	var text, body strings.Builder
	list := false
	for _, u := range d.units {
		switch u.field {
		case FieldBody, FieldDateline, FieldReadAlso, FieldSource, FieldCaption:
			text.WriteString(u.text + "\n")
		}
		item := u.field == FieldBody && u.bullet && u.words <= 60
		if list && !item && u.field == FieldBody {
			body.WriteString("</ul>\n")
			list = false
		}
		if item && !list {
			body.WriteString("<ul>\n")
			list = true
		}
		switch {
		case item:
			s, _ := cutBullet(u.text)
			body.WriteString("<li>" + html.EscapeString(s) + "</li>\n")
		case u.field == FieldBody && u.why == whyHeading:
			body.WriteString("<h2>" + html.EscapeString(u.text) + "</h2>\n")
		case u.field == FieldDateline && standsAlone(u.text):
		case u.field == FieldBody || u.field == FieldDateline:
			body.WriteString("<p>" + html.EscapeString(strings.TrimLeft(u.text[u.cut:], " -–—")) + "</p>\n")
		case u.field == FieldReadAlso && u.value != "":
			if list {
				body.WriteString("</ul>\n")
				list = false
			}
			body.WriteString("<p>Baca juga: " + html.EscapeString(u.value) + "</p>\n")
		}
	}
	if list {
		body.WriteString("</ul>\n")
	}
	p.text, p.Body = text.String(), body.String()
}

const (
	whyHeading = "a heading between paragraphs"
	whyItem    = "an item of a list"
)

// whyNot says why a unit is furniture.
func (d *dump) whyNot(u *unit) string {
	switch {
	case d.page.Kind != Story:
		return "the text is no story"
	case u.furn != "":
		return furnitureWhy[u.furn]
	case u.part != "":
		return furnitureWhy[u.part]
	case u.first > 0 && d.to > 0 && d.to <= len(d.units) && d.to > d.from && u.first > d.units[d.to-1].last:
		return "after the story"
	case d.from < len(d.units) && u.first < d.units[d.from].first:
		return "before the story"
	}
	return "no part of the story"
}

func hostOf(address string) string {
	return (&meta{url: address}).host()
}
