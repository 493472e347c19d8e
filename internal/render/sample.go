package render

import (
	"fmt"
	"html/template"

	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/page"
)

// sample is one template with a view to execute it on. Samples are part of the
// binary: a newsroom's own templates are tried on them when they are loaded.
type sample struct {
	name string
	view func(h *page.Holes) any // h is nil for modules
	page bool
}

// exec prints the sample and returns what is wrong with the template.
func (s sample) exec(set *template.Template) error {
	if s.page {
		_, err := execPage(set, s.name, s.view)
		return err
	}
	_, err := exec(set, s.name, s.view(nil))
	return err
}

// samples returns one view for every page and module, with everything that can
// stand there or with nothing.
func samples(code lang.Code, full bool) []sample {
	v := sampleViews{lang: string(code), full: full}
	pages := []sample{
		{name: "story", view: func(h *page.Holes) any { p := v.story(); p.holes = h; return p }},
		{name: "front", view: func(h *page.Holes) any { p := v.front(); p.holes = h; return p }},
		{name: "section", view: func(h *page.Holes) any { p := v.section(); p.holes = h; return p }},
		{name: "topic", view: func(h *page.Holes) any { p := v.topic(); p.holes = h; return p }},
		{name: "author", view: func(h *page.Holes) any { p := v.author(); p.holes = h; return p }},
		{name: "index", view: func(h *page.Holes) any { p := v.index(); p.holes = h; return p }},
		{name: "search", view: func(h *page.Holes) any { p := v.search(); p.holes = h; return p }},
		{name: "latestpage", view: func(h *page.Holes) any { p := v.latest(); p.holes = h; return p }},
		{name: "static", view: func(h *page.Holes) any { p := v.static(); p.holes = h; return p }},
		{name: "previewcards", view: func(h *page.Holes) any { p := v.previewCards(); p.holes = h; return p }},
		{name: "commentspage", view: func(h *page.Holes) any { p := v.commentsPage(); p.holes = h; return p }},
		{name: "consent", view: func(h *page.Holes) any { p := v.consent(); p.holes = h; return p }},
		{name: "adreport", view: func(h *page.Holes) any { p := v.adReport(); p.holes = h; return p }},
		{name: "report", view: func(h *page.Holes) any { p := v.report(); p.holes = h; return p }},
		{name: "error", view: func(h *page.Holes) any { p := v.sorry(404); p.holes = h; return p }},
		{name: "error", view: func(h *page.Holes) any { p := v.sorry(410); p.holes = h; return p }},
	}
	for i := range pages {
		pages[i].page = true
	}
	for _, p := range v.account() {
		pages = append(pages, sample{name: p.Template(), page: true, view: func(h *page.Holes) any { p.Base().holes = h; return p }})
	}
	return append(pages,
		sample{name: "alone", view: func(*page.Holes) any { return v.sorry(503) }},
		sample{name: "top", view: func(*page.Holes) any { return v.top(SheetStory) }},
		sample{name: "tail", view: func(*page.Holes) any { return v.tail() }},
		sample{name: "callout", view: func(*page.Holes) any { return v.callOut() }},
		sample{name: "mostread", view: func(*page.Holes) any { return v.tail().MostRead }},
		sample{name: "latest", view: func(*page.Holes) any { return v.tail().Latest }},
		sample{name: "bottom", view: func(*page.Holes) any { return v.tail().Footer }},
		sample{name: "rest", view: func(*page.Holes) any { return v.rest() }},
		sample{name: "gate", view: func(*page.Holes) any { return v.gate() }},
		sample{name: ModuleAds, view: func(*page.Holes) any { return v.ads(true) }},
		sample{name: ModuleAds, view: func(*page.Holes) any { return v.ads(false) }},
		sample{name: ModuleAd, view: func(*page.Holes) any { return v.ads(false) }},
		sample{name: "comments", view: func(*page.Holes) any { return v.comments() }},
		sample{name: "comment", view: func(*page.Holes) any { return v.comment() }},
		sample{name: "mail", view: func(*page.Holes) any { return v.mail() }},
	)
}

// sampleViews makes the views; pictures lie under /media/sample-N/.
type sampleViews struct {
	lang string
	full bool
}

