package page

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// The modes of an engine.
const (
	waiting   int32 = iota // for Start
	serving                // as usual
	suspended              // the database is away
)

// Engine serves pages. Its methods are safe for concurrent use. Make one with
// New, tell it when it may begin with Start, and end it with Close.
type Engine struct {
	source       Source
	now          func() time.Time
	elapsed      func() time.Duration
	hot          func(string) bool
	offlineLimit int64
	sharedAge    time.Duration
	stop         context.CancelFunc

	mode    atomic.Int32
	since   atomic.Int64 // instant of the suspension, Unix nanoseconds
	applied atomic.Int64 // highest event number announced
	ledger  *ledger
	press   press
	frames  frames
	wires   wires
	crew    *crew
	pages   shelf[string, *skeleton]
	pieces  shelf[Hole, *piece]
	files   *Files
	loans   loans
	unnamed [2][]line    // policies; see unnamedPolicies
	watcher Observer     // nil: none
	store   Store        // nil: none
	porters *crew        // reads the store
	readers atomic.Int32 // who reads it himself
	// sightings are of pages that were read from it.
	sightings sightings
	count     counters

	announcing sync.Mutex // one announcement at a time

	sweeping    sync.Mutex
	retireLimit int64 // bytes of old pieces that views may keep alive

	hotMu   sync.Mutex
	hotKeys map[Hole]struct{} // pieces that are rebuilt at once
}

// maxHot bounds how many pieces are looked at in every announcement.
const maxHot = 4096

// New returns an engine for the source. It answers nothing before Start.
func New(source Source, opt Options) *Engine {
	ctx, stop := context.WithCancel(context.Background())
	e := &Engine{
		source:       source,
		now:          opt.Now,
		hot:          opt.Hot,
		offlineLimit: int64(cmp.Or(opt.OfflineLimit, 10*time.Minute)),
		sharedAge:    opt.SharedAge,
		stop:         stop,
		watcher:      opt.Observer,
		ledger:       newLedger(cmp.Or(opt.Tags, 1<<18)),
		retireLimit:  cmp.Or(opt.PieceBytes, pieceBytes) / 4,
		hotKeys:      make(map[Hole]struct{}),
	}
	if e.now == nil {
		e.now = time.Now
	}
	e.elapsed = opt.Elapsed
	if e.elapsed == nil {
		start := time.Now()
		e.elapsed = func() time.Duration { return time.Since(start) } // monotonic
	}
	busyAfter := cmp.Or(opt.Busy, busyAfter)
	e.crew = newCrew(cmp.Or(opt.Renderers, max(runtime.GOMAXPROCS(0), 2)), e.elapsed, 4*busyAfter)
	log := opt.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	limits := limits{render: cmp.Or(opt.RenderTimeout, 15*time.Second), retry: cmp.Or(opt.RetryAfter, time.Second), busy: busyAfter}

	e.pages = shelf[string, *skeleton]{
		ledger: e.ledger, crew: e.crew, ctx: ctx, now: e.now, elapsed: e.elapsed, log: log, kind: "page", limits: limits,
		render: e.renderPage, definite: opt.Definite, away: e.away, kept: e.keptPage, applied: e.Applied,
		lane: func(key string) lane {
			if opt.First != nil && opt.First(key) {
				return shared
			}
			return single
		},
	}
	if opt.Definite == nil {
		e.pages.definite = never
	}
	if e.watcher != nil {
		e.pages.rendered = func(_ string, waited, took time.Duration, failed bool) { e.watcher.Rendered("", waited, took, failed) }
		e.pieces.rendered = func(key Hole, waited, took time.Duration, failed bool) {
			e.watcher.Rendered(key.Module, waited, took, failed)
		}
	}
	e.pages.open(cmp.Or(opt.PageBytes, pageBytes), func(key string, s *skeleton) int { return len(key) + s.bytes() })

	e.pieces = shelf[Hole, *piece]{
		ledger: e.ledger, crew: e.crew, ctx: ctx, now: e.now, elapsed: e.elapsed, log: log, kind: "piece", limits: limits,
		render: e.renderPiece, definite: never, away: e.away, kept: e.keptPiece, applied: e.Applied,
		lane: func(Hole) lane { return shared },
	}
	e.pieces.open(cmp.Or(opt.PieceBytes, pieceBytes), func(key Hole, p *piece) int {
		return 72 + len(key.Module) + len(key.Params) + len(key.Without) + p.bytes()
	})
	e.files = newFiles(e, opt.FileBytes)
	e.unnamed = e.unnamedPolicies()
	e.openStore(opt)
	return e
}

