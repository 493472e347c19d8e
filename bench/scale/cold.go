package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Bounds of row 6: how many files nginx picks from, how many readers walk
// through the archive at first, and how often and how long a cold archive is
// asked.
const (
	archiveFiles = 100_000
	walkers      = 4
	coldRate     = 200
	coldFor      = 60 * time.Second
)

// walk is row 6: stories from all over the archive in random order, beside nginx
// over files.
func (b *bench) walk(ctx context.Context, s *server, a *archive) error {
	if err := b.first(ctx, s, a); err != nil {
		return err
	}
	root := filepath.Join(b.dir, "files")
	files, err := b.files(ctx, s, a, root)
	if err != nil {
		return err
	}
	list := filepath.Join(b.dir, "files.txt")
	if err := os.WriteFile(list, []byte(lines(files)), 0o644); err != nil {
		return err
	}
	limit, err := b.nginx(ctx, root)
	if err != nil {
		return err
	}
	defer limit.stop()
	loop, err := b.yardstick(ctx, s, a)
	if err != nil {
		return err
	}
	defer loop.stop()
	syscall.Sync() // what was just written is not written back meanwhile
	if err := recall(root, filepath.Join(b.dir, "pages")); err != nil {
		return err
	}
	b.step("%d pages of the archive, beside nginx over %d files", len(a.paths), len(files))
	got, err := b.compare(ctx, load{url: limit.url, paths: list, server: limit}, load{url: s.url, paths: b.pathFile(), server: s}, load{url: loop.url, paths: b.pathFile(), server: loop})
	if err != nil {
		return err
	}
	b.add("6", "random story pages, warm, against nginx over files", got[1].against(got[0]), "1.5", "3")
	b.add("6", "the same bytes by a loop that does nothing else, against nginx", got[2].against(got[0]), "–", "–")
	b.grows("6", "random story page, CPU a request", micros(got[1].cpu), float64(got[1].cpu), "–", "–")
	return b.cold(ctx, s, a)
}

// yardstick starts a loop that serves records as long as those of the page store in
// answers as long as the server's.
func (b *bench) yardstick(ctx context.Context, s *server, a *archive) (*server, error) {
	got, err := s.scrape(ctx)
	if err != nil {
		return nil, err
	}
	sample, answer := a.paths[:min(len(a.paths), 100)], 0
	for _, p := range sample {
		res, body, err := fetch(ctx, http.DefaultClient, s.url+p, "")
		if err != nil {
			return nil, err
		}
		answer += len(body)
		for name, values := range res.Header {
			for _, v := range values {
				answer += len(name) + len(": \r\n") + len(v)
			}
		}
	}
	return b.startLoop(ctx, len(a.paths), int(got["warta_store_bytes"]/max(got["warta_store_records"], 1)), answer/len(sample))
}

// recall reads all files below the folders, so that the system remembers them: what
// is asked for is warm, for both sides alike.
func recall(dirs ...string) error {
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = io.Copy(io.Discard, f)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// first asks for every page of the sample once.
func (b *bench) first(ctx context.Context, s *server, a *archive) error {
	b.step("%d pages of the archive for the first time", len(a.paths))
	before, err := s.scrape(ctx)
	if err != nil {
		return err
	}
	used := cpu(s.cmd.Process.Pid)
	took, err := each(ctx, walkers, a.paths, func(c *http.Client, p string) error {
		_, err := s.get(ctx, c, p)
		return err
	})
	if err != nil {
		return err
	}
	after, err := s.scrape(ctx)
	if err != nil {
		return err
	}
	rendered := max(after.since(before, "warta_page_renders_total"), 1)
	each := (cpu(s.cmd.Process.Pid) - used) / time.Duration(len(took))
	b.add("6", fmt.Sprintf("story page nobody asked for, p50 and p99 of %d readers at once", walkers), millis(median(took))+", "+millis(quantile(took, 0.99)), "–", "–")
	if rendered > float64(len(took))/2 { // an earlier run may have left them on disk
		b.grows("6", "story page nobody asked for, CPU a page", micros(each), float64(each), "–", "–")
	}
	return nil
}

// each calls do for every item, by so many at once, and returns how long each
// took. The first error ends it.
func each(ctx context.Context, workers int, items []string, do func(*http.Client, string) error) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work, c := make(chan string), client()
	var mu sync.Mutex
	var group sync.WaitGroup
	var took []time.Duration
	for range workers {
		group.Go(func() {
			for item := range work {
				start := time.Now()
				err := do(c, item)
				d := time.Since(start)
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				took = append(took, d)
				mu.Unlock()
			}
		})
	}
	for _, item := range items {
		select {
		case work <- item:
		case <-ctx.Done():
		}
	}
	close(work)
	group.Wait()
	return took, context.Cause(ctx)
}

