package writing_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// changed saves fields of a story as somebody.
func changed(t *testing.T, p *testkit.Staffer, id int64, fields map[string]any) {
	t.Helper()
	_, d := ask(t, p, "GET", id, "", nil)
	if status, d := ask(t, p, "POST", id, "", saving{"base": d.Seq, "fields": fields}); status != http.StatusOK {
		t.Fatalf("%d %+v", status, d.Error)
	}
}

func TestVersionsAreListedComparedAndRestored(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani, budi := s.Staffer(account.Reporter), s.Staffer(account.Editor)
	id := written(t, rani, news.Content{Headline: "Waduk Penuh Lagi"})
	if err := s.Desk.Submit(t.Context(), rani.User.Actor(), id, "Tolong cek."); err != nil {
		t.Fatal(err)
	}
	if err := s.Desk.Approve(t.Context(), budi.User.Actor(), id, ""); err != nil {
		t.Fatal(err)
	}
	_, d := ask(t, rani, "GET", id, "", nil)
	order := d.Doc.Order()
	status, _ := ask(t, rani, "POST", id, "", saving{"base": d.Seq, "blocks": []any{paragraph(order[0], "Warga menyeberang sejak fajar."), paragraph("zzzzzzz1", "Kalimat baru <b>.")},
		"order": []string{order[0], "zzzzzzz1"}, "fields": map[string]any{"headline": "Waduk Penuh Kembali"}})
	if status != http.StatusOK {
		t.Fatal(status)
	}

	t.Run("the editor's page says that the approved text has changed", func(t *testing.T) {
		if page := budi.Open(at(id, "")).Body; !strings.Contains(page, "data-changed") || !strings.Contains(page, at(id, "/compare")) {
			t.Error("the page does not say so")
		}
	})
	t.Run("the list names who and why", func(t *testing.T) {
		page := budi.Open(at(id, "/versions")).Body
		for _, want := range []string{at(id, "/versions/1"), "Diajukan", rani.User.Name, "Tolong cek.", "Menunggu tayang"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
	t.Run("the comparison shows words, blocks and fields", func(t *testing.T) {
		page := budi.Open(at(id, "/compare")).Body
		bare := regexp.MustCompile(`<span class="hidden">[^<]*</span>`).ReplaceAllString(page, "")
		for _, want := range []string{"<del>Lagi</del><ins>Kembali</ins>", "<del>subuh</del><ins>fajar</ins>", "<ins>Kalimat baru &lt;b&gt;.</ins>",
			"<del>Anak sekolah tidak lagi memutar.</del>", "Ditambahkan", "Dihapus"} {
			if !strings.Contains(bare, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
	t.Run("a version is compared with itself without a difference", func(t *testing.T) {
		if page := budi.Open(at(id, "/compare?a=1&b=1")).Body; strings.Contains(page, "<ins>") || !strings.Contains(page, "sama persis") {
			t.Error("the page shows a difference")
		}
	})
	t.Run("what does not exist is not found", func(t *testing.T) {
		for _, path := range []string{"/versions/9", "/versions/x", "/compare?a=9", "/compare?a=1&b=x", "/preview?version=9", "/preview?what=else", "/versions?before=x"} {
			if res := budi.Open(at(id, path)); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d, want 404", path, res.StatusCode)
			}
		}
	})
	t.Run("a version is read as readers would see it", func(t *testing.T) {
		if page := budi.Open(at(id, "/versions/1")).Body; !strings.Contains(page, at(id, "/preview")+"?version=1") {
			t.Error("the page has no frame with the version")
		}
		if page := budi.Open(at(id, "/preview?version=1")).Body; !strings.Contains(page, "Waduk Penuh Lagi") || strings.Contains(page, "Kembali") {
			t.Error("the preview does not show the version")
		}
	})
	t.Run("restoring makes it the draft and keeps what was written", func(t *testing.T) {
		if res := rani.Post(at(id, "/restore"), "no", "1"); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d: %s", res.StatusCode, res.Body)
		}
		_, d := ask(t, rani, "GET", id, "", nil)
		if string(d.Fields["headline"]) != `"Waduk Penuh Lagi"` || len(d.Doc.Blocks) != 2 {
			t.Errorf("%s with %d blocks", d.Fields["headline"], len(d.Doc.Blocks))
		}
		if page := rani.Open(at(id, "/versions")).Body; !strings.Contains(page, "Disimpan sebelum diganti") || !strings.Contains(page, "Dipakai lagi") {
			t.Error("the list does not say what became of the draft")
		}
	})
}

func TestPreviewsLookAsReadersWouldSeeThem(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	s.Publish(news.Content{Headline: "Kabar Yang Sudah Tayang"})
	id := written(t, rani, news.Content{Headline: "Rahasia Besar Dapur Redaksi", ShortHeadline: "Rahasia Dapur", ShareTitle: "Bagikan Rahasia", SEOTitle: "Cari Rahasia"})

	t.Run("the page is the site's own with its modules filled", func(t *testing.T) {
		res := rani.Open(at(id, "/preview"))
		for _, want := range []string{"<h1>Rahasia Besar Dapur Redaksi</h1>", "Kabar Yang Sudah Tayang", `content="noindex"`, "</html>"} {
			if !strings.Contains(res.Body, want) {
				t.Errorf("the preview lacks %q", want)
			}
		}
		if strings.Contains(res.Body, `rel="canonical"`) || strings.Contains(res.Body, "ld+json") {
			t.Error("the preview says what it is to machines")
		}
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "frame-ancestors 'self'") || !strings.Contains(policy, "'sha256-") || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("policy %q, cache %q", policy, res.Header.Get("Cache-Control"))
		}
	})
	t.Run("the cards have the short headline", func(t *testing.T) {
		if n := strings.Count(rani.Open(at(id, "/preview?what=card")).Body, ">Rahasia Dapur</a>"); n != 3 {
			t.Errorf("%d cards, want three", n)
		}
	})
	t.Run("the share card and the search result have their own titles", func(t *testing.T) {
		res := rani.Open(at(id, "/preview?what=share"))
		for _, want := range []string{"<b>Bagikan Rahasia</b>", "<b>Cari Rahasia", "what=drawn"} {
			if !strings.Contains(res.Body, want) {
				t.Errorf("the preview lacks %q", want)
			}
		}
		if !strings.Contains(res.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
			t.Error("the preview cannot stand in its frame")
		}
		if drawn := rani.Open(at(id, "/preview?what=drawn")); drawn.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(drawn.Body, "\xff\xd8") {
			t.Errorf("the drawn card is %q", drawn.Header.Get("Content-Type"))
		}
	})
	t.Run("readers see nothing of it", func(t *testing.T) {
		for _, path := range []string{"/", "/nasional", "/latest", "/search?q=rahasia", "/sitemap.xml", "/feeds/rss.xml", fmt.Sprintf("/nasional/2026/11/23/%d/draft", id)} {
			if strings.Contains(s.Get(path).Body, "Rahasia") {
				t.Errorf("%s shows the draft", path)
			}
		}
	})
	t.Run("a preview is not counted as a read", func(t *testing.T) {
		most, err := s.Reads.MostRead(t.Context(), 0, s.Clock.Now().Add(-time.Hour), 10)
		if err != nil || len(most) != 0 {
			t.Errorf("read: %v, %v", most, err)
		}
	})
}

func TestGuestsReadADraftForAWhile(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	id := written(t, rani, news.Content{Headline: "Naskah untuk Narasumber"})
	link := func() string {
		t.Helper()
		res := rani.Send("POST", at(id, "/guest"), url.Values{"days": {"3"}}, "Accept", "application/json")
		var out struct{ URL string }
		if err := res.JSON(&out); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s: %v", res.StatusCode, res.Body, err)
		}
		return strings.TrimPrefix(out.URL, s.URL)
	}
	path := link()
	read := func(path string) testkit.Response { return s.Get(path) }

	t.Run("the page says that it is no publication", func(t *testing.T) {
		res := read(path)
		if res.StatusCode != http.StatusOK || !strings.Contains(res.Body, "Naskah untuk Narasumber") || !strings.Contains(res.Body, "belum terbit") {
			t.Fatalf("%d: %s", res.StatusCode, res.Body[:min(len(res.Body), 400)])
		}
		if res.Header.Get("X-Robots-Tag") != "noindex" || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers: %v", res.Header)
		}
	})
	t.Run("the link is shown once, in words", func(t *testing.T) {
		res := rani.Post(at(id, "/guest"), "days", "14")
		if res.StatusCode != http.StatusOK || !strings.Contains(res.Body, "/newsroom/guest/") || !strings.Contains(res.Body, "07/12/2026") {
			t.Errorf("%d: %s", res.StatusCode, res.Body)
		}
	})
	t.Run("the editor's page lists the links that work", func(t *testing.T) {
		page := rani.Open(at(id, "")).Body
		for _, want := range []string{"Tautan dari " + rani.User.Name + ", sampai 26/11/2026", "sampai 07/12/2026", at(id, "/guest/end")} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(page, "/newsroom/guest/") {
			t.Error("the page shows a link")
		}
	})
	t.Run("longer than two weeks is refused", func(t *testing.T) {
		for _, days := range []string{"0", "15", "x", ""} {
			if res := rani.Post(at(id, "/guest"), "days", days); res.StatusCode != http.StatusBadRequest {
				t.Errorf("%q days: %d, want 400", days, res.StatusCode)
			}
		}
	})
	t.Run("another token, and a picture that the draft does not show, are not found", func(t *testing.T) {
		for _, p := range []string{"/newsroom/guest/abc", path + "x", path + "/media/1/orig/640.webp", path + "/media/x/orig/640.webp", path + "/media/1/orig/641.webp"} {
			if res := read(p); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d, want 404", p, res.StatusCode)
			}
		}
	})
	t.Run("one link ends by itself, and the page said who opened it when", func(t *testing.T) {
		other := link()
		page, err := goquery.NewDocumentFromReader(strings.NewReader(rani.Open(at(id, "")).Body))
		if err != nil {
			t.Fatal(err)
		}
		var ends []string
		page.Find(".guests li").Each(func(_ int, li *goquery.Selection) {
			if strings.Contains(li.Text(), "sampai 26/11/2026") && strings.Contains(li.Text(), "belum dibuka") {
				ends = append(ends, li.Find("input[name=link]").AttrOr("value", ""))
			}
		})
		if all := page.Find(".guests").Text(); len(ends) != 1 || !strings.Contains(all, "terakhir dibuka 23/11/2026") {
			t.Fatalf("%d links that nobody opened: %s", len(ends), all)
		}
		for range 2 { // the second time there is nothing left to end
			if res := rani.Post(at(id, "/guest/end"), "link", ends[0]); res.StatusCode != http.StatusSeeOther {
				t.Fatal(res.StatusCode)
			}
		}
		if got := [2]int{read(other).StatusCode, read(path).StatusCode}; got != [2]int{404, 200} {
			t.Errorf("the one that ended and another: %v", got)
		}
		if !strings.Contains(read(other).Body, `<a class="button" href="/">`) {
			t.Error("who comes from outside is shown no way to the site")
		}
		if res := read("/newsroom/guest/" + ends[0]); res.StatusCode != http.StatusNotFound {
			t.Error("what the page shows opens the draft")
		}
		if n := strings.Count(rani.Open(at(id, "")).Body, "mengakhiri satu tautan tamu"); n != 1 {
			t.Errorf("it stands %d times in what happened", n)
		}
	})
	t.Run("it ends when somebody ends it", func(t *testing.T) {
		if res := rani.Post(at(id, "/guest/end")); res.StatusCode != http.StatusSeeOther {
			t.Fatal(res.StatusCode)
		}
		if res := read(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%d, want 404", res.StatusCode)
		}
		if strings.Contains(rani.Open(at(id, "")).Body, "Tautan dari") {
			t.Error("the page still lists a link")
		}
	})
	t.Run("it ends at its time", func(t *testing.T) {
		path := link()
		s.Clock.Set(s.Clock.Now().Add(72*time.Hour + time.Minute))
		if res := read(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%d, want 404", res.StatusCode)
		}
	})
}

func TestCheckFindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	id := written(t, rani, news.Content{})
	_, d := ask(t, rani, "GET", id, "", nil)
	order := d.Doc.Order()
	linked := func(href string) map[string]any {
		return map[string]any{"type": "text", "text": "x", "marks": []any{map[string]any{"type": "link", "attrs": map[string]any{"href": href}}}}
	}
	block := map[string]any{"type": "paragraph", "attrs": map[string]any{"id": order[0]}, "content": []any{
		linked("/nasional"), linked("/tidak-ada"), linked(s.URL + "/topic/hilang"), linked("https://lain.example/hilang"), linked("mailto:a@b.example"), linked("/search?q=x")}}
	if status, d := ask(t, rani, "POST", id, "", saving{"base": 1, "blocks": []any{block}, "order": order}); status != http.StatusOK {
		t.Fatalf("%d %+v", status, d.Error)
	}
	var out struct{ Problems []struct{ Code, Text string } }
	res := rani.Open(at(id, "/check"))
	if err := json.Unmarshal([]byte(res.Body), &out); err != nil {
		t.Fatal(err)
	}
	var dead []string
	codes := map[string]bool{}
	for _, p := range out.Problems {
		codes[p.Code] = true
		if p.Code == "dead_address" {
			dead = append(dead, p.Text)
		}
		if p.Text == "" || strings.ContainsAny(p.Text, "[{") {
			t.Errorf("%s says %q", p.Code, p.Text)
		}
	}
	if !codes["byline_missing"] || !codes["lead_missing"] {
		t.Errorf("the missing byline and lead are not named: %v", codes)
	}
	if all := strings.Join(dead, " "); len(dead) != 2 || !strings.Contains(all, "/tidak-ada") || !strings.Contains(all, "/topic/hilang") {
		t.Errorf("dead: %q", dead)
	}
}
