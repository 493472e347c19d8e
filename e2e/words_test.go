package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/news"
	"warta/internal/testkit"
)

// read200 parses a page that is there, parse one with any status.
func (n *newsroom) read200(path string) *goquery.Document {
	n.T.Helper()
	return n.parse(path, 200)
}

func (n *newsroom) parse(path string, status int) *goquery.Document {
	n.T.Helper()
	res := n.Get(path)
	if res.StatusCode != status {
		n.T.Fatalf("%s: status %d, want %d", path, res.StatusCode, status)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(res.Body))
	n.ok(err)
	return d
}

// texts returns the text of every match, white space collapsed.
func texts(s *goquery.Selection) []string {
	return s.Map(func(_ int, x *goquery.Selection) string { return strings.Join(strings.Fields(x.Text()), " ") })
}

// wording is the table of the words that stand on a story, in one language.
type wording struct {
	language               string
	times, roles           []string
	source, sources        string
	dateline, also         string
	callOut                string
	lists                  []string
	share                  []string // heading, copy, copied, close
	nav                    []string
	corrections            []string // above the text, then below it
	unverified, assisted   string
	today, age, photo      string
	copyright, responsible string
}

var wordings = []wording{{
	language: "id",
	times:    []string{"Kabar Nusantara - 08/01/2022, 06:31 WIB", "Diperbarui 08/01/2022, 09:12 WIB"},
	roles:    []string{"Penulis", "Reporter", "Editor", "Fotografer", "Videografer", "Penerjemah", "Kontributor", "Tim Redaksi"},
	source:   "Sumber AFP", sources: "Sumber AFP, Reuters",
	dateline:    "WASHINGTON DC, KABAR NUSANTARA – Cermin utama teleskop baru terbuka tanpa gangguan pada Jumat malam, kata badan antariksa.",
	also:        "Baca juga: Peluncuran Teleskop Sempat Ditunda Dua Kali",
	callOut:     "Ikuti saluran WhatsApp Kabar Nusantara",
	lists:       []string{"Terkait", "Terkini Lainnya", "Terpopuler"},
	share:       []string{"Bagikan artikel ini melalui", "Salin tautan", "Tautan disalin", "Oke"},
	nav:         []string{"Beranda", "Indeks", "Cari", "Terkini", "Foto", "Video"},
	corrections: []string{"Koreksi", "Hak Jawab", "Ralat"},
	unverified:  "(Berita ini masih memerlukan verifikasi lebih lanjut.)",
	assisted:    "Sebagian artikel ini disusun dengan bantuan kecerdasan buatan dan sudah diperiksa redaksi.",
	today:       "Senin, 23 November 2026", age: "Artikel ini terbit lebih dari 4 tahun lalu.",
	photo:     "Teknisi memeriksa cermin teleskop sebelum dilipat, Jumat (7/1/2022). (AFP/NAMA FOTOGRAFER)",
	copyright: "© 2026 Kabar Nusantara. Hak cipta dilindungi.", responsible: "Penanggung jawab: Laksmi Wardhana",
}, {
	language: "en",
	times:    []string{"Kabar Nusantara - 8 January 2022, 06:31 WIB", "Updated 8 January 2022, 09:12 WIB"},
	roles:    []string{"Writer", "Reporter", "Editor", "Photographer", "Videographer", "Translator", "Contributor", "Editorial Team"},
	source:   "Source: AFP", sources: "Source: AFP, Reuters",
	dateline:    "WASHINGTON DC, KABAR NUSANTARA – Cermin utama teleskop baru terbuka tanpa gangguan pada Jumat malam, kata badan antariksa.",
	also:        "Read also: Peluncuran Teleskop Sempat Ditunda Dua Kali",
	callOut:     "Follow the Kabar Nusantara WhatsApp channel",
	lists:       []string{"Related", "More of the Latest", "Most Read"},
	share:       []string{"Share this article via", "Copy link", "Link copied", "OK"},
	nav:         []string{"Home", "Index", "Search", "Latest", "Foto", "Video"},
	corrections: []string{"Correction", "Right of Reply", "Erratum"},
	unverified:  "(This report still requires further verification.)",
	assisted:    "Parts of this article were prepared with the help of artificial intelligence and checked by our editors.",
	today:       "Monday, 23 November 2026", age: "This article was published more than 4 years ago.",
	photo:     "Teknisi memeriksa cermin teleskop sebelum dilipat, Jumat (7/1/2022). (AFP/NAMA FOTOGRAFER)",
	copyright: "© 2026 Kabar Nusantara. All rights reserved.", responsible: "Person responsible: Laksmi Wardhana",
}}

