package writing_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

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
