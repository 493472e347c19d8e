package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"strings"
	"testing"
	"time"

	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// wib is the zone of the site under test.
var wib = time.FixedZone("WIB", 7*3600)

// published is when the full story went out: still Friday in London, Saturday
// morning in Jakarta.
var published = time.Date(2022, 1, 7, 23, 31, 0, 0, time.UTC)

const (
	fullHeadline = "Badan Antariksa Lepas Teleskop Baru, Cermin Lipatnya Terbuka Sempurna"
	topicName    = "Teleskop"
	authorName   = "Sekar Prameswari"
	photoCaption = "Teknisi memeriksa cermin teleskop sebelum dilipat, Jumat (7/1/2022)"
	photoCredit  = "AFP/NAMA FOTOGRAFER"
)

// longHeadline has 180 characters, the most that a newsroom's field takes.
const longHeadline = "Pemerintah Kabupaten Kepulauan Menetapkan Pertanggungjawaban Penyelenggaraan Pelayaran Rakyat Antarpulau " +
	"Setelah Musyawarah Panjang Bersama Nelayan, Syahbandar, dan Pemilik Kapal"

// settings describe the outlet under test.
func settings(language string) map[string]string {
	return map[string]string{
		"name": "Kabar Nusantara", "language": language, "tagline": "Berita dari seluruh kepulauan",
		"publisher": "PT Kabar Nusantara Media", "address": "Jalan Merpati 12, Jakarta 10110",
		"responsible": "Laksmi Wardhana", "email": "redaksi@kabar.example",
		"channel_url": "https://whatsapp.com/channel/kabar-nusantara", "social_x": "https://x.com/kabarnusantara",
	}
}

// newsroom is a site with one story of every kind and every piece of furniture.
type newsroom struct {
	*testkit.Site

	big, wide, square, tall, fifth int64 // pictures
	persons                        map[news.Role]int64
	topic                          news.Topic
	sources                        []int64

	full, read, reply, verifying, unverified         int64
	old, withdrawn, long, bare, gallery, video, live int64
	sponsored, opinion, related, breaking            int64
}

// newNewsroom starts a site and fills it; its interface is Indonesian ("id") or
// English ("en").
func newNewsroom(t testing.TB, o testkit.Options, language string) *newsroom {
	t.Helper()
	o.Settings, o.Now = settings(language), testkit.Start.Add(-time.Minute)
	n := &newsroom{Site: testkit.New(t, o), persons: map[news.Role]int64{}}
	n.hang()
	n.hire()
	n.write()
	n.writeFull()
	n.after()
	return n
}

func (n *newsroom) ok(err error) {
	n.T.Helper()
	if err != nil {
		n.T.Fatal(err)
	}
}

// hang puts pictures into the library; the first is large enough for every
// crop that search engines ask for.
func (n *newsroom) hang() {
	n.T.Helper()
	for i, p := range []struct {
		id   *int64
		w, h int
	}{{&n.big, 1600, 1200}, {&n.wide, 800, 450}, {&n.square, 640, 640}, {&n.tall, 480, 720}, {&n.fifth, 660, 440}} {
		*p.id = n.picture(i, p.w, p.h)
	}
}

// picture draws a landscape with a hill and a sun, different for every seed,
// and adds it to the library.
func (n *newsroom) picture(seed, w, h int) int64 {
	n.T.Helper()
	p, _, err := n.Library.Add(n.T.Context(), testkit.Actor.String(), bytes.NewReader(drawing(seed, w, h)), media.Details{
		Name: fmt.Sprintf("gambar-%d.jpg", seed), Caption: fmt.Sprintf("Pemandangan pagi di pos pengamatan %d", seed+1),
		Credit: "ANTARA/SURYO", Alt: fmt.Sprintf("Bukit dan matahari terbit, gambar %d", seed+1)})
	n.ok(err)
	return p.ID
}

