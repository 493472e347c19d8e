package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"warta/internal/app"
	"warta/internal/page"
	"warta/internal/stats"
	"warta/internal/web/fast"
)

// bareOrder is the first argument of this program when it is to be a server of
// one page without modules.
const bareOrder = "bare"

// bareSpec says what such a server serves. It stands in a file.
type bareSpec struct {
	Listen string
	Path   string
	Type   string
	Header http.Header // beside what the page engine writes
	Body   []byte      // plain
}

// bare is row 5's other half: a page with its live modules beside the same bytes
// as one piece, through the same engine and the same loop.
func (b *bench) bare(ctx context.Context, s *server, a *archive) error {
	path := a.paths[0]
	res, packed, err := fetch(ctx, http.DefaultClient, s.url+path, "")
	if err != nil {
		return err
	}
	spec := bareSpec{Path: path, Type: res.Header.Get("Content-Type"), Header: res.Header}
	if spec.Body, err = unpack(packed); err != nil {
		return err
	}
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Date", "Etag", "Vary", "Cache-Control", "Surrogate-Key", "Transfer-Encoding"} {
		spec.Header.Del(name) // the engine writes its own
	}
	one, err := b.startBare(ctx, spec)
	if err != nil {
		return err
	}
	defer one.stop()
	b.step("a page with its modules beside the same bytes without")
	got, err := b.compare(ctx, load{url: one.url + path, server: one}, load{url: s.url + path, server: s})
	if err != nil {
		return err
	}
	b.add("5", "page with its live modules against the same as one piece", got[1].against(got[0]), "0.90", "0.97")
	return nil
}

// startBare starts this program as such a server.
func (b *bench) startBare(ctx context.Context, spec bareSpec) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	spec.Listen = fmt.Sprintf("127.0.0.1:%d", port)
	return b.startSelf(ctx, bareOrder, spec.Listen, spec)
}

// startSelf starts this program as another server: an order, and a file with what it
// is to serve.
func (b *bench) startSelf(ctx context.Context, order, listen string, spec any) (*server, error) {
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(b.dir, order+".json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + listen, cmd: exec.CommandContext(ctx, self, order, file)}
	s.cmd.Stderr = os.Stderr
	return s, s.begin(ctx)
}

// solo is a page.Source with one page.
type solo struct{ spec bareSpec }

func (s solo) Page(context.Context, string) (page.Rendering, error) {
	return page.Rendering{Body: s.spec.Body, ContentType: s.spec.Type}, nil
}

func (s solo) Module(context.Context, page.Hole) (page.Rendering, error) {
	return page.Rendering{}, app.Unavailable("there is no module")
}

// serveBare is that server: it ends with the process.
func serveBare(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec bareSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	e := page.New(solo{spec}, page.Options{})
	e.Start(1)
	if _, err := e.Get(context.Background(), spec.Path, 0); err != nil {
		return err
	}
	h := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	f := fast.New(h, fast.Options{Log: slog.Default()})
	site := &fast.Site{Engine: e, Host: spec.Listen, Header: spec.Header, Reads: stats.New(nil, stats.Options{Now: time.Now}),
		Key:   func(path, _ string) string { return path },
		Class: func(string) (page.Class, bool) { return 0, true },
		Story: func(string) (int64, bool) { return 1, true },
		Asset: func(string, string) (fast.Asset, bool) { return fast.Asset{}, false }}
	f.Open(site.Prepare())
	ln, err := net.Listen("tcp", spec.Listen)
	if err != nil {
		return err
	}
	return f.Serve(ln)
}