var sampleHeadlines = []string{
	"Perahu Tunda Tiba di Pelabuhan Ambon Setelah Tiga Hari Dihadang Ombak",
	"Harga Cabai Turun di Tujuh Pasar Induk",
	"Stasiun Baru Dibuka, Penumpang Pertama Datang Sejak Subuh",
	"Peneliti Temukan Anggrek yang Hanya Mekar Semalam di Lereng Gunung Salak",
	"Erdoğan Bertemu Sejumlah Menteri, Bahas Bantuan Gempa dan Jalur Kereta",
	"Sekolah di Pulau Terluar Dapat Sambungan Internet",
	"Kebun Raya Perpanjang Jam Buka Selama Libur Sekolah",
	"Timnas Muda Menang Tipis",
	"Warga Bantaran Sungai Bersihkan Gorong-gorong Menjelang Musim Hujan",
	"Bengkel Kecil di Tegal Rakit Suku Cadang Kereta, Pesanan Datang dari Tiga Negara",
}

var sampleSections = []string{"Nasional", "Megapolitan", "Regional", "Global", "Ekonomi", "Bola", "Tekno",
	"Otomotif", "Hiburan", "Kesehatan", "Edukasi", "Cek Fakta", "Opini", "Foto", "Video"}

// sampleLong is a headline of 180 characters, the longest that a newsroom's
// field takes.
const sampleLong = "Pemerintah Kabupaten Kepulauan Menetapkan Pertanggungjawaban Penyelenggaraan Pelayaran Rakyat Antarpulau " +
	"Setelah Musyawarah Panjang Bersama Nelayan, Syahbandar, dan Pemilik Kapal"

func (v sampleViews) pick(i int) string { return sampleHeadlines[i%len(sampleHeadlines)] }

func (v sampleViews) when(i int) Time {
	clock := fmt.Sprintf("%02d:%02d", 18-i%18, (i*17)%60)
	return Time{Text: "23/11/2026, " + clock + " WIB", ISO: "2026-11-23T" + clock + ":00+07:00", Clock: clock}
}

func (v sampleViews) picture(i, width, height int) *Picture {
	at := func(w int) string { return fmt.Sprintf("/media/sample-%d-%dx%d/%d.webp", i%6, width, height, w) }
	return &Picture{Src: at(640), Srcset: []Source{{at(320), 320}, {at(640), 640}, {at(1280), 1280}},
		Width: width, Height: height, Tone: (i * 11) % 64, Full: at(1280),
		Alt:     "Perahu kayu bersandar di dermaga saat matahari terbit",
		Caption: "Perahu nelayan bersandar di dermaga, Minggu (22/11/2026), setelah peringatan gelombang tinggi dicabut.",
		Credit:  "AFP/NAMA FOTOGRAFER"}
}

func (v sampleViews) card(i int) Card {
	section := sampleSections[i%len(sampleSections)]
	c := Card{URL: fmt.Sprintf("/contoh/2026/11/23/%d/berita", 1000+i), Headline: v.pick(i), Label: section, Time: v.when(i),
		Picture: v.picture(i, 640, 360)}
	switch i % 7 {
	case 3:
		c.Kind = KindVideo
	case 5:
		c.Kind = KindGallery
	case 6:
		c.Flag = "Eksklusif"
	}
	return c
}

func (v sampleViews) cards(from, n int) []Card {
	if !v.full {
		return nil
	}
	out := make([]Card, n)
	for i := range out {
		out[i] = v.card(from + i)
	}
	return out
}

func (v sampleViews) links(words ...string) []Link {
	if !v.full {
		return nil
	}
	out := make([]Link, len(words))
	for i, w := range words {
		out[i] = Link{w, "/" + lang.Slug(w)}
	}
	return out
}

