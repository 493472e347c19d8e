package ingest_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/ingest"
)

// convert turns HTML into a checked document; every picture is known.
func convert(t testing.TB, src string) (doc.Doc, ingest.HTMLReport) {
	t.Helper()
	n := int64(0)
	d, report, err := ingest.HTML(src, ingest.HTMLOptions{
		Base: "https://lama.contoh.id/a/b.html",
		IDs:  doc.SeededIDs("test"),
		Picture: func(src, _, _, _ string) (int64, bool) {
			n++
			return n, !strings.Contains(src, "missing")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(); err != nil {
		t.Fatalf("the document is not valid: %v", err)
	}
	return d, report
}

// sketch writes a document in one line for comparison.
func sketch(d doc.Doc) string {
	var out []string
	for _, b := range d.Blocks {
		out = append(out, sketchBlock(b))
	}
	return strings.Join(out, " | ")
}

func sketchBlock(b doc.Block) string {
	switch b := b.(type) {
	case doc.Paragraph:
		return "p:" + sketchText(b.Text)
	case doc.Heading:
		return fmt.Sprintf("h%d:%s", b.Level, sketchText(b.Text))
	case doc.List:
		name := "ul"
		if b.Ordered {
			name = fmt.Sprintf("ol%d", b.Start)
		}
		var items []string
		for _, it := range b.Items {
			s := sketchText(it.Text)
			for _, l := range it.Lists {
				s += "{" + sketchBlock(l) + "}"
			}
			items = append(items, s)
		}
		return name + ":" + strings.Join(items, ";")
	case doc.Quote:
		var ps []string
		for _, p := range b.Paragraphs {
			ps = append(ps, sketchText(p))
		}
		s := "q:" + strings.Join(ps, ";")
		if b.Attribution != "" {
			s += " by " + b.Attribution
		}
		return s
	case doc.Picture:
		return fmt.Sprintf("img:%d[%s][%s][%s]", b.Picture, b.Caption, b.Credit, b.Alt)
	case doc.Gallery:
		return fmt.Sprintf("gallery:%d[%s]", len(b.Items), b.Caption)
	case doc.Table:
		return "table:" + strings.ReplaceAll(strings.ReplaceAll(doc.PlainBlock(b), "\n", "/"), "\t", ",")
	case doc.Embed:
		return fmt.Sprintf("embed:%s %s [%s]", b.Provider, b.URL, b.Title)
	case doc.ReadAlso:
		return fmt.Sprintf("also:%s [%s]", b.URL, b.Headline)
	case doc.Divider:
		return "hr"
	}
	return b.Type()
}

func sketchText(in doc.Inline) string {
	var b strings.Builder
	for _, r := range in {
		s := r.Text
		if r.Break {
			s = "⏎"
		}
		if r.Marks != 0 {
			s = strings.Join(r.Marks.Names(), "+") + "(" + s + ")"
		}
		if r.Href != "" {
			s = "<" + r.Href + ">(" + s + ")"
		}
		b.WriteString(s)
	}
	return b.String()
}

func TestHTML(t *testing.T) {
	t.Parallel()
	long := strings.TrimSpace(strings.Repeat("kata ", 50))
	tests := []struct{ name, in, want string }{
		{"nothing is nothing", "", ""},
		{"a paragraph", "<p>Satu  dua\n tiga</p>", "p:Satu dua tiga"},
		{"text outside of any element", "Satu<p>dua</p>tiga", "p:Satu | p:dua | p:tiga"},
		{"a div with text is a paragraph", "<div>Satu<div>dua</div>tiga</div>", "p:Satu | p:dua | p:tiga"},
		{"unclosed paragraphs", "<p>Satu<p>dua", "p:Satu | p:dua"},
		{"empty paragraphs go", "<p>&nbsp;</p><p>a</p><p> <br></p>", "p:a"},
		{"non-breaking spaces and zero-width characters", "<p>Rp&nbsp;15.000\u200b \u00ad,-\ufeff</p>", "p:Rp 15.000 ,-"},
		{"marks", "<p>a<b>b</b><i>c<u>d</u></i><s>e</s>H<sub>2</sub>x<sup>2</sup><code>f</code></p>",
			"p:astrong(b)em(c)em+underline(d)strike(e)Hsub(2)xsup(2)code(f)"},
		{"spaces at the edges of marks", "<p>a <b> b </b> c</p>", "p:a strong(b) c"},
		{"a mark around paragraphs", "<b><p>a</p><p>b</p></b>", "p:strong(a) | p:strong(b)"},
		{"a break", "<p>a<br>b</p>", "p:a⏎b"},
		{"two breaks make a paragraph", "<p>a<br/><br />b<br><br><br></p>", "p:a | p:b"},
		{"headings", "<h1>a</h1><h2>b</h2><h3>c</h3><h5>d</h5><h6></h6>", "h2:a | h2:b | h3:c | h4:d"},
		{"a link", `<p>a <a href="http://x.id/?a=1&amp;b=2">b</a></p>`, "p:a <http://x.id/?a=1&b=2>(b)"},
		{"a relative link", `<p><a href="../c.html">b</a><a href="//x.id/d">d</a></p>`, "p:<https://lama.contoh.id/c.html>(b)<https://x.id/d>(d)"},
		{"a link with a space in it", `<p><a href=" https://x.id/a b ">b</a></p>`, "p:<https://x.id/a%20b>(b)"},
		{"hostile links keep their text", `<p><a href="javascript:alert(1)">a</a><a href="java&#10;script:alert(1)">b</a><a href="data:text/html,x">c</a><a href="#d">d</a><a href="https://u@x.id">e</a></p>`, "p:abcde"},
		{"a list", "<ul><li>a<li>b <b>c</b></ul>", "ul:a;b strong(c)"},
		{"an ordered list with a start", `<ol start="3"><li><p>a</p><p>b</p></li></ol>`, "ol3:a⏎b"},
		{"nested lists, right and wrong", "<ul><li>a<ul><li>b</li></ul></li><ul><li>c</li></ul><li>d</li></ul>", "ul:a{ul:b}{ul:c};d"},
		{"lists that are too deep stay as text", "<ul><li>a<ul><li>b<ul><li>c<ul><li>d<ul><li>e</ul></ul></ul></ul></ul>", "ul:a{ul:b{ul:c;d;e}}"},
		{"a list of nothing", "<ul><li> </li></ul>", ""},
		{"a picture in a list follows it", `<ul><li>a<img src="x.jpg" alt="X"></li><li>b</li></ul>`, "ul:a;b | img:1[][][X]"},
		{"a quote", "<blockquote><p>a</p><p>b</p><footer>— Budi</footer></blockquote>", "q:a;b by Budi"},
		{"a quote with a list", "<blockquote>a<ul><li>b</ul>c</blockquote>", "q:a | ul:b | q:c"},
		{"a cite inside a quote's paragraph", "<blockquote><p>a</p><p><cite>Ani</cite></p></blockquote>", "q:a by Ani"},
		{"a figure", `<figure><a href="#"><img src="/x.jpg" alt="Banjir"></a><figcaption>Warga. (AFP/BUDI)</figcaption></figure>`, "img:1[Warga.][AFP/BUDI][Banjir]"},
		{"a figure with a credit of its own", `<figure><img src="x.jpg"><figcaption>Warga <span class="photo-credit">Ani</span></figcaption></figure>`, "img:1[Warga][Ani][]"},
		{"brackets that are no credit", `<figure><img src="x.jpg"><figcaption>Presiden (kiri)</figcaption></figure>`, "img:1[Presiden (kiri)][][]"},
		{"a figure whose caption has no tag", `<figure><div><img src="x.jpg"></div><span>Warga</span></figure>`, "img:1[Warga][][]"},
		{"a figure that holds a story", `<figure><img src="x.jpg" height="0" width="9"><p>` + long + `</p></figure>`, "img:1[][][] | p:" + long},
		{"a figure with two pictures", `<figure><img src="x.jpg"><img src="y.jpg"><figcaption>Dua</figcaption></figure>`, "gallery:2[Dua]"},
		{"a figure with a table", `<figure><table><tr><td>a<td>b</table><figcaption>T</figcaption></figure>`, "table:a,b | p:T"},
		{"a lazy picture", `<p><img src="data:image/gif;base64,R0" data-src="https://x.id/y.jpg" alt="Y"><noscript><img src="z"></noscript></p>`, "img:1[][][Y]"},
		{"a picture inside a paragraph follows it", `<p>a <img src="x.jpg"> b</p>`, "p:a b | img:1[][][]"},
		{"a picture that nobody has", `<p>a</p><img src="missing.jpg">`, "p:a"},
		{"a tracking pixel", `<p>a<img src="x.gif" width="1" height="1"></p>`, "p:a"},
		{"an emoji picture", `<p>a <img class="emoji" alt="🎉" src="e.png"></p>`, "p:a 🎉"},
		{"a table", `<table><caption>T</caption><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td><td>d<br>e</td></tr></tbody></table>`, "table:T/a,b/c,d e"},
		{"a table with hostile spans", `<table><tr><td colspan="9999" rowspan="9999">a</td></tr><tr><td>b</td><td>c</td></tr></table>`, "p:a | p:b | c"},
		{"a table that lays out the page", `<table><tr><td><p>a</p><p>b</p></td></tr></table>`, "p:a | p:b"},
		{"a table inside a table", `<table><tr><td>x</td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>`, "p:x | table:a,b"},
		{"text where a table has none", `<table>loose<tr><td>a</td><td>b</td></tr></table>`, "p:loose | p:a | p:b"},
		{"a rule between", "<p>a</p><hr><p>b</p><hr>", "p:a | hr | p:b"},
		{"a video frame", `<p>a</p><iframe src="//www.youtube.com/embed/abc?rel=0" title="Video"></iframe>`, "p:a | embed:youtube https://www.youtube.com/watch?v=abc [Video]"},
		{"an embedded post", `<blockquote class="twitter-tweet"><p>Halo</p>&mdash; Ani <a href="https://twitter.com/ani/status/1">8 Jan</a></blockquote><script src="x.js"></script>`, "embed:x https://twitter.com/ani/status/1 [Halo — Ani 8 Jan]"},
		{"a frame of nobody", `<p>a</p><iframe src="https://ads.example/x">b</iframe>`, "p:a"},
		{"a closed frame swallows nothing", `<iframe src="https://ads.example/x"/><p>a</p>`, "p:a"},
		{"scripts, styles, forms, comments", `<script>1<2</script><style>p{}</style><!-- x --><form><p>kirim</p></form><p>a</p><![CDATA[x]]>`, "p:a"},
		{"what was hidden", `<p>a</p><div style="display: none">b</div><p hidden>c</p>`, "p:a"},
		{"preformatted lines", "<pre>a\n  b</pre>", "p:a⏎  b"},
		{"terms", "<dl><dt>a<dd>b</dl>", "p:strong(a) | p:b"},
		{"elements that nobody knows", `<p>a<o:p></o:p><x-y>b</x-y></p>`, "p:ab"},
		{"quotation marks", "<p><q>a</q></p>", "p:“a”"},
		{"misnested marks", "<p><b>a<i>b</b>c</i></p>", "p:strong(a)strong+em(b)c"},
		{"a whole page", "<!doctype html><html><head><title>t</title><meta charset=utf-8><body><p>a</body></html>", "p:a"},
		{"end tags of nothing", "</div></p></td><p>a</b></p>", "p:a"},
		{"a NUL and a lone surrogate", "<p>a\x00\xed\xa0\x80b</p>", "p:a\ufffdb"},
		{"markup in text", "<p>1 &lt; 2 &amp;&amp; <b>3 > 2</b></p>", "p:1 < 2 && strong(3 > 2)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, _ := convert(t, tt.in)
			if got := sketch(d); got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestReadAlso(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"a label and a link", `<p>Baca juga: <a href="https://x.id/1">Judul satu</a></p>`, "also:https://x.id/1 [Judul satu]"},
		{"all in bold", `<p><strong>Baca Juga : <a href="https://x.id/1">Judul <em>satu</em></a></strong></p>`, "also:https://x.id/1 [Judul satu]"},
		{"label and link apart", `<p><b>BACA&nbsp;JUGA</b><b>:</b> <span><a href="https://x.id/1">Judul</a></span></p>`, "also:https://x.id/1 [Judul]"},
		{"the label inside the link", `<p><a href="https://x.id/1">Simak juga: Judul</a></p>`, "also:https://x.id/1 [Judul]"},
		{"no colon but a link", `<p>Lihat juga <a href="https://x.id/1">Judul</a></p>`, "also:https://x.id/1 [Judul]"},
		{"a headline without link", `<p>Read also: Flood in the north</p>`, "also: [Flood in the north]"},
		{"another order of words", `<p>Also read: <a href="/2">B</a></p>`, "also:https://lama.contoh.id/2 [B]"},
		{"two links", `<p>Baca juga:<br><a href="https://x.id/1">A</a><br><a href="https://x.id/2">B</a></p>`, "also:https://x.id/1 [A] | also:https://x.id/2 [B]"},
		{"a label above a link", `<p>Baca juga:</p><p><a href="https://x.id/1">A</a></p><p>c</p>`, "also:https://x.id/1 [A] | p:c"},
		{"a label above a list", `<h3>Baca juga:</h3><ul><li><a href="https://x.id/1">A</a></li><li><a href="https://x.id/2">B</a></li></ul>`, "also:https://x.id/1 [A] | also:https://x.id/2 [B]"},
		{"a list of labels", `<ul><li>Baca juga: <a href="https://x.id/1">A</a></li></ul>`, "also:https://x.id/1 [A]"},
		{"in a quote", `<blockquote><p>Baca juga: <a href="https://x.id/1">A</a></p></blockquote>`, "also:https://x.id/1 [A]"},
		{"a sentence is none", `<p>Baca juga buku ini sampai selesai.</p>`, "p:Baca juga buku ini sampai selesai."},
		{"a sentence with a link is none", `<p>Baca juga <a href="https://x.id/1">laporan</a> kami besok.</p>`, "p:Baca juga <https://x.id/1>(laporan) kami besok."},
		{"a paragraph that goes on is none", `<p>Baca juga: ` + strings.Repeat("kata ", 80) + `</p>`, "p:Baca juga: " + strings.TrimSpace(strings.Repeat("kata ", 80))},
		{"a label above a sentence stays", `<p>Baca juga:</p><p>Kata dia <a href="https://x.id/1">A</a></p>`, "p:Baca juga: | p:Kata dia <https://x.id/1>(A)"},
		{"a label inside a paragraph stays", `<p>Dia membaca juga: buku</p>`, "p:Dia membaca juga: buku"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, report := convert(t, tt.in)
			if got := sketch(d); got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
			if n := len(d.ReadAlsos()); report.Counts[ingest.TakenReadAlso] != n {
				t.Errorf("the report counts %d, the document has %d", report.Counts[ingest.TakenReadAlso], n)
			}
		})
	}
}

func TestReportListsWhatWentAndMoved(t *testing.T) {
	t.Parallel()
	_, got := convert(t, `<p>a <a href="javascript:x">b</a><img src="missing.png" alt="Kapal"></p><form>Kirim surel</form>
		<p hidden>rahasia</p><p style="color: red">c <img src="x.jpg"> d</p><figure><img src="y.jpg"><figcaption>K (AFP/A)</figcaption></figure><p>Baca juga: J</p>`)
	want := []ingest.Note{
		{Kind: ingest.RemovedLink, What: "javascript:x", Sample: "b"},
		{Kind: ingest.RemovedPicture, What: "https://lama.contoh.id/a/missing.png", Sample: "Kapal"},
		{Kind: ingest.RemovedElement, What: "form", Sample: "Kirim surel"},
		{Kind: ingest.RemovedHidden, What: "p", Sample: "rahasia"},
		{Kind: ingest.RemovedStyle, What: "p", Sample: "color: red"},
		{Kind: ingest.MovedBlock, What: "picture"},
		{Kind: ingest.MovedCredit, What: "figcaption", Sample: "AFP/A"},
		{Kind: ingest.TakenReadAlso, Sample: "J"},
	}
	if !reflect.DeepEqual(got.Notes, want) {
		t.Errorf("got  %+v\nwant %+v", got.Notes, want)
	}
	if got.Total() != len(want) {
		t.Errorf("total = %d", got.Total())
	}
	var sum ingest.HTMLReport
	sum.Merge(got)
	sum.Merge(got)
	if sum.Total() != 2*len(want) || len(sum.Notes) != 2*len(want) {
		t.Errorf("merged: %d, %d notes", sum.Total(), len(sum.Notes))
	}
}

func TestSameHTMLSameDocument(t *testing.T) {
	t.Parallel()
	a, _ := convert(t, "<p>a</p><ul><li>b</ul>")
	b, _ := convert(t, "<p>a</p><ul><li>b</ul>")
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestRelativeLinksWithoutBaseGo(t *testing.T) {
	t.Parallel()
	d, report, err := ingest.HTML(`<p><a href="/nasional">a</a></p>`, ingest.HTMLOptions{})
	if err != nil || sketch(d) != "p:a" || report.Counts[ingest.RemovedLink] != 1 {
		t.Errorf("%s, %+v, %v", sketch(d), report, err)
	}
}

// TestHostileHTML holds small inputs that make other parsers slow or huge
// against a generous limit of time.
func TestHostileHTML(t *testing.T) {
	t.Parallel()
	const n = 200_000
	formats := ""
	for i := range 400 {
		formats += fmt.Sprintf("<b x%d>", i)
	}
	tests := []struct{ name, in string }{
		{"open divs", strings.Repeat("<div>", n) + "teks"},
		{"nested lists", strings.Repeat("<ul><li>a", n/2)},
		{"nested quotes", strings.Repeat("<blockquote>a", n)},
		{"nested tables", strings.Repeat("<table><tr><td>a<td>", n/4)},
		{"nested figures", strings.Repeat("<figure><img src=x>", n/4)},
		{"nested tweets", strings.Repeat(`<blockquote class="twitter-tweet">`, n/8) + strings.Repeat("a ", n)},
		{"open formats before paragraphs", formats + strings.Repeat("<p>x", 4000)},
		{"open links", strings.Repeat("<a href=/x>", n)},
		{"end tags", strings.Repeat("</b></table>", n)},
		{"text in crumbs", "<p>" + strings.Repeat("a<wbr>", n-1)},
		{"attributes", "<p " + strings.Repeat("a=1 ", n) + ">teks"},
		{"less-than signs", strings.Repeat("<", n)},
		{"a long word", "<p>" + strings.Repeat("a", 1_000_000)},
		{"a long heading", "<h2>" + strings.Repeat("a ", 300_000)},
		{"a long item", "<ul><li>" + strings.Repeat("a ", 300_000)},
		{"a long cell", "<table><tr><td>x<td>" + strings.Repeat("a ", 300_000)},
		{"a list without end", "<ol>" + strings.Repeat("<li>a", 3000)},
		{"a table without end", "<table>" + strings.Repeat("<tr><td>a<td>b", 3000)},
		{"a wide table", "<table><tr>" + strings.Repeat("<td>a", 3000)},
		{"a long caption", "<figure><img src=x><figcaption>" + strings.Repeat("a", 30_000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			d, _, err := ingest.HTML(tt.in, ingest.HTMLOptions{Picture: func(string, string, string, string) (int64, bool) { return 1, true }})
			if err != nil && !fault.Is(err, fault.TooLarge) {
				t.Fatal(err)
			}
			if err == nil {
				if err := d.Validate(); err != nil {
					t.Error(err)
				}
			}
			if took := time.Since(start); took > time.Minute { // what grows with the square takes hours; the race detector on a busy machine, half of this
				t.Errorf("took %v", took)
			}
		})
	}
	if _, _, err := ingest.HTML(strings.Repeat("a", ingest.MaxHTML+1), ingest.HTMLOptions{}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too long: %v", err)
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"empty lines", "Satu\n\ndua\r\n\r\n\r\ntiga", "p:Satu | p:dua | p:tiga"},
		{"one line is one paragraph", "Kalimat pertama.\nKalimat kedua yang lebih panjang daripada yang pertama.\nKetiga.",
			"p:Kalimat pertama. | p:Kalimat kedua yang lebih panjang daripada yang pertama. | p:Ketiga."},
		{"text wrapped to a width", "Gempa dengan kekuatan sedang terasa di beberapa kota\npada Sabtu pagi, namun tidak ada laporan kerusakan\nhingga siang hari.\n\nWarga diminta tetap tenang dan tidak mempercayai\nkabar yang beredar.",
			"p:Gempa dengan kekuatan sedang terasa di beberapa kota pada Sabtu pagi, namun tidak ada laporan kerusakan hingga siang hari. | p:Warga diminta tetap tenang dan tidak mempercayai kabar yang beredar."},
		{"indented paragraphs of a wrapped text", "  Gempa dengan kekuatan sedang terasa di beberapa\nkota pada Sabtu pagi.\n  Warga diminta tetap tenang dan tidak mempercayai\nkabar yang beredar.",
			"p:Gempa dengan kekuatan sedang terasa di beberapa kota pada Sabtu pagi. | p:Warga diminta tetap tenang dan tidak mempercayai kabar yang beredar."},
		{"markup stays text", "<b>a</b>", "p:<b>a</b>"},
		{"read-also", "a.\n\nBaca juga: Judul\n\nb.", "p:a. | also: [Judul] | p:b."},
		{"nothing", " \n\t\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, _, err := ingest.PlainText(tt.in, doc.SeededIDs("x"))
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Validate(); err != nil {
				t.Error(err)
			}
			if got := sketch(d); got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		`<p>JAKARTA, KOMPAS.com – a <b>b</b></p><ul><li>c<ol><li>d</ol></ul><blockquote>e<cite>f</cite></blockquote>`,
		`<table><tr><td rowspan=3 colspan=2>a<td>b<tr><td>c</table><figure><img src=x><figcaption>y (A/B)</figcaption></figure>`,
		`<p>Baca juga: <a href=/x>y</a><br><br>z</p><pre>a\nb</pre><iframe src=//youtu.be/x></iframe><dl><dt>a<dd>b`,
	} {
		f.Add(s)
	}
	lines, err := ingest.ParseDatelines("")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 20_000 {
			return
		}
		d, _ := convert(t, src)
		lines.Take(&d)
		if err := d.Validate(); err != nil {
			t.Fatal(err)
		}
		p, _, err := ingest.PlainText(src, nil)
		if err == nil {
			err = p.Validate()
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}
