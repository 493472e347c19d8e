//go:build !race

package fast

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// held returns how many bytes are in use when what nobody needs is gone, stacks
// included.
func held() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapInuse + m.StackInuse)
}

// TestAFloodHoldsBoundedMemory opens many connections that do what costs most of
// it, and counts what each makes the server hold. The clients' own share is in it.
func TestAFloodHoldsBoundedMemory(t *testing.T) {
	const conns = 300
	base := runtime.NumGoroutine()
	for _, x := range []struct {
		name, say string
		rounds    int
		most      int // bytes for each connection
		shed      bool
	}{
		{"who says nothing", "", 1, 24 << 10, false},
		{"heads without an end", "GET /a HTTP/1.1\r\nHost: " + host + "\r\nX: " + strings.Repeat("x", 34<<10), 1, 96 << 10, false},
		{"heads of many lines", "GET /a HTTP/1.1\r\nHost: " + host + "\r\n" + strings.Repeat("X: y\r\n", 60), 1, 32 << 10, false},
		{"bodies without an end", "POST /post HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1000000\r\n\r\nx", 1, 64 << 10, false},
		{"who asks on and reads nothing", strings.Repeat(get("/a"), 1000), 8, 48 << 10, false},
		{"who asks for much and reads nothing", get("/big", "Accept-Encoding: gzip"), 1, 48 << 10, false},
		{"connections beyond the limit", get("/a"), 1, 16 << 10, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			until(t, "the one before has ended", func() bool { return runtime.NumGoroutine() <= base+2 })
			opt := Options{MaxConns: conns + 10}
			if x.shed {
				opt.MaxConns = 10
			}
			g := newRig(t, times{}, opt)
			g.warm("/big")
			var in []net.Conn
			defer func() {
				for _, c := range in {
					c.Close()
				}
			}()
			before, goroutines := held(), runtime.NumGoroutine()
			for range conns {
				c, err := net.Dial("tcp", g.addr)
				if err != nil {
					t.Fatal(err)
				}
				in = append(in, c)
				_ = c.SetWriteDeadline(time.Now().Add(20 * time.Millisecond)) // the server stops reading at some point
				for range x.rounds {
					if _, err := io.WriteString(c, x.say); err != nil {
						break
					}
				}
			}
			until(t, "all have come", func() bool {
				s := g.fast.Stats()
				return int(s.Accepted+s.Shed) >= conns
			})
			time.Sleep(100 * time.Millisecond) // what they said is read
			each, more := (held()-before)/conns, runtime.NumGoroutine()-goroutines
			t.Logf("%d bytes and %.1f goroutines for each of %d connections", each, float64(more)/conns, conns)
			if each > x.most {
				t.Errorf("each connection holds %d bytes, want at most %d", each, x.most)
			}
			if more > 3*conns {
				t.Errorf("%d goroutines for %d connections", more, conns)
			}
			if !x.shed {
				c := g.dial() // others are answered meanwhile
				c.say(get("/a"))
				c.expect("fast", "page a")
			}
		})
	}
}

// TestAnEndlessHeaderOverHTTP2 goes on with one head for ever (CVE-2023-45288).
func TestAnEndlessHeaderOverHTTP2(t *testing.T) {
	g, dial := secureRig(t, Options{})
	_, conn := dial(protoH2)
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	f := http2.NewFramer(conn, conn)
	if err := f.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, conn) }()
	var block strings.Builder
	enc := hpack.NewEncoder(&block)
	for _, h := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", host}, {":path", "/x"}} {
		_ = enc.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
	}
	before := held()
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte(block.String()), EndStream: true})
	sent := 0
	for ; err == nil && sent < 10_000; sent++ {
		block.Reset()
		_ = enc.WriteField(hpack.HeaderField{Name: "x", Value: strings.Repeat("y", 12<<10), Sensitive: true})
		err = f.WriteContinuation(1, false, []byte(block.String()))
	}
	until(t, "the connection is closed", func() bool { return g.fast.Stats().Conns == 0 })
	grown := held() - before
	t.Logf("after %d frames the connection ended, %d bytes are held", sent, grown)
	if sent >= 10_000 || grown > 8<<20 {
		t.Errorf("%d frames were taken, %d bytes are held", sent, grown)
	}
	if n := len(g.asked()); n != 0 {
		t.Errorf("the handler was asked %d times", n)
	}
}
