package fast

import (
	"bytes"
	"time"
)

// guestWithin is how long somebody beyond the limit has to say what he wants.
const guestWithin = 2 * time.Second

// maxLine bounds the first line of somebody beyond the limit.
const maxLine = 4 << 10

// invited reads the first line of a connection beyond the limit and reports
// whether it is for those for whom room is kept. Nothing of it is used up.
func (c *conn) invited() bool {
	c.readUntil(guestWithin)
	for {
		var seen []byte
		if c.in != nil {
			seen = (*c.in)[c.r:c.w]
		}
		if line, _, whole := bytes.Cut(seen, []byte("\r\n")); whole {
			return c.server.keptFor(line)
		}
		if len(seen) >= maxLine {
			return false
		}
		c.makeRoom()
		n, err := c.raw.Read((*c.in)[c.w:])
		c.w += n
		if n == 0 || err != nil {
			return false
		}
	}
}

// keptFor reports whether room is kept for whoever sends this request line.
func (s *Server) keptFor(line []byte) bool {
	site := s.site.Load()
	if site == nil || site.Reserved == nil {
		return false
	}
	_, rest, _ := bytes.Cut(line, []byte(" "))
	target, _, whole := bytes.Cut(rest, []byte(" "))
	path, _, _ := bytes.Cut(target, []byte("?"))
	return whole && site.Reserved(text(path))
}
