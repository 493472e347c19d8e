// Package page keeps a site's pages ready to be sent. It knows no domain type:
// pages have keys, what they print has tags, and both are strings.
//
// # Skeletons, holes, pieces
//
// A page is rendered once per change of its own content into a skeleton: its
// text cut into segments, with holes where live modules go. A module is
// rendered once per change of its content into one piece, whatever the number
// of pages that show it. A body is segments and pieces one after the other:
//
//	skeleton   [segment] hole [segment] hole [segment]
//	pieces              latest          masthead
//
// So publishing a story costs the few modules that print it, and every page of
// the archive shows it on the next request. A Hole also names what a reader
// must be entitled to; one skeleton serves all classes of readers.
//
// A template leaves a hole by printing the marker that Holes.Put returns, and
// the engine refuses a text in which a marker is not exactly once where a piece
// can stand.
//
// # Compressed once
//
// Segments and pieces are kept as deflate blocks that end on a byte. A piece
// refers to nothing before it, so it can stand anywhere. A segment may refer to
// those before it in its page, over holes of known Width, and to what the pieces
// in those are known to begin and end with (Frame); after any other hole it begins
// anew. A piece that names what the page names (Near) is compressed for this
// page. A gzip body is a fixed header, the blocks as they are, an end block, a CRC
// that is computed from the blocks' CRCs, and a length. Nothing is compressed for a request, and a raw body (few ask for
// it) is decompressed.
//
// # What may be served
//
// Every rendering carries the tags of all that it prints. Announce says that
// something changed. These hold at any moment, and the tests are about them:
//
//  1. A rendering that began before an announcement of one of its tags answers
//     no request that came after it. It may answer requests that were waiting
//     for it already, and it is not kept. A request never joins a rendering
//     that began before the latest announcement.
//  2. After a takedown even those who were waiting do not get it: they get what
//     is rendered anew, or an error. It is out of memory when Announce returns.
//  3. If a rendering fails, or too many wait for theirs, what is kept goes on
//     being served, marked as stale, unless it was taken down or is members' text.
//  4. An instant that a rendering names (Until) makes it stale like a change.
//  5. Nothing of a request but its key and class has any influence on a body.
//  6. However many wait for a rendering, it is made once; one who leaves does
//     not end it for the others.
//  7. All memory is bounded. Where something is forgotten (tags, by the ledger's
//     floor), what depended on it is taken to be stale.
//
// All of this holds for what comes from a Store as well, whatever process wrote
// it.
//
// # How it is known
//
// An announcement has an epoch, a number that only this process knows, and the
// ledger remembers for each tag its last one. A rendering is known to hold as of
// an epoch: first the one at which it began, later that of the last look at the
// ledger that found none of its tags announced since. As long as that is the
// current epoch there is nothing to look up.
//
// The same holds for a view, which is a page with all its holes resolved for
// one class. A warm request finds the page, finds the view of the class,
// compares two numbers and the clock, and has a Response. After an announcement
// the view's parts are judged one by one; a piece that a thousand pages share is
// judged once for all of them. Only if a part no longer holds is the page put
// together again, which copies nothing.
//
// # Below memory
//
// A Store keeps what memory does not: every page that was rendered, and of the
// pieces those that belong to one page (Options.Own). A flight whose key the
// Store knows asks it first, in a crew of its own, and goes on to a rendering
// only if it has nothing that holds. The Store judges by event numbers. It is
// told of an announcement before the epoch is raised; so what it vouches for
// after a flight has begun holds as of the flight's epoch, and from there on it
// is like any rendering. What is read goes through the memory's admission: a
// crawler pushes nothing out.
//
// Ready is for a door that does not wait: it reads the Store in the asker's own
// goroutine and puts together what is in memory, and leaves to Get whatever takes
// a rendering.
//
// # Reading the code
//
//	page.go      the words: Class, Hole, Rendering, Source
//	holes.go     markers, and cutting a body at them
//	block.go     compressed blocks; crc.go joins their checksums
//	frames.go    what pieces begin and end with
//	ledger.go    what was announced, and the verdict on a rendering
//	piece.go     what is kept: standing, piece, skeleton, view
//	shelf.go     keeping renderings, and what is served when
//	flight.go    making each once
//	crew.go      the queue, and whether it is too long
//	files.go     answers that are not rendered, by the same announcements
//	store.go     the tier below memory; packed.go is what it keeps of a rendering
//	warm.go      what is ready to be sent; ready.go what is one read away
//	get.go       from a request to a view
//	options.go   what New may be told
//	engine.go    construction, announcements, calls of the Source
//	memory.go    takedowns and old pieces: letting go
//	response.go  one page ready to be sent; head.go, policy.go its header
//	wire.go      whole answers, of what is asked for all the time
//	serve.go     conditional requests and encodings over net/http
package page
