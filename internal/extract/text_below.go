package extract

import (
	"regexp"
	"strings"
)

// below reads what stands behind the last paragraph: names, source, topics,
// initials; it ends where another part of the page begins.
func (d *dump) below() {
	end := d.belowEnd()
	told := false   // the topics, which end a story
	listed := false // behind the label of a list of other stories
	for i := d.to; i < end; i++ {
		u := d.units[i]
		switch {
		case u.part == lRelated:
			listed = true
			for i+1 < end && d.units[i+1].title {
				i++
			}
		case u.field != "":
		case u.kind == lReadAlso:
			if !listed && !told && (u.value != "" || i+1 < end && d.units[i+1].title) {
				d.pointers(i)
			}
		case isInitials(u.text):
			mark(u, FieldAuthor, "initials of who wrote and edited")
		case d.contributed(u):
		case !listed && i <= d.to+2 && u.words >= 2 && u.words <= 4 && u.furn == "" && u.part == "" && u.kind == "" && u.text == strings.ToUpper(u.text) && looksLikeName(u.text) && d.isPerson(u.text) && !d.isAuthor(u.text) && d.value(lWriter, u.text):
			mark(u, FieldAuthor, "a name in capitals behind the text")
		case u.kind == lSource && u.value != "" && d.value(lSource, u.value):
			mark(u, FieldSource, "a label and its value")
		case u.kind == lSource && u.value == "" && i+1 < end && looksLikeOutlet(d.units[i+1].text) && d.value(lSource, d.units[i+1].text):
			mark(u, FieldSource, "a label")
			mark(d.units[i+1], FieldSource, "follows its label")
		case u.kind == lTopics && u.value != "" && d.value(lTopics, u.value):
			mark(u, FieldTopics, "a label and its value")
		case u.kind == lTopics && u.value == "":
			d.topicLines(i, end)
			told = true
		case strings.HasPrefix(u.text, "#") && u.words <= 12 && d.value(lTopics, strings.ReplaceAll(u.text, "#", ",#")):
			mark(u, FieldTopics, "a topic")
		case listed:
		case !d.html && i <= d.to+4 && d.bareTopics(i, end):
		case u.date && u.kind == lModified || u.date && u.kind == lPublished:
			if d.dates(u) {
				mark(u, FieldDate, "a label and its date")
			}
		}
	}
	for i := d.to; i < end; i++ {
		if d.units[i].part == lRelated {
			end = i // names in a list are those of other stories
		}
	}
	d.names(d.to, end)
}

// belowEnd returns the unit at which another part of the page begins.
func (d *dump) belowEnd() int {
	end := min(len(d.units), d.to+25)
	for i := d.to; i < end; i++ {
		u := d.units[i]
		if u.part != "" && u.part != lLegal && u.part != lRelated && !d.goesOn(i, end) || u.prose && u.words > 25 {
			return i
		}
	}
	return end
}

// goesOn reports whether what opens the comments is a control, and the story's own
// topics, names or source stand behind it.
func (d *dump) goesOn(i, end int) bool {
	if d.units[i].part != lComments || d.units[i].words > 8 {
		return false
	}
	for j := i + 1; j < end && j <= i+6; j++ {
		switch t := d.units[j]; {
		case t.kind == lTopics, t.kind == lSource, isRole[string(t.kind)]:
			return true
		case t.part != "" && t.part != lComments, t.prose && t.furn == "":
			return false
		}
	}
	return false
}

// helped is a sentence that names who else worked on a story.
var helped = regexp.MustCompile(`(?i)^(.{3,120}?)\s+(?:also |turut |ikut )?(?:contributed (?:to this|to the|reporting|research)|berkontribusi (?:dalam|pada|untuk|atas) (?:laporan|artikel|penulisan|tulisan|berita|liputan))\b.{0,60}$`)

// office is what stands before the names in such a sentence.
var office = regexp.MustCompile(`^.*(?:\b(?:writers?|reporters?|journalists?|correspondents?|staff|wartawan|jurnalis|koresponden|kontributor)|['’]s)\s+`)

