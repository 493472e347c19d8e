package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"warta/internal/app"
	"warta/internal/page"
	"warta/internal/web"
)

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

// get fetches what has to be there.
func (s *server) get(ctx context.Context, c *http.Client, path string) ([]byte, error) {
	res, body, err := fetch(ctx, c, s.url+path, "")
	if err == nil && res.StatusCode != http.StatusOK {
		err = app.Unavailable("%s answers %d", path, res.StatusCode)
	}
	return body, err
}

// page fetches one page that has to be there.
func (s *server) page(ctx context.Context, path string) ([]byte, error) {
	res, body, err := fetch(ctx, http.DefaultClient, s.url+path, "")
	if err == nil && (res.StatusCode != http.StatusOK || res.Header.Get("Content-Encoding") != "gzip") {
		err = app.Unavailable("%s answers %d in %q", path, res.StatusCode, res.Header.Get("Content-Encoding"))
	}
	return body, err
}

// write stores a page where nginx finds it for those who take gzip, and that is
// who asks here.
func write(file string, packed []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file+".gz", packed, 0o644)
}

// unpack returns a page as a browser sees it.
func unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// besideNginx asks for a page again and again, in turns with nginx, which has the
// same bytes in a file, and returns what each took, nginx first.
func (b *bench) besideNginx(ctx context.Context, s *server, path string, body []byte) ([]rounds, error) {
	limit, url, err := b.onePage(ctx, body)
	if err != nil {
		return nil, err
	}
	defer limit.stop()
	return b.compare(ctx, load{url: url, server: limit}, load{url: s.url + path, server: s})
}

// onePage starts an nginx that has one page in a file.
func (b *bench) onePage(ctx context.Context, body []byte) (s *server, url string, err error) {
	root := filepath.Join(b.dir, "hot")
	if err := write(filepath.Join(root, "page.html"), body); err != nil {
		return nil, "", err
	}
	if s, err = b.nginx(ctx, root); err != nil {
		return nil, "", err
	}
	return s, s.url + "/page.html", nil
}

// hot is row 1: one story's page again and again, beside nginx with the same
// bytes.
func (b *bench) hot(ctx context.Context, s *server, a *archive) error {
	path := a.paths[0]
	body, err := s.page(ctx, path)
	if err != nil {
		return err
	}
	b.step("one hot page of %d bytes beside nginx", len(body))
	got, err := b.besideNginx(ctx, s, path, body)
	if err != nil {
		return err
	}
	b.add("1", "hot story page against nginx", got[1].against(got[0]), "0.8", "1.0")
	b.grows("1", "hot story page, CPU a request", micros(got[1].cpu), float64(got[1].cpu), "–", "–")
	return nil
}

// sessions is how many members have a cookie of their own.
const sessions = 100_000

// members is row 2: the same page for readers with a class, each with a cookie of
// his own, beside the same page for others.
func (b *bench) members(ctx context.Context, s *server, a *archive) error {
	path := a.paths[0]
	now, instant := time.Now(), time.Time{}
	classes := web.NewClasses(a.classes, func() time.Time { return instant })
	// Others have cookies too, as long as these, that say nothing to us: so both ask
	// in the same rhythm and send as much.
	cookies, others := make([]string, sessions), make([]string, sessions)
	for i := range cookies {
		instant = now.Add(-time.Duration(i%36_000) * time.Second) // signed in the last ten hours
		c := classes.Cookie(page.Registered|page.AdFree, int64(i+1))
		cookies[i] = web.ReaderCookie + "=" + rand.Text() + "; " + c.Name + "=" + c.Value
		others[i] = "x=" + strings.Repeat(rand.Text(), 10)[:len(cookies[i])-2]
	}
	list, strangers, one := filepath.Join(b.dir, "members.txt"), filepath.Join(b.dir, "strangers.txt"), filepath.Join(b.dir, "one.txt")
	err := errors.Join(os.WriteFile(list, []byte(lines(cookies)), 0o600), os.WriteFile(strangers, []byte(lines(others)), 0o600), os.WriteFile(one, []byte(path+"\n"), 0o644))
	if err != nil {
		return err
	}
	b.step("one hot page for %d members, each with a cookie of his own", sessions)
	got, err := b.compare(ctx, load{url: s.url, paths: one, cookies: strangers, server: s}, load{url: s.url, paths: one, cookies: list, server: s})
	if err != nil {
		return err
	}
	b.add("2", "member's page against the anonymous one", got[1].against(got[0]), "0.90", "0.95")
	return nil
}

// underPublishing is row 5: the same page while a story a second is published.
func (b *bench) underPublishing(ctx context.Context, s *server, a *archive) error {
	url := s.url + a.paths[0]
	b.step("a hot page while a story a second is published")
	var ratios []float64
	for range b.rounds {
		l := load{url: url, server: s, seconds: b.seconds}
		quiet, err := l.run(ctx)
		if err != nil {
			return err
		}
		publishing, stop := context.WithCancel(ctx)
		var group sync.WaitGroup
		var failed error
		group.Go(func() { failed = s.publishEach(publishing, a, time.Second) })
		busy, err := l.run(ctx)
		stop()
		group.Wait()
		if err != nil || failed != nil {
			return app.Unavailable("publishing under load: %v, %v", err, failed)
		}
		ratios = append(ratios, float64(quiet.cpu)/float64(busy.cpu))
	}
	b.add("5", "hot page while a story a second is published", ratio(median(ratios)), "0.90", "0.97")
	return nil
}

// insecure talks to a server whose certificate nobody has signed.
var insecure = &http.Client{Timeout: 30 * time.Second,
	Transport: &http.Transport{DisableCompression: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
