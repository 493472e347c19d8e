package web

import (
	"net/http"
	"net/netip"
	"strings"

	"warta/internal/account"
	"warta/internal/fault"
)

// Proxies are the machines whose word counts about where a request comes from.
// Those on this machine always do; a nil *Proxies knows no others.
type Proxies struct {
	trusted []netip.Prefix
}

// NewProxies returns the proxies at the given addresses and in the given
// networks ("10.0.0.0/24"). An error names what is neither.
func NewProxies(networks []string) (*Proxies, error) {
	p := &Proxies{}
	for _, text := range networks {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			var one netip.Addr
			if one, err = netip.ParseAddr(text); err == nil {
				prefix = netip.PrefixFrom(one.Unmap(), one.Unmap().BitLen())
			}
		}
		switch {
		case err != nil || prefix.Addr().Is4In6():
			return nil, fault.Input("trusted-proxies", "%q is neither an address nor a network such as 10.0.0.0/24 or 2001:db8::/48", text)
		case prefix.Bits() == 0:
			return nil, fault.Input("trusted-proxies", "%q would believe everybody whatever he says of himself; name the proxies' own network", text)
		}
		p.trusted = append(p.trusted, prefix.Masked())
	}
	return p, nil
}

// trust reports whether the word of an address counts.
func (p *Proxies) trust(ip netip.Addr) bool {
	if ip.IsLoopback() {
		return true
	}
	if p == nil {
		return false
	}
	for _, t := range p.trusted {
		if t.Contains(ip) {
			return true
		}
	}
	return false
}

// Trusts reports whether many may come by way of an address: a proxy's.
func (p *Proxies) Trusts(ip netip.Addr) bool { return p.trust(ip) }

// maxHops bounds how many proxies a request may have come through, and so what
// a header that somebody made up costs.
const maxHops = 16

// Sender returns the address that a request comes from. Each trusted proxy names
// the one that it got the request from at the end of X-Forwarded-For, so the
// first from the right that is not trusted is the sender; what stands before it
// he may have written himself. It ends at what is no address.
func (p *Proxies) Sender(r *http.Request) string {
	ip, ok := parseHop(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr
	}
	lines := r.Header["X-Forwarded-For"]
	for hops := 0; hops < maxHops && len(lines) > 0 && p.trust(ip); hops++ {
		last := lines[len(lines)-1]
		i := strings.LastIndexByte(last, ',')
		next, ok := parseHop(strings.Trim(last[i+1:], " \t"))
		if !ok {
			break
		}
		ip = next
		if lines = lines[:len(lines)-1]; i >= 0 {
			lines = append(lines[:len(lines):len(lines)], last[:i])
		}
	}
	return ip.String()
}

// parseHop reads an address, with or without a port.
func parseHop(s string) (netip.Addr, bool) {
	const longest = len("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%interface0123456]:65535")
	if len(s) > longest {
		return netip.Addr{}, false
	}
	ip, err := netip.ParseAddr(s)
	if err != nil {
		var with netip.AddrPort
		if with, err = netip.ParseAddrPort(s); err == nil {
			ip = with.Addr()
		}
	}
	return ip.Unmap().WithZone(""), err == nil
}

// Network returns the network of an address, by which limits count.
func Network(address string) string { return account.Network(address) }
