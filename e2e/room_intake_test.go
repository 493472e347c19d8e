package e2e_test

import (
	"strconv"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/testkit"
)

// copied is a page as it is copied out of a browser, made up.
const copied = `Baca berita tanpa iklan. Gabung Suara Pesisir+
Cari
Login
Home > News > Nasional
Pasar Apung Lok Baintan Ditata Ulang Tanpa Memindahkan Pedagang
Suara Pesisir - 08/01/2022, 06:31 WITA
Nur Aisyah
Penulis
Hadi Prabowo
Editor
Lihat Foto
Pedagang menata dagangan di atas jukung. (ANTARA/Bayu P.)
BANJAR, SUARA PESISIR – Pemerintah kabupaten menata ulang pasar apung Lok Baintan tanpa memindahkan satu pun pedagang, Sabtu.
Dermaga baru dibangun di dua tempat agar pengunjung tidak perlu berdesakan.
Baca juga: Perahu Listrik Diuji di Sungai Martapura
"Kami tetap di sini, hanya lebih rapi," kata Aluh Rahmah, pedagang sayur.
Ikuti saluran WhatsApp Suara Pesisir untuk berita terbaru
Penataan selesai pada akhir Maret.
Sumber: ANTARA
Terkini Lainnya
Harga Ikan Haruan Turun
Jembatan Kembar Dibuka Besok
Komentar
Bagikan
Copyright 2022 Suara Pesisir. Hak cipta dilindungi.`

// TestRoomADraftComesOutOfAPage pastes a page, looks at what was recognised, mends
// it without any script, and opens the draft.
func TestRoomADraftComesOutOfAPage(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	b := signed(t, s.Staffer(account.Editor), 360)
	b.open("/newsroom/mine", 200)
	b.click(`a[href="/newsroom/from-page"]`)
	b.looks("intake-empty")
	b.size(360)
	b.fill("main form", "address", "", "text", "Beranda\nBerita\nMasuk")
	if got := b.words("main .error"); !strings.Contains(got, "tidak ada teks") {
		t.Errorf("a page that is no story: %q", got)
	}
	b.forgive("422")
	b.looks("intake-refused")
	b.size(360)
	b.fill("main form", "address", "", "text", copied, "from", "https://pesisir.example/nasional/pasar-apung")
	if got := b.words(".intake .lines"); !strings.Contains(got, "Dermaga baru") || !strings.Contains(got, "ajakan") {
		t.Fatalf("what was recognised: %q", got)
	}
	if got := eval[string](b, `document.querySelector("#authors").value`); !strings.Contains(got, "Penulis: Nur Aisyah") || !strings.Contains(got, "Editor: Hadi Prabowo") {
		t.Errorf("the authors are %q", got)
	}
	if got := eval[string](b, `["source","agencies","dateline"].map(n=>document.getElementById(n).value).join("|")`); got != "Suara Pesisir|ANTARA|BANJAR" {
		t.Errorf("outlet, agencies and place are %q", got)
	}
	b.looks("intake-story")
	b.size(360)
	eval[bool](b, `(()=>{for(const l of document.querySelectorAll(".lines li"))if(l.textContent.includes("Penataan selesai"))l.querySelector("input").click();
	return true})()`)
	b.fill("form.intake", "headline", "Pasar Apung Ditata Ulang", "section", strconv.FormatInt(s.Section("nasional"), 10))
	if at := b.at(); !strings.Contains(at, "/newsroom/stories/") {
		t.Fatalf("the draft leads to %s: %s", at, b.words("main"))
	}
	b.until("the draft to be open", `!!document.querySelector(`+quote(paper)+`)`)
	got := b.words("main")
	for _, want := range []string{"Dermaga baru dibangun", "hanya lebih rapi"} {
		if !strings.Contains(got, want) {
			t.Errorf("the draft lacks %q", want)
		}
	}
	for _, not := range []string{"WhatsApp", "Penataan selesai", "Harga Ikan", "Login"} {
		if strings.Contains(got, not) {
			t.Errorf("the draft has %q", not)
		}
	}
	b.quiet()
}
