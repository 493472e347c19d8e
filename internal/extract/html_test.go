package extract_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/extract"
)

// portal is a story's page as a portal builds it, of our own making; body is what
// stands between the furniture.
func portal(head, body string) string {
	return `<!doctype html><html lang="id-ID"><head><meta charset="utf-8"><title>Kapal Pinisi Baru Diluncurkan di Bira - Suara Pesisir</title>
<link rel="canonical" href="https://www.pesisir.example/nasional/pinisi-baru">` + head + `</head><body>
<header class="site-head"><a href="/">Suara Pesisir</a><nav><ul><li><a href="/nasional">Nasional</a></li><li><a href="/ekonomi">Ekonomi</a></li><li><a href="/login">Login</a></li></ul></nav></header>
<div class="offer">Baca berita tanpa iklan. <a href="/plus">Gabung Suara Pesisir+</a></div>
<main><div class="wrap"><h1 class="judul">Kapal Pinisi Baru Diluncurkan di Bira</h1>
<div class="info"><div>Suara Pesisir - 08/01/2022, 06:31 WITA</div><div class="penulis">Penulis: <a href="/a">Andi Rahman</a> | Editor: Sitti Nurbaya</div></div>
<ul class="bagikan"><li><a href="#">Facebook</a></li><li><a href="#">WhatsApp</a></li><li><a href="#">Salin tautan</a></li></ul>
<figure class="utama"><img src="/foto/pinisi.jpg" width="750" height="500" alt="Pinisi"><figcaption>Pinisi sebelum diluncurkan di Pantai Bira.(ANTARA/Yusran Uccang)</figcaption></figure>
<div class="isi">` + body + `</div>
<div class="tag">Tag: <a href="/t/pinisi">pinisi</a>, <a href="/t/bira">Bira</a></div></div>
<section class="terkini"><h2>Terkini Lainnya</h2>` + strings.Repeat(`<div class="item"><img src="/k.jpg"><h3><a href="/x">Harga cabai turun lagi di pasar induk kota itu</a></h3><span>Ekonomi</span></div>`, 15) + `</section>
<section class="komentar"><h2>Komentar</h2><p>Bagus sekali kapalnya, semoga pembuatnya sehat selalu dan anak-anak muda mau belajar, kata orang.</p></section></main>
<footer>Copyright 2022 Suara Pesisir. All rights reserved. <a href="/redaksi">Redaksi</a></footer>
<div class="cookie">Situs ini menggunakan cookie untuk meningkatkan pengalaman Anda, dan dengan melanjutkan Anda setuju.</div></body></html>`
}

const inside = `<p><strong>BULUKUMBA, SUARA PESISIR</strong> – Sebuah kapal pinisi sepanjang 40 meter diluncurkan di Pantai Bira, Sabtu, setelah dua tahun dikerjakan oleh sebelas tukang dari tiga desa.</p>
<p>Upacara peluncuran dihadiri ratusan warga yang menarik kapal dengan tali, diiringi genderang, sejak pagi hingga air pasang.</p>
<p><strong>Baca juga: <a href="/nasional/tukang">Tukang Kapal Bira Makin Sedikit</a></strong></p>
<p>ADVERTISEMENT</p>
<p>“Kayunya dari hutan kampung, semuanya,” kata kepala tukang, Haji Mansur, seperti dilansir AFP, kepada para wartawan.</p>
<div><p>Ikuti saluran WhatsApp Suara Pesisir untuk mendapat berita pilihan setiap hari, klik tautan ini lalu gabung.</p></div>
<h2>Pesanan dari Labuan Bajo</h2>
<p>Kapal itu dipesan oleh seorang pengusaha di Labuan Bajo, dan akan berlayar ke sana pada awal bulan depan dengan dua belas awak.</p>
<p>Sumber: ANTARA</p>`

