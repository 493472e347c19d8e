package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"warta/internal/ads"
	"warta/internal/change"
	"warta/internal/deliver"
	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/page/disk"
	"warta/internal/probe"
	"warta/internal/provider"
	"warta/internal/render"
	"warta/internal/stats"
	"warta/internal/web"
	"warta/internal/web/newsroom"
	"warta/internal/web/site"
	"warta/internal/web/site/reader"
)

// App is a running newspaper.
type App struct {
	*Core
	Engine  *page.Engine
	Edition *edition.Edition
	Reads   *stats.Counter
	AdCount *ads.Counter
	Clock   *Clock
	Post    *deliver.Post
	Probe   *probe.Probe
	Room    *newsroom.Door

	shell     *shell
	pages     *disk.Store // nil: none
	follower  *follower
	door      *site.Site
	handler   http.Handler
	classes   *web.Classes
	revoked   *revoked
	marks     *ads.Signer
	providers *provider.Set
	now       func() time.Time
	face      atomic.Pointer[face]
	addr      atomic.Pointer[string] // of the socket, once there is one
	metrics   atomic.Pointer[string] // of the private one
	ready     atomic.Bool            // serving, and not stopping

	applied atomic.Int64  // the last event that readers see the effect of
	changed chan struct{} // has one in it when applied has grown
}

// New builds everything that serves readers over an open core. Nothing runs
// before Serve. now replaces the clock in tests; nil is time.Now.
func New(ctx context.Context, core *Core, now func() time.Time) (_ *App, err error) {
	defer fault.Wrap(&err, "build the site")
	s, err := newShell(core.Config, core.Log)
	if err != nil {
		return nil, err
	}
	return s.over(ctx, core, now)
}

// over builds the site over an open core.
func (s *shell) over(ctx context.Context, core *Core, now func() time.Time) (_ *App, err error) {
	if now == nil {
		now = time.Now
	}
	a := &App{Core: core, shell: s, now: now, Clock: NewClock(core.DB), changed: make(chan struct{}, 1)}
	secret, err := core.DB.Secret(ctx, "ads")
	if err != nil {
		return nil, err
	}
	a.marks = ads.NewSigner(secret)
	a.AdCount = ads.NewCounter(core.DB, ads.CounterOptions{Now: now, Log: core.Log})
	a.Reads = stats.New(core.DB, stats.Options{Now: now, Log: core.Log})
	a.Edition = edition.New(core.DB, s.renderer, edition.Options{BaseURL: core.Config.BaseURL, Now: now, Reads: a.Reads, Marks: a.marks, Log: core.Log,
		Ours: func(host string) bool { return s.hosts.Judge(host) != web.HostUnknown }})
	a.follower = &follower{store: core.DB, id: rand.Text(), log: core.Log, now: now, seen: a.seen, meter: s.meter}
	s.meter.UseClock(now)
	a.pages = s.pages(core.Log, now)
	defer func() {
		if err != nil {
			err = errors.Join(err, a.closePages())
		}
	}()
	a.Engine = page.New(source{a.Edition, a.follower.away.Load}, page.Options{Now: now, Logger: core.Log, Definite: definite, Hot: hot,
		Store: below(a.pages), Lasting: lasting, SharedAge: core.Config.cacheAge(), PageBytes: int64(core.Config.PageMemory), FileBytes: int64(core.Config.PictureMemory),
		First: problem, Busy: core.Config.RenderWait, Observer: s.meter.Observer()})
	a.follower.engine, a.follower.pages = a.Engine, a.pages
	if err := a.look(ctx); err != nil {
		return nil, err
	}
	if err := a.openOutward(); err != nil {
		return nil, err
	}
	key, err := core.DB.Secret(ctx, "class")
	if err != nil {
		return nil, err
	}
	a.classes = web.NewClasses(key, now)
	a.revoked = &revoked{store: core.DB, classes: a.classes, log: core.Log}
	turns := site.NewTurns()
	known, err := core.Config.providers()
	if err != nil {
		return nil, err
	}
	a.providers = provider.New(known, core.Config.BaseURL)
	forget, err := s.files.URL("forget.js")
	if err != nil {
		return nil, err
	}
	readers, err := reader.New(reader.Parts{Members: core.Members, Sales: core.Sales, Providers: a.providers, Store: core.DB, Pages: a.Edition, Forum: core.Forum, Comments: core.DB, Talk: a.Edition, Classes: a.classes, Proxies: s.proxies,
		Turns: turns, BaseURL: core.Config.BaseURL, Forget: forget, Now: now, Log: core.Log})
	if err != nil {
		return nil, err
	}
	a.door = site.New(site.Parts{Engine: a.Engine, Pictures: a.Library, Redirects: a.Edition, Counter: a.Reads, Reports: core.Reports, Forms: a.Edition,
		Assets: s.assets, Hosts: s.hosts, Proxies: s.proxies, Classes: a.classes, Readers: readers, Turns: turns, Talks: core.DB, Ads: site.Ads{Store: core.DB, Marks: a.marks, Counter: a.AdCount, Forms: a.Edition}, BaseURL: core.Config.BaseURL, Policy: s.policy,
		Ready: a.readyErr, Alone: a.alone, SharedAge: core.Config.cacheAge(), Now: now, Log: core.Log})
	pages, err := a.door.Handler()
	if err != nil {
		return nil, err
	}
	if a.Room, err = a.newRoom(); err != nil {
		return nil, err
	}
	a.handler = s.strictly(beside(pages, a.Room))
	return a, nil
}

