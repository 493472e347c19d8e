package ingest

import (
	"net/url"
	"strings"
	"testing"

	"warta/internal/doc"
	"warta/internal/ingest/wxr"
)

// album is a lookup of a few things that are in an export.
type album struct{}

func (album) attachment(id int64) *attachmentOf {
	if id > 20 {
		return nil
	}
	return &attachmentOf{address: "https://lama.example/wp-content/uploads/2020/05/foto-" + itoa(int(id)) + ".jpg", alt: "Foto " + itoa(int(id))}
}

func (album) children(int64) []int64 { return []int64{7, 8, 21, 22} }

func (album) reusable(id int64) string {
	if id == 9 {
		return "<!-- wp:paragraph -->\n<p>Dipakai ulang.</p>\n<!-- /wp:paragraph -->"
	}
	return ""
}

func (album) upload(u *url.URL) (string, bool) {
	if _, ok := uploaded(u); ok && u.Host == "lama.example" {
		return u.String(), true
	}
	return "", false
}

func (album) fileOf(id int64) string {
	switch id {
	case 21:
		return "https://lama.example/wp-content/uploads/2020/05/suara.mp3"
	case 22:
		return "https://lama.example/wp-content/uploads/2020/05/film.mp4"
	}
	return ""
}

func (album) link(u *url.URL) string {
	if u.Host == "lama.example" && u.Path == "/2020/05/01/kabar-lain/" {
		return "/nasional/2020/05/01/5/kabar-lain"
	}
	return ""
}

// sketch writes a document as short lines.
func sketch(d doc.Doc) string {
	var lines []string
	text := func(in doc.Inline) string {
		var s strings.Builder
		for _, r := range in {
			switch {
			case r.Break:
				s.WriteString(" / ")
			case r.Href != "":
				s.WriteString("[" + r.Text + "](" + r.Href + ")")
			default:
				s.WriteString(r.Text)
			}
		}
		return s.String()
	}
	for _, b := range d.Blocks {
		switch b := b.(type) {
		case doc.Paragraph:
			lines = append(lines, "p "+text(b.Text))
		case doc.Heading:
			lines = append(lines, "h "+text(b.Text))
		case doc.Picture:
			lines = append(lines, strings.TrimSpace("pic "+itoa(int(b.Picture))+" "+b.Caption))
		case doc.Gallery:
			line := "gallery"
			for _, it := range b.Items {
				line += strings.TrimRight(" "+itoa(int(it.Picture))+" "+it.Caption, " ")
			}
			lines = append(lines, line)
		case doc.Embed:
			lines = append(lines, "embed "+string(b.Provider)+" "+b.URL)
		default:
			lines = append(lines, b.Type()+" "+strings.ReplaceAll(doc.PlainBlock(b), "\n", " / "))
		}
	}
	return strings.Join(lines, "\n")
}

