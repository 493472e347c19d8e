package ingest

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// importActor is how the audit log and the versions name an import.
const importActor = "import"

const (
	converters = 2        // how many items are converted at the same time
	maxFlight  = 64 << 20 // bytes of items between reader and database
	maxBatch   = 16 << 20 // bytes of items in one batch
	saveEvery  = time.Second
)

// task is an item between the reader and the database.
type task struct {
	raw   rawItem
	file  *file
	base  int64 // offset of the file in the whole input
	ready chan struct{}
	draft *draft
	err   error

	found   map[int64]media.Picture
	created bool // the item's own picture is new
	missing int
	missed  error
}

// Ninjs takes in items of ninjs 2.x and 3.x and tells emit of each one, in
// their order and only after it is stored. When the context ends, the batch
// under way is still finished; running the same input again goes on behind it.
// An error means that the import could not go on; items that fail are no error.
func (im *Importer) Ninjs(ctx context.Context, in Input, emit func(Line)) (sum Summary, err error) {
	defer fault.Wrap(&err, "import ninjs")
	r := &run{im: im, in: &in, emit: emit, sum: &sum, flight: semaphore.NewWeighted(maxFlight),
		queue: make(chan *task, 2*news.MaxBatch), work: make(chan *task)}
	sum.Results = map[news.ImportResult]int{}
	if err := r.begin(ctx); err != nil {
		return sum, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(r.queue)
		defer close(r.work)
		return r.read(gctx)
	})
	for range converters {
		g.Go(func() error {
			for t := range r.work {
				if t.err = t.raw.err; t.err == nil {
					t.draft, t.err = im.conv.convert(t.raw.data)
				}
				if t.draft == nil {
					t.draft = &draft{}
				}
				close(t.ready)
			}
			return nil
		})
	}
	g.Go(func() error { return r.take(gctx) })
	err = g.Wait()
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
	in   *Input
	emit func(Line)
	sum  *Summary

	total    int64
	identity string // of the input; empty: it cannot be read twice

	queue  chan *task // in the order of the input
	work   chan *task
	flight *semaphore.Weighted

	done   int64 // bytes of the whole input that are in
	failed int64 // where the first failed item begins; -1: none did
	saved  int64
	last   time.Time // of the last bookmark
}

// begin looks at the input and for the bookmark of an earlier run.
func (r *run) begin(ctx context.Context) (err error) {
	r.failed = -1
	if r.total, r.identity, err = r.in.survey(ctx); err != nil || r.identity == "" {
		return err
	}
	// Another place for the same items is another import.
	r.identity += " " + r.im.options.Section
	if r.im.options.Restart {
		return r.im.parts.Bookmarks.DropImportProgress(ctx, r.identity)
	}
	r.done, err = r.im.parts.Bookmarks.ImportProgress(ctx, r.identity)
	if r.done < 0 || r.done > r.total {
		r.done = 0
	}
	r.saved, r.sum.Resumed = r.done, r.done
	return err
}

// end keeps the bookmark of an unfinished run and removes that of a finished
// one: the same input again is then looked at from its beginning.
func (r *run) end(ctx context.Context, finished bool) error {
	if r.identity == "" {
		return nil
	}
	if finished {
		return r.im.parts.Bookmarks.DropImportProgress(ctx, r.identity)
	}
	return r.bookmark(ctx)
}

// bookmark notes how far the input is in. It stays before the first item that
// failed, so that a later run tells of it as well.
func (r *run) bookmark(ctx context.Context) error {
	at := r.done
	if r.failed >= 0 {
		at = min(at, r.failed)
	}
	if r.identity == "" || at <= r.saved {
		return nil
	}
	r.saved, r.last = at, time.Now()
	return r.im.parts.Bookmarks.SaveImportProgress(ctx, r.identity, at, r.last)
}

// read cuts the input into items.
func (r *run) read(ctx context.Context) error {
	base := int64(0)
	return r.in.each(ctx, func(f *file) error {
		defer func() { base += f.size }()
		if f.size > 0 && base+f.size <= r.sum.Resumed {
			return nil
		}
		stream, err := r.in.open(f)
		if err != nil {
			return r.send(ctx, &task{file: f, base: base, raw: rawItem{line: 1, err: fault.Input("", "the file cannot be read: %w", err)}})
		}
		defer stream.Close() // read only
		s := newSplitter(stream, MaxItem)
		if err := s.skip(max(r.sum.Resumed-base, 0)); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for {
			raw, err := s.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				raw = rawItem{line: s.line, start: s.offset(), end: s.offset(), err: fault.New(fault.Unavailable, "the input broke off: %w", err)}
			}
			if sent := r.send(ctx, &task{raw: raw, file: f, base: base}); sent != nil || err != nil {
				return sent
			}
		}
	})
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

