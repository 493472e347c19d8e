package desk_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestAPictureWithoutACreditKeepsAStoryBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.at("draft", "Warga Menanam Bakau")
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	pic, _, err := d.Library.Add(t.Context(), "test", &file, media.Details{Caption: "Bibit bakau", Alt: "Bibit"})
	if err != nil {
		t.Fatal(err)
	}
	save(t, d.Site, id, "lead", `{"picture":`+plain(pic.ID)+`}`)
	for _, action := range []string{"submit", "approve", "schedule", "publish"} {
		says(t, page(t, d.editor.Open(story(id, action)), http.StatusOK), ".checks .loud", "Menahan: Foto “Bibit bakau” belum punya kredit.")
	}
	for action, pairs := range map[string][]string{"publish": nil, "schedule": {"at", local(testkit.Start.Add(time.Hour))}} {
		doc := page(t, d.editor.Post(story(id, action), pairs...), http.StatusBadRequest)
		says(t, doc, `article > [role="alert"]`, "foto tanpa kredit")
		if got := d.where(id); got != "draft unpublished" {
			t.Errorf("after %s the story is %q", action, got)
		}
	}
	doc := page(t, d.editor.Post("/newsroom/board/bulk", "do", "publish", "id", plain(id)), http.StatusOK)
	says(t, doc, ".rows li .error", "foto tanpa kredit")
	save(t, d.Site, id, "lead", `{"picture":`+plain(pic.ID)+`,"credit":"Sari Dewi"}`)
	leads(t, d.editor.Post(story(id, "publish")), story(id))
	if got := d.where(id); got != "live" {
		t.Errorf("with its credit the story is %q", got)
	}
}

func TestWhatShouldBeOutStandsFirstOnTheSchedule(t *testing.T) {
	t.Parallel()
	// Nobody serves this site, so what is due stays where it is.
	s := testkit.New(t, testkit.Options{Stopped: true})
	editor, reporter := s.Staffer(account.Editor), s.Staffer(account.Reporter)
	for hours, headline := range map[int]string{1: "Terlambat Tayang", 6: "Sore Nanti"} {
		id := write(t, editor, headline, "nasional")
		leads(t, editor.Post(story(id, "schedule"), "at", local(testkit.Start.Add(time.Duration(hours)*time.Hour))), story(id))
	}
	s.Clock.Set(testkit.Start.Add(2 * time.Hour))
	editor, reporter = s.SignIn(editor.User), s.SignIn(reporter.User)
	doc := page(t, editor.Open("/newsroom/schedule"), http.StatusOK)
	says(t, doc, ".late h2", "1 terlambat")
	says(t, doc, ".late li", "Terlambat Tayang")
	says(t, doc, ".late li .loud", "Terlambat, seharusnya 13:00")
	if got := doc.Find(".late li[data-story]").Text(); strings.Count(got, "13:00") != 1 {
		t.Errorf("the late one says its time not once: %q", got)
	}
	says(t, doc, ".day .rows", "Sore Nanti")
	if strings.Contains(doc.Find(".day").Text(), "Terlambat Tayang") {
		t.Error("the late one stands below its day as well")
	}
	if n := doc.Find(`a[href*="/schedule?next="]`).Length(); n != 2 {
		t.Errorf("an editor can move %d of them", n)
	}
	if n := page(t, reporter.Open("/newsroom/schedule"), http.StatusOK).Find(`a[href*="/schedule?next="]`).Length(); n != 0 {
		t.Error("somebody who may not schedule is offered to move a story")
	}
	doc = page(t, editor.Open("/newsroom/schedule?section="+plain(s.Section("bola"))), http.StatusOK)
	says(t, doc, ".empty", "Belum ada yang dijadwalkan")
}

