package extract_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"warta/internal/extract"
	"warta/internal/fault"
)

const para = "<p>Warga kampung nelayan itu menanam kembali bakau di sepanjang pantai, dan anak-anak sekolah ikut membawa bibit pada hari Minggu. Ketua kelompok berkata penanaman akan diulang bulan depan.</p>\n"

func page(head, body string) string {
	return `<!doctype html><html lang="id"><head><title>Warga Menanam Bakau Lagi</title>` + head + `</head><body><article><h1>Warga Menanam Bakau Lagi</h1>` + body + `</article></body></html>`
}

func TestBadPages(t *testing.T) {
	t.Parallel()
	story := strings.Repeat(para, 4)
	tests := []struct {
		name, in string
		not      []string // never in the body
	}{
		{"scripts", page(`<script>alert("rahasia")</script>`, story+`<script>document.write("rahasia")</script><p onclick="rahasia()">Satu paragraf lagi yang cukup panjang, dengan koma, untuk dianggap isi berita oleh siapa pun.</p>`), []string{"rahasia", "onclick", "script"}},
		{"hidden by style", page("", story+`<p style="display: none">rahasia satu, kalimat yang tidak boleh dibaca siapa pun di sini</p><div style="visibility:hidden">rahasia dua</div>`), []string{"rahasia"}},
		{"hidden by attribute", page("", story+`<p hidden>rahasia satu, kalimat panjang yang tidak boleh ikut</p><p aria-hidden="true">rahasia dua, kalimat panjang yang tidak boleh ikut</p>`), []string{"rahasia"}},
		{"off the screen", page("", story+`<p style="position:absolute;left:-9999px">rahasia satu, kalimat panjang yang tidak boleh ikut</p><p style="text-indent:-5000px">rahasia dua, kalimat panjang yang tidak boleh ikut</p><p class="sr-only">rahasia tiga, kalimat panjang yang tidak boleh ikut</p><p style="font-size:0">rahasia empat, kalimat panjang yang tidak boleh ikut</p><p style="clip: rect(0,0,0,0)">rahasia lima, kalimat panjang yang tidak boleh ikut</p>`), []string{"rahasia"}},
		{"data links", page("", `<figure><img src="data:image/png;base64,AAAA"><figcaption>Bibit</figcaption></figure>`+story+`<p>Lihat <a href="data:text/html,rahasia">ini</a> dan <a href="javascript:rahasia()">itu</a>, kalimat yang panjang dan berkoma untuk isi berita.</p>`), []string{"rahasia", "data:"}},
		{"a frame that is not closed", page("", story+`<iframe src="https://iklan.example/x"/>`+para), nil},
		{"a template", page("", story+`<template><p>rahasia, kalimat panjang yang tidak boleh ikut ke dalam isi berita</p></template>`), []string{"rahasia"}},
		{"nothing is closed", `<html><head><title>Warga Menanam Bakau Lagi</title><body><div><h1>Warga Menanam Bakau Lagi<div><p>` + strings.ReplaceAll(story, "</p>", ""), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := extract.HTML(tt.in, options(t))
			if err != nil {
				t.Fatal(err)
			}
			if p.Kind != extract.Story || !strings.Contains(p.Body, "penanaman akan diulang") || p.Headline != "Warga Menanam Bakau Lagi" {
				t.Fatalf("kind %s (%s), headline %q, body %.200s", p.Kind, p.Why, p.Headline, p.Body)
			}
			for _, w := range tt.not {
				if strings.Contains(strings.ToLower(p.Body+p.Text()+p.Standfirst), w) {
					t.Errorf("the body has %q: %s", w, p.Body)
				}
			}
		})
	}
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("<p>Kafé “Négara” di Denpasar menjual roti, kopi, dan teh setiap hari sampai malam bagi semua warga.</p>", 5)
	utf := page(`<meta charset="iso-8859-1">`, text)
	latin := page(`<meta charset="utf-8">`, strings.NewReplacer("é", "\xe9", "“", "\x93", "”", "\x94").Replace(text))
	wide := func(s string, big bool) string {
		var b strings.Builder
		for _, r := range s {
			if big {
				b.WriteByte(byte(r >> 8))
				b.WriteByte(byte(r))
			} else {
				b.WriteByte(byte(r))
				b.WriteByte(byte(r >> 8))
			}
		}
		return b.String()
	}
	for name, in := range map[string]string{
		"UTF-8 that says Latin 1":         utf,
		"Windows-1252 that says UTF-8":    latin,
		"a byte order mark":               "\xef\xbb\xbf" + utf,
		"UTF-16, little, with its mark":   "\xff\xfe" + wide(utf, false),
		"UTF-16, big, with its mark":      "\xfe\xff" + wide(utf, true),
		"UTF-16 without a mark":           wide(utf, false),
		"UTF-8 with one broken character": strings.Replace(utf, "roti", "ro\xc3ti", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := extract.Bytes([]byte(in), extract.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(p.Text(), "Kafé “Négara” di Denpasar") {
				t.Errorf("%s, %s: %.120s", p.Kind, p.Why, p.Text())
			}
		})
	}
}

