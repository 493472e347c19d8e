package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// talkers are the names of those who discuss. None of them exists, and none has an
// account.
var talkers = []string{"Warga Teluk", "Bu Lurah Fiktif", "Penjual Pisang", "Anak Kos", "Pak Guru Rekaan", "Penumpang Kapal Malam", "Tukang Kebun", "Kolektor Payung", "Pembaca Subuh", "Mahasiswa Abadi"}

// remark is what somebody says below any story, and what others answer.
type remark struct {
	text    string
	answers []string
}

var remarks = map[lang.Code][]remark{
	lang.ID: {
		{"Terima kasih sudah menulis sampai ke angka-angkanya. Bisa ditambah perbandingan dengan tahun lalu?",
			[]string{"Setuju. Tanpa pembanding, sulit tahu ini naik atau turun.", "Di arsip ada laporan lamanya, lewat topik di bawah berita."}},
		{"Saya tinggal tidak jauh dari sana. Yang paling terasa justru urusan parkir dan sampah sesudah acara selesai.", []string{"Sama, di tempat kami juga begitu."}},
		{"Semoga ada kabar lanjutannya tiga bulan lagi, bukan hanya waktu peresmian.", nil},
		{"Fotonya bagus. Apakah ada versi yang lebih besar untuk dicetak di majalah dinding sekolah?", []string{"Coba tanya ke redaksi, alamatnya di halaman Kontak."}},
		{"Kalimat ketiga membuat saya berhenti lama. Mengapa baru sekarang?", nil},
		{"Dulu ayah saya mengerjakan hal yang sama dengan alat seadanya. Senang melihat ada yang meneruskan.", []string{"Cerita seperti ini yang saya cari di kolom komentar."}},
		{"Tolong jelaskan istilah di paragraf kedua, tidak semua pembaca paham.", nil},
		{"Saya kurang sependapat. Biayanya besar, dan yang menikmati hanya yang tinggal dekat jalan utama.",
			[]string{"Jalan kampung dianggarkan terpisah, setahu saya.", "Tetap perlu diawasi bersama."}},
	},
	lang.EN: {
		{"Thank you for giving the numbers and where they come from. How do they compare with last year?", []string{"There is an older report on the topic's page."}},
		{"I live nearby. What one notices most is the traffic after everybody has gone home.", nil},
		{"Please report again in three months, when the speeches are forgotten.", []string{"That is when it gets interesting."}},
		{"I am not convinced. It costs a lot, and those off the main road will see little of it.", nil},
	},
}

// heldBack are remarks that wait for a moderator, so that his desk is not empty.
var heldBack = []string{
	"Jual payung lipat murah, hubungi saya lewat pesan. (Contoh iklan terselubung.)",
	"Semua yang tidak setuju pasti belum membaca beritanya sampai habis.",
	"Apakah benar loketnya tutup lebih awal mulai pekan depan? Saya dengar dari tetangga.",
}

// talkedAbout is how many stories are discussed.
const talkedAbout = 8

// Talk opens discussions below all stories and has made-up readers discuss the
// newest ones, cards, the newest first.
func Talk(ctx context.Context, f *discuss.Forum, cards []news.Card, seed uint64, now time.Time) (err error) {
	defer fault.Wrap(&err, "open discussions")
	mode := discuss.ModeAfter
	if err := f.SaveRules(ctx, actor, discuss.ScopeSite, 0, nil, discuss.Patch{Mode: &mode}); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(seed, 0x7a1c))
	var list []discuss.Incoming
	for i := range min(len(cards), talkedAbout) {
		list = append(list, talkBelow(r, &cards[i], now)...)
	}
	for i, text := range heldBack[:min(len(heldBack), len(cards))] {
		list = append(list, discuss.Incoming{URI: fmt.Sprintf("demo:held:%d", i), StoryID: cards[i].ID, Name: talkers[i], Text: text,
			At: now.Add(-time.Duration(i+1) * time.Minute), State: discuss.Pending})
	}
	_, _, err = f.Import(ctx, actor, list)
	return err
}

// talkBelow is the discussion of one story: some remarks between its publication
// and now, with their answers.
func talkBelow(r *rand.Rand, c *news.Card, now time.Time) (list []discuss.Incoming) {
	all := remarks[c.Language]
	if all == nil {
		all = remarks[lang.ID]
	}
	said := 2 + r.IntN(len(all)-2)
	step := now.Sub(c.FirstPublished) / time.Duration(4*said)
	names := r.Perm(len(talkers))
	at, spoken := c.FirstPublished, 0
	say := func(uri, to, text string) {
		at = at.Add(time.Duration(float64(step) * (0.5 + r.Float64()/2)))
		list = append(list, discuss.Incoming{URI: uri, ReplyTo: to, StoryID: c.ID, Name: talkers[names[spoken%len(names)]], Text: text, At: at, State: discuss.Published})
		spoken++
	}
	for _, i := range r.Perm(len(all))[:said] {
		uri := fmt.Sprintf("demo:%d:%d", c.ID, i)
		say(uri, "", all[i].text)
		for k, answer := range all[i].answers {
			say(fmt.Sprintf("%s:%d", uri, k), uri, answer)
		}
	}
	return list
}
