package edition_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"warta/internal/doc"
	"warta/internal/edition"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestKeyHoldsDeclaredParametersOnly(t *testing.T) {
	t.Parallel()
	tests := []struct{ path, query, want string }{
		{"/", "utm_source=x", "/"},
		{"/", "after=1-1", "/"},
		{"/search", "q=banjir&utm=1&section=bola", "/search?q=banjir&section=bola"},
		{"/search", "section=bola&q=banjir", "/search?q=banjir&section=bola"},
		{"/search", "q=", "/search"},
		{"/search", "q=" + strings.Repeat("é", 400), "/search?q=" + strings.Repeat("%C3%A9", 150)},
		{"/nasional", "after=5-6&x=y", "/nasional?after=5-6"},
		{"/nasional/2022/01/08/55/judul", "after=5-6", "/nasional/2022/01/08/55/judul"},
		{"/index", "date=2022-01-08&after=1-2", "/index?after=1-2&date=2022-01-08"},
		{"/feeds/rss.xml", "a=b", "/feeds/rss.xml"},
		{"/topic/banjir", "before=1-2&q=x", "/topic/banjir?before=1-2"},
	}
	for _, tt := range tests {
		if got := edition.Key(tt.path, tt.query); got != tt.want {
			t.Errorf("%s?%s = %q, want %q", tt.path, tt.query, got, tt.want)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add("/search", "q=a&q=b")
	f.Add("/x", "%zz&after=1")
	f.Fuzz(func(t *testing.T, path, query string) {
		key := edition.Key(path, query)
		if !strings.HasPrefix(key, path) {
			t.Errorf("%q does not begin with its path %q", key, path)
		}
		p, q, _ := strings.Cut(strings.TrimPrefix(key, path), "?")
		if p == "" && !strings.Contains(path, "?") && edition.Key(path, q) != key {
			t.Errorf("%q is not its own key: %q", key, edition.Key(path, q))
		}
	})
}

var storyLink = regexp.MustCompile(`<a href="(/[a-z-]+/\d{4}/\d\d/\d\d/\d+/[a-z0-9-]*)"`)

// links returns the addresses of stories that a part of a page links, in order.
func links(html string) []string {
	var out []string
	for _, m := range storyLink.FindAllStringSubmatch(html, -1) {
		out = append(out, m[1])
	}
	return out
}

// fill publishes n stories, one a minute, in the given sections in turn.
func fill(s *testkit.Site, n int, sections ...string) []news.Story {
	var out []news.Story
	for i := range n {
		s.Clock.Set(s.Clock.Now().Add(time.Minute))
		out = append(out, s.Publish(news.Content{Headline: fmt.Sprintf("Kabar Nomor %d dari Lapangan", i+1), SectionID: s.Section(sections[i%len(sections)])}))
	}
	return out
}

func TestFrontShowsNoStoryTwice(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	list := fill(s, 80, "nasional", "bola", "internasional", "ekonomi", "tekno")
	pinned := list[3]
	until := s.Clock.Now().Add(time.Hour)
	f, err := s.DB.Front(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Containers[0].Slots = []news.Slot{{Position: 0, StoryID: pinned.ID, Until: until}, {Position: 1, StoryID: list[5].ID}}
	if _, err := s.App.Site.SaveFront(t.Context(), testkit.Actor, f); err != nil {
		t.Fatal(err)
	}
	last, err := s.DB.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(last)
	all := links(s.Get("/").Body)
	seen := map[string]bool{}
	for _, l := range all {
		if seen[l] {
			t.Errorf("%s stands twice on the front", l)
		}
		seen[l] = true
	}
	if len(all) < 30 || all[0] != s.Path(pinned) || !seen[s.Path(list[5])] {
		t.Fatalf("%d links, the first is %s; want the pinned %s first", len(all), all[0], s.Path(pinned))
	}
	s.Clock.Set(until)
	if first := links(s.Get("/").Body)[0]; first == s.Path(pinned) {
		t.Error("the pin stays after its time")
	}
}

// section returns the part of a page between two marks.
func part(t *testing.T, body, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, from)
	if !ok {
		t.Fatalf("%q is not on the page", from)
	}
	out, _, _ := strings.Cut(rest, to)
	return out
}

func TestLatestListBelowAStory(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	old := s.Publish(news.Content{Headline: "Berita Lama dari Masa Lalu", SectionID: s.Section("internasional")})
	fill(s, 30, "nasional")
	mine := fill(s, 5, "internasional", "global")
	for _, page := range []news.Story{old, mine[4]} {
		list := part(t, s.Get(s.Path(page)).Body, "Terkini Lainnya", "</section>")
		got := links(list)
		if len(got) != 15 {
			t.Fatalf("%d rows, want 15", len(got))
		}
		seen := map[string]bool{s.Path(page): true}
		for i, l := range got {
			if seen[l] {
				t.Errorf("%s stands twice, or is the page itself", l)
			}
			seen[l] = true
			// The section's own come first, then the whole site fills up.
			if own := strings.HasPrefix(l, "/internasional/") || strings.HasPrefix(l, "/global/"); own != (i < 4) && own != (i < 5) {
				t.Errorf("row %d is %s", i, l)
			}
		}
		if !strings.Contains(list, "<span>Internasional</span>") || !strings.Contains(list, "<span>Global</span>") {
			t.Error("rows do not name their own sections")
		}
	}
	if err := s.App.Site.SaveSettings(t.Context(), testkit.Actor, map[string]string{"latest_scope": "site"}); err != nil {
		t.Fatal(err)
	}
	s.Clock.Set(s.Clock.Now().Add(time.Minute))
	newest := s.Publish(news.Content{Headline: "Kabar Paling Baru", SectionID: s.Section("bola")})
	if got := links(part(t, s.Get(s.Path(old)).Body, "Terkini Lainnya", "</section>")); got[0] != s.Path(newest) {
		t.Errorf("with the whole site as scope the first row is %s", got[0])
	}
}

func TestPublishingRendersOnlyWhatShowsTheStory(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Unproved: true})
	person, err := s.DB.EnsurePersons(t.Context(), []string{"Rani Wulandari"})
	if err != nil {
		t.Fatal(err)
	}
	topic, err := s.DB.EnsureTopics(t.Context(), []string{"Panen Raya"})
	if err != nil {
		t.Fatal(err)
	}
	content := func(n int) news.Content {
		return news.Content{Headline: fmt.Sprintf("Panen Hari Ke-%d Melimpah", n), SectionID: s.Section("ekonomi"),
			Credits: []news.Credit{{PersonID: person["Rani Wulandari"], Role: news.Writer}}, Topics: []int64{topic["Panen Raya"]}}
	}
	var pages []string
	for i := range 40 {
		s.Clock.Set(s.Clock.Now().Add(time.Minute))
		pages = append(pages, s.Path(s.Publish(content(i))))
	}
	for range 2 { // the second time everything is warm
		for _, p := range pages {
			s.Get(p)
		}
	}
	before := s.Engine.Stats()
	s.Clock.Set(s.Clock.Now().Add(time.Minute))
	fresh := s.Publish(content(99))
	for _, p := range pages {
		if !strings.Contains(s.Get(p).Body, s.Path(fresh)) {
			t.Errorf("%s does not show the new story", p)
		}
	}
	after := s.Engine.Stats()
	// The same section, author and topic: still no other story's page is made
	// anew, only the list below them, and its variants for the stories in it.
	if n := after.PageRenders - before.PageRenders; n != 0 {
		t.Errorf("%d story pages were rendered for one publication", n)
	}
	if n := after.PieceRenders - before.PieceRenders; n == 0 || n > 16 {
		t.Errorf("%d pieces were rendered for one publication, want at most the list and 15 variants", n)
	}
}

