package fast

import (
	"net"
	"net/netip"
)

// shares counts the open connections of each client network, so that one of them
// cannot take all there are. It costs what it does when a connection comes and
// goes, and nothing for a request.
type shares struct {
	most   int                   // 0: as many as there are
	exempt func(netip.Addr) bool // nil: nobody is

	open map[netip.Prefix]int // guarded by the server's mu
}

// clientOf returns the network of a connection's other end, of which the machine
// behind it has the whole: an address of IPv4, and 64 bits of IPv6. The zero
// prefix is nobody's and has no share.
func (s *shares) clientOf(raw net.Conn) netip.Prefix {
	if s.most <= 0 {
		return netip.Prefix{}
	}
	tcp, ok := raw.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	if !ip.IsValid() || s.exempt != nil && s.exempt(ip) {
		return netip.Prefix{}
	}
	bits := 64
	if ip.Is4() {
		bits = 32
	}
	return netip.PrefixFrom(ip, bits).Masked()
}

// full reports whether a client has what it may have.
func (s *shares) full(client netip.Prefix) bool {
	return client.IsValid() && s.open[client] >= s.most
}

func (s *shares) take(client netip.Prefix) {
	if client.IsValid() {
		s.open[client]++
	}
}

func (s *shares) give(client netip.Prefix) {
	if !client.IsValid() {
		return
	}
	if s.open[client]--; s.open[client] <= 0 {
		delete(s.open, client)
	}
}
