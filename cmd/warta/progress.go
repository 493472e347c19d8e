package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// progress draws a bar on a terminal; anywhere else it is silent, so that logs
// stay readable.
type progress struct {
	w     io.Writer
	what  string
	tty   bool
	start time.Time

	mu   sync.Mutex
	last time.Time
}

func newProgress(w io.Writer, what string) *progress {
	p := &progress{w: w, what: what, start: time.Now()}
	if f, ok := w.(*os.File); ok {
		_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
		p.tty = err == nil
	}
	return p
}

// barWidth is the bar's length in characters.
const barWidth = 30

// set draws how much is done, at most ten times a second; total 0 is unknown.
func (p *progress) set(done, total int) {
	if !p.tty {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.last) < 100*time.Millisecond && done != total {
		return
	} else {
		p.last = now
	}
	rate := float64(done) / max(time.Since(p.start).Seconds(), 0.001)
	if total <= 0 {
		fmt.Fprintf(p.w, "\r%d %s  %.0f/s\x1b[K", done, p.what, rate)
		return
	}
	full := min(barWidth, done*barWidth/total)
	fmt.Fprintf(p.w, "\r[%s%s] %d of %d %s  %.0f/s\x1b[K", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), done, total, p.what, rate)
}

// end leaves the bar's line.
func (p *progress) end() {
	if p.tty {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
