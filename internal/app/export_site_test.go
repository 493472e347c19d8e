package app_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// baseURL is what both sites say of themselves.
const baseURL = "http://localhost:8080"

// oldHost is where the stories of another system were.
const oldHost = "lama.example"

// secrets are words of what is not public; none may be in an export.
var secrets = []string{"RAHASIA-KONSEP", "RAHASIA-EMBARGO", "RAHASIA-DICABUT", "RAHASIA-VERSI", "RAHASIA-NAMA", "RAHASIA-FOTO"}

// newspaper is a site with something of every kind, for an export.
type newspaper struct {
	*testkit.Site
	t testing.TB
}

func newNewspaper(t testing.TB) *newspaper { return newNewspaperWith(t, testkit.Options{}) }

// newNewspaperWith makes it with further options.
func newNewspaperWith(t testing.TB, o testkit.Options) *newspaper {
	o.BaseURL, o.Hosts = baseURL, []string{oldHost}
	o.Settings = map[string]string{"name": "Kabar Uji", "tagline": "Berita & fakta", "publisher": "PT Kabar Uji", "channel_url": "https://wa.example/kabar",
		"zone": "Asia/Makassar", "responsible": "Dewi Lestari"}
	n := &newspaper{t: t, Site: testkit.New(t, o)}
	n.fill()
	n.Clock.Set(testkit.Start)
	return n
}

func (n *newspaper) ok(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// at moves the clock to some hours before testkit.Start.
func (n *newspaper) at(hours int) {
	n.Clock.Set(testkit.Start.Add(-time.Duration(hours) * time.Hour))
}

func (n *newspaper) person(p news.Person) int64 {
	n.t.Helper()
	kept, err := n.App.Site.SavePerson(n.t.Context(), testkit.Actor, p)
	n.ok(err)
	return kept.ID
}

func (n *newspaper) topic(x news.Topic) int64 {
	n.t.Helper()
	kept, err := n.App.Site.SaveTopic(n.t.Context(), testkit.Actor, x)
	n.ok(err)
	return kept.ID
}

func (n *newspaper) source(x news.Source) int64 {
	n.t.Helper()
	kept, err := n.App.Site.SaveSource(n.t.Context(), testkit.Actor, x)
	n.ok(err)
	return kept.ID
}

// picture adds a picture of one colour.
func (n *newspaper) picture(shade uint8, w, h int, d media.Details) int64 {
	n.t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{shade, uint8(x * 255 / w), uint8(y * 255 / h), 255})
		}
	}
	var b bytes.Buffer
	n.ok(jpeg.Encode(&b, m, nil))
	if d.Credit == "" {
		d.Credit = "Dok. Redaksi" // without one no story is published
	}
	p, _, err := n.Library.Add(n.t.Context(), "test", &b, d)
	n.ok(err)
	return p.ID
}