func (t *task) weight() int64 { return int64(len(t.raw.data)) + 1024 }

// take collects batches and brings them in.
func (r *run) take(ctx context.Context) error {
	var batch []*task
	size := int64(0)
	flush := func() error {
		err := r.batch(ctx, batch)
		for _, t := range batch {
			r.flight.Release(t.weight())
		}
		batch, size = batch[:0], 0
		return err
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
			batch, size = append(batch, t), size+t.weight()
		}
		full := len(batch) == news.MaxBatch || size >= maxBatch
		if len(batch) > 0 && (full || t == nil) {
			if err := flush(); err != nil {
				return err
			}
			if open {
				time.Sleep(r.im.options.Pause) // others have to write as well
			}
		}
		if !open {
			return ctx.Err()
		}
	}
}

// batch brings some items in and reports them.
func (r *run) batch(ctx context.Context, tasks []*task) error {
	made, err := r.im.pictures(ctx, tasks)
	r.sum.Pictures += made
	if err != nil {
		return err
	}
	// What was begun is finished: a person who interrupts loses nothing.
	ctx = context.WithoutCancel(ctx)
	var drafts []*draft
	var items []news.Incoming
	at := make([]int, len(tasks)) // index in items, -1: not among them
	for i, t := range tasks {
		at[i] = -1
		if t.err != nil || t.draft.skip != "" || t.draft.only {
			continue
		}
		if t.draft.in.Withdrawn == nil {
			t.draft.assemble(t.found)
		}
		t.draft.lacking(t.missing)
		at[i] = len(drafts)
		drafts = append(drafts, t.draft)
	}
	if err := r.im.names.resolve(ctx, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		items = append(items, d.in)
	}
	results, err := r.store(ctx, items)
	if err != nil {
		return err
	}
	for i, t := range tasks {
		var res *news.Imported
		if at[i] >= 0 {
			res = &results[at[i]]
		}
		r.report(t, res)
		r.done = t.base + t.raw.end
	}
	if p := r.im.options.Progress; p != nil {
		p(r.done, r.total, r.sum.Items)
	}
	if time.Since(r.last) >= saveEvery {
		return r.bookmark(ctx)
	}
	return nil
}

// store hands items to the desk. A batch that is refused as a whole is tried
// item by item: one that the database cannot take must not stop the others.
func (r *run) store(ctx context.Context, items []news.Incoming) ([]news.Imported, error) {
	if len(items) == 0 {
		return nil, nil
	}
	actor := account.System(importActor)
	results, err := r.im.parts.Desk.Import(ctx, actor, items)
	if err == nil {
		return results, nil
	}
	results = make([]news.Imported, len(items))
	refused := 0
	for i := range items {
		one, oneErr := r.im.parts.Desk.Import(ctx, actor, items[i:i+1])
		if oneErr == nil {
			results[i], refused = one[0], 0
			continue
		}
		if kind := fault.KindOf(oneErr); kind == fault.Internal || kind == fault.Unavailable {
			if refused++; refused == 3 || len(items) == 1 {
				return nil, err // it is not the items
			}
		}
		results[i] = news.Imported{Result: news.ItemFailed, Err: oneErr}
	}
	return results, nil
}

// report tells what became of an item.
func (r *run) report(t *task, res *news.Imported) {
	l := Line{URI: t.draft.uri, File: t.file.name, Line: t.raw.line, Missing: t.missing}
	err := t.err
	switch {
	case err != nil:
		l.Result = news.ItemFailed
	case t.draft.skip != "":
		l.Result, l.Error = ItemSkipped, t.draft.skip
	case t.draft.only && t.missed != nil:
		l.Result, err = news.ItemFailed, t.missed
		if fieldOf(err) == "" {
			l.Field = "renditions"
		}
	case t.draft.only:
		l.Result, l.ID = news.ItemUnchanged, t.found[1].ID
		if t.created {
			l.Result = news.ItemCreated
		}
	default:
		l.Result, l.ID, err = res.Result, res.ID, res.Err
		if res.Path != "" {
			l.URL = strings.TrimSuffix(r.im.options.BaseURL, "/") + res.Path
		}
		if len(res.Pending) > 0 {
			l.Error = "saved, not yet confirmed on " + strings.Join(res.Pending, ", ") + "; they go on trying"
		}
		if res.Result == news.ItemConflict {
			l.Error = "people have edited the story since; the new version is kept and not live"
		}
	}
	if err != nil {
		l.Error = fault.Message(err)
		if f := fieldOf(err); f != "" {
			l.Field = f
			l.Line += lineOf(t.raw.data, f)
		}
		if r.failed < 0 {
			r.failed = t.base + t.raw.start
		}
	}
	if r.im.options.Changes {
		l.Changes = t.draft.report.Notes
	}
	r.sum.add(&l, &t.draft.report)
	r.emit(l)
}
