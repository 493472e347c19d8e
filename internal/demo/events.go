package demo

import (
	"context"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

// events are what happens to single stories after they were published.
type events struct {
	corrections []correction
	replies     map[int]int // index of a reply → index of the story that it answers
	withdrawn   int         // index, -1: none
	lead        int         // index of the story that leads the front page
	breaking    int         // index, -1: none
	marks       map[int]bool
}

type correction struct {
	index int
	kind  news.CorrectionKind
	text  string
	after time.Duration
	reply int // index of the story with the reply; -1: none
}

// notices are the corrections that the newsroom had to make.
var notices = []struct {
	kind news.CorrectionKind
	text string
}{
	{news.Ralat, "Pada versi awal berita ini, nama jabatan narasumber ditulis keliru. Redaksi telah memperbaikinya dan memohon maaf."},
	{news.Koreksi, "Angka dalam paragraf kedua diperbaiki setelah redaksi menerima data terbaru dari narasumber."},
	{news.Ralat, "Keterangan hari pada paragraf terakhir sebelumnya salah tulis dan sudah diperbaiki."},
	{news.Koreksi, "Versi sebelumnya menyebut kegiatan ini yang pertama. Kegiatan serupa ternyata pernah diadakan di kecamatan lain; kalimat itu telah dihapus."},
	{news.Ralat, "Judul berita ini diperbaiki karena ada satu kata yang tertinggal."},
	{news.Koreksi, "Redaksi menambahkan penjelasan dari pihak kedua yang semula belum dapat dihubungi."},
	{news.Ralat, "Ejaan nama desa diperbaiki sesuai masukan pembaca. Terima kasih kepada pembaca yang mengingatkan."},
	{news.Koreksi, "Satuan pada tabel diperbaiki. Perhitungan dalam teks tidak berubah."},
	{news.Ralat, "Keterangan gambar sebelumnya tertukar dengan berita lain dan sudah diganti."},
	{news.Koreksi, "Biaya yang disebut pada versi awal belum termasuk pajak. Angkanya telah disesuaikan."},
	{news.Ralat, "Usia narasumber salah tulis pada versi awal dan sudah diperbaiki."},
}

const replyNotice = "Pihak yang disebut dalam berita ini menggunakan hak jawabnya. Tanggapan lengkap dimuat dalam berita tersendiri."

// planEvents chooses the stories to which something happens. j counts from the
// newest, so that readers meet a correction soon.
func (m *maker) planEvents() events {
	n := m.p.stories
	e := events{replies: map[int]int{}, withdrawn: -1, breaking: -1, lead: -1, marks: map[int]bool{}}
	plain := func(i int) bool {
		s := m.p.section(i)
		f := m.p.frame(i, s)
		return f.kind == kindNews && !f.english
	}
	// find returns the nearest plain story at or below i that nothing happens to.
	find := func(i int) int {
		for ; i >= 0; i-- {
			if plain(i) && !e.marks[i] {
				e.marks[i] = true
				return i
			}
		}
		return -1
	}
	for i := n - 1; i >= max(n-12, 0) && e.lead < 0; i-- {
		if s := m.p.section(i); plain(i) && (s == "nasional" || s == "ekonomi" || s == "regional") {
			e.lead, e.marks[i] = i, true
		}
	}
	if e.lead >= 0 && m.p.now.Sub(m.p.published(e.lead)) < 2*time.Hour {
		e.breaking = e.lead
	}
	if n < 20 {
		return e
	}
	e.withdrawn = find(n - 1 - min(70, n/3))
	if at := find(n - 1 - min(46, n/4)); at >= 0 {
		reply := n - 1 - min(17, n/8)
		for e.marks[reply] {
			reply--
		}
		e.replies[reply], e.marks[reply] = at, true
		e.corrections = append(e.corrections, correction{at, news.HakJawab, replyNotice, 0, reply})
	}
	for k, notice := range notices {
		if n < 100 && k > 2 {
			break
		}
		// A few of today, the others further and further back.
		back := min(4+k*k*3+int(mix(m.p.seed, uint64(k))%4), n*(k+1)/14)
		if at := find(n - 1 - back); at >= 0 {
			e.corrections = append(e.corrections, correction{at, notice.kind, notice.text,
				time.Duration(35+40*k) * time.Minute, -1})
		}
	}
	return e
}

// correct adds the notices, the oldest first.
func (m *maker) correct(ctx context.Context) error {
	for _, c := range m.events.corrections {
		n := news.Correction{StoryID: m.marked[c.index], Kind: c.kind, Text: c.text, At: m.p.published(c.index).Add(c.after)}
		if c.reply >= 0 {
			n.NoticeID, n.At = m.marked[c.reply], m.p.published(c.reply)
		}
		if latest := m.p.now.Add(-time.Minute); n.At.After(latest) {
			n.At = latest
		}
		if _, err := m.d.Desk.Correct(ctx, actor, n); err != nil {
			return err
		}
		m.result.Corrections++
	}
	return nil
}

// withdraw takes one story away, for a reason of the press council's list.
func (m *maker) withdraw(ctx context.Context) error {
	id := m.marked[m.events.withdrawn]
	if id == 0 {
		return nil
	}
	_, err := m.d.Desk.Withdraw(ctx, actor, id, news.ReasonChild,
		"Berita ini dicabut untuk melindungi masa depan anak yang identitasnya dapat dikenali dari rincian di dalamnya.")
	// A story that an earlier run took away stays away.
	if fault.Is(err, fault.Conflict) {
		err = nil
	}
	if err == nil {
		m.result.Withdrawn = id
	}
	return err
}
