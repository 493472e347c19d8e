package ingest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"warta/internal/news"
)

// creditName is a credit whose person is still a name.
type creditName struct {
	name string
	role news.Role
}

// roleWords are the words for roles in bylines and in the relations of people.
var roleWords = map[string]news.Role{
	"penulis": news.Writer, "writer": news.Writer, "author": news.Writer, "creator": news.Writer, "oleh": news.Writer,
	"by": news.Writer, "byline": news.Writer, "teks": news.Writer, "text": news.Writer, "creatorby": news.Writer,
	"reporter": news.Reporter, "pewarta": news.Reporter, "wartawan": news.Reporter, "laporan": news.Reporter,
	"editor": news.Editor, "penyunting": news.Editor, "redaktur": news.Editor,
	"fotografer": news.Photographer, "photographer": news.Photographer, "foto": news.Photographer, "photo": news.Photographer,
	"pewarta foto": news.Photographer,
	"videografer":  news.Videographer, "videographer": news.Videographer, "video": news.Videographer, "kamera": news.Videographer,
	"penerjemah": news.Translator, "translator": news.Translator, "alih bahasa": news.Translator,
	"kontributor": news.Contributor, "contributor": news.Contributor, "koresponden": news.Contributor, "correspondent": news.Contributor,
	"tim redaksi": news.Team, "tim liputan": news.Team, "team": news.Team, "tim": news.Team,
}

var (
	// byParts separates groups with their own label: "Penulis: A | Editor: B".
	byParts = regexp.MustCompile(`\s*[|;\n•·]\s*|\s+[–—]\s+`)
	// byNames separates names: "A and B", "A, B dan C", "A & B".
	byNames = regexp.MustCompile(`(?i)\s*,\s*(?:and|dan|serta|und|y|et|och|og)\s+|\s+(?:and|dan|serta|und|och|og)\s+|\s*[,&]\s*|\s+/\s+`)
	byLabel = regexp.MustCompile(`^([\p{L} ]{2,20}?)\s*:\s*`)
	// byPrefix are words before a name that are no label: "Oleh Sari", "Von X".
	byPrefix = regexp.MustCompile(`^(?i:by|oleh|von|par|por|av|af|di)\s+(?:\p{Lu})`)
	// degrees follow a name after a comma and are part of it.
	degrees = regexp.MustCompile(`^(?:[SMD]\.[A-Za-z]{1,6}\.?(?:[A-Za-z]{1,6}\.?)*|Ph\.?D\.?|Jr\.?|Sr\.?|MBA|SH|SE|MM|MH)$`)
)

// splitByline reads a byline. What stands in it and is an agency or an outlet
// is no person and comes back as a source.
func (c *converter) splitByline(by string, it *item) (credits []creditName, sources []string) {
	for _, part := range byParts.Split(by, -1) {
		role := news.Writer
		names := joinDegrees(byNames.Split(part, -1))
		for i, name := range names {
			if m := byLabel.FindStringSubmatch(name); m != nil {
				if r, ok := roleWords[strings.ToLower(strings.TrimSpace(m[1]))]; ok {
					role, name = r, name[len(m[0]):]
				}
			}
			if byPrefix.MatchString(name) {
				name = name[strings.IndexByte(name, ' ')+1:]
			}
			name = trimName(name)
			switch {
			case name == "":
			case c.isOutlet(name, it), i > 0 && looksLikeOutlet(name):
				sources = append(sources, name)
			default:
				credits = append(credits, creditName{name, role})
			}
		}
	}
	return credits, sources
}

// trimName takes off what stands around a name. A full stop belongs to the name
// after an initial or a degree.
func trimName(s string) string {
	s = strings.Trim(oneLine(s), " ,:()[]")
	if last := s[strings.LastIndexByte(s, ' ')+1:]; len(last) > 5 || last == "." {
		s = strings.TrimRight(s, ". ")
	}
	return s
}

// joinDegrees puts back together what a comma inside of one name has cut.
func joinDegrees(parts []string) (names []string) {
	for _, p := range parts {
		if n := len(names); n > 0 && degrees.MatchString(p) && strings.ContainsRune(names[n-1], ' ') {
			names[n-1] += ", " + p
			continue
		}
		names = append(names, p)
	}
	return names
}

