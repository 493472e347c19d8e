package desk_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestBoardShowsStoriesByStage(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor, reporter := s.Staffer(account.Editor), s.Staffer(account.Reporter)
	ids := map[string]int64{}
	for _, stage := range []string{"draft", "submitted", "approved", "scheduled", "live", "withdrawn"} {
		ids[stage] = write(t, reporter, "Berita "+stage, "ekonomi")
	}
	do := func(p *testkit.Staffer, id int64, action string, pairs ...string) {
		t.Helper()
		leads(t, p.Post(story(id, action), pairs...), story(id))
	}
	do(reporter, ids["submitted"], "submit")
	do(editor, ids["approved"], "approve")
	do(editor, ids["scheduled"], "schedule", "at", local(testkit.Start.Add(3*time.Hour)))
	do(editor, ids["live"], "publish")
	do(editor, ids["withdrawn"], "publish")
	leads(t, s.Staffer(account.ManagingEditor).Post(story(ids["withdrawn"], "withdraw"), "reason", "sara"), story(ids["withdrawn"], "receipt"))

	d := page(t, editor.Open("/newsroom/board"), http.StatusOK)
	for stage := range ids {
		if got := headlines(d, `[data-col="`+stage+`"]`); !slices.Equal(got, []string{"Berita " + stage}) {
			t.Errorf("column %s holds %q", stage, got)
		}
		says(t, d, `#col-`+stage+` .count`, "1")
	}
	says(t, d, `[data-col="scheduled"] .marks`, "Tayang 15:00")
	says(t, d, `[data-col="draft"] .meta`, "Ekonomi · "+reporter.User.Name)
	if n := d.Find(`[data-col][data-current]`).Length(); n != 1 {
		t.Errorf("%d columns are the one that a phone shows", n)
	}
	if got, _ := d.Find(`[data-col][data-current]`).Attr("data-col"); got != "submitted" {
		t.Errorf("an editor's phone shows %q first", got)
	}
	d = page(t, reporter.Open("/newsroom/board?col=live"), http.StatusOK)
	if got, _ := d.Find(`[data-col][data-current]`).Attr("data-col"); got != "live" || d.Find(`.tabs a[aria-current]`).Length() != 1 {
		t.Errorf("the tab of live stories shows %q", got)
	}
	d = page(t, reporter.Open("/newsroom/board?view=table"), http.StatusOK)
	if got := headlines(d, "table"); len(got) != len(ids) {
		t.Errorf("the table holds %q", got)
	}
}

func TestACardSaysWhatTheDeskHasToKnow(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	err := s.App.Site.SaveSignoffRules(t.Context(), testkit.Actor, []news.SignoffRule{{Label: news.LabelLegal, People: 2}})
	if err != nil {
		t.Fatal(err)
	}
	legal := write(t, editor, "Gugatan Didaftarkan", "nasional")
	save(t, s, legal, "labels", `["legal","exclusive"]`)
	leads(t, editor.Post(story(legal, "approve")), story(legal))
	changed := write(t, editor, "Harga Beras Turun", "ekonomi")
	leads(t, editor.Post(story(changed, "approve")), story(changed))
	save(t, s, changed, "headline", `"Harga Beras Turun Lagi"`)
	live := write(t, editor, "Jembatan Dibuka", "nasional")
	leads(t, editor.Post(story(live, "publish")), story(live))
	save(t, s, live, "headline", `"Jembatan Dibuka untuk Umum"`)
	held := write(t, editor, "Laporan Keuangan", "ekonomi")
	leads(t, editor.Post(story(held, "embargo"), "until", local(testkit.Start.Add(30*time.Hour))), story(held))

	d := page(t, editor.Open("/newsroom/board"), http.StatusOK)
	card := func(id int64) string { return `[data-story="` + plain(id) + `"] .marks` }
	says(t, d, `[data-col="submitted"] `+card(legal), "1/2 persetujuan")
	says(t, d, card(legal), "Perlu telaah hukum")
	says(t, d, `[data-col="approved"] `+card(changed), "Berubah sejak disetujui")
	says(t, d, `[data-col="draft"] `+card(live), "Sudah tayang")
	says(t, d, card(held), "Embargo sampai 24/11/2026 18:00")
}

