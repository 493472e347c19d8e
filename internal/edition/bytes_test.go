package edition_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"time"

	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/testkit"
)

// oneStream returns how long a text is as one gzip -9 stream.
func oneStream(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// blocks returns of how many segments and pieces a page was put together: each
// ends on the mark of a flush.
func blocks(t *testing.T, s *testkit.Site, path string) int {
	t.Helper()
	r, err := s.Engine.Get(t.Context(), path, 0)
	if err != nil {
		t.Fatal(err)
	}
	member, err := r.Append(nil, page.Gzip)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(member, []byte("\x00\x00\xff\xff"))
}

// -v prints the figures.
func TestCuttingAPageIntoPiecesCostsLittle(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: map[string]string{"channel_url": "https://example.org/saluran", "publisher": "PT Uji Coba"}})
	stories := fill(s, 40, "nasional", "bola", "ekonomi")
	for i := range 7 {
		s.Reads.Read(stories[len(stories)-1-3*i].ID, "Mozilla/5.0")
	}
	if err := s.Reads.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var text []string
	for i, who := range strings.Fields("petani nelayan guru perawat pedagang sopir pelajar perajin peneliti penjaga") {
		text = append(text, fmt.Sprintf("Seorang %s dari kampung ke-%d mengatakan bahwa perbaikan saluran air selesai lebih cepat daripada rencana semula, "+
			"sehingga warga dapat kembali bekerja sebelum hujan pertama turun di lereng sebelah %s.", who, i+3, []string{"timur", "barat", "utara"}[i%3]),
			fmt.Sprintf("Biaya yang tersisa sebesar Rp %d juta akan dipakai untuk memagari mata air dan menanam %d pohon di sekelilingnya.", 40+7*i, 120+31*i))
	}
	story := s.Path(s.Publish(news.Content{Headline: "Warga Lereng Selesaikan Saluran Air Lebih Cepat", Body: s.Body(text...)}))
	t.Log("page       raw  served  gzip -9  ratio  blocks  style sheet, raw and gzip -9")
	for _, p := range []struct {
		path string
		most float64
	}{{story, 1.08}, {"/", 1.07}, {"/nasional", 1.07}, {"/latest", 1.07}} {
		res := s.Get(p.path)
		one := oneStream(t, res.Body)
		ratio := float64(res.Wire) / float64(one)
		sheet := part(t, res.Body, "<style>", "</style>")
		name := p.path
		if name == story {
			name = "a story"
		}
		t.Logf("%-9s %5d  %6d  %7d  %.3f  %6d  %5d %5d", name, len(res.Body), res.Wire, one, ratio, blocks(t, s, p.path), len(sheet), oneStream(t, sheet))
		if ratio > p.most {
			t.Errorf("%s: %.3f times one stream, want at most %.2f", name, ratio, p.most)
		}
	}
}

func TestAStoryHasTheStyleSheetThatItNeeds(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	words := doc.Text("Kata")
	for name, tt := range map[string]struct {
		block doc.Block
		rule  string // that the block needs
	}{
		"a paragraph": {doc.Paragraph{Text: words}, ""},
		"a quote":     {doc.Quote{Paragraphs: []doc.Inline{words}}, ".body blockquote{"},
		"a fact box":  {doc.FactBox{Title: "Fakta", Blocks: []doc.Block{doc.Paragraph{Text: words}}}, ".fact{"},
		"a divider":   {doc.Divider{}, ".body hr{"},
	} {
		body := doc.Doc{Blocks: []doc.Block{doc.Paragraph{ID: "aaaaaaaa", Text: words}, tt.block.WithID("bbbbbbbb")}}
		html := s.Get(s.Path(s.Publish(news.Content{Headline: "Cerita dengan " + name, Body: body}))).Body
		for _, rule := range []string{".body blockquote{", ".fact{", ".body hr{", ".gallery ul{", "thead th{", ".embed a{"} {
			if has := strings.Contains(part(t, html, "<style>", "</style>"), rule); has != (tt.rule != "") {
				t.Errorf("%s: has the rule %s: %v", name, rule, has)
			}
		}
	}
}

func TestASectionPrintsTheMostReadAndFollowsTheirClock(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	stories := fill(s, 12, "nasional")
	read := func(i, times int) {
		for range times {
			s.Reads.Read(stories[i].ID, "Mozilla/5.0")
		}
		if err := s.Reads.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	first := func() string {
		return links(part(t, s.Get("/nasional").Body, `<section class="most">`, "</section>"))[0]
	}
	for i := range 5 {
		read(i, i+1)
	}
	if got, want := first(), s.Path(stories[4]); got != want {
		t.Errorf("%s is read most, want %s", got, want)
	}
	read(2, 9)
	s.Clock.Set(s.Clock.Now().Add(5 * time.Minute))
	if got, want := first(), s.Path(stories[2]); got != want {
		t.Errorf("five minutes later %s is read most, want %s", got, want)
	}
	if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, stories[2].ID, news.ReasonSARA, ""); err != nil {
		t.Fatal(err)
	}
	if got, want := first(), s.Path(stories[4]); got != want {
		t.Errorf("after a withdrawal %s is read most, want %s", got, want)
	}
}
