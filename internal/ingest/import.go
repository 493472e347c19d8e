package ingest

import (
	"context"
	"maps"
	"net/url"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/fetch"
	"warta/internal/media"
	"warta/internal/news"
)

// Desk takes stories in; *news.Desk does.
type Desk interface {
	Import(ctx context.Context, actor account.Actor, items []news.Incoming) ([]news.Imported, error)
	Rehearse(ctx context.Context, actor account.Actor, items []news.Incoming, tree *news.Tree) ([]news.Imported, error)
}

// Names gives the ids of names (change.MadePerson and its like): EnsureNames makes
// what is not there yet, as a part of a run.
type Names interface {
	EnsureNames(ctx context.Context, run int64, kind string, names []string) (map[string]int64, error)
	NamesThere(ctx context.Context, kind string, names []string) (map[string]int64, error)
}

// Runs keep how far a run is, what it made, and what it had to say.
type Runs interface {
	BeginImport(ctx context.Context, run news.ImportRun, ids int64) (news.ImportRun, error)
	SaveImport(ctx context.Context, run *news.ImportRun, lines []news.ImportLine) error
	ImportLines(ctx context.Context, run int64, after news.ImportLine, limit int) ([]news.ImportLine, error)
}

// Pages are the static pages that there are; *store.DB has them.
type Pages interface {
	StaticPage(ctx context.Context, slug string) (news.StaticPage, error)
	PageImported(ctx context.Context, slug string) (bool, error)
}

// Shelf finds what is here already.
type Shelf interface {
	Pictures(ctx context.Context, f media.Filter) ([]media.Picture, error)
	PictureByHash(ctx context.Context, hash string) (media.Picture, error)
	// Of stories, persons, topics and fronts that are here already.
	StoriesByURI(ctx context.Context, uris []string) (map[string]int64, error)
	Stories(ctx context.Context, ids []int64) ([]news.Story, error)
	Topics(ctx context.Context, ids []int64) ([]news.Topic, error)
	Persons(ctx context.Context, ids []int64) ([]news.Person, error)
	Front(ctx context.Context, sectionID int64) (news.Front, error)
}

// Forum takes comments in; *discuss.Forum does.
type Forum interface {
	Import(ctx context.Context, actor account.Actor, list []discuss.Incoming) (added, cut int, err error)
}

// Parts are what an Importer works with. Fetch is nil where nothing may be
// fetched; then pictures that are addresses count as missing.
type Parts struct {
	Desk    Desk
	Names   Names
	Runs    Runs
	Shelf   Shelf
	Pages   Pages
	Site    *news.Site
	Forum   Forum
	Library *media.Library
	Fetch   *fetch.Client
}

// Options of an Importer.
type Options struct {
	Tree     *news.Tree
	Settings news.Settings
	BaseURL  string // of the site, for the addresses in the report
	Section  string // slug for items that name no section; empty: such items fail
	Restart  bool   // forget how far an interrupted run came
	Changes  bool   // report what was removed and moved with each item
	// Rehearse does all but write: the report says what would become of the items.
	Rehearse bool
	// Note is told what somebody at a terminal should know before the first item.
	Note func(text string)
	// Survey is told how far an input was looked through before the first item.
	Survey func(done, total int64)
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
	// Lacks says what of the item could not be taken in, a sentence for each reason.
	Lacks []string `json:"lacks,omitempty"`
	// Changes is what was removed and moved, if it was asked for.
	Changes []Note `json:"changes,omitempty"`
}

// ItemSkipped is the result of an item that is in order and becomes nothing.
const ItemSkipped news.ImportResult = "skipped"

// Summary is what became of all items that one call looked at.
type Summary struct {
	Run      int64 // 0: of a rehearsal
	Items    int
	Results  map[news.ImportResult]int
	Pictures int // that are new in the library
	Missing  int // that could not be taken in
	Comments int // that are new
	Changes  HTMLReport
	// Others counts what else is worth a number, by a word for it.
	Others map[string]int
	// Resumed is the number of bytes that an earlier attempt had taken in, and Before
	// what became of them. Made is what the run made, with all attempts.
	Resumed int64
	Before  news.ImportCounts
	Made    map[string]int
	// Interrupted: the context ended before the input did. Rehearsed: nothing was
	// written.
	Interrupted, Rehearsed bool
}

// Complete reports whether everything that is meant to went in.
func (s *Summary) Complete() bool {
	return s.Results[news.ItemFailed] == 0 && s.Before.Results[news.ItemFailed] == 0 && !s.Interrupted
}

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

// counts returns what became of all items of the run, earlier attempts included.
func (s *Summary) counts() news.ImportCounts {
	b := &s.Before
	c := news.ImportCounts{Items: b.Items + s.Items, Pictures: b.Pictures + s.Pictures, Missing: b.Missing + s.Missing,
		Comments: b.Comments + s.Comments, Results: maps.Clone(b.Results), Dropped: maps.Clone(b.Dropped), Others: maps.Clone(b.Others)}
	if c.Results == nil {
		c.Results = map[news.ImportResult]int{}
	}
	for k, n := range s.Results {
		c.Results[k] += n
	}
	if c.Dropped == nil {
		c.Dropped = map[string]int{}
	}
	for k, n := range s.Changes.Counts {
		c.Dropped[string(k)] += n
	}
	if c.Others == nil {
		c.Others = map[string]int{}
	}
	for k, n := range s.Others {
		c.Others[k] += n
	}
	return c
}
