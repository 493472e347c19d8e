package ingest

import (
	"context"
	"errors"
	"maps"
	"slices"

	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// rows writes a file of lines. next returns the next rows, none at the end.
func (e *exporter) rows(path string, next func(f *archiveFile) (n int, err error)) (err error) {
	f, err := e.w.create(path)
	if err != nil {
		return err
	}
	for {
		n, err := next(f)
		if err != nil {
			return errors.Join(err, f.f.Close())
		}
		if n == 0 {
			return f.Close()
		}
	}
}

// frontTopics notes which topics the rules of fronts name.
func (e *exporter) frontTopics(ctx context.Context) error {
	ids, err := e.store.AllFronts(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids { // a site has few of them
		f, err := e.store.Front(ctx, id)
		if err != nil {
			return err
		}
		for _, c := range f.Containers {
			if c.Rule.TopicID != 0 {
				e.topics[c.Rule.TopicID] = false
			}
		}
	}
	return nil
}

// names writes persons and topics that have a page, and sources that a live
// story credits: any other may have come in with a story that is not public.
func (e *exporter) names(ctx context.Context) error {
	after := int64(0)
	err := e.rows(personsFile, func(f *archiveFile) (int, error) {
		list, err := e.store.AllPersons(ctx, after, exportBatch)
		for _, p := range list {
			if err := f.line(personRow{ID: p.ID, Slug: p.Slug, Name: p.Name, Title: p.Title, Bio: p.Bio, Picture: p.PictureID}); err != nil {
				return 0, err
			}
			after = p.ID
		}
		e.sum.Persons += len(list)
		return len(list), err
	})
	if err != nil {
		return err
	}
	after = 0
	err = e.rows(topicsFile, func(f *archiveFile) (int, error) {
		list, err := e.store.AllTopics(ctx, after, exportBatch)
		for _, t := range list {
			if err := f.line(topicRow{ID: t.ID, Slug: t.Slug, Name: t.Name, Intro: t.Intro, Curated: t.Curated}); err != nil {
				return 0, err
			}
			after = t.ID
			if _, named := e.topics[t.ID]; named {
				e.topics[t.ID] = true
			}
		}
		e.sum.Topics += len(list)
		return len(list), err
	})
	if err != nil {
		return err
	}
	return e.sources(ctx)
}

func (e *exporter) sources(ctx context.Context) error {
	ids := slices.Sorted(maps.Keys(e.shown))
	return e.rows(sourcesFile, func(f *archiveFile) (int, error) {
		n := min(len(ids), exportBatch)
		list, err := e.store.Sources(ctx, ids[:n])
		ids = ids[n:]
		for _, s := range list {
			if err := f.line(sourceRow{ID: s.ID, Name: s.Name, URL: s.URL, Terms: s.Terms}); err != nil {
				return 0, err
			}
		}
		e.sum.Sources += len(list)
		return n, err
	})
}

func (e *exporter) redirects(ctx context.Context) error {
	var last news.Redirect
	return e.rows(redirectsFile, func(f *archiveFile) (int, error) {
		list, err := e.store.RedirectsAfter(ctx, last.Host, last.Path, exportBatch)
		for _, r := range list {
			if err := f.line(redirectRow{Host: r.Host, Path: r.Path, Story: r.StoryID, Target: r.Target}); err != nil {
				return 0, err
			}
			last = r
		}
		e.sum.Redirects += len(list)
		return len(list), err
	})
}

// comments writes what readers can read below stories; nothing of their authors
// but the name that stands there.
func (e *exporter) comments(ctx context.Context) error {
	after := int64(0)
	return e.rows(commentsFile, func(f *archiveFile) (int, error) {
		list, err := e.store.PublicCommentsAfter(ctx, after, exportBatch)
		for i := range list {
			c := &list[i]
			row := commentRow{ID: c.ID, Story: c.StoryID, Parent: c.ReplyTo, Thread: c.ThreadID, Name: c.Name, Staff: c.Staff(), State: string(c.State),
				Picked: !c.Featured.IsZero(), At: c.At.UTC(), Text: c.Body}
			if !c.Edited.IsZero() {
				at := c.Edited.UTC()
				row.Edited = &at
			}
			if err := f.line(row); err != nil {
				return 0, err
			}
			after = c.ID
		}
		e.sum.Comments += len(list)
		return len(list), err
	})
}

func (e *exporter) pictures(ctx context.Context) error {
	after := int64(0)
	return e.rows(picturesFile, func(f *archiveFile) (int, error) {
		list, err := e.store.PublicPicturesAfter(ctx, after, exportBatch)
		if err != nil || len(list) == 0 {
			return 0, err
		}
		ids := make([]int64, len(list))
		for i := range list {
			ids[i] = list[i].ID
		}
		tokens, err := e.store.AddressesOf(ctx, ids)
		if err != nil {
			return 0, err
		}
		for _, p := range list {
			if err := e.original(ctx, p); err != nil {
				return 0, err
			}
			if err := f.line(rowOfPicture(p, tokens[p.ID])); err != nil {
				return 0, err
			}
			e.progress(1)
		}
		after = ids[len(ids)-1]
		e.sum.Pictures += len(list)
		return len(list), nil
	})
}

// original copies the file of a picture and holds it against its name.
func (e *exporter) original(ctx context.Context, p media.Picture) (err error) {
	defer fault.Wrap(&err, "copy picture %d", p.ID)
	in, err := e.originals.Original(ctx, p)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := e.w.create(pictureFile(p))
	if err != nil {
		return err
	}
	if err := copyUntil(ctx, out, in); err != nil {
		return errors.Join(err, out.f.Close())
	}
	if out.hex() != p.Hash {
		return errors.Join(out.f.Close(), fault.New(fault.Internal, "the original of picture %d on this site is damaged: restore it from a backup", p.ID))
	}
	return out.Close()
}