func (v sampleViews) shell(nav string) Shell {
	if !v.full {
		return Shell{Lang: v.lang}
	}
	return Shell{Lang: v.lang, Site: "Kabar Nusantara", Nav: nav, Title: "Contoh - Kabar Nusantara",
		Description: "Halaman contoh untuk memeriksa tampilan.", Canonical: "https://example.org/contoh",
		Prev: "https://example.org/contoh?sebelum=9", Next: "https://example.org/contoh?sesudah=1",
		Social: Social{Type: "article", Title: v.pick(0), Description: "Halaman contoh.", Image: "https://example.org/media/a/1200.jpg",
			ImageAlt: "Perahu", ImageWidth: 1200, ImageHeight: 675, Locale: "id_ID",
			Published: "2026-11-23T06:31:00+07:00", Modified: "2026-11-23T09:12:00+07:00", Section: "Nasional", Tags: []string{"Pelayaran"}},
		Feeds:  []FeedLink{{"application/rss+xml", "Kabar Nusantara", "/feeds/rss.xml"}},
		Data:   [][]byte{[]byte(`{"@context":"https://schema.org","@type":"NewsArticle","headline":"Contoh \u003c/script>"}`)},
		Verify: []Meta{{"contoh-verifikasi", "abc"}}}
}

func (v sampleViews) top(s Sheet) Top {
	m := Masthead{Lang: v.lang}
	if v.full {
		m.Site = "Kabar Nusantara"
		m.Today = Time{Text: "Senin, 23 November 2026", ISO: "2026-11-23"}
		for i, l := range v.links(sampleSections...) {
			m.Nav = append(m.Nav, NavItem{l.Text, l.URL, i == 0})
		}
		m.Breaking = &Link{"Gempa M 6,1 guncang selatan Jawa, tidak berpotensi tsunami", "/contoh"}
	}
	return Top{Sheet: s, Masthead: m}
}

func (v sampleViews) tail() Tail {
	t := Tail{Lang: v.lang}
	t.Latest.Lang, t.MostRead.Lang, t.Footer.Lang = v.lang, v.lang, v.lang
	if !v.full {
		return t
	}
	t.Latest = LatestList{Lang: v.lang, Cards: v.cards(0, 15), More: "/latest"}
	t.Latest.Cards[4].Picture = nil
	for i := range t.Latest.Cards {
		if p := t.Latest.Cards[i].Picture; p != nil {
			p.Srcset, p.Width, p.Height = nil, 96, 96
		}
	}
	t.MostRead.Cards = v.cards(3, 5)
	t.Footer = Footer{Lang: v.lang, Site: "Kabar Nusantara", Sections: v.links(sampleSections...),
		Pages: v.links("Redaksi", "Tentang Kami", "Pedoman Media Siber", "Kode Etik", "Hak Jawab", "Info Iklan", "Privasi",
			"Ketentuan", "Kontak"),
		Channels: v.links("RSS", "Atom", "JSON Feed"), Publisher: "PT Kabar Nusantara Media",
		Address: "Jalan Contoh Nomor 1, Jakarta 10110", Responsible: "Nama Lengkap", Year: "2026"}
	return t
}

func (v sampleViews) callOut() CallOut {
	if !v.full {
		return CallOut{Lang: v.lang}
	}
	return CallOut{v.lang, "Ikuti saluran WhatsApp Kabar Nusantara", "https://example.org/saluran"}
}

func (v sampleViews) rest() Rest {
	r := Rest{Lang: v.lang, Body: v.body()}
	if v.full {
		r.Dateline = "AMBON, KABAR NUSANTARA – "
	}
	return r
}

func (v sampleViews) gate() Gate {
	if !v.full {
		return Gate{Lang: v.lang}
	}
	return Gate{Lang: v.lang, Membership: "Kabar Plus", Plans: "/member", SignIn: "/account/sign-in?next=%2Fcontoh"}
}

func (v sampleViews) report() ReportPage {
	p := ReportPage{Shell: v.shell(""), Story: 55, Hours: 48, MaxPassage: 1000, MaxText: 5000}
	if v.full {
		p.Headline, p.Back, p.Problem, p.Field = v.pick(0), "/contoh", "Tulis penjelasan sepanjang 10 sampai 5.000 huruf.", "text"
		p.Kind, p.Name, p.Email, p.Passage, p.Text = "reply", "Rani Sari", "rani@kabar.example", "Kutipan", "Kurang"
	}
	return p
}

func (v sampleViews) mail() Mail {
	m := Mail{Lang: v.lang, Site: "Kabar Nusantara", Subject: "Undangan ke redaksi", Paragraphs: []string{"Anda diundang."}}
	if v.full {
		m.Link, m.LinkText, m.Foot = "https://example.org/newsroom/invite/x", "Terima undangan", []string{"Dikirim oleh Kabar Nusantara."}
	}
	return m
}

