//go:build unix

package fast

import (
	"strings"
	"testing"
	"time"
)

// patient returns a client of whom the server has seen that he keeps the connection
// when he has nothing to ask.
func (g *rig) patient() *client {
	g.t.Helper()
	c := g.dial()
	for range 2 {
		c.say(get("/a"))
		c.expect("fast", "page a")
		time.Sleep(20 * time.Millisecond) // for the read in vain
	}
	return c
}

// However bytes are cut and wherever they end in the buffer, nothing that came is
// left lying, although nobody looks for more before the system tells of it.
func TestNothingIsMissedBetweenRequests(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.patient()
	padded := func(n int) string { // a request of n bytes
		const line = "X-Pad: "
		bare := len(get("/a", line))
		return get("/a", line+strings.Repeat("x", n-bare))
	}
	for _, n := range []int{inBytes - 1, inBytes, inBytes + 1, 2 * inBytes, 2*inBytes - 1, 3*inBytes + 7} {
		c.say(padded(n))
		c.expect("fast", "page a")
	}
	one := get("/a")
	for n := inBytes - 3; n < inBytes+3; n++ { // the next one begins at the buffer's end
		c.say(padded(n-len(one)/2) + one + one)
		for range 3 {
			c.expect("fast", "page a")
		}
	}
	for i := 1; i < len(one); i += 3 {
		c.say(one + one[:i])
		c.expect("fast", "page a")
		c.say(one[i:])
		c.expect("fast", "page a")
	}
	for _, b := range []byte(one) {
		c.say(string(b))
	}
	c.expect("fast", "page a")
	// net/http reads in between, and what came before it gave the connection back is
	// not told of.
	for range 20 {
		c.say(get("/b") + one)
		c.expect("behind", "behind /b")
		c.expect("fast", "page a")
	}
	for range 50 {
		c.say(strings.Repeat(one, 7))
		for range 7 {
			c.expect("fast", "page a")
		}
	}
}

// An end that comes with a request ends the connection: at once if it is the first
// one, and at the latest when the idle time is over.
func TestAnEndWithARequestIsSeen(t *testing.T) {
	t.Parallel()
	const idle = 1500 * time.Millisecond
	g := newRig(t, times{idle: idle}, Options{})
	for name, c := range map[string]*client{"a newcomer": g.dial(), "a patient client": g.patient()} {
		start := time.Now()
		c.say(get("/a") + get("/a"))
		if err := c.Conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		c.expect("fast", "page a")
		c.expect("fast", "page a")
		c.closed()
		took := time.Since(start)
		if name == "a newcomer" && took > idle/2 {
			t.Errorf("%s waited %v for the end", name, took)
		}
		until(t, name+" is forgotten", func() bool { return !g.open(c) })
	}
}

// A client who leaves while nobody reads is told of as well.
func TestWhoLeavesBetweenRequestsIsForgotten(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	for range 10 {
		c := g.patient()
		c.Close()
		until(t, "he is forgotten", func() bool { return !g.open(c) })
	}
}
