package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"warta/internal/change"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// ExportStories reads stories that readers see, in the order of their ids.
type ExportStories interface {
	StoriesAfter(ctx context.Context, after int64, limit int) ([]news.LiveStory, error)
	WithdrawnAfter(ctx context.Context, after int64, limit int) ([]news.Withdrawal, error)
	Stories(ctx context.Context, ids []int64) ([]news.Story, error)
	Cards(ctx context.Context, ids []int64) ([]news.Card, error)
	Corrections(ctx context.Context, storyIDs []int64) (map[int64][]news.Correction, error)
	StoryByHeadline(ctx context.Context, keys []int64) (map[int64]int64, error)
}

// ExportStructure reads what stories stand in.
type ExportStructure interface {
	Settings(ctx context.Context) (news.Settings, error)
	Sections(ctx context.Context) (*news.Tree, error)
	AllFronts(ctx context.Context) ([]int64, error)
	Front(ctx context.Context, sectionID int64) (news.Front, error)
	StaticPages(ctx context.Context) ([]news.StaticPage, error)
}

// ExportNames reads persons, topics and sources.
type ExportNames interface {
	Persons(ctx context.Context, ids []int64) ([]news.Person, error)
	Topics(ctx context.Context, ids []int64) ([]news.Topic, error)
	Sources(ctx context.Context, ids []int64) ([]news.Source, error)
	AllPersons(ctx context.Context, after int64, limit int) ([]news.Person, error)
	AllTopics(ctx context.Context, after int64, limit int) ([]news.Topic, error)
}

// ExportAddresses reads old addresses and pictures with theirs.
type ExportAddresses interface {
	RedirectsAfter(ctx context.Context, host, path string, limit int) ([]news.Redirect, error)
	Redirects(ctx context.Context, at []news.Redirect) ([]news.Redirect, error)
	PublicPicturesAfter(ctx context.Context, after int64, limit int) ([]media.Picture, error)
	PicturesByID(ctx context.Context, ids []int64) ([]media.Picture, error)
	AddressesOf(ctx context.Context, pictureIDs []int64) (map[int64]map[media.Crop]string, error)
}

// ExportComments reads what readers can read below stories, with the names that
// stand there, in the order of the ids.
type ExportComments interface {
	PublicCommentsAfter(ctx context.Context, after int64, limit int) ([]discuss.Entry, error)
}

// ExportLog tells what happens while an export runs.
type ExportLog interface {
	Now(ctx context.Context) (time.Time, error)
	PublicCounts(ctx context.Context) (stories, pictures int, err error)
	LastEvent(ctx context.Context) (int64, error)
	Events(ctx context.Context, after int64, limit int) ([]change.Event, error)
}

// ExportStore is all that an export reads; *store.DB is one.
type ExportStore interface {
	ExportStories
	ExportStructure
	ExportNames
	ExportAddresses
	ExportComments
	ExportLog
}

// Originals opens pictures as they came in; *media.Library does.
type Originals interface {
	Original(ctx context.Context, p media.Picture) (io.ReadCloser, error)
}

// ExportOptions are what an export needs beside the store.
type ExportOptions struct {
	BaseURL  string                // of the site; items name absolute addresses
	Progress func(done, total int) // after each step; nil: nobody looks
}

// The sizes of an export. A batch is what is in memory at once.
const (
	exportBatch = 100
	partItems   = 1000 // items in a file
)

// exporter is one run.
type exporter struct {
	store     ExportStore
	originals Originals
	opt       ExportOptions
	base      *url.URL
	w         *archiveWriter

	settings news.Settings
	tree     *news.Tree
	zone     *time.Location
	shown    map[int64]bool // sources that a live story credits
	topics   map[int64]bool // topics that a rule of a front names: whether readers see them

	part        *archiveFile
	parts       int
	inPart      int
	sum         ArchiveSummary
	done, total int
}

// Export writes everything that readers can see into a new folder: stories as
// ninjs items, notices of withdrawal, corrections, redirects, fronts, static
// pages, settings, sections, people, topics, sources, pictures with their
// addresses and comments. The folder appears when it is complete and on the disk. A Conflict
// says that a story was taken away meanwhile: then nothing is left behind.
func Export(ctx context.Context, store ExportStore, originals Originals, dir string, opt ExportOptions) (_ ArchiveSummary, err error) {
	defer fault.Wrap(&err, "export to %s", dir)
	opt.BaseURL = strings.TrimSuffix(opt.BaseURL, "/")
	base, err := url.Parse(opt.BaseURL)
	if err != nil {
		return ArchiveSummary{}, err
	}
	e := &exporter{store: store, originals: originals, opt: opt, base: base, shown: map[int64]bool{}, topics: map[int64]bool{}}
	if e.w, err = newArchive(dir); err != nil {
		return ArchiveSummary{}, err
	}
	if err := e.run(ctx); err != nil {
		if e.part != nil {
			err = errors.Join(err, e.part.f.Close())
		}
		return ArchiveSummary{}, errors.Join(err, e.w.discard())
	}
	return e.sum, nil
}

