package web_test

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"warta/internal/fault"
	"warta/internal/web"
)

func TestSenderIsWhomTrustedProxiesName(t *testing.T) {
	t.Parallel()
	far := []string{"10.0.0.0/24", "192.0.2.77", "2001:db8:ffff::/48"}
	tests := []struct {
		name, remote string
		trusted      []string
		forwarded    []string
		want, net    string
	}{
		{"a reader", "203.0.113.5:4711", nil, nil, "203.0.113.5", "203.0.113.5"},
		{"a reader who says he is another", "203.0.113.5:4711", far, []string{"192.0.2.1"}, "203.0.113.5", "203.0.113.5"},
		{"a proxy on this machine", "127.0.0.1:80", nil, []string{"203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"what the sender wrote himself does not count", "[::1]:80", nil, []string{"192.0.2.1, 203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"nor in a header of his own", "[::1]:80", nil, []string{"192.0.2.1", "203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"rubbish", "127.0.0.1:80", nil, []string{"unknown"}, "127.0.0.1", "127.0.0.1"},
		{"a phone with IPv6", "[2001:db8:1:2:3:4:5:6]:80", nil, nil, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:203.0.113.5]:80", nil, nil, "203.0.113.5", "203.0.113.5"},

		{"a proxy elsewhere that nobody trusts", "10.0.0.9:80", nil, []string{"203.0.113.5"}, "10.0.0.9", "10.0.0.9"},
		{"a proxy elsewhere", "10.0.0.9:80", far, []string{"203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"the same as IPv4 in IPv6", "[::ffff:10.0.0.9]:80", far, []string{"::ffff:203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"one by its IPv6 address", "[2001:db8:ffff::1]:80", far, []string{"2001:db8:1:2:3::4"}, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		{"beside its network", "10.0.1.9:80", far, []string{"203.0.113.5"}, "10.0.1.9", "10.0.1.9"},
		{"three of them in a row", "127.0.0.1:80", far, []string{"192.0.2.1, 203.0.113.5,10.0.0.3", "192.0.2.77"}, "203.0.113.5", "203.0.113.5"},
		{"with ports", "10.0.0.9:80", far, []string{"203.0.113.5:4711, 10.0.0.3:80"}, "203.0.113.5", "203.0.113.5"},
		{"a reader who names a proxy before himself", "10.0.0.9:80", far, []string{"10.0.0.3, 203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"rubbish behind a proxy", "10.0.0.9:80", far, []string{"203.0.113.5, <script>, 10.0.0.3"}, "10.0.0.3", "10.0.0.3"},
		{"nothing behind a proxy", "10.0.0.9:80", far, []string{""}, "10.0.0.9", "10.0.0.9"},
		{"a request of the proxies themselves", "10.0.0.9:80", far, []string{"10.0.0.2, 10.0.0.3"}, "10.0.0.2", "10.0.0.2"},
		{"more proxies than there are", "10.0.0.9:80", far, []string{"203.0.113.5" + strings.Repeat(",10.0.0.3", 100_000)}, "10.0.0.3", "10.0.0.3"},
		{"more headers than anybody sends", "10.0.0.9:80", far, append([]string{"203.0.113.5"}, strings.Split(strings.Repeat("10.0.0.3 ", 999)+"10.0.0.3", " ")...), "10.0.0.3", "10.0.0.3"},
		{"an address without end", "10.0.0.9:80", far, []string{"fe80::1%" + strings.Repeat("x", 100_000)}, "10.0.0.9", "10.0.0.9"},
		{"a socket that has no address", "@", far, []string{"203.0.113.5"}, "@", "@"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			proxies, err := web.NewProxies(tt.trusted)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tt.remote
			for _, f := range tt.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			if got := proxies.Sender(r); got != tt.want || web.Network(got) != tt.net {
				t.Errorf("got %q in %q, want %q in %q", got, web.Network(got), tt.want, tt.net)
			}
		})
	}
}

func TestProxiesAreAddressesOrNetworks(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"10.0.0.0/8": true, "10.1.2.3/8": true, "192.0.2.1": true, "2001:db8::/32": true, "::1": true, "::ffff:192.0.2.1": true,
		"": false, "kabar.example": false, "10.0.0.0/33": false, "10.0.0/8": false, "0.0.0.0/0": false, "::/0": false,
		"::ffff:10.0.0.0/104": false, "10.0.0.1:80": false, " 10.0.0.1": false,
	} {
		_, err := web.NewProxies([]string{"127.0.0.2", text})
		if fine && err != nil || !fine && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzSender holds that whatever a stranger writes, the answer is an address
// that stands in the request, and the stranger's own unless a proxy is trusted.
func FuzzSender(f *testing.F) {
	f.Add("203.0.113.5:1", "10.0.0.1, 192.0.2.1")
	f.Add("10.0.0.9:80", "203.0.113.5,,")
	f.Add("10.0.0.9:80", "[2001:db8::1]:443, 10.0.0.4")
	proxies, err := web.NewProxies([]string{"10.0.0.0/24"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		at, err := netip.ParseAddrPort(remote)
		if err != nil {
			t.Skip()
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", forwarded)
		got, err := netip.ParseAddr(proxies.Sender(r))
		if err != nil {
			t.Fatalf("%q is no address", proxies.Sender(r))
		}
		own := at.Addr().Unmap().WithZone("")
		near := own.IsLoopback() || netip.MustParsePrefix("10.0.0.0/24").Contains(own)
		if !near && got != own {
			t.Errorf("a stranger at %s passed as %s", own, got)
		}
	})
}
