package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"warta/internal/app"
	"warta/internal/doc"
	"warta/internal/web/newsroom"
)

// call sends JSON as the newsroom's scripts do.
func (s *server) call(ctx context.Context, a *archive, path string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	method := http.MethodPost
	if body == nil {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+newsroom.Prefix+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.AddCookie(&http.Cookie{Name: newsroom.Cookie, Value: a.cookie})
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = app.Unavailable("%s answers %d: %.300s", path, res.StatusCode, answer)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(answer, out)
	}
	return err
}

// write writes a story of one paragraph, which is not public yet.
func (s *server) write(ctx context.Context, a *archive, section int64, headline string) (id int64, err error) {
	var made struct{ ID int64 }
	if err := s.call(ctx, a, "/stories", map[string]any{"headline": headline, "section": section}, &made); err != nil {
		return 0, err
	}
	draft := fmt.Sprintf("/stories/%d/draft", made.ID)
	var d struct{ Seq int64 }
	if err := s.call(ctx, a, draft, nil, &d); err != nil {
		return 0, err
	}
	block := doc.RandomIDs()()
	paragraph := map[string]any{"type": "paragraph", "attrs": map[string]any{"id": block},
		"content": []any{map[string]any{"type": "text", "text": "Isi berita untuk pengukuran."}}}
	return made.ID, s.call(ctx, a, draft, map[string]any{"base": d.Seq, "blocks": []any{paragraph}, "order": []string{block},
		"fields": map[string]any{"standfirst": "Ringkasan untuk pengukuran."}}, nil)
}

// publish makes a story public; it returns when the server has acknowledged it.
func (s *server) publish(ctx context.Context, a *archive, id int64) error {
	return s.call(ctx, a, fmt.Sprintf("/stories/%d/publish", id), map[string]any{"note": ""}, nil)
}

// publishEach publishes a story every so often until ctx ends.
func (s *server) publishEach(ctx context.Context, a *archive, every time.Duration) error {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for n := 1; ; n++ {
		id, err := s.write(ctx, a, a.sections[rand.IntN(len(a.sections))], fmt.Sprintf("Kabar Beban Nomor %d", n))
		if err == nil {
			err = s.publish(ctx, a, id)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// publications is how many stories are published and looked for; watchers is how
// many readers look at once.
const (
	publications = 10
	watchers     = 8
)

// visible is row 3: after the acknowledgement of a publication, how long pages
// from all over the archive take to show it, each asked for until it does.
func (b *bench) visible(ctx context.Context, s *server, a *archive) error {
	full := load{url: s.url + a.paths[0], server: s, seconds: b.seconds}
	most, err := full.run(ctx)
	if err != nil {
		return err
	}
	b.step("publish until pages from all over the archive show it, under half the load (%.0f a second)", most.rate/2)
	stop, err := besides(ctx, full.url, int(most.rate/2))
	if err != nil {
		return err
	}
	took, err := b.publishAndWatch(ctx, s, a)
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	p99 := quantile(took, 0.99)
	b.add("3", "publish to visible under half the load, p50", millis(median(took)), "–", "–")
	b.grows("3", "publish to visible under half the load, p99", millis(p99), float64(p99), "250 ms", "50 ms")
	return nil
}

// publishAndWatch publishes stories and returns how long each page took to show
// them.
func (b *bench) publishAndWatch(ctx context.Context, s *server, a *archive) (took []time.Duration, err error) {
	for n := range publications {
		// The front page and that of its section; below a story stands what is new
		// everywhere, since the archive's settings say so.
		section := n % len(a.sections)
		pages := append(append([]string{"/", a.fronts[1+section]}, a.newest...), a.oldest...)
		for range min(1000, len(a.paths)) {
			pages = append(pages, a.paths[rand.IntN(len(a.paths))])
		}
		headline := fmt.Sprintf("Kabar Terukur %d-%d", n, time.Now().UnixNano())
		id, err := s.write(ctx, a, a.sections[section], headline)
		if err != nil {
			return nil, err
		}
		if err := s.publish(ctx, a, id); err != nil {
			return nil, err
		}
		list, err := s.watch(ctx, pages, headline)
		if err != nil {
			return nil, err
		}
		took = append(took, list...)
	}
	return took, nil
}

// work is row 4: what one publication has the server do until the front page, its
// section and twenty stories from all over the archive show it.
func (b *bench) work(ctx context.Context, s *server, a *archive) error {
	b.step("the work of a publication")
	var pages, pieces, bytes float64
	for n := range 2 * publications {
		section := n % len(a.sections)
		headline := fmt.Sprintf("Kabar Tertimbang %d-%d", n, time.Now().UnixNano())
		id, err := s.write(ctx, a, a.sections[section], headline)
		if err != nil {
			return err
		}
		before, err := s.scrape(ctx)
		if err != nil {
			return err
		}
		wrote := written(s.cmd.Process.Pid)
		if err := s.publish(ctx, a, id); err != nil {
			return err
		}
		watched := append([]string{"/", a.fronts[1+section]}, a.newest[:10]...)
		if _, err := s.watch(ctx, append(watched, a.oldest[:10]...), headline); err != nil {
			return err
		}
		after, err := s.scrape(ctx)
		if err != nil {
			return err
		}
		if n < publications {
			continue // the first ones ask for pages that nobody had asked for
		}
		pages += after.since(before, "warta_page_renders_total")
		pieces += after.since(before, "warta_piece_renders_total")
		bytes += float64(written(s.cmd.Process.Pid) - wrote)
	}
	b.add("4", "work of a publication: pages and pieces rendered", fmt.Sprintf("%.1f, %.1f", pages/publications, pieces/publications), "1.5×", "1.1×")
	b.grows("4", "work of a publication: pages and pieces rendered, together", fmt.Sprintf("%.1f", (pages+pieces)/publications), pages+pieces, "1.5×", "1.1×")
	b.grows("4", "work of a publication: written to disk", fmt.Sprintf("%.0f kB", bytes/publications/1e3), bytes, "1.5×", "1.1×")
	return nil
}

// watch asks for pages until each shows the headline, and returns how long each
// took from when it was first asked for.
func (s *server) watch(ctx context.Context, pages []string, headline string) (took []time.Duration, err error) {
	work, c := make(chan string), client()
	var mu sync.Mutex
	var group sync.WaitGroup
	var failed []error
	for range watchers {
		group.Go(func() {
			for p := range work {
				d, err := s.until(ctx, c, p, headline)
				mu.Lock()
				took, failed = append(took, d), append(failed, err)
				mu.Unlock()
			}
		})
	}
	for _, p := range pages {
		work <- p
	}
	close(work)
	group.Wait()
	return took, errors.Join(failed...)
}

// until asks for a page until it holds the text.
func (s *server) until(ctx context.Context, c *http.Client, path, text string) (time.Duration, error) {
	for start := time.Now(); ; {
		res, body, err := fetch(ctx, c, s.url+path, "")
		if err != nil {
			return 0, err
		}
		took := time.Since(start)
		if res.StatusCode != http.StatusOK {
			return 0, app.Unavailable("%s answers %d", path, res.StatusCode)
		}
		plain, err := unpack(body)
		if err != nil {
			return 0, err
		}
		if bytes.Contains(plain, []byte(text)) {
			return took, nil
		}
		if took > 30*time.Second {
			return 0, app.Unavailable("%s does not show %q after %v", path, text, took)
		}
	}
}