func (n *newspaper) fill() {
	ctx := n.t.Context()
	n.at(24 * 40)
	site := n.App.Site
	_, err := site.SaveSection(ctx, testkit.Actor, news.Section{Slug: "desa", Name: "Desa & Kota", ParentID: n.Section("regional"), Position: 40, Hidden: true})
	n.ok(err)
	n.Tree, err = n.DB.Sections(ctx)
	n.ok(err)

	hidden := n.picture(9, 300, 200, media.Details{Caption: "RAHASIA-FOTO"})
	lead := n.picture(80, 800, 550, media.Details{Caption: "Nelayan di dermaga", Credit: "ANTARA/BUDI", Alt: "Perahu kayu", Rights: "Sekali pakai"})
	portrait := n.picture(120, 400, 500, media.Details{Caption: "Potret"})
	poster := n.picture(160, 400, 225, media.Details{Focal: &media.Point{X: .2, Y: .8}, AI: true})
	onPage := n.picture(200, 500, 300, media.Details{Caption: "Kantor redaksi"})
	blank := "" // a caption that was taken away must not come back from the file
	_, err = n.Library.Describe(ctx, testkit.Actor, poster, media.Patch{Caption: &blank, Alt: &blank})
	n.ok(err)

	n.person(news.Person{Slug: "tak-tampil", Name: "RAHASIA-NAMA"})
	sari := n.person(news.Person{Slug: "sari", Name: "Sari Wulandari", Title: "Wartawan", Bio: "Meliput <pesisir>.", PictureID: portrait})
	budi := n.person(news.Person{Slug: "budi", Name: "Budi \"Bung\" Santoso"})
	n.topic(news.Topic{Slug: "rahasia", Name: "RAHASIA-NAMA"})
	bakau := n.topic(news.Topic{Slug: "bakau", Name: "Bakau", Intro: "Hutan pesisir.", Curated: true})
	pesisir := n.topic(news.Topic{Slug: "pesisir", Name: "Pesisir & Laut"})
	empty := n.topic(news.Topic{Slug: "arsip", Name: "Arsip", Curated: true})
	closed := n.topic(news.Topic{Slug: "tertutup", Name: "Topik Tertutup RAHASIA-NAMA"})
	n.source(news.Source{Name: "RAHASIA-NAMA", URL: "https://diam.example"})
	agency := n.source(news.Source{Name: "AFP", URL: "https://afp.example/", Terms: "Langganan"})

	// Old stories first, so that lists have more than one page.
	for i := range 45 {
		n.at(24*39 - i*7)
		n.Publish(news.Content{Headline: "Berita lama nomor " + strings.Repeat("i", i+1), SectionID: n.Section([]string{"nasional", "ekonomi", "internasional", "desa"}[i%4]),
			Topics: []int64{pesisir}, Credits: []news.Credit{{PersonID: budi, Role: news.Writer}}})
	}
	n.at(300)
	draft := n.Create(news.Content{Headline: "RAHASIA-KONSEP judul", Topics: []int64{closed}, Body: n.Body("RAHASIA-KONSEP isi."), Lead: news.Lead{PictureID: hidden}})
	embargoed := n.Create(news.Content{Headline: "RAHASIA-EMBARGO judul", Body: n.Body("RAHASIA-EMBARGO isi.")})
	_, err = n.Desk.Embargo(ctx, testkit.Actor, embargoed, testkit.Start.Add(48*time.Hour))
	n.ok(err)

	n.at(100)
	first := n.Publish(news.Content{Headline: "Penanaman bakau dimulai", Standfirst: "Ratusan warga turun ke pantai.", SectionID: n.Section("regional"),
		ShortHeadline: "Bakau ditanam", SEOTitle: "Bakau: SEO", ShareTitle: "Bagikan bakau", Dateline: "KENDARI", Sources: []int64{agency},
		Topics: []int64{bakau, pesisir}, Labels: []news.Label{news.LabelBreaking, news.LabelUnverified}, Rights: "Hanya daring",
		Credits: []news.Credit{{PersonID: sari, Role: news.Reporter}, {PersonID: budi, Role: news.Photographer}, {PersonID: sari, Role: news.Editor}},
		Lead:    news.Lead{PictureID: lead, Caption: "Keterangan sendiri"}, Body: everyBlock(lead, poster, draft, 0)})
	n.at(90)
	second := n.Publish(news.Content{Headline: "Bakau terverifikasi", SectionID: n.Section("cek-fakta"), Verifies: first.ID,
		Related: []int64{first.ID, draft, embargoed}, Topics: []int64{bakau}, Language: lang.EN, Access: news.Members,
		Body: everyBlock(poster, lead, first.ID, 1), Lead: news.Lead{PictureID: poster, Video: &news.Video{Provider: "youtube", URL: "https://www.youtube.com/watch?v=abcdefghijk", Title: "Rekaman"}}})
	n.at(80)
	gone := n.Publish(news.Content{Headline: "Cerita yang ditarik", Body: n.Body("RAHASIA-DICABUT isi."), Topics: []int64{bakau}})
	n.at(70) // its address stays as it is
	_, err = n.DB.Change(ctx, news.Pick{IDs: []int64{gone.ID}}, redraft(news.Content{Headline: "RAHASIA-DICABUT judul", SectionID: gone.SectionID, Body: n.Body("RAHASIA-DICABUT isi.")}))
	n.ok(err)
	_, err = n.Desk.Publish(ctx, testkit.Actor, gone.ID)
	n.ok(err)
	_, err = n.Desk.Withdraw(ctx, testkit.Actor, gone.ID, news.ReasonNewsroom, "Narasumber keliru.")
	n.ok(err)
	n.at(60)
	for i, k := range []news.CorrectionKind{news.Ralat, news.Koreksi, news.HakJawab} {
		_, err = n.Desk.Correct(ctx, testkit.Actor, news.Correction{StoryID: first.ID, Kind: k, Text: "Semula tertulis <" + string(k) + ">.",
			NoticeID: []int64{0, second.ID, draft}[i]})
		n.ok(err)
	}
	// A live story that people go on writing.
	_, err = n.DB.Change(ctx, news.Pick{IDs: []int64{second.ID}}, redraft(news.Content{Headline: "RAHASIA-VERSI", SectionID: second.SectionID, Body: n.Body("RAHASIA-VERSI")}))
	n.ok(err)
	n.wire()
	n.arrange(first.ID, draft, gone.ID, pesisir, closed, empty)
	n.ok(site.SavePage(ctx, testkit.Actor, news.StaticPage{Slug: "redaksi", Title: "Redaksi kami", Position: 0,
		Body: doc.Doc{Blocks: []doc.Block{doc.Picture{ID: "pppppppp", Picture: onPage}, doc.ReadAlso{ID: "rrrrrrrr", Story: draft, Headline: "RAHASIA-KONSEP judul"}}}}))
}

