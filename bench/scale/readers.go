package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"warta/internal/app"
)

// archiveFiles is how many files nginx picks from: with a million it would wait
// for the disk alone.
const archiveFiles = 100_000

// fetch returns a page as it is sent with gzip. ETag, and whether it was there.
func fetch(ctx context.Context, c *http.Client, url, etag string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	res, err := c.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

// client keeps many connections open and unpacks nothing.
func client() *http.Client {
	return &http.Client{Timeout: 30 * time.Second,
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: connections}}
}

// page fetches one page that has to be there.
func (s *server) page(ctx context.Context, path string) ([]byte, error) {
	res, body, err := fetch(ctx, http.DefaultClient, s.url+path, "")
	if err == nil && (res.StatusCode != http.StatusOK || res.Header.Get("Content-Encoding") != "gzip") {
		err = app.Unavailable("%s answers %d in %q", path, res.StatusCode, res.Header.Get("Content-Encoding"))
	}
	return body, err
}

// write stores a page where nginx finds it, in both forms.
func write(file string, packed []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	z, err := gzip.NewReader(strings.NewReader(string(packed)))
	if err != nil {
		return err
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	now := time.Now()
	for name, text := range map[string][]byte{file: plain, file + ".gz": packed} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
		if err := os.Chtimes(name, now, now); err != nil {
			return err
		}
	}
	return nil
}

// hot is row 1: one story's page again and again, beside nginx with the same
// bytes.
func (b *bench) hot(ctx context.Context, s *server, a *archive) error {
	if !b.wants("1") {
		return nil
	}
	path := a.paths[len(a.paths)/2]
	body, err := s.page(ctx, path)
	if err != nil {
		return err
	}
	root := filepath.Join(b.dir, "hot")
	if err := write(filepath.Join(root, "page.html"), body); err != nil {
		return err
	}
	limit, err := b.nginx(ctx, root)
	if err != nil {
		return err
	}
	defer limit.stop()
	b.step("one hot page of %d bytes beside nginx", len(body))
	cpus, capacity, err := b.compare(ctx, load{url: limit.url + "/page.html", server: limit}, load{url: s.url + path, server: s})
	if err != nil {
		return err
	}
	b.add("1", fmt.Sprintf("hot story page (%s; nginx %s)", micros(cpus[1]), micros(cpus[0])), ratio(capacity[1]), "0.8", "1.0")
	return nil
}

// underPublishing is row 5: the same page while a story a second is published.
func (b *bench) underPublishing(ctx context.Context, s *server, a *archive) error {
	if !b.wants("5") {
		return nil
	}
	url := s.url + a.paths[len(a.paths)/2]
	b.step("a hot page while a story a second is published")
	var quiet, busy []time.Duration
	for range b.rounds {
		l := load{url: url, server: s, seconds: b.seconds}
		r, err := l.run(ctx)
		if err != nil {
			return err
		}
		quiet = append(quiet, r.cpu)
		publishing, stop := context.WithCancel(ctx)
		var group sync.WaitGroup
		var failed error
		group.Go(func() { failed = s.publishEach(publishing, a, time.Second) })
		r, err = l.run(ctx)
		stop()
		group.Wait()
		if err != nil || failed != nil {
			return app.Unavailable("publishing under load: %v, %v", err, failed)
		}
		busy = append(busy, r.cpu)
	}
	b.add("5", "hot page while a story a second is published, CPU with the publishing", ratio(float64(median(quiet))/float64(median(busy))), "0.90", "0.97")
	return nil
}

// walk is row 6: stories from all over the archive in random order, beside nginx
// over files.
func (b *bench) walk(ctx context.Context, s *server, a *archive) error {
	if !b.wants("6") {
		return nil
	}
	b.step("%d pages of the archive for the first time", len(a.paths))
	c := client()
	var took []time.Duration
	root := filepath.Join(b.dir, "files")
	for i, p := range a.paths {
		start := time.Now()
		res, body, err := fetch(ctx, c, s.url+p, "")
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return app.Unavailable("%s answers %d", p, res.StatusCode)
		}
		took = append(took, time.Since(start))
		// The same bytes for nginx, in as many files as it shall pick from.
		for n := i; n < archiveFiles; n += len(a.paths) {
			if err := write(filepath.Join(root, fmt.Sprint(n%1000), fmt.Sprint(n)+".html"), body); err != nil {
				return err
			}
		}
	}
	b.add("6", "story page nobody asked for, p50 and p99", millis(median(took))+", "+millis(quantile(took, 0.99)), "20 ms", "5 ms")
	limit, err := b.nginx(ctx, root)
	if err != nil {
		return err
	}
	defer limit.stop()
	files := make([]string, archiveFiles)
	for n := range files {
		files[n] = fmt.Sprintf("/%d/%d.html", n%1000, n)
	}
	list := filepath.Join(b.dir, "nginx", "paths.txt")
	if err := os.WriteFile(list, []byte(lines(files)), 0o644); err != nil {
		return err
	}
	b.step("%d pages of the archive again, beside nginx over %d files", len(a.paths), archiveFiles)
	cpus, capacity, err := b.compare(ctx, load{url: limit.url, paths: list, server: limit}, load{url: s.url, paths: b.pathFile(), server: s})
	if err != nil {
		return err
	}
	b.add("6", fmt.Sprintf("%d random story pages, warm (%s; nginx %s over %d files)", len(a.paths), micros(cpus[1]), micros(cpus[0]), archiveFiles),
		ratio(capacity[1]), "1.5", "3")
	return nil
}

// weight is row 7: what an archive costs in memory, on disk and at a start.
func (b *bench) weight(_ context.Context, s *server, a *archive) error {
	if !b.wants("7") {
		return nil
	}
	n := float64(b.stories)
	b.add("7", "start to the first answer", fmt.Sprintf("%.1f s", s.ready.Seconds()), "10 s", "2 s")
	b.add("7", fmt.Sprintf("memory of the process after %d pages", len(a.paths)), fmt.Sprintf("%.0f MB", float64(resident(s.cmd.Process.Pid))/1e6), "–", "–")
	b.add("7", "database, a story", fmt.Sprintf("%.0f B", float64(size(filepath.Join(b.dir, "warta.db")))/n), "–", "–")
	return nil
}
