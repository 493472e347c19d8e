//go:build unix

package fast

import (
	"io"
	"net"
	"syscall"
)

// byReadiness has the loop run where the socket's readiness is told, if it is one
// of the system's.
func (c *conn) byReadiness() {
	sock, ok := c.sock.(*net.TCPConn)
	if !ok {
		return
	}
	poll, err := sock.SyscallConn()
	if err != nil {
		return
	}
	c.poll, c.step = poll, c.whenReady
}

// runPolled is run without a read in vain for nearly every answer. A client who
// waits for an answer has sent nothing when it is written: whoever reads then learns
// only that, and has to wait for the socket all the same. RawConn.Read calls step at
// first, and then whenever something has come since; in between it waits.
func (c *conn) runPolled() error {
	// What came before is not told of.
	c.looked, c.drained, c.over = false, false, nil
	if err := c.poll.Read(c.step); err != nil {
		return err
	}
	return c.over
}

// whenReady is a turn of the loop when there may be something to read. It returns false
// when all of it was read and answered, and true at the loop's end, for the reason
// in over.
//
// An end of the stream that came together with a request is not told of again: only
// a read in vain shows it. So there is one after each answer until the client was
// seen to keep the connection open while he has nothing to ask. If he sends his end
// with a later request all the same, and waits for ours, he waits for the idle time.
func (c *conn) whenReady(fd uintptr) (over bool) {
	for {
		if !c.looked {
			more, err := c.turn()
			if err == nil && more {
				err = c.expect()
			}
			if err != nil || !more {
				c.over = err
				return true
			}
			if c.looked = true; c.drained && c.patient && c.r == c.w {
				return false
			}
		}
		room := (*c.in)[c.w:]
		n, err := syscall.Read(int(fd), room)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			c.patient = c.patient || c.phase.Load() == idle
			return false
		case n == 0 && err == nil:
			err = io.EOF
		}
		c.looked, c.drained = false, n < len(room)
		if err := c.took(max(n, 0), err); err != nil || c.phase.Load() == given {
			c.over = err
			return true
		}
	}
}