// look remembers what an error page says of the site when the database is away.
func (a *App) look(ctx context.Context) error {
	set, err := a.DB.Settings(ctx)
	if err == nil {
		a.face.Store(&face{name: set.Name(), lang: string(set.Language())})
	}
	return err
}

// seen is told of every event that was announced.
func (a *App) seen(ctx context.Context, ev change.Event) {
	a.applied.Store(ev.Seq)
	select {
	case a.changed <- struct{}{}:
	default: // there is one in it
	}
	if a.door != nil { // nil: the start catches up with what was missed
		a.door.Heard(ctx, ev.Tags)
	}
	if slices.Contains(ev.Tags, member.TagRevoked) {
		a.revoked.catchUp(ctx)
	}
	if !slices.Contains(ev.Tags, news.TagSettings) {
		return
	}
	if err := a.look(ctx); err != nil && ctx.Err() == nil {
		a.Log.Warn("settings not read for error pages", "err", err)
	}
}

func (a *App) alone(status int, id string) ([]byte, error) {
	return a.shell.alone(*a.face.Load(), status, id)
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

// problem reports whether a key is that of a page that answers an error. It has
// to be there when there is no time for others.
func problem(key string) bool { return strings.HasPrefix(key, "!") }

// hot modules stand on so many pages that they are made anew before anybody
// asks.
func hot(module string) bool { return module == render.ModuleTail || module == render.ModuleTop }

// Handler returns the site as a handler, for tests that need no socket.
func (a *App) Handler() http.Handler { return a.handler }

// readyErr says whether readers can be answered with what is true now.
func (a *App) readyErr() error {
	switch {
	case !a.ready.Load():
		return fault.New(fault.Unavailable, "starting or stopping")
	case a.follower.away.Load():
		return fault.New(fault.Unavailable, "the database does not answer")
	}
	return nil
}

// Close closes the page store and the core. Serve must have ended.
func (a *App) Close() error {
	a.providers.Close()
	return errors.Join(a.closePages(), a.Core.Close())
}

func (a *App) closePages() error {
	if a.pages == nil {
		return nil
	}
	return a.pages.Close()
}

// Serve answers requests on the listener until ctx ends, then lets requests in
// flight finish and stops what it started. started is called once, when
// readers can be answered and the front page's pictures are made; it may be nil.
func (a *App) Serve(ctx context.Context, ln net.Listener, started func()) error {
	f, err := a.shell.listen(ln)
	if err != nil {
		return err
	}
	defer f.Close()
	return a.ServeOn(ctx, f, started)
}

// ServeOn is Serve for a front that answers already. Its socket is closed in
// the end.
func (a *App) ServeOn(ctx context.Context, f *Front, started func()) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	defer a.Engine.Close()

	a.addr.Store(&f.addr)
	if err := a.begin(ctx); err != nil {
		f.Close()
		return err
	}
	running.Go(func() { a.follower.run(work) })
	running.Go(func() { a.runDue(work) })
	running.Go(func() { a.Reads.Run(work) })
	running.Go(func() { a.AdCount.Run(work) })
	a.startOutward(work, &running)
	f.enter(a.handler)
	f.open(a.fastSite())
	a.report(f)
	a.ready.Store(true)
	if err := a.WarmPage(ctx, "/", nil); err != nil && ctx.Err() == nil {
		a.Log.Warn("front page not warmed", "err", err)
	}
	a.sorry(ctx)
	running.Go(func() { a.keepSorry(work) })
	running.Go(func() { a.warmRest(work) })
	running.Go(func() { a.revoked.run(work) })
	running.Go(func() { a.tidy(work) })
	running.Go(func() { a.every(work, tidyEvery, "sweep of uploads", a.Uploads.Sweep) })
	running.Go(func() { a.every(work, tidyEvery, "sweep of deleted pictures", a.Library.Sweep) })
	if started != nil {
		started()
	}
	select {
	case <-f.ended:
		return f.err
	case <-ctx.Done():
	}
	a.ready.Store(false)
	a.Room.Close()
	a.door.Close()
	err := f.finish()
	last, cancel := context.WithTimeout(work, beatWithin)
	defer cancel()
	if err := a.DB.DropProcess(last, a.follower.id); err != nil {
		a.Log.Warn("process not deregistered", "err", err)
	}
	return err
}

