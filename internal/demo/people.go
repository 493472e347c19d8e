package demo

import (
	"math/rand/v2"
	"slices"

	"warta/internal/news"
)

// person is a byline. None of them exists.
type person struct {
	name, title, bio string
	role             news.Role // what they mostly do
	beats            []string  // sections, for writers
}

var people = []person{
	{"Adinda Larasdewi", "Wartawan", "Meliput pelayanan publik dan kebijakan sosial sejak 2014.", news.Writer, []string{"nasional"}},
	{"Bagas Wirasembada", "Wartawan", "Menulis tentang transportasi dan keselamatan perjalanan.", news.Writer, []string{"nasional", "megapolitan"}},
	{"Kirana Tumengkol", "Wartawan", "Mengikuti isu cuaca, kebencanaan, dan perubahan iklim.", news.Writer, []string{"nasional", "regional"}},
	{"Damar Sasmitaloka", "Wartawan Senior", "Dua puluh tahun meliput regulasi dan birokrasi.", news.Writer, []string{"nasional"}},
	{"Yohana Rumbiaklani", "Wartawan", "Melaporkan dari kawasan timur Indonesia.", news.Writer, []string{"regional", "nasional"}},
	{"Galih Nararyana", "Wartawan", "Meliput kehidupan kota dan tata ruang.", news.Writer, []string{"megapolitan"}},
	{"Nadya Bumantara", "Reporter", "Setiap pagi memulai liputan dari halte dan pasar.", news.Reporter, []string{"megapolitan", "ekonomi"}},
	{"Satria Jayaningprang", "Wartawan", "Menulis tentang desa, petani, dan koperasi.", news.Writer, []string{"regional", "ekonomi"}},
	{"Puspa Wanagiri", "Wartawan", "Menelusuri tradisi dan ekonomi pesisir.", news.Writer, []string{"regional", "hiburan"}},
	{"Markus Kaligis Tara", "Wartawan", "Meliput Asia Tenggara dan isu maritim.", news.Writer, []string{"global", "internasional"}},
	{"Intan Pradiptama", "Wartawan", "Menerjemahkan dan menulis berita dunia.", news.Translator, []string{"global", "internasional"}},
	{"Raka Samudrawati", "Wartawan", "Mengikuti perundingan dan perdagangan lintas negara.", news.Writer, []string{"global", "internasional", "ekonomi"}},
	{"Hendra Manikmaya", "Wartawan", "Meliput harga pangan, industri, dan tenaga kerja.", news.Writer, []string{"ekonomi"}},
	{"Sekar Kalasuba", "Wartawan", "Menulis tentang keuangan keluarga dan usaha kecil.", news.Writer, []string{"ekonomi"}},
	{"Bima Rajasena", "Wartawan", "Meliput sepak bola nasional dari pinggir lapangan.", news.Writer, []string{"bola"}},
	{"Daud Pattikaweli", "Wartawan", "Mengikuti pembinaan pemain muda dan sepak bola putri.", news.Writer, []string{"bola"}},
	{"Lintang Cakrawinata", "Wartawan", "Menulis tentang keamanan digital dan kecerdasan buatan.", news.Writer, []string{"tekno"}},
	{"Prana Yasadipta", "Wartawan", "Menguji gawai dan kendaraan, lalu menuliskan apa adanya.", news.Writer, []string{"tekno", "otomotif"}},
	{"Teguh Hadiningsih", "Wartawan", "Meliput kendaraan listrik dan keselamatan jalan.", news.Writer, []string{"otomotif"}},
	{"Gendis Ratnasari Dipa", "Wartawan", "Menulis tentang musik, film, dan seni rupa.", news.Writer, []string{"hiburan"}},
	{"Rahma Waskitaloka", "Wartawan", "Meliput kesehatan keluarga dan layanan puskesmas.", news.Writer, []string{"kesehatan"}},
	{"Wening Lokatara", "Wartawan", "Menulis tentang sekolah, guru, dan literasi.", news.Writer, []string{"edukasi", "kesehatan"}},

	{"Surya Paramarta", "Redaktur Pelaksana", "Memimpin meja nasional dan daerah.", news.Editor, nil},
	{"Retno Mahadipa", "Redaktur", "Menyunting berita daerah dan lingkungan.", news.Editor, nil},
	{"Ilham Darmakusuma", "Redaktur", "Menyunting berita ekonomi dan industri.", news.Editor, nil},
	{"Farida Nirbaya", "Redaktur", "Menyunting kesehatan, pendidikan, dan hiburan.", news.Editor, nil},
	{"Yudha Gandawisesa", "Redaktur", "Menyunting olahraga dan otomotif.", news.Editor, nil},
	{"Maria Latumeten Arsa", "Redaktur", "Menyunting berita dunia dan bahasa Inggris.", news.Editor, nil},
	{"Cahya Prabangkara", "Redaktur", "Menyunting teknologi dan cek fakta.", news.Editor, nil},

	{"Oka Segarajati", "Fotografer", "Membuat gambar dan ilustrasi untuk laporan perjalanan.", news.Photographer, nil},
	{"Tirta Maruhawa", "Fotografer", "Menangani ilustrasi kota dan transportasi.", news.Photographer, nil},
	{"Elok Tamalate", "Fotografer", "Menangani ilustrasi alam dan pesisir.", news.Photographer, nil},
	{"Fajrin Wisnumurti", "Videografer", "Merekam laporan lapangan.", news.Videographer, nil},
	{"Zulfa Tambunraya", "Videografer", "Membuat video penjelasan.", news.Videographer, nil},

	{"Laksmi Pitaloka", "Penulis Kolom", "Pengamat kota. Menulis kolom dua pekan sekali.", news.Contributor, nil},
	{"Hasan Ekapradana", "Penulis Kolom", "Dosen dan penulis esai tentang teknologi dan masyarakat.", news.Contributor, nil},
	{"Nirmala Pancawala", "Penulis Kolom", "Penulis dan pegiat lingkungan.", news.Contributor, nil},
	{"Petrus Simaremare Jaya", "Penulis Kolom", "Pensiunan guru yang menulis tentang ingatan dan tempat.", news.Contributor, nil},

	{"Tim Cek Fakta", "Tim Redaksi", "Memeriksa klaim yang beredar luas bersama pembaca.", news.Team, nil},
	{"Redaksi Kabar Nusantara", "Tim Redaksi", "Tulisan bersama meja redaksi.", news.Team, nil},
}

