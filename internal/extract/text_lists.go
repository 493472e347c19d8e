package extract

import (
	"regexp"
	"strings"
)

// resumes returns the unit at which the story goes on behind a list of other
// stories, 0 if it does not: paragraphs follow each other there, while in a list
// headlines stand between the teasers.
func (d *dump) resumes(from int, kind label) int {
	need := 2
	if kind == lLatest {
		need = 3
	}
	run, first := 0, 0
	for i := from; i < len(d.units) && i < from+60; i++ {
		u := d.units[i]
		switch {
		case u.part == lComments || u.part == lLegal || u.part == lLatest:
			return 0
		case u.prose:
			if run == 0 {
				first = i
			}
			if run++; run == need {
				return first
			}
		case u.furn != "" || u.kind == lReadAlso:
		case run == 1 && need == 2 && (isRole[string(u.kind)] || u.kind == lSource || u.kind == lTopics || isInitials(u.text)):
			return first // the last paragraph, and the story's own end behind it
		case run == 1 && inCapitals(u):
		default:
			run = 0
		}
	}
	return 0
}

// inCapitals tells a heading that is written in capitals.
func inCapitals(u *unit) bool {
	return u.title && u.words <= 10 && u.text == strings.ToUpper(u.text)
}

// prosePairAt reports whether the story goes on with this paragraph.
func (d *dump) prosePairAt(i int) bool {
	for j := i + 1; j < d.to; j++ {
		switch u := d.units[j]; {
		case j == i+1 && teaserEnds[fold(u.text)]:
			return false
		case u.prose:
			return true
		case u.furn != "", inCapitals(u):
		default:
			return false
		}
	}
	return true // the last one
}

// teaser takes a sentence out of the text that stands between the headline of
// another story and its date.
func (d *dump) teaser(i int) bool {
	if i == d.from || i+1 >= d.to || d.units[i].words > 40 {
		return false
	}
	head, next := d.units[i-1], d.units[i+1]
	if !head.title || head.words < 4 || !(next.date || next.ago) || next.words > 10 {
		return false
	}
	for _, t := range d.units[i-1 : i+2] {
		mark(t, "", "the teaser of another story")
	}
	return true
}

// teaserEnds are controls below the teaser of another story.
var teaserEnds = phrases("baca artikel", "baca selengkapnya", "selengkapnya", "read more", "read article", "read full story")

// numberedBefore reports whether an item with a number stands in the text already.
func (d *dump) numberedBefore(i int) bool {
	for _, u := range d.units[max(d.from, i-60):i] {
		if u.field == FieldBody && numbered(u.text) {
			return true
		}
	}
	return false
}

// pointers takes a read-also label and the headlines that belong to it.
func (d *dump) pointers(i int) {
	u := d.units[i]
	if u.value == "" && (i+1 >= len(d.units) || !d.pointsTo(d.units[i+1], 0)) {
		u.why = "points to nothing"
		return
	}
	u.field, u.why = FieldReadAlso, "points to another story"
	if u.value != "" {
		return
	}
	for j, n := i+1, 0; j < len(d.units) && n < 5; j, n = j+1, n+1 {
		t := d.units[j]
		if !d.pointsTo(t, n) {
			return
		}
		t.field, t.why = FieldReadAlso, "follows its label"
		t.value, _ = cutBullet(t.text)
		t.prose = false
	}
}

// pointsTo reports whether a unit behind a read-also label, and behind n others, is
// a headline that belongs to it.
func (d *dump) pointsTo(t *unit, n int) bool {
	sentence := t.prose && (t.words > 25 || n > 0 || strings.HasSuffix(t.text, ".") && capitals(t.text)*2 <= t.words)
	return (t.title || t.prose && !sentence) && (n == 0 || !t.blankBefore && d.seen[fold(clip(t.text, 400))] <= 1)
}

// afterColon reports whether a short unit is one of a list that a colon opens.
func (d *dump) afterColon(i int) bool {
	for j := i - 1; j >= d.from && j >= i-20; j-- {
		t := d.units[j]
		switch {
		case t.prose || t.field == FieldBody && t.why != whyItem:
			return strings.HasSuffix(strings.TrimSpace(t.text), ":")
		case t.field == FieldBody:
		default:
			return false
		}
	}
	return false
}

func numbered(s string) bool { return numberedItem.MatchString(s) }

var numberedItem = regexp.MustCompile(`^(?:\d{1,2}|[a-z])[.)]\s+\S`)
