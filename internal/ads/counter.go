package ads

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"warta/internal/fault"
)

// Count is how often one creative was seen and clicked in one place in one hour.
type Count struct {
	Hour      time.Time // its start, UTC
	Item      int64
	Creative  int64
	Placement Placement
	Seen      int64
	Clicked   int64
	// Refused are those that were not counted: from programs, or too many of one
	// network.
	Refused int64
}

// CountStore keeps roll-ups.
type CountStore interface {
	// AddAdCounts adds to what is counted, and to the sums of the line items, in one
	// transaction.
	AddAdCounts(ctx context.Context, list []Count) error
}

// CounterOptions are what a Counter can do without.
type CounterOptions struct {
	Now   func() time.Time // the clock; required, since an area asks none
	Every time.Duration    // between roll-ups; zero: RollUp
	Log   *slog.Logger
}

// RollUp is how often counts are written: what a process has counted since is lost
// if it is killed.
const RollUp = 10 * time.Second

// maxPendingCounts bounds the counts that wait. There are as many as creatives that
// stand on pages, since a count needs a mark that we signed.
const maxPendingCounts = 50_000

// Counter counts impressions and clicks in memory and rolls them up. Its methods
// are safe for concurrent use.
type Counter struct {
	store CountStore
	opt   CounterOptions

	mu      sync.Mutex
	pending map[countKey]*Count
}

type countKey struct {
	hour      int64
	item      int64
	creative  int64
	placement Placement
}

// What is counted.
type What int

// The things that are counted.
const (
	Seen What = iota
	Clicked
	Refused
)

// NewCounter returns a counter over a store.
func NewCounter(store CountStore, o CounterOptions) *Counter {
	if o.Every <= 0 {
		o.Every = RollUp
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Counter{store: store, opt: o, pending: map[countKey]*Count{}}
}

// Add counts one. A mark that counts no more is left out.
func (c *Counter) Add(m Mark, what What) {
	now := c.opt.Now()
	if now.After(m.Until) {
		return
	}
	hour := now.Truncate(time.Hour).UTC()
	one := Count{Hour: hour, Item: m.Item, Creative: m.Creative, Placement: m.Placement}
	switch what {
	case Seen:
		one.Seen = 1
	case Clicked:
		one.Clicked = 1
	default:
		one.Refused = 1
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(one)
}

func (c *Counter) add(x Count) {
	k := countKey{x.Hour.Unix(), x.Item, x.Creative, x.Placement}
	p := c.pending[k]
	if p == nil {
		if len(c.pending) >= maxPendingCounts {
			return
		}
		x := x
		c.pending[k] = &x
		return
	}
	p.Seen, p.Clicked, p.Refused = p.Seen+x.Seen, p.Clicked+x.Clicked, p.Refused+x.Refused
}

// Flush rolls up what was counted. What could not be written is counted again.
func (c *Counter) Flush(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "roll up ads")
	c.mu.Lock()
	taken := c.pending
	c.pending = map[countKey]*Count{}
	c.mu.Unlock()
	if len(taken) == 0 {
		return nil
	}
	list := make([]Count, 0, len(taken))
	for _, x := range taken {
		list = append(list, *x)
	}
	if err = c.store.AddAdCounts(ctx, list); err == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range list {
		c.add(x)
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
				c.opt.Log.Warn("the last counts of ads are lost", "err", err)
			}
			return
		case <-tick.C:
			if err := c.Flush(ctx); err != nil {
				c.opt.Log.Warn("counts of ads not rolled up, trying again", "err", err)
			}
		}
	}
}
