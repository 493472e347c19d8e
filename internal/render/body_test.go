package render

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warta/internal/doc"
	"warta/internal/lang"
)

var bodyCases = []struct {
	name     string // also the golden file's
	dateline string
	blocks   []doc.Block
}{
	{"paragraph", "WASHINGTON DC, KABAR NUSANTARA – ", []doc.Block{
		doc.Heading{Level: 2, Text: doc.Text("Judul kecil")},
		doc.Paragraph{Text: doc.Inline{{Text: "Satu "}, {Text: "dua", Marks: doc.Strong | doc.Em}, {Break: true}, {Text: "tiga & <empat>"}}},
		doc.Paragraph{Text: doc.Text("Alinea kedua tanpa dateline.")}}},
	{"marks", "", []doc.Block{doc.Paragraph{Text: doc.Inline{
		{Text: "a", Marks: doc.Strong}, {Text: "b", Marks: doc.Em}, {Text: "c", Marks: doc.Underline}, {Text: "d", Marks: doc.Strike},
		{Text: "e", Marks: doc.Sub}, {Text: "f", Marks: doc.Sup}, {Text: "g", Marks: doc.Code}}}}},
	{"link", "", []doc.Block{doc.Paragraph{Text: doc.Inline{
		{Text: "sebagian ", Href: "https://example.org/?a=1&b=2"}, {Text: "tebal", Href: "https://example.org/?a=1&b=2", Marks: doc.Strong},
		{Text: " lalu "}, {Text: "dalam", Href: "/nasional"}, {Text: " dan "}, {Text: "jahat", Href: "javascript:alert(1)"},
		{Text: " "}, {Text: "surel", Href: "mailto:a@example.org"}}}}},
	{"heading", "", []doc.Block{doc.Heading{Level: 3, Text: doc.Text("Tiga")}, doc.Heading{Level: 4, Text: doc.Text("Empat")},
		doc.Heading{Level: 9, Text: doc.Text("Terlalu dalam")}}},
	{"list", "", []doc.Block{doc.List{Ordered: true, Start: 3, Items: []doc.ListItem{{Text: doc.Text("satu"),
		Lists: []doc.List{{Items: []doc.ListItem{{Text: doc.Text("di bawahnya")}}}}}, {Text: doc.Text("dua")}}}}},
	{"quote", "", []doc.Block{doc.Quote{Paragraphs: []doc.Inline{doc.Text("Kata orang."), doc.Text("Lagi.")}, Attribution: "Orang"},
		doc.Quote{Pull: true, Paragraphs: []doc.Inline{doc.Text("Besar.")}}}},
	{"picture", "", []doc.Block{doc.Picture{Picture: 1, Caption: "Dari blok.", Alt: `Kata "kutip"`}, doc.Picture{Picture: 99, Caption: "Tidak ada."}}},
	{"gallery", "", []doc.Block{doc.Gallery{Caption: "Galeri.", Items: []doc.Picture{{Picture: 1}, {Picture: 99}, {Picture: 2}}},
		doc.Gallery{Caption: "Kosong.", Items: []doc.Picture{{Picture: 99}}}}},
	{"table", "", []doc.Block{doc.Table{Caption: "Jadwal", Rows: []doc.Row{
		{Cells: []doc.Cell{{Header: true, Text: doc.Text("Kapal")}, {Header: true, Colspan: 2, Text: doc.Text("Tujuan")}}},
		{Cells: []doc.Cell{{Header: true, Rowspan: 2, Text: doc.Text("Satu")}, {Text: doc.Text("a")}, {Text: doc.Text("b")}}},
		{Cells: []doc.Cell{{Text: doc.Text("c")}, {Text: doc.Text("d")}}}}},
		doc.Table{Rows: []doc.Row{{Cells: []doc.Cell{{Text: doc.Text("tanpa kepala")}}}}}}},
	{"fact_box", "JAKARTA, KABAR NUSANTARA – ", []doc.Block{doc.FactBox{Title: "Fakta", Blocks: []doc.Block{
		doc.Paragraph{Text: doc.Text("Di dalam kotak.")}, doc.List{Items: []doc.ListItem{{Text: doc.Text("butir")}}}}},
		doc.Paragraph{Text: doc.Text("Di luar kotak.")}}},
	{"embed", "", []doc.Block{doc.Embed{Provider: doc.YouTube, URL: "https://www.youtube.com/watch?v=abcdefghijk", Title: "Rekaman"},
		doc.Embed{Provider: doc.Generic, URL: "https://www.example.org/video"}, doc.Embed{Provider: doc.Generic, URL: "javascript:alert(1)"}}},
	{"read_also", "", []doc.Block{doc.ReadAlso{Story: 7, Headline: "Judul lama"}, doc.ReadAlso{Story: 8, Headline: "Sudah dicabut"},
		doc.ReadAlso{Headline: "Tidak dikenal", URL: "https://example.org/lama"}}},
	{"divider", "", []doc.Block{doc.Divider{}}},
	{"ad_break", "", []doc.Block{doc.AdBreak{}}},
}