// wire brings items in as an agency's feed does.
func (n *newspaper) wire() {
	n.at(50)
	res, err := n.Desk.Import(n.t.Context(), account.System("import"), []news.Incoming{
		{URI: "urn:wire:1", Version: "3", Hash: "abc", Published: testkit.Start.Add(-72 * time.Hour), Updated: testkit.Start.Add(-55 * time.Hour),
			Content:   news.Content{Headline: "Dari kantor berita", SectionID: n.Section("internasional"), Body: n.Body("Isi kantor berita.")},
			Redirects: []news.Redirect{{Host: oldHost, Path: "/2020/01/dari-kantor.html"}, {Path: "/?p=12"}, {Path: "/lama/dari-kantor"}}},
		{URI: "urn:wire:2", Version: "1", Published: testkit.Start.Add(-71 * time.Hour), Redirects: []news.Redirect{{Path: "/lama/dicabut"}},
			Content:   news.Content{Headline: "RAHASIA-DICABUT kawat", SectionID: n.Section("nasional"), Body: n.Body("RAHASIA-DICABUT kawat")},
			Withdrawn: &news.Withdrawal{Reason: news.ReasonSARA, At: testkit.Start.Add(-60 * time.Hour)}},
		{URI: "urn:wire:3", Version: "1", EmbargoUntil: testkit.Start.Add(time.Hour), Redirects: []news.Redirect{{Path: "/lama/embargo"}},
			Content: news.Content{Headline: "RAHASIA-EMBARGO kawat", SectionID: n.Section("nasional"), Body: n.Body("RAHASIA-EMBARGO kawat")}},
	})
	n.ok(err)
	for _, r := range res {
		if r.Result != news.ItemCreated {
			n.t.Fatalf("the feed's item became %s: %v", r.Result, r.Err)
		}
	}
	n.ok(n.App.Site.SaveRedirects(n.t.Context(), testkit.Actor, news.Redirect{Path: "/tentang", Target: "/page/tentang-kami"},
		news.Redirect{Host: oldHost, Path: "/rubrik/pantai?x=1", Target: "/regional"}))
}

