package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/testkit"
)

// jakarta returns an instant by the site's clock.
func jakarta(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, wib)
}

// plain starts an empty site at an instant.
func plain(t testing.TB, at time.Time) *newsroom {
	t.Helper()
	return &newsroom{Site: testkit.New(t, testkit.Options{Now: at, Settings: settings("id")})}
}

// simple is a story without credits, for sites without people.
func (n *newsroom) simple(headline string, at time.Time) int64 {
	n.T.Helper()
	in := n.item(headline, "nasional", at, nil)
	in.Content.Credits = nil
	return n.bring(in)[0]
}

// TestPagesFollowTheClockOverMidnight moves the clock and asks again.
func TestPagesFollowTheClockOverMidnight(t *testing.T) {
	t.Parallel()
	n := plain(t, jakarta(2026, 11, 23, 23, 50))
	early := n.simple("Berita Sebelum Tengah Malam", n.Clock.Now())
	pages := []string{"/", "/nasional", n.path(early), "/latest", "/search", "/page/redaksi"}
	says := func(when, want string) {
		t.Helper()
		for _, p := range pages {
			if got := texts(n.read200(p).Find("header .today")); !slices.Equal(got, []string{want}) {
				t.Errorf("%s, the masthead of %s says %q, want %q", when, p, got, want)
			}
		}
		if got := texts(n.parse("/tidak-ada", 404).Find("header .today")); !slices.Equal(got, []string{want}) {
			t.Errorf("%s, the masthead of a missing page says %q, want %q", when, got, want)
		}
	}
	says("before midnight", "Senin, 23 November 2026")
	if got := texts(n.read200("/index").Find("h2")); !slices.Contains(got, "Senin, 23 November 2026") {
		t.Errorf("the index of today is headed %q", got)
	}
	future := n.read200("/index?date=2026-11-24")
	if got := texts(future.Find("main h2")); slices.Contains(got, "Selasa, 24 November 2026") {
		t.Error("there is an index of tomorrow")
	}

	n.Clock.Set(jakarta(2026, 11, 24, 0, 0))
	says("at midnight", "Selasa, 24 November 2026")
	n.Clock.Set(jakarta(2026, 11, 24, 0, 5))
	late := n.simple("Berita Sesudah Tengah Malam", n.Clock.Now())
	for path, want := range map[string][]string{
		"/index":                 {"Berita Sesudah Tengah Malam"},
		"/index?date=2026-11-24": {"Berita Sesudah Tengah Malam"},
		"/index?date=2026-11-23": {"Berita Sebelum Tengah Malam"},
	} {
		if got := texts(n.read200(path).Find("main section.day h3 a")); !slices.Equal(got, want) {
			t.Errorf("%s lists %q, want %q", path, got, want)
		}
	}
	if a, b := n.path(early), n.path(late); !strings.HasPrefix(a, "/nasional/2026/11/23/") || !strings.HasPrefix(b, "/nasional/2026/11/24/") {
		t.Errorf("addresses %s and %s do not lie under the site's days", a, b)
	}
}