// cold starts the server anew, has the system forget what it knows of the disk,
// and asks for pages at a steady rate, each for the first time.
func (b *bench) cold(ctx context.Context, s *server, a *archive) error {
	if err := b.again(ctx, s); err != nil {
		return err
	}
	b.grows("7", "start to the first answer, page store filled", fmt.Sprintf("%.2f s", s.ready.Seconds()), s.ready.Seconds(), "10 s", "2 s")
	forgot := "the system's memory of the disk included"
	if err := os.WriteFile("/proc/sys/vm/drop_caches", []byte("1"), 0); err != nil {
		forgot = "but not the system's memory of the disk"
	}
	b.step("cold pages, %d a second (the server has forgotten all, %s)", coldRate, forgot)
	if _, err := s.page(ctx, a.paths[len(a.paths)-1]); err != nil { // makes what all pages share
		return err
	}
	before, err := s.scrape(ctx)
	if err != nil {
		return err
	}
	n := min(len(a.paths)-1, int(coldFor.Seconds())*coldRate)
	took, err := steady(ctx, coldRate, a.paths[:n], func(c *http.Client, p string) error {
		_, err := s.get(ctx, c, p)
		return err
	})
	if err != nil {
		return err
	}
	after, err := s.scrape(ctx)
	if err != nil {
		return err
	}
	b.add("6", fmt.Sprintf("cold page, %d a second, p50 and p99", coldRate), millis(median(took))+", "+millis(quantile(took, 0.99)), "p99 20 ms", "5 ms")
	b.add("6", "cold page, reads of the page store and renderings", fmt.Sprintf("%.2f, %.2f", after.since(before, "warta_store_reads_total")/float64(n),
		after.since(before, "warta_page_renders_total")/float64(n)), "–", "1, 0")
	return nil
}

// steady calls do for every item at a steady rate, whether or not the calls
// before have ended, and returns how long each took from when it was due.
func steady(ctx context.Context, rate int, items []string, do func(*http.Client, string) error) ([]time.Duration, error) {
	took, failed := make([]time.Duration, len(items)), make([]error, len(items))
	c, start := client(), time.Now()
	var group sync.WaitGroup
	for i, item := range items {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		if ctx.Err() != nil {
			break
		}
		group.Go(func() {
			failed[i] = do(c, item)
			took[i] = time.Since(due)
		})
	}
	group.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return took, ctx.Err()
}

// files stores as many pages for nginx as it shall pick from, under their own
// addresses, and returns these in random order.
func (b *bench) files(ctx context.Context, s *server, a *archive, root string) ([]string, error) {
	files := slices.Clone(a.paths[:min(len(a.paths), archiveFiles)])
	b.step("%d files for nginx", len(files))
	_, err := each(ctx, walkers, files, func(c *http.Client, p string) error {
		body, err := s.get(ctx, c, p)
		if err != nil {
			return err
		}
		return write(filepath.Join(root, p), body)
	})
	rand.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	return files, err
}

// weight is row 7: what an archive costs in memory, on disk and at a start.
func (b *bench) weight(ctx context.Context, s *server, a *archive) error {
	got, err := s.scrape(ctx)
	if err != nil {
		return err
	}
	n := float64(b.stories)
	rss := float64(resident(s.cmd.Process.Pid))
	b.add("7", fmt.Sprintf("memory of the process after %s pages", thousands(b.pages)), fmt.Sprintf("%.0f MB", rss/1e6), "–", "–")
	b.add("7", "memory, a story", fmt.Sprintf("%.0f B", rss/n), "500 B", "200 B")
	if records := got["warta_store_records"]; records > 0 {
		b.add("7", "page store, disk a story that is in it", fmt.Sprintf("%.2f kB", got["warta_store_bytes"]/records/1e3), "6 kB", "4 kB")
		b.add("7", "page store, memory for the index a page", fmt.Sprintf("%.1f B", got["warta_store_index_bytes"]/records), "–", "–")
	}
	b.add("7", "database, a story", fmt.Sprintf("%.0f B", float64(size(filepath.Join(b.dir, "warta.db")))/n), "–", "–")
	return nil
}
