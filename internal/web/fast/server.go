package fast

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what New can do without.
type Options struct {
	Log *slog.Logger // nil: none
	// MaxConns is how many connections may be open; who comes beyond that is
	// told to come back. Zero: 16,384.
	MaxConns int
	// PerClient is how many of them may be of one client: an address of IPv4, or 64
	// bits of IPv6. Zero: all. Exempt tells who may have as many as there are, since
	// many come by way of him; nil: nobody.
	PerClient int
	Exempt    func(netip.Addr) bool
	// TLS, if set, is spoken on the listener. NextProtos says which protocols: h2
	// is net/http's for good.
	TLS *tls.Config
	// Reserve is how many more may be open for those of whom Site.Reserved says so
	// by the first line that they send. Zero: none.
	Reserve int
}

// What Options and an http.Server leave out.
const (
	maxConns  = 16 << 10
	maxHead   = http.DefaultMaxHeaderBytes
	headSlack = 4 << 10 // what net/http grants beyond its MaxHeaderBytes
)

// Server answers on one listener: by itself what is ready in memory, by an
// http.Server everything else.
type Server struct {
	http  *http.Server
	log   *slog.Logger
	site  atomic.Pointer[Site]
	limit int
	spare int // connections beyond the limit
	tls   *tls.Config

	handshakes chan struct{}
	shake      time.Duration // for one handshake
	heads      int           // bytes at which a head without an end is given away

	ready, write, idle time.Duration // the times of http.Server; zero: none

	handover chan net.Conn // to net/http
	ending   chan struct{} // closed when Shutdown or Close begins
	empty    chan struct{} // closed when it has begun and no connection is left
	draining atomic.Bool
	buffers  buffers
	clock    clock
	shedding chan struct{}
	count    counters

	mu       sync.Mutex
	shares   shares
	listener net.Listener
	conns    map[*conn]struct{}
	ended    bool // empty is closed
}

// New puts the fast way in front of an http.Server, which must not be served by
// anybody else, and takes its times and bounds. It answers nothing by itself
// before Open.
func New(h *http.Server, opt Options) *Server {
	s := &Server{http: h, log: opt.Log, spare: opt.Reserve, tls: secured(opt.TLS), shake: handshakeWithin, handshakes: make(chan struct{}, maxHandshakes), limit: cmp.Or(opt.MaxConns, maxConns), heads: cmp.Or(h.MaxHeaderBytes, maxHead) + headSlack,
		ready: cmp.Or(h.ReadHeaderTimeout, h.ReadTimeout), write: h.WriteTimeout, idle: cmp.Or(h.IdleTimeout, h.ReadTimeout),
		handover: make(chan net.Conn), ending: make(chan struct{}), empty: make(chan struct{}),
		shedding: make(chan struct{}, maxShedding), conns: map[*conn]struct{}{}, shares: shares{most: opt.PerClient, exempt: opt.Exempt, open: map[netip.Prefix]int{}}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.lend()
	return s
}

// Open lets the server answer for a site from now on.
func (s *Server) Open(site *Site) { s.site.Store(site) }

// Serve accepts connections on the listener until Shutdown or Close, and returns
// http.ErrServerClosed then. It is called once.
func (s *Server) Serve(ln net.Listener) error {
	if !s.take(ln) {
		return http.ErrServerClosed
	}
	behind := make(chan error, 1)
	go func() { behind <- s.http.Serve(lender{s, ln.Addr()}) }()
	err := s.accept(ln)
	if err != nil && !s.draining.Load() {
		s.Close() // the socket broke: nobody is served half
	}
	<-behind
	return err
}

// take makes ln the server's listener, unless the end has begun.
func (s *Server) take(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.Load() {
		ln.Close()
		return false
	}
	s.listener = ln
	return true
}

// accept serves what comes in. When the machine runs out of something it waits
// a little, as net/http does.
func (s *Server) accept(ln net.Listener) error {
	const first, most = 5 * time.Millisecond, time.Second
	for delay := first; ; {
		raw, err := ln.Accept()
		if err == nil {
			delay = first
			s.begin(raw)
			continue
		}
		if s.draining.Load() || errors.Is(err, net.ErrClosed) {
			return http.ErrServerClosed
		}
		var passing interface{ Temporary() bool }
		if !errors.As(err, &passing) || !passing.Temporary() {
			return err
		}
		s.log.Warn("connection not accepted, trying again", "after", delay, "err", err)
		select {
		case <-s.ending:
		case <-time.After(delay):
		}
		delay = min(2*delay, most)
	}
}

// begin serves one connection, or sheds it.
func (s *Server) begin(raw net.Conn) {
	c := s.open(raw)
	c.client = s.shares.clientOf(raw)
	switch s.add(c) {
	case full:
		s.count.shed.Add(1)
		s.shed(raw)
	case greedy:
		s.count.greedy.Add(1)
		s.shed(raw)
	case over:
		raw.Close()
	case tight:
		c.guest = true
		go c.serve()
	default:
		go c.serve()
	}
}

// room says whether there is any for one more connection.
type room int

const (
	enough room = iota
	tight       // for those for whom some is kept
	full
	greedy // the client has its share
	over   // the server is ending
)

func (s *Server) add(c *conn) room {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.draining.Load():
		return over
	case s.shares.full(c.client):
		return greedy
	case len(s.conns) >= s.limit+s.spare:
		return full
	}
	is := enough
	if len(s.conns) >= s.limit {
		is = tight
	} else {
		s.count.accepted.Add(1)
	}
	s.conns[c] = struct{}{}
	s.shares.take(c.client)
	return is
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.conns[c]; ok {
		delete(s.conns, c)
		s.shares.give(c.client)
	}
	s.check()
}

