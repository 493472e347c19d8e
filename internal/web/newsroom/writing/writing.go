// Package writing is the part of the newsroom in which one story is written:
// the editor's page, the saving of its draft, who else is in it, previews,
// versions and their differences, links for guests, and the searches that an
// editor's fields suggest from. What may be done to a story is decided by news.
package writing

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/edition"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Names reads what a draft points at, by number.
type Names interface {
	Sections(ctx context.Context) (*news.Tree, error)
	Persons(ctx context.Context, ids []int64) ([]news.Person, error)
	Topics(ctx context.Context, ids []int64) ([]news.Topic, error)
	Sources(ctx context.Context, ids []int64) ([]news.Source, error)
	PicturesByID(ctx context.Context, ids []int64) ([]media.Picture, error)
	UsersByID(ctx context.Context, ids []int64) (map[int64]account.User, error)
	Stories(ctx context.Context, ids []int64) ([]news.Story, error)
	// WorkCards returns the cards of stories by id, whoever may see them.
	WorkCards(ctx context.Context, ids []int64) (map[int64]news.WorkCard, error)
}

// Finder suggests from what people type.
type Finder interface {
	Work(ctx context.Context, f news.WorkFilter) ([]news.WorkCard, news.WorkCursor, bool, error)
	Search(ctx context.Context, f news.SearchFilter) (news.SearchResult, error)
	List(ctx context.Context, f news.ListFilter) (cards []news.Card, next news.Cursor, more bool, err error)
	Cards(ctx context.Context, ids []int64) ([]news.Card, error)
}

// Past reads what a story was.
type Past interface {
	Versions(ctx context.Context, storyID int64, before, limit int) (list []news.VersionInfo, more bool, err error)
	Version(ctx context.Context, storyID int64, no int) (news.Version, error)
	Timeline(ctx context.Context, storyID, before int64, limit int) (list []news.TimelineEntry, more bool, err error)
}

// Proofs reads what the running server answered after a change.
type Proofs interface {
	Proofs(ctx context.Context, storyID int64, before time.Time, limit int) (list []news.Proof, more bool, err error)
}

// Room knows who is in which story, and what moves there.
type Room interface {
	DraftSeq(ctx context.Context, storyID int64) (int64, error)
	Here(ctx context.Context, storyID, userID int64, tab string) error
	Gone(ctx context.Context, storyID, userID int64, tab string) error
	Present(ctx context.Context, storyID int64) ([]news.Presence, error)
}

// Store is all that this part of the newsroom reads; *store.DB is one.
type Store interface {
	Names
	Finder
	Past
	Proofs
	// GuestLinks returns the links of a story that still work.
	GuestLinks(ctx context.Context, storyID int64, now time.Time) ([]news.GuestLink, error)
	Room
}

// Pictures hands out renditions, also of pictures that no reader sees.
type Pictures interface {
	Open(ctx context.Context, p media.Picture, crop media.Crop, width int, f media.Format) (*media.Rendition, error)
}

// Parts are what this part of the newsroom needs.
type Parts struct {
	Desk     *news.Desk
	Names    *news.Names
	Store    Store
	Edition  *edition.Edition
	Pictures Pictures
	// Policy is the content security policy of readers' pages; previews are held
	// to it, but for the frame that they stand in.
	Policy  string
	BaseURL string
	Now     func() time.Time
}

// Writing answers below /newsroom/stories/{id}, /newsroom/find and
// /newsroom/guest.
type Writing struct {
	d *newsroom.Door
	p Parts
}

// New returns the handlers.
func New(d *newsroom.Door, p Parts) *Writing {
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Writing{d: d, p: p}
}

// Routes are all addresses of this part.
func (x *Writing) Routes() []newsroom.Route {
	const story = newsroom.Prefix + "/stories/{id}"
	about := func(method, pattern string, c account.Capability, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: story + pattern, Visibility: web.Staff, Capability: c, Handler: h, About: "story"}
	}
	room := func(method, pattern string, c account.Capability, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: newsroom.Prefix + pattern, Visibility: web.Staff, Capability: c, Handler: h}
	}
	guest := func(pattern string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: "GET", Pattern: newsroom.Prefix + "/guest/{token}" + pattern, Visibility: web.Public,
			Capability: web.NoCapability, Handler: h}
	}
	stream := about("GET", "/stream", account.Enter, x.stream)
	stream.Stream = true
	return []newsroom.Route{
		about("GET", "", account.Enter, x.editor),
		about("GET", "/draft", account.Enter, x.draft),
		about("POST", "/draft", account.WriteOwn, x.save),
		stream,
		about("POST", "/presence", account.Enter, x.presence),
		about("POST", "/conflicts/{cid}", account.WriteOwn, x.settle),
		about("GET", "/preview", account.Enter, x.preview),
		about("GET", "/versions", account.Enter, x.versions),
		about("GET", "/versions/{no}", account.Enter, x.version),
		about("GET", "/compare", account.Enter, x.compare),
		about("POST", "/restore", account.WriteOwn, x.restore),
		about("POST", "/guest", account.WriteOwn, x.makeGuestLink),
		about("POST", "/guest/end", account.WriteOwn, x.endGuestLinks),
		about("GET", "/check", account.Enter, x.check),
		about("GET", "/receipt", account.Enter, x.receipt),
		room("GET", "/find/stories", account.WriteOwn, x.findStories),
		room("GET", "/find/topics", account.WriteOwn, x.findNames(news.RefTopic)),
		room("GET", "/find/people", account.WriteOwn, x.findNames(news.RefPerson)),
		room("GET", "/find/sources", account.WriteOwn, x.findNames(news.RefSource)),
		room("GET", "/find/sections", account.WriteOwn, x.findSections),
		room("POST", "/find/topics", account.WriteOwn, x.makeName(news.RefTopic)),
		room("POST", "/find/people", account.WriteOwn, x.makeName(news.RefPerson)),
		room("POST", "/find/sources", account.WriteOwn, x.makeName(news.RefSource)),
		guest("", x.guest),
		guest("/media/{picture}/{crop}/{file}", x.guestPicture),
	}
}