func TestReadAlsoAppearsWhenItsTargetIsKnown(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	body := s.Body("Paragraf pertama.")
	body.Blocks = append(body.Blocks,
		doc.ReadAlso{ID: "aaaaaaa1", Headline: "Judul yang Belum Ada"},
		doc.ReadAlso{ID: "aaaaaaa2", URL: "https://lama.example/2015/7", Headline: "Alamat Lama"})
	path := s.Path(s.Publish(news.Content{Headline: "Berita dengan Baca Juga", Body: body}))
	if html := s.Get(path).Body; strings.Contains(html, "Baca juga") || strings.Contains(html, "Belum Ada") {
		t.Fatal("an unknown target is shown to readers")
	}
	target := s.Publish(news.Content{Headline: "Judul Yang  Belum ada"})
	if html := s.Get(path).Body; !strings.Contains(html, s.Path(target)) {
		t.Error("the target that became known by its headline is not shown")
	}
	other := s.Publish(news.Content{Headline: "Berita dari Alamat Lama"})
	if err := s.App.Site.SaveRedirects(t.Context(), testkit.Actor, news.Redirect{Host: "lama.example", Path: "/2015/7", StoryID: other.ID}); err != nil {
		t.Fatal(err)
	}
	last, err := s.DB.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(last)
	if html := s.Get(path).Body; !strings.Contains(html, s.Path(other)) {
		t.Error("the target that became known by its old address is not shown")
	}
	if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, target.ID, news.ReasonSARA, ""); err != nil {
		t.Fatal(err)
	}
	if html := s.Get(path).Body; strings.Contains(html, s.Path(target)) {
		t.Error("a withdrawn target is still shown")
	}
}

