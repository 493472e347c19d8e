package web_test

import (
	"net/http/httptest"
	"testing"

	"warta/internal/web"
)

func TestSenderIsWhomAProxyOnThisMachineNames(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, remote string
		forwarded    []string
		want, net    string
	}{
		{"a reader", "203.0.113.5:4711", nil, "203.0.113.5", "203.0.113.5"},
		{"a reader who says he is another", "203.0.113.5:4711", []string{"192.0.2.1"}, "203.0.113.5", "203.0.113.5"},
		{"a proxy on this machine", "127.0.0.1:80", []string{"203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"what the sender wrote himself does not count", "[::1]:80", []string{"192.0.2.1, 203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"nor in a header of his own", "[::1]:80", []string{"192.0.2.1", "203.0.113.5"}, "203.0.113.5", "203.0.113.5"},
		{"rubbish", "127.0.0.1:80", []string{"unknown"}, "127.0.0.1", "127.0.0.1"},
		{"a phone with IPv6", "[2001:db8:1:2:3:4:5:6]:80", nil, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:203.0.113.5]:80", nil, "::ffff:203.0.113.5", "203.0.113.5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tt.remote
			for _, f := range tt.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			if got := web.Sender(r); got != tt.want || web.Network(got) != tt.net {
				t.Errorf("got %q in %q, want %q in %q", got, web.Network(got), tt.want, tt.net)
			}
		})
	}
}
