package desk_test

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/stats"
	"warta/internal/testkit"
	"warta/internal/web/newsroom"
)

func TestTheScheduleGoesByTheHour(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	for hours, headline := range map[int]string{2: "Pukul Dua Siang", 4: "Pukul Empat Sore", 26: "Besok Siang"} {
		id := write(t, editor, headline, "nasional")
		leads(t, editor.Post(story(id, "schedule"), "at", local(testkit.Start.Add(time.Duration(hours)*time.Hour))), story(id))
	}
	d := page(t, editor.Open("/newsroom/schedule"), http.StatusOK)
	if n := d.Find(".day").Length(); n != 2 {
		t.Fatalf("%d days", n)
	}
	says(t, d, ".day h2", "Senin, 23 November 2026")
	today := d.Find(".day").First()
	var rows []string
	for _, li := range today.Find(".hours > li").EachIter() {
		rows = append(rows, strings.Join(strings.Fields(li.Find(".hour").Text()+" "+li.Find(".rows a").First().Text()), " "))
	}
	want := "12:00–14:00|14:00–15:00 Pukul Dua Siang|15:00–16:00|16:00–17:00 Pukul Empat Sore|17:00–24:00"
	if got := strings.Join(rows, "|"); got != want {
		t.Errorf("today is laid out as %q, want %q", got, want)
	}
	says(t, d, ".checks", "Isi berita masih kosong.")
	row := today.Find(".rows > li").First()
	if got := strings.Join(strings.Fields(row.Text()), " "); strings.Count(got, "14:00") != 1 {
		t.Errorf("a row says its time not once: %q", got)
	}
	says(t, page(t, editor.Open("/newsroom/board"), http.StatusOK), `[data-col="scheduled"] .marks`, "Tayang 14:00")
}

func TestTheEndOfADayIsNotItsBeginning(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"id", "en"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Settings: map[string]string{"language": code}})
			editor := s.Staffer(account.Editor)
			for minutes, headline := range map[int]string{12*60 - 1: "Menjelang Tengah Malam", 12 * 60: "Tengah Malam"} { // it is noon
				id := write(t, editor, headline, "nasional")
				leads(t, editor.Post(story(id, "schedule"), "at", local(testkit.Start.Add(time.Duration(minutes)*time.Minute))), story(id))
			}
			d := page(t, editor.Open("/newsroom/schedule"), http.StatusOK)
			var got []string
			for _, li := range d.Find(".day .hours > li").EachIter() {
				got = append(got, strings.Join(strings.Fields(li.Find(".hour").Text()+" "+li.Find(".at").Text()+" "+li.Find(".rows a").First().Text()), " "))
			}
			want := []string{"12:00–23:00", "23:00–24:00 23:59 Menjelang Tengah Malam", "00:00–01:00 00:00 Tengah Malam", "01:00–24:00"}
			if !slices.Equal(got, want) {
				t.Errorf("two days are laid out as %q, want %q", got, want)
			}
		})
	}
}

func TestTodayShowsWhatWentOutWithItsReads(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	read, quiet := write(t, editor, "Banyak Dibaca", "nasional"), write(t, editor, "Sepi", "nasional")
	for _, id := range []int64{read, quiet} {
		leads(t, editor.Post(story(id, "publish")), story(id))
	}
	hour := testkit.Start.Truncate(time.Hour)
	err := s.DB.AddReads(t.Context(), []stats.Reads{{Hour: hour, Story: read, Count: 1200}, {Hour: hour.Add(-time.Hour), Story: read, Count: 34},
		{Hour: hour.Add(-24 * time.Hour), Story: read, Count: 5000}})
	if err != nil {
		t.Fatal(err)
	}
	d := page(t, editor.Open("/newsroom/today"), http.StatusOK)
	row := `tr:has(a[href="` + story(read) + `"])`
	says(t, d, row+" td.n", "1.234")
	says(t, d, row+" .spark", "pukul 12:00")
	if pts, _ := d.Find(row + " polyline").Attr("points"); len(strings.Fields(pts)) != 24 {
		t.Errorf("the line has the points %q", pts)
	}
	if d.Find(`tr:has(a[href="`+story(quiet)+`"]) polyline`).Length() != 0 {
		t.Error("a line is drawn for a story that nobody read")
	}
	d = page(t, editor.Open("/newsroom/today?day=2026-11-22"), http.StatusOK)
	if d.Find(".empty").Length() != 1 {
		t.Error("the day before has stories")
	}
}