func TestMineIsInTheOrderOfWork(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at("draft", "Masih Draf")
	returned := d.at("submitted", "Dikembalikan Editor")
	leads(t, d.editor.Post(story(returned, "send-back"), "note", "Siapa sumbernya?"), story(returned))
	given := write(t, d.editor, "Tugas dari Editor", "ekonomi")
	leads(t, d.editor.Post(story(given, "assign"), "user", plain(d.reporter.User.ID), "note", "Lima ratus kata"), story(given))
	d.at("submitted", "Menunggu Editor")
	// Sent back once, but out since: what is changed now is a new draft.
	again := d.at("submitted", "Tayang Lalu Diubah")
	leads(t, d.editor.Post(story(again, "send-back"), "note", "Perbaiki"), story(again))
	leads(t, d.editor.Post(story(again, "publish")), story(again))
	save(t, d.Site, again, "headline", `"Tayang Lalu Diubah Lagi"`)
	d.at("live", "Sudah Tayang")

	doc := page(t, d.reporter.Open("/newsroom/mine"), http.StatusOK)
	for section, want := range map[string]string{
		"mine-returned":  "Dikembalikan Editor",
		"mine-draft":     "Tayang Lalu Diubah Lagi, Tugas dari Editor, Masih Draf",
		"mine-submitted": "Menunggu Editor",
		"mine-live":      "Sudah Tayang",
	} {
		if got := strings.Join(headlines(doc, `section[aria-labelledby="`+section+`"]`), ", "); len(got) != len(want) || !sameNames(got, want) {
			t.Errorf("%s holds %q, want %q", section, got, want)
		}
	}
	if first, _ := doc.Find("section.mine").First().Attr("aria-labelledby"); first != "mine-returned" {
		t.Errorf("%q stands first", first)
	}
	says(t, doc, `[data-story="`+plain(returned)+`"] .note`, "Siapa sumbernya?")
	says(t, doc, `[data-story="`+plain(given)+`"] .note`, "Lima ratus kata")
}

// sameNames reports whether two lists hold the same, in any order.
func sameNames(a, b string) bool {
	for _, one := range strings.Split(b, ", ") {
		if !strings.Contains(a, one) {
			return false
		}
	}
	return true
}

func TestTheBannerEndsAtItsTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.at("live", "Jembatan Ditutup")
	leads(t, d.editor.Post(story(id, "banner"), "minutes", "15"), story(id))
	says(t, page(t, d.editor.Open("/newsroom/breaking"), http.StatusOK), ".now", "Jembatan Ditutup")
	d.Clock.Set(testkit.Start.Add(16 * time.Minute))
	if n := page(t, d.editor.Open("/newsroom/breaking"), http.StatusOK).Find(".now").Length(); n != 0 {
		t.Error("the banner stands after its time")
	}
	res := d.editor.Send(http.MethodPost, "/newsroom/breaking", map[string]any{"headline": "Gempa Terasa", "section": d.Section("nasional"), "minutes": 30})
	var got struct {
		ID   int64
		Said string
		Live bool
	}
	if err := res.JSON(&got); err != nil || !got.Live || d.where(got.ID) != "live" || got.Said == "" {
		t.Fatalf("a script is told %d %s (%v)", res.StatusCode, res.Body, err)
	}
	b, ok, err := d.DB.Banner(t.Context())
	if err != nil || !ok || b.StoryID != got.ID || b.Text != "Gempa Terasa" || !b.Until.Equal(testkit.Start.Add(46*time.Minute)) {
		t.Errorf("the banner is %+v %v %v", b, ok, err)
	}
	page(t, d.reporter.Post("/newsroom/breaking/end"), http.StatusForbidden)
	doc := page(t, d.editor.Post("/newsroom/breaking", "headline", "Gempa Susulan", "section", plain(d.Section("nasional")), "minutes", "5000"), http.StatusBadRequest)
	if doc.Find("#e-until").Length() != 1 || strings.TrimSpace(doc.Find("#headline").Text()) != "Gempa Susulan" {
		t.Error("a time that is too long is not said at its field, or the headline is lost")
	}
}

func TestANoticeSaysWhatIsWrongInWords(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.at("live", "Warga Menanam Bakau")
	proof := news.Proof{StoryID: id, Kind: "release"}
	err := d.DB.SaveProof(t.Context(), proof, []news.Notice{
		{UserID: d.editor.User.ID, StoryID: id, Kind: news.NoticeUnconfirmed, Text: "release", At: testkit.Start},
		{UserID: d.editor.User.ID, StoryID: id, Kind: news.NoticeWatch, Text: "picture_credit signoffs_missing", At: testkit.Start},
	})
	if err != nil {
		t.Fatal(err)
	}
	doc := page(t, d.editor.Open("/newsroom/notices"), http.StatusOK)
	says(t, doc, ".notices", "kredit foto belum ada, persetujuan belum lengkap")
	if strings.Contains(doc.Find(".notices").Text(), "release") {
		t.Error("a notice shows a code")
	}
	if doc.Find(`.notices a[href="`+story(id, "receipt")+`"]`).Length() != 1 {
		t.Error("the notice does not lead to the receipt")
	}
}