// openStore puts the store below the shelves.
func (e *Engine) openStore(opt Options) {
	if opt.Store == nil {
		return
	}
	e.store, e.porters = opt.Store, newCrew(porters, e.elapsed, 0)
	e.frames.store = opt.Store
	e.sightings.seed = maphash.MakeSeed()
	e.pages.below = tier[string, *skeleton]{store: e.store, crew: e.porters, pack: packSkeleton, unpack: e.unpackSkeleton, name: func(key string) string {
		if opt.Lasting != nil && !opt.Lasting(key) {
			return ""
		}
		return key // all other names begin with a zero byte
	}}
	if opt.Own == nil {
		return
	}
	e.pieces.below = tier[Hole, *piece]{store: e.store, crew: e.porters, pack: packPiece, unpack: unpackPiece, name: func(h Hole) string {
		if !opt.Own(h.Module) {
			return ""
		}
		name := "\x00m" + h.Module + "\x00" + h.Params + "\x00" + h.Without
		if h.Width > 0 {
			name += "\x00" + strconv.Itoa(h.Width)
		}
		return name
	}}
}

func (e *Engine) unpackSkeleton(r Record, epoch uint64) (*skeleton, error) {
	return unpackSkeleton(r, epoch, &e.frames)
}

func never(error) bool { return false }

// Start lets the engine answer. seq is the number of the latest event in the
// database: everything up to it is in what a rendering reads from now on.
func (e *Engine) Start(seq int64) {
	e.raise(seq)
	e.mode.CompareAndSwap(waiting, serving)
}

// Suspend says that events could not be read since at, so that nobody knows
// what changed. What is warm is served on, marked, until Options.OfflineLimit
// has passed since then; nobody gets members' text.
func (e *Engine) Suspend(at time.Time) {
	if e.mode.Load() != suspended {
		e.since.Store(at.UnixNano())
		e.mode.CompareAndSwap(serving, suspended)
	}
}

func (e *Engine) away() bool { return e.mode.Load() == suspended }

// Resume ends a suspension. All events that were missed must have been
// announced before.
func (e *Engine) Resume() { e.mode.CompareAndSwap(suspended, serving) }

// Applied returns the highest event number that the engine has acted on.
func (e *Engine) Applied() int64 { return e.applied.Load() }

// Close ends all renderings and waits for them. Get answers ErrUnavailable
// afterwards, unless what it is asked for is warm.
func (e *Engine) Close() {
	e.stop()
	if e.porters != nil {
		e.porters.close() // first: they hand over to the crew
	}
	e.crew.close()
	e.pages.cache.StopAllGoroutines()
	e.pieces.cache.StopAllGoroutines()
	e.files.close()
}

// Announce says that event seq changed what the tags stand for: no rendering
// that prints one of them and began before this call answers a request that
// comes after it. With takedown it may not answer at all any more: it is out of
// memory and struck off the store when Announce returns, and nothing older takes
// its place.
//
// Events are announced in the order of their numbers. Announcing one late or
// twice costs renderings, nothing else.
func (e *Engine) Announce(seq int64, tags []string, takedown bool) {
	e.announcing.Lock()
	defer e.announcing.Unlock()
	hashes := hashTags(tags)
	if e.store != nil {
		e.store.Announce(seq, tags, takedown) // before the epoch: see tier.read
	}
	e.ledger.announce(hashes, takedown)
	e.raise(seq)
	e.count.announcements.Add(1)
	if takedown {
		e.dropTaken()
	}
	e.rebuildHot(takedown)
	if e.store != nil {
		e.store.Settle() // last: readers do not wait for the disk
	}
}

// Forget says that events up to seq cannot be read any more, so that anything
// may have changed or been taken down: nothing that was rendered before is
// served again.
func (e *Engine) Forget(seq int64) {
	e.announcing.Lock()
	defer e.announcing.Unlock()
	if e.store != nil {
		e.store.Forget(seq)
	}
	e.ledger.forget()
	e.raise(seq)
	e.dropTaken()
	e.rebuildHot(true)
	if e.store != nil {
		e.store.Settle()
	}
}