func TestAPortalsPage(t *testing.T) {
	t.Parallel()
	p, err := extract.HTML(portal(`<meta property="og:type" content="article"><meta property="og:site_name" content="Suara Pesisir"><meta name="description" content="Pinisi 40 meter diluncurkan setelah dua tahun dikerjakan.">`, inside), options(t))
	if err != nil {
		t.Fatal(err)
	}
	var authors []string
	for _, a := range p.Authors {
		authors = append(authors, a.Role+" "+a.Name)
	}
	for _, f := range []struct{ name, got, want string }{
		{"kind", string(p.Kind), "story"}, {"headline", p.Headline, "Kapal Pinisi Baru Diluncurkan di Bira"}, {"site", p.Site, "Suara Pesisir"},
		{"address", p.URL, "https://www.pesisir.example/nasional/pinisi-baru"}, {"authors", strings.Join(authors, ", "), "writer Andi Rahman, editor Sitti Nurbaya"},
		{"published", p.Published.Time.UTC().Format(time.RFC3339), "2022-01-07T22:31:00Z"}, {"dateline", p.Dateline, "BULUKUMBA"},
		{"topics", strings.Join(p.Topics, ", "), "pinisi, Bira"},
	} {
		if f.got != f.want {
			t.Errorf("%s is %q, want %q", f.name, f.got, f.want)
		}
	}
	if p.Lead == nil || p.Lead.URL != "https://www.pesisir.example/foto/pinisi.jpg" || p.Lead.Credit != "ANTARA/Yusran Uccang" || !strings.HasPrefix(p.Lead.Caption, "Pinisi sebelum") {
		t.Errorf("the picture is %+v", p.Lead)
	}
	var sources []string
	for _, s := range p.Sources {
		sources = append(sources, s.Name)
	}
	if got := strings.Join(sources, ", "); got != "ANTARA, AFP" && got != "AFP, ANTARA" {
		t.Errorf("the sources are %q", got)
	}
	for _, want := range []string{"sebelas tukang", "Haji Mansur", "<h2>Pesanan dari Labuan Bajo</h2>", "dua belas awak", `Baca juga: <a href="https://www.pesisir.example/nasional/tukang">Tukang Kapal Bira Makin Sedikit</a>`} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("the body lacks %q: %s", want, p.Body)
		}
	}
	for _, not := range []string{"ADVERTISEMENT", "WhatsApp", "tanpa iklan", "Harga cabai", "Bagus sekali", "Copyright", "cookie", "Facebook", "Sumber", "Penulis"} {
		if strings.Contains(p.Body, not) {
			t.Errorf("the body has %q", not)
		}
	}
	kept := map[string]string{}
	for _, l := range p.Lines {
		if l.Verdict == extract.Kept {
			kept[l.Field] += l.Text + "\n"
		} else if l.Why == "" {
			t.Errorf("nothing says why line %d is %s: %s", l.No, l.Verdict, l.Text)
		}
	}
	for field, want := range map[string]string{"body": "sebelas tukang", "read_also": "Tukang Kapal Bira", "headline": "Kapal Pinisi", "author": "Andi Rahman", "date": "08/01/2022", "caption": "Yusran", "source": "ANTARA"} {
		if !strings.Contains(kept[field], want) {
			t.Errorf("the field %s has %q, want %q in it", field, kept[field], want)
		}
	}
}

