package edition_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/testkit"
)

// banner is what a page shows of the banner, "" if there is none.
func banner(body string) string {
	_, rest, ok := strings.Cut(body, `<aside class="breaking"`)
	if !ok {
		return ""
	}
	text, _, _ := strings.Cut(rest, "</aside>")
	return text
}

func TestBreakingNewsStandsOnEveryPageUntilItsTime(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	old := s.Publish(news.Content{Headline: "Arsip Lama"})
	pages := []string{"/", "/bola", "/latest", "/search?q=arsip", "/page/redaksi", s.Path(old), "/tidak-ada"}
	seen := func(want string) {
		t.Helper()
		for _, p := range pages {
			if got := banner(s.Get(p).Body); (want == "") != (got == "") || !strings.Contains(got, want) {
				t.Errorf("%s shows %q, want %q", p, got, want)
			}
		}
	}
	seen("")
	id, rc, err := s.Desk.Break(t.Context(), testkit.Actor, news.Breaking{Headline: `Gempa "M 6,1" Guncang Jawa`,
		SectionID: s.Section("nasional"), Until: testkit.Start.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(rc.Seq)
	seen(`href="` + s.Path(s.Story(id)) + `"`)
	seen("Gempa &#34;M 6,1&#34; Guncang Jawa")
	t.Run("the list has it on top", func(t *testing.T) {
		if got := links(s.Get("/latest").Body); len(got) < 2 || !strings.Contains(got[0], "/gempa-") && !strings.Contains(got[1], "/gempa-") {
			t.Errorf("the first links are %v", got)
		}
	})
	t.Run("somebody ends it", func(t *testing.T) {
		rc, err := s.Desk.EndBanner(t.Context(), testkit.Actor)
		if err != nil {
			t.Fatal(err)
		}
		s.Settle(rc.Seq)
		seen("")
		if rc, err = s.Desk.SetBanner(t.Context(), testkit.Actor, news.Banner{StoryID: id, Text: "Gempa", Until: testkit.Start.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		s.Settle(rc.Seq)
		seen("<b>Gempa</b>")
		text := strings.TrimSpace(strings.Repeat("Gempa susulan. ", 13))
		if rc, err = s.Desk.SetBanner(t.Context(), testkit.Actor, news.Banner{StoryID: id, Text: text, Until: testkit.Start.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		s.Settle(rc.Seq)
		seen(text)
		if n := s.Engine.Stats().Refits; n != 0 {
			t.Errorf("a long banner does not fit the masthead's hole: %d pages were compressed again", n)
		}
		if rc, err = s.Desk.SetBanner(t.Context(), testkit.Actor, news.Banner{StoryID: id, Text: "Gempa", Until: testkit.Start.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		s.Settle(rc.Seq)
	})
	t.Run("it ends by itself", func(t *testing.T) {
		s.Clock.Set(testkit.Start.Add(time.Hour - time.Second))
		seen("<b>Gempa</b>")
		s.Clock.Set(testkit.Start.Add(time.Hour))
		seen("")
	})
	t.Run("it goes with its story", func(t *testing.T) {
		rc, err := s.Desk.SetBanner(t.Context(), testkit.Actor, news.Banner{StoryID: id, Until: testkit.Start.Add(2 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		s.Settle(rc.Seq)
		seen("Gempa")
		if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, id, news.ReasonTrauma, ""); err != nil {
			t.Fatal(err)
		}
		seen("")
	})
}