func TestBodiesOfWordPress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, src, want string
		notes           string // what is reported, sorted: "kind what"
	}{
		{"classic paragraphs and breaks", "Satu.\nMasih satu.\n\nDua.", "p Satu. / Masih satu.\np Dua.", ""},
		{"line ends of Windows", "Satu.\r\n\r\nDua.", "p Satu.\np Dua.", ""},
		{"classic text around blocks", "Buka.\n<h2>Judul</h2>\nIsi <b>tebal</b>.\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nTutup.", "p Buka.\nh Judul\np Isi tebal.\nbullet_list - a / - b\np Tutup.", ""},
		{"preformatted lines stay", "<pre>a\n  b\n\nc</pre>", "p a /   b /  / c", ""},
		{"caption, new and old", `[caption id="attachment_7" width="300"]<a href="x.jpg"><img src="https://lama.example/wp-content/uploads/2020/05/foto-7-300x200.jpg" alt=""></a> Panen di <em>Ende</em>[/caption]` + "\n\n" +
			`[caption caption="Cara lama"]<img src="https://lama.example/a.jpg">[/caption]`, "pic 1 Panen di Ende\npic 2 Cara lama", ""},
		{"gallery by ids", "Awal.\n\n[gallery ids=\"1,2,300\"]\n\nAkhir.", "p Awal.\ngallery 1 2\np Akhir.", "removed_picture attachment 300"},
		{"gallery of all that was uploaded", "[gallery]", "gallery 1 2", ""},
		{"embeds", "[embed]https://www.youtube.com/watch?v=abc[/embed]\n\nhttps://youtu.be/def\n\n[youtube ghi]", "embed youtube https://www.youtube.com/watch?v=abc\nembed youtube https://youtu.be/def\nembed youtube https://www.youtube.com/watch?v=ghi", ""},
		{"an address of nobody becomes a link", "https://dinas.example/laporan", "p [https://dinas.example/laporan](https://dinas.example/laporan)", ""},
		{"sound and video", `[audio src="https://lama.example/a.mp3"] [video mp4="https://lama.example/b.mp4"][/video]`, "embed generic https://lama.example/a.mp3\nembed generic https://lama.example/b.mp4", ""},
		{"sound and video of the old site", `[audio src="/wp-content/uploads/2020/05/suara.mp3"] [video] [playlist ids="21,22"]`,
			"embed generic https://lama.example/wp-content/uploads/2020/05/suara.mp3\nembed generic https://lama.example/wp-content/uploads/2020/05/film.mp4\n" +
				"embed generic https://lama.example/wp-content/uploads/2020/05/suara.mp3\nembed generic https://lama.example/wp-content/uploads/2020/05/film.mp4",
			"left_file https://lama.example/wp-content/uploads/2020/05/film.mp4,left_file https://lama.example/wp-content/uploads/2020/05/film.mp4,left_file https://lama.example/wp-content/uploads/2020/05/suara.mp3,left_file https://lama.example/wp-content/uploads/2020/05/suara.mp3"},
		{"a document that a plug-in shows", `[pdf-embedder url="https://lama.example/wp-content/uploads/2020/05/laporan.pdf"]`, "p [laporan.pdf](https://lama.example/wp-content/uploads/2020/05/laporan.pdf)",
			"left_file https://lama.example/wp-content/uploads/2020/05/laporan.pdf,removed_shortcode pdf-embedder"},
		{"a document in a frame", `<iframe src="https://lama.example/wp-content/uploads/2020/05/laporan.pdf"></iframe>`, "p [laporan.pdf](https://lama.example/wp-content/uploads/2020/05/laporan.pdf)",
			"left_file https://lama.example/wp-content/uploads/2020/05/laporan.pdf"},
		{"a file block", `<!-- wp:file --><div class="wp-block-file"><object class="wp-block-file__embed" data="https://lama.example/wp-content/uploads/a.pdf" type="application/pdf"></object><a href="https://lama.example/wp-content/uploads/a.pdf">Laporan</a><a href="https://lama.example/wp-content/uploads/a.pdf" class="wp-block-file__button" download>Unduh</a></div><!-- /wp:file -->`,
			"p [Laporan](https://lama.example/wp-content/uploads/a.pdf)", "left_file https://lama.example/wp-content/uploads/a.pdf,removed_element a,removed_element object"},
		{"unknown shortcodes go, what stands in them stays", "[vc_row][vc_column width=\"1/2\"]Isi kolom.[/vc_column][/vc_row]\n\n[contact-form-7 id=\"3\" title=\"Kontak\"]\n\n[iklan]", "p Isi kolom.", "removed_shortcode contact-form-7,removed_shortcode iklan,removed_shortcode vc_column,removed_shortcode vc_row"},
		{"words in brackets stay", "Ia berkata [sic] begitu [1] dan [red.] lagi [klik di sini].", "p Ia berkata [sic] begitu [1] dan [red.] lagi [klik di sini].", ""},
		{"a shortcode that is written about", "Tulis [[gallery]] untuk galeri.", "p Tulis [gallery] untuk galeri.", ""},
		{"a bracket that does not end", "Harga [naik = turun", "p Harga [naik = turun", ""},
		{"blocks", "<!-- wp:paragraph {\"align\":\"left\"} -->\n<p class=\"x\" style=\"color:red\">Satu <a href=\"https://lama.example/2020/05/01/kabar-lain/\">kabar</a>.</p>\n<!-- /wp:paragraph -->\n<!-- wp:latest-posts {\"postsToShow\":3} /-->\n<!-- wp:heading {\"level\":3} --><h3>Judul</h3><!-- /wp:heading -->",
			"p Satu [kabar](/nasional/2020/05/01/5/kabar-lain).\nh Judul", "moved_link https://lama.example/2020/05/01/kabar-lain/,removed_block latest-posts,removed_style p"},
		{"a block that is used again", "<!-- wp:block {\"ref\":9} /-->\n<!-- wp:block {\"ref\":10} /-->", "p Dipakai ulang.", "removed_block block"},
		{"classic text between blocks", "<!-- wp:paragraph -->\n<p>Blok.</p>\n<!-- /wp:paragraph -->\n\nKlasik satu.\n\nKlasik dua.", "p Blok.\np Klasik satu.\np Klasik dua.", ""},
		{"a gallery block of today", `<!-- wp:gallery --><figure class="wp-block-gallery has-nested-images"><!-- wp:image {"id":1} --><figure class="wp-block-image"><img src="https://lama.example/wp-content/uploads/2020/05/foto-1-1024x683.jpg" alt="A"><figcaption>Satu</figcaption></figure><!-- /wp:image --><figure class="wp-block-image"><img src="https://lama.example/b.jpg"></figure><figcaption class="blocks-gallery-caption">Semua</figcaption></figure><!-- /wp:gallery -->`, "gallery 1 Satu 2", ""},
		{"a gallery block of before", `<!-- wp:gallery --><ul class="wp-block-gallery columns-2"><li class="blocks-gallery-item"><figure><img src="https://lama.example/a.jpg"></figure></li><li class="blocks-gallery-item"><figure><img src="https://lama.example/b.jpg"><figcaption>Dua</figcaption></figure></li></ul><!-- /wp:gallery -->`, "gallery 1 2 Dua", ""},
		{"an embed block", "<!-- wp:embed {\"url\":\"https://x.com/a/status/1\"} --><figure class=\"wp-block-embed\"><div class=\"wp-block-embed__wrapper\">\nhttps://x.com/a/status/1\n</div><figcaption>Kicau</figcaption></figure><!-- /wp:embed -->", "embed x https://x.com/a/status/1\np Kicau", ""},
		{"scripts, hidden text and data: links", `<script>alert(1)</script>Aman.<span style="display:none">rahasia</span> <a href="data:text/html,x">tautan</a><img src="data:image/png;base64,AAAA"> <a href="javascript:x()">lagi</a>`, "p Aman. tautan lagi", "removed_element script,removed_hidden span,removed_link data:text/html,x,removed_link javascript:x(),removed_picture "},
		{"a file that is no picture", `<a href="https://lama.example/wp-content/uploads/2020/05/laporan.pdf">Unduh</a>`, "p [Unduh](https://lama.example/wp-content/uploads/2020/05/laporan.pdf)", "left_file https://lama.example/wp-content/uploads/2020/05/laporan.pdf"},
		{"nothing", " \n ", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, report := bodyOf(t, c.src)
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if report != c.notes {
				t.Errorf("noted %q, want %q", report, c.notes)
			}
		})
	}
}