func TestARuleOfAPortal(t *testing.T) {
	t.Parallel()
	rules, err := extract.ParsePortals("# milik kami\nhost pesisir.example\nname Pesisir\nbody .teks\nheadline .kop\nauthor .oleh\ndate .waktu\ndrop .sisipan\ntopics .label a\ntitle - Pesisir")
	if err != nil {
		t.Fatal(err)
	}
	opt := options(t)
	opt.Portals, opt.URL = rules, "https://m.pesisir.example/x"
	p, err := extract.HTML(`<title>Lain - Pesisir</title><div class="kop">Judul dari Aturan</div><span class="oleh">Rini Astuti</span><i class="waktu">Sabtu, 8 Januari 2022 06.31 WIB</i>
<div class="teks">`+strings.Repeat(para, 3)+`<div class="sisipan"><p>Sisipan yang tidak pernah bagian berita, walaupun panjang dan berkoma.</p></div></div><div class="label"><a>bakau</a><a>pantai</a></div>`, opt)
	if err != nil {
		t.Fatal(err)
	}
	if p.Method != "rule" || p.Headline != "Judul dari Aturan" || len(p.Authors) != 1 || p.Authors[0].Name != "Rini Astuti" || p.Published.Time.UTC().Format("2006-01-02 15:04") != "2022-01-07 23:31" ||
		strings.Contains(p.Body, "Sisipan") || !strings.Contains(p.Body, "menanam kembali") || strings.Join(p.Topics, " ") != "bakau pantai" || p.Site != "Pesisir" {
		t.Errorf("%+v", p)
	}
	for _, bad := range []string{"body .x", "host x.example\nwarna .y", "host x.example\nbody a[", "host x.example\nbody"} {
		if _, err := extract.ParsePortals(bad); err == nil || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"warna: Merah", "editor: !!", "tanpa titik dua"} {
		if _, err := extract.ParseLabels(bad); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, built := range []string{extract.BuiltinPortals(), extract.BuiltinLabels()} {
		if len(built) < 1000 {
			t.Error("the built-in rules are short")
		}
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	ld := `<script type="application/ld+json"><!--
{"@context":"https://schema.org","@graph":[{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"name":"Beranda"},{"@type":"ListItem","position":2,"item":{"name":"Ekonomi"}}]},
{"@type":["NewsArticle"],"headline":"Judul &amp; Kapal","description":"Ringkasan.","datePublished":"2022-01-08T06:31:00+07:00","dateModified":"2022-01-08T09:00:00+07:00",
"author":[{"@type":"Person","name":"Rini Astuti"},{"@type":"Person","name":"Budi Santoso"}],"editor":"Sari Dewi","image":{"url":"/foto.jpg","caption":"Kapal (AFP/X)"},"keywords":"kapal, bakau","publisher":{"name":"Pesisir"},"inLanguage":"id"}]}
--></script>`
	p, err := extract.HTML(page(ld+`<link rel="canonical" href="https://pesisir.example/a/b">`, strings.Repeat(para, 4)), options(t))
	if err != nil {
		t.Fatal(err)
	}
	var who []string
	for _, a := range p.Authors {
		who = append(who, a.Role+" "+a.Name)
	}
	if p.Headline != "Judul & Kapal" || p.Section != "Ekonomi" || strings.Join(who, ",") != "writer Rini Astuti,writer Budi Santoso,editor Sari Dewi" || p.Site != "Pesisir" ||
		!p.Published.Zoned || p.Published.Time.UTC().Hour() != 23 || p.Modified.Time.UTC().Hour() != 2 || p.Lead == nil || p.Lead.URL != "https://pesisir.example/foto.jpg" || p.Lead.Credit != "AFP/X" || strings.Join(p.Topics, ",") != "kapal,bakau" {
		t.Errorf("%+v %+v", p, p.Lead)
	}
}

func TestTheTextOfJSONLDWhenThePageHasNone(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("Warga menanam kembali bakau di pantai, kata ketua kelompok itu kepada semua orang yang datang.\\n", 12)
	p, err := extract.HTML(page(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"Bakau","articleBody":"`+body+`"}</script>`, `<div id="app">Memuat</div>`), options(t))
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != extract.Story || p.Method != "json-ld" || strings.Count(p.Body, "<p>") != 12 {
		t.Errorf("%s by %q: %.300s", p.Kind, p.Method, p.Body)
	}
}

func TestPartsOfAStory(t *testing.T) {
	t.Parallel()
	one := func(url, canonical, text string) *extract.Page {
		t.Helper()
		opt := options(t)
		opt.URL = url
		p, err := extract.HTML(page(`<link rel="canonical" href="`+canonical+`">`, text+
			`<div class="paging"><a href="/berita/bakau?page=1">1</a> <a href="/berita/bakau?page=2">2</a> <a href="/berita/bakau?page=all">Semua halaman</a></div>`), opt)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	const at = "https://pesisir.example/berita/bakau"
	dam := strings.Repeat("<p>Tanggul bambu dikerjakan bersama oleh semua warga kampung itu, sejak pagi sampai petang, selama tiga hari.</p>", 4)
	pond := strings.Repeat("<p>Kolam ikan digali belakangan, ketika hujan pertama turun, dan diisi bibit bandeng dari Gresik pada minggu berikutnya.</p>", 4)
	first, second := one(at, at, dam), one(at+"?page=2", at+"?page=2", pond)
	if first.URL != at || second.URL != at || second.Part != 2 || len(first.Next) != 2 {
		t.Fatalf("%s %v, %s part %d", first.URL, first.Next, second.URL, second.Part)
	}
	both := extract.Join([]*extract.Page{second, first})
	if i, j := strings.Index(both.Body, "Tanggul"), strings.Index(both.Body, "Kolam"); i < 0 || j < i || both.Headline != first.Headline {
		t.Errorf("joined: %d, %d", i, j)
	}
	if same := extract.Join([]*extract.Page{first, first, one(at, at, dam)}); strings.Count(same.Body, "Tanggul") != 4 {
		t.Error("the same part counts more than once")
	}
	whole := one(at+"?page=all", at, "<p>Keduanya diceritakan di sini, dari awal sampai akhir, oleh orang-orang yang mengerjakannya.</p>"+dam)
	if all := extract.Join([]*extract.Page{first, second, whole}); !whole.Whole || strings.Contains(all.Body, "Kolam") || !strings.Contains(all.Body, "Keduanya") {
		t.Error("the page with all parts does not win")
	}
	key := extract.StoryKey([]byte(page(`<link href="`+at+`/2" rel=canonical><meta property="og:url" content="x">`, "")))
	if !strings.HasPrefix(key, at) || extract.StoryKey([]byte("<title>x</title>")) != "" {
		t.Errorf("the key is %q", key)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ line, lang, want string }{
		{"Kompas.com - 08/01/2022, 06:31 WIB", "id", "2022-01-07T23:31:00Z"},
		{"08/01/2022, 06:31 WIB", "en", "2022-01-07T23:31:00Z"},
		{"Published 01/08/2022, 6:31 a.m. ET", "en", "2022-01-08T11:31:00Z"},
		{"Sabtu, 8 Januari 2022 06.31 WITA", "id", "2022-01-07T22:31:00Z"},
		{"Diterbitkan 08 Jan 2022, 06:31 WIT", "id", "2022-01-07T21:31:00Z"},
		{"Jumat, 17 Agustus 2018 | 10:15 WIB", "id", "2018-08-17T03:15:00Z"},
		{"January 8, 2022 at 6:31 PM GMT+7", "en", "2022-01-08T11:31:00Z"},
		{"13/01/2022 23:05 WIB", "id", "2022-01-13T16:05:00Z"},
		{"Tue 14 Feb 2023 05.00 GMT", "en", "2023-02-14T05:00:00Z"},
		{"2 jam lalu", "id", ""},
		{"31/02/2022, 06:31 WIB", "id", ""},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			text := "Judul Berita Percobaan yang Cukup Panjang\n" + tt.line + "\n" + strings.Repeat("Warga menanam kembali bakau di pantai yang berita percobaan itu, kata ketua kelompok kepada semua orang.\n\n", 3)
			if tt.lang == "en" {
				text = "A headline about the river and the bridge of the town\n" + tt.line + "\n" + strings.Repeat("The bridge over the river was opened to the people of the town on Friday, and it is the first of its kind.\n\n", 3)
			}
			p, err := extract.Text(text, options(t))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if !p.Published.IsZero() {
				got = p.Published.Time.UTC().Format(time.RFC3339)
			}
			if got != tt.want {
				t.Errorf("read as %q, want %q (language %q)", got, tt.want, p.Language)
			}
		})
	}
	opt := options(t)
	opt.Fetched = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	p, err := extract.Text("Judul Berita Percobaan Bakau Panjang\n2 jam lalu\n"+strings.Repeat("Warga menanam bakau di pantai berita percobaan itu, kata ketua kelompok kepada semua orang.\n", 3), opt)
	if err != nil || !p.Published.Time.Equal(opt.Fetched.Add(-2*time.Hour)) {
		t.Errorf("counted from the time of fetching: %v, %v", p.Published, err)
	}
}
