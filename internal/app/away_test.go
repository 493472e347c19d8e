package app_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/pg"
	"warta/ui"
)

// lines counts the messages of a log from warnings on, and notices of the others.
type lines struct {
	mu    sync.Mutex
	seen  map[string]int
	total int
}

func newLines() *lines { return &lines{seen: map[string]int{}} }

func (l *lines) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.MessageKey || a.Key == slog.LevelKey) {
			return a
		}
		return slog.Attr{}
	}}))
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	level, msg, _ := strings.Cut(strings.TrimSpace(string(p)), " msg=")
	l.seen[strings.Trim(msg, `"`)]++
	if level != "level=INFO" {
		l.total++
	}
	return len(p), nil
}

func (l *lines) count(msg string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen[msg]
}

// bad returns how many warnings and errors there are, and all messages.
func (l *lines) bad() (int, map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[string]int{}
	for m, n := range l.seen {
		all[m] = n
	}
	return l.total, all
}

// eventually waits until what is named holds, at most 20 seconds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	late := time.After(time.Minute) // for a busy machine
	for !holds() {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("it never came true that %s", what)
		}
	}
}

func TestAStartWithoutTheDatabaseAnswersAndWaits(t *testing.T) {
	t.Parallel()
	c := pg.Own(t)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := newLines()
	base := "http://" + strings.Replace(ln.Addr().String(), "127.0.0.1", "localhost", 1)
	front, err := app.NewFront(app.Config{Data: t.TempDir(), Database: c.URL(pg.OwnDatabase), Listen: ln.Addr().String(), BaseURL: base}, log.logger(), ln)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { front.Close() })
	ctx, stop := context.WithCancel(context.Background())
	built, ended := make(chan *app.App, 1), make(chan error, 1)
	go func() {
		a, err := front.Build(ctx, nil)
		built <- a
		if err == nil {
			err = errors.Join(a.ServeOn(ctx, front, nil), a.Close())
		}
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	ask := func(path string) (int, http.Header, string) {
		t.Helper()
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Header, string(body)
	}

	eventually(t, "the log says so", func() bool { return log.count("database does not answer, trying again; readers get 503") == 1 })
	for _, path := range []string{"/", "/nasional", "/media/site/icon.png", "/feeds/rss.xml"} {
		status, h, body := ask(path)
		if status != 503 || h.Get("Retry-After") == "" || h.Get("Cache-Control") != "no-store" || !strings.Contains(body, "Situs sedang tidak dapat dibuka") {
			t.Errorf("%s: status %d, %v", path, status, h)
		}
		if !strings.Contains(h.Get("Content-Security-Policy"), "script-src 'self'") {
			t.Errorf("%s: no security headers", path)
		}
	}
	// What is sent has to wait too: a browser takes 503 for "later", anything else for "no".
	for method, path := range map[string]string{"POST": "/newsroom/stories/1/draft", "PATCH": "/newsroom/uploads/1", "DELETE": "/newsroom/uploads/1"} {
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s %s: status %d, %v", method, path, res.StatusCode, res.Header)
		}
	}
	files, err := ui.Load()
	if err != nil {
		t.Fatal(err)
	}
	script, err := files.URL("site.js")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, script: 200} {
		if status, _, _ := ask(path); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}

	if err := c.Restart(); err != nil {
		t.Fatal(err)
	}
	if a := <-built; a == nil {
		t.Fatal("the site was not built when the database came")
	}
	eventually(t, "the site is ready", func() bool { status, _, _ := ask("/readyz"); return status == 200 })
	if status, _, body := ask("/nasional"); status != 200 || !strings.Contains(body, "Nasional") {
		t.Errorf("afterwards: status %d", status)
	}
	if _, all := log.bad(); all["database does not answer, trying again; readers get 503"] != 1 {
		t.Errorf("the log says it more than once: %v", all)
	}
}

