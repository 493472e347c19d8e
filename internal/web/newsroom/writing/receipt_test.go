package writing_test

import (
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

func TestReceiptsSayWhatTheServerAnswered(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.ManagingEditor)
	id := written(t, editor, news.Content{})
	if res := editor.Open(at(id, "/receipt")); res.StatusCode != http.StatusOK || !strings.Contains(res.Body, "Belum ada bukti") || strings.Contains(res.Body, "data-watch") {
		t.Errorf("before anything went out: %d", res.StatusCode)
	}
	st := s.Publish(news.Content{Headline: "Tambak Udang Panen"})
	now := s.Clock.Now()
	if err := s.DB.SaveProof(t.Context(), news.Proof{StoryID: st.ID, Kind: news.ProofRelease, Version: 1, At: now.Add(-time.Hour), State: news.ProofConfirmed, Looks: 1,
		LookedAt: now, Surfaces: []news.Surface{{Name: "story", Path: s.Path(st), Want: news.WantHold, At: now, Status: 200, ETag: `"abc"`, Found: true, Right: true}}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.DB.SaveProof(t.Context(), news.Proof{StoryID: st.ID, Kind: news.ProofTakedown, Version: 1, At: now.Add(-time.Minute), State: news.ProofOpen, Looks: 2,
		LookedAt: now, Surfaces: []news.Surface{{Name: "feed", Path: "/feeds/rss.xml", Want: news.WantLack, At: now, Status: 200, Found: true}, {Name: "search", Path: "/search?q=x", Want: news.WantLack, At: now}}}, nil); err != nil {
		t.Fatal(err)
	}
	page := editor.Open(at(st.ID, "/receipt")).Body
	for _, want := range []string{"Versi 1 tayang", "Terbukti", "&#34;abc&#34;", "Versi 1 dicabut", "200, berita ada", "tidak ada jawaban", "data-watch", "Halaman berita"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "[writing.") || strings.Index(page, "dicabut") > strings.Index(page, "Versi 1 tayang") {
		t.Error("the newest is not first, or a word is missing")
	}
	if res := s.Staffer(account.Contributor).Open(at(st.ID, "/receipt")); res.StatusCode != http.StatusForbidden {
		t.Errorf("somebody who may not read the story gets %d", res.StatusCode)
	}
}

func TestAReceiptTellsFeedsFromEachOther(t *testing.T) {
	t.Parallel()
	for code, want := range map[string][]string{
		"id": {"Feed RSS semua berita", "Feed Atom semua berita", "Feed JSON semua berita", "Halaman kanal Dunia Kita", "Feed RSS kanal Dunia Kita", "Feed RSS kanal global",
			"Halaman tag Banjir", "Feed RSS tag Banjir", "Halaman penulis Rani", "Feed RSS penulis Rani"},
		"en": {"RSS feed of all stories", "Atom feed of all stories", "JSON feed of all stories", "Section page Dunia Kita", "RSS feed of the section Dunia Kita",
			"RSS feed of the section global", "Topic page Banjir", "RSS feed of the topic Banjir", "Author page Rani", "RSS feed of the author Rani"},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Unproved: true, Settings: map[string]string{"language": code}}) // the receipt is the test's own
			st, now := s.Publish(news.Content{Headline: "Tambak Udang Panen"}), s.Clock.Now()
			var surfaces []news.Surface
			for _, x := range [][3]string{{"feed", "", "/feeds/rss.xml"}, {"feed", "", "/feeds/atom.xml"}, {"feed", "", "/feeds/feed.json"}, {"section", "Dunia Kita", "/dunia"},
				{"feed", "Dunia Kita", "/feeds/section/dunia/rss.xml"}, {"feed", "", "/feeds/section/global/rss.xml"}, // an old receipt has no names
				{"topic", "Banjir", "/topic/banjir"}, {"feed", "Banjir", "/feeds/topic/banjir/rss.xml"},
				{"author", "Rani", "/author/rani"}, {"feed", "Rani", "/feeds/author/rani/rss.xml"}} {
				surfaces = append(surfaces, news.Surface{Name: x[0], Of: x[1], Path: x[2], Want: news.WantHold, At: now, Status: 200, Found: true, Right: true})
			}
			if err := s.DB.SaveProof(t.Context(), news.Proof{StoryID: st.ID, Kind: news.ProofRelease, Version: 1, At: now, State: news.ProofConfirmed, Looks: 1,
				LookedAt: now, Surfaces: surfaces}, nil); err != nil {
				t.Fatal(err)
			}
			d, err := goquery.NewDocumentFromReader(strings.NewReader(s.Staffer(account.Editor).Open(at(st.ID, "/receipt")).Body))
			if err != nil {
				t.Fatal(err)
			}
			got := d.Find("section.proof tbody tr td:first-child").Map(func(_ int, td *goquery.Selection) string { return td.Text() })
			if !slices.Equal(got, want) {
				t.Errorf("the places are %q, want %q", got, want)
			}
		})
	}
}
