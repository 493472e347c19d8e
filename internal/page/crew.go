package page

import (
	"sync"
	"time"
)

// lane is a part of a crew's queue. Whoever is free takes from the lanes in
// turn, so that each of them moves whatever the length of the other.
type lane int

const (
	// shared is for what many wait for: pieces, and pages of which an older
	// rendering is being served.
	shared lane = iota
	// single is for pages of which there is nothing.
	single
	lanes
)

// maxQueue bounds a lane, whatever its tasks take.
const maxQueue = 4096

// crew does the renderings: so many at once, the others of a lane in the order
// in which they came. A rendering never waits for another one, so the queue
// moves.
type crew struct {
	now   func() time.Duration // see Options.Elapsed
	size  int
	limit time.Duration // length at which the lane single takes nothing more

	mu     sync.Mutex
	idle   int
	queue  [lanes][]task
	turn   lane          // from which the next task comes, if it has one
	mean   time.Duration // what a task takes, of late
	closed bool
	wg     sync.WaitGroup
}

type task struct {
	job   func()
	since time.Duration
}

func newCrew(size int, now func() time.Duration, limit time.Duration) *crew {
	return &crew{size: size, idle: size, now: now, limit: limit}
}

// do has the job done, soon. It does not wait for it, unless the crew was sent
// home: then the job finds the engine's context cancelled and ends at once. It
// returns false if there is no room in the lane; nothing is done then.
func (c *crew) do(l lane, job func()) bool {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		job()
		return true
	}
	defer c.mu.Unlock()
	switch {
	case c.idle > 0:
		c.idle--
		c.wg.Go(func() { c.work(job) })
	case !c.room(l):
		return false
	default:
		c.queue[l] = append(c.queue[l], task{job, c.now()})
	}
	return true
}

// room reports whether a lane takes one more; under mu.
func (c *crew) room(l lane) bool {
	return len(c.queue[l]) < maxQueue && (l != single || c.length() <= c.limit)
}

// length is how long a task would wait that comes now: by what tasks took of
// late, or, if that is more, as long as the oldest has waited already; under mu.
func (c *crew) length() time.Duration {
	n, now := 0, c.now()
	oldest := now
	for _, q := range c.queue {
		if n += len(q); len(q) > 0 {
			oldest = min(oldest, q[0].since)
		}
	}
	return max(now-oldest, time.Duration(n)*c.mean/time.Duration(c.size))
}

// full reports whether a lane takes nothing more.
func (c *crew) full(l lane) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.idle == 0 && !c.closed && !c.room(l)
}

// waits returns how long a task would wait that comes now.
func (c *crew) waits() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.length()
}

// took notes what a task took. What was not worth a task (nobody waited for it
// any more) is not noted.
func (c *crew) took(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mean == 0 {
		c.mean = d
	}
	c.mean += (d - c.mean) / 8
}

// work does the job and then whatever stands in the queue.
func (c *crew) work(job func()) {
	for job != nil {
		job()
		job = c.next()
	}
}

func (c *crew) next() func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.turn
	if len(c.queue[l]) == 0 {
		l = (l + 1) % lanes
	}
	q := c.queue[l]
	if len(q) == 0 {
		c.idle++
		return nil
	}
	c.turn = (l + 1) % lanes
	job := q[0].job
	q[0] = task{} // so that a long queue does not hold on to what it did
	if c.queue[l] = q[1:]; len(q) == 1 {
		c.queue[l] = nil
	}
	return job
}

// waiting returns how many tasks are in the queue.
func (c *crew) waiting() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, q := range c.queue {
		n += len(q)
	}
	return n
}

// close waits until everything that was accepted is done.
func (c *crew) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wg.Wait()
}
