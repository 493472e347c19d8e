package ingest

import (
	"context"
	"net/url"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/fetch"
	"warta/internal/media"
	"warta/internal/news"
)

// Desk takes stories in; *news.Desk does.
type Desk interface {
	Import(ctx context.Context, actor account.Actor, items []news.Incoming) ([]news.Imported, error)
}

// Names gives the ids of names, and makes what is not there yet.
type Names interface {
	EnsurePersons(ctx context.Context, names []string) (map[string]int64, error)
	EnsureTopics(ctx context.Context, names []string) (map[string]int64, error)
	EnsureSources(ctx context.Context, names []string) (map[string]int64, error)
}

// Bookmarks keep how far an input is in, for a run that was interrupted.
type Bookmarks interface {
	ImportProgress(ctx context.Context, source string) (done int64, err error)
	SaveImportProgress(ctx context.Context, source string, done int64, at time.Time) error
	DropImportProgress(ctx context.Context, source string) error
}

// Shelf finds pictures that are in the library already.
type Shelf interface {
	Pictures(ctx context.Context, f media.Filter) ([]media.Picture, error)
	PictureByHash(ctx context.Context, hash string) (media.Picture, error)
}

// Parts are what an Importer works with. Fetch is nil where nothing may be
// fetched; then pictures that are addresses count as missing.
type Parts struct {
	Desk      Desk
	Names     Names
	Bookmarks Bookmarks
	Shelf     Shelf
	Library   *media.Library
	Fetch     *fetch.Client
}

// Options of an Importer.
type Options struct {
	Tree     *news.Tree
	Settings news.Settings
	BaseURL  string // of the site, for the addresses in the report
	Section  string // slug for items that name no section; empty: such items fail
	Restart  bool   // forget how far an interrupted run came
	Changes  bool   // report what was removed and moved with each item
	// Progress is told how much is in, now and then; total is 0 if unknown.
	Progress func(done, total int64, items int)
	Now      func() time.Time // of pictures' embargoes; nil: the clock
	Pause    time.Duration    // between batches, so that others can write; zero: 5 ms
	Idle     time.Duration    // after which a slow input's batch goes in unfilled; zero: 500 ms
}

// Importer brings items of interchange formats in.
type Importer struct {
	parts   Parts
	options Options
	conv    *converter
	names   *nameCache
}

// NewImporter returns an importer. A section or a pattern of datelines that
// cannot be used is fault.Invalid.
func NewImporter(p Parts, o Options) (*Importer, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause <= 0 {
		o.Pause = 5 * time.Millisecond
	}
	if o.Idle <= 0 {
		o.Idle = 500 * time.Millisecond
	}
	c, err := newConverter(&o)
	if err != nil {
		return nil, err
	}
	return &Importer{parts: p, options: o, conv: c, names: newNameCache(p.Names)}, nil
}

func newConverter(o *Options) (*converter, error) {
	c := &converter{tree: o.Tree, sections: map[string]*news.Section{}, zone: o.Settings.Zone(),
		language: o.Settings.Language(), now: o.Now,
		own: []string{o.Settings.Name(), o.Settings.DatelineName(), o.Settings.Get("publisher")}}
	for _, s := range o.Tree.All() {
		c.sections[strings.ToLower(s.Name)] = s
	}
	if o.Section != "" {
		if c.fallback = o.Tree.BySlug(o.Section); c.fallback == nil {
			return nil, fault.Input("section", "there is no section %q", o.Section)
		}
	}
	if u, err := url.Parse(o.BaseURL); err == nil {
		c.host = strings.ToLower(u.Host)
	}
	lines, err := ParseDatelines(o.Settings.Get("datelines"))
	if err == nil {
		c.datelines, err = lines.With(o.Settings.Name(), o.Settings.DatelineName())
	}
	return c, err
}

// Line is what became of one item.
type Line struct {
	URI    string            `json:"uri"`
	Result news.ImportResult `json:"result"`
	ID     int64             `json:"id,omitempty"`
	URL    string            `json:"url,omitempty"`
	Error  string            `json:"error,omitempty"` // why it failed, was skipped or is a conflict
	Field  string            `json:"field,omitempty"` // of the item, that the error is about
	File   string            `json:"file,omitempty"`
	Line   int               `json:"line,omitempty"`
	// Missing is the number of pictures of the item that could not be taken in.
	Missing int `json:"missing_pictures,omitempty"`
	// Changes is what was removed and moved, if it was asked for.
	Changes []Note `json:"changes,omitempty"`
}

// ItemSkipped is the result of an item that is in order and becomes nothing.
const ItemSkipped news.ImportResult = "skipped"

// Summary is what became of all items.
type Summary struct {
	Items    int
	Results  map[news.ImportResult]int
	Pictures int // that are new in the library
	Missing  int // that could not be taken in
	Changes  HTMLReport
	// Resumed is the number of bytes that an earlier run had taken in.
	Resumed int64
	// Interrupted: the context ended before the input did.
	Interrupted bool
}

// Complete reports whether everything that is meant to went in.
func (s *Summary) Complete() bool { return s.Results[news.ItemFailed] == 0 && !s.Interrupted }

// add counts one line.
func (s *Summary) add(l *Line, report *HTMLReport) {
	s.Items++
	s.Results[l.Result]++
	s.Missing += l.Missing
	for kind, n := range report.Counts {
		if s.Changes.Counts == nil {
			s.Changes.Counts = map[NoteKind]int{}
		}
		s.Changes.Counts[kind] += n
	}
}