// source is an agency that is credited. None of them exists.
type agency struct{ name, url, terms string }

var agencies = []agency{
	{"Kantor Berita Samudra", "https://samudra.example/", "Untuk media pelanggan; cantumkan sumber."},
	{"Buana Pers", "https://buana-pers.example/", "Untuk media pelanggan; cantumkan sumber."},
	{"Arus Timur", "https://arus-timur.example/", "Dikutip dengan menyebut sumber."},
	{"Nordwind Wire", "https://nordwind.example/", "Licensed to subscribers."},
	{"Pacific Ledger", "https://pacific-ledger.example/", "Licensed to subscribers."},
	{"Lentera Data", "https://lentera-data.example/", "Data terbuka dengan menyebut sumber."},
	{"Suara Bahari", "https://suara-bahari.example/", "Dikutip dengan menyebut sumber."},
	{"Kabar Desa Bersama", "https://kabar-desa.example/", "Dikutip dengan menyebut sumber."},
}

// byline chooses who wrote a story of a section and who edited it.
func byline(section string, k kind, rng *rand.Rand) []credit {
	role := roleOf(k)
	first := pickPerson(rng, func(p *person) bool {
		if role == news.Writer {
			return slices.Contains(p.beats, section)
		}
		return p.role == role
	})
	if role == news.Writer {
		role = people[first].role
	}
	if role == news.Translator {
		role = news.Writer
	}
	out := []credit{{first, role}}
	if k == kindReply {
		return out
	}
	if role == news.Writer && rng.IntN(9) == 0 {
		second := pickPerson(rng, func(p *person) bool { return p.role == news.Reporter || slices.Contains(p.beats, section) })
		if second != first {
			out = append(out, credit{second, news.Reporter})
		}
	}
	return append(out, credit{pickPerson(rng, func(p *person) bool { return p.role == news.Editor }), news.Editor})
}

// pickPerson returns one of the people that fit, each as likely as the others.
func pickPerson(rng *rand.Rand, fits func(*person) bool) int {
	chosen, n := 0, 0
	for i := range people {
		if !fits(&people[i]) {
			continue
		}
		if n++; rng.IntN(n) == 0 {
			chosen = i
		}
	}
	return chosen
}