// run writes the stories first: whoever they name is there when names and
// pictures are read after them.
func (e *exporter) run(ctx context.Context) error {
	seq, err := e.store.LastEvent(ctx)
	if err != nil {
		return err
	}
	if err := e.begin(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{e.stories, e.withdrawn, e.endPart, e.frontTopics, e.names, e.pictures,
		e.comments, e.redirects, e.fronts, e.pages, e.structure} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := e.noTakedown(ctx, seq); err != nil {
		return err
	}
	now, err := e.store.Now(ctx)
	if err != nil {
		return err
	}
	e.sum.Files, e.sum.Bytes = e.w.files, e.w.bytes
	e.progress(e.total - e.done)
	return e.w.finish(manifestHead{Format: archiveFormat, Version: archiveVersion, Created: now.UTC(), BaseURL: e.opt.BaseURL,
		Items: "ninjs " + ninjsVersion, Counts: e.sum})
}

func (e *exporter) begin(ctx context.Context) (err error) {
	stories, pictures, err := e.store.PublicCounts(ctx)
	if err != nil {
		return err
	}
	e.total = stories + pictures
	if e.settings, err = e.store.Settings(ctx); err != nil {
		return err
	}
	e.zone = e.settings.Zone()
	e.tree, err = e.store.Sections(ctx)
	return err
}

func (e *exporter) progress(n int) {
	e.done += n
	if e.opt.Progress != nil {
		e.opt.Progress(e.done, max(e.total, e.done))
	}
}

// noTakedown makes sure that nothing was taken away since event seq: its text
// may be in a file already.
func (e *exporter) noTakedown(ctx context.Context, seq int64) error {
	for {
		events, err := e.store.Events(ctx, seq, 500)
		if fault.Is(err, fault.Gone) {
			return fault.New(fault.Conflict, "the export ran for so long that it cannot tell whether a story was taken away meanwhile; nothing was kept. Run it again: %w", err)
		}
		if err != nil {
			return err
		}
		for _, ev := range events {
			if ev.Takedown {
				return fault.New(fault.Conflict, "a story was taken away while the export ran, and its text may be in it; nothing was kept. Run it again")
			}
			seq = ev.Seq
		}
		if len(events) < 500 {
			return nil
		}
	}
}

func (e *exporter) stories(ctx context.Context) error {
	for after := int64(0); ; {
		list, err := e.store.StoriesAfter(ctx, after, exportBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1].Story.ID
		b, err := e.load(ctx, list)
		if err != nil {
			return err
		}
		for i := range list {
			if err := e.add(b.item(&list[i])); err != nil {
				return err
			}
		}
		e.sum.Stories += len(list)
		e.progress(len(list))
	}
}

func (e *exporter) withdrawn(ctx context.Context) error {
	for after := int64(0); ; {
		list, err := e.store.WithdrawnAfter(ctx, after, exportBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1].StoryID
		ids := make([]int64, len(list))
		for i := range list {
			ids[i] = list[i].StoryID
		}
		stories, err := byKey(ctx, e.store.Stories, ids, func(s *news.Story) int64 { return s.ID })
		if err != nil {
			return err
		}
		for i := range list {
			s := stories[list[i].StoryID]
			if s.Status != news.Withdrawn {
				continue // live again since
			}
			if err := e.add(e.notice(&s, &list[i])); err != nil {
				return err
			}
			e.sum.Withdrawn++
		}
		e.progress(len(list))
	}
}

// add writes an item into the present part and begins a new one when it is full.
func (e *exporter) add(it outItem) (err error) {
	if e.part == nil {
		e.parts++
		if e.part, err = e.w.create(fmt.Sprintf(storyFolder+"%07d.jsonl", e.parts)); err != nil {
			return err
		}
	}
	if err := e.part.line(it); err != nil {
		return err
	}
	if e.inPart++; e.inPart == partItems {
		return e.closePart()
	}
	return nil
}

// endPart ends the last part.
func (e *exporter) endPart(context.Context) error { return e.closePart() }

func (e *exporter) closePart() error {
	if e.part == nil {
		return nil
	}
	f := e.part
	e.part, e.inPart = nil, 0
	return f.Close()
}