// TestStoryIsWordedExactly compares the full story, word for word, with what
// has to stand there.
func TestStoryIsWordedExactly(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	for _, w := range wordings {
		if w.language != "id" {
			n.language(w.language)
		}
		t.Run("in "+w.language, func(t *testing.T) { compareWords(t, n, w) })
	}
}

func compareWords(t *testing.T, n *newsroom, w wording) {
	d := n.read200(n.path(n.full))
	story := d.Find("main article")
	for _, c := range []struct {
		what string
		got  []string
		want []string
	}{
		{"headline", texts(story.Find("h1")), []string{fullHeadline}},
		{"breadcrumb", texts(story.Find("nav.crumbs a")), []string{w.nav[0], "Global", "Internasional"}},
		{"time line and update", texts(story.Find(".by time")), w.times},
		{"roles", texts(story.Find(".by li span")), w.roles},
		{"names", texts(story.Find(".by li b"))[:2], []string{authorName, "Damar Wicaksono"}},
		{"dateline and first paragraph", texts(story.Find(".body > p").First()), []string{w.dateline}},
		{"dateline's own weight", texts(story.Find(".body > p").First().Find("b").First()), []string{"WASHINGTON DC, KABAR NUSANTARA –"}},
		{"read-also", texts(story.Find(".body p.also")), []string{w.also}},
		{"call-out", texts(story.Find(".callout a")), []string{w.callOut}},
		{"photo line", texts(story.Find("figure.lead figcaption")), []string{w.photo}},
		{"lists", texts(d.Find("main section > h2")), w.lists},
		{"share", texts(story.Find("[data-share] h2, [data-share] [data-copy] span, [data-share] [data-close]")), []string{w.share[0], w.share[1], w.share[3]}},
		{"corrections", texts(story.Find(".note h2")), w.corrections},
		{"topics", texts(story.Find(".topics a")), []string{topicName}},
		{"age notice", texts(story.Find(".age")), []string{w.age}},
		{"masthead's date", texts(d.Find("header .today")), []string{w.today}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s:\n got  %q\n want %q", c.what, c.got, c.want)
		}
	}
	if got, _ := story.Find("[data-copy]").Attr("data-copy"); got != w.share[2] {
		t.Errorf("after copying: %q, want %q", got, w.share[2])
	}
	if by := texts(story.Find(".by p"))[0]; !strings.HasSuffix(by, " "+w.sources) {
		t.Errorf("byline %q does not end with %q", by, w.sources)
	}
	for _, word := range w.nav {
		if !slices.Contains(texts(d.Find("header a, header nav a, footer nav a")), word) {
			t.Errorf("no link says %q in masthead or footer", word)
		}
	}
	foot := strings.Join(texts(d.Find("footer")), " ")
	for _, want := range []string{w.copyright, w.responsible, "PT Kabar Nusantara Media", "Jalan Merpati 12, Jakarta 10110"} {
		if !strings.Contains(foot, want) {
			t.Errorf("the footer does not say %q: %s", want, foot)
		}
	}
	if all := story.Text(); strings.Contains(all, "https://whatsapp.com") || strings.Contains(all, "Belum Pernah Ditulis") ||
		!strings.Contains(all, w.assisted) {
		t.Error("the story shows a raw address, an unknown read-also, or lacks the word on AI")
	}
}

