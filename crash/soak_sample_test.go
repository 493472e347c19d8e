package crash_test

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/stats"
	"warta/internal/web"
)

func itoa(n int) string { return strconv.Itoa(n) }

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// place is a story's page.
type place struct {
	id   int64
	path string
}

// sample is what readers know of a site: addresses of all kinds, and class
// cookies.
type sample struct {
	stories  []place // all of the archive, the newest first
	fronts   []string
	lists    []string
	feeds    []string
	sections []int64
	cookies  map[page.Class]string

	mu       sync.Mutex
	fresh    []place // published since, not withdrawn
	gone     []place // of which the withdrawal was confirmed
	pictures []string
	assets   []string
	known    map[string]bool // of both
}

// The classes of readers that ask: anybody, who is registered, and a member.
var classesAsked = []page.Class{0, page.Registered, page.Registered | page.MembersText | page.AdFree}

// configuration is that of the server, for a process beside it.
func configuration(w *warta) app.Config {
	return app.Config{Data: w.data, Listen: "127.0.0.1:0", BaseURL: w.url(), Log: "text", SMTPTLS: "starttls", RenderWait: 30 * time.Second}
}

// newSample reads a site that nobody serves yet.
func newSample(t *testing.T, w *warta) *sample {
	t.Helper()
	ctx := t.Context()
	core, err := app.Open(ctx, configuration(w), slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	s := &sample{cookies: map[page.Class]string{}, known: map[string]bool{}, fronts: []string{"/"},
		feeds: []string{"/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt", "/.well-known/security.txt"},
		lists: []string{"/latest", "/index", "/page/redaksi", "/search?q=warga", "/search?q=banjir&sort=relevance"}}
	key, err := core.DB.Secret(ctx, "class")
	if err != nil {
		t.Fatal(err)
	}
	classes := web.NewClasses(key, time.Now)
	for _, c := range classesAsked[1:] {
		cookie := classes.Cookie(c, int64(c))
		s.cookies[c] = cookie.Name + "=" + cookie.Value
	}
	if err := s.addresses(ctx, core); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sample) addresses(ctx context.Context, core *app.Core) error {
	tree, err := core.DB.Sections(ctx)
	if err != nil {
		return err
	}
	set, err := core.DB.Settings(ctx)
	if err != nil {
		return err
	}
	zone := set.Zone()
	for f := (news.ListFilter{Limit: 500}); ; {
		cards, next, more, err := core.DB.List(ctx, f)
		if err != nil {
			return err
		}
		for i := range cards {
			s.stories = append(s.stories, place{cards[i].ID, cards[i].Path(tree, zone)})
		}
		last := cards[len(cards)-1].FirstPublished.In(zone)
		s.lists = append(s.lists, "/index?date="+last.Format(time.DateOnly),
			"/latest?after="+strconv.FormatInt(next.At.UnixMilli(), 10)+"-"+strconv.FormatInt(next.ID, 10))
		s.feeds = append(s.feeds, "/sitemaps/"+last.Format("2006-01")+".xml")
		if !more {
			break
		}
		f.After = next
	}
	topics, err := core.DB.TopTopics(ctx, time.Now().AddDate(-1, 0, 0), 20)
	if err != nil {
		return err
	}
	for _, t := range topics {
		s.lists, s.feeds = append(s.lists, "/topic/"+t.Slug), append(s.feeds, "/feeds/topic/"+t.Slug+"/rss.xml")
	}
	return s.arrange(ctx, core, tree)
}

// arrange adds the sections, and reads for the newest stories of each: so many,
// and so far from each other, that those of the test change no list of the most
// read. Such a list stands for five minutes and is no function of what is in the
// database, so it could not be compared.
func (s *sample) arrange(ctx context.Context, core *app.Core, tree *news.Tree) error {
	var reads []stats.Reads
	counted, hour := map[int64]bool{}, time.Now().UTC().Truncate(time.Hour)
	for _, sec := range tree.All() {
		if sec.Hidden {
			continue
		}
		s.fronts, s.sections = append(s.fronts, "/"+sec.Slug), append(s.sections, sec.ID)
		s.feeds = append(s.feeds, "/feeds/section/"+sec.Slug+"/rss.xml")
		cards, _, _, err := core.DB.List(ctx, news.ListFilter{SectionID: sec.ID, Limit: 20})
		if err != nil {
			return err
		}
		for i := range cards {
			if id := cards[i].ID; !counted[id] {
				counted[id] = true
				reads = append(reads, stats.Reads{Hour: hour, Story: id, Count: int64(len(reads)+1) * 100_000_000})
			}
		}
	}
	return core.DB.AddReads(ctx, reads)
}

// originals are the pictures as they came in, the only files that a process
// beside the server needs of it.
func originals(w *warta) string { return filepath.Join(w.data, "files", "originals") }

// learn remembers pictures and files of the interface that a page names.
func (s *sample) learn(body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range fileAddress.FindAll(body, 40) {
		if path := string(m); !s.known[path] && len(s.known) < 4000 {
			s.known[path] = true
			if path[1] == 'a' {
				s.assets = append(s.assets, path)
			} else {
				s.pictures = append(s.pictures, path)
			}
		}
	}
}
