package fast

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// phase is whose turn it is on a connection; see the package's documentation.
type phase = int32

const (
	newcomer  phase = iota // ours: nothing has come yet
	arriving               // ours: a part of a head has come
	idle                   // ours: waiting between requests
	answering              // ours: an answer is under way
	lent                   // net/http has one head
	given                  // net/http has the connection
	ended                  // ours no more: an error, or the end
)

// hurry is how long somebody who has begun to ask may take to finish when the
// server ends.
const hurry = time.Second

// conn is one connection. To net/http it is a net.Conn that yields heads one at
// a time, or everything that comes, when it was given away.
//
// Only the goroutine that reads (ours, later that of net/http) touches the
// fields without a comment.
type conn struct {
	sock    net.Conn // the socket
	raw     net.Conn // what is read and written: the socket, or the TLS over it
	server  *Server
	phase   atomic.Int32
	closing atomic.Bool // the answer that is under way is the last one
	cutOnce sync.Once

	client netip.Prefix // whose share it is a part of; zero: nobody's
	guest  bool         // beyond the limit, and nothing was asked yet

	in   *[]byte // nil while nothing is read
	r, w int     // (*in)[r:w] has come and was not used
	rest int     // bytes of the lent head that net/http has not read

	target string // of the lent head
	calls  int    // how often the handler was called for it, and with its target

	readBy, writeBy time.Time // deadlines that we set; zero: unknown
	headDue         bool      // readBy is for a head, not for an idle client

	wait deadline // what net/http set last, while the head is lent

	// A socket of the system's is read when it says that there is something.
	poll    syscall.RawConn       // nil: reads wait for it
	step    func(fd uintptr) bool // whenReady
	over    error                 // why step returned true; nil: it is net/http's turn
	looked  bool                  // what has come was looked at
	drained bool                  // the last read took all there was
	patient bool                  // the client keeps the connection when he has nothing to ask

	pieces, left net.Buffers // of a vectored write
	tail         [10]byte    // the end of a gzip member in it
}

// to moves to another phase from one in which nobody else moves the connection.
func (c *conn) to(p phase) { c.phase.Store(p) }

// claim moves from waiting to another phase, unless the connection was ended
// meanwhile.
func (c *conn) claim(p phase) bool {
	for {
		old := c.phase.Load()
		if old == ended {
			return false
		}
		if c.phase.CompareAndSwap(old, p) {
			return true
		}
	}
}

// serve is the connection's life until it ends, or net/http needs it.
func (c *conn) serve() {
	defer func() {
		if p := recover(); p != nil {
			c.server.log.Error("fast path panicked", "panic", p, "stack", stack())
			c.to(ended)
			c.cut()
		}
	}()
	if !c.secure() {
		if c.phase.Load() != given {
			c.to(ended)
			c.cut()
		}
		return
	}
	if c.guest && !c.invited() {
		c.to(ended)
		c.server.buffers.put(c.in)
		c.in = nil
		c.server.remove(c) // his place is free at once
		c.server.count.shed.Add(1)
		c.server.shed(c.raw)
		return
	}
	c.readUntil(c.server.ready)
	if err := c.next(); err != nil {
		c.server.buffers.put(c.in)
		c.in = nil
		c.bye()
		c.cut()
		return
	}
	c.hand(c)
}

// Read gives net/http what is its own: bytes of a lent head, or of a connection
// that it has for good. Between heads it is where the loop runs.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	switch c.phase.Load() {
	case lent, given:
	default:
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	switch {
	case c.phase.Load() == given && c.r < c.w: // what came before it was given
		n := copy(p, (*c.in)[c.r:c.w])
		c.r += n
		return n, nil
	case c.phase.Load() == given:
		c.server.buffers.put(c.in)
		c.in = nil
		return c.raw.Read(p)
	case c.rest > 0:
		n := copy(p, (*c.in)[c.r:c.r+c.rest])
		c.r += n
		c.rest -= n
		return n, nil
	}
	return 0, c.watch()
}

