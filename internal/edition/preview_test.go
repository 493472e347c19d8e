package edition_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"warta/internal/doc"
	"warta/internal/edition"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// room is where pictures lie in these tests.
func room(int64, media.Crop, int, media.Format) string { return "/room/picture.webp" }

func TestPreviewIsThePageThatReadersGet(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	st := s.Publish(news.Content{Headline: "Pasar Terapung Ramai Lagi", Standfirst: "Sejak subuh."})
	live, err := s.DB.LiveStory(t.Context(), st.ID)
	if err != nil {
		t.Fatal(err)
	}
	draft := edition.Draft{Story: st, Content: live.Version.Content, Picture: room}
	body, err := s.Edition.Preview(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	// From the headline on both are the same, but for the address on paper.
	article := func(page string) string {
		t.Helper()
		_, page, found := strings.Cut(page, "<h1>")
		page, _, _ = strings.Cut(page, "</article>")
		page = regexp.MustCompile(`(?s)<p class="onpaper">.*?</p>\n`).ReplaceAllString(page, "")
		if !found {
			t.Fatal("there is no headline")
		}
		return page
	}
	if got, want := article(string(body)), article(s.Get(s.Path(st)).Body); got != want {
		t.Errorf("the preview differs:\n%s\n---\n%s", got, want)
	}

	t.Run("a banner says what one is looking at", func(t *testing.T) {
		d := draft
		d.Banner = "Ini draf <b>."
		body, err := s.Edition.Preview(t.Context(), d)
		if err != nil || !strings.Contains(string(body), "Ini draf &lt;b&gt;.") {
			t.Errorf("the preview has no banner: %v", err)
		}
	})
}

func TestDeadLinks(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	s.Publish(news.Content{})
	link := func(href string) doc.Run { return doc.Run{Text: "x", Href: href} }
	hrefs := []string{"/", "/nasional", "/nasional/", "/latest?utm=1", "/page/redaksi", "/feeds/rss.xml", "/search?q=x", "/assets/x.js", "mailto:a@b.example", "tel:+62",
		"https://lain.example/hilang", s.URL + "/bola", "/hilang", "/topic/hilang", s.URL + "/page/hilang"}
	var text doc.Inline
	for _, h := range hrefs {
		text = append(text, link(h))
	}
	got, err := s.Edition.DeadLinks(t.Context(), edition.Draft{Content: news.Content{Body: doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: "aaaaaaa1", Text: text}}}}})
	if want := []string{"/hilang", "/topic/hilang", s.URL + "/page/hilang"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("dead: %q, %v", got, err)
	}
}
