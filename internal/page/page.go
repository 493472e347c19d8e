package page

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrUnavailable is wrapped by every failure that is not the asker's own: the
// engine has not started, the database has been away for too long, a rendering
// failed and nothing older may be served. A door answers it with 503 and
// Retry-After.
var ErrUnavailable = errors.New("page unavailable")

// ErrBusy is the ErrUnavailable of a page that would have to be rendered while
// too many renderings wait. Nothing is wrong; the answer came at once.
var ErrBusy = fmt.Errorf("%w: too many renderings wait", ErrUnavailable)

// Class is what a reader is entitled to and no more: a set of bits, never a
// person. The zero Class is the anonymous reader.
type Class uint8

// The bits of a Class.
const (
	Registered  Class = 1 << iota // has an account
	MembersText                   // may read members' stories to the end
	AdFree                        // sees no ads and no offers
)

const classes = 8 // every set of the three bits

// Hole is a place in a skeleton where a module's piece goes.
type Hole struct {
	Module string // "latest"
	Params string // "3"; opaque to the engine, one spelling per meaning
	// Without is the key of an item ("55") that must not stand in this list.
	// If the module's piece says that it Contains the item, the piece made for
	// the whole Hole takes its place; all other pages share the plain one.
	Without string
	Need    Class // bits that a reader must have, else nothing stands here
	Hide    Class // bits that leave nothing here (AdFree, for an ad)
	// Width is how many bytes the piece takes; zero: that is not known. A
	// shorter rendering is filled up with spaces. What follows in the page may
	// then refer to what stands before the hole and compresses better. A longer
	// one is right as well, but costs every page a compression.
	Width int
	// Frame is what the piece begins and ends with as long as the tags of the page
	// that leaves the hole are not announced; it is read together with Width only,
	// and a piece that is filled up is so in front of its known end. What follows
	// in the page may then refer to the Frame. A piece with another one is right as
	// well, but costs every page a compression.
	Frame Frame
	// Near are the keys of items that the page prints itself in front of the
	// hole ("55 61"). If the piece Contains two or more of them, as few pages'
	// does, it is compressed again for this page and refers to them there. That
	// costs a compression whenever the page is put together.
	Near string
}

// nearLeast is how many items make it worth to compress a piece for one page.
// Each costs a hundred bytes, and the compression a millisecond.
const nearLeast = 2

// Open reports whether a reader of the class gets what stands in the hole.
func (h Hole) Open(class Class) bool {
	return h.Need&^class == 0 && h.Hide&class == 0
}

// piece names what stands in the hole, whoever asks: the same module behind
// different class bits is rendered once.
func (h Hole) piece() Hole {
	return Hole{Module: h.Module, Params: h.Params, Without: h.Without, Width: h.Width, Frame: h.Frame}
}

// frame returns the texts of the hole's Frame, none if it has no place for them.
func (h Hole) frame() frame {
	f := h.Frame.texts()
	if !h.wide() || len(f.start)+len(f.end) > h.Width {
		return frame{}
	}
	return f
}

// wide reports whether it is certain how many bytes stand in the hole: for
// every class, and few enough to look back over.
func (h Hole) wide() bool {
	return h.Width > 0 && h.Width < window && h.Need == 0 && h.Hide == 0
}

// Caching is how long others may keep a page without asking again.
type Caching uint8

// The kinds of Caching. Whatever the kind, a reader with a class gets "private".
const (
	Revalidate Caching = iota // always ask; shared caches that we purge may keep it
	Brief                     // five minutes, also in browsers: redirects that may be taken back
	Never                     // not kept at all: error pages
)

// Field is one more header line of a page ("Link", "X-Robots-Tag").
type Field struct{ Name, Value string }

// Rendering is what a Source makes: a page with holes, or a module's piece.
type Rendering struct {
	Body  []byte
	Holes *Holes // pages only; nil: no hole. See NewHoles
	// Tags name everything that the body prints. A change of any of them makes
	// the rendering stale.
	Tags []string
	// Contains are the keys of the items that a list prints; see Hole.Without.
	Contains []string
	// Until is the instant at which the body stops being true; zero: never. A
	// list may have one (a front with a pin that ends, a news sitemap); on pages
	// of which there are many, text that depends on now belongs in a piece.
	Until time.Time

	// The rest is read for pages only.

	Status      int     // zero: 200
	ContentType string  // empty: text/html; charset=utf-8
	Location    string  // target, for a redirect
	Header      []Field // at most eight, none that the engine itself writes
	Caching     Caching
}

// Source makes what the engine keeps. It is called from the engine's own
// goroutines with the engine's context, never a request's, so that nothing of
// a request but the key can get into a page. It must not call the engine.
//
// Any error means that nothing is kept. Options.Definite tells the errors that
// say something about the world (there is no such page) from those that say
// that the rendering failed.
type Source interface {
	// Page renders the page of a key: its canonical path with its declared
	// query.
	Page(ctx context.Context, key string) (Rendering, error)
	// Module renders what goes into a hole. Need and Hide are always zero.
	Module(ctx context.Context, hole Hole) (Rendering, error)
}
