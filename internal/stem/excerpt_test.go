package stem_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"warta/internal/stem"
)

// show writes matches in brackets and cuts as dots.
func show(s stem.Snippet) string {
	out := bracket(s.Segments)
	if s.CutBefore {
		out = "…" + out
	}
	if s.CutAfter {
		out += "…"
	}
	return out
}

func bracket(segments []stem.Segment) string {
	var b strings.Builder
	for _, s := range segments {
		if s.Match {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestMark(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, language, text, query, want string }{
		{"inflected words are marked whole", "id", "Jalannya dibangun, jalan itu.", "jalan", "[Jalannya] dibangun, [jalan] itu."},
		{"a plural by repetition is marked whole", "id", "Anak-anak pulang.", "anak", "[Anak-anak] pulang."},
		{"a phrase is marked as one", "id", "Harga beras turun, beras murah.", `"harga beras"`, "[Harga beras] turun, beras murah."},
		{"overlapping phrases become one mark", "id", "satu dua tiga", `"satu dua" "dua tiga"`, "[satu dua tiga]"},
		{"excluded words are not marked", "id", "banjir dan longsor", "banjir -longsor", "[banjir] dan longsor"},
		{"alternatives are marked", "id", "banjir dan longsor", "banjir OR longsor", "[banjir] dan [longsor]"},
		{"accents stay in the mark", "en", "President Erdoğan’s speech", "erdogan", "President [Erdoğan’s] speech"},
		{"English words are marked by their stem", "en", "Building roads", "build", "[Building] roads"},
		{"markup is text", "id", "<b>banjir</b>", "banjir", "<b>[banjir]</b>"},
		{"nothing is marked without a match", "id", "banjir", "longsor", "banjir"},
		{"an empty query marks nothing", "id", "banjir", "", "banjir"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := bracket(stem.Mark(c.language, c.text, stem.ParseQuery(c.query))); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("kata lain ", 20)
	for _, c := range []struct {
		name, text, query string
		size              int
		want              string
	}{
		{"a short text comes whole, its blanks made even", "Harga\n\n beras  naik", "beras", 100, "Harga [beras] naik"},
		{"a long text is cut around the match", long + "banjir bandang " + long, "banjir", 40, "…kata lain [banjir] bandang kata lain kata…"},
		{"a match near the end shows what stands before it", long + "banjir", "banjir", 30, "…kata lain kata lain [banjir]"},
		{"a match at the start has nothing before it", "banjir " + long, "banjir", 20, "[banjir] kata lain…"},
		{"without a match it is the beginning", long, "banjir", 20, "kata lain kata lain…"},
		{"a match longer than the room is cut", strings.Repeat("a", 50), strings.Repeat("a", 50), 10, "[aaaaaaaaaa]…"},
		{"no room is one character", "banjir bandang", "bandang", 0, "…[b]…"},
		{"nothing stays nothing", "", "banjir", 20, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := show(stem.Excerpt("id", c.text, stem.ParseQuery(c.query), c.size)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("Harga beras naik lagi di pasar", `"harga beras" pasar`, 12)
	f.Add("北京大学 の 学生 \xff", "大学 学生", 3)
	f.Fuzz(func(t *testing.T, text, query string, size int) {
		got := stem.Excerpt("en", text, stem.ParseQuery(query), size)
		all := ""
		for _, s := range got.Segments {
			if s.Text == "" {
				t.Fatal("an empty segment")
			}
			all += s.Text
		}
		if n := utf8.RuneCountInString(all); n > max(size, 1) {
			t.Fatalf("%d characters, want at most %d", n, size)
		}
		if !utf8.ValidString(all) {
			t.Fatalf("a letter was broken: %q", all)
		}
	})
}
