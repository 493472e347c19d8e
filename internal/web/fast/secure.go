package fast

import (
	"crypto/tls"
	"net"
	"slices"
	"time"
)

// Bounds on handshakes: how long one may take, and how many are under way at
// once. They cost more than an answer, and nobody is known before they are done.
const (
	handshakeWithin = 5 * time.Second
	maxHandshakes   = 1024
)

const (
	protoH1   = "http/1.1"
	protoH2   = "h2"
	protoACME = "acme-tls/1" // RFC 8737: the handshake is all there is
)

// under is the socket below a connection's TLS. It leads back to the connection,
// for those who only know the TLS: net/http, and the callback for the
// configuration.
type under struct {
	net.Conn
	c *conn
}

// Close ends the connection.
func (u under) Close() error { u.c.cut(); return nil }

// secured returns the configuration for all connections. Who comes beyond the
// limit is not offered HTTP/2: its first line is not to be read there.
func secured(cfg *tls.Config) *tls.Config {
	if cfg == nil {
		return nil
	}
	cfg = cfg.Clone()
	plain := cfg.Clone()
	plain.NextProtos = slices.DeleteFunc(slices.Clone(cfg.NextProtos), func(p string) bool { return p == protoH2 })
	cfg.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if u, ok := hello.Conn.(under); ok && u.c.guest {
			return plain, nil
		}
		return nil, nil
	}
	return cfg
}

// open makes the connection of a socket.
func (s *Server) open(sock net.Conn) *conn {
	c := &conn{sock: sock, raw: sock, server: s}
	if s.tls != nil {
		c.raw = tls.Server(under{sock, c}, s.tls)
		return c
	}
	c.byReadiness()
	return c
}

// secure does the handshake and reports whether the connection speaks HTTP/1.1.
// If it speaks HTTP/2, net/http has it for good.
func (c *conn) secure() bool {
	t, ok := c.raw.(*tls.Conn)
	if !ok {
		return true
	}
	select {
	case c.server.handshakes <- struct{}{}:
	default:
		c.server.count.shed.Add(1)
		return false
	}
	_ = c.sock.SetDeadline(time.Now().Add(c.server.shake))
	err := t.Handshake()
	<-c.server.handshakes
	if err != nil {
		c.server.count.unsafe.Add(1)
		return false
	}
	c.server.count.secured.Add(1)
	_ = c.sock.SetDeadline(time.Time{})
	switch t.ConnectionState().NegotiatedProtocol {
	case protoH2:
		c.server.count.h2.Add(1)
		if c.claim(given) {
			c.hand(t)
		}
		return false
	case protoACME:
		return false
	}
	return true
}

// hand gives the connection to net/http, as what net/http has to see.
func (c *conn) hand(as net.Conn) {
	select {
	case c.server.handover <- as:
	case <-c.server.ending:
		c.cut()
	}
}

// bye tells the client that the end is meant, and no accident.
func (c *conn) bye() {
	if t, ok := c.raw.(*tls.Conn); ok {
		_ = c.sock.SetWriteDeadline(time.Now().Add(hurry))
		_ = t.CloseWrite()
	}
}
