package crash_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"warta/internal/app"
)

// pair is what was asked for, and what came.
type pair struct {
	wish   wish
	answer answer
}

// twin renders what readers were sent once more: in this process, by an App that
// is made for one request, without a page store and without the fast way. Of the
// server's files it has the database and the pictures as they came in; smaller
// ones it makes by itself.
type twin struct {
	t     *testing.T
	w     *warta
	room  *pressroom
	tally *tally
	queue chan pair // never waited for: a reader would ask less while it is full
	data  string
	last  *http.Client
}

func newTwin(t *testing.T, w *warta, room *pressroom, tally *tally) *twin {
	return &twin{t: t, w: w, room: room, tally: tally, queue: make(chan pair, 4096), data: t.TempDir(),
		last: &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}}
}

// judge compares what is in the queue until it is closed.
func (x *twin) judge() {
	for p := range x.queue {
		if err := x.compare(p); err != nil {
			x.tally.wrong("%s (class %d, gzip %v, head %v, condition %q): %v", p.wish.path, p.wish.class, p.wish.gzip, p.wish.head, p.wish.etag, err)
		}
	}
}

// settleWithin is how long a server may take to show what it has acknowledged.
const settleWithin = 2 * time.Second

// compare holds an answer against a fresh rendering. Something may have been
// published in between. So if they differ, the server is asked once more: if it
// still says the same, or something that differs from the rendering as well, the
// newsroom is made to pause, and then both have to say the same.
func (x *twin) compare(p pair) error {
	fresh, err := x.render(p.wish)
	if err != nil {
		return err
	}
	if same(p.answer, fresh) == "" {
		x.tally.count("compared, the same at once")
		return nil
	}
	x.room.pause.Lock()
	defer x.room.pause.Unlock()
	for start := time.Now(); ; time.Sleep(settleWithin / 4) {
		before, err := x.ask(p.wish)
		if err != nil {
			return err
		}
		if fresh, err = x.render(p.wish); err != nil {
			return err
		}
		after, err := x.ask(p.wish)
		if err != nil {
			return err
		}
		diff := same(before, fresh)
		if diff == "" {
			x.tally.count("compared, the same while nothing was published")
			return nil
		}
		if time.Since(start) > settleWithin && same(before, after) == "" {
			return fmt.Errorf("it is not what is rendered anew: %s", diff)
		}
	}
}

// ask asks the server.
func (x *twin) ask(w wish) (answer, error) {
	return fetch(x.last, w.request(x.w.url(), x.room.site.cookies[w.class]))
}

// render answers a request out of nothing but the database and the originals.
func (x *twin) render(w wish) (_ answer, err error) {
	if strings.HasPrefix(w.path, "/media/") {
		if err := x.share(); err != nil {
			return answer{}, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cfg := configuration(x.w)
	cfg.Data, cfg.Database, cfg.FastPath = x.data, filepath.Join(x.w.data, "warta.db"), "off"
	core, err := app.Open(ctx, cfg, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return answer{}, err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	a, err := app.New(ctx, core, nil)
	if err != nil {
		return answer{}, err
	}
	defer a.Engine.Close()
	seq, err := core.DB.LastEvent(ctx)
	if err != nil {
		return answer{}, err
	}
	a.Engine.Start(seq)
	req := w.request(x.w.url(), x.room.site.cookies[w.class]).WithContext(ctx)
	req.RequestURI, req.RemoteAddr = w.path, "127.0.0.1:1"
	out := httptest.NewRecorder()
	a.Handler().ServeHTTP(out, req)
	res := out.Result()
	return answer{res.StatusCode, res.Header, out.Body.Bytes()}, nil
}

// share gives the twin the pictures as they came in.
func (x *twin) share() error {
	from, to := originals(x.w), filepath.Join(x.data, "files", "originals")
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if err := os.Link(path, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
}

// same says in what two answers differ, nothing if they do not.
func same(a, b answer) string {
	if a.status != b.status {
		return fmt.Sprintf("status %d and %d", a.status, b.status)
	}
	for _, name := range slices.Sorted(maps.Keys(headNames(a.header, b.header))) {
		if !slices.Equal(a.header[name], b.header[name]) {
			return fmt.Sprintf("%s: %q and %q", name, a.header[name], b.header[name])
		}
	}
	if !bytes.Equal(a.body, b.body) {
		at := 0
		for at < min(len(a.body), len(b.body)) && a.body[at] == b.body[at] {
			at++
		}
		return fmt.Sprintf("%d and %d bytes, which differ from byte %d on: %.80q and %.80q", len(a.body), len(b.body), at, a.body[at:], b.body[at:])
	}
	return ""
}

// headNames are the header lines of both, but for those that say when and how
// they were sent.
func headNames(list ...http.Header) map[string]bool {
	names := map[string]bool{}
	for _, h := range list {
		for name := range h {
			names[name] = true
		}
	}
	delete(names, "Date")
	delete(names, "Connection")
	return names
}
