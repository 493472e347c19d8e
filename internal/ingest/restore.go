package ingest

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// RestoreStore writes what an export holds under the ids that it has there;
// *store.DB is one.
type RestoreStore interface {
	BeginRestore(ctx context.Context, token string, st news.Structure, out change.Outcome) error
	RestorePersons(ctx context.Context, list []news.Person) error
	RestoreTopics(ctx context.Context, list []news.Topic) error
	RestoreSources(ctx context.Context, list []news.Source) error
	EndRestore(ctx context.Context, out change.Outcome) error
}

// RestoreReads tells what is in already, after an interruption.
type RestoreReads interface {
	Stories(ctx context.Context, ids []int64) ([]news.Story, error)
}

// RestoreLibrary takes pictures back; *media.Library does.
type RestoreLibrary interface {
	Restore(ctx context.Context, actor string, p media.Picture, addresses []media.Address, r io.Reader) error
}

// RestoreParts are what a restoration works with. All are required.
type RestoreParts struct {
	Store interface {
		RestoreStore
		RestoreReads
	}
	Library RestoreLibrary
	Desk    *news.Desk
	Site    *news.Site
}

// RestoreOptions are what a restoration can do without.
type RestoreOptions struct {
	Progress func(done, total int) // after each step; nil: nobody looks
	Pause    time.Duration         // between batches, so that others can write; zero: 5 ms
}

// restoreActor is who brings a site back.
func restoreActor() account.Actor { return account.System("restore") }

// restorer is one run.
type restorer struct {
	RestoreParts
	a           *archiveReader
	opt         RestoreOptions
	tree        *news.Tree
	sum         ArchiveSummary
	done, total int
}

// Restore brings an export of Warta into an empty site: everything keeps its
// id, and every address answers as it did. All checksums are held first; a
// damaged file is named. What was interrupted goes on when the same export is
// restored again. A site that holds anything else is a Conflict.
func Restore(ctx context.Context, parts RestoreParts, dir string, opt RestoreOptions) (_ ArchiveSummary, err error) {
	defer fault.Wrap(&err, "restore %s", dir)
	if opt.Pause == 0 {
		opt.Pause = 5 * time.Millisecond
	}
	r := &restorer{RestoreParts: parts, opt: opt}
	r.a, err = openArchive(ctx, dir, func(_ int, counts *ArchiveSummary) {
		r.total = counts.Files + counts.Stories + counts.Withdrawn + counts.Pictures
		r.progress(1)
	})
	if err != nil {
		return ArchiveSummary{}, err
	}
	defer func() { err = errors.Join(err, r.a.Close()) }()
	for _, step := range []func(context.Context) error{r.structure, r.names, r.pictures, r.stories, r.redirects, r.counts, r.end} {
		if err := step(ctx); err != nil {
			return ArchiveSummary{}, err
		}
	}
	return r.sum, nil
}

func (r *restorer) progress(n int) {
	r.done += n
	if r.opt.Progress != nil {
		r.opt.Progress(r.done, max(r.total, r.done))
	}
}