func TestAStartWithAWrongConfigurationEndsAtOnce(t *testing.T) {
	t.Parallel()
	c := pg.Own(t)
	tests := []struct {
		name string
		cfg  app.Config
		want string
	}{
		{"a database that the server does not have", app.Config{Database: c.URL("lain")}, `database "lain" does not exist`},
		{"an address of another kind", app.Config{Database: "mysql://x"}, "postgres://"},
		{"a base URL that is none", app.Config{BaseURL: "kabar"}, "not a full address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			tt.cfg.Data, tt.cfg.Listen = t.TempDir(), ln.Addr().String()
			if tt.cfg.BaseURL == "" {
				tt.cfg.BaseURL = "http://localhost:8080"
			}
			front, err := app.NewFront(tt.cfg, slog.New(slog.DiscardHandler), ln)
			if err == nil {
				defer front.Close()
				_, err = front.Build(t.Context(), nil)
			}
			if !fault.Is(err, fault.Invalid) || !strings.Contains(app.Explain(err), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// outage is a site whose database is a cluster that the test may stop.
type outage struct {
	*testkit.Site
	cluster *pg.Cluster
	log     *lines
}

func newOutage(t *testing.T) *outage {
	o := &outage{cluster: pg.Own(t), log: newLines()}
	o.Site = testkit.New(t, testkit.Options{Database: o.cluster.URL(pg.OwnDatabase), Log: o.log.logger(), Settings: map[string]string{"name": "Kabar Uji", "language": "en"}})
	return o
}

func (o *outage) stop(t *testing.T) {
	t.Helper()
	if err := o.cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the loss is noticed", func() bool { return o.Get("/readyz").StatusCode == 503 })
}

func (o *outage) restart(t *testing.T) {
	t.Helper()
	if err := o.cluster.Restart(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the return is noticed", func() bool { return o.Get("/readyz").StatusCode == 200 })
}

func TestALostDatabase(t *testing.T) {
	t.Parallel()
	o := newOutage(t)
	st := o.Publish(news.Content{Headline: "Ferry Sails Again After the Storm"})
	later := o.Publish(news.Content{Headline: "School Opens Next Month"})
	if _, err := o.Desk.Embargo(t.Context(), testkit.Actor, later.ID, testkit.Start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	path := o.Path(st)
	eventually(t, "the story is warm", func() bool { return o.Get(path).Header.Get("Warta-Stale") == "" })
	before, _ := o.log.bad()

	o.stop(t)
	t.Run("warm pages go on, marked", func(t *testing.T) {
		res := o.Get(path)
		if res.StatusCode != 200 || res.Header.Get("Warta-Offline") != "1" || !strings.Contains(res.Body, "Ferry Sails Again") {
			t.Errorf("status %d, %v", res.StatusCode, res.Header)
		}
	})
	t.Run("what is not warm is 503 in the site's language, and nobody waits or logs", func(t *testing.T) {
		start := time.Now()
		for range 50 {
			res := o.Get("/index?date=2026-11-01")
			if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || !strings.Contains(res.Body, "not available right now") ||
				!strings.Contains(res.Body, "Kabar Uji") {
				t.Fatalf("status %d, %v: %s", res.StatusCode, res.Header, res.Body)
			}
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("50 refusals took %s", took)
		}
		if o.Get("/healthz").StatusCode != 200 {
			t.Error("the process says that it does not run")
		}
	})
	t.Run("after ten minutes there is nothing but 503", func(t *testing.T) {
		o.Clock.Set(testkit.Start.Add(11 * time.Minute))
		if res := o.Get(path); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
			t.Errorf("status %d", res.StatusCode)
		}
		o.Clock.Set(testkit.Start.Add(2 * time.Minute))
	})
	t.Run("it recovers by itself", func(t *testing.T) {
		o.restart(t)
		fresh := o.Publish(news.Content{Headline: "Harbour Master Thanks the Crew"})
		if res := o.Get("/latest"); res.StatusCode != 200 || !strings.Contains(res.Body, "Harbour Master Thanks") || res.Header.Get("Warta-Offline") != "" {
			t.Errorf("the new story is missing: status %d", res.StatusCode)
		}
		if res := o.Get(path); res.Header.Get("Warta-Offline") != "" {
			t.Error("a page is still marked")
		}
		pending, err := o.DB.Confirm(t.Context(), o.Engine.Applied())
		if err != nil || len(pending) > 0 {
			t.Errorf("the heartbeat did not recover: %v, %v", pending, err)
		}
		eventually(t, "what is due is released", func() bool { return o.Get(o.Path(later)).StatusCode == 200 })
		o.Reads.Read(fresh.ID, "Mozilla/5.0 (Linux; Android 13)")
		if err := o.Reads.Flush(t.Context()); err != nil {
			t.Errorf("reads: %v", err)
		}
	})
	t.Run("the log says each thing once", func(t *testing.T) {
		n, all := o.log.bad()
		if all["database lost, serving warm pages"] != 1 || all["database is back"] != 1 {
			t.Errorf("got %v", all)
		}
		// Beside it: the connection that listens, and what was under way until the
		// loss was noticed. The refusals above are more than fifty.
		if n-before > 20 {
			t.Errorf("%d lines for one outage: %v", n-before, all)
		}
	})
}
