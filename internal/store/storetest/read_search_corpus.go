package storetest

import "warta/internal/news"

// piece is a small story of the search corpus. Its number is its place in the
// list, from 1; a later one was published a day after the one before it.
type piece struct {
	section    string
	headline   string
	standfirst string
	body       string
	topics     []string
	people     []string
	members    bool
	english    bool
}

// corpus holds what the search cases look for. The words are chosen so that
// each query has an answer that can be told by reading.
var corpus = []piece{
	/* 1 */ {section: "nasional", headline: "Presiden resmikan bendungan di Lampung", standfirst: "Bendungan itu mengairi tujuh ribu hektare sawah.", body: "Peresmian berlangsung pagi hari. Petani menyambut aliran air yang pertama.", topics: []string{"Infrastruktur"}, people: []string{"Rani Wulandari"}},
	/* 2 */ {section: "megapolitan", headline: "Banjir rendam tiga kelurahan di Jakarta Timur", standfirst: "Air mulai naik sejak dini hari.", body: "Sebanyak 412 warga mengungsi ke gedung sekolah.", topics: []string{"Banjir"}, people: []string{"Bagas Prakoso"}},
	/* 3 */ {section: "regional", headline: "Warga Demak kembali kebanjiran", standfirst: "Tanggul sungai jebol untuk kedua kalinya.", body: "Perahu karet dikerahkan untuk mengangkut lansia.", topics: []string{"Banjir"}, people: []string{"Rani Wulandari", "Bagas Prakoso"}},
	/* 4 */ {section: "internasional", headline: "Parlemen Eropa sahkan aturan kecerdasan buatan", standfirst: "Aturan itu berlaku bertahap selama dua tahun.", body: "Perusahaan teknologi wajib menjelaskan data latih mereka.", topics: []string{"Kecerdasan Buatan"}},
	/* 5 */ {section: "global", headline: "Harga minyak dunia turun tipis", standfirst: "Pasokan dari Teluk kembali lancar.", body: "Analis memperkirakan harga bergerak mendatar sampai akhir bulan.", topics: []string{"Energi"}},
	/* 6 */ {section: "ekonomi", headline: "Bank sentral tahan suku bunga acuan", standfirst: "Inflasi dinilai masih terkendali.", body: "Keputusan diambil dalam rapat dewan gubernur selama dua hari.", topics: []string{"Suku Bunga"}, people: []string{"Nadia Kusuma"}},
	/* 7 */ {section: "ekonomi", headline: "Ekspor kopi Gayo tembus pasar Korea", standfirst: "Petani kopi di Aceh Tengah mengirim dua kontainer.", body: "Nilai kontrak mencapai satu juta dolar.", topics: []string{"Kopi", "Ekspor"}, people: []string{"Nadia Kusuma"}},
	/* 8 */ {section: "bola", headline: "Timnas menang tipis atas Vietnam", standfirst: "Gol tunggal lahir pada menit akhir.", body: "Pelatih memuji kerja keras para pemain.", topics: []string{"Timnas"}},
	/* 9 */ {section: "bola", headline: "Pemain muda dipanggil ke pemusatan latihan", standfirst: "Dua puluh enam nama masuk daftar.", body: "Latihan dimulai pekan depan di Yogyakarta.", topics: []string{"Timnas"}, people: []string{"Yoga Saputra"}},
	/* 10 */ {section: "tekno", headline: "Ponsel lipat buatan lokal mulai dijual", standfirst: "Harganya di bawah lima juta rupiah.", body: "Layarnya diklaim tahan dua ratus ribu lipatan.", people: []string{"Yoga Saputra"}},
	/* 11 */ {section: "otomotif", headline: "Penjualan mobil listrik naik dua kali lipat", standfirst: "Insentif pajak mendorong pembelian.", body: "Pabrik baterai di Karawang mulai beroperasi.", topics: []string{"Energi", "Mobil Listrik"}},
	/* 12 */ {section: "hiburan", headline: "Film anak negeri raih penghargaan di Busan", standfirst: "Sutradara mempersembahkannya untuk para nelayan.", body: "Pengambilan gambar berlangsung di Pulau Rote."},
	/* 13 */ {section: "kesehatan", headline: "Vaksin dengue tersedia di puskesmas", standfirst: "Anak usia enam tahun menjadi prioritas.", body: "Dokter mengingatkan warga untuk tetap menguras bak mandi.", topics: []string{"Dengue"}},
	/* 14 */ {section: "edukasi", headline: "Sekolah rakyat buka kelas malam", standfirst: "Pekerja pabrik bisa belajar membaca dan berhitung.", body: "Guru sukarelawan datang dari empat kampus."},
	/* 15 */ {section: "cek-fakta", headline: "Cek fakta: video banjir di bandara itu rekaman lama", standfirst: "Rekaman diambil di negara lain.", body: "Klaim yang beredar menyesatkan.", topics: []string{"Banjir"}},
	/* 16 */ {section: "opini", headline: "Menulis ulang sejarah dari dapur", standfirst: "Esai tentang resep yang berpindah tangan.", body: "Dapur menyimpan ingatan yang tidak pernah masuk buku pelajaran."},
	/* 17 */ {section: "foto", headline: "Foto: Pasar terapung di pagi hari", standfirst: "Pedagang buah mendayung sejak subuh.", body: "Kabut tipis menutup sungai."},
	/* 18 */ {section: "video", headline: "Video: Detik-detik gerhana bulan di Sabang", standfirst: "Langit cerah sepanjang malam.", body: "Ratusan orang memadati pantai."},
	/* 19 */ {section: "nasional", headline: "DPR bahas rancangan undang-undang penyiaran", standfirst: "Pembahasan berlangsung tertutup.", body: "Dewan Pers meminta rancangan itu dibuka.", topics: []string{"Penyiaran"}, people: []string{"Rani Wulandari"}},
	/* 20 */ {section: "nasional", headline: "Menteri tinjau tanggul laut", standfirst: "Pembangunan tanggul dipercepat.", body: "Warga pesisir menunggu kepastian ganti rugi.", topics: []string{"Infrastruktur"}},
	/* 21 */ {section: "megapolitan", headline: "Kereta ringan tambah jadwal malam", standfirst: "Kereta terakhir berangkat pukul sebelas.", body: "Penumpang menyambut baik.", topics: []string{"Transportasi"}},
	/* 22 */ {section: "megapolitan", headline: "Jakarta uji coba bus tanpa sopir", standfirst: "Bus berjalan di jalur tertutup.", body: "Kecepatannya dibatasi dua puluh kilometer per jam.", topics: []string{"Transportasi", "Kecerdasan Buatan"}},
	/* 23 */ {section: "regional", headline: "Gunung Semeru luncurkan awan panas", standfirst: "Jarak luncur mencapai empat kilometer.", body: "Warga diminta menjauhi aliran sungai.", topics: []string{"Gunung Api"}, people: []string{"Bagas Prakoso"}},
	/* 24 */ {section: "regional", headline: "Nelayan Natuna terima bantuan kapal", standfirst: "Sepuluh kapal diserahkan pemerintah daerah.", body: "Kapal itu dilengkapi alat penjejak."},
	/* 25 */ {section: "regional", headline: "Air sungai meluap, jalan lintas Sumatra putus", standfirst: "Antrean truk mengular hingga delapan kilometer.", body: "Luapan air membanjiri badan jalan setinggi lutut.", topics: []string{"Banjir"}},
	/* 26 */ {section: "internasional", headline: "Gempa guncang pesisir Chile", standfirst: "Peringatan tsunami dicabut dua jam kemudian.", body: "Tidak ada laporan korban jiwa.", topics: []string{"Gempa"}},
	/* 27 */ {section: "internasional", headline: "Pemilu Jepang: partai berkuasa kehilangan mayoritas", standfirst: "Koalisi baru dibicarakan.", body: "Perdana menteri menolak mundur.", topics: []string{"Pemilu"}},
	/* 28 */ {section: "internasional", headline: "Floods force thousands from their homes in Kerala", standfirst: "Rescue teams are working through the night.", body: "The flooding followed three days of rain.", topics: []string{"Banjir"}, english: true},
	/* 29 */ {section: "global", headline: "Volcano erupts near Manila", standfirst: "Flights were delayed for hours.", body: "Residents were told to wear masks.", topics: []string{"Gunung Api"}, english: true},
	/* 30 */ {section: "ekonomi", headline: "Rupiah menguat terhadap dolar", standfirst: "Penguatan didorong aliran modal asing.", body: "Pelaku pasar menunggu data inflasi.", people: []string{"Nadia Kusuma"}},
	/* 31 */ {section: "ekonomi", headline: "Suku bunga kredit rumah turun", standfirst: "Bunga tetap berlaku tiga tahun.", body: "Pengembang berharap penjualan rumah pulih.", topics: []string{"Suku Bunga"}},
	/* 32 */ {section: "ekonomi", headline: "Pasar saham ditutup menguat", standfirst: "Saham perbankan memimpin kenaikan.", body: "Nilai transaksi mencapai sepuluh triliun rupiah."},
	/* 33 */ {section: "bola", headline: "Liga 1 kembali bergulir", standfirst: "Delapan belas klub siap bertanding.", body: "Penonton wajib membeli tiket secara daring."},
	/* 34 */ {section: "bola", headline: "Vietnam tuan rumah piala pelajar", standfirst: "Turnamen diikuti dua belas negara.", body: "Indonesia mengirim pelajar dari enam provinsi."},
	/* 35 */ {section: "tekno", headline: "AI bantu dokter baca foto rontgen", standfirst: "Akurasinya diuji di tiga rumah sakit.", body: "Dokter tetap mengambil keputusan akhir.", topics: []string{"Kecerdasan Buatan"}},
	/* 36 */ {section: "tekno", headline: "Satelit SATRIA-1 layani ribuan sekolah", standfirst: "Koneksi internet tersambung di pulau terluar.", body: "Kecepatan rata-rata empat megabit per detik."},
	/* 37 */ {section: "otomotif", headline: "Motor listrik konversi laris di Bali", standfirst: "Bengkel kewalahan melayani pesanan.", body: "Biaya konversi dibantu pemerintah provinsi.", topics: []string{"Mobil Listrik"}},
	/* 38 */ {section: "hiburan", headline: "Konser gamelan keliling Jawa", standfirst: "Penabuh termuda berusia sembilan tahun.", body: "Pertunjukan terakhir digelar di Solo."},
	/* 39 */ {section: "kesehatan", headline: "Kasus dengue menurun di musim kemarau", standfirst: "Penurunan terjadi di dua belas kota.", body: "Dinas kesehatan tetap waspada.", topics: []string{"Dengue"}},
	/* 40 */ {section: "kesehatan", headline: "Minum kopi pagi dan kesehatan jantung", standfirst: "Penelitian melibatkan empat puluh ribu orang.", body: "Peneliti menyarankan tidak lebih dari tiga cangkir.", topics: []string{"Kopi"}},
	/* 41 */ {section: "edukasi", headline: "Beasiswa ke Eropa dibuka", standfirst: "Pendaftaran sampai akhir Maret.", body: "Pelamar wajib menulis esai berbahasa Inggris."},
	/* 42 */ {section: "edukasi", headline: "Perpustakaan desa jadi tempat belajar", standfirst: "Buku dikirim dengan perahu.", body: "Anak-anak membaca di bawah pohon.", people: []string{"Yoga Saputra"}},
	/* 43 */ {section: "cek-fakta", headline: "Hoaks: vaksin sebabkan kemandulan", standfirst: "Tidak ada bukti ilmiah.", body: "Badan kesehatan dunia membantah klaim itu."},
	/* 44 */ {section: "opini", headline: "Kota yang lupa pada sungainya", standfirst: "Banjir bukan takdir.", body: "Kita membangun rumah membelakangi air, lalu heran ketika air datang."},
	/* 45 */ {section: "foto", headline: "Foto: Panen kopi di lereng gunung", standfirst: "Buah merah dipetik satu per satu.", body: "Perempuan petani bekerja sejak pagi.", topics: []string{"Kopi"}},
	/* 46 */ {section: "video", headline: "Video: Penyelam bersihkan terumbu karang", standfirst: "Jaring hantu diangkat dari dasar laut.", body: "Tiga ratus kilogram sampah terkumpul."},
	/* 47 */ {section: "nasional", headline: "Pemilu kepala daerah digelar serentak", standfirst: "Pemungutan suara berlangsung di 37 provinsi.", body: "Pengawas pemilu menerima ratusan laporan.", topics: []string{"Pemilu"}, people: []string{"Rani Wulandari"}},
	/* 48 */ {section: "nasional", headline: "Mahkamah tolak gugatan hasil pemilu", standfirst: "Putusan dibacakan sembilan hakim.", body: "Penggugat menyatakan menghormati putusan.", topics: []string{"Pemilu"}},
	/* 49 */ {section: "regional", headline: "Gempa Cianjur: rumah tahan gempa rampung", standfirst: "Sebanyak dua ratus rumah diserahkan.", body: "Korban gempa menerima kunci rumah.", topics: []string{"Gempa"}},
	/* 50 */ {section: "regional", headline: "Petani Brebes buang bawang", standfirst: "Harga jatuh di tingkat petani.", body: "Pemerintah berjanji menyerap hasil panen."},
	/* 51 */ {section: "internasional", headline: "Presiden Prancis kunjungi Borobudur", standfirst: "Kunjungan berlangsung dua hari.", body: "Kedua negara menandatangani kerja sama kebudayaan."},
	/* 52 */ {section: "tekno", headline: "Peretas bobol data klinik", standfirst: "Data pasien dijual di forum gelap.", body: "Polisi menelusuri alamat peretas."},
	/* 53 */ {section: "ekonomi", headline: "Koperasi susu bertahan di tengah impor", standfirst: "Peternak menjual langsung kepada warga.", body: "Bagian lengkapnya membahas strategi pemasaran rahasia para peternak.", members: true},
	/* 54 */ {section: "ekonomi", headline: "Laporan khusus: utang kampus", standfirst: "Mahasiswa mencicil kuliah lewat pinjaman daring.", body: "Kami menelusuri sembilan kampus dan dua perusahaan pinjaman.", members: true},
	/* 55 */ {section: "hiburan", headline: "Café tua di Braga dibuka lagi", standfirst: "Pengunjung memesan kopi tubruk.", body: "Piano lama dimainkan setiap malam.", topics: []string{"Kopi"}},
	/* 56 */ {section: "nasional", headline: "Kapal patroli tangkap pencuri ikan", standfirst: "Dua kapal asing digiring ke Natuna.", body: "Nelayan setempat ikut melapor."},
	/* 57 */ {section: "megapolitan", headline: "Harga tiket kereta bandara turun", standfirst: "Tarif baru berlaku Senin.", body: "Penumpang bandara diperkirakan naik.", topics: []string{"Transportasi"}},
	/* 58 */ {section: "bola", headline: "Presiden klub mundur setelah kalah", standfirst: "Suporter menuntut perubahan.", body: "Klub itu kalah lima kali beruntun."},
	/* 59 */ {section: "internasional", headline: "Scientists map the floor of the Java Sea", standfirst: "The maps will help fishermen.", body: "Mapping took four years and two ships.", english: true},
	/* 60 */ {section: "megapolitan", headline: "Pompa air siaga hadapi musim hujan", standfirst: "Jakarta menyiapkan lima ratus pompa.", body: "Banjir tahun lalu menjadi pelajaran.", topics: []string{"Banjir"}, people: []string{"Bagas Prakoso"}},
}

// labels of the corpus: every story whose place divides by ten is exclusive.
func (p *piece) labels(n int) []news.Label {
	if n%10 == 0 {
		return []news.Label{news.LabelExclusive}
	}
	return nil
}
