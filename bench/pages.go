package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"warta/internal/app"
)

// storedPages is how many pages of the archive go to disk and come back.
const storedPages = 5000

// stored measures the page store on disk: pages of the archive are rendered
// once, the process ends, and the next one reads them from disk.
func (c *column) stored(ctx context.Context, cfg app.Config, log *slog.Logger) error {
	cfg.PageStore = 64 << 30
	if err := os.RemoveAll(filepath.Join(cfg.Data, "pages")); err != nil {
		return err
	}
	var list []string
	err := serving(ctx, cfg, log, func(a *app.App, _ time.Duration) (err error) {
		if list, err = paths(ctx, a, storedPages); err != nil {
			return err
		}
		slices.Sort(list)
		list = slices.Compact(list)
		for _, p := range list {
			if _, err := a.Engine.Get(ctx, p, 0); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return serving(ctx, cfg, log, func(a *app.App, start time.Duration) error {
		c.add("start with a filled page store", "ms", micros(start)/1000)
		return c.fromDisk(ctx, a, list)
	})
}

// fromDisk asks for pages that only the disk has.
func (c *column) fromDisk(ctx context.Context, a *app.App, list []string) error {
	tree, err := a.DB.Sections(ctx)
	if err != nil {
		return err
	}
	for _, s := range tree.All() { // what a start renders in the background
		if _, err := a.Engine.Get(ctx, "/"+s.Slug, 0); err != nil {
			return err
		}
	}
	before, cpu := a.Engine.Stats(), cpuTime()
	took := make([]time.Duration, 0, len(list))
	for _, p := range list {
		start := time.Now()
		if _, err := a.Engine.Get(ctx, p, 0); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	cpu = cpuTime() - cpu
	after, n := a.Engine.Stats(), float64(len(list))
	slices.Sort(took)
	c.add("page from disk, median", "µs", micros(took[len(took)/2]))
	c.add("page from disk, 99th percentile", "µs", micros(took[len(took)*99/100]))
	c.add("page from disk, processor", "µs", micros(cpu)/n)
	c.add("page from disk, reads", "of the disk", float64(after.Store.Reads-before.Store.Reads)/n)
	c.add("page from disk, renderings", "a page", float64(after.PageRenders-before.PageRenders)/n)
	c.add("page store, disk", "bytes a page", float64(after.Store.Bytes)/float64(after.Store.Records))
	c.add("page store, index", "bytes a page", float64(after.Store.Index)/float64(after.Store.Records))
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.add("heap after all of it", "MB", float64(m.HeapAlloc)/1e6)
	c.add("pages and pieces in memory", "MB", float64(after.PageBytes+after.PieceBytes)/1e6)
	return nil
}

// serving starts the site, and stops it when do has ended. start is how long it
// took until readers were answered.
func serving(ctx context.Context, cfg app.Config, log *slog.Logger, do func(a *app.App, start time.Duration) error) (err error) {
	began := time.Now()
	core, err := app.Open(ctx, cfg, log, nil)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, core, nil)
	if err != nil {
		return errors.Join(err, core.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	work, stop := context.WithCancel(ctx)
	started, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.Serve(work, ln, func() { close(started) }) }()
	select {
	case <-started:
		err = do(a, time.Since(began))
	case err = <-ended:
		stop()
		return fmt.Errorf("the site did not start: %w", err)
	}
	stop()
	return errors.Join(err, <-ended)
}

// cpuTime is what this process has used of the processors.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
