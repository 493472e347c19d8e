package app

import (
	"context"
	"errors"

	"warta/internal/fault"
	"warta/internal/page"
)

// errAway answers a rendering while the database is known to be away.
var errAway = errors.New("the database is away")

// source is the edition as long as there is a database. Without one it answers
// at once: a rendering that waits for a server that is silent would hold up
// those that come when it speaks again.
type source struct {
	page.Source
	away func() bool
}

// Page implements page.Source.
func (s source) Page(ctx context.Context, key string) (page.Rendering, error) {
	if s.away() {
		return page.Rendering{}, unavailable(errAway)
	}
	return s.Source.Page(ctx, key)
}

// Module implements page.Source.
func (s source) Module(ctx context.Context, h page.Hole) (page.Rendering, error) {
	if s.away() {
		return page.Rendering{}, unavailable(errAway)
	}
	return s.Source.Module(ctx, h)
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "the site cannot be read at the moment: %w", err)
}
