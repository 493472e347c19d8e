package blog

import (
	"math/rand/v2"
	"strings"
)

var people = []string{"Ratna Wulansari", "Bagas Prayoga", "Siti Maesaroh", "Yohanes Lamak", "Ketut Suardana", "Intan Permata", "Galih Rakasiwi",
	"Nurhayati Lubis", "Dimas Arya", "Melati Kusuma", "Fajar Sidik", "Laras Ayunda", "Rizal Pahlevi", "Wening Astuti", "Togar Simatupang", "Ayu Larasati"}

var categories = []struct{ slug, name, parent string }{
	{"kabar-kota", "Kabar Kota", ""}, {"kabar-desa", "Kabar Desa", ""}, {"pasar", "Pasar", "kabar-kota"}, {"sekolah", "Sekolah", ""},
	{"lingkungan", "Lingkungan", ""}, {"sungai", "Sungai", "lingkungan"}, {"laut", "Laut", "lingkungan"}, {"lapangan", "Lapangan", ""},
	{"panggung", "Panggung", ""}, {"dapur", "Dapur", ""}, {"jalan-raya", "Jalan Raya", "kabar-kota"}, {"surat-warga", "Surat Warga", ""}}

var places = []string{"Cirebon", "Wonosobo", "Bau-Bau", "Sumenep", "Singkawang", "Payakumbuh", "Ende", "Tomohon", "Barabai", "Pati", "Kuningan", "Sorong", "Metro",
	"Banyuwangi", "Rembang", "Tegal", "Sampit", "Palopo", "Dumai", "Ruteng"}

var things = []string{"jembatan gantung", "pasar pagi", "kebun kopi", "perpustakaan keliling", "dermaga kayu", "sanggar tari", "lumbung padi", "bank sampah",
	"saluran irigasi", "sekolah lapang", "kapal tambangan", "rumah jahit", "kolam ikan", "balai warga", "kereta sore", "warung nasi"}

var doers = []string{"Warga", "Para nelayan", "Guru-guru", "Pengurus koperasi", "Petani muda", "Ibu-ibu kampung", "Perajin", "Sopir angkutan", "Anak-anak sekolah", "Relawan"}

var deeds = []string{"membuka kembali", "memperbaiki", "merawat", "menata ulang", "mempertahankan", "mengecat", "membangun", "menghidupkan", "meresmikan", "menjaga"}

var times = []string{"pada musim hujan ini", "sejak awal bulan", "setelah bertahun-tahun terbengkalai", "dengan uang arisan", "bersama kelompok tani", "tanpa menunggu anggaran",
	"sambil menunggu izin", "selepas panen", "pada akhir pekan", "dalam tiga hari kerja bakti"}

var sayings = []string{"Kami tidak mau menunggu lagi", "Biayanya ditanggung bersama", "Yang penting jalannya bisa dilewati", "Harganya naik sedikit, tetapi pembeli tetap datang",
	"Dulu orang tua kami juga mengerjakannya begini", "Hasilnya belum sempurna, tetapi sudah terasa", "Semua dicatat di buku kas", "Airnya jernih lagi setelah dua minggu"}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func title(r *rand.Rand) string {
	return pick(r, doers) + " " + pick(r, deeds) + " " + pick(r, things) + " di " + pick(r, places)
}

func sentence(r *rand.Rand) string {
	switch r.IntN(4) {
	case 0:
		return pick(r, doers) + " di " + pick(r, places) + " " + pick(r, deeds) + " " + pick(r, things) + " " + pick(r, times) + "."
	case 1:
		return "“" + pick(r, sayings) + ",” kata " + pick(r, people) + " di " + pick(r, places) + "."
	case 2:
		return pick(r, sayings) + ", dan " + strings.ToLower(pick(r, doers)) + " sepakat " + pick(r, deeds) + " " + pick(r, things) + " itu " + pick(r, times) + "."
	}
	return "Menurut " + pick(r, people) + ", " + pick(r, things) + " di " + pick(r, places) + " dikerjakan " + pick(r, times) + "."
}

func slug(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-':
			return c
		case c == ' ':
			return '-'
		}
		return -1
	}, strings.ToLower(s))
}
