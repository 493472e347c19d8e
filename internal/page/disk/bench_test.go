package disk

import (
	"fmt"
	"testing"

	"warta/internal/page"
)

// BenchmarkPageFromDisk is a page of the archive that only the disk has: a read
// of what the system has cached, and all that comes after it.
func BenchmarkPageFromDisk(b *testing.B) {
	const pages = 2000
	p := newPaper()
	s := begun(b, b.TempDir(), Options{})
	e := p.engine(b, s, page.Options{PageBytes: 1})
	keys := make([]string, pages)
	for i := range keys {
		keys[i] = fmt.Sprint("/", i)
		body(b, e, keys[i], 0)
	}
	wait(b, "all are written", func() bool { return s.Stats().Records == pages })
	renders := e.Stats().PageRenders
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := e.Get(b.Context(), keys[i%pages], 0); err != nil {
			b.Fatal(err)
		}
		i++
	}
	if n := e.Stats().PageRenders; n != renders {
		b.Errorf("%d pages were rendered", n-renders)
	}
}

func BenchmarkRead(b *testing.B) {
	s := begun(b, b.TempDir(), Options{})
	r := record(s, "p/nasional/2026/11/23/55/judul", string(make([]byte, 4500)), "story:1", "section:2", "settings", "sections", "person:1", "person:2", "topic:4", "picture:8")
	write(b, s, r)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Read(r.Key, false); !ok {
			b.Fatal("it is not there")
		}
	}
}
