// Package intake is the part of the newsroom in which a draft is made of a page
// from elsewhere: an address or a text is given, what was recognised is shown and
// mended, and the draft credits its source. What is story and what is furniture
// is decided by extract.
package intake

import (
	"context"

	"golang.org/x/sync/semaphore"

	"warta/internal/account"
	"warta/internal/ingest"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Store reads what the form offers.
type Store interface {
	Sections(ctx context.Context) (*news.Tree, error)
}

// Parts are what this part of the newsroom needs.
type Parts struct {
	Door    *newsroom.Door
	Desk    *news.Desk
	Names   *news.Names
	Store   Store
	Library *media.Library
	// Pages reads pages; its Fetch is the guarded client.
	Pages ingest.PageInput
	// Host is the site's own.
	Host string
}

// Room answers below /newsroom/from-page.
type Room struct {
	Parts
	// busy bounds how many pages are read at the same time: each takes memory many
	// times its size.
	busy *semaphore.Weighted
}

// atOnce is how many pages are read at the same time.
const atOnce = 2

// New returns the handlers.
func New(p Parts) *Room { return &Room{Parts: p, busy: semaphore.NewWeighted(atOnce)} }

// Routes are all addresses of this part.
func (x *Room) Routes() []newsroom.Route {
	route := func(method, pattern string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: newsroom.Prefix + pattern, Visibility: web.Staff, Capability: account.WriteOwn, Handler: h}
	}
	return []newsroom.Route{
		route("GET", "/from-page", x.form),
		route("POST", "/from-page", x.read),
		route("POST", "/from-page/draft", x.draft),
	}
}
