package fast

import (
	"crypto/tls"
	"io"
	"net"
	"time"
)

// Bounds on the politeness towards connections that are one too many: how many
// are told so at a time, and how long that may take. The others are closed
// without a word.
const (
	maxShedding = 64
	shedWithin  = time.Second
	shedReads   = 64 << 10
)

// tooMany is an answer that needs no site.
const tooMany = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n" +
	"Retry-After: 5\r\nConnection: close\r\nContent-Length: 45\r\n\r\ntoo many connections; please try again later\n"

// shed tells a client to come back. It waits until the client has read that, or
// a moment: to close a socket with something unread in it takes the answer back.
func (s *Server) shed(raw net.Conn) {
	if _, secure := raw.(*tls.Conn); s.tls != nil && !secure {
		raw.Close() // it expects a handshake, and that is what there is no time for
		return
	}
	select {
	case s.shedding <- struct{}{}:
	default:
		raw.Close()
		return
	}
	go func() {
		defer func() { <-s.shedding }()
		defer raw.Close()
		_ = raw.SetDeadline(time.Now().Add(shedWithin))
		if _, err := io.WriteString(raw, tooMany); err != nil {
			return
		}
		if half, ok := raw.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
		_, _ = io.CopyN(io.Discard, raw, shedReads)
	}()
}
