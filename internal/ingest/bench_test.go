package ingest_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/testkit/blog"
)

// wire writes n items as an agency sends them, one a line: about 300 words in
// six paragraphs, a dateline, a read-also link, two bylines, five topics. The
// same seed gives the same items.
type wire struct {
	left, next int
	rng        *rand.Rand
	words      []string
	buf        []byte
}

func newWire(n int) *wire {
	w := &wire{left: n, rng: rand.New(rand.NewPCG(1, 2))}
	syllables := strings.Fields("ka ba ru men ja di pe la tu san ra me ngan ber ki ta ma nu si an da po li gu no")
	for range 20_000 {
		var word string
		for range 2 + w.rng.IntN(3) {
			word += syllables[w.rng.IntN(len(syllables))]
		}
		w.words = append(w.words, word)
	}
	return w
}

func (w *wire) text(n int) string {
	words := make([]string, n)
	for i := range words {
		r := w.rng.Float64()
		words[i] = w.words[int(r*r*r*float64(len(w.words)))]
	}
	return strings.Join(words, " ")
}

func (w *wire) item() string {
	n := w.next
	w.next++
	body := "<p>JAKARTA, KOMPAS.com – " + w.text(50) + ".</p>"
	for range 5 {
		body += "<p>" + w.text(50) + ".</p>"
	}
	body += fmt.Sprintf("<p>Baca juga: <a href='https://lama.example/%d'>%s</a></p>", n, w.text(6))
	subjects := `{"name":"` + []string{"Nasional", "Ekonomi", "Bola", "Tekno", "Regional"}[n%5] + `"}`
	for range 4 {
		r := w.rng.Float64()
		subjects += fmt.Sprintf(`,{"name":"Topik %d"}`, int(r*r*r*2000))
	}
	return fmt.Sprintf(`{"uri":"urn:wire:%d","type":"text","version":"1","firstCreated":"%d-%02d-%02dT%02d:%02d:00+07:00","language":"id",`+
		`"headlines":[{"role":"main","value":"%s %d"}],"descriptions":[{"role":"summary","value":"%s."}],`+
		`"bodies":[{"contentType":"text/html","value":"%s"}],"by":"Orang %d dan Orang %d","infoSources":[{"name":"AFP"}],"subjects":[%s]}`+"\n",
		n, 2010+n%15, 1+n%12, 1+n%28, n%24, n%60, w.text(8), n, w.text(20), body, w.rng.IntN(2000), w.rng.IntN(2000), subjects)
}

// Read implements io.Reader.
func (w *wire) Read(p []byte) (int, error) {
	for len(w.buf) == 0 {
		if w.left == 0 {
			return 0, io.EOF
		}
		w.left--
		w.buf = []byte(w.item())
	}
	n := copy(p, w.buf)
	w.buf = w.buf[n:]
	return n, nil
}

// BenchmarkImportNinjs measures the way of an item from its text to the commit,
// on SQLite, without pictures: ns/op is one story.
func BenchmarkImportNinjs(b *testing.B) {
	p := newPlace(b)
	in := newWire(b.N)
	b.ResetTimer()
	sum, err := p.ImportNinjs(b.Context(), app.ImportInput{Paths: []string{"-"}, Stdin: in}, app.ImportOptions{}, func(app.ImportLine) {})
	p.ok(err)
	if sum.Results[news.ItemCreated] != b.N {
		b.Fatalf("%d stories went in: %+v", b.N, sum)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "stories/s")
}

// BenchmarkRepeatNinjs measures items that are in already.
func BenchmarkRepeatNinjs(b *testing.B) {
	p := newPlace(b)
	for range 2 {
		b.ResetTimer()
		_, err := p.ImportNinjs(b.Context(), app.ImportInput{Paths: []string{"-"}, Stdin: newWire(b.N)}, app.ImportOptions{}, func(app.ImportLine) {})
		p.ok(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "stories/s")
}

// Not parallel: what other tests hold would be counted.
func TestImportMemoryDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("this takes thousands of stories")
	}
	p := newPlace(t)
	const n = 4000
	var early, late uint64
	seen := 0
	_, err := p.ImportNinjs(t.Context(), app.ImportInput{Paths: []string{"-"}, Stdin: newWire(n)}, app.ImportOptions{}, func(app.ImportLine) {
		if seen++; seen%500 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			if seen <= n/2 {
				early = max(early, m.HeapAlloc)
			} else {
				late = max(late, m.HeapAlloc)
			}
		}
	})
	p.ok(err)
	if late > early+16<<20 {
		t.Errorf("the heap grew from %d to %d kB", early>>10, late>>10)
	}
}

// BenchmarkImportWXR measures the way of a post with its comments from the export
// to the commit; b.N is the number of posts.
func BenchmarkImportWXR(b *testing.B) {
	p := newPlace(b)
	name := filepath.Join(b.TempDir(), "kabar-lama.xml")
	f, err := os.Create(name)
	if err == nil {
		err = (&blog.Blog{Posts: b.N}).Write(f, 0, b.N)
	}
	if err == nil {
		err = f.Close()
	}
	p.ok(err)
	b.ResetTimer()
	sum, err := p.ImportWXR(b.Context(), app.WXRInput{Files: []string{name}}, app.ImportOptions{Section: "nasional"}, func(app.ImportLine) {})
	p.ok(err)
	if sum.Results[news.ItemCreated] != b.N {
		b.Fatalf("got %+v", sum)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}