func drawing(seed, w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	sun := color.RGBA{250, 220, 150, 255}
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			c := color.RGBA{uint8(60 + 120*v), uint8(90 + 20*float64(seed) + 60*v), uint8(150 - 20*float64(seed) + 40*u), 255}
			if d := math.Hypot(u-0.3-0.1*float64(seed), (v-0.35)*float64(h)/float64(w)); d < 0.08 {
				c = sun
			}
			if v > 0.62+0.12*math.Sin(4*u+float64(seed)) {
				c = color.RGBA{uint8(30 + 10*seed), uint8(70 + 40*(1-v)), 50, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		panic(err) // a picture in memory always encodes
	}
	return b.Bytes()
}

// hire makes a person for every role, two sources and a topic.
func (n *newsroom) hire() {
	n.T.Helper()
	names := []string{authorName, "Damar Wicaksono", "Intan Maheswari", "Rangga Pratomo", "Citra Lestari", "Bayu Anggara", "Nilam Sari", "Tim Sains Kabar Nusantara"}
	for i, role := range news.Roles {
		p := news.Person{Name: names[i], Slug: lang.Slug(names[i])}
		if i == 0 {
			p.Title, p.Bio, p.PictureID = "Wartawan sains", "Meliput sains dan penerbangan sejak 2015.", n.square
		}
		p, err := n.App.Site.SavePerson(n.T.Context(), testkit.Actor, p)
		n.ok(err)
		n.persons[role] = p.ID
	}
	for _, s := range []news.Source{{Name: "AFP", URL: "https://www.afp.example/"}, {Name: "Reuters"}} {
		s, err := n.App.Site.SaveSource(n.T.Context(), testkit.Actor, s)
		n.ok(err)
		n.sources = append(n.sources, s.ID)
	}
	n.ok(n.App.Site.SavePage(n.T.Context(), testkit.Actor, news.StaticPage{Slug: "redaksi", Title: "Redaksi",
		Body: n.Body("Kabar Nusantara disusun oleh wartawan di dua belas kota.", "Penanggung jawab redaksi adalah Laksmi Wardhana. "+
			"Tulisan, tanggapan dan permintaan ralat dapat dikirim ke meja redaksi setiap hari kerja.")}))
	var err error
	n.topic, err = n.App.Site.SaveTopic(n.T.Context(), testkit.Actor, news.Topic{Name: topicName, Slug: "teleskop", Intro: "Berita tentang teleskop dan pengamatan langit."})
	n.ok(err)
}

// settled waits until the page engine knows of everything that was changed.
func (n *newsroom) settled() {
	n.T.Helper()
	seq, err := n.DB.LastEvent(n.T.Context())
	n.ok(err)
	n.Settle(seq)
}

// language turns the interface into another language.
func (n *newsroom) language(code string) {
	n.T.Helper()
	n.ok(n.App.Site.SaveSettings(n.T.Context(), testkit.Actor, map[string]string{"language": code}))
	n.settled()
}

// bring makes stories live with the dates that they are given.
func (n *newsroom) bring(items ...news.Incoming) []int64 {
	n.T.Helper()
	ids := make([]int64, len(items))
	results, err := n.Desk.Import(n.T.Context(), testkit.Actor, items)
	n.ok(err)
	for i, r := range results {
		if r.Err != nil || r.Result != news.ItemCreated {
			n.T.Fatalf("%s: %s, %v", items[i].Content.Headline, r.Result, r.Err)
		}
		ids[i] = r.ID
	}
	n.settled()
	return ids
}

// item is a story for import.
func (n *newsroom) item(headline, section string, at time.Time, change func(*news.Content)) news.Incoming {
	c := news.Content{Headline: headline, SectionID: n.Section(section), Standfirst: "Ringkasan: " + strings.ToLower(headline) + ".",
		Body: n.Body("Peristiwa ini dicatat oleh petugas sejak pagi.", "Warga setempat membenarkan keterangan itu."), Language: lang.ID}
	c.Credits = []news.Credit{{PersonID: n.persons[news.Writer], Role: news.Writer}}
	if change != nil {
		change(&c)
	}
	return news.Incoming{URI: "urn:uji:" + lang.Slug(headline), Version: "1", Hash: headline, Content: c, Published: at}
}

// listed is how many stories fill the lists: every list has a second page.
const listed = 60

// write fills the lists: stories of the last days in all sections, and one of
// every kind.
func (n *newsroom) write() {
	n.T.Helper()
	var items []news.Incoming
	pics := []int64{n.wide, n.square, n.tall, n.fifth}
	subjects := []string{"Pelabuhan", "Pasar", "Stasiun", "Kebun Raya", "Jembatan", "Perpustakaan", "Bendungan", "Puskesmas", "Sekolah", "Terminal"}
	events := []string{"Dibuka Kembali Setelah Perbaikan", "Menambah Jam Layanan", "Menyambut Pengunjung Pertama", "Mengganti Atap yang Bocor", "Menerima Penghargaan", "Menguji Pembayaran Nontunai"}
	sections := n.Tree.All()
	for i := range listed {
		s := sections[i%len(sections)]
		headline := fmt.Sprintf("%s %s %s", subjects[i%len(subjects)], s.Name, events[i/len(subjects)%len(events)])
		items = append(items, n.item(headline, s.Slug, testkit.Start.Add(-time.Duration(i)*47*time.Minute-5*time.Minute), func(c *news.Content) {
			if i%9 != 4 {
				c.Lead.PictureID = pics[i%len(pics)]
			}
			if i%2 == 0 {
				c.Topics = []int64{n.topic.ID}
			}
		}))
	}
	n.bring(items...)
	at := n.Clock.Now().Add(-time.Minute)
	step := func() time.Time { at = at.Add(-time.Minute); return at }
	body := func(blocks ...doc.Block) func(*news.Content) {
		return func(c *news.Content) { c.Body.Blocks = append(c.Body.Blocks, ids(blocks)...) }
	}
	for _, x := range []struct {
		id   *int64
		item news.Incoming
	}{
		{&n.old, n.item("Observatorium Sekolah Merayakan Ulang Tahun Pertama", "nasional", n.Clock.Now().AddDate(-10, 0, 0), nil)},
		{&n.withdrawn, n.item("Berita yang Kemudian Dicabut Redaksi", "nasional", step(), func(c *news.Content) { c.Lead.PictureID = n.picture(7, 400, 300) })},
		{&n.long, n.item(longHeadline, "regional", step(), func(c *news.Content) { c.Lead.PictureID = n.wide })},
		{&n.bare, n.item("Hujan", "bola", step(), func(c *news.Content) { c.Standfirst, c.Credits = "", nil })},
		{&n.gallery, n.item("Sepekan dalam Gambar", "foto", step(), func(c *news.Content) {
			c.Kind, c.Lead.PictureID = news.KindGallery, n.wide
			body(doc.Gallery{Caption: "Gambar pilihan redaksi", Items: []doc.Picture{{Picture: n.wide}, {Picture: n.square}, {Picture: n.tall}}})(c)
		})},
		{&n.video, n.item("Rekaman Kereta Pertama Melintasi Jembatan", "video", step(), func(c *news.Content) {
			c.Kind, c.Lead.PictureID = news.KindVideo, n.wide
			c.Lead.Video = &news.Video{Provider: "youtube", URL: "https://www.youtube.com/watch?v=abcdefghijk", Title: "Kereta pertama"}
		})},
		{&n.live, n.item("Laporan Langsung dari Tepi Sungai", "megapolitan", step(), func(c *news.Content) { c.Kind = news.KindLive })},
		{&n.unverified, n.item("Suara Dentuman Terdengar di Tiga Kecamatan", "regional", step(), func(c *news.Content) { c.Labels = []news.Label{news.LabelUnverified} })},
		{&n.sponsored, n.item("Cara Merawat Sepeda di Musim Hujan", "otomotif", step(), func(c *news.Content) { c.Labels = []news.Label{news.LabelSponsored} })},
		{&n.opinion, n.item("Kota yang Ramah bagi Pejalan Kaki", "opini", step(), func(c *news.Content) { c.Labels = []news.Label{news.LabelOpinion} })},
		{&n.breaking, n.item("Gunung Kembali Mengeluarkan Abu Tipis", "nasional", step(), func(c *news.Content) {
			c.Labels, c.Lead.PictureID = []news.Label{news.LabelBreaking, news.LabelExclusive}, n.big
		})},
		{&n.read, n.item("Peluncuran Teleskop Sempat Ditunda Dua Kali", "global", published.Add(-48*time.Hour), nil)},
		{&n.related, n.item("Apa Saja yang Akan Dipotret Teleskop Baru?", "internasional", published.Add(-24*time.Hour), func(c *news.Content) { c.Lead.PictureID = n.fifth })},
		{&n.reply, n.item("Hak Jawab Pembuat Cermin Teleskop", "global", published.Add(3*time.Hour), nil)},
	} {
		*x.id = n.bring(x.item)[0]
	}
}

var blockIDs = doc.SeededIDs("e2e")

// ids gives blocks that have none an id.
func ids(blocks []doc.Block) []doc.Block {
	return doc.Doc{Blocks: blocks}.WithIDs(blockIDs).Blocks
}

// after does what follows publication: verification, corrections, a withdrawal.
func (n *newsroom) after() {
	n.T.Helper()
	ctx := n.T.Context()
	n.verifying = n.bring(n.item("Dentuman Berasal dari Uji Coba Sirene", "regional", n.Clock.Now().Add(-time.Minute), func(c *news.Content) { c.Verifies = n.unverified }))[0]
	at := func(hour, minute int) time.Time { return time.Date(2022, 1, 8, hour, minute, 0, 0, wib) }
	for _, c := range []news.Correction{
		{StoryID: n.full, Kind: news.Ralat, Text: "Nama pusat kendali semula tertulis keliru.", At: at(8, 0)},
		{StoryID: n.full, Kind: news.Koreksi, Text: "Garis tengah cermin adalah 6,5 meter, bukan 5,6 meter.", At: at(9, 0)},
		{StoryID: n.full, Kind: news.HakJawab, Text: "Pembuat cermin menyampaikan tanggapan atas berita ini.", At: at(9, 12), NoticeID: n.reply},
	} {
		_, err := n.Desk.Correct(ctx, testkit.Actor, c)
		n.ok(err)
	}
	for _, id := range []int64{n.full, n.full, n.breaking, n.breaking, n.long, n.related, n.related} {
		n.Reads.Read(id, "Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile")
	}
	n.ok(n.Reads.Flush(ctx))
	// The list of what is read most stands for five minutes, and the front page
	// was made when the site started. The withdrawal makes the process give a sign
	// of life at the new time.
	n.Clock.Set(testkit.Start)
	_, err := n.Desk.Withdraw(ctx, testkit.Actor, n.withdrawn, news.ReasonChild, "")
	n.ok(err)
	n.settled()
}

// path returns the canonical path of a story.
func (n *newsroom) path(id int64) string { return n.Path(n.Story(id)) }
