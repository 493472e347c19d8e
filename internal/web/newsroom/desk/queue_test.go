package desk_test

import (
	"net/http"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// reports files a reader's report on a story and returns its address.
func (d *desk) reports(id int64, kind news.ReportKind) string {
	d.t.Helper()
	n, err := d.App.Core.Reports.File(d.t.Context(), news.Report{StoryID: id, Kind: kind, Name: "Sari Dewi", Email: "sari@pembaca.example",
		Text: "Jumlah bibit di paragraf kedua keliru."})
	if err != nil {
		d.t.Fatal(err)
	}
	return "/newsroom/reports/" + plain(n)
}

func TestAnOutcomeIsLinkedBothWays(t *testing.T) {
	t.Parallel()
	site := newDesk(t)
	tests := []struct {
		name, outcome string
		kind          news.ReportKind
		before        []string // the correction that goes out first; nil: none
		pairs         []string
		says          string
	}{
		{"a correction", "correction", news.ReportError, []string{"kind", "koreksi", "text", "Jumlah bibitnya 1.200."}, nil, "Dikoreksi"},
		{"a reply on the story", "reply", news.ReportReply, []string{"kind", "hak_jawab", "text", "Tanggapan kelompok tani."}, nil, "Hak jawab dimuat"},
		{"a reply in a story of its own", "reply", news.ReportReply, nil, []string{"notice", "other"}, "Hak jawab dimuat"},
		{"a refusal with its reason", "refusal", news.ReportReply, nil, []string{"reason", "Angka itu dari dinas."}, "Ditolak"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &desk{site.Site, t, site.reporter, site.editor, site.chief}
			id, other := d.at("live", "Warga Menanam Bakau"), d.at("live", "Tanggapan Kelompok Tani")
			at := d.reports(id, tt.kind)
			if tt.before != nil {
				leads(t, d.editor.Post(story(id, "correct"), tt.before...), story(id))
			}
			for i := range tt.pairs {
				if tt.pairs[i] == "other" {
					tt.pairs[i] = d.URL + d.Path(d.Story(other)) // pasted from the browser
				}
			}
			q := leads(t, d.editor.Post(at+"/settle", append(tt.pairs, "outcome", tt.outcome)...), at)
			if q.Get("said") != "report_settle" {
				t.Errorf("the page is to say %q", q.Get("said"))
			}
			doc := page(t, d.editor.Open(at), http.StatusOK)
			says(t, doc, "article", tt.says)
			if doc.Find(`a[href="`+story(id)+`"]`).Length() != 1 {
				t.Error("the report does not lead to its story")
			}
			if tt.name == "a reply in a story of its own" && doc.Find(`a[href="`+story(other)+`"]`).Length() != 1 {
				t.Error("the report does not lead to the story with the reply")
			}
			if tt.outcome == "refusal" {
				says(t, doc, ".note", "Angka itu dari dinas.")
			}
			doc = page(t, d.editor.Open(story(id)), http.StatusOK)
			says(t, doc, ".deeds", "menyelesaikan laporan pembaca")
			says(t, doc, ".deeds", "Pembaca melaporkan sesuatu tentang berita ini")
			if doc.Find(`.deeds a[href="`+at+`"]`).Length() != 2 {
				t.Error("the story does not lead to the report")
			}
			if n := page(t, d.reporter.Open(story(id)), http.StatusOK).Find(`.deeds a[href="` + at + `"]`).Length(); n != 0 {
				t.Error("who may not handle reports is led to one")
			}
		})
	}
}

