package app

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"warta/internal/blob"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/metrics"
	"warta/internal/render"
	"warta/internal/web"
	"warta/internal/web/fast"
	"warta/internal/web/site"
	"warta/ui"
)

// grace is how long requests in flight may take after a shutdown began.
const grace = 15 * time.Second

// staffConns is how many connections are kept for the newsroom when readers have
// taken all others.
const staffConns = 256

// maxStreams is how many requests of one HTTP/2 connection are answered at once.
// net/http closes a connection that resets them faster than they end.
const maxStreams = 100

// openEvery is how often a start looks for a database that does not answer.
const openEvery = time.Second

// shell is what answers need that ask no database.
type shell struct {
	cfg      Config
	log      *slog.Logger
	files    *ui.Bundle
	renderer *render.Renderer
	assets   *web.Assets
	hosts    *web.Hosts
	proxies  *web.Proxies
	policy   string
	meter    *metrics.Meter // nil: no --metrics-addr

	print    [sha256.Size]byte // see fingerprint
	printErr error
}

func newShell(cfg Config, log *slog.Logger) (*shell, error) {
	// Before the theme is read: if it changes in between, the pages that are kept
	// count as older than they are.
	var print [sha256.Size]byte
	var printErr error
	if cfg.PageStore > 0 {
		print, printErr = fingerprint(&cfg)
	}
	renderer, err := render.New(render.Options{Dir: cfg.Theme, Log: log})
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	proxies, err := web.NewProxies(cfg.Proxies)
	if err != nil {
		return nil, err
	}
	files, err := ui.Load()
	if err != nil {
		return nil, err
	}
	var meter *metrics.Meter
	if cfg.MetricsAddr != "" {
		meter = metrics.New()
	}
	return &shell{cfg: cfg, meter: meter, log: log, files: files, renderer: renderer, assets: web.NewAssets(files), hosts: web.NewHosts(base, cfg.Hosts), proxies: proxies,
		policy: web.ContentPolicy(renderer.StyleHashes(), render.ScriptHashes(), render.FrameSources()), print: print, printErr: printErr}, nil
}

// face is what an error page says of the site when nobody can be asked.
type face struct{ name, lang string }

// alone returns the error page that needs nothing but the templates.
func (s *shell) alone(f face, status int, id string) ([]byte, error) {
	return s.renderer.Alone(&render.ErrorPage{Shell: render.Shell{Lang: f.lang, Site: f.name}, Status: status, ID: id})
}

// starting answers 503 until there is a site, assets and health checks apart.
func (s *shell) starting() (http.Handler, error) {
	return site.NewStarting(site.StartingParts{Assets: s.assets, Hosts: s.hosts, Policy: s.policy, Log: s.log,
		Alone: func(status int, id string) ([]byte, error) { return s.alone(face{lang: string(lang.ID)}, status, id) }}).Handler()
}

// Front is a listening socket and what answers on it: at first that the site is
// starting, then the site. Close it when everything that answers has ended.
type Front struct {
	*shell
	server server
	meters *metrics.Server // nil: none
	certs  *certificates   // nil: plain HTTP
	plain  *plain          // nil: nobody is led to TLS
	fast   *fast.Server    // the server, if it is one; nil: --fast-path=off
	addr   string          // of the socket
	entry  atomic.Pointer[http.Handler]
	ended  chan struct{} // closed when the socket is no longer served
	err    error         // readable after ended
	grace  time.Duration
}

// server is what answers on a socket: an http.Server, or the fast way in front
// of one.
type server interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
	Close() error
}

// NewFront answers on the listener from now on. It refuses a configuration that
// cannot be, a broken built-in template and a data folder that cannot be made.
func NewFront(cfg Config, log *slog.Logger, ln net.Listener) (_ *Front, err error) {
	defer fault.Wrap(&err, "answer on %s", ln.Addr())
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if _, err := blob.NewDir(cfg.blobs()); err != nil {
		return nil, err
	}
	s, err := newShell(cfg, log)
	if err != nil {
		return nil, err
	}
	return s.listen(ln)
}