// pause lets others write.
func (r *restorer) pause(ctx context.Context) error {
	t := time.NewTimer(r.opt.Pause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// structure puts sections, settings, pages and fronts in place.
func (r *restorer) structure(ctx context.Context) error {
	var st news.Structure
	var sections []sectionRow
	var fronts []frontRow
	var pages []pageRow
	for _, f := range []struct {
		path string
		into any
	}{{settingsFile, &st.Settings}, {sectionsFile, &sections}, {frontsFile, &fronts}, {pagesFile, &pages}} {
		if err := r.a.whole(f.path, f.into); err != nil {
			return err
		}
	}
	r.sum.Settings = len(st.Settings)
	for key := range st.Settings {
		if !(news.Settings{}).Known(key) {
			delete(st.Settings, key) // of a newer release
		}
	}
	for _, s := range sections {
		st.Sections = append(st.Sections, news.Section{ID: s.ID, ParentID: s.Parent, Slug: s.Slug, Name: s.Name,
			Description: s.Description, Position: s.Position, Hidden: s.Hidden})
	}
	for i := range fronts {
		st.Fronts = append(st.Fronts, fronts[i].front())
	}
	for _, p := range pages {
		st.Pages = append(st.Pages, news.StaticPage{Slug: p.Slug, Title: p.Title, Body: p.Body, Position: p.Position, Updated: p.Updated})
	}
	r.sum.Sections, r.sum.Fronts, r.sum.Pages = len(sections), len(fronts), len(pages)
	if err := st.Check(); err != nil {
		return err
	}
	r.tree = news.NewTree(st.Sections)
	return r.Store.BeginRestore(ctx, r.a.token, st, change.Outcome{
		Audit: []change.Audit{{Actor: restoreActor().String(), Action: "restore", Object: "site"}}})
}

// names brings persons, topics and sources back.
func (r *restorer) names(ctx context.Context) error {
	err := eachRow(ctx, r.a, personsFile, news.MaxBatch, func(rows []personRow) error {
		list := make([]news.Person, len(rows))
		for i, p := range rows {
			if err := checkName("person", p.ID, p.Name, p.Slug); err != nil {
				return err
			}
			list[i] = news.Person{ID: p.ID, Slug: p.Slug, Name: p.Name, Title: p.Title, Bio: p.Bio, PictureID: p.Picture}
		}
		r.sum.Persons += len(list)
		return r.Store.RestorePersons(ctx, list)
	})
	if err != nil {
		return err
	}
	err = eachRow(ctx, r.a, topicsFile, news.MaxBatch, func(rows []topicRow) error {
		list := make([]news.Topic, len(rows))
		for i, t := range rows {
			if err := checkName("topic", t.ID, t.Name, t.Slug); err != nil {
				return err
			}
			list[i] = news.Topic{ID: t.ID, Slug: t.Slug, Name: t.Name, Intro: t.Intro, Curated: t.Curated}
		}
		r.sum.Topics += len(list)
		return r.Store.RestoreTopics(ctx, list)
	})
	if err != nil {
		return err
	}
	return eachRow(ctx, r.a, sourcesFile, news.MaxBatch, func(rows []sourceRow) error {
		list := make([]news.Source, len(rows))
		for i, s := range rows {
			list[i] = news.Source{ID: s.ID, Name: s.Name, URL: s.URL, Terms: s.Terms}
			if err := errors.Join(checkName("source", s.ID, s.Name, "-"), list[i].Check()); err != nil {
				return err
			}
		}
		r.sum.Sources += len(list)
		return r.Store.RestoreSources(ctx, list)
	})
}

func checkName(kind string, id int64, name, slug string) error {
	if id <= 0 || strings.TrimSpace(name) == "" {
		return fault.Input(kind, "a %s that comes back has an id and a name, not %d and %q", kind, id, name)
	}
	if slug == "-" {
		return nil
	}
	return news.CheckSlug(kind, slug)
}

// pictures brings the library back. Renditions are made when they are asked for.
func (r *restorer) pictures(ctx context.Context) error {
	return eachRow(ctx, r.a, picturesFile, 1, func(rows []pictureRow) error {
		p, addresses := rows[0].picture()
		if rows[0].File != pictureFile(p) {
			return damaged(picturesFile, "the file of picture %d is not named by its content", p.ID)
		}
		f, err := r.a.open(rows[0].File)
		if err != nil {
			return err
		}
		if err := r.Library.Restore(ctx, restoreActor().String(), p, addresses, f); err != nil {
			return errors.Join(err, f.Close())
		}
		r.sum.Pictures++
		r.progress(1)
		return f.Close()
	})
}

// redirects brings old addresses back.
func (r *restorer) redirects(ctx context.Context) error {
	return eachRow(ctx, r.a, redirectsFile, news.MaxBatch, func(rows []redirectRow) error {
		list := make([]news.Redirect, len(rows))
		for i, x := range rows {
			list[i] = news.Redirect{Host: x.Host, Path: x.Path, StoryID: x.Story, Target: x.Target}
		}
		r.sum.Redirects += len(list)
		if err := r.Site.SaveRedirects(ctx, restoreActor(), list...); err != nil {
			return err
		}
		return r.pause(ctx)
	})
}

// counts makes sure that the files held what the manifest says.
func (r *restorer) counts(context.Context) error {
	want := r.a.head.Counts
	want.Comments = 0 // they stay in their file
	r.sum.Hidden, r.sum.Files, r.sum.Bytes = want.Hidden, want.Files, want.Bytes
	if r.sum != want {
		return damaged(manifestFile, "it counts something else than the files hold")
	}
	return nil
}

func (r *restorer) end(ctx context.Context) error {
	return r.Store.EndRestore(ctx, change.Outcome{
		Tags:  []string{news.TagRedirects, news.TagSearch, news.TagLatest},
		Audit: []change.Audit{{Actor: restoreActor().String(), Action: "restored", Object: "site"}}})
}
