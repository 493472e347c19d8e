package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// The stories are recombined from sentences of our own. A grammar file holds
// frames: kinds of event with their headlines, paragraphs, quotations and boxes.
// In a line {name} is a value of the story, the same wherever it stands, {name2}
// a second one of the same list, {name.1} its second field, and [a|b] one of
// several wordings.
//
//go:embed grammar/*.txt
var grammarFiles embed.FS

// kind says what a frame's stories need beside text.
type kind string

const (
	kindNews       kind = ""
	kindOpinion    kind = "opinion"
	kindGallery    kind = "gallery"
	kindVideo      kind = "video"
	kindClaim      kind = "claim"
	kindUnverified kind = "unverified"
	kindVerifies   kind = "verifies"
	kindReply      kind = "reply"
)

// frame is one kind of event.
type frame struct {
	section string // slug of its file; internasional is chosen by the story
	name    string
	weight  int
	kind    kind
	english bool
	tags    []string
	topics  []string
	vars    map[string]*variable

	dateline                                            text
	headlines, standfirsts, leads, paragraphs           []text
	quotes, witnesses, subheads, pulls, common, attribs []text
	boxes, lists                                        [][]text
	tables                                              []table
}

type table struct {
	caption text
	rows    [][]text
}

// grammar is all frames by section. It is read only once it is made.
type grammar struct {
	lists  map[string]*variable
	frames map[string][]*frame
	turns  map[string][]*frame // the order in which a section's frames come
}

// variable is something that differs from story to story.
type variable struct {
	key      uint64
	entries  [][]text // a list: entries with their fields
	lo, hi   int      // a number; with decimal in tenths
	step     int
	decimal  bool
	last     *variable // a person: entries are given names, last the family's
	addressF bool      // a person is called by the family name
}

