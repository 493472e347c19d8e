package demo

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

//go:embed pages/*.txt
var pageFiles embed.FS

// settings of an outlet that does not exist, at addresses that cannot.
var settings = map[string]string{
	"name":             "Kabar Nusantara",
	"dateline_name":    "KABAR NUSANTARA",
	"membership_name":  "Kabar Nusantara Plus",
	"tagline":          "Berita Indonesia yang terang dan dapat diperiksa",
	"description":      "Kabar Nusantara menyajikan berita nasional, daerah, ekonomi, olahraga, dan budaya. Newsroom contoh dengan berita rekaan.",
	"language":         "id",
	"zone":             "Asia/Jakarta",
	"publisher":        "PT Kabar Nusantara Contoh",
	"address":          "Jalan Contoh Merdeka Nomor 17, Jakarta Pusat",
	"phone":            "021-0000-0000",
	"email":            "redaksi@kabarnusantara.example",
	"responsible":      "Surya Paramarta",
	"channel_name":     "WhatsApp",
	"channel_url":      "https://example.org/saluran/kabar-nusantara",
	"social_x":         "https://example.org/x/kabarnusantara",
	"social_instagram": "https://example.org/instagram/kabarnusantara",
	"social_youtube":   "https://example.org/youtube/kabarnusantara",
	"security_contact": "mailto:keamanan@kabarnusantara.example",
}

var sectionTexts = map[string]string{
	"nasional":      "Kebijakan, layanan publik, dan peristiwa dari seluruh Indonesia.",
	"megapolitan":   "Kehidupan Jakarta dan kota-kota di sekitarnya: jalan, halte, taman, dan warganya.",
	"regional":      "Kabar dari kabupaten dan kota, dari sawah sampai pesisir.",
	"global":        "Dunia dilihat dari Indonesia.",
	"internasional": "Peristiwa di luar negeri dan artinya bagi kita.",
	"ekonomi":       "Harga, usaha, pekerjaan, dan keuangan keluarga.",
	"bola":          "Hasil, jadwal, dan cerita dari lapangan.",
	"tekno":         "Teknologi yang dipakai orang, dan cara memakainya dengan aman.",
	"otomotif":      "Kendaraan, perawatan, dan keselamatan di jalan.",
	"hiburan":       "Musik, film, seni, dan makanan.",
	"kesehatan":     "Hidup sehat dan layanan kesehatan tanpa istilah yang rumit.",
	"edukasi":       "Sekolah, guru, buku, dan riset.",
	"cek-fakta":     "Klaim yang beredar, diperiksa langkah demi langkah.",
	"opini":         "Kolom dan esai. Pandangan penulis tidak selalu sikap redaksi.",
	"foto":          "Cerita dalam gambar. Semua gambar adalah ilustrasi.",
	"video":         "Laporan dan penjelasan dalam gambar bergerak.",
}

// pages are the static pages in the order of the footer.
var pages = []string{"redaksi", "tentang-kami", "pedoman-media-siber", "kode-etik", "hak-jawab", "info-iklan", "privasi", "ketentuan", "kontak"}

// prepare sets the site up: settings, section texts, static pages.
func (m *maker) prepare(ctx context.Context) error {
	if err := m.d.Site.SaveSettings(ctx, actor, settings); err != nil {
		return err
	}
	tree, err := m.d.Place.Sections(ctx)
	if err != nil {
		return err
	}
	m.sections = map[string]int64{}
	for _, s := range tree.All() {
		m.sections[s.Slug] = s.ID
		if text := sectionTexts[s.Slug]; text != "" && s.Description != text {
			changed := *s
			changed.Description = text
			if _, err := m.d.Site.SaveSection(ctx, actor, changed); err != nil {
				return err
			}
		}
	}
	for _, s := range shares {
		if m.sections[s.slug] == 0 {
			return fault.New(fault.Conflict, "the demo newsroom needs the section %q; make it in an empty place", s.slug)
		}
	}
	for i, slug := range pages {
		p, err := staticPage(slug, m.p.now)
		if err != nil {
			return err
		}
		p.Position = i
		if err := m.d.Site.SavePage(ctx, actor, p); err != nil {
			return err
		}
	}
	return nil
}

// staticPage reads a page of ours: its title, then a paragraph a line, headings
// after "# " and list items after "- " or a number.
func staticPage(slug string, now time.Time) (news.StaticPage, error) {
	data, err := pageFiles.ReadFile("pages/" + slug + ".txt")
	if err != nil {
		return news.StaticPage{}, err
	}
	title, rest, _ := strings.Cut(string(data), "\n")
	var blocks []doc.Block
	item := func(ordered bool, s string) {
		if n := len(blocks); n > 0 {
			if l, ok := blocks[n-1].(doc.List); ok && l.Ordered == ordered {
				l.Items = append(l.Items, doc.ListItem{Text: doc.Text(s)})
				blocks[n-1] = l
				return
			}
		}
		blocks = append(blocks, doc.List{Ordered: ordered, Items: []doc.ListItem{{Text: doc.Text(s)}}})
	}
	for _, line := range strings.Split(strings.TrimSpace(rest), "\n") {
		switch {
		case strings.HasPrefix(line, "# "):
			blocks = append(blocks, doc.Heading{Level: 2, Text: doc.Text(line[2:])})
		case strings.HasPrefix(line, "- "):
			item(false, line[2:])
		case len(line) > 3 && line[0] >= '1' && line[0] <= '9' && line[1:3] == ". ":
			item(true, line[3:])
		default:
			blocks = append(blocks, doc.Paragraph{Text: doc.Text(line)})
		}
	}
	body := doc.Doc{Blocks: blocks}.WithIDs(doc.SeededIDs("demo " + slug))
	return news.StaticPage{Slug: slug, Title: title, Body: body, Updated: now}, nil
}