// check closes empty if the end has begun and nobody is left; under mu.
func (s *Server) check() {
	if s.draining.Load() && len(s.conns) == 0 && !s.ended {
		s.ended = true
		close(s.empty)
	}
}

// end begins the end and returns who is still there.
func (s *Server) end() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.CompareAndSwap(false, true) {
		close(s.ending)
	}
	if s.listener != nil {
		s.listener.Close()
	}
	s.check()
	list := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		list = append(list, c)
	}
	return list
}

// Shutdown lets nobody in any more, closes the connections that wait for a
// request, and returns when all answers under way are written, or with the
// context's error. It tears none.
func (s *Server) Shutdown(ctx context.Context) error {
	for _, c := range s.end() {
		c.retire()
	}
	if err := s.http.Shutdown(ctx); err != nil {
		return err
	}
	select {
	case <-s.empty:
	case <-ctx.Done():
		select {
		case <-s.empty: // both at once
		default:
			return ctx.Err()
		}
	}
	return nil
}

// Close cuts off everybody.
func (s *Server) Close() error {
	list := s.end()
	err := s.http.Close()
	for _, c := range list {
		c.cut()
	}
	return err
}

// Stats is a snapshot of what the server did, and of what it has open.
type Stats struct {
	Conns    int    // open now
	Accepted uint64 // connections, the shed ones apart
	Shed     uint64 // connections that were one too many
	Greedy   uint64 // connections beyond the share of their client
	Hits     uint64 // answered from memory
	Fresh    uint64 // of them with 304
	Refused  uint64 // answered with 503, since the page engine is busy
	Secured  uint64 // handshakes of TLS
	Unsafe   uint64 // handshakes that failed
	H2       uint64 // connections that speak HTTP/2: net/http has them for good
	Lent     uint64 // heads that net/http answered
	Given    uint64 // connections that net/http has for good
}

// Stats returns the server's figures.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	open := len(s.conns)
	s.mu.Unlock()
	return Stats{Conns: open, Accepted: s.count.accepted.Load(), Shed: s.count.shed.Load(), Greedy: s.count.greedy.Load(), Hits: s.count.hits.Load(),
		Fresh: s.count.fresh.Load(), Refused: s.count.refused.Load(), Secured: s.count.secured.Load(), Unsafe: s.count.unsafe.Load(), H2: s.count.h2.Load(), Lent: s.count.lent.Load(), Given: s.count.given.Load()}
}

type counters struct {
	accepted, shed, greedy, hits, fresh, refused, secured, unsafe, h2, lent, given atomic.Uint64
}
