package demo

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"warta/internal/lang"
)

// text is a sentence with its slots, ready to be written out.
type text []node

// node is a piece of a text: plain, a slot, or one of several wordings.
type node struct {
	plain string
	slot  *slot
	alts  []text
}

// slot is a place where a value of the story goes.
type slot struct {
	name     string
	v        *variable
	instance int // 1, 2, 3: different values of one list
	field    int
	date     int // of dateForms; 0: not a date
	days     int
	short    bool // a person's short name; a date's weekday
	target   bool
}

// Forms of a date.
const (
	noDate    = iota
	houseDate // Jumat (7/1/2022)
	longDate  // 7 Januari 2022
)

func (r *frameReader) parse(s string) (text, error) { return r.parseFor(r.f, s) }

// parseFor reads a sentence; slots are looked up in the frame, then in the
// shared lists.
func (r *frameReader) parseFor(f *frame, s string) (text, error) {
	s = curlyQuotes(s)
	var out text
	for s != "" {
		i := strings.IndexAny(s, "{[]|}")
		if i < 0 {
			return append(out, node{plain: s}), nil
		}
		if i > 0 {
			out = append(out, node{plain: s[:i]})
		}
		switch s[i] {
		case '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return nil, fmt.Errorf("a brace is not closed")
			}
			sl, err := r.slot(f, s[i+1:i+end])
			if err != nil {
				return nil, err
			}
			out, s = append(out, node{slot: sl}), s[i+end+1:]
		case '[':
			end := closing(s[i:])
			if end < 0 {
				return nil, fmt.Errorf("a bracket is not closed")
			}
			var alts []text
			for _, a := range splitTop(s[i+1:i+end], '|') {
				t, err := r.parseFor(f, a)
				if err != nil {
					return nil, err
				}
				alts = append(alts, t)
			}
			out, s = append(out, node{alts: alts}), s[i+end+1:]
		default:
			return nil, fmt.Errorf("%q stands alone", s[i])
		}
	}
	return out, nil
}

var (
	dateSlot = regexp.MustCompile(`^(hari_ini|kemarin|besok|date|nextday|tgl)([+-]\d+)?(\.pendek)?$`)
	nameSlot = regexp.MustCompile(`^([a-z_]+?)(\d?)(?:\.(\d))?$`)
)

func (r *frameReader) slot(f *frame, name string) (*slot, error) {
	if name == "target" {
		return &slot{name: name, target: true}, nil
	}
	if m := dateSlot.FindStringSubmatch(name); m != nil {
		s := &slot{name: name, date: houseDate, short: m[3] != ""}
		switch m[1] {
		case "kemarin":
			s.days = -1
		case "besok", "nextday":
			s.days = 1
		case "tgl":
			s.date, s.days = longDate, atoi(strings.TrimPrefix(m[2], "+"))
			if strings.HasPrefix(m[2], "-") {
				s.days = -atoi(m[2][1:])
			}
		}
		return s, nil
	}
	if f != nil && name != "kota" && f.vars[name] != nil { // a name may end in a digit
		return &slot{name: name, v: f.vars[name], instance: 1}, nil
	}
	m := nameSlot.FindStringSubmatch(name)
	if m == nil {
		return nil, fmt.Errorf("there is no value {%s}", name)
	}
	s := &slot{name: name, instance: max(atoi(m[2]), 1), field: atoi(m[3])}
	switch base := m[1]; {
	case base == "orang" || base == "panggil":
		s.short = base == "panggil"
		s.v = r.person()
	case f != nil && f.vars[base] != nil:
		s.v = f.vars[base]
	case r.g.lists[base] != nil:
		s.v = r.g.lists[base]
	default:
		return nil, fmt.Errorf("there is no value {%s}", name)
	}
	return s, nil
}

func (r *frameReader) person() *variable {
	first, last := r.g.lists[r.people[0]], r.g.lists[r.people[1]]
	return &variable{key: hashName("orang"), entries: first.entries, last: last, addressF: r.people[0] == "given"}
}

// closing returns where the bracket that s begins with ends, -1 if nowhere.
func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// splitTop splits at a mark that stands outside brackets.
func splitTop(s string, sep byte) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case sep:
			if depth == 0 {
				out = append(out, s[from:i])
				from = i + 1
			}
		}
	}
	return append(out, s[from:])
}

// curlyQuotes turns straight quotation marks into a pair's.
func curlyQuotes(s string) string {
	var b strings.Builder
	open := false
	for _, c := range s {
		if c == '"' {
			if open = !open; open {
				c = '“'
			} else {
				c = '”'
			}
		}
		b.WriteRune(c)
	}
	return b.String()
}

// facts are the values of one story: every slot follows from the seed alone,
// whatever the order in which sentences ask.
type facts struct {
	seed    uint64
	at      time.Time // in the site's zone
	english bool
	target  string // the headline that a reply answers
}

// writer writes the sentences of one story.
type writer struct {
	facts
	rng *rand.Rand
	buf []byte
}

// pick returns which entry of a list an instance has; two instances differ.
func (f *facts) pick(v *variable, instance, n int) int {
	first := int(mix(f.seed, v.key) % uint64(n))
	if instance < 2 || n < 3 {
		return first
	}
	second := int(mix(f.seed, v.key+1) % uint64(n-2))
	if instance == 2 {
		return (first + 1 + second) % n
	}
	return (first + 2 + second) % n // the one after the second is never the first
}

func (f *facts) number(v *variable) int {
	steps := (v.hi-v.lo)/v.step + 1
	return v.lo + v.step*int(mix(f.seed, v.key)%uint64(steps))
}