func (v sampleViews) body() Body {
	if !v.full {
		return Body{}
	}
	text := func(s string) doc.Inline { return doc.Text(s) }
	long := "Gelombang yang tingginya mencapai empat meter membuat kapal menunda keberangkatan dua kali, kata nakhoda kepada " +
		"petugas pelabuhan. Penumpang menunggu di ruang tunggu yang dibuka sepanjang malam, dan warga sekitar mengantar nasi serta air minum."
	pic := doc.Picture{Picture: 1, Caption: "Kapal tunda di alur pelayaran."}
	cells := func(header bool, words ...string) doc.Row {
		var r doc.Row
		for _, w := range words {
			r.Cells = append(r.Cells, doc.Cell{Header: header, Text: text(w)})
		}
		return r
	}
	return Body{Base: "https://example.org", Pictures: map[int64]Picture{1: *v.picture(2, 640, 427), 2: *v.picture(4, 640, 427)},
		Stories: map[int64]Link{7: {"Harga Cabai Turun di Tujuh Pasar Induk", "/ekonomi/2026/11/22/7/harga-cabai"}},
		Doc: doc.Doc{Blocks: []doc.Block{
			doc.Paragraph{Text: doc.Inline{{Text: "Perahu tunda itu akhirnya merapat pada Senin pagi. "}, {Text: "“Kami hanya ingin tiba dengan selamat,”", Marks: doc.Em},
				{Text: " kata nakhoda. Jadwal lengkap ada di "}, {Text: "laman pelabuhan", Href: "https://example.org/jadwal"}, {Text: "."}}},
			doc.Paragraph{Text: text(long)},
			doc.ReadAlso{Story: 7, Headline: "Harga Cabai Turun"},
			doc.Heading{Level: 2, Text: text("Menunggu di ruang tunggu")},
			doc.Paragraph{Text: text(long)},
			doc.Quote{Pull: true, Paragraphs: []doc.Inline{text("Kami hanya ingin tiba dengan selamat.")}, Attribution: "Nakhoda kapal"},
			pic,
			doc.List{Items: []doc.ListItem{{Text: text("Tiga kapal berangkat Senin pagi.")}, {Text: text("Dua kapal menunggu cuaca."),
				Lists: []doc.List{{Ordered: true, Start: 2, Items: []doc.ListItem{{Text: text("Kapal perintis")}}}}}}},
			doc.FactBox{Title: "Sekilas", Blocks: []doc.Block{doc.Paragraph{Text: text("Pelabuhan melayani 1.234 penumpang sehari.")}}},
			doc.AdBreak{},
			doc.Table{Caption: "Jadwal kapal", Rows: []doc.Row{cells(true, "Kapal", "Tujuan", "Berangkat"), cells(false, "Tunda 3", "Saparua", "06.30"),
				cells(false, "Perintis 8", "Banda Neira", "09.15")}},
			doc.Gallery{Caption: "Suasana pelabuhan sejak subuh.", Items: []doc.Picture{pic, {Picture: 2}, {Picture: 1}}},
			doc.Embed{Provider: doc.YouTube, URL: "https://www.youtube.com/watch?v=abcdefghijk", Title: "Rekaman kapal merapat"},
			doc.Divider{},
			doc.Quote{Paragraphs: []doc.Inline{text("Peringatan dicabut pukul 04.00.")}, Attribution: "Stasiun meteorologi"},
			doc.Paragraph{Text: text(long)},
		}}}
}

