package extract

import (
	"regexp"
	"strings"
)

var (
	// counter is the number of a picture or page: "1 of 5", "Halaman 1/2".
	counter = regexp.MustCompile(`(?i)^(?:(?:halaman|page|hal|foto|photo|slide)\.?\s*:?\s*)?\d{1,3}\s*(?:of|dari|/)\s*\d{1,3}(?:\s*(?:halaman|pages|foto|photos))?\W*$`)
	// pageNo is the number of a page alone.
	pageNo = regexp.MustCompile(`(?i)^(?:halaman|page|hal)\.?\s*:?\s*\d{1,3}$`)
	// running is where a player stands: "00:00 / 02:31".
	running = regexp.MustCompile(`^(?:\d{1,2}:)?\d{1,2}:\d{2}(?:\s*/\s*(?:\d{1,2}:)?\d{1,2}:\d{2})?$`)
	// tally is a number with little behind it: "12 likes", "1,2 rb", "9 min".
	tally = regexp.MustCompile(`^[+#]?\d+(?:[.,]\d+)?\s?(?:rb|ribu|jt|k|m|x)?\+?$`)
)

// jobTitle is what somebody is for the outlet, as it stands below a name: "Rural
// Affairs Correspondent".
var jobTitle = regexp.MustCompile(`^(?:\p{Lu}[\p{L}&'’\-]*,? (?:and |of |& )?){1,6}(?i:correspondent|reporter|editor|writer|columnist|journalist|bureau chief|producer)(?:, \p{Lu}[\p{L} ]+| in \p{Lu}[\p{L} ]+)?$`)

// clickHere ends a pointer that is a call-out.
var clickHere = regexp.MustCompile(`(?i)\b(?:klik (?:di ?sini|link|tautan)|click here)\b`)

// digest are labels of a box with the story in short.
var digest = phrases("intinya sih", "ringkasan", "ringkasan berita", "ringkasan artikel", "inti berita", "inti artikel", "poin penting", "poin poin penting", "poin utama", "baca 10 detik", "key points", "key takeaways", "takeaways", "highlights", "at a glance", "in brief", "in short", "summary", "quick read", "quick summary", "the gist", "what to know", "sekilas")

// maxDigest bounds how many lines such a box has, and how many words a line.
const (
	maxDigest      = 6
	maxDigestWords = 20
)

// digests takes boxes with the story in short out of what can be the story.
func (d *dump) digests() {
	for i, u := range d.units {
		if u.words > 4 || !digest[fold(u.text)] {
			continue
		}
		for j := i; j < len(d.units) && j <= i+maxDigest; j++ {
			t := d.units[j]
			if j > i && (t.words > maxDigestWords || t.date || t.kind != "" || t.part != "" || t.furn != "" || isCaption(t.text) || j > i+1 && t.blankBefore != d.units[i+1].blankBefore || d.opens(t.text)) {
				break
			}
			t.prose, t.title, t.furn, t.why = false, false, lAction, "the story in short"
		}
	}
}

// writtenAt are labels that a place follows.
var writtenAt = phrases("reporting from", "melaporkan dari", "dilaporkan dari")

// enclosed are blocks that a page opens and closes with words for programs that
// read it aloud.
var enclosed = []struct {
	open, end *regexp.Regexp
	kind      label
}{
	{regexp.MustCompile(`(?i)^skip past newsletter promotion`), regexp.MustCompile(`(?i)^after newsletter promotion`), lCallout},
	{regexp.MustCompile(`(?i)^list of \d+ items$`), regexp.MustCompile(`(?i)^end of list$`), lRelated},
}

// maxEnclosed bounds how many lines such a block may have.
const maxEnclosed = 40

// look says of every unit what can be told from it alone.
func (d *dump) look() {
	d.seen = map[string]int{}
	for _, u := range d.units {
		d.lookAt(u)
	}
	for i, u := range d.units {
		if i > 0 && u.words <= 6 && !u.prose && writtenAt[fold(d.units[i-1].text)] {
			u.title, u.furn, u.why = false, lNav, "where the story was written"
		}
		for _, e := range enclosed {
			if !e.open.MatchString(u.text) {
				continue
			}
			for j := i; j < len(d.units) && j < i+maxEnclosed; j++ {
				if e.end.MatchString(d.units[j].text) {
					d.enclose(i, j, e.kind)
					break
				}
			}
		}
	}
}

