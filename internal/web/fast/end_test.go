package fast

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var errBroken = errors.New("broken")

// broken is a listener on which nobody can be accepted.
type broken struct{}

func (broken) Accept() (net.Conn, error) { return nil, errBroken }
func (broken) Close() error              { return nil }
func (broken) Addr() net.Addr            { return &net.TCPAddr{} }

// dribble writes a byte now and then until the connection ends, or text does,
// and reports when that was.
func dribble(c *client, text string, every time.Duration) time.Duration {
	start := time.Now()
	tick := time.NewTicker(every)
	defer tick.Stop()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = c.r.ReadByte()
	}()
	for i := range len(text) {
		select {
		case <-gone:
			return time.Since(start)
		case <-tick.C:
		}
		if _, err := io.WriteString(c, text[i:i+1]); err != nil {
			break
		}
	}
	<-gone
	return time.Since(start)
}

func TestSlowHeadsAreCutOff(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{head: 200 * time.Millisecond, idle: within}, Options{})
	for name, before := range map[string]string{"a newcomer": "", "after an answer of ours": get("/a"), "after an answer of net/http": get("/b")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := g.dial()
			if before != "" {
				c.say(before)
				c.answer("GET")
			}
			// Each byte comes in time; the head does not.
			if took := dribble(c, get("/a", "X: "+strings.Repeat("x", 10_000)), 10*time.Millisecond); took < 100*time.Millisecond || took > within/2 {
				t.Errorf("it was cut off after %v", took)
			}
		})
	}
	t.Run("behind a whole one", func(t *testing.T) {
		t.Parallel()
		c := g.dial()
		c.say(get("/a") + "GET ")
		c.expect("fast", "page a")
		c.closed()
	})
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{idle: 150 * time.Millisecond}, Options{})
	for name, before := range map[string]string{"after an answer of ours": get("/a"), "after an answer of net/http": get("/b"),
		"after both": get("/b") + get("/a"), "after a body": lines("POST /post HTTP/1.1", "Host: "+host, "Content-Length: 1") + "x"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := g.dial()
			c.say(before)
			for range strings.Count(before, "\r\n\r\n") {
				c.answer("GET")
			}
			c.closed()
		})
	}
	t.Run("but not one that goes on asking", func(t *testing.T) {
		t.Parallel()
		c := g.dial()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for start := time.Now(); time.Since(start) < 400*time.Millisecond; <-tick.C {
			c.say(get("/a"))
			c.expect("fast", "page a")
		}
	})
}

func TestSlowBodiesAreCutOff(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{whole: 200 * time.Millisecond}, Options{})
	for _, before := range []string{"", get("/a"), get("/b")} {
		c := g.dial()
		if before != "" {
			c.say(before)
			c.answer("GET")
		}
		c.say(lines("POST /post HTTP/1.1", "Host: "+host, "Content-Length: 1000"))
		if took := dribble(c, strings.Repeat("x", 1000), 10*time.Millisecond); took > within/2 {
			t.Errorf("it was cut off after %v", took)
		}
	}
}

func TestSlowReadersAreCutOff(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{write: 200 * time.Millisecond}, Options{})
	g.warm("/big")
	for name, head := range map[string]string{"of ours in pieces": get("/big", "Accept-Encoding: gzip"), "of ours": get("/big"), "of net/http": get("/flood")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := g.dialSmall()
			c.say(head)
			if _, err := c.r.Peek(100); err != nil {
				t.Fatal(err)
			}
			// Nothing more is read until the server has given up.
			until(t, "the server gives up", func() bool { return !g.open(c) })
			if _, err := io.Copy(io.Discard, c.r); err != nil && isTimeout(err) {
				t.Errorf("the answer went on: %v", err)
			}
		})
	}
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

// stuck returns a client that has begun to read a large answer of ours, whose
// rest does not fit into the buffers between.
func (g *rig) stuck(before string) *client {
	g.t.Helper()
	g.warm("/big")
	c := g.dialSmall()
	if before != "" {
		c.say(before)
		c.answer("GET")
	}
	hits := g.fast.Stats().Hits
	c.say(get("/big", "Accept-Encoding: gzip"))
	if _, err := c.r.Peek(100); err != nil {
		g.t.Fatal(err)
	}
	if g.fast.Stats().Hits == hits {
		g.t.Fatal("the large page is not ours")
	}
	return c
}

