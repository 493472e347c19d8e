package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/purge"
	"warta/internal/store"
)

const (
	// sharedAge is how long caches that are told of changes keep a page.
	sharedAge = 300 * time.Second
	// mostUnpurged bounds the age in caches that nobody tells: a takedown waits
	// that long, and somebody waits for it.
	mostUnpurged = 10 * time.Second
	// cacheSlack is what a cache that counts in whole seconds may add to an age.
	cacheSlack = 2 * time.Second

	purgeEvery = time.Second
	purgeRetry = 30 * time.Second // the longest wait between two tries
)

// cacheAge returns how long shared caches may keep what is public.
func (c *Config) cacheAge() time.Duration {
	switch {
	case c.CacheAge != 0:
		return max(0, c.CacheAge)
	case len(c.PurgeURLs) > 0:
		return sharedAge
	}
	return 0
}

func (c *Config) checkCaches() error {
	switch age := c.cacheAge(); {
	case age%time.Second != 0:
		return fault.Input("cache-age", "%s is not a number of whole seconds", age)
	case len(c.PurgeURLs) == 0 && age > mostUnpurged:
		return fault.Input("cache-age", "caches that are not told of changes (--purge-url) may keep pages for %s at most: what is withdrawn stays with them until then", mostUnpurged)
	case age > time.Hour:
		return fault.Input("cache-age", "%s is more than an hour", age)
	}
	_, err := c.caches()
	return err
}

func (c *Config) caches() (*purge.Caches, error) {
	o := purge.Options{URLs: c.PurgeURLs, Method: c.PurgeMethod, Header: c.PurgeHeader}
	if u, err := url.Parse(c.BaseURL); err == nil {
		o.Host = u.Host
	}
	return purge.New(o)
}

// confirmer waits for everybody who could still show what a takedown takes away:
// the serving processes, then the caches in front of them.
type confirmer struct {
	db     *store.DB
	caches *purge.Caches
	age    time.Duration // of pages in caches that are not told
}

// Confirm implements news.Confirmer.
func (c confirmer) Confirm(ctx context.Context, seq int64) (pending []string, err error) {
	if pending, err = c.db.Confirm(ctx, seq); err != nil {
		return pending, err
	}
	if !c.caches.Any() {
		if c.age > 0 {
			select {
			case <-time.After(c.age + cacheSlack):
			case <-ctx.Done():
				pending = append(pending, "caches in front")
			}
		}
		return pending, nil
	}
	// Also who has gone meanwhile is told the truth: nobody asks twice.
	asked := context.WithoutCancel(ctx)
	events, err := c.db.Events(asked, seq-1, 1)
	if err != nil || len(events) == 0 || events[0].Seq != seq {
		return append(pending, "caches in front"), err
	}
	late, _ := c.caches.Purge(asked, events[0].Tags) // the loop of a serving process goes on trying, and logs why
	return append(pending, late...), nil
}

// purger tells the caches of every event that this process has applied: from
// then on a page that they fetch from it is the new one. Each serving process
// does so, since a cache may have asked one that was late.
type purger struct {
	caches *purge.Caches
	events func(ctx context.Context, after int64, limit int) ([]change.Event, error)
	last   func(ctx context.Context) (int64, error)
	now    func() time.Time
	// kept is how long a cache may hold what it got before it was told.
	kept time.Duration
	done int64 // the last event that the caches know of
}

// begin goes back as far as a cache may remember: the process before this one
// may have ended between a change and its purge.
func (p *purger) begin(ctx context.Context) error {
	last, err := p.last(ctx)
	if err != nil {
		return err
	}
	for p.done = last; p.done > 0; {
		from := max(0, p.done-batch)
		events, err := p.events(ctx, from, int(p.done-from))
		if fault.Is(err, fault.Gone) {
			return nil
		}
		if err != nil {
			return err
		}
		young := slices.IndexFunc(events, p.matters)
		switch {
		case young < 0:
			return nil
		case young > 0:
			p.done = events[young].Seq - 1
			return nil
		}
		p.done = from
	}
	return nil
}

// matters reports whether a cache may still hold a page from before an event.
func (p *purger) matters(ev change.Event) bool { return ev.At.After(p.now().Add(-p.kept)) }

// catchUp tells the caches of the events up to number applied.
func (p *purger) catchUp(ctx context.Context, applied int64) error {
	for p.done < applied {
		events, err := p.events(ctx, p.done, int(min(batch, applied-p.done)))
		if fault.Is(err, fault.Gone) {
			// They were kept for longer than any page in a cache.
			p.done = applied
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what to purge: %w", err)
		}
		var tags []string
		upTo := applied
		for _, ev := range events {
			if ev.Seq > applied {
				break
			}
			if upTo = ev.Seq; p.matters(ev) {
				tags = append(tags, ev.Tags...)
			}
		}
		if _, err := p.caches.Purge(ctx, tags); err != nil {
			return err
		}
		p.done = upTo
		if len(events) == 0 {
			p.done = applied
		}
	}
	return nil
}

// purgeCaches runs until ctx ends. What a cache did not take is tried again until
// it may not keep the page any longer.
func (a *App) purgeCaches(ctx context.Context) {
	p := &purger{caches: a.Caches, events: a.DB.Events, last: a.DB.LastEvent, now: a.now, kept: a.Config.cacheAge() + time.Minute}
	begun, failing := false, false
	for wait := purgeEvery; ; {
		var err error
		if !begun {
			err = p.begin(ctx)
			begun = err == nil
		}
		if begun {
			err = p.catchUp(ctx, a.applied.Load())
		}
		if ctx.Err() != nil {
			return
		}
		news := a.changed
		switch {
		case err == nil:
			if failing {
				a.Log.Info("the caches in front are told of changes again")
			}
			wait, failing = purgeEvery, false
		default:
			if !failing && !a.follower.away.Load() {
				a.Log.Error("the caches in front are not told of changes, trying again", "err", err)
			}
			wait, failing, news = min(2*wait, purgeRetry), true, nil
		}
		select {
		case <-ctx.Done():
			return
		case <-news:
		case <-time.After(wait):
		}
	}
}
