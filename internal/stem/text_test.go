package stem_test

import (
	"regexp"
	"strings"
	"testing"

	"warta/internal/stem"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, language, in, want string }{
		{"words become Indonesian stems", "id", "Pemerintah membangun jalan.", "iperintah ibangun ijalan"},
		{"words become English stems", "en", "Governments were building roads.", "egovern ewere ebuild eroad"},
		{"a region does not change the language", "en-GB", "roads", "eroad"},
		{"no language is Indonesian", "", "jalannya", "ijalan"},
		{"diacritics are folded", "id", "Erdoğan Łódź Çelik ÉCLAIR e\u0301clair", "ierdog ilodz icelik ieclair ieclair"},
		{"special letters are spelled", "id", "Straße Æsir ısı İstanbul", "istrasse iaesir iisi iistanbul"},
		{"a plural by repetition is one term", "id", "Anak-anak, anak-anaknya; buku-buku", "ianak ianak ibuku"},
		{"repetition is seen behind affixes", "id", "berlari-lari", "ilari"},
		{"English texts know repetition too", "en", "anak-anak", "eanak"},
		{"different words keep their hyphen's two terms", "id", "sayur-mayur jual-beli", "isayur imayur ijual ibeli"},
		{"a score is two numbers", "id", "menang 2-2", "imenang x2 x2"},
		{"words across a dash stay two", "id", "anak - anak–anak -anak", "ianak ianak ianak ianak"},
		{"an apostrophe vanishes in Indonesian", "id", "Jum'at Qur’an", "ijumat iquran"},
		{"a possessive vanishes in English", "en", "the people's o'clock 'tis", "ethe epeopl eoclock etis"},
		{"quotation marks are no part of a word", "id", "'kata' ‘kata’", "ikata ikata"},
		{"thousands separators vanish", "id", "Rp15.000 1,234,567 12.5 06.31 1.234", "irp x15000 x1234567 x12 x5 x06 x31 x1234"},
		{"a date keeps its parts", "id", "08/01/2022 23.11.2026", "x08 x01 x2022 x23 x11 x2026"},
		{"long groups are not joined", "id", "1234.567 1.2345 1.234.56", "x1234 x567 x1 x2345 x1234 x56"},
		{"letters and digits are apart", "id", "covid19 Covid-19 G20", "icovid x19 icovid x19 ig x20"},
		{"leading zeros are kept", "id", "007 1e5", "x007 x1 ie x5"},
		{"wide digits and ligatures are opened", "id", "１２ ﬁlm m²", "x12 ifilm im x2"},
		{"Cyrillic is spelled in four characters a rune", "id", "Ёж", "u00tx00ty"},
		{"Chinese is one term a rune", "id", "北京", "u0gev u0fjg"},
		{"a soft hyphen and a joiner are not there", "id", "ke\u00adadilan a\u200db", "iadil iab"},
		{"emoji and signs separate", "id", "banjir❤️longsor 1️⃣ a_b@c.d", "ibanjir ilongsor x1 ia ib ic id"},
		{"broken bytes separate", "id", "a\xffb", "ia ib"},
		{"nothing gives nothing", "id", " \n-'. ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(stem.Text(c.language, c.in), " "); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestOtherScripts(t *testing.T) {
	t.Parallel()
	t.Run("case and accents do not matter", func(t *testing.T) {
		t.Parallel()
		for _, pair := range [][2]string{{"МОСКВА", "москва"}, {"Ελλάδα", "ελλαδα"}, {"كِتَاب", "كتاب"}} {
			a, b := stem.Text("id", pair[0]), stem.Text("id", pair[1])
			if len(a) != 1 || len(b) != 1 || a[0] != b[0] {
				t.Errorf("%v: %v and %v", pair, a, b)
			}
		}
	})
	t.Run("different words stay different", func(t *testing.T) {
		t.Parallel()
		seen := map[string]string{}
		for _, w := range []string{"мир", "мор", "서울", "부산", "हिन्दी", "हिन्दु", "京", "東", "ก", "ข", "𐌰", "𐌱"} {
			got := strings.Join(stem.Text("id", w), " ")
			if other, ok := seen[got]; ok || got == "" {
				t.Errorf("%q and %q are both %q", w, other, got)
			}
			seen[got] = w
		}
	})
}

func TestLongWordIsCutTheSameEverywhere(t *testing.T) {
	t.Parallel()
	a := stem.Text("id", strings.Repeat("k", 500))
	b := stem.Text("id", strings.Repeat("k", 400))
	if len(a) != 1 || len(a[0]) > 64 || a[0] != b[0] {
		t.Errorf("got %v and %v", a, b)
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	t.Run("fields are kept apart and tags stand last", func(t *testing.T) {
		t.Parallel()
		d := stem.NewDocument("id")
		d.Tag(stem.Tag("section", 3), stem.Tag("topic", 41), stem.Tag("section", 3))
		d.Add("Harga beras")
		d.Add(" – ")
		d.Add("naik lagi")
		if got, want := d.String(), "iharga iberas b inaik ilagi b tsection3 ttopic41"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("tags alone are a document", func(t *testing.T) {
		t.Parallel()
		d := stem.NewDocument("id")
		d.Tag(stem.Tag("a", -5))
		if got := d.String(); got != "ta5n" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a term beyond its 256th place keeps the place but not the word", func(t *testing.T) {
		t.Parallel()
		d := stem.NewDocument("id")
		d.Add(strings.Repeat("yang ", 300))
		terms := strings.Fields(d.String())
		if len(terms) != 300 || terms[255] != "iyang" || terms[256] != "o" || terms[299] != "o" {
			t.Errorf("%d terms, around the limit %v", len(terms), terms[250:260])
		}
	})
	t.Run("an endless text is bounded in terms and bytes", func(t *testing.T) {
		t.Parallel()
		var b strings.Builder
		for i := range 200_000 {
			b.WriteString(strings.Repeat(string(rune('a'+i%26)), 30+i%29))
			b.WriteString(strings.Repeat(string(rune('a'+i/26%26)), 30))
			b.WriteByte(' ')
		}
		d := stem.NewDocument("en")
		d.Add(b.String())
		if n := len(d.String()); n > 601_000 || n < 500_000 {
			t.Errorf("%d bytes", n)
		}
		short := stem.NewDocument("en")
		short.Add(strings.Repeat("a b c d e f g h ", 10_000))
		if n := len(strings.Fields(short.String())); n > 15_001 || n < 14_999 {
			t.Errorf("%d terms", n)
		}
	})
}

func TestTag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind string
		id   int64
		want string
	}{
		{"section", 12, "tsection12"},
		{"topic", 0, "ttopic0"},
		{"Au-th0r", 7, "tuthr7"},
		{"x", -9223372036854775808, "tx9223372036854775808n"},
	} {
		if got := stem.Tag(c.kind, c.id); got != c.want {
			t.Errorf("Tag(%q, %d) = %q, want %q", c.kind, c.id, got, c.want)
		}
	}
}

var plainTerm = regexp.MustCompile(`^[iexu][a-z0-9]{1,63}$`)

func FuzzText(f *testing.F) {
	for _, s := range []string{"Anak-anak 1.234", "people's", "北京 Ёж é", "\xff-'\u0301", "berlari-lari-lari", "ﷺ ½ ㎏"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, language := range []string{"id", "en"} {
			for _, term := range stem.Text(language, s) {
				if !plainTerm.MatchString(term) {
					t.Fatalf("%q gives the term %q", s, term)
				}
			}
			marked := stem.Mark(language, s, stem.ParseQuery(s))
			var b strings.Builder
			for _, m := range marked {
				b.WriteString(m.Text)
			}
			if b.String() != strings.ToValidUTF8(s, "�") {
				t.Fatalf("marking %q changed it to %q", s, b.String())
			}
		}
	})
}

func BenchmarkDocument(b *testing.B) {
	text := strings.Repeat("Pemerintah membangun jalan tol sepanjang 1.234 kilometer di Pulau Jawa, kata Menteri "+
		"Pekerjaan Umum. Anak-anak di sekitarnya dievakuasi. ", 25)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		d := stem.NewDocument("id")
		d.Add(text)
		if d.String() == "" {
			b.Fatal("nothing was indexed")
		}
	}
}

func TestTermsAreWhatAddWouldFind(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("anak-anak membaca 2-2 buku, ", 400) + "Erdoğan 北京"
	for _, language := range []string{"id", "en", ""} {
		for _, text := range []string{"", "Gempa di Maluku", long, strings.Repeat("satu dua ", 9000)} {
			one, other := stem.NewDocument(language), stem.NewDocument(language)
			for _, d := range []*stem.Document{one, other} {
				d.Add("Judul berita")
				d.Tag("tsection1")
			}
			one.Add(text)
			other.AddTerms(stem.Terms(language, text))
			if one.String() != other.String() {
				t.Errorf("%q, %.40q: terms made before give another document", language, text)
			}
		}
	}
}