func (w *writer) write(t text) {
	for i := range t {
		n := &t[i]
		switch {
		case n.slot != nil:
			w.value(n.slot)
		case n.alts != nil:
			w.write(n.alts[w.rng.IntN(len(n.alts))])
		default:
			w.buf = append(w.buf, n.plain...)
		}
	}
}

// fixed writes a value: its wording is the same wherever it stands.
func (w *writer) fixed(t text, key uint64) {
	for i := range t {
		if alts := t[i].alts; alts != nil {
			w.fixed(alts[mix(w.seed, key)%uint64(len(alts))], key+1)
			continue
		}
		w.write(t[i : i+1])
	}
}

func (w *writer) value(s *slot) {
	switch {
	case s.target:
		w.buf = append(w.buf, w.facts.target...)
	case s.date != noDate:
		w.date(s)
	case s.v.last != nil:
		w.person(s)
	case s.v.entries == nil:
		w.digits(s.v)
	default:
		at := w.pick(s.v, s.instance, len(s.v.entries))
		fields := s.v.entries[at]
		w.fixed(fields[min(s.field, len(fields)-1)], s.v.key+uint64(at*9+s.field))
	}
}

func (w *writer) person(s *slot) {
	// Each voice has names of its own.
	key := s.v.key + uint64(s.instance)*7
	given := s.v.entries[mix(w.seed, key)%uint64(len(s.v.entries))][0]
	family := s.v.last.entries[mix(w.seed, key+3)%uint64(len(s.v.last.entries))][0]
	if !s.short || !s.v.addressF {
		w.write(given)
	}
	if !s.short {
		w.buf = append(w.buf, ' ')
	}
	if !s.short || s.v.addressF {
		w.write(family)
	}
}

func (w *writer) digits(v *variable) {
	n := w.number(v)
	if v.decimal {
		w.buf = strconv.AppendInt(w.buf, int64(n/10), 10)
		if n%10 != 0 {
			mark := byte(',')
			if w.english {
				mark = '.'
			}
			w.buf = append(w.buf, mark, byte('0'+n%10))
		}
		return
	}
	if n < 1000 || v.lo >= 1900 && v.hi < 2100 { // years have no dots
		w.buf = strconv.AppendInt(w.buf, int64(n), 10)
		return
	}
	w.buf = strconv.AppendInt(w.buf, int64(n/1000), 10)
	mark := byte('.')
	if w.english {
		mark = ','
	}
	w.buf = append(w.buf, mark, byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10))
}

func (w *writer) date(s *slot) {
	code := lang.ID
	if w.english {
		code = lang.EN
	}
	day := w.at.AddDate(0, 0, s.days)
	y, m, d := day.Date()
	if s.date == houseDate {
		w.buf = append(w.buf, lang.Weekday(code, day.Weekday())...)
		if s.short {
			return
		}
		w.buf = append(w.buf, ' ', '(')
		w.buf = strconv.AppendInt(w.buf, int64(d), 10)
		w.buf = append(w.buf, '/')
		w.buf = strconv.AppendInt(w.buf, int64(m), 10)
		w.buf = append(w.buf, '/')
		w.buf = strconv.AppendInt(w.buf, int64(y), 10)
		w.buf = append(w.buf, ')')
		return
	}
	w.buf = strconv.AppendInt(w.buf, int64(d), 10)
	w.buf = append(w.buf, ' ')
	w.buf = append(w.buf, lang.MonthName(code, m)...)
	if !s.short {
		w.buf = append(w.buf, ' ')
		w.buf = strconv.AppendInt(w.buf, int64(y), 10)
	}
}

// plain writes a text as it stands: a name, a place.
func (w *writer) plain(t text) string {
	w.buf = w.buf[:0]
	w.write(t)
	return string(w.buf)
}

// sentence writes a text with a capital at the start of every sentence.
func (w *writer) sentence(t text) string {
	w.buf = w.buf[:0]
	w.write(t)
	capitals(w.buf)
	return string(w.buf)
}

// capitals raises the first letter, and each that follows a full stop.
func capitals(b []byte) {
	start := true
	for i, c := range b {
		switch {
		case c >= 'a' && c <= 'z':
			if start {
				b[i] = c - 'a' + 'A'
			}
			start = false
		case c == ' ' && i > 0 && (b[i-1] == '.' || b[i-1] == '?' || b[i-1] == '!'):
			start = true
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			start = false
		}
	}
}

// lowWords keep their small letter inside a headline.
var lowWords = map[string]bool{"di": true, "ke": true, "dari": true, "dan": true, "yang": true, "untuk": true, "pada": true,
	"dengan": true, "atau": true, "bagi": true, "hingga": true, "dalam": true, "oleh": true, "sampai": true, "karena": true,
	"tentang": true, "vs": true, "cm": true, "km": true, "serta": true, "atas": true, "akibat": true, "lewat": true, "saat": true,
	"per": true, "ketika": true, "sebagai": true, "berkat": true, "setelah": true, "sebelum": true, "soal": true, "demi": true}

// titleCase spells a headline in the house's way: capitals but for small words.
func titleCase(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 4)
	for i, word := range strings.Split(s, " ") {
		if i > 0 {
			b.WriteByte(' ')
		}
		if i > 0 && lowWords[word] {
			b.WriteString(word)
			continue
		}
		at := strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
		if at < 0 {
			b.WriteString(word)
			continue
		}
		r, n := utf8.DecodeRuneInString(word[at:])
		if i > 0 && strings.HasPrefix(word, "ke-") {
			r = 'k'
		} else {
			r = unicode.ToUpper(r)
		}
		b.WriteString(word[:at])
		b.WriteRune(r)
		b.WriteString(word[at+n:])
	}
	return b.String()
}