func TestPagesThatAreNoStories(t *testing.T) {
	t.Parallel()
	list := strings.Repeat(`<div class="item"><a href="/a"><h3>Harga cabai turun lagi di pasar induk kota</h3></a><span>1 jam lalu</span></div>`, 30)
	for _, tt := range []struct {
		name string
		kind extract.Kind
		in   string
		url  string
	}{
		{"a front page", extract.Index, `<html lang="id"><title>Suara Pesisir - Berita Terkini</title><body><nav><a href="/x">Nasional</a></nav><main>` + list + `</main>`, "https://pesisir.example/"},
		{"an index with dates", extract.Index, "<html lang=id><title>Indeks Berita</title><body><ul>" + strings.Repeat("<li><a href='/2022/01/02/berita-7'>Judul berita nomor tujuh yang panjang</a> <time>2022-01-02</time></li>", 40) + "</ul>", ""},
		{"a picture", extract.Empty, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + strings.Repeat("\x00\x01\x02\x9c\xfe\x07", 400), ""},
		{"a section", extract.Index, `<html lang="id"><title>Ekonomi - Suara Pesisir</title><body><h1>Ekonomi</h1><main>` + list + `</main>`, "https://pesisir.example/ekonomi"},
		{"404 in Indonesian", extract.Missing, `<html lang="id"><title>Suara Pesisir</title><body><h1>Halaman tidak ditemukan</h1><p>Maaf, halaman yang Anda cari tidak ada atau sudah dipindahkan ke tempat lain.</p>`, "https://pesisir.example/x"},
		{"404 in English", extract.Missing, `<html lang="en"><title>404 Not Found</title><body><h1>Page not found</h1><p>The page you are looking for may have moved, or it may never have been here at all.</p>`, ""},
		{"a wall of consent", extract.Consent, `<html lang="en"><title>The Courier</title><body><h1>We value your privacy</h1><p>We and our 812 partners store and access information on a device, such as cookies, to serve ads and measure them.</p><button>Accept all</button>`, ""},
		{"a wall to sign in", extract.Login, `<html lang="id"><title>Suara Pesisir</title><body><h1>Masuk untuk membaca artikel ini</h1><p>Silakan masuk atau daftar.</p><form><input name=u></form>`, ""},
		{"a check for robots", extract.Check, `<html lang="en"><title>Just a moment...</title><body><p>Checking your browser before accessing the site. This may take a few seconds.</p>`, ""},
		{"nothing", extract.Empty, ``, ""},
		{"a text of words", extract.Empty, "Beranda\nCari\nMasuk\nDaftar", ""},
		{"a text of headlines", extract.Index, "Beranda\nHarga Cabai Turun Lagi di Pasar Induk\nJembatan Kembar Dibuka Besok Pagi di Serang\nPetani Garam Mulai Panen Raya di Madura\nTimnas Putri Menang Tipis atas Tuan Rumah\nFestival Layang Layang Kembali Digelar di Sanur\nWarga Gotong Royong Bersihkan Sungai Besar\n", ""},
		{"a text of a wall", extract.Missing, "Suara Pesisir\nHalaman tidak ditemukan\nMaaf, halaman yang Anda cari tidak tersedia.\nKembali ke beranda", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			opt := options(t)
			opt.URL = tt.url
			p, err := extract.Bytes([]byte(tt.in), opt)
			if err != nil {
				t.Fatal(err)
			}
			if p.Kind != tt.kind || p.Why == "" || p.Body != "" {
				t.Errorf("kind %s, want %s; %q, body %q", p.Kind, tt.kind, p.Why, p.Body)
			}
			for _, l := range p.Lines {
				if l.Verdict == extract.Kept {
					t.Errorf("line %d is kept: %s", l.No, l.Text)
				}
			}
		})
	}
}

