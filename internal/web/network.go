package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Sender returns the address that a request comes from. A proxy on this machine
// names the one that it got the request from as the last of the forwarded ones.
func Sender(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return host
	}
	list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if last := net.ParseIP(strings.TrimSpace(list[len(list)-1])); last != nil {
		return last.String()
	}
	return host
}

// Network returns the network of an address, by which limits count: an IPv6
// user has at least 64 bits of them to himself.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return p.String()
}