// isOutlet reports whether a name in a byline is the item's provider or one of
// the agencies that datelines know.
func (c *converter) isOutlet(name string, it *item) bool {
	if strings.EqualFold(name, it.CopyrightHolder) || c.datelines.known(name) {
		return true
	}
	return slices.ContainsFunc(it.InfoSources, func(s concept) bool { return strings.EqualFold(name, s.Name) })
}

// looksLikeOutlet is asked for what follows a name: "Trond Husø, The Database".
func looksLikeOutlet(name string) bool {
	if strings.HasPrefix(name, "The ") || hostName.MatchString(name) {
		return true
	}
	upper := 0
	for _, r := range name {
		if unicode.IsUpper(r) {
			upper++
		}
	}
	n := utf8.RuneCountInString(name)
	return n <= 6 && upper == n || upper == 0 && unicode.IsLetter(rune(name[0]))
}

var hostName = regexp.MustCompile(`(?i)^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|co|id|net|news|tv|org|info)$`)

// credits returns the byline and the sources of an item. People are credited
// when their relation says what they did; others are what the story is about.
func (c *converter) credits(it *item, d *draft) {
	credits, found := c.splitByline(it.By, it)
	for _, p := range it.People {
		name := oneLine(p.Name)
		role, ok := roleOf(p)
		switch {
		case name == "":
		case ok:
			if i := slices.IndexFunc(credits, func(x creditName) bool { return strings.EqualFold(x.name, name) }); i >= 0 {
				credits[i].role = role
				continue
			}
			credits = append(credits, creditName{name, role})
		case lastWord(p.Rel) == "about":
			d.topics = append(d.topics, name)
		default:
			d.report.Add(IgnoredField, "people", name)
		}
	}
	var sources []string
	for _, s := range it.InfoSources {
		switch name := oneLine(s.Name); {
		case name != "":
			sources = append(sources, name)
		case s.Literal != "":
			sources = append(sources, oneLine(s.Literal))
		}
	}
	for _, name := range found {
		if len(it.InfoSources) == 0 {
			d.report.Add(MovedSource, "by", name)
			sources = append(sources, name)
		}
	}
	d.credits, d.sources = credits, sources
}

// roleOf returns the role that the relation of a person names, as a word or as
// the last part of an address ("…/contentprodpartyrole/editor").
func roleOf(p concept) (news.Role, bool) {
	for _, word := range []string{p.Rel, p.Role} {
		if r, ok := roleWords[lastWord(word)]; ok {
			return r, true
		}
	}
	return "", false
}

// lastWord returns the last part of an address or a code in lower case.
func lastWord(s string) string {
	s = strings.TrimRight(strings.ToLower(strings.TrimSpace(s)), "/#")
	return s[strings.LastIndexAny(s, "/#:")+1:]
}

// The most credits, topics and sources that a story takes; news refuses more.
const (
	maxCredits = 50
	maxTopics  = 50
	maxSources = 20
	maxName    = 120 // bytes of a name of a person, topic or source
)

// settle removes repetitions and what is over the limits.
func (d *draft) settle() {
	seen := map[creditName]bool{}
	d.credits = slices.DeleteFunc(d.credits, func(c creditName) bool {
		k := creditName{strings.ToLower(c.name), c.role}
		again := seen[k] || len(seen) == maxCredits || len(c.name) > maxName
		if again && !seen[k] {
			d.report.Add(IgnoredField, "by", c.name)
		}
		seen[k] = seen[k] || !again
		return again
	})
	d.topics = d.distinct("subjects", d.topics, maxTopics)
	d.sources = d.distinct("infoSources", d.sources, maxSources)
}

func (d *draft) distinct(field string, names []string, most int) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(n string) bool {
		k := strings.ToLower(n)
		switch {
		case n == "" || seen[k]:
			return true
		case len(n) > maxName || len(seen) == most || !strings.ContainsFunc(n, isLetterOrDigit):
			d.report.Add(IgnoredField, field, n)
			return true
		}
		seen[k] = true
		return false
	})
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