// bodyOf converts a content and returns its sketch and what was noted.
func bodyOf(t *testing.T, src string) (string, string) {
	t.Helper()
	var report HTMLReport
	n := map[string]int64{}
	b := &wxrBody{item: &wxr.Item{ID: 1, Content: src}, lookup: album{}, report: &report, base: "https://lama.example/2020/05/01/ini/",
		picture: func(src, _, _, _ string) (int64, bool) {
			if n[src] == 0 {
				n[src] = int64(len(n) + 1)
			}
			return n[src], true
		}}
	d, err := b.convert("uji")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(); err != nil {
		t.Error(err)
	}
	var notes []string
	for _, x := range report.Notes {
		notes = append(notes, string(x.Kind)+" "+x.What)
	}
	return sketch(d), strings.Join(sorted(notes), ",")
}

func sorted(list []string) []string {
	out := append([]string(nil), list...)
	for i := range out {
		for k := i; k > 0 && out[k] < out[k-1]; k-- {
			out[k], out[k-1] = out[k-1], out[k]
		}
	}
	return out
}

func TestMegabytesOfStyleAreNoText(t *testing.T) {
	t.Parallel()
	style := strings.Repeat("color:red;", 300_000)
	got, _ := bodyOf(t, `<p style="`+style+`">Satu.</p><style>`+style+`</style><p><img src="data:image/png;base64,`+strings.Repeat("A", 3<<20)+`">Dua.</p>`)
	if got != "p Satu.\np Dua." {
		t.Errorf("got %q", clip(got, 200))
	}
	var report HTMLReport
	b := &wxrBody{item: &wxr.Item{Content: strings.Repeat("kata ", 2<<20)}, lookup: album{}, report: &report}
	if _, err := b.convert("uji"); err == nil || fieldOf(err) != "content:encoded" {
		t.Errorf("ten megabytes of text: %v", err)
	}
}

func TestSEOTitles(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Judul khusus": "Judul khusus", "%%title%% %%page%% %%sep%% %%sitename%%": "Asli  - Kabar", "%title% %sep% %sitename%": "Asli - Kabar",
		"#post_title #separator_sa #site_title": "Asli - Kabar", "%%ct_wilayah%% %%title%%": "", "": "", "%%title%% %%sep%%": "Asli",
	} {
		if got := seoTitleOf(raw, "Asli", "Kabar"); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func FuzzWordPressBody(f *testing.F) {
	f.Add("[caption]<img src=x>[/caption]\n\n[gallery ids=1]")
	f.Add("<!-- wp:a --><p>x<!-- /wp:a -->[b c=\"d\"]e[/b]<pre>\n\n</pre>")
	f.Fuzz(func(t *testing.T, src string) { bodyOf(t, src) })
}
