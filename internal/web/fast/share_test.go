package fast

import (
	"bufio"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"
)

// from dials as somebody at another loopback address would, and reports whether
// the machine has it.
func (g *rig) from(address string) *client {
	g.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: within}
	c, err := d.DialContext(g.t.Context(), "tcp", g.addr)
	if err != nil {
		g.t.Skipf("no connection from %s: %v", address, err)
	}
	g.t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(2 * within))
	return &client{c, g.t, bufio.NewReader(c)}
}

func TestOneClientCannotTakeAllConnections(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{PerClient: 3, Exempt: func(ip netip.Addr) bool { return ip == netip.MustParseAddr("127.0.0.3") }})
	inside := func(address string) *client {
		t.Helper()
		c := g.from(address)
		c.say(get("/a"))
		c.expect("fast", "page a")
		return c
	}
	refused := func(address string) {
		t.Helper()
		c := g.from(address)
		c.say(get("/a"))
		if res, _, from := c.answer("GET"); from != "nobody" || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %s said %d", address, from, res.StatusCode)
		}
		c.closed()
	}
	var greedy []*client
	for range 3 {
		greedy = append(greedy, inside("127.0.0.2"))
	}
	for range 4 {
		refused("127.0.0.2")
	}
	inside("127.0.0.1") // the others have theirs
	for range 8 {
		inside("127.0.0.3") // many come by way of a proxy
	}
	if s := g.fast.Stats(); s.Greedy != 4 || s.Shed != 0 || s.Conns != 12 {
		t.Errorf("stats: %+v", s)
	}
	// A place is free when a connection ends, in whoever's hands it was.
	greedy[0].Close()
	greedy[1].say("POST /x HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	greedy[1].expect("behind", "behind /x")
	greedy[1].closed()
	until(t, "two places are free", func() bool { return g.fast.Stats().Conns == 10 })
	greedy[2].say(get("/a")) // who is inside is not asked again
	greedy[2].expect("fast", "page a")
	inside("127.0.0.2")
	inside("127.0.0.2")
	refused("127.0.0.2")
	g.fast.mu.Lock()
	defer g.fast.mu.Unlock()
	if n := len(g.fast.shares.open); n != 2 {
		t.Errorf("%d clients are counted: %v", n, g.fast.shares.open)
	}
}

// TestNothingIsCountedOfWhoHasLeft opens and ends connections in all ways.
func TestNothingIsCountedOfWhoHasLeft(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{PerClient: 2, MaxConns: 3, Reserve: 2})
	for i := range 40 {
		c := g.from("127.0.0." + strconv.Itoa(2+i%4))
		if i%3 > 0 {
			c.say([]string{get("/a"), "nonsense\r\n\r\n", "GET / HT"}[i%3])
		}
		if i%5 == 0 {
			c.Close()
		}
		if i%8 == 7 {
			for range 4 {
				g.dial().say(get("/a"))
			}
		}
	}
	g.fast.Close()
	until(t, "all have gone", func() bool { return g.fast.Stats().Conns == 0 })
	g.fast.mu.Lock()
	defer g.fast.mu.Unlock()
	if len(g.fast.shares.open) != 0 {
		t.Errorf("still counted: %v", g.fast.shares.open)
	}
}

// at is a connection from an address.
type at struct {
	net.Conn
	addr net.Addr
}

func (a at) RemoteAddr() net.Addr { return a.addr }

func TestAClientIsANetwork(t *testing.T) {
	t.Parallel()
	s := &shares{most: 1, exempt: func(ip netip.Addr) bool { return ip.IsLoopback() }}
	for address, want := range map[string]string{
		"203.0.113.7:1": "203.0.113.7/32", "[::ffff:203.0.113.7]:2": "203.0.113.7/32", "[2001:db8:1:2:3::4]:5": "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff::]:5": "2001:db8:1:2::/64", "[fe80::1%eth0]:1": "fe80::/64", "127.0.0.1:1": "", "[::1]:1": "",
	} {
		got := s.clientOf(at{addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))})
		if text := strings.TrimPrefix(got.String(), "invalid Prefix"); text != want {
			t.Errorf("%s is of %q, want %q", address, text, want)
		}
	}
	if got := s.clientOf(at{addr: &net.UnixAddr{Name: "x"}}); got.IsValid() {
		t.Errorf("a socket without an address is of %s", got)
	}
	if got := (&shares{}).clientOf(at{addr: &net.TCPAddr{IP: net.IPv4(203, 0, 113, 7)}}); got.IsValid() {
		t.Errorf("without a bound it is of %s", got)
	}
}