// arrange curates two fronts, with pins of what is public and what is not.
func (n *newspaper) arrange(live, draft, gone, topic, closed, empty int64) {
	ctx := n.t.Context()
	home, err := n.DB.Front(ctx, 0)
	n.ok(err)
	home.Containers[0].Slots = []news.Slot{{Position: 0, StoryID: live}, {Position: 1, StoryID: draft}, {Position: 2, StoryID: gone},
		{Position: 3, StoryID: live, Until: testkit.Start.Add(time.Hour)}}
	home.Containers = append([]news.Container{{Kind: news.ContainerSection, Title: "Pesisir <kita>", Size: 4, Rule: news.Rule{TopicID: topic}},
		{Kind: news.ContainerSection, Title: "RAHASIA-NAMA", Size: 4, Rule: news.Rule{TopicID: closed}}}, home.Containers...)
	_, err = n.App.Site.SaveFront(ctx, testkit.Actor, home)
	n.ok(err)
	_, err = n.App.Site.SaveFront(ctx, testkit.Actor, news.Front{SectionID: n.Section("regional"), Containers: []news.Container{
		{Kind: news.ContainerLead, Size: 3, Slots: []news.Slot{{Position: 1, StoryID: live}}}, {Kind: news.ContainerSection, Size: 3, Rule: news.Rule{TopicID: empty}}}})
	n.ok(err)
}

// everyBlock is a body with a block of every kind. also is a story that
// one of its read-also blocks names by id.
func everyBlock(pic, other, also int64, variant int) doc.Doc {
	marked := doc.Inline{{Text: "Warga "}, {Text: "menanam", Marks: doc.Strong | doc.Em}, {Text: " di "}, {Text: "pantai", Href: "https://pantai.example/?a=1&b=2"}, {Break: true}, {Text: "<sejak> pagi & sore."}}
	blocks := []doc.Block{
		doc.Paragraph{Text: marked},
		doc.Heading{Level: 2, Text: doc.Text("Sub judul")},
		doc.List{Ordered: true, Start: 3, Items: []doc.ListItem{{Text: doc.Text("Satu"), Lists: []doc.List{{Items: []doc.ListItem{{Text: doc.Text("Dalam")}}}}}}},
		doc.Quote{Paragraphs: []doc.Inline{doc.Text("Kami senang.")}, Attribution: "Warga", Pull: variant == 1},
		doc.Picture{Picture: pic, Caption: "Dalam teks"},
		doc.Gallery{Caption: "Galeri", Items: []doc.Picture{{Picture: pic}, {Picture: other, Caption: "Lain", Credit: "AFP"}}},
		doc.Table{Caption: "Jumlah", Rows: []doc.Row{{Cells: []doc.Cell{{Header: true, Text: doc.Text("Bibit")}, {Header: true, Text: doc.Text("Jumlah")}}}, {Cells: []doc.Cell{{Colspan: 2, Text: doc.Text("Sejuta")}}}}},
		doc.FactBox{Title: "Fakta", Blocks: []doc.Block{doc.Paragraph{Text: doc.Text("Luasnya 3 ha.")}}},
		doc.Embed{Provider: doc.YouTube, URL: "https://www.youtube.com/watch?v=abcdefghijk", Title: "Video"},
		doc.Divider{},
		doc.AdBreak{},
		doc.ReadAlso{Story: also, Headline: "RAHASIA-KONSEP judul"},
		doc.ReadAlso{Headline: "berita  LAMA nomor iii"},
		doc.ReadAlso{URL: "https://" + oldHost + "/2020/01/dari-kantor.html"},
		doc.ReadAlso{URL: baseURL + "/nasional/2020/01/01/999999/tidak-ada", Headline: "RAHASIA-KONSEP alamat"},
		doc.ReadAlso{Headline: "RAHASIA-EMBARGO judul"},
		doc.Paragraph{Text: doc.Text("Akhir.")},
	}
	if variant == 1 {
		for i, b := range blocks {
			if r, ok := b.(doc.ReadAlso); ok && r.Story != 0 {
				blocks[i] = doc.ReadAlso{Story: r.Story, Headline: "Penanaman bakau dimulai"}
			}
		}
	}
	return doc.Doc{Blocks: blocks}.WithIDs(doc.SeededIDs(strings.Repeat("x", variant+1)))
}
