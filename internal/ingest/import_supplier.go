package ingest

import (
	"context"

	"warta/internal/media"
	"warta/internal/news"
)

// supplier gives the items of one input, whatever it is: the importer knows what
// becomes of a draft, a supplier what a draft is made of. Whoever adds one writes
// these five methods, and a convert for its tasks that fills a draft.
type supplier interface {
	// kind is the word for such inputs that runs are kept under: "ninjs".
	kind() string
	// survey looks the input through before anything is read.
	survey(ctx context.Context, progress func(done, total int64)) (survey, error)
	// begin is called once, when it is known which ids are kept for the stories
	// (r.record.FirstID) and before the first item.
	begin(ctx context.Context, r *run) error
	// read sends the items behind the first from bytes of the input, in an order that
	// is the same each time, with ascending ends. An error of send ends it.
	read(ctx context.Context, from int64, send func(context.Context, *task) error) error
	// end does what can be done only when all items are in. It may be called again
	// after a kill.
	end(ctx context.Context, r *run) error
}

// survey is what a source finds before it reads.
type survey struct {
	name     string // of the input, as people know it
	identity string // what tells it from others; empty: it cannot be read twice
	total    int64  // bytes; 0: unknown
	ids      int64  // how many ids of stories are to be kept for it
}

// task is one item on its way to the database.
type task struct {
	file       *file // where it stands, and where its pictures are looked for
	line       int   // of its first byte, from 1
	start, end int64 // in the whole input: when it is in, so are end bytes
	size       int64 // bytes that it takes while it waits
	// convert makes a draft of the item. It runs beside others and asks no database.
	// The draft may be nil with an error.
	convert func() (*draft, error)
	// lineOf returns how many lines below line a field stands; nil: nobody knows.
	lineOf func(field string) int

	ready chan struct{}
	draft *draft
	err   error

	found   map[int64]media.Picture
	created bool // the item's own picture is new
	missing int
	missed  error
	lacks   []lack
}

// weight is how much of maxFlight a task takes; one that is larger goes alone.
func (t *task) weight() int64 { return min(t.size+1024, maxFlight) }

// page is a draft that becomes a static page.
type pageDraft struct {
	page      news.StaticPage
	redirects []news.Redirect // Target is filled in
}