// TestAddressAndMonthAreThoseOfTheSitesDay: in London it is still Friday.
func TestAddressAndMonthAreThoseOfTheSitesDay(t *testing.T) {
	t.Parallel()
	n := plain(t, jakarta(2026, 11, 23, 12, 0))
	early := n.path(n.simple("Terbit Sabtu Pagi", published))
	if !strings.HasPrefix(early, "/nasional/2022/01/08/") {
		t.Errorf("the story of 2022-01-07T23:31Z lies under %s", early)
	}
	if res := n.Get(strings.Replace(early, "/2022/01/08/", "/2022/01/07/", 1)); res.StatusCode != 301 || res.Header.Get("Location") != early {
		t.Errorf("the other day answers %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	year := n.path(n.simple("Terbit pada Tahun Baru", time.Date(2021, 12, 31, 17, 30, 0, 0, time.UTC)))
	december := n.path(n.simple("Terbit pada Malam Tahun Baru", time.Date(2021, 12, 31, 16, 59, 59, 0, time.UTC)))
	for path, want := range map[string][]string{"/sitemaps/2022-01.xml": {early, year}, "/sitemaps/2021-12.xml": {december}} {
		body := n.Get(path).Body
		for _, p := range []string{early, year, december} {
			if strings.Contains(body, p) != slices.Contains(want, p) {
				t.Errorf("%s: holds %s: %v", path, p, !slices.Contains(want, p))
			}
		}
	}
	if got := texts(n.read200("/index?date=2022-01-08").Find("main section.day h3 a")); !slices.Equal(got, []string{"Terbit Sabtu Pagi"}) {
		t.Errorf("the index of 8 January lists %q", got)
	}
}

// TestAgeNoticeComesWithTheYears: it is counted from the month's end, so that
// it is true for each story of that month.
func TestAgeNoticeComesWithTheYears(t *testing.T) {
	t.Parallel()
	n := plain(t, jakarta(2026, 11, 30, 23, 59))
	path := n.path(n.simple("Berita Tiga Tahun Lalu", jakarta(2023, 11, 15, 9, 0)))
	for _, step := range []struct {
		at   time.Time
		want []string
	}{
		{jakarta(2026, 11, 30, 23, 59), []string{}},
		{jakarta(2026, 12, 1, 0, 0), []string{"Artikel ini terbit lebih dari 3 tahun lalu."}},
		{jakarta(2027, 11, 30, 23, 59), []string{"Artikel ini terbit lebih dari 3 tahun lalu."}},
		{jakarta(2027, 12, 1, 0, 0), []string{"Artikel ini terbit lebih dari 4 tahun lalu."}},
	} {
		n.Clock.Set(step.at)
		if got := texts(n.read200(path).Find(".age")); !slices.Equal(got, step.want) {
			t.Errorf("at %s the notice is %q, want %q", step.at, got, step.want)
		}
	}
}

// TestFooterFollowsTheYear: the year of the copyright line is now's.
func TestFooterFollowsTheYear(t *testing.T) {
	t.Parallel()
	n := plain(t, jakarta(2026, 12, 31, 23, 59))
	story := n.path(n.simple("Malam Tahun Baru", n.Clock.Now()))
	for _, step := range []struct {
		at   time.Time
		want string
	}{{n.Clock.Now(), "© 2026"}, {jakarta(2027, 1, 1, 0, 0), "© 2027"}} {
		n.Clock.Set(step.at)
		for _, p := range []string{"/", story, "/latest", "/page/redaksi"} {
			if got := strings.Join(texts(n.read200(p).Find("footer")), " "); !strings.Contains(got, step.want) {
				t.Errorf("at %s the footer of %s does not say %q", step.at, p, step.want)
			}
		}
		if body := n.Get("/feeds/rss.xml").Body; !strings.Contains(body, step.want) {
			t.Errorf("at %s the feed does not say %q", step.at, step.want)
		}
	}
}

// TestPinEndsWithTheClock: until then the story leads, then the newest does.
func TestPinEndsWithTheClock(t *testing.T) {
	t.Parallel()
	n := plain(t, jakarta(2026, 11, 23, 23, 50))
	pinned := n.simple("Berita yang Disematkan", n.Clock.Now().Add(-5*time.Hour))
	n.simple("Berita Paling Baru", n.Clock.Now())
	end := jakarta(2026, 11, 24, 0, 0)
	f, err := n.DB.Front(t.Context(), 0)
	n.ok(err)
	f.Containers[0].Slots = []news.Slot{{Position: 0, StoryID: pinned, Until: end}}
	_, err = n.App.Site.SaveFront(t.Context(), testkit.Actor, f)
	n.ok(err)
	n.settled()
	for _, step := range []struct {
		at   time.Time
		want string
	}{{end.Add(-time.Millisecond), "Berita yang Disematkan"}, {end, "Berita Paling Baru"}} {
		n.Clock.Set(step.at)
		if got := texts(n.read200("/").Find("main .leads a")); len(got) == 0 || got[0] != step.want {
			t.Errorf("at %s the front leads with %q, want %q", step.at, got, step.want)
		}
	}
}

// TestNewsSitemapHoldsExactlyTwoDays looks at the instants around the end.
func TestNewsSitemapHoldsExactlyTwoDays(t *testing.T) {
	t.Parallel()
	n := plain(t, jakarta(2026, 11, 23, 12, 0))
	first := n.Clock.Now()
	path := n.path(n.simple("Berita Pertama", first))
	later := n.path(n.simple("Berita Kedua", first.Add(-time.Hour)))
	for _, step := range []struct {
		after time.Duration
		want  []bool // first, second
	}{
		{0, []bool{true, true}},
		{47*time.Hour - time.Millisecond, []bool{true, true}},
		{47*time.Hour + time.Millisecond, []bool{true, false}},
		{48*time.Hour - time.Millisecond, []bool{true, false}},
		{48 * time.Hour, []bool{false, false}},
		{48*time.Hour + time.Millisecond, []bool{false, false}},
	} {
		n.Clock.Set(first.Add(step.after))
		body := n.Get("/sitemap-news.xml").Body
		if got := []bool{strings.Contains(body, path), strings.Contains(body, later)}; !slices.Equal(got, step.want) {
			t.Errorf("after %s the stories are there: %v, want %v", step.after, got, step.want)
		}
	}
}
