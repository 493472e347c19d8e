package ingest

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/news"
)

// importActor is how the audit log and the versions name an import.
const importActor = "import"

const (
	maxFlight = 64 << 20 // bytes of items between reader and database
	maxBatch  = 16 << 20 // bytes of items in one batch
	saveEvery = time.Second
)

// beside is how many goroutines work beside the one that writes, which everything
// waits for: with as many as there are processors it would stand in line behind
// them whenever it comes back from the disk.
func beside() int { return max(1, runtime.GOMAXPROCS(0)-1) }

// Ninjs takes in items of ninjs 2.x and 3.x; see take.
func (im *Importer) Ninjs(ctx context.Context, in Input, emit func(Line)) (sum Summary, err error) {
	defer fault.Wrap(&err, "import ninjs")
	return im.take(ctx, &ninjsSource{conv: im.conv, in: &in, section: im.options.Section}, emit)
}

// take brings the items of a supplier in and tells emit of each one, in their order
// and only after it is stored. When the context ends, the batch under way is still
// finished; running the same input again goes on behind it. An error means that the
// import could not go on; items that fail are no error.
func (im *Importer) take(ctx context.Context, src supplier, emit func(Line)) (sum Summary, err error) {
	r := &run{im: im, src: src, emit: emit, sum: &sum, flight: semaphore.NewWeighted(maxFlight),
		queue: make(chan *task, 2*news.MaxBatch), work: make(chan *task), ready: make(chan *parcel)}
	sum.Results, sum.Others, sum.Rehearsed = map[news.ImportResult]int{}, map[string]int{}, im.options.Rehearse
	if err := r.begin(ctx); err != nil {
		return sum, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(r.queue)
		defer close(r.work)
		return src.read(gctx, r.record.Done, r.send)
	})
	for range beside() {
		g.Go(func() error {
			for t := range r.work {
				t.draft, t.err = t.convert()
				if t.draft == nil {
					t.draft = &draft{}
				}
				close(t.ready)
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(r.ready)
		return r.collect(gctx)
	})
	g.Go(func() error { return r.store(gctx) })
	err = g.Wait()
	sum.Pictures = int(r.pictures.Load())
	if err == nil && ctx.Err() == nil {
		err = src.end(ctx, r)
	}
	if ctx.Err() != nil {
		sum.Interrupted = true
		if errors.Is(err, ctx.Err()) {
			err = nil
		}
	}
	return sum, errors.Join(err, r.end(context.WithoutCancel(ctx), err == nil && !sum.Interrupted))
}

// run is one import of one input.
type run struct {
	im   *Importer
	src  supplier
	emit func(Line)
	sum  *Summary

	record news.ImportRun
	queue  chan *task // in the order of the input
	work   chan *task
	flight *semaphore.Weighted

	ready    chan *parcel // made ready; the next one is while one is written
	pictures atomic.Int64 // that are new

	lines []news.ImportLine // that are not noted yet
	saved int64
	last  time.Time // of the last note of how far it is
}

// actor is who makes what the run makes.
func (r *run) actor() account.Actor {
	a := account.System(importActor)
	a.Run = r.record.ID
	return a
}

func (r *run) send(ctx context.Context, t *task) error {
	t.ready = make(chan struct{})
	if err := r.flight.Acquire(ctx, t.weight()); err != nil {
		return err
	}
	for _, to := range []chan *task{r.queue, r.work} {
		select {
		case to <- t:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// collect collects batches, makes them ready and hands them on.
func (r *run) collect(ctx context.Context) error {
	b := &parcel{}
	size := int64(0)
	flush := func() error {
		if err := r.prepare(ctx, b); err != nil {
			return err
		}
		select {
		case r.ready <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
		b, size = &parcel{}, 0
		return nil
	}
	idle := time.NewTimer(r.im.options.Idle)
	defer idle.Stop()
	for {
		var t *task
		open := true
		select {
		case t, open = <-r.queue:
		case <-idle.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		idle.Reset(r.im.options.Idle)
		if t != nil {
			select {
			case <-t.ready:
			case <-ctx.Done():
				return ctx.Err()
			}
			b.tasks, size = append(b.tasks, t), size+t.weight()
		}
		full := len(b.tasks) == news.MaxBatch || size >= maxBatch
		if len(b.tasks) > 0 && (full || t == nil) {
			if err := flush(); err != nil {
				return err
			}
		}
		if !open {
			return ctx.Err()
		}
	}
}

// store brings in the batches that are ready, one after the other.
func (r *run) store(ctx context.Context) error {
	for first := true; ; first = false {
		select {
		case b, open := <-r.ready:
			if !open {
				return ctx.Err()
			}
			if !first {
				time.Sleep(r.im.options.Pause) // others have to write as well
			}
			if err := r.bringIn(ctx, b); err != nil {
				return err
			}
			for _, t := range b.tasks {
				r.flight.Release(t.weight())
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