// contributed takes the names of a sentence such as "Sari Dewi in Kupang
// contributed to this report."
func (d *dump) contributed(u *unit) bool {
	if u.words > 40 || u.furn != "" || u.part != "" {
		return false
	}
	m := helped.FindStringSubmatch(u.text)
	if m == nil {
		return false
	}
	names := unplaced(office.ReplaceAllString(m[1], ""))
	if !looksLikeNames(names) || !d.value("contributor", names) {
		return false
	}
	mark(u, FieldAuthor, "names who else worked on the story")
	return true
}

// about takes what is said of the authors off the end of the text: their name
// again, and lines on what they write about.
func (d *dump) about() {
	for i := d.to - 1; i > d.from; i-- {
		if u := d.units[i]; u.field == FieldBody && !d.aboutAuthor(u) {
			break
		} else if u.field == FieldBody {
			d.leave(i)
		}
	}
	left := 0
	for i := d.to - 1; i > d.from+1 && left <= 3; i-- {
		u := d.units[i]
		if u.words <= 6 && !u.prose && d.isAuthor(u.text) && u.field != FieldAuthor {
			for j := i; j < d.to; j++ {
				if d.units[j].field == FieldBody {
					d.leave(j)
				}
			}
			d.to = i
			return
		}
		if u.prose {
			left++
		}
	}
}

func (d *dump) leave(i int) { mark(d.units[i], "", "about who wrote the story") }

func (d *dump) isAuthor(name string) bool {
	for _, a := range d.page.Authors {
		if fold(a.Name) == fold(name) {
			return true
		}
	}
	return false
}

// trade are words by which a line tells what somebody does for the outlet.
var trade = regexp.MustCompile(`(?i)^\S+(?: \S+){0,3}? (?:is|was|covers|writes|reports|joined|leads|edits|adalah|merupakan|menulis|meliput|bergabung)\b.*`)
var trades = regexp.MustCompile(`(?i)\b(?:reporters?|correspondent|writer|editor|journalist|columnist|covers|covering|reports on|writes about|based in|jurnalis|wartawan|reporter|koresponden|penulis|redaktur|meliput)\b`)

// aboutAuthor reports whether a paragraph begins with the name of an author and
// says what that person writes.
func (d *dump) aboutAuthor(u *unit) bool {
	if u.words > 70 || !trade.MatchString(u.text) || !trades.MatchString(u.text) {
		return false
	}
	words := Words(clip(u.text, 80))
	for _, a := range d.page.Authors {
		for _, n := range Words(a.Name) {
			if len(words) > 0 && len(n) > 2 && (words[0] == n || len(words) > 1 && words[1] == n) {
				return true
			}
		}
	}
	return false
}

// bareTopics takes two or more short lines in small letters directly behind the
// story: topics without a label.
func (d *dump) bareTopics(i, end int) bool {
	n, mixed := 0, 0
	for j := i; j < end && j < i+12; j++ {
		t := d.units[j]
		if t.words > 4 || t.text != strings.ToLower(t.text) || t.text == strings.ToUpper(t.text) || t.furn != "" || t.part != "" || t.kind != "" || t.date || t.ago || t.bullet || endsSentence(t.text) || strings.Contains(t.text, "@") || isInitials(t.text) {
			break
		}
		n++
	}
	for j := i; n < 2 && j < end && j < i+12 && d.units[j].words <= 3 && d.units[j].furn == "" && d.units[j].part == "" && d.units[j].kind == "" && !isInitials(d.units[j].text); j++ {
		mixed++
	}
	if next := i + mixed; n < 2 && i == d.to && mixed >= 2 && (next == len(d.units) || d.units[next].part != "" || d.units[next].furn != "") {
		n = mixed // then another part of the page begins
	}
	if n < 2 {
		return false
	}
	for _, t := range d.units[i : i+n] {
		if d.value(lTopics, t.text) {
			mark(t, FieldTopics, "a short line in small letters behind the story")
		}
	}
	return true
}

// topicLines takes the lines behind a label of topics.
func (d *dump) topicLines(i, end int) {
	took := false
	for j := i + 1; j < end && j <= i+15; j++ {
		t := d.units[j]
		s := strings.TrimLeft(t.text, "# ")
		if t.furn != "" || t.part != "" || t.kind != "" || t.date || t.prose || t.words > 5 || took && t.blankBefore && !strings.HasPrefix(t.text, "#") || !d.value(lTopics, s) {
			break
		}
		mark(t, FieldTopics, "follows its label")
		took = true
	}
	if took {
		mark(d.units[i], FieldTopics, "a label")
	}
}