// TestUnverifiedStorySaysSo follows a story from unverified to verified.
func TestUnverifiedStorySaysSo(t *testing.T) {
	t.Parallel()
	for _, w := range wordings {
		t.Run("in "+w.language, func(t *testing.T) {
			t.Parallel()
			s := &newsroom{Site: testkit.New(t, testkit.Options{Settings: settings(w.language)})}
			in := s.item("Suara Dentuman Terdengar", "regional", s.Clock.Now(), nil)
			in.Content.Credits, in.Content.Labels = nil, []news.Label{news.LabelUnverified}
			first := s.bring(in)[0]
			end := func() *goquery.Selection { return s.read200(s.path(first)).Find(".body > p").Last() }
			if got := texts(end().Find("em")); len(got) != 1 || got[0] != w.unverified {
				t.Errorf("the last paragraph in italics is %q, want %q", got, w.unverified)
			}
			next := s.item("Dentuman Berasal dari Sirene", "regional", s.Clock.Now(), nil)
			next.Content.Credits, next.Content.Verifies = nil, first
			second := s.bring(next)[0]
			d := s.read200(s.path(first))
			if strings.Contains(d.Text(), w.unverified) {
				t.Error("the sentence still stands on the verified story")
			}
			if href, _ := d.Find(`article p.also a`).Attr("href"); href != s.path(second) {
				t.Errorf("the verified story links %q, want %q", href, s.path(second))
			}
			if href, _ := s.read200(s.path(second)).Find(`article p.also a`).Attr("href"); href != s.path(first) {
				t.Errorf("the verifying story links %q, want %q", href, s.path(first))
			}
		})
	}
}

// TestCorrectionsAreLinkedBothWays follows a right of reply to its own story
// and back.
func TestCorrectionsAreLinkedBothWays(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	d := n.read200(n.path(n.full))
	note := d.Find(".note").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find("h2").Text() == "Hak Jawab" })
	if href, _ := note.Find("a").Attr("href"); href != n.path(n.reply) {
		t.Errorf("the notice links %q, want %q", href, n.path(n.reply))
	}
	if got := texts(note.Find("time")); !slices.Equal(got, []string{"08/01/2022, 09:12 WIB"}) {
		t.Errorf("the notice's time is %q", got)
	}
	back := n.read200(n.path(n.reply)).Find(".note a")
	if href, _ := back.Attr("href"); href != n.path(n.full) {
		t.Errorf("the reply links %q, want %q", href, n.path(n.full))
	}
	if body := d.Find(".body").Index(); d.Find(".notes").First().Index() > body || d.Find(".notes").Last().Index() < body {
		t.Error("corrections of fact do not stand above the text, or slips not below it")
	}
}

// TestStaticPageSaysWhenItWasChanged: saving it is changing it.
func TestStaticPageSaysWhenItWasChanged(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	if got := texts(n.read200("/page/redaksi").Find("main time")); !slices.Equal(got, []string{"Halaman ini diperbarui 23 November 2026"}) {
		t.Errorf("the page says %q", got)
	}
}

// TestLatestListKeepsItsRules looks at "Terkini Lainnya" below several stories.
func TestLatestListKeepsItsRules(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, testkit.Options{}, "id")
	for _, id := range []int64{n.full, n.old, n.breaking, n.bare} {
		path := n.path(id)
		rows := n.read200(path).Find("section.latest li.row")
		if rows.Length() != 15 {
			t.Errorf("%s: %d rows, want 15", path, rows.Length())
		}
		seen := map[string]bool{path: true}
		rows.Each(func(i int, r *goquery.Selection) {
			href, _ := r.Find("h3 a").Attr("href")
			if seen[href] {
				t.Errorf("%s: row %d shows %s again", path, i, href)
			}
			seen[href] = true
			slug := strings.Split(href, "/")[1]
			if got := texts(r.Find(".meta span")); len(got) != 1 || got[0] != n.Tree.BySlug(slug).Name {
				t.Errorf("%s: row %d is labelled %q, not with its own section %q", path, i, got, slug)
			}
		})
	}
	first := n.read200(n.path(n.full)).Find("section.latest li.row h3 a").First()
	if href, _ := first.Attr("href"); !strings.HasPrefix(href, "/global/") && !strings.HasPrefix(href, "/internasional/") {
		t.Errorf("the list of a story in Internasional begins with %s, not with the section", href)
	}
}
