package extract

import (
	"net/url"
	"strings"
)

// few is how many words a page may have at most for a sentence about itself
// ("halaman tidak ditemukan") to be what the page is about.
const few = 160

// mostlyLink is the share of a line that a headline of a list has at least: beside
// it there may be a date.
const mostlyLink = 0.65

// noStory tells pages that are no story. Nothing is made of them.
func (r *reader) noStory(reg *region) (Kind, string) {
	p := r.page
	body := len(Words(p.text))
	heads := append([]string{r.meta.title, p.Headline}, r.meta.heads...)
	if body < few {
		texts := heads
		for _, s := range r.segs {
			if n := wordCount(s.text); n > 0 && n <= 60 && len(texts) < 400 {
				texts = append(texts, s.text)
			}
		}
		if kind, why := selfTold(r.opt.Labels, heads, texts, body); kind != "" {
			return kind, why
		}
	}
	links, headlines := 0, 0
	for _, s := range r.segs {
		n := wordCount(s.text)
		if s.linkShare() > mostlyLink && n >= 4 && n <= 25 {
			headlines++
			links += n
		}
	}
	linked, size, told := 0, 0, 0 // letters of the region, and words of its paragraphs
	if reg != nil {
		for _, s := range segments(reg.root) {
			linked, size = linked+s.links, size+s.size
			if s.linkShare() < 0.3 && prose(s.text) {
				told += wordCount(s.text)
			}
		}
	}
	u, _ := url.Parse(p.URL)
	front := u != nil && u.Host != "" && (u.Path == "" || u.Path == "/") && u.RawQuery == ""
	article := r.meta.ld.kind != "" || strings.Contains(r.meta.one("og:type"), "article") || len(r.meta.micro["articlebody"]) > 0
	switch {
	case front && headlines >= 8 && !(article && body > 200):
		return Index, "it is the front page of a site, a list of links"
	case !article && headlines >= 12 && links > 2*body && body < 250:
		return Index, "it is a list of stories: most of its text is links"
	case !article && headlines >= 8 && 2*linked > size && told < 120:
		return Index, "it is a list of stories: most of its text is links"
	case r.meta.ld.list && !article && headlines >= 8 && body < 400:
		return Index, "it calls itself a list of stories"
	case reg == nil || body < 20:
		return Empty, "it has no running text that could be a story"
	}
	return "", ""
}

var toldAs = map[label]struct {
	kind Kind
	why  string
}{
	lMissing: {Missing, "it says that the page is not there"},
	lConsent: {Consent, "it is a wall that asks for consent; open the story in a browser and save that page"},
	lLogin:   {Login, "it is a wall that asks to sign in or to subscribe; there is no story behind it"},
	lCheck:   {Check, "it is a check for robots; open the story in a browser and save that page"},
}

// selfTold looks for what a short page says of itself: in its headings, or, if it
// has hardly any text, anywhere.
func selfTold(l *Labels, heads, texts []string, body int) (Kind, string) {
	for _, kind := range []label{lCheck, lMissing, lConsent, lLogin} {
		for _, h := range heads {
			if l.is(clip(h, 300), kind) && wordCount(h) <= 14 {
				return toldAs[kind].kind, toldAs[kind].why
			}
		}
	}
	if body >= 90 {
		return "", ""
	}
	for _, kind := range []label{lCheck, lMissing, lConsent, lLogin} {
		for _, t := range texts {
			if l.is(t, kind) {
				return toldAs[kind].kind, toldAs[kind].why
			}
		}
	}
	return "", ""
}
