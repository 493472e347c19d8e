package writing_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

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

// find returns what a selector finds in a page.
func find(t *testing.T, body, selector string) *goquery.Selection {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return d.Find(selector)
}

func TestTheEditorSaysWhyAStoryCameBack(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani, editor := s.Staffer(account.Reporter), s.Staffer(account.Editor)
	id := written(t, rani, news.Content{})
	rani.Post(at(id, "/submit"))
	editor.Post(at(id, "/send-back"), "note", "Tambahkan tanggapan dinas.")
	above := func() string { return find(t, rani.Open(at(id, "")).Body, `.bar [data-part="returned"]`).Text() }
	back := above()
	if !strings.Contains(back, "Tambahkan tanggapan dinas.") || !strings.Contains(back, editor.User.Name) {
		t.Errorf("above the paper stands %q", back)
	}
	rani.Post(at(id, "/submit"), "note", "Sudah.")
	if left := above(); strings.TrimSpace(left) != "" {
		t.Errorf("after the answer it still says %q", left)
	}
}

func TestTheNextStepStandsAboveThePaper(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani, editor := s.Staffer(account.Reporter), s.Staffer(account.Editor)
	id := written(t, rani, news.Content{})
	next := func(p *testkit.Staffer) string {
		act, _ := find(t, p.Open(at(id, "")).Body, ".bar .next a").Attr("data-act")
		return act
	}
	if got := next(rani); got != "submit" {
		t.Errorf("a reporter is led to %q", got)
	}
	if got := next(editor); got != "publish" {
		t.Errorf("an editor is led to %q", got)
	}
	editor.Post(at(id, "/publish"))
	if got := next(editor); got != "" {
		t.Errorf("with nothing to bring to readers the page leads to %q", got)
	}
}
