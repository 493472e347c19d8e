package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestARenamedTopicIsFoundByItsNewName goes from the form in which somebody
// changes the name to what readers and colleagues find.
func TestARenamedTopicIsFoundByItsNewName(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine == "PostgreSQL"})
			chief := s.Staffer(account.ManagingEditor)
			topics, err := s.DB.EnsureTopics(t.Context(), []string{"Pilpres"})
			if err != nil {
				t.Fatal(err)
			}
			persons, err := s.DB.EnsurePersons(t.Context(), []string{"Rani Sari"})
			if err != nil {
				t.Fatal(err)
			}
			c := news.Content{Headline: "Debat Pertama Digelar", SectionID: s.Section("nasional"), Body: s.Body("Dua calon hadir."), Topics: []int64{topics["Pilpres"]},
				Credits: []news.Credit{{PersonID: persons["Rani Sari"], Role: news.Writer}}}
			st := s.Publish(c)
			draft := c
			draft.Headline = "Debat Kedua Menyusul"
			s.Create(draft)
			public := func(words string) bool {
				_, hits, _ := strings.Cut(s.Get("/search?q="+words).Body, "<ul data-list>")
				hits, _, _ = strings.Cut(hits, "</ul>")
				return strings.Contains(hits, s.Path(st))
			}
			board := func(words string) []bool {
				body := chief.Open("/newsroom/board?view=table&q=" + words).Body
				return []bool{strings.Contains(body, "Debat Pertama"), strings.Contains(body, "Debat Kedua")}
			}
			both, none := []bool{true, true}, []bool{false, false}
			for _, x := range []struct{ path, slug, old, new string }{
				{fmt.Sprint("/newsroom/topics/", topics["Pilpres"]), "pilpres", "pilpres", "pemilu"},
				{fmt.Sprint("/newsroom/people/", persons["Rani Sari"]), "rani-sari", "rani", "dewi"},
			} {
				if !public(x.old) || public(x.new) || !slices.Equal(board(x.old), both) || !slices.Equal(board(x.new), none) {
					t.Fatalf("before the change: %v %v %v %v", public(x.old), public(x.new), board(x.old), board(x.new))
				}
				if res := chief.Post(x.path, "name", strings.ToUpper(x.new[:1])+x.new[1:], "slug", x.slug); res.StatusCode != http.StatusSeeOther {
					t.Fatalf("the form answers %d: %s", res.StatusCode, res.Body)
				}
				eventually(t, x.new+" is found and "+x.old+" is not", func() bool {
					return public(x.new) && !public(x.old) && slices.Equal(board(x.new), both) && slices.Equal(board(x.old), none)
				})
			}
		})
	}
}

// TestARenameOfManyStoriesLetsOthersWrite changes the name of a topic with
// 10,000 stories, and stops the server in the middle.
func TestARenameOfManyStoriesLetsOthersWrite(t *testing.T) {
	stories := 10_000
	if testing.Short() {
		stories = 1000
	}
	eachEngine(t, func(t *testing.T, p *home) {
		var topic int64
		p.live(t, "a name is changed", func(t *testing.T, s *testkit.Site) {
			topics, err := s.DB.EnsureTopics(t.Context(), []string{"Gempa"})
			if err != nil {
				t.Fatal(err)
			}
			topic = topics["Gempa"]
			for at := 0; at < stories; at += news.MaxBatch {
				var items []news.Incoming
				for i := at; i < at+news.MaxBatch; i++ {
					items = append(items, news.Incoming{URI: fmt.Sprint("urn:", i), Version: "1", Hash: fmt.Sprint(i), Published: testkit.Start.Add(-time.Duration(i) * time.Hour),
						Content: news.Content{Headline: fmt.Sprint("Guncangan ", i), SectionID: s.Section("nasional"), Topics: []int64{topic},
							Body: s.Body(strings.Repeat("Warga keluar rumah dan menunggu di lapangan. ", 40))}})
				}
				if _, err := s.Desk.Import(t.Context(), account.System("import"), items); err != nil {
					t.Fatal(err)
				}
			}
			begun := time.Now()
			list, err := s.DB.Topics(t.Context(), []int64{topic})
			if err != nil {
				t.Fatal(err)
			}
			list[0].Name = "Lindu"
			if _, err := s.App.Site.SaveTopic(t.Context(), testkit.Actor, list[0]); err != nil {
				t.Fatal(err)
			}
			took := time.Since(begun)
			// Somebody goes on writing meanwhile.
			var longest time.Duration
			eventually(t, "a part of the stories is written anew", func() bool {
				begun := time.Now()
				if err := s.App.Site.SaveSettings(t.Context(), testkit.Actor, map[string]string{"publisher": "Kabar"}); err != nil {
					t.Fatal(err)
				}
				longest = max(longest, time.Since(begun))
				got, err := s.DB.Renamings(t.Context(), news.RefTopic, 1)
				if err != nil {
					t.Fatal(err)
				}
				return len(got) == 0 || got[0].Done >= stories/4
			})
			t.Logf("the name took %v, the longest save beside the job %v", took, longest)
			if took > 2*time.Second || longest > 2*time.Second {
				t.Errorf("somebody waited %v for a name, and %v beside the job", took, longest)
			}
		})
		if t.Failed() {
			return
		}
		begun := time.Now()
		p.live(t, "the rest is done after the next start", func(t *testing.T, s *testkit.Site) {
			t.Logf("started after %v", time.Since(begun))
			deadline := time.After(5 * time.Minute)
			for {
				got, err := s.DB.Renamings(t.Context(), news.RefTopic, 1)
				if err != nil {
					t.Fatal(err)
				}
				if len(got) == 0 {
					break
				}
				select {
				case <-deadline:
					t.Fatalf("it is not done: %+v", got)
				case <-time.After(100 * time.Millisecond):
				}
			}
			for words, want := range map[string]int{"lindu": 1, "gempa": 0} {
				res, err := s.DB.Search(t.Context(), news.SearchFilter{Query: fmt.Sprintf("%s guncangan %d", words, stories-1), Limit: 10})
				if err != nil || len(res.Cards) != want {
					t.Errorf("by %s the oldest story is found %d times: %v", words, len(res.Cards), err)
				}
			}
		})
	})
}
