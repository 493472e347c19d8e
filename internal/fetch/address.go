package fetch

import (
	"context"
	"net/netip"
	"slices"
	"syscall"

	"warta/internal/fault"
)

// special lists the networks that netip's own questions do not cover: by the
// IANA registries of special-purpose addresses, and where clouds keep what
// only the machine itself should see.
func special() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"168.63.129.16/32", // a cloud's machine agent, on a public-looking address
		"::/96",            // IPv4-compatible, loopback, unspecified
		"64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2002::/16",
		"3fff::/20", "5f00::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// nat64 is the well-known prefix (RFC 6052): the last four bytes are an IPv4
// address that a gateway reaches for us.
const nat64 = "64:ff9b::/96"

// public reports whether an address is one of the open internet.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if netip.MustParsePrefix(nat64).Contains(a) {
		b := a.As16()
		return public(netip.AddrFrom4([4]byte(b[12:])))
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() {
		return false
	}
	return !slices.ContainsFunc(special(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// control runs between name resolution and connect, for every address that is
// tried.
func (c *Client) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fault.New(fault.Invalid, "the address cannot be used: %w", err)
	}
	if c.allowed(address) {
		return nil
	}
	if !slices.Contains(c.options.Ports, int(ap.Port())) || !public(ap.Addr()) {
		// The resolved address is not named: whoever asks shall not learn what
		// our network looks like.
		return badURL("the address does not lead to the public internet")
	}
	return nil
}
