package disk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
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

// archive is a page.Source with many long pages and two lists that they share, the way a
// newsroom's stories have them.
type archive struct{}

func (a *archive) Page(_ context.Context, key string) (page.Rendering, error) {
	random := rand.New(rand.NewPCG(1, uint64(len(key))*31+uint64(key[len(key)-1])))
	var text strings.Builder
	for range 900 {
		fmt.Fprintf(&text, "%x ", random.Uint32N(1<<20))
	}
	h := page.NewHoles()
	all := text.String()
	id := key[strings.LastIndexByte(key, '/')+1:]
	body := all[:2000] + h.Put(page.Hole{Module: "top", Params: "plain|nasional"}) + all[2000:] + h.Put(page.Hole{Module: "tail", Without: id}) + "</html>"
	tags := []string{"settings", "sections", "ads:layout", "discussion", "discussion-section:1", "discussion-story:" + id, "story:" + id,
		"person-name:2", "person-name:28", "picture:32", "story:97476", "story:97709", "story:97714", "topic-name:1", "topic-name:2"}
	return page.Rendering{Body: []byte(body), Holes: h, Tags: tags}, nil
}

func (a *archive) Module(_ context.Context, h page.Hole) (page.Rendering, error) {
	return page.Rendering{Body: []byte(strings.Repeat(h.Module+" <a href=x>abc</a>", 300)), Tags: []string{"list:" + h.Module}}, nil
}

// BenchmarkLent is a page of the archive that is asked for once, as the reader's
// fast path puts it together, while somebody else asks as well.
func BenchmarkLent(b *testing.B) {
	const pages, batch = 24_000, 48
	s := begun(b, b.TempDir(), Options{Limit: 1 << 30})
	e := page.New(&archive{}, page.Options{PageBytes: 1, Store: s, Own: func(string) bool { return false }})
	b.Cleanup(e.Close)
	e.Start(1)
	keys := make([]string, pages)
	for i := range keys {
		keys[i] = fmt.Sprintf("/nasional/2018/08/12/%d/tak-perlu-fotokopi-lagi-perpanjangan-izin-usaha-di-323-daerah-ditargetkan", i)
	}
	for i := 0; i < pages; i += batch { // no faster than the disk keeps up
		var group sync.WaitGroup
		for _, key := range keys[i : i+batch] {
			group.Go(func() {
				if _, err := e.Get(b.Context(), key, 0); err != nil {
					b.Error(err)
				}
			})
		}
		group.Wait()
		wait(b, "they are written", func() bool { return s.Stats().Writes >= uint64(i+batch) })
	}
	rand.Shuffle(pages, func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	var missed, answers atomic.Int64
	ask := func(i int, out []byte) []byte {
		r, ok := e.Ready(keys[i%pages], 0)
		if !ok {
			missed.Add(1)
			return out
		}
		defer r.Release()
		out = r.AppendHeader(out[:0], page.Gzip)
		out, _ = r.Append(out, page.Gzip)
		return out
	}
	ended := make(chan struct{})
	ctx, stop := context.WithCancel(b.Context())
	go func() {
		defer close(ended)
		var out []byte
		for i := pages / 2; ctx.Err() == nil; i++ {
			out = ask(i, out)
			answers.Add(1)
		}
	}()
	b.ReportAllocs()
	var out []byte
	i := 0
	for b.Loop() {
		out = ask(i, out)
		i++
	}
	stop()
	<-ended
	b.SetBytes(int64(len(out)))
	b.ReportMetric(float64(missed.Load())/float64(b.N), "missed/op")
}
