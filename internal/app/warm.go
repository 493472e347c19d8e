package app

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"time"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/page"
)

// mediaAddress finds the addresses of renditions in a page.
var mediaAddress = regexp.MustCompile(`/media/([0-9A-Za-z]+)/([0-9]+\.(?:webp|jpg))`)

// WarmPage makes the renditions of all pictures that a page shows, so that its
// first reader does not wait. progress may be nil.
func (a *App) WarmPage(ctx context.Context, key string, progress func(done, total int)) (err error) {
	defer fault.Wrap(&err, "warm the pictures of %s", key)
	resp, err := a.Engine.Get(ctx, key, 0)
	if err != nil {
		return err
	}
	body, err := resp.Append(nil, page.Identity)
	if err != nil {
		return err
	}
	var wants []media.Want
	seen := map[string]bool{}
	for _, m := range mediaAddress.FindAllSubmatch(body, -1) {
		address := string(m[0])
		width, format, ok := media.ParseFile(string(m[2]))
		if seen[address] || !ok {
			continue
		}
		seen[address] = true
		pub, err := a.Library.PublicAddress(ctx, string(m[1]))
		if fault.Is(err, fault.NotFound) {
			continue // taken away meanwhile
		}
		if err != nil {
			return err
		}
		wants = append(wants, media.Want{Picture: pub.Picture, Crop: pub.Crop, Width: width, Format: format})
	}
	return a.Library.Warm(ctx, wants, progress)
}

// sorryEvery is how often it is looked whether the page is ready that answers
// when there is no time to make one.
const sorryEvery = 5 * time.Second

// sorry makes that page. While the database is away it cannot be made; that is
// known elsewhere.
func (a *App) sorry(ctx context.Context) {
	key := edition.ProblemKey(http.StatusServiceUnavailable)
	if r, ok := a.Engine.Peek(key); !ok || r.Stale {
		_, _ = a.Engine.Get(ctx, key, 0)
	}
}

// keepSorry keeps it ready until ctx ends.
func (a *App) keepSorry(ctx context.Context) {
	tick := time.NewTicker(sorryEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			a.sorry(ctx)
		}
	}
}

// warmRest makes the renditions of section fronts in the background: many, and
// nobody waits for them.
func (a *App) warmRest(ctx context.Context) {
	tree, err := a.DB.Sections(ctx)
	if err != nil {
		a.Log.Warn("renditions not warmed", "err", err)
		return
	}
	for _, s := range tree.All() {
		if ctx.Err() != nil {
			return
		}
		err := a.WarmPage(ctx, "/"+s.Slug, nil)
		if errors.Is(err, page.ErrUnavailable) || fault.Is(err, fault.Unavailable) {
			return // the database is away, and whoever noticed has said so
		}
		if err != nil && ctx.Err() == nil {
			a.Log.Warn("renditions not warmed", "section", s.Slug, "err", err)
		}
	}
}