func TestBodyGolden(t *testing.T) {
	t.Parallel()
	v := sampleViews{lang: "id", full: true}
	for _, c := range bodyCases {
		t.Run("a "+c.name+" prints as its golden file", func(t *testing.T) {
			t.Parallel()
			b := Body{Doc: doc.Doc{Blocks: c.blocks}, Base: "https://kabar.example",
				Pictures: map[int64]Picture{1: *v.picture(1, 640, 360), 2: *v.picture(2, 640, 427)},
				Stories:  map[int64]Link{7: {"Judul <baru>", "/nasional/2026/11/22/7/judul-baru"}}}
			got := string(printBody(lang.For(lang.ID), b, c.dateline))
			path := filepath.Join("testdata", "body_"+c.name+".html")
			if flag.Lookup("update").Value.String() == "true" { // the feeds' tests own the flag
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestBodyLetsNoMarkupThrough(t *testing.T) {
	t.Parallel()
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	pics := map[int64]Picture{1: {Src: evil, Srcset: []Source{{evil, 1}, {evil, 2}}, Alt: evil, Caption: evil, Credit: evil, Full: evil}}
	text := doc.Inline{{Text: evil, Href: "https://example.org/" + evil}, {Text: evil, Marks: doc.Code}}
	blocks := []doc.Block{doc.Paragraph{Text: text}, doc.Heading{Text: text}, doc.List{Items: []doc.ListItem{{Text: text}}},
		doc.Quote{Paragraphs: []doc.Inline{text}, Attribution: evil}, doc.Picture{Picture: 1},
		doc.Gallery{Caption: evil, Items: []doc.Picture{{Picture: 1, Alt: evil}}},
		doc.Table{Caption: evil, Rows: []doc.Row{{Cells: []doc.Cell{{Text: text}}}}},
		doc.FactBox{Title: evil, Blocks: []doc.Block{doc.Paragraph{Text: text}}},
		doc.Embed{Provider: doc.YouTube, Title: evil, URL: "https://www.youtube.com/watch?v=" + evil},
		doc.Embed{Provider: doc.Facebook, Title: evil, URL: "https://www.facebook.com/x?a=%22%3E"},
		doc.ReadAlso{Story: 7}}
	got := string(printBody(lang.For(lang.ID), Body{Doc: doc.Doc{Blocks: blocks}, Pictures: pics,
		Stories: map[int64]Link{7: {evil, "/" + evil}}}, evil))
	if strings.Contains(got, "<script") || strings.Contains(got, "<img src=x") {
		t.Error("markup of a text stands on the page as markup")
	}
}

func TestEmbedOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		provider doc.Provider
		url      string
		frame    string
		says     string
	}{
		{"a video's page", doc.YouTube, "https://www.youtube.com/watch?v=abc-efg_ijk&t=3", "https://www.youtube-nocookie.com/embed/abc-efg_ijk?autoplay=1", "YouTube"},
		{"a short address", doc.YouTube, "https://youtu.be/abcdefghijk", "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1", "YouTube"},
		{"a channel is only a link", doc.YouTube, "https://www.youtube.com/@kanal", "", "YouTube"},
		{"a post", doc.X, "https://x.com/nama/status/123", "https://platform.twitter.com/embed/Tweet.html?dnt=true&id=123", "X"},
		{"a profile is only a link", doc.X, "https://x.com/nama", "", "X"},
		{"a reel", doc.Instagram, "https://www.instagram.com/reel/Ab_1/", "https://www.instagram.com/reel/Ab_1/embed/", "Instagram"},
		{"a clip", doc.TikTok, "https://www.tiktok.com/@nama/video/99", "https://www.tiktok.com/embed/v2/99", "TikTok"},
		{"an episode", doc.Spotify, "https://open.spotify.com/episode/Ab1", "https://open.spotify.com/embed/episode/Ab1", "Spotify"},
		{"an unknown service is only a link", doc.Generic, "https://www.example.org/v", "", "example.org"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := EmbedOf(doc.Embed{Provider: c.provider, URL: c.url})
			if e.Frame != c.frame || e.Provider != c.says || e.URL != c.url {
				t.Errorf("got %+v", e)
			}
			if e.Frame == "" {
				return
			}
			allowed := false
			for _, s := range FrameSources() {
				allowed = allowed || strings.HasPrefix(e.Frame, s+"/")
			}
			if !allowed {
				t.Errorf("the policy does not allow %s", e.Frame)
			}
		})
	}
}
