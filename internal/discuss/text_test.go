package discuss

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestCleanText says what of strange signs is stored: what people write stays, what
// cannot be seen, turns the direction of writing or covers other lines does not.
func TestCleanText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"words stay", "Harga beras turun, kata Pak É.", "Harga beras turun, kata Pak É."},
		{"a letter and its mark become one sign", "e\u0301va", "éva"},
		{"emoji stay, with colour of skin and form", "👍🏽 ❤️ ☎︎", "👍🏽 ❤️ ☎︎"},
		{"a family stays joined", "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"},
		{"a flag stays", "🇮🇩 🏳️‍🌈", "🇮🇩 🏳️‍🌈"},
		{"a letter and its mark become one sign, whatever stood between", "a\u200b\u0301", "á"},
		{"joiners between letters go", "an\u200djing", "anjing"},
		{"a joiner at the beginning goes", "\u200d👍", "👍"},
		{"of several forms of an emoji one stays", "❤\ufe0f\ufe0f\ufe0f", "❤\ufe0f"},
		{"Arabic stays as it is", "السلام عليكم", "السلام عليكم"},
		{"vowel marks of Arabic stay", "بِسْمِ ٱللَّٰهِ", "بِسْمِ ٱللَّٰهِ"},
		{"Javanese and Balinese stay", "ꦲꦏ꧀ꦱꦫ ᬅᬓ᭄ᬱᬭ", "ꦲꦏ꧀ꦱꦫ ᬅᬓ᭄ᬱᬭ"},
		{"what turns the direction goes", "\u202eteks.exe\u202c \u2067x\u2069 \u200fy\u200e", "teks.exe x y"},
		{"invisible signs go", "a\u200b\u200c\u2060\ufeff\u00ad\u180eb\U000e0041c", "abc"},
		{"signs that look like nothing go", "a\u3164\u115f\u2800\uffa0b", "ab"},
		{"a tower of marks is cut", "Z" + strings.Repeat("\u0316", 50) + "algo", "Z\u0316\u0316\u0316algo"},
		{"marks on nothing go", "\u0316 \u0316\n\u0316a", "a"},
		{"control signs go", "a\x00\x07\x1b[31mb", "a[31mb"},
		{"what is no UTF-8 goes", "a\xff\xed\xa0\x80b", "ab"},
		{"all kinds of blanks are one", "a\u00a0\u2003\t  b", "a b"},
		{"all ends of lines are one, with one empty line at most", "a\r\nb\u2028c\u2029\n\n\n\nd\r", "a\nb\nc\n\nd"},
		{"nothing is left of nothing", " \u200b\n\u2800\ufeff ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := CleanText(c.text); got != c.want {
				t.Errorf("%+q, want %+q", got, c.want)
			}
		})
	}
}

// FuzzCleanText: what is stored can be seen, and cleaning it again changes nothing.
func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"👨‍👩‍👧", "Z\u0316\u0316\u0316\u0316", "\u202ea\u0301\u200d\ufe0f", "\xff\n\n\n \u2028", "é\u034f\u0301\u0301\u0301\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CleanText(s)
		if !utf8.ValidString(got) || strings.TrimSpace(got) != got || strings.Contains(got, "\n\n\n") || strings.Contains(got, "  ") {
			t.Fatalf("%+q becomes %+q", s, got)
		}
		marks := 0
		for _, r := range got {
			if r != '\n' && r != zwj && (unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || strings.ContainsRune(blanks, r)) {
				t.Fatalf("%+q keeps %U", s, r)
			}
			if marks++; !unicode.IsMark(r) {
				marks = 0
			}
			if marks > maxMarks+1 { // and the form of an emoji
				t.Fatalf("%+q keeps %d marks", s, marks)
			}
		}
		if again := CleanText(got); again != got {
			t.Fatalf("%+q, and again %+q", got, again)
		}
	})
}
