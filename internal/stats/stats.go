// Package stats counts reads: in memory as they happen, rolled up by story and
// hour into a store now and then. A read costs no write, and the last minute
// may be lost. It knows no story beyond its number, and no reader at all.
package stats

import (
	"context"
	"log/slog"
	"slices"
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
	// TopReads returns the ids of stories by their reads in hours that began at
	// since or later, the most read first. It looks at all of these hours.
	TopReads(ctx context.Context, since time.Time, limit int) ([]int64, error)
	// LiveIn returns those of the stories that are live and in the section or below
	// it, in any order; section 0 is the whole site.
	LiveIn(ctx context.Context, section int64, stories []int64) ([]int64, error)
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

// topCandidates is how many of the most read stories are looked at to find those of
// one section that are still live.
const topCandidates = 2000

// Counter counts reads of stories. Its methods are safe for concurrent use.
type Counter struct {
	store  Store
	opt    Options
	agents agents

	mu     sync.Mutex
	now    tally
	before []tally // of earlier hours, and what could not be written

	// The most read of all sections, for the lists of each. To find them takes as
	// long as many stories were read: nearly all of them if a program walks through
	// the archive under a reader's name.
	topMu    sync.Mutex
	top      []int64
	topSince time.Time
	topAt    time.Time
}

// tally is how often stories were read in one hour.
type tally struct {
	hour  int64 // Unix hours
	reads map[int64]int64
}

// New returns a counter over a store.
func New(store Store, opt Options) *Counter {
	if opt.Every <= 0 {
		opt.Every = time.Minute
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Counter{store: store, opt: opt, now: tally{reads: map[int64]int64{}}}
}

// Read notes that somebody was sent a story's page. Programs are left out, by
// what they say they are. The name is copied if it is kept, and a name that is
// known costs no allocation.
func (c *Counter) Read(story int64, userAgent string) {
	if c.agents.bot(userAgent) {
		return
	}
	hour := c.opt.Now().Unix() / 3600
	c.mu.Lock()
	defer c.mu.Unlock()
	if hour != c.now.hour {
		c.turn(hour)
	}
	if n, ok := c.now.reads[story]; ok || c.waiting() < maxPending {
		c.now.reads[story] = n + 1
	}
}

// turn begins another tally; under mu.
func (c *Counter) turn(hour int64) {
	if len(c.now.reads) > 0 {
		c.before = append(c.before, c.now)
	}
	c.now = tally{hour: hour, reads: map[int64]int64{}}
}

// waiting returns how many counts wait for a roll-up; under mu.
func (c *Counter) waiting() int {
	n := len(c.now.reads)
	for _, t := range c.before {
		n += len(t.reads)
	}
	return n
}

// MostRead returns the ids of live stories by their reads since the given time, to
// the hour, the most read first; section 0 is the whole site. What it goes by is at
// most as old as one roll-up.
func (c *Counter) MostRead(ctx context.Context, section int64, since time.Time, limit int) ([]int64, error) {
	top, err := c.topReads(ctx, since.Truncate(time.Hour))
	if err != nil || len(top) == 0 {
		return nil, err
	}
	live, err := c.store.LiveIn(ctx, section, top)
	if err != nil {
		return nil, err
	}
	in := make(map[int64]bool, len(live))
	for _, id := range live {
		in[id] = true
	}
	var ids []int64
	for _, id := range top {
		if in[id] && len(ids) < limit {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// topReads returns the most read stories since an hour, from memory if somebody
// asked since the last roll-up. Who asks meanwhile waits for the one answer.
func (c *Counter) topReads(ctx context.Context, since time.Time) ([]int64, error) {
	c.topMu.Lock()
	defer c.topMu.Unlock()
	now := c.opt.Now()
	if age := now.Sub(c.topAt); c.topSince.Equal(since) && age >= 0 && age < c.opt.Every {
		return c.top, nil
	}
	top, err := c.store.TopReads(ctx, since, topCandidates)
	if err != nil {
		return nil, err
	}
	c.top, c.topSince, c.topAt = top, since, now
	return top, nil
}

// forgetTop has the most read looked for anew.
func (c *Counter) forgetTop() {
	c.topMu.Lock()
	defer c.topMu.Unlock()
	c.topAt = time.Time{}
}

// Flush rolls up what was counted. What could not be written is counted again.
func (c *Counter) Flush(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "roll up reads")
	c.mu.Lock()
	c.turn(c.now.hour)
	taken := c.before
	c.before = nil
	c.mu.Unlock()
	if len(taken) == 0 {
		return nil
	}
	taken = merged(taken)
	if err = c.store.AddReads(ctx, rows(taken)); err == nil {
		c.forgetTop()
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range taken {
		room := max(0, maxPending-c.waiting())
		for story := range t.reads {
			if len(t.reads) <= room {
				break
			}
			delete(t.reads, story)
		}
		c.before = append(c.before, t)
	}
	return err
}

// merged returns one tally for each hour. It takes the maps over.
func merged(list []tally) (out []tally) {
	for _, t := range list {
		i := slices.IndexFunc(out, func(o tally) bool { return o.hour == t.hour })
		if i < 0 {
			out = append(out, t)
			continue
		}
		for story, n := range t.reads {
			out[i].reads[story] += n
		}
	}
	return out
}

func rows(list []tally) (all []Reads) {
	for _, t := range list {
		start := time.Unix(t.hour*3600, 0).UTC()
		for story, n := range t.reads {
			all = append(all, Reads{Hour: start, Story: story, Count: n})
		}
	}
	return all
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
