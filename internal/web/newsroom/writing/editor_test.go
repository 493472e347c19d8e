package writing_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// at returns the address of a story in the newsroom with what follows.
func at(id int64, rest string) string { return fmt.Sprintf("/newsroom/stories/%d%s", id, rest) }

// written makes a story that belongs to somebody.
func written(t *testing.T, p *testkit.Staffer, c news.Content) int64 {
	t.Helper()
	if c.SectionID == 0 {
		c.SectionID = p.Section("nasional")
	}
	if c.Headline == "" {
		c.Headline = "Jembatan Gantung Menghubungkan Dua Desa"
	}
	if c.Body.Empty() {
		c.Body = p.Body("Warga menyeberang sejak subuh.", "Anak sekolah tidak lagi memutar.")
	}
	id, err := p.Desk.Create(t.Context(), p.User.Actor(), c)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestEditorPageSaysWhereTheStoryIs(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	id := written(t, rani, news.Content{Headline: "Kapal Perintis Kembali Berlayar", Standfirst: "Dua kali sepekan."})
	res := rani.Open(at(id, ""))
	if res.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", res.StatusCode, res.Body)
	}
	for _, want := range []string{"Kapal Perintis Kembali Berlayar", "Dua kali sepekan.", `data-stage="draft"`, "Warga menyeberang sejak subuh.",
		`data-field="headline"`, `data-field="lead.caption"`, `data-act="submit"`} {
		if !strings.Contains(res.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(res.Body, `data-act="publish"`) {
		t.Error("a reporter is offered to publish")
	}
}
