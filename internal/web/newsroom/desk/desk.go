// Package desk is the part of the newsroom from which stories are led: the
// board, what is mine, scheduled and out today, notices, every step of a story
// from submission to withdrawal, breaking news, and the queue of readers'
// reports. It prints and asks; what may be done is decided by news.
package desk

import (
	"context"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/stats"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Work reads where stories stand. *store.DB is one.
type Work interface {
	Work(ctx context.Context, f news.WorkFilter) (cards []news.WorkCard, next news.WorkCursor, more bool, err error)
	WorkCounts(ctx context.Context, f news.WorkFilter) (map[news.Column]int, error)
	// WorkSeq returns a number that changes with any card.
	WorkSeq(ctx context.Context) (int64, error)
	// DiscussionSeq returns a number that changes with what moderators see.
	DiscussionSeq(ctx context.Context) (int64, error)
	DraftState(ctx context.Context, storyID int64) (news.DraftState, error)
	// Banner returns the line of breaking news, if there is one.
	Banner(ctx context.Context) (b news.Banner, ok bool, err error)
}

// Names reads what cards and forms call by name. *store.DB is one.
type Names interface {
	Sections(ctx context.Context) (*news.Tree, error)
	TopicsByName(ctx context.Context, f news.NameFilter) (topics []news.Topic, next string, err error)
	Users(ctx context.Context, f account.UserFilter) (users []account.User, more bool, err error)
	UsersByID(ctx context.Context, ids []int64) (map[int64]account.User, error)
}

// Notices reads what one user is told. *store.DB is one.
type Notices interface {
	Notices(ctx context.Context, userID, before int64, limit int) (list []news.Notice, more bool, err error)
	// ReadNotices marks notices of the user as read, with ids empty all of them.
	ReadNotices(ctx context.Context, userID int64, ids []int64) error
	UnreadNotices(ctx context.Context, userID int64) (int, error)
}

// Reads tells how often stories were read. *store.DB is one.
type Reads interface {
	StoryReads(ctx context.Context, stories []int64, since, until time.Time) ([]stats.Reads, error)
}

// Parts are what the pages need. All are required.
type Parts struct {
	Desk    *news.Desk
	Work    Work
	Names   Names
	Notices Notices
	Reads   Reads
	Reports Reports
	Queue   *news.Reports
}

// Room answers the pages.
type Room struct {
	d *newsroom.Door
	p Parts
}

// New returns the pages behind a door.
func New(d *newsroom.Door, p Parts) *Room { return &Room{d: d, p: p} }

// Routes are the addresses of the package.
func (x *Room) Routes() []newsroom.Route {
	routes := []newsroom.Route{
		get("", account.Enter, x.home),
		get("/board", account.ReadAny, x.board),
		get("/mine", account.WriteOwn, x.mine),
		get("/schedule", account.ReadAny, x.schedule),
		get("/today", account.ReadAny, x.today),
		get("/notices", account.Enter, x.notices),
		post("/notices/read", account.Enter, x.readNotices),
		post("/board/bulk", account.ReadAny, x.bulk),
		post("/stories", account.WriteOwn, x.create),
		get("/breaking", account.Breaking, x.breaking),
		post("/breaking", account.Breaking, x.breakNews),
		post("/breaking/end", account.Breaking, x.endBanner),
		get("/reports", account.Reports, x.reportList),
	}
	for _, one := range []newsroom.Route{
		get("/reports/{id}", account.Reports, x.report),
		post("/reports/{id}/assign", account.Reports, x.assignReport),
		post("/reports/{id}/settle", account.Reports, x.settleReport),
	} {
		one.About = "report"
		routes = append(routes, one)
	}
	stream := get("/stream", account.Enter, x.stream)
	stream.Stream = true
	return append(append(routes, stream), x.actionRoutes()...)
}

func get(path string, c account.Capability, h newsroom.Handler) newsroom.Route {
	return newsroom.Route{Method: "GET", Pattern: newsroom.Prefix + path, Visibility: web.Staff, Capability: c, Handler: h}
}

func post(path string, c account.Capability, h newsroom.Handler) newsroom.Route {
	return newsroom.Route{Method: "POST", Pattern: newsroom.Prefix + path, Visibility: web.Staff, Capability: c, Handler: h}
}

// statusOf is the status of a page with a form that has to be mended.
func statusOf(err error) int { return web.Status(fault.KindOf(err)) }
