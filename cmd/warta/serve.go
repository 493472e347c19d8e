package main

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"warta/internal/app"
)

type serveCmd struct {
	Demo    bool   `help:"Fill an empty site with a made-up newsroom first."`
	Stories int    `help:"How many stories --demo makes." default:"2000"`
	Seed    uint64 `help:"Seed of --demo: the same seed gives the same newsroom." default:"1"`
}

// Run serves until SIGINT or SIGTERM.
func (c *serveCmd) Run(e *env) error {
	if c.Demo && !e.cfg.Loopback() {
		return app.Usage("listen", "--demo listens on this machine only; use a 127.0.0.1 address")
	}
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	// The socket comes first: a port that is taken should not be found out after
	// the demo was made.
	ln, err := net.Listen("tcp", e.cfg.Listen)
	if err != nil {
		return app.Unavailable("cannot listen on %s: %w; choose another address with --listen", e.cfg.Listen, err)
	}
	defer ln.Close()
	a, err := app.New(e.ctx, core, nil)
	if err != nil {
		return err
	}
	if c.Demo {
		if err := fillDemo(e, core, c.Stories, c.Seed); err != nil {
			return err
		}
	}
	err = a.Serve(e.ctx, ln, func() {
		fmt.Fprintf(e.out, "Warta serves %s at %s (listening on %s).\nStop with Ctrl-C.\n", siteName(e, core), e.cfg.BaseURL, ln.Addr())
	})
	if err == nil || err == http.ErrServerClosed {
		fmt.Fprintln(e.out, "Stopped.")
		return nil
	}
	return err
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
	Stories int    `help:"How many stories to make." default:"2000"`
	Seed    uint64 `help:"The same seed gives the same newsroom." default:"1"`
}

// Run fills an empty site.
func (c *demoCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	return fillDemo(e, core, c.Stories, c.Seed)
}

// fillDemo makes the demo newsroom unless there are stories already.
func fillDemo(e *env, core *app.Core, stories int, seed uint64) error {
	bar := newProgress(e.err, "demo stories")
	start := time.Now()
	made, err := core.FillDemo(e.ctx, stories, seed, bar.set)
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
