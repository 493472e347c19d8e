package page

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// words is text of n bytes that compresses about as well as a news page.
func words(random *rand.Rand, n int) string {
	vocabulary := strings.Fields(`<p> </p> <a href="/nasional/2026/01/02/12345/ "> </a> <li class="item">
		presiden menteri rapat anggaran kota warga hujan banjir jalan gempa pasar harga beras naik turun
		tim laga gol pemain kata dalam yang dan untuk dengan pada hari ini tahun lalu dari oleh akan`)
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(vocabulary[random.IntN(len(vocabulary))])
		fmt.Fprintf(&b, " %d ", random.IntN(500))
	}
	return b.String()[:n]
}

// storyPage is an engine with one page of about the size of a story page, and
// six live modules in it.
func storyPage(b *testing.B) *Engine {
	random := rand.New(rand.NewPCG(15, 16))
	stories := rand.New(rand.NewPCG(17, 18))
	k := newKitchen(b)
	var holes []Hole
	for i := range 6 {
		module := fmt.Sprintf("module%d", i)
		var tags []string
		for range 12 { // stories, some of which stand in several modules
			tags = append(tags, fmt.Sprintf("story:%d", 100_000+stories.IntN(80)))
		}
		k.set(module, words(random, 1_500), tags...)
		holes = append(holes, Hole{Module: module})
	}
	k.page("/story", words(random, 8_000), holes, "story:1", "section:2", "person:3")
	e := k.start(Options{SharedAge: 300e9})
	if _, err := e.Get(b.Context(), "/story", 0); err != nil {
		b.Fatal(err)
	}
	return e
}

func BenchmarkWarmPage(b *testing.B) {
	e := storyPage(b)
	b.ReportAllocs()
	for b.Loop() {
		r, err := e.Get(b.Context(), "/story", 0)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.WriteBody(io.Discard, Gzip); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWarmPageAfterAnAnnouncementOfSomethingElse(b *testing.B) {
	e := storyPage(b)
	tags := []string{"story:9"}
	b.ReportAllocs()
	for b.Loop() {
		e.Announce(1, tags, false)
		if _, err := e.Get(b.Context(), "/story", 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJoin(b *testing.B) {
	e := storyPage(b)
	s, _ := e.pages.cache.GetIfPresent("/story")
	b.ReportAllocs()
	for b.Loop() {
		s.views[0].Store(nil)
		if _, err := e.Get(b.Context(), "/story", 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnnounceTenTags(b *testing.B) {
	e := storyPage(b)
	tags := make([]string, 10)
	for seq := int64(0); b.Loop(); seq++ {
		for i := range tags {
			tags[i] = fmt.Sprintf("story:%d", seq+int64(i))
		}
		e.Announce(seq, tags, false)
	}
}

func BenchmarkTakedownAmongThousandPages(b *testing.B) {
	k := newKitchen(b)
	k.set("latest", "news")
	e := k.start(Options{})
	for i := range 1000 {
		key := fmt.Sprintf("/%d", i)
		k.page(key, "x", []Hole{{Module: "latest"}}, strings.Fields(fmt.Sprintf("story:%d section:1 topic:2 topic:3 person:4", i))...)
		if _, err := e.Get(b.Context(), key, 0); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		e.Announce(1, []string{"comment:1"}, true)
	}
}

func BenchmarkCompress(b *testing.B) {
	random := rand.New(rand.NewPCG(17, 18))
	for _, size := range []int{100, 3_000, 17_000} {
		b.Run(fmt.Sprintf("%d bytes", size), func(b *testing.B) {
			raw := []byte(words(random, size))
			var p press
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := p.block(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPlainBody(b *testing.B) {
	e := storyPage(b)
	r, err := e.Get(b.Context(), "/story", 0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.WriteBody(io.Discard, Identity); err != nil {
			b.Fatal(err)
		}
	}
}