func TestWhatAReportLacksIsSaid(t *testing.T) {
	t.Parallel()
	site := newDesk(t)
	tests := []struct {
		name, what string
		pairs      []string
		field      string
		says       string
		status     int
	}{
		{"no outcome", "settle", nil, "outcome", "Pilih hasilnya", 400},
		{"a correction that never went out", "settle", []string{"outcome", "correction"}, "", "Belum ada koreksi", 409},
		{"a reply that never went out", "settle", []string{"outcome", "reply"}, "", "Belum ada hak jawab", 409},
		{"a refusal without a reason", "settle", []string{"outcome", "refusal"}, "reason", "Penolakan perlu alasan", 400},
		{"a reply that is nowhere", "settle", []string{"outcome", "reply", "notice", "9999"}, "notice", "tidak sedang tayang", 400},
		{"a reply that is no story", "settle", []string{"outcome", "reply", "notice", "/kontak"}, "notice", "tidak ditemukan", 400},
		{"somebody who handles none", "assign", []string{"user", "reporter"}, "user", "tidak menangani laporan", 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &desk{site.Site, t, site.reporter, site.editor, site.chief}
			at := d.reports(d.at("live", "Warga Menanam Bakau"), news.ReportError)
			for i := range tt.pairs {
				if tt.pairs[i] == "reporter" {
					tt.pairs[i] = plain(d.reporter.User.ID)
				}
			}
			doc := page(t, d.editor.Post(at+"/"+tt.what, tt.pairs...), tt.status)
			if tt.field != "" {
				says(t, doc, "#e-"+tt.field, tt.says)
			} else {
				says(t, doc, `article > [role="alert"]`, tt.says)
			}
			res := d.editor.Send(http.MethodPost, at+"/"+tt.what, body(tt.pairs))
			var got struct {
				Error struct{ Message string }
			}
			if err := res.JSON(&got); err != nil || res.StatusCode != tt.status || got.Error.Message == "" {
				t.Errorf("a script is told %d %s (%v)", res.StatusCode, res.Body, err)
			}
			if n := page(t, d.editor.Open(at), http.StatusOK).Find(`form[action="` + at + `/settle"]`).Length(); n != 1 {
				t.Error("the report is not open any more")
			}
		})
	}
}

func TestASettledReportSaysSoToWhoWasSlower(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	at := d.reports(d.at("live", "Warga Menanam Bakau"), news.ReportReply)
	leads(t, d.editor.Post(at+"/settle", "outcome", "refusal", "reason", "Tidak menyangkut Anda."), at)
	doc := page(t, d.chief.Post(at+"/settle", "outcome", "refusal", "reason", "Yang lain."), http.StatusConflict)
	says(t, doc, `[role="alert"]`, "sudah selesai ditangani")
	says(t, doc, ".note", "Tidak menyangkut Anda.")
}

func TestTheQueueKnowsItsDeadlinesAndPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sports := deskEditor(d.Site, "bola")
	id := d.at("live", "Warga Menanam Bakau")
	at := d.reports(id, news.ReportError)
	doc := page(t, d.editor.Open(at), http.StatusOK)
	says(t, doc, `select[name="user"]`, d.chief.User.Name)
	if doc.Find(`select[name="user"] option[value="`+plain(d.reporter.User.ID)+`"]`).Length() != 0 {
		t.Error("a report is offered to somebody who handles none")
	}
	if rows := page(t, sports.Open("/newsroom/reports"), http.StatusOK).Find("tbody tr").Length(); rows != 0 {
		t.Errorf("another desk's editor sees %d reports", rows)
	}
	leads(t, d.editor.Post(at+"/assign", "user", plain(d.chief.User.ID)), at)
	if rows := page(t, d.editor.Open("/newsroom/reports?user=none"), http.StatusOK).Find("tbody tr").Length(); rows != 0 {
		t.Error("what is given to somebody stands among what nobody has")
	}
	notices := page(t, d.chief.Open("/newsroom/notices"), http.StatusOK)
	if notices.Find(`.notices a[href="/newsroom/reports?story=`+plain(id)+`"]`).Length() == 0 {
		t.Error("the notice does not lead to the report")
	}
	if rows := page(t, d.chief.Open("/newsroom/reports?story="+plain(id)), http.StatusOK).Find("tbody tr").Length(); rows != 1 {
		t.Errorf("the story has %d reports", rows)
	}
	d.Clock.Set(testkit.Start.Add(60 * 24 * time.Hour))
	late := d.SignIn(d.editor.User)
	says(t, page(t, late.Open("/newsroom/reports"), http.StatusOK), "tbody .loud", "lewat")
	leads(t, late.Post(at+"/assign", "user", ""), at)
	says(t, page(t, late.Open("/newsroom/reports?user=none"), http.StatusOK), "tbody", "belum ada")
	page(t, d.Staffer(account.Contributor).Open(at), http.StatusForbidden)
}
