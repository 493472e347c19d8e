package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
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
	if !b.wants("3") {
		return nil
	}
	b.step("publish until pages from all over the archive show it")
	var took []time.Duration
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
			return err
		}
		if err := s.publish(ctx, a, id); err != nil {
			return err
		}
		list, err := s.watch(ctx, pages, headline)
		if err != nil {
			return err
		}
		took = append(took, list...)
	}
	b.add("3", fmt.Sprintf("publish to visible on %d pages, p50 and p99", len(took)/publications), millis(median(took))+", "+millis(quantile(took, 0.99)), "250 ms", "50 ms")
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
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		plain, err := io.ReadAll(z)
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

// search is row 10: the newest matches, through the search page.
func (b *bench) search(ctx context.Context, s *server, _ *archive) error {
	if !b.wants("10") {
		return nil
	}
	b.step("search")
	var took []time.Duration
	c := client()
	words := []string{"banjir", "harga beras", "sekolah", "jalan tol", "pasar", "rumah sakit", "pertandingan", "%22kereta api%22", "warga desa", "ekspor"}
	for n := range 30 {
		for _, q := range words {
			start := time.Now()
			// A number that no story holds, excluded, makes each query a new one.
			res, _, err := fetch(ctx, c, s.url+"/search?q="+queryOf(q, n), "")
			if err != nil {
				return err
			}
			if res.StatusCode != http.StatusOK {
				return app.Unavailable("the search for %s answers %d", q, res.StatusCode)
			}
			took = append(took, time.Since(start))
		}
	}
	b.add("10", "search page, one to three words, p50 and p99", millis(median(took))+", "+millis(quantile(took, 0.99)), "p99 200 ms", "10 ms, 50 ms")
	return nil
}

// queryOf returns a query for the words that nobody asked before.
func queryOf(words string, n int) string {
	return strings.ReplaceAll(words, " ", "+") + fmt.Sprintf("+-uji%d", n)
}