func TestOtherSpellingsOfAnAddressRedirect(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	s.Clock.Set(time.Date(2022, 1, 7, 23, 31, 0, 0, time.UTC))
	st := s.Publish(news.Content{Headline: "Subuh di Pelabuhan", SectionID: s.Section("regional")})
	path := s.Path(st)
	if want := fmt.Sprintf("/regional/2022/01/08/%d/subuh-di-pelabuhan", st.ID); path != want {
		t.Fatalf("path %s, want %s: the day is the site's", path, want)
	}
	for _, p := range []string{
		fmt.Sprintf("/bola/2022/01/08/%d/subuh-di-pelabuhan", st.ID),
		fmt.Sprintf("/regional/2022/01/07/%d/lain", st.ID),
		fmt.Sprintf("/regional/2022/01/08/%d", st.ID),
	} {
		if res := s.Get(p); res.StatusCode != 301 || res.Header.Get("Location") != path {
			t.Errorf("%s: %d to %q", p, res.StatusCode, res.Header.Get("Location"))
		}
	}
	for _, p := range []string{"/regional/2022/01/08/999999/x", "/regional/2022/1/8/1/x", "/regional/2022/01/08/x/y", "/regional/x"} {
		if res := s.Get(p); res.StatusCode != 404 {
			t.Errorf("%s: %d, want 404", p, res.StatusCode)
		}
	}
}

func TestStoryIDIsReadOutOfAnAddress(t *testing.T) {
	t.Parallel()
	cases := map[string]int64{
		"/nasional/2026/11/23/55/judul": 55, "/nasional/2026/11/23/55": 55, "/nasional/2026/11/23/55/": 55, "nasional/2026/11/23/55": 55, "//x/2026/11/23/55//": 55,
		"/": 0, "": 0, "/nasional": 0, "/nasional/2026/11/23": 0, "/nasional/2026/11/23/55/judul/x": 0, "/nasional/2026/11/23/55/judul//x": 0,
		"/nasional/26/11/23/55/judul": 0, "/nasional/2026/1/23/55/judul": 0, "/nasional/2026/11/xx/55/judul": 0, "/nasional/2026/11/23/x/judul": 0,
		"/nasional/2026/11/23/0/judul": 0, "/nasional/2026/11/23/-5/judul": 0, "/nasional/2026/11/23//judul": 0, "/nasional/2026/11/23/99999999999999999999/judul": 0,
	}
	for path, want := range cases {
		if id, ok := edition.StoryID(path); id != want && ok || ok != (want != 0) {
			t.Errorf("StoryID(%q) = %d, %v, want %d", path, id, ok, want)
		}
	}
}
