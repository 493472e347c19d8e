package doc

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// shown writes parts as a reader sees them: [-removed-]{+added+}.
func shown(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		switch p.Op {
		case Added:
			b.WriteString("{+" + p.Text + "+}")
		case Removed:
			b.WriteString("[-" + p.Text + "-]")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestDiffTextShowsWords(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, a, b, want string }{
		{"equal texts are one part", "Warga menanam bakau.", "Warga menanam bakau.", "Warga menanam bakau."},
		{"nothing against nothing is nothing", "", "", ""},
		{"a new text is added", "", "Satu dua", "{+Satu dua+}"},
		{"a deleted text is removed", "Satu dua", "", "[-Satu dua-]"},
		{"one word is replaced in place", "Dua puluh orang hadir", "Tiga puluh orang hadir", "[-Dua-]{+Tiga+} puluh orang hadir"},
		{"a phrase is replaced as a whole", "Pada hari Senin pagi", "Pada malam Selasa pagi", "Pada [-hari Senin-]{+malam Selasa+} pagi"},
		{"a sign alone changes", "Benarkah.", "Benarkah?", "Benarkah[-.-]{+?+}"},
		{"a word with a hyphen is one word", "anak-anak main", "anak main", "[-anak-anak-]{+anak+} main"},
		{"a word is put in", "Ia pergi", "Ia tidak pergi", "Ia {+tidak +}pergi"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := shown(DiffText(tt.a, tt.b)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestDiffTextLosesNothing(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	vocabulary := []string{"bakau", "teluk", "warga", " ", "  ", ".", ",", "menanam", "é", "\n", "2026"}
	text := func() string {
		var b strings.Builder
		for range r.IntN(60) {
			b.WriteString(vocabulary[r.IntN(len(vocabulary))])
		}
		return b.String()
	}
	for range 2000 {
		a, b := text(), text()
		var x, y strings.Builder
		for _, p := range DiffText(a, b) {
			if p.Op != Added {
				x.WriteString(p.Text)
			}
			if p.Op != Removed {
				y.WriteString(p.Text)
			}
		}
		if x.String() != a || y.String() != b {
			t.Fatalf("%q against %q gives %q and %q", a, b, x.String(), y.String())
		}
	}
}

func TestDiffTextBoundsItsWork(t *testing.T) {
	t.Parallel()
	a, b := strings.Repeat("a b ", 20_000), strings.Repeat("c d ", 20_000)
	got := DiffText(a, b)
	var x, y strings.Builder
	for _, p := range got {
		if p.Op != Added {
			x.WriteString(p.Text)
		}
		if p.Op != Removed {
			y.WriteString(p.Text)
		}
	}
	if x.String() != a || y.String() != b {
		t.Error("texts without anything in common are not whole any more")
	}
}

func TestDiffFollowsBlocks(t *testing.T) {
	t.Parallel()
	p := func(id, text string) Block { return Paragraph{ID: id, Text: Text(text)} }
	one, two, three := p("aaaaaaa1", "Satu."), p("aaaaaaa2", "Dua."), p("aaaaaaa3", "Tiga.")
	tests := []struct {
		name string
		a, b []Block
		want string // a letter a block: = same, + new, - gone, ~ words, f form, m moved
	}{
		{"nothing changed", []Block{one, two}, []Block{one, two}, "=="},
		{"a block is new", []Block{one, three}, []Block{one, two, three}, "=+="},
		{"a block is gone where it stood", []Block{one, two, three}, []Block{one, three}, "=-="},
		{"the first block is gone", []Block{one, two}, []Block{two}, "-="},
		{"the words of a block differ", []Block{one}, []Block{p("aaaaaaa1", "Satu saja.")}, "~"},
		{"only marks differ", []Block{one}, []Block{Paragraph{ID: "aaaaaaa1", Text: Inline{{Text: "Satu.", Marks: Strong}}}}, "f"},
		{"a paragraph became a heading", []Block{one}, []Block{Heading{ID: "aaaaaaa1", Level: 2, Text: Text("Satu.")}}, "f"},
		{"one of three moved to the top", []Block{one, two, three}, []Block{three, one, two}, "m=="},
		{"blocks with other ids and equal texts are the same", []Block{one, two}, []Block{p("bbbbbbb1", "Satu."), p("bbbbbbb2", "Dua.")}, "=="},
		{"a picture was exchanged", []Block{Picture{ID: "aaaaaaa1", Picture: 4, Caption: "Teluk"}}, []Block{Picture{ID: "aaaaaaa1", Picture: 5, Caption: "Teluk"}}, "f"},
		{"everything is gone", []Block{one, two}, nil, "--"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			for _, d := range Diff(Doc{Blocks: tt.a}, Doc{Blocks: tt.b}) {
				switch {
				case d.Old == nil:
					got.WriteByte('+')
				case d.New == nil:
					got.WriteByte('-')
				case d.Text:
					got.WriteByte('~')
				case d.Form:
					got.WriteByte('f')
				case d.Moved:
					got.WriteByte('m')
				default:
					got.WriteByte('=')
				}
			}
			if got.String() != tt.want {
				t.Errorf("got %q, want %q", got.String(), tt.want)
			}
		})
	}
}
