package structure_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/lang"
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

// auditFacts returns the last column of the page, by the deed in the log's own word.
func auditFacts(t *testing.T, who *testkit.Staffer, query string) map[string]string {
	t.Helper()
	res := who.Open("/newsroom/audit?" + query)
	d, err := goquery.NewDocumentFromReader(strings.NewReader(res.Body))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.StatusCode, err)
	}
	out := map[string]string{}
	d.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		deed, _ := tr.Find("td:nth-child(3) a").Attr("title")
		out[deed] = strings.TrimSpace(tr.Find("td:last-child").Text())
	})
	return out
}

func TestTheAuditLogShowsDetailsInWords(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	ctx := t.Context()
	owner, editor, managing := s.Staffer(account.Owner), s.Staffer(account.Editor), s.Staffer(account.ManagingEditor)
	section := s.Section("nasional")
	id, err := s.Desk.Create(ctx, editor.User.Actor(), news.Content{Headline: "Pasar Dibuka", SectionID: section})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Desk.Assign(ctx, editor.User.Actor(), id, news.Assignment{UserID: editor.User.ID, SectionID: section, Note: "tolong dicek"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.Publish(ctx, editor.User.Actor(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.Withdraw(ctx, managing.User.Actor(), id, news.ReasonChild, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Staff.ChangeRole(ctx, owner.User.Actor(), editor.User.ID, account.ManagingEditor, nil); err != nil {
		t.Fatal(err)
	}
	var topics []int64
	for _, name := range []string{"Pemilu", "Pemilu 2026"} {
		topic, err := s.Core.Site.SaveTopic(ctx, managing.User.Actor(), news.Topic{Name: name, Slug: strings.ReplaceAll(strings.ToLower(name), " ", "-")})
		if err != nil {
			t.Fatal(err)
		}
		topics = append(topics, topic.ID)
	}
	if err := s.Core.Site.MergeTopics(ctx, managing.User.Actor(), topics[0], topics[1]); err != nil {
		t.Fatal(err)
	}
	english := s.Staffer(account.ManagingEditor)
	if err := s.Staff.SaveProfile(ctx, english.User.ID, account.Profile{Name: english.User.Name, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[*testkit.Staffer]map[string]string{
		managing: {"assign": "Untuk: " + editor.User.Name + " · Desk: Nasional · Versi: 1 · Catatan: tolong dicek",
			"withdraw": "Alasan: Masa depan anak", "change_role": "Semula: Editor · Menjadi: Redaktur Pelaksana",
			"merge": "Ke: Pemilu 2026", "publish": "Versi: 1", "create": ""},
		english: {"assign": "For: " + editor.User.Name + " · Desk: Nasional · Version: 1 · Note: tolong dicek",
			"withdraw": "Reason: The future of a child", "change_role": "Before: Editor · Now: Managing editor",
			"merge": "Into: Pemilu 2026"},
	} {
		got := auditFacts(t, who, "")
		for deed, text := range want {
			if got[deed] != text {
				t.Errorf("%s shows %q, want %q", deed, got[deed], text)
			}
		}
		for deed, text := range got {
			if strings.ContainsAny(text, "{}[]\"_") {
				t.Errorf("%s shows something raw: %q", deed, text)
			}
		}
	}
	if got := auditFacts(t, managing, "object=settings"); len(got) != 0 {
		t.Errorf("the settings were never saved, but the log finds %v", got)
	}
}

func TestEveryFactOfTheAuditLogHasAWord(t *testing.T) {
	t.Parallel()
	for _, code := range lang.Codes() {
		words := lang.For(code)
		for f := range reflect.TypeFor[news.Deed]().Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !words.Has("structure.fact." + name) {
				t.Errorf("%s has no word for %q", code, name)
			}
		}
	}
}
