package page

import (
	"log/slog"
	"time"
)

// Options are what New can do without. Every zero value is usable.
type Options struct {
	Now func() time.Time // the clock; nil: time.Now
	// Elapsed is the time since some instant, by a clock that nobody moves: the
	// queue is measured by it. nil: the system's.
	Elapsed func() time.Duration
	Logger  *slog.Logger // nil: none
	// Definite reports whether an error of the Source says something about the
	// world ("no such page", "withdrawn") and not that the rendering failed.
	// Get returns such an error as it is, and drops the page that it was asked
	// for. nil: no error does.
	Definite func(error) bool
	// Hot reports whether a module's pieces are rebuilt as soon as they become
	// stale, before anybody asks. nil: none.
	Hot func(module string) bool

	Renderers     int           // renderings at once; zero: one per processor, at least 2
	RenderTimeout time.Duration // for one rendering; zero: 15 s
	RetryAfter    time.Duration // between attempts that fail while an older rendering serves; zero: 1 s
	// Busy is the length of the queue, as the time that a rendering would wait,
	// from which an older rendering is served if there is one; zero: 500 ms. From
	// four times as much on, a page of which there is none gets ErrBusy.
	Busy time.Duration
	// First reports whether the page of a key is rendered before those of others
	// and never refused: what many get in place of something else. nil: none is.
	First        func(key string) bool
	OfflineLimit time.Duration // how long a suspended engine answers; zero: 10 min
	// SharedAge is how long shared caches may keep an anonymous page. Set it
	// only if they are purged by Surrogate-Key.
	SharedAge time.Duration

	FileBytes  int64 // memory for files, see Files; zero: none are kept
	PageBytes  int64 // memory for pages; zero: 192 MiB
	PieceBytes int64 // memory for pieces; zero: 64 MiB
	Tags       int   // announced tags that are remembered; zero: 262,144

	// Observer is told what happens beside the way of warm requests; nil: nobody.
	Observer Observer

	// Store keeps what is not in memory; nil: nothing does. It is the caller's to
	// open and to close.
	Store Store
	// Lasting reports whether the page of a key is worth a place in the Store.
	// nil: every page is.
	Lasting func(key string) bool
	// Own reports whether a module's pieces belong to one page each and so into
	// the Store as well. nil: none do; what many pages share is rendered anew.
	Own func(module string) bool
}

// Observer is told what the engine does, for those who measure it. Its methods
// are called by whoever renders and must not block.
type Observer interface {
	// Rendered is told of each call of the Source, with the compression of what
	// came of it: which module, none for a page, how long it stood in the queue,
	// how long it took, and whether it failed. What says something about the world
	// (see Options.Definite) is no failure.
	Rendered(module string, waited, took time.Duration, failed bool)
	// Kept is told of each rendering that answers from now on: which module, none
	// for a page, what it prints, and up to which event it holds at least.
	Kept(module string, tags []string, seq int64)
}

// What Options leaves out.
const (
	pageBytes  = 192 << 20
	pieceBytes = 64 << 20
	busyAfter  = 500 * time.Millisecond
)