// staff makes the people, the agencies and the topics that stories name.
func (m *maker) staff(ctx context.Context) (err error) {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.name
	}
	ids, err := m.d.Place.EnsurePersons(ctx, names)
	if err != nil {
		return err
	}
	m.people = make([]int64, len(people))
	portraits := m.byTag("potret")
	for i, p := range people {
		m.people[i] = ids[p.name]
		full := news.Person{ID: ids[p.name], Slug: lang.Slug(p.name), Name: p.name, Title: p.title, Bio: p.bio}
		if p.role == news.Contributor && len(portraits) > 0 {
			full.PictureID = m.pictures[portraits[i%len(portraits)]]
		}
		if _, err := m.d.Site.SavePerson(ctx, actor, full); err != nil {
			return err
		}
	}
	names = names[:0]
	for _, a := range agencies {
		names = append(names, a.name)
	}
	if m.sources, err = m.d.Place.EnsureSources(ctx, names); err != nil {
		return err
	}
	for _, a := range agencies {
		if _, err := m.d.Site.SaveSource(ctx, actor, news.Source{ID: m.sources[a.name], Name: a.name, URL: a.url, Terms: a.terms}); err != nil {
			return err
		}
	}
	return m.makeTopics(ctx)
}

// curated are the topics that somebody looks after.
var curated = map[string]string{
	"Layanan Publik":       "Bagaimana urusan warga dilayani, dari loket sampai aplikasi.",
	"Cuaca":                "Prakiraan, peringatan dini, dan cara bersiap.",
	"Transportasi":         "Perjalanan orang dan barang di seluruh negeri.",
	"Ketahanan Pangan":     "Dari benih sampai meja makan.",
	"Cek Fakta":            "Semua hasil penelusuran redaksi.",
	"Liga Nusantara":       "Kompetisi rekaan dengan klub-klub rekaan.",
	"Kecerdasan Buatan":    "Apa yang bisa, apa yang belum, dan apa yang perlu diatur.",
	"Desa":                 "Cerita dari desa: panen, jembatan, dan musyawarah.",
	"Kendaraan Listrik":    "Titik pengisian, jarak tempuh, dan biaya.",
	"Literasi Digital":     "Membaca, memeriksa, dan menjaga diri di dunia daring.",
	"Lingkungan Hidup":     "Hutan, laut, sungai, dan udara.",
	"English":              "Stories in English.",
	"Pendidikan Dasar":     "Sekolah, guru, dan cara belajar.",
	"Keamanan Siber":       "Modus terbaru dan cara menghindarinya.",
	"Transportasi Jakarta": "Bus, kereta, trotoar, dan jalan di Jakarta.",
}

func (m *maker) makeTopics(ctx context.Context) (err error) {
	var names []string
	seen := map[string]bool{}
	for _, s := range shares {
		for _, f := range m.p.g.frames[s.slug] {
			for _, t := range f.topics {
				if !seen[t] {
					seen[t] = true
					names = append(names, t)
				}
			}
		}
	}
	if m.topics, err = m.d.Place.EnsureTopics(ctx, names); err != nil {
		return err
	}
	for _, name := range names {
		intro, ok := curated[name]
		if !ok {
			continue
		}
		t := news.Topic{ID: m.topics[name], Slug: lang.Slug(name), Name: name, Intro: intro, Curated: true}
		if _, err := m.d.Site.SaveTopic(ctx, actor, t); err != nil {
			return err
		}
	}
	return nil
}

// front arranges the home page around what is newest.
func (m *maker) front(ctx context.Context) error {
	block := func(slug string) news.Container {
		return news.Container{Kind: news.ContainerSection, Size: 5, Rule: news.Rule{SectionID: m.sections[slug]}}
	}
	lead := news.Container{Kind: news.ContainerLead, Size: 3}
	if m.lead != 0 {
		lead.Slots = []news.Slot{{Position: 0, StoryID: m.lead, Until: m.p.now.Add(18 * time.Hour)}}
	}
	f := news.Front{Containers: []news.Container{
		lead,
		{Kind: news.ContainerTimeline, Size: 10},
		{Kind: news.ContainerMostRead, Size: 10},
		block("nasional"), block("megapolitan"), block("ekonomi"),
		{Kind: news.ContainerMedia, Size: 6, Rule: news.Rule{Kinds: []news.Kind{news.KindGallery, news.KindVideo}}},
		block("bola"), block("regional"), block("global"),
		{Kind: news.ContainerTopics, Size: 12},
		block("tekno"), block("opini"), block("hiburan"), block("kesehatan"), block("otomotif"), block("edukasi"), block("cek-fakta"),
	}}
	for i := range f.Containers {
		f.Containers[i].Position = i
	}
	_, err := m.d.Site.SaveFront(ctx, actor, f)
	return err
}

// actor is who did all of it, for the audit log.
var actor = account.System("demo")

// uri is the identity of a story, so that making the same newsroom twice adds
// nothing.
func (m *maker) uri(i int) string {
	return fmt.Sprintf("tag:kabarnusantara.example,2016:demo/%d/%d/%d", m.p.seed, m.p.stories, i)
}