// watch waits beside a handler for the client to leave. What comes meanwhile
// belongs to the next request: it stays here, and after it nothing more is read,
// as net/http would not.
func (c *conn) watch() error {
	if c.r == c.w {
		c.r, c.w = 0, 0
		n, err := c.raw.Read(*c.in)
		c.w = n
		if n == 0 {
			if err == nil {
				err = io.ErrNoProgress
			}
			return err
		}
	}
	return c.wait.pass()
}

// Write writes for net/http.
func (c *conn) Write(p []byte) (int, error) { return c.raw.Write(p) }

// ReadFrom lets net/http send a file without copying it.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	if to, ok := c.raw.(io.ReaderFrom); ok {
		return to.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{c.raw}, r)
}

// CloseWrite tells the client that nothing more comes.
func (c *conn) CloseWrite() error {
	if half, ok := c.raw.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// LocalAddr returns our end of the connection.
func (c *conn) LocalAddr() net.Addr { return c.raw.LocalAddr() }

// RemoteAddr returns the other end of the connection.
func (c *conn) RemoteAddr() net.Addr { return c.raw.RemoteAddr() }

// SetDeadline is SetReadDeadline and SetWriteDeadline.
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline is net/http's while it has a request. What it wants between
// requests is not asked: it knows of none of those that we answer.
func (c *conn) SetReadDeadline(t time.Time) error {
	switch c.phase.Load() {
	case lent:
		c.wait.set(t)
		return c.raw.SetReadDeadline(t)
	case given:
		return c.raw.SetReadDeadline(t)
	}
	return nil
}

// SetWriteDeadline is net/http's while it has a request.
func (c *conn) SetWriteDeadline(t time.Time) error {
	switch c.phase.Load() {
	case lent, given:
		return c.raw.SetWriteDeadline(t)
	}
	return nil
}

// Close is called by net/http: by its reading goroutine for a connection that is
// done, and by http.Server.Shutdown for one that it takes to be idle, which it
// need not be.
func (c *conn) Close() error {
	switch c.phase.Load() {
	case lent, given:
		c.bye()
		c.cut()
	default:
		c.retire()
	}
	return nil
}

// retire closes the connection if it waits between requests. If an answer of
// ours is under way, the loop closes behind it; who has begun to ask has a moment
// to finish; what net/http has, net/http ends.
func (c *conn) retire() {
	// The loop moves to another phase first and looks at closing then, so one of
	// both sees the other.
	c.closing.Store(true)
	for {
		switch c.phase.Load() {
		case idle:
			if !c.phase.CompareAndSwap(idle, ended) {
				continue // a request came just now
			}
			c.cut()
		case ended:
			c.cut()
		case newcomer, arriving:
			_ = c.raw.SetReadDeadline(time.Now().Add(hurry))
		}
		return
	}
}

// cut closes the connection whatever is under way.
func (c *conn) cut() {
	c.cutOnce.Do(func() {
		c.sock.Close()
		c.wait.end()
		c.server.remove(c)
	})
}

// deadline is a read deadline that can be waited for without reading.
type deadline struct {
	mu    sync.Mutex
	at    time.Time
	over  bool
	moved chan struct{} // closed when at or over changes; nil if nobody waits
}

func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = t
	d.wake()
}

func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	d.wake()
}

func (d *deadline) wake() {
	if d.moved != nil {
		close(d.moved)
		d.moved = nil
	}
}

// pass waits until the deadline has passed or the connection is closed, and
// returns what a read would.
func (d *deadline) pass() error {
	for {
		d.mu.Lock()
		at, over := d.at, d.over
		if d.moved == nil {
			d.moved = make(chan struct{})
		}
		moved := d.moved
		d.mu.Unlock()
		if over {
			return net.ErrClosed
		}
		var timer <-chan time.Time
		if !at.IsZero() {
			left := time.Until(at)
			if left <= 0 {
				return os.ErrDeadlineExceeded
			}
			timer = time.After(left)
		}
		select {
		case <-moved:
		case <-timer:
		}
	}
}