func (e *Engine) raise(seq int64) {
	for old := e.applied.Load(); seq > old && !e.applied.CompareAndSwap(old, seq); old = e.applied.Load() {
	}
}

func (e *Engine) keptPage(_ string, s *skeleton, seq int64) {
	if e.watcher != nil {
		e.watcher.Kept("", s.names, seq)
	}
}

func (e *Engine) keptPiece(key Hole, p *piece, seq int64) {
	e.watch(key)
	if e.watcher != nil {
		e.watcher.Kept(key.Module, p.names, seq)
	}
}

// watch remembers a piece that is to be rebuilt at once.
func (e *Engine) watch(key Hole) {
	if e.hot == nil || key.Without != "" || !e.hot(key.Module) {
		return
	}
	e.hotMu.Lock()
	defer e.hotMu.Unlock()
	if len(e.hotKeys) < maxHot {
		e.hotKeys[key] = struct{}{}
	}
}

// rebuildHot gets the hot pieces rendered that are stale, or were just taken
// down. Nobody waits for them.
func (e *Engine) rebuildHot(takedown bool) {
	now := e.now().UnixNano()
	e.hotMu.Lock()
	defer e.hotMu.Unlock()
	for key := range e.hotKeys {
		entry, ok := e.pieces.cache.GetEntryQuietly(key)
		switch {
		case !ok && !takedown: // evicted: the next reader decides whether it is hot
			delete(e.hotKeys, key)
		case !ok, e.pieces.judge(entry.Value.status(), now) != fresh:
			e.pieces.board(key)
		}
	}
}

// renderPage calls the source for a page and cuts the result at its holes.
func (e *Engine) renderPage(ctx context.Context, key string, epoch uint64) (*skeleton, error) {
	e.count.pageRenders.Add(1)
	r, err := e.source.Page(ctx, key)
	if err != nil {
		if e.pages.definite(err) {
			return nil, err
		}
		return nil, fmt.Errorf("page %s: %w: %w", plainKey(key), ErrUnavailable, err)
	}
	s, err := e.skeleton(r, epoch)
	if err != nil {
		return nil, fmt.Errorf("page %s: %w: %w", plainKey(key), ErrUnavailable, err)
	}
	return s, nil
}

func (e *Engine) skeleton(r Rendering, epoch uint64) (*skeleton, error) {
	segments, holes, err := r.Holes.Split(r.Body)
	if err != nil {
		return nil, err
	}
	s := &skeleton{holes: holes}
	if s.head, err = newHead(r); err != nil {
		return nil, err
	}
	s.init(r, epoch)
	for _, h := range holes {
		e.frames.learn(h.Frame)
	}
	for _, segment := range segments {
		e.compresses(segment)
	}
	if s.segments, err = e.press.segments(segments, holes); err != nil {
		return nil, err
	}
	s.seal()
	return s, nil
}

// renderPiece calls the source for a module. Whatever goes wrong with it, the
// page is there: so the cause does not stay in the chain, where a door would
// take "no such list" for "no such page".
func (e *Engine) renderPiece(ctx context.Context, key Hole, epoch uint64) (*piece, error) {
	e.count.pieceRenders.Add(1)
	r, err := e.source.Module(ctx, key)
	if err == nil && r.Holes.Len() > 0 {
		err = fmt.Errorf("a module has no holes of its own")
	}
	if err != nil {
		return nil, fmt.Errorf("module %s(%s): %w: %v", key.Module, key.Params, ErrUnavailable, err)
	}
	p := &piece{contains: newItems(r.Contains)}
	f := key.frame()
	p.framed = f.around(string(r.Body))
	if short := key.Width - len(r.Body); short > 0 && short < window {
		at := len(r.Body)
		if p.framed {
			at -= len(f.end)
		}
		r.Body = slices.Insert(slices.Clone(r.Body), at, bytes.Repeat([]byte{' '}, short)...)
	}
	e.compresses(r.Body)
	if p.block, err = e.press.block(r.Body); err != nil {
		return nil, fmt.Errorf("module %s(%s): %w: %v", key.Module, key.Params, ErrUnavailable, err)
	}
	p.init(r, epoch)
	return p, nil
}

// compresses counts what is compressed.
func (e *Engine) compresses(raw []byte) {
	if len(raw) > 0 {
		e.count.compressions.Add(1)
	}
}