func loadGrammar() (*grammar, error) {
	g := &grammar{lists: map[string]*variable{}, frames: map[string][]*frame{}, turns: map[string][]*frame{}}
	words, err := fs.ReadFile(grammarFiles, "grammar/words.txt")
	if err != nil {
		return nil, err
	}
	if err := g.readWords(string(words)); err != nil {
		return nil, err
	}
	names, err := fs.Glob(grammarFiles, "grammar/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name == "grammar/words.txt" {
			continue
		}
		data, err := fs.ReadFile(grammarFiles, name)
		if err != nil {
			return nil, err
		}
		r := &frameReader{g: g}
		for i, line := range strings.Split(string(data), "\n") {
			if err := r.line(strings.TrimSpace(line)); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
		}
		if err := r.finish(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for section, list := range g.frames {
		g.turns[section] = takeTurns(list)
	}
	return g, nil
}

func (g *grammar) readWords(data string) error {
	var list *variable
	raw := map[*variable][]string{}
	var order []*variable
	for _, line := range strings.Split(data, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if name, ok := strings.CutPrefix(line, "list "); ok {
			list = &variable{key: hashName(name)}
			g.lists[name] = list
			order = append(order, list)
			continue
		}
		raw[list] = append(raw[list], splitTop(line, '|')...)
	}
	for _, l := range order {
		for _, entry := range raw[l] {
			var fields []text
			for _, f := range strings.Split(entry, "~") {
				t, err := (&frameReader{g: g}).parse(f)
				if err != nil {
					return err
				}
				fields = append(fields, t)
			}
			l.entries = append(l.entries, fields)
		}
	}
	return nil
}

// frameReader reads the lines of one grammar file.
type frameReader struct {
	g       *grammar
	section string
	common  []string
	f       *frame // nil: before the first frame
	people  [2]string
	raw     [][2]string // sentences are parsed when all variables are known
}

func (r *frameReader) line(s string) error {
	if s == "" || strings.HasPrefix(s, "#") {
		return nil
	}
	word, rest, _ := strings.Cut(s, " ")
	switch word {
	case "section":
		r.section = strings.Fields(rest)[0]
		return nil
	case "common":
		return nil // what stands before the first frame belongs to all
	case "frame":
		return r.newFrame(strings.Fields(rest))
	}
	if r.f == nil {
		if word != "P" {
			return fmt.Errorf("%q stands before any frame", s)
		}
		r.common = append(r.common, rest)
		return nil
	}
	switch word {
	case "en":
		r.f.english = true
	case "kind":
		r.f.kind = kind(rest)
	case "tags":
		r.f.tags = strings.Fields(rest)
	case "place":
		r.f.vars["kota"] = r.g.lists[rest]
	case "people":
		r.people = [2]string(strings.Fields(rest))
	case "topic":
		for _, t := range strings.Split(rest, ";") {
			r.f.topics = append(r.f.topics, titleCase(strings.TrimSpace(t)))
		}
	case "var":
		name, spec, _ := strings.Cut(rest, " ")
		v, err := r.variable(name, spec)
		r.f.vars[name] = v
		return err
	default:
		r.raw = append(r.raw, [2]string{word, rest})
	}
	return nil
}

func (r *frameReader) newFrame(args []string) error {
	if err := r.finish(); err != nil {
		return err
	}
	r.f = &frame{section: r.section, name: args[0], vars: map[string]*variable{}}
	r.people = [2]string{"depan", "belakang"}
	var err error
	r.f.weight, err = strconv.Atoi(args[1])
	return err
}

// finish parses the sentences of the frame that ends here.
func (r *frameReader) finish() error {
	f := r.f
	if f == nil {
		return nil
	}
	for _, line := range r.raw {
		if err := r.sentence(f, line[0], line[1]); err != nil {
			return fmt.Errorf("frame %q, %s %q: %w", f.name, line[0], line[1], err)
		}
	}
	r.raw, r.f = nil, nil
	if err := r.addAttributions(f); err != nil {
		return err
	}
	for _, s := range r.common {
		t, err := r.parseFor(f, s)
		if err != nil {
			return fmt.Errorf("frame %q, P %q: %w", f.name, s, err)
		}
		if !f.english {
			f.common = append(f.common, t)
		}
	}
	r.g.frames[f.section] = append(r.g.frames[f.section], f)
	return nil
}

func (r *frameReader) sentence(f *frame, word, rest string) error {
	parts := strings.Split(rest, "::")
	var texts []text
	for _, p := range parts {
		t, err := r.parse(strings.TrimSpace(p))
		if err != nil {
			return err
		}
		texts = append(texts, t)
	}
	into := map[string]*[]text{"H": &f.headlines, "S": &f.standfirsts, "L": &f.leads, "P": &f.paragraphs,
		"Q": &f.quotes, "W": &f.witnesses, "T": &f.subheads, "X": &f.pulls}
	switch {
	case into[word] != nil:
		*into[word] = append(*into[word], texts[0])
	case word == "dateline":
		f.dateline = texts[0]
	case word == "B":
		f.boxes = append(f.boxes, texts)
	case word == "U":
		f.lists = append(f.lists, texts)
	case word == "R":
		t := table{caption: texts[0]}
		for _, p := range parts[1:] {
			var row []text
			for _, cell := range strings.Split(p, ";") {
				c, err := r.parse(strings.TrimSpace(cell))
				if err != nil {
					return err
				}
				row = append(row, c)
			}
			t.rows = append(t.rows, row)
		}
		f.tables = append(f.tables, t)
	default:
		return fmt.Errorf("there is no line of kind %q", word)
	}
	return nil
}

// The ways to say who said it: the first time with the office, then in short,
// and the same for the second voice.
var attributions = map[bool][4]string{
	false: {
		"[kata|ujar|tutur|jelas] {jabatan} {orang}[| dalam keterangan tertulis| kepada wartawan| saat ditemui][, {hari_ini}|]",
		"[kata|ujar|tutur|tambah|lanjut] {panggil}",
		"[kata|ujar|tutur] {orang2}, {jabatan2}",
		"[tambah|lanjut|ujar] {panggil2}",
	},
	true: {"said {orang}, {jabatan}", "{panggil} said", "said {orang2}, {jabatan2}", "{panggil2} [added|said]"},
}

func (r *frameReader) addAttributions(f *frame) error {
	if f.vars["jabatan"] == nil {
		return nil
	}
	for i, s := range attributions[f.english] {
		if i >= 2 && f.vars["jabatan2"] == nil {
			break
		}
		t, err := r.parseFor(f, s)
		if err != nil {
			return err
		}
		f.attribs = append(f.attribs, t)
	}
	return nil
}

var numberForm = regexp.MustCompile(`^(\d+)(?:,(\d))?-(\d+)(?:,(\d))?(?:/(\d+))?$`)

func (r *frameReader) variable(name, spec string) (*variable, error) {
	v := &variable{key: hashName(name), step: 1}
	if m := numberForm.FindStringSubmatch(spec); m != nil {
		v.lo, v.hi = atoi(m[1]), atoi(m[3])
		if v.decimal = m[2] != "" || m[4] != ""; v.decimal {
			v.lo, v.hi = v.lo*10+atoi(m[2]), v.hi*10+atoi(m[4])
		}
		if m[5] != "" {
			v.step = atoi(m[5])
		}
		if v.hi < v.lo {
			return nil, fmt.Errorf("the range %s is empty", spec)
		}
		return v, nil
	}
	for _, e := range splitTop(spec, '|') {
		t, err := r.parse(e)
		if err != nil {
			return nil, err
		}
		v.entries = append(v.entries, []text{t})
	}
	return v, nil
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // the pattern let digits through alone, and none is 0
	return n
}

func hashName(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
