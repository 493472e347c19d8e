package site

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web"
)

// Talks says what there is of new comments; *store.DB is one.
type Talks interface {
	// LiveStory returns a story as readers see it; NotFound or Gone if they do not.
	LiveStory(ctx context.Context, id int64) (news.LiveStory, error)
	Discussion(ctx context.Context, storyID int64) (discuss.Discussion, error)
	// NewestComments returns the ids of comments that readers can read, the newest
	// first.
	NewestComments(ctx context.Context, storyID int64, limit int) ([]int64, error)
}

// Bounds on streams: of one process, and from one network, behind which a whole
// town may sit. Whoever gets none reads the page all the same.
const (
	maxStreams      = 4000
	maxFromNetwork  = 100
	streamHeartbeat = 25 * time.Second
	streamLife      = 10 * time.Minute
	newestSent      = 100
)

// streams tell open pages that there are new comments, one event for all of them.
type streams struct {
	store Talks
	log   *slog.Logger
	done  chan struct{} // closed when the server stops

	mu      sync.Mutex
	count   int
	from    map[string]int               // open ones by network
	stories map[int64]map[*listener]bool // who listens to what
}

// listener is one open stream.
type listener struct {
	news chan []byte // the newest state, as JSON; what was not sent yet is replaced
}

func newStreams(store Talks, log *slog.Logger) *streams {
	return &streams{store: store, log: log, done: make(chan struct{}), from: map[string]int{}, stories: map[int64]map[*listener]bool{}}
}

// Close ends all streams.
func (s *Site) Close() {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	select {
	case <-s.streams.done:
	default:
		close(s.streams.done)
	}
}

// Heard is told of the tags of every event, in their order. It reads what is new
// once for everybody who listens.
func (s *Site) Heard(ctx context.Context, tags []string) {
	for _, tag := range tags {
		rest, ok := strings.CutPrefix(tag, "comments:")
		id, err := strconv.ParseInt(rest, 10, 64)
		if !ok || err != nil || !s.streams.heard(id) {
			continue
		}
		text, err := s.streams.state(ctx, id)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
			continue
		}
		if err != nil {
			s.p.Log.Warn("new comments not announced to open pages", "story", id, "err", err)
			continue
		}
		s.streams.send(id, text)
	}
}

// heard reports whether somebody listens to a story.
func (t *streams) heard(story int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.stories[story]) > 0
}

// state is what a page learns: how many comments there are, and which the newest
// are, by which it counts those that it does not show.
func (t *streams) state(ctx context.Context, story int64) ([]byte, error) {
	if _, err := t.store.LiveStory(ctx, story); err != nil {
		return nil, err // nobody learns that something is talked about which he cannot read
	}
	d, err := t.store.Discussion(ctx, story)
	if err != nil {
		return nil, err
	}
	ids, err := t.store.NewestComments(ctx, story, newestSent)
	if err != nil {
		return nil, err
	}
	if ids == nil {
		ids = []int64{}
	}
	return json.Marshal(map[string]any{"shown": d.Shown, "last": d.LastID, "newer": ids})
}

func (t *streams) send(story int64, text []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for l := range t.stories[story] {
		select {
		case <-l.news: // it was not sent yet, and says less
		default:
		}
		l.news <- text
	}
}

// join adds a listener, Limited if there are too many.
func (t *streams) join(story int64, network string) (*listener, func(), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.count >= maxStreams || t.from[network] >= maxFromNetwork {
		e := fault.New(fault.Limited, "too many pages listen for new comments")
		e.RetryAfter = time.Minute
		return nil, nil, e
	}
	l := &listener{news: make(chan []byte, 1)}
	if t.stories[story] == nil {
		t.stories[story] = map[*listener]bool{}
	}
	t.stories[story][l] = true
	t.count++
	t.from[network]++
	return l, func() { t.leave(story, network, l) }, nil
}

func (t *streams) leave(story int64, network string, l *listener) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.stories[story], l)
	if len(t.stories[story]) == 0 {
		delete(t.stories, story)
	}
	t.count--
	if t.from[network]--; t.from[network] == 0 {
		delete(t.from, network)
	}
}

// events is the stream of one story's new comments.
func (s *Site) events(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return noPage()
	}
	w.Header().Set("Cache-Control", "no-store")
	done, err := s.p.Turns.Take(r.Context())
	if err != nil {
		return err
	}
	first, err := s.streams.state(r.Context(), id)
	done()
	if err != nil {
		return err
	}
	l, leave, err := s.streams.join(id, web.Network(s.p.Proxies.Sender(r)))
	if err != nil {
		return err
	}
	defer leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	ctl := http.NewResponseController(w)
	say := func(format string, args ...any) bool {
		// Who does not read any more must not hold the handler.
		err := ctl.SetWriteDeadline(time.Now().Add(15 * time.Second))
		if err == nil {
			_, err = fmt.Fprintf(w, format, args...)
		}
		return err == nil && ctl.Flush() == nil
	}
	if !say("retry: 5000\n\nevent: count\ndata: %s\n\n", first) {
		return nil
	}
	beat := time.NewTicker(streamHeartbeat)
	defer beat.Stop()
	end := time.NewTimer(streamLife)
	defer end.Stop()
	for {
		select {
		case text := <-l.news:
			if !say("event: count\ndata: %s\n\n", text) {
				return nil
			}
		case <-beat.C:
			if !say(": still here\n\n") {
				return nil
			}
		case <-end.C:
			return nil
		case <-s.streams.done:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}