func TestAShutdownTearsNoAnswer(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{"in our goroutine": "", "in net/http's": get("/b")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newRig(t, times{}, Options{})
			c := g.stuck(before)
			done := make(chan error, 1)
			go func() { done <- g.fast.Shutdown(t.Context()) }()
			until(t, "nobody is let in", func() bool {
				nc, err := net.Dial("tcp", g.addr)
				if err == nil {
					nc.Close()
				}
				return err != nil
			})
			select {
			case err := <-done:
				t.Fatalf("the shutdown did not wait: %v", err)
			default:
			}
			res, body, from := c.answer("GET")
			if from != "fast" || int64(len(body)) != res.ContentLength || len(body) < 4<<20 {
				t.Errorf("%s sent %d of %d bytes", from, len(body), res.ContentLength)
			}
			c.closed()
			if err := <-done; err != nil {
				t.Errorf("shutdown: %v", err)
			}
		})
	}
}

func TestAShutdownClosesWhoWaitsAndLetsHandlersFinish(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	ours, theirs, given := g.dial(), g.dial(), g.dial()
	for _, x := range []struct {
		c        *client
		in, from string
	}{{ours, get("/a"), "fast"}, {theirs, get("/b"), "behind"}, {given, lines("POST /post HTTP/1.1", "Host: "+host, "Content-Length: 0"), "behind"}} {
		x.c.say(x.in)
		if _, _, from := x.c.answer("GET"); from != x.from {
			t.Fatalf("%s answered", from)
		}
	}
	newcomer, busy, late := g.dial(), g.dial(), g.dial()
	busy.say(get("/slow"))
	until(t, "the handler is asked", func() bool { return len(g.asked()) == 3 })
	late.say(get("/a")[:10])
	until(t, "all are there", func() bool { return g.fast.Stats().Conns == 6 })
	done := make(chan error, 1)
	go func() { done <- g.fast.Shutdown(t.Context()) }()
	for _, c := range []*client{ours, theirs, given} {
		c.closed()
	}
	late.say(get("/a")[10:])
	if res, body, from := late.answer("GET"); from != "fast" || body != "page a" || !res.Close {
		t.Errorf("who had begun to ask: %s said %q", from, body)
	}
	late.closed()
	newcomer.closed()
	select {
	case err := <-done:
		t.Fatalf("the shutdown did not wait: %v", err)
	default:
	}
	g.slow <- struct{}{}
	busy.expect("behind", "slow")
	if err := <-done; err != nil {
		t.Errorf("shutdown: %v", err)
	}
}

func TestAShutdownThatTakesTooLongSaysSo(t *testing.T) {
	t.Parallel()
	g := newRig(t, times{}, Options{})
	c := g.stuck("")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := g.fast.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("shutdown: %v", err)
	}
	g.fast.Close()
	if n, _ := io.Copy(io.Discard, c.r); n > 6<<20 {
		t.Error("the answer was finished after all")
	}
	until(t, "nobody is left", func() bool { return g.fast.Stats().Conns == 0 })
}

// TestNothingIsLeftBehind ends connections in every state and looks for what
// they leave.
func TestNothingIsLeftBehind(t *testing.T) {
	g := newRig(t, times{}, Options{})
	c := g.dial()
	c.say(get("/b") + get("/a"))
	c.expect("behind", "behind /b")
	c.expect("fast", "page a")
	base := runtime.NumGoroutine()
	for range 20 {
		for _, in := range []string{"", "GET", get("/a"), get("/b"), get("/a") + get("/b"), get("/b") + get("/a") + "GET /",
			lines("POST /post HTTP/1.1", "Host: "+host, "Content-Length: 10") + "x", "\x00\r\n", get("/big")} {
			c := g.dial()
			c.say(in)
			c.Close()
		}
	}
	until(t, "all connections end", func() bool { return g.fast.Stats().Conns == 1 })
	until(t, fmt.Sprintf("there are %d goroutines again", base), func() bool { return runtime.NumGoroutine() <= base })
}

// TestClientsInFullSwingGetWholeAnswersOrNone ends servers while clients ask as
// fast as they can.
func TestClientsInFullSwingGetWholeAnswersOrNone(t *testing.T) {
	t.Parallel()
	for range 10 {
		g := newRig(t, times{}, Options{})
		var clients sync.WaitGroup
		var got atomic.Int64
		for i := range 8 {
			c := g.dial()
			path := []string{"/a", "/b"}[i%2]
			clients.Go(func() {
				for {
					if _, err := io.WriteString(c, get(path)); err != nil {
						return
					}
					if _, err := c.r.Peek(1); err != nil {
						return
					}
					res, err := http.ReadResponse(c.r, nil)
					if err != nil {
						t.Errorf("half a head: %v", err)
						return
					}
					if body, err := io.ReadAll(res.Body); err != nil || len(body) == 0 {
						t.Errorf("half an answer: %q, %v", body, err)
						return
					}
					got.Add(1)
				}
			})
		}
		until(t, "all are at it", func() bool { return got.Load() > 100 })
		if err := g.fast.Shutdown(t.Context()); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		clients.Wait()
	}
}