// enclose makes furniture of some units.
func (d *dump) enclose(from, to int, kind label) {
	for _, u := range d.units[from : to+1] {
		u.part, u.prose, u.title, u.date = "", false, false, false
		u.furn = lCallout
		u.why = furnitureWhy[kind]
	}
}

func (d *dump) lookAt(u *unit) {
	l := d.opt.Labels
	text := u.text
	if rest, ok := cutBullet(text); ok {
		u.bullet, text = true, rest
	}
	u.words = wordCount(text)
	d.seen[fold(clip(text, 400))]++
	u.kinds = l.kinds(text)
	if u.words <= 30 {
		u.date = d.dateLike(text)
		_, u.ago = relativeTo(text, d.opt.Fetched)
	}
	for _, k := range u.kinds {
		if isPart[string(k)] && u.part == "" && !(isList[k] && (u.words > 12 || strings.HasSuffix(text, "."))) {
			u.part = k
		}
		if isFurniture[string(k)] && u.furn == "" {
			u.furn = k
		}
	}
	if kind, value, ok := l.labelled(text); ok && !(kind == lReadAlso && value == "" && u.part != "") {
		u.kind, u.value = kind, value
	} else if u.words >= 2 && u.words <= 8 && jobTitle.MatchString(text) {
		u.kind = "reporter"
	}
	if u.kind == "" && len(u.cells) > 1 {
		if kind, value, ok := l.labelled(u.cells[0]); ok && value == "" && kind != lReadAlso {
			u.kind, u.value = kind, strings.Join(u.cells[1:], ", ")
		}
	}
	if u.kind == lSource && slashed.MatchString(u.value) {
		u.kind = lCaption // whose picture it is
	}
	if u.kind == lReadAlso && clickHere.MatchString(u.value) {
		u.kind, u.value, u.furn = "", "", lCallout
	}
	if u.kind == "" && u.words <= longest && u.words > 3 {
		if parts := d.rolesOf(u); len(parts) > 1 {
			u.kind, u.value, _ = l.labelled(parts[0])
		} else if inner := unbracketed(text); inner != text {
			if kind, value, ok := l.labelled(inner); ok && isRole[string(kind)] {
				u.kind, u.value = kind, value
			}
		}
	}
	if u.furn == "" && u.kind == "" && !u.bullet && !numbered(text) && callsOut(text) {
		u.furn = lCallout
	}
	if k, ok := l.row(text); ok && u.furn == "" && u.part == "" && u.kind == "" && !u.date {
		u.furn = k
	}
	if u.furn == "" && u.part == "" && u.kind == "" && !u.date {
		u.furn = controlOf(text)
	}
	asks := strings.HasSuffix(text, "?") && u.words < 14 && strings.Count(text, ". ") == 0 // a question alone is a heading, or a headline
	u.prose = !asks && u.furn == "" && u.part == "" && !u.date && prose(text) && (u.kind == "" || u.words > 30 && isRole[string(u.kind)])
	u.title = !u.prose && u.furn == "" && u.part == "" && u.kind == "" && !u.date && !u.ago && u.words >= 3 && u.words <= 28 && len(text) <= 260
}

// isList are the parts that open a list of other stories: their words are short.
var isList = map[label]bool{lRelated: true, lLatest: true}

// controlOf tells counters and the like by their form.
func controlOf(text string) label {
	switch {
	case running.MatchString(text):
		return lPlayer
	case counter.MatchString(text), pageNo.MatchString(text):
		return lNav
	case tally.MatchString(text):
		return lAction
	}
	return ""
}

// cutBullet takes the mark of a list off a line.
func cutBullet(s string) (string, bool) {
	for _, mark := range []string{"• ", "- ", "* ", "– ", "· ", "▪ ", "■ ", "● ", "◦ ", "‣ "} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return s, false
}

// dateLike reports whether a line is a date with little beside it.
func (d *dump) dateLike(text string) bool {
	for _, piece := range strings.Split(text, "|") {
		if _, value, ok := d.opt.Labels.labelled(strings.TrimSpace(piece)); ok && value != "" {
			piece = value
		}
		if _, rest, ok := d.when.find(piece); ok && wordCount(rest) <= 4 && !endsSentence(strings.TrimSuffix(rest, ".")) {
			return true
		}
	}
	return false
}