// begin waits for the database to say where the events stand. Until then
// requests get 503.
func (a *App) begin(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		host = "warta"
	}
	for told := false; ; {
		err := a.follower.start(ctx, host)
		if err == nil {
			a.applied.Store(a.follower.applied)
			a.revoked.catchUp(ctx) // what is called back from now on has an event
			return nil
		}
		if !told && ctx.Err() == nil {
			told = true
			a.Log.Error("database does not answer, trying again; readers get 503", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(openEvery):
		}
	}
}

// How often the desk looks for what is due, and how long one look may take: a
// database that is silent must not keep later ones from happening.
const (
	dueEvery  = time.Second
	dueWithin = time.Minute
)

// runDue releases what is due until ctx ends. One line of the log says that it
// fails, however long it does.
func (a *App) runDue(ctx context.Context) {
	tick := time.NewTicker(dueEvery)
	defer tick.Stop()
	warned, failing := false, false
	for {
		held, err := a.release(ctx, warned)
		if err != nil && !failing && !a.follower.away.Load() && ctx.Err() == nil {
			a.Log.Error("release of due stories failed, trying again", "err", err)
		}
		if failing = err != nil; !failing {
			warned = held
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// release releases what is due and reports whether embargoed stories are held;
// warned says that the log knows so already.
func (a *App) release(ctx context.Context, warned bool) (held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, dueWithin)
	defer cancel()
	rep, err := a.Clock.Check(ctx)
	if err != nil {
		return false, err
	}
	if held = !rep.Held.IsZero(); held && !warned {
		a.Log.Warn("the clock moved; embargoed stories are held until: warta clock confirm", "moved", rep.Moved)
	}
	n, err := a.Desk.RunDue(ctx, held)
	if n > 0 {
		a.Log.Info("stories released", "count", n)
	}
	if err != nil {
		return held, err
	}
	if n, err = a.Desk.WatchDue(ctx); n > 0 {
		a.Log.Warn("stories that are due soon are not ready; their people were told", "count", n)
	}
	return held, err
}

// How often old rows are removed, and how long those of events are kept: a
// process that was away for longer begins anew.
const (
	tidyEvery  = time.Hour
	keepEvents = 7 * 24 * time.Hour
	// keepSettled is how long settled conflicts and notices that were read stay.
	keepSettled = 90 * 24 * time.Hour
)

// tidy removes what nobody follows any more until ctx ends.
func (a *App) tidy(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := a.DB.TrimEvents(ctx, a.now().Add(-keepEvents)); err != nil && !a.follower.away.Load() && ctx.Err() == nil {
			a.Log.Warn("old events not removed", "err", err)
		}
		if err := a.DB.TrimDesk(ctx, a.now().Add(-keepSettled)); err != nil && !a.follower.away.Load() && ctx.Err() == nil {
			a.Log.Warn("what the desk has settled not removed", "err", err)
		}
		if err := a.DB.TrimMembers(ctx, a.now().Add(-2*web.ClassAge)); err != nil && !a.follower.away.Load() && ctx.Err() == nil {
			a.Log.Warn("what counts no more of readers' accounts not removed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