func (v sampleViews) story() StoryPage {
	p := StoryPage{Shell: v.shell("nasional"), CallOut: v.callOut(), Sheet: string(SheetStory)}
	if !v.full {
		return p
	}
	p.Slots = v.slots("story")
	updated := Time{Text: "23/11/2026, 09:12 WIB", ISO: "2026-11-23T09:12:00+07:00"}
	p.Key, p.Section, p.Age = "1000", "nasional", "Artikel ini terbit lebih dari 4 tahun lalu."
	p.Breadcrumb = []Link{{"Beranda", "/"}, {"Global", "/global"}, {"Internasional", "/internasional"}}
	p.Labels = []Label{{"Terbaru", "", LabelBreaking}, {"Eksklusif", "", LabelPlain}, {"Bersponsor", "", LabelSponsored}}
	p.Headline = v.pick(0)
	p.Draft = "Ini draf. Belum terbit dan dapat berubah."
	p.Standfirst = "Ombak setinggi empat meter menahan kapal di luar alur. Penumpang diantar nasi oleh warga sekitar pelabuhan."
	p.Byline = []Credit{{"Rani Puspita", "/author/rani-puspita", "Penulis"}, {"Dimas Hartono", "", "Editor"}}
	p.Sources = []Link{{"AFP", "https://example.org/afp"}, {"Reuters", ""}}
	p.Published = Time{Text: "23/11/2026, 06:31 WIB", ISO: "2026-11-23T06:31:00+07:00"}
	p.Updated = &updated
	p.Share = Share{"https://example.org/contoh", p.Headline, "7", true}
	p.Lead = v.picture(0, 1280, 720)
	p.Dateline = "WASHINGTON DC, KABAR NUSANTARA – "
	p.Body = v.body()
	note := Correction{"koreksi-1", "Koreksi", "Jumlah kapal semula ditulis empat; yang benar tiga.", updated, &Link{"Baca koreksi selengkapnya", "/contoh"}}
	p.CorrectionsTop, p.Corrections = []Correction{note}, []Correction{{"", "Ralat", "Nama pelabuhan telah diperbaiki.", updated, nil}}
	p.Unverified, p.AIAssisted, p.Sponsor = true, true, "Nama Mitra"
	p.VerifiedBy, p.Verifies = &Link{v.pick(1), "/contoh"}, &Link{v.pick(2), "/contoh"}
	p.Topics = v.links("Pelayaran Rakyat", "Ambon", "Cuaca Ekstrem")
	p.Related = v.cards(5, 4)
	return p
}

func (v sampleViews) previewCards() CardsPreview {
	p := CardsPreview{Shell: v.shell("")}
	if v.full {
		p.Card, p.Item, p.Row = v.card(0), v.card(0), v.card(0)
		p.Item.Standfirst = "Ombak setinggi empat meter menahan kapal di luar alur."
	}
	return p
}

func (v sampleViews) containers() []Container {
	if !v.full {
		return nil
	}
	lead := v.cards(0, 3)
	lead[0].Standfirst = "Ombak setinggi empat meter menahan kapal di luar alur. Penumpang diantar nasi oleh warga sekitar pelabuhan."
	lead[0].Related = v.links(v.pick(5), v.pick(6), v.pick(7))
	lead[1].Breaking = true
	views := v.cards(20, 3)
	for i := range views {
		views[i].Picture, views[i].Byline, views[i].Time = nil, []string{"Rani Puspita", "Dimas Hartono", "Sri Wahyuni"}[i], Time{}
	}
	section := func(i int) Container {
		return Container{Kind: ContainerSection, Title: sampleSections[i], URL: "/x", Cards: v.cards(i*3, 5)}
	}
	return []Container{{Kind: ContainerLead, Cards: lead},
		{Kind: ContainerLatest, Title: "Terkini", URL: "/latest", Cards: v.cards(3, 10)}, {Kind: ContainerMostRead},
		section(0), section(4), section(5),
		{Kind: ContainerBand, Title: "Foto dan Video", URL: "/foto", Cards: v.cards(9, 4)}, section(6),
		{Kind: ContainerOpinion, Title: "Opini", URL: "/opini", Cards: views},
		{Kind: ContainerTopics, Title: "Topik Hangat", Topics: v.links("Pelayaran Rakyat", "Harga Pangan", "Piala Asia", "Kereta Cepat")}}
}

func (v sampleViews) front() FrontPage {
	p := FrontPage{Shell: v.shell(""), Containers: v.containers()}
	p.Slots = v.slots("home")
	return p
}

func (v sampleViews) section() SectionPage {
	p := SectionPage{Shell: v.shell("nasional"), Name: "Nasional", Cards: v.cards(0, 8)}
	if v.full {
		p.Slug, p.Description = "nasional", "Kabar dari seluruh negeri."
		p.Breadcrumb = []Link{{"Beranda", "/"}, {"Nasional", "/nasional"}}
		p.Sub = []NavItem{{"Politik", "/politik", true}, {"Hukum", "/hukum", false}}
		p.Containers = v.containers()[:1]
		p.Cards[0].Standfirst = "Ombak setinggi empat meter menahan kapal di luar alur."
		p.Pager = Pager{"/nasional", "/nasional?sesudah=1"}
	}
	return p
}