// costly are pages whose size n says, made to be slow to read.
var costly = map[string]func(n int) string{
	"paragraphs":        func(n int) string { return page("", strings.Repeat(para, n/len(para))) },
	"nested containers": func(n int) string { return page("", strings.Repeat("<div>", n/5)+para) },
	"nested with text":  func(n int) string { return page("", strings.Repeat("<div>kata, kata. ", n/17)+para) },
	"open formats":      func(n int) string { return page("", strings.Repeat("<p><b><i><font size=1>kata ", n/26)+para) },
	"distinct formats": func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "<p><font size=%d>kata ", i)
		}
		return page("", b.String()+para)
	},
	"stray end tags": func(n int) string { return page("", strings.Repeat("a</z>", n/5)+para) },
	"links":          func(n int) string { return page("", strings.Repeat(`<a href="/x?page=2">2</a> `, n/26)+para) },
	"tables":         func(n int) string { return page("", strings.Repeat("<table><tr><td>kata", n/19)+para) },
	"lists":          func(n int) string { return page("", strings.Repeat("<ul><li>kata", n/12)+para) },
	"inline style": func(n int) string {
		return page("", `<div style="`+strings.Repeat("color:red;", n/10)+`">`+strings.Repeat(para, 5)+"</div>")
	},
	"attributes":    func(n int) string { return page("", "<div "+strings.Repeat(`a="1" `, n/6)+">"+strings.Repeat(para, 5)) },
	"breaks":        func(n int) string { return page("", strings.Repeat("kata kata<br>", n/13)+para) },
	"one long text": func(n int) string { return page("", "<p>"+strings.Repeat("kata, kata. ", n/12)+"</p>"+para) },
	"the same text": func(n int) string { return page("", strings.Repeat("<p>sama</p>", n/11)+strings.Repeat(para, 3)) },
	"JSON-LD": func(n int) string {
		return page(`<script type="application/ld+json">`+strings.Repeat(`{"@graph":[`, 2000)+`</script>`, strings.Repeat(para, n/len(para)/2))
	},
	"a text of lines": func(n int) string {
		return strings.Repeat("Terkini Lainnya\nHarga cabai turun lagi di pasar\nWarga menanam bakau di pantai, kata ketua kelompok itu.\n", n/120)
	},
	"a text of prose": func(n int) string {
		return strings.Repeat("Warga menanam bakau di pantai sejak pagi, kata ketua kelompok itu kepada semua orang.\n", n/88)
	},
	"a text of one line": func(n int) string { return strings.Repeat("kata, kata. ", n/12) },
	"a text of labels":   func(n int) string { return strings.Repeat("Baca juga\nPenulis\nEditor\nTag\n", n/28) },
}

// TestCostIsFlat reads pages of two sizes: what grows with the square takes longer
// for the larger one than it may. WARTA_COST=full has pages of 5 MB.
func TestCostIsFlat(t *testing.T) {
	t.Parallel()
	small, times := 10_000, 8
	if os.Getenv("WARTA_COST") == "full" {
		small = 5_000_000 / times
	}
	for name, make := range costly {
		t.Run(name, func(t *testing.T) {
			opt := options(t)
			took := func(n int) time.Duration {
				in := make(n)
				start := time.Now()
				if _, err := extract.Bytes([]byte(in), opt); err != nil {
					t.Fatal(err)
				}
				return time.Since(start)
			}
			for try := 1; ; try++ { // others use the machine too
				a, b := took(small), took(small*times)
				t.Logf("%d bytes took %s, %d bytes %s", small, a, small*times, b)
				if b <= time.Duration(times*3)*a+400*time.Millisecond {
					return
				}
				if try == 3 {
					t.Fatal("what is eight times as large takes more than 24 times as long")
				}
			}
		})
	}
}

func TestATooLargePageIsRefused(t *testing.T) {
	t.Parallel()
	for _, call := range []func(string) error{
		func(s string) error { _, err := extract.HTML(s, extract.Options{}); return err },
		func(s string) error { _, err := extract.Text(s, extract.Options{}); return err },
		func(s string) error { _, err := extract.Bytes([]byte(s), extract.Options{}); return err },
	} {
		if err := call(strings.Repeat("a", extract.MaxPage+1)); !fault.Is(err, fault.TooLarge) {
			t.Error(err)
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, make := range costly {
		f.Add(make(400))
	}
	f.Add(page(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"X","author":[{"name":"A"}],"datePublished":"2022-01-08"}</script>`, strings.Repeat(para, 3)+`<p>Baca juga: <a href="/y">Judul lain</a></p><figure><img src="/z.jpg"><figcaption>Foto (AFP/X)</figcaption></figure>`))
	f.Add("Beranda\nJudul Berita Percobaan Hari Ini\nKompas.com - 08/01/2022, 06:31 WIB\nPenulis: A B | Editor: C D\nJAKARTA, KOMPAS.com – Isi berita yang panjang, dengan koma.\nBaca juga: X\nTag:\na\nTerkini Lainnya\nKomentar")
	opt := options(f)
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 20_000 {
			return
		}
		for _, read := range []func(string, extract.Options) (*extract.Page, error){extract.HTML, extract.Text} {
			p, err := read(in, opt)
			if err != nil {
				t.Fatal(err)
			}
			if p.Kind != extract.Story && (p.Body != "" || p.Why == "") {
				t.Fatalf("kind %s with why %q and a body", p.Kind, p.Why)
			}
			if strings.Contains(strings.ToLower(p.Body), "<script") {
				t.Fatalf("a script in the body: %s", p.Body)
			}
			for i, l := range p.Lines {
				if l.No != i+1 || l.Verdict == "" || l.Verdict == extract.Kept && l.Field == "" || l.Verdict == extract.Furniture && l.Why == "" {
					t.Fatalf("line %+v", l)
				}
			}
		}
	})
}