func TestNoticesLeadToTheirStories(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	reporter, editor := s.Staffer(account.Reporter), s.Staffer(account.Editor)
	id := write(t, reporter, "Warga Menanam Bakau", "nasional")
	leads(t, editor.Post(story(id, "remark"), "note", "Bagus sekali"), story(id))
	leads(t, editor.Post(story(id, "approve")), story(id))
	d := page(t, reporter.Open("/newsroom/notices"), http.StatusOK)
	if n := d.Find(`.notices .new a[href="` + story(id) + `"]`).Length(); n != 2 {
		t.Fatalf("%d notices: %s", n, d.Find("main").Text())
	}
	says(t, d, ".notices .note", "Bagus sekali")
	says(t, d, "[data-unread]", "2")
	one, _ := d.Find(`.notices input[name="id"]`).First().Attr("value")
	leads(t, editor.Post("/newsroom/notices/read", "id", one), "/newsroom/notices") // somebody else's stays unread
	leads(t, reporter.Post("/newsroom/notices/read", "id", one), "/newsroom/notices")
	d = page(t, reporter.Open("/newsroom/notices"), http.StatusOK)
	if n := d.Find(".notices .new").Length(); n != 1 {
		t.Errorf("%d are unread after one was read", n)
	}
	newest, _ := d.Find(`button[name="all"]`).Attr("value")
	leads(t, reporter.Post("/newsroom/notices/read", "all", newest), "/newsroom/notices")
	if n := page(t, reporter.Open("/newsroom/notices"), http.StatusOK).Find(".notices .new").Length(); n != 0 {
		t.Errorf("%d are unread after all were read", n)
	}
}

func TestBreakingNewsIsOneForm(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	section := plain(s.Section("nasional"))
	d := page(t, editor.Post("/newsroom/breaking", "section", section), http.StatusBadRequest)
	if d.Find("#e-headline").Length() != 1 {
		t.Error("a missing headline is not said at its field")
	}
	page(t, s.Staffer(account.Reporter).Post("/newsroom/breaking", "headline", "x", "section", section), http.StatusForbidden)
	res := editor.Post("/newsroom/breaking", "headline", "Gempa Mengguncang Kota", "section", section)
	list, _, _, err := s.DB.Work(t.Context(), news.WorkFilter{Limit: 5, Viewer: testkit.Actor})
	if err != nil || len(list) != 1 || list[0].Status != news.Live {
		t.Fatalf("after breaking: %+v, %v", list, err)
	}
	id := list[0].StoryID
	if leads(t, res, story(id)).Get("said") != "breaking" {
		t.Error("nothing is said")
	}
	b, ok, err := s.DB.Banner(t.Context())
	if err != nil || !ok || b.StoryID != id || b.Until.Sub(testkit.Start) != time.Hour {
		t.Errorf("banner: %+v, %v, %v", b, ok, err)
	}
	says(t, page(t, editor.Open("/newsroom/breaking"), http.StatusOK), ".now", "Gempa Mengguncang Kota")
	leads(t, editor.Post("/newsroom/breaking/end"), "/newsroom/breaking")
	if page(t, editor.Open("/newsroom/breaking"), http.StatusOK).Find(".now").Length() != 0 {
		t.Error("the banner has not ended")
	}
	leads(t, editor.Post(story(id, "banner"), "minutes", "15", "text", "Gempa: ikuti terus"), story(id))
	if b, _, _ := s.DB.Banner(t.Context()); b.Text != "Gempa: ikuti terus" {
		t.Errorf("the banner says %q", b.Text)
	}
	// Where a second person is asked for, nothing goes out before.
	if err := s.App.Site.SaveSignoffRules(t.Context(), testkit.Actor, []news.SignoffRule{{Label: news.LabelBreaking, People: 2}}); err != nil {
		t.Fatal(err)
	}
	res = editor.Post("/newsroom/breaking", "headline", "Menteri Mundur", "section", section)
	if !strings.HasSuffix(res.Header.Get("Location"), "said=breaking_waits") {
		t.Errorf("it leads to %q", res.Header.Get("Location"))
	}
}

