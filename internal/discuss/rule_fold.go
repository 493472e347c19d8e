package discuss

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lookAlike maps letters of other scripts, and of Latin's fringes, to the Latin
// letters that they are taken for. What Unicode's compatibility forms bring
// together (full width, circled, mathematical) is not in it.
var lookAlike = func() map[rune]string {
	m := map[rune]string{}
	for latin, others := range map[string]string{
		"a": "аαɑᴀ🅰🅐", "b": "вƅьβʙ🅱🅑", "c": "сϲᴄⅽ🅲🅒", "d": "ԁɗđᴅ🅳🅓", "e": "еєεҽэᴇ🅴🅔",
		"f": "ƒϝꜰ🅵🅕", "g": "ɡԍցɢ🅶🅖", "h": "һнհʜ🅷🅗", "i": "іιıїɩɪ🅸🅘", "j": "јϳᴊ🅹🅙", "k": "кκᴋ🅺🅚",
		"l": "ӏłʟⅼ🅻🅛", "m": "мᴍ🅼🅜", "n": "пηոɴ🅽🅝", "o": "оοσօøᴏ🅾🅞", "p": "рρᴘ🅿🅟", "q": "ԛգ🆀🅠",
		"r": "гʀ🆁🅡", "s": "ѕʂꜱ🆂🅢", "t": "тτᴛ🆃🅣", "u": "υսцᴜ🆄🅤", "v": "ѵνᴠ🆅🅥", "w": "ѡωɯᴡ🆆🅦",
		"x": "хχ🆇🅧", "y": "уүγʏ🆈🅨", "z": "ᴢ🆉🅩", "ss": "ß", "ae": "æ", "oe": "œ", "th": "þ",
	} {
		for _, r := range others {
			m[r] = latin
		}
	}
	for r := rune(0x1F1E6); r <= 0x1F1FF; r++ { // the letters that flags are made of
		m[r] = string('a' + r - 0x1F1E6)
	}
	return m
}()

// leet maps digits and signs to the letters that they stand for in a word.
var leet = map[rune]rune{
	'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '8': 'b', '9': 'g',
	'@': 'a', '$': 's', '!': 'i', '|': 'i', '+': 't', '€': 'e', '£': 'l',
}

// mask are signs that stand for any one letter of a word.
const mask = "*#%•"

// foldRune returns what one character is read as: in lower case, without marks,
// in Latin letters where it looks like them; "" for what cannot be seen.
func foldRune(r rune) string {
	if r < 0x80 {
		return string(unicode.ToLower(r))
	}
	if unseen(r) {
		return ""
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		d = unicode.ToLower(d)
		if like, ok := lookAlike[d]; ok {
			b.WriteString(like)
		} else if !unicode.IsMark(d) && !unseen(d) {
			b.WriteRune(d)
		}
	}
	return b.String()
}

// unseen reports whether a character takes no room of its own: joiners, marks of
// direction, variation selectors, fillers.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me, unicode.Variation_Selector) ||
		r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0
}

// skeleton returns the letters of a text as they look, without anything between
// them, each run of a letter as one: two texts with one skeleton look alike.
func skeleton(s string) string {
	var letters []rune
	for _, r := range s {
		for _, f := range foldRune(r) {
			if l, ok := leet[f]; ok {
				f = l
			}
			if f == 'l' { // I, l and 1 are one stroke in most faces
				f = 'i'
			}
			if unicode.IsLetter(f) {
				letters = append(letters, f)
			}
		}
	}
	return string(single([]rune(strings.NewReplacer("rn", "m", "vv", "w").Replace(string(letters)))))
}

// token is one word of a text as it is compared with lists.
type token struct {
	start, end int    // bytes in the text
	runes      []rune // folded; signs and digits as they stand
	alike      []rune // with digits and signs as letters
	masked     bool   // holds a sign that stands for any letter
	letters    bool   // has at least one letter
}

// tokens cuts a text into words. A sign that may stand for a letter counts as
// part of a word only beside other parts of one.
func tokens(s string) (out []token) {
	var t token
	flush := func(end int) {
		// What ends a sentence is no letter: "anjing!" is "anjing".
		for len(t.runes) > 0 && strings.ContainsRune("!|+*#%•", t.runes[len(t.runes)-1]) && len(t.runes) > 1 {
			t.runes = t.runes[:len(t.runes)-1]
		}
		if len(t.runes) > 0 {
			t.end = end
			for _, r := range t.runes {
				if strings.ContainsRune(mask, r) {
					t.masked = true
				}
				if l, ok := leet[r]; ok {
					r = l
				} else if unicode.IsLetter(r) {
					t.letters = true
				}
				t.alike = append(t.alike, r)
			}
			out = append(out, t)
		}
		t = token{}
	}
	for i, r := range s {
		folded := foldRune(r)
		part := folded != "" && (unicode.IsLetter(rune0(folded)) || unicode.IsDigit(rune0(folded)))
		_, sign := leet[r]
		sign = sign || strings.ContainsRune(mask, r)
		switch {
		case folded == "": // not seen: it does not part a word
		case part || sign:
			if len(t.runes) == 0 {
				t.start = i
			}
			t.runes = append(t.runes, []rune(folded)...)
		default:
			flush(i)
		}
	}
	flush(len(s))
	return out
}

func rune0(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
