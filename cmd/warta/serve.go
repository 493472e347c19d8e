package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"warta/internal/app"
)

type serveCmd struct {
	Demo     bool   `help:"Fill an empty site with a made-up newsroom first."`
	Stories  int    `help:"How many stories --demo makes." default:"2000"`
	Seed     uint64 `help:"Seed of --demo: the same seed gives the same newsroom." default:"1"`
	Ads      bool   `help:"Plans, an offer and ads in the demo." default:"true" negatable:""`
	Comments bool   `help:"Discussions in the demo." default:"true" negatable:""`
}

// Run serves until SIGINT or SIGTERM.
func (c *serveCmd) Run(e *env) error {
	if c.Demo && !e.cfg.Loopback() {
		return app.Usage("listen", "--demo listens on this machine only; use a 127.0.0.1 address")
	}
	if err := app.CheckExposed(e.ctx, e.cfg); err != nil {
		return err
	}
	// The socket comes before the database: readers get an answer while the database is away,
	// and a port that is taken is found out before the demo is made.
	ln, err := net.Listen("tcp", e.cfg.Listen)
	if err != nil {
		return app.Unavailable("cannot listen on %s: %w; choose another address with --listen", e.cfg.Listen, err)
	}
	defer ln.Close()
	front, err := app.NewFront(e.cfg, e.cfg.Logger(), ln)
	if err != nil {
		return err
	}
	defer front.Close()
	if e.cfg.TLSCert != "" {
		defer renewOnHangup(front)()
	}
	err = c.serve(e, front, ln.Addr())
	if err == nil || e.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(e.out, "Stopped.")
		return nil
	}
	return err
}

// serve waits for the database and answers readers until e.ctx ends.
func (c *serveCmd) serve(e *env, front *app.Front, addr net.Addr) error {
	a, err := front.Build(e.ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.CheckExposed(e.ctx); err != nil {
		return err
	}
	way := ""
	if c.Demo {
		if err := fillDemo(e, a.Core, c.Stories, c.Seed, app.DemoParts{Ads: c.Ads, Comments: c.Comments}); err != nil {
			return err
		}
		if way, err = demoAccounts(e, a.Core); err != nil {
			return err
		}
	}
	if way == "" {
		if way, err = startLink(e, a.Core); err != nil {
			return err
		}
	}
	return a.ServeOn(e.ctx, front, func() {
		fmt.Fprintf(e.out, "Warta serves %s at %s (listening on %s).\n%s%sStop with Ctrl-C.\n", siteName(e, a.Core), e.cfg.BaseURL, addr, meters(front), way)
	})
}

// renewOnHangup reads the certificate again with each SIGHUP, until stop.
func renewOnHangup(front *app.Front) (stop func()) {
	hangups, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		defer close(done)
		for range hangups {
			front.RenewTLS()
		}
	}()
	return func() {
		signal.Stop(hangups)
		close(hangups)
		<-done
	}
}

// meters says where Prometheus is answered, nothing if it is not.
func meters(front *app.Front) string {
	addr := front.Metrics()
	if addr == "" {
		return ""
	}
	return "Metrics are at http://" + addr + "/metrics, profiles at http://" + addr + "/debug/pprof/.\n"
}

// startLink says how the owner of a site without users comes in, nothing for
// any other site.
func startLink(e *env, core *app.Core) (string, error) {
	link, err := core.StartLink(e.ctx)
	if err != nil || link == "" {
		return "", err
	}
	return "This site has no owner yet. Open this link once, within seven days, to become it:\n  " + link + "\n", nil
}

// demoAccounts says by which accounts somebody can look around, nothing on a
// site with users of its own.
func demoAccounts(e *env, core *app.Core) (string, error) {
	list, password, err := core.DemoAccounts(e.ctx)
	if err != nil || len(list) == 0 {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The newsroom is at %s/newsroom. Sign in with the password %s as\n", e.cfg.BaseURL, password)
	for _, a := range list {
		fmt.Fprintf(&b, "  %-28s %s\n", a.Email, a.Role)
	}
	return b.String(), nil
}

// siteName returns the outlet's name for messages.
func siteName(e *env, core *app.Core) string {
	s, err := core.DB.Settings(e.ctx)
	if err != nil {
		return "the site"
	}
	return s.Name()
}

type demoCmd struct {
	Stories  int    `help:"How many stories to make." default:"2000"`
	Seed     uint64 `help:"The same seed gives the same newsroom." default:"1"`
	Ads      bool   `help:"Plans, an offer and ads in it." default:"true" negatable:""`
	Comments bool   `help:"Discussions in it." default:"true" negatable:""`
}

// Run fills an empty site.
func (c *demoCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	return fillDemo(e, core, c.Stories, c.Seed, app.DemoParts{Ads: c.Ads, Comments: c.Comments})
}

// fillDemo makes the demo newsroom unless there are stories already.
func fillDemo(e *env, core *app.Core, stories int, seed uint64, parts app.DemoParts) error {
	bar := newProgress(e.err, "demo stories")
	start := time.Now()
	made, err := core.FillDemo(e.ctx, stories, seed, parts, bar.set)
	bar.end()
	if err != nil {
		return err
	}
	if made == 0 {
		fmt.Fprintln(e.out, "The site holds stories already; the demo newsroom was not made.")
		return nil
	}
	fmt.Fprintf(e.out, "Made a demo newsroom of %d stories in %s.\n", made, time.Since(start).Round(time.Millisecond))
	return nil
}
