// Package stats counts reads: in memory as they happen, rolled up by story and
// hour into a store now and then. A read costs no write, and the last minute
// may be lost. It knows no story beyond its number, and no reader at all.
package stats

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"warta/internal/fault"
)

// Reads is how often one story was read in one hour.
type Reads struct {
	Hour  time.Time // its start, UTC
	Story int64
	Count int64
}

// Store keeps roll-ups.
type Store interface {
	// AddReads adds to what is counted already.
	AddReads(ctx context.Context, reads []Reads) error
	// TopReads returns the ids of live stories by their reads in hours that
	// began at since or later, the most read first; section 0 is the whole site,
	// otherwise the section and what is below it.
	TopReads(ctx context.Context, section int64, since time.Time, limit int) ([]int64, error)
}

// Options are what a Counter can do without.
type Options struct {
	Now   func() time.Time // the clock; required, since an area asks none
	Every time.Duration    // between roll-ups; zero: one minute
	Log   *slog.Logger
}

// maxPending bounds the counts that wait for a roll-up. Beyond it reads of
// further stories are not counted: a flood of addresses must not fill memory.
const maxPending = 200_000

// Counter counts reads of stories. Its methods are safe for concurrent use.
type Counter struct {
	store  Store
	opt    Options
	agents agents

	mu      sync.Mutex
	pending map[slot]int64
}

// slot is one story in one hour.
type slot struct {
	hour  int64 // Unix hours
	story int64
}

// New returns a counter over a store.
func New(store Store, opt Options) *Counter {
	if opt.Every <= 0 {
		opt.Every = time.Minute
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Counter{store: store, opt: opt, pending: map[slot]int64{}}
}

// Read notes that somebody was sent a story's page. Programs are left out, by
// what they say they are. The name is copied if it is kept, and a name that is
// known costs no allocation.
func (c *Counter) Read(story int64, userAgent string) {
	if c.agents.bot(userAgent) {
		return
	}
	s := slot{hour: c.opt.Now().Unix() / 3600, story: story}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.pending[s]; ok || len(c.pending) < maxPending {
		c.pending[s]++
	}
}

// MostRead returns the most read live stories since the given time; see
// Store.TopReads.
func (c *Counter) MostRead(ctx context.Context, section int64, since time.Time, limit int) ([]int64, error) {
	return c.store.TopReads(ctx, section, since.Truncate(time.Hour), limit)
}

// Flush rolls up what was counted. What could not be written is counted again.
func (c *Counter) Flush(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "roll up reads")
	c.mu.Lock()
	taken := c.pending
	c.pending = map[slot]int64{}
	c.mu.Unlock()
	if len(taken) == 0 {
		return nil
	}
	rows := make([]Reads, 0, len(taken))
	for s, n := range taken {
		rows = append(rows, Reads{Hour: time.Unix(s.hour*3600, 0).UTC(), Story: s.story, Count: n})
	}
	if err = c.store.AddReads(ctx, rows); err == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for s, n := range taken {
		if _, ok := c.pending[s]; ok || len(c.pending) < maxPending {
			c.pending[s] += n
		}
	}
	return err
}

// Run rolls up until ctx ends, and once more then.
func (c *Counter) Run(ctx context.Context) {
	tick := time.NewTicker(c.opt.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := c.Flush(last); err != nil {
				c.opt.Log.Warn("the last reads are lost", "err", err)
			}
			return
		case <-tick.C:
			if err := c.Flush(ctx); err != nil {
				c.opt.Log.Warn("reads not rolled up, trying again", "err", err)
			}
		}
	}
}

// botWords are parts of the names by which crawlers, monitors and libraries
// call themselves.
var botWords = []string{"bot", "crawl", "spider", "slurp", "preview", "facebookexternalhit", "monitor", "uptime", "curl/", "wget/",
	"python", "java/", "go-http-client", "okhttp", "axios", "headless", "lighthouse", "feedfetcher", "scrapy", "httpclient", "archiver"}

// IsBot reports whether a user agent names a program; an empty one does.
func IsBot(userAgent string) bool {
	if userAgent == "" {
		return true
	}
	ua := strings.ToLower(userAgent)
	for _, w := range botWords {
		if strings.Contains(ua, w) {
			return true
		}
	}
	return false
}