func (s *shell) listen(ln net.Listener) (*Front, error) {
	first, err := s.starting()
	if err != nil {
		return nil, err
	}
	f := &Front{shell: s, addr: ln.Addr().String(), ended: make(chan struct{}), grace: grace}
	f.enter(s.strictly(first))
	if err := f.measure(); err != nil {
		return nil, err
	}
	if f.certs, err = newCertificates(&s.cfg, s.log); err != nil {
		return nil, errors.Join(err, f.closeMeters())
	}
	if err := f.redirect(); err != nil {
		return nil, errors.Join(err, f.closeMeters())
	}
	behind := &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second,
		WriteTimeout: 120 * time.Second, IdleTimeout: 120 * time.Second, MaxHeaderBytes: 32 << 10, HTTP2: &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)}
	f.server = behind
	opt := fast.Options{Log: s.log, Reserve: staffConns, PerClient: s.cfg.ClientConns, Exempt: s.proxies.Trusts}
	watched, stop := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	if f.certs != nil {
		opt.TLS = f.certs.config
		watching.Go(func() { f.certs.watch(watched) })
	}
	if s.cfg.FastPath != "off" {
		f.fast = fast.New(behind, opt)
		f.server = f.fast
	} else if opt.TLS != nil {
		ln = tls.NewListener(ln, opt.TLS)
	}
	go func() {
		defer close(f.ended)
		defer watching.Wait()
		defer stop()
		if err := f.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			f.err = err
		}
	}()
	return f, nil
}

// measure answers on the private address.
func (f *Front) measure() error {
	if f.meter == nil {
		return nil
	}
	ln, err := net.Listen("tcp", f.cfg.MetricsAddr)
	if err != nil {
		return fault.New(fault.Unavailable, "cannot listen on %s: %w; choose another address with --metrics-addr", f.cfg.MetricsAddr, err)
	}
	f.meters = f.meter.Serve(ln, f.log)
	return nil
}

func (f *Front) closeMeters() error {
	if f.meters == nil {
		return nil
	}
	return f.meters.Close()
}

// Metrics returns the address that answers Prometheus, empty if none does.
func (f *Front) Metrics() string {
	if f.meters == nil {
		return ""
	}
	return f.meters.Addr().String()
}

// enter lets a handler answer the requests that come from now on.
func (f *Front) enter(h http.Handler) { f.entry.Store(&h) }

// open lets the fast way answer from now on what it has ready.
func (f *Front) open(site *fast.Site) {
	if f.fast != nil {
		f.fast.Open(site)
	}
}

// ServeHTTP answers with what is behind the front now.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*f.entry.Load()).ServeHTTP(w, r)
}

// Build opens the core and builds the site over it. While a PostgreSQL server
// does not answer it goes on trying, until ctx ends; any other error is one that
// somebody has to mend. now replaces the clock in tests, also the database's.
// Close the App's core when Serve has ended.
func (f *Front) Build(ctx context.Context, now func() time.Time) (*App, error) {
	for told := false; ; {
		a, err := f.build(ctx, now)
		if err == nil {
			return a, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !f.cfg.postgres() || !fault.Is(err, fault.Unavailable) {
			return nil, err
		}
		if !told {
			told = true
			f.log.Error("database does not answer, trying again; readers get 503", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.ended:
			return nil, f.err
		case <-time.After(openEvery):
		}
	}
}

func (f *Front) build(ctx context.Context, now func() time.Time) (*App, error) {
	core, err := Open(ctx, f.cfg, f.log, now)
	if err != nil {
		return nil, err
	}
	a, err := f.over(ctx, core, now)
	if err != nil {
		return nil, errors.Join(err, core.Close())
	}
	return a, nil
}

// finish lets requests in flight finish and cuts off those that take longer
// than the grace. Nobody new is let in.
func (f *Front) finish() error {
	ctx, cancel := context.WithTimeout(context.Background(), f.grace)
	defer cancel()
	if err := f.server.Shutdown(ctx); err != nil {
		f.log.Warn("requests were cut off", "after", f.grace, "err", err)
		f.server.Close()
	}
	<-f.ended
	return f.err
}

// Close cuts off whoever is still there and closes the socket.
func (f *Front) Close() error {
	err := f.server.Close()
	<-f.ended
	return errors.Join(err, f.plain.close(), f.closeMeters())
}