func (v sampleViews) topic() TopicPage {
	p := TopicPage{Shell: v.shell(""), Name: "Pelayaran Rakyat", Cards: v.cards(2, 6)}
	if v.full {
		p.Description, p.Feed, p.Pager = "Kapal kayu, pelabuhan kecil, dan orang-orangnya.", "/feeds/topic/x/rss.xml", Pager{"", "/topic/x?sesudah=1"}
	}
	return p
}

func (v sampleViews) author() AuthorPage {
	p := AuthorPage{Shell: v.shell(""), Name: "Rani Puspita", Cards: v.cards(4, 6)}
	if v.full {
		p.Role, p.Bio, p.Picture = "Reporter", "Menulis tentang laut dan pelabuhan sejak 2018.", v.picture(3, 96, 96)
		p.Picture.Srcset, p.Picture.Alt = nil, "Potret Rani Puspita"
		p.Links, p.Feed, p.Pager = v.links("Surel"), "/feeds/author/x/rss.xml", Pager{"/author/x", ""}
	}
	return p
}

func (v sampleViews) options() []Option {
	if !v.full {
		return nil
	}
	return []Option{{"", "Semua kanal", false}, {"nasional", "Nasional", true}}
}

func (v sampleViews) index() IndexPage {
	p := IndexPage{Shell: v.shell(""), Heading: "Senin, 23 November 2026", Date: "2026-11-23", Sections: v.options(), Cards: v.cards(0, 12)}
	if v.full {
		p.Min, p.Max = "2016-11-24", "2026-11-23"
		p.Before, p.After = Link{"Hari sebelumnya", "/index?date=2026-11-22"}, Link{"Hari berikutnya", "/index?date=2026-11-24"}
	}
	return p
}

func (v sampleViews) search() SearchPage {
	p := SearchPage{Shell: v.shell(""), Asked: true, Query: "kapal <ambon>"}
	if !v.full {
		return p
	}
	p.Count, p.Problem, p.Topic = "1.234 berita ditemukan", "Tanggal saringan tidak dikenali dan tidak dipakai.", Link{"Pelayaran Rakyat", "/topic/x"}
	p.Sections, p.Sort = v.options(), []Option{{"newest", "Terbaru", true}, {"relevance", "Paling sesuai", false}}
	p.From, p.To, p.Pager = "2026-01-01", "2026-11-23", Pager{"", "/search?q=kapal&sesudah=1"}
	for _, c := range v.cards(0, 6) {
		p.Hits = append(p.Hits, Hit{c, []Span{{"Perahu tunda itu akhirnya merapat di ", false}, {"Ambon", true}, {" pada Senin pagi.", false}}})
	}
	return p
}

func (v sampleViews) latest() LatestPage {
	p := LatestPage{Shell: v.shell("")}
	if v.full {
		p.Days = []Day{{"Senin, 23 November 2026", "2026-11-23", "/index?date=2026-11-23", v.cards(0, 8)},
			{"Minggu, 22 November 2026", "2026-11-22", "", v.cards(8, 8)}}
		p.Pager = Pager{"/latest", "/latest?sesudah=1"}
	}
	return p
}

func (v sampleViews) static() StaticPage {
	p := StaticPage{Shell: v.shell(""), Heading: "Pedoman Media Siber"}
	if v.full {
		updated := v.when(1)
		p.Body, p.Updated, p.Others = v.body(), &updated, v.links("Redaksi", "Kode Etik", "Hak Jawab")
	}
	return p
}

func (v sampleViews) sorry(status int) ErrorPage {
	p := ErrorPage{Shell: v.shell(""), Status: status}
	if v.full {
		p.Message, p.ID, p.Query = "Satu kalimat lagi dari redaksi.", "k3x9-22", "perahu tunda"
		if status == 410 {
			p.Reason = "Dihapus atas permintaan narasumber."
			p.Withdrawal = &Withdrawal{"Masa depan anak", "Identitas anak yang menjadi korban terbaca dari foto.", v.when(2)}
		}
	}
	return p
}