// save writes a field of a story's draft as an editor's page does.
func save(t *testing.T, s *testkit.Site, id int64, field, value string) {
	t.Helper()
	st, err := s.Desk.Draft(t.Context(), testkit.Actor, id)
	if err == nil {
		_, err = s.Desk.Save(t.Context(), testkit.Actor, news.DraftSave{StoryID: id, Base: st.Seq, Fields: map[string]json.RawMessage{field: json.RawMessage(value)}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFiltersStandInTheAddressAndCanBeRemoved(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani, budi := s.Staffer(account.Reporter), s.Staffer(account.Editor)
	topics, err := s.DB.EnsureTopics(t.Context(), []string{"Pemilu Raya"})
	if err != nil {
		t.Fatal(err)
	}
	a := write(t, rani, "Sidang Dewan Ditunda", "nasional")
	save(t, s, a, "topics", "["+plain(topics["Pemilu Raya"])+"]")
	write(t, budi, "Pabrik Baru Dibuka", "ekonomi")
	write(t, budi, "Sidang di Den Haag", "internasional") // below Global
	s.Clock.Set(testkit.Start.Add(48 * time.Hour))
	rani, budi = s.SignIn(rani.User), s.SignIn(budi.User)
	write(t, budi, "Laga Tandang", "bola")

	tests := []struct {
		name, query string
		want        []string
	}{
		{"a section", "section=" + plain(s.Section("ekonomi")), []string{"Pabrik Baru Dibuka"}},
		{"a section with what is below it", "section=" + plain(s.Section("global")), []string{"Sidang di Den Haag"}},
		{"a person", "user=" + plain(rani.User.ID), []string{"Sidang Dewan Ditunda"}},
		{"a topic by its name as typed", "topic=Pemilu+Raya", []string{"Sidang Dewan Ditunda"}},
		{"words", "q=sidang", []string{"Sidang di Den Haag", "Sidang Dewan Ditunda"}},
		{"words by their stem", "q=membuka", []string{"Pabrik Baru Dibuka"}},
		{"from a day", "from=2026-11-25", []string{"Laga Tandang"}},
		{"to a day, with that day", "to=2026-11-23", []string{"Sidang di Den Haag", "Pabrik Baru Dibuka", "Sidang Dewan Ditunda"}},
		{"two at once", "q=sidang&user=" + plain(budi.User.ID), []string{"Sidang di Den Haag"}},
		{"nothing that matches", "q=gerhana", nil},
		{"what makes no sense falls away", "section=999&user=-3&from=gestern&col=nowhere&long=x.y&after=zzz", []string{"Laga Tandang",
			"Sidang di Den Haag", "Pabrik Baru Dibuka", "Sidang Dewan Ditunda"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, view := range []string{"", "&view=table"} {
				d := page(t, budi.Open("/newsroom/board?"+tt.query+view), http.StatusOK)
				if got := headlines(d, "[data-part]"); !slices.Equal(got, tt.want) {
					t.Errorf("with %q: %q, want %q", view, got, tt.want)
				}
			}
		})
	}

	d := page(t, budi.Open("/newsroom/board?q=sidang&section="+plain(s.Section("global"))+"&from=2026-11-01&view=table"), http.StatusOK)
	says(t, d, ".words", "Kanal: Global")
	says(t, d, ".words", "Dari 1 November 2026")
	chip := d.Find(`.words a:contains("Kata: sidang")`)
	href, _ := chip.Attr("href")
	if strings.Contains(href, "q=") || !strings.Contains(href, "section=") || !strings.Contains(href, "view=table") {
		t.Errorf("without the words the address is %q", href)
	}
	if v, _ := d.Find(`.filters input[name="view"]`).Attr("value"); v != "table" {
		t.Error("the form of the filter forgets the view")
	}
	d = page(t, budi.Open("/newsroom/board?topic=tidak-ada"), http.StatusOK)
	says(t, d, "#f-error", "tidak-ada")
	if d.Find(`#f-topic[aria-invalid="true"][aria-describedby="f-error"]`).Length() != 1 {
		t.Error("the error does not stand with its field")
	}
}

func TestBoardIsPaged(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	const n = 75
	for i := range n {
		s.Create(content(fmt.Sprintf("Berita %02d", i)))
	}
	d := page(t, editor.Open("/newsroom/board"), http.StatusOK)
	if got := len(headlines(d, `[data-col="draft"]`)); got != 30 {
		t.Fatalf("a column shows %d cards at first", got)
	}
	says(t, d, "#col-draft .count", "75")
	next, _ := d.Find(`[data-col="draft"] .more a`).Attr("href")
	d = page(t, editor.Open(next), http.StatusOK)
	if got := len(headlines(d, `[data-col="draft"]`)); got != 60 {
		t.Errorf("%s shows %d cards", next, got)
	}
	seen := map[string]bool{}
	for path, pages := "/newsroom/board?view=table&col=draft", 0; path != ""; pages++ {
		d := page(t, editor.Open(path), http.StatusOK)
		for _, h := range headlines(d, "table") {
			if seen[h] {
				t.Errorf("%q stands on two pages", h)
			}
			seen[h] = true
		}
		if path, _ = d.Find(".more a").Attr("href"); pages > 5 {
			t.Fatal("the pages do not end")
		}
	}
	if len(seen) != n {
		t.Errorf("the pages hold %d stories, want %d", len(seen), n)
	}
}

func TestAScriptGetsThePartThatChanges(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	id := write(t, editor, "Warga Menanam Bakau", "nasional")
	leads(t, editor.Post(story(id, "schedule"), "at", local(testkit.Start.Add(time.Hour))), story(id))
	for _, path := range []string{"/newsroom/board", "/newsroom/board?view=table", "/newsroom/mine", "/newsroom/schedule"} {
		res := editor.Open(path, "Warta-Part", "1")
		d := page(t, res, http.StatusOK)
		if strings.Contains(res.Body, "<html") || d.Find("header").Length() != 0 {
			t.Errorf("%s: the part has a frame", path)
		}
		if d.Find(`[data-story="`+plain(id)+`"]`).Length() != 1 {
			t.Errorf("%s: the story is not in the part: %s", path, res.Body)
		}
	}
}

func TestAContributorSeesHisOwnAlone(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	reporter, contributor, moderator := s.Staffer(account.Reporter), s.Staffer(account.Contributor), s.Staffer(account.Moderator)
	theirs, mine := write(t, reporter, "Rahasia Dapur", "nasional"), write(t, contributor, "Kolom Saya", "opini")
	leads(t, contributor.Open("/newsroom"), "/newsroom/mine")
	leads(t, reporter.Open("/newsroom"), "/newsroom/board")
	leads(t, moderator.Open("/newsroom"), "/newsroom/me")
	d := page(t, contributor.Open("/newsroom/mine"), http.StatusOK)
	if got := headlines(d, "main"); !slices.Equal(got, []string{"Kolom Saya"}) {
		t.Errorf("mine holds %q", got)
	}
	for _, path := range []string{"/newsroom/board", "/newsroom/schedule", "/newsroom/today", "/newsroom/breaking", "/newsroom/reports"} {
		page(t, contributor.Open(path), http.StatusForbidden)
	}
	page(t, contributor.Open(story(theirs, "remark")), http.StatusForbidden)
	page(t, contributor.Open(story(mine, "remark")), http.StatusOK)
	// Somebody who reads in one desk sees that desk and his own.
	guest := s.Staffer(account.Contributor, account.Grant{SectionID: s.Section("bola"), Role: account.Reporter})
	write(t, reporter, "Laga Tandang", "bola")
	d = page(t, guest.Open("/newsroom/board"), http.StatusOK)
	if got := headlines(d, "[data-part]"); !slices.Equal(got, []string{"Laga Tandang"}) {
		t.Errorf("the board of one desk's reporter holds %q", got)
	}
}

func TestWhatIsOfferedIsWhatOneMay(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	reporter, editor := s.Staffer(account.Reporter), deskEditor(s, "ekonomi")
	own := write(t, reporter, "Naskah Sendiri", "ekonomi")
	other := write(t, s.Staffer(account.Reporter), "Naskah Orang Lain", "nasional")
	acts := func(p *testkit.Staffer, id int64) []string {
		d := page(t, p.Open("/newsroom/board"), http.StatusOK)
		v, _ := d.Find(`[data-story="` + plain(id) + `"]`).Attr("data-acts")
		return strings.Fields(v)
	}
	tests := []struct {
		name string
		who  *testkit.Staffer
		id   int64
		want []string
	}{
		{"one's own", reporter, own, []string{"submit", "assign"}},
		{"somebody else's", reporter, other, nil},
		{"of the own desk", editor, own, []string{"submit", "approve", "schedule", "publish", "embargo", "assign"}},
		{"of another desk", editor, other, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := acts(tt.who, tt.id); !slices.Equal(got, tt.want) {
				t.Errorf("offered %q, want %q", got, tt.want)
			}
		})
	}
	d := page(t, editor.Open("/newsroom/board?view=table"), http.StatusOK)
	if d.Find(`[data-menu-of="`+plain(own)+`"] a[href="`+story(own, "schedule")+`"]`).Length() != 1 {
		t.Error("the row's menu does not lead to the schedule")
	}
	d.Find("form [data-menu-of] form").Each(func(int, *goquery.Selection) { t.Error("a form stands in a form") })
}
