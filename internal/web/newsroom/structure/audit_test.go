package structure_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestTheAuditLogSpeaksInWords(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor, managing := s.Staffer(account.Editor), s.Staffer(account.ManagingEditor)
	id, err := s.Desk.Create(t.Context(), editor.User.Actor(), news.Content{Headline: "Pasar Dibuka", SectionID: s.Section("nasional")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.Publish(t.Context(), editor.User.Actor(), id); err != nil {
		t.Fatal(err)
	}
	rows := func(query url.Values) (out []string) {
		t.Helper()
		res := managing.Open("/newsroom/audit?" + query.Encode())
		d, err := goquery.NewDocumentFromReader(strings.NewReader(res.Body))
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res.StatusCode, err)
		}
		d.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
			out = append(out, strings.Join(tr.Find("td:not(:first-child):not(:last-child)").Map(func(_ int, td *goquery.Selection) string { return td.Text() }), "|"))
		})
		return out
	}
	for _, who := range []string{editor.User.Name, editor.User.Actor().String()} {
		got := rows(url.Values{"actor": {who}, "action": {"publish"}, "object": {"story:*"}})
		if want := editor.User.Name + "|menayangkan|" + "Berita " + strings.TrimPrefix(news.TagStory(id), "story:"); len(got) != 1 || got[0] != want {
			t.Errorf("asked for %q the log says %q, want %q", who, got, want)
		}
	}
	if got := rows(url.Values{"actor": {"Tidak Ada Orangnya"}}); len(got) != 0 {
		t.Errorf("a name that nobody has finds %q", got)
	}
	for _, row := range rows(nil) {
		if deed := strings.Split(row, "|")[1]; strings.Contains(deed, "_") {
			t.Errorf("a deed without words: %q", row)
		}
	}
}
