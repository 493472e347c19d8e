package e2e_test

import (
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomReaderGetsAReply is the way of a report: the form under a story, the
// queue, the reply, and its link on the story.
func TestRoomReaderGetsAReply(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			path := s.Path(s.Publish(news.Content{Headline: "Pabrik Es Menolak Pengujian Air"}))
			reply := s.Path(s.Publish(news.Content{Headline: "Hak Jawab Pabrik Es atas Berita Pengujian Air"}))
			reader := newTab(t, s)
			reader.size(360)
			reader.open(path, 200)
			reader.click(".wrong a")
			reader.narrow(360)
			reader.accessible("light", true)
			const words = "Kami tidak pernah menolak pengujian itu."
			reader.fill("main form", "kind", "reply", "passage", "Pabrik Es Menolak", "text", words, "name", "Sulastri Wibowo", "email", "sulastri@pabrikes.example")
			if got := reader.words(`.done[role="status"] b`); !strings.Contains(got, "1") {
				t.Errorf("the reader gets no number: %q", got)
			}

			b := signed(t, s.Staffer(account.Editor), 1280)
			b.open("/newsroom/reports", 200)
			if got := b.words("main table"); !strings.Contains(got, "Sulastri Wibowo") || !strings.Contains(got, "Pabrik Es Menolak Pengujian Air") {
				t.Errorf("the queue says %q", got)
			}
			b.looks("reports-queue")
			b.size(1280)
			b.click("main tbody td.headline a")
			report := b.at()
			if got := b.words("main"); !strings.Contains(got, words) || !strings.Contains(got, "sulastri@pabrikes.example") {
				t.Errorf("the report says %q", got)
			}
			b.looks("report")
			b.size(1280)
			b.click(`main a[href*="kind=hak_jawab"]`)
			b.fill("main form", "text", "Pabrik es menyampaikan hak jawab atas berita ini.", "notice", s.URL+reply)
			if got := b.at(); !strings.HasPrefix(got, report) {
				t.Fatalf("the reply leads to %s, want %s: %s", got, report, b.words("main"))
			}
			b.fill(`form[action$="/settle"]`, "outcome", string(news.ReportReplied), "notice", s.URL+reply)
			if said := eval[string](b, `document.querySelector("main .error")?.textContent??""`); said != "" {
				t.Fatalf("the report is not settled: %s", said)
			}
			b.open("/newsroom/reports?settled=1", 200)
			if got := b.words("main table"); !strings.Contains(got, "Sulastri Wibowo") {
				t.Errorf("the settled reports are %q", got)
			}
			reader.open(path, 200)
			if !eval[bool](reader, `!!document.querySelector('main a[href="`+reply+`"]')`) {
				t.Errorf("the story does not link to the reply: %q", reader.words("main .notes"))
			}
			reader.open(reply, 200)
			if !eval[bool](reader, `!!document.querySelector('main a[href="`+path+`"]')`) {
				t.Errorf("the reply does not link to the story")
			}
			b.quiet()
			reader.quiet()
		})
	}
}
