package fast

import (
	"context"
	"net"
	"net/http"
	"runtime/debug"
)

// connKey finds the connection in a request's context.
type connKey struct{}

// lend prepares net/http to take heads one at a time: it says whose turn it is,
// and each request is held against the head that was lent for it.
func (s *Server) lend() {
	h := s.http
	handler := h.Handler
	h.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connKey{}).(*conn); ok {
			c.called(r)
		}
		handler.ServeHTTP(w, r)
	})
	before := h.ConnContext
	h.ConnContext = func(ctx context.Context, nc net.Conn) context.Context {
		if before != nil {
			ctx = before(ctx, nc)
		}
		return context.WithValue(ctx, connKey{}, nc)
	}
	state := h.ConnState
	h.ConnState = func(nc net.Conn, st http.ConnState) {
		if c, ok := nc.(*conn); ok {
			switch st {
			case http.StateIdle:
				c.returned()
			case http.StateHijacked:
				_ = c.give()
			}
		}
		if state != nil {
			state(nc, st)
		}
	}
}

// called notes that the handler is asked for a lent head. It runs in the
// goroutine that reads the connection.
func (c *conn) called(r *http.Request) {
	c.calls++
	if r.RequestURI != c.target || r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
		c.calls = -1
	}
}

// lender is the listener from which net/http gets its connections.
type lender struct {
	s    *Server
	addr net.Addr
}

// Accept returns the next connection that is not for us alone.
func (l lender) Accept() (net.Conn, error) {
	select {
	case c := <-l.s.handover:
		return c, nil
	case <-l.s.ending:
		return nil, net.ErrClosed
	}
}

// Close does nothing: http.Server ends only when we have it end.
func (l lender) Close() error { return nil }

// Addr returns the address of the socket.
func (l lender) Addr() net.Addr { return l.addr }

func stack() string { return string(debug.Stack()) }
