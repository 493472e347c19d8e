package structure_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestTheProgressOfAChangedNameIsShown(t *testing.T) {
	t.Parallel()
	// Nobody works on jobs here, so it is done slice by slice.
	for code, want := range map[string][2]string{
		"id": {"Pencarian segera disesuaikan dengan nama Lindu.", "Pencarian disesuaikan dengan nama Lindu: 100 dari 120 berita."},
		"en": {"The searches will take over the name Lindu in a moment.", "The searches take over the name Lindu: 100 of 120 stories."},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Stopped: true, Settings: map[string]string{"language": code}})
			chief := s.Staffer(account.ManagingEditor)
			topics, err := s.DB.EnsureTopics(t.Context(), []string{"Gempa"})
			if err != nil {
				t.Fatal(err)
			}
			var items []news.Incoming
			for i := range 120 {
				items = append(items, news.Incoming{URI: fmt.Sprint("urn:", i), Version: "1", Hash: fmt.Sprint(i), Published: testkit.Start,
					Content: news.Content{Headline: fmt.Sprint("Guncangan ", i), SectionID: s.Section("nasional"), Topics: []int64{topics["Gempa"]}, Body: s.Body("Isi.")}})
			}
			if _, err := s.Desk.Import(t.Context(), account.System("import"), items); err != nil {
				t.Fatal(err)
			}
			shown := func() string {
				t.Helper()
				d, err := goquery.NewDocumentFromReader(strings.NewReader(chief.Open("/newsroom/topics").Body))
				if err != nil {
					t.Fatal(err)
				}
				return strings.TrimSpace(d.Find("[data-part=renamings]").Text())
			}
			if got := shown(); got != "" {
				t.Errorf("before anything is changed: %q", got)
			}
			topic := news.Topic{ID: topics["Gempa"], Name: "Lindu", Slug: "gempa"}
			if _, err := s.App.Site.SaveTopic(t.Context(), testkit.Actor, topic); err != nil {
				t.Fatal(err)
			}
			if got := shown(); got != want[0] {
				t.Errorf("at first: %q, want %q", got, want[0])
			}
			if _, err := s.DB.ReindexSlice(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if got := shown(); got != want[1] {
				t.Errorf("after a slice: %q, want %q", got, want[1])
			}
			for more := true; more; {
				if more, err = s.DB.ReindexSlice(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
			}
			if got := shown(); got != "" {
				t.Errorf("in the end: %q", got)
			}
		})
	}
}
