package fast

import (
	"errors"
	"io"
	"net"
	"time"
)

// errLast ends a connection after its last answer.
var errLast = errors.New("the connection is to be closed")

// next answers what it can and returns nil when net/http is needed: the phase is
// lent or given then. An error is the end of the connection.
func (c *conn) next() error {
	err := c.run()
	if err != nil {
		c.to(ended)
	}
	return err
}

func (c *conn) run() error {
	if c.closing.Load() && c.phase.Load() == idle {
		return errLast
	}
	if c.poll != nil {
		return c.runPolled()
	}
	for {
		more, err := c.turn()
		if err != nil || !more {
			return err
		}
		if err := c.expect(); err != nil {
			return err
		}
		n, err := c.raw.Read((*c.in)[c.w:])
		if err := c.took(n, err); err != nil || c.phase.Load() == given {
			return err
		}
	}
}

// turn answers what has come, as far as it can. It reports whether that was all of
// it, so that more has to be read; else it is net/http's turn.
func (c *conn) turn() (more bool, err error) {
	for {
		var h head
		kind := partial
		if c.r < c.w {
			kind = h.parse((*c.in)[c.r:c.w])
		}
		switch {
		case kind == partial && c.w-c.r >= c.server.heads, kind == foreign:
			return false, c.give()
		case kind == partial:
			return true, nil
		}
		if !c.claim(answering) {
			return false, errLast
		}
		done, err := false, error(nil)
		if kind == plain {
			done, err = c.answer(&h)
		}
		if err != nil {
			return false, err
		}
		if !done {
			c.lendHead(&h)
			return false, nil
		}
		if c.r += h.size; c.r == c.w {
			c.r, c.w = 0, 0
		}
		c.to(idle)
		if h.close || c.closing.Load() {
			return false, errLast
		}
	}
}

// expect prepares to read on. The time for a head runs from its first byte, or from
// the connection's beginning, and not anew with each byte.
func (c *conn) expect() error {
	if c.r < c.w && c.phase.Load() == idle {
		if !c.claim(arriving) {
			return errLast
		}
		c.readUntil(c.server.ready)
	}
	c.makeRoom()
	return nil
}

// took notes what a read gave.
func (c *conn) took(n int, err error) error {
	if n > 0 {
		c.w += n
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	if c.r < c.w && errors.Is(err, io.EOF) {
		return c.give() // half a head and an end: net/http says what is wrong with it
	}
	return err
}

// makeRoom sees to it that something can be read behind what is there.
func (c *conn) makeRoom() {
	if c.r == c.w && c.in != nil && len(*c.in) > inBytes {
		c.in = nil // one large head is no reason to keep as much for the next
	}
	if c.in == nil {
		c.in, c.r, c.w = c.server.buffers.get(), 0, 0
	}
	if c.r > 0 {
		c.w = copy(*c.in, (*c.in)[c.r:c.w])
		c.r = 0
	}
	if c.w == len(*c.in) {
		more := make([]byte, min(2*len(*c.in), c.server.heads))
		copy(more, *c.in)
		c.in = &more
	}
}

// lendHead hands one head to net/http, and nothing after it.
func (c *conn) lendHead(h *head) {
	c.rest, c.calls, c.target = h.size, 0, string(h.target)
	c.readBy, c.writeBy, c.headDue = time.Time{}, time.Time{}, false
	c.wait.set(time.Time{})
	c.server.count.lent.Add(1)
	c.to(lent)
}

// give hands everything to net/http, from now on.
func (c *conn) give() error {
	if !c.claim(given) {
		return errLast
	}
	c.server.count.given.Add(1)
	return nil
}

// returned is called when net/http has written its answer to a lent head and
// waits for the next one. If it did not take the head for exactly one request,
// to the same target, we do not know what it has in its buffer.
func (c *conn) returned() {
	if c.phase.Load() != lent {
		return
	}
	if c.rest != 0 || c.calls != 1 {
		c.server.log.Error("net/http read a request in another way; it keeps the connection", "calls", c.calls, "unread", c.rest)
		_ = c.give()
		return
	}
	if c.r == c.w {
		c.r, c.w = 0, 0
	}
	c.to(idle)
	c.idleFrom(time.Now())
}

// readUntil has reads fail when d has passed; zero: never. A head is due then.
func (c *conn) readUntil(d time.Duration) {
	if d <= 0 {
		return
	}
	c.readBy, c.headDue = time.Now().Add(d), true
	_ = c.raw.SetReadDeadline(c.readBy)
	if c.closing.Load() { // retire may have set an earlier one just before
		_ = c.raw.SetReadDeadline(time.Now().Add(hurry))
	}
}

// idleFrom gives the client the idle time from now on. To move a deadline costs
// more than to look at it, so it is set an eighth later than it has to be, and
// moved when that is used up.
func (c *conn) idleFrom(now time.Time) {
	d := c.server.idle
	if d <= 0 || !c.headDue && !c.readBy.Before(now.Add(d)) {
		return
	}
	c.readBy, c.headDue = now.Add(d+d/8), false
	_ = c.raw.SetReadDeadline(c.readBy)
}

// writeFrom gives the client the write time from now on, as idleFrom does.
func (c *conn) writeFrom(now time.Time) {
	d := c.server.write
	if d <= 0 || !c.writeBy.Before(now.Add(d)) {
		return
	}
	c.writeBy = now.Add(d + d/8)
	_ = c.raw.SetWriteDeadline(c.writeBy)
}

// send writes one answer, whole.
func (c *conn) send(now time.Time, out []byte) error {
	c.writeFrom(now)
	c.idleFrom(now)
	_, err := c.raw.Write(out)
	return err
}

// sendPieces writes an answer that is too large to be gathered.
func (c *conn) sendPieces(now time.Time, pieces net.Buffers) error {
	c.writeFrom(now)
	c.idleFrom(now)
	c.pieces = pieces
	c.left = pieces // WriteTo consumes what it is called on
	_, err := c.left.WriteTo(c.raw)
	clear(c.pieces)
	return err
}
