package page

import "sync"

// crew does the renderings: so many at once, the others in the order in which
// they came. A rendering never waits for another one, so the queue moves.
type crew struct {
	mu     sync.Mutex
	idle   int
	queue  []func()
	closed bool
	wg     sync.WaitGroup
}

func newCrew(size int) *crew { return &crew{idle: size} }

// do has the job done, soon. It does not wait for it, unless the crew was sent
// home: then the job finds the engine's context cancelled and ends at once.
func (c *crew) do(job func()) {
	c.mu.Lock()
	switch {
	case c.closed:
		c.mu.Unlock()
		job()
		return
	case c.idle == 0:
		c.queue = append(c.queue, job)
	default:
		c.idle--
		c.wg.Go(func() { c.work(job) })
	}
	c.mu.Unlock()
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
	if len(c.queue) == 0 {
		c.queue = nil
		c.idle++
		return nil
	}
	job := c.queue[0]
	c.queue[0] = nil // so that a long queue does not hold on to what it did
	c.queue = c.queue[1:]
	return job
}

// waiting returns the length of the queue.
func (c *crew) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue)
}

// close waits until everything that was accepted is done.
func (c *crew) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wg.Wait()
}
