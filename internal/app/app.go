package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/page"
	"warta/internal/render"
	"warta/internal/stats"
	"warta/internal/web"
	"warta/internal/web/site"
	"warta/ui"
)

// grace is how long requests in flight may take after a shutdown began.
const grace = 15 * time.Second

// App is a running newspaper.
type App struct {
	*Core
	Engine  *page.Engine
	Edition *edition.Edition
	Reads   *stats.Counter
	Clock   *Clock

	follower *follower
	server   *http.Server
	now      func() time.Time

	mu    sync.Mutex
	ready bool
}

// New builds everything that serves readers over an open core. Nothing runs
// before Serve. now replaces the clock in tests; nil is time.Now.
func New(ctx context.Context, core *Core, now func() time.Time) (_ *App, err error) {
	defer fault.Wrap(&err, "build the site")
	if now == nil {
		now = time.Now
	}
	a := &App{Core: core, now: now, Clock: NewClock(core.DB)}
	renderer, err := render.New(render.Options{Dir: core.Config.Theme, Log: core.Log})
	if err != nil {
		return nil, err
	}
	a.Reads = stats.New(core.DB, stats.Options{Now: now, Log: core.Log})
	a.Edition = edition.New(core.DB, renderer, edition.Options{BaseURL: core.Config.BaseURL, Now: now, Reads: a.Reads, Log: core.Log})
	a.Engine = page.New(a.Edition, page.Options{Now: now, Logger: core.Log, Definite: definite, Hot: hot})
	a.follower = &follower{store: core.DB, engine: a.Engine, id: rand.Text(), log: core.Log, now: now}
	handler, err := a.handler(ctx, renderer)
	if err != nil {
		return nil, err
	}
	a.server = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second,
		WriteTimeout: 120 * time.Second, IdleTimeout: 120 * time.Second, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(core.Log.Handler(), slog.LevelWarn)}
	return a, nil
}

// definite tells what an error says about the world from a rendering that
// failed.
func definite(err error) bool {
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Gone, fault.Invalid:
		return true
	}
	return false
}

// hot modules stand on so many pages that they are made anew before anybody
// asks.
func hot(module string) bool { return module == render.ModuleTail || module == render.ModuleTop }

func (a *App) handler(ctx context.Context, renderer *render.Renderer) (http.Handler, error) {
	key, err := a.DB.Secret(ctx, "class")
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(a.Config.BaseURL)
	if err != nil {
		return nil, err
	}
	files, err := ui.Load()
	if err != nil {
		return nil, err
	}
	policy := web.ContentPolicy(renderer.StyleHashes(), render.FrameSources())
	door := site.New(site.Parts{Engine: a.Engine, Pictures: a.Library, Redirects: a.Edition, Counter: a.Reads,
		Assets: web.NewAssets(files), Hosts: web.NewHosts(base, a.Config.Hosts), Classes: web.NewClasses(key, a.now),
		BaseURL: a.Config.BaseURL, Policy: policy, Ready: a.readyErr, Log: a.Log})
	return door.Handler()
}

// Handler returns the site as a handler, for tests that need no socket.
func (a *App) Handler() http.Handler { return a.server.Handler }

func (a *App) readyErr() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.ready {
		return fault.New(fault.Unavailable, "starting or stopping")
	}
	return nil
}

func (a *App) setReady(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ready = on
}

// Serve answers requests on the listener until ctx ends, then lets requests in
// flight finish and stops what it started. started is called once, when
// readers can be answered and the front page's pictures are made; it may be nil.
func (a *App) Serve(ctx context.Context, ln net.Listener, started func()) (err error) {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	defer a.Engine.Close()

	served := make(chan error, 1)
	running.Go(func() { served <- a.server.Serve(ln) })
	if err := a.begin(ctx); err != nil {
		a.server.Close()
		return err
	}
	running.Go(func() { a.follower.run(work) })
	running.Go(func() { a.runDue(work) })
	running.Go(func() { a.Reads.Run(work) })
	a.setReady(true)
	if err := a.WarmPage(ctx, "/", nil); err != nil && ctx.Err() == nil {
		a.Log.Warn("front page not warmed", "err", err)
	}
	running.Go(func() { a.warmRest(work) })
	running.Go(func() { a.tidy(work) })
	if started != nil {
		started()
	}
	select {
	case err = <-served:
		return err
	case <-ctx.Done():
	}
	a.setReady(false)
	finish, cancel := context.WithTimeout(work, grace)
	defer cancel()
	if err := a.server.Shutdown(finish); err != nil {
		a.Log.Warn("requests were cut off", "err", err)
		a.server.Close()
	}
	if err := a.DB.DropProcess(finish, a.follower.id); err != nil {
		a.Log.Warn("process not deregistered", "err", err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// begin waits for the database to say where the events stand. Until then
// requests get 503.
func (a *App) begin(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		host = "warta"
	}
	for {
		err := a.follower.start(ctx, host)
		if err == nil {
			return nil
		}
		a.Log.Error("database does not answer, trying again", "err", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// dueEvery is how often the desk looks for what is due.
const dueEvery = time.Second

// runDue releases what is due until ctx ends.
func (a *App) runDue(ctx context.Context) {
	tick := time.NewTicker(dueEvery)
	defer tick.Stop()
	warned := false
	for {
		rep, err := a.Clock.Check(ctx)
		held := !rep.Held.IsZero()
		if held && !warned {
			a.Log.Warn("the clock moved; embargoed stories are held until: warta clock confirm", "moved", rep.Moved)
		}
		warned = held
		if err == nil {
			var n int
			if n, err = a.Desk.RunDue(ctx, held); n > 0 {
				a.Log.Info("stories released", "count", n)
			}
		}
		if err != nil && ctx.Err() == nil {
			a.Log.Error("release of due stories failed, trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// How often old event rows are removed, and how long they are kept: a process
// that was away for longer begins anew.
const (
	tidyEvery  = time.Hour
	keepEvents = 7 * 24 * time.Hour
)

// tidy removes what nobody follows any more until ctx ends.
func (a *App) tidy(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := a.DB.TrimEvents(ctx, a.now().Add(-keepEvents)); err != nil && ctx.Err() == nil {
			a.Log.Warn("old events not removed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
