package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"warta/internal/app"
)

func measure(ctx context.Context, stories int, dir, database string) (c column, err error) {
	c.stories = stories
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	cfg := app.Config{Data: dir, Listen: "127.0.0.1:0", BaseURL: "http://localhost:8080", Log: "text"}
	if database != "" {
		cfg.Database = fmt.Sprintf(database, stories)
	}
	story, err := c.prepare(ctx, cfg, log)
	if err == nil {
		err = c.inside(ctx, cfg, log, story)
	}
	if err == nil {
		err = c.stored(ctx, cfg, log)
	}
	if err == nil {
		err = c.talk(ctx, cfg, log)
	}
	return c, err
}

// inside measures what needs no start and no stop.
func (c *column) inside(ctx context.Context, cfg app.Config, log *slog.Logger, story int64) error {
	core, err := app.Open(ctx, cfg, log, nil)
	if err != nil {
		return err
	}
	defer core.Close()
	a, err := app.New(ctx, core, nil)
	if err != nil {
		return err
	}
	defer a.Engine.Close()
	last, err := core.DB.LastEvent(ctx)
	if err != nil {
		return err
	}
	a.Engine.Start(last)
	for _, step := range []func(context.Context, *app.App) error{c.warm, c.cold, c.fragment, c.publish, c.search} {
		if err := step(ctx, a); err != nil {
			return err
		}
	}
	return c.room(ctx, a, story)
}

// prepare makes the archive and what the newsroom has beside it, and returns the
// story with many versions.
func (c *column) prepare(ctx context.Context, cfg app.Config, log *slog.Logger) (story int64, err error) {
	core, err := app.Open(ctx, cfg, log, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	if err := c.fill(ctx, core); err != nil {
		return 0, err
	}
	return c.stock(ctx, core)
}

// fill makes the archive, unless an earlier run left it, and measures the
// import through the real write path: all of it, and the last thousand.
func (c *column) fill(ctx context.Context, core *app.Core) error {
	start := time.Now()
	var tail time.Time
	tailFrom := 0
	made, err := core.FillArchive(ctx, c.stories, 1, func(done, total int) {
		if tail.IsZero() && done >= total-1000 {
			tail, tailFrom = time.Now(), done
		}
	})
	if err != nil {
		return err
	}
	all, end := 0.0, 0.0
	if made > 0 {
		all = float64(made) / time.Since(start).Seconds()
		if left := made - tailFrom; left > 0 && !tail.IsZero() {
			end = float64(left) / time.Since(tail).Seconds()
		}
	}
	c.add("import, search included", "stories/s", all)
	c.add("import of the last 1,000", "stories/s", end)
	return nil
}

// paths returns addresses of stories from all over the archive.
func paths(ctx context.Context, a *app.App, n int) ([]string, error) {
	r := rand.New(rand.NewPCG(1, 2))
	all, err := samplePaths(ctx, a, n, r.Float64)
	if err == nil && len(all) == 0 {
		err = app.Unavailable("the archive holds no story")
	}
	return all, err
}

// warm measures a story page that is ready: inside the engine, and through the
// whole handler.
func (c *column) warm(ctx context.Context, a *app.App) error {
	list, err := paths(ctx, a, 1)
	if err != nil {
		return err
	}
	handler, path := a.Handler(), list[0]
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost:8080"+path, nil)
	req.Header.Set("Accept-Encoding", "gzip")
	w := &discard{header: http.Header{}}
	handler.ServeHTTP(w, req)
	if w.status != http.StatusOK {
		return app.Unavailable("%s answers %d", path, w.status)
	}
	engine := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			resp, err := a.Engine.Get(ctx, path, 0)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := resp.WriteBody(io.Discard, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	whole := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			clear(w.header)
			handler.ServeHTTP(w, req)
		}
	})
	c.add("warm story page, engine", "ns", float64(engine.NsPerOp()))
	c.add("warm story page, engine", "allocations", float64(engine.AllocsPerOp()))
	c.add("warm story page, whole handler", "ns", float64(whole.NsPerOp()))
	c.add("warm story page, whole handler", "allocations", float64(whole.AllocsPerOp()))
	return nil
}

// discard is a ResponseWriter that keeps nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// coldPages is how many pages stand for the cold ones.
const coldPages = 300

// cold measures story pages that nobody has asked for: query, template,
// compression.
func (c *column) cold(ctx context.Context, a *app.App) error {
	list, err := paths(ctx, a, coldPages)
	if err != nil {
		return err
	}
	var took []time.Duration
	for _, p := range list[1:] { // the first one is warm, see warm
		start := time.Now()
		if _, err := a.Engine.Get(ctx, p, 0); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	c.add("cold story page, median", "µs", micros(took[len(took)/2]))
	c.add("cold story page, 95th percentile", "µs", micros(took[len(took)*95/100]))
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// fragment measures the module below every story of a section.
func (c *column) fragment(ctx context.Context, a *app.App) error {
	res := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if err := renderTail(ctx, a, "nasional"); err != nil {
				b.Fatal(err)
			}
		}
	})
	c.add("render of the list below a story", "µs", float64(res.NsPerOp())/1000)
	return nil
}

// publish measures one publication until the front page and an old story show
// it, and the work that it costs.
func (c *column) publish(ctx context.Context, a *app.App) error {
	old, err := paths(ctx, a, 20)
	if err != nil {
		return err
	}
	look := append([]string{"/", "/nasional"}, old...)
	for _, p := range look {
		if _, err := a.Engine.Get(ctx, p, 0); err != nil {
			return err
		}
	}
	const rounds = 10
	var took []time.Duration
	before := a.Engine.Stats()
	for i := range rounds {
		start := time.Now()
		if err := publish(ctx, a, fmt.Sprintf("Berita Uji Nomor %d dari Pengukuran", i+1)); err != nil {
			return err
		}
		for _, p := range look {
			if _, err := a.Engine.Get(ctx, p, 0); err != nil {
				return err
			}
		}
		took = append(took, time.Since(start))
	}
	after := a.Engine.Stats()
	slices.Sort(took)
	c.add("publish until 22 pages show it, median", "ms", micros(took[rounds/2])/1000)
	c.add("pages rendered for one publication", "pages", float64(after.PageRenders-before.PageRenders)/rounds)
	c.add("pieces rendered for one publication", "pieces", float64(after.PieceRenders-before.PieceRenders)/rounds)
	return nil
}

// search measures the first page of results, newest first.
func (c *column) search(ctx context.Context, a *app.App) error {
	var took []time.Duration
	for _, q := range []string{"banjir", "harga beras", "sekolah", "jalan tol", "pasar", "rumah sakit", "pertandingan", "\"kereta api\"", "warga desa", "ekspor"} {
		for range 5 {
			start := time.Now()
			if err := search(ctx, a, q); err != nil {
				return err
			}
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	c.add("search, newest first, median", "µs", micros(took[len(took)/2]))
	c.add("search, newest first, slowest of 50", "µs", micros(took[len(took)-1]))
	return nil
}