func TestAReportComesToItsOutcome(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	id := write(t, editor, "Warga Menanam Bakau", "nasional")
	leads(t, editor.Post(story(id, "publish")), story(id))
	report := func(kind news.ReportKind) string {
		t.Helper()
		n, err := news.NewReports(s.DB).File(t.Context(), news.Report{StoryID: id, Kind: kind, Name: "Sari Dewi", Email: "sari@pembaca.example",
			Text: "Jumlah bibit di paragraf kedua keliru."})
		if err != nil {
			t.Fatal(err)
		}
		return "/newsroom/reports/" + plain(n)
	}
	wrong, refused := report(news.ReportError), report(news.ReportReply)
	d := page(t, editor.Open("/newsroom/reports"), http.StatusOK)
	if d.Find("tbody tr").Length() != 2 {
		t.Fatalf("the queue: %s", d.Find("main").Text())
	}
	page(t, deskEditor(s, "bola").Open(wrong), http.StatusForbidden)
	page(t, s.Staffer(account.Reporter).Post(wrong+"/settle", "outcome", "refusal", "reason", "x"), http.StatusForbidden)
	leads(t, editor.Post(wrong+"/assign", "user", plain(editor.User.ID)), wrong)
	d = page(t, editor.Open("/newsroom/reports?user="+plain(editor.User.ID)), http.StatusOK)
	if d.Find("tbody tr").Length() != 1 {
		t.Error("the queue is not narrowed to its assignee")
	}
	res := editor.Post(wrong+"/settle", "outcome", "correction")
	if res.StatusCode < 400 || res.StatusCode >= 500 || !strings.Contains(res.Body, `role="alert"`) {
		t.Errorf("settled without a correction: %d", res.StatusCode)
	}
	d = page(t, editor.Open(wrong), http.StatusOK)
	correct, _ := d.Find(`a[href*="/correct?kind=koreksi"]`).Attr("href")
	d = page(t, editor.Open(correct), http.StatusOK)
	number, _ := d.Find(`input[name="report"]`).Attr("value")
	if d.Find(`input[name="kind"][value="koreksi"][checked]`).Length() != 1 {
		t.Error("the kind is not chosen")
	}
	s.Clock.Set(testkit.Start.Add(time.Minute))
	q := leads(t, editor.Post(story(id, "correct"), "kind", "koreksi", "text", "Jumlah bibitnya 1.200.", "report", number), wrong)
	if q.Get("outcome") != "correction" {
		t.Errorf("back at the report the outcome is %q", q.Get("outcome"))
	}
	leads(t, editor.Post(wrong+"/settle", "outcome", "correction"), wrong)
	d = page(t, editor.Post(refused+"/settle", "outcome", "refusal"), http.StatusBadRequest)
	if d.Find("#e-reason").Length() != 1 {
		t.Error("a refusal without a reason is not said at its field")
	}
	leads(t, editor.Post(refused+"/settle", "outcome", "refusal", "reason", "Tidak menyangkut Anda."), refused)
	if page(t, editor.Open("/newsroom/reports"), http.StatusOK).Find("tbody tr").Length() != 0 {
		t.Error("settled reports stand among the open ones")
	}
	d = page(t, editor.Open("/newsroom/reports?settled=1"), http.StatusOK)
	says(t, d, "tbody", "Dikoreksi")
	says(t, d, "tbody", "Ditolak")
}

func TestTheStreamTellsOfNoticesAndCards(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	reporter, editor := s.Staffer(account.Reporter), s.Staffer(account.Editor)
	id := write(t, reporter, "Warga Menanam Bakau", "nasional")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/newsroom/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.AddCookie(&http.Cookie{Name: newsroom.Cookie, Value: reporter.Token})
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func(event string) string {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == "event: "+event && lines.Scan() {
				return lines.Text()
			}
		}
		t.Fatalf("the stream ended before %q: %v", event, lines.Err())
		return ""
	}
	if got := next("notices"); got != `data: {"unread":0}` {
		t.Errorf("at first: %s", got)
	}
	first := next("board")
	leads(t, editor.Post(story(id, "approve")), story(id))
	if got := next("notices"); got != `data: {"unread":1}` {
		t.Errorf("after the approval: %s", got)
	}
	if got := next("board"); got == first {
		t.Errorf("the board's number is still %s", got)
	}
}
