// Package demo makes a believable newsroom of any size: the invented outlet
// Kabar Nusantara with its people, topics, stories over ten years, corrections
// and pictures, with what it sells and readers who discuss, all of our own
// writing and drawing, through the same operations that a newsroom uses. The
// same seed gives the same newsroom. It knows no SQL: what it needs of a store
// is in Place.
package demo

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
)

// Place is what the demo needs of a store beside the desk and the site.
// *store.DB satisfies it.
type Place interface {
	Sections(ctx context.Context) (*news.Tree, error)
	EnsurePersons(ctx context.Context, names []string) (map[string]int64, error)
	EnsureTopics(ctx context.Context, names []string) (map[string]int64, error)
	EnsureSources(ctx context.Context, names []string) (map[string]int64, error)
}

// Library takes the drawn pictures in. *media.Library satisfies it.
type Library interface {
	Add(ctx context.Context, actor string, r io.Reader, d media.Details) (p media.Picture, created bool, err error)
}

// Deps are the operations that the demo goes through.
type Deps struct {
	Desk    *news.Desk
	Site    *news.Site
	Place   Place
	Library Library
	Trade   *Trade // nil: nothing is sold, and pages have no places for ads
}

// Options say which newsroom to make.
type Options struct {
	Stories int    // how many stories were ever published; 0: 2,000
	Seed    uint64 // the same seed gives the same newsroom
	// Now is when the newsroom ends: its newest story is some minutes older.
	// It must not be later than the database's clock.
	Now time.Time
	// PictureWidth is the width of the drawn pictures; 0: 1,440. Tests draw small.
	PictureWidth int
	// Progress is called now and then with the number of stories that are in.
	Progress func(done, total int)
}

// DefaultStories is the size of the newsroom that nobody gave a size, and
// MostStories the largest that can be asked for.
const (
	DefaultStories = 2000
	MostStories    = 5_000_000
	defaultWidth   = 1440
)

// Result tells what was made.
type Result struct {
	Stories     int // published, the withdrawn one included
	Unpublished int // drafts and scheduled stories in the newsroom
	Corrections int
	Withdrawn   int64   // the id of the withdrawn story, 0 in a very small newsroom
	Pictures    []int64 // all pictures, in the order in which they were drawn
	// FrontPictures are those of the newest stories, the newest first: whose
	// renditions readers ask for first.
	FrontPictures []int64
}

// Make fills an empty place. Stories go in by Desk.Import, oldest first, in
// batches of at most 200, so memory does not grow with their number.
func Make(ctx context.Context, d Deps, o Options) (_ Result, err error) {
	defer fault.Wrap(&err, "make the demo newsroom")
	if o.Stories == 0 {
		o.Stories = DefaultStories
	}
	if o.Stories < 1 || o.Stories > MostStories {
		return Result{}, fault.Input("stories", "a demo newsroom has 1 to %d stories, not %d", MostStories, o.Stories)
	}
	if o.PictureWidth == 0 {
		o.PictureWidth = defaultWidth
	}
	zone, err := lang.Zone(settings["zone"])
	if err != nil {
		return Result{}, err
	}
	g, err := loadGrammar()
	if err != nil {
		return Result{}, err
	}
	m := &maker{d: d, o: o, p: &plan{seed: o.Seed, stories: o.Stories, now: o.Now.In(zone).Truncate(time.Second), g: g}}
	m.reset()
	for _, step := range []func(context.Context) error{m.prepare, m.draw, m.staff, m.publish, m.unpublished, m.correct, m.withdraw, m.front, m.sell} {
		if err := step(ctx); err != nil {
			return m.result, err
		}
	}
	m.result.FrontPictures = m.frontPictures()
	return m.result, nil
}

// maker holds what is known while a newsroom is made. Nothing in it grows with
// the number of stories.
type maker struct {
	d      Deps
	o      Options
	p      *plan
	result Result

	sections map[string]int64
	topics   map[string]int64
	sources  map[string]int64
	people   []int64 // ids, as in people
	pictures []int64 // ids, as in scenes()

	bySection map[string]*ring
	byTopic   map[string]*ring
	shown     []int // scenes of the last stories, so that neighbours differ
	doubts    []doubt
	marked    map[int]int64 // ids of the stories that get something later
	events    events
	lead      int64
}

// draw makes the pictures and brings them in.
func (m *maker) draw(ctx context.Context) error {
	return drawAll(ctx, scenes(), m.p.seed, m.o.PictureWidth, func(s drawn) error {
		p, _, err := m.d.Library.Add(ctx, actor.String(), bytes.NewReader(s.jpeg), media.Details{
			Name: s.name + ".jpg", Caption: s.caption, Alt: s.alt, Credit: illustrators[s.by],
			Copyright: "Kabar Nusantara", Source: "Kabar Nusantara", Focal: &media.Point{X: s.x, Y: s.y},
		})
		m.pictures = append(m.pictures, p.ID)
		m.result.Pictures = append(m.result.Pictures, p.ID)
		return err
	})
}

// byTag returns the scenes with a tag.
func (m *maker) byTag(tag string) (list []int) {
	for i, tags := range sceneTags {
		if slices.Contains(tags, tag) {
			list = append(list, i)
		}
	}
	return list
}

func (m *maker) frontPictures() (ids []int64) {
	for i := len(m.shown) - 1; i >= 0; i-- {
		if id := m.pictures[m.shown[i]]; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
