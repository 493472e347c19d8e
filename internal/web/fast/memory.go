package fast

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Sizes of buffers: of one that is read into at first, of one in which an answer
// is gathered, and of the largest one that is kept for the next.
const (
	inBytes  = 4 << 10
	outBytes = 16 << 10
	maxKept  = 256 << 10
)

// buffers are used again, so that an answer allocates none.
type buffers struct{ ins, outs sync.Pool }

func (b *buffers) get() *[]byte {
	if p, ok := b.ins.Get().(*[]byte); ok {
		return p
	}
	p := make([]byte, inBytes)
	return &p
}

func (b *buffers) put(p *[]byte) {
	if p != nil && len(*p) == inBytes {
		b.ins.Put(p)
	}
}

func (b *buffers) out() *[]byte {
	if p, ok := b.outs.Get().(*[]byte); ok {
		return p
	}
	p := make([]byte, 0, outBytes)
	return &p
}

func (b *buffers) putOut(p *[]byte) {
	if cap(*p) <= maxKept {
		b.outs.Put(p)
	}
}

// clock writes the Date line once a second.
type clock struct{ now atomic.Pointer[stamp] }

type stamp struct {
	second int64
	line   []byte
}

func (c *clock) date(now time.Time) []byte {
	second := now.Unix()
	if s := c.now.Load(); s != nil && s.second == second {
		return s.line
	}
	s := &stamp{second: second, line: []byte("Date: " + now.UTC().Format(http.TimeFormat) + "\r\n")}
	c.now.Store(s)
	return s.line
}
