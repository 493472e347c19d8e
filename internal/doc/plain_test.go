package doc_test

import (
	"reflect"
	"testing"
	"unicode/utf8"

	"warta/internal/doc"
)

func TestWords(t *testing.T) {
	t.Parallel()
	d := doc.Doc{Blocks: []doc.Block{
		doc.Paragraph{Text: doc.Text("Harga naik – 12 persen, kata dia.")},
		doc.List{Items: []doc.ListItem{{Text: doc.Text("beras")}}},
		doc.Divider{},
	}}
	if got := d.Words(); got != 7 {
		t.Errorf("words = %d, want 7", got)
	}
}

func TestExcerptEndsAtAWord(t *testing.T) {
	t.Parallel()
	d := doc.Doc{Blocks: []doc.Block{
		doc.Heading{Level: 2, Text: doc.Text("Judul")},
		doc.Paragraph{},
		doc.Paragraph{Text: doc.Inline{{Text: "Jalan  layang,"}, {Break: true}, {Text: "kata wali kota"}}},
	}}
	for most, want := range map[int]string{
		0: "Jalan layang, kata wali kota", 28: "Jalan layang, kata wali kota",
		27: "Jalan layang, kata wali…", 19: "Jalan layang, kata…", 18: "Jalan layang…", 14: "Jalan layang…", 13: "Jalan…", 3: "Ja…",
	} {
		got := d.Excerpt(most)
		if got != want {
			t.Errorf("Excerpt(%d) = %q, want %q", most, got, want)
		}
		if most > 0 && utf8.RuneCountInString(got) > most {
			t.Errorf("Excerpt(%d) has %d characters", most, utf8.RuneCountInString(got))
		}
	}
}

func TestTrimDropsEmptyTextAndOuterBreaks(t *testing.T) {
	t.Parallel()
	p := doc.Paragraph{ID: "aaaaaaaa", Text: doc.Text("a")}
	d := doc.Doc{Blocks: []doc.Block{doc.Divider{}, doc.Paragraph{Text: doc.Text(" \u00a0")}, p, doc.Divider{}, p, doc.Heading{}, doc.AdBreak{}}}
	want := doc.Doc{Blocks: []doc.Block{p, doc.Divider{}, p}}
	if got := d.Trim(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := (doc.Doc{Blocks: []doc.Block{doc.Divider{}}}).Trim(); !reflect.DeepEqual(got, doc.Doc{}) {
		t.Errorf("got %+v", got)
	}
}

func TestInlineSkipKeepsMarks(t *testing.T) {
	t.Parallel()
	in := doc.Inline{{Text: "ab", Marks: doc.Strong}, {Break: true}, {Text: "é–x", Href: "/a"}}
	tests := []struct {
		n    int
		want doc.Inline
	}{
		{0, in},
		{1, doc.Inline{{Text: "b", Marks: doc.Strong}, {Break: true}, {Text: "é–x", Href: "/a"}}},
		{2, doc.Inline{{Break: true}, {Text: "é–x", Href: "/a"}}},
		{3, doc.Inline{{Text: "é–x", Href: "/a"}}},
		{4, doc.Inline{{Text: "–x", Href: "/a"}}},
		{6, doc.Inline{{Text: "x", Href: "/a"}}},
		{9, nil},
		{99, nil},
	}
	for _, tt := range tests {
		if got := in.Skip(tt.n); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("Skip(%d) = %+v, want %+v", tt.n, got, tt.want)
		}
	}
	if in[0].Text != "ab" {
		t.Error("Skip changed its receiver")
	}
}

func TestInlineTrimSpace(t *testing.T) {
	t.Parallel()
	in := doc.Inline{{Break: true}, {Text: " "}, {Text: "\u00a0a ", Marks: doc.Em}, {Text: "b \n"}, {Break: true}}
	want := doc.Inline{{Text: "a ", Marks: doc.Em}, {Text: "b"}}
	if got := in.TrimSpace(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := (doc.Inline{{Text: " "}, {Break: true}}).TrimSpace(); got != nil {
		t.Errorf("got %+v", got)
	}
}

func TestInlineClean(t *testing.T) {
	t.Parallel()
	in := doc.Inline{{Marks: doc.Em}, {Text: "a"}, {Marks: doc.Em}, {Text: "b"}, {Break: true, Text: "x"}, {Text: "c", Href: "/c"}, {Text: "d"}, {}}
	want := doc.Inline{{Text: "ab"}, {Break: true}, {Text: "c", Href: "/c"}, {Text: "d"}}
	if got := in.Clean(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := (doc.Inline{{}, {Marks: doc.Em}}).Clean(); got != nil {
		t.Errorf("got %+v", got)
	}
}
