package ingest

import (
	"bytes"
	"context"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/news"
)

// page writes a static page. One that people made or wrote in is left alone; one
// of an earlier import is replaced if it says something else now.
func (r *run) page(ctx context.Context, t *task) *news.Imported {
	d := t.draft
	p := d.page.page
	p.Body = placePictures(p.Body, t.found)
	before, err := r.im.parts.Pages.StaticPage(ctx, p.Slug)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return pageResult(news.ItemFailed, err)
	}
	res := news.ItemCreated
	if err == nil {
		if before.Title == p.Title && sameBody(before.Body, p.Body) {
			return &news.Imported{Result: news.ItemUnchanged, Path: "/page/" + p.Slug}
		}
		ours, err := r.im.parts.Pages.PageImported(ctx, p.Slug)
		switch {
		case err != nil:
			return pageResult(news.ItemFailed, err)
		case !ours:
			return pageResult(news.ItemConflict, fault.New(fault.Conflict, "there is a page at /page/%s already, and it was left as it is; rename one of them", p.Slug))
		}
		res = news.ItemUpdated
	}
	if r.im.options.Rehearse {
		return pageResult(res, nil)
	}
	if err := r.im.parts.Site.SavePage(ctx, r.actor(), p); err != nil {
		return pageResult(news.ItemFailed, err)
	}
	if err := r.redirects(ctx, d.page.redirects); err != nil {
		return pageResult(news.ItemFailed, err)
	}
	return &news.Imported{Result: res, Path: "/page/" + p.Slug}
}

// sameBody reports whether two documents say the same, ids included.
func sameBody(a, b doc.Doc) bool {
	x, errX := a.MarshalJSON()
	y, errY := b.MarshalJSON()
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// pageResult is what became of a static page, in the words of stories.
func pageResult(res news.ImportResult, err error) *news.Imported {
	return &news.Imported{Result: res, Err: err}
}
